"""Tests of verify/trials/mutation."""
