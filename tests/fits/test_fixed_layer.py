"""Best outer weights of a fixed hidden layer: known optima, both sides certified, failing solvers, corrupted certificates."""

from __future__ import annotations

import copy
import json
import sys
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

from theory.certificates.exact.documents import write_certificate
from theory.certificates.exact.exact_data import parse_exact
from theory.certificates.files import check_file
from theory.certificates.fits.fixed_layer_documents import check_fixed_layer
from theory.errors import BadData, HypothesisViolated, LawbookError, NotCertified, ShapeError
from theory.verdict import Status
from verify.fits.functions.mcshane import mcshane_bound
from verify.fits.layers.fixed_layer import certified_contradiction, least_lipsdp, least_norm, least_path_norm
from verify.fits.layers.fixed_lipschitz import least_lipschitz
from verify.fits.programs import cones
from verify.fits.programs.cones import ConeProgram, GenerationOptions, solve_cones
from verify.fits.programs.solver import Answer, SolverMissing
from verify.lipschitz import ball, box, hull, lipschitz_enclosure, path_bound
from verify.lipschitz.piecewise.lipsdp import lipsdp_bound
from verify.lipschitz.piecewise.norms import sign_patterns
from verify.objects.data.dataset import Dataset
from verify.objects.networks.network import as_float

KINDS = {"norm": least_norm, "path": least_path_norm, "lipsdp": least_lipsdp, "lipschitz": least_lipschitz}


def problem(seed, n=6, d=2, k=18):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    y = np.where(np.arange(n) % 2, 1.0, -1.0)
    W, b = rng.standard_normal((k, d)), 2 * rng.standard_normal(k)
    return Dataset(X, y), W, b


