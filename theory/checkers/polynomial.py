"""The polynomial checker: real arithmetic with products, roots, quotients, absolute values, minima and maxima."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Expr, Poly, Symbol

from theory.checkers.atoms import is_atom, rational
from theory.checkers.limits import WORK, answer, limited
from theory.checkers.linear import SYMBOL, LinearRow, contradiction, rows_of
from theory.checkers.problem import Problem, contradictory, guarded, holds_at, pose, refutation, undefined_goal
from theory.checkers.reals import Translation
from theory.checkers.squares_search import squares_certificate
from theory.terms import Eq, Relation
from theory.terms.printing.text import text
from theory.verdict import Verdict, failed, proved, unknown

SIMPLE_DENOMINATORS = (1, 2, 8, 64)  # countermodels are pushed to numbers that a person can check
SIMPLIFICATION = 200_000  # units of z3's work a call: only the looks of a countermodel depend on it
DIGITS = 30  # of the rational approximation of an algebraic number in a countermodel


@dataclass(frozen=True)
class SolverLimits:
    """How much work each call of the solver may do, in z3's units."""

    work: int = WORK


@guarded
def check_polynomial(goal: Relation, facts: Mapping[str, Relation], options: SolverLimits | None = None) -> Verdict:
    """Whether a relation of scalars follows from named relations in the theory of real closed fields.

    Opaque atoms are real numbers with their declared signs; exp, log and other transcendental functions of them are opaque too, with
    known signs; constants such as π are known up to a rational enclosure.

    Args:
        goal: lhs ≤ rhs, lhs < rhs or lhs = rhs.
        facts: relations by name; those that may be undefined are set aside.
        options: the limit of work.
    Returns:
        PROVED with a sum-of-squares certificate, or with the names of the facts that z3 used; FAILED with a countermodel, or when
        the facts are contradictory; UNKNOWN otherwise, also where the solver gives up.
    Raises:
        BadData: the goal or a fact is not a relation of exact real scalars.
    Guarantee:
        method "squares" is certified: re-checked by `verify_squares`.  Method "nlsat" rests on z3, whose version is named.

    >>> from sympy import symbols
    >>> from theory.terms import le
    >>> x, y = symbols("x y", real=True)
    >>> verdict = check_polynomial(le(2*x*y, x**2 + y**2), {})
    >>> verdict.status.value, verdict.evidence["method"]
    ('PROVED', 'squares')
    """
    options = options or SolverLimits()
    problem = pose(goal, facts)
    if problem.undefined:
        return undefined_goal(problem)
    rows = rows_of(problem)
    clash = contradiction(problem, rows)
    if clash is not None:
        return clash
    certificate = None if isinstance(goal, Eq) else \
        squares_certificate(problem, LinearRow("goal", problem.gap(goal), SYMBOL[goal.func]), rows)
    return _decide(problem, options, certificate)


def _decide(problem: Problem, options: SolverLimits, certificate: dict[str, Any] | None) -> Verdict:
    import z3
    world = Translation(problem)
    tracked = {name: world.relation(fact) for name, fact in problem.facts.items()}
    opposite = z3.Not(world.relation(problem.goal))
    base = _solver(options, [*world.constraints, *tracked.values()])
    consistent = answer(base) if tracked else z3.sat
    if consistent == z3.unsat:
        return contradictory("z3 finds no real numbers at which all hold", method="nlsat", solver=_version())
    consistency = "consistent" if consistent == z3.sat else "not decided with the work allowed"
    if certificate is not None:
        used = [row["name"] for row in certificate["rows"]]
        return proved(f"sum of squares{' and ' + ', '.join(used) if used else ''}", method="squares", certificates=[certificate],
                      facts=consistency)
    solver = _solver(options, world.constraints)
    labels = {f"fact{i}": name for i, name in enumerate(tracked)}
    for label, formula in zip(labels, tracked.values(), strict=True):
        solver.assert_and_track(formula, label)
    solver.assert_and_track(opposite, "goal")
    found = answer(solver)
    if found == z3.unsat:
        used = sorted(labels[str(c)] for c in solver.unsat_core() if str(c) in labels)
        return proved(f"real arithmetic{' from ' + ', '.join(used) if used else ''} (z3)", method="nlsat", solver=_version(),
                      core=used, facts=consistency)
    if found == z3.unknown:
        return unknown(f"z3 gave up after {options.work} units of work ({solver.reason_unknown()}){problem.remark}", solver=_version())
    return _explained(problem, world, solver)


