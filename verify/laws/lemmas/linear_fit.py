"""Instances for the least eigenvalue of a Gram matrix, and for events about Gaussian data."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from sympy import Rational

from theory.lemmas import linear_fit
from theory.terms import Prob, Symbol, le, norm
from verify.evaluate import Evaluator, Instance
from verify.laws.lemmas.drawing import bound_with, row, stronger
from verify.laws.lemmas.exact_tails import log_chi2_lower
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant

FEW: tuple[Shape, ...] = ({"n": 1, "d": 1}, {"n": 1, "d": 3}, {"n": 2, "d": 2}, {"n": 3, "d": 5})


def orthonormal(shape: Shape) -> list[Arrays]:
    """Orthonormal rows, where Rayleigh's bound is an equality."""
    return [{"V": np.eye(shape["d"])[: shape["n"]], "v": np.ones(shape["n"])}]



def twice(formula: Any) -> Any:
    """The largest eigenvalue in place of the least."""
    return formula.func(formula.lhs + formula.rhs, formula.rhs)


def below_root(arrays: Arrays, shape: Shape) -> Arrays:
    """0 ≤ s ≤ √d − √n."""
    return {"s": min(abs(float(arrays["s"])), math.sqrt(shape["d"]) - math.sqrt(shape["n"]))}


def one_row(event: Prob, at: Evaluator, instance: Instance) -> tuple[float, float] | None:
    """For one row d·λ is χ² with d degrees of freedom; None for more rows, which are simulated."""
    n, d = int(instance.number("n")), int(instance.number("d"))
    if n > 1:
        return None
    low, high = at.value(event.body.lhs)
    return log_chi2_lower(d, low)[0], log_chi2_lower(d, high)[1]


IMPLIED = Model({"A": lambda X: le(norm(X[1]) ** 2, Symbol("g", real=True)), "B": lambda X: le(norm(X[1]) ** 2, Symbol("h", real=True))})


def implied(arrays: Arrays, shape: Shape) -> Arrays:
    """On the line: P(x² ≤ g) = erf(√(g/2)), and a p that a sample can decide."""
    g = abs(float(arrays["g"])) + 0.1
    return {"g": g, "h": g + abs(float(arrays["h"])), "p": math.erf(math.sqrt(g / 2)) - 0.06}


def not_implied(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis missed: B is rarer than A."""
    return {"g": 2.0, "h": 0.1, "p": 0.7}


SEARCHES = (
    Search(linear_fit.gram_rayleigh, {"V": "nd", "v": "n"}, FEW, Model({"V": row}), (stronger(), Variant("λ_min + ‖Σ c_i v_i‖²", twice)),
           starts=orthonormal),
    Search(linear_fit.davidson_szarek_least, {"s": ""}, ({"n": 1, "d": 4}, {"n": 1, "d": 100}, {"n": 2, "d": 9}),
           Model({}, log_tail=one_row),
           (Variant("five times the exponent", bound_with(Rational(5)), shapes=({"n": 1, "d": 100},)),), below_root,
           lambda shape: [{"s": np.array(0.5 * (math.sqrt(shape["d"]) - math.sqrt(shape["n"])))}], tight=False),
    Search(linear_fit.prob_gaussian_implies, {"g": "", "h": ""}, ({"n": 1, "d": 1},), IMPLIED,
           (Variant("A does not imply B", finish=not_implied),), implied, tight=False),
)