def checked(document):
    return check_fixed_layer(json.loads(json.dumps(document)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("affine", [False, True])
@pytest.mark.parametrize("psi", ["relu", "leaky_relu:0.25", "abs"])
def test_both_sides_meet_and_the_network_keeps_what_is_said(kind, affine, psi):
    data, W, b = problem(1)
    found = KINDS[kind](data, W, b, psi, affine=affine)
    assert 0 < found.lower <= found.upper
    assert found.gap < 1e-5
    assert checked(found.certificate).status is Status.CERTIFIED
    network = found.network
    exact = np.array([[Fraction(float(c)) for c in row] for row in data.X], dtype=object)
    assert [Fraction(value) for value in network(exact)] == [Fraction(float(c)) for c in data.y]
    arrays = [as_float(part) for part in (network.W, network.b, network.a, network.v)]
    slope = {"relu": (0.0, 1.0), "leaky_relu:0.25": (0.25, 1.0), "abs": (-1.0, 1.0)}[psi]
    value = {
        "norm": lambda: np.linalg.norm(arrays[2]),
        "path": lambda: path_bound(*arrays[:3]),
        "lipsdp": lambda: lipsdp_bound(*arrays, slopes=slope, tolerance=1e-8).upper,
        "lipschitz": lambda: lipschitz_enclosure(*arrays, slopes=slope).upper,
    }[kind]()
    assert value == pytest.approx(float(found.upper), rel=1e-6)


def test_least_norm_is_the_pseudoinverse_and_its_dual_the_gram_matrix():
    data, W, b = problem(2)
    features = np.maximum(data.X @ W.T + b, 0)
    best = float(np.sqrt(data.y @ np.linalg.solve(features @ features.T, data.y)))
    found = least_norm(data, W, b)
    assert float(found.lower) == pytest.approx(best, rel=1e-9)
    assert float(found.upper) == pytest.approx(best, rel=1e-9)
    lam = np.array([float(parse_exact(c, "")) for c in found.certificate["dual"]["lambda"]])
    exact = np.linalg.solve(features @ features.T, data.y)
    assert lam / np.linalg.norm(lam) == pytest.approx(exact / np.linalg.norm(exact), rel=1e-5)
    assert found.accurate
    assert max(found.residuals.values()) <= 1e-8


def test_least_path_norm_is_the_linear_program():
    data, W, b = problem(3)
    features, lengths = np.maximum(data.X @ W.T + b, 0), np.linalg.norm(W, axis=1)
    solved = linprog(np.concatenate([lengths, lengths]), A_eq=np.hstack([features, -features]), b_eq=data.y)
    found = least_path_norm(data, W, b)
    assert float(found.upper) == pytest.approx(solved.fun, rel=1e-7)


def test_the_measures_are_ordered():
    data, W, b = problem(4)
    lipschitz, lipsdp = least_lipschitz(data, W, b), least_lipsdp(data, W, b)
    path = least_path_norm(data, W, b)
    assert float(mcshane_bound(data.X, data.y).value) <= lipschitz.upper
    assert lipschitz.lower <= lipsdp.upper
    assert lipsdp.lower <= path.upper
    on_ball, on_hull = least_lipschitz(data, W, b, domain=ball(3.0)), least_lipschitz(data, W, b, domain=hull(data.X))
    assert on_hull.lower <= on_ball.upper <= lipschitz.upper * (1 + Fraction(1, 10**5))
    assert on_hull.certificate["domain"]["kind"] == "hull"


def test_constraint_generation_agrees_with_all_patterns_at_once():
    # independent rows: every pattern occurs on R^d, so all of them are constraints
    rng = np.random.default_rng(5)
    n, k = 4, 5
    X, W, b = rng.standard_normal((n, 6)), rng.standard_normal((k, 6)), rng.standard_normal(k) + 3
    data = Dataset(X, [1.0, -1.0, 1.0, 1.0])
    program = ConeProgram(np.append(np.zeros(k), 1.0))
    program.equal(np.column_stack([np.maximum(X @ W.T + b, 0), np.zeros(n)]), data.y)
    for signs in sign_patterns(k):
        A = np.zeros((7, k + 1))
        A[0, k] = 1
        A[1:, :k] = (W * (signs > 0)[:, None]).T
        program.in_second_order_cone(A, np.zeros(7))
    found = least_lipschitz(data, W, b)
    assert float(found.lower) == pytest.approx(solve_cones(program, 10.0).x[-1], rel=1e-6)
    assert found.gap < 1e-5


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("affine", [False, True])
@pytest.mark.parametrize(("size", "label"), [(2.0**-14, 1.0), (2.0**14, 1.0), (1.0, 2.0**-14), (2.0**14, 2.0**-14)])
def test_the_units_of_points_and_labels_cost_no_accuracy(kind, affine, size, label):
    data, W, b = problem(1)
    plain = KINDS[kind](data, W, b, affine=affine)
    found = KINDS[kind](Dataset(size * data.X, label * data.y, real_labels=True), W, size * b, affine=affine)
    assert found.gap < 1e-5
    assert float(found.upper) * size / label == pytest.approx(float(plain.upper), rel=1e-5)


def test_a_tent_by_hand():
    # slope +2, then −2: McShane's bound is attained; the least ‖a‖ with the kink at 1 alone is |−4|
    data = Dataset([[0.0], [1.0], [2.0]], [-1, 1, -1])
    assert float(least_norm(data, [[1.0]], [-1.0], affine=True).upper) == pytest.approx(4)
    assert float(least_path_norm(data, [[2.0]], [-2.0], affine=True).lower) == pytest.approx(4)
    found = least_lipschitz(data, [[1.0]], [-1.0], domain=box([0.0], [2.0]), affine=True)
    assert (float(found.lower), float(found.upper)) == (pytest.approx(2), pytest.approx(2))


def test_constant_labels_cost_nothing_with_an_affine_part():
    data = Dataset([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]], [1, 1, 1])
    W, b = [[1.0, 0.0], [0.0, 1.0]], [0.0, -0.5]
    for minimise in KINDS.values():
        found = minimise(data, W, b, affine=True)
        assert found.lower == 0
        assert found.upper <= 1e-6
        assert checked(found.certificate).status is Status.CERTIFIED


def test_no_fit_is_one_sentence_with_an_exact_contradiction(tmp_path):
    data = Dataset([[1.0], [2.0], [3.0]], [1, -1, 1])
    with pytest.raises(HypothesisViolated, match=r"reads 0 = 1") as caught:
        least_norm(data, [[1.0], [1.0]], [0.0, 5.0])
    assert "\n" not in str(caught.value)
    document = certified_contradiction(data, [[1.0], [1.0]], [0.0, 5.0])
    assert check_file(write_certificate(document, tmp_path / "none.json"))[0][1].status is Status.CERTIFIED
    broken = copy.deepcopy(document)
    broken["dual"]["lambda"][1] = "7"
    assert check_fixed_layer(broken).status is Status.FAILED
    assert certified_contradiction(data, [[1.0], [1.0], [1.0]], [0.0, -1.0, -2.0]) is None


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (([[np.nan, 0.0]], [0.0]), BadData),
        (([[1.0, 0.0, 0.0]], [0.0]), ShapeError),
        (([[1.0, 0.0]], [0.0, 1.0]), ShapeError),
        ((np.zeros((0, 2)), np.zeros(0)), LawbookError),
        (([[1.0, 0.0]], [0.0], "identity"), HypothesisViolated),
        (([[1.0, 0.0]], [0.0], "tanh"), HypothesisViolated),
    ],
)
def test_bad_input_gets_a_sentence(arguments, error):
    data = Dataset([[0.0, 1.0], [1.0, 0.0]], [1, -1])
    for minimise in KINDS.values():
        with pytest.raises(error):
            minimise(data, *arguments)


