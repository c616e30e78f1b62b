"""The canonical form of a piecewise-linear network with several outputs: J = H + Σ s_j η_jw_jᵀ over its distinct hyperplanes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from theory.certificates.exact.exact_weights import ExactVectorWeights
from theory.certificates.lipschitz.vector_tree import vector_terms
from verify.lipschitz.piecewise.kinks import EPS, KinkForm
from verify.objects.domains import Array
from verify.objects.networks import VectorNetwork
from verify.objects.networks.network import as_float


@dataclass(frozen=True)
class VectorForm:
    """H (m×d), the rows η_j of P (p×m) and w_j of W (p×d), b (p), and for each hyperplane its first neuron; `slack` bounds the float
    error of ‖H + Σ s_jη_jw_jᵀ‖ for every s ∈ [−1, 1]."""

    H: Array
    P: Array
    W: Array
    b: Array
    planes: tuple[int, ...]
    slack: float

    @property
    def size(self) -> int:
        return len(self.planes)

    def along(self, u: Array) -> KinkForm:
        """The form of u·F, for u ∈ R^m."""
        return KinkForm(self.W, self.b, self.P @ u, self.H.T @ u, 0.0, self.slack)

    def jacobian(self, signs: Array) -> Array:
        """H + Σ s_jη_jw_jᵀ for signs s (p)."""
        return np.asarray(self.H + (self.P.T * signs) @ self.W)


def exact_vector_weights(network: VectorNetwork) -> tuple[ExactVectorWeights, bool]:
    """The network with W, b, A, V, c rounded to doubles, and whether that left it as it is."""
    rows = {name: np.atleast_2d(as_float(getattr(network, name))) for name in ("W", "b", "A", "V", "c")}
    same = all(bool(np.all(np.atleast_2d(getattr(network, name)) == array)) for name, array in rows.items())
    W, b, A, V, c = (tuple(tuple(Fraction(float(e)) for e in row) for row in array) for array in rows.values())
    return ExactVectorWeights(W, b[0], A, V, c[0]), same


def vector_form(network: VectorNetwork, exact: ExactVectorWeights, slopes: tuple[Fraction, Fraction]) -> VectorForm:
    """The form of Aψ(Wx+b) + Vx for ψ with slopes (α, β); coincident hyperplanes are merged, those whose jumps cancel exactly dropped."""
    W, b, A, V = (as_float(getattr(network, name)) for name in ("W", "b", "A", "V"))
    terms = vector_terms("lipschitz.vector.kinks", exact, slopes)
    planes = tuple(terms)
    P = np.array([[float(c) for c in eta] for eta in terms.values()]).reshape(len(planes), len(A))
    lengths = np.linalg.norm(W, axis=1)
    size = max(abs(float(slope)) for slope in slopes)
    total = float(np.linalg.norm(V) + size * (np.linalg.norm(A, axis=0) @ lengths))
    slack = 8 * (sum(W.shape) + len(A) + 8) * EPS * total
    mean = float((slopes[0] + slopes[1]) / 2)
    return VectorForm(V + mean * (A @ W), P, W[list(planes)], b[list(planes)], planes, slack)
