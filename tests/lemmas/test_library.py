"""Every lemma is attacked by an adversary, which must also break a false copy of it."""

from __future__ import annotations

import importlib
import math
import pkgutil

import numpy as np
import pytest
from scipy import stats
from sympy import Rational

import theory.lemmas
from theory.errors import BadData, HypothesisViolated, NotCertified, ShapeError
from theory.lemmas import matrices, processes, rules, spectra
from theory.proof import Lemma, LemmaKind
from theory.registry import lemma, lemmas, lemmas_and_rules, python_name, rule
from theory.terms import (
    LINE,
    Abs,
    Le,
    Prob,
    Signs,
    Sphere,
    Sum,
    Sup,
    Symbol,
    VectorSymbol,
    d,
    dot,
    eq,
    exp,
    index,
    le,
    n,
    norm,
    relu,
)
from theory.terms.circle import CircleSlope, OppositeGap, SignChanges
from theory.terms.linear import MatrixSymbol
from theory.terms.sets import Ball, Space
from theory.terms.tensors import MarkovBound, TensorPower, TensorSymbol, injective_norm, markov_bound, symmetric_tensor, tensor_product
from verify.evaluate import Instance, Outcome, evaluate, evaluate_formula
from verify.evaluate.injective import form_supremum, injective_enclosure
from verify.laws.lemmas import HuntEffort, Model, Search, Variant, find_search, hunt, searches
from verify.laws.lemmas.circle import circle_quantities
from verify.laws.lemmas.drawing import bound_with, entry, exponent, in_range, projection, scaled, shifted, stronger
from verify.laws.lemmas.exact_tails import log_binomial_tail, log_cap, log_chi2_lower, log_chi2_upper
from verify.laws.lemmas.functions import Ridge
from verify.laws.lemmas.line import UNIT, on_the_line
from verify.laws.lemmas.networks import Separable
from verify.laws.lemmas.tensors import harmonic, largest_value

QUICK = HuntEffort(draws=4, generations=5, children=3)
i, q = index("i"), index("q")


def all_rules() -> dict[str, Lemma]:
    """The rules of all lemma files."""
    modules = [importlib.import_module(f"theory.lemmas.{m.name}") for m in pkgutil.iter_modules(theory.lemmas.__path__)]
    return {v.id: v for m in modules for v in vars(m).values() if isinstance(v, Lemma) and v.kind is LemmaKind.RULE}


IDS = (*lemmas(), *all_rules())
FALSE = [(id, variant.name) for id in IDS if id in searches() for variant in searches()[id].false]
ALSO = [(id, variant.name) for id in IDS if id in searches() for variant in searches()[id].also]


@pytest.mark.parametrize("id", IDS)
def test_has_a_search_and_a_false_variant(id):
    search = find_search(id)
    assert search.lemma is {**all_rules(), **lemmas()}[id]
    assert search.false, f"{id} has no false variant, so its search cannot be shown to see anything"
    assert len({v.name for v in search.false}) == len(search.false)


@pytest.mark.parametrize("id", IDS)
def test_survives_the_adversary(id):
    search = find_search(id)
    found = hunt(search, effort=QUICK)
    assert not found.violated, f"{found.detail} at {dict(found.instance.values)}"
    assert found.margin >= 0
    assert found.evaluations >= 20
    if search.tight:
        assert found.margin <= search.slack, "the search does not come near the boundary of a tight lemma"


@pytest.mark.parametrize(("id", "name"), FALSE)
def test_breaks_the_false_variant(id, name):
    search = find_search(id)
    found = hunt(search, next(v for v in search.false if v.name == name))
    assert found.violated, f"nothing breaks it; worst margin {found.margin}: {found.detail}"


@pytest.mark.parametrize(("id", "name"), ALSO)
def test_survives_on_further_instances(id, name):
    search = find_search(id)
    found = hunt(search, next(v for v in search.also if v.name == name), QUICK)
    assert not found.violated, found.detail


def test_no_search_without_a_lemma():
    assert set(searches()) == set(IDS)


# --- the engine can say no -----------------------------------------------------------------------------------------------------------

def test_a_false_lemma_is_caught():
    false = Lemma("lemma.false", "", spectra.ALGEBRA, LemmaKind.TEXTBOOK, scaled(Rational(99, 100))(spectra.cauchy.conclusion))
    found = hunt(Search(false, {"F": "n", "G": "n"}, ({"n": 2},), Model({"F": entry("F"), "G": entry("G")}), ()))
    assert found.violated
    assert found.margin == pytest.approx(math.log(0.99))


