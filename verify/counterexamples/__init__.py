"""Counterexamples: searched, shrunk, verified exactly, stored, and the hypotheses of a claim dropped in turn."""

from verify.counterexamples.ablation import Ablation, ablate, load_bearing
from verify.counterexamples.hits import HitStore
from verify.counterexamples.hunter import Found, NothingFound, hunt

__all__ = ["Ablation", "Found", "HitStore", "NothingFound", "ablate", "hunt", "load_bearing"]
