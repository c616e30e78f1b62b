"""Cauchy–Schwarz for sums, and norms of images."""

from __future__ import annotations

from theory.checkers.script import Line
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import bind, eq, le
from theory.kernel.nodes import N, make, var
from theory.lemmas.derivations.basics import put
from theory.lemmas.derivations.tools import add_up, dot, linear, nonnegative, norm, smaller_by_squares, termwise


def cauchy(w: Writing) -> Line:
    """Σ F_i G_i ≤ √ΣF²·√ΣG²: the tables of F and G are vectors."""
    script, i = w.script, var("i·", N)
    domain = make("range", w.n)
    F, G = (bind("table", [(i, domain)], f(i)) for f in (w.F, w.G))

    def inner(u: Node, v: Node, f: Node, g: Node) -> Line:
        """u·v = Σ f g."""
        entries = add_up(w.n, lambda i: u[i] * v[i])

        def one(i: Node, inside: Line) -> Line:
            left, right = (script.axiom("table_entry", (inside,), F=h, i=i, n=w.n) for h in (f, g))
            step = put(script, left, lambda hole: hole * v[i])
            return script.chain(step, put(script, right, lambda hole: f(i) * hole))

        line = termwise(script, entries, add_up(w.n, lambda i: f(i) * g(i)), one)
        return linear(script, eq(dot(u, v), script.says(line).args[1]), [line])

    def length(u: Node, f: Node) -> Line:
        return put(script, inner(u, u, f, f), lambda hole: make("sqrt", hole))

    line = script.do("cauchy", (), F, G)
    left, right = length(F, w.F), length(G, w.G)
    bound = script.combine(eq(norm(F) * norm(G), script.says(left).args[1] * script.says(right).args[1]),
                           ((left, norm(G)), (right, script.says(left).args[1])))
    return linear(script, w.goal, [line, bound, inner(F, G, w.F, w.G)])


def cauchy_pair(w: Writing) -> Line:
    """(pr + qs)² ≤ (p² + q²)(r² + s²), by (ps − qr)² ≥ 0."""
    script, (p, q, r, s) = w.script, (w.p, w.q, w.t, w.h)
    roots, squares = [], []
    for first, second in ((p, q), (r, s)):
        total = first * first + second * second
        least = linear(script, le(0, total), [script.do("square", (), t) for t in (first, second)])
        roots.append(make("sqrt", total))
        squares.append(script.axiom("root_squared", (least,), t=total))
    bound, total = roots[0] * roots[1], p * r + q * s
    product = linear(script, eq(bound * bound, (p * p + q * q) * (r * r + s * s)),
                     [(squares[0], roots[1] * roots[1]), (squares[1], p * p + q * q)])
    line = linear(script, le(total * total, bound * bound), [product, script.do("square", (), p * s - q * r)])
    return script.restate(smaller_by_squares(script, total, bound, nonnegative(script, bound), line), w.goal)


def operator_norm(w: Writing) -> Line:
    """√Σ(W_l·u)² = ‖Wu‖ ≤ ‖W‖_op‖u‖."""
    script, image = w.script, make("matvec", w.W, w.u)
    entries = script.axiom("matrix_product_entries", M=w.W, v=w.u, e=image)
    squares = linear(script, eq(dot(image, image), add_up(w.k, lambda l: dot(w.W[l], w.u) * dot(w.W[l], w.u))), [entries])
    root = put(script, squares, lambda hole: make("sqrt", hole))
    return linear(script, w.goal, [root, script.axiom("operator_norm", M=w.W, v=w.u)])


def image_norm(w: Writing) -> Line:
    """‖Wx‖ ≤ ‖W‖_op‖x‖."""
    return w.script.axiom("operator_norm", M=w.W, v=w.x)


def trace_cauchy(w: Writing) -> Line:
    """⟨A, B⟩ ≤ ‖A‖‖B‖ for matrices."""
    return w.script.do("cauchy", (), w.W, w.B)