def test_instances_that_miss_a_hypothesis_are_refused():
    honest = find_search("lemma.rayleigh")
    careless = Search(honest.lemma, honest.leaves, honest.shapes, honest.model, honest.false)
    with pytest.raises(HypothesisViolated, match=r"lemma\.rayleigh"):
        hunt(careless)


def test_a_search_without_instances_is_refused():
    honest = find_search("lemma.cauchy")
    with pytest.raises(HypothesisViolated, match="no instance"):
        hunt(Search(honest.lemma, honest.leaves, (), honest.model, honest.false))


def test_a_family_without_a_reading_is_refused():
    honest = find_search("lemma.cauchy")
    with pytest.raises(BadData, match="family G"):
        hunt(Search(honest.lemma, honest.leaves, honest.shapes, Model({"F": entry("F")}), ()))


def test_an_unknown_lemma_is_refused():
    with pytest.raises(BadData, match=r"lemma\.nonsense"):
        find_search("lemma.nonsense")


def test_hunts_repeat():
    first, second = (hunt(find_search("lemma.matrix_rademacher"), effort=QUICK) for _ in range(2))
    assert first.margin == second.margin
    assert all(np.array_equal(first.instance.values[k], second.instance.values[k]) for k in first.instance.values)


def test_false_conclusions():
    a, b = Symbol("a", real=True), Symbol("b", real=True)
    assert scaled(Rational(1, 2))(le(a, b)) == le(a, b / 2)
    assert shifted(eq(a, b)) == eq(a, b + Rational(1, 100))
    with pytest.raises(BadData):
        shifted(le(a, b))
    with pytest.raises(BadData):
        scaled(Rational(1, 2))(symmetric_tensor(TensorSymbol("T", d, 2)))
    s, y = Symbol("s", nonnegative=True), VectorSymbol("y", n)
    tail = Le(1 - 3 * exp(-s), Prob(le(Sum(y[i], (i, n)), s), (y, Signs(n))))
    assert bound_with(Rational(2))(tail).lhs == 1 - 3 * exp(-2 * s)
    assert exponent(Rational(1, 2))(tail).rhs.body == le(tail.rhs.body.lhs, s / 2)
    assert stronger(5).change(le(a, b)) == le(a, Rational(19, 20) * b)


# --- exact laws ------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("freedom", "x"), [(1, 0.3), (2, 5.0), (7, 20.0), (100, 60.0), (1000, 1100.0), (10**6, 0.99e6)])
def test_chi2_tails(freedom, x):
    upper, lower = (log_chi2_upper(freedom, x), stats.chi2.logsf(x, freedom)), (log_chi2_lower(freedom, x), stats.chi2.logcdf(x, freedom))
    for enclosure, expected in (upper, lower):
        assert enclosure[0] <= enclosure[1]
        assert sum(enclosure) / 2 == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_chi2_tails_beyond_floats():
    low, high = log_chi2_upper(2, 4000.0)                # e^{−x/2}
    assert low <= -2000 <= high
    assert log_chi2_lower(4, 0.0) == (-math.inf, -math.inf)
    assert log_chi2_upper(4, -1.0) == (0.0, 0.0)


@pytest.mark.parametrize(("dim", "height", "chance"), [
    (1, 0.5, 0.5), (2, 0.5, 1 / 3), (3, 0.2, 0.4), (5, 0.3, 0.5 * stats.beta.sf(0.09, 0.5, 2.0))])
def test_caps(dim, height, chance):
    low, high = log_cap(dim, height)
    assert low <= math.log(chance) + 1e-12
    assert math.log(chance) - 1e-12 <= high
    assert log_cap(dim, 1.0) == (-math.inf, -math.inf)


def test_caps_below_the_equator_are_refused():
    with pytest.raises(NotCertified, match="height"):
        log_cap(3, -0.1)


def test_binomial_tail():
    assert log_binomial_tail(3, 2.0) == pytest.approx(math.log(1 / 8))
    assert log_binomial_tail(3, 1.0) == pytest.approx(math.log(1 / 8))      # Σ > 1 means Σ = 3
    assert log_binomial_tail(3, 0.9) == pytest.approx(math.log(1 / 2))


