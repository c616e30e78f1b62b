"""Suprema over the unit sphere that the laws divide by: R, R_b, V, V₀, each an enclosure with a witness direction."""

from verify.evaluate.suprema.homogeneous import activation_supremum, biased_supremum
from verify.evaluate.suprema.supremum import Supremum, SupremumEffort
from verify.evaluate.suprema.transport import anchored_transport_supremum, transport_cost, transport_supremum

__all__ = [
    "Supremum",
    "SupremumEffort",
    "activation_supremum",
    "anchored_transport_supremum",
    "biased_supremum",
    "transport_cost",
    "transport_supremum",
]
