"""Branch and bound on space against branch and bound over patterns, on the same networks in one process.

    python -m benchmarks.space                                           the sizes of the table
    python -m benchmarks.space --sizes 3x64,5x100 --domain R --limit 60

Networks: W, b, a standard normal, ReLU, on the unit ball or on R^d.  Times are processor seconds of the whole search, gaps are
upper/lower − 1.  A method that the limit (processor seconds) stops is named with its gap, and enters no ratio.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from verify.lipschitz.piecewise.branch import PatternSearch
from verify.lipschitz.piecewise.kinks import KinkForm, kink_form
from verify.lipschitz.piecewise.restrict import restrict
from verify.lipschitz.piecewise.search import BranchBudget, Branched, Search
from verify.lipschitz.piecewise.space import SpaceSearch
from verify.objects.deadline import Deadline
from verify.objects.domains import GLOBAL, Domain, ball


def network(d: int, k: int, seed: int, domain: Domain) -> KinkForm:
    """A standard normal ReLU network in canonical form on the domain."""
    rng = np.random.default_rng(seed)
    return restrict(kink_form(rng.standard_normal((k, d)), rng.standard_normal(k), rng.standard_normal(k)), domain)


def timed(search: type[Search], form: KinkForm, domain: Domain, limit: float) -> tuple[float, Branched]:
    """Processor seconds, and what was found in them."""
    begun = time.process_time()
    found = search(form, domain, BranchBudget(Deadline(limit, time.process_time)), None).run()
    return time.process_time() - begun, found


def line(name: str, seconds: float, found: Branched) -> str:
    """What one method did."""
    end = "exact" if found.closed else f"stopped, gap {found.upper / found.lower - 1:.1%}"
    return f"{name} {seconds:.2f} s, {found.nodes} nodes, {end}"


def main() -> None:
    """Parse the arguments and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="2x1000,3x64,3x1000,4x100,5x256")
    parser.add_argument("--domain", choices=("ball", "R"), default="ball")
    parser.add_argument("--limit", type=float, default=60.0, help="processor seconds for each method and network")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    domain = ball() if arguments.domain == "ball" else GLOBAL
    timed(SpaceSearch, network(2, 8, 0, domain), domain, 1.0)               # imports and caches are not part of the comparison
    for size in arguments.sizes.split(","):
        d, k = (int(part) for part in size.split("x"))
        form = network(d, k, arguments.seed, domain)
        ours, theirs = (timed(search, form, domain, arguments.limit) for search in (SpaceSearch, PatternSearch))
        assert max(ours[1].lower, theirs[1].lower) <= min(ours[1].upper, theirs[1].upper)
        ratio = f"; ratio {theirs[0] / ours[0]:.1f}" if ours[1].closed and theirs[1].closed else ""
        print(f"d={d} k={k}: {line('space', *ours)}; {line('patterns', *theirs)}{ratio}", flush=True)


if __name__ == "__main__":
    main()
