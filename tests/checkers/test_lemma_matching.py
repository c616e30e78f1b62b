"""The lemma checker: what must be proved under fresh names, and what must not be proved."""

from __future__ import annotations

import inspect

import pytest
from sympy import Integer, Rational, preorder_traversal

from theory.check import check_step
from theory.checkers.lemma import check_lemma
from theory.errors import BadData
from theory.lemmas import activations, concentration, processes, projections, rules, spectra, tensors
from theory.proof import Use, step
from theory.terms import (
    Abs,
    Activation,
    And,
    Eq,
    Expect,
    ForAll,
    Function,
    Implies,
    Le,
    Lip,
    Lt,
    MatrixSymbol,
    Min,
    Outer,
    Prob,
    Property,
    Range,
    Signs,
    Space,
    Sphere,
    Sum,
    Sup,
    Symbol,
    VectorSymbol,
    bounded_above,
    depends_only_on,
    dot,
    eigenvalue_sum,
    eq,
    exp,
    forall,
    fro_norm,
    ge,
    index,
    le,
    lipschitz_activation,
    lipschitz_on,
    lt,
    norm,
    nuclear_norm,
    op_norm,
    orthogonal_projection,
    positively_homogeneous,
    rank,
    replace,
    sqrt,
    trace,
)
from theory.terms.schema import FAMILY_TERMS
from theory.terms.sorts import rename_variable
from theory.terms.tensors import TensorPower, TensorSymbol, injective_norm, symmetric_tensor
from theory.verdict import Status
from verify.laws.lemmas import Model, find_search, searches
from verify.laws.lemmas.measure import concrete

n, d, k, r, p = (Symbol(name, integer=True, positive=True) for name in "ndkrp")
i, j, l = index("i"), index("j"), index("l")
X, W, P, Q, M = MatrixSymbol("X", n, d), MatrixSymbol("W", k, d), MatrixSymbol("P", d, d), MatrixSymbol("Q", d, d), MatrixSymbol("M", d, d)
a, y, z, b = VectorSymbol("a", k), VectorSymbol("y", n), VectorSymbol("z", n), VectorSymbol("b", n)
u, v, x, x_ = (VectorSymbol(name, d) for name in ("u", "v", "x", "x2"))
s, t, L, sigma = Symbol("s", real=True), Symbol("t", real=True), Symbol("L", real=True), Symbol("sigma", real=True)
s0 = Symbol("s0", nonnegative=True)
f, g, psi = Function("f", d), Function("g", d), Activation("psi")
T3 = TensorSymbol("T", d, 3)
DATA, NEURONS, SIGNS = (i, Range(n)), (l, Range(k)), (y, Signs(n))
SCATTER = Sum(Outer(X[i]), (i, n))


def is_proved(goal, by, **facts) -> bool:
    return check_step(step("s", goal, by=by, using=tuple(facts)), facts).status is Status.PROVED


# --- every lemma, under fresh names ------------------------------------------------------------------------------------------------

def fresh_names(formulas):
    """A renaming of all free symbols, sizes included."""
    free = {x for formula in formulas for x in formula.free_symbols}
    plain = {x: rename_variable(x, f"new_{x.name}") for x in free if not getattr(x, "args", ())[1:]}
    sized = {x: rename_variable(x, f"new_{x.name}") for x in free if getattr(x, "args", ())[1:]}
    return plain | {x: new.func(new.args[0], *(replace(size, plain) for size in new.args[1:])) for x, new in sized.items()}


def of_arity(function, renaming):
    """The function followed by the renaming, with its number of arguments to be seen."""
    def renamed(*args):
        return replace(function(*args), renaming)
    arity = len(inspect.signature(function).parameters)
    return {1: lambda a: renamed(a), 2: lambda a, b: renamed(a, b), 3: lambda a, b, c: renamed(a, b, c)}[arity]


