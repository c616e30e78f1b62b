"""Indicators of comparisons of indices, and numbers that are their own squares."""

from __future__ import annotations

from theory.checkers.script import Line
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import eq, le, lt
from theory.kernel.nodes import make, num
from theory.lemmas.derivations.basics import as_goal, cite, clash, compared, either, is_one, is_zero, refute
from theory.lemmas.derivations.tools import add_up, everywhere, termwise


def trichotomy(w: Writing) -> Line:
    """In each of the cases one indicator is 1."""
    return compared(w.script, w.s, w.q, lambda _, *values: as_goal(w.script, w.goal, *values))


def successor(w: Writing) -> Line:
    """s < q + 1 holds if and only if s < q or s = q."""
    script, goal = w.script, w.goal
    less, equal, next_ = lt(w.s, w.q), eq(w.s, w.q), lt(w.s, w.q + 1)

    def branch(known: Line, below: Line, here: Line, _: Line) -> Line:
        holds = script.says(known)
        if holds in (less, equal):
            value = is_one(script, script.combine(next_, ((known, 1),)))
        else:
            step = cite(script, "whole_step", (known,), a=w.q, b=w.s)
            value = is_zero(script, next_, lambda line: clash(script, line, step))
        return script.combine(goal, ((value, 1), (below, -1), (here, -1)))

    return compared(script, w.s, w.q, branch)


def itself(w: Writing) -> Line:
    """q = q, and q < q is false."""
    script = w.script
    one = is_one(script, script.combine(eq(w.q, w.q)))
    zero = is_zero(script, lt(w.q, w.q), lambda line: line)
    return script.restate(script.do("both", (one, zero)), w.goal)


def not_before_first(w: Writing) -> Line:
    """s < 1 contradicts 1 ≤ s."""
    script, low = w.script, w.known(le(1, w.s))
    return is_zero(script, lt(w.s, 1), lambda line: clash(script, line, low))


def within_range(w: Writing) -> Line:
    """i ≤ p gives i < p + 1."""
    script = w.script

    def at(i: Node, inside: Line) -> Line:
        high = cite(script, "range_high", (inside,), i=i, a=w.p)
        return is_one(script, script.combine(lt(i, w.p + 1), ((high, 1),)))

    return script.restate(everywhere(w.script, make("range", w.p), at), w.goal)


def count_whole(w: Writing) -> Line:
    """F² = F makes F the indicator of F = 1, and a sum of indicators is a natural number."""
    script, (bits, bound) = w.script, w.hypotheses
    count = add_up(w.k, lambda i: make("ind", eq(w.F(i), 1)))
    known = termwise(w.script, add_up(w.k, w.F), count, lambda i, inside: _bit(w, w.F(i), script.specialise(bits, i, inside)))
    step = cite(script, "whole_step", (script.combine(lt(count, w.q + 1), ((known, -1), (bound, 1))),), a=count, b=w.q + 1)
    return as_goal(script, w.goal, known, step)


def _bit(w: Writing, t: Node, idempotent: Line) -> Line:
    """t = 1{t = 1} from t² = t."""
    script, goal = w.script, eq(t, make("ind", eq(t, 1)))

    def low(below: Line) -> Line:
        """t < 1, so t = 0: t > 0 gives 0 < t(1 − t), and t < 0 gives 0 < t(t − 1)."""
        up = refute(script, le(t, 0), lambda above: script.combine(
            lt(0, 0), ((script.do("multiply", (above, below)), 1), (idempotent, -1))))
        down = refute(script, le(0, t), lambda beneath: script.combine(
            lt(0, 0), ((script.do("multiply", (beneath, below)), 1), (idempotent, 1))))
        off = is_zero(script, eq(t, 1), lambda one: script.combine(lt(0, 0), ((one, -1), (below, 1))))
        return script.combine(goal, ((cite(script, "antisymmetry", (up, down), s=t, t=num(0)), 1), (off, -1)))

    def high(above: Line) -> Line:
        """1 ≤ t, so t = 1: otherwise 0 < t(t − 1)."""
        positive = script.combine(lt(0, t), ((above, 1),))
        most = refute(script, le(t, 1), lambda more: script.combine(
            lt(0, 0), ((script.do("multiply", (positive, more)), 1), (idempotent, 1))))
        one = cite(script, "antisymmetry", (most, above), s=t, t=num(1))
        return script.combine(goal, ((one, 1), (is_one(script, one), -1)))

    return either(script, t, num(1), low, high)
