"""The search for the least Lipschitz constant with k kinks: known optima, infeasible classes, solver failures, interruptions, resuming."""

from __future__ import annotations

import sqlite3
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from theory.certificates.fits.kink_interval import check_interval
from theory.certificates.fits.kink_problem import FitDomain
from theory.errors import BadData, ShapeError
from theory.verdict import Status
from verify.fits.kinks import program
from verify.fits.kinks.fit import FitBudget, FitStart, KinkFit, fit_kinks
from verify.fits.kinks.problem import fit_domain
from verify.fits.programs.solver import Answer, SolverMissing
from verify.objects.networks import Network

SQUARE = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
XOR = np.array([1.0, 1.0, -1.0, -1.0])
HEXAGON = np.array([[np.cos(t), np.sin(t)] for t in 2 * np.pi * np.arange(6) / 6])
ALTERNATING = np.array([1.0, -1.0] * 3)


def sphere(n: int, d: int, seed: int) -> tuple[Any, Any]:
    """Unit points and labels ±1, both of them occurring."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    y = np.where(rng.random(n) < 0.5, -1.0, 1.0)
    y[0], y[1] = 1.0, -1.0
    return X / np.linalg.norm(X, axis=1, keepdims=True), y


def checked(found: KinkFit) -> KinkFit:
    """The certificate proves what is reported, and the network fits exactly."""
    verdict = check_interval(found.certificate)
    assert verdict.status is Status.CERTIFIED, verdict.reason
    lower, upper = verdict.evidence["lower"], verdict.evidence["upper"]
    assert (None if lower == "infeasible" else Fraction(lower)) == found.lower
    assert (None if upper is None else Fraction(upper)) == found.upper
    if found.network is not None:
        exact = np.array([[Fraction(float(c)) for c in row] for row in found.problem.points], dtype=object)
        assert list(found.network(exact)) == list(found.problem.labels)
    return found


@pytest.mark.parametrize(("X", "y", "k", "domain", "value"), [
    (SQUARE, XOR, 1, "hull", 2 * 2**0.5),         # one kink: both diagonals cannot be flat
    (SQUARE, XOR, 2, "hull", 2.0), (SQUARE, XOR, 2, "ball", 2.0), (SQUARE, XOR, 2, "box", 2.0),
    (HEXAGON, ALTERNATING, 2, "hull", 4.0),
    (np.arange(5.0)[:, None], [1, -1, 1, -1, 1], 3, "hull", 2.0),
    ([[0.0], [1.0], [3.0]], [0, 1, 2], 1, "hull", 1.0),
    ([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [0, 1, 2, 3], 0, "hull", 5**0.5),
    ([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]], [1, -1, 1], 1, "hull", 2**0.5),      # a flat hull
    (SQUARE, [3, 3, 3, 3], 1, "hull", 0.0),
])  # fmt: skip
def test_known_optima(X: Any, y: Any, k: int, domain: str, value: float) -> None:
    found = checked(fit_kinks(X, y, k, domain=domain))
    assert found.is_closed and found.lower is not None and found.upper is not None and found.gap is not None
    # the ends are proved and the gap is 1e-3; the value is known in closed form, up to the rounding of the points
    assert float(found.lower) <= value * (1 + 1e-9) and float(found.upper) >= value * (1 - 1e-9)
    assert found.gap <= 1e-3


@pytest.mark.parametrize(("X", "y", "k"), [
    (SQUARE, XOR, 0), (HEXAGON, ALTERNATING, 1), (np.arange(5.0)[:, None], [1, -1, 1, -1, 1], 2),
])
def test_an_infeasible_class_has_an_exact_contradiction_in_every_leaf(X: Any, y: Any, k: int) -> None:
    found = checked(fit_kinks(X, y, k))
    assert found.is_infeasible and found.is_closed and found.network is None and found.gap is None


def test_finite_width_costs_something_on_the_sphere() -> None:
    X, y = sphere(8, 3, 5)
    found = checked(fit_kinks(X, y, 2, budget=FitBudget(gap=1e-2)))
    assert found.is_closed and found.lower is not None and found.lower >= found.mcshane


@pytest.mark.parametrize("k", [2, 3])
def test_without_affine_part(k: int) -> None:
    X, y = np.arange(3.0)[:, None], [1, -1, 1]
    found = checked(fit_kinks(X, y, k, affine=False))
    assert found.lower is not None and found.lower >= 2
    if k == 3:                                     # three neurons are enough on three points of a line
        assert found.is_closed and found.network is not None and not found.network.has_affine_part


def test_without_affine_part_equal_labels_take_one_neuron() -> None:
    found = checked(fit_kinks(SQUARE, [-2, -2, -2, -2], 1, affine=False))
    assert found.upper == 0 == found.lower


def test_more_kinks_never_cost_more() -> None:
    X, y = sphere(6, 2, 1)
    values = [checked(fit_kinks(X, y, k, budget=FitBudget(gap=1e-2, nodes=200))) for k in (1, 2, 3)]
    uppers = [float("inf") if found.upper is None else float(found.upper) for found in values]
    lowers = [float("inf") if found.lower is None else float(found.lower) for found in values]
    assert all(lowers[j + 1] <= uppers[j] for j in range(2))


def test_the_same_seed_gives_the_same_certificate() -> None:
    first, second = (fit_kinks(SQUARE, XOR, 2, budget=FitBudget(seed=7)) for _ in range(2))
    assert first.certificate == second.certificate


def test_scaling_and_shifting_the_data_scales_the_interval() -> None:
    found = checked(fit_kinks(SQUARE * 1024 + 3, XOR * 0.5, 1))
    assert found.lower is not None and float(found.lower) == pytest.approx(2**0.5 / 1024, rel=1e-3)


# --- the solver is trusted with nothing -------------------------------------------------------------------------------

@pytest.mark.parametrize("status", [
    "InsufficientProgress", "MaxTime", "NumericalError", "AlmostSolved", "AlmostPrimalInfeasible", "Unsolved",
])
def test_every_status_is_only_a_hint(monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    real = program.solve_cones
    rng = np.random.default_rng(0)

    def noisy(*args: Any) -> Answer:
        answer = real(*args)
        return Answer(status, answer.x, answer.z * (1 + 0.3 * rng.standard_normal(len(answer.z))))

    monkeypatch.setattr(program, "solve_cones", noisy)
    found = checked(fit_kinks(SQUARE, XOR, 1, budget=FitBudget(nodes=60)))
    # the optimum is 2√2: a wrong dual makes a weaker bound, never a false one
    assert found.lower is not None and float(found.lower) <= 2 * 2**0.5 * (1 + 1e-9)
    assert found.upper is None or float(found.upper) >= 2 * 2**0.5 * (1 - 1e-9)


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0])
def test_a_solver_that_returns_rubbish_costs_the_bound_not_the_truth(monkeypatch: pytest.MonkeyPatch, value: float) -> None:
    real = program.solve_cones

    def rubbish(*args: Any) -> Answer:
        answer = real(*args)
        return Answer("Solved", np.full_like(answer.x, value), np.full_like(answer.z, value))

    monkeypatch.setattr(program, "solve_cones", rubbish)
    found = checked(fit_kinks(SQUARE, XOR, 1, budget=FitBudget(nodes=40)))
    assert found.lower == 2 and found.upper is None          # McShane: |1 − (−1)|/1
    assert not found.is_closed


def test_a_feasible_class_called_infeasible_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    real = program.solve_cones

    def lying(*args: Any) -> Answer:
        answer = real(*args)
        return Answer("PrimalInfeasible", answer.x, answer.z)

    monkeypatch.setattr(program, "solve_cones", lying)
    found = checked(fit_kinks(SQUARE, XOR, 1, budget=FitBudget(nodes=60)))
    assert not found.is_infeasible and found.lower is not None and float(found.lower) <= 2 * 2**0.5 * (1 + 1e-9)


def test_a_missing_solver_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "clarabel":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SolverMissing, match="pip install clarabel"):
        fit_kinks(SQUARE, XOR, 1)


# --- time, interruptions, state ---------------------------------------------------------------------------------------

def test_kinks_that_nearly_coincide_are_cut_off_by_facets() -> None:
    """Witnesses alone leave this interval open for ever: two kinks of opposite sign hide a thin steep wedge between any of them."""
    rng = np.random.default_rng(0)
    for n, count in ((6, 4), (8, 6)):
        for _ in range(count):
            X = rng.standard_normal((n, 2 if n == 6 else 3))
            y = np.sign(rng.standard_normal(n))
            while abs(y.sum()) == n:
                y = np.sign(rng.standard_normal(n))
    found = checked(fit_kinks(X / np.linalg.norm(X, axis=1, keepdims=True), y, 2, budget=FitBudget(gap=2e-2, seconds=3600.0, nodes=4000)))
    assert found.is_closed and found.lower is not None and found.lower > found.mcshane * Fraction(102, 100)


def test_no_time_leaves_a_certified_interval() -> None:
    found = checked(fit_kinks(HEXAGON, ALTERNATING, 2, budget=FitBudget(seconds=0.0)))
    assert found.lower is not None and float(found.lower) == pytest.approx(2.0) and not found.is_closed


@pytest.mark.parametrize("after", [1, 10, 60, 200])
def test_an_interruption_loses_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, after: int) -> None:
    real, calls = program.Program.solve, [0]

    def interrupting(self: Any, *args: Any) -> Any:
        calls[0] += 1
        if calls[0] == after:
            raise KeyboardInterrupt
        return real(self, *args)

    monkeypatch.setattr(program.Program, "solve", interrupting)
    state = tmp_path / "fit.state"
    cut = checked(fit_kinks(SQUARE, XOR, 2, start=FitStart(state=state), budget=FitBudget(gap=1e-5)))
    assert cut.interrupted == (calls[0] >= after)
    again = checked(fit_kinks(SQUARE, XOR, 2, start=FitStart(state=state, resume=True), budget=FitBudget(gap=1e-5)))
    assert again.lower is not None and cut.lower is not None and again.lower >= cut.lower
    assert cut.upper is None or (again.upper is not None and again.upper <= cut.upper)
    assert again.is_closed and not again.interrupted


def test_a_resumed_search_goes_on_where_it_stopped(tmp_path: Path) -> None:
    state = tmp_path / "fit.state"
    first = fit_kinks(HEXAGON, ALTERNATING, 2, start=FitStart(state=state), budget=FitBudget(nodes=150))
    second = checked(fit_kinks(HEXAGON, ALTERNATING, 2, start=FitStart(state=state, resume=True)))
    whole = checked(fit_kinks(HEXAGON, ALTERNATING, 2))
    assert not first.is_closed and second.is_closed and second.nodes <= whole.nodes * 2
    third = checked(fit_kinks(HEXAGON, ALTERNATING, 2, start=FitStart(state=state, resume=True)))
    assert third.nodes == second.nodes and third.lower == second.lower and third.upper == second.upper


def test_a_state_of_other_data_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "fit.state"
    fit_kinks(SQUARE, XOR, 1, start=FitStart(state=state))
    for other in ({"X": SQUARE * 2, "kinks": 1}, {"X": SQUARE, "kinks": 2}, {"X": SQUARE, "kinks": 1, "domain": "box"}):
        with pytest.raises(BadData, match="about other data, another domain or another class"):
            fit_kinks(y=XOR, start=FitStart(state=state, resume=True), **other)


@pytest.mark.parametrize("change", [
    "UPDATE branched SET anchor = 99", "UPDATE branched SET bounds = '[1.0]' WHERE node = (SELECT MAX(node) FROM branched)",
    "UPDATE branched SET bounds = 'x'", "UPDATE branched SET anchor = (SELECT MIN(anchor) FROM branched)",
    """UPDATE meta SET value = '{"signs": 1}' WHERE name = 'network'""",
    """UPDATE meta SET value = '{"signs": [], "W": [], "b": [], "v": ["1"], "c": "0"}' WHERE name = 'network'""",
])  # fmt: skip
def test_a_damaged_state_is_refused(tmp_path: Path, change: str) -> None:
    state = tmp_path / "fit.state"
    fit_kinks(HEXAGON, ALTERNATING, 2, start=FitStart(state=state), budget=FitBudget(nodes=150))
    with sqlite3.connect(state) as connection:
        connection.execute(change)
    connection.close()
    with pytest.raises(BadData, match="damaged"):
        fit_kinks(HEXAGON, ALTERNATING, 2, start=FitStart(state=state, resume=True))


def test_inflated_bounds_in_a_state_prove_nothing(tmp_path: Path) -> None:
    state = tmp_path / "fit.state"
    fit_kinks(SQUARE, XOR, 1, start=FitStart(state=state), budget=FitBudget(nodes=12))
    with sqlite3.connect(state) as connection:
        rows = connection.execute("SELECT node, bounds FROM branched").fetchall()
        connection.executemany("UPDATE branched SET bounds = ? WHERE node = ?",
                               [("[" + ", ".join(["1e9"] * (text.count(",") + 1)) + "]", node) for node, text in rows])
    connection.close()
    found = checked(fit_kinks(SQUARE, XOR, 1, start=FitStart(state=state, resume=True)))
    assert found.lower is not None and float(found.lower) <= 2 * 2**0.5 * (1 + 1e-9)


def test_a_file_that_is_no_state_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fit.state").write_text("not a database, but long enough to be looked at as one\n" * 40)
    with pytest.raises(BadData, match="cannot be used"):
        fit_kinks(SQUARE, XOR, 1, start=FitStart(state=tmp_path / "fit.state", resume=True))


def test_a_start_is_improved_on() -> None:
    found = fit_kinks(SQUARE, XOR, 2)
    assert found.network is not None
    again = checked(fit_kinks(SQUARE, XOR, 2, start=FitStart([found.network])))
    assert again.upper is not None and found.upper is not None and again.upper <= found.upper * Fraction(1001, 1000)


# --- bad input --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("X", "y", "options", "words"), [
    ([[0.0]], [1], {}, "one point"), ([[0.0], [np.nan]], [1, -1], {}, "nan"), ([[0.0], [np.inf]], [1, -1], {}, "inf"),
    ([[0.0], [0.0]], [1, -1], {}, "same point"), ([[0.0], [1.0]], [1, np.nan], {}, "nan"),
    ([[0.0], [1.0]], [1, -1], {"kinks": -1}, "-1"), ([[0.0], [1.0]], [1, -1], {"kinks": 13}, "13"),
    ([[0.0], [1.0]], [1, -1], {"kinks": 0, "affine": False}, "no affine part"),
    ([[0.0], [1.0]], [1, -1], {"domain": "cube"}, "cube"), ([[0.0, 1.0], [1.0, 1.0]], [1, -1], {"domain": "box"}, "flat"),
    ([[0.0], [1.0]], [1, -1], {"domain": FitDomain("ball", centre=(Fraction(0),), radius=Fraction(1, 2))}, "outside"),
    ([[0.0], [1.0]], [1, -1], {"start": FitStart([Network([[1.0]], [0.0], [1.0], "tanh")])}, "tanh"),
    ([[0.0], [1.0]], [1, -1], {"start": FitStart([Network([[1.0], [2.0]], [0.0, 0.0], [1.0, 1.0], "relu")])}, "2 neurons"),
])  # fmt: skip
def test_bad_input_is_one_sentence(X: Any, y: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises((BadData, ShapeError), match=words):
        fit_kinks(X, y, **{"kinks": 1, **options})


@pytest.mark.parametrize("options", [{"gap": 0.0}, {"gap": 1.0}, {"gap": float("nan")}, {"seconds": -1.0}, {"seconds": float("inf")}])
def test_a_bad_budget(options: dict[str, float]) -> None:
    with pytest.raises(BadData):
        FitBudget(**options)


def test_a_ball_needs_a_sensible_centre_and_radius() -> None:
    with pytest.raises(ShapeError, match="centre"):
        fit_domain(SQUARE, "ball", (0.0,))
    bad: dict[str, Any]
    for bad in ({"radius": -1.0}, {"radius": float("nan")}, {"centre": (0.0, float("inf"))}):
        with pytest.raises(BadData):
            fit_domain(SQUARE, "ball", **bad)
    with pytest.raises(BadData, match="belong to a ball"):
        fit_domain(SQUARE, "box", radius=1.0)
