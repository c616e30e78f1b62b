"""The laws on the sphere: what is asked of every claim, and numbers by hand."""

from __future__ import annotations

import pytest

from laws import common
from laws.common import Expected
from verify.laws.new_laws import sphere as measured

EXPECTED = {
    "k.sphere.energy": Expected(draws=100, decided=0.95, slow=4000),
    "k.sphere": Expected(draws=80, decided=0.95, slow=4000, only_refused=("without independent", "without unit rows")),
}


def test_equalities() -> None:
    assert common.sides("k.sphere.energy", measured.half_line()) == pytest.approx((1, 1))
    assert common.sides("k.sphere.energy", measured.two_axes()) == pytest.approx((2, 8), rel=1e-6)
    assert common.sides("k.sphere", measured.triangle()) == pytest.approx((3, 2 * 3**0.5), rel=1e-4)
