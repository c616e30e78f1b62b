"""What a term is off its natural domain: every term has a value everywhere, and these are the conventions that say which."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import Any

from sympy import Symbol

from theory.terms.linear import VectorSymbol, index
from theory.terms.printing.text import text
from theory.terms.sorts import RESERVED, replace


class Convention(Enum):
    """A value that is laid down, not forced, in the words that the user reads."""

    DIVISION = "1/0 = 0"
    ROOT = "√t = 0 for t < 0"
    POWER = "t^q = 0 for t < 0 and fractional q"
    LOGARITHM = "log t = 0 for t ≤ 0"
    ARC = "arcsin t = arccos t = 0 for |t| > 1"
    GAMMA = "Γ = 0 at its poles, log Γ(t) = 0 for t ≤ 0"
    FACTORIAL = "t! = 0 unless t is 0, 1, 2, …"
    BINOMIAL = "a binomial is 0 unless both arguments are 0, 1, 2, …"
    MAXIMUM = "max ∅ = 0"
    SUPREMUM = "Sup = 0 over ∅ and of an unbounded function"
    LIPSCHITZ = "Lip(f) = 0 where f is not Lipschitz"
    EXPECTATION = "E = 0 where not integrable"
    DIRECTION = "the direction of 0 is the first basis vector"
    ENTRY = "entries and rows out of range are 0"
    EIGENVALUE = "λ_j = 0 out of range"
    MARKOV = "M(m, j) = 0 unless 0 ≤ j ≤ m"
    CHORD = "equal points have the slope 0"


@lru_cache(maxsize=4096)
def reading_words(convention: Convention, term: Any) -> str:
    """What was read where, in words.

    >>> from sympy import Symbol
    >>> reading_words(Convention.DIVISION, 1 / Symbol("t"))
    '1/0 = 0 in 1/t'
    """
    return f"{convention.value} in {text(_with_letters(term))}"


def _with_letters(term: Any) -> Any:
    """The term with letters for the variables of the binders around it."""
    free = sorted((s for s in term.free_symbols if s.name.startswith(RESERVED)), key=lambda s: s.name)
    taken = {s.name for s in term.free_symbols}
    indices, vectors = ([letter for letter in letters if letter not in taken] for letters in ("ijlmpq", "uvwxz"))
    shown: dict[Any, Any] = {}
    for variable in free:
        letters = indices if isinstance(variable, Symbol) else vectors
        if letters and isinstance(variable, (Symbol, VectorSymbol)):
            letter = letters.pop(0)
            shown[variable] = index(letter) if isinstance(variable, Symbol) else VectorSymbol(letter, variable.dim)
    return replace(term, shown)
