"""Inferences about sums, suprema, means and probabilities, and induction: what they conclude, and what is refused."""

from __future__ import annotations

import pytest

from kernel.common import RANGE, VEC, A, D, F, M, a, assumed, concludes, d, f, i, j, k, m, n, psi, refused, rule, s, t, u, v, y
from theory.kernel import RULES
from theory.kernel.heads import FALSE, bind, eq, forall, implies, le, lt, member, total, whole
from theory.kernel.nodes import N, Node, R, make, num, var

SIGNS = make("signs", n)
LINE = whole(R)
CIRCLE = make("circle", n)
z = var("z", make("vec", n))


def over(head: str, body: Node, *pairs: tuple[Node, Node]) -> Node:
    """A binder."""
    return bind(head, list(pairs), body)


SUP = over("sup", psi(i), (i, RANGE))
BOUNDED = over("bounded", psi(i), (i, RANGE))
BELOW = forall(le(psi(i), t), (i, RANGE))
EVENT, OTHER = le(y[m], t), le(0, y[m])
P, Q = over("prob", EVENT, (y, SIGNS)), over("prob", OTHER, (y, SIGNS))


def test_whole_sorts() -> None:
    concludes(rule("anywhere", [], n, LINE), member(n, LINE))
    concludes(rule("anywhere", [], M, make("gaussrows", k, d)), member(M, make("gaussrows", k, d)))


def test_sums() -> None:
    short = total(psi(i), (i, make("range", a)))
    concludes(rule("sum_empty", assumed(lt(a, 1)), short), eq(short, 0), lt(a, 1))
    vectors = total(make("smul", F(i), u), (i, RANGE))
    concludes(rule("sum_empty", assumed(lt(n, 1)), vectors), eq(vectors, make("zero", VEC)), lt(n, 1))
    known = total(psi(i), (i, RANGE))
    concludes(rule("sum_next", [], known), eq(total(psi(i), (i, make("range", n + 1))), known + psi(n + 1)))


def test_induction() -> None:
    claim = forall(le(F(n), t), (n, whole(N)))
    step = rule("detach", assumed(implies(le(F(m), t), le(F(m + 1), t)), le(F(m), t)))
    refused("is free in a hypothesis", RULES["induction"], [*assumed(le(F(num(0)), t)), step], [m, claim])
    rule_ = forall(implies(le(F(m), t), le(F(m + 1), t)), (m, whole(N)))
    step = rule("detach", [rule("specialise", assumed(rule_), m), *assumed(le(F(m), t))])
    concludes(rule("induction", [*assumed(le(F(num(0)), t)), step], m, claim), claim, le(F(num(0)), t), rule_)


def test_suprema() -> None:
    concludes(rule("sup_above", assumed(BOUNDED, member(m, RANGE)), SUP, m), le(psi(m), SUP), BOUNDED, member(m, RANGE))
    concludes(rule("sup_least", assumed(BELOW, le(0, t)), SUP, t), le(SUP, t), BELOW, le(0, t))
    concludes(rule("sup_least_over", assumed(BELOW, member(m, RANGE)), SUP, t, m), le(SUP, t), BELOW, member(m, RANGE))
    concludes(rule("bounded_by", assumed(BELOW), BOUNDED, t), BOUNDED, BELOW)
    finite = over("bounded", F(i) * y[i], (i, RANGE), (y, SIGNS))
    concludes(rule("bounded_finite", [], finite), finite)
    none = implies(BOUNDED, FALSE)
    concludes(rule("sup_unbounded", assumed(none), SUP), eq(SUP, 0), none)
    pair = [(u, D), (v, D)]
    both = over("sup", f(u) - f(v), *pair)
    concludes(rule("sup_above", assumed(over("bounded", f(u) - f(v), *pair), member(v, D), member(u, D)), both, v, u),
        le(f(v) - f(u), both),
              over("bounded", f(u) - f(v), *pair), member(u, D), member(v, D))


def test_means() -> None:
    left, right = over("expect", y[m], (y, SIGNS)), over("expect", y[m] * y[m], (y, SIGNS))
    premise = forall(le(y[m], y[m] * y[m]), (y, SIGNS))
    concludes(rule("mean_below", assumed(premise), left, right), le(left, right), premise)
    summed = over("expect", total(F(i) * y[i], (i, RANGE)), (y, SIGNS))
    concludes(rule("mean_of_sum", [], summed), eq(summed, total(over("expect", F(i) * y[i], (y, SIGNS)), (i, RANGE))))


