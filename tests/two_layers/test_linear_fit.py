"""Section 3.1: hypotheses hold on the draws, nothing is violated, numbers by hand, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest

from theory.terms import Eq, Implies
from two_layers import common
from verify.evaluate import Evaluator, Outcome
from verify.two_layers import linear_fit as measured

IDS = ("bln.s31.sharp", "bln.s31.relu", "bln.s31.least", "bln.s31.generic")
QUICK = {"bln.s31.generic": 12}         # probabilities over the data are sampled


@pytest.mark.parametrize("id", IDS)
def test_hypotheses_hold(id: str) -> None:
    common.assert_hypotheses_hold(id, QUICK.get(id, 80))


@pytest.mark.parametrize("id", IDS)
def test_never_violated(id: str) -> None:
    common.assert_never_violated(id, QUICK.get(id, 300), decided=0.98)


@pytest.mark.slow
@pytest.mark.parametrize("id", IDS)
def test_never_violated_on_thousands(id: str) -> None:
    common.assert_never_violated(id, 1000 if id in QUICK else 5000, decided=0.98, seed=99)


@pytest.mark.parametrize("id", IDS)
def test_steps_hold(id: str) -> None:
    common.assert_steps_hold(id, 8 if id in QUICK else 20)


@pytest.mark.parametrize("id", IDS)
def test_twins(id: str) -> None:
    common.assert_twins_are_caught(id)


@pytest.mark.parametrize(("corner", "energy"), [(measured.axes, 2), (measured.acute, 5), (measured.equal_points, 0.25),
                                                (measured.one_number, 4)])
def test_constant_by_hand(corner, energy) -> None:  # type: ignore[no-untyped-def]
    """Lip² = yᵀ(XXᵀ)⁻¹y, worked out in the docstrings of the corners."""
    statement = [part for part in common.both("bln.s31.sharp")[0].conclusion.args if isinstance(part, Eq)][-1]
    found = Evaluator(corner()).fact(statement)
    assert found.outcome is Outcome.HOLDS
    assert found.lhs == pytest.approx((energy, energy))


def test_generic_bound_is_tight() -> None:
    """Two points at 60° with opposite labels: λ_min(XXᵀ) = ½ and Lip = 2 = √(2n)."""
    bound = next(part for part in common.both("bln.s31.generic")[0].conclusion.args if isinstance(part, Implies)).conclusion
    found = Evaluator(measured.half_gram()).fact(bound)
    assert found.lhs == pytest.approx((2, 2)) and found.rhs == pytest.approx((2, 2))


def test_other_fits_are_no_shorter() -> None:
    rng = np.random.default_rng(8)
    for _ in range(50):
        values = measured.draw_least(rng).values
        assert np.linalg.norm(values["X"].T @ values["alpha"]) <= np.linalg.norm(values["v"]) * (1 + 1e-9)
