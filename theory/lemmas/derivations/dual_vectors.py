"""Independent vectors have a point with prescribed products: by induction on their number, as Gram and Schmidt do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from theory.checkers.script import Line, Script
from theory.kernel import Node
from theory.kernel.heads import bind, eq, forall, implies, le, lt, whole
from theory.kernel.nodes import N, make, num, var
from theory.lemmas.derivations.basics import compared, either, is_one, is_zero, put, replaced
from theory.lemmas.derivations.summation import kronecker
from theory.lemmas.derivations.tools import (
    add_up,
    by_induction,
    cancelled,
    chosen,
    conjuncts,
    dot,
    everywhere,
    inverse,
    inverted,
    limits,
    linear,
    named,
    nonnegative,
    norm,
    scaled,
    termwise,
    times,
    vectors,
)

Terms = Callable[[Node], Node]


@dataclass(frozen=True)
class DualVectors:
    """Vectors w_l, l ≤ k, and bits m_l: those with m_l = 1 are independent.

    ``bits`` says ∀l m_l² = m_l, and ``independent`` ∀c (Σ c_l m_l w_l = 0 ⇒ ∀l c_l m_l = 0).
    """

    script: Script
    size: Node
    m: Terms
    w: Terms
    bits: Line
    independent: Line

    def combination(self, c: Node) -> Node:
        """x(c) = Σ c_l m_l w_l."""
        return add_up(self.size, lambda l: scaled(c[l] * self.m(l), self.w(l)))

    def met(self, l: Node, x: Node, s: Node) -> Node:
        """m_l w_l·x = m_l s_l."""
        return eq(self.m(l) * dot(self.w(l), x), self.m(l) * s[l])

    def first(self, j: Node, c: Node, s: Node) -> Node:
        """c_l = 0 beyond the first j, at which x(c) has the products s_l."""
        l = var("l·", N)
        within = make("range", self.size)
        return make("and", forall(implies(lt(j, l), eq(c[l], 0)), (l, within)),
                    forall(implies(le(l, j), self.met(l, self.combination(c), s)), (l, within)))

    def claim(self, j: Node) -> Node:
        """∀s ∃c: c has what `first` says."""
        space = make("vec", self.size)
        s, c = var("s·", space), var("c·", space)
        return forall(bind("ex", [(c, whole(space))], self.first(j, c, s)), (s, whole(space)))

    def point(self, s: Node, use: Callable[[Node, Line], Line]) -> Line:
        """What follows for a vector x and the line ∀l m_l w_l·x = m_l s_l."""
        script = self.script
        every = script.specialise(by_induction(script, self.claim, self._none(), self._step), self.size)

        def with_coefficients(c: Node, lines: list[Line]) -> Line:
            products = conjuncts(script, lines[0])[1]

            def with_point(x: Node, equal: Line) -> Line:
                def one(l: Node, inside: Line) -> Line:
                    met = script.do("detach", (script.specialise(products, l, inside), limits(script, inside)[1]))
                    return linear(script, self.met(l, x, s), [met, _paired(script, equal, self.m(l), self.w(l))])
                return use(x, everywhere(script, make("range", self.size), one, "l"))

            return named(script, self.combination(c), with_point, "x")

        return chosen(script, script.specialise(every, s), with_coefficients, "c")

    def _none(self) -> Line:
        script, space = self.script, make("vec", self.size)
        zero = make("zero", space)

        def at(s: Node, _: Line) -> Line:
            def beyond(l: Node, inside: Line) -> Line:
                return script.do("discharge", (script.combine(eq(zero[l], 0)),), lt(num(0), l))

            def before(l: Node, inside: Line) -> Line:
                early = script.assume(le(l, 0))
                line = script.anything(linear(script, lt(0, 0), [early, *limits(script, inside)]), self.met(l, self.combination(zero), s))
                return script.do("discharge", (line,), le(l, 0))

            both = self._both(num(0), zero, s, beyond, before)
            return script.do("witness", (both,), self._exists(num(0), s), zero)

        return everywhere(script, whole(space), at, "s")

    def _exists(self, j: Node, s: Node) -> Node:
        c = var("c·", make("vec", self.size))
        return bind("ex", [(c, whole(c.sort))], self.first(j, c, s))                       # type: ignore[arg-type]

    def _both(self, j: Node, c: Node, s: Node, beyond: Callable[[Node, Line], Line], before: Callable[[Node, Line], Line]) -> Line:
        within = make("range", self.size)
        parts = [everywhere(self.script, within, part, "l") for part in (beyond, before)]
        return self.script.restate(self.script.do("both", parts), self.first(j, c, s))

    def _step(self, j: Node, known: Line) -> Line:
        script, space, q = self.script, make("vec", self.size), j + 1
        products = bind("table", [(var("l·", N), make("range", self.size))], dot(self.w(var("l·", N)), self.w(q)))

        def at(s: Node, _: Line) -> Line:
            goal = self._exists(q, s)

            def with_c(c: Node, lines: list[Line]) -> Line:
                def last(inside: Line) -> Line:
                    def with_g(g: Node, found: list[Line]) -> Line:
                        return _Last(self, j, q, s, c, lines[0], g, found[0], inside, products).line(goal)
                    return chosen(script, script.specialise(known, products), with_g, "g")

                def over(high: Line) -> Line:
                    """j ≥ k: nothing is new."""
                    def beyond(l: Node, inside: Line) -> Line:
                        false = linear(script, lt(0, 0), [script.assume(lt(q, l)), high, *limits(script, inside)])
                        line = script.anything(false, eq(c[l], 0))
                        return script.do("discharge", (line,), lt(q, l))

                    def before(l: Node, inside: Line) -> Line:
                        early = linear(script, le(l, j), [high, *limits(script, inside)])
                        met = script.do("detach", (script.specialise(conjuncts(script, lines[0])[1], l, inside), early))
                        return script.do("discharge", (met,), le(l, q))

                    return script.do("witness", (self._both(q, c, s, beyond, before),), goal, c)

                below = script.assume(lt(j, self.size))
                low = linear(script, le(1, q), [nonnegative(script, j)])
                place = script.axiom("in_range", (low, script.axiom("whole_step", (below,), a=j, b=self.size)), i=q, a=self.size)
                return script.by_cases(j, self.size, last(place), over(script.assume(le(self.size, j))))

            return chosen(script, script.specialise(known, s), with_c, "c")

        return everywhere(script, whole(space), at, "s")


def _paired(script: Script, equal: Line, m: Node, w: Node) -> Line:
    """m w·x = m w·y from x = y."""
    return put(script, equal, lambda hole: m * dot(w, hole))


@dataclass(frozen=True)
class _Last:
    """The step to w_q, q = j + 1 ≤ k: ``of_c`` and ``of_g`` say what `first` says of c for s, and of g for the products with w_q."""

    dual: DualVectors
    j: Node
    q: Node
    s: Node
    c: Node
    of_c: Line
    g: Node
    of_g: Line
    inside: Line
    products: Node

    def line(self, goal: Node) -> Line:
        """Cases of m_q."""
        dual, script = self.dual, self.dual.script
        bit, square = dual.m(self.q), script.specialise(dual.bits, self.q, self.inside)

        def positive(above: Line) -> Line:
            product = linear(script, eq(bit * bit, bit), [square])
            low = cancelled(script, le(1, bit), above, linear(script, le(bit * 1, bit * bit), [product]))
            high = cancelled(script, le(bit, 1), above, linear(script, le(bit * bit, bit * 1), [product]))
            return self._new(goal, script.axiom("antisymmetry", (high, low), s=bit, t=num(1)))

        def zero(below: Line) -> Line:
            least = linear(script, le(0, bit), [square, script.do("square", (), bit)])
            return self._same(goal, script.axiom("antisymmetry", (below, least), s=bit, t=num(0)))

        return either(script, 0, bit, positive, zero)

    def _same(self, goal: Node, none: Line) -> Line:
        """m_q = 0: c does for q as well."""
        dual, script = self.dual, self.dual.script
        zeros, met = conjuncts(script, self.of_c)

        def beyond(l: Node, inside: Line) -> Line:
            later = linear(script, lt(self.j, l), [script.assume(lt(self.q, l))])
            return script.do("discharge", (script.do("detach", (script.specialise(zeros, l, inside), later)),), lt(self.q, l))

        def before(l: Node, inside: Line) -> Line:
            x = dual.combination(self.c)

            def here(known: Line, _1: Line, _2: Line, _3: Line) -> Line:
                if script.says(known).head == "lt" and script.says(known).args[0] is l:
                    early = script.axiom("whole_step", (known,), a=l, b=self.q)
                    return script.do("detach", (script.specialise(met, l, inside), linear(script, le(l, self.j), [early])))
                if script.says(known).head == "eq":
                    return self._moved(known, lambda hole: dual.met(hole, x, self.s),
                                       linear(script, dual.met(self.q, x, self.s), [(none, dot(dual.w(self.q), x) - self.s[self.q])]))
                return script.anything(linear(script, lt(0, 0), [known, script.assume(le(l, self.q))]), dual.met(l, x, self.s))

            return script.do("discharge", (compared(script, l, self.q, here),), le(l, self.q))

        return script.do("witness", (dual._both(self.q, self.c, self.s, beyond, before),), goal, self.c)

    def _moved(self, equal: Line, around: Callable[[Node], Node], at_q: Line) -> Line:
        """φ(l) from l = q and φ(q)."""
        script = self.dual.script
        l = script.says(equal).args[0]
        back = linear(script, eq(self.q, l), [equal])
        return replaced(script, back, at_q, around)

    def _new(self, goal: Node, one: Line) -> Line:
        """m_q = 1: y = x(1_q − g) has w_l·y = 0 for l ≤ j and w_q·y = ‖y‖² > 0, so that c + λ(1_q − g) does."""
        dual, script, q = self.dual, self.dual.script, self.q
        i = var("i·", N)
        body = make("ind", eq(i, q))
        table = bind("table", [(i, make("range", dual.size))], body)
        F = bind("lam", [(i, N)], body)

        def with_unit(e: Node, equal: Line) -> Line:
            def entry(l: Node, inside: Line) -> Line:
                """e_l = 1{l = q} − g_l."""
                same = put(script, equal, lambda hole: hole[l])
                return linear(script, eq(e[l], make("ind", eq(l, q)) - self.g[l]),
                              [same, script.axiom("table_entry", (inside,), F=F, i=l, n=dual.size)])
            return named(script, dual.combination(e), lambda y, is_y: self._with(goal, one, e, entry, y, is_y), "y")

        return named(script, table - self.g, with_unit, "e")

    def _with(self, goal: Node, one: Line, e: Node, entry: Callable[[Node, Line], Line], y: Node, is_y: Line) -> Line:
        dual, script, q, j = self.dual, self.dual.script, self.q, self.j
        zeros, met = conjuncts(script, self.of_g)
        m, w = dual.m, dual.w

        def vanishes(l: Node, inside: Line, early: Line) -> Line:
            """m_l w_l·y = 0 for l ≤ j."""
            at_g = script.do("detach", (script.specialise(met, l, inside), early))
            i = var("i·", N)
            F = bind("lam", [(i, N)], dot(w(i), w(q)))
            product = script.axiom("table_entry", (inside,), F=F, i=l, n=dual.size)
            paired = put(script, is_y, lambda hole: dot(w(l), hole))

            def term(i: Node) -> Node:
                return make("ind", eq(i, q)) * (m(i) * dot(w(l), w(i))) - self.g[i] * m(i) * dot(w(l), w(i))

            split = termwise(script, add_up(dual.size, lambda i: e[i] * m(i) * dot(w(l), w(i))), add_up(dual.size, term),
                             lambda i, here: linear(script, eq(e[i] * m(i) * dot(w(l), w(i)), term(i)),
                                                    [(entry(i, here), m(i) * dot(w(l), w(i)))]))
            picked = kronecker(script, lambda i: m(i) * dot(w(l), w(i)), q, dual.size, self.inside)
            return linear(script, eq(m(l) * dot(w(l), y), 0),
                          [(paired, m(l)), (split, m(l)), (picked, m(l)), at_g, (product, m(l)), (one, m(l) * dot(w(l), w(q)))])

        def at_q() -> Line:
            """w_q·y = ‖y‖²."""
            def each(i: Node, here: Line) -> Line:
                term, target = e[i] * m(i) * dot(w(i), y), make("ind", eq(i, q)) * (m(i) * dot(w(i), y))
                own = entry(i, here)

                def case(known: Line, _1: Line, same: Line, _3: Line) -> Line:
                    said = script.says(known)
                    if said.head == "lt" and said.args[0] is i:
                        early = linear(script, le(i, j), [script.axiom("whole_step", (known,), a=i, b=q)])
                        return linear(script, eq(term, target), [(vanishes(i, here, early), e[i]), (same, m(i) * dot(w(i), y))])
                    late = (linear(script, lt(j, i), [known]))
                    none = script.do("detach", (script.specialise(zeros, i, here), late))
                    return linear(script, eq(term, target), [(own, m(i) * dot(w(i), y)), (none, m(i) * dot(w(i), y))])

                return compared(script, i, q, case)

            line = termwise(script, add_up(dual.size, lambda i: e[i] * m(i) * dot(w(i), y)),
                            add_up(dual.size, lambda i: make("ind", eq(i, q)) * (m(i) * dot(w(i), y))), each)
            picked = kronecker(script, lambda i: m(i) * dot(w(i), y), q, dual.size, self.inside)
            paired = put(script, is_y, lambda hole: dot(hole, y))
            return linear(script, eq(dot(w(q), y), dot(y, y)), [line, picked, paired, (one, dot(w(q), y))])

        size = dot(y, y)
        positive = self._positive(e, entry, one, y, is_y, zeros)
        unit, _ = inverted(script, positive)

        own_product, old = at_q(), dual.combination(self.c)
        old_zeros, old_met = conjuncts(script, self.of_c)

        def with_factor(r: Node, is_r: Line) -> Line:
            new = self.c + scaled(r, e)
            return script.do("witness", (solved(new, r, is_r),), goal, new)

        def solved(new: Node, r: Node, is_r: Line) -> Line:
            """What `first` says of c + r(1_q − g)."""
            def beyond(l: Node, inside: Line) -> Line:
                late = script.assume(lt(q, l))
                later = linear(script, lt(j, l), [late])
                own, none, old_none = (entry(l, inside), script.do("detach", (script.specialise(zeros, l, inside), later)),
                                       script.do("detach", (script.specialise(old_zeros, l, inside), later)))
                off = is_zero(script, eq(l, q), lambda same: linear(script, lt(0, 0), [same, late]))
                line = linear(script, eq(new[l], 0), [(own, r), (none, r), old_none, (off, r)])
                return script.do("discharge", (line,), lt(q, l))

            def value(l: Node) -> Line:
                """m_l w_l·x(new) = m_l w_l·x(c) + r m_l w_l·y."""
                paired = put(script, is_y, lambda hole: dual.m(l) * dot(dual.w(l), hole))
                return linear(script, eq(dual.m(l) * dot(dual.w(l), dual.combination(new)),
                                         dual.m(l) * dot(dual.w(l), old) + r * dual.m(l) * dot(dual.w(l), y)), [(paired, r)])

            def before(l: Node, inside: Line) -> Line:
                goal = dual.met(l, dual.combination(new), self.s)

                def here(known: Line, _1: Line, _2: Line, _3: Line) -> Line:
                    said = script.says(known)
                    if said.head == "lt" and said.args[0] is l:
                        early = linear(script, le(l, j), [script.axiom("whole_step", (known,), a=l, b=q)])
                        had = script.do("detach", (script.specialise(old_met, l, inside), early))
                        return linear(script, goal, [value(l), had, (vanishes(l, inside, early), r)])
                    if said.head == "eq":
                        m = dual.m(q)
                        solved = linear(script, dual.met(q, dual.combination(new), self.s),
                                        [value(q), (own_product, m * r), (is_r, m * dot(y, y)),
                                         (unit, m * (self.s[q] - dot(dual.w(q), old)))])
                        return self._moved(known, lambda hole: dual.met(hole, dual.combination(new), self.s), solved)
                    return script.anything(linear(script, lt(0, 0), [known, script.assume(le(l, q))]), goal)

                return script.do("discharge", (compared(script, l, q, here),), le(l, q))

            return dual._both(q, new, self.s, beyond, before)

        return named(script, (self.s[q] - dot(w(q), old)) * inverse(size), with_factor, "r")

    def _positive(self, e: Node, entry: Callable[[Node, Line], Line], one: Line, y: Node, is_y: Line, zeros: Line) -> Line:
        """0 < ‖y‖²: else e has the combination 0, and e_q m_q = 1."""
        dual, script, q = self.dual, self.dual.script, self.q
        goal = lt(0, dot(y, y))

        def zero(below: Line) -> Line:
            none = script.axiom("antisymmetry", (below, nonnegative(script, norm(y))), s=norm(y), t=num(0))
            gone = script.do("norm_zero", (none,))
            empty = vectors(script, eq(dual.combination(e), make("zero", y.sort)), [(is_y, -1), (gone, 1)])   # type: ignore[arg-type]
            nothing = script.specialise(script.do("detach", (script.specialise(dual.independent, e), empty)), q, self.inside)
            own = entry(q, self.inside)
            off = script.do("detach", (script.specialise(zeros, q, self.inside), script.combine(lt(self.j, q))))
            equal = is_one(script, script.combine(eq(q, q)))
            return script.anything(linear(script, lt(0, 0), [nothing, (own, dual.m(q)), (off, dual.m(q)), (equal, dual.m(q)), one]), goal)

        def above(more: Line) -> Line:
            return linear(script, goal, [times(script, more, more)])

        return either(script, 0, norm(y), above, zero)
