"""What a node of an ONNX file computes from one row x: entries of Aψ(Wx+b) + Vx + c, all of their numbers exact rationals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isqrt
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray

from verify.objects.networks.activations import activation
from verify.objects.rationals import rational, rationals

Array = NDArray[Any]

# Roots are irrational: a rational within this relative error stands for them.
ROOT_BITS = 200
# What t·ψ(t) is: a multiple of this activation of a multiple of t, plus a line.
_GATES = {"sigmoid": "silu", "erf": "gelu"}
PARTS = ("erf", "exp")      # ψ of which activations are made, and that are none by themselves


class Refused(Exception):
    """What the file holds is no two-layer network that this program reads; `shape` tells errors of shapes from others."""

    def __init__(self, reason: str, *, shape: bool = False) -> None:
        super().__init__(reason)
        self.shape = shape


@dataclass(frozen=True)
class Folded:
    """x ↦ Aψ(Wx+b) + Vx + c: W (k×d), b (k), A (q×k), V (q×d), c (q), ψ by name or None while there is none (then k = 0).

    `shape` is that of the tensor for one row, of q entries in all; `whole` says that its entries are whole numbers to the file.

    >>> value = Folded.input((1, 2)).times(np.array([[3.0], [4.0]])).activated("relu").plus(np.array([1.0]))    # ReLU(3x₁+4x₂) + 1
    >>> value.W.tolist() == [[3, 4]], value.A.tolist(), value.c.tolist() == [1], value.shape
    (True, [[1]], True, (1, 1))
    """

    W: Array
    b: Array
    A: Array
    V: Array
    c: Array
    psi: str | None
    shape: tuple[int, ...]
    whole: bool = False

    @staticmethod
    def input(shape: tuple[int, ...], *, whole: bool = False) -> Folded:
        d = int(np.prod(shape))
        return Folded(_zeros(0, d), _zeros(0), _zeros(d, 0), _eye(d), _zeros(d), None, shape, whole)

    @property
    def size(self) -> int:
        return len(self.c)

    def taken(self, index: Array) -> Folded:
        """The entries with these numbers, in the shape of `index`."""
        flat = index.reshape(-1)
        return replace(self, A=self.A[flat], V=self.V[flat], c=self.c[flat], shape=index.shape)

    def entries(self) -> Array:
        """The number of each entry, in the tensor's shape."""
        return np.arange(self.size).reshape(self.shape)

    def broadcast(self, shape: tuple[int, ...]) -> Folded:
        """The tensor repeated to a shape."""
        return self if shape == self.shape else self.taken(np.broadcast_to(self.entries(), shape))

    # ------------------------------------------------------------------ linear nodes

    def scaled(self, factor: Array) -> Folded:
        """Each entry times its factor."""
        self._check_real()
        value, s = self._with(factor)
        return replace(value, A=s[:, None] * value.A, V=s[:, None] * value.V, c=s * value.c)

    def plus(self, other: Folded | Array) -> Folded:
        """Each entry plus its shift, or the sum of two tensors, their neurons side by side."""
        self._check_real()
        if not isinstance(other, Folded):
            value, shift = self._with(other)
            return replace(value, c=value.c + shift)
        other._check_real()
        shape = _common(self.shape, other.shape)
        first, second = self.broadcast(shape), other.broadcast(shape)
        if None not in (first.psi, second.psi) and first.psi != second.psi:
            first, second = first.as_relu(), second.as_relu()
        if None not in (first.psi, second.psi) and first.psi != second.psi:
            raise Refused(f"adds neurons with the activations {first.psi} and {second.psi}; a network here has one activation")
        V, c, psi = first.V + second.V, first.c + second.c, first.psi or second.psi
        if first.psi is None or second.psi is None or (first.W.shape == second.W.shape and _equal(first, second)):
            one = second if first.psi is None else first
            A = first.A + second.A if None not in (first.psi, second.psi) else one.A
            return replace(one, A=A, V=V, c=c, psi=psi)
        W, b = np.concatenate([first.W, second.W]), np.concatenate([first.b, second.b])
        return Folded(W, b, np.concatenate([first.A, second.A], axis=1), V, c, psi, shape)

    def times(self, matrix: Array) -> Folded:
        """The last axis times a q×p matrix, or a vector of q numbers."""
        self._check_real()
        columns = matrix if matrix.ndim == 2 else matrix[:, None]
        if matrix.ndim not in (1, 2) or not self.shape or self.shape[-1] != len(matrix):
            raise Refused(f"multiplies values of shape {_words(self.shape)} by a matrix of shape {matrix.shape}, which does not fit",
                          shape=True)
        lead, M = self.shape[:-1], rationals(columns).T
        blocks = self.entries().reshape(-1, len(matrix))
        parts = [[product(M, part[rows]) for rows in blocks] for part in (self.A, self.V, self.c[:, None])]
        A, V, c = (np.concatenate(part) for part in parts)
        return replace(self, A=A, V=V, c=c[:, 0], shape=(*lead, *matrix.shape[1:]))

    def transposed(self) -> Folded:
        """The last two axes exchanged."""
        return self.taken(np.swapaxes(self.entries(), -1, -2)) if len(self.shape) > 1 else self

    # ------------------------------------------------------------------ activations

    def activated(self, psi: str) -> Folded:
        """ψ of an affine value, entry by entry."""
        self._check_real()
        if self.psi is not None:
            raise Refused(
                f"is a second activation after {self.psi}; a two-layer network has one hidden layer (where it makes probabilities of the "
                "outputs, export the model up to the values before it)", shape=True)
        return replace(self, W=self.V, b=self.c, A=_eye(self.size), V=np.zeros_like(self.V), c=_zeros(self.size), psi=psi)

    def rectified(self, slope: Array | None = None) -> Folded:
        """max(t, 0) of an affine value, or t for t > 0 and slope·t for t < 0 with a slope for each entry."""
        if slope is None:
            return self.activated("relu")
        value, s = self._with(slope)
        if len(set(s.tolist())) == 1:
            alpha = s[0]
            return value.activated("relu" if alpha == 0 else "identity" if alpha == 1 else f"leaky_relu:{alpha}")
        return value.activated("relu").scaled((1 - s).reshape(value.shape)).plus(value.scaled(s.reshape(value.shape)))

    def as_relu(self) -> Folded:
        """The same value with ReLU for a ψ that is αt + β·ReLU(t); any other ψ as it is."""
        kink = None if self.psi is None or self.psi in PARTS else activation(self.psi).kink
        if kink is None or self.psi == "relu":
            return self
        left, jump = map(rational, kink)
        V, c = self.V + left * product(self.A, self.W), self.c + left * product(self.A, self.b[:, None])[:, 0]
        return replace(self, A=self.A * jump, V=V, c=c, psi="relu")

    def gated(self, other: Folded) -> Folded:
        """The product t·ψ(ut), entry by entry, of an affine value and of a σ or erf of a multiple of it: SiLU, GELU; t·t is a power.

        Raises: Refused for any other product.
        """
        if self.psi is not None:
            return other.gated(self) if other.psi is None else self._no_product()
        if self.shape != other.shape:
            shape = _common(self.shape, other.shape)
            return self.broadcast(shape).gated(other.broadcast(shape))
        lines, weights, shifts = (other, _ones(other.size), _zeros(other.size)) if other.psi is None else other._neurons()
        ratio = np.array([_ratio((*v, c), (*w, b)) for v, c, w, b in zip(self.V, self.c, lines.V, lines.c, strict=True)] + [None])[:-1]
        if any(r is None for r in ratio):
            self._no_product()
        if other.psi is None:                                  # t·(t/r)
            return lines.activated("power:2").scaled(ratio.reshape(self.shape))
        if other.psi not in _GATES:
            self._no_product()
        # r·u(αψ(u) + γ) with u·σ(u) = silu(u), and u·erf(u) = √2·gelu(√2·u) − u
        stretch = root(fmpq(2)) if other.psi == "erf" else fmpq(1)
        inner = lines.scaled(rationals(np.array(stretch, dtype=object)))
        line = shifts - weights if other.psi == "erf" else shifts
        gate = inner.activated(_GATES[other.psi]).scaled((ratio * weights * stretch).reshape(self.shape))
        return gate.plus(lines.scaled((ratio * line).reshape(self.shape)))

    def logarithm(self) -> Folded:
        """log(1 + e^t) = softplus(t), log σ(t) = −softplus(−t).  Raises: Refused for any other logarithm."""
        if self.psi in ("exp", "sigmoid"):
            lines, weights, shifts = self._neurons()
            sign = 1 if self.psi == "exp" else -1
            if all(w == 1 for w in weights) and all(2 * s == 1 + sign for s in shifts):
                return lines.scaled(np.array(sign)).activated("softplus").scaled(np.array(sign))
        raise Refused("is a logarithm of something else than 1 + exp(t) or σ(t), which no activation here is")

    def _neurons(self) -> tuple[Folded, Array, Array]:
        """For a value with one neuron an entry, αψ(t) + γ: the lines t, the α and the γ."""
        chosen = [np.flatnonzero(row != 0) for row in self.A]
        if any(len(found) != 1 for found in chosen) or (self.V != 0).any():
            self._no_product()
        index = np.array([found[0] for found in chosen], dtype=np.intp)
        lines = replace(Folded.input((self.W.shape[1],)), A=_zeros(self.size, 0), V=self.W[index], c=self.b[index], shape=self.shape)
        return lines, self.A[np.arange(self.size), index], self.c

    def _no_product(self) -> Any:
        raise Refused("needs constant weights; products of two computed values are no two-layer network, except t·σ(t) (SiLU), "
                      "t·(1+erf(t/√2))/2 (GELU) and t·t")

    def _check_real(self) -> None:
        if self.whole:
            raise Refused("computes with whole numbers, which ONNX rounds and wraps; cast the input to a float first")

    def _with(self, numbers: Array) -> tuple[Folded, Array]:
        """The tensor and a constant in their common shape, the constant flat and exact."""
        shape = _common(self.shape, numbers.shape)
        return self.broadcast(shape), rationals(np.broadcast_to(numbers, shape).reshape(-1))


