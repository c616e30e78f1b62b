"""All certified lower bounds on the Lipschitz constant of the fits of given data by networks of given width."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from theory.certificates.exact.exact_data import ExactData
from theory.certificates.fits.lower_bound import certify_lower_bound
from theory.certificates.lipschitz.lipschitz_claims import CLAIMS, UNIT_TOLERANCE, Evidence, Pair
from theory.errors import BadData
from verify.fits.fantope.bound import FantopeBound, FantopeOptions, fantope_bound_of
from verify.fits.functions.mcshane import mcshane_bound_of
from verify.objects.data.dataset import Dataset
from verify.objects.deadline import FIRST, deadline_of, in_time
from verify.objects.domains import doubles_about

Progress = Callable[[str, float, float], None]
ORDER = ("mcshane", "bln.thm6.trace", "bln.thm6.fantope", "bln.thm6.sphere", "bln.thm6.sphere_fantope", "bln.r0",
         "k.law", "k.relu", "k.sphere.relu", "k.blocks")


@dataclass(frozen=True)
class BoundEntry:
    """One lower bound on a Euclidean Lipschitz constant: its claim, its domain, its exact value, its certificate.

    ``certified`` is True when ``certificate`` proves the value (or the value is 0).  ``activation`` names the only
    activation the claim is about, None for any; ``assumes`` what else it asks of the network, None for nothing.  ``upper`` is, where the
    claim is a family of bounds, a floating-point value that no member of the family exceeds.
    """

    claim: str
    domain: str
    value: Fraction
    certified: bool
    certificate: Mapping[str, Any] | None
    activation: str | None = None
    assumes: str | None = None
    upper: float | None = None

    @property
    def is_general(self) -> bool:
        """Whether it holds for every activation and every network."""
        return self.activation is None and self.assumes is None

    def as_json(self) -> dict[str, Any]:
        """JSON-ready; "value" is the exact number rounded down to a double."""
        return {
            "claim": self.claim,
            "domain": self.domain,
            "value": doubles_about(self.value)[0],
            "exact": str(self.value),
            "certified": self.certified,
            "certificate": self.certificate,
            "activation": self.activation,
            "assumes": self.assumes,
            "upper": self.upper,
        }


@dataclass(frozen=True)
class BoundsReport:
    """Every bound that applies to the data, and a sentence for each that does not.

    ``best`` holds for the global constant of any network with any activation; ``best_sphere`` for the chord-metric constant
    on the unit sphere, the data being the exactly normalised rows (None when the rows are not unit).
    """

    n: int
    d: int
    width: int
    entries: tuple[BoundEntry, ...]
    notes: tuple[str, ...] = field(default=())

    def __getitem__(self, claim: str) -> BoundEntry:
        """The entry of a claim id."""
        for entry in self.entries:
            if entry.claim == claim:
                return entry
        raise KeyError(claim)

    @property
    def best(self) -> BoundEntry:
        """The largest bound on the global constant that holds for every network and activation."""
        return max((e for e in self.entries if e.is_general and e.domain != "sphere"), key=lambda e: e.value)

    @property
    def best_sphere(self) -> BoundEntry | None:
        """The largest bound on the sphere constant that holds for every network and activation, None when there is none."""
        return max((e for e in self.entries if e.is_general and e.domain == "sphere"), key=lambda e: e.value, default=None)

    def as_json(self) -> dict[str, Any]:
        """The object that `lawbook bounds --json` prints."""
        sphere = self.best_sphere
        return {
            "n": self.n,
            "d": self.d,
            "width": self.width,
            "bounds": [entry.as_json() for entry in self.entries],
            "mcshane": doubles_about(self["mcshane"].value)[0],
            "best": doubles_about(self.best.value)[0],
            "best_claim": self.best.claim,
            "best_sphere": None if sphere is None else doubles_about(sphere.value)[0],
            "notes": list(self.notes),
        }


def bounds(
    X: ArrayLike, y: ArrayLike, width: int, options: FantopeOptions | None = None, progress: Progress | None = None
) -> BoundsReport:  # fmt: skip
    """Certified lower bounds on the Euclidean Lipschitz constants of every fit of the data by a network of width k.

    X ∈ R^{n×d}, y ∈ R^n.  Any function on any domain: `mcshane`.  Width-k networks with any activation, on R^d:
    `bln.thm6.trace`, `bln.thm6.fantope`.  Unit rows, chord metric of the sphere: `bln.thm6.sphere` and, for k < d,
    `bln.thm6.sphere_fantope`.  Width-k ReLU networks on the ball about 0 of radius max‖x_i‖: `bln.r0`.  Networks with an affine part, on
    R^d: `k.law` (independent rows, k ≤ d), `k.relu` (the same, ReLU), `k.blocks` (ReLU kinks in general position, k > d); on the sphere
    `k.sphere.relu` (independent rows, ReLU, no biases).
    Source: Bubeck, Li, Nagaraj 2020 (arXiv 2009.14444), Theorem 6, in instance form; the others are not in the paper.
    Args: X (n, d), y (n,) real labels, width k ≥ 1, options (those of the semidefinite solver; their seconds are for all bounds), progress
    (called with the claim at work, the best bound so far, and the upper value of the claim's family, inf before it is known).
    Returns: a BoundsReport; `notes` names the bounds for whose certificates the time was too short.
    Raises: ShapeError, BadData (contradictory or non-finite data, width < 1).
    Guarantee: every value is certified by its certificate, in exact and ball arithmetic.

    >>> report = bounds([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]], [1, -1, 1], 1)
    >>> [(entry.claim, round(float(entry.value), 3)) for entry in report.entries]      # doctest: +NORMALIZE_WHITESPACE
    [('mcshane', 1.414), ('bln.thm6.trace', 1.155), ('bln.thm6.fantope', 2.0), ('bln.thm6.sphere', 1.0),
     ('bln.thm6.sphere_fantope', 1.414), ('bln.r0', 0.667), ('k.law', 1.414), ('k.relu', 1.414),
     ('k.sphere.relu', 1.414)]
    """
    return bounds_of(Dataset(X, y, real_labels=True), width, options, progress)


def bounds_of(data: Dataset, width: int, options: FantopeOptions | None = None, progress: Progress | None = None) -> BoundsReport:
    """`bounds` for a data set."""
    n, d = data.n, data.d
    if isinstance(width, bool) or not isinstance(width, (int, np.integer)) or width < 1:
        raise BadData(f"the width is {width!r}: give a positive number of hidden neurons")
    width = int(width)
    if data.has_one_label:
        note = f"all {n} labels are equal: a constant function fits, and no bound above 0 holds"
        return BoundsReport(n, d, width, (BoundEntry("mcshane", "any", Fraction(0), True, None),), (note,))
    work = _Work(data, width, options or FantopeOptions(), progress)
    return BoundsReport(n, d, width, *work.done())


class _Work:
    """One bound after another, until the time is spent; the first, McShane's, is made in any case."""

    def __init__(self, data: Dataset, width: int, options: FantopeOptions, progress: Progress | None) -> None:
        self.data, self.width, self.options, self.progress = data, width, options, progress
        self.deadline = deadline_of(options.seconds)
        self.entries: dict[str, BoundEntry] = {}
        self.notes: list[str] = []
        self.fantope_weights: Mapping[Pair, Fraction] = {}

    def done(self) -> tuple[tuple[BoundEntry, ...], tuple[str, ...]]:
        """The entries in the order of `ORDER`, and the notes."""
        witness = mcshane_bound_of(self.data, budget=max(self.deadline.left, FIRST))
        self.entries["mcshane"] = _entry("mcshane", self.data.exact, None, Evidence(pair=witness.pair))
        with self.deadline.interruptible():
            unit = self._are_unit_rows()
            self._add("bln.thm6.trace", Evidence())
            if unit:
                self._add("bln.thm6.sphere", Evidence())
            self._add_fantope("bln.thm6.fantope", 0.5 if unit and self.width < self.data.d else 0.75)
            if unit and self.width >= self.data.d:
                self.notes.append("no bln.thm6.sphere_fantope: it needs width < d")
            elif unit:
                self._add_fantope("bln.thm6.sphere_fantope", 0.75)
            radius_squared = max(sum((c * c for c in row), Fraction(0)) for row in self.data.exact.points)
            self._add("bln.r0", Evidence(radius_squared=radius_squared))
            self._add_new_laws(unit)
        return tuple(self.entries[claim] for claim in ORDER if claim in self.entries), tuple(self.notes)

    def _tell(self, claim: str, lower: float = 0.0, upper: float = math.inf) -> None:
        if self.progress is not None:
            known = max(float(e.value) for e in self.entries.values() if e.is_general and e.domain != "sphere")
            self.progress(claim, max(known, lower), upper)

    def _add(self, claim: str, *candidates: Evidence) -> None:
        """The largest value that one of the candidates proves."""
        self._tell(claim)
        found = [in_time(partial(_entry, claim, self.data.exact, self.width, evidence), self.deadline) for evidence in candidates]
        if entries := [entry for entry in found if entry is not None]:
            self.entries[claim] = max(entries, key=lambda entry: entry.value)
        else:
            self.notes.append(f"no {claim}: the time was too short for its certificate")

    def _add_new_laws(self, unit: bool) -> None:
        evidence = [Evidence(weights=plan) for plan in (_any_plan(self.data.exact), self.fantope_weights) if plan]
        if self.width > self.data.d:
            self._add("k.blocks", *evidence)
            return
        self._add("k.law", *evidence)
        self._add("k.relu", *evidence)
        if unit and (self.width < self.data.d or min(self.data.exact.labels) < 0 < max(self.data.exact.labels)):
            self._add("k.sphere.relu", *evidence)

    def _add_fantope(self, claim: str, share: float) -> None:
        self._tell(claim)
        options = replace(self.options, seconds=self.deadline.part(share))
        found = fantope_bound_of(self.data, self.width, options, sphere=claim.endswith("sphere_fantope"),
                                 progress=lambda lower, upper: self._tell(claim, lower, upper))
        if found.certificate is None:
            self.notes.append(f"no {claim}: {found.reason}")
        else:
            self.entries[claim] = _fantope_entry(found, found.certificate, self.width)
            self.fantope_weights = self.fantope_weights or found.weights

    def _are_unit_rows(self) -> bool:
        with np.errstate(over="ignore"):                       # a norm beyond the doubles is not 1
            squares = (self.data.X * self.data.X).sum(axis=1)
        worst = int(np.argmax(np.abs(squares - 1.0)))
        # half the tolerance of the certificate: the sum here errs by d·eps, the certificate measures in balls
        if abs(squares[worst] - 1.0) <= float(UNIT_TOLERANCE) / 2:
            return True
        self.notes.append(f"no sphere bounds: row {worst} of X has squared norm {squares[worst]!s}, not 1")
        return False


