"""Two-layer networks f(x) = Σ a_ℓ ψ(w_ℓ·x + b_ℓ) + v·x + c, in floating point or in exact rationals."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.errors import BadData, HypothesisViolated, ShapeError
from verify.objects.data.dataset import Dataset
from verify.objects.networks.activations import Activation, activation

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Network:
    """A two-layer network R^d → R with k neurons and an optional affine part.

    f(x) = Σ_{ℓ≤k} a_ℓ ψ(w_ℓ·x + b_ℓ) + v·x + c with W ∈ R^{k×d} (rows w_ℓ), b, a ∈ R^k, v ∈ R^d, c ∈ R.  BLN, equation
    (1), is the case v = 0, c = 0.  If any of W, b, a, v, c holds rationals (dtype object), all
    are made exact (fractions.Fraction), and values and gradients at exact points are exact unless ψ is smooth and no power; otherwise
    all are float64.

    Args: W (k×d), b (k), a (k), activation (name or Activation), v (d, default 0), c (default 0).
    Raises: ShapeError (k = 0, d = 0, shapes that do not fit), BadData (not finite, not numbers, unknown activation).

    >>> tent = Network([[1.0], [1.0], [1.0]], [1.0, 0.0, -1.0], [1.0, -2.0, 1.0], "relu")
    >>> tent([[-1.0], [0.0], [0.5]]), tent.gradient([[0.5]])
    (array([0. , 1. , 0.5]), array([[-1.]]))
    """

    W: Array
    b: Array
    a: Array
    activation: Activation
    v: Array = None  # type: ignore[assignment]  # None stands for 0 until the shape of W is known
    c: Any = 0.0

    def __post_init__(self) -> None:
        raw = {name: as_array(getattr(self, name), name) for name in ("W", "b", "a", "c")}
        raw["v"] = np.zeros(raw["W"].shape[1:]) if self.v is None else as_array(self.v, "v")
        exact = any(array.dtype == object for array in raw.values())
        arrays = {name: finite_numbers(array, name, exact=exact) for name, array in raw.items()}
        _check_shapes(arrays)
        for name, array in arrays.items():
            array.setflags(write=False)
            object.__setattr__(self, name, array[()] if name == "c" else array)
        object.__setattr__(self, "activation", activation(self.activation))

    @property
    def k(self) -> int:
        """Number of neurons."""
        return int(self.W.shape[0])

    @property
    def d(self) -> int:
        """Dimension of the input."""
        return int(self.W.shape[1])

    @property
    def is_exact(self) -> bool:
        """Whether the weights are exact rationals."""
        return bool(self.W.dtype == object)

    @property
    def has_affine_part(self) -> bool:
        """Whether v ≠ 0 or c ≠ 0, which puts the network outside the class F_k of the paper."""
        return bool(np.any(self.v != 0) or self.c != 0)

    def preactivations(self, X: ArrayLike) -> Array:
        """The n×k matrix of w_ℓ·x_i + b_ℓ."""
        return np.asarray(as_points(X, self.d) @ self.W.T + self.b)

    def __call__(self, X: ArrayLike) -> Array:
        """The n values f(x_i) at the rows of X (n×d)."""
        points = as_points(X, self.d)
        return np.asarray(self.activation.function(self.preactivations(points)) @ self.a + points @ self.v + self.c)

    def gradient(self, X: ArrayLike) -> Array:
        """The n×d gradients ∇f(x_i) = v + Σ_ℓ a_ℓ ψ'(w_ℓ·x_i + b_ℓ) w_ℓ.

        Where a preactivation is exactly 0 and ψ has a kink, f need not be differentiable, and ψ' is read as the slope
        on the left; the result is then not always a limit of gradients.
        """
        slopes = self.activation.derivative(self.preactivations(X))
        gradients: Array = (slopes * self.a) @ self.W + self.v
        return gradients

    def spectral_bound(self) -> float:
        """The upper bound L‖a‖‖W‖_op + ‖v‖ of the Euclidean Lipschitz constant on all of R^d.

        BLN, Theorem 5 (5), for v = 0: ‖∇f‖ ≤ ‖v‖ + ‖Wᵀdiag(a)ψ'‖ ≤ ‖v‖ + ‖W‖_op·L‖a‖.  In floating
        point, so an upper bound up to rounding, not certified.
        Raises: HypothesisViolated if ψ has no Lipschitz constant on R.

        >>> Network([[3.0, 0.0], [0.0, 1.0]], [0.0, 0.0], [0.6, 0.8], "relu").spectral_bound()
        3.0
        """
        L = self._require_lipschitz()
        W, a, v = (as_float(array) for array in (self.W, self.a, self.v))
        return float(L * np.linalg.norm(a) * np.linalg.norm(W, 2) + np.linalg.norm(v))

    def path_norm(self) -> float:
        """The path norm Σ_ℓ |a_ℓ|‖w_ℓ‖ (Euclidean); L times it, plus ‖v‖, bounds the Lipschitz constant on R^d.

        In floating point.

        >>> Network([[3.0, 4.0], [0.0, 1.0]], [7.0, 0.0], [-1.0, 2.0], "relu").path_norm()
        7.0
        """
        return float(np.abs(as_float(self.a)) @ np.linalg.norm(as_float(self.W), axis=1))

    def energy(self) -> float:
        """The energy E = Σ_ℓ a_ℓ²‖w_ℓ‖², at most 4·Lip² for ReLU when the rows of W are linearly independent.

        In floating point.

        >>> Network([[3.0, 4.0], [0.0, 1.0]], [7.0, 0.0], [-1.0, 2.0], "relu").energy()
        29.0
        """
        return float(as_float(self.a) ** 2 @ np.sum(as_float(self.W) ** 2, axis=1))

    def residual(self, data: Dataset) -> float:
        """max_i |f(x_i) − y_i| on a data set of the same dimension."""
        return float(np.max(np.abs(as_float(self(data.X)) - data.y)))

    def fits(self, data: Dataset, tolerance: float) -> bool:
        """Whether |f(x_i) − y_i| ≤ tolerance for all i; a value that is not a number does not fit.

        >>> line = Network([[1.0]], [0.0], [1.0], "identity")
        >>> line.fits(Dataset([[1.0], [-1.0]], [1, -1]), 0.0), line.fits(Dataset([[0.5]], [1]), 0.25)
        (True, False)
        """
        return self.residual(data) <= tolerance

    def _require_lipschitz(self) -> float:
        if self.activation.lipschitz is None:
            raise HypothesisViolated(
                f"the activation {self.activation.name} has no Lipschitz constant on R; use a bound on a ball instead"
            )
        return self.activation.lipschitz


def add_networks(first: Network, second: Network) -> Network:
    """The network f + g with k₁ + k₂ neurons, for two networks with the same activation and dimension.

    Raises: ShapeError if the dimensions differ, HypothesisViolated if the activations differ.

    >>> ramp = Network([[1.0]], [0.0], [1.0], "relu")
    >>> add_networks(ramp, ramp)([[2.0]])
    array([4.])
    """
    if first.d != second.d:
        raise ShapeError(f"the networks have dimensions {first.d} and {second.d}; give equal dimensions")
    if first.activation != second.activation:
        raise HypothesisViolated(
            f"the networks have activations {first.activation.name} and {second.activation.name}; use equal ones"
        )
    W, b, a = (np.concatenate([getattr(first, name), getattr(second, name)]) for name in ("W", "b", "a"))
    return Network(W, b, a, first.activation, first.v + second.v, first.c + second.c)


def as_float(array: Array) -> NDArray[np.float64]:
    """A float64 copy or view, exact entries rounded to nearest."""
    return np.asarray(array, dtype=np.float64)


def as_points(X: ArrayLike, d: int) -> Array:
    """X as an n×d array (float64, or object for exact entries), or ShapeError."""
    points = np.asarray(X)
    if points.ndim != 2 or points.shape[1] != d:
        raise ShapeError(f"the points have shape {points.shape} but the network has {d} inputs; give n×{d}")
    # Integers stay integers: an exact network has exact values there.
    return points if points.dtype.kind in "Oiu" else points.astype(np.float64, copy=False)


def as_array(value: Any, name: str) -> Array:
    """The value as an array of numbers of any kind, of objects where doubles would round it, or BadData, ShapeError."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise ShapeError(f"{name} of the network has rows of different lengths; give a full array") from None
    if array.dtype.kind not in "biufO":
        raise BadData(f"{name} of the network is not an array of real numbers (type {array.dtype}); give numbers")
    wide = array.dtype.kind in "iu" or (array.dtype.kind == "f" and array.dtype.itemsize > 8 and bool(np.isfinite(array).all()))
    entries = array.reshape(-1).tolist() if wide else []
    if all(float(x) == x for x in entries):
        return array
    exact = np.empty(array.shape, dtype=object)
    exact.reshape(-1)[:] = [Fraction(*x.as_integer_ratio()) for x in entries]
    return exact


