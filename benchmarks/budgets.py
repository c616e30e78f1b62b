"""Whether commands keep the time that they are given: asked, taken, and the gap that is left, size by size.

    python -m benchmarks.budgets                        all commands and sizes, each with 2, 5 and 20 seconds
    python -m benchmarks.budgets --only lipschitz --budgets 5
    python -m benchmarks.budgets --sdp 600              also LipSDP by cvxpy with SCS where its matrix has at most so many rows

Every command runs in a process of its own, as from a shell.  `taken` is wall time, loading the program included; `processor` is what the
command and its children computed: where that is far below the wall time, other work had the processor, and the command is not late.  A
command is late beyond 1.1 times the time asked plus 2 s.  `gap` is (upper − lower)/upper, of `bounds` that of the Fantope family.
The baseline has no lower bound, and takes the time that it takes: its line says its value and how far it is off our upper end.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.baselines import Runs, missing
from verify.lipschitz.piecewise.reference import lipsdp_by_matrix_inequality
from verify.objects.networks import Network, save_network

COMMANDS = {
    "lipschitz 784-300-1": ("lipschitz", "784-300.npz"),
    "lipschitz 784-300-1, certificate": ("lipschitz", "784-300.npz", "--out", "c.json"),
    "lipschitz 10-128-1": ("lipschitz", "10-128.npz"),
    "lipschitz 10-128-1, unit ball": ("lipschitz", "10-128.npz", "--domain", "ball", "--out", "c.json"),
    "lipschitz 5-256-1, unit ball": ("lipschitz", "5-256.npz", "--domain", "ball", "--out", "c.json"),
    "lipschitz 50-64-1": ("lipschitz", "50-64.npz", "--out", "c.json"),
    "bounds n = 300, d = 784": ("bounds", "300x784.npz", "--width", "4", "--out", "c.json"),
    "fit n = 60, d = 5, k = 3": ("fit", "60x5.npz", "--kinks", "3", "--out", "c.json"),
    "fit n = 60, d = 5, k = 12": ("fit", "60x5.npz", "--kinks", "12"),
    "radius 784-300-1": ("radius", "784-300.npz", "300x784.npz"),
}
NETWORKS = ((784, 300), (10, 128), (5, 256), (50, 64))
DATA = ((300, 784), (60, 5))


@dataclass(frozen=True)
class Taken:
    """What a command took, in seconds, and what it printed."""

    wall: float
    processor: float
    code: int
    document: dict[str, Any]

    def is_late(self, asked: float) -> bool:
        """Whether even what it computed itself is beyond the allowance."""
        return min(self.wall, self.processor) > 1.1 * asked + 2


def prepare(folder: Path) -> None:
    """The networks and data of all commands."""
    for d, k in NETWORKS:
        save_network(network(d, k), folder / f"{d}-{k}.npz")
    for n, d in DATA:
        rng = np.random.default_rng(n)
        np.savez(folder / f"{n}x{d}.npz", X=rng.standard_normal((n, d)), y=np.sign(rng.standard_normal(n)))


def network(d: int, k: int) -> Network:
    """A ReLU network with normal weights."""
    rng = np.random.default_rng(k)
    return Network(rng.standard_normal((k, d)), rng.standard_normal(k), rng.standard_normal(k) / k, "relu")


def run(argv: tuple[str, ...], seconds: float, folder: Path) -> Taken:
    """The command with this time, in a process of its own."""
    option = "--budget" if argv[0] == "fit" else "--time"
    command = [sys.executable, "-m", "verify.cli.app", *argv, option, str(seconds), "--json"]
    root = str(Path(__file__).parent.parent)
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": root})
    wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Taken(wall, processor, told.returncode, json.loads(told.stdout) if told.stdout.strip() else {"error": told.stderr.strip()})


def gap(document: dict[str, Any]) -> str:
    """What is left between both ends, as far as there are two."""
    if "error" in document:
        return document["error"][:60]
    if "points" in document:
        return f"{document['unfinished']} of {len(document['points'])} points unfinished"
    lower, upper = document.get("lower"), document.get("upper")
    if "bounds" in document:
        ends = [(entry["value"], entry["upper"]) for entry in document["bounds"] if entry["claim"] == "bln.thm6.fantope"]
        lower, upper = ends[0] if ends else (document["best"], None)
    if lower is None or upper is None:
        return "one end only"
    return f"gap {100 * (upper - lower) / upper:.2f} %" if upper else "gap 0 %"


def baseline(d: int, k: int, cap: int, upper: float) -> str:
    """LipSDP by a conic solver, as `benchmarks.lipsdp` states it."""
    if reason := missing("cvxpy", "scs"):
        return f"  LMI, SCS  {reason}"
    if d + k > cap:
        return f"  LMI, SCS  left out: {d + k} rows, and --sdp is {cap}"
    theirs, net = Runs(), network(d, k)
    theirs.add(lambda: lipsdp_by_matrix_inequality(net.W, net.a, np.zeros(d), solver="SCS"))
    if not theirs.is_complete:
        return f"  LMI, SCS  left out: {theirs.failures[0][:80]}"
    return f"  LMI, SCS  {theirs.median:.1f} s, {theirs.values[0]:.6g}, off {theirs.values[0] / upper - 1:+.1e}"


def main() -> None:
    """Every command with every budget."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="commands whose name begins with this")
    parser.add_argument("--budgets", type=float, nargs="+", default=[2.0, 5.0, 20.0], help="seconds")
    parser.add_argument("--sdp", type=int, default=0, help="rows of the matrix inequality up to which a conic solver is run beside ours")
    options = parser.parse_args()
    late = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        for what, argv in COMMANDS.items():
            if not what.startswith(options.only):
                continue
            print(what, flush=True)
            for seconds in options.budgets:
                taken = run(argv, seconds, folder)
                late += taken.is_late(seconds)
                said = f"LATE, {gap(taken.document)}" if taken.is_late(seconds) else gap(taken.document)
                print(f"  asked {seconds:5.1f} s, taken {taken.wall:6.1f} s, processor {taken.processor:6.1f} s, {said}", flush=True)
            if options.sdp and argv[0] == "lipschitz" and "--domain" not in argv and taken.document.get("upper"):
                d, k = (int(part) for part in Path(argv[1]).stem.split("-"))
                print(baseline(d, k, options.sdp, taken.document["upper"]), flush=True)
    print(f"late: {late}")


if __name__ == "__main__":
    main()
