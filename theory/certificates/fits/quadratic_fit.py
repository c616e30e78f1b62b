"""Certificates of how small the norm of a quadratic x ↦ xᵀAx through labelled points can be, checked without a solver.

For multipliers λ and S = Σλ_ix_ix_iᵀ every fit has λᵀy = ⟨A, S⟩.  Let A have at most a positive and b negative eigenvalues, and let
h_r(M) be the sum of the r largest of the numbers max(λ_j(M), 0).  Then, by Ky Fan,

- "quadratic.operator":  λᵀy ≤ ‖A‖_op·(h_a(S) + h_b(−S));
- "quadratic.nuclear":   λᵀy ≤ ‖A‖_*·max(h_1(S) if a > 0, h_1(−S) if b > 0);
- "quadratic.spread":    λᵀy ≤ (λ_max(A) − λ_min(A))·max(h_a(S), h_b(−S)), if a + b < d (then 0 is an eigenvalue of A) or tr S = 0.

With any rank, a = b = d.  A matrix of rank at most k < d has a + b ≤ k: one λ for each of the k + 1 pairs (a, k − a), and the least of
their bounds holds.  A pair with λᵀy > 0 and a right side that is 0 for every A has no fit at all.  For rank one an empty λ stands for
going through all signs of the factor (see `single_square`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import arb, arb_mat, ctx, fmpq_mat

from theory.certificates.exact.documents import RECHECK, checked_fields
from theory.certificates.exact.eigenvalue_sum import PRECISION, eigenvalue_sum_upper
from theory.certificates.exact.exact_data import ExactData, format_exact, parse_data, parse_exact, parse_rows
from theory.certificates.exact.exact_network import dot, rational_matrix
from theory.certificates.exact.rounding import approximately, round_down, round_up
from theory.certificates.fits.nearby_fit import (
    NearbyFit,
    Rows,
    block_diagonal,
    fit_as_json,
    fit_distance,
    norm_above,
    parse_fit,
    upper_fraction,
)
from theory.certificates.fits.single_square import single_square_bound
from theory.certificates.steps.form_bound import is_positive_semidefinite
from theory.errors import BadData, NotCertified
from theory.verdict import Status, Verdict, failed

FORMAT, VERSION = "lawbook-quadratic-fit", 1
_EVERY = "Every symmetric matrix A, of rank at most `rank` (null: of any rank), with x_i.A x_i = y_i for all i has "
_ONE = " at least `lower`, and one of them has at most `value` (null: none is given). "
STATEMENTS: Mapping[str, str] = {
    "quadratic.operator": _EVERY + "operator norm" + _ONE + "x -> x.A x has twice that Lipschitz constant on the unit ball.",
    "quadratic.nuclear": _EVERY + "nuclear norm" + _ONE + "For x -> x.A x it is the least path norm of neurons (w.x)^2.",
    "quadratic.spread": _EVERY + "largest minus least eigenvalue" + _ONE
    + "It is the Lipschitz constant of x -> x.A x on the unit sphere with the chord metric.",
    "quadratic.none": "No symmetric matrix A, of rank at most `rank` (null: of any rank), has x_i.A x_i = y_i for all i.",
}
_FIELDS = frozenset(("format", "version", "claim", "rank", "lower", "value", "statement", "data", "multipliers", "fit", "recheck"))


def splits(rank: int | None, d: int) -> list[tuple[int, int]]:
    """The largest numbers (a, b) of positive and negative eigenvalues, one pair for each vector of multipliers.

    >>> splits(2, 5), splits(None, 5)
    ([(0, 2), (1, 1), (2, 0)], [(5, 5)])
    """
    return [(d, d)] if rank is None else [(a, rank - a) for a in range(rank + 1)]


def split_bound(claim: str, data: ExactData, multipliers: Sequence[Fraction], split: tuple[int, int]) -> Fraction | None:
    """A lower bound of the norm of every fit with these numbers of eigenvalues, None when no such fit exists.

    Raises: NotCertified (another number of multipliers than points, a trace that is not 0 where it must be).
    Guarantee: certified; "none exists" is decided in exact arithmetic.

    >>> data = ExactData(((Fraction(2),),), (Fraction(1),))
    >>> [split_bound("quadratic.operator", data, [Fraction(1)], split) for split in ((1, 0), (0, 1))]
    [Fraction(1, 4), None]
    """
    (n, d), (a, b) = data.shape, split
    if not multipliers and a + b == 1 < d:
        return single_square_bound(data, 1 if a else -1)
    if len(multipliers) != n:
        raise NotCertified(f"there are {len(multipliers)} multipliers for {n} points: one a point is needed")
    value = dot(multipliers, data.labels)
    if value <= 0:
        return Fraction(0)
    S = _moment(data, multipliers)
    if claim == "quadratic.spread" and a + b >= d and sum((S[j, j] for j in range(d)), S[0, 0] * 0) != 0:
        raise NotCertified("the trace of Σ λ_i x_i x_iᵀ is not 0, and adding multiples of I to A would change λᵀy")
    if _never_positive(S, a) and _never_positive(-S, b):
        return None
    with ctx.workprec(PRECISION):
        if claim == "quadratic.nuclear":
            a, b = min(a, 1), min(b, 1)
        up, down = _positive_sum(arb_mat(S), a), _positive_sum(arb_mat(-S), b)
        gauge = up + down if claim == "quadratic.operator" else up.max(down)
        return value / upper_fraction(gauge.upper())


def certify_quadratic_fit(
    claim: str, data: ExactData, rank: int | None, multipliers: Sequence[Sequence[Fraction]], fit: NearbyFit | None
) -> dict[str, Any]:
    """A certificate with the best numbers that the multipliers and the fit prove, 12 significant digits each.

    Args: claim (a key of STATEMENTS), the exact data, rank (None, or 1 ≤ k < d), one vector λ for each of `splits`, a fit or None.
    Returns: a JSON-ready document that `check_quadratic_fit` accepts; the claim is "quadratic.none" when every vector says so.
    Raises: BadData, ShapeError, NotCertified.
    Guarantee: certified.

    >>> data = ExactData(((Fraction(2),),), (Fraction(1),))
    >>> document = certify_quadratic_fit("quadratic.operator", data, None, [[Fraction(1)]], NearbyFit(matrix=((Fraction(1, 4),),)))
    >>> float(Fraction(document["lower"])), float(Fraction(document["value"]))
    (0.25, 0.25)
    """
    _check_rank(_known(claim), rank, data)
    lower = _lower(claim, data, rank, multipliers)
    entry: dict[str, Any] | None = None
    value: Fraction | None = None
    if lower is None:
        claim = "quadratic.none"
    elif fit is not None:
        distance = round_up(fit_distance(data, fit, rank))
        value = round_up(norm_above(claim, fit, distance))
        entry = fit_as_json(fit, distance)
    return {
        "format": FORMAT, "version": VERSION, "claim": claim, "rank": rank, "lower": None if lower is None else str(lower),
        "value": None if value is None else str(value), "statement": STATEMENTS[claim], "data": data.as_json(),
        "multipliers": [[format_exact(c) for c in row] for row in multipliers], "fit": entry, "recheck": RECHECK,
    }


def check_quadratic_fit(document: object) -> Verdict:
    """Whether multipliers and fit prove the two numbers of a certificate, recomputed from the exact data without any solver.

    Returns: a Verdict, CERTIFIED, or FAILED with the reason for which the claim does not follow.
    Raises: BadData (or ShapeError) when the document is malformed.
    Guarantee: CERTIFIED means proved on these data in exact and ball arithmetic.

    >>> data = ExactData(((Fraction(2),),), (Fraction(1),))
    >>> document = certify_quadratic_fit("quadratic.operator", data, None, [[Fraction(1)]], NearbyFit(matrix=((Fraction(1, 4),),)))
    >>> check_quadratic_fit(document).status.value
    'CERTIFIED'
    >>> check_quadratic_fit({**document, "lower": "1"}).reason
    'the multipliers prove at most the lower bound 0.25, and the certificate claims 1.0'
    """
    fields = checked_fields(document, FORMAT, VERSION, _FIELDS)
    claim, rank = _known(fields["claim"]), fields["rank"]
    data, digest = parse_data(fields["data"])
    _check_rank(claim, rank, data)
    if fields["statement"] != STATEMENTS[claim]:
        return failed(f"the statement of {claim} must read {STATEMENTS[claim]!r}")
    if digest != data.digest():
        return failed("the data do not match their SHA-256 digest")
    multipliers = parse_rows(fields["multipliers"], "multipliers")
    numbers = {name: None if fields[name] is None else parse_exact(fields[name], name) for name in ("lower", "value")}
    parsed = None if fields["fit"] is None else parse_fit(fields["fit"])
    none = claim == "quadratic.none"
    if (numbers["lower"] is None) != none or (parsed is None) != (numbers["value"] is None) or (none and parsed is not None):
        raise BadData("a lower bound belongs to every claim but quadratic.none, which has no fit, and a value to every fit")
    try:
        wrong = _disproved(claim, data, rank, multipliers, numbers["lower"], numbers["value"], parsed)
    except NotCertified as reason:
        return failed(str(reason))
    if wrong:
        return failed(wrong)
    n, d = data.shape
    summary = {"claim": claim, "rank": rank, "lower": fields["lower"], "value": fields["value"], "n": n, "d": d}
    summary["words"] = _words(claim, rank, numbers["lower"], numbers["value"]) + f" (n = {n}, d = {d})"
    return Verdict(Status.CERTIFIED, f"{STATEMENTS[claim]} [lower {fields['lower']}, value {fields['value']}, n = {n}, d = {d}]", summary)


def _words(claim: str, rank: int | None, lower: Fraction | None, value: Fraction | None) -> str:
    """What is proved, in short."""
    fits = "xᵀAx" if rank is None else f"xᵀAx of rank at most {rank}"
    if lower is None:
        return f"no {fits} takes these labels"
    name = {"operator": "‖A‖_op", "nuclear": "‖A‖_*", "spread": "λ_max(A) − λ_min(A)"}[claim.split(".")[1]]
    above = "" if value is None else f", and ≤ {approximately(round_up(value, 6))} for one of them"
    return f"{name} ≥ {approximately(round_down(lower, 6) if lower else lower)} for every fit {fits}{above}"


def _disproved(
    claim: str, data: ExactData, rank: int | None, multipliers: Rows, lower: Fraction | None, value: Fraction | None,
    parsed: tuple[NearbyFit, Fraction] | None,
) -> str:
    """Why the evidence does not prove the numbers, or an empty string."""
    proved = _lower(claim, data, rank, multipliers)
    if lower is None:
        return "" if proved is None else "the multipliers do not exclude every fit"
    if proved is None:
        return "the multipliers exclude every fit, and the certificate claims bounds"
    if not 0 <= lower <= proved:
        return f"the multipliers prove at most the lower bound {approximately(proved)}, and the certificate claims {approximately(lower)}"
    if parsed is None or value is None:
        return ""
    fit, distance = parsed
    found = fit_distance(data, fit, rank)
    if found > distance:
        return f"an exact fit is proved within {approximately(found)} of the matrix, and the certificate claims {approximately(distance)}"
    norm = norm_above(claim, fit, distance)
    if value < norm:
        return f"the fit proves no value below {approximately(norm)}, and the certificate claims {approximately(value)}"
    return ""


def _lower(claim: str, data: ExactData, rank: int | None, multipliers: Sequence[Sequence[Fraction]]) -> Fraction | None:
    """The least bound of all pairs of numbers of eigenvalues, rounded down; None when none of them has a fit."""
    pairs = splits(rank, data.shape[1])
    if len(multipliers) != len(pairs):
        raise NotCertified(f"there are {len(multipliers)} vectors of multipliers, and {len(pairs)} are needed")
    kind = "quadratic.operator" if claim == "quadratic.none" else claim
    bounds = [split_bound(kind, data, row, pair) for row, pair in zip(multipliers, pairs, strict=True)]
    finite = [bound for bound in bounds if bound is not None]
    return None if not finite else round_down(min(finite)) if min(finite) > 0 else Fraction(0)


def _moment(data: ExactData, multipliers: Sequence[Fraction]) -> fmpq_mat:
    """S = Σ λ_i x_i x_iᵀ."""
    X = rational_matrix(data.points)
    return X.transpose() * rational_matrix([[c * entry for entry in row] for c, row in zip(multipliers, data.points, strict=True)])


def _never_positive(S: fmpq_mat, r: int) -> bool:
    """Whether r = 0, or S is negative semidefinite: then h_r(S) = 0."""
    return r == 0 or is_positive_semidefinite([[Fraction(-int(c.p), int(c.q)) for c in row] for row in S.tolist()])


def _positive_sum(S: arb_mat, r: int) -> arb:
    """A ball whose upper end is at least h_r(S): appending r zeros to the eigenvalues cuts the negative ones off."""
    return arb(0) if r == 0 else eigenvalue_sum_upper(block_diagonal(S, arb_mat(r, r)), r)


def _check_rank(claim: str, rank: object, data: ExactData) -> None:
    if rank is not None and (type(rank) is not int or not 1 <= rank < data.shape[1]):
        raise BadData(f"the rank is {rank!r}: give null for no constraint, or an integer from 1 to {data.shape[1] - 1}")


def _known(claim: object) -> str:
    if not isinstance(claim, str) or claim not in STATEMENTS:
        raise BadData(f"the claim {claim!r} is unknown: use one of {', '.join(STATEMENTS)}")
    return claim
