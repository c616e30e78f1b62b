"""The finite class with symmetric noise: what is asked of every claim, and a number by hand."""

from __future__ import annotations

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from verify.laws.universal_law import symmetric_noise as measured

EXPECTED = {"bs.thm2.symmetric": Expected(slow=1000, only_refused=("without spread",))}


def test_four_data_of_noise_by_hand() -> None:
    """All labels are above 1 − ε = −1, so the probability is 1; the bound is 1 − 4/e."""
    assert common.sides("bs.thm2.symmetric", measured.flat()) == pytest.approx((1 - 4 / np.e, 1))
