"""Two-layer networks from ONNX files: linear maps, batch normalisation and one activation, folded into W, b, A, V, c in rationals."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import BadData, ShapeError
from verify.objects.data.files import read_bytes
from verify.objects.networks.activations import ACTIVATIONS
from verify.objects.networks.onnx_check import compare_with_evaluator
from verify.objects.networks.onnx_values import PARTS, Folded, Refused, clipped, elementwise, fractions, larger, product, root
from verify.objects.networks.outputs import VectorNetwork
from verify.objects.rationals import floats, rational, rationals

Array = NDArray[Any]
Value = Folded | Array | None

_SMOOTH = {"Tanh": "tanh", "Sigmoid": "sigmoid", "Softplus": "softplus", "Erf": "erf", "Exp": "exp"}
_PROBABILITIES = ("Softmax", "LogSoftmax", "ArgMax", "ZipMap", "Hardmax", "Normalizer")
_SWITCHES = ("Where", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal", "Not", "And", "Or", "Xor")
_OTHER_ACTIVATIONS = ("Elu", "Selu", "Celu", "Mish", "HardSwish", "Softsign", "Shrink", "ThresholdedRelu", "Sin", "Cos", "Atan")
_ROUNDING = ("QuantizeLinear", "DynamicQuantizeLinear", "Round", "Floor", "Ceil", "Sign", "Mod")
# Nodes that only move entries, or repeat them: their first input (of Concat all inputs) is data, the others say where to.
_MOVES = ("Identity", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Gather", "GatherElements", "GatherND", "Slice", "Concat",
          "Expand", "Tile", "DepthToSpace", "SpaceToDepth")
_FLOATS = {1: 24, 10: 11, 11: 53, 16: 8}       # float32, float16, float64, bfloat16 by their numbers in the format, and their precision
_WHOLE = (2, 3, 4, 5, 6, 7, 12, 13)            # integers
ACCEPTED = (
    "Gemm, MatMul, Add, Sub, Sum, Mul, Div, Neg, BatchNormalization and Scaler (inference), one of Relu, LeakyRelu, PRelu, Clip, Max, Min, "
    "HardSigmoid, Abs, Tanh, Sigmoid, Softplus, Gelu, SiLU and GELU spelled out, and nodes that move entries or act on constants"
)


def load_onnx(path: str | Path) -> VectorNetwork:
    """A two-layer network from an ONNX file: f(x) = Aψ(Wx+b) + Vx + c with one activation ψ, all m entries of the file's output.

    Accepted: linear nodes with constant weights (Gemm, MatMul, Add, Sub, Sum, Mul, Div, Neg, BatchNormalization in inference mode, Scaler),
    skip connections, one hidden layer of one activation (piecewise linear ones with several kinks or slopes become ReLUs and a linear part,
    exactly; SiLU, GELU and Softplus may be spelled out), nodes that move entries, and any node on constants alone.  The network is the one
    that the file means in exact arithmetic: its numbers are combined as rationals, a root (of a variance, and √2 in GELU) being replaced by
    a rational within 2^−200 of its size, and Cast to a narrower float on the way is read as the identity.  Before it is returned its values
    are compared with those of the `onnx` package's evaluator for several numbers of rows.  A network without activation is read as
    neurons with ψ(t) = t.

    Args: path.
    Returns: a VectorNetwork, in float64 where all of its numbers are doubles, else in exact rationals.
    Raises: BadData (missing, empty, truncated or foreign file; a node that is not accepted, by name; numbers not finite), ShapeError (more
    than one hidden layer, several named outputs, shapes that do not fit), all one sentence.
    """
    source = Path(path)
    read_bytes(source)                                               # missing, empty and unreadable files have their own sentences
    model = _model(source)
    wanted = [value.name for value in model.graph.output]
    if len(wanted) != 1:
        raise ShapeError(f"{source} has the outputs {', '.join(wanted)}; export a model with the one output that is the network's value")
    try:
        reader = _Reader(model)
        value = reader.value_of(wanted[0])
        network = _network(value)
        compare_with_evaluator(model, network, reader.batch, reader.precision)
        return network
    except Refused as error:
        raise (ShapeError if error.shape else BadData)(f"{source}: {error}") from None
    except (BadData, ShapeError) as error:
        raise type(error)(f"{source}: {error}") from None


def _model(path: Path) -> Any:
    """The checked model of an ONNX file, its own functions replaced by what they are made of."""
    try:
        import onnx
        import onnx.inliner
        from google.protobuf.message import DecodeError
    except ImportError:
        raise BadData(f"{path} needs the package onnx to be read; install lawbook[onnx]") from None
    try:
        model = onnx.load(path)
        onnx.checker.check_model(model)
        return onnx.inliner.inline_local_functions(model) if model.functions else model
    except (DecodeError, onnx.checker.ValidationError, OSError, ValueError, TypeError) as error:
        reason = (str(error).strip().splitlines() or ["no reason given"])[0][:160]
        raise BadData(f"{path} is not a readable ONNX model (truncated, another format, or weights in a missing file): {reason}") from None


class _Reader:
    """The values of a model's nodes for one row.

    `batch` is the axis of the input along which rows lie and the number of rows when the file fixes it, None for an input without such an
    axis; `kind` is the type of the input.
    """

    def __init__(self, model: Any) -> None:
        from onnx import numpy_helper

        self.model, self.helper = model, numpy_helper
        graph = model.graph
        self.opset = max((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), default=1)
        if graph.sparse_initializer:
            raise Refused("the file holds sparse weights; export dense ones")
        self.values: dict[str, Value] = {tensor.name: self._tensor(tensor) for tensor in graph.initializer}
        inputs = [value for value in graph.input if value.name not in self.values]
        if len(inputs) != 1:
            raise Refused(f"the file has {len(inputs)} inputs; a network has one, x of shape n×d", shape=True)
        self.kind = int(inputs[0].type.tensor_type.elem_type)
        if self.kind not in (*_FLOATS, *_WHOLE):
            raise Refused(f"the input {inputs[0].name!r} holds no real numbers; export the model with a float input")
        shape, self.batch = _one_row(inputs[0])
        self.values[inputs[0].name] = Folded.input(shape, whole=self.kind in _WHOLE)

    @property
    def precision(self) -> int:
        """The bits of the narrowest floats among the input, the weights and the casts."""
        graph = self.model.graph
        kinds = [self.kind, *(tensor.data_type for tensor in graph.initializer)]
        kinds += [attribute.i for node in graph.node if node.op_type == "Cast" for attribute in node.attribute if attribute.name == "to"]
        return min((_FLOATS[kind] for kind in kinds if kind in _FLOATS), default=53)

    def value_of(self, wanted: str) -> Folded:
        """The value of an output.  Raises: Refused."""
        needed = _ancestors(self.model.graph, wanted)
        for node in self.model.graph.node:
            if needed.isdisjoint(node.output):
                continue
            where = f"node {node.name or node.output[0]!r} ({node.op_type})"
            try:
                found = self._computed(node)
            except Refused as error:
                raise Refused(f"{where} {error}", shape=error.shape) from None
            self.values.update(zip((name for name in node.output if name), found, strict=False))
        result = self.values.get(wanted)
        if not isinstance(result, Folded):
            raise Refused(f"the output {wanted!r} does not depend on the input; export the network's value")
        return result

    def _computed(self, node: Any) -> list[Value]:
        """The values of a node's outputs."""
        settings = {attribute.name: self._setting(attribute) for attribute in node.attribute}
        if any(isinstance(value, Refused) for value in settings.values()):
            raise Refused("holds a subgraph; export a model without branches and loops")
        unknown = [name for name in node.input if name and name not in self.values]
        if unknown:
            raise Refused("has an input that no accepted node computes")
        inputs = [self.values[name] if name else None for name in node.input]
        if node.domain == "ai.onnx.ml" and node.op_type == "Scaler":
            return [_standardised(inputs[0], settings)]
        if node.op_type in _PROBABILITIES:
            raise Refused("turns the outputs into probabilities or classes, which are no outputs of a two-layer network; export the model "
                          "up to the values before it (the logits)")
        if node.domain not in ("", "ai.onnx"):
            raise Refused(f"is of the domain {node.domain!r}; accepted are {ACCEPTED}")
        if node.op_type in ("Dropout", "BatchNormalization"):
            self._check_inference(node, inputs, settings)
        if node.op_type == "Shape" and isinstance(inputs[0], Folded):
            return self._evaluated(node, [np.zeros(inputs[0].shape)])
        if any(isinstance(value, Folded) for value in inputs):
            return self._symbolic(node, inputs, settings)
        return self._constant(node, inputs, settings)

    # ------------------------------------------------------------------ constants

    def _constant(self, node: Any, inputs: list[Value], settings: dict[str, Any]) -> list[Value]:
        """A node on constants: arithmetic on floats in rationals, anything else by the evaluator of the onnx package."""
        constants = [value for value in inputs if value is not None]
        exact = any(value.dtype == object for value in constants)
        real = exact or (bool(constants) and all(value.dtype.kind == "f" for value in constants))
        if node.op_type == "DequantizeLinear":
            return [_dequantised(constants, settings)]
        if real and node.op_type in _BETWEEN_CONSTANTS:
            return [_BETWEEN_CONSTANTS[node.op_type](constants)]
        if real and node.op_type in ("MatMul", "Gemm") and all(value.ndim == 2 for value in constants[:2]):
            return [_matrix_product(constants, settings)]
        if node.op_type in _MOVES:
            return [self._moved(node, inputs)]
        if exact and node.op_type == "Cast":
            return [constants[0]]
        if exact:
            raise Refused(f"acts on constants that were computed; export the model with constant folding (accepted are {ACCEPTED})")
        return self._evaluated(node, inputs)

    def _evaluated(self, node: Any, inputs: list[Value]) -> list[Value]:
        """The outputs of one node by the evaluator of the onnx package."""
        from onnx import TensorProto, helper
        from onnx.reference import ReferenceEvaluator

        feeds = {name: value for name, value in zip(node.input, inputs, strict=False) if value is not None}
        known = [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in feeds]
        outputs = [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in node.output if name]
        model = helper.make_model(helper.make_graph([node], "node", known, outputs), opset_imports=list(self.model.opset_import))
        try:
            with np.errstate(all="ignore"):
                found = ReferenceEvaluator(model).run(None, feeds)
        except Exception as error:  # the evaluator raises whatever its numpy code raises
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
            raise Refused(f"cannot be evaluated: {reason}", shape=True) from None
        if not all(isinstance(value, np.ndarray | np.generic) for value in found):
            raise Refused("computes something else than numbers")
        return [self._real(np.asarray(value)) for value in found]

    def _moved(self, node: Any, inputs: list[Value]) -> Value:
        """The tensor whose entries a node moves: the evaluator moves their numbers."""
        data = [value for value in inputs if value is not None] if node.op_type == "Concat" else inputs[:1]
        sizes = [value.size for value in data if value is not None]
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        index = [np.arange(size).reshape(value.shape) + start for value, size, start in zip(data, sizes, starts[:-1], strict=True)
                 if value is not None]
        where = np.asarray(self._evaluated(node, [*index, *inputs[len(data):]])[0])
        if len(data) == 1 and isinstance(data[0], np.ndarray):
            return np.asarray(data[0].reshape(-1)[where])
        if not any(isinstance(value, Folded) for value in data):
            return np.concatenate([np.asarray(value).reshape(-1) for value in data])[where]
        joined = None
        for value, start in zip(data, starts[:-1], strict=True):
            flat = value.taken(np.arange(value.size)) if isinstance(value, Folded) else np.asarray(value).reshape(-1)
            part = _padded(flat, int(start), int(starts[-1]))
            joined = part if joined is None else _together(joined, part)
        return joined.taken(where) if isinstance(joined, Folded) else joined

    def _tensor(self, tensor: Any) -> Array:
        return self._real(np.asarray(self.helper.to_array(tensor)))

    @staticmethod
    def _real(array: Array) -> Array:
        """Floats of any width as doubles, which all of them are, except long ones; whole numbers, truth values and texts as they are."""
        if array.dtype.kind == "f" or array.dtype.name.startswith(("bfloat", "float8", "float4")):
            return array.astype(np.float64)
        return array

    def _setting(self, attribute: Any) -> Any:
        from onnx.helper import get_attribute_value

        value = get_attribute_value(attribute)
        if attribute.HasField("g") or attribute.graphs:
            return Refused("graph")
        return self._tensor(value) if hasattr(value, "data_type") else value

    # ------------------------------------------------------------------ computed values

    def _symbolic(self, node: Any, inputs: list[Value], settings: dict[str, Any]) -> list[Value]:
        kind, first = node.op_type, inputs[0]
        if kind in _MOVES:
            return [self._moved(node, inputs)]
        if kind == "Split":
            parts = self._evaluated(node, [first.entries() if isinstance(first, Folded) else first, *inputs[1:]])
            return [first.taken(np.asarray(part)) if isinstance(first, Folded) else None for part in parts]
        if kind == "Cast" and isinstance(first, Folded):
            if settings.get("to") not in _FLOATS and not (first.whole and settings.get("to") in _WHOLE):
                raise Refused("turns numbers into another type; only casts between floats, and of whole inputs to floats, are accepted")
            return [_cast(first, settings["to"] in _WHOLE)]
        if kind in _SYMBOLIC:
            return [_SYMBOLIC[kind](inputs, settings)]
        if kind in _SWITCHES:
            raise Refused("switches between values, which may jump there and is no activation here (PyTorch's dynamo exporter writes "
                          "Softplus so, with a threshold; dynamo=False does not)")
        if kind in _OTHER_ACTIVATIONS:
            raise Refused(f"is an activation that is none of those here: {', '.join(ACTIVATIONS)}, leaky_relu:SLOPE, power:DEGREE, and "
                          "piecewise linear ones")
        if kind in _ROUNDING:
            raise Refused("rounds computed values, which is not continuous; export the model before quantisation")
        raise Refused(f"is not accepted; accepted are {ACCEPTED}")

    def _check_inference(self, node: Any, inputs: list[Value], settings: dict[str, Any]) -> None:
        """Refused where the statistics of the batch, or random masks, take part."""
        training = bool(settings.get("training_mode", 0))
        if node.op_type == "Dropout":
            training |= len(inputs) > 2 and inputs[2] is not None and bool(np.any(_numbers(inputs[2])))
        elif 7 <= self.opset < 14:
            training |= sum(bool(name) for name in node.output) > 1
        if self.opset < 7:
            training |= not settings.get("is_test", 0)
        if training:
            old = " (before opset 7 that is the default: is_test is 0)" if self.opset < 7 else ""
            raise Refused(f"is in training mode{old}; export the model in evaluation mode")
        if node.op_type == "BatchNormalization" and not settings.get("spatial", 1):
            raise Refused("has spatial = 0, statistics for each entry, an old form that is not read; export with a newer opset")


