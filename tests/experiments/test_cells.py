"""Grids: what a file may say, what is refused in one sentence, and how cells are put together."""

from __future__ import annotations

from pathlib import Path

import pytest

from theory.errors import BadData
from verify.experiments.paper.experiments import EXPERIMENTS, SCALES
from verify.experiments.sweeps import cells as module
from verify.experiments.sweeps.cells import Cell, grid, read_grid, tasks


def one(**options: object) -> dict[str, object]:
    return {"cells": [{"n": 10, "d": 5, "k": 3, **options}]}


def test_lists_stand_for_all_combinations_and_formulas_for_sizes() -> None:
    found = grid({"defaults": {"seed": [0, 1]}, "cells": [{"n": [100, 200], "d": "n/4", "k": ["10*n/d", "n - 1"]}]})
    assert [(c.n, c.d, c.k, c.seed) for c in found[:4]] == [(100, 25, 40, 0), (100, 25, 40, 1), (100, 25, 99, 0), (100, 25, 99, 1)]
    assert len(found) == 8


def test_sizes_that_agree_are_one_cell() -> None:
    assert len(grid(one(k=[5, "d"]))) == 1


@pytest.mark.parametrize(("document", "said"), [
    (one(widht=3), "no option 'widht'"),
    (one(n=0), "n of a cell is 0"),
    (one(k=0), "k of a cell"),
    (one(k="n - 10"), "k of a cell"),
    (one(k="1/0"), "k of a cell is '1/0'"),
    (one(k="__import__('os')"), "k of a cell is"),
    (one(k="9**9**9"), "k of a cell is"),
    (one(d=2.5), "d of a cell"),
    (one(n="100"), "n of a cell"),
    (one(d=10**12), "more than the memory of this machine"),
    (one(epsilon=-1), "epsilon of a cell is -1"),
    (one(epsilon=float("nan")), "epsilon of a cell is nan"),
    (one(flips=1.5), "flips of a cell is 1.5"),
    (one(laws=1), "laws of a cell is 1"),
    (one(data="mnist"), "data of a cell is 'mnist'"),
    (one(batch=11), "batch of a cell is 11, above n = 10"),
    (one(batch=1), "batch normalisation needs two points"),
    (one(n=20, atlas=5), "atlas needs n ≤ 12"),
    ({"cells": [{"n": 10, "d": 5}]}, "lacks k"),
    ({"cells": []}, "no cells"),
    ({"cell": [{}]}, "no table 'cell'"),
])
def test_bad_grids_are_refused_in_one_sentence(document: dict[str, object], said: str) -> None:
    with pytest.raises(BadData, match=said.replace("(", r"\(").replace("[", r"\[")) as error:
        grid(document)
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_grid_is_named(tmp_path: Path) -> None:
    path = tmp_path / "g.toml"
    path.write_text("[[cells]\n")
    with pytest.raises(BadData, match=r"g\.toml is not TOML"):
        read_grid(path)
    with pytest.raises(BadData, match="cannot be read"):
        read_grid(tmp_path / "none.toml")


def test_a_cell_is_known_by_all_of_its_parameters() -> None:
    cell = Cell(n=4, d=2, k=1)
    assert cell.key == Cell(n=4, d=2, k=1).key != Cell(n=4, d=2, k=1, decay=0.1).key
    assert [rng.random() for rng in cell.streams()] == [rng.random() for rng in cell.streams()]


def test_tasks_hold_what_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [Cell(n=4, d=2, k=1, seed=seed) for seed in range(5)]
    monkeypatch.setattr(module, "NUMBERS", 2 * cells[0].numbers)
    assert [len(task.cells) for task in tasks(cells)] == [2, 2, 1]
    monkeypatch.setattr(module, "NUMBERS", 1)
    assert [len(task.cells) for task in tasks(cells)] == [1] * 5


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_shipped_grids_are_grids(name: str) -> None:
    for scale in SCALES:
        assert len(EXPERIMENTS[name].cells(scale)) > 30
