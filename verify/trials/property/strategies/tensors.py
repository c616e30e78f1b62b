"""Symmetric tensors of fractions, as arrays of shape (d, …, d)."""

from __future__ import annotations

from itertools import combinations_with_replacement, permutations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from theory.errors import BadData
from verify.objects.data.models import positive_integer
from verify.trials.property.strategies.arguments import Array, exact, listed
from verify.trials.property.strategies.data import lattice_points

MOST_ENTRIES = 4096


def tensor_power(v: Array, p: int) -> Array:
    """v^{⊗p} as an array of shape (d, …, d).

    >>> tensor_power(exact([1, 2]), 2).tolist() == [[1, 2], [2, 4]]
    True
    """
    result = v
    for _ in range(p - 1):
        result = result[..., None] * v
    return result


def _sizes(d: int, p: int) -> tuple[int, int]:
    d, p = positive_integer(d, "d, the dimension,"), positive_integer(p, "p, the order,")
    if d**p > MOST_ENTRIES:
        raise BadData(f"a tensor of order {p} over R^{d} has {d**p} entries; give d^p ≤ {MOST_ENTRIES}")
    return d, p


@st.composite
def _free(draw: DrawFn, d: int, p: int) -> Array:
    T = exact([0] * d**p).reshape((d,) * p)
    for place in combinations_with_replacement(range(d), p):
        value = exact(draw(st.integers(-2, 2)))[()]
        for order in set(permutations(place)):
            T[order] = value
    return T


def power_sums(d: int, p: int, terms: int = 2) -> SearchStrategy[Array]:
    """Σ_i c_i v_i^{⊗p} with at most ``terms`` terms, c_i = ±1 and small integer v_i: low symmetric rank.

    Raises: BadData for sizes that are not positive integers, or d^p > 4096.
    """
    d, p = _sizes(d, p)
    m = positive_integer(terms, "the number of terms")
    return st.builds(lambda V, c: exact(sum(s * tensor_power(v, p) for s, v in zip(c, V, strict=True))),
                     lattice_points(m, d), listed(st.sampled_from([1, -1]), m))


def symmetric_tensors(d: int, p: int) -> SearchStrategy[Array]:
    """Symmetric tensors of order p over R^d: free small integers, or sums of two powers.

    Raises: BadData for sizes that are not positive integers, or d^p > 4096.

    >>> from verify.trials.property.strategies import simplest
    >>> T = simplest(symmetric_tensors(2, 3), lambda T: T[0, 0, 1] != 0)
    >>> T[0, 0, 1] == T[1, 0, 0] == 1
    True
    """
    d, p = _sizes(d, p)
    return st.one_of(_free(d, p), power_sums(d, p))
