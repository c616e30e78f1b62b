"""Roots: (√t)² = t and (t^q)² = t^{2q}, roots of products and quotients, and powers of roots, where the signs that they need are shown."""

from __future__ import annotations

from collections.abc import Callable

from theory.checkers.script import Line, Script
from theory.kernel import Node
from theory.kernel.binding import closed
from theory.kernel.heads import eq, le, lt
from theory.kernel.nodes import make, num, var
from theory.kernel.normal import canonical, normal, number
from theory.kernel.polynomials import atom as power_of


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


def taken_apart(script: Script, atom: Node, shown: Callable[[Node], Line | None]) -> Line | None:
    """√(st) = √s √t, √(1/t) = 1/√t or (√t)^q = t^{q/2} for an atom that is the left side; None where a sign is not shown.

    >>> from theory.kernel.nodes import R
    >>> from theory.kernel.printing import text
    >>> script, s, t = Script(), var("s", R), var("t", R)
    >>> text(script.says(taken_apart(script, make("sqrt", s * t), script.assume)))
    '√(s·t) = √s·√t'
    """
    if atom.head == "pow" and atom.args[0].head == "sqrt":
        return _root_of_root(script, atom, shown(lt(0, atom.args[0].args[0])))
    parts = normal(atom.args[0]) if atom.head == "sqrt" else {}
    if len(parts) != 1:
        return None
    (factors, c), = parts.items()
    if c != 1:
        return None
    (first, exponent), *others = factors
    if not others:
        return _root_of_inverse(script, atom, shown) if first.head == "inv" and exponent == 1 else None
    s, t = number(power_of(first, exponent)), number({tuple(others): c})
    nonnegative = shown(le(0, s)), shown(le(0, t))
    if None in nonnegative:
        return None
    split = script.axiom("pow_product", nonnegative, s=s, t=t, q=HALF)                     # type: ignore[arg-type]
    return script.combine(eq(atom, make("sqrt", s) * make("sqrt", t)), ((split, 1),))


HALF = num("1/2")


def _root_of_inverse(script: Script, atom: Node, shown: Callable[[Node], Line | None]) -> Line | None:
    t = atom.args[0].args[0]
    positive = shown(lt(0, t))
    if positive is None:
        return None
    power = script.axiom("pow_power", (positive,), t=t, q=num(-1), r=HALF)
    return script.combine(eq(atom, make("inv", make("sqrt", t))), ((power, 1),))


def _root_of_root(script: Script, atom: Node, positive: Line | None) -> Line | None:
    if positive is None:
        return None
    t, q = atom.args[0].args[0], atom.args[1]
    power = script.axiom("pow_power", (positive,), t=t, q=HALF, r=q)
    return script.combine(eq(atom, make("pow", t, HALF * q)), ((power, 1),))
