"""Derivations of elementary lemmas, line by line; one topic a file."""
