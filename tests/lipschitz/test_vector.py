"""Several outputs: the enclosure holds the largest Jacobian, exactly over all patterns that occur; corrupted certificates are refused."""

from __future__ import annotations

import copy
import itertools
import json
from contextlib import suppress
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

from theory.certificates.lipschitz.vector_tree import check_vector_tree
from theory.errors import BadData, HypothesisViolated, LawbookError, ShapeError
from theory.verdict import Status
from verify.lipschitz import GLOBAL, Budget, Domain, ball, box, hull, network_enclosure, sphere
from verify.lipschitz.vector import certified_vector_enclosure, vector_enclosure
from verify.objects.networks import VectorNetwork

KINKED = ["relu", "leaky_relu:0.25", "abs", "identity"]
SMOOTH = ["tanh", "sigmoid", "softplus", "silu", "gelu"]
LONG = Budget(seconds=60.0)


def drawn(seed: int, psi: str, most: int = 7) -> VectorNetwork:
    """Up to 4 outputs, `most` neurons and 3 inputs; every third network has hyperplanes that coincide."""
    rng = np.random.default_rng(seed)
    m, k, d = (int(rng.integers(1, top)) for top in (5, most, 4))
    W, b = rng.standard_normal((k, d)), rng.standard_normal(k)
    if seed % 3 == 0:
        W, b = rng.integers(-1, 2, (k, d)).astype(float), rng.integers(-1, 2, k).astype(float)
    V = rng.standard_normal((m, d)) if seed % 4 == 0 else None
    return VectorNetwork(W, b, rng.standard_normal((m, k)), psi, V, rng.standard_normal(m))


def largest_over_patterns(F: VectorNetwork, domain: Domain) -> float:
    """max ‖V + A D W‖ over the sign patterns of neurons that occur at interior points of R^d or a box, by a linear program each."""
    kink, d = F.activation.kink, F.d
    low, high = float(kink[0]), float(kink[0] + kink[1])
    sides = [(None, None)] * d if domain.kind == "global" else list(zip(*domain.corners(d), strict=True))
    live = F.W.any(axis=1)
    W, b, A, largest = F.W[live], F.b[live], F.A[:, live], 0.0
    for signs in itertools.product((1.0, -1.0), repeat=len(W)):
        s = np.array(signs)
        rows = np.hstack([-s[:, None] * W, np.linalg.norm(W, axis=1)[:, None]])
        found = linprog(np.append(np.zeros(d), -1.0), A_ub=rows, b_ub=s * b, bounds=[*sides, (None, 1.0)], method="highs")
        if found.status == 0 and -found.fun > 1e-9:
            largest = max(largest, float(np.linalg.norm(F.V + (A * np.where(s > 0, high, low)) @ W, 2)))
    return largest


