"""Instances for the tails of the data models and of bounded variables: exact laws where there are some, else Clopper–Pearson intervals.

The intervals of simulated probabilities err with rate 10⁻⁶ each; a hunt looks at about a hundred of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from sympy import Integer, Rational, preorder_traversal, sqrt

from theory.lemmas import concentration, processes
from theory.terms import Expect, Indicator, Prob, VectorSymbol, le
from verify.evaluate import Evaluator, Instance, Options
from verify.lemmas.drawing import n, positive, stronger, unit
from verify.lemmas.exact_tails import log_binomial_tail, log_cap, log_chi2_lower, log_chi2_upper, log_normal_tail
from verify.lemmas.search import Arrays, Finish, Reading, Search, Shape, Variant
from verify.lemmas.signs import bound_with


def sizes(instance: Instance) -> tuple[int, int]:
    """n and d of the instance."""
    return int(instance.number("n")), int(instance.number("d"))


def up_to(largest: float) -> Finish:
    """s in [0, largest]."""
    return lambda arrays, shape: {**arrays, "s": min(abs(float(arrays["s"])), largest)}


def grid(*values: float) -> Callable[[Shape], list[Arrays]]:
    return lambda shape: [{"s": np.array(v)} for v in values]


# --- χ² ----------------------------------------------------------------------------------------------------------------------------


def chi2_upper(event: Prob, at: Evaluator, instance: Instance) -> tuple[float, float]:
    """P(χ² > threshold) with nd degrees of freedom."""
    rows, dim = sizes(instance)
    low, high = at.value(event.body.rhs)
    return log_chi2_upper(rows * dim, high)[0], log_chi2_upper(rows * dim, low)[1]


def chi2_lower(event: Prob, at: Evaluator, instance: Instance) -> tuple[float, float]:
    """P(χ² < threshold)."""
    rows, dim = sizes(instance)
    low, high = at.value(event.body.lhs)
    return log_chi2_lower(rows * dim, low)[0], log_chi2_lower(rows * dim, high)[1]


def replace_number(old: int, new: Rational, place: str) -> Callable[[Any], Any]:
    """One coefficient of the threshold changed: that of the root (`root`) or of s (`linear`)."""

    def change(formula: Any) -> Any:
        event = formula.rhs.body
        terms = {side: list(side.as_ordered_terms()) for side in event.args}
        parts = []
        for side, summands in terms.items():
            changed = [t * new / old if _is_place(t, place) else t for t in summands]
            parts.append(sum(changed, Integer(0)) if changed != summands else side)
        return formula.func(formula.lhs, Prob(event.func(*parts), *formula.rhs.limits))

    return change


def _is_place(term: Any, place: str) -> bool:
    powers = [f.exp for f in preorder_traversal(term) if f.is_Pow and any(getattr(x, "name", "") == "s" for x in f.base.free_symbols)]
    if place == "root":
        return bool(powers)
    return not powers and any(getattr(x, "name", "") == "s" for x in term.free_symbols) and term.is_polynomial()


CHI2_UPPER, CHI2_LOWER = Reading({}, log_tail=chi2_upper), Reading({}, log_tail=chi2_lower)
FREEDOM: tuple[Shape, ...] = ({"n": 1, "d": 1}, {"n": 2, "d": 1}, {"n": 3, "d": 5}, {"n": 100, "d": 100})
MANY: tuple[Shape, ...] = ({"n": 1000, "d": 1000},)
TWO: tuple[Shape, ...] = ({"n": 2, "d": 1},)

# --- caps --------------------------------------------------------------------------------------------------------------------------


def cap_tail(event: Prob, at: Evaluator, instance: Instance) -> tuple[float, float]:
    """P(⟨u, x⟩ > s) for a row uniform on the sphere and a unit vector u."""
    low, high = at.value(event.body.rhs)
    dim = sizes(instance)[1]
    return log_cap(dim, max(high, 0.0))[0], log_cap(dim, max(low, 0.0))[1]


def cap_instance(arrays: Arrays, shape: Shape) -> Arrays:
    """Heights on the scale 1/√d, up to the pole."""
    return {"u": unit(arrays["u"]), "s": min(float(positive(arrays["s"])) / math.sqrt(shape["d"]), 1.0)}


CAP = Reading({}, log_tail=cap_tail)
SPHERES: tuple[Shape, ...] = tuple({"n": 1, "d": d} for d in (1, 2, 3, 10, 400))

# --- largest singular values -------------------------------------------------------------------------------------------------------


def gaussian_vector(event: Prob, at: Evaluator, instance: Instance) -> tuple[float, float] | None:
    """One row or one column: √d·s_max is the norm of a standard Gaussian vector; None for other shapes, which are simulated."""
    rows, dim = sizes(instance)
    if min(rows, dim) > 1:
        return None
    low, high = at.value(event.body.rhs)
    if max(rows, dim) == 1:
        return log_normal_tail(high), log_normal_tail(low)
    return log_chi2_upper(max(rows, dim), high**2)[0], log_chi2_upper(max(rows, dim), low**2)[1]


def sphere_rows(event: Prob, at: Evaluator, instance: Instance) -> tuple[float, float] | None:
    """One row has s_max = 1 and one column √n; so the event is certain or impossible.  None for other shapes, which are simulated."""
    rows, dim = sizes(instance)
    if min(rows, dim) > 1:
        return None
    mean = math.sqrt(2) * math.exp(math.lgamma((dim + 1) / 2) - math.lgamma(dim / 2))
    low, high = at.value(event.body.rhs)
    value = mean * math.sqrt(rows if dim == 1 else 1)
    return (0.0 if value > high else -math.inf), (0.0 if value > low else -math.inf)


def without(letter: str) -> Callable[[Any], Any]:
    """The threshold √n + √d + s without one of the roots."""

    def change(formula: Any) -> Any:
        event = formula.rhs.body
        root = next(t for t in event.rhs.as_ordered_terms() if t.is_Pow and t.base.name == letter)
        return formula.func(formula.lhs, Prob(event.func(event.lhs, event.rhs - root), *formula.rhs.limits))

    return change


SAMPLED = Options(n_samples=2000, error_rate=1e-6)
GAUSS, ROWS = Reading({}, log_tail=gaussian_vector, options=SAMPLED), Reading({}, log_tail=sphere_rows, options=SAMPLED)
MATRICES: tuple[Shape, ...] = tuple({"n": n, "d": d} for n, d in ((1, 1), (5, 1), (1, 7), (2, 2), (3, 5)))

# --- bounded variables -------------------------------------------------------------------------------------------------------------

low, gap, q = (VectorSymbol(name, n) for name in ("lo", "gap", "q"))
# X_i takes the value lo_i + gap_i with probability q_i, else lo_i: these are the extreme laws on an interval
TWO_VALUED = {"F": lambda i, t: low[i] + gap[i] * Indicator(le(t, q[i])), "G": lambda i: low[i], "H": lambda i: low[i] + gap[i]}


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


COINS = Reading(
    {"F": lambda i, t: Indicator(le(t, Rational(1, 2))), "G": lambda i: Integer(0), "H": lambda i: Integer(1)}, log_tail=fair_coins
)
CROWD: tuple[Shape, ...] = ({"n": 20_000},)
BOUNDED = Reading(TWO_VALUED, log_tail=two_valued_tail)


def short_gap(arrays: Arrays, shape: Shape) -> Arrays:
    found = two_valued(arrays, shape)
    return {**found, "sigma": found["sigma"] / 20}


def skewed(shape: Shape) -> list[Arrays]:
    """One value with probability near 1 and s near 0, where Hoeffding's bound is nearly reached."""
    return [{"lo": np.zeros(shape["n"]), "gap": np.eye(shape["n"])[0], "q": np.full(shape["n"], 1e6), "s": np.array(1e-16)}]


