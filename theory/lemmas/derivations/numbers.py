"""Order, products, squares, whole numbers, and activations of numbers."""

from __future__ import annotations

from theory.checkers.script import Line
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import eq, le, lt
from theory.kernel.nodes import R, make, num
from theory.lemmas.derivations.basics import as_goal, below_absolute, cite, clash, either, positive_part, put, refute, replaced
from theory.lemmas.derivations.tools import absolute_at_most, everywhere, smaller_by_squares

LINE = make("whole", R)


def by_computation(w: Writing) -> Line:
    """Both sides have one normal form."""
    return w.script.equal(*w.goal.args)


def summed(w: Writing) -> Line:
    """The goal is the sum of the hypotheses."""
    return as_goal(w.script, w.goal, *w.hypotheses)


def where_positive(w: Writing) -> Line:
    """For c > 0 multiply; for c ≤ 0 ≤ c both sides are 0."""
    script, (rule, sign) = w.script, w.hypotheses

    def zero(below: Line) -> Line:
        none = cite(script, "antisymmetry", (below, sign), s=w.c, t=num(0))
        return script.combine(w.goal, ((none, w.p - w.q),))

    def positive(above: Line) -> Line:
        return as_goal(script, w.goal, script.do("multiply", (above, script.do("detach", (rule, above)))))

    return either(script, num(0), w.c, positive, zero)


def bound_where_positive(w: Writing) -> Line:
    """For p < 0 the bound is 0 at least."""
    script, (rule, sign) = w.script, w.hypotheses
    return either(script, w.p, num(0), lambda below: as_goal(script, w.goal, below, sign),
                  lambda above: script.do("detach", (rule, above)))


def cancel(w: Writing) -> Line:
    """Otherwise 0 < c(p − q)."""
    script, (sign, products) = w.script, w.hypotheses
    return refute(script, w.goal, lambda above: clash(script, script.do("multiply", (sign, above)), products))


def scale_le(w: Writing) -> Line:
    """0 ≤ c(q − p)."""
    return as_goal(w.script, w.goal, w.script.do("multiply", w.hypotheses))


def square_le(w: Writing) -> Line:
    """0 ≤ (q − p)(q + p)."""
    script, (sign, order) = w.script, w.hypotheses
    total = script.combine(le(0, w.p + w.q), ((sign, 2), (order, 1)))
    return as_goal(script, w.goal, script.do("multiply", (order, total)))


def root(w: Writing) -> Line:
    """p ≤ q from 0 ≤ q and p² ≤ q²."""
    return smaller_by_squares(w.script, *w.goal.args, *w.hypotheses)


def no_gap(w: Writing) -> Line:
    """q < p would give (p + q)/2 ≤ q, that is p ≤ q."""
    script, (rule,) = w.script, w.hypotheses
    return refute(script, w.goal, lambda above: script.combine(lt(0, 0), ((above, 1), (script.do("detach", (rule, above)), 2))))


def cases(w: Writing) -> Line:
    """t > 0, or t ≤ 0."""
    script, (positive, rest) = w.script, w.hypotheses
    return either(script, num(0), w.t, *(lambda line, rule=rule: script.do("detach", (rule, line)) for rule in (positive, rest)))


def equal_cases(w: Writing) -> Line:
    """a = b where s < t, and where t ≤ s."""
    script, sides = w.script, (lt(w.s, w.t), le(w.t, w.s))
    below, above = (script.do("detach", (rule, script.assume(side))) for rule, side in zip(w.hypotheses, sides, strict=True))
    return script.by_cases(w.s, w.t, below, above)


def whole(w: Writing) -> Line:
    """p < q + 1 gives p + 1 ≤ q + 1."""
    return as_goal(w.script, w.goal, cite(w.script, "whole_step", w.hypotheses, a=w.p, b=w.q + 1))


def power_le(w: Writing) -> Line:
    """Powers of a base that is at least 1 increase with the exponent."""
    return w.script.axiom("pow_grows", w.hypotheses, t=w.base, q=w.low, r=w.high)


# --- activations --------------------------------------------------------------------------------------------------------------------

def homogeneous(w: Writing) -> Line:
    """ψ(s) = ψ(ct) = cψ(t)."""
    script, (rule, sign, equation) = w.script, w.hypotheses
    value = script.do("detach", (script.specialise(script.specialise(rule, w.c), w.t), sign))
    return as_goal(script, w.goal, put(script, equation, w.psi), value)


def activation_lip(w: Writing) -> Line:
    """The definition at s and t."""
    return w.script.restate(w.script.specialise(w.script.specialise(w.hypotheses[0], w.s), w.t), w.goal)


