"""Section 3.1: hypotheses hold on the draws, nothing is violated, numbers by hand, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from theory.terms import Eq, Implies
from verify.evaluate import Evaluator, Outcome
from verify.laws.two_layers import linear_fit as measured

EXPECTED = {
    **dict.fromkeys((
        "bln.s31.sharp",
        "bln.s31.relu",
        "bln.s31.least",
    ), Expected(hypotheses=80, steps=20)),
    "bln.s31.generic": Expected(hypotheses=12, draws=12, slow=1000, steps=8),
}


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
