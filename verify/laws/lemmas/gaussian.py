"""Instances for the lemmas on Gaussian data: the law of one coordinate is known exactly."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from sympy import Rational

from theory.lemmas import gaussian
from theory.terms import And, Prob, VectorSymbol, dot, exp, le, norm
from theory.terms.linear import MatVec
from theory.terms.sets import SphereRows
from theory.terms.sorts import Binder
from verify.evaluate import Evaluator, Instance
from verify.laws.lemmas.drawing import n, positive, unit
from verify.laws.lemmas.events import AG, COUNTS, implied, not_implied
from verify.laws.lemmas.exact_tails import log_chi2_lower, log_chi2_upper
from verify.laws.lemmas.line import rewritten
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Finish, Search, Shape, Variant

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


# --- lengths of images ------------------------------------------------------------------------------------------------------------------

ROWS: tuple[Shape, ...] = ({"n": 1, "d": 2}, {"n": 5, "d": 1}, {"n": 100, "d": 3})
MANY: tuple[Shape, ...] = ({"n": 100_000, "d": 1},)


def image_tail(event: Any, at: Evaluator, instance: Instance) -> tuple[float, float]:
    """d‖Xv‖²/‖v‖² is χ² with n degrees of freedom; of two events the failures are disjoint."""
    n, long = int(instance.number("n")), float(np.sum(instance.array("v", 1) ** 2))
    tails = []
    for part in event.body.args if isinstance(event.body, And) else (event.body,):
        above = gaussian.v in part.rhs.free_symbols and not part.rhs.has(MatVec)
        low, high = (n * end / long for end in at.value(part.rhs if above else part.lhs))
        tails.append((log_chi2_upper(n, high)[0], log_chi2_upper(n, low)[1]) if above else
                     (log_chi2_lower(n, low)[0], log_chi2_lower(n, high)[1]))
    return tuple(float(np.logaddexp.reduce([tail[place] for tail in tails])) for place in (0, 1))  # type: ignore[return-value]


def length(above: bool) -> Finish:
    """A unit vector, and β beyond 1 or below it."""
    def finish(arrays: Arrays, shape: Shape) -> Arrays:
        t = float(positive(arrays["beta"])) + 1e-3
        return {"v": unit(arrays["v"]), "beta": 1 + t if above else 1 / (1 + t)}
    return finish


def distortion(arrays: Arrays, shape: Shape) -> Arrays:
    """A unit vector and ε < 1."""
    t = float(positive(arrays["eps"])) + 1e-3
    return {"v": unit(arrays["v"]), "eps": t / (1 + t)}


def near_one(name: str, value: float) -> Callable[[Shape], list[Arrays]]:
    """A start at which Chernoff's bound is sharp for many rows."""
    return lambda shape: [{name: np.array(value), "v": np.ones(shape["d"])}]


def sharper(formula: Any) -> Any:
    """The exponent larger by a fifth."""
    tail = 1 - formula.lhs
    factor, power = tail.as_independent(exp)
    return formula.func(1 - factor * exp(Rational(6, 5) * next(iter(power.atoms(exp))).args[0]), formula.rhs)


def certain(formula: Any) -> Any:
    """Probability 1."""
    return formula.func(1, formula.rhs)


def rare(arrays: Arrays, shape: Shape) -> Arrays:
    """Events x² ≤ g and x² ≤ h on the line, and failure probabilities that a sample can decide."""
    g, h = (abs(float(arrays[name])) + 0.1 for name in ("g", "h"))
    return {"g": g, "h": h, **{name: 1.06 - math.erf(math.sqrt(level / 2)) for name, level in (("p", g), ("q", h))}}


g, h = gaussian.level.func("g", real=True), gaussian.level.func("h", real=True)
SHORT = Model({"A": lambda X: le(norm(X[1]) ** 2, g), "B": lambda X: le(norm(X[1]) ** 2, h)})
SHORT_FOR_ALL = Model({"A": lambda X, i, j: le(norm(X[1]) ** 2, g)})
LENGTHS = Model({}, log_tail=image_tail)
LABELS = Model({"A": lambda X, y: le(dot(y, a), g), "B": lambda X, y: le(dot(y, a), g + h)}, without_data)

SEARCHES = (
    Search(gaussian.gaussian_length_upper, {"v": "d", "beta": ""}, ROWS, LENGTHS,
           (Variant("a fifth more", sharper, shapes=MANY, starts=near_one("beta", 0.05)),), length(True), tight=False),
    Search(gaussian.gaussian_length_lower, {"v": "d", "beta": ""}, ROWS, LENGTHS,
           (Variant("a fifth more", sharper, shapes=MANY, starts=near_one("beta", 0.05)),), length(False), tight=False),
    Search(gaussian.one_vector, {"v": "d", "eps": ""}, ROWS, LENGTHS,
           (Variant("a fifth more", sharper, shapes=MANY, starts=near_one("eps", 0.05)),), distortion, tight=False),
    Search(gaussian.prob_gaussian_and, {"g": "", "h": ""}, ({"n": 1, "d": 1},), SHORT, (Variant("certain", certain),), rare, tight=False),
    Search(gaussian.prob_gaussian_pairs, {"g": "", "h": ""}, ({"n": 1, "d": 1, "m": 3},), SHORT_FOR_ALL,
           (Variant("certain", certain),), rare, tight=False),
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
