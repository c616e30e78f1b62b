"""Inferences of logic: what they conclude, and the uses that look right and are refused."""

from __future__ import annotations

import pytest

from kernel.common import RANGE, VEC, A, B, D, F, a, assumed, concludes, d, f, i, m, n, psi, refused, rule, s, t, u
from theory.kernel import RULES
from theory.kernel.binding import opened
from theory.kernel.heads import FALSE, TRUE, bind, eq, forall, implies, le, lt, member, whole
from theory.kernel.nodes import N, Node, R, bound, make, num, var
from theory.kernel.theorem import Theorem

HALF = le(t, 1)
ABOUT = forall(le(F(i), t), (i, RANGE))
SOME = bind("ex", [(i, RANGE)], le(F(i), t))


def test_propositions() -> None:
    both = rule("both", assumed(A, B))
    concludes(both, make("and", A, B), A, B)
    concludes(rule("both", []), TRUE)
    concludes(rule("part", [both], num(1)), B, A, B)
    concludes(rule("either", assumed(A), make("or", B, A)), make("or", B, A), A)
    concludes(rule("discharge", [both], A), implies(A, make("and", A, B)), B)
    concludes(rule("detach", assumed(implies(A, B), A)), B, implies(A, B), A)
    concludes(rule("cut", [rule("detach", assumed(implies(A, B), A)), *assumed(B)]), B, implies(A, B), A)
    concludes(rule("excluded_middle", [], A), make("or", A, implies(A, FALSE)))


def test_cases() -> None:
    options = make("or", A, HALF)
    first = rule("detach", assumed(implies(A, B), A))
    second = rule("detach", assumed(implies(HALF, B), HALF))
    concludes(rule("cases", [*assumed(options), first, second], B), B, options, implies(A, B), implies(HALF, B))
    concludes(rule("cases", assumed(FALSE), B), B, FALSE)
    crossed = rule("cases", [*assumed(options), second, first], B)
    assert {A, HALF} <= crossed.hypotheses                              # each case may assume its own option only


def test_quantifiers() -> None:
    above = rule("range_low", assumed(member(i, RANGE)), *pair("i", i), *pair("a", n))
    concludes(rule("generalise", [above], i, RANGE), forall(le(1, i), (i, RANGE)))
    concludes(rule("specialise", assumed(ABOUT, member(n, RANGE)), n), le(F(n), t), ABOUT, member(n, RANGE))
    everywhere = forall(le(0, s * s), (s, whole(R)))
    concludes(rule("specialise", assumed(everywhere), n), le(0, n * n), everywhere)
    concludes(rule("witness", assumed(le(F(n), t), member(n, RANGE)), SOME, n), SOME, le(F(n), t), member(n, RANGE))
    real = bind("ex", [(s, whole(R))], le(s, 0))
    concludes(rule("witness", assumed(le(t, 0)), real, t), real, le(t, 0))
    inner = rule("witness", assumed(le(F(m), t), member(m, RANGE)), SOME, m)
    concludes(rule("choose", [*assumed(SOME), inner], m), SOME, SOME)


def pair(name: str, value: Node) -> tuple[Node, Node]:
    """A metavariable of the axioms about ranges, and its value."""
    from theory.kernel import axioms
    return getattr(axioms, name), value


def test_instances() -> None:
    theorem = rule("part", assumed(make("and", le(s, t), A)), num(0))
    concludes(rule("instance", [theorem], s, t, t, s, A, B), le(t, s), make("and", le(t, s), B))
    concludes(rule("instance", assumed(eq(u, u)), d, num(2)), eq(*[var("u", make("vec", num(2)))] * 2),
        eq(*[var("u", make("vec", num(2)))] * 2))


def test_restated() -> None:
    concludes(rule("restate", assumed(le(s * 2, t + t)), le(s, t)), le(s, t), le(s * 2, t + t))


