"""Certificates of radii: true ones hold, and no enlarged radius, swapped label, changed weight or missing rival passes."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from theory.certificates.exact.documents import write_certificate
from theory.certificates.exact.exact_data import parse_row, parse_rows
from theory.certificates.exact.exact_weights import ExactVectorWeights, parse_vector_weights
from theory.certificates.files import check_file
from theory.certificates.lipschitz.radius import check_radii, classifier
from theory.errors import BadData, LawbookError
from theory.verdict import Status
from verify.lipschitz.radius import RadiusBudget, radius
from verify.objects.data import Dataset
from verify.objects.networks import VectorNetwork


def certificate(psi: str, m: int = 3) -> dict[str, Any]:
    """Of four points, some by constants on R^d and some by balls."""
    rng = np.random.default_rng(4)
    F = VectorNetwork(rng.standard_normal((6, 2)), rng.standard_normal(6), rng.standard_normal((m, 6)), psi, None, rng.standard_normal(m))
    X = rng.standard_normal((4, 2))
    y = F(X).argmax(axis=1) if m > 1 else np.sign(F(X)[:, 0])
    found = radius(F, Dataset(X, y, real_labels=True), RadiusBudget(30.0)).certificate
    assert found is not None
    return json.loads(json.dumps(found))


@pytest.fixture(scope="module", params=["relu", "tanh", "gelu"])
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    return certificate(request.param)


def refused(document: dict[str, Any]) -> str:
    """Why, in one sentence: as a verdict, or as a malformed document."""
    try:
        verdict = check_radii(document)
    except LawbookError as error:
        return str(error)
    assert verdict.status is Status.FAILED
    return verdict.reason


def changed(document: dict[str, Any], *path: Any, to: Any) -> dict[str, Any]:
    found = copy.deepcopy(document)
    place = found
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = to
    return found


def with_digest(document: dict[str, Any]) -> dict[str, Any]:
    """Changed weights under their own digest."""
    found = copy.deepcopy(document)
    W, A, V = (parse_rows(found["network"][name], name) for name in ("W", "A", "V"))
    b, c = (parse_row(found["network"][name], name) for name in ("b", "c"))
    found["network"]["sha256"] = ExactVectorWeights(W, b, A, V, c).digest()
    return found


def test_true_certificates_hold(document: dict[str, Any], tmp_path: Path) -> None:
    verdict = check_radii(document)
    assert verdict.status is Status.CERTIFIED and verdict.evidence["points"] == 4
    write_certificate(document, tmp_path / "r.json")
    assert check_file(tmp_path / "r.json")[0][1].status is Status.CERTIFIED
    assert any("within" in rival for point in document["points"] for rival in point["rivals"])


def test_enlarged_radii(document: dict[str, Any]) -> None:
    for i, point in enumerate(document["points"]):
        larger = str(Fraction(point["radius"]) * Fraction(10001, 10000)) if "x" not in point["radius"] else "1000"
        assert f"point {i}" in refused(changed(document, "points", i, "radius", to=larger))
        assert refused(changed(document, "points", i, "radius", to="unbounded"))
        for bad in ("0", "-1", "0.5", None, 1):
            assert refused(changed(document, "points", i, "radius", to=bad))


def test_swapped_labels_and_rivals(document: dict[str, Any]) -> None:
    what = classifier(document["activation"], parse_row(document["slopes"], "slopes"), parse_vector_weights(document["network"]))
    places = [(Fraction(i), Fraction(j)) for i in range(-9, 10) for j in range(-9, 10)]
    for i, point in enumerate(document["points"]):
        for label in (point["label"] + 1, point["label"] - 1, 3, -1, True, "0", None):
            assert refused(changed(document, "points", i, "label", to=label))
        assert "no evidence against" in refused(changed(document, "points", i, "rivals", to=point["rivals"][:1]))
        assert "no evidence against" in refused(changed(document, "points", i, "rivals", to=[]))
        for against in (point["label"], 7, -1, "0"):
            assert refused(changed(document, "points", i, "rivals", 0, "against", to=against))
        elsewhere = next(x for x in places if any(high < 0 for _, high in what.margins(x, point["label"]).values()))
        assert "is not below" in refused(changed(document, "points", i, "x", to=[str(c) for c in elsewhere]))
        assert refused(changed(document, "points", i, "x", to=point["x"][:1]))


def test_evidence_that_proves_nothing(document: dict[str, Any]) -> None:
    for i, point in enumerate(document["points"]):
        for r, rival in enumerate(point["rivals"]):
            if "comparison" in rival:
                for number in (99, -1, "0", True):
                    assert refused(changed(document, "points", i, "rivals", r, "comparison", to=number))
            else:
                small = str(Fraction(1, 10**6))
                assert "does not reach" in refused(changed(document, "points", i, "rivals", r, "within", to=small))
                larger = copy.deepcopy(document)
                larger["points"][i]["rivals"][r]["within"] = "1000"
                larger["points"][i]["radius"] = "900"
                assert refused(larger)
                for name in ("tree", "multipliers"):
                    if name in rival:
                        assert refused(changed(document, "points", i, "rivals", r, name, to=rival[name][:-1]))
                        assert refused(changed(document, "points", i, "rivals", r, name, to=[]))
    for i, comparison in enumerate(document["comparisons"]):
        assert refused(changed(document, "comparisons", i, "outputs", to=[0, 0]))
        assert refused(changed(document, "comparisons", i, "outputs", to=[0, 9]))
        name = "tree" if "tree" in comparison else "multipliers"
        assert refused(changed(document, "comparisons", i, name, to=comparison[name][:-1]))


def test_changed_networks(document: dict[str, Any]) -> None:
    for name, *place in (("W", 0, 0), ("A", 0, 0), ("V", 0, 0), ("b", 0), ("c", 0)):
        other = changed(document, "network", name, *place, to="1234")
        assert "digest" in refused(other)
        assert refused(with_digest(other))                            # another network under its own digest: the radii are not its radii
    smooth = document["activation"] != "kinks"
    assert refused(changed(document, "activation", to="kinks" if smooth else "tanh"))
    assert refused(changed(document, "activation", to="swish"))
    assert refused(changed(document, "slopes", to=["0", "1"] if smooth else ["0", "9"]))
    assert refused(changed(document, "slopes", to=["0"]))


def test_malformed_documents(document: dict[str, Any]) -> None:
    for field in document:
        without = {name: value for name, value in document.items() if name != field}
        with pytest.raises(BadData):
            check_radii(without)
    for field, value in (("points", []), ("points", [1]), ("points", None), ("comparisons", None), ("claim", "x"), ("statement", "Small."),
                         ("version", 2), ("network", {})):  # fmt: skip
        with pytest.raises(BadData):
            check_radii({**document, field: value})
    parse_vector_weights(document["network"])


def test_one_output_has_the_labels_minus_one_and_one() -> None:
    document = certificate("relu", m=1)
    assert check_radii(document).status is Status.CERTIFIED
    assert {point["label"] for point in document["points"]} <= {-1, 1}
    for label in (0, 2):
        assert "labels are -1 and 1" in refused(changed(document, "points", 0, "label", to=label))
    assert refused(changed(document, "points", 0, "label", to=-document["points"][0]["label"]))
