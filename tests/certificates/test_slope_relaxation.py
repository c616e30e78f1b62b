"""Certificates of the LipSDP bound: they prove what the floats say, coincident hyperplanes share, and no corrupted number passes."""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import numpy as np
import pytest

from theory.certificates.exact.exact_weights import ExactWeights, exact_weights_of
from theory.certificates.files import check_file
from theory.certificates.lipschitz.slope_relaxation import certify_slope_bound, check_slope_certificate, proved_square, slope_rows
from theory.errors import BadData, LawbookError, NotCertified, ShapeError
from theory.verdict import Status
from verify.lipschitz import kink_form
from verify.lipschitz.piecewise.lipsdp import certified_lipsdp, lipsdp_bound


def document_of(rng, k, d, slopes="relu"):
    network = rng.standard_normal((k, d)), rng.standard_normal(k), rng.standard_normal(k), rng.standard_normal(d)
    return network, certified_lipsdp(*network, slopes=slopes)


@pytest.mark.parametrize("slopes", ["relu", "abs", "leaky_relu:0.1", "tanh", "gelu", (-0.5, 2.0)])
@pytest.mark.parametrize(("k", "d"), [(1, 1), (5, 3), (3, 8), (30, 6)])
def test_certificates_prove_the_float_bound(k, d, slopes):
    network, document = document_of(np.random.default_rng(k), k, d, slopes)
    verdict = check_slope_certificate(json.loads(json.dumps(document)))
    assert verdict.status is Status.CERTIFIED
    value = float(Fraction(document["value"]))
    assert value == pytest.approx(lipsdp_bound(*network, slopes=slopes).upper, rel=1e-9)


def test_coincident_hyperplanes_share_a_multiplier():
    # ReLU(x) − ReLU(−x) = x and the duplicated kink of opposite orientation: 1 as kinks, 2 for slopes that vary freely
    arrays = [[1.0], [-1.0]], [0.0, 0.0], [1.0, -1.0]
    kinks, slopes = certified_lipsdp(*arrays), certified_lipsdp(*arrays, slopes=(0.0, 1.0))
    assert (kinks["claim"], len(kinks["multipliers"])) == ("lipsdp.kinks", 1)
    assert (slopes["claim"], len(slopes["multipliers"])) == ("lipsdp.slopes", 3)
    assert float(Fraction(kinks["value"])) == pytest.approx(1.0)
    assert float(Fraction(slopes["value"])) == pytest.approx(2.0)
    # the same multipliers under the other claim do not fit
    assert check_slope_certificate({**slopes, "claim": "lipsdp.kinks", "statement": kinks["statement"]}).status is Status.FAILED


def test_merged_rows_are_those_of_the_kink_form():
    rng = np.random.default_rng(5)
    W = rng.integers(-2, 3, size=(40, 2)).astype(float)
    b, a = rng.integers(-1, 2, size=40).astype(float), rng.standard_normal(40)
    form = kink_form(W, b, a)
    network = exact_weights_of(W, b, a, np.zeros(2))
    rows = np.array([[float(c.mid()) for c in row] for row in slope_rows("lipsdp.kinks", network, (Fraction(0), Fraction(1))).table()])
    assert form.size < 40
    assert np.abs(rows[0] - form.v).max() <= 1e-12
    assert np.abs(rows[1:] - form.G).max() <= 1e-12


def test_a_certificate_of_rows_that_cancel_exactly():
    document = certified_lipsdp([[1.0, 2.0], [2.0, 4.0]], [1.0, 2.0], [2.0, -1.0])     # 2·ReLU(t) − ReLU(2t) = 0
    assert Fraction(document["value"]) == 0
    assert check_slope_certificate(document).status is Status.CERTIFIED
    assert check_slope_certificate({**document, "value": "-1"}).status is Status.FAILED


def numeric_places(document, path=()):
    """The paths of all numbers of a certificate."""
    if isinstance(document, dict):
        for key in document:
            if key in ("slopes", "value", "network", "multipliers", "W", "b", "a", "v") or path:
                yield from numeric_places(document[key], (*path, key))
    elif isinstance(document, list):
        for index, entry in enumerate(document):
            yield from numeric_places(entry, (*path, index))
    elif path and path[-1] != "sha256":
        yield path


