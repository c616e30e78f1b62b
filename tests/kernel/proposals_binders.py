"""Random uses of the inferences about sums, suprema, means and probabilities."""

from __future__ import annotations

from fractions import Fraction

from kernel.drawing import INDEXED, MATRICES, REAL, d, n
from kernel.draws import Draw, proposal
from kernel.fuzz import Proposal
from theory.kernel.binding import substitute
from theory.kernel.heads import FALSE, bind, eq, forall, implies, le, lt, member, whole
from theory.kernel.nodes import N, Node, R, make, num, var


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


@proposal("sup_unbounded")
def _(own: Draw) -> Proposal:
    over, _ = _over(own)
    supremum = bind("sup", over, _body(own, over))
    bounded = make("bounded", *supremum.args)
    return own.assumed(own.rng.choice((implies(bounded, FALSE), implies(bounded, FALSE), bounded))), [supremum]


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


@proposal("mean_of_sum")
def _(own: Draw) -> Proposal:
    i, size = var("i#", N), own.terms.natural(0) if own.chance(0.7) else make("floor", make("abs", own.about(Y)))
    body = own.beneath([i], lambda: own.about(i) * own.about(Y) if own.chance(0.7) else own.about(Y))
    return [], [bind("expect", [(Y, make("signs", n))], bind("sum", [(i, make("range", size))], body))]


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


@proposal("prob_sure")
def _(own: Draw) -> Proposal:
    laws = _laws(own)
    event = own.rng.choice((lambda: _event(own, laws), lambda: make("or", eq(Y[1], 1), eq(Y[1], -1), _event(own, laws)),
                            lambda: own.formula(1)))()
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