def test_probabilities() -> None:
    premise = forall(implies(EVENT, OTHER), (y, SIGNS))
    concludes(rule("prob_implies", assumed(premise), P, Q), le(P, Q), premise)
    concludes(rule("prob_and", [], P, Q), le(P + Q - 1, over("prob", make("and", EVENT, OTHER), (y, SIGNS))))
    sure = forall(EVENT, (y, SIGNS))
    concludes(rule("prob_sure", assumed(sure), P), eq(P, 1), sure)


def test_probabilities_are_at_most_1() -> None:
    """P(A) ≤ P(true) = 1."""
    true = rule("both", [])
    certain = over("prob", true.conclusion, (y, SIGNS))
    implied = rule("generalise", [rule("discharge", [true], EVENT)], y, SIGNS)
    sure = rule("prob_sure", [rule("generalise", [true], y, SIGNS)], certain)
    below = rule("prob_implies", [implied], P, certain)
    concludes(rule("combine", [below, sure], le(P, 1), num(1), num(1)), le(P, 1))


def test_the_union_bound() -> None:
    """The events are numbered outside the law in the premise, and inside it in the conclusion; both variables are kept apart."""
    event, low = le(y[i], F(i) + t), num(1) - psi(i)
    premise = forall(le(low, over("prob", event, (y, SIGNS))), (i, RANGE))
    target = over("prob", forall(event, (i, RANGE)), (y, SIGNS))
    concludes(rule("prob_forall", assumed(premise), target), le(num(1) - total(num(1) - low, (i, RANGE)), target), premise)
    for event in (le(F(i), 1), le(y[m], 1), A):
        premise = forall(le(num(1), over("prob", event, (y, SIGNS))), (i, RANGE))
        target = over("prob", forall(event, (i, RANGE)), (y, SIGNS))
        assert rule("prob_forall", assumed(premise), target).conclusion.args[1] is target
    mixed = forall(le(0, over("prob", le(z[i], 1), (z, SIGNS))), (i, RANGE))
    other = over("prob", forall(le(y[j], 2), (j, RANGE)), (y, SIGNS))
    refused("about other events", RULES["prob_forall"], assumed(mixed), [other])


def test_inner_products() -> None:
    concludes(rule("cauchy", [], u, v), le(make("dot", u, v), make("norm", u) * make("norm", v)))
    fact = eq(make("norm", u - v), 0)
    concludes(rule("norm_zero", assumed(fact)), eq(u - v, make("zero", VEC)), fact)


