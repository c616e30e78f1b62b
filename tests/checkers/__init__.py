"""Tests of theory/checkers and theory/check.py."""
