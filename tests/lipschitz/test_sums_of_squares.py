"""Bounds by sums of squares: exact where theory says so, above every value, and certificates that a reader without a solver can refuse."""

from __future__ import annotations

import copy
from fractions import Fraction

import cvxpy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.certificates.steps.form_bound import bases, is_positive_semidefinite, monomials, multinomial, verify_form_bound
from theory.certificates.steps.steps import check_step_certificate
from theory.errors import BadData, NotCertified
from theory.verdict import Status
from verify.lipschitz.polynomials import PolynomialFunction, SymmetricArray, injective_norm, symmetrised
from verify.lipschitz.polynomials.sums_of_squares import form_bound, gradient_bound


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_the_bound_is_above_the_norm_and_exact_in_the_plane(seed: int) -> None:
    """No form exceeds its bound; for d ≤ 2 and for p ≤ 2 nonnegative forms are sums of squares, and the bound is the norm."""
    rng = np.random.default_rng(seed)
    d, p = int(rng.integers(1, 4)), int(rng.integers(1, 5))
    T = symmetrised(rng.standard_normal((d,) * p)) * 10.0 ** rng.uniform(-3, 3)
    bound, found = form_bound(T), injective_norm(T)
    assert bound.exact <= Fraction(bound.value)
    assert found.lower <= bound.value
    if d <= 2 or p <= 2:
        assert bound.value == pytest.approx(found.upper, rel=1e-6)
    assert check_step_certificate(bound.certificate).status is Status.CERTIFIED


@settings(max_examples=15)
@given(st.integers(0, 10**6))
def test_the_gradient_bound_is_above_all_gradients(seed: int) -> None:
    rng = np.random.default_rng(seed)
    d, p, r = int(rng.integers(1, 4)), int(rng.integers(1, 4)), float(rng.choice([0.5, 1.0, 3.0]))
    parts = [symmetrised(rng.standard_normal((d,) * q)) for q in range(1, p + 1)]
    bound, f = gradient_bound(parts, r), PolynomialFunction([0.0, *parts])
    x = rng.standard_normal((300, d))
    x *= r * rng.random((300, 1)) ** (1 / d) / np.linalg.norm(x, axis=1, keepdims=True)
    assert np.linalg.norm(f.gradient(x), axis=1).max() <= bound.value
    assert check_step_certificate(bound.certificate).status is Status.CERTIFIED


def test_bounds_by_hand() -> None:
    """xyz has norm 3^{−3/2}; t³ + 3t has slope at most 6 on [−1, 1]; the zero form; (1/4)t³ with fractions."""
    T = SymmetricArray(symmetrised(np.einsum("i,j,k->ijk", *np.eye(3))))
    assert form_bound(T.array).value == pytest.approx(3**-1.5, rel=1e-7)
    assert gradient_bound([[3.0], [[0.0]], [[[1.0]]]]).value == pytest.approx(6, rel=1e-7)
    zero = form_bound(np.zeros((2, 2, 2)))
    assert zero.value == 0.0 and check_step_certificate(zero.certificate).status is Status.CERTIFIED
    quarter = form_bound(np.array([[[Fraction(1, 4)]]], dtype=object))
    assert Fraction(1, 4) <= quarter.exact <= Fraction(1, 4) + Fraction(1, 10**8)


def tampered(certificate: dict, **changes: object) -> dict:
    return {**copy.deepcopy(certificate), **changes}


def test_a_certificate_with_one_number_changed_is_refused() -> None:
    certificate = form_bound(symmetrised(np.random.default_rng(0).standard_normal((2, 2, 2)))).certificate
    smaller = str(Fraction(certificate["bound"]) * Fraction(999, 1000))
    assert "differ by" in check_step_certificate(tampered(certificate, bound=smaller)).reason
    other = copy.deepcopy(certificate)
    other["polynomial"][0]["coefficient"] = "7"
    assert "differ by" in check_step_certificate(other).reason
    other = copy.deepcopy(certificate)
    other["matrices"][0][0][0] = str(Fraction(other["matrices"][0][0][0]) + 1)
    assert check_step_certificate(other).status is Status.FAILED
    with pytest.raises(NotCertified, match="written as a string"):
        verify_form_bound(tampered(certificate, bound=3.0))
    malformed = (
        ({"format": "x"}, "format"), ({"dimension": 0}, "dimension"), ({"matrices": []}, "1 entries"), ({"dimension": 3}, "must have"),
        ({"polynomial": ["7"]}, "list of terms"), ({"polynomial": [{"powers": [1, 1], "coefficient": "1"}]}, "do not belong"),
    )
    for changes, reason in malformed:
        with pytest.raises(NotCertified, match=reason):
            verify_form_bound(tampered(certificate, **changes))
    with pytest.raises(BadData, match="no certificate of kind"):
        check_step_certificate(tampered(certificate, kind="guess"))


def test_an_indefinite_matrix_is_refused_although_the_identity_holds() -> None:
    """½(tu)² + ½u² − 2tu² is the identity of the false claim 2u² ≤ 1; its matrix has the eigenvalues 3/2 and −1/2."""
    matrix = [["1/2", "-1"], ["-1", "1/2"]]
    evidence = {"format": "lawbook.form_bound/1", "kind": "form", "dimension": 1, "order": 2, "bound": "1", "matrices": [matrix],
                "polynomial": [{"powers": [2], "coefficient": "2"}]}
    assert bases("form", 1, 2) == [[(1, 1), (0, 1)]]
    assert check_step_certificate(evidence).reason == "matrix 0 is not positive semidefinite"


def test_definiteness_is_decided_exactly() -> None:
    third, one = Fraction(1, 3), Fraction(1)
    assert is_positive_semidefinite([[third, third], [third, third]])
    assert not is_positive_semidefinite([[third, third], [third, third - Fraction(1, 10**30)]])
    assert not is_positive_semidefinite([[one, one], [0 * one, one]])           # not symmetric
    assert is_positive_semidefinite([])
    rng = np.random.default_rng(1)
    for _ in range(20):
        root = rng.integers(-3, 4, (4, int(rng.integers(1, 5))))
        square = [[Fraction(int(c)) for c in row] for row in root @ root.T]
        assert is_positive_semidefinite(square)
        square[0][0] -= Fraction(1, 1000) + (0 if np.linalg.matrix_rank(root) < 4 else 10**3)
        assert not is_positive_semidefinite(square)


def test_monomials_and_multinomials() -> None:
    assert sum(multinomial(e) for e in monomials(3, 4)) == 3**4 and len(monomials(3, 4)) == 15


def test_bad_input_and_a_failing_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadData, match="rows, more than 60"):
        form_bound(np.ones((8, 8, 8, 8, 8)))
    with pytest.raises(BadData, match="cubes of one size"):
        form_bound(np.ones((2, 3)))
    with pytest.raises(BadData, match="positive finite"):
        gradient_bound([[1.0]], -1.0)

    def inaccurate(problem: cvxpy.Problem, **_: object) -> None:
        problem._status = cvxpy.OPTIMAL_INACCURATE

    monkeypatch.setattr(cvxpy.Problem, "solve", inaccurate)
    with pytest.raises(NotCertified, match="not an optimum"):
        form_bound(np.eye(2))
