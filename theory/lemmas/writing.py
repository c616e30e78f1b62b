"""What the derivations of the rules share: axioms up to normal forms, cases, contradictions, congruence, indicators, and sums.

Each helper writes lines into a script and returns the last one; the kernel runs every line, so a helper can fail but not err.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

from theory.checkers.prover import Prover
from theory.checkers.script import Line, Script, sized
from theory.kernel import Node
from theory.kernel.axioms import AXIOMS
from theory.kernel.binding import closed, opened, substitute
from theory.kernel.heads import eq, le, lt, member
from theory.kernel.nodes import NUMERIC, N, bound_sort, is_numeric, make, num, var

_NAMES = count()
Branch = Callable[[Line], Line]
Values = tuple[tuple[Node, Line], ...]     # terms, and that each lies in its set
Body = Callable[[Values], Line]


def cite(script: Script, name: str, premises: Sequence[Line] = (), **values: Node) -> Line:
    """An axiom at the given values; its premises may have any form with the same normal form."""
    axiom = AXIOMS[name]
    by_name = {v.args[0]: v for v in axiom.variables}
    found = sized(by_name, values)
    mapping = {by_name[key]: value for key, value in found.items()}
    lines = [script.restate(line, substitute(p, mapping)) for line, p in zip(premises, axiom.premises, strict=True)]
    return script.axiom(name, lines, **found)


# --- cases and contradictions -------------------------------------------------------------------------------------------------------

def either(script: Script, s: Node, t: Node, below: Branch, above: Branch) -> Line:
    """What follows from s < t, and from t ≤ s."""
    return script.by_cases(s, t, below(script.assume(lt(s, t))), above(script.assume(le(t, s))))


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


def either_way(script: Script, formula: Node, true: Branch, false: Branch) -> Line:
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


def congruent(script: Script, equation: Line, around: Callable[[Node], Node]) -> Line:
    """C[s] = C[t] from s = t."""
    return script.do("congruence", (equation,), _context(script.says(equation), around))


def rewritten(script: Script, equation: Line, line: Line, around: Callable[[Node], Node]) -> Line:
    """φ[t] from s = t and φ[s], the latter in any form with the same normal form."""
    context = _context(script.says(equation), around)
    before = script.restate(line, opened(context.args[1], (script.says(equation).args[0],)))
    return script.do("rewrite", (equation, before), context)


def as_goal(script: Script, goal: Node, *lines: Line) -> Line:
    """A relation as the sum of relations."""
    return script.combine(goal, [(line, 1) for line in lines])


# --- numbers ------------------------------------------------------------------------------------------------------------------------

def root_le(script: Script, goal: Node, large: Line, squares: Line) -> Line:
    """p ≤ q from 0 ≤ q and p² ≤ q²: otherwise 0 < (p − q)(p + q)."""
    p, q = goal.args

    def contradiction(above: Line) -> Line:
        total = script.combine(lt(0, p + q), ((above, 1), (large, 2)))
        return clash(script, script.do("multiply", (above, total)), squares)

    return refute(script, goal, contradiction)


def abs_le(script: Script, goal: Node, up: Line, down: Line) -> Line:
    """|t| ≤ b from t ≤ b and −t ≤ b."""
    t = goal.args[0].args[0]
    return either(
        script, t, num(0),
        lambda below: as_goal(script, goal, down, cite(script, "abs_of_nonpositive", (script.combine(le(t, 0), ((below, 1),)),), t=t)),
        lambda above: as_goal(script, goal, up, cite(script, "abs_of_nonnegative", (above,), t=t)))


def abs_bounds(script: Script, t: Node) -> tuple[Line, Line]:
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


# --- sets and sums ------------------------------------------------------------------------------------------------------------------

def each(prover: Prover, domain: Node, body: Callable[[Node, Line], Line]) -> Line:
    """∀x∈D φ, from what the body makes of a new variable and the line that it lies in D."""
    script, variable = prover.script, prover.fresh(bound_sort(domain))
    return script.do("generalise", (body(variable, script.assume(member(variable, domain))),), variable, domain)


def over_all(prover: Prover, domains: Sequence[Node], body: Body) -> Line:
    """∀x_1∈D_1 … ∀x_m∈D_m φ, from what the body makes of new variables and their memberships."""
    if not domains:
        return body(())
    return each(prover, domains[0], lambda x, inside: over_all(prover, domains[1:], lambda rest: body(((x, inside), *rest))))


def sum_equal(prover: Prover, left: Node, right: Node, term: Callable[[Node, Line], Line]) -> Line:
    """B F = B G for sums, suprema, means and products over one set, from F = G at each element."""
    script = prover.script

    def body(x: Node, inside: Line) -> Line:
        return script.restate(term(x, inside), eq(opened(left.args[-1], (x,)), opened(right.args[-1], (x,))))

    return script.do("termwise", (each(prover, left.args[0], body),), left, right)


def over(size: Node, term: Callable[[Node], Node]) -> Node:
    """Σ over {1, …, size}; the variable is a new one, so that sums can be nested."""
    i = var(f"·{next(_NAMES)}", N)
    return make("sum", make("range", size), closed(term(i), [i]))


def sum_below(prover: Prover, goal: Node, term: Callable[[Node, Line], Line]) -> Line:
    """Σ F ≤ Σ G from F ≤ G at each index."""
    script = prover.script
    left, right = goal.args
    F, G = (make("lam", N, side.args[1]) for side in (left, right))
    return cite(script, "sum_below", (each(prover, left.args[0], term),), F=F, G=G, a=left.args[0].args[0])


def inductively(prover: Prover, claim: Callable[[Node], Node], start: Line, advance: Callable[[Node, Line], Line]) -> Line:
    """∀m∈N φ(m), from φ(0) and what makes φ(m+1) of m and the line φ(m)."""
    script, m = prover.script, prover.fresh(N)
    goal = make("all", make("whole", N), closed(claim(m), [m]))
    after = script.restate(advance(m, script.assume(claim(m))), claim(m + 1))
    return script.do("induction", (script.restate(start, claim(num(0))), after), m, goal)


def empty_sum(script: Script, term: Callable[[Node], Node]) -> Line:
    """Σ over {1, …, 0} is 0."""
    return script.do("sum_empty", (script.combine(lt(0, 1)),), over(num(0), term))


def vanishing(prover: Prover, size: Node, term: Callable[[Node], Node], zero: Callable[[Node, Line], Line]) -> Line:
    """Σ F = 0 where all terms are 0."""
    script = prover.script
    known = sum_equal(prover, over(size, term), over(size, lambda i: num(0)), zero)
    return script.restate(known, eq(over(size, term), 0))


def kronecker(prover: Prover, F: Callable[[Node], Node], j: Node, size: Node, inside: Line) -> Line:
    """Σ_{i≤n} 1{i = j} F(i) = F(j) for j in {1, …, n}, by induction on n: j ≤ m ⇒ Σ_{i≤m} 1{i = j} F(i) = F(j)."""
    script = prover.script
    low = cite(script, "range_low", (inside,), i=j, a=size)

    def term(i: Node) -> Node:
        return make("ind", eq(i, j)) * F(i)

    def claim(m: Node) -> Node:
        return make("imp", le(j, m), eq(over(m, term), F(j)))

    def advance(m: Node, before: Line) -> Line:
        reached = script.assume(le(j, m + 1))
        after = script.do("sum_next", (), over(m, term))
        goal = eq(over(m + 1, term), F(j))
        line = either(script, m, j, lambda last: _last(prover, term, F, j, m, (after, last, reached), goal),
                      lambda earlier: script.combine(goal, ((after, 1), (script.do("detach", (before, earlier)), 1),
                                                            (_off(script, m + 1, j, earlier), F(m + 1)))))
        return script.do("discharge", (line,), le(j, m + 1))

    impossible = script.anything(clash(script, low, script.assume(le(j, 0))), eq(over(num(0), term), F(j)))
    start = script.do("discharge", (impossible,), le(j, 0))
    at_size = script.specialise(inductively(prover, claim, start, advance), size)
    return script.do("detach", (at_size, cite(script, "range_high", (inside,), i=j, a=size)))


def _off(script: Script, i: Node, j: Node, apart: Line) -> Line:
    """1{i = j} = 0 from j ≤ i − 1, or from i ≤ j − 1."""
    sign = 1 if script.says(apart).args[0] is j else -1
    return is_zero(script, eq(i, j), lambda same_: script.combine(lt(0, 0), ((apart, 1), (same_, sign))))


def _last(prover: Prover, term: Callable[[Node], Node], F: Callable[[Node], Node], j: Node, m: Node,
          known: tuple[Line, Line, Line], goal: Node) -> Line:
    """The step of `kronecker` where j = m + 1: the terms before are 0."""
    script = prover.script
    after, last, reached = known
    whole = cite(script, "whole_step", (last,), a=m, b=j)

    def zero(i: Node, inside: Line) -> Line:
        high = cite(script, "range_high", (inside,), i=i, a=m)
        off = is_zero(script, eq(i, j), lambda same_: script.combine(lt(0, 0), ((high, 1), (last, 1), (same_, -1))))
        return script.combine(eq(term(i), 0), ((off, F(i)),))

    here = cite(script, "antisymmetry", (whole, reached), s=m + 1, t=j)
    value = congruent(script, here, F)
    return script.combine(goal, ((after, 1), (vanishing(prover, m, term, zero), 1), (is_one(script, here), F(m + 1)), (value, 1)))


def term_below(prover: Prover, F: Callable[[Node], Node], j: Node, size: Node, inside: Line, signs: Callable[[Node, Line], Line]) -> Line:
    """F(j) ≤ Σ_{i≤n} F(i) for terms 0 ≤ F(i)."""
    script = prover.script

    def less(i: Node, here: Line) -> Line:
        indicator = make("ind", eq(i, j))
        at_most = either_way(script, eq(i, j), lambda so: script.combine(le(indicator, 1), ((is_one(script, so), 1),)),
                             lambda no: script.combine(le(indicator, 1), ((script.axiom("indicator_false", (no,), A=eq(i, j)), 1),)))
        product = script.do("multiply", (at_most, signs(i, here)))
        return script.combine(le(indicator * F(i), F(i)), ((product, 1),))

    below = sum_below(prover, le(over(size, lambda i: make("ind", eq(i, j)) * F(i)), over(size, F)), less)
    return script.combine(le(F(j), over(size, F)), ((below, 1), (kronecker(prover, F, j, size, inside), -1)))


def vectors_equal(script: Script, goal: Node, *lines: Line) -> Line:
    """An equation between vectors as the sum of such equations."""
    return script.do("equal_vectors", lines, goal, *(num(1) for _ in lines))
