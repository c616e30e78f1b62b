"""The scalar checkers can say no: a table of false or unjustified statements, none of which may be proved, and true twins that must be."""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import pytest
from sympy import (
    Abs,
    Float,
    I,
    Max,
    Min,
    Piecewise,
    Rational,
    Symbol,
    acos,
    asin,
    cos,
    exp,
    gamma,
    log,
    nan,
    oo,
    pi,
    sin,
    sqrt,
    symbols,
    tan,
    true,
)

from theory.certificates.steps.chain import verify_chain
from theory.certificates.steps.farkas import verify_farkas
from theory.certificates.steps.squares import verify_squares
from theory.checkers.ball import check_ball
from theory.checkers.chain import check_chain
from theory.checkers.linear import check_linear
from theory.checkers.polynomial import SolverLimits, check_polynomial
from theory.errors import BadData, NotCertified
from theory.terms import VectorSymbol, eq, le, lt, norm
from theory.verdict import Status

x, y, z, t = symbols("x y z t", real=True)
a, b, c, F, R, W = symbols("a b c F R W", nonnegative=True)
p, q, s = symbols("p q s", positive=True)
n, d, k = symbols("n d k", integer=True, positive=True)
LINEAR, CHAIN, POLY, BALL = check_linear, check_chain, check_polynomial, check_ball
UNIT = {"low": le(0, x), "high": le(x, 1)}

