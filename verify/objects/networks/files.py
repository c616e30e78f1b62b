"""Two-layer networks in files: .npz with W (k×d), b (k), a (k), optional v (d) and c and the activation's name, or ONNX."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import BadData, ShapeError
from verify.objects.data.files import read_bytes, read_npz_arrays
from verify.objects.networks.activations import activation
from verify.objects.networks.network import Network
from verify.objects.networks.onnx_files import load_onnx

_NEEDED = ("W", "b", "a", "activation")
_OPTIONAL = ("v", "c")


def save_network(network: Network, path: str | Path) -> None:
    """Write a network to an .npz file; exact weights are written as texts such as "-1/3" and come back exact.

    Args: network, path ending in .npz.
    Raises: BadData for another extension, or if the file cannot be written.
    """
    target = _npz_path(path)
    arrays = {name: np.asarray(getattr(network, name)) for name in ("W", "b", "a", "v", "c")}
    if network.is_exact:
        arrays = {name: np.array(array, dtype=object).astype(str) for name, array in arrays.items()}
    try:
        np.savez(target, activation=np.array(network.activation.name), **arrays)  # type: ignore[arg-type]
    except OSError as error:
        raise BadData(f"{target} cannot be written ({error.strerror}); give a writable path") from None


def load_network(path: str | Path, output: int | None = None) -> Network:
    """A two-layer network f(x) = Σ a_ℓ ψ(w_ℓ·x + b_ℓ) + v·x + c from an .npz file or an ONNX file (see `load_onnx`).

    Arrays of an .npz: W (k×d), b (k), a (k), activation (text), and optionally v (d) and c (scalar).  Arrays of texts are
    read as exact rationals.

    Args: path ending in .npz or .onnx; output: which of several outputs of an ONNX file, from 0.
    Returns: a Network.
    Raises: BadData (missing, empty, truncated or foreign file; missing or unknown array; not finite; unknown
    activation), ShapeError (shapes that do not fit, no neurons, more than two layers).

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "ramp.npz"
    ...     save_network(Network([[2.0]], [0.0], [1.0], "relu"), path)
    ...     load_network(path)([[3.0]])
    array([6.])
    """
    if Path(path).suffix.lower() == ".onnx":
        return load_onnx(path, output)
    source = _npz_path(path)
    if output not in (None, 0):
        raise ShapeError(f"{source} holds one output; there is no output {output}")
    arrays = read_npz_arrays(read_bytes(source), source)
    _check_names(set(arrays), source)
    name = arrays.pop("activation")
    if name.shape not in ((), (1,)) or name.dtype.kind != "U":
        raise BadData(f"{source}: activation has shape {name.shape} and type {name.dtype}; save one text such as relu")
    weights = {key: _weights(array, key, source) for key, array in arrays.items()}
    try:
        return Network(**weights, activation=activation(str(name.reshape(-1)[0])))
    except (BadData, ShapeError) as error:
        raise type(error)(f"{source}: {error}") from None


def _npz_path(path: str | Path) -> Path:
    target = Path(path)
    if target.suffix.lower() != ".npz":
        raise BadData(f"{target} is not an .npz file; save networks as .npz with W, b, a and activation, or export them to .onnx")
    return target


def _check_names(found: set[str], path: Path) -> None:
    deeper = sorted(name for name in found if name[:1] in ("W", "w") and name[1:].strip("_").isdigit())
    if deeper:
        raise ShapeError(
            f"{path} has the weights {', '.join(deeper)} of a network not written as two layers; give one "
            "hidden layer as W (k×d), b (k), a (k)"
        )
    missing = [name for name in _NEEDED if name not in found]
    if missing:
        raise BadData(f"{path} has no array {missing[0]!r} (found: {', '.join(sorted(found)) or 'none'}); add it")
    unknown = sorted(found - set(_NEEDED) - set(_OPTIONAL))
    if unknown:
        raise BadData(f"{path} has the array {unknown[0]!r}, which a two-layer network does not have; remove it")


def _weights(array: NDArray[Any], name: str, path: Path) -> NDArray[Any]:
    if array.dtype.kind != "U":
        return array
    exact = np.empty(array.shape, dtype=object)
    for index, text in np.ndenumerate(array):
        try:
            exact[index] = Fraction(str(text))
        except (ValueError, ZeroDivisionError):
            raise BadData(f"{path}: {name}{list(index)} is {str(text)!r}; give a rational such as -1/3") from None
    return exact
