"""Certificates about all fits of some data by one fixed hidden layer, two-sided, re-checked without a solver.

The layer (W, b, ψ) is fixed, ψ(t) = αt for t ≤ 0 and βt for t ≥ 0; f(x) = v·x + c + Σ a_ℓψ(w_ℓ·x + b_ℓ), with θ = (a, v, c) free and v = 0,
c = 0 unless the layer is `affine`.  Fits are the solutions of Φθ = y.  For every λ and every fit λᵀy = (Φᵀλ)·θ; so with Σλ_i = 0 where c
is free and r = (Φ_aᵀλ)_ℓ, and with λᵀy > 0,

    fixed.norm       Xᵀλ = 0 where v is free:  ‖a‖ ≥ λᵀy/‖r‖,
    fixed.path       the same:  Σ|a_ℓ|‖w_ℓ‖ ≥ λᵀy / max |r_ℓ|/‖w_ℓ‖,
    fixed.lipsdp     rows h_0 = v + ½(α+β)Σa_ℓw_ℓ, h_ℓ = ½(β−α)a_ℓw_ℓ; min_y (Σy)λ_max(Σh_ih_iᵀ/y_i) ≥ (Σ‖Cᵀh_i‖)²/‖C‖_F² for every d×d
                     matrix C (λ_max(M) ≥ tr PM for P = CCᵀ/‖C‖_F², then Cauchy–Schwarz), so with any u, m = Cu (= Xᵀλ where v is free)
                     LipSDP ≥ λᵀy / (‖C‖_F · max(‖u‖, |r_ℓ − ½(α+β)w_ℓ·m| / (½|β−α|‖Cᵀw_ℓ‖))),
    fixed.lipschitz  if Σ_p u_p·∇f(z_p) = λᵀΦθ for all θ at points z_p of the domain off the kinks:  Lip ≥ λᵀy/Σ‖u_p‖.

λᵀΦ = 0 and λᵀy = 1 prove that there is no fit at all (fixed.contradiction).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat

from theory.certificates.exact.exact_data import ExactData, format_exact
from theory.certificates.exact.exact_network import dot, fraction, rational, rational_matrix
from theory.certificates.exact.exact_weights import ExactWeights, Row
from theory.certificates.exact.rounding import root_above, root_below
from theory.certificates.lipschitz.branch_tree import ExactDomain, Patterns, proved_by_tree
from theory.certificates.lipschitz.slope_relaxation import proved_square, slope_rows
from theory.errors import BadData, NotCertified, ShapeError


@dataclass(frozen=True)
class FixedLayer:
    """W (k rows of d), b (k), slopes (α, β), all rational, and whether f has a free affine part v·x + c.

    Raises: ShapeError, BadData (no neuron, no input).

    >>> ramp = FixedLayer(((Fraction(2),),), (Fraction(-1),), (Fraction(0), Fraction(1)), True)
    >>> ramp.features(((Fraction(3),),))
    [5, 3, 1]
    """

    W: tuple[Row, ...]
    b: Row
    slopes: tuple[Fraction, Fraction]
    affine: bool

    def __post_init__(self) -> None:
        if not self.W or not self.W[0]:
            raise BadData("the hidden layer is empty: give at least one neuron and one input")
        if len({len(row) for row in self.W}) != 1 or len(self.b) != len(self.W):
            raise ShapeError(f"W has {len(self.W)} rows and b {len(self.b)} entries: give k rows of one length and k biases")

    @property
    def shape(self) -> tuple[int, int]:
        """(k, d)."""
        return len(self.W), len(self.W[0])

    def heights(self, points: Sequence[Row]) -> list[list[fmpq]]:
        """w_ℓ·x + b_ℓ, one row a point.  Raises: ShapeError."""
        if any(len(point) != self.shape[1] for point in points):
            raise ShapeError(f"the hidden layer takes {self.shape[1]} inputs and the points have another dimension")
        biases = [rational(c) for c in self.b]
        inner = rational_matrix(points) * rational_matrix(self.W).transpose()
        return [[t + b for t, b in zip(row, biases, strict=True)] for row in inner.tolist()]

    def features(self, points: Sequence[Row]) -> fmpq_mat:
        """Φ (n×k), with the columns of v and c after those of a where the layer is affine."""
        low, high = (rational(c) for c in self.slopes)
        rows = [[t * (high if t > 0 else low) for t in row] for row in self.heights(points)]
        if self.affine:
            rows = [[*row, *(rational(c) for c in point), fmpq(1)] for row, point in zip(rows, points, strict=True)]
        return fmpq_mat(rows)

    def slopes_at(self, point: Row) -> list[fmpq]:
        """ψ′(w_ℓ·x + b_ℓ) for each neuron.  Raises: NotCertified on a kink; neurons with w = 0 have slope 0."""
        low, high = (rational(c) for c in self.slopes)
        found = []
        for j, (t, row) in enumerate(zip(self.heights((point,))[0], self.W, strict=True)):
            if t == 0 and any(row):
                raise NotCertified(f"the point of a pattern lies on the kink of neuron {j}")
            found.append((high if t > 0 else low) if any(row) else fmpq(0))
        return found

    def weights(self, theta: Row) -> ExactWeights:
        """The network without its constant c, for θ = (a, v, c) or θ = a."""
        k, d = self.shape
        return ExactWeights(self.W, self.b, theta[:k], theta[k : k + d] if self.affine else (Fraction(0),) * d)

    def digest(self) -> str:
        """The SHA-256 of the layer in lowest terms."""
        canonical = {"W": [[str(c) for c in row] for row in self.W], "b": [str(c) for c in self.b],
                     "slopes": [str(c) for c in self.slopes], "affine": self.affine}  # fmt: skip
        return hashlib.sha256(json.dumps(canonical, separators=(",", ":")).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """The layer as exact strings, with the digest."""
        return {"W": texts_of_rows(self.W), "b": texts(self.b), "slopes": texts(self.slopes), "affine": self.affine,
                "sha256": self.digest()}  # fmt: skip


@dataclass(frozen=True)
class Dual:
    """λ, and for LipSDP C (`factor`) with u (`centre`, empty where v is free), for Lipschitz the pairs (z_p, u_p)."""

    lam: Row
    factor: tuple[Row, ...] = ()
    centre: Row = ()
    patterns: tuple[tuple[Row, Row], ...] = ()


@dataclass(frozen=True)
class Fit:
    """θ with Φθ = y, and the proof of its value: multipliers of LipSDP, or the planes and the tree of a Lipschitz constant."""

    theta: Row
    multipliers: Row = ()
    planes: tuple[int, ...] = ()
    tree: tuple[Any, ...] = ()


def proved_lower(claim: str, layer: FixedLayer, data: ExactData, dual: Dual, domain: ExactDomain | None = None) -> Fraction:
    """A rational number below the least value of any fit, from λ; 0 where λᵀy = 0.  Raises: NotCertified, ShapeError.

    For fixed.contradiction: 1, when λ shows that there is no fit.
    """
    n, k = data.shape[0], layer.shape[0]
    if len(dual.lam) != n:
        raise NotCertified(f"there are {len(dual.lam)} multipliers for {n} points: one a point is needed")
    lam = rational_matrix([dual.lam])
    r = (lam * layer.features(data.points)).tolist()[0]
    gain = dot(dual.lam, data.labels)
    if gain < 0:
        raise NotCertified("the multipliers give the labels a negative sum")
    if layer.affine and claim not in ("fixed.lipsdp", "fixed.lipschitz") and any(c != 0 for c in r[k:]):
        raise NotCertified("the multipliers do not cancel the affine part")
    if layer.affine and r[-1] != 0:
        raise NotCertified("the multipliers do not sum to 0, and the constant is free")
    moment = tuple(fraction(c) for c in r[k:-1]) if layer.affine else None
    reach = [fraction(c) for c in r[:k]]
    if claim == "fixed.contradiction":
        if any(reach) or gain != 1:
            raise NotCertified("the combination of the equations does not read 0 = 1")
        return Fraction(1)
    if claim == "fixed.lipschitz":
        if domain is None:
            raise BadData("fixed.lipschitz needs a domain")
        return _lipschitz_lower(layer, dual, domain, (gain, reach, moment))
    if claim == "fixed.norm":
        square = sum((c * c for c in reach), Fraction(0))
    elif claim == "fixed.path":
        square = _largest((c * c, dot(w, w)) for c, w in zip(reach, layer.W, strict=True))
    else:
        square = _lipsdp_price(layer, dual, reach, moment)
    if gain == 0:
        return Fraction(0)
    if square == 0:
        raise NotCertified("the multipliers prove that there is no fit, which is another claim")
    return root_below(gain * gain / square)


def _largest(pairs: Any) -> Fraction:
    """max p/q over pairs of numbers p, q ≥ 0; where q = 0 the number p must be 0."""
    largest = Fraction(0)
    for j, (p, q) in enumerate(pairs):
        if q == 0 and p != 0:
            raise NotCertified(f"neuron {j} costs nothing, and the multipliers do not cancel it")
        largest = max(largest, p / q if q else Fraction(0))
    return largest


def _lipsdp_price(layer: FixedLayer, dual: Dual, reach: Sequence[Fraction], moment: Row | None) -> Fraction:
    """(‖C‖_F · max(‖u‖, …))²."""
    d = layer.shape[1]
    if len(dual.factor) != d or any(len(row) != d for row in dual.factor):
        raise NotCertified(f"the factor must be a {d}×{d} matrix")
    C = rational_matrix(dual.factor)
    if moment is None:
        if len(dual.centre) != d:
            raise NotCertified(f"the centre must have {d} entries")
        centre = dual.centre
        moment = tuple(fraction(c) for (c,) in (C * rational_matrix([[c] for c in centre])).tolist())
    else:
        if C.det() == 0:
            raise NotCertified("the factor is singular")
        centre = tuple(fraction(c) for (c,) in C.solve(rational_matrix([[c] for c in moment])).tolist())
    low, high = layer.slopes
    mean, half = (low + high) / 2, (high - low) / 2
    stretched = (rational_matrix(layer.W) * C).tolist()
    lengths = [half * half * fraction(sum((c * c for c in row), fmpq(0))) for row in stretched]
    excess = [c - mean * dot(w, moment) for c, w in zip(reach, layer.W, strict=True)]
    worst = max(dot(centre, centre), _largest((e * e, q) for e, q in zip(excess, lengths, strict=True)))
    return worst * sum((c * c for row in dual.factor for c in row), Fraction(0))


def _lipschitz_lower(
    layer: FixedLayer, dual: Dual, domain: ExactDomain, need: tuple[Fraction, Sequence[Fraction], Row | None]
) -> Fraction:
    gain, reach, moment = need
    k, d = layer.shape
    domain.check_dimension(d)
    total, given = [fmpq(0)] * d, [fmpq(0)] * k
    price = Fraction(0)
    W = rational_matrix(layer.W)
    for witness, u in dual.patterns:
        if len(u) != d or (domain.kind != "hull" and len(witness) != d):
            raise NotCertified(f"a pattern needs a point of the domain and a vector of {d} entries")
        slopes = layer.slopes_at(domain.point(witness))
        price += root_above(dot(u, u))
        along = (W * rational_matrix([[c] for c in u])).tolist()
        given = [g + s * t for g, s, (t,) in zip(given, slopes, along, strict=True)]
        total = [p + rational(c) for p, c in zip(total, u, strict=True)]
    if any(fraction(g) != c for g, c in zip(given, reach, strict=True)):
        raise NotCertified("the gradients and the multipliers disagree on a neuron")
    if moment is not None and tuple(fraction(c) for c in total) != moment:
        raise NotCertified("the gradients and the multipliers disagree on the affine part")
    if gain == 0:
        return Fraction(0)
    if price == 0:
        raise NotCertified("the multipliers prove that there is no fit, which is another claim")
    return gain / price


def proved_upper(claim: str, layer: FixedLayer, data: ExactData, fit: Fit, domain: ExactDomain | None = None) -> Fraction:
    """A rational number that the value of the given fit does not exceed.  Raises: NotCertified (no fit; a proof that fails)."""
    phi = layer.features(data.points)
    if len(fit.theta) != phi.ncols():
        raise NotCertified(f"the network has {len(fit.theta)} weights, and the layer asks for {phi.ncols()}")
    values = (phi * rational_matrix([[c] for c in fit.theta])).tolist()
    for i, ((value,), label) in enumerate(zip(values, data.labels, strict=True)):
        if fraction(value) != label:
            raise NotCertified(f"the network does not fit point {i}")
    a = fit.theta[: layer.shape[0]]
    if claim == "fixed.norm":
        return root_above(dot(a, a))
    if claim == "fixed.path":
        return sum((abs(c) * root_above(dot(w, w)) for c, w in zip(a, layer.W, strict=True)), Fraction(0))
    network = layer.weights(fit.theta)
    if claim == "fixed.lipsdp":
        return root_above(proved_square(slope_rows("lipsdp.slopes", network, layer.slopes), fit.multipliers))
    if domain is None:
        raise BadData("fixed.lipschitz needs a domain")
    return root_above(proved_by_tree(Patterns(network, layer.slopes, fit.planes, domain), fit.tree))


def texts(row: Sequence[Fraction]) -> list[str]:
    """The numbers as exact strings."""
    return [format_exact(c) for c in row]


def texts_of_rows(rows: Sequence[Row]) -> list[list[str]]:
    """The rows as exact strings."""
    return [texts(row) for row in rows]
