"""Instances for the rules on expectations and probabilities over signs; up to 12 signs are enumerated, so nothing is sampled."""

from __future__ import annotations

import numpy as np
from sympy import Rational

from theory.lemmas import processes, rules
from theory.terms import Abs, Symbol, VectorSymbol, dot, le
from verify.laws.lemmas.drawing import Array, n, off_by, stronger
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant

a, b = VectorSymbol("a", n), VectorSymbol("b", n)
g, h = Symbol("g", real=True), Symbol("h", real=True)
COUNTS: tuple[Shape, ...] = ({"n": 1}, {"n": 2}, {"n": 5})
EVENTS = Model({"A": lambda y: le(dot(y, a), g), "B": lambda y: le(dot(y, b), h)})
IMPLIED = Model({"A": lambda y: le(dot(y, a), g), "B": lambda y: le(dot(y, a), g + h)})


def _probability(w: Array, bound: float) -> float:
    signs = 2.0 * ((np.arange(2 ** len(w))[:, None] >> np.arange(len(w))) & 1) - 1
    return float(np.mean(signs @ w <= bound + 1e-9 * (1 + abs(bound))))


def _rounded(arrays: Arrays) -> Arrays:
    """Small integers, whose events have no ties that rounding could decide."""
    return {name: np.clip(np.rint(x), -50, 50) for name, x in arrays.items()}


def implied(arrays: Arrays, shape: Shape) -> Arrays:
    values = _rounded(arrays)
    return {"a": values["a"], "g": float(values["g"]), "h": abs(float(values["h"])), "p": _probability(values["a"], float(values["g"]))}


def not_implied(arrays: Arrays, shape: Shape) -> Arrays:
    return {**implied(arrays, shape), "h": -60.0}


def both_events(arrays: Arrays, shape: Shape) -> Arrays:
    v = _rounded(arrays)
    return {
        "a": v["a"],
        "b": v["b"],
        "g": float(v["g"]),
        "h": float(v["h"]),
        "p": 1 - _probability(v["a"], float(v["g"])),
        "q": 1 - _probability(v["b"], float(v["h"])),
    }


def less_failure(arrays: Arrays, shape: Shape) -> Arrays:
    """p smaller than the probability that A fails."""
    found = both_events(arrays, shape)
    return {**found, "p": found["p"] / 2}


MEANS = Model({"F": lambda y: dot(y, a) + g, "G": lambda y: Abs(dot(y, a)) + g + Abs(h)})


def largest(arrays: Arrays, shape: Shape) -> Arrays:
    return {**arrays, "bound": float(np.abs(arrays["a"]).sum() + arrays["g"])}


def constant(shape: Shape) -> list[Arrays]:
    """A constant function, whose mean is its largest value."""
    return [{"a": np.zeros(shape["n"]), "g": np.array(1.0), "h": np.array(0.0)}]


def too_small(arrays: Arrays, shape: Shape) -> Arrays:
    return {**arrays, "bound": float(arrays["g"]) - 1.0}


AG, ABGH = {"a": "n", "g": "", "h": ""}, {"a": "n", "b": "n", "g": "", "h": ""}
SYMMETRY = Model({"G": lambda y: Abs(dot(y, a) + g)})

SEARCHES = (
    Search(
        rules.expect_le,
        AG,
        COUNTS,
        MEANS,
        (stronger(), Variant("F above G", model=Model({"F": lambda y: Abs(dot(y, a)) + Abs(h), "G": lambda y: dot(y, a)}))),
        starts=constant,
    ),
    Search(rules.expect_le_constant, AG, COUNTS, MEANS, (stronger(), Variant("no bound", finish=too_small)), largest, constant),
    Search(
        rules.prob_implies,
        AG,
        COUNTS,
        IMPLIED,
        (Variant("1/100 more", lambda f: f.func(f.lhs + Rational(1, 100), f.rhs)), Variant("A does not imply B", finish=not_implied)),
        implied,
    ),
    Search(
        rules.prob_and,
        ABGH,
        COUNTS,
        EVENTS,
        (Variant("1/100 more", lambda f: f.func(f.lhs + Rational(1, 100), f.rhs)), Variant("p too small", finish=less_failure)),
        both_events,
    ),
    Search(rules.sign_square, {}, COUNTS, Model({}), (off_by(),)),
    Search(processes.sign_symmetry, AG, COUNTS, SYMMETRY, (off_by(),)),
)
