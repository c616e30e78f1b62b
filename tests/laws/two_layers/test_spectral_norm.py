"""Theorem 5: hypotheses hold on the draws, nothing is violated, the corners are tight, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from theory.errors import HypothesisViolated
from verify.laws.two_layers import spectral_norm as measured
from verify.objects.data import Dataset
from verify.objects.networks import Network, activation

IDS = ("bln.thm5.path", "bln.thm5.sharp", "bln.thm5.sliced")
FORM = {"bln.thm5.path": measured.from_fit, "bln.thm5.sharp": measured.from_fit, "bln.thm5.sliced": measured.from_fit_sliced}

EXPECTED = {
    **dict.fromkeys((
        "bln.thm5.path",
        "bln.thm5.sharp",
        "bln.thm5.sliced",
    ), Expected(draws=400, decided=1.0, steps=15)),
}


@pytest.mark.parametrize("build", [measured.one_point, measured.opposite_axes, measured.balanced_axes, measured.sloped])
@pytest.mark.parametrize("id", ["bln.thm5.path", "bln.thm5.sharp"])
def test_tight(id: str, build) -> None:  # type: ignore[no-untyped-def]
    assert abs(common.margin(id, build)) < 1e-6


def test_tight_sliced() -> None:
    assert abs(common.margin("bln.thm5.sliced", measured.antipodal_line)) < 1e-6


def test_values_by_hand() -> None:
    # d = 1, |x| at ±1: n = 2, R = 1, path norm 2;  orthonormal, two labels each: R = √2, path norm 2√2
    assert common.sides("bln.thm5.path", measured.sloped()) == pytest.approx((2, 2))
    assert common.sides("bln.thm5.sharp", measured.balanced_axes()) == pytest.approx((4, 4))
    # ±e_1 twice, 2|x_1| − 1: n(1 − ȳ²) = 4, V = 2, path norm 4
    assert common.sides("bln.thm5.sliced", measured.absolute_value()) == pytest.approx((4, 8))


@pytest.mark.parametrize("id", IDS)
def test_from_fit(id: str) -> None:
    network = Network(np.eye(2), np.zeros(2), np.array([1.0, -1.0]), activation("relu"))
    instance = FORM[id](network, Dataset(np.eye(2), np.array([1.0, -1.0])))
    lhs, rhs = common.sides(id, instance)
    assert lhs <= rhs * (1 + 1e-9)
    assert lhs == pytest.approx(2)


DATA = Dataset(np.eye(2), np.array([1.0, -1.0]))
GOOD = {"W": np.eye(2), "b": np.zeros(2), "a": np.array([1.0, -1.0]), "activation": activation("relu")}


@pytest.mark.parametrize(("change", "data", "word"), [
    ({"b": np.array([0.0, 0.5])}, DATA, "neuron 1 has the bias 0.5"),
    ({"a": np.array([2.0, -1.0])}, DATA, "misses a label"),
    ({"activation": activation("tanh")}, DATA, "not positively homogeneous"),
    ({"c": 1.0}, DATA, "affine part"),
    ({}, Dataset(np.eye(2), np.array([1.0, -0.5]), real_labels=True), "label 1 is -0.5"),
])
def test_from_fit_refuses(change: dict[str, object], data: Dataset, word: str) -> None:
    with pytest.raises(HypothesisViolated, match=word):
        measured.from_fit(Network(**{**GOOD, **change}), data)  # type: ignore[arg-type]


def test_sliced_refuses_powers() -> None:
    with pytest.raises(HypothesisViolated, match="no Lipschitz constant"):
        measured.from_fit_sliced(Network(**{**GOOD, "activation": activation("power:2")}), DATA)  # type: ignore[arg-type]
