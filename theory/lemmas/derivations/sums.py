"""Finite sums: termwise inequalities, the triangle inequality, single terms, telescopes, what holds at indices."""

from __future__ import annotations

from collections.abc import Callable

from theory.checkers.script import Line
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.binding import opened
from theory.kernel.heads import eq, le, lt
from theory.kernel.nodes import make, num
from theory.lemmas.derivations.basics import as_goal, below_absolute, cite, clash, compared, either, is_one, is_zero, refute, replaced
from theory.lemmas.derivations.summation import kronecker, term_below, vanishing
from theory.lemmas.derivations.tools import absolute_at_most, add_up, by_induction, everywhere, no_terms, sum_below, termwise

Branching = Callable[[Node, Line, Line], Line]


def at(w: Writing, rule: Line, *values: tuple[Node, Line]) -> Line:
    """∀… φ at values with the lines of their memberships."""
    for value, inside in values:
        rule = w.script.specialise(rule, value, inside)
    return rule


def sum_le_pairs(w: Writing) -> Line:
    """Twice termwise."""
    left, right = w.goal.args

    def inner(i: Node, inside: Line) -> Line:
        goal = le(opened(left.args[1], (i,)), opened(right.args[1], (i,)))
        return sum_below(w.script, *goal.args, lambda j, within: at(w, w.hypotheses[0], (i, inside), (j, within)))

    return sum_below(w.script, *w.goal.args, inner)


def term_at_most(w: Writing) -> Line:
    """The other terms are not negative."""
    nonnegative, inside = w.hypotheses
    return w.script.restate(term_below(w.script, w.F, w.j, w.n, inside, lambda i, here: at(w, nonnegative, (i, here))), w.goal)


def equal_sums(w: Writing) -> Line:
    """Termwise."""
    left, right = w.goal.args
    return termwise(w.script, left, right, lambda i, inside: at(w, w.hypotheses[0], (i, inside)))


def triangle(w: Writing) -> Line:
    """F ≤ |F| and −F ≤ |F|, termwise."""
    script = w.script
    size = add_up(w.n, lambda i: make("abs", w.F(i)))

    def bound(sign: int) -> Line:
        def term(i: Node, _: Line) -> Line:
            return as_goal(script, le(num(sign) * w.F(i), make("abs", w.F(i))), below_absolute(script, w.F(i))[sign < 0])
        return sum_below(w.script, add_up(w.n, lambda i: num(sign) * w.F(i)), size, term)

    total = w.goal.args[0].args[0]
    up, down = (as_goal(script, le(value, size), line) for value, line in ((total, bound(1)), (-total, bound(-1))))
    return absolute_at_most(script, w.goal.args[0].args[0], w.goal.args[1], [up, down])


def by_kronecker(w: Writing) -> Line:
    """Σ 1{i = j} F(i) = F(j)."""
    return w.script.restate(kronecker(w.script, w.F, w.j, w.n, w.hypotheses[0]), w.goal)


def diagonal(w: Writing) -> Line:
    """Σ_h F(h) 1{h = l} = F(l), times F(l)."""
    left, right = w.goal.args
    script = w.script

    def row(i: Node, inside: Line) -> Line:
        return script.combine(eq(opened(left.args[1], (i,)), opened(right.args[1], (i,))), (
            (kronecker(w.script, w.F, i, w.k, inside), w.F(i)),))

    return termwise(w.script, left, right, row)


def only_nonzero(w: Writing, j: Node, inside: Line, zero_before: Branching, zero_after: Branching) -> Line:
    """Σ F = F(j), because F(i) = 1{i = j} F(i)."""
    script = w.script

    def term(i: Node, here: Line) -> Line:
        goal = eq(w.F(i), make("ind", eq(i, j)) * w.F(i))

        def branch(known: Line, _: Line, value: Line, __: Line) -> Line:
            if script.says(known).head == "eq":
                return script.combine(goal, ((value, -w.F(i)),))
            nothing = (zero_before if script.says(known) is lt(i, j) else zero_after)(i, here, known)
            return script.combine(goal, ((nothing, 1), (value, -w.F(i))))

        return compared(script, i, j, branch)

    alone = termwise(w.script, add_up(w.n, w.F), add_up(w.n, lambda i: make("ind", eq(i, j)) * w.F(i)), term)
    return as_goal(script, w.goal, alone, kronecker(w.script, w.F, j, w.n, inside))


def single_term(w: Writing) -> Line:
    """The terms before j and after it are 0."""
    inside, before, after = w.hypotheses

    def zero(rule: Line) -> Branching:
        return lambda i, here, known: w.script.do("detach", (at(w, rule, (i, here)), known))

    return only_nonzero(w, w.j, inside, zero(before), zero(after))


