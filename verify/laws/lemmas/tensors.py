"""Instances for the lemmas on tensors and on coefficients of polynomials."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev

from theory.lemmas import polynomials, tensors
from theory.terms import MatrixSymbol, Symbol, VectorSymbol, le, norm, sqrt
from verify.laws.lemmas.drawing import Array, d, entry, off_by, row, stronger, unit
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant

p = Symbol("p", integer=True, positive=True)
U = MatrixSymbol("U", p, d)
PLAIN, VECTORS = Model({}), Model({"V": row})
ORDERS: tuple[Shape, ...] = tuple({"d": d, "p": p, "e": d**p} for d, p in ((1, 3), (2, 1), (2, 2), (3, 2), (2, 3), (3, 3)))
PLANE: tuple[Shape, ...] = tuple({"d": d, "p": p, "e": d**p} for d, p in ((1, 2), (3, 2), (2, 3)))


def dense(arrays: Arrays, shape: Shape) -> Arrays:
    """T from its d^p entries."""
    return {name: a.reshape((shape["d"],) * shape["p"]) if name == "T" else a for name, a in arrays.items()}


def symmetric(arrays: Arrays, shape: Shape) -> Arrays:
    T = dense(arrays, shape)["T"]
    return {"T": np.mean([np.transpose(T, order) for order in permutations(range(T.ndim))], axis=0)}


def harmonic(order: int) -> Array:
    """Re (x + iy)^p as a symmetric tensor of the plane: ‖T‖_op = 1 and ‖T‖_F = 2^{(p−1)/2}, the extreme ratio."""
    T = np.zeros((2,) * order)
    for place in np.ndindex(T.shape):
        T[place] = (1j ** sum(place)).real
    return T


def extreme(shape: Shape) -> list[Arrays]:
    return [{"T": harmonic(shape["p"]).reshape(-1)}] if shape["d"] == 2 else []


def with_units(arrays: Arrays, shape: Shape) -> Arrays:
    return {**dense(arrays, shape), "U": unit(arrays["U"])}


def rank_one(shape: Shape) -> list[Arrays]:
    """T = e_1 ⊗ … ⊗ e_1 and u_q = e_1, where the definition of the norm is an equality."""
    T = np.zeros(shape["e"])
    T[0] = 1.0
    e = np.eye(shape["d"])
    return [{"T": T, "U": e[np.zeros(shape["p"], dtype=int)], "v": e[0]}]


def antisymmetric(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis of symmetry missed: a rotation by a right angle has no value ⟨T, u⊗u⟩."""
    T = np.zeros((shape["d"],) * 2)
    T[0, 1], T[1, 0] = 1.0, -1.0
    return {"T": T}


# --- Gram matrices -----------------------------------------------------------------------------------------------------------------

GRAM: tuple[Shape, ...] = ({"n": 1, "d": 2, "p": 2}, {"n": 3, "d": 2, "p": 2}, {"n": 3, "d": 2, "p": 3}, {"n": 2, "d": 2, "p": 1})


def in_ball(arrays: Arrays, shape: Shape) -> Arrays:
    V = arrays["V"]
    size = np.linalg.norm(V, axis=1, keepdims=True)
    return {**arrays, "V": V / np.maximum(size * (1 + 1e-14), 1.0)}


def too_long(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis ‖v_i‖ ≤ 1 missed."""
    return {**arrays, "V": 1.1 * unit(arrays["V"])}


# --- polynomials -------------------------------------------------------------------------------------------------------------------

DEGREES: tuple[Shape, ...] = tuple({"n": degree + 1} for degree in (0, 1, 2, 3, 6))


def largest_value(c: Array) -> float:
    """max |Σ c_i t^{i−1}| on [−1, 1], at an end or where the derivative vanishes."""
    polynomial = np.polynomial.Polynomial(c)
    roots = polynomial.deriv().trim(0.0).roots() if len(c) > 1 else np.zeros(0)
    places = np.concatenate([np.clip(np.real(roots), -1, 1), [-1.0, 1.0, 0.0]])
    return float(np.max(np.abs(polynomial(places))))


def bounded(arrays: Arrays, shape: Shape) -> Arrays:
    """A polynomial and its largest value; 1e-9 covers roots that are badly conditioned."""
    return {"F": arrays["F"], "bound": largest_value(arrays["F"]) * (1 + 1e-9)}


def chebyshev_starts(shape: Shape) -> list[Arrays]:
    """T_m and T_{m−1}."""
    starts = []
    for degree in {shape["n"] - 1, max(shape["n"] - 2, 0)}:
        c = chebyshev.cheb2poly(np.eye(shape["n"])[degree])
        starts.append({"F": np.concatenate([c, np.zeros(shape["n"] - len(c))])})
    return starts


def unbounded(arrays: Arrays, shape: Shape) -> Arrays:
    found = bounded(arrays, shape)
    return {**found, "bound": found["bound"] / 2}


def as_if_one(formula: Any) -> Any:
    """M(m, j) replaced by 1: the coefficient at most the largest value."""
    bound = next(x for x in formula.free_symbols if x.name == "bound")
    return formula.func(le(formula.body.lhs, bound), *formula.limits)


MARKOV = Model({"F": entry("F")})
T = tensors.T

SEARCHES = (
    Search(
        tensors.tensor_fro_op,
        {"T": "e"},
        ORDERS,
        PLAIN,
        (stronger(), Variant("power (p − 2)/2", lambda f: le(f.lhs, f.rhs / sqrt(d)))),
        dense,
        extreme,
    ),
    Search(
        tensors.banach,
        {"T": "e"},
        PLANE,
        PLAIN,
        (off_by(), Variant("T not symmetric", finish=antisymmetric, shapes=({"d": 2, "p": 2, "e": 4},))),
        symmetric,
        extreme,
        slack=1e-5,
    ),
    Search(
        tensors.injective,
        {"T": "e", "U": "pd"},
        ORDERS,
        Model({"U": lambda q: U[q]}),
        (stronger(), Variant("vectors of norm 2", finish=lambda a, s: {**dense(a, s), "U": 2 * unit(a["U"])})),
        with_units,
        rank_one,
    ),
    Search(
        tensors.injective_power,
        {"T": "e", "v": "d"},
        ORDERS,
        PLAIN,
        (stronger(), Variant("one power of ‖v‖ less", lambda f: le(f.lhs, f.rhs / norm(VectorSymbol("v", d))))),
        dense,
        rank_one,
    ),
    Search(tensors.tensor_dot, {"x": "d", "x'": "d"}, tuple({"d": s["d"], "p": s["p"]} for s in ORDERS), PLAIN, (off_by(),)),
    Search(tensors.tensor_norm, {"x": "d"}, tuple({"d": s["d"], "p": s["p"]} for s in ORDERS), PLAIN, (off_by(),)),
    Search(tensors.schur_gram, {"V": "nd"}, GRAM, VECTORS, (stronger(), Variant("rows of norm 11/10", finish=too_long)), in_ball),
    Search(
        polynomials.markov_coeff,
        {"F": "n"},
        DEGREES,
        MARKOV,
        (stronger(), Variant("M(m, j) = 1", as_if_one), Variant("half the largest value", finish=unbounded)),
        bounded,
        chebyshev_starts,
        slack=1e-8,
    ),
)
