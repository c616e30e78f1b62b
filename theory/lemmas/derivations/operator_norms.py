"""Spectral norms by unit vectors: ‖M‖_op from the values of the form of a symmetric matrix, and the Frobenius norm by rows and columns."""

from __future__ import annotations

from theory.checkers.script import Line
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import eq, le, lt, whole
from theory.kernel.nodes import make
from theory.lemmas.derivations.basics import below_absolute, either, put
from theory.lemmas.derivations.orthogonal import Basis
from theory.lemmas.derivations.steps import term_below_sum
from theory.lemmas.derivations.tools import (
    absurd,
    add_up,
    below_root,
    dot,
    everywhere,
    exchanged,
    known,
    linear,
    nonnegative,
    norm,
    refuting,
    smaller_by_squares,
    sum_below,
    termwise,
    times,
    unit_vector,
)


def image(matrix: Node, v: Node) -> Node:
    """Mv."""
    return make("matvec", matrix, v)


def numerical_radius(w: Writing) -> Line:
    """For the directions e of v and g of Mv, ‖Mv‖ = ‖v‖ g·Me, and 4 g·Me = (g+e)·M(g+e) − (g−e)·M(g−e) ≤ b(‖g+e‖² + ‖g−e‖²)."""
    script, M, b = w.script, w.M, w.bound
    symmetric, values = w.hypotheses
    positive = known(w.prover, le(1, w.d))

    def form(x: Node) -> Node:
        return dot(x, image(M, x))

    def unit(x: Node) -> Line:
        return script.axiom("direction_unit", (positive,), w=x)

    def at_most(x: Node) -> list[Line]:
        """±x·Mx ≤ b‖x‖²."""
        e = make("dir", x)
        here = script.specialise(values, e, script.axiom("in_sphere", (unit(x),), u=e))
        along = put(script, script.axiom("direction", w=x), lambda hole: dot(hole, image(M, hole)))
        sides = [linear(script, le(side, b), [here, *below_absolute(script, form(e))]) for side in (form(e), -form(e))]
        products = [times(script, side, script.do("square", (), norm(x))) for side in sides]
        return [linear(script, le(side, b * (norm(x) * norm(x))), [product, along])
                for side, product in zip((form(x), -form(x)), products, strict=True)]

    def one(v: Node, _: Line) -> Line:
        y = image(M, v)
        e, g = make("dir", v), make("dir", y)
        swap = script.axiom("symmetric_swap", (symmetric,), S=M, u=g, v=e)
        squares = [linear(script, eq(norm(x) * norm(x), 1), [(line, norm(x) + 1)]) for x, line in ((e, unit(v)), (g, unit(y)))]
        small = linear(script, le(dot(g, image(M, e)), b), [at_most(g + e)[0], at_most(g - e)[1], swap, *((line, b) for line in squares)])
        # ‖y‖ = g·y = ‖v‖ g·Me
        length = put(script, script.axiom("direction", w=y), lambda hole: dot(g, hole))
        across = put(script, script.axiom("direction", w=v), lambda hole: dot(g, image(M, hole)))
        product = times(script, small, nonnegative(script, norm(v)))
        return linear(script, le(norm(y), b * norm(v)), [product, across, length, (squares[1], norm(y))])

    e, _, on_sphere = unit_vector(script, w.d, positive)
    some = script.specialise(values, e, on_sphere)
    bottom = linear(script, le(0, b), [some, nonnegative(script, script.says(some).args[0])])
    line = everywhere(script, whole(make("vec", w.d)), one, "v")
    return script.axiom("operator_norm_least", (bottom, line), M=M, c=b)


