"""The least ‖b‖² with (b·x_i)² = ±y_i for all points: quadratics of rank one, decided by going through all signs of b·x_i."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from flint import arb, arb_mat, ctx, fmpq_mat

from theory.certificates.exact.eigenvalue_sum import PRECISION
from theory.certificates.exact.exact_data import ExactData, ball
from theory.certificates.exact.exact_network import fraction, rational_matrix
from theory.errors import NotCertified

MOST_SIGNS = 12     # 2¹¹ vectors of signs: less than a second


def single_square_bound(data: ExactData, sign: int) -> Fraction | None:
    """A lower bound, tight to 30 digits, of ‖b‖² for every b with sign·(b·x_i)² = y_i for all i; None when there is none.

    b·x_i = ε_i√|y_i| on independent points R has the least solution of length² tᵀ(X_RX_Rᵀ)⁻¹t, t_i = ε_i√|y_i|, and decides the others.
    Raises: NotCertified (more than 12 independent points with a label that is not 0).
    Guarantee: certified: "none" means that every choice of signs misses a label, proved in balls.

    >>> data = ExactData(((Fraction(1), Fraction(0)), (Fraction(1), Fraction(1))), (Fraction(1), Fraction(4)))
    >>> round(float(single_square_bound(data, 1)), 9), single_square_bound(data, -1)            # b = (1, 1) or (1, −3)
    (2.0, None)
    """
    if any(sign * label < 0 for label in data.labels):
        return None
    X = rational_matrix(data.points)
    reduced, rank = X.transpose().rref()
    rows = [next(i for i in range(data.shape[0]) if reduced[r, i] != 0) for r in range(rank)]
    free = [k for k, i in enumerate(rows) if data.labels[i]][1:]         # b and −b make the same quadratic
    if len(free) >= MOST_SIGNS:
        raise NotCertified(f"{len(free) + 1} independent points have labels that are not 0: all signs are tried for at most {MOST_SIGNS}")
    if not rows:
        return Fraction(0) if not any(data.labels) else None
    basis = fmpq_mat(rank, data.shape[1], [X[i, c] for i in rows for c in range(data.shape[1])])
    with ctx.workprec(PRECISION):
        inverse = arb_mat((basis * basis.transpose()).inv())
        weights = arb_mat(fmpq_mat(data.shape[0], rank, [reduced[r, i] for i in range(data.shape[0]) for r in range(rank)]))
        roots, squares = [ball(abs(data.labels[i])).sqrt() for i in rows], [ball(abs(label)) for label in data.labels]
        least: arb | None = None
        for choice in product((1, -1), repeat=len(free)):
            signs = dict(zip(free, choice, strict=True))
            t = arb_mat([[root * signs.get(k, 1)] for k, root in enumerate(roots)])
            if any(not (value**2 - square).contains(0) for value, square in zip((weights * t).entries(), squares, strict=True)):
                continue
            found = (t.transpose() * inverse * t)[0, 0].lower()
            least = found if least is None or found < least else least
        return None if least is None else max(fraction(least.fmpq()), Fraction(0))