def instance_of(id):
    """Goal, facts and hints of one use of the lemma."""
    search = find_search(id)
    formulas = (search.lemma.conclusion, *search.lemma.hypotheses)
    told = [concrete(formula, search.lemma, Model(search.model.families)) for formula in formulas]
    renaming = fresh_names(told)
    goal, *hypotheses = (replace(formula, renaming) for formula in told)
    used = {term.args[0].name for formula in formulas for term in preorder_traversal(formula) if isinstance(term, FAMILY_TERMS)}
    hints = {name: of_arity(function, renaming) for name, function in search.model.families.items() if name in used}
    return search.lemma, goal, {f"h{place}": h for place, h in enumerate(hypotheses)}, hints


# hypotheses of these instances that need no fact: a declared sign, |y·a| + |h| ≥ y·a
BY_FORM = {("lemma.uniform_spacings", "h1"), ("rule.expect_le", "h0"), ("rule.lip_least", "h0")}


def core_changed(goal, change):
    return ForAll(change(goal.body), *goal.limits) if isinstance(goal, ForAll) else change(goal)


@pytest.mark.parametrize("id", list(searches()))
def test_every_lemma_applies_and_only_as_it_stands(id):
    lemma, goal, facts, hints = instance_of(id)
    assert check_lemma(goal, facts, Use(lemma)).status is Status.PROVED
    assert check_lemma(goal, facts, Use(lemma, hints)).status is Status.PROVED
    for name in facts:
        rest = {other: fact for other, fact in facts.items() if other != name}
        verdict = check_lemma(goal, rest, Use(lemma, hints))
        assert (verdict.status is Status.PROVED) is ((id, name) in BY_FORM), f"without {facts[name]}"
    body = goal.body if isinstance(goal, ForAll) else goal
    false = []
    if isinstance(body, Le):
        false = [lambda c: Le(c.rhs, c.lhs), lambda c: Le(c.lhs, Rational(99, 100) * c.rhs), lambda c: Lt(c.lhs, c.rhs)]
    if isinstance(body, Eq):
        false = [lambda c: Eq(c.lhs, c.rhs + 1)]
    for change in false:
        assert check_lemma(core_changed(goal, change), facts, Use(lemma, hints)).status is Status.FAILED


# --- what must not be proved ---------------------------------------------------------------------------------------------------------

UNIT, PROJECTION, SYMMETRIC = eq(norm(u), 1), orthogonal_projection(P, r), Property("symmetric", M)
CAUCHY = le(Sum(y[i] * z[i], (i, n)), sqrt(Sum(y[i] ** 2, (i, n))) * sqrt(Sum(z[i] ** 2, (i, n))))
RAYLEIGH = le(Sum(dot(u, X[i]) ** 2, (i, n)), eigenvalue_sum(SCATTER, 1))
HOEFFDING = ge(Prob(le(Abs(Sum(y[i], (i, n)) / n), s), SIGNS), 1 - 2 * exp(-n * s**2 / 2))
values, kinks = Sum(dot(u, X[i]) * z[i], (i, n)), Sum(z[i] * psi(dot(x, X[i])), (i, n))
WIDTH = Sup(Abs(Sum(z[i] * psi(dot(u, X[i])), (i, n))), (u, Sphere(d)))
PROCESS = Sup(Sum(y[i] * dot(u, X[i]), (i, n)), (u, Sphere(d)))
BOUNDED = forall(le(Sum(dot(u, X[i]) ** 2, (i, n)), sigma**2), (u, Sphere(d)))

FINITE = {"f": lipschitz_on(f, Space(d))}
LARGEST = Sup(dot(v, x), (v, Sphere(d)))

