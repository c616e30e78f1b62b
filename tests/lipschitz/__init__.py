"""Tests of verify/lipschitz."""
