"""Certificates of Lipschitz constants on spheres: true ones hold, and a change of any number is refused."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import fmpq

from theory.certificates.exact.exact_weights import ExactWeights
from theory.certificates.files import check_document
from theory.certificates.lipschitz.sphere_faces import largest_square
from theory.certificates.lipschitz.sphere_tree import CLAIMS, FACES, SpherePatterns, certify_sphere, check_sphere
from theory.errors import BadData, NotCertified
from theory.verdict import Status
from verify.lipschitz import Budget, geodesic_sphere, sphere
from verify.lipschitz.of_network import certified_enclosure
from verify.objects.networks import Network

ONE, ZERO = Fraction(1), Fraction(0)
LONG = Budget(seconds=600.0)      # no work of this file takes that long: no clock decides


def holds(document: Any) -> bool:
    try:
        return all(verdict.status is Status.CERTIFIED for _, verdict in check_document(document))
    except BadData:
        return False


def by_hand(kind: str = "sphere-geodesic") -> dict[str, Any]:
    """4 ReLU(x_1 − ¾) + 4 ReLU(x_2 − ¾) on the unit circle: √7 at the rims of the two caps; all leaves are cells, one of them empty."""
    network = ExactWeights(((ONE, ZERO), (ZERO, ONE)), (Fraction(-3, 4),) * 2, (Fraction(4),) * 2, (ZERO, ZERO))
    patterns = SpherePatterns(network, (ZERO, ONE), [0, 1], (ZERO, ZERO), ONE)
    leaf, half = {"bound": FACES}, {"branch": 1}
    tree = [{"branch": 0}, half, leaf, leaf, half, leaf, leaf]
    return certify_sphere(CLAIMS[kind], network, (ZERO, ONE), patterns, tree, None, [(Fraction(3), Fraction(264575131, 10**8))])


def numbers(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the numbers of a document are."""
    if isinstance(part, dict | list):
        for key, value in part.items() if isinstance(part, dict) else enumerate(part):
            yield from numbers(value, (*path, key))
    elif isinstance(part, int) or (isinstance(part, str) and part.replace("/", "").replace("-", "").isdigit()):
        yield path


