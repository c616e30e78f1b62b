"""Instances for the lemmas on Rademacher processes and matrix series; up to 12 signs are enumerated, so nothing is sampled.

Suprema over directions are taken in R¹, where they are maxima of two values; an index set {c + x, c − x} is any pair of points.
"""

from __future__ import annotations

import numpy as np
from sympy import Rational

from theory.lemmas import concentration, processes
from theory.terms import MatrixSymbol, VectorSymbol, dot
from verify.laws.lemmas.drawing import Array, d, exponent, m, n, positive, row, stronger, too_narrow
from verify.laws.lemmas.line import UNIT, on_the_line
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Finish, Search, Shape, Variant
from verify.laws.lemmas.vectors import ACTIVATIONS, slope_of
from verify.objects.networks import activation

a = VectorSymbol("a", n)
V, C, Z = MatrixSymbol("V", n, d), MatrixSymbol("C", n, m), MatrixSymbol("Z", n, d)
LINE: tuple[Shape, ...] = ({"n": 1, "d": 1}, {"n": 2, "d": 1}, {"n": 4, "d": 1})
NORMS = Model({"V": row})

# --- processes in R¹ ---------------------------------------------------------------------------------------------------------------

AFFINE = {"F": lambda u, i: dot(u, V[i]) + a[i]}  # two index points a ± v
SHIFTED = {"F": lambda u, beta, i: dot(u, V[i]) + beta}
ON_LINE, WITH_SHIFT = Model(AFFINE, on_the_line()), Model(SHIFTED, on_the_line(V))


def process(arrays: Arrays, shape: Shape, *, shifts: bool = False) -> Arrays:
    """σ² = the largest Σ_i F(u, i)² over the index set."""
    offsets = (1.0, -1.0) if shifts else (arrays["a"],)
    tops = [np.sum((sign * arrays["V"][:, 0] + offset) ** 2) for sign in (1, -1) for offset in offsets]
    return {**arrays, UNIT: np.ones(1), "sigma": float(np.sqrt(max(tops))) * (1 + 1e-14), "s": float(positive(arrays["s"]))}


def smaller_sigma(shifts: bool) -> Finish:
    def finish(arrays: Arrays, shape: Shape) -> Arrays:
        found = process(arrays, shape, shifts=shifts)
        return {**found, "sigma": found["sigma"] / 20}

    return finish


def contracted(arrays: Arrays, shape: Shape) -> Arrays:
    psi = activation(ACTIVATIONS[int(abs(float(arrays["which"]))) % len(ACTIVATIONS)])
    return {**arrays, UNIT: np.ones(1), "psi": psi, "L": slope_of(psi)}


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

PAIRS = Model({"F": lambda i, j: C[i, j], "V": lambda i, j: V[i] + (j - 1) * Z[i]})
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


BOUNDED = frozenset({"bounded above"})  # values at two points of the line, or a shifted |·| on a segment

SEARCHES = (
    Search(
        concentration.matrix_rademacher,
        {"V": "nd", "Z": "nd", "C": "nm", "s": ""},
        SERIES,
        PAIRS,
        (Variant("σ too small", finish=too_narrow(series)), Variant("exponent 20 times larger", exponent(Rational(1, 20)))),
        series,
        tight=False,
    ),
    Search(
        concentration.matrix_rademacher_outer,
        {"V": "nd", "s": ""},
        OUTER,
        NORMS,
        (Variant("σ too small", finish=too_narrow(outer_series)), Variant("exponent 20 times larger", exponent(Rational(1, 20)))),
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
        unmeasured=BOUNDED,
    ),
    Search(
        processes.contraction_shifted,
        CONTRACTION,
        LINE,
        WITH_SHIFT,
        (Variant("right side 60 % smaller", stronger(60).change),),
        contracted,
        tight=False,
        unmeasured=BOUNDED,
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
        unmeasured=BOUNDED,
    ),
)
