"""Schur's bound on the Gram matrix of powers: ‖Σ c_i x_i^{⊗p}‖² ≤ λ_max(Σ x_i x_iᵀ)·Σ c_i² for vectors of norm at most 1."""

from __future__ import annotations

from dataclasses import dataclass

from theory.checkers.script import Line
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import bind, eq, forall, le, lt, whole
from theory.kernel.nodes import N, R, make, num, var
from theory.lemmas.derivations.basics import replaced
from theory.lemmas.derivations.rayleigh import Principle, Terms, form, largest, moment, symmetric_moment
from theory.lemmas.derivations.tools import (
    absurd,
    add_up,
    at,
    chosen,
    dot,
    known,
    linear,
    natural,
    nonnegative,
    norm,
    power,
    refuting,
    scaled,
    sum_below,
    termwise,
    times,
)
from theory.proof import Lemma


@dataclass(frozen=True)
class Powers:
    """The powers y_i = x_i^{⊗q}, z_i = x_i^{⊗(q+1)} of n vectors, and λ = λ_max(Σ x_i x_iᵀ)."""

    w: Writing
    principle: Principle
    q: Node

    @property
    def dim(self) -> Node:
        """d."""
        return self.w.V.sort.args[-1].args[0]                                                # type: ignore[union-attr, no-any-return]

    @property
    def positive(self) -> Line:
        """1 ≤ d."""
        return known(self.w.prover, le(1, self.dim))

    @property
    def top(self) -> Node:
        """λ."""
        return largest(moment(self.w.n, lambda i: num(1), self.w.V))

    def y(self, i: Node) -> Node:
        """x_i^{⊗q}."""
        return make("tpow", self.w.V(i), self.q)

    def z(self, i: Node) -> Node:
        """x_i^{⊗(q+1)}."""
        return make("tpow", self.w.V(i), self.q + 1)

    def bounded(self, goal: Node) -> Line:
        """λ_max(Σ z_i z_iᵀ) ≤ λ: for c_i = u·z_i, Q = Σ c_i² = u·Σ c_i z_i ≤ ‖Σ c_i z_i‖ ≤ √(λQ)."""
        script, matrix = self.w.script, goal.args[0].args[0]
        order = nonnegative(script, self.q + 1)
        dims = script.axiom("pow_increases", (script.combine(le(0, num(1))), self.positive, order), s=num(1), t=self.dim, q=self.q + 1)
        dims = script.restate(dims, le(1, power(self.dim, self.q + 1)))

        def show(u: Node, unit: Line) -> Line:
            def c(i: Node) -> Node:
                return dot(self.z(i), u)

            squares = add_up(self.w.n, lambda i: c(i) * c(i))
            total = add_up(self.w.n, lambda i: scaled(c(i), self.z(i)))
            below = linear(script, le(squares, norm(total)), [script.do("cauchy", (), u, total), (unit, norm(total))])
            return linear(script, le(form(matrix, u), self.top), [self._divided(squares, norm(total), below, self.combination(c))])

        return self.principle.bounded(script, dims, symmetric_moment(script, matrix), matrix, self.top, show)

    def _divided(self, Q: Node, size: Node, below: Line, squares: Line) -> Line:
        """Q ≤ λ from Q ≤ s and s² ≤ λQ: otherwise s² ≥ Q² > λQ."""
        script, goal = self.w.script, le(Q, self.top)
        negated = refuting(script, goal)
        least = self.principle.nonnegative(script, self.positive, self.w.n, self.w.V)
        above = linear(script, lt(0, Q), [negated, least])
        both = linear(script, le(0, size + Q), [above, nonnegative(script, size)])
        return absurd(script, goal, [times(script, negated, above), times(script, below, both), squares])

    def combination(self, c: Terms) -> Line:
        """‖Σ c_i z_i‖² ≤ λ Σ c_i²; the entries of the y_i get a name, so that sums over them can be exchanged."""
        script, space = self.w.script, make("fn", N, N, R)
        Y, i, e = var("Y·", space), var("i·", N), var("e·", N)

        def says(Y: Node) -> Node:
            return forall(eq(Y(i, e), self.y(i)[e]), (i, whole(N)), (e, whole(N)))

        entries = bind("lam", [(i, N), (e, N)], self.y(i)[e])
        trivial = script.do("generalise", (script.equal(self.y(i)[e], self.y(i)[e]),), e, whole(N))
        line = script.do("generalise", (trivial,), i, whole(N))
        exists = script.do("witness", (line,), bind("ex", [(Y, whole(space))], says(Y)), entries)
        return chosen(script, exists, lambda Y, lines: self._exchanged(c, Y, lines[0]), "Y")

    def _exchanged(self, c: Terms, Y: Node, entry: Line) -> Line:
        """Σ_e ‖Σ_i c_i Y_ie x_i‖² ≤ λ Σ_e Σ_i (c_i Y_ie)², each side summed over e first."""
        w, script = self.w, self.w.script
        size = power(self.dim, self.q)

        def value(e: Node) -> Node:
            total = add_up(w.n, lambda i: scaled(c(i) * Y(i, e), w.V(i)))
            return dot(total, total)

        def bound(e: Node) -> Node:
            return self.top * add_up(w.n, lambda i: c(i) * Y(i, e) * (c(i) * Y(i, e)))

        def one(e: Node, _: Line) -> Line:
            line = self.principle.combination(script, self.positive, w.n, w.V, lambda i: c(i) * Y(i, e))
            return linear(script, le(value(e), bound(e)), [line])

        sums = sum_below(script, add_up(size, value), add_up(size, bound), one, "e")

        def inner(i: Node, j: Node) -> Line:
            """Σ_e Y_ie Y_je = y_i·y_j."""
            def entries(e: Node, _: Line) -> Line:
                left, right = at(script, entry, i, e), at(script, entry, j, e)
                return linear(script, eq(Y(i, e) * Y(j, e), self.y(i)[e] * self.y(j)[e]), [(left, Y(j, e)), (right, self.y(i)[e])])
            return termwise(script, add_up(size, lambda e: Y(i, e) * Y(j, e)),
                            add_up(size, lambda e: self.y(i)[e] * self.y(j)[e]), entries, "e")

        def pair(i: Node, j: Node, Yij: Node) -> Node:
            return c(i) * c(j) * dot(w.V(i), w.V(j)) * Yij

        def over(term) -> Node:                                                              # type: ignore[no-untyped-def]
            return add_up(w.n, lambda i: add_up(w.n, lambda j: term(i, j)))

        def sides(i: Node, j: Node) -> tuple[Node, Node]:
            return pair(i, j, add_up(size, lambda e: Y(i, e) * Y(j, e))), pair(i, j, dot(self.y(i), self.y(j)))

        left, right = over(lambda i, j: sides(i, j)[0]), over(lambda i, j: sides(i, j)[1])

        def rows(i: Node, _: Line) -> Line:
            before, after = add_up(w.n, lambda j: sides(i, j)[0]), add_up(w.n, lambda j: sides(i, j)[1])
            return termwise(script, before, after, lambda j, _: linear(script, eq(*sides(i, j)), [(inner(i, j), pair(i, j, num(1)))]), "j")

        grams = termwise(script, left, right, rows)
        own = termwise(script, add_up(w.n, lambda i: c(i) * c(i) * add_up(size, lambda e: Y(i, e) * Y(i, e))),
                       add_up(w.n, lambda i: c(i) * c(i) * dot(self.y(i), self.y(i))),
                       lambda i, _: linear(script, eq(c(i) * c(i) * add_up(size, lambda e: Y(i, e) * Y(i, e)),
                                                      c(i) * c(i) * dot(self.y(i), self.y(i))), [(inner(i, i), c(i) * c(i))]))
        least = self.principle.nonnegative(script, self.positive, w.n, w.V)
        total = add_up(w.n, lambda i: scaled(c(i), self.z(i)))
        return linear(script, le(dot(total, total), self.top * add_up(w.n, lambda i: c(i) * c(i))),
                      [sums, grams, (own, self.top), times(script, self.short(c), least)])

    def short(self, c: Terms) -> Line:
        """Σ c_i²‖y_i‖² ≤ Σ c_i², since ‖x_i^{⊗q}‖ = ‖x_i‖^q ≤ 1."""
        w, script = self.w, self.w.script

        def one(i: Node, inside: Line) -> Line:
            length = norm(w.V(i))
            order = nonnegative(script, self.q)
            below = script.axiom("pow_increases", (nonnegative(script, length), script.specialise(w.hypotheses[0], i, inside), order),
                                 s=length, t=num(1), q=self.q)
            below = script.restate(below, le(power(length, self.q), 1))
            squared = linear(script, le(power(length, self.q) * power(length, self.q), 1),
                             [below, times(script, below, nonnegative(script, power(length, self.q)))])
            product = times(script, squared, script.do("square", (), c(i)))
            return linear(script, le(c(i) * c(i) * dot(self.y(i), self.y(i)), c(i) * c(i)), [product])

        return sum_below(script, add_up(w.n, lambda i: c(i) * c(i) * dot(self.y(i), self.y(i))), add_up(w.n, lambda i: c(i) * c(i)), one)


def schur_gram(above: Lemma, least: Lemma, w: Writing) -> Line:
    """p = q + 1 for a natural q, by Rayleigh's principle."""
    script, principle = w.script, Principle(above, least)

    def claim(p: Node) -> Node:
        return le(largest(moment(w.n, lambda i: num(1), lambda i: make("tpow", w.V(i), p))), largest(moment(w.n, lambda i: num(1), w.V)))

    def show(q: Node, is_rest: Line) -> Line:
        line = Powers(w, principle, q).bounded(claim(q + 1))
        return replaced(script, linear(script, eq(q + 1, w.p), [is_rest]), line, claim)

    low = linear(script, le(0, w.p - 1), [known(w.prover, le(1, w.p))])
    return script.restate(natural(script, w.p - 1, low, show), w.goal)
