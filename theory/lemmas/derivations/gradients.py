"""Gradients of ReLU networks inside one cell are at most the Lipschitz constant."""

from __future__ import annotations

from collections.abc import Callable

from theory.checkers.script import Line
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import eq, le, lt, whole
from theory.kernel.nodes import make, num
from theory.lemmas.derivations.basics import below_absolute, put
from theory.lemmas.derivations.steps import NetworkEquation, StepSize, sign_cases, small_step
from theory.lemmas.derivations.tools import (
    absolute,
    add_up,
    chosen,
    conjuncts,
    dot,
    linear,
    named,
    norm,
    norm_of_sum,
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
    """One step along the gradient g, so short that no preactivation changes its sign: f(w + tg) − f(w) = t‖g‖²."""
    g = add_up(w.k, lambda l: scaled((num(1) + w.s[l]) / 2 * w.a[l], w.W[l]))

    def along(own: Node, equal: Line) -> Line:
        return linear(w.script, w.goal, [_along(w, own, equal), put(w.script, equal, norm)])

    return named(w.script, g, along, "g")


def _along(w: Writing, g: Node, is_gradient: Line) -> Line:
    script, (equation, squares, sides) = w.script, w.hypotheses
    space, zero = whole(w.w.sort), make("zero", w.w.sort)                                   # type: ignore[arg-type]
    net = NetworkEquation(script, w.f, space, w.k, lambda l: w.a[l], lambda l: w.W[l], lambda l: w.b[l], equation, num(0), zero)
    p = w.w

    def on_side(l: Node, inside: Line, show: Callable[[Line, Line], Line]) -> Line:
        """Both cases of s_l: ``show`` takes s_l = ±1 and the strict side of the preactivation."""
        signed, before = script.specialise(sides, l, inside), net.inside(l, p)

        def case(sign: Line) -> Line:
            positive = script.says(sign).args[1] is num(1)
            goal = lt(0, before) if positive else lt(before, 0)
            return show(sign, linear(script, goal, [signed, (sign, before)]))

        return sign_cases(script, w.s[l], script.specialise(squares, l, inside), case)

    def apart(l: Node, inside: Line) -> Line:
        return on_side(l, inside, lambda sign, side: absolute_positive(net, p, l, side))

    def stepped(step: StepSize) -> Line:
        t, q = step.size, p + scaled(step.size, g)

        def change(l: Node) -> Node:
            return w.a[l] * ((num(1) + w.s[l]) / 2 * t * dot(w.W[l], g))

        def one(l: Node, inside: Line) -> Line:
            def case(sign: Line, side: Line) -> Line:
                value = moved(net, step, g, p, l, inside, script.weaken(side))
                goal = eq(w.a[l] * relu(net.inside(l, q)), w.a[l] * relu(net.inside(l, p)) + change(l))
                return linear(script, goal, [(value, w.a[l]), (sign, w.a[l] * t * dot(w.W[l], g))])
            return on_side(l, inside, case)

        sums = termwise(script, net.rest(q), add_up(w.k, lambda l: w.a[l] * relu(net.inside(l, p)) + change(l)), one)
        anywhere = [script.do("anywhere", (), point, space) for point in (p, q)]
        own = put(script, is_gradient, lambda hole: t * dot(hole, g))
        growth = linear(script, eq(w.f(q) - w.f(p), t * dot(g, g)), [sums, net.value(p, anywhere[0]), net.value(q, anywhere[1]), own])
        return net.steepest(p, anywhere[0], g, step, anywhere[1], growth)

    return small_step(script, w.k, lambda l: dot(w.W[l], g), lambda l: net.inside(l, p), apart, stepped)


def base_slope(w: Writing) -> Line:
    """At a point of the open ball where all units are inactive, f(p + tv) − f(p) = t‖v‖² for a short step."""
    script, (equation, _, oriented) = w.script, w.hypotheses
    ball = make("ball", w.v.sort.args[0], num(1))                                           # type: ignore[union-attr]
    net = NetworkEquation(script, w.f, ball, w.k, lambda l: w.a[l], lambda l: w.W[l], lambda l: w.b[l], equation, w.c, w.v)

    def at_point(p: Node, lines: list[Line]) -> Line:
        short, inactive = conjuncts(script, lines[0])
        room = linear(script, lt(0, num(1) - norm(p)), [short])

        def apart(l: Node, inside: Line) -> Line:
            return absolute_positive(net, p, l, script.specialise(inactive, l, inside))

        def stepped(step: StepSize) -> Line:
            t, q = step.size, p + scaled(step.size, w.v)

            def one(l: Node, inside: Line) -> Line:
                value = moved(net, step, w.v, p, l, inside, script.weaken(script.specialise(inactive, l, inside)))
                return put(script, value, lambda hole: w.a[l] * hole)

            sums = termwise(script, net.rest(q), add_up(w.k, lambda l: w.a[l] * (relu(net.inside(l, p)) + 0)), one)
            size = script.axiom("abs_of_nonnegative", (script.weaken(step.positive),), t=t)
            near = linear(script, le(norm(q), 1), [norm_of_sum(script, p, scaled(t, w.v)), (size, norm(w.v)), *step.others])
            inside = [script.axiom("in_ball", (line,), u=u, r=num(1)) for u, line in ((p, script.weaken(short)), (q, near))]
            growth = linear(script, eq(w.f(q) - w.f(p), t * dot(w.v, w.v)), [sums, net.value(p, inside[0]), net.value(q, inside[1])])
            return net.steepest(p, inside[0], w.v, step, inside[1], growth)

        return small_step(script, w.k, lambda l: dot(w.W[l], w.v), lambda l: net.inside(l, p), apart, stepped, [(norm(w.v), room)])

    return chosen(script, script.axiom("oriented_point", (oriented,), M=w.W, e=w.b), at_point, "p")
