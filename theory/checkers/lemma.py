"""Uses of lemmas: values of the metavariables for which the step's fact is an instance of the schema, and what is wrong where none is.

The matcher proposes bindings of the metavariables.  For each, the schema is instantiated here, its hypotheses are looked up among the
named facts or discharged, and its conclusion is compared with the goal in normal form.  What is found is a hint: a step is proved by
the kernel alone (`theory.checkers.derive`).
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from sympy import Basic, Expr, Symbol, preorder_traversal, sympify

from theory.checkers.context import Context, open_step, same_formula
from theory.checkers.linear import check_linear
from theory.errors import BadData
from theory.proof import Lemma, LemmaKind, Use
from theory.terms import Ball, Eq, ForAll, Formula, Implies, Le, Lt, Property, Range, Relation, Space, Sphere
from theory.terms.arithmetic import all_simplified, guided, simplified
from theory.terms.linear import Vector
from theory.terms.matching import Pattern, dimensions, match_first, matches, same_sort
from theory.terms.normal import Normaliser
from theory.terms.scalars import Norm
from theory.terms.schema import FAMILY_TERMS, Event, Family, Template, VectorFamily, instantiate
from theory.terms.shape import is_gram, is_symmetric
from theory.terms.sorts import Named, Scalar, fresh_variable, names_in, rename_variable
from theory.verdict import Status, Verdict, failed

FAMILY_SORTS = {Family: Expr, VectorFamily: Vector, Event: Formula}
SORT_NAMES = {Expr: "scalar", Vector: "vector", Formula: "formula"}
MAX_BINDINGS = 4000  # proposals examined before the checker gives up; the library's schemas need fewer than a hundred


def check_lemma(goal: Formula, facts: Mapping[str, Formula], use: Use) -> Verdict:
    """The goal follows from the named facts by one use of the lemma."""
    lemma = use.lemma
    complaint = f"the conclusion of {lemma.id} does not match this step"
    for variant, context in _goal_variants(goal, facts):
        normaliser = context.normaliser(expand_norms=True)
        for binding in _proposals(lemma, use, variant, context):
            missing = _mismatch(lemma, binding, variant, normaliser, context.opened)
            if missing is None:
                return Verdict(Status.PROVED, f"instance of {lemma.id}", {"instance": _readable(binding)}, _rests_on(lemma))
            complaint = missing
    unmet = _unmet(lemma, use, goal, facts)
    return failed(unmet or complaint, lemma=lemma.id)


def use_read(use: Use) -> Use:
    """A use of a lemma as sympy reads it."""
    hints = {name: simplified(value) if isinstance(value, Basic) else value for name, value in use.hints.items()}
    return Use(_lemma_read(use.lemma), hints)


@cache
def _lemma_read(lemma: Lemma) -> Lemma:
    return replace(lemma, conclusion=simplified(lemma.conclusion), hypotheses=tuple(all_simplified(lemma.hypotheses)))


def _rests_on(lemma: Lemma) -> frozenset[str]:
    return frozenset() if lemma.kind is LemmaKind.RULE else frozenset({lemma.id})


def _goal_variants(goal: Formula, facts: Mapping[str, Formula]) -> Iterator[tuple[Formula, Context]]:
    """The goal as it stands, then with its quantifiers opened."""
    yield goal, open_step_flat(goal, facts)
    if isinstance(goal, (ForAll, Implies)):
        context = open_step(goal, facts)
        yield context.goal, context


def open_step_flat(goal: Formula, facts: Mapping[str, Formula]) -> Context:
    """The goal unopened; facts and their conjuncts as they are."""
    return Context(goal, open_step(Property("goal"), facts).facts, ())


# --- proposals ------------------------------------------------------------------------------------------------------------------

def _proposals(lemma: Lemma, use: Use, goal: Formula, context: Context) -> Iterator[dict[Any, Any]]:
    """Bindings of all metavariables under which every hypothesis is discharged."""
    start = hints_to_binding(lemma, use.hints)
    seen = 0
    for binding in _conclusion_matches(lemma, goal, start):
        for full in _with_hypotheses(lemma, lemma.schema.hypotheses, binding, context):
            seen += 1
            if seen > MAX_BINDINGS:
                return
            yield full


def _conclusion_matches(lemma: Lemma, goal: Formula, start: dict[Any, Any]) -> Iterator[dict[Any, Any]]:
    """Match the whole conclusion, then one side of a relation only, then nothing (all given by hints and hypotheses)."""
    conclusion, variables = lemma.schema.conclusion, lemma.schema.variables
    if isinstance(conclusion, ForAll) and not isinstance(goal, ForAll):
        fresh = [fresh_variable(v, "°c", names_in(conclusion)) for v in conclusion.variables]
        conclusion, variables = conclusion.instantiate(*fresh), variables | set(fresh)
    yield from matches(Pattern(conclusion, variables), goal, start)
    if isinstance(conclusion, Relation) and isinstance(goal, Relation):
        for one, other in ((0, 1), (1, 0)):
            for binding in matches(Pattern(conclusion.args[one], variables), goal.args[one], start):
                yield from matches(Pattern(instantiate(conclusion.args[other], binding), variables), goal.args[other], binding)
                yield binding
    yield dict(start)


def _with_hypotheses(lemma: Lemma, hypotheses: tuple[Formula, ...], binding: dict[Any, Any],
                     context: Context) -> Iterator[dict[Any, Any]]:
    if not hypotheses:
        yield binding
        return
    for extended in _discharge(instantiate(hypotheses[0], binding), lemma.schema.variables, binding, context):
        yield from _with_hypotheses(lemma, hypotheses[1:], extended, context)


def _discharge(hypothesis: Formula, variables: frozenset[Any], binding: dict[Any, Any], context: Context) -> Iterator[dict[Any, Any]]:
    """Ways to meet one hypothesis: a named fact, an instance of a quantified one, or by form."""
    for fact in context.facts.values():
        yield from matches(Pattern(hypothesis, variables), fact, binding)
    for fact in context.facts.values():
        if isinstance(fact, ForAll) and not isinstance(hypothesis, ForAll):
            yield from _instance_of(hypothesis, fact, binding, variables, context)
    if not _metavariables(hypothesis, variables - set(binding)):
        normaliser = context.normaliser(expand_norms=True)
        if any(same_formula(hypothesis, fact, normaliser) for fact in context.facts.values()) or holds_by_form(hypothesis, context):
            yield binding


def _instance_of(hypothesis: Formula, fact: ForAll, binding: dict[Any, Any], variables: frozenset[Any],
                 context: Context) -> Iterator[dict[Any, Any]]:
    """A bound hypothesis that is the body of a universal fact at some element of its domain."""
    if _metavariables(hypothesis, variables - set(binding)):
        return
    if instance_binding(fact, hypothesis, context) is not None:
        yield binding


def instance_binding(fact: ForAll, goal: Formula, context: Context) -> dict[Any, Any] | None:
    """Values of the quantified variables, each shown to lie in its domain, at which the fact's body is the goal."""
    fresh: list[Any] = []
    for variable in fact.variables:
        fresh.append(fresh_variable(variable, "°q", names_in(fact) | names_in(goal) | {v.name for v in fresh}))
    body = fact.instantiate(*fresh)
    for binding in matches(Pattern(body, frozenset(fresh)), goal):
        inside = all(v in binding and is_member(binding[v], domain, context) for v, domain in zip(fresh, fact.domains, strict=True))
        # the matcher only proposes: the fact at these values is compared with the goal
        if inside and same_formula(fact.instantiate(*(binding[v] for v in fresh)), goal, context.normaliser()):
            return binding
    return None


