"""Instances for the rules on vectors, finite sums, activations, suprema, expectations and probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.errors import HypothesisViolated
from theory.lemmas import rules
from theory.terms import Abs, Activation, MatrixSymbol, Symbol, VectorSymbol, dot, le, relu
from verify.laws.lemmas.drawing import Array, d, entry, m, n, off_by, positive, shifted, stronger, unit
from verify.laws.lemmas.line import UNIT, on_the_line
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant
from verify.objects.networks import Activation as NamedActivation
from verify.objects.networks import activation

PLAIN = Model({})
DIMS: tuple[Shape, ...] = ({"d": 1}, {"d": 2}, {"d": 4})
COUNTS: tuple[Shape, ...] = ({"n": 1}, {"n": 2}, {"n": 4})
TABLES: tuple[Shape, ...] = ({"n": 1, "m": 1}, {"n": 2, "m": 3})
F_TABLE, G_TABLE = MatrixSymbol("F", n, m), MatrixSymbol("G", n, m)
PAIR = {"x": "d", "x'": "d"}
FALSE_EQUATION = Variant("1/100 added", shifted)


def below(first: str, second: str) -> Any:
    """The first array at most the second, entry by entry."""

    def finish(arrays: Arrays, shape: Shape) -> Arrays:
        return {**arrays, first: np.minimum(arrays[first], arrays[second])}

    return finish


# --- activations -------------------------------------------------------------------------------------------------------------------

ACTIVATIONS = ("relu", "abs", "leaky_relu:0.3", "identity")


def slope_of(psi: NamedActivation) -> float:
    """The Lipschitz constant of an activation that has one."""
    if psi.lipschitz is None:
        raise HypothesisViolated(f"{psi.name} is not Lipschitz; take another activation")
    return float(psi.lipschitz)


def homogeneous(arrays: Arrays, shape: Shape) -> Arrays:
    """ψ with ψ(ct) = cψ(t), its constant L, and s = ct with c ≥ 0."""
    psi = activation(ACTIVATIONS[int(abs(float(arrays["which"]))) % len(ACTIVATIONS)])
    c, t = float(positive(arrays["c"])), float(arrays["t"])
    return {"psi": psi, "L": slope_of(psi), "c": c, "t": t, "s": c * t}


def two_points(arrays: Arrays, shape: Shape) -> Arrays:
    return {**homogeneous(arrays, shape), "s": float(arrays["s"])}


def not_homogeneous(arrays: Arrays, shape: Shape) -> Arrays:
    return {**homogeneous(arrays, shape), "psi": activation("tanh"), "L": 1.0}


def growing(arrays: Arrays, shape: Shape) -> Arrays:
    """ψ(0) ≠ 0, so ψ is Lipschitz but not homogeneous."""
    return {**homogeneous(arrays, shape), "psi": _raised, "L": 1.0}


def _raised(t: Array) -> Array:
    return np.abs(t) + 1.0


def steep(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis on L missed: ψ = 2|t| with L = 1."""
    return {**two_points(arrays, shape), "psi": _steep, "L": 1.0}


def _steep(t: Array) -> Array:
    return 2 * np.abs(t)


SCALARS = {"which": "", "c": "", "s": "", "t": ""}

# --- suprema over the line's two directions ---------------------------------------------------------------------------------------

a_vector, points = VectorSymbol("a", d), MatrixSymbol("V", n, d)
h = Symbol("h", real=True)
ON_LINE: tuple[Shape, ...] = ({"d": 1, "n": 2},)
F_READING = {"F": lambda u: dot(u, a_vector) + h}
G_READING = {"G": lambda u, beta: Abs(dot(u, points[1]) + beta) - Abs(dot(u, points[2]) + beta) + h}
OVER_U, OVER_BOTH = Model(F_READING, on_the_line()), Model(G_READING, on_the_line(points))
SUP = {"a": "d", "h": "", "x": "d", "more": ""}
BOTH = {"V": "nd", "h": "", "x": "d", "t": "", "more": ""}


def over_u(arrays: Arrays, shape: Shape) -> Arrays:
    """u·a + h, a unit vector x, and a bound on all values (of both signs)."""
    top = float(np.abs(arrays["a"]).sum() + abs(float(arrays["h"])))
    return {**arrays, UNIT: np.ones(1), "x": unit(arrays["x"]), "bound": top + max(float(arrays["more"]), 0.0)}


