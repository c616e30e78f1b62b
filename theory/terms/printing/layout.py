"""How terms are laid out for a reader: order of factors, parentheses, names of bound variables; the writers add glyphs.

A writer turns every term into a piece: its words, how tightly they bind, and whether they end in a binder that would
swallow what follows.  Dispatch is by class name along the inheritance order, so a term without a method is still shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from itertools import chain
from typing import Any, NamedTuple

from sympy import Add, Basic, Expr, Integer, Mul, Pow, Rational, S

from theory.terms.arithmetic import Symbol
from theory.terms.linear import Vector
from theory.terms.printing.order import (
    NAMED,
    OPENED,
    fold_named,
    free_names,
    has_dot,
    is_simple_product,
    letters,
    merge_roots,
    pair_roots,
    rank,
    split_fraction,
    split_sign,
    split_vector_sign,
)
from theory.terms.sorts import META, Binder


class Level(IntEnum):
    """How tightly the words of a piece bind."""

    SUM = 0
    PRODUCT = 1
    POWER = 2
    ATOM = 3


class Piece(NamedTuple):
    """Words, their level, and the binder ("sum" or "sup") at their end that reaches as far to the right as it can."""

    words: str
    level: Level = Level.ATOM
    reach: str = ""


def _own_letters(variable: Any, name: str) -> tuple[str, ...]:
    """The name that the author gave a bound variable; an array has it with a prime where the name stands for something else."""
    return ("ℓ" if name == "l" else name,) if isinstance(variable, Symbol) else (name, f"{name}'")


class Spelled(dict[str, Any]):
    """Names of subterms for display, and the names that an author gave to bound variables, as `theory.terms.sorts.spelled` has them."""

    def __init__(self, where: Mapping[str, Any], spelling: Mapping[Binder, tuple[str, ...]]) -> None:
        super().__init__(where)
        self.spelling = spelling
        self.by_domain: dict[Any, str] = {}
        for binder, names in spelling.items():
            for domain, name in zip(binder.domains, names, strict=True):
                self.by_domain.setdefault(domain, name)

    def name(self, binder: Binder, place: int) -> str:
        """The author's name for a bound variable: of this binder, else, where a checker made it, of a first one over the same set."""
        names = self.spelling.get(binder)
        return names[place] if names else self.by_domain.get(binder.domains[place], "")


_READER: ContextVar[Spelled | None] = ContextVar("the names under which the author of what is read bound variables", default=None)


@contextmanager
def in_the_words_of(where: Mapping[str, Any]) -> Iterator[None]:
    """What is printed in this block has the bound variables of the author's file, also in terms that a checker made of them.

    >>> from theory.terms import Sum, index, n
    >>> from theory.terms.printing.text import text
    >>> total = Sum(index("t"), (index("t"), n))
    >>> with in_the_words_of(Spelled({}, {total: ("t",)})):
    ...     text(total), text(Sum(index("t") ** 2, (index("t"), n)))
    ('Σₜ t', 'Σₜ t²')
    """
    token = _READER.set(where if isinstance(where, Spelled) else _READER.get())
    try:
        yield
    finally:
        _READER.reset(token)


Scope = tuple[dict[Any, str], set[str], list[str], dict[Any, Piece]]
"""The names of bound variables, the letters that are taken, how the variables of a binder are introduced, and what was laid out."""


