"""What `lawbook mutate` shows: the mutants of a claim that the kernel proves, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from verify.report.document import mutation_document
from verify.report.terminal import Console, show_line
from verify.report.words import count, margin
from verify.trials.mutation import IDLE, Effort, MutationReport, Survivor

CHANGES = {
    "reversed": "an inequality reversed", "strict": "≤ made <", "scaled": "a right side doubled or halved", "sign": "a sign changed",
    "constant": "a constant doubled or halved", "exponent": "an exponent raised or lowered", "factor": "a factor left out",
    "norm": "‖·‖_op, ‖·‖_F, ‖·‖_* swapped", "extreme": "max, min and sum swapped", "range": "a sum without its last term",
    "domain": "sphere, ball and R^d swapped", "law": "the laws of the data swapped", "dimension": "n, d, k swapped",
    "complement": "a probability for its complement", "premise": "a premise dropped", "alternative": "an alternative dropped",
    "without": "a fact taken away", "idle": "a fact that nothing names",
}


def mutate_document(found: Mapping[str, MutationReport], effort: Effort, seconds: float) -> dict[str, object]:
    """The object that `lawbook mutate --json` prints."""
    return {"claims": {id: mutation_document(report) for id, report in found.items()}, "every": effort.mutants is None,
            "alarms": sum(len(report.alarms) for report in found.values()), "seed": effort.seed, "seconds": seconds}


def show_mutants(console: Console, id: str, report: MutationReport) -> None:
    """The score of one claim and its survivors, alarms first."""
    large = f"{count(report.left_out, 'large step')} left to --all" if report.left_out else ""
    if not report.mutants:
        show_line(console, (id, "bold"), (f"  {large or 'no proved step to change'}", "dim"))
        return
    timed = f" ({report.gave_up} of them because z3 gave up)" if report.gave_up else ""
    show_line(console, (id, "bold"), f"  {report.killed} of {report.mutants} refused{timed}", (f", {large}" if large else "", "dim"))
    for survivor in (*report.alarms, *report.undecided, *report.slack, *report.unused):
        show_line(console, "    ", (survivor.step, "bold"), f"  {survivor_words(survivor)}")


def tried_words(reports: Iterable[MutationReport]) -> str:
    """What was changed, the sort of change that was made most often first.

    >>> tried_words([MutationReport(3, 3, kinds={"norm": 1, "without": 2})])
    'tried: 2 × a fact taken away, 1 × ‖·‖_op, ‖·‖_F, ‖·‖_* swapped'
    """
    total: Counter[str] = Counter()
    for report in reports:
        total.update(report.kinds)
    return "tried: " + ", ".join(f"{amount:,} × {CHANGES[kind]}" for kind, amount in sorted(total.items(), key=lambda k: (-k[1], k[0])))


def survivor_words(survivor: Survivor) -> str:
    """Why a mutant is proved.

    >>> survivor_words(Survivor("law", "without", "without 'unit'", "unit", 9, 0.25))
    "does not need the fact 'unit'"
    >>> survivor_words(Survivor("law", "scaled", "the right side is halved", None, 9, None))
    'proved as well: the right side is halved; undecided: the two sides agree within their errors on all 9 instances'
    """
    if survivor.alarm:
        return f"SOUNDNESS ALARM: {survivor.what}: accepted although false: {survivor.alarm}"
    if survivor.kind == IDLE:
        return f"follows without {survivor.dropped!r}, which no step on the way to it names"
    if survivor.dropped is not None:
        return f"does not need the fact {survivor.dropped!r}"
    held = survivor.instances - survivor.vacuous
    why = (f"it is true too, with margin ≥ {margin(survivor.slack)} on {count(held, 'instance')}" if survivor.slack is not None
           else f"undecided: {undecided_words(survivor)}")
    return f"proved as well: {survivor.what}; {why}"


def undecided_words(survivor: Survivor) -> str:
    """Why no instance decides a mutant.

    >>> undecided_words(Survivor("law", "sign", "√n + √d → √n − √d", None, 7, None, vacuous=7))
    'its premise is false on all 7 instances'
    """
    if survivor.instances == 0:
        return survivor.unmeasured or "the facts that it names hold on no instance"
    where = "the one instance" if survivor.instances == 1 else f"all {survivor.instances} instances"
    if survivor.vacuous == survivor.instances:
        return f"its premise is false on {where}"
    return f"the two sides agree within their errors on {where}" + (" where its premise holds" if survivor.vacuous else "")
