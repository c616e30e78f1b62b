"""`lawbook bounds`: its time, its interruptions, its progress; steps are counted, and the clock of the machine decides nothing."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verify.cli import bounds as command
from verify.cli.app import run
from verify.fits import lower_bounds
from verify.fits.fantope import bound
from verify.fits.fantope.bound import FantopeOptions, fantope_bound
from verify.objects.deadline import Deadline


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    np.savez("points.npz", X=rng.standard_normal((30, 8)), y=np.sign(rng.standard_normal(30)))
    return tmp_path


def ask(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, Any]]:
    code = run(("bounds", "points.npz", "--width", "2", *argv, "--json"))
    return code, json.loads(capsys.readouterr().out)


def claims(document: dict[str, Any]) -> set[str]:
    return {entry["claim"] for entry in document["bounds"]}


def test_without_time_there_is_the_bound_for_every_function(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = ask(capsys, "--time", "0")
    assert code == 0 and "mcshane" in claims(found) and found["best"] >= found["mcshane"] > 0
    assert {note.split(":")[0] for note in found["notes"]} >= {"no bln.thm6.trace", "no bln.r0"}
    assert run(("verify", "points.width2.json")) == 0


def test_with_time_there_are_all(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert claims(ask(capsys)[1]) == {"mcshane", "bln.thm6.trace", "bln.thm6.fantope", "bln.r0", "k.law", "k.relu"}


@pytest.mark.parametrize(("owner", "name"), [(lower_bounds, "fantope_bound_of"), (bound, "run_splitting"), (bound, "_next_working_set")])
def test_an_interruption_keeps_what_is_certified(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    def interrupted(*args: Any, **how: Any) -> Any:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(owner, name, interrupted)
    monkeypatch.setattr(Deadline, "closing", lambda self: Deadline(3600.0))
    code, found = ask(capsys, "--out", "c.json")
    assert code == 0 and claims(found) >= {"mcshane", "bln.thm6.trace"}
    assert ("bln.thm6.fantope" in claims(found)) == (owner is bound)      # any distribution of the pairs is a certificate
    assert run(("verify", "c.json")) == 0


@pytest.mark.parametrize("steps", [1, 30, 100])
def test_the_solver_may_stop_after_any_step(steps: int) -> None:
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((40, 10)), np.sign(rng.standard_normal(40))
    best, found = (fantope_bound(X, y, 2, FantopeOptions(max_inner=inner)) for inner in (400, steps))
    cut = fantope_bound(X, y, 2, FantopeOptions(max_inner=steps, max_rounds=1))
    assert 0 < cut.value <= found.value * 1.001 and float(found.value) <= best.upper * (1 + 1e-9) and cut.certificate is not None


def test_progress_says_claim_bound_and_gap() -> None:
    assert command._said("bln.thm6.fantope", 3.0, 4.0) == "bln.thm6.fantope: 3 ≤ Lip, no more than 4 by this claim, gap 25 %"
    assert command._said("bln.r0", 3.0, float("inf")) == "bln.r0: 3 ≤ Lip"
