"""The part of `lawbook verify` that re-checks certificates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from theory.certificates.exact.documents import read_certificate
from theory.certificates.files import check_file
from theory.verdict import Status, Verdict
from verify.cli.console import output
from verify.report.certificates import certified_words
from verify.report.terminal import show_line


def verified_certificates(files: Sequence[Path], network: Path | None = None, *, quiet: bool) -> tuple[list[dict[str, Any]], int]:
    """The certificates of the files, re-checked and, unless quiet, shown; and how many fail, one that is not about the network too."""
    results = [(path, claim, verdict) for path in files for claim, verdict in check_file(path)]
    about: dict[Path, str] = {}
    if network is not None:
        results, about = _about(results, network)
    failed = sum(verdict.status is not Status.CERTIFIED for _, _, verdict in results)
    if not quiet:
        console, names = output(), max(len(claim) for _, claim, _ in results)
        for path, claim, verdict in results:
            good = verdict.status is Status.CERTIFIED
            said = certified_words(verdict) if good else verdict.reason
            said = f"{said}; about {about[path]}" if good and path in about else said
            show_line(console, (verdict.status.value.ljust(10), "bold green" if good else "bold red"),
                      f" {claim.ljust(names)}  ", (said, "" if good else "red"), (f"  {path}", "dim"))
        show_line(console, f"{len(results) - failed} of {len(results)} hold, re-checked in exact arithmetic without a solver")
    return [{"file": str(path), "claim": claim, "status": verdict.status.value, "reason": verdict.reason,
             "value": verdict.evidence.get("value", verdict.evidence.get("upper")),
             **({} if network is None else {"about": about.get(path)})}
            for path, claim, verdict in results], failed


def _about(results: list[tuple[Path, str, Verdict]], network: Path) -> tuple[list[tuple[Path, str, Verdict]], dict[Path, str]]:
    """The verdicts, those that hold about another network than that of the file failed; and what of the network the others are about."""
    from verify.cli.named_network import about_network  # imported here: networks take a second to load
    from verify.objects.networks import load_vector_network

    loaded, judged, about = load_vector_network(network), [], {}
    for path, claim, verdict in results:
        found = about_network(read_certificate(path), loaded, network.name) if verdict.status is Status.CERTIFIED else verdict
        if isinstance(found, str):
            about[path] = found
        judged.append((path, claim, verdict if isinstance(found, str) else found))
    return judged, about
