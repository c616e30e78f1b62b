"""An exact solution of the linear equations of a fit near a given one: enclosed in balls, without writing its long fractions down.

A function with coefficients θ that is linear in them takes the labels exactly when Φθ = y, the rows of Φ being the features of the
points.  For rows B of Φ that are independent, and on which all others depend with their labels, θ + Φ_Bᵀ(Φ_BΦ_Bᵀ)⁻¹(y − Φθ)_B does.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod

from flint import arb, arb_mat, ctx, fmpq, fmpq_mat

from theory.certificates.exact.exact_network import rational
from theory.certificates.steps.form_bound import Powers
from theory.errors import NotCertified

# The first precision resolves points of doubles unless they are nearly dependent; each of the next ones doubles the digits.
PRECISIONS = (256, 512, 1024, 2048)


def features(points: Sequence[Sequence[Fraction]], basis: Sequence[Powers]) -> fmpq_mat:
    """Φ: the value of every monomial x^α of the basis at every point.

    >>> features([(Fraction(2), Fraction(3))], [(2, 0), (1, 1)]).tolist() == [[4, 6]]
    True
    """
    factors = [[(c, e) for c, e in enumerate(powers) if e] for powers in basis]
    exact = [[rational(c) for c in x] for x in points]
    return fmpq_mat(len(points), len(basis), [prod((x[c] ** e for c, e in factor), start=fmpq(1)) for x in exact for factor in factors])


def rows_of(matrix: fmpq_mat, rows: Sequence[int]) -> fmpq_mat:
    """The matrix of the rows with these indices."""
    return fmpq_mat(len(rows), matrix.ncols(), [matrix[i, j] for i in rows for j in range(matrix.ncols())])


def require_implied(phi: fmpq_mat, labels: fmpq_mat, rows: Sequence[int]) -> None:
    """NotCertified unless every other equation is a combination of those of `rows`, its label included.

    >>> ones = fmpq_mat(2, 1, [1, 1])
    >>> require_implied(ones, ones, [0])
    """
    if not rows or any(not 0 <= i < phi.nrows() for i in rows) or list(rows) != sorted(set(rows)):
        raise NotCertified(f"the independent points must be named once each, in increasing order, from 0 to {phi.nrows() - 1}")
    chosen, basis = set(rows), rows_of(phi, rows)
    others = [i for i in range(phi.nrows()) if i not in chosen]
    # a point that repeats one of the basis, as x and −x do in even orders, needs no elimination
    owner = {_key(basis, k): i for k, i in enumerate(rows)}
    repeated = {i: owner[key] for i in others if (key := _key(phi, i)) in owner}
    for i, j in repeated.items():
        if labels[i, 0] != labels[j, 0]:
            raise NotCertified(f"points {j} and {i} have the same features and different labels")
    remaining = [i for i in others if i not in repeated]
    if not remaining:
        return
    target = rows_of(phi, remaining)
    try:
        weights = (basis * basis.transpose()).solve(basis * target.transpose())
    except ZeroDivisionError as error:
        raise NotCertified("the points that the certificate names are dependent") from error
    if basis.transpose() * weights != target.transpose():
        raise NotCertified("a point is independent of those that the certificate names")
    if weights.transpose() * rows_of(labels, rows) != rows_of(labels, remaining):
        raise NotCertified("the label of a point contradicts those of the points on which it depends")


def exact_shift(phi: fmpq_mat, labels: fmpq_mat, theta: fmpq_mat, rows: Sequence[int]) -> list[arb]:
    """Enclosures of the numbers s_α of one rational vector with Φ(θ + s) = y; zeros when θ itself fits.

    Args: Φ (n×m), y (n×1), θ (m×1), the indices of independent rows on which all others depend, in increasing order.
    Raises: NotCertified (a row that is no such combination, a label that contradicts it, rows that are not proved independent).
    Guarantee: certified: that s exists is proved in exact arithmetic for the other rows, in balls for those of `rows`.

    >>> phi = fmpq_mat(2, 1, [1, 2])
    >>> (shift,) = exact_shift(phi, phi, fmpq_mat(1, 1, [fmpq(2, 3)]), [0])
    >>> bool(abs(3 * shift - 1) < 1e-14)
    True
    """
    residual = labels - phi * theta
    if not any(residual.entries()):
        return [arb(0)] * phi.ncols()
    require_implied(phi, labels, rows)
    basis, rest = rows_of(phi, rows), rows_of(residual, rows)
    for precision in PRECISIONS:
        with ctx.workprec(precision):
            B = arb_mat(basis)
            try:
                shift = B.transpose() * (B * B.transpose()).solve(arb_mat(rest))
            except ZeroDivisionError:
                continue
            size, error = (_largest([side(c) for c in shift.entries()]) for side in (arb.abs_upper, arb.rad))
            # a quarter of the digits must be left, far more than any bound needs; else the next precision is worth its time
            if size.is_finite() and error <= size * arb(2) ** -(precision // 4):
                return list(shift.entries())
    raise NotCertified("the points that the certificate names are not proved independent: two of them nearly coincide")


def _largest(values: Sequence[arb]) -> arb:
    largest = arb(0)
    for value in values:
        largest = largest.max(value)
    return largest


def _key(matrix: fmpq_mat, i: int) -> tuple[tuple[int, int], ...]:
    return tuple((int(matrix[i, j].p), int(matrix[i, j].q)) for j in range(matrix.ncols()))
