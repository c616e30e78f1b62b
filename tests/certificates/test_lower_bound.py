"""Certificates of lower bounds: what is true is accepted, and every strengthened number is refused."""

import copy
import gzip
import json
from fractions import Fraction

import numpy as np
import pytest

from theory.certificates.exact import documents
from theory.certificates.exact.documents import read_certificate, write_certificate
from theory.certificates.exact.exact_data import ExactData, exact_data
from theory.certificates.fits.lower_bound import certify_lower_bound, check_certificate
from theory.certificates.lipschitz.lipschitz_claims import CLAIMS, Evidence, lip_squared_lower
from theory.errors import BadData, NotCertified, ShapeError
from theory.verdict import Status

F = Fraction
# unit rows with rational coordinates, d = 3, and no symmetry that would make two widths prove the same number
UNIT = [(1, 0, 0), (0, 1, 0), (F(3, 5), F(4, 5), 0), (0, F(5, 13), F(12, 13)), (F(-2, 3), F(1, 3), F(2, 3))]
LABELS = (1, -1, -1, 1, -1)
DATA = ExactData(tuple(tuple(map(F, row)) for row in UNIT), tuple(map(F, LABELS)))
WEIGHTS = {(0, 2): F(1, 2), (3, 4): F(1, 3), (0, 1): F(1, 6)}
EVIDENCE = {
    "mcshane": Evidence(pair=(0, 2)),
    "bln.thm6.trace": Evidence(),
    "bln.thm6.fantope": Evidence(weights=WEIGHTS),
    "bln.thm6.sphere": Evidence(),
    "bln.thm6.sphere_fantope": Evidence(weights=WEIGHTS),
    "bln.r0": Evidence(radius_squared=F(1)),
    "k.law": Evidence(weights=WEIGHTS),
    "k.relu": Evidence(weights=WEIGHTS),
    "k.sphere.relu": Evidence(weights=WEIGHTS),
    "k.blocks": Evidence(weights=WEIGHTS),
}
NEW_LAWS = [claim for claim in EVIDENCE if claim.startswith("k.")]


def certificate(claim: str, width: int | None = None) -> dict:
    width = width or (4 if claim == "k.blocks" else 1)      # more than d
    return certify_lower_bound(claim, DATA, None if claim == "mcshane" else width, EVIDENCE[claim])


def verdict_or_error(document):
    try:
        return check_certificate(document).status
    except (BadData, ShapeError):
        return Status.FAILED


def test_every_claim_is_covered_here():
    assert set(EVIDENCE) == set(CLAIMS)


@pytest.mark.parametrize("claim", CLAIMS)
def test_accepted_after_a_round_trip(claim, tmp_path):
    path = write_certificate(certificate(claim), tmp_path / "c.json")
    verdict = check_certificate(read_certificate(path))
    assert verdict.status is Status.CERTIFIED
    assert verdict.evidence["claim"] == claim
    assert [p.name for p in tmp_path.iterdir()] == ["c.json"]


def test_values_by_hand():
    # McShane: the points (1,0,0) and (3/5,4/5,0) have squared distance 4/5, labels 2 apart: 4/(4/5) = 5
    assert lip_squared_lower(CLAIMS["mcshane"], DATA, 1, EVIDENCE["mcshane"]) == pytest.approx(5)
    # two opposite unit vectors in the plane: σ = 1, so the sphere bound is √(1−ȳ²) = 1; centred Gram = diag(2, 0)
    data = exact_data(np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([1.0, -1.0]))
    assert float(lip_squared_lower(CLAIMS["bln.thm6.sphere"], data, 1, Evidence())) == pytest.approx(1)
    assert float(lip_squared_lower(CLAIMS["bln.thm6.trace"], data, 1, Evidence())) == pytest.approx(1)
    # orthonormal rows e_1, e_2 in R³ with labels ±1, rank 1, all weight on the pair: (e1−e2)(e1−e2)ᵀ + e1e1ᵀ + e2e2ᵀ
    # has eigenvalues 3, 1, 0, so Lip² ≥ 4/3; globally 4/2 = 2; the sphere bound has σ = 1/2: 1/(3/4) = 4/3
    data = exact_data(np.eye(3)[:2], np.array([1.0, -1.0]))
    pair = Evidence(weights={(0, 1): F(1)})
    assert float(lip_squared_lower(CLAIMS["bln.thm6.sphere_fantope"], data, 1, pair)) == pytest.approx(4 / 3)
    assert float(lip_squared_lower(CLAIMS["bln.thm6.fantope"], data, 1, pair)) == pytest.approx(2)
    assert float(lip_squared_lower(CLAIMS["bln.thm6.sphere"], data, 1, Evidence())) == pytest.approx(4 / 3)
    # R0 on −1, 1 with labels ∓1: Σz² = 2, s = 2, λ_1 = 2, R = (2 + √2·√2)/2 = 2, bound 2/(2 + 2·2)
    data = exact_data(np.array([[1.0], [-1.0]]), np.array([1.0, -1.0]))
    assert float(lip_squared_lower(CLAIMS["bln.r0"], data, 1, Evidence(radius_squared=F(1)))) == pytest.approx(1 / 9)


