"""Scalar terms: inner products, norms, spectra, networks and their Lipschitz constants, suprema, expectations, probabilities."""

from __future__ import annotations

from typing import Any

from sympy import Expr, sympify
from sympy.core.symbol import Str

from theory.errors import ShapeError
from theory.terms.linear import Matrix, Vector
from theory.terms.sets import Set, Space
from theory.terms.sorts import Binder, Formula, Named, NonnegativeScalar, Scalar, check_equal_dims


class Dot(Scalar):
    """The inner product u·v; symmetric, so the two arguments are kept in canonical order."""

    def __new__(cls, u: Vector, v: Vector) -> Dot:
        check_equal_dims(u.dim, v.dim, "inner product")
        first, second = sorted((u, v), key=lambda t: t.sort_key())
        return Scalar.__new__(cls, first, second)


class Norm(NonnegativeScalar):
    """The Euclidean norm of a vector."""


class FrobeniusNorm(NonnegativeScalar):
    """The Frobenius norm of a matrix, the Euclidean norm of its entries."""


class OperatorNorm(NonnegativeScalar):
    """The spectral norm of a matrix, its largest singular value."""


class NuclearNorm(NonnegativeScalar):
    """The nuclear norm of a matrix, the sum of its singular values."""


class Rank(NonnegativeScalar):
    """The rank of a matrix."""

    is_integer = True


class Trace(Scalar):
    """The trace inner product tr(PᵀM) = ⟨P, M⟩ of two matrices of one shape."""


class EigenvalueSum(Scalar):
    """λ_1 + … + λ_r, the sum of the r largest eigenvalues of a symmetric matrix.

    Off its domain: λ_j is 0 out of range, so the sum is that of all eigenvalues when r exceeds the size and 0 when r < 0; of a square
    matrix M that is not symmetric the eigenvalues are those of (M + Mᵀ)/2.
    ``args = (matrix, r)``; ``EigenvalueSum(M, 1)`` is λ_max(M).  Nonnegative when M is positive semidefinite by its form.
    """

    def _eval_is_nonnegative(self) -> bool | None:
        from theory.terms.shape import is_gram
        return True if is_gram(self.args[0]) else None


class MeanChiNorm(NonnegativeScalar):
    """μ_d = E‖g‖ = √2 Γ((d+1)/2)/Γ(d/2) for a standard Gaussian vector g of R^d; √(d − ½) ≤ μ_d ≤ √d."""

    is_positive = True


class Activation(Named):
    """An activation function ψ: R → R, named; ``psi(t)`` is the term ψ(t).  What is known of ψ are facts about it."""

    def __new__(cls, name: Any) -> Activation:
        return Named.__new__(cls, name if isinstance(name, Str) else Str(name))

    def __call__(self, t: Any) -> Apply:
        return Apply(self, sympify(t))


class ConcreteActivation(Activation):
    """An activation with a fixed meaning, such as ReLU(t) = max(t, 0)."""

    @property
    def free_symbols(self) -> set[Any]:
        return set()


class Apply(Scalar):
    """ψ(t)."""


class Function(Named):
    """A function f: R^d → R; ``f(x)`` is the term f(x)."""

    def __new__(cls, name: Any, dim: Any) -> Function:
        return Named.__new__(cls, name if isinstance(name, Str) else Str(name), sympify(dim))

    @property
    def dim(self) -> Expr:
        return self.args[1]

    def __call__(self, x: Vector) -> Value:
        check_equal_dims(self.dim, x.dim, f"argument of {self.name}")
        return Value(self, x)


class Value(Scalar):
    """The value f(x) of a function at a vector."""


class Lip(NonnegativeScalar):
    """The least Lipschitz constant of f on a domain, Euclidean (on the sphere: for the chord metric).

    0 where f is not Lipschitz on the domain.
    """

    def __new__(cls, f: Function, domain: Set) -> Lip:
        if not isinstance(domain, Space):
            raise ShapeError(f"Lip needs a domain (Space, Ball or Sphere), not {domain}; every constant names its domain")
        return NonnegativeScalar.__new__(cls, f, domain)


class Indicator(NonnegativeScalar):
    """1 where the formula holds, 0 elsewhere."""


class Sup(Binder, Scalar):
    """The supremum of a scalar over sets; 0 over an empty set and of a function that is not bounded above."""

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.body.is_nonnegative else None


class Maximum(Sup):
    """A supremum over a finite set: attained, and 0 where the set is empty."""


class Expect(Binder, Scalar):
    """The expectation of a scalar over named random variables with the given laws, independent of one another; 0 where not integrable."""

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.body.is_nonnegative else None


class Prob(Binder, NonnegativeScalar):
    """The probability of an event over named random variables with the given laws.

    Objects that a hypothesis ties to the random ones (a network that fits the random labels, say) are quantified *inside* the event:
    the event is that the inequality holds for every such object.  Of an event that is not measurable: the supremum of the probabilities of
    its measurable subsets.
    """

    def __new__(cls, event: Formula, *limits: Any) -> Prob:
        if not isinstance(event, Formula):
            raise ShapeError(f"Prob needs an event, not {event}; build one with le, lt or eq")
        return Binder.__new__(cls, event, *limits)


class LineIntegral(Binder, Scalar):
    """The Lebesgue integral over the real line of a compactly supported step function."""

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.body.is_nonnegative else None


def dot(u: Vector, v: Vector) -> Dot:
    """The inner product u·v."""
    return Dot(u, v)


def norm(v: Vector) -> Norm:
    """The Euclidean norm ‖v‖."""
    if not isinstance(v, Vector):
        raise ShapeError(f"norm takes a vector, not {v}; use fro_norm, op_norm or nuclear_norm for a matrix")
    return Norm(v)


def fro_norm(matrix: Matrix) -> FrobeniusNorm:
    """The Frobenius norm ‖M‖_F."""
    return FrobeniusNorm(matrix)


def op_norm(matrix: Matrix) -> OperatorNorm:
    """The spectral norm ‖M‖_op."""
    return OperatorNorm(matrix)


def nuclear_norm(matrix: Matrix) -> NuclearNorm:
    """The nuclear norm ‖M‖_*."""
    return NuclearNorm(matrix)


def rank(matrix: Matrix) -> Rank:
    """The rank of a matrix."""
    return Rank(matrix)


def trace(p: Matrix, m: Matrix) -> Trace:
    """The trace inner product tr(PᵀM)."""
    return Trace(p, m)


def eigenvalue_sum(matrix: Matrix, count: Any = 1) -> EigenvalueSum:
    """The sum of the ``count`` largest eigenvalues of a symmetric matrix."""
    return EigenvalueSum(matrix, sympify(count))


relu = ConcreteActivation("ReLU")


