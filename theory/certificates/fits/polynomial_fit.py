"""Certificates of the least Lipschitz constant on the unit ball of a polynomial through labelled points, checked without a solver.

Lower bound: λ ∈ Q^n, points z_j of the ball and vectors w_j with Σλ_if(x_i) ≈ Σ_j w_j·∇f(z_j) for all f of the class.  If f fits, then
λᵀy ≤ Lip(f)·(Σ‖w_j‖ + Σ_α C_α|ρ_α|), where ρ_α is what the two sides differ by on the monomial x^α, and |θ_α| ≤ C_α·Lip(f) bounds its
coefficient: C_α = multinomial(α)/p for forms of order p, whose constant is p‖T‖_op (Banach), and multinomial(α)·M(p−1, q−1)/q, q = |α|,
for polynomials of degree p by V. Markov's inequality on the rays, M(m, j) being the coefficient of t^j in the Chebyshev polynomial of
degree m or m − 1.  Constants have no bound and need ρ = 0.

Upper bound: a sum of squares for a polynomial (see `form_bound`), near which an exact fit lies; Lip(Σs_αx^α) ≤ Σ|α||s_α| on the ball.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, ctx

from theory.certificates.exact.documents import RECHECK, checked_fields
from theory.certificates.exact.eigenvalue_sum import PRECISION
from theory.certificates.exact.exact_data import ExactData, format_exact, parse_data, parse_exact, parse_row, parse_rows
from theory.certificates.exact.exact_network import dot, fraction, rational_matrix
from theory.certificates.exact.rounding import approximately, root_above, round_down, round_up
from theory.certificates.fits.exact_shift import exact_shift, features
from theory.certificates.fits.nearby_fit import upper_fraction
from theory.certificates.steps.form_bound import Powers, monomials, multinomial, verify_form_bound
from theory.errors import BadData, NotCertified
from theory.verdict import Status, Verdict, failed

FORMAT, VERSION = "lawbook-polynomial-fit", 1
_BOUNDS = (
    "that takes the labels at the points has Euclidean Lipschitz constant at least `lower` on the unit ball, and one of them has at most "
    "`value`."
)
STATEMENTS: Mapping[str, str] = {
    "polynomial.form": f"Every form of order `degree` (homogeneous polynomial) {_BOUNDS}",
    "polynomial.degree": f"Every polynomial of degree at most `degree` {_BOUNDS}",
}
_KINDS = {"polynomial.form": "form", "polynomial.degree": "gradient"}
_FIELDS = frozenset(("format", "version", "claim", "degree", "lower", "value", "statement", "data", "dual", "fit", "recheck"))
Rows = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class GradientDual:
    """λ (n), points z_j of the unit ball and vectors w_j, as many."""

    multipliers: tuple[Fraction, ...]
    points: Rows
    vectors: Rows


@dataclass(frozen=True)
class SquaresFit:
    """A `form_bound` certificate of a polynomial near which an exact fit lies, and the independent points that determine the correction."""

    squares: Mapping[str, Any]
    rows: tuple[int, ...]


def class_basis(claim: str, d: int, p: int) -> list[Powers]:
    """The monomials of the class: those of order p, or of all orders up to p, the constant first.

    >>> class_basis("polynomial.degree", 1, 2)
    [(0,), (1,), (2,)]
    """
    orders = (p,) if claim == "polynomial.form" else range(p + 1)
    return [powers for q in orders for powers in monomials(d, q)]


def markov_coefficient(m: int, j: int) -> int:
    """M(m, j): the largest coefficient of t^j of a polynomial of degree at most m that is at most 1 on [−1, 1] (V. Markov 1892).

    >>> [markov_coefficient(3, j) for j in range(4)]            # T_3 = 4t³ − 3t, T_2 = 2t² − 1
    [1, 3, 2, 4]
    """
    degree = m if (m - j) % 2 == 0 else m - 1
    before, last = [1], [0, 1]
    for _ in range(degree - 1):
        before, last = last, [2 * a - b for a, b in zip([0, *last], [*before, 0, 0], strict=True)]
    return abs(([1] if degree == 0 else last)[j])


def coefficient_bound(claim: str, p: int, powers: Powers) -> Fraction:
    """C_α: at most C_α·Lip(f) in modulus is the coefficient of x^α in f, α ≠ 0.

    >>> coefficient_bound("polynomial.form", 2, (1, 1)), coefficient_bound("polynomial.degree", 2, (1, 1))
    (Fraction(1, 1), Fraction(1, 1))
    """
    q = sum(powers)
    return Fraction(multinomial(powers) * (1 if claim == "polynomial.form" else markov_coefficient(p - 1, q - 1)), q)


def gradient_lower(claim: str, p: int, data: ExactData, dual: GradientDual) -> Fraction:
    """The lower bound of Lip(f) on the unit ball that λ, z and w prove; 0 when λᵀy ≤ 0.

    Raises: NotCertified (shapes, a point outside the ball, Σλ_i ≠ 0 where constants are allowed, no denominator).
    Guarantee: certified in rational arithmetic.

    >>> data = ExactData(((Fraction(1),), (Fraction(-1),)), (Fraction(1), Fraction(-1)))
    >>> half = Fraction(1, 2)                                                       # f(1) − f(−1) = 2f′(0) if f is linear
    >>> gradient_lower("polynomial.degree", 1, data, GradientDual((half, -half), ((Fraction(0),),), ((Fraction(1),),)))
    Fraction(1, 1)
    """
    n, d = data.shape
    if len(dual.multipliers) != n or len(dual.points) != len(dual.vectors):
        raise NotCertified(f"the dual has {len(dual.multipliers)} multipliers for {n} points, or another number of gradients than vectors")
    if any(len(row) != d for row in (*dual.points, *dual.vectors)):
        raise NotCertified(f"a gradient of the dual does not have {d} coordinates")
    for j, z in enumerate(dual.points):
        if sum(c * c for c in z) > 1:
            raise NotCertified(f"point {j} of the dual lies outside the unit ball")
    gain = dot(dual.multipliers, data.labels)
    if gain <= 0:
        return Fraction(0)
    basis = class_basis(claim, d, p)
    values = (rational_matrix([dual.multipliers]) * features(data.points, basis)).entries()
    total = sum((root_above(sum((c * c for c in w), Fraction(0))) for w in dual.vectors), Fraction(0))
    for powers, value, paired in zip(basis, values, _paired(dual, basis), strict=True):
        gap = fraction(value) - paired
        if gap and not any(powers):
            raise NotCertified("the multipliers do not sum to 0, and a constant can be added to every fit")
        total += abs(gap) * coefficient_bound(claim, p, powers) if gap else 0
    if total <= 0:
        raise NotCertified("the dual has a positive value and no size: no polynomial of the class takes these labels")
    return gain / total


def _paired(dual: GradientDual, basis: list[Powers]) -> list[Fraction]:
    """Σ_j w_j·∇(x^α)(z_j) for every monomial of the basis."""
    totals = [Fraction(0)] * len(basis)
    lowered = [
        (place, c, e, (*powers[:c], e - 1, *powers[c + 1 :])) for place, powers in enumerate(basis) for c, e in enumerate(powers) if e
    ]
    for z, w in zip(dual.points, dual.vectors, strict=True):
        values = features([z], [powers for *_, powers in lowered]).entries()
        for (place, c, e, _), value in zip(lowered, values, strict=True):
            totals[place] += w[c] * e * fraction(value)
    return totals


def squares_upper(claim: str, p: int, data: ExactData, fit: SquaresFit) -> tuple[Fraction, Fraction]:
    """(bound, distance): the Lipschitz bound of the polynomial in `squares`, and how much more an exact fit near it can need.

    Raises: NotCertified (the sum of squares fails, is about another class, or no exact fit is proved).
    """
    d = data.shape[1]
    document = fit.squares
    if (document.get("kind"), document.get("dimension"), document.get("order")) != (_KINDS[claim], d, p):
        raise NotCertified(f"the sum of squares must be of kind {_KINDS[claim]}, dimension {d} and order {p}")
    verify_form_bound(document)
    basis = class_basis(claim, d, p)
    theta = dict.fromkeys(basis, Fraction(0))
    for term in document["polynomial"]:
        theta[tuple(term["powers"])] += Fraction(term["coefficient"])
    labels, column = (rational_matrix([[c] for c in entries]) for entries in (data.labels, [theta[powers] for powers in basis]))
    shift = exact_shift(features(data.points, basis), labels, column, fit.rows)
    with ctx.workprec(PRECISION):
        distance = upper_fraction(sum((sum(powers) * c.abs_upper() for powers, c in zip(basis, shift, strict=True)), arb(0)).upper())
    return Fraction(document["bound"]) * (p if claim == "polynomial.form" else 1), distance


def certify_polynomial_fit(claim: str, p: int, data: ExactData, dual: GradientDual, fit: SquaresFit) -> dict[str, Any]:
    """A certificate with the best numbers that the dual and the fit prove, 12 significant digits each.

    Args: claim (a key of STATEMENTS), the degree p ≥ 1, the exact data, the dual, the fit.
    Returns: a JSON-ready document that `check_polynomial_fit` accepts.  Raises: BadData, NotCertified.
    Guarantee: certified.

    >>> data = ExactData(((Fraction(1, 2),),), (Fraction(1, 2),))
    >>> half = {"format": "lawbook.form_bound/1", "kind": "form", "dimension": 1, "order": 1, "bound": "1",
    ...     "matrices": [[["1/2", "-1/2"], ["-1/2", "1/2"]]], "polynomial": [{"powers": [1], "coefficient": "1"}]}
    >>> dual = GradientDual((Fraction(2),), ((Fraction(1),),), ((Fraction(1),),))
    >>> document = certify_polynomial_fit("polynomial.form", 1, data, dual, SquaresFit(half, ()))
    >>> document["lower"], document["value"], check_polynomial_fit(document).status.value
    ('1', '1', 'CERTIFIED')
    """
    _known(claim)
    lower = gradient_lower(claim, p, data, dual)
    bound, distance = squares_upper(claim, p, data, fit)
    distance = round_up(distance)
    shown = [[[format_exact(c) for c in row] for row in rows] for rows in (dual.points, dual.vectors)]
    return {
        "format": FORMAT, "version": VERSION, "claim": claim, "degree": p, "lower": str(round_down(lower) if lower > 0 else 0),
        "value": str(round_up(bound + distance)), "statement": STATEMENTS[claim], "data": data.as_json(),
        "dual": {"multipliers": [format_exact(c) for c in dual.multipliers], "points": shown[0], "vectors": shown[1]},
        "fit": {"squares": dict(fit.squares), "rows": list(fit.rows), "distance": str(distance)}, "recheck": RECHECK,
    }


def check_polynomial_fit(document: object) -> Verdict:
    """Whether a certificate proves its two numbers, recomputed from the exact data without any solver.

    Returns: a Verdict, CERTIFIED, or FAILED with the reason.  Raises: BadData (or ShapeError) when the document is malformed.
    Guarantee: CERTIFIED means proved on these data in exact and ball arithmetic.
    """
    fields = checked_fields(document, FORMAT, VERSION, _FIELDS)
    claim, p = _known(fields["claim"]), fields["degree"]
    if type(p) is not int or p < 1:
        raise BadData(f"the degree is {p!r}: give an integer of at least 1")
    data, digest = parse_data(fields["data"])
    lower, value = parse_exact(fields["lower"], "lower"), parse_exact(fields["value"], "value")
    dual, (fit, claimed) = _parse_dual(fields["dual"]), _parse_squares(fields["fit"])
    if fields["statement"] != STATEMENTS[claim]:
        return failed(f"the statement of {claim} must read {STATEMENTS[claim]!r}")
    if digest != data.digest():
        return failed("the data do not match their SHA-256 digest")
    try:
        proved = gradient_lower(claim, p, data, dual)
        bound, distance = squares_upper(claim, p, data, fit)
    except NotCertified as reason:
        return failed(str(reason))
    if not 0 <= lower <= proved:
        return failed(f"the dual proves at most the lower bound {approximately(proved)}, and the certificate claims {approximately(lower)}")
    if claimed < distance:
        return failed(f"an exact fit needs up to {approximately(distance)} more, and the certificate claims {approximately(claimed)}")
    if value < bound + claimed:
        return failed(f"the fit proves no value below {approximately(bound + claimed)}, and the certificate claims {approximately(value)}")
    n, d = data.shape
    shown = [approximately(number) for number in (round_down(lower, 6) if lower else Fraction(0), round_up(value, 6))]
    what = f"form of order {p}" if claim == "polynomial.form" else f"polynomial of degree at most {p}"
    words = f"Lip ≥ {shown[0]} on the unit ball for every fit by a {what}, and ≤ {shown[1]} for one of them (n = {n}, d = {d})"
    summary = {"claim": claim, "degree": p, "lower": str(lower), "value": str(value), "n": n, "d": d, "words": words}
    return Verdict(Status.CERTIFIED, f"{STATEMENTS[claim]} [degree {p}, lower {lower}, value {value}, n = {n}, d = {d}]", summary)


def _parse_dual(document: object) -> GradientDual:
    if not isinstance(document, dict) or set(document) != {"multipliers", "points", "vectors"}:
        raise BadData('"dual" must hold exactly multipliers, points and vectors')
    rows = (parse_rows(document[name], name) for name in ("points", "vectors"))
    return GradientDual(parse_row(document["multipliers"], "multipliers"), *rows)


def _parse_squares(document: object) -> tuple[SquaresFit, Fraction]:
    if not isinstance(document, dict) or set(document) != {"squares", "rows", "distance"} or not isinstance(document["squares"], dict):
        raise BadData('"fit" must hold exactly a sum of squares, rows and a distance')
    if not isinstance(document["rows"], list) or not all(type(i) is int for i in document["rows"]):
        raise BadData('"rows" must be a list of integers')
    return SquaresFit(document["squares"], tuple(document["rows"])), parse_exact(document["distance"], "distance")


def _known(claim: object) -> str:
    if not isinstance(claim, str) or claim not in STATEMENTS:
        raise BadData(f"the claim {claim!r} is unknown: use one of {', '.join(STATEMENTS)}")
    return claim
