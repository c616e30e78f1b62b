"""Normal forms of finite sums and of means over signs: linearity, exchange, factors that leave, sums of constants, Σ_i u_i v_i = u·v."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

from flint import fmpq

from theory.kernel.binding import closed, opened, shift
from theory.kernel.forms import NUMBERS, VECTORS, Combination, canonical, collect, combination, normal, number, rebuilt
from theory.kernel.nodes import N, Node, bound_sort, is_numeric, level, make, num
from theory.kernel.numbers import product
from theory.kernel.polynomials import Monomial, Polynomial, atom, constant, ordered, plus, scaled

MANY = 5  # summation variables of one connected sum; the order of more is left as it is
FINITE_LAWS = ("signs",)  # laws under which every function has a mean
Limits = list[tuple[Node, Node]]


def _sum(node: Node) -> Polynomial:
    limits, body = _opened_sum(node)
    return plus(*(scaled(_sum_of_monomial(limits, monomial, None)[1], c) for monomial, c in normal(body).items()))


def _vector_sum(node: Node) -> Combination:
    limits, body = _opened_sum(node)
    terms = ((_sum_of_monomial(limits, monomial, v), c) for v, p in combination(body).items() for monomial, c in p.items())
    return collect((w, scaled(b, c)) for (w, b), c in terms)


def _opened_sum(node: Node) -> tuple[Limits, Node]:
    """The limits of a sum, with a new variable, and its terms."""
    domain, body = node.args
    x = level([domain, body], N)
    return [(x, canonical(domain))], opened(body, (x,))


def _sum_of_monomial(limits: Limits, monomial: Monomial, vector: Node | None) -> tuple[Node, Polynomial]:
    """Σ over the limits of a monomial (times a vector): the vector of the sum, 1 without one, and its coefficient.

    Factors that are free of the variables leave; sums inside are joined with this one where their ranges are free of its variables,
    and the product is split into parts that share no variable.
    """
    outside = constant(1)
    inside: list[Node] = []
    todo = [node for node, e in monomial for _ in range(e)]
    while todo:
        node = todo.pop()
        variables = {x for x, _ in limits}
        if not node.free & variables:
            outside = product(outside, normal(node))
        elif node.head == "sum" and not node.args[0].free & variables:
            y = level([node, *variables, *todo, *inside, *([vector] if vector else [])], N)
            body = normal(opened(node.args[1], (y,)))
            if len(body) == 1:
                (m, c), = body.items()
                limits, outside = [*limits, (y, node.args[0])], scaled(outside, c)
                todo.extend(a for a, e in m for _ in range(e))
            else:                                                         # a canonical sum has a body of one monomial
                inside.append(node)
        else:
            inside.append(node)
    return _components(limits, inside, vector, outside)


def _components(limits: Limits, inside: list[Node], vector: Node | None, outside: Polynomial) -> tuple[Node, Polynomial]:
    groups: list[tuple[Limits, list[Node]]] = [([limit], []) for limit in limits]
    for node in [*inside, *([vector] if vector is not None else [])]:
        hit = [g for g in groups if any(x in node.free for x, _ in g[0])]
        if hit:
            groups = [g for g in groups if g not in hit] + [([p for g in hit for p in g[0]], [*(a for g in hit for a in g[1]), node])]
    result = vector if vector is not None else num(1)
    for own, factors in groups:
        if any(node is vector for node in factors):
            c, result = _least(own, [f for f in factors if f is not vector], vector)
            outside = scaled(outside, c)
        else:
            outside = product(outside, _connected(own, factors))
    return result, outside


def _connected(limits: Limits, factors: list[Node]) -> Polynomial:
    """A sum of a product whose factors hang together; of nothing, the number of terms."""
    if not factors:
        (_, domain), = limits
        size = domain.args[0]
        return normal(size) if size.sort is N else atom(make("sum", domain, num(1)))                     # Σ_{i≤n} 1 = n
    entries = _inner_product(limits, factors)
    if entries is not None:
        return entries
    c, node = _least(limits, factors, None)
    return scaled(atom(node), c)


def _inner_product(limits: Limits, factors: list[Node]) -> Polynomial | None:
    """Σ_i u_i v_i = u·v over all entries of vectors that are free of i."""
    if len(limits) != 1 or len(factors) != 2 or any(f.head != "ent" for f in factors):
        return None
    (x, domain), = limits
    left, right = (f.args[0] for f in factors)
    whole = all(f.args[1] is x and x not in f.args[0].free and canonical(f.args[0].sort.args[0]) is domain.args[0] for f in factors)
    return normal(make("dot", left, right)) if whole and left.sort is right.sort else None


def _least(limits: Limits, factors: list[Node], vector: Node | None) -> tuple[fmpq, Node]:
    """A factor and the sum with its variables in the order that gives the least node."""
    body = number({ordered(Counter(factors).items()): fmpq(1)})
    if vector is not None:
        body = make("smul", body, vector)
    orders = permutations(limits) if len(limits) <= MANY else iter([tuple(limits)])
    return min((_nested(order, body) for order in orders), key=lambda pair: pair[1].key)


def _nested(order: tuple[tuple[Node, Node], ...], body: Node) -> tuple[fmpq, Node]:
    """The sum with its variables in this order: what is inside is put in normal form anew, since the order of names has changed."""
    inner = closed(body, [x for x, _ in order])
    c, result = _primitive(inner) if is_numeric(body.sort) else _primitive_vector(inner)
    for place in range(len(order) - 1, -1, -1):
        result = make("sum", shift(order[place][1], place), result)
    return c, result


def _primitive(body: Node) -> tuple[fmpq, Node]:
    """A numeral and the rest of a product."""
    p = normal(body)
    if len(p) != 1:
        return fmpq(1), number(p)
    (monomial, c), = p.items()
    return c, number({monomial: fmpq(1)})


def _primitive_vector(body: Node) -> tuple[fmpq, Node]:
    c, scale = _primitive(body.args[0])
    vector = canonical(body.args[1])
    return c, vector if scale is num(1) else make("smul", scale, vector)


def _expectation(node: Node) -> Polynomial:
    """E(c·s + t) = c·E s + E t and E 1 = 1, under laws for which every function has a mean."""
    *laws, body = node.args
    if any(law.head not in FINITE_LAWS for law in laws):
        return atom(rebuilt(node))
    variables = [level([node], bound_sort(law), place) for place, law in enumerate(laws)]
    own = frozenset(variables)
    total: Polynomial = {}
    for monomial, c in normal(opened(body, tuple(variables))).items():
        outside = ordered((a, e) for a, e in monomial if not a.free & own)
        inside = ordered((a, e) for a, e in monomial if a.free & own)
        mean = constant(1)
        if inside:
            factor, least = _primitive(closed(number({inside: fmpq(1)}), variables))
            mean = scaled(atom(make("expect", *map(canonical, laws), least)), factor)
        total = plus(total, scaled(product({outside: fmpq(1)}, mean), c))
    return total


NUMBERS.update({"sum": _sum, "expect": _expectation})
VECTORS["sum"] = _vector_sum
