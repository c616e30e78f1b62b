"""Exact repairs by kind of hypothesis: labels become signs, rows unit vectors or independent, matrices projections.

What a hypothesis asks is read by `verify.trials.spaces.needs.recognised`, from its formula and not from its name.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import permutations
from math import factorial
from typing import Any

import numpy as np

from theory.terms import Formula, Le, eq, floor
from theory.terms.scalars import ConcreteActivation
from verify.objects.networks.polynomials import coefficients_of
from verify.trials.spaces.activations import polynomial_of_degree
from verify.trials.spaces.choices import parameter, placed
from verify.trials.spaces.drafts import Array
from verify.trials.spaces.exact import in_ball, perpendicular, projection, rank, unit
from verify.trials.spaces.needs import Need

Values = dict[str, Any]
Repair = Callable[[Values], bool]       # changes the values so that a hypothesis holds; False where it cannot
MOST_ORDER_SYMMETRISED = 5              # of a tensor: 5! permutations


def repair(need: Need) -> Repair | None:
    """The repair of a hypothesis; None where its equations are solved instead, or it is checked on the finished instance."""
    make = REPAIRS.get(need.kind)
    if make is None or (need.bound is not None and need.bound != 1):
        return None
    if need.kind == "Lipschitz" and isinstance(need.leaves[0], ConcreteActivation):
        return None
    return make(*(leaf.name for leaf in need.leaves))


def limits(need: Need) -> list[Formula]:
    """What a hypothesis asks of the sizes: k ≤ d for independent rows, r ≤ d for a projection, two points for opposite labels."""
    if need.kind == "independent rows":
        return [Le(*need.leaves[0].shape)]
    if need.kind == "projection":
        return [Le(need.leaves[1], need.leaves[0].shape[0])]
    if need.kind == "balanced":
        return [eq(2 * floor(need.leaves[0].dim / 2), need.leaves[0].dim)]
    return [Le(2, need.leaves[-1 if need.kind == "opposite pairs" else 0].dim)] if need.kind in ("opposite pairs", "perpendicular") else []


def _by_array(change: Callable[[Array], Array]) -> Callable[[str], Repair]:
    def make(name: str) -> Repair:
        def build(values: Values) -> bool:
            values[name] = change(values[name])
            return True

        return build

    return make


def _signs(y: Array) -> Array:
    return np.array([Fraction(-1 if t < 0 else 1) for t in y], dtype=object)


def _bits(e: Array) -> Array:
    return np.array(np.where(e > 0, Fraction(1), Fraction(0)), dtype=object)


def _each_row(change: Callable[[Array], Array]) -> Callable[[Array], Array]:
    return lambda X: np.array([change(row) for row in X], dtype=object).reshape(X.shape)


def _symmetrised(T: Array) -> Array:
    """The mean over all permutations of the indices."""
    return np.array(sum(T.transpose(axes) for axes in permutations(range(T.ndim))) / Fraction(factorial(T.ndim)), dtype=object)


def _symmetric_tensor(T: str, *_: str) -> Repair:
    def build(values: Values) -> bool:
        if values[T].ndim > MOST_ORDER_SYMMETRISED:
            return False
        values[T] = _symmetrised(values[T])
        return True

    return build


def _independent(W: str) -> Repair:
    """Rows in the span of those before them get 1 more in the first entry that frees them."""
    def build(values: Values) -> bool:
        rows: Array = values[W].copy()
        k, d = rows.shape
        for row in range(k):
            for place in range(d):
                if rank(rows[: row + 1]) == row + 1:
                    break
                rows[row, max(0, place - 1)] -= place > 0
                rows[row, place] += 1
        values[W] = rows
        return k <= d and rank(rows) == k

    return build


def _projection(P: str, r: str) -> Repair:
    """On the span of the first r rows."""
    def build(values: Values) -> bool:
        if values[r] > len(values[P]):
            return False
        independent: Values = {P: values[P][: values[r]]}
        if not _independent(P)(independent):
            return False
        values[P] = projection(independent[P])
        return values[P] is not None

    return build


def _rank(A: str, k: str) -> Repair:
    def build(values: Values) -> bool:
        values[k] = max(values[k], rank(values[A]))
        return True

    return build


def _balanced(y: str) -> Repair:
    """The last labels change their signs until as many are positive as negative; labels that are 0 count as positive."""
    def build(values: Values) -> bool:
        labels: Array = values[y].copy()
        for place in reversed(range(len(labels))):
            excess = sum(-1 if t < 0 else 1 for t in labels)
            if excess and (labels[place] < 0) == (excess < 0):
                labels[place] = -labels[place] if labels[place] else Fraction(-1)
        values[y] = labels
        return not sum(labels)

    return build


def _perpendicular(v: str, X: str) -> Repair:
    def build(values: Values) -> bool:
        values[v] = perpendicular(values[v], values[X][-1])
        return values[v] is not None

    return build


def _circle(alpha: str, beta: str) -> Repair:
    def build(values: Values) -> bool:
        point = placed(parameter(Fraction(values[alpha][()]), Fraction(values[beta][()])), 2)
        values[alpha], values[beta] = (np.array(x, dtype=object) for x in point)
        return True

    return build


def _polynomial(psi: str, p: str) -> Repair:
    """An activation of too large a degree is replaced by one of degree p or less."""
    def build(values: Values) -> bool:
        degree = max((j for j, c in enumerate(coefficients_of(values[psi])) if c), default=0)
        if degree > values[p]:
            values[psi] = polynomial_of_degree(values[p])
        return True

    return build


def _lipschitz(psi: str, L: str) -> Repair:
    def build(values: Values) -> bool:
        least = values[psi].lipschitz
        if least is not None:
            values[L] = np.array(max(abs(values[L][()]), Fraction(least)), dtype=object)
        return least is not None

    return build


def _opposite(pi: str, y: str) -> Repair:
    """Weights on pairs of labels that differ by 2; the first two labels do so where no others do."""
    def build(values: Values) -> bool:
        labels: Array = values[y].copy()
        if len(labels) < 2:
            return False
        apart = [[abs(s - t) == 2 for s in labels] for t in labels]
        if not np.any(apart):
            labels[1] = labels[0] + 2
            apart = [[abs(s - t) == 2 for s in labels] for t in labels]
        weights: Array = np.where(apart, values[pi], Fraction(0))
        if not np.any(weights != 0):
            weights = np.where(apart, Fraction(1), Fraction(0))
        values[y], values[pi] = labels, weights
        return True

    return build


def _total(pi: str) -> Repair:
    def build(values: Values) -> bool:
        total = Fraction(values[pi].sum())
        values[pi] = values[pi] / total if total else np.full(values[pi].shape, Fraction(1, values[pi].size), dtype=object)
        return True

    return build


def _oriented(W: str, b: str) -> Repair:
    """Hyperplanes that do not all meet the open ball, or of which two coincide, get new offsets: all neurons are inactive at 0."""
    def build(values: Values) -> bool:
        planes = [plane for w, t in zip(values[W], values[b], strict=True) for plane in ((*w, t), (*-w, -t))]
        if any(abs(t) >= 1 for t in values[b]) or len(set(planes)) < len(planes):
            taken: set[Any] = set()
            offsets = []
            for w, t in zip(values[W], values[b], strict=True):
                offset = -abs(t) / (1 + abs(t)) if t else Fraction(-1, 2)
                while (*w, offset) in taken:
                    offset = (offset - 1) / 2
                taken.add((*w, offset))
                offsets.append(offset)
            values[b] = np.array(offsets, dtype=object)
        return True

    return build


REPAIRS: dict[str, Callable[..., Repair]] = {
    "signs": _by_array(_signs), "bits": _by_array(_bits),
    "unit rows": _by_array(_each_row(unit)), "rows in ball": _by_array(_each_row(in_ball)),
    "unit vector": _by_array(unit), "vector in ball": _by_array(in_ball), "independent rows": _independent, "projection": _projection,
    "symmetric tensor": _symmetric_tensor, "rank at most": _rank, "Lipschitz": _lipschitz, "opposite pairs": _opposite,
    "total one": _total, "oriented": _oriented, "balanced": _balanced, "perpendicular": _perpendicular, "circle": _circle,
    "polynomial": _polynomial,
}
ONLY_HELP = frozenset({"oriented"})                     # and are checked on the finished instance
