"""The measurements of the library, found by walking the twins of the folders of claims: a file without any is an error."""

from __future__ import annotations

import importlib
from functools import cache
from types import MappingProxyType

import numpy as np

from theory.claim import Claim
from theory.errors import BadData
from theory.registry import children, families
from theory.registry import claims as library
from verify.evaluate.declared import symbols_of
from verify.laws.measure import Measurement

LAWS = "verify.laws"


@cache
def measurements() -> MappingProxyType[str, Measurement]:
    """All measurements by the id of the claim they measure."""
    found: dict[str, Measurement] = {}
    for family in families():
        names = children(f"{LAWS}.{family}", packages=False)
        if not names:
            raise BadData(f"theory.laws.{family} has claims, and nothing measures them; add the folder verify/laws/{family}")
        for name in names:
            module = importlib.import_module(f"{LAWS}.{family}.{name}")
            own = getattr(module, "MEASUREMENTS", ())
            if not own:
                raise BadData(f"{module.__name__} registers no measurement; give it a MEASUREMENTS tuple")
            for measurement in own:
                if found.setdefault(measurement.claim, measurement) is not measurement:
                    raise BadData(f"{measurement.claim} is measured twice; remove the one in {module.__name__}")
    return MappingProxyType(found)


def borrowed(claim: Claim) -> Measurement | None:
    """The instances of a library claim that assumes everything the given claim assumes, the one that assumes least.

    They satisfy the claim's hypotheses by construction, and its symbols are symbols of the library claim: of one name, one sort and one
    declaration.  None when no library claim serves.
    """
    wanted = {h.formula for h in claim.hypotheses}
    symbols = symbols_of(claim.facts.values())
    for other in sorted(library().values(), key=lambda c: len(c.hypotheses)):
        measurement = measurements().get(other.id)
        if measurement is None or measurement.refutation is not None or not wanted <= {h.formula for h in other.hypotheses}:
            continue
        if not symbols <= symbols_of(other.facts.values()):
            continue
        if {s.name for s in symbols} <= set(measurement.draw(np.random.default_rng(0)).values) | set("ndk"):
            return Measurement(claim.id, measurement.draw, measurement.corners)
    return None
