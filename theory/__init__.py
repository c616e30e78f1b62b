"""What is claimed of the robustness of two-layer networks, and why it is true.

The names below are imported when they are first used: the kernel, which lives in this package, imports none of them.  Functions that
share the name of their module are imported from there.

>>> from theory import find_claim
>>> from theory.check import check
>>> check(find_claim("mcshane.floor")).status.value
'PROVED'
"""

from importlib import import_module
from typing import Any

_HOME = {
    "Claim": "theory.claim",
    "ClaimReport": "theory.check",
    "Constant": "theory.claim",
    "Hypothesis": "theory.claim",
    "Lemma": "theory.proof",
    "NormDomain": "theory.claim",
    "Reading": "theory.claim",
    "Source": "theory.source",
    "Status": "theory.verdict",
    "Twin": "theory.claim",
    "Verdict": "theory.verdict",
    "claims": "theory.registry",
    "find_claim": "theory.registry",
    "lemmas": "theory.registry",
    "step": "theory.proof",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"theory has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOME[name]), name)
