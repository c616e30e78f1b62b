"""Formulas: relations between scalar terms, quantifiers, implications, and declared properties."""

from __future__ import annotations

from typing import Any

from sympy import Expr, sympify
from sympy.core.symbol import Str

from theory.errors import ShapeError
from theory.terms.linear import Matrix, Vector
from theory.terms.sorts import Binder, Formula


class Relation(Formula):
    """A relation between two scalars; nothing is evaluated at construction.

    >>> from theory.terms import eq, le, Relation, Symbol
    >>> t = Symbol("t", real=True)
    >>> le(t, 1).lhs, le(t, 1).rhs, isinstance(eq(t, 1), Relation)
    (t, 1, True)
    """

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
    """lhs ≤ rhs.

    >>> from theory.terms import ge, Le, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", real=True)
    >>> text(Le(t, 1)), isinstance(ge(t, 1), Le)
    ('t ≤ 1', True)
    """

    symbol = "≤"


class Lt(Relation):
    """lhs < rhs.

    >>> from theory.terms import Lt, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", real=True)
    >>> text(Lt(t, 1))
    't < 1'
    """

    symbol = "<"


class Eq(Relation):
    """lhs = rhs; as a rewriting rule it is read from left to right.

    >>> from theory.terms import Eq, eq, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", real=True)
    >>> text(Eq(t**2, 1)), isinstance(eq(t**2, 1), Eq)
    ('t² = 1', True)
    """

    symbol = "="


class VectorEq(Formula):
    """lhs = rhs for two vectors.

    >>> from theory.terms import d, eq, VectorEq, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> u, v = VectorSymbol("u", d), VectorSymbol("v", d)
    >>> text(VectorEq(u, 2 * v)), isinstance(eq(u, 2 * v), VectorEq)
    ('u = 2v', True)
    """

    def __new__(cls, lhs: Vector, rhs: Vector) -> VectorEq:
        if not (isinstance(lhs, Vector) and isinstance(rhs, Vector)):
            raise ShapeError("VectorEq compares two vectors")
        return Formula.__new__(cls, lhs, rhs)


class ForAll(Binder, Formula):
    """body for all values of the variables in their domains.

    >>> from theory.terms import forall, ForAll, index, le, n, Range, VectorSymbol
    >>> y, i = VectorSymbol("y", n), index("i")
    >>> isinstance(forall(le(y[i], 1), (i, Range(n))), ForAll)
    True
    """


class Exists(Binder, Formula):
    """body for some values of the variables in their domains.

    >>> from theory.terms import Exists, LINE, Symbol, eq, thereis
    >>> s, t = Symbol("s", real=True), Symbol("t", real=True)
    >>> isinstance(thereis(eq(t**3, s), (t, LINE)), Exists)
    True
    """


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
    """premise ⇒ conclusion, for all values of the free variables.

    >>> from theory.terms import exp, Implies, le, Symbol
    >>> from theory.terms.printing.text import text
    >>> s, t = Symbol("s", real=True), Symbol("t", real=True)
    >>> text(Implies(le(s, t), le(exp(s), exp(t))))
    's ≤ t ⇒ exp(s) ≤ exp(t)'
    """

    def __new__(cls, premise: Any, conclusion: Any) -> Any:
        return Connective.__new__(cls, premise, conclusion)

    @property
    def premise(self) -> Formula:
        return self.args[0]

    @property
    def conclusion(self) -> Formula:
        return self.args[1]


class And(Connective):
    """All of the formulas hold.

    >>> from theory.terms import And, le, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", real=True)
    >>> text(And(le(0, t), le(t, 1)))
    '0 ≤ t and t ≤ 1'
    """


class Or(Connective):
    """At least one of the formulas holds.

    >>> from theory.terms import le, Or, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", real=True)
    >>> text(Or(le(t, 0), le(1, t)))
    't ≤ 0 or 1 ≤ t'
    """


