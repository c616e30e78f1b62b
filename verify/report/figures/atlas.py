"""The atlas as a figure: certified intervals of L_k against McShane's bound, and against √(n/k)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from verify.experiments.atlas.build import Entry
from verify.report.figures.saving import new_figure, save

SIZE = (9.0, 4.2)       # inches


def write_atlas_figure(entries: Sequence[Entry], path: Path) -> None:
    """Two panels with a bar an entry from lower to upper: left against the McShane bound, right, generic data only, against √(n/k).

    Raises: BadData (matplotlib is not installed, a format it does not know, a path that cannot be written).
    """
    figure = new_figure(SIZE)
    left, right = figure.subplots(1, 2)
    both = [e for e in entries if e.lower is not None and e.upper is not None]
    for panel, chosen, against in ((left, both, "mcshane"), (right, [e for e in both if e.generic], "law")):
        for kinks in sorted({e.kinks for e in chosen}):
            at = [e for e in chosen if e.kinks == kinks and getattr(e, against)]
            x = [getattr(e, against) for e in at]
            panel.vlines(x, [e.lower for e in at], [e.upper for e in at], color=f"C{kinks}", linewidth=1)
            panel.plot(x, [e.upper for e in at], "o", color=f"C{kinks}", markersize=3, label=f"k = {kinks}")
        chosen = [e for e in chosen if getattr(e, against)]
        ends = [v for e in chosen for v in (getattr(e, against), e.upper)]
        if ends:
            panel.plot([min(ends), max(ends)], [min(ends), max(ends)], color="gray", linewidth=0.8, linestyle=":")
            panel.set_xscale("log")
            panel.set_xlim(min(getattr(e, against) for e in chosen) / 1.2, max(getattr(e, against) for e in chosen) * 1.2)
            panel.set_yscale("log")
            panel.legend(fontsize=7, loc="upper left")
        panel.set_ylabel("L_k on conv(X), certified interval")
    left.set_xlabel("McShane bound")
    right.set_xlabel("√(n/k), generic data")
    save(figure, path)
