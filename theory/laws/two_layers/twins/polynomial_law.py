"""False twins of Theorem 8 for given data: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import DATA, LIP_BALL, LIP_SPHERE, f, i, j, n, x, y, ybar
from theory.laws.two_layers.polynomial_law import (
    MARKOV,
    ORDERS,
    PAIRS,
    POINT,
    TOTAL,
    S,
    T,
    coefficients,
    constant,
    form,
    labels_law,
    p,
    q,
    sharp,
)
from theory.terms import Abs, Sum, dot, eq, forall, le, norm
from theory.terms.tensors import TensorPower, injective_norm


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.thm8.coefficients', 'bln.thm8.form', 'bln.thm8.labels', 'bln.thm8.sharp']
    """
    centred = n * (1 - ybar**2)
    return {
        form.id: (
            form.dropping("network", "f need not be this network"),
            form.dropping("polynomial", "a cubic is no polynomial of degree 2"),
            form.claiming("no constant", forall(eq(f(x), Sum(dot(T, TensorPower(x, q)), (q, p))), POINT), "ψ = 1 + t has f(0) = 1"),
            form.claiming("without the highest order", forall(eq(f(x), constant + Sum(dot(T, TensorPower(x, q)), (q, p - 1))), POINT),
                          "t² is of order 2"),
        ),
        coefficients.id: (
            coefficients.dropping("network", "f = 0 is no evidence about other weights"),
            coefficients.dropping("polynomial", "t⁴ − 3t²/2 has the derivative T_3, and is of degree 4, not 2"),
            coefficients.claiming("coefficients at most the maximum", forall(le(q * injective_norm(T), LIP_BALL), ORDERS),
                                  "2t³/3 − t has the derivative T_2 = 2t² − 1"),
            coefficients.claiming("on the sphere", forall(le(q * injective_norm(T), MARKOV * LIP_SPHERE), ORDERS),
                                  "wrong domain: t² is constant on S⁰"),
        ),
        sharp.id: (
            sharp.dropping("fits", "a constant has Lip_B = 0"),
            sharp.dropping("labels", "for labels ±½ the left side is too large"),
            sharp.dropping("network", "f = McShane's function is no polynomial of low degree"),
            sharp.dropping("polynomial", "a cubic, called linear, has moments of order 3"),
            sharp.claiming("uncentred", le(n, LIP_BALL * TOTAL), "a constant fits equal labels"),
            sharp.claiming("without the dimension", le(centred, LIP_BALL * Sum(MARKOV / q * norm(S), (q, p))),
                           "x_1² − x_2² at ±e_1, ±e_2 is an equality with the factor √2"),
            sharp.claiming("twice", le(2 * centred, LIP_BALL * TOTAL), "x at ±1 is an equality"),
            sharp.claiming("on the sphere", le(centred, LIP_SPHERE * TOTAL), "wrong domain: data at ±½ and 0 on a line, f even"),
        ),
        labels_law.id: (
            labels_law.dropping("fits", "a constant"),
            labels_law.dropping("in the ball", "points at ±10 may be far apart"),
            labels_law.claiming("half the distance", forall(le(Abs(y[i] - y[j]), LIP_BALL), *PAIRS), "x at ±1"),
            labels_law.claiming("each label", forall(le(Abs(y[i]), LIP_BALL), DATA), "a constant fits equal labels"),
        ),
    }
