"""Step sizes below finitely many bounds, and slopes of networks along a step inside one cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from theory.checkers.script import Line, Script
from theory.kernel import Node
from theory.kernel.heads import eq, forall, le, lt
from theory.kernel.nodes import N, make, num, var
from theory.lemmas.derivations.basics import below_absolute, either, put, replaced
from theory.lemmas.derivations.tools import (
    absolute,
    absolute_at_most,
    absolute_product,
    absurd,
    add_up,
    by_induction,
    cauchy_absolute,
    dot,
    everywhere,
    in_range,
    inverse,
    inverted,
    limits,
    linear,
    named,
    nonnegative,
    norm,
    norm_of_sum,
    one_more,
    refuting,
    relu,
    relu_slope,
    scaled,
    sum_at_most,
    sum_below,
    times,
)

Terms = Callable[[Node], Node]


def sum_nonnegative(script: Script, size: Node, H: Terms) -> Line:
    """0 ≤ Σ H, for terms that are nonnegative by their form."""
    none, total = add_up(size, lambda i: num(0)), add_up(size, H)
    line = sum_below(script, none, total, lambda i, _: nonnegative(script, H(i)))
    return linear(script, le(0, total), [line])


def term_below_sum(script: Script, size: Node, H: Terms) -> Line:
    """∀j∈{1, …, n} H_j ≤ Σ H, for terms that are nonnegative by their form."""
    def claim(m: Node) -> Node:
        j = var("j·", N)
        return forall(le(H(j), add_up(m, H)), (j, make("range", m)))

    def nothing(j: Node, inside: Line) -> Line:
        goal = le(H(j), add_up(num(0), H))
        return script.anything(linear(script, lt(0, 0), limits(script, inside)), goal)

    def step(m: Node, known: Line) -> Line:
        longer, last = one_more(script, add_up(m, H)), m + 1

        def one(j: Node, inside: Line) -> Line:
            goal, (low, high) = le(H(j), add_up(last, H)), limits(script, inside)

            def earlier(below: Line) -> Line:
                place = in_range(script, j, m, [low, script.axiom("whole_step", (below,), a=j, b=last)])
                return linear(script, goal, [script.specialise(known, j, place), longer, nonnegative(script, H(last))])

            def at_last(above: Line) -> Line:
                equal = script.axiom("antisymmetry", (high, above), s=j, t=last)
                return linear(script, goal, [put(script, equal, H), longer, sum_nonnegative(script, m, H)])

            return either(script, j, last, lambda line: earlier(line) if script.says(line).head == "lt" else at_last(line))

        return everywhere(script, make("range", last), one, "j")

    every = by_induction(script, claim, everywhere(script, make("range", num(0)), nothing, "j"), step)
    return script.specialise(every, size)


@dataclass(frozen=True)
class StepSize:
    """A step size t: 0 < t, ∀l t|G_l| ≤ |F_l|, and t·c ≤ r for the other bounds."""

    size: Node
    positive: Line
    within: Line
    others: tuple[Line, ...]


def small_step(script: Script, size: Node, G: Terms, F: Terms, apart: Callable[[Node, Line], Line], use: Callable[[StepSize], Line],
               others: Sequence[tuple[Node, Line]] = ()) -> Line:
    """What follows for a step size t, which ``use`` takes.

    It is 1/(1 + Σ |G_l|/|F_l| + Σ c/r); ``apart`` gives 0 < |F_l|, and each other bound is c ≥ 0 (by its form) with a line 0 < r.
    """
    step = _explicit_step(script, size, G, F, apart, others)

    def variable(t: Node, equal: Line) -> Line:
        back = linear(script, eq(step.size, t), [equal])
        within = replaced(script, back, step.within, lambda hole: _within(size, G, F, hole))
        bounds = [replaced(script, back, line, partial(_bounded, c, script.says(positive).args[1]))
                  for line, (c, positive) in zip(step.others, others, strict=True)]
        return use(StepSize(t, replaced(script, back, step.positive, lambda hole: lt(0, hole)), within, tuple(bounds)))

    return named(script, step.size, variable, "t")


def _bounded(c: Node, r: Node, t: Node) -> Node:
    return le(t * c, r)


def _within(size: Node, G: Terms, F: Terms, t: Node) -> Node:
    i = var("i·", N)
    return forall(le(t * absolute(G(i)), absolute(F(i))), (i, make("range", size)))


def _explicit_step(script: Script, size: Node, G: Terms, F: Terms, apart: Callable[[Node, Line], Line],
                   others: Sequence[tuple[Node, Line]]) -> StepSize:
    def quotient(i: Node) -> Node:
        return absolute(G(i)) * inverse(absolute(F(i)))

    total = num(1) + add_up(size, quotient)
    parts = [sum_nonnegative(script, size, quotient)]
    for c, positive in others:
        r = script.says(positive).args[1]
        total = total + c * inverse(r)
        product = times(script, nonnegative(script, c), script.weaken(inverted(script, positive)[1]))
        parts.append(script.restate(product, le(0, c * inverse(r))))
    above = linear(script, lt(0, total), parts)
    unit, step_positive = inverted(script, above)
    t, step_nonnegative = inverse(total), script.weaken(step_positive)
    below = term_below_sum(script, size, quotient)

    def one(i: Node, inside: Line) -> Line:
        own = apart(i, inside)
        share = linear(script, le(quotient(i), total), [script.specialise(below, i, inside), *parts])
        product = times(script, share, step_nonnegative, script.weaken(own))
        return linear(script, le(t * absolute(G(i)), absolute(F(i))),
                      [product, (unit, absolute(F(i))), (inverted(script, own)[0], t * absolute(G(i)))])

    within = everywhere(script, make("range", size), one)
    bounds = []
    for place, (c, positive) in enumerate(others):
        r = script.says(positive).args[1]
        share = linear(script, le(c * inverse(r), total), [line for other, line in enumerate(parts) if other != place + 1])
        product = times(script, share, step_nonnegative, script.weaken(positive))
        bounds.append(linear(script, le(t * c, r), [product, (unit, r), (inverted(script, positive)[0], t * c)]))
    return StepSize(t, step_positive, within, tuple(bounds))


@dataclass(frozen=True)
class NetworkEquation:
    """f(x) = c + v·x + Σ_{l≤k} a_l max(w_l·x + b_l, 0) on a domain; ``equation`` says so for all x there."""

    script: Script
    f: Node
    domain: Node
    width: Node
    a: Terms
    w: Terms
    b: Terms
    equation: Line
    c: Node
    v: Node

    def inside(self, l: Node, x: Node) -> Node:
        """The preactivation w_l·x + b_l."""
        return dot(self.w(l), x) + self.b(l)

    def rest(self, x: Node) -> Node:
        """Σ a_l max(w_l·x + b_l, 0)."""
        return add_up(self.width, lambda l: self.a(l) * relu(self.inside(l, x)))

    def value(self, x: Node, here: Line) -> Line:
        """f(x) = c + v·x + Σ …, from x ∈ D."""
        script = self.script
        line = script.specialise(self.equation, x) if self.domain.head == "whole" else script.specialise(self.equation, x, here)
        return linear(script, eq(self.f(x), self.c + dot(self.v, x) + self.rest(x)), [line])

    def here(self, x: Node, room: Line | None) -> Line:
        """x ∈ D, from the line ‖x‖ < r or ‖x‖ ≤ r where D is a ball of radius r."""
        if room is None:
            return self.script.do("anywhere", (), x, self.domain)
        return self.script.axiom("in_ball", (self.script.weaken(room),), u=x, r=self.domain.args[1])  # type: ignore[arg-type]

    def room(self, p: Node, g: Node, room: Line | None) -> list[tuple[Node, Line]]:
        """What bounds a step along g, for `small_step`: in a ball of radius r it must be shorter than r − ‖p‖."""
        if room is None:
            return []
        r: Node = self.domain.args[1]                                                       # type: ignore[assignment]
        return [(norm(g), linear(self.script, lt(0, r - norm(p)), [room]))]

    def here_after(self, step: StepSize, p: Node, g: Node) -> Line:
        """p + tg ∈ D for the step size t, which `room` bounds."""
        if not step.others:
            return self.here(p + scaled(step.size, g), None)
        script, q = self.script, p + scaled(step.size, g)
        size = script.axiom("abs_of_nonnegative", (script.weaken(step.positive),), t=step.size)
        near = [norm_of_sum(script, p, scaled(step.size, g)), (size, norm(g)), *step.others]
        return self.here(q, linear(script, le(norm(q), self.domain.args[1]), near))          # type: ignore[arg-type]

    def constant(self) -> Node:
        """‖v‖ + Σ |a_l|‖w_l‖."""
        return norm(self.v) + add_up(self.width, lambda l: absolute(self.a(l)) * norm(self.w(l)))

    def slope(self) -> Line:
        """∀x, z∈D |f(x) − f(z)| ≤ (‖v‖ + Σ |a_l|‖w_l‖)‖x − z‖."""
        script = self.script

        def pair(x: Node, x_here: Line, z: Node, z_here: Line) -> Line:
            length, change = norm(x - z), self.rest(x) - self.rest(z)

            def term(l: Node) -> Node:
                return self.a(l) * (relu(self.inside(l, x)) - relu(self.inside(l, z)))

            def one(l: Node, _: Line) -> Line:
                lines = [relu_slope(script, self.inside(l, x), self.inside(l, z)), cauchy_absolute(script, self.w(l), x - z)]
                total = linear(script, le(absolute(relu(self.inside(l, x)) - relu(self.inside(l, z))), norm(self.w(l)) * length), lines)
                product = times(script, total, nonnegative(script, absolute(self.a(l))))
                split = absolute_product(script, self.a(l), relu(self.inside(l, x)) - relu(self.inside(l, z)))
                return linear(script, le(absolute(term(l)), absolute(self.a(l)) * norm(self.w(l)) * length), [product, split])

            line = sum_at_most(script, self.width, term, lambda l: absolute(self.a(l)) * norm(self.w(l)) * length, one)
            equal = script.combine(eq(add_up(self.width, term), change))
            facts = [self.value(x, x_here), self.value(z, z_here), *below_absolute(script, change), line, put(script, equal, absolute),
                     cauchy_absolute(script, self.v, x - z), *below_absolute(script, dot(self.v, x - z))]
            return absolute_at_most(script, self.f(x) - self.f(z), self.constant() * length, facts)

        def each(x: Node, x_here: Line) -> Line:
            return everywhere(script, self.domain, lambda z, z_here: pair(x, x_here, z, z_here), "z")

        return everywhere(script, self.domain, each, "x")

    def lipschitz(self) -> Line:
        """f is Lipschitz on D."""
        return self.script.axiom("is_lipschitz", (self.slope(),), f=self.f, c=self.constant(), D=self.domain)

    def chord(self, x: Node, x_here: Line, z: Node, z_here: Line) -> Line:
        """|f(x) − f(z)| ≤ Lip‖x − z‖."""
        return self.script.axiom("lip_bound", (self.lipschitz(), x_here, z_here), f=self.f, D=self.domain, u=x, v=z)

    def steepest(self, p: Node, p_here: Line, g: Node, step: StepSize, q_here: Line, growth: Line) -> Line:
        """‖g‖ ≤ Lip from f(p + tg) − f(p) = t g·g."""
        script, t = self.script, step.size
        q, lip = p + scaled(t, g), make("lip", self.f, self.domain)
        chord = self.chord(q, q_here, p, p_here)
        goal = le(norm(g), lip)
        negated = refuting(script, goal)
        sized = put(script, script.axiom("abs_of_nonnegative", (script.weaken(step.positive),), t=t), lambda hole: hole * lip * norm(g))
        positive = linear(script, lt(0, norm(g)), [negated, nonnegative(script, lip)])
        product = times(script, negated, positive, step.positive)
        return absurd(script, goal, [product, chord, growth, sized, *below_absolute(script, self.f(q) - self.f(p))])


def sign_cases(script: Script, s: Node, square: Line, show: Callable[[Line], Line]) -> Line:
    """What follows from s = 1 and from s = −1, given s² = 1."""
    def side(value: int, line: Line) -> Line:
        target = num(value) * s
        low, high = le(1, target), le(target, 1)
        nonneg = linear(script, le(0, target), [line])
        small, large = refuting(script, low), refuting(script, high)
        at_least = absurd(script, low, [times(script, script.weaken(small), nonneg), square, small])
        at_most = absurd(script, high, [times(script, large, large), square, large])
        equal = script.axiom("antisymmetry", (at_most, at_least), s=target, t=num(1))
        return show(linear(script, eq(s, value), [equal]))

    return either(script, s, 0, lambda line: side(-1 if script.says(line).head == "lt" else 1, line))
