"""Proofs: named facts, and how each follows from the facts it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

from sympy import Integer

from theory.errors import BadData
from theory.source import Source
from theory.terms import Eq, Formula, Le, Lt, Symbol, replace
from theory.terms.formula import require_formula
from theory.terms.sorts import META, rename_variable


class LemmaKind(Enum):
    """Where the truth of a lemma comes from."""

    RULE = "rule"            # the definition of a term, or a step of logic
    TEXTBOOK = "textbook"    # cited, with its exact hypotheses; claims that use it are proved *modulo* it
    OURS = "ours"            # proved here, by a proof of its own


@dataclass(frozen=True, eq=False)
class Lemma:
    """A schema: for all values of its free symbols, the hypotheses imply the conclusion.

    A step uses it by matching, which only proposes values; the kernel substitutes them itself, and the step's fact is derived from what
    comes out, so the author's restatement is never taken on trust.
    """

    id: str
    title: str
    source: Source
    kind: LemmaKind
    conclusion: Formula
    hypotheses: tuple[Formula, ...] = ()
    proof: Proof | None = None
    names: tuple[str, ...] = ()          # of the hypotheses in the proof; h1, h2, … when empty
    derivation: Callable[[Any], Any] | None = None   # writes the proof line by line, for facts too close to the kernel for steps
    uses: tuple[Lemma, ...] = ()         # the lemmas that the derivation was given

    @property
    def named_hypotheses(self) -> dict[str, Formula]:
        """The hypotheses as the lemma's own proof calls them."""
        names = self.names or tuple(f"h{position}" for position in range(1, len(self.hypotheses) + 1))
        return dict(zip(names, self.hypotheses, strict=True))

    def at(self, **hints: Any) -> Use:
        """This lemma with some metavariables given by name: a term, or a lambda for a family of terms."""
        return Use(self, hints)

    @cached_property
    def schema(self) -> Schema:
        """The lemma with its free symbols renamed apart from every symbol of a claim."""
        formulas = (self.conclusion, *self.hypotheses)
        free = {s for f in formulas for s in f.free_symbols}
        apart = {s: rename_variable(s, f"{META}{s.name}") for s in free}
        for symbol, meta in list(apart.items()):
            if symbol.args[1:]:                                    # a vector or matrix: its symbolic dimensions are renamed as well
                apart[symbol] = meta.func(meta.args[0], *(replace(a, apart) for a in meta.args[1:]))
        renamed = [replace(f, apart) for f in formulas]
        variables = frozenset(s for f in renamed for s in f.free_symbols)
        declared = [_declared_sign(v) for v in sorted(variables, key=lambda v: v.name) if v.is_Symbol]
        return Schema(renamed[0], (*renamed[1:], *(h for h in declared if h is not None)), variables)


def _declared_sign(symbol: Any) -> Formula | None:
    """The declared sign of a scalar metavariable is a hypothesis: whatever it stands for must be shown to have it.

    Raises: BadData (something else is declared of it, which nobody would check of what it stands for).
    """
    sign = next((name for name in _SIGNS if getattr(symbol, f"is_{name}")), None)
    checked = Symbol("s", **{sign or "real": True}, **({"integer": True} if symbol.is_integer else {}))
    if not set(symbol.assumptions0.items()) <= set(checked.assumptions0.items()):
        raise BadData(f"the symbol {symbol.name.removeprefix(META)} of a lemma is declared {', '.join(sorted(symbol._assumptions_orig))}; "
                      "declare it real, integer or of a sign, and state the rest as hypotheses")
    return None if sign is None else _SIGNS[sign](symbol)


_ZERO = Integer(0)
_SIGNS: dict[str, Callable[[Any], Formula]] = {       # the stronger ones first: what is zero is nonnegative too
    "positive": lambda t: Lt(_ZERO, t), "negative": lambda t: Lt(t, _ZERO), "zero": lambda t: Eq(t, _ZERO),
    "nonnegative": lambda t: Le(_ZERO, t), "nonpositive": lambda t: Le(t, _ZERO),
}


@dataclass(frozen=True)
class Schema:
    """A conclusion and hypotheses over metavariables."""

    conclusion: Formula
    hypotheses: tuple[Formula, ...]
    variables: frozenset[Any]


@dataclass(frozen=True)
class Use:
    """A lemma and the values that the author gives to some of its metavariables."""

    lemma: Lemma
    hints: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fact:
    """A named formula."""

    name: str
    formula: Formula


@dataclass(frozen=True)
class Step:
    """A fact, how it follows (the name of a checker, or a lemma), and the facts from which alone it is derived."""

    name: str
    formula: Formula
    by: str | Lemma | Use
    using: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_formula(self.formula, f"the step {self.name!r}")

    @property
    def method(self) -> str:
        """How the step is checked, for the ledger."""
        if isinstance(self.by, str):
            return self.by
        return (self.by.lemma if isinstance(self.by, Use) else self.by).id


@dataclass(frozen=True)
class Proof:
    """An ordered list of steps; the last one states the conclusion.  ``author`` is "printed" or "ours"."""

    author: str
    steps: tuple[Step, ...]

    def map(self, change: Callable[[Formula], Formula]) -> Proof:
        """The proof with every formula changed; how twins are made."""
        return Proof(self.author, tuple(Step(s.name, change(s.formula), s.by, s.using) for s in self.steps))


def step(name: str, formula: Formula, *, by: str | Lemma | Use, using: tuple[str, ...] | list[str] | str = ()) -> Step:
    """One step of a proof; ``using`` names the hypotheses and earlier steps that it may use."""
    return Step(name, formula, by, (using,) if isinstance(using, str) else tuple(using))


def proof(*steps: Step, author: str = "ours") -> Proof:
    """A proof from its steps."""
    return Proof(author, steps)

