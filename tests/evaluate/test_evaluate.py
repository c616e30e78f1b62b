"""The float reading of terms and formulas, against values computed by hand."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import E, Integer, Rational, acos, gamma, sin

from evaluate.common import L, M, P, W, X, a, beta, f, i, j, l, psi, t, u, v, x, y, z
from theory.errors import BadData, HypothesisViolated, LawbookError, NotCertified, ShapeError
from theory.terms import (
    LINE,
    Abs,
    And,
    Ball,
    Expect,
    Function,
    GaussianRows,
    Implies,
    Indicator,
    LineIntegral,
    Lip,
    MatrixSymbol,
    Max,
    Min,
    NonnegativeTable,
    Or,
    Outer,
    Prob,
    Property,
    Range,
    Signs,
    Space,
    Sphere,
    SphereRows,
    Sum,
    Sup,
    Symbol,
    Uniform,
    VectorSymbol,
    asin,
    binomial,
    d,
    depends_only_on,
    dot,
    eigenvalue_sum,
    eq,
    exp,
    forall,
    fro_norm,
    ge,
    independent_rows,
    index,
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
from theory.terms.circle import CircleSlope, OppositeGap, SignChanges
from theory.terms.formula import Formula, member
from theory.terms.linear import Direction, KernelVector, Realiser
from theory.terms.scalars import Activation, Maximum, MeanChiNorm, NonnegativeScalar
from theory.terms.sets import Interval as RealInterval
from verify.evaluate import (
    Env,
    Evaluator,
    Instance,
    Interval,
    Options,
    Outcome,
    PlaceOutcome,
    compiled,
    evaluate,
    evaluate_formula,
    property_check,
    reads,
    register_sup,
    single,
)
from verify.evaluate.domains import sign_vectors
from verify.evaluate.laws import clopper_pearson
from verify.evaluate.total import power
from verify.evaluate.values import absolute, add, ends, multiply, point
from verify.objects.networks import activation

pi_ = NonnegativeTable("pi", n, n)

SMALL = Instance(
    {
        "X": [[1, 2], [3, 4], [0, -1]],
        "y": [1, -1, 1],
        "z": [2, 0, -2],
        "W": [[3, 0], [0, 4]],
        "a": [1, -2],
        "P": [[1, 0], [0, 0]],
        "M": [[2, 1], [1, 2]],
        "u": [3, 4],
        "v": [1, -1],
        "pi": np.eye(3),
        "L": 2,
        "psi": activation("abs"),
        "t": 0.5,
    }
)


def value(term, instance=SMALL, options=None):
    lower, upper = evaluate(term, instance, options or Options())
    assert lower == pytest.approx(upper, rel=1e-12, abs=1e-12), "expected a point"
    return lower


def outcome(formula, instance=SMALL, options=None):
    return evaluate_formula(formula, instance, options or Options()).outcome


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (Integer(3) + sqrt(2) * pi, 3 + np.sqrt(2) * np.pi),
        (Rational(1, 3) * n, 1.0),
        (E**k, np.e**2),
        (exp(-n), np.exp(-3)),
        (log(n), np.log(3)),
        (sin(pi / 5 * k), np.sin(2 * np.pi / 5)),
        (asin(y[1] / 2), np.pi / 6),
        (acos(y[1] / 2), np.pi / 3),
        (gamma(n + Rational(1, 2)), 3.323350970447843),
        (binomial(n, k), 3.0),
        (Max(n, d, y[2]), 3.0),
        (Min(n, y[2]), -1.0),
        (Abs(y[2]), 1.0),
        (n ** (-k), 1 / 9),
        (d ** (Rational(1, 2) * (n - 1)), 2.0),
        ((y[2] - 1) ** 3, -8.0),
        (L ** Rational(-3, 2), 2**-1.5),
        (y[3], 1.0),
        (X[2, 1], 3.0),
        (pi_[2, 2], 1.0),
        (dot(X[1], X[2]), 11.0),
        (norm(u), 5.0),
        (norm(zero(d)), 0.0),
        (fro_norm(W), 5.0),
        (op_norm(W), 4.0),
        (nuclear_norm(W), 7.0),
        (rank(W), 2.0),
        (rank(P), 1.0),
        (trace(P, M), 2.0),
        (eigenvalue_sum(M, 1), 3.0),
        (eigenvalue_sum(M, 2), 4.0),
        (eigenvalue_sum(M, 5), 4.0),
        (eigenvalue_sum(Outer(u), 1), 25.0),
        (dot(M @ u, v), -1.0),
        (norm(u - v * 2), np.sqrt(37)),
        (norm(Sum(X[i] * y[i], (i, n))), np.sqrt(13)),
        (eigenvalue_sum(Sum(Outer(X[i]) * pi_[i, i], (i, n)), 2), 31.0),
        (fro_norm(M - Outer(v) * 2), np.sqrt(9 + 9)),
        (psi(-n), 3.0),
        (relu(y[2]), 0.0),
        (relu(y[1] * 5), 5.0),
        (Indicator(le(y[2], 0)), 1.0),
        (Indicator(lt(y[1], 1)), 0.0),
        (Sum(y[i] * z[i], (i, n)), 0.0),
        (Sum(y[i] * dot(X[i], X[j]) * y[j], (i, n), (j, n)), 13.0),
        (Sup(y[i] * i, (i, Range(n))), 3.0),
        (Maximum(norm(X[i] - X[j]), (i, Range(n)), (j, Range(n))), np.sqrt(34)),
        (Sup(Sum(y[i] * VectorSymbol("e", n)[i], (i, n)), (VectorSymbol("e", n), Signs(n))), 3.0),
    ],
)
def test_terms_by_hand(term, expected):
    assert value(term) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_ragged_sums():
    inner = Sum(j * y[i], (j, i))  # i(i+1)/2 · y_i: 1 − 3 + 6
    assert value(Sum(inner, (i, n))) == 4.0
    assert value(Sum(Sup(j * y[i], (j, Range(i))), (i, n))) == 1 - 1 + 3
    assert outcome(forall(forall(le(j, i), (j, Range(i))), (i, Range(n)))) is Outcome.HOLDS
    worst = evaluate_formula(forall(forall(lt(j, i), (j, Range(i))), (i, Range(n))), SMALL)
    assert worst.outcome is Outcome.VIOLATED and set(worst.place.values()) == {1}


def test_nesting_order_and_bound_names_do_not_matter():
    rng = np.random.default_rng(0)
    at = Instance({"X": rng.standard_normal((5, 3)), "y": rng.standard_normal(5), "z": rng.standard_normal(5)})
    body = y[i] * dot(X[i], X[j]) ** 2 * z[j]
    nested = Sum(Sum(body, (j, n)), (i, n))
    swapped = Sum(Sum(body, (i, n)), (j, n))
    renamed = Sum(y[l] * dot(X[l], X[i]) ** 2 * z[i], (i, n), (l, n))
    expected = at.array("y", 1) @ (at.array("X", 2) @ at.array("X", 2).T) ** 2 @ at.array("z", 1)
    assert [value(s, at) for s in (nested, swapped, renamed)] == pytest.approx([expected] * 3, rel=1e-12)


def test_alpha_equivalent_terms_are_one_compiled_term():
    assert compiled.cache_info().maxsize and Sum(y[i], (i, n)) == Sum(y[j], (j, n))
    assert value(Sum(y[i], (i, n))) == value(Sum(y[j], (j, n))) == 1.0


def test_dimensions_are_read_off_the_arrays_and_checked():
    assert value(n * d, Instance({"X": np.zeros((4, 3)), "n": 4, "d": 3})) == 12
    with pytest.raises(ShapeError, match=r"y has shape \(2,\), but n is 4"):
        evaluate(norm(X[1]) + y[1], Instance({"X": np.ones((4, 3)), "y": [1, 1]}))
    with pytest.raises(ShapeError, match="give a vector"):
        evaluate(y[1], Instance({"y": np.ones((2, 2))}))
    with pytest.raises(HypothesisViolated, match="y has no value"):
        evaluate(y[1] + Symbol("s"), Instance({"s": 1}))
    with pytest.raises(HypothesisViolated, match="psi has no value"):
        evaluate(psi(1), Instance({}))
    with pytest.raises(BadData, match="not finite"):
        evaluate(y[1], Instance({"y": [np.nan, 1]}))
    with pytest.raises(BadData, match="stands for an integer"):
        evaluate(k, Instance({"k": 1.5}))
    with pytest.raises(HypothesisViolated, match="negative"):
        evaluate(pi_[1, 1], Instance({"pi": [[-1.0]]}))
    with pytest.raises(ShapeError, match="square"):
        evaluate(eigenvalue_sum(W, 1), Instance({"W": [[0, 1, 2], [0, 0, 1]]}))


class Unknown(NonnegativeScalar):
    """A term that nobody has given a numeric reading."""


class Doubled(NonnegativeScalar):
    """A term whose reading the test declares."""


def test_terms_without_a_reading_are_refused_and_readings_can_be_added():
    with pytest.raises(BadData, match="Unknown"):
        evaluate(Unknown(n), SMALL)

    @reads(Doubled)
    def _doubled(term, scope):
        inner = compiled(term.args[0], scope)
        return lambda env: multiply(inner(env), point(2.0))

    assert value(Sum(Doubled(i), (i, n))) == 12.0


# --- functions and Lipschitz constants ------------------------------------------------------------


@dataclass(frozen=True)
class Bounds:
    lower: float
    upper: float


@dataclass(frozen=True)
class Linear:
    """x ↦ w·x, with its constant enclosed."""

    w: tuple[float, ...]
    slack: float = 0.0

    def __call__(self, points):
        return points @ np.array(self.w)

    def lipschitz(self, domain):
        size = float(np.linalg.norm(self.w))
        if isinstance(domain, Ball):
            assert float(domain.radius) == 2.0 and int(domain.dim) == len(self.w)
        return Bounds(size - self.slack, size + self.slack)


def test_values_and_lipschitz_constants():
    at = SMALL.with_values(f=Linear((3.0, 4.0)))
    assert value(Sum(f(X[i]) * y[i], (i, n)), at) == 11 - 25 - 4
    assert value(f(Sum(X[i], (i, n))), at) == 32.0
    assert value(Lip(f, Space(d)), at) == 5.0
    assert value(Lip(f, Ball(d, L)) ** 2, at) == pytest.approx(25)
    assert outcome(forall(le(Abs(f(x) - f(u)), Lip(f, Space(d)) * norm(x - u)), (x, Space(d))), at) is Outcome.HOLDS
    assert outcome(forall(le(Abs(f(x) - f(u)), 4 * norm(x - u)), (x, Space(d))), at) is Outcome.VIOLATED
    loose = SMALL.with_values(f=Linear((3.0, 4.0), 0.5))
    assert evaluate(Lip(f, Space(d)), loose) == (4.5, 5.5)
    assert outcome(le(Lip(f, Space(d)), 5), loose) is Outcome.UNDECIDED
    assert outcome(le(Lip(f, Space(d)), 6), loose) is Outcome.HOLDS
    assert outcome(le(Lip(f, Space(d)), 4), loose) is Outcome.VIOLATED
    with pytest.raises(BadData, match="empty"):
        evaluate(Lip(f, Space(d)), SMALL.with_values(f=Linear((3.0, 4.0), -0.5)))
    with pytest.raises(ShapeError, match="one number a point"):
        evaluate(f(u), SMALL.with_values(f=lambda points: points))


# --- suprema --------------------------------------------------------------------------------------
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#
#


def test_search_gives_an_honest_lower_bound_only():
    lower, upper = evaluate(Sup(dot(u, X[1]) * Sum(dot(u, X[i]), (i, 1)), (u, Sphere(d))), SMALL)
    assert upper == np.inf and 5 - 1e-6 <= lower <= 5 + 1e-9  # ‖x_1‖² = 5
    lower, _ = evaluate(Sup(norm(u - v), (u, Ball(d, 2))), SMALL)
    assert 2 + np.sqrt(2) - 1e-3 <= lower <= 2 + np.sqrt(2) + 1e-9
    lower, _ = evaluate(Sup(-((t - 3) ** 2), (t, LINE)), SMALL)
    assert -1e-3 <= lower <= 0


def test_recognised_suprema():
    R = Sup(Abs(Sum(y[i] * relu(dot(u, X[i])), (i, n))), (u, Sphere(d)))
    lower, upper = evaluate(R, SMALL)
    angles = np.linspace(0, 2 * np.pi, 20001)
    U = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    brute = np.abs(np.maximum(U @ SMALL.array("X", 2).T, 0) @ SMALL.array("y", 1)).max()
    assert lower <= upper < np.inf and brute <= upper * (1 + 1e-9) and lower >= brute * (1 - 1e-6)
    one_sided = evaluate(Sup(Sum(y[i] * relu(dot(u, X[i])), (i, n)), (u, Sphere(d))), SMALL)
    assert one_sided[0] <= one_sided[1] <= upper
    V = Sup(LineIntegral(Abs(Sum(z[i] * Indicator(le(dot(u, X[i]), t)), (i, n))), (t, LINE)), (u, Sphere(d)))
    assert evaluate(V, SMALL)[1] == pytest.approx(
        2 * np.sqrt(10), rel=1e-6
    )  # z = 2, 0, −2: twice the distance of x_1 and x_3
    R_b = Sup(Abs(Sum(z[i] * relu(dot(u, X[i]) + beta), (i, n))), (u, Sphere(d)), (beta, LINE))
    assert evaluate(R_b, SMALL)[1] == pytest.approx(2 * np.sqrt(10), rel=1e-6)
    uncentred = Sup(Abs(Sum(y[i] * relu(dot(u, X[i]) + beta), (i, n))), (u, Sphere(d)), (beta, LINE))
    assert evaluate(uncentred, SMALL)[1] == np.inf


def test_recognised_supremum_inside_an_expectation():
    e = VectorSymbol("e", n)
    at = Instance({"X": [[1, 0], [0, 1]], "n": 2})
    inside = Sup(Abs(Sum(e[i] * dot(u, X[i]), (i, n))), (u, Sphere(d)))  # ‖ε‖ = √2
    lower, upper = evaluate(Expect(inside, (e, Signs(n))), at, Options(search_rounds=12))
    assert lower == pytest.approx(np.sqrt(2)) and upper == pytest.approx(np.sqrt(2))
    folded = Sup(Abs(Sum(e[i] * relu(dot(u, X[i])), (i, n))), (u, Sphere(d)))  # √2 for equal signs, 1 for opposite ones
    assert evaluate(Expect(folded, (e, Signs(n))), at) == pytest.approx([(np.sqrt(2) + 1) / 2] * 2, rel=1e-6)


def test_a_recogniser_can_be_registered():
    w = VectorSymbol("w", d)
    term = Sup(dot(w, v) ** 4, (w, Sphere(d)))

    @register_sup
    def _fourth(candidate, scope):
        return (lambda env: (4.0, 4.0)) if candidate == term else None

    assert evaluate(term, SMALL) == (4.0, 4.0)


# --- integrals ------------------------------------------------------------------------------------


def test_integrals_of_step_functions():
    steps = LineIntegral(Abs(Sum(z[i] * Indicator(le(dot(u, X[i]), t)), (i, n))), (t, LINE))
    assert value(steps) == pytest.approx(2 * (11 + 4))  # u·x = 11, 25, −4 with z = 2, 0, −2
    many = Sup(LineIntegral(Sum(z[i] * Indicator(lt(X[i, j], t)), (i, n)), (t, LINE)), (j, Range(d)))
    assert value(many) == pytest.approx(-2.0)  # −2·1 at j = 1, −2·3 at j = 2
    half = LineIntegral(Indicator(le(0, t)) * Indicator(le(2 * t, 3)), (t, LINE))
    assert value(half) == pytest.approx(1.5)
    with pytest.raises(BadData, match="not a step function"):
        evaluate(LineIntegral(t * Indicator(le(0, t)) * Indicator(le(t, 1)), (t, LINE)), SMALL)
    with pytest.raises(HypothesisViolated, match="not 0 far out"):
        evaluate(LineIntegral(Indicator(le(t, 1)), (t, LINE)), SMALL)
    with pytest.raises(BadData, match="not affine"):
        evaluate(LineIntegral(Indicator(le(t**2, 1)), (t, LINE)), SMALL)


# --- laws -----------------------------------------------------------------------------------------


def test_expectations_over_signs_are_exact():
    e = VectorSymbol("e", n)
    assert value(Expect(norm(Sum(e[i] * X[i], (i, n))) ** 2, (e, Signs(n)))) == pytest.approx(5 + 25 + 1)
    assert value(Expect(Abs(Sum(e[i], (i, n))), (e, Signs(n)))) == 1.5  # (3·2 + 1·6)/8
    assert value(Prob(eq(Sum(e[i], (i, n)), n), (e, Signs(n)))) == 1 / 8
    g = VectorSymbol("g", n)
    assert value(Expect(dot(e, g) ** 2, (e, Signs(n)), (g, Signs(n)))) == 3.0
    assert value(Sum(Expect(e[i] * e[j], (e, Signs(n))), (i, n), (j, n))) == 3.0
    chunked = Options(chunk=3)
    assert value(Prob(eq(Sum(e[i], (i, n)), n), (e, Signs(n))), options=chunked) == 1 / 8


def test_monte_carlo_intervals_contain_the_truth_and_depend_on_the_seed():
    e = VectorSymbol("e", n)
    long = Instance({"n": 30, "d": 3})
    event = Prob(lt(Sum(e[i], (i, n)), 0), (e, Signs(n)))  # ½(1 − P(sum = 0)) = 0.4278
    lower, upper = evaluate(event, long)
    assert lower < 0.42777 < upper and upper - lower < 0.1
    assert evaluate(event, long) == (lower, upper) != evaluate(event, Instance({"n": 30, "d": 3}, seed=1))
    G = MatrixSymbol("G", n, d)
    lower, upper = evaluate(Expect(fro_norm(G) ** 2, (G, GaussianRows(n, d))), long)
    assert lower < 30 < upper and upper - lower < 2
    assert evaluate(Expect(norm(G[1]), (G, SphereRows(n, d))), long) == pytest.approx((1, 1), abs=1e-12)
    s = VectorSymbol("s", n)
    lower, upper = evaluate(Expect(s[1], (s, Uniform(n))), long)
    assert lower < 0.5 < upper
    check = evaluate_formula(le(event, Rational(1, 2)), long)
    assert check.outcome is Outcome.HOLDS and "Clopper–Pearson" in check.detail
    assert outcome(le(event, Rational(4278, 10000)), long) is Outcome.UNDECIDED
    assert outcome(le(event, Rational(1, 4)), long) is Outcome.VIOLATED


def test_clopper_pearson():
    lower, upper = clopper_pearson(np.array(5), np.array(5), 10, 0.05)[:2]
    assert (float(lower), float(upper)) == pytest.approx((0.187086, 0.812914), abs=1e-6)  # tabulated
    assert clopper_pearson(10, 10, 10, 0.05).upper == 1.0


# --- formulas -------------------------------------------------------------------------------------


def test_relations_hold_are_violated_or_tie():
    assert outcome(le(dot(u, v), norm(u) * norm(v))) is Outcome.HOLDS
    check = evaluate_formula(ge(dot(u, v), norm(u) * norm(v)), SMALL)
    assert check.outcome is Outcome.VIOLATED and check.margin == pytest.approx(-1 - 1 / np.sqrt(50))
    assert evaluate_formula(le(n, 2 * n), SMALL).margin == pytest.approx(np.log(2))
    third = Instance({"s": 0.1, "y": [0.1, 0.2, 0.3]}, accuracy=0.0)
    assert (
        outcome(le(Sum(y[i], (i, n)), 6 * Symbol("s", real=True)), third) is Outcome.HOLDS
    )  # 0.6000000000000001 ≤ 0.6
    assert outcome(eq(Sum(y[i], (i, n)), 6 * Symbol("s", real=True)), third) is Outcome.HOLDS
    assert (
        outcome(le(Sum(y[i], (i, n)), 6 * Symbol("s", real=True) * (1 - Rational(1, 10**12))), third)
        is Outcome.VIOLATED
    )
    assert outcome(lt(n, n)) is Outcome.VIOLATED and outcome(lt(n, n + 1)) is Outcome.HOLDS
    assert outcome(lt(norm(u) / L, norm(u) / L)) is Outcome.UNDECIDED
    assert outcome(eq(u * 2, u + u)) is Outcome.HOLDS and outcome(eq(u, v)) is Outcome.VIOLATED
    assert outcome(le(1 / (n - 3), 5)) is Outcome.HOLDS and outcome(le(log(-n), -5)) is Outcome.VIOLATED  # 0 ≤ 5 and 0 ≤ −5
    assert outcome(le(1 / (Sum(y[i], (i, n)) - 6 * Symbol("s", real=True)), 5), third) is Outcome.UNDECIDED  # 0 up to rounding


def test_cancelling_sums_are_judged_by_their_terms():
    rng = np.random.default_rng(1)
    labels = rng.standard_normal(50)
    at = Instance({"y": labels, "z": labels - labels.mean()}, accuracy=0.0)
    assert outcome(eq(Sum(z[i], (i, n)), 0), at) is Outcome.HOLDS
    assert outcome(eq(Sum(z[i], (i, n)), Rational(1, 10**12)), at) is Outcome.VIOLATED


def test_accuracy_of_the_instance_decides_what_counts_as_a_fit():
    formula = forall(eq(dot(X[i], u), y[i]), (i, Range(n)))
    data = {"X": [[1, 0], [0, 1]], "y": [1, -1], "u": [1 + 1e-9, -1.0]}
    assert outcome(formula, Instance(data, accuracy=1e-8)) is Outcome.HOLDS
    assert outcome(formula, Instance(data)) is Outcome.VIOLATED


def test_quantifiers_name_the_worst_place():
    check = evaluate_formula(forall(le(dot(X[i], X[j]), 11), (i, Range(n)), (j, Range(n))), SMALL)
    assert (
        check.outcome is Outcome.VIOLATED and set(check.place.values()) == {2} and check.lhs == pytest.approx((25, 25))
    )
    check = evaluate_formula(forall(le(y[i], 2), (i, Range(n))), SMALL)
    assert check.outcome is Outcome.HOLDS and not check.sampled and check.margin == pytest.approx(np.log(2))


def test_sampled_quantifiers():
    check = evaluate_formula(forall(le(dot(u, X[1]), sqrt(5)), (u, Sphere(d))), SMALL)
    assert check.outcome is Outcome.HOLDS and check.sampled
    check = evaluate_formula(forall(le(dot(u, X[1]), sqrt(5) - Rational(1, 100)), (u, Sphere(d))), SMALL)
    assert check.outcome is Outcome.VIOLATED and not check.sampled
    place = next(iter(check.place.values()))
    assert np.dot(place, [1, 2]) > np.sqrt(5) - 0.01
    assert outcome(forall(le(0, t**2), (t, LINE))) is Outcome.HOLDS
    assert outcome(forall(forall(le(norm(x), L), (x, Ball(d, L))), (i, Range(n)))) is Outcome.HOLDS
    assert outcome(forall(le(Abs(dot(x, X[i])), norm(x) * norm(X[i])), (x, Space(d)), (i, Range(n)))) is Outcome.HOLDS


def test_sign_quantifiers_are_enumerated():
    e = VectorSymbol("e", n)
    check = evaluate_formula(forall(le(Sum(e[i] * y[i], (i, n)), n - 1), (e, Signs(n))), SMALL)
    assert check.outcome is Outcome.VIOLATED and next(iter(check.place.values())) == [1, -1, 1]
    check = evaluate_formula(forall(le(Sum(e[i] * y[i], (i, n)), n), (e, Signs(n))), SMALL)
    assert check.outcome is Outcome.HOLDS and not check.sampled
    # one sign vector of 2^10 violates
    one = Instance({"y": [1, -1] * 5})
    assert outcome(forall(lt(Sum(e[i] * y[i], (i, n)), n), (e, Signs(n))), one, Options(chunk=100)) is Outcome.VIOLATED


def test_connectives():
    true, false, never = le(n, 3), le(n, 2), lt(norm(u) / L, norm(u) / L)
    assert outcome(Implies(false, false)) is Outcome.VACUOUS and outcome(Implies(true, false)) is Outcome.VIOLATED
    assert outcome(Implies(never, true)) is Outcome.HOLDS and outcome(Implies(never, false)) is Outcome.UNDECIDED
    assert outcome(And(true, Implies(false, false))) is Outcome.HOLDS and outcome(And(true, false)) is Outcome.VIOLATED
    assert outcome(And(false, never)) is Outcome.VIOLATED and outcome(And(true, never)) is Outcome.UNDECIDED
    assert outcome(Or(false, true)) is Outcome.HOLDS and outcome(Or(false, never)) is Outcome.UNDECIDED
    assert outcome(Or(false, false)) is Outcome.VIOLATED
    mixed = forall(Implies(eq(y[i], 1), le(i, 2)), (i, Range(n)))  # false at i = 3, vacuous at i = 2
    assert evaluate_formula(mixed, SMALL).place and outcome(mixed) is Outcome.VIOLATED
    assert outcome(forall(Implies(lt(y[i], -5), le(i, 0)), (i, Range(n)))) is Outcome.VACUOUS
    # a premise that is only sampled cannot refute
    premise = forall(le(dot(u, X[1]), 3), (u, Sphere(d)))
    assert outcome(Implies(premise, false)) is Outcome.UNDECIDED
    assert evaluate(Indicator(premise), SMALL) == (0.0, 1.0)
    with pytest.raises(TypeError):
        bool(evaluate_formula(true, SMALL))


def test_properties():
    at = SMALL.with_values(
        f=Linear((3.0, 0.0)), g=lambda points: points[:, 1], relu=activation("relu"), tanh=activation("tanh")
    )
    homogeneous = [positively_homogeneous(Activation(name)) for name in ("relu", "psi", "tanh")]
    assert [outcome(p, at) for p in homogeneous] == [Outcome.HOLDS, Outcome.HOLDS, Outcome.VIOLATED]
    assert outcome(positively_homogeneous(relu)) is Outcome.HOLDS
    assert outcome(lipschitz_activation(psi, 1)) is Outcome.HOLDS
    assert outcome(lipschitz_activation(psi, Rational(999, 1000))) is Outcome.VIOLATED
    assert outcome(lipschitz_activation(psi, L)) is Outcome.HOLDS
    plain = SMALL.with_values(psi=np.sin)
    assert evaluate_formula(lipschitz_activation(psi, 1), plain).sampled
    assert outcome(lipschitz_activation(psi, Rational(1, 2)), plain) is Outcome.VIOLATED
    assert (
        outcome(orthogonal_projection(P, 1)) is Outcome.HOLDS
        and outcome(orthogonal_projection(P, 2)) is Outcome.VIOLATED
    )
    assert outcome(orthogonal_projection(M, 1)) is Outcome.VIOLATED
    assert outcome(independent_rows(W)) is Outcome.HOLDS and outcome(independent_rows(X)) is Outcome.VIOLATED
    assert outcome(independent_rows(P)) is Outcome.VIOLATED
    assert (
        outcome(Property("symmetric", M)) is Outcome.HOLDS
        and outcome(Property("symmetric", Outer(u, v))) is Outcome.VIOLATED
    )
    for domain in (Space(d), Ball(d, 2), Sphere(d)):
        check = evaluate_formula(depends_only_on(f, P, domain), at)
        assert check.outcome is Outcome.HOLDS and check.sampled
        assert outcome(depends_only_on(Function("g", d), P, domain), at) is Outcome.VIOLATED
    assert outcome(Property("unheard of", M)) is Outcome.UNDECIDED


def test_a_property_can_be_registered():
    @property_check("has two rows")
    def _two(objects, env: Env):
        rows = env.leaf(objects[0]).array.shape[0]
        return single(PlaceOutcome.HOLDS if rows == 2 else PlaceOutcome.VIOLATED)

    assert (
        outcome(Property("has two rows", W)) is Outcome.HOLDS
        and outcome(Property("has two rows", X)) is Outcome.VIOLATED
    )


# --- a proof, and false copies of its steps -------------------------------------------------------


def network_instance(seed: int) -> Instance:
    rng = np.random.default_rng(seed)
    n_, d_, k_ = 12, 4, 5
    W_, a_ = rng.standard_normal((k_, d_)), rng.standard_normal(k_)
    X_ = rng.standard_normal((n_, d_))
    X_ /= np.linalg.norm(X_, axis=1, keepdims=True)
    labels = np.maximum(X_ @ W_.T, 0) @ a_
    return Instance({"W": W_, "a": a_, "X": X_, "y": labels, "psi": activation("relu")}, seed=seed)


def steps_of_theorem_5(power_=1, factor=1) -> list[Formula]:
    R = Sup(Abs(Sum(y[i] * psi(dot(u, X[i])), (i, n))), (u, Sphere(d)))
    S = Sum(y[i] * psi(dot(W[l], X[i])), (i, n))
    path = Sum(Abs(a[l]) * norm(W[l]), (l, k))
    return [
        forall(eq(y[i], Sum(a[l] * psi(dot(W[l], X[i])), (l, k))), (i, Range(n))),
        eq(Sum(y[i] ** 2, (i, n)), Sum(a[l] * S, (l, k))),
        forall(le(factor * Abs(S), norm(W[l]) ** power_ * R), (l, Range(k))),
        le(path, norm(a) * fro_norm(W)),
        le(factor * fro_norm(W), sqrt(Min(k, d)) * op_norm(W)),
        le(Sum(y[i] ** 2, (i, n)), R * path),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_every_step_of_a_proof_holds(seed):
    at = Evaluator(network_instance(seed))
    assert [at.fact(step).outcome for step in steps_of_theorem_5()] == [Outcome.HOLDS] * 6


def test_false_copies_of_the_steps_are_caught():
    at = Evaluator(network_instance(0))
    false = steps_of_theorem_5(factor=5)
    assert at.fact(false[2]).outcome is Outcome.VIOLATED and at.fact(false[4]).outcome is Outcome.VIOLATED
    broken = Evaluator(network_instance(0).with_values(y=network_instance(1).values["y"]))
    assert broken.fact(steps_of_theorem_5()[0]).outcome is Outcome.VIOLATED


# --- arithmetic with errors -----------------------------------------------------------------------

numbers = st.floats(-100, 100).filter(lambda q: abs(q) > 1e-6)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(numbers, numbers, st.floats(0, 1), st.floats(0, 1), st.integers(-3, 4))
def test_intervals_contain_all_results(p, q, e, g, m):
    first, second = Interval(p - e, p + e), Interval(q - g, q + g)
    for s in (-1, 0, 0.37, 1):
        for r in (-1, 0, 0.61, 1):
            xs, ys = p + s * e, q + r * g
            for result, exact in (
                (add(first, second), xs + ys),
                (multiply(first, second), xs * ys),
                (absolute(first), abs(xs)),
            ):
                low, high = ends(result)
                assert low <= exact <= high
            if xs != 0:
                with np.errstate(divide="ignore"):
                    low, high = ends(power(first, point(float(m))).value)
                assert low * (1 - 1e-12) - 1e-300 <= xs**m <= high or abs(
                    xs**m - np.clip(xs**m, low, high)
                ) <= 1e-12 * abs(xs**m)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(numbers, min_size=2, max_size=8), st.integers(0, 10**6))
def test_rounding_errors_are_bounded(values, seed):
    from fractions import Fraction

    at = Instance({"y": values, "z": np.random.default_rng(seed).standard_normal(len(values))}, accuracy=0.0)
    found = Evaluator(at).interval(Sum(y[i] * z[i], (i, n)) ** 3 - Sum(y[i] ** 2, (i, n)))
    ys, zs = ([Fraction(float(q)) for q in at.array(name, 1)] for name in "yz")
    exact = sum(p * q for p, q in zip(ys, zs, strict=True)) ** 3 - sum(p * p for p in ys)
    assert abs(Fraction(float(found.lower)) - exact) <= Fraction(float(found.error)) or exact == Fraction(
        float(found.lower)
    )


def test_options_and_small_helpers():
    assert sign_vectors(3).shape == (8, 3) and len({tuple(row) for row in sign_vectors(3)}) == 8
    for bad in ({"n_samples": 1}, {"error_rate": 0.0}, {"tie": 1.0}, {"max_signs": 21}):
        with pytest.raises(BadData):
            Options(**bad)
    with pytest.raises(LawbookError):
        Instance({}, accuracy=2.0)
    assert issubclass(NotCertified, LawbookError)
    with pytest.raises(BadData):
        evaluate(le(n, 3), SMALL)
    with pytest.raises(BadData):
        evaluate_formula(n, SMALL)


# --- vectors that are defined by what they satisfy, sets, circles ---------------------------------


def test_chosen_vectors():
    assert value(dot(Direction(u), u)) == pytest.approx(5) and value(norm(Direction(zero(d)))) == 1.0
    assert value(norm(KernelVector(P))) == 1.0 and value(norm(P @ KernelVector(P))) == pytest.approx(0, abs=1e-15)
    assert value(norm(KernelVector(M))) == 0.0
    b, s = VectorSymbol("b", k), VectorSymbol("s", k)
    at = SMALL.with_values(b=[1, 1])
    signs = (s, Signs(k))
    attained = forall(eq(dot(W[l], Realiser(W, b, s)) + b[l], s[l]), signs, (l, Range(k)))
    assert outcome(attained, at) is Outcome.HOLDS
    assert outcome(forall(eq(dot(W[l], Realiser(W, b, s)), s[l]), signs, (l, Range(k))), at) is Outcome.VIOLATED
    # dependent rows: there is no such point
    assert outcome(attained, at.with_values(W=[[1, 2], [2, 4]])) is Outcome.UNDECIDED
    assert value(MeanChiNorm(d)) == pytest.approx(np.sqrt(np.pi / 2))


def test_membership_and_intervals():
    interval = RealInterval(-1, 1)
    assert outcome(member(y[1], interval)) is Outcome.HOLDS and outcome(member(L, interval)) is Outcome.VIOLATED
    assert outcome(forall(member(y[i] / i, interval), (i, Range(n)))) is Outcome.HOLDS
    assert outcome(member(u, Ball(d, 5))) is Outcome.HOLDS and outcome(member(u, Ball(d, 4))) is Outcome.VIOLATED
    assert (
        outcome(member(Direction(u), Sphere(d))) is Outcome.HOLDS and outcome(member(u, Sphere(d))) is Outcome.VIOLATED
    )
    assert outcome(member(y, Signs(n))) is Outcome.HOLDS and outcome(member(z, Signs(n))) is Outcome.VIOLATED
    assert outcome(member(k, Range(n))) is Outcome.HOLDS and outcome(member(n + 1, Range(n))) is Outcome.VIOLATED
    assert outcome(forall(le(Abs(beta), 1), (beta, interval))) is Outcome.HOLDS
    assert outcome(forall(le(beta, Rational(99, 100)), (beta, interval))) is Outcome.VIOLATED


def test_biases_in_an_interval():
    """R_b over unit rows: with weights of any sum the ends of the interval and the zeros β = −u·x_j decide."""
    at = Instance({"X": [[1.0, 0.0], [0.6, 0.8]], "y": [1, 1]})
    limits = ((u, Sphere(d)), (beta, RealInterval(-1, 1)))
    angles, shifts = np.linspace(0, 2 * np.pi, 721), np.linspace(-1, 1, 201)
    t = np.stack([np.cos(angles), np.sin(angles)], axis=1) @ at.array("X", 2).T
    for sign in (1, -1):
        for form, act in ((lambda q: relu(q), lambda q: np.maximum(q, 0)), (Abs, np.abs), (lambda q: q, lambda q: q)):
            term = Sup(Sum(sign * y[i] * form(dot(u, X[i]) + beta), (i, n)), *limits)
            lower, upper = evaluate(term, at)
            brute = (sign * act(t[:, None, :] + shifts[:, None])).sum(axis=2).max()
            assert upper - lower < 1e-8 and brute - 1e-9 <= upper <= brute + 2e-2  # the grid is coarse
    centred_terms = Sum((y[i] - Sum(y[j], (j, n)) / n) * (relu(dot(u, X[i]) + beta) - relu(beta)), (i, n))
    assert evaluate(Sup(centred_terms, *limits), at) == pytest.approx((0, 0), abs=1e-9)
    outside = evaluate(Sup(Sum(y[i] * relu(dot(u, X[i]) * 3 + beta), (i, n)), *limits), at)
    assert outside[1] == np.inf  # rows longer than the interval reaches


def test_one_sided_suprema():
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((6, 2))
    angles = np.linspace(0, 2 * np.pi, 20001)
    U = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    for labels in (rng.choice([-1.0, 1.0], 6), -np.ones(6)):
        at = Instance({"X": rows, "y": labels}, accuracy=0.0)
        lower, upper = evaluate(Sup(Sum(y[i] * relu(dot(u, X[i])), (i, n)), (u, Sphere(d))), at)
        brute = (np.maximum(U @ rows.T, 0) @ labels).max()
        assert upper - lower < 1e-9 and brute - 1e-9 <= upper <= brute + 1e-4


def test_circle():
    positions, labels = VectorSymbol("t", n), VectorSymbol("y", n)
    at = Instance({"t": [0.5, 0.0, 0.75, 0.1], "y": [1, 1, 1, -1]}, accuracy=0.0)
    assert value(SignChanges(positions, labels), at) == 2.0
    assert value(OppositeGap(positions, labels), at) == pytest.approx(0.1)
    assert value(CircleSlope(positions, labels), at) == pytest.approx(1 / np.sin(np.pi * 0.1))
    same = at.with_values(y=[1, 1, 1, 1])
    assert (value(OppositeGap(positions, labels), same), value(CircleSlope(positions, labels), same)) == (1.0, 0.0)
    law = ((positions, Uniform(n)), (labels, Signs(n)))
    lower, upper = evaluate(Prob(eq(SignChanges(positions, labels), 0), *law), at)
    assert lower < 1 / 8 < upper


def test_oriented_canonical_form():
    U, offsets = MatrixSymbol("U", k, d), VectorSymbol("offsets", k)
    form = Property("oriented canonical form", U, offsets)

    def at(rows, shifts):
        return outcome(form, Instance({"U": rows, "offsets": shifts}))

    assert at([[1, 0], [0, 1]], [0.5, -0.25]) is Outcome.HOLDS  # inactive at (−0.6, 0)
    assert at([[1, 0], [-1, 0]], [0.5, 0.25]) is Outcome.VIOLATED  # u·x < −0.5 and u·x > 0.25
    assert at([[1, 0], [0, 1]], [0.5, 1.5]) is Outcome.VIOLATED  # the second misses the ball
    assert at([[1, 0], [-1, 0]], [0.5, -0.5]) is Outcome.VIOLATED  # the same hyperplane twice
    assert at([[1, 0], [0, 1]], [0.8, 0.8]) is Outcome.VIOLATED  # inactive only beyond the ball, at distance 0.8·√2


def test_an_unknown_on_both_sides():
    """Intervals cannot see that Lip(f) is one number; the fallback tries its lower end, middle and upper end."""
    loose = SMALL.with_values(f=Linear((3.0, 4.0), 0.5))
    lip = Lip(f, Space(d))
    check = evaluate_formula(le(lip, 2 * lip - Rational(22, 5)), loose)
    assert check.outcome is Outcome.HOLDS and check.sampled and "enclosure" in check.detail
    assert outcome(le(2 * lip, lip), loose) is Outcome.VIOLATED  # 9…11 and 4.5…5.5 are apart
    assert outcome(le(lip**2, 5 * lip), loose) is Outcome.UNDECIDED  # true at 4.5 and at 5, false at 5.5


# --- what is remembered -----------------------------------------------------------------------------------------------------------

def test_what_is_remembered_is_what_would_be_computed(monkeypatch):
    """Suprema beneath two binders whose variables have equal shapes and swapped values, one within another, and fixed means."""
    from theory.terms import Ball, Expect, Signs, Sup
    from verify.evaluate.scope import Run
    X, y, x, s = MatrixSymbol("X", n, d), VectorSymbol("y", n), VectorSymbol("x", d), VectorSymbol("s", n)
    i, j = index("i"), index("j")
    f = Function("f", d)
    inner = Sup(Abs(dot(x, X[i]) - 2 * dot(x, X[j])) + dot(x, x) ** 2 / 4, (x, Ball(d)))
    nested = Sup(dot(x, X[i]) + Sup(Abs(dot(X[j], x)), (j, Range(n))), (x, Ball(d)))
    terms = [inner_sum := Sum(Sum(i * inner, (i, n)), (j, n)), Sum(nested, (i, n)), Expect(Abs(dot(s, y)) * Lip(f, Ball(d)), (s, Signs(n)))]
    facts = [le(terms[2], 2 * terms[2]), le(Lip(f, Ball(d)) * inner_sum, inner_sum * Lip(f, Ball(d))), le(0, terms[1])]

    class Enclosed:
        def __call__(self, points):
            return np.sin(points[:, 0])

        def lipschitz(self, domain):
            return Interval(np.float64(0.5), np.float64(1.5))

    instance = Instance({"X": np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]), "y": np.array([1.0, -1.0, 1.0]), "f": Enclosed()})

    def found():
        at = Evaluator(instance)
        return [(repr(at.fact(fact)), repr(at.value(term))) for _ in range(2) for fact, term in zip(facts, terms, strict=True)]

    remembered = found()
    monkeypatch.setattr(Run, "remembered", lambda self, key, compute: compute())
    assert remembered == found()


@pytest.mark.parametrize(("raw", "error"), [(1, False), (2**53, False), (Fraction(10**17 + 1, 10**17), True), (2**60 + 1, True)])
def test_a_number_that_is_rounded_to_an_integer_is_no_integer(raw, error):
    t, u = Symbol("t", real=True), VectorSymbol("u", d)
    at = Evaluator(Instance({"t": raw, "u": np.array([raw], dtype=object)}))
    assert (float(at.interval(t).error) > 0) is error
    assert (float(np.max(at._at(u).error)) > 0) is error


def test_what_is_remembered_of_a_closed_term_has_no_axes_of_the_binders_it_stood_under() -> None:
    """‖Xᵀ1‖ is closed: its value, first met beneath two binders, serves beneath one as well."""
    total = norm(Sum(X[l], (l, n)))
    evaluation = Evaluator(Instance({"X": np.eye(2), "n": 2, "d": 2}))
    assert evaluation.fact(forall(le(dot(X[i], X[j]), 1 + total), (i, Range(n)), (j, Range(n)))).outcome is Outcome.HOLDS
    assert evaluation.fact(forall(le(norm(X[i]), total), (i, Range(n)))).outcome is Outcome.HOLDS
