"""`lawbook radius`: how far labelled points can move before a network changes their class."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from theory.certificates.exact.documents import write_certificate
from theory.certificates.exact.sources import with_sources
from theory.certificates.lipschitz.radius import check_radii
from theory.verdict import Status
from verify.cli.console import command_deadline, interruptions, notes, output, progress_line
from verify.cli.exits import DOES_NOT_HOLD, DONE, emit
from verify.cli.files import check_files
from verify.lipschitz.radius import RadiusBudget, radius
from verify.objects.data.files import load_dataset
from verify.objects.data.reading import FileReading
from verify.objects.deadline import Deadline, in_time
from verify.objects.networks import load_vector_network
from verify.report.data import show_data
from verify.report.radius import MeasuredRadii, radius_document, show_radii
from verify.report.terminal import show_line


def run_radius(
    network: Path, source: str, reading: FileReading, seconds: float, seed: int, out: Path | None, *, as_json: bool
) -> int:  # fmt: skip
    """Certified radii and attacks for every row of a data set; an interruption ends the search, not the command.

    A certificate is checked again, for which half of the time is kept; the code says whether it held, and is 1 if there was no time to make
    it or to check it.
    """
    check_files({"--out": out}, [network, source])
    deadline = command_deadline(seconds) if seconds > 0 else Deadline()
    with progress_line("reading the network", deadline, quiet=as_json) as tell, interruptions(deadline) as heard:
        loaded = load_vector_network(network)
        data = load_dataset(source, replace(reading, real_labels=loaded.m > 1))
        search = RadiusBudget(0.0 if seconds == 0 else deadline if out is None else deadline.part(0.5), seed)
        found = radius(loaded, data, search, None if tell is None else lambda what, done, total: tell(f"{what}: {done} of {total}"))
    document = None if out is None or found.certificate is None else with_sources(found.certificate, data=data.as_source())
    verdict = None if document is None else in_time(lambda: check_radii(document), deadline.closing())     # by the code of `lawbook verify`
    written = None if out is None or document is None else write_certificate(document, out)
    measured = MeasuredRadii(network.name, loaded, data, found, bool(heard), written)
    if as_json:
        emit(radius_document(measured))
    else:
        show_data(output(), data)
        show_radii(output(), measured)
    if document is not None and verdict is None:
        show_line(notes(), "lawbook: there was no time to check the certificate again; `lawbook verify` does it")
    certified = verdict is not None and verdict.status is Status.CERTIFIED
    return DONE if certified or out is None or not (found.right or found.unfinished) else DOES_NOT_HOLD
