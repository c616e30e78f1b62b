"""Instances for the lemmas on random signs: expectations, contraction, tails.  Up to 12 signs are enumerated, so nothing is sampled.

Suprema over directions are taken in R¹, where they are maxima of two values; an index set {c + x, c − x} is any pair of points.  For
many equal weights the tail of Σ y_i is a binomial one, computed on a log scale.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sympy import Abs, Integer, Rational, Symbol, expand, preorder_traversal

from theory.lemmas import concentration, processes, rules
from theory.terms import Expect, MatrixSymbol, Prob, Sum, VectorSymbol, dot, exp, ge, index, le
from verify.evaluate import Evaluator, Instance
from verify.lemmas.drawing import Array, d, entry, m, n, off_by, positive, row, stronger
from verify.lemmas.exact_tails import log_binomial_tail
from verify.lemmas.line import UNIT, on_the_line
from verify.lemmas.measure import Oracle
from verify.lemmas.search import Arrays, Reading, Search, Shape, Variant
from verify.lemmas.vectors import ACTIVATIONS
from verify.networks import activation

a, b, weights = (VectorSymbol(name, n) for name in ("a", "b", "F"))
V, C, Z = MatrixSymbol("V", n, d), MatrixSymbol("C", n, m), MatrixSymbol("Z", n, d)
i = index("i")
g, h = Symbol("g", real=True), Symbol("h", real=True)
COUNTS: tuple[Shape, ...] = ({"n": 1}, {"n": 2}, {"n": 5})
VECTORS: tuple[Shape, ...] = ({"n": 1, "d": 1}, {"n": 3, "d": 2}, {"n": 6, "d": 2})
LINE: tuple[Shape, ...] = ({"n": 1, "d": 1}, {"n": 2, "d": 1}, {"n": 4, "d": 1})


def finishing_s(arrays: Arrays, shape: Shape) -> Arrays:
    return {**arrays, "s": float(positive(arrays["s"]))}


# --- tails of Σ F_i y_i ------------------------------------------------------------------------------------------------------------


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


def many(count: int, variance: float, **extra: Any) -> Callable[[Arrays, Shape], Arrays]:
    """`count` weights 1 (not stored: the oracle knows them) with σ² = the variance proxy."""
    return lambda arrays, shape: {"sigma": float(np.sqrt(variance)), "s": float(positive(arrays["s"])) * 8, **extra}


# --- processes in R¹ ---------------------------------------------------------------------------------------------------------------

AFFINE = {"F": lambda u, i: dot(u, V[i]) + a[i]}  # two index points a ± v
SHIFTED = {"F": lambda u, beta, i: dot(u, V[i]) + beta}
ON_LINE, WITH_SHIFT = Reading(AFFINE, on_the_line()), Reading(SHIFTED, on_the_line(V))


def process(arrays: Arrays, shape: Shape, *, shifts: bool = False) -> Arrays:
    """σ² = the largest Σ_i F(u, i)² over the index set."""
    offsets = (1.0, -1.0) if shifts else (arrays["a"],)
    tops = [np.sum((sign * arrays["V"][:, 0] + offset) ** 2) for sign in (1, -1) for offset in offsets]
    return {**arrays, UNIT: np.ones(1), "sigma": float(np.sqrt(max(tops))) * (1 + 1e-14), "s": float(positive(arrays["s"]))}


def smaller_sigma(shifts: bool) -> Callable[[Arrays, Shape], Arrays]:
    def finish(arrays: Arrays, shape: Shape) -> Arrays:
        found = process(arrays, shape, shifts=shifts)
        return {**found, "sigma": found["sigma"] / 20}

    return finish


def contracted(arrays: Arrays, shape: Shape) -> Arrays:
    psi = activation(ACTIVATIONS[int(abs(float(arrays["which"]))) % len(ACTIVATIONS)])
    return {**arrays, UNIT: np.ones(1), "psi": psi, "L": float(psi.lipschitz)}


def raised(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis ψ(0) = 0 missed."""
    return {**contracted(arrays, shape), "psi": _raised, "L": 1.0, "V": 1e-3 * arrays["V"], "a": 1e-3 * arrays["a"]}


def _raised(t: Array) -> Array:
    return np.abs(t) + 1.0


def steep(arrays: Arrays, shape: Shape) -> Arrays:
    return {**contracted(arrays, shape), "psi": _steep, "L": 1.0}


def _steep(t: Array) -> Array:
    return 2 * np.asarray(t)


CONTRACTION = {"V": "nd", "a": "n", "which": ""}
PROCESS = {"V": "nd", "a": "n", "s": ""}


