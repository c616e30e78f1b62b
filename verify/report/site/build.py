"""The site as files: pages from templates, the ledger as JSON, certificates; and how they get into their folder."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from theory.errors import BadData
from verify.report.derivations import derivations
from verify.report.document import ledger_document
from verify.report.site import exhibits
from verify.report.site.graphs import slug
from verify.report.site.pages import (
    Contents,
    axiom_rows,
    claim_page,
    filters,
    graph_page,
    ledger_rows,
    lemma_page,
    papers,
)

MANIFEST = "files.txt"      # the names of all files of a site: what is in none of these was written by others
SHARED = ("style.css", "script.js")


def site_files(contents: Contents, atlas: Path | None = None, experiments: Path | None = None) -> Iterator[tuple[str, bytes]]:
    """The files of the site by name; the same bytes for the same ledger.

    Args: contents, the folder of an atlas, the folder of tables of experiments; without them the site has no such page.
    Raises: BadData (a folder without an atlas, or without tables).
    """
    environment = Environment(loader=PackageLoader("verify.report.site"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                              lstrip_blocks=True)
    environment.globals |= {"page_of": contents.page, "slug": slug, "claim_ids": contents.claims.keys(),
                            "has_atlas": atlas is not None, "has_experiments": experiments is not None}

    def page(template: str, up: str = "", **values: Any) -> bytes:
        return environment.get_template(f"{template}.html").render(up=up, **values).encode()
    for name in SHARED:
        yield name, (files("verify.report.site") / "templates" / name).read_bytes()
    rows = ledger_rows(contents)
    yield "index.html", page("index", rows=rows, filters=filters(rows), papers=papers(rows))
    yield "graph.html", page("graph", **graph_page(contents))
    yield "axioms.html", page("axioms", rows=axiom_rows(contents))
    for entry in contents.entries:
        yield contents.page(entry.claim.id), page("claim", "../", claim=claim_page(contents, entry))
    for lemma in contents.lemmas.values():
        yield contents.page(lemma.id), page("lemma", "../", lemma=lemma_page(contents, lemma))
    if atlas is not None:
        yield "atlas.html", page("atlas", **exhibits.atlas_page(atlas))
        for name, content in exhibits.certificates(atlas).items():
            yield f"atlas/{name}", content
    if experiments is not None:
        shown = exhibits.experiment_rows(experiments)
        yield "experiments.html", page("experiments", experiments=shown)
        for file in shown:
            yield f"experiments/{file['file']}", (experiments / file["file"]).read_bytes()
    ledger = _timeless(ledger_document(contents.entries, 0.0, contents.seed, contents.statuses, contents.derivations))
    yield "ledger.json", _json(ledger)
    for entry, listed in zip(contents.entries, ledger["claims"], strict=True):
        if entry.claim.id in contents.uses.steps:               # a ledger of this claim alone, which `lawbook verify` replays
            own = ledger | {"claims": [listed], "passes": listed["passes"], "derivations": derivations([entry]).document.data()}
            yield f"certificates/{slug(entry.claim.id)}.json.gz", gzip.compress(_json(own), mtime=0)


def _json(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n").encode()


def _timeless(value: Any) -> Any:
    """A document without what differs from run to run: how long something took, and whether it was remembered.

    >>> _timeless({"seconds": 1.5, "steps": [{"name": "law", "cached": True}]})
    {'seconds': None, 'steps': [{'name': 'law', 'cached': None}]}
    """
    if isinstance(value, dict):
        return {name: None if name in ("seconds", "cached") else _timeless(part) for name, part in value.items()}
    return list(map(_timeless, value)) if isinstance(value, list) else value


# --- the folder ---------------------------------------------------------------------------------------------------------------------

def check_folder(folder: Path) -> None:
    """Whether a site can be written there: to a new folder, an empty one, or an earlier site to which nothing was added.

    Raises: BadData.

    >>> check_folder(Path("/no such folder/site"))
    Traceback (most recent call last):
    theory.errors.BadData: the report goes to /no such folder/site, and there is no folder /no such folder; make it, or give another
    """
    target = Path(os.path.realpath(folder))
    if not target.parent.is_dir():
        raise BadData(f"the report goes to {folder}, and there is no folder {folder.parent}; make it, or give another")
    if target.exists() and not target.is_dir():
        raise BadData(f"the report goes to {folder}, which is a file; give a folder")
    if not os.access(target.parent, os.W_OK):
        raise BadData(f"the report goes to {folder}, and {folder.parent} cannot be written to; change its permissions, or give another")
    if target.is_dir():
        found = {path.relative_to(target).as_posix() for path in target.rglob("*") if not path.is_dir()}
        listed = target / MANIFEST
        known = set(listed.read_text(encoding="utf-8", errors="replace").splitlines()) if listed.is_file() else set()
        others = sorted(found - known - {MANIFEST}) if known else sorted(found)
        if others:
            raise BadData(f"{folder} holds {others[0]}, which no report wrote; give another folder, or an empty one")


def write_folder(folder: Path, written: Iterator[tuple[str, bytes]]) -> int:
    """Write the files of a site, all of them or none: beside their folder, and moved into its place.  Returns how many.

    Raises: BadData (see `check_folder`, or the disk is full), and what ``written`` raises.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     site = Path(place) / "site"
    ...     write_folder(site, iter([("index.html", b"one")])), sorted(os.listdir(site)), os.listdir(place)
    (1, ['files.txt', 'index.html'], ['site'])
    """
    check_folder(folder)
    target = Path(os.path.realpath(folder))
    part, old = (target.with_name(f"{target.name}.{os.getpid()}.{word}") for word in ("part", "old"))
    names = []
    try:
        for name, content in written:
            path = part / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            names.append(name)
        (part / MANIFEST).write_text("".join(f"{name}\n" for name in sorted(names)), encoding="utf-8")
        check_folder(folder)                                # again: building took its time
        if target.exists():
            os.replace(target, old)
        os.replace(part, target)
    except OSError as error:
        if old.exists() and not target.exists():
            os.replace(old, target)
        raise BadData(f"the report cannot be written to {folder} ({error.strerror or error}); give another folder") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
    return len(names)
