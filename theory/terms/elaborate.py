"""What an authored term says, as a node of the kernel: the one place where the two languages meet.

A symbol's declaration becomes its sort, and what the declaration says besides becomes a hypothesis (`declared`), so that no truth hides
in it.  Declared properties are written out where they have a definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sympy
from sympy import Basic, Expr
from sympy.core.symbol import Str

from theory.errors import BadData
from theory.kernel.heads import bind, eq, forall, implies, le, lt, member, total, whole
from theory.kernel.nodes import FORM, N, Node, R, Refused, Z, is_numeric, make, num, var
from theory.kernel.normal import canonical
from theory.terms import circle, formula, gradients, kinks, linear, polynomials, scalars, schema, sets, tensors
from theory.terms.arithmetic import Symbol, built_by_sympy
from theory.terms.linear import Matrix, Vector
from theory.terms.sorts import META, Binder

OURS = "°"     # in names of variables that stand for bound ones
NABLA = "∇"    # begins the names of those that stand for gradients
Rule = Callable[["Elaborator", Any], Node]


def elaborate(term: Any) -> Node:
    """The node of a term or formula.  Raises: BadData (a float, an object from outside the language).

    >>> from theory.kernel.printing import text
    >>> from theory.terms import Symbol, forall, le, LINE
    >>> t = Symbol("t", real=True)
    >>> text(elaborate(forall(le(0, t**2), (t, LINE))))
    '∀t∈R: 0 ≤ t^2'
    """
    return Elaborator().node(term)


def same(left: Any, right: Any) -> bool:
    """Whether two terms or formulas, written or not, are one by computation: they have one normal form in the kernel.

    >>> t = Symbol("t", real=True)
    >>> same(2 / (2 * t), 1 / t), same(t / t, 1)
    (True, False)
    """
    e = Elaborator(written=False)
    return canonical(e.node(left)) is canonical(e.node(right))


_WRITTEN: dict[Any, Node] = {}     # what written terms without bound variables say: statements share most of theirs


class Elaborator:
    """Translates terms; remembers what the symbols that are bound around a term stand for.

    Of a statement everything must be ``written``, not built by sympy; what a search proposes need not be.
    """

    def __init__(self, *, written: bool = True) -> None:
        self.written = written
        self.bound: dict[Any, Node] = {}
        self.memo: dict[Any, Node] = _WRITTEN if written else {}

    def node(self, term: Any) -> Node:
        """The node of a term of any sort."""
        term = sympy.sympify(term)
        if term in self.bound:
            return self.bound[term]
        closed = not (self.bound and term.free_symbols & self.bound.keys())
        if closed and term in self.memo:
            return self.memo[term]
        result = self._fresh(term)
        if closed:
            self.memo[term] = result
        return result

    def _fresh(self, term: Any) -> Node:
        flaw = built_by_sympy(term) if self.written else ""
        if flaw:
            raise BadData(flaw)
        for kind in type(term).__mro__:
            if kind in RULES:
                try:
                    return RULES[kind](self, term)
                except Refused as refusal:                # the author's mistake, not the kernel's
                    raise BadData(f"{term} has no meaning: {refusal}") from None
        raise BadData(f"{term} ({type(term).__module__}.{type(term).__name__}) is no term of the language; build it from theory.terms")

    def size(self, term: Any) -> Node:
        """A dimension: a natural number."""
        node = self.node(term)
        if node.sort is not N:
            raise BadData(f"{term} is used as a dimension and is not declared a natural number; declare it integer and nonnegative")
        return node

    def nodes(self, terms: Iterable[Any]) -> list[Node]:
        """The nodes of several terms."""
        return [self.node(t) for t in terms]

    # --- binders ----------------------------------------------------------------------------------------------------------------

    def limits(self, binder: Binder) -> list[tuple[Node, Node]]:
        """Pairs (variable, set), the variables put in scope; `leave` takes them out again."""
        pairs = []
        for variable, domain in binder.limits:
            place = self.domain(domain, variable)
            pairs.append((var(f"{variable.name}°", place.sort.args[0]), place))           # type: ignore[union-attr]
        self.bound.update({v: own for v, (own, _) in zip(binder.variables, pairs, strict=True)})
        return pairs

    def leave(self, binder: Binder) -> None:
        """Take a binder's variables out of scope."""
        for v in binder.variables:
            del self.bound[v]

    def within(self, binder: Binder, close: Callable[[Node, list[tuple[Node, Node]]], Node]) -> Node:
        """A binder, its body translated in scope and closed."""
        outer = {v: self.bound[v] for v in binder.variables if v in self.bound}
        pairs = self.limits(binder)
        body = self.node(binder.body)
        self.leave(binder)
        self.bound.update(outer)
        return close(body, pairs)

    def domain(self, domain: Any, variable: Any) -> Node:
        """The set that a variable ranges over: R^1 is the line for numbers."""
        if type(domain) is sets.Space:
            return whole(self.sort(variable, over=domain))
        return self.node(domain)

    # --- leaves -----------------------------------------------------------------------------------------------------------------

    def sort(self, leaf: Any, over: Any = None) -> Node:
        """The sort of a variable."""
        if isinstance(leaf, sympy.Symbol):
            if over is not None and over.dim != 1:
                raise BadData(f"the number {leaf} cannot range over {over}; bind a VectorSymbol")
            return R if over is not None or not leaf.is_integer else N if leaf.is_nonnegative else Z
        if isinstance(leaf, tensors.TensorSymbol):
            dim, order = map(self.size, leaf.shape_of_tensor)
            return make("vec", make("pow", dim, order))
        if isinstance(leaf, Vector):
            return make("vec", self.size(leaf.dim))
        if isinstance(leaf, Matrix):
            return make("mat", *map(self.size, leaf.shape))
        if isinstance(leaf, scalars.Function):
            return make("fn", make("vec", self.size(leaf.dim)), R)
        return make("fn", R, R)

    def leaf(self, leaf: Any) -> Node:
        """A free variable."""
        if OURS in leaf.name:
            raise BadData(f"the name {leaf.name!r} holds the sign {OURS}, which marks variables that are opened; choose another name")
        return var(leaf.name.removeprefix(META), self.sort(leaf))

    def gradient(self, f: Any) -> Node:
        """The variable that stands for ∇f."""
        if f in self.bound:
            raise BadData(f"the gradient of {f} is asked for where {f} is bound; name the function in a hypothesis instead")
        space = make("vec", self.size(f.dim))
        return var(f"{NABLA}{f.name.removeprefix(META)}", make("fn", space, space))

    def family(self, term: Any, result: Node) -> Node:
        """A family at its arguments: its sort is read off them."""
        values = self.nodes(term.args[1:])
        sorts = [N if is_numeric(v.sort) and v.sort is not R else v.sort for v in values]
        return var(term.args[0].name.removeprefix(META), make("fn", *sorts, result))(*values)


