"""Exact data, networks and weights, eigenvalue sums and safe rounding: what all certificates are checked with."""
