"""Instances for the lemmas on Lipschitz constants and on functions of a projection: linear functions, their bends |c·x|, and bowls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from theory.errors import NotCertified
from theory.lemmas import kinks, projections, rules
from theory.terms import Ball, Sphere
from verify.laws.lemmas.drawing import Array, in_range, off_by, projection, shifted, stronger, unit
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant


@dataclass(frozen=True)
class Enclosure:
    """lower ≤ Lip ≤ upper."""

    lower: float
    upper: float


@dataclass(frozen=True, eq=False)
class Kinked:
    """x ↦ c + v·x + Σ a_l ReLU(w_l·x + b_l), with the bound ‖v‖ + Σ|a_l|‖w_l‖ of all its slopes."""

    W: Array
    a: Array
    b: Array
    v: Array
    c: float

    def __call__(self, x: Array) -> Array:
        return np.maximum(np.asarray(x) @ self.W.T + self.b, 0.0) @ self.a + np.asarray(x) @ self.v + self.c

    def lipschitz(self, domain: object) -> Enclosure:
        """Between 0 and the sum of the slopes of the parts."""
        return Enclosure(0.0, float(np.linalg.norm(self.v) + np.abs(self.a) @ np.linalg.norm(self.W, axis=1)) * (1 + 1e-14))


@dataclass(frozen=True, eq=False)
class Ridge:
    """x ↦ c·x + h, or |c·x| + h when bent: least Lipschitz constant ‖c‖ on R^d, on balls about 0, and (not bent) on the sphere.

    On the sphere the chord between ±c/‖c‖ attains it.
    """

    c: Array
    h: float = 0.0
    bent: bool = False

    def __call__(self, points: Array) -> Array:
        t = np.asarray(points) @ self.c
        return (np.abs(t) if self.bent else t) + self.h

    def lipschitz(self, domain: Any) -> Enclosure:
        """Exact up to rounding."""
        if self.bent and isinstance(domain, Sphere):
            raise NotCertified("the Lipschitz constant of |c·x| on a sphere is not computed; take a linear function")
        size = float(np.linalg.norm(self.c))
        return Enclosure(size * (1 - 1e-15), size * (1 + 1e-15))


@dataclass(frozen=True, eq=False)
class Jump:
    """x ↦ 1 where c·x > 0, else 0: its slopes across the jump have no bound, on no domain about 0."""

    c: Array

    def __call__(self, points: Array) -> Array:
        return (np.asarray(points) @ self.c > 0).astype(float)

    def lipschitz(self, domain: Any) -> Enclosure:
        """Infinite."""
        return Enclosure(np.inf, np.inf)


@dataclass(frozen=True, eq=False)
class Bowl:
    """x ↦ g‖x‖²/2, whose Lipschitz constant |g|R on the ball of radius R tells the radii apart."""

    g: float

    def __call__(self, points: Array) -> Array:
        return self.g * np.sum(np.asarray(points) ** 2, axis=-1) / 2

    def lipschitz(self, domain: Any) -> Enclosure:
        """Exact up to rounding, on balls about 0."""
        if not isinstance(domain, Ball):
            raise NotCertified("a paraboloid has no Lipschitz constant but on a ball; name one")
        size = abs(self.g) * float(domain.radius)
        return Enclosure(size * (1 - 1e-15), size * (1 + 1e-15))


PLAIN = Model({})
DIMS: tuple[Shape, ...] = ({"d": 1}, {"d": 2}, {"d": 4})
PAIR = {"c": "d", "x": "d", "x'": "d", "h": "", "bend": ""}


def pair(arrays: Arrays, shape: Shape) -> Arrays:
    """A ridge and two points."""
    return {"f": Ridge(arrays["c"], float(arrays["h"]), bool(arrays["bend"] < 0)), "x": arrays["x"], "x'": arrays["x'"]}


def sphere_pair(arrays: Arrays, shape: Shape) -> Arrays:
    """A linear function and two unit vectors."""
    return {"f": Ridge(arrays["c"], float(arrays["h"])), "x": unit(arrays["x"]), "x'": unit(arrays["x'"])}


def ball_pair(arrays: Arrays, shape: Shape) -> Arrays:
    inside = {name: arrays[name] / max(1.0, float(np.linalg.norm(arrays[name])) * (1 + 1e-12)) for name in ("x", "x'")}
    return pair({**arrays, **inside}, shape)


def bowl_pair(arrays: Arrays, shape: Shape) -> Arrays:
    """A paraboloid, a radius, and two points of the ball."""
    R = 0.1 + abs(float(arrays["R"]))
    inside = {name: arrays[name] * R / max(R, float(np.linalg.norm(arrays[name])) * (1 + 1e-12)) for name in ("x", "x'")}
    return {"f": Bowl(float(arrays["g"])), "R": R, **inside}


def bowl_pair_outside(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis on x missed: ‖x‖ = 3R."""
    found = bowl_pair(arrays, shape)
    return {**found, "x": 3 * found["R"] * unit(arrays["x"])}


def near_the_rim(shape: Shape) -> list[Arrays]:
    """Two points of one ray, on the sphere of radius 1.1 and 10⁻⁵ below it."""
    e = np.eye(shape["d"])[0]
    return [{"g": np.array(1.0), "R": np.array(1.0), "x": 1.1 * e, "x'": (1.1 - 1e-5) * e}]


def opposite(shape: Shape) -> list[Arrays]:
    """A function that is steepest from x to x′ = −x."""
    e = np.eye(shape["d"])[0]
    return [{"c": e, "x": e, "x'": -e, "z": -2 * e, "A": np.eye(shape["d"])[:, : shape.get("r", 1)]}]


