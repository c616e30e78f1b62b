"""False twins of Theorem 9 for the sphere: none may be proved.

If f is not xᵀAx the labels still fit f, whose constant then has nothing to do with the bound on a quadratic; that f would be no quadratic.
Without symmetry of A the function is that of its symmetric part, so the laws stay true; these twins are only refused.
"""

from __future__ import annotations

from theory.claim import Claim, Twin
from theory.laws.setting import LIP_SPHERE, d, n
from theory.laws.two_layers.quadratic_law import SIZE
from theory.laws.two_layers.quadratic_sphere import CENTRED, ENERGY_Z, S_Z, low_rank, sphere_frobenius, sphere_law
from theory.terms import le, nuclear_norm


def _without_hypotheses(claim: Claim) -> tuple[Twin, ...]:
    return (
        claim.dropping("fits", "f = 0 is constant"),
        claim.dropping("unit rows", "8x_1² − x_2² fits + at (½, ±1) and − at ±e_2 with Lip_S = 9"),
        claim.dropping("labels", "for labels ±½ the left side stays and the right side is divided by four"),
        claim.dropping("quadratic", "a function that is no quadratic may fit with a smaller constant"),
        claim.dropping("symmetric", "the spectrum of A is not that of the form"),
    )


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.quadratic.low_rank', 'bln.quadratic.sphere_frobenius', 'bln.quadratic.sphere_law']
    """
    return {
        sphere_law.id: (
            *_without_hypotheses(sphere_law),
            sphere_law.claiming("uncentred", le(2 * n, LIP_SPHERE * nuclear_norm(S_Z)), "a constant fits equal labels"),
            sphere_law.claiming("twice", le(4 * CENTRED, LIP_SPHERE * nuclear_norm(S_Z)), "two axes of opposite label are an equality"),
        ),
        sphere_frobenius.id: (
            *_without_hypotheses(sphere_frobenius),
            sphere_frobenius.claiming("uncentred", le(4 * n**2, LIP_SPHERE**2 * d * ENERGY_Z), "a constant fits equal labels"),
            sphere_frobenius.claiming("without the dimension", le(4 * CENTRED**2, LIP_SPHERE**2 * ENERGY_Z),
                                      "two axes of opposite label are an equality with d = 2"),
        ),
        low_rank.id: (
            low_rank.dropping("rank", "a multiple of the identity is constant on the sphere"),
            low_rank.dropping("quadratic", "A has nothing to do with f"),
            low_rank.dropping("symmetric", "xᵀAx sees the symmetric part of A only"),
            low_rank.claiming("twice", le(2 * SIZE, LIP_SPHERE), "x_1² has Lip_S = 1"),
        ),
    }
