"""Why a chain does not exist: facts that contradict one another, or positive values of the scalars that violate the goal."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from sympy import Expr, Mul, Pow, factorint

from theory.certificates.steps.chain import PowerProduct, compare_constant
from theory.checkers.atoms import rational
from theory.checkers.chain_search import balance, log_constant
from theory.checkers.exact_lp import Constraint, feasible_point
from theory.checkers.power_products import Link, Reader
from theory.checkers.problem import contradictory, refutation
from theory.terms import Lt
from theory.verdict import Verdict

MARGINS = (Fraction(1), Fraction(1, 16), Fraction(0))  # in units of log 2: with room, rounded logarithms cannot spoil a countermodel
SIMPLE = (1, 2, 4, 12, 60, 1000, 10 ** 6)  # denominators to which exponents are rounded: small countermodels are read more easily


def cycle(reader: Reader, links: list[Link]) -> Verdict | None:
    """FAILED when a product of powers of facts about positive bases reads 1 ≤ c with c < 1, or 1 < 1."""
    sound = [link for link in links if {*link.lower.atoms, *link.upper.atoms} <= reader.positive]
    if not sound:
        return None
    ratios = [link.upper.times(link.lower, Fraction(-1)) for link in sound]
    costs = {i: -log_constant(reader, ratio) + (Fraction(1, 1000) if link.strict else 0)
             for i, (ratio, link) in enumerate(zip(ratios, sound, strict=True))}
    found = feasible_point([*balance(sound, {}), Constraint(costs, Fraction(-1), ">=")])
    if found is None:
        return None
    total = PowerProduct(Fraction(1), {}, {})
    for i, ratio in enumerate(ratios):
        total = total.times(ratio, found.get(i, Fraction(0)))
    comparison = compare_constant(total, reader.enclosures)
    strict = any(link.strict and found.get(i) for i, link in enumerate(sound))
    if total.atoms or comparison is None or comparison > 0 or (comparison == 0 and not strict):
        return None
    used = {link.name: str(found[i]) for i, link in enumerate(sound) if found.get(i)}
    return contradictory(f"the product of powers of {', '.join(used)} reads 1 ≤ c with c < 1", exponents=used)


def refuted(reader: Reader, links: list[Link], lower: PowerProduct, upper: PowerProduct) -> Verdict | None:
    """FAILED with values Π p^x of the atoms, p over 2 and the constants that occur, checked exactly; None when none is found.

    In the logarithms of the atoms the search is linear; writing them over the basis log p keeps equations exact.
    """
    basis = _basis([lower, upper, *(side for link in links for side in (link.lower, link.upper))])
    for margin in MARGINS:
        point = feasible_point(_violation(reader, links, lower.times(upper, Fraction(-1)), basis, margin))
        for candidate in _simplified(point):
            verdict = refutation(reader.problem, _values(reader, candidate, basis))
            if verdict is not None:
                return verdict
    return None


def _basis(products: list[PowerProduct]) -> list[str]:
    return list(dict.fromkeys(["2", *(p for product in products for p in _constant_table(product))]))


def _constant_table(product: PowerProduct) -> dict[str, Fraction]:
    """The constant part of a product as powers of primes and of named constants."""
    table: dict[str, Fraction] = {}
    for name, exponent in [(str(product.coefficient), Fraction(1)), *product.constants.items()]:
        try:
            number = Fraction(name)
        except ValueError:
            table[name] = table.get(name, Fraction(0)) + exponent
            continue
        for part, direction in ((number.numerator, 1), (number.denominator, -1)):
            for prime, multiplicity in factorint(part).items():
                if prime > 1:
                    table[str(prime)] = table.get(str(prime), Fraction(0)) + direction * multiplicity * exponent
    return table


def _violation(reader: Reader, links: list[Link], excess: PowerProduct, basis: list[str], margin: Fraction) -> list[Constraint]:
    """All facts hold and the goal fails, in the unknowns x[a, p] with a = Π_p p^x."""
    logs = {p: log_constant(reader, PowerProduct(Fraction(1), {p: Fraction(1)}, {})) for p in basis}
    margin *= logs["2"]
    equations = {link.name for link in links if sum(other.name == link.name for other in links) > 1}
    system = [Constraint({(n, p): Fraction(0) for n in reader.bases for p in basis}, Fraction(0), "=")]
    for link in links:
        gap = link.upper.times(link.lower, Fraction(-1))
        if link.name in equations:
            system += [Constraint({(n, p): e for n, e in gap.atoms.items()}, _constant_table(gap).get(p, Fraction(0)), "=") for p in basis]
        else:
            system.append(_weighted(gap, logs, -margin, ">" if link.strict else ">="))
    return [*system, _weighted(excess, logs, -margin, ">=" if isinstance(reader.problem.goal, Lt) else ">")]


def _weighted(product: PowerProduct, logs: Mapping[str, Fraction], shift: Fraction, relation: str) -> Constraint:
    constant = sum((e * logs[p] for p, e in _constant_table(product).items()), shift)
    return Constraint({(n, p): e * weight for n, e in product.atoms.items() for p, weight in logs.items()}, constant, relation)


def _simplified(point: Mapping[object, Fraction] | None) -> list[dict[object, Fraction]]:
    """The point with its coordinates rounded, coarsest first; each is a candidate that is checked."""
    candidates: list[dict[object, Fraction]] = []
    for bound in SIMPLE if point is not None else ():
        rounded = {u: x.limit_denominator(bound) for u, x in (point or {}).items()}
        if rounded not in candidates:
            candidates.append(rounded)
    return candidates


def _values(reader: Reader, point: Mapping[object, Fraction], basis: list[str]) -> dict[Expr, Expr]:
    constants = reader.constants
    values = {}
    for name, base in reader.bases.items():
        powers = ((constants[p] if p in constants else rational(Fraction(p)), point.get((name, p), Fraction(0))) for p in basis)
        values[base] = Mul(*(Pow(p, rational(x)) for p, x in powers))
    return {atom: values.get(atom, rational(Fraction(1))) for atom in reader.problem.atoms}
