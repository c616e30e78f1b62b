"""An experiment as a figure: the paper's own points grey, ours in colours and with markers that a greyscale print tells apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from verify.experiments.paper.experiments import Experiment, Findings
from verify.report.figures.saving import new_figure, save

SIZE = (7.5, 5.0)       # inches
MARKERS = "osD^vP*Xhp"
LIMIT = 24              # characters of a label under an axis


def write_experiment_figure(experiment: Experiment, findings: Findings, paths: tuple[Path, ...]) -> None:
    """Draw the series, with a line of least squares through each that has a fit, into one file a path.

    Raises: BadData (matplotlib is not installed, a path that cannot be written).
    """
    figure = new_figure(SIZE)
    from matplotlib import rc_context
    panel = figure.subplots()
    own = 0
    for number, series in enumerate(findings.series):
        if not len(series.x):
            continue
        color, marker = ("0.6", MARKERS[number % len(MARKERS)]) if series.theirs else (f"C{own % 10}", MARKERS[own % len(MARKERS)])
        own += not series.theirs
        if series.low is not None and series.high is not None:
            panel.vlines(series.x, series.low, series.high, color=color, linewidth=1.2)
        panel.plot(series.x, series.y, marker, color=color, markersize=3 if series.theirs else 5, label=series.label,
                   markeredgecolor=color if series.theirs else "black", markeredgewidth=0.4, zorder=1 if series.theirs else 2)
    for tested in {t.series: t for t in findings.tested}.values():
        line = next((s for s in findings.series if s.label == tested.series), None)
        if tested.fit is not None and line is not None and experiment.name != "fig1":
            ends = np.array([line.x.min(), line.x.max()])
            panel.plot(ends, tested.fit.slope * ends + tested.fit.intercept, "--" if line.theirs else "-", linewidth=1,
                       color="0.4" if line.theirs else "black", label=f"{line.label}: R² = {tested.fit.r_squared:.2f}")
    if experiment.logarithmic and own:
        panel.set_xscale("log")
        panel.set_yscale("log")
    if not experiment.x:
        panel.axhline(1.0, color="0.4", linewidth=0.8, linestyle=":")
        panel.set_xticks([s.x[0] for s in findings.series], [s.label[:LIMIT] for s in findings.series], rotation=30, ha="right", fontsize=8)
    elif any(len(series.x) for series in findings.series):
        panel.legend(fontsize=7, loc="upper left")
    panel.set_title(experiment.title, fontsize=10)
    panel.set_xlabel(experiment.x)
    panel.set_ylabel(experiment.y)
    with rc_context({"svg.hashsalt": "lawbook"}):                    # the same bytes each time
        for path in paths:
            save(figure, path)
