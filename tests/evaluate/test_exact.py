"""The exact reading: agrees with the float reading, certifies strict violations, and refuses what is not exact."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, arb_mat, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Float, Rational, acos, gamma

from evaluate.common import L, M, P, W, X, a, e, f, i, j, l, psi, s, t, u, v, x, y
from theory.errors import BadData, HypothesisViolated, NotCertified, ShapeError
from theory.terms import (
    LINE,
    Abs,
    And,
    Ball,
    Expect,
    Implies,
    Indicator,
    Lip,
    MatrixSymbol,
    Max,
    Min,
    Or,
    Outer,
    Prob,
    Range,
    Signs,
    Space,
    Sphere,
    Sum,
    Sup,
    VectorSymbol,
    binomial,
    d,
    dot,
    eigenvalue_sum,
    eq,
    exp,
    forall,
    fro_norm,
    ge,
    independent_rows,
    k,
    le,
    lipschitz_activation,
    log,
    lt,
    n,
    norm,
    nuclear_norm,
    op_norm,
    orthogonal_projection,
    pi,
    positively_homogeneous,
    rank,
    relu,
    sqrt,
    trace,
    zero,
)
from theory.terms.formula import member
from theory.terms.linear import Direction, KernelVector, Realiser
from theory.terms.scalars import MeanChiNorm
from theory.terms.sets import Interval as RealInterval
from theory.verdict import Status
from verify.evaluate import Instance, Outcome, check_exact, evaluate, evaluate_exact, evaluate_formula
from verify.evaluate.exact.numbers import power, square_root
from verify.evaluate.exact.spectra import eigenvalues, singular_values
from verify.objects.networks import Network, activation

HALF = Fraction(1, 2)
SMALL = Instance(
    {
        "X": [[1, 2], [3, 4], [0, -1]],
        "y": [1, -1, 1],
        "W": [[3, 0], [0, 4]],
        "a": [1, -2],
        "P": [[1, 0], [0, 0]],
        "M": [[2, 1], [1, 2]],
        "u": [3, 4],
        "v": [HALF, -1],
        "L": 2,
        "s": HALF,
        "psi": activation("leaky_relu:0.5"),
    }
)


def status(formula, instance=SMALL, precision=200):
    return check_exact(formula, instance, precision).status


TERMS = [
    sqrt(n) * pi + exp(-L) * log(n),
    gamma(n + Rational(1, 2)),
    binomial(n, k),
    acos(s),
    Max(n, s),
    Min(n, -s),
    L ** Rational(1, 3),
    s**-3,
    y[2],
    X[2, 1],
    dot(X[1], v),
    norm(u),
    norm(v),
    norm(zero(d)),
    fro_norm(M),
    op_norm(M),
    op_norm(X),
    nuclear_norm(X),
    rank(X),
    rank(P),
    trace(P, M),
    eigenvalue_sum(M, 1),
    eigenvalue_sum(Sum(Outer(X[i]) * s, (i, n)), 1),
    norm(Sum(X[i] * y[i], (i, n)) - u * 2),
    norm(M @ u + v),
    relu(y[2]),
    psi(-n),
    psi(s),
    Sum(y[i] * dot(X[i], X[j]) * y[j], (i, n), (j, n)),
    Sum(Sum(j * y[i], (j, i)), (i, n)),
    Sup(y[i] * i, (i, Range(n))),
    Sup(Sum(e[i] * y[i], (i, n)), (e, Signs(n))),
    Expect(norm(Sum(e[i] * X[i], (i, n))), (e, Signs(n))),
    Prob(lt(Sum(e[i], (i, n)), 0), (e, Signs(n))),
    Indicator(le(y[2], 0)),
    Abs(-s) * Sum(norm(W[l]) * Abs(a[l]), (l, k)),
    fro_norm(Outer(u, v)),
    op_norm(Outer(u, v) * sqrt(2)),
    nuclear_norm(Outer(u, v) * sqrt(2)),
    eigenvalue_sum(Outer(u) * sqrt(2), 2),
]


@pytest.mark.parametrize("term", TERMS, ids=str)
def test_exact_and_float_readings_agree(term):
    lower, upper = evaluate(term, SMALL)
    found = evaluate_exact(term, SMALL)
    # singular values that vanish are square roots of radii of about 2^-180
    assert found.is_finite() and float(found.rad()) <= 1e-25 * max(1.0, abs(float(found.mid())))
    assert float(found.mid()) == pytest.approx((lower + upper) / 2, rel=1e-12, abs=1e-12)


def test_rational_values_stay_rational():
    assert evaluate_exact(norm(u), SMALL).is_exact() and evaluate_exact(norm(u), SMALL) == 5
    assert status(eq(norm(u) ** 2, dot(u, u))) is Status.CERTIFIED
    assert status(eq(Sum(y[i] * s, (i, n)), Rational(1, 2))) is Status.CERTIFIED
    assert status(eq(u * s + v, v + u / 2)) is Status.CERTIFIED
    assert square_root(fmpq(9, 4)) == fmpq(3, 2) and power(fmpq(4), fmpq(-3, 2)) == fmpq(1, 8)


def test_spectra_enclose_known_eigenvalues():
    third = fmpq(1, 3)
    repeated = [[third, fmpq(0), fmpq(0)], [fmpq(0), third, fmpq(0)], [fmpq(0), fmpq(0), fmpq(5)]]
    found = eigenvalues(repeated)
    assert [(3 * value).contains(exact) for value, exact in zip(found, (15, 1, 1), strict=True)] == [True] * 3
    root2 = arb(2).sqrt()
    balls = [[root2, arb(0)], [arb(0), root2]]  # a double eigenvalue √2 of a ball matrix
    assert all(value.overlaps(root2) and value.rad() < 1e-10 for value in eigenvalues(balls))
    # a matrix of wide balls: every matrix in it has its eigenvalues inside
    wide = [[arb(2, 0.1), arb(1, 0.1)], [arb(1, 0.1), arb(2, 0.1)]]
    for entry in (0.91, 1.0, 1.09):
        top, low = eigenvalues(wide)
        assert top.contains(arb(2.05) + arb(entry)) and low.contains(arb(2.05) - arb(entry))
    assert singular_values([[fmpq(3), fmpq(4)]])[0].overlaps(arb(5)) and len(singular_values([[fmpq(3), fmpq(4)]])) == 1
    with pytest.raises(HypothesisViolated, match="not symmetric"):
        eigenvalues([[fmpq(0), fmpq(1)], [fmpq(0), fmpq(0)]])
    with pytest.raises(HypothesisViolated, match="not symmetric"):
        eigenvalues([[root2, arb(1)], [arb(0), root2]])


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.lists(st.integers(-4, 4), min_size=6, max_size=6), st.integers(1, 3))
def test_eigenvalue_sums_against_arb_eigenvalues(entries, count):
    p, q, r, w, b, c = entries
    rows = [[p, q, r], [q, w, b], [r, b, c]]
    S = MatrixSymbol("S", 3, 3)
    found = evaluate_exact(eigenvalue_sum(S, count), Instance({"S": rows}))
    expected = np.sort(np.linalg.eigvalsh(np.array(rows, dtype=float)))[::-1][:count].sum()
    assert float(found.mid()) == pytest.approx(expected, abs=1e-9)
    assert found.rad() < 1e-20
    assert arb_mat(rows).trace().overlaps(evaluate_exact(eigenvalue_sum(S, 3), Instance({"S": rows})))


def test_strict_violations_are_certified_and_ties_are_not():
    tiny = Rational(1, 10**30)
    assert status(le(op_norm(M), 3)) is Status.CERTIFIED  # a rational root of the characteristic polynomial
    assert status(le(op_norm(M), 3 - tiny)) is Status.REFUTED and status(le(op_norm(M), 3 + tiny)) is Status.CERTIFIED
    assert status(lt(sqrt(2) * sqrt(L), 2)) is Status.UNKNOWN  # equal, in ball arithmetic
    assert status(lt(norm(u), 5)) is Status.REFUTED and status(le(norm(u), 5)) is Status.CERTIFIED
    assert status(eq(sqrt(3), Rational(17320508, 10**7))) is Status.REFUTED
    # the float reading calls this a tie; the exact one refutes it
    near = eq(Sum(y[i] * s, (i, n)), Rational(1, 2) + tiny)
    assert evaluate_formula(near, SMALL).outcome is Outcome.HOLDS and status(near) is Status.REFUTED
    assert status(le(pi, Rational(355, 113)), SMALL, 24) is Status.UNKNOWN
    assert status(le(pi, Rational(355, 113)), SMALL, 64) is Status.CERTIFIED
    before = ctx.prec
    check_exact(le(n, 3), SMALL, 500)
    assert ctx.prec == before


def test_evidence_names_the_place():
    verdict = check_exact(forall(le(dot(X[i], X[j]), 11), (i, Range(n)), (j, Range(n))), SMALL)
    assert (
        verdict.status is Status.REFUTED
        and verdict.evidence["lhs"] == "25"
        and set(verdict.evidence["place"].values()) == {"2"}
    )
    assert status(forall(le(Sum(e[i] * y[i], (i, n)), n), (e, Signs(n)))) is Status.CERTIFIED
    assert status(forall(le(Sum(e[i] * y[i], (i, n)), n - 1), (e, Signs(n)))) is Status.REFUTED


def test_quantifiers_over_continuous_sets_are_refuted_or_open():
    assert status(forall(le(dot(u, x), norm(u)), (x, Sphere(d)))) is Status.UNKNOWN
    assert status(forall(le(dot(u, x), 3), (x, Sphere(d)))) is Status.REFUTED
    assert status(forall(le(norm(x), 1), (x, Space(d)))) is Status.REFUTED
    assert status(forall(le(norm(x), L), (x, Ball(d, L)))) is Status.UNKNOWN
    assert status(forall(le(0, t), (t, LINE))) is Status.REFUTED


def test_connectives():
    true, false, open_ = le(n, 3), le(n, 2), lt(sqrt(2) * sqrt(L), 2)
    assert (
        status(Implies(false, false)) is Status.CERTIFIED
        and check_exact(Implies(false, false), SMALL).evidence["vacuous"]
    )
    assert status(Implies(true, false)) is Status.REFUTED and status(Implies(open_, false)) is Status.UNKNOWN
    assert status(Implies(open_, true)) is Status.CERTIFIED
    assert status(And(open_, false)) is Status.REFUTED and status(And(open_, true)) is Status.UNKNOWN
    assert status(Or(open_, true)) is Status.CERTIFIED and status(Or(open_, false)) is Status.UNKNOWN
    assert status(Or(false, false)) is Status.REFUTED
    continuous = le(Sup(dot(u, x), (x, Sphere(d))), 5)
    assert status(continuous) is Status.UNKNOWN and status(And(continuous, false)) is Status.REFUTED


def test_properties():
    assert (
        status(positively_homogeneous(psi)) is Status.CERTIFIED
        and status(positively_homogeneous(relu)) is Status.CERTIFIED
    )
    assert (
        status(lipschitz_activation(psi, 1)) is Status.CERTIFIED
        and status(lipschitz_activation(psi, s)) is Status.REFUTED
    )
    assert status(positively_homogeneous(psi), SMALL.with_values(psi=activation("tanh"))) is Status.UNKNOWN
    assert (
        status(orthogonal_projection(P, 1)) is Status.CERTIFIED
        and status(orthogonal_projection(P, 2)) is Status.REFUTED
    )
    assert status(orthogonal_projection(M, 1)) is Status.REFUTED
    assert status(independent_rows(W)) is Status.CERTIFIED and status(independent_rows(X)) is Status.REFUTED
    almost = SMALL.with_values(P=[[1, 0], [0, Fraction(1, 10**40)]])
    assert status(orthogonal_projection(P, 1), almost) is Status.REFUTED


class ExactLine:
    """x ↦ x_1 + x_2 with its Lipschitz constant √2 enclosed rigorously."""

    def __call__(self, points):
        return points.sum(axis=1)

    def lipschitz_exact(self, domain):
        assert int(domain.dim) == 2
        return arb(2).sqrt(), arb(2).sqrt()


def test_functions_and_lipschitz_constants():
    at = SMALL.with_values(f=ExactLine())
    assert evaluate_exact(f(v), at) == fmpq(-1, 2)
    assert status(le(f(u) - f(v), Lip(f, Ball(d, L)) * norm(u - v)), at) is Status.CERTIFIED
    assert status(le(Lip(f, Space(d)), Rational(7, 5)), at) is Status.REFUTED
    network = Network(
        np.array(SMALL.values["W"], dtype=object),
        np.array([0, HALF], dtype=object),
        np.array([1, -2], dtype=object),
        "relu",
    )
    at = SMALL.with_values(f=network)
    assert evaluate_exact(f(u), at) == 9 - 33
    with pytest.raises(NotCertified, match="lipschitz_exact"):
        evaluate_exact(Lip(f, Space(d)), at)
    with pytest.raises(NotCertified, match="irrational"):
        evaluate_exact(f(u * sqrt(2)), at)
    with pytest.raises(NotCertified, match="exactly"):
        evaluate_exact(f(u), SMALL.with_values(f=lambda points: np.sin(points.astype(float)).sum(axis=1)))


def test_a_wrong_claim_is_refuted_at_a_rational_instance():
    """Theorem 9 as printed without a condition on n: ‖T‖_op ≥ √(nd)/k fails for T = y_1x_1x_1ᵀ at n = 1, k = 1."""
    claim = ge(op_norm(Outer(X[1]) * y[1]), sqrt(n * d) / k)
    at = Instance({"X": [[Fraction(3, 5), Fraction(4, 5)]], "y": [1], "k": 1})
    assert evaluate_formula(claim, at).outcome is Outcome.VIOLATED and status(claim, at) is Status.REFUTED


def test_what_is_not_exact_is_refused():
    with pytest.raises(BadData, match="not exact"):
        evaluate_exact(y[1], Instance({"y": [0.5, 1]}))
    with pytest.raises(BadData, match="not exact"):
        check_exact(le(y[1], 1), Instance({"y": np.ones(2)}))
    with pytest.raises(BadData, match="Rational"):
        evaluate_exact(n * Float("0.1"), SMALL)
    with pytest.raises(NotCertified, match="not finite"):
        evaluate_exact(Sup(dot(u, x), (x, Sphere(d))), SMALL)
    with pytest.raises(NotCertified, match="too many"):
        evaluate_exact(Expect(e[1], (e, Signs(n))), Instance({"n": 13}))
    with pytest.raises(ShapeError):
        evaluate_exact(dot(X[1], u), Instance({"X": [[1, 2, 3]], "u": [1, 2], "d": 2}))
    with pytest.raises(HypothesisViolated, match="no value"):
        evaluate_exact(y[1], Instance({}))
    with pytest.raises(NotCertified, match="contains 0"):
        evaluate_exact(1 / (sqrt(L) * sqrt(s) - 1), SMALL)
    with pytest.raises(NotCertified, match="edge"):
        evaluate_exact(log(sqrt(L) * sqrt(s) - 1), SMALL)
    with pytest.raises(BadData, match="bits"):
        evaluate_exact(n, SMALL, precision=1)


def test_chosen_vectors_and_membership():
    b, s = VectorSymbol("b", k), VectorSymbol("pattern", k)
    at = SMALL.with_values(b=[1, HALF])
    attained = forall(eq(dot(W[l], Realiser(W, b, s)) + b[l], s[l]), (s, Signs(k)), (l, Range(k)))
    assert status(attained, at) is Status.CERTIFIED
    with pytest.raises(HypothesisViolated, match="dependent"):
        check_exact(attained, at.with_values(W=[[1, 2], [2, 4]]))
    assert status(eq(norm(Direction(u)), 1)) is Status.CERTIFIED and status(eq(Direction(u) * 5, u)) is Status.CERTIFIED
    assert status(eq(norm(Direction(zero(d))), 1)) is Status.CERTIFIED
    assert status(eq(P @ KernelVector(P), zero(d))) is Status.CERTIFIED
    assert (
        status(eq(norm(KernelVector(P)), 1)) is Status.CERTIFIED
        and status(eq(norm(KernelVector(M)), 0)) is Status.CERTIFIED
    )
    assert evaluate_exact(MeanChiNorm(d) ** 2 / pi, SMALL).overlaps(arb(1) / 2)
    assert status(member(s, Signs(k)), SMALL.with_values(pattern=[1, -1])) is Status.CERTIFIED
    assert status(member(L, RealInterval(-1, 1))) is Status.REFUTED
    assert status(member(u, Ball(d, 5))) is Status.CERTIFIED and status(member(u, Sphere(d))) is Status.REFUTED
    assert status(forall(le(t, Rational(1, 2)), (t, RealInterval(-1, 1)))) is Status.REFUTED


CHEBYSHEV = 8 * t**4 - 8 * t**2 + 1


@pytest.mark.parametrize("relation, wanted", [
    (le(Abs(CHEBYSHEV), 1), Status.CERTIFIED),                         # touches 1 five times
    (le(Abs(CHEBYSHEV), Rational(99, 100)), Status.REFUTED),           # at the ends
    (lt(CHEBYSHEV, 1), Status.REFUTED),
    (le(0, t**2), Status.CERTIFIED), (lt(0, t**2 + Rational(1, 10**30)), Status.CERTIFIED),
    (lt(0, t**2), Status.UNKNOWN),                                     # fails at 0 only, which is no exact test point
    (le(Rational(1, 10**12), (t - Rational(1, 3)) ** 2), Status.UNKNOWN),       # fails in a band of width 2·10⁻⁶
    (le((t - Rational(1, 3)) ** 3, 1), Status.CERTIFIED), (le(0, (t - Rational(1, 3)) ** 3 + 8), Status.CERTIFIED),
    (le(0, (t - 1) * (t + 1)), Status.UNKNOWN), (le((t - 1) * (t + 1), 0), Status.CERTIFIED),      # roots at the ends
    (eq((t + 1) ** 2, t**2 + 2 * t + 1), Status.CERTIFIED), (le(t, t), Status.CERTIFIED), (lt(t, t), Status.REFUTED),
    (le(relu(t), 1), Status.UNKNOWN),                                  # no polynomial
])
def test_polynomials_on_an_interval(relation, wanted):
    assert status(forall(relation, (t, RealInterval(-1, 1)))) is wanted


def test_polynomials_whose_coefficients_are_data():
    """|y₁ + y₂t + y₃t²| ≤ bound on [−1, 1]; the reading expands the sum, whose exponents are i − 1."""
    bounded = forall(le(Abs(Sum(y[i] * t ** (i - 1), (i, n))), s), (t, RealInterval(-1, 1)))
    assert status(bounded, Instance({"y": [-1, 0, 2], "s": 1, "n": 3})) is Status.CERTIFIED
    assert status(bounded, Instance({"y": [-1, 0, 2], "s": Fraction(999, 1000), "n": 3})) is Status.REFUTED
    assert status(bounded, Instance({"y": [-1, Fraction(1, 100), 2], "s": 1, "n": 3})) is Status.REFUTED
