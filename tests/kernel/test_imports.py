"""The kernel stands alone: replaying a document loads python-flint and the standard library, nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys, types
sys.modules["theory"] = types.ModuleType("theory")      # the library around the kernel does load sympy: only its folder is used here
sys.modules["theory"].__path__ = ["theory"]
import theory.kernel
from theory.kernel.derivation import read_nodes, replay_claim
from theory.kernel.printing import text
nodes = read_nodes([["R"], ["var", "t", 0], ["mul", 1, 1], ["num", "0"], ["le", 3, 2]])
shown = replay_claim({"hypotheses": [], "conclusion": 4, "steps": [[["square", [], [1]]]]}, nodes, [])
print(text(shown.conclusion))
print(sorted(name for name in sys.modules if name.partition(".")[0] in {"sympy", "z3", "numpy", "scipy", "cvxpy", "verify", "mpmath"}))
print(sorted(name for name in sys.modules if name.startswith("theory.") and not name.startswith("theory.kernel")))
"""


def test_nothing_foreign_is_loaded() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == ["0 ≤ t·t", "[]", "[]"]
