"""Tensors of order p over R^d, as vectors of R^(d^p): inner product and Euclidean (Frobenius) norm are those of vectors.

So ⟨T, S⟩ is ``dot(T, S)``, ‖T‖_F is ``norm(T)``, and the normal form of inner products expands ⟨T, Σ y_i x_i^{⊗p}⟩.  What is particular to
tensors is the injective norm ‖T‖_op = sup ⟨T, u_1⊗…⊗u_p⟩ over unit vectors, which is not a norm that the vector space R^(d^p) knows: it
names the order and the dimension; and so does its dual, the nuclear norm ‖T‖_* = sup ⟨T, S⟩ over ‖S‖_op ≤ 1.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sympy import Expr, Integer, Poly, chebyshevt, sympify
from sympy.core.symbol import Str

from theory.errors import ShapeError
from theory.terms.arithmetic import Symbol
from theory.terms.formula import Property
from theory.terms.linear import IndexedVectorSum, ScaledVector, Vector, VectorSum_
from theory.terms.sets import Range
from theory.terms.sorts import Binder, Named, NonnegativeScalar


class TensorSymbol(Named, Vector):
    """A named tensor of order p over R^d: ``TensorSymbol("T", d, p)``.

    >>> from theory.terms import d, injective_norm, norm, TensorSymbol
    >>> from theory.terms.printing.text import text
    >>> T = TensorSymbol("T", d, 3)
    >>> text(injective_norm(T)), text(norm(T)), T.dim
    ('‖T‖_op', '‖T‖', d**3)
    """

    def __new__(cls, name: Any, dim: Any, order: Any) -> TensorSymbol:
        return Vector.__new__(cls, name if isinstance(name, Str) else Str(name), sympify(dim), sympify(order))

    @property
    def shape_of_tensor(self) -> tuple[Expr, Expr]:
        """(d, p)."""
        return self.args[1], self.args[2]

    @property
    def dim(self) -> Expr:
        return self.args[1] ** self.args[2]


class TensorPower(Vector):
    """The power v^{⊗p} of a vector, 1 in R^1 where p = 0; ``args = (vector, order)``.

    >>> from theory.terms import d, eq, norm, TensorPower, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> x = VectorSymbol("x", d)
    >>> text(eq(norm(TensorPower(x, 3)), norm(x) ** 3))
    '‖x^⊗3‖ = ‖x‖³'
    """

    def __new__(cls, vector: Any, order: Any) -> TensorPower:
        if not isinstance(vector, Vector):
            raise ShapeError(f"a tensor power is of a vector, not of {vector}; write t**p for a power of a number")
        return Vector.__new__(cls, vector, sympify(order))

    @property
    def shape_of_tensor(self) -> tuple[Expr, Expr]:
        """(d, p)."""
        return self.args[0].dim, self.args[1]

    @property
    def dim(self) -> Expr:
        return self.args[0].dim ** self.args[1]


class IndexedTensorProduct(Binder, Vector):
    """u_1⊗…⊗u_p, a tensor of rank one, 1 in R^1 where p = 0; its order is the length of the one range that it binds."""

    @property
    def shape_of_tensor(self) -> tuple[Expr, Expr]:
        """(d, p)."""
        return self.body.dim, self.domains[0].size

    @property
    def dim(self) -> Expr:
        return self.body.dim ** self.domains[0].size


class InjectiveNorm(NonnegativeScalar):
    """‖T‖_op = sup ⟨T, u_1⊗…⊗u_p⟩ over unit vectors of R^d; ``args = (tensor, d, p)``."""


class TensorNuclearNorm(NonnegativeScalar):
    """‖T‖_* = sup ⟨T, S⟩ over tensors S of the same order with ‖S‖_op ≤ 1; ``args = (tensor, d, p)``."""


class MarkovBound(NonnegativeScalar):
    """M(m, j), 0 ≤ j ≤ m: the modulus of the coefficient of t^j in the Chebyshev polynomial T_m if m − j is even, in T_{m−1} if it is odd.

    0 unless 0 ≤ j ≤ m.

    >>> from theory.terms import MarkovBound
    >>> [MarkovBound(3, j) for j in range(4)]    # T_3 = 4t³ − 3t, T_2 = 2t² − 1
    [1, 3, 2, 4]
    """

    def __new__(cls, degree: Any, power: Any) -> Any:
        degree, power = sympify(degree), sympify(power)
        if degree.is_Integer and power.is_Integer:
            return Integer(markov_bound(int(degree), int(power)))
        return NonnegativeScalar.__new__(cls, degree, power)


@cache
def markov_bound(degree: int, power: int) -> int:
    """M(m, j) as an integer.

    Source: V. Markov 1892, German translation in Math. Ann. 77, 1916.
    Raises: ShapeError unless 0 ≤ j ≤ m.

    >>> markov_bound(4, 2), markov_bound(4, 3)       # T_4 = 8t⁴ − 8t² + 1 and T_3 = 4t³ − 3t
    (8, 4)
    """
    if not 0 <= power <= degree:
        raise ShapeError(f"a polynomial of degree at most {degree} has no coefficient of t^{power}; give 0 ≤ j ≤ m")
    t = Symbol("t")
    chebyshev = Poly(chebyshevt(degree if (degree - power) % 2 == 0 else degree - 1, t), t)
    return abs(int(chebyshev.coeff_monomial(t**power)))


def tensor_product(body: Vector, limit: tuple[Any, Any]) -> IndexedTensorProduct:
    """The product ⊗_{q≤p} body, written ``tensor_product(body, (q, p))``.

    >>> from theory.terms import d, index, MatrixSymbol, norm, tensor_product
    >>> from theory.terms.printing.text import text
    >>> U, q, p = MatrixSymbol("U", 3, d), index("q"), 3
    >>> text(norm(tensor_product(U[q], (q, p))))
    '‖⊗_{i≤3} uᵢ‖'
    """
    if not isinstance(body, Vector):
        raise ShapeError(f"a tensor product is of vectors, not of {body}")
    variable, size = limit
    return IndexedTensorProduct(body, (variable, size if isinstance(size, Range) else Range(size)))


def injective_norm(tensor: Vector) -> InjectiveNorm:
    """The injective norm ‖T‖_op of a tensor, or of a combination of tensors of one dimension and order.

    >>> from theory.terms import TensorPower, VectorSymbol, d, injective_norm
    >>> injective_norm(2 * TensorPower(VectorSymbol("x", d), 3)).args[1:]
    (d, 3)
    """
    return InjectiveNorm(tensor, *_known_shape(tensor))


def tensor_nuclear_norm(tensor: Vector) -> TensorNuclearNorm:
    """The nuclear norm ‖T‖_* of a tensor, or of a combination of tensors of one dimension and order.

    >>> from theory.terms import TensorSymbol, tensor_nuclear_norm
    >>> tensor_nuclear_norm(TensorSymbol("T", 2, 3)).args[1:]
    (2, 3)
    """
    return TensorNuclearNorm(tensor, *_known_shape(tensor))


def _known_shape(tensor: Vector) -> tuple[Expr, Expr]:
    shape = tensor_shape(tensor)
    if shape is None:
        raise ShapeError(f"{tensor} is not a tensor of one order and dimension; build it from TensorSymbol and TensorPower, or use norm")
    return shape


def tensor_shape(tensor: Any) -> tuple[Expr, Expr] | None:
    """(d, p) of a tensor or of a combination of tensors; None for other vectors and for mixed shapes."""
    if isinstance(tensor, (TensorSymbol, TensorPower, IndexedTensorProduct)):
        return tensor.shape_of_tensor
    if isinstance(tensor, ScaledVector):
        return tensor_shape(tensor.args[1])
    if isinstance(tensor, IndexedVectorSum):
        return tensor_shape(tensor.body)
    if isinstance(tensor, VectorSum_):
        shapes = {tensor_shape(part) for part in tensor.args}
        return shapes.pop() if len(shapes) == 1 else None
    return None


def symmetric_tensor(tensor: Vector) -> Property:
    """T, of order p over R^d, does not change when its p indices are permuted; a tensor of order 1 over R^(d²) is another thing.

    >>> from theory.terms import d, symmetric_tensor, TensorSymbol
    >>> from theory.terms.printing.text import text
    >>> text(symmetric_tensor(TensorSymbol("T", d, 3)))
    'T is symmetric'
    """
    return Property("symmetric tensor", tensor, *_known_shape(tensor))