def homogeneous_growth(w: Writing) -> Line:
    """ψ(t) = |t|ψ(s) for the sign s of t."""
    script, (rule,), size = w.script, w.hypotheses, make("abs", w.t)

    def along(sign: int, line: Line) -> Line:
        unit = num(sign)
        name, weak = ("abs_of_nonpositive", le(w.t, 0)) if sign < 0 else ("abs_of_nonnegative", le(0, w.t))
        length = cite(script, name, (as_goal(script, weak, line),), t=w.t)
        value = script.do("detach", (script.specialise(script.specialise(rule, size), unit), script.do("nonnegative", (), size)))
        turned = put(script, script.combine(eq(size * unit, w.t), ((length, sign),)), lambda hole: make("abs", w.psi(hole)))
        sized = put(script, value, lambda hole: make("abs", hole))
        spare = script.do("nonnegative", (), make("abs", w.psi(num(-sign))) * size)
        return as_goal(script, w.goal, script.combine(le(make("abs", w.psi(w.t)), make("abs", w.psi(unit)) * size), (
            (turned, -1), (sized, 1))), spare)

    return either(script, w.t, num(0), lambda below: along(-1, below), lambda above: along(1, above))


def growth(w: Writing) -> Line:
    """ψ(0) = 0·ψ(0) = 0, and |ψ(t) − ψ(0)| ≤ L|t − 0|."""
    script, (rule, slope), zero = w.script, w.hypotheses, num(0)
    at_zero = script.do("detach", (script.specialise(script.specialise(rule, zero), zero), script.combine(le(0, 0))))
    vanishes = script.restate(at_zero, eq(w.psi(zero), 0))
    near = script.specialise(script.specialise(slope, w.t), zero)
    moved = replaced(script, vanishes, near, lambda hole: le(make("abs", w.psi(w.t) - hole), w.goal.args[1]))
    return script.restate(moved, w.goal)


def relu_homogeneous(w: Writing) -> Line:
    """By the sign of t."""
    script = w.script

    def at(c: Node, t: Node) -> Line:
        sign = script.assume(le(0, c))
        left, right = make("max", c * t, num(0)), c * make("max", t, num(0))

        def below(low: Line) -> Line:
            product = script.combine(le(c * t, 0), ((script.do("multiply", (sign, low)), 1),))
            return script.combine(eq(left, right), ((positive_part(script, c * t, product), 1), (positive_part(script, t, low), -c)))

        def above(high: Line) -> Line:
            product = script.combine(le(0, c * t), ((script.do("multiply", (sign, high)), 1),))
            return script.combine(eq(left, right), ((positive_part(script, c * t, product), 1), (positive_part(script, t, high), -c)))

        return script.do("discharge", (either(script, t, num(0), below, above),), le(0, c))

    return script.restate(everywhere(script, LINE, lambda c, _: everywhere(script, LINE, lambda t, _: at(c, t))), w.goal)


def relu_by_abs(w: Writing) -> Line:
    """By the sign of t."""
    script = w.script

    def at(t: Node, _: Line) -> Line:
        goal = eq(make("max", t, num(0)), (t + make("abs", t)) / 2)

        def by(name: str, line: Line, weak: Node) -> Line:
            size = cite(script, name, (as_goal(script, weak, line),), t=t)
            return script.combine(goal, ((positive_part(script, t, line), 1), (size, num("-1/2"))))

        return either(script, t, num(0), lambda low: by("abs_of_nonpositive", low, le(t, 0)),
                      lambda high: by("abs_of_nonnegative", high, le(0, t)))

    return script.restate(everywhere(w.script, LINE, at), w.goal)


def relu_lipschitz(w: Writing) -> Line:
    """max(s, 0) − max(t, 0) is at most 0 for s ≤ 0, and at most s − t for s ≥ 0."""
    script = w.script

    def part(t: Node) -> Node:
        return make("max", t, num(0))

    def rises(s: Node, t: Node) -> Line:
        goal = le(part(s) - part(t), make("abs", s - t))
        falls = script.axiom("max_right", s=t, t=num(0))
        above, size = script.axiom("max_left", s=t, t=num(0)), script.do("nonnegative", (), make("abs", s - t))
        return either(script, s, num(0), lambda low: as_goal(script, goal, positive_part(script, s, low), falls, size),
                      lambda high: as_goal(script, goal, positive_part(script, s, high), above, below_absolute(script, s - t)[0]))

    def at(s: Node, t: Node) -> Line:
        goal = le(make("abs", part(s) - part(t)), make("abs", s - t))
        down = as_goal(script, le(-(part(s) - part(t)), make("abs", s - t)), rises(t, s))
        return absolute_at_most(script, goal.args[0].args[0], goal.args[1], [rises(s, t), down])

    return script.restate(everywhere(script, LINE, lambda s, _: everywhere(script, LINE, lambda t, _: at(s, t))), w.goal)
