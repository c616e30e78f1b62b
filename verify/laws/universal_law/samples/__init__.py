"""Tests of the hypotheses of the universal law on samples; no claim is measured here."""
