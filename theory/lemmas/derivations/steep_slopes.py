"""Networks with any Lipschitz activation ψ and independent rows: each neuron may be at its steepest or at its least steep.

Quotients are (ψ(t + H) − ψ(t))/H with H = e^s.  One of them bounds the mean of ψ(τ + η) − ψ(τ) over a grid of steps η in [t, t + H],
so some τ is as steep, but for an error of the order η.  No derivative of ψ is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from theory.checkers.script import Line, Script
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.binding import substitute
from theory.kernel.heads import bind, eq, forall, le, lt, whole
from theory.kernel.nodes import N, R, make, num, var
from theory.lemmas.derivations.basics import below_absolute, compared, either, put, replaced
from theory.lemmas.derivations.cells import independent_vectors
from theory.lemmas.derivations.rayleigh import use
from theory.lemmas.derivations.small_steps import vanish
from theory.lemmas.derivations.steps import sign_cases
from theory.lemmas.derivations.summation import kronecker
from theory.lemmas.derivations.tools import (
    absolute,
    absolute_at_most,
    absolute_product,
    absolute_scaled,
    absurd,
    add_up,
    at,
    by_induction,
    cancelled,
    cauchy_absolute,
    dot,
    everywhere,
    fresh,
    inverse,
    inverted,
    known,
    limits,
    linear,
    named,
    natural,
    nonnegative,
    norm,
    refuting,
    scaled,
    sum_at_most,
    termwise,
    times,
)
from theory.proof import Lemma

Terms = Callable[[Node], Node]


# --- sums of terms with a variable each ---------------------------------------------------------------------------------------------

def separated(script: Script, size: Node, F: Callable[[Node, Node], Node], G: Terms, bound: Node, below: Callable[[Node], Line],
              least: Callable[[Node, Line, Node, Line], Line]) -> Line:
    """Σ G_l ≤ b, where Σ F(l, t_l) ≤ b for every t (``below``), and ``least`` gives G_l ≤ c from ∀τ F(l, τ) ≤ c.

    By induction the first j terms are replaced, one after the other.
    """
    space = make("vec", size)

    def term(j: Node, t: Node, l: Node) -> Node:
        return F(l, t[l]) + make("ind", lt(l, j + 1)) * (G(l) - F(l, t[l]))

    def changed(j: Node, t: Node, tau: Node, known: Line, place: Line) -> Line:
        """F(q, τ) ≤ b − total + G(q), q = j + 1, from the bound for t with τ in place of t_q."""
        q, i = j + 1, var("i·", N)
        total = add_up(size, lambda l: term(q, t, l))
        body = t[i] + make("ind", eq(i, q)) * (tau - t[i])
        table, entries = bind("table", [(i, make("range", size))], body), bind("lam", [(i, N)], body)
        line = script.specialise(known, table)
        gain = F(q, tau) - G(q)

        def one(l: Node, inside: Line) -> Line:
            entry = script.axiom("table_entry", (inside,), F=entries, i=l, n=size)
            goal = eq(term(j, table, l), term(q, t, l) + make("ind", eq(l, q)) * gain)

            def case(known_: Line, _1: Line, same: Line, _3: Line) -> Line:
                said = script.says(known_)
                if said.head == "eq":
                    off, on = _off(script, lt(l, q), [known_]), _on(script, lt(l, q + 1), [known_])
                    moved = linear(script, eq(table[l], tau), [entry, (same, tau - t[l])])
                    value = put(script, moved, lambda hole: F(l, hole))
                    here = [put(script, known_, lambda hole: F(hole, tau)), put(script, known_, G)]
                    return linear(script, goal, [value, (off, G(l) - F(l, table[l])), (on, -(G(l) - F(l, t[l]))), (same, -gain), *here])
                kept = linear(script, eq(table[l], t[l]), [entry, (same, tau - t[l])])
                value = put(script, kept, lambda hole: F(l, hole))
                if said.args[0] is l:
                    ons = [_on(script, lt(l, m + 1), [known_]) for m in (j, q)]
                    return linear(script, goal, [(ons[0], G(l) - F(l, table[l])), (ons[1], -(G(l) - F(l, t[l]))), (same, -gain)])
                later = script.axiom("whole_step", (known_,), a=q, b=l)
                offs = [_off(script, lt(l, m + 1), [later]) for m in (j, q)]
                return linear(script, goal, [value, (offs[0], G(l) - F(l, table[l])), (offs[1], -(G(l) - F(l, t[l]))), (same, -gain)])

            return compared(script, l, q, case)

        split = termwise(script, add_up(size, lambda l: term(j, table, l)),
                         add_up(size, lambda l: term(q, t, l) + make("ind", eq(l, q)) * gain), one)
        picked = kronecker(script, lambda l: gain, q, size, place)
        return linear(script, le(F(q, tau), bound - total + G(q)), [line, split, picked])

    def claim(j: Node) -> Node:
        t = var("t·", space)
        return forall(le(add_up(size, lambda l: term(j, t, l)), bound), (t, whole(space)))

    def none(t: Node, _: Line) -> Line:
        def one(l: Node, inside: Line) -> Line:
            off = _off(script, lt(l, num(0) + 1), [limits(script, inside)[0]])
            return linear(script, eq(term(num(0), t, l), F(l, t[l])), [(off, G(l) - F(l, t[l]))])
        line = termwise(script, add_up(size, lambda l: term(num(0), t, l)), add_up(size, lambda l: F(l, t[l])), one)
        return linear(script, le(add_up(size, lambda l: term(num(0), t, l)), bound), [line, below(t)])

    def step(j: Node, known: Line) -> Line:
        q = j + 1

        def replace_last(t: Node, _: Line) -> Line:
            total = add_up(size, lambda l: term(q, t, l))

            def last(high: Line) -> Line:
                low = linear(script, le(1, q), [nonnegative(script, j)])
                place = script.axiom("in_range", (low, script.axiom("whole_step", (high,), a=j, b=size)), i=q, a=size)

                def at_most(tau: Node, _: Line) -> Line:
                    return changed(j, t, tau, known, place)

                every = everywhere(script, whole(R), at_most, "τ")
                return linear(script, le(total, bound), [least(q, place, bound - total + G(q), every)])

            def over(low: Line) -> Line:
                def one(l: Node, inside: Line) -> Line:
                    on = [_on(script, lt(l, m + 1), [low, *limits(script, inside)]) for m in (j, q)]
                    return linear(script, eq(term(q, t, l), term(j, t, l)), [(on[0], -(G(l) - F(l, t[l]))), (on[1], G(l) - F(l, t[l]))])
                same = termwise(script, total, add_up(size, lambda l: term(j, t, l)), one)
                return linear(script, le(total, bound), [same, script.specialise(known, t)])

            return script.by_cases(j, size, last(script.assume(lt(j, size))), over(script.assume(le(size, j))))

        return everywhere(script, whole(space), replace_last, "t")

    every = script.specialise(by_induction(script, claim, everywhere(script, whole(space), none, "t"), step), size)
    zero = make("zero", space)
    final = script.specialise(every, zero)

    def one(l: Node, inside: Line) -> Line:
        on = _on(script, lt(l, size + 1), limits(script, inside))
        return linear(script, eq(term(size, zero, l), G(l)), [(on, G(l) - F(l, zero[l]))])

    same = termwise(script, add_up(size, lambda l: term(size, zero, l)), add_up(size, G), one)
    return linear(script, le(add_up(size, G), bound), [same, final])


def _on(script: Script, formula: Node, facts: list[Line]) -> Line:
    """1{s < t} = 1 from facts that give s < t."""
    return script.axiom("indicator_true", (linear(script, formula, facts),), A=formula)


def _off(script: Script, formula: Node, facts: list[Line]) -> Line:
    """1{s < t} = 0 from facts that contradict s < t."""
    false = script.do("impossible", (linear(script, lt(0, 0), [script.assume(formula), *facts]),))
    return script.axiom("indicator_false", (script.do("discharge", (false,), formula),), A=formula)


# --- one neuron ---------------------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Climb:
    """From p to p + κ in steps of η: Dκ = ψ(p + κ) − ψ(p) (``quotient``), and x = κ/η with 0 < x (``positive``) and xη = κ (``whole``)."""

    alpha: Node
    eta: Node
    start: Node
    kappa: Node
    D: Node
    ratio: Node
    quotient: Line
    positive: Line
    whole: Line


@dataclass(frozen=True)
class Activation:
    """ψ with the line ∀s ∀t |ψ(s) − ψ(t)| ≤ L|s − t|."""

    script: Script
    psi: Node
    L: Node
    lipschitz: Line

    def chord(self, s: Node, t: Node) -> Line:
        """|ψ(s) − ψ(t)| ≤ L|s − t|."""
        return at(self.script, self.lipschitz, s, t)

    def slope_nonnegative(self) -> Line:
        """0 ≤ L."""
        one = self.chord(num(1), num(0))
        return linear(self.script, le(0, self.L), [one, nonnegative(self.script, absolute(self.psi(num(1)) - self.psi(num(0))))])

    def steep_somewhere(self, climb: Climb, c: Node, every: Line) -> Line:
        """αηD ≤ c + (1/x)·2|α|L|η| from ∀τ α(ψ(τ + η) − ψ(τ)) ≤ c."""
        script, psi, L = self.script, self.psi, self.L
        alpha, eta, start, kappa, D, ratio = climb.alpha, climb.eta, climb.start, climb.kappa, climb.D, climb.ratio
        quotient, positive, whole_ratio = climb.quotient, climb.positive, climb.whole
        size = absolute(alpha) * L * absolute(eta)

        def claim(m: Node) -> Node:
            return le(alpha * (psi(start + m * eta) - psi(start)), m * c)

        def advance(m: Node, known: Line) -> Line:
            nxt = script.specialise(every, start + m * eta)
            return linear(script, claim(m + 1), [known, nxt])

        base = script.combine(le(alpha * (psi(start + num(0) * eta) - psi(start)), num(0) * c))
        grid = by_induction(script, claim, base, advance)
        unit, inverse_positive = inverted(script, positive)
        floor = make("floor", ratio)
        low, high = script.axiom("floor_below", t=ratio), script.axiom("floor_above", t=ratio)
        integral = self._floor_nonnegative(positive, floor, high)

        def with_count(m: Node, equal: Line) -> Line:
            near, far = linear(script, le(0, ratio - m), [low, equal]), linear(script, le(ratio - m, 1), [high, equal])
            rest = self.chord(start + kappa, start + m * eta)
            gap = linear(script, eq(start + kappa - (start + m * eta), (ratio - m) * eta), [whole_ratio])
            length = script.chain(put(script, gap, absolute), absolute_scaled(script, ratio - m, eta, near))
            move = psi(start + kappa) - psi(start + m * eta)
            product = absolute_product(script, alpha, move)
            sides = below_absolute(script, alpha * move)
            scaled_rest = times(script, rest, nonnegative(script, absolute(alpha)))
            here = script.specialise(grid, m)
            # α D κ ≤ m c + (x − m) size
            total = linear(script, le(alpha * D * kappa, m * c + (ratio - m) * size),
                           [here, product, *sides, scaled_rest, (length, absolute(alpha) * L), (quotient, alpha)])
            zero = script.specialise(every, num(0))
            least_chord = self.chord(num(0) + eta, num(0))
            change = psi(num(0) + eta) - psi(num(0))
            low_product = absolute_product(script, alpha, change)
            low_scaled = times(script, least_chord, nonnegative(script, absolute(alpha)))
            least = linear(script, le(-size, c), [zero, low_product, *below_absolute(script, alpha * change), low_scaled])
            more = times(script, near, linear(script, le(size - c, size * 2), [least]))
            sizes = (nonnegative(script, absolute(t)) for t in (alpha, eta))
            size_nonnegative = times(script, *sizes, self.slope_nonnegative())
            most = times(script, far, linear(script, le(0, size * 2), [size_nonnegative]))
            bound = linear(script, le(alpha * D * kappa, ratio * c + size * 2), [total, more, most])
            through = times(script, bound, script.weaken(inverse_positive))
            return linear(script, le(alpha * eta * D, c + inverse(ratio) * size * 2),
                          [through, (whole_ratio, alpha * D * inverse(ratio)), (unit, c - alpha * D * eta)])

        return natural(script, floor, integral, with_count, "m")

    def _floor_nonnegative(self, positive: Line, floor: Node, high: Line) -> Line:
        """0 ≤ ⌊x⌋ for x > 0: whole numbers above −1 are at least 0."""
        script = self.script
        above = linear(script, lt(-1, floor), [positive, high])
        step = script.axiom("whole_step", (above,), a=num(-1), b=floor)
        return linear(script, le(0, floor), [step])


# --- extreme slopes -----------------------------------------------------------------------------------------------------------------

class Slopes:
    """The extreme slopes of a Lipschitz ψ as suprema of quotients."""

    def __init__(self, script: Script, psi: Node, L: Node, lipschitz: Line) -> None:
        self.script, self.psi, self.neuron = script, psi, Activation(script, psi, L, lipschitz)
        self.high, self.low = self.supremum(1), num(-1) * self.supremum(-1)

    def supremum(self, sign: int) -> Node:
        """sup (ψ(t + e^s) − ψ(t))e^{−s}, or that of −ψ."""
        s, t = var("s·", R), var("t·", R)
        return bind("sup", [(s, whole(R)), (t, whole(R))], num(sign) * self.quotient(s, t))

    def quotient(self, s: Node, t: Node) -> Node:
        """(ψ(t + e^s) − ψ(t))e^{−s}."""
        return (self.psi(t + make("exp", s)) - self.psi(t)) * make("exp", -s)

    def bounded(self, sign: int) -> Line:
        """Quotients are at most L."""
        script, L, supremum = self.script, self.neuron.L, self.supremum(sign)

        def one(s: Node, t: Node) -> Line:
            step, back = make("exp", s), make("exp", -s)
            chord = self.neuron.chord(t + step, t)
            size = script.axiom("abs_of_nonnegative", (nonnegative(script, step),), t=step)
            change = self.psi(t + step) - self.psi(t)
            most = linear(script, le(num(sign) * change, L * step), [chord, *below_absolute(script, change), (size, L)])
            return linear(script, le(num(sign) * self.quotient(s, t), L), [times(script, most, nonnegative(script, back))])

        line = everywhere(script, whole(R), lambda s, _: everywhere(script, whole(R), lambda t, _: one(s, t), "t"), "s")
        return script.do("bounded_by", (line,), make("bounded", *supremum.args), L)

    def above(self, sign: int, s: Node, t: Node) -> Line:
        """±quotient ≤ its supremum."""
        inside = [self.script.do("anywhere", (), x, whole(R)) for x in (s, t)]
        return self.script.do("sup_above", (self.bounded(sign), *inside), self.supremum(sign), s, t)

    def ordered(self) -> Line:
        """low ≤ high."""
        return linear(self.script, le(self.low, self.high), [self.above(sign, num(0), num(0)) for sign in (1, -1)])

    def chord(self, s: Node, t: Node, m: Node, is_m: Line, r: Node, is_r: Line) -> list[Line]:
        """±(ψ(s) − ψ(t) − m(s − t)) ≤ r|s − t|, m and r the middle and half the length of [low, high]."""
        script = self.script
        change = self.psi(s) - self.psi(t) - m * (s - t)

        def side(sign: int) -> Line:
            goal = le(num(sign) * change, r * absolute(s - t))

            def apart(first: Node, last: Node, positive: Line) -> Line:
                """first < last."""
                direction = sign if last is s else -sign
                gap = last - first
                step = script.axiom("exp_of_log", (positive,), t=gap)
                h = make("log", gap)
                to = linear(script, eq(first + make("exp", h), last), [step])
                value = put(script, to, self.psi)
                line = self.above(direction, h, first)
                product = times(script, line, nonnegative(script, make("exp", h)))
                size = script.axiom("abs_of_nonnegative", (linear(script, le(0, gap), [positive]),), t=gap)
                return linear(script, goal, [product, value, (step, self.supremum(direction)), (step, num(1)), (size, r),
                                             (is_m, num(sign) * (s - t)), (is_r, gap)])

            def equal(low: Line, high: Line) -> Line:
                same = script.axiom("antisymmetry", (low, high), s=s, t=t)
                value = put(script, same, self.psi)
                return linear(script, goal, [value, (same, num(sign) * m), put(script, same, lambda hole: r * absolute(hole - t)),
                                             ])

            below, above = script.assume(lt(s, t)), script.assume(lt(t, s))
            inner = script.by_cases(t, s, apart(t, s, linear(script, lt(0, s - t), [above])),
                                    equal(script.assume(le(s, t)), script.assume(le(t, s))))
            return script.by_cases(s, t, apart(s, t, linear(script, lt(0, t - s), [below])), inner)

        return [side(1), side(-1)]


def slopes_ordered(w: Writing) -> Line:
    """By the quotient at 0."""
    return linear(w.script, w.goal, [Slopes(w.script, w.psi, w.L, w.hypotheses[0]).ordered()])


# --- the network --------------------------------------------------------------------------------------------------------------------

class SteepNetwork:
    """f(x) = c + v·x + Σ a_l ψ(w_l·x + b_l) on R^d, with independent w_l and signs s_l."""

    def __init__(self, w: Writing) -> None:
        self.w, self.script = w, w.script
        self.equation, self.independent, lipschitz, self.squares = w.hypotheses
        self.slopes = Slopes(self.script, w.psi, w.L, lipschitz)
        self.neuron = self.slopes.neuron
        self.space = whole(w.v.sort)                                                        # type: ignore[arg-type]

    def inside(self, l: Node, x: Node) -> Node:
        """The preactivation w_l·x + b_l."""
        return dot(self.w.W[l], x) + self.w.b[l]

    def rest(self, x: Node) -> Node:
        """Σ a_l ψ(w_l·x + b_l)."""
        return add_up(self.w.k, lambda l: self.w.a[l] * self.w.psi(self.inside(l, x)))

    def value(self, x: Node) -> Line:
        """f(x) = c + v·x + Σ …"""
        line = self.script.specialise(self.equation, x)
        return linear(self.script, eq(self.w.f(x), self.w.c + dot(self.w.v, x) + self.rest(x)), [line])

    def lipschitz(self) -> Line:
        """f is Lipschitz, with the constant ‖v‖ + LΣ|a_l|‖w_l‖."""
        script, w = self.script, self.w
        constant = norm(w.v) + add_up(w.k, lambda l: w.L * absolute(w.a[l]) * norm(w.W[l]))

        def pair(x: Node, z: Node) -> Line:
            length, change = norm(x - z), self.rest(x) - self.rest(z)

            def move(l: Node) -> Node:
                return w.psi(self.inside(l, x)) - w.psi(self.inside(l, z))

            def one(l: Node, _: Line) -> Line:
                chord, angle = self.neuron.chord(self.inside(l, x), self.inside(l, z)), cauchy_absolute(script, w.W[l], x - z)
                steep = times(script, angle, self.neuron.slope_nonnegative())
                total = linear(script, le(absolute(move(l)), w.L * norm(w.W[l]) * length), [chord, steep])
                product = times(script, total, nonnegative(script, absolute(w.a[l])))
                split = absolute_product(script, w.a[l], move(l))
                return linear(script, le(absolute(w.a[l] * move(l)), w.L * absolute(w.a[l]) * norm(w.W[l]) * length), [product, split])

            line = sum_at_most(script, w.k, lambda l: w.a[l] * move(l), lambda l: w.L * absolute(w.a[l]) * norm(w.W[l]) * length, one)
            equal = script.combine(eq(add_up(w.k, lambda l: w.a[l] * move(l)), change))
            facts = [self.value(x), self.value(z), *below_absolute(script, change), line, put(script, equal, absolute),
                     cauchy_absolute(script, w.v, x - z), *below_absolute(script, dot(w.v, x - z))]
            return absolute_at_most(script, w.f(x) - w.f(z), constant * length, facts)

        every = everywhere(script, self.space, lambda x, _: everywhere(script, self.space, lambda z, _: pair(x, z), "z"), "x")
        return script.axiom("is_lipschitz", (every,), f=w.f, c=constant, D=self.space)

    def moved(self, lipschitz: Line, h: Node, positive: Line, g: Node, t: Node) -> Line:
        """Σ a_l(ψ(t_l + h w_l·g) − ψ(t_l)) ≤ h(Lip‖g‖ − v·g), at a point where the preactivations are t."""
        script, w = self.script, self.w
        lip = make("lip", w.f, self.space)

        def at_point(x: Node, met: Line) -> Line:
            y = x + scaled(h, g)

            def one(l: Node, inside: Line) -> Line:
                level = linear(script, eq(self.inside(l, x), t[l]), [script.specialise(met, l, inside)])
                after = linear(script, eq(self.inside(l, y), t[l] + h * dot(w.W[l], g)), [level])
                values = [put(script, line, lambda hole: w.a[l] * w.psi(hole)) for line in (after, level)]
                goal = eq(w.a[l] * (w.psi(t[l] + h * dot(w.W[l], g)) - w.psi(t[l])),
                          w.a[l] * w.psi(self.inside(l, y)) - w.a[l] * w.psi(self.inside(l, x)))
                return linear(script, goal, values)

            sums = termwise(script, add_up(w.k, lambda l: w.a[l] * (w.psi(t[l] + h * dot(w.W[l], g)) - w.psi(t[l]))),
                            add_up(w.k, lambda l: w.a[l] * w.psi(self.inside(l, y)) - w.a[l] * w.psi(self.inside(l, x))), one)
            anywhere = [script.do("anywhere", (), point, self.space) for point in (y, x)]
            chord = script.axiom("lip_bound", (lipschitz, *anywhere), f=w.f, D=self.space, u=y, v=x)
            size = put(script, script.axiom("abs_of_nonnegative", (script.weaken(positive),), t=h), lambda hole: hole * lip * norm(g))
            goal = le(script.says(sums).args[0], h * (lip * norm(g) - dot(w.v, g)))
            return linear(script, goal, [sums, self.value(x), self.value(y), chord, size, *below_absolute(script, w.f(y) - w.f(x))])

        return independent_vectors(script, w.W, self.independent).point(t - w.b, at_point)

    # --- quotients ------------------------------------------------------------------------------------------------------------------

    def reached(self, sign: int, A: Node, rest: Node, every: Callable[[Node, Node], Line]) -> Line:
        """A·S ≤ r, where S is ± the supremum of ±quotients and ``every`` gives A·quotient ≤ r."""
        script, supremum = self.script, self.slopes.supremum(sign)
        S, zero = num(sign) * supremum, num(0)
        goal = le(A * S, rest)

        def value(s: Node, t: Node) -> Node:
            return num(sign) * self.slopes.quotient(s, t)

        def steep(more: Line) -> Line:
            """0 < ±A: the quotients are at most r/|A|."""
            size = num(sign) * A
            unit, inverse_positive = inverted(script, more)
            bound = rest * inverse(size)

            def one(s: Node, t: Node) -> Line:
                product = times(script, every(s, t), script.weaken(inverse_positive))
                return linear(script, le(value(s, t), bound), [product, (unit, value(s, t))])

            line = everywhere(script, whole(R), lambda s, _: everywhere(script, whole(R), lambda t, _: one(s, t), "t"), "s")
            inside = script.do("anywhere", (), zero, whole(R))
            least = script.do("sup_least_over", (line, inside, inside), supremum, bound, zero, zero)
            product = times(script, least, script.weaken(more))
            return linear(script, goal, [product, (unit, rest)])

        def flat(less: Line) -> Line:
            """±A ≤ 0: the quotient at 0 is no more than the supremum."""
            return linear(script, goal, [times(script, self.slopes.above(sign, zero, zero), less), every(zero, zero)])

        return either(script, zero, num(sign) * A, lambda line: steep(line) if script.says(line).head == "lt" else flat(line))


def steep_gradient(w: Writing) -> Line:
    """‖g‖ ≤ Lip for g = v + Σ a_l S_l w_l, S_l the largest or the least slope of ψ: S_l for quotients, small steps along g, and limits."""
    net, script = SteepNetwork(w), w.script
    high, low = net.slopes.high, net.slopes.low
    g_term = w.v + add_up(w.k, lambda l: scaled(w.a[l] * ((num(1) + w.s[l]) / 2 * high + (num(1) - w.s[l]) / 2 * low), w.W[l]))

    def along(g: Node, is_g: Line) -> Line:
        lip, lipschitz = make("lip", w.f, net.space), net.lipschitz()
        parts = [add_up(w.k, lambda l, sign=sign: w.a[l] * ((num(1) + num(sign) * w.s[l]) / 2) * dot(w.W[l], g)) for sign in (1, -1)]
        room = lip * norm(g) - dot(w.v, g)

        def for_quotients(s: Node, t: Node, s_: Node, t_: Node) -> Line:
            """A₊·quotient(s, t) + A₋·quotient(s′, t′) ≤ Lip‖g‖ − v·g."""
            return _quotients(net, lipschitz, g, (s, t, s_, t_), parts, room)

        def high_first(s_: Node, t_: Node) -> Line:
            low_part = parts[1] * net.slopes.quotient(s_, t_)
            line = net.reached(1, parts[0], room - low_part,
                               lambda s, t: linear(script, le(parts[0] * net.slopes.quotient(s, t), room - low_part),
                                                   [for_quotients(s, t, s_, t_)]))
            return linear(script, le(parts[1] * net.slopes.quotient(s_, t_), room - parts[0] * high), [line])

        line = net.reached(-1, parts[1], room - parts[0] * high, high_first)
        paired = put(script, is_g, lambda hole: dot(hole, g))
        product = linear(script, le(norm(g) * norm(g), lip * norm(g)), [line, paired])
        shorter = _shorter(script, g, lip, product)
        return linear(script, w.goal, [shorter, put(script, is_g, norm)])

    return named(script, g_term, along, "g")


def _shorter(script: Script, g: Node, lip: Node, product: Line) -> Line:
    """‖g‖ ≤ Lip from ‖g‖² ≤ Lip‖g‖."""
    goal = le(norm(g), lip)
    negated = refuting(script, goal)
    positive = linear(script, lt(0, norm(g)), [negated, nonnegative(script, lip)])
    return absurd(script, goal, [times(script, negated, positive), product])


def _quotients(net: SteepNetwork, lipschitz: Line, g: Node, at_: tuple[Node, Node, Node, Node], parts: list[Node], room: Node) -> Line:
    """The bound for two quotients, as the limit of small steps h."""
    script, w = net.script, net.w
    s, t, s_, t_ = at_
    back = make("exp", -s) + make("exp", -s_)
    total = parts[0] * net.slopes.quotient(s, t) + parts[1] * net.slopes.quotient(s_, t_)

    def slope(l: Node) -> Node:
        return (num(1) + w.s[l]) / 2 * net.slopes.quotient(s, t) + (num(1) - w.s[l]) / 2 * net.slopes.quotient(s_, t_)

    def price(l: Node) -> Node:
        return absolute(w.a[l]) * w.L * dot(w.W[l], g) * dot(w.W[l], g) * back * 2

    def small(h: Node, positive: Line) -> Line:
        """total ≤ room + h Σ price."""
        def F(l: Node, tau: Node) -> Node:
            return w.a[l] * (w.psi(tau + h * dot(w.W[l], g)) - w.psi(tau))

        def G(l: Node) -> Node:
            return h * (w.a[l] * dot(w.W[l], g) * slope(l)) - h * h * price(l)

        def least(l: Node, inside: Line, c: Node, every: Line) -> Line:
            return _one_neuron(Neuron(net, h, positive, g, at_, l, inside), c, every, slope(l), le(G(l), c))

        line = separated(script, w.k, F, G, h * room, lambda t: net.moved(lipschitz, h, positive, g, t), least)
        prices = add_up(w.k, price)
        scaled_line = linear(script, le(h * total, h * (room + h * prices)), [line])
        return cancelled(script, le(total, room + h * prices), positive, scaled_line)

    h = fresh(script, "h", R)
    condition = make("and", lt(0, h), le(h, 1))
    inner = small(h, script.do("part", (script.assume(condition),), num(0)))
    rate = script.do("generalise", (script.do("discharge", (inner,), condition),), h, whole(R))
    return vanish(script, total, room, add_up(w.k, price), rate)


@dataclass(frozen=True)
class Neuron:
    """The neuron l of a network, a step h > 0 along g, and the places of two quotients."""

    net: SteepNetwork
    h: Node
    positive: Line
    g: Node
    places: tuple[Node, Node, Node, Node]
    l: Node
    inside: Line


def _one_neuron(neuron: Neuron, c: Node, every: Line, slope: Node, goal: Node) -> Line:
    """G_l ≤ c: by the sign s_l the quotient, and by the sign of θ = w_l·g the end of its interval to start from."""
    net, h, positive, l = neuron.net, neuron.h, neuron.positive, neuron.l
    script, w = net.script, net.w
    s, t, s_, t_ = neuron.places
    theta, alpha = dot(w.W[l], neuron.g), w.a[l]
    backs = [nonnegative(script, make("exp", -x)) for x in (s, s_)]

    def with_sign(sign: Line) -> Line:
        up = script.says(sign).args[1] is num(1)
        s0, t0, other = (s, t, backs[1]) if up else (s_, t_, backs[0])
        step, back, D = make("exp", s0), make("exp", -s0), net.slopes.quotient(s0, t0)
        chosen_slope = (sign, h * alpha * theta * (net.slopes.quotient(s, t) - net.slopes.quotient(s_, t_)) / 2)
        size_least = times(script, nonnegative(script, absolute(alpha)), net.neuron.slope_nonnegative(), script.do("square", (), theta))
        extra = times(script, other, size_least, script.do("square", (), h))

        def towards(direction: int, side: Line) -> Line:
            """θ > 0 from t₀ up, θ < 0 from t₀ + H down: κ = ±H."""
            kappa = num(direction) * step
            start = t0 if direction == 1 else t0 + step
            quotient = linear(script, eq(D * kappa, w.psi(start + kappa) - w.psi(start)), [])
            eta = h * theta
            size_of = eta if direction == 1 else -eta
            sized = linear(script, lt(0, size_of), [times(script, side, positive)])
            unit, inverse_positive = inverted(script, sized)
            ratio = step * inverse(size_of)
            step_positive = script.axiom("exp_positive", t=s0)
            ratio_positive = script.restate(times(script, step_positive, inverse_positive), lt(0, ratio))
            whole_ratio = linear(script, eq(ratio * eta, kappa), [(unit, kappa)])
            line = net.neuron.steep_somewhere(
                Climb(alpha, eta, start, kappa, D, ratio, quotient, ratio_positive, whole_ratio), c, every)
            flipped, _ = inverted(script, ratio_positive)
            # 1/x = h|θ|/H, and |η| = h|θ|
            inverse_is = linear(script, eq(inverse(ratio), size_of * back),
                                [(whole_ratio, num(direction) * back * inverse(ratio)), (flipped, size_of * back)])
            length = _length(script, eta, direction, sized)
            both = linear(script, eq(inverse(ratio) * absolute(eta), eta * eta * back),
                          [(inverse_is, absolute(eta)), (length, size_of * back)])
            return linear(script, goal, [line, (both, absolute(alpha) * w.L * 2), chosen_slope, extra])

        def flat(low: Line, high: Line) -> Line:
            none = script.axiom("antisymmetry", (low, high), s=theta, t=num(0))
            here = script.specialise(every, num(0))
            still = put(script, none, lambda hole: alpha * w.psi(num(0) + h * hole))
            price = absolute(alpha) * w.L * (make("exp", -s) + make("exp", -s_)) * 2
            zero = [(none, h * alpha * slope), (none, -(h * h * price * theta))]
            return linear(script, goal, [here, still, *zero])

        below = script.assume(lt(theta, 0))
        above = script.assume(lt(0, theta))
        inner = script.by_cases(num(0), theta, towards(1, above), flat(script.assume(le(theta, 0)), script.assume(le(0, theta))))
        return script.by_cases(theta, num(0), towards(-1, linear(script, lt(0, -theta), [below])), inner)

    return sign_cases(script, w.s[l], script.specialise(net.squares, l, neuron.inside), with_sign)


def _length(script: Script, eta: Node, direction: int, sized: Line) -> Line:
    """|η| = ±η."""
    if direction == 1:
        return script.axiom("abs_of_nonnegative", (script.weaken(sized),), t=eta)
    return linear(script, eq(absolute(eta), -eta),
                  [script.axiom("abs_of_nonpositive", (linear(script, le(eta, 0), [sized]),), t=eta)])


# --- ψ without its mean slope -------------------------------------------------------------------------------------------------------

def centred_activation(kantorovich: Lemma, w: Writing) -> Line:
    """φ(t) = ψ(t) − mt has the constant ω/2, m and ω/2 the middle and half the length of [low, high]; then Kantorovich–Rubinstein."""
    script, (lipschitz, weights) = w.script, w.hypotheses
    slopes = Slopes(script, w.psi, w.L, lipschitz)
    middle, half = (slopes.high + slopes.low) / 2, (slopes.high - slopes.low) / 2

    def with_numbers(m: Node, is_m: Line) -> Line:
        def with_half(r: Node, is_r: Line) -> Line:
            t = var("t·", R)
            phi = bind("lam", [(t, R)], w.psi(t) - m * t)

            def pair(s: Node, t: Node) -> Line:
                return absolute_at_most(script, phi(s) - phi(t), r * absolute(s - t), slopes.chord(s, t, m, is_m, r, is_r))

            short = everywhere(script, whole(R), lambda s, _: everywhere(script, whole(R), lambda t, _: pair(s, t), "t"), "s")
            nonneg = linear(script, le(0, r), [is_r, slopes.ordered()])
            declared = [known(w.prover, line) for line in (le(1, w.n), le(0, w.scale))]
            line = use(script, kantorovich, [nonneg, *declared, short, weights] , L=r, psi=phi)
            value = add_up(w.n, lambda i: w.F(i) * (w.psi(w.scale * w.T(i) + w.shift) - m * (w.scale * w.T(i))))
            left = script.says(line).args[0].args[0]
            moved = linear(script, eq(left, value), [(weights, -(m * w.shift))])
            integral = script.says(line).args[1]
            goal = le(absolute(value), integral)
            final = linear(script, goal, [line, put(script, moved, absolute)])
            back_m = linear(script, eq(m, middle), [is_m])
            back_r = linear(script, eq(r, half), [is_r])
            first = replaced(script, back_m, final, lambda hole: substitute(goal, {m: hole}))
            in_middle = substitute(goal, {m: middle})
            return script.restate(replaced(script, back_r, first, lambda hole: substitute(in_middle, {r: hole})), w.goal)

        return named(script, half, with_half, "r")

    return named(script, middle, with_numbers, "m")