# (checker, goal, facts, why it is false or does not follow)
FALSE = [
    # --- linear
    (LINEAR, le(x, y), {"f": le(y, x)}, "inequality read in the wrong direction"),
    (LINEAR, le(-x, -y), {"f": le(x, y)}, "sign flip: multiplying by −1 turns the inequality"),
    (LINEAR, le(x, 2), {"f": le(x, 3)}, "off by one"),
    (LINEAR, lt(x, 3), {"f": le(x, 3)}, "strict from non-strict"),
    (LINEAR, le(x, z), {"f": le(x, y), "g": le(z, y)}, "transitivity in the wrong direction"),
    (LINEAR, eq(x, y), {"f": le(x, y)}, "equality from one inequality"),
    (LINEAR, le(x, y), {"f": le(x + z, y + z + 1)}, "constant dropped"),
    (LINEAR, le(x + y, 2), {"f": le(x, 1)}, "a summand without a bound"),
    (LINEAR, le(0, x), {}, "sign of a real atom is not known"),
    (LINEAR, lt(0, a), {}, "nonnegative is not positive"),
    (LINEAR, le(2, n), {}, "a positive integer is at least 1, not 2"),
    (LINEAR, le(1, p), {}, "positive is not at least 1 when it is no integer"),
    (LINEAR, le(Max(x, y), (x + y) / 2), {}, "minimum and maximum swapped: the mean is below the maximum"),
    (LINEAR, le(x, Min(x, y)), {}, "minimum on the wrong side"),
    (LINEAR, le(Abs(x), x), {}, "|x| ≤ x fails for negative x"),
    (LINEAR, le(Abs(x) + Abs(y), Abs(x + y)), {}, "triangle inequality reversed"),
    (LINEAR, le(1, 0), {"f": le(x, y), "g": le(y, x)}, "1 ≤ 0 from consistent facts"),
    (LINEAR, lt(x, x), {"f": le(x, y), "g": le(y, x)}, "x < x from facts that look contradictory but force x = y"),
    (LINEAR, le(x, -100), {"f": le(x, 0), "g": le(1, x)}, "vacuous: the facts are contradictory"),
    (LINEAR, eq(x, 7), {"f": lt(x, y), "g": lt(y, x)}, "vacuous: strictly contradictory"),
    (LINEAR, le(1 / x, 1 / x), {}, "defined only if x ≠ 0"),
    (LINEAR, le(x * (1 + 1 / x), x + 1), {}, "expanding cancels x/x although x may vanish"),
    (LINEAR, le(x * y, y), {"f": le(x, 1)}, "multiplied by y of unknown sign"),
    (LINEAR, le(norm(VectorSymbol("u", d)), norm(VectorSymbol("v", d))), {}, "two different norms"),
    (LINEAR, le(Symbol("h"), 0), {"f": le(Symbol("h", real=True), 0)}, "two different symbols that print alike"),
    # --- chain
    (CHAIN, le(a, b), {"f": le(a * F, b * F)}, "cancelling a factor that may vanish"),
    (CHAIN, le(n / (R * sqrt(k)), W), {"f": le(n, R * sqrt(k) * W)}, "dividing by R, which may vanish"),
    (CHAIN, le(a, b), {"f": le(a**2, b)}, "wrong exponent"),
    (CHAIN, le(n, R * sqrt(k) * W), {"f": le(n, R * F), "g": le(F, k * W)}, "√k claimed where k was given"),
    (CHAIN, le(n, R * W), {"f": le(n, R * F), "g": le(W, F)}, "second fact used backwards"),
    (CHAIN, le(a, c), {"f": le(a, b), "g": le(c, b)}, "transitivity in the wrong direction"),
    (CHAIN, le(p, q), {"f": le(p, 2 * q)}, "constant dropped"),
    (CHAIN, le(F, 3 * W), {"f": le(F, pi * W)}, "π is larger than 3"),
    (CHAIN, le(F, Rational(14142, 10000) * W), {"f": le(F, sqrt(2) * W)}, "√2 is larger than 1.4142"),
    (CHAIN, lt(a, b), {"f": le(a, b / 2)}, "strict, but a and b may both vanish"),
    (CHAIN, lt(p, q), {"f": le(p, q)}, "strict from non-strict"),
    (CHAIN, le(p, 1), {"f": le(p, q / 2), "g": le(q, p)}, "vacuous: the facts are contradictory"),
    (CHAIN, le(b, x), {"f": le(b**2, x**2)}, "x may be negative: not a chain of nonnegative scalars"),
    (CHAIN, le(sqrt(n), sqrt(Min(k, d))), {"f": le(n, k)}, "minimum on the wrong side"),
    (CHAIN, le(a * b, 1), {"f": le(a, 1)}, "a factor without a bound"),
    (CHAIN, le(n, sqrt(n)), {}, "n ≥ 1 grows with its exponent"),
    (CHAIN, le(sqrt(n), 1), {}, "n ≥ 1 used backwards"),
    (CHAIN, eq(a, b), {"f": le(a, b)}, "equality from one inequality"),
    (CHAIN, le(a, W), {"f": le(a, b), "g": le(b * R, W * R)}, "cancelling at the second step"),
    # --- polynomial
    (POLY, le(sqrt(x**2), x), {}, "√(x²) = |x|"),
    (POLY, le(x**2, y**2), {"f": le(x, y)}, "squaring a side that may be negative"),
    (POLY, le(x, y), {"f": le(x**2, y**2)}, "a square forgets the sign: x = 1, y = −2"),
    (POLY, le(0, x**3), {}, "odd power"),
    (POLY, eq(x, y), {"f": eq(x**2, y**2)}, "even power is not one-to-one"),
    (POLY, le((x**2 + z**2) * (y**2 + t**2), (x * y + z * t) ** 2), {}, "Cauchy–Schwarz reversed"),
    (POLY, le(a + b, 2 * sqrt(a * b)), {}, "AM–GM reversed"),
    (POLY, le(3 * x * y, x**2 + y**2), {}, "constant 3 instead of 2"),
    (POLY, lt(2 * x * y, x**2 + y**2), {}, "equality at x = y"),
    (POLY, le(x * y, 1), {"f": le(x, 1), "g": le(y, 1)}, "product of two negative numbers"),
    (POLY, le(1 / x, 1), {"f": le(1, x**2)}, "x may be close to… defined only if x ≠ 0"),
    (POLY, le(1 / x, 1 / y), {"f": le(y, x), "g": lt(0, x * y)}, "no sign of x and y separately was given"),
    (POLY, le(1 / p, 1 / q), {"f": le(p, q)}, "the inverse turns the inequality"),
    (POLY, le(x, x**2), {"f": le(0, x)}, "false between 0 and 1"),
    (POLY, le(sqrt(a) + sqrt(b), sqrt(a + b)), {}, "the root is subadditive, not superadditive"),
    (POLY, le(Max(x, y), Min(x, y)), {}, "minimum and maximum swapped"),
    (POLY, le(x, 0), {"f": le(x**2 + 1, 0)}, "vacuous: a square is not −1"),
    (POLY, le(x, 5), {"f": eq(x**2 + y**2, 1), "g": le(2, x * y)}, "vacuous: xy ≤ 1/2 on the circle"),
    (POLY, le(x, 1), {"f": eq(x**2, 2)}, "x = √2"),
    (POLY, le(x, Rational(5, 4)), {"f": eq(x**3, 2)}, "x = 2^{1/3} = 1.2599…"),
    (POLY, le(Rational(22, 7) * p, pi * p), {}, "22/7 is larger than π"),
    (POLY, le(exp(x), 1), {}, "the exponential is opaque, and not bounded by 1"),
    (POLY, le(sqrt(x), sqrt(x)), {}, "defined only if x ≥ 0"),
    (POLY, le(log(x), log(x) + 1), {"f": le(0, x)}, "defined only if x > 0"),
    # --- ball
    (BALL, le(1 + x + x**2 / 2, exp(x)), {}, "Taylor polynomial of even degree, x negative"),
    (BALL, lt(log(s), s - 1), {}, "equality at s = 1"),
    (BALL, le(log(s), 100), {}, "true up to e^100, false at infinity"),
    (BALL, le(log(1 + log(1 + s)), 8), {}, "true up to exp(e^8), false at infinity"),
    (BALL, le(s**5, exp(s)), {}, "false between 1.3 and 12.7"),
    (BALL, le(exp(s), s**20), {"f": le(2, s)}, "true up to 89.99…, false beyond"),
    (BALL, le(x * (1 - x), Rational(2499, 10000)), UNIT, "false in the interval 1/2 ± 0.01 only"),
    (BALL, le(log(s), Rational(735, 1000) * sqrt(s)), {}, "false near e² only, where 2/e = 0.7357…"),
    (BALL, le(x, sin(x)), {"f": le(0, x), "g": le(x, Rational(1, 100))}, "sine is below its tangent, by little"),
    (BALL, le(1 + x, exp(x) - x**2), {"f": le(0, x), "g": le(x, Rational(1, 10))}, "false only near the end 0"),
    (BALL, le(-s * log(s), Rational(36, 100)), {"f": le(s, 1)}, "false near 1/e only"),
    (BALL, le(sqrt(1 - x**2), 1), {"f": le(-2, x), "g": le(x, 1)}, "undefined below −1"),
    (BALL, le(log(x), x), UNIT, "undefined at 0"),
    (BALL, le(acos(x), pi / 2), {"f": le(-1, x), "g": le(x, 1)}, "sign flip: the arc cosine exceeds π/2 for negative x"),
    (BALL, le(cos(x), 1 - x**2 / 2), {"f": le(-1, x), "g": le(x, 1)}, "cosine bound reversed"),
    (BALL, le(gamma(s), 1), {"f": le(1, s), "g": le(s, Rational(21, 10))}, "false beyond 2"),
    (BALL, le(pi, Rational(355, 113) - Rational(1, 10**6)), {}, "355/113 exceeds π by 2.7·10⁻⁷ only"),
    (BALL, le(s, 1), {"f": le(s, 2), "g": le(3, s)}, "vacuous: empty box"),
    (BALL, le(x * y, Rational(1, 4)), {**UNIT, "h": le(0, y), "i": le(y, 1)}, "false near the corner (1, 1)"),
    (BALL, le(exp(-n), Rational(1, 3)), {}, "false at n = 1 only"),
    (BALL, le(x, 2), {"f": le(x, y)}, "no numeric bound was given"),
]

