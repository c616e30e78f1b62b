"""Tables as text: which sign separates columns, which one fractions, whether the first line has names.  Decided, or refused."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import BadData
from verify.objects.data.labels import MISSING, missing_labels
from verify.objects.data.reading import DELIMITERS, FileReading, Table
from verify.objects.data.reals import number

# Lines from which the delimiter and the decimal sign are found; the whole file is then read by them.
_SAMPLE = 200
_MARKS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-32", b"\xff\xfe\x00\x00"), ("utf-32", b"\x00\x00\xfe\xff"), ("utf-16", b"\xff\xfe"),
          ("utf-16", b"\xfe\xff"))
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+")
_YEAR = re.compile(r"1[89][0-9]{2}|20[0-9]{2}|2100")


@dataclass(frozen=True)
class _Dialect:
    """How lines become cells, and cells numbers."""

    delimiter: str
    decimal: str

    def rows(self, lines: Sequence[str]) -> list[tuple[int, list[str]]]:
        """The rows that hold something, with the numbers of their lines.  Raises: csv.Error."""
        if self.delimiter == " ":
            return [(i + 1, line.split()) for i, line in enumerate(lines) if line.strip()]
        reader = csv.reader(lines, strict=True, delimiter=self.delimiter, skipinitialspace=True)
        found = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(map(str.strip, row))]
        while found and len(found[0][1]) > 1 and all(len(row) > 1 and not row[-1] for _, row in found):
            found = [(line, row[:-1]) for line, row in found]              # every line ends with the delimiter
        return found

    def number(self, cell: str) -> float | Decimal | Fraction | None:
        """The number that a cell spells."""
        if self.decimal == ",":
            return None if "." in cell else number(cell.replace(",", "."))
        return number(cell)

    def words(self) -> str:
        """How columns and fractions are told apart."""
        point = "point" if self.decimal == "." else "comma"
        return f"columns separated by a {DELIMITERS[self.delimiter]}, decimal {point}"


def read_csv(content: bytes, path: Path, reading: FileReading) -> Table:
    """The points and labels of a table of text.

    Raises: BadData: no text, no rows, rows of different lengths, a cell that is no number, a missing value (with line and column), or a
    file that can be read in two ways.
    """
    lines, comments = _lines(_decoded(content, path))
    if lines and re.fullmatch(r"sep=(.)\s*", lines[0]):
        reading, lines[0] = replace(reading, delimiter=lines[0][4]), "\n"      # how spreadsheets are told the delimiter
    dialect = _dialect(lines, path, reading)
    try:
        rows = dialect.rows(lines)
    except csv.Error as error:
        raise BadData(f"{path} is not a table of text ({error}); save it again as CSV") from None
    said = [] if dialect == _Dialect(",", ".") else [dialect.words()]
    if comments:
        said.append(f"{comments} comment line{'s' if comments > 1 else ''} left out")
    return _table(rows, dialect, path, reading, said)


def _decoded(content: bytes, path: Path) -> str:
    encoding = next((name for name, mark in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadData(f"{path} is not text in UTF-8, nor in UTF-16 with its mark ({error}); save it again as CSV in UTF-8") from None
    if "\0" in text:
        raise BadData(f"{path} is not text: it holds zero bytes, as UTF-16 without its mark does; save it again as CSV in UTF-8")
    return text


def _lines(text: str) -> tuple[list[str], int]:
    """The lines, with comments emptied so that the others keep their numbers, and how many comments there are."""
    lines = list(io.StringIO(text, newline=None))
    comments = [i for i, line in enumerate(lines) if line.lstrip().startswith("#")]
    for i in comments:
        lines[i] = "\n"
    return lines, len(comments)


# ------------------------------------------------------------------ delimiter and decimal sign


def _dialect(lines: Sequence[str], path: Path, reading: FileReading) -> _Dialect:
    """The one dialect in which the lines are a table of numbers; where there is none, the likeliest: reading by it says what is wrong."""
    sample = [line for line in lines if line.strip(" ,;\t|\r\n")][:_SAMPLE]
    if not sample:
        raise BadData(f"{path} has no rows; write the file again")
    signs = [reading.delimiter] if reading.delimiter else [sign for sign in DELIMITERS if any(sign in line for line in sample)] or [","]
    dialects = [_Dialect(sign, point) for sign in signs for point in (".", ",") if sign != point and reading.decimal in (None, point)]
    if not dialects:
        raise BadData(f"{path}: no sign is left to separate the columns; give --delimiter")
    possible = [dialect for dialect in dialects if _is_possible(dialect, sample, reading)]
    if reading.delimiter is None and len(possible) > 1:     # spaces beside another sign only pad the cells
        possible = [dialect for dialect in possible if dialect.delimiter != " "]
    if len(possible) > 1:
        ways = " or ".join(dialect.words() for dialect in possible)
        raise BadData(f"{path} can be read in two ways, {ways}; say which by --delimiter and --decimal")
    if not possible:
        return max(dialects, key=lambda dialect: _evenness(dialect, sample))
    _refuse_thousands(possible[0], sample, path, reading)
    return possible[0]


def _cells(dialect: _Dialect, sample: Sequence[str]) -> list[list[str]]:
    try:
        return [row for _, row in dialect.rows(sample)]
    except csv.Error:
        return []


def _evenness(dialect: _Dialect, sample: Sequence[str]) -> tuple[bool, int]:
    """How much the lines look like rows of a table: more than one column, as many in each as in the first."""
    rows = _cells(dialect, sample)
    return bool(rows) and len(rows[0]) > 1, sum(len(row) == len(rows[0]) for row in rows)


def _is_possible(dialect: _Dialect, sample: Sequence[str], reading: FileReading) -> bool:
    """Whether all lines after the first have as many cells as it, and numbers, or nothing, in all columns but the labels'."""
    rows = _cells(dialect, sample)
    if not rows or len(rows[0]) < 2 or any(len(row) != len(rows[0]) for row in rows):
        return False
    if reading.label is not None and rows[0].count(reading.label) != 1:
        return False
    target = rows[0].index(reading.label) if reading.label is not None else len(rows[0]) - 1
    for row in rows[1:] or rows:
        for column, cell in enumerate(row):
            if dialect.number(cell) is not None or cell.casefold() in MISSING:
                continue
            if column != target:
                return False
            if reading.decimal is None and _Dialect(";", ",").number(cell) is not None:
                return False                                # 0,5 is a number and no class
    commas = any("," in cell for row in rows for cell in row)
    return dialect.decimal == "." or commas or reading.decimal == ","


