"""Which part of a network in a file a certificate is about, decided by exact weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from theory.certificates.exact.exact_data import format_exact
from theory.certificates.lipschitz import branch_tree, radius, slope_relaxation, sphere_tree, vector_tree
from theory.verdict import Verdict, failed
from verify.lipschitz.of_network import exact_weights
from verify.lipschitz.vector.form import exact_vector_weights
from verify.objects.networks import VectorNetwork, load_vector_network

_ONE, _ALL = (branch_tree.FORMAT, slope_relaxation.FORMAT, sphere_tree.FORMAT), (vector_tree.FORMAT, radius.FORMAT)


@dataclass
class GivenNetwork:
    """A network file that certificates are said to be about, whole or in part."""

    source: str

    @cached_property
    def _network(self) -> VectorNetwork:
        return load_vector_network(self.source)

    def difference(self, document: Mapping[str, Any]) -> str:
        """In which place a certificate is not about the network, as a sentence; empty where it is about it."""
        found = about_network(document, self._network, Path(self.source).name)
        return "" if isinstance(found, str) else found.reason

    def part(self, document: Mapping[str, Any]) -> str:
        """Which outputs a certificate is about."""
        return str(about_network(document, self._network, Path(self.source).name))


def about_network(document: Any, network: VectorNetwork, name: str) -> str | Verdict:
    """What of a network the certificate in a document is about, in words; a failed verdict where it is about another one.

    The weights are compared as rational numbers, by the digests of their canonical forms, and so are the slopes of the activation.

    >>> from verify.lipschitz.of_network import certified_enclosure
    >>> F = VectorNetwork([[3.0, 4.0]], [0.0], [[1.0], [2.0]], "relu")
    >>> _, document = certified_enclosure(F.difference(1, 0))
    >>> about_network(document, F, "f.onnx")
    'output 0 or output 1 minus output 0 of f.onnx'
    >>> about_network(document, VectorNetwork([[3.0, 4.0]], [0.5], [[1.0]], "relu"), "g.onnx").reason
    'no output and no difference of two has its weights'
    """
    kind = document.get("format") if isinstance(document, dict) else None
    if kind not in (*_ONE, *_ALL):
        return failed("it is not about the Lipschitz constant or the radii of a network")
    slopes, psi = document["slopes"], network.activation
    known = _has_activation(document, network) if kind == radius.FORMAT else slopes in _slopes(network)
    if not known:
        return failed(f"it has the slopes {slopes}, and the activation of the file is {psi.name}")
    wanted = document["network"]["sha256"]
    if kind in _ALL:
        if exact_vector_weights(network).digest() != wanted:
            return failed("its weights are different")
        return f"{name} with all outputs" if network.m > 1 else name
    found = [words for words, digest in _digests(network) if digest == wanted]
    if not found:
        return failed("no output and no difference of two has its weights")
    return name if network.m == 1 else f"{' or '.join(found)} of {name}"


def _slopes(network: VectorNetwork) -> list[list[str]]:
    """The slopes as certificates write them: those on both sides of the kink, or the ends of their interval."""
    psi = network.activation
    pairs = [(psi.kink[0], psi.kink[0] + psi.kink[1])] if psi.kink is not None else [psi.slopes] if psi.slopes is not None else []
    return [[format_exact(Fraction(slope)) for slope in pair] for pair in pairs]


def _has_activation(document: Any, network: VectorNetwork) -> bool:
    """Whether a certificate of radii names the activation of the network: by its kink, or by its name."""
    if network.activation.kink is None:
        return bool(document["activation"] == network.activation.name)
    return document["slopes"] in _slopes(network)


def _digests(network: VectorNetwork) -> Iterator[tuple[str, str]]:
    for j in range(network.m):
        yield f"output {j}", exact_weights(network.output(j)).digest()
    for j in range(network.m):
        for k in range(network.m):
            if j != k:
                yield f"output {j} minus output {k}", exact_weights(network.difference(j, k)).digest()
