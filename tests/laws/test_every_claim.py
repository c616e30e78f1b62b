"""What holds of every claim: hypotheses hold on the draws, nothing is violated, every step holds, the false twins are caught.

How many draws, and what else is expected, stands in the table EXPECTED of the test file of each claim.
"""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import laws
from laws import common
from theory.registry import claims
from verify.laws.registry import measurements

FILES = [f"{folder.name}.{info.name}" for folder in pkgutil.iter_modules(laws.__path__, "laws.") if folder.ispkg
         for info in pkgutil.iter_modules(importlib.import_module(folder.name).__path__)]
EXPECTED = {id: expected for file in FILES
            for id, expected in getattr(importlib.import_module(file), "EXPECTED", {}).items()}


def asked(check: str) -> list[str]:
    """The claims of which a check is asked."""
    return [id for id, expected in EXPECTED.items() if getattr(expected, check)]


def test_no_claim_is_left_out() -> None:
    """Refuted statements and those with a chance are none that every draw must satisfy."""
    measured = {id for id, m in measurements().items() if m.refutation is None and claims()[id].chance is None}
    assert measured <= set(EXPECTED)


@pytest.mark.parametrize("id", asked("hypotheses"))
def test_hypotheses_hold(id: str) -> None:
    common.assert_hypotheses_hold(id, EXPECTED[id].hypotheses)


@pytest.mark.parametrize("id", asked("draws"))
def test_never_violated(id: str) -> None:
    common.assert_never_violated(id, EXPECTED[id].draws, decided=EXPECTED[id].decided)


@pytest.mark.slow
@pytest.mark.parametrize("id", asked("slow"))
def test_never_violated_on_thousands(id: str) -> None:
    expected = EXPECTED[id]
    decided = expected.decided if expected.slow_decided is None else expected.slow_decided
    common.assert_never_violated(id, expected.slow, decided=decided, seed=99)


@pytest.mark.parametrize("id", asked("steps"))
def test_steps_hold(id: str) -> None:
    common.assert_steps_hold(id, EXPECTED[id].steps)


@pytest.mark.parametrize("id", asked("twins"))
def test_twins(id: str) -> None:
    common.assert_twins_are_caught(id, only_refused=EXPECTED[id].only_refused)
