"""Random terms of the kernel that repeat their parts, and random values of their variables, degenerate ones at least half of the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import count
from random import Random
from typing import Any

from kernel import oracle_numbers as numbers
from kernel import oracle_values as values
from kernel.oracle import evaluate, space
from kernel.oracle_values import Domain, Function, Matrix, listed
from theory.kernel.heads import bind, eq, implies, le, lt, member, whole
from theory.kernel.nodes import FORM, N, Node, R, Z, make, num, var

WHOLES = {N: (0, 0, 1, 1, 2, 3), Z: (-2, -1, 0, 0, 1, 1, 2, 3)}
REALS = (0, 0, 0, 1, 1, -1, -1, 2, -2, Fraction(1, 2), Fraction(-1, 2), Fraction(1, 3), 4, Fraction(9, 4), 3, -3)
n, k, d, p = (var(name, N) for name in "nkdp")
LARGEST = 30  # dimensions
SMALL = 2  # the order of tensors
VECTORS = {size: [var(f"{name}{place}", make("vec", size)) for name in "uvw"] for place, size in enumerate((d, n, k, num(2)))}
MATRICES = {(rows, columns): var(f"M{place}", make("mat", rows, columns))
            for place, (rows, columns) in enumerate([(k, d), (d, d), (n, d), (num(2), num(2))])}
INDEXED = [var(name, make("fn", N, R)) for name in "FG"]
CURVES = [var(name, make("fn", R, R)) for name in ("psi", "phi")]
FIELDS = {size: var(f"f{place}", make("fn", make("vec", size), R)) for place, size in enumerate(VECTORS)}
FAMILIES = {size: var(f"U{place}", make("fn", N, make("vec", size))) for place, size in enumerate(VECTORS)}
REAL = [var(name, R) for name in "stqr"]
INTEGER = [var(name, Z) for name in "ab"]
NATURAL = [n, k, d]
FORMULA = [var(name, FORM) for name in "AB"]
_fresh = count()


# --- values -------------------------------------------------------------------------------------------------------------------------

class Values:
    """Random values of variables; equal sizes first, since the sorts of the others are made of them."""

    def __init__(self, rng: Random, largest: int = 3) -> None:
        self.rng, self.largest = rng, largest

    def of(self, variables: Iterable[Node]) -> dict[Node, Any]:
        """A value for each variable, and for those that sizes are made of.  Raises: Undecided (a size has no exact value)."""
        free: dict[Node, Any] = {}
        for v in sorted(variables, key=lambda v: (v.sort is not N, v.args[0])):
            self._give(v, free)
        return free

    def _give(self, v: Node, free: dict[Node, Any]) -> None:
        for size in sorted(v.sort.free - free.keys(), key=lambda u: u.args[0]) if v.sort is not None else ():
            self._give(size, free)
        if v not in free:
            free[v] = self.value(v.sort, free, small=v is p)

    def value(self, sort: Node | None, free: dict[Node, Any], *, small: bool = False) -> Any:
        """A value of a sort whose sizes are known."""
        if sort in WHOLES:
            return min(self.rng.choice(WHOLES[sort]), SMALL if small else self.largest if sort is N else 9)
        if sort is R:
            return self.rng.choice(REALS)
        if sort is FORM:
            return self.rng.random() < 0.5
        if sort.head == "vec":
            return self.vector(_size(sort.args[0], free))
        if sort.head == "mat":
            return self.matrix(*(_size(a, free) for a in sort.args))
        return self.function(sort, free) if sort.head == "fn" else self.domain(sort.args[0], free)

    def vector(self, size: int) -> tuple[Any, ...]:
        """A vector: zero, on an axis, with a rational norm, or any."""
        kind = self.rng.randrange(6)
        axis = self.rng.randrange(max(1, size))
        if kind == 0 or size == 0:
            return (0,) * size
        if kind == 1:
            return tuple(self.rng.choice((1, -1, 2)) * int(i == axis) for i in range(size))
        if kind == 2 and size >= 2:
            c = self.rng.choice((1, Fraction(1, 5), -1))
            return (3 * c, 4 * c) + (0,) * (size - 2)
        if kind == 3:
            return tuple(self.rng.choice((1, -1)) for _ in range(size))
        return tuple(self.rng.choice(REALS) for _ in range(size))

    def matrix(self, rows: int, columns: int) -> Matrix:
        """A matrix: zero, the identity, of rank 1, symmetric, or any."""
        kind = self.rng.randrange(6)
        if kind == 0:
            entries = [[0] * columns for _ in range(rows)]
        elif kind == 1:
            entries = [[int(i == j) for j in range(columns)] for i in range(rows)]
        elif kind == 2:
            left, right = self.vector(rows), self.vector(columns)
            entries = [[a * b for b in right] for a in left]
        else:
            entries = [[self.rng.choice((0, 0, 1, -1, 2)) for _ in range(columns)] for _ in range(rows)]
            if kind in (3, 4) and rows == columns:
                entries = [[entries[min(i, j)][max(i, j)] for j in range(columns)] for i in range(rows)]
        return Matrix(tuple(map(tuple, entries)), columns)

    def function(self, sort: Node, free: dict[Node, Any]) -> Function:
        """A function: a polynomial or a kinked one of numbers, one of vectors with a known slope, else a table."""
        *takes, gives = sort.args
        if takes == [R] and gives is R:
            return self.curve()
        if len(takes) == 1 and takes[0].head == "vec" and gives is R:
            return self.field(_size(takes[0].args[0], free))
        own = [self.value(gives, free) for _ in range(7)]
        if self.rng.random() < 0.3:
            own = own[:1] * 7
        return Function(lambda *xs: own[sum(_digest(x) for x in xs) % 7])

    def curve(self) -> Function:
        """A function of one number."""
        c = tuple(self.rng.choice(REALS) for _ in range(self.rng.randrange(4)))
        kinds: list[Callable[[Any], Any]] = [lambda t: numbers.larger(t, 0), lambda t: numbers.sign(t), numbers.absolute,
                                             lambda t: numbers.smaller(numbers.larger(t, 0), 1)]
        if self.rng.random() < 0.5:
            return Function(self.rng.choice(kinds))
        return Function(lambda t: values.total(numbers.times(x, numbers.whole_power(t, j)) for j, x in enumerate(c)), coefficients=c)

    def field(self, size: int) -> Function:
        """A function of a vector, whose least Lipschitz constants on all vectors and on balls are known."""
        a, c = self.vector(size), self.rng.choice(REALS)

        def affine(domain: Domain) -> Any:
            return values.length(a)

        def steep(domain: Domain) -> Any:
            return None if domain.shape[0] == "space" else numbers.times(2, domain.shape[2])

        kinds = [Function(lambda x: c, lambda domain: 0), Function(lambda x: numbers.plus(values.inner(a, x), c), affine),
                 Function(lambda x: values.inner(x, x), steep)]
        if size:
            kinds.append(Function(lambda x: int(numbers.sign(x[0]) > 0), lambda domain: None))
        return self.rng.choice(kinds)

    def domain(self, sort: Node, free: dict[Node, Any]) -> Domain:
        """A set: empty, a point, a few points, all vectors, a ball; of numbers an interval."""
        if sort.head == "vec" and self.rng.random() < 0.3:
            return space(_size(sort.args[0], free))
        if sort is R and self.rng.random() < 0.2:
            return Domain(lambda t: True, None, (0, 1, -1, 2), shape=("line",))
        return listed([self.value(sort, free) for _ in range(self.rng.choice((0, 1, 2, 3)))])


def _size(node: Node, free: dict[Node, Any]) -> int:
    size = evaluate(node, free)
    if not numbers.is_exact(size) or size > LARGEST:
        raise numbers.Undecided("a space of many dimensions")
    return int(size)


def _digest(value: Any) -> int:
    if isinstance(value, (tuple, list)):
        return sum((place + 2) * _digest(x) for place, x in enumerate(value))
    if isinstance(value, Matrix):
        return _digest(value.rows)
    if isinstance(value, (int, Fraction)):
        return value.numerator + 3 * (value.denominator - 1)
    raise numbers.Undecided("a table at a ball or a function")


# --- terms --------------------------------------------------------------------------------------------------------------------------

class Terms:
    """Random terms.  Parts that were drawn before are drawn again, where their variables are in scope."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.scope: list[Node] = []
        self.pool: list[Node] = []

    def known(self, fine: Callable[[Node], bool]) -> Node | None:
        """A part that was drawn before."""
        if self.rng.random() > 0.35:
            return None
        own = [t for t in self.pool if fine(t) and all(v in self.scope for v in t.free if "#" in v.args[0])]
        return self.rng.choice(own) if own else None

    def kept(self, term: Node) -> Node:
        """The term, to be drawn again."""
        self.pool.append(term)
        return term

    def of_kind(self, kind: str, depth: int) -> Node:
        """A number, a vector, a matrix, a formula, or a number beneath a binder that sums do not open."""
        if kind == "vector":
            return self.vector(self.size(), depth)
        if kind == "matrix":
            return self.matrix(n, d, depth)
        if kind == "beneath":
            return self.binding("table", make("range", n), N, lambda: self.number(depth))
        return self.formula(depth) if kind == "formula" else self.number(depth)

    def binding(self, head: str, domain: Node, sort: Node, body: Callable[[], Node]) -> Node:
        """A binder of one variable of that sort."""
        v = var(f"{sort.head[0]}#{next(_fresh) % 1000}", sort)
        self.scope.append(v)
        inside = body()
        self.scope.remove(v)
        return bind(head, [(v, domain)], inside)

    def natural(self, depth: int) -> Node:
        """A natural number."""
        own = [v for v in self.scope if v.sort is N]
        if own and self.rng.random() < 0.6:
            return self.rng.choice(own)
        kind = self.rng.randrange(9 if depth > 0 else 4)
        if kind < 3:
            return self.rng.choice(NATURAL)
        if kind == 3:
            return num(self.rng.choice((0, 1, 2, 3)))
        if kind == 4:
            return self.natural(depth - 1) + self.natural(depth - 1)
        if kind == 5:
            return self.natural(depth - 1) * self.natural(depth - 1)
        if kind == 6:
            return make("abs", self.integer(depth - 1))
        if kind == 7:
            return make("ind", self.formula(depth - 1))
        return make(self.rng.choice(("max", "min")), self.natural(depth - 1), self.natural(depth - 1))

    def integer(self, depth: int) -> Node:
        """A whole number."""
        kind = self.rng.randrange(6 if depth > 0 else 4)
        if kind < 2:
            return self.natural(depth)
        if kind == 2:
            return self.rng.choice(INTEGER)
        if kind == 3:
            return num(self.rng.choice((-2, -1, 0, 1, 2)))
        return self.integer(depth - 1) - self.integer(depth - 1) if kind == 4 else make("floor", self.number(depth - 1))

    def number(self, depth: int) -> Node:
        """A number of any sort."""
        return self.known(lambda t: t.sort in (N, Z, R)) or self.kept(self._number(depth))

    def _number(self, depth: int) -> Node:
        if any(v.sort is N for v in self.scope) and self.rng.random() < 0.25:
            return self.rng.choice(INDEXED)(self.natural(1))
        kind = self.rng.randrange(25 if depth > 0 else 3)
        if kind == 0:
            return self.rng.choice([*REAL, *(v for v in self.scope if v.sort is R)])
        if kind == 1:
            return num(self.rng.choice(REALS))
        if kind == 2:
            return self.integer(depth)
        less = depth - 1
        if kind in (3, 4):
            return make("add", *(self.number(less) for _ in range(self.rng.choice((2, 2, 3)))))
        if kind in (5, 6, 7):
            return make("mul", *(self.number(less) for _ in range(self.rng.choice((2, 2, 3)))))
        if kind in (8, 9, 10):
            return make(self.rng.choice(("inv", "abs", "sqrt", "sqrt", "inv", "abs", "floor", "exp", "log")), self.number(less))
        if kind in (11, 12):
            numeral = num(self.rng.choice((2, 3, -1, Fraction(1, 2), Fraction(-1, 2))))
            exponent = self.rng.choice((self.natural(less), self.integer(0), numeral, self.number(0)))
            return make("pow", self.number(less), exponent)
        if kind == 13:
            return make(self.rng.choice(("max", "min")), self.number(less), self.number(less))
        if kind in (14, 15, 16):
            size = self.size()
            return self.rng.choice((lambda: make("dot", self.vector(size, less), self.vector(size, less)),
                                    lambda: make("dot", self.vector_sum(size, less), self.vector(size, less)),
                                    lambda: make("norm", self.vector(size, less)),
                                    lambda: make("ent", self.vector(size, less), self.integer(1)),
                                    lambda: FIELDS[size](self.vector(size, less))))()
        if kind in (17, 18, 19):
            return self.binding("sum", self.range(), N, lambda: self.nested(less) if self.rng.random() < 0.3 else self.number(less))
        return self.repeated(less) if kind in (20, 21, 22) else self.other_number(less)

    def nested(self, depth: int) -> Node:
        """A sum within a sum, of terms in which their variables meet."""
        outer = self.scope[-1]

        def together() -> Node:
            inner = self.scope[-1]
            meet = self.rng.choice((make("min", outer, inner), outer * inner + inner, outer + inner * 2, outer + inner))
            return self.rng.choice(INDEXED)(meet) * self.rng.choice((num(1), self.number(0), self.number(depth)))
        return self.binding("sum", self.range(), N, together)

    def repeated(self, depth: int) -> Node:
        """A term that meets itself: where laws of squares, inverses and absolute values apply."""
        t = self.rng.choice((lambda: self.number(0), lambda: self.number(depth)))()
        s = self.rng.choice((t, make("inv", t), make("abs", t), -t, make("sqrt", t)))
        product = make("mul", t, s, *self.rng.choice(((), (), (t,), (s,), (self.number(0),))))
        outside = self.rng.choice(("sqrt", "sqrt", "abs", "inv", None))
        return product if outside is None else make(outside, product)

    def other_number(self, depth: int) -> Node:
        """Functions, indicators, means over signs, tensors and matrices."""
        kind = self.rng.randrange(8)
        if kind == 0:
            return self.rng.choice(INDEXED)(self.natural(depth))
        if kind == 1:
            return self.rng.choice(CURVES)(self.number(depth))
        if kind == 2:
            return make("ind", self.formula(depth))
        if kind == 3:
            law = make("signs", n)
            return self.binding("expect", law, make("vec", n), lambda: self.number(depth))
        if kind == 4:
            size, order = self.size(), self.rng.choice((num(2), num(0), p))
            return make("dot", *(make("tpow", self.vector(size, depth), order) for _ in range(2)))
        if kind == 5:
            size = self.size()
            product = [self.binding("tprod", make("range", num(2)), N, lambda: self.vector(size, depth)) for _ in range(2)]
            return make(*self.rng.choice((("dot", *product), ("norm", product[0]))))
        if kind == 6:
            shape = self.rng.choice(list(MATRICES))
            return make("dot", self.matrix(*shape, depth), self.matrix(*shape, depth))
        body = self.binding("lam", R, R, lambda: self.number(depth))
        return make("app", body, self.number(0))

    def range(self) -> Node:
        """A range; often one whose length is a bound variable, or a whole number that may be negative."""
        own = [v for v in self.scope if v.sort is N] if self.rng.random() < 0.3 else []
        return make("range", self.rng.choice(own or (n, n, d, self.natural(1), self.integer(0))))

    def size(self) -> Node:
        """A dimension."""
        return self.rng.choice(list(VECTORS))

    def vector(self, size: Node, depth: int) -> Node:
        """A vector of that size."""
        sort = make("vec", size)
        return self.known(lambda t: t.sort is sort) or self.kept(self._vector(size, sort, depth))

    def _vector(self, size: Node, sort: Node, depth: int) -> Node:
        own = [v for v in self.scope if v.sort is sort]
        if own and self.rng.random() < 0.5:
            return self.rng.choice(own)
        if size in FAMILIES and any(v.sort is N for v in self.scope) and self.rng.random() < 0.4:
            return FAMILIES[size](self.natural(0))
        kind = self.rng.randrange(13 if depth > 0 else 5)
        less = depth - 1
        if kind < 3 or size not in VECTORS:
            return self.rng.choice(VECTORS[size]) if size in VECTORS else make("zero", sort)
        if kind == 3:
            return FAMILIES[size](self.natural(0))
        if kind == 4:
            return make("zero", sort)
        if kind == 5:
            return make("smul", self.number(less), self.vector(size, less))
        if kind in (6, 7):
            return make("add", self.vector(size, less), self.vector(size, less))
        if kind == 8:
            return self.binding("table", make("range", size), N, lambda: self.number(less))
        if kind == 9:
            return self.vector_sum(size, less)
        if kind == 10:
            return make("dir", self.vector(size, less))
        rows, columns = self.rng.choice([shape for shape in MATRICES if size in (shape[0], shape[1])])
        if kind == 11 and columns is size:
            return make("row", self.matrix(rows, columns, less), self.integer(0))
        if rows is size:
            return make("matvec", self.matrix(rows, columns, less), self.vector(columns, less))
        return self.rng.choice(VECTORS[size])

    def vector_sum(self, size: Node, depth: int) -> Node:
        """A sum of vectors."""
        return self.binding("sum", self.range(), N, lambda: self.vector(size, depth))

    def matrix(self, rows: Node, columns: Node, depth: int) -> Node:
        """A matrix of that shape."""
        kind = self.rng.randrange(6 if depth > 0 else 2)
        if kind in (0, 1):
            return MATRICES[rows, columns] if kind == 0 else make("zero", make("mat", rows, columns))
        less = depth - 1
        if kind == 2:
            return make("smul", self.number(less), self.matrix(rows, columns, less))
        if kind == 3:
            return make("add", self.matrix(rows, columns, less), self.matrix(rows, columns, less))
        if kind == 4:
            return self.binding("sum", self.range(), N, lambda: self.matrix(rows, columns, less))
        return make("outer", self.vector(rows, less), self.vector(columns, less))

    def formula(self, depth: int) -> Node:
        """A formula."""
        kind = self.rng.randrange(9 if depth > 0 else 4)
        if kind == 0:
            return self.rng.choice(FORMULA)
        if kind < 4:
            return self.rng.choice((le, lt, eq))(self.number(depth - 1), self.number(depth - 1))
        if kind == 4:
            return make(self.rng.choice(("and", "or")), *(self.formula(depth - 1) for _ in range(self.rng.randrange(3))))
        if kind == 5:
            return implies(self.formula(depth - 1), self.formula(depth - 1))
        if kind == 6:
            return member(self.natural(0), self.range())
        if kind == 7:
            size = self.size()
            return eq(self.vector(size, depth - 1), self.vector(size, depth - 1))
        domain, sort = self.domain()
        return self.binding(self.rng.choice(("all", "ex")), domain, sort, lambda: self.formula(depth - 1))

    def domain(self) -> tuple[Node, Node]:
        """A set and the sort of its elements: mostly one that is gone through."""
        kind = self.rng.randrange(6)
        if kind < 3:
            return self.range(), N
        if kind == 3:
            return make("signs", n), make("vec", n)
        return (var("C", make("set", R)), R) if kind == 4 else (whole(R), R)
