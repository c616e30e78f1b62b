"""Grouped networks: they fit, their certificates re-check and every corrupted one fails, and refusals name the culprit."""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import numpy as np
import pytest

from theory.certificates.constructions.construction import check_construction
from theory.certificates.exact.exact_data import parse_exact
from theory.certificates.files import check_file
from theory.errors import BadData, HypothesisViolated, LawbookError
from theory.verdict import Status
from verify.fits.constructions.groups import NUMBERS, group_size, groups, one_label_groups
from verify.objects.data import Dataset, draw

CLAIMS = tuple(NUMBERS)
AXES = Dataset(np.eye(4), [1, 1, -1, -1])


@pytest.fixture(scope="module")
def generic() -> Dataset:
    """Twelve uniform points of S^{119} with random labels."""
    return draw("sphere", 12, 120, np.random.default_rng(3))


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("threshold", [0.35, 0.5, 0.7])
def test_generic_data(generic: Dataset, claim: str, threshold: float) -> None:
    built = groups(generic, 6, threshold, claim)
    assert built.network.k <= 6
    assert built.residual <= Fraction(1, 10**13)
    assert built.network.residual(generic) <= 1e-13              # in floats, whose last bits are the processor's
    assert check_construction(built.certificate).status is Status.CERTIFIED
    found = built.measured()
    assert found.lower <= float(built.upper)
    assert built.domain.kind == "ball"


def test_orthonormal_data_by_hand() -> None:
    """Two groups of two: ‖w_g‖² = 2, ρ = 0, both active at a point of the ball: Lip_B = 2·√(2·2) = 4 at τ = ½, certified and measured."""
    built = groups(AXES, 2)
    assert built.upper == pytest.approx(4)
    assert built.measured().lower == pytest.approx(4)
    assert {name: Fraction(value) for name, value in built.certificate["evidence"].items()}["active"] == 2


def test_single_points_are_caps() -> None:
    """k = n: M = 1 and ρ = 0; at τ = 0.8 one neuron is active and Lip_B = 1/0.2 = 5."""
    assert groups(AXES, 4, 0.8).upper == pytest.approx(5)


def test_the_better_claim_is_taken(generic: Dataset) -> None:
    assert groups(generic, 6).upper == min(groups(generic, 6, claim=claim).upper for claim in CLAIMS)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "d", "k"), [(20, 200, 10), (100, 500, 50), (200, 1000, 100), (300, 1000, 150), (60, 2000, 30)])
def test_generic_data_in_high_dimension(n: int, d: int, k: int) -> None:
    """The printed construction at τ = ½ works: certified below 3n log(d)/k, above the largest gradient found, below the proxy."""
    data = draw("sphere", n, d, np.random.default_rng(0))
    built = groups(data, k)
    assert check_construction(built.certificate).status is Status.CERTIFIED
    assert built.residual < Fraction(1, 10**12)
    assert float(built.upper) < 3 * n * np.log(d) / k
    assert built.measured().lower < float(built.upper) < 1.001 * built.network.spectral_bound()


