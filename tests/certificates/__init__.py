"""Tests of theory/certificates."""
