"""The margin of a lemma on an instance: its own conclusion, with families of terms made concrete, evaluated term by term.

No formula is written again here.  What the evaluator cannot compute exactly (the law of a χ², say) an oracle gives as an enclosure of
that one term; thresholds and bounds are still those of the lemma.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sympy import Integer, expand_log, preorder_traversal
from sympy.core.symbol import Str

from theory.errors import BadData
from theory.proof import Lemma
from theory.terms import Eq, ForAll, Formula, Le, Prob, Relation, Symbol, VectorSymbol, log, replace
from theory.terms.arithmetic import guided, simplified
from theory.terms.schema import FAMILY_TERMS, Template, instantiate
from theory.terms.sorts import Named, Scalar, rename_variable
from verify.evaluate import Env, Evaluator, FactCheck, Instance, Interval, Options, Outcome, Scope, reads

# an oracle: (term, evaluator of the instance, instance) -> (lower, upper), or None for terms that it does not know
Oracle = Callable[[Any, Evaluator, Instance], "tuple[float, float] | None"]
Rewriting = Callable[[Formula], Formula]


class Given(Named, Scalar):
    """A scalar whose enclosure stands in the instance under its name."""

    def __new__(cls, name: Any) -> Given:
        return Scalar.__new__(cls, name if isinstance(name, Str) else Str(name))


@reads(Given)
def _given(term: Given, scope: Scope) -> Any:
    def run(env: Env) -> Interval:
        lower, upper = env.run.instance.values[term.name]
        return Interval(np.float64(lower), np.float64(upper))

    return run


@dataclass(frozen=True)
class Model:
    """How a lemma is made concrete: terms for its families, rewritings that are exact on the instances, and oracles.

    `log_tail` encloses log P(event fails) for conclusions 1 − δ ≤ P(event), so that tiny probabilities are compared on a log scale.
    """

    families: Mapping[str, Callable[..., Any]]
    rewriting: Rewriting | None = None
    oracle: Oracle | None = None
    log_tail: Oracle | None = None
    options: Options = field(default_factory=lambda: Options(n_points=32, search_rounds=8))


@dataclass(frozen=True)
class MeasuredMargin:
    """The worst margin on an instance: log(rhs/lhs) where both sides are positive; `violated` says that it is false beyond all errors.

    `margin` is +∞ where both sides vanish or the statement is vacuous: such an instance tests the lemma but says nothing of its slack.
    """

    margin: float
    violated: bool
    detail: str = ""


def concrete(formula: Formula, lemma: Lemma, model: Model) -> Any:
    """The formula with its families replaced by terms, rewritten as the model says.

    Raises: BadData for a family that the model leaves open.
    """
    binding = {}
    for term in preorder_traversal(formula):
        if isinstance(term, FAMILY_TERMS) and term.args[0] not in binding:
            family = term.args[0]
            if family.name not in model.families:
                raise BadData(f"the model of {lemma.id} says nothing of the family {family.name}; give it a term")
            variables = tuple(_placeholder(a, f"°h{place}") for place, a in enumerate(term.args[1:]))
            binding[family] = Template(variables, model.families[family.name](*variables))
    found = instantiate(formula, binding)
    return found if model.rewriting is None else model.rewriting(found)


def _placeholder(argument: Any, name: str) -> Any:
    """A variable of the sort of an argument; arguments that are terms, such as t_i or −y, are of the sort of what they stand for."""
    if isinstance(argument, (Symbol, Named)):
        return rename_variable(argument, name)
    return VectorSymbol(name, argument.dim) if hasattr(argument, "dim") else Symbol(name, real=True)


def at_first_index(formula: Formula) -> Formula:
    """A conclusion about all indices, at the index 1: the others are alike."""
    return formula.instantiate(*[Integer(1)] * len(formula.variables)) if isinstance(formula, ForAll) else formula


def measure(formula: Formula, model: Model, instance: Instance) -> MeasuredMargin:
    """The margin of a concrete formula on an instance."""
    at = Evaluator(instance, model.options)
    if isinstance(formula, ForAll) and isinstance(formula.body, Relation) and formula.body.atoms(Prob):
        formula = at_first_index(formula)
    if isinstance(formula, Le) and isinstance(formula.rhs, Prob):
        return _tail(formula, model, at, instance)
    formula, instance = _with_oracle(formula, model, instance, at)
    check = Evaluator(instance, model.options).fact(formula)
    detail = f"{check.lhs} against {check.rhs} {check.detail}".strip()
    return MeasuredMargin(_margin(check, is_equation=isinstance(_core(formula), Eq)), check.outcome is Outcome.VIOLATED, detail)


def _core(formula: Any) -> Any:
    """What the quantifiers of a formula speak of."""
    return _core(formula.body) if isinstance(formula, ForAll) else formula


def _margin(check: FactCheck, *, is_equation: bool) -> float:
    """The largest margin that the enclosures allow: it is negative only where the relation is violated for certain."""
    (least, _), (_, most) = check.lhs, check.rhs
    vanish = bool(np.all(np.abs([*check.lhs, *check.rhs]) <= 1e-12))  # 0 ≤ 0 says nothing of the slack
    if check.outcome is Outcome.VACUOUS or vanish or (is_equation and check.outcome is Outcome.UNDECIDED):
        return float("inf")
    if is_equation:
        return check.margin if check.outcome is Outcome.VIOLATED else 0.0
    if not np.isfinite([least, most]).all():
        return check.margin if np.isfinite(check.margin) else float("inf")
    if least > 0 and most > 0:
        return float(np.log(most) - np.log(least))
    return float((most - least) / max(abs(most), abs(least)))


def _with_oracle(formula: Formula, model: Model, instance: Instance, at: Evaluator) -> tuple[Any, Instance]:
    """Replace the closed terms that the oracle knows by their enclosures."""
    if model.oracle is None:
        return formula, instance
    found: dict[Any, Any] = {}
    values: dict[str, tuple[float, float]] = {}
    waiting = [formula]
    while waiting:
        term = waiting.pop()
        enclosure = model.oracle(term, at, instance) if isinstance(term, Scalar) and term not in found else None
        if enclosure is not None:
            name = f"°given{len(found)}"
            found[term], values[name] = Given(name), enclosure
        elif term not in found:
            waiting.extend(term.args)
    return replace(formula, found), instance.with_values(**values)


@guided
def _logarithm(delta: Any) -> Any:
    """log δ for a positive δ, as a sum where δ is a product: δ itself may underflow."""
    return expand_log(log(simplified(delta)), force=True)


def _tail(formula: Le, model: Model, at: Evaluator, instance: Instance) -> MeasuredMargin:
    """1 − δ ≤ P(event), compared as log P(not event) ≤ log δ."""
    delta = 1 - formula.lhs
    share = at.interval(delta)
    vanishes = bool(np.all((share.lower == 0) & (share.upper == 0) & (share.error == 0)))  # not by underflow, as exp(−1000) does
    allowed = (-np.inf, -np.inf) if vanishes else at.value(_logarithm(delta))
    event = formula.rhs
    fails = model.log_tail(event, at, instance) if model.log_tail is not None else None
    if fails is None:
        low, high = at.value(event)
        with np.errstate(divide="ignore"):
            fails = float(np.log(max(1.0 - high, 0.0))), float(np.log(max(1.0 - low, 0.0)))
    if allowed[0] == fails[1] == -np.inf:  # the event is certain, and the bound says no less
        return MeasuredMargin(float("inf"), False)
    # 1e-9: the logarithms are rounded at 1e-16 times their size, which is at most a few thousand
    return MeasuredMargin(allowed[1] - fails[0], fails[0] > allowed[1] + 1e-9, f"log P(fails) in {fails}, allowed {allowed}")
