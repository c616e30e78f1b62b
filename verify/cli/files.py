"""What can be said of the files of a command before its work begins."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path

from theory.errors import BadData


def check_files(written: Mapping[str, Path | None], read: Iterable[str | Path | None] = ()) -> None:
    """Whether every file can be written, and none is one of those that are read, or another that is written.

    Args: the files that are written, by the options that name them, and those that are read; None for an option that is not given.
    Raises: BadData (a folder, a missing folder, one that cannot be written to, one file twice).

    >>> check_files({"--out": Path("points.csv")}, ["points.csv"])
    Traceback (most recent call last):
    theory.errors.BadData: --out is points.csv, which is read; give another name, or it would be lost
    """
    outputs = {option: path for option, path in written.items() if path is not None}
    for option, path in outputs.items():
        if any(_are_one(path, Path(source)) for source in read if source is not None):
            raise BadData(f"{option} is {path}, which is read; give another name, or it would be lost")
        if path.is_dir():
            raise BadData(f"{option} is {path}, which is a folder; give the name of a file")
        folder = Path(os.path.realpath(path)).parent
        if not folder.is_dir():
            raise BadData(f"{option} is {path}, and there is no folder {path.parent}; make it, or give another path")
        moved = path.is_file() or not path.exists()           # into place, from beside it
        if (moved and not os.access(folder, os.W_OK)) or (path.exists() and not os.access(path, os.W_OK)):
            raise BadData(f"{option} is {path}, which cannot be written; change its permissions, or give another path")
    for (first, path), (second, other) in combinations(outputs.items(), 2):
        if _are_one(path, other):
            raise BadData(f"{first} and {second} are one file, {path}; give two names")


def _are_one(path: Path, other: Path) -> bool:
    """One file, whatever its names: relative or not, by way of links of either kind."""
    if os.path.realpath(path) == os.path.realpath(other):
        return True
    return path.exists() and other.exists() and path.is_file() and os.path.samefile(path, other)
