"""False twins of the repaired bounds for deep networks."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.universal_law.deep import (
    BIASED,
    LAYER,
    M_,
    SKIPS,
    THREE,
    M,
    R,
    biases_repaired,
    e3,
    layer,
    s,
    skips_repaired,
    t,
    three_layers,
    v,
    v_,
    w1,
    w2,
    w3,
    x,
    x_,
)
from theory.terms import Abs, le, norm, op_norm


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())[:2]
    ['bs.d4.layer', 'bs.d4.three_layers']
    """
    return {
        biases_repaired.id: (
            biases_repaired.dropping("b", "the bias is then any number"),
            biases_repaired.claiming("R", le(BIASED.lhs, R * Abs(v - v_)), "the bias is 1"),
            biases_repaired.claiming("1", le(BIASED.lhs, Abs(v - v_)), "the argument is R")),
        skips_repaired.id: (
            skips_repaired.claiming("|w₁|", le(SKIPS.lhs, Abs(w1) * (1 + Abs(w2)) * Abs(w3) * Abs(s - t)), "without w₁ the skip is left"),
            skips_repaired.claiming("|w₂|", le(SKIPS.lhs, (1 + Abs(w1)) * Abs(w2) * Abs(w3) * Abs(s - t)), "without w₂ the skip is left"),
            skips_repaired.claiming("half", le(2 * SKIPS.lhs, SKIPS.rhs), "ReLU(t) = t for t > 0")),
        layer.id: (
            layer.claiming("weights alone", le(LAYER.lhs, op_norm(M - M_) * norm(x_)), "the argument changes as well"),
            layer.claiming("argument alone", le(LAYER.lhs, op_norm(M) * norm(x - x_)), "the weights change as well"),
            layer.claiming("half", le(2 * LAYER.lhs, LAYER.rhs), "an equality for multiples of the identity")),
        three_layers.id: (
            *(three_layers.dropping(name, "a layer is then of any size") for name in ("layer 3", "shared")),
            three_layers.claiming("half", le(2 * e3, THREE.rhs), "an equality for equal weights")),
    }
