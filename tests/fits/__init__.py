"""Tests of verify/fits, with the certificates of fits."""
