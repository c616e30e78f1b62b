"""Unit vectors: the standard basis, one that is orthogonal to two others, and lengths that are 1."""

from __future__ import annotations

from collections.abc import Callable

from theory.checkers.script import Line, Script
from theory.kernel import Node
from theory.kernel.heads import FALSE, bind, eq, implies, le, lt
from theory.kernel.nodes import N, make, num, var
from theory.lemmas.derivations.basics import put
from theory.lemmas.derivations.summation import kronecker
from theory.lemmas.derivations.tools import (
    absurd,
    add_up,
    chosen,
    dot,
    inverse,
    inverted,
    linear,
    named,
    nonnegative,
    norm,
    refuting,
    scaled,
    smaller_by_squares,
    sum_below,
    termwise,
    times,
)


class Basis:
    """The vector e_j of the standard basis of R^d, for j in {1, …, d}."""

    def __init__(self, script: Script, size: Node, j: Node, inside: Line) -> None:
        self.script, self.size, self.j, self.inside = script, size, j, inside
        i = var("i·", N)
        self.vector = bind("table", [(i, make("range", size))], make("ind", eq(i, j)))
        self.entries = bind("lam", [(i, N)], make("ind", eq(i, j)))

    def picks(self, F: Callable[[Node], Node]) -> Line:
        """Σ_i (e_j)_i F(i) = F(j)."""
        script, e = self.script, self.vector

        def one(i: Node, here: Line) -> Line:
            return put(script, script.axiom("table_entry", (here,), F=self.entries, i=i, n=self.size), lambda hole: hole * F(i))

        picked = add_up(self.size, lambda i: make("ind", eq(i, self.j)) * F(i))
        entries = termwise(script, add_up(self.size, lambda i: e[i] * F(i)), picked, one)
        return script.chain(entries, kronecker(self.script, F, self.j, self.size, self.inside))

    def entry(self, u: Node) -> Line:
        """e_j·u = u_j."""
        return linear(self.script, eq(dot(self.vector, u), u[self.j]), [self.picks(lambda i: u[i])])

    def unit(self) -> Line:
        """e_j·e_j = 1."""
        script, e = self.script, self.vector
        own = script.axiom("table_entry", (self.inside,), F=self.entries, i=self.j, n=self.size)
        true = script.axiom("indicator_true", (script.combine(eq(self.j, self.j)),), A=eq(self.j, self.j))
        return linear(script, eq(dot(e, e), 1), [self.picks(lambda i: e[i]), own, true])


def unit_length(script: Script, v: Node, square: Line) -> Line:
    """‖v‖ = 1 from v·v = 1."""
    sides = [linear(script, le(s, t), [square]) for s, t in ((norm(v) * norm(v), num(1) * num(1)), (num(1) * num(1), norm(v) * norm(v)))]
    low = smaller_by_squares(script, norm(v), num(1), nonnegative(script, num(1)), sides[0])
    high = smaller_by_squares(script, num(1), norm(v), nonnegative(script, norm(v)), sides[1])
    return script.axiom("antisymmetry", (low, high), s=norm(v), t=num(1))


def direction_of(script: Script, v: Node, positive: Line, dims: Line, across: list[Line]) -> tuple[Node, Line, list[Line], Line]:
    """The direction g of v ≠ 0: ‖g‖ = 1, x·g = 0 for each line x·v = 0, and v·g = ‖v‖ with 0 < ‖v‖; ``positive`` says 0 < v·v."""
    g, goal = make("dir", v), lt(0, norm(v))
    negated = refuting(script, goal)
    length = absurd(script, goal, [times(script, negated, nonnegative(script, norm(v))), positive])
    unit, along = script.axiom("direction_unit", (dims,), w=v), script.axiom("direction", w=v)
    one = inverted(script, length)[0]
    zeros = []
    for line in across:
        x = next(a for a in script.says(line).args[0].args if a is not v)
        product = linear(script, eq(norm(v) * dot(x, g), 0), [put(script, along, lambda hole, x=x: dot(x, hole)), line])   # type: ignore[misc]
        zeros.append(linear(script, eq(dot(x, g), 0), [(one, dot(x, g)), (product, inverse(norm(v)))]))
    own = linear(script, eq(dot(v, g), norm(v)), [put(script, along, lambda hole: dot(hole, g)), (unit, norm(v) * (norm(g) + 1))])
    return g, unit, zeros, linear(script, lt(0, dot(v, g)), [own, length])


def orthogonal_unit(script: Script, u: Node, e: Node, size: Node, dims: Line, facts: tuple[Line, Line, Line, Callable[[Node], Line]],
                    use: Callable[[Node, Line, Line, Line], Line]) -> Line:
    """What follows for a unit vector g with u·g = 0 and e·g = 0 in R^d, d ≥ 3.

    The facts: u·u = 1, u·e = 0, e·e ≤ 1, and e_j (e·e) = e_j for each j, so that e is a unit vector or 0.  Among the vectors of the
    standard basis there is one with u_j² + e_j² < 1, since these numbers add up to at most 2 < d.
    """
    u_unit, across, e_short, e_square = facts

    def rest(j: Node) -> Node:
        return num(1) - u[j] * u[j] - e[j] * e[j]

    j_ = var("j·", N)
    some = bind("ex", [(j_, make("range", size))], lt(0, rest(j_)))

    def at_most_none(j: Node, inside: Line) -> Line:
        positive = script.do("witness", (script.assume(lt(0, rest(j))), inside), some, j)
        false = script.do("detach", (script.assume(implies(some, FALSE)), positive))
        goal = le(rest(j), 0)
        return script.by_cases(num(0), rest(j), script.do("cases", (false,), goal), script.assume(goal))

    sums = sum_below(script, add_up(size, rest), add_up(size, lambda j: num(0)), at_most_none)
    contradiction = script.anything(linear(script, lt(0, 0), [sums, dims, e_short, u_unit]), some)
    exists = script.do("cases", (script.do("excluded_middle", (), some), script.assume(some), contradiction), some)

    def with_index(j: Node, lines: list[Line]) -> Line:
        basis = Basis(script, size, j, lines[1])
        return named(script, basis.vector - scaled(u[j], u) - scaled(e[j], e), lambda v, equal: shown(v, equal, basis, j, lines[0]), "v")

    def shown(v: Node, equal: Line, basis: Basis, j: Node, positive: Line) -> Line:
        in_u, in_e = basis.entry(u), basis.entry(e)
        zero_u = linear(script, eq(dot(u, v), 0), [put(script, equal, lambda hole: dot(u, hole)), in_u, (u_unit, u[j]), (across, e[j])])
        zero_e = linear(script, eq(dot(e, v), 0), [put(script, equal, lambda hole: dot(e, hole)), in_e, (across, u[j]), e_square(j)])
        own, back = (put(script, equal, around) for around in (lambda hole: dot(hole, v), lambda hole: dot(basis.vector, hole)))
        image = linear(script, eq(dot(v, v), num(1) - u[j] * u[j] - e[j] * e[j]),
                       [own, back, (zero_u, u[j]), (zero_e, e[j]), basis.unit(), (in_u, u[j]), (in_e, e[j])])
        low = linear(script, le(1, size), [dims])
        g, unit, zeros, _ = direction_of(script, v, linear(script, lt(0, dot(v, v)), [image, positive]), low, [zero_u, zero_e])
        return use(g, unit, *zeros)

    return chosen(script, exists, with_index, "j")
