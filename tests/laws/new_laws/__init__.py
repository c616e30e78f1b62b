"""Tests of the new laws, with their measurements."""
