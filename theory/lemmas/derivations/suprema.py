"""Suprema over directions, over directions and shifts, and over finite index sets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from theory.checkers.script import Line, Script
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.binding import opened
from theory.kernel.heads import le
from theory.kernel.nodes import make, num
from theory.lemmas.derivations.basics import as_goal, below_absolute, cite, decided
from theory.lemmas.derivations.tools import absolute_at_most, everywhere

Values = tuple[tuple[Node, Line], ...]     # terms, and that each lies in its set
Body = Callable[[Values], Line]


def element(w: Writing, domain: Node) -> tuple[Node, Line]:
    """An element of the sphere of R^d for d ≥ 1, of an interval about 0, or of {1, …, n} for n ≥ 1, and that it is one."""
    script = w.script
    if domain.head == "sphere":
        direction = make("dir", make("zero", make("vec", domain.args[0])))
        unit = script.axiom("direction_unit", (w.known(le(1, domain.args[0])),), w=direction.args[0])
        return direction, script.axiom("in_sphere", (unit,), u=direction)
    if domain.head == "interval":
        low, high = domain.args
        return num(0), script.axiom("in_interval", (script.combine(le(low, 0)), script.combine(le(0, high))), s=low, q=num(0), t=high)
    inside = (script.combine(le(1, 1)), w.known(le(1, domain.args[0])))
    return num(1), script.axiom("in_range", inside, i=num(1), a=domain.args[0])


def above(w: Writing, bounded: Line, supremum: Node, *values: tuple[Node, Line]) -> Line:
    """F(x) ≤ sup F, for bounded values."""
    return w.script.do("sup_above", (bounded, *(inside for _, inside in values)), supremum, *(value for value, _ in values))


def over_all(script: Script, domains: Sequence[Node], body: Body) -> Line:
    """∀x_1∈D_1 … ∀x_m∈D_m φ, from what the body makes of new variables and their memberships."""
    if not domains:
        return body(())
    return everywhere(script, domains[0], lambda *x: over_all(script, domains[1:], lambda rest: body((x, *rest))))


def least(w: Writing, supremum: Node, bound: Node, body: Body) -> Line:
    """sup F ≤ b over nonempty sets, from F ≤ b at all elements."""
    values = over_all(w.script, supremum.args[:-1], body)
    found = [element(w, domain) for domain in supremum.args[:-1]]
    return w.script.do("sup_least_over", (values, *(inside for _, inside in found)), supremum, bound, *(value for value, _ in found))


def at(w: Writing, rule: Line, values: Values) -> Line:
    """∀… φ at values with the lines of their memberships."""
    for value, inside in values:
        rule = w.script.specialise(rule, value, inside)
    return rule


def value_below(w: Writing) -> Line:
    """F(x) ≤ sup F for a direction x, and a shift where there is one."""
    bounded, unit, *shift = w.hypotheses
    sphere = w.script.axiom("in_sphere", (unit,), u=w.x)
    return above(w, bounded, w.goal.args[1], (w.x, sphere), *((w.t, inside) for inside in shift))


def bounded_by(w: Writing) -> Line:
    """Values with a bound are bounded."""
    return w.script.do("bounded_by", w.hypotheses, w.goal, w.bound)


def sup_below(w: Writing) -> Line:
    """sup F ≤ b over sets that have elements."""
    return least(w, w.goal.args[0], w.goal.args[1], lambda values: at(w, w.hypotheses[0], values))


def sup_abs(w: Writing) -> Line:
    """Where F and −F are bounded, |F| ≤ b; where one of them is not, nor is |F|, and all three suprema say 0 ≤ b."""
    script = w.script
    target, bound = w.goal.args
    up, down = (script.says(line).args[0] for line in w.hypotheses)
    bounded = [make("bounded", *side.args) for side in (up, down)]

    def both(first: Line, second: Line) -> Line:
        def body(values: Values) -> Line:
            sides = (above(w, first, up, *values), above(w, second, down, *values))
            upper, lower = (as_goal(script, le(script.says(line).args[0], bound), line, most)
                            for line, most in zip(sides, w.hypotheses, strict=True))
            inner = opened(target.args[-1], tuple(v for v, _ in values)).args[0]
            return absolute_at_most(script, inner, bound, [upper, lower])
        return least(w, target, bound, body)

    def none(which: int, unbounded: Line) -> Line:
        zero = script.do("sup_unbounded", (unbounded,), (up, down)[which])
        positive = script.combine(le(0, bound), ((zero, -1), (w.hypotheses[which], 1)))
        all_of = make("bounded", *target.args)

        def impossible(known: Line) -> Line:
            def body(values: Values) -> Line:
                value = opened((up, down)[which].args[-1], tuple(v for v, _ in values))
                size = below_absolute(script, value)[0]
                return as_goal(script, le(value, target), size, above(w, known, target, *values))
            own = script.do("bounded_by", (over_all(w.script, target.args[:-1], body),), bounded[which], target)
            return script.do("cases", (script.do("detach", (unbounded, own)),), w.goal)

        def also(no: Line) -> Line:
            return as_goal(script, w.goal, script.do("sup_unbounded", (no,), target), positive)

        return decided(script, all_of, impossible, also)

    def first_bounded(first: Line) -> Line:
        return decided(script, bounded[1], lambda second: both(first, second), lambda no: none(1, no))

    return decided(script, bounded[0], first_bounded, lambda no: none(0, no))


# --- finite index sets --------------------------------------------------------------------------------------------------------------

def finite(w: Writing, supremum: Node) -> Line:
    """Values over a finite set are bounded."""
    return w.script.do("bounded_finite", (), make("bounded", *supremum.args))


def finite_ge(w: Writing) -> Line:
    """F(j) ≤ max F."""
    return above(w, finite(w, w.goal.args[1]), w.goal.args[1], (w.j, w.hypotheses[0]))


def finite_gap(w: Writing) -> Line:
    """F ≤ G + b ≤ max G + b, and the other way round."""
    script, (near,) = w.script, w.hypotheses
    first, second = (make("sup", make("range", w.n), make("app", function, make("bound", 0, w.n.sort))) for function in (w.F, w.G))

    def side(left: Node, right: Node, sign: int) -> Line:
        def body(values: Values) -> Line:
            (i, _), = values
            gap = at(w, near, values)
            size = below_absolute(script, script.says(gap).args[0].args[0])[sign < 0]
            most = above(w, finite(w, right), right, *values)
            return as_goal(script, le(opened(left.args[1], (i,)), right + w.bound), size, gap, most)
        return least(w, left, right + w.bound, body)

    difference = w.goal.args[0].args[0]
    up = as_goal(script, le(difference, w.bound), side(first, second, 1))
    down = as_goal(script, le(-difference, w.bound), side(second, first, -1))
    return absolute_at_most(script, w.goal.args[0].args[0], w.goal.args[1], [up, down])


# --- what membership says -----------------------------------------------------------------------------------------------------------

def membership(name: str) -> Callable[[Writing], Line]:
    """∀x∈D: what one axiom says of the elements of D."""
    def write(w: Writing) -> Line:
        from theory.kernel.axioms import AXIOMS
        element_, = (p.args[0].args[0] for p in AXIOMS[name].premises[:1])

        def body(x: Node, inside: Line) -> Line:
            domain = w.script.says(inside).args[1]
            sizes = {v.args[0]: value for v, value in zip(AXIOMS[name].premises[0].args[1].args, domain.args, strict=True)}
            return cite(w.script, name, (inside,), **{**sizes, element_: x})

        return w.script.restate(everywhere(w.script, w.goal.args[0], body), w.goal)
    return write


def between(w: Writing) -> Line:
    """Both ends."""
    script = w.script

    def body(x: Node, inside: Line) -> Line:
        return script.do("both", [cite(script, name, (inside,), q=x, s=w.low, t=w.high) for name in ("interval_low", "interval_high")])

    return script.restate(everywhere(w.script, w.goal.args[0], body), w.goal)


def in_interval(w: Writing) -> Line:
    """−1 ≤ β and β ≤ 1."""
    script = w.script

    def body(x: Node, inside: Line) -> Line:
        low, high = (cite(script, name, (inside,), q=x, s=num(-1), t=num(1)) for name in ("interval_low", "interval_high"))
        return absolute_at_most(script, x, 1, [high, as_goal(script, le(-x, 1), low)])

    return script.restate(everywhere(w.script, w.goal.args[0], body), w.goal)


def sign_square(w: Writing) -> Line:
    """y_i² = 1."""
    script = w.script

    def body(values: Values) -> Line:
        (y, signs), (i, inside) = values
        return script.axiom("signs_square", (signs, inside), y=y, i=i)

    return script.restate(over_all(w.script, (w.goal.args[0], make("range", w.n)), body), w.goal)
