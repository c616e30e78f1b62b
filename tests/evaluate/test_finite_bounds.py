"""Whether a function is Lipschitz and whether values are bounded, as hypotheses: measured, decided exactly, and met by the builders."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.errors import BadData, ShapeError
from theory.lemmas import rules
from theory.registry import claims, named_lemmas
from theory.source import Source
from theory.terms import (
    Ball,
    Eq,
    Function,
    Le,
    Lip,
    Lt,
    MatrixSymbol,
    Property,
    Space,
    Sphere,
    Sup,
    Symbol,
    VectorSymbol,
    bounded_above,
    d,
    dot,
    eq,
    forall,
    le,
    lipschitz_on,
    lipschitz_with,
)
from theory.terms.printing.text import text
from theory.verdict import Status
from verify.evaluate import Instance, Outcome, evaluate_formula
from verify.evaluate.exact.formulas import check_exact
from verify.laws.functions import ConstantFunction
from verify.laws.lemmas.functions import Bowl, Jump, Ridge
from verify.trials.property.strategies.plan import plan_of
from verify.trials.spaces.needs import recognised

f, x, u, w = Function("f", d), VectorSymbol("x", d), VectorSymbol("u", d), VectorSymbol("w", d)
M, t = MatrixSymbol("M", d, d), Symbol("t", real=True)


@pytest.mark.parametrize(("function", "domain", "outcome"), [
    (Ridge(np.array([3.0, 4.0])), Space(d), Outcome.HOLDS), (Ridge(np.array([3.0, 4.0])), Sphere(d), Outcome.HOLDS),
    (Bowl(2.0), Ball(d, 3), Outcome.HOLDS), (Jump(np.array([1.0, 0.0])), Space(d), Outcome.VIOLATED),
    (Jump(np.array([1.0, 0.0])), Ball(d), Outcome.VIOLATED),
])
def test_a_function_is_lipschitz_where_its_slopes_have_a_bound(function, domain, outcome):
    assert evaluate_formula(lipschitz_on(f, domain), Instance({"f": function, "d": 2})).outcome is outcome


class Certified:
    """A function with certified ends of its slopes."""

    def __init__(self, lower: float, upper: float) -> None:
        self.ends = arb(lower), arb(upper)

    def __call__(self, points):
        return np.zeros(len(points))

    def lipschitz_exact(self, domain):
        return self.ends


@pytest.mark.parametrize(("function", "status"), [
    (Certified(1, 2), Status.CERTIFIED), (Certified(np.inf, np.inf), Status.REFUTED), (Certified(1, np.inf), Status.UNKNOWN),
    (ConstantFunction(1.0), Status.CERTIFIED),
])
def test_it_is_decided_exactly_from_certified_slopes(function, status):
    assert check_exact(lipschitz_on(f, Space(d)), Instance({"f": function, "d": 2})).status is status


def test_an_upper_bound_says_that_there_is_a_constant():
    """Lip is 0 where f is not Lipschitz, so that the bound alone holds."""
    at, bound = Instance({"f": Jump(np.array([1.0, 0.0])), "d": 2}), le(Lip(f, Ball(d)), 5)
    assert evaluate_formula(bound, at).outcome is Outcome.HOLDS
    assert evaluate_formula(lipschitz_with(bound), at).outcome is Outcome.VIOLATED
    fact = evaluate_formula(lipschitz_with(bound), Instance({"f": Ridge(np.array([3.0, 4.0])), "d": 2}))
    assert fact.outcome is Outcome.HOLDS and abs(fact.margin) < 1e-9


def bounded_constants(conclusion):
    """The Lipschitz constants on the smaller side of an inequality, or on a side of an equation."""
    sides = [r.lhs for r in conclusion.atoms(Le, Lt)] + [side for r in conclusion.atoms(Eq) for side in r.args]
    return {lip.args for side in sides for lip in side.atoms(Lip)}


LEAST = (rules.lip_least, rules.lip_least_ball, rules.lip_least_sphere)
STATED = {c.id: (c.conclusion, *(h.formula for h in c.hypotheses)) for c in claims().values()}
STATED |= {lemma.id: (lemma.conclusion, *lemma.hypotheses) for lemma in (*named_lemmas().values(), *LEAST)}


@pytest.mark.parametrize("id", [id for id, (conclusion, *_) in STATED.items() if bounded_constants(conclusion)])
def test_what_bounds_a_lipschitz_constant_says_that_there_is_one(id):
    conclusion, *_ = STATED[id]
    said = {p.objects for formula in STATED[id] for p in formula.atoms(Property) if p.name == "Lipschitz on"}
    assert bounded_constants(conclusion) <= said


def test_only_a_relation_about_a_lipschitz_constant_has_one():
    with pytest.raises(ShapeError, match="lipschitz_with takes"):
        lipschitz_with(le(t, Lip(f, Space(d))))


def test_values_are_bounded_where_their_supremum_is():
    at = Instance({"w": np.array([1.0, 2.0]), "d": 2})
    assert evaluate_formula(bounded_above(Sup(dot(u, w), (u, Sphere(d)))), at).outcome is Outcome.HOLDS
    assert evaluate_formula(bounded_above(Sup(dot(u, w), (u, Space(d)))), at).outcome is Outcome.UNDECIDED


def test_the_words():
    assert text(lipschitz_on(f, Sphere(d))) == "f is Lipschitz on the unit sphere of R^d"
    assert text(bounded_above(Sup(dot(u, w), (u, Sphere(d))))).startswith("the values in sup")


def test_only_a_supremum_has_values():
    with pytest.raises(ShapeError, match="takes the supremum"):
        bounded_above(t)


def test_a_lipschitz_function_is_recognised():
    assert recognised(lipschitz_on(f, Space(d))).kind == "Lipschitz on R^d"
    assert recognised(lipschitz_on(f, Sphere(d))).kind == "Lipschitz on a bounded set"


def claim(domain):
    form = Hypothesis("form", forall(eq(f(x), dot(M @ x, x)), (x, Space(d))))
    return Claim(id="my.form", title="", source=Source("mine"), reading=Reading.OURS, domain=NormDomain.GLOBAL,
                 hypotheses=(form, Hypothesis("Lipschitz", lipschitz_on(f, domain))), conclusion=le(0, f(x) ** 2))


def test_no_quadratic_form_is_built_to_be_lipschitz_on_the_whole_space():
    assert plan_of(claim(Ball(d))).has(f, "Lipschitz on a bounded set")
    with pytest.raises(BadData, match="quadratic form and a Lipschitz constant"):
        plan_of(claim(Space(d)))
