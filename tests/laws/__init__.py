"""Tests of theory/laws together with verify/laws."""
