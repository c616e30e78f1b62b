"""False twins of the laws on the sphere: none may be proved, and each is contradicted by an instance, but two that are only refused.

Without independent rows the energy is unbounded; whether `k.sphere` holds is open.  Off the sphere nothing is said of f.  Whether the law
with M and B₀ needs both signs or a free direction is open, too.
"""

from __future__ import annotations

from dataclasses import replace

from theory.claim import Claim, Twin
from theory.laws.new_laws.relu import SPREAD
from theory.laws.new_laws.sphere import ENERGY, RIGHT, R, affine, both_signs, energy, free_direction, independent, law
from theory.laws.setting import LIP_SPHERE, n
from theory.terms import Rational, le


def _with_affine_part(flaw: str) -> Twin:
    claim = replace(energy, id=f"{energy.id}~with-affine-part", hypotheses=(affine, independent), twins=())
    return Twin("with affine part", flaw, claim)


def _of_relu(claim: Claim, needed: tuple[str, ...]) -> tuple[Twin, ...]:
    return (
        claim.dropping("independent", "sixteen neurons of the plane, labels ±1 by turns at their directions: 16 against 8.2"),
        claim.dropping("fits", "the zero network has Lip_S = 0"),
        claim.dropping("network", "four neurons fit the same labels where one of weight 0 is counted"),
        claim.dropping("unit rows", "f is a network on the sphere alone; elsewhere it may be anything"),
        claim.claiming("half the right side", le(SPREAD, RIGHT / 2), "ReLU(x_1) − ReLU(x_2) at e_1 and e_2: 2 against √2"),
        *(claim.dropping(name, "the gradient where all neurons are active may be longer than Lip_S") for name in needed),
    )


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['k.sphere', 'k.sphere.energy', 'k.sphere.relu', 'k.sphere.relu_free']
    """
    return {
        energy.id: (
            energy.dropping("independent", "opposite pairs whose directions sum to 0 cancel, whatever their size"),
            energy.dropping("network", "the weights have nothing to do with f"),
            energy.claiming("1/100 less", le(ENERGY, 4 * LIP_SPHERE**2 * Rational(99, 100)), "at ±1 of the line ReLU(x) is an equality"),
            _with_affine_part("|x_1| + |x_2| written as −x_1 − x_2 + 2ReLU(x_1) + 2ReLU(x_2) has energy 8 and Lip_S ≤ 1.01 in the plane"),
        ),
        law.id: (
            law.dropping("independent", "the energy lemma fails for dependent rows; whether the law does is open"),
            law.dropping("fits", "the zero network has Lip_S = 0"),
            law.dropping("unit rows", "f is a network on the sphere alone; the law is true of homogeneous fits elsewhere"),
            law.dropping("network", "a constant has Lip_S = 0"),
            law.claiming("constants dropped", le(n, R * LIP_SPHERE), "three units at 120 degrees at their own data: n = 3, R = Lip_S = 1"),
        ),
        both_signs.id: _of_relu(both_signs, ("positive", "balance")),
        free_direction.id: _of_relu(free_direction, ("orthogonal", "unit")),
    }
