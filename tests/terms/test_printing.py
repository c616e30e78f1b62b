"""The words of terms: exact strings for the library's statements, and rules that hold for every term."""

from __future__ import annotations

import inspect
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Add, Basic, Float, Integer, Mul, Pow, Rational, oo

from theory.registry import claims, lemmas
from theory.terms import (
    Abs,
    Ball,
    MatrixSymbol,
    Max,
    Min,
    Outer,
    Space,
    Sphere,
    Sum,
    Symbol,
    VectorSymbol,
    asin,
    binomial,
    d,
    dot,
    eigenvalue_sum,
    eq,
    exp,
    floor,
    forall,
    formula,
    index,
    k,
    le,
    linear,
    log,
    n,
    norm,
    op_norm,
    pi,
    r,
    scalars,
    schema,
    sets,
    sqrt,
    trace,
)
from theory.terms.formula import And, Implies, Or, Property
from theory.terms.printing.latex import latex
from theory.terms.printing.text import TextWriter, text
from theory.terms.scalars import Activation, Expect, Function, Indicator, Lip, Prob, Sup, relu
from theory.terms.sets import LINE, Range, Signs
from theory.terms.sorts import Binder, Set
from theory.terms.tensors import TensorPower, TensorSymbol, injective_norm

i, j, l = index("i"), index("j"), index("l")
X, y, W, a = MatrixSymbol("X", n, d), VectorSymbol("y", n), MatrixSymbol("W", k, d), VectorSymbol("a", k)
P, u, x, x0 = MatrixSymbol("P", d, d), VectorSymbol("u", d), VectorSymbol("x", d), VectorSymbol("x0", d)
f, psi, L = Function("f", d), Activation("psi"), Symbol("L", nonnegative=True)
s, t, delta = Symbol("s", real=True), Symbol("t", real=True), Symbol("delta", positive=True)
ybar = Sum(y[i], (i, n)) / n
R = Sup(Abs(Sum(y[i] * psi(dot(u, X[i])), (i, n))), (u, Sphere(d)))

STATEMENTS = {
    "mcshane.floor": "|yᵢ − yⱼ| ≤ Lip(f) ‖xᵢ − xⱼ‖   for all i, j",
    "bln.thm5.path": "n ≤ R Σ_ℓ |a_ℓ| ‖w_ℓ‖",
    "bln.thm5.printed": "√(n/k) ≤ L ‖a‖ ‖W‖_op",
    "bln.thm5.sharp": "n ≤ R √min(k, d) ‖a‖ ‖W‖_op",
    "bln.thm5.sliced": "n (1 − ȳ²) ≤ L V Σ_ℓ |a_ℓ| ‖w_ℓ‖",
    "bln.thm5.upper": "f is Lipschitz on R^d and Lip(f) ≤ L ‖a‖ ‖W‖_op",
    "bln.thm5.width": "1 − 2exp(−s) ≤ P_{y∈{±1}^n}(sup_{‖u‖=1} |Σᵢ yᵢ ψ(u·xᵢ)| ≤ L √n + L √(8s) √λ)",
    "bln.thm6.trace": "n (1 − ȳ²) ≤ Lip(f)² Σ_{j≤r} λⱼ(M)",
    "bln.thm6.fantope": "4 ≤ Lip(f)² Σ_{j≤r} λⱼ(M)",
    "bln.thm6.sphere": "n² (1 − ȳ²) ≤ nσ (2n − nσ) Lip_S(f)²",
    "bln.thm6.sphere_fantope": "4 ≤ Lip_S(f)² Σ_{j≤r} λⱼ(M)",
    "bln.r0": "n (1 − ȳ²) ≤ Lip_B(f) (2k R_b + ‖Σᵢ (yᵢ − ȳ) xᵢ‖)",
    "bln.r1": "n (1 − ȳ²) ≤ 2R_b √k Lip(f)",
    "bln.r1.energy": "Σ_ℓ ‖a_ℓ w_ℓ‖² ≤ 4Lip(f)²",
    "bln.r1.no_bias": "n ≤ 2R √k Lip(f)",
}


@pytest.mark.parametrize("claim", STATEMENTS)
def test_statement_reads_as_in_the_paper(claim: str) -> None:
    found = claims()[claim]
    assert text(found.conclusion, found.where) == STATEMENTS[claim]


