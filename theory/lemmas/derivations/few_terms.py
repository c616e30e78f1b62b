"""Families with at most one nonzero term."""

from __future__ import annotations

from theory.checkers.script import Line, Script
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import bind, eq, forall, implies, le, lt
from theory.kernel.nodes import N, make, num, var
from theory.lemmas.derivations.tools import (
    absolute,
    add_up,
    at,
    by_induction,
    chosen,
    conjuncts,
    either_way,
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
from theory.lemmas.writing import put, replaced


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


def single_term(script: Script, F: Node, size: Node, positive: Line, products: Line) -> Line:
    """∃j: Σ F = F_j and the others vanish, from F_i F_j = 0 for i < j, by induction over the number of terms."""
    def claim(m: Node) -> Node:
        return implies(le(m + 1, size), _one_term(F, m + 1))

    def found(place: Node, inside: Line, total: Line, others: Line, m: Node) -> Line:
        line = script.do("both", (total, others))
        return script.do("witness", (line, inside), _one_term(F, m + 1), place)

    def start() -> Line:
        one = num(0) + 1
        inside = in_range(script, num(1), one, [])
        total = linear(script, eq(add_up(one, F), F(num(1))), [one_more(script, add_up(num(0), F)), no_terms(script, add_up(num(0), F))])

        def nothing(i: Node, here: Line) -> Line:
            return script.do("both", [_impossible(script, order, eq(F(i), 0), limits(script, here)) for order in (lt(i, 1), lt(1, i))])

        line = found(num(1), inside, total, everywhere(script, make("range", one), nothing), num(0))
        return script.do("discharge", (line,), le(one, size))

    def step(m: Node, known: Line) -> Line:
        premise = le(m + 1 + 1, size)
        room = script.assume(premise)
        exists = script.do("detach", (known, linear(script, le(m + 1, size), [room])))
        last, longer = m + 1 + 1, one_more(script, add_up(m + 1, F))
        low = nonnegative(script, m)
        last_inside = in_range(script, last, last, [low])

        def with_term(j: Node, lines: list[Line]) -> Line:
            (total, others), j_inside = conjuncts(script, lines[0]), lines[1]
            j_limits = limits(script, j_inside)

            def new(sign: Line) -> Line:
                """F_last ≠ 0: all earlier terms vanish."""
                b = F(last)
                unit = script.axiom("inverse_of_" + ("positive" if script.says(sign).args[1] is b else "negative"), (sign,), t=b)

                def zero(i: Node, lines: list[Line]) -> Line:
                    order = linear(script, lt(i, last), lines)
                    ends = [in_range(script, i, size, [*lines, room]), in_range(script, last, size, [low, room])]
                    product = script.do("detach", (at(script, products, (i, ends[0]), (last, ends[1])), order))
                    return linear(script, eq(F(i), 0), [(unit, F(i)), (product, inverse(b))])

                def side(i: Node, here: Line) -> Line:
                    before = lt(i, last)
                    earlier = script.do("discharge", (zero(i, [*limits(script, here), script.assume(before)]),), before)
                    return script.do("both", (earlier, _impossible(script, lt(last, i), eq(F(i), 0), limits(script, here))))

                whole = linear(script, eq(add_up(last, F), b), [longer, total, zero(j, j_limits)])
                return found(last, last_inside, whole, everywhere(script, make("range", last), side), m + 1)

            def same(zero: Line) -> Line:
                """F_last = 0: the term stays."""
                def side(i: Node, here: Line) -> Line:
                    return script.do("both", [script.do("discharge", (value(i, here, order),), order) for order in (lt(i, j), lt(j, i))])

                def value(i: Node, here: Line, order: Node) -> Line:
                    assumed, (first, end) = script.assume(order), limits(script, here)

                    def earlier(below: Line) -> Line:
                        inside = in_range(script, i, m + 1, [first, script.axiom("whole_step", (below,), a=i, b=last)])
                        return _vanishes(script, F, i, j, others, inside, assumed)

                    def at_last(above: Line) -> Line:
                        equal = script.axiom("antisymmetry", (end, above), s=i, t=last)
                        return script.chain(put(script, equal, F), zero)

                    return either_way(script, i, last, lambda line: earlier(line) if script.says(line).head == "lt" else at_last(line))

                whole = linear(script, eq(add_up(last, F), F(j)), [longer, total, zero])
                inside = in_range(script, j, last, j_limits)
                return found(j, inside, whole, everywhere(script, make("range", last), side), m + 1)

            b = F(last)
            below = new(script.assume(lt(b, 0)))
            none = script.axiom("antisymmetry", (script.assume(le(b, 0)), script.assume(le(0, b))), s=b, t=num(0))
            above = script.by_cases(num(0), b, new(script.assume(lt(0, b))), same(none))
            return script.by_cases(b, num(0), below, above)

        return script.do("discharge", (chosen(script, exists, with_term, "j"),), premise)

    every = by_induction(script, claim, start(), step)

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
