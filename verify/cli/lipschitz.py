"""`lawbook lipschitz`: the Lipschitz constant of one network on a domain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from theory.certificates.exact.documents import write_certificate
from theory.certificates.exact.sources import with_sources
from theory.errors import BadData
from verify.cli.console import command_deadline, interruptions, interval_line, notes, output
from verify.cli.exits import DOES_NOT_HOLD, DONE, emit
from verify.cli.files import check_files
from verify.cli.numbers import exact_numbers, exact_radius
from verify.cli.outputs import EVERY, Choice, show_table, table_of
from verify.lipschitz import Budget, network_enclosure
from verify.lipschitz.of_network import certified_enclosure
from verify.lipschitz.vector import certified_vector_enclosure, vector_enclosure
from verify.objects.data.dataset import Dataset
from verify.objects.data.files import load_points
from verify.objects.data.reading import PLAIN, FileReading
from verify.objects.deadline import Deadline
from verify.objects.domains import GLOBAL, KINDS, Domain, box, hull
from verify.objects.networks import load_network, load_vector_network
from verify.report.data import show_data, with_data
from verify.report.lipschitz import MeasuredNetwork, WrittenCertificate, lipschitz_document, show_lipschitz
from verify.report.terminal import show_line


@dataclass(frozen=True)
class DomainOptions:
    """A domain as the command line names it."""

    kind: str
    radius: str | None = None
    centre: str | None = None
    data: str | None = None
    reading: FileReading = PLAIN

    @cached_property
    def points(self) -> Dataset | None:
        """The points whose hull or bounding box is meant."""
        return None if self.data is None else load_points(self.data, self.reading)

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
        if self.points is not None:
            rows = self.points.X if self.points.is_double else np.array(self.points.exact.points, dtype=object)
            return hull(rows) if self.kind == "hull" else box(rows.min(axis=0), rows.max(axis=0))
        centre = None if self.centre is None else exact_numbers(self.centre, "--centre")
        radius = Fraction(1) if self.radius is None else exact_radius(self.radius)
        if self.kind == "global":
            return GLOBAL
        if self.kind == "box":
            if not radius > 0:
                raise BadData(f"the half side of a box must be positive, not {radius}")
            middle = centre or (Fraction(0),) * dimension
            return box([c - radius for c in middle], [c + radius for c in middle])
        return Domain(self.kind, radius, centre)  # type: ignore[arg-type]


def run_lipschitz(
    network: Path, place: DomainOptions, seconds: float, out: Path | None, seed: int, choice: Choice = EVERY, *, as_json: bool
) -> int:
    """An enclosure of the Lipschitz constant of one network; an interruption ends the search, not the command.

    The code says whether a certificate that was asked for could be made in time.
    """
    check_files({"--out": out}, [network, place.data])
    budget = Budget(seconds=seconds, seed=seed)
    deadline = command_deadline(seconds) if budget.searches else Deadline()
    with interval_line("reading the network", deadline, quiet=as_json) as tell, interruptions(deadline) as heard:
        whole = load_vector_network(network)
        choice.check(whole.m, out)
        domain = place.domain(whole.d)
        budget = budget.until(deadline)
        if choice.is_table(whole.m):
            table = table_of(network, whole, domain, budget, tell)
        else:
            loaded: Any = whole if choice.vector else load_network(network, choice.output, choice.minus)
            enclose, certify = (vector_enclosure, certified_vector_enclosure) if choice.vector else (network_enclosure, certified_enclosure)
            found, document = (enclose(loaded, domain, budget, tell), None) if out is None else certify(loaded, domain, budget, tell)
    if choice.is_table(whole.m):
        show_table(replace(table, seconds=deadline.spent, interrupted=bool(heard)), place.points, as_json=as_json)
        return DONE
    certificate = None
    if out is not None and document is not None:
        kind = _kind(document["domain"])
        if place.points is not None:
            document = with_sources(document, data=place.points.as_source())
        certificate = WrittenCertificate(write_certificate(document, out), document.get("lower"), document["value"], kind)
    measured = MeasuredNetwork(loaded, found, deadline.spent, bool(heard), certificate)
    if as_json:
        emit(with_data(place.points, lipschitz_document(measured)))
    else:
        show_data(output(), place.points)
        show_lipschitz(output(), measured, choice.named(network.name, whole.m))
    if out is None or certificate is not None:
        return DONE
    show_line(notes(), f"lawbook: {out} is not written: the time was too short for a certificate of this network; give --time more")
    return DOES_NOT_HOLD


def _kind(domain: Any) -> str:
    """The kind of a domain as certificates write it: a name, or an object with its numbers."""
    return domain if isinstance(domain, str) else str(domain["kind"])
