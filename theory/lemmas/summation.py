"""Lines about finite sums that several derivations share: termwise steps, induction on the number of terms, sums with one term."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from theory.checkers.prover import Prover
from theory.checkers.script import Line, Script
from theory.kernel import Node
from theory.kernel.binding import closed, opened
from theory.kernel.heads import eq, le, lt
from theory.kernel.nodes import N, make, num, var
from theory.lemmas.writing import cite, clash, each, either, either_way, is_one, is_zero, put

_NAMES = count()


def sum_equal(prover: Prover, left: Node, right: Node, term: Callable[[Node, Line], Line]) -> Line:
    """B F = B G for sums, suprema, means and products over one set, from F = G at each element."""
    script = prover.script

    def body(x: Node, inside: Line) -> Line:
        return script.restate(term(x, inside), eq(opened(left.args[-1], (x,)), opened(right.args[-1], (x,))))

    return script.do("termwise", (each(prover, left.args[0], body),), left, right)


def over(size: Node, term: Callable[[Node], Node]) -> Node:
    """Σ over {1, …, size}; the variable is a new one, so that sums can be nested."""
    i = var(f"·{next(_NAMES)}", N)
    return make("sum", make("range", size), closed(term(i), [i]))


def sum_below(prover: Prover, goal: Node, term: Callable[[Node, Line], Line]) -> Line:
    """Σ F ≤ Σ G from F ≤ G at each index."""
    script = prover.script
    left, right = goal.args
    F, G = (make("lam", N, side.args[1]) for side in (left, right))
    return cite(script, "sum_below", (each(prover, left.args[0], term),), F=F, G=G, a=left.args[0].args[0])


def inductively(prover: Prover, claim: Callable[[Node], Node], start: Line, advance: Callable[[Node, Line], Line]) -> Line:
    """∀m∈N φ(m), from φ(0) and what makes φ(m+1) of m and the line φ(m)."""
    script, m = prover.script, prover.fresh(N)
    goal = make("all", make("whole", N), closed(claim(m), [m]))
    after = script.restate(advance(m, script.assume(claim(m))), claim(m + 1))
    return script.do("induction", (script.restate(start, claim(num(0))), after), m, goal)


def empty_sum(script: Script, term: Callable[[Node], Node]) -> Line:
    """Σ over {1, …, 0} is 0."""
    return script.do("sum_empty", (script.combine(lt(0, 1)),), over(num(0), term))


def vanishing(prover: Prover, size: Node, term: Callable[[Node], Node], zero: Callable[[Node, Line], Line]) -> Line:
    """Σ F = 0 where all terms are 0."""
    script = prover.script
    known = sum_equal(prover, over(size, term), over(size, lambda i: num(0)), zero)
    return script.restate(known, eq(over(size, term), 0))


def kronecker(prover: Prover, F: Callable[[Node], Node], j: Node, size: Node, inside: Line) -> Line:
    """Σ_{i≤n} 1{i = j} F(i) = F(j) for j in {1, …, n}, by induction on n: j ≤ m ⇒ Σ_{i≤m} 1{i = j} F(i) = F(j)."""
    script = prover.script
    low = cite(script, "range_low", (inside,), i=j, a=size)

    def term(i: Node) -> Node:
        return make("ind", eq(i, j)) * F(i)

    def claim(m: Node) -> Node:
        return make("imp", le(j, m), eq(over(m, term), F(j)))

    def advance(m: Node, before: Line) -> Line:
        reached = script.assume(le(j, m + 1))
        after = script.do("sum_next", (), over(m, term))
        goal = eq(over(m + 1, term), F(j))
        line = either(script, m, j, lambda last: _last(prover, term, F, j, m, (after, last, reached), goal),
                      lambda earlier: script.combine(goal, ((after, 1), (script.do("detach", (before, earlier)), 1),
                                                            (_off(script, m + 1, j, earlier), F(m + 1)))))
        return script.do("discharge", (line,), le(j, m + 1))

    impossible = script.anything(clash(script, low, script.assume(le(j, 0))), eq(over(num(0), term), F(j)))
    start = script.do("discharge", (impossible,), le(j, 0))
    at_size = script.specialise(inductively(prover, claim, start, advance), size)
    return script.do("detach", (at_size, cite(script, "range_high", (inside,), i=j, a=size)))


def _off(script: Script, i: Node, j: Node, apart: Line) -> Line:
    """1{i = j} = 0 from j ≤ i − 1, or from i ≤ j − 1."""
    sign = 1 if script.says(apart).args[0] is j else -1
    return is_zero(script, eq(i, j), lambda same_: script.combine(lt(0, 0), ((apart, 1), (same_, sign))))


def _last(prover: Prover, term: Callable[[Node], Node], F: Callable[[Node], Node], j: Node, m: Node,
          known: tuple[Line, Line, Line], goal: Node) -> Line:
    """The step of `kronecker` where j = m + 1: the terms before are 0."""
    script = prover.script
    after, last, reached = known
    whole = cite(script, "whole_step", (last,), a=m, b=j)

    def zero(i: Node, inside: Line) -> Line:
        high = cite(script, "range_high", (inside,), i=i, a=m)
        off = is_zero(script, eq(i, j), lambda same_: script.combine(lt(0, 0), ((high, 1), (last, 1), (same_, -1))))
        return script.combine(eq(term(i), 0), ((off, F(i)),))

    here = cite(script, "antisymmetry", (whole, reached), s=m + 1, t=j)
    value = put(script, here, F)
    return script.combine(goal, ((after, 1), (vanishing(prover, m, term, zero), 1), (is_one(script, here), F(m + 1)), (value, 1)))


def term_below(prover: Prover, F: Callable[[Node], Node], j: Node, size: Node, inside: Line, signs: Callable[[Node, Line], Line]) -> Line:
    """F(j) ≤ Σ_{i≤n} F(i) for terms 0 ≤ F(i)."""
    script = prover.script

    def less(i: Node, here: Line) -> Line:
        indicator = make("ind", eq(i, j))
        at_most = either_way(script, eq(i, j), lambda so: script.combine(le(indicator, 1), ((is_one(script, so), 1),)),
                             lambda no: script.combine(le(indicator, 1), ((script.axiom("indicator_false", (no,), A=eq(i, j)), 1),)))
        product = script.do("multiply", (at_most, signs(i, here)))
        return script.combine(le(indicator * F(i), F(i)), ((product, 1),))

    below = sum_below(prover, le(over(size, lambda i: make("ind", eq(i, j)) * F(i)), over(size, F)), less)
    return script.combine(le(F(j), over(size, F)), ((below, 1), (kronecker(prover, F, j, size, inside), -1)))
