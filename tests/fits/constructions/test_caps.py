"""Section 3.2 as code: caps on the sphere and on the ball, their certificates, and what spoils them."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest
from sympy import Integer

from theory.certificates.constructions.construction import check_construction
from theory.errors import BadData, HypothesisViolated
from theory.terms.sets import Sphere
from theory.verdict import Status
from verify.fits.constructions import bumps, caps, overlapping_caps
from verify.laws.cap_function import CapFunction
from verify.objects.data import Dataset, draw

AXES = Dataset(np.eye(2), [1, -1])
OBTUSE = Dataset([[1.0, 0.0], [-0.6, 0.8]], [1, -1])


def test_printed_construction() -> None:
    """τ = 0.9 at orthonormal points: ten times ReLU, √19 on the sphere, exact fit."""
    found = caps(AXES)
    assert found.claim == "bln.s32.caps" and found.residual == 0
    assert found.network.a.tolist() == [Fraction(10), Fraction(-10)]
    assert Fraction(19) <= found.upper**2 < Fraction(19) + Fraction(1, 10**9)
    exact = CapFunction(found.network).lipschitz(Sphere(Integer(2)))
    assert exact.upper == pytest.approx(float(found.upper), rel=1e-9)


@pytest.mark.parametrize("construct", [caps, overlapping_caps])
@pytest.mark.parametrize(("n", "d"), [(1, 2), (4, 30), (20, 60), (60, 120)])
def test_random_points(construct, n: int, d: int) -> None:  # type: ignore[no-untyped-def]
    data = draw("sphere", n, d, np.random.default_rng(n * d), "random")
    found = construct(data)
    assert found.residual < Fraction(1, 10**12)
    measured = found.measured()
    assert measured.lower <= float(found.upper) * (1 + 1e-9)
    assert check_construction(json.loads(json.dumps(found.certificate))).status is Status.CERTIFIED


@pytest.mark.parametrize(("data", "threshold", "value"), [
    (AXES, Fraction(1, 2), 2 * np.sqrt(2)), (AXES, Fraction(3, 4), 4.0), (OBTUSE, Fraction(1, 2), 2.0)])
def test_ball_by_hand(data: Dataset, threshold: Fraction, value: float) -> None:
    """Two active neurons at a right angle; one at τ = 3/4; at an obtuse angle only one although |x_1·x_2| = 0.6 > τ²."""
    found = overlapping_caps(data, threshold)
    assert float(found.upper) == pytest.approx(value, rel=1e-9)
    assert found.measured().upper == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize("construct", [caps, overlapping_caps])
@pytest.mark.parametrize(("data", "threshold", "words", "error"), [
    (Dataset(np.array([[1.0, 0.0], [0.96, 0.28]]), [1, -1]), 0.9, "points 0 and 1 have inner product 0.96", HypothesisViolated),
    (Dataset(2 * np.eye(2), [1, -1]), 0.9, "point 0 has norm 2", HypothesisViolated),
    (Dataset(np.eye(2), [0.5, 1], real_labels=True), 0.9, "label 0 is 0.5", HypothesisViolated),
    (AXES, 1.0, "strictly between 0 and 1", BadData)])
def test_refuses(construct, data: Dataset, threshold: float, words: str, error: type[Exception]) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error, match=words):
        construct(data, threshold)


def test_overlapping_caps_are_refused_on_the_sphere_only() -> None:
    close = Dataset(np.array([[1.0, 0.0], [0.8, 0.6]]), [1, -1])
    with pytest.raises(HypothesisViolated, match=r"disjoint only up to 0\.62"):
        caps(close)
    assert float(overlapping_caps(close).upper) == pytest.approx(10 * np.sqrt(2 * 1.8), rel=1e-9)


def spoiled() -> dict[str, dict]:  # type: ignore[type-arg]
    """Certificates of the ball, and one of the sphere, with one number changed for the worse."""
    points = Dataset(np.array([[1.0, 0.0], [0.6, 0.8], [-1.0, 0.0]]), [1, -1, 1])
    ball = json.loads(json.dumps(overlapping_caps(points, Fraction(7, 10)).certificate))
    sphere = json.loads(json.dumps(caps(AXES).certificate))
    network, evidence = ball["network"], ball["evidence"]
    changed = {f"evidence {name}": {**ball, "evidence": {**evidence, name: value}}
               for name, value in (("norm2", "9/10"), ("coherence", "1/2"), ("signed_coherence", "1/2"), ("active", "1"))}
    return changed | {
        "upper": {**ball, "upper": "1"}, "residual": {**ball, "residual": "-1"},
        "outer weights": {**ball, "network": {**network, "a": ["10", "-10", "10"]}},
        "one bias": {**ball, "network": {**network, "b": ["-1/2", "-7/10", "-7/10"]}},
        "threshold": {**ball, "network": {**network, "b": ["-1/10"] * 3}},
        "weights": {**ball, "network": {**network, "W": [["2", "0"], *network["W"][1:]]}},
        "equal centres": {**sphere, "network": {**sphere["network"], "W": [["1", "0"], ["1", "0"]]}},
        "sphere upper": {**sphere, "upper": "4"}, "sphere norm2": {**sphere, "evidence": {"norm2": "99/100"}},
        "no cap": {**sphere, "evidence": {"norm2": "1/2"}},
        "sphere activation": {**sphere, "network": {**sphere["network"], "activation": "identity"}},
    }


@pytest.mark.parametrize("field", spoiled())
def test_a_changed_number_is_caught(field: str) -> None:
    assert check_construction(spoiled()[field]).status is Status.FAILED


def test_unequal_outer_weights_are_not_certified_on_the_ball() -> None:
    document = json.loads(json.dumps(overlapping_caps(AXES, Fraction(1, 2)).certificate))
    document["network"]["a"] = ["2", "-3/2"]
    document["residual"] = "1"
    verdict = check_construction(document)
    assert verdict.status is Status.FAILED and "± one number" in verdict.reason


# --- bumps of width 2n -----------------------------------------------------------------------------------------------------------------

def test_bumps_have_the_root_of_seven() -> None:
    """s = ¼ at orthonormal points: two pairs of neurons, √7 on the sphere, and the gradient ascent comes near it."""
    found = bumps(AXES)
    assert found.claim == "bln.s32.bumps" and found.network.k == 4 and found.residual < Fraction(1, 10**14)
    assert Fraction(7) <= found.upper**2 < Fraction(7) + Fraction(1, 10**9)
    assert 2.6 < found.measured().lower <= float(found.upper)
    assert check_construction(json.loads(json.dumps(found.certificate))).status is Status.CERTIFIED


def test_bumps_refuse_caps_that_overlap() -> None:
    with pytest.raises(HypothesisViolated, match=r"points 0 and 1 have inner product 0, .* only up to -0\.28"):
        bumps(AXES, 0.4)
    with pytest.raises(BadData, match="strictly between 0 and 1"):
        bumps(AXES, 1)


@pytest.mark.parametrize("spoil", [
    lambda d: d["evidence"].update(norm2="2"), lambda d: d["network"]["b"].__setitem__(3, "-1/2"),
    lambda d: d["network"]["a"].__setitem__(3, "1"), lambda d: d["network"]["W"][2].__setitem__(0, "1/2"),
    lambda d: d.update(upper="2")], ids=["norm", "bias", "coefficient", "weight", "upper"])
def test_spoilt_bumps_are_refused(spoil) -> None:  # type: ignore[no-untyped-def]
    document = json.loads(json.dumps(bumps(AXES).certificate))
    spoil(document)
    assert check_construction(document).status is not Status.CERTIFIED