def _cast(value: Folded, whole: bool) -> Folded:
    return replace(value, whole=whole)


def _one_row(value: Any) -> tuple[tuple[int, ...], tuple[int, int | None] | None]:
    """The shape of an input that holds one row, and its batch: the axis, and the number of rows where it is fixed."""
    dims = [dim.dim_value if dim.HasField("dim_value") and dim.dim_value > 0 else None for dim in value.type.tensor_type.shape.dim]
    free = [axis for axis, size in enumerate(dims) if size is None]
    if not dims or len(free) > 1 or (free and len(dims) == 1):
        raise Refused(f"the input {value.name!r} has no fixed number of features; export the model with x of shape n×d", shape=True)
    if len(dims) == 1:
        return (int(dims[0] or 0),), None
    axis = free[0] if free else 0
    shape = tuple(1 if i == axis else int(size or 0) for i, size in enumerate(dims))
    return shape, (axis, None if free else dims[axis])


def _ancestors(graph: Any, wanted: str) -> set[str]:
    needed = {wanted}
    for node in reversed(graph.node):
        if not needed.isdisjoint(node.output):
            needed.update(node.input)
    return needed


def _together(first: Folded | Array, second: Folded | Array) -> Folded | Array:
    if isinstance(first, Folded):
        return first.plus(second)
    return second.plus(first) if isinstance(second, Folded) else elementwise(operator.add, first, second)