def identity_starts(shape: Shape) -> list[Arrays]:
    """ψ = id, where contraction is an equality."""
    return [{"V": np.ones((shape["n"], shape["d"])), "a": np.zeros(shape["n"]), "which": np.array(3.0)}]


# --- matrix series -----------------------------------------------------------------------------------------------------------------

PAIRS = Reading({"F": lambda i, j: C[i, j], "V": lambda i, j: V[i] + (j - 1) * Z[i]})
SERIES: tuple[Shape, ...] = ({"n": 1, "d": 1, "m": 2}, {"n": 4, "d": 2, "m": 2})
OUTER: tuple[Shape, ...] = ({"n": 1, "d": 1}, {"n": 4, "d": 2}, {"n": 6, "d": 3})


def series(arrays: Arrays, shape: Shape) -> Arrays:
    """A_i = c_i1 v vᵀ + c_i2 (v+z)(v+z)ᵀ: any symmetric matrix of order 2; σ² = λ_max(ΣA_i²)."""
    V, Z, C = arrays["V"], arrays["Z"], arrays["C"]
    A = [c[0] * np.outer(v, v) + c[1] * np.outer(v + z, v + z) for v, z, c in zip(V, Z, C, strict=True)]
    top = np.linalg.eigvalsh(sum(x @ x for x in A))[-1]
    return {**arrays, "sigma": _root(top), "s": float(positive(arrays["s"]))}


def outer_series(arrays: Arrays, shape: Shape) -> Arrays:
    V = arrays["V"]
    top = np.linalg.eigvalsh((V * np.sum(V**2, axis=1)[:, None]).T @ V)[-1]
    return {**arrays, "sigma": _root(top), "s": float(positive(arrays["s"]))}


def _root(top: float) -> float:
    return float(np.sqrt(max(top, 0.0))) * (1 + 1e-12) + 1e-150


def narrow(finish: Callable[[Arrays, Shape], Arrays]) -> Callable[[Arrays, Shape], Arrays]:
    """σ too small by the factor 20."""
    return lambda arrays, shape: {**finish(arrays, shape), "sigma": finish(arrays, shape)["sigma"] / 20}


# --- weighted signs ----------------------------------------------------------------------------------------------------------------


def weighted(arrays: Arrays, shape: Shape) -> Arrays:
    size = float(np.linalg.norm(arrays["F"])) * (1 + 1e-14)
    return {**arrays, "sigma": size, "s": float(positive(arrays["s"]))}


def differences(arrays: Arrays, shape: Shape) -> Arrays:
    """F(y) = |y·F| has the differences c_i = 2|F_i|."""
    return {**weighted(arrays, shape), "sigma": 2 * float(np.linalg.norm(arrays["F"])) * (1 + 1e-14)}


HOEFFDING = Reading({"F": entry("F")})
BOUNDED_DIFFERENCES = Reading({"F": lambda y: Abs(dot(y, weights)), "G": lambda i: 2 * Abs(weights[i])})
LARGE = 20_000


def exponent(factor: Rational) -> Callable[[Any], Any]:
    """The threshold of the event, less its mean, times √factor: a constant in the exponent that is too strong."""

    def change(formula: Any) -> Any:
        event = formula.rhs.body
        s = next(x for x in formula.free_symbols if x.name == "s")
        return formula.func(formula.lhs, Prob(event.func(event.lhs, event.rhs.subs(s, factor * s)), *formula.rhs.limits))

    return change


MEAN = Reading({})
MANY_MEAN = Reading({}, log_tail=equal_weights(LARGE, two_sided=True, scale=LARGE))
MANY = Reading({"F": lambda i: Rational(1)}, log_tail=equal_weights(LARGE))
MANY_DIFFERENCES = Reading({"F": lambda y: Sum(y[i], (i, n)), "G": lambda i: Rational(2)}, log_tail=equal_weights(LARGE))
ONE = ({"n": LARGE},)


def grid(shape: Shape) -> list[Arrays]:
    return [{"s": np.array(t)} for t in (5.0, 10.0, 20.0, 30.0)]


def mean_grid(arrays: Arrays, shape: Shape) -> Arrays:
    return {"s": float(np.sqrt(2 * 8 * positive(arrays["s"]) / shape["n"]))}


def bound_with(factor: Rational) -> Callable[[Any], Any]:
    """1 − δ replaced by 1 − δ^factor."""

    def change(formula: Any) -> Any:
        delta = expand(1 - formula.lhs)
        coefficient, power = delta.as_coeff_Mul()
        exponent_of = next(f for f in power.atoms(exp))
        return ge(formula.rhs, 1 - coefficient * (power / exponent_of) * exp(factor * exponent_of.args[0]))

    return change


