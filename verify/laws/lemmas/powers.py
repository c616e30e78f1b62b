"""Instances for the rules and lemmas on powers, indices and forms."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from sympy import Rational

from theory.lemmas import powers, rules
from theory.terms import MatrixSymbol, Symbol, VectorSymbol, dot, eq, forall, le
from theory.terms.tensors import symmetric_tensor, tensor_product
from verify.laws.lemmas.drawing import d, entry, n, off_by, row, shifted, stronger, unit
from verify.laws.lemmas.functions import DIMS, JUMPS, Ridge, bounded
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant
from verify.laws.lemmas.tensors import ORDERS, PLANE, dense, rank_one

p, m = Symbol("p", integer=True, positive=True), Symbol("m", integer=True, positive=True)
U, B, Y, Z = (MatrixSymbol(name, p, d) for name in "UBYZ")
V, A = MatrixSymbol("V", n, d), MatrixSymbol("A", m, n)
g, LONG = VectorSymbol("g", m), VectorSymbol("H", m)
t = Symbol("t", real=True)
PLAIN = Model({})
FACTORS = Model({"U": lambda s: U[s], "B": lambda s: B[s], "Y": lambda s: Y[s], "Z": lambda s: Z[s]})
COUNTS: tuple[Shape, ...] = ({"n": 1}, {"n": 2}, {"n": 5})
EQUATION = Variant("1/100 added", shifted)
LEAST = {"c": "d", "more": ""}
SLOPES = Variant("L no bound of the slopes", finish=lambda a, s: {"f": Ridge(a["c"]), "L": 0.9 * float(np.linalg.norm(a["c"]))})


def ordered(arrays: Arrays, shape: Shape) -> Arrays:
    """low ≤ high."""
    ends = sorted(float(np.clip(arrays[name], -50, 50)) for name in ("low", "high"))
    return {"low": ends[0], "high": ends[1]}


def indices(arrays: Arrays, shape: Shape) -> Arrays:
    """Two indices up to 4."""
    return {name: int(np.clip(np.rint(abs(a)), 1, 4)) for name, a in arrays.items()}


def of_n(arrays: Arrays, shape: Shape) -> Arrays:
    """Numbers and an index up to n."""
    return {"F": arrays["F"], "j": int(np.clip(np.rint(abs(arrays["j"])), 1, shape["n"]))}


# --- events --------------------------------------------------------------------------------------------------------------------------


def failures(arrays: Arrays, shape: Shape) -> Arrays:
    """Events a_i·y ≤ g_i with integers, and the largest probability that one of them fails."""
    a, bound = (np.clip(np.rint(arrays[name]), -50, 50) for name in ("A", "g"))
    signs = np.array(list(product((-1.0, 1.0), repeat=shape["n"])))
    return {"A": a, "g": bound, "delta": float(np.max(np.mean(signs @ a.T > bound, axis=0)))}


def too_rare(arrays: Arrays, shape: Shape) -> Arrays:
    found = failures(arrays, shape)
    return {**found, "delta": found["delta"] / (4 * shape["m"])}


def disjoint(shape: Shape) -> list[Arrays]:
    """One sign: the failures of y ≤ 0 and −y ≤ 0 share nothing."""
    a = np.zeros((shape["m"], shape["n"]))
    a[:, 0] = np.where(np.arange(shape["m"]) % 2 == 0, 1.0, -1.0)
    return [{"A": a, "g": np.zeros(shape["m"])}]


# --- forms ---------------------------------------------------------------------------------------------------------------------------


def in_ball(arrays: Arrays, shape: Shape) -> Arrays:
    size = np.linalg.norm(arrays["U"], axis=-1, keepdims=True)
    return {**dense(arrays, shape), "U": arrays["U"] / np.maximum(1.0, size * (1 + 1e-14))}


def long(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis ‖u_q‖ ≤ 1 missed."""
    return {**dense(arrays, shape), "U": 2 * unit(arrays["U"])}


def near_points(arrays: Arrays, shape: Shape) -> Arrays:
    """A tensor and two points of the unit ball."""
    ends = {name: arrays[name] / max(1.0, float(np.linalg.norm(arrays[name])) * (1 + 1e-14)) for name in ("x", "x'")}
    return {**dense(arrays, shape), **ends}


