"""How far a point can move before a network changes its class: certified radii, and attacks as the other side."""

from verify.lipschitz.radius.search import PointRadius, RadiusBudget, RadiusReport, radius

__all__ = ["PointRadius", "RadiusBudget", "RadiusReport", "radius"]