# --- tensors and polynomials -----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("degree", range(1, 9))
def test_markov_bound_is_reached_by_chebyshev_polynomials(degree):
    own = np.abs(np.polynomial.chebyshev.cheb2poly(np.eye(degree + 1)[degree]))
    below = np.abs(np.polynomial.chebyshev.cheb2poly(np.eye(degree)[degree - 1]))
    for j in range(degree + 1):
        assert markov_bound(degree, j) == (own[j] if (degree - j) % 2 == 0 else below[j])


def test_markov_bound_of_constants_and_outside():
    assert markov_bound(0, 0) == markov_bound(1, 0) == 1
    assert MarkovBound(n - 1, i - 1).is_nonnegative
    with pytest.raises(ShapeError, match=r"t\^3"):
        markov_bound(2, 3)


@pytest.mark.parametrize("order", [2, 3, 4, 5])
def test_extreme_tensor_of_the_plane(order):
    T = harmonic(order)
    assert np.linalg.norm(T) == pytest.approx(2 ** ((order - 1) / 2))
    assert form_supremum(T) == pytest.approx((1.0, 1.0))
    low, high = injective_enclosure(T)
    assert low == pytest.approx(1.0, abs=1e-9)
    assert low <= high
    if order <= 3:
        assert high == pytest.approx(1.0, abs=2e-3)      # σ_max is constant: no cell can go, and 2048 cells of slope √2 cost 1.1e-3


def test_injective_norm_of_rank_one_tensors():
    rng = np.random.default_rng(0)
    for dim, order in ((2, 3), (3, 3), (4, 2), (1, 4), (5, 1)):
        vectors = rng.standard_normal((order, dim))
        T = vectors[0]
        for v in vectors[1:]:
            T = np.multiply.outer(T, v)
        size = np.prod(np.linalg.norm(vectors, axis=1))
        low, high = injective_enclosure(T)
        assert low == pytest.approx(size, rel=1e-6)
        assert high >= size * (1 - 1e-9)


def test_largest_value_of_a_polynomial():
    assert largest_value(np.array([-1.0, 0.0, 2.0])) == pytest.approx(1.0)          # T_2
    assert largest_value(np.array([0.0, 1.0, 0.0, -1.0])) == pytest.approx(2 / (3 * math.sqrt(3)))


def test_tensor_terms_are_read():
    x, T = VectorSymbol("x", d), TensorSymbol("T", d, 2)
    at = Instance({"x": [1, 2], "T": [[0, 3], [1, 0]], "d": 2})
    assert evaluate(dot(T, TensorPower(x, 2)), at) == pytest.approx((8.0, 8.0))
    assert evaluate(norm(T), at) == pytest.approx((math.sqrt(10),) * 2)
    assert evaluate(injective_norm(T), at) == pytest.approx((3.0, 3.0))
    assert evaluate(injective_norm(T - 3 * T), at) == pytest.approx((6.0, 6.0))
    W = MatrixSymbol("W", 2, d)
    with_rows = at.with_values(W=[[1, 2], [0, 1]])
    assert evaluate(dot(T, tensor_product(W[q], (q, 2))), with_rows) == pytest.approx((3.0, 3.0))      # x_1 T_12 y_2 + x_2 T_21 y_1
    assert evaluate(norm(TensorPower(x, 3)), at) == pytest.approx((5**1.5,) * 2)
    assert evaluate_formula(symmetric_tensor(T), at).outcome is Outcome.VIOLATED
    assert evaluate_formula(symmetric_tensor(T), at.with_values(T=[[0, 3], [3, 0]])).outcome is Outcome.HOLDS


def test_tensor_terms_are_checked():
    x, T = VectorSymbol("x", d), TensorSymbol("T", d, 3)
    with pytest.raises(ShapeError):
        dot(T, TensorPower(x, 2))
    with pytest.raises(ShapeError, match="not a tensor"):
        injective_norm(x)
    with pytest.raises(ShapeError, match="not a tensor"):
        injective_norm(T + VectorSymbol("v", d**3))
    with pytest.raises(ShapeError, match="tensor power"):
        TensorPower(Symbol("t"), 2)
    with pytest.raises(ShapeError, match="tensor product"):
        tensor_product(Symbol("t"), (q, 3))
    with pytest.raises(ShapeError, match="shape"):
        evaluate(norm(T), Instance({"T": np.zeros((2, 2, 3)), "d": 2}))


# --- helpers of the searches -----------------------------------------------------------------------------------------------------------

