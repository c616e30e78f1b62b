"""Lower bounds on Lipschitz constants of piecewise-linear networks: sampled gradients, ascent over cells, chords."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from verify.lipschitz.piecewise.kinks import EPS, KinkForm
from verify.lipschitz.piecewise.restrict import along, usable
from verify.objects.deadline import UNLIMITED, Deadline, steps_until
from verify.objects.domains import Array, Domain, Witness

Bound = tuple[float, Witness | None]
NOTHING: Bound = (0.0, None)
# Hyperplanes that one step of the ascent tries to cross.
_MOST_CROSSED = 256


def sample_points(form: KinkForm, domain: Domain, count: int, rng: np.random.Generator) -> Array:
    """`count` points of the domain; on R^d at the scale on which the hyperplanes lie."""
    d = form.dimension
    if domain.kind != "global":
        return domain.sample(count, d, rng)
    directions = rng.standard_normal((count, d))
    directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-300)
    distances = np.abs(form.b) / np.linalg.norm(form.W, axis=1) if form.size else np.zeros(1)
    scale = float(np.quantile(distances, 0.75)) or 1.0
    points: Array = scale * (1 + np.sqrt(d)) * np.exp(rng.standard_normal((count, 1))) * directions
    return points


def gradient_norms(form: KinkForm, domain: Domain, points: Array) -> Array:
    """‖∇f‖ (its part along a sphere or a flat domain) at points strictly inside a cell; −1 where a kink may be.

    At a kink no convention for the derivative would be a lower bound, so such points do not count.  Membership of the points is the
    caller's matter, except for the rounding of a point of a hull, which is part of what "strictly" means.
    """
    blur = np.zeros(form.dimension)
    if domain.kind == "hull":
        vertices = domain.vertices_in(form.dimension)
        blur = (len(vertices) + form.dimension + 4) * EPS * np.abs(vertices).max(axis=0)
    signs, strict = form.strict_signs(points, blur)
    norms: Array = np.where(strict, np.linalg.norm(along(domain, form.gradients(signs), points), axis=1), -1.0)
    return norms


def gradient_slack(form: KinkForm, domain: Domain) -> float:
    """A bound on the float error of `gradient_norms`: that of the gradient, and of its part along a sphere or flat."""
    if domain.kind in ("global", "ball"):
        return form.slack
    # normals and bases are off by a few eps, and so is the part along the domain
    return form.slack + 16 * (form.dimension + 4) * EPS * float(np.linalg.norm(form.v) + np.linalg.norm(form.G, axis=1).sum())


def gradient_lower_bound(
    form: KinkForm, domain: Domain, rng: np.random.Generator, samples: int = 256, ascent_steps: int = 60,
    deadline: Deadline = UNLIMITED,
) -> Bound:  # fmt: skip
    """A lower bound on Lip(f) on a domain, with a witness; on a sphere, of both metrics (d ≥ 2).

    The best of `samples` gradients; then, from the three best points, steps across one hyperplane each into another
    cell, as long as the gradient norm grows.  Each gradient is taken strictly inside a cell; on a sphere the sup of the
    tangential gradient is the geodesic constant, which is at most the chord constant.  Rounded down by `gradient_slack`.

    >>> from verify.lipschitz import GLOBAL, kink_form
    >>> form = kink_form([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0], [3.0, 4.0])      # gradient (3, 4) where both are active
    >>> value, witness = gradient_lower_bound(form, GLOBAL, np.random.default_rng(0))
    >>> round(value, 9), bool((witness.points > 0).all())
    (5.0, True)
    """
    points = sample_points(form, domain, samples, rng)
    norms = np.where(_in_domain(domain, points), gradient_norms(form, domain, points), -1.0)
    best_value, best_point = -1.0, None
    for start in np.argsort(-norms)[:3]:
        value, point = _ascend(form, domain, float(norms[start]), points[start], steps_until(deadline, ascent_steps))
        if value > best_value:
            best_value, best_point = value, point
    if best_value < 0 or best_point is None:
        return NOTHING
    kind = "tangent" if domain.on_sphere else "gradient"
    return max(best_value - gradient_slack(form, domain), 0.0), Witness(kind, best_point[None, :])


def _in_domain(domain: Domain, points: Array) -> Array:
    """Points of a hull are convex combinations by construction; the others are tested."""
    return np.ones(len(points), dtype=np.bool_) if domain.kind == "hull" else usable(domain, points)


def _ascend(form: KinkForm, domain: Domain, value: float, point: Array, steps: Iterator[int]) -> tuple[float, Array]:
    for _ in steps if form.size else ():
        candidates = _across(form, domain, point)
        norms = np.where(_in_domain(domain, candidates), gradient_norms(form, domain, candidates), -1.0)
        best = int(np.argmax(norms))
        if norms[best] <= value * (1 + 1e-12):
            break
        value, point = float(norms[best]), candidates[best]
    return value, point


def _across(form: KinkForm, domain: Domain, point: Array) -> Array:
    """Points a little and far beyond each hyperplane, along its normal; pulled back into the domain."""
    form = _promising(form, point)
    preactivation = form.W @ point + form.b
    if domain.kind == "hull":
        return _towards_vertices(form, domain, point, preactivation)
    step = -(preactivation / (form.W**2).sum(axis=1))[:, None] * form.W
    candidates = np.concatenate([point + reach * step for reach in (1.01, 1.3, 2.0)])
    if domain.kind == "global":
        return candidates
    if domain.kind == "box":
        return np.asarray(np.clip(candidates, *domain.corners(form.dimension)))
    centre = domain.centre_in(form.dimension)
    offset = candidates - centre
    distance = np.linalg.norm(offset, axis=1, keepdims=True)
    if domain.kind == "ball":
        limit = np.minimum(1.0, domain.radius * (1 - 1e-12) / np.maximum(distance, 1e-300))
        inside: Array = centre + limit * offset
        return inside
    pulled: Array = centre + domain.radius * offset / np.maximum(distance, 1e-300)
    return pulled


def _promising(form: KinkForm, point: Array) -> KinkForm:
    """The hyperplanes whose crossing would lengthen the gradient most, at most `_MOST_CROSSED` of them: all crossings cost m²d."""
    if form.size <= _MOST_CROSSED:
        return form
    signs = np.sign(form.W @ point + form.b)
    gain = (form.G**2).sum(axis=1) - signs * (form.G @ form.gradients(signs[None, :])[0])       # ¼(‖g − 2s_jg_j‖² − ‖g‖²)
    best = np.argsort(-gain, kind="stable")[:_MOST_CROSSED]
    return form.take(best)


def _towards_vertices(form: KinkForm, domain: Domain, point: Array, preactivation: Array) -> Array:
    """Beyond each hyperplane on the way to the vertex of the hull that lies farthest on its other side."""
    vertices = domain.vertices_in(form.dimension)
    beyond = -np.sign(preactivation)[:, None] * (form.W @ vertices.T + form.b[:, None])
    target = beyond.argmax(axis=1)
    depth = beyond[np.arange(form.size), target]
    crossed = depth > 0
    if not crossed.any():
        return np.asarray(point[None, :])
    near = np.abs(preactivation[crossed]) / (np.abs(preactivation[crossed]) + depth[crossed])
    share = np.concatenate([near + part * (1 - near) for part in (0.01, 0.3, 0.7)])[:, None]
    candidates: Array = (1 - share) * point + share * np.tile(vertices[target[crossed]], (3, 1))
    return candidates


def chord_lower_bound(
    form: KinkForm, domain: Domain, rng: np.random.Generator, samples: int = 256, ascent_steps: int = 60,
    deadline: Deadline = UNLIMITED,
) -> Bound:  # fmt: skip
    """A lower bound on the chord Lipschitz constant of f on a sphere: the best |f(x)−f(y)|/‖x−y‖ over sampled pairs.

    All pairs of `samples` points, then `ascent_steps` rounds of random moves of shrinking size around the best pair, and of moves along
    the gradient of the quotient.  Rounded down by the float error of f at both points divided by the chord; chords below 1e-4 radii do
    not count.

    >>> from verify.lipschitz import kink_form, sphere
    >>> form = kink_form([[1.0]], [0.0], [2.0])                        # 2 ReLU(x) at x = ±1: (2−0)/2
    >>> round(chord_lower_bound(form, sphere(), np.random.default_rng(0))[0], 9)
    1.0
    """
    points = sample_points(form, domain, samples, rng)
    values, slack = form.value(points), form.value_slack(points)
    first, second = np.triu_indices(len(points), 1)
    quotients = _quotients(points[first], points[second], values[first] - values[second], slack[first] + slack[second],
                           domain.radius)
    if len(quotients) == 0 or quotients.max() <= 0:
        return NOTHING
    best = int(np.argmax(quotients))
    value, pair = float(quotients[best]), np.stack([points[first[best]], points[second[best]]])
    centre, size = domain.centre_in(form.dimension), 0.5 * domain.radius
    for _ in steps_until(deadline, ascent_steps):
        moved = pair + np.concatenate([size * rng.standard_normal((64, *pair.shape)), _uphill(form, pair, domain.radius)]) - centre
        moved = centre + domain.radius * moved / np.linalg.norm(moved, axis=2, keepdims=True)
        x, y = moved[:, 0], moved[:, 1]
        trial = _quotients(x, y, form.value(x) - form.value(y), form.value_slack(x) + form.value_slack(y),
                           domain.radius)
        best = int(np.argmax(trial))
        if trial[best] > value:
            value, pair = float(trial[best]), moved[best]
        else:
            size *= 0.7
    return value, Witness("chord", pair)


def _uphill(form: KinkForm, pair: Array, radius: float) -> Array:
    """Moves (N×2×d) of both points along the gradient of the quotient, of lengths from a radius to 1e-6 radii."""
    difference = pair[0] - pair[1]
    chord = float(np.linalg.norm(difference))
    gradients = form.gradients(np.sign(pair @ form.W.T + form.b))
    rise = float(np.diff(form.value(pair))[0])
    slope = np.sign(-rise) * gradients * np.array([[1.0], [-1.0]]) - abs(rise) / chord**2 * difference * np.array([[1.0], [-1.0]])
    length = float(np.linalg.norm(slope)) or 1.0
    moves: Array = radius * (2.0 ** -np.arange(21))[:, None, None] * slope / length
    return moves


def _quotients(x: Array, y: Array, difference: Array, slack: Array, radius: float) -> Array:
    chord = np.linalg.norm(x - y, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        quotients: Array = np.where(chord > 1e-4 * radius, (np.abs(difference) - slack) / chord, 0.0)
    rounded: Array = quotients * (1 - 16 * EPS * (x.shape[1] + 4))
    return rounded


def witness_value(form: KinkForm, domain: Domain, witness: Witness) -> float:
    """The quotient or gradient norm that a witness stands for, recomputed; −1 if a gradient is asked at a kink or outside the domain.

    >>> from verify.lipschitz import GLOBAL, kink_form
    >>> form = kink_form([[1.0]], [0.0], [2.0])
    >>> [witness_value(form, GLOBAL, Witness("gradient", np.array([[x]]))) for x in (-1.0, 0.0, 1.0)]
    [0.0, -1.0, 2.0]
    """
    if not usable(domain, witness.points).all():
        return -1.0
    if witness.kind == "chord":
        x, y = witness.points
        return float(abs(np.diff(form.value(witness.points))[0]) / np.linalg.norm(x - y))
    return float(gradient_norms(form, domain, witness.points)[0])