def finite_numbers(array: Array, name: str, *, exact: bool) -> Array:
    """A float64 copy, or with `exact` one of rationals; BadData when an entry is not finite or no number."""
    try:
        if not np.all(np.isfinite(array.astype(np.float64))):
            raise BadData(f"{name} of the network has an entry that is not finite; give finite weights")
        if not exact:
            return np.array(array, dtype=np.float64)
        rationals = np.empty(array.shape, dtype=object)
        for index, entry in np.ndenumerate(array):
            rationals[index] = Fraction(entry.item() if isinstance(entry, np.generic) else entry)
        return rationals
    except BadData:
        raise
    except (TypeError, ValueError, OverflowError) as error:
        raise BadData(f"{name} of the network is not an array of real numbers ({error}); give numbers") from None


def hidden_shape(W: Array) -> tuple[int, int]:
    """(k, d) of the hidden layer, or ShapeError."""
    if W.ndim != 2:
        raise ShapeError(f"W has shape {W.shape}; give a k×d matrix, one row a neuron")
    if 0 in W.shape:
        raise ShapeError(f"W has shape {W.shape}; a network needs at least one neuron and one input")
    return int(W.shape[0]), int(W.shape[1])


def _check_shapes(arrays: dict[str, Array]) -> None:
    k, d = hidden_shape(arrays["W"])
    for name, wanted in (("b", (k,)), ("a", (k,)), ("v", (d,)), ("c", ())):
        if arrays[name].shape != wanted:
            raise ShapeError(f"{name} has shape {arrays[name].shape} but W is {k}×{d}; give {name} of shape {wanted}")
