"""How near instances come to contradicting claims: drawn ones, corners, and those of hunts, which walk towards the smallest margin.

Run as ``python -m benchmarks.evidence k. [--seconds S] [--instances N] [--seed SEED]``: for each claim whose id begins so, at most N
instances are drawn in two thirds of S processor seconds, and the hunter gets the rest.  The margin is log(right side / left side) of
the conclusion.  An instance whose enclosures overlap is not decided and counts for neither.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from theory.claim import Claim
from theory.registry import claims
from verify.evaluate import Evaluator, Outcome
from verify.laws.measure import Measurement
from verify.laws.registry import measurements
from verify.objects.instance import Instance
from verify.trials.hunt import hunt
from verify.trials.hunt.hunter import Found

HEAD = ("claim", "drawn", "decided", "violated", "least margin", "k = 1", "k = 2", "k = 3", "k ≥ 4", "hunted", "least", "found")


def instances(measurement: Measurement, most: int, seconds: float, seed: int) -> Iterator[Instance]:
    """The corners, then draws, until there are as many as asked or the processor time is spent."""
    yield from (corner() for corner in measurement.corners)
    rng, start = np.random.default_rng(seed), time.process_time()
    for _ in range(most - len(measurement.corners)):
        if time.process_time() - start > seconds:
            return
        yield measurement.draw(rng)


def row(claim: Claim, most: int, seconds: float, seed: int) -> tuple[str, ...]:
    """One line of the table."""
    drawn = decided = violated = 0
    least = [math.inf] * 5                                             # of all, and by the number of neurons
    for instance in instances(measurements()[claim.id], most, seconds * 2 / 3, seed):
        found = Evaluator(instance).fact(claim.conclusion)
        drawn += 1
        violated += found.outcome is Outcome.VIOLATED
        if found.outcome is Outcome.HOLDS:
            decided += 1
            margin = math.inf if found.margin is None else found.margin
            for place in (0, min(int(instance.values["k"]), 4)):
                least[place] = min(least[place], margin)
    hunted = hunt(claim, budget=seconds / 3, seed=seed)
    best = hunted.margin if isinstance(hunted, Found) else hunted.best
    return (claim.id, str(drawn), str(decided), str(violated), *map(_shown, least), str(hunted.tried), _shown(best),
            "counterexample" if isinstance(hunted, Found) else "none")


def _shown(margin: Any) -> str:
    return "–" if margin is None or math.isinf(margin) else f"{margin + 0.0:.3g}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prefix")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--instances", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for cells in (HEAD, ("---",) * len(HEAD)):
        print(f"| {' | '.join(cells)} |")
    for claim in claims().values():
        if claim.id.startswith(options.prefix):
            print(f"| {' | '.join(row(claim, options.instances, options.seconds, options.seed))} |", flush=True)


if __name__ == "__main__":
    main()
