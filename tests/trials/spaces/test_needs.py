"""What a builder can do about a hypothesis: bounds that look alike, and which of them are met by construction."""

from __future__ import annotations

import pytest

from theory.terms import Abs, Formula, MatrixSymbol, Range, Symbol, VectorSymbol, d, dot, forall, index, le, n, norm
from verify.trials.spaces.needs import recognised

i = index("i")
r = Symbol("r", positive=True)
W, Z, v = MatrixSymbol("W", n, d), MatrixSymbol("Z", n, d), VectorSymbol("v", n)
ALL = (i, Range(n))


@pytest.mark.parametrize(("formula", "kind"), [
    (forall(le(norm(W[i]), r), ALL), "rows in ball"),
    (forall(le(Abs(v[i]), r), ALL), "entries bounded"),
    (forall(le(v[i], r), ALL), None),
    (forall(le(dot(W[i], Z[i]), 0), ALL), None),
    (forall(le(dot(W[i], Z[i]), r), ALL), None),
    (forall(le(norm(W[i] - Z[i]), r), ALL), None),
])
def test_bounds(formula: Formula, kind: str | None) -> None:
    found = recognised(formula)
    assert (None if found is None else found.kind) == kind
