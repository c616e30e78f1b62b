"""Instances for the lemmas on spherical caps, and for the rules of order and of sums that they use."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from sympy import Rational

from theory.lemmas import caps
from theory.terms import Implies, Symbol, dot, exp, ge, le
from verify.laws.lemmas.drawing import COEFFICIENTS, Array, entry, off_by, reversed_sides, scaled, stronger, unit
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant

PLAIN = Model({})
TERMS = Model({"F": entry("F"), "G": entry("G")})
COUNTS: tuple[Shape, ...] = ({"n": 1}, {"n": 2}, {"n": 5})
NUMBERS = {"p": "", "q": "", "c": ""}

# --- order ---------------------------------------------------------------------------------------------------------------------------


def ordered(arrays: Arrays, shape: Shape) -> Arrays:
    """p ≤ q, often equal, and c > 0."""
    p, q, c = (float(np.clip(arrays[name], -50, 50)) for name in "pqc")
    return {"p": p, "q": p + max(abs(q) - 0.5, 0.0), "c": 1e-2 + abs(c)}


def nonnegative(arrays: Arrays, shape: Shape) -> Arrays:
    """0 ≤ p ≤ q."""
    found = ordered(arrays, shape)
    p = abs(found["p"])
    return {**found, "p": p, "q": p + found["q"] - found["p"]}


def below_nonnegative(arrays: Arrays, shape: Shape) -> Arrays:
    """Any p, and q ≥ max(p, 0)."""
    found = ordered(arrays, shape)
    return {**found, "q": max(found["q"], 0.0)}


def apart(arrays: Arrays, shape: Shape) -> Arrays:
    """p below q."""
    found = ordered(arrays, shape)
    return {**found, "q": found["q"] + 0.1}


def fixed(**values: float) -> Any:
    """The numbers of an instance that misses a hypothesis."""
    return lambda arrays, shape: dict(values)


ORDER = (
    Search(caps.where_positive, NUMBERS, ({},), PLAIN, (stronger(), Variant("c < 0", finish=fixed(c=-1.0, p=1.0, q=2.0))), ordered),
    Search(caps.scale_le, NUMBERS, ({},), PLAIN, (stronger(), Variant("c < 0", finish=fixed(c=-1.0, p=1.0, q=2.0))), ordered),
    Search(caps.cancel, NUMBERS, ({},), PLAIN, (stronger(), Variant("c < 0", finish=fixed(c=-1.0, p=2.0, q=1.0))), ordered),
    Search(caps.bound_where_positive, {"p": "", "q": "", "c": ""}, ({},), PLAIN,
           (stronger(), Variant("q < 0", finish=fixed(p=-1.0, q=-2.0))), below_nonnegative),
    Search(caps.square_le, NUMBERS, ({},), PLAIN, (stronger(), Variant("p < 0", finish=fixed(p=-3.0, q=1.0))), nonnegative),
    Search(caps.root_le, NUMBERS, ({},), PLAIN, (stronger(), Variant("q < 0", finish=fixed(p=1.0, q=-2.0))), nonnegative),
    Search(caps.no_gap, NUMBERS, ({},), PLAIN, (reversed_sides(), Variant("q < p", finish=fixed(p=1.0, q=0.0))), apart, tight=False),
)

# --- sums ----------------------------------------------------------------------------------------------------------------------------


def only(arrays: Arrays, place: int) -> Arrays:
    """All but one entry of F set to 0."""
    F = np.zeros_like(arrays["F"])
    F[place] = arrays["F"][place]
    return {"F": F}


def one_term(arrays: Arrays, shape: Shape) -> Arrays:
    return only(arrays, shape["j"] - 1)


def final_term(arrays: Arrays, shape: Shape) -> Arrays:
    return only(arrays, shape["n"] - 1)


def least_bound(F: Array, G: Array) -> float:
    """The largest |F_i − G_i| and |F_i − G_i + F_j − G_j|."""
    D = F - G
    pairs = np.abs(D[:, None] + D[None, :]) * (1 - np.eye(len(D)))
    return float(max(np.max(np.abs(D)), np.max(pairs)))


def few_terms(arrays: Arrays, shape: Shape) -> Arrays:
    """One nonzero entry each, at the largest of the drawn ones."""
    F, G = (np.where(np.arange(shape["n"]) == np.argmax(arrays[name]), arrays[name], 0.0) for name in "FG")
    return {"F": F, "G": G, "bound": least_bound(F, G)}


def three_terms(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis missed: three entries of F are 1."""
    F, G = np.ones(3), np.zeros(3)
    return {"F": F, "G": G, "bound": least_bound(F, G)}