def fro_op(w: Writing) -> Line:
    """‖W‖² is the sum of k squares ‖W_l‖² and of d squares ‖We_j‖², each at most ‖W‖_op²."""
    script, W = w.script, w.W
    size = make("opnorm", W)
    square, whole_square = size * size, norm(W) * norm(W)

    def row(l: Node, inside: Line) -> Line:
        """‖W_l‖² ≤ ‖W‖²_op: (WW_l)_l = ‖W_l‖² is at most ‖WW_l‖ ≤ ‖W‖_op‖W_l‖."""
        v, y = W[l], image(W, W[l])
        entry, goal = dot(v, v), le(dot(v, v), square)

        def entry_square(m: Node) -> Node:
            return dot(W[m], v) * dot(W[m], v)

        one = script.specialise(term_below_sum(script, w.k, entry_square), l, inside)
        bound = script.axiom("operator_norm", M=W, v=v)
        squared = [times(script, bound, nonnegative(script, norm(y))), times(script, bound, nonnegative(script, size * norm(v)))]
        negated = refuting(script, goal)
        above = linear(script, lt(0, entry), [negated, script.do("square", (), size)])
        return absurd(script, goal, [times(script, negated, above), one, *squared, script.axiom("matrix_product_entries", M=W, v=v, e=y)])

    def column(j: Node, inside: Line) -> Line:
        """‖We_j‖² ≤ ‖W‖²_op for the unit vector e_j."""
        basis = Basis(w.script, w.d, j, inside)
        e, unit = basis.vector, basis.unit()
        image_ = image(W, e)
        line = script.axiom("operator_norm", M=W, v=e)
        squared = linear(script, le(norm(image_) * norm(image_), square * dot(e, e)),
                         [times(script, line, nonnegative(script, norm(image_))), times(script, line, nonnegative(script, size * norm(e)))])
        entries = script.axiom("matrix_product_entries", M=W, v=e, e=image_)
        cells = termwise(script, add_up(w.k, lambda l: dot(W[l], e) * dot(W[l], e)), add_up(w.k, lambda l: W[l][j] * W[l][j]),
                         lambda l, _: linear(script, eq(dot(W[l], e) * dot(W[l], e), W[l][j] * W[l][j]),
                                             [(basis.picks(lambda i: W[l][i]), dot(W[l], e) + W[l][j])]), "l")
        return linear(script, le(add_up(w.k, lambda l: W[l][j] * W[l][j]), square), [squared, (unit, square), entries, cells])

    rows = sum_below(script, add_up(w.k, lambda l: dot(W[l], W[l])), add_up(w.k, lambda l: square), row, "l")
    columns = sum_below(script, add_up(w.d, lambda j: add_up(w.k, lambda l: W[l][j] * W[l][j])), add_up(w.d, lambda j: square),
                        column, "j")
    by_columns = exchanged(script, w.d, w.k, lambda j, l: W[l][j] * W[l][j])
    few = linear(script, le(whole_square, w.d * square), [columns, by_columns])

    def less(bound: Node, line: Line, is_min: Line) -> Line:
        """‖W‖ ≤ √m·‖W‖_op from ‖W‖² ≤ m‖W‖²_op."""
        least = linear(script, le(0, bound * square), [line, script.do("square", (), norm(W))])
        root = below_root(script, norm(W), bound * square, least, line)
        return script.restate(replaced_min(w, bound, root, is_min), w.goal)

    def case(side: Line) -> Line:
        smaller = script.weaken(side) if script.says(side).head == "lt" else side
        a, b = script.says(smaller).args
        is_min = script.axiom("min_is_left", (smaller,), s=a, t=b)
        line = rows if a is w.k else few
        return less(a, linear(script, le(whole_square, a * square), [line]), is_min)

    return either(script, w.k, w.d, case)


def replaced_min(w: Writing, bound: Node, line: Line, is_min: Line) -> Line:
    """√min(k, d) in place of √m."""
    script = w.script
    size = make("opnorm", w.W)
    root = put(script, is_min, lambda hole: make("sqrt", hole * (size * size)))
    goal = le(norm(w.W), make("sqrt", make("min", w.k, w.d)) * size)
    split = _root_of_product(w, make("min", w.k, w.d), size)
    return linear(script, goal, [line, root, split])


def _root_of_product(w: Writing, m: Node, size: Node) -> Line:
    """√(m s²) ≤ √m·s for m, s ≥ 0."""
    script = w.script
    inside = m * (size * size)
    least = nonnegative(script, m)
    product = times(script, least, script.do("square", (), size))
    whole_ = script.axiom("root_squared", (script.restate(product, le(0, inside)),), t=inside)
    part = script.axiom("root_squared", (least,), t=m)
    left, right = make("sqrt", inside), make("sqrt", m) * size
    squares = linear(script, le(left * left, right * right), [whole_, (part, size * size)])
    return smaller_by_squares(script, left, right, nonnegative(script, right), squares)