def test_flat_hulls_and_spheres_are_refused():
    data, W, b = problem(6, n=2, d=3)
    with pytest.raises(BadData, match="flat"):
        least_lipschitz(data, W, b, domain=hull(data.X))
    with pytest.raises(BadData):
        GenerationOptions(tolerance=0.0)


def test_one_point_and_one_dimension():
    found = least_lipschitz(Dataset([[2.0]], [1]), [[1.0], [-1.0]], [0.0, 0.0])
    assert float(found.lower) == pytest.approx(0.5)          # a single ramp through the origin
    assert found.gap < 1e-5


@pytest.mark.parametrize("status", ["MaxTime", "NumericalError", "InsufficientProgress", "PrimalInfeasible", "MaxIterations"])
def test_a_solver_that_stops_otherwise_is_an_error(monkeypatch, status):
    data, W, b = problem(7)
    monkeypatch.setattr(cones, "solve_matrices", lambda q, A, b, *rest: Answer(status, np.zeros(len(q)), np.zeros(len(b))))
    for minimise in KINDS.values():
        with pytest.raises(NotCertified, match="the conic solver") as caught:
            minimise(data, W, b)
        assert "\n" not in str(caught.value)


def test_a_solver_that_claims_an_optimum_it_does_not_have(monkeypatch):
    # zeros called optimal: the lower bound is 0, the network still fits exactly, and nothing is called accurate
    data, W, b = problem(7)
    monkeypatch.setattr(cones, "solve_matrices", lambda q, A, b, *rest: Answer("Solved", np.zeros(len(q)), np.zeros(len(b))))
    for minimise in KINDS.values():
        found = minimise(data, W, b)
        assert not found.accurate
        assert found.lower == 0 < found.upper
        assert checked(found.certificate).status is Status.CERTIFIED


def test_an_inaccurate_answer_gives_a_looser_certified_interval(monkeypatch):
    data, W, b = problem(7)
    exact = least_norm(data, W, b)
    run = cones.solve_matrices

    def disturbed(*arguments):
        found, rng = run(*arguments), np.random.default_rng(0)
        return Answer("AlmostSolved", found.x + 1e-3 * rng.standard_normal(len(found.x)),
                      found.z + 1e-3 * rng.standard_normal(len(found.z)))

    monkeypatch.setattr(cones, "solve_matrices", disturbed)
    found = least_norm(data, W, b)
    assert "inaccurate" in found.reason
    assert found.lower < exact.upper
    assert exact.lower < found.upper
    assert exact.gap < found.gap < 0.5


def test_a_missing_solver_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "clarabel", None)
    data, W, b = problem(7)
    with pytest.raises(SolverMissing, match="run pip install clarabel"):
        least_path_norm(data, W, b)


def test_recomputed_violations_of_a_program_with_known_solutions():
    # min t with ‖(3, 4)‖ ≤ t: t = 5, and the dual of the cone is (1, −3/5, −4/5)
    program = ConeProgram(np.array([1.0]))
    program.in_second_order_cone(np.array([[1.0], [0.0], [0.0]]), np.array([0.0, 3.0, 4.0]))
    found = solve_cones(program, 10.0)
    assert found.x == pytest.approx([5.0], abs=1e-6)
    assert found.z == pytest.approx([1.0, -0.6, -0.8], abs=1e-6)
    # min t with [[t, 1], [1, t]] ⪰ 0: t = 1
    program = ConeProgram(np.array([1.0]))
    program.positive_semidefinite(2, np.array([[1.0], [0.0], [1.0]]), np.array([0.0, np.sqrt(2.0), 0.0]))
    found = solve_cones(program, 10.0)
    assert found.x == pytest.approx([1.0], abs=1e-6)
    assert found.accurate


