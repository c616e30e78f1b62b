"""Trained fits: exact, certified, sorted, deterministic, and never below what is known to be the least constant."""

from __future__ import annotations

import json
import sys
from fractions import Fraction

import numpy as np
import pytest

from theory.certificates.exact.documents import write_certificate
from theory.certificates.files import check_file
from theory.certificates.lipschitz.branch_tree import check_tree_certificate
from theory.errors import BadData, LawbookError
from theory.verdict import Status
from verify.fits.functions.mcshane import mcshane_bound
from verify.fits.layers.trained import TrainedOptions, trained_fits
from verify.fits.programs import cones
from verify.fits.programs.solver import Answer, SolverMissing
from verify.lipschitz import GLOBAL, ball, box, hull, lipschitz_enclosure, sphere
from verify.objects.data.dataset import Dataset
from verify.objects.networks.network import as_float

FEW = TrainedOptions(starts=6)


def circle(labels):
    t = 2 * np.pi * np.arange(len(labels)) / len(labels)
    return Dataset(np.column_stack([np.cos(t), np.sin(t)]), labels)


def ball_points(seed, n, d):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    return Dataset(X / np.linalg.norm(X, axis=1)[:, None], np.where(np.arange(n) % 2, 1.0, -1.0))


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("domain", ["hull", "ball"])
def test_candidates_fit_exactly_and_their_constants_are_certified(affine, domain, tmp_path):
    data = ball_points(3, 6, 3)
    found = trained_fits(data, 3, hull(data.X) if domain == "hull" else ball(1.0), affine=affine, options=FEW)
    assert found
    assert [c.upper for c in found] == sorted(c.upper for c in found)
    floor = mcshane_bound(data.X, data.y).value
    exact = np.array([[Fraction(float(c)) for c in row] for row in data.X], dtype=object)
    for candidate in found:
        assert [Fraction(value) for value in candidate.network(exact)] == [Fraction(float(c)) for c in data.y]
        assert floor <= candidate.upper
        assert candidate.lower <= candidate.upper
        assert len(candidate.signs) == 3
        assert check_tree_certificate(json.loads(json.dumps(candidate.certificate))).status is Status.CERTIFIED
        if not affine:
            assert not any(candidate.weights.v)
            assert candidate.weights.c == 0
    best = found[0]
    arrays = [as_float(part) for part in (best.network.W, best.network.b, best.network.a, best.network.v)]
    measured = lipschitz_enclosure(*arrays, domain=hull(data.X) if domain == "hull" else ball(1.0))
    assert measured.lower <= float(best.upper) * (1 + 1e-9)
    assert check_file(write_certificate(best.certificate, tmp_path / "fit.json"))[0][1].status is Status.CERTIFIED
    low = {**best.certificate, "value": str(best.lower * Fraction(9, 10))}
    assert check_tree_certificate(low).status is Status.FAILED


def test_known_optima_are_reached():
    tent = Dataset([[-1.0], [0.0], [1.0]], [1, -1, 1])
    assert float(trained_fits(tent, 1, box([-1.0], [1.0]), options=FEW)[0].upper) == pytest.approx(2)
    zigzag = Dataset([[0.0], [1.0], [2.0], [3.0]], [1, -1, 1, -1])
    assert float(trained_fits(zigzag, 2, box([0.0], [3.0]), options=TrainedOptions(starts=12))[0].upper) == pytest.approx(2)
    # two adjacent points of a square against the others: an affine function
    square = Dataset([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [-1, -1, 1, 1])
    assert float(trained_fits(square, 1, hull(square.X), options=FEW)[0].upper) == pytest.approx(2)
    # exclusive or: |x₁ + x₂ − 1| has the slope √2, and the labels ±1 need 2√2 on the diagonals, so 2·√2
    xor = Dataset(square.X, [1, -1, -1, 1])
    assert float(trained_fits(xor, 1, hull(xor.X), options=TrainedOptions(starts=12))[0].upper) == pytest.approx(2 * np.sqrt(2))


def test_too_few_kinks_give_no_candidate_and_claim_nothing():
    assert trained_fits(circle([1, -1, 1, -1, 1, -1]), 1, ball(1.0), options=FEW) == []


def test_the_same_seed_gives_the_same_bytes_and_more_starts_only_add():
    data = ball_points(5, 6, 2)
    first, second = ([c.certificate for c in trained_fits(data, 2, ball(1.0), options=TrainedOptions(starts=4, seed=3))] for _ in range(2))
    assert json.dumps(first) == json.dumps(second)
    more = trained_fits(data, 2, ball(1.0), options=TrainedOptions(starts=6, seed=3))
    assert {json.dumps(c) for c in first} <= {json.dumps(c.certificate) for c in more}


def test_an_interruption_keeps_the_candidates_found():
    data = ball_points(3, 6, 3)
    seen = []

    def stop(starts, best):
        seen.append(best)
        if len(seen) == 2:
            raise KeyboardInterrupt

    found = trained_fits(data, 3, ball(1.0), options=FEW, progress=stop)
    assert len(found) >= 1
    assert float(found[0].upper) == pytest.approx(seen[-1])


def test_a_failing_solver_gives_no_candidate(monkeypatch):
    monkeypatch.setattr(cones, "solve_matrices", lambda *arguments: Answer("NumericalError", np.zeros(1), np.zeros(1)))
    assert trained_fits(ball_points(3, 6, 3), 3, ball(1.0), options=FEW) == []


def test_a_missing_solver_is_a_sentence_and_not_an_empty_list(monkeypatch):
    monkeypatch.setitem(sys.modules, "clarabel", None)
    with pytest.raises(SolverMissing, match="run pip install clarabel"):
        trained_fits(ball_points(3, 6, 3), 3, ball(1.0), options=FEW)


def test_bad_input_gets_a_sentence():
    data = ball_points(1, 4, 3)
    for wrong in (GLOBAL, sphere(1.0), hull(data.X[:3])):
        with pytest.raises(BadData):
            trained_fits(data, 2, wrong, options=FEW)
    with pytest.raises(LawbookError):
        trained_fits(data, 2, ball(1.0, (0.0,)), options=FEW)
    with pytest.raises(LawbookError):
        trained_fits(data, 0, ball(1.0), options=FEW)
    with pytest.raises(BadData):
        TrainedOptions(decay=float("nan"))