def all_formulas() -> list[tuple[str, Basic, dict[str, object]]]:
    listed = []
    for claim in claims().values():
        facts = [(h.name, h.formula) for h in claim.hypotheses] + [("conclusion", claim.conclusion)]
        facts += [(step.name, step.formula) for proof in claim.proofs for step in proof.steps]
        listed += [(f"{claim.id}: {name}", formula, dict(claim.where)) for name, formula in facts]
        listed += [(f"{claim.id}: where {name}", term, {}) for name, term in claim.where.items()]
    for lemma in lemmas().values():
        listed += [(lemma.id, formula, {}) for formula in (lemma.conclusion, *lemma.hypotheses)]
        listed += [(f"{lemma.id}, schema", lemma.schema.conclusion, {})]
    return listed


def test_every_fact_of_the_library_has_words_of_its_own() -> None:
    """No internal names, no class names, balanced brackets, in text and in LaTeX."""
    classes = {name for module in (formula, linear, scalars, schema, sets) for name, _ in inspect.getmembers(module, inspect.isclass)}
    classes -= {"Lip", "Event", "Function", "Family"}      # words that may well stand in a sentence
    for name, term, where in all_formulas():
        for words in (text(term, where), latex(term, where)):
            assert not set(words) & set("·°?\ue000") - {"·"}, (name, words)
            assert "·1" not in words and "·₁" not in words, (name, words)
            assert not [c for c in classes if f"{c}(" in words], (name, words)
            for left, right in ("()", "[]", "{}"):
                assert words.count(left) == words.count(right), (name, words)


def test_every_class_of_terms_is_laid_out() -> None:
    """A new class of terms must say how it is written, or it would show its name."""
    for module in (formula, linear, scalars, schema, sets):
        for name, kind in inspect.getmembers(module, inspect.isclass):
            abstract = name in ("Relation", "Binder", "Set", "Scalar", "NonnegativeScalar", "Named", "Term", "Vector", "Matrix", "Formula",
                                "Connective")
            if kind.__module__ == module.__name__ and issubclass(kind, Basic) and not abstract:
                assert any(hasattr(TextWriter, f"show_{base.__name__}") for base in kind.__mro__), f"{name} has no layout"


