"""Lines about finite sums that several derivations share: termwise steps, induction on the number of terms, sums with one term."""

from __future__ import annotations

from collections.abc import Callable

from theory.checkers.script import Line, Script
from theory.kernel import Node
from theory.kernel.heads import eq, le, lt
from theory.kernel.nodes import make, num
from theory.lemmas.derivations.basics import cite, clash, decided, either, is_one, is_zero, put
from theory.lemmas.derivations.tools import add_up, by_induction, sum_below, termwise


def vanishing(script: Script, size: Node, term: Callable[[Node], Node], zero: Callable[[Node, Line], Line]) -> Line:
    """Σ F = 0 where all terms are 0."""
    known = termwise(script, add_up(size, term), add_up(size, lambda i: num(0)), zero)
    return script.restate(known, eq(add_up(size, term), 0))


def kronecker(script: Script, F: Callable[[Node], Node], j: Node, size: Node, inside: Line) -> Line:
    """Σ_{i≤n} 1{i = j} F(i) = F(j) for j in {1, …, n}, by induction on n: j ≤ m ⇒ Σ_{i≤m} 1{i = j} F(i) = F(j)."""
    low = cite(script, "range_low", (inside,), i=j, a=size)

    def term(i: Node) -> Node:
        return make("ind", eq(i, j)) * F(i)

    def claim(m: Node) -> Node:
        return make("imp", le(j, m), eq(add_up(m, term), F(j)))

    def advance(m: Node, before: Line) -> Line:
        reached = script.assume(le(j, m + 1))
        after = script.do("sum_next", (), add_up(m, term))
        goal = eq(add_up(m + 1, term), F(j))
        line = either(script, m, j, lambda last: _last(script, term, F, j, m, (after, last, reached), goal),
                      lambda earlier: script.combine(goal, ((after, 1), (script.do("detach", (before, earlier)), 1),
                                                            (_off(script, m + 1, j, earlier), F(m + 1)))))
        return script.do("discharge", (line,), le(j, m + 1))

    impossible = script.anything(clash(script, low, script.assume(le(j, 0))), eq(add_up(num(0), term), F(j)))
    start = script.do("discharge", (impossible,), le(j, 0))
    at_size = script.specialise(by_induction(script, claim, start, advance), size)
    return script.do("detach", (at_size, cite(script, "range_high", (inside,), i=j, a=size)))


def _off(script: Script, i: Node, j: Node, apart: Line) -> Line:
    """1{i = j} = 0 from j ≤ i − 1, or from i ≤ j − 1."""
    sign = 1 if script.says(apart).args[0] is j else -1
    return is_zero(script, eq(i, j), lambda same_: script.combine(lt(0, 0), ((apart, 1), (same_, sign))))


def _last(script: Script, term: Callable[[Node], Node], F: Callable[[Node], Node], j: Node, m: Node,
          known: tuple[Line, Line, Line], goal: Node) -> Line:
    """The step of `kronecker` where j = m + 1: the terms before are 0."""
    after, last, reached = known
    whole = cite(script, "whole_step", (last,), a=m, b=j)

    def zero(i: Node, inside: Line) -> Line:
        high = cite(script, "range_high", (inside,), i=i, a=m)
        off = is_zero(script, eq(i, j), lambda same_: script.combine(lt(0, 0), ((high, 1), (last, 1), (same_, -1))))
        return script.combine(eq(term(i), 0), ((off, F(i)),))

    here = cite(script, "antisymmetry", (whole, reached), s=m + 1, t=j)
    value = put(script, here, F)
    return script.combine(goal, ((after, 1), (vanishing(script, m, term, zero), 1), (is_one(script, here), F(m + 1)), (value, 1)))


def term_below(script: Script, F: Callable[[Node], Node], j: Node, size: Node, inside: Line, signs: Callable[[Node, Line], Line]) -> Line:
    """F(j) ≤ Σ_{i≤n} F(i) for terms 0 ≤ F(i)."""

    def less(i: Node, here: Line) -> Line:
        indicator = make("ind", eq(i, j))
        at_most = decided(script, eq(i, j), lambda so: script.combine(le(indicator, 1), ((is_one(script, so), 1),)),
                          lambda no: script.combine(le(indicator, 1), ((script.axiom("indicator_false", (no,), A=eq(i, j)), 1),)))
        product = script.do("multiply", (at_most, signs(i, here)))
        return script.combine(le(indicator * F(i), F(i)), ((product, 1),))

    below = sum_below(script, add_up(size, lambda i: make("ind", eq(i, j)) * F(i)), add_up(size, F), less)
    return script.combine(le(F(j), add_up(size, F)), ((below, 1), (kronecker(script, F, j, size, inside), -1)))
