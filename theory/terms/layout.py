"""How terms are laid out for a reader: order of factors, parentheses, names of bound variables.  Glyphs are left to the two writers.

A writer turns every term into a piece: its words, how tightly they bind, and whether they end in a binder that would swallow what
follows.  Dispatch is by class name along the inheritance order, so a term that has no method of its own is still shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Any, NamedTuple

from sympy import Add, Basic, Expr, Integer, Mul, Pow, Rational, S, Symbol

from theory.terms.scalars import Apply, Norm, Value
from theory.terms.sorts import META, RESERVED, Binder, Vector

OPENED = "°"      # variables that a checker opened carry such names
NAMED = "\ue000"  # private-use mark of the symbols that stand for a named subterm
LETTERS = {"n": "ijm", "k": "ℓm", "d": "pq"}  # display names of an index, by the length of its range


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


class Writer:
    """The layout; the two subclasses know the glyphs."""

    minus, times = "−", " "

    def __init__(self, where: Mapping[str, Any] | None = None, *, top: Any = None) -> None:
        named = {term: name for name, term in (where or {}).items() if term != top}
        self.named: dict[Any, str] = {term: name for term, name in named.items() if isinstance(term, Basic)}
        self.bound: dict[Any, str] = {}
        self.taken = free_names(top, self.named)
        self.opened = self._name_opened(top)

    # --- dispatch ----------------------------------------------------------------------------------------------------------------

    def piece(self, term: Any) -> Piece:
        """The term laid out."""
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
        """A class that no method shows: its name, applied to its arguments."""
        args = getattr(term, "args", ())
        return Piece(self.call(type(term).__name__, args) if args else str(term))

    def words(self, term: Any, tightest: Level = Level.SUM) -> str:
        """The words of a term, in parentheses when they bind less tightly than asked."""
        piece = self.piece(term)
        return piece.words if piece.level >= tightest else self.parens(piece.words)

    def last(self, term: Any) -> str:
        """The words of the last factor of a product, where a binder may reach as far as it likes."""
        return self.words(term, Level.PRODUCT)

    # --- names ---------------------------------------------------------------------------------------------------------------------

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
        return next(c for c in (*stem, *numbered) if c not in self.taken)

    def show_Symbol(self, term: Symbol) -> str:
        if term in self.opened:
            return self.letter(self.opened[term])
        if term.name.startswith(NAMED):
            return self.given(term.name.removeprefix(NAMED))
        return self.name(term.name.removeprefix(META))

    def show_Named(self, term: Any) -> str:
        return self.letter(self.opened[term]) if term in self.opened else self.name(term.name.removeprefix(META))

    # --- binders ---------------------------------------------------------------------------------------------------------------------

    def open(self, binder: Binder) -> tuple[dict[Any, str], set[str], list[str]]:
        """Name the bound variables; returns what was there before, and how each is introduced."""
        saved = (dict(self.bound), set(self.taken))
        for variable, domain in binder.limits:
            letter = self.unused(letters(variable, domain))
            self.taken.add(letter)
            self.bound[variable] = self.letter(letter)
        return (*saved, [self.limit(v, d) for v, d in binder.limits])

    def close(self, saved: tuple[dict[Any, str], set[str], list[str]]) -> None:
        """Forget the names that `open` gave."""
        self.bound, self.taken = saved[0], saved[1]

    def limit(self, variable: Any, domain: Any) -> str:
        """How a bound variable is introduced under a binder."""
        method = getattr(self, f"limit_{type(domain).__name__}", None)
        return str(method(self.bound[variable], domain)) if method else f"{self.bound[variable]}{self.member}{self.words(domain)}"

    member = "∈"

    # --- sums of scalars -------------------------------------------------------------------------------------------------------------

    def show_Add(self, term: Add) -> Piece:
        return self.signed_sum(split_sign(part) for part in term.args)

    def show_VectorSum_(self, term: Any) -> Piece:
        return self.signed_sum(split_vector_sign(part) for part in term.args)

    show_MatrixSum_ = show_VectorSum_

    def signed_sum(self, parts: Iterable[tuple[int, Any]]) -> Piece:
        """Positive terms first; a number leads, except before polynomial-looking terms (1 + √n, but n + 1); w·x + b."""
        shown = [(sign, part, self.summand(part)) for sign, part in parts]
        letters_only = all(isinstance(part, Integer | Symbol) or _is_simple_product(part) for _, part, _ in shown)
        shown.sort(key=lambda s: (s[0] < 0, isinstance(s[1], Rational) is letters_only, not _has_dot(s[1]), len(s[2]), s[2]))
        words = (self.minus if shown[0][0] < 0 else "") + shown[0][2]
        for sign, _, following in shown[1:]:
            words += (f" {self.minus} " if sign < 0 else " + ") + following
        return Piece(words, Level.SUM)

    def summand(self, part: Any) -> str:
        piece = self.piece(part)
        return self.parens(piece.words) if piece.level == Level.SUM or piece.reach == "sup" else piece.words

    # --- products ----------------------------------------------------------------------------------------------------------------------

    def show_Mul(self, term: Mul) -> Piece:
        term = fold_named(term, self.named)
        if not isinstance(term, Mul):
            return self.piece(term)
        coefficient, rest = term.as_coeff_Mul()
        if coefficient.is_Rational and coefficient < 0:
            positive = self.piece(-term)
            return Piece(self.minus + (positive.words if positive.level >= Level.PRODUCT else self.parens(positive.words)),
                         Level.SUM, positive.reach)
        above, below = split_fraction(term)
        if not below:
            return self.product(above)
        return self.fraction(self.product(above) if above else Piece("1"), self.product(below))

    def product(self, factors: list[Expr]) -> Piece:
        """Factors side by side, in the order of `rank`."""
        factors = merge_roots(factors)
        shown = [(self.rank(f), self.piece(f)) for f in factors]
        shown.sort(key=lambda s: (s[0], s[1].words.casefold(), s[1].words))
        if len(shown) == 1:
            return shown[0][1]
        pieces = [piece for _, piece in shown]
        words = [self.factor(piece) for piece in pieces[:-1]]
        final = pieces[-1]
        words.append(self.parens(final.words) if final.level == Level.SUM else final.words)   # c u·v is (cu)·v and c(u·v) alike
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

    # --- powers ------------------------------------------------------------------------------------------------------------------------

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
        choices = [(self.piece(t).words, t) for t in (term, -term)]
        return min(choices, key=lambda c: (c[0].startswith(self.minus), c[0]))[1]

    # --- glyphs: each writer has its own ---------------------------------------------------------------------------------------------

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


# --- choices that no glyph decides -----------------------------------------------------------------------------------------------------

def free_names(top: Any, named: Mapping[Any, str]) -> set[str]:
    """Display names that a bound variable may not take: those of free symbols and of named subterms."""
    free = {str(s.name).removeprefix(META) for s in getattr(top, "free_symbols", ()) if hasattr(s, "name")}
    return {name for name in free if not name.startswith((RESERVED, OPENED))} | set(named.values())


def letters(variable: Any, domain: Any) -> tuple[str, ...]:
    """Letters that suit a bound variable, by what it ranges over."""
    kind = type(domain).__name__
    if kind == "Range":
        return tuple(LETTERS.get(str(domain.size).removeprefix(META), "ijm"))
    by_domain = {"Sphere": "uvw", "Signs": "yε", "SphereRows": "X", "GaussianRows": "X", "Uniform": "t"}
    if isinstance(variable, Vector):
        return tuple(by_domain.get(kind, ("x", "x′", "x″")))
    return tuple(by_domain.get(kind, "βts"))


def split_sign(term: Expr) -> tuple[int, Expr]:
    """The sign of a summand and the rest."""
    coefficient = term.as_coeff_Mul()[0]
    return (-1, -term) if coefficient.is_Rational and coefficient < 0 else (1, term)


def split_vector_sign(term: Any) -> tuple[int, Any]:
    """The sign of a vector or matrix summand and the rest."""
    if type(term).__name__ in ("ScaledVector", "ScaledMatrix"):
        scalar, body = term.args
        sign, positive = split_sign(scalar)
        if sign < 0:
            return -1, body if positive == 1 else term.func(positive, body)
    return 1, term


def split_fraction(term: Expr) -> tuple[list[Expr], list[Expr]]:
    """Factors above and below the line."""
    above: list[Expr] = []
    below: list[Expr] = []
    for factor in Mul.make_args(term):
        if isinstance(factor, Rational):
            above += [Integer(factor.p)] if factor.p != 1 else []
            below += [Integer(factor.q)] if factor.q != 1 else []
        elif isinstance(factor, Pow) and factor.exp.as_coeff_Mul()[0].is_negative:
            below.append(Pow(factor.base, -factor.exp))
        else:
            above.append(factor)
    return above, below


def merge_roots(factors: list[Expr]) -> list[Expr]:
    """√a √b as √(ab) for short a and b, and 2√2 √a as √(8a), which is how they were written before sympy split them."""
    roots = [f for f in factors if isinstance(f, Pow) and f.exp == S.Half and _is_short(f.base)]
    if len(roots) < 2:
        return factors
    rest = [f for f in factors if f not in roots]
    radicand = [f.base for f in roots]
    if any(isinstance(f, Integer) for f in rest) and any(isinstance(b, Integer) for b in radicand):
        number = next(f for f in rest if isinstance(f, Integer))
        integer = next(b for b in radicand if isinstance(b, Integer))
        rest.remove(number)
        radicand[radicand.index(integer)] = integer * number**2
    return [*rest, Pow(Mul(*radicand, evaluate=False), S.Half, evaluate=False)]


def _has_dot(term: Any) -> bool:
    return any(type(f).__name__ == "Dot" for f in (term.args if isinstance(term, Mul) else (term,)))


def _is_short(term: Expr) -> bool:
    return not isinstance(term, Binder | Add | Mul)


def _is_simple_product(term: Any) -> bool:
    return isinstance(term, Mul) and all(isinstance(f, Integer | Symbol) for f in term.args)


MEASURED = (Apply, Value, Norm)  # a sum of such terms stands behind constants and norms; a sum of labels stands before f(x_i)
ORDER = {"Entry": 2, "Cell": 2, "Row": 2, "Lip": 4, "Norm": 6, "FrobeniusNorm": 6, "OperatorNorm": 6, "NuclearNorm": 6,
         "Apply": 7, "Value": 7, "FamilyTerm": 7, "Function": 7, "Dot": 9.5, "Rank": 3, "Trace": 9, "EigenvalueSum": 9, "Indicator": 9}


def rank(factor: Expr) -> float:
    """Numbers, constants, labels and weights, roots, sums, constants of functions, norms, values, spectra, binders."""
    if isinstance(factor, Pow):
        return 3 if factor.exp == S.Half and not isinstance(factor.base, Binder) else rank(factor.base)
    if isinstance(factor, Rational):
        return 0
    if isinstance(factor, Symbol):
        return 1
    if isinstance(factor, Binder):
        return 20
    if isinstance(factor, Add):
        return 8.5 if factor.atoms(*MEASURED) else 3.5
    if type(factor).__name__ == "Abs":
        return max(rank(factor.args[0]), 2) if not isinstance(factor.args[0], Add | Mul) else 7
    found = [ORDER[kind.__name__] for kind in type(factor).__mro__ if kind.__name__ in ORDER]
    return found[0] if found else 8


def fold_named(term: Expr, named: Mapping[Any, str]) -> Expr:
    """The product or power with powers of named subterms restored: Σ²/n² is ȳ² when ȳ = Σ/n has a name."""
    for target, name in named.items():
        if isinstance(target, Mul):
            exponent = _power_inside(target, term)
            if exponent:
                term = term / target**exponent * Symbol(NAMED + name, real=True) ** exponent
    return term


def _power_inside(target: Mul, term: Expr) -> Expr:
    """The integer e such that target^e divides the term as written; 0 when there is none."""
    have, want = term.as_powers_dict(), target.as_powers_dict()
    anchor = max(want, key=lambda b: (not isinstance(b, Symbol | Rational), str(b)))
    exponent = have.get(anchor, S.Zero) / want[anchor]
    if not exponent.is_Integer or exponent == 0:
        return S.Zero
    ratios = [have.get(base, S.Zero) / (power * exponent) for base, power in want.items()]
    return exponent if all(r.is_number and r >= 1 for r in ratios) else S.Zero
