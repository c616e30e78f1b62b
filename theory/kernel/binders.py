"""Inferences about sums, suprema, probabilities and whole sorts, for binders over any number of sets of any sorts; and induction."""

from __future__ import annotations

from collections.abc import Sequence

from theory.kernel.arithmetic import quantified
from theory.kernel.binding import opened, shift
from theory.kernel.heads import FALSE, eq, implies, le, lt, member
from theory.kernel.nodes import N, Node, is_linear, make, need, num
from theory.kernel.theorem import Statement, Theorem, follows, inference, law, theorem


@law("anywhere", 2)
def anywhere(element: Node, domain: Node) -> Statement:
    """A term is an element of its whole sort, a matrix a value of Gaussian rows."""
    need(domain.head in ("whole", "gaussrows"), "{!r} is no whole sort", domain)
    return [], member(element, domain)


# --- sums ---------------------------------------------------------------------------------------------------------------------------

@law("sum_empty", 1)
def sum_empty(total: Node) -> Statement:
    """Σ over {1, …, n} is 0 for n < 1."""
    need(total.head == "sum", "sum_empty takes a sum")
    return [lt(total.args[0].args[0], 1)], eq(total, make("zero", total.sort) if is_linear(total.sort) else num(0))


@law("sum_next", 1)
def sum_next(total: Node) -> Statement:
    """Σ_{i≤n+1} F = Σ_{i≤n} F + F(n+1), for natural n."""
    need(total.head == "sum" and total.args[0].args[0].sort is N, "the sum is over {1, …, n}, n natural")
    size, body = total.args[0].args[0], total.args[1]
    return [], eq(make("sum", make("range", size + 1), body), total + opened(body, (size + 1,)))


