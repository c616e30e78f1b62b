"""Training in batches: batch normalisation, the fold, the stopping rule, and that neighbours do not matter."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.common import cells, needs_jax
from theory.errors import BadData
from verify.experiments.sweeps import measure, training
from verify.experiments.sweeps.measure import dataset, measured
from verify.experiments.sweeps.training import folded, train
from verify.objects.networks import Network


def test_the_fold_is_batch_normalisation_on_all_points() -> None:
    rng = np.random.default_rng(0)
    X, W = rng.standard_normal((7, 3)), rng.standard_normal((4, 3))
    weights = {"W": W, "gamma": rng.standard_normal(4), "beta": rng.standard_normal(4), "a": rng.standard_normal(4)}
    t = X @ W.T
    normal = weights["gamma"] * (t - t.mean(axis=0)) / np.sqrt(t.var(axis=0) + 1e-5) + weights["beta"]
    network = folded(weights, X, batch_norm=True)
    assert network is not None
    assert network(X) == pytest.approx(np.maximum(normal, 0) @ weights["a"])
    assert folded({**weights, "a": np.full(4, np.nan)}, X, batch_norm=True) is None


def test_labels_without_flips_are_the_sign_of_the_first_coordinate() -> None:
    for flips, sign in ((0.0, 1.0), (1.0, -1.0)):
        data = dataset(cells(1, flips=flips)[0])
        assert (data.y == sign * np.where(data.X[:, 0] > 0, 1.0, -1.0)).all()


@needs_jax
def test_a_network_memorises_as_the_paper_says_and_is_measured_by_our_engines() -> None:
    row, *_ = measured(cells(2, enclose=50))
    assert row["failure"] == "" and row["memorises"] and row["right"] == 1.0 and row["loss"] <= 0.02
    assert row["epochs_run"] % training.CHECK == 0 and row["epochs_run"] < 3000
    assert 0 < row["gradient"] <= row["upper"] * 1.001                       # rounded to four digits
    assert row["lower"] <= row["upper"]


@needs_jax
def test_the_gradient_is_the_largest_at_the_fresh_points() -> None:
    cell, = cells(1)
    data = dataset(cell)
    network = train([cell], [data])[0].network
    assert isinstance(network, Network)
    *_, rng = cell.streams()
    z = rng.standard_normal((cell.points, cell.d)) / np.sqrt(cell.d)
    active = z @ network.W.T + network.b > 0
    largest = max(np.linalg.norm((network.a * on) @ network.W) for on in active)
    assert measured([cell])[0]["gradient"] == pytest.approx(largest, rel=1e-3)


@needs_jax
def test_the_same_cells_give_the_same_rows() -> None:
    assert measured(cells(2)) == measured(cells(2))


@needs_jax
def test_what_does_not_memorise_is_recorded() -> None:
    row, = measured(cells(1, epochs=10, rate=1e-6))
    assert row["memorises"] is False and row["failure"] == "" and row["gradient"] > 0


@needs_jax
def test_what_diverges_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "train", lambda cells, data: [training.Trained(None, 10)])
    assert measured(cells(1))[0]["failure"] == "training diverged"


def test_what_is_too_large_for_the_device_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(cells: object, data: object) -> None:
        raise RuntimeError("RESOURCE_EXHAUSTED: out of memory\nmore")
    monkeypatch.setattr(measure, "train", fails)
    assert [row["failure"] for row in measured(cells(2))] == ["training failed: RESOURCE_EXHAUSTED: out of memory"] * 2


@needs_jax
def test_the_laws_hold_on_the_repaired_network() -> None:
    row, = measured(cells(1, laws=True, enclose=50, epsilon=1e-3))
    assert row["failure"] == ""
    assert row["mcshane"] <= row["floor"] * 1.001 <= row["fit_upper"] * 1.002
    margins = {name: value for name, value in row.items() if name.startswith("margin ")}
    assert "margin mcshane.floor" in margins and all(value > -1e-6 for value in margins.values())


@needs_jax
def test_batches_penalty_decay_and_no_normalisation_train_too() -> None:
    for options in ({"batch": 4}, {"penalty": 1e-3}, {"batch_norm": False, "decay": 0.1}):
        row, = measured(cells(1, epochs=20, **options))
        assert row["failure"] == "" and row["epochs_run"] <= 20


def test_without_the_extra_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "optax", None)
    with pytest.raises(BadData, match=r"pip install 'lawbook\[experiments\]'"):
        training.require_jax()
