"""The recipes of docs/networks.md, word for word, on real objects of scikit-learn, and of PyTorch where it is installed."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from verify.objects.networks import VectorNetwork, load_network, load_vector_network

PAGE = (Path(__file__).parents[2] / "docs" / "networks.md").read_text(encoding="utf-8")


def recipe(first: str) -> str:
    """The two lines of the page that begin with `first`."""
    found = re.search(rf"^{re.escape(first)}.*\nnp\.savez.*$", PAGE, re.MULTILINE)
    assert found is not None
    return found[0]


def read(model: Any, first: str, folder: Path, activation: str | None = None) -> VectorNetwork:
    words = recipe(first)
    if activation is not None:
        words = re.sub(r"activation=[^)]*", f'activation="{activation}"', words)
    exec(re.sub(r'"(\w+\.npz)"', lambda match: repr(str(folder / "model.npz")), words), {"model": model, "np": np})
    return load_vector_network(folder / "model.npz")


def fitted(model: Any, X: np.ndarray, y: np.ndarray) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(X, y)


@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
def test_a_classifier_of_many_classes(tmp_path: Path, activation: str) -> None:
    X, y = load_digits(return_X_y=True)
    X = X[:300] / 16
    model = fitted(MLPClassifier((12,), activation=activation, max_iter=20, random_state=0), X, y[:300] + 5)
    F = read(model, "W, A =", tmp_path, "sigmoid" if activation == "logistic" else None)
    logits = F(X)
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    assert F.m == 10 and (model.classes_[logits.argmax(axis=1)] == model.predict(X)).all()
    assert np.allclose(chances / chances.sum(axis=1, keepdims=True), model.predict_proba(X), atol=1e-12)


def test_a_classifier_of_two_classes_has_one_output(tmp_path: Path) -> None:
    X, y = load_breast_cancer(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    model = fitted(MLPClassifier((6,), max_iter=30, random_state=0), X, y)
    read(model, "W, A =", tmp_path)
    f = load_network(tmp_path / "model.npz")
    assert (model.classes_[(f(X) > 0).astype(int)] == model.predict(X)).all()
    assert np.allclose(1 / (1 + np.exp(-f(X))), model.predict_proba(X)[:, 1], atol=1e-12)


@pytest.mark.parametrize("outputs", [1, 3])
def test_a_regressor(tmp_path: Path, outputs: int) -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 4))
    Y = np.sin(X @ rng.standard_normal((4, outputs)))
    model = fitted(MLPRegressor(hidden_layer_sizes=(9,), activation="tanh", max_iter=30, random_state=0), X, Y[:, 0] if outputs == 1 else Y)
    F = read(model, "W, A =", tmp_path)
    assert F.m == outputs and np.allclose(F(X).reshape(model.predict(X).shape), model.predict(X), atol=1e-12)


@pytest.mark.parametrize("layer", ["ReLU", "Tanh", "Sigmoid", "GELU", "SiLU"])
def test_a_sequence_of_torch(tmp_path: Path, layer: str) -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 7), getattr(torch.nn, layer)(), torch.nn.Linear(7, 3))
    F = read(model, "W, b, A, c =", tmp_path, layer.lower())
    X = torch.randn(20, 4)
    assert np.allclose(F(X.double().numpy()), model.double()(X.double()).detach().numpy(), atol=1e-12)