def is_member(term: Any, domain: Any, context: Context) -> bool:
    """Whether a term provably lies in a domain."""
    if any(v == term and other == domain for v, other in context.opened):
        return True
    if isinstance(domain, Range):
        return domain.surely_holds(term)
    if not isinstance(domain, Space):
        return False
    if not isinstance(term, Vector):
        return type(domain) is Space and domain.dim == 1
    if term.dim != domain.dim:
        return False
    if isinstance(domain, Sphere):
        return holds_by_form(Eq(Norm(term), 1), context)
    if isinstance(domain, Ball):
        on_sphere = domain.radius == 1 and any(v == term and type(other) is Sphere for v, other in context.opened)
        return on_sphere or holds_by_form(Le(Norm(term), domain.radius), context)
    return True


@guided
def holds_by_form(hypothesis: Formula, context: Context) -> bool:
    """Side conditions that need no named step: signs, membership by shape, and linear consequences of the named facts."""
    hypothesis = simplified(hypothesis)
    if isinstance(hypothesis, Property):
        if hypothesis.name == "member of":
            element, domain = hypothesis.objects
            return is_member(element, domain, context)
        shape = {"symmetric": is_symmetric, "positive semidefinite": is_gram}.get(hypothesis.name)
        return shape is not None and shape(hypothesis.objects[0])
    if isinstance(hypothesis, ForAll):
        inner = open_step(hypothesis, context.facts, {v.name for v, _ in context.opened})
        return holds_by_form(inner.goal, Context(inner.goal, inner.facts, (*context.opened, *inner.opened)))
    if isinstance(hypothesis, Relation):
        if _has_declared_sign(hypothesis):
            return True
        normaliser = context.normaliser()
        goal = hypothesis.func(*map(normaliser.scalar, hypothesis.args))
        facts = {name: fact.func(*(normaliser.scalar(simplified(a)) for a in fact.args)) for name, fact in context.relations().items()}
        return check_linear(goal, facts, False).status is Status.PROVED
    return False


