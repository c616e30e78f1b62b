"""False twins of the law for any activation: none may be proved, and each but one is contradicted by an instance.

Whether the law holds without independent rows is open, so that twin is only refused: on the line it does, as Σ z_if(x_i) ≤ Lip V.
"""

from __future__ import annotations

from theory.claim import Claim, Twin
from theory.laws.new_laws.any_activation import ENERGY, MEAN, RIGHT, SPREAD, WIDTH, M, V, energy, labelled, law
from theory.laws.setting import LIP, LIP_BALL, k, n, ybar
from theory.terms import Rational, le, norm, sqrt


def _law(claim: Claim, left: object) -> tuple[Twin, ...]:
    return (
        claim.dropping("independent", "the energy lemma fails for dependent rows; whether the law does is open"),
        claim.dropping("fits", "the zero network has Lip = 0"),
        claim.dropping("network", "2‖x‖ − 1 in the plane is no network of one neuron"),
        claim.dropping("psi Lipschitz", "a step from −1 to 1 is no Lipschitz function, and its Lip is 0 by convention"),
        claim.claiming("1/100 less", le(left, RIGHT * Rational(99, 100)), "2|x| − 1 at ±1 and twice at 0 is an equality"),
        claim.claiming("one neuron fewer", le(left, LIP * sqrt(M**2 + (k - 1) * V**2)), "2|x| − 1 at ±1, twice at 0 has M = 0 and k = 1"),
    )


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['k.energy', 'k.law', 'k.law.labels']
    """
    total = 4 * norm(MEAN) ** 2 + WIDTH**2 * ENERGY
    return {
        energy.id: (
            energy.dropping("independent", "opposite pairs whose directions sum to 0 cancel, whatever their size"),
            energy.dropping("network", "the weights have nothing to do with f"),
            energy.claiming("1/100 less", le(total, 4 * LIP**2 * Rational(99, 100)), "2|x| − 1 is an equality"),
            energy.claiming("on the ball", le(total, 4 * LIP_BALL**2), "wrong domain: kinks beyond the ball leave Lip_B = 0"),
        ),
        law.id: _law(law, SPREAD),
        labelled.id: (
            *_law(labelled, n * (1 - ybar**2)),
            labelled.dropping("labels", "for labels ±½ the left side stays, and the right side is divided by four"),
            labelled.claiming("uncentred", le(n, RIGHT), "a constant fits equal labels"),
        ),
    }
