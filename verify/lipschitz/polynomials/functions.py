"""Polynomials as functions of statements: values, gradients, and enclosures of their Lipschitz constants on balls and on the sphere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import comb
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import ArrayLike, NDArray

from theory.errors import BadData, NotCertified, ShapeError
from theory.terms.sets import Ball, Sphere
from verify.lipschitz.polynomials.arrays import SymmetricArray, SymmetricTensor, as_tensor
from verify.lipschitz.polynomials.ascent import steepest_point
from verify.lipschitz.polynomials.injective import Effort, NormEnclosure, injective_norm
from verify.lipschitz.polynomials.planar import (
    circle_chord_supremum,
    circle_coefficients,
    disc_gradient_supremum,
    interval_supremum,
    rounding_of,
)
from verify.lipschitz.polynomials.power_sum import Array, PowerSum, points_of
from verify.lipschitz.polynomials.quadratics import Quadratic
from verify.objects.domains import Domain, Enclosure, Witness, numeric_domain

Floats = NDArray[np.float64]
_DEFAULT = Effort()


@dataclass(frozen=True, eq=False)
class PolynomialFunction:
    """f(x) = T_0 + Σ_{q≥1} ⟨T_q, x^{⊗q}⟩ on R^d, as a function of a statement.

    `parts` lists T_0 (a number), T_1 (a vector), T_2 (a symmetric matrix), … as symmetric arrays or `PowerSum`s, None for a part that
    is missing; at least one T_q with q ≥ 1 is given, since the dimension is read off it.  The Lipschitz constant is enclosed on balls
    and on the sphere: exactly for degree ≤ 2 on balls, and to about 10⁻⁵ on intervals and discs; elsewhere the lower side is the longest
    gradient found and the upper side the quadratic part's constant plus Σ_{q≥3} q‖T_q‖_op r^{q−1}, or a sum of squares if `effort` asks.

    Raises: ShapeError, HypothesisViolated (an array that is not symmetric), BadData (no part with q ≥ 1).

    >>> from theory.terms.sets import Ball
    >>> f = PolynomialFunction([1.0, [3.0], [[0.0]], [[[1.0]]]])            # 1 + 3x + x³
    >>> f([[2.0]]).tolist(), round(f.lipschitz(Ball(1)).upper, 8)
    ([15.0], 6.0)
    """

    parts: Sequence[Any]
    effort: Effort = field(default=_DEFAULT, kw_only=True)

    def __post_init__(self) -> None:
        given = list(self.parts)
        tensors = [None if part is None else as_tensor(part) for part in given[1:]]
        dimensions = {T.dimension for T in tensors if T is not None}
        if not dimensions:
            raise BadData("a polynomial needs a part of order at least 1, from which its dimension is read; give a zero vector for T_1")
        wrong = [q for q, T in enumerate(tensors, start=1) if T is not None and T.order != q]
        if wrong or len(dimensions) > 1:
            raise ShapeError(
                f"part {wrong[0]} has order {tensors[wrong[0] - 1].order}; give T_0, T_1, T_2, … in this order" if wrong
                else f"the parts live in the dimensions {sorted(dimensions)}; give tensors of one dimension"
            )
        object.__setattr__(self, "parts", (given[0] if given[0] is not None else 0, *tensors))

    @cached_property
    def tensors(self) -> tuple[SymmetricTensor, ...]:
        """The parts of order at least 1 that are not zero, in increasing order."""
        return tuple(T for T in self.parts[1:] if T is not None and not T.is_zero)

    @property
    def constant(self) -> Any:
        """T_0."""
        return self.parts[0]

    @cached_property
    def dimension(self) -> int:
        """d."""
        return next(T.dimension for T in self.parts[1:] if T is not None)

    @property
    def degree(self) -> int:
        """The largest order of a part that is not zero."""
        return self.tensors[-1].order if self.tensors else 0

    def part(self, q: int) -> SymmetricTensor | None:
        """T_q for q ≥ 1, None if it is zero."""
        return next((T for T in self.tensors if T.order == q), None)

    def __call__(self, points: ArrayLike) -> Array:
        x = points_of(points, self.dimension)
        exact = x.dtype == object
        start = np.full(x.shape[:-1], Fraction(self.constant) if exact else float(self.constant))
        return np.asarray(sum((T.value(x) for T in self.tensors), start))

    def magnitude(self, points: ArrayLike) -> Floats:
        """|T_0| + Σ_q weight(T_q)‖x‖^q at the rows of an array (…×d): at least |f(x)|, and what its rounding error is relative to.

        >>> TensorForm(PowerSum([[1.0], [1.0]], [1.0, -1.0], 2)).magnitude([[2.0]]).tolist()       # x² − x² at x = 2
        [8.0]
        """
        length = np.linalg.norm(np.asarray(points_of(points, self.dimension), dtype=np.float64), axis=-1)
        return np.asarray(sum((T.weight * length**T.order for T in self.tensors), np.full(length.shape, abs(float(self.constant)))))

    def gradient(self, points: ArrayLike) -> Floats:
        """∇f at the rows of an array (…×d)."""
        x = points_of(points, self.dimension)
        return np.asarray(sum((T.gradient(x) for T in self.tensors), np.zeros(x.shape)))

    @cached_property
    def norms(self) -> tuple[NormEnclosure, ...]:
        """‖T_q‖_op for each of `tensors`."""
        return tuple(injective_norm(T, self.effort) for T in self.tensors)

    @cached_property
    def quadratic(self) -> Quadratic:
        """The parts of order at most 2."""
        linear, square = self.part(1), self.part(2)
        A = np.zeros((self.dimension, self.dimension)) if square is None else _exact_array(square)
        return Quadratic(A, None if linear is None else _exact_array(linear), self.constant)

    def lipschitz(self, domain: Any) -> Enclosure:
        """An enclosure on a ball about 0 or on the sphere, with the point whose (tangential) gradient shows `lower`.

        Raises: NotCertified on R^d for a degree above 1, ShapeError, BadData.
        """
        where = numeric_domain(domain, self.dimension)
        if where.kind == "global" and self.degree > 1:
            raise NotCertified(f"a polynomial of degree {self.degree} has no Lipschitz constant on R^d; name a ball or the sphere")
        if self.degree <= 2:
            return self.quadratic.lipschitz(domain)
        if self.dimension == 1:
            return self._on_line(where)
        return self._on_ball(where) if where.kind == "ball" else self._on_sphere(where)

    def lipschitz_exact(self, domain: Any) -> tuple[arb, arb]:
        """Balls for a lower and an upper bound, for rational polynomials of degree at most 2.

        Raises: NotCertified for a higher degree.
        """
        if self.degree > 2:
            raise NotCertified(f"the exact constant of a polynomial of degree {self.degree} is not known; give a degree of at most 2")
        return self.quadratic.lipschitz_exact(domain)

    def _error(self, r: float) -> float:
        """What rounding may do to a gradient at a point of length r."""
        return sum(4 * T.order * rounding_of(T) * r ** (T.order - 1) for T in self.tensors)

    def _on_line(self, where: Domain) -> Enclosure:
        r, coefficients = where.radius, np.zeros(self.degree + 1)
        for T in self.tensors:
            coefficients[T.order] = float(T.value(np.ones((1, 1)))[0])
        if where.kind == "sphere":      # two points at distance 2
            value, error = float(abs(coefficients[1::2].sum())), self._error(1.0)
            ends = Witness("chord", np.array([[1.0], [-1.0]]))
            return Enclosure(max(value - error, 0.0), value + error, where, True, ends, {"chord": value + error})
        lower, upper, t = interval_supremum(coefficients[1:] * np.arange(1, self.degree + 1), r)
        return self._closed(where, lower, {"interval": upper + self._error(r)}, Witness("gradient", np.array([[t]])))

    def _norm_bound(self, domain: Any, r: float) -> float:
        """The quadratic part on the domain, and q‖T_q‖_op r^{q−1} for each higher part, as ∇⟨T_q, x^{⊗q}⟩ = qT_q(·, x, …, x)."""
        higher = sum(T.order * found.upper * r ** (T.order - 1) for T, found in zip(self.tensors, self.norms, strict=True) if T.order > 2)
        return self.quadratic.lipschitz(domain).upper + higher + self._error(r)

    def _on_ball(self, where: Domain) -> Enclosure:
        r = where.radius
        methods = {"norms of the parts": self._norm_bound(Ball(self.dimension, r), r)}
        if len(self.tensors) == 1:      # a form: ‖∇f(x)‖ = p‖T(·, x, …, x)‖, largest at the maximiser of the form (Banach)
            (T,), (found,) = self.tensors, self.norms
            return self._closed(where, T.order * found.lower * r ** (T.order - 1), methods, Witness("gradient", r * found.witness[None, :]))
        if self.dimension == 2:
            F = {T.order: circle_coefficients(T) for T in self.tensors}
            rows = [F.get(q, np.zeros(q + 1, dtype=np.complex128)) for q in range(1, self.degree + 1)]
            errors = [sum(rounding_of(T) for T in self.tensors if T.order == q) for q in range(1, self.degree + 1)]
            lower, upper, point = disc_gradient_supremum(rows, r, errors)
            methods["disc"] = upper
            return self._closed(where, lower, methods, Witness("gradient", point[None, :]))
        if self.effort.squares:
            from verify.lipschitz.polynomials.sums_of_squares import (
                gradient_bound,  # binds late, so that only those who ask load the solver
            )

            dense = [np.zeros((self.dimension,) * q) if self.part(q) is None else self.part(q).dense() for q in range(1, self.degree + 1)]
            methods["sum of squares"] = gradient_bound(dense, r).value + self._error(r)
        length, point = steepest_point(self.gradient, self._starts(), r, on_sphere=False)
        return self._closed(where, length - self._error(r), methods, Witness("gradient", point[None, :]))

    def _on_sphere(self, where: Domain) -> Enclosure:
        methods = {"ball": self.lipschitz(Ball(self.dimension)).upper, "norms of the parts": self._norm_bound(Sphere(self.dimension), 1.0)}
        if self.dimension == 2:
            waves = np.zeros(self.degree + 1, dtype=np.complex128)
            for T in self.tensors:
                waves[: T.order + 1] += circle_coefficients(T)
            lower, methods["chords"], pair = circle_chord_supremum(waves, sum(rounding_of(T) for T in self.tensors))
            return self._closed(where, lower, methods, Witness("chord", pair))
        length, point = steepest_point(self.gradient, self._starts(), 1.0, on_sphere=True)
        return self._closed(where, length - self._error(1.0), methods, Witness("tangent", point[None, :]))

    def _starts(self) -> Floats:
        """Points from which the ascent of the gradient starts: the witnesses of the norms and their negatives, and random ones."""
        witnesses = np.stack([found.witness for found in self.norms])
        drawn = np.random.default_rng(self.effort.seed).standard_normal((self.effort.starts, self.dimension))
        return np.concatenate([witnesses, -witnesses, drawn])

    def _closed(self, where: Domain, lower: float, methods: dict[str, float], witness: Witness) -> Enclosure:
        """Exact where the ends agree up to rounding; a search that stops within its tolerance gives an enclosure."""
        lower, upper = max(lower, 0.0), min(methods.values())
        return Enclosure(lower, upper, where, upper - lower <= 4 * self._error(where.radius), witness, methods)


def _exact_array(T: SymmetricTensor) -> Array:
    """The dense array of a vector or matrix, exact if the tensor is."""
    if isinstance(T, SymmetricArray):
        return T.array
    scaled = T.vectors * T.coefficients[:, None]
    if T.order == 1:
        return np.asarray(scaled.sum(axis=0))
    square = scaled.T @ T.vectors
    return np.asarray(square if square.dtype == object else (square + square.T) / 2)    # rounding is not symmetric


class TensorForm(PolynomialFunction):
    """f(x) = ⟨T, x^{⊗p}⟩ for one symmetric tensor T: Lip = p‖T‖_op r^{p−1} on the ball of radius r.

    Args: tensor, a `PowerSum`, a `SymmetricArray` or a symmetric array of order p ≥ 1 (`symmetrised` makes one of any array).
    Raises: as `PolynomialFunction`.

    >>> from theory.terms.sets import Ball
    >>> f = TensorForm(PowerSum(np.eye(2), [1.0, 1.0], 3))          # x³ + y³
    >>> f([[1.0, 2.0]]).tolist(), round(f.lipschitz(Ball(2)).upper, 8), round(f.lipschitz(Ball(2, 2)).upper, 8)
    ([9.0], 3.0, 12.0)
    """

    def __init__(self, tensor: SymmetricTensor | ArrayLike, *, effort: Effort = _DEFAULT) -> None:
        T = as_tensor(tensor)
        super().__init__((0, *[None] * (T.order - 1), T), effort=effort)

    @property
    def tensor(self) -> SymmetricTensor:
        """T."""
        found: SymmetricTensor = self.parts[-1]
        return found


def polynomial_network(
    W: ArrayLike, b: ArrayLike, a: ArrayLike, coefficients: Sequence[Any], *, effort: Effort = _DEFAULT
) -> PolynomialFunction:
    """The two-layer network x ↦ Σ_ℓ a_ℓψ(w_ℓ·x + b_ℓ) with ψ(t) = Σ_j c_j t^j as a polynomial.

    T_q = Σ_ℓ a_ℓ (Σ_{j≥q} c_j C(j,q) b_ℓ^{j−q}) w_ℓ^{⊗q}, by the binomial theorem.
    Args: W (k×d), b, a (k), the coefficients c_0, c_1, …, c_p of ψ, p ≥ 1.
    Raises: ShapeError, BadData.

    >>> f = polynomial_network([[1.0, 2.0]], [1.0], [3.0], [0.0, 0.0, 1.0])         # 3(x + 2y + 1)²
    >>> f([[1.0, 1.0]]).tolist(), f.degree
    ([48.0], 2)
    """
    W, b, a = np.asarray(W), np.asarray(b), np.asarray(a)
    if W.ndim != 2 or b.shape != (len(W),) or a.shape != (len(W),):
        raise ShapeError(f"W, b and a have the shapes {W.shape}, {b.shape} and {a.shape}; give k×d, k and k numbers")
    if len(coefficients) < 2:
        raise BadData("the activation has no coefficient beyond the constant; give c_0, c_1, …, c_p with p ≥ 1")
    degree = len(coefficients) - 1
    outer = [a * sum(coefficients[j] * comb(j, q) * b ** (j - q) for j in range(q, degree + 1)) for q in range(degree + 1)]
    return PolynomialFunction([outer[0].sum(), *[PowerSum(W, outer[q], q) for q in range(1, degree + 1)]], effort=effort)
