"""Instances for the lemmas on weighted sums of signs.  Up to 12 signs are enumerated, so nothing is sampled.

For many equal weights the tail of Σ y_i is a binomial one, computed on a log scale: there the constants in the exponents are sharp.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Integer, Rational, preorder_traversal

from theory.lemmas import concentration, processes
from theory.terms import Abs, Expect, Sum, VectorSymbol, dot, index
from verify.evaluate import Evaluator, Instance
from verify.laws.lemmas.drawing import bound_with, entry, exponent, n, off_by, positive, row, stronger, too_narrow
from verify.laws.lemmas.exact_tails import log_binomial_tail
from verify.laws.lemmas.measure import Model, Oracle
from verify.laws.lemmas.search import Arrays, Finish, Search, Shape, Variant

weights, i = VectorSymbol("F", n), index("i")
COUNTS: tuple[Shape, ...] = ({"n": 1}, {"n": 2}, {"n": 5})
VECTORS: tuple[Shape, ...] = ({"n": 1, "d": 1}, {"n": 3, "d": 2}, {"n": 6, "d": 2})


def finishing_s(arrays: Arrays, shape: Shape) -> Arrays:
    return {**arrays, "s": float(positive(arrays["s"]))}


def equal_weights(count: int, *, two_sided: bool = False, scale: int = 1) -> Oracle:
    """log P(Σ y_i > scale·τ) for `count` signs, τ being the threshold of the lemma's event, less the mean, which is 0.

    Twice that when the event bounds the modulus of the sum.
    """

    def log_tail(term: Any, at: Evaluator, instance: Instance) -> tuple[float, float] | None:
        threshold = term.body.rhs
        low, high = at.value(threshold.xreplace({t: Integer(0) for t in preorder_traversal(threshold) if isinstance(t, Expect)}))
        slack = 1e-9 * max(1.0, abs(high * scale))  # the threshold is rounded; a tie counts for the event
        both = np.log(2) if two_sided else 0.0
        return log_binomial_tail(count, high * scale + slack) + both, log_binomial_tail(count, low * scale - slack) + both

    return log_tail


def many(count: int, variance: float, **extra: Any) -> Finish:
    """`count` weights 1 (not stored: the oracle knows them) with σ² = the variance proxy."""
    return lambda arrays, shape: {"sigma": float(np.sqrt(variance)), "s": float(positive(arrays["s"])) * 8, **extra}


def weighted(arrays: Arrays, shape: Shape) -> Arrays:
    size = float(np.linalg.norm(arrays["F"])) * (1 + 1e-14)
    return {**arrays, "sigma": size, "s": float(positive(arrays["s"]))}


def differences(arrays: Arrays, shape: Shape) -> Arrays:
    """F(y) = |y·F| has the differences c_i = 2|F_i|."""
    return {**weighted(arrays, shape), "sigma": 2 * float(np.linalg.norm(arrays["F"])) * (1 + 1e-14)}


HOEFFDING = Model({"F": entry("F")})
BOUNDED_DIFFERENCES = Model({"F": lambda y: Abs(dot(y, weights)), "G": lambda i: 2 * Abs(weights[i])})
LARGE = 20_000


MEAN = Model({})
MANY_MEAN = Model({}, log_tail=equal_weights(LARGE, two_sided=True, scale=LARGE))
MANY = Model({"F": lambda i: Rational(1)}, log_tail=equal_weights(LARGE))
MANY_DIFFERENCES = Model({"F": lambda y: Sum(y[i], (i, n)), "G": lambda i: Rational(2)}, log_tail=equal_weights(LARGE))
ONE = ({"n": LARGE},)


def grid(shape: Shape) -> list[Arrays]:
    return [{"s": np.array(t)} for t in (5.0, 10.0, 20.0, 30.0)]


def mean_grid(arrays: Arrays, shape: Shape) -> Arrays:
    return {"s": float(np.sqrt(2 * 8 * positive(arrays["s"]) / shape["n"]))}


NORMS = Model({"V": row})
WITH_CENTRE = {"V": "nd", "c": "d"}

SEARCHES = (
    Search(processes.rademacher_norm, {"V": "nd"}, VECTORS, NORMS, (stronger(),)),
    Search(processes.rademacher_sum, {}, COUNTS, Model({}), (stronger(),)),
    Search(processes.second_moment, WITH_CENTRE, VECTORS, NORMS, (off_by(),)),
    Search(
        concentration.hoeffding_mean,
        {"s": ""},
        COUNTS,
        MEAN,
        (
            Variant("exponent 5 % larger", bound_with(Rational(21, 20)), mean_grid, ONE, grid, MANY_MEAN),
            Variant("factor 2 missing", lambda f: f.func(1 - (1 - f.lhs) / 2, f.rhs)),
        ),
        finishing_s,
        tight=False,
        also=(Variant("many signs", None, mean_grid, ONE, grid, MANY_MEAN),),
    ),
    Search(
        concentration.hoeffding_signs,
        {"F": "n", "s": ""},
        COUNTS,
        HOEFFDING,
        (
            Variant("exponent 5 % larger", exponent(Rational(20, 21)), many(LARGE, LARGE), ONE, grid, MANY),
            Variant("σ too small", finish=too_narrow(weighted)),
        ),
        weighted,
        tight=False,
        also=(Variant("many signs", None, many(LARGE, LARGE), ONE, grid, MANY),),
    ),
    Search(
        concentration.mcdiarmid,
        {"F": "n", "s": ""},
        COUNTS,
        BOUNDED_DIFFERENCES,
        (
            Variant("exponent 5 % larger", exponent(Rational(20, 21)), many(LARGE, 4 * LARGE), ONE, grid, MANY_DIFFERENCES),
            Variant("σ too small", finish=too_narrow(differences)),
        ),
        differences,
        tight=False,
        also=(Variant("many signs", None, many(LARGE, 4 * LARGE), ONE, grid, MANY_DIFFERENCES),),
    ),
)
