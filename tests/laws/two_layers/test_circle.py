"""The circle law against simulation and against cases that can be computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from laws.common import Expected
from theory.check import check
from theory.laws.two_layers.circle import gap, law, survival
from verify.evaluate import evaluate
from verify.fits.functions.mcshane import mcshane_bound
from verify.objects.instance import Instance

# an equality with a sampled probability is refuted or undecided on an instance, never decided: the intervals below test it
EXPECTED = {id: Expected(hypotheses=20, draws=0, slow=0, steps=0, twins=False) for id in ("circle.gap", "circle.law")}
ERROR_RATE = 1e-6   # of one interval: 12 intervals below, so a false alarm in 80,000 runs; the seed is fixed


def survival_at(n: int, x: float) -> float:
    from theory.lemmas.circle import tau
    return evaluate(survival(tau), Instance({"n": n, "tau": x}))[0]


def test_both_claims_are_proved():
    assert check(gap).status.is_proof
    assert check(law).status.is_proof


@pytest.mark.parametrize("x", [0.0, 0.1, 0.25, 0.5])
def test_two_points_by_hand(x):
    """n = 2: labels agree with probability ½; else T is the shorter of two gaps, P(T > x) = (1 − 2x)₊."""
    assert survival_at(2, x) == pytest.approx(0.5 + 0.5 * max(1 - 2 * x, 0))


def test_the_law_has_mass_one_at_zero():
    for n in range(2, 12):
        assert survival_at(n, 0.0) == pytest.approx(1.0)


@pytest.mark.parametrize("n", [2, 3, 5, 8])
@pytest.mark.parametrize("u", [1.2, 3.0, 12.0])
def test_simulated_mcshane_constants_follow_the_law(n, u):
    rng = np.random.default_rng(1000 * n + int(u))
    draws = 20_000
    angles = 2 * np.pi * rng.random((draws, n))
    labels = rng.choice([-1.0, 1.0], size=(draws, n))
    points = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    rises = np.abs(labels[:, :, None] - labels[:, None, :])
    chords = np.linalg.norm(points[:, :, None] - points[:, None, :], axis=-1)
    slopes = np.where(rises > 0, rises / np.where(rises > 0, chords, 1.0), 0.0).max(axis=(1, 2))
    interval = binomtest(int((slopes < u).sum()), draws).proportion_ci(1 - ERROR_RATE, "exact")
    assert interval.low <= survival_at(n, np.arcsin(1 / u) / np.pi) <= interval.high


def test_a_wrong_law_is_noticed():
    """Without the factor 2 in the number of labellings the formula leaves the interval."""
    n, u = 5, 3.0
    x = np.arcsin(1 / u) / np.pi
    wrong = 2.0**-n + (survival_at(n, x) - 2.0 ** (1 - n)) / 2
    rng = np.random.default_rng(0)
    t, y = rng.random((20_000, n)), rng.choice([-1.0, 1.0], size=(20_000, n))
    hits = 0
    for positions, labels in zip(t[:2000], y[:2000], strict=True):
        circle = np.stack([np.cos(2 * np.pi * positions), np.sin(2 * np.pi * positions)], axis=1)
        hits += float(mcshane_bound(circle, labels).value) < u
    interval = binomtest(hits, 2000).proportion_ci(1 - ERROR_RATE, "exact")
    assert not interval.low <= wrong <= interval.high
