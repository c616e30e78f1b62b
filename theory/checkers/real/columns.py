"""Products of facts: the columns of the linear program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations_with_replacement

from flint import fmpq

from theory.checkers.real.effort import ProductLevel
from theory.checkers.real.monomials import as_node, degree, degree_of, divided, quotient
from theory.checkers.real.problem import Inequality, RealProblem
from theory.checkers.real.rules import SolvedEquation
from theory.kernel.nodes import Node
from theory.kernel.normal import normal, product
from theory.kernel.polynomials import Monomial, Polynomial, joined, times

SHORT = 4                            # terms of a fact that is multiplied by its own monomials

Factor = Inequality | Monomial | Node      # a fact; a monomial that is not negative; a number that is squared


@dataclass(frozen=True, eq=False)
class Column:
    """A product of factors, 0 ≤ or 0 < poly; or, ``rule`` given, an equation times a monomial, 0 = poly."""

    poly: Polynomial
    strict: bool
    factors: tuple[Factor, ...]
    rule: SolvedEquation | None = None

    @property
    def cost(self) -> float:
        """Simple products are preferred."""
        return 0.0 if self.rule else float(len(self.factors))


def columns(problem: RealProblem, negated: list[Inequality], level: ProductLevel) -> list[Column]:
    """The products of a level: single facts and monomials first."""
    found = _Columns(problem, negated, level)
    found.single()
    for _ in range(level.rounds):
        if not found.round():
            break
    if level.factors > 1:
        found.products()
    if level.squares:
        found.squares()
    return cancelling(list(found.columns.values()))


class _Columns:
    def __init__(self, problem: RealProblem, negated: list[Inequality], level: ProductLevel) -> None:
        self.problem, self.level = problem, level
        self.negated, self.facts = negated, [*negated, *problem.facts]
        self.columns: dict[tuple[int | Monomial | Node, ...], Column] = {}
        self.monomials: dict[Monomial, None] = {}
        self.wanted: list[Monomial] = []                      # monomials that products should lead to
        self.holders: dict[Node, list[Monomial]] = {}         # those of them in which an atom stands

    @property
    def full(self) -> bool:
        return len(self.columns) >= self.level.columns

    def put(self, polys: Sequence[Polynomial], strict: bool, factors: tuple[Factor, ...], rule: SolvedEquation | None = None) -> None:
        """The product of some polynomials, which is multiplied out only where it is new and there is room."""
        key = tuple(id(f) if isinstance(f, Inequality) else f for f in (*factors, *((id(rule),) if rule else ())))
        if key in self.columns or self.full:
            return
        reduced, _ = self.problem.rules.reduce(reduce(times, polys))
        if reduced or strict:
            self.columns[key] = Column(reduced, strict, factors, rule)
            self.monomials.update(dict.fromkeys(reduced))

    def single(self) -> None:
        for fact in self.facts:
            self.put([fact.poly], fact.strict, (fact,))
        self.nonnegative()

    def nonnegative(self) -> None:
        for m in list(self.monomials):
            if m and degree(m) > 1:
                strict = self.strict(m)
                if strict is not None:
                    self.put([{m: fmpq(1)}], strict, (m,))

    def strict(self, m: Monomial) -> bool | None:
        """Whether a monomial is positive; None where it is not known to be nonnegative."""
        signs = [self.problem.signs.get(node, (0, ""))[1] for node, _ in m]
        if not all(s in (">", "≥") or e % 2 == 0 for s, (_, e) in zip(signs, m, strict=True)):
            return None
        return all(s == ">" for s in signs)

    def round(self) -> bool:
        """Facts and equations times monomials that lead to monomials at hand; whether there is anything new."""
        before = len(self.columns)
        self.wanted = [m for m in self.monomials if m and degree(m) <= self.level.degree]
        self.holders = {}
        for m in self.wanted:
            for node, _ in m:
                self.holders.setdefault(node, []).append(m)
        for fact in self.negated:                             # from t < s and 0 ≤ t follows t² < s², strictly
            self.put([fact.poly, fact.poly], fact.strict, (fact, fact))
        for fact in self.facts:
            for m in self.multipliers(fact.poly):
                strict = self.strict(m)
                if strict is not None:
                    self.put([{m: fmpq(1)}, fact.poly], strict and fact.strict, (fact, m))
        for rule in self.problem.rules.rules:
            for m in self.multipliers(rule.poly):
                self.put([{m: fmpq(1)}, rule.poly], False, (m,), rule)
        self.nonnegative()
        return len(self.columns) > before

    def multipliers(self, p: Polynomial) -> dict[Monomial, None]:
        """Monomials by which p is multiplied, while there is room: those that lead from its monomials to wanted ones, and p's own.

        Its own, since the squares of roots, norms and absolute values are written in other atoms.
        """
        if self.full:
            return {}
        room = self.level.degree - degree_of(p)
        found = dict.fromkeys(m for m in self._leading(p) if degree(m) <= room + 1)
        if () in p:
            found.update(dict.fromkeys(m for m in self.wanted if degree(m) <= room and len(m) <= 2))
        if len(p) <= SHORT:
            for own in p:
                if own and degree(own) <= self.level.degree:
                    found[own] = None
                    if self.level.rounds > 1:
                        raised = product({own: fmpq(1)}, p)
                        found.update(dict.fromkeys(joined(own, m) for m in self._leading(raised) if degree(m) < room))
        return found

    def _leading(self, p: Polynomial) -> Iterator[Monomial]:
        for own in p:
            atoms = [node for node, _ in own]
            plain = not any(node.head == "exp" for node in atoms)       # exponentials divide every monomial
            for m in (min((self.holders.get(node, []) for node in atoms), key=len, default=[]) if plain else self.wanted):
                found = quotient(m, own)
                if found:
                    yield found

    def products(self) -> None:
        for count in range(2, self.level.factors + 1):
            for chosen in combinations_with_replacement(self.facts, count):
                if self.full:
                    return
                if sum(degree_of(f.poly) for f in chosen) <= self.level.degree:
                    self.put([f.poly for f in chosen], all(f.strict for f in chosen), chosen)

    def squares(self) -> None:
        """Squares of sums and differences of two monomials whose product occurs, and these times what else occurs there."""
        for m in list(self.monomials):
            self._squares(m, ())
            for node, _ in m:
                if self.problem.signs.get(node, (0, ""))[1] in (">", "≥"):
                    self._squares(divided(m, ((node, 1),)) or (), ((node, 1),))

        for left, right, outside in list(self._completed()):
            self._square_of(left, right, outside)

    def _completed(self) -> Iterator[tuple[Monomial, Monomial, Monomial]]:
        """l²/b and lq complete to (l ± bq)²/b."""
        for m in self.monomials:
            for node, e in m:
                base = node.args[0] if node.head == "inv" else None
                if e != 1 or base is None or self.problem.signs.get(node, (0, ""))[1] != ">" or normal(base) != {((base, 1),): 1}:
                    continue
                rest = divided(m, ((node, 1),)) or ()
                if rest and all(power == 2 for _, power in rest):
                    own = tuple((a, 1) for a, _ in rest)
                    yield from ((own, joined(q, ((base, 1),)), ((node, 1),)) for x in self.monomials if (q := divided(x, own)) and x != m)

    def _squares(self, m: Monomial, outside: Monomial) -> None:
        for left, right in _halves(m):
            self._square_of(left, right, outside)

    def _square_of(self, left: Monomial, right: Monomial, outside: Monomial) -> None:
        for node in () if self.full else (as_node(left) + as_node(right), as_node(left) - as_node(right)):
            square = times(normal(node), normal(node))
            self.put([{outside: fmpq(1)}, square], False, (node, outside) if outside else (node,))


def _halves(m: Monomial) -> Iterator[tuple[Monomial, Monomial]]:
    """Ways to write a monomial as a product of two different ones of the same degree."""
    if degree(m) == 1:
        yield m, ()
    if degree(m) != 2 and not (degree(m) % 2 == 0 and degree(m) <= 4):
        return
    flat = [node for node, e in m for _ in range(e)]
    half = len(flat) // 2
    seen: set[tuple[Monomial, Monomial]] = set()
    for mask in range(1 << len(flat)):
        if bin(mask).count("1") != half:
            continue
        left, right = (_gathered([flat[i] for i in range(len(flat)) if mask >> i & 1 == side]) for side in (1, 0))
        pair = (left, right)
        if pair[0] != pair[1] and pair not in seen and pair[::-1] not in seen:
            seen.add(pair)
            yield pair


def _gathered(factors: list[Node]) -> Monomial:
    return tuple(sorted(Counter(factors).items(), key=lambda p: p[0].key))


def cancelling(found: list[Column]) -> list[Column]:
    """Without the columns that hold a monomial which no other column can cancel."""
    while True:
        signs: dict[Monomial, int] = {(): 1}                  # 1 for a positive coefficient, 2 for a negative one, 3 for both
        for column in found:
            for m, c in column.poly.items():
                signs[m] = signs.get(m, 0) | (3 if column.rule else 1 if c > 0 else 2)
        kept = [c for c in found if all(signs[m] == 3 for m in c.poly)]
        if len(kept) == len(found):
            return kept
        found = kept


