"""R1 and R0: hypotheses hold on the draws, nothing is violated, the corners are as tight as stated, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laws import common
from laws.common import Expected
from theory.errors import HypothesisViolated
from verify.evaluate import Evaluator, Outcome
from verify.laws.ball_form import ball_form
from verify.laws.two_layers import relu_law as measured
from verify.objects.data import Dataset
from verify.objects.networks import Network, activation

RELU = activation("relu")

EXPECTED = {
    "bln.r1.energy": Expected(decided=1.0, slow=4000),
    **dict.fromkeys((
        "bln.r1",
        "bln.r1.no_bias",
    ), Expected(decided=1.0, slow=4000, only_refused=("without independent",))),
    "bln.r0": Expected(decided=1.0, slow=4000, only_refused=("without oriented",)),
}


def test_margins_of_the_corners() -> None:
    assert abs(common.margin("bln.r0", measured.ridge)) < 1e-6                                    # tight: every step is an equality
    # 4(1 − 1/k) for k = 8; 6 against 2·1·√4·2; 3 against 2·1·√3·1, all up to the tilt of 2⁻¹⁰
    assert common.margin("bln.r1.energy", measured.widest_energy) == pytest.approx(np.log(8 / 7), abs=1e-5)
    assert common.margin("bln.r1", measured.triangle_and_centre) == pytest.approx(np.log(8 / 6), abs=1e-5)
    assert common.margin("bln.r1.no_bias", measured.triangle) == pytest.approx(np.log(2 / np.sqrt(3)), abs=1e-5)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 10**6))
def test_nearly_equal_hyperplanes_do_not_fool_the_proxy(seed: int) -> None:
    """|α| ≤ 2 Lip_B however near the hyperplanes are: here |α| = Lip_B, in the cell between them."""
    from theory.laws.setting import LIP_BALL, NEURONS, a, l
    from theory.terms import Abs, forall, le
    at = Evaluator(measured.nearly_equal(np.random.default_rng(seed)))
    assert at.fact(forall(le(Abs(a[l]), 1.0001 * LIP_BALL), NEURONS)).outcome is Outcome.HOLDS
    assert at.fact(forall(le(Abs(a[l]), 0.9999 * LIP_BALL), NEURONS)).outcome is Outcome.VIOLATED


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.sampled_from(["relu", "leaky_relu:0.25", "abs"]))
def test_ball_form_is_the_same_function(seed: int, psi: str) -> None:
    """The oriented form agrees with the network on the ball, has unit kinks that meet it, and is inactive at one of its points."""
    rng = np.random.default_rng(seed)
    d, k = int(rng.integers(1, 5)), int(rng.integers(1, 7))
    network = Network(rng.standard_normal((k, d)), rng.uniform(-2, 2, k), rng.standard_normal(k), activation(psi))
    form = ball_form(network)
    points = rng.standard_normal((50, d))
    points /= np.maximum(1, np.linalg.norm(points, axis=1, keepdims=True))
    assert form(points) == pytest.approx(network(points), abs=1e-9)
    assert np.linalg.norm(form.W, axis=1) == pytest.approx(1)
    assert (np.abs(form.b) < 1).all()


def test_ball_form_without_kinks() -> None:
    """A kink at distance 5 is affine on the ball; one kink of coefficient 0 stands for none."""
    form = ball_form(Network(np.array([[1.0, 0.0]]), np.array([5.0]), np.array([2.0]), RELU))
    assert form.a.tolist() == [0.0]
    assert form.v.tolist() == [2.0, 0.0]
    assert form.c == 10.0


def test_from_fit_canonical() -> None:
    """The ridge 2|x_1| − 1 as three ReLU units with biases: the law is an equality for its canonical form."""
    W = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]])
    network = Network(W, np.array([0.0, 0.0, 2.0]), np.array([2.0, 2.0, 0.0]), RELU, np.zeros(2), -1.0)
    instance = measured.from_fit_canonical(network, Dataset(measured.CROSS, np.array([1.0, 1.0, -1.0, -1.0])))
    assert instance.values["k"] == 1
    assert common.sides("bln.r0", instance) == pytest.approx((4, 4))


FITTED = {"W": np.eye(2), "b": np.zeros(2), "a": np.array([1.0, -1.0]), "activation": RELU}
DATA = Dataset(np.eye(2), np.array([1.0, -1.0]))


def test_from_fit() -> None:
    for build, id in ((measured.from_fit_biased, "bln.r1"), (measured.from_fit_no_bias, "bln.r1.no_bias"),
                      (measured.from_network, "bln.r1.energy"), (measured.from_fit_canonical, "bln.r0")):
        lhs, rhs = common.sides(id, build(Network(**FITTED), DATA))  # type: ignore[arg-type]
        assert 0 < lhs <= rhs * (1 + 1e-9)


@pytest.mark.parametrize(("change", "build", "word"), [
    ({"W": np.array([[1.0, 0.0], [1.0, 0.0]])}, measured.from_fit_biased, "linearly dependent"),
    ({"activation": activation("abs")}, measured.from_fit_biased, "the law is for relu"),
    ({"b": np.array([0.0, -0.1])}, measured.from_fit_no_bias, "neuron 1 has the bias -0.1"),
    ({"a": np.array([1.0, 1.0])}, measured.from_fit_biased, "misses a label"),
    ({"activation": activation("tanh"), "a": np.array([1.0, -1.0]) / np.tanh(1)}, measured.from_fit_canonical, "canonical form"),
])
def test_from_fit_refuses(change, build, word: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(HypothesisViolated, match=word):
        build(Network(**{**FITTED, **change}), DATA)


def test_canonical_needs_unit_points() -> None:
    with pytest.raises(HypothesisViolated, match="point 0 has norm 2"):
        measured.from_fit_canonical(Network(**{**FITTED, "a": np.array([0.5, -0.5])}), Dataset(2 * np.eye(2), np.array([1.0, -1.0])))  # type: ignore[arg-type]
