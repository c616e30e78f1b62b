"""Quadratics of least norm through labelled points, of any rank or of a low one: semidefinite programs and a local search."""
