"""False twins of Theorem 9: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import LARGEST, d, k, n, y
from theory.laws.two_layers.quadratic_law import (
    ENERGY,
    SIGNS,
    SIZE,
    S,
    alpha,
    energy_tail,
    fro_bound,
    frobenius,
    least,
    narrow,
    narrow_often,
    on_narrow,
    op_bound,
    random_frobenius,
    random_labels,
    s,
    sharp,
    small,
    small_often,
)
from theory.terms import And, Implies, Min, Prob, dot, exp, fro_norm, ge, le, op_norm, sqrt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())[:3]
    ['bln.thm9.energy', 'bln.thm9.frobenius', 'bln.thm9.pseudo']
    """
    rank = sqrt(Min(k, d))
    return {
        sharp.id: (
            sharp.dropping("fits", "A = 0 has norm 0"),
            sharp.dropping("labels", "for the label ½ both norms are halved and n is not"),
            sharp.dropping("rank", "orthonormal data need the rank n"),
            sharp.claiming("twice", le(2 * n, k * SIZE * op_norm(S)), "one datum is an equality"),
            sharp.claiming("root of the rank", le(n, sqrt(k) * SIZE * op_norm(S)), "orthonormal data are an equality with k = n"),
        ),
        frobenius.id: (
            frobenius.dropping("fits", "A = 0 has norm 0"),
            frobenius.dropping("labels", "for the label ½ both norms are halved and n is not"),
            frobenius.dropping("rank", "orthonormal data need the rank n"),
            frobenius.claiming("twice", le(2 * n**2, Min(k, d) * SIZE**2 * ENERGY), "one datum is an equality"),
            frobenius.claiming("without the rank", le(n**2, SIZE**2 * ENERGY), "orthonormal data are an equality with min(k, d) = n"),
        ),
        least.id: (
            least.dropping("fits", "A = 0 has norm 0"),
            least.dropping("rank", "orthonormal data need the rank n"),
            least.dropping("dual", "α may be anything"),
            least.claiming("twice", le(2 * dot(y, alpha), Min(k, d) * SIZE**2), "one datum is an equality"),
        ),
        random_labels.id: (
            random_labels.dropping("fits", "A = 0 has norm 0"),
            random_labels.dropping("unit rows", "a datum of length 2 has ‖S‖ = 4 for both labels"),
            random_labels.dropping("rank", "orthonormal data need the rank n"),
            random_labels.claiming("off the event", And(narrow_often, le(n, k * SIZE * op_bound)), "s = 0"),
            random_labels.claiming("without the dimension", And(ge(Prob(narrow, SIGNS), 1 - exp(-s)), on_narrow),
                                   "‖S‖ is 1 for orthonormal data, above √(2s) for small s"),
        ),
        energy_tail.id: (
            energy_tail.dropping("unit rows", "a datum of length 2 has ‖S‖ = 4 for both labels"),
            energy_tail.claiming("without √n", ge(Prob(le(fro_norm(S), sqrt(LARGEST) * sqrt(8 * s)), SIGNS), 1 - exp(-s)),
                                 "‖S‖_F is √n for orthonormal data"),
            energy_tail.claiming("without the spectrum", ge(Prob(le(fro_norm(S), sqrt(n)), SIGNS), 1 - exp(-s)),
                                 "for equal points ‖S‖_F is |Σy_i|"),
        ),
        random_frobenius.id: (
            random_frobenius.dropping("fits", "A = 0 has norm 0"),
            random_frobenius.dropping("unit rows", "a datum of length 2 has ‖S‖ = 4 for both labels"),
            random_frobenius.claiming("off the event", And(small_often, le(n, rank * SIZE * fro_bound)), "s = 0 and equal points"),
            random_frobenius.claiming("without the rank", And(small_often, Implies(small, le(n, SIZE * fro_bound))),
                                      "orthonormal data at s = 0: n ≤ √n"),
        ),
    }
