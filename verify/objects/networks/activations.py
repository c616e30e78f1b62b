"""Activations ψ: R → R with the properties that the claims ask for, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from theory.errors import BadData
from verify.objects.networks import curves
from verify.objects.networks.curves import Curve

Array = NDArray[Any]


@dataclass(frozen=True)
class Activation:
    """An activation ψ and its declared properties.

    `lipschitz` is the least L with |ψ(s) − ψ(t)| ≤ L|s − t| on R, None if there is none; `slopes` the smallest closed
    interval that holds (ψ(s) − ψ(t))/(s − t); `positively_homogeneous` means ψ(st) = sψ(t) for s ≥ 0 (degree one);
    `kink` is the pair (α, β) of rationals with ψ(t) = αt + β·ReLU(t), None if ψ has no such form; `curve` encloses ψ′
    where ψ is smooth, None where it has a kink.
    At a kink `derivative` returns the slope to its left.  Two activations are equal when their names are.
    """

    name: str
    function: Callable[[Array], Array] = field(repr=False, compare=False)
    derivative: Callable[[Array], Array] = field(repr=False, compare=False)
    lipschitz: float | None = field(compare=False)
    slopes: tuple[float, float] | None = field(compare=False)
    positively_homogeneous: bool = field(compare=False)
    piecewise_linear: bool = field(compare=False)
    value_at_zero: float = field(default=0.0, compare=False)
    kink: tuple[Fraction, Fraction] | None = field(default=None, repr=False, compare=False)
    curve: Curve | None = field(default=None, repr=False, compare=False)


def activation(name: str | Activation) -> Activation:
    """The activation called `name`: relu, leaky_relu (slope 0.1), leaky_relu:s, abs, identity, tanh, sigmoid, softplus, silu,
    gelu, power:p (t^p).

    Properties in the order (Lipschitz constant on R, slope interval): relu 1, [0,1]; leaky_relu:s max(1,|s|),
    [min(s,1), max(s,1)]; abs 1, [−1,1]; identity 1, [1,1]; tanh 1, [0,1]; sigmoid 1/(1+e^{−t}) 1/4, [0,1/4]; softplus
    log(1+e^t) 1, [0,1]; silu t/(1+e^{−t}) 1.0999 and gelu tΦ(t) 1.1290, with slopes 1/2 ± (L − 1/2); power:p for p ≥ 2
    none, since t^p is Lipschitz on bounded sets only.  BLN, sections 1–3, use ReLU, the identity and t^p.

    Args: name; the slope s and the degree p ≥ 1 are part of it.
    Returns: an Activation.
    Raises: BadData for an unknown name or a bad parameter.

    >>> psi = activation("leaky_relu:0.25")
    >>> psi.function(np.array([-4.0, 2.0])), psi.slopes
    (array([-1.,  2.]), (0.25, 1.0))
    >>> activation("power:3").lipschitz is None
    True
    """
    if isinstance(name, Activation):
        return name
    family, _, parameter = str(name).partition(":")
    if family == "leaky_relu":
        return _leaky_relu(parameter or "0.1") if parameter or name == family else _unknown(name)
    if family == "power":
        return _power(parameter)
    return ACTIVATIONS[name] if name in ACTIVATIONS else _unknown(name)


def _unknown(name: Any) -> Activation:
    raise BadData(f"there is no activation {name!r}; give {', '.join(ACTIVATIONS)}, leaky_relu:SLOPE or power:DEGREE")


def piecewise_linear(name: str, left: Fraction, right: Fraction) -> Activation:
    """The positively homogeneous activation with slope `left` on t < 0 and `right` on t > 0."""
    low, high = sorted((float(left), float(right)))

    def by_side(t: Array) -> Array:
        # Object arrays hold exact rationals and keep the exact slopes; all others are floating-point.
        number: Any = Fraction if t.dtype == object else float
        return np.asarray(np.where(t > 0, number(right), number(left)))

    return Activation(
        name,
        function=lambda t: np.asarray(t * by_side(t) + 0),  # + 0 turns −0.0 into 0.0
        derivative=by_side,
        lipschitz=max(abs(low), abs(high)),
        slopes=(low, high),
        positively_homogeneous=True,
        piecewise_linear=True,
        kink=(left, right - left),
    )


def _leaky_relu(parameter: str) -> Activation:
    try:
        slope = Fraction(parameter)
        decimal = repr(float(slope))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise BadData(f"leaky_relu has the slope {parameter!r}; give a number such as leaky_relu:0.1") from None
    # One name for one function: 1/10, 0.10 and .1 are all called leaky_relu:0.1.
    shown = decimal if Fraction(decimal) == slope else str(slope)
    return piecewise_linear(f"leaky_relu:{shown}", slope, Fraction(1))


def _power(parameter: str) -> Activation:
    if not parameter.isascii() or not parameter.isdigit() or int(parameter) < 1:
        raise BadData(f"power has the degree {parameter!r}; give a positive integer such as power:2")
    p = int(parameter)
    linear = p == 1
    return Activation(
        f"power:{p}",
        function=lambda t: np.asarray(t**p),
        derivative=lambda t: np.asarray(p * t ** (p - 1)),
        lipschitz=1.0 if linear else None,
        slopes=(1.0, 1.0) if linear else None,
        positively_homogeneous=linear,
        piecewise_linear=linear,
        kink=(Fraction(1), Fraction(0)) if linear else None,
        curve=curves.power_curve(p),
    )


def _smooth(name: str, function: Callable[[Array], Array], curve: Curve, slopes: tuple[float, float], at_zero: float = 0.0) -> Activation:
    def in_floats(f: Callable[[Array], Array]) -> Callable[[Array], Array]:
        return lambda t: f(np.asarray(t, dtype=np.float64))     # a rational has no exact value here

    return Activation(name, in_floats(function), in_floats(curve.slope), max(map(abs, slopes)), slopes, False, False, at_zero, curve=curve)


def _softplus(t: Array) -> Array:
    return np.asarray(np.logaddexp(0.0, t))


ACTIVATIONS: dict[str, Activation] = {
    "relu": piecewise_linear("relu", Fraction(0), Fraction(1)),
    "abs": piecewise_linear("abs", Fraction(-1), Fraction(1)),
    "identity": piecewise_linear("identity", Fraction(1), Fraction(1)),
    "leaky_relu": _leaky_relu("0.1"),
    "tanh": _smooth("tanh", np.tanh, curves.TANH, (0.0, 1.0)),
    "sigmoid": _smooth("sigmoid", expit, curves.SIGMOID, (0.0, 0.25), 0.5),
    "softplus": _smooth("softplus", _softplus, curves.SOFTPLUS, (0.0, 1.0), float(np.logaddexp(0.0, 0.0))),
    "silu": _smooth("silu", lambda t: np.asarray(t * expit(t)), curves.SILU, (curves.SILU.turns[0][1], curves.SILU.turns[1][1])),
    "gelu": _smooth("gelu", lambda t: np.asarray(t * ndtr(t)), curves.GELU, (curves.GELU.turns[0][1], curves.GELU.turns[1][1])),
}
