"""Means over signs, and probabilities of consequences, conjunctions and unions."""

from __future__ import annotations

from collections.abc import Callable

from theory.checkers.script import Line
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.binding import closed, opened
from theory.kernel.heads import eq, le, lt
from theory.kernel.nodes import N, make, num
from theory.lemmas.derivations.basics import as_goal, cite, compared, decided, is_one, put
from theory.lemmas.derivations.summation import kronecker
from theory.lemmas.derivations.tools import add_up, everywhere, termwise

Probability = Callable[[Node], Node]


def mean_below(w: Writing) -> Line:
    """E F ≤ E G from F ≤ G."""
    return w.script.do("mean_below", w.hypotheses, *w.goal.args)


def mean_bound(w: Writing) -> Line:
    """E F ≤ E b = b."""
    mean, bound = w.goal.args
    constant = make("expect", *mean.args[:-1], bound)
    return as_goal(w.script, w.goal, w.script.do("mean_below", w.hypotheses, mean, constant))


def consequence(w: Writing) -> Line:
    """P(A) ≤ P(B) from A ⇒ B."""
    most, rule = w.hypotheses
    smaller, larger = w.script.says(most).args[1], w.goal.args[1]
    return as_goal(w.script, w.goal, most, w.script.do("prob_implies", (rule,), smaller, larger))


def conjunction(w: Writing) -> Line:
    """P(A) + P(B) − 1 ≤ P(A and B)."""
    events = [w.script.says(line).args[1] for line in w.hypotheses]
    return as_goal(w.script, w.goal, *w.hypotheses, w.script.do("prob_and", (), *events))


def union_bound(w: Writing) -> Line:
    """Σ_{i≤m} δ = mδ."""
    return as_goal(w.script, w.goal, w.script.do("prob_forall", w.hypotheses, w.goal.args[1]))


def all_pairs(w: Writing) -> Line:
    """Twice the union bound, over events that are sure for i ≥ j; there are n(n − 1)/2 pairs i < j."""
    script, prover, target = w.script, w.prover, w.goal.args[1]
    law, event = target.args
    law_variable = prover.fresh(law.sort.args[0])
    body = opened(event, (law_variable,))

    def probability(formula: Node) -> Node:
        return make("prob", law, closed(formula, [law_variable]))

    def row(i: Node, inside: Line) -> Line:
        rest = opened(body.args[1], (i,))

        def one(j: Node, within: Line) -> Line:
            return _pair(w, probability, opened(rest.args[1], (j,)), at(w, i, inside, j, within), (i, j))

        return script.do("prob_forall", (everywhere(script, rest.args[0], one),), probability(rest))

    rows = script.do("prob_forall", (everywhere(script, body.args[0], row),), target)
    return script.combine(w.goal, ((rows, 1), (_number_of_pairs(w, body.args[0].args[0]), w.p)))


def at(w: Writing, i: Node, inside: Line, j: Node, within: Line) -> Line:
    """The hypothesis at i and j."""
    return w.script.specialise(w.script.specialise(w.hypotheses[0], i, inside), j, within)


def _pair(w: Writing, probability: Probability, event: Node, known: Line, pair: tuple[Node, Node]) -> Line:
    """1 − p·1{i < j} ≤ P(i < j ⇒ A)."""
    script, less, law = w.script, lt(*pair), probability(event).args[0]
    goal = le(num(1) - w.p * make("ind", less), probability(event))

    def below(so: Line) -> Line:
        bound = script.do("detach", (known, so))
        weaker = everywhere(w.script, law, lambda x, _: _weaken(w, closed_event(x)))
        return script.combine(goal, ((bound, 1), (script.do("prob_implies", (weaker,), script.says(bound).args[1], probability(event)), 1),
                                     (is_one(script, so), -w.p)))

    def closed_event(x: Node) -> Node:
        return opened(probability(event).args[1], (x,))

    def otherwise(no: Line) -> Line:
        def sure(x: Node, _: Line) -> Line:
            premise, conclusion = closed_event(x).args
            false = script.do("detach", (no, script.assume(premise)))
            return script.do("discharge", (script.do("cases", (false,), conclusion),), premise)
        certain = script.do("prob_sure", (everywhere(w.script, law, sure),), probability(event))
        return script.combine(goal, ((certain, -1), (script.axiom("indicator_false", (no,), A=less), -w.p)))

    return decided(script, less, below, otherwise)


