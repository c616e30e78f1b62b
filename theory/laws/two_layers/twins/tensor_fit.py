"""False twins of Theorem 4: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import LARGEST, LIP_BALL, fits, n
from theory.laws.two_layers.tensor_fit import (
    ALL,
    COEFFICIENT,
    SIGNS,
    WIDEST,
    accuracy,
    approximate,
    exact_fit,
    fine,
    fit_event,
    lemma14_sharp,
    lipschitz,
    near,
    p,
    s,
    sharp,
)
from theory.terms import And, Implies, Prob, exp, forall, ge, le, lipschitz_with, sqrt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.thm4.accuracy', 'bln.thm4.approximate', 'bln.thm4.exact_fit', 'bln.thm4.lipschitz', 'bln.thm4.sharp']
    """
    often = Prob(forall(near, ALL), SIGNS)
    return {
        lipschitz.id: (
            lipschitz.dropping("in the ball", "x_1 = 3e_1 and p = 3: Lip_B = 81 and λ = 9"),
            lipschitz.dropping("order", "p = 1 and x_1 = e_1/2: Lip_B = 1/2 and λ = 1/4"),
            lipschitz.dropping("powers", "any function"),
            lipschitz.claiming("without p", lipschitz_with(le(LIP_BALL, COEFFICIENT * LARGEST)), "one datum has Lip_B = p"),
            lipschitz.claiming("the root", lipschitz_with(le(LIP_BALL, p * COEFFICIENT * sqrt(LARGEST))),
                               "four equal data have Lip_B = 4p and λ = 4"),
        ),
        exact_fit.id: (
            exact_fit.dropping("solves", "c = 0 fits nothing"),
            exact_fit.dropping("powers", "any function"),
            exact_fit.dropping("in the ball", "x_1 = 3e_1 and p = 3: Lip_B = 81 and λ = 9"),
            exact_fit.claiming("without p", And(fits.formula, lipschitz_with(le(LIP_BALL, COEFFICIENT * LARGEST))),
                               "one datum has Lip_B = p"),
        ),
        accuracy.id: (
            accuracy.dropping("unit rows", "orthogonal data of norm 1/2 miss the labels by 1 − 4^{−p} with σ = 0"),
            accuracy.dropping("weak correlations", "σ = 0 for equal data"),
            accuracy.claiming("no union bound", ge(often, 1 - 2 * exp(-s)), "of three equal data one sees two equal labels"),
            accuracy.claiming("twice the exponent", ge(often, 1 - n * (2 * exp(-2 * s))), "the same three data"),
        ),
        approximate.id: (
            approximate.dropping("unit rows", "orthogonal data of norm 1/2 miss the labels by 1 − 4^{−p} with σ = 0"),
            approximate.dropping("labels", "labels ±5 have five times the slope"),
            approximate.dropping("powers", "any function"),
            approximate.claiming("without p", And(accuracy.conclusion, fit_event, lipschitz_with(le(LIP_BALL, LARGEST))),
                                 "one datum has Lip_B = p"),
        ),
        sharp.id: (
            sharp.dropping("unit rows", "orthogonal data of norm 1/2 miss the labels by 1 − 4^{−p} with σ = 0"),
            sharp.dropping("weak correlations", "σ = 0 for equal data"),
            sharp.dropping("powers", "any function"),
            sharp.claiming("a fifth of p", And(accuracy.conclusion, lemma14_sharp.conclusion, fit_event,
                                              Implies(fine, lipschitz_with(le(LIP_BALL, 2 * p * sqrt(WIDEST) * sqrt(2 * s) / 5)))),
                           "one datum has Lip_B = p, M = 1, and the event holds as soon as s ≥ 1/8"),
        ),
    }
