"""Lipschitz constants of networks with smooth activations: closed forms, dense grids, the sandwich, and every domain."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from flint import arb

from theory.errors import BadData, ShapeError
from verify.lipschitz import GLOBAL, Budget, ball, smooth_enclosure, spectral_bound, sphere
from verify.lipschitz.smooth import enclosure
from verify.lipschitz.smooth.cells import branch_and_bound
from verify.lipschitz.smooth.cover import Cover
from verify.lipschitz.smooth.enclosure import _field
from verify.lipschitz.smooth.search import ascend
from verify.objects.deadline import UNLIMITED, Deadline
from verify.objects.domains import box, geodesic_sphere, hull
from verify.objects.networks import activation

SATURATING = ["tanh", "sigmoid", "softplus", "silu", "gelu"]
SMOOTH = [*SATURATING, "power:1", "power:2", "power:3", "power:4"]
# sup |ψ′| on R
STEEPEST = {"tanh": 1.0, "sigmoid": 0.25, "softplus": 1.0, "silu": 1.0998393201288669, "gelu": 1.1289041451851548}
WORK = Budget(seconds=10.0)
CELLS = 50_000      # that stand for a second here


@pytest.fixture(autouse=True)
def budgets_count_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search ends after so many cells, never by the clock: a busy machine gives the same answers."""
    monkeypatch.setattr(enclosure, "FIRST", 3600.0)        # no ascent is cut

    def counted(*cover, deadline, **how):
        return branch_and_bound(*cover, deadline=UNLIMITED, max_cells=round(CELLS * deadline.seconds), **how)

    monkeypatch.setattr(enclosure, "branch_and_bound", counted)


def network(seed: int, k: int, d: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((k, d)), rng.standard_normal(k), rng.standard_normal(k), 0.3 * rng.standard_normal(d)


def gradient_norms(arrays, psi: str, points: np.ndarray) -> np.ndarray:
    W, b, a, v = arrays
    return np.linalg.norm((activation(psi).derivative(points @ W.T + b) * a) @ W + v, axis=1)


# ---- the slopes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SMOOTH)
def test_slope_ranges_hold_every_slope_and_are_tight(name):
    curve, rng = activation(name).curve, np.random.default_rng(0)
    middle, reach = rng.uniform(-6, 6, 400), np.exp(rng.uniform(-9, 2, 400))
    low, high = middle - reach, middle + reach
    least, greatest = curve.range(low, high)
    slopes = curve.slope(np.clip(low + np.linspace(0, 1, 801)[:, None] * (high - low), low, high))
    assert (slopes >= least).all() and (slopes <= greatest).all()
    size = np.maximum(np.abs(slopes).max(axis=0), 1)
    assert (greatest - slopes.max(axis=0) <= 1e-3 * size).all() and (slopes.min(axis=0) - least <= 1e-3 * size).all()


@pytest.mark.parametrize("name", SMOOTH)
def test_tangents_of_the_slope_hold_and_are_of_second_order(name):
    curve, rng = activation(name).curve, np.random.default_rng(1)
    middle, reach = rng.uniform(-4, 4, 400), np.exp(rng.uniform(-7, 1, 400))
    p, bend, error = curve.tangent(middle, reach)
    shift = np.linspace(-1, 1, 401)[:, None] * reach
    assert (np.abs(curve.slope(middle + shift) - p - bend * shift) <= error).all()
    small = curve.tangent(middle, np.full(400, 1e-3))[2]
    assert (small <= 1e-6 * np.maximum(1.0, np.abs(middle) ** 3) * 24).all()


@pytest.mark.parametrize("name", SATURATING)
def test_slopes_saturate_and_no_number_is_lost_at_infinity(name):
    curve = activation(name).curve
    ends = np.array([-np.inf, -1e300, -800.5, 800.5, 1e300, np.inf])
    least, greatest = curve.range(ends, ends)
    limits = np.zeros(6) if name in ("tanh", "sigmoid") else np.array([0, 0, 0, 1, 1, 1])
    assert (least <= limits).all() and (limits <= greatest).all() and (greatest - least < 1e-12).all()
    low, high = curve.range(np.array([-np.inf]), np.array([np.inf]))
    assert low[0] <= activation(name).slopes[0] and activation(name).slopes[1] <= high[0] <= STEEPEST[name] + 1e-12
    assert STEEPEST[name] <= high[0]


def _balls(name: str, t: arb) -> arb:
    """ψ′ in ball arithmetic, from its formula."""
    sigma = 1 / (1 + (-t).exp())
    density = (-t * t / 2).exp() / (2 * arb.pi()).sqrt()
    return {
        "tanh": lambda: 1 - t.tanh() ** 2,
        "sigmoid": lambda: sigma * (1 - sigma),
        "softplus": lambda: sigma,
        "silu": lambda: sigma * (1 + t * (1 - sigma)),
        "gelu": lambda: (1 + (t / arb(2).sqrt()).erf()) / 2 + t * density,
    }[name]()


@pytest.mark.parametrize("name", SATURATING)
def test_the_slope_at_a_point_encloses_the_slope_in_ball_arithmetic(name):
    points = np.concatenate([np.linspace(-30, 30, 241), [-1e-9, 1e-9, -2.3993572805154677, 2.0**0.5]])
    least, greatest = activation(name).curve.range(points, points)
    for t, low, high in zip(points, least, greatest, strict=True):
        true = _balls(name, arb(float(t)))
        assert arb(float(low)) <= true.upper() and true.lower() <= arb(float(high)), t


# ---- one neuron and other closed forms ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", SATURATING)
@pytest.mark.parametrize("d", [1, 2, 5])
def test_one_neuron_has_the_constant_of_its_slope(name, d):
    rng = np.random.default_rng(d)
    w, a = rng.standard_normal(d), -1.7
    expected = abs(a) * np.linalg.norm(w) * STEEPEST[name]
    found = smooth_enclosure([w], [0.4], [a], activation=name, budget=WORK)
    assert found.lower <= expected * (1 + 1e-14) and expected <= found.upper * (1 + 1e-14)
    assert found.upper == pytest.approx(expected, rel=1e-10) and found.lower == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("p", "expected"), [(1, 10.0), (2, 20.0), (3, 30.0)])
