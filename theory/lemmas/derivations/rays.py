"""The derivative of a polynomial along a ray: the difference quotient and a remainder of second order."""

from __future__ import annotations

from theory.checkers.script import Line, Script
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import eq, le, lt, whole
from theory.kernel.nodes import R, make, num
from theory.lemmas.derivations.basics import below_absolute, either, put, replaced
from theory.lemmas.derivations.small_steps import vanish
from theory.lemmas.derivations.tools import (
    absolute,
    absolute_at_most,
    absolute_product,
    add_up,
    at,
    by_induction,
    cancelled,
    everywhere,
    limits,
    linear,
    multiple,
    named,
    natural,
    nonnegative,
    norm,
    power,
    scaled,
    sum_at_most,
    times,
)


def power_at_most_one(script: Script, t: Node, q: Node, small: Line) -> list[Line]:
    """t^q ≤ 1 and −t^q ≤ 1 from |t| ≤ 1, for natural q."""
    size = power(absolute(t), q)
    below = script.axiom("pow_increases", (nonnegative(script, absolute(t)), small, nonnegative(script, q)), s=absolute(t), t=num(1), q=q)
    below = script.restate(below, le(size, 1))
    return [linear(script, le(side, 1), [below, *below_absolute(script, power(t, q))]) for side in (power(t, q), -power(t, q))]


def remainder(script: Script, s: Node, t: Node, small_s: Line, small_t: Line) -> Line:
    """∀j∈N |s^{j+1} − t^{j+1} − (j+1)t^j(s − t)| ≤ j²(s − t)² from |s| ≤ 1 and |t| ≤ 1."""
    gap = s - t

    def error(j: Node) -> Node:
        return power(s, j + 1) - power(t, j + 1) - (j + 1) * power(t, j) * gap

    def claim(j: Node) -> Node:
        return le(absolute(error(j)), j * j * (gap * gap))

    def step(j: Node, known: Line) -> Line:
        # the next error is s times this one, and (j+1) t^j (s − t)²
        squared = script.do("square", (), gap)
        tail = [times(script, line, squared, nonnegative(script, j + 1)) for line in power_at_most_one(script, t, j, small_t)]
        lines = [known, *below_absolute(script, s * error(j)), absolute_product(script, s, error(j)),
                 times(script, small_s, nonnegative(script, absolute(error(j)))), *tail,
                 times(script, squared, nonnegative(script, j))]
        after = j + 1
        return absolute_at_most(script, error(after), after * after * (gap * gap), lines)

    return by_induction(script, claim, script.combine(claim(num(0))), step, "j")


