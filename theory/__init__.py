"""What is claimed of the robustness of two-layer networks, and why it is true.

>>> from theory import check, find_claim
>>> check(find_claim("mcshane.floor")).status.value
'PROVED'
"""

from theory.check import ClaimReport, check
from theory.claim import Claim, Constant, Hypothesis, NormDomain, Reading, Twin
from theory.proof import Lemma, proof, step
from theory.registry import claims, find_claim, lemmas
from theory.source import Source
from theory.verdict import Status, Verdict

__all__ = [
    "Claim",
    "ClaimReport",
    "Constant",
    "Hypothesis",
    "Lemma",
    "NormDomain",
    "Reading",
    "Source",
    "Status",
    "Twin",
    "Verdict",
    "check",
    "claims",
    "find_claim",
    "lemmas",
    "proof",
    "step",
]
