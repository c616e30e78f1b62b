"""Choices of layout that no glyph decides: signs, fractions, roots, order of factors, letters, named subterms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Add, Expr, Integer, Mul, Pow, Rational, S

from theory.terms.arithmetic import Symbol, simplifying
from theory.terms.linear import Vector
from theory.terms.scalars import Apply, Norm, Value
from theory.terms.sorts import META, OPENED, RESERVED, Binder

NAMED = "\ue000"  # private-use mark of the symbols that stand for a named subterm
LETTERS = {"n": "ijm", "k": "ℓm", "d": "pq"}  # display names of an index, by the length of its range


def free_names(top: Any, named: Mapping[Any, str]) -> set[str]:
    """Display names that a bound variable may not take: those of free symbols and of named subterms."""
    free = {str(s.name).removeprefix(META) for s in getattr(top, "free_symbols", ()) if hasattr(s, "name")}
    return {name for name in free if not name.startswith((RESERVED, OPENED))} | set(named.values())


def letters(variable: Any, domain: Any) -> tuple[str, ...]:
    """Letters that suit a bound variable, by what it ranges over."""
    kind = type(domain).__name__
    if kind == "Range":
        return tuple(LETTERS.get(str(domain.size).removeprefix(META), "ijm"))
    by_domain = {"Sphere": "uvw", "Signs": "yε", "SphereRows": ("X", "X′"),
                 "GaussianRows": ("X", "X′"), "Uniform": "t"}
    if isinstance(variable, Vector):
        return tuple(by_domain.get(kind, ("x", "x′", "x″")))
    return tuple(by_domain.get(kind, "βts"))


def split_sign(term: Expr) -> tuple[int, Expr]:
    """The sign of a summand and the rest."""
    coefficient = term.as_coeff_Mul()[0]
    return (-1, -term) if coefficient.is_Rational and coefficient < 0 else (1, term)


def split_vector_sign(term: Any) -> tuple[int, Any]:
    """The sign of a vector or matrix summand and the rest."""
    if type(term).__name__ in ("ScaledVector", "ScaledMatrix"):
        scalar, body = term.args
        sign, positive = split_sign(scalar)
        if sign < 0:
            return -1, body if positive == 1 else term.func(positive, body)
    return 1, term


def split_fraction(term: Expr) -> tuple[list[Expr], list[Expr]]:
    """Factors above and below the line."""
    above: list[Expr] = []
    below: list[Expr] = []
    for factor in Mul.make_args(term):
        if isinstance(factor, Rational):
            above += [Integer(factor.p)] if factor.p != 1 else []
            below += [Integer(factor.q)] if factor.q != 1 else []
        elif isinstance(factor, Pow) and factor.exp.as_coeff_Mul()[0].is_negative:
            below.append(Pow(factor.base, -factor.exp))
        else:
            above.append(factor)
    return above, below


def merge_roots(factors: list[Expr]) -> list[Expr]:
    """√a √b as √(ab) for short a and b, and 2√2 √a as √(8a), which is how they were written before sympy split them."""
    roots = [f for f in factors if _is_short_root(f)]
    if len(roots) < 2:
        return factors
    rest = [f for f in factors if f not in roots]
    radicand = [f.base for f in roots]
    if any(isinstance(f, Integer) for f in rest) and any(isinstance(b, Integer) for b in radicand):
        number = next(f for f in rest if isinstance(f, Integer))
        integer = next(b for b in radicand if isinstance(b, Integer))
        rest.remove(number)
        radicand[radicand.index(integer)] = integer * number**2
    return [*rest, Pow(Mul(*radicand, evaluate=False), S.Half, evaluate=False)]


def has_dot(term: Any) -> bool:
    return any(type(f).__name__ == "Dot" for f in (term.args if isinstance(term, Mul) else (term,)))


def pair_roots(above: list[Expr], below: list[Expr]) -> tuple[list[Expr], list[Expr]]:
    """√n/√k as √(n/k) for short radicands."""
    over, under = ([f for f in side if _is_short_root(f)] for side in (above, below))
    if not (over and under):
        return above, below
    ratio = Mul(*(f.base for f in over)) / Mul(*(f.base for f in under))
    rest = [f for f in above if f not in over], [f for f in below if f not in under]
    return [*rest[0], Pow(ratio, S.Half, evaluate=False)], rest[1]


def _is_short_root(factor: Expr) -> bool:
    """Whether it is √a for a short a that is nonnegative: √a √b is √(ab) then, and √a/√b is √(a/b)."""
    if not (isinstance(factor, Pow) and factor.exp == S.Half):
        return False
    return factor.base.is_nonnegative is True and not isinstance(factor.base, Binder | Add | Mul)


def is_simple_product(term: Any) -> bool:
    return isinstance(term, Mul) and all(isinstance(f, Integer | Symbol) for f in term.args)


MEASURED = (Apply, Value, Norm)  # a sum of such terms stands behind constants and norms; a sum of labels before f(x_i)
ORDER = {
    "MeanChiNorm": 1, "Entry": 2, "Cell": 2, "Row": 2, "Rank": 3, "Lip": 4,
    "Norm": 6, "FrobeniusNorm": 6, "OperatorNorm": 6, "NuclearNorm": 6, "Apply": 7, "Value": 7, "FamilyTerm": 7,
    "Function": 7, "Trace": 9, "EigenvalueSum": 9, "Indicator": 9, "Dot": 9.5,
}


def rank(factor: Expr) -> float:
    """Numbers, constants, labels and weights, roots, sums, constants of functions, norms, values, spectra, binders."""
    if isinstance(factor, Rational):
        return 0
    if isinstance(factor, Pow) and not factor.base.is_number:
        return 3 if factor.exp == S.Half and not isinstance(factor.base, Binder) else rank(factor.base)
    if isinstance(factor, Symbol | Pow) or factor.is_number:
        return 1
    if isinstance(factor, Binder):
        return 20 if type(factor).__name__ == "IndexedSum" else 21
    if isinstance(factor, Add):
        return 8.5 if factor.atoms(*MEASURED) else 3.5
    if type(factor).__name__ == "Abs":
        return max(rank(factor.args[0]), 2) if not isinstance(factor.args[0], Add | Mul) else 7
    found = [ORDER[kind.__name__] for kind in type(factor).__mro__ if kind.__name__ in ORDER]
    return found[0] if found else 8


def fold_named(term: Expr, named: Mapping[Any, str]) -> Expr:
    """The product or power with powers of named subterms restored: Σ²/n² is ȳ² when ȳ = Σ/n has a name."""
    bases = [factor.as_base_exp()[0] for factor in Mul.make_args(term)]
    if len(set(bases)) < len(bases):                      # t/t, which would cancel
        return term
    for target, name in named.items():
        if isinstance(target, Mul):
            exponent = _power_inside(target, term)
            if exponent:
                with simplifying():                       # target^exponent is a factor of the term, and cancels
                    term = term / target**exponent * Symbol(NAMED + name, real=True) ** exponent
    return term


def _power_inside(target: Mul, term: Expr) -> Expr:
    """The integer e such that target^e divides the term as written; 0 when there is none."""
    have, want = term.as_powers_dict(), target.as_powers_dict()
    anchor = max(want, key=lambda b: (not isinstance(b, Symbol | Rational), str(b)))
    exponent = have.get(anchor, S.Zero) / want[anchor]
    if not exponent.is_Integer or exponent == 0:
        return S.Zero
    ratios = [have.get(base, S.Zero) / (power * exponent) for base, power in want.items()]
    return exponent if all(r.is_number and r >= 1 for r in ratios) else S.Zero