def _weaken(w: Writing, event: Node) -> Line:
    """A ⇒ (φ ⇒ A)."""
    premise, conclusion = event.args
    kept = w.script.do("discharge", (w.script.assume(conclusion),), premise)
    return w.script.do("discharge", (kept,), conclusion)


def _number_of_pairs(w: Writing, n: Node) -> Line:
    """Σ_i Σ_j 1{i < j} = n(n − 1)/2: with the pairs i > j, as many, and the n pairs i = j these are all n² pairs."""
    script = w.script

    def below(i: Node) -> Node:
        return add_up(n, lambda j: make("ind", lt(i, j)))

    def everything(i: Node) -> Node:
        return add_up(n, lambda j: make("ind", lt(i, j)) + make("ind", eq(j, i)) + make("ind", lt(j, i)))

    def row(i: Node, inside: Line) -> Line:
        def one(j: Node, _: Line) -> Line:
            goal = eq(make("ind", lt(i, j)) + make("ind", eq(j, i)) + make("ind", lt(j, i)), 1)
            return compared(script, j, i, lambda __, *values: as_goal(script, goal, *values))
        full = termwise(script, everything(i), add_up(n, lambda j: num(1)), one)
        here = kronecker(script, lambda j: num(1), i, n, inside)
        return script.combine(eq(below(i) + add_up(n, lambda j: make("ind", lt(j, i))), n - 1), ((full, 1), (here, -1)))

    sides = add_up(n, lambda i: below(i) + add_up(n, lambda j: make("ind", lt(j, i))))
    pairs = termwise(script, sides, add_up(n, lambda i: n - 1), row)
    return script.combine(eq(add_up(n, below), n * (n - 1) / 2), ((pairs, num("1/2")),))


def sign_symmetry(w: Writing) -> Line:
    """Flip all signs: the table of −1·y_i is −y."""
    script, prover, n = w.script, w.prover, w.n
    index = make("range", n)
    flips = make("table", index, num(-1))
    minus = make("lam", N, num(-1))

    def entry(i: Node, inside: Line) -> Line:
        return cite(script, "table_entry", (inside,), n=n, i=i, F=minus)

    def square(i: Node, inside: Line) -> Line:
        value = script.restate(entry(i, inside), eq(flips[i], -1))
        return script.combine(eq(flips[i] * flips[i], 1), ((value, flips[i] - 1),))

    signs = script.axiom("in_signs", (everywhere(script, index, square),), y=flips)
    law = cite(script, "signs_flip", (signs,), e=flips, H=w.G)

    def value(y: Node, _: Line) -> Line:
        table = make("table", index, closed_entry(y))

        def same_entry(i: Node, inside: Line) -> Line:
            own = cite(script, "table_entry", (inside,), n=n, i=i, F=make("lam", N, closed_entry(y)))
            return script.combine(eq((-y)[i], table[i]), ((entry(i, inside), -y[i]), (own, -1)))

        equal = script.axiom("vector_by_entries", (everywhere(script, index, same_entry),), u=-y, v=table)
        return put(script, equal, lambda hole: w.G(hole))

    def closed_entry(y: Node) -> Node:
        i = prover.fresh(N)
        return closed(flips[i] * y[i], [i])

    moved = termwise(script, w.goal.args[0], script.says(law).args[1], value)
    return script.combine(w.goal, ((moved, 1), (law, -1)))