def stronger_exponent(formula: Any) -> Any:
    """√(s/2) made smaller: the exponent 5 % larger."""
    event = formula.rhs.body
    s = next(x for x in formula.free_symbols if x.name == "s")
    return formula.func(formula.lhs, Prob(event.func(event.lhs, event.rhs.subs(s, s * Rational(20, 21))), *formula.rhs.limits))


DIMS: tuple[Shape, ...] = tuple({"d": d} for d in (1, 2, 3, 10, 1000))
PLAIN = Reading({})

SEARCHES = (
    Search(
        concentration.laurent_massart_upper,
        {"s": ""},
        FREEDOM,
        CHI2_UPPER,
        (
            Variant("√ coefficient 5 % smaller", replace_number(2, Rational(19, 10), "root"), up_to(100.0), MANY, grid(30.0, 100.0)),
            Variant("s coefficient 5 % smaller", replace_number(2, Rational(19, 10), "linear"), up_to(1000.0), TWO, grid(400.0, 1000.0)),
        ),
        up_to(30.0),
        tight=False,
    ),
    Search(
        concentration.laurent_massart_lower,
        {"s": ""},
        FREEDOM,
        CHI2_LOWER,
        (
            Variant("√ coefficient 5 % smaller", replace_number(2, Rational(19, 10), "root"), up_to(100.0), MANY, grid(30.0, 100.0)),
            Variant("exponent 5 % larger", bound_with(Rational(21, 20)), up_to(100.0), MANY, grid(30.0, 100.0)),
        ),
        up_to(30.0),
        tight=False,
    ),
    Search(
        concentration.cap,
        {"u": "d", "s": ""},
        SPHERES,
        CAP,
        (
            Variant(
                "exponent 5 % larger",
                lambda f: f.func(bound_with(Rational(21, 20))(f.body), *f.limits),
                cap_instance,
                ({"n": 1, "d": 1_000_000},),
                lambda s: [{"u": np.eye(1, s["d"])[0], "s": np.array(20.0)}],
            ),
            Variant(
                "u of norm 2",
                finish=lambda a, s: {**cap_instance(a, s), "u": 2 * unit(a["u"])},
                reading=Reading(
                    {},
                    log_tail=lambda e, at, instance: (
                        log_cap(sizes(instance)[1], at.value(e.body.rhs)[1] / 2)[0],
                        log_cap(sizes(instance)[1], at.value(e.body.rhs)[0] / 2)[1],
                    ),
                ),
            ),
        ),
        cap_instance,
        grid(3.0, 10.0, 15.0),
        tight=False,
    ),
    Search(
        concentration.hoeffding,
        {"lo": "n", "gap": "n", "q": "n", "s": ""},
        ({"n": 1}, {"n": 2}, {"n": 6}),
        BOUNDED,
        (
            Variant("exponent 5 % larger", stronger_exponent, coins, CROWD, grid(1.0, 2.0, 4.0), COINS),
            Variant("σ too small", finish=short_gap),
        ),
        two_valued,
        skewed,
        slack=1e-5,
        also=(Variant("many fair coins", None, coins, CROWD, grid(1.0, 2.0, 4.0), COINS),),
    ),
    Search(
        processes.davidson_szarek_gauss,
        {"s": ""},
        MATRICES,
        GAUSS,
        (
            Variant("exponent 5 % larger", bound_with(Rational(21, 20)), up_to(200.0), ({"n": 1, "d": 1},), grid(100.0, 200.0)),
            Variant("√n missing", without("n"), shapes=({"n": 50, "d": 1},)),
        ),
        up_to(30.0),
        tight=False,
    ),
    Search(
        processes.davidson_szarek_sphere,
        {"s": ""},
        MATRICES,
        ROWS,
        (Variant("√n missing", without("n"), shapes=({"n": 50, "d": 1},)),),
        up_to(30.0),
        tight=False,
    ),
    Search(
        concentration.mean_chi,
        {},
        DIMS,
        PLAIN,
        (stronger(), Variant("√(d − 9/20)", lambda f: le(sqrt(f.lhs.base + Rational(1, 20)), f.rhs))),
        slack=1e-5,
    ),
    Search(concentration.mean_chi_upper, {}, DIMS, PLAIN, (stronger(),), slack=1e-3),
)
