"""ONNX files: what frameworks export is read as the network that they compute, and everything else is refused by name."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from theory.errors import BadData, ShapeError
from verify.objects.networks import Network, load_network, load_vector_network, save_network

FILES = Path(__file__).parents[1] / "data" / "onnx"
# (file, neurons, inputs, activation, error against the framework's own values: float32 arithmetic except where exported in float64)
EXPORTED = [
    ("torch_batchnorm_relu", 16, 4, "relu", 2e-6),
    ("torch_batchnorm_tanh_dynamo", 12, 3, "tanh", 2e-6),
    ("torch_leaky_then_batchnorm", 10, 5, "leaky_relu:13421773/67108864", 2e-6),
    ("torch_flatten_sigmoid", 8, 6, "sigmoid", 2e-6),
    ("torch_softplus_three_outputs", 8, 4, "softplus", 2e-6),
    ("torch_gelu_dynamo", 6, 3, "gelu", 2e-6),
    ("sklearn_regressor_relu", 12, 4, "relu", 2e-6),
    ("sklearn_regressor_tanh", 10, 4, "tanh", 1e-13),
    ("keras_batchnorm_relu", 8, 4, "relu", 2e-6),
]
# Written by `export.py` beside them: (network, exporter), neurons, inputs, activation; a neuron with two kinks is two of ReLU
BY_SCRIPT = {
    "torch_batchnorm_first": (6, 4, "relu"), "torch_gelu_erf": (6, 4, "gelu"), "torch_hardsigmoid": (12, 4, "relu"),
    "torch_hardtanh": (12, 4, "relu"),
    "torch_logsigmoid": (6, 4, "softplus"), "torch_prelu": (6, 4, "relu"), "torch_relu6": (12, 4, "relu"), "torch_residual": (6, 4, "relu"),
    "torch_silu": (6, 4, "silu"), "torch_standardised": (6, 4, "relu"), "torch_viewed": (5, 6, "relu"), "torch_half": (6, 4, "relu"),
    "sklearn_standard_scaler": (5, 3, "relu"), "sklearn_minmax_scaler": (5, 3, "relu"),
}  # fmt: skip
REFUSED = [
    ("sklearn_classifier_relu", ShapeError, "has the outputs label, probabilities"),
    ("torch_softplus_dynamo", BadData, "(Greater) switches between values, which may jump there"),
    ("torch_three_layers", ShapeError, "node '/3/Relu' (Relu) is a second activation after relu"),
    ("torch_softplus_three_outputs", ShapeError, "has 3 outputs; choose one of them, from 0 to 2"),
]


@pytest.mark.parametrize(("name", "k", "d", "psi", "error"), EXPORTED, ids=[case[0] for case in EXPORTED])
def test_exported_networks_have_the_values_of_their_framework(name, k, d, psi, error):
    reference = np.load(FILES / f"{name}.npz")
    F = load_vector_network(FILES / f"{name}.onnx")
    assert np.abs(F(reference["X"]) - reference["y"]).max() <= error * max(1.0, np.abs(reference["y"]).max())
    for index in range(reference["y"].shape[1]):
        f = load_network(FILES / f"{name}.onnx", output=index)
        assert (f.k, f.d, f.activation.name) == (k, d, psi)
        assert np.abs(f(reference["X"]) - reference["y"][:, index]).max() <= error * max(1.0, np.abs(reference["y"]).max())


@pytest.mark.parametrize("path", [path for name in BY_SCRIPT for path in sorted(FILES.glob(f"{name}*.onnx"))], ids=lambda path: path.stem)
def test_what_exporters_write_for_one_network_is_that_network(path):
    name = re.sub("_(script|dynamo)$", "", path.stem)
    reference, F = np.load(path.with_suffix(".npz")), load_vector_network(path)
    assert (F.k, F.d, F.activation.name) == BY_SCRIPT[name]
    error = 2e-3 if "half" in name else 1e-5
    assert np.abs(F(reference["X"]).astype(float) - reference["y"]).max() <= error * max(1.0, np.abs(reference["y"]).max())


def test_reference_values_of_the_files_are_reproduced_by_the_onnx_evaluator():
    # A third evaluation, by the onnx package itself: the stored values are those of the stored files.
    from onnx.reference import ReferenceEvaluator

    for name, *_ in EXPORTED:
        model = onnx.load(FILES / f"{name}.onnx")
        stored = np.load(FILES / f"{name}.npz")
        kind = helper.tensor_dtype_to_np_dtype(model.graph.input[0].type.tensor_type.elem_type)
        rows = [ReferenceEvaluator(model).run(None, {model.graph.input[0].name: x[None].astype(kind)})[0] for x in stored["X"]]
        assert np.abs(np.concatenate(rows).reshape(stored["y"].shape) - stored["y"]).max() <= 1e-5, name


@pytest.mark.parametrize(("name", "error", "words"), REFUSED, ids=[case[0] for case in REFUSED])
def test_exported_networks_that_are_no_two_layer_networks_are_refused(name, error, words):
    with pytest.raises(error, match=re.escape(words)) as caught:
        load_network(FILES / f"{name}.onnx")
    assert name in str(caught.value) and "\n" not in str(caught.value)


# ---- graphs built node by node -----------------------------------------------------------------------------------

D, K, RNG = 3, 4, np.random.default_rng(7)
W, B, A, C, V = RNG.standard_normal((K, D)), RNG.standard_normal(K), RNG.standard_normal(K), 0.5, RNG.standard_normal(D)
X = RNG.standard_normal((20, D))
NODE = helper.make_node


def build(path, nodes, weights, shape=("n", D), outputs=("f",), opset=21):
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", TensorProto.DOUBLE, shape)],
        [helper.make_tensor_value_info(name, TensorProto.DOUBLE, ("rows", "columns")) for name in outputs],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in weights.items()],
    )  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10), path)
    return path


def relu(points):
    return np.maximum(points @ W.T + B, 0.0) @ A + C


PLAIN = {"W": W, "Wt": W.T, "b": B, "a": A[:, None], "at": A[None, :], "c": np.array([C])}


@pytest.mark.parametrize(("nodes", "extra", "wanted"), [
    ([NODE("Gemm", ["x", "W", "b"], ["t"], transB=1), NODE("Relu", ["t"], ["h"]), NODE("Gemm", ["h", "a", "c"], ["f"])], {}, relu),
    ([NODE("MatMul", ["x", "Wt"], ["s"]), NODE("Add", ["b", "s"], ["t"]), NODE("Relu", ["t"], ["h"]), NODE("MatMul", ["h", "a"], ["g"]),
      NODE("Add", ["g", "c"], ["f"])], {}, relu),
    # alpha and beta: 2xWᵀ − 3b
    ([NODE("Gemm", ["x", "W", "b"], ["t"], transB=1, alpha=2.0, beta=-3.0), NODE("Relu", ["t"], ["h"]),
      NODE("MatMul", ["h", "a"], ["f"])], {}, lambda x: np.maximum(2 * x @ W.T - 3 * B, 0) @ A),
    # columns: W xᵀ + b, then aᵀh
    ([NODE("Transpose", ["x"], ["y"], perm=[1, 0]), NODE("MatMul", ["W", "y"], ["s"]), NODE("Add", ["s", "B"], ["t"]),
      NODE("Relu", ["t"], ["h"]), NODE("Gemm", ["h", "a", "c"], ["f"], transA=1)], {"B": B[:, None]}, relu),
    ([NODE("Gemm", ["W", "x", "B"], ["t"], transB=1), NODE("Relu", ["t"], ["h"]), NODE("MatMul", ["at", "h"], ["g"]),
      NODE("Add", ["g", "c"], ["f"])], {"B": B[:, None]}, relu),
    # batch norm before: (t − m)/√(s + ε)·γ + β, with the default ε = 1e-5 in float32
    ([NODE("Gemm", ["x", "W", "b"], ["t"], transB=1), NODE("BatchNormalization", ["t", "g", "e", "m", "s"], ["u"]),
      NODE("Relu", ["u"], ["h"]), NODE("MatMul", ["h", "a"], ["f"])], {"g": np.full(K, -2.0), "e": B, "m": B + 1, "s": np.arange(K) + 0.5},
     lambda x: np.maximum((x @ W.T - 1) / np.sqrt(np.arange(K) + 0.5 + float(np.float32(1e-5))) * -2 + B, 0) @ A),
    # a skip connection, and neurons in two branches
    ([NODE("Gemm", ["x", "W", "b"], ["t"], transB=1), NODE("Tanh", ["t"], ["h"]), NODE("MatMul", ["h", "a"], ["g"]),
      NODE("MatMul", ["x", "v"], ["l"]), NODE("Sub", ["g", "l"], ["f"])], {"v": V[:, None]}, lambda x: np.tanh(x @ W.T + B) @ A - x @ V),
    ([NODE("MatMul", ["x", "Wt"], ["t"]), NODE("Abs", ["t"], ["h"]), NODE("Abs", ["x"], ["y"]), NODE("MatMul", ["h", "a"], ["p"]),
      NODE("MatMul", ["y", "v"], ["q"]), NODE("Add", ["p", "q"], ["f"])], {"v": V[:, None]}, lambda x: np.abs(x @ W.T) @ A + np.abs(x) @ V),
    # no activation; scalings; a reshape to (−1,)
    ([NODE("MatMul", ["x", "v"], ["l"]), NODE("Mul", ["two", "l"], ["m"]), NODE("Neg", ["m"], ["o"]), NODE("Div", ["o", "two"], ["p"]),
      NODE("Reshape", ["p", "flat"], ["f"])], {"v": V[:, None], "two": np.array(2.0), "flat": np.array([-1])}, lambda x: -x @ V),
    ([NODE("Cast", ["x"], ["y"], to=TensorProto.FLOAT), NODE("Constant", [], ["k"], value=numpy_helper.from_array(V[:, None])),
      NODE("LeakyRelu", ["y"], ["h"], alpha=0.25), NODE("Dropout", ["h"], ["i"]), NODE("Cast", ["i"], ["j"], to=TensorProto.DOUBLE),
      NODE("MatMul", ["j", "k"], ["g"]), NODE("Squeeze", ["g", "one"], ["f"])],
     {"one": np.array([1])}, lambda x: np.where(x > 0, x, x / 4) @ V),
], ids=["gemm", "matmul", "alpha-beta", "columns", "columns-gemm", "batchnorm", "skip", "branches", "affine", "trivial-nodes"])  # fmt: skip
def test_graphs_by_hand(tmp_path, nodes, extra, wanted):
    f = load_network(build(tmp_path / "f.onnx", nodes, {**PLAIN, **extra}))
    assert isinstance(f, Network)
    assert np.allclose(f(X), wanted(X), rtol=1e-12, atol=1e-12)


HIDDEN = [NODE("Gemm", ["x", "W", "b"], ["t"], transB=1), NODE("Relu", ["t"], ["h"])]
BAD = [
    ("convolution", [NODE("Conv", ["x", "W"], ["f"], name="conv1")], {}, {}, BadData,
     "node 'conv1' (Conv) is not accepted; accepted are Gemm"),
    ("training", [*HIDDEN, NODE("BatchNormalization", ["h", "b", "b", "b", "s"], ["f", "p", "q"], training_mode=1)],
     {"s": np.ones(K)}, {}, BadData, "is in training mode"),
    ("variance", [*HIDDEN, NODE("BatchNormalization", ["h", "b", "b", "b", "s"], ["f"])], {"s": -np.ones(K)}, {}, BadData, "not positive"),
    ("two activations", [*HIDDEN, NODE("Tanh", ["t"], ["g"]), NODE("Add", ["g", "h"], ["f"])], {}, {}, BadData,
     "the activations tanh and relu"),
    ("product", [*HIDDEN, NODE("Mul", ["h", "t"], ["f"])], {}, {}, BadData, "no two-layer network"),
    ("cast to integer", [*HIDDEN, NODE("Cast", ["h"], ["f"], to=TensorProto.INT64)], {}, {}, BadData, "only casts between floats"),
    ("approximate gelu", [NODE("Gelu", ["x"], ["f"], approximate="tanh")], {}, {}, BadData, "tanh approximation"),
    ("shapes", [NODE("MatMul", ["x", "a"], ["f"])], {}, {}, ShapeError, "a matrix of shape (4, 1), which does not fit"),
    ("reshape", [*HIDDEN, NODE("Reshape", ["h", "r"], ["f"])], {"r": np.array([2, -1])}, {}, ShapeError,
     "for 3 rows of input the model gives an array of shape (2, 6), not 4 numbers for each row"),
    ("flatten everything", [NODE("Flatten", ["x"], ["f"], axis=0)], {}, {}, ShapeError, "of shape (1, 6), not 3 numbers for each row"),
    ("constants", [NODE("MatMul", ["W", "Wt"], ["f"])], {}, {}, BadData, "does not depend on the input"),
    ("several outputs", HIDDEN, {}, {"outputs": ("t", "h")}, ShapeError, "has the outputs t, h"),
    ("inputs unknown", [*HIDDEN, NODE("MatMul", ["h", "a"], ["f"])], {}, {"shape": ("n", "d")}, ShapeError, "no fixed number of features"),
    ("not finite", [*HIDDEN, NODE("MatMul", ["h", "v"], ["f"])], {"v": np.full((K, 1), np.nan)}, {}, BadData, "not finite"),
    ("divided by zero", [*HIDDEN, NODE("Div", ["h", "v"], ["f"])], {"v": np.zeros(1)}, {}, BadData, "divides by zero"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "extra", "options", "error", "words"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_other_graphs_are_refused_in_one_sentence(tmp_path, nodes, extra, options, error, words):
    path = build(tmp_path / "f.onnx", nodes, {**PLAIN, **extra}, **options)
    with pytest.raises(error, match=re.escape(words)) as caught:
        load_network(path)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)


def test_files_that_are_no_models(tmp_path):
    content = (FILES / "torch_batchnorm_relu.onnx").read_bytes()
    for name, data, words in [("empty", b"", "is empty"), ("text", b"not a model at all", "not a readable ONNX model")]:
        (tmp_path / f"{name}.onnx").write_bytes(data)
        with pytest.raises(BadData, match=words):
            load_network(tmp_path / f"{name}.onnx")
    with pytest.raises(BadData, match="there is no file"):
        load_network(tmp_path / "nowhere.onnx")
    whole = load_network(FILES / "torch_batchnorm_relu.onnx")
    for size in range(1, len(content), 37):                          # cut anywhere: refused, never another network
        (tmp_path / "cut.onnx").write_bytes(content[:size])
        try:
            cut = load_network(tmp_path / "cut.onnx")
        except (BadData, ShapeError) as error:
            assert "\n" not in str(error)
        else:
            assert np.array_equal(cut(np.eye(4)), whole(np.eye(4)))


def test_the_output_is_chosen_within_its_range(tmp_path):
    path = FILES / "torch_softplus_three_outputs.onnx"
    with pytest.raises(ShapeError, match="there is no output 3"):
        load_network(path, output=3)
    assert load_network(FILES / "torch_gelu_dynamo.onnx", output=0).k == 6
    save_network(Network([[1.0]], [0.0], [1.0], "relu"), tmp_path / "f.npz")
    with pytest.raises(ShapeError, match="there is no output 1; the network has one"):
        load_network(tmp_path / "f.npz", output=1)


def test_without_onnx_the_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(BadData, match=re.escape("install lawbook[onnx]")):
        load_network(FILES / "torch_gelu_dynamo.onnx")
