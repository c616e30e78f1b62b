"""Functions of a witness that a hypothesis defines: where it says f(x) = body for all x of a set, f is put in place that is the body.

An equation between functions can be tried at points only.  A given f that was seen to be the body at samples may differ from it in
between; the body itself does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from theory.errors import LawbookError
from theory.terms import Eq, ForAll, Formula, Space, Symbol
from theory.terms.scalars import Function, Value
from verify.evaluate.scope import Options, Run
from verify.lipschitz.polynomials.quadratics import Quadratic
from verify.objects.instance import Instance
from verify.trials.spaces.functions import defined_function


def definitions(formulas: Mapping[str, Formula]) -> dict[str, tuple[Function, Any, Any]]:
    """(f, x, body) for each hypothesis that reads f(x) = body for all x of a ball, a sphere or R^d; the first one of each f.

    A body that mentions a function which is defined itself is left out.

    >>> from theory.terms import Space, VectorSymbol, d, eq, forall, norm
    >>> f, x = Function("f", d), VectorSymbol("x", d)
    >>> list(definitions({"cone": forall(eq(f(x), norm(x)), (x, Space(d))), "odd": forall(eq(f(x), -f(-x)), (x, Space(d)))}))
    ['cone']
    """
    found: dict[str, tuple[Function, Any, Any]] = {}
    for name, formula in formulas.items():
        if not (isinstance(formula, ForAll) and isinstance(formula.body, Eq) and len(formula.limits) == 1
                and isinstance(formula.domains[0], Space)):
            continue
        (x,) = formula.variables
        for value, body in (formula.body.args, formula.body.args[::-1]):
            known = [f for f, _, _ in found.values()]
            if isinstance(value, Value) and value.args[1] == x and value.args[0] not in {*known, *body.free_symbols, x}:
                found[name] = value.args[0], x, body
                break
    defined = {f for f, _, _ in found.values()}
    return {name: entry for name, entry in found.items() if not entry[2].free_symbols & defined}


def with_definitions(formulas: Mapping[str, Formula], instance: Instance) -> tuple[Instance, frozenset[str]]:
    """The instance whose functions are the bodies that define them, and the names of the hypotheses that hold there by construction.

    What cannot be read exactly, such as a body with floating-point weights, stays as it is.
    """
    values, names = {}, set()
    for name, (f, x, body) in definitions(formulas).items():
        try:
            values[f.name] = _function(body, x, f.dim, instance)
        except LawbookError:
            continue
        names.add(name)
    return instance.with_values(**values), frozenset(names)


def is_identity(formula: Formula, instance: Instance) -> bool:
    """Whether an equation for all x is one between the coefficients of two polynomials in x of degree at most 2, compared exactly."""
    if not (isinstance(formula, ForAll) and isinstance(formula.body, Eq) and len(formula.limits) == 1
            and isinstance(formula.domains[0], Space)):
        return False
    (x,) = formula.variables
    try:
        found = _function(formula.body.lhs - formula.body.rhs, x, formula.domains[0].dim, instance)
    except LawbookError:
        return False
    return isinstance(found, Quadratic) and found.b is None and found.c == 0 and not np.any(np.asarray(found.A))


def _function(body: Any, x: Any, dim: Any, instance: Instance) -> Any:
    """x ↦ body on an instance that names its sizes."""
    run = Run(instance, Options())
    run.learn_sizes(body)
    run.learn_sizes(dim)
    symbols = {s for s in body.free_symbols | dim.free_symbols if isinstance(s, Symbol) and s.is_integer and not instance.has(s.name)}
    sizes = {s.name: size for s in symbols if (size := run.size(s.name)) is not None}
    named = instance.with_values(**sizes)
    d = dim.subs({s: int(named.number(s.name)) for s in dim.free_symbols})
    return defined_function(body, x, named, {}, int(d))
