"""What each command of the command line does; every function returns the exit code."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from theory.claim import Claim
from theory.errors import BadData
from theory.verdict import Verdict
from verify.cli.app import DOES_NOT_HOLD, DONE, emit
from verify.laws.measure import Measurement
from verify.ledger.entries import Entry, standings
from verify.objects.store.place import CachePlace, Store
from verify.report.terminal import show_ledger, show_line, show_page
from verify.report.words import BOUND_DOMAINS, CONSTRUCTION_DOMAINS, at_least, at_most, proved_words
from verify.trials.hunt.known import unused_records

if TYPE_CHECKING:
    from verify.objects.domains import Domain


def output() -> Console:
    """Standard output; colours only on a terminal, and never when NO_COLOR is set."""
    return Console(highlight=False, soft_wrap=True)


def notes() -> Console:
    """Standard error, for progress and notes."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def progress(total: int, what: str) -> Iterator[Any]:
    """A bar on standard error, gone when the work is done; silent where standard error is no terminal."""
    console = notes()
    if not console.is_terminal:
        yield lambda words: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda words: bar.update(task, advance=1, description=words)


# --- check and show --------------------------------------------------------------------------------------------------

def run_check(targets: Sequence[str], instances: int | None, seed: int, cache: CachePlace | None = None, *, as_json: bool) -> int:
    """The ledger of the library, of some of its claims, or of a user's files; results of earlier runs are taken from the cache."""
    from verify.laws.claimfile import load_claim_file
    from verify.report.document import ledger_document
    from verify.report.hints import failure_lines
    started = time.perf_counter()
    cache = usable(cache)
    library = _library()
    files = [load_claim_file(t) for t in targets if t.endswith(".py")]
    names = [t for t in targets if not t.endswith(".py")]
    chosen = _choose(names, library) if names or not files else []
    owner = {claim.id: file for file in files for claim in file.claims}
    if len(owner) != sum(len(f.claims) for f in files):
        raise BadData("two of the files define a claim with the same id; rename one of them")
    claims = [*chosen, *(c for f in files for c in f.claims)]
    extra = tuple(m for f in files for m in f.measurements)
    entries = []
    with progress(len(claims), "checking") as advance:
        for entry in ledger_entries(claims, instances, seed, extra, cache, mutation=instances is not None):
            entries.append(entry)
            advance(entry.claim.id)
    statuses = standings(entries, cache)
    seconds = time.perf_counter() - started
    passes = all(e.passes for e in entries)
    if as_json:
        emit(ledger_document(entries, seconds, seed, statuses))
    else:
        show_ledger(output(), entries, seconds, statuses)
    for line in unused_records(claims):
        show_line(notes(), f"lawbook: {line}")
    failing = notes() if as_json else output()
    for entry in entries:
        if not entry.passes or entry.claim.id in owner:
            for line in failure_lines(entry, owner.get(entry.claim.id)):
                show_line(failing, line)
    return DONE if passes else DOES_NOT_HOLD


def run_show(claim_id: str, instances: int | None, seed: int, cache: CachePlace | None = None, *, in_latex: bool, as_json: bool) -> int:
    """The page of one claim."""
    from theory.registry import find_claim
    from verify.report.document import claim_document, latex_document
    claim = find_claim(claim_id)
    cache = usable(cache)
    entry, = ledger_entries([claim], instances, seed, cache=cache)
    statuses = standings([entry], cache)
    if as_json:
        emit(latex_document(entry, statuses) if in_latex else claim_document(entry, statuses))
    else:
        show_page(output(), entry, statuses, in_latex=in_latex)
    for line in unused_records([claim]):
        show_line(notes(), f"lawbook: {line}")
    return DONE if entry.passes else DOES_NOT_HOLD


def usable(cache: CachePlace | None) -> CachePlace | None:
    """The cache if it can be used; what is wrong with it is said once, on standard error."""
    if cache is None:
        return None
    store = Store(cache.folder)
    is_usable = store.is_usable
    store.close()
    if store.problem is not None:
        show_line(notes(), f"lawbook: {store.problem}")
    return cache if is_usable else None


