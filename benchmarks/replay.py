"""How long the kernel takes to replay the library's derivations, beside the search that finds them, in one process.

    python -m benchmarks.replay [--search N]

Every step that has a shipped derivation is replayed; the search is timed on every N-th of them (default 40).
"""

from __future__ import annotations

import argparse
import time

from theory.check import check_step, checked_step, schema_of
from theory.checkers.document import replayed
from theory.checkers.proofs import lemma_of
from theory.checkers.shipped import shipped
from theory.digest import step_digest
from theory.kernel.derivation import read_nodes
from theory.memo import StepMemo
from theory.registry import claims


def main() -> None:
    """Print the times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--search", type=int, default=40, help="the search is timed on every N-th step")
    every = parser.parse_args().search
    memo, steps = StepMemo(), {}
    for claim in claims().values():
        for proof in claim.proofs:
            known = {h.name: h.formula for h in claim.hypotheses}
            for step in proof.steps:
                steps[step_digest(step, known)] = (step, dict(known))
                known[step.name] = step.formula
    fragments = {digest: shipped().fragment(digest) for digest in steps}
    found = {digest: f for digest, f in fragments.items() if f is not None}
    for digest in found:                                   # the lemmas are proved before the clock starts
        checked_step(*steps[digest], memo)
    started = time.perf_counter()
    inferences = 0
    for digest, derivation in found.items():
        lemma = lemma_of(steps[digest][0])
        replayed(derivation, [] if lemma is None else [schema_of(lemma, memo)])
        inferences += len(derivation["lines"])
    spent = time.perf_counter() - started
    sample = list(found)[::every]
    started = time.perf_counter()
    for digest in sample:
        check_step(*steps[digest], memo)
    searching = time.perf_counter() - started
    nodes = sum(len(read_nodes(f["nodes"])) for f in found.values())
    print(f"{len(found)} of {len(steps)} steps have a shipped derivation: {inferences} inferences, {nodes} nodes")
    print(f"replay   {spent:.2f} s, {1000 * spent / len(found):.2f} ms a step")
    print(f"search   {searching:.2f} s for {len(sample)} steps, {1000 * searching / len(sample):.1f} ms a step")
    print(f"the search takes {searching / len(sample) / (spent / len(found)):.1f} times as long a step")


if __name__ == "__main__":
    main()
