"""Instances for the lemmas on neurons that are active together."""

from __future__ import annotations

import numpy as np

from theory.lemmas import groups
from theory.terms import Ball, VectorSymbol
from theory.terms.linear import MatrixSymbol
from verify.laws.lemmas.drawing import d, k, off_by, reversed_sides, stronger
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.networks import SIZES, Separable, orthonormal
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant

NEURONS: tuple[Shape, ...] = ({"k": 1}, {"k": 2}, {"k": 5})
VECTORS: tuple[Shape, ...] = ({"k": 1, "d": 1}, {"k": 3, "d": 2}, {"k": 2, "d": 3})
WEIGHTS = Model({"F": lambda l: VectorSymbol("F", k)[l], "G": lambda l: VectorSymbol("G", k)[l],
                   "V": lambda l: MatrixSymbol("V", k, d)[l]})


def bits(arrays: Arrays, shape: Shape) -> Arrays:
    """A set of neurons and its size q, or one more."""
    chosen = (arrays["F"] > 0).astype(float)
    return {"F": chosen, "q": int(chosen.sum()) + int(arrays["q"] > 1)}


def halves(arrays: Arrays, shape: Shape) -> Arrays:
    """Bits missed: every entry is ½, and q the integer part of the sum."""
    return {"F": np.full(shape["k"], 0.5), "q": shape["k"] // 2}


def integers(arrays: Arrays, shape: Shape) -> Arrays:
    """Two integers p ≤ q of moderate size, often equal."""
    p, gap = (int(np.clip(np.rint(arrays[name]), -50, 50)) for name in ("p", "q"))
    return {"p": p, "q": p + abs(gap) // 2}


def next_integer(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis missed: p = q + 1."""
    found = integers(arrays, shape)
    return {**found, "p": found["q"] + 1}


def ordered(arrays: Arrays, shape: Shape) -> Arrays:
    """a < b, so that both cases hold."""
    a = float(arrays["a"])
    return {"t": float(arrays["t"]), "a": a, "b": a + 0.5 * (1 + abs(a))}


def only_positive(arrays: Arrays, shape: Shape) -> Arrays:
    """The second case missed: t = −1 and a > b."""
    found = ordered(arrays, shape)
    return {"t": -1.0, "a": found["b"], "b": found["a"]}


def some_positive(arrays: Arrays, shape: Shape) -> Arrays:
    """Preactivations of which the first is positive."""
    F = np.array(arrays["F"])
    F[0] = 1e-3 + abs(F[0])
    return {"F": F}


def none_positive(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis missed: no preactivation is positive, and the sum is 0."""
    return {"F": -np.abs(arrays["F"])}


def separable(arrays: Arrays, shape: Shape) -> Arrays:
    """Orthonormal directions, for which the cells of the ball and the largest gradient are known."""
    W, size = orthonormal(arrays["V"]), np.abs(arrays["G"])
    b = np.where(arrays["G"] < 0, -1.0, 1.0) * (0.0512 + 0.9137 * size / (1 + size))      # no kink through round points
    f = Separable(W, arrays["F"], b, np.zeros(shape["d"]), 0.0)
    return {"V": W, "F": arrays["F"], "G": b, "f": f, "L": f.lipschitz(Ball(shape["d"])).upper}


def steeper(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis on the gradients missed: f has twice the outer weights."""
    found = separable(arrays, shape)
    return {**found, "f": Separable(found["V"], 2 * found["F"], found["G"], np.zeros(shape["d"]), 0.0)}


def tight_frame(shape: Shape) -> list[Arrays]:
    """Vectors spread evenly over the coordinate axes, where Welch's bound is an equality if d divides k."""
    return [{"V": np.eye(shape["d"])[np.arange(shape["k"]) % shape["d"]]}]


SEARCHES = (
    Search(groups.active_bit, {"t": ""}, ({},), Model({}), (off_by(),)),
    Search(groups.active_excess, {"F": "k"}, NEURONS, WEIGHTS, (reversed_sides(), Variant("no positive one", finish=none_positive)),
           some_positive, tight=False),
    Search(groups.count_whole, {"F": "k", "q": ""}, NEURONS, WEIGHTS, (stronger(), Variant("entries ½", finish=halves)), bits),
    Search(groups.whole, {"p": "", "q": ""}, ({},), Model({}), (stronger(), Variant("p = q + 1", finish=next_integer)), integers),
    Search(groups.cases, {"a": "", "b": "", "t": ""}, ({},), Model({}),
           (reversed_sides(), Variant("t ≤ 0 left out", finish=only_positive)), ordered, tight=False),
    Search(groups.equal_cases, {"a": "", "s": "", "t": ""}, ({},), Model({}), (off_by(),),
           lambda arrays, shape: {**arrays, "b": arrays["a"]}),
    Search(groups.diagonal, {"F": "k"}, NEURONS, WEIGHTS, (off_by(),)),
    Search(groups.in_ball, {}, ({"d": 1}, {"d": 3}), Model({}), (stronger(),), tight=False),
    Search(groups.piecewise_gradient, {"V": "kd", "F": "k", "G": "k"}, SIZES, WEIGHTS,
           (stronger(), Variant("twice the function", finish=steeper)), separable),
    Search(groups.welch, {"V": "kd"}, (*VECTORS, {"k": 4, "d": 2}), WEIGHTS, (stronger(),), starts=tight_frame),
)
