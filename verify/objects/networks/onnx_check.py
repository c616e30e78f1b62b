"""The network read from an ONNX file against the file itself, as the evaluator of the `onnx` package runs it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.objects.networks.activations import Activation
from verify.objects.networks.network import as_float
from verify.objects.networks.onnx_values import Refused
from verify.objects.networks.outputs import VectorNetwork

Array = NDArray[Any]

_ROWS = (1, 2, 3)       # numbers of rows that are tried where the file leaves it free
_DRAWS = 4
_HALF = 11              # bits of half precision, whose largest number is 65504
# The file computes in its own precision of p bits, in long sums: values agree within 2^(_SPARE − p) of the sizes of what they are sums of.
_SPARE = 12


def compare_with_evaluator(model: Any, network: VectorNetwork, batch: tuple[int, int | None] | None, precision: int) -> None:
    """Compares values at random rows, several at a time, near the origin, far from it and near the kinks.

    Args: model; network, what was read; batch: the input's axis of rows and their number where it is fixed, or None; precision in bits.
    Raises: Refused when the file does not compute one row of outputs from each row, or other values than the network.
    """
    from onnx import helper

    rng, value = np.random.default_rng(0), model.graph.input
    known = {tensor.name for tensor in model.graph.initializer}
    given = next(entry for entry in value if entry.name not in known)
    kind = helper.tensor_dtype_to_np_dtype(given.type.tensor_type.elem_type)
    sizes = [dim.dim_value for dim in given.type.tensor_type.shape.dim]
    counts = (1,) if batch is None else _ROWS if batch[1] is None else (batch[1],)
    evaluator, weights = _evaluator(model), tuple(as_float(getattr(network, name)) for name in ("W", "b", "A", "V", "c"))
    farthest = 64.0 if precision == _HALF else 1e10     # where sums and cubes stay finite
    for n in counts * _DRAWS:
        with np.errstate(all="ignore"):
            X = _points(*weights[:2], n, farthest, rng).astype(kind)
            rest = sizes if batch is None else [size for i, size in enumerate(sizes) if i != batch[0]]
            shaped = X.reshape(rest) if batch is None else np.moveaxis(X.reshape(n, *rest), 0, batch[0])
            try:
                found = np.asarray(evaluator.run(None, {given.name: shaped})[0])
            except Exception as error:  # the evaluator raises whatever its numpy code raises
                reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
                raise Refused(f"the model does not run on {n} row{'s' * (n > 1)} of input, in the evaluator of the package onnx: {reason}",
                              shape=True) from None
            _compare(found.astype(np.float64), *_values(weights, network.activation, X.astype(np.float64)), precision)


def _evaluator(model: Any) -> Any:
    """The evaluator of the onnx package, which knows some operators in newer versions only."""
    from onnx import defs, version_converter
    from onnx.reference import ReferenceEvaluator

    try:
        return ReferenceEvaluator(model)
    except Exception:  # it raises whatever it likes
        try:
            return ReferenceEvaluator(version_converter.convert_version(model, defs.onnx_opset_version()))
        except Exception as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
            raise Refused(f"the model holds a node that the evaluator of the package onnx does not know: {reason}") from None


def _compare(found: Array, values: Array, size: Array, precision: int) -> None:
    n, m = values.shape
    ways = [np.moveaxis(found, axis, 0) for axis, size in enumerate(found.shape) if size == n]
    tables = [way.reshape(n, m) for way in ways if way.size == n * m] or ([found.reshape(1, m)] if n == 1 and found.size == m else [])
    if not tables:
        raise Refused(f"for {n} rows of input the model gives an array of shape {found.shape}, not {m} number{'s' * (m > 1)} for each row: "
                      "it combines the rows of a batch; export one that computes each row by itself", shape=True)
    with np.errstate(invalid="ignore"):
        worst = min(float(np.max(np.abs(table - values) / size)) for table in tables)
    if not worst <= 2.0 ** (_SPARE - precision):
        raise Refused(f"for {n} row{'s' * (n > 1)} of input the model gives other values than the two-layer network that its nodes "
                      "describe: it combines the rows of a batch, or holds a node that this program misreads")


def _values(weights: tuple[Array, ...], psi: Activation, X: Array) -> tuple[Array, Array]:
    """The values of a network in doubles, and the sizes of what they are sums of."""
    W, b, A, V, c = weights
    t, reach = X @ W.T + b, np.abs(X) @ np.abs(W).T + np.abs(b)
    degree = psi.name.partition("power:")[2]
    hidden = psi.function(t)
    # of a power the error is that of t times its slope there
    heights = reach ** int(degree) * int(degree) if degree else (psi.lipschitz or 1.0) * reach + abs(psi.value_at_zero)
    size = heights @ np.abs(A).T + np.abs(X) @ np.abs(V).T + np.abs(c) + 1e-300
    return hidden @ A.T + X @ V.T + c, size


def _points(W: Array, b: Array, n: int, farthest: float, rng: np.random.Generator) -> Array:
    """Rows at several scales, and rows near a kink of some neuron."""
    X = rng.standard_normal((n, W.shape[1])) * rng.choice([0.5, 2.0, 10.0], (n, 1))
    live = np.flatnonzero(W.any(axis=1))
    for i in range(n if len(live) else 0):
        if rng.random() < 0.5:
            j = int(rng.choice(live))
            X[i] -= (W[j] @ X[i] + b[j]) / (W[j] @ W[j]) * W[j] * rng.uniform(0.5, 1.5)
    return np.clip(X, -farthest, farthest)
