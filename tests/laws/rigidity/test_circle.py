"""The six kinks that vanish on the circle, in exact numbers, and the statement that they refute."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from laws.common import Expected
from theory.check import check
from theory.registry import claims
from theory.verdict import Status
from verify.laws.functions import ConeFunction
from verify.laws.rigidity import circle as measured
from verify.objects.networks import Network
from verify.trials.refutation.refute import refute

EXPECTED = {"sh.e2.circle": Expected(decided=1.0, slow=1000)}


def test_proved_from_definitions() -> None:
    assert check(claims()["sh.e2.circle"]).status is Status.PROVED


def test_refuted() -> None:
    claim = claims()["sh.e2.any_dimension"]
    assert refute(claim, measured.counterexample()).verdict.status is Status.REFUTED


@pytest.mark.parametrize("point", [(3, 4, 5), (-3, 4, 5), (5, -12, 13), (12, 5, 13), (-8, -15, 17), (20, 21, 29), (1, 0, 1), (0, -1, 1)])
def test_the_sum_is_zero_at_rational_points(point: tuple[int, int, int]) -> None:
    """c + v·x + Σ α_j ReLU(u_j·x + β_j) = 0, in fractions."""
    x = [Fraction(point[0], point[2]), Fraction(point[1], point[2])]
    at = measured.six_lines().values
    rows, heights = [at["u"], *at["W"]], [at["beta"], *at["b"]]
    kinks = sum(alpha * max(u @ x + beta, Fraction(0)) for alpha, u, beta in zip([at["alpha"], *at["a"]], rows, heights, strict=True))
    assert at["c"] + at["v"] @ x + kinks == 0
    assert all(u @ u == 1 and abs(beta) < 1 for u, beta in zip(rows, heights, strict=True))


def test_with_one_kink_less_it_is_not_zero() -> None:
    network = measured.six_network(1.0, np.eye(2))
    angles = np.linspace(0, 2 * np.pi, 97)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert np.abs(network(points)).max() < 1e-12
    fewer = Network(network.W, network.b, np.where(np.arange(6) == 4, 0.0, network.a), network.activation, network.v, network.c)
    assert np.abs(fewer(points)).max() > 0.1


def test_a_function_that_is_steep_enough_refutes_nothing() -> None:
    """With Lip_S = 1 the statement reads 2 ≤ 2."""
    witness = measured.counterexample()
    cone = witness.instance.with_values(f=ConeFunction(np.array([0.0, 1.0]), 1.0, 0.0))
    assert refute(claims()["sh.e2.any_dimension"], replace(witness, instance=cone)).verdict.status is not Status.REFUTED
