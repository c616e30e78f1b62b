"""The least Lipschitz constant of a network with k kinks that fits the data: a certified interval, and the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from theory.certificates.exact.exact_weights import Row
from theory.certificates.fits.exact_fit import certify_fit
from theory.certificates.fits.kink_interval import certify_interval
from theory.certificates.fits.kink_lower import INFEASIBLE, certify_kinks
from theory.certificates.fits.kink_problem import FitDomain, KinkProblem
from theory.certificates.fits.kink_tree import Tree
from theory.errors import BadData, NotCertified
from verify.fits.exact.input import read_exact
from verify.fits.functions.mcshane import mcshane_bound_of
from verify.fits.kinks.incumbent import Incumbent
from verify.fits.kinks.problem import as_network, exact_problem, network_weights, problem_key
from verify.fits.kinks.proof import Prover
from verify.fits.kinks.scaling import Weights, scale
from verify.fits.kinks.search import Search
from verify.fits.kinks.state import StateFile
from verify.fits.kinks.units import units_of
from verify.objects.data.dataset import Dataset
from verify.objects.deadline import OutOfTime, Seconds, deadline_of, in_time, seconds_of
from verify.objects.domains import relative_gap
from verify.objects.networks import Network

SAVE_EVERY = 2.0     # seconds between two saves of the state
TELL_EVERY = 0.1     # seconds between two words about the search
LARGEST = Fraction(np.finfo(np.float64).max)
CHECKED = 0.25       # what it takes to certify and check a node, in terms of what it takes to prove one
Progress = Callable[[str, float, float], None]
"""Called with what is being done, the lower bound (not yet certified) and the upper bound so far."""


@dataclass(frozen=True)
class FitBudget:
    """When to stop: relative gap (upper − lower)/upper, seconds or a deadline, nodes of the search; the seed of the random starts.

    Raises: BadData.
    """

    gap: float = 1e-3
    seconds: Seconds = 60.0
    nodes: int = 10_000_000
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.gap < 1:
            raise BadData(f"the gap is {self.gap}: give a relative gap between 0 and 1, such as 1e-3")
        seconds = seconds_of(self.seconds)
        if not 0 <= seconds < float("inf") or self.nodes < 0:
            raise BadData(f"a budget needs finite seconds ≥ 0 and nodes ≥ 0, not {seconds} and {self.nodes}")


@dataclass(frozen=True)
class FitStart:
    """Where a search begins: ReLU networks to improve on, and the file that keeps it (`StateFile`), anew or going on from what it holds."""

    networks: Sequence[Network] = ()
    state: Path | None = None
    resume: bool = False


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
        """See `relative_gap`."""
        return relative_gap(self.lower, self.upper)


def fit_kinks(
    X: ArrayLike, y: ArrayLike, kinks: int, *, domain: str | FitDomain = "hull", affine: bool = True, budget: FitBudget | None = None,
    start: FitStart | None = None, progress: Progress | None = None,
) -> KinkFit:  # fmt: skip
    """The least Lipschitz constant of f(x) = v·x + c + Σ_{ℓ≤k} ±ReLU(w_ℓ·x+b_ℓ) with f(x_i) = y_i: an interval with a certificate.

    The constant is Euclidean, on a convex domain that contains the data.  Without the affine part v = 0 and c = 0; the lower bound is then
    that of a slightly larger class (see `theory.certificates.fits.kink_problem`) and the interval may stay open.
    Args: X (n, d), y (n,) real labels, kinks k, domain ("hull" of the data; "ball": the least about 0 that holds them; "box": their
    bounding box; or a FitDomain), affine, budget, start (networks to improve on; a file that keeps the search), progress.
    Returns: a KinkFit.  KeyboardInterrupt ends the search, not the answer: what is known by then is certified and returned.
    Raises: BadData (fewer than two points, not finite, a point with two labels, k < 0, a flat box, a foreign state file), ShapeError.
    Guarantee: both ends are certified in exact arithmetic; the solver is trusted with nothing.

    >>> found = fit_kinks([[0.0], [1.0], [2.0]], [1, -1, 1], 1)
    >>> float(found.lower), round(float(found.upper), 6), found.is_closed
    (2.0, 2.0, True)
    >>> fit_kinks([[0.0], [1.0], [2.0]], [1, -1, 1], 0).is_infeasible
    True
    """
    return fit_problem(exact_problem(read_exact(X, y), kinks, domain, affine=affine), budget or FitBudget(), start or FitStart(), progress)


def fit_problem(problem: KinkProblem, budget: FitBudget, start: FitStart, progress: Progress | None = None) -> KinkFit:
    """`fit_kinks` for a problem.  Raises: BadData (a foreign state file or start), ShapeError."""
    run, networks = _Run(problem, budget, progress), [network_weights(network, problem) for network in start.networks]
    if start.state is None:
        return run.fit(networks, None)
    with closing(StateFile(start.state, problem_key(problem), fresh=not start.resume)) as state:
        return run.fit(networks, state)


class _Run:
    """One search and its proof in turn: the clock, the state on disk, and what is told."""

    def __init__(self, problem: KinkProblem, budget: FitBudget, progress: Progress | None) -> None:
        self.deadline = deadline_of(budget.seconds)
        self.told = self.kept_at = self.deadline.spent
        self.budget, self.progress, self.problem, self.units = budget, progress, problem, units_of(problem)
        inner = problem if self.units is None else self.units.lowered(problem)
        data = Dataset(np.array(inner.points, dtype=object), np.array(inner.labels, dtype=object), real_labels=True)
        self.incumbent = Incumbent(inner, mcshane_bound_of(data), budget.gap)
        if self.units is not None and self.incumbent.mcshane.value * self.units.constant > LARGEST:
            raise BadData("every function that fits has a Lipschitz constant beyond the range of doubles; scale the points or the labels")
        self.search = Search(self.incumbent, scale(data.X, data.y, inner.domain), budget.seed)
        self.prover = Prover(self.search)

    def fit(self, networks: Sequence[Weights], state: StateFile | None) -> KinkFit:
        with self.deadline.interruptible():
            if state is not None:
                state.load(self.search)
            warming, starts = self.deadline.part(0.25), networks
            if self.units is not None:
                starts = [self.units.start(weights) for weights in networks]
            self.search.until(warming)
            with suppress(OutOfTime):
                for _ in warming.watched(self.search.warm_up(starts)):
                    pass
            self.search.until(self.deadline)
            self._rounds(state)
        if state is not None:
            state.save(self.search)
        return self._result()

    def _rounds(self, state: StateFile | None) -> None:
        """Search and proof in turn: leaves that prove less than they seemed to are opened again."""
        while self.incumbent.floor < self.incumbent.target:
            before = self.search.made
            for _ in self.search.explore():
                if state is not None and self.deadline.spent - self.kept_at > SAVE_EVERY:
                    state.save(self.search)
                    self.kept_at = self.deadline.spent
                self._say(f"{self.search.made} nodes", self.search.least_open())
                if self._must_prove() or self.search.made >= self.budget.nodes:
                    break
            if not self._prove() or not self.prover.reopen() or self.search.made == before:
                return

    def _prove(self) -> bool:
        """Prove every leaf; False when time ran out before.  A leaf that is not proved proves nothing, so it may take a little longer."""
        lower, late = self.search.lower(), self.deadline.closing()
        self.search.until(late)
        with late.interruptible():
            for done, leaf in enumerate(late.watched(self.search.leaves())):
                self.prover.bound(leaf)
                self._say(f"proving, {done} leaves", lower)
            self.search.until(self.deadline)
            return True
        if late.is_ended:
            self.deadline.end()
        return False

    def _must_prove(self) -> bool:
        """Whether what is left of the time is needed to prove the leaves that are not proved yet: about 3/4 of the nodes."""
        unproved = 0.75 * self.search.made - len(self.prover.proved)
        # a proof costs a program and some rational arithmetic: on a slow machine both take longer than the first guess
        cost = max(self.prover.cost, self.deadline.spent / (self.search.made + 20))
        # what is proved is made into a certificate, and that is checked
        return (unproved + CHECKED * self.search.made) * cost > self.deadline.left

    def _say(self, what: str, lower: float) -> None:
        if self.progress is not None and self.deadline.spent - self.told > TELL_EVERY:
            self.told = self.deadline.spent
            unit = 1.0 if self.units is None else float(self.units.constant)
            self.progress(what, unit * lower, unit * self.incumbent.upper)

    def _result(self) -> KinkFit:
        best, lower, unit = self.incumbent.best, self._lower_document(), 1 if self.units is None else self.units.constant
        upper: dict[str, Any] | None = None
        network: Network | None = None
        if best is not None:
            found = best.network if self.units is None else self.units.network(best.network)
            upper, network = certify_fit(self.problem, found, best.excluded), as_network(found)
        value = None if lower["value"] == INFEASIBLE else Fraction(lower["value"])
        reached = None if upper is None else Fraction(upper["value"])
        closed = value is None or (reached is not None and value >= reached * (1 - Fraction(self.budget.gap)))
        return KinkFit(self.problem, value, reached, network, certify_interval(lower, upper), self.incumbent.mcshane.value * unit,
                       self.search.made, len(self.search.leaves()), self.deadline.spent, closed, self.deadline.is_ended)

    def _lower_document(self) -> dict[str, Any]:
        """McShane's pair alone where it proves enough or as much, else the trees."""
        problem, pair, unit = self.problem, self.incumbent.mcshane.pair, Fraction(1) if self.units is None else self.units.constant
        alone = None if pair is None else certify_kinks(problem, pair=pair)
        if alone is not None and float(Fraction(alone["value"]) / unit) >= self.incumbent.target:
            return alone
        self._prove()

        def trees() -> dict[str, Any] | None:
            witnesses: list[Row] = self.prover.witnesses()
            programs: list[list[Tree]] = self.prover.programs()
            if self.units is not None:
                witnesses = self.units.witnesses(witnesses, problem.domain)
                programs = [[self.units.tree(tree) for tree in each] for each in programs]
            try:
                return certify_kinks(problem, pair=pair, witnesses=witnesses, programs=programs)
            except NotCertified:
                return None

        whole = in_time(trees, self.deadline.closing())
        if whole is None and alone is None:
            raise NotCertified("the time was too short for any lower bound; give it more")
        return alone if whole is None or (alone is not None and whole["value"] == alone["value"]) else whole
