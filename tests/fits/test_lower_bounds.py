"""The collection of certified lower bounds: which apply, what they are worth, and that explicit fits respect them."""

import json
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.certificates.fits.lower_bound import check_certificate
from theory.errors import BadData, ShapeError
from theory.verdict import Status
from verify.fits.fantope.bound import FantopeOptions
from verify.fits.functions.mcshane import mcshane_bound
from verify.fits.lower_bounds import bounds
from verify.objects.data.files import load_dataset

SQUARE = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])


def sphere_data(n, d, seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    return X, np.concatenate([[1.0, -1.0], rng.choice([-1.0, 1.0], size=n - 2)])


def test_square_by_hand():
    # labels + − + −; neighbours at distance √2: McShane √2.  Width 1: Σ(y−ȳ)² = 4, Gram = 2I, so 4/2; opposite pairs
    # (1,∓1) directions average to I: 4/1; sphere σ = 1/2: 1/(3/4); the lifted form adds I: 4/2.
    report = bounds(SQUARE, [1, -1, 1, -1], 1, FantopeOptions(tolerance=1e-6))
    squares = {entry.claim: float(entry.value) ** 2 for entry in report.entries}
    assert squares["mcshane"] == pytest.approx(2)
    assert squares["bln.thm6.trace"] == pytest.approx(2)
    assert squares["bln.thm6.fantope"] == pytest.approx(4)
    assert squares["bln.thm6.sphere"] == pytest.approx(4 / 3)
    assert squares["bln.thm6.sphere_fantope"] == pytest.approx(2)
    # R0: s = Σy_ix_i = 0, B² ≤ 2·λ_1 of the two points of one label, 2·2, and bound 4/B
    assert squares["bln.r0"] == pytest.approx(4)
    # the weights ½ for the pairs of neighbours with Σ ½(x_i−x_j)(x_i−x_j)ᵀ = I: V² = B² = 1, gain 2
    assert squares["k.law"] == squares["k.relu"] == squares["k.sphere.relu"] == pytest.approx(4)
    assert report.best.claim == "bln.thm6.fantope"
    assert report.best_sphere.claim == "bln.thm6.sphere_fantope"


def test_every_certificate_rechecks():
    X, y = sphere_data(20, 6, 0)
    report = bounds(X, y, 2)
    for entry in report.entries:
        assert check_certificate(entry.certificate).status is Status.CERTIFIED
        assert Fraction(entry.certificate["value"]) == entry.value
        assert entry.certificate["width"] == (None if entry.claim == "mcshane" else 2)
    assert [e.claim for e in report.entries if e.assumes is not None] == ["k.law", "k.relu", "k.sphere.relu"]
    assert report["k.relu"].value >= report["k.law"].value and report.best.is_general and report.best_sphere.is_general


def test_json_contract():
    report = bounds(SQUARE, [1, -1, 1, -1], 1)
    document = json.loads(json.dumps(report.as_json()))
    assert {"bounds", "mcshane", "best"} <= document.keys()
    for entry in document["bounds"]:
        assert {"claim", "domain", "value", "certified", "certificate"} <= entry.keys()
        assert entry["certified"] is True
        assert Fraction(entry["value"]) <= Fraction(entry["exact"])
    general = [e["value"] for e in document["bounds"] if e["domain"] != "sphere" and e["activation"] is None and e["assumes"] is None]
    assert document["best"] == max(general)


# --- explicit fits ----------------------------------------------------------------------------------------------------


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.integers(3, 10), st.integers(2, 5), st.data(), st.integers(0, 2**32 - 1))
def test_no_fit_through_a_projection_is_flatter(n, d, draws, seed):
    # global: the McShane interpolant of (Px_i, y_i) has constant L*(PX, y).  Sphere: fibres of P on the sphere are at
    # the chord distance of (u, √(1−‖u‖²)), so the flattest function of Px has the McShane constant of these lifts.
    k = draws.draw(st.integers(1, d))
    X, y = sphere_data(n, d, seed)
    report = bounds(X, y, k)
    rng = np.random.default_rng(seed)
    for _ in range(4):
        u = X @ np.linalg.qr(rng.normal(size=(d, k)))[0]
        flattest = mcshane_bound(u, y).estimate
        lifts = np.hstack([u, np.sqrt(np.maximum(1 - (u**2).sum(axis=1, keepdims=True), 0))])
        flattest_sphere = mcshane_bound(lifts if k < d else X, y).estimate
        for entry in report.entries:
            if entry.is_general:
                limit = flattest_sphere if entry.domain == "sphere" else flattest
                assert float(entry.value) <= limit * (1 + 1e-9), entry.claim


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(2, 14), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_no_relu_ridge_fit_is_flatter_on_the_ball(n, d, seed):
    # f(x) = g(u·x), g piecewise linear through the data with kinks at the n data: width n + 1 (one for the slope before
    # the first kink), constant = the steepest slope.  Every bound for that width must stay below it.
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(n, d)), np.concatenate([[1.0, -1.0], rng.choice([-1.0, 1.0], size=n - 2)])
    u = rng.normal(size=d)
    order = np.argsort(X @ u / np.linalg.norm(u))
    t = (X @ u / np.linalg.norm(u))[order]
    steepest = np.abs(np.diff(y[order]) / np.diff(t)).max()
    for entry in bounds(X, y, n + 1).entries:
        assert float(entry.value) <= steepest * (1 + 1e-9), entry.claim


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(2, 10), st.integers(1, 4), st.data(), st.integers(0, 2**32 - 1))
def test_the_new_laws_stay_below_networks_with_independent_rows(n, d, draws, seed):
    # orthonormal rows: the gradients are v + Σ a_ℓ{0,1}w_ℓ for all choices, so Lip is exact; real labels are the values of the network
    k = draws.draw(st.integers(1, d))
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) * rng.choice([0.1, 1.0, 10.0])
    W = np.linalg.qr(rng.normal(size=(d, k)))[0].T
    a, b, v = rng.normal(size=k), rng.normal(size=k), rng.normal(size=d) * rng.choice([0.0, 1.0])
    lip = max(np.linalg.norm(v + (a * np.array(active)) @ W) for active in product((0, 1), repeat=k))
    report = bounds(X, X @ v + np.maximum(X @ W.T + b, 0) @ a, k)
    for entry in report.entries:
        assert entry.claim not in ("k.law", "k.relu") or float(entry.value) <= lip * (1 + 1e-9), entry.claim


