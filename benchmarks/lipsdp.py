"""LipSDP with one hidden layer: ours against conic solvers, side by side in one process.

    python -m benchmarks.lipsdp                     all sizes and methods; the slow ones take minutes
    python -m benchmarks.lipsdp --cap 1500 --repeats 1    also Clarabel at (20, 128), for many minutes
    python -m benchmarks.lipsdp --plot cost.png     also measures ours on a grid of (k, d) and draws its cost

All methods get the same ReLU networks: W ∈ R^{k×d} with N(0, 1/d) entries, a ∈ R^k with N(0, 1/k) entries.
  ours        relaxation(v, G) of H = [v; G] to 1e-4 between primal and upper value, then the same with its certificate re-checked
              in ball arithmetic (lawbook verify)
  LMI         the matrix inequality of Fazlyab et al. 2019 with diagonal multipliers, cvxpy with Clarabel and with SCS
  max-cut     max ⟨HHᵀ, Z⟩, diag Z = 1, Z ⪰ 0, cvxpy with Clarabel and with SCS
  ECLipsE     the package eclipse-nn (Xu and Sivaranjani 2024; needs torch, see README.md), and its fast variant
Times are processor seconds of the whole call (modelling and solving), the median and the range over repeats on fresh networks.  A
baseline that is not installed, fails on a network, or whose semidefinite matrix is too large for --cap is left out, and the output says
so.  `off` is
value/ours − 1: ours is an upper bound proved to 1e-4, so a value below −1e-4 is below the true LipSDP value.  Memory is the growth
of the peak resident size of the process during the first call, so it is 0 where an earlier call needed more.  Set OMP_NUM_THREADS=1 to
compare single threads.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.baselines import Runs, compared, missing
from theory.certificates.lipschitz.slope_relaxation import check_slope_certificate
from theory.errors import NotCertified
from theory.verdict import Status
from verify.lipschitz.piecewise.lipsdp import certified_lipsdp, lipsdp_bound
from verify.lipschitz.piecewise.reference import lipsdp_by_matrix_inequality, lipsdp_by_max_cut

SIZES = ((5, 16), (10, 32), (20, 64), (50, 64), (20, 128))
LARGE = ((20, 1000), (100, 1000), (100, 5000))
CALLS = 20
PLOT_K, PLOT_D = (32, 64, 128, 256, 512, 1024, 2048, 4096), (5, 20, 80)

Network = tuple[np.ndarray, np.ndarray, np.ndarray]


def network(d: int, k: int, seed: int) -> Network:
    """W (k×d), b (k), a (k)."""
    rng = np.random.default_rng([d, k, seed])
    return rng.standard_normal((k, d)) / np.sqrt(d), rng.standard_normal(k), rng.standard_normal(k) / np.sqrt(k)


def reduced(W: np.ndarray, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """v and G of the ReLU network."""
    G = 0.5 * a[:, None] * W
    return G.sum(axis=0), G


def eclipse(fast: bool) -> Callable[[np.ndarray, np.ndarray], float]:
    """ECLipsE.  Raises: NotCertified where it reports a failure."""
    import torch
    from eclipse_nn import ECLipsE, ECLipsE_Fast

    def value(W: np.ndarray, a: np.ndarray) -> float:
        weights = [torch.tensor(W), torch.tensor(a[None, :])]
        if fast:
            return float(ECLipsE_Fast(weights, [0.0], [1.0]))
        found, failure = ECLipsE(weights, [0.0], [1.0])
        if failure:
            raise NotCertified("it reports a numerical issue, for which its own remedy is the fast variant")
        return float(found)

    return value


def methods(d: int, k: int, cap: int) -> dict[str, Callable[[Network], float] | str]:
    """Name → call, or why it is left out."""
    chosen: dict[str, Callable[[Network], float] | str] = {}

    def offer(name: str, order: int, scale: int, call: Callable[[Network], float]) -> None:
        chosen[name] = call if order * scale <= cap else f"left out: a semidefinite matrix of order {order}"

    for solver, scale in (("CLARABEL", 10), ("SCS", 5)):
        if absent := missing(solver.lower()):
            chosen |= {f"LMI {solver}": absent, f"max-cut {solver}": absent}
            continue
        offer(f"LMI {solver}", d + k, scale, lambda net, s=solver: lipsdp_by_matrix_inequality(net[0], net[2], np.zeros(d), solver=s))
        offer(f"max-cut {solver}", k + 1, scale, lambda net, s=solver: lipsdp_by_max_cut(*reduced(net[0], net[2]), solver=s))
    for name, fast in (("ECLipsE", False), ("ECLipsE fast", True)):
        if absent := missing("torch", "eclipse_nn"):
            chosen[name] = absent
        else:
            call = eclipse(fast)
            offer(name, 1 if fast else 2 * k, 3, lambda net, c=call: c(net[0], net[2]))
    return chosen


def compare(d: int, k: int, repeats: int, cap: int) -> None:
    """One line for each method; the ratio is of medians."""
    networks = [network(d, k, seed) for seed in range(repeats)]
    ours, certified, recheck, gaps, values = Runs(), Runs(), Runs(), [], []
    for W, b, a in networks:
        lipsdp_bound(W, b, a)                  # the first call at a size pays for memory that the later ones reuse
        for _ in range(CALLS):                 # a millisecond is timed many times, since the clock and the machine are noisy
            ours.add(lambda W=W, b=b, a=a: lipsdp_bound(W, b, a).upper)
        found = lipsdp_bound(W, b, a)
        values.append(found.upper)
        gaps.append(found.upper / found.primal - 1)
        documents: list[Any] = []
        certified.add(lambda W=W, b=b, a=a, into=documents: _certify(W, b, a, into))
        recheck.add(lambda document=documents[0]: _recheck(document))
    print(f"\nd={d} k={k}  {repeats} networks")
    print(ours.line("ours") + f", gap at most {max(gaps):.1e}")
    print(certified.line("with certificate"))
    print(recheck.line("certificate alone"))
    times: dict[str, float] = {}
    for name, call in methods(d, k, cap).items():
        if isinstance(call, str):
            print(f"  {name:18s}{call}")
            continue
        runs = Runs()
        for net in networks:
            runs.add(lambda net=net, call=call: call(net))
        print(compared(name, runs, ours, values), flush=True)
        if runs.is_complete:
            times[name] = runs.median
    lmi = {name: seconds for name, seconds in times.items() if name.startswith("LMI")}
    if lmi:
        faster = min(lmi, key=lambda name: lmi[name])
        print(f"  the faster matrix inequality, {faster}: {lmi[faster] / ours.median:,.0f} times ours, ", end="")
        print(f"{lmi[faster] / certified.median:,.0f} times ours with certificate")


def _certify(W: np.ndarray, b: np.ndarray, a: np.ndarray, into: list[Any]) -> float:
    into.append(certified_lipsdp(W, b, a))
    numerator, _, denominator = into[0]["value"].partition("/")
    return int(numerator) / int(denominator or 1)


def _recheck(document: Any) -> float:
    verdict = check_slope_certificate(json.loads(json.dumps(document)))
    if verdict.status is not Status.CERTIFIED:
        raise NotCertified(verdict.reason)
    return 1.0


def large(repeats: int) -> None:
    """Ours alone."""
    print("\nours alone")
    for d, k in LARGE:
        for seed in range(repeats):
            W, b, a = network(d, k, seed)
            runs, check, documents = Runs(), Runs(), []
            runs.add(lambda W=W, b=b, a=a: lipsdp_bound(W, b, a).upper)
            found = lipsdp_bound(W, b, a)
            if seed == 0:
                documents.append(certified_lipsdp(W, b, a))
                check.add(lambda document=documents[0]: _recheck(document))
            told = f"; certificate re-checked in {check.median:.1f} s" if seed == 0 else ""
            print(
                f"  d={d} k={k} seed {seed}: {runs.median:.3f} s, +{runs.mebibytes:.0f} MiB, Lip <= {found.upper:.6f}, "
                f"gap {found.upper / found.primal - 1:.1e} after {found.steps} steps{told}",
                flush=True,
            )


def plot(path: str, repeats: int) -> None:
    """The cost of ours against k for several d, on logarithmic axes, written to a file."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4))
    for d in PLOT_D:
        medians = []
        for k in PLOT_K:
            runs = Runs()
            for seed in range(repeats):
                W, b, a = network(d, k, seed)
                runs.add(lambda W=W, b=b, a=a: lipsdp_bound(W, b, a).upper)
            medians.append(runs.median)
        slope = np.polyfit(np.log(PLOT_K[-4:]), np.log(medians[-4:]), 1)[0]
        axes.loglog(PLOT_K, medians, marker="o", label=f"d = {d}: about k^{slope:.1f} for large k")
        print(f"  d={d}: " + ", ".join(f"k={k} {seconds * 1e3:.1f} ms" for k, seconds in zip(PLOT_K, medians, strict=True)))
    axes.set_xlabel("neurons k")
    axes.set_ylabel("seconds to a relative gap of 1e-4")
    axes.legend(loc="upper left")
    figure.tight_layout()
    figure.savefig(path, dpi=150)
    print(f"  written to {path}")


def main() -> None:
    """Parse the arguments and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3, help="networks for each size")
    parser.add_argument("--sizes", type=int, default=len(SIZES), help="how many of the sizes for all methods")
    parser.add_argument("--cap", type=int, default=850, help="largest order of a matrix, times 10 for Clarabel, 5 for SCS, 3 for ECLipsE")
    parser.add_argument("--large", type=int, default=3, help="networks for each size that only ours can do")
    parser.add_argument("--plot", metavar="FILE", help="draw the cost of ours against k and d")
    arguments = parser.parse_args()
    warm = network(3, 4, 0)                                                    # imports are not part of the comparison
    lipsdp_bound(*warm)
    for call in methods(3, 4, arguments.cap).values():
        if not isinstance(call, str):
            Runs().add(lambda call=call: call(warm))
    for d, k in SIZES[: arguments.sizes]:
        compare(d, k, arguments.repeats, arguments.cap)
    if arguments.large:
        large(arguments.large)
    if arguments.plot:
        print("\ncost of ours")
        plot(arguments.plot, arguments.repeats)


if __name__ == "__main__":
    main()
