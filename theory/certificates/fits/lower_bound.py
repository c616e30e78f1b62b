"""Certificates that a Lipschitz constant is at least a given rational number: making, writing, reading, re-checking."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from theory.certificates.exact.documents import RECHECK, checked_fields
from theory.certificates.exact.exact_data import ExactData, parse_data, parse_exact
from theory.certificates.exact.rounding import approximately, root_below, round_down
from theory.certificates.lipschitz.lipschitz_claims import CLAIMS, Evidence, LowerBoundClaim, Pair, lip_squared_lower
from theory.errors import BadData, NotCertified
from theory.verdict import Status, Verdict, failed

FORMAT, VERSION = "lawbook-certificate", 1
_FIELDS = frozenset(
    ("format", "version", "claim", "domain", "width", "value", "statement", "data", "evidence", "recheck")
)


def certify_lower_bound(claim_id: str, data: ExactData, width: int | None, evidence: Evidence) -> dict[str, Any]:
    """A certificate that the Euclidean Lipschitz constant of any fit is at least a number, on the domain of the claim.

    The value is the largest number of 12 significant decimal digits whose square the evidence proves.
    Args: claim_id (a key of CLAIMS), the exact data, width (None for mcshane), the evidence of that claim.
    Returns: a JSON-ready document that `check_certificate` accepts.
    Raises: BadData (unknown claim, width missing or out of place), NotCertified (the evidence proves nothing).
    Guarantee: certified; the document stores no derived number but the value.

    >>> data = ExactData(((Fraction(0),), (Fraction(1, 2),)), (Fraction(1), Fraction(-1)))
    >>> certify_lower_bound("mcshane", data, None, Evidence(pair=(0, 1)))["value"]
    '4'
    """
    claim = _claim(claim_id)
    width = _width(width, claim)
    square = lip_squared_lower(claim, data, width or 1, evidence)
    if square <= 0:
        raise NotCertified(f"the evidence for {claim_id} proves only the bound 0, which needs no certificate")
    return {
        "format": FORMAT,
        "version": VERSION,
        "claim": claim.id,
        "domain": claim.domain,
        "width": width,
        "value": str(round_down(root_below(square))),
        "statement": claim.statement,
        "data": data.as_json(),
        "evidence": _evidence_as_json(claim, evidence),
        "recheck": RECHECK,
    }


def check_certificate(document: object) -> Verdict:
    """Whether the evidence of a certificate proves its claim, recomputed from the exact data without any solver.

    Args: document (the parsed JSON).
    Returns: a Verdict, CERTIFIED, or FAILED with the reason for which the claim does not follow.
    Raises: BadData (or ShapeError) when the document is malformed: a missing or foreign field, a number that is not
    exact, rows of different lengths.
    Guarantee: CERTIFIED means proved on these data in exact and ball arithmetic.

    >>> data = ExactData(((Fraction(0),), (Fraction(1, 2),)), (Fraction(1), Fraction(-1)))
    >>> document = certify_lower_bound("mcshane", data, None, Evidence(pair=(0, 1)))
    >>> check_certificate(document).status.value
    'CERTIFIED'
    >>> check_certificate({**document, "value": "5"}).reason
    'the evidence proves at most the value 4.0, and the certificate claims 5'
    """
    fields = checked_fields(document, FORMAT, VERSION, _FIELDS)
    claim = _claim(fields["claim"])
    width = _width(fields["width"], claim)
    value = parse_exact(fields["value"], "value")
    data, digest = parse_data(fields["data"])
    evidence = _parse_evidence(fields["evidence"], claim)
    for name, expected in (("domain", claim.domain), ("statement", claim.statement)):
        if fields[name] != expected:
            return failed(f"the {name} of {claim.id} must read {expected!r}")
    if value <= 0:
        return failed(f"the value is {value}: a certificate claims a positive lower bound")
    if digest != data.digest():
        return failed("the data do not match their SHA-256 digest")
    try:
        square = lip_squared_lower(claim, data, width or 1, evidence)
    except NotCertified as reason:
        return failed(str(reason))
    if value * value > square:
        return failed(f"the evidence proves at most the value {approximately(root_below(square))}, and the certificate claims {value}")
    n, d = data.shape
    summary = {"format": FORMAT, "claim": claim.id, "class": claim.class_, "domain": claim.domain, "width": width, "value": str(value),
               "n": n, "d": d}
    return Verdict(Status.CERTIFIED, f"{claim.statement} [value {value}, n = {n}, d = {d}, width {width}]", summary)


def _claim(claim_id: object) -> LowerBoundClaim:
    if not isinstance(claim_id, str) or claim_id not in CLAIMS:
        raise BadData(f"the claim {claim_id!r} is unknown: use one of {', '.join(CLAIMS)}")
    return CLAIMS[claim_id]


def _width(width: object, claim: LowerBoundClaim) -> int | None:
    if not claim.needs_width:
        if width is not None:
            raise BadData(f"{claim.id} holds for every width: the field width must be null, not {width!r}")
        return None
    if type(width) is not int or width < 1:
        raise BadData(f"the width is {width!r}: {claim.id} needs a positive integer")
    return width


def _evidence_as_json(claim: LowerBoundClaim, evidence: Evidence) -> dict[str, Any]:
    if claim.evidence == "pair":
        return {"pair": list(evidence.pair or ())}
    if claim.evidence == "radius_squared":
        return {"radius_squared": str(evidence.radius_squared)}
    if claim.evidence == "weights":
        return {"weights": [[i, j, str(weight)] for (i, j), weight in (evidence.weights or {}).items()]}
    return {}


def _parse_evidence(document: object, claim: LowerBoundClaim) -> Evidence:
    expected = set() if claim.evidence is None else {claim.evidence}
    if not isinstance(document, dict) or set(document) != expected:
        raise BadData(f"the evidence of {claim.id} must hold exactly the fields {sorted(expected)}")
    if claim.evidence == "pair":
        return Evidence(pair=_pair(document["pair"], "pair"))
    if claim.evidence == "radius_squared":
        return Evidence(radius_squared=parse_exact(document["radius_squared"], "radius_squared"))
    if claim.evidence == "weights":
        return Evidence(weights=_weights(document["weights"]))
    return Evidence()


def _weights(entries: object) -> dict[Pair, Fraction]:
    if not isinstance(entries, list):
        raise BadData('"weights" must be a list of [i, j, "p/q"]')
    weights: dict[Pair, Fraction] = {}
    for position, entry in enumerate(entries):
        where = f"weights[{position}]"
        if not isinstance(entry, list) or len(entry) != 3:
            raise BadData(f'{where} must be [i, j, "p/q"]')
        i, j = _pair(entry[:2], where)
        if (i, j) in weights or (j, i) in weights:
            raise BadData(f"{where} repeats the pair ({i}, {j}): give every pair once")
        weights[i, j] = parse_exact(entry[2], where)
    return weights


def _pair(indices: object, where: str) -> Pair:
    if not isinstance(indices, list) or len(indices) != 2 or not all(type(i) is int for i in indices):
        raise BadData(f"{where} must name two points by their integer indices")
    return indices[0], indices[1]