def test_values_of_the_new_laws_by_hand():
    # e_1, −e_1 with label 1 and e_2, −e_2 with −1, every opposite pair ¼: Σc_iy_i = 2, M = 0, Σπ(x_i−x_j)(x_i−x_j)ᵀ = I, and of the
    # points with label 1, around the mean 0 of the others, e_1e_1ᵀ: V² ≤ 1, B² ≤ 1
    data = exact_data(np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]), np.array([1.0, 1.0, -1.0, -1.0]))
    pairs = Evidence(weights={(i, j): F(1, 4) for i in (0, 1) for j in (2, 3)})
    for claim, width, value in (("k.law", 1, 4), ("k.law", 2, 2), ("k.relu", 1, 4), ("k.sphere.relu", 2, 2), ("k.blocks", 4, 1 / 2)):
        assert float(lip_squared_lower(CLAIMS[claim], data, width, pairs)) == pytest.approx(value), (claim, width)
    # 1 and 11 against 0 and 10, crosswise: M = 1, V² ≤ ½(9² + 11²), and around 5, or around 6, B² ≤ ½(4² + 6²)
    data = exact_data(np.array([[1.0], [11.0], [0.0], [10.0]]), np.array([1.0, 1.0, -1.0, -1.0]))
    pairs = Evidence(weights={(0, 3): F(1, 2), (1, 2): F(1, 2)})
    found = [float(lip_squared_lower(CLAIMS[claim], data, 1, pairs)) for claim in ("k.law", "k.relu")]
    assert found == pytest.approx([4 / 102, 4 / 27])
    # 2|x| − 1 at ±1 and twice at 0 has Lip = 2: an equality, B = 1 from the label −1
    data = exact_data(np.array([[1.0], [-1.0], [0.0], [0.0]]), np.array([1.0, 1.0, -1.0, -1.0]))
    pairs = Evidence(weights={(0, 2): F(1, 2), (1, 3): F(1, 2)})
    assert [float(lip_squared_lower(CLAIMS[claim], data, 1, pairs)) for claim in ("k.law", "k.relu")] == pytest.approx([4, 4])


def test_the_new_laws_say_which_networks_they_are_about():
    for claim, width, reason in (("k.law", 4, "width ≤ d"), ("k.relu", 4, "width ≤ d"), ("k.sphere.relu", 4, "width ≤ d"),
                                 ("k.blocks", 3, "stronger")):
        with pytest.raises(NotCertified, match=reason):
            certificate(claim, width)
    assert "independent rows" in check_certificate(certificate("k.law")).evidence["class"]
    one_sign = ExactData(DATA.points, tuple(label + 2 for label in DATA.labels))
    assert certify_lower_bound("k.sphere.relu", one_sign, 2, EVIDENCE["k.sphere.relu"])["width"] == 2
    with pytest.raises(NotCertified, match="one sign"):
        certify_lower_bound("k.sphere.relu", one_sign, 3, EVIDENCE["k.sphere.relu"])


def test_values_are_tight_to_twelve_digits():
    for claim in CLAIMS:
        document = certificate(claim)
        larger = F(document["value"]) * (1 + F(1, 10**10))
        verdict = check_certificate({**document, "value": str(larger)})
        assert verdict.status is Status.FAILED
        assert "proves at most" in verdict.reason


