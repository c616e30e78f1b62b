"""§3.1: the linear function of least Lipschitz constant that fits the data, as one identity neuron or two ReLU neurons."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from theory.errors import BadData, HypothesisViolated
from verify.fits.constructions.certificate import Construction, certified
from verify.fits.explicit import FloatArray, fit_tolerance
from verify.objects.data.dataset import Dataset
from verify.objects.networks import ACTIVATIONS, Network


def linear(data: Dataset, neurons: int = 1) -> Construction:
    """f(x) = w·x with w = Xᵀα, XXᵀα = y, certified: Lip(f) = ‖w‖ on R^d, the least constant of any linear fit.

    Bubeck–Li–Nagaraj 2021, section 3.1.  X (n×d) with independent rows, so n ≤ d.  ``neurons`` = 1 gives one neuron with ψ(t) = t, 2 the
    two ReLU neurons ReLU(w·x) − ReLU(−w·x).  α is rounded to doubles, and w = Σ α_i x_i is then exact.
    Raises: BadData (neurons not 1 or 2), HypothesisViolated (dependent rows).
    Guarantee: ``upper`` is certified; the residual is that of the rounded α.

    >>> found = linear(Dataset([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], [1, -1]))
    >>> float(found.upper), found.residual, round(found.measured().lower, 9)      # √2
    (1.41421356238, Fraction(0, 1), 1.414213562)
    """
    if neurons not in (1, 2):
        raise BadData(f"a linear function is one identity neuron or two ReLU neurons, not {neurons}; give 1 or 2")
    alpha = least_norm_coefficients(data)
    rows = [[Fraction(c) for c in row] for row in data.X.tolist()]
    w = [sum((Fraction(a) * row[c] for a, row in zip(alpha.tolist(), rows, strict=True)), Fraction(0)) for c in range(data.d)]
    if neurons == 1:
        network = Network(_exact([w]), np.zeros(1), np.ones(1), ACTIVATIONS["identity"])
    else:
        network = Network(_exact([w, [-c for c in w]]), np.zeros(2), np.array([1.0, -1.0]), ACTIVATIONS["relu"])
    return certified("bln.s31.sharp" if neurons == 1 else "bln.s31.relu", data, network, {})


def least_norm_coefficients(data: Dataset) -> FloatArray:
    """α with XXᵀα = y, in doubles, with one step of refinement.

    Raises: HypothesisViolated when the rows are dependent (n > d among these), so far as doubles can tell.

    >>> least_norm_coefficients(Dataset([[2.0, 0.0], [0.0, 1.0]], [1, -1])).tolist()
    [0.25, -1.0]
    """
    if data.n > data.d:
        raise HypothesisViolated(f"{data.n} points in dimension {data.d} are dependent, and a linear fit needs n ≤ d; use caps or groups")
    values = np.linalg.svd(data.X, compute_uv=False)
    # 1e-6: the Gram matrix then has condition 1e12, and the refined solution a few correct digits
    if values[-1] <= 1e-6 * values[0]:
        raise HypothesisViolated(f"the {data.n} points are (nearly) dependent: their singular values run from {values[0]:.3g} down to "
                                 f"{values[-1]:.3g}; remove points until they are independent")
    gram = data.X @ data.X.T
    alpha = np.linalg.solve(gram, data.y)
    for _ in range(2):
        alpha = alpha + np.linalg.solve(gram, data.y - data.X @ (data.X.T @ alpha))
    residual = float(np.max(np.abs(data.X @ (data.X.T @ alpha) - data.y)))
    if not residual <= fit_tolerance(data):
        raise HypothesisViolated(f"the linear system XXᵀα = y is too ill-conditioned for doubles: the residual is {residual:.3g}; "
                                 "remove points that nearly depend on the others")
    return np.asarray(alpha)


def _exact(rows: list[list[Fraction]]) -> np.ndarray:  # type: ignore[type-arg]
    array = np.empty((len(rows), len(rows[0])), dtype=object)
    for i, row in enumerate(rows):
        array[i] = row
    return array
