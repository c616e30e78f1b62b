"""The common form of all constructions: an explicit network, its certified upper bound, and its measured constant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.certificates.constructions.construction import certify_construction, check_construction
from theory.certificates.exact.exact_network import ExactNetwork
from theory.errors import NotCertified
from theory.verdict import Status
from verify.lipschitz import GLOBAL, Budget, Domain, Enclosure, ball, sphere
from verify.lipschitz.of_network import network_enclosure
from verify.objects.data.dataset import Dataset
from verify.objects.networks import Network

DOMAINS: Mapping[str, Domain] = {"global": GLOBAL, "ball": ball(1.0), "sphere": sphere(1.0)}
_BUDGET = Budget()


@dataclass(frozen=True, eq=False)
class Construction:
    """A network that fits data, with a certified upper bound of its Lipschitz constant on the domain of a claim.

    ``claim`` is the id of the claim that justifies the bound, ``upper`` the certified bound, ``residual`` a certified bound of
    max|f(x_i) − y_i|, ``certificate`` the document that `check_construction` re-checks from exact data without a solver.
    """

    network: Network
    data: Dataset
    claim: str
    domain: Domain
    upper: Fraction
    residual: Fraction
    certificate: Mapping[str, Any]

    def measured(self, budget: Budget = _BUDGET) -> Enclosure:
        """An enclosure of the true constant on the same domain, in floating point with rounding allowances."""
        return network_enclosure(self.network, self.domain, budget)


def certified(claim: str, data: Dataset, network: Network, numbers: Mapping[str, Fraction]) -> Construction:
    """The construction with its certificate, which has been re-checked; weights are read as the exact rationals that they are.

    Args: claim (a key of theory.certificates.constructions.construction.CONSTRUCTIONS), the data, the network (activation
    identity, ReLU or a power), the numbers that the claim names.
    Raises: NotCertified when the numbers do not prove a bound.

    >>> data = Dataset([[1.0, 0.0]], [1])
    >>> found = certified("bln.s31.sharp", data, Network([[1.0, 0.0]], [0.0], [1.0], "identity"), {})
    >>> found.upper, found.residual, found.measured().upper >= 1
    (Fraction(1, 1), Fraction(0, 1), True)
    """
    document = certify_construction(claim, data.exact, exact_network(network), numbers)
    verdict = check_construction(document)
    if verdict.status is not Status.CERTIFIED:
        raise NotCertified(f"the certificate of {claim} does not pass its own check: {verdict.reason}")
    return Construction(network, data, claim, DOMAINS[document["domain"]], Fraction(document["upper"]),
                        Fraction(document["residual"]), document)


def exact_network(network: Network) -> ExactNetwork:
    """The weights as rationals; a network with an affine part is refused by NotCertified."""
    if network.has_affine_part:
        raise NotCertified("a construction has no affine part: put it into neurons")
    W = tuple(tuple(Fraction(c) for c in row) for row in _numbers(network.W))
    b, a = (tuple(Fraction(c) for c in _numbers(part)) for part in (network.b, network.a))
    return ExactNetwork(W, b, a, network.activation.name)


def _numbers(array: NDArray[Any]) -> Any:
    return array.tolist() if array.dtype == object else np.asarray(array, dtype=np.float64).tolist()
