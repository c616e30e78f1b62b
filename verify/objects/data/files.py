"""Data sets from files (.npz, .csv, .parquet) and real data by name (scikit-learn's digits and breast cancer)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.errors import BadData
from verify.objects.data.dataset import AffineMap, Dataset, FloatArray, two_class_labels

_DIGITS = re.compile(r"digits:(\d)v(\d)")


def load_dataset(source: str | Path, label: str | None = None, *, real_labels: bool = False) -> Dataset:
    """A data set (X ∈ R^{n×d}, y ∈ {−1,+1}^n) from a file or by name.

    Files: `.npz` with arrays X (n×d) and y (n); `.csv` (commas, header optional) and `.parquet`, whose last column, or
    the column called `label`, is y.  Names: "digits:3v8" (any two digits) and "breast_cancer", see `real_dataset`.
    Two label values other than ±1 are mapped to −1 and +1, see `two_class_labels`; the note of the data set says how.

    Args: source (path or name), label (name of the label column, or of the label array of an .npz), real_labels (keep
    the labels as the numbers that they are).
    Returns: a Dataset.
    Raises: BadData (or ShapeError) with one sentence: missing, empty, truncated or foreign file, unknown extension,
    missing column, a cell that is not a number (with line and column), more than two classes, contradictory points.

    >>> data = load_dataset("digits:3v8")
    >>> data.n, float(round((data.X ** 2).sum() / data.n, 12))
    (357, 1.0)
    """
    if isinstance(source, str) and (source == "breast_cancer" or source.startswith("digits:")):
        if label is not None:
            raise BadData(f"{source} has its labels built in; leave out the label column {label!r}")
        return real_dataset(source)
    path = Path(source)
    readers = {".npz": _read_npz, ".csv": _read_csv, ".parquet": _read_parquet}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise BadData(
            f"{path} is not a data file this program reads: give .npz, .csv or .parquet, or a name such as digits:3v8 "
            "or breast_cancer"
        )
    content = read_bytes(path)
    X, raw_labels = reader(content, path, label)
    if real_labels:
        if np.asarray(raw_labels).dtype.kind in "US":
            raise BadData(f"{path} has texts as labels, such as {str(raw_labels[0])!r}; give numbers, classes as 0, 1, 2, …")
        return Dataset(X, raw_labels, path.name, real_labels=True)
    y, note = two_class_labels(raw_labels)
    return Dataset(X, y, path.name, note)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file that is there, readable and not empty, or BadData."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadData(f"there is no file {path}; check the path") from None
    except OSError as error:
        raise BadData(f"{path} cannot be read ({error.strerror}); give a readable file") from None
    if not content:
        raise BadData(f"{path} is empty; write the file again")
    return content


def read_npz_arrays(content: bytes, path: Path) -> dict[str, NDArray[Any]]:
    """All arrays of an .npz archive, or BadData; pickled objects are refused, since loading them can run code."""
    damaged = f"{path} is not a readable .npz archive (truncated, or another format)"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            broken = archive.testzip()
        if broken is not None:
            raise BadData(f"{damaged}: member {broken} fails its checksum; save it again with numpy.savez")
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        if isinstance(error, BadData):
            raise
        raise BadData(f"{damaged}: {error}; save plain number arrays with numpy.savez") from None


def _read_npz(content: bytes, path: Path, label: str | None) -> tuple[Any, Any]:
    arrays = read_npz_arrays(content, path)
    wanted = label or "y"
    for name in ("X", wanted):
        if name not in arrays:
            found = ", ".join(arrays) or "none"
            raise BadData(f"{path} has no array {name!r} (found: {found}); save with numpy.savez(path, X=X, y=y)")
    return arrays["X"], arrays[wanted]


def _read_csv(content: bytes, path: Path, label: str | None) -> tuple[Any, Any]:
    try:
        text = content.decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        lines = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(map(str.strip, row))]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadData(f"{path} is not a comma-separated text file in UTF-8 ({error}); save it again as CSV") from None
    if not lines:
        raise BadData(f"{path} has no rows; write the file again")
    width = len(lines[0][1])
    if width < 2:
        raise BadData(f"{path} has one column only; give at least one coordinate and the label, separated by commas")
    for line, cells in lines:
        if len(cells) != width:
            raise BadData(f"{path}, line {line} has {len(cells)} columns, line {lines[0][0]} has {width}; mend it")
    header, target = _csv_header(lines[0][1], path, label)
    return _csv_numbers(lines[1:] if header else lines, target, path)


def _csv_header(first: list[str], path: Path, label: str | None) -> tuple[bool, int]:
    """Whether the first line is a header, and the label's column.  It is one if it has the label's name, or has no
    number at all: a first line of data has numbers in its coordinate columns."""
    if label is not None:
        if first.count(label) != 1 or _number(label) is not None:
            # A numeric name cannot be told from a first line of numbers, and reading data as a header loses a point.
            raise BadData(
                f"{path}, line 1 ({', '.join(first)}) does not name exactly one column {label!r}; give the name, not a "
                "number, of one column of the header"
            )
        header, target = True, first.index(label)
    else:
        header, target = all(_number(cell) is None for cell in first), len(first) - 1
    if header and "" in first:
        raise BadData(
            f"{path}, column {first.index('') + 1} has no name, as a saved row index has; save without the index, or "
            "name the column"
        )
    return header, target


def _csv_numbers(lines: list[tuple[int, list[str]]], target: int, path: Path) -> tuple[Any, Any]:
    if not lines:
        raise BadData(f"{path} has a header but no points; add at least one row")
    X = np.empty((len(lines), len(lines[0][1]) - 1))
    for i, (line, cells) in enumerate(lines):
        for column, cell in enumerate(cells):
            value = _number(cell)
            if column == target:
                if not cell:
                    raise BadData(f"{path}, line {line}, column {column + 1}: the label is missing; fill it in")
                continue
            if value is None:
                raise BadData(f"{path}, line {line}, column {column + 1}: {cell!r} is not a number; mend the cell")
            X[i, column - (column > target)] = value
    return X, _csv_labels(lines, target, path)


def _csv_labels(lines: list[tuple[int, list[str]]], target: int, path: Path) -> NDArray[Any]:
    """Labels as numbers, or as texts (class names) when no label is a number; a mixture is a spoilt cell."""
    texts = [cells[target] for _, cells in lines]
    numbers = [_number(cell) for cell in texts]
    if None not in numbers:
        return np.array(numbers, dtype=np.float64)
    if any(number is not None for number in numbers):
        spoilt = numbers.index(None)
        raise BadData(
            f"{path}, line {lines[spoilt][0]}, column {target + 1}: {texts[spoilt]!r} is not a number as other labels "
            "are; mend the cell"
        )
    return np.array(texts)


def _number(cell: str) -> float | None:
    if "_" in cell:  # Python reads 1_0 as 10; a data file that has it means something else
        return None
    try:
        return float(cell)
    except ValueError:
        return None


def _read_parquet(content: bytes, path: Path, label: str | None) -> tuple[Any, Any]:
    try:
        import pyarrow as pa  # type: ignore[import-untyped]
        from pyarrow import parquet
    except ImportError:
        raise BadData(
            f"reading {path} needs pyarrow, which is not installed; run pip install 'lawbook[data]', or save the data "
            "as .csv or .npz"
        ) from None
    try:
        table = parquet.read_table(pa.BufferReader(content))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BadData(f"{path} is not a readable Parquet file ({str(error).splitlines()[0]}); save it again") from None
    names = [name for name in table.column_names if not name.startswith("__index_level_")]
    target = label or (names[-1] if names else "")
    if target not in names:
        raise BadData(f"{path} has no column {target!r} (found: {', '.join(names) or 'none'}); name the label column")
    if len(names) < 2 or table.num_rows == 0:
        raise BadData(f"{path} has {table.num_rows} rows and {len(names)} columns; give points and a label column")
    features = [_parquet_column(table, name, path) for name in names if name != target]
    labels = table.column(target)
    if labels.null_count:
        raise BadData(f"{path}, column {target!r} has {labels.null_count} missing labels; remove or fill in those rows")
    return np.column_stack(features), np.array(labels.to_pylist())


def _parquet_column(table: Any, name: str, path: Path) -> FloatArray:
    values = table.column(name).to_pylist()
    for row, value in enumerate(values):
        if value is None or isinstance(value, str | bytes) or not np.isscalar(value):
            raise BadData(f"{path}, row {row}, column {name!r}: {value!r} is not a number; mend the cell")
    return np.array(values, dtype=np.float64)


def real_dataset(name: str) -> Dataset:
    """Real two-class data by name: "digits:AvB" (8×8 images of two digits, A -> −1, B -> +1) or "breast_cancer".

    Columns are standardised, constant columns dropped, and all points scaled so that (1/n)Σ‖x_i‖² = 1, the scale of the
    generic models; `transformation` repeats the map on raw points.

    Source: scikit-learn's bundled copies of the UCI digits and Wisconsin breast-cancer data (569 points, 30 columns,
    malignant -> −1, benign -> +1).
    Args: name.
    Returns: a Dataset whose note names the mapping, the columns dropped and the factor.
    Raises: BadData for an unknown name or twice the same digit.

    >>> data = real_dataset("breast_cancer")
    >>> data.n, data.d
    (569, 30)
    """
    match = _DIGITS.fullmatch(name)
    if name == "breast_cancer":
        from sklearn.datasets import load_breast_cancer  # type: ignore[import-untyped]

        raw, target = load_breast_cancer(return_X_y=True)
        return _standardised(raw, np.where(target == 1, 1.0, -1.0), name, "malignant -> -1, benign -> +1")
    if match is None:
        raise BadData(f"there is no real data set {name!r}; give breast_cancer or two digits such as digits:3v8")
    low, high = int(match[1]), int(match[2])
    if low == high:
        raise BadData(f"{name} names the digit {low} twice; give two different digits such as digits:3v8")
    from sklearn.datasets import load_digits

    raw, target = load_digits(return_X_y=True)
    kept = (target == low) | (target == high)
    return _standardised(raw[kept], np.where(target[kept] == high, 1.0, -1.0), name, f"digit {low} -> -1, {high} -> +1")


def standardise(raw: ArrayLike) -> AffineMap:
    """The map that drops constant columns, standardises the others and scales to mean squared norm 1.

    Each kept column gets mean 0 and variance 1, so (1/n)Σ‖x_i‖² = d before the common factor 1/√d.

    Args: raw (n×m).
    Returns: an AffineMap R^m → R^d, d the number of columns that are not constant.
    Raises: BadData if every column is constant.

    >>> standardise([[0.0, 7.0], [2.0, 7.0]])([[0.0, 7.0], [2.0, 7.0]])
    array([[-1.],
           [ 1.]])
    """
    points = np.asarray(raw, dtype=np.float64)
    kept = np.flatnonzero(points.max(axis=0) > points.min(axis=0))
    if kept.size == 0:
        raise BadData(f"all {points.shape[1]} columns are constant and tell no points apart; give other columns")
    selected = points[:, kept]
    indices = tuple(int(j) for j in kept)
    return AffineMap(indices, selected.mean(axis=0), selected.std(axis=0), 1 / float(np.sqrt(kept.size)))


def _standardised(raw: FloatArray, y: FloatArray, name: str, classes: str) -> Dataset:
    transformation = standardise(raw)
    dropped = sorted(set(range(raw.shape[1])) - set(transformation.kept))
    note = (
        f"{classes}; dropped {len(dropped)} constant columns {dropped}; standardised the other "
        f"{len(transformation.kept)} and multiplied by {transformation.factor:.6g}: mean squared norm 1"
    )
    return Dataset(transformation(raw), y, name, note, transformation)
