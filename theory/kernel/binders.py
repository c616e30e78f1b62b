"""Inferences about sums, suprema, probabilities and whole sorts, for binders over any number of sets of any sorts; and induction."""

from __future__ import annotations

from collections.abc import Sequence

from theory.kernel.arithmetic import quantified
from theory.kernel.binding import opened, shift
from theory.kernel.heads import FALSE, eq, implies, le, lt, member
from theory.kernel.nodes import N, Node, is_linear, make, need, num
from theory.kernel.theorem import Theorem, follows, inference, theorem


@inference("anywhere", 0, 2)
def anywhere(_: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """A term is an element of its whole sort, a matrix a value of Gaussian rows."""
    need(args[1].head in ("whole", "gaussrows"), f"{args[1]!r} is no whole sort")
    return theorem([], member(*args))


# --- sums ---------------------------------------------------------------------------------------------------------------------------

@inference("sum_empty", 1, 1)
def sum_empty(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """Σ over {1, …, n} is 0 for n < 1."""
    total = args[0]
    need(total.head == "sum" and given[0].conclusion is lt(total.args[0].args[0], 1), "the premise is that the range is empty")
    return follows(eq(total, make("zero", total.sort) if is_linear(total.sort) else num(0)), given)


@inference("sum_next", 0, 1)
def sum_next(_: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """Σ_{i≤n+1} F = Σ_{i≤n} F + F(n+1), for natural n."""
    total = args[0]
    need(total.head == "sum" and total.args[0].args[0].sort is N, "the sum is over {1, …, n}, n natural")
    size, body = total.args[0].args[0], total.args[1]
    longer = make("sum", make("range", size + 1), body)
    return theorem([], eq(longer, total + opened(body, (size + 1,))))


@inference("induction", 2, 2)
def induction(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """φ(0), and φ(v+1) from φ(v) for a natural v that is free in no other hypothesis, give ∀n∈N φ."""
    variable, claim = args
    need(variable.head == "var" and variable.sort is N and claim.head == "all", "induction takes a natural variable and ∀n∈N φ")
    need(claim.args[0] is make("whole", N) and variable not in claim.free, "induction is over all natural numbers")
    at = [opened(claim.args[1], (n,)) for n in (num(0), variable, variable + 1)]
    need(given[0].conclusion is at[0] and given[1].conclusion is at[2], "the premises are not the beginning and the step")
    rest = given[1].hypotheses - {at[1]}
    need(all(variable not in h.free for h in rest), f"{variable!r} is free in a hypothesis")
    return theorem(given[0].hypotheses | rest, claim, given[0].cited | given[1].cited)


# --- suprema ------------------------------------------------------------------------------------------------------------------------

def _values(binder: Node, given: Sequence[Theorem], values: Sequence[Node]) -> Node:
    """The body at values that the premises show to lie in the sets."""
    domains = binder.args[:-1]
    need(len(values) == len(domains) == len(given), "one value a set, and one premise a value")
    for p, value, domain in zip(given, values, domains, strict=True):
        need(p.conclusion is member(value, domain), f"it is not shown that {value!r} lies in {domain!r}")
    return opened(binder.args[-1], tuple(values))


@inference("sup_above", None, None)
def sup_above(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """F bounded above and x ∈ D give F(x) ≤ sup_D F; the first premise is the bound, the others the memberships."""
    need(len(args) > 0 and args[0].head == "sup" and len(given) > 0, "sup_above takes a supremum and values")
    need(given[0].conclusion is make("bounded", *args[0].args), "the first premise is that the values are bounded")
    return follows(le(_values(args[0], given[1:], args[1:]), args[0]), given)


@inference("sup_least", 2, 2)
def sup_least(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """∀x∈D F ≤ b and 0 ≤ b give sup_D F ≤ b."""
    supremum, b = args
    need(supremum.head == "sup" and given[1].conclusion is le(0, b), "the second premise is that the bound is nonnegative")
    _bounds(given[0], supremum, b)
    return follows(le(supremum, b), given)


@inference("sup_least_over", None, None)
def sup_least_over(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """∀x∈D F ≤ b and D nonempty give sup_D F ≤ b; the other premises are that some values lie in the sets."""
    need(len(args) > 1 and args[0].head == "sup" and len(given) > 0, "sup_least_over takes a supremum, a bound and values")
    _bounds(given[0], args[0], args[1])
    _values(args[0], given[1:], args[2:])
    return follows(le(args[0], args[1]), given)


def _bounds(given: Theorem, binder: Node, b: Node) -> None:
    body = le(binder.args[-1], shift(b, len(binder.args) - 1))
    need(given.conclusion is quantified(binder.args[:-1], body), "the premise does not bound the values")


@inference("bounded_by", 1, 2)
def bounded_by(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """∀x∈D F ≤ b gives that F is bounded above on D."""
    need(args[0].head == "bounded", "bounded_by takes the statement that values are bounded")
    _bounds(given[0], *args)
    return follows(args[0], given)


@inference("bounded_finite", 0, 1)
def bounded_finite(_: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """Values over finite sets are bounded."""
    need(args[0].head == "bounded" and all(d.head in ("range", "signs") for d in args[0].args[:-1]), "bounded_finite takes finite sets")
    return theorem([], args[0])


@inference("sup_unbounded", 1, 1)
def sup_unbounded(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """Values that are not bounded above have the supremum 0."""
    need(args[0].head == "sup", "sup_unbounded takes a supremum")
    need(given[0].conclusion is implies(make("bounded", *args[0].args), FALSE), "the premise is that the values are not bounded")
    return follows(eq(args[0], 0), given)


# --- means and probabilities --------------------------------------------------------------------------------------------------------

@inference("mean_below", 1, 2)
def mean_below(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """∀y F ≤ G gives E F ≤ E G over uniform signs, for which every function has a mean."""
    left, right = args
    fine = left.head == right.head == "expect" and left.args[:-1] == right.args[:-1] and all(d.head == "signs" for d in left.args[:-1])
    need(fine, "mean_below takes two means over the same signs")
    need(given[0].conclusion is quantified(left.args[:-1], le(left.args[-1], right.args[-1])), "the premise does not compare the values")
    return follows(le(left, right), given)


def _events(args: Sequence[Node]) -> tuple[Node, ...]:
    laws: tuple[Node, ...] = args[0].args[:-1] if args[0].head == "prob" else ()
    need(laws != () and all(a.head == "prob" and a.args[:-1] == laws for a in args), "the arguments are probabilities under the same laws")
    return laws


@inference("prob_implies", 1, 2)
def prob_implies(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """∀y (A ⇒ B) gives P(A) ≤ P(B)."""
    laws = _events(args)
    claim = quantified(laws, implies(args[0].args[-1], args[1].args[-1]))
    need(given[0].conclusion is claim, "the premise is not that the one event implies the other")
    return follows(le(args[0], args[1]), given)


@inference("prob_and", 0, 2)
def prob_and(_: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """P(A) + P(B) − 1 ≤ P(A and B)."""
    laws = _events(args)
    joint = make("prob", *laws, make("and", args[0].args[-1], args[1].args[-1]))
    return theorem([], le(args[0] + args[1] - 1, joint))


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
    need(each is make("prob", shift(law, 1), _exchanged(event)), "the premise is about other events")
    failures = make("sum", premise.args[0], num(1) - low)
    return follows(le(num(1) - failures, target), given)


def _exchanged(body: Node) -> Node:
    """The body of two nested binders with the binders exchanged."""
    sorts = dict(body.indices)
    inner, outer = (make("bound", place, sorts[place]) if place in sorts else None for place in (0, 1))
    values = [make("bound", 0, outer.args[1]) if outer else num(0), make("bound", 1, inner.args[1]) if inner else num(0)]
    return opened(shift(body, 2, 2), tuple(values))


@inference("prob_sure", 1, 1)
def prob_sure(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """What holds for all values has probability 1."""
    laws = _events(args)
    need(given[0].conclusion is quantified(laws, args[0].args[-1]), "the premise is not that the event holds everywhere")
    return follows(eq(args[0], 1), given)


@inference("cauchy", 0, 2)
def cauchy(_: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """u·v ≤ ‖u‖‖v‖ in every inner-product space."""
    left, right = args
    return theorem([], le(make("dot", left, right), make("norm", left) * make("norm", right)))


@inference("norm_zero", 1, 0)
def norm_zero(given: Sequence[Theorem], _: Sequence[Node]) -> Theorem:
    """‖v‖ = 0 gives v = 0."""
    fact = given[0].conclusion
    need(fact.head == "eq" and fact.args[0].head == "norm" and fact.args[1] is num(0), "the premise is ‖v‖ = 0")
    vector = fact.args[0].args[0]
    return follows(eq(vector, make("zero", vector.sort)), given)
