"""The least Lipschitz constant of a network with k kinks that fits the data: a certified interval, and the network."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from theory.certificates.fits.exact_fit import KinkNetwork
from theory.certificates.fits.kink_interval import certify_interval
from theory.certificates.fits.kink_lower import INFEASIBLE, certify_kinks
from theory.certificates.fits.kink_problem import FitDomain, KinkProblem
from theory.errors import BadData, NotCertified
from verify.fits.functions.mcshane import mcshane_bound
from verify.fits.kinks.problem import affine_range, as_network, exact_problem, network_weights, problem_key, scaled_problem
from verify.fits.kinks.proof import Prover
from verify.fits.kinks.repair import ExactFit, exact_fit
from verify.fits.kinks.scaling import Weights
from verify.fits.kinks.search import Limits, Search, Tree
from verify.fits.kinks.state import StateFile
from verify.objects.data.dataset import FloatArray, validate
from verify.objects.networks import Network

SAVE_EVERY = 2.0     # seconds between two saves of the state
STARTS = 4           # random starts of the local search for each choice of signs
Progress = Callable[[str, float, float], None]
"""Called with what is being done, the lower bound (not yet certified) and the upper bound so far."""


@dataclass(frozen=True)
class FitBudget:
    """When to stop: relative gap, seconds of wall time, nodes of the search; the seed of the random starts.

    Raises: BadData.
    """

    gap: float = 1e-3
    seconds: float = 60.0
    nodes: int = 10_000_000
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.gap < 1:
            raise BadData(f"the gap is {self.gap}: give a relative gap between 0 and 1, such as 1e-3")
        if not 0 <= self.seconds < float("inf") or self.nodes < 0:
            raise BadData(f"a budget needs finite seconds ≥ 0 and nodes ≥ 0, not {self.seconds} and {self.nodes}")


@dataclass(frozen=True)
class KinkFit:
    """lower ≤ inf Lip ≤ upper over the class of `problem`, both proved by `certificate`.

    `lower` is None when it is proved that no function of the class fits; `upper` and `network` are None when none that fits is known.
    `mcshane` is the certified bound for every function.  `interrupted`: the search was cut short by KeyboardInterrupt.
    """

    problem: KinkProblem
    lower: Fraction | None
    upper: Fraction | None
    network: Network | None
    certificate: dict[str, Any] = field(repr=False)
    mcshane: Fraction
    nodes: int
    leaves: int
    seconds: float
    is_closed: bool
    interrupted: bool

    @property
    def is_infeasible(self) -> bool:
        """Whether it is proved that no function of the class fits the data."""
        return self.lower is None

    @property
    def gap(self) -> float | None:
        """(upper − lower)/upper, None without both ends."""
        if self.lower is None or self.upper is None:
            return None
        return 0.0 if self.upper == 0 else float((self.upper - self.lower) / self.upper)


def fit_kinks(
    X: ArrayLike, y: ArrayLike, kinks: int, *, domain: str | FitDomain = "hull", affine: bool = True, budget: FitBudget | None = None,
    start: Sequence[Network] = (), state: Path | None = None, resume: bool = False, progress: Progress | None = None,
) -> KinkFit:  # fmt: skip
    """The least Lipschitz constant of f(x) = v·x + c + Σ_{ℓ≤k} ±ReLU(w_ℓ·x+b_ℓ) with f(x_i) = y_i: an interval with a certificate.

    The constant is Euclidean, on a convex domain that contains the data.  Without the affine part v = 0 and c = 0; the lower bound is then
    that of a slightly larger class (see `theory.certificates.fits.kink_problem`) and the interval may stay open.
    Args: X (n, d), y (n,) real labels, kinks k, domain ("hull" of the data; "ball": the least about 0 that holds them; "box": their
    bounding box; or a FitDomain), affine, budget, start (ReLU networks to improve on), state (a file that keeps the search, see
    `StateFile`), resume (go on from that file), progress.
    Returns: a KinkFit.  KeyboardInterrupt ends the search, not the answer: what is known by then is certified and returned.
    Raises: BadData (fewer than two points, not finite, a point with two labels, k < 0, a flat box, a foreign state file), ShapeError.
    Guarantee: both ends are certified in exact arithmetic; the solver is trusted with nothing.

    >>> found = fit_kinks([[0.0], [1.0], [2.0]], [1, -1, 1], 1)
    >>> float(found.lower), round(float(found.upper), 6), found.is_closed
    (2.0, 2.0, True)
    >>> fit_kinks([[0.0], [1.0], [2.0]], [1, -1, 1], 0).is_infeasible
    True
    """
    budget = budget or FitBudget()
    points, labels = validate(X, y, signs=False)
    run = _Run(exact_problem(points, labels, kinks, domain, affine=affine), points, labels, budget, progress)
    kept = None if state is None else StateFile(state, problem_key(run.problem), fresh=not resume)
    try:
        return run.fit([network_weights(network, run.problem) for network in start], kept)
    finally:
        if kept is not None:
            kept.close()


class _Run:
    """One call of `fit_kinks`."""

    def __init__(self, problem: KinkProblem, X: FloatArray, y: FloatArray, budget: FitBudget, progress: Progress | None) -> None:
        self.problem, self.budget, self.progress = problem, budget, progress
        self.begun = time.perf_counter()
        self.X, self.y = X, y
        bound = mcshane_bound(X, y)
        self.mcshane, self.pair = bound.value, bound.pair
        self.best: ExactFit | None = None
        self.scaled = scaled_problem(problem, X, y)
        self.search = Search(problem, self.scaled, self._offer, float(bound.value), bound.pair or (), budget.seed)
        self.prover = Prover(self.search)
        self.interrupted = False
        self.told = self.kept_at = self.begun
        self.state: StateFile | None = None

    def fit(self, start: Sequence[Weights], state: StateFile | None) -> KinkFit:
        self.state = state
        try:
            if state is not None:
                self._resume(state.load(self.search))
            self._constant()
            scaled = [self.scaled.lowered(weights) for weights in start]
            self.search.warm_up(self.budget.gap, STARTS, lambda: self._elapsed() > self.budget.seconds / 4, scaled)
            self._rounds()
        except KeyboardInterrupt:
            self.interrupted = True
        if state is not None:
            self._save()
        return self._result()

    def _rounds(self) -> None:
        """Search and proof in turn: leaves that prove less than they seemed to are opened again."""
        limits = Limits(self.budget.gap, self.budget.seconds, self.budget.nodes)
        while not self._met(self.search.floor):
            before = self.search.made
            self.search.explore(limits, self._must_prove, self._tell)
            if not self._prove() or not self._reopened() or self.search.made == before:
                return

    def _prove(self) -> bool:
        lower = self.search.lower()
        late = 2 * self.budget.seconds + 10      # the estimate of the time that proofs take is rough
        return self.prover.prove(lambda: self._elapsed() > late, lambda done: self._say(f"proving, {done} leaves", lower))

    def _reopened(self) -> bool:
        """Lower the float bound of every leaf to what it proves; whether one fell below the goal."""
        fell = False
        goal = self.search.goal(self.budget.gap) / (1 + 1e-7)
        for leaf in list(self.search.leaves()):
            proved = self.prover.bound(leaf)
            if proved is not None and float(proved) < min(leaf.bound, goal) * (1 - 1e-9) and not leaf.is_stuck:
                leaf.bound, fell = float(proved), True
                del self.prover.proved[leaf.number]
        return fell

    # ------------------------------------------------------------------ networks

    def _offer(self, tree: Tree, weights: Weights) -> float | None:
        """The certified constant of the exact network near a float one, None when there is none in the class."""
        lifted = (self.scaled if tree.problem.affine else tree.program.problem).lifted(weights)
        if tree.problem.affine and not self.problem.affine:
            converted = self._without_affine_part(tree, weights, lifted)
            if converted is None:
                return None
            lifted = converted
        return self._take(exact_fit(self.problem, lifted.signs, lifted.W, lifted.b, lifted.v, lifted.c))

    def _take(self, found: ExactFit | None) -> float | None:
        if found is None:
            return None
        if self.best is None or found.upper < self.best.upper:
            self.best = found
        return _float_above(found.upper)

    def _without_affine_part(self, tree: Tree, weights: Weights, lifted: Weights) -> Weights | None:
        """v·x + c as one neuron, which it is where it keeps its sign on the domain."""
        region = tree.program.problem.region
        low, high = affine_range(weights, region, self.scaled)
        if low < 0 < high:
            return None
        sign = 1 if low >= 0 else -1
        return Weights((*lifted.signs, sign), np.vstack([lifted.W, sign * lifted.v]), np.append(lifted.b, sign * lifted.c),
                       np.zeros_like(lifted.v), 0.0)  # fmt: skip

    def _constant(self) -> None:
        """Equal labels: a constant, which needs one neuron in the class without affine part."""
        if self.y.min() < self.y.max():
            return
        d, level = self.X.shape[1], float(self.y[0])
        if self.problem.affine:
            found = exact_fit(self.problem, (), np.zeros((0, d)), np.zeros(0), np.zeros(d), level)
        else:
            found = exact_fit(self.problem, (1 if level >= 0 else -1,), np.zeros((1, d)), np.array([abs(level)]), np.zeros(d), 0.0)
        constant = self._take(found)
        self.search.upper = self.search.upper if constant is None else min(self.search.upper, constant)

    def _resume(self, network: KinkNetwork | None) -> None:
        if network is None:
            return
        W = np.array([[float(c) for c in row] for row in network.W]).reshape(len(network.signs), self.X.shape[1])
        found = exact_fit(self.problem, network.signs, W, np.array([float(c) for c in network.b]), np.array([float(c) for c in network.v]),
                          float(network.c))  # fmt: skip
        constant = self._take(found)
        if constant is not None:
            self.search.upper = constant

    # ------------------------------------------------------------------ time, state, words

    def _elapsed(self) -> float:
        return time.perf_counter() - self.begun

    def _must_prove(self) -> bool:
        """Whether what is left of the time is needed to prove the leaves that are not proved yet: about 3/4 of the nodes."""
        unproved = 0.75 * self.search.made - len(self.prover.proved)
        # a proof costs a program and some rational arithmetic: on a slow machine both take longer than the first guess
        cost = max(self.prover.cost, self._elapsed() / (self.search.made + 20))
        return self._elapsed() + unproved * cost > self.budget.seconds

    def _met(self, lower: float) -> bool:
        return lower >= self.search.goal(self.budget.gap) / (1 + 1e-7)

    def _tell(self) -> None:
        now = time.perf_counter()
        if self.state is not None and now - self.kept_at > SAVE_EVERY:
            self._save()
        if self.progress is not None and now - self.told > 0.1:
            self._say(f"{self.search.made} nodes", self.search.least_open())

    def _say(self, what: str, lower: float) -> None:
        if self.progress is not None:
            self.told = time.perf_counter()
            self.progress(what, lower, self.search.upper)

    def _save(self) -> None:
        if self.state is not None:
            self.state.save(self.search, None if self.best is None else self.best.network.as_json())
            self.kept_at = time.perf_counter()

    # ------------------------------------------------------------------ the answer

    def _result(self) -> KinkFit:
        lower = self._lower_document()
        upper = None if self.best is None else self.best.certificate()
        value = None if lower["value"] == INFEASIBLE else Fraction(lower["value"])
        reached = None if upper is None else Fraction(upper["value"])
        closed = value is None or (reached is not None and value >= reached * (1 - Fraction(self.budget.gap)))
        network = None if self.best is None else as_network(self.best.network)
        return KinkFit(self.problem, value, reached, network, certify_interval(lower, upper), self.mcshane, self.search.made,
                       sum(1 for _ in self.search.leaves()), self._elapsed(), closed, self.interrupted)

    def _lower_document(self) -> dict[str, Any]:
        """McShane's pair alone where it proves enough or as much, else the trees."""
        alone = certify_kinks(self.problem, pair=self.pair) if self.pair is not None else None
        if alone is not None and self._met(float(Fraction(alone["value"]))):
            return alone
        try:
            self._prove()
        except KeyboardInterrupt:
            self.interrupted = True
        try:
            trees = certify_kinks(self.problem, pair=self.pair, witnesses=self.prover.witnesses(), programs=self.prover.programs())
        except NotCertified:
            if alone is None:
                raise
            return alone
        if alone is not None and trees["value"] == alone["value"]:
            return alone
        return trees


def _float_above(value: Fraction) -> float:
    found = float(value)
    return found if Fraction(found) >= value else float(np.nextafter(found, np.inf))

