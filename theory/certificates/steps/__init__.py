"""Certificates of inequalities between numbers: Farkas multipliers, chains of factors, sums of squares, bounds of forms."""
