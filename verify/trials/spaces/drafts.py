"""Drafts: sizes, rational entries and names of activations, before the hypotheses are built in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import BadData

Array = NDArray[Any]


@dataclass(frozen=True)
class Draft:
    """Sizes by name, arrays of fractions by name (numbers are arrays without axes), and activations by name."""

    sizes: Mapping[str, int]
    arrays: Mapping[str, Array]
    activations: Mapping[str, str]

    def text(self) -> str:
        """The draft as canonical JSON: equal drafts give equal texts.

        >>> Draft({"n": 1}, {"y": rationals([Fraction(1, 2)])}, {}).text()
        '{"activations":{},"arrays":{"y":["1/2"]},"sizes":{"n":1}}'
        """
        return json.dumps(self.document(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)

    def document(self) -> dict[str, Any]:
        """The draft as JSON values; fractions are strings."""
        return {"activations": dict(sorted(self.activations.items())), "sizes": dict(sorted(self.sizes.items())),
                "arrays": {name: _strings(array) for name, array in sorted(self.arrays.items())}}

    def with_array(self, name: str, array: Array) -> Draft:
        """The draft with one array replaced."""
        return replace(self, arrays={**self.arrays, name: np.array(array, dtype=object)})


def draft_of(document: Any) -> Draft:
    """The draft that a document holds.

    Raises: BadData when it holds none.
    """
    try:
        arrays = {str(name): rationals(_fractions(entries)) for name, entries in document["arrays"].items()}
        sizes = {str(name): int(size) for name, size in document["sizes"].items()}
        return Draft(sizes, arrays, {str(name): str(psi) for name, psi in document["activations"].items()})
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        raise BadData(f"a stored counterexample cannot be read ({error}); remove it from the store") from None


def rationals(entries: Any) -> Array:
    """An array of fractions."""
    raw = np.array(entries, dtype=object)
    found = np.empty(raw.shape, dtype=object)
    for place, entry in np.ndenumerate(raw):
        found[place] = Fraction(entry.item() if isinstance(entry, np.generic) else entry)
    return found


def _strings(array: Any) -> Any:
    if not isinstance(array, np.ndarray):
        return str(array)
    return [_strings(part) for part in array] if array.ndim else str(array[()])


def _fractions(entries: Any) -> Any:
    return [_fractions(part) for part in entries] if isinstance(entries, list) else Fraction(entries)
