"""A term, its normal form and a substitution into it have the values they should, on small random terms over ranges of every length.

The terms have nested and double sums over n, n − 1, n − 2, k and over ranges that end at another index; entries, rows and cells at
shifted and repeated indices; products with matrices and projections; norms, traces and Frobenius norms.
"""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from plain_values import close, number, vector
from sympy import Integer

from theory.checkers.context import open_step
from theory.lemmas.build import F
from theory.terms import (
    Abs,
    MatrixSymbol,
    Outer,
    Range,
    Sum,
    Symbol,
    VectorSymbol,
    dot,
    eq,
    forall,
    fro_norm,
    index,
    norm,
    orthogonal_projection,
    replace,
    sqrt,
    trace,
)
from theory.terms.arithmetic import guided, simplified
from theory.terms.linear import Cell, Entry, Row
from theory.terms.normal import Normaliser
from theory.terms.schema import Template, instantiate

n, k, r = (Symbol(name, integer=True, positive=True) for name in "nkr")
t, i = Symbol("t", real=True), index("i")
y, v, u = (VectorSymbol(name, n) for name in "yvu")
z, w = (VectorSymbol(name, k) for name in "zw")
X, P, W, B = MatrixSymbol("X", n, n), MatrixSymbol("P", n, n), MatrixSymbol("W", k, n), MatrixSymbol("B", n, k)
FACTS = {
    "signs": forall(eq(y[i] ** 2, 1), (i, Range(n))), "all but the last": forall(eq(v[i], t), (i, Range(n - 1))),
    "places": forall(eq(z[i], i), (i, Range(k))), "unit rows": forall(eq(norm(W[i]), 1), (i, Range(k))),
    "projection": orthogonal_projection(P, r),
}
LENGTHS = (n, n, k, k, n - 1, n - 1, k - 1, n - 2, Integer(2), Integer(1))


class Terms:
    """Random terms whose indices stay inside; ``scope`` pairs the open indices with the lengths of their ranges."""

    def __init__(self, seed):
        self.random, self.opened = Random(seed), 0

    def limit(self, scope):
        self.opened += 1
        ends = [end for j, _ in scope for end in (j, j - 1)] if self.random.random() < 0.2 else []
        return index(f"j{self.opened}"), self.random.choice(ends or LENGTHS)

    def place(self, length, scope):
        """An index that surely lies in {1, …, length}: an open one, shifted where there is room, the first or the last."""
        room = {j: gap for j, size in scope for gap in range(3) if size == length - gap}
        room |= {j: gap for j, size in scope for outer in room for gap in range(2) if size == outer - gap}
        inside = [j + shift for j, gap in room.items() for shift in range(gap + 1)]
        return self.random.choice([Integer(1), length, *inside * 3])

    def vector(self, size, depth, scope):
        leaves = [lambda: self.random.choice([y, v, u] if size == n else [z, w]),
                  lambda: Row(self.random.choice([X, P]), self.place(n, scope)) if size == n else Row(B, self.place(n, scope)),
                  lambda: Row(W, self.place(k, scope)) if size == n else w]
        if depth <= 0:
            return self.random.choice(leaves)()
        limit = self.limit(scope)
        return self.random.choice([
            *leaves, lambda: self.vector(size, depth - 1, scope) + self.vector(size, depth - 1, scope),
            lambda: self.vector(size, depth - 1, scope) * self.scalar(depth - 1, scope),
            lambda: Sum(self.vector(size, depth - 1, [*scope, limit]), limit),
            lambda: self.random.choice([P, P, X]) @ self.vector(n, depth - 1, scope) if size == n else W @ self.vector(n, depth - 1, scope),
            lambda: B @ self.vector(k, depth - 1, scope) if size == n else W @ self.vector(n, depth - 1, scope),
        ])()

    def scalar(self, depth, scope):
        size = self.random.choice([n, n, k])
        leaves = [lambda: Entry(self.vector(size, min(depth, 1), scope), self.place(size, scope))] * 5
        leaves += [lambda: t, lambda: Cell(B, self.place(n, scope), self.place(k, scope)),
                   lambda: self.random.choice([Integer(-1), Integer(2), *(j for j, _ in scope)])]
        if depth <= 0:
            return self.random.choice(leaves)()
        first, second = self.limit(scope), self.limit(scope)
        deeper = [
            *[lambda: Sum(self.scalar(depth - 1, [*scope, first]), first)] * 4,
            *[lambda: Sum(self.scalar(depth - 1, [*scope, first, second]), first, second)] * 2,
            *[lambda: self.scalar(depth - 1, scope) * self.scalar(depth - 1, scope)] * 4,
            *[lambda: self.scalar(depth - 1, scope) + self.scalar(depth - 1, scope)] * 3,
            *[lambda: dot(self.vector(size, depth - 1, scope), self.vector(size, depth - 1, scope))] * 3,
            *[lambda: norm(self.vector(size, depth - 1, scope)) ** self.random.choice([1, 2])] * 2,
            lambda: self.scalar(depth - 1, scope) ** 2, lambda: Abs(self.scalar(depth - 1, scope)), lambda: fro_norm(X) ** 2,
            lambda: sqrt(Sum(norm(W[i]) ** 2, (i, self.random.choice([k, k - 1])))),
            lambda: trace(P, Sum(Outer(self.vector(n, depth - 1, [*scope, first]), self.vector(n, depth - 1, [*scope, first])), first)),
        ]
        return self.random.choice(deeper)()


