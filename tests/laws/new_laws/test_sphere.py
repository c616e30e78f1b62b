"""The laws on the sphere: what is asked of every claim, and numbers by hand."""

from __future__ import annotations

import pytest

from laws import common
from laws.common import Expected
from verify.laws.new_laws import sphere as measured

EXPECTED = {
    "k.sphere.energy": Expected(draws=100, decided=0.95, slow=4000),
    "k.sphere": Expected(draws=80, decided=0.95, slow=4000, only_refused=("without independent", "without unit rows")),
    "k.sphere.relu": Expected(draws=80, decided=0.95, slow=4000,
                              only_refused=("without unit rows", "without positive", "without balance")),
    "k.sphere.relu_free": Expected(draws=80, decided=0.95, slow=4000, only_refused=(
        "without independent", "without unit rows", "without orthogonal", "without unit")),
}


def test_equalities() -> None:
    assert common.sides("k.sphere.energy", measured.half_line()) == pytest.approx((1, 1))
    assert common.sides("k.sphere.energy", measured.two_axes()) == pytest.approx((2, 8), rel=1e-6)
    assert common.sides("k.sphere", measured.triangle()) == pytest.approx((3, 2 * 3**0.5), rel=1e-4)


def test_dependent_rows_break_the_law_with_the_widths() -> None:
    assert common.sides("k.sphere.relu", measured.two_labels()) == pytest.approx((2, 8**0.5), rel=1e-6)
    left, right = common.sides("k.sphere.relu", measured.star())
    # Lip_S ≥ cot(π/16)·1.0195…, B₀ = 2 tan(π/16), √16: 8.16; the enclosure of Lip_S is wide
    assert left == pytest.approx(16) and 8.15 < right < 13
