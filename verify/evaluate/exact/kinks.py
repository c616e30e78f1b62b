"""The exact reading of a point of a kink that is clear of the others: the clearest of fixed rational points on the kink in a ball."""

from __future__ import annotations

from math import isqrt
from typing import Any

import numpy as np
from flint import fmpq

from theory.errors import NotCertified
from theory.terms.kinks import Clearance, ClearPoint
from theory.terms.sets import Ball
from verify.evaluate.exact.numbers import is_rational
from verify.evaluate.exact.terms import Exact, inner_product, reads_exactly

DRAWS = 64
FINE = 64           # denominators of the steps along the kink


@reads_exactly(ClearPoint)
def _clear_point(term: Any, at: Exact) -> list[fmpq]:
    return _found(term, at)[0]


@reads_exactly(Clearance)
def _clearance(term: Any, at: Exact) -> fmpq:
    return max(fmpq(0), _found(term, at)[1] / 2)


def _found(term: Any, at: Exact) -> tuple[list[fmpq], fmpq]:
    """The point and its clearance."""
    domain = term.args[4]
    if not isinstance(domain, Ball):
        raise NotCertified(f"{term} is read exactly on balls only; a kink of the sphere may have no rational point")
    u, beta, W, b, R = (at.vector(term.args[0]), at.scalar(term.args[1]), at.matrix(term.args[2]), at.vector(term.args[3]),
                        at.scalar(domain.radius))
    if not is_rational(*u, beta, *(x for row in W for x in row), *b, R):
        raise NotCertified(f"{term} is read exactly for rational numbers only")

    def clearance(p: list[fmpq]) -> fmpq:
        gaps = [abs(inner_product(w, p) + s) for w, s in zip(W, b, strict=True)]
        return min([fmpq(1), (R * R - inner_product(p, p)) / (2 * R), *gaps])

    places = _places(u, beta, R)
    rooms = [clearance(p) for p in places]
    best = max(range(len(places)), key=rooms.__getitem__)
    if rooms[best] <= 0 and len(places) > 1 and not _covered(u, beta, W, b):
        raise NotCertified(f"none of the {len(places)} points that are tried is clear of the other kinks, and {term} is one that is")
    return places[best], rooms[best]


def _covered(u: list[fmpq], beta: fmpq, W: list[list[fmpq]], b: list[fmpq]) -> bool:
    """Whether one of the others vanishes on the whole kink: w = tu and s = tβ for some number t."""
    square = inner_product(u, u)
    for w, s in zip(W, b, strict=True):
        t = inner_product(w, u) / square
        if s == t * beta and all(x == t * y for x, y in zip(w, u, strict=True)):
            return True
    return False


def _places(u: list[fmpq], beta: fmpq, R: fmpq) -> list[list[fmpq]]:
    """Points of the kink in the ball, the one next to the centre of the ball first; 0 where the kink misses it."""
    d, squared = len(u), inner_product(u, u)
    room = R * R - beta * beta / squared if squared else fmpq(-1)
    if room < 0:
        return [[fmpq(0)] * d]
    foot = [-beta / squared * x for x in u]
    if room == 0:                                                           # the kink touches the sphere
        return [foot]
    reach = fmpq(isqrt(int(room.p) * 4**20 // int(room.q)), 2**20)          # at most √room
    found = [foot]
    for drawn in np.random.default_rng(0).integers(-FINE, FINE, (DRAWS, d), endpoint=True).tolist():
        step = [fmpq(x, FINE * d) for x in drawn]           # of length at most 1, and its projection is no longer
        along = inner_product(step, u) / squared
        found.append([c + reach * (s - along * x) for c, s, x in zip(foot, step, u, strict=True)])
    return found
