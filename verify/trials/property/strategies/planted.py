"""Exact fits of labels ±1 by networks, quadratic forms and tensors: the points and the weights are built together, nothing is searched for.

At most min(n, k) points are different, and the others repeat them, so every n and k has a fit.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from verify.objects.networks import Activation, Network
from verify.trials.property.strategies.arguments import Array, arrays, exact, identity, listed, stacked
from verify.trials.property.strategies.data import lattice_points, sphere_point
from verify.trials.property.strategies.labels import labels
from verify.trials.property.strategies.matrices import independent_rows, matrices, orthogonal_matrices
from verify.trials.property.strategies.networks import has_exact_values
from verify.trials.property.strategies.tensors import tensor_power

Fit = tuple[Array, Array, Network]          # X, y, and a network with f(x_i) = y_i
_LENGTHS = st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 2)])


@st.composite
def network_fits(
    draw: DrawFn, n: int, d: int, k: int, psi: Activation, *, unit: bool = False, independent: bool = False, biases: bool = True
) -> Fit:
    """X (n×d), y ∈ {±1}^n and a network with k neurons that fits them.

    One neuron at each of some orthogonal points, on which the others vanish; or a staircase of ReLU units along a line or a circle; or
    points on the rays of a positively homogeneous network without biases.  The neurons that are left over are orthogonal to the data,
    dead, or cancel in pairs.  ``independent`` (k ≤ d) makes the rows of W linearly independent.
    """
    kinds = ["orthogonal"]
    if psi.name == "relu" and biases and not independent and (d > 1 or not unit):
        kinds.append("staircase")
    if psi.positively_homogeneous and not unit:
        kinds.append("rays")
    kind = draw(st.sampled_from(kinds))
    if kind == "rays":
        return draw(_on_rays(n, d, k, psi, independent))
    if kind == "staircase":
        return draw(_staircase(n, d, k, psi, unit))
    return draw(_orthogonal(n, d, k, psi, unit, independent, biases))


def _repeated(draw: DrawFn, X: Array, y: Array, n: int) -> tuple[Array, Array]:
    """n rows: all those given, then any of them."""
    order = [*range(len(X)), *(draw(st.integers(0, len(X) - 1)) for _ in range(n - len(X)))]
    return X[order], y[order]


def _leftover(draw: DrawFn, d: int, count: int, biases: bool) -> tuple[list[Array], list[Any], list[Any]]:
    """Neurons whose sum is 0: cancelling pairs, and a dead one if the count is odd."""
    W: list[Array] = []
    b: list[Any] = []
    a: list[Any] = []
    while len(W) < count:
        w = draw(arrays(st.integers(-1, 1), (d,)))
        shift = draw(st.integers(-1, 1)) if biases else 0
        pair = len(W) + 2 <= count
        size = draw(st.sampled_from([0, 1, 10])) if pair else 0
        W += [w] * (1 + pair)
        b += [shift] * (1 + pair)
        a += [size, -size][: 1 + pair]
    return W, b, a


@st.composite
def _orthogonal(draw: DrawFn, n: int, d: int, k: int, psi: Activation, unit: bool, independent: bool, biases: bool) -> Fit:
    Q = draw(orthogonal_matrices(d))
    m = draw(st.integers(1, min(n, k, d)))
    lengths = [Fraction(1)] * m if unit else draw(listed(_LENGTHS, m))
    scales = draw(listed(_LENGTHS, m))
    shifts = [Fraction(0)] * m
    if biases and psi.name == "relu":              # ReLU(b) = 0 for b ≤ 0, so that the neuron still vanishes at the other points
        shifts = [-s * c / 2 * draw(st.sampled_from([0, 1])) for s, c in zip(scales, lengths, strict=True)]
    y = draw(labels(m))
    at_zero, own = _values(psi, [0]), _values(psi, [s * c + t for s, c, t in zip(scales, lengths, shifts, strict=True)])
    # ψ(0)·Σ_l a_l + (ψ(own_j) − ψ(0))·a_j = y_j, and ψ(own_j) > ψ(0) ≥ 0 for every activation that is used
    gaps = [value - at_zero[0] for value in own]
    total = sum(s / g for s, g in zip(y, gaps, strict=True)) / (1 + at_zero[0] * sum(1 / g for g in gaps))
    a: list[Any] = [(s - at_zero[0] * total) / g for s, g in zip(y, gaps, strict=True)]
    W = [s * q for s, q in zip(scales, Q, strict=False)]
    if independent:                                 # orthogonal to the data: only ψ(0) is seen of them
        rest = k - m
        W += list(Q[m:k])
        a += draw(listed(st.integers(-2, 2), rest)) if at_zero[0] == 0 else [0] * rest
        b: list[Any] = [*shifts, *[0] * rest]
    else:
        more, shifted, outer = _leftover(draw, d, k - m, biases)
        W, b, a = W + more, [*shifts, *shifted], a + outer
    X, y = _repeated(draw, stacked(c * q for c, q in zip(lengths, Q, strict=False)), y, n)
    return X, y, _network(W, b, a, psi)


def _values(psi: Activation, at: list[Any]) -> list[Any]:
    """ψ at rational numbers: fractions where ψ has them, else floats."""
    if has_exact_values(psi):
        return list(psi.function(exact(at)))
    return [float(t) for t in psi.function(np.array([float(t) for t in at]))]


def _network(W: list[Array], b: list[Any], a: list[Any], psi: Activation) -> Network:
    if any(isinstance(t, float) for t in a):
        return Network(np.array(stacked(W), dtype=float), np.array(b, dtype=float), np.array(a, dtype=float), psi)
    return Network(stacked(W), exact(b), exact(a), psi)


@st.composite
def _staircase(draw: DrawFn, n: int, d: int, k: int, psi: Activation, unit: bool) -> Fit:
    m = draw(st.integers(1, min(n, k)))
    steps = np.cumsum(draw(listed(_LENGTHS, m)))
    if unit:
        points = [[*sphere_point([t]), *[0] * (d - 2)] for t in (steps - steps[0])[::-1]]        # (1 − t²)/(1 + t²) falls in t ≥ 0
    else:
        points = [[t, *draw(listed(st.integers(-1, 1), d - 1))] for t in steps - steps[0]]
    along = [p[0] for p in points]
    gaps = [Fraction(1), *(q - p for p, q in pairwise(along))]
    y, Q = draw(labels(m)), draw(orthogonal_matrices(d))
    outer: list[Any] = []
    for j in range(m):                              # neuron l is (u·x − along_l + gap_l)₊: 0 at the points before l
        before = sum(a * max(0, along[j] - along[q] + gaps[q]) for q, a in enumerate(outer))
        outer.append((y[j] - before) / gaps[j])
    more, shifts, rest = _leftover(draw, d, k - m, biases=True)
    W = [Q[0] for _ in range(m)] + more
    b = [g - t for g, t in zip(gaps, along, strict=True)] + shifts
    X, y = _repeated(draw, exact(points) @ Q, y, n)
    return X, y, _network(W, b, outer + rest, psi)


@st.composite
def _on_rays(draw: DrawFn, n: int, d: int, k: int, psi: Activation, independent: bool) -> Fit:
    W = draw(independent_rows(k, d) if independent else matrices(k, d))
    a = exact(draw(listed(st.sampled_from([1, -1, 2, -2]), k)))
    f = Network(W, exact([0] * k), a, psi)
    directions = stacked([*draw(lattice_points(n, d)), *identity(d), *-identity(d), *W, *-W])
    values = f(directions)
    good = [(u, v) for u, v in zip(directions, values, strict=True) if v != 0]
    if not good:                                    # f vanishes at all of them, so it says nothing about labels: orthogonal points do
        return draw(_orthogonal(n, d, k, psi, False, independent, False))
    chosen = [good[draw(st.integers(0, len(good) - 1))] for _ in range(n)]
    return stacked(u / abs(v) for u, v in chosen), exact([1 if v > 0 else -1 for _, v in chosen]), f


@st.composite
def quadratic_fits(draw: DrawFn, n: int, d: int, rank: int, *, unit: bool = False, symmetric: bool = False) -> tuple[Array, Array, Array]:
    """X, y and a d×d matrix A with x_i·Ax_i = y_i ∈ {±1}: A has the entries y_j/c_j² in the directions of the points c_j q_j.

    The rank is at most the given one.  Where that is d, the entries off the diagonal in this basis, which the fit does not see, are any.
    """
    Q = draw(orthogonal_matrices(d))
    m = draw(st.integers(1, min(n, d, rank)))
    lengths = [Fraction(1)] * m if unit else draw(listed(_LENGTHS, m))
    y = draw(labels(m))
    core = identity(d) * 0
    for j in range(m):
        core[j, j] = y[j] / lengths[j] ** 2
    if rank >= d:
        for i in range(d):
            for j in range(i):
                core[i, j] = core[j, i] = Fraction(draw(st.integers(-2, 2)))
                if not symmetric and draw(st.booleans()):
                    core[i, j] -= 1
        for j in range(m, d):
            core[j, j] = Fraction(draw(st.integers(-2, 2)))
    X, y = _repeated(draw, stacked(c * q for c, q in zip(lengths, Q, strict=False)), y, n)
    return X, y, Q.T @ core @ Q


@st.composite
def tensor_fits(draw: DrawFn, n: int, d: int, p: int, *, unit: bool = False) -> tuple[Array, Array, Array]:
    """X, y and a symmetric tensor T with ⟨T, x_i^{⊗p}⟩ = y_i ∈ {±1}: T = Σ_j y_j q_j^{⊗p} at points ±q_j of an orthonormal basis, scaled.

    A multiple of a power of a direction that is orthogonal to all points is added where there is one.
    """
    Q = draw(orthogonal_matrices(d))
    m = draw(st.integers(1, min(n, d)))
    scale = Fraction(1) if unit else draw(_LENGTHS)
    y = draw(labels(m))
    T = exact(sum(s / scale**p * tensor_power(q, p) for s, q in zip(y, Q, strict=False)))
    if m < d:
        T = T + draw(st.integers(-2, 2)) * tensor_power(Q[m], p)
    X, y = _repeated(draw, scale * Q[:m], y, n)
    flips = exact(draw(listed(st.sampled_from([1, -1]), n)))
    return flips[:, None] * X, y * flips**p, T
