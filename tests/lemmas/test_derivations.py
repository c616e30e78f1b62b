"""Every rule of the library is derived in the kernel from nothing but its premises, and no derivation proves a false copy of its rule."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import theory
from theory.check import schema_of
from theory.checkers import proofs
from theory.checkers.proofs import NotDerived, written
from theory.checkers.schemas import statement
from theory.checkers.shipped import shipped
from theory.kernel import Refused
from theory.kernel.heads import eq as node_eq
from theory.lemmas import caps, groups, kinks, powers, quadratics, rules, tensor_duality, tensors
from theory.lemmas.build import derived
from theory.proof import Lemma, LemmaKind
from theory.terms import And, Formula, Le, Rational, Space, Symbol, d, eq, exp, le, lipschitz_on, lt

TRUE = le(0, 0)


def modules() -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(theory.__path__, "theory."):
        yield importlib.import_module(info.name)


RULES = {lemma.id: lemma for module in modules() for lemma in vars(module).values()
         if isinstance(lemma, Lemma) and lemma.kind is LemmaKind.RULE}


def refused(lemma: Lemma) -> bool:
    """Whether the kernel refuses a line of the derivation."""
    try:
        written(lemma)
    except Refused:
        return True
    return False


# --- the rules are derived ------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("id", sorted(RULES))
def test_is_derived_from_its_premises_alone(id):
    lemma = RULES[id]
    assert lemma.derivation is not None
    schema = schema_of(lemma)
    assert (schema.premises, schema.conclusion) == statement(lemma)
    assert schema.cited == frozenset()
    theorem = written(lemma).derived.theorem
    assert theorem.conclusion is schema.conclusion
    assert theorem.hypotheses <= set(schema.premises)


def test_no_two_rules_share_an_id():
    found = {id(lemma): lemma.id for module in modules() for lemma in vars(module).values()
             if isinstance(lemma, Lemma) and lemma.kind is LemmaKind.RULE}
    assert sorted(found.values()) == sorted(RULES)


def test_a_derivation_that_came_with_the_library_counts_for_the_lemma_that_it_shows_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    other = shipped().fragment(proofs.lemma_digest(statement(rules.triangle)))
    assert other is not None
    for found in (other, {"nodes": [], "lines": []}, {"nodes": [["N"]], "lines": [["assume", [], [0]]]}):
        monkeypatch.setattr(proofs, "shipped", lambda found=found: SimpleNamespace(fragment=lambda digest: found))
        monkeypatch.setattr(proofs, "_SCHEMAS", {})
        schema = proofs.derived_schema(rules.sum_le)
        assert (schema.premises, schema.conclusion) == statement(rules.sum_le) and not schema.cited
        false = without(rules.sum_le, 0)
        with pytest.raises(Refused):
            proofs.derived_schema(false)


# --- false copies are not -----------------------------------------------------------------------------------------------------------

def without(lemma: Lemma, *places: int) -> Lemma:
    """The rule with some hypotheses replaced by 0 ≤ 0."""
    return replace(lemma, hypotheses=tuple(TRUE if place in places else h for place, h in enumerate(lemma.hypotheses)))


def claiming(lemma: Lemma, change: Callable[[Any], Formula]) -> Lemma:
    """The rule with another conclusion."""
    return replace(lemma, conclusion=change(lemma.conclusion))


def less(factor: str) -> Callable[[Any], Formula]:
    """The right side of an inequality (or equation) times a number below 1."""
    return lambda f: type(f)(f.lhs, Rational(factor) * f.rhs)


def more(f: Any) -> Formula:
    """The right side is 1 less."""
    return type(f)(f.lhs, f.rhs - 1)


DROPPED = [
    (rules.lip, 0), (rules.lip_sphere, 0), (rules.lip_sphere, 1), (rules.lip_ball, 2), (kinks.lip_ball_radius, 0),
    (rules.lip_least, 1), (rules.sup_ge, 0), (rules.sup_ge, 1), (rules.sup_pair_ge, 0), (rules.sup_pair_ge, 2),
    (rules.sup_le, 0), (rules.sup_abs, 0), (rules.sup_abs, 1), (rules.sup_pair_abs, 1), (rules.max_ge, 0), (rules.max_gap, 0),
    (rules.growth, 0), (rules.growth, 1), (rules.homogeneous, 1), (rules.depends_sphere, 2), (rules.kernel, 0), (rules.kernel, 1),
    (rules.prob_implies, 1), (rules.prob_and, 0), (rules.expect_le, 0), (caps.where_positive, 1), (caps.bound_where_positive, 1),
    (caps.cancel, 0), (caps.scale_le, 0), (caps.square_le, 0), (caps.root_le, 0), (caps.no_gap, 0), (caps.single_term, 0),
    (caps.single_term, 2), (caps.last_term, 0), (caps.at_index, 1), (caps.prob_all_pairs, 0), (groups.count_whole, 0),
    (groups.active_excess, 0), (groups.whole, 0), (groups.cases, 1), (powers.kronecker, 0), (powers.union_bound, 0),
    (powers.tensor_power, 0), (powers.multilinear, 3), (powers.multilinear, 4), (powers.multilinear, 5), (quadratics.only_index, 0),
    (quadratics.symmetric, 0),
    (tensor_duality.only_term, 0), (tensor_duality.power_le, 0), (tensor_duality.tensor_nuclear_least, 0), (tensors.injective, 0),
]


@pytest.mark.parametrize(("lemma", "place"), [pytest.param(lemma, place, id=f"{lemma.id}-{place}") for lemma, place in DROPPED])
def test_without_a_hypothesis_the_derivation_is_refused(lemma, place):
    assert not refused(lemma)
    assert refused(without(lemma, place))


CHANGED = [
    ("triangle", claiming(rules.triangle, less("9/10"))), ("norm", claiming(rules.norm_triangle, less("9/10"))),
    ("Cauchy", claiming(rules.cauchy, less("9/10"))), ("Lip", claiming(rules.lip, less("9/10"))),
    ("least slope", claiming(rules.lip_least_ball, lambda f: And(f.args[0], less("1/2")(f.args[1])))),
    ("slopes elsewhere", claiming(rules.lip_least_ball, lambda f: And(lipschitz_on(f.args[0].objects[0], Space(d)), f.args[1]))),
    ("ball to space", claiming(rules.is_lipschitz_ball, lambda f: lipschitz_on(f.objects[0], Space(d)))),
    ("growth", claiming(rules.growth, less("9/10"))), ("maximum", claiming(rules.max_ge, more)),
    ("gap of maxima", claiming(rules.max_gap, less("1/2"))), ("both events", claiming(rules.prob_and, lambda f: le(f.lhs + 1, f.rhs))),
    ("union", claiming(powers.union_bound, lambda f: le(f.lhs + Symbol("delta", nonnegative=True), f.rhs))),
    ("pairs", claiming(caps.prob_all_pairs, lambda f: le(1 - (1 - f.lhs) / 2, f.rhs))), ("telescope", claiming(powers.telescope, more)),
    ("single term", claiming(caps.single_term, more)), ("trichotomy", claiming(powers.trichotomy, more)),
    ("successor", claiming(powers.successor, more)), ("one is before one", claiming(powers.not_before_first, more)),
    ("diagonal", claiming(groups.diagonal, less("1/2"))), ("whole", claiming(groups.whole, more)),
    ("strict", claiming(caps.scale_le, lambda f: lt(f.lhs, f.rhs))), ("exponential", claiming(rules.exp_le, lambda f: lt(f.lhs, f.rhs))),
    ("direction", claiming(rules.direction_unit, lambda f: eq(f.lhs, 2))), ("power", claiming(tensors.tensor_norm, less("1/2"))),
    ("injective", claiming(tensors.injective_power, less("1/2"))), ("Frobenius", claiming(quadratics.moment_norm, less("1/2"))),
]


@pytest.mark.parametrize("lemma", [pytest.param(lemma, id=name) for name, lemma in CHANGED])
def test_with_another_constant_the_derivation_is_refused(lemma):
    assert refused(lemma)


def test_a_derivation_may_not_assume_what_is_no_premise():
    s = Symbol("s", real=True)
    lemma = derived("rule.smuggled", "e^s = 1", eq(exp(s), 1), [], lambda w: w.script.assume(w.goal))
    with pytest.raises(NotDerived, match="assumes"):
        written(lemma)


def test_a_derivation_of_something_else_is_refused():
    s = Symbol("s", real=True)
    lemma = derived("rule.other", "e^s = 1", eq(exp(s), 1), [], lambda w: w.script.combine(node_eq(w.s, w.s)))
    with pytest.raises(Refused, match="normal form"):
        written(lemma)


def test_a_constant_of_the_ball_says_nothing_of_points_outside():
    outside = replace(rules.lip_ball, hypotheses=(rules.lip_ball.hypotheses[0], *(
        Le(h.lhs, 2) for h in rules.lip_ball.hypotheses[1:])))
    assert refused(outside)
