"""Families with at most one nonzero term."""

from __future__ import annotations

from theory.checkers.script import Line, Script
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import bind, eq, forall, implies, le, lt
from theory.kernel.nodes import N, make, num, var
from theory.lemmas.derivations.basics import either, put, replaced
from theory.lemmas.derivations.tools import (
    AtIndex,
    absolute,
    add_up,
    at,
    by_induction,
    chosen,
    conjuncts,
    everywhere,
    in_range,
    inverse,
    known,
    limits,
    linear,
    no_terms,
    nonnegative,
    one_more,
)


def _others_vanish(F: Node, place: Node, size: Node) -> Node:
    """F_i = 0 for all i ≤ n on either side of the place."""
    i = var("i·", N)
    either = make("and", implies(lt(i, place), eq(F(i), 0)), implies(lt(place, i), eq(F(i), 0)))
    return forall(either, (i, make("range", size)))


def _one_term(F: Node, size: Node) -> Node:
    """∃j: Σ F = F_j, and the others vanish."""
    j = var("j·", N)
    return bind("ex", [(j, make("range", size))], make("and", eq(add_up(size, F), F(j)), _others_vanish(F, j, size)))


def _vanishes(script: Script, F: Node, i: Node, place: Node, others: Line, inside: Line, order: Line) -> Line:
    """F_i = 0 from i < place or place < i."""
    sides = conjuncts(script, script.specialise(others, i, inside))
    side = sides[0] if script.says(order) is lt(i, place) else sides[1]
    return script.do("detach", (side, order))


def _impossible(script: Script, premise: Node, conclusion: Node, others: list[Line]) -> Line:
    """premise ⇒ conclusion, for a premise that contradicts the lines."""
    false = linear(script, lt(0, 0), [script.assume(premise), *others])
    return script.do("discharge", (script.anything(false, conclusion),), premise)


class _SingleTerm:
    """∃j: Σ F = F_j and the others vanish, from F_i F_j = 0 for i < j, by induction over the number of terms."""

    def __init__(self, script: Script, F: Node, size: Node, products: Line) -> None:
        self.script, self.F, self.size, self.products = script, F, size, products

    def claim(self, m: Node) -> Node:
        """What is shown of the first m + 1 terms."""
        return implies(le(m + 1, self.size), _one_term(self.F, m + 1))

    def found(self, m: Node, place: tuple[Node, Line], total: Line, side: AtIndex) -> Line:
        """The conclusion of the claim, from the sum of m + 1 terms and, by ``side``, that all but the one at the place vanish."""
        script = self.script
        both = script.do("both", (total, everywhere(script, make("range", m + 1), side)))
        return script.do("witness", (both, place[1]), _one_term(self.F, m + 1), place[0])

    def start(self) -> Line:
        """One term."""
        script, F, one = self.script, self.F, num(0) + 1
        none = add_up(num(0), F)
        total = linear(script, eq(add_up(one, F), F(num(1))), [one_more(script, none), no_terms(script, none)])

        def nothing(i: Node, here: Line) -> Line:
            return script.do("both", [_impossible(script, order, eq(F(i), 0), limits(script, here)) for order in (lt(i, 1), lt(1, i))])

        line = self.found(num(0), (num(1), in_range(script, num(1), one, [])), total, nothing)
        return script.do("discharge", (line,), le(one, self.size))

    def step(self, m: Node, known: Line) -> Line:
        """One term more."""
        script, premise, b = self.script, le(m + 1 + 1, self.size), self.F(m + 1 + 1)
        room = script.assume(premise)
        exists = script.do("detach", (known, linear(script, le(m + 1, self.size), [room])))

        def with_term(j: Node, lines: list[Line]) -> Line:
            (total, others), inside = conjuncts(script, lines[0]), lines[1]

            def new(sign: Line) -> Line:
                return self.new(m, (j, inside), total, room, sign)

            none = script.axiom("antisymmetry", (script.assume(le(b, 0)), script.assume(le(0, b))), s=b, t=num(0))
            above = script.by_cases(num(0), b, new(script.assume(lt(0, b))), self.same(m, (j, inside), total, others, none))
            return script.by_cases(b, num(0), new(script.assume(lt(b, 0))), above)

        return script.do("discharge", (chosen(script, exists, with_term, "j"),), premise)

    def new(self, m: Node, place: tuple[Node, Line], total: Line, room: Line, sign: Line) -> Line:
        """The last term is not 0, so all earlier ones vanish."""
        script, F, size, last = self.script, self.F, self.size, m + 1 + 1
        b, low = F(last), nonnegative(script, m)
        unit = script.axiom("inverse_of_" + ("positive" if script.says(sign).args[1] is b else "negative"), (sign,), t=b)

        def zero(i: Node, lines: list[Line]) -> Line:
            order = linear(script, lt(i, last), lines)
            ends = [in_range(script, i, size, [*lines, room]), in_range(script, last, size, [low, room])]
            product = script.do("detach", (at(script, self.products, (i, ends[0]), (last, ends[1])), order))
            return linear(script, eq(F(i), 0), [(unit, F(i)), (product, inverse(b))])

        def side(i: Node, here: Line) -> Line:
            before = lt(i, last)
            earlier = script.do("discharge", (zero(i, [*limits(script, here), script.assume(before)]),), before)
            return script.do("both", (earlier, _impossible(script, lt(last, i), eq(F(i), 0), limits(script, here))))

        j, inside = place
        longer = one_more(script, add_up(m + 1, F))
        whole = linear(script, eq(add_up(last, F), b), [longer, total, zero(j, limits(script, inside))])
        return self.found(m + 1, (last, in_range(script, last, last, [low])), whole, side)

    def same(self, m: Node, place: tuple[Node, Line], total: Line, others: Line, zero: Line) -> Line:
        """The last term is 0, and the one before stays."""
        script, F, last, (j, inside) = self.script, self.F, m + 1 + 1, place

        def side(i: Node, here: Line) -> Line:
            return script.do("both", [script.do("discharge", (value(i, here, order),), order) for order in (lt(i, j), lt(j, i))])

        def value(i: Node, here: Line, order: Node) -> Line:
            assumed, (first, end) = script.assume(order), limits(script, here)

            def earlier(below: Line) -> Line:
                before = in_range(script, i, m + 1, [first, script.axiom("whole_step", (below,), a=i, b=last)])
                return _vanishes(script, F, i, j, others, before, assumed)

            def at_last(above: Line) -> Line:
                return script.chain(put(script, script.axiom("antisymmetry", (end, above), s=i, t=last), F), zero)

            return either(script, i, last, earlier, at_last)

        whole = linear(script, eq(add_up(last, F), F(j)), [one_more(script, add_up(m + 1, F)), total, zero])
        return self.found(m + 1, (j, in_range(script, j, last, limits(script, inside))), whole, side)


