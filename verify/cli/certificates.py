"""The part of `lawbook verify` that re-checks certificates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from theory.certificates.files import check_file
from theory.verdict import Status
from verify.cli.console import output
from verify.report.certificates import certified_words
from verify.report.terminal import show_line


def verified_certificates(files: Sequence[Path], *, quiet: bool) -> tuple[list[dict[str, Any]], int]:
    """The certificates of the files, re-checked and, unless quiet, shown; and how many fail."""
    results = [(path, claim, verdict) for path in files for claim, verdict in check_file(path)]
    failed = sum(verdict.status is not Status.CERTIFIED for _, _, verdict in results)
    if not quiet:
        console, names = output(), max(len(claim) for _, claim, _ in results)
        for path, claim, verdict in results:
            good = verdict.status is Status.CERTIFIED
            said = certified_words(verdict) if good else verdict.reason
            show_line(console, (verdict.status.value.ljust(10), "bold green" if good else "bold red"),
                      f" {claim.ljust(names)}  ", (said, "" if good else "red"), (f"  {path}", "dim"))
        show_line(console, f"{len(results) - failed} of {len(results)} hold, re-checked in exact arithmetic without a solver")
    return [{"file": str(path), "claim": claim, "status": verdict.status.value, "reason": verdict.reason,
             "value": verdict.evidence.get("value", verdict.evidence.get("upper"))} for path, claim, verdict in results], failed
