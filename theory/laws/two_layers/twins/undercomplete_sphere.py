"""False twins of Theorem 6 on the sphere: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Claim, Twin
from theory.laws.setting import n, r, ybar
from theory.laws.two_layers.undercomplete import CHORDS
from theory.laws.two_layers.undercomplete_sphere import ENERGY, MASS, sphere, sphere_fantope
from theory.terms import eigenvalue_sum, le


def _without_hypotheses(claim: Claim) -> tuple[Twin, ...]:
    return (
        claim.dropping("through P", "a function of all coordinates separates orthonormal points with Lip_S = √2"),
        claim.dropping("projection", "P = I keeps all coordinates whatever r is"),
        claim.dropping("fits", "a constant has Lip_S = 0"),
        claim.dropping("unit rows", "away from the sphere Lip_S sees nothing"),
    )


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.thm6.sphere', 'bln.thm6.sphere_fantope']
    """
    centred = 1 - ybar**2
    return {
        sphere.id: (
            *_without_hypotheses(sphere),
            sphere.dropping("labels", "for labels ±½ the left side stays and Lip_S² is divided by four"),
            sphere.claiming("the global form", le(n * centred, ENERGY * MASS), "wrong domain: 1 − √2‖x − e_1‖ on orthonormal points"),
            sphere.claiming("uncentred", le(n**2, ENERGY * MASS * (2 * n - MASS)), "a constant fits equal labels"),
            sphere.claiming("twice", le(2 * n**2 * centred, ENERGY * MASS * (2 * n - MASS)), "two antipodal points are an equality"),
        ),
        sphere_fantope.id: (
            *_without_hypotheses(sphere_fantope),
            sphere_fantope.dropping("opposite", "weight on a point and itself measures nothing that f must separate"),
            sphere_fantope.dropping("weights", "no weight bounds nothing"),
            sphere_fantope.claiming("the global form", le(4, ENERGY * eigenvalue_sum(CHORDS, r)),
                                    "wrong domain: 1 − √2‖x − e_1‖ on orthonormal points"),
        ),
    }