def _refuse_thousands(dialect: _Dialect, sample: Sequence[str], path: Path, reading: FileReading) -> None:
    commas = [cell for row in _cells(dialect, sample) for cell in row if "," in cell and dialect.number(cell) is not None]
    if reading.decimal is None and dialect.decimal == "," and all(map(_THOUSANDS.fullmatch, commas)):
        ways = " or ".join(commas[0].replace(",", sign) for sign in (".", ""))
        raise BadData(f"{path}: {commas[0]!r} may be {ways}; give --decimal , if the comma is the decimal sign, and take it out otherwise")


# ------------------------------------------------------------------ header, columns, cells


def _table(rows: list[tuple[int, list[str]]], dialect: _Dialect, path: Path, reading: FileReading, said: list[str]) -> Table:
    width, first_line = len(rows[0][1]), rows[0][0]
    if width < 2:
        raise BadData(f"{path} has one column only; give at least one coordinate and the label, separated by commas, semicolons or tabs")
    for line, cells in rows:
        if len(cells) != width:
            raise BadData(f"{path}, line {line} has {len(cells)} columns, line {first_line} has {width}; mend it")
    names = rows[0][1] if _has_header(rows, dialect, path, reading) else None
    body = rows[1:] if names is not None else rows
    if not body:
        raise BadData(f"{path} has a header but no points; add at least one row")
    if names is not None and all(dialect.number(name) is not None for name in names):
        said.append(f"line {first_line} ({', '.join(names)}) is the header")
    kept = _kept_columns(names, body, dialect, path, said)
    target = width - 1 if reading.label is None else _label_column(names, path, reading.label)
    said.append(f"label column {names[target]!r}" if names is not None else f"labels in column {target + 1}")
    columns = [column for column in kept if column != target]
    if not columns:
        raise BadData(f"{path} has no coordinate beside the label; give at least one column of numbers")
    ratio = next((cells[column] for _, cells in body for column in columns if "/" in cells[column]), None)
    if ratio is not None:
        said.append(f"cells such as {ratio} are ratios")
    points = _array([[_coordinate(cells[column], dialect, path, line, column) for column in columns] for line, cells in body])
    return Table(points, _labels(body, target, dialect, path), tuple(said))


def _label_column(names: list[str] | None, path: Path, label: str) -> int:
    if names is None or names.count(label) != 1:
        shown = "it has no header" if names is None else f"its header is {', '.join(names)}"
        raise BadData(f"{path} does not name exactly one column {label!r} ({shown}); give the name of one column")
    return names.index(label)


