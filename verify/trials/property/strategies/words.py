"""Instances and violations in words."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from theory.claim import Claim
from theory.terms.printing.text import bound_letters, text
from theory.terms.sorts import Binder
from verify.evaluate import FactCheck
from verify.objects.instance import Instance

MOST_SHOWN = 12             # entries of an array that a message writes out


def violation(claim: Claim, instance: Instance, found: FactCheck) -> str:
    """A violation in words: the claim, both sides, the margin, the place and the instance.

    >>> from theory import find_claim
    >>> from verify.evaluate import Outcome
    >>> claim, at = find_claim("mcshane.floor"), Instance({"X": [[0], [1]], "y": [1, -1]})
    >>> print(violation(claim, at, FactCheck(Outcome.VIOLATED, -0.5, (2.0, 2.0), (1.0, 1.0), {"i": 1, "j": 2})))
    mcshane.floor is false: |yᵢ − yⱼ| ≤ Lip(f) ‖xᵢ − xⱼ‖   for all i, j
      left side 2, right side 1, margin -0.5, at i=1, j=2
      instance: X=[[0], [1]], y=[1, -1]
    """
    place = ", ".join(f"{_letter(claim, name)}={_entry(where)}" for name, where in found.place.items() if where is not None)
    return (f"{claim.id} is false: {text(claim.conclusion, claim.where)}\n"
            f"  left side {_side(found.lhs)}, right side {_side(found.rhs)}, margin {found.margin:.4g}{', at ' + place if place else ''}\n"
            f"  instance: {written(instance)}")


def _letter(claim: Claim, name: str) -> str:
    letters = bound_letters(claim.conclusion) if isinstance(claim.conclusion, Binder) else {}
    return letters.get(name, name)


def _side(ends: tuple[float, float]) -> str:
    low, high = ends
    return f"{low:.6g}" if np.isclose(low, high, rtol=1e-9, atol=0) else f"in [{low:.6g}, {high:.6g}]"


def written(instance: Instance) -> str:
    """The values of an instance in one line: fractions as fractions, large arrays by their shape, functions by their kind.

    >>> written(Instance({"n": 1, "X": np.array([[Fraction(3, 5), Fraction(4, 5)]]), "W": np.zeros((9, 9))}))
    'n=1, X=[[3/5, 4/5]], W of shape 9×9'
    """
    return ", ".join(_named(name, value) for name, value in instance.values.items())


def _named(name: str, value: Any) -> str:
    if isinstance(value, (np.ndarray, list, tuple)):
        array = np.asarray(value)
        return f"{name}={_entry(array.tolist())}" if array.size <= MOST_SHOWN else f"{name} of shape {'×'.join(map(str, array.shape))}"
    if isinstance(value, (int, float, Fraction, np.number)):
        return f"{name}={_entry(value)}"
    return f"{name}={getattr(value, 'name', None) or type(value).__name__}"


def _entry(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_entry, value))}]"
    return f"{value:.6g}" if isinstance(value, (float, np.floating)) else str(value)
