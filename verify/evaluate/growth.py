"""What is bounded on bounded sets, and what grows like a polynomial, by the form of a term: the suprema and expectations that exist."""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Abs, Add, Max, Min, Mul, Pow

from theory.terms import linear, scalars, tensors
from theory.terms.gradients import GradientValue
from theory.terms.polynomials import TaylorCoefficient
from theory.terms.sets import Ball, GaussianRows, Range, Signs, Sphere, SphereRows, Uniform
from theory.terms.sets import Interval as RealInterval
from theory.terms.sorts import Binder, Formula

POLYNOMIAL = (
    Add, Mul, Abs, Max, Min, sympy.floor, sympy.ceiling, sympy.tanh, sympy.atan, sympy.erf, sympy.erfc, sympy.sin, sympy.cos,
    sympy.asin, sympy.acos, linear.Entry, linear.Row, linear.Cell, linear.VectorSum_, linear.ScaledVector, linear.MatVec, linear.Direction,
    linear.KernelVector, linear.MatrixSum_, linear.ScaledMatrix, linear.Outer, scalars.Dot, scalars.Norm, scalars.FrobeniusNorm,
    scalars.OperatorNorm, scalars.NuclearNorm, scalars.Rank, scalars.Trace, scalars.EigenvalueSum, scalars.Apply, scalars.Value,
    GradientValue, scalars.Indicator, tensors.TensorPower, tensors.InjectiveNorm, tensors.TensorNuclearNorm, TaylorCoefficient,
)
"""Heads that send bounded arguments to bounded values, and grow like a polynomial: activations and functions of an instance do."""
BOUNDED = (*POLYNOMIAL, sympy.exp, sympy.sinh, sympy.cosh)
SUMS = (linear.IndexedSum, linear.IndexedVectorSum, linear.IndexedMatrixSum, tensors.IndexedTensorProduct, scalars.LineIntegral,
        scalars.Sup, scalars.Expect, scalars.Prob)


def is_locally_bounded(term: Any, variables: frozenset[Any], heads: tuple[Any, ...] = BOUNDED) -> bool:
    """Whether the term, as a function of the variables, is bounded on bounded sets by its form (with other heads: grows like a polynomial).

    >>> from theory.terms import VectorSymbol, d, norm
    >>> x = VectorSymbol("x", d)
    >>> is_locally_bounded(norm(x) ** 2, frozenset({x})), is_locally_bounded(1 / norm(x), frozenset({x}))
    (True, False)
    """
    if not variables & term.free_symbols or term in variables:
        return True
    if isinstance(term, Formula):
        return True  # an event; an indicator is 0 or 1
    if isinstance(term, Pow):
        return _power_is_bounded(term, variables) and is_locally_bounded(term.base, variables, heads)
    if isinstance(term, Binder):
        compact = isinstance(term, (scalars.LineIntegral, scalars.Prob)) or all(is_compact(d) for d in term.domains)
        fixed = not any(variables & d.free_symbols for d in term.domains)
        body = isinstance(term.body, Formula) or is_locally_bounded(term.body, variables | set(term.variables), heads)
        return isinstance(term, SUMS) and compact and fixed and body
    return isinstance(term, heads) and all(is_locally_bounded(a, variables, heads) for a in term.args)


def _power_is_bounded(term: Pow, variables: frozenset[Any]) -> bool:
    """t^q with a fixed q ≥ 0, or with a base that is at least 1 by its form: 1 + s²."""
    if variables & term.exp.free_symbols:
        return False
    if term.exp.is_nonnegative:
        return True
    constant, rest = term.base.as_coeff_Add()
    return bool(constant.is_positive and rest.is_nonnegative)


def is_compact(domain: Any) -> bool:
    """Whether a set is bounded, or a law lives on a bounded set."""
    if isinstance(domain, GaussianRows):
        return False
    return isinstance(domain, (Range, Signs, Sphere, Ball, RealInterval, Uniform, SphereRows))


def is_bounded_supremum(term: scalars.Sup) -> bool:
    """Whether the supremum is over bounded sets of what is bounded there, so that it is no less than any of its values."""
    return all(is_compact(d) for d in term.domains) and is_locally_bounded(term.body, frozenset(term.variables))


def is_integrable(term: scalars.Expect) -> bool:
    """Whether the expectation exists by its form: of a bounded variable, or of a polynomial one under Gaussian laws."""
    bounded = all(is_compact(d) for d in term.domains)
    return is_locally_bounded(term.body, frozenset(term.variables), BOUNDED if bounded else POLYNOMIAL)


