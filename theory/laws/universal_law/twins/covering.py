"""False twins of the laws for data in few cells."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import LIP
from theory.laws.universal_law.covering import EVENT, OFTEN, eps, law, on_cube, quarter, rho
from theory.terms import And, Implies, le, n


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bs.d6.cells', 'bs.d6.cube', 'bs.d6.quarter']
    """
    dropped = {claim.id: tuple(claim.dropping(name, flaw) for name, flaw in (
        ("fit", "constant functions have Lip(f) = 0"), ("f Lipschitz", "Lip(f) is 0 where f is not Lipschitz")))
        for claim in (law, quarter, on_cube)}
    return {
        law.id: (*dropped[law.id], law.claiming("no cost", And(OFTEN, Implies(EVENT, le(n * eps / 2, n * LIP * rho))),
                                               "constants on cells fit noise of the size √(nM)")),
        quarter.id: (*dropped[quarter.id], quarter.dropping("few cells", "one cell a datum: its label is its value")),
        on_cube.id: (*dropped[on_cube.id], on_cube.dropping("cube", "ρ is then any number"),
                     on_cube.dropping("few cells", "one cell a datum: its label is its value")),
    }