def _has_declared_sign(hypothesis: Relation) -> bool:
    """0 ≤ t or 0 < t for a number, a symbol or an atom that is declared so."""
    if hypothesis.lhs != 0 or not (hypothesis.rhs.is_Symbol or hypothesis.rhs.is_Rational or isinstance(hypothesis.rhs, Scalar)):
        return False                                  # of compound terms the sign calculus decides, not sympy's assumptions
    wanted = hypothesis.rhs.is_positive if isinstance(hypothesis, Lt) else hypothesis.rhs.is_nonnegative
    return isinstance(hypothesis, (Le, Lt)) and wanted is True


def _metavariables(formula: Formula, variables: frozenset[Any]) -> set[Any]:
    return set(formula.free_symbols) & set(variables)


# --- comparison and messages -----------------------------------------------------------------------------------------------------

def _mismatch(lemma: Lemma, binding: dict[Any, Any], goal: Formula, normaliser: Normaliser,
              opened: tuple[tuple[Any, Any], ...]) -> str | None:
    """None when the instantiated conclusion, or its body at variables opened with its domains, is the goal; else what is wrong."""
    from theory.terms.printing.text import text
    for variable, value in binding.items():
        if variable in lemma.schema.variables and not fits(variable, value, binding):
            return f"{variable.name.removeprefix('?')} of {lemma.id} cannot stand for a term of another sort or size"
    conclusion = instantiate(lemma.schema.conclusion, binding)
    free = _metavariables(conclusion, lemma.schema.variables)
    if free:
        return _undetermined(lemma, conclusion)
    if same_formula(conclusion, goal, normaliser):
        return None
    if isinstance(conclusion, ForAll) and not isinstance(goal, ForAll) and instance_binding(
            conclusion, goal, Context(goal, {}, opened)) is not None:
        return None
    return f"{lemma.id} gives  {text(conclusion)}  here, which is not this step"


def _undetermined(lemma: Lemma, conclusion: Any) -> str:
    names = sorted(v.name.removeprefix("?") for v in _metavariables(conclusion, lemma.schema.variables))
    return f"{lemma.id} does not determine {', '.join(names) or 'all of its symbols'}; give it with .at(…)"


def _unmet(lemma: Lemma, use: Use, goal: Formula, facts: Mapping[str, Formula]) -> str | None:
    """The first hypothesis of the lemma that no named fact meets, for the message."""
    from theory.terms.printing.text import text
    for variant, context in _goal_variants(goal, facts):
        for binding in _conclusion_matches(lemma, variant, hints_to_binding(lemma, use.hints)):
            current = [binding]
            for hypothesis in lemma.schema.hypotheses:
                following = [e for b in current[:20] for e in _discharge(instantiate(hypothesis, b), lemma.schema.variables, b, context)]
                if not following and isinstance(hypothesis, (Le, Lt)) and hypothesis.rhs in set(lemma.schema.variables) - set(current[0]):
                    return _undetermined(lemma, instantiate(lemma.schema.conclusion, current[0]))      # the sign of an open symbol
                if not following:
                    return f"{lemma.id} needs  {text(instantiate(hypothesis, current[0]))} , which is not among the facts this step names"
                current = following
            break
    return None


