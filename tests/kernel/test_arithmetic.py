"""Inferences of arithmetic: what they conclude, and the uses that look right and are refused."""

from __future__ import annotations

import pytest

from kernel.common import RANGE, A, M, S, a, assumed, concludes, f, i, n, psi, refused, rule, s, t, u, v, w
from theory.kernel import RULES
from theory.kernel.heads import FALSE, bind, eq, forall, le, lt, total, whole
from theory.kernel.nodes import N, Node, R, make, num


def test_combinations() -> None:
    goal = le(s * 2 + t * 3, 7)
    concludes(rule("combine", assumed(le(s, 2), le(t, 1)), goal, num(2), num(3)), goal, le(s, 2), le(t, 1))
    concludes(rule("combine", assumed(le(s, 2)), lt(s, 3), num(1)), lt(s, 3), le(s, 2))
    concludes(rule("combine", assumed(lt(s, t)), lt(s, t), num(1)), lt(s, t), lt(s, t))
    concludes(rule("combine", assumed(eq(s, t)), eq(s * s, s * t), s), eq(s * s, s * t), eq(s, t))
    concludes(rule("combine", assumed(eq(s, t), le(t, 1)), le(s, 1), num(1), num(1)), le(s, 1), eq(s, t), le(t, 1))
    concludes(rule("combine", [], le(0, 1)), le(0, 1))


def test_products_and_squares() -> None:
    product = rule("multiply", assumed(lt(0, s), lt(t, 1)))
    assert product.conclusion.head == "lt" and rule("restate", [product], lt(s * t, s)).conclusion is lt(s * t, s)
    assert rule("multiply", assumed(lt(0, s), le(t, 1))).conclusion.head == "le"
    concludes(rule("multiply", []), lt(0, 1))
    concludes(rule("square", [], s - t), le(0, make("mul", s - t, s - t)))


def test_nonnegative_forms() -> None:
    for term in (n * make("abs", t), make("norm", u) + make("exp", t), t * t * make("sqrt", s), make("pow", make("abs", t), s), num(0),
        s * s * 2,
                 make("inv", make("norm", u)), make("ind", A), make("pow", n, n)):
        concludes(rule("nonnegative", [], term), le(0, term))


def test_contradictions() -> None:
    for fact in (le(1, 0), lt(0, 0), eq(num(1), 2), le(t + 1, t)):
        concludes(rule("impossible", assumed(fact)), FALSE, fact)


def test_equations_between_vectors() -> None:
    goal = eq(u + u, make("smul", num(2), v))
    concludes(rule("equal_vectors", assumed(eq(u, v)), goal, num(2)), goal, eq(u, v))
    concludes(rule("equal_vectors", [], eq(u + v, v + u)), eq(u + v, v + u))


def test_congruence() -> None:
    context = bind("lam", [(s, R)], s * t + psi(s))
    concludes(rule("congruence", assumed(eq(n, t)), context), eq(n * t + psi(n), t * t + psi(t)), eq(n, t))
    formula = bind("lam", [(s, R)], le(s, 1))
    concludes(rule("rewrite", assumed(eq(n, t), le(n, 1)), formula), le(t, 1), eq(n, t), le(n, 1))
    free = bind("lam", [(w, u.sort)], total(make("dot", w, v) * i, (i, RANGE)))
    assert rule("congruence", assumed(eq(u, v)), free).conclusion is eq(total(make("dot", u, v) * i, (i, RANGE)),
                                                                      total(make("dot", v, v) * i, (i, RANGE)))


def test_termwise() -> None:
    left, right = total(psi(i), (i, RANGE)), total(i * 1, (i, RANGE))
    premise = forall(eq(psi(i), i * 1), (i, RANGE))
    concludes(rule("termwise", assumed(premise), left, right), eq(left, right), premise)
    pair = [(s, whole(R)), (i, RANGE)]
    left, right = (bind("sup", pair, body) for body in (s * i, psi(s)))
    premise = forall(eq(s * i, psi(s)), *pair)
    concludes(rule("termwise", assumed(premise), left, right), eq(left, right), premise)


def test_enclosures() -> None:
    concludes(rule("enclose", [], lt(make("exp", num(1)), 3)), lt(make("exp", num(1)), 3))


