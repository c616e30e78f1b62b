"""The command `lawbook hunt`: a counterexample to a claim, or to what is left of claims without one of their hypotheses."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from theory.claim import Claim, Reading
from theory.errors import BadData
from theory.registry import claims
from verify.cli.chosen import chosen, chosen_claim
from verify.cli.console import interruptions, notes, output, progress_line
from verify.cli.exits import DOES_NOT_HOLD, DONE, INTERRUPTED, emit
from verify.laws.registry import measurements
from verify.report.hunt import show_ablation, show_result
from verify.report.terminal import show_line
from verify.report.words import count
from verify.trials.hunt import Ablation, Found, HitStore, NothingFound, ablate, hunt
from verify.trials.hunt.ablation import satisfies_dropped
from verify.trials.hunt.hits import unused_records
from verify.trials.hunt.known import shipped


@dataclass(frozen=True)
class HuntOptions:
    """What `lawbook hunt` was asked for."""

    drop: str | None = None
    budget: float = 60.0
    ablate: bool = False
    seed: int = 0
    replay: bool = True
    most: int | None = None


def run_hunt(targets: Sequence[str], options: HuntOptions, *, as_json: bool) -> int:
    """Hunt one claim, or each hypothesis of some claims in turn; the code says whether a claim that must hold is broken.

    An interrupted hunt shows what it has reached, and its code says that it was interrupted.
    """
    if options.ablate and options.drop is not None:
        raise BadData("--ablate drops every hypothesis in turn; leave out --drop")
    if not 0 < options.budget < float("inf"):
        raise BadData(f"the budget is {options.budget} seconds; give a positive number")
    if options.ablate:
        return run_ablation(claims_to_ablate(targets), options, as_json=as_json)
    if len(targets) != 1:
        raise BadData(f"{count(len(targets), 'claim')} given; give one, or --ablate, which takes several")
    claim, = chosen_claim(targets[0]).claims
    with _telling(quiet=as_json) as tell, _store(options) as store, interruptions() as heard:
        _note_unused([claim])
        found = hunt(claim, options.drop, options.budget, options.seed, store, tell, options.most, lambda: bool(heard))
    if as_json:
        emit(found.document())
    else:
        show_result(output(), claim, found)
    return DOES_NOT_HOLD if _is_alarm(claim, found) else INTERRUPTED if heard else DONE


def claims_to_ablate(targets: Sequence[str]) -> list[Claim]:
    """The claims that targets (ids, patterns, files) name; without any, those of the library that are not refuted as they stand.

    Raises: BadData for a target that names nothing, and when no hypothesis is left to drop.

    >>> [c.id for c in claims_to_ablate(["mcshane.f*"])]
    ['mcshane.floor']
    """
    if not targets:
        refuted = {id for id, measurement in measurements().items() if measurement.refutation is not None}
        return [c for c in claims().values() if c.hypotheses and c.id not in refuted]
    named = chosen(targets).claims
    found = [c for c in named if c.hypotheses]
    if not found:
        raise BadData(f"{', '.join(c.id for c in named)} {'has' if len(named) == 1 else 'have'} no hypothesis to drop")
    return found


def run_ablation(chosen: Sequence[Claim], options: HuntOptions, *, as_json: bool) -> int:
    """Drop each hypothesis of each claim; an interruption ends the run and loses nothing that was shown."""
    results: dict[str, list[Ablation]] = {}
    with _store(options) as store, interruptions() as heard:
        _note_unused(chosen)
        try:
            for position, claim in enumerate(chosen, start=1):
                done = results.setdefault(claim.id, [])
                if not as_json and len(chosen) > 1:
                    show_line(output(), (claim.id, "bold underline"))
                with _telling(f"{claim.id} ({position} of {len(chosen)}): ", quiet=as_json) as tell:
                    for ablation in ablate(claim, options.budget, options.seed, store, tell, options.most, lambda: bool(heard)):
                        done.append(ablation)
                        if not as_json:
                            show_ablation(output(), ablation)
                if heard:
                    break
        except KeyboardInterrupt:
            heard.append(signal.SIGINT)
    left = {c.id: names for c in chosen if (names := [h.name for h in c.hypotheses][len(results.get(c.id, ())):])}
    if as_json:
        emit({"claims": [{"claim": id, "ablation": [{"hypothesis": a.hypothesis, "load_bearing": a.is_load_bearing,
                                                     "bearing": a.bearing.value, **a.result.document()} for a in done]}
                         for id, done in results.items()], "left": left})
    if heard:
        kept = "what was found is stored; the same command goes on" if options.replay else "nothing is stored"
        show_line(notes(), f"left: {', '.join(f'{id} ({len(names)})' for id, names in left.items()) or 'nothing'}; {kept}")
        return INTERRUPTED
    return DOES_NOT_HOLD if any(_is_alarm(c, a.result) for c in chosen for a in results[c.id]) else DONE


def _store(options: HuntOptions) -> AbstractContextManager[HitStore | None]:
    """The user's store with the shipped records; none with --fresh, which leaves no file behind either."""
    return HitStore(shipped=shipped()) if options.replay else nullcontext()


def _note_unused(chosen: Sequence[Claim]) -> None:
    for line in unused_records(chosen, own=False):
        show_line(notes(), f"lawbook: {line}")


def _is_alarm(claim: Claim, found: Found | NothingFound) -> bool:
    """Whether an instance that breaks no hypothesis contradicts a claim that must hold."""
    must_hold = claim.reading in (Reading.SHARP, Reading.OURS)
    return must_hold and isinstance(found, Found) and not found.breaks and satisfies_dropped(claim, found)


@contextmanager
def _telling(what: str = "", *, quiet: bool) -> Iterator[Callable[[int, float], None] | None]:
    """The line of progress with the instances tried and the best margin."""
    with progress_line(f"{what}hunting", quiet=quiet) as tell:
        yield None if tell is None else lambda tried, best: tell(f"{what}{tried} instances, best margin {best:.4g}")
