"""The benchmarks run: each with the smallest setting that says something, and none of them compares with a baseline that failed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.baselines import Runs, compared, missing
from benchmarks.outsiders import EXAMPLES, theorems
from theory.errors import NotCertified

PROJECT = Path(__file__).parent.parent
SMALLEST = {
    "budgets": ("--only", "lipschitz 50", "--budgets", "1"),
    "certificates": ("--only", "mcshane"),
    "check": ("mcshane.floor",),
    "exact_lipschitz": ("--sizes", "2x6", "--repeats", "1", "--limit", "5", "--enumerate"),
    "evidence": ("k.relu.energy", "--seconds", "1"),
    "fantope": ("--sizes", "1", "--repeats", "1", "--large", "0"),
    "hunter": ("--budget", "1", "--only", "labels"),
    "new_laws": ("--sizes", "10x2x1"),
    "outsiders": ("perceptron",),
    "lipsdp": ("--sizes", "1", "--repeats", "1", "--large", "0"),
    "mcshane": ("--sizes", "200x5", "--repeats", "1"),
    "replay": ("--search", "400"),
    "space": ("--sizes", "2x20", "--limit", "5"),
    "sphere": ("--sizes", "2x4", "--repeats", "1", "--limit", "5"),
    "training": ("--networks", "2", "--epochs", "10", "--repeats", "1"),
    "tensors": ("--sizes", "1", "--repeats", "1", "--large", "0"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALLEST)
def test_a_benchmark_runs(name: str) -> None:
    told = subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *SMALLEST[name]], cwd=PROJECT, capture_output=True, text=True,
                          env=os.environ | {"OMP_NUM_THREADS": "1"}, check=False)
    assert told.returncode == 0, told.stderr
    assert told.stdout.strip()


def test_every_benchmark_is_run_here() -> None:
    """The ablation alone writes what is shipped, and is not run."""
    assert {path.stem for path in (PROJECT / "benchmarks").glob("*.py")} == {*SMALLEST, "ablation", "baselines"}


def test_the_page_counts_the_theorems_of_outsiders() -> None:
    amount = sum(len(theorems(path.stem)) for path in EXAMPLES.glob("*.py"))
    assert f"| {amount} theorems of examples/" in (PROJECT / "benchmarks" / "README.md").read_text(encoding="utf-8")


def test_a_baseline_that_fails_is_named_and_not_compared_with() -> None:
    ours, theirs = Runs(), Runs()

    def fails() -> float:
        raise NotCertified("the solver X failed: it is not there")

    for call in (lambda: 1.0, fails):
        ours.add(lambda: 1.0)
        theirs.add(call)
    said = compared("X", theirs, ours, ours.values)
    assert "left out" in said and "it is not there" in said and "times" not in said
    assert len(theirs.seconds) == 1                         # the time of a failure is no time to compare with


def test_a_baseline_that_is_missing_is_named() -> None:
    assert missing("numpy") == ""
    assert "no_such_solver" in missing("numpy", "no_such_solver")
