"""On the sphere of R^d, d ≥ 3: the points of a kink are −βu + ρe for unit vectors e orthogonal to u, and e turns a little where it must."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from theory.checkers.script import Line
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import bind, eq, forall, implies, le, lt, whole
from theory.kernel.nodes import N, make, num, var
from theory.lemmas.derivations.basics import below_absolute, either, put
from theory.lemmas.derivations.clear_points import Kinks, far_from_all, off_one_more, size_of, stays_away
from theory.lemmas.derivations.orthogonal import direction_of, orthogonal_unit, unit_length
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
    inverse,
    inverted,
    linear,
    multiple,
    named,
    no_index,
    nonnegative,
    norm,
    refuting,
    scaled,
    times,
)


@dataclass(frozen=True)
class Circle:
    """The kink on the sphere: ρ > 0, ρ² = 1 − β²."""

    kinks: Kinks
    rho: Node
    positive: Line
    square: Line
    dims: Line

    def point(self, e: Node) -> Node:
        """−βu + ρe."""
        return scaled(-self.kinks.beta, self.kinks.w.u) + scaled(self.rho, e)

    def fine(self, m: Node, e: Node) -> Node:
        """e is a unit vector, orthogonal to u, and the point lies on none of the first m kinks."""
        l = var("l·", N)
        off = forall(lt(0, absolute(self.kinks.inside(l, self.point(e)))), (l, make("range", m)))
        return make("and", eq(norm(e), 1), eq(dot(self.kinks.w.u, e), 0), off)

    def claim(self, m: Node) -> Node:
        """There is such an e, for m ≤ k."""
        space, e = self.kinks.space, var("e·", self.kinks.space)                              # type: ignore[arg-type]
        return implies(le(m, self.kinks.w.k), bind("ex", [(e, whole(space))], self.fine(m, e)))  # type: ignore[arg-type]

    def found(self, m: Node, e: Node, *lines: Line) -> Line:
        """e is a witness."""
        script = self.kinks.script
        return script.do("witness", (script.do("both", lines),), self.claim(m).args[1], e)

    # --- the start ----------------------------------------------------------------------------------------------------------------

    def start(self) -> Line:
        """Some unit vector is orthogonal to u."""
        kinks, script = self.kinks, self.kinks.script
        zero = make("zero", kinks.space)
        facts = (self.unit_square(), script.combine(eq(dot(kinks.w.u, zero), 0)), script.combine(le(dot(zero, zero), 1)),
                 lambda j: script.combine(eq(zero[j] * dot(zero, zero), zero[j])))

        def show(e: Node, unit: Line, across: Line, _: Line) -> Line:
            none = everywhere(script, make("range", num(0)),
                              lambda l, here: no_index(script, here, lt(0, absolute(kinks.inside(l, self.point(e))))), "l")
            return self.found(num(0), e, unit, across, none)

        line = orthogonal_unit(kinks.w.script, kinks.w.u, zero, kinks.w.u.sort.args[0], self.dims, facts, show)  # type: ignore[union-attr]
        return script.do("discharge", (line,), le(num(0), kinks.w.k))

    def unit_square(self) -> Line:
        """u·u = 1."""
        u = self.kinks.w.u
        return linear(self.kinks.script, eq(dot(u, u), 1), [(self.kinks.unit, norm(u) + 1)])

    # --- one more kink ------------------------------------------------------------------------------------------------------------

    def step(self, m: Node, known: Line) -> Line:
        """The kink m + 1 misses the point, or e is turned."""
        kinks, script = self.kinks, self.kinks.script
        premise, last = le(m + 1, kinks.w.k), m + 1
        room = script.assume(premise)
        exists = script.do("detach", (known, linear(script, le(m, kinks.w.k), [room])))
        inside = in_range(script, last, kinks.w.k, [room, nonnegative(script, m)])

        def at_vector(e: Node, lines: list[Line]) -> Line:
            unit, across, off = conjuncts(script, lines[0])
            own = kinks.inside(last, self.point(e))

            def case(side: Line) -> Line:
                if script.says(side).head == "lt":
                    return self.found(last, e, unit, across, off_one_more(script, kinks, m, self.point(e), off, side))
                zero = [linear(script, le(s, t), [side, *below_absolute(script, own)]) for s, t in ((own, num(0)), (num(0), own))]
                meets = script.axiom("antisymmetry", zero, s=own, t=num(0))
                return Turn(self, m, inside, e, unit, across, off, meets).done()

            return either(script, 0, absolute(own), case)

        return script.do("discharge", (chosen(script, exists, at_vector, "e"),), premise)


@dataclass(frozen=True)
class Target:
    """A vector g, and lines that say ‖g‖ = 1, u·g = 0 and e·g = 0."""

    g: Node
    unit: Line
    across: Line
    from_e: Line


@dataclass(frozen=True)
class Turn:
    """The kink m + 1 passes through −βu + ρe; e is turned toward a unit vector g that is orthogonal to u and e."""

    circle: Circle
    m: Node
    inside: Line
    e: Node
    unit: Line
    across: Line
    off: Line
    meets: Line

    @property
    def normal(self) -> Node:
        """w_{m+1}."""
        return self.circle.kinks.w.W[self.m + 1]

    def done(self) -> Line:
        """For w·e ≠ 0 any g will do; otherwise g is the direction of w − (w·u)u, which is not 0 since the kinks differ."""
        script, a = self.circle.kinks.script, dot(self.normal, self.e)
        return either(script, 0, absolute(a), lambda side: self._any(side) if script.says(side).head == "lt" else self._own(side))

    def _any(self, away: Line) -> Line:
        kinks, script, e = self.circle.kinks, self.circle.kinks.script, self.e
        e_unit = linear(script, eq(dot(e, e), 1), [(self.unit, norm(e) + 1)])
        facts = (self.circle.unit_square(), self.across, linear(script, le(dot(e, e), 1), [e_unit]),
                 lambda j: linear(script, eq(e[j] * dot(e, e), e[j]), [(e_unit, e[j])]))

        def show(g: Node, *lines: Line) -> Line:
            def case(side: Line) -> Line:
                if script.says(side).head == "lt":
                    return self.turned(Target(g, *lines), self._first(g, side), [(absolute(num(2) * dot(self.normal, e)), side)])
                return self.turned(Target(g, *lines), lambda t: self._second(g, away, side, t), [])

            return either(script, 0, absolute(dot(self.normal, g)), case)

        return orthogonal_unit(kinks.w.script, kinks.w.u, e, kinks.w.u.sort.args[0], self.circle.dims, facts, show)  # type: ignore[union-attr]

    def _own(self, near: Line) -> Line:
        kinks, script, e, w = self.circle.kinks, self.circle.kinks.script, self.e, self.circle.kinks.w
        a, c = dot(self.normal, e), dot(self.normal, w.u)
        sides = [linear(script, le(s, t), [near, *below_absolute(script, a)]) for s, t in ((a, num(0)), (num(0), a))]
        none = script.axiom("antisymmetry", sides, s=a, t=num(0))
        # then b − βc = 0, and the kinks are apart: 0 < 1 − c²
        offset = linear(script, eq(w.b[self.m + 1] - c * kinks.beta, 0), [self.meets, (none, self.circle.rho)])
        apart = script.specialise(kinks.apart, self.m + 1, self.inside)
        gain = linear(script, lt(0, num(1) - c * c), [apart, (offset, w.b[self.m + 1] - c * kinks.beta)])
        length = script.specialise(kinks.units, self.m + 1, self.inside)
        w_unit = linear(script, eq(dot(self.normal, self.normal), 1), [(length, norm(self.normal) + 1)])
        u_unit = self.circle.unit_square()

        def own(v: Node, equal: Line) -> Line:
            zero_u = linear(script, eq(dot(w.u, v), 0), [put(script, equal, lambda hole: dot(w.u, hole)), (u_unit, c)])
            zero_e = linear(script, eq(dot(e, v), 0), [put(script, equal, lambda hole: dot(e, hole)), none, (self.across, c)])
            square = linear(script, eq(dot(v, v), num(1) - c * c),
                            [put(script, equal, lambda hole: dot(hole, v)), put(script, equal, lambda hole: dot(self.normal, hole)),
                             (zero_u, c), w_unit])
            low = linear(script, le(1, self.circle.kinks.w.u.sort.args[0]), [self.circle.dims])   # type: ignore[union-attr]
            g, g_unit, zeros, along = direction_of(script, v, linear(script, lt(0, dot(v, v)), [square, gain]), low, [zero_u, zero_e])
            toward = linear(script, lt(0, dot(self.normal, g)), [put(script, equal, lambda hole: dot(hole, g)), along, (zeros[0], c)])
            away = linear(script, lt(0, absolute(dot(self.normal, g))), [toward, *below_absolute(script, dot(self.normal, g))])
            return self.turned(Target(g, g_unit, *zeros), self._first(g, away), [(absolute(num(2) * a), away)])

        return named(script, self.normal - scaled(c, w.u), own, "v")

    # --- γ − ta ≠ 0 ---------------------------------------------------------------------------------------------------------------

    def _first(self, g: Node, away: Line) -> Callable[[StepSize], Line]:
        """0 < |γ − ta| from 0 < |γ| and 2t|a| ≤ |γ|."""
        script, a, gamma = self.circle.kinks.script, dot(self.normal, self.e), dot(self.normal, g)

        def show(step: StepSize) -> Line:
            moved = [times(script, line, script.weaken(step.positive)) for line in below_absolute(script, a)]
            return stays_away(script, gamma, step.size * a, gamma - step.size * a, away, [step.others[-1], *moved])

        return show

    def _second(self, g: Node, away: Line, near: Line, step: StepSize) -> Line:
        """0 < |γ − ta| from γ = 0 and 0 < |a|."""
        script, a, gamma, t = self.circle.kinks.script, dot(self.normal, self.e), dot(self.normal, g), step.size
        facts = [near, *below_absolute(script, gamma), *below_absolute(script, gamma - t * a)]
        scaled_ = times(script, away, step.positive)

        def case(side: Line) -> Line:
            value = size_of(script, a, side)
            return linear(script, lt(0, absolute(gamma - t * a)), [*facts, scaled_, (value, t)])

        return either(script, a, 0, case)

    # --- the turn -----------------------------------------------------------------------------------------------------------------

    def turned(self, target: Target, moves: Callable[[StepSize], Line], others: list[tuple[Node, Line]]) -> Line:
        """e′ = ((1 − t²)e + 2tg)/(1 + t²) for a small t ≤ 1."""
        circle, kinks, script, e = self.circle, self.circle.kinks, self.circle.kinks.script, self.e
        w = kinks.w

        def width(l: Node) -> Node:
            return num(4) * circle.rho * (absolute(dot(w.W[l], e)) + absolute(dot(w.W[l], target.g)))

        def apart(l: Node, here: Line) -> Line:
            return script.specialise(self.off, l, here)

        def stepped(step: StepSize) -> Line:
            total = num(1) + step.size * step.size
            above = linear(script, lt(0, total), [script.do("square", (), step.size)])
            unit, small = inverted(script, above)
            return named(script, inverse(total), lambda q, equal: self.rotated(target, step, q, [
                linear(script, lt(0, q), [equal, small]), linear(script, eq(q * total, 1), [(equal, total), unit])], width, moves), "q")

        one = script.combine(lt(0, num(1)))
        return small_step(script, self.m, width, lambda l: kinks.inside(l, circle.point(e)), apart, stepped, [(num(1), one), *others])

    def rotated(self, target: Target, step: StepSize, q: Node, facts: list[Line], width: Callable[[Node], Node],
                moves: Callable[[StepSize], Line]) -> Line:
        """q = 1/(1 + t²): e′ is a unit vector, orthogonal to u, and its point is off the first m + 1 kinks."""
        circle, kinks, script, e, t = self.circle, self.circle.kinks, self.circle.kinks.script, self.e, step.size
        w, last, rho, g = kinks.w, self.m + 1, circle.rho, target.g
        q_positive, q_unit = facts
        after = scaled(q * (num(1) - t * t), e) + scaled(q * t * 2, g)
        e_square = linear(script, eq(dot(e, e), 1), [(self.unit, norm(e) + 1)])
        g_square = linear(script, eq(dot(g, g), 1), [(target.unit, norm(g) + 1)])
        factor = q * (num(1) - t * t)
        square = linear(script, eq(dot(after, after), 1),
                        [(e_square, factor * factor), (g_square, q * q * t * t * 4), (target.from_e, factor * q * t * 4),
                         (q_unit, q * (num(1) + t * t) + 1)])
        unit = unit_length(script, after, square)
        across = linear(script, eq(dot(w.u, after), 0), [(self.across, factor), (target.across, q * t * 2)])
        t_small = linear(script, le(t, 1), [step.others[0]])
        t_least = script.weaken(step.positive)
        q_least = script.weaken(q_positive)
        q_small = linear(script, le(q, 1), [q_unit, times(script, q_least, script.do("square", (), t))])
        rho_least = script.weaken(circle.positive)

        def change(l: Node) -> Node:
            return rho * q * (num(2) * t * dot(w.W[l], g) - num(2) * t * t * dot(w.W[l], e))

        def moved(l: Node) -> Line:
            """w_l·x′ + b_l = w_l·x + b_l + change."""
            return linear(script, eq(kinks.inside(l, circle.point(after)), kinks.inside(l, circle.point(e)) + change(l)),
                          [(q_unit, rho * dot(w.W[l], e))])

        def kept(l: Node, here: Line) -> Line:
            sizes = [absolute(dot(w.W[l], e)), absolute(dot(w.W[l], g))]
            along_g = [times(script, line, t_least, q_least, rho_least) for line in below_absolute(script, dot(w.W[l], g))]
            along_e = [times(script, line, t_least, t_least, q_least, rho_least) for line in below_absolute(script, dot(w.W[l], e))]
            less = [times(script, t_small, t_least, q_least, rho_least, nonnegative(script, sizes[0])),
                    *(times(script, q_small, t_least, rho_least, nonnegative(script, size)) for size in sizes)]
            wide = script.axiom("abs_of_nonnegative", (times_form(l, sizes),), t=width(l))
            lines = [*along_g, *along_e, *less, script.specialise(step.within, l, here), multiple(script, wide, t)]
            line = stays_away(script, kinks.inside(l, circle.point(e)), change(l), kinks.inside(l, circle.point(e)) + change(l),
                         script.specialise(self.off, l, here), lines)
            return linear(script, lt(0, absolute(kinks.inside(l, circle.point(after)))), [line, put(script, moved(l), absolute)])

        def times_form(l: Node, sizes: list[Node]) -> Line:
            parts = [times(script, rho_least, nonnegative(script, size)) for size in sizes]
            return linear(script, le(0, width(l)), parts)

        rest = everywhere(script, make("range", self.m), kept, "l")
        gap = dot(self.normal, g) - t * dot(self.normal, e)
        own = linear(script, eq(kinks.inside(last, circle.point(after)), num(2) * rho * q * t * gap), [moved(last), self.meets])
        apart = moves(step)

        def case(side: Line) -> Line:
            value = size_of(script, gap, side)
            strict = linear(script, lt(gap, 0) if script.says(side).head == "lt" else lt(0, gap), [apart, value])
            product = times(script, strict, step.positive, q_positive, circle.positive)
            return linear(script, lt(0, absolute(kinks.inside(last, circle.point(after)))),
                          [product, own, *below_absolute(script, kinks.inside(last, circle.point(after)))])

        away = either(script, gap, 0, case)
        return circle.found(last, after, unit, across, off_one_more(script, kinks, self.m, circle.point(after), rest, away))


def clear_point_sphere(w: Writing) -> Line:
    """By induction over the number of other kinks, and what the chosen point has as soon as there is one."""
    kinks, script = Kinks(w), w.script
    rest = num(1) - w.beta * w.beta
    above = linear(script, lt(0, rest), [kinks.meets])
    root = make("sqrt", rest)
    squared = script.axiom("root_squared", (script.weaken(above),), t=rest)

    def with_radius(rho: Node, equal: Line) -> Line:
        square = linear(script, eq(rho * rho, rest), [(equal, rho + root), squared])
        goal = lt(0, rho)
        negated = refuting(script, goal)
        least = linear(script, le(0, rho), [equal, nonnegative(script, root)])
        positive = absurd(script, goal, [times(script, negated, least), square, above])
        circle = Circle(kinks, rho, positive, square, w.hypotheses[4])
        every = by_induction(script, circle.claim, circle.start(), circle.step)
        exists = script.do("detach", (at(script, every, w.k), script.combine(le(w.k, w.k))))
        return chosen(script, exists, lambda e, lines: _on_sphere(circle, e, lines[0]), "e")

    return script.restate(named(script, root, with_radius, "r"), w.goal)


def _on_sphere(circle: Circle, e: Node, line: Line) -> Line:
    """The chosen point and its clearance."""
    kinks, script, w = circle.kinks, circle.kinks.script, circle.kinks.w
    unit, across, off = conjuncts(script, line)
    x = circle.point(e)
    u_unit = circle.unit_square()
    e_unit = linear(script, eq(dot(e, e), 1), [(unit, norm(e) + 1)])
    square = linear(script, eq(dot(x, x), 1), [(u_unit, w.beta * w.beta), (e_unit, circle.rho * circle.rho), circle.square,
                                               (across, w.beta * circle.rho)])
    on = linear(script, kinks.on(x), [(u_unit, w.beta), (across, circle.rho)])
    args = {"u": w.u, "t": w.beta, "M": w.W, "e": w.b}
    sphere = make("sphere", w.u.sort.args[0])                                                 # type: ignore[union-attr]
    p, rho = (make(head, w.u, w.beta, w.W, w.b, sphere) for head in ("clearpoint", "clearance"))
    p_unit, p_on, p_off = conjuncts(script, script.axiom("clear_point_sphere", (unit_length(script, x, square), on, off), x=x, **args))
    above = script.axiom("clearance_positive_sphere", (p_off,), **args)
    most = linear(script, le(rho, 1), [script.axiom("clearance_small", (), D=sphere, **args)])
    return script.do("both", (above, most, p_unit, p_on, far_from_all(w, sphere, p, rho, above)))