def test_one_power_neuron_on_the_unit_ball(p, expected):
    # 10(w·x)^p with ‖w‖ = 1: the gradient is 10p(w·x)^{p−1}w, longest at ±w
    found = smooth_enclosure([[0.6, 0.8]], [0.0], [10.0], activation=f"power:{p}", domain=ball())
    assert found.upper == pytest.approx(expected, rel=1e-10)
    assert found.lower == pytest.approx(expected, rel=1e-6)


def test_powers_on_all_of_space_and_networks_that_do_not_depend_on_x():
    assert smooth_enclosure([[3.0]], [1.0], [2.0], activation="power:2", budget=WORK).upper == np.inf
    flat = smooth_enclosure([[3.0], [0.0]], [1.0, 2.0], [0.0, 5.0], [4.0], activation="power:2", budget=WORK)
    assert flat.lower == pytest.approx(4.0, rel=1e-10) and flat.upper == pytest.approx(4.0, rel=1e-10)


def test_a_constant_reached_only_at_infinity():
    # softplus(x) + softplus(y) − softplus(−x−y−50)/2: slopes (δ₁ + δ₃/2, δ₂ + δ₃/2), near (0, 1, 1) as x → −∞ with y large: √(¼ + 9/4)
    arrays = ([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]], [0.0, 0.0, -50.0], [1.0, 1.0, -0.5])
    found = smooth_enclosure(*arrays, activation="softplus", budget=WORK)
    assert found.lower == pytest.approx(np.sqrt(2.5), rel=1e-6) and found.upper == pytest.approx(np.sqrt(2.5), rel=1e-5)
    near = smooth_enclosure([[1.0, 0.0]], [0.0], [1.0], activation="softplus", budget=WORK)
    assert near.lower <= 1.0 <= near.upper <= 1.0 + 1e-9


def test_dependent_neurons_at_infinity_leave_a_gap_that_is_reported():
    # far out in direction x, softplus(y) − softplus(−y−3) keeps both slopes free in the bound: σ(y) + σ(−y−3) ≤ 2 there, about 1.2 in truth
    arrays = ([[1.0, 0.0], [0.0, 1.0], [0.0, -1.0]], [0.0, 0.0, 3.0], [1.0, 1.0, -1.0])
    found = smooth_enclosure(*arrays, activation="softplus", budget=WORK)
    y = np.linspace(-30, 30, 200_001)
    expected = np.hypot(1.0, (1 / (1 + np.exp(-y)) + 1 / (1 + np.exp(y - 3))).max())
    assert found.lower == pytest.approx(expected, rel=1e-5) and not found.exact
    assert expected < found.upper <= np.sqrt(5) * (1 + 1e-9)


