"""Two-layer networks from ONNX files: linear maps, batch normalisation and one activation, folded into W, b, a, v, c in float64."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import BadData, ShapeError
from verify.objects.data.files import read_bytes
from verify.objects.networks.onnx_values import Folded, Refused
from verify.objects.networks.outputs import VectorNetwork

Array = NDArray[Any]

_ACTIVATIONS = {
    "Relu": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "Softplus": "softplus", "Abs": "abs", "LeakyRelu": "leaky_relu", "Gelu": "gelu",
}  # fmt: skip
_UNCHANGED = ("Identity", "Dropout")
_FLOATS = (1, 10, 11, 16)       # float32, float16, float64, bfloat16, by their numbers in the format
_ACCEPTED = (
    "Gemm, MatMul, Add, Sub, Mul, Div, Neg, BatchNormalization (inference), one of " + ", ".join(_ACTIVATIONS)
    + ", and Flatten, Reshape, Squeeze, Unsqueeze, Transpose, Cast, Identity, Dropout, Constant"
)


def load_onnx(path: str | Path) -> VectorNetwork:
    """A two-layer network from an ONNX file: f(x) = Aψ(Wx+b) + Vx + c with one activation ψ, all m entries of the file's output.

    Accepted: Gemm, MatMul, Add, Sub, Mul, Div, Neg with constant weights, sums of two branches (skip connections), BatchNormalization in
    inference mode before or after the activation, the activations Relu, LeakyRelu, Tanh, Sigmoid, Softplus, Abs and Gelu (exact), and nodes
    that only rearrange the batch (Flatten, Reshape, Squeeze, Unsqueeze, Transpose, Cast between floats, Identity, Dropout).  The file's
    numbers are read exactly and combined in float64, so the network computes what the file says up to float64 rounding; Cast to a
    narrower float is read as the identity.  A network without activation is read as one neuron with ψ(t) = t.

    Args: path.
    Returns: a VectorNetwork with float64 weights.
    Raises: BadData (missing, empty, truncated or foreign file; a node that is not accepted, by name; numbers not finite), ShapeError (more
    than one hidden layer, several named outputs, shapes that do not fit), all one sentence.
    """
    source = Path(path)
    read_bytes(source)                                               # missing, empty and unreadable files have their own sentences
    graph, helper = _graph(source)
    wanted = [value.name for value in graph.output]
    if len(wanted) != 1:
        raise ShapeError(f"{source} has the outputs {', '.join(wanted)}; export a model with the one output that is the network's value")
    try:
        return _network(_fold(graph, wanted[0], helper))
    except Refused as error:
        raise (ShapeError if error.shape else BadData)(f"{source}: {error}") from None
    except (BadData, ShapeError) as error:
        raise type(error)(f"{source}: {error}") from None


def _graph(path: Path) -> tuple[Any, Any]:
    """The checked graph of an ONNX file, and the module that reads its tensors."""
    try:
        import onnx
        from google.protobuf.message import DecodeError
        from onnx import numpy_helper
    except ImportError:
        raise BadData(f"{path} needs the package onnx to be read; install lawbook[onnx]") from None
    try:
        model = onnx.load(path)
        onnx.checker.check_model(model)
    except (DecodeError, onnx.checker.ValidationError, OSError, ValueError, TypeError) as error:
        reason = (str(error).strip().splitlines() or ["no reason given"])[0][:160]
        raise BadData(f"{path} is not a readable ONNX model (truncated, another format, or weights in a missing file): {reason}") from None
    return model.graph, numpy_helper


def _fold(graph: Any, wanted: str, helper: Any) -> Folded:
    values: dict[str, Folded | Array] = {tensor.name: np.asarray(helper.to_array(tensor)) for tensor in graph.initializer}
    if graph.sparse_initializer:
        raise Refused("the file holds sparse weights; export dense ones")
    inputs = [value for value in graph.input if value.name not in values]
    if len(inputs) != 1:
        raise Refused(f"the file has {len(inputs)} inputs; a network has one, x of shape n×d", shape=True)
    values[inputs[0].name] = Folded.identity(_features(inputs[0]))
    needed = _ancestors(graph, wanted)
    for node in graph.node:
        if needed.isdisjoint(node.output):
            continue
        where = f"node {node.name or node.output[0]!r} ({node.op_type})"
        if node.domain not in ("", "ai.onnx"):
            raise Refused(f"{where} is of the domain {node.domain!r}; accepted are {_ACCEPTED}")
        try:
            values[node.output[0]] = _apply(node, [values.get(name) if name else None for name in node.input], helper)
        except Refused as error:
            raise Refused(f"{where} {error}", shape=error.shape) from None
    result = values.get(wanted)
    if not isinstance(result, Folded):
        raise Refused(f"the output {wanted!r} does not depend on the input; export the network's value")
    return result


def _features(value: Any) -> tuple[int, ...]:
    """The shape of one input without the batch axis."""
    dims = [dim.dim_value if dim.HasField("dim_value") else None for dim in value.type.tensor_type.shape.dim]
    sizes = dims[1:] if len(dims) > 1 else dims
    if not sizes or any(not size for size in sizes):
        raise Refused(f"the input {value.name!r} has no fixed number of features; export the model with x of shape n×d", shape=True)
    return tuple(int(size) for size in sizes if size)


def _ancestors(graph: Any, wanted: str) -> set[str]:
    needed = {wanted}
    for node in reversed(graph.node):
        if not needed.isdisjoint(node.output):
            needed.update(node.input)
    return needed


def _apply(node: Any, inputs: list[Folded | Array | None], helper: Any) -> Folded | Array:
    """The value of a node's first output."""
    settings = {attribute.name: _setting(attribute, helper) for attribute in node.attribute}
    kind = node.op_type
    if kind == "Constant":
        return np.asarray(next(iter(settings.values())))
    if any(part is None for part in inputs[:1]):
        raise Refused("has an input that no accepted node computes")
    first = inputs[0]
    if kind in ("Gemm", "MatMul", "Add", "Sub", "Mul", "Div"):
        return _ARITHMETIC[kind](inputs, settings)
    if kind in _UNCHANGED and len(inputs) > 2 and inputs[2] is not None and np.any(_constant(inputs[2])):
        raise Refused("is in training mode; export the model in evaluation mode")
    if not isinstance(first, Folded):
        if kind == "Cast" and settings.get("to") not in _FLOATS and np.any(np.rint(first) != first):
            raise Refused("turns weights into whole numbers; only casts between floats are accepted")
        if kind in (*_UNCHANGED, "Cast"):
            return np.asarray(first)
        raise Refused("acts on constants only; export the model with constant folding")
    if kind in _ACTIVATIONS:
        return first.activated(_activation_name(kind, settings))
    if kind == "BatchNormalization":
        return _normalised(first, [_constant(part) for part in inputs[1:5]], settings)
    if kind in _UNCHANGED:
        return first
    if kind == "Cast":
        if settings.get("to") not in _FLOATS:
            raise Refused("turns numbers into another type; only casts between floats are accepted")
        return first
    if kind == "Neg":
        return first.scaled(np.array(-1.0))
    if kind in ("Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose"):
        shape = _constant(inputs[1]) if len(inputs) > 1 and inputs[1] is not None else None
        return first.rearranged(kind, settings, shape)
    raise Refused(f"is not accepted; accepted are {_ACCEPTED}")


