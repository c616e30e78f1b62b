"""An exact change of coordinates after which the numbers of a k-kink problem are of about size 1, and what is found is carried back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from theory.certificates.exact.exact_network import dot
from theory.certificates.exact.exact_weights import Row
from theory.certificates.fits.exact_fit import KinkNetwork
from theory.certificates.fits.kink_problem import FitDomain, KinkProblem
from theory.certificates.fits.kink_tree import Leaf, Tree
from verify.fits.kinks.scaling import Weights
from verify.objects.data.dataset import Dataset

# Squares of numbers up to 2^±ORDINARY, and their ratios, stay far inside the range of doubles.
ORDINARY = 100


@dataclass(frozen=True)
class Units:
    """x = shift + length·x', y = height·y', with length and height powers of two.

    >>> points = ((Fraction(10**18),), (Fraction(10**18 + 3),))
    >>> problem = KinkProblem(points, (Fraction(1), Fraction(-1)), FitDomain("hull", vertices=points), 1, True)
    >>> units = units_of(problem)
    >>> units.lowered(problem).points, units.constant
    (((Fraction(0, 1),), (Fraction(3, 2),)), Fraction(1, 2))
    """

    shift: Row
    length: Fraction
    height: Fraction

    @property
    def constant(self) -> Fraction:
        """The Lipschitz constant of a function whose constant is 1 in the new coordinates."""
        return self.height / self.length

    def _point(self, x: Row) -> Row:
        return tuple((c - o) / self.length for c, o in zip(x, self.shift, strict=True))

    def lowered(self, problem: KinkProblem) -> KinkProblem:
        """The problem in the new coordinates."""
        points, old = tuple(map(self._point, problem.points)), problem.domain
        corners = {name: self._point(row) for name in ("centre", "low", "high") if (row := getattr(old, name))}
        domain = FitDomain(old.kind, radius=old.radius / self.length, vertices=points if old.kind == "hull" else (), **corners)
        return replace(problem, points=points, labels=tuple(label / self.height for label in problem.labels), domain=domain)

    def start(self, weights: Weights) -> Weights:
        """A network of the given problem in the new coordinates, rounded to doubles."""
        rows = [[Fraction(c) for c in row] for row in (*weights.W.tolist(), weights.v.tolist())]
        given = [Fraction(c) for c in (*weights.b.tolist(), weights.c)]
        offsets = [(b + dot(row, self.shift)) / self.height for row, b in zip(rows, given, strict=True)]
        slopes = np.array([[float(c / self.constant) for c in row] for row in rows])
        return Weights(weights.signs, slopes[:-1], np.array([float(b) for b in offsets[:-1]]), slopes[-1], float(offsets[-1]))

    def network(self, found: KinkNetwork) -> KinkNetwork:
        """A network of the new coordinates in those of the given problem."""
        rows = [tuple(self.constant * c for c in row) for row in (*found.W, found.v)]
        *b, c = (self.height * offset - dot(row, self.shift) for row, offset in zip(rows, (*found.b, found.c), strict=True))
        return KinkNetwork(found.signs, tuple(rows[:-1]), tuple(b), rows[-1], c)

    def witnesses(self, rows: Sequence[Row], domain: FitDomain) -> list[Row]:
        """Witnesses as documents list them: weights of the points of a hull stay as they are."""
        if domain.kind == "hull":
            return list(rows)
        return [tuple(o + self.length * c for c, o in zip(row, self.shift, strict=True)) for row in rows]

    def tree(self, tree: Tree) -> Tree:
        """A tree of multipliers: those of the gradients have the unit of the points."""
        return [replace(node, u={p: tuple(self.length * c for c in row) for p, row in node.u.items()}) if isinstance(node, Leaf) else node
                for node in tree]


def units_of(problem: KinkProblem) -> Units | None:
    """The coordinates in which to search; None where the given ones will do: doubles of ordinary size."""
    data = Dataset(np.array(problem.points, dtype=object), np.array(problem.labels, dtype=object), real_labels=True)
    domain, shift = problem.domain, problem.points[0]
    rows = [row for row in (*problem.points, domain.centre, domain.low, domain.high) if row]
    spread = max(abs(c - o) for row in rows for c, o in zip(row, shift, strict=True))
    sizes = [max(spread, domain.radius), max(map(abs, problem.labels))]
    exponents = [size.numerator.bit_length() - size.denominator.bit_length() if size else 0 for size in sizes]
    if data.is_double and all(abs(exponent) <= ORDINARY for exponent in exponents):
        return None
    return Units(shift, *(Fraction(2) ** exponent for exponent in exponents))