def world(points, neurons, seed):
    """Numbers for all leaves, at which the facts hold."""
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.standard_normal((points, points)))[0][:, : rng.integers(0, points + 1)]
    level, rows = float(rng.integers(-2, 3)), rng.standard_normal((neurons, points))
    arrays = {
        y: rng.choice([-1.0, 1.0], points), v: np.r_[np.full(points - 1, level), 2.5], u: rng.integers(-3, 4, points),
        z: np.arange(1, neurons + 1), w: rng.integers(-3, 4, neurons), X: rng.integers(-2, 3, (points, points)), P: basis @ basis.T,
        W: rows / np.linalg.norm(rows, axis=1, keepdims=True), B: rng.integers(-2, 3, (points, neurons)),
    }
    return {n: points, k: neurons, t: level, **{leaf: array.astype(float).tolist() for leaf, array in arrays.items()}}


WORLDS = [world(points, neurons, 10 * points + neurons) for points in (1, 2, 3) for neurons in (1, 2, 3)]


@pytest.mark.parametrize("seed", range(8))
def test_the_normal_form_has_the_same_value(seed):
    for number_of_term in range(40):
        term = Terms(100 * seed + number_of_term).scalar(3, [])
        for expand_norms in (False, True):
            for normaliser in (Normaliser(expand_norms=expand_norms), open_step(eq(0, 0), FACTS).normaliser(expand_norms=expand_norms)):
                form = guided(normaliser.scalar)(simplified(term))
                for at in Random(number_of_term).sample(WORLDS, 3):
                    assert close(number(form, at), number(term, at)), (at[n], at[k], str(term), str(form))


@pytest.mark.parametrize("seed", range(3))
def test_a_substitution_has_the_value_at_what_is_put_in(seed):
    for number_of_term in range(40):
        terms = Terms(100 * seed + number_of_term)
        term, scalar, vector_ = terms.scalar(4, []), terms.scalar(3, []), terms.vector(n, 3, [])
        for at in Random(number_of_term).sample(WORLDS, 2):
            there = number(term, {**at, t: number(scalar, at), u: vector(vector_, at)})
            for made in (replace(term, {t: scalar, u: vector_}), instantiate(term, {t: scalar, u: vector_})):
                assert close(number(made, at), there), (at[n], at[k], str(term), str(scalar), str(vector_))


def test_a_family_may_bind_variables_itself():
    """F(x) = Σ_i Σ_j x a_i b_j at a sum x: the index of the sum that is put in is neither i nor j."""
    j = index("j")
    product_of_sums = Template((t,), Sum(Sum(t * y[i] * u[j], (i, n)), (j, n)))
    made = instantiate(F(Sum(v[i], (i, n))), {F: product_of_sums})
    assert all(close(number(made, at), sum(at[v]) * sum(at[y]) * sum(at[u])) for at in WORLDS)
