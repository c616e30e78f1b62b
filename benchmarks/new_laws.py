"""Which certified lower bound is the largest on random labels at random unit points, for which n, d and k.

Run as ``python -m benchmarks.new_laws [--sizes 100x10x3 …] [--seed SEED]``; sizes are n, d and k.  The bounds are those of
`lawbook bounds`, each about its own class of networks: Theorem 6 about all networks of k neurons without an affine part (rank k + 1
with one), `k.law` and `k.relu` about independent rows, biases and an affine part, `k.sphere.relu` about independent rows without biases
on the sphere, `k.blocks` about kinks in general position.
"""

from __future__ import annotations

import argparse

import numpy as np

from verify.fits.fantope.bound import FantopeOptions, fantope_bound
from verify.fits.lower_bounds import bounds

SIZES = ("50x2x1", "50x2x2", "50x2x8", "100x10x1", "100x10x3", "100x10x10", "100x10x20", "400x10x1", "400x10x3", "400x30x1", "400x30x5",
         "400x30x30")
LAWS = ("mcshane", "bln.thm6.fantope", "bln.r0", "k.law", "k.relu", "k.blocks", "bln.thm6.sphere_fantope", "k.sphere.relu")


def row(n: int, d: int, k: int, seed: int) -> tuple[str, ...]:
    """One line of the table; the largest bound on R^d for networks with an affine part is bold, and so is the largest on the sphere."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    y = rng.permutation(np.where(np.arange(n) % 2 == 0, 1.0, -1.0))
    options = FantopeOptions(tolerance=1e-2)
    values = {entry.claim: float(entry.value) for entry in bounds(X, y, k, options).entries}
    affine = float(fantope_bound(X, y, min(k + 1, d), options).value)
    shown = ["–" if claim not in values else f"{values[claim]:.2f}" for claim in LAWS]
    shown.insert(2, f"{affine:.2f}")
    for group in ((0, 2, 4, 5, 6), (0, 7, 8)):
        known = [place for place in group if shown[place] != "–"]
        best = max(known, key=lambda place: float(shown[place].strip("*")))
        shown[best] = f"**{shown[best].strip('*')}**"
    return (str(n), str(d), str(k), *shown)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", default=SIZES)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    head = ("n", "d", "k", "McShane", "Theorem 6", "Theorem 6, rank k + 1", "R0, ball", "k.law", "k.relu", "k.blocks",
            "Theorem 6, sphere", "k.sphere.relu")
    for cells in (head, ("---",) * len(head)):
        print(f"| {' | '.join(cells)} |")
    for sizes in options.sizes:
        n, d, k = map(int, sizes.split("x"))
        print(f"| {' | '.join(row(n, d, k, options.seed))} |", flush=True)


if __name__ == "__main__":
    main()
