"""Lipschitz constants on spheres: the geodesic constant, exact on circles, and bounds on the chord constant.

On a sphere of radius r about c (d ≥ 2) write x = c + ry, ‖y‖ = 1.  Where f is differentiable its tangential gradient has the norm
‖g‖ sin ∠(y, g), g = ∇f(x).  Its supremum is the geodesic constant; chord quotients are at least that and at most π/2 times it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from verify.lipschitz.piecewise.arrangement import Cells
from verify.lipschitz.piecewise.kinks import EPS, KinkForm
from verify.lipschitz.piecewise.restrict import usable
from verify.lipschitz.piecewise.sampled import Bound, gradient_lower_bound, gradient_norms, gradient_slack
from verify.lipschitz.piecewise.sphere_cells import Faces
from verify.objects.deadline import UNLIMITED, Deadline, steps_until
from verify.objects.domains import Array, Domain, Witness

# How many of the steepest arcs are searched for a point where the gradient counts.
_MOST_TRIED = 16
# Cells looked at together: the arrays have this many times m·d entries.
_TOGETHER = 2048


@dataclass(frozen=True)
class SphereBounds:
    """Bounds over a sphere: an upper bound on the tangential gradient, and `least` ≤ f ≤ `greatest`."""

    steepest: float
    least: float
    greatest: float


def bounds_over_cells(
    form: KinkForm, domain: Domain, cells: Cells, faces: Faces, known: float = 0.0, deadline: Deadline = UNLIMITED
) -> tuple[SphereBounds, Array | None]:  # fmt: skip
    """Bounds on the tangential gradient and on f over the given cells, which are to include all that meet the sphere.

    A cell lies in caps {∠(y, n_j) ≤ θ_j}, n_j its inner normals, so ∠(y, g) is within θ_j of ∠(n_j, g) for every j; the slope is
    ‖g‖ sin of that angle, and f a constant plus r‖g‖ cos of it.  Cells whose caps allow more than is known, the steepest first, are looked
    at by their faces.  With the bounds come points (N×d) next to which the steepest of these cells has its slope.

    >>> from verify.lipschitz import kink_form, sphere
    >>> from verify.lipschitz.piecewise.arrangement import cells_meeting_ball
    >>> cap = kink_form([[1.0, 0.0, 0.0]], [-0.75], [4.0])                     # 4·ReLU(x₁ − ¾): 4√(1 − 9/16) = √7
    >>> found, _ = bounds_over_cells(cap, sphere(), cells_meeting_ball(cap.W, cap.b, np.zeros(3), 1.0), Faces(cap, sphere()))
    >>> round(found.steepest**2, 9), round(found.least, 9), round(found.greatest, 9)
    (7.0, -0.0, 1.0)
    """
    slopes, low, high = _caps(form, domain, cells)
    steepest, beside = _by_faces(faces, cells.signs, slopes, known, deadline) if faces.usable else (float(slopes.max()), None)
    steepest = steepest * (1 + 8 * form.dimension * EPS) + form.slack
    slack = _value_slack(form, domain)
    return SphereBounds(steepest, float(low.min()) - slack, float(high.max()) + slack), beside


def values_over_cells(form: KinkForm, domain: Domain, cells: Cells, faces: Faces, deadline: Deadline = UNLIMITED) -> tuple[float, float]:
    """The least and the greatest value of f over such cells, rounded outwards, by their faces, which are `usable`."""
    _, low, high = _caps(form, domain, cells)
    slack = _value_slack(form, domain)
    least = -_largest(-low, lambda i: -faces.values(cells.signs[i])[0], deadline)
    return least - slack, _largest(high, lambda i: faces.values(cells.signs[i])[1], deadline) + slack


def _value_slack(form: KinkForm, domain: Domain) -> float:
    size = float(np.linalg.norm(domain.centre_in(form.dimension))) + domain.radius
    terms = abs(form.constant) + np.abs(form.eta) @ np.abs(form.b) + size * (np.linalg.norm(form.v) + np.linalg.norm(form.G, axis=1).sum())
    return 8 * (form.size + form.dimension + 8) * EPS * float(terms) + form.slack * size


def _caps(form: KinkForm, domain: Domain, cells: Cells) -> list[Array]:
    parts = [_cap_bounds(form, domain, cells.signs[start:start + _TOGETHER]) for start in range(0, len(cells.signs), _TOGETHER)]
    return [np.concatenate(columns) for columns in zip(*parts, strict=True)]


def _cap_bounds(form: KinkForm, domain: Domain, signs: Array) -> tuple[Array, Array, Array]:
    """For each cell a bound on its slope, and what f is at least and at most; 0, inf and −inf for a cell without points on the sphere."""
    gradients = form.gradients(signs)
    length = np.linalg.norm(gradients, axis=1)
    low, high = _angles(form, domain, signs, gradients)
    met = low <= high
    sine = np.where((low <= np.pi / 2) & (high >= np.pi / 2), 1.0, np.maximum(np.sin(low), np.sin(high)))
    middle = form.constant + signs @ (form.eta * form.b) + gradients @ domain.centre_in(form.dimension)
    reach = domain.radius * length
    return (np.where(met, length * sine, 0.0), np.where(met, middle + reach * np.cos(high), np.inf),
            np.where(met, middle + reach * np.cos(low), -np.inf))


def _by_faces(faces: Faces, signs: Array, slopes: Array, known: float, deadline: Deadline) -> tuple[float, Array | None]:
    """The steepest slope over the cells with these signs and bounds on their slopes, and a point next to which it is reached."""
    steepest, beside = 0.0, None
    for i in np.argsort(-slopes, kind="stable"):
        if slopes[i] <= max(steepest, known) or deadline.is_over:
            return max(steepest, float(slopes[i])), beside
        found = faces.slope(signs[i], max(steepest, known))
        if found.upper > steepest:
            steepest = min(found.upper, float(slopes[i]))
            beside = None if found.point is None else faces.beside(signs[i], found.point)
    return steepest, beside


def _largest(bounds: Array, exactly: Callable[[int], float], deadline: Deadline) -> float:
    """The largest value of cells with these bounds from above."""
    largest = -np.inf
    for i in np.argsort(-bounds, kind="stable"):
        if bounds[i] <= largest or deadline.is_over:
            return max(largest, float(bounds[i]))
        largest = max(largest, min(exactly(int(i)), float(bounds[i])))
    return largest


def chord_upper(bounds: SphereBounds, radius: float) -> float:
    """An upper bound on the chord constant from one on the geodesic constant and from the range of f (d ≥ 2).

    Points that an arc of 2δr joins have the chord 2r sin δ, and |f(x)−f(y)| ≤ min(2δr·G, R), G the geodesic constant, R = max f − min f.
    The quotient is at most G·δ/sin δ up to δ = R/(2rG), and falls from there on.

    >>> round(chord_upper(SphereBounds(2.0, 0.0, 10.0), 1.0), 9), round(chord_upper(SphereBounds(1.0, 0.0, 1.0), 1.0), 9)
    (3.141592654, 1.042914821)
    """
    if bounds.steepest <= 0:
        return 0.0
    half_angle = min((bounds.greatest - bounds.least) / (2 * radius * bounds.steepest) * (1 + 8 * EPS), np.pi / 2)
    stretch = half_angle / np.sin(half_angle) if half_angle > 0 else 1.0
    return float(bounds.steepest * stretch * (1 + 16 * EPS))


def _angles(form: KinkForm, domain: Domain, signs: Array, gradients: Array) -> tuple[Array, Array]:
    """The least and the greatest ∠(y, g) that the caps of each cell allow; least > greatest for a cell without points on the sphere."""
    lengths = np.linalg.norm(form.W, axis=1)
    height = (form.W @ domain.centre_in(form.dimension) + form.b) / (lengths * domain.radius)
    size = (np.abs(form.W) @ np.abs(domain.centre_in(form.dimension)) + np.abs(form.b)) / (lengths * domain.radius)
    doubt = 8 * (form.dimension + 4) * EPS * (1 + size)
    cap = np.arccos(np.clip(-signs * height - doubt, -1.0, 1.0)) + 4 * EPS
    unit = gradients / np.maximum(np.linalg.norm(gradients, axis=1, keepdims=True), 1e-300)
    normals = signs[:, :, None] * (form.W / lengths[:, None])
    # this form of the angle has a small absolute error everywhere; that of the arc cosine has not
    angle = 2 * np.arctan2(np.linalg.norm(unit[:, None, :] - normals, axis=2), np.linalg.norm(unit[:, None, :] + normals, axis=2))
    # an error e of the gradient turns it by at most arcsin(e/‖g‖) ≤ (π/2)·e/‖g‖
    vague = np.minimum(np.pi / 2 * form.slack / np.maximum(np.linalg.norm(gradients, axis=1), 1e-300), np.pi)
    wrong = 8 * (form.dimension + 8) * EPS + vague
    low = np.maximum((angle - cap).max(axis=1, initial=0.0) - wrong, 0.0)
    high = np.minimum((angle + cap).min(axis=1, initial=np.pi) + wrong, np.pi)
    return low, high


def tangential_lower_bound(
    form: KinkForm, domain: Domain, rng: np.random.Generator, samples: int, ascent_steps: int, deadline: Deadline = UNLIMITED
) -> Bound:  # fmt: skip
    """A lower bound on the geodesic constant (d ≥ 2): `gradient_lower_bound`, then a walk inside the cell to where it is steepest.

    >>> from verify.lipschitz import kink_form, sphere
    >>> cap = kink_form([[1.0, 0.0, 0.0]], [-0.75], [4.0])
    >>> round(tangential_lower_bound(cap, sphere(), np.random.default_rng(0), 256, 60)[0] ** 2, 9)
    7.0
    """
    value, witness = gradient_lower_bound(form, domain, rng, samples, ascent_steps, deadline)
    if witness is None:
        return value, witness
    point, size = witness.points[0], 0.1 * domain.radius
    best = value + gradient_slack(form, domain)
    centre = domain.centre_in(form.dimension)
    for _ in steps_until(deadline, ascent_steps):
        near = point + size * rng.standard_normal((32, form.dimension)) - centre
        near = centre + domain.radius * near / np.linalg.norm(near, axis=1, keepdims=True)
        trial = np.concatenate([_slide(form, domain, point), near])
        norms = gradient_norms(form, domain, trial)
        top = int(np.argmax(norms))
        if norms[top] > best * (1 + 4 * EPS):
            best, point = float(norms[top]), trial[top]
        else:
            size *= 0.5
            if size < 1e-9 * domain.radius:
                break
    return max(best - gradient_slack(form, domain), 0.0), Witness("tangent", point[None, :])


def steepest_of(form: KinkForm, domain: Domain, points: Array) -> Bound:
    """The largest slope along the sphere at some points (N×d), rounded down; 0 where all of them may lie on kinks."""
    norms = np.where(usable(domain, points), gradient_norms(form, domain, points), -1.0)
    top = int(np.argmax(norms))
    return max(float(norms[top]) - gradient_slack(form, domain), 0.0), Witness("tangent", points[[top]]) if norms[top] >= 0 else None


def _slide(form: KinkForm, domain: Domain, point: Array) -> Array:
    """Points on the great circle on which ∠(x, ∇f) tends to a right angle fastest: at the right angle, or just before a kink."""
    centre, r = domain.centre_in(form.dimension), domain.radius
    y = (point - centre) / r
    gradient = form.gradients(np.sign(form.W @ point + form.b)[None, :])[0]
    height = float(gradient @ y)
    along = -np.sign(height) * (gradient - height * y)
    speed = float(np.linalg.norm(along))
    if speed == 0 or height == 0:
        return point[None, :]
    along /= speed
    right = float(np.arctan2(abs(height), speed))
    a, b, c = r * (form.W @ y), r * (form.W @ along), form.W @ centre + form.b
    amplitude, phase = np.hypot(a, b), np.arctan2(b, a)
    with np.errstate(invalid="ignore", divide="ignore"):
        turn = np.arccos(-c / amplitude)                      # a cos t + b sin t + c = 0 at t = phase ± turn; nan: never
    hits = np.concatenate([phase - turn, phase + turn]) % (2 * np.pi)
    first = float(np.nanmin(np.append(hits[hits > 1e-12], right)))
    back = np.concatenate([[0.0], 10.0 ** -np.arange(15, 3, -1)]) if first < right else np.zeros(1)
    t = np.maximum(first - back, 0.0)[:, None]
    moved: Array = centre + r * (np.cos(t) * y + np.sin(t) * along)
    return moved


def circle_constant(form: KinkForm, domain: Domain) -> tuple[float, float, Witness | None]:
    """The geodesic constant on a circle (d = 2): (lower, upper, witness), for a form restricted to the disc.

    The kinks cut the circle into arcs with one gradient each, on which the slope is ‖g‖|sin(θ−ψ)|.  Kinks whose angles agree within their
    rounding errors form a cluster, between which no arc can be told: there all signs of the cluster are allowed for in the upper bound.

    >>> from verify.lipschitz import kink_form, sphere
    >>> low, high, _ = circle_constant(kink_form([[1.0, 0.0]], [-0.9], [10.0]), sphere())             # a cap: 10√0.19
    >>> round(low, 9), round(high, 9)
    (4.358898944, 4.358898944)
    """
    start, end, reach, owners = _arcs(form, domain)
    centre = domain.centre_in(2)
    middle = 0.5 * (start + end)
    signs = np.sign((centre + domain.radius * _unit(middle)) @ form.W.T + form.b)
    gradients = form.gradients(signs)
    upper = float(_steepest(gradients, *reach).max()) + form.slack
    for low, high, members in owners:                         # the members of a cluster take any sign, the others that of the arc before
        base = form.v + (signs[_arc_before(start, low)] * ~np.isin(np.arange(form.size), members)) @ form.G
        ends = np.array([low]), np.array([high])
        loose = sum(float(_steepest(form.G[[j]], *ends)[0]) for j in members)
        upper = max(upper, float(_steepest(base[None, :], *ends)[0]) + loose + form.slack)
    lower, witness = 0.0, None
    for i in np.argsort(-_steepest(gradients, start, end), kind="stable")[:_MOST_TRIED]:
        points = centre + domain.radius * _unit(_candidates(gradients[i], start[i], end[i]))
        norms = gradient_norms(form, domain, points)
        best = int(np.argmax(norms))
        if norms[best] - gradient_slack(form, domain) > lower:
            lower, witness = float(norms[best]) - gradient_slack(form, domain), Witness("tangent", points[[best]])
    return lower, upper * (1 + 32 * EPS), witness


def _unit(angle: Array) -> Array:
    return np.column_stack([np.cos(angle), np.sin(angle)])


def _arc_before(start: Array, low: float) -> int:
    return (int(np.searchsorted(start, low)) - 1) % len(start)


def _arcs(form: KinkForm, domain: Domain) -> tuple[Array, Array, tuple[Array, Array], list[tuple[float, float, list[int]]]]:
    """Arcs [start, end] (end may pass 2π) free of kinks, how far the pieces may really reach, and the clusters of several kinks."""
    if form.size == 0:
        return np.zeros(1), np.full(1, 2 * np.pi), (np.zeros(1), np.full(1, 2 * np.pi)), []
    lengths = np.linalg.norm(form.W, axis=1)
    centre = domain.centre_in(2)
    height = (form.W @ centre + form.b) / (lengths * domain.radius)
    size = (np.abs(form.W) @ np.abs(centre) + np.abs(form.b)) / (lengths * domain.radius)
    steep = np.maximum(np.sqrt(np.maximum(1 - height**2, 0.0)), np.sqrt(EPS))
    doubt = np.tile(32 * EPS * (1 + size) / steep + 16 * EPS, 2)
    phase, turn = np.arctan2(form.W[:, 1], form.W[:, 0]), np.arccos(np.clip(-height, -1.0, 1.0))
    angle = np.concatenate([phase - turn, phase + turn]) % (2 * np.pi)
    order = np.argsort(angle, kind="stable")
    clusters: list[tuple[float, float, list[int]]] = []
    for i in order:
        low, high, j = angle[i] - doubt[i], angle[i] + doubt[i], int(i) % form.size
        if clusters and low <= clusters[-1][1]:
            before = clusters[-1]
            clusters[-1] = (min(before[0], low), max(before[1], high), [*before[2], j])
        else:
            clusters.append((low, high, [j]))
    if len(clusters) > 1 and clusters[0][0] + 2 * np.pi <= clusters[-1][1]:          # the first and the last meet at angle 0
        first, last = clusters[0], clusters.pop()
        clusters[0] = (last[0] - 2 * np.pi, max(first[1], last[1] - 2 * np.pi), [*last[2], *first[2]])
    start = np.array([high for _, high, _ in clusters])
    end = np.append([low for low, _, _ in clusters[1:]], clusters[0][0] + 2 * np.pi)
    reach = np.array([low for low, _, _ in clusters]), np.append([high for _, high, _ in clusters[1:]], clusters[0][1] + 2 * np.pi)
    return start, end, reach, [c for c in clusters if len(c[2]) > 1]


def _steepest(gradients: Array, start: Array, end: Array) -> Array:
    """The largest ‖g‖|sin(θ−ψ)| for θ in [start, end], ψ the direction of g, rounded up."""
    length, turn = np.linalg.norm(gradients, axis=1), np.arctan2(gradients[:, 1], gradients[:, 0]) + np.pi / 2
    ahead = np.ceil((start - turn) / np.pi) * np.pi + turn           # the first right angle at or after the start
    ends = np.maximum(np.abs(np.cos(start - turn)), np.abs(np.cos(end - turn)))
    widest: Array = length * np.where(ahead <= end + 8 * EPS, 1.0, np.minimum(ends + 32 * EPS, 1.0))
    return widest


def _candidates(gradient: Array, start: float, end: float) -> Array:
    """Angles of an arc at which its slope may be largest: right angles to g, and both ends from inside."""
    turn = np.arctan2(gradient[1], gradient[0]) + np.pi / 2
    right = turn + np.pi * np.arange(-3, 4)
    inside = np.minimum(np.append(0.0, 10.0 ** -np.arange(15, 3, -1)), 0.5 * (end - start))
    angles: Array = np.concatenate([right[(right > start) & (right < end)], start + inside, end - inside])
    return angles
