"""The mutants of a step: one change of its formula, or one of the facts it names taken away.  Deterministic, in a fixed order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sympy import Basic, Integer, Rational
from sympy.core.symbol import Str

from theory.errors import ShapeError
from theory.proof import Step, Use
from theory.terms import (
    LINE,
    Abs,
    And,
    Ball,
    Exists,
    ForAll,
    Formula,
    GaussianRows,
    Implies,
    Le,
    Lt,
    Max,
    Min,
    Prob,
    Range,
    Space,
    Sphere,
    SphereRows,
    Symbol,
    exp,
)
from theory.terms.arithmetic import Add, Mul, Pow
from theory.terms.formula import Eq, Or, Relation, VectorEq
from theory.terms.linear import IndexedSum
from theory.terms.scalars import EigenvalueSum, FrobeniusNorm, Maximum, NuclearNorm, OperatorNorm
from theory.terms.sets import Interval
from theory.terms.tensors import InjectiveNorm, TensorNuclearNorm
from verify.trials.mutation.substitution import in_scalars, substituted

WITHOUT = "without"
SWAPPED_NORMS = {FrobeniusNorm: (OperatorNorm, NuclearNorm), OperatorNorm: (FrobeniusNorm, NuclearNorm),
                 NuclearNorm: (FrobeniusNorm, OperatorNorm), EigenvalueSum: (OperatorNorm, NuclearNorm),
                 InjectiveNorm: (TensorNuclearNorm,), TensorNuclearNorm: (InjectiveNorm,)}
SWAPPED_EXTREMES = {Max: (Min, Add), Min: (Max,)}
SWAPPED_LAWS = {SphereRows: GaussianRows, GaussianRows: SphereRows}


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

    Hints to a lemma change along with the formula.

    Changes that give the formula back, or a multiple of it, or one that was there before, are left out.

    >>> from theory.proof import step as made
    >>> from theory.terms import le, norm, VectorSymbol, n
    >>> y = VectorSymbol("y", n)
    >>> [m.kind for m in mutants(made("s", le(norm(y), 2 * n), by="linear", using="h"))]
    ['reversed', 'strict', 'scaled', 'sign', 'constant', 'factor', 'without']
    """
    found: dict[Formula, Mutant] = {}
    for kind, place, formula in changes(step.formula):
        if formula not in found and not restates(formula, step.formula):
            found[formula] = Mutant(kind, place, replace(step, formula=formula, by=_along(step, place, formula)))
    kept = (Mutant(WITHOUT, f"without {name!r}", replace(step, using=tuple(u for u in step.using if u != name)), name)
            for name in dict.fromkeys(step.using))
    return (*found.values(), *kept)


def restates(formula: Formula, other: Formula) -> bool:
    """Whether two formulas are the same but for a number that multiplies both sides of a relation: 0 ≤ t/2 says no more than 0 ≤ t.

    >>> from theory.terms import le, n
    >>> restates(le(0, n / 2), le(0, n)), restates(le(1, n / 2), le(1, n))
    (True, False)
    """
    if formula == other:
        return True
    if type(formula) is not type(other) or len(formula.args) != len(other.args):
        return False
    if isinstance(formula, Relation):
        (left, right), (its_left, its_right) = ([side.as_content_primitive() for side in relation.args] for relation in (formula, other))
        same = left[1] == its_left[1] and right[1] == its_right[1]
        turned = isinstance(formula, Eq) and left[1] == -its_left[1] and right[1] == -its_right[1]
        return (same or turned) and (0 in (left[1], right[1]) or left[0] * its_right[0] == its_left[0] * right[0])
    return all(restates(a, b) if isinstance(a, Formula) else a == b for a, b in zip(formula.args, other.args, strict=True))


def _along(step: Step, place: Place, formula: Formula) -> Any:
    """What the changed step is by: the same lemma, with hints that follow the change, so that it is not refused for the old ones."""
    if not isinstance(step.by, Use):
        return step.by
    pair = _right_sides(step.formula, formula) or (() if isinstance(place, str) else place)
    return Use(step.by.lemma, {name: substituted(hint, *pair) if pair and isinstance(hint, Basic) else hint
                               for name, hint in step.by.hints.items()})


def _right_sides(formula: Formula, changed: Formula) -> tuple[Any, ...]:
    """The right sides of the one relation that changed, also in a conjunction; nothing where its left side changed too."""
    if isinstance(formula, And) and isinstance(changed, And):
        parts = [pair for pair in zip(formula.args, changed.args, strict=True) if pair[0] != pair[1]]
        return _right_sides(*parts[0]) if len(parts) == 1 else ()
    if isinstance(formula, Relation) and isinstance(changed, Relation) and formula.lhs == changed.lhs:
        return formula.rhs, changed.rhs
    return ()


