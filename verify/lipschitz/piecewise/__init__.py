"""Lipschitz constants of piecewise linear networks: exact by cells and by branch and bound, and bounds by relaxations."""
