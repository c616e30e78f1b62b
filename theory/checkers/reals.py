"""Normal forms as polynomials over the reals for z3: one variable for each base, tied to its definition."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sympy import Abs, Add, Expr, Max, Min, Mul, Pow

from theory.checkers.atoms import is_atom, is_constant
from theory.checkers.power_sums import Monomial, Poly, normal_form
from theory.checkers.problem import Problem
from theory.checkers.signs import DECLARED, Bounds, constant_range
from theory.terms import Eq, Lt, Relation


@dataclass
class Translation:
    """Variables and side constraints that are made as terms are translated."""

    problem: Problem
    variables: dict[Expr, Any] = field(default_factory=dict)
    roots: dict[tuple[Expr, int], Any] = field(default_factory=dict)
    inverses: dict[tuple[Expr, int], Any] = field(default_factory=dict)
    constraints: list[Any] = field(default_factory=list)
    count: int = 0

    @property
    def is_faithful(self) -> bool:
        """Whether every variable is an opaque atom or defined by atoms: then a model is one of the real statement."""
        def defined(base: Expr) -> bool:
            power = isinstance(base, Pow) and base.exp.is_Rational
            return is_atom(base) or power or (isinstance(base, (Abs, Max, Min, Add, Mul)) and not is_constant(base))

        return all(base.is_Rational or defined(base) for base in self.variables)

    def relation(self, relation: Relation) -> Any:
        """lhs R rhs as a z3 formula."""
        gap = self.polynomial(self.problem.gap(relation))
        return gap == 0 if isinstance(relation, Eq) else gap > 0 if isinstance(relation, Lt) else gap >= 0

    def term(self, term: Expr) -> Any:
        """A scalar term as a z3 real."""
        return self.polynomial(normal_form(term, self.problem.signs))

    def polynomial(self, p: Poly) -> Any:
        """A normal form as a z3 real."""
        import z3
        return z3.Sum([z3.RealVal(0), *(z3.RealVal(str(c)) * self.monomial(m) for m, c in p.items())])

    def monomial(self, monomial: Monomial) -> Any:
        """A power product as a z3 real."""
        import z3
        return z3.Product([z3.RealVal(1), *(self.power(base, e) for base, e in monomial)])

    def power(self, base: Expr, exponent: Fraction) -> Any:
        """base^exponent; roots are s ≥ 0 with s^q = base, inverses are v with v·base = 1 (the base has been shown to allow it)."""
        root = self.root(base, exponent.denominator)
        if exponent < 0:
            key = base, exponent.denominator
            if key not in self.inverses:
                self.inverses[key] = self.fresh()
                self.constraints.append(self.inverses[key] * root == 1)
            root = self.inverses[key]
        return root ** abs(exponent.numerator) if abs(exponent.numerator) != 1 else root

    def root(self, base: Expr, order: int) -> Any:
        """The nonnegative q-th root of a base; the base itself for q = 1."""
        if order == 1:
            return self.variable(base)
        if (base, order) not in self.roots:
            s = self.roots[base, order] = self.fresh()
            self.constraints += [s >= 0, s ** order == self.variable(base)]
        return self.roots[base, order]

    def fresh(self) -> Any:
        """A new z3 real."""
        import z3
        self.count += 1
        return z3.Real(f"v{self.count}")

    def variable(self, base: Expr) -> Any:
        """The z3 real of a base, with what is known of the base."""
        if base not in self.variables:
            self.variables[base] = self._defined(base)
        return self.variables[base]

    def _defined(self, base: Expr) -> Any:
        import z3
        if base.is_Rational:
            return z3.RealVal(str(base))
        if is_constant(base):
            return self._bounded(constant_range(base))
        if is_atom(base):
            return self._bounded(DECLARED.monomial_range(((base, Fraction(1)),)))
        if isinstance(base, Abs):
            inside = self.term(base.args[0])
            return z3.If(inside >= 0, inside, -inside)
        if isinstance(base, (Min, Max)):
            best, *others = map(self.term, base.args)
            for other in others:
                best = z3.If(best <= other, best, other) if isinstance(base, Min) else z3.If(best >= other, best, other)
            return best
        if base.is_Add or base.is_Mul or base.is_Pow:
            return self._arithmetic(base)
        return self._bounded(self.problem.signs.monomial_range(((base, Fraction(1)),)))

    def _arithmetic(self, base: Expr) -> Any:
        p = normal_form(base, self.problem.signs)
        if p == {((base, Fraction(1)),): Fraction(1)}:  # a base that is its own normal form: nothing but its sign is known
            return self._bounded(self.problem.signs.monomial_range(((base, Fraction(1)),)))
        return self.polynomial(p)

    def _bounded(self, bounds: Bounds) -> Any:
        import z3
        v = self.fresh()
        if bounds.lo is not None:
            self.constraints.append(v > z3.RealVal(str(bounds.lo)) if bounds.lo_open else v >= z3.RealVal(str(bounds.lo)))
        if bounds.hi is not None:
            self.constraints.append(v < z3.RealVal(str(bounds.hi)) if bounds.hi_open else v <= z3.RealVal(str(bounds.hi)))
        return v
