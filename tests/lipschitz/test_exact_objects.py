"""Networks and domains whose numbers are no doubles: what is computed and certified is about them as they are."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction as F
from itertools import pairwise

import numpy as np
import pytest

from theory.certificates.files import CHECKERS
from theory.errors import BadData
from theory.verdict import Status
from verify.lipschitz import GLOBAL, Budget, ball, box, geodesic_sphere, hull, network_enclosure, sphere
from verify.lipschitz.of_network import certified_enclosure
from verify.lipschitz.piecewise.branch_certificate import certified_branching
from verify.lipschitz.vector import certified_vector_enclosure, vector_enclosure
from verify.objects.networks import Network, VectorNetwork

FAR = F(1_700_000_000) + F(1, 3)
BUDGET = Budget(seconds=5.0)


def exact(values) -> np.ndarray:
    array = np.asarray(values)
    return np.array([F(x) for x in array.reshape(-1).tolist()] + [None], dtype=object)[:-1].reshape(array.shape)


def moved(network: Network, p: list[F]) -> Network:
    """x ↦ f(x − p): the same constants on domains moved by p."""
    W = exact(network.W)
    b = exact(network.b) - W @ np.array(p, dtype=object)
    return Network(W, b, exact(network.a), network.activation, exact(network.v), F(network.c))


def drawn(seed: int, d: int, k: int, psi: str) -> Network:
    rng = np.random.default_rng(seed)
    W, b, a = rng.integers(-4, 5, (k, d)) / 4, rng.integers(-4, 5, k) / 8, rng.integers(-4, 5, k) / 2
    return Network(W, b, a, psi, rng.integers(-2, 3, d) / 4)


def close(found, wanted, tolerance=1e-6):
    """Enclosures of one number: they meet, and where one closes the other does."""
    assert found.certified
    assert found.lower <= wanted.upper and wanted.lower <= found.upper
    if wanted.exact:
        assert found.exact and found.upper - found.lower <= tolerance * max(found.upper, 1.0)


DOMAINS = {
    "R^d": lambda p: GLOBAL,
    "ball": lambda p: ball(F(1, 2), tuple(p)),
    "box": lambda p: box([x - F(1, 2) for x in p], [x + F(3, 4) for x in p]),
    "flat box": lambda p: box([x - F(1, 2) * (i > 0) for i, x in enumerate(p)], [x + F(3, 4) * (i > 0) for i, x in enumerate(p)]),
    "hull": lambda p: hull([[x + F(i == j) - F(1, 4) for i, x in enumerate(p)] for j in range(len(p) + 1)]),
    "sphere": lambda p: sphere(F(3, 4), tuple(p)),
    "arcs": lambda p: geodesic_sphere(F(3, 4), tuple(p)),
}


@pytest.mark.parametrize("where", DOMAINS)
@pytest.mark.parametrize(("d", "psi"), [(1, "relu"), (2, "relu"), (3, "abs"), (2, "leaky_relu:1/3"), (2, "tanh"), (2, "gelu")])
def test_far_away_everything_is_as_it_is_near_the_origin(where, d, psi):
    if (d == 1 and where in ("arcs", "flat box")) or (psi in ("tanh", "gelu") and where in ("sphere", "arcs")):
        pytest.skip("two points; or two searches of chords, which do not close")
    for seed in range(4):
        near = drawn(seed, d, 4, psi)
        p = [FAR + i for i in range(d)]
        budget = replace(BUDGET, seconds=0.0) if psi in ("tanh", "gelu") else BUDGET
        found = network_enclosure(moved(near, p), DOMAINS[where](p), budget)
        close(found, network_enclosure(near, DOMAINS[where]([F(0)] * d), budget))


@pytest.mark.parametrize("where", ["R^d", "ball", "box", "hull"])
@pytest.mark.parametrize("psi", ["relu", "abs", "leaky_relu:1/3", "sigmoid"])
def test_certificates_far_away_hold(where, psi):
    for seed in range(3):
        p = [FAR, F(-7, 3)]
        network, domain = moved(drawn(seed, 2, 4, psi), p), DOMAINS[where](p)
        found, document = certified_enclosure(network, domain, BUDGET)
        verdict = CHECKERS[document["format"]](document)
        assert verdict.status is Status.CERTIFIED, verdict.reason
        near, _ = certified_enclosure(drawn(seed, 2, 4, psi), DOMAINS[where]([F(0), F(0)]), BUDGET)
        close(found, near)
        if "lower" in document:
            assert F(document["lower"]) <= F(near.upper) and F(document["value"]) >= F(near.lower)


@pytest.mark.parametrize("where", ["R^d", "ball", "box", "hull"])
@pytest.mark.parametrize("psi", ["relu", "tanh"])
def test_several_outputs_far_away(where, psi):
    rng, p = np.random.default_rng(5), [FAR, F(1, 7)]
    W, b, A = rng.integers(-4, 5, (4, 2)) / 4, rng.integers(-4, 5, 4) / 8, rng.integers(-4, 5, (3, 4)) / 2
    near = VectorNetwork(W, b, A, psi)
    far = VectorNetwork(exact(W), exact(b) - exact(W) @ np.array(p, dtype=object), exact(A), psi)
    budget = Budget(seconds=2.0)
    found = vector_enclosure(far, DOMAINS[where](p), budget)
    close(found, vector_enclosure(near, DOMAINS[where]([F(0), F(0)]), budget))
    _, document = certified_vector_enclosure(far, DOMAINS[where](p), budget)
    assert CHECKERS[document["format"]](document).status is Status.CERTIFIED


# (network, domain, its constant): kinks that are one double, far apart or on the edge of the domain
GAP = F(1, 2**30)
STEEP = (exact([[1], [1]]), [1 / GAP, -1 / GAP])
BY_HAND = [
    ("two kinks that are one double", Network(STEEP[0], [-FAR, -FAR - GAP], STEEP[1], "relu"), GLOBAL, 2**30),
    ("two such pairs", Network(exact([[1]] * 4), [-FAR, -FAR - GAP, FAR, FAR - GAP], [*STEEP[1], *(2 * a for a in STEEP[1])], "relu"),
     GLOBAL, 2**31),
    ("between them", Network(STEEP[0], [-FAR, -FAR - GAP], STEEP[1], "relu"), box([FAR + GAP / 4], [FAR + GAP / 2]), 2**30),
    ("beyond them", Network(STEEP[0], [-FAR, -FAR - GAP], STEEP[1], "relu"), box([FAR + GAP], [FAR + 1]), 0),
    ("up to the first", Network(STEEP[0], [-FAR, -FAR - GAP], STEEP[1], "relu"), ball(F(1), (FAR - 1,)), 0),
    ("opposite, cancelling", Network(exact([[1], [-2]]), [-FAR, 2 * FAR], [F(1, 3), F(-1, 6)], "relu"), GLOBAL, F(1, 3)),
    ("cancelling only nearly", Network(exact([[1], [-2]]), [-FAR, 2 * FAR], [F(1, 3), F(1, 6) + GAP**3], "abs"),
     GLOBAL, F(2, 3) + 2 * GAP**3),
    ("a third on each side", Network([[F(1, 3)], [F(-1, 3)]], [0, 0], [1, 1], "relu"), ball(F(1, 10)), F(1, 3)),
    ("a timestamp", Network([[1.0, 0.0], [0.0, 1.0]], [-1.7e18, 0.0], [3.0, 4.0], "relu"),
     box([F(10**17) * 17 - 100, -100], [F(10**17) * 17 + 100, 100]), 5),
    ("the same timestamp alone", Network([[1.0, 0.0], [0.0, 1.0]], [-1.7e18, 0.0], [3.0, 4.0], "relu"),
     box([F(10**17) * 17 - 100, -100], [F(10**17) * 17, 100]), 4),
    ("a flat box of thirds", Network([[3.0, 1.0]], [-1.0], [1.0], "relu"), box([F(1, 3), -1], [F(1, 3), 1]), 1),
    ("the other side of it", Network([[3.0, 1.0]], [-1.0], [1.0], "relu"), box([F(1, 3), -1], [F(1, 3), 0]), 0),
    ("a hull of thirds", Network([[3.0, 1.0]], [-1.0], [1.0], "relu"), hull([[F(1, 3), 0], [0, 1], [0, 0]]), 0),
]


@pytest.mark.parametrize(("network", "domain", "wanted"), [case[1:] for case in BY_HAND], ids=[case[0] for case in BY_HAND])
def test_by_hand(network, domain, wanted):
    found = network_enclosure(network, domain, BUDGET)
    assert found.certified and found.exact
    assert F(found.lower) <= wanted <= F(found.upper)
    assert found.upper - found.lower <= 1e-12 * max(network.path_norm(), 1.0)


def test_random_splines_by_brute_force():
    """In one variable the constant is the largest of the slopes between the kinks, added up in fractions."""
    rng = np.random.default_rng(3)
    for _ in range(60):
        k, unit = int(rng.integers(1, 8)), F(1, 2 ** int(rng.integers(0, 60)))
        places = [FAR + unit * int(x) for x in rng.integers(-3, 4, k)]
        w, a = [int(x) for x in rng.choice([-2, -1, 1, 2], k)], [F(int(x), 3) for x in rng.integers(-5, 6, k)]
        network = Network([[x] for x in map(F, w)], [-x * p for x, p in zip(w, places, strict=True)], a, "relu", [F(1, 7)])
        ends = sorted(set(places))
        points = [ends[0] - 1, *((p + q) / 2 for p, q in pairwise(ends)), ends[-1] + 1]
        slopes = [F(1, 7) + sum(c * x for x, p, c in zip(w, places, a, strict=True) if x * (t - p) > 0) for t in points]
        found, document = certified_enclosure(network)
        wanted = max(map(abs, slopes))
        assert found.certified and F(found.lower) <= wanted <= F(found.upper)
        assert CHECKERS[document["format"]](document).status is Status.CERTIFIED
        assert F(document["lower"]) <= wanted <= F(document["value"])


def test_a_slope_that_is_no_double_is_certified():
    for psi in ("leaky_relu:0.2", "leaky_relu:13421773/67108864", "leaky_relu:1/3"):
        found = network_enclosure(Network([[1.0, 2.0], [3.0, -1.0]], [0.0, 1.0], [1.0, 1.0], psi))
        assert found.certified and found.exact


def test_witnesses_are_the_points_themselves():
    """A witness that no double stands for is given in fractions."""
    found = network_enclosure(Network(STEEP[0], [-FAR, -FAR - GAP], STEEP[1], "relu"))
    (point,), = found.witness.points
    assert FAR < point < FAR + GAP
    shown = network_enclosure(Network([[1.0], [1.0]], [0.0, -0.25], [1.0, -2.0], "relu"), ball(F(1, 10), (F(3, 10),)))
    assert shown.witness.points.dtype == np.float64


def test_a_wide_exact_network_is_quick():
    """Scaled by another number in each coordinate and each neuron, so that no denominators are common."""
    rng = np.random.default_rng(0)
    d, k = 300, 100
    W = exact(rng.standard_normal((k, d)).astype(np.float32).astype(float)) / exact(rng.integers(10**6, 10**7, (k, 1)))
    network = Network(W / exact(rng.integers(10**6, 10**7, d)), exact(rng.standard_normal(k)), exact(rng.standard_normal(k)), "relu")
    begun = time.process_time()
    assert network_enclosure(network, ball(F(1, 10), (F(1, 3),) * d)).certified
    assert time.process_time() - begun < 20


def test_a_hull_that_is_flat_and_far_away_is_flat() -> None:
    """Rounded to doubles its vertices span the plane; the weights see nothing along the line that they are on."""
    line = hull(np.array([[F(10**18 + 37 * i), F(10**18 + 74 * i)] for i in range(4)], dtype=object))
    with pytest.raises(BadData, match="flat"):
        vector_enclosure(VectorNetwork([[2.0, -1.0]], [0.0], [[1.0], [2.0]], "relu"), line)
    found, document = certified_enclosure(Network([[2.0, -1.0]], [0.0], [1.0], "relu"), line)
    assert found.upper < 1e-9 and document is not None and CHECKERS[document["format"]](document).status is Status.CERTIFIED


def test_branching_is_about_the_weights_that_are_given() -> None:
    _, document = certified_branching([[F(1, 3)]], [0], [3])
    assert document["network"]["W"] == [["1/3"]]
