"""The kernel: terms without names, a fixed set of inferences, and the replay of derivations.

What it accepts is true for all values of the variables, given the cited lemmas that it lists.  It imports nothing but python-flint.
"""

from theory.kernel import arithmetic, axioms, binders, logic
from theory.kernel.nodes import Node, Refused
from theory.kernel.theorem import RULES, Theorem

__all__ = ["RULES", "Node", "Refused", "Theorem", "arithmetic", "axioms", "binders", "logic"]
