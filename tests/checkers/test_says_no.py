"""The kernel as a whole says no: false or unsupported proofs of every kind, none of which may be accepted.

The scalar checkers and the lemma checker have tables of their own (test_says_no_scalar.py, test_lemma_matching.py).
"""

from __future__ import annotations

import pytest
from sympy import Integer

from theory.check import check, check_proof, check_step, schema_of
from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.kernel.heads import le as node_le
from theory.laws.setting import (
    DATA,
    LIP,
    LIP_SPHERE,
    NEURONS,
    P,
    W,
    X,
    a,
    b,
    d,
    f,
    fits,
    homogeneous,
    i,
    j,
    k,
    l,
    labels,
    n,
    network,
    no_bias,
    projection,
    psi,
    r,
    through,
    through_sphere,
    u,
    unit_rows,
    x,
    x0,
    y,
    ybar,
    z,
)
from theory.lemmas import rules, spectra
from theory.lemmas.activations import homogeneous_sup, relu_sup
from theory.lemmas.processes import convex_concentration
from theory.lemmas.projections import lift, projection_shortens, sphere_lift
from theory.memo import StepMemo
from theory.proof import Proof, proof, step
from theory.source import Source
from theory.terms import (
    LINE,
    Abs,
    And,
    Expect,
    Implies,
    Max,
    Min,
    Outer,
    Prob,
    Range,
    Signs,
    Space,
    Sphere,
    Sum,
    Sup,
    Symbol,
    VectorSymbol,
    bounded_above,
    dot,
    eigenvalue_sum,
    eq,
    forall,
    fro_norm,
    ge,
    index,
    le,
    lipschitz_on,
    lt,
    norm,
    op_norm,
    relu,
    sqrt,
    trace,
)
from theory.verdict import Status

t = Symbol("t", real=True)
c = Symbol("c", real=True)
p_, q_ = Symbol("p", nonnegative=True), Symbol("q", nonnegative=True)
HYPOTHESES = {h.name: h.formula for h in (fits, labels, unit_rows, network, no_bias, homogeneous, through, projection)}
ON_SPHERE = HYPOTHESES | {"through P": through_sphere.formula}
PAIRS = ((i, Range(n)), (j, Range(n)))
LEAST = Sup(Min(dot(u, x), dot(u, x0)), (u, Sphere(d)))
SCATTER = Sum(Outer(X[i]), (i, n))
SIGNS = (y, Signs(n))
R = Sup(Abs(Sum(y[i] * psi(dot(u, X[i])), (i, n))), (u, Sphere(d)))
m = index("m")
FINITE = {"Lipschitz": lipschitz_on(f, Space(d)), "Lipschitz on the sphere": lipschitz_on(f, Sphere(d)), "bounded": bounded_above(R),
          "bounded minimum": bounded_above(LEAST)}

