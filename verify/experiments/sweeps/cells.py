"""The cells of a sweep, and the TOML files that list them.

A file has an optional table `[defaults]` and tables `[[cells]]`; each entry of a table is an option of `Cell`, a list of values stands for
one cell each, and several lists for all combinations.  `d`, `k` and `batch` may be written in the sizes before them, as in "n/2", "10*n/d".
"""

from __future__ import annotations

import ast
import hashlib
import json
import math
import operator
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from theory.errors import BadData
from verify.objects.data.models import DATA_MODELS, positive_integer

MEASURED = 2                    # raised when the training or the measuring of a cell changes, so that no store answers with old rows
LANES = 16                      # most networks of equal shape that are trained at once
NUMBERS = 16_000_000            # most single-precision numbers that they may hold together; one alone may hold more
_OPERATIONS = {ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Add: operator.add, ast.Sub: operator.sub}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One network to train and what to measure of it.

    n data of R^d of a model of `DATA_MODELS`, labels sign(x_1) each flipped with the chance `flips` (½: random signs); k ReLU neurons with
    or without batch normalisation; full-batch Adam, or on `batch` points a step, with the learning rate `rate`, at most `epochs` passes,
    rounded up to a ten, ended when the network memorises (`stop`).  It memorises when all labels are right after rounding and the mean
    squared error before it is at most `epsilon`.  `decay` is the decoupled weight decay, `penalty` weighs the mean of
    ‖∇f(x_i)‖².  `points` fresh z ~ N(0, I/d) give the maximum random gradient.  `enclose`: nodes of the branch and bound for the Lipschitz
    constant on R^d (0: none); `laws`: the margins of the laws on the network, repaired to an exact fit; `atlas`: nodes of the search for
    the least constant of any fit with k kinks on the hull of the data (0: none).
    """

    n: int
    d: int
    k: int
    seed: int = 0
    data: str = "gaussian"
    flips: float = 0.5
    batch_norm: bool = True
    epsilon: float = 0.02
    epochs: int = 3000
    stop: bool = True
    batch: int = 0
    rate: float = 1e-3
    decay: float = 0.0
    penalty: float = 0.0
    points: int = 1000
    enclose: int = 0
    laws: bool = False
    atlas: int = 0

    def __post_init__(self) -> None:
        for name in ("n", "d", "k", "epochs", "points"):
            positive_integer(getattr(self, name), f"{name} of a cell")
        for name in ("seed", "batch", "enclose", "atlas"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise BadData(f"{name} of a cell is {value!r}; give an integer that is at least 0")
        for name in ("epsilon", "rate", "decay", "penalty", "flips"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
                raise BadData(f"{name} of a cell is {value!r}; give a finite number that is at least 0")
        for name in ("batch_norm", "stop", "laws"):
            if not isinstance(getattr(self, name), bool):
                raise BadData(f"{name} of a cell is {getattr(self, name)!r}; give true or false")
        if self.data not in DATA_MODELS:
            raise BadData(f"data of a cell is {self.data!r}; give one of {', '.join(DATA_MODELS)}")
        if self.flips > 1:
            raise BadData(f"flips of a cell is {self.flips}; give a chance, at most 1")
        if self.batch_norm and (self.n < 2 or self.batch == 1):
            raise BadData("batch normalisation needs two points at least: give n ≥ 2 and batch ≥ 2, or batch_norm = false")
        if self.batch > self.n:
            raise BadData(f"batch of a cell is {self.batch}, above n = {self.n}; give at most n, or 0 for all points")
        if self.atlas and self.n > 12:
            raise BadData(f"atlas needs n ≤ 12, and a cell has n = {self.n}; drop atlas or take fewer points")
        if 4 * self.numbers > _memory():
            raise BadData(f"a network with n = {self.n}, d = {self.d}, k = {self.k} needs about {4 * self.numbers / 2**30:,.0f} GiB, "
                          "more than the memory of this machine; take smaller sizes")

    @property
    def numbers(self) -> int:
        """About how many single-precision numbers its training holds: the data, the weights with gradient and moments, activations."""
        batch = self.batch or self.n
        return self.n * self.d + 6 * self.k * (self.d + 3) + 4 * batch * self.k + 2 * self.points * max(self.d, self.k)

    @property
    def key(self) -> str:
        """The hash of all its parameters, hexadecimal."""
        return _digest(json.dumps(asdict(self), sort_keys=True))

    @property
    def shape(self) -> tuple[Any, ...]:
        """What the cells that are trained at once have in common."""
        return (self.n, self.d, self.k, self.batch, self.epochs, self.batch_norm, self.penalty > 0)

    def streams(self) -> Iterator[np.random.Generator]:
        """Independent random streams, seeded by the key alone."""
        return iter(np.random.default_rng(int(self.key, 16)).spawn(4))


@dataclass(frozen=True)
class Task:
    """Cells of one shape, trained at once.  Which they are depends on the grid alone, not on what is finished."""

    cells: tuple[Cell, ...]

    @property
    def key(self) -> str:
        """The hash of the keys of its cells, and of how they are measured."""
        return _digest(" ".join([str(MEASURED), *(cell.key for cell in self.cells)]))


def tasks(cells: Sequence[Cell]) -> list[Task]:
    """The cells in tasks of equal shape, in the order of their first cells; cells that occur twice are taken once.

    >>> [len(task.cells) for task in tasks([Cell(n=4, d=2, k=3, seed=s) for s in range(20)] + [Cell(n=4, d=2, k=1)])]
    [16, 4, 1]
    """
    shapes: dict[tuple[Any, ...], list[Cell]] = {}
    for cell in dict.fromkeys(cells):
        shapes.setdefault(cell.shape, []).append(cell)
    found = []
    for alike in shapes.values():
        lanes = min(LANES, max(1, NUMBERS // alike[0].numbers))
        found += [Task(tuple(alike[i:i + lanes])) for i in range(0, len(alike), lanes)]
    return found


def read_grid(path: Path) -> list[Cell]:
    """The cells of a TOML file.

    Raises: BadData (no such file, not TOML, an unknown key, a value that a cell does not allow), naming the file.
    """
    try:
        with path.open("rb") as file:
            document = tomllib.load(file)
    except OSError as error:
        raise BadData(f"the grid {path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadData(f"the grid {path} is not TOML: {error}") from None
    try:
        return grid(document)
    except BadData as error:
        raise BadData(f"the grid {path}: {error}") from None


def grid(document: Mapping[str, Any]) -> list[Cell]:
    """The cells of the tables of a grid.

    Raises: BadData.

    >>> [(c.d, c.k) for c in grid({"defaults": {"epsilon": 0.1}, "cells": [{"n": 100, "d": [10, "n/2"], "k": "10*n/d"}]})]
    [(10, 100), (50, 20)]
    """
    unknown = sorted(set(document) - {"defaults", "cells"})
    tables, defaults = document.get("cells"), document.get("defaults", {})
    if unknown:
        raise BadData(f"there is no table {unknown[0]!r}; give [defaults] and [[cells]]")
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in (*tables, defaults)):
        raise BadData("there are no cells; give a table [[cells]] with n, d and k")
    return list(dict.fromkeys(cell for table in tables for cell in _cells({**defaults, **table})))


def _cells(table: Mapping[str, Any]) -> Iterator[Cell]:
    names = [field.name for field in fields(Cell)]
    for name in table:
        if name not in names:
            raise BadData(f"there is no option {name!r}; the options are {', '.join(names)}")
    for name in ("n", "d", "k"):
        if name not in table:
            raise BadData(f"a table of cells lacks {name}; give n, d and k")
    given = [name for name in names if name in table]                  # n before d before k, which may be written in them
    for values in product(*(table[name] if isinstance(table[name], list) else [table[name]] for name in given)):
        options: dict[str, Any] = {}
        for name, value in zip(given, values, strict=True):
            in_sizes = isinstance(value, str) and name in ("d", "k", "batch")
            options[name] = _size(value, name, options) if in_sizes else value
        yield Cell(**options)


def _size(text: str, name: str, sizes: Mapping[str, Any]) -> int:
    """The whole part of a formula in n, d, k with + − * / and numbers."""
    def value(node: ast.AST) -> float:
        match node:
            case ast.Expression(body=body):
                return value(body)
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.Name(id=("n" | "d" | "k") as size) if isinstance(sizes.get(size), int):
                return float(sizes[size])
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
                return float(_OPERATIONS[type(op)](value(left), value(right)))
        raise ValueError
    try:
        return math.floor(value(ast.parse(text, mode="eval")) + 1e-9)
    except (ValueError, SyntaxError, ArithmeticError, RecursionError, MemoryError):
        raise BadData(f'{name} of a cell is {text!r}; give a number, or a formula in the sizes before it, such as "n/2"') from None


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
