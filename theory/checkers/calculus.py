"""Inequalities in a few real numbers, with exp, log, roots and powers: shown on boxes by balls, elsewhere by the signs of derivatives.

0 ≤ g(x) follows from 0 ≤ g(c) where g rises from c to x, or falls from x to c.  Sample points that meet all facts say which c are worth
a try; the derivation says what is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import isfinite
from random import Random

from flint import arb, fmpq

from theory.checkers.abstraction import ARITHMETIC, Abstraction, proved_over
from theory.checkers.knowledge import is_relation
from theory.checkers.prover import Prover
from theory.checkers.real.effort import CHEAP, Round, SearchEffort
from theory.checkers.real.logarithms import log_terms
from theory.checkers.script import Line, Script
from theory.kernel import Node, Refused
from theory.kernel.arithmetic import box_variables
from theory.kernel.binding import substitute
from theory.kernel.calculus import Derivation, rising
from theory.kernel.enclosures import Undecided, ball
from theory.kernel.heads import bind, le, lt
from theory.kernel.nodes import R, Z, is_numeric, make, num, var
from theory.kernel.normal import gap, number
from theory.kernel.polynomials import Polynomial

CURVED = frozenset({"exp", "erf", "log", "pow"})
CASES = SearchEffort(rounds=(Round(CHEAP), Round(CHEAP, 2), Round(CHEAP, 2, 4, False)), work=200)   # for strict signs
VALUES = tuple(map(Fraction, ("0", "1/8", "1/4", "1/3", "1/2", "2/3", "3/4", "7/8", "1", "5/4", "3/2", "2", "5/2", "3", "5", "8", "20",
                              "-1/8", "-1/4", "-1/2", "-3/4", "-1", "-3/2", "-2", "-3", "-6")))
SAMPLES, TRIES = 40, 4000
SLACK = 1e-9            # of a float that should not be negative
BOXES = 48              # into which one box may be cut
MOST_VARIABLES = 3
WORK = 60               # statements that one search may look at
Point = dict[Node, Fraction]


@dataclass
class Calculus:
    """One search; ``slopes`` is how many derivatives may still be taken."""

    prover: Prover
    slopes: int
    logarithms: bool                                                                        # whether a ≤ e^b may become log a ≤ b
    work: list[int] = field(default_factory=lambda: [WORK])                                 # attempts that are left, shared with parts

    def prove(self, goal: Node) -> Line | None:
        """0 ≤ g or 0 < g."""
        self.work[0] -= 1
        if self.work[0] < 0:
            return None
        found = self.prover.establish(goal)
        if found is None and self._variables(goal):
            found = self._on_box(goal, BOXES) or self._by_logarithm(goal) or self._cleared(goal) or self._by_slope(goal)
        return found

    def _variables(self, goal: Node) -> list[Node]:
        free = box_variables(goal)
        return free if len(free) <= MOST_VARIABLES and all(is_numeric(v.sort) for v in free) else []

    def expanded(self, goal: Node) -> Line | None:
        """The goal, logarithms of products written as sums."""
        value, equations = gap(goal), []
        for atom in sorted({a for m in value for a, _ in m if a.head == "log" and a.free}, key=lambda a: a.key):
            found = log_terms(self.prover.script, atom.args[0], self._sign)
            if found is not None and all(dict(m).get(atom, 0) < 2 for m in value):
                factor = number({tuple(part for part in m if part[0] is not atom): c for m, c in value.items() if atom in dict(m)})
                equations.append((found[1], -factor))
                value = gap(le(0, number(value) + factor * (self.prover.script.says(found[1]).args[1] - atom)))
        line = self.prove(make(goal.head, num(0), number(value)))
        return None if line is None else self.prover.script.combine(goal, ((line, 1), *equations))

    def _sign(self, t: Node) -> tuple[Line, str] | None:
        """Whether a number is positive or negative, where that is shown."""
        for claim, what in ((lt(0, t), ">"), (lt(t, 0), "<")):
            line = self._strict(claim)
            if line is not None:
                return line, what
        return None

    def _strict(self, claim: Node) -> Line | None:
        """A strict sign, by cases where need be."""
        before, self.prover.effort = self.prover.effort, CASES
        try:
            return self.prover.establish(claim)
        finally:
            self.prover.effort = before

    # --- boxes ------------------------------------------------------------------------------------------------------------------

    def _on_box(self, goal: Node, boxes: int) -> Line | None:
        """By balls, where every variable lies between numerals; a box that is not decided is cut in half."""
        sides = []
        for v in box_variables(goal):
            low, high = self._bound(v, below=True), self._bound(v, below=False)
            if low is None or high is None:
                return None
            sides.append((v, low, high))
        return _on_boxes(self.prover.script, goal, sides, [boxes])

    def _bound(self, v: Node, *, below: bool) -> Line | None:
        """The best a ≤ v (or v ≤ a) with a numeral that a known relation says."""
        best: tuple[Fraction, Line] | None = None
        for line in self.prover.relations():
            p = gap(self.prover.script.says(line))
            c = p.get(((v, 1),))
            if c is None or set(p) - {((v, 1),), ()} or ((c > 0) is not below and self.prover.script.says(line).head != "eq"):
                continue
            end = -p.get((), fmpq(0)) / c
            value = Fraction(int(end.p), int(end.q))
            if best is None or (value > best[0] if below else value < best[0]):
                best = value, line
        if best is None:
            return None
        claim = le(num(best[0]), v) if below else le(v, num(best[0]))
        return self.prover.script.restate(self.prover.establish(claim) or best[1], claim)

    # --- logarithms --------------------------------------------------------------------------------------------------------------

    def _by_logarithm(self, goal: Node) -> Line | None:
        """a ≤ c e^b from 0 < a and log(a/c) ≤ b, and c e^b ≤ a from b ≤ log(a/c), for a numeral c > 0."""
        value = gap(goal)
        for m, c in value.items() if self.logarithms and goal.head == "le" else ():
            if len(m) == 1 and m[0][1] == 1 and m[0][0].head == "exp" and m[0][0].free:
                a = number({other: -d / c for other, d in value.items() if other != m})
                positive = self._strict(lt(0, a)) if a.free else None
                found = None if positive is None else self._against(goal, m[0][0].args[0], a, Fraction(int(c.p), int(c.q)), positive)
                if found is not None:
                    return found
        return None

    def _against(self, goal: Node, b: Node, a: Node, c: Fraction, positive: Line) -> Line | None:
        """The goal, whose gap is c(e^b − a), by comparing b with log a."""
        script, log = self.prover.script, make("log", a)
        low, high = (log, b) if c > 0 else (b, log)
        line = self.expanded(le(low, high))
        if line is None:
            return None
        rises, same = script.axiom("exp_increases", (line,), s=low, t=high), script.axiom("exp_of_log", (positive,), t=a)
        return script.combine(goal, ((rises, num(abs(c))), (same, num(-c))))

    # --- divisors ----------------------------------------------------------------------------------------------------------------

    def _cleared(self, goal: Node) -> Line | None:
        """0 ≤ N/t^e from the sign of t and 0 ≤ N, for a divisor in which a variable stands."""
        value = gap(goal)
        divisors = sorted({a for m in value for a, _ in m if a.head == "inv" and a.free}, key=lambda a: a.key)
        for divisor in divisors:
            t = divisor.args[0]
            found = next(((line, s) for s in (t, -t) if (line := self.prover.establish(lt(0, s))) is not None), None)
            if found is None:
                continue
            return self._times(goal, value, divisor, *found)
        return None

    def _times(self, goal: Node, value: Polynomial, divisor: Node, positive: Line, s: Node) -> Line | None:
        """With s = ±t > 0: from 0 ≤ N, which is s^e times what is wanted."""
        script, t = self.prover.script, divisor.args[0]
        most = max(dict(m).get(divisor, 0) for m in value)
        inverse = script.axiom("inverse_of_positive", (positive,), t=t) if s is t else \
            script.axiom("inverse_of_negative", (script.combine(lt(t, 0), ((positive, 1),)),), t=t)       # t · 1/t = 1
        sign = 1 if s is t or most % 2 == 0 else -1
        whole, correction = num(0), num(0)
        for m, c in value.items():
            e = dict(m).get(divisor, 0)
            rest = make("mul", num(Fraction(int(c.p), int(c.q))), *(a for a, k in m if a is not divisor for _ in range(k)), num(1))
            whole = whole + rest * _power(t, most - e)
            correction = correction + rest * _power(divisor, e) * make("add", *(_power(t * divisor, j) for j in range(most - e)), num(0))
        numerator = self.prove(make(goal.head, num(0), number(gap(le(0, num(sign) * whole)))))
        if numerator is None:
            return None
        inverted = script.axiom("inverse_positive", (positive,), t=s)
        line = script.do("multiply", (numerator, *[inverted] * most))
        return script.combine(goal, ((line, 1), (inverse, correction)))

    # --- slopes ------------------------------------------------------------------------------------------------------------------

    def _by_slope(self, goal: Node) -> Line | None:
        if self.slopes == 0:
            return None
        g = number(gap(goal))
        variables = box_variables(g)
        points = list(_samples(variables, [self.prover.script.says(line) for line in self.prover.relations()]))
        if not points or any(_float(g, p) < -SLACK for p in points):
            return None
        for v in variables:
            slope = _slope(g, v)
            if slope is None:
                continue
            for c in self._starts(v, variables):
                if _turns_at(g, slope, v, c, points):
                    line = self._from(goal, g, v, c)
                    if line is not None:
                        return line
        return None

    def _starts(self, v: Node, variables: Sequence[Node]) -> Iterator[Node]:
        """Where g may be least in v: at another variable, its square or its root, at the ends of a known interval, at 0 and 1."""
        others = [u for u in variables if u is not v]
        yield from others
        yield from (c for u in others for c in (make("sqrt", u), u * u))
        ends = {num(0): None, num(1): None}
        for below in (True, False):
            line = self._bound(v, below=below)
            if line is not None:
                ends[self.prover.script.says(line).args[0 if below else 1]] = None
        yield from ends

    def _from(self, goal: Node, g: Node, v: Node, c: Node) -> Line | None:
        """The goal at v from the goal at c: v lies above, or below."""
        script = self.prover.script
        base = self.prove(make(goal.head, num(0), number(gap(le(0, substitute(g, {v: c}))))))
        if base is None:
            return None
        sides = []
        for low, high, sign in ((c, v, 1), (v, c, -1)):
            known = self.prover.establish(le(low, high))
            line = self._rise(g if sign == 1 else -g, v, low, high, known if known is not None else script.assume(le(low, high)))
            if line is not None:
                line = script.combine(goal, ((line, 1), (base, 1)))
            if known is not None:
                return line
            if line is None:
                return None
            sides.append(line)
        above, below = sides                              # from c ≤ v, and from v ≤ c
        return script.by_cases(v, c, _weakened(script, below, v, c), above)

    def _rise(self, g: Node, v: Node, low: Node, high: Node, ordered: Line) -> Line | None:
        x = self.prover.fresh(R)                          # v may be a whole number; between whole numbers there are others
        try:
            function = bind("lam", [(x, R)], _in_place_of(v, x, g))
            premises, _ = rising(function, low, high)
        except Refused:
            return None
        lines = [ordered]
        for premise in premises[1:]:
            inner = self.prover.fork()
            inner.learn(ordered)
            body, close = inner.open(premise)
            line = Calculus(inner, self.slopes - 1, self.logarithms, self.work).prove(body)
            if line is None:
                return None
            lines.append(close(line))
        return self.prover.script.do("rises", lines, function, low, high)


def _weakened(script: Script, line: Line, v: Node, c: Node) -> Line:
    """What follows from v ≤ c, from v < c."""
    weak = script.combine(le(v, c), ((script.assume(lt(v, c)), 1),))
    return script.do("cut", (weak, line))


def _power(t: Node, e: int) -> Node:
    return make("pow", t, num(e)) if e else num(1)


def _on_boxes(script: Script, goal: Node, sides: Sequence[tuple[Node, Line, Line]], left: list[int]) -> Line | None:
    """The goal from bounds of its variables; ``left`` counts the boxes that may still be looked at."""
    left[0] -= 1
    if left[0] < 0:
        return None
    lines = [line for _, low, high in sides for line in (low, high)]
    ends = [end for _, low, high in sides for end in (script.says(low).args[0], script.says(high).args[1])]
    try:
        return script.do("enclose", lines, goal, *ends)
    except Refused:
        pass
    widths = [Fraction(*high.args) - Fraction(*low.args) for low, high in zip(ends[::2], ends[1::2], strict=True)]
    place = max(range(len(sides)), key=lambda p: widths[p])
    if widths[place] <= Fraction(1, 2 ** 12):
        return None
    v, low, high = sides[place]
    middle = num(Fraction(*ends[2 * place].args) + widths[place] / 2)
    parts = []
    for own in ((v, low, script.assume(le(v, middle))), (v, script.assume(le(middle, v)), high)):
        line = _on_boxes(script, goal, [*sides[:place], own, *sides[place + 1:]], left)
        if line is None:
            return None
        parts.append(line)
    return script.by_cases(v, middle, _weakened(script, parts[0], v, middle), parts[1])


# --- numbers: which attempts are worth while ------------------------------------------------------------------------------------------

def _slope(g: Node, v: Node) -> Node | None:
    x = var("x′", R)
    try:
        return substitute(Derivation(x).of(_in_place_of(v, x, g)), {x: v})
    except Refused:
        return None


def _in_place_of(v: Node, x: Node, node: Node) -> Node:
    """The number with a real variable x in place of v, which may be a whole number.  Raises: Refused (a whole number is needed there)."""
    if node is v:
        return x
    return node if v not in node.free else make(node.head, *(_in_place_of(v, x, a) if isinstance(a, Node) else a for a in node.args))


def _float(node: Node, at: Mapping[Node, Fraction]) -> float:
    """The value at a point; NaN where balls do not say."""
    try:
        return float(ball(node, {v: arb(fmpq(t.numerator, t.denominator)) for v, t in at.items()}).mid())
    except Undecided:
        return float("nan")


def _samples(variables: Sequence[Node], facts: Sequence[Node]) -> Iterator[Point]:
    """Points at which all relations between the variables hold."""
    own = [f for f in facts if is_relation(f) and f.free <= set(variables)]
    rng, found = Random(0), 0
    choices = [[t for t in VALUES if v.sort is R or (t.denominator == 1 and (v.sort is Z or t >= 0))] for v in variables]
    grid = product(*choices) if len(variables) < 2 else (tuple(map(rng.choice, choices)) for _ in range(TRIES))
    for values in grid:
        point = dict(zip(variables, values, strict=True))
        if all(_meets(f, point) for f in own):
            yield point
            found += 1
            if found == SAMPLES:
                return


def _meets(relation: Node, point: Point) -> bool:
    value = _float(relation.args[1] - relation.args[0], point)
    return value > 0 if relation.head == "lt" else value >= 0 if relation.head == "le" else value == 0


def _turns_at(g: Node, slope: Node, v: Node, c: Node, points: Sequence[Point]) -> bool:
    """Whether g is not negative at v = c and grows from there in both directions, as far as samples show."""
    for point in points:
        start = _value(c, point)
        if start is None or not _float(g, {**point, v: start}) >= -SLACK:
            return False
        for part in (Fraction(1, 4), Fraction(2, 3), Fraction(9, 10)):
            inside = start + part * (point[v] - start)
            rate = _float(slope, {**point, v: inside})
            if rate * float(point[v] - start) < -SLACK:
                return False
    return True


def _value(c: Node, point: Point) -> Fraction | None:
    value = _float(c, point)
    return Fraction(value) if isfinite(value) else None


# --- the search ------------------------------------------------------------------------------------------------------------------------

def prove_by_calculus(script: Script, goal: Node, facts: Sequence[Line], slopes: int) -> Line | None:
    """An inequality between numbers, by boxes and slopes; None where none is found.

    >>> from theory.kernel.nodes import R, var
    >>> u, script = var("u", R), Script()
    >>> positive = script.assume(lt(0, u))
    >>> prove_by_calculus(script, le(num(1) - make("inv", u), make("log", u)), [positive], 2) is not None
    True
    """
    def search(target: Node, lines: list[Line]) -> Line | None:
        prover = Prover(script)
        for line in lines:
            prover.learn(line)
        found = Calculus(prover, slopes, logarithms=False).expanded(target)
        return found if found is not None else Calculus(prover, slopes, logarithms=True).expanded(target)
    return proved_over(Abstraction(heads=ARITHMETIC | CURVED), script, goal, facts, search)


def is_curved(goal: Node) -> bool:
    """Whether it is an inequality between numbers in which a function such as exp or log is taken of a variable.

    >>> from theory.kernel.nodes import R, var
    >>> is_curved(lt(0, make("exp", var("u", R)))), is_curved(lt(0, make("exp", num(1))))
    (True, False)
    """
    def curved(node: Node) -> bool:
        return bool(node.free) and (node.head in CURVED or any(curved(a) for a in node.args if isinstance(a, Node)))
    return goal.head in ("le", "lt") and is_numeric(goal.args[0].sort) and curved(goal)

