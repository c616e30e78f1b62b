r"""Terms as LaTeX: the layout of the text, with the glyphs of mathematics mode.  Needs amsmath."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sympy import Integer

from theory.terms.printing.formulas import UNIT_ROWS
from theory.terms.printing.layout import Level, Piece, Scope
from theory.terms.printing.text import GREEK, TextWriter
from theory.terms.sets import Range, Space, SphereRows
from theory.terms.sorts import Binder

_COMMANDS = {glyph: "\\" + name for name, glyph in GREEK.items()} | {
    "ε": r"\varepsilon", "ȳ": r"\bar y", "x̄": r"\bar x", "ℓ": r"\ell", "Σ": r"\Sigma"}
_PROPERTIES = {   # the phrase, and how many objects it takes
    "orthogonal projection": (r"{0} \text{{ is an orthogonal projection of rank }} {1}", 2),
    "positively homogeneous": (r"{0} \text{{ is positively homogeneous}}", 1),
    "Lipschitz on": (r"{0} \text{{ is Lipschitz on }} {1}", 2),
    "bounded above": (r"\text{{the values in }} {0} \text{{ are bounded above}}", 1),
    "Lipschitz": (r"{0} \text{{ is }} {1}\text{{-Lipschitz}}", 2),
    "independent blocks": (r"\text{{in each block of }} {1} \text{{ the rows of }} {0} \text{{ are linearly independent}}", 2),
    "independent rows": (r"\text{{the rows of }} {0} \text{{ are linearly independent}}", 1),
    "symmetric": (r"{0} \text{{ is symmetric}}", 1),
    "positive semidefinite": (r"{0} \succeq 0", 1),
    "polynomial activation": (r"{0} \text{{ is a polynomial of degree at most }} {1}", 2),
    "member of": (r"{0} \in {1}", 2),
    "symmetric tensor": (r"{0} \text{{ is symmetric}}", 3),
    "strongly convex": (r"{0} \text{{ is }} {1}\text{{-strongly convex}}", 2),
    "smooth": (r"{0} \text{{ is }} {1}\text{{-smooth}}", 2),
    "differentiable": (r"{0} \text{{ is differentiable}}", 1),
}


class LatexWriter(TextWriter):
    """LaTeX of a term; brackets grow with what they enclose."""

    minus, times, dot, member = "-", r" \, ", r" \cdot ", r" \in "

    def __init__(self, where: Mapping[str, Any] | None = None, *, top: Any = None) -> None:
        super().__init__(where, top=top)
        self.plain = TextWriter(where, top=top)
        self.saved_plain: list[Any] = []

    def plain_words(self, term: Any) -> str:
        return self.plain.plain_words(term)

    def open(self, binder: Binder) -> Scope:
        self.saved_plain.append(self.plain.open(binder))
        return super().open(binder)

    def close(self, saved: Scope) -> None:
        self.plain.close(self.saved_plain.pop())
        super().close(saved)

    # --- glyphs ------------------------------------------------------------------------------------------------------

    def name(self, raw: str) -> str:
        stem = raw.rstrip("0123456789")
        digits = raw[len(stem):] if stem else ""
        primes = len(stem) - len(stem.rstrip("'"))
        shown = self.given(GREEK.get(stem.rstrip("'"), stem.rstrip("'") or raw))
        return shown + "'" * primes + (f"_{{{digits}}}" if digits else "")

    def given(self, raw: str) -> str:
        """Single letters stand for themselves; "nσ" is a product of letters; longer names are upright words."""
        primes = raw.count("′")
        raw = raw.replace("′", "")
        stem, _, index = raw.partition("_")
        if stem and index:
            return f"{self.given(stem)}_{{{self.given(index)}}}" + "'" * primes
        if raw in _COMMANDS:
            words = _COMMANDS[raw]
        elif len(raw) == 1 or not raw.isalpha():
            words = raw
        elif raw.isascii():
            words = rf"\mathrm{{{raw}}}"
        else:
            words = " ".join(_COMMANDS.get(c, c) for c in raw)
        return words + "'" * primes

    def letter(self, raw: str) -> str:
        return self.name(raw)

    def parens(self, words: str) -> str:
        return fenced("(", words, ")")

    def call(self, head: str, args: Iterable[Any]) -> str:
        head = {"Γ": r"\Gamma"}.get(head, head)
        known = head if head.startswith("\\") or len(head) == 1 or "{" in head else rf"\{head}" if head in (
            "log", "exp", "min", "max", "sin", "cos", "tan", "arcsin", "arccos", "arctan") else rf"\operatorname{{{head}}}"
        return known + self.parens(", ".join(self.words(a) for a in args))

    def root(self, radicand: Any) -> str:
        return rf"\sqrt{{{self.words(radicand)}}}"

    def power(self, base: str, exponent: Any) -> str:
        digit = isinstance(exponent, Integer) and 0 <= exponent < 10
        return f"{base}^{exponent}" if digit else f"{base}^{{{self.words(exponent)}}}"

    def fraction(self, above: Piece, below: Piece) -> Piece:
        return Piece(rf"\frac{{{above.words}}}{{{below.words}}}", Level.PRODUCT)

    def juxtapose(self, words: list[str]) -> str:
        head, *tail = words
        close = tail and head.isdigit() and not tail[0][0].isdigit()
        return f"{head} {self.times.join(tail)}" if close else self.times.join(words)

    # --- scalars -----------------------------------------------------------------------------------------------------

    def show_Pi(self, term: Any) -> str:
        return r"\pi"

    def show_Infinity(self, term: Any) -> str:
        return r"\infty"

    def show_Float(self, term: Any) -> str:
        return repr(float(term))

    def show_floor(self, term: Any) -> str:
        return fenced(r"\lfloor ", self.words(term.args[0]), r" \rfloor")

    def show_ceiling(self, term: Any) -> str:
        return fenced(r"\lceil ", self.words(term.args[0]), r" \rceil")

    def show_binomial(self, term: Any) -> str:
        upper, lower = map(self.words, term.args)
        return rf"\binom{{{upper}}}{{{lower}}}"

    def show_Abs(self, term: Any) -> str:
        return fenced("|", self.words(self.symmetric(term.args[0])), "|")

    def subscript(self, base: str, *indices: Any) -> str:
        shown = [self.words(i) for i in indices]
        base = f"{{{base}}}" if "_" in base else base
        return f"{base}_{{{' '.join(shown) if all(len(s) == 1 for s in shown) else ', '.join(shown)}}}"

    def show_Norm(self, term: Any) -> str:
        return fenced(r"\|", self.words(term.args[0]), r"\|")

    def show_OperatorNorm(self, term: Any) -> str:
        return rf"{self.show_Norm(term)}_{{\mathrm{{op}}}}"

    def show_Rank(self, term: Any) -> str:
        return rf"\operatorname{{rank}}{self.parens(self.words(term.args[0]))}"

    def show_Trace(self, term: Any) -> str:
        return fenced(r"\langle ", f"{self.words(term.args[0])}, {self.words(term.args[1])}", r" \rangle")

    def show_EigenvalueSum(self, term: Any) -> Piece:
        matrix, count = self.parens(self.words(term.args[0])), term.args[1]
        if count == 1:
            return Piece(rf"\lambda_{{\max}}{matrix}")
        index = next((c for c in "jmpi" if f"{{{c}}}" not in matrix and f" {c}" not in matrix), "t")
        return Piece(rf"\sum_{{{index} \le {self.words(count)}}} \lambda_{index}{matrix}", Level.PRODUCT, "sum")

    def show_Lip(self, term: Any) -> str:
        domain = term.args[1]
        kind = {"Sphere": "S", "Ball": "B"}.get(type(domain).__name__, "")
        radius = self.words(domain.radius) if kind == "B" else "1"
        mark = f"_{{{kind if radius == '1' else f'B({radius})'}}}" if kind else ""
        return rf"\operatorname{{Lip}}{mark}{self.parens(self.words(term.args[0]))}"

    def show_Indicator(self, term: Any) -> str:
        return rf"\mathbf{{1}}{fenced('[', self.words(term.args[0]), ']')}"

    # --- vectors and matrices ----------------------------------------------------------------------------------------

    def show_MatVec(self, term: Any) -> Piece:
        return Piece(f"{self.words(term.args[0], Level.ATOM)} {self.words(term.args[1], Level.ATOM)}", Level.PRODUCT)

    def show_Outer(self, term: Any) -> Piece:
        u, v = (self.words(a, Level.ATOM) for a in term.args)
        return Piece(rf"{u} {v}^\top", Level.PRODUCT)

    def show_TensorPower(self, term: Any) -> Piece:
        return Piece(rf"{self.words(term.args[0], Level.ATOM)}^{{\otimes {self.words(term.args[1])}}}", Level.POWER)

    nabla = r"\nabla "

    def show_Direction(self, term: Any) -> str:
        return rf"\operatorname{{dir}}{self.parens(self.words(term.args[0]))}"

    def show_KernelVector(self, term: Any) -> str:
        kernel = rf"\ker {self.words(term.args[0])}"
        return rf"\operatorname{{unit}}{self.parens(kernel)}"

    def show_Realiser(self, term: Any) -> str:
        weights, shifts, values = (self.words(a, Level.POWER) for a in term.args)
        return rf"\operatorname{{point}}({weights} x + {shifts} = {values})"

    def show_ClearPoint(self, term: Any) -> str:
        return rf"\operatorname{{clear}}({self.kink(term)})"

    def show_Clearance(self, term: Any) -> str:
        return rf"\operatorname{{clearance}}({self.kink(term)})"

    def kink(self, term: Any) -> str:
        normal, height, others, heights, domain = (self.words(a, Level.POWER) for a in term.args)
        return rf"{normal} \cdot x + {height} = 0 \text{{ off }} {others} x + {heights} = 0 \text{{ in }} {domain}"

    # --- binders -----------------------------------------------------------------------------------------------------

    def under(self, head: str, limits: list[str]) -> str:
        shown = {"Σ": r"\sum", "⊗": r"\bigotimes", "sup": r"\sup", "max": r"\max", "E": r"\mathbb{E}", "P": r"\mathbb{P}"}[head]
        return f"{shown}_{{{', '.join(limits)}}}"

    def show_LineIntegral(self, term: Any) -> Piece:
        saved = self.open(term)
        measures = " ".join(f"d{self.bound[v]}" for v in term.variables)
        words = rf"\int {self.words(term.body, Level.PRODUCT)} \, {measures}"
        self.close(saved)
        return Piece(words, Level.PRODUCT, "sup")

    def show_Expect(self, term: Any) -> str:
        saved = self.open(term)
        words = self.under("E", saved[2]) + fenced("[", self.words(term.body), "]")
        self.close(saved)
        return words

    def show_Prob(self, term: Any) -> str:
        saved = self.open(term)
        words = f"{self.under('P', saved[2])}{self.parens(self.words(term.body))}"
        self.close(saved)
        return words

    for_all, there_is, such_that = r" \quad \text{for all } ", r"\text{there is } ", r" \text{ such that } "

    def introduced(self, names: str, domain: Any) -> str:
        if domain == "" or isinstance(domain, Range):
            return super().introduced(names, domain).replace("≤", r"\le")
        if isinstance(domain, SphereRows):
            shown = super().introduced(names, domain).replace("∈", r"\in").replace("×", r" \times ")
            return shown.replace(UNIT_ROWS, rf"\text{{{UNIT_ROWS}}}")
        return rf"{names} \in {self.words(domain)}"

    def limit_Range(self, variable: str, domain: Any) -> str:
        return super().limit_Range(variable, domain).replace("≤", r" \le ")

    def limit_Sphere(self, variable: str, domain: Any) -> str:
        return rf"\|{variable}\| = 1"

    def limit_Ball(self, variable: str, domain: Any) -> str:
        return rf"\|{variable}\| \le {self.words(domain.radius)}"

    def limit_Space(self, variable: str, domain: Any) -> str:
        return variable if domain.dim == 1 else rf"{variable} \in {self.words(domain)}"

    def limit_SphereRows(self, variable: str, domain: Any) -> str:
        return rf"{variable} \sim {self.words(domain)}"

    limit_GaussianRows = limit_Uniform = limit_SphereRows

    # --- formulas ----------------------------------------------------------------------------------------------------

    def show_Le(self, term: Any) -> Piece:
        return Piece(rf"{self.words(term.args[0])} \le {self.words(term.args[1])}", Level.SUM)

    def show_Implies(self, term: Any) -> Piece:
        return self.connected(term, r" \Rightarrow ")

    def show_And(self, term: Any) -> Piece:
        return self.connected(term, r" \text{ and } ")

    def show_Or(self, term: Any) -> Piece:
        return self.connected(term, r" \text{ or } ")

    def show_Property(self, term: Any) -> str:
        objects = [self.words(o) for o in term.objects]
        if term.name == "depends only on" and len(objects) == 3:
            domain = "" if type(term.objects[2]) is Space else rf" \text{{, for }} x \in {objects[2]}"
            return rf"{objects[0]}(x) \text{{ depends on }} x \text{{ only through }} {objects[1]} x{domain}"
        if term.name == "strongly convex" and term.objects[-1] == 0:
            return rf"{objects[0]} \text{{ is convex}}"
        phrase, arity = _PROPERTIES.get(term.name, ("", -1))
        return phrase.format(*objects) if arity == len(objects) else rf"{', '.join(objects)} \text{{: {term.name}}}"

    # --- sets --------------------------------------------------------------------------------------------------------

    def show_Space(self, term: Any) -> str:
        return r"\mathbb{R}" if term.dim == 1 else rf"\mathbb{{R}}^{{{self.words(term.dim)}}}"

    def show_Sphere(self, term: Any) -> str:
        return rf"S^{{{self.words(term.dim - 1)}}}"

    def show_Ball(self, term: Any) -> str:
        return rf"B^{{{self.words(term.dim)}}}" + ("" if term.radius == 1 else f"({self.words(term.radius)})")

    def show_Range(self, term: Any) -> str:
        return rf"\{{1, \dots, {self.words(term.size)}\}}"

    def show_Signs(self, term: Any) -> str:
        return self.power(r"\{\pm 1\}", term.size)

    def show_SphereRows(self, term: Any) -> str:
        return r"\mathrm{(S)}"

    def show_GaussianRows(self, term: Any) -> str:
        return r"\mathrm{(G)}"

    def show_Uniform(self, term: Any) -> str:
        return self.power("U[0, 1]", term.args[0])


_TALL = ("\\frac", "\\sum", "\\sqrt", "\\int", "\\sup", "\\left", "\\max")


def fenced(left: str, words: str, right: str) -> str:
    """The words in brackets that grow only where something tall stands between them."""
    return rf"\left{left}{words}\right{right.strip()}" if any(t in words for t in _TALL) else f"{left}{words}{right}"


def latex(term: Any, where: Mapping[str, Any] | None = None) -> str:
    r"""The term in LaTeX; subterms named in ``where`` are shown by name.

    >>> from theory.terms import Sum, VectorSymbol, index, n
    >>> y, i = VectorSymbol("y", n), index("i")
    >>> latex(Sum(y[i], (i, n)) / n)
    '\\frac{\\sum_{i} y_{i}}{n}'
    """
    try:
        return LatexWriter(where, top=term).piece(term).words
    except Exception:  # as in `text`
        return rf"\text{{{term}}}"
