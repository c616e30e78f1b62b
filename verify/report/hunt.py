"""What `lawbook hunt` shows: a counterexample or the best that was reached, and one line a dropped hypothesis."""

from __future__ import annotations

from theory.claim import Claim
from theory.verdict import Status
from verify.report.bearing import evidence_words
from verify.report.terminal import Console, show_line
from verify.trials.hunt import Ablation, Found, NothingFound
from verify.trials.hunt.ablation import shown


def show_result(console: Console, claim: Claim, found: Found | NothingFound) -> None:
    """A result for a person."""
    without = f" without {found.dropped!r}" if found.dropped else ""
    if isinstance(found, NothingFound):
        show_line(console, (f"{claim.id}{without}", "bold"), f"  no counterexample in {found.tried} instances")
        if found.best is not None:
            show_line(console, f"  the best margin is {'open, at least ' if found.is_open else ''}{found.best:.4g}")
        if found.words:
            show_line(console, f"  {found.words}")
        if found.draft is not None:
            show_line(console, "  reached at  " + shown(found.draft))
        return
    certain = "exact" if found.exact else "beyond all tracked rounding errors, not exact"
    margin = "" if found.margin is None else f"margin {found.margin:.4g}; "
    verb = "is false" if found.exact or found.status is Status.REFUTED else "seems false"
    show_line(console, (f"{claim.id}{without}", "bold"), (f"  {verb}", "red"), f"  ({margin}{certain})")
    show_line(console, "  " + shown(found.draft))
    if found.family:
        show_line(console, f"  along a family with ratio {found.family}")
    show_line(console, f"  breaks  {found.breaks}" if found.breaks else "  breaks no hypothesis")
    if found.status is not None:
        unconfirmed = f"not refuted: no exact arithmetic confirms it ({found.status.value})"
        show_line(console, f"  {claim.id} is REFUTED" if found.status is Status.REFUTED else f"  {unconfirmed}")
    if found.replayed:
        show_line(console, ("  from the store, verified again", "dim"))


def show_ablation(console: Console, ablation: Ablation) -> None:
    """One hypothesis in a line."""
    show_line(console, (ablation.hypothesis, "bold"), f"  {evidence_words(ablation.evidence())}")
