"""The best outer weights for a fixed hidden layer: least Euclidean norm, path norm, and LipSDP bound, each two-sided and certified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import ArrayLike, NDArray
from scipy import sparse  # type: ignore[import-untyped]

from theory.certificates.exact.exact_data import ExactData
from theory.certificates.exact.exact_network import dot, fraction, rational
from theory.certificates.exact.exact_weights import exact_weights_of
from theory.certificates.fits.fixed_layer import Dual, Fit, FixedLayer
from theory.certificates.fits.fixed_layer_documents import certify_fixed_layer
from theory.certificates.lipschitz.slope_relaxation import slope_rows
from theory.errors import HypothesisViolated, ShapeError
from verify.fits.exact.solve import contradiction, nearby_solution
from verify.fits.programs.cones import ConeProgram, ConeSolution, solve_cones, symmetric, triangle_index
from verify.lipschitz.piecewise.kinks import network_arrays
from verify.lipschitz.piecewise.relaxation import relaxation
from verify.objects.data.dataset import Dataset
from verify.objects.domains import relative_gap
from verify.objects.networks import Activation, Network, activation

FloatArray = NDArray[np.float64]
# What is added to the dual matrix P of LipSDP, relative to its trace: its null space then costs ε⁻¹·(1e-8)², 1e-8 being the solver's
# accuracy, and the trace (1 + dε): both are below 1e-6.
_RIDGE = 1e-9
# Singular values of Φ below this are left out of the cone program; the exact steps that follow have all of Φ.
_RANK = 1e-11


@dataclass(frozen=True)
class FixedFit:
    """lower ≤ least value of any fit ≤ upper, both certified; `network` is an exact fit that does not exceed `upper`.

    `reason` says in words how the work ended; `accurate`: the solver reported an optimum and the recomputed violations agree with that.
    `residuals` are those violations; `rounds` and `patterns` count the work of a constraint generation.
    """

    claim: str
    lower: Fraction
    upper: Fraction
    network: Network
    certificate: Mapping[str, Any] = field(repr=False)
    accurate: bool
    reason: str
    residuals: Mapping[str, float]
    rounds: int = 1
    patterns: int = 0

    @property
    def gap(self) -> float | None:
        """See `relative_gap`."""
        return relative_gap(self.lower, self.upper)


class Problem:
    """A hidden layer on data: Φθ = y exactly and in floats, θ = (a, v, c) or a.

    Raises: ShapeError, BadData, HypothesisViolated (no kink activation; no outer weights fit).
    """

    def __init__(self, data: Dataset, W: ArrayLike, b: ArrayLike, psi: str | Activation, affine: bool) -> None:
        W, b, _, _ = network_arrays(W, b, np.ones(np.shape(W)[:1]))
        self.psi = activation(psi)
        kink = self.psi.kink
        if kink is None or kink[1] == 0:
            raise HypothesisViolated(f"the activation {self.psi.name} has no kink: use relu, leaky_relu or abs")
        if W.shape[1] != data.d:
            raise ShapeError(f"W has {W.shape[1]} columns and the points have {data.d} coordinates: give W of shape (k, {data.d})")
        exact = exact_weights_of(W, b, np.zeros(len(b)), np.zeros(data.d))
        self.layer = FixedLayer(exact.W, exact.b, (kink[0], kink[0] + kink[1]), affine)
        self.data: ExactData = data.exact
        self.W, self.b, self.X, self.y = W, b, data.X, data.y
        self.features: fmpq_mat = self.layer.features(self.data.points)
        self.labels = [rational(c) for c in self.data.labels]
        self.matrix = np.array([[float(fraction(c)) for c in row] for row in self.features.tolist()])
        self.k, self.d, self.size = len(b), data.d, self.matrix.shape[1]
        # programs have order one whatever the units of points and labels: the columns of a, v and c, the longest w and the least fit
        self.heights, reach = (float(np.abs(part).max()) or 1.0 for part in (self.matrix[:, : self.k], self.X))
        self.sizes = np.array([self.heights] * self.k + ([reach] * self.d + [1.0] if affine else []))
        U, singular, V = np.linalg.svd(self.matrix / self.sizes, full_matrices=False)
        kept = singular > _RANK * singular[0]
        self.rank, self._rows, self._back = int(kept.sum()), V[kept], U[:, kept] / singular[kept]
        self.unit = float(np.linalg.norm(self._back.T @ self.y)) or 1.0
        self.longest = float(np.linalg.norm(W, axis=1).max()) or 1.0

    def program(self, extra: int, cost: FloatArray) -> ConeProgram:
        """A program in (t, extra variables), θ = unit·t/sizes, whose first constraint is Φθ = y in orthonormal rows.

        With Φ/sizes = UΣVᵀ it reads Vᵀt = Σ⁻¹Uᵀy/unit.
        """
        program = ConeProgram(np.concatenate([np.zeros(self.size), cost]))
        rows = sparse.hstack([sparse.csc_matrix(self._rows), sparse.csc_matrix((self.rank, extra))])
        program.equal(rows, self._back.T @ self.y / self.unit)
        return program

    def weights_of(self, found: ConeSolution) -> FloatArray:
        """θ of a solution."""
        theta: FloatArray = self.unit * found.x[: self.size] / self.sizes
        return theta

    def multipliers(self, found: ConeSolution) -> FloatArray:
        """λ of the fit equations."""
        lam: FloatArray = -self._back @ found.z[: self.rank]
        return lam

    def exact_fit(self, theta: FloatArray) -> tuple[Fraction, ...]:
        """An exact fit near θ.  Raises: HypothesisViolated when no outer weights fit."""
        found = nearby_solution(self.features, self.labels, theta)
        if found is None:
            raise HypothesisViolated(self._no_fit())
        return tuple(found)

    def _no_fit(self) -> str:
        lam = contradiction(self.features, self.labels)
        terms = " + ".join(f"({c})·[{i}]" for i, c in enumerate(lam) if c)
        if len(terms) > 200:
            terms = "the combination of the equations at " + ", ".join(f"{i} (about {float(c):.3g})" for i, c in enumerate(lam) if c)
        free = ", with any affine part," if self.layer.affine else ""
        return (f"no outer weights of these {self.k} neurons{free} fit the {len(self.y)} labels: of the equations [i], f(x_i) = y_i, "
                f"{terms} reads 0 = 1; give more neurons, or other biases")

    def exact_multipliers(self, lam: FloatArray, columns: list[int]) -> tuple[Fraction, ...]:
        """λ near the given one with (Φᵀλ)_j = 0 for the columns j."""
        rows = self.features.transpose().tolist()
        if not columns:
            return tuple(nearby_solution(fmpq_mat([[fmpq(0)] * len(lam)]), [fmpq(0)], lam) or ())
        found = nearby_solution(fmpq_mat([rows[j] for j in columns]), [fmpq(0)] * len(columns), lam)
        return tuple(found or ())

    def network(self, theta: tuple[Fraction, ...]) -> Network:
        """The exact network with the weights θ."""
        weights = self.layer.weights(theta)
        exact = [np.array(part, dtype=object) for part in (weights.W, weights.b, weights.a, weights.v)]
        c = theta[-1] if self.layer.affine else Fraction(0)
        return Network(exact[0], exact[1], exact[2], self.psi, exact[3], c)

    def result(self, claim: str, found: ConeSolution, dual: Dual, fit: Fit) -> FixedFit:
        """The certified values; a dual that proves nothing is replaced by λ = 0, whose lower bound is 0."""
        document = certify_fixed_layer(claim, self.layer, self.data, dual, fit)
        reason = "the solver reported an optimum" if found.accurate else f"the solver's answer ({found.status}) is inaccurate"
        return FixedFit(claim, Fraction(document["lower"]), Fraction(document["value"]), self.network(fit.theta), document,
                        found.accurate, reason, {"primal": found.primal, "dual": found.dual, "gap": found.gap})


def certified_contradiction(
    data: Dataset, W: ArrayLike, b: ArrayLike, psi: str | Activation = "relu", *, affine: bool = False
) -> dict[str, Any] | None:
    """A certificate that no outer weights of this hidden layer fit the data; None when some do.

    >>> data = Dataset([[1.0], [2.0]], [1, -1])
    >>> certified_contradiction(data, [[1.0]], [0.0])["dual"]["lambda"]                  # f(2) = 2f(1)
    ['2/3', '-1/3']
    """
    problem = Problem(data, W, b, psi, affine)
    if nearby_solution(problem.features, problem.labels, np.zeros(problem.size)) is not None:
        return None
    lam = tuple(contradiction(problem.features, problem.labels))
    return certify_fixed_layer("fixed.contradiction", problem.layer, problem.data, Dual(lam), None)


def least_norm(
    data: Dataset, W: ArrayLike, b: ArrayLike, psi: str | Activation = "relu", *, affine: bool = False, seconds: float = 60.0
) -> FixedFit:
    """The least ‖a‖₂ of x ↦ Σ a_ℓψ(w_ℓ·x+b_ℓ) (+ v·x + c, not counted, if `affine`) over all fits of the data.

    Args: data (n, d), W (k, d), b (k), a kink activation, `affine`, time for the solver.
    Returns: a FixedFit.  Raises: ShapeError, BadData, HypothesisViolated (no fit: the exact contradiction), NotCertified (the solver).
    Guarantee: both values certified in exact arithmetic.

    >>> found = least_norm(Dataset([[1.0], [2.0]], [1, 1], real_labels=True), [[1.0], [1.0], [-1.0]], [0.0, -1.0, 3.0])
    >>> round(float(found.lower), 6), round(float(found.upper), 6)                  # √(3/14)
    (0.46291, 0.46291)
    """
    problem = Problem(data, W, b, psi, affine)
    problem.exact_fit(np.zeros(problem.size))
    program = problem.program(1, np.ones(1))
    k, p = problem.k, problem.size
    program.in_second_order_cone(sparse.csc_matrix((np.ones(k + 1), (np.arange(k + 1), [p, *range(k)])), (k + 1, p + 1)), np.zeros(k + 1))
    found = solve_cones(program, seconds)
    lam = problem.exact_multipliers(problem.multipliers(found), list(range(k, p)))
    return problem.result("fixed.norm", found, Dual(_useful(lam, problem)), Fit(problem.exact_fit(problem.weights_of(found))))


def least_path_norm(
    data: Dataset, W: ArrayLike, b: ArrayLike, psi: str | Activation = "relu", *, affine: bool = False, seconds: float = 60.0
) -> FixedFit:
    """The least path norm Σ|a_ℓ|‖w_ℓ‖ of x ↦ Σ a_ℓψ(w_ℓ·x+b_ℓ) (+ v·x + c, not counted, if `affine`) over all fits of the data.

    Lip(f) ≤ ‖v‖ + max(|α|, |β|) times the path norm of f, so a fit of least path norm is smooth; the least path norm bounds no
    Lipschitz constant from below.  Arguments, result and errors as for `least_norm`.

    >>> found = least_path_norm(Dataset([[0.0], [1.0], [2.0]], [-1, 1, -1]), [[1.0], [1.0], [1.0]], [0.5, -0.5, -1.0], affine=True)
    >>> round(float(found.lower), 6), round(float(found.upper), 6)                  # one kink, from slope 2 to −2
    (4.0, 4.0)
    """
    problem = Problem(data, W, b, psi, affine)
    problem.exact_fit(np.zeros(problem.size))
    k, p, lengths = problem.k, problem.size, np.linalg.norm(problem.W, axis=1)
    program = problem.program(k, lengths / problem.longest)
    eye = sparse.identity(k)
    none = sparse.csc_matrix((k, p - k))
    program.at_least(sparse.bmat([[-eye, none, eye], [eye, none, eye]]), np.zeros(2 * k))
    found = solve_cones(program, seconds)
    lam = problem.exact_multipliers(problem.multipliers(found), [*range(k, p), *(int(j) for j in np.flatnonzero(lengths == 0))])
    return problem.result("fixed.path", found, Dual(_useful(lam, problem)), Fit(problem.exact_fit(problem.weights_of(found))))


def least_lipsdp(
    data: Dataset, W: ArrayLike, b: ArrayLike, psi: str | Activation = "relu", *, affine: bool = False, seconds: float = 60.0
) -> FixedFit:
    """The least LipSDP bound on R^d (diagonal multipliers, one a neuron) over all fits of the data.

    min t subject to [[tI, Hᵀ], [H, diag(y)]] ⪰ 0, Σy ≤ t, with the rows h_0 = v + ½(α+β)Σa_ℓw_ℓ and h_ℓ = ½(β−α)a_ℓw_ℓ of H linear in
    (a, v): one convex program.  The semidefinite cone has d + k + 1 rows: up to about 80 is a matter of seconds.
    Arguments, result and errors as for `least_norm`; `upper` bounds the Lipschitz constant of `network` on R^d.

    >>> found = least_lipsdp(Dataset([[0.0], [1.0], [2.0]], [-1, 1, -1]), [[1.0], [1.0], [1.0]], [0.5, -0.5, -1.0], affine=True)
    >>> round(float(found.lower), 5), round(float(found.upper), 5)
    (2.0, 2.0)
    """
    problem = Problem(data, W, b, psi, affine)
    problem.exact_fit(np.zeros(problem.size))
    found = solve_cones(_lipsdp_program(problem), seconds)
    k, d, p = problem.k, problem.d, problem.size
    N = d + k + 1
    Z = symmetric(found.z[-N * (N + 1) // 2 :], N)
    P = Z[:d, :d]
    factor = np.linalg.cholesky(P + (_RIDGE * np.trace(P) + 1e-300) * np.eye(d)) if np.trace(P) > 0 else np.eye(d)
    free = [p - 1] if affine else []
    dead = [j for j in range(k) if not problem.W[j].any()]
    lam = _useful(problem.exact_multipliers(problem.multipliers(found), free + dead), problem)
    C = tuple(tuple(Fraction(float(c)) for c in row) for row in factor)
    moment = -2 * Z[:d, d] * (problem.heights / problem.longest)
    centre = () if affine else tuple(Fraction(float(c)) for c in np.linalg.solve(factor, moment))
    theta = problem.exact_fit(problem.weights_of(found))
    rows = slope_rows("lipsdp.slopes", problem.layer.weights(theta), problem.layer.slopes)
    H = np.array([[float(c.mid()) for c in row] for row in rows.table()])
    y = relaxation(H[0], H[1:], tolerance=1e-8).multipliers
    y = np.maximum(y, y.max(initial=0.0) * 2.0**-60 or 1.0)  # a row that is zero in floats may be a little off zero in balls
    fit = Fit(theta, multipliers=tuple(Fraction(float(c)) for c in y))
    return problem.result("fixed.lipsdp", found, Dual(lam, C, centre), fit)


def _useful(lam: tuple[Fraction, ...], problem: Problem) -> tuple[Fraction, ...]:
    """λ, or 0 where it gives the labels a negative sum and so proves nothing."""
    gain = dot(lam, problem.data.labels)
    return lam if gain > 0 else (Fraction(0),) * len(lam)


def _lipsdp_program(problem: Problem) -> ConeProgram:
    k, d, p = problem.k, problem.d, problem.size
    low, high = (float(c) for c in problem.layer.slopes)
    program = problem.program(k + 2, np.append(np.zeros(k + 1), 1.0))
    t = p + k + 1
    program.at_least(sparse.csc_matrix(np.concatenate([np.zeros(p), -np.ones(k + 1), [1.0]])[None]), np.zeros(1))
    W = problem.W / problem.longest
    entries: list[tuple[int, int, float]] = [(triangle_index(i, i)[0], t, 1.0) for i in range(d)]
    entries += [(triangle_index(d + j, d + j)[0], p + j, 1.0) for j in range(k + 1)]
    for i in range(d):
        centre, factor = triangle_index(i, d)
        for j in range(k):
            row, _ = triangle_index(i, d + 1 + j)
            entries.append((centre, j, factor * (low + high) / 2 * float(W[j, i])))
            entries.append((row, j, factor * (high - low) / 2 * float(W[j, i])))
        if problem.layer.affine:
            entries.append((centre, k + i, factor * problem.heights / (problem.longest * float(problem.sizes[k]))))
    N = d + k + 1
    places, columns, values = (list(part) for part in zip(*entries, strict=True))
    A = sparse.csc_matrix((values, (places, columns)), (N * (N + 1) // 2, p + k + 2))
    program.positive_semidefinite(N, A, np.zeros(N * (N + 1) // 2))
    return program