def test_two_neurons_that_meet_far_from_the_others():
    # At x = (0, 0, t) the first two neurons have slope 1 and the third, which would shorten the gradient, slope 0 as t → ∞.
    W, a = np.array([[1.0, 0, 0], [0, 1.0, 0], [-0.5, -0.5, 1.0]]), np.array([1.0, 1.0, 2.0])
    found = smooth_enclosure(np.vstack([W, W[2] + [0, 0, 1e-3]]), np.zeros(4), np.append(a, -2.0), activation="tanh", budget=WORK)
    assert found.lower >= np.sqrt(2) - 1e-9 and found.upper - found.lower < 1e-4


# ---- grids and the sandwich ---------------------------------------------------------------------------------------

DOMAINS = {
    "ball": ball(1.5, (0.5, -0.2)),
    "box": box([-1.0, 0.0], [2.0, 1.0]),
    "flat box": box([-1.0, 0.5], [2.0, 0.5]),
    "hull": hull([[-1.0, 0.0], [1.0, -1.0], [2.0, 2.0], [0.0, 1.0]]),
    "segment": hull([[-1.0, 0.0], [2.0, 1.0]]),
    "sphere": sphere(1.5, (0.5, -0.2)),
    "sphere-geodesic": geodesic_sphere(1.5, (0.5, -0.2)),
}


def directions_of(kind: str, points: np.ndarray) -> np.ndarray | None:
    """Unit vectors along the domain, where the gradient is read along one direction only."""
    if kind in ("sphere", "sphere-geodesic"):
        normal = (points - [0.5, -0.2]) / 1.5
        return np.stack([-normal[:, 1], normal[:, 0]], axis=1)
    line = {"flat box": np.array([1.0, 0.0]), "segment": np.array([3.0, 1.0]) / np.sqrt(10)}.get(kind)
    return None if line is None else np.broadcast_to(line, points.shape)


@pytest.mark.parametrize("kind", DOMAINS)
@pytest.mark.parametrize("psi", SMOOTH)
def test_enclosures_agree_with_a_dense_sample(psi, kind):
    domain, rng = DOMAINS[kind], np.random.default_rng(3)
    for seed in range(3):
        W, b, a, v = network(seed, 5, 2)
        found = smooth_enclosure(W, b, a, v, activation=psi, domain=domain, budget=Budget(seconds=0.1 if kind == "sphere" else 1.0))
        points = domain.sample(40_000, 2, rng)
        gradients = (activation(psi).derivative(points @ W.T + b) * a) @ W + v
        along = directions_of(kind, points)
        norms = np.linalg.norm(gradients, axis=1) if along is None else np.abs((gradients * along).sum(axis=1))
        assert norms.max() <= found.upper * (1 + 1e-12)
        assert found.lower >= norms.max() * (1 - 1e-4)               # ascent finds at least what the sample finds
        assert found.lower <= found.upper
        assert domain.contains(found.witness.points, 1e-9).all()
        if kind != "sphere":                                         # there the upper bound is that of the ball
            assert found.upper <= found.lower * (1 + 2e-3), (psi, kind, seed)
        assert found.certified == (kind != "segment")


@pytest.mark.parametrize("psi", SATURATING)
def test_global_enclosures_in_the_plane_agree_with_wide_samples(psi):
    rng = np.random.default_rng(5)
    for seed in range(4):
        arrays = network(seed, 8, 2)
        found = smooth_enclosure(*arrays, activation=psi, budget=WORK)
        points = np.exp(rng.uniform(-2, 9, (60_000, 1))) * rng.standard_normal((60_000, 2))
        assert gradient_norms(arrays, psi, points).max() <= found.upper * (1 + 1e-12)
        assert found.upper <= found.lower * (1 + 1e-5)
        assert gradient_norms(arrays, psi, found.witness.points)[0] >= found.lower


def test_the_sandwich_on_many_networks():
    for seed in range(60):
        k, d, psi = 1 + seed % 7, 1 + seed % 3, SATURATING[seed % 5]
        arrays = network(seed, k, d)
        quick = smooth_enclosure(*arrays, activation=psi)
        found = smooth_enclosure(*arrays, activation=psi, budget=Budget(seconds=0.3))
        slope = activation(psi).lipschitz
        assert 0 < found.lower <= found.upper <= quick.upper <= spectral_bound(*arrays, slope=slope) * (1 + 1e-10)
        assert found.upper <= slope * np.abs(arrays[2]) @ np.linalg.norm(arrays[0], axis=1) + np.linalg.norm(arrays[3]) + 1e-9


