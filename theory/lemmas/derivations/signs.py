"""Second moments of sums with random signs, and Jensen: (E X)² ≤ E X²."""

from __future__ import annotations

from collections.abc import Callable

from theory.checkers.script import Line, Script
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import bind, eq, implies, le
from theory.kernel.nodes import N, make, num, var
from theory.lemmas.derivations.basics import put
from theory.lemmas.derivations.tools import (
    add_up,
    at,
    by_induction,
    dot,
    everywhere,
    family,
    in_range,
    limits,
    linear,
    no_terms,
    nonnegative,
    norm,
    one_more,
    scaled,
    termwise,
)


def mean(size: Node, value: Callable[[Node], Node]) -> Node:
    """E over uniform signs."""
    y = var("y·", make("vec", size))
    return bind("expect", [(y, make("signs", size))], value(y))


def partial_sum(y: Node, V: Callable[[Node], Node], m: Node) -> Node:
    """Σ_{i≤m} y_i v_i."""
    return add_up(m, lambda i: scaled(y[i], V(i)))


def _unlike(script: Script, i: Node, place: Node, apart: Line) -> Line:
    """1{i = place} = 0, from a line i < place."""
    equal = eq(i, place)
    false = script.do("impossible", (linear(script, make("lt", num(0), num(0)), [script.assume(equal), apart]),))
    return script.axiom("indicator_false", (script.do("discharge", (false,), equal),), A=equal)


def flip(script: Script, size: Node, place: Node, inside: Line) -> tuple[Node, Line]:
    """The signs that are −1 at one place and 1 elsewhere, and the line that they are signs."""
    i = var("i·", N)
    entry = family(i, num(1) - make("ind", eq(i, place)) * 2)
    table = bind("table", [(i, make("range", size))], num(1) - make("ind", eq(i, place)) * 2)

    def square(i: Node, here: Line) -> Line:
        value = script.axiom("table_entry", (here,), F=entry, i=i, n=size)
        left, right = script.says(value).args
        return script.combine(eq(left * left, 1), ((value, left + right),))

    return table, script.axiom("in_signs", (everywhere(script, make("range", size), square),), y=table)


def flipped_entry(script: Script, size: Node, place: Node, y: Node, e: Node, i: Node, inside: Line, indicator: Line) -> Line:
    """(the flipped signs)_i = ± y_i, from 1{i = place} = 0 or 1."""
    j, hole = var("i·", N), var("i·", N)
    table = family(j, e[j] * y[j])
    whole = script.axiom("table_entry", (inside,), F=table, i=i, n=size)
    sign = script.axiom("table_entry", (inside,), F=family(hole, num(1) - make("ind", eq(hole, place)) * 2), i=i, n=size)
    value = script.says(indicator).args[1]
    return script.combine(eq(script.says(whole).args[0], (num(1) - value * 2) * y[i]),
                          ((whole, 1), (sign, y[i]), (indicator, num(-2) * y[i])))


def no_correlation(script: Script, size: Node, place: Node, inside: Line, value: Callable[[Node], Node],
                   same: Callable[[Node, Node, Callable[[Node, Line, Line], Line]], Line]) -> Line:
    """E y_k g(y) = 0 for a g that does not depend on y_k.

    ``same`` takes signs y, the flipped z and what gives z_i = y_i from a place i < k, and shows g(z) = g(y).
    """
    e, signs = flip(script, size, place, inside)
    y = var("y·", make("vec", size))
    whole = family(y, y[place] * value(y))
    flipped = script.axiom("signs_flip", (signs,), H=whole, e=e)
    left, right = script.says(flipped).args
    target = mean(size, lambda y: num(-1) * (y[place] * value(y)))

    def one(y: Node, _: Line) -> Line:
        j = var("i·", N)
        z = bind("table", [(j, make("range", size))], e[j] * y[j])
        true = script.axiom("indicator_true", (script.combine(eq(place, place)),), A=eq(place, place))
        turned = flipped_entry(script, size, place, y, e, place, inside, true)

        def entry(i: Node, here: Line, before: Line) -> Line:
            return flipped_entry(script, size, place, y, e, i, here, _unlike(script, i, place, before))

        unchanged = same(y, z, entry)
        return script.combine(eq(z[place] * value(z), num(-1) * (y[place] * value(y))),
                              ((turned, value(z)), (unchanged, num(-1) * y[place])))

    line = termwise(script, right, target, one, "y")
    return linear(script, eq(left, 0), [flipped, line])


