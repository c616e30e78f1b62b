"""An oracle for the kernel: the value of a node on an instance, read off the meanings of the heads, with no part of the kernel's own work.

It uses the kernel's nodes to walk a tree, and nothing else of it.  Bound variables live on a stack.  A term has a value or raises
`Undecided`; a formula is True, False or None, for undecided.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any

from flint import arb, ctx

from kernel import oracle_kinks as kinks
from kernel import oracle_numbers as numbers
from kernel import oracle_values as values
from kernel.oracle_numbers import PRECISION, Number, Undecided
from kernel.oracle_values import Domain, Function, Matrix, every, listed, negation, same, some
from theory.kernel.nodes import HEADS, Node

MANY = 400  # elements of products of finite sets that are gone through


@dataclass
class Instance:
    """Values of the free variables.  ``by_samples`` takes what holds at the samples of an infinite set to hold on the set."""

    free: Mapping[Node, Any]
    by_samples: bool = False
    stack: list[Any] = field(default_factory=list)

    def term(self, node: Node) -> Any:
        """The value of a term or a set.  Raises: Undecided."""
        return TERMS[node.head](self, node)

    def formula(self, node: Node) -> bool | None:
        """Whether a formula holds."""
        rule = FORMULAS.get(node.head)
        try:
            return rule(self, node) if rule is not None else self.term(node)
        except Undecided:
            return None

    def value(self, node: Node) -> Any:
        """The value of a term or formula."""
        if node.sort is not None and node.sort.head == "form":
            held = self.formula(node)
            if held is None:
                raise Undecided("a formula")
            return held
        return self.term(node)

    def body(self, node: Node, bound: Sequence[Any]) -> Any:
        """The last argument of a binder at values of its variables, outermost first."""
        self.stack.extend(bound)
        try:
            return self.value(node.args[-1])
        finally:
            del self.stack[len(self.stack) - len(bound):]

    def body_holds(self, node: Node, bound: Sequence[Any]) -> bool | None:
        """The same for a formula."""
        try:
            return self.body(node, bound)
        except Undecided:
            return None

    def args(self, node: Node) -> list[Any]:
        """The values of all arguments."""
        return [self.value(a) for a in node.args]


def evaluate(node: Node, free: Mapping[Node, Any]) -> Any:
    """The value of a term.  Raises: Undecided."""
    before, ctx.prec = ctx.prec, PRECISION
    try:
        return Instance(free).value(node)
    finally:
        ctx.prec = before


def holds(node: Node, free: Mapping[Node, Any], *, by_samples: bool = False) -> bool | None:
    """Whether a formula holds."""
    before, ctx.prec = ctx.prec, PRECISION
    try:
        return Instance(free, by_samples).formula(node)
    finally:
        ctx.prec = before


# --- leaves and numbers -------------------------------------------------------------------------------------------------------------

def _bound(own: Instance, node: Node) -> Any:
    return own.stack[-1 - node.args[0]]


def _numeral(_: Instance, node: Node) -> Number:
    top, bottom = node.args
    return top if bottom == 1 else Fraction(top, bottom)


def _lifted(function: Callable[..., Any]) -> Callable[[Instance, Node], Any]:
    return lambda own, node: function(*own.args(node))


def _add(own: Instance, node: Node) -> Any:
    parts = own.args(node)
    result = parts[0]
    for part in parts[1:]:
        result = values.add(result, part) if isinstance(result, (tuple, Matrix)) else numbers.plus(result, part)
    return result


def _mul(own: Instance, node: Node) -> Number:
    result: Number = 1
    for part in own.args(node):
        result = numbers.times(result, part)
    return result


def whole(value: Number) -> int:
    """An index or a size as an integer of Python."""
    if not numbers.is_exact(value) or Fraction(value).denominator != 1:
        raise Undecided("an index that is a ball")
    return int(value)


# --- vectors and matrices -----------------------------------------------------------------------------------------------------------

def _zero(own: Instance, node: Node) -> Any:
    sizes = [whole(own.term(a)) for a in node.args[0].args]
    return (0,) * sizes[0] if len(sizes) == 1 else Matrix(((0,) * sizes[1],) * sizes[0], sizes[1])


def _entry(v: tuple[Number, ...], i: Number) -> Number:
    return values.at(v, whole(i), 0)


def _row(m: Matrix, i: Number) -> tuple[Number, ...]:
    return values.at(m.rows, whole(i), (0,) * m.width)


def _outer(u: tuple[Number, ...], v: tuple[Number, ...]) -> Matrix:
    return Matrix(tuple(values.scale(a, v) for a in u), len(v))


def _tensor(factors: Sequence[tuple[Number, ...]]) -> tuple[Number, ...]:
    result: tuple[Number, ...] = (1,)
    for factor in factors:
        result = values.kron(result, factor)
    return result


def _table(own: Instance, node: Node) -> tuple[Number, ...]:
    return tuple(own.body(node, (i,)) for i in own.term(node.args[0]).elements)


def _tensor_product(own: Instance, node: Node) -> tuple[Number, ...]:
    return _tensor(_table(own, node))


def _kernel_vector(m: Matrix) -> tuple[Number, ...]:
    _, basis = values.solution(m, (0,) * len(m.rows)) or ((), [])
    return values.direction(basis[0]) if basis else (0,) * m.width


def _realiser(m: Matrix, b: tuple[Number, ...], s: tuple[Number, ...]) -> tuple[Number, ...]:
    found = values.solution(m, values.add(s, values.scale(-1, b)))
    return (0,) * m.width if found is None else found[0]


def _rank(m: Matrix) -> int:
    return values.rational(m).rank()


def _operator_norm(m: Matrix) -> Number:
    return (values.singular_values(m) or [0])[0]


def _nuclear_norm(m: Matrix) -> Number:
    return values.total(values.singular_values(m))


def _eigenvalue_sum(m: Matrix, r: Number) -> Number:
    return values.total(values.eigenvalues(values.symmetric_part(m))[:max(0, whole(r))])


def _tensor_norm(of_matrix: Callable[[Matrix], Number]) -> Callable[..., Number]:
    def norm(t: tuple[Number, ...], d: int, p: int) -> Number:
        if p == 0 or (d == 1):
            return numbers.absolute(t[0])
        if d == 0:
            return 0
        if p == 1:
            return values.length(t)
        if p == 2:
            return of_matrix(Matrix(tuple(t[d * i:d * i + d] for i in range(d)), d))
        raise Undecided("the norm of a tensor of order 3")
    return norm


def _mean_chi(d: int) -> Number:
    return 0 if d == 0 else arb(2).sqrt() * (arb(d + 1) / 2).gamma() / (arb(d) / 2).gamma()


def chebyshev(m: int) -> list[int]:
    """The coefficients of T_m."""
    before, current = [1], [0, 1]
    if m == 0:
        return before
    for _ in range(m - 1):
        following = [0, *(2 * c for c in current)]
        before, current = current, [c - (before[j] if j < len(before) else 0) for j, c in enumerate(following)]
    return current


def _markov(m: Number, j: Number) -> int:
    m, j = whole(m), whole(j)
    if not 0 <= j <= m:
        return 0
    coefficients = chebyshev(m if (m - j) % 2 == 0 else m - 1)
    return abs(coefficients[j]) if j < len(coefficients) else 0


def _taylor(psi: Function, s: Number, q: Number) -> Number:
    if not isinstance(psi, Function) or psi.coefficients is None:
        raise Undecided("whether a function is a polynomial")
    order = whole(q)
    if order < 0:
        return 0
    return values.total(numbers.times(numbers.times(numbers.binomial(j, order), c), numbers.whole_power(s, j - order))
                        for j, c in enumerate(psi.coefficients) if j >= order)


def _polynomial(psi: Function, p: Number) -> bool | None:
    if not isinstance(psi, Function) or psi.coefficients is None:
        return None
    return all(c == 0 or j <= p for j, c in enumerate(psi.coefficients))


# --- sets ---------------------------------------------------------------------------------------------------------------------------

FEW = (-2, -1, Fraction(-1, 2), 0, Fraction(1, 3), 1, Fraction(3, 2), 3)


def grid(d: int) -> tuple[tuple[Number, ...], ...]:
    """Some vectors of R^d."""
    return tuple(product((0, 1, -1, 2) if d < 3 else (0, 1, -1), repeat=d)) + inside(d)


def inside(d: int) -> tuple[tuple[Number, ...], ...]:
    """Some points of the open unit ball of R^d, besides 0."""
    axes = [tuple(Fraction(s, 2) * int(i == j) for j in range(d)) for i in range(d) for s in (1, -1)]
    return (*axes, *(product((Fraction(1, 2), Fraction(-1, 2)), repeat=2) if d == 2 else ()))


def _oriented(m: Matrix, shifts: tuple[Number, ...]) -> bool | None:
    planes = [(*row, shift) for row, shift in zip(m.rows, shifts, strict=True)]
    meet = every(numbers.below(numbers.times(b, b), values.inner(u, u), strict=True) for u, b in zip(m.rows, shifts, strict=True))
    distinct = every(values.rational(Matrix((a, b), m.width + 1)).rank() == 2 for i, a in enumerate(planes) for b in planes[:i])
    below = some(every(numbers.below(numbers.plus(values.inner(u, x), b), 0, strict=True) for u, b in zip(m.rows, shifts, strict=True))
                 for x in ((0,) * m.width, *inside(m.width)))
    return every([meet, distinct, below or None])


def _all_of(own: Instance, node: Node) -> Domain:
    sort = node.args[0]
    if sort.head in ("N", "Z", "R"):
        shape = {"N": "naturals", "Z": "integers", "R": "line"}[sort.head]
        few = {"N": range(5), "Z": range(-3, 4), "R": FEW}[sort.head]
        return Domain(lambda value: True, None, tuple(few), shape=(shape,))
    sizes = [whole(own.term(a)) for a in sort.args] if sort.head in ("vec", "mat") else []
    return space(*sizes) if sizes else Domain(lambda value: True)


def space(*sizes: int) -> Domain:
    """All vectors, or all matrices."""
    if len(sizes) == 1:
        d, = sizes
        return listed([()], uniform=True) if d == 0 else Domain(lambda value: True, None, grid(d), shape=("space", d))
    k, d = sizes
    if k * d == 0:
        return listed([Matrix(((),) * k, d)], uniform=True)
    some_ = tuple(Matrix(tuple(x[d * i:d * i + d] for i in range(k)), d) for x in product((0, 1, -1), repeat=min(k * d, 4))
                  if len(x) == k * d)
    return Domain(lambda value: True, None, some_, shape=("matrices", k, d))


def _range(own: Instance, node: Node) -> Domain:
    return listed(range(1, whole(own.term(node.args[0])) + 1))


def _interval(a: Number, b: Number) -> Domain:
    if numbers.below(b, a, strict=True) is True:
        return listed([])
    if same(a, b) is True:
        return listed([a], uniform=True)
    width = numbers.plus(b, numbers.times(-1, a))
    inside = tuple(numbers.plus(a, numbers.times(Fraction(part, 16), width)) for part in range(1, 16))
    if numbers.below(a, 0, strict=True) is True and numbers.below(0, b, strict=True) is True:
        inside = (0, *inside)                              # where 1/t, |t| and √t have their poles and kinks
    return Domain(lambda t: every([numbers.below(a, t, strict=False), numbers.below(t, b, strict=False)]), None, (a, b, *inside),
                  shape=("interval", a, b))


def units(d: int) -> tuple[tuple[Number, ...], ...]:
    """Some unit vectors of R^d."""
    axes = [tuple(s * int(i == j) for j in range(d)) for i in range(d) for s in (1, -1)]
    return tuple(axes) + (((Fraction(3, 5), Fraction(4, 5)) + (0,) * (d - 2),) if d > 1 else ())


def _sphere(d: int) -> Domain:
    return listed(units(d)) if d <= 1 else Domain(lambda u: same(values.inner(u, u), 1), None, units(d))


def _ball(d: int, r: Number) -> Domain:
    if numbers.sign(r) < 0:
        return listed([])
    if d == 0 or numbers.sign(r) == 0:
        return listed([(0,) * d], uniform=True)
    inside = tuple(values.scale(numbers.times(r, c), u) for u in units(d) for c in (0, Fraction(1, 2), 1))
    return Domain(lambda u: numbers.below(values.length(u), r, strict=False), None, inside, shape=("ball", d, r))


def _signs(n: int) -> Domain:
    return listed(list(product((-1, 1), repeat=n)), uniform=True)


def _sphere_rows(n: int, d: int) -> Domain:
    if n == 0 or d == 0:
        return listed([Matrix(((0,) * d,) * n, d)], uniform=True)
    if d == 1:
        return listed([Matrix(rows, 1) for rows in product(((1,), (-1,)), repeat=n)], uniform=True)
    rows = units(d)
    return Domain(lambda m: every(same(values.inner(row, row), 1) for row in m.rows), None,
                  tuple(Matrix(tuple(rows[(i + j) % len(rows)] for i in range(n)), d) for j in range(len(rows))))


def _circle(n: int) -> Domain:
    if n == 0:
        return listed([()], uniform=True)
    return Domain(lambda y: every(every([numbers.below(0, t, strict=False), numbers.below(t, 1, strict=True)]) for t in y), None,
                  tuple(tuple(Fraction(i + j, n + 3) for i in range(n)) for j in range(3)))


def _domains(own: Instance, node: Node) -> list[Domain]:
    return [own.term(a) for a in node.args[:-1]]


def _tuples(domains: Sequence[Domain]) -> list[tuple[Any, ...]] | None:
    """All tuples of elements; None where there are infinitely many."""
    if any(d.elements == () for d in domains):
        return []
    if any(d.elements is None for d in domains):
        return None
    count = 1
    for d in domains:
        count *= len(d.elements)
    if count > MANY:
        raise Undecided("too many elements")
    return list(product(*(d.elements for d in domains)))


# --- functions and binders ----------------------------------------------------------------------------------------------------------

def _applied(own: Instance, node: Node) -> Any:
    function, *rest = own.args(node)
    return function(*rest)


def _abstraction(own: Instance, node: Node) -> Function:
    frame = list(own.stack)
    return Function(lambda *xs: Instance(own.free, own.by_samples, list(frame)).body(node, xs))


def _sum(own: Instance, node: Node) -> Any:
    terms = [own.body(node, (i,)) for i in own.term(node.args[0]).elements]
    if not terms:
        return _zero_of(own, node.sort)
    result = terms[0]
    for part in terms[1:]:
        result = values.add(result, part) if isinstance(result, (tuple, Matrix)) else numbers.plus(result, part)
    return result


def _zero_of(own: Instance, sort: Node | None) -> Any:
    sizes = [whole(own.term(a)) for a in sort.args] if sort is not None else []
    return 0 if not sizes else (0,) * sizes[0] if len(sizes) == 1 else Matrix(((0,) * sizes[1],) * sizes[0], sizes[1])


def degree(node: Node, index: int) -> int | None:
    """A bound of the degree of a term as a polynomial in (the entries of) a bound variable; None where it need not be one."""
    if all(place != index for place, _ in node.indices):
        return 0
    if node.head == "bound":
        return 1
    parts = [degree(a, index) for a in node.args if isinstance(a, Node)]
    if node.head == "sum" and parts[0] == 0:
        return degree(node.args[1], index + 1)
    if None in parts or HEADS[node.head].binds:
        return None
    if node.head == "add":
        return max(parts)
    if node.head in ("mul", "smul", "dot", "matvec", "outer"):
        return sum(parts)
    if node.head in ("ent", "row") and parts[1] == 0:
        return parts[0]
    return None


def _corners(shape: tuple[Any, ...]) -> list[tuple[Any, Any]] | None:
    """The origin of an infinite set and the steps along its axes."""
    if shape[:1] in (("line",), ("integers",), ("naturals",)):
        return [(0, 1)]
    if shape[:1] == ("space",):
        d = shape[1]
        return [((0,) * d, tuple(int(i == j) for j in range(d))) for i in range(d)]
    return None


def _affine(own: Instance, node: Node, domain: Domain) -> tuple[Number, list[Number]] | None:
    """The value at the origin and the slopes along the axes of a body of degree at most 1."""
    corners = _corners(domain.shape) if degree(node.args[-1], 0) in (0, 1) else None
    if corners is None:
        return None
    start = own.body(node, (corners[0][0],))
    return start, [numbers.minus(own.body(node, (step,)), start) for _, step in corners]


def _range_of_values(own: Instance, node: Node) -> Number | None:
    """The least upper bound of the values; None where there is none."""
    domains = _domains(own, node)
    points = _tuples(domains)
    if points is not None:
        best: Number | None = None
        for point in points:
            value = own.body(node, point)
            best = value if best is None else numbers.larger(best, value)
        return 0 if best is None else best
    affine = _affine(own, node, domains[0]) if len(domains) == 1 else None
    if affine is None:
        raise Undecided("a supremum over an infinite set")
    start, slopes = affine
    steep = [numbers.sign(slope) for slope in slopes]
    one_sided = domains[0].shape == ("naturals",)
    return None if any(s > 0 if one_sided else s != 0 for s in steep) else start


def _supremum(own: Instance, node: Node) -> Number:
    least = _range_of_values(own, node)
    return 0 if least is None else least


def _law(own: Instance, node: Node) -> list[tuple[Any, ...]]:
    """The values of the variables, all equally likely."""
    domains = _domains(own, node)
    if any(d.elements == () for d in domains):
        return []
    if not all(d.uniform or (d.elements is not None and len(d.elements) == 1) for d in domains):
        raise Undecided("a law that is not uniform on a finite set")
    return _tuples(domains) or []


def _mean(own: Instance, node: Node) -> Number:
    points = _law(own, node)
    return numbers.times(Fraction(1, max(1, len(points))), values.total(own.body(node, point) for point in points))


def _probability(own: Instance, node: Node) -> Number:
    points = _law(own, node)
    if not points:
        return 1
    return Fraction(sum(bool(own.body(node, point)) for point in points), len(points))


def _line_integral(_: Instance, node: Node) -> Number:
    if degree(node.args[-1], 0) is None:
        raise Undecided("an integral over the line")
    return 0                                                              # a polynomial is integrable only where it is 0


# --- Lipschitz functions ------------------------------------------------------------------------------------------------------------

def _least_slope(own: Instance, node: Node) -> Number | None:
    """The least Lipschitz constant; None where there is none."""
    function, domain = own.args(node)
    if domain.elements is not None:
        best: Number = 0
        for u, v in product(domain.elements, repeat=2):
            apart = values.length(values.add(u, values.scale(-1, v)))
            change = numbers.absolute(numbers.minus(function(u), function(v)))
            best = numbers.larger(best, numbers.times(change, numbers.inverse(apart)))
        return best
    if not isinstance(function, Function) or function.slope is None or not domain.shape:
        raise Undecided("a Lipschitz constant on an infinite set")
    return function.slope(domain)


def _lipschitz_constant(own: Instance, node: Node) -> Number:
    least = _least_slope(own, node)
    return 0 if least is None else least


# --- formulas -----------------------------------------------------------------------------------------------------------------------

def _compared(strict: bool) -> Callable[[Instance, Node], bool | None]:
    return lambda own, node: numbers.below(*own.args(node), strict=strict)


def _element(own: Instance, node: Node) -> bool | None:
    value, domain = own.args(node)
    return domain.contains(value)


def _every_part(own: Instance, node: Node) -> bool | None:
    return every(own.formula(a) for a in node.args)


def _some_part(own: Instance, node: Node) -> bool | None:
    return some(own.formula(a) for a in node.args)


def _implication(own: Instance, node: Node) -> bool | None:
    return some([negation(own.formula(node.args[0])), own.formula(node.args[1])])


def _for_all(own: Instance, node: Node) -> bool | None:
    domain = own.term(node.args[0])
    if domain.elements is not None:
        return every(own.body_holds(node, (x,)) for x in domain.elements)
    points = _points_of_identity(node, domain)
    if points is not None:
        return every(own.body_holds(node, (x,)) for x in points)
    found = every(own.body_holds(node, (x,)) for x in domain.samples)
    return found if found is False or own.by_samples else None


def _points_of_identity(node: Node, domain: Domain) -> list[Any] | None:
    """Points that decide ∀x … s = t: polynomials of degree at most g in each entry agree if they do at all entries in {0, …, g}."""
    equation, index = node.args[1], 0
    while equation.head == "all" and all(place != index for place, _ in equation.args[0].indices):
        equation, index = equation.args[1], index + 1
    if equation.head != "eq" or _corners(domain.shape) is None:
        return None
    sizes = [degree(a, index) for a in equation.args]
    if None in sizes or max(sizes) > 3:
        return None
    entries = range(max(sizes) + 1)
    return list(product(entries, repeat=domain.shape[1])) if domain.shape[0] == "space" else list(entries)


def _exists(own: Instance, node: Node) -> bool | None:
    domain = own.term(node.args[0])
    found = some(own.body_holds(node, (x,)) for x in domain.samples)
    return found if domain.elements is not None or found is True else None


def _bounded(own: Instance, node: Node) -> bool | None:
    if _tuples(_domains(own, node)) is not None:
        return True
    return _range_of_values(own, node) is not None


def _indicator(own: Instance, node: Node) -> int:
    return int(own.value(node.args[0]))


def _unknown(_: Instance, node: Node) -> Any:
    raise Undecided(node.head)



TERMS: dict[str, Callable[[Instance, Node], Any]] = {
    "num": _numeral, "var": lambda own, node: own.free[node], "bound": _bound, "add": _add, "mul": _mul,
    "inv": _lifted(numbers.inverse), "abs": _lifted(numbers.absolute), "sqrt": _lifted(numbers.root), "exp": _lifted(numbers.exponential),
    "log": _lifted(numbers.logarithm), "asin": _lifted(numbers.arcsine), "erf": _lifted(numbers.error_function),
    "pi": lambda own, node: arb.pi(), "pow": _lifted(numbers.power),
    "floor": _lifted(numbers.whole_below), "max": _lifted(numbers.larger), "min": _lifted(numbers.smaller), "fact": _lifted(numbers.fact),
    "binom": _lifted(numbers.binomial), "smul": _lifted(values.scale), "zero": _zero, "dot": _lifted(values.inner),
    "norm": _lifted(values.length), "ent": _lifted(_entry), "row": _lifted(_row), "outer": _lifted(_outer), "matvec": _lifted(values.apply),
    "tpow": _lifted(lambda v, p: _tensor([v] * whole(p))), "dir": _lifted(values.direction), "kernelvec": _lifted(_kernel_vector),
    "realiser": _lifted(_realiser), "rank": _lifted(_rank), "opnorm": _lifted(_operator_norm), "nucnorm": _lifted(_nuclear_norm),
    "eigsum": _lifted(_eigenvalue_sum), "injnorm": _lifted(_tensor_norm(_operator_norm)), "tensornuc": _lifted(_tensor_norm(_nuclear_norm)),
    "meanchi": _lifted(_mean_chi), "markov": _lifted(_markov), "taylor": _lifted(_taylor), "signchanges": _unknown, "oppositegap": _unknown,
    "circleslope": _unknown, "clearpoint": _lifted(kinks.clear_point), "clearance": _lifted(kinks.clearance),
    "whole": _all_of, "range": _range,
    "interval": _lifted(_interval),
    "sphere": _lifted(_sphere), "ball": _lifted(_ball), "signs": _lifted(_signs), "sphererows": _lifted(_sphere_rows),
    "gaussrows": _lifted(space), "circle": _lifted(_circle), "app": _applied, "lam": _abstraction, "sum": _sum, "table": _table,
    "tprod": _tensor_product, "sup": _supremum, "expect": _mean, "prob": _probability, "lineint": _line_integral,
    "lip": _lipschitz_constant, "ind": _indicator,
}
FORMULAS: dict[str, Callable[[Instance, Node], bool | None]] = {
    "le": _compared(False), "lt": _compared(True), "eq": _lifted(same), "in": _element, "and": _every_part, "or": _some_part,
    "imp": _implication, "all": _for_all, "ex": _exists, "lipschitz": lambda own, node: _least_slope(own, node) is not None,
    "bounded": _bounded, "symmetric": _lifted(lambda m: same(m.rows, m.columns)), "psd": _lifted(values.semidefinite),
    "symmetrictensor": _lifted(values.is_symmetric_tensor), "polynomial": _lifted(_polynomial), "oriented": _lifted(_oriented),
}
