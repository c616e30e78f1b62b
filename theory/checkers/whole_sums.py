"""Sums whose value is known in one step: the number of terms of a range, and the inner product with an image of a projection."""

from __future__ import annotations

from collections.abc import Set

from flint import fmpq

from theory.checkers.knowledge import Knowledge
from theory.checkers.script import Line, Script
from theory.kernel import Node
from theory.kernel.binding import closed, opened
from theory.kernel.heads import eq, le, lt
from theory.kernel.nodes import N, make, num
from theory.kernel.normal import canonical, normal, number
from theory.kernel.polynomials import constant, plus

MANY = 8       # how far below a natural number the end of a range may lie


# --- how many terms there are -----------------------------------------------------------------------------------------------------

def counted(prover: Knowledge, a: Node) -> Line | None:
    """Σ_{i≤m−c} 1 = m − c, where c ≤ m is shown for a natural m and a numeral c."""
    if a.head != "sum" or a.args[1] is not num(1):
        return None
    size = normal(a.args[0].args[0])
    below = -size.get((), fmpq(0))
    if not 0 < below <= MANY or below.q != 1:
        return None
    m = number(plus(size, constant(below)))
    premise = prover.sign(le(num(int(below)), m)) if m.sort is N else None
    if premise is None:
        return None
    script = prover.script
    line = script.do("detach", (script.specialise(_below(prover, int(below)), m), premise))
    return script.restate(line, eq(a, number(size)))


def _below(prover: Knowledge, c: int) -> Line:
    """∀m∈N: c ≤ m ⇒ Σ_{i≤m−c} 1 = m − c.

    It holds at 0, where c ≤ 0 is false, and at m + 1 by what it says of m for c − 1; of c = 0 it is a normal form.
    """
    script, m = prover.script, prover.fresh(N)

    def body(at: Node) -> Node:
        return eq(make("sum", make("range", at - c), num(1)), at - c)

    goal = make("all", make("whole", N), closed(make("imp", le(c, m), body(m)), [m]))
    first, after = (opened(goal.args[1], (at,)) for at in (num(0), m + 1))
    start = script.anything(script.combine(lt(0, 0), ((script.assume(le(c, 0)), 1),)), body(num(0)))
    if c == 1:
        here = script.combine(body(m + 1))
    else:
        before = script.combine(le(c - 1, m), ((script.assume(le(c, m + 1)), 1),))
        known = script.do("detach", (script.specialise(_below(prover, c - 1), m), before))
        here = script.restate(known, body(m + 1))
    steps = (script.do("discharge", (line,), premise) for line, premise in ((start, le(c, 0)), (here, le(c, m + 1))))
    base, step = (script.restate(line, formula) for line, formula in zip(steps, (first, after), strict=True))
    return script.do("induction", (base, step), m, goal)


# --- inner products ---------------------------------------------------------------------------------------------------------------

def folded(script: Script, a: Node, projections: Set[Node]) -> Line | None:
    """Σ_i (P_i·u) e_i = Pu·e for one of the given matrices P; e may be an image itself."""
    if a.head != "sum" or not projections:
        return None
    for P in projections:
        for u, e in _products(a, P):
            line = script.axiom("matrix_product_entries", M=P, v=u, e=e)
            left, right = script.says(line).args
            if canonical(right) is a:
                return script.combine(eq(a, left), ((line, -1),))
    return None


def _products(a: Node, P: Node) -> list[tuple[Node, Node]]:
    """Pairs (u, e) of vectors free of the sum's variable such that its terms may be (P_i·u) e_i."""
    images, entries = [], []
    for monomial in normal(a.args[1]):
        for part, power in monomial:
            if part.head == "ent" and not part.args[0].indices:
                entries.append(part.args[0])
            for row, u in (part.args, part.args[::-1]) if part.head == "dot" else ():
                if row.head == "row" and row.args[0] is P and not u.indices:
                    images += [u] * power
    vectors = [*entries, *(make("matvec", P, u) for u in images)]
    return [(u, e) for u in images for e in vectors if e.sort is make("vec", P.sort.args[0])]                # type: ignore[union-attr]
