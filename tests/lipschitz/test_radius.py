"""Radii: never beyond an attack, tight where they can be computed by hand, and right at ties, wrong labels and constant differences."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from theory.certificates.lipschitz.radius import check_radii
from theory.errors import BadData, ShapeError
from theory.verdict import Status
from verify.lipschitz.radius import RadiusBudget, radius
from verify.objects.data import Dataset
from verify.objects.deadline import Deadline
from verify.objects.networks import VectorNetwork

PSI = ["relu", "abs", "leaky_relu:0.25", "identity", "tanh", "sigmoid", "softplus", "silu", "gelu"]


def labelled(X, y) -> Dataset:
    return Dataset(np.asarray(X, dtype=float), np.asarray(y, dtype=float), real_labels=True)


@pytest.mark.parametrize("seed", range(18))
def test_no_point_of_another_class_is_nearer_than_the_radius(seed: int) -> None:
    rng = np.random.default_rng(seed)
    m, k, d = int(rng.integers(1, 5)), int(rng.integers(1, 9)), int(rng.integers(1, 4))
    weights = rng.standard_normal((k, d)), rng.standard_normal(k), rng.standard_normal((m, k))
    F = VectorNetwork(*weights, PSI[seed % 9], None, rng.standard_normal(m))
    X = rng.standard_normal((3, d))
    y = F(X).argmax(axis=1) if m > 1 else np.sign(F(X)[:, 0])
    found = radius(F, labelled(X, y), RadiusBudget(20.0))
    assert found.unfinished == 0 and len(found.right) == 3
    assert check_radii(found.certificate).status is Status.CERTIFIED
    for point, x in zip(found.points, X, strict=True):
        assert point.radius > 0
        if point.attack is not None:
            assert point.radius <= point.attack.distance
            z = np.array([float(c) for c in point.attack.point])
            assert np.linalg.norm(z - x) <= float(point.attack.distance) * (1 + 1e-12)
            values = F(z[None])[0]
            assert (values.argmax() if m > 1 else np.sign(values[0])) != point.label
        near = rng.standard_normal((4000, d))
        near = x + float(point.radius) * near / np.linalg.norm(near, axis=1, keepdims=True) * rng.random((4000, 1)) ** (1 / d)
        values = F(near)
        assert ((values.argmax(axis=1) if m > 1 else np.sign(values[:, 0])) == point.label).all()


def test_by_hand() -> None:
    # linear: the distance to the line x = y is 2/√2; ReLU(x) − 1 at 3: the kink at 0 is farther away than the zero at 1
    corner = VectorNetwork(np.eye(2), [0.0, 0.0], np.eye(2), "identity")
    point = radius(corner, labelled([[3.0, 1.0]], [0])).points[0]
    assert float(point.radius) == pytest.approx(2**0.5, rel=1e-6) == float(point.attack.distance)
    ramp = VectorNetwork([[1.0]], [0.0], [[1.0]], "relu", None, [-1.0])
    right, left = radius(ramp, labelled([[3.0], [-5.0]], [1, -1])).points
    assert float(right.radius) == pytest.approx(2.0, rel=1e-6) and right.attack.reached == 0
    # at −5 the function is −1 as far as 0, and 0 at 1: 6 away; a constant 1 on a ball of radius R has R + 1 ≤ 6 only for R ≤ 5
    assert 4.99 <= float(left.radius) <= 6.0 and float(left.attack.distance) == pytest.approx(6.0, rel=1e-6)


def test_a_ball_about_the_point_beats_the_whole_space() -> None:
    # slope 1 near 0, slope 100 beyond 10: margin 3 at x = 2
    steep = VectorNetwork([[1.0], [1.0]], [1.0, -10.0], [[1.0, 100.0]], "relu")
    point = radius(steep, labelled([[2.0]], [1])).points[0]
    assert point.by == "local" and float(point.radius) == pytest.approx(3.0, rel=1e-2)
    whole = radius(steep, labelled([[2.0]], [1]), RadiusBudget(0.0)).points[0]
    assert whole.by == "global" and float(whole.radius) == pytest.approx(3 / 101, rel=1e-2)


def test_wrong_labels_and_ties_have_no_radius() -> None:
    corner = VectorNetwork(np.eye(2), [0.0, 0.0], np.eye(2), "relu")
    found = radius(corner, labelled([[3.0, 1.0], [2.0, 2.0], [-1.0, -1.0]], [1, 0, 1]))
    assert [(point.by, point.radius) for point in found.points] == [("wrong", 0), ("tie", 0), ("tie", 0)]
    assert found.certificate is None and found.points[0].against == 0
    assert found.points[0].margin == -2


def test_a_constant_difference_never_changes() -> None:
    same = VectorNetwork([[1.0]], [0.0], [[1.0], [1.0]], "relu", None, [1.0, 0.0])
    found = radius(same, labelled([[1.0], [2.0]], [0, 1]))
    assert found.points[0].radius is None and found.points[1].by == "wrong"
    verdict = check_radii(found.certificate)
    assert verdict.status is Status.CERTIFIED and "unbounded" in verdict.evidence["words"]
    moved = {**found.certificate, "network": radius(VectorNetwork([[1.0]], [0.0], [[1.0], [0.5]], "relu", None, [1.0, 0.0]),
                                                    labelled([[1.0]], [0])).certificate["network"]}
    assert check_radii(moved).status is Status.FAILED


def test_weights_that_are_no_doubles_stay_what_they_are() -> None:
    # the margin is 2/3 − 2/3 + 2^-70 exactly: 0 in doubles
    third = VectorNetwork(np.array([[Fraction(1, 3)]]), [0], [[1], [-1]], "relu", None, [Fraction(-2, 3) + Fraction(1, 2**70), 0])
    found = radius(third, labelled([[1.0]], [0]))
    assert found.points[0].margin == Fraction(1, 2**70)
    assert check_radii(found.certificate).status is Status.CERTIFIED


@pytest.mark.parametrize(("m", "X", "y", "error", "words"), [
    (3, [[1.0]], [0], ShapeError, "takes 2 inputs and the data have 1"),
    (3, [[1.0, 0.0]], [3], BadData, r"y\[0\]: the label 3 is no class of this network: labels are 0 to 2"),
    (3, [[1.0, 0.0]], [-1], BadData, "labels are 0 to 2"),
    (3, [[1.0, 0.0]], [0.5], BadData, r"y\[0\] is 0.5, which is no class"),
    (1, [[1.0, 0.0]], [0], BadData, "labels are -1 and 1"),
])
def test_data_that_do_not_fit(m, X, y, error, words) -> None:
    F = VectorNetwork(np.eye(2), [0.0, 0.0], np.ones((m, 2)), "relu")
    with pytest.raises(error, match=words):
        radius(F, labelled(X, y))


def test_budgets_and_activations_that_do_not_fit() -> None:
    F = VectorNetwork([[1.0]], [0.0], [[1.0], [2.0]], "power:2")
    with pytest.raises(BadData, match="bounded slopes, not power:2"):
        radius(F, labelled([[1.0]], [1]))
    for seconds in (-1.0, float("inf"), float("nan")):
        with pytest.raises(BadData, match="finite and not negative"):
            RadiusBudget(seconds)


def test_a_stop_keeps_what_is_known() -> None:
    rng = np.random.default_rng(0)
    F = VectorNetwork(rng.standard_normal((5, 2)), rng.standard_normal(5), rng.standard_normal((2, 5)), "relu", None, [0.5, 0.0])
    X = rng.standard_normal((3, 2))
    ended = Deadline(3600.0)
    ended.end()
    found = radius(F, labelled(X, F(X).argmax(axis=1)), RadiusBudget(ended))
    assert found.unfinished == 3 and all(point.by == "global" and point.radius > 0 for point in found.points)
    assert check_radii(found.certificate).status is Status.CERTIFIED
