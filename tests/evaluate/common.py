"""Symbols that the tests of the readings share, those of networks and data as the papers name them."""

from __future__ import annotations

from theory.terms import Function, MatrixSymbol, Symbol, VectorSymbol, d, index, k, n
from theory.terms.scalars import Activation

i, j, l = index("i"), index("j"), index("l")
y, z, a, e = VectorSymbol("y", n), VectorSymbol("z", n), VectorSymbol("a", k), VectorSymbol("e", n)
X, W = MatrixSymbol("X", n, d), MatrixSymbol("W", k, d)
P, M = MatrixSymbol("P", d, d), MatrixSymbol("M", d, d)
u, v, x = VectorSymbol("u", d), VectorSymbol("v", d), VectorSymbol("x", d)
t, s, beta, L = Symbol("t", real=True), Symbol("s", real=True), Symbol("beta", real=True), Symbol("L", positive=True)
psi, f = Activation("psi"), Function("f", d)