TRUE = {
    "Lipschitz": (le(Abs(f(x) - f(x_)), Lip(f, Space(d)) * norm(x - x_)), rules.lip, FINITE),
    "supremum": (le(dot(u, x), LARGEST), rules.sup_ge, {"u": UNIT, "bounded": bounded_above(LARGEST)}),
    "lift": (le(Abs(f(x) - f(x_)), Lip(f, Space(d)) * norm(P @ (x - x_))), projections.lift,
             {"through": depends_only_on(f, P, Space(d)), "P": PROJECTION, **FINITE}),
    "Cauchy": (CAUCHY, spectra.cauchy, {}),
    "Rayleigh": (RAYLEIGH, spectra.rayleigh, {"u": UNIT}),
    "Ky Fan": (le(trace(P, M), eigenvalue_sum(M, r)), spectra.kyfan, {"P": PROJECTION, "M": SYMMETRIC}),
    "Hoeffding": (HOEFFDING, concentration.hoeffding_mean, {"s": le(0, s)}),
    "homogeneous": (le(Abs(kinks), norm(x) * WIDTH), activations.homogeneous_sup, {"psi": positively_homogeneous(psi)}),
    "convex concentration": (ge(Prob(le(PROCESS, Expect(PROCESS, SIGNS) + sigma * sqrt(8 * s)), SIGNS), 1 - exp(-s)),
                             processes.convex_concentration, {"σ": BOUNDED, "0σ": le(0, sigma), "0s": le(0, s)}),
    "nested sum as a member": (le(Sum(Sum(a[l], (l, k)) * z[i], (i, n)),
                                  sqrt(Sum(Sum(a[l], (l, k)) ** 2, (i, n))) * sqrt(Sum(z[i] ** 2, (i, n)))), spectra.cauchy, {}),
    "inner sum over the same range": (le(Sum(Sum(y[j], (j, n)) * z[i], (i, n)),
                                         sqrt(Sum(Sum(y[j], (j, n)) ** 2, (i, n))) * sqrt(Sum(z[i] ** 2, (i, n)))), spectra.cauchy, {}),
    "under a quantifier": (
        forall(le(Sum(dot(W[l], X[i]) * z[i], (i, n)), sqrt(Sum(dot(W[l], X[i]) ** 2, (i, n))) * sqrt(Sum(z[i] ** 2, (i, n)))), NEURONS),
        spectra.cauchy, {}),
    "tensor": (le(norm(T3), d * injective_norm(T3)), tensors.tensor_fro_op, {}),
}


@pytest.mark.parametrize("name", TRUE)
def test_must_be_proved(name):
    goal, by, facts = TRUE[name]
    assert is_proved(goal, by, **facts)


