"""False twins of the block law: none may be proved, and each is contradicted by an instance.

A law with its corners left out still holds of many networks: what breaks first is the energy.
"""

from __future__ import annotations

from theory.claim import Claim, Twin
from theory.laws.new_laws.blocks import ENERGY, RIGHT, RIGHT_BALL, SPREAD, energy, energy_ball, law, law_ball, q
from theory.laws.setting import LIP, LIP_BALL
from theory.terms import Rational, le


def _energy(claim: Claim, lip: object) -> tuple[Twin, ...]:
    return (
        claim.dropping("exactly", "three kinks of size 2 through one point, two of them in the block: Lip² = 1945/1369 and energy 12"),
        claim.dropping("independent", "5ReLU(x) − 5ReLU(x) is 0: one kink written twice"),
        claim.dropping("through", "a kink and its opposite cancel on the line, and a corner off both sees neither"),
        claim.dropping("cover", "what lies in no block is not bounded"),
        claim.claiming("1/100 less", le(ENERGY, 4 * q * lip**2 * Rational(99, 100)), "two zigzags are an equality at q = 2"),
    )


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['k.blocks', 'k.blocks.ball', 'k.blocks.energy', 'k.blocks.energy_ball']
    """
    return {
        energy.id: _energy(energy, LIP),
        energy_ball.id: (
            *_energy(energy_ball, LIP_BALL),
            energy_ball.dropping("inside", "a corner beyond the ball bounds nothing on it"),
        ),
        law.id: (
            law.dropping("fits", "a constant has Lip = 0"),
            law.dropping("network", "a constant has Lip = 0"),
            law.claiming("1/100 less", le(SPREAD, RIGHT * Rational(99, 100)), "2|x| − 1 at ±1 and twice at 0 is an equality"),
        ),
        law_ball.id: (
            law_ball.dropping("fits", "a constant has Lip_B = 0"),
            law_ball.dropping("network", "a constant has Lip_B = 0"),
            law_ball.dropping("data in the ball", "beyond the ball Lip_B sees nothing"),
            law_ball.claiming("1/100 less", le(SPREAD, RIGHT_BALL * Rational(99, 100)), "2|x| − 1 at ±1 and twice at 0 is an equality"),
        ),
    }
