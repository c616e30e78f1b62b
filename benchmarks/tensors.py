"""Sums of powers against dense arrays of d^p numbers, side by side in one process.

    python -m benchmarks.tensors                    order 3 in growing dimensions, order 4, then n = 4000, d = 300 for sums alone
    python -m benchmarks.tensors --repeats 5 --large 0

Both compute, of T = Σ_{i≤n} y_i x_i^{⊗p} for random unit x_i and signs y_i: the Frobenius norm, the values ⟨T, u^{⊗p}⟩ at 100 points, and
the lower side of the injective norm with the same starts and steps.  The dense array is timed twice: built in the call, and given.  Times
are processor seconds, the median and the range over repeats on fresh data; memory is the peak that numpy allocated in the call.
Set OMP_NUM_THREADS=1 to compare single threads.
"""

from __future__ import annotations

import argparse
import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from verify.lipschitz.polynomials import Effort, PowerSum, SymmetricArray
from verify.lipschitz.polynomials.injective import power_iteration
from verify.objects.data.models import sphere

SIZES = ((100, 10, 3), (200, 30, 3), (400, 60, 3), (800, 100, 3), (100, 10, 4), (400, 30, 4), (800, 50, 4))
EFFORT = Effort(starts=8, steps=20, directions=0)       # directions of the terms would be starts of the sum alone


@dataclass(frozen=True)
class Run:
    """One measured call: processor seconds, peak mebibytes allocated, and what was returned."""

    seconds: float
    mebibytes: float
    result: Any


def measured(call: Callable[[], Any]) -> Run:
    """Run once for the time and once more for the memory, whose tracing costs time."""
    start = time.process_time()
    result = call()
    seconds = time.process_time() - start
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Run(seconds, peak / 2**20, result)


def data(n: int, d: int, p: int, seed: int) -> tuple[PowerSum, np.ndarray]:
    """The sum of powers of n unit vectors with random signs, and 100 points."""
    rng = np.random.default_rng(seed)
    return PowerSum(sphere(n, d, rng), rng.choice([-1.0, 1.0], n), p), sphere(100, d, rng)


TASKS: dict[str, Callable[[Any, np.ndarray], Any]] = {
    "frobenius": lambda T, points: T.frobenius,
    "values": lambda T, points: T.value(points),
    "injective": lambda T, points: power_iteration(T, EFFORT)[0],
}


def fresh(T: PowerSum) -> PowerSum:
    """The same tensor without what an earlier call remembered."""
    return PowerSum(T.vectors, T.coefficients, T.order)


def compare(n: int, d: int, p: int, repeats: int) -> None:
    """Lines for each task: the three times, the ratios of time and memory, and the largest relative difference of the results."""
    print(f"n={n} d={d} p={p}  dense array {d**p * 8 / 2**20:.0f} MiB, {repeats} data sets")
    for name, task in TASKS.items():
        ours, built, given = [], [], []
        for seed in range(repeats):
            T, points = data(n, d, p, seed)
            array = T.dense()
            ours.append(measured(lambda task=task, T=T, points=points: task(fresh(T), points)))
            built.append(measured(lambda task=task, T=T, points=points: task(SymmetricArray(T.dense()), points)))
            ready = [SymmetricArray(array) for _ in range(2)]
            given.append(measured(lambda task=task, ready=ready, points=points: task(ready.pop(), points)))
        gap = max(float(np.max(np.abs(o.result - t.result)) / np.max(np.abs(t.result))) for o, t in zip(ours, built, strict=True))
        print(f"  {name:<10} sum          {spread(ours)}  largest relative difference {gap:.1e}")
        for label, runs in (("built", built), ("given", given)):
            time_ratio = statistics.median(t.seconds / max(o.seconds, 1e-9) for o, t in zip(ours, runs, strict=True))
            memory_ratio = statistics.median(t.mebibytes / o.mebibytes for o, t in zip(ours, runs, strict=True))
            print(f"  {'':<10} dense, {label} {spread(runs)}  dense/sum: time {time_ratio:.1f}x, memory {memory_ratio:.1f}x", flush=True)


def spread(runs: list[Run]) -> str:
    """Median and range of the times, and the memory."""
    times = [1000 * run.seconds for run in runs]
    return f"{statistics.median(times):8.2f} ms [{min(times):.2f}, {max(times):.2f}] {max(run.mebibytes for run in runs):7.1f} MiB"


def large(n: int, d: int, p: int, repeats: int) -> None:
    """The sum alone, where the dense array would not fit."""
    for seed in range(repeats):
        T, points = data(n, d, p, seed)
        runs = {name: measured(lambda task=task, T=T, points=points: task(fresh(T), points)) for name, task in TASKS.items()}
        parts = ", ".join(f"{name} {run.seconds:.2f} s {run.mebibytes:.0f} MiB" for name, run in runs.items())
        print(f"n={n} d={d} p={p} seed {seed} (a dense array would take {d**p * 8 / 2**30:.1f} GiB): {parts}", flush=True)


def main() -> None:
    """Parse the arguments and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3, help="data sets for each size")
    parser.add_argument("--sizes", type=int, default=len(SIZES), help="how many of the sizes for both methods")
    parser.add_argument("--large", type=int, default=1, help="data sets of n = 4000, d = 300, p = 4 for sums alone")
    arguments = parser.parse_args()
    for n, d, p in SIZES[: arguments.sizes]:
        compare(n, d, p, arguments.repeats)
    large(4000, 300, 4, arguments.large)


if __name__ == "__main__":
    main()
