"""`lawbook bounds`: certified lower bounds for all fits of one data set."""

from __future__ import annotations

from pathlib import Path

from theory.certificates.exact.documents import write_certificate
from theory.certificates.exact.sources import with_sources
from theory.certificates.files import bundle
from verify.cli.console import output
from verify.cli.exits import DONE, emit
from verify.fits.lower_bounds import bounds_of
from verify.objects.data.files import load_dataset
from verify.objects.data.reading import FileReading
from verify.report.bounds import bounds_document, show_bounds
from verify.report.data import show_data, with_data


def run_bounds(source: str, width: int, reading: FileReading, out: Path | None, *, as_json: bool) -> int:
    """Certified lower bounds for one data set, and the file of their certificates."""
    data = load_dataset(source, reading)
    report = bounds_of(data, width)
    certificates = [e.certificate for e in report.entries if e.certificate is not None]
    path = out or certificate_path(source, width)
    written = write_certificate(with_sources(bundle(certificates), data=data.as_source()), path) if certificates else None
    if as_json:
        emit(with_data(data, bounds_document(report, written)))
    else:
        show_data(output(), data)
        show_bounds(output(), report, written, data.name)
    return DONE


def certificate_path(source: str, width: int) -> Path:
    """digits.csv ↦ digits.width4.json beside it; a named data set goes to the current folder, digits:3v8 ↦ digits_3v8.

    >>> certificate_path("data/points.csv", 4).as_posix(), certificate_path("digits:3v8", 4).as_posix()
    ('data/points.width4.json', 'digits_3v8.width4.json')
    """
    path = Path(source.replace(":", "_") if source.startswith("digits:") else source)
    return path.with_name(f"{path.stem if path.suffix else path.name}.width{width}.json")
