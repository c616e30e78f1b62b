"""The measurements of the laws for two-layer networks."""
