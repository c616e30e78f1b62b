"""On the circle: functions that are affine there although they have kinks, and drafts of such functions.

Between two neighbouring points where a kink cuts the circle a piecewise linear function is affine; where all these affine functions are
one, the kinks cancel.  Lines through four points of the circle leave room for that: six kinks, and each point lies on three.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

from theory.errors import LawbookError
from theory.terms import MatrixSymbol, VectorSymbol
from theory.terms.linear import Entry, Row
from theory.terms.scalars import Apply, Dot, Lip
from theory.terms.sets import Sphere
from verify.objects.instance import Instance
from verify.trials.hunt.trials import Trials
from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.drafts import Array, Draft, rationals
from verify.trials.spaces.exact import converted, number, reader, solved
from verify.trials.spaces.sizes import filled

POINTS = 4                  # and the six lines through two of them
SLICE = 40                  # each draft costs a linear system
SLOPES = tuple(Fraction(p, q) for p in range(4) for q in range(1, 4)) + tuple(Fraction(-p, q) for p in range(1, 4) for q in range(1, 4))


def cancelling_kinks(trials: Trials, number_: int) -> Iterator[None]:
    """Networks in the plane whose kinks lie on the lines through four rational points of the circle, and which vanish on it."""
    space, rng = trials.space, np.random.default_rng([number_, 5])
    parts = _kinks_of(space)
    if parts is None:
        return
    rows, singles = parts
    spent = 0
    while True:
        draft = _planted(space, rows, singles, rng)
        spent += 1
        if draft is not None:
            trials.attempt(draft)
        if spent % SLICE == 0:
            yield


Kink = tuple[Any, Any]


def _kinks_of(space: ClaimSpace) -> tuple[Kink, list[Kink]] | None:
    """(W, b) of Σ a_ℓψ(w_ℓ·x + b_ℓ), and the pairs (u, β) of single kinks; None where the conclusion is not about such a function."""
    if not any(isinstance(lip.args[1], Sphere) for lip in space.claim.conclusion.atoms(Lip)) or len(space.bodies) != 1:
        return None
    (x, body), = space.bodies
    rows, singles = None, []
    for unit in sorted(body.atoms(Apply), key=str):
        normals = [side for product in unit.args[1].atoms(Dot) for side in product.args if side != x]
        entries = list(unit.args[1].atoms(Entry))
        scalars = [s for s in unit.args[1].free_symbols if s in space.leaves and not isinstance(s, (VectorSymbol, MatrixSymbol))]
        if len(normals) == 1 and isinstance(normals[0], Row) and len(entries) == 1 and isinstance(normals[0].args[0], MatrixSymbol):
            rows = normals[0].args[0], entries[0].args[0]
        elif len(normals) == 1 and isinstance(normals[0], VectorSymbol) and len(scalars) == 1:
            singles.append((normals[0], scalars[0]))
    return None if rows is None else (rows, singles)


def _planted(space: ClaimSpace, rows: Kink, singles: list[Kink], rng: np.random.Generator) -> Draft | None:
    halves = [_turn(SLOPES[int(place)]) for place in rng.choice(len(SLOPES), POINTS, replace=False)]
    lines = [_line(p, q) for p, q in combinations(halves, 2)]
    order = rng.permutation(len(lines))
    chosen = [tuple(int(sign) * t for t in lines[place]) for place, sign in zip(order, rng.choice([-1, 1], len(lines)), strict=True)]
    k = len(lines) - len(singles)
    sizes = {name: k if space.axes(rows[0], name) == (0,) else 2 if 1 in space.axes(rows[0], name) else 1 for name in space.sizes}
    if not space.allows(sizes):
        return None
    total = sum(int(np.prod(space.shape(leaf, sizes), dtype=int)) for leaf in space.leaves)
    names = {name: options[0] for name, options in space.activations.items()}
    draft = filled(space, sizes, [Fraction(1)] * total, names)
    draft = draft.with_array(rows[0].name, rationals([line[:2] for line in chosen[:k]]))
    draft = draft.with_array(rows[1].name, rationals([line[2] for line in chosen[:k]]))
    for (u, beta), line in zip(singles, chosen[k:], strict=True):
        draft = draft.with_array(u.name, rationals(line[:2])).with_array(beta.name, np.array(line[2], dtype=object))
    return _vanishing(space, draft, {s.name for pair in (rows, *singles) for s in pair}, halves, rng)


def _turn(t: Fraction) -> tuple[Fraction, Fraction]:
    """(cos φ, sin φ) with tan(φ/2) = t."""
    return (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)


def _sum(p: tuple[Fraction, Fraction], q: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
    return p[0] * q[0] - p[1] * q[1], p[0] * q[1] + p[1] * q[0]


def _line(p: tuple[Fraction, Fraction], q: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction, Fraction]:
    """Unit normal and offset of the line through the points at twice the angles of p and q."""
    normal = _sum(p, q)
    return normal[0], normal[1], -(p[0] * q[0] + p[1] * q[1])


def _vanishing(space: ClaimSpace, draft: Draft, fixed: set[str], halves: list[tuple[Fraction, Fraction]],
               rng: np.random.Generator) -> Draft | None:
    """The coefficients for which the function vanishes at three points of each arc, one of them 1."""
    (x, body), = space.bodies
    free = [leaf for leaf in space.leaves if leaf in body.free_symbols and leaf.name not in fixed]
    lengths = [draft.arrays[leaf.name].size for leaf in free]
    place = int(rng.integers(sum(lengths)))
    plain = Instance({**draft.sizes, **draft.arrays}, accuracy=0.0)
    bound = {leaf: converted(draft.arrays[leaf.name]) for leaf in space.leaves if leaf not in free}
    angles = np.sort([2 * np.arctan2(float(h[1]), float(h[0])) % (2 * np.pi) for h in halves])
    points = [converted(np.array(_near(a + s * ((b - a) % (2 * np.pi))), dtype=object))
              for a, b in zip(angles, np.roll(angles, -1), strict=True) for s in (0.25, 0.5, 0.75)]

    def residual(flat: Array) -> list[Any]:
        parts = np.split(flat, np.cumsum(lengths)[:-1])
        values = {leaf: converted(part.reshape(draft.arrays[leaf.name].shape)) for leaf, part in zip(free, parts, strict=True)}
        at = reader(plain, {**bound, **values})
        return [at.with_bound({x: point}).scalar(body) for point in points] + [number(flat[place]) - 1]

    try:
        found = solved(residual, np.array([Fraction(0)] * sum(lengths), dtype=object))
    except LawbookError:
        return None
    if found is None:
        return None
    for leaf, part in zip(free, np.split(found, np.cumsum(lengths)[:-1]), strict=True):
        draft = draft.with_array(leaf.name, np.array(part, dtype=object).reshape(draft.arrays[leaf.name].shape))
    return draft


def _near(angle: float) -> tuple[Fraction, Fraction]:
    """A rational point of the circle near the angle."""
    return _turn(Fraction(round(256 * float(np.tan(np.angle(np.exp(1j * angle)) / 2))), 256))