def clipped(value: Folded, low: Array | None, high: Array | None) -> Folded:
    """min(max(t, low), high) of an affine value, as ReLUs: low + ReLU(t − low) − ReLU(t − high)."""
    if low is None:
        return value if high is None else value.plus(value.plus(-high).rectified().scaled(np.array(-1.0)))
    if high is None:
        return value.plus(-low).rectified().plus(low)
    if np.any(np.broadcast_to(rationals(low), np.broadcast_shapes(low.shape, high.shape)) > rationals(high)):
        raise Refused("clips with a lower end above the upper end")
    return value.plus(-low).rectified().plus(low).plus(value.plus(-high).rectified().scaled(np.array(-1.0)))


def larger(first: Folded, second: Folded | Array, sign: int = 1) -> Folded:
    """max of two affine values, a + ReLU(b − a), or with sign −1 their min, a − ReLU(a − b); one of them may be constant."""
    if not isinstance(second, Folded):
        return clipped(first, second, None) if sign > 0 else clipped(first, None, second)
    gap = second.plus(first.scaled(np.array(-1.0))).scaled(np.array(float(sign)))
    return first.plus(gap.rectified().scaled(np.array(float(sign))))


def product(matrix: Array, other: Array) -> Array:
    """Exact matrix product of object arrays; quick where each row of the second has at most one entry that is not 0."""
    (p, q), (_, r) = matrix.shape, other.shape
    filled = other != 0
    if not (p and q and r) or (filled.sum(axis=1) <= 1).all():
        result = _zeros(p, r)
        for i, j in zip(*np.nonzero(filled), strict=True):
            result[:, j] = result[:, j] + matrix[:, i] * other[i, j]
        return result
    exact = fmpq_mat(p, q, matrix.reshape(-1).tolist()) * fmpq_mat(q, r, other.reshape(-1).tolist())
    return np.array([*exact.entries(), None], dtype=object)[:-1].reshape(p, r)


