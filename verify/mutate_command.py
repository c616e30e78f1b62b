"""`lawbook mutate`: the mutants of proofs, and what became of them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from verify.cli import DOES_NOT_HOLD, DONE, emit
from verify.commands import chosen_claims, output, progress
from verify.mutation import FEW, Effort, MutationReport, Survivor, mutate
from verify.report.document import mutation_document
from verify.report.terminal import show_line
from verify.report.words import count, margin, mutation_words


def run_mutate(names: Sequence[str], seed: int, *, every: bool, as_json: bool) -> int:
    """Mutants of the claims, one claim after the other; an interruption loses only those that are not printed yet."""
    from theory.memo import StepMemo
    from verify.registry import borrowed, measurements
    started, memo = time.perf_counter(), StepMemo()
    effort = replace(Effort() if every else FEW, seed=seed)
    claims, found = chosen_claims(names), {}
    with progress(len(claims), "mutating") as advance:
        for claim in claims:
            found[claim.id] = mutate(claim, measurements().get(claim.id) or borrowed(claim), effort, memo)
            if not as_json:
                show_mutants(claim.id, found[claim.id])
            advance(claim.id)
    seconds = time.perf_counter() - started
    if as_json:
        emit(mutate_document(found, effort, seconds))
    else:
        show_line(output(), (mutation_words(found.values()), "bold"), f" · {seconds:.1f} s")
    return DOES_NOT_HOLD if any(report.alarms for report in found.values()) else DONE


def mutate_document(found: Mapping[str, MutationReport], effort: Effort, seconds: float) -> dict[str, object]:
    """The object that `lawbook mutate --json` prints."""
    return {"claims": {id: mutation_document(report) for id, report in found.items()}, "every": effort.mutants is None,
            "alarms": sum(len(report.alarms) for report in found.values()), "seed": effort.seed, "seconds": seconds}


def show_mutants(id: str, report: MutationReport) -> None:
    """The score of one claim and its survivors, alarms first."""
    console = output()
    large = f"{count(report.left_out, 'large step')} left to --all" if report.left_out else ""
    if not report.mutants:
        show_line(console, (id, "bold"), (f"  {large or 'no proved step to change'}", "dim"))
        return
    timed = f" ({report.gave_up} of them after {Effort().milliseconds / 1000:g} s)" if report.gave_up else ""
    show_line(console, (id, "bold"), f"  {report.killed} of {report.mutants} refused{timed}", (f", {large}" if large else "", "dim"))
    for survivor in (*report.alarms, *report.undecided, *report.slack, *report.unused):
        show_line(console, "    ", (survivor.step, "bold"), f"  {survivor_words(survivor)}")


def survivor_words(survivor: Survivor) -> str:
    """Why a mutant is proved.

    >>> survivor_words(Survivor("law", "without", "without 'unit'", "unit", 9, 0.25))
    "does not need the fact 'unit'"
    >>> survivor_words(Survivor("law", "scaled", "the right side is halved", None, 9, None))
    'proved as well: the right side is halved; no instance decides it'
    """
    if survivor.alarm:
        return f"SOUNDNESS ALARM: {survivor.what}: accepted although false: {survivor.alarm}"
    if survivor.dropped is not None:
        return f"does not need the fact {survivor.dropped!r}"
    slack = "no instance decides it" if survivor.slack is None else f"slack {margin(survivor.slack)} on {survivor.instances} instances"
    return f"proved as well: {survivor.what}; {slack}"