def _padded(value: Folded | Array, start: int, size: int) -> Folded | Array:
    """A flat tensor as the entries from `start` on of one of `size` entries, the others 0."""
    places = np.arange(start, start + len(value.c if isinstance(value, Folded) else value))
    if not isinstance(value, Folded):
        whole = np.zeros(size, dtype=object)
        whole[places] = rationals(value)
        return whole
    A, V, c = (np.zeros((size, *part.shape[1:]), dtype=object) for part in (value.A, value.V, value.c))
    for wide, part in ((A, value.A), (V, value.V), (c, value.c)):
        wide[places] = part
    return replace(value, A=A, V=V, c=c, shape=(size,))


def _numbers(part: Value) -> Array:
    """A constant of real numbers."""
    if part is None or isinstance(part, Folded):
        raise Refused("needs constant weights; products of two computed values are no two-layer network")
    if part.dtype != object and part.dtype.kind not in "fiub":
        raise Refused(f"has weights of the type {part.dtype}; give real numbers")
    if part.dtype.kind == "f" and not np.isfinite(part).all():
        raise Refused("has a weight that is not finite; give finite weights")
    return part


def _number(settings: dict[str, Any], name: str, default: float) -> Array:
    return np.array(float(settings.get(name, np.float32(default))))


# ---- arithmetic --------------------------------------------------------------------------------------------------


