"""Quadratic functions x ↦ xᵀAx + b·x + c: their Lipschitz constants on balls and on the sphere from eigenvalues, and low-rank fits."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from flint import arb, arb_mat, fmpq
from numpy.typing import ArrayLike, NDArray

from theory.certificates.exact.eigenvalue_sum import eigenvalue_sum_lower, eigenvalue_sum_upper
from theory.errors import NotCertified, ShapeError
from verify.lipschitz.polynomials.arrays import SymmetricArray
from verify.lipschitz.polynomials.ascent import steepest_point
from verify.lipschitz.polynomials.power_sum import EPS, Array, exactly, points_of
from verify.objects.domains import Domain, Enclosure, Witness, numeric_domain

Floats = NDArray[np.float64]
STARTS = 12     # of the ascent on the sphere, where a linear part allows local maxima


@dataclass(frozen=True, eq=False)
class Quadratic:
    """x ↦ xᵀAx + b·x + c on R^d for a symmetric A ∈ R^{d×d}, b ∈ R^d, c ∈ R, as a function of a statement.

    With b = 0: Lip = 2r‖A‖_op on the ball of radius r, and λ_max(A) − λ_min(A) on the sphere with the chord metric (d ≥ 2), since
    f(x) − f(y) = (x−y)ᵀA(x+y) and x−y ⟂ x+y there.  With b ≠ 0 both sides come from duality: exact on balls, an interval on the sphere.
    On R^d a quadratic with A ≠ 0 is not Lipschitz.  Arrays of fractions answer exactly at exact points.

    Raises: ShapeError, HypothesisViolated (A not symmetric), BadData; `lipschitz` NotCertified on R^d.

    >>> from theory.terms.sets import Ball, Sphere
    >>> f = Quadratic([[3.0, 0.0], [0.0, -1.0]])
    >>> f([[1.0, 2.0]]).tolist(), round(f.lipschitz(Ball(2)).upper, 9), round(f.lipschitz(Sphere(2)).upper, 9)
    ([-1.0], 6.0, 4.0)
    """

    A: ArrayLike
    b: ArrayLike | None = None
    c: Any = 0

    def __post_init__(self) -> None:
        tensor = SymmetricArray(np.asarray(self.A))
        if tensor.order != 2:
            raise ShapeError(f"A has shape {tensor.array.shape}; give a symmetric d×d matrix")
        object.__setattr__(self, "A", tensor.array)
        if self.b is not None:
            slope = np.asarray(self.b)
            if slope.shape != (tensor.dimension,):
                raise ShapeError(f"b has shape {slope.shape} but A has {tensor.dimension} columns; give one number each")
            object.__setattr__(self, "b", slope)

    @property
    def dimension(self) -> int:
        """d."""
        return len(np.asarray(self.A))

    @cached_property
    def matrix(self) -> Floats:
        """A in doubles."""
        return np.asarray(self.A, dtype=np.float64)

    @cached_property
    def slope(self) -> Floats:
        """b in doubles."""
        return np.zeros(self.dimension) if self.b is None else np.asarray(self.b, dtype=np.float64)

    @cached_property
    def spectrum(self) -> tuple[Floats, Floats]:
        """The eigenvalues of A in increasing order, and orthonormal eigenvectors as columns."""
        values, vectors = np.linalg.eigh(self.matrix)
        return values, vectors

    @property
    def _error(self) -> float:
        """What rounding may add to an eigenvalue of A, or to ‖Ax‖ for a unit vector x."""
        # the backward error of a symmetric eigenvalue solver is a modest multiple of d·eps·‖A‖; 16 is generous
        return float(16 * (self.dimension + 4) * EPS * np.linalg.norm(self.matrix))

    def __call__(self, points: ArrayLike) -> Array:
        x = points_of(points, self.dimension)
        exact = x.dtype == object
        b = np.zeros(self.dimension) if self.b is None else self.b
        A, b, c = (exactly(self.A), exactly(b), Fraction(self.c)) if exact else (self.matrix, self.slope, float(self.c))
        return np.asarray(np.sum((x @ A) * x, axis=-1) + x @ b + c)

    def magnitude(self, points: ArrayLike) -> Floats:
        """Σ|A_ij x_i x_j| + Σ|b_i x_i| + |c| at the rows of an m×d array: what the rounding error of f is relative to.

        >>> Quadratic(np.zeros((2, 2)), np.array([-1.0, 1.0])).magnitude([[3.0, 3.0]]).tolist()
        [6.0]
        """
        x = np.abs(np.asarray(points_of(points, self.dimension), dtype=np.float64))
        return np.asarray(np.sum((x @ np.abs(self.matrix)) * x, axis=-1) + x @ np.abs(self.slope) + abs(float(self.c)))

    def gradient(self, points: ArrayLike) -> Floats:
        """2Ax + b at the rows of an m×d array."""
        x = np.asarray(points_of(points, self.dimension), dtype=np.float64)
        return np.asarray(2 * x @ self.matrix + self.slope)

    def lipschitz(self, domain: Any) -> Enclosure:
        """An enclosure on a ball or on the sphere, with a point at which the (tangential) gradient has the length `lower`.

        Raises: NotCertified on R^d unless A = 0, ShapeError, BadData.
        """
        where = numeric_domain(domain, self.dimension)
        if where.kind == "global":
            if self.matrix.any():
                raise NotCertified("a quadratic with A ≠ 0 has no Lipschitz constant on R^d; name a ball or the sphere")
            return self._constant_slope(where)
        return self._on_ball(where) if where.kind == "ball" else self._on_sphere(where)

    def _constant_slope(self, where: Domain) -> Enclosure:
        length = float(np.linalg.norm(self.slope))
        error = (self.dimension + 4) * EPS * length
        return Enclosure(max(length - error, 0.0), length + error, where, True, Witness("gradient", np.zeros((1, self.dimension))), {})

    def _on_ball(self, where: Domain) -> Enclosure:
        r = where.radius
        upper, point = _largest_gradient(*self.spectrum, self.slope, r)
        error = 2 * r * self._error + 16 * (self.dimension + 4) * EPS * float(np.linalg.norm(self.slope))
        lower = max(float(np.linalg.norm(self.gradient(point))) - error, 0.0)
        method = "largest eigenvalue" if not self.slope.any() else "duality of the trust region"
        return Enclosure(lower, upper + error, where, upper - lower <= 4 * error, Witness("gradient", point[None, :]),
                         {method: upper + error})

    def _on_sphere(self, where: Domain) -> Enclosure:
        if self.dimension == 1:     # two points at distance 2, where the quadratic part takes the same value
            value = float(abs(self.slope[0]))
            return Enclosure(value, value, where, True, Witness("chord", np.array([[1.0], [-1.0]])), {"chord": value})
        values, vectors = self.spectrum
        starts = [vectors[:, -1] + vectors[:, 0], vectors[:, -1] - vectors[:, 0]]
        middle = (values[-1] + values[0]) / 2
        shift = middle
        if self.slope.any():
            from scipy.optimize import minimize_scalar  # imported where it is used: a third of a second at the start of every command

            # f and f − λ(‖x‖²−1) agree on the sphere, so every λ gives a bound; the bound on the ball is convex in λ
            width = float(values[-1] - values[0] + np.linalg.norm(self.slope))
            found = minimize_scalar(lambda t: _largest_gradient(values - t, vectors, self.slope, 1.0)[0],
                                    bounds=(middle - width, middle + width), method="bounded", options={"xatol": 1e-9 * width})
            shift = float(found.x)
            starts.append(_largest_gradient(values - shift, vectors, self.slope, 1.0)[1])
            along = self.slope / np.linalg.norm(self.slope)
            starts.extend(vectors.T - np.outer(along @ vectors, along))     # where b is tangential
            starts.extend(np.random.default_rng(0).standard_normal((STARTS, self.dimension)))
        upper = _largest_gradient(values - shift, vectors, self.slope, 1.0)[0]
        error = 2 * self._error + 16 * (self.dimension + 4) * EPS * float(np.linalg.norm(self.slope) + abs(shift))
        length, point = steepest_point(self.gradient, np.stack(starts), 1.0, on_sphere=True, steps=40 if self.slope.any() else 0)
        lower = max(length - error, 0.0)
        return Enclosure(lower, upper + error, where, upper - lower <= 4 * error,
                         Witness("tangent", point[None, :]), {"spread of the eigenvalues": upper + error})

    def steepest_pair(self, domain: Any, apart: float = 1e-3) -> tuple[Floats, Floats]:
        """Two points of the ball or sphere whose difference quotient is below the constant by a relative O(apart), for b = 0.

        >>> from theory.terms.sets import Sphere
        >>> f = Quadratic([[3.0, 0.0], [0.0, -1.0]])
        >>> x, y = f.steepest_pair(Sphere(2))
        >>> bool(3.99 < abs(f(x[None]) - f(y[None]))[0] / np.linalg.norm(x - y) < 4)
        True
        """
        where = numeric_domain(domain, self.dimension)
        values, vectors = self.spectrum
        if where.kind == "sphere" and self.dimension > 1:
            u, v = (vectors[:, -1] + vectors[:, 0]) / np.sqrt(2), (vectors[:, -1] - vectors[:, 0]) / np.sqrt(2)
            return np.cos(apart) * v + np.sin(apart) * u, np.cos(apart) * v - np.sin(apart) * u
        top = vectors[:, int(np.argmax(np.abs(values)))]
        radius = where.radius if where.kind == "ball" else 1.0
        return radius * top, radius * (1 - apart) * top

    def lipschitz_exact(self, domain: Any) -> tuple[arb, arb]:
        """Balls for a lower and an upper bound of the constant, from rational A and b: 2r‖A‖_op, and λ_max − λ_min on the sphere.

        With b ≠ 0 the bounds are max(2r‖A‖_op, ‖b‖) and 2r‖A‖_op + ‖b‖ on balls (x and −x decide), and nothing is said of the sphere.

        >>> from theory.terms.sets import Ball
        >>> from fractions import Fraction
        >>> lower, upper = Quadratic(np.array([[Fraction(1, 3)]])).lipschitz_exact(Ball(1))
        >>> bool(lower > 0.666) and bool(upper < 0.667)
        True
        """
        where = numeric_domain(domain, self.dimension)
        slope = sum((_ball(x) ** 2 for x in (() if self.b is None else np.asarray(self.b))), arb(0)).sqrt()
        A = np.asarray(self.A)
        if not A.any() or (where.kind == "sphere" and self.dimension == 1):
            return slope, slope
        if where.kind == "global" or (where.kind == "sphere" and self.slope.any()):
            raise NotCertified("the exact constant of a quadratic is known on balls, and on the sphere without a linear part")
        M = arb_mat([[_ball(x) for x in row] for row in A])
        least, most = ([enclose(side, 1) for side in (M, -M)] for enclose in (eigenvalue_sum_lower, eigenvalue_sum_upper))
        if where.kind == "sphere":      # λ_max(A) + λ_max(−A)
            return least[0] + least[1], most[0] + most[1]
        diameter = 2 * _ball(domain.radius)
        return (diameter * least[0].max(least[1])).max(slope), diameter * most[0].max(most[1]) + slope


def _ball(value: Any) -> arb:
    exact = Fraction(value)
    return arb(fmpq(int(exact.numerator), int(exact.denominator)))


def _largest_gradient(values: Floats, vectors: Floats, slope: Floats, r: float) -> tuple[float, Floats]:
    """max ‖2Ax+b‖ over ‖x‖ ≤ r, and a maximiser, for A with the given eigenvalues and eigenvectors.

    With h = 2λ and g = Vᵀb the square is Σ(h_i z_i + g_i)², and for every μ > max h² it is at most μr² + Σ g_i² μ/(μ−h_i²); the best μ
    attains the maximum (a quadratic form on a ball has no duality gap).  The value returned is that upper bound.
    """
    h, g = 2 * values, slope @ vectors
    top = float(np.max(h**2))
    if top == 0.0 or not g.any():
        best = int(np.argmax(np.abs(h)))
        return float(r * np.sqrt(top) + np.linalg.norm(slope)), r * vectors[:, best]
    size = float(np.linalg.norm(h * g)) / r
    gap = top - h**2

    def excess(s: float) -> float:
        return float(r**2 - np.sum((h * g / (s + gap)) ** 2))

    s = least = 1e-13 * top
    if excess(least) < 0:
        from scipy.optimize import brentq  # imported where it is used: a third of a second at the start of every command

        s = float(brentq(excess, least, 2 * size + 2 * least, xtol=1e-300, rtol=1e-14))
    mu = top + s
    upper = float(np.sqrt(mu * r**2 + np.sum(g**2 * (mu / (s + gap)))))
    inner = h * g / (s + gap)
    rest = np.zeros_like(inner)
    rest[int(np.argmax(h**2))] = np.sqrt(max(r**2 - float(inner @ inner), 0.0))
    candidates = [z * (r / max(float(np.linalg.norm(z)), 1e-300)) for z in (inner + rest, inner - rest)]
    best_z = max(candidates, key=lambda z: float(np.linalg.norm(h * z + g)))
    return upper, vectors @ best_z
