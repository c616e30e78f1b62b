"""Tests of verify/trials/spaces."""
