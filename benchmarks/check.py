"""What `lawbook check` costs: cold and warm as a user runs it, and where the processor seconds of a cold run go.

    python -m benchmarks.check                      all claims
    python -m benchmarks.check 'bln.thm5.*'         some of them

The first part checks the claims in this process, without a cache, and adds up the processor seconds of each kind of work and of each
claim.  The second runs the command twice on a terminal of its own, with a cache folder that is empty at first: processor seconds are
those of the command and of its workers, and the first line is the first word on that terminal.
"""

from __future__ import annotations

import argparse
import os
import pty
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from theory.claim import Claim
from verify.cli.chosen import chosen
from verify.laws.registry import measurements
from verify.ledger import entries as ledger
from verify.trials.mutation import FEW

SHOWN = 15
WORD = re.compile(rb"[a-z]{3}")            # no sequence that controls a terminal has one
PARTS = {"try_facts": "measuring", "violated_twins": "instances of twins", "refute": "refutations", "mutate": "mutants",
         "_hunted": "records of counterexamples"}


class Split:
    """Processor seconds by kind of work, and by claim."""

    def __init__(self) -> None:
        self.parts: Counter[str] = Counter()
        self.claims: Counter[str] = Counter()

    def timed(self, call: Callable[..., Any], part: Callable[[dict[str, Any]], str]) -> Callable[..., Any]:
        """The call, its seconds added to the part that its named arguments say."""
        def run(*given: Any, **named: Any) -> Any:
            start = time.process_time()
            try:
                return call(*given, **named)
            finally:
                self.parts[part(named)] += time.process_time() - start
        return run

    def watch(self) -> None:
        """Time the parts of the ledger's work on a claim."""
        for name, part in PARTS.items():
            setattr(ledger, name, self.timed(getattr(ledger, name), lambda named, part=part: part))
        ledger.check = self.timed(ledger.check, lambda named: "proofs" if named.get("thorough", True) else "proofs of twins")

    def run(self, claims: Sequence[Claim]) -> float:
        """The seconds of a cold check of the claims in this process."""
        options = ledger.LedgerOptions(processes=1, mutation=FEW, hunted=True)
        started = before = time.process_time()
        for entry in ledger.entries(claims, options):
            now = time.process_time()
            self.claims[entry.claim.id], before = now - before, now
        return time.process_time() - started


def split(claims: Sequence[Claim]) -> None:
    """Print where the processor seconds of a cold check go."""
    measurements()                                             # what is imported is not a part of any claim's work
    spent = Split()
    spent.watch()
    total = spent.run(claims)
    spent.parts["rest"] = total - sum(spent.parts.values())
    print(f"{len(claims)} claims in one process: {total:.1f} processor seconds after imports")
    for part, seconds in spent.parts.most_common():
        print(f"  {part:28s}{seconds:7.1f} s  {seconds / total:4.0%}")
    for id, seconds in spent.claims.most_common(SHOWN):
        print(f"  {id:28s}{seconds:7.1f} s  {seconds / total:4.0%}")


def on_a_terminal(command: list[str], cache: str) -> tuple[float, float, float, str]:
    """Seconds to the first word on the terminal, wall seconds, processor seconds with those of workers, and the summary."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ours, theirs = pty.openpty()
    started, first, said = time.perf_counter(), None, b""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=os.environ | {"LAWBOOK_CACHE": cache})
    os.close(theirs)
    while True:
        try:
            read = os.read(ours, 1 << 16)
        except OSError:                                        # the other end is closed
            break
        if not read:
            break
        said += read
        if first is None and WORD.search(said):
            first = time.perf_counter() - started
    child.wait()
    os.close(ours)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    summary = next((line for line in said.decode(errors="replace").splitlines() if "claim" in line and " · " in line), "")
    return first or wall, wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, summary


def main() -> None:
    """Parse the arguments and print both parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", help="claims by id or pattern; all of them otherwise")
    parser.add_argument("--no-split", action="store_true", help="the command alone")
    arguments = parser.parse_args()
    if not arguments.no_split:
        split(chosen(arguments.targets).claims)
    with tempfile.TemporaryDirectory() as cache:
        for run in ("cold", "warm"):
            first, wall, processor, summary = on_a_terminal([sys.executable, "-m", "verify.cli.app", "check", *arguments.targets], cache)
            print(f"{run}: first line after {first:.1f} s, {wall:.1f} s in all, {processor:.1f} processor seconds\n  {summary}", flush=True)


if __name__ == "__main__":
    main()
