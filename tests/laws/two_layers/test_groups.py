"""Theorem 3 in its instance forms: hypotheses hold on the draws, nothing is violated, corners are tight, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from verify.laws.two_layers import groups as measured

BALL = ("bln.thm3.gershgorin", "bln.thm3.spectral")

EXPECTED = {
    **dict.fromkeys((
        "bln.thm3.sharp",
        "bln.thm3.active",
        "bln.thm3.gershgorin",
        "bln.thm3.spectral",
    ), Expected(hypotheses=100, steps=20)),
}


@pytest.mark.parametrize("id", BALL)
@pytest.mark.parametrize("corner", [measured.one_neuron, measured.two_axes, measured.two_close, measured.repeated])
def test_tight(id, corner) -> None:
    assert abs(common.margin(id, corner)) < 1e-6


def test_numbers_by_hand() -> None:
    """Two orthonormal weights at τ = 0.6: 1 ≤ 3·0.36 gives q = 2, and √2/0.4; at τ = 0.9 only one is active, and 1/0.1."""
    assert common.sides("bln.thm3.gershgorin", measured.two_axes()) == pytest.approx((np.sqrt(2) / 0.4,) * 2, rel=1e-6)
    assert measured.two_axes().values["q"] == 2
    assert measured.far_apart().values["q"] == 1
    assert common.sides("bln.thm3.spectral", measured.far_apart()) == pytest.approx((10, 10), rel=1e-6)


def test_eigenvalues_of_all_sets() -> None:
    """Three unit vectors with inner product ½: λ_q = 1 + (q − 1)/2."""
    gram = np.full((3, 3), 0.5) + 0.5 * np.eye(3)
    assert measured.largest_eigenvalues(np.linalg.cholesky(gram)) == pytest.approx([1, 1.5, 2])


def test_spectral_form_is_never_weaker_on_enumerated_sets() -> None:
    rng = np.random.default_rng(5)
    for _ in range(50):
        W, s, tau = measured.ball_weights(rng)
        gershgorin, spectral = measured.on_ball(W, s, tau), measured.spectral_instance(W, s, tau)
        assert common.sides(BALL[1], spectral)[1] <= common.sides(BALL[0], gershgorin)[1] * (1 + 1e-9)
