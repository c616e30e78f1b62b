"""The ledger as JSON-ready objects.  Keys are a contract: scripts read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from theory.check import ProofReport, StepReport
from theory.terms.printing.latex import latex
from theory.terms.printing.text import text
from theory.verdict import Status
from verify.evaluate.declared import shown_declarations
from verify.ledger.entries import Entry, TwinResult, standings
from verify.report.derivations import Derivations, derivations
from verify.report.trust import versions
from verify.report.words import chance_words, plain, rests_on
from verify.trials.mutation import MutationReport, Survivor
from verify.trials.trial import FactTest


def ledger_document(
    entries: Iterable[Entry], seconds: float, seed: int, statuses: Mapping[str, Status] | None = None,
    derived: Derivations | None = None
) -> dict[str, Any]:
    """The object that `lawbook check --json` prints; ``derived``: the derivations of the entries, where they are written already."""
    entries = list(entries)
    statuses = standings(entries) if statuses is None else statuses
    listed = [claim_document(entry, statuses) for entry in entries]
    return {"claims": listed, "passes": all(c["passes"] for c in listed), "seconds": seconds, "seed": seed,
            "versions": versions(), "derivations": (derivations(entries) if derived is None else derived).document.data()}


def claim_document(entry: Entry, statuses: Mapping[str, Status] | None = None) -> dict[str, Any]:
    """One claim: statement, status, proofs, measurements, twins, audits."""
    claim, best = entry.claim, entry.report.best
    statuses = standings([entry]) if statuses is None else statuses
    printed = [p.status.value for p in entry.report.proofs if p.author == "printed"]
    return {
        "id": claim.id,
        "title": claim.title,
        "reading": claim.reading.value,
        "status": entry.status.value,
        "passes": entry.passes,
        "trouble": entry.trouble or None,
        "printed_proof": printed[0] if printed else None,
        "domain": claim.domain.value,
        "source": str(claim.source),
        "hypotheses": [
            {"name": h.name, "text": h.text, "formula": text(h.formula, claim.where)} for h in claim.hypotheses
        ],
        "declared": shown_declarations(claim),
        "conclusion": text(claim.conclusion, claim.where),
        "where": {name: text(term) for name, term in claim.where.items()},
        "constants": {c.name: c.value or None for c in claim.constants},
        "rests_on": rests_on(entry),
        "steps": [_step(s) for s in best.steps] if best else [],
        "proofs": [_proof(p) for p in entry.report.proofs],
        "tests": _tests(entry),
        "facts": [_fact(f) for f in entry.facts],
        "twins": [_twin(t) for t in entry.twins],
        "mutation": mutation_document(entry.mutation),
        "ablation": [e.document() for e in entry.hypotheses],
        "refutation": _refutation(entry),
        "chance": chance_words(claim.chance) if claim.chance else None,
        "audits": [{"finding": a.words, "shown_by": _standing(a.shown_by, statuses), "repair": a.repair,
                    "sharp": _standing(a.sharp, statuses)} for a in claim.audits],
        "special_cases": _standing(claim.special_cases, statuses),
        "note": claim.note,
        "seconds": entry.seconds,
    }


def latex_document(entry: Entry, statuses: Mapping[str, Status] | None = None) -> dict[str, Any]:
    """The claim's object with its formulas in LaTeX beside the text."""
    claim = entry.claim
    return claim_document(entry, statuses) | {"latex": {
        "hypotheses": {h.name: latex(h.formula, claim.where) for h in claim.hypotheses},
        "conclusion": latex(claim.conclusion, claim.where),
        "where": {name: latex(term) for name, term in claim.where.items()},
    }}


def _standing(ids: Iterable[str], statuses: Mapping[str, Status]) -> dict[str, str]:
    return {id: statuses[id].value for id in ids}


def _step(report: StepReport) -> dict[str, Any]:
    verdict, step = report.verdict, report.step
    return {"name": step.name, "formula": text(step.formula), "using": list(step.using), "checker": step.method,
            "status": verdict.status.value, "reason": verdict.reason,
            "evidence": plain({key: value for key, value in verdict.evidence.items() if key != "derivation"}),
            "rests_on": sorted(verdict.rests_on), "seconds": report.seconds, "cached": report.cached}


def _proof(report: ProofReport) -> dict[str, Any]:
    return {"author": report.author, "status": report.status.value, "reason": report.reason,
            "rests_on": sorted(report.rests_on), "steps": [_step(s) for s in report.steps]}


def _tests(entry: Entry) -> dict[str, Any]:
    """The statement's instances and margin; violations of any fact of the claim count."""
    statement = entry.statement
    return {"instances": statement.instances if statement else 0,
            "violations": sum(f.violations for f in entry.facts),
            "undecided": statement.undecided if statement else 0,
            "vacuous": statement.vacuous if statement else 0,
            "min_margin": plain(statement.min_margin) if statement else None, "cached": entry.measured_before}


def _fact(fact: FactTest) -> dict[str, Any]:
    return {"name": fact.name, "instances": fact.instances, "violations": fact.violations, "undecided": fact.undecided,
            "vacuous": fact.vacuous, "searched": fact.searched, "min_margin": plain(fact.min_margin), "worst": fact.worst,
            "spread": fact.spread, "trouble": fact.trouble or None}


def _twin(twin: TwinResult) -> dict[str, Any]:
    return {"name": twin.name, "flaw": twin.flaw, "proof_status": twin.proof_status.value, "caught": twin.is_caught,
            "violated": twin.violated}


def mutation_document(found: MutationReport | None) -> dict[str, Any] | None:
    """The score of the mutants of a claim's proofs, and every survivor; None when none were checked."""
    if found is None:
        return None
    return {"mutants": found.mutants, "killed": found.killed, "gave_up": found.gave_up, "slack": len(found.slack),
            "undecided": len(found.undecided), "unused": len(found.unused), "alarms": len(found.alarms), "left_out": found.left_out,
            "kinds": dict(sorted(found.kinds.items())),
            "survivors": [_survivor(s) for s in found.survivors]}


def _survivor(survivor: Survivor) -> dict[str, Any]:
    return {"step": survivor.step, "kind": survivor.kind, "what": survivor.what, "unused": survivor.dropped,
            "instances": survivor.instances, "slack": plain(survivor.slack), "alarm": survivor.alarm or None,
            "vacuous": survivor.vacuous, "unmeasured": survivor.unmeasured or None}


def _refutation(entry: Entry) -> dict[str, Any] | None:
    found = entry.refutation
    if found is None:
        return None
    return {"words": found.words, "breaks": found.breaks, "confirmed": entry.refuted,
            "status": found.verdict.status.value, "reason": found.verdict.reason,
            "evidence": plain(found.verdict.evidence)}
