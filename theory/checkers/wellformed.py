"""What must hold of the formulas of a step before any checker reads them.

A checker takes what is declared of a bound variable, its sign and its size, for true of every element of the domain.  So a variable
that is declared positive may not range over the real line, nor a vector of R^n over the sphere of R^d.  Substitution knows the binders
of this language only, so a sum or an integral of sympy, which binds variables in its own way, is refused; and 1 + 10^{−20} = 1 in floats.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sympy import Add, Expr, Max, Min, Mul, NumberSymbol, Pow, Rational, Tuple, preorder_traversal
from sympy import Function as SympyFunction
from sympy.core.symbol import Str

from theory.terms import Range, Signs, Space, Symbol
from theory.terms.linear import MatrixSymbol, Vector
from theory.terms.sets import Interval, SphereRows, Uniform
from theory.terms.sorts import META, OPENED, RESERVED, Binder, Formula, Term, names_in

REMEMBERED = 1 << 14    # formulas; the mutants of a step, its twins and the steps after it name the same facts
NODES = (Term, Str, Symbol, Rational, NumberSymbol, Add, Mul, Pow, SympyFunction, Max, Min, Tuple)
INDEX, REAL = Symbol("i", integer=True, positive=True), Symbol("t", real=True)


@lru_cache(maxsize=REMEMBERED)
def complaint(formula: Formula) -> str | None:
    """Why a formula may not take part in a proof; None when it may.

    >>> from theory.terms import LINE, forall, le
    >>> beta = Symbol("beta", negative=True)
    >>> complaint(forall(le(beta, 0), (beta, LINE)))
    'a variable that is declared negative cannot range over all of Space(1); declare no more than holds of all elements'
    """
    reserved = sorted(name for name in names_in(formula) if name.startswith((RESERVED, OPENED, META)))
    if reserved:
        return f"the name {reserved[0]} is reserved for bound variables and lemmas; names may not start with {RESERVED}, {OPENED} or {META}"
    nodes = list(preorder_traversal(formula))
    foreign = next((node for node in nodes if not isinstance(node, NODES)), None)
    if foreign is not None:
        return f"{foreign} ({type(foreign).__name__}) is no exact real term of this language; write fractions for floats, and Sum for sums"
    return next((why for binder in nodes if isinstance(binder, Binder) for why in _complaints(binder)), None)


def _complaints(binder: Binder) -> list[str]:
    found = []
    for variable, domain in binder.limits:
        if not isinstance(variable, Symbol):
            if not _has_size_of(variable, domain):
                found.append(f"a {type(variable).__name__} of this size cannot range over {domain}; give it the size of the elements")
        else:
            declared = _declared_beyond(variable, domain)
            if declared is None:
                found.append(f"a number cannot range over {domain}; its elements are vectors or matrices")
            elif declared:
                found.append(f"a variable that is declared {declared} cannot range over all of {domain}; "
                             "declare no more than holds of all elements")
    return found


def _declared_beyond(variable: Symbol, domain: Any) -> str | None:
    """What is declared of a scalar variable but does not hold of all elements of the domain; None when those are no scalars."""
    if isinstance(domain, Range):
        common = INDEX
    elif isinstance(domain, Interval):
        common = _of_interval(domain.args[0])
    elif type(domain) is Space and domain.dim == 1:
        common = REAL
    else:
        return None
    return ", ".join(sorted(variable._assumptions_orig.keys() if _assumed(variable) - _assumed(common) else ()))


def _of_interval(low: Expr) -> Symbol:
    """A number that is at least ``low``, whose sign is read off when it is a number or a symbol."""
    if not (low.is_Rational or low.is_Symbol):
        return REAL
    sign = {"positive": True} if low.is_positive else {"nonnegative": True} if low.is_nonnegative else {"real": True}
    return Symbol("t", **sign)


def _assumed(symbol: Symbol) -> set[tuple[str, bool]]:
    return {(key, value) for key, value in symbol.assumptions0.items() if value is not None}


def _has_size_of(variable: Any, domain: Any) -> bool:
    if isinstance(variable, Vector):
        size = domain.dim if isinstance(domain, Space) else domain.size if isinstance(domain, Signs) else \
            domain.args[0] if isinstance(domain, Uniform) else None
        return bool(variable.dim == size)
    return type(variable) is MatrixSymbol and isinstance(domain, SphereRows) and tuple(variable.shape) == tuple(domain.args)
