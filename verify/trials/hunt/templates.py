"""Templates of families M ↦ member(M): entries base + slope·M + inverse/M at small sizes, or sizes and numbers that are M."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np

from theory.errors import BadData, LawbookError
from theory.terms import Symbol
from verify.objects.instance import Instance
from verify.trials.hunt.searches import POOL, SMALL
from verify.trials.refutation.open_constants import MEMBERS
from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.drafts import Array, Draft, draft_of, rationals
from verify.trials.spaces.sizes import entries, filled, namings, sizes_upto

ALL_SMALL = 800
BLOCKS = 24                             # templates of one choice of growing sizes
MOST_CELLS = 1 << 12                    # of the largest member


@dataclass(frozen=True)
class GrowingTemplate:
    """base + slope·M + inverse/M at the given sizes, of which those in ``growing`` are M; what is added is 0."""

    base: Draft
    slope: dict[str, Array]
    inverse: dict[str, Array]
    growing: frozenset[str] = frozenset()

    def document(self) -> dict[str, Any]:
        """The template as JSON values."""
        parts = [Draft(self.base.sizes, arrays, {}).document()["arrays"] for arrays in (self.slope, self.inverse)]
        return {"base": self.base.document(), "slope": parts[0], "inverse": parts[1], "growing": sorted(self.growing)}

    @property
    def is_fixed(self) -> bool:
        """Whether all members are the same."""
        return not self.growing and not any(np.any(array != 0) for part in (self.slope, self.inverse) for array in part.values())

    def draft(self, space: ClaimSpace, size: int) -> Draft:
        """The member for M = size, before the hypotheses are built in."""
        sizes = {name: size if name in self.growing else value for name, value in self.base.sizes.items()}
        arrays = {}
        for leaf in space.leaves:
            small = self.base.arrays[leaf.name] + size * self.slope[leaf.name] + self.inverse[leaf.name] * Fraction(1, size)
            full = np.empty(space.shape(leaf, sizes), dtype=object)
            full.fill(Fraction(0))
            full[tuple(slice(0, side) for side in np.shape(small))] = small
            arrays[leaf.name] = full
        return Draft(sizes, arrays, self.base.activations)

    def member(self, space: ClaimSpace, size: int) -> Instance:
        """The instance for M = size."""
        found = space.build(self.draft(space, size))
        if found is None:
            raise LawbookError(f"the template has no member at M = {size}")
        return found


def template_of(document: Any) -> GrowingTemplate:
    """The template that a document holds.

    Raises: BadData when it holds none.
    """
    try:
        base = draft_of(document["base"])
        slope, inverse = (dict(draft_of({**document["base"], "arrays": document[part]}).arrays) for part in ("slope", "inverse"))
        found = GrowingTemplate(base, slope, inverse, frozenset(map(str, document["growing"])))
    except (KeyError, TypeError) as error:
        raise BadData(f"a stored family cannot be read ({error}); remove it from the store") from None
    if not found.growing <= set(base.sizes) or not (slope.keys() == inverse.keys() == base.arrays.keys()):
        raise BadData("a stored family cannot be read (its parts do not belong together); remove it from the store")
    return found


def templates(space: ClaimSpace, number: int) -> Iterator[GrowingTemplate]:
    """Fixed small instances; sizes sent to infinity; entries sent to infinity; in turn."""
    rng = np.random.default_rng([number, 4])
    sources = [_growing_numbers(space), _growing_sizes(space, rng)]
    if space.claim.chance is None:                         # against a probability, entries of one draw show nothing
        sources += [_growing_entries(space, rng), _fixed(space)]
    while sources:
        for source in tuple(sources):
            found = next(source, None)
            if found is None:
                sources.remove(source)
            else:
                yield found


def _zeros(draft: Draft) -> dict[str, Array]:
    return {name: rationals(0 * array) for name, array in draft.arrays.items()}      # 0 times an array without axes is none


def _fixed(space: ClaimSpace) -> Iterator[GrowingTemplate]:
    for sizes in sizes_upto(space, 2):
        m = entries(space, sizes)
        if len(SMALL) ** m <= ALL_SMALL:
            for values, names in product(product(SMALL, repeat=m), namings(space)):
                draft = filled(space, sizes, values, names)
                yield GrowingTemplate(draft, _zeros(draft), _zeros(draft))


def _growing_sizes(space: ClaimSpace, rng: np.random.Generator) -> Iterator[GrowingTemplate]:
    """Up to two sizes are M and the others 1, 2, 3; the leading entries are 1, or drawn."""
    for fixed in (1, 2, 3):
        for count in (1, 2):
            for growing in combinations(space.sizes, count):
                rest = [name for name in space.sizes if name not in growing]
                for values in product(range(1, fixed + 1), repeat=len(rest)):
                    if max(values, default=fixed) < fixed:
                        continue                           # seen before
                    sizes = {**dict(zip(rest, values, strict=True)), **dict.fromkeys(growing, 1)}
                    yield from _blocks(space, sizes, frozenset(growing), rng)


def _blocks(space: ClaimSpace, sizes: dict[str, int], growing: frozenset[str], rng: np.random.Generator) -> Iterator[GrowingTemplate]:
    if not all(space.allows({**sizes, **dict.fromkeys(growing, size)}) for size in MEMBERS):
        return
    m = entries(space, sizes)
    if any(entries(space, {**sizes, **dict.fromkeys(growing, size)}) > MOST_CELLS for size in MEMBERS):
        return
    names = namings(space)
    for naming in names:
        ones = filled(space, sizes, [Fraction(1)] * m, naming)
        for draft in (ones, *(ones.with_array(leaf.name, 0 * ones.arrays[leaf.name]) for leaf in space.leaves)):
            yield GrowingTemplate(draft, _zeros(draft), _zeros(draft), growing)
    for turn in range(BLOCKS if m > 1 else 0):
        draft = filled(space, sizes, [POOL[int(j)] for j in rng.integers(len(POOL), size=m)], names[turn % len(names)])
        yield GrowingTemplate(draft, _zeros(draft), _zeros(draft), growing)


def _growing_numbers(space: ClaimSpace) -> Iterator[GrowingTemplate]:
    """Sizes up to 2, and one of the numbers of the claim is M."""
    numbers = [leaf for leaf in space.leaves if isinstance(leaf, Symbol)]
    for sizes, leaf in product(sizes_upto(space, 2), numbers):
        draft = filled(space, sizes, [Fraction(1)] * entries(space, sizes), namings(space)[0])
        slope = {**_zeros(draft), leaf.name: rationals(1)}
        yield GrowingTemplate(draft.with_array(leaf.name, rationals(0)), slope, _zeros(draft))


def _growing_entries(space: ClaimSpace, rng: np.random.Generator) -> Iterator[GrowingTemplate]:
    """Each entry is 0, ±1, ±M, ±M + 1 or 1/M."""
    kinds = ((0, 0, 0), (0, 0, 0), (1, 0, 0), (-1, 0, 0), (1, 0, 0), (0, 1, 0), (0, -1, 0), (1, 1, 0), (0, 0, 1))
    turn = 0
    pool = [s for s in sizes_upto(space, 3) if 0 < entries(space, s) <= 24]
    names = namings(space)
    while pool:
        sizes = pool[turn % len(pool)]
        drawn = np.array([kinds[int(j)] for j in rng.integers(len(kinds), size=entries(space, sizes))])
        parts = [filled(space, sizes, list(rationals(drawn[:, j].tolist())), names[turn % len(names)]) for j in range(3)]
        yield GrowingTemplate(parts[0], dict(parts[1].arrays), dict(parts[2].arrays))
        turn += 1
