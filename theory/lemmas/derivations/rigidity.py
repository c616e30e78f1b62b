"""Across a kink the gradient jumps: f(p + ρu) + f(p − ρu) − 2f(p) = αρ at a point p of the kink that is ρ away from all others."""

from __future__ import annotations

from collections.abc import Callable

from theory.checkers.script import Line
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import bind, eq, le, lt, whole
from theory.kernel.nodes import N, R, make, num, var
from theory.lemmas.derivations.basics import below_absolute, either, put
from theory.lemmas.derivations.clear_points import size_of
from theory.lemmas.derivations.rayleigh import use
from theory.lemmas.derivations.steps import NetworkEquation
from theory.lemmas.derivations.summation import kronecker
from theory.lemmas.derivations.tools import (
    absolute,
    absolute_at_most,
    add_up,
    cancelled,
    cauchy_absolute,
    chosen,
    conjuncts,
    dot,
    everywhere,
    known,
    linear,
    multiple,
    named,
    nonnegative,
    norm,
    norm_of_sum,
    refuting,
    relu,
    relu_facts,
    scaled,
    smaller_by_squares,
    termwise,
    times,
)
from theory.proof import Lemma


class Canonical:
    """f = c + v·x + Σ a_i max(w_i·x + b_i, 0) on the unit ball, with distinct kinks that meet it; the kink l is singled out."""

    def __init__(self, lemma: Lemma, w: Writing) -> None:
        self.lemma, self.w, self.script = lemma, w, w.script
        equation, self.units, self.oriented, self.here = w.hypotheses
        self.space = w.v.sort
        self.dim = w.v.sort.args[0]                                                           # type: ignore[union-attr]
        self.ball = make("ball", self.dim, num(1))
        self.net = NetworkEquation(w.script, w.f, self.ball, w.k, lambda l: w.a[l], lambda l: w.W[l], lambda l: w.b[l], equation, w.c, w.v)
        self.u, self.beta = w.W[w.l], w.b[w.l]
        self.unit = self.script.specialise(self.units, w.l, self.here)
        i = var("i·", N)
        # the kink itself is moved away, so that all kinks of this list differ from it
        self.shifted = bind("lam", [(i, N)], w.b[i] + make("ind", eq(i, w.l)))
        self.others = bind("table", [(i, make("range", w.k))], w.b[i] + make("ind", eq(i, w.l)))

    def offset(self, i: Node, inside: Line) -> Line:
        """b′_i = b_i + 1{i = l}."""
        return self.script.axiom("table_entry", (inside,), F=self.shifted, i=i, n=self.w.k)

    def which(self, i: Node, same: Callable[[Line, Line], Line], other: Callable[[Line, Line], Line]) -> Line:
        """Both cases of i = l: ``same`` takes i = l and 1{i = l} = 1, ``other`` a strict order and 1{i = l} = 0."""
        script, l = self.script, self.w.l

        def apart(order: Line) -> Line:
            equal = eq(i, l)
            false = script.do("impossible", (linear(script, lt(0, 0), [script.assume(equal), order]),))
            return other(order, script.axiom("indicator_false", (script.do("discharge", (false,), equal),), A=equal))

        def together() -> Line:
            equal = script.axiom("antisymmetry", (script.assume(le(i, l)), script.assume(le(l, i))), s=i, t=l)
            return same(equal, script.axiom("indicator_true", (equal,), A=eq(i, l)))

        later = script.by_cases(l, i, apart(script.assume(lt(l, i))), together())
        return script.by_cases(i, l, apart(script.assume(lt(i, l))), later)

    # --- the hypotheses of the clear point ----------------------------------------------------------------------------------------

    def meets(self) -> Line:
        """β² < 1, since u·x = −β for a point of the open ball."""
        script = self.script
        exists = script.axiom("oriented_meets", (self.oriented, self.here), M=self.w.W, e=self.w.b, i=self.w.l)

        def show(x: Node, lines: list[Line]) -> Line:
            short, on = conjuncts(script, lines[0])
            angle = cauchy_absolute(script, self.u, x)
            size = linear(script, le(absolute(dot(self.u, x)), norm(x)), [angle, (self.unit, norm(x))])
            same = put(script, linear(script, eq(dot(self.u, x), -self.beta), [on]), absolute)
            below = linear(script, lt(absolute(self.beta), 1), [size, short, same])
            return linear(script, lt(self.beta * self.beta, 1),
                          [times(script, script.weaken(below), nonnegative(script, absolute(self.beta))), below])

        return chosen(script, exists, show, "x")

    def apart(self, i: Node, inside: Line) -> Line:
        """0 < 1 − c² + (b′ − cβ)² for c = w_i·u."""
        script, w = self.script, self.w
        c, own = dot(w.W[i], self.u), self.others[i]
        goal = lt(0, num(1) - c * c + (own - c * self.beta) * (own - c * self.beta))
        offset = self.offset(i, inside)
        unit = script.specialise(self.units, i, inside)

        def same(equal: Line, one: Line) -> Line:
            vector = put(script, equal, lambda hole: dot(w.W[hole], self.u))
            cosine = linear(script, eq(c, 1), [vector, (self.unit, norm(self.u) + 1)])
            offsets = put(script, equal, lambda hole: w.b[hole])
            moved = linear(script, eq(own - c * self.beta, 1), [offset, one, offsets, (cosine, self.beta)])
            return linear(script, goal, [(cosine, c + 1), (moved, own - c * self.beta + 1)])

        def other(order: Line, none: Line) -> Line:
            value = linear(script, eq(own, w.b[i]), [offset, none])
            plain = self._distinct(i, inside, unit, order)
            change = own - c * self.beta + w.b[i] - c * self.beta
            return linear(script, goal, [plain, (value, change)])

        return self.which(i, same, other)

    def _distinct(self, i: Node, inside: Line, unit: Line, order: Line) -> Line:
        """0 < 1 − c² + (b_i − cβ)²: otherwise w_i = cu and b_i = cβ, and both kinks have the same points."""
        script, w = self.script, self.w
        c = dot(w.W[i], self.u)
        off = w.b[i] - c * self.beta
        goal = lt(0, num(1) - c * c + off * off)
        negated = refuting(script, goal)

        def with_rest(v: Node, equal: Line) -> Line:
            zero_u = linear(script, eq(dot(self.u, v), 0),
                            [put(script, equal, lambda hole: dot(self.u, hole)), (self.unit, c * (norm(self.u) + 1))])
            square = linear(script, eq(dot(v, v), num(1) - c * c),
                            [put(script, equal, lambda hole: dot(hole, v)), put(script, equal, lambda hole: dot(w.W[i], hole)), (zero_u, c),
                             (unit, norm(w.W[i]) + 1)])
            least = script.do("square", (), norm(v))
            nothing = linear(script, le(off * off, num(0) * num(0)), [negated, square, least])
            offset = self._zero(off, nothing)
            none = linear(script, le(norm(v) * norm(v), num(0) * num(0)), [negated, square, script.do("square", (), off)])
            short = smaller_by_squares(script, norm(v), num(0), nonnegative(script, num(0)), none)
            gone = script.do("norm_zero", (script.axiom("antisymmetry", (short, nonnegative(script, norm(v))), s=norm(v), t=num(0)),))
            full = linear(script, eq(c * c, 1), [square, put(script, gone, lambda hole: dot(hole, v))])
            first, last = script.says(order).args
            ends = {i: inside, w.l: self.here}
            exists = script.axiom("oriented_distinct", (self.oriented, ends[first], ends[last], order), M=w.W, e=w.b, i=first, j=last)
            return chosen(script, exists, lambda x, lines: clash(x, lines[0], v, equal, gone, offset, full), "x")

        def clash(x: Node, either: Line, v: Node, equal: Line, gone: Line, offset: Line, full: Line) -> Line:
            """q_i(x) = c q_l(x), so both vanish at x or neither does."""
            own, kink = self.net.inside(i, x), self.net.inside(w.l, x)
            along = linear(script, eq(own, c * kink),
                           [put(script, equal, lambda hole: dot(hole, x)), put(script, gone, lambda hole: dot(hole, x)), offset])
            options = []
            for option in script.says(either).args:
                vanishes, away = conjuncts(script, script.assume(option))
                zero = script.says(vanishes).args[0]
                if zero is kink:
                    none = linear(script, eq(own, 0), [along, (vanishes, c)])
                else:
                    none = linear(script, eq(kink, 0), [(along, c), (vanishes, c), (full, kink)])
                size = put(script, none, absolute)
                options.append(script.anything(linear(script, lt(0, 0), [size, away]), goal))
            return script.do("cases", (either, *options), goal)

        line = named(script, w.W[i] - scaled(c, self.u), with_rest, "v")
        return script.by_cases(num(0), num(1) - c * c + off * off, script.assume(goal), line)

    def _zero(self, t: Node, square: Line) -> Line:
        """t = 0 from t² ≤ 0."""
        script = self.script
        short = smaller_by_squares(script, absolute(t), num(0), nonnegative(script, num(0)),
                                   linear(script, le(absolute(t) * absolute(t), num(0) * num(0)), [square]))
        sides = [linear(script, le(a, b), [short, *below_absolute(script, t)]) for a, b in ((t, num(0)), (num(0), t))]
        return script.axiom("antisymmetry", sides, s=t, t=num(0))

    # --- the jump -----------------------------------------------------------------------------------------------------------------

    def clear_point(self) -> Line:
        """∃p ∃ρ: 0 < ρ, u·p + β = 0, ρ‖w_i‖ ≤ |w_i·p + b′_i|, ‖p‖ + ρ ≤ 1."""
        script, w = self.script, self.w
        differ = everywhere(script, make("range", w.k), self.apart)
        declared = [script.combine(lt(0, num(1))), *(known(w.prover, line) for line in (le(1, self.dim), le(1, w.k)))]
        line = use(script, self.lemma, [*self._declared(declared), self.unit, self.units, differ, self.meets()],
                   u=self.u, beta=self.beta, W=w.W, b=self.others, R=num(1))
        return self._named(line)

    def _declared(self, lines: list[Line]) -> list[Line]:
        """What the lemma's symbols declare, in its order: R, d, k."""
        from theory.checkers.schemas import statement
        premises, _ = statement(self.lemma)
        known = {"R": lines[0], "d": lines[1], "k": lines[2]}
        return [known[next(iter(p.free)).args[0]] for p in premises[:len(premises) - len(self.lemma.hypotheses)]]

    def fine(self, p: Node, rho: Node) -> Node:
        """What p and ρ have."""
        i = var("i·", N)
        w = self.w
        far = bind("all", [(i, make("range", w.k))], le(rho * norm(w.W[i]), absolute(dot(w.W[i], p) + self.others[i])))
        return make("and", lt(0, rho), eq(dot(self.u, p) + self.beta, 0), far, le(norm(p) + rho, 1))

    def _named(self, line: Line) -> Line:
        script = self.script
        ball = make("ball", self.dim, num(1))
        p, rho = (make(head, self.u, self.beta, self.w.W, self.others, ball) for head in ("clearpoint", "clearance"))
        x, r = var("p·", self.space), var("r·", R)                                            # type: ignore[arg-type]
        some_r = bind("ex", [(r, whole(R))], self.fine(p, r))
        inner = script.do("witness", (script.restate(line, self.fine(p, rho)),), some_r, rho)
        some = bind("ex", [(x, whole(self.space))], bind("ex", [(r, whole(R))], self.fine(x, r)))   # type: ignore[arg-type]
        return script.do("witness", (inner,), some, p)

    def jump(self, p: Node, rho: Node, facts: Line) -> Line:
        """|α|ρ ≤ |f(p + ρu) − f(p)| + |f(p − ρu) − f(p)| ≤ 2ρ Lip."""
        script, net, w = self.script, self.net, self.w
        positive, on, far, room = conjuncts(script, facts)
        least = script.weaken(positive)
        size = script.axiom("abs_of_nonnegative", (least,), t=rho)
        move = scaled(rho, self.u)
        points = {"p": p, "ahead": p + move, "back": p - move}
        shorts = [linear(script, le(norm(p), 1), [room, least])]
        for sign in (1, -1):
            line = norm_of_sum(script, p, scaled(num(sign) * rho, self.u))
            shorts.append(linear(script, le(norm(p + scaled(num(sign) * rho, self.u)), 1),
                                 [line, (size, norm(self.u)), (self.unit, rho), room]))
        where = {name: script.axiom("in_ball", (script.restate(line, le(norm(x), 1)),), u=x, r=num(1))
                 for (name, x), line in zip(points.items(), shorts, strict=True)}

        def bend(i: Node) -> Node:
            return w.a[i] * (relu(net.inside(i, points["ahead"])) + relu(net.inside(i, points["back"])) - num(2) * relu(net.inside(i, p)))

        def one(i: Node, inside: Line) -> Line:
            goal = eq(bend(i), make("ind", eq(i, w.l)) * (w.a[i] * rho))
            before, shift = net.inside(i, p), rho * dot(w.W[i], self.u)

            def own(equal: Line, here: Line) -> Line:
                values = [put(script, equal, lambda hole, x=x: net.inside(hole, x)) for x in points.values()]   # type: ignore[misc]
                unit = (self.unit, rho * (norm(self.u) + 1))
                levels = [linear(script, eq(net.inside(i, x), level), [value, on, unit])
                          for x, value, level in zip(points.values(), values, (num(0), rho, -rho), strict=True)]
                reads = [put(script, level, relu) for level in levels]
                known = [relu_facts(script, num(0), script.combine(le(0, num(0))))[0], relu_facts(script, rho, least)[0],
                         relu_facts(script, -rho, linear(script, le(-rho, 0), [least]))[0]]
                return linear(script, goal, [*((line, w.a[i]) for line in (*reads, *known)), (here, w.a[i] * rho)])

            def other(_: Line, none: Line) -> Line:
                offset = self.offset(i, inside)
                plain = linear(script, eq(dot(w.W[i], p) + self.others[i], before), [offset, none])
                unit = script.specialise(self.units, i, inside)
                angle = cauchy_absolute(script, w.W[i], self.u)
                near = linear(script, le(absolute(dot(w.W[i], self.u)), 1), [angle, (unit, norm(self.u)), self.unit])
                clear = script.specialise(far, i, inside)
                away = [clear, put(script, plain, absolute), (unit, rho), times(script, near, least),
                        *(times(script, line, least) for line in below_absolute(script, dot(w.W[i], self.u)))]
                return straight(goal, i, before, shift, away, none)

            return self.which(i, own, other)

        def straight(goal: Node, i: Node, before: Node, shift: Node, away: list, none: Line) -> Line:   # type: ignore[type-arg]
            """Both ends are on the side of p."""
            def case(side: Line) -> Line:
                below = script.says(side).head == "lt"
                value = size_of(script, before, side)
                reads = [relu_facts(script, before, side)[0]]
                for x in (points["ahead"], points["back"]):
                    level = net.inside(i, x)
                    line = linear(script, le(level, 0) if below else le(0, level), [*away, value])
                    reads.append(relu_facts(script, level, line)[0])
                return linear(script, goal, [*((line, w.a[i]) for line in reads), (none, w.a[i] * rho)])
            return either(script, before, 0, case)

        bends = termwise(script, add_up(w.k, bend), add_up(w.k, lambda i: make("ind", eq(i, w.l)) * (w.a[i] * rho)), one)
        total = script.chain(bends, kronecker(w.script, lambda i: w.a[i] * rho, w.l, w.k, self.here))
        values = [net.value(x, where[name]) for name, x in points.items()]
        chords = [net.chord(points[name], where[name], p, where["p"]) for name in ("ahead", "back")]
        lip = make("lip", w.f, self.ball)
        changes = [w.f(points[name]) - w.f(p) for name in ("ahead", "back")]
        sides = [line for change in changes for line in below_absolute(script, change)]
        lengths = [(size, norm(self.u) * lip), (self.unit, rho * lip)]
        product = absolute_at_most(script, rho * w.a[w.l], rho * (lip * 2),
                                   [total, *values, *chords, *sides, *(multiple(script, *fact) for fact in lengths)])
        sized = linear(script, le(rho * absolute(w.a[w.l]), rho * (lip * 2)), [product, (size, absolute(w.a[w.l]))])
        return cancelled(script, le(absolute(w.a[w.l]), lip * 2), positive, sized)


def rigidity(lemma: Lemma, w: Writing) -> Line:
    """At a clear point of the kink l, by the lemma on clear points in a ball."""
    canonical, script = Canonical(lemma, w), w.script

    def at_point(p: Node, lines: list[Line]) -> Line:
        return chosen(script, lines[0], lambda rho, inner: canonical.jump(p, rho, inner[0]), "r")

    return script.restate(chosen(script, canonical.clear_point(), at_point, "p"), w.goal)
