"""Exact global Lipschitz constants: ours against enumeration, mixed-integer programs and sampling, side by side in one process.

    python -m benchmarks.exact_lipschitz                          the grid d in {2,5,10,20,50} x k in {8,16,32,64}
    python -m benchmarks.exact_lipschitz --sizes 4x14 --enumerate the comparison with enumeration
    python -m benchmarks.exact_lipschitz --sizes 5x128,20x128 --limit 60 --baselines none

Networks: W, b, a standard normal, ReLU.  All methods but sampling solve the same problem, max ‖∇f‖₂ over the activation patterns that
occur on R^d.  What each one solves:
  ours      branch and bound over patterns (verify.lipschitz.piecewise.branch), no tolerance in what counts as a cell;
  HiGHS     one mixed-integer linear program (scipy.optimize.milp): ‖v+Gᵀs‖² in the products of binaries, each product linearised;
  SCIP      one mixed-integer program with the constraint t ≤ ‖g‖², g = v + Gᵀs (pyscipopt);
  cells     the cells of the arrangement hyperplane by hyperplane, two linear programs a cell (scipy HiGHS);
  sampling  the best gradient of 20,000 points, a lower bound only.
R^d is unbounded, so both programs are homogenised: every cell is a cone in (x, τ), τ > 0, and meets the box |x_i| ≤ 1, τ ≤ 1; signs are
strict up to 1e-4 of the row's norm (at 1e-6 the solvers' tolerances let z = 0 pass for a point of every cell, and values come out too
high) and big-M constants are exact on the box.  So the programs miss cells thinner than that: their value may be too low, ours is not.
Times are processor seconds; a method that the limit on wall time stops is left out of the comparison.  Set OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from benchmarks.baselines import missing
from verify.lipschitz.piecewise.branch import branch_and_bound
from verify.lipschitz.piecewise.kinks import KinkForm, kink_form
from verify.lipschitz.piecewise.sampled import sample_points
from verify.lipschitz.piecewise.search import BranchBudget
from verify.objects.domains import GLOBAL

_STRICT = 1e-4      # well above the feasibility tolerances of the solvers, 1e-6, under which z = 0 would satisfy every sign


@dataclass(frozen=True)
class Timed:
    """Processor seconds, the value found, and whether the method finished."""

    seconds: float
    value: float
    finished: bool


def timed(call: Callable[[], tuple[float, bool]]) -> Timed:
    """Run and measure a method."""
    start = time.process_time()
    value, finished = call()
    return Timed(time.process_time() - start, value, finished)


def network(d: int, k: int, seed: int) -> KinkForm:
    """A standard normal ReLU network in canonical form."""
    rng = np.random.default_rng(seed)
    return kink_form(rng.standard_normal((k, d)), rng.standard_normal(k), rng.standard_normal(k))


def ours(form: KinkForm, limit: float) -> tuple[float, bool]:
    """Branch and bound; the value is the lower end."""
    found = branch_and_bound(form, GLOBAL, BranchBudget(seconds=limit))
    return found.lower, found.closed


def _cone_rows(form: KinkForm) -> np.ndarray:
    rows = np.column_stack([form.W, form.b])
    return rows / np.linalg.norm(rows, axis=1)[:, None]


def by_highs(form: KinkForm, limit: float) -> tuple[float, bool]:
    """Variables (z, δ, p): r_j·z ≥ ε − M(1−δ_j), r_j·z ≤ −ε + Mδ_j, p_{jl} = δ_jδ_l linearised; s = 2δ − 1."""
    m, D = form.size, form.dimension + 1
    rows, G = _cone_rows(form), form.G
    first, second = np.triu_indices(m, 1)
    pairs = len(first)
    base = form.v - G.sum(axis=0)                               # g = base + 2 Gᵀδ
    gram = G @ G.T
    cost = np.concatenate([np.zeros(D), -(4 * np.diag(gram) + 4 * G @ base), -8 * gram[first, second]])
    big = np.diag(np.abs(rows).sum(axis=1) + _STRICT)
    sides = np.hstack([np.vstack([rows, rows]), np.vstack([-big, -big]), np.zeros((2 * m, pairs))])
    low = np.concatenate([_STRICT - np.diag(big), np.full(m, -np.inf)])
    high = np.concatenate([np.full(m, np.inf), np.full(m, -_STRICT)])
    products = np.zeros((3 * pairs, D + m + pairs))
    each = np.arange(pairs)
    for block, (left, right) in enumerate(((first, None), (second, None), (first, second))):
        at = block * pairs + each
        products[at, D + m + each] = 1.0
        products[at, D + left] = -1.0
        if right is not None:
            products[at, D + right] = -1.0
    product_low = np.concatenate([np.full(2 * pairs, -np.inf), np.full(pairs, -1.0)])
    product_high = np.concatenate([np.zeros(2 * pairs), np.full(pairs, np.inf)])
    found = milp(
        cost,
        constraints=[LinearConstraint(sides, low, high), LinearConstraint(products, product_low, product_high)],
        bounds=Bounds(np.concatenate([-np.ones(D - 1), [_STRICT], np.zeros(m + pairs)]), np.ones(D + m + pairs)),
        integrality=np.concatenate([np.zeros(D), np.ones(m), np.zeros(pairs)]),
        options={"time_limit": limit, "mip_rel_gap": 1e-9},
    )
    value = float("nan") if found.x is None else float(np.sqrt(max(base @ base - found.fun, 0.0)))
    return value, found.status == 0


def by_scip(form: KinkForm, limit: float) -> tuple[float, bool]:
    """max t with t ≤ Σ g_i², g = v + Gᵀ(2δ−1), and the same rows."""
    from pyscipopt import Model, quicksum

    m, D = form.size, form.dimension + 1
    rows, G = _cone_rows(form), form.G
    model = Model()
    model.hideOutput()
    model.setParam("limits/time", limit)
    model.setParam("limits/gap", 1e-9)
    z = [model.addVar(lb=-1.0 if i < D - 1 else _STRICT, ub=1.0) for i in range(D)]
    delta = [model.addVar(vtype="B") for _ in range(m)]
    reach = np.abs(form.v) + np.abs(G).sum(axis=0)
    g = [model.addVar(lb=-float(reach[i]), ub=float(reach[i])) for i in range(D - 1)]
    t = model.addVar(lb=0.0, ub=float(reach @ reach))
    for j in range(m):
        height, big = quicksum(float(c) * x for c, x in zip(rows[j], z, strict=True)), float(np.abs(rows[j]).sum()) + _STRICT
        model.addCons(height >= _STRICT - big * (1 - delta[j]))
        model.addCons(height <= -_STRICT + big * delta[j])
    for i in range(D - 1):
        model.addCons(g[i] == float(form.v[i]) + quicksum(float(G[j, i]) * (2 * delta[j] - 1) for j in range(m)))
    model.addCons(t <= quicksum(x * x for x in g))
    model.setObjective(t, "maximize")
    model.optimize()
    value = float(np.sqrt(max(model.getObjVal(), 0.0))) if model.getNSols() else float("nan")
    return value, model.getStatus() in ("optimal", "gaplimit")


def by_cells(form: KinkForm, limit: float) -> tuple[float, bool]:
    """Every cell, hyperplane by hyperplane, by linear programs."""
    rows = _cone_rows(form)
    D, begun = rows.shape[1], time.perf_counter()
    upward = np.eye(D)[-1]
    bounds = [(-1.0, 1.0)] * (D - 1) + [(0.0, 1.0), (None, 1.0)]
    cells: list[list[float]] = [[]]
    for j in range(form.size):
        grown = []
        for signs in cells:
            for sign in (1.0, -1.0):
                if time.perf_counter() - begun > limit:
                    return float("nan"), False
                signed = np.vstack([np.array([*signs, sign])[:, None] * rows[: j + 1], upward])
                matrix = np.hstack([-signed, np.ones((j + 2, 1))])
                found = linprog(np.append(np.zeros(D), -1.0), A_ub=matrix, b_ub=np.zeros(j + 2), bounds=bounds)
                if found.status == 0 and -found.fun > 1e-9:
                    grown.append([*signs, sign])
        cells = grown
    return float(np.linalg.norm(form.gradients(np.array(cells)), axis=1).max()), True


def by_sampling(form: KinkForm, seed: int = 0) -> tuple[float, bool]:
    """The best gradient among sampled points."""
    points = sample_points(form, GLOBAL, 20_000, np.random.default_rng(seed))
    signs, strict = form.strict_signs(points)
    return float(np.linalg.norm(form.gradients(signs[strict]), axis=1).max()), True


def compare(d: int, k: int, repeats: int, limit: float, methods: dict[str, Callable[[KinkForm, float], tuple[float, bool]]]) -> list[float]:
    """Print one size; returns our times."""
    forms = [network(d, k, seed) for seed in range(repeats)]
    mine = [timed(lambda form=form: ours(form, limit)) for form in forms]
    median = statistics.median(run.seconds for run in mine)
    closed = sum(run.finished for run in mine)
    print(f"d={d} k={k}: ours {median:.3f} s [{min(r.seconds for r in mine):.3f}, {max(r.seconds for r in mine):.3f}], exact on "
          f"{closed}/{repeats}", flush=True)
    for run, form in zip(mine, forms, strict=True):
        if not run.finished:
            found = branch_and_bound(form, GLOBAL, BranchBudget(seconds=limit))
            print(f"    stopped at {found.lower:.6f} <= Lip <= {found.upper:.6f}, gap {found.upper / found.lower - 1:.2%}")
    for name, method in methods.items():
        theirs = [timed(lambda form=form, method=method: method(form, limit)) for form in forms]
        time_taken = statistics.median(run.seconds for run in theirs)
        finished = sum(run.finished for run in theirs)
        both = [(r.value, m.value) for r, m in zip(theirs, mine, strict=True) if r.finished and m.finished]
        off = max((their / our - 1 for their, our in both), key=abs, default=float("nan"))
        if finished < repeats:
            print(f"    {name:9s}left out: stopped by the limit on {repeats - finished} of {repeats}, after {time_taken:.3f} s", flush=True)
            continue
        print(f"    {name:9s}{time_taken:.3f} s, {time_taken / median:.1f} times ours, largest difference {off:+.1e}", flush=True)
    return [run.seconds for run in mine]


def plot(times: dict[tuple[int, int], list[float]], path: str) -> None:
    """Our median time against k, one line for each d."""
    from matplotlib import pyplot

    for d in sorted({d for d, _ in times}):
        line = sorted((k, statistics.median(values)) for (e, k), values in times.items() if e == d)
        pyplot.loglog(*zip(*line, strict=True), marker="o", label=f"d = {d}")
    pyplot.xlabel("neurons k")
    pyplot.ylabel("processor seconds")
    pyplot.legend(loc="upper left")
    pyplot.savefig(path)


def main() -> None:
    """Parse the arguments and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=",".join(f"{d}x{k}" for d in (2, 5, 10, 20, 50) for k in (8, 16, 32, 64)))
    parser.add_argument("--repeats", type=int, default=3, help="networks for each size")
    parser.add_argument("--limit", type=float, default=30.0, help="seconds for each method and network")
    parser.add_argument("--baselines", default="HiGHS,SCIP", help="comma-separated, or none")
    parser.add_argument("--enumerate", action="store_true", help="compare with the enumeration of cells, too")
    parser.add_argument("--plot", help="file for a plot of our times")
    arguments = parser.parse_args()
    known = {"HiGHS": by_highs, "SCIP": by_scip}
    methods = {name: known[name] for name in arguments.baselines.split(",") if name in known}
    if "SCIP" in methods and (absent := missing("pyscipopt")):
        print(f"SCIP {absent}")
        del methods["SCIP"]
    if arguments.enumerate:
        methods["cells"] = by_cells
    methods["sampling"] = lambda form, limit: by_sampling(form)
    ours(network(2, 4, 0), 1.0)                                  # imports and caches are not part of the comparison
    times = {}
    for size in arguments.sizes.split(","):
        d, k = (int(part) for part in size.split("x"))
        times[d, k] = compare(d, k, arguments.repeats, arguments.limit, methods)
    if arguments.plot:
        plot(times, arguments.plot)


if __name__ == "__main__":
    main()