WITH_WIDTH = [claim for claim in CLAIMS if claim != "mcshane"]


@pytest.mark.parametrize("claim", WITH_WIDTH)
def test_a_larger_width_is_refused(claim):
    document = certificate(claim)
    assert check_certificate({**document, "width": document["width"] + 1}).status is Status.FAILED


def test_beyond_the_dimension_the_width_no_longer_matters():
    # k ≥ d neurons still see no more than d directions: the stronger-looking claim is the same true statement
    document = certificate("bln.thm6.fantope", width=3)
    assert check_certificate({**document, "width": 7}).status is Status.CERTIFIED
    assert check_certificate({**certificate("bln.r0", 3), "width": 7}).status is Status.FAILED


def numeric_places(node, path=()):
    """Every number of a document, as a path: JSON integers, and the strings that spell exact numbers."""
    if isinstance(node, dict):
        for key, child in node.items():
            if key not in ("format", "claim", "domain", "statement", "recheck"):
                yield from numeric_places(child, (*path, key))
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from numeric_places(child, (*path, index))
    elif node is not None:
        yield path


def changed(document, path, change):
    document = copy.deepcopy(document)
    node = document
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = change(node[path[-1]])
    return document


PLACES = [(claim, path) for claim in CLAIMS for path in numeric_places(certificate(claim))]


