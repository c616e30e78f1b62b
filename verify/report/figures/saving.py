"""How a figure begins, and how it gets into its file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from theory.errors import BadData
from theory.writing import whole_file


def new_figure(size: tuple[float, float] = (6.4, 4.8)) -> Any:
    """An empty figure of matplotlib, of a size in inches.

    Raises: BadData (matplotlib is not installed).
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise BadData("a figure needs matplotlib; install it with: pip install 'lawbook[plots]'") from None
    return Figure(figsize=size, layout="constrained")


def save(figure: Any, path: Path) -> None:
    """Draw a figure of matplotlib into a file, in the format that its name ends in; an .svg has no date, so that it is the same each time.

    Raises: BadData (a format that matplotlib does not know, a path that cannot be written).
    """
    known = figure.canvas.get_supported_filetypes()
    if path.suffix.lstrip(".").lower() not in known:
        raise BadData(f"the figure cannot be written to {path}: give a name that ends in .png, or in one of {', '.join(sorted(known))}")
    kind = path.suffix.lstrip(".").lower()
    with whole_file(path) as stream:
        figure.savefig(stream, dpi=150, format=kind, metadata={"Date": None} if kind == "svg" else None)
