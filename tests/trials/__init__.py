"""Tests of verify/trials."""
