"""Theorem 4: hypotheses hold on the draws, nothing is violated, the corners are tight, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from verify.evaluate import Evaluator, Outcome
from verify.laws.two_layers import tensor_fit as measured

EXPECTED = {
    **dict.fromkeys((
        "bln.thm4.lipschitz",
        "bln.thm4.exact_fit",
        "bln.thm4.accuracy",
        "bln.thm4.approximate",
        "bln.thm4.sharp",
    ), Expected(decided=0.97, slow=1500)),
}


SLOPES = [(measured.orthonormal, 2), (measured.one_datum, 3), (measured.repeated, 8), (measured.short_data, 8)]


@pytest.mark.parametrize(("build", "constant"), SLOPES)
def test_tight_slopes(build, constant: float) -> None:  # type: ignore[no-untyped-def]
    """Lip_B = p‖c‖_∞λ."""
    assert common.sides("bln.thm4.lipschitz", build()) == pytest.approx((constant, constant))


def test_three_equal_data_miss_a_label_always() -> None:
    """The event has probability 0 for s < 1, as two of three labels agree; the bound 1 − 6e^{−s} is negative there."""
    claim, _ = common.both("bln.thm4.accuracy")
    found = Evaluator(measured.triple()).fact(claim.conclusion)
    assert found.outcome is Outcome.HOLDS
    assert found.rhs == pytest.approx((0, 0))
    assert found.lhs == pytest.approx((1 - 6 * np.exp(-0.99),) * 2)


def test_random_labels_fit_through_the_gram_matrix() -> None:
    """Orthogonal data of norm 1/2 and p = 2: c = 16y."""
    c = measured.coefficients_for(np.eye(2) / 2, np.array([1.0, -1.0]), 2)
    assert c == pytest.approx([16, -16])
    assert measured.coefficients_for(np.ones((2, 1)), np.array([1.0, -1.0]), 2) is None
