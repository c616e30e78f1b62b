"""How the chain checker finds its substitutions: exponents by linear programming, then an order.

What is found is a hint; the certificate is replayed later.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import permutations
from math import log

from theory.certificates.steps.chain import PowerProduct, apply_step
from theory.checkers.exact_lp import Constraint, feasible_point
from theory.checkers.power_products import Link, Reader
from theory.errors import NotCertified
from theory.terms import Lt

MOST_ORDERS = 720          # orders of whole substitutions that are tried before substituting in parts
MOST_PARTS = 60            # substitutions in parts before the search stops
LOG_SLACK = Fraction(1, 10 ** 12)   # room for the rounding of logarithms in the search; the exact comparison decides


def log_constant(reader: Reader, product: PowerProduct) -> Fraction:
    """The logarithm of the constant part, rounded: a hint for the search."""
    total = log(product.coefficient)
    for name, exponent in product.constants.items():
        bounds = reader.enclosures.get(name)
        total += float(exponent) * log(Fraction(bounds[0]) if bounds else Fraction(name))
    return Fraction(total).limit_denominator(10 ** 15)


def _gain(link: Link) -> dict[str, Fraction]:
    return dict(link.upper.times(link.lower, Fraction(-1)).atoms)


def balance(links: list[Link], target: Mapping[str, Fraction]) -> list[Constraint]:
    """Σ e_i (B_i − A_i) = target in the exponents of every base, e ≥ 0."""
    gains = [_gain(link) for link in links]
    names = dict.fromkeys([*target, *(n for g in gains for n in g)])
    system = [Constraint({i: g[n] for i, g in enumerate(gains) if n in g}, -target.get(n, Fraction(0)), "=") for n in names]
    return system + [Constraint({i: Fraction(1)}, Fraction(0), ">=") for i in range(len(links))]


def exponents_of(reader: Reader, links: list[Link], lower: PowerProduct, upper: PowerProduct) -> dict[int, Fraction] | None:
    wanted = upper.times(lower, Fraction(-1))
    costs = {i: -log_constant(reader, link.upper.times(link.lower, Fraction(-1))) for i, link in enumerate(links)}
    room = Constraint(costs, log_constant(reader, wanted) + LOG_SLACK, ">=")
    system = [*balance(links, wanted.atoms), room]
    strict = {i: Fraction(1) for i, link in enumerate(links) if link.strict}
    found = None
    if isinstance(reader.problem.goal, Lt):
        gain = {i: c + strict.get(i, Fraction(0)) for i, c in costs.items()}
        found = feasible_point([*system, Constraint(gain, log_constant(reader, wanted) - LOG_SLACK, ">=")])
    found = found or feasible_point(system)
    return None if found is None else {i: e for i in range(len(links)) if (e := found.get(i, Fraction(0))) > 0}


def ordered(links: list[Link], plan: Mapping[int, Fraction], start: PowerProduct,
             positive: frozenset[str]) -> list[tuple[int, Fraction]] | None:
    for count, order in enumerate(permutations(plan)):
        if count >= MOST_ORDERS:
            break
        steps = [(i, plan[i]) for i in order]
        if _legitimate(links, steps, start, positive):
            return steps
    return _in_parts(links, dict(plan), start, positive)


def _legitimate(links: list[Link], steps: list[tuple[int, Fraction]], bound: PowerProduct, positive: frozenset[str]) -> bool:
    try:
        for i, exponent in steps:
            bound, _ = apply_step(bound, links[i].plain(exponent), positive, links[i].name)
    except NotCertified:
        return False
    return True


def _in_parts(links: list[Link], left: dict[int, Fraction], bound: PowerProduct,
              positive: frozenset[str]) -> list[tuple[int, Fraction]] | None:
    """Use each fact as far as the bound allows, in rounds: the factors it brings in may let another one go further."""
    steps: list[tuple[int, Fraction]] = []
    while left and len(steps) < MOST_PARTS:
        portions = {i: _portion(links[i], e, bound, positive) for i, e in left.items()}
        i, portion = max(portions.items(), key=lambda item: item[1] / left[item[0]])
        if portion <= 0:
            return None
        bound, _ = apply_step(bound, links[i].plain(portion), positive, links[i].name)
        steps.append((i, portion))
        left[i] -= portion
        left = {j: e for j, e in left.items() if e}
    return None if left else steps


def _portion(link: Link, exponent: Fraction, bound: PowerProduct, positive: frozenset[str]) -> Fraction:
    limits = [bound.atoms.get(n, Fraction(0)) / e for n, e in link.lower.atoms.items() if n not in positive and e > 0]
    return min([exponent, *limits])
