"""Certificates of fits: least Lipschitz constants of classes of functions, on both sides, and lower bounds for all fits."""
