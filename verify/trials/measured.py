"""How any claim is measured: by a Measurement of the library, else by instances of its formulas and borrowed ones in turn."""

from __future__ import annotations

from theory.claim import Claim
from theory.errors import BadData
from verify.laws.measure import Measurement
from verify.laws.registry import borrowed, measurements
from verify.trials.spaces.draws import measured_by_drafts


def measurement_of(claim: Claim) -> Measurement | None:
    """The library's Measurement of the claim, else instances built from its hypotheses, and borrowed ones where a library claim has them.

    Either kind alone has blind spots: what is built has no purpose, what is borrowed was made for another conclusion.
    None where no instance contradicts the claim: it is asserted with a probability, or its open constant is one of many.

    Raises: BadData where no instance is built and none is borrowed; the message says what stands in the way.
    """
    own = measurements().get(claim.id)
    if own is not None or claim.chance is not None or any(not constant.value for constant in claim.constants):
        return own
    found = borrowed(claim)
    try:
        built = measured_by_drafts(claim)
    except BadData:
        if found is None:
            raise
        return found
    return built if found is None else Measurement(claim.id, lambda rng: (built if rng.random() < 0.5 else found).draw(rng), found.corners)