def _setting(attribute: Any, helper: Any) -> Any:
    from onnx.helper import get_attribute_value

    value = get_attribute_value(attribute)
    return helper.to_array(value) if hasattr(value, "data_type") else value


def _constant(part: Folded | Array | None) -> Array:
    if part is None or isinstance(part, Folded):
        raise Refused("needs constant weights; products of two computed values are no two-layer network")
    if part.dtype.kind not in "fiub" and part.dtype.name != "bfloat16":
        raise Refused(f"has weights of the type {part.dtype}; give real numbers")
    return np.asarray(part, dtype=np.float64)


def _activation_name(kind: str, settings: dict[str, Any]) -> str:
    if kind == "LeakyRelu":
        return f"leaky_relu:{float(settings.get('alpha', np.float32(0.01)))!r}"
    if kind == "Gelu" and settings.get("approximate", b"none") != b"none":
        raise Refused("is the tanh approximation of gelu; export the exact one (approximate='none')")
    return _ACTIVATIONS[kind]


def _normalised(value: Folded, parameters: list[Array], settings: dict[str, Any]) -> Folded:
    """(x − mean)/√(variance + ε)·scale + shift, feature by feature."""
    if settings.get("training_mode", 0):
        raise Refused("is in training mode; export the model in evaluation mode")
    if value.columns or len(value.features) != 1:
        raise Refused("acts on another layout than n×features; export the model with batches as rows", shape=True)
    scale, shift, mean, variance = parameters
    if any(part.shape != value.features for part in parameters):
        raise Refused(f"has parameters that do not fit {value.features[0]} features", shape=True)
    total = variance + float(settings.get("epsilon", np.float32(1e-5)))
    if not (total > 0).all():
        raise Refused("divides by the root of a variance that is not positive")
    factor = scale / np.sqrt(total)
    return value.scaled(factor).shifted(shift - mean * factor)


