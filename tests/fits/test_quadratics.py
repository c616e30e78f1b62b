"""Quadratics of least norm: spectral formulas are reproduced, bounds agree, certificates survive, and false ones do not."""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import cvxpy
import numpy as np
import pytest

from fits.common import leaf_places, with_value
from theory.certificates.exact.exact_data import ExactData, parse_data
from theory.certificates.files import check_file
from theory.certificates.fits.nearby_fit import NearbyFit
from theory.certificates.fits.quadratic_fit import certify_quadratic_fit, check_quadratic_fit, split_bound
from theory.errors import BadData, HypothesisViolated, LawbookError, NotCertified, ShapeError
from theory.terms.sets import Ball, Sphere
from theory.verdict import Status
from verify.cli.verify import run_verify
from verify.fits.exact.input import read_exact
from verify.fits.quadratics.fit import NORMS, QuadraticOptions, minimal_quadratic, no_quadratic
from verify.lipschitz.polynomials import Quadratic
from verify.objects.data.exact import rational_sphere_points

FRACTIONS = np.vectorize(Fraction, otypes=[object])


def gaussian(n, d, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    return X / np.linalg.norm(X, axis=1, keepdims=True), rng.choice([-1.0, 1.0], n)


def norm_of(norm, A):
    values = np.linalg.eigvalsh(A)
    return {"operator": np.abs(values).max(), "nuclear": np.abs(values).sum(), "spread": values[-1] - values[0]}[norm]


def certified(fit):
    """The certificate as it comes out of a file."""
    return check_quadratic_fit(json.loads(json.dumps(fit.certificate))).status is Status.CERTIFIED


def close(fit, value):
    return certified(fit) and fit.gap < 1e-7 and float(fit.lower) == pytest.approx(value, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(("norm", "value"), [("operator", 5), ("nuclear", 10), ("spread", 8)])
def test_orthonormal_points_have_a_diagonal_matrix(norm, value):
    """At e_1 … e_3 the diagonal of A is y, and pinching (averaging over signs) lowers all three norms: A = diag(5, −3, 2)."""
    fit = minimal_quadratic(np.eye(3), [5, -3, 2], norm)
    assert close(fit, value)
    if norm != "operator":      # for the operator norm only the largest entry matters, and many matrices are optimal
        assert np.allclose(fit.matrix, np.diag([5, -3, 2]), atol=1e-4)
    Q = FRACTIONS([[3, 4, 0], [-4, 3, 0], [0, 0, 5]]) / 5
    assert close(minimal_quadratic(Q, FRACTIONS([5, -3, 2]), norm), value)


def test_one_point():
    """‖A‖_op ≥ |y|/‖x‖², attained by yxxᵀ/‖x‖⁴ and by a multiple of I; the spread of the latter is 0."""
    assert close(minimal_quadratic([[3.0, 4.0]], [-50.0]), 2)
    assert close(minimal_quadratic([[3.0, 4.0]], [-50.0], "nuclear"), 2)
    spread = minimal_quadratic([[3.0, 4.0]], [-50.0], "spread")
    assert (spread.lower, spread.upper) == (0, 0) and certified(spread)
    assert spread.matrix.tolist() == [[-2.0, 0.0], [0.0, -2.0]]
    assert close(minimal_quadratic([[2.0]], [3.0]), 0.75)      # d = 1


@pytest.mark.parametrize("norm", NORMS)
def test_enough_generic_points_determine_the_matrix(norm):
    """n = d(d+1)/2 generic rational points, labels of a planted A: no other matrix fits, so its norm is the optimum."""
    rng = np.random.default_rng(5)
    X = rational_sphere_points(6, 3, rng, 4, 3)
    A = FRACTIONS([[2, 1, 0], [1, -3, 1], [0, 1, 1]])
    fit = minimal_quadratic(X, np.einsum("ia,ab,ib->i", X, A, X), norm)
    assert close(fit, norm_of(norm, A.astype(float)))
    assert np.allclose(fit.matrix, A.astype(float), atol=1e-9)


def test_more_points_than_unknowns_with_planted_labels_and_repeats():
    """Dependent equations that agree are proved to agree; −x repeats x."""
    X = rational_sphere_points(12, 3, np.random.default_rng(1), 3, 3)
    X = np.concatenate([X, -X[:3]])
    A = FRACTIONS([[2, 1, 0], [1, -3, 1], [0, 1, 1]]) / 7
    fit = minimal_quadratic(X, np.einsum("ia,ab,ib->i", X, A, X))
    assert close(fit, norm_of("operator", A.astype(float)))
    X, y = gaussian(4, 3)
    assert certified(minimal_quadratic(np.concatenate([X, -X]), np.concatenate([y, y])))


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize(("n", "d"), [(3, 3), (6, 4), (10, 4), (12, 6)])
def test_both_sides_agree_and_the_residuals_of_optimality_vanish(norm, n, d):
    """λᵀy = ⟨A, S⟩ = ‖A‖·‖S‖_dual: feasibility and complementarity, from the certificate alone."""
    X, y = gaussian(n, d, seed=10 * n)
    fit = minimal_quadratic(X, y, norm)
    assert certified(fit) and fit.gap < 1e-7
    A, weights = fit.matrix, np.array([float(Fraction(c) if "x" not in c else float.fromhex(c)) for c in fit.certificate["multipliers"][0]])
    assert np.abs(np.einsum("ia,ab,ib->i", X, A, X) - y).max() < 1e-9
    values = np.linalg.eigvalsh((X.T * weights) @ X)
    dual = {"operator": np.abs(values).sum(), "nuclear": np.abs(values).max(), "spread": np.abs(values).sum() / 2}[norm]
    assert weights @ y == pytest.approx(norm_of(norm, A) * dual, rel=1e-6)
    if norm == "spread":
        assert abs(values.sum()) < 1e-9
    # no other fit is better, and the constants of the function are those that the norm says
    rival = np.linalg.lstsq(np.einsum("ia,ib->iab", X, X).reshape(n, -1), y, rcond=None)[0].reshape(d, d)
    assert norm_of(norm, (rival + rival.T) / 2) >= float(fit.lower) - 1e-9
    if norm != "nuclear":
        enclosure = Quadratic(A).lipschitz(Ball(d) if norm == "operator" else Sphere(d))
        assert float(fit.lipschitz[0]) * (1 - 1e-9) <= enclosure.upper and enclosure.lower <= float(fit.lipschitz[1]) * (1 + 1e-9)


def test_equal_norms_and_the_freedom_of_a_multiple_of_the_identity():
    """On unit points labels y + t only shift A by tI: the spread stays, the operator norm does not."""
    X = rational_sphere_points(5, 3, np.random.default_rng(3), 3, 3)
    y = FRACTIONS([1, -1, 1, 1, -1])
    one, other = (minimal_quadratic(X, y + t, "spread") for t in (0, 7))
    assert float(one.lower) == pytest.approx(float(other.lower), rel=1e-7)
    assert minimal_quadratic(X, y + 7).lower > minimal_quadratic(X, y).upper
    X[0] = 2 * X[0]            # a longer point forbids the shift
    assert float(minimal_quadratic(X, y + 7, "spread").lower) != pytest.approx(float(minimal_quadratic(X, y, "spread").lower), rel=1e-3)


def test_no_quadratic_fits_and_the_reason_is_exact():
    """x_1² + x_2² on (1, 0), (0, 1) and 2x_1x_2 … on (1, ±1): (1, 1) and (1, −1) sum to twice the first two."""
    X, y = [[1, 0], [0, 1], [1, 1], [1, -1]], [1, 2, 3, 4]
    with pytest.raises(HypothesisViolated, match=r"takes these labels: -2·x_1x_1ᵀ − 2·x_2x_2ᵀ \+ 1·x_3x_3ᵀ \+ 1·x_4x_4ᵀ = 0"):
        minimal_quadratic(X, y)
    document = no_quadratic(X, y)
    assert document["multipliers"] == [["-2", "-2", "1", "1"]] and document["claim"] == "quadratic.none"
    assert check_quadratic_fit(document).status is Status.CERTIFIED
    for place, value in ((0, "1"), (3, "0")):
        assert check_quadratic_fit(with_value(document, ("multipliers", 0, place), value)).status is Status.FAILED
    assert check_quadratic_fit(with_value(document, ("data",), read_exact(X, [1, 2, 3, 3]).as_json())).status is Status.FAILED
    assert no_quadratic(X, [1, 2, 3, 3]) is None
    with pytest.raises(HypothesisViolated, match="1·x_1x_1ᵀ − 1·x_2x_2ᵀ = 0"):       # x and −x, exactly
        minimal_quadratic(np.concatenate([gaussian(1, 40)[0], -gaussian(1, 40)[0]]), [1, -1])
    with pytest.raises(HypothesisViolated):
        minimal_quadratic([[0.0, 0.0]], [1.0])
    with pytest.raises(HypothesisViolated, match="of 7 points"):        # seven generic points in a space of dimension six
        minimal_quadratic(*gaussian(7, 3))


@pytest.mark.parametrize("norm", NORMS)
def test_rank_one_is_decided_by_signs(norm):
    """Independent points: the least ‖b‖² over all signs; both labels exclude it; a planted b is recovered."""
    X = gaussian(4, 4, seed=8)[0]
    fit = minimal_quadratic(X, np.ones(4), norm, 1)
    signs = np.array(np.meshgrid(*[[1, -1]] * 4)).reshape(4, -1)
    assert close(fit, (np.linalg.solve(X, signs) ** 2).sum(axis=0).min())
    with pytest.raises(HypothesisViolated, match="rank one"):
        minimal_quadratic(X, [1, 1, -1, 1], norm, 1)
    b, points = FRACTIONS([1, -2, 2]), FRACTIONS(np.random.default_rng(0).integers(-3, 4, (7, 3)))
    planted = minimal_quadratic(points, (points @ b) ** 2, norm, 1)
    assert close(planted, 9) and np.allclose(planted.matrix, np.outer(b, b).astype(float))
    with pytest.raises(HypothesisViolated, match="rank one"):       # 4 points in general position: two conditions too many
        minimal_quadratic([[1, 0], [0, 1], [1, 1]], [1, 1, 1], norm, 1)


@pytest.mark.parametrize("norm", NORMS)
def test_low_rank_lies_between_the_relaxation_and_what_is_found(norm):
    X, y = gaussian(5, 4, seed=2)
    bounds = [minimal_quadratic(X, y, norm, k, QuadraticOptions(starts=3)) for k in (2, 3, None)]
    assert all(certified(fit) for fit in bounds)
    assert bounds[0].lower >= bounds[1].lower * (1 - Fraction(1, 10**9)) and bounds[1].lower >= bounds[2].lower * (1 - Fraction(1, 10**9))
    for fit, k in zip(bounds, (2, 3, 4), strict=True):
        assert fit.lower <= fit.upper
        assert np.sum(np.abs(np.linalg.eigvalsh(fit.matrix)) > 1e-9) <= k
        assert np.abs(np.einsum("ia,ab,ib->i", X, fit.matrix, X) - y).max() < 1e-9
    # the rank-aware bound is the best of the operator bound and of the nuclear bound over k, or better
    nuclear = minimal_quadratic(X, y, "nuclear").lower
    assert norm != "operator" or bounds[0].lower >= nuclear / 2 * (1 - Fraction(1, 10**8))


def test_an_open_rank_is_said_to_be_open():
    """Generic labels on more points than a rank has parameters: no fit is found, the bound stands, nothing is claimed above."""
    fit = minimal_quadratic(*gaussian(9, 4, seed=1), rank=2, options=QuadraticOptions(starts=1))
    assert fit.upper is None and fit.matrix is None and fit.gap is None and fit.lower > 0
    assert certified(fit) and fit.certificate["value"] is None
    assert fit.lipschitz[1] is None


FIELDS, WORDS = ("multipliers", "fit", "data", "lower", "value", "rank"), ("sha256",)


@pytest.mark.parametrize(("norm", "rank"), [("operator", None), ("spread", None), ("nuclear", None), ("operator", 2), ("spread", 2)])
def test_every_number_of_a_certificate_matters(norm, rank):
    document = minimal_quadratic(*gaussian(4, 3, seed=4), norm, rank, QuadraticOptions(starts=3)).certificate
    assert document["fit"] is not None
    for path in leaf_places(document, FIELDS, WORDS):
        for bad in ("0.5", "x", 1.5, ["1"]):
            with pytest.raises(LawbookError):
                check_quadratic_fit(with_value(document, path, bad))
        if rank is not None and path[0] == "multipliers":
            continue        # one pair of numbers of eigenvalues decides, and the others have room: see below
        value: object = {"lower": "1000", "value": "1/1000", "distance": "0"}.get(path[-1], "1000003/7")
        if path[0] == "rank":
            if rank is None:
                continue
            value = 1
        elif path[1:2] == ("rows",) or "signs" in path or "rows" in path:
            value = 7 if "rows" in path else 3
        corrupted = with_value(document, path, value)
        if path[0] == "data":           # a forger writes the digest as well
            data = ExactData(*_parsed(corrupted["data"]))
            corrupted["data"]["sha256"] = data.digest()
        try:
            assert check_quadratic_fit(corrupted).status is Status.FAILED, path
        except BadData:
            assert "signs" in path or "matrix" in path, path       # a sign of 3, or a matrix that is not symmetric
    for place in range(len(document["multipliers"])):
        assert check_quadratic_fit(with_value(document, ("multipliers", place), ["0"] * 4)).status is Status.FAILED
    if document["fit"].get("matrix"):
        corrupted = with_value(with_value(document, ("fit", "matrix", 0, 1), "3"), ("fit", "matrix", 1, 0), "3")
        assert check_quadratic_fit(corrupted).status is Status.FAILED


def _parsed(document):
    data, _ = parse_data(document)
    return data.points, data.labels


def test_every_other_field_matters(tmp_path):
    document = minimal_quadratic(*gaussian(4, 3, seed=4)).certificate
    assert check_quadratic_fit({**document, "statement": "x"}).status is Status.FAILED
    assert check_quadratic_fit({**document, "multipliers": document["multipliers"] * 2}).status is Status.FAILED
    assert check_quadratic_fit(with_value(document, ("data", "sha256"), "0" * 64)).status is Status.FAILED
    assert check_quadratic_fit(with_value(document, ("fit", "rows"), [0, 1, 2])).status is Status.FAILED
    for name, value in (("format", "x"), ("claim", "x"), ("rank", 3), ("rank", 0), ("fit", None), ("fit", {})):
        with pytest.raises(LawbookError):
            check_quadratic_fit({**document, name: value})
    # the multipliers of the operator norm prove nothing of the spread: their matrix has a trace
    other = minimal_quadratic(*gaussian(4, 3, seed=4), "spread").certificate
    assert check_quadratic_fit({**other, "multipliers": document["multipliers"]}).status is Status.FAILED
    assert check_quadratic_fit({**document, "value": str(10**400)}).status is Status.CERTIFIED      # weak, and true
    path = tmp_path / "fit.json"
    path.write_text(json.dumps(document))
    assert [(claim, verdict.status) for claim, verdict in check_file(path)] == [("quadratic.operator", Status.CERTIFIED)]
    assert run_verify([path], as_json=False) == 0 and run_verify([path], as_json=True) == 0
    path.write_text(json.dumps({**document, "lower": "1000"}))
    assert check_file(path)[0][1].status is Status.FAILED


def test_false_claims_of_the_rank():
    """diag(1, −1) fits e_1 and e_2; no rank one does, and a matrix of rank two does not count as one."""
    data = read_exact(np.eye(2), [1, -1])
    fit = NearbyFit(matrix=((Fraction(1), Fraction(0)), (Fraction(0), Fraction(-1))))
    with pytest.raises(NotCertified, match="rank"):
        certify_quadratic_fit("quadratic.operator", read_exact(np.eye(3)[:2], [1, -1]), 1, [[Fraction(1)] * 2] * 2,
                              NearbyFit(matrix=tuple(tuple(Fraction(c) for c in row) for row in np.diag([1, -1, 0]).tolist())))
    assert certify_quadratic_fit("quadratic.operator", data, None, [[Fraction(1), Fraction(-1)]], fit)["value"] == "1"
    assert split_bound("quadratic.operator", data, [Fraction(1), Fraction(0)], (0, 1)) is None       # no A ⪯ 0 has a positive label
    assert split_bound("quadratic.operator", data, [Fraction(1), Fraction(0)], (1, 0)) == 1
    with pytest.raises(NotCertified, match="trace"):
        split_bound("quadratic.spread", data, [Fraction(1), Fraction(0)], (2, 2))


def test_points_beyond_the_doubles_end():
    """The pseudo-inverse of infinity is not looked for: that would not end."""
    document = minimal_quadratic(*gaussian(3, 3), "nuclear", 2, QuadraticOptions(starts=3)).certificate
    assert document["fit"] is not None and document["fit"]["factors"]
    points = copy.deepcopy(document["data"])
    points["X"][0][1] = "-1" + "0" * 4000
    points["sha256"] = ExactData(*_parsed(points)).digest()
    assert check_quadratic_fit({**document, "data": points}).status is Status.FAILED


def test_a_step_of_the_search_beyond_the_doubles_is_dropped(monkeypatch):
    def diverged(*arguments, **options):
        raise np.linalg.LinAlgError("Eigenvalues did not converge")

    monkeypatch.setattr("verify.fits.quadratics.rank.minimize", diverged)
    fit = minimal_quadratic(*gaussian(4, 3, seed=4), "operator", 2, QuadraticOptions(starts=3))
    assert certified(fit)
    assert fit.lower > 0


def test_no_fit_has_no_value():
    document = no_quadratic([[1.0], [2.0]], [1, 1])
    fit = {"matrix": [["1"]], "rows": [], "distance": "0"}
    assert check_quadratic_fit(document).status is Status.CERTIFIED
    with pytest.raises(BadData, match="no fit"):
        check_quadratic_fit({**document, "fit": fit, "value": "5"})


def faked(status):
    def solve(self, **options):
        if isinstance(status, Exception):
            raise status
        self._status = status
    return solve


@pytest.mark.parametrize(
    "status", ["optimal_inaccurate", "user_limit", "infeasible_inaccurate", "unbounded", cvxpy.SolverError("not installed")]
)
def test_a_solver_that_does_not_end_well_is_never_success(monkeypatch, status):
    monkeypatch.setattr(cvxpy.Problem, "solve", faked(status))
    with pytest.raises(NotCertified, match="Clarabel"):
        minimal_quadratic(*gaussian(4, 3))
    monkeypatch.setattr(cvxpy.Problem, "solve", faked("infeasible"))
    with pytest.raises(NotCertified, match="infeasible"):
        minimal_quadratic(*gaussian(4, 3))


def test_wrong_numbers_of_the_solver_only_loosen_the_bounds(monkeypatch):
    """The solver says what it likes; the certificate says what is true."""
    X, y = gaussian(4, 3)
    true = minimal_quadratic(X, y)
    for noise in (1e-3, 1.0):
        def lying(*args, noise=noise):
            rng = np.random.default_rng(0)
            return noise * rng.standard_normal((3, 3)) + np.eye(3), y + noise * rng.standard_normal(4)
        monkeypatch.setattr("verify.fits.quadratics.search.least_norm_matrix", lying)
        fit = minimal_quadratic(X, y)
        assert certified(fit) and fit.lower <= true.upper and fit.upper >= true.lower


def test_bad_input_gets_one_sentence():
    X, y = gaussian(4, 3)
    for points, labels, options, error in (
        ([[np.nan, 0.0]], [1], {}, BadData), ([[np.inf]], [1], {}, BadData), (X, y[:3], {}, ShapeError), (X[0], y, {}, ShapeError),
        (X, y, {"norm": "frobenius"}, BadData), (X, y, {"rank": 0}, BadData), (X, y, {"rank": 1.5}, BadData),
        (X, y, {"rank": True}, BadData), (FRACTIONS([[1], [1]]), FRACTIONS([1, 2]), {}, BadData), (np.zeros((0, 2)), [], {}, LawbookError),
        (np.array([["a"]], dtype=object), [1], {}, BadData), (X, np.array([1, 1, 1, None], dtype=object), {}, BadData),
        (FRACTIONS([[10**400]]), [1], {}, BadData),
    ):
        with pytest.raises(error) as caught:
            minimal_quadratic(points, labels, **options)
        assert "\n" not in str(caught.value)
    for options in ({"starts": 0}, {"seconds": 0.0}, {"seconds": float("nan")}):
        with pytest.raises(BadData):
            QuadraticOptions(**options)


def test_zero_labels_need_no_program():
    for norm in NORMS:
        for rank in (None, 1, 2):
            fit = minimal_quadratic(gaussian(4, 3)[0], np.zeros(4), norm, rank)
            assert (fit.lower, fit.upper, fit.gap) == (0, 0, 0.0) and certified(fit)


def test_same_seed_same_bytes_and_interruption(monkeypatch):
    X, y = gaussian(5, 4, seed=2)
    one, other = (minimal_quadratic(X, y, rank=2, options=QuadraticOptions(starts=2)).certificate for _ in range(2))
    assert json.dumps(one) == json.dumps(other)
    told = []

    def interrupt(text):
        told.append(text)
        if "a fit of norm" in text:
            raise KeyboardInterrupt
    fit = minimal_quadratic(X, y, rank=2, options=QuadraticOptions(on_progress=interrupt))
    assert certified(fit) and fit.lower > 0 and "interrupted" in told[-1]


def test_twenty_dimensions_and_a_hundred_points():
    fit = minimal_quadratic(*gaussian(100, 20))
    assert certified(fit) and fit.gap < 1e-7
