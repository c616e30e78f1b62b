"""False twins of R1 and R0: none may be proved.

Without independent rows the law of R1 itself is open, so that twin is only refused; its energy lemma is false.  R0 without its
orientation, or with kinks that are not normalised, says the same of the same function: those twins are true, and only refused.
"""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import LIP, LIP_BALL, NEURONS, a, k, l, n, ybar
from theory.laws.two_layers.relu_law import (
    ENERGY,
    R_BIASED,
    R,
    energy,
    every_network,
    independent_rows_law,
    moment,
    no_bias_law,
)
from theory.terms import Abs, forall, le, lt, norm, sqrt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.r0', 'bln.r1', 'bln.r1.energy', 'bln.r1.no_bias']
    """
    centred = n * (1 - ybar**2)
    law = independent_rows_law
    return {
        energy.id: (
            energy.dropping("independent", "opposite pairs whose directions sum to 0 cancel, whatever their size"),
            energy.dropping("network", "the weights have nothing to do with f"),
            energy.claiming("constant 3", le(ENERGY, 3 * LIP**2), "eight rows near a regular simplex have energy 3.5 Lip²"),
            energy.claiming("constant 1", le(ENERGY, LIP**2), "two nearly opposite rows have energy 2 Lip²"),
            energy.claiming("on the ball", le(ENERGY, 4 * LIP_BALL**2), "wrong domain: kinks beyond the ball leave Lip_B = 0"),
        ),
        law.id: (
            law.dropping("independent", "the energy lemma fails for dependent rows; whether the law does is open"),
            law.dropping("fits", "the zero network has Lip = 0"),
            law.claiming("uncentred", le(n, 2 * R_BIASED * sqrt(k) * LIP), "a bias fits equal labels with Lip near 0"),
            law.claiming("on the ball", le(centred, 2 * R_BIASED * sqrt(k) * LIP_BALL), "wrong domain: the data may lie beyond the ball"),
            law.claiming("constants dropped", le(centred, R_BIASED * LIP), "three units at 120 degrees: n = 6, R_b = 1, Lip = 2"),
        ),
        no_bias_law.id: (
            no_bias_law.dropping("independent", "the energy lemma fails for dependent rows; whether the law does is open"),
            no_bias_law.dropping("fits", "the zero network has Lip = 0"),
            no_bias_law.dropping("no bias", "a bias fits equal labels with Lip near 0"),
            no_bias_law.claiming("constants dropped", le(n, R * LIP), "three units at 120 degrees at their own data: n = 3, R = Lip = 1"),
        ),
        every_network.id: (
            every_network.dropping("unit rows", "beyond the ball Lip_B sees nothing"),
            every_network.dropping("canonical", "a function with many kinks is not a network with few"),
            every_network.dropping("oriented", "rigidity is about distinct kinks that meet the ball"),
            every_network.claiming("uncentred", le(n, LIP_BALL * (norm(moment) + 2 * k * R_BIASED)), "a constant fits equal labels"),
            every_network.claiming("constant 1", le(centred, LIP_BALL * (norm(moment) + k * R_BIASED)),
                                   "the law is an equality for 2|x_1| − 1 at ±e_1, ±e_2"),
            every_network.claiming("nearly equal hyperplanes fool it", forall(lt(2 * LIP_BALL, Abs(a[l])), NEURONS),
                                   "between two nearly equal hyperplanes one unit is active alone, so Lip_B is at least half its size"),
        ),
    }

