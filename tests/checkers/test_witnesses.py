"""Existence: from a witness, and to what follows from one; false neighbours that must not be proved."""

from __future__ import annotations

import pytest

from theory.check import check_step
from theory.proof import step
from theory.terms import (
    LINE,
    Abs,
    And,
    Ball,
    Exists,
    Formula,
    Function,
    GaussianRows,
    Interval,
    MatrixSymbol,
    Range,
    Sphere,
    Symbol,
    VectorSymbol,
    d,
    dot,
    eq,
    forall,
    index,
    le,
    lt,
    norm,
    sqrt,
    thereis,
)
from theory.verdict import Status

m, i = index("m"), index("i")
f, N, M = Function("f", d), MatrixSymbol("N", m, d), MatrixSymbol("M", m, d)
x, u, w = VectorSymbol("x", d), VectorSymbol("u", d), VectorSymbol("w", d)
s, t, c = Symbol("s", nonnegative=True), Symbol("t", real=True), Symbol("c", real=True)
L, eps = Symbol("L", nonnegative=True), Symbol("eps", nonnegative=True)
MEMBER, POINT = (i, Range(m)), (x, Ball(d))


def covers(table: MatrixSymbol, radius: object) -> Formula:
    """The rows of the table are a net of the unit ball."""
    return forall(thereis(le(norm(x - table[i]), radius), MEMBER), POINT)


def net(radius: object) -> Formula:
    """There is one."""
    return thereis(covers(N, radius), (N, GaussianRows(m, d)))


MOVES = forall(le(Abs(f(x) - f(N[i])), L * norm(x - N[i])), POINT, MEMBER)
NEAR = forall(thereis(le(Abs(f(x) - f(N[i])), L * eps), MEMBER), POINT)
BETWEEN = thereis(And(le(c, t), le(t, s)), (t, LINE))
TRUE: dict[str, tuple[Formula, list[Formula], str]] = {
    "from the body at a witness": (thereis(eq(t**2, s), (t, LINE)), [eq(sqrt(s) ** 2, s)], "instance"),
    "from a table": (net(eps), [covers(M, eps)], "instance"),
    "two parts at one witness": (thereis(And(le(norm(x), 1), le(c, dot(x, w))), (x, Ball(d, 2))), [le(norm(u), 1), le(c, dot(u, w))],
                                 "instance"),
    "a variable of the goal": (forall(thereis(le(dot(u, w), dot(x, w)), (x, Sphere(d))), (u, Sphere(d))), [], "instance"),
    "an end of an interval": (thereis(le(t, 3), (t, Interval(2, 5))), [], "instance"),
    "to a weaker one": (net(2 * eps), [net(eps)], "instance"),
    "to a number": (le(c, s), [BETWEEN], "linear"),
    "beneath a quantifier": (NEAR, [covers(N, eps), MOVES], "polynomial"),
    "as a premise": (forall(thereis(le(t, c), (t, Interval(0, 1))), (c, Interval(0, 1))), [], "instance"),
}
FALSE: dict[str, tuple[Formula, list[Formula], str]] = {
    "no number has this square": (thereis(eq(t**2, c), (t, LINE)), [], "instance"),
    "the witness is not in the set": (thereis(eq(t**2, s), (t, Interval(0, 1))), [eq(sqrt(s) ** 2, s)], "instance"),
    "two parts at two witnesses": (thereis(And(le(norm(x), 1), le(c, dot(x, w))), (x, Ball(d, 2))), [le(norm(u), 1), le(c, dot(w, w))],
                                   "instance"),
    "to a finer net": (net(eps / 2), [net(eps)], "instance"),
    "one table for all": (thereis(forall(le(norm(x - N[i]), eps), POINT), MEMBER), [covers(N, eps)], "instance"),
    "the witness itself": (eq(t, s), [thereis(eq(t, s), (t, LINE))], "linear"),
    "all from some": (forall(le(Abs(f(x) - f(N[i])), L * eps), POINT, MEMBER), [covers(N, eps), MOVES], "polynomial"),
    "an empty set": (le(1, 0), [thereis(lt(t, 1), (t, Interval(c, s)))], "linear"),
    "the two of two facts are one": (thereis(And(le(t, 0), le(1, t)), (t, LINE)),
                                     [thereis(le(t, 0), (t, LINE)), thereis(le(1, t), (t, LINE))], "instance"),
    "the order of quantifiers": (thereis(forall(le(c, t), (c, LINE)), (t, LINE)), [forall(thereis(le(c, t), (t, LINE)), (c, LINE))],
                                 "instance"),
}


def status(goal: Formula, facts: list[Formula], by: str) -> Status:
    """The status of a step from facts."""
    known = {f"fact {place}": fact for place, fact in enumerate(facts)}
    return check_step(step("goal", goal, by=by, using=tuple(known)), known).status


@pytest.mark.parametrize("case", TRUE)
def test_what_follows(case: str) -> None:
    assert status(*TRUE[case]) is Status.PROVED


@pytest.mark.parametrize("case", FALSE)
def test_what_does_not_follow(case: str) -> None:
    assert not status(*FALSE[case]).is_proof


def test_a_missing_witness_is_said() -> None:
    verdict = check_step(step("goal", BETWEEN, by="instance"), {})
    assert verdict.status is Status.UNKNOWN and "state the body at the witness as a step" in verdict.reason


def test_names_of_bound_variables_do_not_matter() -> None:
    assert net(eps) == thereis(covers(M, eps), (M, GaussianRows(m, d))) and isinstance(net(eps), Exists)