def ray_derivative(w: Writing) -> Line:
    """|D(s − t)| ≤ |f(su) − f(tu)| + K(s − t)² for s = t ± h, so |D| ≤ Lip + hK for all 0 < h ≤ 1."""
    script, (values, short, inside, lipschitz) = w.script, w.hypotheses
    t, ball = w.t, make("ball", w.u.sort.args[0], num(1))                                   # type: ignore[union-attr]
    lip = make("lip", w.f, ball)
    slope = add_up(w.n, lambda i: i * w.F(i) * power(t, i - 1))
    bend = add_up(w.n, lambda i: absolute(w.F(i)) * (i * i))
    ends = [script.axiom(name, (inside,), q=t, s=num(-1), t=num(1)) for name in ("interval_low", "interval_high")]

    def quotient(h: Node, premise: Node) -> Line:
        both = script.assume(premise)
        above, below = (script.do("part", (both,), num(place)) for place in (0, 1))

        def toward(side: Line) -> Line:
            forward = script.says(side).head == "lt"
            move = h if forward else -h
            return named(script, t + move, lambda s, equal: compared(s, equal, move, [side, above, below, *ends]), "s")

        def compared(s: Node, equal: Line, move: Node, facts: list[Line]) -> Line:
            low, high = linear(script, le(-1, s), [equal, *facts]), linear(script, le(s, 1), [equal, *facts])
            s_inside = script.axiom("in_interval", (low, high), q=s, s=num(-1), t=num(1))
            small = [absolute_at_most(script, end, num(1), lines) for end, lines in ((s, [low, high]), (t, ends))]
            errors = remainder(script, s, t, *small)
            total = sum_at_most(script, w.n, lambda i: _term(w, s, i), lambda i: _bound(w, s, i),
                                lambda i, here: _error(w, s, errors, i, here))
            points = [script.axiom("in_ball", (_short(w, end, size, short),), u=scaled(end, w.u), r=num(1))
                      for end, size in ((s, small[0]), (t, small[1]))]
            chord = script.axiom("lip_bound", (lipschitz, *points), f=w.f, D=ball, u=scaled(s, w.u), v=scaled(t, w.u))
            length = linear(script, eq(s - t, move), [equal])
            h_size = script.axiom("abs_of_nonnegative", (script.weaken(above),), t=h)
            s_size = put(script, length, absolute)
            step = linear(script, eq(absolute(s - t), h), [s_size, h_size])
            near = times(script, short, nonnegative(script, absolute(s - t)), nonnegative(script, lip))
            both_values = [script.specialise(values, end, here) for end, here in ((s, s_inside), (t, inside))]
            change = w.f(scaled(s, w.u)) - w.f(scaled(t, w.u))
            lines: list[Line | tuple[Line, Node]] = [
                     total, *below_absolute(script, add_up(w.n, lambda i: _term(w, s, i))), chord, near, *below_absolute(script, change),
                     *both_values, (step, lip), (length, slope), (length, (s - t) * bend), (length, h * bend)]
            product = absolute_at_most(script, h * slope, h * (lip + h * bend),
                                       [line if isinstance(line, int) else multiple(script, *line) for line in lines])
            sized = linear(script, le(h * absolute(slope), h * (lip + h * bend)), [product, (h_size, absolute(slope))])
            return cancelled(script, le(absolute(slope), lip + h * bend), above, sized)

        line = either(script, t, 0, toward)
        return script.do("discharge", (line,), premise)

    def each(h: Node, _: Line) -> Line:
        return quotient(h, make("and", lt(0, h), le(h, 1)))

    line = vanish(script, absolute(slope), lip, bend, everywhere(script, whole(R), each, "h"))
    return script.restate(line, w.goal)


def _short(w: Writing, s: Node, size: Line, short: Line) -> Line:
    """‖su‖ ≤ 1 from |s| ≤ 1 and ‖u‖ ≤ 1."""
    product = times(w.script, size, nonnegative(w.script, norm(w.u)))
    return linear(w.script, le(norm(scaled(s, w.u)), 1), [product, short])


def _term(w: Writing, s: Node, i: Node) -> Node:
    """F_i (s^i − t^i − i t^{i−1} (s − t))."""
    return w.F(i) * (power(s, i) - power(w.t, i) - i * power(w.t, i - 1) * (s - w.t))


def _bound(w: Writing, s: Node, i: Node) -> Node:
    return absolute(w.F(i)) * (i * i) * ((s - w.t) * (s - w.t))


def _error(w: Writing, s: Node, errors: Line, i: Node, here: Line) -> Line:
    """|F_i (s^i − t^i − i t^{i−1}(s − t))| ≤ |F_i| i² (s − t)²."""
    script = w.script

    def claim(i: Node) -> Node:
        return le(absolute(_term(w, s, i)), _bound(w, s, i))

    def show(j: Node, is_before: Line) -> Line:
        own = at(script, errors, j)
        gap, error = s - w.t, script.says(own).args[0].args[0]
        more = times(script, script.do("square", (), gap), nonnegative(script, absolute(w.F(j + 1))), nonnegative(script, j * 2 + 1))
        product = times(script, own, nonnegative(script, absolute(w.F(j + 1))))
        line = linear(script, claim(j + 1), [absolute_product(script, w.F(j + 1), error), product, more])
        return replaced(script, linear(script, eq(j + 1, i), [is_before]), line, claim)

    low = limits(script, here)[0]
    return natural(script, i - 1, linear(script, le(0, i - 1), [low]), show, "j")