def _quotient(first: Array, second: Array) -> Array:
    if not all(x != 0 for x in rationals(second).reshape(-1)):
        raise Refused("divides by zero")
    return elementwise(operator.truediv, first, second)


def _rooted(x: Array) -> Array:
    exact = rationals(x)
    if not all(entry > 0 for entry in exact.reshape(-1)):
        raise Refused("takes the root of a number that is not positive")
    return np.array([*map(root, exact.reshape(-1)), None], dtype=object)[:-1].reshape(exact.shape)


def _folded_over(function: Callable[[Any, Any], Any]) -> Callable[[list[Array]], Array]:
    def over(parts: list[Array]) -> Array:
        total = rationals(_numbers(parts[0]))
        for part in parts[1:]:
            total = elementwise(function, total, _numbers(part))
        return total
    return over


_BETWEEN_CONSTANTS: dict[str, Callable[[list[Array]], Array]] = {
    "Add": _folded_over(operator.add), "Sum": _folded_over(operator.add), "Sub": _folded_over(operator.sub),
    "Mul": _folded_over(operator.mul), "Div": lambda parts: _quotient(_numbers(parts[0]), _numbers(parts[1])),
    "Neg": lambda parts: -rationals(_numbers(parts[0])), "Sqrt": lambda parts: _rooted(_numbers(parts[0])),
    "Reciprocal": lambda parts: _quotient(np.array(1.0), _numbers(parts[0])),
}


