"""The notebooks are stored executed, run again without error, and print the same words."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


def printed(notebook: nbformat.NotebookNode) -> list[str]:
    """What each cell prints; the kernel cuts a stream into pieces as it likes."""
    cells = ("".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stdout")
             for cell in notebook.cells if cell.cell_type == "code")
    return [words for words in cells if words]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")       # raised inside the Jupyter packages, not by us
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs_and_prints_what_is_stored(path: Path) -> None:
    stored = nbformat.read(path, 4)
    assert printed(stored), "the notebook is not stored executed"
    again = nbformat.read(path, 4)
    NotebookClient(again, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}).execute()
    assert printed(again) == printed(stored)
    assert all(cell.execution_count for cell in stored.cells if cell.cell_type == "code")
