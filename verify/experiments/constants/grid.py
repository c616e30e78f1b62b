"""Sizes, limits along which they grow, and what is measured for one open constant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

ALLOWED_FAILURE = 0.05    # of a statement "with high probability", where the statement does not say how likely it is


class Sense(Enum):
    """On which side of the inequality the open constant is."""

    LOWER = "c·law ≤ quantity"
    UPPER = "quantity ≤ C·law"


@dataclass(frozen=True)
class Sizes:
    """The sizes of one cell: n data of R^d, width or rank k, degree p, and τ of a tail; those that play no part are left out."""

    n: int
    d: int
    k: int | None = None
    p: int | None = None
    tau: int | None = None

    def __str__(self) -> str:
        return ", ".join(f"{'τ' if name == 'tau' else name} = {value}" for name, value in vars(self).items() if value is not None)


@dataclass(frozen=True)
class Limit:
    """Cells along which one size grows; ``rule`` says what the others do meanwhile.

    >>> sorted(str(s) for s in along("d", "n = d", (2, 4), lambda d: Sizes(n=d, d=d)).cells)
    ['n = 2, d = 2', 'n = 4, d = 4']
    """

    parameter: str
    rule: str
    cells: tuple[Sizes, ...]
    end: str = "∞"

    def __str__(self) -> str:
        return f"{self.letter} → {self.end} with {self.rule}"

    @property
    def letter(self) -> str:
        """The growing size as it is written."""
        return "τ" if self.parameter == "tau" else self.parameter

    def values(self) -> list[int]:
        """The growing size at each cell."""
        return [getattr(cell, self.parameter) for cell in self.cells]


def along(parameter: str, rule: str, values: Iterable[int], sizes: Callable[[int], Sizes], end: str = "∞") -> Limit:
    """The limit through the cells at the given values of the parameter."""
    return Limit(parameter, rule, tuple(map(sizes, values)), end)


Quantity = Callable[[Sizes, np.random.Generator], tuple[float, float]]
Law = Callable[[Sizes], float]


@dataclass(frozen=True)
class OpenConstant:
    """A printed inequality between a random quantity and a law in the sizes, with an open constant.

    ``quantity`` takes the sizes and a generator, draws data and labels, and gives lower ≤ quantity ≤ upper, the upper end infinite where
    nothing was found.  For a statement about every fit (or some fit) the quantity is its infimum over the fits; ``below`` and ``above``
    say what bounds it.
    """

    id: str
    statement: str
    sense: Sense
    quantity: Quantity
    law: Law
    below: str
    above: str
    limits: Sequence[Limit]
    part: str = ""

    @property
    def name(self) -> str:
        """The id, with the part of the statement where it has several."""
        return f"{self.id} ({self.part})" if self.part else self.id

    def cells(self) -> tuple[Sizes, ...]:
        """Every cell of every limit once, in order."""
        return tuple(dict.fromkeys(cell for limit in self.limits for cell in limit.cells))


def failure(sizes: Sizes) -> float:
    """The probability with which the statement may fail at these sizes: e^{−τ} where it has a τ, else 5 %."""
    return ALLOWED_FAILURE if sizes.tau is None else float(np.exp(-sizes.tau))


def as_json(sizes: Sizes) -> dict[str, Any]:
    """The sizes that play a part."""
    return {name: value for name, value in vars(sizes).items() if value is not None}