TRUE = [
    (LINEAR, le(-y, -x), {"f": le(x, y)}),
    (LINEAR, lt(x, 3), {"f": le(x, y), "g": lt(y, 3)}),
    (LINEAR, le(x, z), {"f": le(x, y), "g": le(y, z)}),
    (LINEAR, eq(x, y), {"f": le(x, y), "g": le(y, x)}),
    (LINEAR, eq(x, 2), {"f": eq(x + y, 3), "g": eq(x - y, 1)}),
    (LINEAR, le(1, n), {}),
    (LINEAR, le((x + y) / 2, Max(x, y)), {}),
    (LINEAR, le(Min(x, y), x), {}),
    (LINEAR, le(-Abs(x), x), {}),
    (LINEAR, le(1 / x, 1 / x + 1), {"f": lt(0, x)}),
    (LINEAR, le(0, 3 * a * b + 2), {}),
    (LINEAR, le(x * y, 4), {"f": le(x * y, z), "g": le(z, pi)}),
    (LINEAR, le(n * x**2 - n * x**2, a), {}),
    (CHAIN, le(n, R * sqrt(k) * W), {"f": le(n, R * F), "g": le(F, sqrt(k) * W)}),
    (CHAIN, le(n / (R * sqrt(k)), W), {"f": le(n, R * sqrt(k) * W), "R": lt(0, R)}),
    (CHAIN, le(a, b), {"f": le(a**2, b**2)}),
    (CHAIN, le(a, b), {"f": le(a * p, b * p)}),
    (CHAIN, le(a**2, b), {"f": le(a**2, sqrt(2) * b / 2)}),
    (CHAIN, le(F, pi * W), {"f": le(F, 3 * W)}),
    (CHAIN, le(F, Rational(14143, 10000) * W), {"f": le(F, sqrt(2) * W)}),
    (CHAIN, lt(p, q), {"f": le(p, q / 2)}),
    (CHAIN, lt(a, b), {"f": le(a, c), "g": lt(c, b)}),
    (CHAIN, eq(2 * a, b), {"f": eq(4 * a**2, b**2)}),
    (CHAIN, le(sqrt(Min(k, d)), sqrt(k)), {}),
    (CHAIN, le(a, sqrt(n * d + n * k)), {"f": le(a, sqrt(n) * sqrt(d + k))}),
    (POLY, le(2 * x * y, x**2 + y**2), {}),
    (POLY, le(x, Abs(x)), {}),
    (POLY, le(x**2, y**2), {"f": le(x, y), "g": le(0, x)}),
    (POLY, le((x * y + z * t) ** 2, (x**2 + z**2) * (y**2 + t**2)), {}),
    (POLY, le(2 * sqrt(a * b), a + b), {}),
    (POLY, le(1 / q, 1 / p), {"f": le(p, q)}),
    (POLY, le(sqrt(a + b), sqrt(a) + sqrt(b)), {}),
    (POLY, eq(Max(x, y) + Min(x, y), x + y), {}),
    (POLY, le(Abs(x + y), Abs(x) + Abs(y)), {}),
    (POLY, le(x, Rational(3, 2)), {"f": eq(x**2, 2)}),
    (POLY, le(pi * p, Rational(22, 7) * p), {}),
    (POLY, lt(x * y, x**2 + y**2 + 1), {}),
    (BALL, le(log(s), s - 1), {}),
    (BALL, le(1 + x, exp(x)), {}),
    (BALL, le(1 + x + x**2 / 2 + x**3 / 6, exp(x)), {"f": le(0, x)}),
    (BALL, le(s**5, exp(s)), {"f": le(13, s)}),
    (BALL, lt(s / (1 + s), log(1 + s)), {}),
    (BALL, le(s * log(1 + 1 / s), 1), {}),
    (BALL, le(log(s), Rational(74, 100) * sqrt(s)), {}),
    (BALL, le(x * (1 - x), Rational(1, 4)), {}),
    (BALL, le(sin(x), x), {"f": le(0, x)}),
    (BALL, le(x, asin(x)), UNIT),
    (BALL, le(sqrt(1 - x**2), 1 - x**2 / 2), {"f": le(-1, x), "g": le(x, 1)}),
    (BALL, le(n * exp(-n), exp(-1)), {}),
    (BALL, le(sqrt(n / 2 - Rational(1, 4)), gamma((n + 1) / 2) / gamma(n / 2)), {"f": le(n, 40)}),
    (BALL, le(pi, Rational(355, 113)), {}),
]