ALL_N = forall(le(0, n), (n, whole(N)))
REAL_SUP = over("sup", psi(t), (t, LINE))
CASES: list[tuple[str, str, list[Node], list[Node]]] = [
    ("is no whole sort", "anywhere", [], [y, SIGNS]),
    ("cannot be an element", "anywhere", [], [t, whole(N)]),
    ("is needed, and", "sum_empty", [lt(a, 1)], [total(F(i), (i, RANGE))]),
    ("is needed, and", "sum_empty", [le(n, 1)], [total(F(i), (i, RANGE))]),
    ("takes a sum", "sum_empty", [lt(n, 1)], [t]),
    ("n natural", "sum_next", [], [total(F(i), (i, make("range", a)))]),
    ("n natural", "sum_next", [], [t]),
    ("induction takes a natural variable", "induction", [le(0, 0), le(0, m + 1)], [a, ALL_N]),
    ("induction takes a natural variable", "induction", [le(0, 0), le(0, m + 1)], [m, le(0, m)]),
    ("induction is over all natural", "induction", [le(0, 0), le(0, m + 1)], [m, forall(le(0, i), (i, RANGE))]),
    ("induction is over all natural", "induction", [le(0, 0), le(0, m + 1)], [m, forall(le(m, n), (n, whole(N)))]),
    ("not the beginning and the step", "induction", [le(0, 1), le(0, m + 1)], [m, ALL_N]),
    ("is free in a hypothesis", "induction", [le(0, 0), le(0, m + 1)], [m, ALL_N]),
    ("sup_above takes", "sup_above", [BOUNDED], []),
    ("sup_above takes", "sup_above", [BOUNDED, member(m, RANGE)], [t, m]),
    ("there are 2 premises, 1 are given", "sup_above", [member(m, RANGE)], [SUP, m]),
    ("is needed, and", "sup_above", [member(m, RANGE), BOUNDED], [SUP, m]),
    ("is needed, and", "sup_above", [BOUNDED, member(i, RANGE)], [SUP, m]),
    ("is needed, and", "sup_least", [BELOW, le(1, t)], [SUP, t]),
    ("takes a supremum", "sup_least", [BELOW, le(0, t)], [t, t]),
    ("is needed, and", "sup_least", [BELOW, le(0, s)], [SUP, s]),
    ("is needed, and", "sup_least", [forall(le(psi(i), i), (i, RANGE)), le(0, t)], [SUP, t]),
    ("sup_least_over takes", "sup_least_over", [BELOW], [SUP]),
    ("sup_least_over takes", "sup_least_over", [BELOW], [t, t]),
    ("one value a set", "sup_least_over", [BELOW], [SUP, t]),
    ("bounded_by takes", "bounded_by", [BELOW], [SUP, t]),
    ("is needed, and", "bounded_by", [BELOW], [BOUNDED, s]),
    ("bounded_finite takes", "bounded_finite", [], [over("bounded", psi(t), (t, LINE))]),
    ("bounded_finite takes", "bounded_finite", [], [SUP]),
    ("sup_unbounded takes", "sup_unbounded", [implies(BOUNDED, FALSE)], [BOUNDED]),
    ("is needed, and", "sup_unbounded", [BOUNDED], [SUP]),
    ("is needed, and", "sup_unbounded", [implies(BOUNDED, FALSE)], [REAL_SUP]),
    ("over the same signs", "mean_below", [A], [over("expect", y[m], (y, CIRCLE)), over("expect", y[n], (y, CIRCLE))]),
    ("over the same signs", "mean_below", [A], [over("expect", y[m], (y, SIGNS)), over("expect", y[n], (y, CIRCLE))]),
    ("over the same signs", "mean_below", [A], [SUP, SUP]),
    ("is needed, and", "mean_below", [A], [over("expect", y[m], (y, SIGNS)), over("expect", y[n], (y, SIGNS))]),
    ("one vector of signs", "mean_of_sum", [], [over("expect", total(y[i], (i, RANGE)), (y, CIRCLE))]),
    ("one vector of signs", "mean_of_sum", [], [over("sup", total(y[i], (i, RANGE)), (y, SIGNS))]),
    ("a range of its own", "mean_of_sum", [], [over("expect", y[m], (y, SIGNS))]),
    ("a range of its own", "mean_of_sum", [], [over("expect", total(y[i], (i, make("range", make("floor", y[m])))), (y, SIGNS))]),
    ("under the same laws", "prob_implies", [A], [SUP, SUP]),
    ("under the same laws", "prob_implies", [A], [P, over("prob", EVENT, (y, CIRCLE))]),
    ("is needed, and", "prob_implies", [forall(implies(OTHER, EVENT), (y, SIGNS))], [P, Q]),
    ("under the same laws", "prob_and", [], [P, t]),
    ("some events happen", "prob_forall", [A], [P]),
    ("some events happen", "prob_forall", [A], [t]),
    ("numbered by a range", "prob_forall", [A], [over("prob", forall(le(y[m], t), (t, LINE)), (y, SIGNS))]),
    ("numbered by a range", "prob_forall", [A], [over("prob", forall(le(i, 2), (i, make("range", make("floor", y[m])))), (y, SIGNS))]),
    ("bounds each probability", "prob_forall", [A], [over("prob", forall(le(y[i], t), (i, RANGE)), (y, SIGNS))]),
    ("bounds each probability", "prob_forall", [forall(le(0, P), (i, make("range", m)))],
     [over("prob", forall(le(y[i], t), (i, RANGE)), (y, SIGNS))]),
    ("under the same laws", "prob_and", [], [t, t]),
    ("is needed, and", "prob_sure", [forall(OTHER, (y, SIGNS))], [P]),
    ("dot takes a term of the sort", "cauchy", [], [u, y]),
    ("the premise is", "norm_zero", [eq(make("norm", u), 1)], []),
    ("the premise is", "norm_zero", [eq(u, v)], []),
]


@pytest.mark.parametrize("why, name, premises, args", CASES)
def test_refused(why: str, name: str, premises: list[Node], args: list[Node]) -> None:
    refused(why, lambda: RULES[name](assumed(*premises), args))
