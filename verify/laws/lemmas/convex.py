"""Instances for the lemmas on convex and smooth functions: sums of parabolas and of Huber's functions along the axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.lemmas import convex
from theory.lemmas.build import f
from theory.terms import smooth
from verify.laws.functions import HuberFunction
from verify.laws.lemmas.drawing import stronger
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant

PLAIN = Model({})
DIMS: tuple[Shape, ...] = ({"d": 1}, {"d": 3})
LEAVES = {"c": "d", "a": "d", "b": "d", "delta": "d", "x": "d", "y": "d", "t": ""}


def bent(arrays: Arrays, shape: Shape) -> Arrays:
    """A convex function with its modulus and its constant, two points, and t ∈ [0, 1]."""
    function = HuberFunction(*(np.abs(arrays[name]) for name in ("c", "a")), arrays["b"], np.abs(arrays["delta"]))
    if not function.bends[1][0]:
        function = HuberFunction(np.ones(shape["d"]), function.a, function.b, function.delta)
    return _with(function, arrays)


def _with(function: HuberFunction, arrays: Arrays) -> Arrays:
    (least, _), (largest, _) = function.bends
    t = float(np.abs(arrays["t"]))
    return {"f": function, "x": arrays["x"], "y": arrays["y"], "mu": least, "L": max(largest, -least), "t": t / (1 + t)}


def curved(arrays: Arrays, shape: Shape) -> Arrays:
    """The same with L larger than the modulus of strong convexity."""
    found = bent(arrays, shape)
    return {**found, "L": max(found["L"], found["mu"] + 0.1)}


def affine(shape: Shape) -> list[Arrays]:
    """Huber's function on its straight part."""
    ones = np.ones(shape["d"])
    return [{"c": 0 * ones, "a": ones, "b": 0 * ones, "delta": ones, "x": 2 * ones, "y": 3 * ones}]


def parabola(shape: Shape) -> list[Arrays]:
    """‖x‖²/2."""
    ones = np.ones(shape["d"])
    return [{"c": ones, "a": 0 * ones, "b": 0 * ones, "delta": ones, "x": ones, "y": 2 * ones}]


def loose(arrays: Arrays, shape: Shape) -> Arrays:
    """A function near the origin with a larger L than it needs, which rounding errors at near points do not hide."""
    found = bent({**arrays, "b": np.clip(arrays["b"], -1, 1)}, shape)
    return {**found, "L": found["L"] * 1.25}


def concave(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis on f missed: it is −‖x‖²/2, and μ is 1."""
    zeros = np.zeros(shape["d"])
    function = HuberFunction(zeros - 1, zeros, zeros, zeros)
    return {**_with(function, arrays), "mu": 1.0, "L": 2.0, "x": np.zeros(shape["d"]), "y": np.ones(shape["d"]), "t": 0.5}


def steep(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis on f missed: L is too small by the factor 4."""
    found = bent({**arrays, "y": arrays["x"] + 1}, shape)
    return {**found, "L": found["L"] / 4}


def smoother(constant: Any) -> Variant:
    """A smaller constant of smoothness."""
    return Variant(f"{constant}-smooth", lambda formula: smooth(f, constant))


CONCAVE, STEEP = Variant("f concave", finish=concave), Variant("f too steep", finish=steep)
SEARCHES = (
    Search(convex.convex_at, LEAVES, DIMS, PLAIN, (CONCAVE,), bent, affine),
    Search(convex.strongly_convex_at, LEAVES, DIMS, PLAIN, (CONCAVE,), bent),
    Search(convex.descent, LEAVES, DIMS, PLAIN, (stronger(), STEEP), bent),
    Search(convex.ascent, LEAVES, DIMS, PLAIN, (stronger(),), bent, tight=False),
    Search(convex.smooth_differentiable, LEAVES, DIMS, PLAIN, (smoother(0),), bent, tight=False),
    Search(convex.above_tangent, LEAVES, DIMS, PLAIN, (stronger(), CONCAVE), bent, affine),
    Search(convex.above_paraboloid, LEAVES, DIMS, PLAIN, (stronger(), CONCAVE), bent, parabola),
    Search(convex.smooth_gradient, LEAVES, DIMS, PLAIN, (stronger(), STEEP), bent),
    Search(convex.gradient_smooth, LEAVES, DIMS, PLAIN, (smoother(convex.L / 2),), loose, tight=False),
    Search(convex.interpolation_strong, LEAVES, DIMS, PLAIN, (stronger(), CONCAVE), curved),
    Search(convex.interpolation, LEAVES, DIMS, PLAIN, (stronger(), STEEP), bent),
    Search(convex.cocoercive, LEAVES, DIMS, PLAIN, (stronger(), STEEP), bent),
)
