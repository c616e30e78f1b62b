"""The searcher for relations between numbers: what it certifies, that it stops on what is false, and that nothing is assumed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from theory.checkers.real import QUICK, prove, search
from theory.checkers.script import Line, Script
from theory.kernel import Node
from theory.kernel.heads import eq, le, lt, total
from theory.kernel.nodes import N, R, make, num, var

s, t, u, a, b, c = (var(name, R) for name in "stuabc")
n, m, d, p, i = (var(name, N) for name in "nmdpi")
SPACE = make("vec", d)
x, y, z = (var(name, SPACE) for name in "xyz")
w = var("w", make("vec", n))


def of(head: str, *args: Node | int) -> Node:
    return make(head, *(a if isinstance(a, Node) else num(a) for a in args))


def norm(v: Node) -> Node:
    return make("norm", v)


def root(value: Node) -> Node:
    return make("sqrt", value)


def absolute(value: Node) -> Node:
    return make("abs", value)


def power(base: Node, exponent: Node | int) -> Node:
    return of("pow", base, exponent)


PROVABLE: dict[str, tuple[Node, list[Node]]] = {
    "a sum of facts": (le(s, u + 1), [le(s, t), le(t, u)]),
    "a strict sum": (lt(s, u), [le(s, t), lt(t, u)]),
    "the tangent of a logarithm": (le(s * of("log", s), s * s), [lt(0, s)]),
    "an angle from 0": (le(0, of("asin", of("inv", t)) / of("pi")), [lt(1, t)]),
    "an angle below half a turn": (lt(of("asin", of("inv", t)) / of("pi"), 1), []),
    "a negative angle": (le(of("asin", t), 0), [le(t, 0)]),
    "constants": (le(of("exp", num("-1/8")), num("9/10")), []),
    "|t| of what an equation names": (le(absolute(s - t), c * root(u)), [le(0, u), eq(a, t),
                                       le(s - a, c * root(u)), le(a - s, c * root(u))]),
    "a multiple": (le(s * 3, t * 3), [le(s, t)]),
    "an identity": (eq((s + t) * (s - t), s * s - t * t), []),
    "an equation by rewriting": (eq(s * s, b * b), [eq(s, t), eq(t, b)]),
    "an equation by multipliers": (eq(a * s, 1), [eq(a * t, 1), eq(s, t)]),
    "an equation from two sides": (eq(s, t), [le(s, t), le(t, s)]),
    "a contradiction": (le(1, s), [lt(s, t), lt(t, s)]),
    "a product of facts": (le(s * t, a * b), [le(0, s), le(s, a), le(0, t), le(t, b)]),
    "a factor that cancels": (le(s, t), [lt(0, c), le(c * s, c * t)]),
    "a square": (le(s * t * 2, s * s + t * t), []),
    "a square that is 1": (le(s, 1), [eq(s * s, 1)]),
    "roots of squares": (le(absolute(s), absolute(t)), [le(s * s, t * t)]),
    "|t| by cases": (le(absolute(s - t), u), [le(s - t, u), le(t - s, u)]),
    "the triangle inequality": (le(absolute(s + t), absolute(s) + absolute(t)), []),
    "nested absolute values": (le(absolute(absolute(s) - absolute(t)), absolute(s - t)), []),
    "|st| = |s||t| of sums": (le(absolute((s + t) * a), u * absolute(a)), [le(absolute(s + t), u)]),
    "max by cases": (le(of("max", s, t), u), [le(s, u), le(t, u)]),
    "max is |t| and t": (eq(of("max", t, 0) * 2, t + absolute(t)), []),
    "min": (le(of("min", s, t) * 2, s + t), []),
    "the product of positive and negative parts": (eq(of("max", t, 0) * of("max", -t, 0), 0), []),
    "a root": (le(s, root(b)), [le(0, b), le(s * s, b)]),
    "a root squared": (eq(root(s) * root(s), s), [lt(0, s)]),
    "roots keep order": (le(c * root(s), c * root(t)), [le(0, c), le(s, t)]),
    "a root of 2": (lt(root(num(2)) * 5, num("36/5")), []),
    "√2 squared": (eq(root(num(2)) * root(num(2)) * s, s * 2), []),
    "pi": (lt(num(3), make("pi")), []),
    "1/t": (eq(t * (s / t), s), [lt(0, t)]),
    "1/t bounds": (le(s / t, u), [lt(0, t), le(s, u * t)]),
    "1/(1 + t²)": (eq((t * t + 1) / (t * t + 1), 1), []),
    "whole numbers": (le(n + 1, m), [lt(n, m)]),
    "natural numbers": (le(0, n * m + n), []),
    "small whole numbers": (le(1, n), [lt(0, n)]),
    "natural powers": (le(0, power(d, p) * d), []),
    "powers add": (eq(power(s, a) * power(s, b), power(s, a + b)), [lt(0, s)]),
    "powers of a half": (le(t * t, power(d, p - 1) * b * b),
                         [le(1, d), le(0, t), le(0, b), le(t, power(d, (p - 1) * num("1/2")) * b)]),
    "1 to any power": (eq(power(norm(x), p) * s, s), [eq(norm(x), 1)]),
    "log d is not negative": (le(0, make("log", d)), [le(1, d)]),
    "e^t": (lt(0, make("exp", t) + s * s), []),
    "e^s e^t": (eq(make("exp", s) * make("exp", t), make("exp", s + t)), []),
    "norms": (le(norm(x - y), norm(z) * 2), [eq(norm(x - y), norm(z))]),
    "the square of a norm": (le(norm(x), s), [le(0, s), le(make("dot", x, x), s * s)]),
    "an orthogonal part is shorter": (le(norm(x), norm(y)), [eq(power(norm(y), 2), power(norm(x), 2) + power(norm(y - x), 2))]),
    "a chain": (le(s, a * c * t), [le(0, a), le(0, c), le(s, a * b), le(b, c * u), le(0, u), le(u, t)]),
    "a chain with a root": (le(n, root(make("mul", num(2), n)) * b * 2), [le(root(n), b), le(0, b)]),
    "a sum of squares": (le(0, total(power(w[i] - s, 2), (i, make("range", n)))), []),
    "a cap": (le(of("max", s - t, 0) * s, s * s), [le(0, t), le(0, s)]),
    "goals that are a product": (le(power(s - t, 2) * a, power(s - t, 2) * b), [le(a, b)]),
}

FALSE: dict[str, tuple[Node, list[Node]]] = {
    "an angle below 3/2": (le(of("asin", t), num("3/2")), []),
    "a tangent of the logarithm too low": (le(of("log", t), t * num("1/3")), [lt(0, t)]),
    "nothing is known": (le(s, t), []),
    "the wrong way round": (le(t, s), [le(s, t)]),
    "strict from weak": (lt(s, t), [le(s, t)]),
    "an equation from one side": (eq(s, t), [le(s, t)]),
    "a product without signs": (le(s * t, a * b), [le(s, a), le(t, b)]),
    "cancelling 0": (le(s, t), [le(0, c), le(c * s, c * t)]),
    "cancelling a negative factor": (le(s, t), [lt(c, 0), le(c * s, c * t)]),
    "the reverse triangle inequality": (le(absolute(s) + absolute(t), absolute(s + t)), []),
    "|t| is t": (eq(absolute(t), t), []),
    "√(t²) is t": (eq(root(t * t), t), []),
    "(√t)² is t": (eq(root(t) * root(t), t), []),
    "roots of negative numbers": (le(s, root(b)), [le(s, b)]),
    "1/0": (eq(t * (num(1) / t), 1), []),
    "division by 0": (le(s / t, u), [le(0, t), le(s, u * t)]),
    "x² ≤ x": (le(s * s, s), [le(0, s)]),
    "max is a sum": (eq(of("max", s, t), s + t), []),
    "naturals are positive": (le(1, n), []),
    "reals are whole": (le(s + 1, t), [lt(s, t)]),
    "0 < |t|": (lt(0, absolute(t)), []),
    "log is positive": (lt(0, make("log", d)), [le(1, d)]),
    "powers grow": (le(power(s, a), power(s, b)), [lt(0, s), le(a, b)]),
    "pi is 22/7": (eq(make("pi"), num("22/7")), []),
    "a root of 2 too small": (lt(root(num(2)), num("7/5")), []),
    "an absolute value too many": (le(absolute(s - t), u), [le(s - t, u)]),
    "a vanishing product": (eq(s, 0), [eq(s * t, 0)]),
    "a chain with a gap": (le(s, a * c * t), [le(0, a), le(0, c), le(s, a * b), le(b, c * u), le(0, u), le(t, u)]),
}


@pytest.fixture(autouse=True)
def refusals_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "STRICT", True)


def searched(goal: Node, facts: Sequence[Node], **options: object) -> tuple[Script, Line | None]:
    script = Script()
    lines = [script.assume(f) for f in facts]
    return script, prove(script, goal, lines, **options)                               # type: ignore[arg-type]


@pytest.mark.parametrize("name", PROVABLE)
def test_proves(name: str) -> None:
    goal, facts = PROVABLE[name]
    script, line = searched(goal, facts)
    assert line is not None
    assert script.says(line) is goal
    assert script.theorems[line].hypotheses <= set(facts)
    assert not script.theorems[line].cited


@pytest.mark.parametrize("name", FALSE)
def test_stops_on_what_is_false(name: str) -> None:
    goal, facts = FALSE[name]
    script, line = searched(goal, facts)
    assert line is None
    assert len(script.lines) == 1 + len(facts)                                            # a search that fails leaves no trace


def test_the_work_is_bounded() -> None:
    goal, facts = FALSE["the reverse triangle inequality"]
    current = search.CertificateSearch(QUICK)
    assert current.goal(goal, [current.script.assume(f) for f in facts]) is None
    assert 0 < QUICK.work - current.work <= QUICK.work


def test_less_effort_finds_less() -> None:
    goal, facts = PROVABLE["a sum of facts"]
    assert searched(goal, facts, effort=QUICK)[1] is not None
    goal, facts = PROVABLE["nested absolute values"]
    assert searched(goal, facts)[1] is not None


def test_the_same_search_gives_the_same_lines() -> None:
    goal, facts = PROVABLE["a chain"]
    first, second = searched(goal, facts)[0], searched(goal, facts)[0]
    assert first.lines == second.lines


def test_facts_may_rest_on_hypotheses() -> None:
    script = Script()
    rule = script.assume(make("imp", lt(0, s), le(t, u)))
    fact = script.do("detach", (rule, script.assume(lt(0, s))))
    line = prove(script, le(t, u + 1), [fact])
    assert line is not None
    assert script.theorems[line].hypotheses == {make("imp", lt(0, s), le(t, u)), lt(0, s)}


def test_a_fact_that_is_also_a_case_is_kept() -> None:
    goal, facts = le(absolute(s), s), [le(0, s)]
    script, line = searched(goal, facts)
    assert line is not None
    assert script.theorems[line].hypotheses == {le(0, s)}