@inference("induction", 2, 2)
def induction(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """φ(0), and φ(v+1) from φ(v) for a natural v that is free in no other hypothesis, give ∀n∈N φ."""
    variable, claim = args
    need(variable.head == "var" and variable.sort is N and claim.head == "all", "induction takes a natural variable and ∀n∈N φ")
    need(claim.args[0] is make("whole", N) and variable not in claim.free, "induction is over all natural numbers")
    at = [opened(claim.args[1], (n,)) for n in (num(0), variable, variable + 1)]
    need(given[0].conclusion is at[0] and given[1].conclusion is at[2], "the premises are not the beginning and the step")
    rest = given[1].hypotheses - {at[1]}
    need(all(variable not in h.free for h in rest), "{!r} is free in a hypothesis", variable)
    return theorem(given[0].hypotheses | rest, claim, given[0].cited | given[1].cited)


# --- suprema ------------------------------------------------------------------------------------------------------------------------

def _inside(binder: Node, values: Sequence[Node]) -> list[Node]:
    """The values lie in the sets of a binder."""
    domains = binder.args[:-1]
    need(len(values) == len(domains), "there is one value a set")
    return [member(value, domain) for value, domain in zip(values, domains, strict=True)]


def _below(binder: Node, b: Node) -> Node:
    """∀x∈D F ≤ b, for a binder of F over D."""
    return quantified(binder.args[:-1], le(binder.args[-1], shift(b, len(binder.args) - 1)))


@law("sup_above", 1, more=True)
def sup_above(supremum: Node, *values: Node) -> Statement:
    """F bounded above and x ∈ D give F(x) ≤ sup_D F; the first premise is the bound, the others the memberships."""
    need(supremum.head == "sup", "sup_above takes a supremum and values")
    inside = _inside(supremum, values)
    return [make("bounded", *supremum.args), *inside], le(opened(supremum.args[-1], values), supremum)


@law("sup_least", 2)
def sup_least(supremum: Node, b: Node) -> Statement:
    """∀x∈D F ≤ b and 0 ≤ b give sup_D F ≤ b."""
    need(supremum.head == "sup", "sup_least takes a supremum")
    return [_below(supremum, b), le(0, b)], le(supremum, b)


@law("sup_least_over", 2, more=True)
def sup_least_over(supremum: Node, b: Node, *values: Node) -> Statement:
    """∀x∈D F ≤ b and D nonempty give sup_D F ≤ b; the other premises are that some values lie in the sets."""
    need(supremum.head == "sup", "sup_least_over takes a supremum, a bound and values")
    return [_below(supremum, b), *_inside(supremum, values)], le(supremum, b)


@law("bounded_by", 2)
def bounded_by(bounded: Node, b: Node) -> Statement:
    """∀x∈D F ≤ b gives that F is bounded above on D."""
    need(bounded.head == "bounded", "bounded_by takes the statement that values are bounded")
    return [_below(bounded, b)], bounded


@law("bounded_finite", 1)
def bounded_finite(bounded: Node) -> Statement:
    """Values over finite sets are bounded."""
    need(bounded.head == "bounded" and all(d.head in ("range", "signs") for d in bounded.args[:-1]), "bounded_finite takes finite sets")
    return [], bounded


@law("sup_unbounded", 1)
def sup_unbounded(supremum: Node) -> Statement:
    """Values that are not bounded above have the supremum 0."""
    need(supremum.head == "sup", "sup_unbounded takes a supremum")
    return [implies(make("bounded", *supremum.args), FALSE)], eq(supremum, 0)


# --- means and probabilities --------------------------------------------------------------------------------------------------------

@law("mean_below", 2)
def mean_below(left: Node, right: Node) -> Statement:
    """∀y F ≤ G gives E F ≤ E G over uniform signs, for which every function has a mean."""
    laws = left.args[:-1]
    fine = left.head == right.head == "expect" and laws == right.args[:-1] and all(d.head == "signs" for d in laws)
    need(fine, "mean_below takes two means over the same signs")
    return [quantified(laws, le(left.args[-1], right.args[-1]))], le(left, right)


@law("mean_of_sum", 1)
def mean_of_sum(mean: Node) -> Statement:
    """E Σ_i F = Σ_i E F over uniform signs, for which every function has a mean."""
    need(mean.head == "expect" and len(mean.args) == 2 and mean.args[0].head == "signs", "the mean is over one vector of signs")
    laws, total = mean.args
    need(total.head == "sum" and all(index > 0 for index, _ in total.args[0].indices), "the mean is of a sum over a range of its own")
    each = make("expect", shift(laws, 1), exchanged(total.args[1]))
    return [], eq(mean, make("sum", shift(total.args[0], -1), each))


def _events(*probabilities: Node) -> tuple[tuple[Node, ...], list[Node]]:
    """The laws of probabilities, and their events."""
    laws = probabilities[0].args[:-1]
    need(all(a.head == "prob" and a.args[:-1] == laws for a in probabilities), "the arguments are probabilities under the same laws")
    return laws, [a.args[-1] for a in probabilities]


@law("prob_implies", 2)
def prob_implies(one: Node, other: Node) -> Statement:
    """∀y (A ⇒ B) gives P(A) ≤ P(B)."""
    laws, events = _events(one, other)
    return [quantified(laws, implies(*events))], le(one, other)


@law("prob_and", 2)
def prob_and(one: Node, other: Node) -> Statement:
    """P(A) + P(B) − 1 ≤ P(A and B)."""
    laws, events = _events(one, other)
    return [], le(one + other - 1, make("prob", *laws, make("and", *events)))


@inference("prob_forall", 1, 1)
def prob_forall(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """∀i∈{1,…,m} 1 − δ_i ≤ P(A_i) gives 1 − Σ δ_i ≤ P(∀i A_i); the argument is the latter probability."""
    target, premise = args[0], given[0].conclusion
    need(target.head == "prob" and len(target.args) == 2 and target.args[1].head == "all", "the event is that all of some events happen")
    law, (domain, event) = target.args[0], target.args[1].args
    need(domain.head == "range" and all(index > 0 for index, _ in domain.indices), "the events are numbered by a range")
    numbered = premise.head == "all" and premise.args[0] is shift(domain, -1) and premise.args[1].head == "le"
    need(numbered, "the premise bounds each probability")
    low, each = premise.args[1].args
    need(each is make("prob", shift(law, 1), exchanged(event)), "the premise is about other events")
    failures = make("sum", premise.args[0], num(1) - low)
    return follows(le(num(1) - failures, target), given)


def exchanged(body: Node) -> Node:
    """The body of two nested binders with the binders exchanged."""
    sorts = dict(body.indices)
    inner, outer = (make("bound", place, sorts[place]) if place in sorts else None for place in (0, 1))
    values = [make("bound", 0, outer.args[1]) if outer else num(0), make("bound", 1, inner.args[1]) if inner else num(0)]
    return opened(shift(body, 2, 2), tuple(values))


@law("prob_sure", 1)
def prob_sure(probability: Node) -> Statement:
    """What holds for all values has probability 1."""
    laws, (event,) = _events(probability)
    return [quantified(laws, event)], eq(probability, 1)


@law("cauchy", 2)
def cauchy(left: Node, right: Node) -> Statement:
    """u·v ≤ ‖u‖‖v‖ in every inner-product space."""
    return [], le(make("dot", left, right), make("norm", left) * make("norm", right))


@inference("norm_zero", 1, 0)
def norm_zero(given: Sequence[Theorem], _: Sequence[Node]) -> Theorem:
    """‖v‖ = 0 gives v = 0."""
    fact = given[0].conclusion
    need(fact.head == "eq" and fact.args[0].head == "norm" and fact.args[1] is num(0), "the premise is ‖v‖ = 0")
    vector = fact.args[0].args[0]
    return follows(eq(vector, make("zero", vector.sort)), given)
