"""Trained fits with few kinks and a small Lipschitz constant, repaired to fit exactly and measured exactly: certified upper bounds.

f(x) = v·x + c + Σ_{ℓ≤k} s_ℓReLU(w_ℓ·x + b_ℓ) with signs s_ℓ.  Each start descends on the squared error with decay of the slopes; then the
sign pattern of the data is held and the largest gradient over the cells that occur is minimised by cone programs, and pattern bits of data
that end on a kink are flipped as long as that helps.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]
from scipy.optimize import minimize  # type: ignore[import-untyped]

from theory.certificates.exact.exact_data import ExactData, format_exact, parse_exact, parse_row
from theory.certificates.exact.exact_weights import ExactWeights
from theory.certificates.lipschitz.branch_tree import Patterns, certify_tree, parse_domain
from theory.certificates.lipschitz.path_norm import NetworkClass, PathNetwork
from theory.certificates.lipschitz.slope_relaxation import slope_rows
from theory.errors import BadData, NotCertified
from verify.fits.explicit import steepest_chord
from verify.fits.layers.infinite_width import as_network
from verify.fits.layers.pattern_fit import Neuron, exact_residual, solved_on_pattern
from verify.fits.programs.cones import ConeProgram, solve_cones
from verify.fits.programs.solver import SolverMissing
from verify.lipschitz.piecewise.branch_certificate import certified_branching, exact_domain
from verify.lipschitz.piecewise.kinks import kink_form
from verify.lipschitz.piecewise.local_search import best_points
from verify.lipschitz.piecewise.search import BranchBudget
from verify.objects.data.dataset import Dataset
from verify.objects.data.models import positive_integer, sphere
from verify.objects.domains import Domain
from verify.objects.networks import Network

FloatArray = NDArray[np.float64]
Bits = NDArray[np.bool_]
Progress = Callable[[int, float], None]
_RELU = (Fraction(0), Fraction(1))
# A start counts as better from this relative gain on: the cone solver's own accuracy is 1e-8.
_GAIN = 1e-6
_ON_KINK = (1e-4, 1e-6)
_LEAKS = (0.5, 0.2, 0.05, 0.0)
# What a unit of misfit costs, in units of McShane's constant: far more than a fit can gain by it, so that misfits are a last resort.
_MISFIT = 1e3


@dataclass(frozen=True)
class TrainedOptions:
    """`starts` random starts of at most `iterations` descent steps, `flips` flips and `rounds` programs each, until `seconds` are over.

    `decay` weighs (‖W‖² + ‖v‖²)/2 against the mean squared error; `nodes` caps the tree of each measurement.
    """

    starts: int = 100
    iterations: int = 300
    decay: float = 1e-3
    rounds: int = 4
    flips: int = 20
    nodes: int = 20_000
    seconds: float = 60.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("starts", "iterations", "rounds", "nodes"):
            positive_integer(getattr(self, name), f"{name}, a number of steps,")
        if self.flips < 0 or not 0 <= self.decay < np.inf or not self.seconds > 0:
            raise BadData("the options need flips ≥ 0, a finite decay ≥ 0 and seconds > 0")


@dataclass(frozen=True)
class Candidate:
    """An exact fit x ↦ v·x + c + Σ s_ℓReLU(w_ℓ·x + b_ℓ), rational, with its certified Lipschitz constant lower ≤ Lip_D ≤ upper.

    `certificate` proves both on the domain; `network` is the same function (a = s).
    """

    signs: tuple[int, ...]
    weights: PathNetwork
    lower: Fraction
    upper: Fraction
    network: Network
    certificate: Mapping[str, Any] = field(repr=False)


def trained_fits(
    data: Dataset,
    kinks: int,
    domain: Domain,
    *,
    affine: bool = True,
    options: TrainedOptions | None = None,
    progress: Progress | None = None,
) -> list[Candidate]:
    """Fits with at most k kinks, best certified Lipschitz constant on the domain first; empty when no start led to an exact fit.

    Args: data (n, d), k ≥ 1, domain (a ball, a box or a full-dimensional hull), `affine`: whether v, c may differ from 0, options (with the
    seed), progress: called with (starts done, best upper bound).
    Returns: candidates that fit exactly, one for each start that gave one; an interruption (KeyboardInterrupt) or the end of the time keeps
    those found by then.
    Raises: BadData, ShapeError.
    Guarantee: `upper` is a certified upper bound on the least constant of the class; an empty list proves nothing.

    >>> from verify.lipschitz import box
    >>> data = Dataset([[-1.0], [0.0], [1.0]], [1, -1, 1])
    >>> best = trained_fits(data, 1, box([-1.0], [1.0]), options=TrainedOptions(starts=2))[0]
    >>> round(float(best.upper), 6)                                                                           # McShane's bound
    2.0
    """
    kinks = positive_integer(kinks, "the number of kinks")
    options = options or TrainedOptions()
    exact_domain(domain, data.d)
    if domain.kind == "global":
        raise BadData("training needs a bounded domain: give a ball, a box or the hull of the data")
    deadline = time.perf_counter() + options.seconds
    found: list[Candidate] = []
    for start in range(options.starts):
        if time.perf_counter() >= deadline:
            break
        # each start has a stream of its own, so that their number changes none of them; signs go through all counts in turn
        rng = np.random.default_rng([options.seed, start])
        signs = np.where(np.arange(kinks) < (start + (kinks + 1) // 2) % (kinks + 1), 1, -1)
        try:
            candidate = _Start(data, domain, affine, signs, options, rng, deadline).run()
            if candidate is not None:
                found.append(candidate)
            if progress is not None and found:
                progress(start + 1, float(min(c.upper for c in found)))
        except KeyboardInterrupt:
            break
    return sorted(found, key=lambda c: (c.upper, c.lower, c.signs))


class _Start:
    """One start: θ = (w_1, b_1, …, w_k, b_k, v, c), the last d + 1 entries 0 and fixed unless affine."""

    def __init__(
        self, data: Dataset, domain: Domain, affine: bool, signs: NDArray[np.int64], options: TrainedOptions, rng: np.random.Generator,
        deadline: float,
    ) -> None:  # fmt: skip
        self.X, self.y, self.domain, self.affine, self.signs = data.X, data.y, domain, affine, signs
        self.options, self.rng, self.deadline = options, rng, deadline
        self.exact: ExactData = data.exact
        self.n, self.d = data.X.shape
        self.k = len(signs)
        self.lifted = np.column_stack([data.X, np.ones(self.n)])

    def run(self) -> Candidate | None:
        theta = self._descend(self._random())
        best = self._polish(self._pattern(theta), theta)
        flips = self.options.flips
        while best is not None and flips > 0 and time.perf_counter() < self.deadline:
            improved = None
            for pattern in self._flipped(best[1], best[0]):
                if flips <= 0 or time.perf_counter() >= self.deadline:
                    break
                flips -= 1
                other = self._polish(pattern, best[1])
                if other is not None and other[2] < best[2] * (1 - _GAIN):
                    improved = other
                    break
            if improved is None:
                break
            best = improved
        return None if best is None else self._measured(best[0], best[1])

    # ------------------------------------------------------------------ floats

    def _split(self, theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, float]:
        Z = theta[: -self.d - 1].reshape(self.k, self.d + 1)
        return Z[:, :-1], Z[:, -1], theta[-self.d - 1 : -1], float(theta[-1])

    def _random(self) -> FloatArray:
        """Kinks through random convex combinations of the data."""
        W = sphere(self.k, self.d, self.rng) * float(np.ptp(self.y) or 1.0)
        through = self.rng.dirichlet(np.ones(self.n), self.k) @ self.X
        b = -(W * through).sum(axis=1)
        return np.concatenate([np.column_stack([W, b]).ravel(), np.zeros(self.d + 1)])

    def _descend(self, theta: FloatArray) -> FloatArray:
        """L-BFGS on leaky ReLUs whose leak goes to 0 in stages: a neuron that is off on all of the data would never come back."""
        for leak in _LEAKS:
            limit = {"maxiter": -(-self.options.iterations // len(_LEAKS))}
            found = minimize(self._loss, theta, args=(leak,), jac=True, method="L-BFGS-B", options=limit)
            if not np.isfinite(found.x).all():
                break
            theta = np.asarray(found.x, dtype=np.float64)
        return theta

    def _loss(self, theta: FloatArray, leak: float) -> tuple[float, FloatArray]:
        W, b, v, c = self._split(theta)
        t = self.X @ W.T + b
        slopes = np.where(t > 0, 1.0, leak)
        e = (slopes * t) @ self.signs + self.X @ v + c - self.y
        back = (e[:, None] * slopes * self.signs / self.n).T @ self.lifted
        back[:, :-1] += self.options.decay * W
        rest = self.lifted.T @ e / self.n + self.options.decay * np.append(v, 0.0)
        value = float(e @ e) / (2 * self.n) + self.options.decay * float((W * W).sum() + v @ v) / 2
        return value, np.concatenate([back.ravel(), rest if self.affine else np.zeros(self.d + 1)])

    def _pattern(self, theta: FloatArray) -> Bits:
        W, b, _, _ = self._split(theta)
        return np.asarray(self.X @ W.T + b > 0)

    def _flipped(self, theta: FloatArray, pattern: Bits) -> list[Bits]:
        """The patterns with one bit changed, of data on a kink, those nearest to it first."""
        W, b, _, _ = self._split(theta)
        heights = np.abs(self.X @ W.T + b)
        relative = heights / np.maximum(heights.max(axis=0), 1e-300)
        found = []
        for place in np.argsort(relative, axis=None, kind="stable"):
            i, j = np.unravel_index(int(place), relative.shape)
            if relative[i, j] > 1e-5:
                break
            other = pattern.copy()
            other[i, j] = not other[i, j]
            found.append(other)
        return found

    def _cells(self, theta: FloatArray) -> Bits:
        """Activation patterns of cells of the domain: sampled, and those with long gradients."""
        W, b, v, _ = self._split(theta)
        points = self.domain.sample(400, self.d, self.rng)
        if np.abs(W).any():
            form = kink_form(W, b, self.signs.astype(np.float64), v)
            if form.size:
                points = np.vstack([points, best_points(form, self.domain, self.rng, samples=200)])
        return np.unique(points @ W.T + b > 0, axis=0)

    def _polish(self, pattern: Bits, theta: FloatArray) -> tuple[Bits, FloatArray, float] | None:
        """min L over θ with this pattern on the data, ‖∇f‖ ≤ L on every cell that occurred on the way; None where the solver fails.

        Misfits are allowed at a high price, so that a pattern on which nothing fits still shows which flips bring a fit nearer.
        """
        cells = {tuple(row) for row in self._cells(theta)} | {tuple(row) for row in pattern}
        for _ in range(self.options.rounds):
            try:
                theta, level = self._solve(pattern, sorted(cells))
            except SolverMissing:
                raise
            except NotCertified:
                return None
            new = {tuple(row) for row in self._cells(theta)} - cells
            if not new:
                return pattern, theta, level
            cells |= new
        return pattern, theta, level

    def _solve(self, pattern: Bits, cells: list[tuple[bool, ...]]) -> tuple[FloatArray, float]:
        """Variables: θ, the residuals r of the fit, bounds on |r|, L.  Objective: L plus a large multiple of Σ|r|."""
        n, d, k, e = self.n, self.d, self.k, self.d + 1
        p = (k + 1) * e
        N = p + 2 * n + 1
        unit = steepest_chord(self.X, self.y) or 1.0
        program = ConeProgram(np.concatenate([np.zeros(p + n), np.full(n, _MISFIT * unit), [1.0]]))
        gated = [(self.signs[j] * pattern[:, j])[:, None] * self.lifted for j in range(k)]
        eye, none = np.eye(n), np.zeros((n, n))
        program.equal(np.hstack([*gated, self.lifted, eye, none, np.zeros((n, 1))]), self.y)
        if not self.affine:
            program.equal(np.eye(e, N, k * e), np.zeros(e))
        sides = sparse.block_diag([(2.0 * pattern[:, j] - 1)[:, None] * self.lifted for j in range(k)])
        program.at_least(sparse.hstack([sides, sparse.csc_matrix((n * k, N - k * e))]), np.zeros(n * k))
        bounds = np.block([[np.zeros((n, p)), -eye, eye, np.zeros((n, 1))], [np.zeros((n, p)), eye, eye, np.zeros((n, 1))]])
        program.at_least(bounds, np.zeros(2 * n))
        for cell in cells:
            A = np.zeros((d + 1, N))
            A[0, -1] = 1.0
            for j in np.flatnonzero(cell):
                A[1:, j * e : j * e + d] = self.signs[j] * np.eye(d)
            A[1:, k * e : k * e + d] = np.eye(d)
            program.in_second_order_cone(A, np.zeros(d + 1))
        found = solve_cones(program, max(self.deadline - time.perf_counter(), 0.01))
        return found.x[:p], float(program.q @ found.x)

    # ------------------------------------------------------------------ exact

    def _measured(self, pattern: Bits, theta: FloatArray) -> Candidate | None:
        """The exact fit near θ with its certified constant; None where the pattern admits none near."""
        kind = NetworkClass("inside", self.affine)
        Z = theta[: -self.d - 1].reshape(self.k, self.d + 1)
        free = theta[-self.d - 1 :] if self.affine else np.zeros(0)
        neurons = [Neuron(z, tuple(int(c) for c in bits), int(s)) for z, bits, s in zip(Z, pattern.T, self.signs, strict=True)]
        best: Candidate | None = None
        for on_kink in _ON_KINK:
            exact = solved_on_pattern(kind, self.exact, neurons, free, on_kink)
            if exact is None or any(exact_residual(self.exact, exact)):
                continue
            try:
                document = certified_constant(exact, self.domain, BranchBudget(max(self.deadline - time.perf_counter(), 1.0),
                                                                              self.options.nodes, self.options.seed))
            except NotCertified:
                continue
            lower, upper = Fraction(document["lower"]), Fraction(document["value"])
            if best is None or upper < best.upper:
                best = Candidate(tuple(int(s) for s in self.signs), exact, lower, upper, as_network(exact), document)
        return best


def certified_constant(network: PathNetwork, domain: Domain, budget: BranchBudget) -> dict[str, Any]:
    """A certificate of the Lipschitz constant of an exact ReLU network on a domain, from the tree of the network rounded to doubles.

    Leaves that refute a pattern of the rounded network, but not of the exact one, become bounds.
    Raises: NotCertified, BadData.

    >>> tent = PathNetwork(((Fraction(1, 3),),), (Fraction(0),), (Fraction(3),), (Fraction(-1),), Fraction(0))       # 3·ReLU(x/3) − x
    >>> document = certified_constant(tent, Domain("box", low=(-1.0,), high=(1.0,)), BranchBudget())
    >>> document["lower"], document["value"]
    ('99999999999/100000000000', '100000000001/100000000000')
    """
    exact = ExactWeights(network.W, network.b, network.a, network.v)
    arrays = [np.array([[float(c) for c in row] for row in network.W])]
    arrays += [np.array([float(c) for c in part]) for part in (network.b, network.a, network.v)]
    _, document = certified_branching(*arrays, slopes="relu", domain=domain, budget=budget)
    where, planes = parse_domain(document["domain"]), document["planes"]
    patterns = Patterns(exact, _RELU, planes, where)
    witness = None if document["witness"] is None else parse_row(document["witness"], "witness")
    return certify_tree(exact, _RELU, where, planes, _mended(patterns, document["tree"]), witness)


def _mended(patterns: Patterns, tree: list[dict[str, Any]]) -> list[dict[str, Any]]:
    lengths = [max(float(sum(c * c for c in row).mid()) ** 0.5, 1e-300)
               for row in slope_rows("lipsdp.kinks", patterns.network, _RELU).table()[: len(patterns.planes) + 1]]
    waiting, nodes = [(0,) * len(patterns.planes)], []
    for node in tree:
        signs = waiting.pop()
        if "branch" in node:
            j = node["branch"]
            waiting += [(*signs[:j], sign, *signs[j + 1 :]) for sign in (-1, 1)]
        elif "refuted" in node:
            multipliers = {int(j): parse_exact(c, "multiplier") for j, c in node["refuted"].items()}
            if not patterns.refutes(signs, multipliers):
                kept = [lengths[0], *(length for sign, length in zip(signs, lengths[1:], strict=True) if not sign)]
                node = {"bound": [format_exact(Fraction(length)) for length in kept]}
        nodes.append(node)
    return nodes
