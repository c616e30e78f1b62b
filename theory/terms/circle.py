"""Labelled points on the circle of length 1: sign changes, the shortest opposite gap, and the least Lipschitz constant."""

from __future__ import annotations

from theory.terms.sorts import NonnegativeScalar


class SignChanges(NonnegativeScalar):
    """The number of cyclic neighbours of opposite label; ``args = (t, y)``, positions and labels.

    >>> from theory.terms import le, n, SignChanges, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> t, y = VectorSymbol("t", n), VectorSymbol("y", n)
    >>> text(le(SignChanges(t, y), n))
    'sign changes(t, y) ≤ n'
    """

    is_integer = True


class OppositeGap(NonnegativeScalar):
    """The shortest gap between cyclic neighbours of opposite label, as a fraction of the circle; 1 when all labels agree.

    >>> from theory.terms import le, n, OppositeGap, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> t, y = VectorSymbol("t", n), VectorSymbol("y", n)
    >>> text(le(OppositeGap(t, y), 1))
    'gap(t, y) ≤ 1'
    """


class CircleSlope(NonnegativeScalar):
    """The largest |y_i − y_j|/‖x_i − x_j‖ for the points x_i at angles 2πt_i of the unit circle; 0 when all labels agree.

    Equal points have the slope 0, as 1/0 = 0.

    >>> from theory.terms import CircleSlope, le, n, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> t, y = VectorSymbol("t", n), VectorSymbol("y", n)
    >>> text(le(0, CircleSlope(t, y)))
    '0 ≤ slope(t, y)'
    """
