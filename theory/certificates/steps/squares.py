"""Sum-of-squares certificates: a polynomial inequality as facts plus squares, re-checked by multiplying out in exact arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import floor
from typing import Any

from theory.certificates.steps.farkas import RELATIONS, rational_number
from theory.errors import NotCertified

FORMAT = "lawbook.squares/1"
Powers = tuple[tuple[str, Fraction], ...]
Polynomial = dict[Powers, Fraction]


def parse_polynomial(entry: Any, where: str) -> Polynomial:
    """Read a list of ``{"coefficient": "p/q", "powers": {base: "p/q"}}``; a base that is a number is a radical."""
    total: Polynomial = {}
    if not isinstance(entry, list):
        raise NotCertified(f"{where}: a polynomial is a list of terms, not {entry!r}")
    for term in entry:
        powers = {str(b): rational_number(e, where) for b, e in dict(term.get("powers", {})).items()}
        _accumulate(total, powers, rational_number(term.get("coefficient"), where))
    return total


def _accumulate(total: Polynomial, powers: dict[str, Fraction], coefficient: Fraction) -> None:
    for base, e in list(powers.items()):
        if base.isascii() and base.isdigit() and int(base) > 0:  # 2^{3/2} = 2·2^{1/2}: whole powers of numbers join the coefficient
            coefficient *= Fraction(int(base)) ** floor(e)
            powers[base] = e - floor(e)
    key = tuple(sorted((b, e) for b, e in powers.items() if e))
    total[key] = total.get(key, Fraction(0)) + coefficient


def _square(p: Polynomial) -> Polynomial:
    total: Polynomial = {}
    for left, a in p.items():
        for right, b in p.items():
            powers = dict(left)
            for base, e in right:
                powers[base] = powers.get(base, Fraction(0)) + e
            _accumulate(total, powers, a * b)
    return total


def verify_squares(evidence: Mapping[str, Any]) -> None:
    """Re-check that the goal polynomial is implied by the rows; silent when it is, NotCertified when not.

    The certificate says goal = Σ λ·row + Σ w·q² + slack with λ ≥ 0 (any sign for equations) and w ≥ 0, as polynomials in real
    numbers whose fractional powers are taken of nonnegative numbers only.  Then goal ≥ slack wherever the rows hold.

    Args:
        evidence: ``{"format", "goal": {"relation", "polynomial"}, "rows": [{"name", "relation", "polynomial"}],
            "multipliers": ["p/q"…], "squares": [{"weight": "p/q", "form": polynomial}], "slack": "p/q"}``, with relations to 0.
    Raises:
        NotCertified: a multiplier or weight has the wrong sign, the identity fails, or the slack is not enough.
    Guarantee:
        certified: the identity in rational arithmetic.  That the rows are the facts of a claim is not checked here.

    >>> def term(c, **powers):
    ...     return {"coefficient": c, "powers": powers}
    >>> goal = {"relation": ">=", "polynomial": [term("1", x="2"), term("-2", x="1", y="1"), term("1", y="2")]}
    >>> square = {"weight": "1", "form": [term("1", x="1"), term("-1", y="1")]}
    >>> verify_squares({"format": FORMAT, "goal": goal, "rows": [], "multipliers": [], "squares": [square], "slack": "0"})
    """
    if evidence.get("format") != FORMAT:
        raise NotCertified(f"the certificate has format {evidence.get('format')!r}, not {FORMAT!r}")
    goal = evidence.get("goal", {})
    rows, multipliers = evidence.get("rows", []), evidence.get("multipliers", [])
    if goal.get("relation") not in (">=", ">") or len(rows) != len(multipliers):
        raise NotCertified("the certificate needs a goal with >= or > and one multiplier a row")
    slack = rational_number(evidence.get("slack"), "slack")
    rest = parse_polynomial(goal.get("polynomial"), "goal")
    rest[()] = rest.get((), Fraction(0)) - slack
    strict = False
    for row, text in zip(rows, multipliers, strict=True):
        multiplier = rational_number(text, f"row {row.get('name')}")
        if row.get("relation") not in RELATIONS or (row["relation"] != "=" and multiplier < 0):
            raise NotCertified(f"row {row.get('name')}: the multiplier {multiplier} does not fit the relation {row.get('relation')}")
        strict |= row["relation"] == ">" and multiplier > 0
        _subtract(rest, parse_polynomial(row.get("polynomial"), f"row {row.get('name')}"), multiplier)
    for position, square in enumerate(evidence.get("squares", []), start=1):
        weight = rational_number(square.get("weight"), f"square {position}")
        if weight < 0:
            raise NotCertified(f"square {position} has the negative weight {weight}")
        _subtract(rest, _square(parse_polynomial(square.get("form"), f"square {position}")), weight)
    wrong = [powers for powers, c in rest.items() if c]
    if wrong:
        raise NotCertified(f"goal − Σ λ·row − Σ w·q² − slack is not zero: it keeps the power product {dict(wrong[0])}")
    if slack < 0 or (goal["relation"] == ">" and slack == 0 and not strict):
        raise NotCertified(f"the identity gives goal ≥ {slack}, which does not prove goal {goal['relation']} 0")


def _subtract(rest: Polynomial, p: Polynomial, factor: Fraction) -> None:
    for powers, c in p.items():
        rest[powers] = rest.get(powers, Fraction(0)) - factor * c
