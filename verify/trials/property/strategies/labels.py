"""Labels ±1, as vectors of fractions; the simplest labelling is constant +1 where that is allowed."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from theory.errors import BadData, ShapeError
from verify.objects.data.models import positive_integer
from verify.trials.property.strategies.arguments import Array, arrays, exact, listed, row_tuples

_SIGN = st.sampled_from([1, -1])


def signs(n: int) -> SearchStrategy[Array]:
    """Any vector of {−1, +1}^n.  Raises: BadData unless n is a positive integer.

    >>> from verify.trials.property.strategies import simplest
    >>> [int(s) for s in simplest(signs(3), lambda y: sum(y) < 0)]
    [1, -1, -1]
    """
    return arrays(_SIGN, (positive_integer(n, "n, the number of labels,"),))


@st.composite
def _balanced(draw: DrawFn, n: int) -> Array:
    return exact(draw(st.permutations([1] * ((n + 1) // 2) + [-1] * (n // 2))))


def balanced_labels(n: int) -> SearchStrategy[Array]:
    """⌈n/2⌉ labels +1 and ⌊n/2⌋ labels −1, in any order.  Raises: BadData unless n is a positive integer."""
    return _balanced(positive_integer(n, "n, the number of labels,"))


def one_flip_labels(n: int) -> SearchStrategy[Array]:
    """Equal labels but one; a constant at n = 1.  Raises: BadData unless n is a positive integer."""
    n = positive_integer(n, "n, the number of labels,")
    return st.builds(lambda place, s: exact([-s if i == place else s for i in range(n)]), st.integers(0, n - 1), _SIGN)


def alternating_labels(n: int) -> SearchStrategy[Array]:
    """+1, −1, +1, … or its opposite.  Raises: BadData unless n is a positive integer."""
    n = positive_integer(n, "n, the number of labels,")
    return _SIGN.map(lambda s: exact([s * (-1) ** i for i in range(n)]))


def structured_labels(X: Array) -> SearchStrategy[Array]:
    """The sides of a hyperplane: y_i = +1 where w·x_i ≥ c, −1 elsewhere, for small integers w and c.

    Args: X (n×d), exact or not.  Raises: ShapeError unless X is a matrix.
    """
    _require_matrix(X)
    return st.builds(lambda w, c: exact([1 if sum(a * t for a, t in zip(w, row, strict=True)) >= c else -1 for row in X]),
                     listed(st.integers(-2, 2), X.shape[1]), st.integers(-1, 1))


def labels(n: int) -> SearchStrategy[Array]:
    """Any labels ±1, with balanced, one-flip and alternating ones more often.  Raises: BadData unless n is a positive integer."""
    return st.one_of(signs(n), balanced_labels(n), one_flip_labels(n), alternating_labels(n))


def both_labels(n: int) -> SearchStrategy[Array]:
    """Labels ±1 that start with +1, −1.  Raises: BadData unless n is an integer of at least 2.

    >>> from verify.trials.property.strategies import simplest
    >>> [int(s) for s in simplest(both_labels(3), lambda y: True)]
    [1, -1, 1]
    """
    n = positive_integer(n, "n, the number of labels,")
    if n < 2:
        raise BadData("both labels cannot occur among n = 1 labels; give n ≥ 2")
    return arrays(_SIGN, (n - 2,)).map(lambda rest: exact([1, -1, *rest]))


def labels_by_point(X: Array) -> SearchStrategy[Array]:
    """Labels ±1 that agree where rows of X agree.  Raises: ShapeError unless X is a matrix.

    >>> from verify.trials.property.strategies import simplest
    >>> import numpy as np
    >>> [int(s) for s in simplest(labels_by_point(np.array([[1], [2], [1]])), lambda y: y[0] != y[1])]
    [1, -1, 1]
    """
    _require_matrix(X)
    rows = row_tuples(X)
    first = {row: place for place, row in reversed(list(enumerate(rows)))}
    return st.one_of(labels(len(rows)), structured_labels(X)).map(lambda y: exact([y[first[row]] for row in rows]))


def _require_matrix(X: Array) -> None:
    if getattr(X, "ndim", 0) != 2 or not X.size:
        raise ShapeError(f"the points have shape {getattr(X, 'shape', None)}; give an n×d array with n, d ≥ 1")