# --- events ------------------------------------------------------------------------------------------------------------------------

EVENTS = Reading({"A": lambda y: le(dot(y, a), g), "B": lambda y: le(dot(y, b), h)})
IMPLIED = Reading({"A": lambda y: le(dot(y, a), g), "B": lambda y: le(dot(y, a), g + h)})


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


MEANS = Reading({"F": lambda y: dot(y, a) + g, "G": lambda y: Abs(dot(y, a)) + g + Abs(h)})


def largest(arrays: Arrays, shape: Shape) -> Arrays:
    return {**arrays, "bound": float(np.abs(arrays["a"]).sum() + arrays["g"])}


def constant(shape: Shape) -> list[Arrays]:
    """A constant function, whose mean is its largest value."""
    return [{"a": np.zeros(shape["n"]), "g": np.array(1.0), "h": np.array(0.0)}]


def too_small(arrays: Arrays, shape: Shape) -> Arrays:
    return {**arrays, "bound": float(arrays["g"]) - 1.0}


NORMS = Reading({"V": row})
WITH_CENTRE = {"V": "nd", "c": "d"}
AG, ABGH = {"a": "n", "g": "", "h": ""}, {"a": "n", "b": "n", "g": "", "h": ""}
SYMMETRY = Reading({"G": lambda y: Abs(dot(y, a) + g)})

SEARCHES = (
    Search(
        rules.expect_le,
        AG,
        COUNTS,
        MEANS,
        (stronger(), Variant("F above G", reading=Reading({"F": lambda y: Abs(dot(y, a)) + Abs(h), "G": lambda y: dot(y, a)}))),
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
    Search(rules.sign_square, {}, COUNTS, Reading({}), (off_by(),)),
    Search(processes.sign_symmetry, AG, COUNTS, SYMMETRY, (off_by(),)),
    Search(processes.rademacher_norm, {"V": "nd"}, VECTORS, NORMS, (stronger(),)),
    Search(processes.rademacher_sum, {}, COUNTS, Reading({}), (stronger(),)),
    Search(processes.second_moment, WITH_CENTRE, VECTORS, NORMS, (off_by(),)),
    Search(
        processes.hoeffding_mean,
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
            Variant("σ too small", finish=narrow(weighted)),
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
            Variant("σ too small", finish=narrow(differences)),
        ),
        differences,
        tight=False,
        also=(Variant("many signs", None, many(LARGE, 4 * LARGE), ONE, grid, MANY_DIFFERENCES),),
    ),
    Search(
        concentration.matrix_rademacher,
        {"V": "nd", "Z": "nd", "C": "nm", "s": ""},
        SERIES,
        PAIRS,
        (Variant("σ too small", finish=narrow(series)), Variant("exponent 20 times larger", exponent(Rational(1, 20)))),
        series,
        tight=False,
    ),
    Search(
        concentration.matrix_rademacher_outer,
        {"V": "nd", "s": ""},
        OUTER,
        NORMS,
        (Variant("σ too small", finish=narrow(outer_series)), Variant("exponent 20 times larger", exponent(Rational(1, 20)))),
        outer_series,
        tight=False,
    ),
    Search(
        processes.convex_concentration,
        PROCESS,
        LINE,
        ON_LINE,
        (Variant("σ too small", finish=smaller_sigma(False)), Variant("exponent 100 times larger", exponent(Rational(1, 100)))),
        process,
        tight=False,
    ),
    Search(
        processes.convex_concentration_shifted,
        PROCESS,
        LINE,
        WITH_SHIFT,
        (Variant("σ too small", finish=smaller_sigma(True)), Variant("exponent 100 times larger", exponent(Rational(1, 100)))),
        lambda a, s: process(a, s, shifts=True),
        tight=False,
    ),
    Search(
        processes.contraction,
        CONTRACTION,
        LINE,
        ON_LINE,
        (stronger(), Variant("ψ is 2-Lipschitz", finish=steep)),
        contracted,
        identity_starts,
    ),
    Search(
        processes.contraction_abs_shifted,
        CONTRACTION,
        LINE,
        WITH_SHIFT,
        (Variant("right side 60 % smaller", stronger(60).change),),
        contracted,
        tight=False,
    ),
    Search(
        concentration.contraction_abs,
        CONTRACTION,
        LINE,
        ON_LINE,
        (Variant("ψ(0) = 1", finish=raised), Variant("a factor 1/2 in place of 2", stronger(75).change)),
        contracted,
        identity_starts,
        tight=False,
    ),
)
