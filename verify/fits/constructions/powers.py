"""Theorem 4 and Lemma 11 as code: fits by powers of the data, and any form as a sum of few powers, in exact arithmetic."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import factorial, prod
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray

from theory.certificates.constructions.group_construction import spectrum_upper
from theory.certificates.exact.exact_network import fraction, gram, rational
from theory.certificates.exact.rounding import root_above, round_up
from theory.errors import BadData, NotCertified, ShapeError
from verify.fits.constructions.certificate import Construction, certified, exact_network
from verify.lipschitz.polynomials.arrays import symmetrised
from verify.objects.data.dataset import Dataset
from verify.objects.networks import Network, activation

Exact = NDArray[Any]
MOST_POINTS = 120               # an exact solve with n = 120 takes seconds; it grows like n⁴
MOST_POWERS = 100_000           # of a decomposition


def tensor_fit(data: Dataset, p: int, *, exact: bool = False) -> Construction:
    """The network f(x) = Σ c_i (x_i·x)^p of Theorem 4, of width n, with a certified bound of Lip on the unit ball.

    The printed construction is c = y, which fits approximately where the data are nearly orthogonal (`residual` says how well); with
    ``exact``, c solves K_p c = y and the residual is 0.  Weights are x_i/ρ with ρ ≥ max‖x_i‖ rational, and outer weights c_iρ^p, so that
    claim bln.thm4.lipschitz applies to data of any length: Lip ≤ p·max|c_i|·ρ^{p−2}·λ_max(XᵀX).

    Args: data (n, d); p ≥ 2; exact (n ≤ 120).
    Raises: BadData (p < 2, all points 0), NotCertified (y is not in the range of K_p, or n is too large for an exact solve).

    >>> found = tensor_fit(Dataset([[1.0, 0.0], [0.6, 0.8]], [1, -1]), 2)
    >>> float(round(found.residual, 6)), float(round(found.upper, 6))          # the crosstalk is 0.6² and λ = 1.6
    (0.36, 3.2)
    >>> tensor_fit(Dataset([[1.0, 0.0], [0.6, 0.8]], [1, -1]), 2, exact=True).residual
    Fraction(0, 1)
    """
    if not (isinstance(p, int) and p >= 2):
        raise BadData(f"the degree is {p!r}; give a whole number p ≥ 2")
    rational_data = data.exact
    longest = max(sum((c * c for c in row), Fraction(0)) for row in rational_data.points)
    if longest == 0:
        raise BadData("all points are 0, where every form vanishes; give other points")
    radius = round_up(root_above(longest))
    c = _solved(rational_data.points, rational_data.labels, p) if exact else rational_data.labels
    W = np.array([[x / radius for x in row] for row in rational_data.points], dtype=object)
    a = np.array([coefficient * radius**p for coefficient in c], dtype=object)
    network = Network(W, np.array([Fraction(0)] * data.n, dtype=object), a, activation(f"power:{p}"))
    return certified("bln.thm4.lipschitz", data, network, _numbers(network))


def _numbers(network: Network) -> dict[str, Fraction]:
    """max|a_ℓ|, and λ_max(WᵀW) rounded up."""
    found = exact_network(network)
    return {"coefficient": max(abs(a) for a in found.a), "spectrum": round_up(fraction(spectrum_upper(found).fmpq()))}


def _solved(points: Any, labels: Any, p: int) -> list[Fraction]:
    """c with K_p c = y, exactly: the pivot variables of the reduced system, the others 0."""
    n = len(points)
    if n > MOST_POINTS:
        raise NotCertified(f"there are {n} points, and the exact system is solved for at most {MOST_POINTS}; take exact=False")
    kernel = [[rational(entry) ** p for entry in row] + [rational(label)] for row, label in zip(gram(points), labels, strict=True)]
    reduced, rank = fmpq_mat(kernel).rref()
    rows = reduced.tolist()[:rank]
    pivots = [next(j for j, entry in enumerate(row) if entry != 0) for row in rows]
    if n in pivots:
        raise NotCertified(f"no form of degree {p} fits the labels: y is not in the range of K_p, which has rank {rank - 1} for {n} "
                           "points; take a larger p, or exact=False")
    c = [Fraction(0)] * n
    for pivot, row in zip(pivots, rows, strict=True):
        c[pivot] = fraction(fmpq(row[n]))
    return c


# --- Lemma 11 ------------------------------------------------------------------------------------------------------------------------


def decompose(T: Any) -> tuple[Exact, Exact]:
    """Weights c (m) and directions w (m×d) with ⟨T, x^{⊗p}⟩ = Σ c_m (w_m·x)^p, and m ≤ 2^{p−1}d^{p−1}, exactly.

    The form is Σ_I x_{i_1}⋯x_{i_{p−1}}(T_I·x) over the d^{p−1} choices of the first indices; each product is polarised (Lemma 11), equal
    directions (up to sign) are merged, and zeros dropped.  Floats are read as the rationals that they are.

    Args: T, an array of shape (d, …, d) of order p ≥ 1; it need not be symmetric.
    Returns: arrays of Fractions.
    Raises: ShapeError (not of shape (d, …, d), or more than 10⁵ powers), BadData (not finite).
    Guarantee: exact; `is_decomposition` re-checks it.

    >>> c, w = decompose([[0, 1], [0, 0]])                                      # x_1x_2 = ((x_1+x_2)² − (x_1−x_2)²)/4
    >>> [str(v) for v in c], w.astype(int).tolist()
    (['1/4', '-1/4'], [[1, 1], [1, -1]])
    """
    d, p = max(np.shape(T), default=0), np.ndim(T)
    if p and (2 * d) ** (p - 1) > MOST_POWERS:
        raise ShapeError(f"a form of order {p} in dimension {d} may need {(2 * d) ** (p - 1)} powers, more than {MOST_POWERS}")
    tensor = _exact_tensor(T)
    share = Fraction(1, 2 ** (p - 1) * factorial(p))
    total: dict[tuple[Fraction, ...], Fraction] = {}
    for place in product(range(d), repeat=p - 1):
        if not any(tensor[place]):
            continue
        for signs in product((1, -1), repeat=p - 1):
            direction, sign = _canonical(_combined(place, tensor[place], signs, d), p)
            total[direction] = total.get(direction, Fraction(0)) + sign * prod(signs) * share
    kept = {w: c for w, c in total.items() if c and any(w)}
    weights, directions = np.empty(len(kept), dtype=object), np.empty((len(kept), d), dtype=object)
    for m, (w, c) in enumerate(kept.items()):
        weights[m], directions[m] = c, w
    return weights, directions


def _combined(place: tuple[int, ...], last: Exact, signs: tuple[int, ...], d: int) -> list[Fraction]:
    """e_{i_1} + ε_2e_{i_2} + … + ε_pT_I, for one sign vector with ε_1 = 1."""
    epsilon = (1, *signs)
    w = [epsilon[-1] * entry for entry in last]
    for sign, axis in zip(epsilon, place, strict=False):
        w[axis] += sign
    return w


def _canonical(w: list[Fraction], p: int) -> tuple[tuple[Fraction, ...], int]:
    """±w with a positive first entry, and the sign of its power."""
    lead = next((entry for entry in w if entry), Fraction(0))
    return (tuple(-entry for entry in w), (-1) ** p) if lead < 0 else (tuple(w), 1)


def is_decomposition(weights: Any, directions: Any, T: Any) -> bool:
    """Whether Σ c_m (w_m·x)^p = ⟨T, x^{⊗p}⟩ as polynomials, by comparing all coefficients exactly.

    >>> is_decomposition([1], [[1, 1]], [[1, 2], [0, 1]]), is_decomposition([1], [[1, 1]], [[1, 1], [0, 1]])
    (True, False)
    """
    tensor = _exact_tensor(T)
    total = np.full(tensor.shape, Fraction(0), dtype=object)
    for c, w in zip(weights, directions, strict=True):
        row = np.array([Fraction(entry) for entry in w], dtype=object)
        power = row
        for _ in range(tensor.ndim - 1):
            power = np.multiply.outer(power, row)
        total = total + Fraction(c) * power
    return bool(np.all(total == symmetrised(tensor)))


def power_network(T: Any) -> Network:
    """The two-layer network of width at most 2^{p−1}d^{p−1} with activation t^p that is x ↦ ⟨T, x^{⊗p}⟩, with exact rational weights.

    Raises: as `decompose`; BadData for T = 0, which needs no neuron.

    >>> f = power_network([[0, 1], [0, 0]])
    >>> f.k, f(np.array([[3, 5]], dtype=object)).tolist()
    (2, [Fraction(15, 1)])
    """
    weights, directions = decompose(T)
    if not len(weights):
        raise BadData("the form is 0, and a network has a neuron; give another tensor")
    return Network(directions, np.array([Fraction(0)] * len(weights), dtype=object), weights, activation(f"power:{np.ndim(T)}"))


def _exact_tensor(T: Any) -> Exact:
    array = np.asarray(T, dtype=object)
    if array.ndim == 0 or array.shape[0] == 0 or len(set(array.shape)) != 1:
        raise ShapeError(f"a tensor has the shape {array.shape}; give an array of shape (d, …, d), d ≥ 1")
    exact = np.empty(array.shape, dtype=object)
    for place, entry in np.ndenumerate(array):
        try:
            exact[place] = Fraction(entry.item() if isinstance(entry, np.generic) else entry)
        except (TypeError, ValueError, OverflowError):
            raise BadData(f"the entry {place} of the tensor is {entry!r}; give finite numbers") from None
    return exact
