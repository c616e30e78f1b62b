"""Two-layer networks in files: .npz or .json with W, b, A (or a), optionally V (or v) and c, and the activation's name; or ONNX."""

from __future__ import annotations

import json
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import BadData, ShapeError
from theory.writing import whole_file
from verify.objects.data.files import read_bytes, read_npz_arrays
from verify.objects.data.reals import exact_number
from verify.objects.networks.activations import activation
from verify.objects.networks.network import Network
from verify.objects.networks.onnx_files import load_onnx
from verify.objects.networks.outputs import VectorNetwork, chosen_output

_NEEDED, _OPTIONAL = ("W", "b", "A", "activation"), ("V", "c")
_NEEDED_OF_ONE, _OPTIONAL_OF_ONE = ("W", "b", "a", "activation"), ("v", "c")


def save_network(network: Network | VectorNetwork, path: str | Path) -> None:
    """Write a network to an .npz file; exact weights are written as texts such as "-1/3" and come back exact.

    Args: network, path ending in .npz.
    Raises: BadData for another extension, or if the file cannot be written.
    """
    target = _npz_path(path)
    names = ("W", "b", "A", "V", "c") if isinstance(network, VectorNetwork) else ("W", "b", "a", "v", "c")
    arrays = {name: np.asarray(getattr(network, name)) for name in names}
    if network.W.dtype == object:
        arrays = {name: np.array(array, dtype=object).astype(str) for name, array in arrays.items()}
    with whole_file(target) as stream:
        np.savez(stream, activation=np.array(network.activation.name), **arrays)  # type: ignore[arg-type]


def load_network(path: str | Path, output: int | None = None, minus: int | None = None) -> Network:
    """A two-layer network with one output from a file, or one output, or the difference of two, of a network with several.

    Args: path, as in `load_vector_network`; output: which output, from 0, needed when there are several; minus: the output to subtract.
    Returns: a Network, f_output or f_output − f_minus.
    Raises: as `load_vector_network`; ShapeError for an output that does not exist, or none named where there are several.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "ramp.npz"
    ...     save_network(Network([[2.0]], [0.0], [1.0], "relu"), path)
    ...     load_network(path)([[3.0]])
    array([6.])
    """
    network = load_vector_network(path)
    try:
        return chosen_output(network, output, minus)
    except ShapeError as error:
        raise ShapeError(f"{path}: {error}") from None


def load_vector_network(path: str | Path) -> VectorNetwork:
    """A two-layer network F(x) = Aψ(Wx + b) + Vx + c with m outputs from an .npz, .json or .onnx file (for ONNX see `load_onnx`).

    Arrays of an .npz, or fields of a .json object: W (k×d), b (k), activation (text), and A (m×k), optionally V (m×d) and c (m); for one
    output a (k), v (d) and c (number) will do instead.  Numbers are read as they are written: texts such as "-1/3", decimals of a .json
    (0.1 is 1/10), integers and floats of any width; where they are not all doubles, the network is exact.

    Args: path.
    Returns: a VectorNetwork; one output makes m = 1.
    Raises: BadData (missing, empty, truncated or foreign file; missing or unknown array; not finite; unknown activation), ShapeError
    (shapes that do not fit, no neurons, more than two layers).
    """
    source = Path(path)
    kind = source.suffix.lower()
    if kind == ".onnx":
        return load_onnx(source)
    arrays = _json_arrays(source) if kind == ".json" else read_npz_arrays(read_bytes(_npz_path(source)), source)
    _check_names(set(arrays), source)
    name = arrays.pop("activation")
    if name.shape not in ((), (1,)) or name.dtype.kind != "U":
        raise BadData(f"{source}: activation has shape {name.shape} and type {name.dtype}; save one text such as relu")
    weights = {key: _weights(array, key, source) for key, array in arrays.items()}
    try:
        psi = activation(str(name.reshape(-1)[0]))
        if "A" in weights:
            return VectorNetwork(**weights, activation=psi)
        one = Network(**weights, activation=psi)
        return VectorNetwork(one.W, one.b, one.a[None], psi, one.v[None], np.array([one.c]))
    except (BadData, ShapeError) as error:
        raise type(error)(f"{source}: {error}") from None


def _json_arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        document = json.loads(read_bytes(path), parse_float=_decimal)
    except (ValueError, RecursionError) as error:
        raise BadData(f"{path} is not JSON ({error}); write one object with W, b, A and activation") from None
    if not isinstance(document, dict):
        raise BadData(f"{path} holds no JSON object; write one with W, b, A and activation")
    return {str(name): _json_array(value, f"{path}: {name}") for name, value in document.items()}


def _decimal(text: str) -> Fraction:
    """0.1 is 1/10.  Raises: ValueError."""
    found = exact_number(text)
    if found is None:
        raise ValueError(f"{text} is beyond the range of doubles")
    return found


def _json_array(value: Any, where: str) -> NDArray[Any]:
    """Numbers, or texts; a mixture would make texts of the numbers."""
    try:
        array = np.array(value)
    except ValueError:
        raise ShapeError(f"{where} has rows of different lengths; give a full array") from None
    kinds = {type(entry) for entry in np.array(value, dtype=object).reshape(-1)}
    if kinds == {str}:
        return array
    if not kinds <= {int, float, Fraction}:
        raise BadData(f"{where} holds {', '.join(sorted(kind.__name__ for kind in kinds))}; give numbers alone, or texts alone")
    exact = np.array(value, dtype=object)
    with suppress(OverflowError):                              # a number beyond the doubles is refused with the network
        doubles = exact.astype(np.float64)
        return doubles if bool((exact == doubles).all()) else exact
    return exact


def _npz_path(path: str | Path) -> Path:
    target = Path(path)
    if target.suffix.lower() != ".npz":
        raise BadData(f"{target} is not an .npz file; save networks as .npz with W, b, A (or a) and activation, or export them to .onnx")
    return target


def _check_names(found: set[str], path: Path) -> None:
    deeper = sorted(name for name in found if name[:1] in ("W", "w") and name[1:].strip("_").isdigit())
    if deeper:
        raise ShapeError(
            f"{path} has the weights {', '.join(deeper)} of a network not written as two layers; give one "
            "hidden layer as W (k×d), b (k), a (k)"
        )
    needed, optional = (_NEEDED, _OPTIONAL) if "A" in found else (_NEEDED_OF_ONE, _OPTIONAL_OF_ONE)
    missing = [name for name in needed if name not in found]
    if missing:
        raise BadData(f"{path} has no array {missing[0]!r} (found: {', '.join(sorted(found)) or 'none'}); add it")
    unknown = sorted(found - set(needed) - set(optional))
    if unknown:
        raise BadData(f"{path} has the array {unknown[0]!r}, which a two-layer network does not have; remove it")


def _weights(array: NDArray[Any], name: str, path: Path) -> NDArray[Any]:
    if array.dtype.kind != "U":
        return array
    exact = np.empty(array.shape, dtype=object)
    for index, text in np.ndenumerate(array):
        exact[index] = exact_number(str(text))
        if exact[index] is None:
            raise BadData(f"{path}: {name}{list(index)} is {str(text)!r}; give a rational such as -1/3")
    return exact
