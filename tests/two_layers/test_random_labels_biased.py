"""R1 for random labels: exact probabilities over all label vectors."""

from __future__ import annotations

import pytest

from two_layers import common
from verify.two_layers import random_labels_biased as measured

IDS = ("bln.r1.width", "bln.r1.random_labels")


@pytest.mark.parametrize("id", IDS)
def test_hypotheses_hold(id: str) -> None:
    common.assert_hypotheses_hold(id, 30)


@pytest.mark.parametrize("id", IDS)
def test_never_violated(id: str) -> None:
    common.assert_never_violated(id, 60)


@pytest.mark.slow
@pytest.mark.parametrize("id", IDS)
def test_never_violated_on_thousands(id: str) -> None:
    common.assert_never_violated(id, 1500, seed=99)


@pytest.mark.parametrize("id", IDS)
def test_steps_hold(id: str) -> None:
    common.assert_steps_hold(id, 2)


def test_twins() -> None:
    # without unit rows: contradicted from 26 orthogonal points on, too many label vectors; without independent rows: open
    common.assert_twins_are_caught("bln.r1.width", only_refused=("without unit rows",))
    common.assert_twins_are_caught("bln.r1.random_labels", only_refused=("without independent",))


def test_supremum_at_the_poles() -> None:
    """Sixteen points, half at each of ±1, labelled by the pole: R_b = Σ|z_i| = 16, and the bound at s = 0 is 2·4 + 4."""
    from theory.registry import claims
    from verify.evaluate import evaluate
    twin = next(t for t in claims()["bln.r1.width"].twins if t.name == "for every label vector")
    lower, upper = evaluate(twin.claim.conclusion.lhs, measured.aligned())
    assert lower == pytest.approx(16) and upper == pytest.approx(16)
