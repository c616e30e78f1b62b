"""The kernel: terms without names, a fixed set of inferences, and the replay of derivations.

What it accepts is true for all values of the variables, given the cited lemmas that it lists.  It imports nothing but python-flint.
"""

from theory.kernel import arithmetic, axioms, binders, calculus, logic
from theory.kernel.nodes import Node, Refused
from theory.kernel.theorem import RULES, Theorem

VERSION = 2  # of the inferences and axioms: what an older one accepted is replayed by a newer one, or the version changes

__all__ = ["RULES", "VERSION", "Node", "Refused", "Theorem", "arithmetic", "axioms", "binders", "calculus", "logic"]
