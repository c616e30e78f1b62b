"""The geodesic constant on a sphere by branch and bound over the sign patterns of the ball, cells being looked at by their faces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from theory.certificates.exact.exact_weights import ExactWeights, Row
from theory.certificates.lipschitz.sphere_tree import CLAIMS, FACES, SpherePatterns, certify_sphere
from verify.lipschitz.piecewise.branch import Nodes, PatternSearch, branch_and_bound
from verify.lipschitz.piecewise.branch_certificate import Writer, affordable_nodes, doubles_if_equal, preorder
from verify.lipschitz.piecewise.kinks import KinkForm, kink_form
from verify.lipschitz.piecewise.placement import placed
from verify.lipschitz.piecewise.regions import region_of
from verify.lipschitz.piecewise.sampled import Bound, gradient_norms, gradient_slack
from verify.lipschitz.piecewise.search import BranchBudget, Branched
from verify.lipschitz.piecewise.sphere_cells import CellSlope, Faces
from verify.lipschitz.piecewise.sphere_values import value_trees
from verify.objects.deadline import deadline_of, in_time
from verify.objects.domains import Array, Domain, Enclosure, ball

Told = Callable[[int, float, float], None]


def sphere_search(form: KinkForm, domain: Domain, known: Bound, budget: BranchBudget, progress: Told | None = None) -> Branched:
    """An enclosure of the geodesic constant of a kink form on a sphere (d ≥ 2), from a lower bound and its witness.

    As `branch_and_bound` on the ball that the sphere bounds, whose norms bound the slopes from above; where all signs are fixed, a cell has
    the steepest slope along the sphere, by its faces.
    Guarantee: as `branch_and_bound`.

    >>> from verify.lipschitz import geodesic_sphere
    >>> cap = kink_form([[1.0, 0.0, 0.0]], [-0.75], [4.0])
    >>> found = sphere_search(cap, geodesic_sphere(), (0.0, None), BranchBudget())
    >>> round(found.lower ** 2, 9), round(found.upper ** 2, 9)
    (7.0, 7.0)
    """
    return _SphereSearch(form, domain, known, budget, progress).run()


class _SphereSearch(PatternSearch):
    """Points of the ball prove nothing here: what is best is known beforehand, or found beside the steepest point of a cell."""

    def __init__(self, form: KinkForm, domain: Domain, known: Bound, budget: BranchBudget, progress: Told | None) -> None:
        super().__init__(form, ball(domain.exact_radius, domain.centre), budget, progress)
        self.sphere, self.faces, self.allowance = domain, Faces(form, domain), gradient_slack(form, domain)
        value, witness = known
        self.best, self.point = value + self.allowance, None if witness is None else witness.points[0]

    def _try_points(self, z: Array) -> None:
        pass

    def _accept(self, points: Array) -> None:
        pass

    def _finished(self, nodes: Nodes) -> Nodes:
        full = (nodes.signs != 0).all(axis=1)
        if full.any():
            nodes.bound[full], nodes.y[full, 0] = np.linalg.norm(nodes.v[full], axis=1), 1.0
        asked = np.flatnonzero(full & (nodes.bound > self._target())) if self.faces.usable else ()
        for n in asked:
            if self.deadline.is_over:
                break
            found = self.faces.slope(nodes.signs[n].astype(float), self._target())
            self._improve(nodes.signs[n].astype(float), found)
            nodes.bound[n] = min(float(nodes.bound[n]), found.upper)
            nodes.y[n, 0] = -1.0                                # no multiplier: the faces prove it
        stays = ~full & (nodes.bound > self._target())
        self._close(nodes.take(~stays))
        return nodes.take(stays)

    def _close(self, nodes: Nodes) -> None:
        super()._close(nodes)
        for n in np.flatnonzero(nodes.y[:, 0] < 0) if self.tree is not None else ():
            self.tree.leaves[int(nodes.number[n])] = (FACES,)

    def _improve(self, signs: Array, found: CellSlope) -> None:
        """The slope at a point beside the steepest one of a cell, if it is the best so far."""
        if found.point is None or found.upper <= self.best:
            return
        points = self.faces.beside(signs, found.point)
        norms = gradient_norms(self.form, self.sphere, points)
        if norms.max() > self.best:
            self.best, self.point = float(norms.max()), points[int(norms.argmax())]

    def _without_kinks(self) -> Branched:
        return replace(super()._without_kinks(), lower=max(self.best - self.allowance, 0.0), point=self.point)

    def _result(self) -> Branched:
        return replace(super()._result(), lower=max(self.best - self.allowance, 0.0), point=self.point)


def certified_sphere(
    exact: ExactWeights, slopes: tuple[Fraction, Fraction], enclosure: Enclosure, budget: BranchBudget, progress: Told | None = None,
) -> dict[str, Any] | None:  # fmt: skip
    """A certificate of the constant on a sphere (d ≥ 2), in the metric of its domain, from an enclosure with a witness.

    For rational weights, as `branch_certificate.certified_tree`; None for a certificate that takes too long.  For chords, the constant of
    the ball bounds theirs where that is less than arcs stretched to chords.
    Raises: BadData, ShapeError, NotCertified (a tie that cannot be written exactly).
    """
    deadline, domain = deadline_of(budget.seconds), enclosure.domain
    W, b, a, v = (doubles_if_equal(part) for part in (exact.W, exact.b, exact.a, exact.v))
    place = placed(W, b, domain)
    form = kink_form(place.W, place.b, a, v, slopes)
    planes, d = form.neurons.tolist(), form.dimension
    patterns = SpherePatterns(exact, slopes, planes, domain.exact_centre(d), Fraction(domain.exact_radius))
    inside = ball(place.domain.exact_radius, place.domain.centre)
    on_ball = domain.kind == "sphere" and _best_on_ball(enclosure)
    nodes = min(budget.nodes, affordable_nodes(form, patterns, inside if on_ball else place.domain, deadline))
    searching = BranchBudget(deadline.part(0.5), nodes, budget.seed, record=True)
    if on_ball:
        found = replace(branch_and_bound(form, inside, searching, progress), point=None)
    else:
        found = sphere_search(form, place.domain, ((enclosure.geodesic or (0.0,))[0], None), searching, progress)

    def certified() -> dict[str, Any]:
        writer = Writer(region_of(form, inside), patterns, place.origin)
        tree: Sequence[Any] = [{"bound": ["1"]}] if found.tree is None else preorder(found.tree, writer)
        trees = None
        if domain.kind == "sphere" and not on_ball:
            trees = value_trees(form, place.domain, np.random.default_rng(budget.seed), deadline.closing().part(0.5))
        return certify_sphere(CLAIMS[domain.kind], exact, slopes, patterns, tree, trees, witness())

    def witness() -> list[Row] | None:
        rows = [] if enclosure.witness is None else [[tuple(map(Fraction, point.tolist())) for point in enclosure.witness.points]]
        if found.point is not None:
            rows.append([place.exact_point(found.point)])
        return max(rows, key=patterns.reached, default=None)

    return in_time(certified, deadline.closing())


def _best_on_ball(found: Enclosure) -> bool:
    """Whether what is known of the ball bounds chords better than arcs that are stretched."""
    return "chords" in found.methods and min(found.methods.get(name, np.inf) for name in ("ball", "patterns")) <= found.methods["chords"]
