"""The linear checker: the goal is a nonnegative combination of the facts, with exact multipliers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import Any

from sympy import Expr

from theory.certificates.steps.farkas import FORMAT, verify_farkas
from theory.checkers.atoms import is_atom, rational
from theory.checkers.exact_lp import Constraint, feasible_point
from theory.checkers.power_sums import ONE, Monomial, Poly, monomial_term, scale
from theory.checkers.problem import Problem, contradictory, guarded, pose, refutation, undefined_goal
from theory.terms import Eq, Le, Lt, Relation
from theory.verdict import Verdict, proved, unknown

SYMBOL = {Le: ">=", Lt: ">", Eq: "="}


@dataclass(frozen=True)
class LinearRow:
    """p R 0, by name."""

    name: str
    poly: Poly
    relation: str


@guarded
def check_linear(goal: Relation, facts: Mapping[str, Relation], explained: bool = True) -> Verdict:
    """Whether a relation of scalars is a linear consequence of named relations, over the reals.

    Power products that remain after expansion count as unknowns.  Besides the facts, the signs of atoms and power products (rows
    ``sign:…``; at least 1 for positive integers) and the defining inequalities of Min, Max and |·| (rows ``def:…``) may be used.

    Source: Farkas' lemma (Schrijver 1986, section 7.3); the checker is complete for linear reasoning.

    Args:
        goal: lhs ≤ rhs, lhs < rhs or lhs = rhs.
        facts: relations by name; those that may be undefined (a denominator that may vanish) are set aside.
        explained: whether a countermodel and a contradiction are looked for where the goal does not follow; UNKNOWN otherwise.
    Returns:
        PROVED with a Farkas certificate; FAILED with an exact countermodel, or when the facts are contradictory; UNKNOWN otherwise.
    Raises:
        BadData: the goal or a fact is not a relation of exact real scalars.
    Guarantee:
        PROVED is certified: the multipliers are re-checked by `verify_farkas`.  A countermodel is evaluated exactly.

    >>> from sympy import symbols
    >>> from theory.terms import le
    >>> x, y = symbols("x y", real=True)
    >>> check_linear(le(x + y, 5), {"x": le(x, 2), "y": le(2*y, 6)}).evidence["certificates"][0]["multipliers"]
    ['1', '1/2']
    """
    problem = pose(goal, facts)
    if problem.undefined:
        return undefined_goal(problem)
    rows, certificates = rows_of(problem), []
    for target in _targets(problem):
        certificate = combination(problem, target, rows)
        if certificate is None:
            return _does_not_follow(problem, target, rows) if explained else unknown("no combination of the facts gives the goal")
        certificates.append(certificate)
    clash = contradiction(problem, rows)
    if clash is not None:
        return clash
    used = sorted({row["name"] for c in certificates for row in c["rows"]})
    text = ', '.join(used) or 'no facts: it is an identity'
    return proved(f"nonnegative combination of {text}", method="farkas", certificates=certificates)


def rows_of(problem: Problem) -> list[LinearRow]:
    """The facts, the definitions and the signs of all power products as rows p R 0."""
    relations = {**problem.facts, **problem.definitions()}
    rows = [LinearRow(name, problem.gap(fact), SYMBOL[fact.func]) for name, fact in relations.items()]
    monomials = dict.fromkeys(m for p in (problem.gap(problem.goal), *(row.poly for row in rows)) for m in p if m != ONE)
    return [row for row in chain(rows, *(_sign_rows(problem, m) for m in monomials)) if row.poly or row.relation == ">"]


def _sign_rows(problem: Problem, monomial: Monomial) -> list[LinearRow]:
    # without the facts about the power product itself, so that a bound which a fact states enters under the name of that fact
    bounds = problem.signs.factor_range(monomial)
    rows, name = [], problem.names(monomial_term(monomial))
    if bounds.lo is not None:
        rows.append(LinearRow(f"sign:{name}", _shifted({monomial: Fraction(1)}, -bounds.lo), ">" if bounds.lo_open else ">="))
    if bounds.hi is not None:
        rows.append(LinearRow(f"sign:-{name}", _shifted({monomial: Fraction(-1)}, bounds.hi), ">" if bounds.hi_open else ">="))
    return rows


def _shifted(p: Poly, constant: Fraction) -> Poly:
    return {**p, ONE: constant} if constant else p


def _targets(problem: Problem) -> list[LinearRow]:
    gap = problem.gap(problem.goal)
    if isinstance(problem.goal, Eq):
        return [LinearRow("goal", gap, ">="), LinearRow("goal reversed", scale(gap, Fraction(-1)), ">=")]
    return [LinearRow("goal", gap, SYMBOL[problem.goal.func])]


def combination(problem: Problem, target: LinearRow, rows: list[LinearRow]) -> dict[str, Any] | None:
    """A verified Farkas certificate of the target from the rows, as plain data; None when there is none."""
    unknowns = dict.fromkeys(m for p in (target.poly, *(row.poly for row in rows)) for m in p if m != ONE)
    system = [Constraint({i: row.poly[m] for i, row in enumerate(rows) if m in row.poly}, -target.poly.get(m, Fraction(0)), "=")
              for m in unknowns]
    system += [Constraint({i: Fraction(1)}, Fraction(0), ">=") for i, row in enumerate(rows) if row.relation != "="]
    slack = {i: -row.poly[ONE] for i, row in enumerate(rows) if ONE in row.poly}
    constant = target.poly.get(ONE, Fraction(0))
    system.append(Constraint(slack, constant, ">="))
    if target.relation == ">":
        # slack + Σ of multipliers of strict rows is positive: Motzkin's condition
        strict = {i: slack.get(i, Fraction(0)) + (row.relation == ">") for i, row in enumerate(rows)}
        system.append(Constraint(strict, constant, ">"))
    found = feasible_point(system)
    if found is None:
        return None
    used = [(i, row, found[i]) for i, row in enumerate(rows) if found.get(i)]
    certificate = {
        "format": FORMAT, "goal": _plain(problem, target), "rows": [_plain(problem, row) for _, row, _ in used],
        "multipliers": [str(value) for *_, value in used],
        "slack": str(constant + sum((value * slack.get(i, 0) for i, _, value in used), Fraction(0))),
    }
    verify_farkas(certificate)
    return certificate


def _plain(problem: Problem, row: LinearRow) -> dict[str, Any]:
    coefficients = {problem.names(monomial_term(m)): str(c) for m, c in row.poly.items() if m != ONE}
    return {"name": row.name, "relation": row.relation, "coefficients": coefficients, "constant": str(row.poly.get(ONE, Fraction(0)))}


def contradiction(problem: Problem, rows: list[LinearRow]) -> Verdict | None:
    """FAILED when the rows contradict one another: anything would follow from them, and nothing is learnt."""
    certificate = combination(problem, LinearRow("contradiction", {ONE: Fraction(-1)}, ">="), rows) or \
        combination(problem, LinearRow("contradiction", {}, ">"), rows)
    if certificate is None:
        return None
    names = ", ".join(row["name"] for row in certificate["rows"])
    return contradictory(names, certificates=[certificate])


def _does_not_follow(problem: Problem, target: LinearRow, rows: list[LinearRow]) -> Verdict:
    clash = contradiction(problem, rows)
    if clash is not None:
        return clash
    opposite = LinearRow("not goal", scale(target.poly, Fraction(-1)), ">" if target.relation == ">=" else ">=")
    point = feasible_point([_constraint(row) for row in (*rows, opposite)])
    if point is None:
        return unknown(f"the linear solver gave up{problem.remark}")
    found = refutation(problem, countermodel(problem, point))
    if found is not None:
        return found
    relaxed = {problem.names(monomial_term(m)): str(v) for m, v in point.items()}
    return unknown("no nonnegative combination of the facts gives the goal, but the values that show it do not respect the power "
                   f"products or integers in it; try the polynomial or chain checker{problem.remark}", relaxed_countermodel=relaxed)


def _constraint(row: LinearRow) -> Constraint:
    return Constraint({m: c for m, c in row.poly.items() if m != ONE}, row.poly.get(ONE, Fraction(0)), row.relation)


def countermodel(problem: Problem, point: Mapping[Any, Fraction]) -> dict[Expr, Expr]:
    """Values of the opaque atoms, 1 for an atom that stands only inside power products."""
    values = {m[0][0]: rational(v) for m, v in point.items() if len(m) == 1 and m[0][1] == 1 and is_atom(m[0][0])}
    return {atom: values.get(atom, rational(Fraction(1))) for atom in problem.atoms}