def label(case: tuple) -> str:
    checker, goal, *_ = case
    return f"{checker.__name__}: {goal.lhs} {goal.symbol} {goal.rhs}"


def test_table_is_long_enough() -> None:
    assert len(FALSE) >= 60
    for checker in (LINEAR, CHAIN, POLY, BALL):
        assert sum(case[0] is checker for case in FALSE) >= 15


@pytest.mark.parametrize("case", FALSE, ids=[label(case) for case in FALSE])
def test_false_statement_is_not_proved(case: tuple) -> None:
    checker, goal, facts, why = case
    verdict = checker(goal, facts)
    assert verdict.status in (Status.FAILED, Status.UNKNOWN), why
    json.dumps(verdict.evidence)
    if why.startswith("vacuous"):
        assert verdict.status is Status.FAILED and verdict.evidence["contradictory"]
    if "defined" in why:
        assert verdict.status is Status.UNKNOWN and "defined only if" in verdict.reason


@pytest.mark.parametrize("case", TRUE, ids=[label(case) for case in TRUE])
def test_true_twin_is_proved(case: tuple) -> None:
    checker, goal, facts = case
    verdict = checker(goal, facts)
    assert verdict.status is Status.PROVED, verdict.reason
    for certificate in verdict.evidence.get("certificates", []):
        verifier(certificate)(json.loads(json.dumps(certificate)))


@pytest.mark.parametrize("goal_checker", [LINEAR, CHAIN, POLY, BALL])
def test_every_checker_refuses_a_false_statement_that_another_method_would_be_asked(goal_checker) -> None:
    for _, goal, facts, why in FALSE:
        verdict = goal_checker(goal, facts)
        assert verdict.status in (Status.FAILED, Status.UNKNOWN), (goal, why)


