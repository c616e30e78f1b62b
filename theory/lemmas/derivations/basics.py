"""What all derivations share: axioms up to normal forms, cases, contradictions, congruence, and indicators.

Each helper writes lines into a script and returns the last one; the kernel runs every line, so a helper can fail but not err.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from theory.checkers.script import Line, Script, sized
from theory.kernel import Node
from theory.kernel.axioms import AXIOMS
from theory.kernel.binding import closed, opened, substitute
from theory.kernel.heads import eq, le, lt
from theory.kernel.nodes import NUMERIC, as_node, is_numeric, make, num, var

Branch = Callable[[Line], Line]


def cite(script: Script, name: str, premises: Sequence[Line] = (), **values: Node) -> Line:
    """An axiom at the given values; its premises may have any form with the same normal form."""
    axiom = AXIOMS[name]
    by_name = {v.args[0]: v for v in axiom.variables}
    found = sized(by_name, values)
    mapping = {by_name[key]: value for key, value in found.items()}
    lines = [script.restate(line, substitute(p, mapping)) for line, p in zip(premises, axiom.premises, strict=True)]
    return script.axiom(name, lines, **found)


# --- cases and contradictions -------------------------------------------------------------------------------------------------------

def either(script: Script, s: Node | int, t: Node | int, below: Branch, above: Branch | None = None) -> Line:
    """What follows from s < t, and from t ≤ s; by the same way where only one is given."""
    s, t = as_node(s), as_node(t)
    return script.by_cases(s, t, below(script.assume(lt(s, t))), (above or below)(script.assume(le(t, s))))


def refute(script: Script, goal: Node, clash: Branch) -> Line:
    """s ≤ t or s < t, because its negation gives a false relation between numerals."""
    return script.by_contradiction(goal, clash(script.assume(script.negation(goal))))


def clash(script: Script, *lines: Line) -> Line:
    """0 < 0, as the sum of inequalities and equations."""
    return script.combine(lt(0, 0), [(line, 1) for line in lines])


def not_so(script: Script, formula: Node, contradiction: Branch) -> Line:
    """φ ⇒ false, because φ gives a false relation between numerals."""
    false = script.do("impossible", (contradiction(script.assume(formula)),))
    return script.do("discharge", (false,), formula)


def decided(script: Script, formula: Node, true: Branch, false: Branch) -> Line:
    """What follows from φ, and from φ ⇒ false."""
    middle = script.do("excluded_middle", (), formula)
    branches = [branch(script.assume(option)) for branch, option in zip((true, false), script.says(middle).args, strict=True)]
    return script.do("cases", (middle, *branches), script.says(branches[0]))


# --- equations ----------------------------------------------------------------------------------------------------------------------

def _context(equation: Node, around: Callable[[Node], Node]) -> Node:
    sorts = [side.sort for side in equation.args]
    sort = max(sorts, key=NUMERIC.__getitem__) if is_numeric(sorts[0]) else sorts[0]
    hole = var("·hole", sort)
    return make("lam", sort, closed(around(hole), [hole]))


def put(script: Script, equation: Line, around: Callable[[Node], Node]) -> Line:
    """C[s] = C[t] from s = t."""
    return script.do("congruence", (equation,), _context(script.says(equation), around))


def replaced(script: Script, equation: Line, line: Line, around: Callable[[Node], Node]) -> Line:
    """φ[t] from s = t and φ[s], the latter in any form with the same normal form."""
    context = _context(script.says(equation), around)
    before = script.restate(line, opened(context.args[1], (script.says(equation).args[0],)))
    return script.do("rewrite", (equation, before), context)


def as_goal(script: Script, goal: Node, *lines: Line) -> Line:
    """A relation as the sum of relations."""
    return script.combine(goal, [(line, 1) for line in lines])


# --- numbers ------------------------------------------------------------------------------------------------------------------------

def below_absolute(script: Script, t: Node) -> tuple[Line, Line]:
    """t ≤ |t| and −t ≤ |t|."""
    up = script.axiom("abs_above", t=t)
    down = script.combine(le(-t, make("abs", t)), ((script.axiom("abs_above", t=-t), 1),))
    return up, down


def positive_part(script: Script, t: Node, sign: Line) -> Line:
    """max(t, 0) = 0 from t ≤ 0 (or t < 0), and max(t, 0) = t from 0 ≤ t (or 0 < t)."""
    low, high = script.says(sign).args
    value = high if low is num(0) else num(0)
    s = low if low is num(0) else t
    known = cite(script, "max_is_right", (script.combine(le(s, value), ((sign, 1),)),), s=s, t=value)
    return script.restate(known, eq(make("max", t, num(0)), value))


# --- indicators ---------------------------------------------------------------------------------------------------------------------

def is_one(script: Script, line: Line) -> Line:
    """1{φ} = 1 from φ."""
    return script.axiom("indicator_true", (line,), A=script.says(line))


def is_zero(script: Script, formula: Node, contradiction: Branch) -> Line:
    """1{φ} = 0, because φ gives a false relation between numerals."""
    return script.axiom("indicator_false", (not_so(script, formula, contradiction),), A=formula)


def compared(script: Script, s: Node, t: Node, branch: Callable[[Line, Line, Line, Line], Line]) -> Line:
    """What follows in each of the cases s < t, s = t, t < s from that relation and the values of 1{s < t}, 1{s = t}, 1{t < s}."""
    formulas = (less, equal, _) = (lt(s, t), eq(s, t), lt(t, s))

    def apart(first: Line, second: Line) -> Line:
        said = {script.says(first): first, script.says(second): second}
        sign = -1 if less in said else 1                                 # s = t has the gap t − s, s < t as well, and t < s has s − t
        return script.combine(lt(0, 0), [(line, sign if formula is equal else 1) for formula, line in said.items()])

    def within(known: Line) -> Line:
        values = (is_one(script, known) if formula is script.says(known) else is_zero(script, formula, lambda line: apart(known, line))
                  for formula in formulas)
        return branch(known, *values)

    def rest(above: Line) -> Line:
        return either(script, t, s, within, lambda below: within(cite(script, "antisymmetry", (below, above), s=s, t=t)))

    return either(script, s, t, within, rest)
