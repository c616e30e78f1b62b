"""Enclosures of sup Σ c_iψ(u·x_i + q_iβ) over unit vectors u and biases β, for ψ with two slopes, in all its variants."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.errors import NotCertified
from verify.evaluate.values import ULP


def weighted_supremum(
    x: Any, c: Any, q: Any, slopes: tuple[float, float], ends: tuple[float, ...] | None, *, modulus: bool
) -> tuple[float, float]:
    """The enclosure for weights c, points x, bias factors q; `ends` is None without a bias and () for a bias on the
    line.
    """
    if ends is None:
        return homogeneous(x, c, slopes, modulus=modulus)
    if ends:
        return shifted(x, c, q, slopes, ends, modulus=modulus)
    from verify.evaluate import suprema  # loaded when the first supremum is evaluated

    found = suprema.biased_supremum(x, c, slopes)
    # without the modulus the supremum is at most the one with it
    return (found.lower if modulus else -np.inf), found.upper


def homogeneous(x: Any, c: Any, slopes: tuple[float, float], *, modulus: bool) -> tuple[float, float]:
    """An enclosure of R: ‖Σ c_i x_i‖ for ψ(t) = t, else by verify.evaluate.suprema."""
    if slopes[0] == slopes[1]:
        value = abs(slopes[0]) * float(np.linalg.norm(c @ x))
        rounding = 8 * (len(x) + x.shape[1]) * ULP * abs(slopes[0]) * float(np.abs(c) @ np.linalg.norm(x, axis=1))
        return value - rounding, value + rounding
    from verify.evaluate import suprema

    found = suprema.activation_supremum(x, c, slopes)
    return (found.lower, found.upper) if modulus else one_sided(x, c, slopes, found.upper)


def shifted(
    x: Any, c: Any, q: Any, slopes: tuple[float, float], ends: tuple[float, ...], *, modulus: bool
) -> tuple[float, float]:
    """An enclosure of sup over ‖u‖ = 1 and β of an interval of Σ c_iψ(u·x_i + q_iβ), with or without the modulus;
    q_i = 1 unless ψ is linear.

    For fixed u the sum is piecewise linear in β, so it is largest at an end of the interval or where u·x_j + β = 0.
    If the interval holds [−max‖x_i‖, max‖x_i‖], ψ is linear at its ends, and the zeros β = −u·x_j give R for the
    points x_i − x_j.
    """
    left, right = ends
    longest = float(np.linalg.norm(x, axis=1).max(initial=0.0)) if slopes[0] != slopes[1] else 0.0
    excess = longest - min(-left, right)
    if excess > 1e-9 or (slopes[0] == slopes[1] and left > right):
        raise NotCertified(
            f"the biases in [{left}, {right}] do not reach the length of the longest row; no enclosure is known"
        )
    resultant, weight, steepest = float(np.linalg.norm(c @ x)), float(c @ q), max(map(abs, slopes))
    at_ends = [
        abs(slope) * resultant + sign * slope * end * weight
        for slope, end in ((slopes[1], right), (slopes[0], left))
        for sign in ((1, -1) if modulus else (1,))
    ]
    found = [(value, value) for value in at_ends]
    if slopes[0] != slopes[1]:
        found += [homogeneous(x - row, c, slopes, modulus=modulus) for row in x]
    size = steepest * float(np.abs(c).sum())
    slack = 8 * (len(x) + x.shape[1]) * ULP * size * max(-left, right) + 2 * size * max(excess, 0.0)
    return max(low for low, _ in found) - slack, max(high for _, high in found) + slack


def one_sided(x: Any, c: Any, slopes: tuple[float, float], upper: float) -> tuple[float, float]:
    """An enclosure of sup_{‖u‖=1} Σ c_iψ(u·x_i): over all faces where they can be visited, else an ascent below
    `upper`.

    The candidates of the visit contain a maximiser: where the function is positive as for its modulus, and a maximum
    that is not positive is attained at a vertex of the arrangement.
    """
    from verify.evaluate.suprema.ascent import ascend
    from verify.evaluate.suprema.faces import Piecewise, maximise_over_faces
    from verify.evaluate.suprema.supremum import SupremumEffort, reduce_to_span

    live = (c != 0) & x.any(axis=1)
    if not live.any():
        return 0.0, 0.0
    reduced = reduce_to_span(x[live])
    points, size = reduced.points, max(map(abs, slopes)) * float(np.abs(c[live]) @ np.linalg.norm(x[live], axis=1))
    if size == 0:
        return 0.0, 0.0
    weights = c[live] / (2 * size)  # so that the function stays above −1, where the search starts

    def value(directions: Any) -> Any:
        products = directions @ points.T
        return np.where(products > 0, slopes[1] * products, slopes[0] * products) @ weights

    def gradient(directions: Any) -> Any:
        return (np.where(directions @ points.T > 0, slopes[1], slopes[0]) * weights) @ points

    function, effort = Piecewise(value, gradient, points, symmetric=False), SupremumEffort(starts=16, steps=20)
    best = maximise_over_faces(function, effort.work // (4 * len(points)))
    rounding = 8 * (len(points) + x.shape[1] + 8) * ULP * size
    rounding += max(map(abs, slopes)) * float(np.abs(c).sum()) * reduced.dropped
    # directions orthogonal to all points give the value 0
    least = 0.0 if points.shape[1] < x.shape[1] else -np.inf
    if best is None:
        start = np.concatenate([gradient(np.eye(points.shape[1])), -gradient(np.eye(points.shape[1]))])
        return max(2 * size * ascend(function, start, effort).value - rounding, least), upper
    highest = max(2 * size * best.value, least)
    return highest - rounding, min(highest + rounding + (1e-8 * size if best.doubt else 0.0), upper)