# --- certificates ------------------------------------------------------------------------------------------------------------

def verifier(certificate):
    return {"lawbook.farkas/1": verify_farkas, "lawbook.chain/1": verify_chain, "lawbook.squares/1": verify_squares}[certificate["format"]]


def certificates() -> list[dict]:
    return [cert for checker, goal, facts in TRUE if checker is not BALL
            for cert in checker(goal, facts).evidence.get("certificates", [])]


def numbers(tree, path=()):
    """Paths of all rationals in a certificate whose change must be noticed."""
    if isinstance(tree, dict):
        items = [(key, value) for key, value in tree.items() if key not in ("format", "name", "relation", "fact", "positive", "enclosures")]
    elif isinstance(tree, list):
        items = list(enumerate(tree))
    else:
        items = []
        if isinstance(tree, str):
            yield path
    for key, value in items:
        yield from numbers(value, (*path, key))


def corrupted(certificate: dict, path: tuple) -> dict:
    copied = copy.deepcopy(certificate)
    node = copied
    for key in path[:-1]:
        node = node[key]
    value = Fraction(node[path[-1]])
    node[path[-1]] = str(value + Fraction(1, 7))
    if certificate["format"] == "lawbook.chain/1" and path[-1] == "coefficient":
        upwards = path[0] == "lhs" or "upper" in path  # these may only be rejected when they grow; the others when they shrink
        node[path[-1]] = str(value * (10**6 if upwards else Fraction(1, 10**6)))
    if certificate["format"] == "lawbook.chain/1" and "constants" in path:
        upwards = path[0] == "lhs" or "upper" in path
        node[path[-1]] = str(value + (100 if upwards else -100))
    return copied


def test_every_certificate_is_rejected_when_one_number_is_corrupted() -> None:
    tried = 0
    for certificate in certificates():
        for path in numbers(certificate):
            with pytest.raises(NotCertified):
                verifier(certificate)(corrupted(certificate, path))
            tried += 1
    assert tried > 150


def test_floats_and_foreign_formats_are_rejected() -> None:
    for certificate in certificates():
        with pytest.raises(NotCertified, match="format"):
            verifier(certificate)({**certificate, "format": "other/1"})
    farkas = check_linear(le(x, 3), {"f": le(x, 2)}).evidence["certificates"][0]
    with pytest.raises(NotCertified, match="string"):
        verify_farkas({**farkas, "multipliers": [1.0]})


# --- input that is not a statement -------------------------------------------------------------------------------------------

BAD = [
    (x <= y, "a sympy relational"), (true, "a truth value"), ((x < 1) & (x > 2), "a conjunction of relationals"), (True, "a Python bool"),
    (x, "a scalar"), (le(Float("0.5"), x), "a float"), (le(x, oo), "infinity"), (le(nan, x), "nan"), (le(I * x, 1), "a complex number"),
    (le(Piecewise((x, x > 0), (0, True)), 1), "a case distinction"), (le(tan(x), 1), "an unknown partial function"),
    (le(sqrt(-2), 1), "the root of a negative number"), (le(Symbol("w", imaginary=True), 1), "an imaginary symbol"),
]


@pytest.mark.parametrize("checker", [LINEAR, CHAIN, POLY, BALL])
@pytest.mark.parametrize(("bad", "what"), BAD, ids=[what for _, what in BAD])
def test_bad_input_is_a_typed_error(checker, bad, what) -> None:
    with pytest.raises(BadData):
        checker(bad, {})
    with pytest.raises(BadData, match="fact f"):
        checker(le(x, x + 1), {"f": bad})


def test_facts_must_be_named() -> None:
    with pytest.raises(BadData, match="mapping"):
        check_linear(le(x, 1), [le(x, 0)])


def test_time_out_of_the_solver_is_unknown() -> None:
    motzkin = x**4 * y**2 + x**2 * y**4 + z**6 - 3 * x**2 * y**2 * z**2
    hard = le(0, motzkin * (1 + t**2) + t**4 * (x - y + z) ** 2 * motzkin)
    verdict = check_polynomial(hard, {"f": le(x * y * z * t, 7)}, SolverLimits(work=100))
    assert verdict.status is Status.UNKNOWN and "gave up" in verdict.reason


def test_facts_that_may_be_undefined_are_set_aside_and_named() -> None:
    verdict = check_linear(le(y, 0), {"f": le(x * (1 + 1 / x), -1), "g": le(y, x + 2)})
    assert verdict.status is not Status.PROVED
    assert "set aside" in verdict.reason and "x ≠ 0" in verdict.reason
