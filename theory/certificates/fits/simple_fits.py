"""Certificates of the least Lipschitz constant of simple classes of functions: making them, and re-checking them without a solver."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from theory.certificates.exact.documents import RECHECK, checked_fields
from theory.certificates.exact.exact_data import ExactData, format_exact, parse_data, parse_exact, parse_rows
from theory.certificates.exact.rounding import approximately, root_above, root_below, round_down, round_up
from theory.certificates.fits.fit_claims import FIT_CLAIMS, FitClaim, FitEvidence, Square
from theory.certificates.fits.line_splines import parse_spline
from theory.errors import BadData, NotCertified
from theory.verdict import Status, Verdict, failed

FORMAT, VERSION, INFEASIBLE = "lawbook-simple-fit", 1, "infeasible"
_FIELDS = frozenset(("format", "version", "claim", "norm", "kinks", "lower", "upper", "statement", "data", "evidence", "recheck"))
# Values that are no short rational numbers are rounded to so many decimal digits, one more than doubles can tell apart.
DIGITS = 17


def certify_fit(
    claim_id: str, data: ExactData, norm: str, kinks: int | None, lower: FitEvidence | None, upper: FitEvidence | None
) -> dict[str, Any]:
    """A certificate of what the evidence proves about the least Lipschitz constant of a class.

    Args: claim_id (a key of FIT_CLAIMS), the exact data, norm, kinks (None but for splines), evidence of the lower side (None: the
    bound 0) and of the upper side (None: no upper bound).
    Returns: a JSON-ready document that `check_fit` accepts; "lower" is "infeasible" when the evidence proves that no function fits.
    Raises: BadData (unknown claim, norm or number of kinks), ShapeError, NotCertified (the evidence proves nothing).
    Guarantee: certified in exact arithmetic.

    >>> data = ExactData(((Fraction(0),), (Fraction(3),)), (Fraction(1), Fraction(0)))
    >>> document = certify_fit("fit.any", data, "l2", None, FitEvidence(pair=(0, 1)), FitEvidence())
    >>> document["lower"], document["upper"]
    ('1/3', '1/3')
    """
    claim = _claim(claim_id, norm, kinks)
    low, high = _squares(claim, data, norm, kinks, lower, upper)
    try:
        return {
            "format": FORMAT, "version": VERSION, "claim": claim.id, "norm": norm, "kinks": kinks,
            "lower": INFEASIBLE if low is None else str(_root(low, root_below, round_down)),
            "upper": None if high is None else str(_root(high, root_above, round_up)),
            "statement": claim.statement, "data": data.as_json(),
            "evidence": {"lower": _as_json(lower, claim.lower_fields), "upper": _as_json(upper, claim.upper_fields)},
            "recheck": RECHECK,
        }
    except ValueError as error:
        if isinstance(error, BadData):
            raise
        limit = sys.get_int_max_str_digits()
        raise NotCertified(f"a number of the certificate has more than {limit} digits, too many to write: round the data") from error


def check_fit(document: object) -> Verdict:
    """Whether the evidence of a certificate proves its bounds, recomputed from the exact data without any solver.

    Returns: a Verdict, CERTIFIED, or FAILED with the reason for which the claim does not follow.
    Raises: BadData (or ShapeError) when the document is malformed.
    Guarantee: CERTIFIED means proved on these data in exact arithmetic.

    >>> data = ExactData(((Fraction(0),), (Fraction(3),)), (Fraction(1), Fraction(0)))
    >>> document = certify_fit("fit.any", data, "l2", None, FitEvidence(pair=(0, 1)), FitEvidence())
    >>> check_fit(document).status.value
    'CERTIFIED'
    >>> check_fit({**document, "lower": "1/2"}).reason
    'the evidence proves at most the lower bound 0.333333333333, and the certificate claims 1/2'
    """
    fields = checked_fields(document, FORMAT, VERSION, _FIELDS)
    norm, kinks = fields["norm"], fields["kinks"]
    claim = _claim(fields["claim"], norm, kinks)
    lower = None if fields["lower"] == INFEASIBLE else parse_exact(fields["lower"], "lower")
    upper = None if fields["upper"] is None else parse_exact(fields["upper"], "upper")
    data, digest = parse_data(fields["data"])
    sides = fields["evidence"]
    if not isinstance(sides, dict) or set(sides) != {"lower", "upper"}:
        raise BadData('"evidence" must hold exactly "lower" and "upper"')
    evidence = [_parse(sides[side], names, side) for side, names in (("lower", claim.lower_fields), ("upper", claim.upper_fields))]
    if fields["statement"] != claim.statement:
        return failed(f"the statement of {claim.id} must read {claim.statement!r}")
    if digest != data.digest():
        return failed("the data do not match their SHA-256 digest")
    if (upper is None) != (evidence[1] is None):
        return failed("an upper bound needs evidence, and evidence a bound")
    try:
        low, high = _squares(claim, data, norm, kinks, evidence[0], evidence[1])
    except NotCertified as reason:
        return failed(str(reason))
    if lower is None and low is not None:
        return failed(f"the evidence proves only the lower bound {approximately(root_below(low))}, and the claim is that none fits")
    if lower is not None and (lower < 0 or (low is not None and lower * lower > low)):
        proved = approximately(root_below(low or Fraction(0)))
        return failed(f"the evidence proves at most the lower bound {proved}, and the certificate claims {lower}")
    if upper is not None and (high is None or upper < 0 or upper * upper < high):
        return failed(f"the evidence proves no upper bound below {approximately(root_above(high or Fraction(0)))}, and the certificate "
                      f"claims {upper}")
    n, d = data.shape
    bounds = {"lower": fields["lower"], "upper": fields["upper"]}
    words = _words(claim, norm, kinks, lower, upper) + f" (n = {n}, d = {d})"
    summary = {"claim": claim.id, "norm": norm, **bounds, "words": words, "n": n, "d": d}
    return Verdict(Status.CERTIFIED, f"{claim.statement} [lower {bounds['lower']}, upper {bounds['upper']}, norm {norm}, kinks {kinks}, "
                                     f"n = {n}, d = {d}]", summary)


def _words(claim: FitClaim, norm: str, kinks: int | None, lower: Fraction | None, upper: Fraction | None) -> str:
    """What a certificate proves, in short, the bounds rounded outwards to 6 digits."""
    fits = f"{claim.class_.replace('`kinks`', str(kinks))} that fits"
    if lower is None:
        return f"there is no {fits}"
    below = f"{approximately(round_down(lower, 6) if lower else lower)} ≤ "
    above = "" if upper is None else f" ≤ {approximately(round_up(upper, 6))}"
    return f"{below}least {claim.quantity}{above} (norm {norm}) of a {fits}"


def _squares(
    claim: FitClaim, data: ExactData, norm: str, kinks: int | None, lower: FitEvidence | None, upper: FitEvidence | None
) -> tuple[Square, Fraction | None]:
    """The squares that the two sides prove: (None, None) for infeasible, (…, None) without an upper side."""
    low = Fraction(0) if lower is None else claim.lower(data, norm, kinks or 0, lower)
    if low is None and upper is not None:
        raise NotCertified("no function fits, and evidence of a fit is given")
    return low, None if upper is None else claim.upper(data, norm, kinks or 0, upper)


def _root(square: Fraction, root: Callable[[Fraction], Fraction], rounded: Callable[[Fraction, int], Fraction]) -> Fraction:
    """√square, exactly where it is a short rational number, otherwise rounded to the side of `root`."""
    found = root(square)
    if found * found == square and max(found.numerator.bit_length(), found.denominator.bit_length()) <= 128:
        return found
    return rounded(found, DIGITS)


def _claim(claim_id: object, norm: object, kinks: object) -> FitClaim:
    if not isinstance(claim_id, str) or claim_id not in FIT_CLAIMS:
        raise BadData(f"the claim {claim_id!r} is unknown: use one of {', '.join(FIT_CLAIMS)}")
    claim = FIT_CLAIMS[claim_id]
    if norm not in claim.norms:
        raise BadData(f"the norm is {norm!r}: {claim_id} knows {', '.join(claim.norms)}")
    if claim.needs_kinks and (type(kinks) is not int or kinks < 0):
        raise BadData(f"the number of kinks is {kinks!r}: give an integer ≥ 0")
    if not claim.needs_kinks and kinks is not None:
        raise BadData(f"{claim_id} knows no kinks: the field must be null, not {kinks!r}")
    return claim


def _as_json(evidence: FitEvidence | None, names: tuple[str, ...]) -> dict[str, Any] | None:
    if evidence is None:
        return None
    written: Mapping[str, Any] = {
        "pair": list(evidence.pair or ()),
        "index": evidence.index,
        "multipliers": [[i, format_exact(c)] for i, c in sorted(evidence.multipliers.items())],
        "rows": list(evidence.rows),
        "slopes": [[format_exact(c) for c in row] for row in evidence.slopes],
        "spline": None if evidence.spline is None else evidence.spline.as_json(),
    }
    return {name: written[name] for name in names}


def _parse(document: object, names: tuple[str, ...], side: str) -> FitEvidence | None:
    if document is None:
        return None
    if not isinstance(document, dict) or set(document) != set(names):
        raise BadData(f"the evidence of the {side} side must hold exactly the fields {sorted(names)}")
    return FitEvidence(**{name: _PARSERS[name](document[name]) for name in names})


def _indices(document: object) -> tuple[int, ...]:
    if not isinstance(document, list) or not all(type(i) is int for i in document):
        raise BadData("the evidence must name points by a list of their integer indices")
    return tuple(document)


def _pair(document: object) -> tuple[int, int]:
    found = _indices(document)
    if len(found) != 2:
        raise BadData(f'"pair" must name two points, not {len(found)}')
    return found[0], found[1]


def _index(document: object) -> int:
    return _indices([document])[0]


def _multipliers(document: object) -> dict[int, Fraction]:
    found: dict[int, Fraction] = {}
    if not isinstance(document, list):
        raise BadData('"multipliers" must be a list of [i, "p/q"]')
    for position, entry in enumerate(document):
        where = f"multipliers[{position}]"
        if not isinstance(entry, list) or len(entry) != 2 or type(entry[0]) is not int or entry[0] in found:
            raise BadData(f'{where} must be [i, "p/q"] with a new index i')
        found[entry[0]] = parse_exact(entry[1], where)
    return found


_PARSERS: Mapping[str, Callable[[object], Any]] = {
    "pair": _pair, "index": _index, "multipliers": _multipliers, "rows": _indices,
    "slopes": lambda document: parse_rows(document, "slopes"), "spline": parse_spline,
}
