"""Isoperimetry on samples: no law is refuted with its own c, and one with a c that is too small is."""

from __future__ import annotations

import dataclasses

import pytest

from theory.errors import BadData
from verify.laws.universal_law.samples import isoperimetry
from verify.laws.universal_law.samples.isoperimetry import LAWS, mixture_tail, tails


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("d", [4, 30])
def test_no_tail_is_above_its_bound(name: str, d: int) -> None:
    assert not any(tail.refutes for tail in tails(name, d, 5000))


def test_a_tenth_of_c_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    small = dataclasses.replace(LAWS["gaussian"], c=lambda d: 0.1)
    monkeypatch.setitem(isoperimetry.LAWS, "gaussian", small)
    assert any(tail.refutes for tail in tails("gaussian", 30, 5000))


def test_the_same_seed_gives_the_same_tails() -> None:
    assert tails("sphere", 5, 1000, 3) == tails("sphere", 5, 1000, 3)


def test_a_mixture_is_isoperimetric_in_parts_alone() -> None:
    whole, part = mixture_tail(400, 1.0, 4000)
    assert whole > 0.99 > 0.01 > part


@pytest.mark.parametrize(("name", "d"), [("cauchy", 5), ("sphere", 2), ("circles", 5)])
def test_bad_calls(name: str, d: int) -> None:
    with pytest.raises(BadData):
        tails(name, d)
