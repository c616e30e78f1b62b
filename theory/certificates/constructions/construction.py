"""Certificates of constructions: an explicit network fits the data, and its Lipschitz constant is at most a rational number.

A new kind is a ``ConstructionClaim`` in a file of its own, added to ``CONSTRUCTIONS`` below.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flint import ctx

from theory.certificates.constructions.caps_construction import CAPS
from theory.certificates.constructions.construction_claims import ConstructionClaim, Numbers
from theory.certificates.constructions.group_construction import GROUPS
from theory.certificates.constructions.linear_construction import LINEAR
from theory.certificates.constructions.power_construction import POWERS
from theory.certificates.exact.documents import RECHECK, checked_fields
from theory.certificates.exact.eigenvalue_sum import PRECISION
from theory.certificates.exact.exact_data import ExactData, parse_data, parse_exact
from theory.certificates.exact.exact_network import ExactNetwork, parse_network
from theory.certificates.exact.rounding import approximately, root_above, round_up
from theory.errors import BadData, NotCertified, ShapeError
from theory.verdict import Status, Verdict, failed

FORMAT, VERSION = "lawbook-construction", 1
_FIELDS = frozenset(
    ("format", "version", "claim", "domain", "upper", "residual", "statement", "data", "network", "evidence", "recheck"))

CONSTRUCTIONS: Mapping[str, ConstructionClaim] = {claim.id: claim for claim in (*LINEAR, *CAPS, *GROUPS, *POWERS)}


def certify_construction(claim_id: str, data: ExactData, network: ExactNetwork, numbers: Numbers) -> dict[str, Any]:
    """A certificate that the network fits the data up to a residual, and that its Lipschitz constant is at most a number.

    Both numbers are rounded up to 12 significant decimal digits (the residual is exact when it is 0).
    Args: claim_id (a key of CONSTRUCTIONS), the exact data, the network, the numbers that the claim names.
    Returns: a JSON-ready document that `check_construction` accepts.
    Raises: BadData (unknown claim, numbers missing or out of place), ShapeError, NotCertified (the numbers do not prove a bound).
    Guarantee: certified in exact and ball arithmetic.

    >>> data = ExactData(((Fraction(3, 5), Fraction(4, 5)),), (Fraction(1),))
    >>> network = ExactNetwork(data.points, (Fraction(0),), (Fraction(1),), "identity")
    >>> document = certify_construction("bln.s31.sharp", data, network, {})
    >>> document["upper"], document["residual"]
    ('1', '0')
    """
    claim = _claim(claim_id)
    _check_names(numbers, claim)
    _check_inputs(data, network)
    return {
        "format": FORMAT, "version": VERSION, "claim": claim.id, "domain": claim.domain,
        "upper": str(round_up(root_above(_square_above(claim, data, network, numbers)))),
        "residual": str(round_up(network.residual(data))), "statement": claim.statement,
        "data": data.as_json(), "network": network.as_json(),
        "evidence": {name: str(numbers[name]) for name in claim.evidence}, "recheck": RECHECK,
    }


def check_construction(document: object) -> Verdict:
    """Whether a construction certificate holds, recomputed from the exact data and network without any solver.

    Args: document (the parsed JSON).
    Returns: a Verdict, CERTIFIED, or FAILED with the reason.
    Raises: BadData (or ShapeError) when the document is malformed: a missing or foreign field, a number that is not exact.
    Guarantee: CERTIFIED means proved for this network and these data, given the claim of the ledger.

    >>> data = ExactData(((Fraction(3, 5), Fraction(4, 5)),), (Fraction(1),))
    >>> network = ExactNetwork(data.points, (Fraction(0),), (Fraction(1),), "identity")
    >>> document = certify_construction("bln.s31.sharp", data, network, {})
    >>> check_construction(document).status.value
    'CERTIFIED'
    >>> check_construction({**document, "upper": "99/100"}).reason
    'the numbers prove the bound 1.0, and the certificate claims 99/100'
    """
    fields = checked_fields(document, FORMAT, VERSION, _FIELDS)
    claim = _claim(fields["claim"])
    upper, residual = (parse_exact(fields[name], name) for name in ("upper", "residual"))
    data, digest = parse_data(fields["data"])
    network = parse_network(fields["network"])
    _check_inputs(data, network)
    numbers = _numbers(fields["evidence"], claim)
    for name, expected in (("domain", claim.domain), ("statement", claim.statement)):
        if fields[name] != expected:
            return failed(f"the {name} of {claim.id} must read {expected!r}")
    if digest != data.digest():
        return failed("the data do not match their SHA-256 digest")
    found = network.residual(data)
    if found > residual:
        return failed(f"the network misses a label by {approximately(found)}, and the certificate claims at most {residual}")
    try:
        square = _square_above(claim, data, network, numbers)
    except NotCertified as reason:
        return failed(str(reason))
    if upper < 0 or upper * upper < square:
        return failed(f"the numbers prove the bound {approximately(root_above(square))}, and the certificate claims {upper}")
    (n, d), (k, _) = data.shape, network.shape
    summary = {"format": FORMAT, "claim": claim.id, "domain": claim.domain, "upper": str(upper), "residual": str(residual), "width": k,
               "n": n, "d": d}
    return Verdict(Status.CERTIFIED, f"{claim.statement} [upper {upper}, residual {residual}, n = {n}, d = {d}, width {k}]", summary)


def _square_above(claim: ConstructionClaim, data: ExactData, network: ExactNetwork, numbers: Numbers) -> Fraction:
    """A rational upper bound of Lip²."""
    with ctx.workprec(PRECISION):
        bound = claim.lip_squared(data, network, numbers).upper()
        if not bound.is_finite():
            raise NotCertified("the bound is not finite: scale the data")
        exact = bound.fmpq()
        return max(Fraction(int(exact.p), int(exact.q)), Fraction(0))


def _check_inputs(data: ExactData, network: ExactNetwork) -> None:
    if network.shape[1] != data.shape[1]:
        raise ShapeError(f"the network has {network.shape[1]} inputs and the points have {data.shape[1]} coordinates: give equal numbers")


def _check_names(names: Mapping[str, object], claim: ConstructionClaim) -> None:
    if set(names) != set(claim.evidence):
        raise BadData(f"the evidence of {claim.id} must hold exactly the numbers {sorted(claim.evidence)}")


def _numbers(document: object, claim: ConstructionClaim) -> dict[str, Fraction]:
    if not isinstance(document, dict):
        raise BadData('"evidence" must be an object of exact numbers')
    _check_names(document, claim)
    return {name: parse_exact(document[name], name) for name in claim.evidence}


def _claim(claim_id: object) -> ConstructionClaim:
    if not isinstance(claim_id, str) or claim_id not in CONSTRUCTIONS:
        raise BadData(f"the claim {claim_id!r} justifies no construction: use one of {', '.join(CONSTRUCTIONS)}")
    return CONSTRUCTIONS[claim_id]
