"""Lower bounds on Lipschitz constants of piecewise-linear networks: sampled gradients, ascent over cells, chords."""

from __future__ import annotations

import numpy as np

from verify.lipschitz.domains import Array, Domain, Witness
from verify.lipschitz.kinks import EPS, KinkForm

Bound = tuple[float, Witness | None]
NOTHING: Bound = (0.0, None)


def sample_points(form: KinkForm, domain: Domain, count: int, rng: np.random.Generator) -> Array:
    """`count` points of the domain; on R^d at the scale on which the hyperplanes lie."""
    d, centre = form.dimension, domain.centre_in(form.dimension)
    if domain.kind == "sphere" and d == 1:  # two points
        return centre + domain.radius * np.array([[-1.0], [1.0]])
    directions = rng.standard_normal((count, d))
    directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-300)
    if domain.kind == "sphere":
        on_sphere: Array = centre + domain.radius * directions
        return on_sphere
    if domain.kind == "ball":
        in_ball: Array = centre + domain.radius * (rng.random((count, 1)) ** (1 / d)) * directions
        return in_ball
    distances = np.abs(form.b) / np.linalg.norm(form.W, axis=1) if form.size else np.zeros(1)
    scale = float(np.quantile(distances, 0.75)) or 1.0
    points: Array = scale * (1 + np.sqrt(d)) * np.exp(rng.standard_normal((count, 1))) * directions
    return points


def _gradient_norms(form: KinkForm, domain: Domain, points: Array) -> Array:
    """‖∇f‖ (its tangential part on a sphere) at points strictly inside a cell and in the domain; −1 elsewhere.

    At a kink no convention for the derivative would be a lower bound, so such points do not count.
    """
    signs, strict = form.strict_signs(points)
    gradients = form.gradients(signs)
    if domain.kind == "sphere":
        normal = (points - domain.centre_in(form.dimension)) / domain.radius
        gradients = gradients - (gradients * normal).sum(axis=1, keepdims=True) * normal
    usable = strict & domain.contains(points, 0.0 if domain.kind == "ball" else 8 * EPS * (form.dimension + 2))
    norms: Array = np.where(usable, np.linalg.norm(gradients, axis=1), -1.0)
    return norms


def gradient_lower_bound(
    form: KinkForm, domain: Domain, rng: np.random.Generator, samples: int = 256, ascent_steps: int = 60
) -> Bound:
    """A lower bound on Lip(f) on R^d, a ball, or (tangential gradients) a sphere with the chord metric, with a witness.

    The best of `samples` gradients; then, from the three best points, steps across one hyperplane each into another
    cell, as long as the gradient norm grows.  Each gradient is taken strictly inside a cell; on a sphere the sup of the
    tangential gradient is the geodesic constant, which is at most the chord constant.  Rounded down by `form.slack`.

    >>> from verify.lipschitz import GLOBAL, kink_form
    >>> form = kink_form([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0], [3.0, 4.0])      # gradient (3, 4) where both are active
    >>> value, witness = gradient_lower_bound(form, GLOBAL, np.random.default_rng(0))
    >>> round(value, 9), bool((witness.points > 0).all())
    (5.0, True)
    """
    points = sample_points(form, domain, samples, rng)
    norms = _gradient_norms(form, domain, points)
    best_value, best_point = -1.0, None
    for start in np.argsort(-norms)[:3]:
        value, point = _ascend(form, domain, float(norms[start]), points[start], ascent_steps)
        if value > best_value:
            best_value, best_point = value, point
    if best_value < 0 or best_point is None:
        return NOTHING
    slack = form.slack
    if domain.kind == "sphere":  # the normal is off by a few eps, and so is the tangential part
        slack += 16 * (form.dimension + 4) * EPS * float(np.linalg.norm(form.v) + np.linalg.norm(form.G, axis=1).sum())
    kind = "tangent" if domain.kind == "sphere" else "gradient"
    return max(best_value - slack, 0.0), Witness(kind, best_point[None, :])


def _ascend(form: KinkForm, domain: Domain, value: float, point: Array, steps: int) -> tuple[float, Array]:
    for _ in range(steps if form.size else 0):
        candidates = _across(form, domain, point)
        norms = _gradient_norms(form, domain, candidates)
        best = int(np.argmax(norms))
        if norms[best] <= value * (1 + 1e-12):
            break
        value, point = float(norms[best]), candidates[best]
    return value, point


def _across(form: KinkForm, domain: Domain, point: Array) -> Array:
    """Points a little and far beyond each hyperplane, along its normal; pulled back to the domain's boundary."""
    preactivation = form.W @ point + form.b
    step = -(preactivation / (form.W**2).sum(axis=1))[:, None] * form.W
    candidates = np.concatenate([point + reach * step for reach in (1.01, 1.3, 2.0)])
    if domain.kind == "global":
        return candidates
    centre = domain.centre_in(form.dimension)
    offset = candidates - centre
    distance = np.linalg.norm(offset, axis=1, keepdims=True)
    if domain.kind == "ball":
        limit = np.minimum(1.0, domain.radius * (1 - 1e-12) / np.maximum(distance, 1e-300))
        inside: Array = centre + limit * offset
        return inside
    pulled: Array = centre + domain.radius * offset / np.maximum(distance, 1e-300)
    return pulled


def chord_lower_bound(
    form: KinkForm, domain: Domain, rng: np.random.Generator, samples: int = 256, ascent_steps: int = 60
) -> Bound:
    """A lower bound on the chord Lipschitz constant of f on a sphere: the best |f(x)−f(y)|/‖x−y‖ over sampled pairs.

    All pairs of `samples` points, then `ascent_steps` rounds of random moves of shrinking size around the best pair.
    Rounded down by the float error of f at both points divided by the chord; chords below 1e-4 radii do not count.

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
    for _ in range(ascent_steps):
        moved = pair + size * rng.standard_normal((64, *pair.shape)) - centre
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


def _quotients(x: Array, y: Array, difference: Array, slack: Array, radius: float) -> Array:
    chord = np.linalg.norm(x - y, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        quotients: Array = np.where(chord > 1e-4 * radius, (np.abs(difference) - slack) / chord, 0.0)
    rounded: Array = quotients * (1 - 16 * EPS * (x.shape[1] + 4))
    return rounded


def witness_value(form: KinkForm, domain: Domain, witness: Witness) -> float:
    """The quotient or gradient norm that a witness stands for, recomputed; −1 if a gradient is asked at a kink.

    >>> from verify.lipschitz import GLOBAL, kink_form
    >>> form = kink_form([[1.0]], [0.0], [2.0])
    >>> [witness_value(form, GLOBAL, Witness("gradient", np.array([[x]]))) for x in (-1.0, 0.0, 1.0)]
    [0.0, -1.0, 2.0]
    """
    if witness.kind == "chord":
        x, y = witness.points
        return float(abs(np.diff(form.value(witness.points))[0]) / np.linalg.norm(x - y))
    return float(_gradient_norms(form, domain, witness.points)[0])
