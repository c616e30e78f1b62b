"""LipSDP by the low-rank method: values known by hand, sandwiches with enumeration, hard inputs, the false twin."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import cvxpy as cp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.errors import BadData, HypothesisViolated, ShapeError
from verify.lipschitz import kink_form, lipschitz_enclosure, path_bound, spectral_bound
from verify.lipschitz.piecewise.lipsdp import certified_lipsdp, kink_relaxation, lipsdp_bound
from verify.lipschitz.piecewise.norms import sign_patterns
from verify.lipschitz.piecewise.reference import lipsdp_by_matrix_inequality, lipsdp_by_max_cut
from verify.lipschitz.piecewise.relaxation import first_factor, multiplier_bound, relax_batch, relaxation

QUICK = settings(derandomize=True, deadline=None, max_examples=60)


def largest(v, G):
    """max ‖v + Gᵀs‖ over all sign patterns."""
    return float(np.linalg.norm(sign_patterns(len(G)) @ G + v, axis=1).max())


def random_rows(rng, m, d, kind):
    G = rng.standard_normal((m, d))
    if kind == "coherent":
        G = np.ones(d) + 0.01 * G
    elif kind == "scales":
        G = G * np.exp(4 * rng.standard_normal((m, 1)))
    elif kind == "low rank":
        G = G[:, :1] @ rng.standard_normal((1, d)) + 1e-9 * G
    elif kind == "repeated":
        G = np.repeat(G[: max(1, m // 3)], 3, axis=0)
    elif kind == "sparse":
        G = G * (rng.random(G.shape) < 0.3)
    elif kind == "integers":
        G = rng.integers(-2, 3, size=(m, d)).astype(float)
    return G


KINDS = ("generic", "coherent", "scales", "low rank", "repeated", "sparse", "integers")


# ---------------------------------------------------------------- values by hand


@pytest.mark.parametrize(
    ("v", "G", "expected"),
    [
        ([0, 0], [[3, 0], [0, 4]], 5.0),                          # orthogonal rows: Pythagoras
        ([3, 4], [[3, 4]], 10.0),                                 # one direction: the lengths add up
        ([-3, -4], [[3, 4]], 10.0),
        ([0], [[2], [-5]], 7.0),                                  # d = 1: Σ|g|
        ([0, 0], [[1, 0]], 1.0),                                  # one row
        ([0, 0, 0], [[0, 0, 0]], 0.0),
        # three unit vectors at 120° in the plane: P = I/2 gives (3/√2)² = 4.5 and y = (1, 1, 1), Σhhᵀ = 1.5·I the same;
        # the signs reach 2 (a relaxation gap of 3/(2√2))
        ([1, 0], [[-0.5, np.sqrt(0.75)], [-0.5, -np.sqrt(0.75)]], np.sqrt(4.5)),
    ],
)
def test_values_by_hand(v, G, expected):
    found = relaxation(np.array(v, dtype=float), np.array(G, dtype=float), tolerance=1e-9)
    assert found.upper == pytest.approx(expected, rel=1e-8, abs=1e-12)
    assert found.upper >= expected * (1 - 1e-15)
    assert found.primal <= expected * (1 + 1e-12)


@pytest.mark.parametrize("n", [3, 5, 9, 41])
def test_odd_cycles_have_the_known_max_cut_relaxation(n):
    # HHᵀ = Laplacian of the cycle C_n: max ⟨L, Z⟩, diag Z = 1, is the largest eigenvalue 2 + 2cos(π/n) times n
    shift = np.roll(np.eye(n), 1, axis=0)
    eigenvalues, vectors = np.linalg.eigh(2 * np.eye(n) - shift - shift.T)
    H = vectors * np.sqrt(np.maximum(eigenvalues, 0))
    found = relaxation(np.zeros(n), H, tolerance=1e-7)
    assert found.upper**2 == pytest.approx(n * (2 + 2 * np.cos(np.pi / n)), rel=1e-6)


def test_one_neuron_for_every_slope_interval():
    for slopes, expected in (("relu", 10), ("tanh", 10), ("sigmoid", 2.5), ((-0.3, 0.5), 5), ((-2, 1), 20), ((1, 1), 10), ((0, 0), 0)):
        # up to the tolerance for the two rows h_0 and h_1, parallel when both slopes have one sign
        assert lipsdp_bound([[3.0, 4.0]], [0.5], [-2.0], slopes=slopes).upper == pytest.approx(expected, rel=1e-4, abs=1e-12)


def test_the_affine_part_counts():
    assert lipsdp_bound([[1.0, 0.0]], [0.0], [1.0], [0.0, 3.0]).upper == pytest.approx(np.sqrt(10), rel=1e-4)
    assert lipsdp_bound([[1.0, 0.0]], [0.0], [-1.0], [1.0, 0.0]).upper == pytest.approx(1.0, rel=1e-4)


# ---------------------------------------------------------------- sandwiches


@pytest.mark.parametrize("kind", KINDS)
@QUICK
@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 7), st.booleans())
def test_between_the_patterns_and_grothendieck(kind, seed, m, d, centred):
    rng = np.random.default_rng(seed)
    G = random_rows(rng, m, d, kind)
    v = np.zeros(d) if centred else rng.standard_normal(d)
    found = relaxation(v, G)
    exact = largest(v, G)
    assert exact <= found.upper
    # Nesterov's π/2 theorem for positive semidefinite HHᵀ (a sign for v changes no norm)
    assert found.primal <= np.sqrt(np.pi / 2) * exact * (1 + 1e-9)
    assert found.primal <= found.upper <= found.primal * (1 + 1e-4) + 1e-300
    assert multiplier_bound(v, G, found.multipliers) == pytest.approx(found.upper, rel=1e-12)
    lengths = np.linalg.norm(v) + np.linalg.norm(G, axis=1).sum()
    assert found.upper <= lengths * (1 + 1e-9)
    assert found.upper <= np.sqrt(len(G) + 1) * np.linalg.norm(np.vstack([v, G]), 2) * (1 + 2e-4)


@QUICK
@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(1, 4))
def test_sandwich_on_networks(seed, k, d):
    rng = np.random.default_rng(seed)
    W, b, a = rng.standard_normal((k, d)), rng.standard_normal(k), rng.standard_normal(k)
    enclosure = lipschitz_enclosure(W, b, a)
    merged, plain = kink_relaxation(kink_form(W, b, a)), lipsdp_bound(W, b, a)
    assert enclosure.lower <= merged.upper
    assert enclosure.exact
    assert merged.upper <= plain.upper * (1 + 1e-4)
    assert plain.upper <= spectral_bound(W, b, a) * (1 + 1e-4)
    assert plain.upper <= path_bound(W, b, a) * (1 + 1e-4)


@QUICK
@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(1, 6))
def test_gradients_of_every_slope_interval_are_bounded(seed, k, d):
    rng = np.random.default_rng(seed)
    W, a, v = rng.standard_normal((k, d)), rng.standard_normal(k), rng.standard_normal(d)
    low, high = np.sort(2 * rng.standard_normal(2))
    bound = lipsdp_bound(W, np.zeros(k), a, v, slopes=(low, high)).upper
    corners = np.where(sign_patterns(k) > 0, high, low)
    inside = rng.uniform(low, high, size=(50, k))
    gradients = np.vstack([corners, inside]) * a @ W + v
    assert np.linalg.norm(gradients, axis=1).max() <= bound


@QUICK
@given(st.integers(0, 2**32 - 1), st.integers(2, 9), st.integers(1, 6), st.integers(1, 6), st.sampled_from(KINDS))
def test_a_batch_bounds_every_partial_pattern(seed, m, d, steps, kind):
    rng = np.random.default_rng(seed)
    G = random_rows(rng, m, d, kind)
    v, m = rng.standard_normal(d), len(G)
    free = rng.random((6, m)) < 0.6
    free[0], free[1] = True, False
    signs = np.where(free, 0.0, rng.choice([-1.0, 1.0], size=(6, m)))
    fixed = signs @ G + v
    factor = np.repeat(first_factor(v, G)[None], 6, axis=0)
    upper, after, y = relax_batch(fixed, G, free, factor, steps)
    for n in range(6):
        exact = largest(fixed[n], G[free[n]])
        assert exact <= upper[n]
        assert (y[n, 1:][~free[n]] == 0).all()
        assert multiplier_bound(fixed[n], np.where(free[n][:, None], G, 0.0), np.where(y[n] > 0, y[n], 0)) <= upper[n] * (1 + 1e-9)
    assert upper[1] == pytest.approx(np.linalg.norm(fixed[1]), rel=1e-9)
    later, _, _ = relax_batch(fixed, G, free, after, 12)
    values = [relaxation(fixed[n], G[free[n]], tolerance=1e-6) for n in range(6)]
    assert (later >= [found.primal for found in values]).all()
    if kind in ("generic", "integers", "coherent"):
        assert (later <= [found.upper * 1.02 + 1e-12 for found in values]).all()


# ---------------------------------------------------------------- hard inputs


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e-9, 1e9, 1e160, 1e300])
def test_every_scale(scale):
    rng = np.random.default_rng(3)
    v, G = rng.standard_normal(4), rng.standard_normal((6, 4))
    assert relaxation(v * scale, G * scale).upper == pytest.approx(relaxation(v, G).upper * scale, rel=1e-12)
    factor = first_factor(v * scale, G * scale)[None]
    upper, _, _ = relax_batch(v[None] * scale, G * scale, np.ones((1, 6), bool), factor, 8)
    assert largest(v, G) * scale <= upper[0] <= 1.05 * scale * relaxation(v, G).upper


def test_rows_of_wildly_different_scales():
    G = np.diag([1.0, 1e-8, 1e-16, 1e-100, 1e-180])
    found = relaxation(np.zeros(5), G, tolerance=1e-9)
    assert found.upper == pytest.approx(np.sqrt(1 + 1e-16), rel=1e-8)
    assert found.upper >= 1.0
    tiny = relaxation(np.array([1.0, 0.0]), np.array([[1e-12, 1e-12], [0.0, 1e-200]]), tolerance=1e-9)
    assert tiny.upper == pytest.approx(1 + 1e-12, rel=1e-9)


@pytest.mark.parametrize(("m", "d"), [(3, 500), (1, 50), (40, 40), (200, 1)])
def test_every_shape(m, d):
    rng = np.random.default_rng(m)
    v, G = rng.standard_normal(d), rng.standard_normal((m, d))
    found = relaxation(v, G)
    assert found.upper <= found.primal * (1 + 1e-4)
    assert found.factor.shape[0] == d
    again = relaxation(v, G, start=found.factor)
    assert again.upper <= found.primal * (1 + 2e-4)


def test_dependent_rows_and_a_flat_problem():
    # the rows span a plane of R^20; the value is that of the plane
    rng = np.random.default_rng(0)
    flat, Q = rng.standard_normal((30, 2)), np.linalg.qr(rng.standard_normal((20, 2)))[0]
    low, high = relaxation(np.zeros(2), flat, tolerance=1e-8), relaxation(np.zeros(20), flat @ Q.T, tolerance=1e-8)
    assert high.upper == pytest.approx(low.upper, rel=1e-7)


def test_few_steps_give_a_valid_bound_and_more_steps_a_better_one():
    rng = np.random.default_rng(1)
    v, G = rng.standard_normal(6), rng.standard_normal((12, 6))
    bounds = [relaxation(v, G, tolerance=0.0, max_steps=steps) for steps in (1, 2, 5, 20, 100)]
    assert all(found.upper >= largest(v, G) for found in bounds)
    assert all(later.upper <= earlier.upper for earlier, later in pairwise(bounds))
    assert all(later.primal >= earlier.primal for earlier, later in pairwise(bounds))


def test_a_thousand_neurons_close_to_the_tolerance():
    rng = np.random.default_rng(2)
    G = rng.standard_normal((1000, 30)) / 30
    found = relaxation(G.sum(axis=0), G)
    assert found.upper <= found.primal * (1 + 1e-4)
    assert found.steps < 500


@pytest.mark.parametrize("slopes", [(0.0, 1.0), (0.1, 1.0), (-1.0, 1.0), (-0.5, 2.0), (0.0, 0.25), (0.5, 0.8)])
def test_agrees_with_both_convex_programs(slopes):
    rng = np.random.default_rng(7)
    for k, d in ((1, 3), (4, 2), (6, 6), (9, 3)):
        W, a, v = rng.standard_normal((k, d)), rng.standard_normal(k), rng.standard_normal(d)
        ours = lipsdp_bound(W, np.zeros(k), a, v, slopes=slopes, tolerance=1e-8).upper
        mean, half = (slopes[0] + slopes[1]) / 2, (slopes[1] - slopes[0]) / 2
        assert lipsdp_by_matrix_inequality(W, a, v, slopes) == pytest.approx(ours, rel=2e-6)
        assert lipsdp_by_max_cut(v + mean * a @ W, half * a[:, None] * W) == pytest.approx(ours, rel=2e-6)


def test_bad_input():
    one = np.ones((1, 2))
    with pytest.raises(ShapeError, match="give v of shape"):
        relaxation(np.ones(3), one)
    with pytest.raises(BadData, match="not finite"):
        relaxation(np.array([np.nan, 0.0]), one)
    with pytest.raises(BadData, match="tolerance"):
        relaxation(np.ones(2), one, tolerance=-1)
    with pytest.raises(ShapeError, match="start"):
        relaxation(np.ones(2), one, start=np.zeros((2, 2)))
    with pytest.raises(ShapeError, match="multipliers"):
        multiplier_bound(np.ones(2), one, np.ones(3))
    with pytest.raises(BadData, match="positive"):
        multiplier_bound(np.ones(2), one, np.array([1.0, 0.0]))
    with pytest.raises(BadData, match="slope interval"):
        lipsdp_bound(one, [0], [1], slopes=(1.0, 0.0))
    with pytest.raises(HypothesisViolated, match="power:3"):
        lipsdp_bound(one, [0], [1], slopes="power:3")


# ---------------------------------------------------------------- the published variant is unsound


def non_diagonal_bound(W, a):
    """LipSDP for ReLU with the multipliers of the first version of Fazlyab et al.: T = Σλ_i e_ie_iᵀ + Σλ_ij(e_i−e_j)(e_i−e_j)ᵀ.

    The terms with i ≠ j would be sound if ψ had one slope at all neurons for each pair of points; it has one slope a neuron.
    """
    k, d = W.shape
    edges = [np.eye(k)[i] for i in range(k)] + [np.eye(k)[i] - np.eye(k)[j] for i in range(k) for j in range(i)]
    weights = cp.Variable(len(edges), nonneg=True)
    T = sum(weights[n] * np.outer(e, e) for n, e in enumerate(edges))
    rho = cp.Variable()
    matrix = cp.bmat([[-rho * np.eye(d), W.T @ T], [T @ W, np.outer(a, a) - 2 * T]])
    problem = cp.Problem(cp.Minimize(rho), [(matrix + matrix.T) / 2 << 0])
    return float(np.sqrt(problem.solve(solver="CLARABEL")))


def test_the_non_diagonal_multipliers_are_caught_below_an_exact_gradient():
    W, a = np.array([[3.0, -3.0], [2.0, -3.0]]), np.array([-1.0, 3.0])
    # at x = (−4, −3): −3 < 0 and 1 > 0, only the second neuron is active, and ∇f = 3·(2, −3) has norm √117
    x = np.array([-4.0, -3.0])
    gradient = np.where(W @ x > 0, a, 0.0) @ W
    assert gradient.tolist() == [6.0, -9.0]
    truth = np.sqrt(117)
    assert non_diagonal_bound(W, a) < 0.99 * truth
    assert lipschitz_enclosure(W, np.zeros(2), a).lower == pytest.approx(truth, rel=1e-12)
    assert lipsdp_bound(W, np.zeros(2), a).upper >= truth
    document = certified_lipsdp(W, np.zeros(2), a)
    assert Fraction(document["value"]) ** 2 >= 117


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_sandwich_on_thousands(kind):
    rng = np.random.default_rng(KINDS.index(kind))
    for _ in range(1000):
        m, d = rng.integers(1, 11), rng.integers(1, 13)
        G = random_rows(rng, m, d, kind)
        v = rng.choice([0.0, 1.0]) * rng.standard_normal(d)
        found = relaxation(v, G)
        assert largest(v, G) <= found.upper <= found.primal * (1 + 1e-4) + 1e-300
