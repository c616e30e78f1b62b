"""Measures the claims around Theorem 8 as printed: polynomials bounded on [−1, 1], and constant networks that fit one datum."""

from __future__ import annotations

import numpy as np
from sympy import oo

from theory.claim import Hypothesis
from theory.laws.setting import W, a, b, d, f, k, l, n, network, psi, x, y
from theory.laws.two_layers.polynomial_printed import constant_network, polynomial
from theory.proof import step
from theory.terms import Space, Sum, Symbol, eq, forall, zero
from verify.laws.draws import Rng, fixed, function_instance, integer, listed, new_seed
from verify.laws.functions import affine_function
from verify.laws.lemmas.tensors import largest_value
from verify.laws.measure import Counterexample, Measurement, RefutingFamily
from verify.laws.two_layers.polynomial_law import draw as draw_fit
from verify.laws.two_layers.printed import exact
from verify.lipschitz.polynomials.functions import PolynomialFunction
from verify.objects.instance import Instance
from verify.objects.networks.polynomials import polynomial_activation


def draw_constant(rng: Rng) -> Instance:
    """f = y_1 at one point of R^d, for any label."""
    size = integer(rng, 1, 4)
    return constant_at(float(rng.standard_normal()), size)


def constant_at(value: float, size: int) -> Instance:
    """f = y_1 on R^d."""
    return function_instance(affine_function(np.zeros(size), value), listed(np.eye(size)[:1], [value], real_labels=True))


def one() -> Instance:
    """f = 1 in the plane."""
    return constant_at(1.0, 2)


def slope() -> Instance:
    """f = x_1, which is not constant."""
    return function_instance(affine_function([1.0, 0.0]), listed([[1, 0]], [1]))


def two_labels() -> Instance:
    """f = −1 at ±e_1 with the labels ±1."""
    return function_instance(affine_function([0.0, 0.0], -1.0), listed([[1, 0], [-1, 0]], [1, -1]))


# --- the last step of the printed proof -----------------------------------------------------------------------------------------------

def draw_polynomial(rng: Rng) -> Instance:
    """A polynomial of degree at most 5 and its largest value on [−1, 1]."""
    g = rng.standard_normal(integer(rng, 1, 6))
    return Instance({"g": g, "m": len(g), "bound": largest_value(g) * (1 + 1e-9)}, new_seed(rng))


def refute_step() -> Counterexample:
    """P = 2t² − 1."""
    return Counterexample(Instance({"g": exact([-1, 0, 2]), "m": 3, "bound": 1}), "V. Markov's theorem",
                          "P(t) = 2t² − 1 is at most 1 on [−1, 1], and P″(0) = 4")


# --- the statement --------------------------------------------------------------------------------------------------------------------

def constant_fit(size: int, degree: int = 2) -> Instance:
    """The datum e_1 of R^M with the label 1, and one neuron ψ(0·x) with ψ(t) = 1 + t^p: f = 1."""
    c = [1, *[0] * (degree - 1), 1]
    f = PolynomialFunction([1, exact([0] * size)])
    X = exact([[1] + [0] * (size - 1)])
    return Instance({"X": X, "y": exact([1]), "W": exact([[0] * size]), "b": exact([0]), "a": exact([1]), "psi": polynomial_activation(c),
                     "f": f, "n": 1, "d": size, "k": 1, "p": degree})


def refute_printed() -> Counterexample:
    """n = 1 in every dimension: W = 0, b = 0, a = y_1 and ψ(0) = 1."""
    M = Symbol("M", integer=True, positive=True)
    at_zero = Hypothesis("at zero", eq(psi(0), 1), "ψ(0) = 1")
    steps = (step("sum", forall(eq(f(x), Sum(y[n], (l, k))), (x, Space(d))), by="sums", using=("network", "at zero")),
             step("constant", forall(eq(f(x), y[n]), (x, Space(d))), by="sums", using="sum"))
    family = RefutingFamily(constant_fit, oo, M, failing=constant_network, sizes={n: 1, d: M, k: 1},
                    objects={W: lambda l: zero(d), b: lambda l: 0, a: lambda l: y[n]}, assumes=(network, polynomial, at_zero), steps=steps)
    return Counterexample(constant_fit(2), "n ≥ d",
                          "n = 1: the neuron with w = 0 and ψ(0) = 1 fits the label (a = ±1), and Lip_B = 0 in every dimension", family)


MEASUREMENTS = (
    Measurement("bln.thm8.constant", draw_constant, (one,), twin_draws={
        "without constant": fixed(slope), "negative": fixed(one), "small values": fixed(one),
        "without one datum": fixed(two_labels)}),
    Measurement("bln.thm8.markov_step", draw_polynomial, refutation=refute_step),
    Measurement("bln.thm8.printed", draw_fit, refutation=refute_printed),
)