MUST_NOT = {
    # capture and renaming
    "index of the inner sum taken for the outer one": (
        le(Sum(Sum(y[j], (j, n)) * z[i], (i, n)), sqrt(Sum(Sum(y[j] ** 2, (j, n)), (i, n))) * sqrt(Sum(z[i] ** 2, (i, n)))),
        spectra.cauchy, {}),
    "free index taken for the bound one": (
        le(Sum(y[j] * z[i], (i, n)), sqrt(Sum(y[i] ** 2, (i, n))) * sqrt(Sum(z[i] ** 2, (i, n)))), spectra.cauchy, {}),
    "weight outside the square": (
        le(Sum(y[i] * z[i], (i, n)), sqrt(Sum(y[i] ** 2, (i, n))) * sqrt(Sum(z[j] ** 2, (i, n)))), spectra.cauchy, {}),
    "two indices, one bound": (
        le(Sum(X[i, j] * z[j], (i, n)), sqrt(Sum(X[i, j] ** 2, (j, d))) * sqrt(Sum(z[j] ** 2, (i, n)))), spectra.cauchy, {}),
    "fact about the diagonal": (
        le(Sum(M[i, j], (i, d), (j, d)), Sum(Q[i, j], (i, d), (j, d))), rules.sum_le_pairs,
        {"h": forall(le(M[i, i], Q[i, i]), (i, Range(d)))}),
    "fact about the transpose": (
        le(Sum(M[i, j] * x[i], (i, d), (j, d)), Sum(Q[i, j] * x[i], (i, d), (j, d))), rules.sum_le_pairs,
        {"h": forall(le(M[i, j] * x[i], Q[j, i] * x[i]), (i, Range(d)), (j, Range(d)))}),
    "direction free inside its own supremum": (
        le(dot(u, x), Sup(dot(u, v), (v, Sphere(d)))), rules.sup_ge,
        {"u": eq(norm(v), 1), "bounded": bounded_above(Sup(dot(u, v), (v, Sphere(d))))}),
    "bound that moves with the direction": (
        le(Sup(dot(u, x), (u, Sphere(d))), dot(u, x_)), rules.sup_le, {"h": forall(le(dot(u, x), dot(u, x_)), (u, Sphere(d)))}),
    "bound of a mean that moves with the signs": (
        le(Expect(dot(y, z), SIGNS), dot(y, b)), rules.expect_le_constant, {"h": forall(le(dot(y, z), dot(y, b)), SIGNS)}),
    # sizes and ranges
    "other size under the root": (le(fro_norm(W), sqrt(Min(n, d)) * op_norm(W)), spectra.fro_op, {}),
    "size 1 by hint": (le(fro_norm(W), op_norm(W)), spectra.fro_op.at(W=W, k=1, d=1), {}),
    "half a dimension by hint": (le(fro_norm(W), op_norm(W) / 2), spectra.fro_op.at(W=W, k=Rational(1, 4), d=d), {}),
    "order 2 of a tensor of order 3": (le(norm(T3), sqrt(d) * injective_norm(T3)), tensors.tensor_fro_op, {}),
    "order 2 of a tensor of order 3, by hint": (le(norm(T3), sqrt(d) * injective_norm(T3)), tensors.tensor_fro_op.at(T=T3, d=d, p=2), {}),
    "fact about neurons used for data": (
        le(Sum(y[i], (i, n)), Sum(z[i], (i, n))), rules.sum_le, {"h": forall(le(y[i], z[i]), (i, Range(k)))}),
    "fact about one index used for all": (le(Sum(y[i], (i, n)), Sum(z[i], (i, n))), rules.sum_le, {"h": le(y[1], z[1])}),
    "fact about a shorter range": (
        le(Sum(y[i], (i, n)), Sum(z[i], (i, n))), rules.sum_le, {"h": forall(le(y[i], z[i]), (i, Range(n - 1)))}),
    "element outside the range": (le(y[k], Sup(y[i], (i, Range(n)))), rules.max_ge, {}),
    "last element of an empty range": (le(1, n - 1), "instance", {"h": forall(le(1, i), (i, Range(n - 1)))}),
    "cap of another dimension": (
        forall(ge(Prob(le(dot(u, X[j]), s0), (X, processes.davidson_szarek_S.conclusion.rhs.domains[0].func(n, d))),
                  1 - exp(-k * s0**2 / 2)), (j, Range(n))), concentration.cap, {"u": UNIT}),
    # hypotheses that are missing, or of other objects
    "unit vector missing": (RAYLEIGH, spectra.rayleigh, {}),
    "another vector is a unit vector": (RAYLEIGH, spectra.rayleigh, {"v": eq(norm(v), 1)}),
    "norm at most 1 is not norm 1": (RAYLEIGH, spectra.rayleigh, {"u": le(norm(u), 1)}),
    "norm 2": (RAYLEIGH, spectra.rayleigh, {"u": eq(norm(u), 2)}),
    "projection missing": (le(trace(P, M), eigenvalue_sum(M, r)), spectra.kyfan, {"M": SYMMETRIC}),
    "projection of another rank": (
        le(trace(P, M), eigenvalue_sum(M, r)), spectra.kyfan, {"M": SYMMETRIC, "P": orthogonal_projection(P, r + 1)}),
    "another projection": (le(trace(P, M), eigenvalue_sum(M, r)), spectra.kyfan, {"M": SYMMETRIC, "P": orthogonal_projection(Q, r)}),
    "symmetric missing": (le(trace(P, M), eigenvalue_sum(M, r)), spectra.kyfan, {"P": PROJECTION}),
    "symmetric by form, of a mixed product": (
        le(trace(P, Outer(u, v)), eigenvalue_sum(Outer(u, v), r)), spectra.kyfan, {"P": PROJECTION}),
    "semidefinite by form, of a difference": (
        le(eigenvalue_sum(Outer(u) - Outer(v), r), r * eigenvalue_sum(Outer(u) - Outer(v), 1)), spectra.eigsum_max, {}),
    "homogeneity of another activation": (
        le(Abs(kinks), norm(x) * WIDTH), activations.homogeneous_sup, {"psi": positively_homogeneous(Activation("phi"))}),
    "Lipschitz constant of another function": (le(Abs(f(x) - f(x_)), Lip(g, Space(d)) * norm(x - x_)), rules.lip, {"f": FINITE["f"]}),
    "a function that is Lipschitz on the sphere": (
        le(Abs(f(x) - f(x_)), Lip(f, Space(d)) * norm(x - x_)), rules.lip, {"f": lipschitz_on(f, Sphere(d))}),
    "Lipschitz constant of the sphere off the sphere": (
        le(Abs(f(x) - f(x_)), Lip(f, Sphere(d)) * norm(x - x_)), rules.lip_sphere,
        {"x": eq(norm(x), 1), "f": lipschitz_on(f, Sphere(d))}),
    "depends through another projection": (
        le(Abs(f(x) - f(x_)), Lip(f, Space(d)) * norm(P @ (x - x_))), projections.lift,
        {"through": depends_only_on(f, Q, Space(d)), "P": PROJECTION, **FINITE}),
    "depends only on the sphere": (
        le(Abs(f(x) - f(x_)), Lip(f, Space(d)) * norm(P @ (x - x_))), projections.lift,
        {"through": depends_only_on(f, P, Sphere(d)), "P": PROJECTION, **FINITE}),
    "symmetric tensor missing": (eq(injective_norm(T3), Sup(Abs(dot(T3, TensorPower(u, 3))), (u, Sphere(d)))), tensors.banach, {}),
    "another tensor is symmetric": (
        eq(injective_norm(T3), Sup(Abs(dot(T3, TensorPower(u, 3))), (u, Sphere(d)))), tensors.banach,
        {"T": symmetric_tensor(TensorSymbol("S", d, 3))}),
    "deviation of unknown sign": (HOEFFDING, concentration.hoeffding_mean, {}),
    "negative deviation": (HOEFFDING, concentration.hoeffding_mean, {"s": le(s, 0)}),
    "negative deviation by hint": (
        ge(Prob(le(Abs(Sum(y[i], (i, n)) / n), -5), SIGNS), 1 - 2 * exp(-n * Integer(25) / 2)), concentration.hoeffding_mean.at(s=-5), {}),
    "negative σ": (
        ge(Prob(le(PROCESS, Expect(PROCESS, SIGNS) + sigma * sqrt(8 * s)), SIGNS), 1 - exp(-s)), processes.convex_concentration,
        {"σ": BOUNDED, "0s": le(0, s)}),
    "variance on part of the sphere": (
        ge(Prob(le(PROCESS, Expect(PROCESS, SIGNS) + sigma * sqrt(8 * s)), SIGNS), 1 - exp(-s)), processes.convex_concentration,
        {"σ": le(Sum(dot(u, X[i]) ** 2, (i, n)), sigma**2), "u": UNIT, "0σ": le(0, sigma), "0s": le(0, s)}),
    "contraction without the constant": (
        le(Expect(Sup(Sum(y[i] * psi(dot(u, X[i])), (i, n)), (u, Sphere(d))), SIGNS), Expect(PROCESS, SIGNS)), processes.contraction,
        {"psi": lipschitz_activation(psi, L)}),
    # conclusions that are only similar
    "reversed": (le(CAUCHY.rhs, CAUCHY.lhs), spectra.cauchy, {}),
    "strict": (lt(CAUCHY.lhs, CAUCHY.rhs), spectra.cauchy, {}),
    "square root missing": (le(CAUCHY.lhs, Sum(y[i] ** 2, (i, n)) * sqrt(Sum(z[i] ** 2, (i, n)))), spectra.cauchy, {}),
    "sum of norms in place of product": (le(CAUCHY.lhs, norm(y) + norm(z)), spectra.cauchy, {}),
    "rank dropped": (le(fro_norm(W), op_norm(W)), spectra.fro_rank, {}),
    "root of the rank of another matrix": (le(fro_norm(W), sqrt(rank(X)) * op_norm(W)), spectra.fro_rank, {}),
    "root in place of the rank": (le(nuclear_norm(W), sqrt(rank(W)) * op_norm(W)), spectra.nuc_op, {}),
    "modulus on the left only": (le(Abs(CAUCHY.lhs), CAUCHY.rhs), spectra.cauchy, {}),
    "one eigenvalue in place of r": (le(trace(P, M), eigenvalue_sum(M, 1)), spectra.kyfan, {"P": PROJECTION, "M": SYMMETRIC}),
    "exponent without the half": (
        ge(HOEFFDING.rhs, 1 - 2 * exp(-n * s**2)), concentration.hoeffding_mean, {"s": le(0, s)}),
    "factor 2 missing": (ge(HOEFFDING.rhs, 1 - exp(-n * s**2 / 2)), concentration.hoeffding_mean, {"s": le(0, s)}),
    "probability of the wrong event": (
        ge(Prob(ge(Abs(Sum(y[i], (i, n)) / n), s), SIGNS), 1 - 2 * exp(-n * s**2 / 2)), concentration.hoeffding_mean, {"s": le(0, s)}),
    # undetermined
    "a family that nothing determines": (le(Integer(0), Integer(1)), rules.sum_le, {}),
    "a middle term that nothing determines": (le(s, t), rules.prob_at_least, {}),
    # quantifiers, suprema, implications
    "for all and supremum swapped": (
        le(Sup(dot(u, x), (u, Sphere(d))), t), rules.sup_le, {"h": forall(le(dot(u, x), dot(u, x)), (u, Sphere(d)))}),
    "a value bounds the supremum": (le(Sup(dot(v, x), (v, Sphere(d))), t), rules.sup_le, {"h": le(dot(u, x), t), "u": UNIT}),
    "supremum below a value": (le(LARGEST, dot(u, x)), rules.sup_ge, {"u": UNIT, "bounded": bounded_above(LARGEST)}),
    "supremum of values that may be unbounded": (le(dot(u, x), LARGEST), rules.sup_ge, {"u": UNIT}),
    "supremum over the ball for the sphere": (
        le(Sup(dot(u, x), (u, Sphere(d))), t), rules.sup_le, {"h": forall(le(dot(u, x), t), (u, Space(k)))}),
    "minimum for maximum": (
        le(Sup(y[i], DATA), -Sup(-y[i], DATA)), rules.max_le, {"h": forall(le(y[i], Sup(y[j], (j, Range(n)))), DATA)}),
    "implication in the wrong direction": (
        ge(Prob(le(dot(y, z), s), SIGNS), t), rules.prob_implies,
        {"A": ge(Prob(le(dot(y, b), s), SIGNS), t), "h": forall(Implies(le(dot(y, z), s), le(dot(y, b), s)), SIGNS)}),
    "implication at one sign vector": (
        ge(Prob(le(dot(y, z), s), SIGNS), t), rules.prob_implies,
        {"A": ge(Prob(le(dot(y, b), s), SIGNS), t), "h": Implies(le(dot(y, b), s), le(dot(y, z), s))}),
    "premise used as a fact": (le(Sum(y[i], (i, n)), Sum(z[i], (i, n))), rules.sum_le, {
        "h": forall(Implies(le(0, y[i]), le(y[i], z[i])), DATA)}),
    "one failure probability for two events": (
        ge(Prob(And(le(dot(y, z), s), le(dot(y, b), s)), SIGNS), 1 - t), rules.prob_and,
        {"A": ge(Prob(le(dot(y, z), s), SIGNS), 1 - t), "B": ge(Prob(le(dot(y, b), s), SIGNS), 1 - t)}),
    "maximum of a mean for the mean of a maximum": (
        le(Sup(Expect(dot(y, z) * dot(u, x), SIGNS), (u, Sphere(d))), Expect(Sup(dot(y, z) * dot(u, x), (u, Sphere(d))), SIGNS)),
        rules.expect_le, {}),
    # normal forms
    "triangular double sums": (
        eq(Sum(Sum(y[i] * Sum(z[l], (l, j)), (i, n)), (j, n)), Sum(Sum(y[j] * Sum(z[l], (l, j)), (i, n)), (j, n))), "sums", {}),
    "triangle taken for a square": (eq(Sum(Sum(z[j], (j, i)), (i, n)), n * Sum(z[j], (j, n))), "sums", {}),
    "square of a sum": (eq(Sum(y[i], (i, n)) ** 2, Sum(y[i] ** 2, (i, n))), "sums", {}),
    "equation about neurons used for data": (eq(Sum(y[i] ** 2, (i, n)), n), "sums", {"h": forall(eq(y[i] ** 2, 1), (i, Range(k)))}),
    "fit on the sphere used off it": (
        eq(f(x), dot(u, x)), "algebra", {"h": forall(eq(f(v), dot(u, v)), (v, Sphere(d)))}),
    "image of something that is no projection": (eq(dot(P @ x, P @ x), dot(x, P @ x)), "algebra", {}),
}


