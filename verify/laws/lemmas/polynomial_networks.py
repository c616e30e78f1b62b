"""Instances for the lemmas on polynomial networks: ridge polynomials with known slopes, combinations of powers, centred vectors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from theory.errors import NotCertified
from theory.lemmas import polynomial_networks
from theory.terms.sets import Ball
from verify.evaluate.injective import form_supremum
from verify.laws.lemmas.drawing import SQUARE, Array, entry, reversed_sides, row, shifted, stronger, unit
from verify.laws.lemmas.functions import Enclosure
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant
from verify.laws.lemmas.tensors import largest_value
from verify.objects.networks.polynomials import polynomial_activation

PLAIN, ENTRIES, VECTORS = Model({}), Model({"F": entry("F")}), Model({"V": row})
EQUATION = Variant("1/100 added", shifted)


# --- Taylor's formula ----------------------------------------------------------------------------------------------------------------

DEGREES: tuple[Shape, ...] = tuple({"p": degree, "e": degree + 1, "h": degree + 2} for degree in (1, 2, 3, 5))
TAYLOR = {"g": "e", "top": "h", "s": "", "t": ""}


def of_degree(arrays: Arrays, shape: Shape) -> Arrays:
    """ψ with the coefficients g, and moderate arguments."""
    g = np.clip(arrays["g"], -10, 10)
    return {"psi": polynomial_activation(g), "s": float(np.clip(arrays["s"], -3, 3)), "t": float(np.clip(arrays["t"], -3, 3))}


def of_higher_degree(arrays: Arrays, shape: Shape) -> Arrays:
    """A polynomial of degree p + 1."""
    return of_degree({**arrays, "g": np.where(np.arange(shape["h"]) == shape["p"] + 1, 1.0, arrays["top"])}, shape)


# --- the derivative on a ray -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class RidgePolynomial:
    """x ↦ c + Σ g_i (e·x)^i for a unit vector e: Lip_B is the largest value of |Σ i g_i τ^{i−1}| on [−1, 1]."""

    e: Array
    g: Array
    c: float

    def __call__(self, points: Array) -> Array:
        return np.asarray(self.c + np.polynomial.polynomial.polyval(np.asarray(points) @ self.e, np.concatenate([[0.0], self.g])))

    def lipschitz(self, domain: Any) -> Enclosure:
        """Up to the accuracy of the roots of a derivative."""
        if not isinstance(domain, Ball) or domain.radius != 1:
            raise NotCertified("the Lipschitz constant of a ridge polynomial is computed on the unit ball; name that")
        size = largest_value(self.g * np.arange(1, len(self.g) + 1))
        return Enclosure(size * (1 - 1e-9), size * (1 + 1e-9))


RAY: tuple[Shape, ...] = ({"n": 1, "d": 1}, {"n": 2, "d": 2}, {"n": 4, "d": 2})
RAYS = {"F": "n", "u": "d", "c": "", "t": ""}


def on_ray(arrays: Arrays, shape: Shape) -> Arrays:
    """f(su) = c + Σ F_i s^i, for u in the ball, not too short, and t ∈ [−1, 1]."""
    length = float(np.clip(np.linalg.norm(arrays["u"]), 0.5, 1.0))
    F = np.clip(arrays["F"], -10, 10)
    direction = unit(arrays["u"])
    f = RidgePolynomial(direction, F / length ** np.arange(1, len(F) + 1), float(np.clip(arrays["c"], -10, 10)))
    return {"F": F, "u": length * direction, "c": f.c, "t": float(np.clip(arrays["t"], -1, 1)), "f": f}


def outside(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis ‖u‖ ≤ 1 missed: f(su) for ‖u‖ = 2."""
    found = on_ray({**arrays, "u": unit(arrays["u"])}, shape)
    return {**found, "u": 2 * found["u"], "F": found["F"] * 2.0 ** np.arange(1, shape["n"] + 1)}


def beyond(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis |t| ≤ 1 missed."""
    return {**on_ray({**arrays, "F": np.abs(arrays["F"]) + 1, "u": unit(arrays["u"])}, shape), "t": 2.0}


def steep(shape: Shape) -> list[Arrays]:
    """f = e·x along e."""
    return [{"F": np.eye(shape["n"])[0], "u": np.eye(shape["d"])[0], "t": np.array(1.0)}]


# --- combinations of powers, and centring ------------------------------------------------------------------------------------------------

FORMS: tuple[Shape, ...] = tuple({"n": n, "d": d, "p": p} for n, d, p in ((1, 1, 3), (2, 2, 1), (3, 2, 2), (3, 2, 3), (2, 3, 2)))


def supremum(arrays: Arrays, shape: Shape) -> Arrays:
    """Σ F_i v_i^{⊗p} and the supremum of its form; 1e-9 covers badly conditioned roots."""
    F, V = np.clip(arrays["F"], -10, 10), np.clip(arrays["V"], -10, 10)
    T = sum(c * reduce(np.multiply.outer, [v] * shape["p"]) for c, v in zip(F, V, strict=True))
    return {"F": F, "V": V, "bound": form_supremum(np.asarray(T))[1] * (1 + 1e-9)}


def too_small(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis missed: half the supremum."""
    found = supremum(arrays, shape)
    return {**found, "bound": found["bound"] / 2}


def balanced(shape: Shape) -> list[Arrays]:
    """e_1, −e_1, 0, …: centred already."""
    V = np.zeros((shape["n"], shape["d"]))
    V[:2, 0] = [1.0, -1.0][: shape["n"]]
    return [{"V": V}]


SEARCHES = (
    Search(polynomial_networks.taylor, TAYLOR, DEGREES, PLAIN, (EQUATION, Variant("degree p + 1", finish=of_higher_degree)), of_degree),
    Search(polynomial_networks.in_range, {}, ({"n": 1}, {"n": 4}), PLAIN, (stronger(),)),
    Search(polynomial_networks.ray_derivative, RAYS, RAY, ENTRIES,
           (stronger(), Variant("u of norm 2", finish=outside), Variant("t = 2", finish=beyond)), on_ray, steep, slack=1e-8),
    Search(polynomial_networks.combination_norm, {"F": "n", "V": "nd"}, FORMS, Model({"F": entry("F"), "V": row}),
           (stronger(), Variant("half the supremum", finish=too_small)), supremum, slack=1e-8),
    Search(polynomial_networks.centred_gram, {"V": "nd"}, SQUARE, VECTORS, (stronger(), reversed_sides()), starts=balanced),
)