def exists(body: Node, *variables: tuple[Node, Node]) -> Node:
    """For some values of the variables in their sets; one quantifier each."""
    for pair in reversed(variables):
        body = bind("ex", [pair], body)
    return body


# --- what each class of terms says ------------------------------------------------------------------------------------------------

def _apply(e: Elaborator, t: Any) -> Node:
    psi, value = t.args
    return _relu(e.node(value)) if isinstance(psi, scalars.ConcreteActivation) else e.node(psi)(e.node(value))


def _relu(value: Node) -> Node:
    return make("max", value, num(0))


def _activation(e: Elaborator, t: Any) -> Node:
    if isinstance(t, scalars.ConcreteActivation):
        if t.name != "ReLU":
            raise BadData(f"the activation {t.name} has no meaning in the kernel; state what you know of it as hypotheses")
        s = var("s°", R)
        return bind("lam", [(s, R)], _relu(s))
    return e.leaf(t)


def _power(e: Elaborator, t: Any) -> Node:
    base, exponent = t.args
    if exponent.is_Integer and exponent < -1:                                               # powers of sums would be written out inside 1/…
        return make("pow", make("inv", e.node(base)), num(int(-exponent)))
    if exponent.is_Rational and exponent < 0:
        return make("inv", _raised(e, base, -exponent))
    return _raised(e, base, exponent)


def _raised(e: Elaborator, base: Any, exponent: Any) -> Node:
    if exponent == sympy.S.Half:
        return make("sqrt", e.node(base))
    return e.node(base) if exponent == 1 else make("pow", e.node(base), e.node(exponent))


def _nested(head: str) -> Rule:
    def rule(e: Elaborator, t: Any) -> Node:
        first, *rest = sorted(t.args, key=sympy.default_sort_key)
        result = e.node(first)
        for a in rest:
            result = make(head, result, e.node(a))
        return result
    return rule


def _plain(head: str) -> Rule:
    return lambda e, t: make(head, *e.nodes(a for a in t.args if not isinstance(a, Str)))


def _binder(head: str) -> Rule:
    return lambda e, t: e.within(t, lambda body, pairs: bind(head, pairs, body))


def _symbol(e: Elaborator, t: Any) -> Node:
    if t.is_real is not True:
        raise BadData(f"the symbol {t} is not declared real; every symbol of a statement names its kind")
    return e.leaf(t)


