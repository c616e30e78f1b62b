"""What follows from Rayleigh's principle: u·Mu ≤ λ_max(M)‖u‖², and λ_max(M) is the least such number.

The two halves are cited; every derivation here takes them as lemmas and computes with forms alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from theory.checkers.proofs import usable
from theory.checkers.schemas import variables_of
from theory.checkers.script import Line, Script, sized
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.binding import substitute
from theory.kernel.heads import eq, le, lt, whole
from theory.kernel.nodes import R, make, num
from theory.lemmas.derivations.basics import put
from theory.lemmas.derivations.small_steps import vanish
from theory.lemmas.derivations.tools import (
    add_up,
    at,
    cancelled,
    dot,
    everywhere,
    known,
    linear,
    named,
    nonnegative,
    norm,
    scaled,
    sum_below,
    times,
    unit_vector,
)
from theory.proof import Lemma

Terms = Callable[[Node], Node]


def use(script: Script, lemma: Lemma, premises: list[Line], **values: Node) -> Line:
    """A lemma at values of its variables; the premises up to normal forms."""
    schema = usable(lemma)
    by_name = variables_of((schema.premises, schema.conclusion))
    mapping = {by_name[name]: value for name, value in sized(dict(by_name), values).items() if by_name[name] is not value}
    lines = [script.restate(line, substitute(p, mapping)) for line, p in zip(premises, schema.premises, strict=True)]
    return script.use(schema, lines, mapping)


def image(matrix: Node, v: Node) -> Node:
    """Mv."""
    return make("matvec", matrix, v)


def form(matrix: Node, u: Node) -> Node:
    """u·Mu."""
    return dot(u, image(matrix, u))


def largest(matrix: Node) -> Node:
    """λ_max(M)."""
    return make("eigsum", matrix, num(1))


@dataclass(frozen=True)
class Principle:
    """Rayleigh's principle: ``above`` says u·Mu ≤ λ_max(M)‖u‖², ``least`` that a bound on the unit sphere bounds λ_max(M)."""

    above: Lemma
    least: Lemma

    # --- the principle in use -----------------------------------------------------------------------------------------------------

    def at_most(self, script: Script, positive: Line, symmetric: Line, matrix: Node, u: Node) -> Line:
        """u·Mu ≤ λ_max(M)‖u‖²."""
        return use(script, self.above, [positive, symmetric], M=matrix, u=u)

    def bounded(self, script: Script, positive: Line, symmetric: Line, matrix: Node, bound: Node,
                show: Callable[[Node, Line], Line]) -> Line:
        """λ_max(M) ≤ b; ``show`` gives u·Mu ≤ b from ‖u‖ = 1."""
        space = matrix.sort.args[0]                                                          # type: ignore[union-attr]

        def one(u: Node, inside: Line) -> Line:
            line = show(u, script.axiom("on_sphere", (inside,), u=u))
            return script.restate(line, le(form(matrix, u), bound))

        return use(script, self.least, [positive, symmetric, everywhere(script, make("sphere", space), one, "u")], M=matrix, bound=bound)

    # --- lemmas ---------------------------------------------------------------------------------------------------------------------

    def form_min(self, w: Writing) -> Line:
        """u·(−M)u ≤ λ_max(−M)‖u‖²."""
        script, opposite = w.script, scaled(-1, w.M)
        line = self.at_most(script, _positive(w), negated(script, w.M, w.hypotheses[0]), opposite, w.u)
        return linear(script, w.goal, [line])

    def rayleigh(self, w: Writing) -> Line:
        """u·(Σ v_i v_iᵀ)u = Σ (u·v_i)²."""
        script, matrix = w.script, moment(w.n, lambda i: num(1), w.V)
        line = self.at_most(script, _positive(w), symmetric_moment(script, matrix), matrix, w.u)
        return linear(script, w.goal, [line, (w.hypotheses[0], largest(matrix) * (norm(w.u) + 1))])

    def weights(self, w: Writing) -> Line:
        """Σ c_i (u·v_i)² ≤ Σ (u·v_i)² for 0 ≤ c_i ≤ 1."""
        script, plain, weighted = w.script, moment(w.n, lambda i: num(1), w.V), moment(w.n, w.F, w.V)

        def show(u: Node, unit: Line) -> Line:
            def one(i: Node, inside: Line) -> Line:
                product = times(script, script.specialise(w.hypotheses[1], i, inside), script.do("square", (), dot(w.V(i), u)))
                return linear(script, le(w.F(i) * (dot(w.V(i), u) * dot(w.V(i), u)), dot(w.V(i), u) * dot(w.V(i), u)), [product])

            sums = sum_below(script, add_up(w.n, lambda i: w.F(i) * (dot(w.V(i), u) * dot(w.V(i), u))),
                             add_up(w.n, lambda i: dot(w.V(i), u) * dot(w.V(i), u)), one)
            line = self.at_most(script, _positive(w), symmetric_moment(script, plain), plain, u)
            return linear(script, le(form(weighted, u), largest(plain)), [sums, line, (unit, largest(plain) * (norm(u) + 1))])

        return self.bounded(script, _positive(w), symmetric_moment(script, weighted), weighted, largest(plain), show)

    def centred(self, w: Writing) -> Line:
        """Σ (u·(v_i − v̄))² = Σ (u·v_i)² − (Σ u·v_i)²/n."""
        script, plain = w.script, moment(w.n, lambda i: num(1), w.V)
        middle = scaled(make("inv", w.n), add_up(w.n, w.V))
        around = moment(w.n, lambda i: num(1), lambda i: w.V(i) - middle)

        def show(u: Node, unit: Line) -> Line:
            total = add_up(w.n, lambda i: dot(w.V(i), u))
            mean = times(script, script.do("square", (), total), script.axiom("inverse_nonnegative", (nonnegative(script, w.n),), t=w.n))
            line = self.at_most(script, _positive(w), symmetric_moment(script, plain), plain, u)
            return linear(script, le(form(around, u), largest(plain)), [mean, line, (unit, largest(plain) * (norm(u) + 1))])

        return self.bounded(script, _positive(w), symmetric_moment(script, around), around, largest(plain), show)

    def spread(self, w: Writing) -> Line:
        """λ_max(M) ≤ b + w·Mw for every unit w, hence λ_max(−M) ≤ b − λ_max(M)."""
        script, opposite = w.script, scaled(-1, w.M)
        symmetric, differences = w.hypotheses
        positive = _positive(w)

        def lower(v: Node, v_unit: Line) -> Line:
            v_inside = script.axiom("in_sphere", (v_unit,), u=v)

            def upper(u: Node, u_unit: Line) -> Line:
                line = at(script, differences, (u, script.axiom("in_sphere", (u_unit,), u=u)), (v, v_inside))
                return linear(script, le(form(w.M, u), w.bound + form(w.M, v)), [line])

            line = self.bounded(script, positive, symmetric, w.M, w.bound + form(w.M, v), upper)
            return linear(script, le(form(opposite, v), w.bound - largest(w.M)), [line])

        line = self.bounded(script, positive, negated(script, w.M, symmetric), opposite, w.bound - largest(w.M), lower)
        return linear(script, w.goal, [line])

    def combination(self, script: Script, positive: Line, size: Node, V: Terms, b: Terms) -> Line:
        """‖Σ b_i v_i‖² ≤ λ_max(Σ v_i v_iᵀ)·Σ b_i².

        For S = Σ b_i v_i and μ = λ + ε > 0: 0 ≤ Σ (μ b_i − v_i·S)² ≤ μ² Σ b_i² − 2μ S·S + μ S·S; then ε → 0.
        """
        matrix = moment(size, lambda i: num(1), V)
        top, squares = largest(matrix), add_up(size, lambda i: b(i) * b(i))
        total = add_up(size, lambda i: scaled(b(i), V(i)))
        bottom = self.nonnegative(script, positive, size, V)

        def own(S: Node, is_total: Line) -> Line:
            along = self.at_most(script, positive, symmetric_moment(script, matrix), matrix, S)
            expanded = put(script, is_total, lambda hole: dot(hole, S))
            length = script.restate(script.do("square", (), norm(S)), le(0, dot(S, S)))

            def rate(e: Node, _: Line) -> Line:
                premise = make("and", lt(0, e), le(e, 1))
                above = script.do("part", (script.assume(premise),), num(0))
                mu = top + e

                def term(i: Node) -> Node:
                    return (mu * b(i) - dot(V(i), S)) * (mu * b(i) - dot(V(i), S))

                whole_ = sum_below(script, add_up(size, lambda i: num(0)), add_up(size, term),
                                   lambda i, _: script.restate(script.do("square", (), mu * b(i) - dot(V(i), S)), le(0, term(i))))
                product = linear(script, le(mu * dot(S, S), mu * (top * squares + e * squares)),
                                 [whole_, (expanded, mu), along, times(script, length, above)])
                line = cancelled(script, le(dot(S, S), top * squares + e * squares), linear(script, lt(0, mu), [above, bottom]), product)
                return script.do("discharge", (line,), premise)

            line = vanish(script, dot(S, S), top * squares, squares, everywhere(script, whole(R), rate, "e"))
            return linear(script, le(dot(total, total), top * squares), [line, put(script, is_total, lambda hole: dot(hole, hole))])

        return named(script, total, own, "S")

    def nonnegative(self, script: Script, positive: Line, size: Node, V: Terms) -> Line:
        """0 ≤ λ_max(Σ v_i v_iᵀ), by the value at some unit vector."""
        matrix = moment(size, lambda i: num(1), V)
        e, unit, _ = unit_vector(script, matrix.sort.args[0], positive)                      # type: ignore[union-attr]
        line = self.at_most(script, positive, symmetric_moment(script, matrix), matrix, e)

        def one(i: Node, _: Line) -> Line:
            return script.restate(script.do("square", (), dot(V(i), e)), le(0, dot(V(i), e) * dot(V(i), e)))

        squares = sum_below(script, add_up(size, lambda i: num(0)), add_up(size, lambda i: dot(V(i), e) * dot(V(i), e)), one)
        return linear(script, le(0, largest(matrix)), [line, squares, (unit, largest(matrix) * (norm(e) + 1))])


