"""Plots and pictures as inline SVG, coloured by the stylesheet: margins, instances of dimension at most 3, interpolants in the plane."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from html import escape
from itertools import pairwise
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from verify.experiments.paper.experiments import Series
from verify.report.words import margin, number
from verify.trials.trial import FactTest

Array = NDArray[np.float64]
Point = tuple[float, float]
SIDE = 240              # pixels of a picture
LEVELS = (-1.0, -0.5, 0.0, 0.5, 1.0)
_TURN = np.array([[0.87, -0.87, 0.0], [0.35, 0.35, -0.94]])     # the cube seen from a corner


def _svg(kind: str, width: float, height: float, title: str, parts: Sequence[str]) -> Markup:
    return Markup(f'<svg class="{kind}" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img" '
                  f'aria-label="{escape(title)}"><title>{escape(title)}</title>{"".join(parts)}</svg>')


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _line(start: Point, end: Point, kind: str) -> str:
    return f'<line class="{kind}" x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"/>'


# --- margins ------------------------------------------------------------------------------------------------------------------------

def margins_svg(facts: Sequence[FactTest]) -> Markup:
    """The smallest margin of each fact on its instances, at m/(1 + |m|) so that all of them fit, 0 being equality.

    >>> margins_svg([FactTest("law", 60, 0, 0, 0, 0.25)]).count("<circle")
    1
    """
    shown = [f for f in facts if f.min_margin is not None]
    left, right, row = 150.0, 470.0, 18
    middle, height = (left + right) / 2, row * len(shown) + 24

    def at(value: float) -> float:
        return middle + (right - left) / 2 * value / (1 + abs(value))
    parts = []
    for value in (-10.0, -1.0, -0.1, 0.0, 0.1, 1.0, 10.0):
        parts.append(_line((at(value), 4), (at(value), height - 16), "zero" if value == 0 else "grid"))
        parts.append(_text(at(value), height - 4, number(value), "middle"))
    for place, fact in enumerate(shown):
        value, y = fact.min_margin or 0.0, place * row + 14
        parts.append(_text(left - 8, y + 4, fact.name if len(fact.name) < 22 else f"{fact.name[:20]}…", "end"))
        said = f"{fact.name}: {margin(value)}" + (f" at {fact.worst}" if fact.worst else "")
        parts.append(_line((middle, y), (at(value), y), "stem"))
        parts.append(f'<circle class="{"violated" if fact.violations else "held"}" cx="{at(value):.1f}" cy="{y}" r="4">'
                     f"<title>{escape(said)}</title></circle>")
    return _svg("plot", right + 20, height, "smallest margin of each fact, log(right side / left side)", parts)


# --- instances ----------------------------------------------------------------------------------------------------------------------

def numbers(value: Any) -> Array | None:
    """An array of numbers, or of fractions as text, as floats; None where it is none.

    >>> numbers([["1", "1/2"]])
    array([[1. , 0.5]])
    """
    try:
        return np.vectorize(lambda entry: float(Fraction(entry)) if isinstance(entry, str) else float(entry), otypes=[float])(
            np.asarray(value, dtype=object))
    except (TypeError, ValueError, ZeroDivisionError):
        return None


def instance_svg(values: Mapping[str, Any]) -> Markup | None:
    """The points x_i with the signs of their labels and the hidden weights w_ℓ as arrows; None where d > 3 or there are no points.

    >>> instance_svg({"X": [["1", "0"], ["0", "1"]], "y": ["1", "-1"]}).count("<circle"), instance_svg({"y": [1]})
    (2, None)
    """
    X = numbers(values.get("X"))
    if X is None or X.ndim != 2 or not 1 <= X.shape[1] <= 3 or not np.isfinite(X).all():
        return None
    d = X.shape[1]
    W = numbers(values.get("W"))
    W = W if W is not None and W.ndim == 2 and W.shape[1] == d and np.isfinite(W).all() else np.zeros((0, d))
    labels = numbers(values.get("y"))
    view = np.array([[1.0], [0.0]]) if d == 1 else np.array([[1.0, 0.0], [0.0, -1.0]]) if d == 2 else _TURN
    reach = max(1.0, float(np.abs(X).max(initial=0)), float(np.abs(W).max(initial=0)))
    scale, centre = 0.4 * SIDE / reach / (1.25 if d == 3 else 1.0), SIDE / 2

    def at(point: Array) -> Point:
        x, y = scale * (view @ point) + centre
        return float(x), float(y)
    parts = []
    for axis in np.eye(d) * reach:
        parts.append(_line(at(-axis), at(axis), "grid"))
        parts.append(_text(*at(1.12 * axis), number(reach), "middle"))
    parts += [_line(at(np.zeros(d)), at(w), "weight") for w in W if w.any()]
    for place, x in enumerate(X):
        label = None if labels is None or labels.ndim != 1 or place >= len(labels) else float(labels[place])
        kind = "point" if label is None else "plus" if label > 0 else "minus"
        u, v = at(x)
        words = f"x_{place + 1} = ({', '.join(number(float(t)) for t in x)})" + ("" if label is None else f", y = {number(label)}")
        parts.append(f'<circle class="{kind}" cx="{u:.1f}" cy="{v:.1f}" r="5"><title>{escape(words)}</title></circle>')
        if label is not None:
            parts.append(_text(u + 7, v - 6, "+" if label > 0 else "−"))
    arrows = f", and {len(W)} hidden weights as arrows" if len(W) else ""
    return _svg("picture", SIDE, SIDE, f"{len(X)} points in dimension {d}{arrows}", parts)


# --- interpolants -------------------------------------------------------------------------------------------------------------------

def interpolant_svg(X: Array, y: Array, kinks: Sequence[tuple[Array, float, float]], v: Array, c: float) -> Markup:
    """f(x) = v·x + c + Σ s ReLU(w·x + b) in the plane: its level sets, exact in each of the cells of the kinks, and the data.

    Args: X (n×2), y (n), kinks as (w, b, s), v, c.

    >>> one = np.eye(2)
    >>> found = interpolant_svg(one, np.array([1.0, -1.0]), [(one[0], -0.5, 2.0)], -one[1], 0.0)
    >>> found.count('class="kink"'), found.count("<circle")
    (1, 2)
    """
    low, high = X.min(axis=0), X.max(axis=0)
    centre, half = (low + high) / 2, 0.6 * float(max(high - low)) or 1.0
    corners = [centre + half * np.array(corner) for corner in ((-1, -1), (1, -1), (1, 1), (-1, 1))]

    def at(point: Array) -> Point:
        x, y = SIDE / 2 * (1 + (point - centre) * np.array([1, -1]) / half)
        return float(x), float(y)
    cells: list[tuple[list[Array], Array, float]] = [(corners, v, c)]
    for w, b, sign in kinks:
        split = [(_part(cell, w, b), slope + sign * w, height + sign * b) for cell, slope, height in cells]
        cells = split + [(_part(cell, -w, -b), slope, height) for cell, slope, height in cells]
    cells = [cell for cell in cells if len(cell[0]) > 2]
    parts = []
    bands = (-math.inf, *LEVELS, math.inf)
    for place, (below, above) in enumerate(pairwise(bands)):
        for cell, slope, height in cells:
            inside = cell if math.isinf(below) else _part(cell, slope, height - below)
            inside = inside if math.isinf(above) else _part(inside, -slope, above - height)
            if len(inside) > 2:
                path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(at, inside))
                parts.append(f'<polygon class="band{place}" points="{path}"/>')
    for w, b, _ in kinks:
        ends = _crossing(corners, w, b)
        parts += [_line(at(ends[0]), at(ends[1]), "kink")] if len(ends) == 2 else []
    for x, label in zip(X, y, strict=True):
        u, t = at(x)
        parts.append(f'<circle class="{"plus" if label > 0 else "minus"}" cx="{u:.1f}" cy="{t:.1f}" r="5">'
                     f"<title>f = {number(float(label))} at ({number(float(x[0]))}, {number(float(x[1]))})</title></circle>")
    return _svg("picture", SIDE, SIDE, f"a function with {len(kinks)} kinks through {len(X)} points; levels −1, −½, 0, ½, 1", parts)


def _part(cell: Sequence[Array], w: Array, b: float) -> list[Array]:
    """The part of a convex polygon where w·x + b ≥ 0."""
    kept: list[Array] = []
    for here, there in zip(cell, [*cell[1:], *cell[:1]], strict=True):
        s, t = float(w @ here) + b, float(w @ there) + b
        if s >= 0:
            kept.append(here)
        if s * t < 0:
            kept.append(here + (there - here) * s / (s - t))
    return kept


def _crossing(cell: Sequence[Array], w: Array, b: float) -> list[Array]:
    """Where the line w·x + b = 0 leaves a convex polygon."""
    ends = []
    for here, there in zip(cell, [*cell[1:], *cell[:1]], strict=True):
        s, t = float(w @ here) + b, float(w @ there) + b
        if s * t < 0:
            ends.append(here + (there - here) * s / (s - t))
    return ends


# --- experiments and intervals ------------------------------------------------------------------------------------------------------

def series_svg(series: Sequence[Series], title: str, x: str, y: str, *, logarithmic: bool) -> Markup:
    """Points in the plane: the paper's in grey, ours in colours, intervals as bars; a row of names where there is no quantity x."""
    shown = [s for s in series if len(s.x)]
    width, height, left, bottom = 620.0, 340.0, 56.0, 40.0
    ends = [np.concatenate([getattr(s, name) for s in shown for name in names if getattr(s, name) is not None])
            for names in (("x",), ("y", "low", "high"))]
    spans = [(float(e[np.isfinite(e)].min()), float(e[np.isfinite(e)].max())) for e in ends]
    across = _axis(spans[0], left, width - 14, logarithmic=logarithmic and spans[0][0] > 0)
    along = _axis(spans[1], height - bottom, 12, logarithmic=logarithmic and spans[1][0] > 0)
    parts = [_line((across(t), 12), (across(t), height - bottom), "grid") + _text(across(t), height - bottom + 14, number(t), "middle")
             for t in (_ticks(*spans[0], logarithmic=logarithmic) if x else ())]
    parts += [_line((left, along(t)), (width - 14, along(t)), "grid") + _text(left - 6, along(t) + 4, number(t), "end")
              for t in _ticks(*spans[1], logarithmic=logarithmic)]
    parts.append(_text(width / 2, height - 6, x, "middle"))
    parts.append(f'<text transform="translate(12 {height / 2:g}) rotate(-90)" text-anchor="middle">{escape(y)}</text>')
    own = 0
    for s in shown:
        kind = "theirs" if s.theirs else f"ours{own % 6}"
        own += not s.theirs
        if s.low is not None and s.high is not None:
            parts += [_line((across(a), along(b)), (across(a), along(e)), f"bar {kind}") for a, b, e in zip(s.x, s.low, s.high, strict=True)
                      if np.isfinite([b, e]).all()]
        dots = "".join(f"M{across(a):.1f} {along(b):.1f}h0" for a, b in zip(s.x, s.y, strict=True) if np.isfinite(b))
        parts.append(f'<path class="dots {kind}" d="{dots}"><title>{escape(s.label)}</title></path>')
    return _svg("plot", width, height, title, parts)


def _axis(span: tuple[float, float], start: float, end: float, *, logarithmic: bool) -> Callable[[float], float]:
    low, high = map(math.log, span) if logarithmic else span
    room = (high - low) * 0.04 or 1.0
    low, high = low - room, high + room

    def at(value: float) -> float:
        return start + (end - start) * ((math.log(value) if logarithmic else float(value)) - low) / (high - low)
    return at


def _ticks(low: float, high: float, *, logarithmic: bool = False) -> list[float]:
    """Round numbers of an interval: about five, or 1, 2 and 5 times the powers of ten.

    >>> _ticks(0.0, 10.0), _ticks(3.0, 30.0, logarithmic=True)
    ([0.0, 2.0, 4.0, 6.0, 8.0, 10.0], [5.0, 10.0, 20.0])
    """
    if high <= low:
        return [low]
    if logarithmic and low > 0:
        decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        return [t for decade in decades for m in (1, 2, 5) if low <= (t := m * 10.0**decade) <= high]
    raw = (high - low) / 5
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(unit * m for m in (1, 2, 5, 10) if unit * m >= raw * 0.999)
    return [place * step for place in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