@pytest.mark.parametrize(("claim", "path"), PLACES, ids=lambda x: x if isinstance(x, str) else "/".join(map(str, x)))
def test_no_single_number_can_be_strengthened(claim, path):
    document = certificate(claim)
    if path == ("data", "sha256"):
        tampered = [changed(document, path, lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"))]
    elif isinstance(document_value(document, path), int):
        # version, width, indices of pairs: the neighbours, another point, a boolean and a float in disguise
        tampered = [changed(document, path, change) for change in (lambda i: i + 1, lambda i: i + 17, float)]
        tampered += [changed(document, path, lambda i: -1)]
    elif path == ("evidence", "radius_squared"):
        tampered = [changed(document, path, lambda _: "99/100")]  # a smaller ball makes the stronger claim
    else:
        bump = [lambda t: str(exact(t) + F(1, 10**9)), lambda t: str(-exact(t) - 1), lambda t: str(2 * exact(t) + 5)]
        tampered = [changed(document, path, change) for change in bump]
        if path == ("value",):
            tampered = [changed(document, path, bump[0]), changed(document, path, bump[2])]
    for fake in tampered:
        if verdict_or_error(fake) is not Status.FAILED:
            assert is_weaker_truth(document, fake, path), (path, document_value(fake, path))


def is_weaker_truth(document, fake, path):
    """An index moved to another opposite pair may prove the claimed value as well: then it must really do so."""
    if path[0] != "evidence" or "radius_squared" in path or not isinstance(document_value(fake, path), int):
        return False
    y, X = [F(label) for label in LABELS], np.array(UNIT, dtype=float)
    if fake["claim"] in NEW_LAWS:
        proved = new_law_value(fake, X)
    elif path[1] == "pair":
        i, j = fake["evidence"]["pair"]
        proved = abs(float(y[i] - y[j])) / np.linalg.norm(X[i] - X[j])
    else:
        M = np.zeros((3, 3))
        for i, j, w in fake["evidence"]["weights"]:
            v = X[i] - X[j]
            M += float(F(w)) * np.outer(v, v)
            if fake["domain"] == "sphere":
                M += float(F(w)) * (np.outer(X[i], X[i]) + np.outer(X[j], X[j]))
            assert y[i] != y[j]
        proved = 2 / np.sqrt(np.linalg.eigvalsh(M)[-1])
    return proved >= float(F(document["value"])) * (1 - 1e-12)


def new_law_value(document, X):
    """What the evidence of a new law proves, in floating point."""
    transport, c, k = np.zeros((3, 3)), np.zeros(len(X)), document["width"]
    for i, j, w in document["evidence"]["weights"]:
        up, down = (i, j) if LABELS[i] > LABELS[j] else (j, i)
        c[up] += float(F(w))
        c[down] -= float(F(w))
        transport += float(F(w)) * np.outer(X[i] - X[j], X[i] - X[j])
    widths = []
    for sign in (1, -1):
        here, there = np.maximum(sign * c, 0), np.maximum(-sign * c, 0)
        differences = X - there @ X / there.sum()
        widths.append(here.sum() * np.linalg.eigvalsh((differences * here[:, None]).T @ differences)[-1])
    M, V = np.linalg.norm(c @ X), np.sqrt(np.linalg.eigvalsh(transport)[-1])
    B = min(V, np.sqrt(max(widths)))
    return (c @ LABELS) / {"k.law": np.hypot(M, np.sqrt(k) * V), "k.blocks": M + k / np.sqrt(3) * B}.get(
        document["claim"], np.hypot(M, np.sqrt(k) * B))


def document_value(document, path):
    for step in path:
        document = document[step]
    return document


def exact(text):
    return F(float.fromhex(text)) if "x" in text else F(text)


WRONG_WEIGHTS = {
    "they sum to more": ({(0, 2): F(1, 2), (3, 4): F(2, 3)}, "sum to"),
    "they sum to less": ({(0, 2): F(1, 2)}, "sum to"),
    "one is negative": ({(0, 2): F(3, 2), (3, 4): F(-1, 2)}, "negative"),
    "equal labels": ({(0, 3): F(1)}, "equal labels"),
    "one point twice": ({(2, 2): F(1)}, "equal labels"),
    "no such point": ({(0, 9): F(1)}, "outside"),
    "index from the end": ({(0, -1): F(1)}, "outside"),
    "none": ({}, "sum to"),
}


@pytest.mark.parametrize("claim", ["bln.thm6.fantope", "bln.thm6.sphere_fantope", *NEW_LAWS])
@pytest.mark.parametrize("case", WRONG_WEIGHTS)
def test_wrong_weights_are_refused_with_the_reason(claim, case):
    weights, reason = WRONG_WEIGHTS[case]
    document = certificate(claim)
    document["evidence"] = {"weights": [[i, j, str(w)] for (i, j), w in weights.items()]}
    document["value"] = "1/1000"
    verdict = check_certificate(document)
    assert verdict.status is Status.FAILED
    assert reason in verdict.reason


def test_data_must_match_their_digest():
    document = certificate("bln.thm6.trace")
    document["data"]["X"][0][0] = "1/2"
    assert "digest" in check_certificate(document).reason


@pytest.mark.parametrize("claim", ["bln.thm6.sphere", "bln.thm6.sphere_fantope", "k.sphere.relu"])
def test_sphere_claims_refuse_rows_that_are_not_unit(claim):
    points = ((F(1) + F(1, 10**12), F(0), F(0)), *DATA.points[1:])
    with pytest.raises(NotCertified, match="row 0 of X has squared norm"):
        certify_lower_bound(claim, ExactData(points, DATA.labels), 1, EVIDENCE[claim])


def test_normalised_floats_count_as_unit_and_the_statement_says_what_that_means():
    X = np.random.default_rng(0).normal(size=(6, 4))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    document = certify_lower_bound("bln.thm6.sphere", exact_data(X, np.array([1.0, -1] * 3)), 2, Evidence())
    assert "normalised exactly" in document["statement"]
    assert check_certificate(document).status is Status.CERTIFIED


def test_the_sphere_fantope_form_needs_a_free_direction():
    with pytest.raises(NotCertified, match="width < d"):
        certificate("bln.thm6.sphere_fantope", width=3)


def test_coinciding_points_of_different_labels_prove_nothing():
    data = ExactData(((F(1),), (F(1),)), (F(1), F(-1)))
    for claim, evidence in (("mcshane", Evidence(pair=(0, 1))), ("bln.thm6.fantope", Evidence(weights={(0, 1): F(1)}))):
        with pytest.raises(NotCertified, match="no function fits"):
            certify_lower_bound(claim, data, None if claim == "mcshane" else 1, evidence)


def test_equal_labels_prove_nothing():
    data = ExactData(((F(1),), (F(2),)), (F(1), F(1)))
    with pytest.raises(NotCertified, match="only the bound 0"):
        certify_lower_bound("bln.thm6.trace", data, 1, Evidence())


@pytest.mark.parametrize("claim", ["bln.thm6.fantope", "bln.thm6.trace"])
def test_a_certificate_cannot_change_its_claim(claim):
    other = {"bln.thm6.fantope": "bln.thm6.sphere_fantope", "bln.thm6.trace": "bln.thm6.sphere"}[claim]
    document = {**certificate(claim), "claim": other}
    assert check_certificate(document).status is Status.FAILED


def malformed():
    good = certificate("bln.thm6.fantope")
    yield "not an object", []
    yield "format", {**good, "format": "other"}
    yield "version", {**good, "version": 2}
    yield "version is a boolean", {**good, "version": True}
    yield "unknown claim", {**good, "claim": "bln.thm6"}
    yield "claim is a list", {**good, "claim": []}
    yield "extra field", {**good, "eigenvalue_sum": "1"}
    yield "missing field", {key: value for key, value in good.items() if key != "width"}
    yield "width zero", {**good, "width": 0}
    yield "width true", {**good, "width": True}
    yield "width null", {**good, "width": None}
    yield "value is a float", {**good, "value": 0.5}
    yield "value is a decimal", {**good, "value": "0.5"}
    yield "recheck", {**good, "recheck": "rm"}
    yield "evidence of another claim", {**good, "evidence": {"pair": [0, 1]}}
    yield "evidence with a derived number", {**good, "evidence": {**good["evidence"], "sum": "1"}}
    yield "pair repeated", {**good, "evidence": {"weights": [[0, 1, "1/2"], [0, 1, "1/2"]]}}
    yield "pair repeated backwards", {**good, "evidence": {"weights": [[0, 1, "1/2"], [1, 0, "1/2"]]}}
    yield "weights not a list", {**good, "evidence": {"weights": {}}}
    yield "ragged rows", {**good, "data": {**good["data"], "X": [["1"], ["1", "2"]]}}
    yield "rows not lists", {**good, "data": {**good["data"], "X": ["1", "2"]}}
    yield "no data", {**good, "data": {**good["data"], "X": [], "y": []}}
    yield "no digest", {**good, "data": {"X": [["1"]], "y": ["1"]}}
    yield "digest not a string", {**good, "data": {**good["data"], "sha256": 5}}
    yield "labels missing", {**good, "data": {**good["data"], "y": ["1"]}}
    yield "width for mcshane", {**certificate("mcshane"), "width": 1}


@pytest.mark.parametrize("document", [pytest.param(d, id=name) for name, d in malformed()])
def test_malformed_documents_are_bad_data(document):
    with pytest.raises((BadData, ShapeError)) as error:
        check_certificate(document)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("value", ["0", "-1"])
def test_a_bound_that_says_nothing_is_refused(value):
    assert check_certificate({**certificate("mcshane"), "value": value}).status is Status.FAILED


def test_unreadable_files(tmp_path):
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_text('{"width": 1, "width": 2}')
    (tmp_path / "c.json").write_bytes(b"\xff\xfe")
    for name in ("a.json", "b.json", "c.json", "missing.json"):
        with pytest.raises(BadData):
            read_certificate(tmp_path / name)
    with pytest.raises(BadData, match="cannot be written"):
        write_certificate(certificate("mcshane"), tmp_path / "no" / "c.json")


def test_compressed_files_that_are_cut_short_or_too_large(tmp_path, monkeypatch):
    path = write_certificate(certificate("mcshane"), tmp_path / "c.json.gz")
    whole = path.read_bytes()
    assert read_certificate(path) == certificate("mcshane")
    for content in (whole[: len(whole) // 2], whole + b"more", b"{}", b""):
        (tmp_path / "d.json.gz").write_bytes(content)
        with pytest.raises(BadData):
            read_certificate(tmp_path / "d.json.gz")
    monkeypatch.setattr(documents, "MOST_BYTES", 1 << 10)
    (tmp_path / "d.json.gz").write_bytes(gzip.compress(b" " * 1025))
    with pytest.raises(BadData, match="decompresses to more than"):
        read_certificate(tmp_path / "d.json.gz")


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = write_certificate(certificate("mcshane"), tmp_path / "c.json")
    before = path.read_text()
    with pytest.raises(TypeError):
        write_certificate({"value": object()}, path)
    assert path.read_text() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_documents_are_plain_json():
    for claim in CLAIMS:
        document = certificate(claim)
        assert json.loads(json.dumps(document)) == document