def _dequantised(parts: list[Array], settings: dict[str, Any]) -> Array:
    """(x − zero point)·scale, exactly; one scale, or one for each place on an axis."""
    x, scale = rationals(_numbers(parts[0])), rationals(_numbers(parts[1]))
    zero = rationals(_numbers(parts[2])) if len(parts) > 2 else np.zeros(scale.shape, dtype=object)
    if settings.get("block_size", 0):
        raise Refused("dequantises blocks, which are not read; export float weights")
    if scale.size > 1:
        shape = [1] * x.ndim
        shape[int(settings.get("axis", 1))] = scale.size
        scale, zero = scale.reshape(shape), zero.reshape(shape)
    return np.asarray((x - zero) * scale, dtype=object)


def _matrix_product(parts: list[Array], settings: dict[str, Any]) -> Array:
    first, second = (rationals(_numbers(part)).T if settings.get(flag, 0) else rationals(_numbers(part))
                     for part, flag in zip(parts[:2], ("transA", "transB"), strict=True))
    if first.shape[1] != second.shape[0]:
        raise Refused(f"multiplies matrices of shapes {first.shape} and {second.shape}, which do not fit", shape=True)
    found = product(first, second) * rational(float(settings.get("alpha", 1.0)))
    beta = rational(float(settings.get("beta", 1.0)))
    return found if len(parts) < 3 else elementwise(operator.add, found, rationals(_numbers(parts[2])) * beta)


def _gemm(inputs: list[Value], settings: dict[str, Any]) -> Folded:
    first, second = (
        (part.transposed() if isinstance(part, Folded) else _numbers(part).T) if settings.get(flag, 0) else part
        for part, flag in zip(inputs[:2], ("transA", "transB"), strict=True)
    )
    constant = not isinstance(first, Folded) and not isinstance(second, Folded)
    if constant:
        raise Refused("adds a computed value to a product of constants; export the model with constant folding")
    found = _matmul([first, second], {}).scaled(_number(settings, "alpha", 1.0))
    if len(inputs) < 3 or inputs[2] is None:
        return found
    last, beta = inputs[2], _number(settings, "beta", 1.0)
    return found.plus(last.scaled(beta)) if isinstance(last, Folded) else found.plus(rationals(_numbers(last)) * rational(float(beta)))


