"""`lawbook experiment`: train the networks of a grid, and draw what they show beside the paper's own points."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path

from theory.errors import BadData
from verify.cli.console import output, progress
from verify.cli.exits import DONE, emit
from verify.experiments.paper.experiments import experiment
from verify.experiments.sweeps.cells import read_grid, tasks
from verify.experiments.sweeps.run import Means, sweep
from verify.experiments.sweeps.training import require_jax
from verify.report.experiment import experiment_document, experiment_table, show_experiment
from verify.report.figures.experiment import require_matplotlib, write_experiment_figure

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
    """Train what is not trained yet; write NAME.png, NAME.svg, NAME.csv and NAME.json."""
    chosen = experiment(name)
    cells = chosen.cells(options.scale) if options.grid is None else read_grid(options.grid)
    require_jax()
    require_matplotlib()
    with progress(len(tasks(cells)), "training") as advance:
        rows, missing = sweep(cells, options.out / STORE, options.means, advance)
    findings = chosen.find(rows)
    document = experiment_document(chosen, findings, rows, missing, options.command(name))
    try:
        (options.out / f"{name}.csv").write_text(experiment_table(rows), encoding="utf-8")
        (options.out / f"{name}.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise BadData(f"the table cannot be written to {options.out}: {error.strerror}") from None
    write_experiment_figure(chosen, findings, (options.out / f"{name}.png", options.out / f"{name}.svg"))
    if as_json:
        emit(document)
    else:
        show_experiment(output(), chosen, findings, rows, missing)
        output().print(f"reproduce with: {document['command']}", soft_wrap=True)
    return DONE
