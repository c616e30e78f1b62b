"""False twins of Theorem 7 and Lemma 12: none may be proved."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import DATA, LIP_BALL, X, d, i, n, y
from theory.laws.two_layers.shared.tails import s
from theory.laws.two_layers.tensor_law import (
    LARGEST_POWER,
    OP,
    SCALE,
    SIGNS,
    S,
    T,
    bound,
    dual,
    gram_form,
    lemma12,
    lip,
    narrow,
    narrow_often,
    often,
    p,
    point,
    printed,
    pseudo,
    random_labels,
    sharp,
    short,
    short_often,
    value,
    width,
)
from theory.terms import Abs, And, Implies, Prob, exp, forall, ge, le, norm, sqrt
from theory.terms.tensors import injective_norm, tensor_nuclear_norm

NO_FIT, OTHER_LABELS = "T = 0 fits nothing", "labels of size less than 1 are fitted by smaller tensors"


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> len(twins())
    9
    """
    nuclear = tensor_nuclear_norm(T)
    deviation = sqrt(LARGEST_POWER) * sqrt(8 * s)
    events = And(narrow, short)
    return {
        lemma12.id: (
            lemma12.claiming("half the power", le(nuclear, SCALE * OP), "the identity has ‖T‖_* = d‖T‖_op"),
            lemma12.claiming("half the bound", le(nuclear, d ** (p - 1) * OP / 2), "the identity is an equality"),
            lemma12.claiming("the same norm", le(nuclear, OP), "only tensors of rank one"),
        ),
        sharp.id: (
            sharp.dropping("fits", NO_FIT),
            sharp.dropping("labels", OTHER_LABELS),
            sharp.claiming("one power less", le(n**2, d ** (p - 2) * OP**2 * gram_form(y)), "orthonormal points are an equality"),
            sharp.claiming("the trace", le(n**2, d ** (p - 1) * OP**2 * n), "equal data have yᵀK_p y = n²"),
        ),
        dual.id: (
            dual.dropping("fits", NO_FIT),
            dual.dropping("labels", OTHER_LABELS),
            dual.claiming("operator norms", le(n, OP * injective_norm(S)), "orthonormal points have both norms 1"),
        ),
        pseudo.id: (
            pseudo.dropping("fits", NO_FIT),
            pseudo.dropping("solves", "a large α"),
            pseudo.claiming("one power less", le(value, d ** (p - 2) * OP**2), "orthonormal points are an equality"),
        ),
        point.id: (
            point.dropping("fits", NO_FIT),
            point.claiming("half", forall(le(Abs(y[i]), OP * norm(X[i]) ** p / 2), DATA), "one datum is an equality"),
            point.claiming("one power less", forall(le(Abs(y[i]), OP * norm(X[i]) ** (p - 1)), DATA), "a point of norm 2"),
        ),
        lip.id: (
            lip.dropping("fits", NO_FIT),
            lip.dropping("labels", OTHER_LABELS),
            lip.dropping("form", "f has nothing to do with T"),
            lip.claiming("order p + 1", le((p + 1) ** 2 * n**2, d ** (p - 1) * LIP_BALL**2 * gram_form(y)), "orthonormal points"),
        ),
        width.id: (
            width.dropping("unit rows", "one point of norm 2"),
            width.claiming("without the mean", ge(Prob(le(norm(S), deviation), SIGNS), 1 - exp(-s)), "one point and small s"),
            width.claiming("without the deviation", ge(Prob(le(norm(S), sqrt(n)), SIGNS), 1 - exp(-s)), "equal points"),
        ),
        random_labels.id: (
            random_labels.dropping("fits", NO_FIT),
            random_labels.dropping("labels", OTHER_LABELS),
            random_labels.dropping("unit rows", "one point of norm 2"),
            random_labels.claiming("off the event", And(often, le(n, SCALE * OP * bound)), "equal data and equal labels"),
        ),
        printed.id: (
            printed.dropping("fits", NO_FIT),
            printed.dropping("labels", OTHER_LABELS),
            printed.dropping("unit rows", "one point of norm 3 on the line"),
            printed.dropping("degree", "for p = 1 the power of d is 0; the proof needs d^{(p−1)/2} ≥ √d"),
            printed.claiming("constant 1", And(narrow_often, short_often, Implies(events, le(sqrt(n), SCALE * OP))), "equal points"),
            printed.claiming("off the event", And(narrow_often, short_often, le(sqrt(n), 7 * SCALE * OP)), "64 equal points"),
        ),
    }
