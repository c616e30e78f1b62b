"""Terms as one line of unicode, and (through `theory.terms.printing_latex`) as LaTeX."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sympy import Integer
from sympy.core.symbol import Str

from theory.terms.layout import Level, Piece, Writer
from theory.terms.linear import MatVec
from theory.terms.sets import Range, Space, Sphere

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "eps": "ε", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ",
    "psi": "ψ", "ybar": "ȳ", "xbar": "x̄",
}
_SUPER = dict(zip("0123456789n", "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ", strict=True))
_SUB = dict(zip("0123456789ijmnprst", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₘₙₚᵣₛₜ", strict=True))


class TextWriter(Writer):
    """One-line unicode, as a mathematician writes it."""

    # --- glyphs ------------------------------------------------------------------------------------------------------

    def name(self, raw: str) -> str:
        stem = raw.rstrip("0123456789")
        digits = raw[len(stem):] if stem else ""
        primes = len(stem) - len(stem.rstrip("'"))
        stem = stem.rstrip("'") or stem
        return GREEK.get(stem, stem) + "′" * primes + lowered(digits)

    def letter(self, raw: str) -> str:
        return self.name(raw)

    def given(self, raw: str) -> str:
        return raw

    def parens(self, words: str) -> str:
        return f"({words})"

    def call(self, head: str, args: Iterable[Any]) -> str:
        return f"{head}({', '.join(self.words(a) for a in args)})"

    def root(self, radicand: Any) -> str:
        return f"√{self.words(radicand, Level.ATOM)}"

    def power(self, base: str, exponent: Any) -> str:
        raised = str(exponent) if isinstance(exponent, Integer) else ""
        if raised.isdigit():
            return base + "".join(_SUPER[c] for c in raised)
        words = self.words(exponent)
        return f"{base}^{words}" if words.isalnum() else f"{base}^({words})"

    def fraction(self, above: Piece, below: Piece) -> Piece:
        over = self.parens(above.words) if above.level == Level.SUM or above.reach else above.words
        alone = below.level >= Level.POWER and not below.reach and "/" not in below.words
        under = below.words if alone else self.parens(below.words)
        tight = " " not in under and (" " not in over or under.isdigit())
        return Piece(f"{over}/{under}" if tight else f"{over} / {under}", Level.PRODUCT)

    # --- scalars -----------------------------------------------------------------------------------------------------

    def show_Exp1(self, term: Any) -> str:
        return "e"

    def show_Pi(self, term: Any) -> str:
        return "π"

    def show_Infinity(self, term: Any) -> str:
        return "∞"

    def show_Float(self, term: Any) -> str:
        return repr(float(term)).replace("-", "−")

    def show_Function(self, term: Any) -> str:
        """A function of sympy at its arguments, or one of ours by its name."""
        if not hasattr(term, "name") or not isinstance(term.args[0], Str):
            return self.call(type(term).__name__.lower(), term.args)
        return self.show_Named(term)

    def show_MinMaxBase(self, term: Any) -> str:
        """Symbols first, so that it reads min(k, d) whatever the order in which sympy keeps the arguments."""
        def order(argument: Any) -> tuple[bool, int, str]:
            plain = self.plain_words(argument)
            return plain.isdigit(), -ord(plain) if len(plain) == 1 else 0, plain
        return self.call(type(term).__name__.lower(), sorted(term.args, key=order))

    def show_Abs(self, term: Any) -> str:
        return f"|{self.words(self.symmetric(term.args[0]))}|"

    def show_Apply(self, term: Any) -> str:
        return self.call(self.words(term.args[0]), term.args[1:])

    show_Value = show_FamilyTerm = show_VectorFamilyTerm = show_EventTerm = show_Apply

    def subscript(self, base: str, *indices: Any) -> str:
        shown = [self.words(i) for i in indices]
        joined = ",".join(shown) if any(len(s) > 1 for s in shown) else "".join(shown)
        base = self.parens(base) if base[-1:] in "₀₁₂₃₄₅₆₇₈₉" else base
        low = lowered(joined)
        return base + (low or (f"_{joined}" if len(joined) == 1 else f"_{{{joined}}}"))

    def show_Entry(self, term: Any) -> str:
        return self.subscript(self.words(term.args[0], Level.ATOM), *term.args[1:])

    show_Cell = show_Entry

    def show_Row(self, term: Any) -> str:
        matrix = self.words(term.args[0], Level.ATOM)
        return self.subscript(matrix.lower() if len(matrix.rstrip("′'")) == 1 else matrix, term.args[1])

    def show_Dot(self, term: Any) -> Piece:
        """Directions and weights stand before points: w·x, u·(x_i − x_j), Px·Px′."""
        def order(vector: Any) -> tuple[bool, int, str]:
            plain = self.plain_words(vector)
            return plain.lstrip("(P").startswith("x"), len(plain), plain
        shown = sorted(term.args, key=order)
        levels = (Level.PRODUCT if isinstance(a, MatVec) else Level.ATOM for a in shown)
        return Piece(self.dot.join(map(self.words, shown, levels)), Level.PRODUCT)

    dot = "·"

    def show_Norm(self, term: Any) -> str:
        return f"‖{self.words(term.args[0])}‖"

    def show_FrobeniusNorm(self, term: Any) -> str:
        return f"{self.show_Norm(term)}_F"

    def show_OperatorNorm(self, term: Any) -> str:
        return f"{self.show_Norm(term)}_op"

    def show_NuclearNorm(self, term: Any) -> str:
        return f"{self.show_Norm(term)}_*"

    def show_Rank(self, term: Any) -> str:
        return f"rank({self.words(term.args[0])})"

    def show_Trace(self, term: Any) -> str:
        return f"⟨{self.words(term.args[0])}, {self.words(term.args[1])}⟩"

    def show_EigenvalueSum(self, term: Any) -> Piece:
        matrix, count = self.words(term.args[0]), term.args[1]
        if count == 1:
            return Piece(f"λ_max({matrix})")
        index = next(c for c in "jmpi" if lowered(c) not in matrix)
        return Piece(f"Σ_{{{index}≤{self.words(count)}}} λ{lowered(index)}({matrix})", Level.PRODUCT, "sum")

    def show_Lip(self, term: Any) -> str:
        domain = term.args[1]
        kind = {"Sphere": "_S", "Ball": "_B"}.get(type(domain).__name__, "")
        radius = self.words(domain.radius) if kind == "_B" else "1"
        return f"Lip{kind if radius == '1' else f'_{{B({radius})}}'}({self.words(term.args[0])})"

    def show_MeanChiNorm(self, term: Any) -> str:
        return self.subscript(self.name("mu"), *term.args)

    def show_Indicator(self, term: Any) -> str:
        return f"1[{self.words(term.args[0])}]"

    # --- vectors and matrices ----------------------------------------------------------------------------------------

    def show_ZeroVector(self, term: Any) -> str:
        return "0"

    def show_ScaledVector(self, term: Any) -> Piece:
        scalar, body = term.args
        if scalar.as_coeff_Mul()[0].is_negative:
            positive = self.piece(body if scalar == -1 else term.func(-scalar, body))
            return Piece(self.minus + positive.words, Level.SUM, positive.reach)
        last = self.piece(body)
        shown = self.parens(last.words) if last.level == Level.SUM else last.words
        return Piece(self.juxtapose([self.factor(self.piece(scalar)), shown]), Level.PRODUCT, last.reach)

    show_ScaledMatrix = show_ScaledVector

    def show_MatVec(self, term: Any) -> Piece:
        matrix, vector = self.words(term.args[0], Level.ATOM), self.words(term.args[1], Level.ATOM)
        return Piece(matrix + vector, Level.PRODUCT)

    def show_Outer(self, term: Any) -> Piece:
        u, v = (self.words(a, Level.ATOM) for a in term.args)
        return Piece(f"{u}{v}ᵀ", Level.PRODUCT)

    def show_Direction(self, term: Any) -> str:
        return f"dir({self.words(term.args[0])})"

    def show_KernelVector(self, term: Any) -> str:
        return f"unit(ker {self.words(term.args[0], Level.ATOM)})"

    def show_Realiser(self, term: Any) -> str:
        weights, shifts, values = (self.words(a, Level.POWER) for a in term.args)
        return f"point({weights}x + {shifts} = {values})"

    # --- binders -----------------------------------------------------------------------------------------------------

    def binder(self, head: str, term: Any, tightest: Level = Level.PRODUCT) -> str:
        saved = self.open(term)
        body, limits = self.words(term.body, tightest), saved[2]
        self.close(saved)
        return f"{self.under(head, limits)} {body}"

    def under(self, head: str, limits: list[str]) -> str:
        joined = "".join(limits) if all(len(t) == 1 for t in limits) else ", ".join(limits)
        low = lowered(joined)
        return f"{head}{low}" if low else f"{head}_{joined}" if len(joined) == 1 else f"{head}_{{{', '.join(limits)}}}"

    def show_IndexedSum(self, term: Any) -> Piece:
        return Piece(self.binder("Σ", term), Level.PRODUCT, "sum")

    show_IndexedVectorSum = show_IndexedMatrixSum = show_IndexedSum

    def show_Sup(self, term: Any) -> Piece:
        return Piece(self.binder("sup", term), Level.PRODUCT, "sup")

    def show_Maximum(self, term: Any) -> Piece:
        return Piece(self.binder("max", term), Level.PRODUCT, "sup")

    def show_LineIntegral(self, term: Any) -> Piece:
        saved = self.open(term)
        words = f"∫ {self.words(term.body, Level.PRODUCT)} {' '.join(f'd{self.bound[v]}' for v in term.variables)}"
        self.close(saved)
        return Piece(words, Level.PRODUCT, "sup")

    def show_Expect(self, term: Any) -> str:
        saved = self.open(term)
        words = f"{self.under('E', saved[2])}[{self.words(term.body)}]"
        self.close(saved)
        return words

    def show_Prob(self, term: Any) -> str:
        saved = self.open(term)
        words = f"{self.under('P', saved[2])}({self.words(term.body)})"
        self.close(saved)
        return words

    def show_ForAll(self, term: Any) -> Piece:
        saved = self.open(term)
        body = self.words(term.body, Level.SUM)
        limits = self.quantified(term)
        self.close(saved)
        return Piece(f"{body}   for all {limits}", Level.SUM, "sup")

    def quantified(self, term: Any) -> str:
        """The quantified variables, those of one domain together: x, x′ ∈ R^d, i."""
        together: dict[Any, list[str]] = {}
        for variable, domain in term.limits:
            together.setdefault("" if isinstance(domain, Range) else domain, []).append(self.bound[variable])
        return ", ".join(self.introduced(", ".join(names), domain) for domain, names in together.items())

    def introduced(self, names: str, domain: Any) -> str:
        if domain == "":
            return names
        return f"unit vectors {names}" if type(domain) is Sphere else f"{names} ∈ {self.words(domain)}"

    def limit_Range(self, variable: str, domain: Any) -> str:
        return variable

    def limit_Sphere(self, variable: str, domain: Any) -> str:
        return f"‖{variable}‖=1"

    def limit_Ball(self, variable: str, domain: Any) -> str:
        return f"‖{variable}‖≤{self.words(domain.radius)}"

    def limit_Space(self, variable: str, domain: Any) -> str:
        return variable if domain.dim == 1 else f"{variable}∈{self.words(domain)}"

    def limit_SphereRows(self, variable: str, domain: Any) -> str:
        return f"{variable}∼{self.words(domain)}"

    limit_GaussianRows = limit_Uniform = limit_SphereRows

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
            domain = "" if type(term.objects[2]) is Space else f", for x in {objects[2]}"
            return f"{objects[0]}(x) depends on x only through {objects[1]}x{domain}"
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
        return self.power("U[0, 1]", term.size)

    def show_Str(self, term: Any) -> str:
        return str(term)


PROPERTIES = {   # the phrase, and how many objects it takes
    "orthogonal projection": ("{0} is an orthogonal projection of rank {1}", 2),
    "positively homogeneous": ("{0} is positively homogeneous", 1),
    "Lipschitz": ("{0} is {1}-Lipschitz", 2),
    "independent rows": ("the rows of {0} are linearly independent", 1),
    "symmetric": ("{0} is symmetric", 1),
    "positive semidefinite": ("{0} is positive semidefinite", 1),
}


def lowered(words: str) -> str:
    """The words as subscript glyphs; empty when some character has none."""
    return "".join(_SUB[c] for c in words) if all(c in _SUB for c in words) else ""


def text(term: Any, where: Mapping[str, Any] | None = None) -> str:
    """The term in one line of unicode; subterms named in ``where`` are shown by name.

    Args: term (any term, formula, set, or sympy expression), where (display name ↦ subterm).
    Returns: one line; the same line for the same term, always.  Nothing is certified here: this is for reading.

    >>> from theory.terms import Sum, VectorSymbol, Abs, index, n, sqrt
    >>> y, i = VectorSymbol("y", n), index("i")
    >>> text(sqrt(n) * Abs(Sum(y[i], (i, n))))
    '√n |Σᵢ yᵢ|'
    >>> text(n * (1 - (Sum(y[i], (i, n)) / n) ** 2), {"ȳ": Sum(y[i], (i, n)) / n})
    'n (1 − ȳ²)'
    """
    try:
        return TextWriter(where, top=term).piece(term).words
    except Exception:  # a verdict must reach its reader even where a term of a foreign class has no layout
        return str(term)


def latex(term: Any, where: Mapping[str, Any] | None = None) -> str:
    r"""The term in LaTeX; subterms named in ``where`` are shown by name.

    >>> from theory.terms import Sum, VectorSymbol, index, n
    >>> y, i = VectorSymbol("y", n), index("i")
    >>> latex(Sum(y[i], (i, n)) / n)
    '\\frac{\\sum_{i} y_{i}}{n}'
    """
    from theory.terms.printing_latex import LatexWriter
    try:
        return LatexWriter(where, top=term).piece(term).words
    except Exception:  # as in `text`
        return rf"\text{{{term}}}"


__all__ = ["TextWriter", "latex", "text"]
