"""The searcher for relations between numbers: it proposes products of facts and case splits, and the kernel disposes."""

from theory.checkers.real.effort import DEFAULT, QUICK, ProductLevel, Round, SearchEffort
from theory.checkers.real.search import attempts, prove

__all__ = ["DEFAULT", "QUICK", "ProductLevel", "Round", "SearchEffort", "attempts", "prove"]
