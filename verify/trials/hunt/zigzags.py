"""Zigzags: networks whose values alternate along a line while their slope stays bounded, at data that no single neuron can follow.

The data are the places 0, 1, …, M of a line, M even, twice each but for the ends: then Σ y_i(x_i − t)₊ is at most one step, for every t.
The kinks are at 1, …, M − 1 and the slopes ±2.  With two neurons more, whose difference is affine, the function is a sum of |t − j| and a
constant; so on the line {(t, H)} of the plane it has kinks through 0, and gradients of length about 2 on both sides of 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from theory.terms import MatrixSymbol, VectorSymbol, relu
from theory.terms.linear import Entry, Row
from theory.terms.scalars import Apply, Dot, Value
from verify.trials.hunt.trials import Trials
from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.drafts import Draft, rationals
from verify.trials.spaces.sizes import filled

STEPS = 12              # at most
HEIGHTS = (16, 64)      # H
PARTS = (MatrixSymbol, VectorSymbol, VectorSymbol, MatrixSymbol, VectorSymbol)
SLICE = 20              # each draft costs a linear system and a Lipschitz constant


def zigzags(trials: Trials, number: int) -> Iterator[None]:
    """Fits of alternating labels on a line, with as many steps and in as many dimensions as the sizes allow; the seed is not used."""
    space = trials.space
    parts = _neurons_and_data(space)
    if parts is None:
        return
    spent = 0
    for dim, steps in product((1, 2), range(2, STEPS + 1, 2)):
        for height in HEIGHTS if dim > 1 else (1,):
            draft = _zigzag(space, parts, steps, dim, height)
            if draft is not None:
                trials.attempt(draft)
                spent += 1
                if spent % SLICE == 0:
                    yield


Parts = tuple[Any, Any, Any, Any, Any]


def _neurons_and_data(space: ClaimSpace) -> Parts | None:
    """(W, b, a, X, y) where f is a sum of neurons a_ℓψ(w_ℓ·x + b_ℓ) and a hypothesis speaks of f(x_i) and of y_i; None elsewhere."""
    if len(space.bodies) != 1:
        return None
    (x, body), = space.bodies
    for unit in sorted(body.atoms(Apply), key=str):
        normals = [side for product in unit.args[1].atoms(Dot) for side in product.args if side != x]
        entries = [entry.args[0] for entry in unit.args[1].atoms(Entry)]
        outer = {entry.args[0] for entry in body.atoms(Entry)} - set(entries)
        psi = unit.args[0]
        if psi != relu and "relu" not in space.activations.get(psi.name, ()):
            continue
        if len(normals) != 1 or not isinstance(normals[0], Row) or len(entries) != 1 or len(outer) != 1:
            continue
        for hypothesis in space.hypotheses:
            rows = {value.args[1].args[0] for value in hypothesis.formula.atoms(Value) if isinstance(value.args[1], Row)}
            labels = {entry.args[0] for entry in hypothesis.formula.atoms(Entry)} & set(space.leaves)
            parts = (normals[0].args[0], *entries, *outer, *rows, *labels)
            if len(parts) == len(PARTS) and set(parts) <= set(space.leaves) and all(map(isinstance, parts, PARTS)):
                return parts
    return None


def _zigzag(space: ClaimSpace, parts: Parts, steps: int, dim: int, height: int) -> Draft | None:
    W, b, a, X, y = parts
    places = [place for place in range(steps + 1) for _ in range(2 if 0 < place < steps else 1)]
    jumps = [Fraction(-4 * (-1) ** j) for j in range(1, steps)]
    kinks = [(Fraction(1), Fraction(-j)) for j in range(1, steps)]                  # t − j, as slope and offset
    slope, offset = (-sum((jump * kink[c] for jump, kink in zip(jumps, kinks, strict=True)), Fraction(0)) / 2 for c in (0, 1))
    level = 1 - sum((jump * j for j, jump in enumerate(jumps, 1)), Fraction(0)) / 2
    kinks += [(slope, offset + level), (-slope, -offset - level)]
    sizes = dict.fromkeys(space.sizes, 1)
    for leaf, axis, size in ((W, 0, len(kinks)), (X, 0, len(places)), (X, 1, dim)):
        named = [name for name in space.sizes if axis in space.axes(leaf, name)]
        if len(named) != 1:
            return None
        sizes[named[0]] = size
    if not space.allows(sizes):
        return None
    total = sum(int(np.prod(space.shape(leaf, sizes), dtype=int)) for leaf in space.leaves)
    names = {name: "relu" if "relu" in options else options[0] for name, options in space.activations.items()}
    draft = filled(space, sizes, [Fraction(1)] * total, names)
    lifted = dim > 1
    draft = draft.with_array(X.name, rationals([[place, height] if lifted else [place] for place in places]))
    draft = draft.with_array(W.name, rationals([[w, c / height] if lifted else [w] for w, c in kinks]))
    draft = draft.with_array(b.name, rationals([0 if lifted else c for _, c in kinks]))
    draft = draft.with_array(a.name, rationals([*jumps, 1, -1]))
    return draft.with_array(y.name, rationals([(-1) ** place for place in places]))
