"""Points of a kink that lie on none of finitely many other kinks: one after the other is left by a short step along the kink."""

from __future__ import annotations

from collections.abc import Callable

from theory.checkers.script import Line, Script
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import bind, eq, forall, implies, le, lt, whole
from theory.kernel.nodes import N, make, num, var
from theory.lemmas.derivations.basics import below_absolute, either, put, replaced
from theory.lemmas.derivations.steps import StepSize, small_step
from theory.lemmas.derivations.tools import (
    absolute,
    absurd,
    at,
    by_induction,
    chosen,
    conjuncts,
    dot,
    everywhere,
    in_range,
    known,
    limits,
    linear,
    named,
    no_index,
    nonnegative,
    norm,
    norm_of_sum,
    refuting,
    scaled,
    smaller_by_squares,
    times,
)


class Kinks:
    """The kink u·x + β = 0 and the others w_l·x + b_l = 0, l ≤ k, with unit normals and apart from it."""

    def __init__(self, w: Writing) -> None:
        self.w, self.script = w, w.script
        self.unit, self.units, self.apart, self.meets = w.hypotheses[:4]
        self.space = w.u.sort
        self.beta = w.beta

    def inside(self, l: Node, x: Node) -> Node:
        """w_l·x + b_l."""
        return dot(self.w.W[l], x) + self.w.b[l]

    def on(self, x: Node) -> Node:
        """u·x + β = 0."""
        return eq(dot(self.w.u, x) + self.beta, 0)

    def off(self, m: Node, x: Node) -> Node:
        """x lies on none of the first m kinks."""
        l = var("l·", N)
        return forall(lt(0, absolute(self.inside(l, x))), (l, make("range", m)))

    def tangent(self, l: Node, x: Node, on: Line, zero: Line, use: Callable[[Node, Line, Line], Line]) -> Line:
        """For v = w_l − (w_l·u)u: u·v = 0 and 0 < w_l·v = ‖v‖², where x lies on both kinks."""
        script, w = self.script, self.w
        normal = w.W[l]
        c = dot(normal, w.u)
        inside = self.index_lines[l]
        length, apart = script.specialise(self.units, l, inside), script.specialise(self.apart, l, inside)

        def own(v: Node, equal: Line) -> Line:
            along_u = put(script, equal, lambda hole: dot(hole, w.u))
            along_w = put(script, equal, lambda hole: dot(hole, normal))
            square = put(script, equal, lambda hole: dot(hole, v))
            unit_u = linear(script, eq(dot(w.u, w.u), 1), [(self.unit, norm(w.u) + 1)])
            unit_w = linear(script, eq(dot(normal, normal), 1), [(length, norm(normal) + 1)])
            across = linear(script, eq(dot(w.u, v), 0), [along_u, (unit_u, c)])
            gain = linear(script, eq(dot(normal, v), num(1) - c * c), [along_w, unit_w])
            size = linear(script, eq(dot(v, v), dot(normal, v)), [square, (across, c)])
            goal = lt(0, dot(normal, v))
            negated = refuting(script, goal)
            # otherwise v = 0, w_l = cu, and both kinks are one
            short = smaller_by_squares(script, norm(v), num(0), nonnegative(script, num(0)),
                                       linear(script, le(norm(v) * norm(v), num(0) * num(0)), [size, negated]))
            none = script.axiom("antisymmetry", (short, nonnegative(script, norm(v))), s=norm(v), t=num(0))
            vanishes = script.do("norm_zero", (none,))
            here = put(script, vanishes, lambda hole: dot(hole, x))
            image = put(script, equal, lambda hole: dot(hole, x))
            offset = w.b[l] - c * self.beta
            equal_offset = linear(script, eq(offset, 0), [zero, here, image, (on, c)])
            positive = absurd(script, goal, [apart, (equal_offset, offset), gain, negated])
            return use(v, across, positive)

        return named(script, normal - scaled(c, w.u), own, "v")

    index_lines: dict[Node, Line]


