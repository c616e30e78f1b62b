"""What a node of an ONNX file computes from the input x: Aψ(Wx+b) + Vx + c, feature by feature, for every x of the batch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Refused(Exception):
    """What the file holds is no two-layer network that this program reads; `shape` tells errors of shapes from others."""

    def __init__(self, reason: str, *, shape: bool = False) -> None:
        super().__init__(reason)
        self.shape = shape


@dataclass(frozen=True)
class Folded:
    """x ↦ Aψ(Wx+b) + Vx + c: W (k×d), b (k), A (q×k), V (q×d), c (q), ψ by name or None while there is none (then k = 0).

    `features` is the shape of one value without the batch axis, of q entries in all; `columns` says that the batch is the last axis.

    >>> value = Folded.identity((2,)).times(np.array([[3.0], [4.0]])).activated("relu").shifted(np.array([1.0]))   # ReLU(3x₁+4x₂) + 1
    >>> value.W.tolist(), value.A.tolist(), value.c.tolist()
    ([[3.0, 4.0]], [[1.0]], [1.0])
    """

    W: Array
    b: Array
    A: Array
    V: Array
    c: Array
    psi: str | None
    features: tuple[int, ...]
    columns: bool = False

    @staticmethod
    def identity(features: tuple[int, ...]) -> Folded:
        d = int(np.prod(features))
        return Folded(np.zeros((0, d)), np.zeros(0), np.zeros((d, 0)), np.eye(d), np.zeros(d), None, features)

    def activated(self, psi: str) -> Folded:
        """ψ of an affine value."""
        if self.psi is not None:
            raise Refused(f"is a second activation after {self.psi}; a two-layer network has one hidden layer", shape=True)
        q = len(self.c)
        return replace(self, W=self.V, b=self.c, A=np.eye(q), V=np.zeros_like(self.V), c=np.zeros(q), psi=psi)

    def times(self, matrix: Array) -> Folded:
        """The rows of the batch times a q×p matrix."""
        q = len(self.c)
        if self.columns or len(self.features) != 1 or matrix.ndim != 2 or matrix.shape[0] != q:
            raise Refused(f"multiplies {self._layout()} by a matrix of shape {matrix.shape}, which does not fit", shape=True)
        return replace(self, A=matrix.T @ self.A, V=matrix.T @ self.V, c=matrix.T @ self.c, features=(matrix.shape[1],))

    def scaled(self, factor: Array) -> Folded:
        """Each feature times its factor."""
        s = self._spread(factor)
        return replace(self, A=s[:, None] * self.A, V=s[:, None] * self.V, c=s * self.c)

    def shifted(self, shift: Array) -> Folded:
        """Each feature plus its shift."""
        return replace(self, c=self.c + self._spread(shift))

    def plus(self, other: Folded) -> Folded:
        """The sum of two values, their neurons side by side."""
        if (self.features, self.columns) != (other.features, other.columns):
            raise Refused(f"adds {self._layout()} and {other._layout()}, which do not fit", shape=True)
        if None not in (self.psi, other.psi) and self.psi != other.psi:
            raise Refused(f"adds neurons with the activations {self.psi} and {other.psi}; a network here has one activation")
        W, b = np.concatenate([self.W, other.W]), np.concatenate([self.b, other.b])
        A = np.concatenate([self.A, other.A], axis=1)
        return replace(self, W=W, b=b, A=A, V=self.V + other.V, c=self.c + other.c, psi=self.psi or other.psi)

    def transposed(self) -> Folded:
        """Rows of the batch as columns, or back."""
        if len(self.features) != 1:
            raise Refused(f"transposes {self._layout()}; only tables n×features are transposed", shape=True)
        return replace(self, columns=not self.columns)

    def rearranged(self, kind: str, settings: dict[str, Any], argument: Array | None) -> Folded:
        """Flatten, Reshape, Squeeze, Unsqueeze and Transpose, where they leave the q entries of each value in their order."""
        if kind == "Transpose":
            if list(settings.get("perm", (1, 0))) != [1, 0]:
                raise Refused(f"permutes the axes by {list(settings['perm'])}; only tables n×features are transposed", shape=True)
            return self.transposed()
        if self.columns:
            raise Refused("rearranges a batch of columns; export the model with batches as rows", shape=True)
        q = len(self.c)
        if kind == "Flatten" and settings.get("axis", 1) == 1:
            return replace(self, features=(q,))
        if kind == "Reshape" and argument is not None:
            return replace(self, features=self._reshaped([int(size) for size in argument]))
        axes = argument if argument is not None else settings.get("axes")
        if kind in ("Squeeze", "Unsqueeze") and axes is not None and q == 1 and 0 not in [int(axis) for axis in axes]:
            return self                                              # one number for each x, whatever axes of size 1 follow
        raise Refused("moves entries between the values of a batch; only trivial changes of shape are accepted", shape=True)

    def _reshaped(self, shape: list[int]) -> tuple[int, ...]:
        """[n, …] with the entries of one value in the rest, n = −1, 0 (as it is) or 1 (one x at a time)."""
        q, rest = len(self.c), shape[1:]
        if 0 in rest:
            rest = [self.features[i] if size == 0 and i < len(self.features) else size for i, size in enumerate(rest)]
        if rest.count(-1) == 1 and shape[0] != -1:
            known = int(np.prod([size for size in rest if size != -1]))
            rest = [q // known if size == -1 and known and q % known == 0 else size for size in rest]
        if shape and shape[0] in (-1, 0, 1) and min(rest, default=1) > 0 and int(np.prod(rest)) == q:
            return tuple(rest) or (1,)
        raise Refused(f"reshapes {self._layout()} to {shape}, which mixes the values of a batch", shape=True)

    def _spread(self, numbers: Array) -> Array:
        """One number for each of the q entries, from a constant that broadcasts against the batch without depending on it."""
        target = (*self.features, 1) if self.columns else (1, *self.features)
        try:
            return np.broadcast_to(numbers, target).reshape(-1)
        except ValueError:
            raise Refused(f"combines {self._layout()} with a constant of shape {numbers.shape}, which does not fit", shape=True) from None

    def _layout(self) -> str:
        size = "×".join(map(str, self.features))
        return f"values of shape {size}×n" if self.columns else f"values of shape n×{size}"
