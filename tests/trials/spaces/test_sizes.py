"""Sizes of drafts: small ones first, and those that the hypotheses ask for where small ones are not allowed."""

from __future__ import annotations

import pytest

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.source import Source
from theory.terms import VectorSymbol, d, dot, eq, le, lt, n
from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.sizes import LEAST, sizes_upto

u, y = VectorSymbol("u", d), VectorSymbol("y", n)


def space(*hypotheses):
    named = tuple(Hypothesis(f"h{place}", h) for place, h in enumerate(hypotheses))
    return ClaimSpace(Claim("demo", "demo", Source("nowhere"), Reading.TEMPTING, NormDomain.DATA, named, le(dot(u, u) * dot(y, y), 1)))


@pytest.mark.parametrize("hypotheses, first", [((), {"d": 1, "n": 1}), ((eq(d, 12),), {"d": 12, "n": 1}),
                                               ((eq(n, 2 * d), le(10, d)), {"d": 10, "n": 20}), ((le(3, n),), {"d": 1, "n": 3})])
def test_the_least_allowed_sizes_come_first(hypotheses, first):
    found = sizes_upto(space(*hypotheses), 3)
    assert found[0] == first and (max(first.values()) <= 3 or len(found) <= LEAST)


def test_sizes_that_no_number_meets():
    assert sizes_upto(space(lt(n, n)), 3) == []
