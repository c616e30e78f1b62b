"""The canonical form of a piecewise-linear network with several outputs: J = H + Σ s_j η_jw_jᵀ over its distinct hyperplanes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from theory.certificates.exact.exact_weights import ExactVectorWeights
from theory.certificates.lipschitz.vector_tree import vector_terms
from verify.lipschitz.piecewise.kinks import EPS, KinkForm, network_arrays
from verify.lipschitz.piecewise.placement import Placement
from verify.objects.domains import Array
from verify.objects.networks import VectorNetwork
from verify.objects.networks.network import as_float, finite_numbers
from verify.objects.rationals import Rationals


@dataclass(frozen=True)
class VectorForm:
    """H (m×d), the rows η_j of P (p×m) and w_j of W (p×d), b (p), and for each hyperplane its first neuron; `slack` bounds the float
    error of ‖H + Σ s_jη_jw_jᵀ‖ for every s ∈ [−1, 1].  `rows` as in `KinkForm`."""

    H: Array
    P: Array
    W: Array
    b: Array
    planes: tuple[int, ...]
    slack: float
    rows: Rationals | None

    @property
    def size(self) -> int:
        return len(self.planes)

    def along(self, u: Array) -> KinkForm:
        """The form of u·F, for u ∈ R^m."""
        return KinkForm(self.W, self.b, self.P @ u, self.H.T @ u, 0.0, self.slack, np.array(self.planes, dtype=np.intp), self.rows)

    def jacobian(self, signs: Array) -> Array:
        """H + Σ s_jη_jw_jᵀ for signs s (p)."""
        return np.asarray(self.H + (self.P.T * signs) @ self.W)


def exact_vector_weights(network: VectorNetwork) -> ExactVectorWeights:
    """The weights of a network as they are."""
    tables = (finite_numbers(getattr(network, name), name, exact=True) for name in ("W", "b", "A", "V", "c"))
    W, b, A, V, c = (tuple(map(tuple, table)) if table.ndim == 2 else tuple(table) for table in tables)
    return ExactVectorWeights(W, b, A, V, c)


def vector_form(network: VectorNetwork, exact: ExactVectorWeights, slopes: tuple[Fraction, Fraction], place: Placement) -> VectorForm:
    """The form of Aψ(Wx+b) + Vx for ψ with slopes (α, β) where it is placed; coincident hyperplanes are merged, those whose jumps cancel
    exactly dropped."""
    A, V = as_float(network.A), as_float(network.V)
    W, b, _, _ = network_arrays(place.W, place.b, np.zeros(network.k))
    terms = vector_terms("lipschitz.vector.kinks", exact, slopes)
    planes = tuple(terms)
    P = np.array([[float(c) for c in eta] for eta in terms.values()]).reshape(len(planes), len(A))
    lengths = np.linalg.norm(W, axis=1)
    size = max(abs(float(slope)) for slope in slopes)
    total = float(np.linalg.norm(V) + size * (np.linalg.norm(A, axis=0) @ lengths))
    slack = 8 * (sum(W.shape) + len(A) + 8) * EPS * total
    mean, chosen = float((slopes[0] + slopes[1]) / 2), list(planes)
    return VectorForm(V + mean * (A @ W), P, W[chosen], b[chosen], planes, slack, None if place.rows is None else place.rows[chosen])
