"""Section 3.1 as code: least-norm linear fits, their certificates, and what spoils them."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from theory.certificates.constructions.construction import check_construction
from theory.certificates.exact.documents import write_certificate
from theory.certificates.files import check_file
from theory.errors import BadData, HypothesisViolated
from theory.verdict import Status
from verify.cli.app import run
from verify.fits.constructions import linear
from verify.objects.data import Dataset, draw

ACUTE = Dataset([[1.0, 0.0], [0.6, 0.8]], [1, -1])


@pytest.mark.parametrize("neurons", [1, 2])
@pytest.mark.parametrize(("n", "d"), [(1, 1), (1, 5), (3, 3), (8, 40), (30, 60)])
def test_fits_with_the_certified_constant(n: int, d: int, neurons: int) -> None:
    data = draw("sphere", n, d, np.random.default_rng(n + d), "random")
    found = linear(data, neurons)
    y, gram = data.y, data.X @ data.X.T
    assert float(found.upper) == pytest.approx(float(np.sqrt(y @ np.linalg.solve(gram, y))), rel=1e-9)
    assert found.residual < Fraction(1, 10**12)
    assert found.network.k == neurons and found.domain.kind == "global"
    measured = found.measured()
    assert measured.lower <= float(found.upper) * (1 + 1e-11) and measured.upper >= float(found.upper) * (1 - 1e-11)
    assert check_construction(json.loads(json.dumps(found.certificate))).status is Status.CERTIFIED


def test_numbers_by_hand() -> None:
    """w = (1, −2): Lip = √5."""
    found = linear(ACUTE)
    assert found.upper**2 >= 5
    assert float(found.upper) == pytest.approx(np.sqrt(5), rel=1e-9)


def test_no_linear_fit_is_smoother() -> None:
    rng = np.random.default_rng(3)
    data = draw("gaussian", 4, 9, rng, "random")
    best = float(linear(data).upper)
    w = np.linalg.lstsq(data.X, data.y, rcond=None)[0]
    for _ in range(30):
        g = rng.standard_normal(9)
        assert np.linalg.norm(w + g - np.linalg.lstsq(data.X, data.X @ g, rcond=None)[0]) >= best * (1 - 1e-9)


@pytest.mark.parametrize(("data", "words"), [
    (Dataset([[1.0], [-1.0]], [1, -1]), "2 points in dimension 1 are dependent"),
    (Dataset([[1.0, 1.0], [2.0, 2.0]], [1, -1]), "nearly"),
    (Dataset([[0.0, 0.0]], [1]), "nearly"),
])
def test_refuses_dependent_points(data: Dataset, words: str) -> None:
    with pytest.raises(HypothesisViolated, match=words):
        linear(data)


def test_refuses_another_width() -> None:
    with pytest.raises(BadData, match="give 1 or 2"):
        linear(ACUTE, 3)


def spoiled() -> dict[str, dict]:  # type: ignore[type-arg]
    """Certificates with one number changed for the worse."""
    good = json.loads(json.dumps(linear(ACUTE, 2).certificate))
    data, network = good["data"], good["network"]
    return {
        "upper": {**good, "upper": str(Fraction(good["upper"]) - Fraction(1, 10**9))},
        "residual": {**good, "residual": "-1/10"},
        "a": {**good, "network": {**network, "a": ["2", "-2"]}},
        "b": {**good, "network": {**network, "b": ["1/8", "0"]}},
        "W": {**good, "network": {**network, "W": [network["W"][0], network["W"][0]]}},
        "X": {**good, "data": {**data, "X": [["1", "0"], ["0", "1"]]}},
        "y": {**good, "data": {**data, "y": ["1", "1"]}},
        "sha256": {**good, "data": {**data, "sha256": "0" * 64}},
        "domain": {**good, "domain": "ball"},
        "statement": {**good, "statement": "Lip = 0."},
    }


@pytest.mark.parametrize("field", spoiled())
def test_a_changed_number_is_caught(field: str) -> None:
    assert check_construction(spoiled()[field]).status is Status.FAILED


@pytest.mark.parametrize(("change", "words"), [
    ({"claim": "bln.thm5.sharp"}, "justifies no construction"), ({"version": 2}, "must be"), ({"recheck": ""}, "recheck"),
    ({"upper": 1.5}, "not an exact number"), ({"evidence": {"norm2": "1"}}, "exactly the numbers"), ({"network": {}}, "must hold exactly"),
    ({"more": 1}, "beyond the format")])
def test_malformed_documents_are_refused(change: dict, words: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(BadData, match=words):
        check_construction({**linear(ACUTE).certificate, **change})


def test_verify_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = write_certificate(linear(ACUTE).certificate, tmp_path / "good.json")
    assert [(claim, verdict.status) for claim, verdict in check_file(good)] == [("bln.s31.sharp", Status.CERTIFIED)]
    assert run(["verify", str(good)]) == 0
    assert "Lip ≤ 2.23607 on R^d for this network of width 1" in capsys.readouterr().out
    bad = write_certificate({**linear(ACUTE).certificate, "upper": "2"}, tmp_path / "bad.json")
    assert run(["verify", str(good), str(bad), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["failed"] == 1
