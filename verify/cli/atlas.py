"""What `lawbook atlas` does; the function returns the exit code."""

from __future__ import annotations

from pathlib import Path

from verify.cli.console import output, progress
from verify.cli.exits import DONE, emit
from verify.cli.files import check_files


def run_atlas(folder: Path, family: str | None, seconds: float, figure: Path | None, seed: int, *, as_json: bool) -> int:
    """Bring the atlas in the folder up to date and print it; an interruption keeps every finished entry."""
    from verify.experiments.atlas.build import TABLE, build, questions
    from verify.report.atlas import atlas_document, show_atlas
    check_files({"--figure": figure}, [folder / TABLE])
    entries = []
    with progress(len(questions(family)), "fitting", quiet=as_json) as advance:
        for entry in build(folder, seconds, seed, family):
            entries.append(entry)
            advance(entry.case)
    if figure is not None:
        from verify.report.figures.atlas import write_atlas_figure
        write_atlas_figure(entries, figure)
    if as_json:
        emit(atlas_document(entries))
    else:
        show_atlas(output(), entries)
    return DONE
