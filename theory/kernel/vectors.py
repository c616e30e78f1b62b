"""Normal forms of vectors and matrices: bilinearity, entries, rows, products of matrices, tensor powers, norms and inner products."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from theory.kernel.binding import shift
from theory.kernel.forms import NUMBERS, VECTORS, Combination, canonical, collect, combination, combined, normal
from theory.kernel.nodes import N, Node, is_linear, make
from theory.kernel.numbers import absolute, power, product
from theory.kernel.polynomials import Polynomial, atom, constant, plus, scaled


def _extended(images: Iterable[tuple[Polynomial, Combination]]) -> Combination:
    """Σ c·image."""
    return collect((v, product(c, x)) for c, image in images for v, x in image.items())


def _bilinear(node: Node) -> Iterator[tuple[Node, Node, Polynomial]]:
    """Pairs of atomic parts of the two arguments with the product of their coefficients."""
    left, right = (combination(a) for a in node.args)
    return ((u, v, product(a, b)) for u, a in left.items() for v, b in right.items())


def _pulled_out(node: Node) -> Node:
    """f(Σ u_i, v) = Σ f(u_i, v) for the first vector or matrix that is a sum; the node itself where none is."""
    for place, inner in enumerate(node.args):
        if inner.head == "sum" and is_linear(inner.sort):
            args = [inner.args[1] if other is place else shift(a, 1) for other, a in enumerate(node.args)]
            return make("sum", inner.args[0], make(node.head, *args))
    return node


def _of_atoms(node: Node) -> Combination:
    """The form of a node whose vectors and matrices are atomic, or sums."""
    pulled = _pulled_out(node)
    return {node: constant(1)} if pulled is node else combination(pulled)


def _matrix_vector(node: Node) -> Combination:
    return _extended((c, {m.args[0]: _inner_of_atoms(m.args[1], v)} if m.head == "outer" else _of_atoms(make("matvec", m, v)))
                     for m, v, c in _bilinear(node))                                                     # (uwᵀ)v = (w·v)u


def _outer(node: Node) -> Combination:
    return _extended((c, _of_atoms(make("outer", u, v))) for u, v, c in _bilinear(node))


def _row(node: Node) -> Combination:
    place = canonical(node.args[1])
    return _extended((c, {m.args[1]: normal(make("ent", m.args[0], place))} if m.head == "outer" else _of_atoms(make("row", m, place)))
                     for m, c in combination(node.args[0]).items())                                      # the row i of uvᵀ is u_i v


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
    return plus(*(product(c, _inner_of_atoms(u, v)) for u, v, c in _bilinear(node)))


def _inner_of_atoms(u: Node, v: Node) -> Polynomial:
    if "sum" in (u.head, v.head):
        return normal(_pulled_out(make("dot", u, v)))
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
    return plus(*(product(c, _entry_of_atom(v, place)) for v, c in combination(node.args[0]).items()))


def _entry_of_atom(v: Node, place: Node) -> Polynomial:
    if v.head == "sum":
        return normal(_pulled_out(make("ent", v, place)))
    if v.head == "matvec":
        return normal(make("dot", make("row", v.args[0], place), v.args[1]))                             # (Mv)_i = M_i·v
    return atom(make("ent", v, place))


NUMBERS.update({"dot": _dot, "norm": _norm, "ent": _entry})
VECTORS.update({
    "add": lambda t: collect(p for a in t.args for p in combination(a).items()), "zero": lambda t: {},
    "smul": lambda t: _extended([(normal(t.args[0]), combination(t.args[1]))]), "matvec": _matrix_vector, "outer": _outer, "row": _row,
    "tpow": _tensor_power, "tprod": _tensor_product,
})
