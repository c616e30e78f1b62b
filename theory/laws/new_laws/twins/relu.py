"""False twins of the law for independent ReLU neurons: none may be proved, and each is contradicted by an instance.

Without independent rows the law is false on the line: a zigzag through labels + − − + repeated has M = 0 and a bounded B.
"""

from __future__ import annotations

from theory.claim import Claim, Twin
from theory.laws.new_laws.relu import ENERGY, MEAN, RIGHT, SPREAD, B, M, energy, labelled, law
from theory.laws.setting import LIP, LIP_BALL, k, n, ybar
from theory.terms import Rational, le, norm, sqrt


def _law(claim: Claim, left: object) -> tuple[Twin, ...]:
    return (
        claim.dropping("independent", "a zigzag on the line has dependent rows, M = 0 and B = 2 for any number of labels"),
        claim.dropping("fits", "the zero network has Lip = 0"),
        claim.dropping("network", "2‖x‖ − 1 in the plane is no network of one neuron"),
        claim.claiming("1/100 less", le(left, RIGHT * Rational(99, 100)), "2|x| − 1 at ±1 and twice at 0 is an equality"),
        claim.claiming("one neuron fewer", le(left, LIP * sqrt(M**2 + (k - 1) * B**2)), "2|x| − 1 at ±1, twice at 0 has M = 0 and k = 1"),
        claim.claiming("on the ball", le(left, LIP_BALL * sqrt(M**2 + k * B**2)), "wrong domain: the data may lie beyond the ball"),
    )


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['k.relu', 'k.relu.energy', 'k.relu.labels']
    """
    total = 4 * norm(MEAN) ** 2 + ENERGY
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