def _has_header(rows: list[tuple[int, list[str]]], dialect: _Dialect, path: Path, reading: FileReading) -> bool:
    """Whether the first row has the names of the columns; BadData where it may be that or the first point."""
    if reading.header is not None:
        return reading.header
    (line, first), rest = rows[0], [cells for _, cells in rows[1:]]
    values, below = [dialect.number(cell) for cell in first], {cells[-1] for cells in rest}
    either = BadData(f"{path}, line {line} ({', '.join(first)}) may be the header or the first point; say which by --header or --no-header")
    if first[0] == "" and _count_rows([cells[0] for cells in rest], dialect):
        return True                                         # the names beside a saved index, which has none
    if None not in values:
        if not rest or not _may_be_names(first) or (first[0] != "0" and first[-1] in below):
            return False
        if all(dialect.decimal in cell for cells in rest for cell in cells):
            return True                                     # whole numbers above columns of fractions, as pandas writes them
        raise either
    if reading.label is not None and first.count(reading.label) == 1:
        return True
    if None not in values[:-1]:                             # a text in the label's column alone: a name above numbers, or a class
        if first[-1] not in below and rest and all(map(_YEAR.fullmatch, first[:-1])) and None in map(dialect.number, below):
            raise either
        return bool(rest) and all(dialect.number(cell) is not None for cell in below)
    if values[-1] is None and first[-1] not in below:
        return True
    column = values.index(None)
    raise BadData(f"{path}, line {line}, column {column + 1}: {first[column]!r} is not a number; mend the cell, or give --header if this "
                  "line has the names of the columns")


def _may_be_names(cells: list[str]) -> bool:
    """Whether a row of numbers looks like names of columns: 0, 1, 2, …, other whole numbers in a row of three or more, or years."""
    if not all(cell.isdecimal() and cell.isascii() for cell in cells):
        return False
    steps = {int(q) - int(p) for p, q in pairwise(cells)}
    return (steps == {1} and (cells[0] == "0" or len(cells) > 2)) or (min(steps) > 0 and all(map(_YEAR.fullmatch, cells)))


def _count_rows(cells: list[str], dialect: _Dialect) -> bool:
    """Whether the cells of a column count its rows, from 0 or 1."""
    counted = [dialect.number(cell) for cell in cells]
    return any(counted == [float(i + start) for i in range(len(cells))] for start in (0, 1))


def _kept_columns(
    names: list[str] | None, body: list[tuple[int, list[str]]], dialect: _Dialect, path: Path, said: list[str]
) -> list[int]:  # fmt: skip
    """The columns without a saved row index: a first column without a name that counts the rows."""
    if names is None:
        return list(range(len(body[0][1])))
    unnamed = [column for column, name in enumerate(names) if name in ("", "Unnamed: 0")]
    if unnamed == [0] and _count_rows([cells[0] for _, cells in body], dialect):
        said.append("column 1, which counts the rows, left out")
        return list(range(1, len(names)))
    if unnamed:
        raise BadData(f"{path}, column {unnamed[0] + 1} has no name, as a saved row index has; save without the index, or name the column")
    return list(range(len(names)))


def _coordinate(cell: str, dialect: _Dialect, path: Path, line: int, column: int) -> float | Decimal | Fraction:
    value = dialect.number(cell)
    if value is None:
        why = f"{cell!r} is not a number; mend the cell"
        if cell.casefold() in MISSING:
            why = f"{cell!r} is not a number: the value is missing; remove the row or fill it in"
        raise BadData(f"{path}, line {line}, column {column + 1}: {why}")
    return value


def _labels(body: list[tuple[int, list[str]]], target: int, dialect: _Dialect, path: Path) -> NDArray[Any]:
    """Labels as numbers, or as texts (class names) when no label is a number; a mixture is a spoilt cell."""
    texts = [cells[target] for _, cells in body]
    where = f"column {target + 1}"
    missing = missing_labels(texts)
    if missing:
        shown = f" ({texts[missing[0]]!r})" if texts[missing[0]] else ""
        raise BadData(f"{path}, line {body[missing[0]][0]}, {where}: the label is missing{shown}; remove the row or fill it in")
    numbers = [dialect.number(cell) for cell in texts]
    if all(number is None for number in numbers):
        return np.array(texts)
    if None in numbers:
        spoilt = numbers.index(None)
        raise BadData(f"{path}, line {body[spoilt][0]}, {where}: {texts[spoilt]!r} is not a number as other labels are; mend the cell")
    return _array(numbers)


def _array(values: list[Any]) -> NDArray[Any]:
    """Doubles where all numbers are, otherwise the numbers as they are."""
    array = np.array(values, dtype=object)
    return array.astype(np.float64) if all(type(value) is float for value in array.flat) else array