def test_there_are_many():
    assert len(MUST_NOT) >= 60


@pytest.mark.parametrize("name", MUST_NOT)
def test_must_not_be_proved(name):
    goal, by, facts = MUST_NOT[name]
    assert not is_proved(goal, by, **facts)


# --- hints -------------------------------------------------------------------------------------------------------------------------

def test_hints_may_leave_sizes_to_be_read_off():
    assert is_proved(le(fro_norm(W), sqrt(rank(W)) * op_norm(W)), spectra.fro_rank.at(W=W))
    assert is_proved(CAUCHY, spectra.cauchy.at(F=lambda i: y[i], G=lambda i: z[i], n=n))


@pytest.mark.parametrize(("use", "words"), [
    (spectra.cauchy.at(H=lambda i: y[i]), "no metavariable 'H'"),
    (spectra.cauchy.at(F=lambda i, j: y[i]), "2 arguments"),
    (spectra.cauchy.at(F=y[1]), "give a lambda"),
    (spectra.fro_op.at(W=lambda i: W), "give a term"),
    (spectra.cauchy.at(F=lambda i: X[i]), "gives Row, not a scalar"),
    (spectra.cauchy.at(F=lambda i: le(y[i], z[i])), "gives Le, not a scalar"),
    (spectra.rayleigh.at(V=lambda i: y[i]), "gives Entry, not a vector"),
])
def test_hints_that_do_not_fit_are_refused(use, words):
    with pytest.raises(BadData, match=words):
        check_lemma(CAUCHY, {}, use)


