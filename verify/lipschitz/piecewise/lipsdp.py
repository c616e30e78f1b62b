"""The LipSDP bound of a two-layer network on R^d, for any slope interval, with a certificate that needs no solver."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from theory.certificates.exact.exact_weights import ExactWeights, exact_weights_of
from theory.certificates.lipschitz.slope_relaxation import certify_slope_bound, slope_rows
from theory.errors import BadData, HypothesisViolated
from verify.lipschitz.piecewise.kinks import EPS, KinkForm, Slopes, network_arrays
from verify.lipschitz.piecewise.relaxation import Relaxation, relaxation
from verify.objects.deadline import UNLIMITED, Deadline
from verify.objects.domains import Array
from verify.objects.networks.activations import Activation, activation


def lipsdp_bound(
    W: ArrayLike,
    b: ArrayLike,
    a: ArrayLike,
    v: ArrayLike | None = None,
    *,
    slopes: str | Activation | Slopes = "relu",
    tolerance: float = 1e-4,
) -> Relaxation:
    """LipSDP with diagonal multipliers for x ↦ v·x + Σ a_ℓψ(w_ℓ·x+b_ℓ) on R^d, whatever the biases.

    W (k×d), b, a (k), v (d); `slopes` is an interval (α, β) that holds every difference quotient of ψ, or an activation or its
    name.  Bounds the Euclidean Lipschitz constant on R^d, hence on every set.
    Returns: a `Relaxation`; `multipliers` are those of the mean slope and of the k neurons.
    Raises: ShapeError, BadData, HypothesisViolated (an activation whose slopes are not bounded on R).
    Guarantee: upper bound, rounded up by the error of its float evaluation; within 1 + tolerance of the LipSDP value.
    Source: Fazlyab, Robey, Hassani, Morari, Pappas 2019, with the diagonal multipliers that make it sound.

    >>> found = lipsdp_bound([[3.0, 0.0], [0.0, 4.0]], [0, 0], [1.0, 1.0], slopes="tanh")    # δ = (1, 1): 5
    >>> round(found.upper, 3)
    5.0
    """
    weights, _, outer, affine = network_arrays(W, b, a, v)
    low, high = _interval(slopes)
    first = affine + 0.5 * (low + high) * (outer @ weights)
    rows = 0.5 * (high - low) * outer[:, None] * weights
    found = relaxation(first, rows, tolerance=tolerance)
    # forming v + ½(α+β)Wᵀa and ½(β−α)a_ℓw_ℓ errs by at most (k+8)·eps times the absolute sum, at every gradient
    total = np.linalg.norm(affine) + max(abs(low), abs(high)) * (np.abs(outer) @ np.linalg.norm(weights, axis=1))
    return replace(found, upper=found.upper + 4 * (len(outer) + 8) * EPS * float(total))


def kink_relaxation(form: KinkForm, *, tolerance: float = 1e-4, deadline: Deadline = UNLIMITED) -> Relaxation:
    """The LipSDP bound of a piecewise-linear network in canonical form: never above `lipsdp_bound` by more than its tolerance.

    Coincident hyperplanes share one multiplier, since their neurons have one sign pattern.

    >>> from verify.lipschitz.piecewise.kinks import kink_form
    >>> form = kink_form([[1.0], [-1.0]], [0.0, 0.0], [1.0, -1.0])      # ReLU(x) − ReLU(−x) = x
    >>> round(kink_relaxation(form).upper, 9), round(lipsdp_bound([[1.0], [-1.0]], [0, 0], [1.0, -1.0]).upper, 9)
    (1.0, 2.0)
    """
    found = relaxation(form.v, form.G, tolerance=tolerance, deadline=deadline)
    return replace(found, upper=found.upper + form.slack)


def certified_lipsdp(
    W: ArrayLike,
    b: ArrayLike,
    a: ArrayLike,
    v: ArrayLike | None = None,
    *,
    slopes: str | Activation | Slopes = "relu",
    tolerance: float = 1e-4,
) -> dict[str, Any]:
    """The LipSDP bound as a certificate about the network exactly as given, for `lawbook verify`.

    Args: as `lipsdp_bound`; for a piecewise-linear activation coincident hyperplanes are merged, exactly, while a pair of slopes
    is read as an interval of difference quotients, for which they may not be.
    Returns: a JSON-ready document; "value" is an exact rational upper bound of the Lipschitz constant on R^d.
    Raises: ShapeError, BadData, HypothesisViolated, NotCertified.

    >>> certified_lipsdp([[3.0, 4.0]], [1.0], [2.0])["value"][:4]
    '1000'
    """
    return certified_lipsdp_of(exact_weights_of(*network_arrays(W, b, a, v)), slopes, tolerance=tolerance)


def certified_lipsdp_of(
    network: ExactWeights, slopes: str | Activation | Slopes, *, tolerance: float = 1e-4, deadline: Deadline = UNLIMITED
) -> dict[str, Any]:  # fmt: skip
    """As `certified_lipsdp`, for a network with rational weights."""
    kink = None if isinstance(slopes, tuple) else activation(slopes).kink
    if kink is None:
        claim, (low, high) = "lipsdp.slopes", (Fraction(slope) for slope in _interval(slopes))
    else:
        claim, low, high = "lipsdp.kinks", kink[0], kink[0] + kink[1]
    return certify_slope_bound(claim, network, (low, high), _multipliers(claim, network, (low, high), tolerance, deadline))


def _multipliers(
    claim: str, network: ExactWeights, slopes: tuple[Fraction, Fraction], tolerance: float, deadline: Deadline
) -> list[Fraction]:
    rows = np.array([[float(c.mid()) for c in row] for row in slope_rows(claim, network, slopes).table()])
    y: Array = relaxation(rows[0], rows[1:], tolerance=tolerance, deadline=deadline).multipliers
    # a row that is zero in floats may be a little off zero in balls: any positive multiplier will do, and a small one costs little
    smallest = y.max(initial=0.0) * 2.0**-60 or 1.0
    return [Fraction(float(value)) for value in np.maximum(y, smallest)]


def _interval(slopes: str | Activation | Slopes) -> Slopes:
    if isinstance(slopes, str | Activation):
        found = activation(slopes)
        if found.slopes is None:
            raise HypothesisViolated(f"the slopes of the activation {found.name} are not bounded on R; use a bound on a ball instead")
        return found.slopes
    low, high = (float(slope) for slope in slopes)
    if not low <= high or not np.isfinite([low, high]).all():
        raise BadData(f"[{low}, {high}] is no slope interval: give finite α ≤ β")
    return low, high