def _library() -> dict[str, Claim]:
    from theory.registry import claims
    return dict(claims())


def chosen_claims(names: Sequence[str]) -> list[Claim]:
    """The claims of the library that ids and patterns name; all of them when nothing is named."""
    return _choose(names, _library())


def _choose(names: Sequence[str], library: dict[str, Claim]) -> list[Claim]:
    """Claims by id, or by a pattern such as bln.thm6.*; all of them when nothing is named."""
    from theory.registry import find_claim
    if not names:
        return list(library.values())
    chosen: dict[str, Claim] = {}
    for name in names:
        matching = [c for c in library.values() if fnmatchcase(c.id, name)] or [find_claim(name)]
        chosen |= {c.id: c for c in matching}
    return list(chosen.values())


def ledger_entries(
    claims: Sequence[Claim], instances: int | None, seed: int, extra: Sequence[Measurement] = (), cache: CachePlace | None = None,
    *, mutation: bool = False
) -> Iterator[Entry]:
    """Entries of the claims; with no instances only the proofs are checked, those of the false twins too; on demand a few mutants."""
    from verify.ledger.entries import LedgerOptions, entries
    from verify.trials.mutation import FEW
    options = LedgerOptions(instances or 0, seed, cache=cache, mutation=FEW if mutation else None, hunted=True)
    yield from entries(claims, options, {m.claim: m for m in extra})


# --- bounds and certificates -----------------------------------------------------------------------------------------

def run_bounds(source: str, width: int, label: str | None, out: Path | None, *, as_json: bool) -> int:
    """Certified lower bounds for one data set, and the file of their certificates."""
    from theory.certificates.files import write_bundle
    from verify.fits.lower_bounds import bounds
    from verify.objects.data.files import load_dataset
    from verify.report.bounds import bounds_document, show_bounds
    data = load_dataset(source, label)
    report = bounds(data.X, data.y, width)
    certificates = [e.certificate for e in report.entries if e.certificate is not None]
    path = out or certificate_path(source, width)
    written = write_bundle(certificates, path) if certificates else None
    if as_json:
        emit(bounds_document(report, written))
    else:
        show_bounds(output(), report, written, data.name)
    return DONE


def certificate_path(source: str, width: int) -> Path:
    """digits.csv ↦ digits.width4.json beside it; a named data set goes to the current folder, digits:3v8 ↦ digits_3v8.

    >>> certificate_path("data/points.csv", 4).as_posix(), certificate_path("digits:3v8", 4).as_posix()
    ('data/points.width4.json', 'digits_3v8.width4.json')
    """
    path = Path(source.replace(":", "_") if source.startswith("digits:") else source)
    return path.with_name(f"{path.stem if path.suffix else path.name}.width{width}.json")


def verified_certificates(files: Sequence[Path], *, quiet: bool) -> tuple[list[dict[str, Any]], int]:
    """The certificates of the files, re-checked and, unless quiet, shown; and how many fail."""
    from theory.certificates.files import check_file
    from theory.verdict import Status
    results = [(path, claim, verdict) for path in files for claim, verdict in check_file(path)]
    failed = sum(verdict.status is not Status.CERTIFIED for _, _, verdict in results)
    if not quiet:
        console, names = output(), max(len(claim) for _, claim, _ in results)
        for path, claim, verdict in results:
            good = verdict.status is Status.CERTIFIED
            said = certified_words(verdict) if good else verdict.reason
            show_line(console, (verdict.status.value.ljust(10), "bold green" if good else "bold red"),
                      f" {claim.ljust(names)}  ", (said, "" if good else "red"), (f"  {path}", "dim"))
        show_line(console, f"{len(results) - failed} of {len(results)} hold, re-checked in exact arithmetic without a solver")
    return [{"file": str(path), "claim": claim, "status": verdict.status.value, "reason": verdict.reason,
             "value": verdict.evidence.get("value", verdict.evidence.get("upper"))} for path, claim, verdict in results], failed


