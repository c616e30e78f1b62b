"""Instances for the lemmas on quadratic forms: symmetric matrices, bounds on their values, combinations of v_i v_iᵀ."""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Rational

from theory.lemmas import quadratics, spectra
from theory.terms import fro_norm, le, nuclear_norm, op_norm
from verify.laws.lemmas.drawing import COEFFICIENTS, SQUARE, Array, entry, finishing, off_by, row, stronger, symmetric, unit
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant
from verify.laws.lemmas.vectors import below

BELOW = Model({"A": lambda i: le(COEFFICIENTS["F"][i], COEFFICIENTS["G"][i])})
PLAIN, COMBINED = Model({}), Model({"F": entry("F"), "V": row})
DIMS: tuple[Shape, ...] = ({"d": 1}, {"d": 2}, {"d": 3})
PLANE: tuple[Shape, ...] = ({"d": 2}, {"d": 3})
KD: tuple[Shape, ...] = ({"k": 1, "d": 1}, {"k": 2, "d": 3}, {"k": 3, "d": 3}, {"k": 4, "d": 2})
DEFICIENT: tuple[Shape, ...] = ({"d": 2, "q": 1}, {"d": 3, "q": 1}, {"d": 3, "q": 2})
FORM, TWO = {"M": "dd", "u": "d"}, {"M": "dd", "u": "d", "w": "d"}
ROUNDING = 1e-9            # of a bound that is the supremum over the sphere: the sampled values come near it
ROTATION = np.array([[0.0, -1.0], [1.0, 0.0]])

made_symmetric = finishing(M=symmetric)


