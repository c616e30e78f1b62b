"""What it means to lie in a set, as a formula."""

from __future__ import annotations

from typing import Any

from sympy import Abs, floor

from theory.errors import BadData
from theory.terms.formula import And, eq, forall, le
from theory.terms.linear import Vector, index
from theory.terms.scalars import norm
from theory.terms.sets import Ball, Range, Signs, Space, Sphere
from theory.terms.sets import Interval as RealInterval
from theory.terms.sorts import Formula


def membership(element: Any, domain: Any) -> Formula:
    """The formula that says that an element lies in a set."""
    if isinstance(domain, RealInterval):
        return And(le(domain.args[0], element), le(element, domain.args[1]))
    if isinstance(domain, Range):
        return And(le(1, element), le(element, domain.size), eq(floor(element), element))
    if isinstance(domain, Ball):
        return le(_size(element), domain.radius)
    if isinstance(domain, Sphere):
        return eq(_size(element), 1)
    if isinstance(domain, Space):
        return le(0, _size(element))  # every vector of the right dimension, once it is defined
    if isinstance(domain, Signs):
        i = index("°member")
        return forall(eq(element[i] ** 2, 1), (i, Range(domain.size)))
    raise BadData(f"membership in {domain} has no numeric reading")


def _size(element: Any) -> Any:
    return norm(element) if isinstance(element, Vector) else Abs(element)
