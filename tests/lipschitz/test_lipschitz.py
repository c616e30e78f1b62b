"""Lipschitz enclosures: values known by hand, sandwiches, exactness against independent programs, degenerate cases."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from theory.errors import BadData, ShapeError
from verify.lipschitz import (
    GLOBAL,
    Budget,
    Domain,
    Witness,
    ball,
    box_bound,
    chord_lower_bound,
    gradient_lower_bound,
    kink_form,
    lipschitz_enclosure,
    path_bound,
    pattern_bound,
    spectral_bound,
    sphere,
    witness_value,
)
from verify.lipschitz.piecewise.arrangement import all_cells, cells_meeting_ball
from verify.lipschitz.piecewise.norms import sign_patterns

QUICK = settings(derandomize=True, deadline=None, max_examples=40)


def random_network(rng, k, d, bias=1.0):
    return rng.standard_normal((k, d)), bias * rng.standard_normal(k), rng.standard_normal(k)


def gradient_norms(network, slopes, points, v=None):
    W, b, a = network
    low, high = slopes
    weights = np.where(points @ W.T + b > 0, high, low) * a
    return np.linalg.norm(weights @ W + (0 if v is None else v), axis=1)


# ---------------------------------------------------------------- values by hand


@pytest.mark.parametrize(
    ("slopes", "expected"), [("relu", 10.0), ("abs", 10.0), ("identity", 10.0), ((0.1, 1), 10.0), ((3, 1), 30.0)]
)
def test_one_neuron_is_the_steeper_slope(slopes, expected):
    found = lipschitz_enclosure([[3.0, 4.0]], [0.7], [-2.0], slopes=slopes)
    assert found.exact
    assert found.lower == pytest.approx(expected, rel=1e-13)
    assert found.upper == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("factor", [1.0, 2.0, -0.5])
def test_an_exactly_cancelling_pair_disappears(factor):
    # ψ homogeneous: M|u·x+β| − (M/|λ|)|λ(u·x+β)| = 0
    W = np.array([[0.3, 0.4], [0.3 * factor, 0.4 * factor], [1.0, 0.0]])
    b = np.array([0.1, 0.1 * factor, 0.0])
    found = lipschitz_enclosure(W, b, [1e6, -1e6 / abs(factor), 1.0], slopes="abs")
    assert found.exact
    assert found.upper == pytest.approx(1.0, abs=1e-6)     # rounding allowance: 1e6·eps·(a few dozen)
    assert found.methods["path"] > 1e6


def test_nearly_equal_hyperplanes_do_not_cancel():
    # M ReLU(x) − M ReLU(x − h): slope M between 0 and h, however small h
    assert lipschitz_enclosure([[1.0], [1.0]], [0.0, -1e-9], [5.0, -5.0]).lower == pytest.approx(5.0)
    merged = lipschitz_enclosure([[1.0], [1.0]], [0.0, -1e-9], [5.0, -5.0], budget=Budget(merge_tolerance=1e-8))
    assert merged.upper == pytest.approx(0.0, abs=1e-12)
    hidden = lipschitz_enclosure([[1.0, 0], [1.0, 1e-13]], [0.0, 0.0], [5.0, -5.0])    # a cone of angle 1e-13
    assert hidden.upper >= 5.0


@pytest.mark.parametrize(("radius", "expected"), [(0.5, 1.0), (1.0, 1.0), (1.5, 3.0), (4.0, 3.0)])
def test_a_spline_in_one_variable_on_an_interval(radius, expected):
    # slopes 1, −1, 3 … of x ↦ x − 2ReLU(x) + 4ReLU(x−1)
    found = lipschitz_enclosure([[1.0], [1.0]], [0.0, -1.0], [-2.0, 4.0], [1.0], domain=ball(radius))
    assert found.exact
    assert found.upper == pytest.approx(expected, rel=1e-12)


def test_a_ball_with_a_centre_misses_a_kink_that_the_origin_sees():
    W, b, a = [[1.0, 0.0]], [0.0], [2.0]
    assert lipschitz_enclosure(W, b, a, domain=ball(1.0, (-2.0, 0.0))).upper == pytest.approx(0.0, abs=1e-12)
    assert lipschitz_enclosure(W, b, a, domain=ball(1.0, (-0.5, 0.0))).lower == pytest.approx(2.0)


@pytest.mark.parametrize(("shift", "expected"), [(1.0, 0.0), (0.999, 7.0), (1 - 1e-12, 7.0), (1 + 1e-12, 0.0)])
def test_tangent_hyperplanes_do_not_meet_the_open_ball(shift, expected):
    found = lipschitz_enclosure([[0.6, 0.8], [3.0, 4.0]], [9.0, -5 * shift], [0.0, 1.4], domain=ball(1.0))
    assert found.exact
    assert found.upper == pytest.approx(expected, abs=1e-12)


def test_the_published_counterexample_network():
    # cells of W = [[3,−3],[2,−3]], a = (−1, 3): gradients 0, (−3,3), (6,−9), (3,−6); the norm of (6,−9) is √117
    found = lipschitz_enclosure([[3.0, -3.0], [2.0, -3.0]], [0.0, 0.0], [-1.0, 3.0])
    assert found.exact
    assert found.lower == pytest.approx(np.sqrt(117), rel=1e-13)


def test_disjoint_caps_on_the_circle():
    # f = 10 ReLU(x_1 − 0.9): on the circle the tangential slope is 10 sin θ on the cap, at most 10√0.19
    found = lipschitz_enclosure([[1.0, 0.0]], [-0.9], [10.0], domain=sphere())
    assert found.lower == pytest.approx(10 * np.sqrt(0.19), rel=1e-9)
    assert found.lower <= 10 * np.sqrt(0.19) <= found.upper <= 10.0 * (1 + 1e-12)


def test_the_sphere_of_the_line_is_two_points():
    found = lipschitz_enclosure([[1.0]], [0.0], [2.0], domain=sphere())
    assert found.exact
    assert found.upper == pytest.approx(1.0, rel=1e-12)
    assert lipschitz_enclosure([[1.0]], [0.0], [2.0], domain=ball()).upper == pytest.approx(2.0)


def test_dependent_rows_do_not_realise_all_patterns():
    # rows e_1, e_2, e_1+e_2: 6 cells, not 8 patterns
    W = np.array([[1.0, 0, 0], [0, 1.0, 0], [1.0, 1.0, 0]])
    found = lipschitz_enclosure(W, np.zeros(3), [1.0, 1.0, -1.0])
    # cells (++,+): e1+e2−(e1+e2)=0; (+−,+): −e2; (+−,−): e1; (−+,+): −e1; (−+,−): e2; (−−,−): 0
    assert found.exact
    assert found.upper == pytest.approx(1.0, rel=1e-12)
    assert pattern_bound(kink_form(W, np.zeros(3), [1.0, 1.0, -1.0])) == pytest.approx(np.sqrt(2), rel=1e-12)


# ---------------------------------------------------------------- the arrangement against linear programs


def realisable(W, b, signs):
    """Largest t ≤ 1 with s_j(w_j·x+b_j) ≥ t, by a linear program."""
    m, d = W.shape
    rows = np.column_stack([-signs[:, None] * W, np.ones(m)])
    result = linprog(np.append(np.zeros(d), -1.0), A_ub=rows, b_ub=signs * b, bounds=[(None, None)] * d + [(None, 1)])
    return -result.fun > 1e-7


@pytest.mark.parametrize("seed", range(60))
def test_cells_of_degenerate_integer_arrangements_match_linear_programs(seed):
    rng = np.random.default_rng(seed)
    m, d = int(rng.integers(2, 6)), int(rng.integers(1, 5))
    W, b = rng.integers(-1, 2, (m, d)).astype(float), rng.integers(-1, 2, m) * float(seed % 3 != 0)
    form = kink_form(W, b, np.ones(m), slopes="abs")
    if form.size == 0:
        return
    expected = {tuple(s) for s in sign_patterns(form.size) if realisable(form.W, form.b, s)}
    cells = all_cells(form.W, form.b)
    assert cells.complete
    assert {tuple(s) for s in cells.signs} == expected
    signs, strict = form.strict_signs(cells.points)
    assert strict.all()
    np.testing.assert_array_equal(signs, cells.signs)


def test_cells_meeting_a_ball_of_a_grid():
    # x, y ∈ {−½, ½, 3}: the unit ball meets the 3×3 cells of the first four lines and not the far ones
    W = np.array([[1.0, 0], [1.0, 0], [0, 1.0], [0, 1.0], [1.0, 0]])
    b = np.array([0.5, -0.5, 0.5, -0.5, -3.0])
    assert len(np.unique(cells_meeting_ball(W, b, np.zeros(2), 1.0).signs, axis=0)) == 9
    # at radius 0.7 < √½ the four corner cells are missed
    assert len(np.unique(cells_meeting_ball(W, b, np.zeros(2), 0.7).signs, axis=0)) == 5


def test_number_of_cells_of_a_generic_arrangement():
    rng = np.random.default_rng(0)
    cells = all_cells(rng.standard_normal((7, 3)), rng.standard_normal(7))
    assert len(np.unique(cells.signs, axis=0)) == 1 + 7 + 21 + 35
    assert len(np.unique(all_cells(rng.standard_normal((7, 3)), np.zeros(7)).signs, axis=0)) == 2 * (1 + 6 + 15)


# ---------------------------------------------------------------- sandwiches and properties


@pytest.mark.parametrize("domain", [GLOBAL, ball(1.0), ball(0.7, (0.3, -0.2))])
@pytest.mark.parametrize("slopes", [(0.0, 1.0), (-1.0, 1.0), (0.1, 1.0)])
@pytest.mark.parametrize("k", [1, 2, 5, 9])
def test_sampling_never_exceeds_the_exact_value_and_comes_close_in_the_plane(k, slopes, domain):
    rng = np.random.default_rng(k)
    network = random_network(rng, k, 2, 0.3)
    v = rng.standard_normal(2)
    found = lipschitz_enclosure(*network, v, slopes=slopes, domain=domain)
    assert found.exact
    directions = rng.standard_normal((40_000, 2))
    if domain.kind == "ball":
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        points = domain.centre_in(2) + domain.radius * np.sqrt(rng.random((40_000, 1))) * directions
    else:
        points = np.exp(2 * rng.standard_normal((40_000, 1))) * directions
    sampled = gradient_norms(network, slopes, points, v).max()
    assert sampled <= found.upper
    # a cell can be too small for 40000 points; none of these seeds has one
    assert sampled >= found.lower * (1 - 1e-3)


@pytest.mark.parametrize(("k", "d"), [(1, 1), (4, 1), (3, 3), (6, 2), (6, 4), (12, 5), (40, 2), (24, 30), (64, 20)])
@pytest.mark.parametrize("domain", [GLOBAL, ball(2.0), sphere(2.0)])
def test_lower_is_at_most_upper_and_the_witness_proves_lower(k, d, domain):
    rng = np.random.default_rng(k + d)
    network = random_network(rng, k, d)
    found = lipschitz_enclosure(*network, domain=domain)
    assert 0 <= found.lower <= found.upper <= min(found.methods.values())
    if found.upper < 1e-12:     # the one neuron of the smallest case is inactive on these domains
        assert (k, found.exact) == (1, True)
        return
    assert found.witness is not None
    assert domain.contains(found.witness.points).all()
    form = kink_form(*network)
    assert witness_value(form, domain, found.witness) >= found.lower
    if domain.kind != "sphere" and k <= 12:
        assert found.exact


@QUICK
@given(st.integers(0, 10_000))
def test_invariance_under_rotation_scale_and_permutation(seed):
    rng = np.random.default_rng(seed)
    k, d = int(rng.integers(1, 6)), int(rng.integers(1, 4))
    W, b, a = random_network(rng, k, d)
    Q, _ = np.linalg.qr(rng.standard_normal((d, d)))
    scale, order = np.exp(rng.standard_normal(k)), rng.permutation(k)
    for domain in (GLOBAL, ball(1.5)):
        value = lipschitz_enclosure(W, b, a, domain=domain).upper
        assert lipschitz_enclosure(W @ Q, b, a, domain=domain).upper == pytest.approx(value, rel=1e-9)
        assert lipschitz_enclosure(W[order], b[order], a[order], domain=domain).upper == pytest.approx(value, rel=1e-9)
        scaled = lipschitz_enclosure(scale[:, None] * W, scale * b, a / scale, domain=domain)
        assert scaled.upper == pytest.approx(value, rel=1e-9)
        assert lipschitz_enclosure(W, b, -3 * a, domain=domain).upper == pytest.approx(3 * value, rel=1e-9)


@QUICK
@given(st.integers(0, 10_000))
def test_domains_are_nested(seed):
    rng = np.random.default_rng(seed)
    network = random_network(rng, int(rng.integers(1, 7)), int(rng.integers(1, 4)))
    small, large, whole = (lipschitz_enclosure(*network, domain=D) for D in (ball(0.5), ball(2.0), GLOBAL))
    assert small.lower <= large.upper and large.lower <= whole.upper
    assert lipschitz_enclosure(*network, domain=sphere(0.5)).lower <= small.upper


def test_large_bounds_hold_where_only_sampling_is_possible():
    rng = np.random.default_rng(0)
    W, b, a = random_network(rng, 64, 50)
    found = lipschitz_enclosure(W, b, a)
    assert not found.exact
    assert found.lower >= gradient_norms((W, b, a), (0, 1), rng.standard_normal((2000, 50))).max()
    assert found.upper <= min(spectral_bound(W, b, a), path_bound(W, b, a))


def test_a_gradient_at_a_kink_is_not_a_bound():
    # f = 0 as ReLU(x) + ReLU(−x) − |x|; with the convention ψ'(0) = 1 its formal gradient at 0 is not 0
    form = kink_form([[2.0]], [0.0], [1.0])
    assert witness_value(form, GLOBAL, Witness("gradient", np.zeros((1, 1)))) == -1.0
    value, witness = gradient_lower_bound(form, ball(1.0), np.random.default_rng(0))
    assert value == pytest.approx(2.0) and witness.points[0, 0] > 0


def test_chords_of_a_linear_function_reach_the_gradient():
    form = kink_form([[3.0, 4.0]], [0.0], [1.0], slopes="identity")
    value, witness = chord_lower_bound(form, sphere(), np.random.default_rng(0))
    assert 5 * (1 - 1e-4) <= value <= 5.0
    assert witness_value(form, sphere(), witness) >= value


# ---------------------------------------------------------------- degenerate and bad input


@pytest.mark.parametrize("domain", [GLOBAL, ball(1.0), sphere()])
def test_networks_without_kinks(domain):
    assert lipschitz_enclosure(np.zeros((0, 2)), [], [], domain=domain).upper == pytest.approx(0.0, abs=1e-14)
    constant = lipschitz_enclosure([[0.0, 0.0], [1.0, 1.0]], [1.0, 0.0], [5.0, 0.0], domain=domain)
    assert constant.upper == pytest.approx(0.0, abs=1e-14) and constant.lower == 0.0
    affine = lipschitz_enclosure([[0.0, 0.0]], [1.0], [5.0], [3.0, 4.0], domain=domain)
    assert affine.upper == pytest.approx(5.0) and affine.lower == pytest.approx(5.0, rel=1e-3)


@pytest.mark.parametrize("seed", range(40))
def test_nearly_degenerate_arrangements_keep_a_valid_upper_bound(seed):
    # integer arrangements moved by 1e-15 … 1e-6: tiny cells appear around the old vertices
    rng = np.random.default_rng(seed)
    d, m, size = int(rng.integers(2, 4)), int(rng.integers(3, 7)), 10.0 ** rng.integers(-15, -5)
    W = rng.integers(-1, 2, (m, d)) + size * rng.standard_normal((m, d))
    b, a = rng.integers(-1, 2, m) + size * rng.standard_normal(m), rng.standard_normal(m)
    form = kink_form(W, b, a)
    vertices = [
        np.linalg.solve(W[list(S)], -b[list(S)])
        for S in combinations(range(m), d)
        if abs(np.linalg.det(W[list(S)])) > 1e-14
    ]
    moves = np.concatenate([scale * rng.standard_normal((50, d)) for scale in 10.0 ** np.arange(0, -11, -2)])
    points = np.concatenate([vertex + moves for vertex in vertices])
    signs, strict = form.strict_signs(points)
    for domain in (GLOBAL, ball(1.5)):
        inside = strict & domain.contains(points, 0.0)
        found = lipschitz_enclosure(W, b, a, domain=domain)
        assert np.linalg.norm(form.gradients(signs[inside]), axis=1).max(initial=0.0) <= found.upper
        assert found.lower <= found.upper


def test_parallel_hyperplanes_and_repeated_rows():
    W = np.array([[1.0, 2.0]] * 3 + [[-1.0, -2.0]])
    found = lipschitz_enclosure(W, [0.0, 1.0, 0.0, 5.0], [1.0, 1.0, 1.0, 1.0])
    # 2ReLU(s)+ReLU(s+1)+ReLU(5−s): slopes −1, 0, 2, 3 in units of √5
    assert found.exact
    assert found.upper == pytest.approx(3 * np.sqrt(5), rel=1e-12)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: lipschitz_enclosure([1.0], [0.0], [1.0]), ShapeError, "k×d"),
        (lambda: lipschitz_enclosure([[1.0]], [0.0, 1.0], [1.0]), ShapeError, "b has shape"),
        (lambda: lipschitz_enclosure([[1.0]], [0.0], [1.0], [1.0, 2.0]), ShapeError, "v has shape"),
        (lambda: lipschitz_enclosure([[np.nan]], [0.0], [1.0]), BadData, "not finite"),
        (lambda: lipschitz_enclosure([[1.0]], [0.0], [1.0], slopes="tanh"), BadData, "piecewise-linear"),
        (lambda: lipschitz_enclosure([[1.0]], [0.0], [1.0], domain=ball(1.0, (0.0, 0.0))), ShapeError, "centre"),
        (lambda: ball(-1.0), BadData, "positive"),
        (lambda: Domain("cube"), BadData, "unknown domain"),
        (lambda: Budget(samples=0), BadData, "samples"),
        (lambda: spectral_bound([[1.0]], [0.0], [1.0], slope=-1.0), BadData, "slope"),
    ],
)
def test_bad_input_is_named(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_box_bound_is_the_maximum_over_corners_and_otherwise_larger():
    rng = np.random.default_rng(0)
    v, G = rng.standard_normal(3), rng.standard_normal((6, 3))
    corners = np.linalg.norm(sign_patterns(6) @ G + v, axis=1).max()
    assert box_bound(v, G) == pytest.approx(corners, rel=1e-12)
    assert box_bound(v, G, max_patterns_log2=2) >= corners
