"""The kernel says no: false statements about bound variables, their ranges and the indices of sums; each with a true neighbour."""

from __future__ import annotations

import pytest
from sympy import Float, Integer
from sympy import Sum as SympySum

from theory.check import check_proof, check_step, schema_of
from theory.checkers.wellformed import complaint
from theory.kernel.heads import le as node_le
from theory.kernel.nodes import make
from theory.lemmas.build import derived, ours, textbook
from theory.lemmas.networks import onto
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    LINE,
    Activation,
    Ball,
    Expect,
    MatrixSymbol,
    Outer,
    Range,
    Signs,
    Space,
    Sphere,
    SphereRows,
    Sum,
    Symbol,
    VectorSymbol,
    dot,
    eq,
    forall,
    fro_norm,
    independent_rows,
    index,
    le,
    lt,
    member,
    norm,
    orthogonal_projection,
    sqrt,
)
from theory.terms.linear import Entry, NonnegativeTable, Realiser, Row
from theory.terms.schema import Family
from theory.terms.sets import Interval
from theory.verdict import Status

n, k, m = (Symbol(name, integer=True, positive=True) for name in "nkm")
i, j, l = index("i"), index("j"), index("l")
t, s = Symbol("t", real=True), Symbol("s", real=True)
q = Symbol("q", integer=True, nonnegative=True)
a, b, g, u, v, y = (VectorSymbol(name, n) for name in ("a", "b", "g", "u", "v", "y"))
z, W = VectorSymbol("z", k), MatrixSymbol("W", k, n)
X, P, M = (MatrixSymbol(name, n, n) for name in "XPM")
psi = Activation("psi")


def proves(formula, by, facts=None):
    facts = facts or {}
    return check_step(step("claim", formula, by=by, using=tuple(facts)), facts).status is Status.PROVED


# --- what is put in for a variable ---------------------------------------------------------------------------------------------------

def test_a_sum_that_is_put_in_does_not_catch_the_indices_around_it():
    """ψ(t) = Σ_j Σ_i t a_i b_j at t = Σ g_i is Σg·Σa·Σb, not n·Σg·Σ a_i b_i."""
    fact = {"by definition": forall(eq(psi(t), Sum(Sum(t * a[i] * b[j], (i, n)), (j, n))), (t, LINE))}
    total = Sum(g[i], (i, n))
    assert not proves(eq(psi(total), n * total * Sum(a[i] * b[i], (i, n))), "sums", fact)
    assert proves(eq(psi(total), total * Sum(a[i], (i, n)) * Sum(b[i], (i, n))), "sums", fact)


def test_binders_of_sympy_take_no_part():
    """Σ_{j≤n} tj at t = j is j·Σ_{i≤n} i, not Σ_{j≤n} j²."""
    fact = {"by definition": forall(eq(psi(t), SympySum(t * j, (j, 1, n))), (t, LINE))}
    assert not proves(eq(psi(j), SympySum(j**2, (j, 1, n))), "algebra", fact)
    fact = {"by definition": forall(eq(psi(t), Sum(t * j, (j, n))), (t, LINE))}
    assert not proves(eq(psi(j), Sum(j**2, (j, n))), "algebra", fact)
    assert proves(eq(psi(j), j * Sum(i, (i, n))), "algebra", fact)


# --- sums whose terms depend on the index twice --------------------------------------------------------------------------------------

def test_a_diagonal_is_no_inner_product():
    """Σ_i (Px_i)_i v_i is not Σ_i (Px_i)_i (Pv)_i, although Px·v = Px·Pv for one x."""
    fact = {"projection": orthogonal_projection(P, m)}
    assert not proves(eq(Sum(Entry(P @ X[i], i) * v[i], (i, n)), Sum(Entry(P @ X[i], i) * Entry(P @ v, i), (i, n))), "sums", fact)
    assert proves(eq(Sum(Entry(P @ u, i) * v[i], (i, n)), Sum(Entry(P @ u, i) * Entry(P @ v, i), (i, n))), "sums", fact)
    diagonal, rows = Sum(Sum(Entry(Row(X, i), i) ** 2, (i, n)), (j, n)), Sum(norm(X[j]) ** 2, (j, n))
    assert not proves(eq(diagonal, rows), "sums")
    assert proves(eq(diagonal, n * Sum(Entry(Row(X, i), i) ** 2, (i, n))), "sums")