def rotated(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis of symmetry missed: a rotation by a right angle."""
    return {**arrays, "M": ROTATION}


def spread_of(arrays: Arrays, shape: Shape) -> Arrays:
    """A bound on all differences of values: the spread of the eigenvalues, or more."""
    M = symmetric(arrays["M"])
    values = np.linalg.eigvalsh(M)
    return {"M": M, "bound": float(values[-1] - values[0]) + ROUNDING * float(np.abs(values).max()) + max(float(arrays["more"]), 0.0)}


def largest_of(arrays: Arrays, shape: Shape) -> Arrays:
    """A bound on all uᵀMu: the largest eigenvalue, or more."""
    M = symmetric(arrays["M"])
    values = np.linalg.eigvalsh(M)
    return {"M": M, "bound": float(values[-1]) + ROUNDING * float(np.abs(values).max()) + max(float(arrays["more"]), 0.0)}


def radius_of(arrays: Arrays, shape: Shape) -> Arrays:
    """A bound on all |uᵀMu|: the largest modulus of an eigenvalue, or more."""
    M = symmetric(arrays["M"])
    return {"M": M, "bound": float(np.abs(np.linalg.eigvalsh(M)).max()) * (1 + ROUNDING) + max(float(arrays["more"]), 0.0)}


def halved(finish: Any) -> Any:
    """A bound that does not hold."""
    return lambda arrays, shape: {**finish(arrays, shape), "bound": finish(arrays, shape)["bound"] / 2}


def of_rotation(arrays: Arrays, shape: Shape) -> Arrays:
    """uᵀMu = 0 for all u although ‖M‖_op = 1."""
    return {"M": ROTATION, "bound": 0.5}


def outer(arrays: Arrays, shape: Shape) -> Arrays:
    """M = c v vᵀ; entries of v far below the others are 0, as an equation between numbers of their squares would drown in rounding."""
    c, v = float(arrays["c"]), unit(arrays["v"])
    v = np.where(np.abs(v) < 0.05, 0.0, v)
    return {"c": c, "v": v, "M": c * np.outer(v, v)}


def twisted(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis of symmetry missed: c v vᵀ plus a rotation has the same form."""
    found = outer(arrays, shape)
    return {**found, "M": found["M"] + ROTATION}


def first_only(arrays: Arrays, shape: Shape) -> Arrays:
    """F_i ≤ G_i at the last of two indices only."""
    return {"F": np.array([1.0, 0.0]), "G": np.zeros(2)}


def low_rank(arrays: Arrays, shape: Shape) -> Arrays:
    return {"M": arrays["A"] @ arrays["B"]}


def shifted_identity(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis on the rank missed."""
    return {"M": np.eye(shape["d"])}


def rising(arrays: Arrays, shape: Shape) -> Arrays:
    """s at most bound, and at most bound + slope at the end t = 1."""
    bound, slope = float(arrays["bound"]), float(arrays["slope"])
    return {"bound": bound, "slope": slope, "s": bound + min(slope, 0.0) - max(float(arrays["gap"]), 0.0)}


def touching(shape: Shape) -> list[Arrays]:
    """s = bound."""
    return [{"bound": np.array(1.0), "slope": np.array(1.0), "gap": np.array(0.0)}]


def at_one_only(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis at t = 1 alone."""
    return {"bound": 1.0, "slope": 1.0, "s": 2.0}


def fractions(arrays: Arrays, shape: Shape) -> Arrays:
    return {**arrays, "F": np.minimum(np.abs(arrays["F"]), 1.0)}


def doubled(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis c_i ≤ 1 missed."""
    return {**arrays, "F": np.full_like(arrays["F"], 2.0)}


def _polar(arrays: Arrays, shape: Shape) -> Arrays:
    """B blended with W, where ⟨W, B⟩ = ‖W‖_F‖B‖_F."""
    return {"W": arrays["W"], "B": arrays["B"] + 3 * arrays["s"] * arrays["W"]}


def _isometry(arrays: Arrays, shape: Shape) -> Arrays:
    """W blended with its polar factor, all of whose singular values are 1."""
    left, _, right = np.linalg.svd(arrays["W"], full_matrices=False)
    factor: Array = left @ right
    return {"W": arrays["W"] + 3 * arrays["s"] * factor}


SEARCHES = (
    Search(quadratics.symmetric, TWO, DIMS, PLAIN, (Variant("M not symmetric", finish=rotated, shapes=({"d": 2},)),), made_symmetric),
    Search(quadratics.moment_norm, {"F": "n", "V": "nd"}, SQUARE, COMBINED, (off_by(),)),
    Search(quadratics.moment_injective, {"F": "n", "V": "nd"}, SQUARE, COMBINED, (off_by(),)),
    Search(
        quadratics.vanishing_step,
        {"bound": "", "slope": "", "gap": ""},
        ({},),
        PLAIN,
        (stronger(), Variant("at t = 1 only", finish=at_one_only)),
        rising,
        touching,
    ),
    Search(quadratics.form_max, FORM, DIMS, PLAIN, (stronger(),), made_symmetric),
    Search(quadratics.form_min, FORM, DIMS, PLAIN, (stronger(),), made_symmetric),
    Search(
        spectra.form_least,
        {"M": "dd", "more": ""},
        DIMS,
        PLAIN,
        (stronger(), Variant("half the bound", finish=halved(largest_of), shapes=PLANE)),
        largest_of,
    ),
    Search(
        quadratics.eigenvalue_spread,
        {"M": "dd", "more": ""},
        DIMS,
        PLAIN,
        (stronger(), Variant("half the bound", finish=halved(spread_of), shapes=PLANE)),
        spread_of,
    ),
    Search(
        quadratics.numerical_radius,
        {"M": "dd", "more": ""},
        DIMS,
        PLAIN,
        (
            stronger(),
            Variant("M not symmetric", finish=of_rotation, shapes=({"d": 2},)),
            Variant("half the bound", finish=halved(radius_of)),
        ),
        radius_of,
    ),
    Search(
        quadratics.image_norm,
        {"W": "kd", "x": "d"},
        KD,
        PLAIN,
        (stronger(),),
    ),
    Search(
        quadratics.kernel_unit,
        {"A": "dq", "B": "qd"},
        DEFICIENT,
        PLAIN,
        (off_by(), Variant("full rank", finish=shifted_identity)),
        low_rank,
    ),
    Search(
        quadratics.rank_outer,
        {"c": "", "v": "d"},
        DIMS,
        PLAIN,
        (Variant("at most 0", lambda f: le(f.lhs, 0)), Variant("M not symmetric", finish=twisted, shapes=({"d": 2},))),
        outer,
        slack=1e-9,
    ),
    Search(
        quadratics.only_index,
        {"F": "n", "G": "n"},
        ({"n": 1},),
        BELOW,
        (Variant("two indices", finish=first_only, shapes=({"n": 2},)),),
        below("F", "G"),
    ),
    Search(
        quadratics.trace_cauchy,
        {"W": "kd", "B": "kd", "s": ""},
        KD,
        PLAIN,
        (stronger(), Variant("operator in place of Frobenius", lambda f: le(f.lhs, fro_norm(f.lhs.args[0]) * op_norm(f.lhs.args[1])))),
        _polar,
    ),
    Search(
        quadratics.nuc_fro,
        {"W": "kd", "s": ""},
        KD,
        PLAIN,
        (stronger(), Variant("root of the size dropped", lambda f: le(nuclear_norm(f.lhs.args[0]), fro_norm(f.lhs.args[0])))),
        _isometry,
    ),
    Search(
        quadratics.pairing_range,
        {"M": "dd", "F": "n", "V": "nd"},
        SQUARE,
        COMBINED,
        (stronger(), Variant("three fifths of the right side", lambda f: le(f.lhs, Rational(3, 5) * f.rhs))),
        made_symmetric,
    ),
    Search(
        quadratics.eigsum_weights,
        {"F": "n", "V": "nd"},
        SQUARE,
        COMBINED,
        (stronger(), Variant("weights 2", finish=doubled)),
        fractions,
    ),
    Search(quadratics.gram_norm, {"F": "n", "V": "nd"}, SQUARE, COMBINED, (stronger(),)),
)
