"""Tests of the universal law, with its measurements."""
