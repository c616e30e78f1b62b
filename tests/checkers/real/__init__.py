"""Tests of theory/checkers/real."""
