"""Adversarial search against the lemmas: how to draw instances of each, and the worst margin that an optimiser reaches."""

from verify.laws.lemmas.catalogue import find_search, searches
from verify.laws.lemmas.measure import MeasuredMargin, Model, measure
from verify.laws.lemmas.search import HuntEffort, Search, Variant, WorstInstance, hunt

__all__ = ["HuntEffort", "MeasuredMargin", "Model", "Search", "Variant", "WorstInstance", "find_search", "hunt", "measure", "searches"]
