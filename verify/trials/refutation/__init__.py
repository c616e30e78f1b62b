"""Refutations that are proved: an exact witness, or a family along which no constant serves."""