# --- groups ---------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("seed", range(20))
def test_groups_are_a_partition_by_label(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = rng.choice([-1.0, 1.0], int(rng.integers(1, 30)))
    k = int(rng.integers(2, 12))
    found = one_label_groups(y, k)
    assert sorted(i for rows in found for i in rows) == list(range(len(y)))
    assert len(found) == min(k, len(y))
    assert all(len({y[i] for i in rows}) == 1 for rows in found)
    assert max(map(len, found)) == group_size(int((y > 0).sum()), int((y < 0).sum()), k) <= -(-len(y) // (k - 1))


def test_one_neuron_for_one_label() -> None:
    assert one_label_groups(np.ones(3), 1) == ((0, 1, 2),)
    with pytest.raises(BadData, match="at least 2"):
        group_size(1, 1, 1)


# --- refusals -------------------------------------------------------------------------------------------------------------------------

def test_an_active_stranger_is_named() -> None:
    close = Dataset([[1.0, 0.0], [0.8, 0.6]], [1, -1])
    with pytest.raises(HypothesisViolated, match=r"group 0 is active at point 1.*w·x = 0\.8 exceeds the threshold 0\.5"):
        groups(close, 2)
    assert groups(close, 2, 0.85).upper > 0


def test_a_group_without_a_weight_is_named() -> None:
    line = Dataset([[1.0], [-1.0], [0.5]], [1, 1, 1])
    with pytest.raises(HypothesisViolated, match=r"group 0 \(points 0, 1, 2\)"):
        groups(line, 1)


@pytest.mark.parametrize(("data", "k", "threshold", "claim", "words"), [
    (Dataset([[1.0]], [0.5], real_labels=True), 2, 0.5, None, "one label each"),
    (AXES, 2, 1.0, None, "strictly between 0 and 1"),
    (AXES, 2, 0.0, None, "strictly between 0 and 1"),
    (AXES, 1, 0.5, None, "at least 2"),
    (AXES, 2, 0.5, "bln.thm5.sharp", "does not bound grouped networks"),
])
def test_bad_input(data: Dataset, k: int, threshold: float, claim: str | None, words: str) -> None:
    with pytest.raises(BadData, match=words):
        groups(data, k, threshold, claim)


# --- corrupted certificates ------------------------------------------------------------------------------------------------------------

def document(claim: str) -> dict:
    """A certificate in which at most 1 of 4 neurons is active: unit points at angles near 90 degrees, τ = 0.8."""
    X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0.1, 0, 0.9, 0], [0, 0.1, 0, 0.9]])
    return copy.deepcopy(dict(groups(Dataset(X, [1, -1, 1, -1]), 4, 0.8, claim).certificate))


def rejected(corrupted: dict) -> bool:
    try:
        return check_construction(corrupted).status is not Status.CERTIFIED
    except LawbookError:
        return True


def number(value: str) -> Fraction:
    return parse_exact(value, "value")


def below(value: str) -> str:
    return str(number(value) * Fraction(999, 1000))


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_number_matters(claim: str) -> None:
    """A smaller bound, residual, M, ρ, λ or q, other data, weights, thresholds and coefficients are all rejected."""
    honest = document(claim)
    assert check_construction(honest).status is Status.CERTIFIED
    for name in ("upper", "residual"):
        assert rejected({**honest, name: below(honest[name]) if number(honest[name]) else "-1"}), name
    for name, value in honest["evidence"].items():
        smaller = str(int(value) - 1) if name == "active" else below(value)
        assert rejected({**honest, "evidence": {**honest["evidence"], name: smaller}}), name
    for name in ("a", "b"):
        changed = copy.deepcopy(honest)
        changed["network"][name][1] = below(changed["network"][name][1])
        assert rejected(changed), name
    changed = copy.deepcopy(honest)
    changed["network"]["W"][0][0] = str(2 * number(changed["network"]["W"][0][0]))
    assert rejected(changed)
    for field in ("domain", "statement", "claim", "format", "recheck"):
        assert rejected({**honest, field: "sphere"}), field
    other = CLAIMS[1 - CLAIMS.index(claim)]
    assert rejected({**honest, "claim": other})


@pytest.mark.parametrize("claim", CLAIMS)
def test_certificates_survive_a_file(claim: str, tmp_path) -> None:
    path = tmp_path / "groups.json"
    path.write_text(json.dumps(document(claim)), encoding="utf-8")
    assert [verdict.status for _, verdict in check_file(path)] == [Status.CERTIFIED]


def test_a_coherence_above_the_norm_is_refused() -> None:
    honest = document("bln.thm3.gershgorin")
    assert rejected({**honest, "evidence": {**honest["evidence"], "coherence": "2", "active": "4"}})
