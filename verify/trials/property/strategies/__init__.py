"""Hypothesis strategies: data, labels, networks, matrices, tensors, numbers of a statement, and instances of a claim.

Everything is built and nothing is rejected, except by `drafted`; small and exact numbers come first, so that a failing example shrinks
to one that a person can check by hand.  `instances` joins them for a claim; `verify.trials.property.testing` turns the claim into a test.
"""

from verify.trials.property.strategies.arguments import exact, rationals, simplest
from verify.trials.property.strategies.data import (
    antipodal_points,
    coherent_points,
    collinear_points,
    gaussian_like_points,
    lattice_points,
    points,
    points_in_ball,
    rational_points,
    repeated_points,
    sphere_point,
    sphere_points,
)
from verify.trials.property.strategies.drafted import drafted
from verify.trials.property.strategies.instances import generic, instances, registered, sources
from verify.trials.property.strategies.labels import (
    alternating_labels,
    balanced_labels,
    both_labels,
    labels,
    labels_by_point,
    one_flip_labels,
    signs,
    structured_labels,
)
from verify.trials.property.strategies.matrices import (
    independent_rows,
    matrices,
    orthogonal_matrices,
    orthonormal_rows,
    probability_vectors,
    projections,
    symmetric_matrices,
    symmetric_of_rank,
)
from verify.trials.property.strategies.networks import (
    activations,
    cancelling_networks,
    dead_unit_networks,
    independent_networks,
    low_rank_networks,
    networks,
    polynomial_activations,
    shared_hyperplane_networks,
)
from verify.trials.property.strategies.parameters import parameters
from verify.trials.property.strategies.plan import unknown_hypotheses
from verify.trials.property.strategies.planted import network_fits, quadratic_fits, tensor_fits
from verify.trials.property.strategies.tensors import power_sums, symmetric_tensors

__all__ = [
    "activations",
    "alternating_labels",
    "antipodal_points",
    "balanced_labels",
    "both_labels",
    "cancelling_networks",
    "coherent_points",
    "collinear_points",
    "dead_unit_networks",
    "drafted",
    "exact",
    "gaussian_like_points",
    "generic",
    "independent_networks",
    "independent_rows",
    "instances",
    "labels",
    "labels_by_point",
    "lattice_points",
    "low_rank_networks",
    "matrices",
    "network_fits",
    "networks",
    "one_flip_labels",
    "orthogonal_matrices",
    "orthonormal_rows",
    "parameters",
    "points",
    "points_in_ball",
    "polynomial_activations",
    "power_sums",
    "probability_vectors",
    "projections",
    "quadratic_fits",
    "rational_points",
    "rationals",
    "registered",
    "repeated_points",
    "shared_hyperplane_networks",
    "signs",
    "simplest",
    "sources",
    "sphere_point",
    "sphere_points",
    "structured_labels",
    "symmetric_matrices",
    "symmetric_of_rank",
    "symmetric_tensors",
    "tensor_fits",
    "unknown_hypotheses",
]
