"""Suprema over the unit sphere: values known by hand, fine grids, an independent Wasserstein distance, bad input."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from theory.errors import BadData, HypothesisViolated, ShapeError
from verify.evaluate.suprema import (
    SupremumEffort,
    activation_supremum,
    anchored_transport_supremum,
    biased_supremum,
    transport_cost,
    transport_supremum,
)

QUICK = settings(derandomize=True, deadline=None, max_examples=40)
SLOPES = [(0.0, 1.0), (-1.0, 1.0), (0.3, 1.0), (1.0, 1.0), (2.0, -1.0)]


def circle(count):
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.column_stack([np.cos(angles), np.sin(angles)])


def random_directions(count, rng):
    """Random points of S²."""
    points = rng.standard_normal((count, 3))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def weighted_sum(X, c, slopes, U):
    low, high = slopes
    products = U @ X.T
    return np.abs(np.where(products > 0, high, low) * products @ c)


def refine(function, start, rng, rounds=40):
    """A plain random search around `start`, independent of the module's own."""
    best, value, size = start, function(start[None])[0], 0.1
    for _ in range(rounds):
        trial = best + size * rng.standard_normal((200, len(best)))
        trial /= np.linalg.norm(trial, axis=1, keepdims=True)
        values = function(trial)
        if values.max() > value:
            best, value = trial[np.argmax(values)], values.max()
        else:
            size *= 0.7
    return value


def data(seed, n, d, integer):
    rng = np.random.default_rng(seed)
    X = rng.integers(-2, 3, (n, d)).astype(float) if integer else rng.standard_normal((n, d))
    y = np.where(rng.random(n) < 0.5, 1.0, -1.0)
    y[0], y[-1] = 1.0, -1.0
    return rng, X, rng.standard_normal(n), y - y.mean()


# ---------------------------------------------------------------- R


@pytest.mark.parametrize(
    ("X", "c", "slopes", "expected"),
    [
        ([[3.0, 4.0]], [2.0], "relu", 10.0),
        ([[3.0, 4.0]], [-2.0], (0.1, 0.5), 5.0),
        ([[1.0, 0.0], [-1.0, 0.0]], [1.0, 1.0], "relu", 1.0),                # |u_1|
        ([[1.0, 0.0], [-1.0, 0.0]], [1.0, -1.0], "relu", 1.0),               # u_1
        ([[1.0, 0.0], [0.0, 1.0]], [1.0, -1.0], "abs", 1.0),                 # |u_1| − |u_2|: at an axis, on a kink
        ([[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0], "abs", np.sqrt(2)),
        ([[1.0, 0.0], [1.0, 0.0]], [1.0, -1.0], "relu", 0.0),                # repeated points that cancel
        ([[1.0, 0.0], [0.0, 0.0]], [1.0, 7.0], "relu", 1.0),                 # a zero row
        ([[2.0], [-3.0]], [1.0, 1.0], "relu", 3.0),                          # u = 1: 2, u = −1: 3
        ([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]], [1.0, 1.0, 1.0], "relu", np.sqrt(3)),
        ([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]], [1.0, 1.0, -1.0], "relu", np.sqrt(2)),
        ([[1.0, 1.0]], [0.0], "relu", 0.0),
        (np.eye(5).tolist(), [1.0] * 5, "relu", np.sqrt(5)),
    ],
)
def test_activation_supremum_by_hand(X, c, slopes, expected):
    found = activation_supremum(X, c, slopes)
    assert found.exact
    assert found.lower <= expected * (1 + 1e-15) + 1e-15 and found.upper >= expected * (1 - 1e-15)
    assert found.upper - found.lower <= 1e-12


