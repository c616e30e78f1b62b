"""What a scalar checker sees: arithmetic nodes, and opaque atoms between which no relation is known but what facts say.

All scalars are real.  Nothing here evaluates a sympy relational, and sympy's assumptions are read off atoms only, where they are
declarations and not inferences.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from sympy import (
    Abs,
    Add,
    Expr,
    Float,
    I,
    Max,
    Min,
    Mul,
    Number,
    NumberSymbol,
    Pow,
    Rational,
    acos,
    asin,
    atan,
    cos,
    digamma,
    erf,
    exp,
    gamma,
    log,
    loggamma,
    nan,
    oo,
    polygamma,
    sin,
    zoo,
)
from sympy import Function as SympyFunction
from sympy.core.function import AppliedUndef

from theory.errors import BadData
from theory.terms import Eq, Le, Lt, Relation

FUNCTIONS = (exp, log, erf, sin, cos, asin, acos, atan, gamma, loggamma, polygamma, digamma)
LATTICE = (Abs, Min, Max)
ARITHMETIC = (Add, Mul, Pow, Number, NumberSymbol, *LATTICE, *FUNCTIONS)
NOT_REAL = (I, nan, oo, -oo, zoo)


def is_atom(term: Expr) -> bool:
    """Whether the term is opaque: neither arithmetic nor a function that the kernel knows.

    >>> from sympy import Symbol
    >>> x = Symbol("x")
    >>> is_atom(x), is_atom(x + 1), is_atom(2**x)
    (True, False, False)
    """
    return not isinstance(term, ARITHMETIC)


def atoms_of(*terms: Expr) -> list[Expr]:
    """The opaque atoms of the terms, each once, in the order of first appearance."""
    found: dict[Expr, None] = {}
    stack = list(reversed(terms))
    while stack:
        term = stack.pop()
        if is_atom(term):
            found.setdefault(term)
        else:
            stack.extend(reversed(term.args))
    return list(found)


def substitute(term: Expr, values: Mapping[Expr, Expr]) -> Expr:
    """The term with opaque atoms replaced; what stands inside an opaque atom is left alone."""
    if is_atom(term):
        return values.get(term, term)
    if not term.args:
        return term
    return term.func(*(substitute(a, values) for a in term.args))


def is_constant(term: Expr) -> bool:
    """Whether no opaque atom occurs."""
    return not atoms_of(term)


def fraction(number: Any) -> Fraction:
    """A sympy rational as a Fraction."""
    return Fraction(int(number.p), int(number.q))


def rational(value: Fraction) -> Rational:
    """A Fraction as a sympy rational."""
    return Rational(value.numerator, value.denominator)


def check_scalar(term: Any, where: str) -> None:
    """Raise BadData for what is not an exact real scalar: truth values, floats, infinities, the imaginary unit."""
    stack = [term]
    while stack:
        node = stack.pop()
        if not isinstance(node, Expr):
            raise BadData(f"{where} contains {node}, which is not a scalar; relations are written with le, lt or eq")
        if isinstance(node, Float):
            raise BadData(f"{where} contains the float {node}; write the exact rational instead")
        if node in NOT_REAL or (is_atom(node) and (node.is_real is False or node.is_commutative is False)):
            raise BadData(f"{where} contains {node}, which is not a finite real number; state the range in which it is real")
        if isinstance(node, SympyFunction) and is_atom(node) and not isinstance(node, AppliedUndef):
            raise BadData(f"{where} contains the function {node.func.__name__}, which the scalar checkers do not know; name a bound for it")
        if not is_atom(node):
            stack.extend(node.args)


def check_relation(relation: Any, where: str) -> Relation:
    """The relation itself when it is one of lhs ≤ rhs, lhs < rhs, lhs = rhs between exact real scalars; BadData otherwise."""
    if not isinstance(relation, (Le, Lt, Eq)):
        raise BadData(f"{where} is {relation!s} of type {type(relation).__name__}, not a relation of scalars; write le, lt or eq")
    for side in (relation.lhs, relation.rhs):
        check_scalar(side, where)
    return relation


def show(relation: Relation) -> str:
    """lhs ≤ rhs as text."""
    return f"{relation.lhs} {relation.symbol} {relation.rhs}"


class Names:
    """One-to-one names of terms for evidence: two different terms that print alike get different names."""

    def __init__(self) -> None:
        self._of: dict[Any, str] = {}
        self._taken: set[str] = set()

    def __call__(self, term: Any) -> str:
        """The name of the term, the same at every call."""
        if term not in self._of:
            name = str(term)
            while name in self._taken:
                name += "′"
            self._taken.add(name)
            self._of[term] = name
        return self._of[term]


def definitions(terms: Iterable[Expr]) -> dict[str, Relation]:
    """What Min, Max and Abs are, as far as linear facts can say it: min ≤ argument ≤ max and ±t ≤ |t|."""
    facts: dict[str, Relation] = {}
    stack, seen = list(terms), set()
    while stack:
        term = stack.pop()
        if term in seen or is_atom(term):
            continue
        seen.add(term)
        stack.extend(term.args)
        if isinstance(term, Min):
            facts |= {f"def:{term}≤{a}": Le(term, a) for a in term.args}
        elif isinstance(term, Max):
            facts |= {f"def:{a}≤{term}": Le(a, term) for a in term.args}
        elif isinstance(term, Abs):
            facts |= {f"def:{s}≤{term}": Le(s, term) for s in (term.args[0], -term.args[0])}
    return facts
