"""Refutations: an exact witness, or a family along which an open constant would have to grow without bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flint import fmpq
from sympy import Expr, Integer, Symbol, limit, oo, sympify

from theory.check import check, check_step
from theory.checkers.context import Context, same_formula
from theory.claim import Chance, Claim
from theory.errors import LawbookError
from theory.proof import Step
from theory.terms import And, Formula, Le, Lt, Prob, Signs, eq, forall, ge, index, norm
from theory.terms.printing import text
from theory.terms.sets import GaussianRows, Range, SphereRows
from theory.terms.sorts import replace
from theory.verdict import Status, Verdict, unknown
from verify.defining import is_identity, with_definitions
from verify.evaluate import HELD, Evaluator, Instance, check_exact, evaluate_exact
from verify.evaluate.exact import germs, numbers
from verify.evaluate.exact.formulas import Decision, decide
from verify.general_member import GeneralMember, general_member, with_functions
from verify.measure import Counterexample, Family

MEMBERS = (2, 8, 32)              # of a family, that are looked at; what is seen there refutes nothing by itself
STARTS = (2, 8, 64, 2**10, 2**20) # from which on a family is shown to exceed its formula; larger ones leave smaller enclosures
SCALAR_CHECKERS = ("linear", "chain", "polynomial")


@dataclass(frozen=True)
class Refutation:
    """A witness against a claim and the verdict on it; only the status REFUTED makes the claim refuted."""

    words: str
    breaks: str
    verdict: Verdict


class _Unproven(LawbookError):
    """A part of a refutation that does not check; its sentence becomes the reason of an UNKNOWN verdict."""


def refute(claim: Claim, witness: Counterexample) -> Refutation:
    """The witness re-checked: the hypotheses hold at the instance, and the conclusion is false there in exact or ball arithmetic.

    A claim with an open constant is refuted by no single instance: its witness is a family, see `refute_by_family`; one that is asserted
    with a probability needs a family that fails for a share of all draws, see `refute_for_most_draws`.
    """
    try:
        verdict = _verdict(claim, witness)
    except _Unproven as error:
        verdict = unknown(str(error))
    return Refutation(witness.words, witness.breaks, verdict)


def _verdict(claim: Claim, witness: Counterexample) -> Verdict:
    family = witness.family
    if claim.chance is not None:
        if family is None or family.failing is None:
            return unknown("one draw does not contradict a probability: a family with a proved claim about its draws is needed")
        return refute_for_most_draws(claim, claim.chance, family, family.failing)
    if claim.constants:
        return unknown("an open constant needs a family, and there is none") if family is None else refute_by_family(claim, family)
    return check_exact(claim.conclusion, _require_hypotheses(claim, witness.instance))


def refute_by_family(claim: Claim, family: Family) -> Verdict:
    """No constant C serves: along the family lhs/rhs, at C = 1, exceeds a formula in M that tends to infinity, at every member from one on.

    The conclusion is lhs ≤ C·(…) or c·(…) ≤ rhs.  Hypotheses and inequality are shown for the general member, see
    `verify.general_member`; where that fails, what is seen at a few members is said, and refutes nothing.
    """
    conclusion = _at_constant_one(claim)
    _require_no_constant(claim, "a member fixes it")
    _require_growth(family)
    try:
        general = general_member(family)
        start = next(start for start in STARTS if _is_reached_beyond(start, general, claim, conclusion, family))
    except (LawbookError, StopIteration) as error:
        why = str(error) or "the inequality is not decided along the general member"
        return unknown(f"{seen_at_members(claim, conclusion, family)}; beyond that unproved: {why}")
    return Verdict(Status.REFUTED, f"the constant would have to be at least {text(family.ratio)} for every M ≥ {start}",
                   {"ratio": str(family.ratio), "limit": "oo", "beyond": start})


def _is_reached_beyond(start: int, general: GeneralMember, claim: Claim, conclusion: Le, family: Family) -> bool:
    """Whether, for every M ≥ start, the hypotheses hold, the left side is positive, and it is at least ratio·(right side)."""
    formulas = {hypothesis.name: hypothesis.formula for hypothesis in claim.hypotheses}
    at, constructed = with_functions(general.at(start, [*formulas.values(), conclusion]), start, formulas)
    for name, formula in formulas.items():
        if name not in constructed and decide(formula, at) < Decision.TRUE:
            if start == STARTS[-1]:
                raise _Unproven(f"{name!r} is not shown to hold at the general member")
            return False
    ratio = at.with_bound({family.parameter: germs.parameter(start)}).scalar(family.ratio)
    lhs, rhs = (at.scalar(side) for side in conclusion.args)
    return numbers.below(fmpq(0), lhs) and numbers.at_most(numbers.multiply(ratio, rhs), lhs)


def seen_at_members(claim: Claim, conclusion: Le, family: Family) -> str:
    """Where the inequality between the ratio and the formula is seen, in exact arithmetic; it proves nothing of other members."""
    seen = [size for size in MEMBERS if _is_seen(claim, conclusion, family, size)]
    return f"seen at M = {', '.join(map(str, seen))}" if seen else "seen at no member"


def _is_seen(claim: Claim, conclusion: Le, family: Family, size: int) -> bool:
    try:
        instance = _require_hypotheses(claim, family.member(size))
        lower, upper = (evaluate_exact(side, instance) for side in conclusion.args)
        return bool(lower >= evaluate_exact(family.ratio.subs(family.parameter, size), instance) * upper)
    except LawbookError:
        return False


def _at_constant_one(claim: Claim) -> Le:
    """The conclusion with its constant set to 1, where that constant is a factor of one side."""
    conclusion = claim.conclusion
    for constant in (Symbol(name, positive=True) for name in sorted(_open_constants(claim))):
        if isinstance(conclusion, Le) and conclusion.has(constant):
            strict = [side for side in conclusion.args if side.has(constant)]
            if len(strict) == 1 and not (strict[0] / constant).has(constant):
                return replace(conclusion, {constant: Integer(1)})
    raise _Unproven(f"{text(conclusion)} is no inequality with one side proportional to an open constant")


def _open_constants(claim: Claim) -> set[str]:
    return {c.name for c in claim.constants if not c.value}


def _require_no_own_constant(claim: Claim, failing: Claim) -> None:
    """The claim about all draws holds for all values of the open constants: what it assumes of them, the statement assumes."""
    printed = {h.formula for h in claim.hypotheses}
    for hypothesis in failing.hypotheses:
        if hypothesis.formula not in printed and _open_constants(claim) & {s.name for s in hypothesis.formula.free_symbols}:
            raise _Unproven(f"{failing.id} assumes {hypothesis.name!r} of an open constant, and other values of it may serve")


def _require_no_constant(claim: Claim, why: str) -> None:
    """No hypothesis mentions an open constant: it would be another number there than in the conclusion."""
    constants = _open_constants(claim)
    for hypothesis in claim.hypotheses:
        if constants & {s.name for s in hypothesis.formula.free_symbols}:
            raise _Unproven(f"{hypothesis.name!r} mentions an open constant, and {why}")


def _require_growth(family: Family) -> None:
    if family.ratio != oo and limit(family.ratio, family.parameter, oo) != oo:
        raise _Unproven(f"the ratio {text(family.ratio)} does not tend to infinity")


def _require_hypotheses(claim: Claim, instance: Instance) -> Instance:
    """The instance at which the hypotheses hold: the given one, with the functions that they define in place of those given.

    A hypothesis that was seen to hold at samples alone may fail in between, and does not count; nor does one that holds
    up to rounding and is seen exactly to fail.  An activation's word is taken for its Lipschitz constant and its homogeneity.
    """
    formulas = {hypothesis.name: hypothesis.formula for hypothesis in claim.hypotheses}
    built, constructed = with_definitions(formulas, instance)
    given, at = Evaluator(instance), Evaluator(built)
    for name, formula in formulas.items():
        found = (given if name in constructed else at).fact(formula)
        if found.outcome not in HELD:
            raise _Unproven(f"the witness does not satisfy {name!r}, so it refutes nothing")
        if name in constructed:
            continue
        exactly = _exactly(formula, built)
        if exactly is Status.REFUTED:
            raise _Unproven(f"the witness satisfies {name!r} up to rounding alone, so it refutes nothing")
        if found.sampled and exactly is not Status.CERTIFIED:
            raise _Unproven(f"{name!r} was seen to hold at samples alone, so the witness refutes nothing")
    return built


def _exactly(formula: Formula, instance: Instance) -> Status:
    if is_identity(formula, instance):
        return Status.CERTIFIED
    try:
        return check_exact(formula, instance).status
    except LawbookError:                                        # such as an instance of floating-point numbers
        return Status.UNKNOWN


# --- statements with a probability --------------------------------------------------------------------------------------------------

def refute_for_most_draws(claim: Claim, chance: Chance, family: Family, failing: Claim) -> Verdict:
    """The printed inequality fails with more than the allowed probability, whatever its constants.

    Shown by the proved claim ``failing``, for every draw that satisfies its hypotheses: either ``ratio·rhs ≤ lhs`` at constant 1,
    with a ratio that tends to infinity, or directly that the inequality fails with probability at least ``share``.  The share must exceed
    the allowed failure in the limit.  Where the printed statement is about every object (T, f, …) that satisfies its hypotheses, the
    members of the family exhibit one.
    """
    rests_on = _require_proved(failing)
    if isinstance(failing.conclusion, Le) and isinstance(failing.conclusion.rhs, Prob):
        _require_event(claim, chance, family, failing)
        said = "the printed inequality fails"
    else:
        _require_ratio(claim, family, failing)
        _require_share(chance, family, failing)
        _require_growth(family)
        said = "no constant serves" if family.ratio == oo else f"the constant would have to be at least {text(family.ratio)}"
    _require_excess(chance, family)
    _require_no_own_constant(claim, failing)
    _require_at_all_sizes(claim, family)
    _require_at_all_sizes(failing, family)
    if chance.some:
        _require_for_all(claim, chance, family, failing)
    exhibited = [] if chance.some else _require_one(claim, chance, family, failing)
    for size in MEMBERS:
        instance = family.member(size)
        _require_sizes(family, instance, size)
        if not chance.some:
            _require_hypotheses(claim, instance)
        _require_hypotheses(failing, instance)
    often = "every draw" if family.share == 1 else f"draws of probability at least {text(sympify(family.share))}"
    sizes = ", ".join(f"{name} = {text(value)}" for name, value in family.sizes.items())
    seen = f"; an object with {', '.join(map(repr, exhibited))} is exhibited at M = {', '.join(map(str, MEMBERS))}" if exhibited else ""
    return Verdict(Status.REFUTED, f"at {sizes}, for every M: {said}, for {often}{seen}",
                   {"ratio": str(family.ratio), "limit": "oo", "share": str(family.share), "failing": failing.id,
                    "sizes": {str(k): str(v) for k, v in family.sizes.items()}, "members": list(MEMBERS),
                    "shown on the members only": exhibited},
                   rests_on)


def _require_proved(failing: Claim) -> frozenset[str]:
    """The textbook lemmas on which the claim about all draws rests, once it is proved."""
    report = check(failing)
    if not report.status.is_proof:
        raise _Unproven(f"{failing.id}, on which the refutation rests, is {report.status.value}")
    return report.rests_on


def _sized(formula: Any, family: Family) -> Any:
    return replace(formula, {symbol: sympify(value) for symbol, value in family.sizes.items()})


def _require_sizes(family: Family, instance: Instance, size: int) -> None:
    """A member has the sizes that the family claims."""
    for symbol, value in family.sizes.items():
        wanted = sympify(value).subs(family.parameter, size)
        found = instance.values.get(symbol.name, instance.conventional_size(symbol.name))
        # an irrational value, such as ε = √(2 log 2/d²), is held by the nearest double: off by 2⁻⁵³ of itself
        if found is None or abs(float(found) - float(wanted)) > 2**-52 * abs(float(wanted)):
            raise _Unproven(f"at M = {size} the member has {symbol} = {found}, and the family says {wanted}")


def _given(claim: Claim, chance: Chance, family: Family, failing: Claim) -> Callable[[Formula], bool]:
    """Whether a formula is, at the sizes, implied by the laws or a part of what ``failing`` concludes."""
    formulas = [*_conjuncts(_sized(failing.conclusion, family)), *(_sized(f, family) for f in _implied_by_laws(chance))]
    normaliser = Context(claim.conclusion, {}, ()).normaliser()
    return lambda formula: any(same_formula(_sized(formula, family), given, normaliser) for given in formulas)


def _require_at_all_sizes(claim: Claim, family: Family) -> None:
    """The hypotheses on n, d, … and other sizes of the family alone hold for every M, not only at the members.

    Those with an open constant restrict the objects: what a claim about all of them does not assume, it does not need.
    """
    sizes, constants = {s.name for s in family.sizes}, _open_constants(claim)
    for hypothesis in claim.hypotheses:
        names = {s.name for s in hypothesis.formula.free_symbols}
        if _names(hypothesis.formula) - sizes or constants & names:
            continue
        goal = _sized(hypothesis.formula, family)
        if not any(check_step(Step("size", goal, by), {}).status is Status.PROVED for by in SCALAR_CHECKERS):
            raise _Unproven(f"{hypothesis.name!r} of {claim.id} is not shown to hold at the sizes of the family for every M")


def _require_one(claim: Claim, chance: Chance, family: Family, failing: Claim) -> list[str]:
    """For every draw some object satisfies the printed hypotheses: those that tie it to the draw are concluded by ``failing``.

    Returns what is seen on the members only: the hypotheses on the object alone, and those by which ``failing`` defines it from the draw.
    That such an object exists for the other draws is the author's word, and the verdict says so.
    """
    _require_no_constant(claim, "the exhibited object would have to depend on it")
    is_given, random = _given(claim, chance, family, failing), {v.name for v, _ in chance.over}
    left = [h for h in claim.hypotheses if _names(h.formula) and not is_given(h.formula)]
    for hypothesis in left:
        if _names(hypothesis.formula) & random:
            raise _Unproven(f"{hypothesis.name!r} ties the exhibited object to the draw, and {failing.id} does not conclude it for each")
    defining = [h for h in failing.hypotheses if random & _names(h.formula) and _names(h.formula) - random]
    return [h.name for h in (*left, *defining)]


def _require_for_all(claim: Claim, chance: Chance, family: Family, failing: Claim) -> None:
    """No object satisfies the printed hypotheses and the conclusion: ``failing`` asks of the objects nothing but printed hypotheses."""
    random, normaliser = {v.name for v, _ in chance.over}, Context(claim.conclusion, {}, ()).normaliser()
    printed = [_sized(h.formula, family) for h in claim.hypotheses]
    for hypothesis in failing.hypotheses:
        formula = _sized(hypothesis.formula, family)
        about_objects = bool(_names(hypothesis.formula) - random)
        if about_objects and not any(same_formula(formula, p, normaliser) for p in printed):
            raise _Unproven(f"{failing.id} assumes {hypothesis.name!r} of the objects, and the statement does not: others may satisfy it")


def _conjuncts(formula: Formula) -> Iterator[Formula]:
    """The parts of a conjunction, with the quantifiers in front of it left on."""
    yield formula
    if isinstance(formula, And):
        for part in formula.args:
            yield from _conjuncts(part)


def _require_ratio(claim: Claim, family: Family, failing: Claim) -> None:
    """failing concludes ratio·rhs ≤ lhs (rhs ≤ 0 when the ratio is infinite), for the sides of the printed inequality at the sizes."""
    printed = _sized(_at_constant_one(claim), family)
    goal = Le(printed.rhs, 0) if family.ratio == oo else Le(family.ratio * printed.rhs, printed.lhs)
    known = {f"part{i}": part for i, part in enumerate(_conjuncts(_sized(failing.conclusion, family)))}
    known |= {f"hypothesis{i}": _sized(h.formula, family) for i, h in enumerate(failing.hypotheses)}
    verdicts = [check_step(Step("fails", goal, by, tuple(known)), known) for by in SCALAR_CHECKERS]
    if not any(v.status is Status.PROVED for v in verdicts):
        raise _Unproven(f"{text(goal)} does not follow from {failing.id}: {verdicts[-1].reason}")
    if family.ratio == oo and not printed.lhs.is_positive:
        raise _Unproven(f"{text(printed.lhs)} is not known to be positive, so the printed inequality may hold")


def _require_share(chance: Chance, family: Family, failing: Claim) -> None:
    """The hypotheses of ``failing`` about the random variables alone follow from their laws, but for events of probability ``share``."""
    random = {v.name for v, _ in chance.over}
    implied = [_sized(f, family) for f in _implied_by_laws(chance)]
    events = []
    for hypothesis in failing.hypotheses:
        names = _names(hypothesis.formula)
        if not names or not names <= random:
            continue                                        # about sizes, or about the exhibited object: looked at on the members
        formula = _sized(hypothesis.formula, family)
        if not any(same_formula(formula, f, Context(f, {}, ()).normaliser()) for f in implied):
            events.append(formula)
    if not events:
        return
    signs = [(v, law) for v, law in chance.over if isinstance(law, Signs)]
    sized_signs = [(_sized(v, family), _sized(law, family)) for v, law in signs]
    for size in MEMBERS:
        for event in events:
            often = ge(Prob(event, *sized_signs), family.share)
            found = check_exact(replace(often, {family.parameter: Integer(size)}), family.member(size))
            if len(events) > 1 or found.status is not Status.CERTIFIED:
                raise _Unproven(f"{text(event)} does not follow from the laws, and its probability is not shown to be {family.share}")


def _names(formula: Formula) -> set[str]:
    """The objects that a formula is about; sizes such as n and d are none."""
    return {s.name for s in formula.free_symbols if not getattr(s, "is_integer", False)}


def _implied_by_laws(chance: Chance) -> Iterator[Formula]:
    """What holds for every draw (up to a null set)."""
    i = index("i")
    for variable, law in chance.over:
        if isinstance(law, Signs):
            yield forall(eq(variable[i] ** 2, 1), (i, Range(law.size)))
        elif isinstance(law, SphereRows) and not isinstance(law, GaussianRows):
            yield forall(eq(norm(variable[i]), 1), (i, Range(law.args[0])))


def _require_event(claim: Claim, chance: Chance, family: Family, failing: Claim) -> None:
    """failing concludes share ≤ P(the printed inequality fails), under the printed laws, with the constants left open."""
    conclusion = claim.conclusion
    if not isinstance(conclusion, Le):
        raise _Unproven(f"{text(conclusion)} is no inequality")
    limits = [(_sized(v, family), _sized(law, family)) for v, law in chance.over]
    wanted = Le(family.share, Prob(_sized(Lt(conclusion.rhs, conclusion.lhs), family), *limits))
    found = _sized(failing.conclusion, family)
    if not same_formula(wanted, found, Context(wanted, {}, ()).normaliser()):
        raise _Unproven(f"{failing.id} says {text(found)}, which is not {text(wanted)}")
    if any(_names(h.formula) & {v.name for v, _ in chance.over} for h in failing.hypotheses):
        raise _Unproven(f"{failing.id} has hypotheses on the data that a probability over them does not allow")


def _require_excess(chance: Chance, family: Family) -> None:
    """The share exceeds the allowed failure in the limit, whatever the constants."""
    share, M = sympify(family.share), family.parameter
    if chance.failure is None:
        if limit(share, M, oo) == 0:
            raise _Unproven(f"the share {text(share)} of failing draws tends to 0, as 'with high probability' allows")
        return
    allowed: Expr = _sized(chance.failure, family)
    excess = limit(share / allowed, M, oo)
    if excess != oo:
        raise _Unproven(f"the share {text(share)} of failing draws is not shown to exceed the allowed failure {text(allowed)} in the limit")