def _float(e: Elaborator, t: Any) -> Node:
    raise BadData(f"{t} is a float; write it as a fraction")


def _tensor_norm(head: str) -> Rule:
    return lambda e, t: make(head, e.node(t.args[0]), e.size(t.args[1]), e.size(t.args[2]))


def _ball(e: Elaborator, t: Any) -> Node:
    return make("ball", e.size(t.dim), e.node(t.radius))


def _property(e: Elaborator, t: Any) -> Node:
    if t.name in PROPERTIES:
        return PROPERTIES[t.name](e, *t.objects)
    values = e.nodes(t.objects)                           # a property that nobody defines: the statement holds whatever it means
    return var(t.name, make("fn", *(v.sort for v in values), FORM))(*values)


RULES: dict[type, Rule] = {
    sympy.Symbol: _symbol, sympy.Float: _float, sympy.Rational: lambda e, t: num(f"{t.p}/{t.q}"), sympy.Add: _plain("add"),
    sympy.Mul: _plain("mul"), sympy.Pow: _power, sympy.Abs: _plain("abs"), sympy.exp: _plain("exp"), sympy.log: _plain("log"),
    sympy.Max: _nested("max"), sympy.Min: _nested("min"), sympy.floor: _plain("floor"), sympy.asin: _plain("asin"),
    sympy.erf: _plain("erf"),
    sympy.binomial: _plain("binom"), sympy.factorial: _plain("fact"), type(sympy.pi): lambda e, t: make("pi"),
    type(sympy.E): lambda e, t: make("exp", num(1)),
    # vectors and matrices
    linear.VectorSymbol: Elaborator.leaf, linear.MatrixSymbol: Elaborator.leaf, tensors.TensorSymbol: Elaborator.leaf,
    linear.Entry: _plain("ent"), linear.Row: _plain("row"),
    linear.Cell: lambda e, t: e.node(t.args[0])[e.node(t.args[1])][e.node(t.args[2])],
    linear.ZeroVector: lambda e, t: make("zero", make("vec", e.size(t.dim))), linear.VectorSum_: _plain("add"),
    linear.ScaledVector: _plain("smul"), linear.MatVec: _plain("matvec"), linear.Direction: _plain("dir"),
    linear.KernelVector: _plain("kernelvec"), linear.Realiser: _plain("realiser"), linear.MatrixSum_: _plain("add"),
    linear.ScaledMatrix: _plain("smul"), linear.Outer: _plain("outer"), tensors.TensorPower: _plain("tpow"),
    tensors.IndexedTensorProduct: _binder("tprod"), tensors.InjectiveNorm: _tensor_norm("injnorm"),
    tensors.TensorNuclearNorm: _tensor_norm("tensornuc"), tensors.MarkovBound: _plain("markov"),
    # numbers made of them
    scalars.Dot: _plain("dot"), scalars.Trace: _plain("dot"), scalars.Norm: _plain("norm"), scalars.FrobeniusNorm: _plain("norm"),
    scalars.OperatorNorm: _plain("opnorm"), scalars.NuclearNorm: _plain("nucnorm"), scalars.Rank: _plain("rank"),
    scalars.EigenvalueSum: _plain("eigsum"), scalars.MeanChiNorm: _plain("meanchi"), scalars.Activation: _activation,
    scalars.Apply: _apply, scalars.Function: Elaborator.leaf, scalars.Value: lambda e, t: e.node(t.args[0])(e.node(t.args[1])),
    gradients.GradientValue: lambda e, t: e.gradient(t.args[0])(e.node(t.args[1])),
    scalars.Lip: lambda e, t: make("lip", e.node(t.args[0]), e.node(t.args[1])), scalars.Indicator: _plain("ind"),
    polynomials.TaylorCoefficient: _plain("taylor"), circle.SignChanges: _plain("signchanges"), circle.OppositeGap: _plain("oppositegap"),
    circle.CircleSlope: _plain("circleslope"), kinks.ClearPoint: _plain("clearpoint"), kinks.Clearance: _plain("clearance"),
    # binders
    linear.IndexedSum: lambda e, t: e.within(t, lambda body, pairs: total(body, *pairs)),
    linear.IndexedVectorSum: lambda e, t: e.within(t, lambda body, pairs: total(body, *pairs)),
    linear.IndexedMatrixSum: lambda e, t: e.within(t, lambda body, pairs: total(body, *pairs)),
    scalars.Sup: _binder("sup"), scalars.Expect: _binder("expect"), scalars.Prob: _binder("prob"), scalars.LineIntegral: _binder("lineint"),
    # sets
    sets.Range: _plain("range"), sets.Space: lambda e, t: whole(make("vec", e.size(t.dim))), sets.Sphere: _plain("sphere"),
    sets.Ball: _ball, sets.Interval: _plain("interval"), sets.Signs: _plain("signs"), sets.GaussianRows: _plain("gaussrows"),
    sets.SphereRows: _plain("sphererows"), sets.Uniform: _plain("circle"),
    # formulas
    formula.Le: _plain("le"), formula.Lt: _plain("lt"), formula.Eq: _plain("eq"), formula.VectorEq: _plain("eq"),
    formula.And: _plain("and"), formula.Or: _plain("or"), formula.Implies: _plain("imp"), formula.Property: _property,
    formula.ForAll: lambda e, t: e.within(t, lambda body, pairs: forall(body, *pairs)),
    formula.Exists: lambda e, t: e.within(t, lambda body, pairs: exists(body, *pairs)),
    # schemas
    schema.FamilyTerm: lambda e, t: e.family(t, R),
    schema.VectorFamilyTerm: lambda e, t: e.family(t, make("vec", e.size(t.dim))), schema.EventTerm: lambda e, t: e.family(t, FORM),
}


