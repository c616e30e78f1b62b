"""Tests of verify/fits/constructions, with their certificates."""
