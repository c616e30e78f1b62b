"""Terms as one line of unicode."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sympy import Integer
from sympy.core.symbol import Str

from theory.terms.linear import MatVec
from theory.terms.printing.formulas import FormulaWriter, is_plain_range
from theory.terms.printing.layout import Level, Piece
from theory.terms.sorts import Binder

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "eps": "ε", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lam": "λ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ",
    "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "ybar": "ȳ", "xbar": "x̄",
}
FUNCTIONS = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "gamma": "Γ"}  # sympy's names that are not the usual ones
_SUPER = dict(zip("0123456789n", "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ", strict=True))
_SUB = dict(zip("0123456789ijmnprst", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₘₙₚᵣₛₜ", strict=True))


class TextWriter(FormulaWriter):
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
        return f"{base}^{words}" if words.isdigit() or (words.isalnum() and not words[0].isdigit()) else f"{base}^({words})"

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
            name = type(term).__name__.lower()
            return self.call(FUNCTIONS.get(name, name), term.args)
        return self.show_Named(term)

    def show_floor(self, term: Any) -> str:
        return f"⌊{self.words(term.args[0])}⌋"

    def show_ceiling(self, term: Any) -> str:
        return f"⌈{self.words(term.args[0])}⌉"

    def show_factorial(self, term: Any) -> Piece:
        return Piece(f"{self.words(term.args[0], Level.ATOM)}!", Level.POWER)

    def show_binomial(self, term: Any) -> str:
        return self.call("C", term.args)

    def show_InjectiveNorm(self, term: Any) -> str:
        return self.show_OperatorNorm(term)

    def show_TensorNuclearNorm(self, term: Any) -> str:
        return self.show_NuclearNorm(term)

    def show_MarkovBound(self, term: Any) -> str:
        return self.call("M", term.args)

    def show_TaylorCoefficient(self, term: Any) -> str:
        return self.call(self.subscript("coef", term.args[2]), term.args[:2])

    def show_OppositeGap(self, term: Any) -> str:
        return self.call("gap", term.args)

    def show_CircleSlope(self, term: Any) -> str:
        return self.call("slope", term.args)

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

    def show_TensorPower(self, term: Any) -> Piece:
        order = self.words(term.args[1])
        raised = order if order.isalnum() else self.parens(order)
        return Piece(f"{self.words(term.args[0], Level.ATOM)}^⊗{raised}", Level.POWER)

    def show_IndexedTensorProduct(self, term: Any) -> Piece:
        return Piece(self.binder("⊗", term), Level.PRODUCT, "sum")

    nabla = "∇"

    def show_GradientValue(self, term: Any) -> str:
        return self.call(self.nabla + self.words(term.args[0]), term.args[1:])

    def show_Gradient(self, term: Any) -> str:
        return self.nabla + self.words(term.args[0])

    def show_Direction(self, term: Any) -> str:
        return f"dir({self.words(term.args[0])})"

    def show_KernelVector(self, term: Any) -> str:
        return f"unit(ker {self.words(term.args[0], Level.ATOM)})"

    def show_Realiser(self, term: Any) -> str:
        weights, shifts, values = (self.words(a, Level.POWER) for a in term.args)
        return f"point({weights}x + {shifts} = {values})"

    def show_ClearPoint(self, term: Any) -> str:
        return f"clear({self.kink(term)})"

    def show_Clearance(self, term: Any) -> str:
        return f"clearance({self.kink(term)})"

    def kink(self, term: Any) -> str:
        """A hyperplane, the others, and the domain."""
        normal, height, others, heights, domain = (self.words(a, Level.POWER) for a in term.args)
        return f"{normal}·x + {height} = 0 off {others}x + {heights} = 0 in {domain}"

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

    def limit_Range(self, variable: str, domain: Any) -> str:
        """An index that runs to n, k or d needs no range."""
        return variable if is_plain_range(domain) else f"{variable}≤{self.words(domain.size)}"

    def limit_Sphere(self, variable: str, domain: Any) -> str:
        return f"‖{variable}‖=1"

    def limit_Ball(self, variable: str, domain: Any) -> str:
        return f"‖{variable}‖≤{self.words(domain.radius)}"

    def limit_Space(self, variable: str, domain: Any) -> str:
        return variable if domain.dim == 1 else f"{variable}∈{self.words(domain)}"

    def limit_SphereRows(self, variable: str, domain: Any) -> str:
        return f"{variable}∼{self.words(domain)}"

    limit_GaussianRows = limit_Uniform = limit_SphereRows


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


def bound_letters(binder: Binder) -> dict[str, str]:
    """The letters under which `text` shows the variables of an outermost binder, by their canonical names.

    >>> from theory.terms import VectorSymbol, forall, index, le, n, Range
    >>> y, i = VectorSymbol("y", n), index("i")
    >>> bound_letters(forall(le(y[i], 1), (i, Range(n))))
    {'·1': 'i'}
    """
    writer = TextWriter(top=binder)
    writer.open(binder)
    return {variable.name: letter for variable, letter in writer.bound.items()}
