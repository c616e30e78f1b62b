"""One two-layer network in many encodings: each is read as the network that it is, or refused for the reason that is true.

Every encoding is a list of nodes for random weights; what it computes is known from the weights, and, where onnxruntime is installed, from
that as well.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from theory.errors import BadData, ShapeError
from verify.lipschitz import network_enclosure
from verify.objects.networks import Network, load_network, load_vector_network

NODE = helper.make_node
F32, F64, F16 = np.float32, np.float64, np.float16
KINDS = {F32: TensorProto.FLOAT, F64: TensorProto.DOUBLE, F16: TensorProto.FLOAT16}
HIDDEN, SEEDS = 4, 5


def weights(seed: int, dtype=F32, d: int = 2) -> dict[str, np.ndarray]:
    """Dyadic weights, which every format holds: W (k×d), b (k), a (k×1) and the like, and constants that encodings need."""
    rng = np.random.default_rng(seed)
    W, b, a = (rng.integers(-8, 9, shape) / 4 for shape in ((HIDDEN, d), HIDDEN, (HIDDEN, 1)))
    W[0, 0] = W[0, 0] or 1.0
    c = rng.integers(-8, 9, 1) / 4
    floats = {
        "W": W,
        "Wt": W.T,
        "b": b,
        "a": a,
        "at": a.T,
        "av": a[:, 0],
        "c": c,
        "b1": b[:, None],
        "zero": np.zeros(()),
        "half": np.array(0.5),
        "two": np.array(2.0),
        "m": rng.integers(-4, 5, d) / 4,
        "sd": 2.0 ** rng.integers(-2, 3, d),
        "slopes": rng.integers(0, 3, HIDDEN) / 4,
        "slope": np.array([0.25]),
        "low": np.array(-1.0),
        "high": np.array(1.0),
        "six": np.array(6.0),
        "v": rng.integers(-4, 5, (d, 1)) / 4,
        "gain": 2.0 ** rng.integers(-2, 3, HIDDEN),
        "shift": rng.integers(-4, 5, HIDDEN) / 4,
        "mean": rng.integers(-4, 5, HIDDEN) / 4,
        "var": np.ones(HIDDEN),
    }
    whole = {
        "i0": np.array([0]),
        "i1": np.array([1]),
        "im1": np.array([-1]),
        "flat": np.array([-1, d]),
        "flat0": np.array([0, -1]),
        "rows": np.arange(d)[::-1].copy(),
        "column": np.array([-1, 1]),
        "g0": np.array(0),
    }
    limit = np.array(np.finfo(F32).max)  # by which exporters write that there is none
    return {
        "big": limit,
        **{name: array.astype(dtype) for name, array in floats.items()},
        **{name: array.astype(np.int64) for name, array in whole.items()},
    }


def write(path, nodes, arrays, shape=("n", 2), dtype=F32, opset=17, output=("r", "c")):
    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", KINDS.get(dtype, dtype), shape)],
        [helper.make_tensor_value_info("f", KINDS.get(dtype, TensorProto.FLOAT), output)],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in arrays.items() if name in used],
    )
    domains = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 3)]
    onnx.save(helper.make_model(graph, opset_imports=domains, ir_version=9), path)
    return path


def relu(t):
    return np.maximum(t, 0.0)


def plain(w, x, psi=relu):
    return psi(x @ w["W"].T + w["b"]) @ w["a"][:, 0] + w["c"][0]


G = NODE("Gemm", ["x", "W", "b"], ["t"], transB=1)
R = NODE("Relu", ["t"], ["h"])
O = NODE("Gemm", ["h", "a", "c"], ["f"])


def after(*first, out="y"):
    """Nodes before x reaches the plain network."""
    return [*first, NODE("Gemm", [out, "W", "b"], ["t"], transB=1), R, O]


def hidden(*nodes):
    """The plain network with these nodes from t to h in place of ReLU."""
    return [G, *nodes, O]


# name: (nodes, what of the file is fixed, values at the rows x by the weights w)
ENCODINGS = {
    # linear maps
    "gemm": ([G, R, O], {}, plain),
    "matmul": (
        [
            NODE("MatMul", ["x", "Wt"], ["s"]),
            NODE("Add", ["s", "b"], ["t"]),
            R,
            NODE("MatMul", ["h", "a"], ["g"]),
            NODE("Add", ["c", "g"], ["f"]),
        ],
        {},
        plain,
    ),
    "columns": (
        [
            NODE("Transpose", ["x"], ["y"], perm=[1, 0]),
            NODE("MatMul", ["W", "y"], ["s"]),
            NODE("Add", ["s", "b1"], ["t"]),
            R,
            NODE("MatMul", ["at", "h"], ["g"]),
            NODE("Add", ["g", "c"], ["f"]),
        ],
        {},
        plain,
    ),
    "gemm of a transpose": ([NODE("Transpose", ["x"], ["y"]), NODE("Gemm", ["y", "W", "b"], ["t"], transA=1, transB=1), R, O], {}, plain),
    "a vector of weights": ([G, R, NODE("MatMul", ["h", "av"], ["g"]), NODE("Add", ["g", "c"], ["f"])], {"output": ("n",)}, plain),
    "alpha and beta": (
        [NODE("Gemm", ["x", "W", "b"], ["t"], transB=1, alpha=2.0, beta=0.5), R, O],
        {},
        lambda w, x: relu(2 * x @ w["W"].T + w["b"] / 2) @ w["a"][:, 0] + w["c"][0],
    ),
    "sum node": ([G, R, NODE("MatMul", ["h", "a"], ["g"]), NODE("Sum", ["c", "g"], ["f"])], {}, plain),
    "skip": (
        [G, R, NODE("MatMul", ["h", "a"], ["g"]), NODE("MatMul", ["x", "v"], ["l"]), NODE("Sub", ["g", "l"], ["f"])],
        {},
        lambda w, x: relu(x @ w["W"].T + w["b"]) @ w["a"][:, 0] - x @ w["v"][:, 0],
    ),
    "branches": (
        [
            G,
            R,
            NODE("MatMul", ["h", "a"], ["p"]),
            NODE("Relu", ["x"], ["r"]),
            NODE("MatMul", ["r", "v"], ["q"]),
            NODE("Add", ["p", "q"], ["f"]),
        ],
        {},
        lambda w, x: relu(x @ w["W"].T + w["b"]) @ w["a"][:, 0] + relu(x) @ w["v"][:, 0],
    ),
    "scaled outputs": (
        [
            G,
            R,
            NODE("MatMul", ["h", "a"], ["g"]),
            NODE("Mul", ["two", "g"], ["p"]),
            NODE("Neg", ["p"], ["q"]),
            NODE("Div", ["q", "half"], ["f"]),
        ],
        {},
        lambda w, x: -4 * relu(x @ w["W"].T + w["b"]) @ w["a"][:, 0],
    ),
    # normalisation
    "centred": (after(NODE("Sub", ["x", "m"], ["z"]), NODE("Div", ["z", "sd"], ["y"])), {}, lambda w, x: plain(w, (x - w["m"]) / w["sd"])),
    "scaler": (
        after(NODE("Scaler", ["x"], ["y"], domain="ai.onnx.ml", offset=[0.5, -1.0], scale=[2.0, 0.25])),
        {},
        lambda w, x: plain(w, (x - [0.5, -1.0]) * [2.0, 0.25]),
    ),
    "batch norm before": (
        hidden(NODE("BatchNormalization", ["t", "gain", "shift", "mean", "var"], ["u"], epsilon=0.0), NODE("Relu", ["u"], ["h"])),
        {},
        lambda w, x: plain(w, x, lambda t: relu((t - w["mean"]) * w["gain"] + w["shift"])),
    ),
    "batch norm after": (
        hidden(NODE("Relu", ["t"], ["u"]), NODE("BatchNormalization", ["u", "gain", "shift", "mean", "var"], ["h"], epsilon=3.0)),
        {},
        lambda w, x: plain(w, x, lambda t: (relu(t) - w["mean"]) * w["gain"] / 2 + w["shift"]),
    ),
    "dropout": (hidden(NODE("Relu", ["t"], ["u"]), NODE("Dropout", ["u"], ["h"])), {}, plain),
    # moves
    "squeeze": ([G, R, NODE("Gemm", ["h", "a", "c"], ["g"]), NODE("Squeeze", ["g", "i1"], ["f"])], {"output": ("n",)}, plain),
    "squeeze without axes": (
        [G, R, NODE("Gemm", ["h", "a", "c"], ["g"]), NODE("Squeeze", ["g"], ["f"])],
        {"shape": (1, 2), "output": ()},
        plain,
    ),
    "squeeze of the input": (after(NODE("Squeeze", ["x", "i1"], ["y"])), {"shape": ("n", 1, 2)}, plain),
    "unsqueeze of a point": (after(NODE("Unsqueeze", ["x", "i0"], ["y"])), {"shape": (2,)}, plain),
    "matrix times a point": (
        [
            NODE("MatMul", ["W", "x"], ["s"]),
            NODE("Add", ["s", "b"], ["t"]),
            R,
            NODE("MatMul", ["av", "h"], ["g"]),
            NODE("Add", ["g", "c"], ["f"]),
        ],
        {"shape": (2,), "output": (1,)},
        plain,
    ),
    "three axes": (
        [
            NODE("MatMul", ["x", "Wt"], ["s"]),
            NODE("Add", ["s", "b"], ["t"]),
            R,
            NODE("MatMul", ["h", "a"], ["g"]),
            NODE("Add", ["g", "c"], ["f"]),
        ],
        {"shape": ("n", 1, 2), "output": ("n", 1, 1)},
        plain,
    ),
    "flatten": (after(NODE("Flatten", ["x"], ["y"])), {"shape": ("n", 2, 1)}, plain),
    "flatten the last axis": (after(NODE("Flatten", ["x"], ["y"], axis=-1)), {}, plain),
    "reshape": (after(NODE("Reshape", ["x", "flat"], ["y"])), {"shape": ("n", 1, 2)}, plain),
    "reshape by the shape": (
        after(
            NODE("Shape", ["x"], ["p"]),
            NODE("Gather", ["p", "g0"], ["n"]),
            NODE("Unsqueeze", ["n", "i0"], ["q"]),
            NODE("Concat", ["q", "im1"], ["z"], axis=0),
            NODE("Reshape", ["x", "z"], ["y"]),
        ),
        {"shape": ("n", 1, 2)},
        plain,
    ),
    "reversed": (after(NODE("Gather", ["x", "rows"], ["y"], axis=1)), {}, lambda w, x: plain(w, x[:, ::-1])),
    "split and joined": (
        after(NODE("Split", ["x"], ["p", "q"], axis=1), NODE("Concat", ["q", "p"], ["y"], axis=1)),
        {},
        lambda w, x: plain(w, x[:, ::-1]),
    ),
    "joined with itself scaled": (
        [
            NODE("Slice", ["x", "i0", "i1", "i1"], ["p"]),
            NODE("Mul", ["p", "two"], ["q"]),
            NODE("Concat", ["p", "q"], ["y"], axis=1),
            NODE("Gemm", ["y", "W", "b"], ["t"], transB=1),
            R,
            O,
        ],
        {},
        lambda w, x: plain(w, x[:, :1] * [1.0, 2.0]),
    ),
    "identity and cast": (after(NODE("Identity", ["x"], ["z"]), NODE("Cast", ["z"], ["y"], to=TensorProto.FLOAT)), {}, plain),
    "fixed number of rows": ([G, R, O], {"shape": (5, 2)}, plain),
    # constants that are computed
    "weights transposed": (
        [NODE("Transpose", ["W"], ["V"]), NODE("MatMul", ["x", "V"], ["s"]), NODE("Add", ["s", "b"], ["t"]), R, O],
        {},
        plain,
    ),
    "weights scaled": (
        [NODE("Mul", ["Wt", "half"], ["V"]), NODE("MatMul", ["x", "V"], ["s"]), NODE("Add", ["s", "b"], ["t"]), R, O],
        {},
        lambda w, x: relu(x @ w["W"].T / 2 + w["b"]) @ w["a"][:, 0] + w["c"][0],
    ),
    "weights joined": (
        [
            NODE("Concat", ["Wt", "Wt"], ["V"], axis=0),
            NODE("Concat", ["x", "x"], ["y"], axis=1),
            NODE("MatMul", ["y", "V"], ["s"]),
            NODE("Add", ["s", "b"], ["t"]),
            R,
            O,
        ],
        {},
        lambda w, x: relu(2 * x @ w["W"].T + w["b"]) @ w["a"][:, 0] + w["c"][0],
    ),
    "bias computed": (
        [NODE("Sub", ["b", "shift"], ["u"]), NODE("Gemm", ["x", "W", "u"], ["t"], transB=1), R, O],
        {},
        lambda w, x: relu(x @ w["W"].T + w["b"] - w["shift"]) @ w["a"][:, 0] + w["c"][0],
    ),
    "weights multiplied": (
        [NODE("MatMul", ["Wt", "a"], ["u"]), NODE("MatMul", ["x", "u"], ["s"]), NODE("Relu", ["s"], ["f"])],
        {},
        lambda w, x: relu(x @ w["W"].T @ w["a"][:, 0]),
    ),
    # activations
    "leaky": (hidden(NODE("LeakyRelu", ["t"], ["h"], alpha=0.25)), {}, lambda w, x: plain(w, x, lambda t: np.where(t > 0, t, t / 4))),
    "prelu": (hidden(NODE("PRelu", ["t", "slope"], ["h"])), {}, lambda w, x: plain(w, x, lambda t: np.where(t > 0, t, t / 4))),
    "prelu with several slopes": (
        hidden(NODE("PRelu", ["t", "slopes"], ["h"])),
        {},
        lambda w, x: plain(w, x, lambda t: np.where(t > 0, t, w["slopes"] * t)),
    ),
    "clip from 0": (hidden(NODE("Clip", ["t", "zero"], ["h"])), {}, plain),
    "clip without a limit above": (hidden(NODE("Clip", ["t", "zero", "big"], ["h"])), {}, plain),
    "relu6": (hidden(NODE("Clip", ["t", "zero", "six"], ["h"])), {}, lambda w, x: plain(w, x, lambda t: np.clip(t, 0, 6))),
    "hardtanh": (hidden(NODE("Clip", ["t", "low", "high"], ["h"])), {}, lambda w, x: plain(w, x, lambda t: np.clip(t, -1, 1))),
    "max with 0": (hidden(NODE("Max", ["zero", "t"], ["h"])), {}, plain),
    "min with a constant": (hidden(NODE("Min", ["t", "shift"], ["h"])), {}, lambda w, x: plain(w, x, lambda t: np.minimum(t, w["shift"]))),
    "max of two lines": (
        hidden(NODE("Mul", ["t", "two"], ["u"]), NODE("Max", ["t", "u"], ["h"])),
        {},
        lambda w, x: plain(w, x, lambda t: np.maximum(t, 2 * t)),
    ),
    "hard sigmoid": (
        hidden(NODE("HardSigmoid", ["t"], ["h"], alpha=0.25, beta=0.5)),
        {},
        lambda w, x: plain(w, x, lambda t: np.clip(t / 4 + 0.5, 0, 1)),
    ),
    "abs and relu": (
        hidden(NODE("Abs", ["t"], ["p"]), NODE("Relu", ["t"], ["q"]), NODE("Add", ["p", "q"], ["h"])),
        {},
        lambda w, x: plain(w, x, lambda t: np.abs(t) + relu(t)),
    ),
    "abs": (hidden(NODE("Abs", ["t"], ["h"])), {}, lambda w, x: plain(w, x, np.abs)),
}


def brute_force(value, witness, d: int = 2) -> tuple[float, float]:
    """The largest slope of a piecewise linear function of two variables at many points, the witness among them: at most the constant."""
    rng, step = np.random.default_rng(0), 1e-5
    x = np.concatenate([rng.uniform(-3, 3, (2500, d)), rng.standard_normal((1500, d)) * 40, witness])
    base = value(x)
    gradients = np.stack([(value(x + step * e) - base) / step for e in np.eye(d)], axis=1)
    backward = np.stack([(base - value(x - step * e)) / step for e in np.eye(d)], axis=1)
    smooth = np.abs(gradients - backward).max(axis=1) < 1e-6  # no kink in between
    return float(np.linalg.norm(gradients[smooth], axis=1).max(initial=0.0)), float(smooth.mean())


@pytest.mark.parametrize("name", ENCODINGS)
def test_every_encoding_is_the_network_of_its_weights(tmp_path, name):
    nodes, options, value = ENCODINGS[name]
    rng = np.random.default_rng(1)
    for seed in range(SEEDS):
        w = weights(seed)
        f = load_network(write(tmp_path / "f.onnx", nodes, w, **options))
        exact = {key: array.astype(np.float64) for key, array in w.items()}
        x = rng.standard_normal((40, 2)) * 4
        assert np.allclose(f(x).astype(float), value(exact, x), rtol=1e-12, atol=1e-12)
        found = network_enclosure(f)
        slope, share = brute_force(partial(value, exact), found.witness.points.astype(float))
        assert found.certified and share > 0.9
        assert found.lower - 1e-5 * (1 + found.upper) <= slope <= found.upper + 1e-5 * (1 + found.upper)


@pytest.mark.parametrize("name", ENCODINGS)
def test_every_encoding_has_the_values_that_onnxruntime_computes(tmp_path, name):
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: values are compared with the weights alone")
    nodes, options, _ = ENCODINGS[name]
    rng = np.random.default_rng(2)
    for seed in range(SEEDS):
        path = write(tmp_path / "f.onnx", nodes, weights(seed), **options)
        f, session = load_network(path), runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        shape = [5 if size == "n" else size for size in options.get("shape", ("n", 2))]
        x = (rng.standard_normal(shape) * 4).astype(F32)
        rows = x.reshape(-1, 2).astype(float)
        assert np.allclose(session.run(None, {"x": x})[0].reshape(-1), f(rows).astype(float), rtol=1e-4, atol=1e-4)


SMOOTH = {
    "tanh": ([NODE("Tanh", ["t"], ["h"])], "tanh"),
    "sigmoid": ([NODE("Sigmoid", ["t"], ["h"])], "sigmoid"),
    "softplus": ([NODE("Softplus", ["t"], ["h"])], "softplus"),
    "softplus spelled out": ([NODE("Exp", ["t"], ["p"]), NODE("Add", ["p", "one"], ["q"]), NODE("Log", ["q"], ["h"])], "softplus"),
    "log of a sigmoid": ([NODE("Sigmoid", ["t"], ["p"]), NODE("Log", ["p"], ["h"])], "softplus"),
    "silu": ([NODE("Sigmoid", ["t"], ["p"]), NODE("Mul", ["t", "p"], ["h"])], "silu"),
    "silu with a slope": ([NODE("Mul", ["t", "two"], ["u"]), NODE("Sigmoid", ["u"], ["p"]), NODE("Mul", ["p", "t"], ["h"])], "silu"),
    "gelu by erf": (
        [
            NODE("Div", ["t", "root"], ["u"]),
            NODE("Erf", ["u"], ["p"]),
            NODE("Add", ["p", "one"], ["q"]),
            NODE("Mul", ["t", "q"], ["r"]),
            NODE("Mul", ["r", "half"], ["h"]),
        ],
        "gelu",
    ),
    "gelu by erf, halved first": (
        [
            NODE("Mul", ["t", "inverse"], ["u"]),
            NODE("Erf", ["u"], ["p"]),
            NODE("Add", ["one", "p"], ["q"]),
            NODE("Mul", ["t", "half"], ["r"]),
            NODE("Mul", ["r", "q"], ["h"]),
        ],
        "gelu",
    ),
    "square": ([NODE("Mul", ["t", "t"], ["h"])], "power:2"),
    "cube": ([NODE("Pow", ["t", "three"], ["h"])], "power:3"),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_activations_however_they_are_spelled(tmp_path, name):
    nodes, psi = SMOOTH[name]
    extra = {"one": np.ones((), F32), "three": np.array(3.0, F32), "root": np.array(2**0.5, F32), "inverse": np.array(0.5**0.5, F32)}
    for seed in range(SEEDS):
        w = {**weights(seed), **extra}
        f = load_network(write(tmp_path / "f.onnx", hidden(*nodes), w))
        assert f.activation.name == psi
        x = np.random.default_rng(3).standard_normal((40, 2))
        evaluated = onnx.reference.ReferenceEvaluator(str(tmp_path / "f.onnx")).run(None, {"x": x.astype(F32)})[0]
        assert np.allclose(f(x), evaluated[:, 0], rtol=1e-4, atol=1e-4)


def test_gelu_by_erf_keeps_the_constant_of_the_file(tmp_path):
    """The single-precision √2 is no √2: the neurons are stretched by what it is off."""
    nodes, _ = SMOOTH["gelu by erf"]
    extra = {"one": np.ones((), F32), "root": np.array(2**0.5, F32)}
    f = load_network(write(tmp_path / "f.onnx", hidden(*nodes), {**weights(0), **extra}))
    stretch = Fraction(f.W[0, 0]) / Fraction(float(weights(0)["W"][0, 0]))
    assert f.is_exact and stretch != 1 and abs(stretch * Fraction(float(np.float32(2**0.5))) / Fraction(2**0.5) - 1) < Fraction(1, 2**50)


@pytest.mark.parametrize("dtype", [F16, F32, F64], ids=["half", "single", "double"])
def test_floats_of_every_width_are_read_exactly(tmp_path, dtype):
    w = weights(3, dtype)
    w["W"] = (w["W"].astype(F64) / 3).astype(dtype)
    f = load_network(write(tmp_path / "f.onnx", [G, R, O], w, dtype=dtype))
    assert np.array_equal(f.W, w["W"].astype(F64)) and not f.is_exact


def test_a_mean_that_is_larger_than_the_biases_does_not_round_them(tmp_path):
    gap = 2.0**-30
    w = {"mu": np.array([[1.7e9]]), "W": np.array([[1.0, 1.0]]), "b": np.array([0.0, -gap]), "a": np.array([[1 / gap], [-1 / gap]])}
    nodes = [NODE("Sub", ["x", "mu"], ["z"]), NODE("Gemm", ["z", "W", "b"], ["t"]), R, NODE("MatMul", ["h", "a"], ["f"])]
    f = load_network(write(tmp_path / "f.onnx", nodes, w, ("n", 1), F64))
    assert f.is_exact and f.b[0] - f.b[1] == Fraction(gap)
    found = network_enclosure(f)
    assert found.certified and found.lower <= 2.0**30 <= found.upper


def test_batch_norm_is_folded_within_two_to_the_minus_200(tmp_path):
    w = weights(1)
    w["var"] = np.full(HIDDEN, 2.0, F32)
    node = NODE("BatchNormalization", ["t", "gain", "shift", "mean", "var"], ["u"], epsilon=0.0)
    f = load_network(write(tmp_path / "f.onnx", hidden(node, NODE("Relu", ["u"], ["h"])), w))
    j = int(np.flatnonzero(w["W"].any(axis=1))[0])
    i = int(np.flatnonzero(w["W"][j])[0])
    off = (f.W[j, i] / (Fraction(float(w["W"][j, i])) * Fraction(float(w["gain"][j])))) ** 2 * 2 - 1
    assert f.is_exact and 0 < abs(off) < Fraction(1, 2**199)


def test_quantised_weights_in_the_graph(tmp_path):
    q, scale = np.array([[3, -7], [1, 0], [5, 5], [-2, 9]], np.int8), np.array(0.05, F32)
    nodes = [NODE("DequantizeLinear", ["q", "scale"], ["V"]), NODE("Gemm", ["x", "V", "b"], ["t"], transB=1), R, O]
    f = load_network(write(tmp_path / "f.onnx", nodes, {**weights(0), "q": q, "scale": scale}))
    assert [[Fraction(x) for x in row] for row in f.W] == [[Fraction(int(x)) * Fraction(float(scale)) for x in row] for row in q]


# (nodes, options, error, words): refused, and why
REFUSED = {
    "rows are combined by broadcasting": (
        [
            G,
            R,
            NODE("MatMul", ["h", "a"], ["p"]),
            NODE("Squeeze", ["p", "i1"], ["q"]),
            NODE("MatMul", ["x", "v"], ["l"]),
            NODE("Add", ["q", "l"], ["f"]),
        ],
        {},
        ShapeError,
        r"of shape \(2, 2\), not 1 number for each row: it combines the rows of a batch",
    ),
    "rows are combined by a reshape": (
        after(NODE("Reshape", ["x", "column"], ["z"]), NODE("Concat", ["z", "z"], ["y"], axis=1)),
        {},
        ShapeError,
        "for each row",
    ),
    "whole numbers": (
        [NODE("Div", ["x", "two_"], ["y"]), NODE("Cast", ["y"], ["z"], to=1), NODE("Gemm", ["z", "W", "b"], ["t"], transB=1), R, O],
        {"dtype": TensorProto.INT64},
        BadData,
        r"\(Div\) computes with whole numbers",
    ),
    "probabilities": (
        [G, R, NODE("MatMul", ["h", "at_"], ["g"]), NODE("Softmax", ["g"], ["f"])],
        {},
        BadData,
        "export the model up to the values before it",
    ),
    "probability": (
        [G, R, NODE("MatMul", ["h", "a"], ["g"]), NODE("Sigmoid", ["g"], ["f"])],
        {},
        ShapeError,
        "second activation after relu",
    ),
    "three layers": (
        [G, R, NODE("Gemm", ["h", "sq", "b"], ["u"]), NODE("Relu", ["u"], ["p"]), NODE("MatMul", ["p", "a"], ["f"])],
        {},
        ShapeError,
        "second activation after relu",
    ),
    "elu": (hidden(NODE("Elu", ["t"], ["h"])), {}, BadData, "an activation that is none of those here"),
    "a switch": (hidden(NODE("Greater", ["t", "zero"], ["p"]), NODE("Where", ["p", "t", "zero"], ["h"])), {}, BadData, "may jump"),
    "quantised values": (hidden(NODE("Round", ["t"], ["h"])), {}, BadData, "not continuous"),
    "a product": (hidden(NODE("Relu", ["t"], ["u"]), NODE("Mul", ["t", "u"], ["h"])), {}, BadData, "no two-layer network"),
    "erf alone": (hidden(NODE("Erf", ["t"], ["h"])), {}, BadData, "no activation here"),
    "layer norm": (
        hidden(NODE("LayerNormalization", ["t", "gain"], ["u"]), NODE("Relu", ["u"], ["h"])),
        {},
        BadData,
        r"\(LayerNormalization\) is not accepted",
    ),
    "normalised rows": (after(NODE("Normalizer", ["x"], ["y"], domain="ai.onnx.ml", norm="L2")), {}, BadData, r"\(Normalizer\)"),
    "training": (
        hidden(
            NODE("BatchNormalization", ["t", "gain", "shift", "mean", "var"], ["u", "p", "q"], training_mode=1), NODE("Relu", ["u"], ["h"])
        ),
        {},
        BadData,
        "in training mode",
    ),
    "dropout in training": (
        hidden(NODE("Relu", ["t"], ["u"]), NODE("Dropout", ["u", "half", "yes"], ["h"])),
        {},
        BadData,
        "in training mode",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_two_layer_network_is_refused_for_its_reason(tmp_path, name):
    nodes, options, error, words = REFUSED[name]
    extra = {"two_": np.array(2, np.int64), "at_": np.ones((HIDDEN, 3), F32), "sq": np.eye(HIDDEN, dtype=F32), "yes": np.array(True)}
    with pytest.raises(error, match=words):
        load_vector_network(write(tmp_path / "f.onnx", nodes, {**weights(0), **extra}, **options))


def test_old_opsets_train_by_default(tmp_path):
    norm = NODE("BatchNormalization", ["t", "gain", "shift", "mean", "var"], ["u"])
    with pytest.raises(BadData, match=r"is in training mode \(before opset 7"):
        load_network(write(tmp_path / "f.onnx", [G, norm, NODE("Relu", ["u"], ["h"]), O], weights(0), opset=6))


# ---- numbers in .npz and .json -----------------------------------------------------------------------------------

LARGE = 2**60 + 1
NUMBERS = [
    ("int64 beyond 2^53", np.array([[LARGE]]), Fraction(LARGE)),
    ("uint64", np.array([[2**63 + 1]], dtype=np.uint64), Fraction(2**63 + 1)),
    ("int8", np.array([[3]], dtype=np.int8), Fraction(3)),
    ("float16", np.array([[0.1]], dtype=np.float16), Fraction(float(np.float16(0.1)))),
    ("float32", np.array([[0.1]], dtype=np.float32), Fraction(float(np.float32(0.1)))),
    ("float64", np.array([[0.1]]), Fraction(0.1)),
    ("longdouble", np.array([[np.longdouble(1) / 3]]), Fraction(*(np.longdouble(1) / 3).as_integer_ratio())),
    ("text", np.array([["-1/3"]]), Fraction(-1, 3)),
    ("decimal text", np.array([["0.1"]]), Fraction(1, 10)),
    ("text of a large number", np.array([["1e20"]]), Fraction(10**20)),
]


@pytest.mark.parametrize(("array", "wanted"), [case[1:] for case in NUMBERS], ids=[case[0] for case in NUMBERS])
def test_numbers_of_npz_files_are_what_they_are(tmp_path, array, wanted):
    one = np.array(["1"]) if array.dtype.kind == "U" else np.ones(1)
    np.savez(tmp_path / "f.npz", W=array, b=one, a=one, activation="relu")
    assert Fraction(load_network(tmp_path / "f.npz").W[0, 0]) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("0.1", Fraction(1, 10)),
        ("1e-3", Fraction(1, 1000)),
        (str(LARGE), Fraction(LARGE)),
        ("-0.5", Fraction(-1, 2)),
        ("3", Fraction(3)),
        ("1E20", Fraction(10**20)),
        ('"1/3"', Fraction(1, 3)),
        ("0.30000000000000004", Fraction(30000000000000004, 10**17)),
        ("1.5e2", Fraction(150)),
        ("12345678901234567890.5", Fraction(24691357802469135781, 2)),
    ],
)
def test_numbers_of_json_files_are_what_they_are(tmp_path, text, wanted):
    one = '"1"' if text.startswith('"') else "1"
    (tmp_path / "f.json").write_text(f'{{"W": [[{text}]], "b": [{one}], "a": [{one}], "activation": "relu"}}')
    assert Fraction(load_network(tmp_path / "f.json").W[0, 0]) == wanted


def test_an_array_in_memory_is_not_rounded_either():
    assert Network(np.array([[LARGE]]), [0], [1], "relu").W[0, 0] == LARGE
