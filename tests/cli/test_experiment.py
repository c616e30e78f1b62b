"""`lawbook experiment`: files, exit codes, one sentence for what is wrong."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest
from experiments.common import needs_jax

from verify.cli.app import run

GRID = "[[cells]]\nn = 8\nd = 4\nk = 6\npoints = 50\nseed = [0, 1]\n"


@needs_jax
def test_figure_table_and_document_are_written_and_come_out_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    grid = tmp_path / "grid.toml"
    grid.write_text(GRID)
    command = ["experiment", "fig2", "--grid", str(grid), "--out", str(tmp_path / "out"), "--json"]
    assert run(command) == 0
    document = json.loads(capsys.readouterr().out)
    out = tmp_path / "out"
    assert document == json.loads((out / "fig2.json").read_text(encoding="utf-8"))
    assert (document["cells"], document["failed"], document["missing_tasks"]) == (2, 0, 0)
    assert document["command"] == f"lawbook experiment fig2 --grid {grid} --out {out}"
    assert {s["agrees"] for s in document["sentences"] if s["points"] == "ours"} == {None}
    rows = list(csv.DictReader((out / "fig2.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["seed"] for row in rows] == ["0", "1"] and all(float(row["gradient"]) > 0 for row in rows)
    assert (out / "fig2.png").stat().st_size > 10_000 and (out / "fig2.svg").read_text().count("<use") > 900
    first = {path.name: path.read_bytes() for path in out.iterdir() if path.suffix in (".csv", ".json", ".svg")}
    assert run([*command[:-1]]) == 0
    assert "AGREES" in capsys.readouterr().out
    assert first == {name: (out / name).read_bytes() for name in first}


@pytest.mark.parametrize(("options", "said"), [
    (["fig9"], "there is no experiment 'fig9'; there are fig1"),
    (["fig2", "--scale", "huge"], "there is no scale 'huge'"),
    (["fig2", "--grid", "none.toml"], "the grid none.toml cannot be read"),
    (["fig2", "--workers", "0"], "workers"),
])
def test_what_is_wrong_is_one_sentence(options: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["experiment", *options]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_a_bad_grid_ends_before_anything_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    grid = tmp_path / "grid.toml"
    grid.write_text(GRID.replace("n = 8", "n = 0"))
    assert run(["experiment", "fig2", "--grid", str(grid), "--out", str(tmp_path / "out")]) == 2
    assert "n of a cell is 0" in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "jax", None)
    assert run(["experiment", "fig2", "--out", str(tmp_path / "out")]) == 2
    assert "pip install 'lawbook[experiments]'" in capsys.readouterr().err and not (tmp_path / "out").exists()
