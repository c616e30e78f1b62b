"""Formulas: relations between scalar terms, quantifiers, implications, and declared properties."""

from __future__ import annotations

from typing import Any

from sympy import Expr, sympify
from sympy.core.symbol import Str

from theory.errors import ShapeError
from theory.terms.linear import Matrix, Vector
from theory.terms.sorts import Binder, Formula


class Relation(Formula):
    """A relation between two scalars; nothing is evaluated at construction."""

    symbol = "?"

    def __new__(cls, lhs: Any, rhs: Any) -> Relation:
        lhs, rhs = sympify(lhs), sympify(rhs)
        for side in (lhs, rhs):
            if not isinstance(side, Expr):
                raise ShapeError(f"a relation compares scalars, not {side!s}; take a norm or an inner product first")
        return Formula.__new__(cls, lhs, rhs)

    @property
    def lhs(self) -> Expr:
        return self.args[0]

    @property
    def rhs(self) -> Expr:
        return self.args[1]


class Le(Relation):
    """lhs ≤ rhs."""

    symbol = "≤"


class Lt(Relation):
    """lhs < rhs."""

    symbol = "<"


class Eq(Relation):
    """lhs = rhs; as a rewriting rule it is read from left to right."""

    symbol = "="


class VectorEq(Formula):
    """lhs = rhs for two vectors."""

    def __new__(cls, lhs: Vector, rhs: Vector) -> VectorEq:
        if not (isinstance(lhs, Vector) and isinstance(rhs, Vector)):
            raise ShapeError("VectorEq compares two vectors")
        return Formula.__new__(cls, lhs, rhs)


class ForAll(Binder, Formula):
    """body for all values of the variables in their domains."""


def require_formula(found: Any, what: str) -> None:
    """ShapeError unless it is a formula.

    >>> require_formula("x <= 1", "the conclusion")
    Traceback (most recent call last):
    theory.errors.ShapeError: the conclusion is no formula but 'x <= 1' (str); build one with le, lt, eq, forall and the like
    """
    if not isinstance(found, Formula):
        raise ShapeError(f"{what} is no formula but {found!r} ({type(found).__name__}); build one with le, lt, eq, forall and the like")


class Connective(Formula):
    """A formula made of formulas."""

    def __new__(cls, *parts: Any) -> Any:
        if not parts:
            raise ShapeError(f"{cls.__name__} of nothing says nothing; give it formulas")
        for part in parts:
            require_formula(part, f"a part of {cls.__name__}")
        return Formula.__new__(cls, *parts)


class Implies(Connective):
    """premise ⇒ conclusion, for all values of the free variables."""

    def __new__(cls, premise: Any, conclusion: Any) -> Any:
        return Connective.__new__(cls, premise, conclusion)

    @property
    def premise(self) -> Formula:
        return self.args[0]

    @property
    def conclusion(self) -> Formula:
        return self.args[1]


class And(Connective):
    """All of the formulas hold."""


class Or(Connective):
    """At least one of the formulas holds."""


class Property(Formula):
    """A declared property of objects, by name: what it means is said where it is declared, and measured by the twin of that place."""

    def __new__(cls, name: Any, *objects: Any) -> Property:
        return Formula.__new__(cls, name if isinstance(name, Str) else Str(name), *map(sympify, objects))

    @property
    def name(self) -> str:
        return str(self.args[0])

    @property
    def objects(self) -> tuple[Any, ...]:
        return self.args[1:]


def le(lhs: Any, rhs: Any) -> Le:
    """The formula lhs ≤ rhs."""
    return Le(lhs, rhs)


def ge(lhs: Any, rhs: Any) -> Le:
    """The formula lhs ≥ rhs, kept as rhs ≤ lhs."""
    return Le(rhs, lhs)


def lt(lhs: Any, rhs: Any) -> Lt:
    """The formula lhs < rhs."""
    return Lt(lhs, rhs)


def eq(lhs: Any, rhs: Any) -> Eq | VectorEq:
    """The formula lhs = rhs, of scalars or of vectors."""
    if isinstance(lhs, Vector):
        return VectorEq(lhs, rhs)
    return Eq(lhs, rhs)


def forall(body: Formula, *limits: Any) -> ForAll:
    """The formula ``for all v in D: body``, written ``forall(body, (v, D))``."""
    return ForAll(body, *limits)


# --- the properties that the first laws use -------------------------------------------------------------------------------------

def positively_homogeneous(psi: Any) -> Property:
    """ψ(ct) = c ψ(t) for all c ≥ 0."""
    return Property("positively homogeneous", psi)


def lipschitz_activation(psi: Any, constant: Any) -> Property:
    """|ψ(s) − ψ(t)| ≤ L|s − t| for all s, t."""
    return Property("Lipschitz", psi, constant)


def orthogonal_projection(matrix: Matrix, rank: Any) -> Property:
    """P = Pᵀ = P² and rank(P) = r."""
    return Property("orthogonal projection", matrix, rank)


def depends_only_on(f: Any, matrix: Matrix, domain: Any) -> Property:
    """Px = Px′ ⇒ f(x) = f(x′), for x and x′ in the domain."""
    return Property("depends only on", f, matrix, domain)


def independent_rows(matrix: Matrix) -> Property:
    """The rows of the matrix are linearly independent."""
    return Property("independent rows", matrix)


def lipschitz_on(f: Any, domain: Any) -> Property:
    """f is Lipschitz on the domain: |f(x) − f(x′)| ≤ c‖x − x′‖ there, for some number c."""
    return Property("Lipschitz on", f, domain)


def lipschitz_with(relation: Relation) -> And:
    """f is Lipschitz on D, and the relation, whose left side is Lip(f, D); an upper bound alone holds wherever f is not Lipschitz.

    >>> from theory.terms import Function, Lip, Sphere
    >>> f = Function("f", 3)
    >>> lipschitz_with(le(Lip(f, Sphere(3)), 2)) == And(lipschitz_on(f, Sphere(3)), le(Lip(f, Sphere(3)), 2))
    True

    Raises: ShapeError (the left side is no Lipschitz constant).
    """
    from theory.terms.scalars import Lip
    if not isinstance(relation.lhs, Lip):
        raise ShapeError(f"lipschitz_with takes a relation with a Lipschitz constant on its left, not {relation.lhs}; "
                         "write le(Lip(f, D), bound)")
    return And(lipschitz_on(*relation.lhs.args), relation)


def bounded_above(supremum: Any) -> Property:
    """The values of which this is the supremum are bounded above, so that each of them is at most the supremum.

    >>> from theory.terms import Sup, Symbol, Sphere, VectorSymbol, dot
    >>> u, w = VectorSymbol("u", 3), VectorSymbol("w", 3)
    >>> bounded_above(Sup(dot(u, w), (u, Sphere(3)))).name
    'bounded above'

    Raises: ShapeError (something other than a supremum).
    """
    from theory.terms.scalars import Sup
    if not isinstance(supremum, Sup):
        raise ShapeError(f"bounded_above takes the supremum whose values it is about, not {supremum}; write Sup(value, (variable, set))")
    return Property("bounded above", supremum)


def member(element: Any, domain: Any) -> Property:
    """The element lies in the domain."""
    return Property("member of", element, domain)