OVER_M = make("range", a)
CASES: list[tuple[str, str, list[Node], list[Node]]] = [
    ("combine takes a relation", "combine", [], []),
    ("combine takes a relation", "combine", [], [eq(u, v)]),
    ("combine takes a relation", "combine", [le(s, t)], [le(s, t)]),
    ("is no relation between numbers", "combine", [eq(u, v)], [le(s, t), num(1)]),
    ("is no relation between numbers", "combine", [eq(s, t)], [eq(s, t), u]),
    ("cannot multiply an inequality", "combine", [le(s, t)], [le(t, s), num(-1)]),
    ("cannot multiply an inequality", "combine", [le(s, t)], [le(s * s, s * t), s]),
    ("cannot multiply an inequality", "combine", [le(s, t)], [eq(s, t), num(1)]),
    ("do not add up", "combine", [le(s, t)], [le(s, t + a), num(1)]),
    ("does not follow", "combine", [le(s, t)], [lt(s, t), num(1)]),
    ("does not follow", "combine", [lt(s, t)], [lt(0, 0), num(0)]),
    ("does not follow", "combine", [eq(s, t)], [eq(s, t + 1), num(1)]),
    ("does not follow", "combine", [], [le(1, 0)]),
    ("multiply takes inequalities", "multiply", [eq(s, t)], []),
    ("multiply takes inequalities", "multiply", [A], []),
    ("numbers only", "square", [], [u]),
    ("is no number that is nonnegative by its form", "nonnegative", [], [u]),
    ("is no number that is nonnegative by its form", "nonnegative", [], [t]),
    ("is no number that is nonnegative by its form", "nonnegative", [], [make("abs", t) - 1]),
    ("is no number that is nonnegative by its form", "nonnegative", [], [make("log", t)]),
    ("is no number that is nonnegative by its form", "nonnegative", [], [make("pow", t, s)]),
    ("is no relation between numbers", "impossible", [A], []),
    ("between numerals", "impossible", [le(1, t)], []),
    ("is true", "impossible", [le(0, 0)], []),
    ("is true", "impossible", [lt(0, 1)], []),
    ("is true", "impossible", [eq(t, t)], []),
    ("between vectors", "equal_vectors", [], []),
    ("between vectors", "equal_vectors", [], [eq(s, t)]),
    ("between vectors", "equal_vectors", [eq(u, v)], [eq(u, v)]),
    ("no equation of that space", "equal_vectors", [eq(s, t)], [eq(u, v), num(1)]),
    ("no equation of that space", "equal_vectors", [eq(u, v)], [eq(u, v), v]),
    ("do not add up", "equal_vectors", [eq(u, v)], [eq(u, w), num(1)]),
    ("an equation and a context", "congruence", [le(s, t)], [bind("lam", [(s, R)], s)]),
    ("an equation and a context", "congruence", [eq(s, t)], [psi]),
    ("an equation and a context", "congruence", [eq(s, t)], [bind("lam", [(s, R), (t, R)], s)]),
    ("cannot stand for", "congruence", [eq(s, t)], [bind("lam", [(i, N)], i)]),
    ("cannot stand for", "congruence", [eq(n, t)], [bind("lam", [(i, N)], i)]),
    ("an equation compares", "congruence", [eq(s, t)], [bind("lam", [(s, R)], le(s, 1))]),
    ("is not the context", "rewrite", [eq(s, t), le(t, 1)], [bind("lam", [(s, R)], le(s, 1))]),
    ("over the same sets", "termwise", [A], [s, s]),
    ("over the same sets", "termwise", [A], [total(psi(i), (i, RANGE)), total(psi(i), (i, OVER_M))]),
    ("over the same sets", "termwise", [A], [bind("prob", [(i, RANGE)], A), bind("prob", [(i, RANGE)], A)]),
    ("is needed, and", "termwise", [forall(eq(psi(i), i), (i, OVER_M))], [total(psi(i), (i, RANGE)), total(i, (i, RANGE))]),
    ("enclose proves inequalities", "enclose", [], [eq(s, s)]),
    ("enclose proves inequalities", "enclose", [], [A]),
    ("there are 0 premises, 1 are given", "enclose", [A], [lt(0, make("pi"))]),
    ("balls do not decide", "enclose", [], [lt(make("pi"), 3)]),
    ("a box has two ends for each of 1 variables, not 0", "enclose", [], [le(t, t)]),
    ("balls do not decide", "enclose", [le(0, t), le(t, 1)], [le(t, t), num(0), num(1)]),
    ("is needed", "enclose", [le(t, 1), le(0, t)], [le(t, 2), num(0), num(1)]),
    ("is needed", "enclose", [le(0, t), le(t, 2)], [le(t, 2), num(0), num(1)]),
    ("is no numeral", "enclose", [le(0, t), le(t, s)], [le(t, t), num(0), s]),
]


@pytest.mark.parametrize("why, name, premises, args", CASES)
def test_refused(why: str, name: str, premises: list[Node], args: list[Node]) -> None:
    refused(why, lambda: RULES[name](assumed(*premises), args))


def test_terms_with_open_variables_prove_nothing() -> None:
    opened = make("bound", 0, R)
    refused("is no closed formula", RULES["square"], [], [opened])
    refused("is no closed formula", RULES["nonnegative"], [], [make("abs", opened)])
    assert S.sort is not M.sort and f.sort is not psi.sort
