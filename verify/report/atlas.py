"""The atlas on the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from verify.experiments.atlas.build import CLOSED, Entry
from verify.report.terminal import Console, show_line
from verify.report.words import plain

HEADER = (f"{'case':<22}{'k':>3} {'class':<8}{'lower':>11}{'upper':>11}{'gap':>9}"
          f"{'McShane':>10}{'√(n/k)':>8}{'6b':>8}{'R0':>8}{'R1':>8}")
READING = (
    "L_k on conv(X), both ends certified.  class: kinks and an affine part, or the paper's neurons with biases alone.",
    "For networks without affine part: 6b, width k, on R^d; R0, ReLU, on the ball; R1, ReLU, independent hidden weights, on R^d.",
)


def atlas_document(entries: Sequence[Entry]) -> dict[str, Any]:
    """The object that `lawbook atlas --json` prints."""
    rows = [{**asdict(e), "gap": e.gap, "closed": e.is_closed, "infeasible": e.is_infeasible, "ratio": e.ratio} for e in entries]
    least = {name: None if entry is None else {"ratio": value, "certificate": entry.certificate}
             for name, (value, entry) in smallest(entries).items()}
    document: dict[str, Any] = plain({"entries": rows, **tally(entries), "smallest": least})
    return document


def tally(entries: Sequence[Entry]) -> dict[str, int]:
    """How many entries are closed, infeasible, open."""
    closed, infeasible = sum(e.is_closed for e in entries), sum(e.is_infeasible for e in entries)
    return {"closed": closed, "without_fit": infeasible, "open": len(entries) - closed - infeasible}


def smallest(entries: Sequence[Entry]) -> dict[str, tuple[float | None, Entry | None]]:
    """The least upper·√(k/n) over the generic entries: on conv(X) with and without affine part, and on the sphere without.

    Only the last is about Conjecture 1, which speaks of the sphere and of networks without affine part.
    """
    found: dict[str, tuple[float | None, Entry | None]] = {}
    for name, affine in (("affine", True), ("neurons", False)):
        candidates = [(e.ratio, e) for e in entries if e.generic and e.affine is affine and e.ratio is not None]
        found[name] = min(candidates, key=lambda pair: pair[0], default=(None, None))
    on_sphere = [(e.on_sphere / e.law, e) for e in entries if e.generic and not e.affine and e.on_sphere is not None and e.law is not None]
    found["neurons on the sphere"] = min(on_sphere, key=lambda pair: pair[0], default=(None, None))
    return found


def show_atlas(console: Console, entries: Sequence[Entry]) -> None:
    """A line an entry, a line of counts, and the least ratio to the law."""
    for line in READING:
        show_line(console, (line, "dim"))
    show_line(console, (HEADER, "bold"))
    for entry in entries:
        show_line(console, row(entry))
    numbers = tally(entries)
    show_line(console, "")
    show_line(console, (f"{len(entries)} entries: {numbers['closed']} closed to {CLOSED:.0%}", "bold"),
              f", {numbers['without_fit']} without a fit (proved), {numbers['open']} open")
    for name, (value, entry) in smallest(entries).items():
        if entry is not None and value is not None:
            show_line(console, f"least L_k √(k/n), generic data, {name}: at most {value:.4f}, by {entry.case} at k = {entry.kinks} ",
                      (f"({entry.certificate})", "dim"))


def row(entry: Entry) -> str:
    """One line of the table."""
    def shown(value: float | None) -> str:
        return "·" if value is None else f"{value:.4g}"
    lower = "no fit" if entry.is_infeasible else shown(entry.lower)
    gap = "·" if entry.gap is None else f"{entry.gap:.1e}"
    return (f"{entry.case:<22}{entry.kinks:>3} {'affine' if entry.affine else 'neurons':<8}{lower:>11}{shown(entry.upper):>11}{gap:>9}"
            f"{shown(entry.mcshane):>10}{shown(entry.law):>8}{shown(entry.fantope):>8}{shown(entry.ball):>8}{shown(entry.independent):>8}")
