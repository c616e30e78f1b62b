"""Tests of verify/trials/property."""
