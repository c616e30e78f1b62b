"""Vectors and matrices: leaves, sums, scalings, products.  No identity is applied here beyond flattening; the normaliser does that."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer, S, default_sort_key, sympify
from sympy.core.symbol import Str

from theory.errors import ShapeError
from theory.terms.arithmetic import Pow, Symbol
from theory.terms.sets import Range
from theory.terms.sorts import Binder, Named, Scalar, Term, check_equal_dims


def index(name: str) -> Symbol:
    """An index variable: a positive integer.

    >>> from theory.terms import index, n, Sum, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> i, y = index("i"), VectorSymbol("y", n)
    >>> text(Sum(y[i], (i, n)))
    'Σᵢ yᵢ'
    """
    return Symbol(name, integer=True, positive=True)


class Vector(Term):
    """A vector of R^dim.

    >>> from theory.terms import d, Vector, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> u, v = VectorSymbol("u", d), VectorSymbol("v", d)
    >>> text(u - 2 * v / 3), isinstance(u - v, Vector)
    ('u − (2/3) v', True)
    """

    sort = "vector"

    @property
    def dim(self) -> Expr:
        raise NotImplementedError

    def __add__(self, other: Vector) -> Vector:
        return add_vectors(self, other)

    def __sub__(self, other: Vector) -> Vector:
        return self + other * -1

    def __neg__(self) -> Vector:
        return self * -1

    def __mul__(self, scalar: Any) -> Vector:
        return scale_vector(scalar, self)

    __rmul__ = __mul__

    def __truediv__(self, scalar: Any) -> Vector:
        return self * Pow(sympify(scalar), -1)


class Matrix(Term):
    """A matrix of R^{rows×cols}.

    >>> from theory.terms import d, k, MatrixSymbol, Outer, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> W, x = MatrixSymbol("W", k, d), VectorSymbol("x", d)
    >>> text(W @ x), text(2 * W + Outer(VectorSymbol("a", k), x))
    ('Wx', '2W + axᵀ')
    """

    sort = "matrix"

    @property
    def shape(self) -> tuple[Expr, Expr]:
        raise NotImplementedError

    def __add__(self, other: Matrix) -> Matrix:
        return add_matrices(self, other)

    def __sub__(self, other: Matrix) -> Matrix:
        return self + other * -1

    def __mul__(self, scalar: Any) -> Matrix:
        return scale_matrix(scalar, self)

    __rmul__ = __mul__

    def __truediv__(self, scalar: Any) -> Matrix:
        return self * Pow(sympify(scalar), -1)

    def __matmul__(self, other: Any) -> Any:
        return multiply(self, other)


class VectorSymbol(Named, Vector):
    """A named vector of R^dim.  ``v[i]`` is its i-th entry.

    >>> from theory.terms import d, norm, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> v = VectorSymbol("v", d)
    >>> text(norm(v)), text(v[1])
    ('‖v‖', 'v₁')
    """

    def __new__(cls, name: Any, dim: Any) -> VectorSymbol:
        return Vector.__new__(cls, name if isinstance(name, Str) else Str(name), sympify(dim))

    @property
    def dim(self) -> Expr:
        return self.args[1]

    def __getitem__(self, i: Any) -> Entry:
        return Entry(self, sympify(i))


class Entry(Scalar):
    """The i-th entry of a vector, i from 1; 0 where i is out of range."""

    @property
    def vector(self) -> Vector:
        return self.args[0]


class MatrixSymbol(Named, Matrix):
    """A named matrix of R^{rows×cols}.  ``M[i]`` is its i-th row as a vector.

    >>> from theory.terms import d, k, MatrixSymbol, norm
    >>> from theory.terms.printing.text import text
    >>> W = MatrixSymbol("W", k, d)
    >>> text(norm(W[1])), text(W[1, 2])
    ('‖w₁‖', 'W₁₂')
    """

    def __new__(cls, name: Any, rows: Any, cols: Any) -> MatrixSymbol:
        return Matrix.__new__(cls, name if isinstance(name, Str) else Str(name), sympify(rows), sympify(cols))

    @property
    def shape(self) -> tuple[Expr, Expr]:
        return self.args[1], self.args[2]

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, tuple):
            return Cell(self, *map(sympify, i))
        return Row(self, sympify(i))


class Cell(Scalar):
    """The entry of a matrix at row i and column j, 0 where either is out of range; of a table of weights π_ij, say."""


class NonnegativeTable(MatrixSymbol):
    """A named table of nonnegative numbers, such as a distribution on pairs.

    >>> from theory.terms import eq, index, n, NonnegativeTable, Sum
    >>> from theory.terms.printing.text import text
    >>> pi, i, j = NonnegativeTable("pi", n, n), index("i"), index("j")
    >>> text(eq(Sum(pi[i, j], (i, n), (j, n)), 1))
    'Σᵢⱼ πᵢⱼ = 1'
    """

    def __getitem__(self, i: Any) -> Any:
        return NonnegativeCell(self, *map(sympify, i))


class NonnegativeCell(Cell):
    """An entry of a table of nonnegative numbers."""

    is_nonnegative = True


class Row(Vector):
    """The i-th row of a matrix; the zero vector where i is out of range."""

    @property
    def dim(self) -> Expr:
        return self.args[0].shape[1]


class ZeroVector(Vector):
    """The zero of R^dim."""

    @property
    def dim(self) -> Expr:
        return self.args[0]


class VectorSum_(Vector):
    """A sum of two or more vectors."""

    @property
    def dim(self) -> Expr:
        return self.args[0].dim


class ScaledVector(Vector):
    """A scalar times a vector; ``args = (scalar, vector)``."""

    @property
    def dim(self) -> Expr:
        return self.args[1].dim


class MatVec(Vector):
    """A matrix times a vector."""

    @property
    def dim(self) -> Expr:
        return self.args[0].shape[0]


class Direction(Vector):
    """A unit vector u with v = ‖v‖u; the first basis vector when v = 0, and 0 in R^0.

    >>> from theory.terms import d, Direction, dot, eq, norm, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> w, x = VectorSymbol("w", d), VectorSymbol("x", d)
    >>> text(eq(dot(w, x), norm(w) * dot(Direction(w), x)))
    'w·x = ‖w‖ dir(w)·x'
    """

    @property
    def dim(self) -> Expr:
        return self.args[0].dim


class KernelVector(Vector):
    """A unit vector of the kernel of a square matrix, or 0 when the kernel is trivial.

    >>> from theory.terms import d, eq, KernelVector, MatrixSymbol, zero
    >>> from theory.terms.printing.text import text
    >>> P = MatrixSymbol("P", d, d)
    >>> text(eq(P @ KernelVector(P), zero(d)))
    'Punit(ker P) = 0'
    """

    @property
    def dim(self) -> Expr:
        return self.args[0].shape[1]


class Realiser(Vector):
    """A point x with w_l·x + b_l = s_l for all rows; one exists for every s when the rows are independent.  ``args = (W, b, s)``.

    >>> from theory.terms import d, dot, eq, k, MatrixSymbol, Realiser, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> W, b = MatrixSymbol("W", k, d), VectorSymbol("b", k)
    >>> s = VectorSymbol("s", k)
    >>> text(eq(dot(W[1], Realiser(W, b, s)) + b[1], s[1]))
    'w₁·point(Wx + b = s) + b₁ = s₁'
    """

    @property
    def dim(self) -> Expr:
        return self.args[0].shape[1]


class MatrixSum_(Matrix):
    """A sum of two or more matrices."""

    @property
    def shape(self) -> tuple[Expr, Expr]:
        return self.args[0].shape


class ScaledMatrix(Matrix):
    """A scalar times a matrix; ``args = (scalar, matrix)``."""

    @property
    def shape(self) -> tuple[Expr, Expr]:
        return self.args[1].shape


class Outer(Matrix):
    """The outer product u vᵀ.

    >>> from theory.terms import d, eigenvalue_sum, index, MatrixSymbol, n, Outer, Sum
    >>> from theory.terms.printing.text import text
    >>> X, i = MatrixSymbol("X", n, d), index("i")
    >>> text(eigenvalue_sum(Sum(Outer(X[i]), (i, n))))
    'λ_max(Σᵢ xᵢxᵢᵀ)'
    """

    def __new__(cls, u: Vector, v: Vector | None = None) -> Outer:
        return Matrix.__new__(cls, u, u if v is None else v)

    @property
    def shape(self) -> tuple[Expr, Expr]:
        return self.args[0].dim, self.args[1].dim


class IndexedVectorSum(Binder, Vector):
    """Σ over indices of a vector; 0 over an empty range."""

    @property
    def dim(self) -> Expr:
        return self.body.dim


class IndexedMatrixSum(Binder, Matrix):
    """Σ over indices of a matrix; 0 over an empty range."""

    @property
    def shape(self) -> tuple[Expr, Expr]:
        return self.body.shape


class IndexedSum(Binder, Scalar):
    """Σ over indices of a scalar; 0 over an empty range."""

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.body.is_nonnegative else None


def Sum(body: Any, *limits: tuple[Any, Any]) -> Any:
    """The finite sum of symbolic length ``Σ_{i=1}^n body``, written ``Sum(body, (i, n))``, of scalars, vectors or matrices.

    >>> from theory.terms import d, index, MatrixSymbol, n, norm, Sum, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> X, y, i = MatrixSymbol("X", n, d), VectorSymbol("y", n), index("i")
    >>> text(Sum(y[i] ** 2, (i, n))), text(norm(Sum(y[i] * X[i], (i, n))))
    ('Σᵢ yᵢ²', '‖Σᵢ yᵢ xᵢ‖')
    """
    kind = {True: IndexedVectorSum}.get(isinstance(body, Vector), IndexedMatrixSum if isinstance(body, Matrix) else IndexedSum)
    return kind(body, *((i, size if isinstance(size, Range) else Range(size)) for i, size in limits))


def _flatten(kind: type, parts: tuple[Any, ...]) -> list[Any]:
    flat: list[Any] = []
    for part in parts:
        flat.extend(part.args if isinstance(part, kind) else [part])
    return sorted(flat, key=default_sort_key)


def add_vectors(*parts: Vector) -> Vector:
    """The sum of vectors of one space."""
    for part in parts[1:]:
        if not isinstance(part, Vector):
            raise ShapeError(f"cannot add {part} to a vector; both summands must be vectors")
        check_equal_dims(parts[0].dim, part.dim, "sum of vectors")
    flat = [p for p in _flatten(VectorSum_, parts) if not isinstance(p, ZeroVector)]
    if not flat:
        return ZeroVector(parts[0].dim)
    return flat[0] if len(flat) == 1 else VectorSum_(*flat)


def scale_vector(scalar: Any, vector: Vector) -> Vector:
    """The vector scalar·vector."""
    scalar = sympify(scalar)
    if not isinstance(scalar, Expr):
        raise ShapeError(f"cannot multiply a vector by {scalar}; use dot(u, v) for an inner product")
    if isinstance(vector, ZeroVector):
        return vector
    if isinstance(vector, ScaledVector):
        scalar, vector = scalar * vector.args[0], vector.args[1]
    if isinstance(vector, VectorSum_):
        return add_vectors(*(scale_vector(scalar, part) for part in vector.args))
    return vector if scalar == 1 else ZeroVector(vector.dim) if scalar == 0 else ScaledVector(scalar, vector)


def add_matrices(*parts: Matrix) -> Matrix:
    """The sum of matrices of one shape."""
    for part in parts[1:]:
        if not isinstance(part, Matrix):
            raise ShapeError(f"cannot add {part} to a matrix; both summands must be matrices")
        for left, right in zip(parts[0].shape, part.shape, strict=True):
            check_equal_dims(left, right, "sum of matrices")
    flat = _flatten(MatrixSum_, parts)
    return flat[0] if len(flat) == 1 else MatrixSum_(*flat)


def scale_matrix(scalar: Any, matrix: Matrix) -> Matrix:
    """The matrix scalar·matrix."""
    scalar = sympify(scalar)
    if isinstance(matrix, ScaledMatrix):
        scalar, matrix = scalar * matrix.args[0], matrix.args[1]
    return matrix if scalar == S.One else ScaledMatrix(scalar, matrix)


def multiply(matrix: Matrix, other: Any) -> Any:
    """The matrix–vector product."""
    if not isinstance(other, Vector):
        raise ShapeError(f"a matrix acts on a vector, not on {other}; write traces of products as trace(P, M)")
    check_equal_dims(matrix.shape[1], other.dim, "matrix–vector product")
    return MatVec(matrix, other)


def zero(dim: Any) -> ZeroVector:
    """The zero vector of R^dim.

    >>> from theory.terms import d, eq, VectorSymbol, zero
    >>> from theory.terms.printing.text import text
    >>> text(eq(VectorSymbol("v", d), zero(d)))
    'v = 0'
    """
    return ZeroVector(sympify(dim))


ONE = Integer(1)
