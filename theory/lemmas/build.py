"""How a lemma is declared, and the symbols that the lemma files share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from theory.proof import Lemma, LemmaKind, Proof
from theory.source import OURS, Source
from theory.terms import Activation, Formula, Function, MatrixSymbol, Symbol, VectorSymbol, index
from theory.terms.schema import Event, Family, VectorFamily

n, d, k, m, r = (Symbol(name, integer=True, positive=True) for name in "ndkmr")
i, j, l = index("i"), index("j"), index("l")
s, t = Symbol("s", real=True), Symbol("t", real=True)
c = Symbol("c", real=True)
X, W = MatrixSymbol("X", n, d), MatrixSymbol("W", k, d)
x, x_, u, w = (VectorSymbol(name, d) for name in ("x", "x'", "u", "w"))
psi, f = Activation("psi"), Function("f", d)
F, G, H = Family("F"), Family("G"), Family("H")
V = VectorFamily("V", d)
A, B = Event("A"), Event("B")


def derived(id: str, title: str, conclusion: Formula, hypotheses: Sequence[Formula], derivation: Callable[..., Any],
            *uses: Lemma) -> Lemma:
    """A definition or a step of logic, derived in the kernel; using it leaves a proof PROVED.

    ``derivation`` takes the lemmas that it uses, if any, and a `theory.checkers.writing.Writing`, writes the lines, and returns the last.
    """
    return Lemma(id, title, OURS, LemmaKind.RULE, conclusion, tuple(hypotheses), derivation=partial(derivation, *uses), uses=uses)


def consequence(id: str, title: str, conclusion: Formula, hypotheses: Sequence[Formula], derivation: Callable[..., Any],
                *uses: Lemma) -> Lemma:
    """A fact that is derived in the kernel from lemmas that are cited; what uses it rests on them."""
    return Lemma(id, title, OURS, LemmaKind.OURS, conclusion, tuple(hypotheses), derivation=partial(derivation, *uses), uses=uses)


def textbook(id: str, title: str, source: Source, conclusion: Formula, hypotheses: Sequence[Formula] = ()) -> Lemma:
    """A cited fact; using it makes a proof PROVED MODULO this lemma."""
    return Lemma(id, title, source, LemmaKind.TEXTBOOK, conclusion, tuple(hypotheses))


def ours(id: str, title: str, conclusion: Formula, hypotheses: Sequence[Formula], proof: Proof) -> Lemma:
    """A lemma with a proof of its own; its hypotheses are named h1, h2, … in that proof."""
    return Lemma(id, title, OURS, LemmaKind.OURS, conclusion, tuple(hypotheses), proof)