def clear_point_ball(w: Writing) -> Line:
    """Start at −βu; where the kink m + 1 passes through the point, step along the first kink, across that one, inside the ball."""
    kinks, script = Kinks(w), w.script
    kinks.index_lines = {}
    positive = known(w.prover, lt(0, w.R))

    def fine(m: Node, x: Node) -> Node:
        return make("and", lt(norm(x), w.R), kinks.on(x), kinks.off(m, x))

    def claim(m: Node) -> Node:
        x = var("x·", kinks.space)                                                            # type: ignore[arg-type]
        return implies(le(m, w.k), bind("ex", [(x, whole(kinks.space))], fine(m, x)))         # type: ignore[arg-type]

    def found(m: Node, x: Node, *lines: Line) -> Line:
        return script.do("witness", (script.do("both", lines),), claim(m).args[1], x)

    def start() -> Line:
        x = scaled(-w.beta, w.u)
        on = linear(script, kinks.on(x), [(kinks.unit, w.beta * (norm(w.u) + 1))])
        squares = linear(script, lt(absolute(w.beta) * absolute(w.beta), w.R * w.R), [kinks.meets])
        short = _below(script, absolute(w.beta), w.R, positive, squares)
        inside = linear(script, lt(norm(x), w.R), [short, (kinks.unit, absolute(w.beta))])
        none = everywhere(script, make("range", num(0)), lambda l, here: no_index(script, here, lt(0, absolute(kinks.inside(l, x)))), "l")
        return script.do("discharge", (found(num(0), x, inside, on, none),), le(num(0), w.k))

    def step(m: Node, known: Line) -> Line:
        premise, last = le(m + 1, w.k), m + 1
        room = script.assume(premise)
        exists = script.do("detach", (known, linear(script, le(m, w.k), [room])))
        kinks.index_lines[last] = in_range(script, last, w.k, [room, nonnegative(script, m)])

        def at_point(x: Node, lines: list[Line]) -> Line:
            short, on, off = conjuncts(script, lines[0])
            own = kinks.inside(last, x)

            def stays(away: Line) -> Line:
                return found(last, x, short, on, off_one_more(script, kinks, m, x, off, away))

            def moves(near: Line) -> Line:
                zero = script.axiom("antisymmetry", (linear(script, le(own, 0), [near, *below_absolute(script, own)]),
                                                     linear(script, le(0, own), [near, *below_absolute(script, own)])), s=own, t=num(0))
                return kinks.tangent(last, x, on, zero, lambda v, across, gain: along(x, short, on, off, zero, v, across, gain))

            return either(script, 0, absolute(own), lambda side: stays(side) if script.says(side).head == "lt" else moves(side))

        def along(x: Node, short: Line, on: Line, off: Line, zero: Line, v: Node, across: Line, gain: Line) -> Line:
            margin = linear(script, lt(0, (w.R - norm(x)) / 2), [short])

            def stepped(step: StepSize) -> Line:
                t, y = step.size, x + scaled(step.size, v)
                size = script.axiom("abs_of_nonnegative", (script.weaken(step.positive),), t=t)
                inside = linear(script, lt(norm(y), w.R), [norm_of_sum(script, x, scaled(t, v)), (size, norm(v)), *step.others, short])
                still = linear(script, kinks.on(y), [on, (across, t)])

                def kept(l: Node, here: Line) -> Line:
                    moved = [times(script, line, script.weaken(step.positive)) for line in below_absolute(script, dot(w.W[l], v))]
                    before = script.specialise(off, l, here)
                    return stays_away(script, kinks.inside(l, x), t * dot(w.W[l], v), kinks.inside(l, y), before,
                                 [script.specialise(step.within, l, here), *moved])

                rest = everywhere(script, make("range", m), kept, "l")
                change = linear(script, lt(0, kinks.inside(last, y)), [zero, times(script, gain, step.positive)])
                away = linear(script, lt(0, absolute(kinks.inside(last, y))), [change, *below_absolute(script, kinks.inside(last, y))])
                return found(last, y, inside, still, off_one_more(script, kinks, m, y, rest, away))

            def apart(l: Node, here: Line) -> Line:
                return linear(script, lt(0, absolute(kinks.inside(l, x))), [script.specialise(off, l, here)])

            return small_step(script, m, lambda l: num(2) * dot(w.W[l], v), lambda l: kinks.inside(l, x), apart, stepped,
                              [(norm(v), margin)])

        return script.do("discharge", (chosen(script, exists, at_point, "x"),), premise)

    every = by_induction(script, claim, start(), step)
    exists = script.do("detach", (at(script, every, w.k), script.combine(le(w.k, w.k))))
    return script.restate(chosen(script, exists, lambda x, lines: _in_ball(w, positive, x, lines[0]), "x"), w.goal)


