"""Along a segment a ReLU network is affine between its kinks: slopes add up, by induction over the units that may have a kink inside."""

from __future__ import annotations

from collections.abc import Callable

from theory.checkers.script import Line, Script
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import eq, forall, implies, le, lt
from theory.kernel.nodes import N, make, num, var
from theory.lemmas.derivations.basics import either, put
from theory.lemmas.derivations.steps import NetworkEquation
from theory.lemmas.derivations.tools import (
    absolute_at_most,
    absurd,
    add_up,
    at,
    by_induction,
    dot,
    everywhere,
    inverse,
    inverted,
    known,
    limits,
    linear,
    named,
    nonnegative,
    norm,
    norm_of_sum,
    refuting,
    relu,
    relu_facts,
    scaled,
    termwise,
    times,
    vectors,
)

Member = tuple[Node, Line]       # a point, and that it lies in the ball


class Segment:
    """f(z) − f(x) ≤ L‖z − x‖ for points x, z of the unit ball."""

    def __init__(self, w: Writing) -> None:
        self.w, self.script = w, w.script
        equation, self.gradients = w.hypotheses
        self.space = w.V.sort.args[-1]                                                        # type: ignore[union-attr]
        self.ball = make("ball", self.space.args[0], num(1))
        self.net = NetworkEquation(w.script, w.f, self.ball, w.k, w.F, w.V, w.G, equation, num(0), make("zero", self.space))

    def straight(self, m: Node, x: Node, z: Node) -> Node:
        """∀l (m < l ⇒ the unit l has no kink between x and z)."""
        l = var("l·", N)
        return forall(implies(lt(m, l), le(0, self.net.inside(l, x) * self.net.inside(l, z))), (l, make("range", self.w.k)))

    def claim(self, m: Node) -> Node:
        """What holds when at most the first m units have a kink inside."""
        x, z = var("x·", self.space), var("z·", self.space)
        return forall(implies(self.straight(m, x, z), self.slope(x, z)), (x, self.ball), (z, self.ball))

    def slope(self, x: Node, z: Node) -> Node:
        """f(z) − f(x) ≤ L‖z − x‖."""
        return le(self.w.f(z) - self.w.f(x), self.w.L * norm(z - x))

    def over_pairs(self, m: Node, show) -> Line:                                              # type: ignore[no-untyped-def]
        """The claim from what ``show`` says of two points, given that the units beyond m have no kink between them."""
        script = self.script

        def pair(x: Member, z: Member) -> Line:
            premise = self.straight(m, x[0], z[0])
            return script.do("discharge", (show(x, z, script.assume(premise)),), premise)

        return over_pairs(script, self.ball, pair)

    # --- no kink ----------------------------------------------------------------------------------------------------------------

    def affine(self, start: Member, end: Member, straight: Line) -> Line:
        """Without kinks between them, f(z) − f(x) = g·(z − x) for the gradient g in the middle."""
        script, net, w = self.script, self.net, self.w
        (x, x_in), (z, z_in) = start, end
        y = scaled(num("1/2"), x + z)
        ends = [script.axiom("on_ball", (line,), u=u, r=num(1)) for u, line in ((x, x_in), (z, z_in))]
        short = linear(script, le(norm(y), 1), [norm_of_sum(script, scaled(num("1/2"), x), scaled(num("1/2"), z)), *ends])
        y_in = script.axiom("in_ball", (short,), u=y, r=num(1))

        def active(l: Node) -> Node:
            return make("ind", lt(0, net.inside(l, y)))

        def one(l: Node, inside: Line) -> Line:
            low = linear(script, lt(0, l), limits(script, inside)[:1])
            same = script.do("detach", (script.specialise(straight, l, inside), low))
            first, last, middle = net.inside(l, x), net.inside(l, z), net.inside(l, y)
            both = ((first, last), (last, first))
            goal = eq(w.F(l) * (relu(last) - relu(first)), w.F(l) * (active(l) * dot(w.V(l), z - x)))

            def positive(above: Line) -> Line:
                on = script.axiom("indicator_true", (above,), A=lt(0, middle))
                values = [relu_facts(script, end, self._end(le(0, end), other, above, same))[0] for end, other in both]
                return linear(script, goal, [(line, w.F(l)) for line in values] + [(on, w.F(l) * dot(w.V(l), z - x))])

            def negative(below: Line) -> Line:
                formula = lt(0, middle)
                false = script.do("impossible", (linear(script, lt(0, 0), [script.assume(formula), below]),))
                off = script.axiom("indicator_false", (script.do("discharge", (false,), formula),), A=formula)
                values = [relu_facts(script, end, self._end(le(end, 0), other, below, same))[0] for end, other in both]
                return linear(script, goal, [(line, w.F(l)) for line in values] + [(off, w.F(l) * dot(w.V(l), z - x))])

            return script.by_cases(num(0), middle, positive(script.assume(lt(0, middle))), negative(script.assume(le(middle, 0))))

        left = add_up(w.k, lambda l: w.F(l) * (relu(net.inside(l, z)) - relu(net.inside(l, x))))
        right = add_up(w.k, lambda l: w.F(l) * (active(l) * dot(w.V(l), z - x)))
        change = termwise(script, left, right, one)
        gradient = add_up(w.k, lambda l: scaled(active(l) * w.F(l), w.V(l)))
        bound = script.restate(script.specialise(self.gradients, y, y_in), le(norm(gradient), w.L))
        angle = script.do("cauchy", (), gradient, z - x)
        product = times(script, bound, nonnegative(script, norm(z - x)))
        return linear(script, self.slope(x, z), [net.value(x, x_in), net.value(z, z_in), change, angle, product])

    def _end(self, goal: Node, other: Node, middle: Line, same: Line) -> Line:
        """An end is on the side of the middle: else the ends are on different sides, and their product is negative."""
        script = self.script
        negated = refuting(script, goal)
        beyond = linear(script, lt(0, other) if goal.args[0] is num(0) else lt(other, 0), [negated, middle])
        return absurd(script, goal, [times(script, negated, beyond), same])

    # --- one more unit that may have a kink -----------------------------------------------------------------------------------------

    def one_more(self, m: Node, known: Line) -> Line:
        """Either the unit m + 1 has no kink between x and z, or it has one at a point y, and both halves are known."""
        script, net = self.script, self.net

        def show(x: Member, z: Member, straight: Line) -> Line:
            a, b = net.inside(m + 1, x[0]), net.inside(m + 1, z[0])

            def whole(above: Line) -> Line:
                rest = self._with_next(m, x[0], z[0], straight, above, lambda l, inside, line: line)
                return script.do("detach", (at(script, known, x, z), rest))

            def split(below: Line) -> Line:
                return self._halves(m, known, x, z, straight, below)

            return script.by_cases(a * b, num(0), split(script.assume(lt(a * b, 0))), whole(script.assume(le(0, a * b))))

        return self.over_pairs(m + 1, show)

    def _with_next(self, m: Node, x: Node, z: Node, straight: Line, own: Line, later) -> Line:   # type: ignore[no-untyped-def]
        """No kink beyond m between x and z: ``own`` says so of the unit m + 1, ``later`` of those beyond, from what is known of them."""
        script, net = self.script, self.net

        def one(l: Node, inside: Line) -> Line:
            premise = lt(m, l)
            beyond = script.assume(premise)
            goal = le(0, net.inside(l, x) * net.inside(l, z))

            def far(line: Line) -> Line:
                before = script.do("detach", (script.specialise(straight, l, inside), line))
                return linear(script, goal, [later(l, inside, before)])

            def near(line: Line) -> Line:
                up = script.axiom("whole_step", (beyond,), a=m, b=l)
                equal = script.axiom("antisymmetry", (up, line), s=m + 1, t=l)
                value = put(script, equal, lambda hole: net.inside(hole, x) * net.inside(hole, z))
                return linear(script, goal, [value, own])

            line = either(script, m + 1, l, lambda side: far(side) if script.says(side).head == "lt" else near(side))
            return script.do("discharge", (line,), premise)

        return everywhere(script, make("range", self.w.k), one, "l")

    def _halves(self, m: Node, known: Line, start: Member, end: Member, straight: Line, below: Line) -> Line:
        """y = x + λ(z − x) with λ = a²/(a² − ab) for the values a, b of the unit at the ends: 0 < λ < 1, and the unit is 0 at y."""
        script, net, x, z = self.script, self.net, start[0], end[0]
        a, b = net.inside(m + 1, x), net.inside(m + 1, z)
        total = a * a - a * b
        above = linear(script, lt(0, total), [below, script.do("square", (), a)])
        unit, small = inverted(script, above)
        share = a * a * inverse(total)
        least = script.restate(times(script, script.do("square", (), a), script.weaken(small)), le(0, share))
        most = linear(script, le(share, 1), [unit, times(script, script.weaken(below), script.weaken(small))])

        def at_share(s: Node, equal: Line) -> Line:
            facts = [linear(script, le(0, s), [equal, least]), linear(script, le(s, 1), [equal, most]),
                     linear(script, eq(s * total, a * a), [(equal, total), (unit, a * a)])]
            return named(script, z - x, lambda h, way: meet(s, facts, h, way), "h")

        def meet(s: Node, facts: list[Line], h: Node, way: Line) -> Line:
            y = x + scaled(s, h)
            sizes = [script.axiom("abs_of_nonnegative", (facts[0],), t=s),
                     script.axiom("abs_of_nonnegative", (linear(script, le(0, num(1) - s), [facts[1]]),), t=num(1) - s)]
            middle = y, self._between(start, end, s, h, way, facts, sizes)

            def value(l: Node) -> Line:
                """q_l(y) = q_l(x) + s(q_l(z) − q_l(x))."""
                line = put(script, way, lambda hole: dot(self.w.V(l), hole))
                return linear(script, eq(net.inside(l, y), net.inside(l, x) + s * (net.inside(l, z) - net.inside(l, x))), [(line, s)])

            own = net.inside(m + 1, y)
            nothing = linear(script, eq(a * own, 0), [(value(m + 1), a), facts[2]])
            ab = script.axiom("inverse_of_negative", (below,), t=a * b)
            zero = linear(script, eq(own, 0), [(ab, own), (nothing, b * inverse(a * b))])

            def half(outer: Node, ends: tuple[Member, Member]) -> Line:
                first, last = ends[0][0], ends[1][0]
                own_product = linear(script, le(0, net.inside(m + 1, first) * net.inside(m + 1, last)), [(zero, net.inside(m + 1, outer))])

                def later(l: Node, inside: Line, before: Line) -> Line:
                    squared = script.do("square", (), net.inside(l, outer))
                    far, near = (s, num(1) - s) if outer is x else (num(1) - s, s)
                    parts = [times(script, squared, self._sign(near, facts)), times(script, before, self._sign(far, facts))]
                    return linear(script, le(0, net.inside(l, first) * net.inside(l, last)), [*parts, (value(l), net.inside(l, outer))])

                rest = self._with_next(m, first, last, straight, own_product, later)
                return script.do("detach", (at(script, known, *ends), rest))

            lines = [half(x, (start, middle)), half(z, (middle, end))]
            back = vectors(script, eq(z - y, scaled(num(1) - s, h)), [(way, -1)])
            lengths = [put(script, back, lambda hole: self.w.L * norm(hole)), put(script, way, lambda hole: self.w.L * norm(hole))]
            return linear(script, self.slope(x, z), [*lines, *lengths, *((size, self.w.L * norm(h)) for size in sizes)])

        return named(script, share, at_share, "s")

    def _sign(self, factor: Node, facts: list[Line]) -> Line:
        return linear(self.script, le(0, factor), facts[:2])

    def _between(self, start: Member, end: Member, s: Node, h: Node, way: Line, facts: list[Line], sizes: list[Line]) -> Line:
        """x + sh lies in the ball, since it is (1 − s)x + sz."""
        script, x, z = self.script, start[0], end[0]
        y, parts = x + scaled(s, h), (scaled(num(1) - s, x), scaled(s, z))
        same = vectors(script, eq(y, parts[0] + parts[1]), [(way, s)])
        ends = [script.axiom("on_ball", (line,), u=u, r=num(1)) for u, line in (start, end)]
        products = [times(script, end, self._sign(factor, facts)) for end, factor in ((ends[0], num(1) - s), (ends[1], s))]
        lengths = [(sizes[1], norm(x)), (sizes[0], norm(z))]
        line = linear(script, le(norm(y), 1), [put(script, same, norm), norm_of_sum(script, *parts), *products, *lengths])
        return script.axiom("in_ball", (line,), u=y, r=num(1))


