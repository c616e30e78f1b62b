"""The entries of the atlas: for each data set and number of kinks a certified interval, beside what the laws say of every fit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from theory.certificates.exact.documents import read_certificate, write_certificate
from theory.certificates.exact.exact_data import exact_data
from theory.errors import BadData
from verify.evaluate.suprema import biased_supremum
from verify.experiments.atlas.families import Case, cases
from verify.fits.fantope.bound import FantopeOptions
from verify.fits.kinks.fit import FitBudget, KinkFit, fit_kinks
from verify.fits.kinks.problem import exact_problem, problem_key
from verify.fits.lower_bounds import bounds
from verify.lipschitz.of_network import network_enclosure
from verify.objects.deadline import Deadline
from verify.objects.domains import Budget, relative_gap, sphere

TABLE, FORMAT, VERSION = "atlas.json", "lawbook-atlas", 1
CLOSED = 0.05       # relative gap from which on an entry counts as closed
GAP = 0.01          # relative gap at which the search for an entry stops
SPHERE_SECONDS = 2.0
ROUNDING = 1e-14    # a few dozen roundings


@dataclass(frozen=True)
class Entry:
    """Least Lipschitz constant of a fit of a case with k kinks, on conv(X): lower ≤ L_k ≤ upper, certified in the file `certificate`.

    ``affine``: with the affine part v·x + c; without it the neurons have biases.  ``lower`` is None when no function of the class fits,
    ``upper`` when no network that fits was found.  ``mcshane`` holds for every function on every set with the data.  Three laws are about
    networks of width k without affine part: ``fantope`` on R^d; ``ball`` (R0), ReLU, on the least ball about 0 that holds the data;
    ``independent`` (R1), ReLU with linearly independent hidden weights, k ≤ d, on R^d.  ``on_sphere`` is an upper bound for the constant
    of the network found on the unit sphere, chord metric, where the points are generic.  All bounds are rounded outwards; ``law`` is
    √(n/k).
    """

    family: str
    case: str
    n: int
    d: int
    kinks: int
    affine: bool
    generic: bool
    problem: str
    lower: float | None
    upper: float | None
    mcshane: float
    law: float | None
    fantope: float | None
    ball: float | None
    independent: float | None
    on_sphere: float | None
    budget: float
    certificate: str

    @property
    def is_infeasible(self) -> bool:
        """Whether it is proved that no function of the class fits."""
        return self.lower is None

    @property
    def gap(self) -> float | None:
        """See `relative_gap`."""
        return relative_gap(self.lower, self.upper)

    @property
    def is_closed(self) -> bool:
        """Whether both ends are known and at most 5 % apart."""
        return self.gap is not None and self.gap <= CLOSED

    @property
    def ratio(self) -> float | None:
        """upper·√(k/n): at least the constant of the law L_k ≥ c√(n/k), were it to hold for this class on this domain."""
        return None if self.upper is None or self.law is None else self.upper / self.law


@dataclass(frozen=True)
class Question:
    """A case, a number of kinks, and the class."""

    case: Case
    kinks: int
    affine: bool

    @property
    def name(self) -> str:
        """The name of its certificate, without ending."""
        return f"{self.case.name}-k{self.kinks}" + ("" if self.affine else "-neurons")


def questions(family: str | None = None) -> list[Question]:
    """Every case (of a family) with the affine part; generic ones also without, as in the paper.  Raises: BadData (no such family)."""
    chosen = [case for case in cases() if family is None or case.family == family]
    if not chosen:
        raise BadData(f"there is no family {family!r}; choose one of {', '.join(dict.fromkeys(case.family for case in cases()))}")
    return [Question(case, kinks, affine)
            for case in chosen for kinks in case.kinks for affine in ((True, False) if case.generic else (True,))]


def answered(question: Question, folder: Path, seconds: float, seed: int) -> Entry:
    """Search, certify, write the certificate into the folder, and return the entry.  KeyboardInterrupt passes through, nothing is kept."""
    case = question.case
    fit = fit_kinks(case.X, case.y, question.kinks, affine=question.affine, budget=FitBudget(GAP, seconds, seed=seed))
    if fit.interrupted:
        raise KeyboardInterrupt
    path = write_certificate(fit.certificate, folder / f"{question.name}.json.gz")
    n, d = case.X.shape
    rest = Deadline()                                   # of what takes a second or two in these sizes
    # the laws speak of at least one neuron
    known = bounds(case.X, case.y, question.kinks, FantopeOptions(seconds=rest)) if question.kinks else None
    on_sphere = _on_sphere(fit, rest) if case.generic else None
    if rest.is_ended:
        raise KeyboardInterrupt
    return Entry(
        case.family, case.name, n, d, question.kinks, question.affine, case.generic, problem_key(fit.problem),
        lower=None if fit.lower is None else _down(float(fit.lower)),
        upper=None if fit.upper is None else _up(float(fit.upper)),
        mcshane=_down(float(fit.mcshane)),
        law=math.sqrt(n / question.kinks) if question.kinks else None,
        fantope=None if known is None else _down(float(known["bln.thm6.fantope"].value)),
        ball=None if known is None else _down(float(known["bln.r0"].value)),
        independent=_independent_rows(case, question.kinks),
        on_sphere=on_sphere,
        budget=seconds, certificate=path.name)


def _independent_rows(case: Case, kinks: int) -> float | None:
    """n(1 − ȳ²)/(2√k R_b) by claim bln.r1, R_b = sup |Σ(y_i − ȳ)ReLU(u·x_i + β)| over ‖u‖ = 1 and β, bounded from above."""
    n, d = case.X.shape
    if not 1 <= kinks <= d:
        return None
    mean = float(case.y.mean())
    supremum = biased_supremum(case.X, case.y - mean).upper
    return _down(n * (1 - mean**2) / (2 * math.sqrt(kinks) * supremum) * (1 - ROUNDING))


def _on_sphere(fit: KinkFit, rest: Deadline) -> float | None:
    """An upper bound for the constant on the unit sphere of the network that was found."""
    budget = Budget(seconds=SPHERE_SECONDS, clock=rest.part(1, SPHERE_SECONDS))
    return None if fit.network is None else network_enclosure(fit.network, sphere(), budget).upper


def _down(value: float) -> float:
    return math.nextafter(value, -math.inf) if value else 0.0


def _up(value: float) -> float:
    return math.nextafter(value, math.inf) if value else 0.0


def build(folder: Path, seconds: float, seed: int = 0, family: str | None = None) -> Iterator[Entry]:
    """Answer the questions that the atlas in the folder leaves open; the entries, kept and new, in the order of `questions`.

    An entry is kept when its certificate is there and it is closed, infeasible, or had at least as many seconds.  The table is written
    after every entry, whole or not at all, so that an interruption loses one entry at most.
    Raises: BadData (no such folder or family, a table that is none).
    """
    asked = questions(family)
    if not folder.is_dir():
        raise BadData(f"there is no folder {folder}; make it, or give another")
    kept = {entry.certificate: entry for entry in read_atlas(folder)} if (folder / TABLE).exists() else {}
    for question in asked:
        name = f"{question.name}.json.gz"
        key = problem_key(exact_problem(exact_data(question.case.X, question.case.y), question.kinks, "hull", affine=question.affine))
        entry = kept.get(name)
        if entry is None or not _serves(entry, key, seconds, folder):
            entry = kept[name] = answered(question, folder, seconds, seed)
            _write_table(folder, kept)
        yield entry


def _serves(entry: Entry, key: str, seconds: float, folder: Path) -> bool:
    done = entry.is_closed or entry.is_infeasible or entry.budget >= seconds
    return done and entry.problem == key and (folder / entry.certificate).is_file()


def _write_table(folder: Path, entries: dict[str, Entry]) -> None:
    order = {f"{q.name}.json.gz": place for place, q in enumerate(questions())}
    listed = [asdict(entries[name]) for name in sorted(entries, key=lambda name: order.get(name, len(order)))]
    document: dict[str, Any] = {"format": FORMAT, "version": VERSION, "entries": listed, "recheck": "lawbook verify DIR/*.json.gz"}
    write_certificate(document, folder / TABLE)


def read_atlas(folder: Path) -> list[Entry]:
    """The entries of the table in a folder.  Raises: BadData."""
    document = read_certificate(folder / TABLE)
    if not isinstance(document, dict) or document.get("format") != FORMAT or document.get("version") != VERSION:
        raise BadData(f"{folder / TABLE} is not an atlas of this version; make one with: lawbook atlas DIR")
    try:
        return [Entry(**entry) for entry in document["entries"]]
    except (KeyError, TypeError) as error:
        raise BadData(f"{folder / TABLE} lacks a field, or has one too many ({error}); make it anew with: lawbook atlas DIR") from None
