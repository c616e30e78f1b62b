"""Convex programs over cones, and the one place that drives their solver."""