def over_pairs(script: Script, domain: Node, pair: Callable[[Member, Member], Line]) -> Line:
    """∀x, z∈D φ."""
    return everywhere(script, domain, lambda *x: everywhere(script, domain, lambda *z: pair(x, z), "z"), "x")


def piecewise_gradient(w: Writing) -> Line:
    """|f(z) − f(x)| ≤ L‖z − x‖ on the ball, so f is Lipschitz there, with Lip ≤ L."""
    segment, script = Segment(w), w.script
    every = by_induction(script, segment.claim, segment.over_pairs(num(0), segment.affine), segment.one_more)
    affine = at(script, every, w.k)

    def no_kink(x: Node, z: Node) -> Line:
        def one(l: Node, inside: Line) -> Line:
            premise = lt(w.k, l)
            false = linear(script, lt(0, 0), [script.assume(premise), *limits(script, inside)])
            goal = le(0, segment.net.inside(l, x) * segment.net.inside(l, z))
            return script.do("discharge", (script.anything(false, goal),), premise)
        return everywhere(script, make("range", w.k), one, "l")

    def pair(x: Member, z: Member) -> Line:
        lines = [script.do("detach", (at(script, affine, *ends), no_kink(ends[0][0], ends[1][0]))) for ends in ((x, z), (z, x))]
        return absolute_at_most(script, w.f(x[0]) - w.f(z[0]), w.L * norm(x[0] - z[0]), lines)

    slopes = over_pairs(script, segment.ball, pair)
    positive = known(w.prover, le(0, w.L))
    return script.do("both", (script.axiom("is_lipschitz", (slopes,), f=w.f, c=w.L, D=segment.ball),
                              script.axiom("lip_least", (positive, slopes), f=w.f, c=w.L, D=segment.ball)))