@pytest.mark.parametrize("slopes", SLOPES)
@pytest.mark.parametrize(("n", "integer"), [(2, False), (5, False), (12, False), (7, True), (15, True)])
def test_activation_supremum_in_the_plane_against_a_grid(n, integer, slopes):
    _, X, c, _ = data(n, n, 2, integer)
    found = activation_supremum(X, c, slopes)
    grid = weighted_sum(X, c, slopes, circle(40_000)).max()
    assert found.exact
    assert grid <= found.upper
    # the function is Σ|c_i|‖x_i‖-Lipschitz and the grid has step 2π/40000
    assert found.lower <= grid + 2 * np.pi / 40_000 * 2 * np.abs(c) @ np.linalg.norm(X, axis=1)
    assert weighted_sum(X, c, slopes, found.witness[None])[0] >= found.lower


@pytest.mark.parametrize("slopes", [(0.0, 1.0), (-1.0, 1.0), (0.3, 1.0)])
@pytest.mark.parametrize(("n", "integer"), [(3, False), (6, False), (12, False), (6, True), (14, True)])
def test_activation_supremum_in_space_against_an_independent_search(n, integer, slopes):
    rng, X, c, _ = data(n, n, 3, integer)
    found = activation_supremum(X, c, slopes)
    U = random_directions(30_000, rng)
    values = weighted_sum(X, c, slopes, U)
    starts = U[np.argsort(-values)[:20]]
    searched = max(refine(lambda V: weighted_sum(X, c, slopes, V), u, rng) for u in starts)
    assert found.exact
    assert searched <= found.upper
    assert searched >= found.lower * (1 - 1e-4)


@pytest.mark.parametrize(("n", "d"), [(5, 4), (8, 4), (6, 6), (30, 10), (12, 40)])
@pytest.mark.parametrize("integer", [False, True])
def test_activation_supremum_is_an_enclosure_in_any_dimension(n, d, integer):
    rng, X, c, _ = data(n + d, n, d, integer)
    found = activation_supremum(X, c, "relu")
    U = rng.standard_normal((20_000, d))
    U /= np.linalg.norm(U, axis=1, keepdims=True)
    assert weighted_sum(X, c, (0, 1), U).max() <= found.upper
    assert found.lower <= found.upper <= np.linalg.norm(c) * np.linalg.norm(X, 2) * (1 + 1e-12)
    assert weighted_sum(X, c, (0, 1), found.witness[None])[0] >= found.lower
    assert np.linalg.norm(found.witness) == pytest.approx(1.0, abs=1e-14)


def test_search_and_enumeration_agree():
    # the same problem solved exactly and, with no work allowed, by ascent: the lower bound must reach the exact value
    for seed in range(10):
        _, X, c, z = data(seed, 9, 3, False)
        idle = SupremumEffort(work=0)
        for solve, weights in ((activation_supremum, c), (transport_supremum, z)):
            exact = solve(X, weights)
            rough = solve(X, weights, effort=idle)
            assert exact.exact and rough.upper >= exact.lower
            assert rough.lower <= exact.upper
            assert rough.lower >= exact.lower * (1 - 1e-2)


@QUICK
@given(st.integers(0, 10_000))
def test_invariances(seed):
    _, X, c, z = data(seed, 5, 2 + seed % 2, seed % 3 == 0)
    rng = np.random.default_rng(seed)
    Q, _ = np.linalg.qr(rng.standard_normal((X.shape[1],) * 2))
    order, shift = rng.permutation(5), rng.standard_normal(X.shape[1])
    near = {"rel": 1e-9, "abs": 1e-9}
    for solve, weights in ((activation_supremum, c), (biased_supremum, z), (transport_supremum, z)):
        value = solve(X, weights).upper
        assert solve(X @ Q, weights).upper == pytest.approx(value, **near)
        assert solve(X[order], weights[order]).upper == pytest.approx(value, **near)
        assert solve(2 * X, -3 * weights).upper == pytest.approx(6 * value, **near)
        padded = np.column_stack([X, np.zeros((5, 4))])
        assert solve(padded, weights).upper == pytest.approx(value, **near)
    assert transport_supremum(X + shift, z).upper == pytest.approx(transport_supremum(X, z).upper, **near)
    assert biased_supremum(X + shift, z).upper == pytest.approx(biased_supremum(X, z).upper, **near)


