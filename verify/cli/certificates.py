"""The part of `lawbook verify` that re-checks certificates, and compares them with the files that they are said to be about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from theory.certificates.exact.sources import difference, sources_of
from theory.certificates.files import check_document
from theory.errors import BadData, LawbookError
from theory.verdict import Status, failed
from verify.cli.console import output
from verify.objects.data.dataset import Dataset
from verify.objects.data.files import load_dataset, load_points
from verify.objects.data.reading import FileReading
from verify.report.certificates import certified_words
from verify.report.terminal import show_line


class Given(Protocol):
    """A file that certificates are said to be about."""

    source: str

    def difference(self, document: Mapping[str, Any]) -> str:
        """In which place a certificate is not about the file, as a sentence; empty where it is about it."""

    def part(self, document: Mapping[str, Any]) -> str:
        """What of the file a certificate is about, in words; empty where that is all of it."""


@dataclass
class GivenData:
    """A data file that certificates are said to be about."""

    source: str
    reading: FileReading

    @cached_property
    def _readings(self) -> list[Dataset]:
        """The data with two classes, with numbers as labels, and without labels, as far as the file can be read so."""
        numbers = replace(self.reading, real_labels=True)
        found, errors = [], []
        for read, reading in ((load_dataset, self.reading), (load_dataset, numbers), (load_points, self.reading)):
            try:
                found.append(read(self.source, reading))
            except LawbookError as error:
                errors.append(error)
        if not found:
            raise errors[0]
        return found

    def difference(self, document: Mapping[str, Any]) -> str:
        """In which place a certificate is not about this file, as a sentence; empty where it is about it."""
        classes, reasons = sources_of(document).get("data", {}).get("classes"), []
        for data in self._readings:
            reason = difference(document, data.exact)
            if not reason and data.classes and classes is not None and classes != dict(data.classes):
                reason = f"its classes are {_classes(classes)} and those of the file {_classes(data.classes)}"
            if not reason:
                return ""
            reasons.append(reason)
        return str(reasons[0])

    def part(self, document: Mapping[str, Any]) -> str:
        """All of it."""
        return ""


def _classes(classes: Mapping[str, int]) -> str:
    return ", ".join(f"{shown} -> {sign:+d}" for shown, sign in classes.items()) or "numbers"


def verified_certificates(
    documents: Mapping[Path, Any], about: Sequence[Given], *, quiet: bool
) -> tuple[list[dict[str, Any]], dict[Path, str]]:
    """The certificates of the files, re-checked and, unless quiet, shown; and the files that hold none, with the reason.

    `about`: the files that all certificates must be about.
    """
    results, unread, parts = [], {}, {}
    for path, document in documents.items():
        try:
            found = check_document(document)
            reasons = [f"it is not about {given.source}: {said}" for given in about if (said := given.difference(document))]
        except BadData as error:
            unread[path] = str(error)
            continue
        parts[path] = "" if reasons else " and ".join(filter(None, (given.part(document) for given in about)))
        if reasons:
            found = [(claim, failed(reasons[0]) if verdict.status is Status.CERTIFIED else verdict) for claim, verdict in found]
        results += [(path, claim, verdict) for claim, verdict in found]
    good = sum(verdict.status is Status.CERTIFIED for _, _, verdict in results)
    if not quiet and results:
        console, names = output(), max(len(claim) for _, claim, _ in results)
        for path, claim, verdict in results:
            holds = verdict.status is Status.CERTIFIED
            said = certified_words(verdict) if holds else verdict.reason
            said += f"; about {parts[path]}" if holds and parts[path] else ""
            show_line(console, (verdict.status.value.ljust(10), "bold green" if holds else "bold red"),
                      f" {claim.ljust(names)}  ", (said, "" if holds else "red"), (f"  {path}", "dim"))
        files = f" and are about {' and '.join(given.source for given in about)}" if about and good else ""
        show_line(console, f"{good} of {len(results)} hold{files}, re-checked in exact arithmetic without a solver")
    return [{"file": str(path), "claim": claim, "status": verdict.status.value, "reason": verdict.reason,
             "value": verdict.evidence.get("value", verdict.evidence.get("upper")), **({"about": parts[path] or None} if about else {})}
            for path, claim, verdict in results], unread
