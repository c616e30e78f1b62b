"""Axioms: instances of schemas, and keys, premises and values that do not belong to them."""

from __future__ import annotations

import pytest

from kernel.common import A, D, F, a, assumed, concludes, d, f, n, refused, rule, s, t, u
from theory.kernel import RULES, axioms
from theory.kernel.axioms import AXIOMS, axiom
from theory.kernel.heads import bind, eq, implies, le, lt, member
from theory.kernel.nodes import N, Node, R, make, num, var


def test_instances() -> None:
    concludes(rule("abs_above", [], axioms.t, s - 1), le(s - 1, make("abs", s - 1)))
    concludes(rule("abs_above", []), le(axioms.t, make("abs", axioms.t)))
    concludes(rule("root_squared", assumed(le(0, n)), axioms.t, n), eq(make("sqrt", n) * make("sqrt", n), n), le(0, n))
    family = bind("lam", [(n, N)], F(n) * t)
    given = assumed(bind("all", [(n, make("range", a))], le(F(n) * t, n)))
    concluded = rule("sum_below", given, axioms.F, family, axioms.G, bind("lam", [(n, N)], n), axioms.a, a).conclusion
    assert concluded is le(bind("sum", [(n, make("range", a))], F(n) * t), bind("sum", [(n, make("range", a))], n))


def test_every_axiom_is_closed_and_says_what_it_means() -> None:
    for name, known in AXIOMS.items():
        assert known.words and name in RULES
        assert not known.conclusion.indices and all(v.head == "var" for v in known.variables)


CASES: list[tuple[str, str, list[Node], list[Node]]] = [
    ("no such metavariable", "exp_positive", [], [num(0), num(5)]),
    ("no such metavariable", "exp_positive", [], [axioms.q, s]),
    ("no such metavariable", "abs_above", [], [var("t", N), num(5)]),
    ("there are 1 premises, 0 are given", "root_squared", [], [axioms.t, s]),
    ("there are 0 premises, 1 are given", "abs_above", [A], []),
    ("and", "root_squared", [lt(0, s)], [axioms.t, s]),
    ("and", "max_is_right", [le(t, s)], [axioms.s, s, axioms.t, t]),
    ("cannot stand for", "whole_step", [lt(s, t)], [axioms.a, s, axioms.b, t]),
    ("cannot stand for", "direction_unit", [le(1, n)], [axioms.d, n, axioms.w, u]),
    ("is no variable, or its value is not closed", "abs_above", [], [axioms.t, make("bound", 0, R)]),
    ("made of pairs", "abs_above", [], [axioms.t]),
    ("given two values", "abs_above", [], [axioms.t, s, axioms.t, t]),
    ("and", "lip_bound", [member(u, D), member(u, D), member(u, D)], [axioms.f, f, axioms.D, D, axioms.u, u, axioms.v, u]),
    ("and", "indicator_true", [implies(A, A)], [axioms.A, A]),
    ("cannot stand for", "signs_square", [A, A], [axioms.y, u]),
    ("cannot stand for", "taylor", [A], [axioms.psi, F]),
]


@pytest.mark.parametrize("why, name, premises, args", CASES)
def test_refused(why: str, name: str, premises: list[Node], args: list[Node]) -> None:
    refused(why, lambda: RULES[name](assumed(*premises), args))


def test_no_name_is_taken_twice() -> None:
    before = AXIOMS["order"]
    refused("two inferences", axiom, "order", "again", le(0, d))
    assert AXIOMS["order"] is before


def test_instances_in_the_schema_replace_all_at_once() -> None:
    """s and t exchanged: no value is substituted into a value."""
    concludes(rule("max_left", [], axioms.s, axioms.t, axioms.t, axioms.s), le(axioms.t, make("max", axioms.t, axioms.s)))
