"""The chain checker: an inequality of power products by substituting facts A ≤ B into it, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from sympy import Integer

from theory.certificates.steps.chain import FORMAT, PowerProduct, verify_chain
from theory.checkers.chain_models import cycle, refuted
from theory.checkers.chain_search import exponents_of, ordered
from theory.checkers.linear import contradiction, rows_of
from theory.checkers.power_products import Link, Reader, links_of, plain
from theory.checkers.power_sums import NONNEGATIVE, POSITIVE
from theory.checkers.problem import Problem, guarded, pose, undefined_goal
from theory.checkers.signs import NONPOSITIVE
from theory.errors import NotCertified
from theory.terms import Eq, Le, Lt, Relation
from theory.verdict import Status, Verdict, proved, unknown


@guarded
def check_chain(goal: Relation, facts: Mapping[str, Relation]) -> Verdict:
    """Whether a relation between power products of nonnegative scalars follows by substituting named facts A ≤ B.

    Exponents are rational, coefficients positive (radicals, π and other constants included).  Atoms may vanish: then they are never
    divided by.  Positive integers are at least 1 and Min and Max lie on their side of their arguments, without being told.

    Args:
        goal: lhs ≤ rhs, lhs < rhs or lhs = rhs between power products.
        facts: relations by name; those that are not between power products take no part.
    Returns:
        PROVED with a chain certificate; FAILED with a countermodel, or when the facts are contradictory; UNKNOWN otherwise.
    Raises:
        BadData: the goal or a fact is not a relation of exact real scalars.
    Guarantee:
        PROVED is certified: the substitutions are replayed by `verify_chain`.  A countermodel is evaluated exactly or in balls.

    >>> from sympy import symbols, sqrt
    >>> from theory.terms import le
    >>> n, R, s, F, W, k = symbols("n R s F W k", nonnegative=True)
    >>> check_chain(le(n, R*sqrt(k)*W), {"path": le(n, R*F), "rank": le(F, sqrt(k)*W)}).status.value
    'PROVED'
    """
    problem = pose(goal, facts)
    if problem.undefined:
        return undefined_goal(problem)
    directions = [goal] if not isinstance(goal, Eq) else [Le(goal.lhs, goal.rhs), Le(goal.rhs, goal.lhs)]
    verdicts = [_one_direction(problem.with_goal(direction)) for direction in directions]
    worst = min(verdicts, key=lambda v: v.status.rank)
    if worst.status is not Status.PROVED:
        return worst
    clash = contradiction(problem, rows_of(problem))
    if clash is not None:
        return clash
    certificates = [c for v in verdicts for c in v.evidence["certificates"]]
    return proved("; then ".join(v.reason for v in verdicts), method="chain", certificates=certificates)


def _one_direction(problem: Problem) -> Verdict:
    lhs, rhs, strict = problem.goal.lhs, problem.goal.rhs, isinstance(problem.goal, Lt)
    signs = problem.signs
    if not strict and signs.of(lhs) <= NONPOSITIVE and signs.of(rhs) <= NONNEGATIVE:
        return proved("the left side is at most 0 and the right side at least 0, by signs", certificates=[])
    reader = Reader(problem)
    lower, upper = reader.read(lhs), reader.read(rhs)
    if lower is None or upper is None:
        side = lhs if lower is None else rhs
        return unknown(f"{side} is not a positive multiple of a power product of scalars known to be nonnegative{problem.remark}")
    links = [link for fact in _facts(problem).items() for link in links_of(reader, *fact)]
    plan = exponents_of(reader, links, lower, upper)
    if plan is not None:
        steps = ordered(links, plan, lower, reader.positive)
        if steps is not None:
            return _conclude(problem, reader, links, steps, (lower, upper))
        return unknown("exponents were found, but no order of the substitutions avoids division by a scalar that may vanish"
                       f"{problem.remark}", exponents={links[i].name: str(e) for i, e in plan.items()})
    clash = cycle(reader, links)
    if clash is not None:
        return clash
    countermodel = refuted(reader, links, lower, upper)
    if countermodel is not None:
        return countermodel
    return unknown(f"no product of powers of the facts gives the goal, and no countermodel was found{problem.remark}")


def _facts(problem: Problem) -> dict[str, Relation]:
    least = {f"sign:{a}": Le(Integer(1), a) for a in problem.atoms
             if a.is_integer is True and problem.signs.of(a) == POSITIVE}  # a positive integer is at least 1
    return {**problem.facts, **problem.definitions(), **least}


def _conclude(problem: Problem, reader: Reader, links: list[Link], steps: list[tuple[int, Fraction]],
              sides: tuple[PowerProduct, PowerProduct]) -> Verdict:
    clash = cycle(reader, links)
    if clash is not None:
        return clash
    certificate = {
        "format": FORMAT, "strict": isinstance(problem.goal, Lt), "lhs": plain(sides[0]), "rhs": plain(sides[1]),
        "positive": sorted(reader.positive), "enclosures": reader.enclosures, "steps": [links[i].plain(e) for i, e in steps],
    }
    try:
        verify_chain(certificate)
    except NotCertified as error:
        return unknown(f"the chain that was found does not pass its re-check: {error}{problem.remark}", certificates=[certificate])
    text = " · ".join(f"({links[i].name})^{e}" if e != 1 else links[i].name for i, e in steps)
    return proved(f"substitute {text}" if steps else "compare the constants", certificates=[certificate])
