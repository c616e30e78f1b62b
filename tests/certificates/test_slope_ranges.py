"""Activations in ball arithmetic: values and ranges of slopes hold what floats say, on intervals short and long."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import ctx, fmpq

from theory.certificates.exact.eigenvalue_sum import PRECISION
from theory.certificates.lipschitz.slope_ranges import SMOOTH, activation_value, check_activation, slope_range
from theory.errors import BadData
from verify.objects.networks import activation

SLOPES = (Fraction(-1, 2), Fraction(3))


@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_activations(name: str) -> None:
    psi = activation(name)
    with ctx.workprec(PRECISION):
        for t in (-40.0, -3.5, -0.25, 0.0, 0.5, 2.0, 30.0):
            value = activation_value(name, (), fmpq(*t.as_integer_ratio()))
            assert float(value.mid()) == pytest.approx(float(psi.function(np.array([t]))[0]), abs=1e-12)
        for low, high in [(-9, 9), (-3, -1), (-1, 0.5), (0, 0), (1, 2), (2, 3), (2.5, 7), (-2.399, -2.3988), (-50, -20), (-0.1, 0.1)]:
            slopes = psi.derivative(np.linspace(low, high, 20_001))
            least, most = (float(end.mid()) for end in slope_range(name, (), Fraction(low), Fraction(high)))
            assert least <= slopes.min() + 1e-12 and slopes.max() - 1e-12 <= most
            assert least >= slopes.min() - 2e-4 and most <= slopes.max() + 2e-4             # of the turning points' enclosures
        whole = [float(end.mid()) for end in slope_range(name, (), None, None)]
        assert whole[0] <= psi.slopes[0] + 1e-12 and psi.slopes[1] - 1e-12 <= whole[1] <= psi.slopes[1] + 2e-4


@pytest.mark.parametrize("name", ["silu", "gelu"])
def test_turning_points_lie_where_they_are_said_to(name: str) -> None:
    second, turns = activation(name).curve.second, SMOOTH[name][2]
    for first, last in turns:
        ends = second(np.array([float(first), float(last)]))
        assert ends[0] * ends[1] < 0


@pytest.mark.parametrize(("low", "high", "wanted"), [
    (-1, 1, (-0.5, 3)), (0, 1, (3, 3)), (-1, 0, (-0.5, -0.5)), (0, 0, (-0.5, 3)), (None, None, (-0.5, 3)), (None, -1, (-0.5, -0.5)),
])
def test_kinks(low: int | None, high: int | None, wanted: tuple[float, float]) -> None:
    ends = slope_range("kinks", SLOPES, *(None if end is None else Fraction(end) for end in (low, high)))
    assert tuple(float(end.mid()) for end in ends) == wanted


def test_other_activations_are_refused() -> None:
    for name in ("relu", "power:2", None, 3):
        with pytest.raises(BadData, match="it is one of kinks, tanh"):
            check_activation(name)
