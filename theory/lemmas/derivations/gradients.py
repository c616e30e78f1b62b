"""Gradients of ReLU networks inside one cell are at most the Lipschitz constant."""

from __future__ import annotations

from collections.abc import Callable

from theory.checkers.script import Line
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import eq, le, lt, whole
from theory.kernel.nodes import make, num
from theory.lemmas.derivations.basics import below_absolute, put
from theory.lemmas.derivations.steps import NetworkEquation, StepSize, Terms, sign_cases, small_step
from theory.lemmas.derivations.tools import (
    absolute,
    add_up,
    chosen,
    conjuncts,
    dot,
    everywhere,
    linear,
    named,
    norm,
    relu,
    relu_facts,
    scaled,
    termwise,
    times,
)


def moved(net: NetworkEquation, step: StepSize, g: Node, p: Node, l: Node, inside: Line, side: Line) -> Line:
    """max(w_l·(p + tg) + b_l, 0) = max(w_l·p + b_l, 0) + t w_l·g for an active unit, and = 0 for an inactive one.

    ``side`` is the line 0 ≤ w_l·p + b_l or w_l·p + b_l ≤ 0.
    """
    script, slope = net.script, dot(net.w(l), g)
    before, after = net.inside(l, p), net.inside(l, p + scaled(step.size, g))
    active = script.says(side).args[1] is before
    size = script.axiom("abs_of_nonnegative" if active else "abs_of_nonpositive", (side,), t=before)
    moves = [times(script, line, script.weaken(step.positive)) for line in below_absolute(script, slope)]
    facts = [script.specialise(step.within, l, inside), size, *moves]
    there = relu_facts(script, after, linear(script, le(0, after) if active else le(after, 0), facts))[0]
    here = relu_facts(script, before, side)[0]
    return linear(script, eq(relu(after), relu(before) + (step.size * slope if active else num(0))), [there, here])


def absolute_positive(net: NetworkEquation, p: Node, l: Node, side: Line) -> Line:
    """0 < |w_l·p + b_l|, from the line 0 < … or … < 0."""
    before = net.inside(l, p)
    return linear(net.script, lt(0, absolute(before)), [side, *below_absolute(net.script, before)])


def gradient(w: Writing) -> Line:
    """At a point where no preactivation vanishes, by `in_cell`."""
    script, (equation, squares, sides) = w.script, w.hypotheses
    space, zero = whole(w.w.sort), make("zero", w.w.sort)                                   # type: ignore[arg-type]
    net = NetworkEquation(script, w.f, space, w.k, lambda l: w.a[l], lambda l: w.W[l], lambda l: w.b[l], equation, num(0), zero)
    return script.restate(in_cell(net, w.w, lambda l: w.s[l], squares, lambda l, inside: script.specialise(sides, l, inside)), w.goal)


def in_cell(net: NetworkEquation, p: Node, s: Terms, squares: Line, sides: Callable[[Node, Line], Line], room: Line | None = None) -> Line:
    """‖v + Σ (1 + s_l)/2 a_l w_l‖ ≤ Lip, where s_l = ±1 is the sign of the preactivation l at p.

    ``sides`` gives 0 < s_l (w_l·p + b_l), and ``room`` says ‖p‖ < r for a ball of radius r.  One step along the gradient g, so short
    that no preactivation changes its sign: f(p + tg) − f(p) = t‖g‖².
    """
    script = net.script
    g = net.v + add_up(net.width, lambda l: scaled((num(1) + s(l)) / 2 * net.a(l), net.w(l)))

    def along(own: Node, equal: Line) -> Line:
        line = _along(net, p, s, squares, sides, room, own, equal)
        return linear(script, le(norm(g), make("lip", net.f, net.domain)), [line, put(script, equal, norm)])

    return named(script, g, along, "g")


def _along(net: NetworkEquation, p: Node, s: Terms, squares: Line, sides: Callable[[Node, Line], Line], room: Line | None, g: Node,
           is_gradient: Line) -> Line:
    script = net.script

    def on_side(l: Node, inside: Line, show: Callable[[Line, Line], Line]) -> Line:
        """Both cases of s_l: ``show`` takes s_l = ±1 and the strict side of the preactivation."""
        signed, before = sides(l, inside), net.inside(l, p)

        def case(sign: Line) -> Line:
            positive = script.says(sign).args[1] is num(1)
            goal = lt(0, before) if positive else lt(before, 0)
            return show(sign, linear(script, goal, [signed, (sign, before)]))

        return sign_cases(script, s(l), script.specialise(squares, l, inside), case)

    def apart(l: Node, inside: Line) -> Line:
        return on_side(l, inside, lambda sign, side: absolute_positive(net, p, l, side))

    def stepped(step: StepSize) -> Line:
        t, q = step.size, p + scaled(step.size, g)

        def change(l: Node) -> Node:
            return net.a(l) * ((num(1) + s(l)) / 2 * t * dot(net.w(l), g))

        def one(l: Node, inside: Line) -> Line:
            def case(sign: Line, side: Line) -> Line:
                value = moved(net, step, g, p, l, inside, script.weaken(side))
                goal = eq(net.a(l) * relu(net.inside(l, q)), net.a(l) * relu(net.inside(l, p)) + change(l))
                return linear(script, goal, [(value, net.a(l)), (sign, net.a(l) * t * dot(net.w(l), g))])
            return on_side(l, inside, case)

        sums = termwise(script, net.rest(q), add_up(net.width, lambda l: net.a(l) * relu(net.inside(l, p)) + change(l)), one)
        p_here, q_here = net.here(p, room), net.here_after(step, p, g)
        own = put(script, is_gradient, lambda hole: t * dot(hole, g))
        growth = linear(script, eq(net.f(q) - net.f(p), t * dot(g, g)), [sums, net.value(p, p_here), net.value(q, q_here), own])
        return net.steepest(p, p_here, g, step, q_here, growth)

    return small_step(script, net.width, lambda l: dot(net.w(l), g), lambda l: net.inside(l, p), apart, stepped, net.room(p, g, room))


def base_slope(w: Writing) -> Line:
    """At a point of the open ball where all units are inactive the gradient is v."""
    script, (equation, _, oriented) = w.script, w.hypotheses
    ball = make("ball", w.v.sort.args[0], num(1))                                           # type: ignore[union-attr]
    net = NetworkEquation(script, w.f, ball, w.k, lambda l: w.a[l], lambda l: w.W[l], lambda l: w.b[l], equation, w.c, w.v)

    def at_point(p: Node, lines: list[Line]) -> Line:
        short, inactive = conjuncts(script, lines[0])
        squares = everywhere(script, make("range", w.k), lambda l, _: script.combine(eq(num(-1) * num(-1), 1)), "l")
        line = in_cell(net, p, lambda l: num(-1), squares,
                       lambda l, inside: linear(script, lt(0, num(-1) * net.inside(l, p)), [script.specialise(inactive, l, inside)]), short)
        return script.restate(line, w.goal)

    return chosen(script, script.axiom("oriented_point", (oriented,), M=w.W, e=w.b), at_point, "p")
