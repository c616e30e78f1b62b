"""Tails of sums of signs, and of a matrix series, from one bound that is cited."""

from __future__ import annotations

from theory.checkers.schemas import statement
from theory.checkers.script import Line
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.binding import opened
from theory.kernel.heads import bind, eq, implies, le
from theory.kernel.nodes import N, make, num, var
from theory.lemmas.derivations.basics import below_absolute
from theory.lemmas.derivations.rayleigh import use
from theory.lemmas.derivations.tools import (
    absolute,
    absolute_at_most,
    absolute_product,
    add_up,
    everywhere,
    family,
    inverse,
    inverted,
    known,
    linear,
    nonnegative,
    smaller_by_squares,
    sum_at_most,
    times,
)
from theory.proof import Lemma


def declared(w: Writing, lemma: Lemma, **lines: Line) -> list[Line]:
    """What the symbols of a lemma declare, in its order, from lines by name; 1 ≤ n and the like where nothing else is said."""
    premises, _ = statement(lemma)
    own = premises[:len(premises) - len(lemma.hypotheses)]
    names = [next(iter(p.free)).args[0] for p in own]
    return [lines[name] if name in lines else known(w.prover, p) for name, p in zip(names, own, strict=True)]


def hoeffding_signs(bounded_differences: Lemma, symmetry: Lemma, w: Writing) -> Line:
    """Σ y_i a_i changes by at most 2|a_i| with the sign y_i, and its mean is 0 since −y has the law of y."""
    script, F = w.script, w.F
    signs, y = make("signs", w.n), var("y·", make("vec", w.n))

    def total(y: Node) -> Node:
        return add_up(w.n, lambda i: y[i] * F(i))

    def pair(y: Node, z: Node) -> Line:
        def one(i: Node, _: Line) -> Line:
            return absolute_product(script, F(i), y[i] - z[i])
        line = sum_at_most(script, w.n, lambda i: F(i) * (y[i] - z[i]), lambda i: absolute(F(i)) * absolute(y[i] - z[i]), one)
        change = total(y) - total(z)
        bound = add_up(w.n, lambda i: num(2) * absolute(F(i)) * absolute(y[i] - z[i])) / 2
        same = script.combine(eq(add_up(w.n, lambda i: F(i) * (y[i] - z[i])), change))
        return absolute_at_most(script, change, bound, [line, *below_absolute(script, script.says(same).args[0]), same])

    differences = everywhere(script, signs, lambda y, _: everywhere(script, signs, lambda z, _: pair(y, z), "z"), "y")
    i = var("i·", N)
    changes = family(i, num(2) * absolute(F(i)))
    width = num(2) * w.sigma
    squares = linear(script, le(add_up(w.n, lambda i: num(4) * (F(i) * F(i))), width * width), [w.hypotheses[0]])
    positive = linear(script, le(0, width), [known(w.prover, le(0, w.sigma))])
    values = family(y, total(y))
    line = use(script, bounded_differences, [*declared(w, bounded_differences, sigma=positive), differences, squares],
               F=values, G=changes, sigma=width, s=w.s, n=w.n)
    law = use(script, symmetry, declared(w, symmetry), G=values, n=w.n)
    mean = bind("expect", [(y, signs)], total(y))
    zero = linear(script, eq(mean, 0), [law])
    event, goal_event = script.says(line).args[1], w.goal.args[1]

    def weaken(y: Node, _: Line) -> Line:
        before = le(total(y), mean + width * make("sqrt", w.s / 2))
        after = le(total(y), w.sigma * make("sqrt", num(2) * w.s))
        return script.do("discharge", (linear(script, after, [script.assume(before), zero]),), before)

    return script.combine(w.goal, ((_implied(w, event, goal_event, weaken), 1), (line, 1)))


def _implied(w: Writing, event: Node, goal: Node, weaken) -> Line:                            # type: ignore[no-untyped-def]
    """P(A) ≤ P(B) from A ⇒ B, for all signs; the implication up to normal forms."""
    script = w.script

    def show(y: Node, inside: Line) -> Line:
        wanted = implies(*(opened(side.args[-1], (y,)) for side in (event, goal)))
        return script.restate(weaken(y, inside), wanted)

    return script.do("prob_implies", (everywhere(script, event.args[0], show, "y"),), event, goal)


def hoeffding_mean(hoeffding: Lemma, w: Writing) -> Line:
    """Σ y ≤ ns and −Σ y ≤ ns, each but for a probability e^{−ns²/2}."""
    script, n, s = w.script, w.n, w.s
    root = make("sqrt", n)
    squared = script.axiom("root_squared", (nonnegative(script, n),), t=n)
    level = n * (s * s) / 2
    positive = linear(script, le(0, level), [times(script, nonnegative(script, n), script.do("square", (), s))])
    i = var("i·", N)
    given = declared(w, hoeffding, s=positive, sigma=nonnegative(script, root))
    lines = []
    for sign in (1, -1):
        small = linear(script, le(add_up(n, lambda i, sign=sign: num(sign) * num(sign)), root * root), [squared])   # type: ignore[misc]
        lines.append(use(script, hoeffding, [*given, small], F=family(i, num(sign)), sigma=root, s=level, n=n))
    events = [script.says(line).args[1] for line in lines]
    joint = script.do("prob_and", (), *events)
    both = script.says(joint).args[1]
    # √n·√(ns²) ≤ ns
    radius = make("sqrt", num(2) * level)
    inside = linear(script, le(0, num(2) * level), [positive])
    whole_square = script.axiom("root_squared", (inside,), t=num(2) * level)
    least = known(w.prover, le(0, s))
    product = times(script, nonnegative(script, root), least)
    short = smaller_by_squares(script, radius, root * s, product, linear(script, le(radius * radius, root * s * (root * s)),
                                                                         [whole_square, (squared, s * s)]))
    wide = linear(script, le(root * radius, n * s), [times(script, short, nonnegative(script, root)), (squared, s)])
    unit, small = inverted(script, linear(script, make("lt", num(0), n), [known(w.prover, le(1, n))]))

    def weaken(y: Node, _: Line) -> Line:
        total = add_up(n, lambda i: y[i])
        before = make("and", *(le(add_up(n, lambda i, sign=sign: y[i] * num(sign)), root * radius) for sign in (1, -1)))   # type: ignore[misc]
        assumed = script.assume(before)
        parts = [script.do("part", (assumed,), num(place)) for place in (0, 1)]
        size = absolute_at_most(script, total, n * s, [*parts, wide])
        product = times(script, size, script.combine(le(0, inverse(n)), ((small, 1),)))
        mean = linear(script, le(absolute(total / n), s), [product, (unit, s)])
        return script.do("discharge", (mean,), before)

    implied = _implied(w, both, w.goal.args[1], weaken)
    return linear(script, w.goal, [*lines, joint, implied])


def rademacher_outer(series: Lemma, w: Writing) -> Line:
    """The case of one summand v_i v_iᵀ each."""
    script, i, j = w.script, var("i·", N), var("j·", N)
    ones = bind("lam", [(i, N), (j, N)], num(1))
    vectors = bind("lam", [(i, N), (j, N)], w.V(i))
    given = declared(w, series, m=script.combine(le(1, num(1))))
    line = use(script, series, [*given, w.hypotheses[0]], F=ones, V=vectors, m=num(1), n=w.n, d=w.variables["d"], s=w.s, sigma=w.sigma)
    return script.restate(line, w.goal)
