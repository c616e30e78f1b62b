"""The best network certified so far: what a lower bound must reach to meet it, and which networks are worth certifying."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory.certificates.fits.kink_problem import KinkProblem
from verify.fits.functions.mcshane import McShaneBound
from verify.fits.kinks.repair import ExactFit, exact_fit
from verify.fits.kinks.scaling import Scaled, Weights
from verify.objects.deadline import UNLIMITED, Deadline, in_time
from verify.objects.domains import doubles_about

# Bounds in floating point are asked for a little more than they must prove: rounding their multipliers costs about 1e-9 of it.
SLACK = 1e-7
# A constant counts as smaller from this relative difference on: less is the solver's rounding.
GAIN = 1e-9
_LARGE = 5_000      # exact numbers from which on certifying a network may take a second


@dataclass(frozen=True, eq=False)
class NearFit:
    """A network (scaled) that fits up to rounding and its Lipschitz constant on the domain in floating point, in units of the data."""

    constant: float
    weights: Weights


class Incumbent:
    """The best certified network of a problem, and what its search goes for: the relative gap (upper − lower)/upper.

    `upper` is the certified constant of `best`, inf before there is one; `target` the lower bound at which the gap is closed, and `goal`
    the float bound at which a node needs no more work.  `mcshane` and, as a float, `floor` bound every function that fits from below;
    a network of the constant `aim` needs no local search.  Networks are certified until the `deadline`.
    """

    deadline: Deadline = UNLIMITED

    best: ExactFit | None = None
    upper = target = goal = np.inf

    def __init__(self, problem: KinkProblem, mcshane: McShaneBound, gap: float) -> None:
        self.problem, self.mcshane, self.gap = problem, mcshane, gap
        self.floor = float(mcshane.value)
        self.aim = self.floor * (1 + gap / 4)
        if mcshane.pair is None:
            self.take(self._constant())

    def offer(self, scaled: Scaled, near: NearFit) -> None:
        """Certify the exact network near a float one of the scaled problem, if that is better and there is one in the class."""
        if near.constant >= self.upper * (1 - GAIN):
            return
        weights = scaled.lifted(near.weights)
        if self.problem.affine or not scaled.affine:
            self.take(weights)
            return
        low, high = scaled.affine_range(near.weights)
        if not low < 0 < high:          # v·x + c keeps its sign on the domain, and is one neuron there
            sign = 1 if low >= 0 else -1
            self.take(Weights((*weights.signs, sign), np.vstack([weights.W, sign * weights.v]), np.append(weights.b, sign * weights.c),
                              np.zeros_like(weights.v), 0.0))

    def take(self, weights: Weights) -> None:
        """Keep the exact network near the weights (in units of the data) if there is one, and if it is better."""
        n, d = self.problem.shape
        large = 2 ** len(weights.signs) * d + n * d * (len(weights.signs) + 1) ** 2 > _LARGE
        found = in_time(lambda: exact_fit(self.problem, weights), self.deadline) if large else exact_fit(self.problem, weights)
        if found is not None and (self.best is None or found.upper < self.best.upper):
            self.best, self.upper = found, doubles_about(found.upper)[1]
            self.target = self.upper * (1 - self.gap)
            self.goal = self.target * (1 + SLACK)

    def _constant(self) -> Weights:
        """The common label of all points, as one neuron in the class without affine part."""
        d, level = self.problem.shape[1], float(self.problem.labels[0])
        if self.problem.affine:
            return Weights((), np.zeros((0, d)), np.zeros(0), np.zeros(d), level)
        return Weights((1 if level >= 0 else -1,), np.zeros((1, d)), np.array([abs(level)]), np.zeros(d), 0.0)