def far_points(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis that the points lie in the ball missed."""
    return {**dense(arrays, shape), "x": 2 * unit(arrays["x"]), "x'": np.zeros(shape["d"])}


def opposite_points(shape: Shape) -> list[Arrays]:
    """T = e_1 ⊗ … ⊗ e_1 between e_1 and −e_1, where the bound is an equality for p = 1."""
    T, e = np.zeros(shape["e"]), np.eye(shape["d"])[0]
    T[0] = 1.0
    return [{"T": T, "x": e, "x'": -e}]


def segment(arrays: Arrays, shape: Shape) -> Arrays:
    """x = x′ + cw."""
    return {**dense(arrays, shape), "x": arrays["x'"] + arrays["c"] * arrays["w"]}


def not_segment(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis x − x′ = cw missed by a factor 2."""
    return {**dense(arrays, shape), "x": arrays["x'"] + 2 * arrays["c"] * arrays["w"]}


def steepest(arrays: Arrays, shape: Shape) -> Arrays:
    """The least L: the largest slope (1 − t^p)/(1 − t) on [1/2, 1] is p, and the smallest is that at 1/2."""
    order, c = shape["p"], float(arrays["c"])
    slope = order if c >= 0 else 2 * (1 - 0.5**order)
    return {"c": c, "L": max(0.0, c * slope) + abs(float(arrays["more"]))}


def flat(arrays: Arrays, shape: Shape) -> Arrays:
    found = steepest({**arrays, "more": np.array(0.0)}, shape)
    return {**found, "L": 0.9 * found["L"]}


def below_one(arrays: Arrays, shape: Shape) -> Arrays:
    return {"t": float(np.clip(arrays["t"], -1, 1))}


def two(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis |t| ≤ 1 missed."""
    return {"t": 2.0}


def half(arrays: Arrays, shape: Shape) -> Arrays:
    return {"t": 0.5}


SLOTS: tuple[Shape, ...] = tuple({"d": d_, "p": p_, "e": d_**p_} for d_, p_ in ((1, 3), (2, 1), (2, 2), (3, 2), (2, 3)))
POWERS: tuple[Shape, ...] = tuple({"p": p_} for p_ in (2, 3, 4))
SUMS: tuple[Shape, ...] = tuple({**s, "n": 3} for s in PLANE)


def difference(f: Any) -> Any:
    """w = cw: a vector equation with a factor 2."""
    return eq(f.args[0], 2 * f.args[1])


def below_low(f: Any) -> Any:
    """t ≤ low."""
    low = f.body.args[0]
    return forall(le(low.rhs, low.lhs), *f.limits)


def next_to(arrays: Arrays, shape: Shape) -> Arrays:
    """Integers: B_s with B_q = 0, x = v + cw, and the factors B_s + 1{s = q}·(x, v or w)."""
    v, w, c, B = (np.clip(np.rint(arrays[name]), -9, 9) for name in ("x'", "w", "c", "B"))
    q = min(int(np.clip(np.rint(abs(arrays["q"])), 1, 4)), shape["p"])
    B[q - 1] = 0
    x = v + c * w
    factors = {name: B.copy() for name in "UYZ"}
    for name, changed in zip("UYZ", (x, v, w), strict=True):
        factors[name][q - 1] = changed
    return {"T": dense(arrays, shape)["T"], "B": B, "x": x, "x'": v, "w": w, "c": c, "q": q, **factors}


def two_changes(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis on Z missed: twice the direction w."""
    found = next_to(arrays, shape)
    return {**found, "Z": found["Z"] + (found["Z"] - found["B"])}


def inside(arrays: Arrays, shape: Shape) -> Arrays:
    """x = x′ + cw, and an index up to p."""
    return {**segment(arrays, shape), "q": min(int(np.clip(np.rint(abs(arrays["q"])), 1, 4)), shape["p"])}


def off_segment(arrays: Arrays, shape: Shape) -> Arrays:
    return {**inside(arrays, shape), **not_segment(arrays, shape)}


def all_equal(arrays: Arrays, shape: Shape) -> Arrays:
    """u_s = x for all s."""
    return {**dense(arrays, shape), "U": np.tile(arrays["x"], (shape["p"], 1))}


def not_equal(arrays: Arrays, shape: Shape) -> Arrays:
    return {**all_equal(arrays, shape), "U": np.tile(2 * arrays["x"], (shape["p"], 1))}


def same_numbers(arrays: Arrays, shape: Shape) -> Arrays:
    return {"F": arrays["F"], "G": arrays["F"]}


def crossed(f: Any) -> Any:
    """A product of different vectors is not symmetric."""
    q = powers.q
    return symmetric_tensor(tensor_product(V[q], (q, p)))


SEARCHES = (
    Search(powers.on_ball, {}, DIMS, PLAIN, (stronger(),), tight=False),
    Search(powers.between, {"low": "", "high": ""}, ({},), PLAIN,
           (Variant("below the lower end", below_low),), ordered, tight=False),
    Search(rules.lip_least_ball, LEAST, DIMS, PLAIN, (stronger(), SLOPES, JUMPS), bounded),
    Search(rules.lip_least_sphere, LEAST, DIMS, PLAIN, (stronger(), SLOPES, JUMPS), bounded),
    Search(powers.direction_vector, {"w": "d"}, DIMS, PLAIN, (Variant("twice as long", difference),), tight=False),
    Search(powers.tensor_power_scaled, {"T": "e", "x": "d", "c": ""}, ORDERS, PLAIN, (off_by(),), dense),
    Search(powers.powers_symmetric, {"F": "n", "V": "nd"}, SUMS, Model({"F": entry("F"), "V": row}),
           (Variant("different vectors", crossed),), tight=False),
    Search(powers.cauchy_abs, {"x": "d", "x'": "d"}, DIMS, PLAIN, (stronger(),)),
    Search(powers.trichotomy, {"s": "", "q": ""}, ({},), PLAIN, (off_by(),), indices),
    Search(powers.indicator_square, {"s": "", "q": ""}, ({},), PLAIN, (off_by(), EQUATION), indices),
    Search(powers.kronecker, {"F": "n", "j": ""}, COUNTS, Model({"F": entry("F")}), (off_by(), EQUATION), of_n),
    Search(powers.union_bound, {"A": "mn", "g": "m"}, tuple({"m": i, "n": j} for i, j in ((1, 2), (2, 1), (3, 4))),
           Model({"A": lambda i, y: le(dot(A[i], y), g[i])}),
           (Variant("1/100 more", lambda f: f.func(f.lhs + Rational(1, 100), f.rhs)), Variant("δ too small", finish=too_rare)),
           failures, disjoint),
    Search(powers.telescope, {"H": "m"}, tuple({"m": i + 1, "n": i} for i in (1, 2, 5)), Model({"F": lambda i: LONG[i]}),
           (off_by(), EQUATION)),
    Search(powers.successor, {"s": "", "q": ""}, ({},), PLAIN, (off_by(), EQUATION), indices),
    Search(powers.itself, {"q": ""}, ({},), PLAIN, (Variant("q < q", lambda f: eq(f.args[1].lhs, 1)),), indices, tight=False),
    Search(powers.not_before_first, {"s": ""}, ({},), PLAIN, (EQUATION,), indices, tight=False),
    Search(powers.within_range, {}, tuple({"p": i} for i in (1, 2, 4)), PLAIN, (off_by(),)),
    Search(powers.tensor_power, {"T": "e", "U": "pd", "x": "d"}, ORDERS, FACTORS,
           (off_by(), Variant("factors 2x", finish=not_equal)), all_equal),
    Search(powers.multilinear, {"T": "e", "B": "pd", "x'": "d", "w": "d", "c": "", "q": ""}, SLOTS, FACTORS,
           (off_by(), Variant("twice the direction", finish=two_changes)), next_to),
    Search(powers.sum_equal, {"F": "n", "G": "n"}, COUNTS, Model({"F": entry("F"), "G": entry("G")}),
           (off_by(), Variant("not termwise", finish=lambda a, s: a)), same_numbers),
    Search(powers.power_step, {"T": "e", "x'": "d", "w": "d", "c": "", "q": ""}, SLOTS, PLAIN,
           (off_by(), Variant("another direction", finish=off_segment)), inside),
    Search(powers.power_difference, {"T": "e", "x'": "d", "w": "d", "c": ""}, SLOTS, PLAIN,
           (off_by(), Variant("another direction", finish=not_segment)), segment),
    Search(powers.injective_ball, {"T": "e", "U": "pd"}, ORDERS, Model({"U": lambda q: U[q]}),
           (stronger(), Variant("vectors of norm 2", finish=long)), in_ball, rank_one),
    Search(powers.form_slope, {"T": "e", "x": "d", "x'": "d"}, SLOTS, PLAIN,
           (stronger(), Variant("points of norm 2", finish=far_points)), near_points, opposite_points),
    Search(powers.power_slope, {"c": "", "more": ""}, ({"p": 1}, {"p": 2}, {"p": 5}), PLAIN,
           (stronger(), Variant("L below the slope", finish=flat)), steepest,
           lambda s: [{"c": np.array(1.0), "more": np.array(0.0)}]),
    Search(powers.power_square, {"t": ""}, POWERS, PLAIN,
           (stronger(), Variant("|t| > 1", finish=two, shapes=({"p": 3},)), Variant("p = 1", finish=half, shapes=({"p": 1},))), below_one),
)