def certified_words(verdict: Verdict) -> str:
    """What a certificate proves, in short; its statement in full is in the file and in the JSON.

    >>> from theory.verdict import Status
    >>> found = {"value": "7/4", "domain": "ball", "width": 3, "n": 8, "d": 2}
    >>> certified_words(Verdict(Status.CERTIFIED, "Every network of `width` ReLU neurons …", found))
    'Lip ≥ 1.75 on the ball through the data for every ReLU fit of width 3 (n = 8, d = 2)'
    >>> built = {"upper": "2", "residual": "0", "domain": "sphere", "width": 3, "n": 8, "d": 2}
    >>> certified_words(Verdict(Status.CERTIFIED, "The network …", built))
    'Lip ≤ 2 on the unit sphere for this network of width 3, which fits (n = 8, d = 2)'
    """
    found = verdict.evidence
    if "kinks" in found:
        from verify.report.kinks import kink_words
        return kink_words(found)
    if "words" in found:
        return str(found["words"])
    if "upper" in found:
        domain = CONSTRUCTION_DOMAINS[found["domain"]]
        fit = "fits" if found["residual"] == "0" else f"fits up to {float(Fraction(found['residual'])):.2g}"
        value = at_most(Fraction(found["upper"]))
        return f"Lip ≤ {value} on {domain} for this network of width {found['width']}, which {fit} (n = {found['n']}, d = {found['d']})"
    if "value" not in found:                     # a step of a proof; its inequality is in the file
        return verdict.reason
    if "width" not in found:                     # about one network, not about the fits of data
        words = proved_words(found.get("lower"), found["value"], found["domain"])
        return f"{words} for this network (k = {found['k']}, d = {found['d']})"
    class_ = "ReLU fit" if "ReLU" in verdict.reason else "fit"     # the statement names the activation it is about
    width = "" if found["width"] is None else f" of width {found['width']}"
    domain = BOUND_DOMAINS.get(found["domain"], found["domain"])
    value = at_least(Fraction(found["value"]))
    return f"Lip ≥ {value} on {domain} for every {class_}{width} (n = {found['n']}, d = {found['d']})"


# --- lipschitz -------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Place:
    """A domain as the command line names it."""

    kind: str
    radius: float | None = None
    centre: str | None = None
    data: str | None = None
    label: str | None = None

    def domain(self, dimension: int) -> Domain:
        """The domain that is meant, for a network with `dimension` inputs.

        Raises: BadData for a kind, a number or an option that does not fit; ShapeError for another dimension.

        >>> Place("box", 2.0, "1,0").domain(2).high
        (3.0, 2.0)
        """
        from verify.objects.domains import GLOBAL, KINDS, Domain, box, hull
        if self.kind not in KINDS:
            raise BadData(f"there is no domain {self.kind!r}; give {', '.join(KINDS[:-1])} or {KINDS[-1]}")
        if self.kind == "hull" and self.data is None:
            raise BadData("a hull needs the points of a data set; give --data")
        if self.data is not None and self.kind not in ("hull", "box"):
            raise BadData(f"--data belongs to a hull or a box, not to {self.kind}")
        round_ = self.radius is not None or self.centre is not None
        if round_ and (self.kind in ("global", "hull") or self.data is not None):
            raise BadData(f"--radius and --centre do not belong to {self.kind}{' with --data' if self.data else ''}; leave them out")
        if self.data is not None:
            from verify.objects.data.files import load_dataset
            points = load_dataset(self.data, self.label).X
            return hull(points) if self.kind == "hull" else box(points.min(axis=0), points.max(axis=0))
        centre, radius = self._numbers(), 1.0 if self.radius is None else self.radius
        if self.kind == "global":
            return GLOBAL
        if self.kind == "box":
            if not 0 < radius < float("inf"):
                raise BadData(f"the half side of a box must be positive and finite, not {radius}")
            middle = centre or (0.0,) * dimension
            return box([c - radius for c in middle], [c + radius for c in middle])
        return Domain(self.kind, radius, centre)

    def _numbers(self) -> tuple[float, ...] | None:
        if self.centre is None:
            return None
        try:
            return tuple(float(part) for part in self.centre.split(","))
        except ValueError:
            raise BadData(f"--centre is {self.centre!r}; give numbers with commas between them, as in 0,0.5,-1") from None


