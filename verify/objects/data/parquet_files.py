"""Tables in Parquet files, by way of pyarrow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import BadData
from verify.objects.data.reading import FileReading, Table
from verify.objects.data.reals import read_numbers


def read_parquet(content: bytes, path: Path, reading: FileReading) -> Table:
    """The points and labels of a Parquet file; a row index that pandas saved beside the columns is left out.

    Raises: BadData: no Parquet, no such column, no rows, a value that is missing or no number (with row and column).
    """
    try:
        import pyarrow as pa  # type: ignore[import-untyped]
        from pyarrow import parquet
    except ImportError:
        raise BadData(
            f"reading {path} needs pyarrow, which is not installed; run pip install 'lawbook[data]', or save the data "
            "as .csv or .npz"
        ) from None
    try:
        # by one thread: a process that ends while pyarrow still starts others is aborted
        with parquet.ParquetFile(pa.BufferReader(content), pre_buffer=False) as file:
            table = file.read(use_threads=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BadData(f"{path} is not a readable Parquet file ({str(error).splitlines()[0]}); save it again") from None
    index = _index_columns(table)
    names = [name for name in table.column_names if name not in index or name == reading.label]
    target = reading.label or (names[-1] if names else "")
    if names.count(target) != 1:
        raise BadData(f"{path} has no column {target!r} of its own (found: {', '.join(names) or 'none'}); name the label column")
    if len(names) < 2 or table.num_rows == 0:
        raise BadData(f"{path} has {table.num_rows} rows and {len(names)} columns; give points and a label column")
    features = [_column(table, name, path) for name in names if name != target]
    left_out = [name for name in index if name != target]
    said = [f"row index {', '.join(map(repr, left_out))} left out"] if left_out else []
    return Table(np.column_stack(features), _labels(table, target, path), (*said, f"label column {target!r}"))


def _index_columns(table: Any) -> list[str]:
    """The columns that hold a row index: those that pandas names so, and those with the names that it gives to an index without one."""
    try:
        described = json.loads((table.schema.metadata or {}).get(b"pandas", b"{}")).get("index_columns", [])
    except (ValueError, AttributeError):
        described = []
    return [name for name in table.column_names if name in described or name.startswith("__index_level_")]


def _column(table: Any, name: str, path: Path) -> NDArray[Any]:
    """The exact numbers of a column, an object array where they are no doubles."""
    column = table.column(name)
    if column.null_count == 0 and str(column.type).startswith(("int", "uint", "float", "double", "halffloat", "bool")):
        numbers = read_numbers(column.to_numpy(), name)
        return numbers.image if numbers.given is None else numbers.given
    values = column.to_pylist()
    for row, value in enumerate(values):
        if value is None or isinstance(value, str | bytes) or not hasattr(value, "as_integer_ratio"):
            why = "the value is missing; remove the row or fill it in" if value is None else "mend the cell"
            raise BadData(f"{path}, row {row}, column {name!r}: {value!r} is not a number; {why}")
    return np.array(values, dtype=object)


def _labels(table: Any, name: str, path: Path) -> NDArray[Any]:
    labels = table.column(name)
    if labels.null_count:
        raise BadData(f"{path}, column {name!r} has {labels.null_count} missing labels; remove or fill in those rows")
    values = labels.to_pylist()
    return np.array(values) if isinstance(values[0], str | bool) else np.array(values, dtype=object)
