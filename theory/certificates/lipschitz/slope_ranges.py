"""Activations in ball arithmetic: values ψ(t), and the range of ψ′ over an interval.

A piecewise linear ψ is named "kinks" and has two slopes, α for t < 0 and β for t > 0; the smooth ones have names of their own.  Their ψ′
is monotone between the ends of an interval and its turning points: 0 for tanh and sigmoid, none for softplus, ±√2 for gelu, whose ψ″ is
φ(t)(2 − t²), and for silu ± the root of t·tanh(t/2) = 2, where the left side, growing with t > 0, passes 2 between 2.3993 and 2.3994.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from flint import arb, fmpq

from theory.certificates.exact.exact_data import ball
from theory.certificates.exact.exact_network import fraction, rational
from theory.errors import BadData

KINKS = "kinks"


def _sigmoid(t: arb) -> arb:
    return 1 / (1 + (-t).exp())


def _normal(t: arb) -> arb:
    return (1 + (t / arb(2).sqrt()).erf()) / 2


def _density(t: arb) -> arb:
    return (-t * t / 2).exp() / (2 * arb.pi()).sqrt()


def _between(low: str, high: str) -> tuple[Fraction, Fraction]:
    return Fraction(low), Fraction(high)


# ψ, ψ′, the turning points of ψ′ between two rationals each, and the limits of ψ′ at −∞ and ∞
_Smooth = tuple[Callable[[arb], arb], Callable[[arb], arb], tuple[tuple[Fraction, Fraction], ...], tuple[int, int]]
_ZERO = (Fraction(0), Fraction(0))
_SILU, _GELU = _between("2.3993", "2.3994"), _between("1.4142", "1.4143")
SMOOTH: dict[str, _Smooth] = {
    "tanh": (lambda t: t.tanh(), lambda t: 1 - t.tanh() ** 2, (_ZERO,), (0, 0)),
    "sigmoid": (_sigmoid, lambda t: _sigmoid(t) * (1 - _sigmoid(t)), (_ZERO,), (0, 0)),
    "softplus": (lambda t: t.exp().log1p() if t < 0 else t + (-t).exp().log1p(), _sigmoid, (), (0, 1)),
    "silu": (lambda t: t * _sigmoid(t), lambda t: _sigmoid(t) * (1 + t * (1 - _sigmoid(t))),
             ((-_SILU[1], -_SILU[0]), _SILU), (0, 1)),
    "gelu": (lambda t: t * _normal(t), lambda t: _normal(t) + t * _density(t), ((-_GELU[1], -_GELU[0]), _GELU), (0, 1)),
}  # fmt: skip


def check_activation(name: object) -> str:
    """The name, or BadData when no activation has it."""
    if not isinstance(name, str) or name not in (KINKS, *SMOOTH):
        raise BadData(f"the activation is {name!r}: it is one of {', '.join((KINKS, *SMOOTH))}")
    return name


def activation_value(name: str, slopes: Sequence[Fraction], t: fmpq) -> fmpq | arb:
    """ψ(t), exactly for kinks, else at the working precision.

    >>> activation_value("kinks", (Fraction(1, 2), Fraction(1)), fmpq(-3)), activation_value("tanh", (), fmpq(0))
    (-3/2, 0)
    """
    return t * rational(slopes[1] if t > 0 else slopes[0]) if name == KINKS else SMOOTH[name][0](arb(t))


def slope_range(name: str, slopes: Sequence[Fraction], low: Fraction | None, high: Fraction | None) -> tuple[arb, arb]:
    """Exact numbers α ≤ β with ψ′(t) in [α, β] for low ≤ t ≤ high (None: no end), for kinks wherever ψ′ is defined inside.

    >>> slope_range("kinks", (Fraction(0), Fraction(1)), Fraction(0), Fraction(2))
    (1.00000000000000, 1.00000000000000)
    >>> low, high = slope_range("tanh", (), Fraction(-1), None)
    >>> bool(low <= 0), bool(1 <= high < 1.001)
    (True, True)
    """
    if name == KINKS:
        met = [slopes[0]] * (low is None or low < 0) + [slopes[1]] * (high is None or high > 0) or [*slopes]
        return ball(min(met)).lower(), ball(max(met)).upper()
    _, derivative, turns, limits = SMOOTH[name]
    seen = [arb(limit) if end is None else derivative(ball(end)) for end, limit in zip((low, high), limits, strict=True)]
    for first, last in turns:
        if (low is None or low <= last) and (high is None or high >= first):
            seen.append(derivative(ball(first).union(ball(last))))
    return min((value.lower() for value in seen), key=_exact), max((value.upper() for value in seen), key=_exact)


def _exact(value: arb) -> Fraction:
    return fraction(value.fmpq())