# (what is wrong, formula, by, facts that are named)
FALSE_STEPS = [
    ("labels do not square to 2", eq(Sum(y[i] ** 2, (i, n)), 2 * n), "sums", ("labels",)),
    ("the labels were not named", eq(Sum(y[i] ** 2, (i, n)), n), "sums", ()),
    ("the fit was not named", eq(Sum(y[i] * f(X[i]), (i, n)), n), "sums", ("labels",)),
    ("sum of products is not product of sums", eq(Sum(y[i] * b[1], (i, n)) * n, Sum(y[i], (i, n))), "sums", ()),
    ("Σ_i Σ_j y_i y_j is not Σ y_i²", eq(Sum(y[i] * y[j], (i, n), (j, n)), Sum(y[i] ** 2, (i, n))), "sums", ()),
    ("a fact for indices up to n says nothing up to k", eq(Sum(a[l] ** 2, (l, k)), k), "sums", ("labels",)),
    ("biases were not dropped", eq(f(x), Sum(a[l] * psi(dot(W[l], x)), (l, k))), "sums", ("network",)),
    ("centred labels sum to zero, not to n", eq(Sum(z(i), (i, n)), n), "sums", ()),
    ("variance has the other sign", eq(Sum((y[i] - c) ** 2, (i, n)), n * (1 - ybar**2) - n * (ybar - c) ** 2), "sums", ("labels",)),
    ("‖u+v‖² has a cross term", eq(norm(x + x0) ** 2, norm(x) ** 2 + norm(x0) ** 2), "algebra", ()),
    ("‖−x‖ is not −‖x‖", eq(norm(-x), -norm(x)), "algebra", ()),
    ("‖2x‖ is not 4‖x‖", eq(norm(2 * x), 4 * norm(x)), "algebra", ()),
    ("P is not known to be a projection", eq(P @ (P @ x), P @ x), "algebra", ()),
    ("Px is not x", eq(P @ x, x), "algebra", ("projection",)),
    ("Px·x0 is not x·x0", eq(dot(P @ x, x0), dot(x, x0)), "algebra", ("projection",)),
    ("the trace form needs the projection", eq(Sum(norm(P @ X[i]) ** 2, (i, n)), trace(P, SCATTER)), "algebra", ()),
    ("dividing by a label sum that may vanish", eq(Sum(y[i], (i, n)) / Sum(y[i], (i, n)) + t, 2 + t), "algebra", ()),
    ("a divisor inside a sum may vanish", eq(t * Sum(y[i] / t, (i, n)), Sum(y[i], (i, n))), "sums", ()),
    ("an equation is not a strict inequality", lt(t, t), "algebra", ()),
    ("an equation of one side is none of the other", le(t, 2 * t), "algebra", ()),
    ("√(x²) is |x|, not x", eq(sqrt(t**2), t), "algebra", ()),
    ("reversed Lipschitz bound", forall(le(LIP * norm(X[i] - X[j]), Abs(f(X[i]) - f(X[j]))), *PAIRS), rules.lip, ("Lipschitz",)),
    ("points of R^d are not on the sphere", le(Abs(f(x) - f(x0)), LIP_SPHERE * norm(x - x0)), rules.lip_sphere,
     ("Lipschitz on the sphere",)),
    ("only one of the points is on the sphere", forall(le(Abs(f(X[i]) - f(x0)), LIP_SPHERE * norm(X[i] - x0)), DATA),
     rules.lip_sphere, ("Lipschitz on the sphere", "unit rows")),
    ("Lip on the sphere is not Lip", forall(le(Abs(f(X[i]) - f(X[j])), LIP_SPHERE * norm(X[i] - X[j])), *PAIRS), rules.lip,
     ("Lipschitz", "Lipschitz on the sphere")),
    ("a function that may not be Lipschitz", le(Abs(f(x) - f(x0)), LIP * norm(x - x0)), rules.lip, ("Lipschitz on the sphere",)),
    ("lift without the projection", le(Abs(f(x) - f(x0)), LIP * norm(P @ (x - x0))), lift, ("through P", "Lipschitz")),
    ("lift without dependence on Px", le(Abs(f(x) - f(x0)), LIP * norm(P @ (x - x0))), lift, ("projection", "Lipschitz")),
    ("lift of a function that may not be Lipschitz", le(Abs(f(x) - f(x0)), LIP * norm(P @ (x - x0))), lift, ("through P", "projection")),
    ("sphere lift off the sphere", le((f(x) - f(x0)) ** 2, LIP_SPHERE**2 * norm(P @ (x - x0)) ** 2), sphere_lift,
     ("through P", "projection", "Lipschitz on the sphere")),
    ("a projection does not lengthen", le(norm(x), norm(P @ x)), projection_shortens, ("projection",)),
    ("Ky Fan without a projection", le(trace(P, SCATTER), eigenvalue_sum(SCATTER, r)), spectra.kyfan, ()),
    ("Ky Fan with a smaller rank", le(trace(P, SCATTER), eigenvalue_sum(SCATTER, r - 1)), spectra.kyfan, ("projection",)),
    ("Ky Fan reversed", le(eigenvalue_sum(SCATTER, r), trace(P, SCATTER)), spectra.kyfan, ("projection",)),
    ("Ky Fan for a matrix that is not symmetric", le(trace(P, Outer(x, x0)), eigenvalue_sum(Outer(x, x0), r)), spectra.kyfan,
     ("projection",)),
    ("Frobenius without the rank factor", le(fro_norm(W), op_norm(W)), spectra.fro_op, ()),
    ("Frobenius with max for min", le(fro_norm(W), sqrt(Max(k, d)) * op_norm(W) / 2), spectra.fro_op, ()),
    ("Frobenius without the root", le(fro_norm(W) ** 2, sqrt(Min(k, d)) * op_norm(W) ** 2), spectra.fro_op, ()),
    ("Cauchy–Schwarz without roots", le(Sum(a[l] * b[l], (l, k)), Sum(a[l] ** 2, (l, k)) * Sum(b[l] ** 2, (l, k))), spectra.cauchy, ()),
    ("Cauchy–Schwarz reversed", le(norm(a) * norm(b), Sum(a[l] * b[l], (l, k))), spectra.cauchy, ()),
    ("triangle inequality reversed", le(Sum(Abs(a[l]), (l, k)), Abs(Sum(a[l], (l, k)))), rules.triangle, ()),
    ("a neuron without homogeneity", forall(le(Abs(Sum(y[i] * psi(dot(W[l], X[i])), (i, n))), norm(W[l]) * R), NEURONS),
     homogeneous_sup, ()),
    ("a neuron without its norm", forall(le(Abs(Sum(y[i] * psi(dot(W[l], X[i])), (i, n))), R), NEURONS), homogeneous_sup,
     ("homogeneous",)),
    ("a biased ReLU neuron without centred labels",
     forall(le(Abs(Sum(y[i] * relu(dot(W[l], X[i]) + b[l]), (i, n))),
               norm(W[l]) * Sup(Abs(Sum(y[i] * relu(dot(u, X[i]) + t), (i, n))), (u, Sphere(d)), (t, LINE))), NEURONS), relu_sup, ()),
    ("a value is not at least the supremum", le(R, Abs(Sum(y[i] * psi(dot(x, X[i])), (i, n)))), rules.sup_ge,
     ("bounded", "unit vector")),
    ("the point of the supremum is not a unit vector", le(Abs(Sum(y[i] * psi(dot(x, X[i])), (i, n))), R), rules.sup_ge, ("bounded",)),
    ("the supremum may be infinite", le(Abs(Sum(y[i] * psi(dot(x, X[i])), (i, n))), R), rules.sup_ge, ("unit vector",)),
    ("sup min is not min sup", le(Min(Sup(dot(u, x), (u, Sphere(d))), Sup(dot(u, x0), (u, Sphere(d)))), LEAST),
     rules.sup_ge, ("unit vector", "bounded minimum")),
    ("concentration without the variance bound",
     ge(Prob(le(Sup(Sum(y[i] * dot(u, X[i]), (i, n)), (u, Sphere(d))), p_), SIGNS), 1 - q_), convex_concentration, ()),
    ("expectation is not the supremum", le(n, Expect(Sum(y[i], (i, n)), SIGNS)), rules.expect_le, ()),
    ("termwise comparison without the terms", le(Sum(a[l], (l, k)), Sum(b[l], (l, k))), rules.sum_le, ()),
    ("an instance outside the domain", le(norm(x), 1), "instance", ("unit rows",)),
    ("an instance of another fact", eq(norm(x0), 1), "instance", ("unit rows",)),
    ("a conjunction with a part that is not named", And(eq(norm(x), 1), le(0, 1)), "conjunction", ("unit rows",)),
    ("an implication is not its premise", le(n, 0), "linear", ()),
    ("affirming the consequent", le(p_, 1), "linear", ("implication",)),
    ("a ∀ over labels says nothing of an arbitrary number", eq(t**2, 1), "linear", ("labels",)),
    ("1 ≤ 0 from consistent facts", le(1, 0), "linear", ("fits", "labels", "unit rows")),
    ("1 ≤ 0 from consistent facts", le(1, 0), "polynomial", ("fits", "labels", "unit rows")),
    ("squares may vanish", lt(0, t**2), "polynomial", ()),
    ("0 ≤ n − 2 needs n ≥ 2", le(2, n), "linear", ()),
    ("no such checker", le(0, 1), "obvious", ()),
    ("it names a fact that is not there", le(0, 1), "linear", ("wishful",)),
]


