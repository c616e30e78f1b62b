"""Two-layer networks: activations, values and gradients, files, canonical form, and special constructions."""

from verify.objects.networks.activations import ACTIVATIONS, Activation, activation
from verify.objects.networks.canonical import (
    CanonicalForm,
    canonical_form,
    orient_at,
    rational_canonical_form,
    rounding_tolerance,
)
from verify.objects.networks.files import load_network, load_vector_network, save_network
from verify.objects.networks.network import Network, add_networks
from verify.objects.networks.outputs import VectorNetwork, chosen_output
from verify.objects.networks.special import cancelling_pair, dependent_rows, opposite_pairs, unbalanced_scaling

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "CanonicalForm",
    "Network",
    "VectorNetwork",
    "activation",
    "add_networks",
    "cancelling_pair",
    "canonical_form",
    "chosen_output",
    "dependent_rows",
    "load_network",
    "load_vector_network",
    "opposite_pairs",
    "orient_at",
    "rational_canonical_form",
    "rounding_tolerance",
    "save_network",
    "unbalanced_scaling",
]