def test_an_interruption_keeps_what_is_certified():
    data, W, b = problem(8, n=8, d=3)

    def stop(rounds, lower, upper):
        if rounds == 2:
            raise KeyboardInterrupt

    found = least_lipschitz(data, W, b, progress=stop)
    assert (found.reason, found.rounds) == ("interrupted", 2)
    assert checked(found.certificate).status is Status.CERTIFIED
    short = least_lipschitz(data, W, b, options=GenerationOptions(rounds=1))
    assert short.rounds == 1
    assert short.lower <= short.upper


def test_the_same_seed_gives_the_same_bytes():
    data, W, b = problem(9)
    first, second = (json.dumps(least_lipschitz(data, W, b, domain=ball(2.0)).certificate) for _ in range(2))
    assert first == second


def numbers(document, path=()):
    """The paths of all exact numbers that prove something."""
    if isinstance(document, dict):
        for key, entry in document.items():
            if path or key in ("layer", "data", "lower", "value", "dual", "network", "domain"):
                yield from numbers(entry, (*path, key))
    elif isinstance(document, list):
        for index, entry in enumerate(document):
            yield from numbers(entry, (*path, index))
    elif isinstance(document, str) and path[-1] not in ("sha256", "kind"):
        yield path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("affine", [False, True])
def test_no_corrupted_number_of_what_must_be_exact_passes(kind, affine, tmp_path):
    data, W, b = problem(10, n=4, k=8)
    found = KINDS[kind](data, W, b + 1, affine=affine)
    path = write_certificate(found.certificate, tmp_path / "fit.json")
    assert [verdict.status for _, verdict in check_file(path)] == [Status.CERTIFIED]
    tight = ("lower", "value", "layer", "data", "theta", "lambda", "u")
    tried = 0
    for place in numbers(found.certificate):
        broken = copy.deepcopy(found.certificate)
        entry = broken
        for key in place[:-1]:
            entry = entry[key]
        value = parse_exact(entry[place[-1]], "")
        changed = value * Fraction(11, 10) + Fraction(1, 7) if place[0] != "value" else value * Fraction(9, 10)
        entry[place[-1]] = str(changed)
        try:
            verdict = check_fixed_layer(broken)
        except LawbookError:
            continue
        if any(name in place for name in tight):
            # a zero weight in a sum may stay harmless only where its feature vanishes: then the equations still hold
            assert verdict.status is Status.FAILED or _harmless(found, place), place
            tried += 1
    assert tried > 20


def _harmless(found, place):
    """A change that leaves every statement true: λ_i or θ_j whose features vanish on the data, or a number that only loosens nothing."""
    if "theta" in place and isinstance(place[-1], int):
        data, layer = found.certificate["data"], found.certificate["layer"]
        j = place[-1]
        if j < len(layer["b"]):
            w, bias = [parse_exact(c, "") for c in layer["W"][j]], parse_exact(layer["b"][j], "")
            return all(sum(p * parse_exact(c, "") for p, c in zip(w, x, strict=True)) + bias <= 0 for x in data["X"])
    return False


def test_claims_that_are_false_do_not_pass():
    data, W, b = problem(11)
    found = least_lipschitz(data, W, b, domain=ball(3.0))
    document = found.certificate
    assert check_fixed_layer({**document, "lower": str(found.upper * 2)}).status is Status.FAILED
    assert check_fixed_layer({**document, "value": str(found.lower / 2)}).status is Status.FAILED
    outside = copy.deepcopy(document)
    outside["dual"]["patterns"][0]["witness"] = ["100", "100"]
    assert check_fixed_layer(outside).status is Status.FAILED
    other = copy.deepcopy(document)
    other["layer"]["affine"] = True
    assert check_fixed_layer(other).status is Status.FAILED
    with pytest.raises(BadData):
        check_fixed_layer({**document, "domain": None})
    with pytest.raises(BadData):
        check_fixed_layer({**document, "claim": "fixed.norm"})
