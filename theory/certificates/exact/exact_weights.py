"""Two-layer networks in files, all of their numbers exact rationals: spelling, parsing, and the digest that names them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from theory.certificates.exact.exact_data import format_exact, parse_row, parse_rows
from theory.errors import BadData, NotCertified, ShapeError

Row = tuple[Fraction, ...]
_FIELDS = {"W", "b", "a", "v", "sha256"}
_VECTOR_FIELDS = {"W", "b", "A", "V", "c", "sha256"}


@dataclass(frozen=True)
class ExactWeights:
    """The rational weights of f(x) = v·x + Σ_ℓ a_ℓψ(w_ℓ·x + b_ℓ): W (k rows of d), b (k), a (k), v (d); ψ is named elsewhere.

    Raises: ShapeError (shapes that do not fit), BadData (no neuron, no input).

    >>> ExactWeights(((Fraction(3), Fraction(4)),), (Fraction(0),), (Fraction(1),), (Fraction(0), Fraction(0))).shape
    (1, 2)
    """

    W: tuple[Row, ...]
    b: Row
    a: Row
    v: Row

    def __post_init__(self) -> None:
        if not self.W or not self.v:
            raise BadData("the network is empty: give at least one neuron and one input")
        k, d = self.shape
        for j, row in enumerate(self.W):
            if len(row) != d:
                raise ShapeError(f"row {j} of W has {len(row)} entries but v has {d}: give rows of that length")
        for name, entries in (("b", self.b), ("a", self.a)):
            if len(entries) != k:
                raise ShapeError(f"{name} has {len(entries)} entries but W has {k} rows: give one each")

    @property
    def shape(self) -> tuple[int, int]:
        """(k, d)."""
        return len(self.W), len(self.v)

    def digest(self) -> str:
        """The SHA-256 of the weights in lowest terms: equal for two spellings of one network, different otherwise."""
        vectors = {name: [str(c) for c in entries] for name, entries in (("b", self.b), ("a", self.a), ("v", self.v))}
        canonical = {"W": [[str(c) for c in row] for row in self.W], **vectors}
        return hashlib.sha256(json.dumps(canonical, separators=(",", ":")).encode()).hexdigest()

    def as_json(self) -> dict[str, object]:
        """The weights as exact strings, with the digest."""
        vectors = {name: [format_exact(c) for c in entries] for name, entries in (("b", self.b), ("a", self.a), ("v", self.v))}
        return {"W": [[format_exact(c) for c in row] for row in self.W], **vectors, "sha256": self.digest()}


@dataclass(frozen=True)
class ExactVectorWeights:
    """The rational weights of F(x) = Aψ(Wx + b) + Vx + c: W (k rows of d), b (k), A (m rows of k), V (m rows of d), c (m).

    Raises: ShapeError (shapes that do not fit), BadData (no neuron, no input, no output).

    >>> one, zero = Fraction(1), Fraction(0)
    >>> ExactVectorWeights(((one, one),), (zero,), ((one,), (one / 2,)), ((zero, zero), (zero, zero)), (zero, zero)).combined((one, -one)).a
    (Fraction(1, 2),)
    """

    W: tuple[Row, ...]
    b: Row
    A: tuple[Row, ...]
    V: tuple[Row, ...]
    c: Row

    def __post_init__(self) -> None:
        if not self.W or not self.W[0] or not self.A:
            raise BadData("the network is empty: give at least one neuron, one input and one output")
        m, k, d = self.shape
        for name, rows, wanted, length in (("W", self.W, k, d), ("A", self.A, m, k), ("V", self.V, m, d), ("b", (self.b,), 1, k),
                                           ("c", (self.c,), 1, m)):  # fmt: skip
            if len(rows) != wanted or any(len(row) != length for row in rows):
                raise ShapeError(f"{name} does not fit a network with {m} outputs, {k} neurons and {d} inputs")

    @property
    def shape(self) -> tuple[int, int, int]:
        """(m, k, d)."""
        return len(self.A), len(self.W), len(self.W[0])

    def combined(self, weights: Sequence[Fraction]) -> ExactWeights:
        """Σ_j u_jF_j without its constant, for weights u (m)."""
        a, v = (tuple(sum((u * c for u, c in zip(weights, column, strict=True)), Fraction(0)) for column in zip(*rows, strict=True))
                for rows in (self.A, self.V))
        return ExactWeights(self.W, self.b, a, v)

    def digest(self) -> str:
        """The SHA-256 of the weights in lowest terms: equal for two spellings of one network, different otherwise."""
        canonical = {name: [[str(c) for c in row] for row in rows] for name, rows in self._tables()}
        return hashlib.sha256(json.dumps(canonical, separators=(",", ":")).encode()).hexdigest()

    def as_json(self) -> dict[str, object]:
        """The weights as exact strings, with the digest."""
        spelled = {name: [[format_exact(c) for c in row] for row in rows] for name, rows in self._tables()}
        return {**spelled, "b": spelled["b"][0], "c": spelled["c"][0], "sha256": self.digest()}

    def _tables(self) -> list[tuple[str, tuple[Row, ...]]]:
        return [("W", self.W), ("b", (self.b,)), ("A", self.A), ("V", self.V), ("c", (self.c,))]


def exact_weights_of(
    W: NDArray[np.float64], b: NDArray[np.float64], a: NDArray[np.float64], v: NDArray[np.float64]
) -> ExactWeights:
    """The network whose weights are exactly the given doubles.

    Args: W (k, d), b (k), a (k), v (d), finite.
    Raises: ShapeError, BadData (a number that is not finite, no neuron).

    >>> exact_weights_of(np.array([[0.5]]), np.array([0.0]), np.array([2.0]), np.array([1.0])).W
    ((Fraction(1, 2),),)
    """
    if W.ndim != 2 or any(array.ndim != 1 for array in (b, a, v)):
        raise ShapeError(f"W has {W.ndim} axes: give W of shape (k, d) and b, a, v with one axis each")
    for name, array in (("W", W), ("b", b), ("a", a), ("v", v)):
        if not np.isfinite(array).all():
            raise BadData(f"{name} has an entry that is not finite: every weight must be finite")
    vectors = [tuple(Fraction(float(c)) for c in array) for array in (b, a, v)]
    return ExactWeights(tuple(tuple(Fraction(float(c)) for c in row) for row in W), *vectors)


def parse_weights(document: object) -> tuple[ExactWeights, str]:
    """The network of a JSON document and the digest that the document states, not yet compared.

    Raises: BadData (a missing or foreign field, a number that is not exact), ShapeError.
    """
    if not isinstance(document, dict) or set(document) != _FIELDS:
        raise BadData(f"the network must hold exactly the fields {', '.join(sorted(_FIELDS))}")
    if not isinstance(document["sha256"], str):
        raise BadData('"sha256" must be a string of 64 hexadecimal digits')
    return ExactWeights(parse_rows(document["W"], "W"), *(parse_row(document[name], name) for name in ("b", "a", "v"))), document["sha256"]


def parse_vector_weights(document: object) -> ExactVectorWeights:
    """The network of a JSON document, whose digest must be that of its weights.

    Raises: BadData (a missing or foreign field, a number that is not exact), ShapeError, NotCertified (another digest).
    """
    if not isinstance(document, dict) or set(document) != _VECTOR_FIELDS:
        raise BadData(f"the network must hold exactly the fields {', '.join(sorted(_VECTOR_FIELDS))}")
    W, A, V = (parse_rows(document[name], name) for name in ("W", "A", "V"))
    b, c = (parse_row(document[name], name) for name in ("b", "c"))
    network = ExactVectorWeights(W, b, A, V, c)
    if document["sha256"] != network.digest():
        raise NotCertified("the network does not match its SHA-256 digest")
    return network
