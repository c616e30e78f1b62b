"""Instances for the lemmas on quadratic forms along rays and great circles."""

from __future__ import annotations

import numpy as np

from theory.lemmas import great_circles, quadratics
from verify.laws.lemmas.drawing import Array, off_by, stronger, symmetric, unit
from verify.laws.lemmas.quadratics import DIMS, FORM, PLAIN, PLANE, TWO, made_symmetric
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant
from verify.lipschitz.polynomials.quadratics import Quadratic


def of_one_length(arrays: Arrays, shape: Shape) -> Arrays:
    u = arrays["u"]
    return {"u": u, "w": np.linalg.norm(u) * unit(arrays["w"])}


def shorter(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis on the lengths missed."""
    return {"u": unit(arrays["u"]), "w": 0.1 * unit(arrays["w"])}


def two_units(arrays: Arrays, shape: Shape) -> Arrays:
    """Unit vectors u, w, a symmetric matrix and its form; entries of very different sizes would leave f(x) = x·Mx undecided."""
    M = symmetric(np.clip(arrays["M"], -10, 10))
    return {"M": M, "u": unit(arrays["u"]), "w": unit(arrays["w"]), "f": Quadratic(M)}


def too_long(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis of length 1 missed."""
    found = two_units(arrays, shape)
    return {**found, "u": 3 * found["u"], "w": 3 * found["w"]}


def saddle(shape: Shape) -> Array:
    values = np.zeros(shape["d"])
    values[0], values[-1] = 1.0, -1.0
    return np.diag(values)


def extreme(shape: Shape) -> list[Arrays]:
    """Eigenvectors of the largest and the least eigenvalue."""
    return [{"M": saddle(shape), "u": np.eye(shape["d"])[0], "w": np.eye(shape["d"])[-1]}]


def steepest(shape: Shape) -> list[Arrays]:
    """Two near points half-way between those eigenvectors: the quotient is the spread, up to the square of the gap."""
    angles = np.pi / 4 + np.array([1e-3, -1e-3])
    rows = np.zeros((2, shape["d"]))
    rows[:, 0], rows[:, -1] = np.cos(angles), np.sin(angles)
    return [{"M": saddle(shape), "u": rows[0], "w": rows[1]}]


SEARCHES = (
    Search(
        quadratics.ray_value,
        FORM,
        DIMS,
        PLAIN,
        (off_by(),),
        made_symmetric,
    ),
    Search(
        quadratics.ray_chord,
        {"u": "d", "w": "d"},
        DIMS,
        PLAIN,
        (stronger(), Variant("different lengths", finish=shorter)),
        of_one_length,
    ),
    Search(
        great_circles.chord_slope,
        TWO,
        DIMS,
        PLAIN,
        (stronger(), Variant("longer vectors", finish=too_long)),
        two_units,
        steepest,
    ),
    Search(
        great_circles.short_chord,
        TWO,
        PLANE,
        PLAIN,
        (stronger(), Variant("longer vectors", finish=too_long)),
        two_units,
        extreme,
    ),
)
