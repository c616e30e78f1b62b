"""Random uses of the inferences of arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from kernel.drawing import INTEGER, NATURAL, REAL, d, n
from kernel.draws import Draw, proposal
from kernel.fuzz import Proposal
from theory.kernel.arithmetic import box_variables
from theory.kernel.binding import opened
from theory.kernel.calculus import rising
from theory.kernel.heads import bind, eq, forall, le, lt
from theory.kernel.nodes import N, Node, R, Z, make, num, value_of, var


@proposal("combine")
def _(own: Draw) -> Proposal:
    facts = [own.relation() for _ in range(own.rng.randrange(1, 4))]
    multipliers = [own.terms.number(0) if f.head == "eq" and own.chance(0.7) else own.numeral() for f in facts]
    gap = num(own.rng.choice((0, 0, 0, 1, -1)))
    for f, c in zip(facts, multipliers, strict=True):
        gap = gap + c * (f.args[1] - f.args[0])
    s = own.terms.number(0)
    return own.assumed(*facts), [own.rng.choice((le, le, lt, eq))(s, s + gap), *multipliers]


@proposal("multiply")
def _(own: Draw) -> Proposal:
    return own.assumed(*(own.inequality() if own.chance(0.9) else own.relation() for _ in range(own.rng.randrange(4)))), []


@proposal("square")
def _(own: Draw) -> Proposal:
    return [], [own.terms.number(3)]


@proposal("nonnegative")
def _(own: Draw) -> Proposal:
    t, s = own.terms.number(2), own.terms.number(1)
    return [], [own.rng.choice((lambda: t, lambda: make("abs", t) * make("sqrt", s), lambda: t * t * make("exp", s),
                                lambda: make("norm", own.terms.vector(d, 2)), lambda: make("inv", make("abs", t)) + s * s))()]


@proposal("impossible")
def _(own: Draw) -> Proposal:
    return own.assumed(own.rng.choice((le, lt, eq))(own.numeral() * own.numeral(), make("sqrt", own.numeral()) * 2)), []


@proposal("equal_vectors")
def _(own: Draw) -> Proposal:
    facts = [eq(own.terms.vector(d, 1), own.terms.vector(d, 1)) for _ in range(own.rng.randrange(3))]
    multipliers = [own.terms.number(1) for _ in facts]
    start = end = own.terms.vector(d, 1)
    for f, c in zip(facts, multipliers, strict=True):
        end = end + make("smul", c, f.args[1] - f.args[0])
    return own.assumed(*facts), [eq(start, end if own.chance(0.9) else own.terms.vector(d, 1)), *multipliers]


def _context(own: Draw, body: Callable[[Node], Node]) -> tuple[Node, Node]:
    equation = own.equation() if own.chance(0.7) else eq(own.terms.vector(d, 1), own.terms.vector(d, 0))
    sort = R if equation.args[0].sort in (N, Z, R) else equation.args[0].sort
    v = var("hole#", sort)
    return equation, bind("lam", [(v, sort)], own.beneath([v], lambda: body(v)))


@proposal("congruence")
def _(own: Draw) -> Proposal:
    equation, context = _context(own, lambda v: own.about(v, 2))
    return own.assumed(equation), [context]


@proposal("rewrite")
def _(own: Draw) -> Proposal:
    equation, context = _context(own, own.statement)
    left = opened(context.args[1], (equation.args[0],))
    return own.assumed(equation, left if own.chance(0.9) else own.formula(1)), [context]


@proposal("termwise")
def _(own: Draw) -> Proposal:
    head = own.one("sum", "table", "sup", "expect", "sum")
    domains = {"sum": make("range", own.terms.integer(0)), "table": make("range", own.terms.natural(0)), "expect": make("signs", n)}
    v, domain, _ = own.variable()
    if head in domains:
        domain = domains[head]
        v = var("y#", make("vec", n)) if head == "expect" else var("i#", N)
    left = own.beneath([v], lambda: own.about(v))
    right = own.rng.choice((lambda: left * 1, lambda: own.beneath([v], lambda: own.about(v)), lambda: own.terms.number(0)))()
    premise = forall(eq(left, right), (v, domain))
    if own.chance(0.2) and v.sort is N:
        premise = forall(eq(left, right), (v, make("range", n)))
    return own.assumed(premise), [bind(head, [(v, domain)], left), bind(head, [(v, domain)], right)]


ENCLOSED = ("add", "mul", "inv", "abs", "sqrt", "exp", "log", "asin", "erf", "pow", "max", "min")


def _enclosed(own: Draw, depth: int, leaves: tuple[Node, ...] = ()) -> Node:
    if depth == 0 or own.chance(0.2):
        e = make("exp", num(1))
        return own.rng.choice((*leaves * 2, e, e - e, num(own.rng.choice((0, 1, -1, 2, Fraction(1, 2)))), make("pi")))
    head = own.rng.choice(ENCLOSED)
    if head == "pow":
        exponent = num(own.rng.choice((0, 1, 2, 3, -1, Fraction(1, 2)))) if own.chance(0.8) else _enclosed(own, 0)
        return make("pow", _enclosed(own, depth - 1, leaves), exponent)
    arity = 2 if head in ("add", "mul", "max", "min") else 1
    return make(head, *(_enclosed(own, depth - 1, leaves) for _ in range(arity)))


@proposal("enclose")
def _(own: Draw) -> Proposal:
    leaves = own.rng.choice(((), (REAL[0],), (REAL[0], REAL[1]), (INTEGER[0], REAL[0])))
    sides = [_enclosed(own, 3, leaves), num(own.rng.choice((-8, -4, -1, 0, Fraction(1, 2), 1, 2, 4, 8, 20)))]
    own.rng.shuffle(sides)
    relation = own.rng.choice((le, lt))(*sides)
    box = []
    for v in box_variables(relation):
        ends = [num(own.rng.choice((-1, 0, 0, Fraction(1, 2), 1, 1, 2))) for _ in range(2)]
        box.append((v, *(sorted(ends, key=value_of) if own.chance(0.9) else ends)))
    given = own.assumed(*(bound for v, low, high in box for bound in (le(low, v), le(v, high))))
    return given[own.chance(0.02):], [relation, *(end for _, low, high in box for end in (low, high))]


DIFFERENTIATED = ("add", "mul", "inv", "exp", "erf", "log", "sqrt", "pow")


def _curve(own: Draw, x: Node, depth: int) -> Node:
    if depth == 0 or own.chance(0.15):
        return own.rng.choice((x, x, x, num(own.rng.choice((1, -1, 2, Fraction(1, 2)))), REAL[2]))
    head = own.rng.choice(DIFFERENTIATED)
    if head == "pow":
        return make("pow", _curve(own, x, depth - 1), own.rng.choice((num(2), num(3), num(0), num(-1), num("1/2"), NATURAL[0])))
    return make(head, *(_curve(own, x, depth - 1) for _ in range(2 if head in ("add", "mul") else 1)))


@proposal("rises")
def _(own: Draw) -> Proposal:
    x = var("x#", R)
    function = bind("lam", [(x, R)], _curve(own, x, 2))
    a, b = (own.rng.choice((num(-1), num(0), num("1/2"), num(1), REAL[0], REAL[1])) for _ in range(2))
    premises, _ = rising(function, a, b)
    return own.assumed(*premises), [function, a, b]
