"""Tensor powers and products, injective and nuclear norms, Taylor's formula."""

from __future__ import annotations

from collections.abc import Callable

from theory.checkers.script import Line
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.binding import closed
from theory.kernel.heads import eq, le
from theory.kernel.nodes import N, make, num
from theory.lemmas.derivations.basics import as_goal, below_absolute, cite, decided, put, replaced
from theory.lemmas.derivations.tools import everywhere, smaller_by_squares, termwise, vectors


def power_norm(w: Writing) -> Line:
    """‖x^{⊗p}‖² = (x·x)^p = (‖x‖^p)²."""
    script, (left, right) = w.script, w.goal.args
    sides = [script.do("nonnegative", (), side) for side in (left, right)]
    up = smaller_by_squares(script, left, right, sides[1], script.combine(le(left * left, right * right)))
    down = smaller_by_squares(script, right, left, sides[0], script.combine(le(right * right, left * left)))
    return cite(script, "antisymmetry", (up, down), s=left, t=right)


def equal_factors(w: Writing) -> Line:
    """⊗_s U_s = ⊗_s x = x^{⊗p}."""
    script = w.script
    left, right = (product(w, term) for term in (lambda s: w.U(s), lambda s: w.x))
    equal = termwise(w.script, left, right, lambda s, inside: script.specialise(w.hypotheses[0], s, inside))
    return script.restate(put(script, equal, lambda hole: make("dot", w.T, hole)), w.goal)


def product(w: Writing, term: Callable[[Node], Node]) -> Node:
    """⊗_{s≤p} of a term."""
    s = w.prover.fresh(N)
    return make("tprod", make("range", w.p), closed(term(s), [s]))


def multilinear(w: Writing) -> Line:
    """U, Y and Z are B with the factor number q replaced by x, x′ and w, for B_q = 0; and x = cw + x′."""
    script, other = w.script, w.variables["x'"]
    *laws, difference, nothing, inside = w.hypotheses

    def slot(value: Node) -> Node:
        def factor(s: Node) -> Node:
            here = make("ind", eq(s, w.q))
            return make("smul", num(1) - here, w.B(s)) + make("smul", here, value)
        return product(w, factor)

    def replaced(family: Node, law: Line, value: Node) -> Line:
        """⟨T, ⊗ family⟩ = ⟨T, B with the factor q replaced⟩."""
        def factor(s: Node, within: Line) -> Line:
            return _factor(w, (s, script.specialise(law, s, within)), (family(s), value), nothing)
        equal = termwise(w.script, product(w, family), slot(value), factor)
        return put(script, equal, lambda hole: make("dot", w.T, hole))

    parts = [replaced(family, law, value) for family, law, value in zip((w.U, w.Y, w.Z), laws, (w.x, other, w.w), strict=True)]
    moved = make("smul", w.c, w.w) + other
    law = cite(script, "tensor_product_linear", (inside,), U=w.B, j=w.q, p=w.p, c=w.c, u=w.w, v=other)
    whole = vectors(script, eq(w.x, moved), [(difference, 1)])
    start = put(script, whole, lambda hole: make("dot", w.T, slot(hole)))
    linear = put(script, law, lambda hole: make("dot", w.T, hole))
    return script.combine(w.goal, ((parts[0], 1), (parts[1], -1), (parts[2], -w.c), (start, 1), (linear, 1)))


def _factor(w: Writing, at: tuple[Node, Line], pair: tuple[Node, Node], nothing: Line) -> Line:
    """B_s + 1{s = q} v = (1 − 1{s = q}) B_s + 1{s = q} v, since B_q = 0."""
    script, (s, law), (left, value) = w.script, at, pair
    here = make("ind", eq(s, w.q))
    goal = eq(left, make("smul", num(1) - here, w.B(s)) + make("smul", here, value))

    def on(same: Line) -> Line:
        back = script.combine(eq(w.q, s), ((same, -1),))
        zero = replaced(script, back, nothing, lambda hole: eq(w.B(hole), make("zero", w.x.sort)))
        return script.do("equal_vectors", (law, zero), goal, num(1), here)

    def off(no: Line) -> Line:
        absent = put(script, script.axiom("indicator_false", (no,), A=eq(s, w.q)), lambda hole: make("smul", hole, w.B(s)))
        return script.do("equal_vectors", (law, absent), goal, num(1), num(1))

    return decided(script, eq(s, w.q), on, off)


def powers_symmetric(w: Writing) -> Line:
    """Powers are symmetric, and so are their combinations."""
    def power(i: Node) -> Node:
        return make("tpow", w.V(i), w.p)

    def one(i: Node, _: Line) -> Line:
        return w.script.axiom("power_symmetric", v=w.V(i), p=w.p)

    i = w.prover.fresh(N)
    family = make("lam", N, closed(power(i), [i]))
    members = everywhere(w.script, make("range", w.n), one)
    return w.script.restate(cite(w.script, "symmetric_combination", (members,), TENSORS=family, F=w.F, a=w.n, d=w.d, p=w.p), w.goal)


def injective(w: Writing) -> Line:
    """⟨T, u_1⊗…⊗u_p⟩ is at most its absolute value."""
    script = w.script
    bound = cite(script, "injective_norm", w.hypotheses, T=w.T, U=w.U, d=w.d, p=w.p)
    return as_goal(script, w.goal, below_absolute(script, w.goal.args[0])[0], bound)


def injective_power(w: Writing) -> Line:
    """v = ‖v‖e, so v^{⊗p} = ‖v‖^p e^{⊗p}."""
    script = w.script
    unit = script.axiom("direction_unit", (w.known(le(1, w.d)),), w=w.v)
    direction = make("dir", w.v)
    constant = make("lam", N, direction)
    units = everywhere(script, make("range", w.p), lambda _, __: unit)
    bound = cite(script, "injective_norm", (units,), T=w.T, U=constant, d=w.d, p=w.p)
    size = make("pow", make("norm", w.v), w.p)
    scaled = script.do("multiply", (script.do("nonnegative", (), size), bound))
    along = put(script, script.axiom("direction", w=w.v),
                      lambda hole: make("abs", make("dot", make("tpow", hole, w.p), w.T)))
    return as_goal(script, w.goal, along, scaled)


def nuclear(w: Writing) -> Line:
    """⟨T, R⟩ ≤ ‖T‖_*‖R‖."""
    script = w.script
    premise = (w.known(le(1, w.d)),)
    return script.restate(script.axiom("injective_norm_dual", premise, T=w.T, Q=w.R, d=w.d, p=w.p), w.goal)


def nuclear_least(w: Writing) -> Line:
    """The least such number."""
    sign = w.known(le(0, w.bound))
    return cite(w.script, "nuclear_norm_least", (sign, w.hypotheses[0]), c=w.bound, T=w.T, d=w.d, p=w.p)


def taylor(w: Writing) -> Line:
    """Taylor's formula for polynomials."""
    return w.script.restate(w.script.axiom("taylor", w.hypotheses, psi=w.psi, p=w.p, s=w.s, t=w.t), w.goal)
