"""§3.2: one ReLU neuron a datum, certified on the sphere when the caps are disjoint, on the ball when few of them overlap."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from theory.certificates.constructions.caps_construction import CapNumbers, cap_numbers
from theory.certificates.exact.rounding import round_up
from theory.errors import BadData, HypothesisViolated
from verify.fits import preconditions as needs
from verify.fits.constructions.certificate import Construction, certified, exact_network
from verify.objects.data.dataset import Dataset
from verify.objects.networks import ACTIVATIONS, Network

PRINTED_THRESHOLD = Fraction(9, 10)


def caps(data: Dataset, threshold: Fraction | float = PRINTED_THRESHOLD) -> Construction:
    """f(x) = Σ y_i ReLU(x_i·x − τ)/(1 − τ) on disjoint caps, certified: Lip_S(f) ≤ √(M − τ²)/(1 − τ), M = max‖x_i‖² = 1 up to rounding.

    Bubeck–Li–Nagaraj 2021, section 3.2, has τ = 0.9 (10√0.19 = 4.3589…).  The caps are disjoint when x_i·x_j ≤ 2τ² − M.
    Raises: BadData (τ not in (0, 1)), HypothesisViolated (rows that are not unit, labels other than ±1, two caps that overlap).
    Guarantee: certified in exact arithmetic for the rows and labels as given; the residual comes from rows that are unit up to rounding.

    >>> found = caps(Dataset([[1.0, 0.0], [0.0, 1.0]], [1, -1]))
    >>> float(found.upper), found.residual, found.domain.kind
    (4.35889894355, Fraction(0, 1), 'sphere')
    """
    network = cap_network(data, threshold)
    found = cap_numbers(exact_network(network))
    norm2 = round_up(found.norm2, 15)
    limit = 2 * found.threshold**2 - norm2
    if data.n > 1 and found.signed_coherence > limit:
        raise HypothesisViolated(f"{_nearest(data)}, and the caps are disjoint only up to {float(limit):.6g}; take a higher threshold, or "
                                 "overlapping_caps")
    return certified("bln.s32.caps", data, network, {"norm2": norm2})


def overlapping_caps(data: Dataset, threshold: Fraction | float = PRINTED_THRESHOLD) -> Construction:
    """The same function, certified on the unit ball: Lip_B(f) ≤ √(q(M + (q−1)ρ))/(1 − τ) with at most q neurons active at once.

    ρ = max|x_i·x_j| and ρ₊ = max x_i·x_j over i ≠ j; q is the least integer with M − ρ₊ ≤ (q + 1)(τ² − ρ₊), at most n.  Ours.
    Raises: BadData (τ not in (0, 1)), HypothesisViolated (rows that are not unit, labels other than ±1, x_i·x_j > τ: the network does
    not fit).

    >>> found = overlapping_caps(Dataset([[1.0, 0.0], [0.0, 1.0]], [1, -1]), 0.5)      # both neurons may be active: 2√2
    >>> float(found.upper), found.certificate["evidence"]["active"]
    (2.82842712475, '2')
    """
    network = cap_network(data, threshold)
    found = cap_numbers(exact_network(network))
    if found.signed_coherence > found.threshold:
        raise HypothesisViolated(f"{_nearest(data)}, above the threshold {float(found.threshold):g}, so that one neuron disturbs the other "
                                 "datum; take a higher threshold")
    norm2, coherence, signed = (round_up(found.norm2, 15), round_up(found.coherence), _above(found.signed_coherence))
    active = _most_active(found, norm2, signed, data.n)
    return certified("bln.s32.ball", data, network, {
        "norm2": norm2, "coherence": min(coherence, norm2), "signed_coherence": signed, "active": Fraction(active)})


def bumps(data: Dataset, height: Fraction | float = Fraction(1, 4)) -> Construction:
    """f(x) = Σ y_i [ReLU(x_i·x − (1 − s)) − ReLU(x_i·x − 1)]/s of width 2n, certified: Lip_S(f) ≤ √((2 − s)/s), √7 at s = ¼.

    ``height`` is s, the height of a cap.  The caps are disjoint when x_i·x_j ≤ 2(1 − s)² − 1.  The rows are shortened by 2⁻⁵⁰, so that
    rounding leaves none longer than 1 and the second neuron of a pair is 0 on the sphere.
    Source: Shmalo, A law of robustness for two-layer neural networks with arbitrary weights, 2026.
    Raises: BadData (s not in (0, 1)), HypothesisViolated (rows that are not unit, labels other than ±1, two caps that overlap).
    Guarantee: certified in exact arithmetic; the residual comes from the shortened rows.

    >>> found = bumps(Dataset([[1.0, 0.0], [0.0, 1.0]], [1, -1]))
    >>> round(float(found.upper) ** 2, 9), found.network.k, float(found.residual) < 1e-14
    (7.0, 4, True)
    """
    if not 0 < height < 1:
        raise BadData(f"the height of the caps is {height}; give a number strictly between 0 and 1")
    single = cap_network(data, 1 - Fraction(height))
    W = np.tile([[Fraction(entry) * (1 - Fraction(1, 2**50)) for entry in row] for row in single.W.tolist()], (2, 1))
    offsets = np.concatenate([single.b, np.full(data.n, Fraction(-1), dtype=object)])
    network = Network(W, offsets, np.concatenate([single.a, -single.a]), ACTIVATIONS["relu"])
    found = cap_numbers(exact_network(Network(W[: data.n], single.b, single.a, ACTIVATIONS["relu"])))
    limit = 2 * found.threshold**2 - 1
    if data.n > 1 and found.signed_coherence > limit:
        raise HypothesisViolated(f"{_nearest(data)}, and caps of height {float(height):g} are disjoint only up to {float(limit):.6g}; "
                                 "take a smaller height")
    return certified("bln.s32.bumps", data, network, {"norm2": Fraction(1)})


def cap_network(data: Dataset, threshold: Fraction | float) -> Network:
    """The network with exact weights x_i, −τ and y_i/(1 − τ)."""
    tau = Fraction(threshold)
    if not 0 < tau < 1:
        raise BadData(f"the threshold of the caps is {threshold}; give a number strictly between 0 and 1")
    needs.require_unit_rows(data)
    needs.require_signs(data)
    offsets, outer = np.full(data.n, -tau, dtype=object), np.array([int(label) / (1 - tau) for label in data.y], dtype=object)
    return Network(data.X, offsets, outer, ACTIVATIONS["relu"])


def _most_active(found: CapNumbers, norm2: Fraction, signed: Fraction, n: int) -> int:
    excess = found.threshold**2 - signed
    return n if excess <= 0 else min(n, max(0, math.ceil((norm2 - signed) / excess) - 1))


def _above(value: Fraction) -> Fraction:
    """A short decimal at least the value."""
    return Fraction(math.ceil(value * 10**12), 10**12)


def _nearest(data: Dataset) -> str:
    inner = data.X @ data.X.T
    np.fill_diagonal(inner, -np.inf)
    i, j = sorted(int(t) for t in np.unravel_index(np.argmax(inner), inner.shape))
    return f"points {i} and {j} have inner product {inner[i, j]:.6g}"
