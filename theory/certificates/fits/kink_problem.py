"""The problem of the least Lipschitz constant of a fit with k kinks, exactly: data, domain, class, and the patterns of activity.

Classes of functions on R^d, ReLU(t) = max(t, 0), s_ℓ = ±1 (|a_ℓ| is absorbed in w_ℓ, b_ℓ):
A_k, "with the affine part": f(x) = v·x + c + Σ_{ℓ≤k} s_ℓReLU(w_ℓ·x+b_ℓ);  N_k, "without": the same with v = 0, c = 0.
The Lipschitz constant is Euclidean and on a domain D: a ball, a box, or the hull of the data, which may be flat.

Almost every network of N_k has k different hyperplanes that meet the relative interior of D; call these *strict*.  A network of N_k that
is not strict agrees on D with one of A_{k−1}: a neuron that is affine on D is an affine function, two neurons on one hyperplane are one
kink plus an affine function.  Hence inf over N_k ≥ min(inf over A_{k−1}, inf over the strict networks of N_k).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

from flint import fmpq

from theory.certificates.exact.exact_data import ExactData
from theory.certificates.exact.exact_network import rational
from theory.certificates.exact.exact_weights import Row
from theory.certificates.lipschitz.branch_tree import ExactDomain, parse_domain
from theory.errors import BadData, NotCertified, ShapeError

Pattern = tuple[int, ...]                   # bits δ_1 … δ_k: kink ℓ is active when δ_ℓ = 1
# Anchors in the order in which they were branched on, each with its pattern.  The anchor −1−ℓ is not a point: it is the *facet* of kink ℓ,
# a generic point of its hyperplane somewhere in the domain, with the pattern of the cell on its inactive side (δ_ℓ = 0).
Path = Sequence[tuple[int, Pattern]]
# Trees and upper bounds run over all 2^k patterns; beyond a dozen kinks neither ends.
MOST_KINKS = 12


@dataclass(frozen=True)
class FitDomain(ExactDomain):
    """A ball, a box of positive width, or the hull of the data (then `vertices` are the data), which may be flat.

    Raises: BadData, ShapeError.

    >>> segment = FitDomain("hull", vertices=((Fraction(0), Fraction(0)), (Fraction(2), Fraction(2))))
    >>> segment.point((Fraction(1), Fraction(3)))
    (Fraction(3, 2), Fraction(3, 2))
    """

    def __post_init__(self) -> None:
        if self.kind == "global":
            raise BadData("a fit has its Lipschitz constant on a hull, a ball or a box: choose one of them")
        if self.kind != "hull":
            super().__post_init__()
        elif len({len(row) for row in self.vertices}) != 1:
            raise ShapeError("the points of the hull must be given, with one number of coordinates")

    def vanishes(self, slope: Row, offset: Fraction) -> bool:
        """Whether slope·x + offset = 0 on the whole domain."""
        return self.never_positive(slope, offset) and self.never_positive(tuple(-c for c in slope), -offset)

    def as_json(self) -> dict[str, Any]:
        """The kind and its exact numbers; the vertices of a hull are the data and not repeated."""
        return {"kind": "hull"} if self.kind == "hull" else super().as_json()


def parse_fit_domain(document: object, points: tuple[Row, ...]) -> FitDomain:
    """The domain of a document about these points.

    Raises: BadData (a missing or foreign field, a number that is not exact, a flat ball or box), ShapeError.

    >>> parse_fit_domain({"kind": "hull"}, ((Fraction(1),), (Fraction(2),))).vertices
    ((Fraction(1, 1),), (Fraction(2, 1),))
    """
    if document == {"kind": "hull"}:
        return FitDomain("hull", vertices=points)
    if isinstance(document, dict) and document.get("kind") in ("hull", "global"):
        raise BadData('the domain of a fit is {"kind": "hull"}, a ball with centre and radius, or a box with low and high')
    found = parse_domain(document)
    return FitDomain(found.kind, centre=found.centre, radius=found.radius, low=found.low, high=found.high)


@dataclass(frozen=True)
class KinkProblem:
    """Fit n labelled points by k kinks, with the affine part (A_k) or without (N_k; in a single tree: its strict networks).

    Args: points (n rows of d), labels (n), domain (contains the points), kinks (k), affine.
    Raises: BadData (fewer than two points, one point with two labels, a point outside the domain, k < 0, nothing to fit with), ShapeError.

    >>> points = ((Fraction(0),), (Fraction(1),))
    >>> KinkProblem(points, (Fraction(1), Fraction(-1)), FitDomain("hull", vertices=points), 1, True).shape
    (2, 1)
    """

    points: tuple[Row, ...]
    labels: Row
    domain: FitDomain
    kinks: int
    affine: bool

    def __post_init__(self) -> None:
        n, d = ExactData(self.points, self.labels).shape
        if n < 2:
            raise BadData("there is one point, which a constant fits: give at least two")
        if type(self.kinks) is not int or not (0 if self.affine else 1) <= self.kinks <= MOST_KINKS:
            least = "0" if self.affine else "1 (there is no affine part)"
            raise BadData(f"the number of kinks is {self.kinks!r}: give an integer from {least} to {MOST_KINKS}")
        seen: dict[Row, int] = {}
        for i, row in enumerate(self.points):
            j = seen.setdefault(row, i)
            if self.labels[i] != self.labels[j]:
                raise BadData(f"points {j} and {i} are equal but have the labels {self.labels[j]} and {self.labels[i]}: "
                              "drop or correct one of them")
        self.domain.check_dimension(d)
        if self.domain.kind == "hull" and self.domain.vertices != self.points:
            raise BadData("the hull must be the hull of the data: give the domain the same points")
        for i, row in enumerate(self.points if self.domain.kind != "hull" else ()):
            try:
                self.domain.point(row)
            except NotCertified:
                raise BadData(f"point {i} lies outside the {self.domain.kind}: give a domain that contains the data") from None

    @property
    def shape(self) -> tuple[int, int]:
        """(n, d)."""
        return len(self.points), len(self.points[0])

    @cached_property
    def rational_points(self) -> list[list[fmpq]]:
        """The points as python-flint's rationals."""
        return [[rational(c) for c in row] for row in self.points]

    @cached_property
    def rational_labels(self) -> list[fmpq]:
        """The labels as python-flint's rationals."""
        return [rational(c) for c in self.labels]

    @cached_property
    def steepest(self) -> tuple[Fraction, tuple[int, int]]:
        """max (y_i−y_j)²/‖x_i−x_j‖² over the pairs of different points, with the first pair that attains it."""
        data = ExactData(self.points, self.labels)
        pairs = [(i, j) for i in range(len(self.points)) for j in range(i) if self.points[i] != self.points[j]]
        slopes = [((self.labels[i] - self.labels[j]) ** 2 / data.squared_distance(i, j), (j, i)) for i, j in pairs]
        return max(slopes, key=lambda entry: entry[0], default=(Fraction(0), (0, 0)))

    def programs(self) -> tuple[KinkProblem, ...]:
        """The programs whose least value bounds the class from below: A_k itself; for N_k, A_{k−1} and the strict networks of N_k.

        >>> points = ((Fraction(0),), (Fraction(1),))
        >>> problem = KinkProblem(points, (Fraction(1), Fraction(-1)), FitDomain("hull", vertices=points), 2, False)
        >>> [(program.kinks, program.affine) for program in problem.programs()]
        [(1, True), (2, False)]
        """
        return (self,) if self.affine else (replace(self, kinks=self.kinks - 1, affine=True), self)


