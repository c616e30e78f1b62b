"""Measures the settled part n ≤ k of Conjecture 1; the conjectures themselves are about fits that no one has bounded."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.laws.draws import Rng, fixed, integer, new_seed, one_of, some_network, some_points, some_weights
from verify.laws.functions import ConstantFunction, NetworkFunction, affine_function, least_mcshane
from verify.laws.measure import Counterexample, Measurement
from verify.laws.two_layers.printed import exact
from verify.laws.two_layers.spectral_norm import plain
from verify.objects.instance import Instance
from verify.objects.networks import Network


def pair_instance(f: Any, p: Any, q: Any, n: int, k: int, seed: int = 0) -> Instance:
    """A function with f(p) = 1 and f(q) = −1."""
    return Instance({"f": f, "p": np.asarray(p, dtype=float), "q": np.asarray(q, dtype=float), "n": n, "k": k, "d": len(p)}, seed)


def draw_wide(rng: Rng) -> Instance:
    """McShane's function of two unit points, or a network moved and scaled to be 1 and −1 there; n ≤ k."""
    d, n = integer(rng, 2, 4), integer(rng, 1, 12)
    k = n + integer(rng, 0, 6)
    p, q = some_points(rng, 2, d, unit=True)
    if np.linalg.norm(p - q) < 1e-3:
        q = -p
    network = some_network(rng, some_weights(rng, integer(rng, 1, 4), d), "relu")
    at_p, at_q = network(np.stack([p, q]))
    if one_of(rng, (True, False)) or abs(at_p - at_q) < 1e-2:
        f = least_mcshane(np.stack([p, q]), np.array([1.0, -1.0]), 1 + 1e-12)       # above L*, which is known to its rounding only
        return pair_instance(f, p, q, n, k, new_seed(rng))
    t = 2 / (at_p - at_q)
    moved = Network(network.W, network.b, t * network.a, network.activation, t * network.v, t * (network.c - at_q) - 1)
    return pair_instance(NetworkFunction(moved), p, q, n, k, new_seed(rng))


def antipodal() -> Instance:
    """f = x_1 at ±e_1 with n = k: Lip_S = 1 = √(n/k)."""
    return pair_instance(affine_function([1.0, 0.0]), [1, 0], [-1, 0], 1, 1)


def narrow() -> Instance:
    """n = 9 data and k = 1 neuron: √9 exceeds Lip_S = 1."""
    return antipodal().with_values(n=9)


def far() -> Instance:
    """f = (x_1 − 1)/2 at p = 3e_1 and q = −e_1: Lip_S = ½."""
    return pair_instance(affine_function([0.5, 0.0], -0.5), [3, 0], [-1, 0], 1, 1)


def equal_labels() -> Counterexample:
    """One datum with label 1, fitted by the network ReLU(0·x + 1)."""
    network = plain([[0.0, 0.0]], [1.0], b=[1.0])
    instance = Instance({"X": exact([[1, 0]]), "y": exact([1]), "n": 1, "d": 2, "k": 1, "W": exact([[0, 0]]), "b": exact([1]),
                         "a": exact([1]), "psi": network.activation, "f": ConstantFunction(1)})
    return Counterexample(instance, "both labels occur",
                          "one datum x = e_1 with y = 1 is fitted by f = ReLU(0·x + 1) = 1, and Lip_S(f) = 0")


MEASUREMENTS = (
    Measurement("bln.conj1.wide", draw_wide, (antipodal,), twin_draws={
        "without plus": fixed(lambda: antipodal().with_values(f=ConstantFunction(-1.0))),
        "without minus": fixed(lambda: antipodal().with_values(f=ConstantFunction(1.0))),
        "without wide": fixed(narrow), "without p unit": fixed(far), "twice": fixed(antipodal)}),
    Measurement("bln.conj1.constant", draw_wide, refutation=equal_labels),
)
