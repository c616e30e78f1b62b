"""What Theorem 3 as printed rests on: norms, groups and sums over sets of groups; the witnesses refute, doctored ones do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from theory.check import check
from theory.registry import claims
from theory.terms import log
from theory.verdict import Status
from verify.laws.registry import measurements
from verify.laws.two_layers import groups_printed as measured
from verify.laws.two_layers.groups_printed import M
from verify.trials.refutation.refute import refute

EXPECTED = {
    **dict.fromkeys((
        "bln.thm3.norms",
        "bln.thm3.counting",
        "bln.thm3.large_sets",
        "bln.thm3.long_sum",
        "bln.thm3.rate",
    ), Expected(steps=15)),
    "bln.thm3.printed": Expected(draws=60, slow=0, steps=15, twins=False),
}


@pytest.mark.parametrize(("id", "corner"), [
    ("bln.thm3.norms", measured.orthogonal), ("bln.thm3.norms", measured.single), ("bln.thm3.counting", measured.odd_classes),
    ("bln.thm3.large_sets", measured.two_sides), ("bln.thm3.rate", measured.two_axes_rate)])
def test_tight(id, corner) -> None:
    assert abs(common.margin(id, corner)) < 1e-6


def test_counting_is_exact_for_all_small_numbers() -> None:
    """⌈n₊/m⌉ + ⌈n₋/m⌉ ≤ k with m = ⌈n/(k−1)⌉, and k + 1 is the most that m = ⌈n/k⌉ needs."""
    worst = 0
    for plus in range(12):
        for minus in range(12 - plus):
            for k in range(2, 8):
                n = plus + minus
                safe, tight = -(-n // (k - 1)) or 1, -(-n // k) or 1
                assert -(-plus // safe) - (-minus // safe) <= k
                worst = max(worst, -(-plus // tight) - (-minus // tight) - k)
    assert worst == 1


def test_sides_by_hand() -> None:
    """Three orthogonal points of norm 1/√2: ‖w‖² = 6; four weights ±1 on the line: S = 2."""
    assert common.sides("bln.thm3.norms", measured.orthogonal()) == pytest.approx((3, 3))
    assert common.sides("bln.thm3.large_sets", measured.two_sides()) == pytest.approx((4, 4))
    assert common.sides("bln.thm3.long_sum", measured.half_line()) == pytest.approx((2, 4))


# --- what is refuted ------------------------------------------------------------------------------------------------------------------

def witness(id: str):
    return measurements()[id].refutation()


@pytest.mark.parametrize("id", ["bln.thm3.grouping", "bln.thm3.all_subsets"])
def test_the_witness_refutes(id: str) -> None:
    found = refute(claims()[id], witness(id))
    assert found.verdict.status is Status.REFUTED, found.verdict.reason


@pytest.mark.parametrize("ratio", [M**3, 1000 * log(M), 1 - 1 / M], ids=["too fast", "too large", "bounded"])
def test_a_ratio_that_does_not_follow_refutes_nothing(ratio) -> None:
    found = witness("bln.thm3.all_subsets")
    doctored = replace(found, family=replace(found.family, ratio=ratio))
    assert refute(claims()["bln.thm3.all_subsets"], doctored).verdict.status is Status.UNKNOWN


def test_members_outside_the_hypotheses_refute_nothing() -> None:
    found = witness("bln.thm3.all_subsets")
    family = replace(found.family, member=lambda size: measured.equal_points(size).with_values(m=2))
    assert refute(claims()["bln.thm3.all_subsets"], replace(found, family=family)).verdict.status is Status.UNKNOWN


def test_groups_of_the_repaired_size_refute_nothing() -> None:
    found = witness("bln.thm3.grouping")
    assert refute(claims()["bln.thm3.grouping"], replace(found, instance=measured.counts(4, 2, 2, 3))).verdict.status is not Status.REFUTED


def test_the_printed_proof_stops_at_all_sets() -> None:
    report = check(claims()["bln.thm3.printed"])
    printed, = report.proofs
    assert printed.author == "printed"
    assert not printed.status.is_proof
    assert printed.first_failure.step.name == "all sets"


def test_generic_sets_are_long_as_well() -> None:
    """On uniform points of S² the half-space sum is about k/4, so ‖Σ_A w‖²/|A| is about k/8."""
    W = np.random.default_rng(0).standard_normal((400, 3))
    instance = measured.half_space(W / np.linalg.norm(W, axis=1, keepdims=True))
    e, weights = instance.values["e"], instance.values["W"]
    assert np.linalg.norm(e @ weights) ** 2 / e.sum() > 400 / 10
