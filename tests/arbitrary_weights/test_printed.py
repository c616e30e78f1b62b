"""E1 and E2 as printed: proved at a point that is clear of the other kinks, and sharp at a ridge."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from two_layers import common
from two_layers.common import Expected

from theory.arbitrary_weights.printed import BALL, SPHERE
from theory.check import check
from theory.errors import NotCertified
from theory.registry import claims
from theory.terms import dot, eq, le, lt, norm
from theory.terms.kinks import Clearance, ClearPoint
from theory.two_layers.setting import beta, u
from theory.verdict import Status
from verify.arbitrary_weights import printed as measured
from verify.evaluate import Instance, Outcome, check_exact, evaluate_exact, evaluate_formula

EXPECTED = {"sh.e1.printed": Expected(decided=0.9, slow=1000), "sh.e2.printed": Expected(draws=60, decided=0.9, slow=300)}
p, rho = ClearPoint(*BALL), Clearance(*BALL)


def lines(u, beta, W, b, R=1):  # type: ignore[no-untyped-def]
    k, d = np.shape(W)
    return Instance({"u": np.array(u), "beta": beta, "W": np.array(W), "b": np.array(b), "R": R, "k": k, "d": d})


def test_proved_at_a_clear_point() -> None:
    reports = [check(claims()[id]) for id in EXPECTED]
    assert [(r.status, r.rests_on) for r in reports] == [
        (Status.PROVED_MODULO, {"lemma.clear_point_ball"}), (Status.PROVED_MODULO, {"lemma.clear_point_sphere", "lemma.vanishing_step"})]


def test_a_ridge_is_an_equality() -> None:
    for id in EXPECTED:
        assert abs(common.margin(id, measured.ridge)) < 1e-2      # on the sphere the chord constant is enclosed


@pytest.mark.parametrize("at", [lines([1, 0], Fraction(1, 2), [[0, 1], [1, 0]], [0, 0]), lines([1], 0, [[1]], [Fraction(1, 2)]),
                                lines([3, 4], 5, [[4, -3], [4, 3]], [0, 1], Fraction(3, 2))])
def test_the_point_of_a_ball_is_rational_and_clear(at: Instance) -> None:
    for fact in (eq(dot(u, p) + beta, 0), lt(0, rho), le(norm(p) + rho, BALL[4].radius)):
        assert check_exact(fact, at).status is Status.CERTIFIED and evaluate_formula(fact, at).outcome is Outcome.HOLDS


def test_there_is_no_room_along_a_second_kink_on_the_same_hyperplane() -> None:
    twice = lines([1, 0], Fraction(1, 2), [[0, 1], [-1, 0]], [0, Fraction(-1, 2)])
    assert evaluate_exact(rho, twice) == 0 and evaluate_formula(lt(0, rho), twice).outcome is not Outcome.HOLDS


def test_there_is_no_point_on_a_kink_beyond_the_ball() -> None:
    beyond = lines([1, 0], 2, [[0, 1]], [0])
    assert evaluate_formula(eq(dot(u, p) + beta, 0), beyond).outcome is Outcome.VIOLATED and evaluate_exact(rho, beyond) == 0


def test_a_point_of_the_sphere_has_length_one() -> None:
    q, sigma = ClearPoint(*SPHERE), Clearance(*SPHERE)
    at = lines([0.6, 0.8, 0.0], 0.5, [[0.0, 0.0, 1.0], [0.8, -0.6, 0.0]], [0.1, 0.0])
    for fact in (eq(norm(q), 1), eq(dot(u, q) + beta, 0), lt(0, sigma), le(sigma, 1)):
        assert evaluate_formula(fact, at).outcome is Outcome.HOLDS
    with pytest.raises(NotCertified, match="balls"):
        evaluate_exact(sigma, lines([1, 0, 0], 0, [[0, 1, 0]], [0]))