# --- declared properties, written out ----------------------------------------------------------------------------------------------

def _homogeneous(e: Elaborator, psi: Any) -> Node:
    c, t, f = var("c°", R), var("t°", R), e.node(psi)
    return forall(implies(le(0, c), eq(f(c * t), c * f(t))), (c, whole(R)), (t, whole(R)))


def _lipschitz(e: Elaborator, psi: Any, constant: Any) -> Node:
    s, t, f = var("s°", R), var("t°", R), e.node(psi)
    slope = le(make("abs", f(s) - f(t)), e.node(constant) * make("abs", s - t))
    return forall(slope, (s, whole(R)), (t, whole(R)))


def _projection(e: Elaborator, matrix: Any, rank: Any) -> Node:
    p = e.node(matrix)
    space = make("vec", p.sort.args[0])                                               # type: ignore[union-attr]
    u, v = var("u°", space), var("v°", space)
    image = make("matvec", p, u)
    swap = forall(eq(make("dot", image, v), make("dot", u, make("matvec", p, v))), (u, whole(space)), (v, whole(space)))
    again = forall(eq(make("matvec", p, image), image), (u, whole(space)))
    return make("and", swap, again, eq(make("rank", p), e.node(rank)))


def _depends_only_on(e: Elaborator, f: Any, matrix: Any, domain: Any) -> Node:
    function, p = e.node(f), e.node(matrix)
    space = make("vec", p.sort.args[1])                                               # type: ignore[union-attr]
    x, z, where = var("x°", space), var("z°", space), e.node(domain)
    same = eq(make("matvec", p, x), make("matvec", p, z))
    return forall(implies(same, eq(function(x), function(z))), (x, where), (z, where))


def _independent_rows(e: Elaborator, matrix: Any) -> Node:
    w = e.node(matrix)
    k = w.sort.args[0]                                                                # type: ignore[union-attr]
    c, i = var("c°", make("vec", k)), var("i°", N)
    rows = total(make("smul", c[i], w[i]), (i, make("range", k)))
    zero = eq(rows, make("zero", rows.sort))
    return forall(implies(zero, eq(c, make("zero", c.sort))), (c, whole(c.sort)))     # type: ignore[arg-type]


def _independent_blocks(e: Elaborator, matrix: Any, blocks: Any) -> Node:
    w, table = e.node(matrix), e.node(blocks)
    q, k = table.sort.args                                                            # type: ignore[union-attr]
    c, i, m = var("c°", make("vec", k)), var("i°", N), var("m°", N)
    rows = total(make("smul", c[i] * table[m][i], w[i]), (i, make("range", k)))
    zero, none = eq(rows, make("zero", rows.sort)), forall(eq(c[i] * table[m][i], 0), (i, make("range", k)))
    return forall(forall(implies(zero, none), (c, whole(c.sort))), (m, make("range", q)))   # type: ignore[arg-type]


def _member(e: Elaborator, element: Any, domain: Any) -> Node:
    return member(e.node(element), e.domain(domain, element))


def _strongly_convex(e: Elaborator, f: Any, modulus: Any) -> Node:
    function, t = e.node(f), var("t°", R)
    x, y, space = _two_points(function)
    rest, distance = num(1) - t, make("norm", x - y)
    bound = rest * function(x) + t * function(y) - e.node(modulus) * num("1/2") * t * rest * distance * distance
    between = make("smul", rest, x) + make("smul", t, y)
    return forall(le(function(between), bound), (x, space), (y, space), (t, make("interval", num(0), num(1))))


