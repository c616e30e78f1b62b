"""§3.2: one ReLU neuron a datum, f(x) = Σ a_i ReLU(w_i·x − τ)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from theory.certificates.constructions.construction_claims import ConstructionClaim, Numbers, check_at_most, check_count
from theory.certificates.exact.exact_data import ExactData, ball
from theory.certificates.exact.exact_network import ExactNetwork, gram
from theory.errors import NotCertified


@dataclass(frozen=True)
class CapNumbers:
    """What the cap theorems need of a network Σ a_i ReLU(w_i·x − τ), exactly.

    threshold τ, slope max|a_i|, norm2 max‖w_i‖², coherence max_{i≠j}|w_i·w_j|, signed_coherence max_{i≠j} w_i·w_j.
    With one neuron both coherences are 0.
    """

    threshold: Fraction
    slope: Fraction
    norm2: Fraction
    coherence: Fraction
    signed_coherence: Fraction


def cap_numbers(network: ExactNetwork) -> CapNumbers:
    """The numbers of a cap network, exactly.

    Raises: NotCertified when it is not one: ψ is not ReLU, or the biases differ, or τ is not in (0, 1).

    >>> points = ((Fraction(1), Fraction(0)), (Fraction(-3, 5), Fraction(4, 5)))
    >>> caps = ExactNetwork(points, (Fraction(-1, 2),) * 2, (Fraction(2), Fraction(-2)), "relu")
    >>> cap_numbers(caps).coherence, cap_numbers(caps).signed_coherence
    (Fraction(3, 5), Fraction(-3, 5))
    """
    if network.activation != "relu" or len(set(network.b)) != 1 or not 0 < -network.b[0] < 1:
        raise NotCertified("caps are ReLU neurons with one bias −τ, 0 < τ < 1")
    products = gram(network.W)
    k = len(products)
    off = [products[i][j] for i in range(k) for j in range(i)]
    return CapNumbers(-network.b[0], max(map(abs, network.a)), max(products[i][i] for i in range(k)),
                      max(map(abs, off), default=Fraction(0)), max(off, default=Fraction(0)))


def disjoint_caps_squared(data: ExactData, network: ExactNetwork, numbers: Numbers) -> arb:
    """A²(M − τ²) when M ≥ ‖w_i‖², M > τ², A ≥ |a_i|, and w_i·w_j ≤ 2τ² − M for all i ≠ j (claim bln.s32.caps).

    For M = 1 and τ = 0.9 the condition is w_i·w_j ≤ 0.62.

    >>> points = ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1)))
    >>> caps = ExactNetwork(points, (Fraction(-9, 10),) * 2, (Fraction(10), Fraction(-10)), "relu")
    >>> data = ExactData(points, (Fraction(1), Fraction(-1)))
    >>> disjoint_caps_squared(data, caps, {"norm2": Fraction(1)}).contains(19)
    True
    """
    found = cap_numbers(network)
    check_at_most(found.norm2, numbers["norm2"], "the largest squared norm of a weight")
    if numbers["norm2"] <= found.threshold**2:
        raise NotCertified(f"the squared norms of the weights are claimed to be at most {numbers['norm2']}, not above τ²: no cap is there")
    limit = 2 * found.threshold**2 - numbers["norm2"]
    if len(network.W) > 1 and found.signed_coherence > limit:
        raise NotCertified(f"two caps may overlap: an inner product of weights is {float(found.signed_coherence)!r}, above 2τ² − M = "
                           f"{float(limit)!r}")
    return ball(found.slope**2 * (numbers["norm2"] - found.threshold**2))


def overlapping_caps_squared(data: ExactData, network: ExactNetwork, numbers: Numbers) -> arb:
    """A²q(M + (q−1)ρ) for |a_i| = A, when at most q neurons are active at any point of the ball (claim bln.s32.ball).

    That is so when M − ρ₊ ≤ (q + 1)(τ² − ρ₊), ρ₊ < τ², or q ≥ k; M, ρ, ρ₊ are the numbers norm2, coherence, signed_coherence.

    >>> points = ((Fraction(1), Fraction(0)), (Fraction(-3, 5), Fraction(4, 5)))
    >>> caps = ExactNetwork(points, (Fraction(-1, 2),) * 2, (Fraction(2), Fraction(-2)), "relu")
    >>> numbers = dict(norm2=Fraction(1), coherence=Fraction(3, 5), signed_coherence=Fraction(-3, 5), active=Fraction(1))
    >>> overlapping_caps_squared(ExactData(points, (Fraction(1), Fraction(-1))), caps, numbers).contains(4)
    True
    """
    found = cap_numbers(network)
    if len(set(map(abs, network.a))) != 1:
        raise NotCertified("the coefficients of the neurons must be ± one number")
    check_at_most(found.norm2, numbers["norm2"], "the largest squared norm of a weight")
    check_at_most(found.coherence, numbers["coherence"], "the coherence")
    check_at_most(found.signed_coherence, numbers["signed_coherence"], "the signed coherence")
    active = check_count(numbers["active"], 0, "the largest number of active neurons")
    k, excess = len(network.W), found.threshold**2 - numbers["signed_coherence"]
    if active < k:
        if excess <= 0:
            raise NotCertified(f"the signed coherence {float(numbers['signed_coherence'])!r} must lie below τ² = "
                               f"{float(found.threshold**2)!r} to limit the number of active neurons")
        if (active + 1) * excess < numbers["norm2"] - numbers["signed_coherence"]:
            raise NotCertified(f"{active + 1} neurons may be active at once, and the evidence claims at most {active}")
    if numbers["coherence"] > numbers["norm2"]:
        raise NotCertified("the evidence claims a coherence above the largest squared norm: claim the lesser of them")
    return ball(found.slope**2 * active * (numbers["norm2"] + (active - 1) * numbers["coherence"]))


def bumps_squared(data: ExactData, network: ExactNetwork, numbers: Numbers) -> arb:
    """A²(M − τ²) for pairs a_i [ReLU(w_i·x − τ) − ReLU(w_i·x − 1)] with ‖w_i‖ ≤ 1, where the second neuron of a pair is 0 on the sphere.

    What is left are caps, disjoint under the condition of `disjoint_caps_squared` (claim bln.s32.bumps).

    >>> point = (Fraction(1), Fraction(0))
    >>> pair = ExactNetwork((point, point), (Fraction(-3, 4), Fraction(-1)), (Fraction(4), Fraction(-4)), "relu")
    >>> bumps_squared(ExactData((point,), (Fraction(1),)), pair, {"norm2": Fraction(1)}).contains(7)
    True
    """
    half, odd = divmod(len(network.W), 2)
    first, second = slice(0, half), slice(half, None)
    paired = not odd and network.W[first] == network.W[second] and all(
        lower == -upper for upper, lower in zip(network.a[first], network.a[second], strict=True))
    if not paired or any(b != -1 for b in network.b[second]):
        raise NotCertified("bumps are pairs of ReLU neurons with the same weights, opposite coefficients, and the biases −τ and −1")
    if numbers["norm2"] > 1:
        raise NotCertified(f"a weight of squared norm up to {numbers['norm2']} may switch on the neuron with bias −1; at most 1 is needed")
    return disjoint_caps_squared(data, ExactNetwork(network.W[first], network.b[first], network.a[first], network.activation), numbers)


_CAPS = "The network Σ a_i ReLU(w_i·x − τ) differs from the labels by at most `residual` on the data, and its Euclidean Lipschitz constant "
CAPS = (
    ConstructionClaim("bln.s32.caps", "sphere", _CAPS + "on the unit sphere with the chord metric is at most `upper`.",
                      ("norm2",), disjoint_caps_squared),
    ConstructionClaim("bln.s32.bumps", "sphere",
                      "The network Σ a_i [ReLU(w_i·x − τ) − ReLU(w_i·x − 1)] differs from the labels by at most `residual` on the data, "
                      "and its Euclidean Lipschitz constant on the unit sphere with the chord metric is at most `upper`.",
                      ("norm2",), bumps_squared),
    ConstructionClaim("bln.s32.ball", "ball", _CAPS + "on the unit ball is at most `upper`.",
                      ("norm2", "coherence", "signed_coherence", "active"), overlapping_caps_squared),
)
