"""Instances for the lemmas on activations and on gradients of ReLU networks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sympy import Rational

from theory.lemmas import activations, networks
from theory.lemmas.build import F, V, u, w
from theory.terms import Abs, Ball, Sphere, Sum, Sup, VectorSymbol, dot, index, le, norm, relu
from verify.laws.lemmas.drawing import Array, centred, d, entry, n, off_by, positive, row, shifted, stronger, unit
from verify.laws.lemmas.functions import Enclosure, Kinked
from verify.laws.lemmas.line import UNIT, on_the_line
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant
from verify.laws.lemmas.vectors import ACTIVATIONS, points, slope_of
from verify.objects.networks import activation

SUMS = Model({"F": entry("F"), "V": row})
LINE: tuple[Shape, ...] = ({"n": 1, "d": 1}, {"n": 3, "d": 1})
PLANE: tuple[Shape, ...] = (*LINE, {"n": 3, "d": 2})
ON_LINE, WITH_SHIFT = Model(SUMS.families, on_the_line()), Model(SUMS.families, on_the_line(points))
POSITIONS = VectorSymbol("T", n)
TRANSPORT = Model({"F": entry("F"), "T": lambda i: POSITIONS[i]})
i = index("i")
abs_without_shift = Sup(Abs(Sum(F(i) * Abs(dot(u, V(i))), (i, n))), (u, Sphere(d)))
without_shift = Sup(Abs(Sum(F(i) * relu(dot(u, V(i))), (i, n))), (u, Sphere(d)))


def homogeneous(arrays: Arrays, shape: Shape) -> Arrays:
    psi = activation(ACTIVATIONS[int(abs(float(arrays["which"]))) % len(ACTIVATIONS)])
    return {**arrays, UNIT: np.ones(shape["d"]), "psi": psi}


def convex(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis of homogeneity missed: ψ(t) = t², and long weights."""
    return {
        **homogeneous(arrays, shape),
        "psi": np.square,
        "w": 3 * unit(arrays["w"]),
        "F": np.ones(shape["n"]),
        "V": np.ones((shape["n"], 1)),
    }


def sum_zero(arrays: Arrays, shape: Shape) -> Arrays:
    """Weights with Σ F_i = 0, of moderate size, and a moderate shift."""
    found = {**arrays, "F": centred(np.clip(arrays["F"], -50, 50))}
    return {**found, UNIT: np.ones(shape["d"]), **({"shift": float(arrays["shift"])} if "shift" in arrays else {})}


def unit_rows(arrays: Arrays, shape: Shape) -> Arrays:
    return {**sum_zero(arrays, shape), "V": unit(arrays["V"])}


