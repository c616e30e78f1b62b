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
    """μ_d = E‖g‖ = √2 Γ((d+1)/2)/Γ(d/2) for a standard Gaussian vector g of R^d; √(d − ½) ≤ μ_d ≤ √d.

    >>> from theory.terms import d, le, MeanChiNorm, sqrt
    >>> from theory.terms.printing.text import text
    >>> text(le(MeanChiNorm(d), sqrt(d)))
    'μ_d ≤ √d'
    """

    is_positive = True


class Activation(Named):
    """An activation function ψ: R → R, named; ``psi(t)`` is the term ψ(t).  What is known of ψ are facts about it.

    >>> from theory.terms import Abs, Activation, Symbol
    >>> from theory.terms.printing.text import text
    >>> psi, t = Activation("psi"), Symbol("t", real=True)
    >>> text(Abs(psi(t) - psi(0)))
    '|ψ(0) − ψ(t)|'
    """

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
    """A function f: R^d → R; ``f(x)`` is the term f(x).

    >>> from theory.terms import d, Function, Lip, Space, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> f, x = Function("f", d), VectorSymbol("x", d)
    >>> text(f(x)), text(Lip(f, Space(d)))
    ('f(x)', 'Lip(f)')
    """

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

    >>> from theory.terms import Ball, d, Function, Lip, Space, Sphere
    >>> from theory.terms.printing.text import text
    >>> f = Function("f", d)
    >>> text(Lip(f, Space(d))), text(Lip(f, Ball(d))), text(Lip(f, Sphere(d)))
    ('Lip(f)', 'Lip_B(f)', 'Lip_S(f)')
    """

    def __new__(cls, f: Function, domain: Set) -> Lip:
        if not isinstance(domain, Space):
            raise ShapeError(f"Lip needs a domain (Space, Ball or Sphere), not {domain}; every constant names its domain")
        return NonnegativeScalar.__new__(cls, f, domain)


class Indicator(NonnegativeScalar):
    """1 where the formula holds, 0 elsewhere.

    >>> from theory.terms import Indicator, le, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", real=True)
    >>> text(Indicator(le(0, t)) * t)
    't 1[0 ≤ t]'
    """


class Sup(Binder, Scalar):
    """The supremum of a scalar over sets; 0 over an empty set and of a function that is not bounded above.

    >>> from theory.terms import Abs, d, dot, index, MatrixSymbol, n, norm, Range, Sphere, Sup, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> X, u, i = MatrixSymbol("X", n, d), VectorSymbol("u", d), index("i")
    >>> sphere = Sup(Abs(dot(u, X[1])), (u, Sphere(d)))
    >>> rows = Sup(norm(X[i]), (i, Range(n)))
    >>> text(sphere), text(rows)
    ('sup_{‖u‖=1} |u·x₁|', 'supᵢ ‖xᵢ‖')
    """

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.body.is_nonnegative else None


class Maximum(Sup):
    """A supremum over a finite set: attained, and 0 where the set is empty."""


class Expect(Binder, Scalar):
    """The expectation of a scalar over named random variables with the given laws, independent of one another; 0 where not integrable.

    >>> from theory.terms import dot, Expect, n, Signs, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> y, u = VectorSymbol("y", n), VectorSymbol("u", n)
    >>> text(Expect(dot(y, u) ** 2, (y, Signs(n))))
    'E_{y∈{±1}^n}[(u·y)²]'
    """

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.body.is_nonnegative else None


class Prob(Binder, NonnegativeScalar):
    """The probability of an event over named random variables with the given laws.

    Objects that a hypothesis ties to the random ones (a network that fits the random labels, say) are quantified *inside* the event:
    the event is that the inequality holds for every such object.  Of an event that is not measurable: the supremum of the probabilities of
    its measurable subsets.

    >>> from theory.terms import dot, exp, le, lt, n, Prob, Signs, Symbol, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> y, u = VectorSymbol("y", n), VectorSymbol("u", n)
    >>> s = Symbol("s", nonnegative=True)
    >>> text(le(Prob(lt(s, dot(u, y)), (y, Signs(n))), exp(-(s**2) / 2)))
    'P_{y∈{±1}^n}(s < u·y) ≤ exp(−s²/2)'
    """

    def __new__(cls, event: Formula, *limits: Any) -> Prob:
        if not isinstance(event, Formula):
            raise ShapeError(f"Prob needs an event, not {event}; build one with le, lt or eq")
        return Binder.__new__(cls, event, *limits)


class LineIntegral(Binder, Scalar):
    """The Lebesgue integral over the real line of a compactly supported step function.

    >>> from theory.terms import And, Indicator, le, LINE, LineIntegral, lt, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", real=True)
    >>> text(LineIntegral(Indicator(And(le(0, t), lt(t, 1))), (t, LINE)))
    '∫ 1[0 ≤ β and β < 1] dβ'
    """

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.body.is_nonnegative else None


def dot(u: Vector, v: Vector) -> Dot:
    """The inner product u·v.

    >>> from theory.terms import d, dot, le, norm, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> w, x = VectorSymbol("w", d), VectorSymbol("x", d)
    >>> text(dot(w, x)), text(le(dot(w, x), norm(w) * norm(x)))
    ('w·x', 'w·x ≤ ‖w‖ ‖x‖')
    """
    return Dot(u, v)


def norm(v: Vector) -> Norm:
    """The Euclidean norm ‖v‖.

    >>> from theory.terms import d, le, norm, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> u, v = VectorSymbol("u", d), VectorSymbol("v", d)
    >>> text(le(norm(u + v), norm(u) + norm(v)))
    '‖u + v‖ ≤ ‖u‖ + ‖v‖'
    """
    if not isinstance(v, Vector):
        raise ShapeError(f"norm takes a vector, not {v}; use fro_norm, op_norm or nuclear_norm for a matrix")
    return Norm(v)


def fro_norm(matrix: Matrix) -> FrobeniusNorm:
    """The Frobenius norm ‖M‖_F.

    >>> from theory.terms import d, fro_norm, k, MatrixSymbol
    >>> from theory.terms.printing.text import text
    >>> text(fro_norm(MatrixSymbol("W", k, d)))
    '‖W‖_F'
    """
    return FrobeniusNorm(matrix)


def op_norm(matrix: Matrix) -> OperatorNorm:
    """The spectral norm ‖M‖_op.

    >>> from theory.terms import d, k, MatrixSymbol, op_norm
    >>> from theory.terms.printing.text import text
    >>> text(op_norm(MatrixSymbol("W", k, d)))
    '‖W‖_op'
    """
    return OperatorNorm(matrix)


def nuclear_norm(matrix: Matrix) -> NuclearNorm:
    """The nuclear norm ‖M‖_*.

    >>> from theory.terms import d, k, MatrixSymbol, nuclear_norm
    >>> from theory.terms.printing.text import text
    >>> text(nuclear_norm(MatrixSymbol("W", k, d)))
    '‖W‖_*'
    """
    return NuclearNorm(matrix)


def rank(matrix: Matrix) -> Rank:
    """The rank of a matrix.

    >>> from theory.terms import d, k, le, MatrixSymbol, Min, rank
    >>> from theory.terms.printing.text import text
    >>> text(le(rank(MatrixSymbol("W", k, d)), Min(k, d)))
    'rank(W) ≤ min(k, d)'
    """
    return Rank(matrix)


def trace(p: Matrix, m: Matrix) -> Trace:
    """The trace inner product tr(PᵀM).

    >>> from theory.terms import d, MatrixSymbol, trace
    >>> from theory.terms.printing.text import text
    >>> P, M = MatrixSymbol("P", d, d), MatrixSymbol("M", d, d)
    >>> text(trace(P, M))
    '⟨P, M⟩'
    """
    return Trace(p, m)


def eigenvalue_sum(matrix: Matrix, count: Any = 1) -> EigenvalueSum:
    """The sum of the ``count`` largest eigenvalues of a symmetric matrix.

    >>> from theory.terms import d, eigenvalue_sum, MatrixSymbol, r
    >>> from theory.terms.printing.text import text
    >>> M = MatrixSymbol("M", d, d)
    >>> text(eigenvalue_sum(M)), text(eigenvalue_sum(M, r))
    ('λ_max(M)', 'Σ_{j≤r} λⱼ(M)')
    """
    return EigenvalueSum(matrix, sympify(count))


relu = ConcreteActivation("ReLU")


