"""The checkers that a step may name: what each proves and cannot, when to name it, a step that it proves and one that it refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from theory import terms
from theory.check import CHECKERS, check_step
from theory.errors import BadData
from theory.proof import Step, step
from theory.registry import lemma
from theory.terms import Formula
from theory.verdict import Verdict
from verify.report.reference import LABEL, indented, labelled


@dataclass(frozen=True)
class Example:
    """A step as an author writes it, and the facts before it, in Python."""

    step: str
    facts: Mapping[str, str]

    def built(self) -> tuple[Step, dict[str, Formula]]:
        """The step and the facts that it may name."""
        names: dict[str, Any] = {name: getattr(terms, name) for name in terms.__all__} | {"step": step, "lemma": lemma}
        exec(SYMBOLS, names)
        return eval(self.step, names), {name: eval(formula, names) for name, formula in self.facts.items()}

    def verdict(self) -> Verdict:
        """What is said of the step."""
        return check_step(*self.built())


@dataclass(frozen=True)
class Checker:
    """One name that ``by=`` takes.

    ``proves`` and ``cannot`` are sentences, ``idiom`` says when it is the one to name.
    """

    name: str
    proves: str
    cannot: str
    idiom: str
    passes: Example
    refused: Example


SYMBOLS = """\
s, t = Symbol("s", real=True), Symbol("t", real=True)
p, q = Symbol("p", positive=True), Symbol("q", positive=True)
x, y, i = VectorSymbol("x", n), VectorSymbol("y", n), index("i")
W = MatrixSymbol("W", k, d)
"""


def _of(text: str, **facts: str) -> Example:
    return Example(text, facts)


TABLE = (
    Checker(
        "linear", "A relation between numbers that is a combination of the named facts, each times a number that is not negative. "
        "Every product, norm or other term that is no sum counts as an unknown; signs of symbols, norms and squares are known. Suprema, "
        "means, sums and probabilities follow at each element: sup F ≤ b from F ≤ b everywhere, E F ≤ E G and Σ F ≤ Σ G termwise, "
        "P(A) ≤ P(B) from A ⇒ B.",
        "It multiplies no two facts, and knows nothing of exp, roots or the inside of a norm. Name the product as a step of its own, "
        "or use polynomial.",
        "The last step of many proofs: add up what the steps before it say.",
        _of('step("sum", le(s + t, 5), by="linear", using=("first", "second"))', first="le(s, 2)", second="le(2 * t, 6)"),
        _of('step("sum", le(s + t, 4), by="linear", using=("first", "second"))', first="le(s, 2)", second="le(2 * t, 6)")),
    Checker(
        "chain", "An inequality between products of powers of terms that are not negative, by putting facts A ≤ B into it one after the "
        "other: n ≤ R F and F ≤ √k W give n ≤ R √k W. Exponents are rational; roots and constants may stand as factors.",
        "It adds nothing up, and a term of unknown sign takes no part.",
        "Where one bound is put into another.",
        _of('step("law", le(n, p * sqrt(k) * op_norm(W)), by="chain", using=("path", "rank"))',
            path="le(n, p * fro_norm(W))", rank="le(fro_norm(W), sqrt(k) * op_norm(W))"),
        _of('step("law", le(n, p * op_norm(W)), by="chain", using=("path", "rank"))',
            path="le(n, p * fro_norm(W))", rank="le(fro_norm(W), sqrt(k) * op_norm(W))")),
    Checker(
        "polynomial", "A relation between numbers with products, powers, quotients, roots, |t|, min and max: by sums of squares, products "
        "of facts, and cases.",
        "exp, log and floor are opaque to it; a true inequality of high degree may need one more step, such as the square that it rests "
        "on.",
        "Where linear stops: something has to be squared, multiplied, divided or split into cases.",
        _of('step("mean", le(2 * s * t, s**2 + t**2), by="polynomial")'),
        _of('step("mean", le(3 * s * t, s**2 + t**2), by="polynomial")')),
    Checker(
        "ball", "An inequality in up to three real numbers with exp, log, roots and powers, where facts or declarations bound the "
        "numbers or not: on boxes by interval arithmetic, elsewhere and at points of equality by the signs of derivatives. Bennett's "
        "inequality, Pinsker's for Bernoulli laws, Hoeffding's lemma and the weighted inequality of the means are such.",
        "Norms, inner products and symbolic sums are single numbers to it; facts that relate several numbers rarely help.",
        "The calculus lemma on which a bound rests: first state it about real numbers, then put the terms in.",
        _of('step("log", le(log(p), p - 1), by="ball")'),
        _of('step("log", le(log(p), p - 2), by="ball")')),
    Checker(
        "algebra", "An equation whose sides have one normal form: squared norms and inner products are expanded, fractions brought to a "
        "common denominator that is known not to vanish, named equations substituted from left to right.",
        "It proves no inequality, and divides by nothing that may be 0.",
        "Expand ‖x + y‖², regroup, substitute a definition.",
        _of('step("square", eq(dot(x + y, x - y), norm(x) ** 2 - norm(y) ** 2), by="algebra")'),
        _of('step("square", eq(dot(x, x - y), norm(x) ** 2 - norm(y) ** 2), by="algebra")')),
    Checker(
        "sums", "The same for finite sums of symbolic length: linear in the summand, double sums exchanged, Σ 1 = n, facts for all i "
        "put into the summand; E Σ = Σ E over signs.",
        "It proves no inequality of sums (linear does), and no closed form of a sum such as 1 + … + n.",
        "Put a fact for each i into Σᵢ; exchange two sums.",
        _of('step("count", eq(Sum(y[i] ** 2, (i, n)), n), by="sums", using="labels")', labels="forall(eq(y[i] ** 2, 1), (i, Range(n)))"),
        _of('step("count", eq(Sum(y[i], (i, n)), n), by="sums", using="labels")', labels="forall(eq(y[i] ** 2, 1), (i, Range(n)))")),
    Checker(
        "instance", "A named fact itself, or a fact for all elements of a set at one of them, where a declaration or another named fact "
        "says that it lies in the set; “there is …” from named facts that say it of a witness.",
        "It transforms nothing; what has to be rewritten needs a step of its own.",
        "From “for all i” to one i, from “for all unit vectors” to one that is known to be one; from one to “there is one”.",
        _of('step("first", le(y[1], 3), by="instance", using="all")', all="forall(le(y[i], 3), (i, Range(n)))"),
        _of('step("second", le(y[2], 3), by="instance", using="all")', all="forall(le(y[i], 3), (i, Range(n)))")),
    Checker(
        "conjunction", "“A and B” from the named facts A and B.",
        "It proves none of the parts.",
        "The last step where the conclusion is And(…): prove the parts first, each as a step.",
        _of('step("both", And(le(s, 2), le(t, 3)), by="conjunction", using=("s", "t"))', s="le(s, 2)", t="le(t, 3)"),
        _of('step("both", And(le(s, 2), le(t, 3)), by="conjunction", using="s")', s="le(s, 2)")),
    Checker(
        "lemma", "What a lemma of the library, or one of yours, says of your terms: by=lemma.fro_op in place of a name. The terms are "
        "found by comparing; by=lemma.cauchy.at(F=lambda i: …) gives those that are not. Hypotheses of the lemma are named in using.",
        "It only instantiates: the step must say what the lemma says, up to the normal form of both.",
        "`lawbook lemmas WORD` finds lemmas; `lawbook lemmas ID` shows a step that uses one.",
        _of('step("rank", le(fro_norm(W), sqrt(Min(k, d)) * op_norm(W)), by=lemma.fro_op)'),
        _of('step("rank", le(fro_norm(W), sqrt(d - 1) * op_norm(W)), by=lemma.fro_op)')),
)


def find_checker(name: str) -> Checker:
    """The checker of that name; BadData names the one that may be meant.

    >>> find_checker("lineal")
    Traceback (most recent call last):
    theory.errors.BadData: there is no checker 'lineal'; did you mean linear?
    """
    found = next((c for c in TABLE if c.name == name), None)
    if found is None:
        near = get_close_matches(name, CHECKERS, n=1)
        raise BadData(f"there is no checker {name!r}; {f'did you mean {near[0]}?' if near else 'the checkers are ' + ', '.join(CHECKERS)}")
    return found


def entry(checker: Checker) -> list[str]:
    """A checker in a list."""
    return labelled(checker.name, checker.proves)


def page(checker: Checker) -> list[str]:
    """All that is said of one checker, with its two examples and what is said of them."""
    lines = [f"by={_given(checker)}"]
    for label, words in (("proves", checker.proves), ("cannot", checker.cannot), ("use", checker.idiom)):
        lines += labelled(label, words)
    for label, example in (("proved", checker.passes), ("refused", checker.refused)):
        lines += ["", *labelled(label, example.verdict().reason)]
        lines += [f"{' ' * (LABEL + 2)}{name}: {formula}" for name, formula in example.facts.items()]
        lines += indented(_broken(example.step), " " * (LABEL + 2))
    return [*lines, "", "  with", *indented(SYMBOLS)]


def _given(checker: Checker) -> str:
    return "LEMMA" if checker.name == "lemma" else f'"{checker.name}"'


def _broken(step: str) -> str:
    """A step in two lines."""
    return step.replace(", by=", ",\n     by=")


def document(checker: Checker) -> dict[str, Any]:
    """All that is said of one checker, as JSON."""
    return {"name": checker.name, "proves": checker.proves, "cannot": checker.cannot, "use": checker.idiom, "symbols": SYMBOLS,
            "proved": dict(_documented(checker.passes)), "refused": dict(_documented(checker.refused))}


def _documented(example: Example) -> Iterator[tuple[str, Any]]:
    verdict = example.verdict()
    yield from {"step": example.step, "facts": dict(example.facts), "status": verdict.status.value, "reason": verdict.reason}.items()
