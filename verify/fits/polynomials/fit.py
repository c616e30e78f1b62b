"""Forms and polynomials of least Lipschitz constant on the unit ball through labelled points, certified on both sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from theory.certificates.fits.polynomial_fit import certify_polynomial_fit
from theory.certificates.steps.form_bound import Powers
from theory.errors import BadData
from verify.fits.exact.input import read_exact
from verify.fits.polynomials.search import PolynomialOptions, PolynomialSearch
from verify.objects.domains import relative_gap


@dataclass(frozen=True)
class PolynomialFit:
    """The least Lipschitz constant of a polynomial fit on the unit ball, enclosed: `lower` ≤ least ≤ `upper`, proved by `certificate`.

    `coefficients` maps powers to the numbers of a polynomial; an exact fit is within the distance of the certificate.  `reason` says how
    the search for the lower bound ended.
    """

    degree: int
    lower: Fraction
    upper: Fraction
    coefficients: Mapping[Powers, float]
    certificate: Mapping[str, Any]
    reason: str

    @property
    def gap(self) -> float | None:
        """See `relative_gap`."""
        return relative_gap(self.lower, self.upper)


def minimal_polynomial(
    X: ArrayLike, y: ArrayLike, degree: int, *, form: bool = False, options: PolynomialOptions | None = None
) -> PolynomialFit:
    """The least Lipschitz constant on the unit ball of a polynomial of degree at most p, or a form of order p, with f(x_i) = y_i.

    Upper: the least bound by sums of squares over all fits, one semidefinite program: exact for p ≤ 2 (a quadratic on a ball has no
    duality gap) and for forms if d ≤ 2, and in general above the constant of its polynomial.  Lower: the least t with ‖∇f(z_j)‖ ≤ t for
    finitely many points z_j, where the longest gradients of the best f are added until nothing changes.

    Args: X (n×d) and y (n), floats (taken exactly) or fractions, anywhere in R^d; degree p ≥ 1; `form`; options.
    Returns: a `PolynomialFit`; `lawbook verify` re-checks its certificate without a solver.
    Raises: HypothesisViolated (no such polynomial exists, with the reason), BadData (also: too large), ShapeError, NotCertified.
    Guarantee: lower and upper are certified in rational and ball arithmetic.

    >>> fit = minimal_polynomial([[1.0], [0.0], [-1.0]], [1, 0, 1], 2)             # x², and 2 is its slope at 1
    >>> round(float(fit.lower), 6), round(float(fit.upper), 6)
    (2.0, 2.0)
    """
    if isinstance(degree, bool) or not isinstance(degree, (int, np.integer)) or degree < 1:
        raise BadData(f"the degree is {degree!r}: give a whole number p ≥ 1")
    claim = "polynomial.form" if form else "polynomial.degree"
    search = PolynomialSearch(read_exact(X, y), claim, int(degree), options or PolynomialOptions())
    theta, dual = search.run()
    fit = search.squares(theta)
    certificate = certify_polynomial_fit(search.claim, search.p, search.data, dual, fit)
    coefficients = {tuple(term["powers"]): float(Fraction(term["coefficient"])) for term in fit.squares["polynomial"]}
    return PolynomialFit(search.p, Fraction(certificate["lower"]), Fraction(certificate["value"]), coefficients, certificate, search.reason)
