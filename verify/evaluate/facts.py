"""The front door: the value of a term and the outcome of a fact on an instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sympy import Expr

from theory.errors import BadData, LawbookError
from theory.terms.sorts import Formula
from verify.evaluate.comparison import Outcome, PlaceOutcome, Truth
from verify.evaluate.domains import scalar_ends
from verify.evaluate.formulas import closed_level
from verify.evaluate.scope import Env, Options, Run, Scope, compiled
from verify.evaluate.values import Interval
from verify.objects.instance import Instance

_DEFAULT = Options()


@dataclass(frozen=True)
class FactCheck:
    """The outcome of a fact on an instance.

    `margin` is certain: log(rhs/lhs) for ≤ and < between positive sides, else (rhs − lhs) relative to the larger; for
    equations minus the relative error; worst over all quantified places; 0 where the fact holds up to rounding alone.
    `lhs` and `rhs` are the (lower, upper) ends of the two sides at the worst place, and `place` gives the indices (from 1)
    and points there.  `sampled` says that HOLDS means "held on the sample".  `off_domain` says what was read off its domain
    somewhere on the way, such as "1/0 = 0 in 1/t".
    """

    outcome: Outcome
    margin: float
    lhs: tuple[float, float]
    rhs: tuple[float, float]
    place: Mapping[str, Any] = field(default_factory=dict)
    sampled: bool = False
    detail: str = ""
    off_domain: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        raise TypeError("a FactCheck has no truth value: compare its outcome")


class Evaluator:
    """Evaluates many terms and facts on one instance; values of suprema, expectations and Lipschitz constants are
    shared.

    >>> from theory.terms import Sum, VectorSymbol, index, le, n
    >>> y, i = VectorSymbol("y", n), index("i")
    >>> at = Evaluator(Instance({"y": [1, -1, 1]}))
    >>> at.value(Sum(y[i], (i, n))), at.fact(le(Sum(y[i] ** 2, (i, n)), n)).outcome.value
    ((1.0, 1.0), 'HOLDS')
    """

    def __init__(self, instance: Instance, options: Options = _DEFAULT) -> None:
        self._run = Run(instance, options)

    def interval(self, term: Any) -> Interval:
        """The value of a closed scalar term, with its error."""
        if not isinstance(term, Expr):
            raise BadData(
                f"only scalar terms have a value as an interval, not {type(term).__name__}; use `array` or `fact`"
            )
        found: Interval = self._at(term)
        return found

    def value(self, term: Any) -> tuple[float, float]:
        """The value of a closed scalar term as (lower, upper), equal when it is a point."""
        found = self.interval(term)
        if not found.is_point:
            return scalar_ends(found)
        return float(np.ravel(found.lower)[0]), float(np.ravel(found.upper)[0])

    def array(self, term: Any) -> Any:
        """The value of a closed vector or matrix term."""
        return self._at(term).array

    def fact(self, formula: Formula) -> FactCheck:
        """The outcome of a closed formula."""
        if not isinstance(formula, Formula):
            raise BadData(f"a fact is a formula, not {type(formula).__name__}; build one with le, lt, eq or forall")
        self._run.notes, self._run.enclosed, self._run.off_domain = [], False, []
        truth = self._at(formula)
        if closed_level(truth) == PlaceOutcome.UNDECIDED and self._run.enclosed:
            truth = self._tried(formula) or truth
        return replace(_check(truth, "; ".join(self._run.notes)), off_domain=tuple(self._run.off_domain))

    def _tried(self, formula: Formula) -> Truth | None:
        """The fact with every enclosure put at its lower end, its middle, and its upper end; None unless it holds at
        all.

        One unknown often stands on both sides, as Lip(f) does in Lip ≤ √k·Lip, which intervals cannot see.  Holding at
        these values is evidence and no more, so the truth is marked as sampled.
        """
        found: list[Truth] = []
        try:
            for self._run.collapse in (0.0, 0.5, 1.0):
                truth = self._at(formula)
                if closed_level(truth) < PlaceOutcome.HOLDS:
                    return None
                found.append(truth._replace(sampled=np.ones(np.shape(truth.level), dtype=bool)))
        finally:
            self._run.collapse = None
        self._run.note(
            "it held with every enclosure at its lower end, middle and upper end "
            "(searched suprema: the best value found)"
        )
        return min(found, key=lambda t: float(np.ravel(t.margin)[0]))

    def _at(self, term: Any) -> Any:
        self._run.learn_sizes(term)
        with np.errstate(
            all="ignore"
        ):  # undecided values are NaN and infinite ends inf; both are decided on, not warned about
            return compiled(term, Scope())(Env(self._run, {}, {}))


def evaluate(term: Any, instance: Instance, options: Options = _DEFAULT) -> tuple[float, float]:
    """The value of a scalar term on an instance: (lower, upper), equal when the value is a point.

    Every term of `theory.terms` has this reading.  Finite sums and maxima over index ranges, expectations over short
    sign vectors and integrals of step functions are exact up to rounding; suprema over continuous sets and Lipschitz
    constants are enclosures; other expectations and probabilities are confidence intervals of the instance's seed.

    Args: term, an Instance, options.
    Off its domain a term has the value that `verify.evaluate.conventions` lists, such as 1/0 = 0.

    Returns: (lower, upper); NaN where the value is not decided, as of 1/t for a t that is 0 up to rounding.
    Raises: HypothesisViolated for a name without a value, ShapeError for arrays that do not fit, BadData.

    >>> from theory.terms import VectorSymbol, norm, n
    >>> evaluate(norm(VectorSymbol("y", n)), Instance({"y": [3, 4]}))
    (5.0, 5.0)
    """
    return Evaluator(instance, options).value(term)


def evaluate_formula(formula: Formula, instance: Instance, options: Options = _DEFAULT) -> FactCheck:
    """The outcome of a fact on an instance: HOLDS, VIOLATED, UNDECIDED, or VACUOUS (a premise is false).

    Relations are compared with the rounding errors of both sides, propagated through every operation, and the accuracy
    of the instance; sides that agree within these errors count as equal.  A VIOLATED fact is false beyond all errors
    (confidence intervals err with their stated rate). Quantifiers over continuous sets are sampled with an adversarial
    search: HOLDS then means that it held on the sample.

    Raises: as `evaluate`.

    >>> from theory.terms import VectorSymbol, dot, le, n, norm
    >>> u, v = VectorSymbol("u", n), VectorSymbol("v", n)
    >>> at = Instance({"u": [1, 2], "v": [3, 4]})
    >>> evaluate_formula(le(dot(u, v), norm(u) * norm(v)), at).outcome.value
    'HOLDS'
    >>> evaluate_formula(le(norm(u) * norm(v), dot(u, v)), at).outcome.value
    'VIOLATED'
    """
    return Evaluator(instance, options).fact(formula)


def read_off_domain(formulas: Iterable[Formula], instance: Instance) -> tuple[str, ...]:
    """What the facts read off the domain of their terms on an instance: exactly where they can be decided so, else in floats.

    Raises: as `evaluate`.

    >>> from sympy import Symbol
    >>> from theory.terms import eq
    >>> read_off_domain([eq(1 / Symbol("t", real=True), 0)], Instance({"t": 0}))
    ('1/0 = 0 in 1/t',)
    """
    found: dict[str, None] = {}
    at = Evaluator(instance)
    for formula in formulas:
        found |= dict.fromkeys(_read_exactly(formula, instance) or at.fact(formula).off_domain)
    return tuple(found)


def _read_exactly(formula: Formula, instance: Instance) -> list[str]:
    from verify.evaluate.exact import check_exact  # binds late: the exact reading imports this package

    try:
        return list(check_exact(formula, instance).evidence.get("off domain", ()))
    except LawbookError:  # such as an instance of floats
        return []


def _check(truth: Truth, notes: str) -> FactCheck:
    level = closed_level(truth)
    lhs, rhs = ((float(np.ravel(side)[0]), float(np.ravel(side)[1])) for side in (truth.lhs, truth.rhs))
    detail = [notes] if notes else []
    if level == PlaceOutcome.UNDECIDED and np.isnan([*lhs, *rhs]).any():
        detail.insert(0, "a side of the relation is not decided or is not measured")
    places = {name: _plain(where) for name, where in truth.places.items()}
    sampled = bool(np.any(truth.sampled)) and level in (PlaceOutcome.HOLDS, PlaceOutcome.VACUOUS)
    margin = float(np.ravel(truth.margin)[0])
    if level == PlaceOutcome.HOLDS and (margin < 0 or (lhs[1] > rhs[0] and not sampled)):
        margin = 0.0                                        # it holds, and by no more than the errors of its two sides
    return FactCheck(
        Outcome[level.name],
        margin,
        lhs,
        rhs,
        places,
        sampled,
        "; ".join(detail),
    )


def _plain(where: Any) -> Any:
    """An index or a scalar as a number, a point as a list; None for a variable of a branch that did not decide."""
    array = np.squeeze(np.asarray(where, dtype=np.float64))
    if np.isnan(array).any():
        return None
    if array.ndim:
        return array.tolist()
    return int(array) if array == np.rint(array) else float(array)