def exactly_over_u(arrays: Arrays, shape: Shape) -> Arrays:
    return {**over_u(arrays, shape), "bound": float(np.abs(arrays["a"]).sum()) + float(arrays["h"])}


def over_both(arrays: Arrays, shape: Shape) -> Arrays:
    """|u·v_1 + β| − |u·v_2 + β| + h lies between h ± |v_1 − v_2|; for opposite points all values come up to it."""
    V = arrays["V"]
    gap = float(max(np.abs(V[0] - V[1]).sum(), np.abs(V[0] + V[1]).sum())) + abs(float(arrays["h"]))
    return {
        **arrays,
        UNIT: np.ones(1),
        "x": unit(arrays["x"]),
        "t": float(np.clip(arrays["t"], -1, 1)),
        "bound": gap + max(float(arrays["more"]), 0.0),
    }


def half_bound(formula: Any) -> Any:
    """That half the bound is one as well."""
    return le(formula.objects[0], rules.bound / 2)


def too_low(finish: Any) -> Any:
    """A bound below half of the largest value."""
    return lambda arrays, shape: {**finish(arrays, shape), "bound": 0.4 * finish(arrays, shape)["bound"] - 1e-3}


def both_starts(shape: Shape) -> list[Arrays]:
    zero = {"h": np.array(0.0), "more": np.array(0.0)}
    return [
        {**zero, "V": np.array([[0.5], [-0.5]]), "x": np.ones(1), "t": np.array(0.5), "a": np.ones(1)},
        {**zero, "V": np.array([[0.5], [0.5]]), "x": np.ones(1), "t": np.array(0.5), "a": np.ones(1)},
    ]


def outside(arrays: Arrays, shape: Shape) -> Arrays:
    return {**over_u(arrays, shape), "x": 2 * unit(arrays["x"])}


