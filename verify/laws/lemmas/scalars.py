"""Instances for inequalities between functions of one or two numbers, for moment generating functions, and for single terms of sums."""

from __future__ import annotations

import numpy as np

from theory.lemmas import processes, rules, scalars
from verify.laws.lemmas.drawing import entry, stronger
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Finish, Search, Shape, Variant

ONE: tuple[Shape, ...] = ({},)
PLAIN = Model({})
COUNTS: tuple[Shape, ...] = ({"n": 1}, {"n": 2}, {"n": 5})
LARGEST = 20.0      # exponents


def _within(bounds: dict[str, tuple[float, float]]) -> Finish:
    """Numbers folded into intervals, continuously: 0 becomes the middle."""
    def finish(arrays: Arrays, shape: Shape) -> Arrays:
        return {name: float((low + high) / 2 + (high - low) / 2 * np.sin(float(arrays[name]))) for name, (low, high) in bounds.items()}
    return finish


def _fixed(finish: Finish, **values: float) -> Finish:
    """Instances that miss a hypothesis: these numbers are as given."""
    return lambda arrays, shape: {**finish(arrays, shape), **values}


WEIGHTED = _within({"p": (0.0, 1.0), "s": (-LARGEST, LARGEST), "t": (-LARGEST, LARGEST)})
TWO_POINTS = _within({"p": (0.0, 1.0), "x": (-LARGEST, LARGEST)})
UNIT = _within({"p": (1e-3, 1 - 1e-3), "q": (1e-3, 1 - 1e-3)})
LARGE = _within({"u": (0.0, LARGEST)})
BELOW_3 = _within({"u": (0.0, 2.999)})


def _near(**values: float) -> list[Arrays]:
    return [{name: np.array(value) for name, value in values.items()}]


def _terms(arrays: Arrays, shape: Shape) -> Arrays:
    """Nonnegative terms, and one of their places."""
    return {"F": np.abs(arrays["F"]), "j": int(np.clip(np.rint(abs(arrays["j"])), 1, shape["n"]))}


def _signed_terms(arrays: Arrays, shape: Shape) -> Arrays:
    """The first term is 1, and the others are negative."""
    return {"F": np.where(np.arange(shape["n"]) == 0, 1.0, -1.0), "j": 1}


SEARCHES = (
    Search(scalars.weighted_means, {"p": "", "s": "", "t": ""}, ONE, PLAIN,
           (stronger(), Variant("a weight of 2", finish=_fixed(WEIGHTED, p=2.0, s=1.0, t=0.0))), WEIGHTED),
    Search(scalars.hoeffding_scalar, {"p": "", "x": ""}, ONE, PLAIN, (stronger(),), TWO_POINTS),      # it holds for every p
    Search(scalars.mgf_sign, {"x": ""}, ONE, PLAIN, (stronger(),), _within({"x": (-LARGEST, LARGEST)})),
    Search(scalars.bennett, {"u": ""}, ONE, PLAIN, (stronger(),), LARGE, lambda s: _near(u=-np.pi / 2 + 0.03), slack=1e-3),
    Search(scalars.bernstein_mgf, {"u": ""}, ONE, PLAIN, (stronger(), Variant("beyond 3", finish=_fixed(BELOW_3, u=3.5))), BELOW_3,
           lambda s: _near(u=-np.pi / 2)),
    Search(scalars.pinsker, {"p": "", "q": ""}, ONE, PLAIN, (stronger(),), UNIT, lambda s: _near(p=0.0, q=0.02), slack=1e-3),
    Search(processes.mgf_signs, {"v": "n"}, COUNTS, PLAIN, (stronger(),), lambda a, s: {"v": np.clip(a["v"], -3, 3)}),
    Search(rules.term, {"F": "n", "j": ""}, COUNTS, Model({"F": entry("F")}),
           (stronger(), Variant("terms of both signs", finish=_signed_terms, shapes=({"n": 2},))), _terms),
)
