"""What was read of a data file: the first line of a command, and a field of its JSON."""

from __future__ import annotations

from typing import Any

from verify.objects.data import Dataset
from verify.report.terminal import Console, show_line
from verify.report.words import count


def data_words(data: Dataset) -> str:
    """The data in words.

    >>> data_words(Dataset([[0.5], [1.0]], [-1, 1], "points.csv", "label column 'y'"))
    "read points.csv: 2 points in dimension 1; label column 'y'"
    """
    return f"read {data.name}: {count(data.n, 'point')} in dimension {data.d}" + (f"; {data.note}" if data.note else "")


def show_data(console: Console, data: Dataset | None) -> None:
    """One line; nothing where no data were read."""
    if data is not None:
        show_line(console, (data_words(data), "dim"))


def with_data(data: Dataset | None, document: dict[str, Any]) -> dict[str, Any]:
    """The JSON of a command, after the field "data" where data were read."""
    return document if data is None else {"data": data_document(data), **document}


def data_document(data: Dataset) -> dict[str, Any]:
    """The field "data": `classes` are the two classes of the file and the labels that they became, empty where labels are numbers."""
    return {"name": data.name, "n": data.n, "d": data.d, "classes": dict(data.classes), "note": data.note}
