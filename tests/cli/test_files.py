"""Files that commands read and write: none is lost, and what cannot be written is said before the work begins."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from verify.cli.app import run
from verify.objects.networks import Network, save_network


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("points.csv").write_text("x,y\n0,1\n1,-1\n2,1\n")
    np.savez("two.npz", X=[[0.0], [1.0], [2.0]], y=[1, -1, 1])
    save_network(Network([[1.0]], [0.0], [2.0], "relu"), tmp_path / "net.npz")
    Path("link.csv").symlink_to("points.csv")
    os.link("points.csv", "hard.csv")
    Path("inside").mkdir()
    Path("c.json.state").write_text("points")
    return tmp_path


def contents() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in Path().rglob("*") if path.is_file()}


@pytest.mark.parametrize(("argv", "words"), [
    (("bounds", "points.csv", "--width", "1", "--out", "points.csv"), "which is read"),
    (("bounds", "points.csv", "--width", "1", "--out", "inside/../points.csv"), "which is read"),
    (("bounds", "points.csv", "--width", "1", "--out", "link.csv"), "which is read"),
    (("bounds", "points.csv", "--width", "1", "--out", "hard.csv"), "which is read"),
    (("bounds", "link.csv", "--width", "1", "--out", "points.csv"), "which is read"),
    (("fit", "two.npz", "--kinks", "1", "--out", "two.npz"), "which is read"),
    (("fit", "two.npz", "--kinks", "1", "--save-network", "two.npz"), "which is read"),
    (("fit", "two.npz", "--kinks", "1", "--start", "net.npz", "--save-network", "net.npz"), "which is read"),
    (("fit", "two.npz", "--kinks", "1", "--out", "new.npz", "--save-network", "new.npz"), "are one file"),
    (("fit", "two.npz", "--kinks", "1", "--out", "new.npz", "--save-network", "inside/../new.npz"), "are one file"),
    (("fit", "c.json.state", "--kinks", "1", "--out", "c.json"), "which is read"),
    (("radius", "net.npz", "points.csv", "--out", "net.npz"), "which is read"),
    (("radius", "net.npz", "points.csv", "--out", "points.csv"), "which is read"),
    (("lipschitz", "net.npz", "--domain", "hull", "--data", "points.csv", "--out", "points.csv"), "which is read"),
    (("atlas", ".", "--figure", "atlas.json"), "which is read"),
    (("bounds", "points.csv", "--width", "1", "--out", "inside"), "which is a folder"),
    (("radius", "net.npz", "points.csv", "--out", "missing/c.json"), "no folder missing"),
    (("constants", "--figure", "missing/c.png"), "no folder missing"),
    (("new", "missing/mine.py"), "no folder missing"),
])
def test_one_sentence_and_nothing_is_touched(folder: Path, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], words: str) -> None:
    before = contents()
    assert run(argv) == 2
    said = capsys.readouterr()
    assert words in said.err and said.err.count("\n") == 1 and said.out == ""
    assert contents() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="the root may write everywhere")
def test_a_folder_that_cannot_be_written_to(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("inside").chmod(0o500)
    assert run(("bounds", "points.csv", "--width", "1", "--out", "inside/c.json")) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_certificate_replaces_an_older_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert run(("bounds", "points.csv", "--width", "1", "--out", "c.json")) == 0
    assert run(("verify", "c.json")) == 0 and not list(Path().glob("*.part"))