@pytest.mark.parametrize(("term", "words"), [
    (R, "sup_{‖u‖=1} |Σᵢ yᵢ ψ(u·xᵢ)|"),
    (eq(Sum(y[i] * f(X[i]), (i, n)), n), "Σᵢ yᵢ f(xᵢ) = n"),
    (le(n / (Symbol("R", positive=True) * sqrt(Min(k, d))), norm(a) * op_norm(W)), "n / (R √min(k, d)) ≤ ‖a‖ ‖W‖_op"),
    (norm(P @ (X[i] - x0)) ** 2, "‖P(xᵢ − x₀)‖²"),
    (forall(eq(f(X[i]), y[i]), (i, Range(n))), "f(xᵢ) = yᵢ   for all i"),
    (forall(le(f(x), 1), (x, Sphere(d))), "f(u) ≤ 1   for all unit vectors u"),
    (Sum(a[l] * relu(dot(W[l], x) + VectorSymbol("b", k)[l]), (l, k)), "Σ_ℓ a_ℓ ReLU(w_ℓ·x + b_ℓ)"),
    (sqrt(8 * n * log(2 / delta)), "√(8n log(2/δ))"),
    (sqrt(n / k), "√(n/k)"),
    (exp(-n * s**2 / 2), "exp(−n s²/2)"),
    (1 + sqrt(n), "1 + √n"),
    (n + 1, "n + 1"),
    (n - 1, "n − 1"),
    (-n, "−n"),
    (-n - k, "−k − n"),
    (Rational(-1, 2), "−1/2"),
    (n / 2, "n/2"),
    (1 / sqrt(d), "1/√d"),
    (1 / (n * k), "1 / (k n)"),
    (n / k / d, "n / (d k)"),
    (2**n, "2^n"),
    ((n + 1) ** k, "(n + 1)^k"),
    (n ** (k - 1), "n^(k − 1)"),
    (n ** Rational(3, 2), "n^(3/2)"),
    ((-s) ** 3, "−s³"),
    (pi * n, "n π"),
    (oo, "∞"),
    (Float(0.25), "0.25"),
    (Max(n, 2), "max(n, 2)"),
    (Abs(y[j] - y[i]), "|yᵢ − yⱼ|"),
    ((y[j] - y[i]) ** 2, "(yᵢ − yⱼ)²"),
    ((y[j] - y[i]) ** 3, "(yⱼ − yᵢ)³"),
    (dot(u, x) * dot(u, x0), "(u·x) u·x₀"),
    (dot(u, x) ** 2, "(u·x)²"),
    (2 * R, "2sup_{‖u‖=1} |Σᵢ yᵢ ψ(u·xᵢ)|"),
    (R + 1, "1 + (sup_{‖u‖=1} |Σᵢ yᵢ ψ(u·xᵢ)|)"),
    (R * Sum(y[i], (i, n)), "(Σᵢ yᵢ) sup_{‖u‖=1} |Σᵢ yᵢ ψ(u·xᵢ)|"),
    (Sum(y[i] + 1, (i, n)), "Σᵢ (1 + yᵢ)"),
    (Sum(Sum(y[i] * y[j], (i, n)), (j, n)), "Σᵢ Σⱼ yᵢ yⱼ"),
    (eigenvalue_sum(Sum(Outer(X[i] - x0), (i, n)), 1), "λ_max(Σᵢ (xᵢ − x₀)(xᵢ − x₀)ᵀ)"),
    (eigenvalue_sum(Sum(Outer(X[i] - X[j]), (i, n), (j, n)), r), "Σ_{m≤r} λₘ(Σᵢⱼ (xᵢ − xⱼ)(xᵢ − xⱼ)ᵀ)"),
    (trace(P, Outer(x)), "⟨P, xxᵀ⟩"),
    (Lip(f, Space(d)) + Lip(f, Sphere(d)) + Lip(f, Ball(d)) + Lip(f, Ball(d, 3)),
     "Lip(f) + Lip_B(f) + Lip_S(f) + Lip_{B(3)}(f)"),
    (Expect(Abs(Sum(y[i], (i, n))), (y, Signs(n))), "E_{y∈{±1}^n}[|Σᵢ yᵢ|]"),
    (Prob(le(Sum(y[i], (i, n)), t), (y, Signs(n))), "P_{y∈{±1}^n}(Σᵢ yᵢ ≤ t)"),
    (scalars.LineIntegral(Indicator(le(t, s)), (t, LINE)), "∫ 1[β ≤ s] dβ"),
    (Implies(And(le(s, 1), le(t, 1)), Or(le(s + t, 2), le(s, t))), "(s ≤ 1 and t ≤ 1) ⇒ (s + t ≤ 2 or s ≤ t)"),
    (Property("shiny", P, r), "P, r: shiny"),
    (injective_norm(TensorSymbol("T", d, 3)) * norm(TensorPower(x, 3)), "‖x^⊗3‖ ‖T‖_op"),
    (Sum(y[i], (i, floor(n / 2))), "Σ_{i≤⌊n/2⌋} yᵢ"),
    (forall(le(y[i], 1), (i, Range(n - 1))), "yᵢ ≤ 1   for all i ≤ n − 1"),
    (asin(1 / s) * binomial(n, 2), "arcsin(1/s) C(n, 2)"),
    (x - x0 * 2 + P @ u, "x + Pu − 2x₀"),
    (-x, "−x"),
])
def test_words(term: Basic, words: str) -> None:
    assert text(term) == words


def test_named_subterms_are_found_inside_products_and_powers() -> None:
    where = {"ȳ": ybar, "R": R}
    assert text(n * (1 - ybar**2), where) == "n (1 − ȳ²)"
    assert text((y[i] - ybar) * R / 2, where) == "R (yᵢ − ȳ)/2"
    assert text(ybar, where) == "(Σᵢ yᵢ) / n"              # what a name stands for is written out
    assert text(Sum(y[i], (i, n)), where) == "Σᵢ yᵢ"       # n ȳ would be true and unhelpful
    assert text(ybar**2 / n, where) == "ȳ²/n"


def test_bound_letters_avoid_free_ones() -> None:
    assert text(Sum(y[j] * i, (j, n))) == "Σⱼ i yⱼ"
    assert text(le(f(u), Sup(f(x), (x, Sphere(d))))) == "f(u) ≤ sup_{‖v‖=1} f(v)"
    assert text(Sup(f(x), (x, Sphere(d))), {"u": norm(a)}) == "sup_{‖v‖=1} f(v)"


