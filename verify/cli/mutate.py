"""`lawbook mutate`: the mutants of proofs, and what became of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from theory.memo import StepMemo
from verify.cli.chosen import chosen
from verify.cli.console import output, progress
from verify.cli.exits import DOES_NOT_HOLD, DONE, emit
from verify.report.mutants import mutate_document, show_mutants, tried_words
from verify.report.terminal import show_line
from verify.report.words import mutation_words
from verify.trials.measured import measurement_of
from verify.trials.mutation import FEW, MutationEffort, mutate


def run_mutate(names: Sequence[str], seed: int, *, every: bool, as_json: bool) -> int:
    """Mutants of the claims, one claim after the other; an interruption loses only those that are not printed yet."""
    started, memo = time.perf_counter(), StepMemo()
    effort = replace(MutationEffort() if every else FEW, seed=seed)
    named, found = chosen(names), {}
    with progress(len(named.claims), "mutating", quiet=as_json) as advance:
        for claim in named.claims:
            found[claim.id] = mutate(claim, named.measurements.get(claim.id) or measurement_of(claim), effort, memo)
            if not as_json:
                show_mutants(output(), claim.id, found[claim.id])
            advance(claim.id)
    seconds = time.perf_counter() - started
    if as_json:
        emit(mutate_document(found, effort, seconds))
    else:
        show_line(output(), (mutation_words(found.values()), "bold"), f" · {seconds:.1f} s")
        if any(report.kinds for report in found.values()):
            show_line(output(), (tried_words(found.values()), "dim"))
    return DOES_NOT_HOLD if any(report.alarms for report in found.values()) else DONE
