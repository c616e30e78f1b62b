"""Networks: values, gradients, norms, files, the canonical form, and the special constructions."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.errors import BadData, HypothesisViolated, ShapeError
from verify.objects.data import Dataset, integer_points
from verify.objects.networks import (
    Network,
    activation,
    add_networks,
    cancelling_pair,
    canonical_form,
    dependent_rows,
    load_network,
    opposite_pairs,
    orient_at,
    rational_canonical_form,
    rounding_tolerance,
    save_network,
    unbalanced_scaling,
)

NAMES = ["relu", "leaky_relu", "leaky_relu:-0.5", "abs", "identity", "tanh", "sigmoid", "softplus", "silu", "gelu",
         "power:1", "power:2", "power:3"]
KINKED = ["relu", "leaky_relu", "leaky_relu:-1/3", "abs", "identity", "power:1"]


def random_network(seed: int, k: int, d: int, psi: str = "relu", affine: bool = True) -> Network:
    rng = np.random.default_rng(seed)
    v, c = (rng.standard_normal(d), rng.standard_normal()) if affine else (np.zeros(d), 0.0)
    return Network(rng.standard_normal((k, d)), rng.standard_normal(k), rng.standard_normal(k), psi, v, c)


# ---- activations -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_declared_properties_of_activations(name):
    psi = activation(name)
    reach = 12 if name == "softplus" else 3  # the slope of softplus comes near 1 only far out
    t = np.linspace(-reach, reach, 601)  # contains 0
    values = psi.function(t)
    chords = (values[None, :] - values[:, None])[~np.eye(601, dtype=bool)] / (t[None, :] - t[:, None])[
        ~np.eye(601, dtype=bool)
    ]
    assert psi.function(np.zeros(1))[0] == psi.value_at_zero
    if psi.lipschitz is None:
        assert np.max(np.abs(chords)) > 3
    else:
        low, high = psi.slopes
        assert low - 1e-12 <= chords.min()
        assert chords.max() <= high + 1e-12
        # The constant is the least one: chords come near it (tanh: slope 1 at 0 only).
        assert abs(np.max(np.abs(chords)) - psi.lipschitz) < 1e-4
    homogeneous = np.allclose(psi.function(2.5 * t), 2.5 * values, rtol=1e-12, atol=1e-12)
    assert homogeneous == psi.positively_homogeneous
    if psi.kink is not None:
        left, jump = (float(slope) for slope in psi.kink)
        assert np.allclose(left * t + jump * np.maximum(t, 0), values, rtol=0, atol=1e-12)
    assert (psi.kink is not None) == psi.piecewise_linear
    off = t[np.abs(t) > 1e-3]
    slopes = (psi.function(off + 1e-6) - psi.function(off - 1e-6)) / 2e-6
    assert np.allclose(psi.derivative(off), slopes, atol=1e-7)


def test_one_name_for_one_activation():
    assert activation("leaky_relu") == activation("leaky_relu:1/10") == activation("leaky_relu:0.10")
    assert activation("leaky_relu:0.2") != activation("leaky_relu")
    assert activation("leaky_relu:1/3").name == "leaky_relu:1/3"
    assert activation("leaky_relu:-2").lipschitz == 2.0
    assert activation(activation("abs")).name == "abs"


@pytest.mark.parametrize(
    "name",
    ["swish", "", "relu:2", "leaky_relu:", "leaky_relu:x", "leaky_relu:nan", "leaky_relu:1/0", "leaky_relu:1e999",
     "power", "power:", "power:0", "power:-1", "power:1.5", "power:²", None],
)  # fmt: skip
def test_unknown_activations_are_refused(name):
    with pytest.raises(BadData) as caught:
        activation(name)
    assert "give" in str(caught.value)


# ---- networks ----------------------------------------------------------------------------------------------------


def test_values_gradients_and_norms_by_hand():
    # f(x) = 2·ReLU(3x₁+4x₂−1) − ReLU(x₂) + x₁ + 10
    f = Network([[3, 4], [0, 1]], [-1, 0], [2, -1], "relu", [1, 0], 10)
    X = [[1, 1], [0, 0], [-1, -1]]
    assert f(X).tolist() == [22.0, 10.0, 9.0]  # 12−1+1+10, 10, −1+10
    assert f.gradient(X).tolist() == [[7.0, 7.0], [1.0, 0.0], [1.0, 0.0]]
    assert (f.k, f.d, f.path_norm(), f.energy(), f.has_affine_part) == (2, 2, 11.0, 101.0, True)
    # WWᵀ = [[25,4],[4,1]] has eigenvalues 13 ± √160
    assert np.isclose(f.spectral_bound(), np.sqrt(5) * np.sqrt(13 + np.sqrt(160)) + 1, rtol=1e-14)


def test_lipschitz_constant_scales_the_spectral_bound():
    for name, factor in [("relu", 1), ("leaky_relu:3", 3), ("abs", 1), ("tanh", 1)]:
        assert Network([[2.0]], [0.0], [5.0], name).spectral_bound() == 10 * factor
    with pytest.raises(HypothesisViolated, match=r"power:2 has no Lipschitz constant on R"):
        Network([[2.0]], [0.0], [5.0], "power:2").spectral_bound()


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.sampled_from(NAMES), st.integers(1, 6), st.integers(1, 4), st.integers(0, 10**6))
def test_gradient_is_the_derivative_and_obeys_the_bounds(name, k, d, seed):
    f = random_network(seed, k, d, name)
    X = np.random.default_rng(seed + 1).standard_normal((5, d))
    step = 1e-6
    # Central differences are exact to 1e-8 away from kinks; points within the step of a kink are left out.
    away = np.min(np.abs(f.preactivations(X)), axis=1) > 1e-4
    for j in range(d):
        e = step * np.eye(d)[j]
        slope = (f(X + e) - f(X - e)) / (2 * step)
        assert np.allclose(slope[away], f.gradient(X)[away, j], rtol=1e-5, atol=1e-6)
    if f.activation.lipschitz is not None:
        steepest = np.max(np.linalg.norm(f.gradient(X), axis=1))
        assert steepest <= f.spectral_bound() * (1 + 1e-12)
        assert steepest <= (f.activation.lipschitz * f.path_norm() + np.linalg.norm(f.v)) * (1 + 1e-12)


def test_exact_networks_have_exact_values():
    third = Fraction(1, 3)
    for name, wanted in [("relu", third), ("abs", third), ("leaky_relu", third), ("power:2", third**2)]:
        f = Network(np.array([[third]]), [0], [1], name, c=Fraction(1, 7))
        value = f(np.array([[1]]))[0]
        assert f.is_exact
        assert value == wanted + Fraction(1, 7)
        assert isinstance(value, Fraction)
    left = Network(np.array([[third]]), [0], [1], "leaky_relu")(np.array([[-3]]))[0]
    assert left == Fraction(-1, 10)
    assert not Network([[1]], [0], [1], "relu").is_exact


def test_fits_asks_for_every_point_and_refuses_nan():
    line = Network([[1.0]], [0.0], [1.0], "identity")
    data = Dataset([[1.0], [-1.0]], [1, -1])
    assert line.fits(data, 0.0)
    assert not Network([[1.0]], [1e-6], [1.0], "identity").fits(data, 1e-7)
    with np.errstate(over="ignore", invalid="ignore"):
        huge = Network([[1e200], [1e200]], [0.0, 0.0], [1.0, -1.0], "power:2")
        assert not huge.fits(data, np.inf)
    with pytest.raises(ShapeError, match="the network has 1 inputs"):
        line.fits(Dataset([[1.0, 2.0]], [1]), 1.0)


BAD_NETWORKS = [
    ("no neurons", {"W": np.zeros((0, 2)), "b": [], "a": []}, ShapeError, "at least one neuron"),
    ("no inputs", {"W": np.zeros((2, 0)), "b": [0, 0], "a": [0, 0]}, ShapeError, "at least one neuron and one input"),
    ("W a vector", {"W": [1.0]}, ShapeError, "W has shape (1,)"),
    ("long b", {"b": [0.0, 0.0]}, ShapeError, "b has shape (2,) but W is 1×1"),
    ("column a", {"a": [[1.0]]}, ShapeError, "a has shape (1, 1)"),
    ("wrong v", {"v": [0.0, 1.0]}, ShapeError, "v has shape (2,)"),
    ("vector c", {"c": [0.0, 1.0]}, ShapeError, "c has shape (2,)"),
    ("nan", {"W": [[np.nan]]}, BadData, "W of the network has an entry that is not finite"),
    ("infinite", {"a": [np.inf]}, BadData, "a of the network"),
    ("text", {"b": ["x"]}, BadData, "b of the network is not an array of real numbers"),
    ("complex", {"c": 1j}, BadData, "c of the network"),
    ("ragged", {"W": [[1.0], [1.0, 2.0]]}, ShapeError, "W of the network has rows of different lengths"),
    ("objects", {"a": np.array([{}])}, BadData, "a of the network is not an array of real numbers"),
    ("activation", {"activation": "swish"}, BadData, "no activation 'swish'"),
]


@pytest.mark.parametrize(("wrong", "error", "words"), [c[1:] for c in BAD_NETWORKS], ids=[c[0] for c in BAD_NETWORKS])
def test_bad_networks_are_refused(wrong, error, words):
    good = {"W": [[1.0]], "b": [0.0], "a": [1.0], "activation": "relu"}
    Network(**good)
    with pytest.raises(error, match=re.escape(words)):
        Network(**{**good, **wrong})


def test_weights_are_private_and_read_only():
    W = np.ones((1, 1))
    f = Network(W, [0.0], [1.0], "relu")
    W[0, 0] = 5
    assert f([[1.0]])[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        f.W[0, 0] = 2.0


def test_sums_of_networks():
    f, g = random_network(0, 3, 2), random_network(1, 4, 2)
    X = np.random.default_rng(2).standard_normal((10, 2))
    assert np.allclose(add_networks(f, g)(X), f(X) + g(X), rtol=1e-13, atol=1e-13)
    with pytest.raises(ShapeError, match="dimensions 2 and 3"):
        add_networks(f, random_network(0, 1, 3))
    with pytest.raises(HypothesisViolated, match="activations relu and abs"):
        add_networks(f, random_network(0, 1, 2, "abs"))


# ---- files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["relu", "leaky_relu:0.25", "power:4", "tanh"])
def test_float_networks_come_back_bit_for_bit(tmp_path, name):
    f = random_network(3, 4, 2, name)
    save_network(f, tmp_path / "f.npz")
    g = load_network(tmp_path / "f.npz")
    for part in ("W", "b", "a", "v"):
        assert getattr(f, part).tobytes() == getattr(g, part).tobytes()
    assert (f.c, f.activation) == (g.c, g.activation)


def test_exact_networks_come_back_exact(tmp_path):
    f = Network(np.array([[Fraction(1, 3), Fraction(-2, 7)]]), [Fraction(5, 11)], [1], "relu", c=Fraction(1, 13))
    save_network(f, str(tmp_path / "f.npz"))
    g = load_network(str(tmp_path / "f.npz"))
    assert g.is_exact
    assert (g.W.tolist(), g.b.tolist(), g.a.tolist(), g.v.tolist(), g.c) == (
        [[Fraction(1, 3), Fraction(-2, 7)]], [Fraction(5, 11)], [1], [0, 0], Fraction(1, 13)
    )  # fmt: skip


GOOD_FILE = {"W": np.ones((2, 3)), "b": np.zeros(2), "a": np.ones(2), "activation": np.array("relu")}
BAD_FILES = [
    ("no W", {"W": None}, BadData, "no array 'W' (found: a, activation, b)"),
    ("no activation", {"activation": None}, BadData, "no array 'activation'"),
    ("deeper", {"W1": np.ones((2, 3)), "W2": np.ones((1, 2))}, ShapeError, "W1, W2 of a network not written as two"),
    ("extra", {"running_mean": np.ones(2)}, BadData, "the array 'running_mean'"),
    ("k = 0", {"W": np.ones((0, 3)), "b": np.ones(0), "a": np.ones(0)}, ShapeError, "at least one neuron"),
    ("shapes", {"b": np.ones(3)}, ShapeError, "b has shape (3,)"),
    ("nan", {"a": np.array([1.0, np.nan])}, BadData, "not finite"),
    ("unknown", {"activation": np.array("swish")}, BadData, "no activation 'swish'"),
    ("number", {"activation": np.array(3)}, BadData, "save one text such as relu"),
    ("two activations", {"activation": np.array(["relu", "abs"])}, BadData, "activation has shape (2,)"),
    ("bad rational", {"b": np.array(["1/2", "1/0"])}, BadData, "b[1] is '1/0'"),
    ("objects", {"b": np.array([1, None], dtype=object)}, BadData, "plain number arrays"),
]


@pytest.mark.parametrize(("wrong", "error", "words"), [c[1:] for c in BAD_FILES], ids=[c[0] for c in BAD_FILES])
def test_bad_network_files(tmp_path, wrong, error, words):
    path = tmp_path / "f.npz"
    np.savez(path, **{name: array for name, array in {**GOOD_FILE, **wrong}.items() if array is not None})
    with pytest.raises(error, match=re.escape(words)) as caught:
        load_network(path)
    assert "f.npz" in str(caught.value)


def test_network_files_that_cannot_be_read_or_written(tmp_path):
    save_network(random_network(0, 5, 5), tmp_path / "f.npz")
    content = (tmp_path / "f.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(content[: len(content) // 2])
    (tmp_path / "empty.npz").write_bytes(b"")
    for name, words in [("cut", "not a readable .npz"), ("empty", "is empty"), ("nowhere", "there is no file")]:
        with pytest.raises(BadData, match=re.escape(words)):
            load_network(tmp_path / f"{name}.npz")
    with pytest.raises(BadData, match=r"not an \.npz file"):
        load_network(tmp_path / "f.pt")
    with pytest.raises(BadData, match="cannot be written"):
        save_network(random_network(0, 1, 1), tmp_path / "nowhere" / "f.npz")


# ---- canonical form ----------------------------------------------------------------------------------------------


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.sampled_from(KINKED), st.integers(1, 7), st.integers(1, 4), st.integers(0, 10**6), st.booleans())
def test_canonical_form_keeps_values_and_gradients(name, k, d, seed, exact_merge):
    f = random_network(seed, k, d, name)
    # Rewrite some neurons on shared hyperplanes, at other scales and orientations.
    W, b = f.W.copy(), f.b.copy()
    rng = np.random.default_rng(seed + 1)
    for ell in range(1, k):
        if rng.random() < 0.5:
            scale = rng.choice([-2.0, 0.5, -1.0, 3.7])
            W[ell], b[ell] = scale * W[0], scale * b[0]
    f = Network(W, b, f.a, f.activation, f.v, f.c)
    form = canonical_form(f, 0.0 if exact_merge else None)
    X = 3 * rng.standard_normal((20, d))
    # Both sides are sums of at most 2k + 2 terms of moderate size: 1e-12 relative is over 100 roundings.
    size = 1 + np.abs(f.preactivations(X)) @ np.abs(f.a)
    assert np.all(np.abs(form(X) - f(X)) <= 1e-12 * (size + np.abs(f(X))))
    assert np.allclose(form.gradient(X), f.gradient(X), rtol=1e-10, atol=1e-10)
    assert np.allclose(np.linalg.norm(form.directions, axis=1), 1, rtol=0, atol=1e-14)
    assert np.allclose(form.to_network()(X), form(X))
    if exact_merge:  # distinct as rationals; rounded to unit length they may coincide
        assert form.kinks == rational_canonical_form(f).kinks
        return
    planes = np.column_stack([form.directions, form.offsets])
    for i in range(form.kinks):
        for j in range(i):
            gap = min(np.linalg.norm(planes[i] - planes[j]), np.linalg.norm(planes[i] + planes[j]))
            assert gap > rounding_tolerance(f)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.sampled_from(KINKED), st.integers(1, 8), st.integers(1, 3), st.integers(0, 10**6))
def test_rational_canonical_form_is_exactly_the_same_function(name, k, d, seed):
    rng = np.random.default_rng(seed)
    numbers = integer_points(k, d + 2, rng, bound=2)  # few values: rows vanish, hyperplanes coincide, sums cancel
    W, b, a = numbers[:, :d], numbers[:, d], numbers[:, d + 1]
    f = Network(W.astype(object), b, a, name)
    form = rational_canonical_form(f)
    X = integer_points(15, d, rng, bound=5)
    assert form(X).tolist() == f(X).tolist()
    keys = {(*row, beta) for row, beta in zip(form.directions.tolist(), form.offsets.tolist(), strict=True)}
    assert len(keys) == form.kinks
    assert all(next(entry for entry in row if entry != 0) == 1 for row in form.directions.tolist())
    assert all(alpha != 0 for alpha in form.coefficients)
    p = X[0]
    turned = orient_at(form, p)
    assert turned(X).tolist() == f(X).tolist()
    assert all(t <= 0 for t in turned.directions @ p + turned.offsets)
    assert turned.v @ p + turned.c == f(X[:1])[0]
    assert canonical_form(f).kinks == form.kinks
    assert np.allclose(canonical_form(f)(X), f(X).astype(float), rtol=1e-12, atol=1e-9)


def test_canonical_form_by_hand():
    # ReLU(2x−2) + ReLU(3−3x): kinks 2 + 3 = 5 at x = 1 and the affine part 3 − 3x; the flat neuron adds ReLU(4) = 4.
    f = Network([[2.0], [-3.0], [0.0]], [-2.0, 3.0, 4.0], [1.0, 1.0, 1.0], "relu", [10.0], 100.0)
    form = canonical_form(f)
    assert (form.kinks, form.d) == (1, 1)
    assert (form.directions[0, 0], form.offsets[0], form.coefficients[0]) == (1, -1, 5)
    assert (form.v[0], form.c) == (7, 107)
    tent = canonical_form(Network([[1.0], [-1.0]], [0.0, 0.0], [1.0, 1.0], "abs"))  # |x| + |−x| = −2x + 4 ReLU(x)
    assert (tent.kinks, tent.coefficients[0], tent.v[0]) == (1, 4, -2)
    line = canonical_form(Network([[1.0]], [2.0], [3.0], "identity"))
    assert (line.kinks, line.v[0], line.c, line([[1.0]])[0], line.gradient([[1.0]])[0, 0]) == (0, 3, 6, 9, 3)
    assert line.to_network()([[1.0]])[0] == 9


def test_same_function_written_differently_has_the_same_form():
    f = random_network(5, 4, 3)
    scale = np.array([2.0, 0.25, 8.0, 1.0])
    flips = np.array([1, -1, -1, 1])
    # a·ReLU(t) = (a/s)·ReLU(s·t), and ReLU(t) = t + ReLU(−t) on the flipped neurons.
    v = f.v + (f.a * (flips < 0)) @ f.W
    c = f.c + (f.a * (flips < 0)) @ f.b
    g = Network(f.W * (scale * flips)[:, None], f.b * scale * flips, f.a / scale, "relu", v, c)
    first, second = canonical_form(f), canonical_form(g)
    for part in ("directions", "offsets", "coefficients", "v", "c"):
        assert np.allclose(getattr(first, part), getattr(second, part), rtol=1e-13, atol=1e-13)


def test_tiny_and_huge_rows_are_normalised_safely():
    f = Network([[1e-200, 1e-200], [1e200, 1e200]], [0.0, 0.0], [1e200, 1e-200], "relu")
    form = canonical_form(f)
    assert form.kinks == 1
    assert np.isclose(form.coefficients[0], 2 * np.sqrt(2))


def test_rounding_is_merged_and_true_differences_are_not():
    M = 1e3
    u = np.array([0.1, 0.7])
    thrice = u * 3.3  # rounds: not exactly proportional
    pair = Network(np.stack([u, thrice]), [0.0, 0.0], [3.3 * M, -M], "relu")
    assert canonical_form(pair).kinks == 0
    for shift in (1e-6, 1e-12):
        near = Network(np.stack([u, u]), [0.0, shift], [M, -M], "relu")
        assert canonical_form(near).kinks == 2
    # Below the tolerance only the exact comparison sees the difference, and with it the kinks of size M.
    hidden = Network(np.stack([u, u]), [0.5, 0.5 * (1 + 2**-52)], [M, -M], "relu")
    assert canonical_form(hidden).kinks == 0
    assert canonical_form(hidden, 0.0).kinks == 2


def test_opposite_orientations_merge_even_when_the_largest_entry_is_a_tie():
    e = 2.0**-52
    U = np.array([[1.0, -1.0], [-1.0, 1.0 + e]])  # the entry of largest modulus is another one after rounding
    form = canonical_form(Network(U, [0.0, 0.0], [1.0, 1.0], "relu"))
    assert form.kinks == 1
    X = np.random.default_rng(0).standard_normal((20, 2))
    assert np.allclose(form(X), np.abs(X[:, 0] - X[:, 1]), atol=1e-14)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(1, 6), st.integers(1, 4), st.integers(0, 10**6))
def test_orientation_keeps_values_and_switches_all_kinks_off(k, d, seed):
    form = canonical_form(random_network(seed, k, d, "leaky_relu"))
    rng = np.random.default_rng(seed + 1)
    X, p = rng.standard_normal((20, d)), rng.standard_normal(d)
    turned = orient_at(form, p)
    assert np.all(turned.directions @ p + turned.offsets <= 0)
    assert np.allclose(turned(X), form(X), rtol=1e-12, atol=1e-12)
    assert np.isclose(turned.v @ p + turned.c, form(p[None])[0], rtol=1e-12, atol=1e-12)
    assert turned.kinks == form.kinks


def test_refusals_of_the_canonical_form():
    for name in ("tanh", "power:2"):
        with pytest.raises(HypothesisViolated, match="no canonical form"):
            canonical_form(Network([[1.0]], [0.0], [1.0], name))
        with pytest.raises(HypothesisViolated, match="no canonical form"):
            rational_canonical_form(Network([[1.0]], [0.0], [1.0], name))
    relu = random_network(0, 2, 2)
    for tolerance in (-1.0, np.nan):
        with pytest.raises(BadData, match="tolerance"):
            canonical_form(relu, tolerance)
    with pytest.raises(ShapeError, match="dimension 2"):
        orient_at(canonical_form(relu), [1.0])


# ---- special networks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["relu", "tanh", "power:2"])
def test_cancelling_pair_changes_the_norms_and_not_the_function(name):
    base = random_network(1, 3, 4, name)
    loose = cancelling_pair(base, 1e6, [1.0, 0.0, 0.0, 0.0])
    X = np.random.default_rng(0).standard_normal((20, 4))
    assert np.allclose(loose(X), base(X), rtol=0, atol=1e-8)  # the two large terms round at 1e6·eps
    assert np.isclose(loose.path_norm() - base.path_norm(), 2e6)
    if name == "relu":
        assert canonical_form(loose).kinks == canonical_form(base).kinks
        assert loose.spectral_bound() > 1e6


def test_opposite_pairs_are_zero():
    U = np.random.default_rng(0).standard_normal((5, 3))
    U = np.vstack([U, -U.sum(axis=0)])
    zero = opposite_pairs(1e3, U)
    X = np.random.default_rng(1).standard_normal((30, 3))
    assert np.max(np.abs(zero(X))) < 1e-10
    assert np.isclose(zero.path_norm(), 2e3 * np.sum(np.linalg.norm(U, axis=1)))
    assert canonical_form(zero).kinks == 0
    base = random_network(2, 2, 3)
    assert np.allclose(opposite_pairs(1e3, U, base)(X), base(X), rtol=0, atol=1e-10)
    exact = opposite_pairs(7, np.array([[Fraction(1, 3)], [Fraction(-1, 3)]]))
    assert exact(np.array([[5], [-5]])).tolist() == [0, 0]


def test_unbalanced_scaling():
    u, other = np.array([0.6, 0.8]), np.array([1.0, 0.0])
    X = np.random.default_rng(0).standard_normal((30, 2))
    for M in (1.0, 1e3, 1e6):
        f = unbalanced_scaling(M, u, other)
        assert np.allclose(f(X), np.maximum(X @ u, 0) + np.maximum(X @ other, 0), rtol=1e-12, atol=1e-12)
        assert np.isclose(f.path_norm(), 2)
        assert f.spectral_bound() >= M**2
    assert canonical_form(unbalanced_scaling(1e6, u, other)).kinks == 2


@pytest.mark.parametrize(("d", "energy", "k"), [(1, 401.0, 5), (2, 801.0, 7), (5, 801.0, 7)])
def test_dependent_rows_break_the_energy_lemma(d, energy, k):
    f = dependent_rows(10.0, d)
    assert (f.k, f.d, f.energy()) == (k, d, energy)
    X = np.random.default_rng(0).standard_normal((50, d))
    assert np.allclose(f(X), np.maximum(X[:, 0], 0), rtol=0, atol=1e-12)
    form = canonical_form(f)  # the function is ReLU(x_1), so Lip = 1 and the lemma's bound E ≤ 4·Lip² is false
    assert (form.kinks, form.coefficients[0]) == (1, 1.0)
    assert np.linalg.matrix_rank(f.W) < f.k


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: cancelling_pair(random_network(0, 1, 2), 1.0, [1.0]), ShapeError, "u has shape (1,)"),
        (lambda: cancelling_pair(random_network(0, 1, 1), np.nan, [1.0]), BadData, "not finite"),
        (lambda: opposite_pairs(1.0, [[1.0], [2.0]]), HypothesisViolated, "the directions sum to [3.0]"),
        (lambda: opposite_pairs(1.0, [[1.0], [-1.0 + 1e-12]]), HypothesisViolated, "so that the sum is 0"),
        (lambda: opposite_pairs(1.0, [1.0, -1.0]), ShapeError, "m×d matrix"),
        (lambda: opposite_pairs(1.0, [[1.0], [-1.0]], random_network(0, 1, 1, "abs")), HypothesisViolated, "abs"),
        (lambda: unbalanced_scaling(0.0, [1.0], [1.0]), HypothesisViolated, "give M > 0"),
        (lambda: unbalanced_scaling(-2.0, [1.0], [1.0]), HypothesisViolated, "give M > 0"),
        (lambda: dependent_rows(1.0, 0), ShapeError, "give d ≥ 1"),
    ],
)
def test_bad_calls_of_the_constructions(call, error, words):
    with pytest.raises(error, match=re.escape(words)):
        call()
