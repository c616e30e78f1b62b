"""Coefficients of polynomials that are bounded on an interval."""

from __future__ import annotations

from theory.lemmas.build import F, i, j, n, t, textbook
from theory.source import Source
from theory.terms import Abs, Range, Sum, Symbol, forall, le
from theory.terms.sets import Interval
from theory.terms.tensors import MarkovBound

bound = Symbol("bound", real=True)

markov_coeff = textbook(
    "lemma.markov_coeff", "V. Markov: coefficients of a polynomial of degree at most n − 1 that is bounded on [−1, 1]",
    Source("V. Markov 1892; Über Polynome, die in einem gegebenen Intervalle möglichst wenig von Null abweichen, Math. Ann. 77, 1916"),
    forall(le(Abs(F(j)), MarkovBound(n - 1, j - 1) * bound), (j, Range(n))),
    [forall(le(Abs(Sum(F(i) * t ** (i - 1), (i, n))), bound), (t, Interval(-1, 1)))])