@pytest.mark.parametrize(("flaw", "formula", "by", "using"), FALSE_STEPS, ids=[f"{n_}-{row[0]}" for n_, row in enumerate(FALSE_STEPS)])
def test_a_false_step_is_not_proved(flaw, formula, by, using):
    facts = dict(ON_SPHERE if "sphere lift" in flaw else HYPOTHESES)
    facts |= {"implication": Implies(le(p_, 1), le(q_, 1)), "unit vector": eq(norm(x), 1)} | FINITE
    verdict = check_step(step("claim", formula, by=by, using=using), facts)
    assert verdict.status in (Status.FAILED, Status.UNKNOWN), (flaw, verdict.reason)
    assert verdict.reason


def test_a_proof_must_end_with_the_claim():
    report = check_proof(proof(step("other", le(0, 1), by="linear")), {}, le(0, 2))
    assert report.status is Status.FAILED
    assert "last step" in report.reason


def test_an_empty_proof_proves_nothing():
    assert check_proof(Proof("ours", ()), {}, le(0, 1)).status is Status.FAILED


def test_a_later_fact_cannot_be_used_before_it_is_shown():
    report = check_proof(proof(step("first", le(t, 1), by="linear", using="second"), step("second", le(t, 1), by="linear")), {}, le(t, 1))
    assert report.status is Status.FAILED
    assert "neither a hypothesis nor an earlier step" in report.steps[0].verdict.reason


