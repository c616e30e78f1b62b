"""False twins of Theorem 6: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Claim, Twin
from theory.laws.setting import LIP, LIP_BALL, n, r, ybar
from theory.laws.two_layers.undercomplete import CHORDS, SCATTER, fantope, trace_form
from theory.terms import eigenvalue_sum, le


def _without_hypotheses(claim: Claim) -> tuple[Twin, ...]:
    return (
        claim.dropping("through P", "a function of all coordinates separates orthonormal points with Lip = √2"),
        claim.dropping("projection", "P = I keeps all coordinates whatever r is"),
        claim.dropping("fits", "a constant has Lip = 0"),
    )


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.thm6.fantope', 'bln.thm6.trace']
    """
    centred, mass = n * (1 - ybar**2), eigenvalue_sum(SCATTER, r)
    return {
        trace_form.id: (
            *_without_hypotheses(trace_form),
            trace_form.dropping("labels", "for labels ±½ the left side stays and Lip² is divided by four"),
            trace_form.claiming("one eigenvalue for all", le(centred, LIP**2 * eigenvalue_sum(SCATTER, 1)), "r eigenvalues are needed"),
            trace_form.claiming("uncentred", le(n, LIP**2 * mass), "a constant fits equal labels"),
            trace_form.claiming("on the ball", le(centred, LIP_BALL**2 * mass),
                                "wrong domain: projected points are lifted out of the ball"),
            trace_form.claiming("twice", le(2 * centred, LIP**2 * mass), "a line through two antipodal points is an equality"),
        ),
        fantope.id: (
            *_without_hypotheses(fantope),
            fantope.dropping("opposite", "weight on pairs of equal points bounds nothing"),
            fantope.dropping("weights", "no weight bounds nothing"),
            fantope.claiming("on the ball", le(4, LIP_BALL**2 * eigenvalue_sum(CHORDS, r)), "wrong domain: the lifts leave the ball"),
            fantope.claiming("constant 5", le(5, LIP**2 * eigenvalue_sum(CHORDS, r)), "a line through two antipodal points is an equality"),
        ),
    }
