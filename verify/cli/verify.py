"""`lawbook verify`: ledgers are replayed by the kernel, certificates re-checked in exact arithmetic; no solver takes part."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from theory.certificates.exact.documents import read_certificate
from verify.cli.exits import DOES_NOT_HOLD, DONE, emit, output_line
from verify.ledger.replay import Replay, cited_words, is_replayed, replay


def run_verify(files: Sequence[Path], network: Path | None = None, *, as_json: bool) -> int:
    """All files re-checked; the run fails when something in one of them does not hold, or is not about the network that is named."""
    replays: list[tuple[Path, Replay]] = []
    certificates: list[Path] = []
    for path in files:
        document = read_certificate(path)
        if is_replayed(document):
            replays.append((path, replay(document, path)))
        else:
            certificates.append(path)
    for path, found in [] if as_json else replays:
        _show(path, found)
    failed = sum(found.failed for _, found in replays)
    listed: list[dict[str, Any]] = []
    if certificates:
        from verify.cli.certificates import verified_certificates  # imported here: the kernel alone replays ledgers
        listed, refused = verified_certificates(certificates, network, quiet=as_json)
        failed += refused
    if as_json:
        checked = len(listed) + sum(len(found.checked) for _, found in replays)
        emit({"checked": checked, "failed": failed, "certificates": listed, "ledgers": [_document(*pair) for pair in replays]})
    return DOES_NOT_HOLD if failed else DONE


def _document(path: Path, found: Replay) -> dict[str, Any]:
    return {
        "file": str(path), "checked": len(found.checked), "failed": found.failed, "without_derivation": list(found.underived),
        "proved": [{"conclusion": c.words, "hypotheses": c.hypotheses, "inferences": c.proven.inferences, "cited": len(c.proven.cited)}
                   for c in found.checked if c.proven is not None],
        "refused": [{"place": c.place, "reason": c.reason} for c in found.checked if c.proven is None],
        "taken_on_trust": list(map(cited_words, found.cited))}


def _show(path: Path, found: Replay) -> None:
    for entry in found.checked:
        if entry.proven is None:
            output_line(f"REFUSED  derivation {entry.place}: {entry.reason}")
            continue
        said = f"  if {' and '.join(entry.hypotheses)}" if entry.hypotheses else ""
        status = "PROVED MODULO" if entry.proven.cited else "PROVED"
        output_line(f"{status}  {entry.words}{said}  ({_count(entry.proven.inferences, 'inference')})")
    for cited in found.cited:
        output_line(f"ON TRUST  {cited_words(cited)}")
    if found.underived:
        output_line(f"WITHOUT A DERIVATION  {', '.join(found.underived)}")
    total = sum(e.proven.inferences for e in found.checked if e.proven is not None)
    good, all_ = len(found.checked) - found.failed, len(found.checked)
    output_line(f"{path}: {good} of {all_} derivations hold ({_count(total, 'inference')} replayed by the kernel alone), "
                f"{_count(len(found.cited), 'lemma')} taken on trust, {_count(len(found.underived), 'claim')} without a derivation")


def _count(number: int, noun: str) -> str:
    # the words that reports share live beside rich and sympy, which take no part here
    return f"{number} {noun}{'' if number == 1 else 's'}"