def test_a_step_cannot_name_itself():
    assert check_proof(proof(step("me", le(t, 1), by="linear", using="me")), {}, le(t, 1)).status is Status.FAILED


def test_two_facts_of_one_name_are_refused():
    report = check_proof(proof(step("h", le(0, 1), by="linear")), {"h": le(0, 1)}, le(0, 1))
    assert report.status is Status.FAILED


def test_contradictory_hypotheses_are_flagged_not_used():
    """Everything follows from t ≤ 0 and 1 ≤ t, by logic; a claim that says so says nothing, and is not proved."""
    absurd = step("absurd", le(1, 0), by="linear", using=("low", "high"))
    facts = {"low": le(t, 0), "high": le(1, t)}
    assert check_step(absurd, facts).status is Status.PROVED
    for missing in facts:
        assert not check_step(absurd, {name: le(0, 1) if name == missing else fact for name, fact in facts.items()}).status.is_proof
    claim = Claim(id="my.absurd", title="absurd", source=Source("mine"), reading=Reading.OURS, domain=NormDomain.DATA,
                  hypotheses=tuple(Hypothesis(*fact) for fact in facts.items()), conclusion=le(1, 0), proofs=(proof(absurd),))
    report = check(claim)
    assert report.status is Status.FAILED
    assert "contradict" in report.proofs[0].reason


def test_a_claim_with_contradictory_hypotheses_is_vacuous_not_proved():
    zero_labels = Hypothesis("zero labels", forall(eq(y[i], 0), DATA), "all labels vanish")
    harmless = proof(step("law", le(0, norm(a)), by="linear"))
    claim = Claim(id="my.vacuous", title="vacuous", source=Source("mine"), reading=Reading.OURS, domain=NormDomain.DATA,
                  hypotheses=(labels, zero_labels), conclusion=le(0, norm(a)), proofs=(harmless,))
    report = check(claim)
    assert report.status is Status.FAILED
    assert "vacuous" in report.proofs[0].reason
    memo = StepMemo()                                             # what is remembered of the hypotheses is that they clash
    assert [check(claim, memo).status for _ in range(2)] == [Status.FAILED] * 2
    from dataclasses import replace
    assert check(replace(claim, hypotheses=(labels,)), memo).status is Status.PROVED


def test_a_failed_step_spoils_the_proof_even_if_the_rest_follows():
    report = check_proof(proof(step("wrong", le(n, 0), by="linear"), step("end", le(n, 0), by="linear", using="wrong")), {}, le(n, 0))
    assert report.status is Status.FAILED


def test_a_lemma_with_a_broken_proof_proves_nothing():
    from theory.lemmas.build import ours
    broken = ours("lemma.broken", "0 ≤ t for all t", le(0, t), [], proof(step("no", le(0, t), by="linear")))
    assert not check_step(step("use", le(0, c), by=broken), {}).status.is_proof


