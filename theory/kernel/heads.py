"""The heads of terms and formulas: what each means, everywhere, and the sorts it takes.

Every head is a total function: it has a value off its natural domain, and that value is part of its meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from theory.kernel.binding import closed, shift
from theory.kernel.nodes import FORM, HEADS, Head, N, Node, R, Refused, Z, as_node, bound_sort, fits, is_linear, is_numeric, make, need, var

Sorting = Callable[[tuple[Any, ...]], Node]


def _head(name: str, meaning: str, arity: int | None, sort: Sorting, *, binder: bool = False) -> None:
    def checked(args: tuple[Any, ...]) -> Node:
        need(all(isinstance(a, Node) for a in args), "the arguments of {} are terms", name)
        return sort(args)
    HEADS[name] = Head(meaning, arity, binder, checked)


# --- signatures: what a head takes and gives, up to sizes and spaces ----------------------------------------------------------------

k_, d_, p_ = SIZES = tuple(var(f"?{name}", N) for name in "kdp")
SPACE = make("vec", var("?space", N))  # stands for any linear space
VEC, COVEC, ROWS, SQUARE = make("vec", d_), make("vec", k_), make("mat", k_, d_), make("mat", d_, d_)


def _signature(name: str, meaning: str, takes: list[Node], gives: Node | Sorting) -> None:
    """A head whose arguments are of the given sorts, or are the given sizes."""
    def sort(args: tuple[Node, ...]) -> Node:
        found: dict[Node, Node] = {}
        for pattern, a in zip(takes, args, strict=True):
            is_size = pattern in SIZES
            _match(pattern, a if is_size else a.sort, found)
            wanted = _filled(pattern, found)
            if not (a is wanted and a.sort is N if is_size else fits(a.sort, wanted)):
                raise Refused(f"{name} takes {'a natural number' if is_size else f'a term of the sort {wanted!r}'}, not {a!r}")
        return _filled(gives, found) if isinstance(gives, Node) else gives(args)
    _head(name, meaning, len(takes), sort)


def _match(pattern: Node, part: Node | None, found: dict[Node, Node]) -> None:
    """Add to ``found`` what the sizes and the space of a pattern are in a sort, as far as that has its form."""
    if part is None or not pattern.free:
        return
    if pattern in SIZES or (pattern is SPACE and is_linear(part)):
        found.setdefault(pattern, part)
    elif pattern.head == part.head and len(pattern.args) == len(part.args):
        for inner, own in zip(pattern.args, part.args, strict=True):
            _match(inner, own, found)


def _filled(pattern: Node, found: dict[Node, Node]) -> Node:
    """The pattern at the sizes and the space that were found."""
    if pattern in found or not pattern.free or pattern.head == "var":
        return found.get(pattern, pattern)
    return make(pattern.head, *(_filled(a, found) for a in pattern.args))


# --- numbers ------------------------------------------------------------------------------------------------------------------------

def _widest(args: tuple[Node, ...]) -> Node:
    """The largest of the sorts of numbers."""
    need(len(args) > 0 and all(is_numeric(a.sort) for a in args), "a sum takes at least one argument, and numbers only, not {!r}", args)
    return next(sort for sort in (R, Z, N) if any(a.sort is sort for a in args))


def _sum_of(args: tuple[Node, ...]) -> Node:
    if not args or not is_linear(args[0].sort):
        return _widest(args)
    need(all(a.sort is args[0].sort for a in args), "a sum takes elements of one space")
    return args[0].sort  # type: ignore[return-value]


_head("add", "a sum", None, _sum_of)
_head("mul", "a product of numbers", None, _widest)
_signature("inv", "1/t, and 1/0 = 0", [R], R)
_signature("abs", "|t|", [R], lambda args: R if args[0].sort is R else N)
_signature("sqrt", "√t, and 0 where t < 0", [R], R)
_signature("exp", "e^t", [R], R)
_signature("log", "log t, and 0 where t ≤ 0", [R], R)
_signature("asin", "arcsin t, and 0 where |t| > 1", [R], R)
_signature("erf", "(2/√π) ∫_0^t e^(−s²) ds", [R], R)
_signature("pi", "π", [], R)
_signature("pow", "t^q: exp(q log t) for t > 0; 0^0 = 1 and 0^q = 0; for t < 0 the integer power if q is whole, else 0", [R, R],
           lambda args: args[0].sort if args[1].sort is N else R)
_signature("floor", "the largest integer that is at most t", [R], Z)
_signature("max", "the larger", [R, R], _widest)
_signature("min", "the smaller", [R, R], _widest)
_signature("fact", "t!, and 0 where t is no natural number", [R], N)
_signature("binom", "s over t, and 0 where s or t is no natural number", [R, R], N)

# --- vectors and matrices -----------------------------------------------------------------------------------------------------------


def _zero(args: tuple[Node, ...]) -> Node:
    need(args[0].sort is None and is_linear(args[0]), "zero takes the sort of a linear space")
    return args[0]


TENSOR = make("vec", make("pow", d_, p_))  # a tensor of order p over R^d is a vector of R^(d^p)
_signature("smul", "c·v", [R, SPACE], SPACE)
_head("zero", "the zero of a space", 1, _zero)
_signature("dot", "the inner product; of matrices tr(AᵀB)", [SPACE, SPACE], R)
_signature("norm", "the Euclidean norm; of matrices the Frobenius norm", [SPACE], R)
_signature("ent", "the entry v_i, and 0 where i is not in {1, …, d}", [VEC, Z], R)
_signature("row", "the row M_i, and 0 where i is not in {1, …, k}", [ROWS, Z], VEC)
_signature("tpow", "the tensor power v^{⊗p}", [VEC, p_], TENSOR)
_signature("outer", "the matrix uvᵀ", [COVEC, VEC], ROWS)
_signature("matvec", "Mv", [ROWS, VEC], COVEC)
_signature("dir", "a unit vector e with v = ‖v‖e; the first unit vector where v = 0 (0 in R^0)", [VEC], VEC)
_signature("kernelvec", "a unit vector of the kernel of a matrix; 0 where the kernel is trivial", [SQUARE], VEC)
_signature("realiser", "a point x with Wx + b = s; 0 where there is none", [ROWS, COVEC, COVEC], VEC)
_signature("rank", "the rank of a matrix", [ROWS], N)
_signature("opnorm", "the largest singular value of a matrix, and 0 of an empty one", [ROWS], R)
_signature("nucnorm", "the sum of the singular values of a matrix", [ROWS], R)
_signature("eigsum", "the sum of the r largest eigenvalues of (M + Mᵀ)/2: of all of them for r > d, and 0 for r ≤ 0", [SQUARE, Z], R)
_signature("injnorm", "sup |⟨T, u_1⊗…⊗u_p⟩| over p unit vectors of R^d, for a tensor T of order p; 0 for d = 0 < p", [TENSOR, d_, p_], R)
_signature("tensornuc", "sup ⟨T, S⟩ over tensors S of the same order and dimension with injnorm(S) ≤ 1", [TENSOR, d_, p_], R)
_signature("symmetrictensor", "a tensor that does not change when its indices are permuted", [TENSOR, d_, p_], FORM)
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
           [VEC, R, ROWS, COVEC, make("set", VEC)], VEC)
_signature("clearance", "half the least of 1, all |w_ℓ·p + b_ℓ| and, on a ball of radius ρ > 0, (ρ² − ‖p‖²)/2ρ, at the clearpoint p; "
           "0 where that is negative", [VEC, R, ROWS, COVEC, make("set", VEC)], R)

# --- sets ---------------------------------------------------------------------------------------------------------------------------


def _whole_sort(args: tuple[Node, ...]) -> Node:
    need(args[0].sort is None and args[0] is not FORM, "whole takes a sort")
    return make("set", args[0])


_head("whole", "all elements of a sort", 1, _whole_sort)
_signature("range", "{1, …, n}, empty for n < 1", [Z], make("set", N))
_signature("interval", "[a, b]", [R, R], make("set", R))
_signature("sphere", "the unit sphere of R^d", [d_], make("set", VEC))
_signature("ball", "{x : ‖x‖ ≤ r} in R^d", [d_, R], make("set", VEC))
_signature("signs", "{−1, 1}^n; as a law, the uniform one", [d_], make("set", VEC))
_signature("sphererows", "n×d matrices with unit rows (the empty matrix for d = 0); as a law, independent uniform rows", [k_, d_],
           make("set", ROWS))
_signature("gaussrows", "all n×d matrices; as a law, independent N(0, 1/d) entries", [k_, d_], make("set", ROWS))
_signature("circle", "[0, 1)^n; as a law, the uniform one", [d_], make("set", VEC))

# --- functions and binders ----------------------------------------------------------------------------------------------------------


def _applied(args: tuple[Node, ...]) -> Node:
    sort = args[0].sort if args else None
    if sort is None or sort.head != "fn":
        raise Refused(f"{args!r} is no application of a function")
    need(len(args) == len(sort.args) and all(fits(a.sort, s) for a, s in zip(args[1:], sort.args, strict=False)),
         "{!r} of the sort {!r} is applied to {!r}", args[0], sort, args[1:])
    return sort.args[-1]  # type: ignore[no-any-return]


def _abstraction(args: tuple[Node, ...]) -> Node:
    value = args[-1].sort
    if value is None or any(a.sort is not None for a in args[:-1]):
        raise Refused("lam takes the sorts of its variables and a term")
    return make("fn", *args[:-1], _outside(value, len(args) - 1))


def _outside(sort: Node, count: int = 1) -> Node:
    """The sort of a body outside its binder; the space of the terms may depend on outer variables, not on the bound ones."""
    need(all(index >= count for index, _ in sort.indices), "the space of the terms depends on the variable that is bound")
    return shift(sort, -count)


def _length(domain: Node) -> Node:
    need(domain.head == "range", "sums, tables and tensor products are over one range, not over {!r}", domain)
    return domain.args[0]  # type: ignore[no-any-return]


def _sum(args: tuple[Node, ...]) -> Node:
    _length(args[0])
    sort = args[1].sort
    if sort is None or not (is_numeric(sort) or is_linear(sort)):
        raise Refused("a sum is of numbers or of elements of a linear space")
    return _outside(sort)


def _table(args: tuple[Node, ...]) -> Node:
    need(is_numeric(args[1].sort), "a table is of numbers")
    return make("vec", _length(args[0]))


def _tensor_product(args: tuple[Node, ...]) -> Node:
    sort = args[1].sort
    if sort is None or sort.head != "vec":
        raise Refused("a tensor product is of vectors")
    return make("vec", make("pow", _outside(sort).args[0], _length(args[0])))


def _line_integral(args: tuple[Node, ...]) -> Node:
    need(args[0] is whole(R) and is_numeric(args[1].sort), "an integral over the line is of a number, over all real numbers")
    return R


def _binder(name: str, meaning: str, arity: int | None, takes: Node, gives: Node) -> None:
    """A head that binds variables over sets in its last argument, a number or a formula."""
    def sort(args: tuple[Node, ...]) -> Node:
        *domains, body = args
        need(all(a.sort is not None and a.sort.head == "set" for a in domains), "{} takes sets and a body", name)
        need(fits(body.sort, takes), "{} takes a body of the sort {!r}, not {!r}", name, takes, body)
        return gives
    _head(name, meaning, arity, sort, binder=True)


_head("app", "the value of a function", None, _applied)
_head("lam", "the function x ↦ t on a whole sort", None, _abstraction, binder=True)
_head("sum", "Σ over {1, …, n}; 0 over the empty range", 2, _sum, binder=True)
_head("table", "the vector of R^n with these entries", 2, _table, binder=True)
_head("tprod", "u_1⊗…⊗u_p", 2, _tensor_product, binder=True)
_binder("sup", "the least upper bound; 0 where the values are unbounded above or there are none", None, R, R)
# A set that is not said to be a law, such as [a, b], stands for some law on it; where it is empty, means are 0 and probabilities 1.
_binder("expect", "the mean under independent laws; 0 where it does not exist", None, R, R)
_binder("prob", "the supremum of the probabilities of the measurable subsets of an event, under independent laws", None, FORM, R)
_head("lineint", "the Lebesgue integral over the line; 0 where it does not exist", 2, _line_integral, binder=True)
_signature("lip", "the least Lipschitz constant of f on D (Euclidean); 0 where f is not Lipschitz on D",
           [make("fn", VEC, R), make("set", VEC)], R)

# --- formulas -----------------------------------------------------------------------------------------------------------------------


def _equal(args: tuple[Node, ...]) -> Node:
    left, right = (a.sort for a in args)
    comparable = (is_numeric(left) and is_numeric(right)) or (left is right and is_linear(left))
    need(comparable, "an equation compares two numbers, or two elements of one linear space, not {!r} and {!r}", args[0], args[1])
    return FORM


def _connected(args: tuple[Node, ...]) -> Node:
    need(all(a.sort is FORM for a in args), "a connective takes formulas")
    return FORM


def _member(args: tuple[Node, ...]) -> Node:
    sort = args[1].sort
    fine = sort is not None and sort.head == "set" and fits(args[0].sort, sort.args[0])
    need(fine, "{!r} cannot be an element of {!r}", args[0], args[1])
    return FORM


_signature("le", "s ≤ t", [R, R], FORM)
_signature("lt", "s < t", [R, R], FORM)
_head("eq", "s = t", 2, _equal)
_head("in", "membership", 2, _member)
_head("and", "all of the formulas; true when there are none", None, _connected)
_head("or", "some of the formulas; false when there are none", None, _connected)
_signature("imp", "φ ⇒ χ", [FORM, FORM], FORM)
_binder("all", "for all elements of a set", 2, FORM, FORM)
_binder("ex", "for some element of a set", 2, FORM, FORM)
_signature("ind", "1 where the formula holds, else 0", [FORM], N)
_signature("lipschitz", "f is Lipschitz on D", [make("fn", VEC, R), make("set", VEC)], FORM)
_binder("bounded", "the values are bounded above", None, R, FORM)
_signature("symmetric", "M = Mᵀ", [SQUARE], FORM)
_signature("psd", "M = Mᵀ and x·Mx ≥ 0 for all x", [SQUARE], FORM)
_signature("polynomial", "ψ is a polynomial of degree at most p", [make("fn", R, R), Z], FORM)
_signature("oriented", "the hyperplanes u_ℓ·x + β_ℓ = 0, ℓ = 1, …, k, are pairwise distinct and meet the open unit ball, where some point "
           "has u_ℓ·x + β_ℓ < 0 for all ℓ", [ROWS, COVEC], FORM)


# --- shorthands ---------------------------------------------------------------------------------------------------------------------

def _comparison(head: str) -> Callable[[Node | int, Node | int], Node]:
    return lambda left, right: make(head, as_node(left), as_node(right))


le, lt, eq = map(_comparison, ("le", "lt", "eq"))  # left ≤ right, left < right, left = right
implies, member, whole = (partial(make, head) for head in ("imp", "in", "whole"))  # premise ⇒ conclusion, element ∈ set, all of a sort
TRUE, FALSE = make("and"), make("or")


def bind(head: str, variables: list[tuple[Node, Node]], body: Node) -> Node:
    """The binder of that head over pairs (variable, set), outermost first; over sorts for ``lam``."""
    for variable, domain in variables:
        need(bound_sort(domain) is variable.sort, "{!r} does not have the sort of the elements of {!r}", variable, domain)
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
