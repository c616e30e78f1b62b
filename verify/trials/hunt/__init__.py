"""Counterexamples: searched, shrunk, verified exactly, stored, and the hypotheses of a claim dropped in turn.

The names below are imported when they are first used: a ledger reads the records of hunts, and starts none.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "Ablation": "ablation",
    "Found": "hunter",
    "HitStore": "hits",
    "NothingFound": "hunter",
    "ablate": "ablation",
    "hunt": "hunter",
    "load_bearing": "ablation",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"verify.trials.hunt has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"verify.trials.hunt.{_HOME[name]}"), name)