class Property(Formula):
    """A declared property of objects, by name: what it means is said where it is declared, and measured by the twin of that place.

    >>> from theory.terms import d, MatrixSymbol, Property
    >>> from theory.terms.printing.text import text
    >>> M = MatrixSymbol("M", d, d)
    >>> text(Property("symmetric", M))
    'M is symmetric'
    >>> text(Property("positive semidefinite", M))
    'M is positive semidefinite'
    """

    def __new__(cls, name: Any, *objects: Any) -> Property:
        return Formula.__new__(cls, name if isinstance(name, Str) else Str(name), *map(sympify, objects))

    @property
    def name(self) -> str:
        return str(self.args[0])

    @property
    def objects(self) -> tuple[Any, ...]:
        return self.args[1:]


def le(lhs: Any, rhs: Any) -> Le:
    """The formula lhs ≤ rhs.

    >>> from theory.terms import le, Rational, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", real=True)
    >>> text(le(t / (1 + t**2), Rational(1, 2)))
    't / (1 + t²) ≤ 1/2'
    """
    return Le(lhs, rhs)


def ge(lhs: Any, rhs: Any) -> Le:
    """The formula lhs ≥ rhs, kept as rhs ≤ lhs.

    >>> from theory.terms import ge, le, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", real=True)
    >>> text(ge(t, 1)), ge(t, 1) == le(1, t)
    ('1 ≤ t', True)
    """
    return Le(rhs, lhs)


def lt(lhs: Any, rhs: Any) -> Lt:
    """The formula lhs < rhs.

    >>> from theory.terms import exp, lt, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", real=True)
    >>> text(lt(0, exp(t)))
    '0 < exp(t)'
    """
    return Lt(lhs, rhs)


def eq(lhs: Any, rhs: Any) -> Eq | VectorEq:
    """The formula lhs = rhs, of scalars or of vectors.

    >>> from theory.terms import d, eq, Symbol, VectorSymbol, zero
    >>> from theory.terms.printing.text import text
    >>> t, v = Symbol("t", real=True), VectorSymbol("v", d)
    >>> text(eq(t**2, 1)), text(eq(v, zero(d)))
    ('t² = 1', 'v = 0')
    """
    if isinstance(lhs, Vector):
        return VectorEq(lhs, rhs)
    return Eq(lhs, rhs)


def forall(body: Formula, *limits: Any) -> ForAll:
    """The formula ``for all v in D: body``, written ``forall(body, (v, D))``.

    >>> from theory.terms import eq, forall, index, n, Range, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> y, i = VectorSymbol("y", n), index("i")
    >>> text(forall(eq(y[i] ** 2, 1), (i, Range(n))))
    'yᵢ² = 1   for all i'
    """
    return ForAll(body, *limits)


def thereis(body: Formula, *limits: Any) -> Exists:
    """The formula ``for some v in D: body``, written ``thereis(body, (v, D))``.

    As a step it follows ``by="instance"`` from named facts that are the body, or parts of it, at a witness; a named fact of this form gives
    every step its body at a new variable.  On an instance it holds where a witness is found among all elements of a finite set or among
    drawn points of another; else it is undecided, and violated in a finite set without one.

    >>> from theory.terms import d, le, MatrixSymbol, norm, SphereRows, thereis
    >>> from theory.terms.printing.text import text
    >>> N = MatrixSymbol("N", 2, d)
    >>> text(thereis(le(norm(N[1] - N[2]), 1), (N, SphereRows(2, d))))
    'there is X ∈ R^{2×d} with unit rows such that ‖x₁ − x₂‖ ≤ 1'
    """
    return Exists(body, *limits)


# --- the properties that the first laws use -------------------------------------------------------------------------------------

def positively_homogeneous(psi: Any) -> Property:
    """ψ(ct) = c ψ(t) for all c ≥ 0.

    >>> from theory.terms import Activation, positively_homogeneous
    >>> from theory.terms.printing.text import text
    >>> text(positively_homogeneous(Activation("psi")))
    'ψ is positively homogeneous'
    """
    return Property("positively homogeneous", psi)


