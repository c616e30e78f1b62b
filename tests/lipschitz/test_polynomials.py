"""Power activations through the front door: quadratics are exact on the ball and on the sphere, cubics on the ball in small dimension."""

from __future__ import annotations

import numpy as np
import pytest

from verify.lipschitz import Budget, ball, sphere
from verify.lipschitz.of_network import network_enclosure
from verify.objects.networks import Network

# x² + 4y² has Lip_B = 8 (twice the largest eigenvalue) and Lip_S = 3 (the spread of the eigenvalues)
ELLIPSE = Network([[1.0, 0.0], [0.0, 2.0]], [0.0, 0.0], [1.0, 1.0], "power:2")


@pytest.mark.parametrize(("domain", "value"), [(ball(), 8.0), (ball(0.5), 4.0), (sphere(), 3.0)])
def test_a_quadratic_by_hand(domain, value: float) -> None:  # type: ignore[no-untyped-def]
    found = network_enclosure(ELLIPSE, domain, Budget(seconds=1.0))
    assert found.exact and found.lower <= value * (1 + 1e-9) and found.upper == pytest.approx(value, rel=1e-6)


def test_a_cubic_on_the_ball_is_enclosed_by_squares() -> None:
    """To a millionth, which is not called exact."""
    rng = np.random.default_rng(5)
    network = Network(rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=5), "power:3")
    found = network_enclosure(network, ball(), Budget(seconds=1.0))
    assert found.methods["polynomial"] <= found.methods["box"]
    assert found.upper - found.lower <= 1e-6 * found.upper and not found.exact


def test_a_centre_elsewhere_is_left_to_the_smooth_enclosure() -> None:
    assert "polynomial" not in network_enclosure(ELLIPSE, ball(1.0, (1.0, 0.0))).methods
