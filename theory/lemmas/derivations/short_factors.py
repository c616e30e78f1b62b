"""|⟨T, u_1⊗…⊗u_p⟩| ≤ ‖T‖_op for short vectors: one factor after the other is replaced by its direction."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from theory.checkers.script import Line
from theory.checkers.writing import Writing
from theory.kernel import Node, Refused
from theory.kernel.binding import opened
from theory.kernel.heads import bind, eq, implies, le, lt
from theory.kernel.nodes import N, make, num, var
from theory.lemmas.derivations.basics import put
from theory.lemmas.derivations.tools import (
    absolute,
    at,
    by_induction,
    dot,
    everywhere,
    family,
    in_range,
    known,
    limits,
    linear,
    nonnegative,
    norm,
    scaled,
    termwise,
    times,
    vectors,
)

Values = tuple[Node, Node, Node]


class Factors:
    """U_i for i > m and its direction for i ≤ m."""

    def __init__(self, w: Writing) -> None:
        self.w, self.script = w, w.script
        self.domain = make("range", w.p)

    def mixed(self, before: Node, i: Node) -> Node:
        """The factor number i, where ``before`` is 1{i ≤ m}."""
        return scaled(before, make("dir", self.w.U(i))) + scaled(num(1) - before, self.w.U(i))

    def factor(self, m: Node) -> Node:
        """i ↦ the factor number i."""
        i = var("i·", N)
        return family(i, self.mixed(make("ind", le(i, m)), i))

    def product(self, m: Node) -> Node:
        """The product with m directions."""
        i = var("i·", N)
        return bind("tprod", [(i, self.domain)], self.mixed(make("ind", le(i, m)), i))

    def slot(self, m: Node, j: Node, value: Node) -> Node:
        """The product with m directions, and the value as the factor number j."""
        i = var("i·", N)
        here = make("ind", eq(i, j))
        return bind("tprod", [(i, self.domain)],
                    scaled(num(1) - here, self.mixed(make("ind", le(i, m)), i)) + scaled(here, value))

    def truth(self, formula: Node, facts: list[Line]) -> Line:
        """1{formula} = 1 or 0, for a comparison that the facts decide."""
        script = self.script
        if formula.head == "eq":
            low, high = (self._shown(le(*sides), facts) for sides in (formula.args, formula.args[::-1]))
            shown = script.axiom("antisymmetry", (low, high), s=formula.args[0], t=formula.args[1]) if low and high else None
        else:
            shown = self._shown(formula, facts)
        if shown is not None:
            return script.axiom("indicator_true", (shown,), A=formula)
        false = script.do("impossible", (linear(script, lt(0, 0), [script.assume(formula), *facts]),))
        return script.axiom("indicator_false", (script.do("discharge", (false,), formula),), A=formula)

    def _shown(self, goal: Node, facts: list[Line]) -> Line | None:
        try:
            return linear(self.script, goal, facts)
        except Refused:
            return None

    def settled(self, m: Node, i: Node, facts: list[Line], term: Callable[[Values], Node]) -> Line:
        """The term with 1{i ≤ m}, 1{i ≤ m + 1}, 1{i = m + 1} for their values."""
        script = self.script
        formulas = (le(i, m), le(i, m + 1), eq(i, m + 1))
        values = [make("ind", formula) for formula in formulas]
        first, current = term(tuple(values)), [script.equal(term(tuple(values)), term(tuple(values)))]   # type: ignore[arg-type]
        for place, formula in enumerate(formulas):
            line = self.truth(formula, facts)
            current.append(put(script, line, partial(self._at, term, values, place)))
            values[place] = script.says(line).args[1]
        return vectors(script, eq(first, term(tuple(values))), [(line, 1) for line in current])              # type: ignore[arg-type]

    @staticmethod
    def _at(term: Callable[[Values], Node], values: list[Node], place: int, hole: Node) -> Node:
        """The term with one of the values replaced."""
        return term((*values[:place], hole, *values[place + 1:]))                              # type: ignore[arg-type]

    def agree(self, m: Node, left: Node, right: Node, left_term: Callable[[Node, Values], Node],
              right_term: Callable[[Node, Values], Node], congruent: Callable[[Node], Node]) -> Line:
        """Two products are equal, factor by factor; where i = m + 1, ``congruent`` of i and of m + 1 are equal."""
        script, j = self.script, m + 1

        def one(i: Node, inside: Line) -> Line:
            wanted = eq(*(opened(side.args[-1], (i,)) for side in (left, right)))

            def case(*facts: Line) -> Line:
                lines = [(self.settled(m, i, list(facts), lambda values: left_term(i, values)), 1),
                         (self.settled(m, i, list(facts), lambda values: right_term(i, values)), -1)]
                if len(facts) == 2:
                    same = put(script, script.axiom("antisymmetry", facts, s=i, t=j), congruent)
                    try:
                        return vectors(script, wanted, [*lines, (same, 1)])
                    except Refused:                       # which of the two sides holds the factor number i is not known here
                        return vectors(script, wanted, [*lines, (same, -1)])
                return vectors(script, wanted, lines)

            before = script.axiom("whole_step", (script.assume(lt(i, j)),), a=i, b=j)
            early = case(before)
            later = script.by_cases(j, i, case(script.assume(lt(j, i))), case(script.assume(le(i, j)), script.assume(le(j, i))))
            return script.by_cases(i, j, early, later)

        return termwise(script, left, right, one)


def injective_ball(w: Writing) -> Line:
    """u_j = ‖u_j‖e_j, and the product is linear in its factor number j: it grows when ‖u_j‖ ≤ 1 is replaced by 1."""
    net, script = Factors(w), w.script
    (short,) = w.hypotheses
    positive = known(w.prover, le(1, w.d))

    def pairing(product: Node) -> Node:
        return absolute(dot(w.T, product))

    def claim(m: Node) -> Node:
        return implies(le(m, w.p), le(pairing(net.product(num(0))), pairing(net.product(m))))

    start = script.do("discharge", (script.combine(claim(num(0)).args[1]),), le(num(0), w.p))

    def step(m: Node, known: Line) -> Line:
        premise, j = le(m + 1, w.p), m + 1
        room = script.assume(premise)
        before = script.do("detach", (known, linear(script, le(m, w.p), [room])))
        inside = in_range(script, j, w.p, [room, nonnegative(script, m)])
        u, e = w.U(j), make("dir", w.U(j))
        taken = net.agree(m, net.product(m), net.slot(m, j, u), lambda i, v: net.mixed(v[0], i),
                          lambda i, v: scaled(num(1) - v[2], net.mixed(v[0], i)) + scaled(v[2], u), w.U)
        given = net.agree(m, net.slot(m, j, e), net.product(j), lambda i, v: scaled(num(1) - v[2], net.mixed(v[0], i)) + scaled(v[2], e),
                          lambda i, v: net.mixed(v[1], i), lambda hole: make("dir", w.U(hole)))
        zero, length = make("zero", u.sort), norm(u)
        split = script.axiom("tensor_product_linear", (inside,), U=net.factor(m), u=e, v=zero, c=length, j=j, p=w.p)
        nothing = script.axiom("tensor_product_linear", (inside,), U=net.factor(m), u=zero, v=zero, c=num(1), j=j, p=w.p)
        along = put(script, script.axiom("direction", w=u), lambda hole: net.slot(m, j, hole))
        whole = vectors(script, eq(net.product(m), scaled(length, net.product(j))),
                        [(taken, 1), (along, 1), (split, 1), (nothing, -1), (given, length)])
        size = put(script, whole, pairing)
        product = times(script, script.specialise(short, j, inside), nonnegative(script, pairing(net.product(j))))
        line = linear(script, le(pairing(net.product(num(0))), pairing(net.product(j))), [before, size, product])
        return script.do("discharge", (line,), premise)

    every = by_induction(script, claim, start, step)
    line = script.do("detach", (at(script, every, w.p), script.combine(le(w.p, w.p))))

    def unit(i: Node, inside: Line) -> Line:
        true = script.axiom("indicator_true", (limits(script, inside)[1],), A=le(i, w.p))
        whole = put(script, true, lambda hole: norm(net.mixed(hole, i)))
        return linear(script, eq(norm(net.mixed(make("ind", le(i, w.p)), i)), 1),
                      [whole, script.axiom("direction_unit", (positive,), w=w.U(i))])

    def untouched(i: Node, inside: Line) -> Line:
        low = limits(script, inside)[0]
        false = script.do("impossible", (linear(script, lt(0, 0), [script.assume(le(i, 0)), low]),))
        none = script.axiom("indicator_false", (script.do("discharge", (false,), le(i, 0)),), A=le(i, 0))
        return put(script, none, lambda hole: net.mixed(hole, i))

    i = var("i·", N)
    plain = bind("tprod", [(i, net.domain)], w.U(i))
    first = put(script, termwise(script, net.product(num(0)), plain, untouched), pairing)
    bound = script.axiom("injective_norm", (everywhere(script, net.domain, unit),), T=w.T, U=net.factor(w.p), d=w.d, p=w.p)
    return linear(script, w.goal, [line, first, bound])