CASES: list[tuple[str, str, list[Node], list[Node]]] = [
    ("is no closed formula", "assume", [], [t]),
    ("is no closed formula", "assume", [], [le(bound(0, R), t)]),
    ("is no closed formula", "assume", [], [le(make("level", 0, R), t)]),
    ("assume takes 0 premises", "assume", [A], [A]),
    ("assume takes 1 arguments", "assume", [], [A, B]),
    ("is no implication", "detach", [A, A], []),
    ("is no implication", "detach", [implies(A, B), B], []),
    ("has no part", "part", [make("and", A, B)], [num(2)]),
    ("has no part", "part", [make("and", A, B)], [num(-1)]),
    ("has no part", "part", [make("or", A, B)], [num(0)]),
    ("is no numeral", "part", [make("and", A, B)], [n]),
    ("no part of the disjunction", "either", [A], [make("or", B)]),
    ("no part of the disjunction", "either", [A], [make("and", A, B)]),
    ("cases begin with a disjunction", "cases", [], [A]),
    ("cases begin with a disjunction", "cases", [A], [A]),
    ("each case must give the same", "cases", [make("or", A, B), A], [A]),
    ("each case must give the same", "cases", [make("or", A, B), A, B], [A]),
    ("is no variable over", "generalise", [A], [num(1), RANGE]),
    ("is no variable over", "generalise", [A], [t, RANGE]),
    ("is free in a hypothesis", "generalise", [le(t, s)], [t, whole(R)]),
    ("is no sort, or depends on a bound variable", "generalise", [member(u, D)], [d, whole(N)]),
    ("no statement about all", "specialise", [], [t]),
    ("no statement about all", "specialise", [SOME, member(n, RANGE)], [n]),
    ("is of another sort", "specialise", [ABOUT, member(n, RANGE)], [t]),
    ("there are 1 premises, 0 are given", "specialise", [ABOUT], [n]),
    ("is needed, and", "specialise", [ABOUT, member(n, make("range", m))], [n]),
    ("there are 0 premises, 1 are given", "specialise", [forall(le(0, s * s), (s, whole(R))), A], [t]),
    ("a witness is for", "witness", [le(F(n), t), member(n, RANGE)], [ABOUT, n]),
    ("there are 2 premises, 0 are given", "witness", [], [SOME, n]),
    ("is needed, and", "witness", [le(F(m), t), member(n, RANGE)], [SOME, n]),
    ("there are 2 premises, 1 are given", "witness", [le(F(n), t)], [SOME, n]),
    ("choose takes", "choose", [ABOUT, A], [i]),
    ("choose takes", "choose", [SOME, A], [t]),
    ("occurs outside the assumption", "choose", [SOME, le(F(i), t)], [i]),
    ("occurs outside the assumption", "choose", [bind("ex", [(i, RANGE)], le(F(i), m)), A], [m]),
    ("made of pairs", "instance", [A], [A]),
    ("given two values", "instance", [A], [A, B, A, A]),
    ("cannot stand for", "instance", [le(a, t)], [a, t]),
    ("is no variable", "instance", [le(0, 1)], [num(0), num(2)]),
    ("differ in normal form", "restate", [le(s, t)], [le(t, s)]),
    ("differ in normal form", "restate", [le(s, t)], [t]),
]


@pytest.mark.parametrize("why, name, premises, args", CASES)
def test_refused(why: str, name: str, premises: list[Node], args: list[Node]) -> None:
    refused(why, lambda: RULES[name](assumed(*premises), args))


def test_a_domain_that_contains_its_variable() -> None:
    low = rule("range_low", assumed(member(i, make("range", i))), *pair("i", i), *pair("a", i))
    refused("is free in its domain", RULES["generalise"], [low], [i, make("range", i)])


def test_a_choice_that_leaves_a_trace() -> None:
    other = rule("both", assumed(le(F(m), t), member(m, RANGE), le(m, 5)))
    inner = rule("witness", [rule("part", [other], num(0)), rule("part", [other], num(1))], SOME, m)
    refused("occurs outside the assumption", RULES["choose"], [*assumed(SOME), inner], [m])


def test_theorems_are_made_by_inferences() -> None:
    refused("by an inference only", Theorem, object(), frozenset(), le(1, 0), frozenset())
    known = assumed(A)[0]
    refused("does not change", setattr, known, "conclusion", FALSE)
    assert opened(SOME.args[1], (n,)) is le(F(n), t) and lt(s, t).head == "lt" and psi.sort is not f.sort and VEC is u.sort
