"""Certified radii of labelled points: margins over Lipschitz constants of differences of outputs, on R^d and on balls about each point."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from theory.certificates.exact.exact_data import format_exact
from theory.certificates.exact.rounding import root_above, round_down
from theory.certificates.lipschitz.radius import Classifier, certify_radii, classifier, lipschitz_square
from theory.certificates.lipschitz.slope_ranges import KINKS, SMOOTH
from theory.errors import BadData, NotCertified, ShapeError
from verify.lipschitz.piecewise.branch_certificate import certified_tree
from verify.lipschitz.piecewise.relaxation import relaxation
from verify.lipschitz.piecewise.search import BranchBudget
from verify.lipschitz.radius.attack import Attack, attack, class_network
from verify.lipschitz.vector.form import exact_vector_weights
from verify.objects.data import Dataset
from verify.objects.deadline import FIRST, Deadline, Seconds, deadline_of, in_time, seconds_of
from verify.objects.domains import GLOBAL, Array, Domain, ball
from verify.objects.networks import VectorNetwork

Row = tuple[Fraction, ...]
Progress = Callable[[str, int, int], None]

MOST_BRANCHED = 256     # neurons up to which trees of sign patterns are grown
_NODES = 4000
_STEPS = 16             # of the bisection of a radius
_GROWTH = 8             # between trial radii where no attack ends them
_QUICK = 20_000         # weights up to which exact arithmetic on all of them takes no noticeable time
_CLOSE = Fraction(1001, 1000)     # it stops when it can gain no more than this factor


@dataclass(frozen=True)
class RadiusBudget:
    """Seconds for everything, or a deadline, and the seed of the attacks; 0: neither attacks nor searches, and no limit."""

    seconds: Seconds = 60.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= seconds_of(self.seconds) < float("inf"):
            raise BadData(f"the time must be finite and not negative, not {seconds_of(self.seconds)}")


@dataclass(frozen=True)
class PointRadius:
    """What is known of one point.

    `label` as given; `margin`: F_y minus the largest other output at x, a certified lower bound; `radius`: certified, 0 where the class
    is not the label, None where the class is the same on all of R^d; `by`: "global" or "local" (a Lipschitz constant on R^d, or on a ball
    about the point), "wrong" or "tie"; `against`: the class that bounds the radius; `attack`: a point of another class, or None.
    """

    position: int
    label: int
    margin: Fraction
    radius: Fraction | None
    by: str
    against: int
    attack: Attack | None = None
    rivals: tuple[dict[str, Any], ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class RadiusReport:
    """All points, or the first of them, the certificate of those with a radius (None when there is none), and for how many points time or
    an interrupt cut the work short.
    """

    points: tuple[PointRadius, ...]
    certificate: dict[str, Any] | None
    seconds: float
    unfinished: int

    @property
    def right(self) -> tuple[PointRadius, ...]:
        """The points whose class is their label."""
        return tuple(point for point in self.points if point.by in ("global", "local"))


def radius(
    network: VectorNetwork, data: Dataset, budget: RadiusBudget | None = None, progress: Progress | None = None
) -> RadiusReport:
    """For each point the largest radius found for which a certificate shows that the network keeps the point's label within it, in ℓ2.

    Labels are classes 0 … m−1 of a network with m ≥ 2 outputs, which takes the largest one; or ±1 for one output f, whose sign is the
    class.  With g_j = F_y − F_j, the radius is min_j g_j(x)/Lip(g_j), Lip on R^d, or, where that is larger, min_j min(R, g_j(x)/Lip(g_j))
    with Lip on the ball of radius R about x, R found by bisection below the distance of an attack.

    Args: network, data (labels as numbers), budget, progress (called with what is done, how much of it, out of how much).
    Returns: a `RadiusReport`; its certificate is what `lawbook verify` re-checks.
    Raises: ShapeError (another dimension), BadData (labels that are no classes, an activation without bounded slopes).
    Guarantee: radii are proved in exact and ball arithmetic, for the weights as they are; no attack is nearer.

    >>> corner = VectorNetwork([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]], "relu")     # class 0 where x > y, x > 0
    >>> found = radius(corner, Dataset([[3.0, 1.0]], [0], real_labels=True)).points[0]
    >>> abs(float(found.radius) - 2**0.5) < 1e-3, float(found.radius) <= float(found.attack.distance)
    (True, True)
    """
    search = _Search(network, data, budget or RadiusBudget(), progress or (lambda what, done, total: None))
    return search.run()


class _Search:
    def __init__(self, network: VectorNetwork, data: Dataset, budget: RadiusBudget, progress: Progress) -> None:
        if network.d != data.d:
            raise ShapeError(f"the network takes {network.d} inputs and the data have {data.d} coordinates; give data of its dimension")
        exact = exact_vector_weights(network)
        kink, name = network.activation.kink, network.activation.name
        if kink is None and name not in SMOOTH:
            raise BadData(f"radii need an activation with bounded slopes, not {name}; use one of {', '.join(['relu', 'abs', *SMOOTH])}")
        self.what = classifier(KINKS, (kink[0], kink[0] + kink[1]), exact) if kink is not None else classifier(name, (), exact)
        self.network, self.data, self.budget, self.progress = class_network(network), data, budget, progress
        self.labels = [_label(value, i) for i, value in enumerate(data.exact.labels)]
        self.own = [_class_of(self.what, label, i) for i, label in enumerate(self.labels)]
        self.rows: Sequence[Row] = data.exact.points
        self.searches = seconds_of(budget.seconds) > 0
        self.deadline = deadline_of(budget.seconds) if self.searches else Deadline()
        self.margins: dict[int, dict[int, Fraction]] = {}
        self.comparisons: dict[tuple[int, int], tuple[dict[str, Any], Fraction]] = {}

    def run(self) -> RadiusReport:
        first = self.deadline.closing() if self.deadline.is_over else self.deadline.part(0.3, least=FIRST)
        points = [self._margins(i) for i in self._positions("margins", range(self.data.n), first)]
        right = [i for i, point in enumerate(points) if point.by == "global"]
        pairs = sorted({(min(self.own[i], j), max(self.own[i], j)) for i in right for j in range(self.what.classes) if j != self.own[i]})
        with self.deadline.interruptible():
            for i in self._positions("attacks", right if self.searches else [], self.deadline.part(0.3)):
                points[i] = replace(points[i], attack=attack(self.network, self.what, self.rows[i], self.own[i], self.budget.seed))
            self._compare(pairs)
        late = self.deadline.closing()
        with late.interruptible():
            for pair in pairs:
                if not late.is_over:
                    self._relax(pair, late)
        for i in right:
            points[i] = self._globally(points[i])
        unfinished = (len(right) if self.searches else 0) + self.data.n - len(points)
        with self.deadline.interruptible():
            for count, i in enumerate(self._positions("radii", right if self.searches else [], self.deadline)):
                points[i] = self._locally(points[i], self.deadline.part(1 / (len(right) - count)))
                unfinished -= 1
        return RadiusReport(tuple(points), self._certificate(points), self.deadline.spent, unfinished)

    def _positions(self, what: str, positions: Sequence[int], deadline: Deadline) -> Iterator[int]:
        """One after another, as long as there is time, and told."""
        for count, i in enumerate(positions):
            if deadline.is_over:
                return
            self.progress(what, count, len(positions))
            yield i

    # ------------------------------------------------------------------ the parts

    def _margins(self, i: int) -> PointRadius:
        own = self.own[i]
        margins = self.what.margins(self.rows[i], own)
        self.margins[i] = {j: margin[0] for j, margin in margins.items()}
        against = min(margins, key=lambda j: margins[j][0])
        low, high = margins[against]
        # bounds on either side of 0 agree to thirty digits: nobody can tell this from a tie
        by = "global" if low > 0 else "wrong" if high < 0 else "tie"
        return PointRadius(i, self.labels[i], low, Fraction(0), by, against)

    def _compare(self, pairs: list[tuple[int, int]]) -> None:
        """The constants of the differences that occur, on R^d."""
        for position in self._positions("constants", range(len(pairs)), self.deadline.part(0.5)):
            self._relax(pairs[position], self.deadline.part(0.5))
            found = self._tree(pairs[position], GLOBAL, self.deadline.part(0.2 / (len(pairs) - position), 10.0))
            known = self.comparisons.get(pairs[position])
            if found is not None and (known is None or found[1] < known[1]):
                self.comparisons[pairs[position]] = found

    def _relax(self, pair: tuple[int, int], deadline: Deadline) -> None:
        """The constant of a difference by the relaxation, if it is not known."""
        known = None if pair in self.comparisons else self._multipliers(pair, None, None, deadline)
        if known is not None:
            self.comparisons[pair] = known

    def _globally(self, point: PointRadius) -> PointRadius:
        """The radius that constants on R^d give; 0 where one of them is not known."""
        own = self.own[point.position]
        rivals, least, against = [], None, point.against
        for j in range(self.what.classes):
            pair = (min(own, j), max(own, j))
            if j == own:
                continue
            if pair not in self.comparisons:
                return point
            square = self.comparisons[pair][1]
            rivals.append({"against": j, "comparison": list(self.comparisons).index(pair)})
            value = _quotient(self.margins[point.position][j], square)
            if value is not None and (least is None or value < least):
                least, against = value, j
        return replace(point, radius=least, against=against, rivals=tuple(rivals))

    def _locally(self, point: PointRadius, deadline: Deadline) -> PointRadius:
        """The radius that constants on balls about the point give, where it is larger."""
        if point.radius is None or not point.rivals:
            return point
        low, best = point.radius, point
        top = None if point.attack is None else point.attack.distance
        trial = _GROWTH * low if top is None else top
        for _ in range(_STEPS):
            trial = Fraction(float(trial))                             # short numbers in the certificate
            if trial <= low * _CLOSE or deadline.is_over:
                break
            found = self._on_ball(point, trial, low, deadline.part(1 / 3))
            if found is not None and found.radius is not None and found.radius > low:
                low, best = found.radius, replace(found, attack=point.attack)
            if found is None or found.radius is None or found.radius < trial:
                top = trial
            trial = _GROWTH * low if top is None else (low + top) / 2
        return best

    def _on_ball(self, point: PointRadius, within: Fraction, beat: Fraction, deadline: Deadline) -> PointRadius | None:
        """The radius that constants on the ball of radius `within` give, where R^d does not do; None when it is no more than `beat`."""
        x, own = self.rows[point.position], self.own[point.position]
        margins = self.margins[point.position]
        whole = {rival["against"]: _quotient(margins[rival["against"]], self._square(rival)) for rival in point.rivals}
        hard = sorted((j for j, value in whole.items() if value is not None and value < within), key=lambda j: whole[j] or 0)
        least, against = within, point.against
        rivals = {rival["against"]: rival for rival in point.rivals}
        for count, j in enumerate(hard):
            known = self._multipliers((own, j), x, within, deadline)
            if known is None:
                return None
            evidence, square = known
            value = _quotient(margins[j], square)
            if value is not None and value < within:
                grown = self._tree((own, j), ball(within, x), deadline.part(1 / (len(hard) - count)))
                if grown is not None and grown[1] < square:
                    (evidence, square), value = grown, _quotient(margins[j], grown[1])
            if value is not None and value < least:
                least, against = value, j
            if least <= beat:
                return None
            rivals[j] = {"against": j, "within": within, **evidence}
        return replace(point, radius=least, by="local", against=against, rivals=tuple(rivals[j] for j in sorted(rivals)))

    def _square(self, rival: dict[str, Any]) -> Fraction:
        return list(self.comparisons.values())[rival["comparison"]][1]

    # ------------------------------------------------------------------ Lipschitz constants

    def _multipliers(
        self, pair: tuple[int, int], x: Row | None, within: Fraction | None, deadline: Deadline
    ) -> tuple[dict[str, Any], Fraction] | None:
        """The relaxation with slopes in intervals: evidence, and the square that it proves; None when the time is too short."""
        where = x if x is not None else (Fraction(0),) * self.network.d

        def work() -> tuple[dict[str, Any], Fraction]:
            rows = np.array([[float(c.mid()) for c in row] for row in self.what.slope_rows(*pair, where, within).table()])
            y: Array = relaxation(rows[0], rows[1:], deadline=deadline.part(0.3)).multipliers
            smallest = y.max(initial=0.0) * 2.0**-60 or 1.0
            evidence = {"multipliers": [format_exact(Fraction(float(value))) for value in np.maximum(y, smallest)]}
            return evidence, lipschitz_square(self.what, pair, where, within, evidence)

        return work() if self.network.W.size <= _QUICK else in_time(work, deadline)

    def _tree(self, pair: tuple[int, int], domain: Domain, deadline: Deadline) -> tuple[dict[str, Any], Fraction] | None:
        """A tree of sign patterns; None where there is none to be had."""
        if self.what.activation != KINKS or self.network.k > MOST_BRANCHED or not self.searches or deadline.is_over:
            return None
        with suppress(NotCertified):
            slopes = (self.what.slopes[0], self.what.slopes[1])
            budget = BranchBudget(deadline, _NODES, self.budget.seed)
            _, document = certified_tree(self.what.difference(*pair), slopes, domain, budget)
            if document is not None:
                return {"planes": document["planes"], "tree": document["tree"]}, Fraction(document["value"]) ** 2
        return None

    # ------------------------------------------------------------------ the certificate

    def _certificate(self, points: list[PointRadius]) -> dict[str, Any] | None:
        proved = [point for point in points if point.rivals]
        if not proved:
            return None
        used = sorted({rival["comparison"] for point in proved for rival in point.rivals if "comparison" in rival})
        pairs = list(self.comparisons)
        comparisons = [{"outputs": list(pairs[i]), **self.comparisons[pairs[i]][0]} for i in used]
        entries = [{"x": self.rows[point.position], "label": point.label, "radius": point.radius,
                    "rivals": [{**rival, "comparison": used.index(rival["comparison"])} if "comparison" in rival else rival
                               for rival in point.rivals]} for point in proved]
        return certify_radii(self.what, comparisons, entries)


def _quotient(margin: Fraction, square: Fraction) -> Fraction | None:
    """margin/√square, rounded down; None for a constant difference."""
    return round_down(margin / root_above(square)) if square > 0 else None


def _label(value: Fraction, position: int) -> int:
    if value.denominator != 1:
        raise BadData(f"y[{position}] is {float(value):g}, which is no class; labels are whole numbers")
    return int(value)


def _class_of(what: Classifier, label: int, position: int) -> int:
    try:
        return what.class_of(label)
    except BadData as error:
        raise BadData(f"y[{position}]: {error}") from None