def second_moments(script: Script, size: Node, c: Node, V: Callable[[Node], Node]) -> Line:
    """∀m∈N (m ≤ n ⇒ E‖c + Σ_{i≤m} y_i v_i‖² = ‖c‖² + Σ_{i≤m} ‖v_i‖²)."""

    def left(m: Node) -> Node:
        return mean(size, lambda y: dot(c + partial_sum(y, V, m), c + partial_sum(y, V, m)))

    def right(m: Node) -> Node:
        return dot(c, c) + add_up(m, lambda i: dot(V(i), V(i)))

    def claim(m: Node) -> Node:
        return implies(le(m, size), eq(left(m), right(m)))

    def start() -> Line:
        def one(y: Node, _: Line) -> Line:
            line = no_terms(script, partial_sum(y, V, num(0)))
            return put(script, line, lambda hole: dot(c + hole, c + hole))
        constant = termwise(script, left(num(0)), mean(size, lambda y: dot(c + zero, c + zero)), one, "y")
        none = no_terms(script, add_up(num(0), lambda i: dot(V(i), V(i))))
        line = linear(script, eq(left(num(0)), right(num(0))), [constant, none])
        return script.do("discharge", (line,), le(num(0), size))

    zero = make("zero", c.sort)

    def step(m: Node, known: Line) -> Line:
        premise = le(m + 1, size)
        room = script.assume(premise)
        before = script.do("detach", (known, linear(script, le(m, size), [room])))
        k = m + 1
        inside = in_range(script, k, size, [room, nonnegative(script, m)])
        last = V(k)

        def same(y: Node, z: Node, entry: Callable[[Node, Line, Line], Line]) -> Line:
            def one(i: Node, here: Line) -> Line:
                low, high = limits(script, here)
                line = entry(i, in_range(script, i, size, [low, high, room]), linear(script, make("lt", i, k), [high]))
                return put(script, line, lambda hole: scaled(hole, V(i)))
            line = termwise(script, partial_sum(z, V, m), partial_sum(y, V, m), one)
            return put(script, line, lambda hole: dot(c + hole, last))

        mixed = no_correlation(script, size, k, inside, lambda y: dot(c + partial_sum(y, V, m), last), same)
        longer = mean(size, lambda y: dot(c + partial_sum(y, V, m), c + partial_sum(y, V, m))
                      + num(2) * (y[k] * dot(c + partial_sum(y, V, m), last)) + dot(last, last))

        def grown(y: Node, here: Line) -> Line:
            sum_ = one_more(script, partial_sum(y, V, m))
            line = put(script, sum_, lambda hole: dot(c + hole, c + hole))
            unit = script.axiom("signs_square", (here, inside), y=y, i=k, n=size)
            return script.combine(eq(script.says(line).args[0], opened_body(longer, y)), ((line, 1), (unit, dot(last, last))))

        expanded = termwise(script, left(k), longer, grown, "y")
        squares = one_more(script, add_up(m, lambda i: dot(V(i), V(i))))
        line = linear(script, eq(left(k), right(k)), [expanded, mixed, before, squares])
        return script.do("discharge", (line,), premise)

    return by_induction(script, claim, start(), step)


def opened_body(binder: Node, value: Node) -> Node:
    """The body of a binder of one variable at a value."""
    from theory.kernel.binding import opened
    return opened(binder.args[-1], (value,))


def second_moment_of(script: Script, size: Node, c: Node, V: Callable[[Node], Node]) -> Line:
    """E‖c + Σ y_i v_i‖² = ‖c‖² + Σ‖v_i‖²."""
    line = at(script, second_moments(script, size, c, V), size)
    return script.do("detach", (line, script.combine(le(size, size))))


def second_moment(w: Writing) -> Line:
    """E y_i = 0 and E y_i y_j = 0 for i ≠ j, by flipping the last sign, one term after the other."""
    return w.script.restate(second_moment_of(w.script, w.n, w.c, w.V), w.goal)


def jensen(script: Script, size: Node, value: Callable[[Node], Node]) -> Line:
    """(E X)² ≤ E X², since 0 ≤ E (X − E X)²."""
    middle = mean(size, value)

    def one(y: Node, _: Line) -> Line:
        return script.restate(script.do("square", (), value(y) - middle), le(0, (value(y) - middle) * (value(y) - middle)))

    left, right = mean(size, lambda y: num(0)), mean(size, lambda y: (value(y) - middle) * (value(y) - middle))
    line = script.do("mean_below", (everywhere(script, make("signs", size), one, "y"),), left, right)
    return linear(script, le(middle * middle, mean(size, lambda y: value(y) * value(y))), [line])


def rademacher(script: Script, size: Node, V: Callable[[Node], Node]) -> Line:
    """E‖Σ y_i v_i‖ ≤ √(Σ‖v_i‖²)."""
    from theory.lemmas.derivations.tools import below_root
    zero = make("zero", V(num(1)).sort)
    squares = second_moment_of(script, size, zero, V)
    total = add_up(size, lambda i: dot(V(i), V(i)))
    spread = jensen(script, size, lambda y: norm(partial_sum(y, V, size)))
    middle = mean(size, lambda y: norm(partial_sum(y, V, size)))
    square = linear(script, le(middle * middle, total), [spread, squares])
    nonneg = linear(script, le(0, total), [square, script.do("square", (), middle)])
    return below_root(script, middle, total, nonneg, square)


def rademacher_norm(w: Writing) -> Line:
    """E‖S‖ ≤ √(E‖S‖²), by Jensen."""
    return w.script.restate(rademacher(w.script, w.n, w.V), w.goal)


def rademacher_sum(w: Writing) -> Line:
    """|Σ y_i| is the norm of Σ y_i e for a unit vector e."""
    script = w.script
    zero = make("zero", make("vec", num(1)))
    e = make("dir", zero)
    unit = script.axiom("direction_unit", (script.combine(le(1, num(1))),), w=zero)
    line = rademacher(script, w.n, lambda i: e)
    middle = script.says(line).args[0]
    one = script.combine(eq(dot(e, e), 1), ((unit, norm(e) + 1),))
    root = put(script, script.combine(eq(script.says(line).args[1].args[0], w.n), ((one, w.n),)), lambda hole: make("sqrt", hole))

    def plain(y: Node, _: Line) -> Line:
        size = make("abs", add_up(w.n, lambda i: y[i]))
        return script.combine(eq(norm(partial_sum(y, lambda i: e, w.n)), size), ((unit, size),))

    same = termwise(script, middle, mean(w.n, lambda y: make("abs", add_up(w.n, lambda i: y[i]))), plain, "y")
    return linear(script, w.goal, [line, root, same])
