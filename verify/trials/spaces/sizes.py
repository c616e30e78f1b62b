"""The sizes of a claim, and drafts of given sizes filled with numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations, product
from typing import Any

import numpy as np

from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.drafts import Array, Draft

LARGE = (8, 16, 32)     # one size alone, from the second round on
MOST_ENTRIES = 400      # of an instance; beyond it exact arithmetic takes seconds
MOST_TUPLES = 5_000     # of sizes that are asked, where the small ones are not allowed
SQUARES = (1, 4, 9)
LEAST = 8               # of those that are allowed, the ones that are kept


@lru_cache(maxsize=64)
def sizes_upto(space: ClaimSpace, most: int) -> list[dict[str, int]]:
    """The allowed sizes up to ``most``, those with fewest entries first; where there are none, the least ones above."""
    for largest in (most, *(size for size in (8, 12, 16, 24, 32, 64) if size > most)):
        if largest > most and largest ** len(space.sizes) > MOST_TUPLES:
            break
        within = [[t for t in space.may_be(name) if abs(t) <= largest] for name in space.sizes]
        found = [dict(zip(space.sizes, values, strict=True)) for values in product(*within)]
        found = [sizes for sizes in found if entries(space, sizes) <= MOST_ENTRIES and space.allows(sizes)]
        if found:
            found += [sizes for sizes in _squares(space) if sizes not in found]
            break
    found.sort(key=lambda sizes: (entries(space, sizes), sum(map(abs, sizes.values())), tuple(sizes.values())))
    return found if largest == most else found[:LEAST]


def _squares(space: ClaimSpace) -> list[dict[str, int]]:
    """Sizes of which the equations take a root are 1, 4 or 9, the others 1 or 2."""
    if not space.under_roots:
        return []
    within = [SQUARES if name in space.under_roots else (1, 2) for name in space.sizes]
    found = [dict(zip(space.sizes, values, strict=True)) for values in product(*within)]
    return [sizes for sizes in found if entries(space, sizes) <= MOST_ENTRIES and space.allows(sizes)]


def lopsided(space: ClaimSpace) -> list[dict[str, int]]:
    """One or two sizes large and the others 1 or 2."""
    found = [{**dict.fromkeys(space.sizes, small), **dict.fromkeys(names, large)} for large in LARGE for small in (1, 2) for count in (1, 2)
             for names in combinations(space.sizes, count)]
    return [sizes for sizes in found if entries(space, sizes) <= MOST_ENTRIES and space.allows(sizes)]


def entries(space: ClaimSpace, sizes: dict[str, int]) -> int:
    """How many numbers an instance of these sizes holds."""
    shapes = (space.shape(leaf, sizes) for leaf in space.leaves)
    total = 0
    for shape in shapes:
        count = 1
        for side in shape:
            count *= min(side, MOST_ENTRIES + 1)           # a tensor of order 30 is not counted out
        total += min(count, MOST_ENTRIES + 1)
    return total


def filled(space: ClaimSpace, sizes: dict[str, int], values: Sequence[Any], names: dict[str, str]) -> Draft:
    """The draft of these sizes with the values in order."""
    arrays: dict[str, Array] = {}
    start = 0
    for leaf in space.leaves:
        shape = space.shape(leaf, sizes)
        size = int(np.prod(shape, dtype=int))
        array = np.empty(size, dtype=object)
        array[:] = list(values[start : start + size])
        arrays[leaf.name] = array.reshape(shape)
        start += size
    return Draft(sizes, arrays, names)


def namings(space: ClaimSpace) -> list[dict[str, str]]:
    """All choices of activations."""
    return [dict(zip(space.activations, names, strict=True)) for names in product(*space.activations.values())]
