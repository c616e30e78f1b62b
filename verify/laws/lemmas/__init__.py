"""Adversarial search against the lemmas: how to draw instances of each, and the worst margin that an optimiser reaches."""

from verify.laws.lemmas.catalogue import find_search, searches
from verify.laws.lemmas.measure import Margin, Reading, measure
from verify.laws.lemmas.search import Found, HuntEffort, Search, Variant, hunt

__all__ = ["Found", "HuntEffort", "Margin", "Reading", "Search", "Variant", "find_search", "hunt", "measure", "searches"]
