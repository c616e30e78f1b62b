"""The least path norm of any width: the total variation on the line, brute force in the plane, enumerations, corrupted certificates."""

from __future__ import annotations

import copy
import itertools
import json
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq

from theory.certificates.exact.documents import write_certificate
from theory.certificates.exact.exact_data import parse_exact
from theory.certificates.files import check_file
from theory.certificates.lipschitz.path_norm import arrangement_upper, check_path_norm
from theory.errors import BadData, LawbookError, NotCertified
from theory.verdict import Status
from verify.fits.layers.fixed_layer import least_path_norm
from verify.fits.layers.infinite_width import least_path_norm_of_any_width
from verify.fits.layers.sign_tree import sign_tree
from verify.fits.programs import cones
from verify.fits.programs.cones import GenerationOptions
from verify.fits.programs.solver import Answer
from verify.lipschitz import GLOBAL, lipschitz_enclosure
from verify.objects.data.dataset import Dataset
from verify.objects.networks.network import as_float

CLASSES = list(itertools.product(("free", "inside"), (True, False)))


def problem(seed, n, d):
    rng = np.random.default_rng(seed)
    return Dataset(rng.standard_normal((n, d)), np.where(np.arange(n) % 2, 1.0, -1.0))


def checked(document):
    return check_path_norm(json.loads(json.dumps(document)))


@pytest.mark.parametrize("n", [3, 5, 8])
def test_on_the_line_it_is_the_total_variation_of_the_slopes(n):
    data = problem(n, n, 1)
    order = np.argsort(data.X[:, 0])
    slopes = np.diff(data.y[order]) / np.diff(data.X[order, 0])
    variation = float(np.abs(np.diff(slopes)).sum())
    found = least_path_norm_of_any_width(data)
    assert float(found.lower) == pytest.approx(variation, rel=1e-6)
    assert float(found.upper) == pytest.approx(variation, rel=1e-6)
    assert found.complete
    # without the affine part the two ends count as well (Savarese et al.): never less than the variation
    assert least_path_norm_of_any_width(data, affine=False).upper >= found.lower


def test_a_line_costs_its_slope_without_an_affine_part_and_nothing_with_one():
    data = Dataset([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]], [0, 1, 2], real_labels=True)
    assert least_path_norm_of_any_width(data).upper == 0
    found = least_path_norm_of_any_width(data, affine=False)
    assert (float(found.lower), float(found.upper)) == (pytest.approx(0.2), pytest.approx(0.2))


def test_a_constant_costs_nothing_only_where_biases_are_free():
    data = Dataset([[1.0], [2.0]], [1, 1])
    assert least_path_norm_of_any_width(data, affine=False).upper == 0
    # with the bias inside: a·ReLU(w·x+b) is 1 at both points for w = 0, b = 1, of norm 1; nothing is cheaper by λ = (1, 0)/F…
    found = least_path_norm_of_any_width(data, bias="inside", affine=False)
    assert found.gap < 1e-6
    assert Fraction(1, 2) < found.lower <= found.upper <= 1


@pytest.mark.parametrize(("bias", "affine"), CLASSES)
@pytest.mark.parametrize("size", [(6, 2), (7, 3)])
def test_both_sides_meet_in_every_class(bias, affine, size):
    data = problem(1, *size)
    found = least_path_norm_of_any_width(data, bias=bias, affine=affine)
    assert found.gap < 1e-5
    assert found.complete
    assert checked(found.certificate).status is Status.CERTIFIED
    exact = np.array([[Fraction(float(c)) for c in row] for row in data.X], dtype=object)
    assert [Fraction(value) for value in found.network(exact)] == [Fraction(float(c)) for c in data.y]


@pytest.mark.parametrize("affine", [False, True])
@pytest.mark.parametrize(("size", "label"), [(2.0**-14, 2.0**-14), (2.0**14, 1.0), (2.0**14, 2.0**-14), (1.0, 2.0**-14)])
def test_the_units_of_points_and_labels_cost_no_accuracy(affine, size, label):
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((5, 2)), np.where(np.arange(5) % 2, 1.0, -1.0)
    plain = least_path_norm_of_any_width(Dataset(X, y), affine=affine)
    found = least_path_norm_of_any_width(Dataset(size * X, label * y, real_labels=True), affine=affine)
    assert found.gap < 1e-6
    assert float(found.upper) * size / label == pytest.approx(float(plain.upper), rel=1e-6)


