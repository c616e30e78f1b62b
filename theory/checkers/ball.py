"""The ball checker: inequalities in few real variables with exp, log, roots, trigonometric and gamma functions, by Arb."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import ceil, floor, prod

from sympy import Dummy, Expr, Integer, Symbol

from theory.checkers.atoms import atoms_of, rational, substitute
from theory.checkers.branch_and_bound import BallOptions, BoxSearch, Side
from theory.checkers.linear import contradiction, rows_of
from theory.checkers.power_sums import NONNEGATIVE, POSITIVE, SignSet
from theory.checkers.problem import Problem, contradictory, guarded, holds_at, pose, refutation
from theory.checkers.signs import NONZERO, Bounds
from theory.terms import Eq, Le, Lt, Relation
from theory.verdict import Verdict, proved, unknown

MOST_INTEGER_POINTS = 500  # so many integer points are evaluated one by one
MOST_VARIABLES = 4  # boxes multiply with every variable


@dataclass(frozen=True)
class DomainPiece:
    """A part of the domain: every atom is ± a new variable that ranges over a side with lo ≥ 0 or bounded."""

    values: Mapping[Expr, Expr]
    sides: Mapping[Symbol, Side]

    def point(self, at: Mapping[Symbol, Fraction]) -> dict[Expr, Expr]:
        """Values of the atoms at a point of the piece."""
        return {atom: value.xreplace({u: rational(t) for u, t in at.items()}) for atom, value in self.values.items()}


@guarded
def check_ball(goal: Relation, facts: Mapping[str, Relation], options: BallOptions | None = None) -> Verdict:
    """Whether a relation holds for all values of its few scalars within numeric bounds that facts or declarations give them.

    Facts contribute bounds of single scalars (a ≤ s, s < b); relations between scalars take no part.
    A scalar without bounds ranges over the line.  Where the goal is tight, monotonicity towards the tight point is proved by
    enclosing derivatives.

    Args:
        goal: lhs ≤ rhs, lhs < rhs or lhs = rhs.
        facts: relations by name.
        options: number of boxes, depth, precision.
    Returns:
        PROVED with the number of boxes and the smallest certified margin; FAILED with a rational point at which the goal is certainly
        false, or when the facts are contradictory; UNKNOWN otherwise.
    Raises:
        BadData: the goal or a fact is not a relation of exact real scalars.
    Guarantee:
        certified: all enclosures are Arb balls with outward rounding, values at the ends of monotone pieces are exact or balls.

    >>> from sympy import Symbol, log
    >>> from theory.terms import le
    >>> s = Symbol("s", positive=True)
    >>> check_ball(le(log(s), s - 1), {}).status.value
    'PROVED'
    """
    options = options or BallOptions()
    problem = pose(goal, facts)
    clash = contradiction(problem, rows_of(problem))
    if clash is not None:
        return clash
    atoms = atoms_of(goal.lhs, goal.rhs)
    if len(atoms) > MOST_VARIABLES:
        return unknown(f"the goal has {len(atoms)} scalars, more than the {MOST_VARIABLES} that branch and bound can treat")
    ranges = [_whole(atom, problem.signs.monomial_range(((atom, Fraction(1)),))) for atom in atoms]
    if any(r.lo is not None and r.hi is not None and (r.lo > r.hi or (r.lo == r.hi and (r.lo_open or r.hi_open))) for r in ranges):
        return contradictory(f"they leave no value for one of {', '.join(map(str, atoms))}")
    listed = _enumerated(problem, atoms, ranges)
    if listed is not None:
        return listed
    search = BoxSearch(options)
    for piece in _pieces(atoms, ranges):
        verdict = _on_piece(problem, piece, search)
        if verdict is not None:
            return verdict
    margin = "0" if search.margin is None else search.margin.str(6, radius=False)
    domain = {str(a): _text(r) for a, r in zip(atoms, ranges, strict=True)}
    return proved(f"branch and bound in balls, {search.boxes} boxes", method="ball", boxes=search.boxes, smallest_margin=margin,
                  domain=domain, precision=options.precision)


def _enumerated(problem: Problem, atoms: list[Expr], ranges: list[Bounds]) -> Verdict | None:
    """The verdict by evaluation at every point, when the scalars are integers of a small finite range; None otherwise."""
    if not all(a.is_integer is True and r.lo is not None and r.hi is not None for a, r in zip(atoms, ranges, strict=True)):
        return None
    values = [range(int(r.lo or 0), int(r.hi or 0) + 1) for r in ranges]
    if not atoms or prod(map(len, values)) > MOST_INTEGER_POINTS:
        return None
    for choice in product(*values):
        model = {a: Integer(v) for a, v in zip(atoms, choice, strict=True)}
        holds = holds_at(problem.goal, model)
        if holds is not True:
            everywhere = {**dict.fromkeys(problem.atoms, Integer(1)), **model}
            return refutation(problem, everywhere) if holds is False else None
    return proved(f"evaluated in balls at {prod(map(len, values))} integer points", method="ball", boxes=prod(map(len, values)),
                  domain={str(a): _text(r) for a, r in zip(atoms, ranges, strict=True)})


def _whole(atom: Expr, r: Bounds) -> Bounds:
    """Bounds of an integer are whole numbers."""
    if atom.is_integer is not True:
        return r
    lo = None if r.lo is None else Fraction(floor(r.lo) + 1 if r.lo_open else ceil(r.lo))
    hi = None if r.hi is None else Fraction(ceil(r.hi) - 1 if r.hi_open else floor(r.hi))
    return Bounds(lo, False, hi, False)


def _pieces(atoms: list[Expr], ranges: list[Bounds]) -> Iterator[DomainPiece]:
    for choice in product(*map(_variables, ranges)):
        yield DomainPiece({a: value for a, (value, _, _) in zip(atoms, choice, strict=True)}, {u: side for _, u, side in choice})


def _variables(r: Bounds) -> list[tuple[Expr, Symbol, Side]]:
    """The range of a scalar as one or two pieces, each of a variable that is bounded below."""
    if r.lo is not None:
        side = Side(r.lo, r.hi, r.lo_open, r.hi_open)
        if r.lo < 0 and r.hi is None:
            return [_variable(Side(r.lo, Fraction(0), r.lo_open, False), 1), _variable(Side(Fraction(0), None, True), 1)]
        return [_variable(side, 1)]
    if r.hi is not None:
        return [(-value, u, side) for value, u, side in _variables(Bounds(-r.hi, r.hi_open))]
    zero = Fraction(0)
    return [_variable(Side(zero, zero), 1), _variable(Side(zero, None, True), 1), _variable(Side(zero, None, True), -1)]


def _variable(side: Side, sign: int) -> tuple[Expr, Symbol, Side]:
    positive = side.lo > 0 or (side.lo == 0 and side.lo_open)
    u = Dummy("u", positive=True) if positive else Dummy("u", nonnegative=True) if side.lo == 0 and not side.is_point \
        else Dummy("u", real=True)
    return sign * u, u, side


def _on_piece(problem: Problem, piece: DomainPiece, search: BoxSearch) -> Verdict | None:
    """None when the goal is proved on the piece."""
    goal = problem.goal
    for condition in problem.undefined:
        if not _allowed(substitute(condition.inside, piece.values), condition.allowed, piece, search):
            text = condition.text
            return unknown(f"the goal is defined only if {text}, which was not shown on the whole domain{problem.remark}", missing=[text])
    directions = [goal] if not isinstance(goal, Eq) else [Le(goal.lhs, goal.rhs), Le(goal.rhs, goal.lhs)]
    witness: list[Verdict] = []

    def violated(at: Mapping[Symbol, Fraction]) -> bool:
        found = _violation(problem, piece, at)
        witness.extend(found)
        return bool(found)

    for direction in directions:
        gap = substitute(direction.rhs - direction.lhs, piece.values)
        answer = search.prove(gap, piece.sides, violated, strict=isinstance(goal, Lt))
        if answer is False:
            return witness[-1]
        if answer is None:
            return unknown(f"not settled with {search.boxes} boxes: the goal may be false, tight at an irrational point, or"
                           f" need a relation between its scalars{problem.remark}", boxes=search.boxes)
    return None


def _allowed(term: Expr, allowed: SignSet, piece: DomainPiece, search: BoxSearch) -> bool:
    def never(at: Mapping[Symbol, Fraction]) -> bool:
        return False

    attempts = [(term, allowed == POSITIVE)] if allowed in (POSITIVE, NONNEGATIVE) else []
    if allowed == NONZERO:
        attempts = [(term, True), (-term, True)]
    return any(BoxSearch(search.options).prove(t, piece.sides, never, strict=strict) is True for t, strict in attempts)


def _violation(problem: Problem, piece: DomainPiece, at: Mapping[Symbol, Fraction]) -> list[Verdict]:
    """The verdict FAILED at a point of the piece, integers rounded, when the goal is certainly false there and all facts hold."""
    values = piece.point(at)
    goal = problem.goal
    if not any(a.is_integer is True for a in values) and holds_at(goal, values) is not False:
        return []
    options = [[value] if a.is_integer is not True else [rational(Fraction(f)) for f in (floor(value), ceil(value))]
               for a, value in values.items()]
    for choice in product(*options):
        model = {**dict.fromkeys(problem.atoms, rational(Fraction(1))), **dict(zip(values, choice, strict=True))}
        verdict = refutation(problem, model)
        if verdict is not None:
            return [verdict]
    return []


def _text(r: Bounds) -> str:
    left = "(-∞" if r.lo is None else f"{'(' if r.lo_open else '['}{r.lo}"
    right = "∞)" if r.hi is None else f"{r.hi}{')' if r.hi_open else ']'}"
    return f"{left}, {right}"
