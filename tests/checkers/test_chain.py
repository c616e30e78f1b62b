"""The chain checker: order of substitutions, atoms that may vanish, exact constants, countermodels."""

from __future__ import annotations

import pytest
from sympy import Rational, symbols

from theory.certificates.steps.chain import FORMAT, PowerProduct, compare_constant, verify_chain
from theory.checkers.chain import check_chain
from theory.errors import NotCertified
from theory.terms import NonnegativeTable, Sum, VectorSymbol, eq, exp, index, le, log, lt, norm, pi, sqrt
from theory.verdict import Status

a, b, c, R, F, W = symbols("a b c R F W", nonnegative=True)
p, q = symbols("p q", positive=True)
n, k, d = symbols("n k d", integer=True, positive=True)


def steps(verdict) -> list[tuple[str, str]]:
    certificate, = verdict.evidence["certificates"]
    return [(s["fact"], s["exponent"]) for s in certificate["steps"]]


def test_spectral_norm_law_is_a_chain() -> None:
    facts = {"path": le(n, R * a * F), "rank": le(F, sqrt(k) * W), "R": lt(0, R), "bound": le(R, sqrt(n) * (1 + b))}
    verdict = check_chain(le(sqrt(n) / (sqrt(k) * (1 + b)), a * W), facts)
    assert verdict.status is Status.PROVED and {name for name, _ in steps(verdict)} == {"path", "rank", "bound"}


def test_order_matters_when_atoms_may_vanish() -> None:
    # a ≤ b·c first brings in the c that c·F ≤ W needs
    verdict = check_chain(le(a * F, b * W), {"second": le(c * F, W), "first": le(a, b * c)})
    assert steps(verdict) == [("first", "1"), ("second", "1")]


def test_rational_exponents_are_found() -> None:
    assert steps(check_chain(le(a, sqrt(b) * c ** Rational(3, 2)), {"f": le(a**4, b**2 * c**6)})) == [("f", "1/4")]


def test_missing_positivity_is_named() -> None:
    verdict = check_chain(le(n / (R * sqrt(k)), W), {"f": le(n, R * sqrt(k) * W)})
    assert verdict.status is Status.UNKNOWN and verdict.evidence["missing"] == ["R ≠ 0"]


def test_countermodel_of_a_wrong_exponent_is_exact() -> None:
    verdict = check_chain(le(n, R * sqrt(k) * W), {"p": le(n, R * F), "r": le(F, k * W)})
    model = {name: Rational(value) for name, value in verdict.evidence["countermodel"].items()}
    assert verdict.status is Status.FAILED
    assert model["n"] <= model["R"] * model["F"] and model["F"] <= model["k"] * model["W"]
    assert model["n"] ** 2 > model["R"] ** 2 * model["k"] * model["W"] ** 2


def test_countermodel_with_an_equation_and_a_constant() -> None:
    verdict = check_chain(le(a, 1), {"f": eq(2 * a, b), "g": le(b, 3)})
    assert verdict.status is Status.FAILED and set(verdict.evidence["countermodel"]) == {"a", "b"}


def test_sums_and_norms_are_bases() -> None:
    i, u = index("i"), VectorSymbol("u", d)
    total = Sum(NonnegativeTable("w", n, n)[i, i], (i, n))
    facts = {"f": le(norm(u) ** 2, total * (p + q)), "g": le(total, n)}
    assert check_chain(le(norm(u), sqrt(n * p + n * q)), facts).status is Status.PROVED


def test_other_constants_are_compared_in_balls() -> None:
    assert check_chain(le(a, 3 * b), {"f": le(a, exp(1) * log(3) * b)}).status is Status.PROVED      # 2.9863…
    assert check_chain(le(a, exp(1) * b), {"f": le(a, 3 * b)}).status is Status.FAILED


@pytest.mark.parametrize(("coefficient", "constants", "sign"), [
    ("1/2", {"2": "1/2"}, -1), ("1", {"2": "1/2", "3": "-1/3"}, -1), ("1/2", {"4": "1/2"}, 0), ("3/2", {"2": "-1/2"}, 1),
    ("1/3", {"pi": "1"}, 1),
])
def test_constants_are_compared_exactly(coefficient, constants, sign) -> None:
    from fractions import Fraction
    product = PowerProduct(Fraction(coefficient), {n_: Fraction(e) for n_, e in constants.items()}, {})
    assert compare_constant(product, {"pi": ["314159/100000", "31416/10000"]}) == sign


def test_strict_goals() -> None:
    assert check_chain(lt(a, c), {"f": le(a, b), "g": lt(b, c)}).status is Status.PROVED
    assert check_chain(lt(a * F, c * F), {"g": lt(a, c)}).status is not Status.PROVED
    assert check_chain(lt(a * p, c * p), {"g": lt(a, c)}).status is Status.PROVED
    assert check_chain(lt(3 * p, pi * p), {}).status is Status.PROVED


def test_replay_rejects_division_by_an_atom_that_may_vanish() -> None:
    one = {"coefficient": "1", "constants": {}}
    certificate = {
        "format": FORMAT, "strict": False, "positive": ["F"], "enclosures": {},
        "lhs": {**one, "atoms": {"a": "1"}}, "rhs": {**one, "atoms": {"b": "1"}},
        "steps": [{"fact": "f", "strict": False, "exponent": "1", "lower": {**one, "atoms": {"a": "1", "F": "1"}},
                   "upper": {**one, "atoms": {"b": "1", "F": "1"}}}],
    }
    verify_chain(certificate)
    with pytest.raises(NotCertified, match="not known to be positive"):
        verify_chain({**certificate, "positive": []})
    with pytest.raises(NotCertified, match="strict"):
        verify_chain({**certificate, "strict": True})
