"""The conditional moment bound: what is asked of every claim, and the moments themselves, by quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from laws.common import Expected

EXPECTED = dict.fromkeys(("bs.moment.factor", "bs.moment.small", "bs.moment.ratio", "bs.moment.large", "bs.moment.near", "bs.moment.far"),
                         Expected(slow=1000))


def best_moment(theta: float) -> float:
    """The logarithm of the smaller of e^{θ²/2} and K(θ)."""
    return min(theta**2 / 2, theta / np.tanh(theta) - 1 + theta + np.log1p(-np.exp(-2 * theta)) - np.log(2 * theta))


@pytest.mark.parametrize("lam", [0.1, 0.4, 0.57, 0.58, 0.8, 1.2, 2.0, 3.0])
def test_the_whole_moment_by_quadrature(lam: float) -> None:
    """E min(e^{θ²/2}, K(θ)) at θ = λT, with the density 2t e^{−t²/2} of T from t₀ on, is at most e^{2λ²}."""
    start = np.sqrt(2 * np.log(2))
    value, error = quad(lambda t: 2 * t * np.exp(best_moment(lam * t) - t**2 / 2), start, start + 40, limit=200)
    assert value + error <= np.exp(2 * lam**2)


def test_the_square_moment_by_quadrature() -> None:
    """E e^{qT²/2} = 2^q/(1 − q) at q = 0.3."""
    start = np.sqrt(2 * np.log(2))
    value, _ = quad(lambda t: 2 * t * np.exp(-0.7 * t**2 / 2), start, np.inf)
    assert value == pytest.approx(2**0.3 / 0.7)