Change = tuple[str, Place, Formula]


def changes(formula: Formula) -> Iterator[Change]:
    """All changes of a formula: of its relations, and of the numbers, powers, norms, ranges, laws and domains in its terms."""
    yield from _of_relations(formula)
    for kind, old, new, put in (*_of_terms(formula), *_of_dimensions(formula)):
        with suppress(ShapeError):                          # the result is no formula, as where a vector of R^n would have a size d
            yield kind, (old, new), put(formula, old, new)


def _of_relations(formula: Formula) -> Iterator[Change]:
    """Beneath quantifiers, in conclusions, in the parts of conjunctions, and in events whose probability is bounded."""
    if isinstance(formula, (Exists, ForAll)):
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
        yield (("scaled", "1 is added to the right side", Eq(lhs, rhs + 1)) if 0 in (lhs, rhs)
               else ("scaled", "the right side is doubled", Eq(lhs, 2 * rhs)))
    else:
        yield "reversed", "the inequality is reversed", relation.func(rhs, lhs)
        if isinstance(relation, Le):
            yield "strict", "≤ becomes <", Lt(lhs, rhs)
        yield (("scaled", "1 is subtracted from the right side", relation.func(lhs, rhs - 1)) if 0 in (lhs, rhs)
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


Put = Callable[[Any, Any, Any], Any]


def _of_terms(formula: Formula) -> Iterator[tuple[str, Any, Any, Put]]:
    """Pairs of a subterm and what takes its place everywhere, in the order in which the formula is read."""
    return ((kind, term, new, substituted) for term in _read(formula) for kind, new in _of_term(term))


def _of_term(term: Any) -> Iterator[tuple[str, Any]]:
    """What may take the place of one term: a number or a power changed, a factor left out, a norm, an extreme, a range or a law swapped."""
    if isinstance(term, Pow) and isinstance(term.exp, Rational):
        yield from (("exponent", Pow(term.base, term.exp + 1)), ("exponent", Pow(term.base, term.exp - 1)))
    elif isinstance(term, exp):
        yield from (("exponent", exp(2 * term.args[0])), ("exponent", exp(term.args[0] / 2)))
    elif isinstance(term, Mul):
        if term.args[0].is_Rational and term.args[0] != -1:
            yield from (("constant", Mul(2, term)), ("constant", term / 2))
        yield from (("factor", Mul(*(other for other in term.args if other != factor)))
                    for factor in term.args if not isinstance(factor, Pow) and not factor.is_Number)
    elif isinstance(term, Add):
        yield "sign", term - 2 * term.args[-1]
        if term.args[0].is_Rational:
            yield "constant", term + term.args[0]
    elif isinstance(term, Abs):
        yield "sign", term.args[0]
    elif type(term) in SWAPPED_NORMS:
        named = term.args if isinstance(term, (InjectiveNorm, TensorNuclearNorm)) else term.args[:1]       # a tensor with d and p
        yield from (("norm", norm(*named)) for norm in SWAPPED_NORMS[type(term)])
    elif type(term) in SWAPPED_EXTREMES:
        yield from (("extreme", other(*term.args)) for other in SWAPPED_EXTREMES[type(term)])
    elif isinstance(term, (IndexedSum, Maximum)) and all(isinstance(domain, Range) for domain in term.domains):
        yield "extreme", (IndexedSum if isinstance(term, Maximum) else Maximum)(term.body, *term.limits)
        (variable, domain), *others = term.limits
        yield "range", term.func(term.body, (variable, Range(domain.size - 1)), *others)
    elif isinstance(term, Prob):
        yield "complement", 1 - term
    elif isinstance(term, Space) and term != LINE:
        yield from (("domain", domain) for domain in (Sphere(term.dim), Ball(term.dim), Space(term.dim)))
    elif isinstance(term, Interval):
        yield "domain", LINE
    elif type(term) in SWAPPED_LAWS:
        yield "law", SWAPPED_LAWS[type(term)](*term.args)


def _of_dimensions(formula: Formula) -> Iterator[tuple[str, Any, Any, Put]]:
    """Each size n, d, k, … that a scalar of the formula mentions, and the next one of them in its place: n for d, √d for √k."""
    sizes = sorted((s for s in formula.free_symbols if isinstance(s, Symbol) and s.is_integer and s.is_positive), key=lambda s: s.name)
    if len(sizes) > 1:
        yield from (("dimension", size, sizes[(place + 1) % len(sizes)], in_scalars) for place, size in enumerate(sizes))


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


def _said(term: Any) -> str:
    from theory.terms.printing.text import text
    return f"{type(term).__name__}({term.dim})" if isinstance(term, Space) else text(term)
