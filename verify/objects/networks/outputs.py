"""Two-layer networks with several outputs: F(x) = Aψ(Wx + b) + Vx + c, the outputs sharing their hidden layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from theory.errors import ShapeError
from verify.objects.networks.activations import Activation, activation
from verify.objects.networks.network import Array, Network, as_array, as_points, finite_numbers, hidden_shape


@dataclass(frozen=True, eq=False)
class VectorNetwork:
    """A two-layer network R^d → R^m with k neurons: F(x) = Aψ(Wx + b) + Vx + c, ψ entry by entry.

    W ∈ R^{k×d}, b ∈ R^k, A ∈ R^{m×k} (one row an output), V ∈ R^{m×d}, c ∈ R^m.  If any of them holds rationals (dtype object), all are
    made exact, as in `Network`; otherwise all are float64.

    Args: W (k×d), b (k), A (m×k), activation (name or Activation), V (m×d, default 0), c (m, default 0).
    Raises: ShapeError (k, d or m is 0, shapes that do not fit), BadData (not finite, not numbers, unknown activation).

    >>> F = VectorNetwork([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0], [[1.0, 0.0], [1.0, 2.0], [0.0, 3.0]], "relu")
    >>> F([[2.0, 1.0]]), F.jacobian([[2.0, -1.0]]).tolist()
    (array([[2., 4., 3.]]), [[[1.0, 0.0], [1.0, 0.0], [0.0, 0.0]]])
    >>> F.difference(1, 0)([[2.0, 1.0]])
    array([2.])
    """

    W: Array
    b: Array
    A: Array
    activation: Activation
    V: Array = None  # type: ignore[assignment]  # None stands for 0 until the shapes of W and A are known
    c: Array = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        raw = {name: as_array(getattr(self, name), name) for name in ("W", "b", "A")}
        k, d = hidden_shape(raw["W"])
        if raw["A"].ndim != 2 or len(raw["A"]) == 0:
            raise ShapeError(f"A has shape {raw['A'].shape}; give an m×k matrix, one row an output")
        m = len(raw["A"])
        for name, shape in (("V", (m, d)), ("c", (m,))):
            raw[name] = np.zeros(shape) if getattr(self, name) is None else as_array(getattr(self, name), name)
        for name, wanted in (("b", (k,)), ("A", (m, k)), ("V", (m, d)), ("c", (m,))):
            if raw[name].shape != wanted:
                raise ShapeError(f"{name} has shape {raw[name].shape} but W is {k}×{d} and there are {m} outputs; give shape {wanted}")
        exact = any(array.dtype == object for array in raw.values())
        for name, array in raw.items():
            numbers = finite_numbers(array, name, exact=exact)
            numbers.setflags(write=False)
            object.__setattr__(self, name, numbers)
        object.__setattr__(self, "activation", activation(self.activation))

    @property
    def m(self) -> int:
        """Number of outputs."""
        return int(self.A.shape[0])

    @property
    def k(self) -> int:
        """Number of neurons."""
        return int(self.W.shape[0])

    @property
    def d(self) -> int:
        """Dimension of the input."""
        return int(self.W.shape[1])

    def __call__(self, X: ArrayLike) -> Array:
        """The n×m values F(x_i) at the rows of X (n×d)."""
        points = as_points(X, self.d)
        return np.asarray(self.activation.function(points @ self.W.T + self.b) @ self.A.T + points @ self.V.T + self.c)

    def jacobian(self, X: ArrayLike) -> Array:
        """The n×m×d Jacobians V + A diag(ψ′(Wx_i + b)) W; at a kink ψ′ is the slope on the left."""
        slopes = self.activation.derivative(as_points(X, self.d) @ self.W.T + self.b)
        return np.asarray((slopes[:, None, :] * self.A) @ self.W + self.V)

    def output(self, j: int) -> Network:
        """The network f_j of one output, from 0.  Raises: ShapeError when there is no such output."""
        return self._combined(self._known(j), None)

    def difference(self, j: int, k: int) -> Network:
        """The network f_j − f_k; its weights are exact rationals where doubles would round A_j − A_k.

        Raises: ShapeError when there is no such output, or when both are the same.
        """
        if self._known(j) == self._known(k):
            raise ShapeError(f"output {j} minus itself is 0; choose two different outputs from 0 to {self.m - 1}")
        return self._combined(j, k)

    def _combined(self, j: int, k: int | None) -> Network:
        parts = {"a": self.A, "v": self.V, "c": self.c}
        rows: dict[str, Any] = {name: array[j] for name, array in parts.items()}
        if k is not None:
            rows = {name: _exact_difference(array[j], array[k]) for name, array in parts.items()}
        return Network(self.W, self.b, rows["a"], self.activation, rows["v"], rows["c"])

    def _known(self, j: int) -> int:
        if not 0 <= j < self.m:
            raise ShapeError(f"there is no output {j}; {_choice(self.m)}")
        return j


def chosen_output(network: VectorNetwork, output: int | None = None, minus: int | None = None) -> Network:
    """The network of one output, or of the difference of two; of the only one where none is named.

    Raises: ShapeError (several outputs and none named, no such output, `minus` without `output`).
    """
    if output is None:
        if minus is not None:
            raise ShapeError("a difference needs two outputs; name the first one as output, the other one as minus")
        if network.m > 1:
            raise ShapeError(f"the network has {network.m} outputs; {_choice(network.m)}")
        output = 0
    return network.output(output) if minus is None else network.difference(output, minus)


def _choice(m: int) -> str:
    return f"choose one of them, from 0 to {m - 1}" if m > 1 else "the network has one, output 0"


def _exact_difference(first: Any, second: Any) -> Any:
    """first − second, in floats where these are exact, else in rationals."""
    p, q = np.asarray(first), np.asarray(second)
    if p.dtype == object:
        return p - q
    rational = finite_numbers(p, "A", exact=True) - finite_numbers(q, "A", exact=True)
    return p - q if np.all(p - q == rational) else rational
