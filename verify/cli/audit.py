"""`lawbook audit`: the margin of every applicable claim on a network and its data."""

from __future__ import annotations

from pathlib import Path

from verify.cli.console import output
from verify.cli.exits import DOES_NOT_HOLD, DONE, emit
from verify.objects.data.files import load_dataset
from verify.objects.networks import load_network
from verify.report.audit import audit_document, show_audit
from verify.trials.audit import audit


def run_audit(network: Path, source: str, label: str | None, seed: int, *, as_json: bool) -> int:
    """Every claim about fitted networks, measured on one."""
    report = audit(load_network(network), load_dataset(source, label), seed=seed)
    if as_json:
        emit(audit_document(report))
    else:
        show_audit(output(), report)
    return DOES_NOT_HOLD if report.violated else DONE
