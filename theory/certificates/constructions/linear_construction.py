"""§3.1: linear functions, as one identity neuron or as two opposite ReLU neurons."""

from __future__ import annotations

from fractions import Fraction

from flint import arb

from theory.certificates.constructions.construction_claims import ConstructionClaim, Numbers
from theory.certificates.exact.exact_data import ExactData, ball
from theory.certificates.exact.exact_network import ExactNetwork
from theory.errors import NotCertified


def linear_squared(data: ExactData, network: ExactNetwork, numbers: Numbers) -> arb:
    """‖v‖² for a network that is the linear function v·x: identity neurons, or pairs a ReLU(w·x) − a ReLU(−w·x) (claim s31).

    >>> data = ExactData(((Fraction(3, 5), Fraction(4, 5)),), (Fraction(1),))
    >>> linear_squared(data, ExactNetwork(data.points, (Fraction(0),), (Fraction(2),), "identity"), {}).contains(4)
    True
    """
    if any(network.b):
        raise NotCertified("a linear network has no biases")
    if network.activation == "identity":
        neurons = list(zip(network.a, network.W, strict=True))
    elif network.activation == "relu":
        pairs = list(zip(network.a, network.W, strict=True))
        neurons = pairs[::2]
        opposite = [(-a, tuple(-c for c in w)) for a, w in pairs[1::2]]
        if neurons != opposite:
            raise NotCertified("the ReLU neurons must come in pairs a ReLU(w·x) − a ReLU(−w·x)")
    else:
        raise NotCertified(f"a network with the activation {network.activation} is not linear")
    v = [sum((a * w[c] for a, w in neurons), Fraction(0)) for c in range(network.shape[1])]
    return ball(sum((c * c for c in v), Fraction(0)))


_LINEAR = ("The network is the linear function v·x; it differs from the labels by at most `residual` on the data, and its Euclidean "
           "Lipschitz constant on R^d is at most `upper` = ‖v‖, rounded up.")
LINEAR = tuple(ConstructionClaim(id, "global", _LINEAR, (), linear_squared) for id in ("bln.s31.sharp", "bln.s31.relu"))
