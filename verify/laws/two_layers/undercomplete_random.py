"""Measures Theorem 6 with high probability: the events about data and labels, and the law for one fit on them.

The probability over the labels is exact, the one over the data an interval from draws.  The levels s and t are chosen so that the
promised probabilities are well inside (0, 1): near 1 no number of draws would decide.  On a user's network the instance form
bln.thm6.trace is measured.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.laws.draws import (
    Array,
    Rng,
    fixed,
    function_instance,
    integer,
    listed,
    new_seed,
    orthonormal_rows,
    projected_fit,
    projected_network,
)
from verify.laws.functions import affine_function, least_mcshane
from verify.laws.measure import Measurement
from verify.objects.instance import Instance

PAIR = np.array([[1.0], [-1.0]])


def levels(rng: Rng) -> dict[str, float]:
    """s of the spectrum, at most 2.5, and t of the mean label, in (0, 1)."""
    return {"s": float(rng.uniform(0, 2.5)), "t": float(rng.uniform(0.1, 0.95))}


def draw_law(rng: Rng) -> Instance:
    """Generic data and a fit through a projection."""
    d = integer(rng, 1, 5)
    return fit_of_rank(rng, d, integer(rng, 1, d), integer(rng, 1, 10), **levels(rng))


def fit_of_rank(rng: Rng, d: int, r: int, n: int, **more: Any) -> Instance:
    """McShane's function of r projected coordinates of generic data, or a network of them on its level sets."""
    Q = orthonormal_rows(rng, r, d)
    if rng.random() < 0.3:
        f, data = projected_network(rng, n, Q)
        return function_instance(f, data, new_seed(rng), P=Q.T @ Q, r=r, **more)
    X = generic(rng, n, d)
    g, y = projected_fit(rng, X, Q)
    return function_instance(g, listed(X, y), new_seed(rng), P=Q.T @ Q, r=r, **more)


def generic(rng: Rng, n: int, d: int) -> Array:
    """Gaussian or uniform spherical points; on a line, Gaussian, since the sphere has two points there."""
    G = rng.standard_normal((n, d))
    sphere = d > 1 and rng.random() < 0.5
    return np.asarray(G / (np.linalg.norm(G, axis=1, keepdims=True) if sphere else np.sqrt(d)))


def draw_printed(rng: Rng) -> Instance:
    """n ≥ d points and a rank of at most k."""
    d, k = integer(rng, 1, 5), integer(rng, 1, 6)
    return fit_of_rank(rng, d, integer(rng, 1, min(d, k)), integer(rng, d, d + 6), k=k)


# --- corners ------------------------------------------------------------------------------------------------------------------------

def two_points() -> Instance:
    """f = x at ±1, d = r = 1, t = 0: 2 ≤ (√2 + 1)² on the event, and the mean label is 0."""
    return function_instance(affine_function([1.0]), listed(PAIR, [1, -1]), P=np.eye(1), r=1, s=0, t=0)


def square() -> Instance:
    """The printed form at d = k = 1 with four points."""
    X = np.array([[1.0], [-1.0], [1.0], [-1.0]])
    return function_instance(affine_function([1.0]), listed(X, X[:, 0]), P=np.eye(1), r=1, k=1)


def sphere_pair() -> Instance:
    """f = x_1 at ±e_1 in the plane, r = 1, s = 1."""
    X = np.array([[1.0, 0.0], [-1.0, 0.0]])
    return function_instance(affine_function([1.0, 0.0]), listed(X, [1, -1]), P=np.diag([1.0, 0.0]), r=1, s=1, t=0)


# --- where the false twins fail -----------------------------------------------------------------------------------------------------

def constant_labels() -> Instance:
    """Equal labels and f = 1, t = ½: off the event |ȳ| ≤ t, and Lip = 0."""
    return two_points().with_values(f=affine_function([0.0], 1.0), y=np.ones(2), t=0.5)


def constant_on_event() -> Instance:
    """Equal labels and f = 1 with t = 1, where |ȳ| ≤ t says nothing."""
    return two_points().with_values(f=affine_function([0.0], 1.0), y=np.ones(2), t=1)


def zero_function() -> Instance:
    """f = 0 fits nothing."""
    return two_points().with_values(f=affine_function([0.0]))


def orthonormal(d: int) -> Instance:
    """McShane's function with Lip = √2 of all coordinates of d orthonormal points, balanced labels, but r = k = 1."""
    X, y = np.eye(d), np.where(np.arange(d) % 2 == 0, 1.0, -1.0)
    P = np.zeros((d, d))
    P[0, 0] = 1
    return function_instance(least_mcshane(X, y), listed(X, y), P=P, r=1, k=1, s=0.5, t=0.25)


def twelve() -> Instance:
    """d = 12: 12·12·(15/16) = 135 exceeds 2(2√12 + ½)² = 111."""
    return orthonormal(12)


def twenty_six() -> Instance:
    """d = 26 exceeds 12·2 in the printed form."""
    return orthonormal(26)


def full_rank() -> Instance:
    """The same with P = I, r = d and k = 1."""
    return twenty_six().with_values(P=np.eye(26), r=26)


def single_datum() -> Instance:
    """One point in R^12: |ȳ| = 1 always, and |ȳ| ≤ ½ is promised with probability 1 − 2e^{−3/2}."""
    X = np.eye(12)[:1]
    return function_instance(affine_function(X[0]), listed(X, [1]), P=np.diag(X[0]), r=1, k=1)


def many_points() -> Instance:
    """Eighty points on a line: √λ_max is about √80, far above √d + s = 3."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((80, 1))
    y = np.where(X[:, 0] > 0, 1.0, -1.0)
    return function_instance(least_mcshane(X, y), listed(X, y), P=np.eye(1), r=1, s=2, t=0.9)


def printed_constant() -> Instance:
    """Equal labels and f = 1 for the printed form: 1 ≤ 12·0 off the event."""
    return function_instance(affine_function([0.0], 1.0), listed(PAIR, [1, 1]), P=np.eye(1), r=1, k=1)


SHARED = {
    "without fits": fixed(zero_function), "without through P": fixed(twelve), "off the event": fixed(constant_labels),
    "no price for the mean": fixed(constant_on_event), "without √n": fixed(many_points),
}

MEASUREMENTS = (
    Measurement("bln.thm6.gaussian", draw_law, (two_points, sphere_pair), twin_draws=SHARED),
    Measurement("bln.thm6.uniform_sphere", draw_law, (two_points, sphere_pair), twin_draws=SHARED),
    Measurement("bln.thm6.printed", draw_printed, (square,), twin_draws={
        "without enough data": fixed(single_datum), "without k rows": fixed(full_rank), "without through P": fixed(twenty_six),
        "off the event": fixed(printed_constant)}),
)