def test_suprema_on_the_line_agree_with_the_enclosures():
    u, beta = VectorSymbol("u", d), Symbol("beta", real=True)
    V, F = MatrixSymbol("V", n, d), VectorSymbol("F", n)
    plain = Sup(Abs(Sum(F[i] * relu(dot(u, V[i])), (i, n))), (u, Sphere(d)))
    biased = Sup(Abs(Sum(F[i] * relu(dot(u, V[i]) + beta), (i, n))), (u, Sphere(d)), (beta, LINE))
    at = Instance({"V": [[1.0], [-2.0], [0.5]], "F": [1.0, 2.0, -3.0], UNIT: [1.0], "d": 1})
    for term in (plain, biased):
        low, high = evaluate(term, at)
        exact = evaluate(on_the_line(V)(le(term, 0)).lhs, at)[0]
        assert low - 1e-9 <= exact <= high + 1e-9
        assert high - low < 1e-6


def test_projections_and_their_ranges():
    A = np.array([[1.0, 2.0], [0.0, 1.0], [1.0, -1.0]])
    P = projection(A)
    assert np.allclose(P, P.T)
    assert np.allclose(P @ P, P)
    assert np.trace(P) == pytest.approx(2)
    assert np.allclose(P @ in_range(A, np.array([1.0, 2.0, 3.0])), in_range(A, np.array([1.0, 2.0, 3.0])))
    assert np.array_equal(projection(np.zeros((2, 2))), np.eye(2))


def test_lipschitz_constants_of_the_test_functions():
    ridge = Ridge(np.array([3.0, 4.0]))
    assert ridge.lipschitz(Space(2)).upper == pytest.approx(5)
    with pytest.raises(NotCertified):
        Ridge(np.array([1.0, 0.0]), bent=True).lipschitz(Sphere(2))
    net = Separable(np.eye(2), np.array([3.0, 4.0]), np.array([0.0, -2.0]), np.zeros(2), 0.0)
    assert net.lipschitz(Space(2)).upper == pytest.approx(5)
    assert net.lipschitz(Ball(2)).upper == pytest.approx(3)                # the second kink does not meet the ball


def test_circle_quantities_by_hand():
    t, y = np.array([[0.0, 0.25, 0.5]]), np.array([[1.0, 1.0, -1.0]])
    found = circle_quantities(t, y)
    assert found[SignChanges][0] == 2
    assert found[OppositeGap][0] == pytest.approx(0.25)
    assert found[CircleSlope][0] == pytest.approx(math.sqrt(2))            # 2 over the chord √2
    alone = circle_quantities(np.array([[0.3]]), np.array([[1.0]]))
    assert (alone[SignChanges][0], alone[OppositeGap][0], alone[CircleSlope][0]) == (0, 1, 0)


def test_eigenvalue_sum_needs_semidefiniteness_only_beyond_the_size():
    """λ_1 + … + λ_r ≤ rλ_1 holds for every symmetric M when r ≤ d; the false variant uses d = 1, r = 2."""
    dropped = next(v for v in find_search("lemma.eigsum_max").false if "semidefinite" in v.name)
    small = Variant(dropped.name, finish=dropped.finish, shapes=({"d": 3, "r": 2}, {"d": 2, "r": 2}))
    assert not hunt(find_search("lemma.eigsum_max"), small).violated
    assert hunt(find_search("lemma.eigsum_max"), dropped).shape == {"d": 1, "r": 2}


def test_rules_are_not_textbook_lemmas():
    assert not set(all_rules()) & set(lemmas())
    assert rules.cauchy.id in all_rules()
    assert matrices.rank_min.id in lemmas()


def test_every_lemma_is_called_by_its_id() -> None:
    """In its file as behind ``lawbook.lemma`` and ``lawbook.rule``."""
    modules = [importlib.import_module(f"theory.lemmas.{info.name}") for info in pkgutil.iter_modules(theory.lemmas.__path__)]
    named = {(f"{value.id.partition('.')[0]}.{name}", value.id)
             for module in modules for name, value in vars(module).items() if isinstance(value, Lemma)}
    assert named == {(python_name(id), id) for id in lemmas_and_rules()}
    assert lemma.davidson_szarek_S is processes.davidson_szarek_S and rule.sum_le is rules.sum_le
    with pytest.raises(AttributeError, match=r"there is no lemma 'lemma.fro_opp'; did you mean lemma.fro_op"):
        lemma.fro_opp  # noqa: B018
