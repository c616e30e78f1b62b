"""Instances for the lemmas on points that lie on one kink only: hyperplanes with unit normals, at a distance from one another."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.lemmas import kinks
from verify.laws.lemmas.drawing import entry, row, unit
from verify.laws.lemmas.functions import Jump, Kinked
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant

LEAVES = {"u": "d", "beta": "", "W": "kd", "b": "k", "R": ""}
PLAIN = Model({})
SIZES: tuple[Shape, ...] = tuple({"k": k, "d": d} for k, d in ((1, 1), (1, 2), (3, 2), (2, 3), (4, 3)))
SPATIAL: tuple[Shape, ...] = tuple({"k": k, "d": d} for k, d in ((1, 3), (3, 3), (2, 4)))
NEAR = 1e-2         # hyperplanes nearer to the kink than this are moved away, so that rounding does not hide the clearance


def in_ball(arrays: Arrays, shape: Shape) -> Arrays:
    """A kink that meets the ball of radius R, and others."""
    R = 0.5 + abs(float(np.clip(arrays["R"], -3, 3)))
    return _hyperplanes(arrays, R, 0.9 * R * float(np.tanh(arrays["beta"])))


def beyond(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis that the kink meets the ball, or the sphere, missed."""
    found = in_ball(arrays, shape)
    return {**found, "beta": 2 * found["R"] + 1}


def longer(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis of a unit normal missed: β² < R² and yet u·x + β = 0 misses the ball."""
    found = in_ball({**arrays, "beta": np.array(3.0)}, shape)
    return {**found, "u": found["u"] / 4}


def on_sphere(arrays: Arrays, shape: Shape) -> Arrays:
    """A kink that cuts the sphere, and others."""
    return {name: value for name, value in _hyperplanes(arrays, 1.0, 0.9 * float(np.tanh(arrays["beta"]))).items() if name != "R"}


def off_sphere(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis that the kink cuts the sphere missed."""
    return {**on_sphere(arrays, shape), "beta": 2.0}


def _hyperplanes(arrays: Arrays, R: float, beta: float) -> Arrays:
    u, W, b = unit(arrays["u"]), unit(arrays["W"]), R * np.tanh(arrays["b"])
    cosines = W @ u
    same = 1 - cosines**2 + (b - cosines * beta) ** 2 < NEAR
    return {"u": u, "beta": beta, "W": W, "b": np.where(same, b + np.where(b > cosines * beta, 1, -1) * R / 2, b), "R": R}


def wider(clearance: Any) -> Any:
    """Three times the clearance: it is half of what there is room for."""
    return lambda formula: formula.xreplace({clearance: 3 * clearance})


# --- functions with kinks ------------------------------------------------------------------------------------------------------------

FUNCTION = {"c": "", "v": "d", "s": "", "u": "d", "t": "", "F": "n", "V": "nd", "G": "n", "R": ""}
PARTS = Model({"F": entry("F"), "V": row, "G": entry("G")})
FEW: tuple[Shape, ...] = tuple({"n": n, "d": d} for n, d in ((1, 1), (2, 2), (3, 2)))


def kinked(arrays: Arrays, shape: Shape) -> Arrays:
    """Free numbers and the function that they make."""
    own = {name: np.clip(a, -50, 50) if np.ndim(a) else float(np.clip(a, -50, 50)) for name, a in arrays.items()}
    f = Kinked(np.vstack([own["u"], own["V"]]), np.append(own["s"], own["F"]), np.append(own["t"], own["G"]), own["v"], own["c"])
    return {**own, **({"R": 0.5 + abs(own["R"])} if "R" in own else {}), "f": f}


def with_jump(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis on f missed: it jumps."""
    return {**kinked(arrays, shape), "f": Jump(np.eye(shape["d"])[0])}


SEARCHES = (
    *(Search(lemma, {name: sizes for name, sizes in FUNCTION.items() if name != "R" or lemma is kinks.kinks_lipschitz_ball}, FEW, PARTS,
             (Variant("f jumps", finish=with_jump),), kinked, tight=False)
      for lemma in (kinks.kinks_lipschitz_ball, kinks.kinks_lipschitz_sphere)),
    Search(kinks.clear_point_ball, LEAVES, SIZES, PLAIN,
           (Variant("three times the clearance", wider(kinks.rho)), Variant("a kink beyond the ball", finish=beyond),
            Variant("a normal of length 1/4", finish=longer)), in_ball, tight=False),
    Search(kinks.clear_point_sphere, LEAVES, SPATIAL, PLAIN,
           (Variant("three times the clearance", wider(kinks.sigma)), Variant("a kink off the sphere", finish=off_sphere)),
           on_sphere, tight=False),
)
