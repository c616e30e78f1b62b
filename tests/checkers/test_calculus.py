"""Inequalities with exp, log and powers: proved by balls on boxes and by the signs of derivatives, and never where they are false."""

from __future__ import annotations

import pytest

from theory.checkers.calculus import prove_by_calculus
from theory.checkers.real import prove
from theory.checkers.script import Script
from theory.kernel.heads import eq, le, lt
from theory.kernel.nodes import N, Node, R, make, num, var

p, q, s, t, u, x, y = (var(name, R) for name in "pqstuxy")
m = var("m", N)
SLOPES = 4


def e(a: Node) -> Node:
    """e^a."""
    return make("exp", a)


def log(a: Node) -> Node:
    """log a."""
    return make("log", a)


ONE, TWO = num(1), num(2)
UNIT = [lt(0, p), lt(p, 1), lt(0, q), lt(q, 1)]
DIVERGENCE = p * (log(p) - log(q)) + (ONE - p) * (log(ONE - p) - log(ONE - q))
QUOTIENTS = p * log(p / q) + (ONE - p) * log((ONE - p) / (ONE - q))
BENNETT = (ONE + u) * log(ONE + u) - u
ROOT = make("sqrt", t)

TRUE: dict[str, tuple[list[Node], Node]] = {
    "log below its tangent": ([lt(0, u)], le(log(u), u - 1)),
    "log above 1 − 1/u": ([lt(0, u)], le(ONE - ONE / u, log(u))),
    "log of a large number": ([le(2, u)], lt(0, log(u))),
    "log of a whole number": ([le(2, m)], le(ONE - ONE / m, log(m))),
    "Bennett": ([le(0, u)], le(u * u, (TWO + num("2/3") * u) * BENNETT)),
    "Bennett, as it is written": ([le(0, u)], le(u * u / (TWO + num("2/3") * u), BENNETT)),
    "Bernstein": ([le(0, x), lt(x, 3)], le(e(x), ONE + x + x * x / (TWO * (ONE - x / 3)))),
    "Pinsker": (UNIT, le(TWO * (p - q) * (p - q), DIVERGENCE)),
    "Pinsker, as it is written": (UNIT, le(TWO * (p - q) * (p - q), QUOTIENTS)),
    "Young": ([lt(0, s), lt(0, t)], le(s * t, s * s * s / 3 + num("2/3") * t * ROOT)),
    "weighted means": ([le(0, p), le(p, 1)], le(e(p * x + (ONE - p) * y), p * e(x) + (ONE - p) * e(y))),
    "moment generating function of a sign": ([], le((e(x) + e(-x)) / 2, e(x * x / 2))),
    "Hoeffding's lemma": ([le(0, p), le(p, 1)], le(ONE - p + p * e(x), e(p * x + x * x / 8))),
    "a box": ([le(0, x), le(x, 1)], lt(e(x), num(3) + x)),
    "a box of two numbers": ([le(0, x), le(x, 1), le(0, y), le(y, 1)], lt(e(x * y), num(3))),
    "opaque terms": ([lt(0, make("norm", make("zero", make("vec", num(2)))))],
                     le(log(make("norm", make("zero", make("vec", num(2))))), make("norm", make("zero", make("vec", num(2)))) - 1)),
    "a power of e^log": ([lt(0, t)], le(e(num(-2) * log(t)), make("pow", t, num(-2)))),
}
FALSE: dict[str, tuple[list[Node], Node]] = {
    "log below a line that crosses it": ([lt(0, u)], le(log(u), u - TWO)),
    "log below its tangent, off its domain": ([], le(log(u), u - 1)),
    "log above 1 − 1/u, off its domain": ([], le(ONE - ONE / u, log(u))),
    "Bennett, with 1/3": ([le(0, u)], le(u * u, (TWO + num("1/3") * u) * BENNETT)),
    "Bernstein, with 4": ([le(0, x), lt(x, 3)], le(e(x), ONE + x + x * x / (TWO * (ONE - x / 4)))),
    "Bernstein, beyond 3": ([le(0, x)], le(e(x), ONE + x + x * x / (TWO * (ONE - x / 3)))),
    "Pinsker, with 3": (UNIT, le(num(3) * (p - q) * (p - q), DIVERGENCE)),
    "Pinsker, off the unit interval": ([lt(0, p), lt(0, q)], le(TWO * (p - q) * (p - q), DIVERGENCE)),
    "Young, with 1/2": ([lt(0, s), lt(0, t)], le(s * t, s * s * s / 3 + t * ROOT / 2)),
    "weighted means, with any weight": ([], le(e(p * x + (ONE - p) * y), p * e(x) + (ONE - p) * e(y))),
    "moment generating function of a sign, with 1/3": ([], le((e(x) + e(-x)) / 2, e(x * x / 3))),
    "Hoeffding's lemma, with 9": ([le(0, p), le(p, 1)], le(ONE - p + p * e(x), e(p * x + x * x / 9))),
    "a box, strictly at a touching point": ([le(0, x), le(x, 1)], lt(e(x), ONE + TWO * x)),
    "a divisor that changes sign": ([le(-1, x), le(x, 1)], le(ONE / x, num(5))),
}


def proved(facts: list[Node], goal: Node) -> bool:
    """Whether the goal is derived from the facts and nothing else."""
    script = Script()
    line = prove_by_calculus(script, goal, [script.assume(fact) for fact in facts], SLOPES)
    if line is None:
        return False
    theorem = script.theorems[line]
    assert theorem.conclusion is goal and theorem.hypotheses <= set(facts) and not theorem.cited
    return True


@pytest.mark.parametrize("name", TRUE)
def test_true(name: str) -> None:
    assert proved(*TRUE[name])


@pytest.mark.parametrize("name", FALSE)
def test_false(name: str) -> None:
    assert not proved(*FALSE[name])


@pytest.mark.parametrize("facts, goal", [
    ([lt(0, s), lt(0, t)], eq(log(s * t), log(s) + log(t))), ([lt(0, s), lt(0, t)], eq(log(s / t), log(s) - log(t))),
    ([lt(0, s), lt(s, 1)], eq(log(num(3) * s * s / (ONE - s)), log(num(3)) + TWO * log(s) - log(ONE - s))),
    ([lt(s, 0), lt(t, 0)], eq(log(s * t), log(-s) + log(-t))), ([lt(0, s)], eq(log(make("inv", s)), -log(s))),
    ([lt(1, s)], lt(0, log(s))), ([lt(0, s), lt(s, 1)], lt(log(s), 0)), ([lt(0, s), le(s, 1)], le(log(s), 0)),
])
def test_what_is_known_of_logarithms(facts: list[Node], goal: Node) -> None:
    script = Script()
    assert prove(script, goal, [script.assume(fact) for fact in facts]) is not None


@pytest.mark.parametrize("facts, goal", [
    ([], eq(log(s * t), log(s) + log(t))), ([lt(0, s * t)], eq(log(s * t), log(s) + log(t))), ([le(1, s)], lt(0, log(s))),
    ([le(0, s), le(s, 1)], lt(log(s), 0)), ([le(0, s)], eq(log(make("inv", s) * 2), -log(s))),
])
def test_what_is_not_true_of_logarithms(facts: list[Node], goal: Node) -> None:
    script = Script()
    assert prove(script, goal, [script.assume(fact) for fact in facts]) is None
