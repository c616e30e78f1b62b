"""Checks every step of every proof of a claim by derivations that the kernel replays, and computes the statuses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from theory.checkers.atoms import atoms_of
from theory.checkers.ball import check_ball
from theory.checkers.chain import check_chain
from theory.checkers.context import Context, open_step
from theory.checkers.derive import derive
from theory.checkers.document import Fragment, fragment, replayed
from theory.checkers.identity import check_identity
from theory.checkers.instance import check_conjunction, check_instance
from theory.checkers.lemma import check_lemma, use_read
from theory.checkers.limits import unanswered
from theory.checkers.linear import check_linear
from theory.checkers.polynomial import SolverLimits, check_polynomial
from theory.checkers.proofs import CITED, NotDerived, cited, derived_schema, lemma_of, rests_on
from theory.checkers.real.effort import BRIEF, DEFAULT, GLANCE, MODEST, QUICK, SearchEffort
from theory.checkers.schemas import Statement, statement
from theory.checkers.shipped import shipped
from theory.checkers.wellformed import complaint
from theory.claim import Claim
from theory.digest import NoDigest, combined, step_digest, term_digest
from theory.errors import BadData
from theory.kernel import Refused, Theorem
from theory.kernel.derivation import Schema, one_sort_a_name
from theory.kernel.theorem import Cited
from theory.memo import Recalled, StepMemo
from theory.proof import Lemma, LemmaKind, Proof, Step, Use
from theory.terms import ForAll, Formula, Le, Relation
from theory.terms.arithmetic import guided, simplified
from theory.terms.elaborate import Elaborator, declared
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
    cited: frozenset[Cited] = frozenset()     # what the lemmas in ``rests_on`` say; known where the proof was checked

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


def check(claim: Claim, memo: StepMemo | None = None, *, thorough: bool = True) -> ClaimReport:
    """Check every step of every proof of the claim.

    ``memo`` saves the steps that several proofs share (those of a claim and its twins, say); it is filled and read, and belongs to
    the caller.  Where what is checked is meant to be false, the search need not be ``thorough``.

    Guarantee: a status PROVED or PROVED MODULO means that the kernel replayed a derivation of each step from the facts it names, and
    that the last step is the claim's conclusion.  No sampling is involved.

    >>> from theory.laws.two_layers.spectral_norm import sharp
    >>> check(sharp).status.value
    'PROVED'
    """
    hypotheses = {h.name: h.formula for h in claim.hypotheses}
    memo = StepMemo() if memo is None else memo
    proofs = tuple(check_proof(p, hypotheses, claim.conclusion, memo, thorough=thorough) for p in claim.proofs)
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


@guided
def contradiction_among(hypotheses: Mapping[str, Formula]) -> str | None:
    """Why the hypotheses cannot all hold, as far as real arithmetic sees it at common elements of their domains; None otherwise.

    A claim with such hypotheses is vacuous: everything follows, and it says nothing.
    """
    hypotheses = {name: simplified(h) for name, h in hypotheses.items()}
    domains = {domain: variable for h in hypotheses.values() if isinstance(h, ForAll) for variable, domain in h.limits}
    variables = [(rename_variable(v, f"v{position}"), domain) for position, (domain, v) in enumerate(domains.items())]
    absurd = Le(1, 0)
    context = open_step(ForAll(absurd, *variables) if variables else absurd, hypotheses)
    normaliser = Context(absurd, {}, context.opened).normaliser()
    facts = {name: fact.func(*map(normaliser.scalar, fact.args)) for name, fact in context.relations().items()}
    try:
        verdict = check_polynomial(absurd, facts, SolverLimits(work=500_000))
    except BadData:                                       # a term that real arithmetic does not know
        return None
    if not verdict.evidence.get("contradictory"):
        return None
    return f"the hypotheses contradict one another, so the claim is vacuous: {verdict.reason}"


def check_proof(proof: Proof, hypotheses: Mapping[str, Formula], conclusion: Formula, memo: StepMemo | None = None, *,
                thorough: bool = True) -> ProofReport:
    """Check the steps in order; each sees only the hypotheses and earlier steps that it names.

    Guarantee: where the status is that of a proof, the kernel has replayed a derivation of every step, and the last one is the conclusion.
    """
    known, reports, theorems = dict(hypotheses), [], []
    memo = StepMemo() if memo is None else memo
    for current in proof.steps:
        started = time.perf_counter()
        checked = checked_step(current, known, memo, thorough=thorough)
        reports.append(StepReport(current, checked.verdict, time.perf_counter() - started, checked.stored))
        theorems.append(checked.theorem)
        known[current.name] = current.formula
    status, reason, trusted = weakest(r.verdict.status for r in reports), "", frozenset[Cited]()
    if len({s.name for s in proof.steps} | set(hypotheses)) != len(proof.steps) + len(hypotheses):
        status, reason = Status.FAILED, "two facts have the same name"
    elif status.is_proof:
        try:
            shown = [t for t in theorems if t is not None]
            trusted = rests_on(stated(hypotheses.values(), conclusion), shown)
            status = Status.PROVED_MODULO if trusted else Status.PROVED
        except (NotDerived, BadData, Refused) as problem:
            status, reason = Status.FAILED, str(problem)
    return ProofReport(proof.author, tuple(reports), status, frozenset(CITED[c] for c in trusted), reason, trusted)


def stated(hypotheses: Iterable[Formula], conclusion: Formula) -> Statement:
    """What a statement says in the kernel: what the declarations of its symbols say and its hypotheses, and the conclusion.

    Raises: BadData (a formula without a meaning there), Refused (two symbols of one name).
    """
    formulas = list(hypotheses)
    e = Elaborator()
    premises, said = (*declared((conclusion, *formulas)), *(e.node(f) for f in formulas)), e.node(conclusion)
    one_sort_a_name((*premises, said))
    return premises, said


@dataclass(frozen=True)
class CheckedStep:
    """The verdict on a step, the theorem of its derivation, and whether an earlier run found it."""

    verdict: Verdict
    theorem: Theorem | None = None
    stored: bool = False


def checked_step(current: Step, known: Mapping[str, Formula], memo: StepMemo, *, thorough: bool = True) -> CheckedStep:
    """The verdict on one step, from the memory where it is there: a proof is replayed before it counts."""
    try:
        digest = step_digest(current, known)
    except NoDigest:
        return _checked(current, known, memo, None if thorough else BRIEF)
    except BadData as problem:                            # a hint that the lemma cannot take
        return CheckedStep(failed(str(problem)))
    recalled = memo.recall(digest)
    if recalled is not None and digest in memo.replayed:
        return CheckedStep(recalled.verdict, memo.replayed[digest], recalled.stored)
    if recalled is not None and recalled.verdict.status is Status.PROVED:
        found = _shown(current, known, recalled.verdict.evidence.get("derivation"), memo, stored=recalled.stored)
        if found is not None:
            return _kept(digest, found, memo)
    found = _shown(current, known, _shipped(digest), memo)
    if found is not None:
        memo.keep(digest, found.verdict, lasting=True)
        return _kept(digest, found, memo)
    refusal = digest if thorough else combined("short search", digest)      # what it does not find, a thorough one still may
    recalled = recalled if thorough else memo.recall(refusal)
    if recalled is not None and recalled.verdict.status in (Status.FAILED, Status.UNKNOWN):
        return CheckedStep(recalled.verdict, None, recalled.stored)
    before = unanswered()
    found = _checked(current, known, memo, None if thorough else BRIEF)
    lemma = lemma_of(current)
    refused_own_lemma = lemma is not None and lemma.kind is LemmaKind.OURS and found.theorem is None
    # a lemma's own report may be an older one
    memo.keep(refusal if found.theorem is None else digest, found.verdict, lasting=unanswered() == before and not refused_own_lemma)
    return found


def _kept(digest: bytes, found: CheckedStep, memo: StepMemo) -> CheckedStep:
    """The same, its theorem remembered: twins and mutants share most steps with their claim, and a proof is the theorems of its steps."""
    if found.theorem is not None:
        memo.replayed[digest] = found.theorem
    return found


def _shipped(digest: bytes) -> Fragment | None:
    """The derivation that came with the library, which is replayed like any other."""
    try:
        return shipped().fragment(digest)
    except Refused:
        return None


def _shown(current: Step, known: Mapping[str, Formula], derivation: Fragment | None, memo: StepMemo, *,
           stored: bool = False) -> CheckedStep | None:
    """What a derivation shows, replayed; None where it does not show this very step."""
    if derivation is None:
        return None
    try:
        facts = [known[name] for name in current.using]
        allowed, goal = stated(facts, current.formula)
        schema = _schema(current, memo)
        theorem = replayed(derivation, [] if schema is None else [schema])
    except (Refused, NotDerived, BadData, KeyError, TypeError, AttributeError):
        return None
    fine = theorem.conclusion is goal and theorem.hypotheses <= set(allowed)
    return CheckedStep(_proved(theorem, derivation), theorem, stored) if fine else None


def _proved(theorem: Theorem, derivation: Fragment) -> Verdict:
    count = len(derivation["lines"])
    names = frozenset(CITED[c] for c in theorem.cited)
    return Verdict(Status.PROVED, f"{count} inference{'s' if count != 1 else ''}", {"derivation": derivation}, names)


def check_step(current: Step, known: Mapping[str, Formula], memo: StepMemo | None = None, *, thorough: bool = True) -> Verdict:
    """The verdict on one step, given the facts known so far; ``memo`` saves steps in the proofs of our own lemmas."""
    return _checked(current, known, StepMemo() if memo is None else memo, None if thorough else QUICK).verdict


def _checked(current: Step, known: Mapping[str, Formula], memo: StepMemo, most: SearchEffort | None = None) -> CheckedStep:
    missing = [name for name in current.using if name not in known]
    if missing:
        return CheckedStep(failed(f"it uses {', '.join(missing)}, which is neither a hypothesis nor an earlier step"))
    facts = {name: known[name] for name in current.using}
    flaw = next((flaw for formula in (current.formula, *facts.values()) if (flaw := complaint(formula)) is not None), None)
    if flaw is not None:
        return CheckedStep(failed(flaw))
    if current.by == "lemma":
        return CheckedStep(failed("by='lemma' names no lemma; give the lemma itself, as in by=lemma.fro_op (`lawbook lemmas` lists them)"))
    if isinstance(current.by, str) and current.by not in CHECKERS:
        return CheckedStep(failed(f"there is no checker named {current.by!r}; the checkers are {', '.join(CHECKERS)}"))
    try:
        schema = _schema(current, memo)
    except NotDerived as problem:
        return CheckedStep(unknown(str(problem)))
    except BadData as problem:
        return CheckedStep(failed(str(problem)))
    return _derived(current, facts, schema, most)


# How hard a derivation is searched for, in turn: an identity needs no search, a linear step no products beyond those with monomials.
EFFORTS: dict[str, tuple[SearchEffort, ...]] = {
    "algebra": (GLANCE, QUICK), "sums": (GLANCE, QUICK), "instance": (GLANCE, QUICK), "conjunction": (GLANCE,),
    "linear": (QUICK, MODEST, DEFAULT), "chain": (QUICK, DEFAULT), "polynomial": (QUICK, DEFAULT), "ball": (QUICK, DEFAULT),
}


def _derived(current: Step, facts: Mapping[str, Formula], schema: Schema | None, most: SearchEffort | None) -> CheckedStep:
    """A derivation by a quick search, then what countermodels say, then a thorough search; with ``most`` by one search, no harder."""
    guess = None
    efforts = EFFORTS[current.by] if isinstance(current.by, str) else (QUICK,)
    for place, effort in enumerate(efforts if most is None else (min(efforts[0], most, key=lambda e: e.work),)):
        try:
            found = derive(current, facts, schema, effort, most or QUICK)
        except BadData as problem:
            return CheckedStep(failed(str(problem)))
        if found is not None:
            return CheckedStep(_proved(found.theorem, fragment(found)), found.theorem)
        if most is not None:
            return CheckedStep(unknown("a short search found no derivation"))
        if guess is None:
            guess = _believed(current, facts)
        if guess.status is Status.FAILED or "countermodel" in guess.evidence or (place == 1 and guess.status is not Status.PROVED):
            break                                         # a thorough search is for what the search for countermodels believes
    if guess is None or guess.status is Status.PROVED:
        return CheckedStep(unknown("no derivation was found, and no countermodel either; name one more step"))
    return CheckedStep(guess)


def _believed(current: Step, facts: Mapping[str, Formula]) -> Verdict:
    """`_guess`; a term that its searches do not know ends them, not the check of the other steps and claims."""
    try:
        return _guess(current, facts)
    except BadData as problem:
        return unknown(f"no derivation was found; {problem}")


@guided
def _guess(current: Step, facts: Mapping[str, Formula]) -> Verdict:
    """What the searches for countermodels say of a step that has no derivation: never a proof, at best a reason."""
    goal, known = simplified(current.formula), {name: simplified(fact) for name, fact in facts.items()}
    if isinstance(current.by, (Lemma, Use)):
        return check_lemma(goal, known, use_read(current.by if isinstance(current.by, Use) else Use(current.by)))
    context = open_step(goal, known)
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
    if verdict.status is not Status.PROVED and normal != written:
        plain = checker(context.goal, written)  # normal forms expand squares under a root, which can hide that they are not negative
        # a countermodel of the normal form may break a fact that turned into a rewriting rule there: what is shown is that of the facts
        if verdict.status is Status.FAILED or plain.status is not Status.FAILED:
            verdict = plain
    if "countermodel" not in verdict.evidence or not _opaque(context):
        return verdict
    return unknown(f"no derivation was found; a candidate for a countermodel is {verdict.evidence['at']}", **verdict.evidence)


def _opaque(context: Context) -> bool:
    """Whether a term that is no symbol stands for a number: u·v and ‖u‖, say, whose values no choice of numbers shows possible."""
    relations = (context.goal, *context.relations().values())
    return not all(atom.is_Symbol for atom in atoms_of(*(side for r in relations for side in r.args)))


# --- lemmas -----------------------------------------------------------------------------------------------------------------------

def _schema(current: Step, memo: StepMemo) -> Schema | None:
    """The lemma that a step uses, as the kernel may use it.  Raises: NotDerived."""
    lemma = lemma_of(current)
    return None if lemma is None else schema_of(lemma, memo)


def schema_of(lemma: Lemma, memo: StepMemo | None = None) -> Schema:
    """A lemma as the kernel may use it: by its own derivation, by its proof, or cited.  Raises: NotDerived."""
    if lemma.derivation is not None:
        return derived_schema(lemma)
    if lemma.kind is LemmaKind.TEXTBOOK:
        return cited(lemma)
    report = lemma_report(lemma, memo)
    if not report.status.is_proof:
        step = report.first_failure
        raise NotDerived(f"{lemma.id} itself is {report.status.value}: {report.reason if step is None else step.verdict.reason}")
    premises, conclusion = statement(lemma)
    return Schema(premises, conclusion, report.cited)


def lemma_report(lemma: Lemma, memo: StepMemo | None = None) -> ProofReport:
    """The report on a lemma's own proof."""
    if lemma.proof is None:
        return ProofReport("ours", (), Status.UNKNOWN, frozenset(), f"{lemma.id} has no proof")
    memo = StepMemo() if memo is None else memo
    if lemma not in memo.lemmas:
        memo.lemmas[lemma] = check_proof(lemma.proof, lemma.named_hypotheses, lemma.conclusion, memo)
    found: ProofReport = memo.lemmas[lemma]
    return found
