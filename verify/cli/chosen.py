"""The claims that the words of a command line name: ids and patterns of the library, FILE.py and FILE.py:ID."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase

from theory.claim import Claim
from theory.errors import BadData
from theory.registry import claims, find_claim
from verify.laws.claimfile import ClaimFile, load_claim_file
from verify.laws.measure import Measurement


@dataclass(frozen=True)
class Chosen:
    """Claims, and the files in which a user wrote some of them, by the ids of the claims."""

    claims: tuple[Claim, ...]
    files: dict[str, ClaimFile] = field(default_factory=dict)

    @property
    def measurements(self) -> dict[str, Measurement]:
        """The measurements that the files give, by the ids of the claims."""
        return {m.claim: m for file in self.files.values() for m in file.measurements}


def chosen(names: Sequence[str]) -> Chosen:
    """Claims by id, by a pattern such as bln.thm6.*, or of files; those of the whole library when nothing is named.

    Raises: BadData (a name that means nothing, two files with claims of one id).

    >>> [claim.id for claim in chosen(["mcshane.f*"]).claims]
    ['mcshane.floor']
    """
    library = claims()
    if not names:
        return Chosen(tuple(library.values()))
    found: dict[str, Claim] = {}
    files: dict[str, ClaimFile] = {}
    for name in names:
        place = _in_file(name)
        if place is None:
            found |= {c.id: c for c in [c for c in library.values() if fnmatchcase(c.id, name)] or [find_claim(name)]}
            continue
        file, id = place
        for claim in (_of_file(file, id),) if id else file.claims:
            if files.setdefault(claim.id, file).path != file.path:
                raise BadData(f"{files[claim.id].path} and {file.path} both define a claim with the id {claim.id}; rename one of them")
            found[claim.id] = claim
    return Chosen(tuple(found.values()), files)


def chosen_claim(target: str) -> Chosen:
    """The one claim of a target: an id of the library, FILE.py with one claim, or FILE.py:ID.

    Raises: BadData (no such claim or file, a file with several claims and no id).
    """
    place = _in_file(target)
    if place is None:
        return Chosen((find_claim(target),))
    file, id = place
    if not id and len(file.claims) > 1:
        raise BadData(f"{file.path} has the claims {', '.join(c.id for c in file.claims)}; "
                      f"give one of them, as in {file.path}:{file.claims[0].id}")
    claim = _of_file(file, id) if id else file.claims[0]
    return Chosen((claim,), {claim.id: file})


def _in_file(target: str) -> tuple[ClaimFile, str] | None:
    """The file of a target, and the id after its name; None for a name of the library."""
    parts = re.fullmatch(r"(.*\.py)(?::(.*))?", target, re.DOTALL)
    return None if parts is None else (load_claim_file(parts[1]), parts[2] or "")


def _of_file(file: ClaimFile, id: str) -> Claim:
    ids = [claim.id for claim in file.claims]
    if id not in ids:
        near = get_close_matches(id, ids, n=1) or ids[:1]
        raise BadData(f"{file.path} has the claims {', '.join(ids)}, and no {id!r}; give one of them, as in {file.path}:{near[0]}")
    return file.claims[ids.index(id)]