def _matmul(inputs: list[Value], settings: dict[str, Any]) -> Folded:
    first, second = inputs[:2]
    if isinstance(first, Folded):
        return first.times(_numbers(second))
    if not isinstance(second, Folded):
        raise Refused("acts on constants only; export the model with constant folding")
    matrix = _numbers(first)
    if len(second.shape) == 1:
        return second.times(matrix.T)
    found = second.transposed().times(matrix.T)
    return found.transposed() if matrix.ndim > 1 else found


def _sum(inputs: list[Value], settings: dict[str, Any]) -> Folded:
    total: Any = None
    for part in sorted(inputs, key=lambda part: not isinstance(part, Folded)):      # computed values first
        total = part if total is None else total.plus(part if isinstance(part, Folded) else _numbers(part))
    return _affine([total])


def _difference(inputs: list[Value], settings: dict[str, Any]) -> Folded:
    first, second = inputs[:2]
    negative = second.scaled(np.array(-1.0)) if isinstance(second, Folded) else -rationals(_numbers(second))
    return _sum([first, negative], settings)


def _times(inputs: list[Value], settings: dict[str, Any]) -> Folded:
    first, second = inputs[:2]
    if isinstance(first, Folded) and isinstance(second, Folded):
        return first.gated(second)
    value, constant = (first, second) if isinstance(first, Folded) else (second, first)
    return _affine([value]).scaled(_numbers(constant))


def _over(inputs: list[Value], settings: dict[str, Any]) -> Folded:
    first, second = inputs[:2]
    if not isinstance(first, Folded) or isinstance(second, Folded):
        raise Refused("divides by a computed value, which no two-layer network does")
    first._check_real()
    return first.scaled(_quotient(np.array(1.0), _numbers(second)))


def _normalised(inputs: list[Value], settings: dict[str, Any]) -> Folded:
    """(x − mean)/√(variance + ε)·scale + shift along axis 1, the root within 2^−200 of its size."""
    value = inputs[0]
    if not isinstance(value, Folded) or len(value.shape) < 2:
        raise Refused("acts on another layout than n×features; export the model with batches as rows", shape=True)
    scale, shift, mean, variance = (rationals(_numbers(part)) for part in inputs[1:5])
    features = value.shape[1]
    if any(part.shape != (features,) for part in (scale, shift, mean, variance)):
        raise Refused(f"has parameters that do not fit {features} features", shape=True)
    total = variance + rational(float(_number(settings, "epsilon", 1e-5)))
    if not all(entry > 0 for entry in total):
        raise Refused("divides by the root of a variance that is not positive")
    factor = scale / _rooted(total)
    along = (1, features, *(1 for _ in value.shape[2:]))
    return value.scaled(factor.reshape(along)).plus((shift - mean * factor).reshape(along))


def _standardised(value: Value, settings: dict[str, Any]) -> Folded:
    """(x − offset)·scale, of ai.onnx.ml."""
    if not isinstance(value, Folded):
        raise Refused("acts on constants; export the model with constant folding")
    value = _cast(value, False)                               # its result is a float, whatever x is
    offset, scale = (np.array(settings.get(name, [default]), dtype=np.float64) for name, default in (("offset", 0.0), ("scale", 1.0)))
    return value.plus(-offset).scaled(scale)


# ---- activations -------------------------------------------------------------------------------------------------


def _affine(inputs: list[Value]) -> Folded:
    value = inputs[0]
    if not isinstance(value, Folded):
        raise Refused("has a computed slope or limit; these must be constants")
    return value


def _smooth(psi: str, inputs: list[Value], settings: dict[str, Any]) -> Folded:
    return _affine(inputs).activated(psi)


def _gelu(inputs: list[Value], settings: dict[str, Any]) -> Folded:
    if settings.get("approximate", b"none") != b"none":
        raise Refused("is the tanh approximation of gelu; export the exact one (approximate='none')")
    return _affine(inputs).activated("gelu")