def test_larger_domains_have_larger_constants_and_local_slopes_tighten_the_bound():
    arrays = network(11, 30, 4)
    found = [smooth_enclosure(*arrays, activation="tanh", domain=ball(r), budget=WORK) for r in (0.2, 0.5, 1.0, 3.0)]
    uppers = [one.upper for one in found]
    # both are computed to a tolerance (1e-4 for LipSDP) or until the work is done
    assert all(x <= y * (1 + 1e-3) for x, y in pairwise(uppers)) and all(one.lower <= one.upper for one in found)
    lipsdp = [one.methods["lipsdp"] for one in found]
    assert all(x <= y * (1 + 1e-3) for x, y in pairwise(lipsdp)) and lipsdp[0] < 0.9 * lipsdp[-1]
    assert all(one.methods["lipsdp"] <= one.methods["box"] * (1 + 1e-9) for one in found)
    assert smooth_enclosure(*network(2, 40, 30), activation="sigmoid", budget=WORK).methods.keys() == {"box", "lipsdp"}   # d > 8: no cells


def test_a_chord_can_be_steeper_than_every_tangent():
    # the sphere of the line is two points, with the one chord (tanh 2 + tanh 2)/2
    line = smooth_enclosure([[2.0]], [0.0], [1.0], activation="tanh", domain=sphere())
    assert line.witness.kind == "chord" and line.lower == pytest.approx(np.tanh(2.0), rel=1e-12)
    arrays = network(1, 6, 2)
    chord = smooth_enclosure(*arrays, activation="tanh", domain=sphere(), budget=WORK)
    arc = smooth_enclosure(*arrays, activation="tanh", domain=geodesic_sphere(), budget=WORK)
    assert arc.lower <= chord.upper and arc.upper <= chord.upper + 1e-12


# ---- branch and bound ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("domain", [GLOBAL, ball(2.0), DOMAINS["hull"], geodesic_sphere(1.0)])
def test_stopped_anywhere_the_bound_holds_and_more_cells_only_tighten_it(domain):
    field, _ = _field(network(4, 12, 2), "tanh", domain)
    lower, point = ascend(field, Budget())
    bounds = [branch_and_bound(Cover(field), lower, point, deadline=Deadline(60.0), tolerance=1e-7, max_cells=n)
              for n in (1, 10, 1000, 200_000)]
    uppers = [upper for upper, *_ in bounds]
    assert all(x >= y for x, y in pairwise(uppers))
    assert all(upper >= bounds[-1][1] for upper in uppers)
    assert uppers[-1] <= bounds[-1][1] * (1 + 1e-5)


def test_the_same_input_gives_the_same_enclosure():
    first, second = (smooth_enclosure(*network(8, 10, 2), activation="silu", budget=Budget(seconds=20.0)) for _ in range(2))
    assert (first.lower, first.upper, first.methods) == (second.lower, second.upper, second.methods)


def test_wide_scales_are_enclosed():
    rng = np.random.default_rng(0)
    for psi in ("tanh", "softplus"):
        for factor in (1e-8, 1e8):
            W, b, a, v = network(3, 6, 2)
            arrays = (W * factor, b * 100, a / factor, v)
            found = smooth_enclosure(*arrays, activation=psi, budget=Budget(seconds=1.0))
            points = np.exp(rng.uniform(0, 8, (20_000, 1))) * rng.standard_normal((20_000, 2)) / factor
            assert gradient_norms(arrays, psi, points).max() <= found.upper * (1 + 1e-12) and found.lower <= found.upper


@pytest.mark.slow
def test_thousands_of_enclosures_hold():
    rng = np.random.default_rng(0)
    for seed in range(1500):
        k, d, psi = 1 + seed % 11, 1 + seed % 4, SMOOTH[seed % 9]
        arrays = network(seed, k, d)
        domain = [ball(2.0), box(-np.ones(d), np.ones(d)), hull(rng.standard_normal((d + 3, d)))][seed % 3]
        found = smooth_enclosure(*arrays, activation=psi, domain=domain, budget=Budget(seconds=0.05))
        assert gradient_norms(arrays, psi, domain.sample(2000, d, rng)).max() <= found.upper * (1 + 1e-12)
        assert found.lower <= found.upper


def test_bad_input_is_named():
    with pytest.raises(BadData, match="relu has a kink"):
        smooth_enclosure([[1.0]], [0.0], [1.0], activation="relu")
    with pytest.raises(BadData, match="no arc joins"):
        smooth_enclosure([[1.0]], [0.0], [1.0], activation="tanh", domain=geodesic_sphere())
    with pytest.raises(ShapeError, match="3 coordinates"):
        smooth_enclosure([[1.0]], [0.0], [1.0], activation="tanh", domain=ball(1.0, (0.0, 0.0, 0.0)))
    with pytest.raises(ShapeError, match="b has shape"):
        smooth_enclosure([[1.0]], [0.0, 1.0], [1.0], activation="tanh")
