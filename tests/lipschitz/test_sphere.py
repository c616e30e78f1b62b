"""Spheres: the constant for arcs exactly, that for chords closely, and nothing above the upper ends."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from verify.lipschitz import Budget, Enclosure, ball, geodesic_sphere, kink_form, network_enclosure, sphere, witness_value
from verify.lipschitz.piecewise.branch import BranchBudget
from verify.lipschitz.piecewise.sphere_cells import Faces
from verify.lipschitz.piecewise.sphere_search import sphere_search
from verify.objects.networks import Network

LONG = Budget(seconds=600.0)      # no work of this file takes that long: no clock decides


def zonogon(d: int) -> Network:
    """Σ|x_i|: 1 in the plane, where (1, 1) is orthogonal to no point of its cell; √(3 − 1) in space, at e_1."""
    return Network(np.eye(d), np.zeros(d), np.ones(d), "abs")


def parallel(seed: int = 0) -> tuple[Network, float]:
    """Twelve neurons with the direction u = (1, 2, 2)/3, and their constant: f is φ(u·x), so it is max |φ′(t)|√(1−t²)."""
    rng = np.random.default_rng(seed)
    scale, knots, a = rng.integers(1, 9, 12) * rng.choice([-1.0, 1.0], 12) / 8, rng.integers(-7, 8, 12) / 8, rng.integers(-9, 10, 12) / 4
    W = np.outer(scale, [1.0, 2.0, 2.0])
    ends = np.unique(np.concatenate([[-1.0, 1.0], knots]))
    best = 0.0
    for low, high in pairwise(ends):
        t = (low + high) / 2
        slope = abs(sum(3 * c * s for s, k, c in zip(scale, knots, a, strict=True) if s * (t - k) > 0))
        nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
        best = max(best, slope * math.sqrt(1 - nearest**2))
    return Network(W, -3 * scale * knots, a, "relu"), best


def isolated() -> Network:
    """Two kinks through (−1, 0), normals at 95° and 115°: the closed wedge with the gradient (0, 1) holds that point, the open one none
    next to it.  There the slope would be 1."""
    normals = np.array([[math.cos(t), math.sin(t)] for t in np.radians([95.0, 115.0])])
    a = np.array([math.cos(math.radians(5)), -math.cos(math.radians(25))])
    return Network(normals, normals[:, 0], a, "relu", np.array([0.0, 1.0]) - a[0] * normals[0])


def quadratic(d: int) -> tuple[Network, float]:
    rng = np.random.default_rng(d)
    W, a = rng.standard_normal((d + 1, d)), rng.standard_normal(d + 1)
    values = np.linalg.eigvalsh(W.T @ np.diag(a) @ W)
    return Network(W, np.zeros(d + 1), a, "power:2"), float(values[-1] - values[0])


CASES = {
    "neuron": (Network([[3.0, 0.0, 4.0]], [0.0], [2.0], "relu"), 10.0),
    "cap": (Network([[1.0, 0.0, 0.0]], [-0.75], [4.0], "relu"), math.sqrt(7)),
    "zonogon": (zonogon(2), 1.0),
    "zonotope": (zonogon(3), math.sqrt(2)),
    "parallel": parallel(),
    "isolated point": (isolated(), math.cos(math.radians(10))),
}


def random_network(seed: int) -> Network:
    rng = np.random.default_rng(seed)
    d, k = int(rng.integers(2, 7)), int(rng.integers(1, 13))
    b = rng.standard_normal(k) * rng.choice([0.0, 0.3, 1.0])
    v = rng.standard_normal(d) * rng.choice([0.0, 1.0])
    return Network(rng.standard_normal((k, d)), b, rng.standard_normal(k), "relu", v)


def check_sampled(network: Network, found: Enclosure, seed: int, count: int = 2000) -> None:
    """No sampled quotient, by the metric of the domain, is above the upper end."""
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((2, count, network.d))
    y = x + np.exp(rng.uniform(-8, 2, (count, 1))) * y
    x, y = (z / np.linalg.norm(z, axis=1, keepdims=True) for z in (x, y))
    chord = np.linalg.norm(x - y, axis=1)
    length = chord if found.domain.kind == "sphere" else 2 * np.arcsin(np.minimum(chord / 2, 1.0))
    assert (np.abs(network(x) - network(y)) <= found.upper * length + 1e-12).all()


def check_witness(network: Network, found: Enclosure) -> None:
    form = kink_form(network.W, network.b, network.a, network.v, "abs" if network.activation.name == "abs" else "relu")
    assert witness_value(form, found.domain, found.witness) >= found.lower


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("budget", [Budget(), LONG], ids=["cheap", "thorough"])
def test_arcs_are_exact(name: str, budget: Budget) -> None:
    network, value = CASES[name]
    found = network_enclosure(network, geodesic_sphere(), budget)
    assert found.lower <= value * (1 + 1e-12) and value * (1 - 1e-12) <= found.upper
    assert found.upper <= found.lower * (1 + 1e-9) and found.exact
    check_witness(network, found)


@pytest.mark.parametrize("name", CASES)
def test_chords_within_one_percent(name: str) -> None:
    network, value = CASES[name]
    found = network_enclosure(network, sphere(), LONG)
    assert value * (1 - 1e-9) <= found.lower <= found.upper <= 1.01 * found.lower
    assert found.geodesic is not None and found.geodesic == pytest.approx((value, value), rel=1e-9)
    check_sampled(network, found, 1)
    check_witness(network, found)


@pytest.mark.parametrize("d", [2, 4, 7])
@pytest.mark.parametrize("domain", [sphere(2.0), geodesic_sphere(2.0)], ids=["chords", "arcs"])
def test_quadratics_at_once(d: int, domain) -> None:
    network, value = quadratic(d)
    found = network_enclosure(network, domain, Budget(seconds=600.0))
    assert found.exact and set(found.methods) == {"polynomial"}            # nothing was searched
    assert (found.lower, found.upper) == pytest.approx((2 * value, 2 * value), rel=1e-9)


def test_other_centres_and_radii() -> None:
    # x = (1, −2) + 3y: 4 ReLU(3y_1 + 1 − 13/4) = 12 ReLU(y_1 − ¾), and the distances are three times as long
    found = network_enclosure(Network([[1.0, 0.0]], [-3.25], [4.0], "relu"), geodesic_sphere(3.0, (1.0, -2.0)))
    assert (found.lower, found.upper) == pytest.approx((math.sqrt(7), math.sqrt(7)), rel=1e-9)


def test_arcs_and_chords_differ() -> None:
    # f = |x_2| on the circle: arcs 1; the chord from (1, 0) to (0, 1) has the quotient 1/√2, and none is above 1
    found = network_enclosure(Network([[0.0, 1.0]], [0.0], [1.0], "abs"), sphere(), LONG)
    assert found.lower == pytest.approx(1.0) and found.upper <= 1.01


def test_a_cell_that_the_sphere_misses() -> None:
    # a steep triangle inside the circle: its gradient is none of the sphere's
    W = np.array([[math.cos(t), math.sin(t)] for t in np.radians([90.0, 210.0, 330.0])])
    form = kink_form(W, np.full(3, 0.2), np.ones(3))
    faces = Faces(form, sphere())
    assert faces.slope(np.ones(3), 0.0).upper == 0.0
    assert faces.values(np.ones(3)) == (math.inf, -math.inf)


def test_hyperplanes_through_one_point() -> None:
    # three kinks through the line of e_3, which no float decides: on each of the six wedges the slope is that of a cone
    W = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0]])
    found = network_enclosure(Network(W, np.zeros(3), [1.0, 2.0, -1.0], "abs"), geodesic_sphere())
    # gradients ±(1−1, 2−1) = (0, 1) and (1+1, −2+1)·± = (2, −1) reach their lengths at e_3, as do (1, 1)·… : the longest is (2, −1)… √5
    # on x > 0 > y, x + y > 0: (1, 0) − (0, 2) − (1, 1) = (0, −3)
    assert found.exact and found.upper == pytest.approx(3.0, rel=1e-9)


def test_stopped_early_it_still_holds() -> None:
    network = random_network(5)
    form = kink_form(network.W, network.b, network.a, network.v)
    whole = network_enclosure(network, geodesic_sphere())
    for nodes in (0, 2, 6):
        found = sphere_search(form, geodesic_sphere(), (0.0, None), BranchBudget(nodes=nodes))
        assert found.lower <= whole.upper and whole.lower <= found.upper


@pytest.mark.parametrize("seed", range(8))
def test_the_search_finds_what_the_list_of_cells_finds(seed: int) -> None:
    network = random_network(100 + seed)
    form = kink_form(network.W, network.b, network.a, network.v)
    listed = network_enclosure(network, geodesic_sphere())
    found = sphere_search(form, geodesic_sphere(), (0.0, None), BranchBudget())
    assert found.upper == pytest.approx(listed.upper, rel=1e-7) and found.lower == pytest.approx(listed.lower, rel=1e-7)


def check_random(seed: int) -> None:
    network = random_network(seed)
    found = network_enclosure(network, geodesic_sphere())
    assert found.upper <= found.lower * (1 + (1e-6 if network.d <= 3 else 1e-2)) + 1e-12
    assert found.upper <= network_enclosure(network, ball()).upper * (1 + 1e-9)
    check_sampled(network, found, seed)
    if found.witness is not None and found.witness.kind == "tangent":
        check_witness(network, found)
    if seed % 8 == 0:
        chords = network_enclosure(network, sphere())
        assert chords.upper >= found.lower and chords.geodesic is not None
        check_sampled(network, chords, seed)
        check_witness(network, chords)


@pytest.mark.parametrize("block", range(10))
def test_random_networks(block: int) -> None:
    for seed in range(20 * block, 20 * block + 20):
        check_random(seed)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(20))
def test_many_random_networks(block: int) -> None:
    for seed in range(1000 + 100 * block, 1100 + 100 * block):
        check_random(seed)
