"""Instances for the tails of the data models and of bounded variables: exact laws where there are some, else Clopper–Pearson intervals.

The intervals of simulated probabilities err with rate 10⁻⁶ each; a hunt looks at about a hundred of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from sympy import Integer, Rational, preorder_traversal

from theory.lemmas import concentration, processes
from theory.terms import Prob, le, sqrt
from verify.evaluate import Evaluator, Instance, Options
from verify.laws.lemmas.drawing import bound_with, positive, stronger, unit
from verify.laws.lemmas.exact_tails import log_cap, log_chi2_lower, log_chi2_upper, log_normal_tail
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Finish, Search, Shape, Variant


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


CHI2_UPPER, CHI2_LOWER = Model({}, log_tail=chi2_upper), Model({}, log_tail=chi2_lower)
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


CAP = Model({}, log_tail=cap_tail)
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
GAUSS, ROWS = Model({}, log_tail=gaussian_vector, options=SAMPLED), Model({}, log_tail=sphere_rows, options=SAMPLED)
MATRICES: tuple[Shape, ...] = tuple({"n": n, "d": d} for n, d in ((1, 1), (5, 1), (1, 7), (2, 2), (3, 5)))

DIMS: tuple[Shape, ...] = tuple({"d": d} for d in (1, 2, 3, 10, 1000))
PLAIN = Model({})

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
                model=Model(
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
        processes.davidson_szarek_G,
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
        processes.davidson_szarek_S,
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