@pytest.mark.parametrize(("term", "words"), [
    (R, r"\sup_{\|u\| = 1} \left|\sum_{i} y_{i} \, \psi(u \cdot x_{i})\right|"),
    (sqrt(n / k), r"\sqrt{\frac{n}{k}}"),
    (norm(P @ (X[i] - x0)) ** 2, r"\|P (x_{i} - x_{0})\|^2"),
    (n**10, "n^{10}"),
    (forall(eq(f(x), 0), (x, Space(d))), r"f(x) = 0 \quad \text{for all } x \in \mathbb{R}^{d}"),
    (Symbol("R_b"), "R_{b}"),
    (delta * Symbol("scale"), r"\mathrm{scale} \, \delta"),
    (Property("orthogonal projection", P, r), r"P \text{ is an orthogonal projection of rank } r"),
])
def test_latex(term: Basic, words: str) -> None:
    assert latex(term) == words


def test_text_and_latex_order_factors_alike() -> None:
    product = L * op_norm(W) * norm(a) * sqrt(Min(k, d)) * R
    assert text(product) == "L √min(k, d) ‖a‖ ‖W‖_op sup_{‖u‖=1} |Σᵢ yᵢ ψ(u·xᵢ)|"
    assert latex(product).startswith(r"L \, \sqrt{\min(k, d)} \, \|a\| \, \|W\|_{\mathrm{op}} \, \sup")


class Foreign(Basic):
    """A class that the writers have never seen."""


class Broken(Basic):
    """A class whose arguments cannot even be counted."""

    @property
    def free_symbols(self) -> set[object]:
        raise RuntimeError("no symbols")


def test_a_foreign_term_is_shown_all_the_same() -> None:
    assert text(Foreign(n, k)) == "foreign(n, k)"
    assert text(Broken(n)) == str(Broken(n))
    assert latex(Broken(n)).startswith(r"\text{")


letters = st.sampled_from([Integer(2), Integer(-3), Rational(1, 2), n, k, s, t, y[i], y[j], norm(a), f(x), ybar])
expressions = st.recursive(letters, lambda inner: st.one_of(
    st.tuples(inner, inner).map(lambda p: Add(*p)), st.tuples(inner, inner).map(lambda p: Mul(*p)),
    st.tuples(inner, st.integers(1, 3)).map(lambda p: Pow(*p)), inner.map(Abs)), max_leaves=8)


@given(expressions)
def test_printing_is_total_and_deterministic(term: Basic) -> None:
    words = text(term)
    assert words == text(term) and words.count("(") == words.count(")")
    assert latex(term).count("{") == latex(term).count("}")
    assert "−−" not in words and "+ −" not in words


def test_numbers_keep_their_value_in_words() -> None:
    """The words of arithmetic on numbers, read back by Python, give the number: no lost sign, no lost parenthesis."""
    m, w, z = Symbol("m", positive=True), Symbol("w", positive=True), Symbol("z", positive=True)
    terms = [(m + w) * (m - w) / 2, m - (w - z), (m / w) / z, m / (w / z), -(m + w) ** 2, (m - w) ** 3 * z, m / (2 * (w + z)),
             Rational(-3, 4) * m * (w + 1), (m + w) / (z + 1) / 3, m * w**2 / z**3]
    values = {"m": 2.0, "w": 3.0, "z": 5.0}
    for term in terms:
        words = text(term).replace("−", "-").replace("²", "^2").replace("³", "^3")
        tokens = re.findall(r"[a-z]|[0-9]+|[-+/^()]", words)
        code = ""
        for token in tokens:                                # two operands side by side are a product
            code += "*" if code and (code[-1].isalnum() or code[-1] == ")") and (token.isalnum() or token == "(") else ""
            code += token
        got = eval(code.replace("^", "**"), {}, values)
        assert got == pytest.approx(float(term.subs({m: 2, w: 3, z: 5}))), (term, words, code)


def test_sets_and_laws() -> None:
    shown = {text(domain) for domain in (Range(n), Space(d), LINE, Sphere(d), Ball(d), Ball(d, 2), Signs(n))}
    assert shown == {"{1, …, n}", "R^d", "R", "the unit sphere of R^d", "the unit ball of R^d", "the ball of radius 2 of R^d",
                     "{±1}^n"}
    assert all(isinstance(domain, Set) for domain in (Range(n), Signs(n)))
    assert issubclass(Sup, Binder)
