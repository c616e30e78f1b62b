"""Piecewise-linear functions of one variable with rational knots, and the fewest kinks that some of them needs to fit given data.

Let x_1 < … < x_n be the points, m_i the slope of the chord over [x_i, x_{i+1}] and M = max|m_i|.  On one chord with slope m let f start
with slope p and end with slope q.  Without a kink inside, p = q = m.  With one, m lies strictly between p and q, and every such pair
occurs.  With two or more, every p and q occur.  A kink at a data point allows every change of slope.

Fewest kinks.  Let c be the least number of kinks left of x_{i+1} with which f can fit x_1 … x_{i+1}, and S the slopes with which it can
then arrive at x_{i+1}; one kink more, at x_{i+1}, lets it leave with any slope.  The next chord has slope m.  If m ∈ S, no kink is
needed, and f must then be straight: (c, S) becomes (c, {m}).  If m ∉ S, one more is needed: a kink at x_{i+1} and a straight piece give
{m}; a kink inside the chord gives (m, ∞) when S has a slope below m, and (−∞, m) when S has one above.  So S is R at first, and then {m},
[m, ∞) or (−∞, m]: an interval, and m ∉ S lies on one side of it.  Nothing but m ∈ S is asked of S, so it may be cut to [−M, M].

Walking back, f can always be taken with slopes of chords only: it ends with the last chord's slope; where it must arrive at x_{i+1} with a
slope q ≠ m_i, it starts that chord with m_{i−1} ∈ S, which lies on the other side of m_i, and bends once inside.  So the
fewest kinks already allow the Lipschitz constant M, which no fit can beat (McShane), and the least constant as a function of the number of
kinks is ∞ below the fewest and M, attained, from there on; on R, and on every interval that contains the data.
Source: the sparsest interpolants are those of Debarre, Denoyelle, Unser, Fageot, Sparsest piecewise-linear regression of
one-dimensional data, 2022; that they need no larger constant is ours.

Total variation.  f' has the mean m_i over chord i, so it is at least m_i somewhere on it and at most m_i somewhere.  Choosing the former
where m_i is a local maximum of the sequence and the latter where it is a local minimum, the total variation of f' is at least
Σ|m_{i+1} − m_i|, and the function that joins the points attains this.  Source: Savarese, Evron, Soudry, Srebro 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from theory.certificates.exact.exact_data import ExactData, format_exact, parse_exact, parse_row
from theory.errors import BadData, NotCertified, ShapeError


@dataclass(frozen=True)
class ExactSpline:
    """f(x) = slope·x + intercept + Σ_j changes_j·ReLU(x − knots_j) on R, with increasing knots and changes other than 0.

    Raises: ShapeError (another number of changes than knots), BadData (knots not increasing, a change that is 0).

    >>> hat = ExactSpline(Fraction(1), Fraction(0), (Fraction(1), Fraction(2)), (Fraction(-2), Fraction(1)))
    >>> hat(Fraction(3)), hat.slopes, hat.lipschitz, hat.total_variation
    (Fraction(0, 1), (Fraction(1, 1), Fraction(-1, 1), Fraction(0, 1)), Fraction(1, 1), Fraction(3, 1))
    """

    slope: Fraction
    intercept: Fraction
    knots: tuple[Fraction, ...]
    changes: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        if len(self.knots) != len(self.changes):
            raise ShapeError(f"the spline has {len(self.knots)} knots and {len(self.changes)} changes of slope: give one each")
        if any(s >= t for s, t in pairwise(self.knots)) or not all(self.changes):
            raise BadData("the knots of a spline must increase, and no change of slope may be 0")

    def __call__(self, x: Fraction) -> Fraction:
        """f(x), exactly."""
        bends = (c * (x - t) for t, c in zip(self.knots, self.changes, strict=True) if t < x)
        return sum(bends, self.slope * x + self.intercept)

    def values(self, points: Sequence[Fraction]) -> list[Fraction]:
        """f at increasing points, exactly, in one sweep."""
        found, at, bends = [], 0, len(self.knots)
        slope, offset = self.slope, self.intercept
        for x in points:
            while at < bends and self.knots[at] < x:
                slope, offset = slope + self.changes[at], offset - self.changes[at] * self.knots[at]
                at += 1
            found.append(slope * x + offset)
        return found

    @property
    def slopes(self) -> tuple[Fraction, ...]:
        """The slopes of the pieces, from left to right."""
        found = [self.slope]
        for change in self.changes:
            found.append(found[-1] + change)
        return tuple(found)

    @property
    def lipschitz(self) -> Fraction:
        """The Lipschitz constant on R."""
        return max(abs(slope) for slope in self.slopes)

    @property
    def total_variation(self) -> Fraction:
        """The total variation of f' on R, Σ|changes|."""
        return sum((abs(change) for change in self.changes), Fraction(0))

    def as_json(self) -> dict[str, object]:
        """The spline as exact strings."""
        return {"slope": format_exact(self.slope), "intercept": format_exact(self.intercept),
                "knots": [format_exact(t) for t in self.knots], "changes": [format_exact(c) for c in self.changes]}


