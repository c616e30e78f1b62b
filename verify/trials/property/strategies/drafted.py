"""Instances by drafts: sizes and small numbers are drawn, the hypotheses are built into them, and what cannot be built in is looked at.

Unlike the other sources of this package, this one **rejects**: a draft that cannot be repaired, or that breaks a hypothesis which nobody
knows how to build, is thrown away, and Hypothesis draws another.  In return it knows every claim: a formula that no builder
recognises is solved for one of its symbols (`verify.trials.spaces.claim_space`), or at least checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from theory.claim import Claim
from theory.errors import BadData, LawbookError
from theory.terms.printing.text import text
from verify.evaluate import HELD, Evaluator
from verify.objects.instance import Instance
from verify.trials.property.strategies.parameters import require_hypothesis
from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.drafts import Draft
from verify.trials.spaces.sizes import entries, filled, lopsided, namings, sizes_upto

LARGEST = 3             # sizes that are drawn
MANY = 5                # from this number of sizes on, only 1 and 2
PROBED = 200            # drafts in which at least one instance is looked for before the source is offered
ENTRIES = tuple(Fraction(t) for t in (0, 1, -1, 2, -2, "1/2", "-1/2", 3))      # of those drafts
NUMBERS = (st.integers(-1, 1).map(Fraction), st.integers(-3, 3).map(Fraction), st.integers(-6, 6).map(lambda t: Fraction(t, 2)),
           st.one_of(st.integers(-3, 3).map(Fraction), st.integers(-32, 32).map(lambda t: Fraction(t, 4))))

# --- drafts ---------------------------------------------------------------------------------------------------------------------


@st.composite
def drafts(draw: DrawFn, space: ClaimSpace, sizes_list: list[dict[str, int]]) -> Draft:
    """Drafts of the given sizes, simplest first: entries 0 and ±1, small integers, halves, then quarters.

    >>> from theory import find_claim
    >>> from verify.trials.property.strategies import simplest
    >>> simplest(drafts(ClaimSpace(find_claim("bln.thm9.energy")), [{"d": 1, "n": 2}])).text()
    '{"activations":{},"arrays":{"X":[["0"],["0"]],"s":"0"},"sizes":{"d":1,"n":2}}'
    """
    sizes = draw(st.sampled_from(sizes_list))
    number = draw(st.sampled_from(NUMBERS))                 # of one kind, so that small ones often meet
    values = [draw(number) for _ in range(entries(space, sizes))]
    names = {name: draw(st.sampled_from(options)) for name, options in space.activations.items()}
    return filled(space, sizes, values, names)


def draft_sizes(space: ClaimSpace) -> list[dict[str, int]]:
    """The sizes of which instances are drawn, the smallest first; large ones where the hypotheses allow no small ones."""
    return sizes_upto(space, LARGEST if len(space.sizes) < MANY else 2) or lopsided(space)


# --- instances ------------------------------------------------------------------------------------------------------------------

def built(space: ClaimSpace, draft: Draft) -> Instance | None:
    """The instance of a draft on which every hypothesis holds; None where it cannot be built, or one does not certainly hold."""
    instance = space.build(draft)
    return instance if instance is not None and broken(space, instance) is None else None


def broken(space: ClaimSpace, instance: Instance) -> str | None:
    """The first hypothesis that is not built in and does not certainly hold at a built instance; None if all hold."""
    at = Evaluator(instance)
    for hypothesis in space.unbuilt:
        try:
            if at.fact(hypothesis.formula).outcome not in HELD:
                return hypothesis.name
        except LawbookError:                                # a term that is not evaluated there
            return hypothesis.name
    return None


def drafted(claim: Claim, drop: str | None = None) -> SearchStrategy[Instance]:
    """Instances by drafts, for any claim; drafts that do not become instances are rejected.

    Raises: BadData if none of the first drafts becomes an instance; the message names the hypothesis on which most of them fail.

    >>> from verify.trials.property.strategies import simplest
    >>> from theory import find_claim
    >>> simplest(drafted(find_claim("bln.s31.sharp"))).values["alpha"].tolist()       # no builder knows its hypothesis 'linear'
    [Fraction(0, 1)]
    """
    require_hypothesis(claim, drop)
    space = ClaimSpace(claim, drop)
    sizes_list = draft_sizes(space)
    _require_instances(space, sizes_list)
    return drafted_at(space, sizes_list)


def drafted_at(space: ClaimSpace, sizes_list: list[dict[str, int]]) -> SearchStrategy[Instance]:
    """Instances by drafts of the given sizes."""
    def build(draft: Draft) -> Instance | None:
        return built(space, draft)

    return drafts(space, sizes_list).map(build).filter(lambda instance: instance is not None)       # tries thrice before it rejects


def _require_instances(space: ClaimSpace, sizes_list: list[dict[str, int]]) -> None:
    id = space.claim.id
    if not sizes_list:
        raise BadData(f"no small sizes {', '.join(space.sizes)} satisfy the hypotheses of {id}; "
                      "give a lawbook.Measurement that draws instances")
    missed: Counter[str] = Counter()
    for draft in _probes(space, sizes_list):
        instance = space.build(draft)
        name = _unmet(space, draft) if instance is None else broken(space, instance)
        if name is None:
            return
        missed[name] += 1
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