# ---------------------------------------------------------------- R_b


def biased_values(X, z, U):
    return np.max([np.abs(np.maximum(U @ (X - x).T, 0) @ z) for x in X], axis=0)


@pytest.mark.parametrize(("n", "integer"), [(2, False), (6, False), (6, True), (12, True)])
def test_biased_supremum_in_the_plane_against_a_grid_of_directions_and_biases(n, integer):
    rng, X, _, z = data(n, n, 2, integer)
    found = biased_supremum(X, z)
    U = circle(20_000)
    grid = biased_values(X, z, U).max()
    assert found.exact
    assert grid <= found.upper
    assert found.lower <= grid + 2 * np.pi / 20_000 * 4 * np.abs(z).sum() * np.linalg.norm(X, axis=1).max()
    # biases that are not breakpoints never do better
    reach = np.linalg.norm(X, axis=1).max()
    for bias in rng.uniform(-1.2 * reach, 1.2 * reach, 50):
        assert np.abs(np.maximum(U[::40] @ X.T + bias, 0) @ z).max() <= found.upper
    assert abs(np.maximum(X @ found.witness + found.bias, 0) @ z) >= found.lower * (1 - 1e-12)


def test_biased_supremum_exceeds_the_unbiased_one():
    _, X, _, z = data(3, 8, 3, False)
    assert biased_supremum(X, z).upper >= activation_supremum(X, z, "relu").lower


@pytest.mark.parametrize("solve", [biased_supremum, transport_supremum])
def test_weights_must_sum_to_zero(solve):
    with pytest.raises(HypothesisViolated, match="sum to 1"):
        solve([[0.0], [1.0]], [2.0, -1.0])


def test_centred_labels_of_any_size_are_accepted():
    rng = np.random.default_rng(0)
    y = np.where(rng.random(3000) < 0.37, 1.0, -1.0)
    assert transport_supremum(rng.standard_normal((3000, 1)), y - y.mean()).exact


# ---------------------------------------------------------------- V, V_0


@pytest.mark.parametrize("seed", range(8))
def test_transport_cost_is_the_wasserstein_distance_of_the_classes(seed):
    rng, X, _, _ = data(seed, 15, 3, seed % 2 == 0)
    y = np.where(rng.random(15) < 0.4, 1.0, -1.0)
    y[0], y[1] = 1.0, -1.0
    U = random_directions(20, rng)
    mass = 15 * (1 - y.mean() ** 2) / 2
    expected = [mass * wasserstein_distance(X[y > 0] @ u, X[y < 0] @ u) for u in U]
    np.testing.assert_allclose(transport_cost(X, y - y.mean(), U), expected, rtol=1e-12)


@pytest.mark.parametrize(("n", "integer"), [(2, False), (5, False), (12, False), (30, False), (8, True), (20, True)])
def test_transport_supremum_in_the_plane_against_a_grid(n, integer):
    _, X, c, z = data(n, n, 2, integer)
    found, anchored = transport_supremum(X, z), anchored_transport_supremum(X, c)
    U, step = circle(20_000), 2 * np.pi / 20_000
    grid = transport_cost(X, z, U).max()
    assert found.exact and anchored.exact
    assert grid <= found.upper <= found.lower + 1e-9
    assert found.lower <= grid + step * np.abs(z) @ np.linalg.norm(X, axis=1)
    products = U @ X.T
    # V_0 from its definition: both integrals by sorting the positive and the negative projections apart
    direct = [_anchored(p, c) for p in products[::20]]
    assert max(direct) <= anchored.upper
    assert anchored.lower <= max(direct) + 20 * step * 2 * np.abs(c) @ np.linalg.norm(X, axis=1)


def _anchored(projections, c):
    total = 0.0
    for sign in (1.0, -1.0):
        q = sign * projections
        cuts = np.unique(np.concatenate([[0.0], q[q > 0]]))
        total += sum((b - a) * abs(c[q > 0.5 * (a + b)].sum()) for a, b in pairwise(cuts))
    return total


