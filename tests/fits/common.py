"""What the tests of the interpolators share: every single-number corruption of a certificate."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from fractions import Fraction
from typing import Any

from theory.certificates.exact.exact_data import parse_exact
from theory.certificates.fits.simple_fits import check_fit
from theory.errors import LawbookError
from theory.verdict import Status

# What is said about the number is not part of the proof: it is compared as a whole.
WORDS = ("format", "claim", "norm", "statement", "recheck", "sha256")


def accepted(document: Any) -> bool:
    """Whether the checker certifies the document; malformed documents count as refused."""
    try:
        return check_fit(document).status is Status.CERTIFIED
    except LawbookError:
        return False


def corruptions(document: dict[str, Any]) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Copies of the document with one number changed, each with its place."""
    for path, number in _numbers(document, ()):
        for changed in _others(number):
            yield path, with_value(document, path, changed)


def with_value(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of the document with one entry replaced."""
    copied = deepcopy(document)
    owner = copied
    for step in path[:-1]:
        owner = owner[step]
    owner[path[-1]] = value
    return copied


def leaf_places(document: Any, fields: tuple[str, ...], but: tuple[str, ...], path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all entries below the fields, save those whose own name is in ``but``."""
    if isinstance(document, (dict, list)):
        for key, entry in document.items() if isinstance(document, dict) else enumerate(document):
            yield from leaf_places(entry, fields, but, (*path, key))
    elif path[0] in fields and path[-1] not in but:
        yield path


def _others(number: Any) -> list[Any]:
    if isinstance(number, int):
        return [number + 1, number - 1, -number - 1]
    value = parse_exact(number, "number")
    others = (value + Fraction(1, 1000), value - Fraction(1, 1000), -value - 1)
    return [str(other) for other in others if other != value]


def _numbers(entry: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(entry, dict):
        for key, child in entry.items():
            if key not in WORDS:
                yield from _numbers(child, (*path, key))
    elif isinstance(entry, list):
        for position, child in enumerate(entry):
            yield from _numbers(child, (*path, position))
    elif entry is not None and entry != "infeasible":
        yield path, entry
