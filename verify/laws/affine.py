"""Piecewise linear functions that are affine on the unit circle, decided exactly where their kinks cut it in rational points."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
APART = 1e-9        # of floats that must not be mistaken for one another: a million times their rounding errors


def affine_on_circle(kinks: list[tuple[Fraction, Array, Fraction]], v: Array, c: Fraction) -> tuple[Array, Fraction] | None:
    """(g, h) with c + v·x + Σ α_j ReLU(u_j·x + β_j) = g·x + h on the unit circle; None if it is not affine, or not decided."""
    points: list[tuple[Fraction, Fraction]] = []
    for _, u, beta in kinks:
        square = Fraction(u @ u)
        gap = square - beta * beta
        if gap < 0:
            continue
        p, q = isqrt(gap.numerator), isqrt(gap.denominator)
        if p * p != gap.numerator or q * q != gap.denominator:
            return None
        root = Fraction(p, q)
        points += [((-beta * u[0] - sign * root * u[1]) / square, (-beta * u[1] + sign * root * u[0]) / square) for sign in (1, -1)]
    angles = np.sort([np.arctan2(float(y), float(x)) for x, y in dict.fromkeys(points)])
    gaps = np.diff(angles, append=angles[:1] + 2 * np.pi)
    if len(gaps) and gaps.min() < APART:
        return None
    pieces = []
    for middle in (angles + gaps / 2) if len(angles) else np.zeros(1):
        point = np.array([np.cos(middle), np.sin(middle)])
        g, h = v, c
        for alpha, u, beta in kinks:
            value = float(np.asarray(u, dtype=np.float64) @ point) + float(beta)
            if abs(value) < APART:
                return None
            if value > 0:
                g, h = g + alpha * u, h + alpha * beta
        pieces.append((tuple(g), h))
    return (np.array(pieces[0][0], dtype=object), pieces[0][1]) if len(set(pieces)) == 1 else None
