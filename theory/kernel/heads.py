"""The heads of terms and formulas: what each means, everywhere, and the sorts it takes.

Every head is a total function: it has a value off its natural domain, and that value is part of its meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from theory.kernel.binding import closed, shift
from theory.kernel.nodes import (
    FORM,
    HEADS,
    NUMERIC,
    Head,
    N,
    Node,
    R,
    Refused,
    Z,
    as_node,
    bound_sort,
    fits,
    is_linear,
    is_numeric,
    make,
    need,
    var,
)

Sorting = Callable[[tuple[Any, ...]], Node]


def _head(name: str, meaning: str, arity: int | None, sort: Sorting, *, binder: bool = False) -> None:
    def checked(args: tuple[Any, ...]) -> Node:
        need(all(isinstance(a, Node) for a in args), f"the arguments of {name} are terms")
        return sort(args)
    HEADS[name] = Head(meaning, arity, binder, checked)


def _number(node: Node, what: str) -> Node:
    need(is_numeric(node.sort), f"{what} takes numbers, not {node!r}")
    return node.sort  # type: ignore[return-value]


def _join(args: tuple[Node, ...], what: str) -> Node:
    """The largest of the numeric sorts."""
    need(len(args) > 0, f"{what} takes at least one argument")
    return max((_number(a, what) for a in args), key=NUMERIC.__getitem__)


def _whole(node: Node, what: str) -> None:
    need(fits(node.sort, Z), f"{what} takes a whole number, not {node!r}")


def _natural(node: Node, what: str) -> None:
    need(node.sort is N, f"{what} takes a natural number, not {node!r}")


# --- numbers ------------------------------------------------------------------------------------------------------------------------

def _sum_of(args: tuple[Node, ...]) -> Node:
    if args and is_linear(args[0].sort):
        need(all(a.sort is args[0].sort for a in args), "a sum takes elements of one space")
        return args[0].sort  # type: ignore[return-value]
    return _join(args, "add")


def _power(args: tuple[Node, ...]) -> Node:
    base, exponent = (_number(a, "pow") for a in args)
    return base if exponent is N else R


def _real(what: str) -> Sorting:
    def sort(args: tuple[Node, ...]) -> Node:
        for a in args:
            _number(a, what)
        return R
    return sort


def _floor(args: tuple[Node, ...]) -> Node:
    _number(args[0], "floor")
    return Z


def _count(what: str) -> Sorting:
    def sort(args: tuple[Node, ...]) -> Node:
        for a in args:
            _number(a, what)
        return N
    return sort


_head("add", "a sum", None, _sum_of)
_head("mul", "a product of numbers", None, lambda args: _join(args, "mul"))
_head("inv", "1/t, and 1/0 = 0", 1, _real("inv"))
_head("abs", "|t|", 1, lambda args: R if _number(args[0], "abs") is R else N)
_head("sqrt", "√t, and 0 where t < 0", 1, _real("sqrt"))
_head("exp", "e^t", 1, _real("exp"))
_head("log", "log t, and 0 where t ≤ 0", 1, _real("log"))
_head("asin", "arcsin t, and 0 where |t| > 1", 1, _real("asin"))
_head("pi", "π", 0, lambda args: R)
_head("pow", "t^q: exp(q log t) for t > 0; 0^0 = 1 and 0^q = 0; for t < 0 the integer power if q is whole, else 0", 2, _power)
_head("floor", "the largest integer that is at most t", 1, _floor)
_head("max", "the larger", 2, lambda args: _join(args, "max"))
_head("min", "the smaller", 2, lambda args: _join(args, "min"))
_head("fact", "t!, and 0 where t is no natural number", 1, _count("fact"))
_head("binom", "s over t, and 0 where s or t is no natural number", 2, _count("binom"))

# --- vectors and matrices; a tensor of order p over R^d is a vector of R^(d^p) ------------------------------------------------------


def _linear(node: Node, what: str) -> Node:
    need(is_linear(node.sort), f"{what} takes a vector or a matrix, not {node!r}")
    return node.sort  # type: ignore[return-value]


def _scaled(args: tuple[Node, ...]) -> Node:
    _number(args[0], "smul")
    return _linear(args[1], "smul")


def _zero(args: tuple[Node, ...]) -> Node:
    need(args[0].sort is None and is_linear(args[0]), "zero takes the sort of a linear space")
    return args[0]


def _inner(args: tuple[Node, ...]) -> Node:
    need(_linear(args[0], "dot") is args[1].sort, f"dot takes two elements of one space, not {args[0].sort!r} and {args[1].sort!r}")
    return R


def _norm(args: tuple[Node, ...]) -> Node:
    _linear(args[0], "norm")
    return R


def _entry(args: tuple[Node, ...]) -> Node:
    need(_linear(args[0], "ent").head == "vec", "ent takes a vector")
    _whole(args[1], "ent")
    return R


def _row(args: tuple[Node, ...]) -> Node:
    sort = _linear(args[0], "row")
    need(sort.head == "mat", "row takes a matrix")
    _whole(args[1], "row")
    return make("vec", sort.args[1])


def _power_tensor(args: tuple[Node, ...]) -> Node:
    sort = _linear(args[0], "tpow")
    need(sort.head == "vec", "tpow takes a vector")
    return _tensors(sort.args[0], args[1], "tpow")


def _tensors(dim: Node, order: Node, what: str) -> Node:
    """The sort of tensors of an order over R^d."""
    _natural(dim, what)
    _natural(order, what)
    return make("vec", make("pow", dim, order))


_head("smul", "c·v", 2, _scaled)
_head("zero", "the zero of a space", 1, _zero)
_head("dot", "the inner product; of matrices tr(AᵀB)", 2, _inner)
_head("norm", "the Euclidean norm; of matrices the Frobenius norm", 1, _norm)
_head("ent", "the entry v_i, and 0 where i is not in {1, …, d}", 2, _entry)
_head("row", "the row M_i, and 0 where i is not in {1, …, k}", 2, _row)
_head("tpow", "the tensor power v^{⊗p}", 2, _power_tensor)

k_, d_ = (var(f"?{name}", N) for name in "kd")
VEC, ROWS, SQUARE = make("vec", d_), make("mat", k_, d_), make("mat", d_, d_)


def match_sort(pattern: Node, sort: Node | None, sizes: dict[Node, Node]) -> bool:
    """Whether a sort is the pattern at some sizes; they are added to ``sizes``."""
    if pattern in (k_, d_):
        return sizes.setdefault(pattern, sort) is sort if sort is not None else False
    if sort is None or is_numeric(pattern) or pattern.head == "fn":
        return fits(sort, pattern)
    same = pattern.head == sort.head and len(pattern.args) == len(sort.args)
    return same and all(match_sort(a, b, sizes) for a, b in zip(pattern.args, sort.args, strict=True))


def _signature(name: str, meaning: str, takes: list[Node], gives: Node) -> None:
    """A head that takes arguments of fixed sorts, up to sizes."""
    def sort(args: tuple[Node, ...]) -> Node:
        sizes: dict[Node, Node] = {}
        for pattern, a in zip(takes, args, strict=True):
            need(match_sort(pattern, a.sort, sizes), f"{name} takes a term of the sort {pattern!r}, not {a!r} of the sort {a.sort!r}")
        return make("vec", sizes[gives.args[0]]) if gives.head == "vec" else gives
    _head(name, meaning, len(takes), sort)


def _outer(args: tuple[Node, ...]) -> Node:
    left, right = (_linear(a, "outer") for a in args)
    need(left.head == right.head == "vec", "outer takes two vectors")
    return make("mat", left.args[0], right.args[0])


_head("outer", "the matrix uvᵀ", 2, _outer)
_signature("matvec", "Mv", [ROWS, VEC], make("vec", k_))
_signature("dir", "a unit vector e with v = ‖v‖e; the first unit vector where v = 0 (0 in R^0)", [VEC], VEC)
_signature("kernelvec", "a unit vector of the kernel of a matrix; 0 where the kernel is trivial", [SQUARE], VEC)
_signature("realiser", "a point x with Wx + b = s; 0 where there is none", [ROWS, make("vec", k_), make("vec", k_)], VEC)
_signature("rank", "the rank of a matrix", [ROWS], N)
_signature("opnorm", "the largest singular value of a matrix, and 0 of an empty one", [ROWS], R)
_signature("nucnorm", "the sum of the singular values of a matrix", [ROWS], R)
_signature("eigsum", "the sum of the r largest eigenvalues of (M + Mᵀ)/2: of all of them for r > d, and 0 for r ≤ 0", [SQUARE, Z], R)


def _of_tensor(what: str, gives: Node) -> Sorting:
    def sort(args: tuple[Node, ...]) -> Node:
        need(args[0].sort is _tensors(args[1], args[2], what), f"{what} takes a tensor, its dimension and its order, not {args!r}")
        return gives
    return sort


_head("injnorm", "sup |⟨T, u_1⊗…⊗u_p⟩| over p unit vectors of R^d, for a tensor T of order p; 0 for d = 0 < p", 3,
      _of_tensor("injnorm", R))
_head("tensornuc", "sup ⟨T, S⟩ over tensors S of the same order and dimension with injnorm(S) ≤ 1", 3, _of_tensor("tensornuc", R))
_head("symmetrictensor", "a tensor that does not change when its indices are permuted", 3, _of_tensor("symmetrictensor", FORM))
_signature("meanchi", "E‖g‖ for a standard Gaussian vector g of R^d", [N], R)
_signature("markov", "the modulus of the coefficient of t^j in the Chebyshev polynomial T_m if m − j is even, in T_{m−1} if it is odd; "
           "0 unless 0 ≤ j ≤ m", [Z, Z], N)
_signature("taylor", "ψ^{(q)}(s)/q! for a polynomial ψ, and 0 for others or where q is negative", [make("fn", R, R), R, Z], R)
_signature("signchanges", "the number of cyclic neighbours of opposite label among points t of the circle", [VEC, VEC], N)
_signature("oppositegap", "the shortest gap between cyclic neighbours of opposite label on the circle of length 1; 1 where there is none",
           [VEC, VEC], R)
_signature("circleslope", "the largest |y_i − y_j|/‖x_i − x_j‖ for the points at angles 2πt_i, over i, j with x_i ≠ x_j", [VEC, VEC], R)
_signature("clearpoint", "a point of the kink u·x + β = 0 in the domain that lies on none of the kinks w_ℓ·x + b_ℓ = 0 and, in a ball, "
           "not on its boundary, where there is one; else some point of the kink in the domain; else 0",
           [VEC, R, ROWS, make("vec", k_), make("set", VEC)], VEC)
_signature("clearance", "half the least of 1, all |w_ℓ·p + b_ℓ| and, on a ball of radius ρ > 0, (ρ² − ‖p‖²)/2ρ, at the clearpoint p; "
           "0 where that is negative", [VEC, R, ROWS, make("vec", k_), make("set", VEC)], R)

# --- sets ---------------------------------------------------------------------------------------------------------------------------


def _set_of(sort: Node) -> Node:
    return make("set", sort)


def _whole_sort(args: tuple[Node, ...]) -> Node:
    need(args[0].sort is None and args[0] is not FORM, "whole takes a sort")
    return _set_of(args[0])


def _range(args: tuple[Node, ...]) -> Node:
    _whole(args[0], "range")
    return _set_of(N)


def _sized(name: str, of: Callable[[tuple[Node, ...]], Node], sizes: int) -> Sorting:
    def sort(args: tuple[Node, ...]) -> Node:
        for a in args[:sizes]:
            _natural(a, name)
        return _set_of(of(args))
    return sort


def _ball(args: tuple[Node, ...]) -> Node:
    _number(args[1], "ball")
    return _sized("ball", lambda a: make("vec", a[0]), 1)(args)


def _interval(args: tuple[Node, ...]) -> Node:
    _join(args, "interval")
    return _set_of(R)


_head("whole", "all elements of a sort", 1, _whole_sort)
_head("range", "{1, …, n}, empty for n < 1", 1, _range)
_head("interval", "[a, b]", 2, _interval)
_head("sphere", "the unit sphere of R^d", 1, _sized("sphere", lambda a: make("vec", a[0]), 1))
_head("ball", "{x : ‖x‖ ≤ r} in R^d", 2, _ball)
_head("signs", "{−1, 1}^n; as a law, the uniform one", 1, _sized("signs", lambda a: make("vec", a[0]), 1))
_head("sphererows", "n×d matrices with unit rows (the empty matrix for d = 0); as a law, independent uniform rows", 2,
      _sized("sphererows", lambda a: make("mat", a[0], a[1]), 2))
_head("gaussrows", "all n×d matrices; as a law, independent N(0, 1/d) entries", 2,
      _sized("gaussrows", lambda a: make("mat", a[0], a[1]), 2))
_head("circle", "[0, 1)^n; as a law, the uniform one", 1, _sized("circle", lambda a: make("vec", a[0]), 1))

# --- functions and binders ----------------------------------------------------------------------------------------------------------


def _applied(args: tuple[Node, ...]) -> Node:
    sort = args[0].sort if args else None
    if sort is None or sort.head != "fn":
        raise Refused(f"{args!r} is no application of a function")
    need(len(args) == len(sort.args) and all(fits(a.sort, s) for a, s in zip(args[1:], sort.args, strict=False)),
         f"{args[0]!r} of the sort {sort!r} is applied to {args[1:]!r}")
    return sort.args[-1]  # type: ignore[no-any-return]


def _abstraction(args: tuple[Node, ...]) -> Node:
    value = args[-1].sort
    if value is None or any(a.sort is not None for a in args[:-1]):
        raise Refused("lam takes the sorts of its variables and a term")
    return make("fn", *args[:-1], outside(value, "a function", len(args) - 1))


def _domains(args: tuple[Node, ...], what: str) -> None:
    need(all(a.sort is not None and a.sort.head == "set" for a in args[:-1]), f"{what} takes sets and a body")


def _sum(args: tuple[Node, ...]) -> Node:
    _domains(args, "sum")
    need(args[0].head == "range", "a sum is over one range")
    sort = args[1].sort
    if sort is None or not (is_numeric(sort) or is_linear(sort)):
        raise Refused("a sum is of numbers or of elements of a linear space")
    return outside(sort, "a sum")


def outside(sort: Node, what: str, count: int = 1) -> Node:
    """The sort of a body outside its binder; the space of the terms may depend on outer variables, not on the bound ones."""
    need(all(index >= count for index, _ in sort.indices), f"the space of the terms of {what} depends on the variable that it binds")
    return shift(sort, -count)


def _number_over(what: str) -> Sorting:
    def sort(args: tuple[Node, ...]) -> Node:
        _domains(args, what)
        _number(args[-1], what)
        return R
    return sort


def _line_integral(args: tuple[Node, ...]) -> Node:
    need(args[0] is whole(R), "an integral over the line is over all real numbers")
    return _number_over("lineint")(args)


def _formula_over(what: str, gives: Node) -> Sorting:
    def sort(args: tuple[Node, ...]) -> Node:
        _domains(args, what)
        need(args[-1].sort is FORM, f"{what} takes a formula")
        return gives
    return sort


def _bounded(args: tuple[Node, ...]) -> Node:
    _domains(args, "bounded")
    _number(args[-1], "bounded")
    return FORM


def _tensor_product(args: tuple[Node, ...]) -> Node:
    need(args[0].head == "range", "a tensor product is over one range")
    sort = _linear(args[1], "tprod")
    need(sort.head == "vec", "a tensor product is of vectors")
    return _tensors(outside(sort, "a tensor product").args[0], args[0].args[0], "a tensor product")


def _table(args: tuple[Node, ...]) -> Node:
    need(args[0].head == "range" and is_numeric(args[1].sort), "a table is of numbers over one range")
    _natural(args[0].args[0], "table")
    return make("vec", args[0].args[0])


_head("app", "the value of a function", None, _applied)
_head("lam", "the function x ↦ t on a whole sort", None, _abstraction, binder=True)
_head("sum", "Σ over {1, …, n}; 0 over the empty range", 2, _sum, binder=True)
_head("table", "the vector of R^n with these entries", 2, _table, binder=True)
_head("tprod", "u_1⊗…⊗u_p", 2, _tensor_product, binder=True)
_head("sup", "the least upper bound; 0 where the values are unbounded above or there are none", None, _number_over("sup"), binder=True)
# A set that is not said to be a law, such as [a, b], stands for some law on it; where it is empty, means are 0 and probabilities 1.
_head("expect", "the mean under independent laws; 0 where it does not exist", None, _number_over("expect"), binder=True)
_head("prob", "the supremum of the probabilities of the measurable subsets of an event, under independent laws", None,
      _formula_over("prob", R), binder=True)
_head("lineint", "the Lebesgue integral over the line; 0 where it does not exist", 2, _line_integral, binder=True)


def _lipschitz(gives: Node) -> Sorting:
    def sort(args: tuple[Node, ...]) -> Node:
        f, domain = args
        fine = f.sort is not None and f.sort.head == "fn" and len(f.sort.args) == 2 and fits(f.sort.args[1], R)
        need(fine and domain.sort is make("set", f.sort.args[0]) and f.sort.args[0].head == "vec",  # type: ignore[union-attr]
             "lip takes a function of a vector and a set of such vectors")
        return gives
    return sort


_head("lip", "the least Lipschitz constant of f on D (Euclidean); 0 where f is not Lipschitz on D", 2, _lipschitz(R))

# --- formulas -----------------------------------------------------------------------------------------------------------------------


def _compared(args: tuple[Node, ...]) -> Node:
    _join(args, "a comparison")
    return FORM


def _equal(args: tuple[Node, ...]) -> Node:
    left, right = (a.sort for a in args)
    comparable = (is_numeric(left) and is_numeric(right)) or (left is right and is_linear(left))
    need(comparable, f"an equation compares two numbers, or two elements of one linear space, not {args[0]!r} and {args[1]!r}")
    return FORM


def _connected(args: tuple[Node, ...]) -> Node:
    need(all(a.sort is FORM for a in args), "a connective takes formulas")
    return FORM


def _member(args: tuple[Node, ...]) -> Node:
    sort = args[1].sort
    need(sort is not None and sort.head == "set" and fits(args[0].sort, sort.args[0]), f"{args[0]!r} cannot be an element of {args[1]!r}")
    return FORM


def _indicator(args: tuple[Node, ...]) -> Node:
    _connected(args)
    return N


_head("le", "s ≤ t", 2, _compared)
_head("lt", "s < t", 2, _compared)
_head("eq", "s = t", 2, _equal)
_head("in", "membership", 2, _member)
_head("and", "all of the formulas; true when there are none", None, _connected)
_head("or", "some of the formulas; false when there are none", None, _connected)
_head("imp", "φ ⇒ χ", 2, _connected)
_head("all", "for all elements of a set", 2, _formula_over("all", FORM), binder=True)
_head("ex", "for some element of a set", 2, _formula_over("ex", FORM), binder=True)
_head("ind", "1 where the formula holds, else 0", 1, _indicator)
_head("lipschitz", "f is Lipschitz on D", 2, _lipschitz(FORM))
_head("bounded", "the values are bounded above", None, _bounded, binder=True)
_signature("symmetric", "M = Mᵀ", [SQUARE], FORM)
_signature("psd", "M = Mᵀ and x·Mx ≥ 0 for all x", [SQUARE], FORM)
_signature("polynomial", "ψ is a polynomial of degree at most p", [make("fn", R, R), Z], FORM)
_signature("oriented", "the hyperplanes u_ℓ·x + β_ℓ = 0, ℓ = 1, …, k, are pairwise distinct and meet the open unit ball, where some point "
           "has u_ℓ·x + β_ℓ < 0 for all ℓ", [ROWS, make("vec", k_)], FORM)


# --- shorthands ---------------------------------------------------------------------------------------------------------------------

def le(left: Node | int, right: Node | int) -> Node:
    """left ≤ right."""
    return make("le", as_node(left), as_node(right))


def lt(left: Node | int, right: Node | int) -> Node:
    """left < right."""
    return make("lt", as_node(left), as_node(right))


def eq(left: Node | int, right: Node | int) -> Node:
    """left = right."""
    return make("eq", as_node(left), as_node(right))


def implies(premise: Node, conclusion: Node) -> Node:
    """premise ⇒ conclusion."""
    return make("imp", premise, conclusion)


def member(element: Node, domain: Node) -> Node:
    """element ∈ domain."""
    return make("in", element, domain)


def bind(head: str, variables: list[tuple[Node, Node]], body: Node) -> Node:
    """The binder of that head over pairs (variable, set), outermost first; over sorts for ``lam``."""
    for variable, domain in variables:
        need(bound_sort(domain) is variable.sort, f"{variable!r} does not have the sort of the elements of {domain!r}")
    return make(head, *(domain for _, domain in variables), closed(body, [v for v, _ in variables]))


def forall(body: Node, *variables: tuple[Node, Node]) -> Node:
    """For all variables in their sets; one quantifier each."""
    for pair in reversed(variables):
        body = bind("all", [pair], body)
    return body


def total(body: Node, *variables: tuple[Node, Node]) -> Node:
    """The sum over variables in ranges; one sum each."""
    for pair in reversed(variables):
        body = bind("sum", [pair], body)
    return body


def whole(sort: Node) -> Node:
    """All elements of a sort."""
    return make("whole", sort)


TRUE, FALSE = make("and"), make("or")
