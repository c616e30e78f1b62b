"""From file to verdict: the theorems of examples/, and their scalar steps beside z3 and sympy.

    python -m benchmarks.outsiders [NAME …]

A scalar step is one about numbers, without quantifiers, sums, means or suprema.  z3 gets the negation of the step with all of its facts,
functions such as exp as unknown numbers with their signs; sympy is asked whether the simplified difference of the sides has a sign.
Seconds are of the processor, all in one process; reading the file is counted.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

import sympy

from theory.check import check, check_step
from theory.checkers.polynomial import check_polynomial
from theory.claim import Claim
from theory.errors import BadData
from theory.memo import StepMemo
from theory.proof import Step
from theory.terms import Formula
from theory.terms.arithmetic import simplified
from theory.terms.formula import Eq, Relation
from theory.terms.sorts import Binder
from verify.laws.claimfile import load_claim_file

EXAMPLES = Path(__file__).parent.parent / "examples"
Facts = Mapping[str, Formula]


def timed(call: Callable[[], object]) -> tuple[object, float]:
    """What a call returns, and its processor seconds."""
    start = time.process_time()
    found = call()
    return found, time.process_time() - start


def scalar_steps(claim: Claim) -> list[tuple[Step, Facts]]:
    """The scalar steps of a claim's proofs, with the facts that they name."""
    found = []
    for proof in claim.proofs:
        known = {h.name: h.formula for h in claim.hypotheses}
        for step in proof.steps:
            facts = {name: known[name] for name in step.using if name in known}
            if isinstance(step.by, str) and all(isinstance(f, Relation) and not f.has(Binder) for f in (step.formula, *facts.values())):
                found.append((step, facts))
            known[step.name] = step.formula
    return found


def by_z3(step: Step, facts: Facts) -> bool:
    """Whether z3 decides the step."""
    try:
        read = {name: simplified(fact) for name, fact in facts.items()}
        return check_polynomial(simplified(step.formula), read).status.is_proof
    except BadData:
        return False


def by_sympy(step: Step, facts: Facts) -> bool:
    """Whether sympy shows the step from the declared signs alone."""
    try:
        left, right = (simplified(side) for side in step.formula.args)
        difference = sympy.simplify(right - left)
    except (TypeError, NotImplementedError, RecursionError):
        return False
    return difference == 0 if isinstance(step.formula, Eq) else bool(difference.is_nonnegative)


def theorems(name: str) -> list[Claim]:
    """The theorems of a file of examples/, without the false copies that stand beside them."""
    return [claim for claim in load_claim_file(EXAMPLES / f"{name}.py").claims if ".false" not in claim.id]


def shown(runs: Sequence[tuple[object, float]]) -> str:
    """How many of the steps, and in how many seconds."""
    return f"{sum(bool(found) for found, _ in runs)}/{len(runs)} ({sum(seconds for _, seconds in runs):.2f})"


def ratio(ours: Sequence[tuple[object, float]], other: Sequence[tuple[object, float]]) -> str:
    """The other's seconds over ours, on the steps that both show."""
    both = [(a, b) for (mine, a), (theirs, b) in zip(ours, other, strict=True) if mine and theirs]
    return f"{sum(b for _, b in both) / sum(a for a, _ in both):.2g} on {len(both)}" if both else "none on 0"


def main() -> None:
    """Print one line a theorem, and the totals of their scalar steps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="files of examples/, without .py (default: all)")
    names = parser.parse_args().names or sorted(path.stem for path in EXAMPLES.glob("*.py"))
    print(f"{'theorem':24} {'status':14} {'seconds':>8}   scalar steps shown: ours, z3, sympy (seconds)")
    times: list[float] = []
    totals: tuple[list[tuple[object, float]], ...] = ([], [], [])
    for name in names:
        found, reading = timed(lambda name=name: theorems(name))
        for claim in found:
            report, seconds = timed(lambda claim=claim: check(claim))
            times.append(reading / len(found) + seconds)
            steps = scalar_steps(claim)
            ours = [timed(lambda s=s, f=f: check_step(s, f, StepMemo()).status.is_proof) for s, f in steps]
            runs = (ours, *([timed(lambda s=s, f=f, call=call: call(s, f)) for s, f in steps] for call in (by_z3, by_sympy)))
            for total, own in zip(totals, runs, strict=True):
                total.extend(own)
            print(f"{claim.id:24} {report.status.value:14} {times[-1]:8.2f}   {', '.join(map(shown, runs))}")
    ours, *others = totals
    print(f"{len(times)} theorems: {min(times):.2f} to {max(times):.2f} s, median {median(times):.2f} s   {', '.join(map(shown, totals))}")
    print("times of z3 and sympy over ours, on the steps that both show:", ", ".join(ratio(ours, other) for other in others))


if __name__ == "__main__":
    main()
