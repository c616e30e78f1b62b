"""False twins of the audits of Theorem 4: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import X, f, i, j, n, y
from theory.laws.two_layers.tensor_fit import ALL, off
from theory.laws.two_layers.tensor_fit_printed import diagonal, error, two_labels
from theory.terms import Sum, eq, forall, le


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.thm4.diagonal', 'bln.thm4.two_labels']
    """
    rest = Sum(y[i] * off, (i, n))
    return {
        diagonal.id: (
            diagonal.dropping("powers", "any function"),
            diagonal.claiming("the label itself", forall(eq(f(X[j]), y[j] + rest), ALL), "at x_1 = 2e_1 the term is 4^p y_1"),
            diagonal.claiming("the diagonal alone", forall(eq(f(X[j]), y[j] * 1), ALL), "equal data add up"),
        ),
        two_labels.id: (
            two_labels.dropping("unit rows", "far from the sphere f is 0 on it"),
            two_labels.dropping("labels", "labels ±1/10 are fitted by a tenth of the slope"),
            two_labels.dropping("balanced", "a constant fits equal labels"),
            two_labels.dropping("within", "a constant fits nothing and has Lip_S = 0"),
            two_labels.claiming("twice", le(2, error), "x_1 fits ±1 at ±e_1 with Lip_S = 1"),
        ),
    }
