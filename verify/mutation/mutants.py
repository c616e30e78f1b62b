"""The mutants of a step: one change of its formula, or one of the facts it names taken away.  Deterministic, in a fixed order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sympy import Add, Basic, Integer, Mul, Pow, Rational
from sympy.core.symbol import Str

from theory.proof import Step
from theory.terms import LINE, And, Ball, ForAll, Formula, Implies, Prob, Range, Space, Sphere
from theory.terms.formula import Eq, Or, Relation, VectorEq
from theory.terms.scalars import FrobeniusNorm, NuclearNorm, OperatorNorm
from theory.terms.sorts import Binder

WITHOUT = "without"
SWAPPED_NORMS = {FrobeniusNorm: (OperatorNorm, NuclearNorm), OperatorNorm: (FrobeniusNorm, NuclearNorm),
                 NuclearNorm: (FrobeniusNorm, OperatorNorm)}


Place = str | tuple[Any, Any]


@dataclass(frozen=True)
class Mutant:
    """A step with one change.

    ``kind`` is a word for the sort of change; ``place`` says what changes, in words or as a subterm and what takes its place;
    ``dropped`` is the fact taken away.
    """

    kind: str
    place: Place
    step: Step
    dropped: str | None = None

    @property
    def what(self) -> str:
        """The place in words, which are found only for the mutants that are shown."""
        return self.place if isinstance(self.place, str) else " → ".join(map(_said, self.place))


def mutants(step: Step) -> tuple[Mutant, ...]:
    """All mutants of a step: first the changes of its formula, then one without each fact that it names.

    Changes that give the formula back, or one that was there before, are left out.

    >>> from theory.proof import step as made
    >>> from theory.terms import le, norm, VectorSymbol, n
    >>> y = VectorSymbol("y", n)
    >>> [m.kind for m in mutants(made("s", le(norm(y), 2 * n), by="linear", using="h"))]
    ['reversed', 'scaled', 'sign', 'constant', 'without']
    """
    found: dict[Formula, Mutant] = {}
    for kind, place, formula in changes(step.formula):
        if formula != step.formula and formula not in found:
            found[formula] = Mutant(kind, place, replace(step, formula=formula))
    kept = (Mutant(WITHOUT, f"without {name!r}", replace(step, using=tuple(u for u in step.using if u != name)), name)
            for name in dict.fromkeys(step.using))
    return (*found.values(), *kept)


Change = tuple[str, Place, Formula]


def changes(formula: Formula) -> Iterator[Change]:
    """All changes of a formula: of its relations, and of the numbers, powers, norms and domains in its terms."""
    yield from _of_relations(formula)
    for kind, old, new in _of_terms(formula):
        yield kind, (old, new), substituted(formula, old, new)


def _of_relations(formula: Formula) -> Iterator[Change]:
    """Beneath quantifiers, in conclusions, in the parts of conjunctions, and in events whose probability is bounded."""
    if isinstance(formula, ForAll):
        yield from _inside(_of_relations(formula.body), lambda body: formula.func(body, *formula.limits))
    elif isinstance(formula, Implies):
        yield from _inside(_of_relations(formula.conclusion), lambda conclusion: Implies(formula.premise, conclusion))
        yield "premise", "the premise is dropped", formula.conclusion
    elif isinstance(formula, (And, Or)):
        for place, part in enumerate(formula.args):
            yield from _inside(_of_relations(part), _putting(formula, place))
        if isinstance(formula, Or) and len(formula.args) > 1:
            yield "alternative", "the last alternative is dropped", Or(*formula.args[:-1])
    elif isinstance(formula, VectorEq):
        left, right = formula.args
        yield "scaled", "the right side is doubled", VectorEq(left, right * 2)
        yield "sign", "the right side is negated", VectorEq(left, right * -1)
    elif isinstance(formula, Relation):
        yield from _of_relation(formula)


def _of_relation(relation: Relation) -> Iterator[Change]:
    lhs, rhs = relation.args
    if isinstance(relation, Eq):
        yield (("scaled", "1 is added to the right side", Eq(lhs, 1)) if rhs == 0
               else ("scaled", "the right side is doubled", Eq(lhs, 2 * rhs)))
    else:
        yield "reversed", "the inequality is reversed", relation.func(rhs, lhs)
        yield (("scaled", "1 is subtracted from the right side", relation.func(lhs, -1)) if rhs == 0
               else ("scaled", "the right side is halved", relation.func(lhs, rhs / 2)))
    yield "sign", "the right side is negated", relation.func(lhs, -rhs)
    for event in sorted(relation.atoms(Prob), key=lambda p: p.sort_key()):
        yield from _inside(_of_relations(event.body), _replacing(relation, event))


def _inside(changes: Iterator[Change], around: Callable[[Formula], Formula]) -> Iterator[Change]:
    return ((kind, place, around(changed)) for kind, place, changed in changes)


def _putting(formula: Formula, place: int) -> Callable[[Formula], Formula]:
    return lambda part: formula.func(*formula.args[:place], part, *formula.args[place + 1:])


def _replacing(relation: Relation, event: Any) -> Callable[[Formula], Formula]:
    return lambda body: substituted(relation, event, event.func(body, *event.limits))


def _of_terms(formula: Formula) -> Iterator[tuple[str, Any, Any]]:
    """Pairs of a subterm and what takes its place everywhere, in the order in which the formula is read."""
    for term in _read(formula):
        if isinstance(term, Pow) and isinstance(term.exp, Rational):
            yield "exponent", term, Pow(term.base, term.exp + 1)
        elif isinstance(term, Mul) and term.args[0].is_Rational and term.args[0] != -1:
            yield "constant", term, Mul(2, term)
        elif isinstance(term, Add):
            yield "sign", term, term - 2 * term.args[-1]
            if term.args[0].is_Rational:
                yield "constant", term, term + term.args[0]
        elif type(term) in SWAPPED_NORMS:
            for norm in SWAPPED_NORMS[type(term)]:
                yield "norm", term, norm(*term.args)
        elif isinstance(term, Space) and term != LINE:
            for domain in (Sphere(term.dim), Ball(term.dim), Space(term.dim)):
                yield "domain", term, domain


def _read(term: Any) -> Iterator[Any]:
    """The subterms from the outside in, each once; dimensions, ranges and names are left out."""
    seen: set[Any] = set()

    def walk(current: Any) -> Iterator[Any]:
        if current in seen:
            return
        seen.add(current)
        yield current
        if isinstance(current, (Space, Range, Str)):
            return
        for part in current.args:
            if isinstance(part, Basic) and not isinstance(part, Integer):
                yield from walk(part)

    return walk(term)


def substituted(term: Any, old: Any, new: Any) -> Any:
    """The term with ``new`` for every occurrence of ``old``, beneath binders too: a changed step may say something else of its variables.

    >>> from theory.terms import Sum, VectorSymbol, index, n
    >>> y, i = VectorSymbol("y", n), index("i")
    >>> body = Sum(y[i] ** 2, (i, n)).body
    >>> substituted(Sum(y[i] ** 2, (i, n)), body, body.base ** 3) == Sum(y[i] ** 3, (i, n))
    True
    """
    if term == old:
        return new
    if not term.args or isinstance(term, Str):
        return term
    if isinstance(term, Binder):
        return term.func(substituted(term.body, old, new),
                         *((variable, substituted(domain, old, new)) for variable, domain in term.limits))
    args = [substituted(part, old, new) for part in term.args]
    return term if all(a is b for a, b in zip(args, term.args, strict=True)) else term.func(*args)


def _said(term: Any) -> str:
    from theory.terms.printing import text
    return f"{type(term).__name__}({term.dim})" if isinstance(term, Space) else text(term)
