"""Measures Theorem 5 (5), and holds the exact witnesses against the printed (6) and the tempting strengthenings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Expr

from theory.errors import NotCertified
from theory.terms import Symbol, sqrt
from verify.laws.functions import NetworkFunction
from verify.laws.measure import Counterexample, Measurement, RefutingFamily
from verify.laws.rational_network import RationalNetwork
from verify.objects.instance import Instance
from verify.objects.networks import ACTIVATIONS, Network, cancelling_pair, dependent_rows, unbalanced_scaling

M = Symbol("M", positive=True)      # the members are powers of two, so that floats hold M and 1/M exactly


def exact(array: Any) -> Any:
    """The array with Fractions for entries."""
    return np.vectorize(Fraction, otypes=[object])(np.asarray(array))


def _network_instance(network: Network, **more: Any) -> Instance:
    rational = Network(exact(network.W), exact(network.b), exact(network.a), network.activation)
    return Instance({"W": rational.W, "b": rational.b, "a": rational.a, "psi": network.activation, "L": 1, "k": rational.k,
                     "d": rational.d, "f": RationalNetwork(rational), **more})


def _random_network(rng: np.random.Generator) -> Instance:
    """A network of any listed activation with a Lipschitz constant; no data are involved in (5)."""
    d, k = int(rng.integers(1, 5)), int(rng.integers(1, 6))
    psi = ACTIVATIONS[str(rng.choice(["relu", "abs", "identity"]))]
    W = rng.normal(size=(k, d)) if rng.random() < 0.7 else rng.integers(-2, 3, size=(k, d)).astype(float)
    network = Network(W, rng.normal(size=k), rng.normal(size=k), psi)
    return Instance({"W": network.W, "b": network.b, "a": network.a, "psi": psi, "L": 1, "k": k, "d": d, "f": NetworkFunction(network)},
                    seed=int(rng.integers(2**31)))


def _loose(rng: np.random.Generator) -> Instance:
    """Two neurons that cancel: Lip = 0, and the proxy is 2."""
    return _network_instance(Network([[1.0, 0.0], [1.0, 0.0]], [0.0, 0.0], [1.0, -1.0], ACTIVATIONS["relu"]))


def _one_neuron() -> Instance:
    """Tight: one neuron has Lip = |a|‖w‖ = L‖a‖‖W‖_op."""
    return _network_instance(Network([[3.0, 4.0]], [1.0], [2.0], ACTIVATIONS["relu"]))


class ShiftedReLU:
    """ψ(t) = 1 + max(t, 0): 1-Lipschitz with ψ(0) ≠ 0."""

    lipschitz = 1.0

    def __call__(self, t: Any) -> Any:
        return 1 + np.maximum(t, 0)


@dataclass(frozen=True)
class Constant:
    """A constant function."""

    value: float

    def __call__(self, points: Any) -> Any:
        return np.full(len(points), self.value)

    def lipschitz(self, domain: Any) -> Any:
        raise NotCertified("the statement does not mention Lip(f)")


def _printed() -> Counterexample:
    """n = d = k = 1, ψ(t) = 1 + ReLU(t), w = 0, a = y: it fits any datum, and the proxy is 0 < 1."""
    one, zero = exact([1]), exact([0])
    instance = Instance({"X": exact([[1]]), "y": one, "n": 1, "d": 1, "k": 1, "W": exact([[0]]), "b": zero, "a": one, "L": 1,
                         "psi": ShiftedReLU(), "f": Constant(1.0)})
    return Counterexample(instance, "n ≥ 2, or ψ(0) = 0",
                          "n = 1, ψ(t) = 1 + max(t, 0), w = 0, a = y fits every datum (x, y), and ‖a‖‖W‖_op = 0 < 1 = √(n/k); the "
                          "network is the same for every draw, so the event has probability 0")


def _family(network: Callable[[int], Network], ratio: Expr, breaks: str, words: str) -> Counterexample:
    def member(size: int) -> Instance:
        return _network_instance(network(size))
    return Counterexample(member(2), breaks, words, RefutingFamily(member, ratio, M))


def _proxy_by_lip() -> Counterexample:
    base = Network([[1.0, 0.0]], [0.0], [1.0], ACTIVATIONS["relu"])
    return _family(lambda size: cancelling_pair(base, size, [0, 1]), sqrt(2) * M, "kinks on distinct hyperplanes",
                   "f = ReLU(x_1) + M ReLU(x_2) − M ReLU(x_2) has Lip = 1 and ‖a‖‖W‖_op ≥ √2 M, for every M")


def _proxy_by_path() -> Counterexample:
    return _family(lambda size: unbalanced_scaling(size, [1, 0], [0, 1]), M**2 / 2, "balanced scaling",
                   "a = (M, 1/M) with rows u/M and M u′ has path norm 2 and ‖a‖‖W‖_op ≥ M², for every M")


def _energy_dependent() -> Counterexample:
    return _family(lambda size: dependent_rows(size, 2), 8 * M**2, "linearly independent rows",
                   "neurons on one hyperplane cancel exactly: the energy Σ a_ℓ²‖w_ℓ‖² is 1 + 8M² while f stays the same")


def _equal_data() -> Counterexample:
    """Four times the datum 1 on the line: P(|Σ y_i| ≤ 2) = 14/16."""
    instance = Instance({"X": exact([[1], [1], [1], [1]]), "n": 4, "d": 1, "u": exact([1])})
    return Counterexample(instance, "λ_max(XᵀX) of smaller order than n",
                          "n = 4 equal data and u = x_1: |Σ y_i ReLU(u·x_i)| = |Σ y_i| ≤ 2 for 14 of 16 label vectors, and 14/16 < 9/10")


def _random_pair(rng: np.random.Generator) -> Instance:
    """A network that is 1 at p and −1 at q, for any points with different values, and the least n and k for which they are close."""
    d, k = int(rng.integers(1, 5)), int(rng.integers(1, 6))
    psi = ACTIVATIONS[str(rng.choice(["relu", "abs", "identity"]))]
    W, p = rng.normal(size=(k, d)), rng.normal(size=d)
    a = rng.normal(size=k)
    if rng.random() < 0.5:                                              # few large gaps of values
        W = np.rint(3 * W)
    b = -W @ p                                                          # all preactivations vanish at p
    q = p + rng.normal(size=d)
    at_p, at_q = Network(W, b, a, psi)(np.stack([p, q]))
    gap = float(at_q - at_p)
    if abs(gap) < 1e-3:
        return _close_line()
    a = -2 * a / gap                                                    # the values at p and q are now 0 and −2: a bias neuron adds 1
    W, b, a = np.vstack([W, np.zeros(d)]), np.append(b, 1.0), np.append(a, 1.0)
    n = max(1, int(np.floor(4 * (k + 1) / float(np.sum((p - q) ** 2)))))
    if np.linalg.norm(p - q) > 2 * np.sqrt((k + 1) / n):
        return _close_line()
    network = Network(W, b, a, psi)
    return Instance({"W": W, "b": b, "a": a, "psi": psi, "L": 1, "k": k + 1, "d": d, "n": n, "f": NetworkFunction(network), "p": p, "q": q},
                    seed=int(rng.integers(2**31)), accuracy=1e-12)      # of the values at p and q, sums of k products


def _close_line() -> Instance:
    """Tight: f(x) = x at ±1 with k = n, where ‖a‖‖W‖_op = 1 = √(n/k)."""
    network = Network(exact([[1]]), exact([0]), exact([1]), ACTIVATIONS["identity"])
    return _network_instance(network, p=exact([1]), q=exact([-1]), n=1)


def _far_line() -> Instance:
    """The same with n = 9: ±1 are further apart than 2√(1/9)."""
    return _close_line().with_values(n=9)


def _steeper() -> Instance:
    """f(x) = x with L = ½."""
    return _one_neuron().with_values(L=Fraction(1, 2))


MEASUREMENTS = (
    Measurement("bln.thm5.upper", _random_network, corners=(_one_neuron,), twin_draws={
        "without psi Lipschitz": lambda rng: _steeper(), "half": lambda rng: _one_neuron(), "flipped": _loose}),
    Measurement("bln.thm5.close_pair", _random_pair, corners=(_close_line,), twin_draws={
        "without close": lambda rng: _far_line(), "twice": lambda rng: _close_line(),
        "without plus": lambda rng: _close_line().with_values(n=4, p=exact([0]), q=exact([-1]))}),
    Measurement("bln.thm5.tempting_constant", _random_network, refutation=_equal_data),
    Measurement("bln.thm5.printed", _random_network, refutation=_printed),
    Measurement("bln.thm5.tempting_lip", _random_network, refutation=_proxy_by_lip),
    Measurement("bln.thm5.tempting_path", _random_network, refutation=_proxy_by_path),
    Measurement("bln.r1.tempting_energy", _random_network, refutation=_energy_dependent),
)
