"""Theorem 8 with high probability: hypotheses hold on the draws, nothing is violated, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest

from laws.common import Expected
from theory.laws.two_layers.polynomial_random import CONSTANT
from verify.evaluate import evaluate
from verify.objects.instance import Instance

EXPECTED = {
    **dict.fromkeys((
        "bln.thm8.width",
        "bln.thm8.random_labels",
    ), Expected(hypotheses=40, decided=0.9, slow=1000, steps=8)),
    "bln.thm8.generic": Expected(hypotheses=40, draws=60, decided=0.9, slow=1000, steps=8),
}


@pytest.mark.parametrize(("p", "expected"), [(1, 1), (2, 3 / 2), (3, 13 / 6), (4, 25 / 6)])
def test_constant(p: int, expected: float) -> None:
    """c_p = Σ_{q≤p} M(p−1, q−1)/q, from T_0 = 1, T_1 = t, T_2 = 2t² − 1, T_3 = 4t³ − 3t."""
    assert np.mean(evaluate(CONSTANT, Instance({"p": p}))) == pytest.approx(expected)
