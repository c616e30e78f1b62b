"""`lawbook experiment`: train the networks of a grid, and draw what they show beside the paper's own points."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path

from theory.writing import whole_file
from verify.cli.console import output, progress
from verify.cli.exits import DOES_NOT_HOLD, DONE, emit
from verify.experiments.paper.experiments import experiment
from verify.experiments.sweeps.cells import read_grid, tasks
from verify.experiments.sweeps.run import Means, sweep
from verify.experiments.sweeps.training import require_jax
from verify.report.experiment import experiment_document, experiment_table, show_experiment
from verify.report.figures.experiment import write_experiment_figure
from verify.report.figures.saving import new_figure

STORE = "cells.sqlite3"


@dataclass(frozen=True)
class ExperimentOptions:
    """The options of the command."""

    scale: str
    grid: Path | None
    out: Path
    means: Means

    def command(self, name: str) -> str:
        """The command that reproduces the files."""
        chosen = ["--grid", str(self.grid)] if self.grid else ["--scale", self.scale]
        return shlex.join(["lawbook", "experiment", name, *chosen, "--out", str(self.out)])


def run_experiment(name: str, options: ExperimentOptions, *, as_json: bool) -> int:
    """Train what is not trained yet; write NAME.png, NAME.svg, NAME.csv and NAME.json.

    The code is 1 where cells are missing, or all of them failed.
    """
    chosen = experiment(name)
    cells = chosen.cells(options.scale) if options.grid is None else read_grid(options.grid)
    require_jax()
    new_figure()                              # what is not installed is said before the training
    with progress(len(tasks(cells)), "training") as advance:
        rows, missing = sweep(cells, options.out / STORE, options.means, advance)
    findings = chosen.found(rows, cells)
    document = experiment_document(chosen, findings, rows, missing, options.command(name))
    for ending, content in (("csv", experiment_table(rows)), ("json", json.dumps(document, ensure_ascii=False, indent=1) + "\n")):
        with whole_file(options.out / f"{name}.{ending}") as stream:
            stream.write(content.encode())
    write_experiment_figure(chosen, findings, (options.out / f"{name}.png", options.out / f"{name}.svg"))
    if as_json:
        emit(document)
    else:
        show_experiment(output(), chosen, findings, rows, missing)
        output().print(f"reproduce with: {document['command']}", soft_wrap=True)
    return DOES_NOT_HOLD if missing or all(row["failure"] for row in rows) else DONE