def _clip(inputs: list[Value], settings: dict[str, Any]) -> Folded:
    ends = [np.array(float(settings[name])) if name in settings else None for name in ("min", "max")]
    for i, part in enumerate(inputs[1:3]):
        infinite = isinstance(part, np.ndarray) and part.dtype.kind == "f" and part.size == 1 and np.isinf(part).all()
        ends[i] = None if part is None or infinite else _numbers(part)
    return clipped(_affine(inputs), *(None if end is None or _is_infinite(end) else end for end in ends))


def _is_infinite(end: Array) -> bool:
    """Whether a limit is one of those by which exporters write that there is none."""
    return bool(end.size == 1 and abs(float(floats(rationals(end)).reshape(-1)[0])) >= float(np.finfo(np.float32).max))


def _extreme(sign: int) -> Callable[[list[Value], dict[str, Any]], Folded]:
    def extreme(inputs: list[Value], settings: dict[str, Any]) -> Folded:
        first, *others = sorted(inputs, key=lambda part: not isinstance(part, Folded))
        value = _affine([first])
        for other in others:
            value = larger(value, other if isinstance(other, Folded) else _numbers(other), sign)
        return value
    return extreme


def _hard_sigmoid(inputs: list[Value], settings: dict[str, Any]) -> Folded:
    line = _affine(inputs).scaled(_number(settings, "alpha", 0.2)).plus(_number(settings, "beta", 0.5))
    return clipped(line, np.array(0.0), np.array(1.0))


def _swish(inputs: list[Value], settings: dict[str, Any]) -> Folded:
    value = _affine(inputs)
    return value.gated(value.scaled(_number(settings, "alpha", 1.0)).activated("sigmoid"))


def _power(inputs: list[Value], settings: dict[str, Any]) -> Folded:
    exponent = _numbers(inputs[1])
    degree = int(exponent.reshape(-1)[0]) if exponent.size == 1 else 0
    if degree < 1 or degree != exponent.reshape(-1)[0]:
        raise Refused("is no power with one positive whole exponent")
    return _affine(inputs) if degree == 1 else _affine(inputs).activated(f"power:{degree}")


_SYMBOLIC: dict[str, Callable[[list[Value], dict[str, Any]], Folded]] = {
    "Gemm": _gemm, "MatMul": _matmul, "Add": _sum, "Sum": _sum, "Sub": _difference, "Mul": _times, "Div": _over,
    "Neg": lambda inputs, settings: _affine(inputs).scaled(np.array(-1.0)), "Dropout": lambda inputs, settings: _affine(inputs),
    "BatchNormalization": _normalised, "Gelu": _gelu, "Clip": _clip, "Max": _extreme(1), "Min": _extreme(-1),
    "HardSigmoid": _hard_sigmoid, "Swish": _swish, "Pow": _power, "Log": lambda inputs, settings: _affine(inputs).logarithm(),
    "Relu": lambda inputs, settings: _affine(inputs).rectified(), "Abs": lambda inputs, settings: _affine(inputs).activated("abs"),
    "LeakyRelu": lambda inputs, settings: _affine(inputs).rectified(_number(settings, "alpha", 0.01)),
    "PRelu": lambda inputs, settings: _affine(inputs).rectified(_numbers(inputs[1])),
    **{kind: partial(_smooth, psi) for kind, psi in _SMOOTH.items()},
}  # fmt: skip


# ---- the network -------------------------------------------------------------------------------------------------


def _network(value: Folded) -> VectorNetwork:
    if value.psi in PARTS:
        raise Refused(f"the hidden layer is {value.psi}(t) alone, which is no activation here; accepted are {ACCEPTED}")
    if value.whole:
        raise Refused("the output holds whole numbers; cast the input to a float")
    if value.psi is None:
        k = value.size
        parts = [value.V, np.zeros(k, dtype=object), np.eye(k, dtype=int).astype(object), np.zeros_like(value.V), value.c]
    else:
        parts = [value.W, value.b, value.A, value.V, value.c]
    exact = [rationals(part) for part in parts]
    try:
        doubles = [floats(part) for part in exact]
    except OverflowError:
        raise Refused("the weights, combined, are beyond the doubles; rescale the model") from None
    same = all(bool((part == rationals(near)).all()) for part, near in zip(exact, doubles, strict=True))
    W, b, A, V, c = doubles if same else (fractions(part) for part in exact)
    return VectorNetwork(W, b, A, value.psi or "identity", V, c)