def _any_plan(data: ExactData) -> dict[Pair, Fraction]:
    """Weights of n − 1 pairs or fewer, of sum 1, whose coefficients are proportional to z_i = y_i − ȳ."""
    left = [label - data.label_mean for label in data.labels]
    above, below = ([i for i, z in enumerate(left) if sign * z > 0] for sign in (1, -1))
    mass, plan, i, j = sum((left[i] for i in above), Fraction(0)), {}, 0, 0
    while i < len(above) and j < len(below):
        up, down = above[i], below[j]
        moved = min(left[up], -left[down])
        plan[up, down] = moved / mass
        left[up] -= moved
        left[down] += moved
        i, j = i + (left[up] == 0), j + (left[down] == 0)
    return plan


def _entry(claim_id: str, data: ExactData, width: int | None, evidence: Evidence) -> BoundEntry:
    claim, document = CLAIMS[claim_id], certify_lower_bound(claim_id, data, width, evidence)
    return BoundEntry(claim_id, claim.domain, Fraction(document["value"]), True, document, claim.activation, claim.assumes)


def _fantope_entry(bound: FantopeBound, certificate: Mapping[str, Any], width: int) -> BoundEntry:
    document = {**certificate, "width": width}  # min(width, d) is the rank that was certified
    claim = document["claim"]
    return BoundEntry(claim, CLAIMS[claim].domain, bound.value, True, document, upper=bound.upper)
