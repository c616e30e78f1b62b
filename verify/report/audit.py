"""The margins of the claims on one network and data set, for a person and for a script."""

from __future__ import annotations

from typing import Any

from verify.report.terminal import Console, show_line
from verify.report.words import DOMAINS, margin, number, plain
from verify.trials.audit import AuditEntry, AuditReport


def show_audit(console: Console, report: AuditReport) -> None:
    """Whether the network fits, then each claim with both sides, then those that do not apply."""
    verb = "fits" if report.fits else "does NOT fit"
    show_line(console, (f"The network {verb} the data", "bold"),
              f": max |f(x_i) − y_i| = {number(report.residual)}, tolerance {number(report.tolerance)}")
    applicable = [e for e in report.entries if e.check is not None]
    width = max((len(e.claim.id) for e in report.entries), default=0)
    for entry in applicable:
        show_line(console, "  ", (entry.claim.id.ljust(width), "bold"), "  ", *_outcome(entry))
    others = [e for e in report.entries if e.check is None]
    if others:
        show_line(console, "not applicable:")
    for entry in others:
        show_line(console, "  ", (entry.claim.id.ljust(width), "dim"), f"  {entry.reason}")
    if not report.entries:
        show_line(console, "no claim of the library is measured on single networks")


def _outcome(entry: AuditEntry) -> tuple[str | tuple[str, str], ...]:
    check = entry.check
    if check is None:
        return (entry.reason,)
    style = {True: "bold green", False: "bold red", None: "bold yellow"}[entry.holds]
    sides = f"  {_side(check.lhs)} ≤ {_side(check.rhs)}, margin {margin(check.margin)}"
    return ((check.outcome.value, style), sides, (f"  [{DOMAINS[entry.claim.domain]}]", "dim"))


def _side(ends: tuple[float, float]) -> str:
    """A value, or an enclosure where its ends differ by more than a reader would see."""
    low, high = ends
    return number(low) if abs(high - low) <= 1e-6 * max(abs(low), abs(high)) else f"[{number(low)}, {number(high)}]"


def audit_document(report: AuditReport) -> dict[str, Any]:
    """The object that `lawbook audit --json` prints."""
    return plain({  # type: ignore[no-any-return]
        "fits": report.fits, "residual": report.residual, "tolerance": report.tolerance,
        "margins": [_margin(e) for e in report.entries]})


def _margin(entry: AuditEntry) -> dict[str, Any]:
    check = entry.check
    return {
        "claim": entry.claim.id,
        "domain": entry.claim.domain.value,
        "applies": check is not None,
        "lhs": None if check is None else list(check.lhs),
        "rhs": None if check is None else list(check.rhs),
        "margin": None if check is None else check.margin,
        "holds": entry.holds,
        "outcome": None if check is None else check.outcome.value,
        "sampled": None if check is None else check.sampled,
        "reason": entry.reason if check is None else check.detail,
    }
