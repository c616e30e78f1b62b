"""Instances for Hoeffding's inequality: sums of independent two-valued variables, enumerated, and of many fair coins."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from sympy import Integer, Rational, preorder_traversal

from theory.lemmas import concentration
from theory.terms import Expect, Prob, VectorSymbol
from verify.evaluate import Evaluator, Instance
from verify.laws.lemmas.drawing import exponent, n, positive, too_narrow
from verify.laws.lemmas.exact_tails import log_binomial_tail
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant

low, gap, q = (VectorSymbol(name, n) for name in ("lo", "gap", "q"))
# X_i takes the value lo_i + gap_i with probability q_i, else lo_i
TWO_VALUED: dict[str, Callable[..., Any]] = {
    "F": lambda i: low[i],
    "G": lambda i: gap[i],
    "H": lambda i: q[i],
}


def two_valued_tail(event: Prob, at: Evaluator, instance: Instance) -> tuple[float, float]:
    """P(ΣX_i > E ΣX_i + excess) by enumeration of the 2ⁿ outcomes."""
    values = {name: instance.array(name, 1) for name in ("lo", "gap", "q")}
    count = len(values["q"])
    outcomes = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
    chances = np.prod(np.where(outcomes == 1, values["q"], 1 - values["q"]), axis=1)
    excess = outcomes @ values["gap"] - float(values["q"] @ values["gap"])
    threshold = event.body.rhs
    allowed = at.value(threshold.xreplace({t: Integer(0) for t in preorder_traversal(threshold) if isinstance(t, Expect)}))[1]
    chance = float(chances[excess > allowed + 1e-9 * (1 + abs(allowed))].sum())
    found = math.log(chance) if chance > 0 else -math.inf
    return found - 1e-12, found + 1e-12  # products and sums of 2ⁿ ≤ 64 chances


def two_valued(arrays: Arrays, shape: Shape) -> Arrays:
    gaps, chances = np.abs(arrays["gap"]), np.abs(arrays["q"]) / (1 + np.abs(arrays["q"]))
    return {
        "lo": arrays["lo"],
        "gap": gaps,
        "q": chances,
        "sigma": float(np.linalg.norm(gaps)) * (1 + 1e-14),
        "s": float(positive(arrays["s"])),
    }


def fair_coins(event: Prob, at: Evaluator, instance: Instance) -> tuple[float, float]:
    """n fair coins with values 0 and 1: the excess over the mean is half a sum of signs."""
    threshold = event.body.rhs
    low, high = at.value(threshold.xreplace({t: Integer(0) for t in preorder_traversal(threshold) if isinstance(t, Expect)}))
    count = int(instance.number("n"))
    return log_binomial_tail(count, 2 * high * (1 + 1e-12)), log_binomial_tail(count, 2 * low * (1 - 1e-12))


def coins(arrays: Arrays, shape: Shape) -> Arrays:
    return {"sigma": math.sqrt(shape["n"]), "s": 8 * float(positive(arrays["s"]))}


COIN: dict[str, Callable[..., Any]] = {
    "F": lambda i: Integer(0),
    "G": lambda i: Integer(1),
    "H": lambda i: Rational(1, 2),
}
COINS = Model(COIN, log_tail=fair_coins)
CROWD: tuple[Shape, ...] = ({"n": 20_000},)
BOUNDED = Model(TWO_VALUED, log_tail=two_valued_tail)


def skewed(shape: Shape) -> list[Arrays]:
    """One value with probability near 1 and s near 0, where Hoeffding's bound is nearly reached."""
    return [{"lo": np.zeros(shape["n"]), "gap": np.eye(shape["n"])[0], "q": np.full(shape["n"], 1e6), "s": np.array(1e-16)}]


def heights(shape: Shape) -> list[Arrays]:
    return [{"s": np.array(s)} for s in (1.0, 2.0, 4.0)]


SEARCHES = (
    Search(
        concentration.hoeffding,
        {"lo": "n", "gap": "n", "q": "n", "s": ""},
        ({"n": 1}, {"n": 2}, {"n": 6}),
        BOUNDED,
        (
            Variant("exponent 5 % larger", exponent(Rational(20, 21)), coins, CROWD, heights, COINS),
            Variant("σ too small", finish=too_narrow(two_valued)),
        ),
        two_valued,
        skewed,
        slack=1e-5,
        also=(Variant("many fair coins", None, coins, CROWD, heights, COINS),),
    ),
)
