"""Functions of which a claim names the gradient: instances that bend as the hypotheses ask, and the worst cases among them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.source import Source
from theory.terms import (
    Formula,
    Function,
    Gradient,
    Symbol,
    VectorSymbol,
    convex,
    d,
    differentiable,
    dot,
    eq,
    le,
    norm,
    smooth,
    strongly_convex,
    zero,
)
from verify.evaluate import Evaluator, Outcome
from verify.trials.hunt import Found, hunt
from verify.trials.spaces.draws import measured_by_drafts

f, x, y, z = Function("f", d), VectorSymbol("x", d), VectorSymbol("y", d), VectorSymbol("z", d)
L, mu = Symbol("L", positive=True), Symbol("mu", positive=True)
g = Gradient(f)
CLASSES: dict[str, tuple[Formula, ...]] = {
    "convex": (convex(f), differentiable(f)), "smooth": (smooth(f, L),), "of a given constant": (convex(f), smooth(f, 3)),
    "strongly convex and smooth": (strongly_convex(f, mu), smooth(f, L)), "a gradient alone": (),
}


def claiming(conclusion: Formula, *hypotheses: Formula) -> Claim:
    """A claim with hypotheses h1, h2, …"""
    named = tuple(Hypothesis(f"h{place}", h) for place, h in enumerate(hypotheses, 1))
    return Claim("demo", "demo", Source("me"), Reading.OURS, NormDomain.GLOBAL, named, conclusion)


@pytest.mark.parametrize("name", CLASSES)
def test_instances_are_of_the_class(name: str) -> None:
    """As its own numbers say, and as its values and difference quotients do."""
    hypotheses = CLASSES[name]
    measurement = measured_by_drafts(claiming(le(dot(g(x), y), f(y)), *hypotheses))
    rng = np.random.default_rng(0)
    for _ in range(20):
        instance = measurement.draw(rng)
        at, drawn = Evaluator(instance), instance.values["f"]
        assert all(at.fact(h).outcome is Outcome.HOLDS for h in hypotheses)
        (least, _), (largest, _) = drawn.bends
        p, q = rng.uniform(-3, 3, size=(2, 50, len(drawn.c)))
        slopes = np.sum((drawn.gradient(p) - drawn.gradient(q)) * (p - q), axis=1) / np.sum((p - q) ** 2, axis=1)
        assert np.all(slopes >= float(least) - 1e-9) and np.all(slopes <= float(largest) + 1e-9)
        step = 1e-6 * np.eye(len(drawn.c))
        differences = [(drawn(p + e) - drawn(p - e)) / 2e-6 for e in step]
        assert np.allclose(np.stack(differences, axis=1), drawn.gradient(p), atol=1e-5)
        assert type(drawn(np.array([[Fraction(1, 3)] * len(drawn.c)], dtype=object))[0]) is Fraction


def test_constants_are_those_of_the_function() -> None:
    measurement = measured_by_drafts(claiming(le(mu, L), strongly_convex(f, mu), smooth(f, L)))
    values = measurement.draw(np.random.default_rng(1)).values
    assert (values["mu"], values["L"]) == (values["f"].bends[0][0], values["f"].bends[1][0])


def test_each_hypothesis_bears_load() -> None:
    """One step of gradient descent gets below the start, unless f is not smooth; and without convexity z may be a maximum."""
    down = claiming(le(f(y), f(x)), smooth(f, L), eq(y, x - g(x) / L))
    least = claiming(le(f(z), f(x)), convex(f), differentiable(f), eq(g(z), zero(d)))
    assert isinstance(hunt(down, "h2", most=300), Found)
    assert isinstance(hunt(least, "h1", most=300), Found)


def test_gradients_are_bound_by_no_quantifier() -> None:
    """The gradient of a function that offers none is no number."""
    from theory.errors import BadData
    from verify.evaluate import Instance, evaluate
    with pytest.raises(BadData, match=r"the function f offers no gradient; give an object with .gradient"):
        evaluate(norm(g(x)), Instance({"f": lambda points: points[:, 0], "x": [1.0], "d": 1}))
