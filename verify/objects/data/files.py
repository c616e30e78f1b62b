"""Data sets from files (.npz, .csv, .tsv, .parquet) and real data by name (scikit-learn's digits and breast cancer)."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.errors import BadData
from verify.objects.data.csv_files import read_csv
from verify.objects.data.dataset import AffineMap, Dataset
from verify.objects.data.labels import classes_words, two_class_labels
from verify.objects.data.parquet_files import read_parquet
from verify.objects.data.reading import PLAIN, FileReading, Table
from verify.objects.data.reals import FloatArray

_DIGITS = re.compile(r"digits:(\d)v(\d)")


def load_dataset(source: str | Path, reading: FileReading = PLAIN) -> Dataset:
    """A data set (X ∈ R^{n×d}, y ∈ {−1,+1}^n) from a file or by name; its numbers are exactly those of the file.

    Files: `.npz` with arrays X (n×d) and y (n); `.csv` and `.parquet`, whose last column, or the column called `reading.label`, is y.
    Names: "digits:3v8" (any two digits) and "breast_cancer", see `real_dataset`.  Decimals are the decimals that they are: 0.1 is 1/10.
    Two classes are mapped to −1 and +1, see `two_class_labels`; the note of the data set says how it was read and mapped.

    Args: source (path or name), reading (what is known of the file; `FileReading()` leaves it to the file).
    Returns: a Dataset.
    Raises: BadData (or ShapeError) with one sentence: missing, empty, truncated or foreign file, unknown extension,
    missing column, a cell that is not a number (with line and column), a file that can be read in two ways, more than two classes,
    contradictory points.

    >>> data = load_dataset("digits:3v8")
    >>> data.n, float(round((data.X ** 2).sum() / data.n, 12))
    (357, 1.0)
    """
    if isinstance(source, str) and _is_named(source):
        if reading.label is not None or reading.is_about_text:
            given = "the options of a text file" if reading.label is None else f"the label column {reading.label!r}"
            raise BadData(f"{source} has its labels built in; leave out {given}")
        return real_dataset(source)
    path = Path(source)
    table = _read(path, reading)
    if table.labels is None:
        raise BadData(f"{path} has points and no labels; save with numpy.savez(path, X=X, y=y)")
    if reading.real_labels:
        if np.asarray(table.labels).dtype.kind in "US":
            raise BadData(f"{path} has texts as labels, such as {str(table.labels[0])!r}; give numbers, classes as 0, 1, 2, …")
        return Dataset(table.points, table.labels, path.name, "; ".join(table.said), real_labels=True)
    y, classes = two_class_labels(table.labels)
    note = "; ".join((*table.said, *filter(None, [classes_words(classes)])))
    return Dataset(table.points, y, path.name, note, classes=classes)


def load_points(source: str | Path, reading: FileReading = PLAIN) -> Dataset:
    """The points of a file or of a named data set alone, each with the label 0: what the labels are does not matter, an .npz needs none.

    Args, errors: as `load_dataset`.
    """
    if isinstance(source, str) and _is_named(source):
        data = load_dataset(source, reading)
        return Dataset(data.X, np.zeros(data.n), data.name, data.note, data.transformation, real_labels=True)
    path = Path(source)
    table = _read(path, reading)
    return Dataset(table.points, np.zeros(len(table.points)), path.name, "; ".join(table.said), real_labels=True)


def _is_named(source: str) -> bool:
    return source == "breast_cancer" or source.startswith("digits:")


def _read(path: Path, reading: FileReading) -> Table:
    readers = {".npz": _read_npz, ".csv": read_csv, ".tsv": read_csv, ".parquet": read_parquet}
    kind = path.suffix.lower()
    if kind not in readers:
        raise BadData(
            f"{path} is not a data file this program reads: give .npz, .csv, .tsv or .parquet, or a name such as digits:3v8 "
            "or breast_cancer"
        )
    if reading.is_about_text and readers[kind] is not read_csv:
        raise BadData(f"{path} is no text file; leave out --header, --no-header, --delimiter and --decimal")
    return readers[kind](read_bytes(path), path, reading)


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


def _read_npz(content: bytes, path: Path, reading: FileReading) -> Table:
    arrays = read_npz_arrays(content, path)
    wanted = reading.label or "y"
    if "X" not in arrays or (wanted not in arrays and reading.label is not None):
        found = ", ".join(arrays) or "none"
        absent = wanted if "X" in arrays else "X"
        raise BadData(f"{path} has no array {absent!r} (found: {found}); save with numpy.savez(path, X=X, y=y)")
    if arrays["X"].dtype.kind == "M" or arrays["X"].dtype.kind == "m":
        raise BadData(f"{path}: X has dates or times ({arrays['X'].dtype}); give numbers, as by X.astype('int64')")
    return Table(arrays["X"], arrays.get(wanted), (f"label array {wanted!r}",))


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
