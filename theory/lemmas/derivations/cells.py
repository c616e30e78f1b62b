"""Cells of an arrangement of kinks that are known not to be empty, and the gradients in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from theory.checkers.script import Line, Script
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import eq, le, lt, whole
from theory.kernel.nodes import R, make, num
from theory.lemmas.derivations.basics import below_absolute, either, put
from theory.lemmas.derivations.dual_vectors import DualVectors
from theory.lemmas.derivations.gradients import in_cell
from theory.lemmas.derivations.small_steps import vanish
from theory.lemmas.derivations.steps import NetworkEquation, StepSize, sign_cases, small_step
from theory.lemmas.derivations.tools import (
    absolute,
    absolute_at_most,
    absolute_product,
    absurd,
    add_up,
    at,
    dot,
    everywhere,
    fresh,
    inverse,
    inverted,
    linear,
    named,
    nonnegative,
    norm,
    norm_of_sum,
    refuting,
    relu,
    relu_facts,
    scaled,
    sum_at_most,
    times,
)


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


def corner(ball: bool, w: Writing) -> Line:
    """‖Σ m_l ε_l a_l w_l‖ ≤ 2 Lip, m the bits of a corner p: the gradients at p ± tx, w_l·x = ε_l on its kinks, differ by that sum."""
    script = w.script
    equation, bits, on, off, independent, here, squares, *short = w.hypotheses
    domain = make("ball", w.v.sort.args[0], num(1)) if ball else whole(w.v.sort)            # type: ignore[union-attr, arg-type]
    net = NetworkEquation(script, w.f, domain, w.k, lambda l: w.a[l], lambda l: w.W[l], lambda l: w.b[l], equation, w.c, w.v)
    at_corner = _Corner(w, net, *(at(script, line, (w.m, here)) for line in (bits, on, off)), squares,
                        script.specialise(short[0], w.m, here) if short else None)
    dual = DualVectors(script, w.k, at_corner.bit, lambda l: w.W[l], at_corner.bits, at(script, independent, (w.m, here)))

    def at_direction(x: Node, met: Line) -> Line:
        lines = [at_corner.gradient(x, met, sign) for sign in (1, -1)]
        parts = [script.says(line).args[0].args[0] for line in lines]
        triangle = norm_of_sum(script, parts[0], scaled(-1, parts[1]))
        back = put(script, script.equal(scaled(-1, parts[1]), scaled(-1, parts[1])), norm)
        jump = add_up(w.k, lambda l: scaled(at_corner.bit(l) * w.s[l] * w.a[l], w.W[l]))
        total = put(script, script.equal(parts[0] + scaled(-1, parts[1]), jump), norm)
        return linear(script, w.goal, [triangle, back, total, *lines])

    return dual.point(w.s, at_direction)


@dataclass(frozen=True)
class _Corner:
    """A point p that lies on the kinks with m_l = 1 and on no other."""

    w: Writing
    net: NetworkEquation
    bits: Line
    on: Line
    off: Line
    squares: Line
    room: Line | None

    @property
    def p(self) -> Node:
        """The point."""
        return self.w.Q[self.w.m]

    def bit(self, l: Node) -> Node:
        """m_l."""
        return self.w.C[self.w.m][l]

    def side(self, l: Node) -> Node:
        """1{0 < w_l·p + b_l}."""
        return make("ind", lt(0, self.net.inside(l, self.p)))

    def cases(self, l: Node, inside: Line, show: Callable[[Line], Line]) -> Line:
        """What follows from m_l = 0 and from m_l = 1."""
        script, bit = self.net.script, self.bit(l)
        square = self.net.script.specialise(self.bits, l, inside)
        flat = linear(script, eq((bit * 2 - 1) * (bit * 2 - 1), 1), [(square, num(4))])
        return sign_cases(script, bit * 2 - 1, flat,
                          lambda line: show(linear(script, eq(bit, 1 if script.says(line).args[1] is num(1) else 0), [line])))

    def gradient(self, x: Node, met: Line, sign: int) -> Line:
        """‖v + Σ (1 + s_l)/2 a_l w_l‖ ≤ Lip for s_l = ±ε_l on the corner and the sign at p elsewhere."""
        script, w, net, p = self.net.script, self.w, self.net, self.p

        def s(l: Node) -> Node:
            return num(sign) * self.bit(l) * w.s[l] + (num(1) - self.bit(l)) * (self.side(l) * 2 - 1)

        def outside(l: Node, inside: Line, none: Line, show: Callable[[Line, Line], Line]) -> Line:
            """Both sides of p off the corner, with the value of s_l there."""
            before = net.inside(l, p)
            away = linear(script, lt(0, absolute(before)), [script.specialise(self.off, l, inside), none])

            def case(line: Line) -> Line:
                below = script.says(line).head == "lt"
                if below:
                    formula = lt(0, before)
                    false = script.do("impossible", (linear(script, lt(0, 0), [script.assume(formula), line]),))
                    value = script.axiom("indicator_false", (script.do("discharge", (false,), formula),), A=formula)
                    strict = line
                else:
                    size = script.axiom("abs_of_nonnegative", (line,), t=before)
                    strict = linear(script, lt(0, before), [away, size])
                    value = script.axiom("indicator_true", (strict,), A=lt(0, before))
                known = linear(script, eq(s(l), -1 if below else 1),
                               [(none, num(sign) * w.s[l] - self.side(l) * 2 + 1), (value, num(2))])
                return show(strict, known)

            return either(script, before, 0, case)

        def square(l: Node, inside: Line) -> Line:
            goal = eq(s(l) * s(l), 1)

            def case(value: Line) -> Line:
                if script.says(value).args[1] is num(1):
                    own = linear(script, eq(s(l), num(sign) * w.s[l]), [(value, num(sign) * w.s[l] - self.side(l) * 2 + 1)])
                    return linear(script, goal, [(own, s(l) + num(sign) * w.s[l]), script.specialise(self.squares, l, inside)])
                return outside(l, inside, value, lambda _, known: linear(
                    script, goal, [(known, s(l) + script.says(known).args[1])]))                # type: ignore[operator]

            return self.cases(l, inside, case)

        squares = everywhere(script, make("range", w.k), square, "l")

        def apart(l: Node, inside: Line) -> Line:
            """0 < |w_l·p + b_l + m_l|."""
            value = net.inside(l, p) + self.bit(l)
            goal = lt(0, absolute(value))

            def case(bit: Line) -> Line:
                if script.says(bit).args[1] is num(1):
                    flat = linear(script, eq(net.inside(l, p), 0), [script.specialise(self.on, l, inside), (bit, -net.inside(l, p))])
                    return linear(script, goal, [flat, bit, *below_absolute(script, value)])
                same = put(script, linear(script, eq(value, net.inside(l, p)), [bit]), absolute)
                return linear(script, goal, [same, script.specialise(self.off, l, inside), bit])

            return self.cases(l, inside, case)

        def stepped(step: StepSize) -> Line:
            half = step.size / 2
            move = scaled(half if sign == 1 else -half, x)
            q = p + move

            def side(l: Node, inside: Line) -> Line:
                before, slope = net.inside(l, p), dot(w.W[l], x)
                goal = lt(0, s(l) * net.inside(l, q))

                def case(bit: Line) -> Line:
                    if script.says(bit).args[1] is num(1):
                        own = linear(script, eq(s(l), num(sign) * w.s[l]), [(bit, num(sign) * w.s[l] - self.side(l) * 2 + 1)])
                        flat = linear(script, eq(before, 0), [script.specialise(self.on, l, inside), (bit, -before)])
                        level = linear(script, eq(slope, w.s[l]), [script.specialise(met, l, inside), (bit, w.s[l] - slope)])
                        value = linear(script, eq(net.inside(l, q), num(sign) * half * w.s[l]), [flat, (level, num(sign) * half)])
                        return linear(script, goal, [(own, net.inside(l, q)), (value, num(sign) * w.s[l]),
                                                     (script.specialise(self.squares, l, inside), half), step.positive])
                    same = put(script, linear(script, eq(before + self.bit(l), before), [bit]), absolute)
                    moves = [times(script, line, script.weaken(step.positive)) for line in below_absolute(script, slope)]
                    within = script.specialise(step.within, l, inside)

                    def kept(strict: Line, known: Line) -> Line:
                        up = script.says(known).args[1] is num(1)
                        size = script.axiom("abs_of_nonnegative" if up else "abs_of_nonpositive", (script.weaken(strict),), t=before)
                        return linear(script, goal, [(known, net.inside(l, q)), within, same, size, *moves, strict])

                    return outside(l, inside, bit, kept)

                return self.cases(l, inside, case)

            return in_cell(net, q, s, squares, side, self._inside(step, x, half, move))

        return small_step(script, w.k, lambda l: dot(w.W[l], x), lambda l: net.inside(l, p) + self.bit(l), apart, stepped,
                          net.room(p, x, self.room))

    def _inside(self, step: StepSize, x: Node, half: Node, move: Node) -> Line | None:
        """‖p ± (t/2)x‖ < r in a ball of radius r."""
        if self.room is None:
            return None
        script = self.net.script
        positive = linear(script, le(0, half), [step.positive])
        size = script.axiom("abs_of_nonnegative", (positive,), t=half)
        length = linear(script, eq(norm(move), half * norm(x)), [(size, norm(x))])
        return linear(script, lt(norm(self.p + move), self.net.domain.args[1]),               # type: ignore[arg-type]
                      [norm_of_sum(script, self.p, move), length, *step.others, self.room])


def anchor_slope(w: Writing) -> Line:
    """‖v‖ ≤ Lip_B from a point of the open ball at which all kinks are inactive: s_l = −1."""
    script, (equation, room, inactive) = w.script, w.hypotheses
    ball = make("ball", w.v.sort.args[0], num(1))                                           # type: ignore[union-attr]
    net = NetworkEquation(script, w.f, ball, w.k, lambda l: w.a[l], lambda l: w.W[l], lambda l: w.b[l], equation, w.c, w.v)
    squares = everywhere(script, make("range", w.k), lambda l, _: script.combine(eq(num(-1) * num(-1), 1)), "l")
    line = in_cell(net, w.o, lambda l: num(-1), squares,
                   lambda l, inside: linear(script, lt(0, num(-1) * net.inside(l, w.o)), [script.specialise(inactive, l, inside)]), room)
    return script.restate(line, w.goal)


def mean_slope(w: Writing) -> Line:
    """‖v + ½ Σ a_l w_l‖ ≤ Lip: f(Tg) − f(−Tg) = 2T g·g up to Σ|a_l||b_l|, for g = v + ½ Σ a_l w_l and T = 1/h → ∞."""
    script, equation = w.script, w.hypotheses[0]
    space = whole(w.v.sort)                                                                 # type: ignore[arg-type]
    net = NetworkEquation(script, w.f, space, w.k, lambda l: w.a[l], lambda l: w.W[l], lambda l: w.b[l], equation, w.c, w.v)
    lip, rest = make("lip", w.f, space), add_up(w.k, lambda l: absolute(w.a[l]) * absolute(w.b[l]))

    def along(g: Node, is_g: Line) -> Line:
        def far(h: Node, positive: Line) -> Line:
            """2 g·g ≤ 2 Lip‖g‖ + h Σ|a||b|."""
            unit, inverse_positive = inverted(script, positive)

            def at_distance(T: Node, is_T: Line) -> Line:
                above = linear(script, lt(0, T), [inverse_positive, is_T])
                y, z = scaled(T, g), scaled(-T, g)

                def bend(l: Node) -> Node:
                    return relu(net.inside(l, y)) - relu(net.inside(l, z)) - T * dot(w.W[l], g)

                def one(l: Node, _: Line) -> Line:
                    """|max(s + b, 0) − max(−s + b, 0) − s| ≤ |b|."""
                    first, last, sides = net.inside(l, y), net.inside(l, z), below_absolute(script, w.b[l])
                    small = either(script, first, 0, lambda p: either(script, last, 0, lambda q: absolute_at_most(
                        script, bend(l), absolute(w.b[l]), [*relu_facts(script, first, p), *relu_facts(script, last, q), *sides])))
                    product = times(script, small, nonnegative(script, absolute(w.a[l])))
                    return linear(script, le(absolute(w.a[l] * bend(l)), absolute(w.a[l]) * absolute(w.b[l])),
                                  [product, absolute_product(script, w.a[l], bend(l))])

                bends = sum_at_most(script, w.k, lambda l: w.a[l] * bend(l), lambda l: absolute(w.a[l]) * absolute(w.b[l]), one)
                total = add_up(w.k, lambda l: w.a[l] * bend(l))
                anywhere = [script.do("anywhere", (), x, space) for x in (y, z)]
                chord = net.chord(y, anywhere[0], z, anywhere[1])
                length = put(script, script.equal(y - z, scaled(T * 2, g)), norm)
                size = script.axiom("abs_of_nonnegative", (script.weaken(above),), t=T)
                paired = put(script, is_g, lambda hole: dot(hole, g))
                values = [net.value(x, here) for x, here in zip((y, z), anywhere, strict=True)]
                line = linear(script, le(T * (dot(g, g) * 2), T * (lip * norm(g) * 2) + rest),
                              [bends, *below_absolute(script, total), chord, *below_absolute(script, w.f(y) - w.f(z)), (length, lip),
                               (size, lip * norm(g) * 2), (paired, T * 2), *values])
                product = times(script, line, script.weaken(positive))
                return linear(script, le(dot(g, g) * 2, lip * norm(g) * 2 + h * rest),
                              [product, (is_T, h * (dot(g, g) * 2 - lip * norm(g) * 2)), (unit, dot(g, g) * 2 - lip * norm(g) * 2)])

            return named(script, inverse(h), at_distance, "T")

        h = fresh(script, "h", R)
        condition = make("and", lt(0, h), le(h, 1))
        inner = far(h, script.do("part", (script.assume(condition),), num(0)))
        rate = script.do("generalise", (script.do("discharge", (inner,), condition),), h, whole(R))
        product = linear(script, le(norm(g) * norm(g), lip * norm(g)),
                         [vanish(script, dot(g, g) * 2, lip * norm(g) * 2, rest, rate)])
        goal = le(norm(g), lip)
        negated = refuting(script, goal)
        positive = linear(script, lt(0, norm(g)), [negated, nonnegative(script, lip)])
        shorter = absurd(script, goal, [times(script, negated, positive), product])
        return linear(script, w.goal, [shorter, put(script, is_g, norm)])

    return named(script, w.v + add_up(w.k, lambda l: scaled(w.a[l] / 2, w.W[l])), along, "g")
