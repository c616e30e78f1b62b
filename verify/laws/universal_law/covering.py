"""Measures the laws for data in few cells on McShane's interpolants of noisy labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.laws.draws import Rng, fixed, integer
from verify.laws.functions import ConstantFunction, least_mcshane
from verify.laws.measure import Measurement
from verify.laws.universal_law.symmetric_noise import noisy
from verify.objects.instance import Instance

NEARLY = 1 - 1e-9     # the fit holds with so much room, and no rounding decides it


def interpolation(X: Any, e: Any, g: Any, nu: Any, A: Any, p: Any, s: float, part: float = NEARLY, factor: float = 1.0,
                  **changed: Any) -> Instance:
    """McShane's interpolant of y = g + νe, the least ρ, and ε = part·mean ν²."""
    X, p, A = (np.asarray(a, dtype=np.float64) for a in (X, p, A))
    y = np.asarray(g) + np.asarray(nu) * np.asarray(e)
    f = least_mcshane(X, y, factor) if len(set(y)) > 1 else ConstantFunction(float(y[0]))
    rho = float(np.max(np.where(A > 0, np.linalg.norm(X[:, None] - p[None], axis=2), 0.0))) * (1 + 1e-12)
    return Instance({"X": X, "n": len(X), "d": X.shape[1], "M": len(p), "e": np.asarray(e), "g": np.asarray(g), "nu": np.asarray(nu),
                     "A": A, "p": p, "rho": rho, "f": f, "s": s, "eps": part * float(np.mean(np.square(nu)))} | changed)


def draw_cells(rng: Rng) -> Instance:
    """Up to five data on the line or in the plane, each in the nearest cell or in parts."""
    n, d, M = integer(rng, 1, 5), integer(rng, 1, 2), integer(rng, 1, 3)
    X, p = rng.standard_normal((n, d)), rng.standard_normal((M, d))
    nearest = np.argmin(np.linalg.norm(X[:, None] - p[None], axis=2), axis=1)
    A = np.eye(M)[nearest] if rng.random() < 0.6 else rng.dirichlet(np.ones(M), n)
    if M > 1:
        A[:, -1] = 1 - A[:, :-1].sum(axis=1)
    g, nu = noisy(rng, n)
    return interpolation(X, rng.choice([-1.0, 1.0], n), g, nu, np.clip(A, 0, 1), p, float(10.0 ** rng.uniform(-2, 0.5)),
                         float(rng.choice([NEARLY, rng.uniform(0.1, 0.9)])), float(rng.choice([1.0, 2.0])))


def alternating(n: int, s: float, **changed: Any) -> Instance:
    """n data of noise alone on [0, 1] with alternating labels, in one cell about ½."""
    e = np.where(np.arange(n) % 2 == 0, 1.0, -1.0)
    return interpolation(np.arange(n)[:, None] / max(1, n - 1), e, np.zeros(n), np.ones(n), np.ones((n, 1)), [[0.5]], s, **changed)


def draw_few(rng: Rng) -> Instance:
    """At least 144 data in one cell, at the level s = 2nε²/225."""
    n = integer(rng, 150, 200)
    found = alternating(n, 0.0)
    return found.with_values(e=found.array("e", 1), s=2 * n * found.number("eps") ** 2 / 225, m=integer(rng, 1, 3)).with_values(rho=0.5)


def draw_cube(rng: Rng) -> Instance:
    """The same in the one cell of the cube [0, 1]."""
    return draw_few(rng).with_values(m=1, rho=0.5)


def nine(**changed: Any) -> Instance:
    """Nine data at the level 0: nε/2 = 4.5 is above √n = 3, and 9 Lip(f) ρ = 9·16·½ is much more."""
    return alternating(9, 0.0, **changed)


def own_cells(**changed: Any) -> Instance:
    """Each of two data in its own cell: ρ = 0, and the cost √(nM) is all of it."""
    return interpolation([[0.0], [1.0]], [1.0, -1.0], np.zeros(2), np.ones(2), np.eye(2), [[0.0], [1.0]], 0.0, **changed)


def one_datum(**changed: Any) -> Instance:
    """One datum with its label as a constant function, in its own cell."""
    return interpolation([[0.0]], [1.0], [0.0], [1.0], [[1.0]], [[0.0]], 2 * NEARLY**2 / 225, **changed)


def many(**changed: Any) -> Instance:
    """150 data in the cell [0, 1]."""
    return alternating(150, 2 * 150 * NEARLY**2 / 225, rho=0.5, m=1).with_values(**changed)


ZERO = ConstantFunction(0.0)
MEASUREMENTS = (
    Measurement("bs.d6.cells", draw_cells, (nine, own_cells), twin_draws={
        "without fit": fixed(lambda: nine(f=ZERO)), "no cost": fixed(own_cells)}),
    Measurement("bs.d6.quarter", draw_few, (many,), twin_draws={
        "without fit": fixed(lambda: many(f=ZERO)), "without few cells": fixed(one_datum)}),
    Measurement("bs.d6.cube", draw_cube, (many,), twin_draws={
        "without fit": fixed(lambda: many(f=ZERO)),
        "without cube": fixed(lambda: many(m=10**6)), "without few cells": fixed(lambda: one_datum(m=1, rho=0.5))}),
)
