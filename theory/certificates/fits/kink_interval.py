"""One certificate for both ends of the least Lipschitz constant of a fit with k kinks: a tree, and a network that fits exactly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from theory.certificates.exact.documents import RECHECK, checked_fields
from theory.certificates.fits.exact_fit import check_fit
from theory.certificates.fits.kink_lower import INFEASIBLE, check_kinks
from theory.errors import BadData
from theory.verdict import Status, Verdict, failed

FORMAT, VERSION, CLAIM = "lawbook-fit", 1, "lipschitz.kinks"
STATEMENT = (
    "The least Euclidean Lipschitz constant on `domain` of the functions of the class of `lower` that take the values y at the rows of X "
    "lies between the values of `lower` and `upper`; there is no such function if the value of `lower` is infeasible."
)
_FIELDS = frozenset(("format", "version", "claim", "statement", "lower", "upper", "recheck"))
_SHARED = ("data", "domain", "kinks", "affine")


def certify_interval(lower: Mapping[str, Any], upper: Mapping[str, Any] | None) -> dict[str, Any]:
    """One document for both bounds; `upper` is None when no fit is known or there is none.

    Args: lower (of `certify_kinks`), upper (of `certify_fit`), about one problem.
    Raises: BadData when they are about different problems, or when the lower one says that there is no fit and the upper one gives one.
    """
    reason = _clash(lower, upper)
    if reason:
        raise BadData(reason)
    return {"format": FORMAT, "version": VERSION, "claim": CLAIM, "statement": STATEMENT, "lower": dict(lower),
            "upper": None if upper is None else dict(upper), "recheck": RECHECK}  # fmt: skip


def check_interval(document: object) -> Verdict:
    """Whether both certificates hold and are about one problem, without any solver.

    Returns: a Verdict, CERTIFIED, or FAILED with the reason for which the claim does not follow.
    Raises: BadData (or ShapeError) when the document is malformed.

    >>> from fractions import Fraction
    >>> from theory.certificates.fits.exact_fit import KinkNetwork, certify_fit
    >>> from theory.certificates.fits.kink_lower import certify_kinks
    >>> from theory.certificates.fits.kink_problem import FitDomain, KinkProblem
    >>> points = ((Fraction(0),), (Fraction(2),))
    >>> problem = KinkProblem(points, (Fraction(0), Fraction(3)), FitDomain("hull", vertices=points), 0, True)
    >>> line = KinkNetwork((), (), (), (Fraction(3, 2),), Fraction(0))
    >>> document = certify_interval(certify_kinks(problem, pair=(0, 1)), certify_fit(problem, line, {}))
    >>> check_interval(document).reason[-47:]
    '[3/2 to 3/2, 0 kinks with an affine part, hull]'
    """
    fields = checked_fields(document, FORMAT, VERSION, _FIELDS)
    for name, expected in (("claim", CLAIM), ("statement", STATEMENT)):
        if fields[name] != expected:
            raise BadData(f'the field "{name}" must be {expected!r}')
    lower, upper = fields["lower"], fields["upper"]
    verdicts = [check_kinks(lower)] + ([] if upper is None else [check_fit(upper)])
    for name, verdict in zip(("lower", "upper"), verdicts, strict=False):
        if verdict.status is not Status.CERTIFIED:
            return failed(f"the {name} bound fails: {verdict.reason}")
    reason = _clash(lower, upper)
    if reason:
        return failed(reason)
    found = verdicts[0].evidence
    ends = f"{found['value']} to {verdicts[1].evidence['value']}" if upper is not None else str(found["value"])
    if upper is None and found["value"] != INFEASIBLE:
        ends = f"at least {ends}"
    part = "with" if found["affine"] else "without"
    summary = {**found, "format": FORMAT, "claim": CLAIM, "lower": found["value"],
               "upper": None if upper is None else verdicts[1].evidence["value"]}
    del summary["value"]
    return Verdict(Status.CERTIFIED, f"{STATEMENT} [{ends}, {found['kinks']} kinks {part} an affine part, {found['domain']}]", summary)


def _clash(lower: Mapping[str, Any], upper: Mapping[str, Any] | None) -> str:
    if upper is None:
        return ""
    different = [name for name in _SHARED if lower.get(name) != upper.get(name)]
    if different:
        return f"the two bounds are about different problems: they differ in {', '.join(different)}"
    # both certified and contradictory cannot be; a reader is told so before anything is written
    return "the lower bound says that there is no fit, and the upper bound gives one" if lower.get("value") == INFEASIBLE else ""
