"""Shape facts that are read off a matrix term: symmetric by form, positive semidefinite by form."""

from __future__ import annotations

from theory.terms.linear import IndexedMatrixSum, Matrix, MatrixSum_, Outer, ScaledMatrix


def is_gram(matrix: Matrix) -> bool:
    """Whether the term is a nonnegative combination of outer products v vᵀ, hence positive semidefinite."""
    if isinstance(matrix, Outer):
        return matrix.args[0] == matrix.args[1]
    if isinstance(matrix, ScaledMatrix):
        return matrix.args[0].is_nonnegative is True and is_gram(matrix.args[1])
    if isinstance(matrix, MatrixSum_):
        return all(map(is_gram, matrix.args))
    return isinstance(matrix, IndexedMatrixSum) and is_gram(matrix.body)


def is_symmetric(matrix: Matrix) -> bool:
    """Whether the term is a combination of outer products v vᵀ, hence symmetric."""
    if isinstance(matrix, Outer):
        return matrix.args[0] == matrix.args[1]
    if isinstance(matrix, ScaledMatrix):
        return is_symmetric(matrix.args[1])
    if isinstance(matrix, MatrixSum_):
        return all(map(is_symmetric, matrix.args))
    return isinstance(matrix, IndexedMatrixSum) and is_symmetric(matrix.body)
