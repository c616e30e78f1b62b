"""The sum of the r largest eigenvalues: enclosed rigorously, tightly, at every scale."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, arb_mat, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.certificates.exact.eigenvalue_sum import eigenvalue_sum_lower, eigenvalue_sum_upper, weighted_gram
from theory.certificates.exact.exact_data import ExactData, ball, format_exact, parse_exact
from theory.certificates.exact.rounding import round_down
from theory.errors import BadData, NotCertified, ShapeError


def symmetric(d: int, seed: int, spectrum: np.ndarray) -> np.ndarray:
    Q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(d, d)))
    M = (Q * spectrum) @ Q.T
    return (M + M.T) / 2


# (matrix, r, exact sum): characteristic polynomials that factor over the integers or a quadratic field
EXACT = [
    ([[2, 1], [1, 2]], 1, fmpq(3)),
    ([[2, 1], [1, 2]], 2, fmpq(4)),
    ([[2, 0, 0], [0, 7, 0], [0, 0, -5]], 2, fmpq(9)),
    ([[0, 0], [0, 0]], 1, fmpq(0)),
    ([[-1, 0], [0, -3]], 1, fmpq(-1)),
    ([[2, -1, -1], [-1, 2, -1], [-1, -1, 2]], 1, fmpq(3)),  # Laplacian of a triangle: 3, 3, 0
    ([[2, -1, -1], [-1, 2, -1], [-1, -1, 2]], 2, fmpq(6)),
    ([[1, 1, 1], [1, 1, 1], [1, 1, 1]], 2, fmpq(3)),
]


@pytest.mark.parametrize(("matrix", "r", "exact"), EXACT)
def test_encloses_exact_sums(matrix, r, exact):
    M = arb_mat(matrix)
    upper, lower = eigenvalue_sum_upper(M, r), eigenvalue_sum_lower(M, r)
    assert upper.upper() >= arb(exact) >= lower.lower()
    assert float(upper.upper() - lower.lower()) <= 1e-13


def test_golden_ratio():
    # eigenvalues of [[1,1],[1,0]] are φ and 1−φ: compare with the ball of (1+√5)/2
    M = arb_mat([[1, 1], [1, 0]])
    golden = (1 + arb(5).sqrt()) / 2
    assert eigenvalue_sum_upper(M, 1).upper() >= golden.lower()
    assert eigenvalue_sum_lower(M, 1).lower() <= golden.upper()


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
@pytest.mark.parametrize("d", [1, 3, 20, 60])
def test_tight_at_every_scale(d, scale):
    rng = np.random.default_rng(d)
    floats = symmetric(d, d, np.sort(rng.exponential(size=d))) * scale
    M = arb_mat(floats.tolist())
    for r in {1, max(1, d // 3), d}:
        upper, lower = eigenvalue_sum_upper(M, r).upper(), eigenvalue_sum_lower(M, r).lower()
        reference = float(np.linalg.eigvalsh(floats / scale)[-r:].sum())
        assert lower <= upper
        assert float((upper - lower) / upper) <= 1e-11
        assert float(upper / scale) == pytest.approx(reference, rel=1e-11)


def test_repeated_and_tiny_eigenvalues_stay_tight():
    floats = symmetric(30, 1, np.array([1e-14] * 25 + [1.0] * 5))
    upper = eigenvalue_sum_upper(arb_mat(floats.tolist()), 5)
    assert abs(float(upper) - 5.0) <= 1e-11


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(1, 6), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_no_projection_exceeds_the_upper_bound(d, r, seed):
    # the definition itself: tr(PM) for exact coordinate projections and for M's own trace
    rng = np.random.default_rng(seed)
    B = rng.integers(-4, 5, size=(d, d))
    M = (B + B.T).astype(int)
    upper = eigenvalue_sum_upper(arb_mat(M.tolist()), r).upper()
    diagonal = np.sort(np.diag(M))[::-1]
    assert upper >= arb(int(diagonal[:r].sum()))
    r = min(r, d)
    basis = rng.integers(-3, 4, size=(d, r))
    G = basis.T @ basis
    if round(np.linalg.det(G)) != 0:
        projected = np.trace(np.linalg.solve(G.astype(float), (basis.T @ M @ basis).astype(float)))
        assert float(upper) >= projected - 1e-8 * (1 + abs(projected))


def test_matrix_with_wide_entries_is_still_bounded():
    # every symmetric matrix inside the balls must be covered: radius 1/8 around diag(1, 0) allows λ_1 up to about 9/8
    wide = arb(0, 0.125)
    M = arb_mat([[1 + wide, wide], [wide, wide]])
    extreme = np.array([[1.125, 0.125], [0.125, 0.125]])
    assert float(eigenvalue_sum_upper(M, 1).upper()) >= np.linalg.eigvalsh(extreme)[-1]


def test_gram_is_the_weighted_sum_of_outer_products():
    rows = [[ball(Fraction(1, 4)), ball(Fraction(1))], [ball(Fraction(2)), ball(Fraction(0))]]
    M = weighted_gram(rows, [ball(Fraction(3)), ball(Fraction(1, 2))])
    exact = [[3 / 16 + 2, 3 / 4], [3 / 4, 3]]  # dyadic: the balls have radius 0
    assert all(M[i, j].is_exact() and M[i, j] == arb(exact[i][j]) for i in (0, 1) for j in (0, 1))


def test_bad_calls():
    with pytest.raises(ShapeError, match="square"):
        eigenvalue_sum_upper(arb_mat([[1, 2]]), 1)
    with pytest.raises(ShapeError, match="at least 1"):
        eigenvalue_sum_upper(arb_mat([[1]]), 0)
    with pytest.raises(NotCertified, match="finite"):
        eigenvalue_sum_upper(arb_mat([[arb("nan")]]), 1)
    with pytest.raises(ShapeError, match="weights"):
        weighted_gram([[arb(1)]], [])


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.fractions() | st.floats(allow_nan=False, allow_infinity=False).map(Fraction))
def test_exact_numbers_survive_their_spelling(value):
    assert parse_exact(format_exact(value), "here") == value


@pytest.mark.parametrize(
    "text", ["0.1", "1e3", "nan", "inf", "1/0", "", " 1", "0x1p+9999", "--1", "0x1.00000000000001p+0", "-0x1p-2000",
             pytest.param("9" * 5000, id="long")],
)
def test_inexact_spellings_are_refused(text):
    with pytest.raises(BadData, match="not an exact number"):
        parse_exact(text, "here")


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.fractions(min_value=Fraction(1, 10**30), max_value=10**30), st.integers(1, 15))
def test_rounding_down_is_below_and_close(value, digits):
    rounded = round_down(value, digits)
    assert rounded <= value < rounded * (1 + Fraction(10) ** (1 - digits))


def test_digest_names_the_numbers_not_their_spelling():
    one = ExactData(((Fraction(1, 2),),), (Fraction(1),))
    assert one.digest() == ExactData(((parse_exact("0x1p-1", "x"),),), (parse_exact("3/3", "y"),)).digest()
    assert one.digest() != ExactData(((Fraction(1, 2),),), (Fraction(2),)).digest()
    assert one.digest() != ExactData(((Fraction(1),),), (Fraction(1, 2),)).digest()