def _in_ball(w: Writing, positive: Line, x: Node, line: Line) -> Line:
    """What the chosen point and its clearance have, as soon as there is one such point."""
    script = w.script
    short, on, off = conjuncts(script, line)
    args = {"u": w.u, "t": w.beta, "M": w.W, "e": w.b}
    ball = make("ball", w.u.sort.args[0], w.R)                                                # type: ignore[union-attr]
    p, rho = (make(head, w.u, w.beta, w.W, w.b, ball) for head in ("clearpoint", "clearance"))
    p_short, p_on, p_off = conjuncts(script, script.axiom("clear_point_ball", (short, on, off), x=x, r=w.R, **args))
    above = script.axiom("clearance_positive_ball", (p_short, p_off), r=w.R, **args)
    bound = script.axiom("clearance_in_ball", (positive, script.weaken(p_short)), r=w.R, **args)
    far = far_from_all(w, ball, p, rho, above)
    # 4ρR ≤ R² − ‖p‖² ≤ 2R(R − ‖p‖)
    goal = le(norm(p) + rho, w.R)
    negated = refuting(script, goal)
    inside = absurd(script, goal, [times(script, negated, positive), bound, script.do("square", (), w.R - norm(p)),
                                   times(script, above, positive)])
    return script.do("both", (above, p_on, far, inside))


def far_from_all(w: Writing, domain: Node, p: Node, rho: Node, above: Line) -> Line:
    """ρ‖w_l‖ ≤ |w_l·p + b_l|."""
    script, units = w.script, w.hypotheses[1]

    def one(l: Node, inside: Line) -> Line:
        bound = script.axiom("clearance_below", (inside,), u=w.u, t=w.beta, M=w.W, e=w.b, D=domain, i=l)
        unit = script.specialise(units, l, inside)
        return linear(script, le(rho * norm(w.W[l]), absolute(dot(w.W[l], p) + w.b[l])), [bound, (unit, rho), above])

    return everywhere(script, make("range", w.k), one, "l")


def _below(script: Script, a: Node, b: Node, positive: Line, squares: Line) -> Line:
    """a < b from 0 < b and a² < b²."""
    goal = lt(a, b)
    negated = refuting(script, goal)
    return absurd(script, goal, [times(script, negated, negated), times(script, negated, script.weaken(positive)), squares])


def stays_away(script: Script, before: Node, change: Node, after: Node, apart: Line, lines: list[Line]) -> Line:
    """0 < |after| for after = before + change, from 0 < |before| and lines that give 2|change| ≤ |before|."""
    facts = [*lines, apart, *below_absolute(script, after)]
    return either(script, before, 0, lambda side: linear(script, lt(0, absolute(after)), [*facts, size_of(script, before, side)]))


def size_of(script: Script, t: Node, side: Line) -> Line:
    """|t| = ±t by the side of t."""
    if script.says(side).head == "lt":
        return script.axiom("abs_of_nonpositive", (script.weaken(side),), t=t)
    return script.axiom("abs_of_nonnegative", (side,), t=t)


def off_one_more(script: Script, kinks: Kinks, m: Node, x: Node, off: Line, away: Line) -> Line:
    """x lies on none of the first m + 1 kinks."""
    last = m + 1

    def one(l: Node, here: Line) -> Line:
        low, high = limits(script, here)

        def case(side: Line) -> Line:
            if script.says(side).head == "lt":
                place = in_range(script, l, m, [low, script.axiom("whole_step", (side,), a=l, b=last)])
                return script.specialise(off, l, place)
            equal = script.axiom("antisymmetry", (side, high), s=last, t=l)
            return replaced(script, equal, away, lambda hole: lt(0, absolute(kinks.inside(hole, x))))

        return either(script, l, last, case)

    return everywhere(script, make("range", last), one, "l")
