"""Inferences of logic: assumptions, connectives, quantifiers, substitution, and restatement in normal form."""

from __future__ import annotations

from collections.abc import Sequence

from theory.kernel.binding import closed, opened, substitute
from theory.kernel.heads import FALSE, member
from theory.kernel.nodes import FORM, N, Node, bound_sort, fits, make, need, value_of
from theory.kernel.normal import same
from theory.kernel.theorem import Statement, Theorem, follows, inference, law, shown, theorem


@inference("assume", 0, 1)
def assume(_: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """φ ⊢ φ."""
    return theorem([args[0]], args[0])


@inference("cut", 2, 0)
def cut(given: Sequence[Theorem], _: Sequence[Node]) -> Theorem:
    """Γ ⊢ φ and Δ ⊢ χ give Γ, Δ∖φ ⊢ χ."""
    lemma, main = given
    return theorem(lemma.hypotheses | (main.hypotheses - {lemma.conclusion}), main.conclusion, lemma.cited | main.cited)


@inference("discharge", 1, 1)
def discharge(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """Γ ⊢ χ gives Γ∖φ ⊢ φ ⇒ χ."""
    return follows(make("imp", args[0], given[0].conclusion), given, [args[0]])


@inference("detach", 2, 0)
def detach(given: Sequence[Theorem], _: Sequence[Node]) -> Theorem:
    """φ ⇒ χ and φ give χ."""
    rule, premise = (p.conclusion for p in given)
    need(rule.head == "imp" and rule.args[0] is premise, "{!r} is no implication from {!r}", rule, premise)
    return follows(rule.args[1], given)


@inference("both", None, 0)
def both(given: Sequence[Theorem], _: Sequence[Node]) -> Theorem:
    """The conjunction of the premises."""
    return follows(make("and", *(p.conclusion for p in given)), given)


@inference("part", 1, 1)
def part(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """A conjunct, counted from 0."""
    whole, place = given[0].conclusion, value_of(args[0])
    need(whole.head == "and" and args[0].sort is N and place < len(whole.args), "{!r} has no part {}", whole, place)
    return follows(whole.args[int(place)], given)


@inference("either", 1, 1)
def either(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """A disjunction of which the premise is a part."""
    need(args[0].head == "or" and given[0].conclusion in args[0].args, "the premise is no part of the disjunction")
    return follows(args[0], given)


@inference("cases", None, 1)
def cases(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """φ_1 ∨ … ∨ φ_m, and χ from each φ_i, give χ; from the empty disjunction everything follows."""
    need(len(given) > 0 and given[0].conclusion.head == "or", "cases begin with a disjunction")
    options = given[0].conclusion.args
    need(len(given) == len(options) + 1 and all(p.conclusion is args[0] for p in given[1:]), "each case must give the same conclusion")
    hypotheses = given[0].hypotheses.union(*(p.hypotheses - {option} for p, option in zip(given[1:], options, strict=True)))
    return theorem(hypotheses, args[0], frozenset().union(*(p.cited for p in given)))


@law("excluded_middle", 1)
def excluded_middle(formula: Node) -> Statement:
    """φ, or φ is false."""
    return [], make("or", formula, make("imp", formula, FALSE))


@inference("generalise", 1, 2)
def generalise(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """Γ, v ∈ D ⊢ φ gives Γ ⊢ ∀x∈D φ, where v is free in no other hypothesis and not in D."""
    variable, domain = args
    need(variable.head == "var" and bound_sort(domain) is variable.sort, "{!r} is no variable over {!r}", variable, domain)
    result = follows(make("all", domain, closed(given[0].conclusion, [variable])), given, [member(variable, domain)])
    need(all(variable not in h.free for h in result.hypotheses), "{!r} is free in a hypothesis", variable)
    need(variable not in domain.free, "{!r} is free in its domain", variable)
    return result


@inference("specialise", None, 1)
def specialise(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """∀x∈D φ and t ∈ D give φ at t; the second is not needed where D is a whole sort."""
    rule, value = given[0].conclusion if given else FALSE, args[0]
    need(rule.head == "all", "{!r} is no statement about all elements of a set", rule)
    shown(given[1:], _inside(value, rule.args[0]))
    return follows(opened(rule.args[1], (value,)), given)


def _inside(value: Node, domain: Node) -> list[Node]:
    """What shows that a term is an element of a set: nothing, where the set is a whole sort."""
    need(fits(value.sort, bound_sort(domain)), "{!r} is of another sort than the elements of {!r}", value, domain)
    return [] if domain.head == "whole" else [member(value, domain)]


@law("witness", 2)
def witness(claim: Node, value: Node) -> Statement:
    """φ at t and t ∈ D give ∃x∈D φ."""
    need(claim.head == "ex", "a witness is for an existential statement")
    return [opened(claim.args[1], (value,)), *_inside(value, claim.args[0])], claim


@inference("choose", 2, 1)
def choose(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """∃x∈D φ, and χ from φ at v and v ∈ D, give χ, where v occurs in nothing else."""
    claim, variable = given[0].conclusion, args[0]
    need(claim.head == "ex" and variable.head == "var" and bound_sort(claim.args[0]) is variable.sort, "choose takes ∃x∈D φ and a variable")
    assumed = {opened(claim.args[1], (variable,)), member(variable, claim.args[0])}
    rest = given[1].hypotheses - assumed
    fresh = all(variable not in node.free for node in (*rest, claim, given[1].conclusion))
    need(fresh, "{!r} occurs outside the assumption", variable)
    return theorem(given[0].hypotheses | rest, given[1].conclusion, given[0].cited | given[1].cited)


@inference("instance", 1, None)
def instance(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """Γ ⊢ φ at other terms in place of its variables: pairs (variable, term)."""
    values = pairs(args)
    return theorem((substitute(h, values) for h in given[0].hypotheses), substitute(given[0].conclusion, values), given[0].cited)


def pairs(args: Sequence[Node]) -> dict[Node, Node]:
    """Arguments in pairs, as a substitution."""
    need(len(args) % 2 == 0, "a substitution is made of pairs")
    values = dict(zip(args[::2], args[1::2], strict=True))
    need(len(values) == len(args) // 2, "a variable is given two values")
    return values


@inference("restate", 1, 1)
def restate(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """A formula with the same normal form."""
    need(args[0].sort is FORM and same(given[0].conclusion, args[0]), "{!r} and {!r} differ in normal form", given[0].conclusion, args[0])
    return follows(args[0], given)
