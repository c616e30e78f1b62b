"""The canonical form of a piecewise linear network: an affine map plus kinks on pairwise distinct hyperplanes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.errors import BadData, HypothesisViolated, ShapeError
from verify.objects.networks.activations import ACTIVATIONS
from verify.objects.networks.network import Array, Network, as_float, as_points

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CanonicalForm:
    """f(x) = v·x + c + Σ_{j≤m} α_j ReLU(u_j·x + β_j), the hyperplanes {u_j·x + β_j = 0} pairwise distinct, α_j ≠ 0.

    `directions` U ∈ R^{m×d}, `offsets` β ∈ R^m, `coefficients` α ∈ R^m, v ∈ R^d, c ∈ R; m = 0 is legal.  Floating-point
    forms have ‖u_j‖ = 1; exact forms (dtype object, fractions.Fraction) have a first nonzero entry ±1 in each u_j,
    since unit rows of rational directions are irrational.  Source: Shmalo (arXiv 2607.07778).

    >>> form = CanonicalForm(np.array([[1.0]]), np.array([-1.0]), np.array([2.0]), np.array([1.0]), 0.0)
    >>> form([[0.0], [3.0]]), form.gradient([[3.0]])
    (array([0., 7.]), array([[3.]]))
    """

    directions: Array
    offsets: Array
    coefficients: Array
    v: Array
    c: Any

    @property
    def kinks(self) -> int:
        """Number m of kinks."""
        return int(self.directions.shape[0])

    @property
    def d(self) -> int:
        """Dimension of the input."""
        return int(self.directions.shape[1])

    @property
    def is_exact(self) -> bool:
        """Whether all numbers are exact rationals."""
        return bool(self.v.dtype == object)

    def __call__(self, X: ArrayLike) -> Array:
        """The n values f(x_i) at the rows of X (n×d)."""
        return self._as_network()(X) if self.kinks else as_points(X, self.d) @ self.v + self.c

    def gradient(self, X: ArrayLike) -> Array:
        """The n×d gradients; on a hyperplane, the gradient of the side where u_j·x + β_j < 0."""
        if self.kinks:
            return self._as_network().gradient(X)
        return np.tile(self.v, (len(as_points(X, self.d)), 1))

    def to_network(self) -> Network:
        """The same function as a ReLU network with affine part; without kinks, with one neuron of weight 0."""
        if self.kinks:
            return self._as_network()
        zero = np.zeros(1, dtype=self.v.dtype)
        return Network(np.zeros((1, self.d), dtype=self.v.dtype), zero, zero, ACTIVATIONS["relu"], self.v, self.c)

    def unit(self) -> CanonicalForm:
        """The floating-point form with ‖u_j‖ = 1: (u, β, α) ↦ (u/‖u‖, β/‖u‖, α‖u‖) keeps the function."""
        U, length = _unit_rows(as_float(self.directions))
        return CanonicalForm(
            U, as_float(self.offsets) / length, as_float(self.coefficients) * length, as_float(self.v), float(self.c)
        )

    def _as_network(self) -> Network:
        return Network(self.directions, self.offsets, self.coefficients, ACTIVATIONS["relu"], self.v, self.c)


def rounding_tolerance(network: Network) -> float:
    """The relative difference below which two hyperplanes, or a sum of coefficients and 0, agree up to rounding.

    Rows that are proportional in exact arithmetic differ, once stored, by at most half a unit in the last place of
    each entry; dividing by a computed norm of d squares adds at most (d/2 + 3) units.  Two such rows are therefore
    closer than (d + 8)·eps, eps = 2⁻⁵²; adding k coefficients adds at most k·eps times the sum of their moduli.

    >>> rounding_tolerance(Network([[1.0]], [0.0], [1.0], "relu")) == 10 * 2.0**-52
    True
    """
    return float((network.k + network.d + 8) * np.finfo(np.float64).eps)


def canonical_form(network: Network, tolerance: float | None = None) -> CanonicalForm:
    """The canonical form, unit directions, of a network with ψ(t) = αt + β·ReLU(t) (ReLU, leaky ReLU, |t|, identity).

    Neurons on one hyperplane (same or opposite orientation, any scale) are merged by ReLU(t) = t + ReLU(−t), kinks with
    coefficient 0 are dropped, and all affine terms are collected: R^d → R, v ∈ R^d, c ∈ R, U ∈ R^{m×d}, m ≤ k.
    Exact networks, and float networks with tolerance=0 (whose weights are dyadic rationals), are merged by exact
    comparison, then rounded.  Otherwise (u, β) and (u', β') are one hyperplane when ‖u − u'‖ ≤ tolerance and
    |β − β'| ≤ tolerance·max(1, |β|), and a merged coefficient is 0 when it is at most tolerance times the sum of the
    moduli merged.  This moves the value at x by at most 2·tolerance·Σ_j|α_j|(‖x‖ + max(1, |β_j|)), but it can hide a
    large cancelling pair whose hyperplanes are nearly and not exactly equal, and with it a Lipschitz constant of half
    its size: use tolerance=0 for certificates.

    Source: Shmalo (arXiv 2607.07778).
    Args: network, tolerance (default `rounding_tolerance(network)`).
    Returns: a CanonicalForm in floating point; directions have a positive entry of largest modulus.
    Raises: HypothesisViolated for another activation, BadData for a negative tolerance.
    Guarantee: which neurons are merged is exact with tolerance=0 or an exact network; the numbers are rounded, so that
    hyperplanes that differ by rounding only can look equal: `rational_canonical_form` keeps them apart.

    >>> absolute = Network([[2.0], [-1.0]], [0.0, 0.0], [0.5, 1.0], "relu")    # ReLU(x) + ReLU(−x) = −x + 2 ReLU(x)
    >>> form = canonical_form(absolute)
    >>> form.directions, form.coefficients, form.v, form.c
    (array([[1.]]), array([2.]), array([-1.]), 0.0)
    """
    if tolerance is None:
        tolerance = rounding_tolerance(network)
    if not tolerance >= 0:
        raise BadData(f"the tolerance is {tolerance}; give a number that is not negative, or 0 for exact comparison")
    if network.is_exact or tolerance == 0:
        return _face_up(rational_canonical_form(network).unit())
    left, jump = (float(slope) for slope in _kink_slopes(network))
    v = network.v + left * (network.a @ network.W)
    c = network.c + left * (network.a @ network.b)
    live = np.flatnonzero(np.any(network.W != 0, axis=1))
    flat = np.setdiff1d(np.arange(network.k), live)
    c += jump * (network.a[flat] @ np.maximum(network.b[flat], 0))
    U, length = _unit_rows(network.W[live])
    beta, alpha = network.b[live] / length, jump * network.a[live] * length
    U, beta, alpha, dv, dc = _orient(U, beta, alpha, _sign_of_largest(U))
    U, beta, alpha, dv_merged, dc_merged = _merge(U, beta, alpha, tolerance)
    return CanonicalForm(U, beta, alpha, v + dv + dv_merged, float(c + dc + dc_merged))


def rational_canonical_form(network: Network) -> CanonicalForm:
    """The canonical form in exact rationals, for exact networks and for float networks (whose weights are rationals).

    As `canonical_form`, with hyperplanes compared exactly; the first nonzero entry of each direction is +1.

    Args: network with ReLU, leaky ReLU, |t| or identity.
    Returns: a CanonicalForm of fractions.Fraction, kinks in order of first appearance.
    Raises: HypothesisViolated for another activation.
    Guarantee: exact; equal to the network at every point (a leaky ReLU's slope is the decimal that was written).

    >>> third = Fraction(1, 3)
    >>> form = rational_canonical_form(Network([[third], [1]], [1, 3], [1, Fraction(-1, 3)], "relu"))
    >>> form.kinks, form.v[0], form.c
    (0, Fraction(0, 1), Fraction(0, 1))
    """
    left, jump = _kink_slopes(network)
    W, b, a = (_exact(array) for array in (network.W, network.b, network.a))
    v, c = _exact(network.v).copy(), Fraction(network.c)
    merged: dict[tuple[Fraction, ...], Fraction] = {}
    for w, offset, outer in zip(W, b, a, strict=True):
        v, c = v + left * outer * w, c + left * outer * offset
        lead = next((entry for entry in w if entry != 0), None)
        if lead is None:
            c += jump * outer * max(offset, Fraction(0))
            continue
        # ReLU(w·x+b) = |lead|·ReLU(±(ŵ·x+b̂)) and ReLU(−t) = ReLU(t) − t turn the neuron to leading entry +1.
        key = (*(entry / lead for entry in w), offset / lead)
        coefficient = jump * outer * abs(lead)
        merged[key] = merged.get(key, Fraction(0)) + coefficient
        if lead < 0:
            v, c = v - coefficient * np.array(key[:-1], dtype=object), c - coefficient * key[-1]
    kept = [(key, alpha) for key, alpha in merged.items() if alpha != 0]
    table = np.array([[*key, alpha] for key, alpha in kept], dtype=object).reshape(len(kept), network.d + 2)
    return CanonicalForm(table[:, :-2], table[:, -2], table[:, -1], v, c)


def orient_at(form: CanonicalForm, p: ArrayLike) -> CanonicalForm:
    """The same function with every kink inactive at p: u_j·p + β_j ≤ 0 for all j, so that f(p) = v·p + c.

    Kinks with u_j·p + β_j > 0 are turned by ReLU(t) = t + ReLU(−t).  Near a p on no hyperplane f(x) = v·x + c.

    Args: form, p (d).
    Returns: a CanonicalForm.
    Raises: ShapeError if p has another dimension.
    Guarantee: exact for exact forms and points; otherwise up to rounding of v and c.

    >>> ramp = canonical_form(Network([[1.0]], [0.0], [1.0], "relu"))
    >>> turned = orient_at(ramp, [5.0])
    >>> turned.directions, turned.v
    (array([[-1.]]), array([1.]))
    """
    point = np.asarray(p)
    if point.shape != (form.d,):
        raise ShapeError(f"the point has shape {point.shape} but the form has dimension {form.d}; give a vector of it")
    signs = np.where(form.directions @ point + form.offsets > 0, -1, 1)
    U, beta, alpha, dv, dc = _orient(form.directions, form.offsets, form.coefficients, signs)
    return CanonicalForm(U, beta, alpha, form.v + dv, form.c + dc)


def _kink_slopes(network: Network) -> tuple[Fraction, Fraction]:
    if network.activation.kink is None:
        raise HypothesisViolated(
            f"the activation {network.activation.name} is not αt + β·ReLU(t), so there is no canonical form; use relu, "
            "leaky_relu, abs or identity"
        )
    return network.activation.kink


def _exact(array: Array) -> Array:
    exact = np.empty(array.shape, dtype=object)
    for index, entry in np.ndenumerate(array):
        exact[index] = Fraction(entry)
    return exact


def _unit_rows(W: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Rows divided by their norms, and the norms; scaled by the largest entry first, so that squares cannot vanish."""
    largest = np.max(np.abs(W), axis=1, initial=0.0)
    scaled = W / largest[:, None]
    norms = np.linalg.norm(scaled, axis=1)
    return scaled / norms[:, None], largest * norms


def _sign_of_largest(U: FloatArray) -> FloatArray:
    """The sign of the entry of largest modulus: an entry of modulus ≥ 1/√d, so that rounding cannot change it."""
    if len(U) == 0:
        return np.ones(0)
    largest = np.argmax(np.abs(U), axis=1)
    return np.where(U[np.arange(len(U)), largest] < 0, -1.0, 1.0)


def _orient(U: Array, beta: Array, alpha: Array, signs: Array) -> tuple[Array, Array, Array, Array, Any]:
    """Turn the kinks with sign −1 by αReLU(t) = αt + αReLU(−t); the last two results are to be added to v and c."""
    turned = signs < 0
    dv = np.sum(alpha[turned, None] * U[turned], axis=0, initial=0)
    dc = np.sum(alpha[turned] * beta[turned], initial=0)
    return U * signs[:, None], beta * signs, alpha, dv, dc


def _face_up(form: CanonicalForm) -> CanonicalForm:
    U, beta, alpha, dv, dc = _orient(
        form.directions, form.offsets, form.coefficients, _sign_of_largest(form.directions)
    )
    return replace(form, directions=U, offsets=beta, coefficients=alpha, v=form.v + dv, c=float(form.c + dc))


def _merge(U: Array, beta: Array, alpha: Array, tolerance: float) -> tuple[Array, Array, Array, Array, float]:
    """Sum the coefficients of equal hyperplanes, each represented by its first kink, and drop sums that are 0.

    Two entries of nearly the largest modulus can give opposite signs to equal hyperplanes, so both orientations are
    compared.  Affine terms of kinks that are turned are returned for v and c.
    """
    representatives: list[int] = []
    total, moduli = np.zeros(len(U)), np.zeros(len(U))
    dv, dc = np.zeros(U.shape[1]), 0.0
    for j in range(len(U)):
        slot, sign = _matching(U, beta, j, representatives, tolerance)
        if slot < 0:
            slot = j
            representatives.append(j)
        total[slot] += alpha[j]
        moduli[slot] += abs(alpha[j])
        if sign < 0:
            dv, dc = dv + alpha[j] * U[j], dc + float(alpha[j] * beta[j])
    kept = [j for j in representatives if abs(total[j]) > tolerance * moduli[j]]
    return U[kept], beta[kept], total[kept], dv, dc


def _matching(U: Array, beta: Array, j: int, candidates: list[int], tolerance: float) -> tuple[int, int]:
    """The first candidate hyperplane equal to number j and the relative orientation, or (−1, 1)."""
    if not candidates:
        return -1, 1
    near = tolerance * np.maximum(1.0, np.abs(beta[candidates]))
    for sign in (1, -1):
        same = (np.linalg.norm(U[candidates] - sign * U[j], axis=1) <= tolerance) & (
            np.abs(beta[candidates] - sign * beta[j]) <= near
        )
        if np.any(same):
            return candidates[int(np.argmax(same))], sign
    return -1, 1
