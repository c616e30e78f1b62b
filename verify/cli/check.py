"""`lawbook check` and `lawbook show`: the ledger of claims, and the page of one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from theory.claim import Claim
from verify.cli.chosen import chosen, chosen_claim
from verify.cli.console import notes, output, progress
from verify.cli.exits import DOES_NOT_HOLD, DONE, emit
from verify.laws.measure import Measurement
from verify.ledger.entries import Entry, LedgerOptions, standings
from verify.ledger.entries import entries as entries_of
from verify.objects.store.place import CachePlace, Store
from verify.report.document import claim_document, latex_document, ledger_document
from verify.report.hints import failure_lines
from verify.report.terminal import show_ledger, show_line, show_page
from verify.trials.hunt.hits import unused_records
from verify.trials.mutation import FEW


def run_check(targets: Sequence[str], instances: int | None, seed: int, cache: CachePlace | None = None, *, as_json: bool,
              verbose: bool = False) -> int:
    """The ledger of the library (a line a claim, unless ``verbose``), of some of its claims, or of a user's files.

    Results of earlier runs are taken from the cache.
    """
    started = time.perf_counter()
    cache = usable(cache)
    named = chosen(targets)
    claims, owner = named.claims, named.files
    extra = tuple(named.measurements.values())
    entries = []
    with progress(len(claims), "checking", quiet=as_json) as advance:
        for entry in ledger_entries(claims, instances, seed, extra, cache, mutation=instances is not None):
            entries.append(entry)
            advance(entry.claim.id)
    statuses = standings(entries, cache)
    seconds = time.perf_counter() - started
    passes = all(e.passes for e in entries)
    if as_json:
        emit(ledger_document(entries, seconds, seed, statuses))
    else:
        show_ledger(output(), entries, seconds, statuses, brief=not (targets or verbose))
    for line in unused_records(claims):
        show_line(notes(), f"lawbook: {line}")
    failing = notes() if as_json else output()
    for entry in entries:
        if not entry.passes or entry.claim.id in owner:
            for line in failure_lines(entry, owner.get(entry.claim.id)):
                show_line(failing, line)
    return DONE if passes else DOES_NOT_HOLD


def run_show(target: str, instances: int | None, seed: int, cache: CachePlace | None = None, *, in_latex: bool, as_json: bool) -> int:
    """The page of one claim."""
    named = chosen_claim(target)
    claim, = named.claims
    cache = usable(cache)
    entry, = ledger_entries([claim], instances, seed, tuple(named.measurements.values()), cache)
    statuses = standings([entry], cache)
    if as_json:
        emit(latex_document(entry, statuses) if in_latex else claim_document(entry, statuses))
    else:
        show_page(output(), entry, statuses, in_latex=in_latex)
    for line in unused_records([claim]):
        show_line(notes(), f"lawbook: {line}")
    return DONE if entry.passes else DOES_NOT_HOLD


def usable(cache: CachePlace | None) -> CachePlace | None:
    """The cache if it can be used; what is wrong with it is said once, on standard error."""
    if cache is None:
        return None
    store = Store(cache.folder)
    is_usable = store.is_usable
    store.close()
    if store.problem is not None:
        show_line(notes(), f"lawbook: {store.problem}")
    return cache if is_usable else None


def ledger_entries(
    claims: Sequence[Claim], instances: int | None, seed: int, extra: Sequence[Measurement] = (), cache: CachePlace | None = None,
    *, mutation: bool = False
) -> Iterator[Entry]:
    """Entries of the claims; with no instances only the proofs are checked, those of the false twins too; on demand a few mutants."""
    options = LedgerOptions(instances or 0, seed, cache=cache, mutation=FEW if mutation else None, hunted=True)
    yield from entries_of(claims, options, {m.claim: m for m in extra})