def sign_vectors(kinks: int) -> list[Pattern]:
    """The signs s with m positive ones first, m = 0 … k: one tree each.

    >>> sign_vectors(2)
    [(-1, -1), (1, -1), (1, 1)]
    """
    return [(1,) * m + (-1,) * (kinks - m) for m in range(kinks + 1)]


def patterns_beside(anchor: int, pattern: Pattern) -> tuple[Pattern, ...]:
    """The patterns of the cells that an anchor shows to exist: its own, for a facet also that of the cell across.

    >>> patterns_beside(3, (0, 1)), patterns_beside(-1, (0, 1))
    (((0, 1),), ((0, 1), (1, 1)))
    """
    if anchor >= 0:
        return (pattern,)
    return pattern, tuple(1 if ell == -1 - anchor else bit for ell, bit in enumerate(pattern))


def patterns_at(anchor: int, signs: Sequence[int], path: Path, affine: bool) -> list[Pattern]:
    """The patterns that this anchor may have after this path: those of `children_allowed` for a point; for the facet of kink ℓ those with
    δ_ℓ = 0, without regard to symmetry.

    Raises: NotCertified for the facet of a kink that does not exist, or as the first anchor.

    >>> patterns_at(-1, (1, 1), [(0, (0, 0))], True)
    [(0, 0), (0, 1)]
    """
    if anchor >= 0:
        return children_allowed(signs, path, affine)
    if -1 - anchor >= len(signs) or not path:
        raise NotCertified(f"the anchor {anchor} is the facet of no kink, or comes first")
    return [p for p in product((0, 1), repeat=len(signs)) if not p[-1 - anchor]]


def children_allowed(signs: Sequence[int], path: Path, affine: bool) -> list[Pattern]:
    """The patterns that the next point may have after this path; every other one is a renaming of a network that has one of these.

    With the affine part, the first anchor has all kinks inactive: s·ReLU(t) = s·t + s·ReLU(−t), and the affine part absorbs s·t.
    Two adjacent kinks of one sign that agree at all anchors of the path are interchangeable, unless one of them has its facet there: the
    first is active if the second is.

    >>> children_allowed((1, 1), [], True), children_allowed((1, 1), [], False)
    ([(0, 0)], [(0, 0), (1, 0), (1, 1)])
    >>> children_allowed((1, 1), [(0, (0, 0)), (4, (1, 0))], True)
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """
    k = len(signs)
    if affine and not path:
        return [(0,) * k]
    tied = [ell for ell in range(k - 1) if signs[ell] == signs[ell + 1]
            and all(p[ell] == p[ell + 1] and -1 - z not in (ell, ell + 1) for z, p in path)]  # fmt: skip
    return [p for p in product((0, 1), repeat=k) if all(p[ell] >= p[ell + 1] for ell in tied)]