def run_lipschitz(
    network: Path, place: Place, seconds: float, out: Path | None, seed: int, which_output: int | None = None, *, as_json: bool
) -> int:
    """An enclosure of the Lipschitz constant of one network; an interruption ends the search, not the command."""
    from theory.certificates.exact.documents import write_certificate
    from verify.lipschitz import Budget, network_enclosure
    from verify.lipschitz.of_network import certified_enclosure
    from verify.objects.networks import load_network
    from verify.report.lipschitz import Measured, Written, lipschitz_document, show_lipschitz
    loaded = load_network(network, which_output)
    domain = place.domain(loaded.d)
    budget = Budget(seconds=seconds, seed=seed)
    started = time.perf_counter()
    with progress_line() as tell, interruptions() as heard:
        if out is None:
            found, document = network_enclosure(loaded, domain, budget, tell), None
        else:
            found, document = certified_enclosure(loaded, domain, budget, tell)
    taken = time.perf_counter() - started
    certificate = None
    if out is not None and document is not None:
        certificate = Written(write_certificate(document, out), document.get("lower"), document["value"], _kind(document["domain"]))
    measured = Measured(loaded, found, taken, bool(heard), certificate)
    if as_json:
        emit(lipschitz_document(measured))
    else:
        show_lipschitz(output(), measured, network.name)
    return DONE


def _kind(domain: Any) -> str:
    """The kind of a domain as certificates write it: a name, or an object with its numbers."""
    return domain if isinstance(domain, str) else str(domain["kind"])


@contextmanager
def progress_line() -> Iterator[Any]:
    """One line on standard error that says the method at work and the bounds so far; silent where standard error is no terminal."""
    console = notes()
    if not console.is_terminal:
        yield None
        return
    with console.status("reading the network") as status:
        yield lambda method, lower, upper: status.update(f"{method}: {lower:.6g} ≤ Lip ≤ {upper:.6g}")


@contextmanager
def interruptions() -> Iterator[list[int]]:
    """The interrupts (Ctrl-C) that came in meanwhile; each still raises KeyboardInterrupt."""
    heard: list[int] = []

    def note(number: int, frame: Any) -> None:
        heard.append(number)
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():      # only the main thread may set handlers
        yield heard
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)


# --- audit -----------------------------------------------------------------------------------------------------------

def run_audit(network: Path, source: str, label: str | None, seed: int, *, as_json: bool) -> int:
    """Every claim about fitted networks, measured on one."""
    from verify.laws.registry import measurements
    from verify.objects.data.files import load_dataset
    from verify.objects.networks import load_network
    from verify.report.audit import show_audit
    from verify.trials.audit import audit, audit_document
    report = audit(load_network(network), load_dataset(source, label), _library().values(), measurements(), seed)
    if as_json:
        emit(audit_document(report))
    else:
        show_audit(output(), report)
    return DOES_NOT_HOLD if report.violated else DONE


# --- constants -------------------------------------------------------------------------------------------------------

def run_constants(names: Sequence[str], scale: str, seed: int, figure: Path | None, *, as_json: bool) -> int:
    """The best constants of printed inequalities, measured over a grid."""
    from verify.experiments.constants import Estimate, chosen, estimates
    from verify.report.constants import constants_document, show_constants
    from verify.report.figures.constants import write_figure
    started = time.perf_counter()
    items = chosen(tuple(names), scale)
    found = []
    with progress(sum(len(item.cells()) for item in items), "sampling") as advance:
        for step in estimates(items, scale, seed):
            if isinstance(step, Estimate):
                found.append(step)
            else:
                advance(step)
    if figure is not None:
        write_figure(found, figure)
    seconds = time.perf_counter() - started
    if as_json:
        emit(constants_document(found, scale, seed, seconds))
    else:
        show_constants(output(), found, seconds)
    return DONE
