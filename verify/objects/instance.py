"""Instances: numbers, arrays, activations and functions for the free names of a statement,
on which its facts are evaluated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from numbers import Rational, Real
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from theory.errors import BadData, HypothesisViolated, ShapeError

Array = NDArray[Any]

# the letters of the paper: data X (n×d) with labels y and centred labels z, hidden weights W (k×d), biases b, outer
# weights a
_CONVENTION = (("X", ("n", "d")), ("y", ("n",)), ("z", ("n",)), ("W", ("k", "d")), ("a", ("k",)), ("b", ("k",)))


class LipschitzBounds(Protocol):
    """lower ≤ Lip ≤ upper."""

    @property
    def lower(self) -> float: ...

    @property
    def upper(self) -> float: ...


@runtime_checkable
class RealFunction(Protocol):
    """A function R^d → R: its values at the rows of an m×d array, and an enclosure of its least Lipschitz constant on
    a domain.

    `lipschitz` takes a `Space`, `Ball` or `Sphere` with numbers for its dimension and radius, and raises NotCertified
    when it knows no enclosure there.
    """

    def __call__(self, points: Array) -> Array: ...

    def lipschitz(self, domain: Any) -> LipschitzBounds: ...


@dataclass(frozen=True)
class Instance:
    """Values for the free names of a statement: numbers, arrays, activations ψ and functions f.

    `values` maps names to numbers (n, d, k, r, L), vectors, matrices, activations (an object of
    `verify.objects.networks.Activation`, or a vectorised callable) and functions (`RealFunction`).  Shapes are checked when a
    term uses a name, and a dimension that is not given is read off the arrays.  `accuracy` is the relative accuracy to
    which the values satisfy the relations they are meant to satisfy (unit rows, an exact fit): arrays of integers and
    of fractions are taken as exact, floats as correct to `accuracy`, which is 0 for data that only rounding separates
    from what they stand for.

    Raises: BadData for values that are not finite numbers, HypothesisViolated for names without a value, ShapeError.

    >>> Instance({"n": 2, "y": [1, -1]}).array("y", 1).tolist()
    [1.0, -1.0]
    """

    values: Mapping[str, Any]
    seed: int = 0
    note: str = ""
    accuracy: float = 1e-12  # a linear solve with condition number up to 10^3 in double precision
    _floats: dict[str, Array] = field(default_factory=dict, init=False, repr=False, compare=False)  # converted arrays

    def __post_init__(self) -> None:
        if not 0 <= self.accuracy < 1:
            raise BadData(f"the accuracy of an instance is {self.accuracy}; give a number of [0, 1)")
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    def with_values(self, **values: Any) -> Instance:
        """The same instance with some values replaced or added."""
        return replace(self, values={**self.values, **values})

    def has(self, name: str) -> bool:
        """Whether the name has a value."""
        return name in self.values

    def value(self, name: str, kind: str) -> Any:
        """The raw value of a name."""
        if name not in self.values:
            known = ", ".join(sorted(self.values)) or "nothing"
            raise HypothesisViolated(
                f"the {kind} {name} has no value in the instance (it has {known}); add {name!r} to its values"
            )
        return self.values[name]

    def number(self, name: str) -> float:
        """A scalar as a float."""
        raw = self.value(name, "number")
        if isinstance(raw, np.ndarray) and raw.ndim == 0:
            raw = raw.item()
        if not isinstance(raw, (Real, np.number)) or not np.isfinite(float(raw)):
            raise BadData(f"the value of {name} is {raw!r}; give a finite number")
        return float(raw)

    def conventional_size(self, name: str) -> int | None:
        """The dimension n, d or k read off X, y, z, W, a or b by the letters of the paper; None if none of them has it.

        >>> Instance({"X": [[1, 2, 3]]}).conventional_size("d")
        3
        """
        for leaf, dims in _CONVENTION:
            if name in dims and self.has(leaf) and np.ndim(self.values[leaf]) == len(dims):
                return int(np.shape(self.values[leaf])[dims.index(name)])
        return None

    def array(self, name: str, ndim: int) -> Array:
        """A vector (ndim 1) or matrix (ndim 2) as a float64 array."""
        found = self._floats.get(name)
        if found is None:
            found = _as_float(self.value(name, "array"), name)
            self._floats[name] = found
        if found.ndim != ndim:
            raise ShapeError(
                f"the value of {name} has shape {found.shape}; give a {'vector' if ndim == 1 else 'matrix'}"
            )
        return found

    def exact_array(self, name: str, ndim: int) -> Array:
        """A vector or matrix of fractions; BadData unless the values are integers or fractions."""
        raw = np.asarray(self.value(name, "array"))
        if raw.ndim != ndim:
            raise ShapeError(f"the value of {name} has shape {raw.shape}; give a {'vector' if ndim == 1 else 'matrix'}")
        result = np.empty(raw.shape, dtype=object)
        for place, entry in np.ndenumerate(raw):
            result[place] = as_fraction(entry, name)
        return result

    def exact_number(self, name: str) -> Fraction:
        """A scalar as a fraction; BadData unless it is an integer or a fraction."""
        return as_fraction(self.value(name, "number"), name)

    def is_exact(self, name: str) -> bool:
        """Whether the value of a name consists of integers and fractions."""
        raw = np.asarray(self.value(name, "value"))
        return raw.dtype.kind in "iu" or (raw.dtype == object and all(isinstance(x, Rational) for x in raw.ravel()))

    def callable(self, name: str, kind: str) -> Any:
        """An activation or a function."""
        raw = self.value(name, kind)
        if not callable(raw) and not callable(getattr(raw, "function", None)):
            raise BadData(
                f"the value of the {kind} {name} is {raw!r}, which cannot be called; give a function of arrays"
            )
        return raw


def as_fraction(entry: Any, name: str) -> Fraction:
    """An integer or a fraction as a Fraction; floats are refused, since what they stand for is not known exactly."""
    if isinstance(entry, np.ndarray) and entry.ndim == 0:
        entry = entry.item()
    if isinstance(entry, np.integer):
        return Fraction(int(entry))
    if isinstance(entry, Rational):
        return Fraction(int(entry.numerator), int(entry.denominator))
    raise BadData(f"the value of {name} holds {entry!r}, which is not exact; give integers or fractions.Fraction")


def _as_float(raw: Any, name: str) -> Array:
    try:
        array = np.array(raw, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadData(f"the value of {name} is not an array of real numbers ({error}); give numbers") from None
    if not np.isfinite(array).all():
        raise BadData(f"the value of {name} has an entry that is not finite; give finite numbers")
    array.setflags(write=False)
    return array
