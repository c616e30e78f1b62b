"""Counterexamples: searched, shrunk, verified exactly, stored, and the hypotheses of a claim dropped in turn."""

from verify.trials.hunt.ablation import Ablation, ablate, load_bearing
from verify.trials.hunt.hits import HitStore
from verify.trials.hunt.hunter import Found, NothingFound, hunt

__all__ = ["Ablation", "Found", "HitStore", "NothingFound", "ablate", "hunt", "load_bearing"]
