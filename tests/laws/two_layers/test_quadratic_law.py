"""Theorem 9: hypotheses hold on the draws, nothing is violated, the corners are tight, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from theory.check import check
from theory.verdict import Status
from verify.laws.two_layers import quadratic_law as measured

INSTANCE_FORMS = ("bln.thm9.sharp", "bln.thm9.frobenius", "bln.thm9.pseudo")
RANDOM = ("bln.thm9.random_labels", "bln.thm9.energy", "bln.thm9.random_labels_frobenius")
IDS = (*INSTANCE_FORMS, *RANDOM)


@pytest.mark.parametrize("id", IDS)
def test_proved(id: str) -> None:
    assert check(common.both(id)[0]).status is Status.PROVED_MODULO

EXPECTED = {
    **dict.fromkeys((
        "bln.thm9.sharp",
        "bln.thm9.frobenius",
        "bln.thm9.pseudo",
    ), Expected(hypotheses=100, decided=0.99, slow_decided=0.97)),
    **dict.fromkeys((
        "bln.thm9.random_labels",
        "bln.thm9.energy",
        "bln.thm9.random_labels_frobenius",
    ), Expected(hypotheses=100, draws=60, decided=0.97, slow=1000)),
}


@pytest.mark.parametrize("id", INSTANCE_FORMS)
@pytest.mark.parametrize("corner", [measured.one_datum, measured.orthonormal, measured.antipodal, measured.line])
def test_tight(id: str, corner) -> None:  # type: ignore[no-untyped-def]
    assert abs(common.margin(id, corner)) < 1e-9


def test_numbers() -> None:
    """Orthonormal data with labels (+, −, +): n = 3, ‖A‖_op = ‖S‖_op = 1, rank 3, yᵀK_2y = 3, yᵀα = 3."""
    assert common.sides("bln.thm9.sharp", measured.orthonormal()) == pytest.approx((3, 3))
    assert common.sides("bln.thm9.frobenius", measured.orthonormal()) == pytest.approx((9, 9))
    assert common.sides("bln.thm9.pseudo", measured.orthonormal()) == pytest.approx((3, 3))
    assert common.sides("bln.thm9.frobenius", measured.large_rank_bound()) == pytest.approx((1, 2))


def test_the_draws_cover_the_regimes() -> None:
    """n from 1 to d³, ranks from 1 to d, both labels, matrices that are not symmetric."""
    rng = np.random.default_rng(0)
    drawn = [measured.draw_fit(rng) for _ in range(300)]
    shapes = {(int(x.number("n")), int(x.number("d"))) for x in drawn}
    assert {(1, 1), (1, 4), (4, 4), (16, 4), (64, 4), (27, 3)} <= shapes
    assert any(len(np.unique(x.array("y", 1))) == 2 for x in drawn)
    assert any(not np.allclose(x.array("A", 2), x.array("A", 2).T) for x in drawn)


def test_level_sets_are_unit_points_with_exact_values() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        A = measured.some_matrix(rng, 3)
        X, y = measured.on_level_sets(rng, A, 9)
        assert np.allclose(np.linalg.norm(X, axis=1), 1, atol=1e-14)
        assert np.max(np.abs(measured.form_values(A, X) - y)) < 1e-12
