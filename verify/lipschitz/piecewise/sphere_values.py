"""Trees of sign patterns that bound the values of a piecewise-linear network on a ball, as certificates of chord constants hold them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from theory.certificates.exact.exact_data import format_exact
from verify.lipschitz.piecewise.kinks import KinkForm
from verify.objects.deadline import Deadline
from verify.objects.domains import Array, Domain

_ENOUGH = 1e-3      # of the range of sampled values: a leaf that far above the greatest of them is not branched on
_MOST_NODES = 400


def value_trees(form: KinkForm, domain: Domain, rng: np.random.Generator, deadline: Deadline) -> list[list[dict[str, Any]]]:
    """Trees for f and −f on the ball that a sphere bounds, in preorder; each leaf has multipliers of its signed hyperplanes.

    >>> from verify.lipschitz import kink_form, sphere
    >>> value_trees(kink_form([[1.0, 0.0]], [0.0], [1.0]), sphere(), np.random.default_rng(0), Deadline(9.0))[0]       # ReLU(x₁) ≤ 1
    [{'bound': {}}]
    """
    points = domain.sample(2000, form.dimension, rng)
    values = form.value(points) - form.constant
    allowed = _ENOUGH * float(values.max() - values.min())
    return [_Values(form, domain, side, float((side * values).max()) + allowed, deadline.part(share)).tree()
            for side, share in ((1.0, 0.5), (-1.0, 1.0))]


class _Values:
    """Bounds on side·f where some signs are fixed, the constant of f left out."""

    def __init__(self, form: KinkForm, domain: Domain, side: float, target: float, deadline: Deadline) -> None:
        self.form, self.side, self.target, self.deadline, self.radius = form, side, target, deadline, domain.radius
        centre = domain.centre_in(form.dimension)
        self.heights, self.offset = form.W @ centre + form.b, float(form.v @ centre)
        self.reach = side * form.eta * (np.abs(self.heights) + self.radius * np.linalg.norm(form.W, axis=1))

    def tree(self) -> list[dict[str, Any]]:
        nodes: list[dict[str, Any]] = []
        waiting = [np.zeros(self.form.size)]
        while waiting:
            signs = waiting.pop()
            bound, multipliers = self._bound(signs)
            free = np.flatnonzero(signs == 0)
            if bound <= self.target or not len(free) or len(nodes) >= _MOST_NODES or self.deadline.is_over:
                rounded = {str(j): format_exact(Fraction(float(c))) for j, c in enumerate(multipliers) if c > 0}
                nodes.append({"bound": rounded})
                continue
            j = int(free[np.abs(self.reach[free]).argmax()])
            nodes.append({"branch": j})
            for sign in (-1.0, 1.0):
                waiting.append(np.where(np.arange(len(signs)) == j, sign, signs))
        return nodes

    def _bound(self, signs: Array) -> tuple[float, Array]:
        """The least bound that multipliers λ ≥ 0 on the signed hyperplanes give, up to the accuracy of a descent, and these λ (m)."""
        form, fixed = self.form, np.flatnonzero(signs)
        slope = self.side * (form.v + (signs * form.eta) @ form.W)
        constant = self.side * (self.offset + float((signs * form.eta) @ self.heights))
        constant += float(self.reach[(signs == 0) & (self.reach > 0)].sum())
        rows, heights = signs[fixed, None] * form.W[fixed], signs[fixed] * self.heights[fixed]

        def objective(multipliers: Array) -> tuple[float, Array]:
            turned = slope + multipliers @ rows
            length = float(np.linalg.norm(turned))
            return (constant + self.radius * length + float(multipliers @ heights),
                    self.radius * rows @ turned / max(length, 1e-300) + heights)

        found = np.zeros(form.size)
        value = objective(found[fixed])[0]
        if value > self.target and len(fixed):
            from scipy.optimize import minimize  # imported where it is used: a third of a second at the start of every command

            reached: list[Array] = []

            def enough(intermediate_result: Any) -> None:
                if intermediate_result.fun <= self.target:
                    reached.append(intermediate_result.x.copy())
                    raise StopIteration

            best = minimize(objective, np.zeros(len(fixed)), jac=True, method="L-BFGS-B", bounds=[(0.0, None)] * len(fixed),
                            options={"maxiter": 60}, callback=enough)
            found[fixed] = np.maximum(reached[0] if reached else best.x, 0.0)
            value = objective(found[fixed])[0]
        return value, found