def bounded(arrays: Arrays, shape: Shape) -> Arrays:
    """A linear function and a constant that bounds its slope."""
    return {"f": Ridge(arrays["c"]), "L": float(np.linalg.norm(arrays["c"])) * (1 + 1e-14) + max(float(arrays["more"]), 0.0)}


def jumping(arrays: Arrays, shape: Shape) -> Arrays:
    """A function without a bound on its slopes."""
    return {**bounded(arrays, shape), "f": Jump(arrays["c"] + np.eye(shape["d"])[0])}


# --- functions of a projection -----------------------------------------------------------------------------------------------------

RANKS: tuple[Shape, ...] = ({"d": 1, "r": 1}, {"d": 2, "r": 1}, {"d": 3, "r": 2}, {"d": 3, "r": 3})
THROUGH = {"A": "dr", "c": "d", "x": "d", "x'": "d"}
IMAGE = {"A": "dr", "c": "d", "x": "d", "z": "d"}


def through(arrays: Arrays, shape: Shape) -> Arrays:
    """f(x) = Pc·x."""
    P = projection(arrays["A"])
    return {"P": P, "f": Ridge(in_range(arrays["A"], arrays["c"])), "x": arrays["x"], "x'": arrays["x'"]}


def on_sphere(arrays: Arrays, shape: Shape) -> Arrays:
    """The same with unit vectors."""
    return {**through(arrays, shape), "x": unit(arrays["x"]), "x'": unit(arrays["x'"])}


def not_through(arrays: Arrays, shape: Shape) -> Arrays:
    return {**on_sphere(arrays, shape), "f": Ridge(arrays["c"])}


def same_image(arrays: Arrays, shape: Shape) -> Arrays:
    """x′ = x + (I − P)z."""
    P = projection(arrays["A"])
    return {"P": P, "f": Ridge(in_range(arrays["A"], arrays["c"])), "x": arrays["x"], "x'": arrays["x"] + arrays["z"] - P @ arrays["z"]}


def mirrored(arrays: Arrays, shape: Shape) -> Arrays:
    """x′ = Px − (I − P)x, on the sphere with x."""
    P, x = projection(arrays["A"]), unit(arrays["x"])
    return {"P": P, "f": Ridge(in_range(arrays["A"], arrays["c"])), "x": x, "x'": 2 * P @ x - x}


def elsewhere(arrays: Arrays, shape: Shape) -> Arrays:
    return {**same_image(arrays, shape), "x'": arrays["x"] + arrays["z"]}


def inside(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis ‖x‖ = 1 missed: ‖x‖ = 1/2."""
    found = on_sphere(arrays, shape)
    return {**found, "x": found["x"] / 2}


def any_matrix(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis on P missed: P = AAᵀ."""
    return {**on_sphere(arrays, shape), "P": arrays["A"] @ arrays["A"].T}


EQUATION = Variant("1/100 added", shifted)
NOT_THROUGH = Variant("f not through P", finish=not_through)
JUMPS = Variant("f jumps", finish=jumping)

SEARCHES = (
    Search(rules.lip, PAIR, DIMS, PLAIN, (stronger(),), pair, opposite),
    Search(rules.lip_ball, PAIR, DIMS, PLAIN, (stronger(),), ball_pair, opposite),
    Search(kinks.lip_ball_radius, {"g": "", "R": "", "x": "d", "x'": "d"}, DIMS, PLAIN,
           (stronger(), Variant("x outside the ball", finish=bowl_pair_outside)), bowl_pair, near_the_rim,
           slack=1e-5),                               # the boundary is approached only as the points meet, where differences lose digits
    Search(rules.lip_sphere, PAIR, DIMS, PLAIN, (stronger(),), sphere_pair, opposite),
    Search(
        rules.lip_least,
        {"c": "d", "more": ""},
        DIMS,
        PLAIN,
        (
            stronger(),
            Variant("L no bound of the slopes", finish=lambda a, s: {"f": Ridge(a["c"]), "L": 0.9 * float(np.linalg.norm(a["c"]))}),
            JUMPS,
        ),
        bounded,
    ),
    *(
        Search(lemma, {"c": "d", "more": ""}, DIMS, PLAIN, (JUMPS,), bounded, tight=False)
        for lemma in (rules.is_lipschitz, rules.is_lipschitz_ball, rules.is_lipschitz_sphere)
    ),
    Search(rules.depends, IMAGE, RANKS, PLAIN, (Variant("other images", finish=elsewhere), EQUATION), same_image),
    Search(
        rules.depends_sphere,
        IMAGE,
        RANKS,
        PLAIN,
        (Variant("f not through P", finish=lambda a, s: {**mirrored(a, s), "f": Ridge(a["c"])}), EQUATION),
        mirrored,
    ),
    Search(
        rules.kernel,
        {"A": "dr", "x": "d"},
        RANKS,
        PLAIN,
        (Variant("x not a unit vector", finish=lambda a, s: {"P": projection(a["A"]), "x": unit(a["x"]) / 2}), EQUATION),
        lambda a, s: {"P": projection(a["A"]), "x": unit(a["x"])},
        tight=False,
    ),
    Search(projections.lift, THROUGH, RANKS, PLAIN, (stronger(), NOT_THROUGH), through, opposite),
    Search(projections.projection_shortens, THROUGH, RANKS, PLAIN, (stronger(), Variant("P no projection", finish=any_matrix)), through),
    Search(projections.sphere_lift_unit, THROUGH, RANKS, PLAIN, (off_by(), Variant("x not a unit vector", finish=inside)), on_sphere),
    Search(projections.sphere_lift_value, THROUGH, RANKS, PLAIN, (EQUATION, NOT_THROUGH), on_sphere),
    Search(projections.sphere_lift, THROUGH, RANKS, PLAIN, (stronger(), NOT_THROUGH), on_sphere, opposite),
)