def lipschitz_activation(psi: Any, constant: Any) -> Property:
    """|ψ(s) − ψ(t)| ≤ L|s − t| for all s, t.

    >>> from theory.terms import lipschitz_activation, relu
    >>> from theory.terms.printing.text import text
    >>> text(lipschitz_activation(relu, 1))
    'ReLU is 1-Lipschitz'
    """
    return Property("Lipschitz", psi, constant)


def orthogonal_projection(matrix: Matrix, rank: Any) -> Property:
    """P = Pᵀ = P² and rank(P) = r.

    >>> from theory.terms import d, MatrixSymbol, orthogonal_projection, r
    >>> from theory.terms.printing.text import text
    >>> text(orthogonal_projection(MatrixSymbol("P", d, d), r))
    'P is an orthogonal projection of rank r'
    """
    return Property("orthogonal projection", matrix, rank)


def depends_only_on(f: Any, matrix: Matrix, domain: Any) -> Property:
    """Px = Px′ ⇒ f(x) = f(x′), for x and x′ in the domain.

    >>> from theory.terms import d, depends_only_on, Function, MatrixSymbol, Space
    >>> from theory.terms.printing.text import text
    >>> f, P = Function("f", d), MatrixSymbol("P", d, d)
    >>> text(depends_only_on(f, P, Space(d)))
    'f(x) depends on x only through Px, for x in R^d'
    """
    return Property("depends only on", f, matrix, domain)


def independent_rows(matrix: Matrix) -> Property:
    """The rows of the matrix are linearly independent.

    >>> from theory.terms import d, independent_rows, k, MatrixSymbol
    >>> from theory.terms.printing.text import text
    >>> text(independent_rows(MatrixSymbol("W", k, d)))
    'the rows of W are linearly independent'
    """
    return Property("independent rows", matrix)


def independent_blocks(matrix: Matrix, blocks: Matrix) -> Property:
    """For each row of the table of blocks, the rows of the matrix at which it is not 0 are linearly independent.

    >>> from theory.terms import d, independent_blocks, k, MatrixSymbol, n
    >>> from theory.terms.printing.text import text
    >>> W, C = MatrixSymbol("W", k, d), MatrixSymbol("C", n, k)
    >>> text(independent_blocks(W, C))
    'in each block of C the rows of W are linearly independent'
    """
    return Property("independent blocks", matrix, blocks)


def lipschitz_on(f: Any, domain: Any) -> Property:
    """f is Lipschitz on the domain: |f(x) − f(x′)| ≤ c‖x − x′‖ there, for some number c.

    >>> from theory.terms import d, Function, lipschitz_on, Sphere
    >>> from theory.terms.printing.text import text
    >>> text(lipschitz_on(Function("f", d), Sphere(d)))
    'f is Lipschitz on the unit sphere of R^d'
    """
    return Property("Lipschitz on", f, domain)


def lipschitz_with(relation: Relation) -> And:
    """f is Lipschitz on D, and the relation, whose left side is Lip(f, D); an upper bound alone holds wherever f is not Lipschitz.

    >>> from theory.terms import And, Function, Lip, Sphere, le, lipschitz_on, lipschitz_with
    >>> f, sphere = Function("f", 3), Sphere(3)
    >>> bound = le(Lip(f, sphere), 2)
    >>> lipschitz_with(bound) == And(lipschitz_on(f, sphere), bound)
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

    >>> from theory.terms import Sphere, Sup, VectorSymbol, bounded_above, dot
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
    """The element lies in the domain.

    >>> from theory.terms import Ball, d, member, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> x = VectorSymbol("x", d)
    >>> text(member(x, Ball(d)))
    'x ∈ the unit ball of R^d'
    """
    return Property("member of", element, domain)
