"""Instances of a claim without hypotheses: every number, vector and matrix of it is drawn by its sort and its declaration."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from theory.claim import Claim
from theory.errors import BadData
from theory.terms import MatrixSymbol, NonnegativeTable, Symbol, VectorSymbol
from verify.evaluate.declared import broken_by, declarations, symbols_of
from verify.laws.measure import Measurement
from verify.objects.instance import Instance

SIZES = range(1, 5)
WHOLE = tuple(Fraction(value) for value in range(-6, 7))
NUMBERS = tuple(sorted({Fraction(p, q) for p in range(-20, 21) for q in (1, 2, 4, 8)}))


def drawn_freely(claim: Claim) -> Measurement | None:
    """How a claim without hypotheses is measured; None for one with hypotheses, which a free draw need not satisfy, or with functions.

    Raises: BadData where no value is drawn for what a symbol declares.

    >>> from theory.claim import NormDomain, Reading
    >>> from theory.source import Source
    >>> from theory.terms import le
    >>> claim = Claim("demo", "demo", Source("me"), Reading.OURS, NormDomain.DATA, (), le(Symbol("t", negative=True), 0))
    >>> bool(drawn_freely(claim).draw(np.random.default_rng(0)).values["t"] < 0)
    True
    """
    symbols = sorted(symbols_of(claim.facts.values()), key=lambda s: s.name)
    if claim.hypotheses or claim.chance is not None or not all(isinstance(s, (Symbol, VectorSymbol, MatrixSymbol)) for s in symbols):
        return None
    arrays = [s for s in symbols if not isinstance(s, Symbol)]
    sizes = {size for leaf in arrays for dim in leaf.args[1:] for size in dim.free_symbols}
    pools = {s: _pool(s, is_size=s in sizes) for s in symbols if isinstance(s, Symbol)}

    def draw(rng: np.random.Generator) -> Instance:
        values = {s.name: pool[int(rng.integers(len(pool)))] for s, pool in pools.items()}
        found: dict[str, Any] = {name: int(v) if v.denominator == 1 else v for name, v in values.items()}
        for leaf in arrays:
            shape = tuple(int(dim.subs({s: found[s.name] for s in dim.free_symbols})) for dim in leaf.args[1:])
            found[leaf.name] = _entries(rng, shape, nonnegative=isinstance(leaf, NonnegativeTable))
        return Instance(found)

    return Measurement(claim.id, draw)


def _pool(symbol: Symbol, *, is_size: bool) -> list[Fraction]:
    pool = [Fraction(size) for size in SIZES] if is_size else WHOLE if symbol.is_integer else NUMBERS
    kept = [value for value in pool if not broken_by(symbol, value)]
    if not kept:
        said = ", ".join(name if is_so else f"not {name}" for name, is_so in declarations(symbol))
        raise BadData(f"no values are drawn for {symbol.name}, which is declared {said}; give a lawbook.Measurement that draws instances")
    return kept


def _entries(rng: np.random.Generator, shape: tuple[int, ...], *, nonnegative: bool) -> Any:
    drawn = rng.integers(0 if nonnegative else -6, 7, shape)
    halves = np.empty(shape, dtype=object)
    for place, value in np.ndenumerate(drawn):
        halves[place] = Fraction(int(value), 2)
    return halves
