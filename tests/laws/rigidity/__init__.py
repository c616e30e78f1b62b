"""Tests of the claims about rigidity, with their measurements."""
