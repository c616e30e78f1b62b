"""Refutations for every size: what a family shows at all M, by a proved claim, by the objects it names, and by steps about them.

Nothing is read off a few members.  The hypotheses on sizes are proved at n = n(M), d = d(M), …; what the printed statement asks of its
objects follows from what the family assumes of them, and such objects exist (`verify.trials.refutation.existence`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sympy import Expr, oo, sympify

from theory.check import check, check_step
from theory.claim import Chance, Claim, Hypothesis
from theory.memo import StepMemo
from theory.proof import Step
from theory.terms import And, ForAll, Formula, Le, Lt, Prob, Signs, VectorEq, VectorSymbol, dot, eq, forall, ge, index, norm
from theory.terms.arithmetic import limit
from theory.terms.elaborate import same
from theory.terms.printing.text import text
from theory.terms.sets import GaussianRows, Range, SphereRows
from theory.terms.sorts import fresh_variable, names_in, open_binder
from theory.verdict import Status, Verdict
from verify.evaluate import check_exact
from verify.laws.measure import RefutingFamily
from verify.objects.instance import Instance
from verify.trials.refutation.existence import existence
from verify.trials.refutation.family_objects import at_family, require_declared_sizes
from verify.trials.refutation.open_constants import MEMBERS, at_constant_one, open_constants, require_growth, require_no_constant
from verify.trials.refutation.witness import Unproven, require_hypotheses

CHECKERS = ("linear", "chain", "polynomial", "sums", "algebra", "ball")


def refute_for_all_sizes(claim: Claim, family: RefutingFamily, memo: StepMemo | None = None) -> Verdict:
    """No constant serves: for every M the objects of the family satisfy the hypotheses, and ratio·rhs ≤ lhs at C = 1, ratio → ∞."""
    require_no_constant(claim, "the family fixes it")
    require_growth(family)
    rests_on = frozenset() if family.failing is None else _require_proved(family.failing, memo)
    known = _Known(claim, family, ())
    exhibited = known.require_objects(claim)
    known.require_ratio(claim)
    _require_members(claim, family)
    return Verdict(Status.REFUTED, f"at {_sizes_in_words(family)}, for every M: the constant would have to be at least {text(family.ratio)}"
                   f"{_exhibited_in_words(exhibited)}", _evidence(family, exhibited), rests_on | known.rests_on)


def refute_for_most_draws(claim: Claim, chance: Chance, family: RefutingFamily, failing: Claim,
                          memo: StepMemo | None = None) -> Verdict:
    """The printed inequality fails with more than the allowed probability, whatever its constants.

    Shown by the proved claim ``failing``, for every draw that satisfies its hypotheses: either ``ratio·rhs ≤ lhs`` at constant 1,
    with a ratio that tends to infinity, or directly that the inequality fails with probability at least ``share``.  The share must exceed
    the allowed failure in the limit.  Where the printed statement is about every object (T, f, …) that satisfies its hypotheses, such an
    object must exist for every M and every draw.
    """
    rests_on = _require_proved(failing, memo)
    known = _Known(claim, family, chance.over)
    by_event = isinstance(failing.conclusion, Le) and isinstance(failing.conclusion.rhs, Prob)
    if by_event:
        _require_event(claim, chance, family, failing)
        said = "the printed inequality fails"
    else:
        _require_share(chance, family, failing)
        require_growth(family)
        said = "no constant serves" if family.ratio == oo else f"the constant would have to be at least {text(family.ratio)}"
    _require_excess(chance, family)
    _require_no_own_constant(claim, failing)
    _require_at_all_sizes(claim, family)
    if chance.some:
        _require_at_all_sizes(failing, family)
        _require_for_all(claim, chance, family, failing)
        known.add(failing.conclusion, *(h.formula for h in failing.hypotheses))
        exhibited: tuple[str, ...] = ()
    else:
        require_no_constant(claim, "the exhibited object would have to depend on it")
        exhibited = known.require_objects(claim)
    if not by_event:
        known.require_ratio(claim)
    _require_members(claim, family, of_claim=not chance.some)
    often = "every draw" if family.share == 1 else f"draws of probability at least {text(sympify(family.share))}"
    return Verdict(Status.REFUTED, f"at {_sizes_in_words(family)}, for every M: {said}, for {often}{_exhibited_in_words(exhibited)}",
                   _evidence(family, exhibited), rests_on | known.rests_on)


def _sizes_in_words(family: RefutingFamily) -> str:
    return ", ".join(f"{name} = {text(value)}" for name, value in family.sizes.items())


def _exhibited_in_words(exhibited: tuple[str, ...]) -> str:
    return f"; an object without a size is exhibited with {', '.join(map(repr, exhibited))}" if exhibited else ""


def _evidence(family: RefutingFamily, exhibited: tuple[str, ...]) -> dict[str, object]:
    return {"ratio": str(family.ratio), "limit": "oo", "share": str(family.share),
            "failing": None if family.failing is None else family.failing.id,
            "sizes": {str(k): str(v) for k, v in family.sizes.items()}, "exhibited by one member": list(exhibited)}


def _require_members(claim: Claim, family: RefutingFamily, *, of_claim: bool = True) -> None:
    """The members have the sizes and satisfy the hypotheses that were shown for all of them: a cross-check of what was written twice."""
    for size in MEMBERS:
        instance = family.member(size)
        _require_sizes(family, instance, size)
        if of_claim and not family.objects:
            require_hypotheses(claim.hypotheses, instance)


def _tested(formula: Formula, used: frozenset[str]) -> Formula:
    """An equation of vectors as one of their inner products with any vector, of a name that is not used, which is the same."""
    if isinstance(formula, VectorEq):
        any_vector = fresh_variable(VectorSymbol("w", formula.args[0].dim), "w", used | names_in(formula))
        return eq(*(dot(side, any_vector) for side in formula.args))
    if isinstance(formula, ForAll):
        fresh, body = open_binder(formula, used | names_in(formula))
        return forall(_tested(body, used), *zip(fresh, formula.domains, strict=True))
    return formula


# --- what is known at every M -----------------------------------------------------------------------------------------------------------

class _Known:
    """The facts at the sizes and objects of a family: what the laws imply, what is assumed of the objects, and what follows."""

    def __init__(self, claim: Claim, family: RefutingFamily, over: tuple[tuple[object, object], ...]) -> None:
        self.family, self.random = family, frozenset(v.name for v, _ in over)  # type: ignore[attr-defined]
        self.facts: dict[str, Formula] = {}
        self.rests_on: frozenset[str] = frozenset()
        require_declared_sizes(family)
        self.add(*_implied_by_laws(over))
        self.facts |= {h.name: at_family(h.formula, family) for h in family.assumes}
        for current in family.steps:
            self._follow(Step(current.name, at_family(current.formula, family), current.by, current.using))

    def add(self, *formulas: Formula) -> None:
        """Facts, with the parts of conjunctions."""
        for formula in formulas:
            for part in _conjuncts(at_family(formula, self.family)):
                self.facts[f"fact {len(self.facts) + 1}"] = part

    def _follow(self, current: Step) -> None:
        verdict = check_step(current, self.facts)
        if not verdict.status.is_proof:
            raise Unproven(f"the step {current.name!r} of the family is {verdict.status.value}: {verdict.reason}")
        self.rests_on |= verdict.rests_on
        self.facts[current.name] = current.formula

    def shows(self, formula: Formula) -> bool:
        """Whether a formula at the sizes and objects is a fact, or follows from the facts."""
        goal = at_family(formula, self.family)
        if any(same(goal, fact) for fact in self.facts.values()):
            return True
        goal = _tested(goal, frozenset().union(*map(names_in, (goal, *self.facts.values()))))
        return any(check_step(Step("goal", goal, by, tuple(self.facts)), self.facts).status is Status.PROVED for by in CHECKERS)

    def require_objects(self, claim: Claim) -> tuple[str, ...]:
        """The hypotheses of ``failing``, then those of the claim, hold for every M, for objects that exist; what one member exhibits.

        Of the hypotheses of ``failing`` those on the draw alone are `_require_share`'s.
        """
        family, failing = self.family, self.family.failing
        if failing is not None:
            self._require(failing.id, (h for h in failing.hypotheses if not _names(h.formula) or not _names(h.formula) <= self.random))
            self.add(failing.conclusion, *(h.formula for h in failing.hypotheses))
        self._require(claim.id, claim.hypotheses)
        assumed = [Hypothesis(h.name, at_family(h.formula, family)) for h in family.assumes]
        given = {family.parameter.name, *(symbol.name for symbol in family.sizes)} | open_constants(claim)
        found = existence(assumed, self.random | given)
        if found.unexplained:
            asked = ", ".join(map(repr, found.unexplained))
            raise Unproven(f"that there are objects with {asked} for every M is not shown; seen at M = {', '.join(map(str, MEMBERS))}")
        shown = tuple(h for h in family.assumes if h.name in found.by_one_member)
        require_hypotheses(shown, family.member(MEMBERS[0]))
        return found.by_one_member

    def _require(self, id: str, hypotheses: Iterable[Hypothesis]) -> None:
        for hypothesis in hypotheses:
            if not self.shows(hypothesis.formula):
                raise Unproven(f"{hypothesis.name!r} of {id} is not shown to hold along the family for every M; "
                               f"seen at M = {', '.join(map(str, MEMBERS))}, and beyond that unproved")

    def require_ratio(self, claim: Claim) -> None:
        """ratio·rhs ≤ lhs and one side is positive (rhs ≤ 0 < lhs when the ratio is infinite), for the sides of the printed inequality."""
        printed = at_constant_one(claim)
        infinite = self.family.ratio == oo
        goal = Le(printed.rhs, 0) if infinite else Le(self.family.ratio * printed.rhs, printed.lhs)
        if not self.shows(goal):
            raise Unproven(f"{text(at_family(goal, self.family))} does not follow along the family for every M")
        sides = (printed.lhs,) if infinite else (printed.rhs, printed.lhs)
        if not any(at_family(side, self.family).is_positive or self.shows(Lt(0, side)) for side in sides):
            raise Unproven(f"{text(at_family(printed.lhs, self.family))} is not known to be positive, so the printed inequality may hold")


def _require_no_own_constant(claim: Claim, failing: Claim) -> None:
    """The claim about all draws holds for all values of the open constants: what it assumes of them, the statement assumes."""
    printed = {h.formula for h in claim.hypotheses}
    for hypothesis in failing.hypotheses:
        if hypothesis.formula not in printed and open_constants(claim) & {s.name for s in hypothesis.formula.free_symbols}:
            raise Unproven(f"{failing.id} assumes {hypothesis.name!r} of an open constant, and other values of it may serve")


def _require_proved(failing: Claim, memo: StepMemo | None) -> frozenset[str]:
    """The textbook lemmas on which the claim about all draws rests, once it is proved."""
    report = check(failing, memo)
    if not report.status.is_proof:
        raise Unproven(f"{failing.id}, on which the refutation rests, is {report.status.value}")
    return report.rests_on


def _require_sizes(family: RefutingFamily, instance: Instance, size: int) -> None:
    """A member has the sizes that the family claims."""
    for symbol, value in family.sizes.items():
        wanted = sympify(value).subs(family.parameter, size)
        found = instance.values.get(symbol.name, instance.conventional_size(symbol.name))
        # an irrational value, such as ε = √(2 log 2/d²), is held by the nearest double: off by 2⁻⁵³ of itself
        if found is None or abs(float(found) - float(wanted)) > 2**-52 * abs(float(wanted)):
            raise Unproven(f"at M = {size} the member has {symbol} = {found}, and the family says {wanted}")


def _require_at_all_sizes(claim: Claim, family: RefutingFamily) -> None:
    """The hypotheses on n, d, … and other sizes of the family alone hold for every M.

    Those with an open constant restrict the objects: what a claim about all of them does not assume, it does not need.
    """
    sizes, constants = {s.name for s in family.sizes}, open_constants(claim)
    for hypothesis in claim.hypotheses:
        names = {s.name for s in hypothesis.formula.free_symbols}
        if _names(hypothesis.formula) - sizes or constants & names:
            continue
        goal = at_family(hypothesis.formula, family)
        if not any(check_step(Step("size", goal, by), {}).status is Status.PROVED for by in CHECKERS):
            raise Unproven(f"{hypothesis.name!r} of {claim.id} is not shown to hold at the sizes of the family for every M")


def _require_for_all(claim: Claim, chance: Chance, family: RefutingFamily, failing: Claim) -> None:
    """No object satisfies the printed hypotheses and the conclusion: ``failing`` asks of the objects nothing but printed hypotheses."""
    random = {v.name for v, _ in chance.over}
    printed = [at_family(h.formula, family) for h in claim.hypotheses]
    for hypothesis in failing.hypotheses:
        formula = at_family(hypothesis.formula, family)
        about_objects = bool(_names(hypothesis.formula) - random)
        if about_objects and not any(same(formula, p) for p in printed):
            raise Unproven(f"{failing.id} assumes {hypothesis.name!r} of the objects, and the statement does not: others may satisfy it")


def _conjuncts(formula: Formula) -> Iterator[Formula]:
    """The parts of a conjunction, with the quantifiers in front of it left on."""
    yield formula
    if isinstance(formula, And):
        for part in formula.args:
            yield from _conjuncts(part)


def _require_share(chance: Chance, family: RefutingFamily, failing: Claim) -> None:
    """The hypotheses of ``failing`` about the random variables alone follow from their laws, but for an event of probability ``share``.

    The event and its laws are the same for every M, so that its probability is computed once.
    """
    random = {v.name for v, _ in chance.over}
    implied = [at_family(f, family) for f in _implied_by_laws(chance.over)]
    events = []
    for hypothesis in failing.hypotheses:
        names = _names(hypothesis.formula)
        if not names or not names <= random:
            continue                                        # about sizes, or about objects
        formula = at_family(hypothesis.formula, family)
        if not any(same(formula, f) for f in implied):
            events.append(formula)
    if not events:
        return
    signs = [(at_family(v, family), at_family(law, family)) for v, law in chance.over if isinstance(law, Signs)]
    often = ge(Prob(And(*events) if len(events) > 1 else events[0], *signs), family.share)
    if family.parameter in often.free_symbols:
        raise Unproven(f"the probability of {text(events[0])} depends on M, and is not shown to be {family.share} for every M")
    if check_exact(often, Instance({})).status is not Status.CERTIFIED:
        raise Unproven(f"{text(events[0])} does not follow from the laws, and its probability is not shown to be {family.share}")


def _names(formula: Formula) -> set[str]:
    """The objects that a formula is about; sizes such as n and d are none."""
    return {s.name for s in formula.free_symbols if not getattr(s, "is_integer", False)}


def _implied_by_laws(over: Any) -> Iterator[Formula]:
    """What holds for every draw (up to a null set)."""
    i = index("i")
    for variable, law in over:
        if isinstance(law, Signs):
            yield forall(eq(variable[i] ** 2, 1), (i, Range(law.size)))
        elif isinstance(law, SphereRows) and not isinstance(law, GaussianRows):
            yield forall(eq(norm(variable[i]), 1), (i, Range(law.args[0])))


def _require_event(claim: Claim, chance: Chance, family: RefutingFamily, failing: Claim) -> None:
    """failing concludes share ≤ P(the printed inequality fails), under the printed laws, with the constants left open."""
    conclusion = claim.conclusion
    if not isinstance(conclusion, Le):
        raise Unproven(f"{text(conclusion)} is no inequality")
    limits = [(at_family(v, family), at_family(law, family)) for v, law in chance.over]
    wanted = Le(family.share, Prob(at_family(Lt(conclusion.rhs, conclusion.lhs), family), *limits))
    found = at_family(failing.conclusion, family)
    if not same(wanted, found):
        raise Unproven(f"{failing.id} says {text(found)}, which is not {text(wanted)}")
    if any(_names(h.formula) & {v.name for v, _ in chance.over} for h in failing.hypotheses):
        raise Unproven(f"{failing.id} has hypotheses on the data that a probability over them does not allow")


def _require_excess(chance: Chance, family: RefutingFamily) -> None:
    """The share exceeds the allowed failure in the limit, whatever the constants."""
    share, M = sympify(family.share), family.parameter
    if chance.failure is None:
        if limit(share, M) == 0:
            raise Unproven(f"the share {text(share)} of failing draws tends to 0, as 'with high probability' allows")
        return
    allowed: Expr = at_family(chance.failure, family)
    excess = limit(share / allowed, M)
    if excess != oo:
        raise Unproven(f"the share {text(share)} of failing draws is not shown to exceed the allowed failure {text(allowed)} in the limit")
