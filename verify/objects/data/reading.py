"""How a data file is to be read, and what was read of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from theory.errors import BadData

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}
_NAMED = {name: sign for sign, name in DELIMITERS.items()} | {"\\t": "\t"}


@dataclass(frozen=True)
class FileReading:
    """What the user says of a data file; None leaves it to the file, which is refused where two readings are possible.

    `label`: name of the label column (of the label array of an .npz), the last column otherwise.  For .csv alone: `header`, whether the
    first line has names; `delimiter`, one of , ; | or the words tab and space; `decimal`, the sign before the fraction, "." or ",".
    `real_labels`: labels are numbers, not two classes.
    Raises: BadData (another delimiter or decimal sign, the same sign for both).

    >>> FileReading(delimiter="tab").delimiter
    '\\t'
    """

    label: str | None = None
    header: bool | None = None
    delimiter: str | None = None
    decimal: str | None = None
    real_labels: bool = False

    def __post_init__(self) -> None:
        if self.delimiter is not None:
            object.__setattr__(self, "delimiter", _NAMED.get(self.delimiter, self.delimiter))
            if self.delimiter not in DELIMITERS:
                raise BadData(f"the delimiter is {self.delimiter!r}; give one of , ; | or the word tab or space")
        if self.decimal not in (None, ".", ","):
            raise BadData(f"the decimal sign is {self.decimal!r}; give . or ,")
        if self.decimal is not None and self.decimal == self.delimiter:
            raise BadData(f"{self.decimal!r} cannot be both the delimiter and the decimal sign; give two signs")

    @property
    def is_about_text(self) -> bool:
        """Whether something is said that only a text file has."""
        return (self.header, self.delimiter, self.decimal) != (None, None, None)


PLAIN = FileReading()


@dataclass(frozen=True, eq=False)
class Table:
    """Points (n×d) and labels (n) as a file has them, arrays of numbers of any kind or of texts, and in words how it was read.

    `labels` is None in a file that has none, where points alone are asked for.
    """

    points: Any
    labels: Any
    said: tuple[str, ...] = ()
