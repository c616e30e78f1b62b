"""Independent ReLU neurons with an affine part: what is asked of every claim, and equalities by hand."""

from __future__ import annotations

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from theory.errors import HypothesisViolated
from verify.laws.new_laws import relu as measured
from verify.objects.data import Dataset
from verify.objects.networks import Network

EXPECTED = dict.fromkeys(("k.relu.energy", "k.relu", "k.relu.labels"), Expected(draws=150, slow=4000))


@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_cross_is_an_equality(k: int) -> None:
    """Labels 1 at (±1)^k, −1 at 2^k copies of 0: n = 2^{k+1}, Lip = 2/√k, M = 0, B = 2^k."""
    assert common.sides("k.relu.labels", measured.cross(k)) == pytest.approx((2 ** (k + 1), 2 ** (k + 1)), rel=1e-6)
    assert common.margin("k.relu.energy", lambda: measured.cross(k)) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("blocks", [5, 8, 16])
def test_dependent_rows_break_the_law(blocks: int) -> None:
    """Lip = 2, M = 0, B = 2, k = 4·blocks − 2: 4·blocks against 4√(4·blocks − 2)."""
    left, right = common.sides("k.relu.labels", measured.zigzag(blocks))
    assert (left, right) == pytest.approx((4 * blocks, 4 * np.sqrt(4 * blocks - 2)), rel=1e-6)


def test_a_users_network_of_absolute_values() -> None:
    data = Dataset(np.array([[1.0], [-1.0], [0.0], [0.0]]), np.array([1.0, 1.0, -1.0, -1.0]))
    network = Network([[1.0]], [0.0], [2.0], "abs", [0.0], -1.0)
    assert common.sides("k.relu.labels", measured.from_labels(network, data)) == pytest.approx((4, 4), rel=1e-6)
    with pytest.raises(HypothesisViolated, match="tanh"):
        measured.from_network(Network([[1.0]], [0.0], [2.0], "tanh"), data)
