"""Data in few cells: what is asked of every claim, and the cost of cells by hand."""

from __future__ import annotations

import numpy as np

from laws.common import Expected
from theory.laws.universal_law.covering import EVENT, LAW
from verify.evaluate import Evaluator, Outcome
from verify.laws.universal_law import covering as measured

REFUSED = ("without f Lipschitz",)
LARGE = Expected(hypotheses=4, draws=8, slow=100, steps=3, only_refused=REFUSED)     # at least 144 data
EXPECTED = {"bs.d6.cells": Expected(slow=1000, only_refused=REFUSED), "bs.d6.quarter": LARGE, "bs.d6.cube": LARGE}


def test_own_cells_are_an_equality_by_hand() -> None:
    """Two data, two cells, ρ = 0: nε/2 = 1 against √n√M = 2, and without a level the event holds."""
    at = Evaluator(measured.own_cells())
    assert at.fact(EVENT).outcome is Outcome.HOLDS
    found = at.fact(LAW)
    assert np.allclose((sum(found.lhs) / 2, sum(found.rhs) / 2), (1, 2))
