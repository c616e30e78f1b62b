"""Values of the numbers of a statement: all small tuples (n, d, k, p, τ, …) that satisfy its hypotheses about numbers alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from sympy import Rational

from theory.claim import Claim
from theory.errors import BadData
from theory.terms import And, Eq, Formula, Implies, Le, Lt, Or, Symbol, exp, log
from theory.terms.printing.text import text
from verify.evaluate.declared import broken_by
from verify.objects.data.models import positive_integer
from verify.trials.spaces.needs import is_about_numbers
from verify.trials.spaces.parts import require_names

Values = dict[str, Any]
LARGEST = 64                # of an integer, before no tuple is said to be found
MOST_TUPLES, MOST_TRIED = 400, 20_000
_REALS = tuple(Rational(t) for t in ("1", "1/2", "2", "3/5", "4/5", "1/4", "3"))


def decided(formula: Formula, values: Mapping[Symbol, Any]) -> bool:
    """Whether a formula about numbers holds at the values; a comparison that sympy cannot decide counts as false.

    >>> from theory.terms import d, le, n
    >>> decided(le(2 * n, d), {n: 1, d: 2})
    True
    """
    if isinstance(formula, And):
        return all(decided(part, values) for part in formula.args)
    if isinstance(formula, Or):
        return any(decided(part, values) for part in formula.args)
    if isinstance(formula, Implies):
        return not decided(formula.premise, values) or decided(formula.conclusion, values)
    gap = (formula.args[1] - formula.args[0]).xreplace(dict(values))
    return {Le: gap.is_nonnegative, Lt: gap.is_positive, Eq: gap.is_zero}[type(formula)] is True


def _grid(symbol: Symbol, bound: int) -> Sequence[Any]:
    """Small values that the symbol's declaration allows, the simplest first."""
    if symbol.is_integer:
        grid = [Rational(t) for t in (*range(bound + 1), *range(-1, -bound - 1, -1))]
    else:
        grid = [_REALS[0], Rational(0), *_REALS[1:], *(-t for t in _REALS)]
    return [t for t in grid if not broken_by(symbol, Fraction(int(t.p), int(t.q)))]


def _tuples(symbols: Sequence[Symbol], constraints: Sequence[Formula], bound: int) -> Iterator[dict[Symbol, Any]]:
    """All tuples of the grid that satisfy the constraints, each checked as soon as its symbols have values."""
    due = [[c for c in constraints if last in c.free_symbols <= set(symbols[: m + 1])] for m, last in enumerate(symbols)]
    tried = 0

    def extend(values: dict[Symbol, Any]) -> Iterator[dict[Symbol, Any]]:
        nonlocal tried
        level = len(values)
        if level == len(symbols):
            yield values
            return
        for value in _grid(symbols[level], bound):
            tried += 1
            if tried > MOST_TRIED:
                return
            more = {**values, symbols[level]: value}
            if all(decided(c, more) for c in due[level]):
                yield from extend(more)

    yield from extend({})


def _as_plain(value: Any) -> Any:
    return int(value) if value.is_Integer else Fraction(int(value.p), int(value.q))


def _is_transcendental(constraint: Formula) -> bool:
    """Whether it is an equation with exponentials or logarithms, which rational numbers satisfy by accident: all tuples would be tried."""
    return isinstance(constraint, Eq) and constraint.has(exp, log)


def tuples_of(symbols: Sequence[Symbol], constraints: Sequence[Formula], bound: int = 4) -> list[Values]:
    """Small tuples that satisfy the constraints, those with the smallest sum of moduli first.

    Integers run to ``bound``, and further only if no tuple is found; other numbers are 0, ±1, ±1/2, ±2, ±3/5, ±4/5, ±1/4, ±3.
    Raises: BadData if there is none.

    >>> from theory.terms import d, le, n
    >>> tuples_of([n, d], [le(2 * n, d)], bound=3)
    [{'n': 1, 'd': 2}, {'n': 1, 'd': 3}]
    """
    bound = positive_integer(bound, "the bound on the integers")
    for constraint in filter(_is_transcendental, constraints):
        raise BadData(f"no small numbers are looked for that satisfy {text(constraint)}; give a lawbook.Measurement that draws them")
    # integers last: the few other numbers are decided among themselves first; names break ties
    order = sorted(set(symbols), key=lambda s: (bool(s.is_integer), sum(s in c.free_symbols for c in constraints) == 0, s.name))
    found: list[dict[Symbol, Any]] = []
    while not found and bound <= LARGEST:
        found = list(_tuples(order, constraints, bound))
        bound *= 2
    if not found:
        wanted = "; ".join(text(c) for c in constraints)
        raise BadData(f"no small numbers satisfy {wanted}; give a lawbook.Measurement that draws them")
    found.sort(key=lambda v: (sum(abs(t) + int(not t.is_integer) for t in v.values()), [str(t) for t in v.values()]))
    return [{s.name: _as_plain(v[s]) for s in symbols} for v in _spread(found)]


def _spread(found: list[dict[Symbol, Any]]) -> list[dict[Symbol, Any]]:
    """At most MOST_TUPLES of them: the smallest half, and every so many of the others."""
    if len(found) <= MOST_TUPLES:
        return found
    head, tail = found[: MOST_TUPLES // 2], found[MOST_TUPLES // 2:]
    return head + tail[:: -(-len(tail) // (MOST_TUPLES // 2))]


def numbers_of(claim: Claim, drop: str | None = None) -> tuple[list[Symbol], list[Formula]]:
    """The numbers that a claim names, sorted by name, and its hypotheses about numbers alone."""
    kept = [h.formula for h in claim.hypotheses if h.name != drop]
    named = set(claim.conclusion.free_symbols).union(*(f.free_symbols for f in kept)) if kept else set(claim.conclusion.free_symbols)
    inside = {s for leaf in named if not isinstance(leaf, Symbol) for s in leaf.free_symbols}
    return sorted((s for s in named | inside if isinstance(s, Symbol)), key=lambda s: s.name), [f for f in kept if is_about_numbers(f)]


def parameters(claim: Claim, drop: str | None = None, bound: int = 4) -> SearchStrategy[Values]:
    """Values for the numbers of a claim (n, d, k, p, τ, …) within its hypotheses about numbers; the smallest first.

    Args: claim, the name of a hypothesis to leave out, the bound on the integers (passed only where no smaller tuple exists).
    Raises: BadData if no small tuple satisfies the hypotheses, or the claim has no hypothesis of that name.

    >>> from verify.trials.property.strategies import simplest
    >>> from theory import find_claim
    >>> simplest(parameters(find_claim("bln.thm4.lipschitz")), lambda v: True)
    {'d': 1, 'n': 1, 'p': 2}
    """
    require_hypothesis(claim, drop)
    return st.sampled_from(tuples_of(*numbers_of(claim, drop), bound)).map(dict)


def require_hypothesis(claim: Claim, name: str | None) -> None:
    """BadData unless the name is None or that of a hypothesis of the claim, and each hypothesis has a name of its own."""
    if not isinstance(claim, Claim):
        raise BadData(f"instances are of a theory.claim.Claim, not of {type(claim).__name__}; give theory.find_claim(ID)")
    require_names(claim)
    names = [h.name for h in claim.hypotheses]
    if name is not None and name not in names:
        raise BadData(f"{claim.id} has no hypothesis {name!r} to drop; it has {', '.join(map(repr, names)) or 'none'}")
