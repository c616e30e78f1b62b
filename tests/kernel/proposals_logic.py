"""Random uses of the inferences of logic."""

from __future__ import annotations

from fractions import Fraction

from kernel.draws import Draw, proposal
from kernel.fuzz import Proposal
from theory.kernel.binding import opened
from theory.kernel.heads import bind, forall, implies, member
from theory.kernel.nodes import FORM, N, Node, R, Z, make, num
from theory.kernel.normal import canonical


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
    if own.chance(0.5):
        cases = [own.rules["either"](own.assumed(option), [goal]) for option in options]
    else:
        goal = own.formula(1)
        cases = [own.rules["detach"](own.assumed(implies(option, goal), option), []) for option in options]
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
    head = formula.head
    other = own.rng.choice((make(head, c * left, c * right), make(head, right, left), make(head, left - right, num(0))))
    return own.assumed(formula), [other]
