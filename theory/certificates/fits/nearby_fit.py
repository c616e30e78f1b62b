"""A matrix near which an exact quadratic fit of labelled points lies: how near, and how large the norm of that fit can be."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

from flint import arb, arb_mat, ctx, fmpq_mat

from theory.certificates.exact.eigenvalue_sum import PRECISION, eigenvalue_sum_upper
from theory.certificates.exact.exact_data import ExactData, format_exact, parse_exact, parse_rows
from theory.certificates.exact.exact_network import rational, rational_matrix
from theory.certificates.fits.exact_shift import exact_shift, features, require_implied, rows_of
from theory.certificates.fits.factor_fit import factor_distance, signed_product
from theory.certificates.steps.form_bound import monomials
from theory.errors import BadData, NotCertified, ShapeError

Rows = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class NearbyFit:
    """A matrix (d×d), or factors B (k×d) and signs of BᵀDB, near which an exact fit lies; `rows`: points that determine a correction.

    The rows are those of independent points on which all others depend, and none if the matrix itself fits exactly.
    """

    matrix: Rows = ()
    factors: Rows = ()
    signs: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()

    def centre(self) -> fmpq_mat:
        """The matrix itself, or BᵀDB.  Raises: ShapeError, BadData (not symmetric, signs other than ±1)."""
        if self.factors:
            if len(self.signs) != len(self.factors) or any(sign not in (1, -1) for sign in self.signs):
                raise BadData(f"there are {len(self.factors)} factors and the signs {list(self.signs)}: give each factor 1 or -1")
            if len({len(row) for row in self.factors}) != 1:
                raise ShapeError("the factors have different lengths: give rows of one length")
            return signed_product(rational_matrix(self.factors), self.signs)
        d = len(self.matrix)
        if not d or any(len(row) != d for row in self.matrix):
            raise ShapeError("the matrix of the fit is not square: give d rows of d numbers")
        if any(self.matrix[i][j] != self.matrix[j][i] for i in range(d) for j in range(i)):
            raise BadData("the matrix of the fit is not symmetric")
        return rational_matrix(self.matrix)


def form_coefficients(A: fmpq_mat) -> fmpq_mat:
    """The coefficients of xᵀAx, as a column in the order of the monomials of order 2.

    >>> form_coefficients(fmpq_mat(2, 2, [1, 2, 2, 3])).tolist() == [[1], [4], [3]]
    True
    """
    pairs = _pairs(A.nrows())
    return fmpq_mat(len(pairs), 1, [A[i, j] * (1 if i == j else 2) for i, j in pairs])


def _pairs(d: int) -> list[tuple[int, int]]:
    """The entries on and above the diagonal: monomials(d, 2) has the powers of x_ix_j in this order."""
    return list(combinations_with_replacement(range(d), 2))


def fit_distance(data: ExactData, fit: NearbyFit, rank: int | None) -> Fraction:
    """A rational upper bound of ‖A − (the matrix of the fit)‖_F for some A that fits exactly and has at most this rank.

    Raises: NotCertified, ShapeError, BadData.
    """
    centre, d = fit.centre(), data.shape[1]
    if centre.nrows() != d:
        raise ShapeError(f"the fit is a matrix of {centre.nrows()} rows for points with {d} coordinates: give equal numbers")
    labels, theta = rational_matrix([[label] for label in data.labels]), form_coefficients(centre)
    phi = features(data.points, monomials(d, 2))
    if fit.factors and rank is not None:
        if len(fit.factors) > rank:
            raise NotCertified(f"there are {len(fit.factors)} factors, and the rank is at most {rank}")
        if phi * theta == labels:
            return Fraction(0)
        require_implied(phi, labels, fit.rows)
        points, targets = rows_of(rational_matrix(data.points), fit.rows), rows_of(labels, fit.rows)
        return upper_fraction(factor_distance(points, targets, rational_matrix(fit.factors), fit.signs))
    shift = exact_shift(phi, labels, theta, fit.rows)
    if rank is not None and (any(not c.is_zero() for c in shift) or centre.rank() > rank):
        raise NotCertified(f"the matrix does not fit exactly with a rank of at most {rank}")
    with ctx.workprec(PRECISION):
        # an entry off the diagonal is half of its coefficient, and stands in the matrix twice
        squares = [c.abs_upper() ** 2 / (1 if i == j else 2) for c, (i, j) in zip(shift, _pairs(d), strict=True)]
        return upper_fraction(sum(squares, arb(0)).sqrt().upper())


def norm_above(claim: str, fit: NearbyFit, distance: Fraction) -> Fraction:
    """An upper bound of the norm of every symmetric matrix within the distance (Frobenius) of that of the fit.

    >>> fit = NearbyFit(matrix=((Fraction(1), Fraction(0)), (Fraction(0), Fraction(-2))))
    >>> [round(float(norm_above(f"quadratic.{name}", fit, Fraction(0))), 9) for name in ("operator", "nuclear", "spread")]
    [2.0, 3.0, 3.0]
    """
    with ctx.workprec(PRECISION):
        exact = fit.centre()
        d = exact.nrows()
        if claim == "quadratic.spread":     # multiples of I do not change it; without them, that of cI is exactly 0
            mean = sum((exact[i, i] for i in range(1, d)), exact[0, 0]) / d
            exact = exact - fmpq_mat(d, d, [mean if i == j else 0 for i in range(d) for j in range(d)])
        A = arb_mat(exact)
        if claim == "quadratic.nuclear":
            norm, factor = eigenvalue_sum_upper(block_diagonal(A, -A), d), arb(d).sqrt()
        else:
            top, bottom = eigenvalue_sum_upper(A, 1), eigenvalue_sum_upper(-A, 1)
            norm, factor = (top.max(bottom), arb(1)) if claim == "quadratic.operator" else (top + bottom, arb(2).sqrt())
        # rounding in the enclosure of an eigenvalue can fall below 0, which no norm does
        return max(upper_fraction((norm + factor * arb(rational(distance))).upper()), Fraction(0))


def fit_as_json(fit: NearbyFit, distance: Fraction) -> dict[str, Any]:
    """The fit and the distance as exact strings."""
    shown = {"rows": list(fit.rows), "distance": str(distance)}
    if fit.factors:
        return {"factors": [[format_exact(c) for c in row] for row in fit.factors], "signs": list(fit.signs), **shown}
    return {"matrix": [[format_exact(c) for c in row] for row in fit.matrix], **shown}


def parse_fit(document: object) -> tuple[NearbyFit, Fraction]:
    """The fit of a document and the distance written beside it.  Raises: BadData."""
    kinds = ({"matrix", "rows", "distance"}, {"factors", "signs", "rows", "distance"})
    if not isinstance(document, dict) or set(document) not in kinds:
        raise BadData('"fit" must hold a matrix, or factors and signs, with "rows" and "distance"')
    for name in ("rows", "signs"):
        listed = document.get(name, [])
        if not isinstance(listed, list) or not all(type(i) is int for i in listed):
            raise BadData(f'"{name}" must be a list of integers')
    fit = NearbyFit(
        parse_rows(document.get("matrix", []), "matrix"), parse_rows(document.get("factors", []), "factors"),
        tuple(document.get("signs", [])), tuple(document["rows"]),
    )
    distance = parse_exact(document["distance"], "distance")
    if distance < 0:
        raise BadData(f"the distance is {distance}: it must not be negative")
    return fit, distance


def block_diagonal(first: arb_mat, second: arb_mat) -> arb_mat:
    """The block-diagonal matrix of two."""
    left, right = first.nrows(), second.nrows()
    rows = [row + [arb(0)] * right for row in first.tolist()] + [[arb(0)] * left + row for row in second.tolist()]
    return arb_mat(rows)


def upper_fraction(value: arb) -> Fraction:
    """The upper end of a ball, as the rational number that it is.  Raises: NotCertified (not finite)."""
    if not value.is_finite():
        raise NotCertified("a bound is not finite: scale the data")
    number = value.upper().fmpq()
    return Fraction(int(number.p), int(number.q))
