"""Normal forms of finite sums and of means over signs: linearity, exchange, factors that leave, sums of constants, Σ_i u_i v_i = u·v."""

from __future__ import annotations

from collections.abc import Iterator
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
    domain, body = node.args
    x = level([domain, body], N)
    total: Polynomial = {}
    for monomial, c in normal(opened(body, (x,))).items():
        for _, value in _sum_of_monomial([(x, canonical(domain))], monomial, None):
            total = plus(total, scaled(value, c))
    return total


def _vector_sum(node: Node) -> Combination:
    domain, body = node.args
    x = level([domain, body], N)
    parts: list[tuple[Node, Polynomial]] = []
    for v, c in combination(opened(body, (x,))).items():
        for monomial, value in c.items():
            for w, b in _sum_of_monomial([(x, canonical(domain))], monomial, v):
                parts.append((w, scaled(b, value)))
    return collect(parts)


def _sum_of_monomial(limits: Limits, monomial: Monomial, vector: Node | None) -> Iterator[tuple[Node, Polynomial]]:
    """Σ over the limits of a monomial (times a vector): pairs (vector, coefficient); without a vector one pair, of the body itself.

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
            limits = [*limits, (y, node.args[0])]
            rest = normal(opened(node.args[1], (y,)))
            if len(rest) == 1:
                (m, c), = rest.items()
                outside = scaled(outside, c)
                todo.extend(a for a, e in m for _ in range(e))
            else:                                                         # a canonical sum has a body of one monomial
                inside.append(node)
                limits = limits[:-1]
        else:
            inside.append(node)
    yield from _components(limits, inside, vector, outside)


def _components(limits: Limits, inside: list[Node], vector: Node | None, outside: Polynomial) -> Iterator[tuple[Node, Polynomial]]:
    groups: list[tuple[Limits, list[Node]]] = [([limit], []) for limit in limits]
    for node in [*inside, *([vector] if vector is not None else [])]:
        hit = [g for g in groups if any(x in node.free for x, _ in g[0])]
        if hit:
            groups = [g for g in groups if g not in hit] + [([p for g in hit for p in g[0]], [*(a for g in hit for a in g[1]), node])]
    result = vector
    for own, factors in groups:
        if vector is not None and any(node is vector for node in factors):
            c, result = _least(own, [f for f in factors if f is not vector], vector)
            outside = scaled(outside, c)
        else:
            outside = product(outside, _connected(own, factors))
    yield (result if result is not None else num(0)), outside


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
    body = number({ordered(_counted(factors)): fmpq(1)})
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


def _counted(nodes: list[Node]) -> list[tuple[Node, int]]:
    counts: dict[Node, int] = {}
    for node in nodes:
        counts[node] = counts.get(node, 0) + 1
    return list(counts.items())


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
