"""Theorem 8 for given data: hypotheses hold on the draws, nothing is violated, the corners are tight, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from theory.check import check_step
from theory.errors import HypothesisViolated
from theory.laws.two_layers import polynomial_law as stated
from theory.lemmas.polynomials import markov_coeff
from theory.proof import step
from theory.terms import Range, forall
from theory.verdict import Status
from verify.laws.two_layers import polynomial_law as measured
from verify.objects.data import Dataset
from verify.objects.networks import Network, activation

EXPECTED = {
    "bln.thm8.form": Expected(decided=0.9, slow=2000, steps=15),
    **dict.fromkeys((
        "bln.thm8.coefficients",
        "bln.thm8.sharp",
        "bln.thm8.labels",
    ), Expected(decided=0.99, slow=2000, steps=15)),
}


@pytest.mark.parametrize("build", [measured.line, measured.saddle])
def test_tight(build: object) -> None:
    """x at ±1 for p = 1, and x_1² − x_2² at ±e_1, ±e_2 for p = 2."""
    assert abs(common.margin("bln.thm8.sharp", build)) < 1e-6


@pytest.mark.parametrize("p", [1, 2, 3, 4])
def test_chebyshev_coefficients_are_tight(p: int) -> None:
    """f′ = T_{p−1} reaches the bound for its highest power, 2^{p−2}."""
    assert abs(common.margin("bln.thm8.coefficients", lambda: measured.chebyshev(p))) < 1e-6


def test_one_order_too_many_is_refused() -> None:
    """Markov's bounds concern the orders up to p; a goal about the orders up to p + 1 is no instance of them."""
    known = next(s for s in stated.coefficient_steps if s.name == "derivative")
    own = next(s for s in stated.coefficient_steps if s.name == "Markov")
    u, q = own.formula.variables
    wider = forall(own.formula.body, (u, own.formula.domains[0]), (q, Range(stated.p + 1)))
    facts = {"derivative": known.formula}
    assert check_step(step("Markov", own.formula, by=markov_coeff, using="derivative"), facts).status is Status.PROVED
    assert check_step(step("Markov", wider, by=markov_coeff, using="derivative"), facts).status is not Status.PROVED


POWER = Network(np.eye(2), np.zeros(2), np.array([1.0, -1.0]), activation("power:2"))
DATA = Dataset(measured.CROSS, np.array([1.0, 1.0, -1.0, -1.0]))


def test_from_fit() -> None:
    assert common.sides("bln.thm8.sharp", measured.from_fit(POWER, DATA)) == pytest.approx((4, 4))


def test_from_fit_refuses() -> None:
    with pytest.raises(HypothesisViolated, match="not a polynomial"):
        measured.from_fit(Network(np.eye(2), np.zeros(2), np.array([1.0, 1.0]), activation("relu")),
                          Dataset(np.eye(2), np.array([1.0, 1.0])))
    with pytest.raises(HypothesisViolated, match="affine part"):
        measured.from_fit(Network(np.eye(2), np.zeros(2), np.array([1.0, -1.0]), activation("power:2"), np.zeros(2), 1.0), DATA)