def _solver(options: SolverLimits, formulas: list[Any]) -> Any:
    import z3
    solver = limited(z3.SolverFor("QF_NRA"), options.work)
    solver.add(*formulas)
    return solver


def _version() -> str:
    import z3
    return f"z3 {z3.get_version_string()}"


# --- countermodels --------------------------------------------------------------------------------------------------------------

def _explained(problem: Problem, world: Translation, solver: Any) -> Verdict:
    """FAILED with a countermodel that has been evaluated; UNKNOWN when the model of the solver is none of the real statement."""
    atoms = {base: v for base, v in world.variables.items() if is_atom(base)}
    limited(solver, SIMPLIFICATION)
    model = _simplified(solver, atoms)
    exact = {atom: _exact(model.eval(v, model_completion=True)) for atom, v in atoms.items()}
    if None not in exact.values():
        verdict = refutation(problem, {**dict.fromkeys(problem.atoms, rational(Fraction(1))), **exact})
        if verdict is not None:
            return verdict
    near = {problem.names(atom): _text(model.eval(v, model_completion=True)) for atom, v in atoms.items()}
    approximate = {atom: _near(model.eval(v, model_completion=True)) for atom, v in atoms.items()}
    if not problem.set_aside and _nearly_refutes(problem, world, approximate):
        at = ", ".join(f"{text(atom)} ≈ {float(value):.6g}" for atom, value in approximate.items())
        return failed(f"the goal does not follow: it is false near {at}, the algebraic numbers at which all facts hold",
                      countermodel=near, at=at, approximate=True)
    return unknown("z3 finds real numbers that violate the goal, but they do not respect integers or transcendental functions in it"
                   f"{problem.remark}", relaxed_countermodel=near)


def _simplified(solver: Any, atoms: Mapping[Expr, Any]) -> Any:
    """A model in which as many atoms as possible are simple rationals (whole numbers for integers)."""
    import z3
    model = solver.model()
    for atom, v in atoms.items():
        value = _near(model.eval(v, model_completion=True))
        rounded = Fraction(int(value.p), int(value.q))
        bounds = (1,) if atom.is_integer is True else SIMPLE_DENOMINATORS
        candidates = [rounded.limit_denominator(b) for b in bounds]
        if atom.is_integer is True:
            candidates += [Fraction(rounded.__floor__()), Fraction(rounded.__ceil__()), *map(Fraction, (1, 2, 3))]
        for candidate in dict.fromkeys(candidates):
            solver.push()
            solver.add(v == z3.RealVal(str(candidate)))
            if answer(solver) == z3.sat:
                model = solver.model()
                break
            solver.pop()
    return model


def _near(number: Any) -> Any:
    import z3
    if z3.is_algebraic_value(number):
        number = number.approx(DIGITS)
    return rational(Fraction(number.numerator_as_long(), number.denominator_as_long()))


def _text(number: Any) -> str:
    import z3
    return str(number.approx(DIGITS).as_fraction()) if z3.is_algebraic_value(number) else str(number)


def _exact(number: Any) -> Expr | None:
    """A rational, or a quadratic irrational in radicals; None for other algebraic numbers."""
    import z3
    if not z3.is_algebraic_value(number):
        return _near(number)
    coefficients = [c.as_long() for c in number.poly()]
    if len(coefficients) != 3:
        return None
    roots = Poly(list(reversed(coefficients)), Symbol("t")).real_roots()
    near = _near(number)
    return min(roots, key=lambda r: abs(float(r) - float(near)))


def _nearly_refutes(problem: Problem, world: Translation, values: Mapping[Expr, Any]) -> bool:
    """Whether the goal is certainly false at the approximate model; the solver's exact model satisfies the facts."""
    everywhere = {**dict.fromkeys(problem.atoms, rational(Fraction(1))), **values}
    whole = all(values[a].is_Integer for a in values if a.is_integer is True)
    if not world.is_faithful:
        return False
    return whole and not isinstance(problem.goal, Eq) and holds_at(problem.goal, everywhere) is False
