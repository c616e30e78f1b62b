"""Theorem 4: one neuron t^p a datum, f(x) = Σ a_ℓ (w_ℓ·x)^p with weights in the unit ball."""

from __future__ import annotations

from fractions import Fraction

from flint import arb, ctx

from theory.certificates.constructions.construction_claims import ConstructionClaim, Numbers, check_at_most
from theory.certificates.constructions.group_construction import spectrum_upper
from theory.certificates.exact.eigenvalue_sum import PRECISION
from theory.certificates.exact.exact_data import ExactData, ball
from theory.certificates.exact.exact_network import ExactNetwork
from theory.errors import NotCertified


def powers_squared(data: ExactData, network: ExactNetwork, numbers: Numbers) -> arb:
    """(pγλ)² when p ≥ 2, ‖w_ℓ‖ ≤ 1, γ ≥ |a_ℓ| and λ ≥ λ_max(WᵀW).  Claim bln.thm4.lipschitz, with the weights for the data.

    >>> points = ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1)))
    >>> network = ExactNetwork(points, (Fraction(0),) * 2, (Fraction(1), Fraction(-1)), "power:2")
    >>> numbers = {"coefficient": Fraction(1), "spectrum": Fraction(2)}
    >>> powers_squared(ExactData(points, (Fraction(1), Fraction(-1))), network, numbers).contains(16)
    True
    """
    p, coefficient, spectrum = network.degree, numbers["coefficient"], numbers["spectrum"]
    if p is None or p < 2:
        raise NotCertified(f"the activation is {network.activation}, and the bound is for t^p with p ≥ 2")
    if any(network.b):
        raise NotCertified("a sum of powers of linear forms has no biases")
    check_at_most(max(sum((c * c for c in w), Fraction(0)) for w in network.W), Fraction(1), "the largest squared norm of a weight")
    check_at_most(max(abs(a) for a in network.a), coefficient, "the largest outer weight")
    with ctx.workprec(PRECISION):
        largest = spectrum_upper(network)
        if not largest <= ball(spectrum):
            raise NotCertified(f"λ_max(WᵀW) is {float(largest.mid())!r} or so, and the evidence claims at most {float(spectrum)!r}")
    return ball((p * coefficient * spectrum) ** 2)


POWERS = (
    ConstructionClaim(
        "bln.thm4.lipschitz", "ball",
        "The network Σ a_ℓ (w_ℓ·x)^p differs from the labels by at most `residual` on the data, and its Euclidean Lipschitz constant on "
        "the unit ball is at most `upper`, as ‖w_ℓ‖ ≤ 1, |a_ℓ| ≤ `coefficient` and λ_max(WᵀW) ≤ `spectrum`.",
        ("coefficient", "spectrum"), powers_squared),
)
