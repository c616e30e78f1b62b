"""Two draws with known answers: six points of the circle and eight of the sphere, uniform, with random signs."""

from __future__ import annotations

import numpy as np
import pytest

from theory.certificates.fits.kink_interval import check_interval
from theory.verdict import Status
from verify.fits.kinks.fit import FitBudget, KinkFit, fit_kinks


def drawn(n: int, d: int, kinks: int, gap: float) -> KinkFit:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, d))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    return fit_kinks(X, rng.choice([-1.0, 1.0], n), kinks, budget=FitBudget(gap=gap, seconds=300.0))


def test_six_points_of_the_circle() -> None:
    two = drawn(6, 2, 2, 1e-4)
    assert two.is_closed and float(two.lower) == pytest.approx(4.3328, abs=5e-5)
    assert two.upper <= two.mcshane * (1 + 1e-4)                      # as smooth as any function
    one = drawn(6, 2, 1, 1e-4)
    assert one.is_infeasible and check_interval(one.certificate).status is Status.CERTIFIED


@pytest.mark.slow
def test_eight_points_of_the_sphere() -> None:
    """Two kinks cost 5 % over McShane's 4.9789."""
    fit = drawn(8, 3, 2, 1e-3)
    assert fit.is_closed and check_interval(fit.certificate).status is Status.CERTIFIED
    assert float(fit.lower) <= 5.217661 <= float(fit.upper) * (1 + 1e-6)
    assert float(fit.mcshane) == pytest.approx(4.97895, abs=1e-5)
