"""`lawbook bounds`: certified lower bounds for all fits of one data set."""

from __future__ import annotations

import math
from pathlib import Path

from theory.certificates.exact.documents import write_certificate
from theory.certificates.exact.sources import with_sources
from theory.certificates.files import bundle
from verify.cli.console import command_deadline, interruptions, output, progress_line
from verify.cli.exits import DONE, emit
from verify.cli.files import check_files
from verify.fits.fantope.bound import FantopeOptions
from verify.fits.lower_bounds import bounds_of
from verify.objects.data.files import load_dataset
from verify.objects.data.reading import FileReading
from verify.report.bounds import bounds_document, show_bounds
from verify.report.data import show_data, with_data


def run_bounds(source: str, width: int, reading: FileReading, seconds: float, out: Path | None, *, as_json: bool) -> int:
    """Certified lower bounds for one data set, and the file of their certificates; an interruption ends the work, not the command."""
    path = out or certificate_path(source, width)
    check_files({"--out": path}, [source])
    deadline = command_deadline(seconds)
    with progress_line("reading the data", deadline, quiet=as_json) as tell, interruptions(deadline):
        data = load_dataset(source, reading)
        options = FantopeOptions(seconds=deadline)
        report = bounds_of(data, width, options, None if tell is None else lambda *said: tell(_said(*said)))
    certificates = [e.certificate for e in report.entries if e.certificate is not None]
    written = write_certificate(with_sources(bundle(certificates), data=data.as_source()), path) if certificates else None
    if as_json:
        emit(with_data(data, bounds_document(report, written)))
    else:
        show_data(output(), data)
        show_bounds(output(), report, written, data.name)
    return DONE


def _said(claim: str, lower: float, upper: float) -> str:
    return f"{claim}: {lower:.6g} ≤ Lip" + ("" if math.isinf(upper) else f", no more than {upper:.6g} by this claim, "
                                             f"gap {100 * (1 - lower / upper):.3g} %")


def certificate_path(source: str, width: int) -> Path:
    """digits.csv ↦ digits.width4.json beside it; a named data set goes to the current folder, digits:3v8 ↦ digits_3v8.

    >>> certificate_path("data/points.csv", 4).as_posix(), certificate_path("digits:3v8", 4).as_posix()
    ('data/points.width4.json', 'digits_3v8.width4.json')
    """
    path = Path(source.replace(":", "_") if source.startswith("digits:") else source)
    return path.with_name(f"{path.stem if path.suffix else path.name}.width{width}.json")
