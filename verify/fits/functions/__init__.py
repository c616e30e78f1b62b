"""Least Lipschitz constants of any function that fits, and of linear, convex, monotone and piecewise-linear ones, solved exactly."""
