"""The extreme slopes of an activation."""

from __future__ import annotations

from typing import Any

from theory.terms.arithmetic import Symbol, exp
from theory.terms.scalars import Sup
from theory.terms.sets import LINE

_h, _t = Symbol("h", real=True), Symbol("t", real=True)


def largest_slope(psi: Any) -> Sup:
    """The supremum of (ψ(t + H) − ψ(t))/H over all t and all steps H = e^h; 0 where these quotients have no bound.

    >>> from theory.terms import Activation, largest_slope
    >>> from theory.terms.printing.text import text
    >>> text(largest_slope(Activation("psi")))
    'sup_{β, t} exp(−β) (ψ(t + exp(β)) − ψ(t))'
    """
    return Sup((psi(_t + exp(_h)) - psi(_t)) * exp(-_h), (_h, LINE), (_t, LINE))


def largest_fall(psi: Any) -> Sup:
    """The largest slope of −ψ, so that −largest_fall(psi) is the least slope of ψ.

    >>> from theory.terms import Activation, largest_fall
    >>> from theory.terms.printing.text import text
    >>> text(-largest_fall(Activation("psi")))
    '−sup_{β, t} exp(−β) (ψ(t) − ψ(t + exp(β)))'
    """
    return Sup((psi(_t) - psi(_t + exp(_h))) * exp(-_h), (_h, LINE), (_t, LINE))
