"""False twins of Theorem 6 with high probability: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Claim, Twin
from theory.laws.setting import LARGEST, LIP, X, d, k, n, r, ybar
from theory.laws.two_layers.undercomplete_random import (
    balanced_often,
    gaussian,
    half_often,
    narrow_often,
    printed,
    s,
    spectrum_bound,
    t,
    uniform_sphere,
)
from theory.terms import Abs, And, GaussianRows, Implies, Prob, SphereRows, exp, ge, le, sqrt
from theory.terms.scalars import MeanChiNorm


def _for_model(claim: Claim, scale, law) -> tuple[Twin, ...]:  # type: ignore[no-untyped-def]
    """The twins of the law for one data model, ``scale·√λ_max ≤ √n + √d + s``."""
    narrow, balanced = le(scale * sqrt(LARGEST), spectrum_bound), le(Abs(ybar), t)
    often = ge(Prob(narrow, (X, law)), 1 - exp(-(s**2) / 2))
    short = ge(Prob(le(scale * sqrt(LARGEST), sqrt(d) + s), (X, law)), 1 - exp(-(s**2) / 2))
    conclusion = le(n * scale**2 * (1 - t**2), LIP**2 * r * spectrum_bound**2)
    free = le(n * scale**2, LIP**2 * r * spectrum_bound**2)
    return (
        claim.dropping("fits", "a constant has Lip = 0"),
        claim.dropping("through P", "a function of all coordinates separates orthonormal points with Lip = √2"),
        claim.claiming("off the event", And(often, balanced_often, conclusion), "equal labels are fitted by a constant"),
        claim.claiming("no price for the mean", And(often, balanced_often, Implies(And(narrow, balanced), free)),
                       "at t = 1 equal labels are on the event"),
        claim.claiming("without √n", And(short, balanced_often, Implies(And(narrow, balanced), conclusion)),
                       "the largest singular value of n points on a line is about √n"),
    )


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.thm6.gaussian', 'bln.thm6.printed', 'bln.thm6.uniform_sphere']
    """
    return {
        gaussian.id: _for_model(gaussian, sqrt(d), GaussianRows(n, d)),
        uniform_sphere.id: _for_model(uniform_sphere, MeanChiNorm(d), SphereRows(n, d)),
        printed.id: (
            printed.dropping("enough data", "one label has mean ±1, however large d is"),
            printed.dropping("k rows", "a projection of rank d keeps all coordinates whatever k is"),
            printed.dropping("through P", "a function of all coordinates separates orthonormal points with Lip = √2"),
            printed.claiming("off the event", And(narrow_often, half_often, le(d, 12 * LIP**2 * k)),
                             "equal labels are fitted by a constant"),
        ),
    }
