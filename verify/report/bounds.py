"""Lower bounds on the Lipschitz constant of the fits of one data set, for a person and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from verify.fits.lower_bounds import BoundEntry, BoundsReport
from verify.report.terminal import Console, show_line
from verify.report.words import BOUND_DOMAINS, at_least

TITLES = {
    "mcshane": "McShane floor (any function)", "bln.thm6.trace": "Theorem 6, trace form",
    "bln.thm6.fantope": "Theorem 6, Fantope certificate", "bln.thm6.sphere": "sphere law",
    "bln.thm6.sphere_fantope": "sphere Fantope certificate", "bln.r0": "R0, every ReLU network",
    "k.law": "K1, any activation", "k.relu": "K1, ReLU", "k.sphere.relu": "K2, ReLU on the sphere", "k.blocks": "K3, ReLU",
}


def bounds_document(report: BoundsReport, written: Path | None) -> dict[str, Any]:
    """The object that `lawbook bounds --json` prints; "certificate" is the file that holds it."""
    document = report.as_json()
    for entry in document["bounds"]:
        entry["certificate"] = str(written) if entry["certificate"] is not None else None
    return document


def show_bounds(console: Console, report: BoundsReport, written: Path | None, name: str) -> None:
    """The best bound in a sentence, then all of them."""
    best = report.best
    neurons = "1-neuron" if report.width == 1 else f"{report.width}-neuron"
    show_line(console, (f"Any {neurons} network that fits these {report.n} points in dimension {report.d} has "
                        f"Lip ≥ {at_least(best.value)}", "bold"),
              f"  ({'certified' if best.certified else 'not certified'}, {_title(best)}; {name})")
    titles = max(len(_title(e)) for e in report.entries)
    for entry in report.entries:
        proof = "certified" if entry.certified else "NOT certified"
        upper = f", no such certificate exceeds {entry.upper:.6g}" if entry.upper is not None else ""
        assumed = f", {entry.assumes}" if entry.assumes is not None else ""
        show_line(console, f"  {_title(entry).ljust(titles)}  {at_least(entry.value):>10}  ",
                  (f"{proof}, on {BOUND_DOMAINS.get(entry.domain, entry.domain)}{assumed}{upper}", "dim"))
    for note in report.notes:
        show_line(console, "  ", (note, "dim"))
    if written is not None:
        show_line(console, f"  certificates: {written}   re-check them: lawbook verify {written}")


def _title(entry: BoundEntry) -> str:
    return TITLES.get(entry.claim, entry.claim)
