"""ReLU networks whose neurons live on disjoint caps of the unit sphere: their exact chord Lipschitz constant there."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.laws.functions import EPS, Array, LipschitzInterval, NetworkFunction
from verify.objects.domains import numeric_domain
from verify.objects.networks.network import as_float


class CapFunction(NetworkFunction):
    """x ↦ Σ a_ℓ ReLU(w_ℓ·x − τ_ℓ), τ_ℓ ≥ 0; on the sphere (chord metric, d ≥ 2) its constant is max|a_ℓ|√(‖w_ℓ‖² − τ_ℓ²) when the caps are
    disjoint, and is enclosed as for any network otherwise.

    Neurons with ‖w_ℓ‖ ≤ τ_ℓ vanish on the sphere.  A cap has the half-angle θ = arccos(τ/‖w‖), and at the angle δ inside its rim the neuron
    is ‖w‖(sin θ sin δ − cos θ(1 − cos δ)) ≤ ‖w‖ sin θ sin δ.  Inside one cap the slope of a chord is at most ‖w‖ sin θ, and this is reached
    at the rim; from one cap to another, |a|‖w‖ sin θ sin δ + |a′|‖w′‖ sin θ′ sin δ′ ≤ max·2 sin((δ + δ′)/2) ≤ max·chord.

    >>> from sympy import Integer
    >>> from theory.terms.sets import Sphere
    >>> from verify.objects.networks import Network
    >>> f = CapFunction(Network(np.eye(2), [-0.6, -0.6], [1.0, -2.0], "relu"))
    >>> f.lipschitz(Sphere(Integer(2))).upper <= 5**0.5            # overlapping caps: at most the constant of the ball
    True
    >>> g = CapFunction(Network(np.eye(2), [-0.8, -0.8], [1.0, -2.0], "relu"))
    >>> round(g.lipschitz(Sphere(Integer(2))).upper, 9)            # 2·√(1 − 0.64)
    1.2
    """

    def lipschitz(self, domain: Any) -> LipschitzInterval:
        """Exact, up to rounding, on the sphere when the caps are disjoint."""
        where = numeric_domain(domain, self.network.d)
        if where.kind != "sphere" or self.network.d == 1:
            return super().lipschitz(domain)
        W, tau, a = (as_float(part) for part in (self.network.W, -self.network.b, self.network.a))
        lengths = np.linalg.norm(W, axis=1)
        live = lengths > tau * (1 + 4 * EPS)
        if (tau < 0).any() or self.network.has_affine_part or not _disjoint(W[live], tau[live], lengths[live]):
            return super().lipschitz(domain)
        steepest = float(np.max(np.abs(a[live]) * np.sqrt(lengths[live] ** 2 - tau[live] ** 2), initial=0.0))
        return LipschitzInterval(steepest * (1 - 64 * EPS), steepest * (1 + 64 * EPS))


def _disjoint(W: Array, tau: Array, lengths: Array) -> bool:
    """Whether θ_i + θ_j is at most the angle of w_i and w_j, to a rounding error, for all i < j."""
    angles = np.arccos(np.clip((W @ W.T) / np.outer(lengths, lengths), -1, 1))
    theta = np.arccos(np.clip(tau / lengths, -1, 1))
    i, j = np.triu_indices(len(W), 1)
    return bool(np.all(theta[i] + theta[j] <= angles[i, j] + 1e-7))       # the arccosine loses half of the digits near 1
