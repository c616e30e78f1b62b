"""E1 and E2 as printed: proved at a point that is clear of the other kinks, and sharp at a ridge."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq

from laws import common
from laws.common import Expected
from theory.check import check
from theory.errors import NotCertified
from theory.laws.rigidity.printed import BALL, SPHERE
from theory.laws.setting import beta, u
from theory.registry import claims
from theory.terms import dot, eq, le, lt, norm
from theory.terms.kinks import Clearance, ClearPoint
from theory.verdict import Status
from verify.evaluate import Evaluator, Instance, Outcome, check_exact, evaluate_exact, evaluate_formula
from verify.evaluate.exact.kinks import _places as places
from verify.laws.rigidity import printed as measured

EXPECTED = {"sh.e1.printed": Expected(decided=0.9, slow=1000), "sh.e2.printed": Expected(draws=60, decided=0.9, slow=300)}
p, rho = ClearPoint(*BALL), Clearance(*BALL)


def lines(u, beta, W, b, R=1):  # type: ignore[no-untyped-def]
    k, d = np.shape(W)
    return Instance({"u": np.array(u), "beta": beta, "W": np.array(W), "b": np.array(b), "R": R, "k": k, "d": d})


def test_proved_at_a_clear_point() -> None:
    assert [check(claims()[id]).status for id in EXPECTED] == [Status.PROVED] * 2


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


def test_a_point_is_as_uncertain_as_the_kink_on_which_it_lies() -> None:
    """With ‖u‖ = 10⁻⁶ an error of β moves the kink 10⁶ times as far, and near the pole of the sphere its circle moves even farther."""
    q = ClearPoint(*SPHERE)

    def error(point, normal, height, accuracy=1e-12):  # type: ignore[no-untyped-def]
        at = replace(lines(normal, height, [[0.0, 0.0, 1.0]], [0.5]), accuracy=accuracy)
        return Evaluator(at)._at(point).error

    for point in (p, q):
        assert error(point, [3e-6, 4e-6, 0.0], 2.5e-6) < 1e-11 < 1e-7 < error(point, [3e-6, 4e-6, 0.0], 2.5e-6, 1e-6)
        assert error(point, [0.0, 0.0, 0.0], 0.5) == np.inf
    assert error(q, [0.6, 0.8, 0.0], 1 - 1e-9) > 1e-8 > error(p, [0.6, 0.8, 0.0], 1 - 1e-9)
    assert error(q, [0.6, 0.8, 0.0], 1 - 1e-13) == np.inf                    # that kink may miss the sphere


def test_a_kink_that_touches_the_sphere_has_a_point_there() -> None:
    touching = lines([0, 1], -1, [[1, 0]], [2])
    assert check_exact(eq(dot(u, p) + beta, 0), touching).status is Status.CERTIFIED and evaluate_exact(rho, touching) == 0


def test_draws_that_all_lie_on_other_kinks_show_nothing() -> None:
    """Some point is clear of finitely many other lines, so the clearance is positive, whatever was tried."""
    kink = [fmpq(1), fmpq(0)]
    tried = [Fraction(int(point[1].p), int(point[1].q)) for point in places(kink, fmpq(0), fmpq(1))]
    crossing = lines([1, 0], 0, [[1, 1]] * len(tried), [-height for height in tried])
    with pytest.raises(NotCertified, match="clear"):
        evaluate_exact(rho, crossing)
    assert check_exact(lt(0, rho), crossing).status is Status.UNKNOWN


def test_a_point_of_the_sphere_has_length_one() -> None:
    q, sigma = ClearPoint(*SPHERE), Clearance(*SPHERE)
    at = lines([0.6, 0.8, 0.0], 0.5, [[0.0, 0.0, 1.0], [0.8, -0.6, 0.0]], [0.1, 0.0])
    for fact in (eq(norm(q), 1), eq(dot(u, q) + beta, 0), lt(0, sigma), le(sigma, 1)):
        assert evaluate_formula(fact, at).outcome is Outcome.HOLDS
    with pytest.raises(NotCertified, match="balls"):
        evaluate_exact(sigma, lines([1, 0, 0], 0, [[0, 1, 0]], [0]))