def root(x: fmpq) -> fmpq:
    """√x for x > 0: itself where it is rational, else a rational number that differs from it by less than 2^−200 of its size.

    >>> root(fmpq(9, 4)), abs(root(fmpq(2)) ** 2 / 2 - 1) < fmpq(1, 2**199)
    (3/2, True)
    """
    p, q = int(x.p), int(x.q)
    exact = isqrt(p), isqrt(q)
    if exact[0] ** 2 == p and exact[1] ** 2 == q:
        return fmpq(*exact)
    # √(p/q) = √(pq)/q, and pq·4^s has more than 2·ROOT_BITS bits
    shift = ROOT_BITS + 1
    return fmpq(isqrt((p * q) << (2 * shift)), q << shift)


def elementwise(function: Callable[[Any, Any], Any], first: Array, second: Array) -> Array:
    """An operation on two constants, exactly."""
    try:
        p, q = np.broadcast_arrays(rationals(first), rationals(second))
    except ValueError:
        raise Refused(f"combines constants of shapes {first.shape} and {second.shape}, which do not fit", shape=True) from None
    return np.asarray(function(p, q), dtype=object)


def _equal(first: Folded, second: Folded) -> bool:
    return bool((first.b == second.b).all() and (first.W == second.W).all())


def _ratio(row: Sequence[Any], other: Sequence[Any]) -> Any:
    """r with row = r·other, or None."""
    pivot = next((i for i, x in enumerate(other) if x != 0), None)
    if pivot is None:
        return None
    r = rational(row[pivot]) / other[pivot]
    return r if all(x == r * y for x, y in zip(row, other, strict=True)) else None


def _common(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(first, second)
    except ValueError:
        raise Refused(f"combines values of shapes {_words(first)} and {_words(second)}, which do not fit", shape=True) from None


def _words(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "()"


def _zeros(*shape: int) -> Array:
    return np.zeros(shape, dtype=object)


def _ones(size: int) -> Array:
    return np.ones(size, dtype=object)


def _eye(size: int) -> Array:
    return np.eye(size, dtype=int).astype(object)


def fractions(array: Array) -> Array:
    """An array of rationals as one of fractions."""
    exact = np.empty(array.shape, dtype=object)
    exact.reshape(-1)[:] = [Fraction(int(x.p), int(x.q)) if isinstance(x, fmpq) else Fraction(int(x)) for x in array.reshape(-1)]
    return exact
