"""The ledger and the page of one claim, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console as Console
from rich.text import Text

from theory.check import ProofReport, StepReport
from theory.claim import Claim, Reading
from theory.registry import claims as library
from theory.terms.printing.latex import latex
from theory.terms.printing.text import text
from theory.verdict import Status
from verify.evaluate.declared import shown_declarations
from verify.ledger.entries import Entry, standings
from verify.report.bearing import evidence_words, load_words
from verify.report.off_domain import off_domain_line
from verify.report.trust import trust_words
from verify.report.words import (
    DOMAINS,
    STYLES,
    chance_words,
    count,
    heading,
    margin,
    measured,
    mutation_words,
    place_in_paper,
    rests_on,
    standing,
    summary,
    works,
)

WIDTH = max(len(s.value) for s in Status)
OWN = ("ȳ",)  # names that every reader of the paper knows
INDENT = " " * (WIDTH + 4)
ID_WIDTH = 24  # most ids are shorter; a longer one moves what follows
LONGEST = 90  # characters of a formula that is shown beside another claim; longer ones are a `lawbook show` away


def show_line(console: Console, *parts: str | tuple[str, str]) -> None:
    """One line, never wrapped nor read as markup: formulas hold brackets, and a pipe has no width."""
    console.print(Text.assemble(*parts), soft_wrap=True)


def show_ledger(console: Console, entries: Sequence[Entry], seconds: float, statuses: Mapping[str, Status] | None = None, *,
                brief: bool = False) -> None:
    """All claims, grouped by theorem in the order of the paper, what is ours after it, and a summary; ``brief``: a line each."""
    groups: dict[str, list[Entry]] = {}
    statuses = standings(entries) if statuses is None else statuses
    for entry in sorted(entries, key=lambda e: place_in_paper(e.claim.source)):
        groups.setdefault(heading(entry.claim.source), []).append(entry)
    for group, members in groups.items():
        show_line(console, "")
        show_line(console, (group, "bold underline"))
        for entry in members:
            if brief:
                show_brief(console, entry)
            else:
                show_entry(console, entry, statuses)
    show_line(console, "")
    for reference in works([e.claim for e in entries]):
        show_line(console, (reference, "dim"))
    show_summary(console, entries, seconds)
    if brief:
        show_line(console, ("`lawbook show ID` is one claim with its proof; `lawbook check -v` says of each claim what it states, "
                            "what is wrong with it as printed, and which hypotheses bear load", "dim"))


def show_brief(console: Console, entry: Entry) -> None:
    """One claim in one line, as wide as the terminal; below it what a reader must not miss."""
    claim, status, fact = entry.claim, entry.status, entry.statement
    line = Text.assemble("  ", (status.value.ljust(WIDTH), STYLES[status]), "  ", (claim.id.ljust(ID_WIDTH), "bold"), f"  {claim.title}")
    if not entry.refuted and fact is not None and fact.min_margin is not None and not fact.violations:
        line.append(f"  margin {margin(fact.min_margin).removesuffix(' (to rounding)')}", "dim")
    if claim.audits:
        line.append(f"  {claim.audits[0].finding}", "magenta")
    if console.is_terminal:
        line.truncate(console.width, overflow="ellipsis")
    console.print(line, soft_wrap=True)
    for said, style in remarks(entry, told_below=not entry.passes):
        if style != "red":                                # what is expected of the claim: that it is refuted, that a printed proof stops
            show_line(console, INDENT, (said, style))


def show_entry(console: Console, entry: Entry, statuses: Mapping[str, Status]) -> None:
    """One claim in a few lines."""
    claim = entry.claim
    status = entry.status
    show_line(console, "  ", (status.value.ljust(WIDTH), STYLES[status]), "  ", (claim.id, "bold"),
              f"  {claim.title}  ", (f"[{claim.reading.value}; {DOMAINS[claim.domain]}]", "dim"))
    conclusion = text(claim.conclusion, claim.where)
    show_line(console, INDENT, conclusion, (f"   {chance_words(claim.chance)}" if claim.chance else "", "dim"))
    declared = shown_declarations(claim)
    if declared:
        show_line(console, INDENT, ("if " + ",  ".join(declared), "dim"))
    named = [f"{name} = {text(term)}" for name, term in claim.where.items() if name in conclusion and name not in OWN]
    if named:
        show_line(console, INDENT, ("where " + ",  ".join(named), "dim"))
    lemmas = rests_on(entry)
    if not entry.refuted and claim.chance is None:
        said = measured(entry.statement)
        show_line(console, INDENT, (f"{said}{' · rests on ' + ', '.join(lemmas) if lemmas else ''}", "dim"))
    bearing = load_words(entry.hypotheses)
    if bearing:
        show_line(console, INDENT, (bearing, "dim"))
    for line, style in remarks(entry, told_below=not entry.passes):
        show_line(console, INDENT, (line, style))
    show_audits(console, claim, statuses, INDENT)


def show_audits(console: Console, claim: Claim, statuses: Mapping[str, Status], indent: str) -> None:
    """What is wrong or unproved as printed, the repair, and the sharp statement; what is known of a conjecture."""
    for audit in claim.audits:
        shown = f"  (shown by {standing(audit.shown_by, statuses)})" if audit.shown_by else ""
        show_line(console, indent, ("finding   ", "magenta"), audit.words, (shown, "dim"))
        show_line(console, indent, ("repair    ", "magenta"), audit.repair)
        for id in audit.sharp:
            sharp = library()[id]
            formula = text(sharp.conclusion, sharp.where)
            said = f":  {formula}" if len(formula) <= LONGEST else ""
            show_line(console, indent, ("sharp     ", "magenta"), (statuses[id].value, STYLES[statuses[id]]),
                      f"  {id}  {sharp.title}{said}")
    if claim.special_cases:
        show_line(console, indent, ("settled in part by  ", "magenta"), standing(claim.special_cases, statuses))


def remarks(entry: Entry, *, told_below: bool = False) -> list[tuple[str, str]]:
    """What a reader must not miss: refutations, broken proofs, violated facts, twins that passed.

    ``told_below``: the step at which each proof breaks is reported at length after the ledger, and left out here.
    """
    found: list[tuple[str, str]] = [(entry.trouble, "bold red" if entry.stopped else "yellow")] if entry.trouble else []
    if entry.refutation is not None:
        breaks = f" (breaks: {entry.refutation.breaks})" if entry.refutation.breaks else ""
        said = f"{entry.refutation.words}{breaks}"
        found.append((f"refuted: {said}", "red") if entry.refuted else
                     (f"a counterexample is recorded but does NOT check: {said}: {entry.refutation.verdict.reason}",
                      "bold red"))
    failing = [proof for proof in entry.report.proofs if not proof.status.is_proof]
    told = {p.first_failure.step.name for p in failing if p.first_failure is not None} if told_below else set()
    found += [] if told_below else [(broken(proof), "red") for proof in failing]
    found += [(f"measured false: {f.name}, {measured(f)}", "bold red") for f in entry.facts
              if f.violations and f.name not in ("conclusion", *told)]
    alarms = () if entry.mutation is None else entry.mutation.alarms
    found += [(f"SOUNDNESS ALARM: the step {s.step!r} is accepted after a change that makes it false ({s.what}): {s.alarm}", "bold red")
              for s in alarms]
    found += [(f"the false twin {t.name!r} ({t.flaw}) was NOT caught: "
               f"{'its proof is accepted' if t.proof_status.is_proof else 'no instance contradicts it'}", "bold red")
              for t in entry.twins if not t.is_caught]
    return found


def broken(proof: ProofReport) -> str:
    """Which step of a proof does not follow, and why."""
    failing = proof.first_failure
    if failing is None:
        return f"the {possessive(proof.author)} proof: {proof.reason}"
    step = failing.step
    return f"the {possessive(proof.author)} proof stops at {step.name!r} ({step.method}): {failing.verdict.reason}"


def possessive(author: str) -> str:
    """How a proof is called by its author."""
    return "toolkit's" if author == "ours" else author


def show_summary(console: Console, entries: Sequence[Entry], seconds: float) -> None:
    """Counts, twins, instances, time, and how much of it an earlier run had done; then what fails."""
    twins = [t for e in entries for t in e.twins]
    instances = sum(e.statement.instances for e in entries if e.statement)
    violations = sum(f.violations for e in entries for f in e.facts if e.claim.reading in (Reading.SHARP, Reading.OURS))
    parts = [f"{count(len(entries), 'claim')}: {summary(list(entries))}"]
    if twins:
        parts.append(f"{sum(t.is_caught for t in twins)} of {count(len(twins), 'false twin')} caught")
    if instances:
        parts.append(f"{count(instances, 'instance')}, {count(violations, 'violation')} of claims that must hold")
    tried = [e.mutation for e in entries if e.mutation is not None and e.mutation.mutants]
    if tried:
        parts.append(mutation_words(tried))
    steps = [s for e in entries for p in e.report.proofs for s in p.steps]
    recalled = sum(s.cached for s in steps)
    known = f" · {recalled} of {count(len(steps), 'step')} proved in an earlier run" if recalled else ""
    show_line(console, (" · ".join(parts), "bold"), f" · {seconds:.1f} s{known}")
    if any(p.status.is_proof for e in entries for p in e.report.proofs):
        show_line(console, (trust_words(entries), "dim"))
    failing = [e.claim.id for e in entries if not e.passes]
    if failing:
        show_line(console, (f"These must hold and do not: {', '.join(failing)}", "bold red"))


# --- the page of one claim --------------------------------------------------------------------------------------------

def show_page(console: Console, entry: Entry, statuses: Mapping[str, Status] | None = None, *, in_latex: bool = False) -> None:
    """Statement, proofs step by step, what it rests on, which hypotheses bear load."""
    claim, best = entry.claim, entry.report.best
    write = latex if in_latex else text
    lemmas = rests_on(entry)
    modulo = f" {count(len(lemmas), 'lemma')}" if entry.status is Status.PROVED_MODULO else ""
    show_line(console, (claim.title, "bold"), f"  [{claim.reading.value}; {DOMAINS[claim.domain]}]   ",
              (entry.status.value + modulo, STYLES[entry.status]))
    show_line(console, (f"{claim.source}", "dim"))
    declared = shown_declarations(claim)
    if declared:
        show_line(console, "  if    ", ",  ".join(declared), ("   (declared)", "dim"))
    for position, hypothesis in enumerate(claim.hypotheses, start=len(declared)):
        formula = write(hypothesis.formula, claim.where)
        said = "" if in_latex or hypothesis.text in ("", formula) else f"   ({hypothesis.text})"
        show_line(console, "  if    " if position == 0 else "        ", formula, (said, "dim"))
    show_line(console, "  then  ", (write(claim.conclusion, claim.where), "bold"))
    if claim.chance is not None:
        show_line(console, "        ", chance_words(claim.chance))
    for name, term in claim.where.items():
        show_line(console, "  where ", f"{name} = {write(term)}")
    read_off = off_domain_line(claim)
    if read_off is not None:
        show_line(console, "        ", (read_off, "dim"))
    if claim.chance is None:
        show_line(console, "        ", (measured(entry.statement), "dim"))
    for proof in entry.report.proofs:
        show_proof(console, entry, proof, in_latex=in_latex)
    if best is not None:
        show_line(console, "  rests on      ", ", ".join(lemmas) if lemmas else "definitions and rules alone")
    for line in load(entry):
        show_line(console, "  ", line)
    names = max((len(e.hypothesis) for e in entry.hypotheses), default=0)
    for position, found in enumerate(entry.hypotheses):
        show_line(console, "  dropped       " if not position else "                ", (found.hypothesis.ljust(names), "bold"),
                  f"  {evidence_words(found)}")
    for line, style in remarks(entry):
        show_line(console, "  ", (line, style))
    show_audits(console, claim, standings([entry]) if statuses is None else statuses, "  ")
    if claim.note:
        show_line(console, "  note          ", claim.note)


def show_proof(console: Console, entry: Entry, proof: ProofReport, *, in_latex: bool) -> None:
    """The steps of one proof in columns."""
    write = latex if in_latex else text
    show_line(console, f"  {'printed proof' if proof.author == 'printed' else 'proof'}  ",
              (proof.status.value, STYLES[proof.status]), f"  {proof.reason}" if proof.reason else "")
    formulas = [write(s.step.formula, entry.claim.where) for s in proof.steps]
    names = max((len(s.step.name) for s in proof.steps), default=0)
    column = max((len(f) for f in formulas if len(f) <= 60), default=0)
    methods = max((len(s.step.method) for s in proof.steps), default=0)
    for position, (report, formula) in enumerate(zip(proof.steps, formulas, strict=True), start=1):
        step, status = report.step, report.verdict.status
        show_line(console, f"  {position:>3} ", (step.name.ljust(names), "bold"), f"  {formula.ljust(column)}  ",
                  (step.method.ljust(methods), "cyan"), "  ", (status.value, STYLES[status]),
                  (evidence(entry, report), "dim"))


def evidence(entry: Entry, report: StepReport) -> str:
    """Why a step does not follow; else what the instances said."""
    if not report.verdict.status.is_proof:
        return f"  {report.verdict.reason}"
    fact = next((f for f in entry.facts if f.name == report.step.name), None)
    if fact is None or not fact.instances:
        return ""
    least = f", margin ≥ {margin(fact.min_margin)}" if fact.min_margin is not None and not fact.violations else ""
    wrong = f", violated on {fact.violations}" if fact.violations else ""
    return f"  {count(fact.instances, 'instance')}{least}{wrong}"


def load(entry: Entry) -> list[str]:
    """What each false twin shows: that its hypothesis bears load, or that the statement cannot be sharpened so."""
    lines = []
    for twin in entry.twins:
        dropped = twin.name.removeprefix("without ")
        bears = dropped in {h.name for h in entry.claim.hypotheses}
        kernel = "the kernel ACCEPTS it" if twin.proof_status.is_proof else "the kernel refuses it"
        met = {True: ", an instance contradicts it", False: ", NO instance contradicts it", None: ""}[twin.violated]
        head = f"load-bearing  {dropped}" if bears else f"false twin    {twin.name}"
        lines.append(f"{head}: {twin.flaw} ({kernel}{met})")
    return lines
