"""The Lipschitz constants of quadratics: identities on random spectra, by hand at the corners, and against pairs of points."""

from __future__ import annotations

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from theory.check import check
from theory.terms.sets import Ball, Sphere
from theory.verdict import Status
from verify.laws.two_layers import quadratic_lipschitz as measured

IDS = tuple(f"bln.quadratic.{name}" for name in ("ball_upper", "ball_lower", "ball", "sphere_upper", "sphere_lower", "sphere"))


@pytest.mark.parametrize("id", IDS)
def test_proved(id: str) -> None:
    """The constant of the ball from definitions, that of the sphere modulo facts on eigenvalues."""
    assert check(common.both(id)[0]).status is (Status.PROVED if ".ball" in id else Status.PROVED_MODULO)


EXPECTED = {
    **dict.fromkeys((
        "bln.quadratic.ball_upper",
        "bln.quadratic.sphere_upper",
        "bln.quadratic.sphere_lower",
        "bln.quadratic.sphere",
    ), Expected(hypotheses=80, decided=0.99, only_refused=("without symmetric",))),
    **dict.fromkeys((
        "bln.quadratic.ball_lower",
        "bln.quadratic.ball",
    ), Expected(hypotheses=80, decided=0.99)),
}


def test_numbers() -> None:
    """diag(3, −1): 6 on the ball, 4 on the sphere; 5I: 10 and 0; −2 on the line: 4 and 0."""
    assert common.sides("bln.quadratic.ball", measured.saddle()) == pytest.approx((6, 6))
    assert common.sides("bln.quadratic.sphere", measured.saddle()) == pytest.approx((4, 4))
    assert common.sides("bln.quadratic.ball", measured.sphere_constant()) == pytest.approx((10, 10))
    assert common.sides("bln.quadratic.sphere", measured.sphere_constant()) == pytest.approx((0, 0), abs=1e-12)
    assert common.sides("bln.quadratic.ball", measured.line()) == pytest.approx((4, 4))


@pytest.mark.parametrize("seed", range(30))
def test_no_pair_of_points_is_steeper(seed: int) -> None:
    """Quotients of drawn pairs stay below the constants, and those of `steepest_pair` come within a thousandth."""
    rng = np.random.default_rng(seed)
    f = measured.draw_form(rng).values["f"]
    x, y = rng.standard_normal((2, 400, f.dimension))
    for domain in (Ball(f.dimension), Sphere(f.dimension)):
        scale = np.ones((400, 1)) if isinstance(domain, Sphere) else rng.random((400, 1))
        p, q = (v / np.linalg.norm(v, axis=1, keepdims=True) * scale for v in (x, y))
        gaps = np.linalg.norm(p - q, axis=1)
        quotients = np.abs(f(p) - f(q))[gaps > 1e-9] / gaps[gaps > 1e-9]
        upper = f.lipschitz(domain).upper
        assert np.all(quotients <= upper * (1 + 1e-9) + 1e-9)
        if f.dimension > 1:
            a, b = f.steepest_pair(domain)
            assert abs(f(a[None]) - f(b[None]))[0] / np.linalg.norm(a - b) >= 0.999 * f.lipschitz(domain).lower - 1e-9