def test_rows_of_different_matrices_make_no_frobenius_norm():
    mixed = sqrt(Sum(norm(Row(Outer(X[j], v), j)) ** 2, (j, n)))
    assert not proves(eq(Sum(mixed, (i, n)), Sum(fro_norm(Outer(X[i], v)), (i, n))), "sums")
    assert proves(eq(sqrt(Sum(norm(Row(Outer(u, v), j)) ** 2, (j, n))), fro_norm(Outer(u, v))), "sums")


def test_a_range_has_a_whole_number_of_elements():
    verdict = check_step(step("half", eq(Sum(1, (i, n / 2)), n / 2), by="sums"), {})
    assert verdict.status is Status.FAILED
    assert "Range(n/2) has no meaning" in verdict.reason
    assert proves(eq(Sum(1, (i, 2 * n)), 2 * n), "sums")


# --- facts outside their domains -----------------------------------------------------------------------------------------------------

def test_a_fact_about_n_entries_is_not_used_in_a_sum_over_k_inside_one_over_n():
    """z_i = 1 for i ≤ n does not give Σ_i y_i u·MΣ_{ℓ≤k} z_ℓ w_ℓ = Σ_i y_i u·MΣ_{ℓ≤k} w_ℓ."""
    goal = eq(Sum(y[i] * dot(u, M @ Sum(z[l] * W[l], (l, k))), (i, n)), Sum(y[i] * dot(u, M @ Sum(W[l], (l, k))), (i, n)))
    assert not proves(goal, "sums", {"ones": forall(eq(z[i], 1), (i, Range(n)))})
    assert proves(goal, "sums", {"ones": forall(eq(z[i], 1), (i, Range(k)))})


def test_an_index_that_is_open_outside_lends_its_range_to_no_other():
    """All members of {1, …, k} lie in {1, …, n} means k ≤ n; that some i ≤ n is open does not make it so."""
    def at_its_end(w):
        end = w.script.axiom("in_range", (w.prover.lookup(node_le(1, w.k)), w.script.combine(node_le(w.k, w.k))), i=w.k, a=w.k)
        return w.script.axiom("range_high", (w.script.specialise(w.hypotheses[0], w.k, end),), i=w.k, a=w.m)

    longest = derived("rule.longest", "a range inside another is not longer", le(k, m), [forall(member(i, Range(m)), (i, Range(k)))],
                      at_its_end)
    assert schema_of(longest).cited == frozenset()
    assert not proves(le(k, n), longest)
    assert not proves(forall(le(k, n), (i, Range(n))), longest)
    assert proves(forall(le(n, n), (i, Range(n))), longest)


def test_lemmas_about_neurons_say_nothing_of_the_next_one():
    offsets, signs, rows = VectorSymbol("o", k), VectorSymbol("s", k), {"rows": independent_rows(W)}

    def attained(place):
        return eq(dot(W[place], Realiser(W, offsets, signs)) + offsets[place], signs[place])

    assert not check_step(step("claim", attained(k + 1), by=onto, using="rows"), rows).status.is_proof
    assert check_step(step("claim", forall(attained(l), (l, Range(k))), by=onto, using="rows"), rows).status.is_proof


DECLARED = [
    (Symbol("beta", nonpositive=True), LINE, "declared nonpositive"),
    (Symbol("beta", positive=True), Interval(-1, 1), "declared positive"),
    (Symbol("beta", positive=True), Interval(0, 1), "declared positive"),
    (Symbol("q", integer=True, negative=True), Range(n), "declared integer, negative"),
    (Symbol("q", even=True), Range(n), "declared even"),
    (Symbol("q", integer=True), LINE, "declared integer"),
    (Symbol("q", real=True), Sphere(n), "a number cannot range"),
    (VectorSymbol("x", n), Sphere(k), "this size"),
    (VectorSymbol("x", n), Ball(n + 1), "this size"),
    (VectorSymbol("x", n), Range(n), "this size"),
    (VectorSymbol("x", k), Signs(n), "this size"),
    (MatrixSymbol("D", k, n), SphereRows(n, k), "this size"),
    (NonnegativeTable("D", n, k), SphereRows(n, k), "cannot range"),
]
RANGING = [
    (t, LINE), (t, Interval(-1, 1)), (Symbol("t", nonnegative=True), Interval(0, 1)), (Symbol("t", positive=True), Interval(Integer(1), 2)),
    (i, Range(n)), (Symbol("i", integer=True), Range(n - 1)), (u, Space(n)), (u, Sphere(n)), (u, Ball(n, 2)), (y, Signs(n)),
    (MatrixSymbol("D", n, k), SphereRows(n, k)), (VectorSymbol("x", 1), LINE),
]


