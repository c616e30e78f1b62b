"""Tests of theory/kernel, with an oracle and a fuzz of their own."""