def changed(document, path, value):
    copied = copy.deepcopy(document)
    place = copied
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return copied


def test_every_number_of_a_certificate_matters():
    _, document = document_of(np.random.default_rng(11), 4, 2)
    places = [path for path in numeric_places(document) if path[0] in ("slopes", "value", "network", "multipliers")]
    assert len(places) == 2 + 1 + (8 + 4 + 4 + 2) + 5
    for path in places:
        for bad in ("0.5", "x", "1/0", 1.5, None, ["1"]):
            with pytest.raises(BadData):
                check_slope_certificate(changed(document, path, bad))
        if path[0] == "multipliers":
            corrupted = ("0", "-1", "1000000", "1/1000000")
        elif path[0] == "slopes":
            corrupted = ("3", "-3")
        elif path[0] == "value":
            corrupted = (str(Fraction(document["value"]) * (1 - Fraction(1, 10**9))), "0", "-" + document["value"])
        else:
            corrupted = ("7/3",)
        for value in corrupted:
            assert check_slope_certificate(changed(document, path, value)).status is Status.FAILED, (path, value)


def test_every_other_field_of_a_certificate_matters():
    _, document = document_of(np.random.default_rng(12), 3, 2)
    for name in ("domain", "statement"):
        assert check_slope_certificate({**document, name: "ball"}).status is Status.FAILED
    assert check_slope_certificate(changed(document, ("network", "sha256"), "0" * 64)).status is Status.FAILED
    assert check_slope_certificate({**document, "multipliers": document["multipliers"][:-1]}).status is Status.FAILED
    for name, value in (("format", "x"), ("version", 2), ("claim", "x"), ("recheck", "x"), ("slopes", ["1"]), ("network", {})):
        with pytest.raises(LawbookError):
            check_slope_certificate({**document, name: value})
    for wrong in (None, [], {name: value for name, value in document.items() if name != "value"}, {**document, "more": 1}):
        with pytest.raises(BadData):
            check_slope_certificate(wrong)
    with pytest.raises(ShapeError):
        check_slope_certificate(changed(document, ("network", "b"), ["1"]))


def test_the_verify_command_knows_the_format(tmp_path):
    _, document = document_of(np.random.default_rng(13), 6, 3, "tanh")
    path = tmp_path / "bound.json"
    path.write_text(json.dumps(document))
    ((claim, verdict),) = check_file(path)
    assert (claim, verdict.status) == ("lipsdp.slopes", Status.CERTIFIED)
    path.write_text(json.dumps({**document, "value": "0"}))
    assert check_file(path)[0][1].status is Status.FAILED


def test_multipliers_must_be_positive_and_fit():
    third = Fraction(1, 3)
    network = ExactWeights(((third, third),), (Fraction(0),), (Fraction(1),), (Fraction(0), Fraction(0)))
    rows = slope_rows("lipsdp.slopes", network, (Fraction(0), Fraction(1)))
    # h_0 = h_1 = (1/6, 1/6): with y = (1, 1) the square is 2·(2·2/36) = 2/9 = Lip²
    assert 0 <= proved_square(rows, (Fraction(1), Fraction(1))) - Fraction(2, 9) < Fraction(1, 10**12)
    for multipliers in ((Fraction(1),), (Fraction(1), Fraction(0)), (Fraction(1), Fraction(-1))):
        with pytest.raises(NotCertified):
            proved_square(rows, multipliers)
    with pytest.raises(BadData, match="unknown"):
        certify_slope_bound("lipsdp", network, (Fraction(0), Fraction(1)), (Fraction(1), Fraction(1)))
    with pytest.raises(BadData, match="empty"):
        ExactWeights((), (), (), ())


@pytest.mark.slow
def test_five_thousand_neurons_are_certified():
    rng = np.random.default_rng(0)
    k, d = 5000, 100
    document = certified_lipsdp(rng.standard_normal((k, d)), rng.standard_normal(k), rng.standard_normal(k) / k)
    assert check_slope_certificate(document).status is Status.CERTIFIED