def far_shift(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis |t| ≤ 1 missed."""
    return {**over_both(arrays, shape), "V": 4 * arrays["V"], "t": 2.0 * float(np.sign(arrays["t"]) + (float(arrays["t"]) == 0.0))}


# --- maxima ------------------------------------------------------------------------------------------------------------------------


def maxima(arrays: Arrays, shape: Shape) -> Arrays:
    """An index, and bounds on the values and on the differences: the larger of the two serves both rules."""
    more = max(float(arrays["more"]), 0.0)
    j = 1 + int(abs(float(arrays["j"]))) % shape["n"]
    return {"F": arrays["F"], "G": arrays["G"], "j": j, "bound": float(np.max(arrays["F"])) + more}


def differences(arrays: Arrays, shape: Shape) -> Arrays:
    return {**maxima(arrays, shape), "bound": float(np.max(np.abs(arrays["F"] - arrays["G"]))) + max(float(arrays["more"]), 0.0)}


def low(finish: Any) -> Any:
    return lambda arrays, shape: {**finish(arrays, shape), "bound": finish(arrays, shape)["bound"] - 1.0}


MAXIMA = {"F": "n", "G": "n", "j": "", "more": ""}
VALUES = Model({"F": entry("F"), "G": entry("G")})


def _of_equal_size(arrays: Arrays, shape: Shape) -> Arrays:
    return {"s": float(min(arrays["s"], arrays["t"], 50.0)), "t": float(min(arrays["t"], 50.0))}


def _chain(arrays: Arrays, shape: Shape) -> Arrays:
    p, q, top = sorted(float(arrays[name]) for name in "pqb")
    return {"p": p, "q": q, "bound": top}


SEARCHES = (
    Search(rules.norm_triangle, PAIR, DIMS, PLAIN, (stronger(),)),
    Search(rules.cauchy, PAIR, DIMS, PLAIN, (stronger(),)),
    Search(rules.direction, {"w": "d", "x": "d"}, DIMS, PLAIN, (off_by(), FALSE_EQUATION)),
    Search(rules.direction_unit, {"w": "d"}, DIMS, PLAIN, (off_by(),)),
    Search(
        rules.sum_le, {"F": "n", "G": "n"}, COUNTS, VALUES, (stronger(), Variant("not termwise", finish=lambda a, s: a)), below("F", "G")
    ),
    Search(
        rules.sum_le_pairs,
        {"F": "nm", "G": "nm"},
        TABLES,
        Model({"F": lambda i, j: F_TABLE[i, j], "G": lambda i, j: G_TABLE[i, j]}),
        (stronger(), Variant("not termwise", finish=lambda a, s: a)),
        below("F", "G"),
    ),
    Search(
        rules.triangle, {"F": "n"}, COUNTS, VALUES, (stronger(), Variant("no modulus on the right", lambda f: le(f.lhs, f.lhs.args[0])))
    ),
    Search(
        rules.exp_le,
        {"s": "", "t": ""},
        ({},),
        PLAIN,
        (stronger(), Variant("s > t", finish=lambda a, s: {"s": float(abs(a["t"])) + 1, "t": 0.0})),
        _of_equal_size,
    ),
    Search(
        rules.prob_at_least,
        {"p": "", "q": "", "b": ""},
        ({},),
        PLAIN,
        (stronger(), Variant("p > bound", finish=lambda a, s: {**_chain(a, s), "p": _chain(a, s)["bound"] + 1})),
        _chain,
    ),
    Search(rules.homogeneous, SCALARS, ({},), PLAIN, (off_by(), Variant("ψ = tanh", finish=not_homogeneous)), homogeneous),
    Search(rules.homogeneous_growth, SCALARS, ({},), PLAIN, (stronger(), Variant("ψ(0) = 1", finish=growing)), homogeneous),
    Search(rules.growth, SCALARS, ({},), PLAIN, (stronger(), Variant("ψ(0) = 1", finish=growing)), homogeneous),
    Search(
        rules.activation_lip,
        SCALARS,
        ({},),
        PLAIN,
        (stronger(), Variant("ψ is 2-Lipschitz", finish=steep)),
        two_points,
        lambda s: [{"s": np.array(1.0), "t": np.array(0.0)}],
    ),
    Search(
        rules.relu_homogeneous,
        {},
        ({},),
        PLAIN,
        (Variant("tanh", lambda f: f.func(f.name, Activation("psi")), finish=lambda a, s: {"psi": activation("tanh")}),),
        tight=False,
    ),
    Search(
        rules.relu_lipschitz,
        {},
        ({},),
        PLAIN,
        (Variant("constant 9/10", lambda f: f.func(f.name, relu, f.objects[1] * 9 / 10)),),
        tight=False,
    ),
    Search(rules.relu_abs, {}, ({},), PLAIN, (Variant("right side 1 % larger", off_by().change),), tight=False),
    Search(rules.on_sphere, {}, DIMS, PLAIN, (off_by(),)),
    Search(rules.in_interval, {}, ({},), PLAIN, (stronger(),), tight=False),
    Search(rules.sup_ge, SUP, ON_LINE, OVER_U, (stronger(), Variant("x not a unit vector", finish=outside)), over_u),
    Search(rules.sup_le, SUP, ON_LINE, OVER_U, (stronger(), Variant("no bound", finish=too_low(over_u))), exactly_over_u),
    Search(rules.sup_bounded, SUP, ON_LINE, OVER_U, (Variant("half the bound", half_bound),), exactly_over_u, tight=False),
    Search(rules.sup_pair_bounded, BOTH, ON_LINE, OVER_BOTH, (Variant("half the bound", half_bound),), over_both, both_starts, tight=False),
    Search(rules.sup_abs, SUP, ON_LINE, OVER_U, (stronger(), Variant("no bound of −F", finish=exactly_over_u)), over_u),
    Search(rules.sup_pair_ge, BOTH, ON_LINE, OVER_BOTH, (stronger(), Variant("shift out of range", finish=far_shift)), over_both,
           both_starts),
    Search(rules.sup_pair_le, BOTH, ON_LINE, OVER_BOTH, (stronger(), Variant("no bound", finish=too_low(over_both))), over_both,
           both_starts),
    Search(rules.sup_pair_abs, BOTH, ON_LINE, OVER_BOTH, (stronger(), Variant("no bound", finish=too_low(over_both))), over_both,
           both_starts),
    Search(rules.max_ge, MAXIMA, COUNTS, VALUES, (stronger(), Variant("least in place of largest", lambda f: le(f.rhs, f.lhs))), maxima),
    Search(rules.max_le, MAXIMA, COUNTS, VALUES, (stronger(), Variant("no bound", finish=low(maxima))), maxima),
    Search(rules.max_gap, MAXIMA, COUNTS, VALUES, (stronger(), Variant("no bound", finish=low(differences))), differences),
)
