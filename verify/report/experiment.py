"""An experiment for a person, and for a script: its sentences put to the test, its statistics, its table."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from verify.experiments.paper.experiments import Experiment, Findings
from verify.experiments.paper.statistics import Fit
from verify.experiments.sweeps.measure import Row
from verify.report.terminal import Console, show_line

_STATUS = {True: ("AGREES", "bold green"), False: ("DOES NOT AGREE", "bold red"), None: ("CANNOT TELL", "bold yellow")}
_WIDTH = max(len(words) for words, _ in _STATUS.values())


def show_experiment(console: Console, experiment: Experiment, findings: Findings, rows: Sequence[Row], missing: int) -> None:
    """The title, what is missing, each sentence of the paper on its points and on ours, and what we say."""
    show_line(console, (experiment.title, "bold"))
    told = set()
    for tested in findings.tested:
        words, style = _STATUS[tested.agrees]
        show_line(console, "  ", (words.ljust(_WIDTH), style), f"  {tested.sentence} · {tested.word.name.lower()} · {tested.series}")
        if tested.fit is not None and tested.series not in told:
            told.add(tested.series)
            for line in _statistics(tested.fit):
                show_line(console, " " * (_WIDTH + 4), (line, "dim"))
    for sentence in findings.said:
        show_line(console, "  ", sentence)
    failed = [row for row in rows if row["failure"]]
    if failed:
        show_line(console, f"  {len(failed)} of {len(rows)} cells failed, as in: {failed[0]['failure']}")
    if missing:
        show_line(console, (f"  {missing} tasks are missing: run the command again to go on", "bold yellow"))


def _statistics(fit: Fit) -> tuple[str, str]:
    thirds = ", ".join(map(_interval, fit.thirds))
    return (f"{fit.points} points, slope {fit.slope:.3g} {_interval(fit.slope_interval)}, intercept {fit.intercept:.3g}, "
            f"R² {fit.r_squared:.3g}",
            f"log-log slope {fit.power:.3g} {_interval(fit.power_interval)}, slopes of thirds {thirds}, "
            f"largest over least {fit.largest_over_least:.3g}")


def _interval(ends: tuple[float, float]) -> str:
    return f"[{ends[0]:.3g}, {ends[1]:.3g}]"


def experiment_document(experiment: Experiment, findings: Findings, rows: Sequence[Row], missing: int, command: str) -> dict[str, Any]:
    """The object that `lawbook experiment --json` prints and that stands beside the figure; the table is in the CSV file."""
    return {
        "experiment": experiment.name, "title": experiment.title, "command": command, "cells": len(rows), "missing_tasks": missing,
        "memorising": sum(bool(row.get("memorises")) for row in rows), "failed": sum(bool(row["failure"]) for row in rows),
        "sentences": [{"sentence": t.sentence, "read_as": t.word.value, "points": t.series, "agrees": t.agrees,
                       "statistics": None if t.fit is None else _plain(asdict(t.fit))} for t in findings.tested],
        "said": list(findings.said)}


def experiment_table(rows: Sequence[Row]) -> str:
    """The rows as CSV, a column for everything that was measured of any of them."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _plain(value: Any) -> Any:
    """Numbers to six digits, and none where there is none."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, float):
        return float(f"{value:.6g}") if value - value == 0 else None
    return value
