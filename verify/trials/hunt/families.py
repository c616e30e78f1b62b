"""Against open constants: families M ↦ member(M) along which the constant would have to grow without bound.

The two sides are compared at constant 1.  Members come from templates: entries base + slope·M + inverse/M at small sizes, or a size sent
to infinity and the arrays filled up with zeros.  What grows is fitted by c·M^q; `verify.trials.refutation.refute` decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Expr, Integer, Rational, nsimplify, oo

from theory.claim import Claim, Hypothesis
from theory.errors import LawbookError
from theory.registry import claims
from theory.terms import And, Formula, Le, Prob, Symbol, sqrt
from theory.terms.sorts import names_in, replace
from theory.verdict import Status, Verdict
from verify.evaluate import Evaluator
from verify.laws.measure import Counterexample, RefutingFamily
from verify.objects.instance import Instance
from verify.trials.hunt.judge import HELD, QUICK, is_met
from verify.trials.hunt.templates import GrowingTemplate, templates
from verify.trials.hunt.trials import OutOfTime, Trials
from verify.trials.refutation.open_constants import MEMBERS
from verify.trials.refutation.refute import refute
from verify.trials.spaces.claim_space import ClaimSpace

M = Symbol("M", integer=True, positive=True)
NEAR, FAR_OUT = 8, 32                   # where growth is looked for
EXPONENTS = tuple(Rational(q, 4) for q in range(1, 17))


@dataclass(frozen=True)
class Growth:
    """A template with the ratio of the two sides, at constant 1, at M = 8 and M = 32."""

    template: GrowingTemplate
    near: float
    far: float

    @property
    def exponent(self) -> float:
        """q where the ratio is like M^q; infinite where the right side is 0."""
        return float("inf") if self.near == float("inf") else float(np.log(self.far / self.near) / np.log(FAR_OUT / NEAR))


@dataclass(frozen=True)
class Refuted:
    """A template along which no constant serves, and the verdict of `verify.trials.refutation.refute`."""

    template: GrowingTemplate
    family: RefutingFamily
    verdict: Verdict


def at_constant_one(claim: Claim) -> Le | None:
    """The conclusion with all open constants 1, if it is an inequality with a constant as a factor of one side."""
    open_constants = {c.name for c in claim.constants if not c.value}
    found = [s for s in claim.conclusion.free_symbols if s.name in open_constants]
    conclusion = claim.conclusion
    if not isinstance(conclusion, Le) or not found:
        return None
    return replace(conclusion, dict.fromkeys(found, Integer(1)))


def sides(conclusion: Le, space: ClaimSpace, instance: Instance | None) -> tuple[float, float] | None:
    """(a lower end of the left side, an upper end of the right side) if the hypotheses that were not built in hold."""
    if instance is None:
        return None
    at = Evaluator(instance, QUICK)
    try:
        if not all(is_met(space, h, at) for h in space.unbuilt):
            return None
        left, right = at.value(conclusion.lhs)[0], at.value(conclusion.rhs)[1]
    except LawbookError:
        return None
    return (left, right) if left == left and right == right else None


def ratio(values: tuple[float, float] | None) -> float:
    """left/right, infinite when only the right side is 0 up to rounding, and −1 where nothing is learnt."""
    if values is None or values[0] <= 1e-9:
        return -1.0
    return float("inf") if values[1] <= 1e-12 * values[0] else values[0] / values[1]


def families(trials: Trials, number: int) -> Iterator[Growth | Refuted]:
    """Growing templates as they are found, each better than the last, and a refutation if one is accepted."""
    space = trials.space
    conclusion = at_constant_one(space.claim)
    if conclusion is None:
        return
    best: Growth | None = None
    asked: set[tuple[str, ...]] = set()
    for template in templates(space, number):
        if trials.is_over:
            raise OutOfTime
        trials.count += 1
        growth, refuted = _along(space, conclusion, template, asked, claims())
        if growth is not None and (best is None or growth.exponent > best.exponent):
            best = growth
            yield growth
        if refuted is not None:
            yield refuted


def refuted_again(space: ClaimSpace, template: GrowingTemplate, failing: str | None) -> Refuted | None:
    """The refutation along a stored template, by the proved claim that was stored with it, checked anew."""
    conclusion = at_constant_one(space.claim)
    library = {id: claim for id, claim in claims().items() if id == failing}
    return None if conclusion is None else _along(space, conclusion, template, set(), library)[1]


def _along(space: ClaimSpace, conclusion: Le, template: GrowingTemplate, asked: set[tuple[str, ...]],
           library: Mapping[str, Claim]) -> tuple[Growth | None, Refuted | None]:
    """How the ratio grows along a template, if it does, and the refutation along it."""
    if space.claim.chance is not None:
        found = _refuted_by_event(space, template, asked, library)
        if found is not None:
            return None, found
    values: list[float] = []
    for size in (NEAR, FAR_OUT):
        values.append(ratio(sides(conclusion, space, space.build(template.draft(space, size)))))
        if values[-1] <= 0 or (template.is_fixed and values[0] != float("inf")):
            return None, None
    growth = Growth(template, *values)
    if growth.near != float("inf") and (growth.far <= 1.3 * growth.near or growth.far == float("inf")):
        return None, None
    return growth, _refuted(space, growth, asked, library)


def _refuted(space: ClaimSpace, growth: Growth, asked: set[tuple[str, ...]], library: Mapping[str, Claim]) -> Refuted | None:
    """The refutation along a template; ``asked`` holds the proved claims that did not serve for the same sizes and formula."""
    template, claim = growth.template, space.claim
    for formula in _formulas(growth, of_draws=claim.chance is not None):
        if claim.chance is None:
            family = RefutingFamily(lambda size: template.member(space, size), formula, M)
            found = _verdict(claim, family)
            if found is not None:
                return Refuted(template, family, found)
            continue
        sizes = _sizes(space, template)
        for failing in _proved_about(space, template, library):
            question = (failing.id, str(formula), str(sizes))
            if question in asked:
                continue
            asked.add(question)
            family = RefutingFamily(lambda size: template.member(space, size), formula, M, failing, sizes,
                                    assumes=_asked(space, failing, sizes))
            found = _verdict(claim, family)
            if found is not None:
                return Refuted(template, family, found)
    return None


def _refuted_by_event(space: ClaimSpace, template: GrowingTemplate, asked: set[tuple[str, ...]],
                      library: Mapping[str, Claim]) -> Refuted | None:
    """The refutation by a proved claim that says how often the printed inequality fails at these sizes."""
    sizes = _sizes(space, template)
    for failing in library.values():
        if not (isinstance(failing.conclusion, Le) and isinstance(failing.conclusion.rhs, Prob)) or not failing.proofs:
            continue
        if failing.chance is not None or not {s.name for s in failing.conclusion.lhs.free_symbols} <= _numbers(space):
            continue
        question = (failing.id, "event", str(sizes))
        if question in asked:
            continue
        asked.add(question)
        share = replace(failing.conclusion.lhs, sizes)
        asks = _asked(space, failing, sizes)
        family = RefutingFamily(lambda size: template.member(space, size), Integer(1), M, failing, sizes, share, assumes=asks)
        found = _verdict(space.claim, family)
        if found is not None:
            return Refuted(template, family, found)
    return None


def _asked(space: ClaimSpace, failing: Claim, sizes: Mapping[Any, Any]) -> tuple[Hypothesis, ...]:
    """What is asked of the objects and said neither by the laws nor by the proved claim, at the sizes; the refutation checks that there
    are such objects for every M.
    """
    random = {v.name for v, _ in space.claim.chance.over} if space.claim.chance is not None else set()
    said = {replace(part, sizes) for part in _conjuncts(failing.conclusion)}
    return tuple(h for h in (*failing.hypotheses, *space.claim.hypotheses) if replace(h.formula, sizes) not in said and any(
        not getattr(s, "is_integer", False) and s.name not in random for s in h.formula.free_symbols))


def _conjuncts(formula: Formula) -> Iterator[Formula]:
    yield formula
    if isinstance(formula, And):
        yield from formula.args


def _numbers(space: ClaimSpace) -> set[str]:
    return {*space.sizes, *(leaf.name for leaf in space.leaves if isinstance(leaf, Symbol)), *(c.name for c in space.claim.constants)}


def _sizes(space: ClaimSpace, template: GrowingTemplate) -> dict[Any, Any]:
    """The sizes of the members in M, and the one number that is M."""
    found: dict[Any, Any] = {space.size_symbols[name]: M if name in template.growing else Integer(value)
                             for name, value in sorted(template.base.sizes.items())}
    return found | {leaf: M for leaf in space.leaves if isinstance(leaf, Symbol) and template.slope[leaf.name][()] == 1}


def _verdict(claim: Claim, family: RefutingFamily) -> Verdict | None:
    try:
        found = refute(claim, Counterexample(family.member(MEMBERS[0]), "", "", family)).verdict
    except LawbookError:
        return None
    return found if found.status is Status.REFUTED else None


def _formulas(growth: Growth, *, of_draws: bool) -> Iterator[Expr]:
    """c·M^q, with an exact c for a ratio that is a power, and a smaller c for one that is not quite."""
    if growth.near == float("inf"):
        yield oo if of_draws else M
        return
    q = min(EXPONENTS, key=lambda e: abs(float(e) - growth.exponent))
    near, far = growth.near / NEAR ** float(q), growth.far / FAR_OUT ** float(q)
    if abs(near - far) <= 1e-9 * near:
        yield sqrt(nsimplify(near**2, rational=True, tolerance=1e-9)) * M**q
    yield Rational(Fraction(0.75 * min(near, far)).limit_denominator(16) or Fraction(1, 100)) * M**q
    if q > Rational(1, 4):                                 # M + 1 is at least M, and looks like a lower power of M
        yield Rational(1, 4) * M ** (q - Rational(1, 4))


def _proved_about(space: ClaimSpace, template: GrowingTemplate, library: Mapping[str, Claim]) -> Iterator[Claim]:
    """Claims of the library with a proof whose hypotheses, sizes apart, the members satisfy and that speak of nothing else.

    The refutation checks their proofs, and that the printed inequality fails by them.
    """
    member = template.member(space, MEMBERS[1])
    at = Evaluator(member)
    for claim in library.values():
        formulas = [*(h.formula for h in claim.hypotheses), claim.conclusion]
        if not claim.proofs or claim.chance is not None or claim.constants:
            continue
        if not set().union(*map(names_in, formulas)) <= set(member.values):
            continue
        try:
            if all(at.fact(f).outcome in HELD for f in formulas):
                yield claim
        except LawbookError:
            continue
