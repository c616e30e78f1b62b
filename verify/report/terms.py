"""The language of statements as a user looks it up: how each term is written, what it means everywhere, an example that is executed."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from textwrap import dedent, wrap
from typing import Any, NamedTuple

import theory.kernel.heads  # noqa: F401  (fills HEADS)
from theory import terms
from theory.kernel.nodes import HEADS
from theory.terms.printing.text import text
from verify.report.reference import indented, labelled, matcher

HEAD_OF = {   # the kernel's word for what a term, set or formula is: what it means off its usual domain is said there
    "Abs": "abs", "And": "and", "erf": "erf", "normal_cdf": "erf", "asin": "asin", "Ball": "ball", "binomial": "binom",
    "bounded_above": "bounded", "CircleSlope": "circleslope", "Clearance": "clearance", "ClearPoint": "clearpoint", "Direction": "dir",
    "dot": "dot",
    "eigenvalue_sum": "eigsum", "eq": "eq", "Eq": "eq", "exp": "exp", "Expect": "expect", "factorial": "fact", "floor": "floor",
    "Exists": "ex", "forall": "all", "ForAll": "all", "thereis": "ex",
    "fro_norm": "norm", "GaussianRows": "gaussrows", "ge": "le", "Implies": "imp",
    "Indicator": "ind",
    "injective_norm": "injnorm", "Interval": "interval", "KernelVector": "kernelvec", "le": "le", "Le": "le", "LINE": "whole",
    "LineIntegral": "lineint", "Lip": "lip", "lipschitz_on": "lipschitz", "lipschitz_with": "lipschitz", "log": "log", "lt": "lt",
    "Lt": "lt", "MarkovBound": "markov", "Max": "max", "MeanChiNorm": "meanchi", "member": "in", "Min": "min", "norm": "norm",
    "nuclear_norm": "nucnorm", "op_norm": "opnorm", "OppositeGap": "oppositegap", "Or": "or", "Outer": "outer", "pi": "pi",
    "polynomial_activation": "polynomial", "Prob": "prob", "Range": "range", "rank": "rank", "Realiser": "realiser",
    "SignChanges": "signchanges", "Signs": "signs", "Space": "whole", "Sphere": "sphere", "SphereRows": "sphererows", "sqrt": "sqrt",
    "Sum": "sum", "Sup": "sup", "symmetric_tensor": "symmetrictensor", "TaylorCoefficient": "taylor", "tensor_nuclear_norm": "tensornuc",
    "tensor_product": "tprod", "TensorPower": "tpow", "trace": "dot", "Uniform": "circle", "VectorEq": "eq", "zero": "zero",
    "s / t": "inv", "t ** q": "pow", "v[i]": "ent", "M[i]": "row", "M @ v": "matvec", "c * v": "smul", "f(x)": "app", "psi(t)": "app",
}
CALLS = {     # where the arguments have no names in the program
    "Abs": "Abs(t)", "And": "And(formula, …)", "asin": "asin(t)", "binomial": "binomial(m, j)", "CircleSlope": "CircleSlope(t, y)",
    "Clearance": "Clearance(u, beta, W, b, domain)", "ClearPoint": "ClearPoint(u, beta, W, b, domain)", "Direction": "Direction(v)",
    "erf": "erf(t)", "exp": "exp(t)", "Expect": "Expect(value, (variable, law), …)", "factorial": "factorial(m)", "floor": "floor(t)",
    "forall": "forall(formula, (variable, set), …)", "Indicator": "Indicator(formula)", "KernelVector": "KernelVector(M)",
    "LineIntegral": "LineIntegral(value, (t, LINE))", "log": "log(t)", "Max": "Max(s, t, …)", "MeanChiNorm": "MeanChiNorm(d)",
    "Min": "Min(s, t, …)", "OppositeGap": "OppositeGap(t, y)", "Or": "Or(formula, …)", "Prob": "Prob(event, (variable, law), …)",
    "Property": "Property(name, object, …)", "Realiser": "Realiser(W, b, s)", "SignChanges": "SignChanges(t, y)", "Sphere": "Sphere(dim)",
    "Sum": "Sum(value, (i, n), …)", "Sup": "Sup(value, (variable, set), …)", "Symbol": "Symbol(name, real=True)",
    "GaussianRows": "GaussianRows(rows, dim)", "tensor_product": "tensor_product(vector, (q, p))",
    "thereis": "thereis(formula, (variable, set), …)",
}
KINDS = ("Binder", "Eq", "Exists", "ForAll", "Formula", "Le", "Lt", "Matrix", "Relation", "Scalar", "Vector", "VectorEq")  # for isinstance
SAID = {      # what has no text of its own in the program: operators, and names that are no functions
    "LINE": ("The real line, Space(1).", "LINE == Space(1)\n"),
    "n": ("The dimensions n, d, k and r: positive integers.", "n, d, k, r\n"),
    "pi": ("The number π.", "text(2 * pi)\n"),
    "relu": ("The activation ReLU(t) = max(t, 0).", 't = Symbol("t", real=True)\ntext(le(relu(t), Abs(t)))\n'),
    "Integer": ("A whole number. Python's numbers may stand for it beside a symbol.", "Integer(4) / 6\n"),
    "Rational": ("A fraction p/q. A decimal fraction of Python is no number of a statement.", "Rational(1, 3)\n"),
    "s + t": ("Sums, differences and products, of numbers, and sums of vectors or of matrices.",
              's, t = Symbol("s", real=True), Symbol("t", real=True)\ntext((s - t) * s)\n'),
    "s / t": ("A quotient: s times 1/t.", 's, t = Symbol("s", real=True), Symbol("t", real=True)\ntext(s / t)\n'),
    "t ** q": ("A power.", 't = Symbol("t", real=True)\ntext(t**3)\n'),
    "c * v": ("A number times a vector or a matrix.", 'text(2 * VectorSymbol("v", d))\n'),
    "v[i]": ("The i-th entry of a vector, i from 1.", 'v = VectorSymbol("v", d)\ntext(v[1]), text(v[index("i")])\n'),
    "M[i]": ("The i-th row of a matrix, a vector; M[i, j] is an entry.", 'W = MatrixSymbol("W", k, d)\ntext(W[1]), text(W[1, 2])\n'),
    "M @ v": ("A matrix times a vector.", 'W, x = MatrixSymbol("W", k, d), VectorSymbol("x", d)\ntext(norm(W @ x))\n'),
    "psi(t)": ("The value of an activation at a number.", 'text(Activation("psi")(Symbol("t", real=True)))\n'),
    "f(x)": ("The value of a function at a vector.", 'text(Function("f", d)(VectorSymbol("x", d)))\n'),
}


class Entry(NamedTuple):
    """One name: how it is written, what it means, what the kernel says of it everywhere, and a session of Python."""

    name: str
    call: str
    meaning: str
    everywhere: str
    example: str


@cache
def entries() -> tuple[Entry, ...]:
    """All terms and formulas that a file of claims can use, in alphabetical order, operators last."""
    named = sorted((name for name in terms.__all__ if name not in ("d", "k", "r")), key=str.casefold)
    return tuple(_entry(name) for name in (*named, *(name for name in SAID if not name.isidentifier() or name not in terms.__all__)))


def found_terms(pattern: str | None) -> list[Entry]:
    """The entries whose name, meaning or example holds the pattern; the one of that very name alone, where there is one.

    >>> [entry.call for entry in found_terms("lipschitz_on")]
    ['lipschitz_on(f, domain)']
    """
    exact = [entry for entry in entries() if entry.name == pattern]
    holds = matcher(pattern)
    return exact or [entry for entry in entries() if holds((entry.name, entry.call, entry.meaning, entry.everywhere))]


def _entry(name: str) -> Entry:
    head = HEADS[HEAD_OF[name]].meaning if name in HEAD_OF else ""
    if name in SAID:
        meaning, code = SAID[name]
        return Entry(name, "n, d, k, r" if name == "n" else name, meaning, head, _session(code))
    found = getattr(terms, name)
    doc = inspect.getdoc(found) or ""
    meaning, _, example = doc.partition(">>> ")
    shown = re.split(r"\n\n(?=[A-Z]\w+:)", example)[0]
    return Entry(name, _call(name, found), " ".join(meaning.replace("``", "").split()), head, _from_the_face(f">>> {shown}"))


def _call(name: str, found: Any) -> str:
    if name in CALLS or name in KINDS:
        return CALLS.get(name, name)
    made = found.__new__ if inspect.isclass(found) else found
    parameters = [p for p in inspect.signature(made).parameters.values() if p.name not in ("cls", "self")]
    return f"{name}({', '.join(p.name if p.default is p.empty else f'{p.name}={p.default}' for p in parameters)})"


def _session(code: str) -> str:
    """A session with its output, as a docstring holds it."""
    *lines, last = code.splitlines()
    names: dict[str, Any] = {name: getattr(terms, name) for name in terms.__all__} | {"text": text}
    exec("\n".join(lines), names)
    used = sorted(set(re.findall(r"\b[A-Za-z]\w*\b(?=\(|\b)", re.sub(r'"[^"]*"', "", code))) & {*terms.__all__, "text"})
    stored = {n.strip() for line in lines for n in line.partition("=")[0].split(",")}
    imports = f">>> from theory.terms import {', '.join(n for n in used if n not in stored)}\n"
    return _from_the_face(imports + "".join(f">>> {line}\n" for line in (*lines, last)) + repr(eval(last, names)))


def _from_the_face(session: str) -> str:
    """A session whose imports are from lawbook, in lines of at most 76 columns."""
    rows = dedent(session).strip().splitlines()
    imported = [match[1] for row in rows if (match := re.match(r">>> from theory[\w.]* import (.*)", row))]
    names = sorted({name.strip() for part in imported for name in part.split(",")}, key=str.casefold)
    rest = [row for row in rows if not re.match(r">>> from theory[\w.]* import ", row)]
    if not names:
        return "\n".join(rest)
    plain = f">>> from lawbook import {', '.join(names)}"
    if len(plain) <= 76:
        return "\n".join([plain, *rest])
    inside = wrap(", ".join(names) + ",", 70, initial_indent="...     ", subsequent_indent="...     ")
    return "\n".join([">>> from lawbook import (", *inside, "... )", *rest])


def lines_of(entry: Entry, *, whole: bool) -> Iterator[str]:
    """An entry in a list, or, as a ``whole``, with what the kernel says and the example."""
    yield entry.call
    yield from labelled("means", entry.meaning)
    if entry.everywhere:
        yield from labelled("everywhere", entry.everywhere)
    if whole:
        yield from indented(entry.example)


def near(pattern: str) -> str:
    """What may be meant by a pattern that finds nothing.

    >>> near("lipshitz_on")
    'did you mean lipschitz_on or lipschitz_with?'
    """
    found = get_close_matches(pattern, [entry.name for entry in entries()], n=2, cutoff=0.5)
    return f"did you mean {' or '.join(found)}?" if found else "run `lawbook terms` for the list"
