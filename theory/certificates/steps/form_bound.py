"""Bounds on forms and on gradients of polynomials by sums of squares, re-checked by multiplying out in rational arithmetic.

Two statements have certificates, with z the vector of the monomials of `basis` and every matrix Q positive semidefinite:

- kind "form", F a form of order p = a + b with a = ⌊p/2⌋:    ½B(t²‖u‖^{2a} + ‖u‖^{2b}) − tF(u) = zᵀQz.
  At t = ±1 and ‖u‖ = 1 it says |F(u)| ≤ B.
- kind "gradient", f a polynomial of degree p:    ½B(1 + ‖w‖²) − w·∇f(x) = z₀ᵀQ₀z₀ + (1 − ‖x‖²)·z₁ᵀQ₁z₁.
  At w = ∇f(x)/‖∇f(x)‖ it says ‖∇f(x)‖ ≤ B for ‖x‖ ≤ 1: B bounds the Euclidean Lipschitz constant on the unit ball.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from math import factorial, prod
from typing import Any

from theory.certificates.exact.rounding import approximately
from theory.certificates.steps.farkas import rational_number
from theory.errors import BadData, NotCertified

FORMAT = "lawbook.form_bound/1"
Powers = tuple[int, ...]
Polynomial = dict[Powers, Fraction]
Matrix = list[list[Fraction]]


def monomials(d: int, order: int) -> list[Powers]:
    """The exponents of all monomials of one order in d variables.

    >>> monomials(2, 2)
    [(2, 0), (1, 1), (0, 2)]
    """
    return [tuple(choice.count(i) for i in range(d)) for choice in combinations_with_replacement(range(d), order)]


def multinomial(powers: Powers) -> int:
    """The coefficient of x^α in (x_1 + … + x_d)^{|α|}.

    >>> multinomial((2, 1, 1))
    12
    """
    return factorial(sum(powers)) // prod(factorial(e) for e in powers)


def split(kind: str, p: int) -> tuple[int, int]:
    """The orders (a, b) of "form", and the largest orders of x without and with w of "gradient"."""
    if kind not in ("form", "gradient") or p < 1:
        raise BadData(f"there is no certificate of kind {kind!r} and order {p}; use form or gradient, and p ≥ 1")
    return (p // 2, p - p // 2) if kind == "form" else (p // 2, (p - 1) // 2)


def bases(kind: str, d: int, p: int) -> list[list[Powers]]:
    """The monomials z of each matrix: in the variables (t, u) for "form", and (x, w) for "gradient".

    >>> bases("form", 1, 3)                 # tu, u²
    [[(1, 1), (0, 2)]]
    """
    low, high = split(kind, p)
    if kind == "form":
        return [[(1, *e) for e in monomials(d, low)] + [(0, *e) for e in monomials(d, high)]]
    zero, units = (0,) * d, [tuple(int(i == j) for i in range(d)) for j in range(d)]

    def up_to(a: int, b: int) -> list[Powers]:
        plain = [(*e, *zero) for q in range(a + 1) for e in monomials(d, q)]
        return plain + [(*e, *unit) for q in range(b + 1) for e in monomials(d, q) for unit in units]

    return [up_to(low, high), up_to(low - 1, high - 1)]


def weight_of_bound(kind: str, d: int, p: int) -> Polynomial:
    """What B is multiplied with: ½(t²‖u‖^{2a} + ‖u‖^{2b}), or ½(1 + ‖w‖²)."""
    half = Fraction(1, 2)
    if kind == "form":
        low, high = split(kind, p)
        total = {(2, *(2 * i for i in e)): half * multinomial(e) for e in monomials(d, low)}
        return total | {(0, *(2 * i for i in e)): half * multinomial(e) for e in monomials(d, high)}
    zero = (0,) * d
    return {(*zero, *zero): half} | {(*zero, *(2 * int(i == j) for i in range(d))): half for j in range(d)}


def pairing(kind: str, d: int, polynomial: Polynomial) -> Polynomial:
    """tF(u), or w·∇f(x)."""
    if kind == "form":
        return {(1, *powers): c for powers, c in polynomial.items()}
    total: Polynomial = {}
    for powers, c in polynomial.items():
        for i, e in enumerate(powers):
            if e:
                lowered = (*powers[:i], e - 1, *powers[i + 1 :], *(int(i == j) for j in range(d)))
                total[lowered] = total.get(lowered, Fraction(0)) + e * c
    return total


def multiplier(kind: str, d: int, position: int) -> Polynomial:
    """What z_kᵀQ_kz_k is multiplied with: 1 for the first matrix, 1 − ‖x‖² for the second."""
    one = (0,) * (d + 1 if kind == "form" else 2 * d)
    return {one: Fraction(1)} | {tuple(2 * int(i == j) for i in range(2 * d)): Fraction(-1) for j in range(d if position else 0)}


def products(basis: Sequence[Powers], factor: Polynomial) -> Iterator[tuple[int, int, Powers, Fraction]]:
    """(i, j, powers, coefficient) for every term of z_i z_j·factor."""
    for i, left in enumerate(basis):
        for j, right in enumerate(basis):
            for shift, c in factor.items():
                yield i, j, tuple(a + b + s for a, b, s in zip(left, right, shift, strict=True)), c


def defect(kind: str, d: int, p: int, polynomial: Polynomial, bound: Fraction, matrices: Sequence[Matrix]) -> Polynomial:
    """Left side minus right side of the identity, without the coefficients that are zero."""
    rest = {powers: bound * c for powers, c in weight_of_bound(kind, d, p).items()}
    for powers, c in pairing(kind, d, polynomial).items():
        rest[powers] = rest.get(powers, Fraction(0)) - c
    for position, (basis, matrix) in enumerate(zip(bases(kind, d, p), matrices, strict=True)):
        for i, j, powers, c in products(basis, multiplier(kind, d, position)):
            rest[powers] = rest.get(powers, Fraction(0)) - c * matrix[i][j]
    return {powers: c for powers, c in rest.items() if c}


def is_positive_semidefinite(matrix: Matrix) -> bool:
    """Whether a symmetric rational matrix is positive semidefinite, by elimination without pivoting.

    >>> one = Fraction(1)
    >>> is_positive_semidefinite([[one, one], [one, one]]), is_positive_semidefinite([[0 * one, one], [one, one]])
    (True, False)
    """
    rows = [list(row) for row in matrix]
    n = len(rows)
    if any(rows[i][j] != rows[j][i] for i in range(n) for j in range(i)):
        return False
    for k in range(n):
        pivot = rows[k][k]
        # a zero on the diagonal of a positive semidefinite matrix is alone in its row
        if pivot < 0 or (pivot == 0 and any(rows[k][j] for j in range(k + 1, n))):
            return False
        for i in range(k + 1, n):
            if pivot and rows[i][k]:
                factor = rows[i][k] / pivot
                for j in range(i, n):
                    rows[i][j] -= factor * rows[k][j]
                    rows[j][i] = rows[i][j]
    return True


def verify_form_bound(evidence: Mapping[str, Any]) -> None:
    """Re-check a bound from its certificate; silent when it is proved, NotCertified when not.

    Args:
        evidence: ``{"format", "kind", "dimension", "order", "polynomial": [{"powers": […], "coefficient": "p/q"}], "bound": "p/q",
            "matrices": [[["p/q"…]…]…]}``.
    Raises: NotCertified (the identity fails, a matrix is not positive semidefinite, or the document is malformed), BadData (its kind).
    Guarantee: certified, in rational arithmetic.

    >>> square = {"format": FORMAT, "kind": "form", "dimension": 1, "order": 2, "bound": "3",       # |3u²| ≤ 3: 3/2·(tu − u)²
    ...           "matrices": [[["3/2", "-3/2"], ["-3/2", "3/2"]]], "polynomial": [{"powers": [2], "coefficient": "3"}]}
    >>> verify_form_bound(square)
    """
    if evidence.get("format") != FORMAT:
        raise NotCertified(f"the certificate has format {evidence.get('format')!r}, not {FORMAT!r}")
    kind, d, p = evidence.get("kind"), evidence.get("dimension"), evidence.get("order")
    if not isinstance(kind, str) or type(d) is not int or type(p) is not int or d < 1:
        raise NotCertified("the certificate needs a kind, a dimension ≥ 1 and an order")
    sizes = [len(basis) for basis in bases(kind, d, p)]
    entries = _list(evidence, "matrices", len(sizes))
    matrices = [_matrix(entry, size, k) for k, (entry, size) in enumerate(zip(entries, sizes, strict=True))]
    polynomial = _polynomial(evidence.get("polynomial"), kind, d, p)
    wrong = defect(kind, d, p, polynomial, rational_number(evidence.get("bound"), "bound"), matrices)
    if wrong:
        powers, c = next(iter(wrong.items()))
        raise NotCertified(f"the two sides of the identity differ by {approximately(c)} at the powers {powers}")
    for position, matrix in enumerate(matrices):
        if not is_positive_semidefinite(matrix):
            raise NotCertified(f"matrix {position} is not positive semidefinite")


def _list(evidence: Mapping[str, Any], name: str, size: int) -> list[Any]:
    entry = evidence.get(name)
    if not isinstance(entry, list) or len(entry) != size:
        raise NotCertified(f"the certificate needs {size} entries in {name}")
    return entry


def _matrix(entry: Any, size: int, position: int) -> Matrix:
    if not isinstance(entry, list) or len(entry) != size or any(not isinstance(row, list) or len(row) != size for row in entry):
        raise NotCertified(f"matrix {position} must have {size} rows and columns")
    return [[rational_number(c, f"matrix {position}") for c in row] for row in entry]


def _polynomial(entry: Any, kind: str, d: int, p: int) -> Polynomial:
    total: Polynomial = {}
    if not isinstance(entry, list) or not all(isinstance(term, Mapping) and isinstance(term.get("powers"), list) for term in entry):
        raise NotCertified("the polynomial must be a list of terms with powers and a coefficient")
    for term in entry:
        powers = tuple(term["powers"])
        degree = sum(e for e in powers if type(e) is int)
        if len(powers) != d or any(type(e) is not int or e < 0 for e in powers) or degree > p or (kind == "form" and degree != p):
            raise NotCertified(f"the powers {powers} do not belong to a {kind} of order {p} in dimension {d}")
        total[powers] = total.get(powers, Fraction(0)) + rational_number(term.get("coefficient"), f"the coefficient at {powers}")
    return total
