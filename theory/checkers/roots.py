"""Squares of roots: (√t)² = t, and (t^q)² = t^{2q} for q > 0, where 0 ≤ t is shown."""

from __future__ import annotations

from theory.checkers.script import Line, Script
from theory.kernel import Node
from theory.kernel.binding import closed
from theory.kernel.heads import eq, le, lt
from theory.kernel.nodes import make, num, var
from theory.kernel.normal import canonical


def is_root(atom: Node) -> bool:
    """Whether the square of an atom may have a simpler form."""
    return atom.head == "sqrt" or (atom.head == "pow" and atom.args[1].head == "num" and atom.args[1].args[0] > 0)


def squared(script: Script, atom: Node, nonnegative: Line) -> Line:
    """The square of √t or t^q, from 0 ≤ t.

    >>> from theory.kernel.nodes import R
    >>> from theory.kernel.printing import text
    >>> script, t = Script(), var("t", R)
    >>> nonnegative = script.assume(le(0, t))
    >>> text(script.says(squared(script, make("pow", t, num("1/4")), nonnegative)))
    't^(1/4)·t^(1/4) = t^(1/2)'
    """
    t = atom.args[0]
    if atom.head == "sqrt":
        return script.axiom("root_squared", (nonnegative,), t=t)
    q = atom.args[1]
    goal = eq(atom * atom, make("pow", t, canonical(q + q)))
    split = script.axiom("pow_add", (script.assume(lt(0, t)),), t=t, q=q, r=q)
    positive = script.combine(goal, ((split, -1),))
    return script.by_cases(num(0), t, positive, _at_zero(script, goal, q, nonnegative))


def _at_zero(script: Script, goal: Node, q: Node, nonnegative: Line) -> Line:
    """0^q = 0 = 0^{2q}."""
    atom, t = goal.args[0].args[0], goal.args[0].args[0].args[0]
    zero = script.axiom("antisymmetry", (script.assume(le(t, 0)), nonnegative), s=t, t=num(0))
    values = []
    for exponent in (q, canonical(q + q)):
        hole = var("·hole", t.sort)
        moved = script.do("congruence", (zero,), make("lam", t.sort, closed(make("pow", hole, exponent), [hole])))
        vanishes = script.axiom("pow_of_zero", (script.combine(lt(0, exponent)),), q=exponent)
        values.append(script.chain(moved, vanishes))
    return script.combine(goal, ((values[0], atom), (values[1], -1)))
