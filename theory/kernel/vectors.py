"""Normal forms of vectors and matrices: bilinearity, entries, rows, products of matrices, tensor powers, norms and inner products."""

from __future__ import annotations

from collections.abc import Iterator

from theory.kernel.binding import opened, shift
from theory.kernel.forms import NUMBERS, VECTORS, Combination, canonical, collect, combination, combined, normal, rebuilt
from theory.kernel.nodes import N, Node, make
from theory.kernel.numbers import absolute, power, product
from theory.kernel.polynomials import Polynomial, atom, constant, plus, scaled


def scaled_vector(c: Polynomial, parts: Combination) -> Combination:
    return collect((v, product(c, x)) for v, x in parts.items())


def _bilinear(node: Node) -> Iterator[tuple[Node, Node, Polynomial]]:
    """Pairs of atomic parts of the two arguments with the product of their coefficients."""
    left, right = (combination(a) for a in node.args)
    return ((u, v, product(a, b)) for u, a in left.items() for v, b in right.items())


def _beneath(head: str, node: Node, place: int) -> Node:
    """The sum of ``head`` of the terms of a sum that is the argument at ``place``."""
    inner = node.args[place]
    others = [shift(a, 1) if isinstance(a, Node) and a.sort is not None else a for a in node.args]
    others[place] = inner.args[1]
    return make("sum", inner.args[0], make(head, *others))


def _matrix_vector(node: Node) -> Combination:
    parts: list[tuple[Node, Polynomial]] = []
    for m, v, c in _bilinear(node):
        if m.head == "outer":
            image = {m.args[0]: _inner_of_atoms(m.args[1], v)}                                           # (uwᵀ)v = (w·v)u
        elif "sum" in (m.head, v.head):
            image = combination(_beneath("matvec", make("matvec", m, v), 0 if m.head == "sum" else 1))
        else:
            image = {make("matvec", m, v): constant(1)}
        parts.extend(scaled_vector(c, image).items())
    return collect(parts)


def _outer(node: Node) -> Combination:
    parts: list[tuple[Node, Polynomial]] = []
    for u, v, c in _bilinear(node):
        whole = make("outer", u, v)
        image = combination(_beneath("outer", whole, 0 if u.head == "sum" else 1)) if "sum" in (u.head, v.head) else {whole: constant(1)}
        parts.extend(scaled_vector(c, image).items())
    return collect(parts)


def _row(node: Node) -> Combination:
    place = canonical(node.args[1])
    parts: list[tuple[Node, Polynomial]] = []
    for m, c in combination(node.args[0]).items():
        if m.head == "outer":
            image = {m.args[1]: normal(make("ent", m.args[0], place))}                                   # the row i of uvᵀ is u_i v
        elif m.head == "sum":
            image = combination(_beneath("row", make("row", m, place), 0))
        else:
            image = {make("row", m, place): constant(1)}
        parts.extend(scaled_vector(c, image).items())
    return collect(parts)


def _tensor_power(node: Node) -> Combination:
    parts, exponent = combination(node.args[0]), node.args[1]
    if len(parts) == 1:
        (v, c), = parts.items()
        return {make("tpow", v, exponent): power(c, exponent)} if power(c, exponent) else {}            # (cv)^{⊗p} = c^p v^{⊗p}
    return {make("tpow", canonical(node.args[0]), exponent): constant(1)}


def _tensor_product(node: Node) -> Combination:
    domain, body = node.args[0], canonical(node.args[1])
    if all(index > 0 for index, _ in body.indices):
        return combination(make("tpow", shift(body, -1), domain.args[0]))                                # x⊗…⊗x = x^{⊗p}
    return {make("tprod", domain, body): constant(1)}


def _applied_vector(node: Node) -> Combination:
    function = node.args[0]
    if function.head == "lam":
        return combination(opened(function.args[-1], node.args[1:]))
    return {rebuilt(node): constant(1)}


def _norm(node: Node) -> Polynomial:
    parts = combination(node.args[0])
    if not parts:
        return {}
    if len(parts) == 1:
        (v, c), = parts.items()
        return product(absolute(c), atom(make("norm", v)))                                              # ‖cv‖ = |c|‖v‖
    sides = (parts, {v: scaled(c, -1) for v, c in parts.items()})
    return atom(min((make("norm", combined(side, node.args[0].sort)) for side in sides), key=lambda a: a.key))


def _dot(node: Node) -> Polynomial:
    return _inner(*(combination(a) for a in node.args))


def _inner(left: Combination, right: Combination) -> Polynomial:
    return plus(*(product(a, b, _inner_of_atoms(u, v)) for u, a in left.items() for v, b in right.items()))


def _inner_of_atoms(u: Node, v: Node) -> Polynomial:
    if "sum" in (u.head, v.head):
        return normal(_beneath("dot", make("dot", u, v), 0 if u.head == "sum" else 1))                   # (Σ u_i)·v = Σ u_i·v
    if "outer" in (u.head, v.head):
        one, other = (u, v) if u.head == "outer" else (v, u)
        return normal(make("dot", one.args[0], make("matvec", other, one.args[1])))                      # ⟨abᵀ, M⟩ = a·Mb
    if u.head == v.head == "tpow":
        return power(normal(make("dot", u.args[0], v.args[0])), u.args[1])                              # u^{⊗p}·v^{⊗p} = (u·v)^p
    if u.sort is not None and u.sort.head == "mat":
        rows = [make("row", shift(m, 1), make("bound", 0, N)) for m in (u, v)]
        return normal(make("sum", make("range", u.sort.args[0]), make("dot", *rows)))                    # ⟨M, M′⟩ = Σ M_i·M′_i
    return atom(make("dot", *sorted((u, v), key=lambda a: a.key)))


def _entry(node: Node) -> Polynomial:
    place = canonical(node.args[1])
    total: Polynomial = {}
    for v, c in combination(node.args[0]).items():
        if v.head == "sum":
            entry = normal(_beneath("ent", make("ent", v, place), 0))
        elif v.head == "matvec":
            entry = normal(make("dot", make("row", v.args[0], place), v.args[1]))                        # (Mv)_i = M_i·v
        else:
            entry = atom(make("ent", v, place))
        total = plus(total, product(c, entry))
    return total


NUMBERS.update({"dot": _dot, "norm": _norm, "ent": _entry})
VECTORS.update({
    "add": lambda t: collect(p for a in t.args for p in combination(a).items()), "zero": lambda t: {},
    "smul": lambda t: scaled_vector(normal(t.args[0]), combination(t.args[1])), "matvec": _matrix_vector, "outer": _outer, "row": _row,
    "tpow": _tensor_power, "tprod": _tensor_product, "app": _applied_vector,
})
