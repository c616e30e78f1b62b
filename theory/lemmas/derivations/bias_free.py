"""Bias-free ReLU networks on the sphere: where ‖y‖ = ‖z‖, |f(y) − f(z)| ≤ Lip_S‖y − z‖ for f(x) = Σ a_l max(w_l·x, 0)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from theory.checkers.script import Line, Script
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import bind, eq, le, lt, whole
from theory.kernel.nodes import N, R, make, num, var
from theory.lemmas.derivations.basics import below_absolute, decided, either, put
from theory.lemmas.derivations.cells import independent_vectors
from theory.lemmas.derivations.small_steps import vanish
from theory.lemmas.derivations.steps import NetworkEquation, StepSize, sign_cases, small_step
from theory.lemmas.derivations.tools import (
    absolute,
    absolute_scaled,
    add_up,
    at,
    cancelled,
    cauchy_absolute,
    chosen,
    conjuncts,
    dot,
    everywhere,
    fresh,
    in_range,
    inverse,
    inverted,
    linear,
    multiple,
    named,
    nonnegative,
    norm,
    norm_of_sum,
    refuting,
    relu,
    relu_facts,
    relu_scaled,
    scaled,
    smaller_by_squares,
    termwise,
    times,
    vectors,
)


@dataclass(frozen=True)
class Cell:
    """A point x, the signs s_l of w_l·x (``sides`` gives 0 < s_l w_l·x, ``squares`` says s_l² = 1), and g = Σ (1 + s_l)/2 a_l w_l."""

    x: Node
    g: Node
    is_g: Line
    s: Callable[[Node], Node]
    squares: Line
    sides: Callable[[Node, Line], Line]


class OnSphere:
    """The network, and h(x) = Σ a_l max(w_l·x, 0) at any point."""

    def __init__(self, w: Writing, equation: Line) -> None:
        self.w, self.script = w, w.script
        self.dim = w.W.sort.args[1]                                                         # type: ignore[union-attr]
        self.space, self.domain = make("vec", self.dim), make("sphere", self.dim)           # type: ignore[arg-type]
        self.net = NetworkEquation(w.script, w.f, self.domain, w.k, lambda l: w.a[l], lambda l: w.W[l], lambda l: num(0), equation, num(0),
                                   make("zero", self.space))
        self.lip = make("lip", w.f, self.domain)

    def at(self, x: Node) -> Node:
        """h(x)."""
        return add_up(self.w.k, lambda l: self.w.a[l] * relu(dot(self.w.W[l], x)))

    def radial(self, x: Node, r: Node, positive: Line, length: Line) -> tuple[Node, Line, Line]:
        """The unit vector e = x/r with e ∈ sphere, and f(e)r = h(x), from 0 < r = ‖x‖."""
        script, w = self.script, self.w
        unit, inverse_positive = inverted(script, positive)
        e = scaled(inverse(r), x)
        size = script.axiom("abs_of_nonnegative", (script.weaken(inverse_positive),), t=inverse(r))
        one = linear(script, eq(norm(e), 1), [(size, norm(x)), (length, inverse(r)), unit])
        here = script.axiom("in_sphere", (one,), u=e)

        def term(l: Node, inside: Line) -> Line:
            inner = script.combine(eq(dot(w.W[l], e) + num(0), inverse(r) * dot(w.W[l], x)))
            value = script.chain(put(script, inner, relu), relu_scaled(script, inverse(r), dot(w.W[l], x), script.weaken(inverse_positive)))
            goal = eq(w.a[l] * relu(dot(w.W[l], e) + num(0)), inverse(r) * (w.a[l] * relu(dot(w.W[l], x))))
            return linear(script, goal, [(value, w.a[l])])

        sums = termwise(script, self.net.rest(e), add_up(w.k, lambda l: inverse(r) * (w.a[l] * relu(dot(w.W[l], x)))), term)
        value = self.net.value(e, here)
        return e, here, linear(script, eq(w.f(e) * r, self.at(x)), [(value, r), (sums, r), (unit, self.at(x))])

    def chord(self, y: Node, z: Node, positive: Line, equal: Line) -> Line:
        """|h(y) − h(z)| ≤ Lip_S‖y − z‖, from 0 < ‖y‖ and ‖z‖ = ‖y‖; shown of all vectors, which are then no sums that are written out."""
        script, space = self.script, whole(self.space)

        def said(p: Node, q: Node) -> tuple[Node, Node]:
            return make("and", lt(0, norm(p)), eq(norm(q), norm(p))), le(absolute(self.at(p) - self.at(q)), self.lip * norm(p - q))

        def one(p: Node, q: Node) -> Line:
            premise, conclusion = said(p, q)
            above, same = conjuncts(script, script.assume(premise))
            return script.do("discharge", (script.restate(self._apart(p, q, above, same), conclusion),), premise)

        every = everywhere(script, space, lambda p, _: everywhere(script, space, lambda q, _: one(p, q), "q"), "p")
        premise, conclusion = said(y, z)
        both = script.do("both", (script.restate(positive, premise.args[0]), script.restate(equal, premise.args[1])))   # type: ignore[arg-type]
        here = at(script, every, y, z)
        return script.restate(script.do("detach", (here, script.restate(both, script.says(here).args[0]))), conclusion)

    def _apart(self, y: Node, z: Node, positive: Line, equal: Line) -> Line:
        script, w, r = self.script, self.w, norm(y)
        e, e_here, e_value = self.radial(y, r, positive, script.equal(r, r))
        g, g_here, g_value = self.radial(z, r, positive, equal)
        line = self.net.chord(e, e_here, g, g_here)
        product = times(script, line, script.weaken(positive))
        unit, inverse_positive = inverted(script, positive)
        back = script.axiom("abs_of_nonnegative", (script.weaken(inverse_positive),), t=inverse(r))
        change = absolute_scaled(script, r, w.f(e) - w.f(g), script.weaken(positive))
        same = put(script, linear(script, eq(self.at(y) - self.at(z), r * (w.f(e) - w.f(g))), [e_value, g_value]), absolute)

        def apart(v: Node, is_v: Line) -> Line:
            along = put(script, vectors(script, eq(e - g, scaled(inverse(r), v)), [(is_v, -inverse(r))]), norm)
            size = put(script, is_v, norm)
            return linear(script, le(absolute(self.at(y) - self.at(z)), self.lip * norm(y - z)),
                          [product, change, same, (along, r * self.lip), (back, r * self.lip * norm(v)), (unit, self.lip * norm(v)),
                           (size, self.lip)])

        return named(script, y - z, apart, "v")

    # --- gradients ------------------------------------------------------------------------------------------------------------------

    def gradient(self, s: Callable[[Node], Node]) -> Node:
        """g = Σ (1 + s_l)/2 a_l w_l."""
        return add_up(self.w.k, lambda l: scaled((num(1) + s(l)) / 2 * self.w.a[l], self.w.W[l]))

    def tangent(self, cell: Cell) -> Line:
        """‖x‖²‖g‖² − (g·x)² ≤ Lip_S²‖x‖²: a step along ±h, h = ‖x‖²g − (g·x)x, at right angles to x."""
        script, x, g = self.script, cell.x, cell.g
        Q = norm(x) * norm(x) * norm(g) * norm(g) - dot(g, x) * dot(g, x)
        return named(script, scaled(norm(x) * norm(x), g) - scaled(dot(g, x), x),
                     lambda h, is_h: self._across(cell, h, is_h, Q), "h")

    def _across(self, cell: Cell, h: Node, is_h: Line, Q: Node) -> Line:
        script, w, net = self.script, self.w, self.net
        x, g, s, squares = cell.x, cell.g, cell.s, cell.squares
        right = linear(script, eq(dot(h, x), 0), [put(script, is_h, lambda hole: dot(hole, x))])
        along = linear(script, eq(dot(g, h), Q), [put(script, is_h, lambda hole: dot(g, hole))])
        long = linear(script, eq(dot(h, h), norm(x) * norm(x) * Q),
                      [put(script, is_h, lambda hole: dot(h, hole)), (along, norm(x) * norm(x)), (right, dot(g, x))])

        def apart(l: Node, inside: Line) -> Line:
            side, before = cell.sides(l, inside), net.inside(l, x)

            def case(sign: Line) -> Line:
                return linear(script, lt(0, absolute(before)), [side, (sign, before), *below_absolute(script, before)])

            return sign_cases(script, s(l), script.specialise(squares, l, inside), case)

        def stepped(step: StepSize) -> Line:
            t = step.size
            y, z = x + scaled(t, h), x - scaled(t, h)

            def one(l: Node, inside: Line) -> Line:
                """Both ends are on the side of x: max(w_l·y, 0) − max(w_l·z, 0) = (1 + s_l)/2·2t w_l·h."""
                before, slope = net.inside(l, x), dot(w.W[l], h)
                moves = [times(script, line, script.weaken(step.positive)) for line in below_absolute(script, slope)]
                within = script.specialise(step.within, l, inside)

                def case(sign: Line) -> Line:
                    up = script.says(sign).args[1] is num(1)
                    side = linear(script, lt(0, before) if up else lt(before, 0), [cell.sides(l, inside), (sign, before)])
                    size = script.axiom("abs_of_nonnegative" if up else "abs_of_nonpositive", (script.weaken(side),), t=before)
                    values = []
                    for end in (y, z):
                        level = dot(w.W[l], end)
                        line = linear(script, le(0, level) if up else le(level, 0), [within, size, *moves])
                        values.append(relu_facts(script, level, line)[0])
                    goal = eq(w.a[l] * relu(dot(w.W[l], y)) - w.a[l] * relu(dot(w.W[l], z)), t * 2 * ((num(1) + s(l)) / 2 * w.a[l] * slope))
                    return linear(script, goal, [*((value, w.a[l]) for value in values), (sign, t * w.a[l] * slope)])

                return sign_cases(script, s(l), script.specialise(squares, l, inside), case)

            sums = termwise(script, add_up(w.k, lambda l: w.a[l] * relu(dot(w.W[l], y)) - w.a[l] * relu(dot(w.W[l], z))),
                            add_up(w.k, lambda l: t * 2 * ((num(1) + s(l)) / 2 * w.a[l] * dot(w.W[l], h))), one)
            paired = put(script, cell.is_g, lambda hole: dot(hole, h))
            growth = linear(script, eq(self.at(y) - self.at(z), t * 2 * Q), [sums, (paired, t * 2), (along, t * 2)])
            return self._compared(cell, h, Q, step, (right, long, growth))

        return small_step(script, w.k, lambda l: dot(w.W[l], h), lambda l: net.inside(l, x), apart, stepped)

    def _compared(self, cell: Cell, h: Node, Q: Node, step: StepSize, lines: tuple[Line, Line, Line]) -> Line:
        """Q ≤ Lip_S²‖x‖² from h·x = 0, ‖h‖² = ‖x‖²Q and h(y) − h(z) = 2tQ, as ‖y − z‖ = 2t‖h‖."""
        script, x, g, (right, long, growth) = self.script, cell.x, cell.g, lines
        t, positive = step.size, step.positive
        y, z = x + scaled(t, h), x - scaled(t, h)
        goal = le(Q, self.lip * self.lip * norm(x) * norm(x))
        negated = refuting(script, goal)
        least = times(script, nonnegative(script, self.lip * norm(x)), nonnegative(script, self.lip * norm(x)))
        Q_positive = linear(script, lt(0, Q), [negated, least])
        squares = [linear(script, eq(dot(end, end), dot(x, x) + t * t * dot(h, h)), [(right, sign)])
                   for end, sign in ((y, t * 2), (z, t * -2))]
        equal = self._equal_norms(y, z, linear(script, eq(dot(y, y), dot(z, z)), squares))

        def case(side: Line) -> Line:
            if script.says(side).head == "le":
                return linear(script, lt(0, 0), [Q_positive, *self._nothing(x, h, y, t, side, squares[0], g)])
            chord = self.chord(y, z, side, linear(script, eq(norm(z), norm(y)), [equal]))
            size = script.axiom("abs_of_nonnegative", (script.weaken(positive),), t=t)
            apart = put(script, script.equal(y - z, scaled(t * 2, h)), norm)
            steep = cancelled(script, le(Q, self.lip * norm(h)), positive,
                              linear(script, le(t * Q, t * (self.lip * norm(h))),
                                     [chord, growth, *below_absolute(script, self.at(y) - self.at(z)), (apart, self.lip),
                                      (size, self.lip * norm(h) * 2)]))
            squared = [times(script, steep, script.weaken(Q_positive)), times(script, steep, nonnegative(script, self.lip * norm(h)))]
            product = linear(script, le(Q * Q, self.lip * self.lip * norm(x) * norm(x) * Q), [*squared, (long, self.lip * self.lip)])
            return linear(script, lt(0, 0), [times(script, negated, Q_positive), product])

        return script.by_contradiction(goal, either(script, 0, norm(y), case))

    def _nothing(self, x: Node, h: Node, y: Node, t: Node, below: Line, square: Line, gradient: Node) -> list[Line]:
        """Lines that give Q ≤ 0 where y = 0: then x = 0."""
        script = self.script
        low = script.restate(script.do("square", (), norm(x)), le(0, norm(x) * norm(x)))
        none = script.axiom("antisymmetry", (below, nonnegative(script, norm(y))), s=norm(y), t=num(0))
        flat = script.do("square", (), t * norm(h))
        high = linear(script, le(norm(x) * norm(x), 0), [square, (none, norm(y)), flat])
        zero = script.axiom("antisymmetry", (high, low), s=norm(x) * norm(x), t=num(0))
        return [multiple(script, zero, norm(gradient) * norm(gradient)), script.do("square", (), dot(gradient, x))]

    def _equal_norms(self, y: Node, z: Node, squares: Line) -> Line:
        """‖y‖ = ‖z‖ from ‖y‖² = ‖z‖²."""
        script = self.script
        sides = [smaller_by_squares(script, norm(first), norm(last), nonnegative(script, norm(last)),
                                    linear(script, le(norm(first) * norm(first), norm(last) * norm(last)), [squares]))
                 for first, last in ((y, z), (z, y))]
        return script.axiom("antisymmetry", sides, s=norm(y), t=norm(z))


class SignedCells(OnSphere):
    """The same with independent rows: all cells are nonempty, and some of their points are far out or at right angles to their gradient."""

    def __init__(self, w: Writing, equation: Line, independent: Line) -> None:
        super().__init__(w, equation)
        self.dual = independent_vectors(self.script, w.W, independent)

    def shorter(self, g: Node, bound: Line) -> Line:
        """‖g‖ ≤ Lip_S from ‖g‖² ≤ Lip_S²."""
        return smaller_by_squares(self.script, norm(g), self.lip, nonnegative(self.script, self.lip), bound)

    def partly(self, s: Callable[[Node], Node], squares: Line, j: Node, here: Line, off: Line) -> Line:
        """‖Σ (1 + s_l)/2 a_l w_l‖ ≤ Lip_S where s_j = −1 (``off``): at x with w_l·x = h for s_l = 1 and −1 for s_l = −1, as h → 0."""
        script, w = self.script, self.w

        def along(g: Node, is_g: Line) -> Line:
            total = add_up(w.k, lambda l: (num(1) + s(l)) / 2 * w.a[l])
            slope = norm(w.W[j]) * norm(w.W[j]) * total * total
            gain = norm(g) * norm(g) - self.lip * self.lip

            def small(h: Node, condition: Line) -> Line:
                positive, most = conjuncts(script, condition)
                i = var("i·", N)
                body = (num(1) + s(i)) / 2 * h - (num(1) - s(i)) / 2
                targets, entries = bind("table", [(i, make("range", w.k))], body), bind("lam", [(i, N)], body)

                def at_point(x: Node, met: Line) -> Line:
                    def level(l: Node, inside: Line) -> Line:
                        entry = script.axiom("table_entry", (inside,), F=entries, i=l, n=w.k)
                        value = (num(1) + s(l)) / 2 * h - (num(1) - s(l)) / 2
                        return linear(script, eq(dot(w.W[l], x), value), [script.specialise(met, l, inside), entry])

                    def side(l: Node, inside: Line) -> Line:
                        def case(sign: Line) -> Line:
                            up = script.says(sign).args[1] is num(1)
                            plain = linear(script, eq(dot(w.W[l], x), h if up else num(-1)),
                                           [level(l, inside), (sign, (h + 1) / 2)])
                            return linear(script, lt(0, s(l) * self.net.inside(l, x)),
                                          [positive, (plain, s(l)), (sign, h if up else num(-1))])
                        return sign_cases(script, s(l), script.specialise(squares, l, inside), case)

                    line = self.tangent(Cell(x, g, is_g, s, squares, side))
                    paired = put(script, is_g, lambda hole: dot(hole, x))

                    def term(l: Node, inside: Line) -> Line:
                        """(1 + s)/2 a w·x = h (1 + s)/2 a, as (1 + s)(1 − s) = 0."""
                        goal = eq((num(1) + s(l)) / 2 * w.a[l] * dot(w.W[l], x), h * ((num(1) + s(l)) / 2 * w.a[l]))
                        half = (num(1) + s(l)) / 2 * w.a[l]
                        square = script.specialise(squares, l, inside)
                        return linear(script, goal, [(level(l, inside), half), (square, w.a[l] * (h + 1) / 4)])

                    sums = termwise(script, add_up(w.k, lambda l: (num(1) + s(l)) / 2 * w.a[l] * dot(w.W[l], x)),
                                    add_up(w.k, lambda l: h * ((num(1) + s(l)) / 2 * w.a[l])), term)
                    slanted = linear(script, eq(dot(g, x), h * total), [paired, sums])
                    at_j = linear(script, eq(dot(w.W[j], x), num(-1)), [level(j, here), (off, (h + 1) / 2)])
                    reach = cauchy_absolute(script, w.W[j], x)
                    far = linear(script, le(1, norm(w.W[j]) * norm(x)), [reach, at_j, *below_absolute(script, dot(w.W[j], x))])
                    goal = le(gain, num(0) + h * slope)
                    size = norm(w.W[j]) * norm(x)

                    def gained(sign: Line) -> Line:
                        if script.says(sign).head == "le":
                            rest = times(script, script.weaken(positive), script.do("square", (), norm(w.W[j]) * total))
                            return linear(script, goal, [sign, rest])
                        square = linear(script, eq(dot(g, x) * dot(g, x), h * h * total * total),
                                        [(slanted, dot(g, x)), (slanted, h * total)])
                        tilted = linear(script, le(norm(x) * norm(x) * gain, h * h * total * total), [line, square])
                        wide = times(script, tilted, nonnegative(script, norm(w.W[j]) * norm(w.W[j])))
                        reach = linear(script, le(1, size * size), [times(script, far, far), far])
                        least = times(script, reach, script.weaken(sign))
                        short = times(script, most, script.weaken(positive), script.do("square", (), norm(w.W[j]) * total))
                        return linear(script, goal, [wide, least, short])

                    return either(script, 0, gain, gained)

                return self.dual.point(targets, at_point)

            h = fresh(script, "h", R)
            condition = make("and", lt(0, h), le(h, 1))
            inner = script.do("discharge", (small(h, script.assume(condition)),), condition)
            limit = vanish(script, gain, num(0), slope, script.do("generalise", (inner,), h, whole(R)))
            line = self.shorter(g, linear(script, le(norm(g) * norm(g), self.lip * self.lip), [limit]))
            length = put(script, is_g, norm)
            return linear(script, le(script.says(length).args[1], self.lip), [line, length])

        return named(script, self.gradient(s), along, "g")

    def odd(self) -> Line:
        """‖Σ a_l w_l‖ ≤ 2 Lip_S: at G = Σ a_l w_l, h(G) − h(−G) = G·G."""
        script, w = self.script, self.w

        def along(G: Node, is_G: Line) -> Line:
            goal = le(norm(G), self.lip * 2)

            def case(side: Line) -> Line:
                if script.says(side).head == "le":
                    return linear(script, goal, [side, nonnegative(script, self.lip)])
                back = scaled(-1, G)
                chord = self.chord(G, back, side, script.equal(norm(back), norm(G)))

                def term(l: Node, inside: Line) -> Line:
                    slope = dot(w.W[l], G)

                    def cases(sign: Line) -> Line:
                        mirrored = _mirrored(script, sign, dot(w.W[l], back))
                        values = [relu_facts(script, slope, sign)[0], relu_facts(script, dot(w.W[l], back), mirrored)[0]]
                        return linear(script, eq(w.a[l] * relu(slope) - w.a[l] * relu(dot(w.W[l], back)), w.a[l] * slope),
                                      [(values[0], w.a[l]), (values[1], -w.a[l])])

                    return either(script, slope, 0, cases)

                sums = termwise(script, add_up(w.k, lambda l: w.a[l] * relu(dot(w.W[l], G)) - w.a[l] * relu(dot(w.W[l], back))),
                                add_up(w.k, lambda l: w.a[l] * dot(w.W[l], G)), term)
                paired = put(script, is_G, lambda hole: dot(hole, G))
                length = put(script, script.equal(G - back, scaled(2, G)), norm)
                product = linear(script, le(norm(G) * norm(G), norm(G) * (self.lip * 2)),
                                 [chord, *below_absolute(script, self.at(G) - self.at(back)), sums, paired, (length, self.lip)])
                return cancelled(script, goal, side, product)

            line = either(script, 0, norm(G), case)
            size = put(script, is_G, norm)
            return linear(script, le(script.says(size).args[1], self.lip * 2), [line, size])

        return named(script, add_up(w.k, lambda l: scaled(w.a[l], w.W[l])), along, "G")


    def active(self, show: Callable[[Node, Callable[[Node, Node, Line, Callable[[Node, Line], Line]], tuple[Line, Line]]], Line]) -> Line:
        """‖Σ (1 + 1)/2 a_l w_l‖ ≤ Lip_S; ``show`` gives ‖g‖² ≤ Lip_S² for that gradient g.

        It is given g and how to use a point: from x, values t, ∀l w_l·x = t_l and 0 < t_l come the lines ‖x‖²‖g‖² − (g·x)² ≤ Lip_S²‖x‖²
        and g·x = Σ a_l t_l.
        """
        script, w, one = self.script, self.w, num(1)
        squares = everywhere(script, make("range", w.k), lambda l, _: script.combine(eq(one * one, 1)), "l")

        def along(g: Node, is_g: Line) -> Line:
            def at_point(x: Node, t: Callable[[Node], Node], met: Line, above: Callable[[Node, Line], Line]) -> tuple[Line, Line]:
                def side(l: Node, inside: Line) -> Line:
                    return linear(script, lt(0, one * self.net.inside(l, x)), [above(l, inside), script.specialise(met, l, inside)])

                def term(l: Node, inside: Line) -> Line:
                    return linear(script, eq((one + one) / 2 * w.a[l] * dot(w.W[l], x), w.a[l] * t(l)),
                                  [(script.specialise(met, l, inside), w.a[l])])

                line = self.tangent(Cell(x, g, is_g, lambda l: one, squares, side))
                paired = put(script, is_g, lambda hole: dot(hole, x))
                total = add_up(w.k, lambda l: w.a[l] * t(l))
                sums = termwise(script, add_up(w.k, lambda l: (one + one) / 2 * w.a[l] * dot(w.W[l], x)), total, term)
                return line, linear(script, eq(dot(g, x), total), [paired, sums])

            line, length = self.shorter(g, show(g, at_point)), put(script, is_g, norm)
            return linear(script, le(script.says(length).args[1], self.lip), [line, length])

        return named(script, self.gradient(lambda l: one), along, "g")

    def balanced(self, t: Node, positive: Line, balance: Line) -> Line:
        """The same from 0 < t_l and Σ a_l t_l = 0: g·x = 0 where w_l·x = t_l."""
        script, w = self.script, self.w

        def show(g: Node, at_point: Callable[..., tuple[Line, Line]]) -> Line:
            def here(x: Node, met: Line) -> Line:
                goal = le(norm(g) * norm(g), self.lip * self.lip)
                line, paired = at_point(x, lambda l: t[l], met, lambda l, inside: script.specialise(positive, l, inside))
                flat = linear(script, eq(dot(g, x), 0), [paired, balance])

                def case(side: Line) -> Line:
                    if script.says(side).head == "lt":
                        short = linear(script, le(norm(x) * (norm(x) * (norm(g) * norm(g))), norm(x) * (norm(x) * (self.lip * self.lip))),
                                       [line, (flat, dot(g, x))])
                        return cancelled(script, goal, side,
                                         cancelled(script, le(norm(x) * (norm(g) * norm(g)), norm(x) * (self.lip * self.lip)), side, short))
                    first = in_range(script, num(1), w.k, [w.known(le(1, w.k))])
                    v = w.W[num(1)]
                    none = times(script, side, nonnegative(script, norm(v)))
                    facts = [script.specialise(positive, num(1), first), script.specialise(met, num(1), first), none,
                             cauchy_absolute(script, v, x), *below_absolute(script, dot(v, x))]
                    return script.anything(linear(script, lt(0, 0), facts), goal)

                return either(script, 0, norm(x), case)

            return self.dual.point(t, here)

        return self.active(show)

    def free(self, e: Node, across: Line, unit: Line) -> Line:
        """The same from a unit vector e with w_l·e = 0: far out along e the gradient is tangent, up to any error."""
        script, w = self.script, self.w

        def show(g: Node, at_point: Callable[..., tuple[Line, Line]]) -> Line:
            goal = le(norm(g) * norm(g), self.lip * self.lip)
            i, one = var("i·", N), num(1)
            targets, entries = bind("table", [(i, make("range", w.k))], one), bind("lam", [(i, N)], one)
            negated = refuting(script, goal)
            gain, total = norm(g) * norm(g) - self.lip * self.lip, add_up(w.k, lambda l: w.a[l] * one)
            more = linear(script, lt(0, gain), [negated])
            product, small = inverted(script, more)
            far = one + total * total * inverse(gain)

            def here(start: Node, met: Line) -> Line:
                def moved(x: Node, is_x: Line) -> Line:
                    def level(l: Node, inside: Line) -> Line:
                        entry = script.axiom("table_entry", (inside,), F=entries, i=l, n=w.k)
                        apart = put(script, is_x, lambda hole: dot(w.W[l], hole))
                        return linear(script, eq(dot(w.W[l], x), one),
                                      [apart, script.specialise(met, l, inside), entry,
                                       (script.specialise(across, l, inside), far - dot(start, e))])

                    levels = everywhere(script, make("range", w.k), level, "l")
                    line, paired = at_point(x, lambda l: one, levels, lambda l, inside: script.combine(lt(0, one)))
                    length = linear(script, eq(dot(e, e), 1), [(unit, norm(e)), unit])
                    along = linear(script, eq(dot(e, x), far),
                                   [put(script, is_x, lambda hole: dot(e, hole)), (length, far - dot(start, e))])
                    square = script.do("square", (), total)
                    ahead = times(script, square, script.weaken(small))
                    most = linear(script, le(far, norm(x)), [cauchy_absolute(script, e, x), *below_absolute(script, dot(e, x)), along,
                                                             (unit, norm(x))])
                    wide = linear(script, le(0, norm(x) + far), [nonnegative(script, norm(x)), ahead])
                    apart = times(script, most, wide, script.weaken(more))
                    return linear(script, lt(0, 0), [line, (paired, dot(g, x)), (paired, total), apart, more, square,
                                                     times(script, square, square, script.weaken(small)),
                                                     (product, total * total * total * total * inverse(gain)), (product, total * total)])

                return named(script, start + scaled(far - dot(start, e), e), moved, "x")

            return script.by_contradiction(goal, self.dual.point(targets, here))

        return self.active(show)


def cell_gradient(free: bool, w: Writing) -> Line:
    """‖Σ (1 + s_l)/2 a_l w_l‖ ≤ Lip_S, also where all s_l = 1: by Σ a_l t_l = 0 for positive t_l, or by a unit vector across all w_l."""
    script, (equation, independent, squares, *more) = w.script, w.hypotheses
    cells, within, i = SignedCells(w, equation, independent), make("range", w.k), var("i·", N)
    some = bind("ex", [(i, within)], eq(w.s[i], -1))

    def all_active(none: Line) -> Line:
        def one(l: Node, inside: Line) -> Line:
            def case(sign: Line) -> Line:
                if script.says(sign).args[1] is num(1):
                    return sign
                found = script.do("witness", (sign, inside), some, l)
                return script.do("cases", (script.do("detach", (none, found)),), eq(w.s[l], 1))
            value = sign_cases(script, w.s[l], script.specialise(squares, l, inside), case)
            return put(script, value, lambda hole: scaled((num(1) + hole) / 2 * w.a[l], w.W[l]))

        same = termwise(script, cells.gradient(lambda l: w.s[l]), cells.gradient(lambda l: num(1)), one)
        line = cells.free(w.e, *more) if free else cells.balanced(w.t, *more)
        return linear(script, w.goal, [put(script, same, norm), line])

    def partly(minus: Line) -> Line:
        return chosen(script, minus, lambda p, at_p: script.restate(
            cells.partly(lambda l: w.s[l], squares, p, at_p[1], at_p[0]), w.goal), "p")

    return decided(script, some, partly, all_active)


def _mirrored(script: Script, sign: Line, back: Node) -> Line:
    """The side of −t, which is ``back``, from that of t."""
    return linear(script, le(0, back) if script.says(sign).head == "lt" else le(back, 0), [sign])


def signed_sum(w: Writing) -> Line:
    """‖Σ s_l a_l w_l‖ ≤ 2 Lip_S: two cells where both signs occur, and opposite points otherwise."""
    script, (equation, independent, squares) = w.script, w.hypotheses
    cells = SignedCells(w, equation, independent)
    within, i = make("range", w.k), var("i·", N)

    def some(value: int) -> Node:
        return bind("ex", [(i, within)], eq(w.s[i], value))

    def all_are(value: int, none: Line) -> Line:
        """All s_l = value, where no s_l is −value."""
        def one(l: Node, inside: Line) -> Line:
            def case(sign: Line) -> Line:
                if script.says(sign).args[1] is num(value):
                    return sign
                found = script.do("witness", (sign, inside), some(-value), l)
                return script.do("cases", (script.do("detach", (none, found)),), eq(w.s[l], value))
            return sign_cases(script, w.s[l], script.specialise(squares, l, inside), case)

        same = termwise(script, add_up(w.k, lambda l: scaled(w.s[l] * w.a[l], w.W[l])),
                        add_up(w.k, lambda l: scaled(num(value) * w.a[l], w.W[l])),
                        lambda l, inside: put(script, one(l, inside), lambda hole: scaled(hole * w.a[l], w.W[l])))
        size = put(script, same, norm)
        return linear(script, w.goal, [size, cells.odd()])

    def both(p: Node, p_here: Line, p_off: Line, q: Node, q_here: Line, q_on: Line) -> Line:
        flipped = everywhere(script, within, lambda l, inside: linear(
            script, eq(-w.s[l] * -w.s[l], 1), [script.specialise(squares, l, inside)]), "l")
        first = cells.partly(lambda l: w.s[l], squares, p, p_here, p_off)
        second = cells.partly(lambda l: -w.s[l], flipped, q, q_here, linear(script, eq(-w.s[q], -1), [q_on]))
        parts = [script.says(line).args[0].args[0] for line in (first, second)]
        triangle = norm_of_sum(script, parts[0], scaled(-1, parts[1]))
        back = put(script, script.equal(scaled(-1, parts[1]), scaled(-1, parts[1])), norm)
        total = put(script, script.equal(parts[0] + scaled(-1, parts[1]), add_up(w.k, lambda l: scaled(w.s[l] * w.a[l], w.W[l]))), norm)
        return linear(script, w.goal, [triangle, back, total, first, second])

    def with_negative(minus: Line) -> Line:
        def with_positive(plus: Line) -> Line:
            return chosen(script, minus, lambda p, at_p: chosen(
                script, plus, lambda q, at_q: both(p, at_p[1], at_p[0], q, at_q[1], at_q[0]), "q"), "p")
        return decided(script, some(1), with_positive, lambda none: all_are(-1, none))

    return decided(script, some(-1), with_negative, lambda none: all_are(1, none))