def test_more_kinks_than_dimensions():
    X, y = sphere_data(12, 2, 5)
    report = bounds(X, y, 5)
    assert report["k.blocks"].value > 0 and report["k.blocks"].assumes == "kinks in general position"
    assert not {"k.law", "k.relu", "k.sphere.relu"} & {entry.claim for entry in report.entries}


def test_the_absolute_value_on_the_ball():
    # |t| on −1, 0, 1 shifted to labels 1, −1, 1: 2|t| − 1 = 2ReLU(t) + 2ReLU(−t) − ReLU(1) has constant 2
    report = bounds([[-1.0], [0.0], [1.0]], [1, -1, 1], 3)
    assert report["mcshane"].value == 2
    assert 0 < report["bln.r0"].value <= 2
    assert "bln.thm6.sphere" not in [entry.claim for entry in report.entries]


def test_bounds_fall_with_the_width():
    X, y = sphere_data(15, 6, 1)
    reports = [bounds(X, y, k) for k in (1, 2, 4, 6)]
    for claim in ("bln.thm6.trace", "bln.thm6.fantope", "bln.thm6.sphere", "bln.r0"):
        values = [report[claim].value for report in reports]
        assert all(a * Fraction(1001, 1000) >= b for a, b in pairwise(values))
    assert reports[-1]["bln.thm6.fantope"].value == pytest.approx(reports[-1]["mcshane"].value, rel=1e-11)


def test_size_named_in_the_theory():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 20))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    report = bounds(X, rng.choice([-1, 1], size=40), 3)
    assert float(report["bln.thm6.trace"].value) == pytest.approx(1.6, abs=0.15)
    assert float(report["mcshane"].value) == pytest.approx(2.2, abs=0.2)
    assert float(report["bln.thm6.fantope"].value) == pytest.approx(3.66, abs=0.1)
    assert report["bln.thm6.fantope"].upper == pytest.approx(float(report["bln.thm6.fantope"].value), rel=2e-3)


# --- limits -----------------------------------------------------------------------------------------------------------


def test_width_beyond_the_dimension():
    report = bounds(SQUARE, [1, -1, 1, -1], 50)
    assert report["bln.thm6.fantope"].certificate["width"] == 50
    assert check_certificate(report["bln.thm6.fantope"].certificate).status is Status.CERTIFIED
    assert report.notes == ("no bln.thm6.sphere_fantope: it needs width < d",)


@pytest.mark.parametrize(("X", "y"), [([[1.0]], [1]), (SQUARE, [2.0, 2.0, 2.0, 2.0])])
def test_one_label_gives_zero_and_says_why(X, y):
    report = bounds(X, y, 3)
    assert report.best.value == 0
    assert "labels are equal" in report.notes[0]
    assert report.best_sphere is None
    assert all(entry.certificate is None for entry in report.entries)
    assert report.as_json()["best"] == 0.0


def test_rows_that_are_not_unit_get_no_sphere_bound():
    report = bounds(SQUARE * 1.001, [1, -1, 1, -1], 1)
    assert report.best_sphere is None
    assert "row 0 of X has squared norm" in report.notes[0]


def test_real_labels_scale_the_bounds():
    y = np.array([0.5, -1.0, 2.0, 0.25])
    one, ten = bounds(SQUARE, y, 1), bounds(SQUARE, 10 * y, 1)
    for entry in one.entries:
        assert float(ten[entry.claim].value) == pytest.approx(10 * float(entry.value), rel=1e-3)


@pytest.mark.parametrize("width", [0, -1, 1.5, True, None])
def test_bad_width(width):
    with pytest.raises(BadData, match="width"):
        bounds(SQUARE, [1, -1, 1, -1], width)


def test_bad_data():
    with pytest.raises(BadData):
        bounds([[0.0], [0.0]], [1, -1], 1)
    with pytest.raises(ShapeError):
        bounds([[0.0], [1.0]], [1], 1)
    with pytest.raises(KeyError):
        bounds(SQUARE, [1, -1, 1, -1], 1)["bln.thm7"]


@pytest.mark.parametrize("width", [1, 2, 4, 8, 16])
def test_handwritten_digits(width):
    data = load_dataset("digits:3v8")
    report = bounds(data.X, data.y, width, FantopeOptions(tolerance=1e-2))
    fantope = report["bln.thm6.fantope"]
    assert fantope.upper / float(fantope.value) <= 1.0101
    assert fantope.value >= report["bln.thm6.trace"].value
    assert float(fantope.value) >= 0.99 * float(report["mcshane"].value)
