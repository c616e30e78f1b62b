"""Normal forms: the one function of the kernel that decides that two terms are equal by computation.

Two terms with one normal form are equal for all values of their variables.  The laws are those of rings, of 1/t, |t|, ‖v‖, powers with
natural exponents and exponentials, bilinearity of products, and finite sums.  Each holds everywhere in the total semantics; what needs
a side condition is no part of it.  The laws are registered by head, by the modules that are imported here.
"""

from __future__ import annotations

from theory.kernel import sums, vectors  # noqa: F401    (the forms register themselves)
from theory.kernel.forms import canonical, combination, gap, normal, number
from theory.kernel.nodes import Node
from theory.kernel.numbers import never_negative, product

__all__ = ["canonical", "combination", "gap", "never_negative", "normal", "number", "product", "same"]


def same(left: Node, right: Node) -> bool:
    """Whether two nodes mean the same by their normal forms: sufficient, not necessary."""
    return left is right or canonical(left) is canonical(right)
