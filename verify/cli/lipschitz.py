"""`lawbook lipschitz`: the Lipschitz constant of one network on a domain."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from theory.certificates.exact.documents import write_certificate
from theory.errors import BadData
from verify.cli.console import interruptions, output, progress_line
from verify.cli.exits import DONE, emit
from verify.cli.outputs import EVERY, Choice, run_table
from verify.lipschitz import Budget, network_enclosure
from verify.lipschitz.of_network import certified_enclosure
from verify.lipschitz.vector import certified_vector_enclosure, vector_enclosure
from verify.objects.data.files import load_dataset
from verify.objects.domains import GLOBAL, KINDS, Domain, box, hull
from verify.objects.networks import load_network, load_vector_network
from verify.report.lipschitz import MeasuredNetwork, WrittenCertificate, lipschitz_document, show_lipschitz


@dataclass(frozen=True)
class DomainOptions:
    """A domain as the command line names it."""

    kind: str
    radius: str | None = None
    centre: str | None = None
    data: str | None = None
    label: str | None = None

    def domain(self, dimension: int) -> Domain:
        """The domain that is meant, for a network with `dimension` inputs.

        Raises: BadData for a kind, a number or an option that does not fit; ShapeError for another dimension.

        >>> DomainOptions("box", "2", "1,0").domain(2).high, DomainOptions("ball", "0.1").domain(2).exact_radius
        ((3.0, 2.0), Fraction(1, 10))
        """
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
            points = load_dataset(self.data, self.label).X
            return hull(points) if self.kind == "hull" else box(points.min(axis=0), points.max(axis=0))
        wanted = "finite numbers with commas between them, as in 0,0.5,-1"
        centre = None if self.centre is None else exact_numbers(self.centre, "--centre", wanted)
        radius = Fraction(1) if self.radius is None else exact_numbers(self.radius, "--radius", "one positive number")[0]
        if self.kind == "global":
            return GLOBAL
        if self.kind == "box":
            if not radius > 0:
                raise BadData(f"the half side of a box must be positive, not {radius}")
            middle = centre or (Fraction(0),) * dimension
            return box([c - radius for c in middle], [c + radius for c in middle])
        return Domain(self.kind, radius, centre)  # type: ignore[arg-type]


def exact_numbers(text: str, option: str, wanted: str) -> tuple[Fraction, ...]:
    """The numbers of an option, as they are written.

    >>> exact_numbers("0.1,-1/3,2e3", "--centre", "numbers")
    (Fraction(1, 10), Fraction(-1, 3), Fraction(2000, 1))
    """
    try:
        return tuple(Fraction(part.strip()) for part in text.split(","))
    except (ValueError, ZeroDivisionError):
        raise BadData(f"{option} is {text!r}; give {wanted}") from None


def run_lipschitz(
    network: Path, place: DomainOptions, seconds: float, out: Path | None, seed: int, choice: Choice = EVERY, *, as_json: bool
) -> int:
    """An enclosure of the Lipschitz constant of one network; an interruption ends the search, not the command."""
    whole = load_vector_network(network)
    choice.check(whole.m, out)
    domain = place.domain(whole.d)
    budget = Budget(seconds=seconds, seed=seed)
    if choice.is_table(whole.m):
        return run_table(network, whole, domain, budget, as_json=as_json)
    started = time.perf_counter()
    with progress_line() as tell, interruptions() as heard:
        loaded: Any = whole if choice.vector else load_network(network, choice.output, choice.minus)
        enclose, certify = (vector_enclosure, certified_vector_enclosure) if choice.vector else (network_enclosure, certified_enclosure)
        found, document = (enclose(loaded, domain, budget, tell), None) if out is None else certify(loaded, domain, budget, tell)
    taken = time.perf_counter() - started
    certificate = None
    if out is not None and document is not None:
        kind = _kind(document["domain"])
        certificate = WrittenCertificate(write_certificate(document, out), document.get("lower"), document["value"], kind)
    measured = MeasuredNetwork(loaded, found, taken, bool(heard), certificate)
    if as_json:
        emit(lipschitz_document(measured))
    else:
        show_lipschitz(output(), measured, choice.named(network.name, whole.m))
    return DONE


def _kind(domain: Any) -> str:
    """The kind of a domain as certificates write it: a name, or an object with its numbers."""
    return domain if isinstance(domain, str) else str(domain["kind"])
