"""Welch's bound: (tr M)² ≤ d Σ_a M_aa² ≤ d Σ_ab M_ab² for M = Σ v_l v_lᵀ, whose square has the trace Σ (v_l·v_h)²."""

from __future__ import annotations

from theory.checkers.script import Line, Script
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import bind, eq, le, lt
from theory.kernel.nodes import N, R, make, num, var
from theory.lemmas.derivations.steps import term_below_sum
from theory.lemmas.derivations.tools import add_up, exchanged, inverse, inverted, known, linear, sum_below, times


def square_of_sum(script: Script, size: Node, positive: Line, m: Node) -> Line:
    """(Σ m_a)² ≤ n Σ m_a², since 0 ≤ Σ (m_a − Σ m/n)²; for an unknown m, and then for this one."""
    unknown = var("m·", make("fn", N, R))
    total, squares = add_up(size, unknown), add_up(size, lambda a: unknown(a) * unknown(a))

    def away(a: Node) -> Node:
        return (unknown(a) - total * inverse(size)) * (unknown(a) - total * inverse(size))

    line = sum_below(script, add_up(size, lambda a: num(0)), add_up(size, away),
                     lambda a, _: script.restate(script.do("square", (), unknown(a) - total * inverse(size)), le(0, away(a))))
    unit, _ = inverted(script, positive)
    below = linear(script, le(0, squares - total * total * inverse(size)), [line])
    bound = linear(script, le(total * total, size * squares), [times(script, below, script.weaken(positive)), (unit, total * total)])
    return script.do("instance", (bound,), unknown, m)


def welch(w: Writing) -> Line:
    """The entries M_ab = Σ_l v_la v_lb, and sums over entries and over vectors exchanged."""
    script, k, d = w.script, w.k, w.d
    positive = linear(script, lt(0, d), [known(w.prover, le(1, d))])
    l_, a_ = var("l·", N), var("a·", N)

    def entry(a: Node, b: Node) -> Node:
        return add_up(k, lambda l: w.V(l)[a] * w.V(l)[b])

    trace = exchanged(script, k, d, lambda l, a: w.V(l)[a] * w.V(l)[a])
    mean = square_of_sum(script, d, positive, bind("lam", [(a_, N)], entry(a_, a_)))

    def row(a: Node, inside: Line) -> Line:
        return script.specialise(term_below_sum(script, d, lambda b: entry(a, b) * entry(a, b)), a, inside)

    diagonal = sum_below(script, add_up(d, lambda a: entry(a, a) * entry(a, a)),
                         add_up(d, lambda a: add_up(d, lambda b: entry(a, b) * entry(a, b))), row, "a")
    Y = var("Y·", make("fn", N, N, R))
    by_entries = add_up(d, lambda a: add_up(d, lambda b: add_up(k, lambda l: Y(l, a) * Y(l, b))
                                            * add_up(k, lambda l: Y(l, a) * Y(l, b))))
    by_vectors = add_up(k, lambda l: add_up(k, lambda h: add_up(d, lambda a: Y(l, a) * Y(h, a))
                                            * add_up(d, lambda a: Y(l, a) * Y(h, a))))
    squares = script.do("instance", (script.combine(eq(by_entries, by_vectors)),), Y, bind("lam", [(l_, N), (a_, N)], w.V(l_)[a_]))
    left, right = script.says(trace).args
    most = times(script, diagonal, script.weaken(positive))
    return linear(script, w.goal, [mean, (trace, left + right), most, (squares, d)])
