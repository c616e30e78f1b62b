"""Symbols and hypotheses that the files of this folder share; letters as in the paper."""

from __future__ import annotations

from theory.claim import Hypothesis
from theory.terms import (
    Activation,
    Ball,
    Function,
    Lip,
    MatrixSymbol,
    NonnegativeTable,
    Outer,
    Space,
    Sphere,
    Sum,
    Symbol,
    VectorSymbol,
    d,
    depends_only_on,
    dot,
    eigenvalue_sum,
    eq,
    forall,
    index,
    k,
    lipschitz_activation,
    lipschitz_on,
    n,
    norm,
    orthogonal_projection,
    positively_homogeneous,
    r,
    relu,
)
from theory.terms.sets import Range

i, j, l = index("i"), index("j"), index("l")
X, y = MatrixSymbol("X", n, d), VectorSymbol("y", n)
W, a, b = MatrixSymbol("W", k, d), VectorSymbol("a", k), VectorSymbol("b", k)
P, x0, u, x = MatrixSymbol("P", d, d), VectorSymbol("x0", d), VectorSymbol("u", d), VectorSymbol("x", d)
pi = NonnegativeTable("pi", n, n)
f, psi = Function("f", d), Activation("psi")
L = Symbol("L", nonnegative=True)
beta = Symbol("beta", real=True)
ybar = Sum(y[i], (i, n)) / n
DATA, NEURONS = (i, Range(n)), (l, Range(k))
LIP, LIP_BALL, LIP_SPHERE = Lip(f, Space(d)), Lip(f, Ball(d)), Lip(f, Sphere(d))
SCATTER = Sum(Outer(X[i]), (i, n))              # XᵀX
LARGEST = eigenvalue_sum(SCATTER, 1)            # λ_max(XᵀX)


def z(index: Symbol):  # type: ignore[no-untyped-def]
    """The centred label z_i = y_i − ȳ."""
    return y[index] - ybar


fits = Hypothesis("fits", forall(eq(f(X[i]), y[i]), DATA), "f fits the data")
labels = Hypothesis("labels", forall(eq(y[i] ** 2, 1), DATA), "labels are ±1")
unit_rows = Hypothesis("unit rows", forall(eq(norm(X[i]), 1), DATA), "the data lie on the unit sphere")
network = Hypothesis("network", forall(eq(f(x), Sum(a[l] * psi(dot(W[l], x) + b[l]), (l, k))), (x, Space(d))),
                     "f is a two-layer network with k neurons")
relu_network = Hypothesis("network", forall(eq(f(x), Sum(a[l] * relu(dot(W[l], x) + b[l]), (l, k))), (x, Space(d))),
                          "f is a two-layer ReLU network with k neurons")
no_bias = Hypothesis("no bias", forall(eq(b[l], 0), NEURONS), "b = 0")
homogeneous = Hypothesis("homogeneous", positively_homogeneous(psi), "ψ is positively homogeneous")
lipschitz_psi = Hypothesis("psi Lipschitz", lipschitz_activation(psi, L), "ψ is L-Lipschitz")
through = Hypothesis("through P", depends_only_on(f, P, Space(d)), "f(x) depends on x only through Px")
through_sphere = Hypothesis("through P", depends_only_on(f, P, Sphere(d)), "on the sphere, f(x) depends on x only through Px")
smooth = Hypothesis("f Lipschitz", lipschitz_on(f, Space(d)), "f is Lipschitz")
smooth_ball = Hypothesis("f Lipschitz", lipschitz_on(f, Ball(d)), "f is Lipschitz on the ball")
smooth_sphere = Hypothesis("f Lipschitz", lipschitz_on(f, Sphere(d)), "f is Lipschitz on the sphere")
projection = Hypothesis("projection", orthogonal_projection(P, r), "P is an orthogonal projection of rank r")
