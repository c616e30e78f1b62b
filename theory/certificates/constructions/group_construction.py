"""Theorem 3: one ReLU neuron a group of data, f(x) = Σ ±A ReLU(w_g·x − τ), of which few are active at once."""

from __future__ import annotations

from fractions import Fraction

from flint import arb, ctx

from theory.certificates.constructions.caps_construction import cap_numbers
from theory.certificates.constructions.construction_claims import ConstructionClaim, Numbers, check_at_most, check_count
from theory.certificates.exact.eigenvalue_sum import PRECISION, eigenvalue_sum_upper, weighted_gram
from theory.certificates.exact.exact_data import ExactData, ball
from theory.certificates.exact.exact_network import ExactNetwork
from theory.errors import NotCertified


def gershgorin_squared(data: ExactData, network: ExactNetwork, numbers: Numbers) -> arb:
    """A²q(M + (q−1)ρ) when M ≥ ‖w_g‖², ρ ≥ |w_g·w_h| for g ≠ h, and M − ρ ≤ (q + 1)(τ² − ρ), ρ < τ², or q ≥ k.

    Claim bln.thm3.gershgorin.

    >>> points = ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1)))
    >>> network = ExactNetwork(points, (Fraction(-3, 4),) * 2, (Fraction(4), Fraction(-4)), "relu")
    >>> numbers = {"norm2": Fraction(1), "coherence": Fraction(0), "active": Fraction(1)}
    >>> gershgorin_squared(ExactData(points, (Fraction(1), Fraction(-1))), network, numbers).contains(16)
    True
    """
    found = cap_numbers(network)
    slope = _one_slope(network)
    M, coherence = numbers["norm2"], numbers["coherence"]
    check_at_most(found.norm2, M, "the largest squared norm of a weight")
    check_at_most(found.coherence, coherence, "the coherence of the weights")
    if coherence > M:
        raise NotCertified("the evidence claims a coherence above the largest squared norm: claim the lesser of them")
    q, excess = check_count(numbers["active"], 0, "the largest number of active neurons"), found.threshold**2 - coherence
    if q < len(network.W) and excess <= 0:
        raise NotCertified(f"the coherence {float(coherence)!r} must lie below τ² = {float(found.threshold**2)!r} to limit the number of "
                           "active neurons")
    if q < len(network.W) and (q + 1) * excess < M - coherence:
        raise NotCertified(f"{q + 1} neurons may be active at once, and the evidence claims at most {q}")
    return ball(slope**2 * q * (M + (q - 1) * coherence))


def spectral_squared(data: ExactData, network: ExactNetwork, numbers: Numbers) -> arb:
    """A²qλ when λ ≥ λ_max(WWᵀ), which bounds λ_max(W_AW_Aᵀ) for every set A of neurons, and λ ≤ (q + 1)τ² or q ≥ k.

    Claim bln.thm3.spectral.

    >>> points = ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1)))
    >>> network = ExactNetwork(points, (Fraction(-3, 4),) * 2, (Fraction(4), Fraction(-4)), "relu")
    >>> numbers = {"spectrum": Fraction(1), "active": Fraction(1)}
    >>> spectral_squared(ExactData(points, (Fraction(1), Fraction(-1))), network, numbers).contains(16)
    True
    """
    threshold, slope, spectrum = cap_numbers(network).threshold, _one_slope(network), numbers["spectrum"]
    q = check_count(numbers["active"], 0, "the largest number of active neurons")
    with ctx.workprec(PRECISION):
        largest = spectrum_upper(network)
        if not largest <= ball(spectrum):
            raise NotCertified(f"λ_max(WWᵀ) is {float(largest.mid())!r} or so, and the evidence claims at most {float(spectrum)!r}")
    if q < len(network.W) and (q + 1) * threshold**2 < spectrum:
        raise NotCertified(f"{q + 1} neurons may be active at once, and the evidence claims at most {q}")
    return ball(slope**2 * q * spectrum)


def spectrum_upper(network: ExactNetwork) -> arb:
    """A ball whose upper end is at least λ_max(WWᵀ) = λ_max(WᵀW)."""
    k, d = network.shape
    rows = network.W if d < k else tuple(zip(*network.W, strict=True))
    return eigenvalue_sum_upper(weighted_gram([[ball(c) for c in row] for row in rows], [arb(1)] * len(rows)), 1).upper()


def _one_slope(network: ExactNetwork) -> Fraction:
    slopes = {abs(a) for a in network.a}
    if len(slopes) != 1:
        raise NotCertified("the outer weights of grouped neurons are all ±A for one number A")
    return slopes.pop()


_GROUPS = "The network Σ ±A ReLU(w_g·x − τ) differs from the labels by at most `residual` on the data, and its Euclidean Lipschitz " \
          "constant on the unit ball is at most `upper`, "
GROUPS = (
    ConstructionClaim(
        "bln.thm3.gershgorin", "ball",
        _GROUPS + "as at most `active` neurons are active at once, with ‖w_g‖² ≤ `norm2` and |w_g·w_h| ≤ `coherence`.",
        ("norm2", "coherence", "active"), gershgorin_squared),
    ConstructionClaim(
        "bln.thm3.spectral", "ball", _GROUPS + "as at most `active` neurons are active at once, with λ_max(WWᵀ) ≤ `spectrum`.",
        ("spectrum", "active"), spectral_squared),
)
