"""The open constants of a statement, and what a family shows of them."""

from __future__ import annotations

from sympy import Expr, Integer, oo

from theory.claim import Claim
from theory.terms import Le, Symbol
from theory.terms.arithmetic import guided, limit, simplified
from theory.terms.printing.text import text
from theory.terms.sorts import replace
from verify.laws.measure import RefutingFamily
from verify.trials.refutation.witness import Unproven

MEMBERS = (2, 8, 32)      # of a family, that are looked at; what is seen there refutes nothing by itself


def at_constant_one(claim: Claim) -> Le:
    """The conclusion with its constant set to 1, where that constant is a factor of one side."""
    conclusion = claim.conclusion
    for constant in (Symbol(name, positive=True) for name in sorted(open_constants(claim))):
        if isinstance(conclusion, Le) and conclusion.has(constant):
            strict = [side for side in conclusion.args if side.has(constant)]
            others = open_constants(claim) & {s.name for s in conclusion.free_symbols} - {constant.name}
            if others:
                names = ", ".join(sorted({constant.name} | others))
                raise Unproven(f"{text(conclusion)} has the open constants {names}, and a family shows something of one only")
            if len(strict) == 1 and _is_proportional(strict[0], constant):
                at_one: Le = replace(conclusion, {constant: Integer(1)})
                return at_one
    raise Unproven(f"{text(conclusion)} is no inequality with one side proportional to an open constant")


@guided
def _is_proportional(side: Expr, constant: Symbol) -> bool:
    """Whether a side is the constant, a positive number, times what does not depend on it."""
    return not (simplified(side) / constant).has(constant)


def open_constants(claim: Claim) -> set[str]:
    return {c.name for c in claim.constants if not c.value}


def require_no_constant(claim: Claim, why: str) -> None:
    """No hypothesis mentions an open constant: it would be another number there than in the conclusion."""
    constants = open_constants(claim)
    for hypothesis in claim.hypotheses:
        if constants & {s.name for s in hypothesis.formula.free_symbols}:
            raise Unproven(f"{hypothesis.name!r} mentions an open constant, and {why}")


def require_growth(family: RefutingFamily) -> None:
    if family.ratio != oo and limit(family.ratio, family.parameter) != oo:
        raise Unproven(f"the ratio {text(family.ratio)} does not tend to infinity")
