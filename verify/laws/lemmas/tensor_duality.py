"""Instances for the lemmas on dual norms, and on norms of Rademacher sums; signs are enumerated, so nothing is sampled."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from sympy import Rational

from theory.lemmas import tensor_duality as duality
from theory.terms import Prob, ge, le, norm
from verify.evaluate.injective import form_supremum, nuclear_enclosure
from verify.laws.lemmas.drawing import Array, entry, exponent, finishing, off_by, positive, row, stronger
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant
from verify.laws.lemmas.tensors import ORDERS, dense

PLAIN, VECTORS = Model({}), Model({"V": row})
SIZES: tuple[Shape, ...] = ({"d": 1}, {"d": 2}, {"d": 4})
COUNTS: tuple[Shape, ...] = ({"n": 1, "d": 1}, {"n": 4, "d": 1}, {"n": 3, "d": 2}, {"n": 6, "d": 3})
EXACT: tuple[Shape, ...] = tuple(s for s in ORDERS if s["d"] == 1 or s["p"] <= 2)

# --- the nuclear norm ----------------------------------------------------------------------------------------------------------------


def two_tensors(arrays: Arrays, shape: Shape) -> Arrays:
    return {name: a.reshape((shape["d"],) * shape["p"]) for name, a in arrays.items()}


def nuclear_bound(arrays: Arrays, shape: Shape) -> Arrays:
    """The least bound, or a larger one; 1e-12 covers the rounding of singular values."""
    T = dense(arrays, shape)["T"]
    return {"T": T, "bound": nuclear_enclosure(T)[1] * (1 + 1e-12) + max(float(arrays["more"]), 0.0)}


def too_small(arrays: Arrays, shape: Shape) -> Arrays:
    found = nuclear_bound({**arrays, "more": np.array(0.0)}, shape)
    return {**found, "bound": found["bound"] / 2}


def exactly(shape: Shape) -> list[Arrays]:
    return [{"T": np.ones(shape["e"]), "more": np.array(0.0)}]


# --- powers and sums -----------------------------------------------------------------------------------------------------------------


def powers(arrays: Arrays, shape: Shape) -> Arrays:
    low = float(np.clip(arrays["low"], -5, 5))
    return {"base": 1 + float(positive(arrays["base"])), "low": low, "high": low + float(np.clip(positive(arrays["high"]), 0, 5))}


def base_below_one(arrays: Arrays, shape: Shape) -> Arrays:
    return {"base": 0.5, "low": 0.0, "high": 1.0}


def unchanged(arrays: Arrays, shape: Shape) -> Arrays:
    return arrays


# --- norms of Rademacher sums --------------------------------------------------------------------------------------------------------


def without_mean(formula: Any) -> Any:
    """The threshold without √(Σ‖v_i‖²)."""
    event = formula.rhs.body
    deviation = next(part for part in event.rhs.args if part.has(duality.level))
    return formula.func(formula.lhs, Prob(event.func(event.lhs, deviation), *formula.rhs.limits))


FORMS: tuple[Shape, ...] = ({"n": 1, "d": 1, "p": 2}, {"n": 4, "d": 1, "p": 3}, {"n": 4, "d": 2, "p": 2}, {"n": 3, "d": 2, "p": 3})


def forms(V: Array, order: int) -> Array:
    """sup_u |Σ y_i (u·v_i)^p| for all sign vectors y."""
    powers_ = []
    for v in V:
        tensor = v
        for _ in range(order - 1):
            tensor = np.multiply.outer(tensor, v)
        powers_.append(tensor)
    signs = product((-1.0, 1.0), repeat=len(V))
    return np.array([form_supremum(sum(s * t for s, t in zip(y, powers_, strict=True)))[1] for y in signs])


def on_net(arrays: Arrays, shape: Shape) -> Arrays:
    """τ one of the values of the supremum, and δ the share of the signs for which some u exceeds it: as large as the lemma allows."""
    values = np.sort(forms(arrays["V"], shape["p"]))
    tau = float(values[int(abs(float(arrays["place"]) * 7)) % len(values)]) * (1 + 1e-9) + 1e-12
    return {"V": arrays["V"], "tau": tau, "delta": float(np.mean(values > tau))}


def never(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis missed: δ = 0 for a third of the least supremum, which every u near the maximiser exceeds."""
    return {"V": np.ones_like(arrays["V"]), "tau": 1e-3, "delta": 0.0}


def quarter(formula: Any) -> Any:
    """2τ replaced by τ/4."""
    event = formula.rhs.body
    return ge(Prob(event.func(event.lhs, event.rhs / 8), *formula.rhs.limits), formula.lhs)


SEARCHES = (
    Search(
        duality.tensor_nuclear,
        {"T": "e", "R": "e"},
        EXACT,
        PLAIN,
        (stronger(), Variant("the Frobenius norm in place of the nuclear norm",
                             lambda f: le(f.lhs, norm(duality.T) * f.rhs / duality.tensor_nuclear_norm(duality.T)),
                             shapes=({"d": 3, "p": 2, "e": 9},),
                             starts=lambda s: [{"T": np.eye(3).reshape(-1), "R": np.eye(3).reshape(-1)}])),
        two_tensors,
    ),
    Search(
        duality.tensor_nuclear_least,
        {"T": "e", "more": ""},
        EXACT,
        PLAIN,
        (stronger(), Variant("half the norm", finish=too_small)),
        nuclear_bound,
        exactly,
    ),
    Search(duality.power_le, {"base": "", "low": "", "high": ""}, ({},), PLAIN,
           (stronger(), Variant("base ½", finish=base_below_one)), powers),
    Search(duality.only_term, {"F": "n"}, ({"n": 1},), Model({"F": entry("F")}),
           (off_by(), Variant("two terms", finish=unchanged, shapes=({"n": 2},)))),
    Search(duality.norm_sup, {"w": "d"}, SIZES, PLAIN, (stronger(),)),
    Search(
        duality.rademacher_norm_tail,
        {"V": "nd", "s": ""},
        COUNTS,
        VECTORS,
        (Variant("without the mean", without_mean), Variant("exponent 100 times larger", exponent(Rational(1, 100)))),
        finishing(s=positive),
        tight=False,
    ),
    Search(
        duality.form_net,
        {"V": "nd", "place": ""},
        FORMS,
        VECTORS,
        (Variant("τ/4 in place of 2τ", quarter), Variant("some u exceeds τ", finish=never)),
        on_net,
        tight=False,
    ),
)
