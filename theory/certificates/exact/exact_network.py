"""Two-layer networks with rational weights, as certificates store them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mat

from theory.certificates.exact.exact_data import ExactData, format_exact, parse_row, parse_rows
from theory.errors import BadData, ShapeError


@dataclass(frozen=True)
class ExactNetwork:
    """f(x) = Σ_ℓ a_ℓ ψ(w_ℓ·x + b_ℓ) with rational W (k×d), b (k), a (k) and ψ "identity", "relu" or "power:p".

    Raises: ShapeError (rows of different lengths, another number of biases or coefficients), BadData (no neuron, another ψ).

    >>> ramp = ExactNetwork(((Fraction(1),),), (Fraction(-1, 2),), (Fraction(2),), "relu")
    >>> ramp.residual(ExactData(((Fraction(1),), (Fraction(0),)), (Fraction(1), Fraction(-1, 3))))
    Fraction(1, 3)
    """

    W: tuple[tuple[Fraction, ...], ...]
    b: tuple[Fraction, ...]
    a: tuple[Fraction, ...]
    activation: str

    def __post_init__(self) -> None:
        if not self.W or not self.W[0]:
            raise BadData("the network has no neuron or no input: give W with at least one entry")
        if len({len(row) for row in self.W}) != 1 or not len(self.W) == len(self.b) == len(self.a):
            raise ShapeError(f"W has {len(self.W)} rows, b {len(self.b)} and a {len(self.a)} entries: give k rows of one length, k biases, "
                             "k coefficients")
        if self.activation not in ("identity", "relu") and self.degree is None:
            raise BadData(f"the activation is {self.activation!r}: a certificate knows identity, relu and power:p")

    @property
    def degree(self) -> int | None:
        """p for the activation t^p, None otherwise."""
        family, _, degree = self.activation.partition(":")
        known = family == "power" and degree.isascii() and degree.isdigit() and int(degree) >= 1
        return int(degree) if known else None

    @property
    def shape(self) -> tuple[int, int]:
        """(k, d)."""
        return len(self.W), len(self.W[0])

    def values(self, points: Sequence[Sequence[Fraction]]) -> list[fmpq]:
        """f at the rows of points (n×d), exactly; ShapeError when they have another dimension."""
        if any(len(row) != self.shape[1] for row in points):
            raise ShapeError(f"the network has {self.shape[1]} inputs and the points have another dimension")
        inner = rational_matrix(points) * rational_matrix(self.W).transpose()
        biases, coefficients = [rational(b) for b in self.b], [rational(a) for a in self.a]
        return [sum((a * self._activate(t + b) for t, b, a in zip(row, biases, coefficients, strict=True)), fmpq(0))
                for row in inner.tolist()]

    def _activate(self, t: fmpq) -> fmpq:
        if self.activation == "relu":
            return t if t > 0 else fmpq(0)
        return t if self.degree is None else t**self.degree

    def residual(self, data: ExactData) -> Fraction:
        """max_i |f(x_i) − y_i|, exactly."""
        values = self.values(data.points)
        return max(abs(fraction(value) - label) for value, label in zip(values, data.labels, strict=True))

    def as_json(self) -> dict[str, object]:
        """The network as exact strings."""
        return {"activation": self.activation, "W": [[format_exact(c) for c in row] for row in self.W],
                "b": [format_exact(c) for c in self.b], "a": [format_exact(c) for c in self.a]}


def parse_network(document: object) -> ExactNetwork:
    """The network of a document.

    Raises: BadData (malformed), ShapeError.
    """
    if not isinstance(document, dict) or set(document) != {"activation", "W", "b", "a"}:
        raise BadData('the field "network" must hold exactly "activation", "W", "b" and "a"')
    if not isinstance(document["activation"], str):
        raise BadData('"activation" must be a string')
    biases, coefficients = (parse_row(document[name], name) for name in ("b", "a"))
    return ExactNetwork(parse_rows(document["W"], "W"), biases, coefficients, document["activation"])


def rational(value: Fraction) -> fmpq:
    """The same number as python-flint's rational."""
    return fmpq(value.numerator, value.denominator)


def fraction(value: fmpq) -> Fraction:
    """The same number as Python's rational."""
    return Fraction(int(value.p), int(value.q))


def rational_matrix(rows: Sequence[Sequence[Fraction]]) -> fmpq_mat:
    """The matrix with these rows."""
    return fmpq_mat([[rational(c) for c in row] for row in rows])


def dot(p: Sequence[Fraction], q: Sequence[Fraction]) -> Fraction:
    """p·q for vectors of one length.

    >>> dot((Fraction(1), Fraction(2)), (Fraction(3), Fraction(1, 2)))
    Fraction(4, 1)
    """
    return sum((c * e for c, e in zip(p, q, strict=True)), Fraction(0))


def relu_values(
    points: Sequence[Sequence[Fraction]], W: Sequence[Sequence[Fraction]], b: Sequence[Fraction], a: Sequence[Fraction],
    v: Sequence[Fraction], c: Fraction,
) -> list[Fraction]:  # fmt: skip
    """v·x + c + Σ_ℓ a_ℓReLU(w_ℓ·x + b_ℓ) at the rows x of points (n×d), exactly: W (k×d, k ≥ 0), b, a (k), v (d).

    >>> relu_values([(Fraction(2),), (Fraction(-2),)], [(Fraction(1),)], [Fraction(1)], [Fraction(3)], [Fraction(1)], Fraction(5))
    [Fraction(16, 1), Fraction(3, 1)]
    """
    values = [dot(v, x) + c for x in points]
    if not points or not W:
        return values
    biases, coefficients = [rational(e) for e in b], [rational(e) for e in a]
    heights = (rational_matrix(points) * rational_matrix(W).transpose()).tolist()
    parts = [sum((e * (t + o) for t, o, e in zip(row, biases, coefficients, strict=True) if t + o > 0), fmpq(0)) for row in heights]
    return [value + fraction(part) for value, part in zip(values, parts, strict=True)]


def gram(rows: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    """The inner products of the rows, exactly.

    >>> gram(((Fraction(1), Fraction(2)), (Fraction(0), Fraction(1, 2))))
    [[Fraction(5, 1), Fraction(1, 1)], [Fraction(1, 1), Fraction(1, 4)]]
    """
    matrix = rational_matrix(rows)
    return [[fraction(entry) for entry in row] for row in (matrix * matrix.transpose()).tolist()]