def test_a_declared_sign_of_a_metavariable_is_a_hypothesis():
    from theory.lemmas.build import derived
    nonnegative = Symbol("nonnegative", nonnegative=True)
    lemma = derived("rule.nonnegative", "0 ≤ 2s for s declared nonnegative", le(0, 2 * nonnegative), [],
                    lambda w: w.script.combine(w.goal, ((w.prover.lookup(node_le(0, w.nonnegative)), 2),)))
    assert schema_of(lemma).cited == frozenset()
    assert check_step(step("yes", le(0, 2 * p_), by=lemma), {}).status is Status.PROVED
    assert check_step(step("no", le(0, 2 * t), by=lemma), {}).status is not Status.PROVED


def test_formulas_and_verdicts_have_no_truth_value():
    with pytest.raises(TypeError, match="no truth value"):
        bool(le(0, 1))
    with pytest.raises(TypeError, match="no truth value"):
        bool(check_step(step("s", le(0, 1), by="linear"), {}))


def test_capture_of_bound_variables_cannot_prove_a_swapped_sum():
    """Σ_i a_i Σ_l b_l c_l is not Σ_i a_i b_i c_i, however the bound names fall."""
    v, w_, s = (VectorSymbol(name, n) for name in "vws")
    nested = Sum(v[i] * Sum(w_[j] * s[j], (j, n)), (i, n))
    flat = Sum(v[i] * w_[i] * s[i], (i, n))
    assert not check_step(step("no", eq(nested, flat), by="sums"), {}).status.is_proof
    swapped = Sum(w_[j] * s[j] * Sum(v[i], (i, n)), (j, n))
    assert check_step(step("yes", eq(nested, swapped), by="sums"), {}).status is Status.PROVED


def test_one_index_of_a_square_table_is_not_the_other():
    matrix = fits.formula.body                                    # f(x_i) = y_i under the quantifier, reused as an open formula
    assert matrix is not None
    assert not check_step(step("no", forall(eq(f(X[i]), y[j]), *PAIRS), by="linear", using="fits"), HYPOTHESES).status.is_proof
    assert check_step(step("yes", forall(eq(f(X[i]), y[i]), DATA), by="linear", using="fits"), HYPOTHESES).status is Status.PROVED
    assert not check_step(step("no", le(Integer(1), Space(d).dim - 1), by="linear"), {}).status.is_proof


# --- indices out of range ------------------------------------------------------------------------------------------------------------

def test_a_fact_about_n_entries_says_nothing_of_the_next_one():
    """z_i = 1 and z_i = i for i ≤ 1 are consistent; as rules at z_2 they would give x = 0 for every x, and with that anything."""
    short, i, x = VectorSymbol("z", 1), index("i"), Symbol("x", real=True)
    facts = {"one": forall(eq(short[i], 1), (i, Range(1))), "index": forall(eq(short[i], i), (i, Range(1)))}
    for goal, name in ((eq(x * short[2], x), "one"), (eq(x * short[2], 2 * x), "index")):
        assert not check_step(step("next", goal, by="algebra", using=name), facts).status.is_proof
    assert check_step(step("first", eq(x * short[1], x), by="algebra", using="one"), facts).status.is_proof


def test_a_fact_about_n_entries_holds_at_the_last_one_only():
    z, i = VectorSymbol("z", n), index("i")
    fact = {"ones": forall(eq(z[i], 1), (i, Range(n)))}
    assert check_step(step("last", eq(2 * z[n], 2), by="algebra", using="ones"), fact).status.is_proof
    for place in (n + 1, 2, Symbol("j", integer=True, positive=True)):
        assert not check_step(step("beyond", eq(2 * z[place], 2), by="algebra", using="ones"), fact).status.is_proof


@pytest.mark.parametrize(("by", "hint"), [
    ("lemma", "give the lemma itself, as in by=lemma.fro_op"), ("linea", "the checkers are linear, chain")])
def test_a_word_that_names_no_checker_is_refused(by: str, hint: str) -> None:
    verdict = check_step(step("no", le(Integer(0), 1), by=by), {})
    assert verdict.status is Status.FAILED and hint in verdict.reason
