"""Instances by drafts: sizes and small numbers are drawn, the hypotheses are built into them, and what cannot be built in is looked at.

Unlike the other sources of this package, this one **rejects**: a draft that cannot be repaired, or that breaks a hypothesis which nobody
knows how to build, is thrown away, and Hypothesis draws another.  In return it knows every claim: a formula that no builder
recognises is solved for one of its symbols (`verify.trials.spaces.claim_space`), or at least checked.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from theory.claim import Claim
from verify.objects.instance import Instance
from verify.trials.property.strategies.parameters import require_hypothesis
from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.drafts import Draft
from verify.trials.spaces.draws import broken, draft_sizes, sizes_that_serve
from verify.trials.spaces.sizes import entries, filled

LARGEST = 3             # sizes that are drawn
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


# --- instances ------------------------------------------------------------------------------------------------------------------

def built(space: ClaimSpace, draft: Draft) -> Instance | None:
    """The instance of a draft on which every hypothesis holds; None where it cannot be built, or one does not certainly hold."""
    instance = space.build(draft)
    return instance if instance is not None and broken(space, instance) is None else None


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
    return drafted_at(space, sizes_that_serve(space, draft_sizes(space, LARGEST)))


def drafted_at(space: ClaimSpace, sizes_list: list[dict[str, int]]) -> SearchStrategy[Instance]:
    """Instances by drafts of the given sizes."""
    def build(draft: Draft) -> Instance | None:
        return built(space, draft)

    return drafts(space, sizes_list).map(build).filter(lambda instance: instance is not None)       # tries thrice before it rejects
