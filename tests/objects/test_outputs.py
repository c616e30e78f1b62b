"""Networks with several outputs: values, Jacobians, differences, files, and the sentences for what does not fit."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import numpy as np
import pytest

from theory.errors import BadData, ShapeError
from verify.objects.networks import Network, VectorNetwork, chosen_output, load_network, load_vector_network, save_network
from verify.objects.networks.network import as_float

PSI = ["relu", "leaky_relu:0.25", "abs", "identity", "tanh", "sigmoid", "softplus", "silu", "gelu", "power:2"]


def random_vector_network(seed: int, m: int, k: int, d: int, psi: str = "relu") -> VectorNetwork:
    rng = np.random.default_rng(seed)
    shapes = {"W": (k, d), "b": (k,), "A": (m, k), "V": (m, d), "c": (m,)}
    return VectorNetwork(**{name: rng.standard_normal(shape) for name, shape in shapes.items()}, activation=psi)


@pytest.mark.parametrize("psi", PSI)
def test_outputs_and_differences_are_networks_with_one_output(psi):
    F, X = random_vector_network(1, 3, 5, 2, psi), np.random.default_rng(2).standard_normal((7, 2))
    values, jacobians = F(X), F.jacobian(X)
    for j in range(3):
        f = F.output(j)
        assert np.allclose(f(X), values[:, j]) and np.allclose(f.gradient(X), jacobians[:, j])
        for k in range(3):
            if k != j:
                assert np.allclose(np.asarray(F.difference(j, k)(X), dtype=float), values[:, j] - values[:, k])


def test_differences_are_exact():
    F = random_vector_network(3, 2, 4, 2)
    f = F.difference(0, 1)
    assert f.is_exact and f.a[2] == Fraction(float(F.A[0, 2])) - Fraction(float(F.A[1, 2]))
    whole = VectorNetwork([[1.0]], [0.0], [[3.0], [1.0]], "relu").difference(0, 1)
    assert not whole.is_exact and whole.a.tolist() == [2.0]


def test_files_come_back(tmp_path):
    F = random_vector_network(4, 3, 4, 2, "tanh")
    save_network(F, tmp_path / "F.npz")
    document = {name: getattr(F, name).tolist() for name in ("W", "b", "A", "V", "c")} | {"activation": "tanh"}
    (tmp_path / "F.json").write_text(json.dumps(document))
    for path in (tmp_path / "F.npz", tmp_path / "F.json"):
        # a decimal of a .json is the number that is written, the shortest one of a double
        written = Fraction if path.suffix == ".npz" else lambda x: Fraction(repr(float(x)))
        G = load_vector_network(path)
        assert all(np.array_equal(getattr(F, name), as_float(getattr(G, name))) for name in ("W", "b", "A", "V", "c"))
        assert G.activation == F.activation
        assert np.array_equal(as_float(load_network(path, 2).a), F.A[2])
        assert load_network(path, 2, 0).a[0] == written(F.A[2, 0]) - written(F.A[0, 0])
        with pytest.raises(ShapeError, match=re.escape("has 3 outputs; choose one of them, from 0 to 2")):
            load_network(path)
    exact = {"W": [["1/3"]], "b": ["0"], "a": ["2"], "activation": "relu"}
    (tmp_path / "one.json").write_text(json.dumps(exact))
    f = load_network(tmp_path / "one.json")
    assert isinstance(f, Network) and f.W[0, 0] == Fraction(1, 3) and load_vector_network(tmp_path / "one.json").m == 1
    save_network(VectorNetwork(np.array([[Fraction(1, 3)]]), [0], [[1], [2]], "relu"), tmp_path / "exact.npz")
    assert load_vector_network(tmp_path / "exact.npz").W[0, 0] == Fraction(1, 3)


GOOD = {"W": [[1.0, 2.0]], "b": [0.0], "A": [[1.0], [2.0]], "activation": "relu"}


@pytest.mark.parametrize(("wrong", "error", "words"), [
    ({"A": [1.0]}, ShapeError, "give an m×k matrix, one row an output"),
    ({"A": []}, ShapeError, "one row an output"),
    ({"A": [[1.0, 2.0]]}, ShapeError, "A has shape (1, 2) but W is 1×2 and there are 1 outputs; give shape (1, 1)"),
    ({"c": [1.0]}, ShapeError, "c has shape (1,)"),
    ({"V": [1.0, 2.0]}, ShapeError, "V has shape (2,)"),
    ({"a": [1.0]}, BadData, "the array 'a'"),
    ({"W": [[1.0, 2.0], [3.0]]}, ShapeError, "rows of different lengths"),
    ({"W": [["1", 2.0]]}, BadData, "numbers alone, or texts alone"),
    ({"b": [True]}, BadData, "numbers alone"),
    ({"b": None}, BadData, "NoneType"),
    ({"b": [float("nan")]}, BadData, "not finite"),
    ({"activation": "swish"}, BadData, "no activation 'swish'"),
    ({"W": [], "b": []}, ShapeError, "W has shape (0,)"),
])  # fmt: skip
def test_what_does_not_fit_is_one_sentence(tmp_path, wrong, error, words):
    (tmp_path / "F.json").write_text(json.dumps({**GOOD, **wrong}))
    with pytest.raises(error, match=re.escape(words)) as caught:
        load_vector_network(tmp_path / "F.json")
    assert "F.json" in str(caught.value) and "\n" not in str(caught.value)


def test_files_that_are_no_json_object(tmp_path):
    for content, words in (("{", "is not JSON"), ("[1]", "holds no JSON object"), ("", "is empty")):
        (tmp_path / "F.json").write_text(content)
        with pytest.raises(BadData, match=words):
            load_vector_network(tmp_path / "F.json")


@pytest.mark.parametrize(("output", "minus", "words"), [
    (None, None, "has 3 outputs"), (3, None, "there is no output 3"), (-1, None, "there is no output -1"), (0, 3, "there is no output 3"),
    (1, 1, "output 1 minus itself is 0"), (None, 1, "a difference needs two outputs"),
])
def test_outputs_that_are_not_there(output, minus, words):
    with pytest.raises(ShapeError, match=words):
        chosen_output(random_vector_network(0, 3, 2, 2), output, minus)


def test_the_only_output_needs_no_name():
    F = random_vector_network(0, 1, 2, 2)
    assert np.array_equal(chosen_output(F).a, F.A[0])
    with pytest.raises(ShapeError, match="the network has one, output 0"):
        chosen_output(F, 1)
