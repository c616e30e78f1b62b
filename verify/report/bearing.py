"""Which hypotheses bear load, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from theory.claim import Claim
from theory.terms.printing.text import text
from verify.report.words import count, margin, number
from verify.trials.hunt.known import Bearing, Evidence

LONGEST = 160       # characters of an instance in a line; the whole of it is in the JSON of `lawbook hunt ID --drop HYPOTHESIS`


def evidence_words(found: Evidence) -> str:
    """One hypothesis in a line.

    >>> evidence_words(Evidence("fits", Bearing.LOAD_BEARING, -0.5, True, "n = 1, y = [2]"))
    'load-bearing: without it margin −0.5 at n = 1, y = [2]'
    >>> evidence_words(Evidence("network", Bearing.NOT_DECIDED, -1.0, False, "d = 1"))
    'not decided: the margin −1 at d = 1 is not certain'
    >>> evidence_words(Evidence("labels", Bearing.PERHAPS_NOT_NEEDED, 0.25, False, "n = 1", 300, 40, 4.0))
    'perhaps not needed: the best margin without it is 0.25 at n = 1; 40 of 300 instances satisfy the rest'
    """
    at = found.at if len(found.at) <= LONGEST else f"{found.at[:LONGEST]}…"
    if found.bearing is Bearing.NOT_TRIED:
        return "not tried"
    if found.bearing is Bearing.NOT_DECIDED:
        return f"not decided: {found.words if found.margin is None else f'the margin {number(found.margin)} at {at} is not certain'}"
    if found.bearing is Bearing.PERHAPS_NOT_NEEDED and found.margin is not None:
        return (f"perhaps not needed: the best margin without it is {margin(found.margin)} at {at}; {found.met} of {found.tried} "
                "instances satisfy the rest")
    if found.bearing is Bearing.LOAD_BEARING and not at:
        return f"load-bearing: {found.words}"
    where = at if found.margin is None else f"margin {number(found.margin)} at {at}"
    head = "load-bearing: without it" if found.bearing is Bearing.LOAD_BEARING else "the claim is false with and without it:"
    return f"{head} {where}{'' if found.exact else '  (beyond rounding errors, not exact)'}"


def load_words(evidence: Sequence[Evidence]) -> str:
    """How many hypotheses bear load, and which perhaps do not; "" where none was tried.

    >>> load_words([Evidence("fits", Bearing.LOAD_BEARING), Evidence("labels", Bearing.PERHAPS_NOT_NEEDED, 0.25)])
    '1 of 2 hypotheses bears load, perhaps not needed: labels (best margin 0.25)'
    """
    by = {bearing: [e for e in evidence if e.bearing is bearing] for bearing in Bearing}
    if len(by[Bearing.NOT_TRIED]) == len(evidence):
        return ""
    bear = len(by[Bearing.LOAD_BEARING])
    total = f"{len(evidence)} hypotheses" if len(evidence) > 1 else "1 hypothesis"
    said = f"{bear} of {total} {'bears' if bear == 1 else 'bear'} load"
    hints = [f"{e.hypothesis} (best margin {margin(e.margin)})" for e in by[Bearing.PERHAPS_NOT_NEEDED] if e.margin is not None]
    said += f", perhaps not needed: {', '.join(hints)}" if hints else ""
    for bearing in (Bearing.FALSE_ANYWAY, Bearing.NOT_DECIDED, Bearing.NOT_TRIED):
        said += f", {bearing.value}: {', '.join(e.hypothesis for e in by[bearing])}" if by[bearing] else ""
    return said


HEAD = """# Which hypotheses the claims need

Each hypothesis of each claim was dropped in turn, and a counterexample to what is left was hunted. **Load-bearing** means that one
was found: it satisfies the other hypotheses and contradicts the conclusion, and is verified again whenever this table is made.
**Perhaps not needed** means that none was found: the best margin, log(right side / left side), and how many instances that satisfy
the other hypotheses were tried. It is a hint for research and proves nothing, least of all where few instances were tried.
**Not decided** means that no margin is certain: the enclosures of the two sides overlap at the best instance, a violation there was
not confirmed, or no margin was measured.
Claims that are refuted as they stand are left out: any hypothesis can be dropped from a false statement.

`lawbook hunt ID --ablate` goes on with the search, `lawbook show ID` shows what is known of one claim, and `lawbook check` counts.
The table is made by `python -m benchmarks.ablation` from `verify/trials/hunt/known.jsonl`.
"""


def ablation_page(found: Sequence[tuple[Claim, Sequence[Evidence]]]) -> str:
    """The table of the library in Markdown, claim by claim."""
    every = [e for _, evidence in found for e in evidence]
    amounts = Counter(e.bearing for e in every)
    said = ", ".join(f"{amounts[bearing]} {bearing.value}" for bearing in Bearing if amounts[bearing])
    hits = [e for e in every if e.bearing is Bearing.LOAD_BEARING and e.at]
    exact, twins = sum(e.exact for e in hits), amounts[Bearing.LOAD_BEARING] - len(hits)
    seconds = sorted({e.budget for e in every if e.budget is not None})
    lines = [HEAD, f"{count(len(found), 'claim')}, {len(every)} hypotheses: {said}. Of the counterexamples {exact} are exact, "
                   f"{len(hits) - exact} are beyond all tracked rounding errors, {twins} are instances of false twins."
                   + (f" A search that found nothing was given {' or '.join(map(number, seconds))} seconds." if seconds else ""), ""]
    for claim, evidence in found:
        lines += [f"## {claim.id}", "", f"{claim.title} [{claim.reading.value}]: {_cell(text(claim.conclusion, claim.where))}", "",
                  "| hypothesis | dropped |", "| --- | --- |",
                  *(f"| {_cell(e.hypothesis)} | {_cell(evidence_words(e))} |" for e in evidence), ""]
    return "\n".join(lines).rstrip() + "\n"


def _cell(words: str) -> str:
    return "".join(f"\\{letter}" if letter in "|*_<`" else letter for letter in words)
