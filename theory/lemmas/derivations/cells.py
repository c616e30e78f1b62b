"""Cells of an arrangement of kinks that are known not to be empty, and the gradients in them."""

from __future__ import annotations

from theory.checkers.script import Line, Script
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import eq, lt, whole
from theory.kernel.nodes import make, num
from theory.lemmas.derivations.basics import put
from theory.lemmas.derivations.dual_vectors import DualVectors
from theory.lemmas.derivations.gradients import in_cell
from theory.lemmas.derivations.steps import NetworkEquation
from theory.lemmas.derivations.tools import add_up, dot, everywhere, linear, scaled


def independent_vectors(script: Script, matrix: Node, independent: Line) -> DualVectors:
    """The rows of a matrix whose rows are independent."""
    (size, dim), one = matrix.sort.args, num(1)                                             # type: ignore[union-attr]
    within, space = make("range", size), make("vec", size)

    def at(c: Node, _: Line) -> Line:
        own = script.specialise(independent, c)
        empty = eq(add_up(size, lambda l: scaled(c[l] * one, matrix[l])), make("zero", make("vec", dim)))
        zero = script.do("detach", (own, script.restate(script.assume(empty), script.says(own).args[0])))
        line = everywhere(script, within, lambda l, _: linear(script, eq(c[l] * one, 0), [put(script, zero, lambda hole: hole[l])]), "l")
        return script.do("discharge", (line,), empty)

    bits = everywhere(script, within, lambda l, _: script.combine(eq(one * one, one)), "l")
    return DualVectors(script, size, lambda l: one, lambda l: matrix[l], bits, everywhere(script, whole(space), at, "c"))   # type: ignore[arg-type]


def attained_gradient(w: Writing) -> Line:
    """Independent rows attain the preactivations s_l = ±1."""
    script, (equation, independent, squares) = w.script, w.hypotheses
    net = NetworkEquation(script, w.f, whole(w.v.sort), w.k, lambda l: w.a[l], lambda l: w.W[l], lambda l: w.b[l], equation, w.c, w.v)  # type: ignore[arg-type]

    def at_point(x: Node, met: Line) -> Line:
        def side(l: Node, inside: Line) -> Line:
            level = linear(script, eq(net.inside(l, x), w.s[l]), [script.specialise(met, l, inside)])
            return linear(script, lt(0, w.s[l] * net.inside(l, x)), [(level, w.s[l]), script.specialise(squares, l, inside)])
        return script.restate(in_cell(net, x, lambda l: w.s[l], squares, side), w.goal)

    return independent_vectors(script, w.W, independent).point(w.s - w.b, at_point)
