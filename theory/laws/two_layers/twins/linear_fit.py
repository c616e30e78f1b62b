"""False twins of section 3.1: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import LIP, fits, n
from theory.laws.two_layers.linear_fit import PAIRING, WELL_POSED, WELL_POSED_OFTEN, least, printed, sharp, two_neurons, v, w
from theory.terms import And, Implies, eq, le, lipschitz_with, norm, sqrt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.s31.generic', 'bln.s31.least', 'bln.s31.relu', 'bln.s31.sharp']
    """
    return {
        sharp.id: (
            sharp.dropping("linear", "another function may be steeper"),
            sharp.dropping("solves", "other labels are not fitted"),
            sharp.claiming("half", And(fits.formula, lipschitz_with(eq(LIP, norm(w))), eq(LIP**2, PAIRING / 2)), "Lip² is yᵀα, all of it"),
        ),
        two_neurons.id: (
            two_neurons.dropping("neurons", "another function may be steeper"),
            two_neurons.dropping("solves", "other labels are not fitted"),
            two_neurons.claiming("twice", And(fits.formula, lipschitz_with(eq(LIP, 2 * norm(w)))),
                                 "the two neurons are never active together"),
        ),
        least.id: (
            least.dropping("linear", "another function may be steeper"),
            least.dropping("solves", "a multiple of the least fit is longer than it"),
            least.dropping("other fit", "v = 0 is shorter"),
            least.claiming("half", le(2 * LIP, norm(v)), "w itself is a fit"),
        ),
        printed.id: (
            printed.dropping("linear", "another function may be steeper"),
            printed.dropping("solves", "a multiple of the fit is steeper"),
            printed.dropping("labels", "labels ±3 make f three times as steep"),
            printed.dropping("few data", "for n > d the Gram matrix is singular"),
            printed.claiming("without the 2", And(WELL_POSED_OFTEN, Implies(WELL_POSED, lipschitz_with(le(LIP, sqrt(n))))),
                             "two points at 60° with opposite labels: Lip² = 4"),
        ),
    }
