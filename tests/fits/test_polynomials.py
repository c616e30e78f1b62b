"""Polynomials of least Lipschitz constant on the ball: known optima, agreement with the quadratic programs, certificates that can fail."""

from __future__ import annotations

import json
from fractions import Fraction

import cvxpy
import numpy as np
import pytest

from fits.common import leaf_places, with_value
from theory.certificates.exact.exact_data import ExactData, parse_data
from theory.certificates.files import check_file
from theory.certificates.fits.polynomial_fit import (
    GradientDual,
    check_polynomial_fit,
    class_basis,
    coefficient_bound,
    gradient_lower,
    markov_coefficient,
)
from theory.errors import BadData, HypothesisViolated, LawbookError, NotCertified, ShapeError
from theory.verdict import Status
from verify.cli.verify import run_verify
from verify.fits.exact.input import read_exact
from verify.fits.polynomials import search
from verify.fits.polynomials.fit import minimal_polynomial
from verify.fits.polynomials.search import PolynomialOptions, gradient_maps
from verify.fits.quadratics.fit import minimal_quadratic


def gaussian(n, d, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    return X / np.linalg.norm(X, axis=1, keepdims=True), rng.choice([-1.0, 1.0], n)


def certified(fit):
    return check_polynomial_fit(json.loads(json.dumps(fit.certificate))).status is Status.CERTIFIED


def close(fit, value, rel=1e-6):
    return certified(fit) and fit.gap < rel and float(fit.lower) == pytest.approx(value, rel=rel)


def test_known_optima():
    """A line; x² through three points; x³ − … : on ±1/2, 0 with labels ±1, 0 the slope 2 of 2x is least; a linear form; one point."""
    assert close(minimal_polynomial([[1.0], [-1.0]], [1, -1], 1), 1)
    assert close(minimal_polynomial([[1.0], [0.0], [-1.0]], [1, 0, 1], 2), 2)
    assert close(minimal_polynomial([[0.5], [0.0], [-0.5]], [1, 0, -1], 3), 2, 1e-5)
    assert close(minimal_polynomial(np.eye(3)[:2], [3, 4], 1, form=True), 5)            # w = (3, 4, 0)
    # ‖T‖_op ≥ |y|/‖x‖^p, attained by y(x/‖x‖)^{⊗p}/‖x‖^p, and the constant is p‖T‖_op
    for p in (1, 2, 3, 4):
        assert close(minimal_polynomial([[1.2, -1.6]], [-8.0], p, form=True), p * 8 / 2**p)


@pytest.mark.parametrize(("n", "d"), [(4, 3), (5, 3)])
def test_quadratic_forms_agree_with_the_operator_norm(n, d):
    X, y = gaussian(n, d, seed=n)
    fit, quadratic = minimal_polynomial(X, y, 2, form=True), minimal_quadratic(X, y)
    assert certified(fit) and fit.gap < 1e-6
    assert float(fit.lower) == pytest.approx(2 * float(quadratic.lower), rel=1e-6)


@pytest.mark.parametrize(
    ("n", "d", "p", "form", "gap"),
    [(4, 2, 2, False, 1e-6), (5, 3, 2, False, 1e-6), (4, 2, 3, True, 1e-6), (5, 3, 4, True, 1e-3), (4, 2, 3, False, 1e-2)],
)
def test_both_sides_and_the_values(n, d, p, form, gap):
    """The polynomial fits; no sampled gradient exceeds `upper`; difference quotients of the data stay below it; degree 2 has no gap."""
    X, y = gaussian(n, d, seed=n + p)
    fit = minimal_polynomial(X, y, p, form=form, options=PolynomialOptions(rounds=15))
    assert certified(fit) and fit.lower <= fit.upper and fit.gap < gap
    powers, theta = list(fit.coefficients), np.array(list(fit.coefficients.values()))
    assert np.abs(np.prod(X[:, None, :] ** np.array(powers)[None], axis=2) @ theta - y).max() < 1e-8
    z = np.random.default_rng(0).standard_normal((500, d))
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    assert np.linalg.norm(gradient_maps(z, powers) @ theta, axis=1).max() <= float(fit.upper) * (1 + 1e-9)
    chords = [abs(y[i] - y[j]) / np.linalg.norm(X[i] - X[j]) for i in range(n) for j in range(i)]
    assert max(chords) <= float(fit.upper)


def test_a_larger_class_needs_no_larger_constant():
    X, y = gaussian(3, 2, seed=7)
    less, more = (minimal_polynomial(X, y, p, options=PolynomialOptions(rounds=8)) for p in (2, 3))
    assert certified(less) and certified(more) and more.lower <= less.upper and more.upper <= less.upper * (1 + Fraction(1, 10**6))


def test_constants_and_nothing():
    constant = minimal_polynomial(*gaussian(5, 2)[:1], np.full(5, 0.3), 3)
    assert (constant.lower, constant.upper, constant.gap) == (0, 0, 0.0) and certified(constant)
    zero = minimal_polynomial(gaussian(4, 2)[0], np.zeros(4), 3, form=True)
    assert (zero.lower, zero.upper) == (0, 0) and certified(zero)
    for X, y, p, form in (([[1.0], [-1.0]], [1, 1], 3, True), ([[1.0], [2.0], [3.0]], [1, 2, 4], 1, False), ([[0.0]], [1], 2, True)):
        with pytest.raises(HypothesisViolated, match="takes these labels"):
            minimal_polynomial(X, y, p, form=form)


def test_the_bounds_of_coefficients_are_those_of_chebyshev():
    """|coefficient of t^j| ≤ M(m, j) is attained by T_m or T_{m−1}, and random polynomials obey it."""
    rng = np.random.default_rng(0)
    t = np.cos(np.linspace(0, np.pi, 2001))
    for m in range(5):
        for j in range(m + 1):
            extreme = np.polynomial.chebyshev.cheb2poly([0] * (m if (m - j) % 2 == 0 else m - 1) + [1])
            assert markov_coefficient(m, j) == abs(extreme[j])
            c = rng.standard_normal((50, m + 1))
            assert np.all(np.abs(c[:, j]) <= markov_coefficient(m, j) * np.abs(c @ t ** np.arange(m + 1)[:, None]).max(axis=1) * (1 + 1e-5))
    # f = T_3/3 in one variable has slope at most 3: its coefficient 4/3 of x³ is M(2, 2)/3·3 = 2 at most; xy has constant 1
    assert coefficient_bound("polynomial.degree", 3, (3,)) * 3 >= Fraction(4, 3)
    assert coefficient_bound("polynomial.form", 3, (1, 1, 1)) == 2


def test_residuals_are_paid_for():
    """A dual whose identity fails by ρ proves less, by the bound of the coefficient; even without any gradient it proves something."""
    data = ExactData(((Fraction(1),), (Fraction(-1),)), (Fraction(1), Fraction(-1)))
    half = Fraction(1, 2)
    exact = GradientDual((half, -half), ((Fraction(0),),), ((Fraction(1),),))
    assert gradient_lower("polynomial.degree", 1, data, exact) == 1
    assert gradient_lower("polynomial.degree", 1, data, GradientDual((half, -half), (), ())) == 1       # |θ_1| ≤ Lip
    off = GradientDual((half, -half), ((Fraction(0),),), ((Fraction(3, 4),),))
    assert gradient_lower("polynomial.degree", 1, data, off) == 1
    wrong = GradientDual((half, -half), ((Fraction(0),),), ((Fraction(2),),))
    assert gradient_lower("polynomial.degree", 1, data, wrong) == Fraction(1, 3)
    assert gradient_lower("polynomial.degree", 1, data, GradientDual((-half, half), (), ())) == 0
    with pytest.raises(NotCertified, match="constant"):
        gradient_lower("polynomial.degree", 1, data, GradientDual((half, half / 2), (), ()))
    with pytest.raises(NotCertified, match="outside"):
        gradient_lower("polynomial.degree", 1, data, GradientDual((half, -half), ((Fraction(2),),), ((Fraction(1),),)))


FIELDS, WORDS = ("degree", "lower", "value", "data", "dual", "fit"), ("sha256", "format", "kind")


@pytest.mark.parametrize(("p", "form"), [(2, False), (3, True)])
def test_every_number_of_a_certificate_matters(p, form):
    document = minimal_polynomial(*gaussian(3, 2, seed=1), p, form=form).certificate
    for path in leaf_places(document, FIELDS, WORDS):
        value: object = {"lower": "1000", "value": "1/1000", "distance": "-1", "degree": p + 1}.get(path[-1], "1000003/7")
        if "rows" in path or "powers" in path or path[-1] in ("dimension", "order"):
            value = 7
        corrupted = with_value(document, path, value)
        if path[0] == "data":           # a forger writes the digest as well
            data, _ = parse_data(corrupted["data"])
            corrupted["data"]["sha256"] = data.digest()
        assert check_polynomial_fit(corrupted).status is Status.FAILED, path
        for bad in (1.5, None, "x", "0.5"):
            try:
                assert check_polynomial_fit(with_value(document, path, bad)).status is Status.FAILED, (path, bad)
            except LawbookError:
                continue


def test_every_other_field_matters(tmp_path):
    document = minimal_polynomial(*gaussian(3, 2, seed=1), 2).certificate
    squares = ("fit", "squares")
    for path, value in (
        (("statement",), "x"), (("data", "sha256"), "0" * 64), ((*squares, "kind"), "form"), ((*squares, "format"), "x"),
        (("dual", "vectors"), document["dual"]["vectors"][:-1]), ((*squares, "polynomial"), []),
    ):
        assert check_polynomial_fit(with_value(document, path, value)).status is Status.FAILED, path
    for name, value in (("format", "x"), ("claim", "x"), ("degree", 0), ("fit", {}), ("dual", {}), ("lower", None)):
        with pytest.raises(BadData):
            check_polynomial_fit({**document, name: value})
    # numbers whose digits Python would not write, or would be long in writing
    for number in ("1e30000", "1e999999999", "1" + "0" * 4200 + "/" + "9" * 4200):
        assert check_polynomial_fit(with_value(document, (*squares, "matrices", 0, 0, 0), number)).status is Status.FAILED
    assert check_polynomial_fit({**document, "value": str(10**400)}).status is Status.CERTIFIED      # weak, and true
    path = tmp_path / "fit.json"
    path.write_text(json.dumps(document))
    assert [(claim, verdict.status) for claim, verdict in check_file(path)] == [("polynomial.degree", Status.CERTIFIED)]
    assert run_verify([path], as_json=False) == 0 and run_verify([path], as_json=True) == 0
    path.write_text(json.dumps({**document, "value": "0"}))
    assert check_file(path)[0][1].status is Status.FAILED


@pytest.mark.parametrize("status", ["optimal_inaccurate", "user_limit", "unbounded", cvxpy.SolverError("not installed")])
def test_a_solver_that_does_not_end_well_is_never_success(monkeypatch, status):
    def solve(self, **options):
        if isinstance(status, Exception):
            raise status
        self._status = status

    monkeypatch.setattr(cvxpy.Problem, "solve", solve)
    with pytest.raises(NotCertified, match="Clarabel"):
        minimal_polynomial(*gaussian(3, 2, seed=1), 2)


def test_a_search_that_stops_early_keeps_what_it_proved(monkeypatch):
    X, y = gaussian(4, 2, seed=6)
    best = minimal_polynomial(X, y, 2)
    true, calls = search.least_gradients, []

    def failing(error):
        def run(*args):
            calls.append(1)
            if len(calls) > 1:
                raise error
            return true(*args)
        return run
    for error, said in ((NotCertified("Clarabel ended badly"), "Clarabel"), (KeyboardInterrupt(), "interrupted")):
        calls.clear()
        monkeypatch.setattr(search, "least_gradients", failing(error))
        fit = minimal_polynomial(X, y, 2, options=PolynomialOptions(tolerance=1e-300))
        assert said in fit.reason and 0 < fit.lower <= best.upper and certified(fit)
    # wrong numbers only loosen the bound
    monkeypatch.setattr(search, "least_gradients", lambda *args: (*true(*args)[:2], true(*args)[2] * 3, true(*args)[3] + 0.1))
    fit = minimal_polynomial(X, y, 2, options=PolynomialOptions(rounds=2))
    assert certified(fit) and fit.lower <= best.upper


def test_bad_input_gets_one_sentence():
    X, y = gaussian(4, 2)
    for points, labels, p, error in (
        (X, y, 0, BadData), (X, y, 1.5, BadData), (X, y, True, BadData), ([[np.nan]], [1], 2, BadData), (X, y[:2], 2, ShapeError),
        (np.eye(9)[:2], [1, -1], 4, BadData),
    ):
        with pytest.raises(error) as caught:
            minimal_polynomial(points, labels, p)
        assert "\n" not in str(caught.value)
    for options in ({"rounds": 0}, {"tolerance": 0.0}):
        with pytest.raises(BadData):
            PolynomialOptions(**options)


def test_same_seed_same_bytes_and_classes():
    X, y = gaussian(4, 2, seed=6)
    one, other = (minimal_polynomial(X, y, 2).certificate for _ in range(2))
    assert json.dumps(one) == json.dumps(other)
    assert len(class_basis("polynomial.degree", 3, 4)) == 35 and len(class_basis("polynomial.form", 3, 4)) == 15
    assert read_exact([[1]], [2]).labels == (2,)
