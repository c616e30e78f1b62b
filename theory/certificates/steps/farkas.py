"""Farkas certificates: a linear inequality as a nonnegative combination of others, re-checked in exact rational arithmetic."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from theory.errors import NotCertified

FORMAT = "lawbook.farkas/1"
_RATIO = re.compile(r"-?[0-9]+(/[0-9]+)?")
RELATIONS = (">=", ">", "=")


def rational_number(text: Any, where: str) -> Fraction:
    """A rational written as a string p or p/q; NotCertified for anything else (a float, say)."""
    if not isinstance(text, str):
        raise NotCertified(f"{where}: {text!r} is not a rational written as a string; the certificate is not exact")
    try:
        if _RATIO.fullmatch(text):      # Fraction reads "1e999999999" too, and writes the digits out
            return Fraction(text)
    except (ValueError, ZeroDivisionError):     # too many digits, a denominator that is zero
        pass
    shown = repr(text) if len(text) <= 60 else repr(text[:57]) + "…"
    raise NotCertified(f"{where}: {shown} is not a rational number p or p/q")


def _row(entry: Any, where: str) -> tuple[str, dict[str, Fraction], Fraction]:
    if not isinstance(entry, Mapping) or entry.get("relation") not in RELATIONS:
        raise NotCertified(f"{where}: a row needs a relation among {', '.join(RELATIONS)}")
    coefficients = {str(name): rational_number(c, where) for name, c in dict(entry.get("coefficients", {})).items()}
    return entry["relation"], coefficients, rational_number(entry.get("constant"), where)


def verify_farkas(evidence: Mapping[str, Any]) -> None:
    """Re-check that the goal row is implied by the rows; silent when it is, NotCertified when not.

    Every row says ⟨c, x⟩ + c₀ ≥ 0 (or > 0, or = 0) for the same unknowns x.  The certificate gives multipliers λ, with λ ≥ 0 for
    inequalities, such that goal = Σ λ·row + slack identically in x.  Then the goal is ≥ slack wherever the rows hold; so "goal ≥ 0"
    needs slack ≥ 0, "goal > 0" needs slack > 0 or slack ≥ 0 and a positive multiplier on a strict row, "goal = 0" needs slack = 0
    and multipliers on equations only.  With goal −1 ≥ 0 (no unknowns) it certifies that the rows contradict one another.

    Source: Farkas' lemma and Motzkin's transposition theorem (Schrijver, Theory of Linear and Integer Programming, sections 7.3 and 7.8).

    Args:
        evidence: ``{"format", "goal": row, "rows": [row…], "multipliers": ["p/q"…], "slack": "p/q"}`` with
            row = ``{"name", "relation", "coefficients": {unknown: "p/q"}, "constant": "p/q"}``.
    Raises:
        NotCertified: a multiplier has the wrong sign, the identity fails, or the slack is not enough.
    Guarantee:
        certified: the identity in rational arithmetic.  That the rows are the facts of a claim is not checked here.

    >>> row = {"name": "a", "relation": ">=", "coefficients": {"x": "1"}, "constant": "-2"}
    >>> goal = {"name": "goal", "relation": ">", "coefficients": {"x": "3"}, "constant": "0"}
    >>> verify_farkas({"format": FORMAT, "goal": goal, "rows": [row], "multipliers": ["3"], "slack": "6"})
    """
    if evidence.get("format") != FORMAT:
        raise NotCertified(f"the certificate has format {evidence.get('format')!r}, not {FORMAT!r}")
    goal_relation, left, constant = _row(evidence.get("goal"), "goal")
    slack = rational_number(evidence.get("slack"), "slack")
    rows, multipliers = evidence.get("rows", []), evidence.get("multipliers", [])
    if len(rows) != len(multipliers):
        raise NotCertified(f"{len(rows)} rows but {len(multipliers)} multipliers")
    constant -= slack
    strict, only_equations = False, True
    for entry, text in zip(rows, multipliers, strict=True):
        where = f"row {entry.get('name') if isinstance(entry, Mapping) else entry}"
        relation, coefficients, row_constant = _row(entry, where)
        multiplier = rational_number(text, where)
        if relation != "=" and multiplier < 0:
            raise NotCertified(f"{where}: an inequality has the negative multiplier {multiplier}")
        strict |= relation == ">" and multiplier > 0
        only_equations &= relation == "=" or multiplier == 0
        constant -= multiplier * row_constant
        for name, c in coefficients.items():
            left[name] = left.get(name, Fraction(0)) - multiplier * c
    wrong = [name for name, c in left.items() if c]
    if wrong or constant:
        raise NotCertified(f"goal − Σ λ·row − slack is not zero: it keeps {wrong[0] if wrong else 'the constant ' + str(constant)}")
    enough = {">=": slack >= 0, ">": slack > 0 or (slack >= 0 and strict), "=": slack == 0 and only_equations}[goal_relation]
    if not enough:
        raise NotCertified(f"the combination gives goal ≥ {slack}, which does not prove goal {goal_relation} 0")
