"""Tests of verify/evaluate."""
