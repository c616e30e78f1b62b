"""Arguments of strategies, checked when the strategy is asked for, and exact arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy
from numpy.typing import NDArray

from theory.errors import BadData
from verify.objects.data.models import positive_integer

Array = NDArray[Any]


def simplest(
    strategy: SearchStrategy[Any], condition: Callable[[Any], bool] = lambda value: True, *, seed: int = 0, max_examples: int = 1000
) -> Any:
    """The simplest value that Hypothesis finds where the condition holds; the same on every machine.

    Raises: BadData if none of ``max_examples`` values satisfies the condition.

    >>> simplest(st.integers(0, 9), lambda t: t * t > 20)
    5
    """
    options = settings(max_examples=positive_integer(max_examples, "the number of examples"), database=None, deadline=None,
                       report_multiple_bugs=False, phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck))
    try:
        return find(strategy, condition, settings=options, random=Random(seed))
    except NoSuchExample:
        raise BadData(f"none of {max_examples} values satisfies the condition; give more examples or another condition") from None


def sizes(n: Any, d: Any) -> tuple[int, int]:
    """n and d as positive integers, or BadData."""
    return positive_integer(n, "n, the number of points,"), positive_integer(d, "d, the dimension,")


def integer_in(value: Any, low: int, high: int, what: str) -> int:
    """An integer of {low, …, high}, or BadData."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not low <= value <= high:
        raise BadData(f"{what} is {value!r}; give an integer from {low} to {high}")
    return int(value)


def exact(entries: Any) -> Array:
    """An array of fractions from nested lists or an array of integers and fractions.

    >>> exact([[1, Fraction(1, 2)]]).tolist()
    [[Fraction(1, 1), Fraction(1, 2)]]
    """
    raw = np.array(entries, dtype=object)
    result = np.empty(raw.shape, dtype=object)
    for place, entry in np.ndenumerate(raw):
        result[place] = Fraction(int(entry)) if isinstance(entry, np.integer) else Fraction(entry)
    return result


def identity(d: int) -> Array:
    """The identity of fractions."""
    return exact(np.eye(d, dtype=int))


def rationals(bound: int = 2, max_denominator: int = 2) -> SearchStrategy[Fraction]:
    """Fractions with numerators in {−bound, …, bound} and denominators in {1, …, max_denominator}; 0 is the simplest.

    Raises: BadData for bounds that are not positive integers.

    >>> simplest(rationals(3), lambda t: t > 1)
    Fraction(2, 1)
    """
    bound = positive_integer(bound, "the bound on the numerators")
    most = positive_integer(max_denominator, "the largest denominator")
    return st.builds(Fraction, st.integers(-bound, bound), st.integers(1, most))


def listed(strategy: SearchStrategy[Any], count: int) -> SearchStrategy[list[Any]]:
    """Lists of exactly that many elements."""
    return st.lists(strategy, min_size=count, max_size=count)


def arrays(entries: SearchStrategy[Any], shape: tuple[int, ...]) -> SearchStrategy[Array]:
    """Arrays of fractions of a shape."""
    return listed(entries, int(np.prod(shape, dtype=int))).map(lambda flat: exact(flat).reshape(shape))


def stacked(rows: Iterable[Array]) -> Array:
    """Rows of fractions as a matrix."""
    return exact([list(row) for row in rows])


def row_tuples(X: Array) -> list[tuple[Any, ...]]:
    """The rows as tuples, which can be compared and hashed."""
    return [tuple(row) for row in X.tolist()]
