"""What the symbols of a statement declare: checked of values, shown as hypotheses, and the same for all symbols of one name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sympy import Rational

from theory.claim import Claim
from theory.errors import BadData
from theory.terms import Formula, Symbol

SIGNS = {"positive": "0 < {}", "nonnegative": "0 ≤ {}", "negative": "{} < 0", "nonpositive": "{} ≤ 0", "zero": "{} = 0",
         "nonzero": "{} ≠ 0"}
SETS = {"integer": "{} ∈ {{…, −1, 0, 1, …}}", "even": "{} is even", "odd": "{} is odd", "prime": "{} is prime"}
SILENT = frozenset({"commutative", "real", "finite", "complex", "extended_real", "hermitian"})   # what every number of a statement is
DIMENSIONS = ("n", "d", "k", "r")


@lru_cache(maxsize=4096)
def declarations(symbol: Symbol) -> tuple[tuple[str, bool], ...]:
    """What the author declared of a scalar symbol beyond that it is a real number.

    >>> declarations(Symbol("m", even=True, positive=True))
    (('even', True), ('positive', True))
    """
    return tuple(sorted((name, said) for name, said in symbol._assumptions_orig.items() if name not in SILENT))


def broken_by(symbol: Symbol, value: Any) -> str:
    """The declaration of the symbol that a rational value breaks, in words; "" if it breaks none.

    >>> broken_by(Symbol("t", negative=True), Fraction(1, 2)), broken_by(Symbol("m", even=True), 4), broken_by(Symbol("m", even=True), 3)
    ('negative', '', 'even')
    """
    declared = declarations(symbol)
    if not declared:
        return ""
    fraction = Fraction(value)
    number = Rational(fraction.numerator, fraction.denominator)
    return next((name if said else f"not {name}" for name, said in declared if getattr(number, f"is_{name}") is not said), "")


def nearest_declared(symbol: Symbol, value: Fraction) -> Fraction:
    """The value, or its negative, or one of 0, ±1 and ±2, the first that the symbol's declaration allows; the value where none does.

    >>> nearest_declared(Symbol("t", negative=True), Fraction(3)), nearest_declared(Symbol("t", positive=True), Fraction(0))
    (Fraction(-3, 1), Fraction(1, 1))
    """
    tried = (value, -value, *map(Fraction, (0, 1, -1, 2, -2)))
    return next((t for t in tried if not broken_by(symbol, t)), value)


def require_declared(symbol: Symbol, value: Any) -> None:
    """BadData where a value is not what its symbol declares."""
    broken = broken_by(symbol, value)
    if broken:
        article = "an" if broken[0] in "aeiou" else "a"
        shown = int(value) if Fraction(value).denominator == 1 else value
        raise BadData(f"the value of {symbol.name} is {shown}, but {symbol.name} stands for {article} {broken} number; give one")


# --- one name, one symbol ---------------------------------------------------------------------------------------------------------------

def symbols_of(formulas: Iterable[Formula]) -> set[Any]:
    """All free symbols, with those of the dimensions of vectors and matrices."""
    return set().union(*(formula.free_symbols for formula in formulas))


def clash(formulas: Iterable[Formula]) -> str:
    """Two symbols that read alike and are not one, or one that reads as something else (π, the entry v₁), in a sentence; "" if none.

    A reader sees one letter, and an instance has one value for it.

    >>> from theory.terms import le
    >>> clash([le(0, Symbol("x", positive=True)), le(Symbol("x", real=True), -1)])
    'two symbols are named x, one declared positive and one declared real; give them different names, or one declaration'
    """
    from theory.terms.printing.text import text
    seen: dict[str, Any] = {}
    symbols = sorted(symbols_of(formulas), key=lambda s: (s.name, _sort(s)))
    arrays = {text(s) for s in symbols if not isinstance(s, Symbol)}
    for symbol in symbols:
        read = text(symbol)                               # beta and β are one letter for the reader, and so are v1 and the entry v[1]
        other = seen.setdefault(read, symbol)
        if other != symbol:
            return (f"two symbols are named {read}, one {_sort(other)} and one {_sort(symbol)}; "
                    "give them different names, or one declaration")
        taken = read == "π" or symbol.name[:1].isdigit() or (read.rstrip(SUBSCRIPTS) in arrays and read not in arrays)
        if isinstance(symbol, Symbol) and taken:
            return f"the symbol {symbol.name} reads as {read}, which is something else; give it another name"
    return ""


SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"


def _sort(symbol: Any) -> str:
    if isinstance(symbol, Symbol):
        declared = [name if said else f"not {name}" for name, said in sorted(symbol._assumptions_orig.items()) if name != "commutative"]
        return f"declared {', '.join(declared)}" if declared else "without declaration"
    shape = ", ".join(map(str, symbol.args[1:]))
    return f"of sort {type(symbol).__name__.removesuffix('Symbol')}{f' ({shape})' if shape else ''}"


# --- shown hypotheses -------------------------------------------------------------------------------------------------------------------

def shown_declarations(claim: Claim) -> list[str]:
    """The hypotheses that hide in the declarations of free scalars: signs and kinds of numbers, conventional dimensions in one line.

    >>> from theory import find_claim
    >>> shown_declarations(find_claim("mcshane.attained"))
    ['0 ≤ L', 'n, d ∈ {1, 2, …}']
    """
    constants = {constant.name for constant in claim.constants}             # some value serves, or none: no hypothesis
    return shown_symbols([*(h.formula for h in claim.hypotheses), claim.conclusion], constants)


def shown_symbols(formulas: Iterable[Formula], silent: Collection[str] = ()) -> list[str]:
    """The same of any formulas; of the symbols that are ``silent`` nothing is said.

    >>> from theory.terms import le
    >>> shown_symbols([le(Symbol("t", nonnegative=True), Symbol("n", integer=True, positive=True))])
    ['0 ≤ t', 'n ∈ {1, 2, …}']
    """
    scalars = sorted((s for s in symbols_of(formulas) if isinstance(s, Symbol) and s.name not in silent), key=lambda s: s.name)
    whole = [s for s in scalars if dict(declarations(s)) == {"integer": True, "positive": True}]
    lines = [line for s in scalars if s not in whole for line in _conditions(s)]
    named = sorted((s.name for s in whole), key=lambda name: (DIMENSIONS.index(name) if name in DIMENSIONS else len(DIMENSIONS), name))
    return [*lines, f"{', '.join(named)} ∈ {{1, 2, …}}"] if named else lines


def _conditions(symbol: Symbol) -> Iterator[str]:
    from theory.terms.printing.text import text
    declared, name = dict(declarations(symbol)), text(symbol)
    if declared.get("integer") and declared.get("nonnegative"):
        yield f"{name} ∈ {{0, 1, 2, …}}"
        declared = {key: said for key, said in declared.items() if key not in ("integer", "nonnegative")}
    for key, said in declared.items():
        pattern = {**SIGNS, **SETS}.get(key, f"{{}} is {key}")
        yield pattern.format(name) if said else f"{name} is not {key}"