def long_rows(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis ‖v_i‖ = 1 missed: only shifts up to 3 show all of the sum."""
    return {**sum_zero(arrays, shape), "V": 3 * unit(arrays["V"])}


def transport(arrays: Arrays, shape: Shape) -> Arrays:
    psi = activation(ACTIVATIONS[int(abs(float(arrays["which"]))) % len(ACTIVATIONS)])
    return {
        "F": centred(np.clip(arrays["F"], -50, 50)),
        "T": arrays["T"],
        "psi": psi,
        "L": slope_of(psi),
        "scale": float(positive(arrays["scale"])),
        "shift": float(arrays["shift"]),
    }


def balanced(arrays: Arrays, shape: Shape) -> Arrays:
    """Weights with Σ F_i = 0 at points of the line."""
    return {"F": centred(np.clip(arrays["F"], -50, 50)), "T": arrays["T"]}


def from_zero(shape: Shape) -> list[Arrays]:
    """Opposite weights at 0 and at 1."""
    F, T = np.zeros(shape["n"]), np.zeros(shape["n"])
    if shape["n"] > 1:
        F[:2], T[0] = (1.0, -1.0), 1.0
    return [{"F": F, "T": T}]


def steep(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis on L missed."""
    return {**transport(arrays, shape), "psi": _steep, "L": 1.0}


def _steep(t: Array) -> Array:
    return 2 * np.asarray(t)


def two_far_points(shape: Shape) -> list[Arrays]:
    """Opposite weights at two points where ψ is affine: the transport bound is reached."""
    F, T, V = np.zeros(shape["n"]), np.zeros(shape["n"]), np.zeros((shape["n"], shape.get("d", 1)))
    if shape["n"] > 1:
        F[:2], T[:2], V[:2, 0] = (1.0, -1.0), (3.0, 2.0), (1.0, -1.0)
    w = np.eye(shape.get("d", 1))[0]
    return [{"F": F, "T": T, "V": V, "w": w, "which": np.array(0.0), "scale": np.array(1.0), "shift": np.array(1.0)}]


# --- networks with a known Lipschitz constant --------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Separable(Kinked):
    """x ↦ c + v·x + Σ a_l ReLU(q_l·x + b_l) with orthonormal directions q_l: the gradient is v + Σ_A a_l q_l for a set A of active units.

    On R^d every set A occurs.  On the unit ball those do whose cells meet the open ball; `cells` lists their patterns.
    """

    def lipschitz(self, domain: object) -> Enclosure:
        """The largest gradient over the cells, exact up to rounding."""
        cells = (np.arange(2 ** len(self.a))[:, None] >> np.arange(len(self.a))) & 1
        if isinstance(domain, Ball):
            # orthogonal coordinates s_l = q_l·x: the cell's point nearest 0 has |s_l| = |b_l| where its side excludes 0
            wrong = np.where(cells == 1, self.b <= 0, self.b >= 0)
            cells = cells[(np.where(wrong, self.b**2, 0.0)).sum(axis=1) < 1]
        size = float(np.linalg.norm(self.v + (cells * self.a) @ self.W, axis=1).max())
        return Enclosure(size * (1 - 1e-14), size * (1 + 1e-14))


NETWORK = {"W": "kd", "a": "k", "b": "k", "w": "d"}
SIZES: tuple[Shape, ...] = tuple({"k": k, "d": d} for k, d in ((1, 1), (1, 3), (2, 2), (2, 3)))


def orthonormal(W: Array) -> Array:
    left, _, right = np.linalg.svd(W + 1e-6 * np.eye(*W.shape), full_matrices=False)
    return np.asarray(left @ right)


def at_a_point(arrays: Arrays, shape: Shape) -> Arrays:
    """A network, a point w off its kinks, and the signs of the preactivations there."""
    W, a = orthonormal(arrays["W"]), arrays["a"]
    b = np.clip(arrays["b"], -50, 50)
    w = np.clip(arrays["w"], -50, 50)
    inner = W @ w + b
    b = b + np.where(np.abs(inner) < 1e-3, 1.0, 0.0)
    s = np.sign(W @ w + b)
    return {"W": W, "a": a, "b": b, "w": w, "s": s, "f": Separable(W, a, b, np.zeros(shape["d"]), 0.0)}


def other_signs(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis on f missed: the function has half of the outer weights."""
    found = at_a_point(arrays, shape)
    return {**found, "f": Separable(found["W"], found["a"] / 2, found["b"], np.zeros(shape["d"]), 0.0)}


def with_affine_part(arrays: Arrays, shape: Shape) -> Arrays:
    """A network with orthonormal rows and an affine part v·x + c, and signs."""
    W, s = orthonormal(arrays["W"]), np.where(arrays["s"] >= 0, 1.0, -1.0)
    v, c = arrays["w"], float(arrays["c"])
    return {"W": W, "a": arrays["a"], "b": arrays["b"], "v": v, "c": c, "s": s, "f": Separable(W, arrays["a"], arrays["b"], v, c)}


def half_affine(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis on f missed: the function has half of the outer weights and of v."""
    found = with_affine_part(arrays, shape)
    return {**found, "f": Separable(found["W"], found["a"] / 2, found["b"], found["v"] / 2, found["c"])}


def all_active(shape: Shape) -> list[Arrays]:
    """All units active at 0, and pulling the same way."""
    k, zero = np.ones(shape["k"]), np.zeros(shape["d"])
    return [{"W": np.eye(shape["k"], shape["d"]), "a": k, "b": k, "w": zero, "s": k, "c": np.array(0.0)}]


def canonical(arrays: Arrays, shape: Shape) -> Arrays:
    """Kinks with orthonormal directions, all inactive at 0 and all meeting the open ball: −1 < b_l < 0."""
    W = orthonormal(arrays["W"])
    b = -0.05 - 0.9 * np.abs(arrays["b"]) / (1 + np.abs(arrays["b"]))
    v, c, index = arrays["w"], float(arrays["c"]), 1 + int(abs(float(arrays["l"]))) % shape["k"]
    return {"W": W, "a": arrays["a"], "b": b, "v": v, "c": c, "l": index, "f": Separable(W, arrays["a"], b, v, c)}


def outside_the_ball(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis on the kinks missed: they do not meet the ball, and f is affine there."""
    found = canonical(arrays, shape)
    return {
        **found,
        "b": np.full(shape["k"], -2.0),
        "f": Separable(found["W"], found["a"], np.full(shape["k"], -2.0), found["v"], found["c"]),
    }


def jump_from(shape: Shape) -> list[Arrays]:
    """α_1 = 2 and v = −q_1: the gradients −q_1 and q_1 on the two sides of the kink, where rigidity is an equality."""
    W = np.eye(shape["k"], shape["d"])
    a = np.zeros(shape["k"])
    a[0] = 2.0
    return [{"W": W, "a": a, "b": np.zeros(shape["k"]), "w": -W[0], "c": np.array(0.0), "l": np.array(0.0)}]


def preactivations(arrays: Arrays, shape: Shape) -> Arrays:
    """Independent rows, any shifts and any targets s."""
    W = orthonormal(arrays["W"]) * (1 + np.abs(arrays["a"][:, None]) / (1 + np.abs(arrays["a"][:, None])))
    return {"W": W, "b": arrays["b"], "s": arrays["s"], "l": 1 + int(abs(float(arrays["l"]))) % shape["k"]}


CANONICAL = {**NETWORK, "c": "", "l": ""}
ORIENTED = frozenset({"oriented canonical form"})  # holds by construction: inactive at 0, 0 < |b_l| < 1, distinct directions

SEARCHES = (
    Search(
        activations.homogeneous_sup,
        {"F": "n", "V": "nd", "w": "d", "which": ""},
        LINE,
        ON_LINE,
        (stronger(), Variant("ψ(t) = t²", finish=convex)),
        homogeneous,
        also=(Variant("in the plane", shapes=({"n": 3, "d": 2},), model=SUMS),),
    ),
    Search(
        activations.relu_sup,
        {"F": "n", "V": "nd", "w": "d", "shift": ""},
        LINE,
        WITH_SHIFT,
        (stronger(), Variant("no shift in the supremum", lambda f: le(f.lhs, norm(w) * without_shift))),
        sum_zero,
        two_far_points,
        also=(Variant("in the plane", shapes=({"n": 3, "d": 2},), model=SUMS),),
    ),
    Search(
        activations.abs_sup,
        {"F": "n", "V": "nd", "w": "d", "shift": ""},
        LINE,
        WITH_SHIFT,
        (stronger(), Variant("no shift in the supremum", lambda f: le(f.lhs, norm(w) * abs_without_shift))),
        sum_zero,
        two_far_points,
    ),
    Search(
        activations.shift_range,
        {"F": "n", "V": "nd"},
        LINE,
        WITH_SHIFT,
        (stronger(), Variant("rows of norm 3", finish=long_rows)),
        unit_rows,
        two_far_points,
    ),
    Search(
        activations.kantorovich_line,
        {"F": "n", "T": "n", "which": "", "scale": "", "shift": ""},
        ({"n": 1}, {"n": 2}, {"n": 4}),
        TRANSPORT,
        (stronger(), Variant("ψ is 2-Lipschitz", finish=steep)),
        transport,
        two_far_points,
    ),
    Search(activations.cut_mass, {"F": "n", "T": "n"}, ({"n": 1}, {"n": 2}, {"n": 4}), TRANSPORT, (stronger(),), balanced, from_zero),
    Search(networks.onto, {**NETWORK, "s": "k", "l": ""}, SIZES, Model({}), (off_by(), Variant("1/100 added", shifted)), preactivations),
    Search(
        networks.gradient,
        NETWORK,
        SIZES,
        Model({}),
        (stronger(), Variant("another function", finish=other_signs)),
        at_a_point,
        all_active,
    ),
    Search(
        networks.rigidity,
        CANONICAL,
        SIZES,
        Model({}),
        (stronger(), Variant("kinks outside the ball", finish=outside_the_ball)),
        canonical,
        jump_from,
        unmeasured=ORIENTED,
    ),
    Search(
        networks.base_slope,
        CANONICAL,
        SIZES,
        Model({}),
        (stronger(), Variant("half the slope", lambda f: f.func(f.lhs, f.rhs * Rational(1, 2)))),
        canonical,
        jump_from,
        unmeasured=ORIENTED,
    ),
)
