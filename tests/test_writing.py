"""Files are whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from theory.errors import BadData
from theory.writing import whole_file


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_half_a_file_is_no_file(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "a.json"
    path.write_text("before")
    with pytest.raises((error, BadData)), whole_file(path) as stream:
        stream.write(b"half")
        raise error
    assert path.read_text() == "before" and os.listdir(tmp_path) == ["a.json"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "a.json").symlink_to(tmp_path / "there" / "b.json")
    with whole_file(tmp_path / "a.json") as stream:
        stream.write(b"new")
    assert (tmp_path / "a.json").is_symlink() and (tmp_path / "there" / "b.json").read_text() == "new"


def test_what_is_no_regular_file_is_written_to() -> None:
    with whole_file("/dev/null") as stream:
        stream.write(b"gone")
    assert not Path("/dev/null").is_file()


def test_a_new_file_takes_no_other_ones_place(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    with whole_file(path, new=True) as stream:
        stream.write(b"first")
    with pytest.raises(FileExistsError), whole_file(path, new=True) as stream:
        stream.write(b"second")
    assert path.read_text() == "first" and os.listdir(tmp_path) == ["a.py"]


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="cannot be written"), whole_file(tmp_path / "missing" / "a"):
        pass
