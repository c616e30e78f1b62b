"""Names that the kernel's tests share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from theory.kernel import RULES, Refused, Theorem
from theory.kernel.nodes import FORM, N, Node, R, Z, make, var

n, m, k, d = (var(name, N) for name in "nmkd")
a, b = var("a", Z), var("b", Z)
s, t, q = (var(name, R) for name in "stq")
A, B = var("A", FORM), var("B", FORM)
VEC = make("vec", d)
u, v, w = (var(name, VEC) for name in "uvw")
y = var("y", make("vec", n))
M, S = var("M", make("mat", k, d)), var("S", make("mat", d, d))
F = var("F", make("fn", N, R))
f = var("f", make("fn", VEC, R))
psi = var("psi", make("fn", R, R))
D = var("D", make("set", VEC))
i, j = var("i", N), var("j", N)
RANGE = make("range", n)


def refused(why: str, call: Callable[..., Any], *args: Any) -> None:
    """The call is refused with that reason."""
    with pytest.raises(Refused) as refusal:
        call(*args)
    assert why in str(refusal.value)


def rule(name: str, given: list[Theorem], *args: Node) -> Theorem:
    """An inference."""
    return RULES[name](given, args)


def assumed(*formulas: Node) -> list[Theorem]:
    """φ ⊢ φ, for each."""
    return [rule("assume", [], formula) for formula in formulas]


def concludes(theorem: Theorem, conclusion: Node, *hypotheses: Node) -> None:
    """The theorem says just this."""
    assert theorem.conclusion is conclusion
    assert theorem.hypotheses == frozenset(hypotheses)