@pytest.mark.parametrize("use", [
    spectra.cauchy.at(F=lambda i: z[i], G=lambda i: y[i] + 1), spectra.cauchy.at(n=k), spectra.cauchy.at(n=Rational(1, 2)),
])
def test_hints_of_another_instance_prove_nothing(use):
    assert check_lemma(CAUCHY, {}, use).status is Status.FAILED


def test_messages_name_what_is_missing():
    verdict = check_lemma(RAYLEIGH, {}, Use(spectra.rayleigh))
    assert "‖u‖ = 1" in verdict.reason
    verdict = check_lemma(le(Integer(0), Integer(1)), {}, Use(spectra.fro_rank))
    assert "does not determine W" in verdict.reason
    verdict = check_lemma(le(fro_norm(W), op_norm(W)), {}, spectra.fro_op.at(W=W, k=1, d=1))
    assert "another sort or size" in verdict.reason


def test_the_verdict_names_the_lemma_it_rests_on():
    by_rank = le(fro_norm(W), sqrt(rank(W)) * op_norm(W))
    assert check_lemma(by_rank, {}, Use(spectra.fro_rank)).rests_on == {"lemma.fro_rank"}
    assert check_lemma(CAUCHY, {}, Use(spectra.cauchy)).rests_on == frozenset()
    assert check_lemma(le(Abs(Sum(y[i], (i, n))), Sum(Abs(y[i]), (i, n))), {}, Use(rules.triangle)).rests_on == frozenset()


def test_rules_reach_the_factors_of_an_absolute_value() -> None:
    # sympy writes |y_1 t²| as |y_1| t² by itself, after the term was rewritten
    assert is_proved(eq(Abs(y[1] * t**2), t**2), "linear", size=eq(Abs(y[1]), 1))
    assert not is_proved(eq(Abs(y[1] * t**2), t**2), "linear", size=eq(Abs(y[1]), 2))
