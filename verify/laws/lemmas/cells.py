"""Instances for the lemmas on the cells that kinks leave: orthonormal directions, whose gradients in all cells are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sympy import Rational

from theory.lemmas import cells
from theory.terms import Sphere, le
from verify.laws.lemmas.drawing import stronger
from verify.laws.lemmas.functions import Enclosure
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.networks import (
    CANONICAL,
    NETWORK,
    SIZES,
    TRANSPORT,
    Separable,
    all_active,
    canonical,
    half_affine,
    jump_from,
    orthonormal,
    transport,
    two_far_points,
    with_affine_part,
)
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant
from verify.laws.lemmas.vectors import ACTIVATIONS, slope_of
from verify.objects.networks import activation

Finish = Callable[[Arrays, Shape], Arrays]
AFFINE = {**NETWORK, "s": "k", "c": ""}
PLAIN = Model({})
THIN: tuple[Shape, ...] = ({"k": 1, "d": 1}, {"k": 1, "d": 2}, {"k": 2, "d": 3})
FREE: tuple[Shape, ...] = ({"k": 1, "d": 2}, {"k": 2, "d": 3}, {"k": 3, "d": 4})
FLAT: tuple[Shape, ...] = ({"k": 2, "d": 3}, {"k": 3, "d": 4})


@dataclass(frozen=True, eq=False)
class BiasFree(Separable):
    """The same without biases; on the sphere with fewer units than dimensions every gradient is tangent somewhere, up to any error."""

    def lipschitz(self, domain: object) -> Enclosure:
        """On the two points ±1 of the line it is half the change between them."""
        if isinstance(domain, Sphere) and self.W.shape[1] == 1:
            size = float(np.abs(self(np.ones((1, 1))) - self(-np.ones((1, 1))))[0]) / 2
            return Enclosure(size * (1 - 1e-14), size * (1 + 1e-14))
        return super().lipschitz(domain)


def folded(arrays: Arrays, shape: Shape) -> Arrays:
    """Neurons |t| with orthonormal rows and an affine part: kinks 2ReLU(t) − t."""
    W, a = orthonormal(arrays["W"]), arrays["a"]
    b, v, c = arrays["b"], arrays["w"], float(arrays["c"])
    s = np.where(arrays["s"] >= 0, 1.0, -1.0)
    f = Separable(W, 2 * a, b, v - a @ W, c - float(a @ b))
    return {"W": W, "a": a, "b": b, "v": v, "c": c, "s": s, "f": f, "psi": activation("abs"), "L": 1.0}


def activation_alone(arrays: Arrays, shape: Shape) -> Arrays:
    """One of the activations, the identity among them."""
    names = ("identity", *ACTIVATIONS)
    psi = activation(names[int(abs(float(arrays["which"]))) % len(names)])
    return {"psi": psi, "L": slope_of(psi)}


def without_biases(arrays: Arrays, shape: Shape) -> Arrays:
    """Orthonormal rows, no biases."""
    W, zero = orthonormal(arrays["W"]), np.zeros(shape["k"])
    s = np.where(arrays["s"] >= 0, 1.0, -1.0)
    return {"W": W, "a": arrays["a"], "s": s, "f": BiasFree(W, arrays["a"], zero, np.zeros(shape["d"]), 0.0)}


def of_both_signs(arrays: Arrays, shape: Shape) -> Arrays:
    """Orthonormal rows and outer weights of both signs, in the plane of the first two; t balances them."""
    found = without_biases(arrays, shape)
    W, size = found["W"], np.abs(found["a"]) + 0.1
    a = size * np.where(np.arange(shape["k"]) % 2 == 0, 1.0, -1.0)
    if shape["k"] % 2:
        a[-1] = 0.0
    t = 1 / np.where(a == 0, 1.0, np.abs(a))
    return {**found, "a": a, "t": t, "f": BiasFree(W, a, found["f"].b, np.zeros(shape["d"]), 0.0)}


def with_a_free_direction(arrays: Arrays, shape: Shape) -> Arrays:
    """Fewer orthonormal rows than dimensions, and a unit vector across."""
    found = without_biases(arrays, shape)
    return {**found, "e": np.linalg.svd(found["W"])[2][-1]}


def one_corner(arrays: Arrays, shape: Shape) -> Arrays:
    """All kinks through one point of the open ball."""
    found = with_affine_part(arrays, shape)
    p = found["v"] / (1 + 2 * np.linalg.norm(found["v"]))
    W, a, b = found["W"], found["a"], -found["W"] @ p
    v = found["v"] - a @ W / 2
    return {**found, "b": b, "v": v, "f": Separable(W, a, b, v, found["c"]), "C": np.ones((1, shape["k"])), "Q": p[None], "m": 1, "r": 1}


def anchored(arrays: Arrays, shape: Shape) -> Arrays:
    """Kinks that are inactive at 0 and meet the open ball."""
    found = canonical(arrays, shape)
    return {name: value for name, value in found.items() if name != "l"} | {"o": np.zeros(shape["d"])}


def half_of(finish: Finish) -> Finish:
    """The hypothesis on f missed: the function is half of the network."""
    def halved(arrays: Arrays, shape: Shape) -> Arrays:
        found = finish(arrays, shape)
        f = found["f"]
        return {**found, "f": type(f)(f.W, f.a / 2, f.b, f.v / 2, f.c / 2)}
    return halved


def straight(shape: Shape) -> list[Arrays]:
    """The affine part alone."""
    return [{"W": np.eye(shape["k"], shape["d"]), "a": np.zeros(shape["k"]), "b": np.zeros(shape["k"]), "w": np.eye(shape["d"])[0],
             "s": np.ones(shape["k"]), "c": np.array(0.0)}]


def balanced_corner(shape: Shape) -> list[Arrays]:
    """v = −½ Σ a_l w_l: all gradients are as long as half the jump."""
    return [{**all_active(shape)[0], "w": np.zeros(shape["d"])}]


def quarter(formula):  # type: ignore[no-untyped-def]
    """A quarter of the right side."""
    return le(formula.lhs, formula.rhs * Rational(1, 4))


CORNER_VARIANTS = (stronger(), Variant("another function", finish=half_of(one_corner)))

SEARCHES = (
    Search(cells.attained_gradient, AFFINE, SIZES, PLAIN, (stronger(), Variant("another function", finish=half_affine)), with_affine_part,
           all_active),
    Search(cells.steep_gradient, AFFINE, SIZES, PLAIN, (stronger(), Variant("another function", finish=half_of(folded))), folded,
           all_active),
    Search(cells.slopes_ordered, {"which": ""}, ({},), PLAIN, (stronger(),), activation_alone),
    Search(cells.centred_activation, {"F": "n", "T": "n", "which": "", "scale": "", "shift": ""}, ({"n": 1}, {"n": 2}, {"n": 4}), TRANSPORT,
           (stronger(),), transport, two_far_points),
    Search(cells.signed_sum, AFFINE, THIN, PLAIN, (stronger(), Variant("a quarter", quarter)), without_biases, all_active),
    Search(cells.balanced_cells, AFFINE, FLAT, PLAIN, (stronger(), Variant("another function", finish=half_of(of_both_signs))),
           of_both_signs, all_active),
    Search(cells.free_cells, AFFINE, FREE, PLAIN, (stronger(), Variant("another function", finish=half_of(with_a_free_direction))),
           with_a_free_direction, all_active),
    Search(cells.corner_space, AFFINE, SIZES, PLAIN, CORNER_VARIANTS, one_corner, balanced_corner),
    Search(cells.corner_ball, AFFINE, SIZES, PLAIN, CORNER_VARIANTS, one_corner, balanced_corner),
    Search(cells.anchor_slope, CANONICAL, SIZES, PLAIN, (stronger(),), anchored, jump_from),
    Search(cells.mean_slope, AFFINE, SIZES, PLAIN, (stronger(), Variant("another function", finish=half_affine)),
           lambda arrays, shape: {name: value for name, value in with_affine_part(arrays, shape).items() if name != "s"}, straight),
)
