"""Ours against dense distance matrices for the McShane constant, side by side in one process.

    python -m benchmarks.mcshane                          n = 4000, d = 100 and 784, all norms, both kinds of labels
    python -m benchmarks.mcshane --large                  ours alone at n = 20000, d = 784

Baselines: the maximum of |y_i − y_j|/‖x_i − x_j‖ over scipy.spatial.distance.pdist, and (l2) over blocks of
sklearn.metrics.pairwise_distances; both are floats, ours is exact.  Times are processor seconds of the whole call, the median over
repeats on fresh data.  Set OMP_NUM_THREADS=1 to compare single threads.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable

import numpy as np
from scipy.spatial.distance import pdist
from sklearn.metrics import pairwise_distances_chunked

from verify.fits.functions.mcshane import mcshane_bound
from verify.fits.functions.mcshane_pairs import METRICS

SIZES = "4000x100,4000x784"


def data(n: int, d: int, labels: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """n Gaussian points with random signs or Gaussian labels."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.choice([-1.0, 1.0], size=n) if labels == "signs" else rng.normal(size=n)


def by_pdist(X: np.ndarray, y: np.ndarray, norm: str) -> float:
    """The largest quotient over scipy's condensed distance matrix."""
    return float((pdist(y[:, None], "cityblock") / pdist(X, METRICS[norm])).max())


def by_sklearn(X: np.ndarray, y: np.ndarray, norm: str) -> float:
    """The largest quotient over blocks of scikit-learn's distance matrix."""
    best, start = 0.0, 0
    metric = {"l1": "l1", "l2": "l2", "linf": "chebyshev"}[norm]
    for block in pairwise_distances_chunked(X, metric=metric, working_memory=64):
        gaps = np.abs(y[start : start + len(block), None] - y)
        best = max(best, float(np.divide(gaps, block, out=np.zeros_like(gaps), where=gaps > 0).max()))
        start += len(block)
    return best


def timed(call: Callable[[], float]) -> tuple[float, float]:
    """Processor seconds, and the value."""
    start = time.process_time()
    value = call()
    return time.process_time() - start, value


def compare(n: int, d: int, labels: str, norm: str, repeats: int) -> None:
    """One line: the three medians, the ratios to ours, and the largest relative difference of the values."""
    seconds: dict[str, list[float]] = {"ours": [], "pdist": [], "sklearn": []}
    difference = 0.0
    for seed in range(repeats):
        X, y = data(n, d, labels, seed)
        calls = {"ours": lambda X=X, y=y: mcshane_bound(X, y, norm=norm).estimate,
                 "pdist": lambda X=X, y=y: by_pdist(X, y, norm), "sklearn": lambda X=X, y=y: by_sklearn(X, y, norm)}
        values = {}
        for name, call in calls.items():
            elapsed, values[name] = timed(call)
            seconds[name].append(elapsed)
        difference = max(difference, *(abs(values[name] / values["ours"] - 1) for name in ("pdist", "sklearn")))
    median = {name: statistics.median(times) for name, times in seconds.items()}
    ratios = ", ".join(f"{name}/ours {median[name] / median['ours']:.1f}x" for name in ("pdist", "sklearn"))
    print(f"n={n} d={d} {labels:6} {norm:4}  " + "  ".join(f"{name} {median[name]:7.2f} s" for name in median)
          + f"  {ratios}, largest relative difference {difference:.1e}", flush=True)


def large(n: int, d: int) -> None:
    """Ours alone, with wall time and the peak of the process."""
    for labels in ("signs", "real"):
        for norm in METRICS:
            X, y = data(n, d, labels, 0)
            start = time.perf_counter()
            bound = mcshane_bound(X, y, norm=norm)
            elapsed, peak = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"n={n} d={d} {labels:6} {norm:4}  {elapsed:7.2f} s, peak {peak:.0f} MiB, L* = {bound.estimate:.15g} at {bound.pair}",
                  flush=True)


def main() -> None:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=SIZES, help="n x d, separated by commas")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--large", action="store_true")
    options = parser.parse_args()
    if options.large:
        large(20000, 784)
        return
    for n, d in (map(int, size.split("x")) for size in options.sizes.split(",")):
        for labels in ("signs", "real"):
            for norm in METRICS:
                compare(n, d, labels, norm, options.repeats)


if __name__ == "__main__":
    main()
