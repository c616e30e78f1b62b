"""How hard the search for a certificate tries, in counts and never in seconds: load cannot change an answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """Which products enter one linear program.

    ``rounds`` counts how often facts are multiplied by monomials that lead to monomials at hand, ``factors`` how many facts are
    multiplied with one another, ``squares`` whether squares of sums and differences enter; ``degree`` and ``columns`` bound what enters.
    """

    rounds: int = 0
    factors: int = 1
    squares: bool = False
    degree: int = 6
    columns: int = 400


LINEAR = Level()
MONOMIAL = Level(rounds=1)
CHAINED = Level(rounds=2, columns=1000)
PAIRS = Level(rounds=1, factors=2, squares=True, columns=900)
WIDE = Level(rounds=2, factors=2, squares=True, degree=8, columns=2500)
TRIPLES = Level(rounds=2, factors=3, squares=True, degree=10, columns=4000)
CHEAP = (LINEAR, MONOMIAL)


@dataclass(frozen=True)
class Effort:
    """Rounds of search: the levels that are tried, and how many case splits deep; and bounds on what is derived from the facts."""

    rounds: tuple[tuple[tuple[Level, ...], int], ...] = (
        (CHEAP, 0), (CHEAP, 1), ((CHAINED, PAIRS), 0), (CHEAP, 2), ((WIDE,), 0), (CHEAP, 4), ((CHAINED, PAIRS), 2), ((WIDE,), 1),
        ((TRIPLES,), 0),
    )
    leaves: int = 120           # linear programs of one call
    facts: int = 120            # facts of one problem, defining ones included
    equations: int = 60         # times that the equations are reduced by one another
    depth: int = 6              # rounds of adding what atoms are by definition
    steps: int = 400            # rewriting steps of one polynomial


DEFAULT = Effort()
QUICK = Effort(rounds=((CHEAP, 0),), leaves=4)
