"""Tests of the laws for two-layer networks, with their measurements."""
