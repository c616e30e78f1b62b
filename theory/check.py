"""The kernel: checks every step of every proof of a claim and computes the statuses."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from theory.checkers.ball import check_ball
from theory.checkers.chain import check_chain
from theory.checkers.context import Context, open_step, same_formula
from theory.checkers.defined import demands_of, divisors_of, undefined_part, vanishing_divisor
from theory.checkers.identity import check_identity
from theory.checkers.instance import check_conjunction, check_instance
from theory.checkers.lemma import check_lemma
from theory.checkers.limits import unanswered
from theory.checkers.linear import check_linear
from theory.checkers.polynomial import PolynomialOptions, check_polynomial
from theory.checkers.wellformed import complaint
from theory.claim import Claim
from theory.digest import NoDigest, combined, step_digest, term_digest
from theory.memo import Recalled, StepMemo
from theory.proof import Lemma, LemmaKind, Proof, Step, Use
from theory.terms import ForAll, Formula, Le, Relation
from theory.terms.sorts import rename_variable
from theory.verdict import Status, Verdict, failed, unknown, weakest

ScalarChecker = Callable[[Relation, Mapping[str, Relation]], Verdict]
SCALAR_CHECKERS: dict[str, ScalarChecker] = {
    "linear": check_linear, "chain": check_chain, "polynomial": check_polynomial, "ball": check_ball,
}
TERM_CHECKERS: dict[str, Callable[[Context], Verdict]] = {
    "algebra": check_identity, "sums": check_identity, "instance": check_instance, "conjunction": check_conjunction,
}
CHECKERS = (*SCALAR_CHECKERS, *TERM_CHECKERS, "lemma")


@dataclass(frozen=True)
class StepReport:
    """One step and its verdict; ``cached`` says that an earlier run found it."""

    step: Step
    verdict: Verdict
    seconds: float
    cached: bool = False


@dataclass(frozen=True)
class ProofReport:
    """All steps of one proof; ``status`` is that of the weakest, PROVED MODULO when textbook lemmas are used."""

    author: str
    steps: tuple[StepReport, ...]
    status: Status
    rests_on: frozenset[str]
    reason: str = ""

    @property
    def first_failure(self) -> StepReport | None:
        """The first step that is not proved."""
        return next((s for s in self.steps if not s.verdict.status.is_proof), None)


@dataclass(frozen=True)
class ClaimReport:
    """A claim and the reports of its proofs; ``status`` is that of the best proof.

    It is OPEN when none is offered, and when the only ones offered are printed proofs that do not check: a statement is not worse off
    for a wrong proof of it.
    """

    claim: Claim
    proofs: tuple[ProofReport, ...]

    @property
    def best(self) -> ProofReport | None:
        """The proof with the strongest status."""
        return max(self.proofs, key=lambda p: p.status.rank, default=None)

    @property
    def status(self) -> Status:
        offered = [p for p in self.proofs if p.author != "printed" or p.status.is_proof]
        return max((p.status for p in offered), key=lambda s: s.rank, default=Status.OPEN)

    @property
    def rests_on(self) -> frozenset[str]:
        return self.best.rests_on if self.best and self.status.is_proof else frozenset()


def check(claim: Claim, memo: StepMemo | None = None) -> ClaimReport:
    """Check every step of every proof of the claim.

    ``memo`` saves the steps that several proofs share (those of a claim and its twins, say); it is filled and read, and belongs to
    the caller.

    Guarantee: a status PROVED or PROVED MODULO means that each step was discharged from the facts it names, by a checker that
    re-verified its own evidence, and that the last step is the claim's conclusion.  No sampling is involved.

    >>> from theory.two_layers.spectral_norm import sharp
    >>> check(sharp).status.value
    'PROVED MODULO'
    """
    hypotheses = {h.name: h.formula for h in claim.hypotheses}
    memo = StepMemo() if memo is None else memo
    proofs = tuple(check_proof(p, hypotheses, claim.conclusion, memo) for p in claim.proofs)
    clash = _clash(hypotheses, memo) if any(p.status.is_proof for p in proofs) else None
    if clash is not None:
        proofs = tuple(replace(p, status=Status.FAILED, reason=clash) for p in proofs)
    return ClaimReport(claim, proofs)


def _clash(hypotheses: Mapping[str, Formula], memo: StepMemo) -> str | None:
    """`contradiction_among` the hypotheses, from the memory where it is there."""
    try:
        digest = combined("contradiction", *(combined(name, term_digest(formula)) for name, formula in hypotheses.items()))
    except NoDigest:
        return contradiction_among(hypotheses)
    found = memo.recall(digest)
    if found is None:
        before = unanswered()
        clash = contradiction_among(hypotheses)
        found = Recalled(unknown("no contradiction is seen") if clash is None else failed(clash))
        memo.keep(digest, found.verdict, lasting=unanswered() == before)
    return found.verdict.reason if found.verdict.status is Status.FAILED else None


def contradiction_among(hypotheses: Mapping[str, Formula]) -> str | None:
    """Why the hypotheses cannot all hold, as far as real arithmetic sees it at common elements of their domains; None otherwise.

    A claim with such hypotheses is vacuous: everything follows, and it says nothing.
    """
    domains = {domain: variable for h in hypotheses.values() if isinstance(h, ForAll) for variable, domain in h.limits}
    variables = [(rename_variable(v, f"v{position}"), domain) for position, (domain, v) in enumerate(domains.items())]
    absurd = Le(1, 0)
    context = open_step(ForAll(absurd, *variables) if variables else absurd, hypotheses)
    normaliser = Context(absurd, {}, context.opened).normaliser()
    facts = {name: fact.func(*map(normaliser.scalar, fact.args)) for name, fact in context.relations().items()}
    verdict = check_polynomial(absurd, facts, PolynomialOptions(timeout_ms=1000))
    return f"the hypotheses contradict one another, so the claim is vacuous: {verdict.reason}" if "contradict" in verdict.reason else None


def check_proof(proof: Proof, hypotheses: Mapping[str, Formula], conclusion: Formula, memo: StepMemo | None = None) -> ProofReport:
    """Check the steps in order; each sees only the hypotheses and earlier steps that it names."""
    known, reports = dict(hypotheses), []
    memo = StepMemo() if memo is None else memo
    for current in proof.steps:
        started = time.perf_counter()
        verdict, cached = _remembered(current, known, memo)
        reports.append(StepReport(current, verdict, time.perf_counter() - started, cached))
        known[current.name] = current.formula
    status = weakest(r.verdict.status for r in reports)
    rests_on = frozenset().union(*(r.verdict.rests_on for r in reports))
    reason = ""
    if not _concludes(proof, conclusion):
        status, reason = Status.FAILED, "the last step is not the statement of the claim"
    if len({s.name for s in proof.steps} | set(hypotheses)) != len(proof.steps) + len(hypotheses):
        status, reason = Status.FAILED, "two facts have the same name"
    if status is Status.PROVED and rests_on:
        status = Status.PROVED_MODULO
    return ProofReport(proof.author, tuple(reports), status, rests_on, reason)


def _remembered(current: Step, known: Mapping[str, Formula], memo: StepMemo) -> tuple[Verdict, bool]:
    """The verdict on a step, and whether an earlier run found it."""
    try:
        digest = step_digest(current, known)
    except NoDigest:
        return check_step(current, known, memo), False
    found = memo.recall(digest)
    if found is not None:
        return found.verdict, found.stored
    before = unanswered()
    verdict = check_step(current, known, memo)
    by = current.by.lemma if isinstance(current.by, Use) else current.by
    refused_own_lemma = isinstance(by, Lemma) and by.kind is LemmaKind.OURS and verdict.status is not Status.PROVED
    memo.keep(digest, verdict, lasting=unanswered() == before and not refused_own_lemma)    # a lemma's own report may be an older one
    return verdict, False


def _concludes(proof: Proof, conclusion: Formula) -> bool:
    if not proof.steps or complaint(conclusion) is not None:
        return False
    last = proof.steps[-1].formula
    # normal forms cancel, so the claim may divide by nothing that the step does not divide by, and needs all that the step needs
    defined = divisors_of(conclusion) <= divisors_of(last) and demands_of(last) <= demands_of(conclusion)
    return defined and same_formula(last, conclusion, Context(conclusion, {}, ()).normaliser())


def check_step(current: Step, known: Mapping[str, Formula], memo: StepMemo | None = None) -> Verdict:
    """The verdict on one step, given the facts known so far; ``memo`` saves steps in the proofs of our own lemmas."""
    missing = [name for name in current.using if name not in known]
    if missing:
        return failed(f"it uses {', '.join(missing)}, which is neither a hypothesis nor an earlier step")
    facts = {name: known[name] for name in current.using}
    for formula in (current.formula, *facts.values()):
        flaw = complaint(formula)
        if flaw is not None:
            return failed(flaw)
    context = open_step(current.formula, facts)
    flaw = vanishing_divisor(context.goal, context.relations()) or undefined_part(facts.values(), current.formula, context.facts)
    if flaw is not None:
        return unknown(flaw)
    if isinstance(current.by, (Lemma, Use)):
        return _by_lemma(current, facts, memo)
    if current.by not in CHECKERS:
        return failed(f"there is no checker named {current.by!r}; the checkers are {', '.join(CHECKERS)}")
    if current.by in TERM_CHECKERS:
        return TERM_CHECKERS[current.by](context)
    return _by_scalars(SCALAR_CHECKERS[current.by], context)


def _by_scalars(checker: ScalarChecker, context: Context) -> Verdict:
    """Hand a relation and the relations among the facts, in normal form, to a scalar checker."""
    if not isinstance(context.goal, Relation):
        return failed(f"this checker proves relations between scalars, not {type(context.goal).__name__}")
    normaliser = context.normaliser()
    written = context.relations()
    normal = {name: fact.func(*map(normaliser.scalar, fact.args)) for name, fact in written.items()}
    verdict = checker(context.goal.func(*map(normaliser.scalar, context.goal.args)), normal)
    if verdict.status is Status.PROVED or normal == written:
        return verdict
    plain = checker(context.goal, written)      # normal forms expand squares under a root, which can hide that they are not negative
    # a countermodel of the normal form alone may break a fact that turned into a rewriting rule there
    return verdict if plain.status is Status.FAILED else plain


def _by_lemma(current: Step, facts: Mapping[str, Formula], memo: StepMemo | None) -> Verdict:
    use = current.by if isinstance(current.by, Use) else Use(current.by)   # type: ignore[arg-type]
    verdict = check_lemma(current.formula, facts, use)
    if verdict.status is not Status.PROVED or use.lemma.kind is not LemmaKind.OURS:
        return verdict
    own = lemma_report(use.lemma, memo)
    if not own.status.is_proof:
        return Verdict(own.status, f"{use.lemma.id} itself is {own.status.value}", verdict.evidence)
    return Verdict(Status.PROVED, verdict.reason, verdict.evidence, own.rests_on)


_LEMMA_REPORTS: dict[Lemma, ProofReport] = {}     # one a lemma and process


def lemma_report(lemma: Lemma, memo: StepMemo | None = None) -> ProofReport:
    """The report on a lemma's own proof."""
    if lemma.proof is None:
        return ProofReport("ours", (), Status.UNKNOWN, frozenset(), f"{lemma.id} has no proof")
    if lemma not in _LEMMA_REPORTS:
        _LEMMA_REPORTS[lemma] = check_proof(lemma.proof, lemma.named_hypotheses, lemma.conclusion, memo)
    return _LEMMA_REPORTS[lemma]
