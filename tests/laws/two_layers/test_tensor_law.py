"""Theorem 7 and Lemma 12: hypotheses hold on the draws, nothing is violated, corners are tight, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from theory.check import check
from theory.registry import claims
from theory.verdict import Status
from verify.evaluate import evaluate
from verify.laws.two_layers import tensor_law as measured

DECIDED = {  # norms of tensors of order at least 3 in dimension at least 2 are intervals
    "bln.lemma12": 1.0, "bln.thm7.sharp": 0.95, "bln.thm7.dual": 0.95, "bln.thm7.pseudo": 0.95, "bln.thm7.point": 0.7,
    "bln.thm7.lip": 0.95, "bln.thm7.width": 1.0,
}
RANDOM = ("bln.thm7.random_labels", "bln.thm7.printed")
IDS = (*DECIDED, *RANDOM)

EXPECTED = {
    **dict.fromkeys((
        "bln.lemma12",
        "bln.thm7.width",
    ), Expected(decided=1.0)),
    **dict.fromkeys((
        "bln.thm7.sharp",
        "bln.thm7.dual",
        "bln.thm7.pseudo",
        "bln.thm7.lip",
    ), Expected(decided=0.95)),
    "bln.thm7.point": Expected(decided=0.7),
    "bln.thm7.random_labels": Expected(draws=120, decided=0.9, slow=1000),
    "bln.thm7.printed": Expected(draws=120, decided=0.9, slow=1000, only_refused=("without degree",)),
}


@pytest.mark.parametrize("id", IDS)
def test_proved(id: str) -> None:
    assert check(claims()[id]).status.is_proof


def test_no_textbook_lemma_is_needed_for_the_dual_form() -> None:
    assert check(claims()["bln.thm7.dual"]).status is Status.PROVED
    assert check(claims()["bln.thm7.point"]).status is Status.PROVED


@pytest.mark.parametrize("id", ["bln.thm7.sharp", "bln.thm7.pseudo", "bln.thm7.point", "bln.thm7.lip"])
def test_tight_at_orthonormal_points(id: str) -> None:
    assert common.margin(id, measured.orthonormal) < 1e-6


def test_lemma_12_is_tight_at_the_identity() -> None:
    assert common.sides("bln.lemma12", measured.identity_tensor()) == pytest.approx((2, 2))


def test_sides_by_hand() -> None:
    """T = Re (x + iy)³ at six points: yᵀK_3y = 6(1 − 2/8 − 2/8 + 1) = 9, and 36 = 2²·1·9 is an equality."""
    at = measured.harmonic_fit()
    X, y = np.asarray(at.values["X"]), np.asarray(at.values["y"])
    form = float(y @ (X @ X.T) ** 3 @ y)
    assert form == pytest.approx(9)
    assert common.sides("bln.thm7.sharp", at) == pytest.approx((36, 4 * form), rel=1e-6)


def test_width_at_equal_points() -> None:
    """Four equal points, s = 3: P(|Σ y_i| ≤ 2 + √96) = 1."""
    found = claims()["bln.thm7.width"].conclusion
    assert evaluate(found.rhs, measured.certain()) == pytest.approx((1, 1))
