"""Checks mutants and explains the survivors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from sympy import Basic

from theory.check import ProofReport, check_proof, check_step, lemma_report
from theory.checkers.limits import each_call_at_most, unanswered
from theory.claim import Claim
from theory.digest import NoDigest, step_digest
from theory.errors import LawbookError
from theory.memo import StepMemo
from theory.proof import Lemma, LemmaKind, Step, Use
from theory.terms import Formula
from theory.verdict import Status
from verify.evaluate import HELD, Evaluator, Outcome
from verify.laws.measure import Measurement
from verify.trials.mutation.mutants import Mutant, mutants
from verify.trials.mutation.report import MutationReport, Survivor, idle
from verify.trials.trial import described, instances_of, is_costly


@dataclass(frozen=True)
class Effort:
    """How many mutants of a claim are checked, of steps of at most which size (None: all), how much work z3 may do about each, and on
    how many random instances beside the corners survivors are evaluated; on so many in all where a fact is costly to evaluate.
    """

    mutants: int | None = None
    size: int | None = None
    solver_work: int = 300_000
    instances: int = 6
    seed: int = 0


FEW = Effort(mutants=3, size=300, instances=2)    # of a claim, where they are one part of the ledger among many


def mutate(claim: Claim, measurement: Measurement | None, effort: Effort, memo: StepMemo | None = None,
           tell: Callable[[str], None] = lambda name: None) -> MutationReport:
    """Check mutants of the steps that the kernel proves, and evaluate the survivors on the instances of the claim.

    The facts that a mutant may use are those of the original proof.  A mutant counts as killed when it is not proved, whether the
    kernel refutes it or gives up.  ``tell`` hears the name of each step.

    >>> from theory.registry import find_claim
    >>> found = mutate(find_claim("mcshane.floor"), None, Effort(mutants=5))
    >>> found.mutants, found.killed + len(found.survivors), found.alarms
    (5, 5, ())
    """
    memo = StepMemo() if memo is None else memo
    killed, gave_up, kinds = 0, 0, Counter[str]()
    survivors: list[Survivor] = []
    witnesses = _Witnesses(measurement, effort)
    reports = tuple(check_proof(proof, _assumed(claim), claim.conclusion, memo) for proof in claim.proofs)
    places = proved_steps(claim, reports)
    survivors += [survivor for proof, report in zip(claim.proofs, reports, strict=True) if report.status.is_proof
                  for survivor in idle(proof, tuple(_assumed(claim)))]
    kinds.update(survivor.kind for survivor in survivors)
    small = places if effort.size is None else [place for place in places if size(*place) <= effort.size]
    for current, known, mutant in chosen(small, effort.mutants):
        tell(current.name)
        kinds[mutant.kind] += 1
        by = current.by.lemma if isinstance(current.by, Use) else current.by
        if isinstance(by, Lemma) and by.kind is LemmaKind.OURS:
            lemma_report(by, memo)                              # its own proof is not to be cut short
        before = unanswered()
        with each_call_at_most(effort.solver_work):
            verdict = check_step(mutant.step, known, memo, thorough=False)     # not remembered: refused for lack of time, a twin may not be
        if verdict.status is Status.PROVED:
            survivors.append(witnesses.explained(mutant, known))
        else:
            killed += 1
            gave_up += unanswered() > before
    return MutationReport(killed + len(survivors), killed, gave_up, tuple(survivors), len(places) - len(small), dict(kinds))


Known = tuple[Step, Mapping[str, Formula]]


def proved_steps(claim: Claim, reports: Sequence[ProofReport]) -> list[Known]:
    """The steps of all proofs that the kernel proves, each once, with the facts known before it."""
    found: dict[Any, Known] = {}
    for report in reports:
        known = _assumed(claim)
        for checked in report.steps:
            if checked.verdict.status is Status.PROVED:
                found.setdefault(_identity(checked.step, known), (checked.step, dict(known)))
            known[checked.step.name] = checked.step.formula
    return list(found.values())


def _assumed(claim: Claim) -> dict[str, Formula]:
    return {h.name: h.formula for h in claim.hypotheses}


def size(current: Step, known: Mapping[str, Formula]) -> int:
    """How many subterms the step's formula and its facts have: a measure of the work of refusing a mutant that no clock enters.

    What a lemma needs is searched for among the facts, each with each, so these count squared.

    >>> from theory.proof import step as made
    >>> from theory.terms import le, norm, VectorSymbol, n
    >>> y = VectorSymbol("y", n)
    >>> size(made("s", le(norm(y), 2 * n), by="linear", using="h"), {"h": le(norm(y), n)})
    14
    """
    facts = sum(_subterms(known[name]) for name in current.using)
    return _subterms(current.formula) + facts * (1 if isinstance(current.by, str) else len(current.using))


def _subterms(term: Any) -> int:
    return 1 + sum(map(_subterms, term.args)) if isinstance(term, Basic) else 1


def chosen(places: Sequence[Known], most: int | None) -> Iterator[tuple[Step, Mapping[str, Formula], Mutant]]:
    """All mutants of the steps; or at most so many, of steps spread evenly over the proofs, each step offering another sort of change."""
    spread = places if most is None or len(places) <= most else [places[number * len(places) // most] for number in range(most)]
    each = None if most is None else -(-most // max(len(spread), 1))
    few = ((current, known, mutant) for current, known in spread for mutant in some(mutants(current), each, sum(current.name.encode())))
    return islice(few, most)


def some(found: Sequence[Mutant], most: int | None, start: int) -> Sequence[Mutant]:
    """At most so many of the mutants, spread evenly from a start."""
    if most is None or len(found) <= most:
        return found
    return [found[(start + turn * len(found) // most) % len(found)] for turn in range(most)]


def _identity(current: Step, known: Mapping[str, Formula]) -> Any:
    try:
        return step_digest(current, known)
    except NoDigest:
        return object()


class _Witnesses:
    """The instances of a claim, drawn when the first survivor asks for them."""

    def __init__(self, measurement: Measurement | None, effort: Effort) -> None:
        self._measurement, self._effort = measurement, effort
        self._drawn: list[tuple[Any, Evaluator]] | None = None

    def _instances(self) -> Iterator[tuple[Any, Evaluator]]:
        if self._drawn is None:
            found = [] if self._measurement is None else instances_of(self._measurement, self._effort.instances, self._effort.seed)
            self._drawn = [(instance, Evaluator(instance)) for instance in found]
        return iter(self._drawn)

    def explained(self, mutant: Mutant, known: Mapping[str, Formula]) -> Survivor:
        """The survivor with its slack, or with the instance that contradicts it."""
        facts = [known[name] for name in mutant.step.using]
        held, vacuous, slack, alarm, unmeasured = 0, 0, np.inf, "", ""
        most = self._effort.instances if any(map(is_costly, (mutant.step.formula, *facts))) else None
        for instance, at in islice(self._instances(), most):
            try:
                found = at.fact(mutant.step.formula)
                if any(at.fact(fact).outcome not in HELD for fact in facts):
                    continue
            except LawbookError as error:                   # such as a Lipschitz constant on another domain that no method encloses
                unmeasured = str(error)
                continue
            held += 1
            vacuous += found.outcome is Outcome.VACUOUS
            if found.outcome is Outcome.VIOLATED:
                alarm = described(found, instance, mutant.step.formula)
                break
            if found.outcome is Outcome.HOLDS:
                slack = min(slack, max(0.0, found.margin))      # what holds has a negative margin only by rounding
        return Survivor(mutant.step.name, mutant.kind, mutant.what, mutant.dropped, held,
                        float(slack) if np.isfinite(slack) else None, alarm, unmeasured, vacuous)
