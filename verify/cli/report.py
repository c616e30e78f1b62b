"""`lawbook report`: the ledger as a site of static pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from theory.errors import BadData
from verify.cli.check import ledger_entries, usable
from verify.cli.chosen import chosen
from verify.cli.console import announced, output, progress
from verify.cli.exits import DOES_NOT_HOLD, DONE, emit
from verify.laws.registry import measurements
from verify.ledger.entries import standings
from verify.objects.store.place import CachePlace
from verify.report.derivations import derivations
from verify.report.terminal import show_line
from verify.report.words import count

LIBRARIES = ("jinja2", "latex2mathml")
HOME = Path(__file__).parents[2]        # of the sources, where they are run from


@dataclass(frozen=True)
class ReportOptions:
    """How much is measured, and the folders of an atlas and of tables of experiments; those beside the sources where none is given."""

    instances: int | None
    seed: int
    atlas: Path | None = None
    experiments: Path | None = None


def run_report(folder: Path, targets: Sequence[str], options: ReportOptions, cache: CachePlace | None = None, *, as_json: bool) -> int:
    """Check the library (or some claims, or a user's files) as `lawbook check` does, and write the site.

    Raises: BadData (a library is missing, a folder that is not ours, see `verify.report.site.build`).
    """
    if any(find_spec(name) is None for name in LIBRARIES):
        raise BadData("a report needs jinja2 and latex2mathml; install them with: pip install 'lawbook[report]'")
    from verify.report.site.build import check_folder, site_files, write_folder
    from verify.report.site.pages import Contents
    check_folder(folder)
    named = chosen(targets)
    cache = usable(cache)
    entries = []
    with progress(len(named.claims), "checking", quiet=as_json) as advance:
        for entry in ledger_entries(named.claims, options.instances, options.seed, tuple(named.measurements.values()), cache,
                                    mutation=options.instances is not None):
            entries.append(entry)
            advance(entry.claim.id)
    with announced("writing the pages", quiet=as_json):
        contents = Contents(
            entries, standings(entries, cache), derivations(entries), options.instances or 0, options.seed,
            {**measurements(), **named.measurements}, {id: f"{file.path}:{id}" for id, file in named.files.items()})
        atlas, experiments = options.atlas or _beside("atlas"), options.experiments or _beside("docs/experiments")
        written = write_folder(folder, site_files(contents, atlas, experiments))
    passes = all(e.passes for e in entries)
    if as_json:
        emit({"folder": str(folder), "files": written, "claims": len(entries), "lemmas": len(contents.lemmas), "passes": passes})
    else:
        show_line(output(), f"{folder / 'index.html'}: {count(len(entries), 'claim')}, {count(len(contents.lemmas), 'lemma')}, "
                            f"{count(written, 'file')}")
        failing = [e.claim.id for e in entries if not e.passes]
        if failing:
            show_line(output(), f"These must hold and do not: {', '.join(failing)}")
    return DONE if passes else DOES_NOT_HOLD


def _beside(name: str) -> Path | None:
    return HOME / name if (HOME / name).is_dir() else None
