"""Inferences of arithmetic: combinations, products and squares of facts, congruence, and enclosures of constants."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from theory.kernel.binding import opened, shift
from theory.kernel.enclosures import decided
from theory.kernel.heads import FALSE, eq, le, lt
from theory.kernel.nodes import Node, is_linear, is_numeric, make, need, value_of
from theory.kernel.normal import combination, gap, normal, number, product
from theory.kernel.numbers import nonnegative_form
from theory.kernel.polynomials import add_scaled
from theory.kernel.theorem import Statement, Theorem, follows, inference, law

RELATIONS = ("le", "lt", "eq")


def _is_relation(node: Node) -> bool:
    return node.head in RELATIONS and is_numeric(node.args[0].sort)


@inference("combine", None, None)
def combine(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """A relation between numbers whose gap r − l is Σ c_i·(gap of premise i) + c.

    The multiplier of an inequality is a numeral c_i ≥ 0, that of an equation any number.  The rest c is a numeral: c ≥ 0 for ≤, and
    c > 0 for < unless a strict premise has c_i > 0; c = 0 for equations, whose premises are all equations.
    """
    goal, multipliers = (args[0], args[1:]) if args else (FALSE, ())
    need(_is_relation(goal) and len(multipliers) == len(given), "combine takes a relation between numbers and one multiplier a premise")
    rest, strict = gap(goal), False
    for premise, c in zip(given, multipliers, strict=True):
        fact = premise.conclusion
        need(_is_relation(fact) and is_numeric(c.sort), "{!r} is no relation between numbers", fact)
        if fact.head == "eq":
            add_scaled(rest, product(normal(c), gap(fact)), -1)
        else:
            need(goal.head != "eq" and c.head == "num" and value_of(c) >= 0, "{!r} cannot multiply an inequality here", c)
            strict = strict or (fact.head == "lt" and value_of(c) > 0)
            add_scaled(rest, gap(fact), -fmpq(*c.args))
    left = rest.pop((), fmpq(0))
    need(not rest, "the facts do not add up to {!r}: {!r} is left", goal, number(rest))
    fine = left == 0 if goal.head == "eq" else left > 0 or (left == 0 and (strict or goal.head == "le"))
    need(fine, "{} is left, and {!r} does not follow", left, goal)
    return follows(goal, given)


@inference("multiply", None, 0)
def multiply(given: Sequence[Theorem], _: Sequence[Node]) -> Theorem:
    """0 ≤ Π (r_i − l_i) from l_i ≤ r_i; strictly where all are strict."""
    need(all(_is_relation(p.conclusion) and p.conclusion.head != "eq" for p in given), "multiply takes inequalities")
    strict = all(p.conclusion.head == "lt" for p in given)
    value = product(*(gap(p.conclusion) for p in given))
    return follows((lt if strict else le)(0, number(value)), given)


@law("square", 1)
def square(t: Node) -> Statement:
    """0 ≤ t²."""
    return [], le(0, make("mul", t, t))


@law("nonnegative", 1)
def nonnegative(t: Node) -> Statement:
    """0 ≤ t for sums of products of natural numbers, |s|, √s, e^s, ‖v‖, Lipschitz constants, probabilities and the like, and of squares.

    So are sums, suprema and means of such terms: a supremum or mean that does not exist is 0.
    """
    need(is_numeric(t.sort) and nonnegative_form(normal(t)), "{!r} is no number that is nonnegative by its form", t)
    return [], le(0, t)


@inference("impossible", 1, 0)
def impossible(given: Sequence[Theorem], _: Sequence[Node]) -> Theorem:
    """A relation between numerals that does not hold is false."""
    fact = given[0].conclusion
    need(_is_relation(fact), "{!r} is no relation between numbers", fact)
    value = gap(fact)
    need(set(value) <= {()}, "{!r} is no relation between numerals", fact)
    c = value.get((), fmpq(0))
    need({"le": c < 0, "lt": c <= 0, "eq": c != 0}[fact.head], "{!r} is true", fact)
    return follows(FALSE, given)


@inference("equal_vectors", None, None)
def equal_vectors(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """An equation between elements of a linear space as a combination of such equations, with any numbers as multipliers."""
    goal, multipliers = (args[0], args[1:]) if args else (FALSE, ())
    need(goal.head == "eq" and is_linear(goal.args[0].sort) and len(multipliers) == len(given), "the goal is an equation between vectors")
    rest = goal.args[1] - goal.args[0]
    for premise, c in zip(given, multipliers, strict=True):
        fact = premise.conclusion
        need(fact.head == "eq" and fact.args[0].sort is goal.args[0].sort and is_numeric(c.sort), "{!r} is no equation of that space", fact)
        rest = rest - make("smul", c, fact.args[1] - fact.args[0])
    need(not combination(rest), "the equations do not add up to {!r}", goal)
    return follows(goal, given)


# --- congruence ---------------------------------------------------------------------------------------------------------------------

def _context(equation: Node, context: Node) -> tuple[Node, Node]:
    need(equation.head == "eq" and context.head == "lam" and len(context.args) == 2, "congruence takes an equation and a context")
    return opened(context.args[1], (equation.args[0],)), opened(context.args[1], (equation.args[1],))


@inference("congruence", 1, 1)
def congruence(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """s = t gives C[s] = C[t], for a context λx. C."""
    return follows(eq(*_context(given[0].conclusion, args[0])), given)


@inference("rewrite", 2, 1)
def rewrite(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
    """s = t and φ[s] give φ[t], for a context λx. φ."""
    left, right = _context(given[0].conclusion, args[0])
    need(left is given[1].conclusion, "{!r} is not the context at the left side", given[1].conclusion)
    return follows(right, given)


BINDERS = ("sum", "tprod", "table", "sup", "expect", "lineint")


@law("termwise", 2)
def termwise(left: Node, right: Node) -> Statement:
    """∀x∈D F = G gives B_{x∈D} F = B_{x∈D} G, for sums, products, suprema, means and integrals."""
    domains = left.args[:-1]
    fine = left.head == right.head and left.head in BINDERS and domains == right.args[:-1]
    need(fine, "termwise takes two sums, suprema, means or integrals over the same sets")
    return [quantified(domains, eq(left.args[-1], right.args[-1]))], eq(left, right)


def quantified(domains: Sequence[Node], body: Node) -> Node:
    """∀x_1∈D_1 … ∀x_m∈D_m φ, for the body of a binder over D_1, …, D_m."""
    for place in range(len(domains) - 1, -1, -1):
        body = make("all", shift(domains[place], place), body)
    return body


@law("enclose", 1, more=True)
def enclose(relation: Node, *ends: Node) -> Statement:
    """An inequality that ball arithmetic decides on a box: for each free variable v, in order, numerals a and b with a ≤ v ≤ b."""
    need(relation.head in ("le", "lt"), "enclose proves inequalities")
    variables = box_variables(relation)
    need(len(ends) == 2 * len(variables), "a box has two ends for each of {} variables, not {}", len(variables), len(ends))
    box = {v: (ends[2 * place], ends[2 * place + 1]) for place, v in enumerate(variables)}
    need(decided(relation, {v: (value_of(low), value_of(high)) for v, (low, high) in box.items()}), "balls do not decide {!r}", relation)
    return [bound for v, (low, high) in box.items() for bound in (le(low, v), le(v, high))], relation


def box_variables(relation: Node) -> list[Node]:
    """The free variables of a relation, in the order of their keys."""
    return sorted(relation.free, key=lambda v: v.key)