def single_term(script: Script, F: Node, size: Node, positive: Line, products: Line) -> Line:
    """∃j: Σ F = F_j and the others vanish, from F_i F_j = 0 for i < j, for 1 ≤ n terms."""
    terms = _SingleTerm(script, F, size, products)
    every = by_induction(script, terms.claim, terms.start(), terms.step)

    def at_size(q: Node, lines: list[Line]) -> Line:
        equal = linear(script, eq(q + 1, size), lines)
        line = script.do("detach", (at(script, every, q), linear(script, le(q + 1, size), [equal])))
        return replaced(script, equal, line, lambda hole: _one_term(F, hole))

    exists = script.axiom("natural_of", (linear(script, le(0, size - 1), [positive]),), a=size - 1)
    return chosen(script, exists, lambda q, lines: at_size(q, lines[:1]), "q")


def two_terms(w: Writing) -> Line:
    """Σ F = F_j and Σ G = G_k: for j ≠ k the terms F_k and G_j vanish."""
    script, (F_products, G_products, one, two) = w.script, w.hypotheses
    positive = known(w.prover, le(1, w.n))
    F_term, G_term = (single_term(script, f, w.n, positive, products)
                      for f, products in ((w.F, F_products), (w.G, G_products)))
    difference = add_up(w.n, w.F) - add_up(w.n, w.G)

    def with_places(j: Node, in_F: list[Line], k: Node, in_G: list[Line]) -> Line:
        (F_total, F_others), (G_total, G_others) = (conjuncts(script, lines[0]) for lines in (in_F, in_G))
        inside = {j: in_F[1], k: in_G[1]}

        def apart(order: Line) -> Line:
            first, second = script.says(order).args
            zeros = [_vanishes(script, w.F, k, j, F_others, inside[k], order), _vanishes(script, w.G, j, k, G_others, inside[j], order)]
            pair = script.do("detach", (at(script, two, (first, inside[first]), (second, inside[second])), order))
            four = w.F(first) - w.G(first) + w.F(second) - w.G(second)
            equal = linear(script, eq(difference, four), [F_total, G_total, *zeros])
            return linear(script, w.goal, [put(script, equal, absolute), pair])

        def together(before: Line, after: Line) -> Line:
            equal = script.axiom("antisymmetry", (after, before), s=j, t=k)
            same = put(script, equal, w.F)
            total = linear(script, eq(difference, w.F(k) - w.G(k)), [F_total, G_total, same])
            return linear(script, w.goal, [put(script, total, absolute), at(script, one, (k, inside[k]))])

        later = script.by_cases(k, j, apart(script.assume(lt(k, j))), together(script.assume(le(k, j)), script.assume(le(j, k))))
        return script.by_cases(j, k, apart(script.assume(lt(j, k))), later)

    return chosen(script, F_term, lambda j, in_F: chosen(script, G_term, lambda k, in_G: with_places(j, in_F, k, in_G), "k"), "j")