def parse_spline(document: object) -> ExactSpline:
    """The spline of a document.  Raises: BadData (malformed), ShapeError."""
    if not isinstance(document, dict) or set(document) != {"slope", "intercept", "knots", "changes"}:
        raise BadData('a spline must hold exactly "slope", "intercept", "knots" and "changes"')
    slope, intercept = (parse_exact(document[name], name) for name in ("slope", "intercept"))
    return ExactSpline(slope, intercept, parse_row(document["knots"], "knots"), parse_row(document["changes"], "changes"))


@dataclass(frozen=True)
class Polygon:
    """The distinct data points of the line in increasing order, their labels, and the slopes of the chords between them."""

    points: tuple[Fraction, ...]
    labels: tuple[Fraction, ...]
    slopes: tuple[Fraction, ...]

    @property
    def steepest(self) -> Fraction:
        """M = max|m_i|, the McShane constant; 0 for a single point."""
        return max((abs(m) for m in self.slopes), default=Fraction(0))

    @property
    def variation(self) -> Fraction:
        """Σ|m_{i+1} − m_i|, the least total variation of the slope of a fit."""
        return sum((abs(q - p) for p, q in pairwise(self.slopes)), Fraction(0))


def polygon(data: ExactData) -> Polygon:
    """The data as a polygon.

    Raises: ShapeError (points that are not on the line), NotCertified (a point with two labels).

    >>> polygon(ExactData(((Fraction(2),), (Fraction(0),)), (Fraction(1), Fraction(0)))).slopes
    (Fraction(1, 2),)
    """
    if data.shape[1] != 1:
        raise ShapeError(f"the points have {data.shape[1]} coordinates: splines are for points of the line, one coordinate each")
    table: dict[Fraction, Fraction] = {}
    for (x,), label in zip(data.points, data.labels, strict=True):
        if table.setdefault(x, label) != label:
            raise NotCertified(f"the point {x} has two labels: no function fits these data")
    points = tuple(sorted(table))
    labels = tuple(table[x] for x in points)
    slopes = tuple((v - u) / (t - s) for (s, u), (t, v) in pairwise(zip(points, labels, strict=True)))
    return Polygon(points, labels, slopes)


@dataclass(frozen=True)
class Arrival:
    """At the right end of a chord: the fewest kinks so far, and the interval [low, high] of the slopes of arrival that they allow."""

    kinks: int
    low: Fraction
    high: Fraction


def arrivals(slopes: Sequence[Fraction]) -> list[Arrival]:
    """The recursion of the module for chords of these slopes, one entry a chord, the intervals cut to [−M, M].

    >>> [step.kinks for step in arrivals([Fraction(1), Fraction(0), Fraction(-2), Fraction(3)])]
    [0, 1, 1, 2]
    """
    limit = max((abs(m) for m in slopes), default=Fraction(0))
    step, found = Arrival(0, -limit, limit), []
    for m in slopes:
        if step.low <= m <= step.high:
            step = Arrival(step.kinks, m, m)
        elif step.high < m:
            step = Arrival(step.kinks + 1, m, limit)
        else:
            step = Arrival(step.kinks + 1, -limit, m)
        found.append(step)
    return found


def fewest_kinks(data: Polygon) -> int:
    """The least number of kinks of a continuous piecewise-linear fit.

    >>> fewest_kinks(Polygon((Fraction(0), Fraction(1), Fraction(2), Fraction(3)), (), (Fraction(1), Fraction(0), Fraction(1))))
    2
    """
    steps = arrivals(data.slopes)
    return steps[-1].kinks if steps else 0


def sparsest_spline(data: Polygon) -> ExactSpline:
    """A fit with the fewest kinks whose slopes are slopes of chords, read off the recursion from the last chord to the first.

    >>> points, labels = (Fraction(0), Fraction(1), Fraction(2), Fraction(3)), (Fraction(0), Fraction(1), Fraction(1), Fraction(0))
    >>> str(sparsest_spline(polygon(ExactData(tuple((x,) for x in points), labels))).knots[0])
    '3/2'
    """
    if not data.slopes:
        return ExactSpline(Fraction(0), data.labels[0], (), ())
    steps, bends, slope = arrivals(data.slopes), [], data.slopes[-1]  # the slope with which f arrives at the right end of the chord
    for i in range(len(steps) - 1, 0, -1):
        chord, start, (left, right) = data.slopes[i], data.slopes[i - 1], data.points[i : i + 2]
        if steps[i].kinks == steps[i - 1].kinks:  # straight on: f arrives at x_i with the slope of this chord
            continue
        # f leaves x_i with the slope of the chord before; it bends at x_i itself when it arrives with this chord's slope
        bends.append((left + (right - left) * (slope - chord) / (slope - start), slope - start))
        slope = start
    knots, changes = zip(*reversed(bends), strict=True) if bends else ((), ())
    return ExactSpline(slope, data.labels[0] - slope * data.points[0], knots, changes)
