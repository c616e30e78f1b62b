"""Theorem 3: groups of data of one label, one ReLU neuron each, with a certified Lipschitz constant on the unit ball.

Bubeck–Li–Nagaraj 2021, Theorem 3: f(x) = Σ_g s_g ReLU(w_g·x − τ)/(1 − τ), w_g the least-norm solution of w·x_i = 1 on group g.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from flint import ctx
from numpy.typing import NDArray

from theory.certificates.constructions.caps_construction import cap_numbers
from theory.certificates.constructions.construction_claims import Numbers
from theory.certificates.constructions.group_construction import spectrum_upper
from theory.certificates.exact.eigenvalue_sum import PRECISION
from theory.certificates.exact.exact_network import ExactNetwork, fraction
from theory.certificates.exact.rounding import round_up
from theory.errors import BadData, HypothesisViolated
from verify.fits.constructions.certificate import Construction, certified, exact_network
from verify.objects.data.dataset import Dataset
from verify.objects.networks import ACTIVATIONS, Network

Array = NDArray[np.float64]
Groups = tuple[tuple[int, ...], ...]
LARGEST_RESIDUAL = 1e-9    # of the linear systems w·x_i = 1: beyond it the points of a group are dependent in a way that no w serves


def group_size(positive: int, negative: int, k: int) -> int:
    """The least m with ⌈n₊/m⌉ + ⌈n₋/m⌉ ≤ k; it is at most ⌈n/(k − 1)⌉ (claim bln.thm3.counting), and n/k may be too small.

    Raises: BadData when k = 1 and both labels occur.

    >>> group_size(3, 1, 2), group_size(4, 4, 4)
    (3, 2)
    """
    if k < 1 or (k == 1 and positive and negative):
        raise BadData(f"{k} neurons cannot hold groups of one label each when both labels occur; give at least 2")
    return next(m for m in range(1, positive + negative + 1) if -(-positive // m) - (-negative // m) <= k)


def one_label_groups(y: Array, k: int) -> Groups:
    """Indices of the data in at most k groups of one label, the largest group as small as possible; all k are used if n ≥ k.

    >>> one_label_groups(np.array([1.0, -1.0, 1.0, 1.0]), 3)
    ((0, 2), (3,), (1,))
    """
    classes = [rows for label in (1.0, -1.0) if len(rows := np.flatnonzero(y == label))]
    m = group_size(int(np.sum(y > 0)), int(np.sum(y < 0)), k)
    counts = [-(-len(rows) // m) for rows in classes]
    for _ in range(min(k, len(y)) - sum(counts)):
        counts[int(np.argmax([len(rows) / count for rows, count in zip(classes, counts, strict=True)]))] += 1
    parts = [part for rows, count in zip(classes, counts, strict=True) for part in np.array_split(rows, count)]
    return tuple(tuple(int(i) for i in part) for part in parts)


def group_weights(X: Array, members: Groups) -> Array:
    """The least-norm w_g with w_g·x_i = 1 for all i of group g; one row a group.

    Raises: HypothesisViolated when a group has none.

    >>> group_weights(np.array([[2.0, 0.0], [0.0, 1.0]]), ((0,), (1,))).round(12).tolist()
    [[0.5, 0.0], [0.0, 1.0]]
    """
    weights = []
    for number, rows in enumerate(members):
        points = X[list(rows)]
        w = np.linalg.lstsq(points, np.ones(len(rows)), rcond=None)[0]
        residual = float(np.max(np.abs(points @ w - 1)))
        if residual > LARGEST_RESIDUAL:
            raise HypothesisViolated(f"no w has w·x_i = 1 on group {number} (points {', '.join(map(str, rows))}): the residual is "
                                     f"{residual:.3g}; use more neurons, so that groups are smaller than the dimension")
        weights.append(w)
    return np.array(weights)


def require_separated(X: Array, W: Array, members: Groups, threshold: float) -> None:
    """HypothesisViolated unless w_g·x_i ≤ τ for every datum i outside group g; the message names the worst pair."""
    inner = W @ X.T
    for number, rows in enumerate(members):
        inner[number, list(rows)] = -np.inf
    group, point = np.unravel_index(int(np.argmax(inner)), inner.shape)
    if inner[group, point] > threshold:
        raise HypothesisViolated(f"the neuron of group {group} is active at point {point}, which is not in it: w·x = "
                                 f"{inner[group, point]:.4g} exceeds the threshold {threshold:g}; use more neurons or a higher threshold")


def groups(data: Dataset, k: int, threshold: float = 0.5, claim: str | None = None) -> Construction:
    """The network of Theorem 3 with at most k ReLU neurons, certified on the unit ball by the better of two claims.

    Groups of one label and of as few points as k allows; ``threshold`` is τ (½ in the paper).  ``claim`` is "bln.thm3.gershgorin"
    (few active neurons when |w_g·w_h| < τ² for all pairs) or "bln.thm3.spectral" (useful while k is at most of the order of d); None
    takes the one with the lower bound.
    Raises: BadData (labels other than ±1, τ outside (0, 1), k = 1 with two labels, another claim), HypothesisViolated (a group without
    a common w, or a neuron active at a datum of another group).
    Guarantee: the bound is certified in exact and ball arithmetic; the residual is that of the rounded weights, a few 1e-15.

    >>> found = groups(Dataset(np.eye(4), [1, 1, -1, -1]), 2)
    >>> found.network.k, found.claim, round(float(found.upper), 6), found.measured().upper >= 2.8284
    (2, 'bln.thm3.gershgorin', 4.0, True)
    """
    if np.any(np.abs(data.y) != 1):
        raise BadData("groups have one label each, −1 or +1; map the classes to signs")
    if not 0 < threshold < 1:
        raise BadData(f"the threshold is {threshold:g}; give a number strictly between 0 and 1")
    members = one_label_groups(data.y, k)
    W = group_weights(data.X, members)
    require_separated(data.X, W, members, threshold)
    signs = np.array([data.y[rows[0]] for rows in members])
    network = Network(W, np.full(len(W), -threshold), signs / (1 - threshold), ACTIVATIONS["relu"])
    return _certified(data, network, claim)


def _certified(data: Dataset, network: Network, claim: str | None) -> Construction:
    exact = exact_network(network)
    offers = {name: numbers_of(exact) for name, numbers_of in NUMBERS.items() if claim in (None, name)}
    if not offers:
        raise BadData(f"{claim} does not bound grouped networks; use {' or '.join(NUMBERS)}")
    return min((certified(name, data, network, numbers) for name, numbers in offers.items()), key=lambda built: built.upper)


def gershgorin_numbers(network: ExactNetwork) -> Numbers:
    """M, ρ and the least q ≤ k with M − ρ ≤ (q + 1)(τ² − ρ); q = k when there is none."""
    found, k = cap_numbers(network), len(network.W)
    M, coherence = round_up(found.norm2), round_up(found.coherence)
    excess = found.threshold**2 - coherence
    return {"norm2": M, "coherence": coherence, "active": _least_count(M - coherence, excess, k) if excess > 0 else Fraction(k)}


def spectral_numbers(network: ExactNetwork) -> Numbers:
    """λ ≥ λ_max(WWᵀ), and the least q ≤ k with λ ≤ (q + 1)τ²."""
    with ctx.workprec(PRECISION):
        largest = round_up(fraction(spectrum_upper(network).fmpq()))
    return {"spectrum": largest, "active": _least_count(largest, cap_numbers(network).threshold**2, len(network.W))}


def _least_count(total: Fraction, each: Fraction, k: int) -> Fraction:
    """The least integer q ≥ 0 with total ≤ (q + 1)·each, or k when it is less."""
    return Fraction(min(max(0, math.ceil(total / each) - 1), k))


NUMBERS = {"bln.thm3.gershgorin": gershgorin_numbers, "bln.thm3.spectral": spectral_numbers}