def largest_pair(arrays: Arrays, shape: Shape) -> Arrays:
    """c = max F_i + max G_i."""
    return {**arrays, "c": float(np.max(arrays["F"]) + np.max(arrays["G"]))}


def smaller(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis missed: c is below every sum."""
    return {**arrays, "c": float(np.min(arrays["F"]) + np.min(arrays["G"]) - 1)}


PAIR = Model({"B": lambda i, j: le(COEFFICIENTS["F"][i] + COEFFICIENTS["G"][j], Symbol("c", real=True))})
SUMS = (
    Search(caps.single_term, {"F": "n"}, ({"n": 1, "j": 1}, {"n": 3, "j": 1}, {"n": 4, "j": 3}), TERMS,
           (off_by(), Variant("more terms", finish=lambda a, s: a, shapes=({"n": 3, "j": 2},))), one_term),
    Search(caps.last_term, {"F": "n"}, COUNTS, TERMS,
           (off_by(), Variant("more terms", finish=lambda a, s: a, shapes=({"n": 3},))), final_term),
    Search(caps.two_terms, {"F": "n", "G": "n"}, COUNTS, TERMS,
           (stronger(), Variant("three terms", finish=three_terms, shapes=({"n": 3},))), few_terms),
    Search(caps.at_index, {"F": "n", "G": "n"}, ({"n": 1, "j": 1}, {"n": 3, "j": 2}), PAIR,
           (Variant("c too small", finish=smaller),), largest_pair),
)

# --- caps ----------------------------------------------------------------------------------------------------------------------------

DIMS: tuple[Shape, ...] = ({"d": 1}, {"d": 2}, {"d": 3}, {"d": 6})
PLANES: tuple[Shape, ...] = DIMS[1:]
ONE = {"w": "d", "x": "d", "x'": "d", "tau": "", "s": ""}
TWO = {"u": "d", **ONE}


def length(arrays: Arrays) -> float:
    return 0.1 + min(abs(float(arrays["s"])), 10.0)


def one_cap(arrays: Arrays, shape: Shape) -> Arrays:
    """Unit points, a centre of length s, and 0 < τ < s."""
    s = length(arrays)
    share = 0.01 + 0.98 * (1 / (1 + abs(float(arrays["tau"]))))
    return {"x": unit(arrays["x"]), "x'": unit(arrays["x'"]), "w": s * unit(arrays["w"]), "s": s, "tau": share * s}


def too_long(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis missed: ‖w‖ = 2s."""
    found = one_cap(arrays, shape)
    return {**found, "w": 2 * found["w"]}


def at_angle(d: int, angle: float) -> Array:
    """The unit vector at an angle from e_1."""
    v = np.zeros(d)
    v[:2] = math.cos(angle), math.sin(angle)
    return v


def rim_chord(shape: Shape) -> list[Arrays]:
    """τ/s = ½: a short chord at the rim, and the centre itself."""
    d, theta = shape["d"], math.pi / 3
    if d == 1:
        return [{"w": np.ones(1), "x": np.ones(1), "x'": -np.ones(1), "tau": np.array(0.0), "s": np.array(0.9)}]
    # 0.01 + 0.98/(1 + t) = ½ at t = 1
    return [{"w": at_angle(d, 0), "x": at_angle(d, angle), "x'": at_angle(d, theta), "tau": np.array(1.0), "s": np.array(0.9)}
            for angle in (0.999 * theta, 0.0)]


def two_caps(arrays: Arrays, shape: Shape) -> Arrays:
    """Two centres of length s, and τ such that the caps are disjoint, or just touch."""
    found = one_cap(arrays, shape)
    s, u = found["s"], found["s"] * unit(arrays["u"])
    least = math.sqrt(max(s**2 + float(u @ found["w"]), 0.0) / 2) * (1 + 1e-9)
    tau = max(least, found["tau"])
    if tau >= s * (1 - 1e-6):                                         # nearly equal centres: opposite ones instead
        u, tau = -found["w"], found["tau"]
    return {**found, "u": u, "tau": tau}


def overlapping(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis missed: u = w, τ = s/10, and two points near each other, just inside the rim."""
    d, s = shape["d"], length(arrays)
    theta = 0.9 * math.acos(0.1)
    centre = s * at_angle(d, 0)
    return {"u": centre, "w": centre, "x": at_angle(d, theta), "x'": at_angle(d, theta + 0.01), "s": s, "tau": s / 10}


def touching(shape: Shape) -> list[Arrays]:
    """Centres at a right angle, and points between them, near the place where the caps touch."""
    d = shape["d"]
    return [{"u": at_angle(d, 0), "w": at_angle(d, math.pi / 2), "x": at_angle(d, math.pi / 4 - t), "x'": at_angle(d, math.pi / 4 + t),
             "tau": np.array(1.0), "s": np.array(0.9)} for t in (0.05, 0.2, 0.6)] if d > 1 else []


def rim_of_two(shape: Shape) -> list[Arrays]:
    """A short chord at the rim of one of two opposite caps."""
    return [{**start, "u": -start["w"]} for start in rim_chord(shape)]


CAPS = (
    Search(caps.cap_height, ONE, DIMS, PLAIN, (stronger(), Variant("‖w‖ = 2s", finish=too_long)), one_cap, rim_chord),
    Search(caps.cap_slope, ONE, DIMS, PLAIN, (stronger(5), Variant("‖w‖ = 2s", finish=too_long)), one_cap, rim_chord, slack=1e-2),
    Search(caps.caps_disjoint, TWO, DIMS, PLAIN, (Variant("overlap", finish=overlapping, shapes=PLANES),), two_caps, touching, tight=False),
    Search(caps.cap_pair, TWO, PLANES, PLAIN, (Variant("half the slope", scaled(Rational(1, 2))), Variant("overlap", finish=overlapping)),
           two_caps, touching, tight=False),
    Search(caps.cap_spread, TWO, PLANES, PLAIN, (stronger(5), Variant("overlap", finish=overlapping)), two_caps, rim_of_two, slack=1e-2),
)

# --- probabilities -------------------------------------------------------------------------------------------------------------------


def arc(arrays: Arrays, shape: Shape) -> Arrays:
    """On the circle P(x_i·x_j > t) = arccos(t)/π; p is larger by what a sample leaves open."""
    t = float(np.clip(arrays["t"], -0.9, 0.99))
    return {"t": t, "p": math.acos(t) / math.pi + 0.06}


def near_one(arrays: Arrays, shape: Shape) -> Arrays:
    """An event that fails with probability 0.2 for each pair."""
    return arc({"t": np.array(math.cos(0.2 * math.pi))}, shape)


def one_pair(formula: Any) -> Any:
    """The failure probability of one pair for all of them."""
    return ge(formula.rhs, 1 - Symbol("p", real=True))


def level(arrays: Arrays, shape: Shape) -> Arrays:
    return {"t": min(abs(float(arrays["t"])), 1.0)}


def larger_exponent(formula: Any) -> Any:
    """e^{−dt²} in place of e^{−dt²/2}, twice over."""
    bound = formula.body.conclusion
    tail = 1 - bound.lhs
    return formula.func(Implies(formula.body.premise, ge(bound.rhs, 1 - exp(4 * next(iter(tail.atoms(exp))).args[0]))), *formula.limits)


APART = Model({"A": lambda X, i, j: le(dot(X[i], X[j]), Symbol("t", real=True))})
CHANCES = (
    Search(caps.pair_cap, {"t": ""}, ({"n": 2, "d": 1}, {"n": 2, "d": 3}), PLAIN,
           (Variant("four times the exponent", larger_exponent, shapes=({"n": 2, "d": 3},)),), level, tight=False),
    Search(caps.prob_all_pairs, {"t": ""}, ({"n": 2, "d": 2}, {"n": 3, "d": 2}), APART,
           (Variant("no union bound", one_pair, finish=near_one, shapes=({"n": 5, "d": 2},)),), arc, tight=False),
)


SEARCHES = (*ORDER, *SUMS, *CAPS, *CHANCES)
