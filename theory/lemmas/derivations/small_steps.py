"""Powers of numbers in [−1, 1], and limits of step sizes."""

from __future__ import annotations

from collections.abc import Callable

from theory.checkers.script import Line, Script
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import eq, forall, implies, le, lt, whole
from theory.kernel.nodes import R, make, num, var
from theory.lemmas.derivations.basics import below_absolute, put
from theory.lemmas.derivations.tools import (
    absolute,
    absurd,
    at,
    by_induction,
    everywhere,
    inverse,
    inverted,
    known,
    linear,
    natural,
    nonnegative,
    power,
    refuting,
    times,
)


def power_square(w: Writing) -> Line:
    """|t|^p = t²|t|^q with q = p − 2, and |t|^q ≤ 1."""
    script, (small, order), size = w.script, w.hypotheses, absolute(w.t)
    whole_ = linear(script, le(0, w.p - 2), [order])

    def show(q: Node, is_rest: Line) -> Line:
        rest = power(size, q)
        below = script.axiom("pow_increases", (nonnegative(script, size), small, nonnegative(script, q)), s=size, t=num(1), q=q)
        below = script.restate(below, le(rest, 1))
        exponent = linear(script, eq(w.p, q + 2), [is_rest])
        split = put(script, exponent, lambda hole: absolute(power(w.t, hole)))
        product = times(script, below, script.do("square", (), w.t))
        return linear(script, w.goal, [split, product])

    return natural(script, w.p - 2, whole_, show)


def vanish(script: Script, s: Node, bound: Node, slope: Node, rate: Line) -> Line:
    """s ≤ bound from ∀t (0 < t and t ≤ 1 ⇒ s ≤ bound + t·slope): at t = δ/(δ + |slope|), where δ = s − bound would be positive."""
    goal = le(s, bound)
    negated = refuting(script, goal)
    delta = s - bound
    positive = linear(script, lt(0, delta), [negated])
    total = delta + absolute(slope)
    above = linear(script, lt(0, total), [positive, nonnegative(script, absolute(slope))])
    whole_, inverse_positive = inverted(script, above)
    t = delta * inverse(total)
    step_positive = script.restate(times(script, positive, inverse_positive), lt(0, t))
    rest = times(script, nonnegative(script, absolute(slope)), script.weaken(inverse_positive))
    small = linear(script, le(t, 1), [rest, whole_])
    here = at(script, rate, t)
    here = script.do("detach", (here, script.do("both", (step_positive, small))))
    # δ ≤ t·slope, times the total: δ² + δ|slope| ≤ δ·slope
    scaled_ = times(script, here, script.weaken(above))
    used = script.combine(eq(t * total * slope, delta * slope), ((whole_, delta * slope),))
    product = times(script, below_absolute(script, slope)[0], script.weaken(positive))
    return absurd(script, goal, [scaled_, used, product, times(script, positive, positive)])


def vanishing_step(w: Writing) -> Line:
    """s ≤ bound + t·slope for all small t > 0 gives s ≤ bound."""
    return vanish(w.script, w.s, w.bound, w.slope, w.hypotheses[0])


def bernoulli(script: Script) -> Line:
    """∀q∈N ∀h∈R (0 ≤ h and h ≤ 1 ⇒ (1 − h)^q ≤ 1 − q h + q² h²)."""
    h = var("h·", R)

    def claim(q: Node) -> Node:
        return forall(implies(make("and", le(0, h), le(h, 1)), le(power(num(1) - h, q), num(1) - q * h + q * q * (h * h))), (h, whole(R)))

    def under(show: Callable[[Node, list[Line], Line], Line]) -> Line:
        def at_step(h: Node, _: Line) -> Line:
            premise = make("and", le(0, h), le(h, 1))
            line = script.assume(premise)
            return script.do("discharge", (show(h, [script.do("part", (line,), num(p)) for p in (0, 1)], line),), premise)
        return everywhere(script, whole(R), at_step, "h")

    base = under(lambda h, _, __: linear(script, le(power(num(1) - h, num(0)), num(1) - num(0) * h + num(0) * num(0) * (h * h))))

    def step(q: Node, known: Line) -> Line:
        def show(h: Node, parts: list[Line], both: Line) -> Line:
            before = script.do("detach", (at(script, known, h), both))
            low, high = parts
            return linear(script, le(power(num(1) - h, q + 1), num(1) - (q + 1) * h + (q + 1) * (q + 1) * (h * h)), [
                times(script, before, high), times(script, low, low, low, nonnegative(script, q * q)),
                times(script, low, low, nonnegative(script, q)), times(script, low, low)])
        return under(show)

    return by_induction(script, claim, base, step, "q")


def power_slope(w: Writing) -> Line:
    """c(1 − t^p) ≤ L(1 − t) at t = 1 − h/2, with (1 − h/2)^p ≤ 1 − ph/2 + p²h²/4: pc ≤ L + h·(p²c/2) for c > 0."""
    script, (secant,), c, p = w.script, w.hypotheses, w.c, w.p
    nonnegative_L = known(w.prover, le(0, w.L))
    powers = bernoulli(script)

    def positive(sign: Line) -> Line:
        slope = p * p * c / 2

        def show(h: Node, _: Line) -> Line:
            premise = make("and", lt(0, h), le(h, 1))
            both = script.assume(premise)
            above, below = (script.do("part", (both,), num(place)) for place in (0, 1))
            half = h * num("1/2")
            low, high = linear(script, le(0, half), [above]), linear(script, le(half, 1), [below])
            bound = script.do("detach", (at(script, at(script, powers, p), half), script.do("both", (low, high))))
            t = num(1) - half
            inside = script.axiom("in_interval", (linear(script, le(num("1/2"), t), [below]), linear(script, le(t, 1), [above])),
                                  q=t, s=num("1/2"), t=num(1))
            chord = script.specialise(secant, t, inside)
            # c·(1 − t^p) ≥ c(ph/2 − p²h²/4); both sides over h/2
            scaled_ = linear(script, le(half * (p * c), half * (w.L + h * slope)), [chord, times(script, bound, script.weaken(sign))])
            goal = le(p * c, w.L + h * slope)
            negated = refuting(script, goal)
            line = absurd(script, goal, [times(script, negated, above), scaled_])
            return script.do("discharge", (line,), premise)

        return vanish(script, p * c, w.L, slope, everywhere(script, whole(R), show, "h"))

    def negative(sign: Line) -> Line:
        return linear(script, w.goal, [times(script, sign, nonnegative(script, p)), nonnegative_L])

    return script.by_cases(num(0), c, script.restate(positive(script.assume(lt(0, c))), w.goal), negative(script.assume(le(c, 0))))
