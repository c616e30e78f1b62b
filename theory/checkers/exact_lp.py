"""Exact rational linear feasibility, by the simplex method of z3's linear real arithmetic.  Its answers are hints: callers re-check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from theory.checkers.limits import answer, limited


@dataclass(frozen=True)
class Constraint:
    """Σ coefficient·unknown + constant  R  0, with R one of ≥, >, =."""

    coefficients: Mapping[Any, Fraction]
    constant: Fraction
    relation: str


def feasible_point(constraints: Iterable[Constraint]) -> dict[Any, Fraction] | None:
    """A rational point of the polyhedron, or None when the solver finds it empty or gives up.

    >>> below = Constraint({"x": Fraction(-1)}, Fraction(2), ">=")
    >>> above = Constraint({"x": Fraction(1)}, Fraction(-2), ">=")
    >>> feasible_point([below, above])
    {'x': Fraction(2, 1)}
    """
    import z3

    solver = limited(z3.SolverFor("QF_LRA"))
    variables: dict[Any, Any] = {}
    for constraint in constraints:
        for unknown in constraint.coefficients:
            if unknown not in variables:
                variables[unknown] = z3.Real(f"x{len(variables)}")
        parts = [z3.RealVal(str(c)) * variables[u] for u, c in constraint.coefficients.items() if c]
        total = z3.Sum([*parts, z3.RealVal(str(constraint.constant))])
        solver.add(total >= 0 if constraint.relation == ">=" else total > 0 if constraint.relation == ">" else total == 0)
    if answer(solver) != z3.sat:
        return None
    model = solver.model()
    return {u: _value(model.eval(v, model_completion=True)) for u, v in variables.items()}


def _value(number: Any) -> Fraction:
    return Fraction(number.numerator_as_long(), number.denominator_as_long())
