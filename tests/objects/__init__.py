"""Tests of verify/objects."""
