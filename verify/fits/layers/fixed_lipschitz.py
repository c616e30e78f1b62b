"""The least Lipschitz constant on a domain over the outer weights of a fixed hidden layer, two-sided and certified.

For fixed W and b the cells of the domain do not depend on the outer weights θ = (a, v, c), and ∇f = v + Σ a_ℓδ_ℓw_ℓ on the cell with
slopes δ is linear in θ.  So min Lip is a second-order cone program with one constraint
for each cell; cells are added as long as the current solution has a longer gradient on one of them, which local search finds first and
branch and bound finds in the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import ArrayLike, NDArray
from scipy import sparse  # type: ignore[import-untyped]

from theory.certificates.exact.exact_data import parse_row
from theory.certificates.exact.exact_network import dot, fraction, rational, rational_matrix
from theory.certificates.exact.rounding import root_above
from theory.certificates.fits.fixed_layer import Dual, Fit
from theory.certificates.fits.fixed_layer_documents import certify_fixed_layer
from theory.certificates.lipschitz.branch_tree import ExactDomain, Patterns, proved_by_tree
from theory.errors import NotCertified
from verify.fits.exact.solve import nearby_solution
from verify.fits.explicit import least_norm_solution, steepest_chord
from verify.fits.layers.fixed_layer import FixedFit, Problem
from verify.fits.programs.cones import ConeSolution, GenerationOptions, solve_cones
from verify.lipschitz.piecewise.branch_certificate import certified_branching, exact_domain, exact_witness
from verify.lipschitz.piecewise.kinks import kink_form
from verify.lipschitz.piecewise.local_search import best_points
from verify.lipschitz.piecewise.sampled import sample_points
from verify.lipschitz.piecewise.search import BranchBudget
from verify.objects.data.dataset import Dataset
from verify.objects.domains import GLOBAL, Domain
from verify.objects.networks import Activation

FloatArray = NDArray[np.float64]
Progress = Callable[[int, float, float], None]
# Cells that one round of local search may add: more make the next cone program larger, fewer make more rounds.
_ADDED = 12
# The norm of θ costs this much, in units in which the least fit and McShane's constant are 1: cells that are not in the program yet
# leave directions of θ free, in which the solver would run away.  It moves the optimum by at most this times the norm of the best θ.
_COST = 1e-8
# Samples of one local search; what it misses, branch and bound finds.
_SAMPLES = 600


def least_lipschitz(
    data: Dataset,
    W: ArrayLike,
    b: ArrayLike,
    psi: str | Activation = "relu",
    domain: Domain = GLOBAL,
    *,
    affine: bool = False,
    options: GenerationOptions | None = None,
    progress: Progress | None = None,
) -> FixedFit:
    """min Lip_D(f) over f(x) = Σ a_ℓψ(w_ℓ·x+b_ℓ) (+ v·x + c if `affine`) with f(x_i) = y_i, for a fixed hidden layer (W, b).

    Args: data (n, d), W (k, d), b (k), a kink activation, domain (R^d, a ball, a box or a full-dimensional hull), `affine`, options,
    progress: called with (rounds, lower, upper) in floats.
    Returns: a FixedFit.  Out of time, or interrupted (KeyboardInterrupt), it holds what is certified by then.
    Raises: ShapeError, BadData, HypothesisViolated (nothing fits: the exact contradiction), NotCertified (the first program failed).
    Guarantee: both values certified; the lower one by points of cells that were checked exactly.

    >>> data = Dataset([[0.0], [1.0], [3.0]], [-1, 1, 0], real_labels=True)
    >>> found = least_lipschitz(data, [[1.0], [1.0], [1.0]], [0.0, -1.0, -2.0], affine=True)           # McShane's bound is 2
    >>> round(float(found.lower), 5), round(float(found.upper), 5)
    (2.0, 2.0)
    """
    return _Generation(Problem(data, W, b, psi, affine), domain, options or GenerationOptions(), progress).run()


@dataclass
class _Generation:
    problem: Problem
    domain: Domain
    options: GenerationOptions
    progress: Progress | None
    witnesses: list[tuple[Fraction, ...]] = field(default_factory=list)
    slopes: list[list[fmpq]] = field(default_factory=list)
    gradients: list[FloatArray] = field(default_factory=list)  # of θ, d×p for each pattern

    def __post_init__(self) -> None:
        self.deadline = time.perf_counter() + self.options.seconds
        self.rng = np.random.default_rng(self.options.seed)
        self.exact: ExactDomain = exact_domain(self.domain, self.problem.d)
        self.known: set[tuple[fmpq, ...]] = set()
        low, high = self.problem.layer.slopes
        self.pair = (float(low), float(high))
        self.upper, self.fit = Fraction(0), Fit(())
        self.solution: ConeSolution | None = None

    def run(self) -> FixedFit:
        problem = self.problem
        theta = least_norm_solution(problem.matrix, problem.y)
        problem.exact_fit(theta)
        self.unit = steepest_chord(problem.X, problem.y) or 1.0
        reason, rounds = "", 0
        try:
            self._measure(theta)
            self._add_violated(theta, 0.0)
            self._add_random(theta)
            while not reason:
                theta, level = self._solve()
                rounds += 1
                if self.progress is not None:
                    self.progress(rounds, level, float(self.upper))
                over = time.perf_counter() >= self.deadline or rounds >= self.options.rounds
                if not over and self._add_violated(theta, level):
                    continue
                least, added = self._measure(theta)
                if least <= level * (1 + self.options.tolerance):
                    reason = "no cell has a longer gradient"
                elif over:
                    reason = f"the time or the number of rounds is used up after {rounds} rounds"
                elif not added:
                    reason = "branch and bound found no further cell with a longer gradient, and could not exclude one"
        except KeyboardInterrupt:
            if not self.fit.theta:
                raise
            reason = "interrupted"
        except NotCertified as stop:
            if not self.fit.theta:
                raise
            reason = str(stop)
        if self.solution is None:
            raise NotCertified(f"no program was solved: {reason}; give more seconds")
        return self._result(self.solution, reason, rounds)

    # ------------------------------------------------------------------ cells

    def _add(self, point: tuple[Fraction, ...]) -> bool:
        """Add the cell of a witness; False when it is there already, or the point lies on a kink or outside the domain."""
        try:
            slopes = self.problem.layer.slopes_at(self.exact.point(point))
        except NotCertified:
            return False
        if tuple(slopes) in self.known:
            return False
        self.known.add(tuple(slopes))
        self.witnesses.append(point)
        self.slopes.append(slopes)
        factors = np.array([float(fraction(c)) for c in slopes])
        columns = [(factors[:, None] * self.problem.W).T]
        if self.problem.layer.affine:
            columns += [np.eye(self.problem.d), np.zeros((self.problem.d, 1))]
        self.gradients.append(np.hstack(columns))
        return True

    def _arrays(self, theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        k, d = self.problem.k, self.problem.d
        return self.problem.W, self.problem.b, theta[:k], theta[k : k + d] if self.problem.layer.affine else np.zeros(d)

    def _add_violated(self, theta: FloatArray, level: float) -> bool:
        """Add cells with gradients longer than the level, found by local search."""
        form = kink_form(*self._arrays(theta), self.pair)
        points = best_points(form, self.domain, self.rng, samples=_SAMPLES)
        lengths = np.linalg.norm(form.gradients(np.sign(points @ form.W.T + form.b)), axis=1)
        violated = points[lengths > level * (1 + self.options.tolerance)]
        return sum(self._add(exact_witness(point, self.domain)) for point in violated[:_ADDED]) > 0

    def _add_random(self, theta: FloatArray) -> None:
        """Cells that give the dual more unknowns than equations, so that there are exact solutions near the solver's."""
        wanted = len(self.witnesses) + 2 * self.problem.size // self.problem.d + 4
        form = kink_form(*self._arrays(theta), self.pair)
        for point in sample_points(form, self.domain, 4 * wanted, self.rng):
            if len(self.witnesses) >= wanted:
                break
            self._add(exact_witness(point, self.domain))

    def _measure(self, theta: FloatArray) -> tuple[float, bool]:
        """A bound on the Lipschitz constant of the exact fit near θ, kept if it is the best; and whether its longest cell is new."""
        exact = self.problem.exact_fit(theta)
        near = np.array([float(c) for c in exact])
        seconds = max(self.deadline - time.perf_counter(), 0.01)
        budget = BranchBudget(seconds, self.options.nodes, self.options.seed)
        _, document = certified_branching(*self._arrays(near), slopes=self.pair, domain=self.domain, budget=budget)
        planes, tree = tuple(document["planes"]), tuple(document["tree"])
        network = self.problem.layer.weights(exact)
        value = root_above(proved_by_tree(Patterns(network, self.problem.layer.slopes, planes, self.exact), tree))
        if not self.fit.theta or value < self.upper:
            self.upper, self.fit = value, Fit(exact, planes=planes, tree=tree)
        witness = document["witness"]
        return float(value), witness is not None and self._add(parse_row(witness, "witness"))

    # ------------------------------------------------------------------ the program

    def _solve(self) -> tuple[FloatArray, float]:
        """θ and the largest gradient on the cells so far; in the program the least-norm fit and McShane's constant have size 1."""
        p, d = self.problem.size, self.problem.d
        program = self.problem.program(2, np.array([1.0, _COST]))
        level = sparse.csc_matrix(([1.0], ([0], [p])), (1, p + 2))
        scale = self.problem.unit / self.unit / self.problem.sizes
        for gradient in self.gradients:
            rows = sparse.hstack([sparse.csc_matrix(gradient * scale), sparse.csc_matrix((d, 2))])
            program.in_second_order_cone(sparse.vstack([level, rows]), np.zeros(d + 1))
        norm = sparse.csc_matrix((np.ones(p + 1), (range(p + 1), [p + 1, *range(p)])), (p + 1, p + 2))
        program.in_second_order_cone(norm, np.zeros(p + 1))
        found = solve_cones(program, max(self.deadline - time.perf_counter(), 0.01))
        self.solution = found
        return self.problem.weights_of(found), self.unit * float(found.x[p])

    def _dual(self, found: ConeSolution) -> Dual:
        """λ and u from the solver's, moved onto the equations Σ_p u_p·∇f(z_p) = λᵀΦθ exactly; λ = 0 where that proves nothing."""
        problem = self.problem
        n, d, k, start = len(problem.y), problem.d, problem.k, problem.rank
        P = (len(found.z) - start - problem.size - 1) // (d + 1)
        lam = problem.multipliers(found)
        u = -found.z[start : start + P * (d + 1)].reshape(P, d + 1)[:, 1:] * (self.problem.unit / self.unit)
        # u in a unit in which it is as large as λ, so that neither counts as rounding of the other
        unit = Fraction(2) ** int(np.frexp(np.abs(u).max(initial=0.0) or 1.0)[1] - np.frexp(np.abs(lam).max() or 1.0)[1])
        W = (rational_matrix(problem.layer.W) * rational(unit)).tolist()
        features = problem.features.tolist()
        equations = [[features[i][j] for i in range(n)] + [-s[j] * W[j][c] for s in self.slopes[:P] for c in range(d)] for j in range(k)]
        for c in range(d if problem.layer.affine else 0):
            equations.append([features[i][k + c] for i in range(n)] + [-rational(unit) * int(e == c) for _ in range(P) for e in range(d)])
        if problem.layer.affine:
            equations.append([fmpq(1)] * n + [fmpq(0)] * (P * d))
        exact = nearby_solution(fmpq_mat(equations), [fmpq(0)] * len(equations), np.concatenate([lam, u.ravel() / float(unit)]))
        zero = Dual((Fraction(0),) * n)
        if exact is None:
            return zero
        gain = dot(exact[:n], problem.data.labels)
        vectors = [tuple(unit * c for c in exact[n + q * d : n + (q + 1) * d]) for q in range(P)]
        used = tuple((z, w) for z, w in zip(self.witnesses, vectors, strict=False) if any(w))
        return Dual(tuple(exact[:n]), patterns=used) if gain > 0 else zero

    def _result(self, found: ConeSolution, reason: str, rounds: int) -> FixedFit:
        problem = self.problem
        document = certify_fixed_layer("fixed.lipschitz", problem.layer, problem.data, self._dual(found), self.fit, self.exact)
        violations = {"primal": found.primal, "dual": found.dual, "gap": found.gap}
        return FixedFit("fixed.lipschitz", Fraction(document["lower"]), Fraction(document["value"]), problem.network(self.fit.theta),
                        document, found.accurate, reason, violations, rounds, len(self.witnesses))
