"""Float networks become exact ones: data are fitted exactly, constants agree with the engine, corrupted certificates are refused."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from fits.kink_cases import (
    DOMAINS,
    NodeProgram,
    cell_at,
    changed_numbers,
    dot,
    fractions,
    inner_point,
    random_case,
    squared_constant,
)
from theory.certificates.fits.exact_fit import KinkNetwork, certify_fit, check_fit, upper_square
from theory.certificates.fits.kink_problem import FitDomain, KinkProblem
from theory.errors import LawbookError, NotCertified, ShapeError
from theory.verdict import Status
from verify.fits.kinks.exclusion import exclusion, steepest_patterns
from verify.fits.kinks.repair import exact_fit
from verify.fits.kinks.scaling import Weights
from verify.lipschitz import ball, box, hull, lipschitz_enclosure


def exact_labels(rng, kind, affine, n, d, k):
    """A problem with generic points whose labels some network of the class with k kinks has exactly, and its patterns there."""
    rows = tuple(fractions(row) for row in rng.standard_normal((n, d)))
    domain = {"hull": FitDomain("hull", vertices=rows), "ball": FitDomain("ball", centre=fractions(np.zeros(d)), radius=Fraction(5)),
              "box": FitDomain("box", low=fractions(-4 * np.ones(d)), high=fractions(4 * np.ones(d)))}[kind]  # fmt: skip

    def short(*shape):
        return np.round(rng.standard_normal(shape) * 256) / 256

    network = KinkNetwork(tuple(int(s) for s in rng.choice([-1, 1], k)), tuple(fractions(row) for row in short(k, d)), fractions(short(k)),
                          fractions(short(d) * affine), Fraction(0))  # fmt: skip
    problem = KinkProblem(rows, tuple(network.value(row) for row in rows), domain, k, affine)
    patterns = [tuple(int(dot(w, row) + o > 0) for w, o in zip(network.W, network.b, strict=True)) for row in rows]
    return problem, network.signs, list(enumerate(patterns))


def engine_value(fit):
    """The enclosure of the Lipschitz constant by the exact engine of verify.lipschitz; None for a flat hull."""
    network, domain = fit.network, fit.problem.domain
    v = np.array([float(c) for c in network.v])
    if not network.signs:
        return float(np.linalg.norm(v)), float(np.linalg.norm(v))
    W, b = np.array([[float(c) for c in row] for row in network.W]), np.array([float(c) for c in network.b])
    if domain.kind == "hull":
        where = hull(np.array([[float(c) for c in row] for row in domain.vertices]))
    elif domain.kind == "ball":
        where = ball(float(domain.radius), tuple(float(c) for c in domain.centre))
    else:
        where = box(*(np.array([float(c) for c in row]) for row in (domain.low, domain.high)))
    found = lipschitz_enclosure(W, b, np.array(network.signs, dtype=float), v, domain=where)
    return found.lower, found.upper


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("kind", ["hull", "ball", "box"])
def test_float_networks_become_exact(kind, affine):
    """Optima of node programs, whose kinks like to pass through data points: exact fits, as steep as the engine says."""
    for seed in range(14):
        rng = np.random.default_rng([4, seed])
        d, k = int(rng.integers(1, 4)), int(rng.integers(1, 4))
        problem, signs, path = exact_labels(rng, kind, affine, max(d + 2, int(rng.integers(3, 9))), d, k)
        optimum, _, theta = NodeProgram(problem, (), signs, path).solve()
        rows = theta.reshape(k + 1, d + 1)
        fit = exact_fit(problem, Weights(signs, rows[1:, :d], rows[1:, d], rows[0, :d], float(rows[0, d])))
        assert fit is not None, seed
        assert check_fit(certify_fit(problem, fit.network, fit.excluded)).status is Status.CERTIFIED
        lower, upper = engine_value(fit)
        assert lower * (1 - 1e-9) <= float(fit.upper) <= upper * (1 + 1e-6), seed
        assert float(fit.upper) >= optimum * (1 - 1e-7) - 1e-9


@pytest.mark.parametrize(("noise", "seeds"), [(1e-9, 40), (1e-6, 120)])
def test_noise_on_the_weights_is_undone(noise, seeds):
    """Networks with short weights, whose kinks pass through many points of a grid: no noise of this size changes the constant."""
    for seed in range(seeds):
        rng = np.random.default_rng([11, seed])
        case = random_case(rng, DOMAINS[seed % 4], bool(seed // 4 % 2), n=int(rng.integers(3, 9)))
        network, affine = case.network, case.problem.affine
        W, b = (np.array(rows, dtype=np.float64) for rows in (network.W, network.b))
        v, c = np.array(network.v, dtype=np.float64), float(network.c)
        disturbed = [array + noise * rng.standard_normal(array.shape) for array in (W, b, v, np.array(c))]
        fit = exact_fit(case.problem, Weights(network.signs, *disturbed[:2], *(disturbed[2:] if affine else (v, c))))
        assert fit is not None, seed
        assert fit.square <= squared_constant(case) * Fraction(1 + 10 * noise), seed


def test_kinks_through_data_points_stay_there():
    """The hat over 0, 1, 2 bends at the datum 1: a kink 1e-9 beside it would fit another value there."""
    points = tuple((Fraction(i),) for i in range(3))
    problem = KinkProblem(points, fractions([0, 1, 0]), FitDomain("hull", vertices=points), 1, True)
    for noise in (0.0, 1e-9, -1e-9, 1e-7):
        fit = exact_fit(problem, Weights((-1,), np.array([[2.0 - noise]]), np.array([-2.0 + 2 * noise]), np.array([1.0]), noise))
        assert fit.upper == 1
        assert fit.network.value((Fraction(1),)) == 1


def test_a_kink_at_a_corner_of_the_hull_makes_no_cell_of_its_own():
    # beyond the corner (1, 0) the kink would add a slope of 100; it passes 1e-10 within the hull in floats
    points = tuple(fractions(row) for row in [(0, 0), (1, 0), (0, 1)])
    problem = KinkProblem(points, fractions([0, 1, 1]), FitDomain("hull", vertices=points), 1, True)
    fit = exact_fit(problem, Weights((1,), np.array([[100.0, 0.0]]), np.array([-100.0 + 1e-8]), np.array([1.0, 1.0]), 0.0))
    assert fit.upper**2 == pytest.approx(2, rel=1e-9)


def test_what_cannot_fit_is_not_mended():
    points = tuple((Fraction(i),) for i in range(4))
    problem = KinkProblem(points, fractions([0, 1, 0, 1]), FitDomain("hull", vertices=points), 1, True)
    assert exact_fit(problem, Weights((1,), np.array([[1.0]]), np.array([-1.5]), np.array([0.0]), 0.0)) is None
    assert exact_fit(problem, Weights((1,), np.array([[np.nan]]), np.array([-1.5]), np.array([0.0]), 0.0)) is None


def test_zero_labels_have_the_zero_function():
    points = tuple((Fraction(i),) for i in range(3))
    problem = KinkProblem(points, fractions([0, 0, 0]), FitDomain("hull", vertices=points), 1, False)
    assert exact_fit(problem, Weights((1,), np.array([[1e-12]]), np.array([1e-13]), np.zeros(1), 0.0)).upper == 0


def fit_document(kind="hull"):
    points = tuple(fractions(row) for row in [(0, 0), (2, 0), (0, 2), (1, 1)])
    domain = {"hull": FitDomain("hull", vertices=points), "box": FitDomain("box", low=fractions([0, 0]), high=fractions([2, 2])),
              "ball": FitDomain("ball", centre=fractions([1, 1]), radius=Fraction(3))}[kind]
    # the second kink lies beyond the first, on the line x + y = 3/2: with both at work the slope 5 of the pattern 01 occurs nowhere
    W, b = (fractions([1, 1]), fractions([5, 5])), fractions([-1, Fraction(-15, 2)])
    network = KinkNetwork((1, -1), W, b, fractions([1, 0]), Fraction(0))
    problem = KinkProblem(points, tuple(network.value(row) for row in points), domain, 2, True)
    return problem, network, certify_fit(problem, network, steepest_patterns(network, domain)[1])


@pytest.mark.parametrize("kind", ["hull", "box", "ball"])
def test_corrupted_fits_are_refused(kind):
    _, _, document = fit_document(kind)
    assert document["excluded"]
    assert check_fit(document).status is Status.CERTIFIED
    survivors = Counter()
    for place, changed in changed_numbers(document):
        try:
            if check_fit(changed).status is Status.CERTIFIED:
                assert changed["value"] == document["value"]
                survivors[place[0]] += 1
        except LawbookError:
            continue
    # Other multipliers may exclude the same pattern; a larger class has the same network; on a part of the domain no constant is larger.
    assert set(survivors) <= {"excluded", "kinks", "domain"}, survivors
    for change in ({"affine": False}, {"kinks": 1}, {"excluded": {}}, {"excluded": {"01": ["0", "0"]}}, {"excluded": {"01": ["1"]}},
                   {"excluded": {**document["excluded"], "11": ["1", "1"]}}, {"domain": {"kind": "hull", "vertices": []}}):
        try:
            assert check_fit({**document, **change}).status is Status.FAILED
        except LawbookError as error:
            assert str(error)


def test_a_kink_that_vanishes_cannot_exclude_every_pattern():
    """With w = 0, b = 0 no point has a strict sign, so that "no point has all the signs" would hold of every pattern."""
    problem, network, _ = fit_document()
    idle = KinkNetwork((1, *network.signs), (fractions([0, 0]), *network.W), (Fraction(0), *network.b), network.v, network.c)
    larger = KinkProblem(problem.points, problem.labels, problem.domain, 3, True)
    every = {p: fractions([1, 0, 0]) for p in product((0, 1), repeat=3)}
    with pytest.raises(NotCertified, match="kink 0 vanishes"):
        upper_square(larger, idle, every)


def test_exclusions_agree_with_points_of_the_cells():
    """No pattern that a point of the domain has is excluded, and of the others few are missed."""
    missed = total = 0
    for seed in range(40):
        rng = np.random.default_rng([6, seed])
        case = random_case(rng, DOMAINS[seed % 4], True, k=2 + seed % 2)
        network, domain = case.network, case.problem.domain
        if any(domain.vanishes(*row) for row in zip(network.W, network.b, strict=True)):
            continue
        n, d = case.problem.shape
        places = [domain.point(inner_point(rng, domain, n, d)) for _ in range(40)]
        met = {cell_at(case, z, places[0]) for z in (*case.problem.points, *places)}
        for pattern in product((0, 1), repeat=len(network.signs)):
            found = exclusion(network, domain, pattern)
            assert found is None or pattern not in met
            total += 1
            missed += found is None and pattern not in met
    # cells that are met, but at none of the points tried
    assert missed < total / 8, (missed, total)


def test_a_flat_hull_counts_the_slopes_along_it():
    points = tuple(fractions(row) for row in [(0, 0), (1, 1), (2, 2)])
    problem = KinkProblem(points, fractions([0, 1, 2]), FitDomain("hull", vertices=points), 0, True)
    across = KinkNetwork((), (), (), fractions([11, -10]), Fraction(0))
    assert upper_square(problem, across, {}) == Fraction(1, 2)
    one_place = tuple(fractions(row) for row in [(1, 1), (1, 1)])
    constant = KinkProblem(one_place, fractions([12, 12]), FitDomain("hull", vertices=one_place), 0, True)
    assert upper_square(constant, KinkNetwork((), (), (), fractions([11, 1]), Fraction(0)), {}) == 0


def test_networks_of_another_class_are_refused():
    problem, network, _ = fit_document()
    for other, message in (
        (KinkProblem(problem.points, problem.labels, problem.domain, 1, True), "not of the class: at most 1 kinks"),
        (KinkProblem(problem.points, problem.labels, problem.domain, 2, False), "no affine part"),
        (KinkProblem(problem.points, (problem.labels[0] + 1, *problem.labels[1:]), problem.domain, 2, True), "does not fit point 0"),
    ):
        with pytest.raises(NotCertified, match=message):
            upper_square(other, network, {})
    with pytest.raises(ShapeError, match="takes 1 inputs"):
        upper_square(problem, KinkNetwork((), (), (), fractions([1]), Fraction(0)), {})
