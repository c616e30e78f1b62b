"""Adversarial search against the lemmas: how to draw instances of each, and the worst margin that an optimiser reaches."""

from verify.laws.lemmas.catalogue import find_search, searches
from verify.laws.lemmas.measure import Measured, Reading, measure
from verify.laws.lemmas.search import Effort, Found, Search, Variant, hunt

__all__ = ["Effort", "Found", "Measured", "Reading", "Search", "Variant", "find_search", "hunt", "measure", "searches"]
