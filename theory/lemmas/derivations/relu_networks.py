"""Sums of ReLU neurons, or of |t| in place of ReLU, with shifts, for weights of sum zero."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from theory.checkers.script import Line, Script
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import bind, eq, le, lt, whole
from theory.kernel.nodes import R, make, num, var
from theory.lemmas.derivations.basics import below_absolute, put
from theory.lemmas.derivations.tools import (
    absolute,
    absolute_product,
    absolute_scaled,
    absolute_slope,
    add_up,
    cauchy_absolute,
    dot,
    everywhere,
    inverse,
    inverted,
    known,
    linear,
    nonnegative,
    norm,
    relu,
    relu_facts,
    relu_scaled,
    relu_slope,
    sum_at_most,
    termwise,
    times,
    unit_vector,
)


@dataclass(frozen=True)
class Bend:
    """A function φ of one number: φ(t), |φ(s) − φ(t)| ≤ |s − t|, and φ(rt) = rφ(t) from 0 ≤ r."""

    at: Callable[[Node], Node]
    slope: Callable[[Script, Node, Node], Line]
    scaled: Callable[[Script, Node, Node, Line], Line]


RELU, ABS = Bend(relu, relu_slope, relu_scaled), Bend(absolute, absolute_slope, absolute_scaled)


class Neurons:
    """h(u, β) = Σ F_i φ(u·v_i + β) over n units whose weights F_i add up to 0."""

    def __init__(self, w: Writing, bend: Bend = RELU) -> None:
        self.w, self.script, self.bend = w, w.script, bend
        self.weights = w.hypotheses[0]
        self.dim = w.V.sort.args[-1].args[0]                                               # type: ignore[union-attr]

    def value(self, u: Node, beta: Node) -> Node:
        """h(u, β)."""
        return add_up(self.w.n, lambda i: self.w.F(i) * self.bend.at(dot(u, self.w.V(i)) + beta))

    def supremum(self, shifts: Node) -> Node:
        """sup |h(u, β)| over unit vectors u and shifts β."""
        u, beta = var("u·", make("vec", self.dim)), var("β·", R)
        return bind("sup", [(u, make("sphere", self.dim)), (beta, shifts)], absolute(self.value(u, beta)))

    def bounded(self, shifts: Node) -> Line:
        """|h(u, β)| ≤ Σ|F_i|‖v_i‖, so the supremum is attained or approached."""
        script, w, supremum = self.script, self.w, self.supremum(shifts)

        def each(u: Node, on_sphere: Line) -> Line:
            unit = script.axiom("on_sphere", (on_sphere,), u=u)
            return everywhere(script, shifts, lambda beta, _: self._at_most(u, beta, unit), "b")

        line = everywhere(script, supremum.args[0], each, "u")
        bound = add_up(w.n, lambda i: absolute(w.F(i)) * norm(w.V(i)))
        return script.do("bounded_by", (line,), make("bounded", *supremum.args), bound)

    def _at_most(self, u: Node, beta: Node, unit: Line) -> Line:
        script, w, phi = self.script, self.w, self.bend.at

        def term(i: Node) -> Node:
            return w.F(i) * (phi(dot(u, w.V(i)) + beta) - phi(beta))

        def one(i: Node, _: Line) -> Line:
            change = self.bend.slope(script, dot(u, w.V(i)) + beta, beta)
            angle = cauchy_absolute(script, u, w.V(i))
            size = linear(script, le(absolute(dot(u, w.V(i))), norm(w.V(i))), [angle, (unit, norm(w.V(i)))])
            total = linear(script, le(absolute(phi(dot(u, w.V(i)) + beta) - phi(beta)), norm(w.V(i))), [change, size])
            product = times(script, total, nonnegative(script, absolute(w.F(i))))
            split = absolute_product(script, w.F(i), phi(dot(u, w.V(i)) + beta) - phi(beta))
            return linear(script, le(absolute(term(i)), absolute(w.F(i)) * norm(w.V(i))), [product, split])

        line = sum_at_most(script, w.n, term, lambda i: absolute(w.F(i)) * norm(w.V(i)), one)
        value = self.value(u, beta)
        shifted = linear(script, eq(add_up(w.n, term), value), [(self.weights, phi(beta))])
        size = put(script, shifted, absolute)
        return linear(script, le(absolute(value), script.says(line).args[1]), [line, size])

    def at_most_supremum(self, shifts: Node, u: Node, beta: Node, on_sphere: Line, inside: Line) -> Line:
        """|h(u, β)| ≤ sup."""
        return self.script.do("sup_above", (self.bounded(shifts), on_sphere, inside), self.supremum(shifts), u, beta)

    def supremum_nonnegative(self, shifts: Node, inside: Line) -> Line:
        """0 ≤ sup, from the line that 0 is a shift."""
        positive = known(self.w.prover, le(1, self.dim))
        e, _, on_sphere = unit_vector(self.script, self.dim, positive)
        line = self.at_most_supremum(shifts, e, num(0), on_sphere, inside)
        value = self.script.says(line).args[0]
        return linear(self.script, le(0, self.supremum(shifts)), [line, nonnegative(self.script, value)])


def bent_sup(bend: Bend, w: Writing) -> Line:
    """h(w, s) = ‖w‖ h(e, s/‖w‖) for the direction e of w; at w = 0 it is φ(s)·ΣF = 0."""
    net, script, size = Neurons(w, bend), w.script, norm(w.w)
    line_, supremum = whole(R), net.supremum(whole(R))
    value = net.value(w.w, w.shift)
    goal = le(absolute(value), size * supremum)

    def positive(above: Line) -> Line:
        unit, _ = inverted(script, above)
        e, beta = make("dir", w.w), w.shift * inverse(size)
        along = script.axiom("direction", w=w.w)

        def one(i: Node, _: Line) -> Line:
            inner = put(script, along, lambda hole: dot(hole, w.V(i)))
            inside = linear(script, eq(dot(w.w, w.V(i)) + w.shift, size * (dot(e, w.V(i)) + beta)), [inner, (unit, -w.shift)])
            outer = put(script, inside, bend.at)
            scaled_ = bend.scaled(script, size, dot(e, w.V(i)) + beta, script.weaken(above))
            return put(script, script.chain(outer, scaled_), lambda hole: w.F(i) * hole)

        split = termwise(script, value, add_up(w.n, lambda i: w.F(i) * (size * bend.at(dot(e, w.V(i)) + beta))), one)
        length = put(script, split, absolute)
        dim = known(w.prover, le(1, net.dim))
        on_sphere = script.axiom("in_sphere", (script.axiom("direction_unit", (dim,), w=w.w),), u=e)
        below = net.at_most_supremum(line_, e, beta, on_sphere, script.do("anywhere", (), beta, line_))
        return linear(script, goal, [length, times(script, below, nonnegative(script, size))])

    def zero(below: Line) -> Line:
        none = script.axiom("antisymmetry", (below, nonnegative(script, size)), s=size, t=num(0))
        vanishes = put(script, script.do("norm_zero", (none,)), lambda hole: net.value(hole, w.shift))
        nothing = linear(script, eq(value, 0), [vanishes, (net.weights, bend.at(w.shift))])
        return linear(script, goal, [put(script, nothing, absolute), (none, -supremum)])

    return script.restate(script.by_cases(num(0), size, positive(script.assume(lt(0, size))), zero(script.assume(le(size, 0)))), w.goal)


def shift_range(w: Writing) -> Line:
    """For β > 1 all units are active, and h(u, β) = h(u, 1) + (β − 1)·ΣF; for β < −1 none is."""
    net, script = Neurons(w), w.script
    units = w.hypotheses[1]
    segment = make("interval", num(-1), num(1))
    supremum = net.supremum(segment)

    def within(value: Node, *lines: Line) -> Line:
        sides = [linear(script, le(-1, value), lines), linear(script, le(value, 1), lines)]
        return script.axiom("in_interval", sides, q=value, s=num(-1), t=num(1))

    bottom = net.supremum_nonnegative(segment, within(num(0)))

    def each(u: Node, on_sphere: Line) -> Line:
        return everywhere(script, whole(R), lambda beta, _: here(u, on_sphere, beta), "b")

    def angle(u: Node, on_sphere: Line, i: Node, inside: Line) -> Line:
        """|u·v_i| ≤ 1."""
        unit, length = script.axiom("on_sphere", (on_sphere,), u=u), script.specialise(units, i, inside)
        line = cauchy_absolute(script, u, w.V(i))
        return linear(script, le(absolute(dot(u, w.V(i))), 1), [line, (unit, norm(w.V(i))), length])

    def here(u: Node, on_sphere: Line, beta: Node) -> Line:
        value = net.value(u, beta)
        goal = le(absolute(value), supremum)

        def large(above: Line) -> Line:
            def one(i: Node, inside: Line) -> Line:
                facts = [angle(u, on_sphere, i, inside), *below_absolute(script, dot(u, w.V(i))), above]
                there, at_one = (relu_facts(script, dot(u, w.V(i)) + shift, linear(script, le(0, dot(u, w.V(i)) + shift), facts))[0]
                                 for shift in (beta, num(1)))
                shifted = linear(script, eq(relu(dot(u, w.V(i)) + beta), relu(dot(u, w.V(i)) + 1) + beta - 1), [there, at_one])
                return put(script, shifted, lambda hole: w.F(i) * hole)

            line = termwise(script, value, add_up(w.n, lambda i: w.F(i) * (relu(dot(u, w.V(i)) + 1) + beta - 1)), one)
            moved = linear(script, eq(value, net.value(u, num(1))), [line, (net.weights, beta - 1)])
            below = net.at_most_supremum(segment, u, num(1), on_sphere, within(num(1)))
            return linear(script, goal, [put(script, moved, absolute), below])

        def small(below: Line) -> Line:
            def one(i: Node, inside: Line) -> Line:
                facts = [angle(u, on_sphere, i, inside), *below_absolute(script, dot(u, w.V(i))), below]
                none = relu_facts(script, dot(u, w.V(i)) + beta, linear(script, le(dot(u, w.V(i)) + beta, 0), facts))[0]
                return put(script, none, lambda hole: w.F(i) * hole)

            line = termwise(script, value, add_up(w.n, lambda i: w.F(i) * num(0)), one)
            return linear(script, goal, [put(script, line, absolute), bottom])

        def between(left: Line, right: Line) -> Line:
            return net.at_most_supremum(segment, u, beta, on_sphere, within(beta, left, right))

        inner = script.by_cases(beta, num(-1), small(script.assume(lt(beta, -1))),
                                between(script.assume(le(-1, beta)), script.assume(le(beta, 1))))
        return script.by_cases(num(1), beta, large(script.assume(lt(1, beta))), inner)

    line_supremum = net.supremum(whole(R))
    line = everywhere(script, make("sphere", net.dim), each, "u")
    return script.restate(script.do("sup_least", (line, bottom), line_supremum, supremum), w.goal)
