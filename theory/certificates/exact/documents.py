"""Certificate files: reading and writing them, and the fields that every kind of certificate has."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from theory.errors import BadData
from theory.writing import whole_file

RECHECK = "lawbook verify FILE"
SOURCES = "sources"     # the field of any document that says what it was made from
# A few hundred kilobytes can decompress to gigabytes: no more than this is taken from a compressed file.
MOST_BYTES = 2**28


def checked_fields(document: object, format_: str, version: int, fields: Collection[str]) -> dict[str, Any]:
    """The document, when it is of this format and version, holds exactly these fields, and says how it is re-checked.

    Any document may also say what it was made from (`SOURCES`, see `theory.certificates.exact.sources`), which proves nothing.

    Raises: BadData.

    >>> checked_fields({"format": "demo", "version": 2}, "demo", 1, ("format", "version", "recheck"))
    Traceback (most recent call last):
    ...
    theory.errors.BadData: the fields "format" and "version" must be "demo" and 1
    """
    if not isinstance(document, dict):
        raise BadData("a certificate is a JSON object")
    if document.get("format") != format_ or type(document.get("version")) is not int or document["version"] != version:
        raise BadData(f'the fields "format" and "version" must be "{format_}" and {version}')
    odd = sorted(str(name) for name in (set(document) - {SOURCES}) ^ set(fields))
    if odd:
        raise BadData(f"the certificate lacks, or has beyond the format, the fields {', '.join(odd)}")
    if document["recheck"] != RECHECK:
        raise BadData(f'the field "recheck" must be "{RECHECK}"')
    return document


def write_certificate(document: Mapping[str, Any], path: str | Path) -> Path:
    """Write a certificate as JSON, compressed if the name ends in .gz; the file appears complete or not at all.

    Args: document, path (its folder must exist).
    Returns: the path.
    Raises: BadData (the folder cannot be written to).
    """
    path = Path(path)
    content = (json.dumps(document, separators=(",", ":"), allow_nan=False) + "\n").encode()
    with whole_file(path) as stream:
        stream.write(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)     # no time: same document, same bytes
    return path


def read_certificate(path: str | Path) -> Any:
    """The JSON document in a file, compressed if the name ends in .gz, not yet checked.

    Raises: BadData (missing, unreadable, too large when decompressed, or not JSON; a repeated key counts as not JSON).
    """
    try:
        if Path(path).suffix == ".gz":
            with gzip.open(path) as stream:
                content = stream.read(MOST_BYTES + 1)
            if len(content) > MOST_BYTES:
                raise BadData(f"{path} decompresses to more than {MOST_BYTES >> 20} MiB: give the decompressed file if you trust it")
        else:
            content = Path(path).read_bytes()
        text = content.decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise BadData(f"cannot read {path}: {error}; give a certificate written by this program") from error
    try:
        return json.loads(text, object_pairs_hook=_unique_keys)
    except (ValueError, RecursionError) as error:
        raise BadData(f"{path} is not JSON: {error}; give a certificate written by this program") from error


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # readers disagree on which of two equal keys counts, so a document that has them means nothing
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has the same key twice")
    return found
