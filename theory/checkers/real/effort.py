"""How hard the search for a certificate tries, in counts and never in seconds: load cannot change an answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ProductLevel:
    """Which products enter one linear program.

    ``rounds`` counts how often facts are multiplied by monomials that lead to monomials at hand, ``factors`` how many facts are
    multiplied with one another, ``squares`` whether squares of sums and differences enter; ``degree`` and ``columns`` bound what enters.
    """

    rounds: int = 0
    factors: int = 1
    squares: bool = False
    degree: int = 6
    columns: int = 400


LINEAR = ProductLevel()
MONOMIAL = ProductLevel(rounds=1)
CHAINED = ProductLevel(rounds=2, columns=1000)
PAIRS = ProductLevel(rounds=1, factors=2, squares=True, columns=900)
WIDE = ProductLevel(rounds=2, factors=2, squares=True, degree=8, columns=2500)
TRIPLES = ProductLevel(rounds=2, factors=3, squares=True, degree=10, columns=4000)
CHEAP = (LINEAR, MONOMIAL)


@dataclass(frozen=True)
class Round:
    """Levels that are tried, and case splits: how deep, how many alternatives at a place, and whether only definitions are split.

    With ``definitions`` the cases are those of |t|, max, √t and 1/t, and only the last of them are tried at all levels.
    """

    levels: tuple[ProductLevel, ...]
    depth: int = 0
    wide: int = 1
    definitions: bool = True


@dataclass(frozen=True)
class SearchEffort:
    """Rounds of search, and bounds on what is derived from the facts."""

    rounds: tuple[Round, ...] = (
        Round(CHEAP), Round(CHEAP, 7), Round((CHAINED, PAIRS)), Round((CHAINED, PAIRS), 3), Round(CHEAP, 2, 4, False), Round((WIDE,), 3),
        Round((CHAINED, PAIRS), 2, 3, False), Round((TRIPLES,), 2),
    )
    work: int = 3000            # linear programs of one call, large ones counted several times
    facts: int = 120            # facts of one problem, defining ones included
    equations: int = 120        # times that the equations are reduced by one another
    depth: int = 6              # rounds of adding what atoms are by definition
    steps: int = 400            # rewriting steps of one polynomial
    slopes: int = 0             # derivatives that are taken one of the other, where functions such as exp and log are compared


DEFAULT = SearchEffort(slopes=4)
QUICK = SearchEffort(rounds=(Round(CHEAP), Round(CHEAP, 2)), work=200)
GLANCE = SearchEffort(rounds=(Round((LINEAR,)),), work=20)                      # for signs on which a rewriting depends, and identities
MODEST = SearchEffort(rounds=(Round(CHEAP), Round(CHEAP, 3), Round((CHAINED,))), work=400)
