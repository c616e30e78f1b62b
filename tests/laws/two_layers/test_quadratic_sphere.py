"""Theorem 9 for the sphere: hypotheses hold, nothing is violated, orthonormal data are tight, A = λI refutes the tempting form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from laws import common
from laws.common import Expected
from theory.check import check
from theory.registry import claims
from theory.terms import sqrt
from theory.verdict import Status
from verify.laws.registry import measurements
from verify.laws.two_layers import quadratic_sphere as measured
from verify.trials.refutation.refute import refute

LAWS = ("bln.quadratic.sphere_law", "bln.quadratic.sphere_frobenius")
IDS = (*LAWS, "bln.quadratic.low_rank")
TEMPTING = "bln.thm9.tempting_sphere"


@pytest.mark.parametrize("id", IDS)
def test_proved(id: str) -> None:
    assert check(common.both(id)[0]).status is Status.PROVED_MODULO

EXPECTED = {
    **dict.fromkeys((
        "bln.quadratic.sphere_law",
        "bln.quadratic.sphere_frobenius",
    ), Expected(hypotheses=80, decided=0.99, only_refused=("without quadratic", "without symmetric",))),
    "bln.quadratic.low_rank": Expected(hypotheses=80, decided=0.99),
}


@pytest.mark.parametrize("id", LAWS)
@pytest.mark.parametrize("corner", [measured.saddle, measured.four_axes])
def test_tight(id: str, corner) -> None:  # type: ignore[no-untyped-def]
    assert abs(common.margin(id, corner)) < 1e-9


def test_numbers() -> None:
    """Opposite labels on two axes: 4 = 2·2 and 16 = 4·2·2; one flip on five axes: 2·5·(1 − 9/25) = 6.4 = 2·3.2."""
    assert common.sides("bln.quadratic.sphere_law", measured.saddle()) == pytest.approx((4, 4))
    assert common.sides("bln.quadratic.sphere_frobenius", measured.saddle()) == pytest.approx((16, 16))
    assert common.sides("bln.quadratic.sphere_law", measured.one_flip()) == pytest.approx((6.4, 6.4))
    assert common.sides("bln.quadratic.low_rank", measured.square()) == pytest.approx((1, 1))


def test_a_shift_of_the_identity_refutes_the_tempting_form() -> None:
    assert refute(claims()[TEMPTING], measurements()[TEMPTING].refutation()).verdict.status is Status.REFUTED


@pytest.mark.parametrize("ratio", [measured.M**2, 2 * measured.M, 1 - 1 / measured.M], ids=["too fast", "too large", "bounded"])
def test_another_formula_refutes_nothing(ratio) -> None:  # type: ignore[no-untyped-def]
    found = measurements()[TEMPTING].refutation()
    doctored = replace(found, family=replace(found.family, ratio=ratio))
    assert refute(claims()[TEMPTING], doctored).verdict.status is Status.UNKNOWN


def test_a_root_is_still_a_refutation() -> None:
    found = measurements()[TEMPTING].refutation()
    slower = replace(found, family=replace(found.family, ratio=sqrt(measured.M)))
    assert refute(claims()[TEMPTING], slower).verdict.status is Status.REFUTED
