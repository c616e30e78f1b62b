"""What a witness must satisfy before it refutes anything: every hypothesis, decided exactly."""

from __future__ import annotations

from theory.claim import Hypothesis
from theory.errors import LawbookError
from theory.terms import Activation, Formula, Property
from theory.verdict import Status
from verify.evaluate import HELD, Evaluator, check_exact
from verify.objects.instance import Instance
from verify.trials.refutation.defining import is_identity, with_definitions


class Unproven(LawbookError):
    """A part of a refutation that does not check; its sentence becomes the reason of an UNKNOWN verdict."""


def require_hypotheses(hypotheses: tuple[Hypothesis, ...], instance: Instance) -> Instance:
    """The instance at which the hypotheses hold: the given one, with the functions that they define in place of those given.

    Each holds by construction or is decided in exact arithmetic: what holds up to rounding, or at samples, may be false.  An activation's
    word is taken for what is declared of it.

    Raises: Unproven.
    """
    formulas = {hypothesis.name: hypothesis.formula for hypothesis in hypotheses}
    built, constructed = with_definitions(formulas, instance)
    given, at = Evaluator(instance), Evaluator(built)
    for name, formula in formulas.items():
        found = (given if name in constructed else at).fact(formula)
        if found.outcome not in HELD:
            raise Unproven(f"the witness does not satisfy {name!r}, so it refutes nothing")
        exactly = Status.CERTIFIED if name in constructed or _is_declared(formula) else _exactly(formula, built)
        if exactly is Status.REFUTED:
            raise Unproven(f"the witness satisfies {name!r} up to rounding alone, so it refutes nothing")
        if exactly is not Status.CERTIFIED:
            seen = "at samples alone" if found.sampled else "in floating point alone; exact arithmetic does not decide it"
            raise Unproven(f"{name!r} was seen to hold {seen}, so the witness refutes nothing")
    return built


def _is_declared(formula: Formula) -> bool:
    """Whether the formula is a property that an activation declares of itself."""
    return isinstance(formula, Property) and isinstance(formula.objects[0], Activation)


def _exactly(formula: Formula, instance: Instance) -> Status:
    if is_identity(formula, instance):
        return Status.CERTIFIED
    try:
        return check_exact(formula, instance).status
    except LawbookError:                                        # such as an instance of floating-point numbers
        return Status.UNKNOWN