def hints_to_binding(lemma: Lemma, hints: Mapping[str, Any]) -> dict[Any, Any]:
    """The author's hints as a binding; a lambda gives a family."""
    by_name = {v.name.removeprefix("?"): v for v in lemma.schema.variables}
    binding: dict[Any, Any] = {}
    for name, value in hints.items():
        if name not in by_name:
            raise BadData(f"{lemma.id} has no metavariable {name!r}; it has {', '.join(sorted(by_name))}")
        binding[by_name[name]] = _hinted(lemma, by_name[name], value)
    return _with_sizes(lemma, binding)


def _with_sizes(lemma: Lemma, binding: dict[Any, Any]) -> dict[Any, Any]:
    """The binding with the sizes of the given vectors and matrices; unchanged where they clash, which the comparison then reports."""
    for variable, value in list(binding.items()):
        for own, given in zip(dimensions(variable), _sizes(value), strict=False):
            binding = match_first(Pattern(own, lemma.schema.variables), given, binding) or binding
    return binding


def _sizes(value: Any) -> tuple[Any, ...]:
    return dimensions(value.body if isinstance(value, Template) else value)


def fits(variable: Any, value: Any, binding: Mapping[Any, Any]) -> bool:
    """Whether a metavariable may stand for a term: one of its sort and, for vectors and matrices, of its size under the binding.

    The sizes occur in conclusions, as in √min(k, d), so a binding that gives them other values would prove falsehoods.
    """
    if isinstance(value, Template):
        sort = FAMILY_SORTS.get(type(variable))
        if sort is None or not isinstance(value.body, sort):
            return False
    elif isinstance(variable, (Family, VectorFamily, Event)) or not same_sort(variable, value) or getattr(value, "is_real", None) is False:
        return False
    wanted = tuple(instantiate(size, binding) for size in dimensions(variable))
    return not wanted or _sizes(value) == wanted


def _hinted(lemma: Lemma, variable: Any, value: Any) -> Any:
    """A hint as what its metavariable may stand for: a lambda for a family of terms, a term for anything else."""
    is_function = callable(value) and not hasattr(value, "args")
    if is_function is not isinstance(variable, (Family, VectorFamily, Event)):
        wanted = "a family; give a lambda" if not is_function else "no family; give a term"
        raise BadData(f"{variable.name.removeprefix('?')} in {lemma.id} is {wanted}")
    return _template(lemma, variable, value) if is_function else sympify(value)


def _template(lemma: Lemma, family: Any, value: Any) -> Template:
    """The family as λ variables. body, the variables of the sorts that the lemma gives it where its arguments are variables."""
    uses = [t.args[1:] for f in (lemma.schema.conclusion, *lemma.schema.hypotheses) for t in preorder_traversal(f)
            if isinstance(t, FAMILY_TERMS) and t.args[0] == family]
    prototype = next(args for args in uses if all(isinstance(a, (Symbol, Named)) for a in args))
    arity = len(inspect.signature(value).parameters)
    if arity != len(prototype):
        name = family.name.removeprefix("?")
        raise BadData(f"the hint for {name} in {lemma.id} takes {arity} arguments, the lemma gives {len(prototype)}")
    variables = tuple(rename_variable(a, f"°h{i}") for i, a in enumerate(prototype))
    body, sort = sympify(value(*variables)), FAMILY_SORTS[type(family)]
    if not isinstance(body, sort):
        raise BadData(f"the hint for {family.name.removeprefix('?')} in {lemma.id} gives {type(body).__name__}, not a {SORT_NAMES[sort]}")
    return Template(variables, body)


def _readable(binding: dict[Any, Any]) -> dict[str, str]:
    from theory.terms.printing.text import text
    shown = {}
    for variable, value in binding.items():
        words = text(value.body if isinstance(value, Template) else value)
        shown[variable.name.removeprefix("?")] = (
            f"{', '.join(v.name for v in value.variables)} ↦ {words}" if isinstance(value, Template) else words)
    return shown
