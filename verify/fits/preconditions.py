"""Hypotheses of the laws on a user's network and data: each function returns quietly or raises HypothesisViolated with one sentence.

They are checked here before anything is measured, so that the message names the neuron, the point or the label that is in the way.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.errors import HypothesisViolated
from verify.fits.explicit import fit_tolerance
from verify.objects.data import Dataset
from verify.objects.networks import Network
from verify.objects.networks.network import as_float

# |‖x_i‖² − 1| allowed for "unit rows": normalising d ≤ 10⁶ coordinates errs by less than d·eps.
UNIT_TOLERANCE = 1e-9


def require_signs(data: Dataset) -> None:
    """Labels are ±1."""
    wrong = np.flatnonzero(np.abs(data.y) != 1)
    if len(wrong):
        i = int(wrong[0])
        raise HypothesisViolated(f"label {i} is {data.y[i]:g}, and the law is about labels −1 and +1; map the classes to signs")


def require_fit(network: Network, data: Dataset) -> None:
    """max_i |f(x_i) − y_i| is within the tolerance of a fit."""
    residual, tolerance = network.residual(data), fit_tolerance(data)
    if not residual <= tolerance:
        raise HypothesisViolated(
            f"the network misses a label by {residual:.3g}, more than {tolerance:.3g}; the law is about exact fits, so train longer "
            "or round the labels to the network's values"
        )


def require_no_affine_part(network: Network) -> None:
    """v = 0 and c = 0."""
    if network.has_affine_part:
        raise HypothesisViolated("the network has an affine part v·x + c outside its neurons; write it with neurons of its own")


def require_no_bias(network: Network) -> None:
    """b = 0."""
    biased = np.flatnonzero(as_float(network.b) != 0)
    if len(biased):
        l = int(biased[0])
        raise HypothesisViolated(f"neuron {l} has the bias {float(network.b[l]):g}, and this form is for b = 0; use the form with biases")


def require_homogeneous(network: Network) -> None:
    """ψ(ct) = cψ(t) for c ≥ 0."""
    if not network.activation.positively_homogeneous:
        raise HypothesisViolated(
            f"the activation {network.activation.name} is not positively homogeneous; use relu, leaky_relu, abs or identity"
        )


def require_lipschitz(network: Network) -> float:
    """The Lipschitz constant L of ψ."""
    if network.activation.lipschitz is None:
        raise HypothesisViolated(f"the activation {network.activation.name} has no Lipschitz constant on R; use relu, abs or tanh")
    return network.activation.lipschitz


def require_relu(network: Network) -> None:
    """ψ is ReLU."""
    if network.activation.name != "relu":
        raise HypothesisViolated(f"the activation is {network.activation.name}, and the law is for relu; rewrite it with ReLU units")


def require_independent(network: Network) -> None:
    """The rows of W are linearly independent."""
    W = as_float(network.W)
    singular = np.linalg.svd(W, compute_uv=False)
    # the computed singular values err by a modest multiple of eps·‖W‖; 64(k+d) is generous
    if network.k > network.d or singular[-1] <= 64 * sum(W.shape) * np.finfo(np.float64).eps * singular[0]:
        raise HypothesisViolated(
            f"the {network.k} hidden weights of R^{network.d} are linearly dependent, and the law needs independent ones (so k ≤ d)"
        )


def require_unit_rows(data: Dataset) -> None:
    """‖x_i‖ = 1."""
    off = np.abs(np.linalg.norm(data.X, axis=1) - 1)
    i = int(np.argmax(off))
    if off[i] > UNIT_TOLERANCE:
        raise HypothesisViolated(
            f"point {i} has norm {np.linalg.norm(data.X[i]):.6g}, and the law is for unit points; divide them by their norms"
        )


def require_both_labels(data: Dataset) -> None:
    """Two different labels occur, so that there is a distribution on opposite pairs."""
    if np.ptp(data.y) == 0:
        raise HypothesisViolated("all labels are equal, so no pair of opposite labels can carry weight; a constant fits")


def require_rank_below_dimension(network: Any, rank: int) -> None:
    """The function depends on fewer coordinates than there are."""
    if rank >= network.d:
        raise HypothesisViolated(
            f"the hidden weights span all {network.d} dimensions, so the projection is the identity; the form needs rank(W) < d"
        )
