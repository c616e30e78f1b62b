"""Ours against the direct semidefinite program for the Fantope bound, side by side in one process.

    python -m benchmarks.fantope                    sizes that both can do, then n = 1000, d = 100 for ours alone
    python -m benchmarks.fantope --repeats 5 --large 0

Both solve the same data; the baseline is the dual model in cvxpy with Clarabel (verify.fits.fantope.by_cvxpy).  Times
are processor seconds of the whole call (ours: solving, rounding and certifying; baseline: modelling and solving), the
median and the range over repeats on fresh data.  Memory is the growth of the peak resident size during the call, which
needs the sizes to grow.  Set OMP_NUM_THREADS=1 to compare single threads.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.baselines import Runs, compared
from theory.certificates.fits.lower_bound import check_certificate
from theory.errors import NotCertified
from theory.verdict import Status
from verify.fits.fantope.bound import FantopeBound, FantopeOptions, fantope_bound
from verify.fits.fantope.by_cvxpy import fantope_value_by_cvxpy
from verify.objects.data.models import sphere

SIZES = ((40, 20, 3), (60, 20, 3), (80, 30, 3), (100, 30, 5), (120, 40, 4))


@dataclass(frozen=True)
class Run:
    """One timed call: processor seconds, mebibytes by which the peak of the process grew, and what was returned."""

    seconds: float
    mebibytes: float
    result: Any


def timed(call: Callable[[], Any]) -> Run:
    """Run and measure a call."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    result = call()
    seconds = time.process_time() - start
    return Run(seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) / 1024, result)


def data(n: int, d: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """n uniform points on the sphere of R^d with random signs."""
    rng = np.random.default_rng(seed)
    return sphere(n, d, rng), rng.choice([-1.0, 1.0], size=n)


def compare(n: int, d: int, r: int, repeats: int, options: FantopeOptions) -> None:
    """One line for each method, and how far the values of the baseline are off."""
    ours, theirs = Runs(), Runs()
    for seed in range(repeats):
        X, y = data(n, d, seed)
        ours.add(lambda X=X, y=y: float(fantope_bound(X, y, r, options).value))
        theirs.add(lambda X=X, y=y: fantope_value_by_cvxpy(X, y, r))
    print(f"n={n} d={d} r={r}  {repeats} data sets")
    print(ours.line("ours") + ", certified")
    print(compared("cvxpy", theirs, ours, ours.values), flush=True)


def large(n: int, d: int, r: int, repeats: int) -> None:
    """Ours alone, with the gap to the optimum of the relaxation and the time to re-check the certificate."""
    for seed in range(repeats):
        X, y = data(n, d, seed)
        run = timed(lambda X=X, y=y: fantope_bound(X, y, r, FantopeOptions(tolerance=1e-2)))
        bound: FantopeBound = run.result
        recheck = timed(lambda bound=bound: check_certificate(bound.certificate))
        if recheck.result.status is not Status.CERTIFIED:
            raise NotCertified(recheck.result.reason)
        print(
            f"n={n} d={d} r={r} seed {seed}: {run.seconds:.1f} s, +{run.mebibytes:.0f} MiB, Lip >= {float(bound.value):.5f}"
            f" certified, relaxation <= {bound.upper:.5f}, gap {bound.gap:.2%}, {len(bound.weights)} pairs; "
            f"re-checked in {recheck.seconds:.1f} s",
            flush=True,
        )


def main() -> None:
    """Parse the arguments and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3, help="data sets for each size")
    parser.add_argument("--sizes", type=int, default=len(SIZES), help="how many of the sizes for both methods")
    parser.add_argument("--large", type=int, default=3, help="data sets of n = 1000, d = 100, r = 3 for ours")
    parser.add_argument("--tolerance", type=float, default=1e-4, help="relative gap at which ours stops on these sizes")
    arguments = parser.parse_args()
    fantope_value_by_cvxpy(np.eye(3), [1, -1, -1], 1)  # the import of cvxpy is not part of the comparison
    fantope_bound(np.eye(3), [1, -1, -1], 1)
    for n, d, r in SIZES[: arguments.sizes]:
        compare(n, d, r, arguments.repeats, FantopeOptions(tolerance=arguments.tolerance))
    large(1000, 100, 3, arguments.large)


if __name__ == "__main__":
    main()
