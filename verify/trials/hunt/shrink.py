"""Smaller counterexamples: fewer rows, dimensions and neurons, entries 0, ±1 and simple fractions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from verify.trials.hunt.judge import Certainty, draft_violates
from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.drafts import Draft

DENOMINATORS = (1, 2, 4, 10, 100)


def cost(draft: Draft) -> tuple[int, int, int]:
    """What shrinking makes smaller: the sizes, then the entries that are not 0, then the digits."""
    numbers = [x for array in draft.arrays.values() for x in array.reshape(-1)]
    digits = sum(len(str(abs(x.numerator))) + len(str(x.denominator)) + (x < 0) + (abs(x) != 1) for x in numbers if x)
    return sum(draft.sizes.values()) + len(numbers), sum(1 for x in numbers if x), digits


def shrunk(space: ClaimSpace, draft: Draft, certainty: Certainty, most: int, seconds: float) -> tuple[Draft, Certainty]:
    """The smallest counterexample that ``most`` trials of shrinking reach, or as many as the seconds allow; exact ones stay exact.

    An interruption ends the shrinking, and what was reached is returned.
    """
    deadline = time.monotonic() + seconds
    try:
        moved = True
        while moved:
            moved = False
            for smaller in _smaller(space, draft):
                if cost(smaller) >= cost(draft):
                    continue
                most -= 1
                if most < 0 or time.monotonic() > deadline:
                    return draft, certainty
                found = draft_violates(space, smaller, exact=certainty.exact)
                if found is not None and cost(found[0]) < cost(draft):
                    draft, certainty = found
                    moved = True
                    break
    except KeyboardInterrupt:
        pass
    return draft, certainty


def _smaller(space: ClaimSpace, draft: Draft) -> Iterator[Draft]:
    for name, size in draft.sizes.items():
        for less in sorted({1, size // 2, size - 1}):
            if 0 < less < size:
                sizes = {**draft.sizes, name: less}
                if space.allows(sizes):
                    yield from _cut(space, draft, sizes)
    for name, array in draft.arrays.items():
        if array.size > 1:
            yield draft.with_array(name, 0 * array)
        for value in sorted({abs(x) for x in array.reshape(-1) if x}):
            yield draft.with_array(name, array / value)     # entries that must keep their proportions
            for simpler in _simpler(value):                 # equal entries that must stay equal
                others = np.where(array == -value, -simpler, array)
                yield draft.with_array(name, np.where(array == value, simpler, others))
    for name, array in draft.arrays.items():
        for place in np.ndindex(array.shape):
            for value in _simpler(array[place]):
                changed = array.copy()
                changed[place] = value
                yield draft.with_array(name, changed)


def _cut(space: ClaimSpace, draft: Draft, sizes: dict[str, int]) -> Iterator[Draft]:
    """The leading and the trailing parts of the arrays."""
    for last in (False, True):
        arrays = {}
        for leaf in space.leaves:
            array, shape = draft.arrays[leaf.name], space.shape(leaf, sizes)
            if len(shape) > array.ndim:
                return
            array = array[(..., *(0,) * (array.ndim - len(shape)))]        # a tensor of lower order
            cut = tuple(slice(max(0, old - new), None) if last else slice(0, new) for old, new in zip(array.shape, shape, strict=True))
            arrays[leaf.name] = np.array(array[cut], dtype=object) if array.ndim else array
            if arrays[leaf.name].shape != shape:
                return
        yield Draft(sizes, arrays, draft.activations)


def _simpler(x: Fraction) -> Iterator[Fraction]:
    for value in (Fraction(0), Fraction(1), Fraction(-1), *(x.limit_denominator(q) for q in DENOMINATORS)):
        if value != x:
            yield value
