"""The best constants along their limits, one panel an item, on logarithmic axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from verify.experiments.constants.estimates import Estimate
from verify.report.constants import constant_letter
from verify.report.figures.saving import new_figure, save

COLUMNS = 4
PANEL = (4.2, 3.4)      # inches


def write_figure(estimates: Sequence[Estimate], path: Path) -> None:
    """Write the figure to a file; its ending names the format (png, pdf, svg).

    Solid lines are certified lower bounds, dashed lines explicit fits, bars 95 % intervals; a dashed line ends where no fit was found.
    Raises: BadData (matplotlib is not installed, a format it does not know, a path that cannot be written).
    """
    rows = math.ceil(len(estimates) / COLUMNS)
    columns = min(COLUMNS, len(estimates))
    figure = new_figure((PANEL[0] * columns, PANEL[1] * rows))
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for panel, estimate in zip(panels, estimates, strict=False):
        _draw(panel, estimate)
    for panel in panels[len(estimates):]:
        panel.set_axis_off()
    save(figure, path)


def _draw(panel, estimate: Estimate) -> None:  # type: ignore[no-untyped-def]  # matplotlib may be absent
    at = {cell.sizes: cell for cell in estimate.cells}
    for number, found in enumerate(estimate.limits):
        cells, color = [at[sizes] for sizes in found.limit.cells], f"C{number}"
        points = list(zip(found.limit.values(), cells, strict=True))
        for end, interval_end, style in (("low", "least", "o-"), ("high", "most", "s--")):
            shown = [(x, getattr(c, end), getattr(c, interval_end)) for x, c in points if 0 < getattr(c, end) < math.inf]
            if not shown:
                continue
            x, y, edge = (list(column) for column in zip(*shown, strict=True))
            panel.plot(x, y, style, color=color, markersize=3, linewidth=1, label=str(found.limit) if end == "low" else None)
            bars = [(a, b, e) for a, b, e in zip(x, y, edge, strict=True) if 0 < e < math.inf]
            panel.vlines([a for a, _, _ in bars], [min(b, e) for _, b, e in bars], [max(b, e) for _, b, e in bars], color=color, alpha=0.4)
    panel.set_xscale("log", base=2)
    panel.set_yscale("log")
    panel.set_title(f"{estimate.item.name}\n{estimate.item.statement}", fontsize=7)
    panel.set_ylabel(f"best {constant_letter(estimate)}", fontsize=7)
    panel.tick_params(which="both", labelsize=6)
    if panel.get_legend_handles_labels()[0]:
        panel.legend(fontsize=6, loc="upper right")
