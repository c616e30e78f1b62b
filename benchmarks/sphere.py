"""The constant for arcs on the unit sphere: ours against sampling with ascent and a mixed-integer program, side by side in one process.

    python -m benchmarks.sphere                                   the grid d in {2,3,4,6} x k in {6,12}
    python -m benchmarks.sphere --sizes 8x16 --limit 60 --baselines none

Networks: W, b, a standard normal, b times 0.3, ReLU.  Every method looks for the largest ‖g − (g·y)y‖, g = ∇f(y), over the unit sphere:
  ours      cells by their faces, exact (verify.lipschitz.piecewise.spheres, .sphere_cells, .sphere_search);
  sampling  20,000 points, and steps of shrinking size from the best 32 of them: a lower bound only;
  SCIP      one program with ‖y‖² = 1, big-M signs and t ≤ ‖g‖² − (g·y)² (pyscipopt), to a relative gap of 1e-6.
The program's signs are strict up to 1e-4 of the row's norm, so that it misses thinner cells.  For each method: processor seconds, and how
far its value is below our upper end.  A method that the limit on wall time stops is left out of the comparison.  Set OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

from benchmarks.baselines import Runs, compared, missing
from theory.errors import NotCertified
from verify.lipschitz import Budget, geodesic_sphere, network_enclosure
from verify.lipschitz.piecewise.kinks import KinkForm, kink_form
from verify.objects.networks import Network

_STRICT = 1e-4      # as in benchmarks.exact_lipschitz


def network(d: int, k: int, seed: int) -> Network:
    """A normal ReLU network."""
    rng = np.random.default_rng(seed)
    return Network(rng.standard_normal((k, d)), 0.3 * rng.standard_normal(k), rng.standard_normal(k), "relu")


def slopes(form: KinkForm, points: np.ndarray) -> np.ndarray:
    """The slopes along the sphere at points (N×d) of it."""
    gradients = form.gradients(np.sign(points @ form.W.T + form.b))
    return np.linalg.norm(gradients - (gradients * points).sum(axis=1, keepdims=True) * points, axis=1)


def by_sampling(form: KinkForm, limit: float) -> float:
    """The steepest of many points, after random steps from the best of them."""
    rng = np.random.default_rng(0)
    points = rng.standard_normal((20_000, form.dimension))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    points = points[np.argsort(-slopes(form, points))[:32]]
    size = 0.3
    for _ in range(200):
        trial = points[:, None, :] + size * rng.standard_normal((32, 32, form.dimension))
        trial /= np.linalg.norm(trial, axis=2, keepdims=True)
        found = slopes(form, trial.reshape(-1, form.dimension)).reshape(32, 32)
        best = trial[np.arange(32), found.argmax(axis=1)]
        points = np.where((found.max(axis=1) > slopes(form, points))[:, None], best, points)
        size *= 0.92
    return float(slopes(form, points).max())


def by_scip(form: KinkForm, limit: float) -> float:
    """max t with t ≤ Σ g_i² − (Σ g_iy_i)², g = v + Gᵀ(2δ−1), ‖y‖² = 1.  Raises: NotCertified when the limit stops it."""
    from pyscipopt import Model, quicksum

    m, d = form.size, form.dimension
    model = Model()
    model.hideOutput()
    model.setParam("limits/time", limit)
    model.setParam("limits/gap", 1e-6)
    y = [model.addVar(lb=-1.0, ub=1.0) for _ in range(d)]
    model.addCons(quicksum(c * c for c in y) == 1.0)
    delta = [model.addVar(vtype="B") for _ in range(m)]
    reach = np.abs(form.v) + np.abs(form.G).sum(axis=0)
    g = [model.addVar(lb=-float(c), ub=float(c)) for c in reach]
    length = float(np.linalg.norm(reach))
    s, t = model.addVar(lb=-length, ub=length), model.addVar(lb=0.0, ub=length**2)
    for j in range(m):
        norm = float(np.linalg.norm(form.W[j]))
        height, big = quicksum(float(c) * x for c, x in zip(form.W[j], y, strict=True)) + float(form.b[j]), norm + abs(float(form.b[j]))
        model.addCons(height >= _STRICT * norm - (big + _STRICT * norm) * (1 - delta[j]))
        model.addCons(height <= -_STRICT * norm + (big + _STRICT * norm) * delta[j])
    for i in range(d):
        model.addCons(g[i] == float(form.v[i]) + quicksum(float(form.G[j, i]) * (2 * delta[j] - 1) for j in range(m)))
    model.addCons(s == quicksum(g[i] * y[i] for i in range(d)))
    model.addCons(t <= quicksum(x * x for x in g) - s * s)
    model.setObjective(t, "maximize")
    model.optimize()
    if model.getStatus() not in ("optimal", "gaplimit"):
        raise NotCertified(f"stopped after {limit:g} s")
    return float(np.sqrt(max(model.getObjVal(), 0.0)))


def compare(d: int, k: int, repeats: int, limit: float, methods: dict[str, Callable[[KinkForm, float], float]]) -> None:
    """Print one size."""
    networks = [network(d, k, seed) for seed in range(repeats)]
    ours, gaps = Runs(), []
    for net in networks:
        def call(net: Network = net) -> float:
            found = network_enclosure(net, geodesic_sphere(), Budget(seconds=limit))
            gaps.append(found.upper / found.lower - 1)
            return found.upper

        ours.add(call)
    print(f"d={d} k={k}\n{ours.line('ours')}, gap at most {max(gaps):.1e}", flush=True)
    for name, method in methods.items():
        theirs = Runs()
        for net in networks:
            form = kink_form(net.W, net.b, net.a, net.v)
            theirs.add(lambda form=form, method=method: method(form, limit))
        print(compared(name, theirs, ours, ours.values), flush=True)


def main() -> None:
    """Parse the arguments and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=",".join(f"{d}x{k}" for d in (2, 3, 4, 6) for k in (6, 12)))
    parser.add_argument("--repeats", type=int, default=3, help="networks for each size")
    parser.add_argument("--limit", type=float, default=30.0, help="seconds for each method and network")
    parser.add_argument("--baselines", default="sampling,SCIP", help="comma-separated, or none")
    arguments = parser.parse_args()
    known = {"sampling": by_sampling, "SCIP": by_scip}
    methods = {name: known[name] for name in arguments.baselines.split(",") if name in known}
    if "SCIP" in methods and (absent := missing("pyscipopt")):
        print(f"SCIP {absent}")
        del methods["SCIP"]
    network_enclosure(network(2, 4, 0), geodesic_sphere(), Budget(seconds=1.0))      # imports and caches are not part of the comparison
    for size in arguments.sizes.split(","):
        d, k = (int(part) for part in size.split("x"))
        compare(d, k, arguments.repeats, arguments.limit, methods)


if __name__ == "__main__":
    main()