@pytest.mark.parametrize(("variable", "domain", "why"), DECLARED, ids=[str(row) for row in range(len(DECLARED))])
def test_a_variable_is_declared_no_more_than_its_domain_gives(variable, domain, why):
    formula = forall(le(0, 1), (variable, domain))
    assert why in complaint(formula)
    for by, facts in (("linear", {}), ("instance", {"fact": formula})):
        verdict = check_step(step("claim", formula, by=by, using=tuple(facts)), facts)
        assert verdict.status is Status.FAILED
        assert why in verdict.reason
    assert why in complaint(le(0, Expect(1, (variable, domain))))


@pytest.mark.parametrize(("variable", "domain"), RANGING, ids=[str(row) for row in range(len(RANGING))])
def test_a_variable_may_be_declared_what_holds_of_all_elements(variable, domain):
    assert proves(forall(le(0, 1), (variable, domain)), "linear")


def test_a_declared_sign_does_not_become_a_sign_of_all_numbers():
    beta = Symbol("beta", nonpositive=True)
    all_of_them = forall(le(beta, 0), (beta, LINE))
    report = check_proof(proof(step("all", all_of_them, by="linear"), step("law", le(t, 0), by="instance", using="all")), {}, le(t, 0))
    assert report.status is Status.FAILED
    assert check_proof(proof(step("all", all_of_them, by="linear")), {}, all_of_them).status is Status.FAILED


def declaring(declared, *, book):
    """s ≤ 0 for s declared something, shown from that or as if from a book."""
    symbol = Symbol("s", **{declared: True})
    if book:
        return textbook("lemma.declared", "s ≤ 0", Source("A book", "Lemma 1", "3"), le(symbol, 0), [])
    return ours("lemma.declared", "s ≤ 0", le(symbol, 0), [], proof(step("law", le(symbol, 0), by="linear")))


@pytest.mark.parametrize("book", [False, True])
@pytest.mark.parametrize(("declared", "means", "less"), [
    ("nonpositive", le(t, 0), le(t, 1)), ("negative", lt(t, 0), le(t, 1)),
    ("zero", eq(q, 0), le(q, 1)),                                                 # zero is declared of whole numbers only
])
def test_what_a_lemma_declares_of_its_symbols_is_a_premise(declared, means, less, book):
    lemma, goal = declaring(declared, book=book), le(means.lhs, 0)
    assert proves(goal, lemma, {"sign": means})
    assert not proves(goal, lemma)
    assert not proves(goal, lemma, {"less": less})


@pytest.mark.parametrize("book", [False, True])
@pytest.mark.parametrize("declared", ["nonzero", "even", "rational"])
def test_a_lemma_declares_of_its_symbols_only_what_is_checked_of_what_they_stand_for(declared, book):
    for facts in ({}, {"t": le(t, 0)}):
        verdict = check_step(step("claim", le(t, 0), by=declaring(declared, book=book), using=tuple(facts)), facts)
        assert not verdict.status.is_proof
        assert f"declared {declared}" in verdict.reason


def test_a_table_of_nonnegative_numbers_stands_for_no_other_matrix():
    table = NonnegativeTable("D", n, k)

    def products(w):
        signs = (w.prover.establish(node_le(0, w.D[1][1])), w.script.do("nonnegative", (), make("norm", make("matvec", w.D, w.z))),
                 w.script.do("nonnegative", (), w.n))
        return w.script.combine(w.goal, ((w.script.do("multiply", signs), 1),))

    lemma = derived("rule.table", "entries of a table are nonnegative", le(0, Sum(norm(table @ z) * table[1, 1], (i, n))), [], products)
    assert schema_of(lemma).cited == frozenset()
    assert proves(le(0, Sum(norm(table @ z) * table[1, 1], (i, n))), lemma)
    plain = MatrixSymbol("D", n, k)
    assert not proves(le(0, Sum(norm(plain @ z) * plain[1, 1], (i, n))), lemma)