class Writer:
    """The layout; the two subclasses know the glyphs."""

    minus, times = "−", " "

    def __init__(self, where: Mapping[str, Any] | None = None, *, top: Any = None) -> None:
        named = {term: name for name, term in (where or {}).items() if term != top}
        self.named: dict[Any, str] = {term: name for term, name in named.items() if isinstance(term, Basic)}
        reader = where if isinstance(where, Spelled) else _READER.get()
        self.spelled = Spelled({}, {}) if reader is None else reader
        self.bound: dict[Any, str] = {}
        self.taken = free_names(top, self.named)
        self.opened = self._name_opened(top)
        self.known: dict[Any, Piece] = {}      # what was laid out in this scope: the order of sums and products asks for it twice a level

    # --- dispatch ----------------------------------------------------------------------------------------------------

    def piece(self, term: Any) -> Piece:
        """The term laid out."""
        if term not in self.known:
            self.known[term] = self._laid_out(term)
        return self.known[term]

    def _laid_out(self, term: Any) -> Piece:
        if term in self.bound:
            return Piece(self.bound[term])
        if term in self.named:
            return Piece(self.given(self.named[term]))
        for kind in type(term).__mro__:
            method = getattr(self, f"show_{kind.__name__}", None)
            if method is not None:
                found = method(term)
                return found if isinstance(found, Piece) else Piece(found)
        return self.unknown(term)

    def unknown(self, term: Any) -> Piece:
        """A class that no method shows: its name in plain words, applied to its arguments."""
        args = getattr(term, "args", ())
        spoken = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(term).__name__).lower()
        return Piece(self.call(spoken, args) if args else str(term))

    def words(self, term: Any, tightest: Level = Level.SUM) -> str:
        """The words of a term, in parentheses when they bind less tightly than asked."""
        piece = self.piece(term)
        return piece.words if piece.level >= tightest else self.parens(piece.words)

    def plain_words(self, term: Any) -> str:
        """What the order of factors and summands is decided by: the text, whatever the glyphs."""
        return self.piece(term).words

    # --- names -------------------------------------------------------------------------------------------------------

    def _name_opened(self, top: Any) -> dict[Any, str]:
        """Letters for the variables that a checker opened, by their sort."""
        found = {s for s in getattr(top, "free_symbols", ()) if getattr(s, "name", "").startswith(OPENED)}
        shown: dict[Any, str] = {}
        for variable in sorted(found, key=lambda s: str(s.name)):
            shown[variable] = self.unused(("x", "x′") if isinstance(variable, Vector) else tuple("ijm"))
            self.taken.add(shown[variable])
        return shown

    def unused(self, stem: tuple[str, ...]) -> str:
        """The first letter that is not taken."""
        numbered = (f"{stem[0]}{count}" for count in range(1, 1000))
        taken = {self.letter(name) for name in self.taken}         # beta and β are one letter for the reader
        return next(c for c in chain(stem, numbered) if self.letter(c) not in taken)

    def show_Symbol(self, term: Symbol) -> str:
        if term in self.opened:
            return self.letter(self.opened[term])
        if term.name.startswith(NAMED):
            return self.given(term.name.removeprefix(NAMED))
        return self.name(term.name.removeprefix(META))

    def show_Named(self, term: Any) -> str:
        return self.letter(self.opened[term]) if term in self.opened else self.name(term.name.removeprefix(META))

    # --- binders -----------------------------------------------------------------------------------------------------

    def open(self, binder: Binder) -> Scope:
        """Name the bound variables; returns what was there before, and how each is introduced."""
        bound, taken, known = dict(self.bound), set(self.taken), self.known
        self.known = {}
        for place, (variable, domain) in enumerate(binder.limits):
            written = self.spelled.name(binder, place)
            letter = self.unused((*(_own_letters(variable, written) if written else ()), *letters(variable, domain)))
            self.taken.add(letter)
            self.bound[variable] = self.letter(letter)
        return bound, taken, [self.limit(v, d) for v, d in binder.limits], known

    def close(self, saved: Scope) -> None:
        """Forget the names that `open` gave."""
        self.bound, self.taken, _, self.known = saved

    def limit(self, variable: Any, domain: Any) -> str:
        """How a bound variable is introduced under a binder."""
        method = getattr(self, f"limit_{type(domain).__name__}", None)
        shown = self.bound[variable]
        return str(method(shown, domain)) if method else f"{shown}{self.member}{self.words(domain)}"

    member = "∈"

    # --- sums of scalars ---------------------------------------------------------------------------------------------

    def show_Add(self, term: Add) -> Piece:
        return self.signed_sum(split_sign(part) for part in term.args)

    def show_VectorSum_(self, term: Any) -> Piece:
        return self.signed_sum(split_vector_sign(part) for part in term.args)

    show_MatrixSum_ = show_VectorSum_

    def signed_sum(self, parts: Iterable[tuple[int, Any]]) -> Piece:
        """Positive terms first; a number leads, except before polynomial-looking terms (1 + √n, but n + 1); w·x + b."""
        listed = list(parts)
        letters_only = all(isinstance(part, Integer | Symbol) or is_simple_product(part) for _, part in listed)

        def order(signed: tuple[int, Any]) -> tuple[bool, bool, bool, int, str]:
            sign, part = signed
            plain = self.plain_words(part)
            return sign < 0, isinstance(part, Rational) is letters_only, not has_dot(part), len(plain), plain
        listed.sort(key=order)
        words = (self.minus if listed[0][0] < 0 else "") + self.summand(listed[0][1])
        for sign, part in listed[1:]:
            words += (f" {self.minus} " if sign < 0 else " + ") + self.summand(part)
        return Piece(words, Level.SUM)

    def summand(self, part: Any) -> str:
        piece = self.piece(part)
        return self.parens(piece.words) if piece.level == Level.SUM or piece.reach == "sup" else piece.words

    # --- products ----------------------------------------------------------------------------------------------------

    def show_Mul(self, term: Mul) -> Piece:
        term = fold_named(term, self.named)
        if not isinstance(term, Mul):
            return self.piece(term)
        coefficient = term.as_coeff_Mul()[0]
        if coefficient.is_Rational and coefficient < 0:
            positive = self.piece(-term)
            words = positive.words if positive.level >= Level.PRODUCT else self.parens(positive.words)
            return Piece(self.minus + words, Level.SUM, positive.reach)
        above, below = pair_roots(*split_fraction(term))
        if not below:
            return self.product(above)
        return self.fraction(self.product(above) if above else Piece("1"), self.product(below))

    def product(self, factors: list[Expr]) -> Piece:
        """Factors side by side, in the order of `rank`."""
        def order(factor: Expr) -> tuple[float, str, str]:
            plain = self.plain_words(factor)
            return self.rank(factor), plain.casefold(), plain
        pieces = [self.piece(factor) for factor in sorted(merge_roots(factors), key=order)]
        if len(pieces) == 1:
            return pieces[0]
        words = [self.factor(piece) for piece in pieces[:-1]]
        final = pieces[-1]
        # c u·v is (cu)·v and c(u·v) alike, so a product may stand last
        words.append(self.parens(final.words) if final.level == Level.SUM else final.words)
        return Piece(self.juxtapose(words), Level.PRODUCT, final.reach)

    def rank(self, factor: Expr) -> float:
        """The place of a factor: a named subterm is a constant, whatever it stands for."""
        base = factor.base if isinstance(factor, Pow) and factor.exp.is_Integer else factor
        return 1 if base in self.named or base in self.bound else rank(factor)

    def factor(self, piece: Piece) -> str:
        """A factor that is not the last."""
        return piece.words if piece.level >= Level.POWER and not piece.reach else self.parens(piece.words)

    def juxtapose(self, words: list[str]) -> str:
        """A number stands close to the next factor, the others apart."""
        head, *tail = words
        if tail and head.isdigit() and not (tail[0][0].isdigit() or tail[0][0] == "("):
            return head + self.times.join(tail)
        return self.times.join(words)

    # --- powers ------------------------------------------------------------------------------------------------------

    def show_Pow(self, term: Pow) -> Piece:
        base, exponent = term.args
        named = fold_named(term, self.named)
        if named != term:
            return self.piece(named)
        if exponent.is_negative is True or exponent.as_coeff_Mul()[0].is_negative:
            return self.fraction(Piece("1"), self.piece(Pow(base, -exponent)))
        if exponent == S.Half:
            return Piece(self.root(base))
        if exponent.is_even is True:
            base = self.symmetric(base)
        return Piece(self.power(self.words(base, Level.ATOM), exponent), Level.POWER)

    def show_Rational(self, term: Rational) -> Piece:
        if term < 0:
            return Piece(self.minus + self.words(-term), Level.SUM)
        return Piece(str(term.p)) if term.q == 1 else self.fraction(Piece(str(term.p)), Piece(str(term.q)))

    def symmetric(self, term: Any) -> Any:
        """Of a sum and its negative, under an even function, the one that reads better: f(x_i) − f(x_j)."""
        if not isinstance(term, Add):
            return term
        def order(candidate: Any) -> tuple[bool, float, str]:
            leading = [self.rank(part) for sign, part in map(split_sign, candidate.args) if sign > 0]
            return not leading, min(leading, default=0), self.plain_words(candidate)
        return min((term, -term), key=order)

    # --- glyphs: each writer has its own -----------------------------------------------------------------------------

    def name(self, raw: str) -> str:
        """The name of a symbol."""
        raise NotImplementedError

    def letter(self, raw: str) -> str:
        """The letter of a bound variable."""
        raise NotImplementedError

    def given(self, raw: str) -> str:
        """A name from ``where``."""
        raise NotImplementedError

    def parens(self, words: str) -> str:
        """The words in parentheses."""
        raise NotImplementedError

    def call(self, head: str, args: Iterable[Any]) -> str:
        """A function at its arguments."""
        raise NotImplementedError

    def root(self, radicand: Any) -> str:
        """A square root."""
        raise NotImplementedError

    def power(self, base: str, exponent: Any) -> str:
        """A power whose base is laid out already."""
        raise NotImplementedError

    def fraction(self, above: Piece, below: Piece) -> Piece:
        """A quotient."""
        raise NotImplementedError