def changed(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    """A number is doubled, or 1 where it is 0; the value from above and indices lose 1."""
    found = copy.deepcopy(document)
    part = found
    for key in path[:-1]:
        part = part[key]
    old = part[path[-1]]
    if isinstance(old, int):
        part[path[-1]] = old - 1
    else:
        less = path == ("value",)
        part[path[-1]] = str(Fraction(old) * (Fraction(99, 100) if less else 2) or 1)
    return found


def test_by_hand() -> None:
    document = by_hand()
    assert holds(document)
    assert float(Fraction(document["value"])) == pytest.approx(math.sqrt(7), rel=1e-11)
    assert float(Fraction(document["lower"])) == pytest.approx(math.sqrt(7), rel=1e-8)


@pytest.mark.parametrize("kind", ["sphere-geodesic", "sphere"])
def test_any_number_changed_is_refused(kind: str) -> None:
    document = by_hand(kind)
    paths = list(numbers(document))
    assert len(paths) > 20
    wrongly = [path for path in paths if holds(changed(document, path))]
    assert wrongly == []


@pytest.mark.parametrize(("domain", "activation"), [
    (geodesic_sphere(), "relu"), (sphere(), "relu"), (geodesic_sphere(2.0, (0.5, 0.0, 1.0)), "abs"),
    (sphere(Fraction(1, 3), (0.1, 0.0, 0.0)), "leaky_relu:0.25"),
])
def test_found_certificates_hold_and_stronger_ones_do_not(domain, activation: str) -> None:
    rng = np.random.default_rng(3)
    network = Network(rng.standard_normal((6, 3)), 0.3 * rng.standard_normal(6), rng.standard_normal(6), activation, rng.standard_normal(3))
    found, document = certified_enclosure(network, domain, LONG)
    assert document is not None and json.loads(json.dumps(document)) == document
    assert check_sphere(document).status is Status.CERTIFIED
    lower, value = Fraction(document["lower"]), Fraction(document["value"])
    assert float(lower) <= found.upper * (1 + 1e-9) and found.lower <= float(value) * (1 + 1e-9)
    if domain.kind == "sphere-geodesic":
        assert value <= lower * (1 + Fraction(1, 10**6))
    assert not holds({**document, "value": str(value * (1 - Fraction(1, 10**6)))}) or domain.kind == "sphere"
    assert not holds({**document, "lower": str(lower * (1 + Fraction(1, 10**6)))})
    for name, index in (("W", 0), ("b", 1), ("a", 2), ("v", 0)):
        other = copy.deepcopy(document)
        row = other["network"][name][index] if name == "W" else other["network"][name]
        row[0] = "7/3"
        assert not holds(other)


def test_a_certificate_for_arcs_is_none_for_chords() -> None:
    document = by_hand()
    assert not holds({**document, "claim": CLAIMS["sphere"]})
    assert not holds({**document, "domain": {**document["domain"], "kind": "sphere"}})


def test_trees_that_prove_nothing() -> None:
    document = by_hand()
    assert "lacks" in check_sphere({**document, "tree": document["tree"][:-1]}).reason
    assert "must be fixed" in check_sphere({**document, "tree": [{"bound": FACES}]}).reason
    assert "no range" in check_sphere({**document, "range": [[{"bound": {}}], [{"bound": {}}]]}).reason


def test_witnesses() -> None:
    document = by_hand("sphere")
    assert "centre" in check_sphere({**document, "witness": [["0", "0"]]}).reason
    assert "one ray" in check_sphere({**document, "witness": [["1", "1"], ["2", "2"]]}).reason
    assert "one point or two" in check_sphere({**document, "witness": [["1"]]}).reason
    # f is 1 at (1, 0) and 1/5 at (3, 4)/5, with the chord 2/√5 between them: the quotient is 2/√5 = 0.8944…
    pair = {**document, "witness": [["1", "0"], ["3", "4"]], "lower": "8944/10000"}
    assert holds(pair) and not holds({**pair, "lower": "8945/10000"})
    assert not holds({**by_hand(), "witness": pair["witness"], "lower": "0"})


def test_a_witness_on_a_kink() -> None:
    network = ExactWeights(((ONE, ZERO),), (ZERO,), (ONE,), (ZERO, ZERO))
    with pytest.raises(NotCertified, match="kink of neuron 0"):
        SpherePatterns(network, (ZERO, ONE), [0], (ZERO, ZERO), ONE).reached([(ZERO, ONE)])


def test_ranges_bound_chords() -> None:
    # ReLU(x_1) on the circle: G = 1, 0 ≤ f ≤ 1, so at most 1/(2 sin ½)
    network = ExactWeights(((ONE, ZERO),), (ZERO,), (ONE,), (ZERO, ZERO))
    patterns = SpherePatterns(network, (ZERO, ONE), [0], (ZERO, ZERO), ONE)
    tree, values = [{"branch": 0}, {"bound": FACES}, {"bound": FACES}], [[{"branch": 0}, {"bound": {}}, {"bound": {}}]] * 2
    values = [values[0], [{"branch": 0}, {"bound": {"0": "1"}}, {"bound": {}}]]
    document = certify_sphere(CLAIMS["sphere"], network, (ZERO, ONE), patterns, tree, values, [(Fraction(1, 10**9), ONE)])
    assert float(Fraction(document["value"])) == pytest.approx(1 / (2 * math.sin(0.5)), rel=1e-9)
    assert holds(document)
    loose = [values[0], [{"bound": {}}]]
    assert not holds({**document, "range": loose}) and not holds({**document, "range": None})
    assert not holds({**document, "range": [values[0], [{"branch": 0}, {"bound": {"0": "-1"}}, {"bound": {}}]]})


def test_isolated_points_do_not_count() -> None:
    # the closed cell x_2 ≥ 0, x_1 ≥ 1 meets the circle in one point, and the open one in none
    rows, heights = [[fmpq(0), fmpq(1)], [fmpq(1), fmpq(0)]], [fmpq(0), fmpq(-1)]
    assert largest_square(rows, heights, [fmpq(0), fmpq(1)]) in (0, 1)      # tangent: it may count, as a bound from above
    # two lines through (1, 0) that leave to the cell the wedge outside of the circle only
    rows, heights = [[fmpq(1), fmpq(1)], [fmpq(1), fmpq(-1)]], [fmpq(-1), fmpq(-1)]
    assert largest_square(rows, heights, [fmpq(0), fmpq(1)]) == 0


def test_a_line_has_no_such_certificate() -> None:
    with pytest.raises(BadData, match="two points"):
        SpherePatterns(ExactWeights(((ONE,),), (ZERO,), (ONE,), (ZERO,)), (ZERO, ONE), [0], (ZERO,), ONE)


def test_negative_multipliers_of_values() -> None:
    network = ExactWeights(((ONE, ZERO),), (ZERO,), (ONE,), (ZERO, ZERO))
    with pytest.raises(NotCertified):
        SpherePatterns(network, (ZERO, ONE), [0], (ZERO, ZERO), ONE).highest(1, [1], {0: -ONE})