@pytest.mark.parametrize(("n", "integer"), [(4, False), (8, False), (7, True)])
def test_transport_supremum_in_space_against_an_independent_search(n, integer):
    rng, X, _, z = data(n, n, 3, integer)
    found = transport_supremum(X, z)
    U = random_directions(20_000, rng)
    starts = U[np.argsort(-transport_cost(X, z, U))[:20]]
    searched = max(refine(lambda V: transport_cost(X, z, V), u, rng) for u in starts)
    assert found.exact
    assert searched <= found.upper
    assert searched >= found.lower * (1 - 1e-4)


@pytest.mark.parametrize(("n", "d"), [(6, 5), (20, 8), (40, 60)])
def test_transport_supremum_is_an_enclosure_in_any_dimension(n, d):
    rng, X, _, z = data(n, n, d, False)
    found = transport_supremum(X, z)
    U = rng.standard_normal((5000, d))
    U /= np.linalg.norm(U, axis=1, keepdims=True)
    assert transport_cost(X, z, U).max() <= found.upper
    assert transport_cost(X, z, found.witness[None])[0] >= found.lower
    assert found.lower >= transport_cost(X, z, U).max()
    # one coupling by hand, the product: V ≤ M √λ_1(Σ p_i q_j (x_i−x_j)(x_i−x_j)ᵀ)
    p, q = np.maximum(z, 0), np.maximum(-z, 0)
    D = X[:, None] - X[None]
    moment = np.einsum("ij,ijk,ijl->kl", np.outer(p, q) / p.sum() ** 2, D, D)
    assert found.upper <= p.sum() * np.sqrt(np.linalg.eigvalsh(moment)[-1]) * (1 + 1e-9)


def test_the_transport_cost_is_not_convex():
    X, z = np.array([[1.0, 0], [-1.0, 0], [0, 1.0], [0, -1.0]]), np.array([1.0, 1.0, -1.0, -1.0])
    values = transport_cost(X, z, np.array([[1.0, 0.5], [1.0, -0.5], [1.0, 0.0]]))
    np.testing.assert_allclose(values, [1.0, 1.0, 2.0])          # the midpoint is above both ends
    assert transport_supremum(X, z).upper == pytest.approx(2.0)


@pytest.mark.parametrize("solve", [activation_supremum, biased_supremum, transport_supremum])
@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (4, 2)])
def test_zero_weights_have_supremum_zero(solve, shape):
    found = solve(np.ones(shape), np.zeros(shape[0]))
    assert (found.lower, found.exact) == (0.0, True) and found.upper <= 1e-14


@pytest.mark.parametrize("scale", [1e-12, 1e-10, 1e-8, 1e-6])
def test_nearly_coincident_hyperplanes(scale):
    rng, X, c, _ = data(0, 6, 3, False)
    doubled = np.concatenate([X, X + scale * rng.standard_normal(X.shape)])
    weights = np.concatenate([c, c])
    plain, found = activation_supremum(X, 2 * c), activation_supremum(doubled, weights)
    size = np.abs(c) @ np.linalg.norm(X, axis=1)
    assert found.lower <= plain.upper + 5 * scale * np.abs(c).sum()
    assert found.upper >= plain.lower - 5 * scale * np.abs(c).sum()
    assert found.upper - found.lower <= 1e-7 * size


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: activation_supremum([1.0, 2.0], [1.0]), ShapeError, "n×d"),
        (lambda: activation_supremum([[1.0], [2.0]], [1.0]), ShapeError, "2 rows"),
        (lambda: activation_supremum([[np.inf]], [1.0]), BadData, "not finite"),
        (lambda: activation_supremum([[1.0]], [1.0], "tanh"), BadData, "piecewise-linear"),
        (lambda: transport_supremum(np.zeros((0, 2)), []), ShapeError, "n×d"),
        (lambda: SupremumEffort(starts=0), BadData, "starts"),
    ],
)
def test_bad_input_is_named(call, error, words):
    with pytest.raises(error, match=words):
        call()