def _smooth(e: Elaborator, f: Any, constant: Any) -> Node:
    function, gradient = e.node(f), e.gradient(f)
    x, y, space = _two_points(function)
    distance = make("norm", y - x)
    bound = e.node(constant) * num("1/2") * distance * distance
    return forall(le(make("abs", _beyond_tangent(function, gradient, x, y)), bound), (x, space), (y, space))


def _differentiable(e: Elaborator, f: Any) -> Node:
    function, gradient, eps, delta = e.node(f), e.gradient(f), var("eps°", R), var("delta°", R)
    x, y, space = _two_points(function)
    distance = make("norm", y - x)
    close = implies(le(distance, delta), le(make("abs", _beyond_tangent(function, gradient, x, y)), eps * distance))
    near = exists(make("and", lt(0, delta), forall(close, (y, space))), (delta, whole(R)))
    return forall(implies(lt(0, eps), near), (x, space), (eps, whole(R)))


def _two_points(function: Node) -> tuple[Node, Node, Node]:
    """Two points of the space on which a function is defined, and that space."""
    space = function.sort.args[0]                                                     # type: ignore[union-attr]
    return var("x°", space), var("y°", space), whole(space)


def _beyond_tangent(function: Node, gradient: Node, x: Node, y: Node) -> Node:
    """f(y) − f(x) − ∇f(x)·(y − x)."""
    return function(y) - function(x) - make("dot", gradient(x), y - x)


PROPERTIES: dict[str, Callable[..., Node]] = {
    "positively homogeneous": _homogeneous, "Lipschitz": _lipschitz, "orthogonal projection": _projection,
    "Lipschitz on": lambda e, f, domain: make("lipschitz", e.node(f), e.node(domain)),
    "bounded above": lambda e, supremum: make("bounded", *e.node(supremum).args),
    "depends only on": _depends_only_on, "independent rows": _independent_rows,
    "independent blocks": _independent_blocks, "member of": _member,
    "symmetric": lambda e, m: make("symmetric", e.node(m)), "positive semidefinite": lambda e, m: make("psd", e.node(m)),
    "symmetric tensor": lambda e, t, d, p: make("symmetrictensor", e.node(t), e.size(d), e.size(p)),
    "polynomial activation": lambda e, psi, p: make("polynomial", e.node(psi), e.node(p)),
    "strongly convex": _strongly_convex, "smooth": _smooth, "differentiable": _differentiable,
    "oriented canonical form": lambda e, u, t: make("oriented", e.node(u), e.node(t)),
}


# --- what a declaration says besides the sort ---------------------------------------------------------------------------------------

SIGNS: dict[str, Callable[[Node], Node]] = {
    "positive": lambda t: lt(0, t), "nonnegative": lambda t: le(0, t), "negative": lambda t: lt(t, 0), "nonpositive": lambda t: le(t, 0),
    "zero": lambda t: eq(t, 0),
}


def declared(terms: Iterable[Any]) -> list[Node]:
    """The hypotheses that the declarations of the free symbols of terms or formulas make, in the order of their names.

    >>> from theory.kernel.printing import text
    >>> [text(h) for h in declared([Symbol("t", negative=True) + Symbol("n", integer=True, positive=True)])]
    ['1 ≤ n', 't < 0']
    """
    e, found = Elaborator(), []
    free = {s for term in terms if isinstance(term, Basic) for s in term.free_symbols}
    leaves = free | {s for leaf in free for a in leaf.args if isinstance(a, Expr) for s in a.free_symbols}
    for leaf in sorted(leaves, key=lambda s: (s.name, sympy.default_sort_key(s))):
        if isinstance(leaf, sympy.Symbol):
            found.extend(_declared(e.node(leaf), leaf))
        elif isinstance(leaf, linear.NonnegativeTable):
            i, j, table = var("i°", N), var("j°", N), e.node(leaf)
            k, d = table.sort.args                                                    # type: ignore[union-attr]
            found.append(forall(le(0, table[i][j]), (i, make("range", k)), (j, make("range", d))))
    return found


def _declared(node: Node, symbol: Symbol) -> list[Node]:
    said = [name for name in SIGNS if symbol._assumptions_orig.get(name)]
    other = set(symbol._assumptions_orig) - {*said, "real", "integer", "commutative"}
    if other:
        words = ", ".join(sorted(other))
        raise BadData(f"the symbol {symbol} is declared {words}; declare its sign at most, and state the rest as hypotheses")
    if node.sort is N and not symbol.is_zero:
        return [le(1, node)] if symbol.is_positive else []
    return [SIGNS[name](node) for name in said]



