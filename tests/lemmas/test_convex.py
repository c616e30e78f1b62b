"""Uses of the lemmas on convex and smooth functions: what they say of a function of the author's, and what they do not."""

from __future__ import annotations

import pytest

from theory.check import check_step
from theory.errors import BadData, ShapeError
from theory.proof import step
from theory.registry import lemma, rule
from theory.terms import (
    Formula,
    Function,
    Gradient,
    Space,
    Symbol,
    VectorSymbol,
    convex,
    d,
    differentiable,
    dot,
    forall,
    le,
    n,
    norm,
    smooth,
    strongly_convex,
)
from theory.terms.elaborate import elaborate

h, k = Function("h", d), Function("k", d)
x, p, q = (VectorSymbol(name, d) for name in "xpq")
M, L = Symbol("M", positive=True), Symbol("L", positive=True)
g, other = Gradient(h), Gradient(k)
TANGENT = le(h(p) + dot(g(p), q - p), h(q))
SMOOTH = le(h(p) + dot(g(p), q - p) + norm(g(q) - g(p)) ** 2 / (2 * M), h(q))
TRUE = {
    "a tangent": (TANGENT, lemma.above_tangent, [convex(h), differentiable(h)]),
    "at all points": (forall(le(h(x) + dot(g(x), q - x), h(q)), (x, Space(d))), lemma.above_tangent, [convex(h), differentiable(h)]),
    "interpolation": (SMOOTH, lemma.interpolation, [convex(h), smooth(h, M)]),
    "a gradient that is Lipschitz": (le(norm(g(p) - g(q)), 3 * norm(p - q)), lemma.smooth_gradient, [smooth(h, 3)]),
    "strongly convex": (le(h(p) + dot(g(p), q - p) + M / 2 * norm(q - p) ** 2, h(q)), lemma.above_paraboloid,
                        [strongly_convex(h, M), differentiable(h)]),
    "smooth, hence differentiable": (differentiable(h), rule.smooth_differentiable, [smooth(h, M)]),
}
FALSE = {
    "the tangent of another function": (le(h(p) + dot(other(p), q - p), h(q)), lemma.above_tangent, [convex(h), differentiable(h)]),
    "another function is convex": (TANGENT, lemma.above_tangent, [convex(k), differentiable(h)]),
    "another function is differentiable": (TANGENT, lemma.above_tangent, [convex(h), differentiable(k)]),
    "a concave function": (TANGENT, lemma.above_paraboloid, [strongly_convex(h, -1), differentiable(h)]),
    "another constant": (SMOOTH, lemma.interpolation, [convex(h), smooth(h, L)]),
    "twice the gap": (le(h(p) + dot(g(p), q - p) + norm(g(q) - g(p)) ** 2 / M, h(q)), lemma.interpolation, [convex(h), smooth(h, M)]),
    "not convex": (SMOOTH, lemma.interpolation, [smooth(h, M), differentiable(h)]),
    "half the constant": (le(norm(g(p) - g(q)), norm(p - q) * M / 2), lemma.smooth_gradient, [smooth(h, M)]),
}


def proved(goal: Formula, by: object, facts: list[Formula]) -> bool:
    """Whether the kernel replays a derivation of the step."""
    named = {f"h{place}": fact for place, fact in enumerate(facts)}
    return check_step(step("it", goal, by=by, using=tuple(named)), named).status.is_proof      # type: ignore[arg-type]


@pytest.mark.parametrize("name", TRUE)
def test_true(name: str) -> None:
    assert proved(*TRUE[name])


@pytest.mark.parametrize("name", FALSE)
def test_false(name: str) -> None:
    assert not proved(*FALSE[name])


def test_what_has_no_gradient() -> None:
    with pytest.raises(ShapeError, match="Gradient takes a function, not p"):
        Gradient(p)
    with pytest.raises(ShapeError, match="argument of the gradient of h: dimensions d and n differ"):
        g(VectorSymbol("v", n))
    with pytest.raises(BadData, match="names its kind"):
        elaborate(smooth(h, Symbol("L")))
