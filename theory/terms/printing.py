"""Terms as text and as LaTeX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Pow, Rational, S
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter

GREEK = {"psi": "ψ", "pi": "π", "beta": "β", "delta": "δ", "sigma": "σ", "lambda": "λ", "alpha": "α", "eps": "ε", "tau": "τ", "rho": "ρ",
         "ybar": "ȳ", "phi": "φ", "mu": "μ", "theta": "θ", "eta": "η"}
LETTERS = {"n": "ij", "k": "ℓm", "d": "pq"}  # display names of bound indices, by the length of their range
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class TextPrinter(StrPrinter):
    """One-line unicode."""

    def __init__(self, where: Mapping[str, Any] | None = None, *, top: Any = None) -> None:
        super().__init__()
        self.short = {term: name for name, term in (where or {}).items()}
        self.short.pop(top, None)
        self.bound: dict[Any, str] = {}

    def _print(self, expr: Any, **kwargs: Any) -> str:
        if expr in self.bound:
            return self.bound[expr]
        if expr in self.short:
            return self.short[expr]
        return super()._print(expr, **kwargs)

    def name(self, raw: str) -> str:
        raw = raw.removeprefix("?")
        return GREEK.get(raw, raw)

    def _print_Symbol(self, expr: Any) -> str:
        return self.name(expr.name)

    def _print_Pow(self, expr: Pow, rational: bool = False) -> str:
        base, exponent = expr.args
        if exponent == S.Half:
            return f"√{self.tight(base)}"
        if exponent == -S.Half:
            return f"1/√{self.tight(base)}"
        if exponent.is_Integer and exponent > 0:
            return f"{self.parenthesize(base, PRECEDENCE['Pow'] + 1)}{str(exponent).translate(SUPERSCRIPTS)}"
        return super()._print_Pow(expr, rational)

    def tight(self, base: Any) -> str:
        words = self._print(base)
        return words if len(words) == 1 or (words.isalnum() and len(words) <= 4) else f"({words})"

    def _print_Mul(self, expr: Any) -> str:
        return super()._print_Mul(expr).replace("*", " ")

    def _print_Rational(self, expr: Rational) -> str:
        return f"{expr.p}/{expr.q}"

    def open(self, binder: Any) -> str:
        """Choose display names of the bound variables; returns the "u∈S" list."""
        used = set(self.bound.values())
        for variable, domain in binder.limits:
            stem = self.letters(variable, domain)
            self.bound[variable] = next(c for c in (*stem, *(f"{stem[0]}{n}" for n in range(1, 50))) if c not in used)
            used.add(self.bound[variable])
        return ", ".join(self.limit(v, d) for v, d in binder.limits)

    def letters(self, variable: Any, domain: Any) -> tuple[str, ...]:
        kind = type(domain).__name__
        if kind == "Range":
            return tuple(LETTERS.get(str(domain.size), "ijab"))
        table = {"Sphere": "uv", "Signs": "yε", "SphereRows": "X", "GaussianRows": "X", "Uniform": "t"}
        if kind in table:
            return tuple(table[kind])
        return ("x", "x′", "x″") if hasattr(variable, "dim") else ("β", "t", "s")

    def limit(self, variable: Any, domain: Any) -> str:
        kind = type(domain).__name__
        v = self.bound[variable]
        if kind == "Range":
            return v
        if kind == "Sphere":
            return f"‖{v}‖=1"
        if kind == "Ball":
            return f"‖{v}‖≤{self._print(domain.radius)}"
        return f"{v}∈{self._print(domain)}"

    def binder(self, head: str, expr: Any, *, close: bool = True) -> str:
        saved = dict(self.bound)
        limits = self.open(expr)
        body = self.parenthesize(expr.body, PRECEDENCE["Mul"]) if close else self._print(expr.body)
        self.bound = saved
        return f"{head}_{{{limits}}} {body}" if len(limits) > 1 else f"{head}_{limits} {body}"

    def _print_IndexedSum(self, e: Any) -> str:
        return f"({self.binder('Σ', e)})"

    _print_IndexedVectorSum = _print_IndexedMatrixSum = _print_IndexedSum

    def _print_Sup(self, e: Any) -> str:
        return self.binder("sup", e)

    def _print_Maximum(self, e: Any) -> str:
        return self.binder("max", e)

    def _print_Integral(self, e: Any) -> str:
        return self.binder("∫", e)

    def _print_Expect(self, e: Any) -> str:
        return self.binder("E", e)

    def _print_Prob(self, e: Any) -> str:
        saved = dict(self.bound)
        limits = self.open(e)
        body = self._print(e.body)
        self.bound = saved
        return f"P_{{{limits}}}({body})"

    def _print_ForAll(self, e: Any) -> str:
        saved = dict(self.bound)
        limits = self.open(e)
        body = self._print(e.body)
        self.bound = saved
        return f"{body}   for all {limits}"

    def _print_Named(self, e: Any) -> str:
        return self.name(e.name)

    _print_VectorSymbol = _print_MatrixSymbol = _print_NonnegativeTable = _print_Activation = _print_Named
    _print_ConcreteActivation = _print_Function = _print_Family = _print_VectorFamily = _print_Event = _print_Named

    def subscript(self, base: Any, *indices: Any) -> str:
        return f"{self._print(base)}_{','.join(self._print(i) for i in indices)}"

    def _print_Entry(self, e: Any) -> str:
        return self.subscript(*e.args)

    _print_Cell = _print_NonnegativeCell = _print_Entry

    def _print_Row(self, e: Any) -> str:
        return f"{self._print(e.args[0]).lower()}_{self._print(e.args[1])}"

    def _print_Application(self, e: Any) -> str:
        return f"{self._print(e.args[0])}({', '.join(map(self._print, e.args[1:]))})"

    _print_Apply = _print_Value = _print_FamilyTerm = _print_VectorFamilyTerm = _print_EventTerm = _print_Application

    def _print_ZeroVector(self, e: Any) -> str:
        return "0"

    def _print_VectorSum_(self, e: Any) -> str:
        words = " + ".join(map(self._print, e.args))
        return f"({words})".replace("+ -", "− ")

    _print_MatrixSum_ = _print_VectorSum_

    def _print_ScaledVector(self, e: Any) -> str:
        c, v = e.args
        return f"-{self._print(v)}" if c == -1 else f"{self.parenthesize(c, PRECEDENCE['Mul'])} {self._print(v)}"

    _print_ScaledMatrix = _print_ScaledVector

    def _print_MatVec(self, e: Any) -> str:
        return f"{self._print(e.args[0])} {self._print(e.args[1])}"

    def _print_Outer(self, e: Any) -> str:
        return f"{self._print(e.args[0])} {self._print(e.args[1])}ᵀ"

    def _print_Dot(self, e: Any) -> str:
        return f"{self._print(e.args[0])}·{self._print(e.args[1])}"

    def _print_Norm(self, e: Any) -> str:
        return f"‖{bare(self._print(e.args[0]))}‖"

    def _print_FrobeniusNorm(self, e: Any) -> str:
        return f"{self._print_Norm(e)}_F"

    def _print_OperatorNorm(self, e: Any) -> str:
        return f"{self._print_Norm(e)}_op"

    def _print_NuclearNorm(self, e: Any) -> str:
        return f"{self._print_Norm(e)}_*"

    def _print_Abs(self, e: Any) -> str:
        return f"|{bare(self._print(e.args[0]))}|"

    def _print_Rank(self, e: Any) -> str:
        return f"rank({self._print(e.args[0])})"

    def _print_Trace(self, e: Any) -> str:
        return f"tr({self._print(e.args[0])} {self._print(e.args[1])})"

    def _print_EigenvalueSum(self, e: Any) -> str:
        matrix, count = e.args
        head = "λ_max" if count == 1 else f"Σ_{{j≤{self._print(count)}}} λ_j"
        return f"{head}({bare(self._print(matrix))})"

    def _print_Lip(self, e: Any) -> str:
        suffix = {"Sphere": "_S", "Ball": "_B"}.get(type(e.args[1]).__name__, "")
        return f"Lip{suffix}({self._print(e.args[0])})"

    def _print_Indicator(self, e: Any) -> str:
        return f"1[{self._print(e.args[0])}]"

    def relation(self, e: Any, sign: str) -> str:
        return f"{self._print(e.args[0])} {sign} {self._print(e.args[1])}"

    def _print_Le(self, e: Any) -> str:
        return self.relation(e, "≤")

    def _print_Lt(self, e: Any) -> str:
        return self.relation(e, "<")

    def _print_Eq(self, e: Any) -> str:
        return self.relation(e, "=")

    _print_VectorEq = _print_Eq

    def _print_Implies(self, e: Any) -> str:
        return self.relation(e, "⇒")

    def _print_And(self, e: Any) -> str:
        return " and ".join(map(self._print, e.args))

    def _print_Or(self, e: Any) -> str:
        return " or ".join(map(self._print, e.args))

    def _print_Property(self, e: Any) -> str:
        return f"{', '.join(map(self._print, e.objects))}: {e.name}"

    def _print_Space(self, e: Any) -> str:
        return "R" if e.dim == 1 else f"R^{self._print(e.dim)}"

    def _print_Range(self, e: Any) -> str:
        return f"{{1..{self._print(e.size)}}}"

    def _print_Signs(self, e: Any) -> str:
        return f"{{±1}}^{self._print(e.size)}"

    def _print_SphereRows(self, e: Any) -> str:
        return "(S)"

    def _print_GaussianRows(self, e: Any) -> str:
        return "(G)"

    def _print_Uniform(self, e: Any) -> str:
        return "U[0,1]^n"

    def _print_Str(self, e: Any) -> str:
        return str(e)


def bare(words: str) -> str:
    """Without one pair of outer parentheses that match each other."""
    if not (words.startswith("(") and words.endswith(")")):
        return words
    depth = 0
    for position, c in enumerate(words):
        depth += (c == "(") - (c == ")")
        if depth == 0 and position < len(words) - 1:
            return words
    return words[1:-1]


def text(term: Any, where: Mapping[str, Any] | None = None) -> str:
    """The term in one line of unicode; subterms named in ``where`` are shown by name.

    >>> from theory.terms import Sum, VectorSymbol, Abs, index, n, sqrt
    >>> y, i = VectorSymbol("y", n), index("i")
    >>> text(sqrt(n) * Abs(Sum(y[i], (i, n))))
    '√n |Σ_i y_i|'
    """
    return TextPrinter(where, top=term)._print(term)


def latex(term: Any, where: Mapping[str, Any] | None = None) -> str:
    """The term in LaTeX."""
    from theory.terms.printing_latex import TermLatexPrinter
    return TermLatexPrinter(where, top=term)._print(term)


__all__ = ["LatexPrinter", "TextPrinter", "latex", "text"]
