"""Instances for the lemmas on Gaussian data: the law of one coordinate is known exactly."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from sympy import Rational

from theory.lemmas import gaussian
from theory.terms import Prob, VectorSymbol, dot, le
from theory.terms.sets import SphereRows
from theory.terms.sorts import Binder
from verify.evaluate import Evaluator, Instance
from verify.laws.lemmas.drawing import n, positive, unit
from verify.laws.lemmas.events import AG, COUNTS, implied, not_implied
from verify.laws.lemmas.line import rewritten
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant

SHAPES: tuple[Shape, ...] = ({"n": 1, "d": 1}, {"n": 2, "d": 3})
a = VectorSymbol("a", n)


def coordinate(event: Prob, at: Evaluator, instance: Instance) -> tuple[float, float]:
    """√d x_j·x is N(0, ‖x‖²), so log P(|√d x_j·x| ≤ s) = log erf(s/(√2‖x‖))."""
    size = float(np.linalg.norm(instance.array("x", 1)))
    low, high = (math.erf(max(s, 0.0) / (math.sqrt(2) * size)) for s in at.value(event.body.lhs))
    # erf is rounded at 1e-16, and so is the norm of x
    return (math.log(low) - 1e-14 if low > 0 else -math.inf), (math.log(high) + 1e-14 if high > 0 else -math.inf)


def at_unit_point(arrays: Arrays, shape: Shape) -> Arrays:
    return {"x": unit(arrays["x"]), "s": min(float(positive(arrays["s"])), 8.0)}


def shorter(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis ‖x‖ = 1 missed."""
    return {"x": unit(arrays["x"]) / 2, "s": 1.0}


def heights(shape: Shape) -> list[Arrays]:
    return [{"s": np.array(s)} for s in (0.5, 1.0, 2.0, 3.0, 4.0)]


def five_percent(formula: Any) -> Any:
    """The bound larger by 5 %; it is violated at s = 3."""
    return formula.func(formula.body.func(Rational(21, 20) * formula.body.lhs, formula.body.rhs), *formula.limits)


def without_data(formula: Any) -> Any:
    """Quantifiers and probabilities over data that the body does not mention, dropped: exact."""

    def change(term: Any) -> Any:
        if not isinstance(term, Binder) or not any(isinstance(domain, SphereRows) for domain in term.domains):
            return term
        kept = [(v, domain) for v, domain in term.limits if not isinstance(domain, SphereRows) or v in term.body.free_symbols]
        return term.func(term.body, *kept)

    return rewritten(formula, change)


g, h = gaussian.level.func("g", real=True), gaussian.level.func("h", real=True)
LABELS = Model({"A": lambda X, y: le(dot(y, a), g), "B": lambda X, y: le(dot(y, a), g + h)}, without_data)

SEARCHES = (
    Search(
        gaussian.mills,
        {"x": "d", "s": ""},
        SHAPES,
        Model({}, log_tail=coordinate),
        (Variant("5 % more", five_percent), Variant("x of norm ½", finish=shorter)),
        at_unit_point,
        heights,
        tight=False,
    ),
    Search(
        gaussian.prob_draws_implies,
        AG,
        COUNTS,
        LABELS,
        (Variant("1/100 more", lambda f: f.func(f.lhs + Rational(1, 100), f.rhs)), Variant("A does not imply B", finish=not_implied)),
        implied,
    ),
)
