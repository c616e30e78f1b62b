"""Section 3.2 on disjoint caps: hypotheses hold on the draws, nothing is violated, one cap is tight, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Integer

from laws import common
from laws.common import Expected
from theory.terms.sets import Sphere
from verify.laws.functions import NetworkFunction
from verify.laws.two_layers import caps as measured

EXPECTED = {
    **dict.fromkeys((
        "bln.s32.caps",
        "bln.s32.fit",
        "bln.s32.bumps",
    ), Expected(hypotheses=80, steps=20)),
}


def test_tight() -> None:
    """One cap with τ = 0.6 has slope 0.8 at its rim; touching caps of opposite signs are no steeper."""
    assert common.sides("bln.s32.caps", measured.one_cap()) == pytest.approx((0.8, 0.8))
    assert abs(common.margin("bln.s32.caps", measured.touching)) < 1e-6
    assert common.sides("bln.s32.bumps", measured.quarter()) == pytest.approx((np.sqrt(7), np.sqrt(7)))


def test_closed_form_against_chords() -> None:
    """The exact constant of disjoint caps is exceeded by no chord, and reached by short chords at the steepest rim."""
    rng = np.random.default_rng(5)
    for _ in range(40):
        f = measured.draw_caps(rng).values["f"]
        d, W, tau = f.network.d, f.network.W, -f.network.b
        if d == 1:
            continue
        exact = f.lipschitz(Sphere(Integer(d)))
        lengths = np.linalg.norm(W, axis=1)
        steepest = int(np.argmax(np.abs(f.network.a) * np.sqrt(np.maximum(lengths**2 - tau**2, 0))))
        assert chord_slope(f, *rim_chord(W[steepest], tau[steepest], rng)) == pytest.approx(exact.lower, rel=1e-3)
        for centre, threshold in zip(W, tau, strict=True):
            x = rim_chord(centre, min(threshold, 0.99 * np.linalg.norm(centre)), rng)[0]
            x_ = rng.choice(W) + 0.3 * rng.standard_normal(d)
            assert chord_slope(f, x, x_ / np.linalg.norm(x_)) <= exact.upper


def rim_chord(w: np.ndarray, threshold: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The rim of the cap of w and a point just inside, on one great circle through w."""
    e = w / np.linalg.norm(w)
    t = rng.standard_normal(len(w))
    t = (t - (t @ e) * e) / np.linalg.norm(t - (t @ e) * e)
    theta = np.arccos(threshold / np.linalg.norm(w))
    return np.cos(theta) * e + np.sin(theta) * t, np.cos(theta * (1 - 1e-4)) * e + np.sin(theta * (1 - 1e-4)) * t


def chord_slope(f: NetworkFunction, x: np.ndarray, x_: np.ndarray) -> float:
    """|f(x) − f(x′)|/‖x − x′‖."""
    values = f(np.stack([x, x_]))
    return float(abs(values[0] - values[1]) / np.linalg.norm(x - x_))