def _end(w: Writing) -> Line:
    """n ∈ {1, …, n}."""
    return w.script.axiom("in_range", (w.known(le(1, w.n)), w.script.combine(le(w.n, w.n))), i=w.n, a=w.n)


def _beyond(w: Writing, i: Node, here: Line, known: Line) -> Line:
    """F(i) = 0 for n < i ≤ n."""
    contradiction = clash(w.script, cite(w.script, "range_high", (here,), i=i, a=w.n), known)
    return w.script.anything(contradiction, eq(w.F(i), 0))


def last_term(w: Writing) -> Line:
    """The terms before n are 0, and there are none after it."""
    return only_nonzero(w, w.n, _end(w), lambda i, here, known: w.script.do("detach", (at(w, w.hypotheses[0], (i, here)), known)),
                        lambda i, here, known: _beyond(w, i, here, known))


def only_term(w: Writing) -> Line:
    """There are no terms before n = 1."""
    script = w.script

    def before(i: Node, here: Line, known: Line) -> Line:
        low = cite(script, "range_low", (here,), i=i, a=w.n)
        return script.anything(script.combine(lt(0, 0), ((low, 1), (known, 1), (w.hypotheses[0], 1))), eq(w.F(i), 0))

    return only_nonzero(w, w.n, _end(w), before, lambda i, here, known: _beyond(w, i, here, known))


def telescope(w: Writing) -> Line:
    """By induction on the number of terms."""
    script = w.script

    def term(i: Node) -> Node:
        return w.F(i + 1) - w.F(i)

    def claim(m: Node) -> Node:
        return eq(add_up(m, term), w.F(m + 1) - w.F(num(1)))

    def advance(m: Node, known: Line) -> Line:
        return as_goal(script, claim(m + 1), script.do("sum_next", (), add_up(m, term)), known)

    start = as_goal(script, claim(num(0)), no_terms(script, add_up(num(0), term)))
    return script.restate(script.specialise(by_induction(w.script, claim, start, advance), w.n), w.goal)


def active_excess(w: Writing) -> Line:
    """Otherwise each nonnegative term 1{0 < F}F would be 0, so that no F is positive."""
    script = w.script

    def active(i: Node) -> Node:
        return make("ind", lt(0, w.F(i)))

    def term(i: Node) -> Node:
        return active(i) * w.F(i)

    def sign(i: Node, _: Line) -> Line:
        goal = le(0, term(i))

        def on(above: Line) -> Line:
            return script.combine(goal, ((_product(is_one(script, above)), 1), (above, 1)))

        def _product(value: Line) -> Line:
            return script.combine(eq(w.F(i), term(i)), ((value, -w.F(i)),))

        def off(below: Line) -> Line:
            return script.combine(goal, ((is_zero(script, lt(0, w.F(i)), lambda line: clash(script, line, below)), -w.F(i)),))

        return either(script, num(0), w.F(i), on, off)

    def contradiction(none: Line) -> Line:
        def idle(i: Node, inside: Line) -> Line:
            most = term_below(script, term, i, w.k, inside, sign)

            def positive(above: Line) -> Line:
                return script.combine(lt(0, 0), ((above, 1), (is_one(script, above), -w.F(i)), (most, 1), (none, 1)))

            return is_zero(script, lt(0, w.F(i)), positive)

        return clash(script, vanishing(script, w.k, active, idle), w.hypotheses[0])

    return refute(script, w.goal, contradiction)


# --- what holds at indices ----------------------------------------------------------------------------------------------------------

def at_index(w: Writing) -> Line:
    """The one index is j."""
    pairs, inside = w.hypotheses
    body = everywhere(w.script, w.goal.args[0], lambda i, here: at(w, pairs, (i, here), (w.j, inside)))
    return w.script.restate(body, w.goal)


def only_index(w: Writing) -> Line:
    """1 ≤ i ≤ n = 1 gives i = n."""
    script, (one, holds) = w.script, w.hypotheses

    def body(i: Node, inside: Line) -> Line:
        low, high = (cite(script, name, (inside,), i=i, a=w.n) for name in ("range_low", "range_high"))
        least = script.combine(le(w.n, i), ((one, 1), (low, 1)))
        return replaced(script, cite(script, "antisymmetry", (least, high), s=w.n, t=i), holds, lambda hole: w.A(hole))

    return script.restate(everywhere(w.script, w.goal.args[0], body), w.goal)
