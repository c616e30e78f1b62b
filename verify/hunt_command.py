"""The command `lawbook hunt`: a counterexample to a claim, or to what is left of it without one of its hypotheses."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from theory.claim import Claim, Reading
from theory.errors import BadData
from theory.registry import claims, find_claim
from verify.claimfile import load_claim_file
from verify.cli import DOES_NOT_HOLD, DONE, emit
from verify.commands import notes, output
from verify.counterexamples import Ablation, Found, HitStore, NothingFound, ablate, hunt, load_bearing
from verify.report.terminal import show_line
from verify.spaces.drafts import Draft
from verify.store import counterexamples_are_stored


@dataclass(frozen=True)
class HuntOptions:
    """What `lawbook hunt` was asked for."""

    drop: str | None = None
    budget: float = 60.0
    ablate: bool = False
    seed: int = 0
    replay: bool = True


def claim_named(target: str) -> Claim:
    """The claim of a target: an id of the library, FILE.py with one claim, or FILE.py:ID.

    Raises: BadData (no such claim or file, a file with several claims and no id).
    """
    path, is_file, id = target.partition(".py")
    if not is_file or (id and not id.startswith(":")):
        return find_claim(target)
    found = {claim.id: claim for claim in load_claim_file(f"{path}.py", frozenset(claims())).claims}
    if not id and len(found) == 1:
        return next(iter(found.values()))
    if id[1:] not in found:
        raise BadData(f"{path}.py has the claims {', '.join(found)}; give one of them, as in {path}.py:{next(iter(found))}")
    return found[id[1:]]


def run_hunt(target: str, options: HuntOptions, *, as_json: bool) -> int:
    """Hunt one claim, or each of its hypotheses in turn; the code says whether a claim that must hold is broken."""
    claim = claim_named(target)
    if options.ablate and options.drop is not None:
        raise BadData("--ablate drops every hypothesis in turn; leave out --drop")
    if not 0 < options.budget < float("inf"):
        raise BadData(f"the budget is {options.budget} seconds; give a positive number")
    with _telling() as tell, HitStore() as store:
        used = store if options.replay else None
        if options.ablate:
            return _ablated(claim, options, used, tell, as_json=as_json)
        found = hunt(claim, options.drop, options.budget, options.seed, used, tell)
    if as_json:
        emit(found.document())
    else:
        show_result(output(), claim, found)
    return DOES_NOT_HOLD if _is_alarm(claim, found) else DONE


def _ablated(claim: Claim, options: HuntOptions, store: HitStore | None, tell: Any, *, as_json: bool) -> int:
    results: list[Ablation] = []
    for ablation in ablate(claim, options.budget, options.seed, store, tell):
        results.append(ablation)
        if not as_json:
            show_ablation(output(), ablation)
    if as_json:
        emit({"claim": claim.id, "ablation": [{"hypothesis": a.hypothesis, "load_bearing": a.is_load_bearing, **a.result.document()}
                                              for a in results]})
    return DOES_NOT_HOLD if any(_is_alarm(claim, a.result) for a in results) else DONE


def _is_alarm(claim: Claim, found: Found | NothingFound) -> bool:
    """Whether an instance that breaks no hypothesis contradicts a claim that must hold."""
    return isinstance(found, Found) and not found.breaks and claim.reading in (Reading.SHARP, Reading.OURS)


def show_result(console: Console, claim: Claim, found: Found | NothingFound) -> None:
    """A result for a person."""
    without = f" without {found.dropped!r}" if found.dropped else ""
    if isinstance(found, NothingFound):
        show_line(console, (f"{claim.id}{without}", "bold"), f"  no counterexample in {found.tried} instances")
        if found.best is not None:
            show_line(console, f"  the best margin is {found.best:.4g}")
        if found.words:
            show_line(console, f"  {found.words}")
        if found.draft is not None:
            show_line(console, "  reached at  " + shown(found.draft))
        return
    certain = "exact" if found.exact else "beyond all tracked rounding errors, not exact"
    margin = "" if found.margin is None else f"margin {found.margin:.4g}; "
    show_line(console, (f"{claim.id}{without}", "bold"), ("  is false", "red"), f"  ({margin}{certain})")
    show_line(console, "  " + shown(found.draft))
    if found.family:
        show_line(console, f"  along a family with ratio {found.family}")
    show_line(console, f"  breaks  {found.breaks}" if found.breaks else "  breaks no hypothesis")
    if found.status is not None:
        show_line(console, f"  {claim.id} is {found.status.value}")
    if found.replayed:
        show_line(console, ("  from the store, verified again", "dim"))


def show_ablation(console: Console, ablation: Ablation) -> None:
    """One hypothesis in one or two lines."""
    result = ablation.result
    if isinstance(result, Found):
        show_line(console, (ablation.hypothesis, "bold"), f"  load-bearing: without it margin {result.margin:.4g} at {shown(result.draft)}"
                  if result.margin is not None else f"  load-bearing: without it the ratio grows, {result.family}",
                  "" if result.exact else "  (not exact)")
    elif result.best is None:
        show_line(console, (ablation.hypothesis, "bold"), f"  not decided: {result.words}")
    else:
        show_line(console, (ablation.hypothesis, "bold"),
                  f"  perhaps not needed: the best margin without it is {result.best:.4g} in {result.met} instances")


def shown(draft: Draft) -> str:
    """A draft in one line: sizes, activations, arrays."""
    document = draft.document()
    parts = [f"{name} = {value}" for group in ("sizes", "activations") for name, value in document[group].items()]
    return ", ".join([*parts, *(f"{name} = {_plain(value)}" for name, value in document["arrays"].items())])


def _plain(value: Any) -> str:
    return f"[{', '.join(map(_plain, value))}]" if isinstance(value, list) else str(value)


@contextmanager
def _telling() -> Iterator[Any]:
    """One line on standard error with the instances tried and the best margin; silent where standard error is no terminal."""
    console = notes()
    if not console.is_terminal:
        yield None
        return
    with console.status("hunting") as status:
        yield lambda count, best: status.update(f"{count} instances, best margin {best:.4g}")


# --- in the ledger ----------------------------------------------------------------------------------------------------------------------

LEDGER_S = 2.0      # for verifying stored counterexamples again; the rest is left for `lawbook hunt`


def needed_hypotheses(chosen: Sequence[Claim], seconds: float = LEDGER_S) -> dict[str, list[str]]:
    """By claim, the hypotheses that a stored counterexample, verified again, shows to be load-bearing; nothing where none is stored."""
    if not counterexamples_are_stored():
        return {}
    started = time.monotonic()
    found = {}
    with HitStore() as store:
        for claim in chosen:
            names = load_bearing(claim, store, seconds - (time.monotonic() - started))
            if names:
                found[claim.id] = names
    return found


def show_needed(console: Console, needed: Mapping[str, Sequence[str]]) -> None:
    """One line a claim."""
    if needed:
        show_line(console, "")
        show_line(console, ("load-bearing hypotheses, by stored counterexamples verified again", "bold"))
    for id, names in needed.items():
        show_line(console, f"  {id}  {', '.join(names)}")