# --- names and numbers that no author may write --------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["°1", "?n"])
def test_names_of_bound_variables_are_reserved(name):
    """Σ v_{°1} b_i would become Σ v_i b_i when the sum is opened."""
    free = index(name)
    assert not proves(eq(Sum(v[free] * b[i], (i, n)), Sum(v[i] * b[i], (i, n))), "sums")
    assert not proves(eq(Sum(t * b[i], (i, n)), Sum(v[i] * b[i], (i, n))), "sums", {"t": eq(t, v[free])})
    assert "reserved" in complaint(le(0, free))
    assert "reserved" in complaint(le(0, index("·1")))


def test_floats_take_no_part():
    for formula in (eq(1 + Float("1e-20"), 1), eq(t + t * Float("1e-20"), t), eq(Sum(Float("0.5"), (i, n)), n / 2)):
        assert not proves(formula, "algebra")
        assert "fractions" in complaint(formula)


# --- roots and divisors --------------------------------------------------------------------------------------------------------------

def test_no_number_that_need_not_exist_is_put_into_a_lemma():
    """0 ≤ s² at s = √t is not 0 ≤ t; nor are families and vectors exempt."""
    x, F = VectorSymbol("x", n), Family("F")
    square, sum_of_squares, length = le(0, s**2), le(0, Sum(F(i) ** 2, (i, n))), le(0, norm(x) ** 2)
    lemmas = [ours("lemma.nonnegative", "squares", law, [], proof(step("law", law, by="polynomial")))
              for law in (square, sum_of_squares, length)]
    known = {"t": le(0, t), "b": forall(le(0, b[i]), (i, Range(n)))}
    for use, goal in ((lemmas[0].at(s=sqrt(t)), le(0, t)), (lemmas[2].at(x=sqrt(t) * v), le(0, t * dot(v, v)))):
        assert not proves(goal, use)
        assert proves(goal, use, known)
    assert not proves(le(0, Sum(b[i], (i, n))), lemmas[1].at(F=lambda place: sqrt(b[place])))
    assert proves(le(0, Sum(v[i] ** 2, (i, n))), lemmas[1].at(F=lambda place: v[place]))


def test_a_root_does_not_leave_a_proof_unseen():
    """‖√t·v‖² is 0 where t < 0, so it is t‖v‖² only under a premise; named as a fact, it says that t‖v‖² is not negative, and no more."""
    length, product = eq(norm(sqrt(t) * v) ** 2, t * dot(v, v)), le(0, t * dot(v, v))
    assert not proves(length, "linear")
    assert proves(length, "linear", {"t": le(0, t)})
    assert not proves(product, "linear")
    assert proves(product, "linear", {"length": length})
    assert not proves(le(0, t), "linear", {"length": length})                    # v may be 0
    assert proves(le(0, t), "linear", {"length": length, "v": eq(dot(v, v), 1)})
    lengths = forall(eq(norm(sqrt(b[i]) * v) ** 2, b[i] * dot(v, v)), (i, Range(n)))
    assert not proves(lengths, "linear")
    assert proves(lengths, "linear", {"b": forall(le(0, b[i]), (i, Range(n)))})
    assert not proves(forall(le(0, b[i]), (i, Range(n))), "linear", {"lengths": lengths})


def test_a_power_with_an_exponent_that_may_be_negative_divides():
    """t^{2−n} is 0 at t = 0 for n = 3: a number like any other in a sum, but no inverse of t^{n−2} there."""
    for power in (t ** (2 - n), t ** (n - 1)):
        assert proves(eq(Sum(b[i] * power, (i, n)), power * Sum(b[i], (i, n))), "sums")
        assert not proves(eq(Sum(b[i] * power, (i, n)), power), "sums")
    inverse = {"low": eq(s, t ** (2 - n)), "high": eq(u[1], t ** (n - 2))}
    for facts in ({}, {"t": le(0, t)}, {"elsewhere": le(1, b[1])}):
        assert not proves(eq(s * u[1], 1), "polynomial", inverse | facts)


def test_a_claim_divides_by_nothing_that_its_last_step_does_not_divide_by():
    plain, divided = eq(Sum(y[i], (i, n)), s), eq(Sum(t * y[i], (i, n)) / t, s)
    steps = proof(step("law", plain, by="instance", using="h"))
    assert check_proof(steps, {"h": plain}, plain).status is Status.PROVED
    assert check_proof(steps, {"h": plain}, divided).status is Status.FAILED