@pytest.mark.parametrize("seed", range(16))
def test_the_constant_is_the_largest_jacobian_that_occurs(seed: int) -> None:
    F = drawn(seed, KINKED[seed % 4])
    for domain in (GLOBAL, box([-0.5] * F.d, [0.25] * F.d)):
        found, document = certified_vector_enclosure(F, domain, LONG)
        wanted = largest_over_patterns(F, domain)
        assert found.exact and found.certified
        assert found.lower <= wanted + 1e-9 and wanted <= found.upper + 1e-9
        assert found.lower == pytest.approx(wanted, rel=1e-7, abs=1e-9)
        verdict = check_vector_tree(json.loads(json.dumps(document)))
        assert verdict.status is Status.CERTIFIED, verdict.reason
        assert float(Fraction(document["value"])) == pytest.approx(found.upper, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("place", ["ball", "hull"])
def test_sampled_jacobians_are_below_the_bound(seed: int, place: str) -> None:
    F, rng = drawn(seed, [*KINKED, *SMOOTH][seed % 9], most=9), np.random.default_rng(seed)
    domain = ball(0.75) if place == "ball" else hull(rng.standard_normal((F.d + 2, F.d)))
    found = vector_enclosure(F, domain, Budget(seconds=0.3))
    steepest = np.linalg.norm(F.jacobian(domain.sample(2000, F.d, rng)), 2, axis=(1, 2)).max()
    assert steepest <= found.upper * (1 + 1e-9)
    assert found.lower <= found.upper < float("inf")
    if found.lower > 0:
        assert found.witness.kind == "jacobian"
        assert np.linalg.norm(F.jacobian(found.witness.points)[0], 2) == pytest.approx(found.lower, rel=1e-6)


@pytest.mark.parametrize("psi", SMOOTH)
def test_smooth_networks(psi: str) -> None:
    F = drawn(1, psi)
    found, document = certified_vector_enclosure(F, ball(1.0), Budget(seconds=1.0))
    assert 0 < found.lower <= found.upper <= found.methods["relaxation"]
    whole = vector_enclosure(F)
    assert check_vector_tree(document).status is Status.CERTIFIED and document["domain"] == {"kind": "global"}
    assert found.lower <= whole.upper and float(Fraction(document["value"])) == pytest.approx(whole.upper, rel=0.05)
    assert check_vector_tree({**document, "value": str(Fraction(document["value"]) / 2)}).status is Status.FAILED


def test_one_output_is_a_network() -> None:
    for seed in range(4):
        F = drawn(seed, "relu")
        f = F.output(0)
        alone = VectorNetwork(F.W, F.b, F.A[:1], "relu", F.V[:1], F.c[:1])
        one, many = network_enclosure(f, budget=LONG), vector_enclosure(alone, budget=LONG)
        assert one.upper == pytest.approx(many.upper, rel=1e-6) and one.lower == pytest.approx(many.lower, rel=1e-6)


def test_by_hand() -> None:
    # F(x, y) = (3 ReLU(x), 4 ReLU(y)): J is diagonal; (ReLU(x), ReLU(−x)): one entry is 1, never both
    diagonal = VectorNetwork(np.eye(2), [0.0, 0.0], [[3.0, 0.0], [0.0, 4.0]], "relu")
    assert vector_enclosure(diagonal, budget=LONG).upper == pytest.approx(4.0)
    either = VectorNetwork([[1.0], [-1.0]], [0.0, 0.0], np.eye(2), "relu")
    assert vector_enclosure(either, budget=LONG).upper == pytest.approx(1.0)
    linear = VectorNetwork([[3.0, 4.0]], [1.0], [[1.0], [2.0]], "identity")
    assert vector_enclosure(linear).upper == pytest.approx(5 * 5**0.5) and vector_enclosure(linear).exact


def test_differences_whose_weights_doubles_would_round_are_certified() -> None:
    F = drawn(2, "relu")
    rng = np.random.default_rng(0)
    F = VectorNetwork(F.W, F.b, rng.standard_normal((2, F.k)), "relu")
    f = F.difference(0, 1)
    found = network_enclosure(f, budget=LONG)
    assert f.is_exact and found.certified and found.exact
    assert found.upper == pytest.approx(vector_enclosure(VectorNetwork(F.W, F.b, F.A[:1] - F.A[1:], "relu"), budget=LONG).upper, rel=1e-6)


def strengthened(document: dict) -> list[dict]:
    """Certificates that claim more than the evidence proves, or are about something else."""
    value, lower = Fraction(document["value"]), Fraction(document["lower"])
    found = [{**document, "value": str(value * Fraction(99, 100))}, {**document, "lower": str(lower * Fraction(101, 100))},
             {**document, "value": "-1"}, {**document, "slopes": ["0", "2"]}, {**document, "tree": document["tree"][:-1]},
             {**document, "tree": [*document["tree"], {"bound": []}]}, {**document, "statement": "It is small."},
             {**document, "claim": "lipschitz.vector.slopes"}, {**document, "planes": document["planes"][:-1]}]  # fmt: skip
    for name in ("W", "A"):
        changed = copy.deepcopy(document)
        changed["network"][name][0][0] = "7"
        found.append(changed)
    for position, node in enumerate(document["tree"]):
        if "refuted" in node:
            tree = list(document["tree"])
            tree[position] = {"refuted": {"0": "-1"}}
            found.append({**document, "tree": tree})
        if node.get("bound"):
            tree = list(document["tree"])
            tree[position] = {"bound": ["-1", *node["bound"][1:]]}
            found.append({**document, "tree": tree})
    return found


@pytest.mark.parametrize("seed", [2, 5, 7])
def test_corrupted_certificates_are_refused(seed: int) -> None:
    F = drawn(seed, "relu")
    _, document = certified_vector_enclosure(F, ball(1.0), LONG)
    assert check_vector_tree(document).status is Status.CERTIFIED
    for changed in strengthened(document):
        with suppress(LawbookError):
            assert check_vector_tree(changed).status is Status.FAILED


@pytest.mark.parametrize(("domain", "error", "words"), [
    (sphere(), BadData, "not on spheres"), (ball(1.0, (0.0,)), ShapeError, "1 coordinates"),
    (box([0.0, 0.0], [1.0, 0.0]), BadData, "the box is flat"), (hull([[0.0, 0.0], [1.0, 1.0]]), BadData, "the hull is flat"),
])
def test_domains_that_do_not_fit(domain: Domain, error: type[Exception], words: str) -> None:
    F = VectorNetwork(np.eye(2), [0.0, 0.0], np.eye(2), "relu")
    with pytest.raises(error, match=words):
        vector_enclosure(F, domain)


def test_powers_have_no_constant_on_the_whole_space() -> None:
    F = VectorNetwork(np.eye(2), [0.0, 0.0], np.eye(2), "power:2")
    assert vector_enclosure(F).upper == float("inf")
    assert vector_enclosure(F, ball(1.0), Budget(seconds=1.0)).upper == pytest.approx(2.0, rel=1e-2)
    with pytest.raises(HypothesisViolated, match="not bounded on R"):
        certified_vector_enclosure(F, ball(1.0))
