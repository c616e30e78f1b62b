"""Tests of verify/trials/refutation."""
