"""`lawbook constants`: the best value of each constant that the paper leaves open."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from verify.cli.console import output, progress
from verify.cli.exits import DONE, emit
from verify.cli.files import check_files
from verify.experiments.constants import Estimate, chosen, estimates
from verify.report.constants import constants_document, show_constants


def run_constants(names: Sequence[str], scale: str, seed: int, figure: Path | None, *, as_json: bool) -> int:
    """The best constants of printed inequalities, measured over a grid."""
    check_files({"--figure": figure})
    started = time.perf_counter()
    items = chosen(tuple(names), scale)
    found = []
    with progress(sum(len(item.cells()) for item in items), "sampling", quiet=as_json) as advance:
        for step in estimates(items, scale, seed):
            if isinstance(step, Estimate):
                found.append(step)
            else:
                advance(step)
    if figure is not None:
        from verify.report.figures.constants import write_figure
        write_figure(found, figure)
    seconds = time.perf_counter() - started
    if as_json:
        emit(constants_document(found, scale, seed, seconds))
    else:
        show_constants(output(), found, seconds)
    return DONE