def _gemm(inputs: list[Folded | Array | None], settings: dict[str, Any]) -> Folded:
    first, second = (
        (part.transposed() if isinstance(part, Folded) else _constant(part).T) if settings.get(flag, 0) else part
        for part, flag in zip(inputs[:2], ("transA", "transB"), strict=True)
    )
    product = _matmul([first, second], {}).scaled(np.array(float(settings.get("alpha", 1.0))))
    if len(inputs) < 3 or inputs[2] is None:
        return product
    beta = np.array(float(settings.get("beta", 1.0)))
    last = inputs[2]
    return product.plus(last.scaled(beta)) if isinstance(last, Folded) else product.shifted(beta * _constant(last))


def _matmul(inputs: list[Folded | Array | None], settings: dict[str, Any]) -> Folded:
    first, second = inputs
    if isinstance(first, Folded):
        return first.times(_constant(second))
    if isinstance(second, Folded):
        return second.transposed().times(_constant(first).T).transposed()
    raise Refused("acts on constants only; export the model with constant folding")


def _add(inputs: list[Folded | Array | None], settings: dict[str, Any], sign: float = 1.0) -> Folded:
    first, second = inputs
    if isinstance(first, Folded):
        other = second.scaled(np.array(sign)) if isinstance(second, Folded) else sign * _constant(second)
        return first.plus(other) if isinstance(other, Folded) else first.shifted(other)
    if isinstance(second, Folded):
        return second.scaled(np.array(sign)).shifted(_constant(first))
    raise Refused("acts on constants only; export the model with constant folding")


def _mul(inputs: list[Folded | Array | None], settings: dict[str, Any]) -> Folded:
    first, second = inputs
    if isinstance(first, Folded):
        return first.scaled(_constant(second))
    if isinstance(second, Folded):
        return second.scaled(_constant(first))
    raise Refused("acts on constants only; export the model with constant folding")


def _div(inputs: list[Folded | Array | None], settings: dict[str, Any]) -> Folded:
    first, second = inputs
    divisor = _constant(second)
    if not isinstance(first, Folded) or not divisor.all():
        raise Refused("divides constants or divides by zero; export the model with constant folding")
    return first.scaled(1 / divisor)


_ARITHMETIC: dict[str, Callable[[list[Folded | Array | None], dict[str, Any]], Folded]] = {
    "Gemm": _gemm, "MatMul": _matmul, "Add": _add, "Sub": lambda inputs, settings: _add(inputs, settings, -1.0), "Mul": _mul, "Div": _div,
}  # fmt: skip


def _network(value: Folded) -> VectorNetwork:
    if value.psi is None:
        return VectorNetwork(value.V, np.zeros(len(value.c)), np.eye(len(value.c)), "identity", None, value.c)
    return VectorNetwork(value.W, value.b, value.A, value.psi, value.V, value.c)
