"""Formulas and sets in words: relations, quantifiers, connectives, declared properties."""

from __future__ import annotations

from typing import Any

from theory.terms.arithmetic import Symbol
from theory.terms.formula import Exists
from theory.terms.printing.layout import Level, Piece, Writer
from theory.terms.printing.order import LETTERS
from theory.terms.sets import GaussianRows, Range, Sphere, SphereRows
from theory.terms.sorts import META

PROPERTIES = {   # the phrase, and how many objects it takes
    "orthogonal projection": ("{0} is an orthogonal projection of rank {1}", 2),
    "positively homogeneous": ("{0} is positively homogeneous", 1),
    "Lipschitz on": ("{0} is Lipschitz on {1}", 2),
    "bounded above": ("the values in {0} are bounded above", 1),
    "Lipschitz": ("{0} is {1}-Lipschitz", 2),
    "independent rows": ("the rows of {0} are linearly independent", 1),
    "independent blocks": ("in each block of {1} the rows of {0} are linearly independent", 2),
    "symmetric": ("{0} is symmetric", 1),
    "positive semidefinite": ("{0} is positive semidefinite", 1),
    "polynomial activation": ("{0} is a polynomial of degree at most {1}", 2),
    "member of": ("{0} ∈ {1}", 2),
    "symmetric tensor": ("{0} is symmetric", 3),
    "strongly convex": ("{0} is {1}-strongly convex", 2),
    "smooth": ("{0} is {1}-smooth", 2),
    "differentiable": ("{0} is differentiable", 1),
}
UNIT_ROWS = " with unit rows"


def is_plain_range(domain: Any) -> bool:
    """Whether an index runs to n, k or d, whose indices have letters of their own; other ranges are written out."""
    return isinstance(domain, Range) and isinstance(domain.size, Symbol) and domain.size.name.removeprefix(META) in LETTERS


class FormulaWriter(Writer):
    """Formulas and sets in one line of unicode."""

    for_all, there_is, such_that = "   for all ", "there is ", " such that "

    def show_ForAll(self, term: Any) -> Piece:
        saved = self.open(term)
        body = self.part(term.body) if isinstance(term.body, Exists) else self.words(term.body)
        limits = self.quantified(term)
        self.close(saved)
        return Piece(f"{body}{self.for_all}{limits}", Level.SUM, "sup")

    def show_Exists(self, term: Any) -> Piece:
        saved = self.open(term)
        body = self.part(term.body)
        limits = self.quantified(term)
        self.close(saved)
        return Piece(f"{self.there_is}{limits}{self.such_that}{body}", Level.SUM, "sup")

    def quantified(self, term: Any) -> str:
        """The quantified variables, those of one domain together: x, x′ ∈ R^d, i."""
        together: dict[Any, list[str]] = {}
        for variable, domain in term.limits:
            together.setdefault("" if is_plain_range(domain) else domain, []).append(self.bound[variable])
        return ", ".join(self.introduced(", ".join(names), domain) for domain, names in together.items())

    def introduced(self, names: str, domain: Any) -> str:
        if domain == "":
            return names
        if isinstance(domain, Range):
            return f"{names} ≤ {self.words(domain.size)}"
        if isinstance(domain, SphereRows):
            sizes = "×".join(self.words(size, Level.ATOM) for size in domain.args)
            return f"{names} ∈ R^{{{sizes}}}{'' if isinstance(domain, GaussianRows) else UNIT_ROWS}"
        return f"unit vectors {names}" if type(domain) is Sphere else f"{names} ∈ {self.words(domain)}"

    # --- formulas ----------------------------------------------------------------------------------------------------

    def show_Le(self, term: Any) -> Piece:
        return Piece(f"{self.words(term.args[0])} ≤ {self.words(term.args[1])}", Level.SUM)

    def show_Lt(self, term: Any) -> Piece:
        return Piece(f"{self.words(term.args[0])} < {self.words(term.args[1])}", Level.SUM)

    def show_Eq(self, term: Any) -> Piece:
        return Piece(f"{self.words(term.args[0])} = {self.words(term.args[1])}", Level.SUM)

    show_VectorEq = show_Eq

    def connected(self, term: Any, word: str) -> Piece:
        return Piece(word.join(self.part(a) for a in term.args), Level.SUM, "sup")

    def part(self, formula: Any) -> str:
        """A part of a compound formula; a compound part stands in parentheses."""
        piece = self.piece(formula)
        return self.parens(piece.words) if piece.reach else piece.words

    def show_Implies(self, term: Any) -> Piece:
        return self.connected(term, " ⇒ ")

    def show_And(self, term: Any) -> Piece:
        return self.connected(term, " and ")

    def show_Or(self, term: Any) -> Piece:
        return self.connected(term, " or ")

    def show_Property(self, term: Any) -> str:
        objects = [self.words(o) for o in term.objects]
        if term.name == "depends only on" and len(objects) == 3:
            return f"{objects[0]}(x) depends on x only through {objects[1]}x, for x in {objects[2]}"
        if term.name == "strongly convex" and term.objects[-1] == 0:
            return f"{objects[0]} is convex"
        phrase, arity = PROPERTIES.get(term.name, ("", -1))
        return phrase.format(*objects) if arity == len(objects) else f"{', '.join(objects)}: {term.name}"

    # --- sets --------------------------------------------------------------------------------------------------------

    def show_Space(self, term: Any) -> str:
        return "R" if term.dim == 1 else f"R^{self.words(term.dim, Level.ATOM)}"

    def show_Sphere(self, term: Any) -> str:
        return f"the unit sphere of R^{self.words(term.dim, Level.ATOM)}"

    def show_Ball(self, term: Any) -> str:
        size = "unit ball" if term.radius == 1 else f"ball of radius {self.words(term.radius)}"
        return f"the {size} of R^{self.words(term.dim, Level.ATOM)}"

    def show_Interval(self, term: Any) -> str:
        return f"[{self.words(term.args[0])}, {self.words(term.args[1])}]"

    def show_Range(self, term: Any) -> str:
        return f"{{1, …, {self.words(term.size)}}}"

    def show_Signs(self, term: Any) -> str:
        return self.power("{±1}", term.size)

    def show_SphereRows(self, term: Any) -> str:
        return "(S)"

    def show_GaussianRows(self, term: Any) -> str:
        return "(G)"

    def show_Uniform(self, term: Any) -> str:
        return self.power("U[0, 1]", term.args[0])

    def show_Str(self, term: Any) -> str:
        return str(term)
