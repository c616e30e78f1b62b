"""Tests of theory/terms."""