def test_no_network_that_fits_is_below_the_lower_bound():
    data = problem(2, 6, 2)
    classes = {key: least_path_norm_of_any_width(data, bias=key[0], affine=key[1]) for key in CLASSES}
    assert classes["free", True].lower <= classes["free", False].upper
    assert classes["free", True].lower <= classes["inside", True].upper
    assert classes["free", False].lower <= classes["inside", False].upper
    rng = np.random.default_rng(0)
    best = np.inf
    for _ in range(5):
        W, b = rng.standard_normal((150, 2)), rng.standard_normal(150)
        best = min(best, float(least_path_norm(data, W, b, affine=True).upper))
    assert float(classes["free", True].lower) <= best <= 1.2 * float(classes["free", True].upper)


def test_it_bounds_the_lipschitz_constant_of_its_network_from_above_not_that_of_fits_from_below():
    data = problem(3, 6, 2)
    found = least_path_norm_of_any_width(data, affine=False)
    arrays = [as_float(part) for part in (found.network.W, found.network.b, found.network.a, found.network.v)]
    assert lipschitz_enclosure(*arrays, domain=GLOBAL).upper <= float(found.upper) * (1 + 1e-9)


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_trees_enclose_the_maximum(d):
    rng = np.random.default_rng(d)
    rows, g = rng.integers(-3, 4, (7, d)), rng.integers(-4, 5, 7).astype(float)
    exact = [[fmpq(int(c)) for c in row] for row in rows]
    tree = sign_tree(exact, g, rng, 0.0, 5000, float("inf"))
    upper = float(arrangement_upper(exact, [fmpq(int(c)) for c in g], tree.nodes))
    U = rng.standard_normal((20000, d))
    U /= np.linalg.norm(U, axis=1, keepdims=True)
    sampled = float((np.maximum(U @ rows.T, 0) @ g).max())
    assert sampled <= upper + 1e-12
    assert tree.value <= upper
    assert upper == pytest.approx(max(tree.value, 0.0), abs=1e-6)
    assert tree.complete


def test_trees_cut_short_are_valid_and_looser():
    rng = np.random.default_rng(0)
    rows, g = rng.standard_normal((10, 3)), rng.standard_normal(10)
    exact = [[fmpq(*float(c).as_integer_ratio()) for c in row] for row in rows]
    weights = [fmpq(*float(c).as_integer_ratio()) for c in g]
    bounds = []
    for most in (1, 20, 5000):
        tree = sign_tree(exact, g, np.random.default_rng(1), 0.0, most, float("inf"))
        bounds.append(arrangement_upper(exact, weights, tree.nodes))
    assert bounds[0] >= bounds[1] >= bounds[2] > 0
    assert bounds[0] > bounds[2]
    data = problem(4, 7, 2)
    short = least_path_norm_of_any_width(data, options=GenerationOptions(nodes=1))
    full = least_path_norm_of_any_width(data)
    assert not short.complete
    assert short.lower <= full.upper
    assert checked(short.certificate).status is Status.CERTIFIED


def test_false_trees_are_refused():
    rows, g = [[fmpq(1), fmpq(0)], [fmpq(0), fmpq(1)]], [fmpq(3), fmpq(4)]
    bound = {"bound": []}
    whole = [{"branch": 0}, {"branch": 1}, bound, bound, {"branch": 1}, bound, bound]
    assert arrangement_upper(rows, g, whole) == 5
    wrong = [
        whole[:-1],
        [*whole, bound],
        [{"branch": 0}, {"branch": 0}, bound, bound, bound],
        [{"branch": 0}, {"refuted": [0]}, bound],
        [{"branch": 0}, {"branch": 1}, {"refuted": [0, 1]}, bound, {"branch": 1}, bound, bound],
        [{"branch": 0}, {"refuted": [0, 0]}, bound],
        [{"branch": 0}, {"refuted": [1]}, bound],
        [{"bound": ["1"]}],
    ]
    for tree in wrong:
        with pytest.raises(NotCertified):
            arrangement_upper(rows, g, tree)
    with pytest.raises(NotCertified):
        arrangement_upper([[fmpq(1)], [fmpq(1)]], [fmpq(1), fmpq(-1)], [{"bound": ["2"]}])
    # opposite rows contradict one another with equal signs
    assert arrangement_upper([[fmpq(1)], [fmpq(-2)]], [fmpq(1), fmpq(1)],
                             [{"branch": 0}, {"branch": 1}, {"refuted": [0, 1]}, bound, {"branch": 1}, bound, {"refuted": [0, 1]}]) == 2


def test_points_on_a_line_and_repeated_points():
    X = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [2.0, 2.0], [4.0, 4.0]])
    found = least_path_norm_of_any_width(Dataset(X, [1, -1, 1, 1, -1]))
    slopes = np.array([-2, 2, -1]) / np.sqrt(2)
    assert float(found.lower) == pytest.approx(np.abs(np.diff(slopes)).sum(), rel=1e-5)
    assert found.gap < 1e-4


