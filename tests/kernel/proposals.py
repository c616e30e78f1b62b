"""Random uses of the inferences: each proposal assumes premises of the shape that the inference takes, and some of a wrong shape."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

from kernel.drawing import CURVES, FIELDS, INDEXED, MATRICES, REAL, VECTORS, Terms, d, n
from kernel.fuzz import Proposal, Rules
from theory.kernel.binding import opened, substitute
from theory.kernel.heads import bind, eq, forall, implies, le, lt, member, whole
from theory.kernel.nodes import FORM, N, Node, R, Z, make, num, var
from theory.kernel.normal import canonical
from theory.kernel.theorem import Theorem

PROPOSALS: dict[str, Callable[[Draw], Proposal]] = {}
MULTIPLIERS = (0, 1, 1, 2, Fraction(1, 2), 3, -1)


class Draw:
    """What a proposal draws from: terms, chances, and the assumptions that the rules make of formulas."""

    def __init__(self, rng: Random, rules: Rules) -> None:
        self.rng, self.rules, self.terms = rng, rules, Terms(rng)

    def assumed(self, *formulas: Node) -> list[Theorem]:
        """φ ⊢ φ, for each."""
        return [self.rules["assume"]([], [formula]) for formula in formulas]

    def chance(self, probability: float) -> bool:
        """True so often."""
        return self.rng.random() < probability

    def one(self, *options: object) -> object:
        """One of the options."""
        return self.rng.choice(options)

    def relation(self, depth: int = 1) -> Node:
        """A relation between numbers."""
        return self.rng.choice((le, lt, eq))(self.terms.number(depth), self.terms.number(depth))

    def inequality(self, depth: int = 1) -> Node:
        """An inequality between numbers."""
        return self.rng.choice((le, lt))(self.terms.number(depth), self.terms.number(depth))

    def equation(self, depth: int = 1) -> Node:
        """An equation between numbers that holds now and then."""
        left = self.terms.number(depth)
        return eq(left, self.rng.choice((lambda: self.terms.number(0), lambda: left + self.terms.number(0) * n, lambda: num(0)))())

    def formula(self, depth: int = 2) -> Node:
        """A formula."""
        return self.terms.formula(depth)

    def numeral(self) -> Node:
        """A multiplier."""
        return num(self.rng.choice(MULTIPLIERS))

    def variable(self) -> tuple[Node, Node, Node]:
        """A new variable, a set that it ranges over, and a term that may lie in it."""
        kind = self.rng.randrange(6)
        if kind < 2:
            return var("i#", N), make("range", self.rng.choice((n, self.terms.natural(1)))), self.terms.natural(1)
        if kind == 2:
            return var("t#", R), var("C", make("set", R)), self.terms.number(1)
        if kind == 3:
            return var("x#", VECTORS[d][0].sort), var("D", make("set", VECTORS[d][0].sort)), self.terms.vector(d, 1)
        if kind == 4:
            return var("y#", make("vec", n)), make("signs", n), self.terms.vector(n, 1)
        return var("t#", R), whole(R), self.terms.number(1)

    def beneath(self, variables: list[Node], draw: Callable[[], Node]) -> Node:
        """What is drawn with some more variables in scope."""
        self.terms.scope += variables
        result = draw()
        del self.terms.scope[len(self.terms.scope) - len(variables):]
        return result

    def about(self, v: Node, depth: int = 1) -> Node:
        """A number that depends on a variable, more often than not."""
        own = self.at_variable(v) if self.chance(0.7) else self.terms.number(depth)
        return self.rng.choice((lambda: own, lambda: own * self.terms.number(0), lambda: own + self.terms.number(0), lambda: -own))()

    def at_variable(self, v: Node) -> Node:
        """A simple number made of a variable."""
        if v.sort in (N, Z, R):
            return self.rng.choice((v, INDEXED[0](v), INDEXED[1](v)) if v.sort is N else (v, v * v, CURVES[0](v)))
        size = v.sort.args[0]
        return self.rng.choice((FIELDS[size](v), make("dot", v, VECTORS[size][0]), make("norm", v), v[1]))

    def statement(self, v: Node) -> Node:
        """A formula about a variable."""
        return self.rng.choice((le, lt, eq))(self.about(v), self.rng.choice((self.terms.number(0), self.about(v), num(1))))

    def given_in(self, value: Node, domain: Node) -> list[Theorem]:
        """That a value lies in a set; sometimes nothing."""
        return [] if self.chance(0.2) else self.assumed(member(value, domain))


def proposal(name: str) -> Callable[[Callable[[Draw], Proposal]], Callable[[Draw], Proposal]]:
    """Register how uses of an inference are drawn."""
    def register(draw: Callable[[Draw], Proposal]) -> Callable[[Draw], Proposal]:
        PROPOSALS[name] = draw
        return draw
    return register


def propose(name: str, rules: Rules, rng: Random) -> Proposal:
    """A random use of an inference."""
    return PROPOSALS[name](Draw(rng, rules))


# --- logic --------------------------------------------------------------------------------------------------------------------------

@proposal("assume")
def _(own: Draw) -> Proposal:
    return [], [own.formula()]


@proposal("cut")
def _(own: Draw) -> Proposal:
    parts = [own.formula(1) for _ in range(2)]
    both = own.rules["both"](own.assumed(*parts), [])
    main = own.rules["part"](own.assumed(own.one(both.conclusion, own.formula(1), make("and", *parts[::-1]))), [num(0)])
    return [both, own.rules["both"]([main, *own.assumed(own.formula(1))], [])], []


@proposal("discharge")
def _(own: Draw) -> Proposal:
    parts = [own.formula(1) for _ in range(2)]
    return [own.rules["both"](own.assumed(*parts), [])], [own.one(parts[0], own.formula(1))]


@proposal("detach")
def _(own: Draw) -> Proposal:
    a, b, c = (own.formula(1) for _ in range(3))
    return own.assumed(implies(a, b), own.one(a, a, b, c)), []


@proposal("both")
def _(own: Draw) -> Proposal:
    return own.assumed(*(own.formula(1) for _ in range(own.rng.randrange(4)))), []


@proposal("part")
def _(own: Draw) -> Proposal:
    parts = [own.formula(1) for _ in range(own.rng.randrange(4))]
    return own.assumed(make(own.one("and", "and", "or"), *parts)), [num(own.rng.randrange(4))]


@proposal("either")
def _(own: Draw) -> Proposal:
    a, b = own.formula(1), own.formula(1)
    return own.assumed(a), [make(own.one("or", "or", "and"), *own.rng.choice(((a, b), (b, a), (b,), (b, b))))]


@proposal("cases")
def _(own: Draw) -> Proposal:
    options = [own.formula(1) for _ in range(own.rng.randrange(4))]
    goal = make("or", *own.rng.sample(options, len(options)), own.formula(1))
    cases = [own.rules["either"](own.assumed(option), [goal]) for option in options]
    if own.chance(0.2):
        cases = cases[1:]
    return [*own.assumed(make("or", *options)), *cases], [goal if options else own.formula(1)]


@proposal("excluded_middle")
def _(own: Draw) -> Proposal:
    return [], [own.formula()]


@proposal("generalise")
def _(own: Draw) -> Proposal:
    v, domain, _ = own.variable()
    inside = own.assumed(member(v, domain))
    about = own.statement(v)
    options = [lambda: own.rules["either"](inside, [make("or", about, member(v, domain))]), lambda: own.assumed(about)[0],
               lambda: own.rules["both"]([*inside, *own.assumed(own.formula(1))], []),
               lambda: own.rules["nonnegative"]([], [make("mul", own.at_variable(v), own.at_variable(v))]),
               lambda: own.rules["square"]([], [own.about(v)])]
    return [own.rng.choice(options)()], [v, domain]


@proposal("specialise")
def _(own: Draw) -> Proposal:
    v, domain, value = own.variable()
    return own.assumed(forall(own.statement(v), (v, domain))) + ([] if domain.head == "whole" else own.given_in(value, domain)), [value]


@proposal("witness")
def _(own: Draw) -> Proposal:
    v, domain, value = own.variable()
    claim = bind("ex", [(v, domain)], own.statement(v))
    given = own.assumed(own.one(opened(claim.args[1], (value,)), own.formula(1)) if own.chance(0.2) else opened(claim.args[1], (value,)))
    return given + ([] if domain.head == "whole" else own.given_in(value, domain)), [claim, value]


@proposal("choose")
def _(own: Draw) -> Proposal:
    v, domain, _ = own.variable()
    about = own.statement(v)
    claim = bind("ex", [(v, domain)], about)
    chosen, inside = own.assumed(about), own.assumed(member(v, domain))
    options = [lambda: own.rules["witness"](chosen + ([] if domain.head == "whole" else inside), [claim, v]), lambda: chosen[0],
               lambda: own.rules["both"](chosen + own.assumed(own.formula(1)), []),
               lambda: own.rules["either"](chosen, [make("or", about, own.formula(1))])]
    return [*own.assumed(claim), own.rng.choice(options)()], [v]


@proposal("instance")
def _(own: Draw) -> Proposal:
    theorem = own.rules["both"](own.assumed(own.formula(2), own.formula(1)), [])
    values: list[Node] = []
    for v in sorted(theorem.conclusion.free, key=lambda v: v.args[0]):
        draw = {R: lambda: own.terms.number(1), Z: lambda: own.terms.integer(1), FORM: lambda: own.formula(1)}.get(v.sort)
        if draw is not None and own.chance(0.6):
            values += [v, draw()]
    return [theorem], values


@proposal("restate")
def _(own: Draw) -> Proposal:
    formula = own.formula(2) if own.chance(0.4) else own.relation(2)
    if own.chance(0.5):
        return own.assumed(formula), [canonical(formula)]
    if formula.head not in ("le", "lt", "eq") or formula.args[0].sort not in (N, Z, R):
        return own.assumed(canonical(formula)), [formula]
    left, right = formula.args
    c = own.terms.number(0) if own.chance(0.2) else num(own.rng.choice((-1, 2, Fraction(1, 3), -2, 0)))
    other = own.rng.choice((make(formula.head, c * left, c * right), make(formula.head, right, left), make(formula.head, left - right, num(0))))
    return own.assumed(formula), [other]


# --- arithmetic ---------------------------------------------------------------------------------------------------------------------

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


ENCLOSED = ("add", "mul", "inv", "abs", "sqrt", "exp", "log", "asin", "pow", "max", "min")


def _enclosed(own: Draw, depth: int) -> Node:
    if depth == 0 or own.chance(0.2):
        return own.rng.choice((REAL[0], REAL[1], num(own.rng.choice((0, 1, -1, 2, Fraction(1, 2)))), make("pi")))
    head = own.rng.choice(ENCLOSED)
    if head == "pow":
        exponent = num(own.rng.choice((0, 1, 2, 3, -1, Fraction(1, 2)))) if own.chance(0.8) else _enclosed(own, 0)
        return make("pow", _enclosed(own, depth - 1), exponent)
    arity = 2 if head in ("add", "mul", "max", "min") else 1
    return make(head, *(_enclosed(own, depth - 1) for _ in range(arity)))


@proposal("enclose")
def _(own: Draw) -> Proposal:
    bounds = [f for v in REAL[:2] for f in own.rng.choice(((le(num(-1), v), le(v, num(1))), (lt(0, v), le(v, num(2))), (le(num(0), v), le(v, 0)),
                                                           (le(num(-2), v), lt(v, 0)), (le(num(1), v), lt(v, 2)), (le(v, num(1)),)))]
    sides = [_enclosed(own, 3), num(own.rng.choice((-8, -4, -1, 0, Fraction(1, 2), 1, 2, 4, 8, 20)))]
    own.rng.shuffle(sides)
    return own.assumed(*bounds), [own.rng.choice((le, lt))(*sides)]


# --- sums, suprema, means, probabilities --------------------------------------------------------------------------------------------

@proposal("anywhere")
def _(own: Draw) -> Proposal:
    options = ((own.terms.number(1), whole(R)), (own.terms.natural(1), whole(N)), (own.terms.vector(d, 1), whole(make("vec", d))),
               (MATRICES[n, d], make("gaussrows", n, d)), (own.terms.vector(n, 1), make("signs", n)), (own.terms.number(1), whole(N)))
    return [], list(own.rng.choice(options))


def _total(own: Draw, size: Node) -> Node:
    v = var("i#", N)
    body = own.beneath([v], lambda: own.terms.vector(d, 1) if own.chance(0.3) else own.about(v))
    return bind("sum", [(v, make("range", size))], body)


@proposal("sum_empty")
def _(own: Draw) -> Proposal:
    size = own.terms.integer(1)
    return own.assumed(own.rng.choice((lt(size, 1), lt(size, 1), le(size, 1)))), [_total(own, size)]


@proposal("sum_next")
def _(own: Draw) -> Proposal:
    return [], [_total(own, own.terms.natural(1) if own.chance(0.9) else own.terms.integer(1))]


@proposal("induction")
def _(own: Draw) -> Proposal:
    v = var("m#", N)
    about = own.statement(v)
    claim = forall(about, (v, whole(N)))
    after = substitute(about, {v: v + 1})
    step = own.assumed(forall(implies(about, after), (v, whole(N))))
    given = own.rules["detach"]([own.rules["specialise"](step, [v]), *own.assumed(about)], [])
    return [*own.assumed(substitute(about, {v: num(0)})), own.rng.choice((given, given, *own.assumed(after)))], [v, claim]


def _over(own: Draw, *, finite: bool = False) -> tuple[list[tuple[Node, Node]], list[Node]]:
    """One or two variables with their sets, and values."""
    drawn = [own.variable() for _ in range(own.rng.choice((1, 1, 2)))]
    drawn = [triple for triple in drawn if not finite or triple[1].head in ("range", "signs")] or drawn[:1]
    if len({v for v, _, _ in drawn}) < len(drawn):
        drawn = drawn[:1]
    return [(v, domain) for v, domain, _ in drawn], [value for _, _, value in drawn]


def _body(own: Draw, over: list[tuple[Node, Node]]) -> Node:
    body = own.about(own.rng.choice(over)[0])
    for v, _ in over[1:]:
        body = body + own.about(v)
    if over[0][1].head == "whole" and own.chance(0.5):
        return own.terms.number(0) * over[0][0] + own.terms.number(0)
    return body


@proposal("sup_above")
def _(own: Draw) -> Proposal:
    over, values = _over(own)
    supremum = bind("sup", over, _body(own, over))
    inside = [own.rules["anywhere"]([], [t, s]) if s.head == "whole" else own.assumed(member(t, s))[0]
              for t, (_, s) in zip(values, over, strict=True)]
    bounded = own.assumed(make("bounded", *supremum.args))
    return [*(bounded if own.chance(0.8) else []), *inside], [supremum, *values]


def _bound(own: Draw) -> Node:
    return own.rng.choice((num(4), num(0), REAL[0], own.terms.number(1), num(-1)))


@proposal("sup_least")
def _(own: Draw) -> Proposal:
    over, _ = _over(own)
    body, b = _body(own, over), _bound(own)
    return own.assumed(forall(le(body, b), *over), le(0, b)), [bind("sup", over, body), b]


@proposal("sup_least_over")
def _(own: Draw) -> Proposal:
    over, values = _over(own)
    body, b = _body(own, over), _bound(own)
    inside = own.assumed(*(member(t, s) for t, (_, s) in zip(values, over, strict=True)))
    return [*own.assumed(forall(le(body, b), *over)), *(inside if own.chance(0.8) else [])], [bind("sup", over, body), b, *values]


@proposal("bounded_by")
def _(own: Draw) -> Proposal:
    over, _ = _over(own)
    body, b = _body(own, over), _bound(own)
    return own.assumed(forall(le(body, b), *over)), [bind("bounded", over, body), b]


@proposal("bounded_finite")
def _(own: Draw) -> Proposal:
    over, _ = _over(own, finite=own.chance(0.7))
    return [], [bind("bounded", over, _body(own, over))]


Y, Y2 = var("y#", make("vec", n)), var("x#", make("vec", n))
LAW = make("signs", n)


def _laws(own: Draw) -> list[tuple[Node, Node]]:
    own_law = LAW if own.chance(0.8) else var("L", make("set", make("vec", n)))
    return [(Y, own_law)] if own.chance(0.7) else [(Y, own_law), (Y2, LAW)]


@proposal("mean_below")
def _(own: Draw) -> Proposal:
    laws = _laws(own)
    left = own.about(laws[-1][0])
    right = own.rng.choice((lambda: left + make("abs", own.about(Y)), lambda: own.about(Y), lambda: num(3)))()
    return own.assumed(forall(le(left, right), *laws)), [bind("expect", laws, left), bind("expect", laws, right)]


def _event(own: Draw, laws: list[tuple[Node, Node]]) -> Node:
    first = own.statement(laws[0][0])
    return make(own.one("and", "or"), first, own.statement(laws[-1][0])) if len(laws) > 1 or own.chance(0.3) else first


@proposal("prob_implies")
def _(own: Draw) -> Proposal:
    laws = _laws(own)
    a = _event(own, laws)
    b = own.rng.choice((lambda: make("or", a, _event(own, laws)), lambda: _event(own, laws)))()
    return own.assumed(forall(implies(a, b), *laws)), [bind("prob", laws, a), bind("prob", laws, b)]


@proposal("prob_and")
def _(own: Draw) -> Proposal:
    laws = _laws(own)
    return [], [bind("prob", laws, _event(own, laws)), bind("prob", laws if own.chance(0.9) else _laws(own), _event(own, laws))]


@proposal("prob_forall")
def _(own: Draw) -> Proposal:
    i, domain = var("i#", N), make("range", own.terms.integer(0))
    law = _laws(own)[:1]
    event = own.rng.choice((le, lt, eq))(Y[i] if own.chance(0.5) else own.about(Y) + INDEXED[0](i), own.about(i))
    low = own.rng.choice((num(0), num(Fraction(1, 2)), num(1), num(1) - INDEXED[1](i), own.about(i)))
    premise = forall(le(low, bind("prob", law, event)), (i, domain))
    return own.assumed(premise), [bind("prob", law, forall(event, (i, domain)))]


@proposal("prob_bounds")
def _(own: Draw) -> Proposal:
    laws = _laws(own)
    return [], [bind("prob", laws, _event(own, laws))]


@proposal("prob_sure")
def _(own: Draw) -> Proposal:
    laws = _laws(own)
    event = own.rng.choice((lambda: _event(own, laws), lambda: make("or", eq(Y[1], 1), eq(Y[1], -1), _event(own, laws)), lambda: own.formula(1)))()
    return own.assumed(forall(event, *laws)), [bind("prob", laws, event)]


@proposal("cauchy")
def _(own: Draw) -> Proposal:
    if own.chance(0.3):
        return [], [own.terms.matrix(n, d, 1), own.terms.matrix(n, d, 1)]
    return [], [own.terms.vector(d, 2), own.terms.vector(d, 2)]


@proposal("norm_zero")
def _(own: Draw) -> Proposal:
    vector = own.terms.vector(d, 1)
    return own.assumed(own.rng.choice((eq(make("norm", vector), 0), eq(make("norm", vector), own.terms.number(0))))), []
