"""R1 for random labels: exact probabilities over all label vectors."""

from __future__ import annotations

import pytest

from laws.common import Expected
from verify.laws.two_layers import random_labels_biased as measured

EXPECTED = {
    "bln.r1.width": Expected(hypotheses=30, draws=60, decided=1.0, slow=1500, steps=2, only_refused=("without unit rows",)),
    "bln.r1.random_labels": Expected(hypotheses=30, draws=60, decided=1.0, slow=1500, steps=2, only_refused=("without independent",)),
}


def test_supremum_at_the_poles() -> None:
    """Sixteen points, half at each of ±1, labelled by the pole: R_b = Σ|z_i| = 16, and the bound at s = 0 is 2·4 + 4."""
    from theory.registry import claims
    from verify.evaluate import evaluate
    twin = next(t for t in claims()["bln.r1.width"].twins if t.name == "for every label vector")
    lower, upper = evaluate(twin.claim.conclusion.lhs, measured.aligned())
    assert lower == pytest.approx(16) and upper == pytest.approx(16)
