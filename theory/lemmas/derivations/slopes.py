"""Slopes of ReLU networks: an affine function plus finitely many kinks is Lipschitz."""

from __future__ import annotations

from theory.checkers.script import Line
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import le
from theory.lemmas.derivations.basics import below_absolute, cite
from theory.lemmas.derivations.tools import (
    absolute,
    absolute_at_most,
    absolute_product,
    add_up,
    cauchy_absolute,
    dot,
    everywhere,
    linear,
    nonnegative,
    norm,
    relu,
    relu_slope,
    sum_at_most,
    times,
)


def kinks_lipschitz(w: Writing) -> Line:
    """|f(p) − f(q)| ≤ (‖v‖ + |s|‖u‖ + Σ|F_i|‖v_i‖)‖p − q‖ for f(x) = c + v·x + s max(u·x + t, 0) + Σ F_i max(v_i·x + G_i, 0)."""
    script, (rule,) = w.script, w.hypotheses
    f, domain = w.goal.args

    def weight(i: Node) -> Node:
        return absolute(w.F(i)) * norm(w.V(i))

    bound = norm(w.v) + absolute(w.s) * norm(w.u) + add_up(w.n, weight)

    def pair(p: Node, in_p: Line, q: Node, in_q: Line) -> Line:
        values = [script.specialise(rule, x, inside) for x, inside in ((p, in_p), (q, in_q))]
        away = p - q

        def change(i: Node) -> Node:
            return w.F(i) * (relu(dot(w.V(i), p) + w.G(i)) - relu(dot(w.V(i), q) + w.G(i)))

        affine = cauchy_absolute(script, w.v, away)
        own = w.s * (relu(dot(w.u, p) + w.t) - relu(dot(w.u, q) + w.t))
        kink = _one_kink(w, w.s, w.u, w.t, p, q)
        others = sum_at_most(script, w.n, change, lambda i: weight(i) * norm(away),
                             lambda i, _: _one_kink(w, w.F(i), w.V(i), w.G(i), p, q))
        sides = [*below_absolute(script, dot(w.v, away)), *below_absolute(script, own), *below_absolute(script, add_up(w.n, change))]
        return absolute_at_most(script, f(p) - f(q), bound * norm(away), [*values, affine, kink, others, *sides])

    slopes = everywhere(script, domain, lambda p, in_p: everywhere(script, domain, lambda q, in_q: pair(p, in_p, q, in_q), "q"), "p")
    return cite(script, "is_lipschitz", (slopes,), c=bound, f=f, D=domain)


def _one_kink(w: Writing, a: Node, v: Node, b: Node, p: Node, q: Node) -> Line:
    """|a (max(v·p + b, 0) − max(v·q + b, 0))| ≤ |a|‖v‖‖p − q‖."""
    script, away = w.script, p - q
    change = relu(dot(v, p) + b) - relu(dot(v, q) + b)
    size = linear(script, le(absolute(change), norm(v) * norm(away)),
                  [relu_slope(script, dot(v, p) + b, dot(v, q) + b), cauchy_absolute(script, v, away)])
    product = times(script, size, nonnegative(script, absolute(a)))
    return linear(script, le(absolute(a * change), absolute(a) * norm(v) * norm(away)), [product, absolute_product(script, a, change)])
