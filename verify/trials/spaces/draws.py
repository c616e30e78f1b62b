"""Instances of any claim for its measurement: drafts of its symbols, the hypotheses built in, and what is left looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from theory.claim import Claim
from theory.errors import BadData, LawbookError, NotCertified
from theory.terms import MatrixSymbol, Symbol
from theory.terms.printing.text import text
from verify.evaluate import HELD, Evaluator
from verify.evaluate.declared import broken_by, declarations
from verify.laws.measure import Measurement
from verify.objects.instance import Instance
from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.drafts import Draft
from verify.trials.spaces.sizes import entries, filled, lopsided, namings, sizes_upto

LARGEST = 4             # sizes that are drawn
MANY = 5                # from this number of sizes on, only 1 and 2
PROBED = 200            # drafts in which at least one instance is looked for before instances are promised
ENOUGH = 60             # of them, once there is an instance
TRIED = 100             # drafts for one instance
ENTRIES = tuple(Fraction(t) for t in (0, 1, -1, 2, -2, "1/2", "-1/2", 3))
KINDS = (ENTRIES[:3], ENTRIES[1:3], ENTRIES, tuple(Fraction(p, 2) for p in range(-6, 7)))         # the entries of all arrays of one draft
NUMBERS = (*ENTRIES, *sorted({Fraction(p, q) for p in range(-20, 21) for q in (2, 4, 8)}))
COUNTS = 13             # values of an integer that is no dimension
SAME = 0.25             # of the draws of a matrix have equal rows: gradients that do not change, say
CLOSE = (Fraction(1, 64), Fraction(32))     # numbers that inequalities move to where they are tight


class NoMoreDrafts(NotCertified):
    """Many drafts in turn did not become an instance."""


def measured_by_drafts(claim: Claim) -> Measurement:
    """Instances of a claim by its formulas alone: its symbols by sort and declaration, its hypotheses built in, solved or looked at.

    Raises: BadData where a symbol has no value, or no draft becomes an instance; the message names the hypothesis that most of them miss.

    >>> from theory.claim import Hypothesis, NormDomain, Reading
    >>> from theory.source import Source
    >>> from theory.terms import VectorSymbol, d, dot, eq, le, norm
    >>> u, v = VectorSymbol("u", d), VectorSymbol("v", d)
    >>> claim = Claim("demo", "demo", Source("me"), Reading.OURS, NormDomain.DATA, (Hypothesis("right", eq(dot(u, v), 0)),),
    ...               eq(norm(u + v) ** 2, norm(u) ** 2 + norm(v) ** 2))
    >>> found = measured_by_drafts(claim).draw(np.random.default_rng(0)).values
    >>> found["u"] @ found["v"]
    Fraction(0, 1)
    """
    space = ClaimSpace(claim, beside=tuple(claim.facts.values()))
    for leaf in space.leaves:
        if isinstance(leaf, Symbol) and all(broken_by(leaf, value) for value in NUMBERS):
            said = ", ".join(name if is_so else f"not {name}" for name, is_so in declarations(leaf))
            raise BadData(f"no values are drawn for {leaf.name}, which is declared {said}; give a lawbook.Measurement that draws instances")
    allowed, names = sizes_that_serve(space, draft_sizes(space), surely=True), namings(space)

    def draw(rng: np.random.Generator) -> Instance:
        for _ in range(TRIED):
            instance = space.build(drawn_draft(space, allowed, names, rng))
            if instance is not None and broken(space, instance, surely=True) is None:
                return instance
        raise NoMoreDrafts(f"{TRIED} drafts in turn do not meet the hypotheses of {claim.id}; "
                           "give a lawbook.Measurement that draws instances")

    return Measurement(claim.id, draw)


def drawn_draft(space: ClaimSpace, allowed: list[dict[str, int]], names: list[dict[str, str]], rng: np.random.Generator) -> Draft:
    """A draft of one of the sizes and namings, its arrays with entries of one kind, its numbers such that bounds are often tight."""
    sizes, pool = allowed[int(rng.integers(1 + rng.integers(len(allowed))))], KINDS[int(rng.integers(len(KINDS)))]
    larger = {name: (small := space.may_be(name)[:COUNTS])[int(rng.integers(len(small)))] for name in space.counts}
    sizes = {**sizes, **larger} if larger and space.allows({**sizes, **larger}) else sizes
    values: list[Any] = []
    for leaf in space.leaves:
        is_number = isinstance(leaf, Symbol)
        own = CLOSE if is_number and rng.random() < 0.4 else NUMBERS if is_number else pool
        shape = space.shape(leaf, sizes)
        drawn = [own[int(j)] for j in rng.integers(len(own), size=int(np.prod(shape, dtype=int)))]
        if isinstance(leaf, MatrixSymbol) and rng.random() < SAME:
            drawn = drawn[: shape[1]] * shape[0]
        values += drawn
    draft = filled(space, sizes, values, names[int(rng.integers(len(names)))])
    return _mirrored(space, draft) if rng.random() < SAME else draft


def _mirrored(space: ClaimSpace, draft: Draft) -> Draft:
    """The draft with the opposite of the first function in place of the others, and small bounds, which are raised until they are tight.

    Then the functions move apart as fast as the bounds allow.
    """
    for bound in space.bounds if len(space.functions) > 1 else ():
        if bound.rhs.name in draft.arrays:
            draft = draft.with_array(bound.rhs.name, np.array(CLOSE[0], dtype=object))
    own = [f.name for f in space.functions if f"{f.name}.W" in draft.arrays]
    for other in own[1:]:
        for part, sign in (("W", 1), ("b", 1), ("a", -1), ("v", -1), ("c", -1)):
            array = np.array(sign * draft.arrays[f"{own[0]}.{part}"], dtype=object)
            if array.shape == draft.arrays[f"{other}.{part}"].shape:
                draft = draft.with_array(f"{other}.{part}", array)
    return draft


def draft_sizes(space: ClaimSpace, largest: int = LARGEST) -> list[dict[str, int]]:
    """The sizes of which instances are drawn, the smallest first; large ones where the hypotheses allow no small ones."""
    return sizes_upto(space, largest if len(space.sizes) < MANY else 2) or lopsided(space)


def broken(space: ClaimSpace, instance: Instance, *, surely: bool = False) -> str | None:
    """The first hypothesis that is not built in and does not certainly hold at a built instance; None if all hold.

    With ``surely`` what holds at sampled points does not count: it may fail at others.
    """
    at = Evaluator(instance)
    for hypothesis in space.unbuilt:
        try:
            found = at.fact(hypothesis.formula)
            if found.outcome not in HELD or (surely and found.sampled):
                return hypothesis.name
        except LawbookError:                                # a term that is not evaluated there
            return hypothesis.name
    return None


def sizes_that_serve(space: ClaimSpace, sizes_list: list[dict[str, int]], *, surely: bool = False) -> list[dict[str, int]]:
    """Of the given sizes those at which drafts became instances, where there are such among the first drafts.

    Raises: BadData if none of the first drafts becomes an instance; the message names the hypothesis on which most of them fail.
    """
    id = space.claim.id
    if not sizes_list:
        raise BadData(f"no small sizes {', '.join(space.sizes)} satisfy the hypotheses of {id}; "
                      "give a lawbook.Measurement that draws instances")
    missed: Counter[str] = Counter()
    serving: list[dict[str, int]] = []
    for turn, draft in enumerate(_probes(space, sizes_list)):
        if serving and turn >= max(ENOUGH, 2 * len(sizes_list)):
            break
        if draft.sizes in serving:
            continue
        instance = space.build(draft)
        name = _unmet(space, draft) if instance is None else broken(space, instance, surely=surely)
        if name is None:
            serving.append(dict(draft.sizes))
        else:
            missed[name] += 1
    if serving:
        return serving
    name = max(missed, key=missed.__getitem__)              # the first of those that are missed most often
    raise BadData(f"no instance of {id} was built: {missed[name]} of {PROBED} drafts do not meet its hypothesis {name!r}, "
                  f"{text(next(h for h in space.hypotheses if h.name == name).formula)}; give a lawbook.Measurement that draws instances")


def _probes(space: ClaimSpace, sizes_list: list[dict[str, int]]) -> Iterator[Draft]:
    """Drafts of all sizes in turn, always the same."""
    rng, names = np.random.default_rng(0), namings(space)
    for turn in range(PROBED):
        sizes = sizes_list[turn % len(sizes_list)]
        pool = ENTRIES[: 3 if turn % 2 else len(ENTRIES)]
        values = [pool[int(j)] for j in rng.integers(len(pool), size=entries(space, sizes))]
        yield filled(space, sizes, values, names[turn % len(names)])


def _unmet(space: ClaimSpace, draft: Draft) -> str:
    """The first hypothesis, of those that are solved or looked at, that does not hold at the draft as it stands."""
    asked = [h for h in space.hypotheses if h.name not in space.built | space.definitions] or list(space.hypotheses)
    try:
        at = Evaluator(space.rebuilt(draft))
    except LawbookError:                                    # a function is undefined there
        return asked[0].name
    for hypothesis in asked:
        try:
            if at.fact(hypothesis.formula).outcome not in HELD:
                return hypothesis.name
        except LawbookError:
            return hypothesis.name
    return asked[-1].name