def _positive(w: Writing) -> Line:
    """1 ≤ d."""
    return known(w.prover, le(1, w.variables["d"]))


def moment(size: Node, weight: Terms, V: Terms) -> Node:
    """Σ c_i v_i v_iᵀ."""
    return add_up(size, lambda i: scaled(weight(i), make("outer", V(i), V(i))))


def symmetric_moment(script: Script, matrix: Node) -> Line:
    """Σ c_i v_i v_iᵀ is symmetric: u·Mv = Σ c_i (u·v_i)(v_i·v)."""
    space = make("vec", matrix.sort.args[0])                                                 # type: ignore[union-attr]

    def swap(u: Node, v: Node) -> Line:
        return script.combine(eq(dot(u, image(matrix, v)), dot(image(matrix, u), v)))

    line = everywhere(script, whole(space), lambda u, _: everywhere(script, whole(space), lambda v, _: swap(u, v), "v"), "u")
    return script.axiom("is_symmetric", (line,), S=matrix)


def negated(script: Script, matrix: Node, symmetric: Line) -> Line:
    """−M is symmetric with M."""
    space, opposite = make("vec", matrix.sort.args[0]), scaled(-1, matrix)                   # type: ignore[union-attr]

    def swap(u: Node, v: Node) -> Line:
        line = script.axiom("symmetric_swap", (symmetric,), S=matrix, u=u, v=v)
        return linear(script, eq(dot(u, image(opposite, v)), dot(image(opposite, u), v)), [line])

    line = everywhere(script, whole(space), lambda u, _: everywhere(script, whole(space), lambda v, _: swap(u, v), "v"), "u")
    return script.axiom("is_symmetric", (line,), S=opposite)