def test_one_point():
    for bias, affine in CLASSES:
        found = least_path_norm_of_any_width(Dataset([[2.0]], [1]), bias=bias, affine=affine)
        expected = 0.0 if affine or bias == "free" else 1 / np.sqrt(5)
        assert float(found.upper) == pytest.approx(expected, abs=1e-8)
        assert found.lower <= found.upper


def test_bad_input_gets_a_sentence():
    with pytest.raises(BadData, match="bias"):
        least_path_norm_of_any_width(problem(0, 3, 1), bias="none")
    with pytest.raises(BadData):
        GenerationOptions(seconds=0.0)
    with pytest.raises(BadData):
        least_path_norm_of_any_width(Dataset([[np.nan]], [1]))


@pytest.mark.parametrize("status", ["MaxTime", "NumericalError", "PrimalInfeasible"])
def test_a_solver_that_stops_otherwise_is_an_error(monkeypatch, status):
    monkeypatch.setattr(cones, "solve_matrices", lambda q, A, b, *rest: Answer(status, np.zeros(len(q)), np.zeros(len(b))))
    with pytest.raises(NotCertified, match="the conic solver"):
        least_path_norm_of_any_width(problem(5, 5, 2))


def test_a_solver_that_claims_an_optimum_it_does_not_have(monkeypatch):
    monkeypatch.setattr(cones, "solve_matrices", lambda q, A, b, *rest: Answer("Solved", np.zeros(len(q)), np.zeros(len(b))))
    data = problem(5, 5, 2)
    found = least_path_norm_of_any_width(data)
    assert found.lower == 0 < found.upper
    assert checked(found.certificate).status is Status.CERTIFIED


def test_an_interruption_keeps_what_is_certified_and_equal_seeds_give_equal_bytes():
    data = problem(6, 8, 2)

    def stop(rounds, lower, upper):
        raise KeyboardInterrupt

    found = least_path_norm_of_any_width(data, progress=stop)
    assert found.reason == "interrupted"
    assert checked(found.certificate).status is Status.CERTIFIED
    first, second = (json.dumps(least_path_norm_of_any_width(data).certificate) for _ in range(2))
    assert first == second


def numbers(document, path=()):
    if isinstance(document, dict):
        for key, entry in document.items():
            if path or key in ("data", "lower", "value", "dual", "network"):
                yield from numbers(entry, (*path, key))
    elif isinstance(document, list):
        for index, entry in enumerate(document):
            yield from numbers(entry, (*path, index))
    elif isinstance(document, str | int) and path[-1] != "sha256":
        yield path


@pytest.mark.parametrize(("bias", "affine"), CLASSES)
def test_no_corrupted_number_passes(bias, affine, tmp_path):
    found = least_path_norm_of_any_width(problem(7, 5, 2), bias=bias, affine=affine)
    document = found.certificate
    assert [verdict.status for _, verdict in check_file(write_certificate(document, tmp_path / "path.json"))] == [Status.CERTIFIED]
    survivors, tried = [], 0
    for place in numbers(document):
        broken = copy.deepcopy(document)
        entry = broken
        for key in place[:-1]:
            entry = entry[key]
        if isinstance(entry[place[-1]], int):
            entry[place[-1]] = entry[place[-1]] + 1
        else:
            value = parse_exact(entry[place[-1]], "")
            step = Fraction(1, 7) + abs(value) / 10
            entry[place[-1]] = str(value - step if place[0] == "value" else value + step)
        tried += 1
        try:
            if check_path_norm(broken).status is not Status.FAILED:
                survivors.append(place)
        except LawbookError:
            continue
    # what survives proves the same bound: slopes of leaves that are not the largest, branches in another order
    assert tried > 40
    assert all(place[:2] == ("dual", "trees") for place in survivors), survivors


def test_false_claims_do_not_pass():
    found = least_path_norm_of_any_width(problem(8, 5, 2))
    document = found.certificate
    assert check_path_norm({**document, "lower": str(found.upper * 2)}).status is Status.FAILED
    assert check_path_norm({**document, "value": str(found.lower / 2)}).status is Status.FAILED
    with pytest.raises(BadData):
        check_path_norm({**document, "class": {"bias": "inside", "affine": True}})
    free = least_path_norm_of_any_width(problem(8, 5, 2), affine=False)
    twin = {**free.certificate, "class": document["class"], "statement": document["statement"]}
    assert check_path_norm(twin).status is Status.FAILED
