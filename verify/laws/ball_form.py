"""A two-layer network on the unit ball as an affine function plus unit kinks that meet the open ball, oriented at one of its points."""

from __future__ import annotations

import numpy as np

from theory.errors import HypothesisViolated
from verify.laws.draws import Array
from verify.objects.networks import Network, activation, canonical_form, orient_at


def ball_form(network: Network) -> Network:
    """The same function on the unit ball with unit kinks that meet the open ball, all inactive at one of its points.

    Kinks with |β| ≥ 1 are affine there.  Without kinks one of coefficient 0 is kept, since a network has a neuron.
    Raises: HypothesisViolated for an activation that is not piecewise linear with one kink.
    """
    form = canonical_form(network)
    beta, alpha, U = form.offsets, form.coefficients, form.directions
    active, kept = beta >= 1, np.abs(beta) < 1
    v = form.v + alpha[active] @ U[active]
    c = float(form.c + alpha[active] @ beta[active])
    if not kept.any():
        unit = np.eye(1, form.d)
        return Network(unit, np.array([-0.5]), np.zeros(1), activation("relu"), v, c)
    turned = orient_at(type(form)(U[kept], beta[kept], alpha[kept], v, c), generic_point(U[kept], beta[kept]))
    return turned.to_network()


def generic_point(U: Array, beta: Array, tries: int = 4096, seed: int = 0) -> Array:
    """Of some points of the ball, the one farthest from all hyperplanes.

    Raises: HypothesisViolated if all of them lie within rounding of a hyperplane.
    """
    rng = np.random.default_rng(seed)
    d = U.shape[1]
    points = rng.standard_normal((tries, d))
    points *= 0.9 * rng.random((tries, 1)) ** (1 / d) / np.linalg.norm(points, axis=1, keepdims=True)
    distances = np.abs(points @ U.T + beta).min(axis=1)
    best = int(np.argmax(distances))
    if not distances[best] > 1e-12:
        raise HypothesisViolated(f"no point of the ball was found away from all {len(U)} kinks; merge kinks that nearly coincide")
    return np.asarray(points[best])
