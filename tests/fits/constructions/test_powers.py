"""Fits by powers of the data, and forms as sums of few powers: exact fits, certificates that can be re-checked, clear errors."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

from theory.certificates.constructions.construction import check_construction
from theory.errors import BadData, NotCertified, ShapeError
from theory.terms.sets import Ball
from theory.verdict import Status
from verify.fits.constructions.powers import decompose, is_decomposition, power_network, tensor_fit
from verify.lipschitz.polynomials.functions import TensorForm
from verify.lipschitz.polynomials.power_sum import PowerSum
from verify.objects.data import Dataset, draw
from verify.objects.networks.network import as_float

ORTHONORMAL = Dataset(np.eye(3), np.array([1.0, -1.0, 1.0]))


def some(n: int, d: int, seed: int = 0, model: str = "sphere") -> Dataset:
    return draw(model, n, d, np.random.default_rng(seed), "balanced")


def true_constant(network) -> float:  # type: ignore[no-untyped-def]
    """The largest p‖T‖_op that the numeric library finds for the form."""
    p = int(network.activation.name.removeprefix("power:"))
    return TensorForm(PowerSum(as_float(network.W), as_float(network.a), p)).lipschitz(Ball(network.d)).lower


@pytest.mark.parametrize("p", [2, 3, 4])
@pytest.mark.parametrize("exact", [False, True])
def test_bounds_hold(p: int, exact: bool) -> None:
    for seed, (n, d) in enumerate([(1, 1), (1, 3), (3, 5), (4, 2), (6, 4)]):
        data = some(n, d, seed)
        if exact and n == 4 and p < 4:
            continue                                            # four points of the circle are more than a quadratic or cubic form fits
        found = tensor_fit(data, p, exact=exact)
        assert check_construction(json.loads(json.dumps(found.certificate))).status is Status.CERTIFIED
        assert float(found.residual) >= found.network.residual(data) - 1e-9
        assert true_constant(found.network) <= float(found.upper) * (1 + 1e-9)
        assert not exact or found.residual == 0


def test_orthonormal_data_are_tight() -> None:
    found = tensor_fit(ORTHONORMAL, 3)
    assert found.residual == 0
    assert float(found.upper) == pytest.approx(3)
    assert true_constant(found.network) == pytest.approx(3)
    assert found.measured().upper >= 3 * (1 - 1e-9)


@pytest.mark.parametrize("p", [2, 3])
def test_data_of_any_length(p: int) -> None:
    data = Dataset(np.array([[2.0, 0.0], [0.0, 2.0]]), np.array([1.0, -1.0]))
    found = tensor_fit(data, p, exact=True)
    assert found.residual == 0
    assert float(found.upper) == pytest.approx(p * 2.0**-p)             # x_1^p/2^p − x_2^p/2^p
    assert float(tensor_fit(data, p).residual) == pytest.approx(4**p - 1)    # the diagonal term is y_j‖x_j‖^{2p}


def test_gaussian_data_break_the_printed_fit() -> None:
    """One datum of norm 3/2: the printed construction misses its label by (3/2)⁴ − 1."""
    found = tensor_fit(Dataset(np.array([[1.5, 0.0]]), np.array([1.0])), 2)
    assert found.residual == Fraction(81, 16) - 1


def test_labels_out_of_range() -> None:
    opposite = Dataset(np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([1.0, -1.0]))
    with pytest.raises(NotCertified, match="not in the range of K_p, which has rank 1 for 2 points"):
        tensor_fit(opposite, 2, exact=True)
    assert tensor_fit(opposite, 3, exact=True).residual == 0


def test_singular_but_consistent() -> None:
    same = Dataset(np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([1.0, 1.0]))
    found = tensor_fit(same, 2, exact=True)
    assert found.residual == 0
    assert true_constant(found.network) == pytest.approx(2)


def test_bad_input() -> None:
    with pytest.raises(BadData, match="p ≥ 2"):
        tensor_fit(ORTHONORMAL, 1)
    with pytest.raises(BadData, match="all points are 0"):
        tensor_fit(Dataset(np.zeros((1, 2)), np.array([1.0])), 2)
    with pytest.raises(NotCertified, match="at most 120"):
        tensor_fit(some(121, 2), 2, exact=True)
    with pytest.raises(ShapeError, match=r"shape \(2, 3\)"):
        decompose(np.ones((2, 3)))
    with pytest.raises(ShapeError, match="more than 100000"):
        decompose(np.ones((20,) * 5))
    with pytest.raises(BadData, match="finite"):
        decompose([[np.nan]])
    with pytest.raises(BadData, match="form is 0"):
        power_network([[0, 1], [-1, 0]])


def tampered() -> list[tuple[str, object]]:
    document = json.loads(json.dumps(tensor_fit(some(3, 2, 5), 2).certificate))
    less = lambda text: str(Fraction(float.fromhex(text) if "x" in text else Fraction(text)) * Fraction(9, 10))  # noqa: E731
    cases: list[tuple[str, object]] = [("upper", {**document, "upper": less(document["upper"])}),
                                       ("residual", {**document, "residual": less(document["residual"])})]
    for name in ("coefficient", "spectrum"):
        cases.append((name, {**document, "evidence": {**document["evidence"], name: less(document["evidence"][name])}}))
    for part, value in (("a", ["1000"] * 3), ("b", ["1"] * 3), ("W", [["2", "0"]] * 3), ("activation", "power:1")):
        cases.append((part, {**document, "network": {**document["network"], part: value}}))
    return cases


@pytest.mark.parametrize("case", tampered(), ids=lambda case: case[0])
def test_a_corrupt_field_is_refused(case: tuple[str, object]) -> None:
    assert check_construction(case[1]).status is Status.FAILED


# --- Lemma 11 ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("d", "p"), [(1, 1), (1, 4), (2, 1), (2, 2), (2, 3), (3, 3), (2, 4), (2, 5), (2, 6), (4, 2)])
def test_decompositions_are_exact_and_small(d: int, p: int) -> None:
    rng = np.random.default_rng(100 * d + p)
    for T in (rng.integers(-3, 4, (d,) * p), rng.standard_normal((d,) * p)):
        weights, directions = decompose(T)
        assert len(weights) <= (2 * d) ** (p - 1)
        assert is_decomposition(weights, directions, T)
        if len(weights) > 1:
            assert not is_decomposition(weights[:-1], directions[:-1], T)


def test_few_powers_for_many_data() -> None:
    """Twenty points of the plane: their form of order 3 is a network of width at most 16, with the same exact values."""
    data = some(20, 2, 3)
    found = tensor_fit(data, 3)
    W, a = found.network.W, found.network.a
    T = sum(c * np.multiply.outer(np.multiply.outer(w, w), w) for c, w in zip(a, W, strict=True))
    narrow = power_network(T)
    assert narrow.k <= 16 < found.network.k
    points = np.array([[Fraction(1, 3), Fraction(-2)], [Fraction(5), Fraction(7, 2)]], dtype=object)
    assert narrow(points).tolist() == found.network(points).tolist()


def test_the_product_of_all_coordinates() -> None:
    """x_1x_2x_3 needs four cubes: Σ ±(x_1 ± x_2 ± x_3)³/24."""
    T = np.zeros((3, 3, 3))
    T[0, 1, 2] = 1
    weights, directions = decompose(T)
    assert sorted(map(str, weights)) == ["-1/24", "-1/24", "1/24", "1/24"]
    assert np.all(np.abs(directions.astype(int)) == 1)
