"""`lawbook radius`: how far labelled points can move before a network changes their class."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from theory.certificates.exact.documents import write_certificate
from theory.certificates.exact.sources import with_sources
from theory.certificates.lipschitz.radius import check_radii
from theory.errors import BadData
from theory.verdict import Status
from verify.cli.console import interruptions, notes, output
from verify.cli.exits import DOES_NOT_HOLD, DONE, emit
from verify.lipschitz.radius import RadiusBudget, radius
from verify.objects.data.files import load_dataset
from verify.objects.data.reading import FileReading
from verify.objects.networks import load_vector_network
from verify.report.data import show_data
from verify.report.radius import MeasuredRadii, radius_document, show_radii


def run_radius(network: Path, source: str, reading: FileReading, budget: RadiusBudget, out: Path | None, *, as_json: bool) -> int:
    """Certified radii and attacks for every row of a data set; an interruption ends the search, not the command."""
    if out is not None and not out.parent.is_dir():
        raise BadData(f"--out is {out}, and there is no folder {out.parent}; make it, or give another path")
    loaded = load_vector_network(network)
    data = load_dataset(source, replace(reading, real_labels=loaded.m > 1))
    with _progress() as tell, interruptions() as heard:
        found = radius(loaded, data, RadiusBudget(budget.seconds, budget.seed, lambda: bool(heard)), tell)
    written, holds = None, True
    if out is not None and found.certificate is not None:
        document = with_sources(found.certificate, data=data.as_source())
        holds = check_radii(document).status is Status.CERTIFIED     # by the code of `lawbook verify`, not taken from the search
        written = write_certificate(document, out)
    measured = MeasuredRadii(network.name, loaded, data, found, bool(heard), written)
    if as_json:
        emit(radius_document(measured))
    else:
        show_data(output(), data)
        show_radii(output(), measured)
    return DONE if holds else DOES_NOT_HOLD


@contextmanager
def _progress() -> Iterator[Any]:
    """One line on standard error; silent where standard error is no terminal."""
    console = notes()
    if not console.is_terminal:
        yield None
        return
    with console.status("reading the network") as status:
        yield lambda what, done, total: status.update(f"{what}: {done} of {total}")
