"""Data, labels, networks, matrices and tensors: what each strategy promises, its simplest values, and its bad calls."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from theory.errors import LawbookError
from verify.objects.networks import ACTIVATIONS
from verify.trials.property import strategies as some
from verify.trials.property.strategies import simplest
from verify.trials.property.strategies.planted import network_fits, quadratic_fits, tensor_fits


def rank_of(M) -> int:
    return int(np.linalg.matrix_rank(np.asarray(M, dtype=float)))


def every(strategy, holds, count: int = 25) -> None:
    """The promise holds at all values that Hypothesis tries."""
    @settings(max_examples=count)
    @given(strategy)
    def check(value) -> None:
        assert holds(value), value

    check()


def unit(X) -> bool:
    return all(sum(t * t for t in row) == 1 for row in X)


def contracted(T, x):
    for _ in range(T.ndim):
        T = T @ x
    return T


PROMISES = [
    ("sphere", some.sphere_points(3, 3), unit),
    ("sphere of R", some.sphere_points(4, 1), lambda X: set(X.ravel()) <= {1, -1}),
    ("unit points", some.points(4, 2, unit=True), unit),
    ("ball", some.points_in_ball(3, 2, Fraction(1, 2)), lambda X: all(4 * sum(t * t for t in row) <= 1 for row in X)),
    ("repeated", some.repeated_points(5, 2, 2), lambda X: len({tuple(r) for r in X}) <= 2),
    ("collinear", some.collinear_points(4, 3), lambda X: rank_of(X - X[0]) <= 1),
    ("antipodal", some.antipodal_points(5, 2, unit=True), lambda X: unit(X) and (X[3:] == -X[:2]).all()),
    ("coherent", some.coherent_points(3, 3, 4), lambda X: unit(X) and (X @ X.T).min() >= 1 - Fraction(16, 16)),
    ("Gaussian-like", some.gaussian_like_points(2, 2), lambda X: all(8 * t == int(8 * t) != 0 for t in X.ravel())),
    ("balanced", some.balanced_labels(5), lambda y: sum(y) == 1),
    ("one flip", some.one_flip_labels(4), lambda y: abs(sum(y)) == 2),
    ("alternating", some.alternating_labels(4), lambda y: (y[:-1] == -y[1:]).all()),
    ("by point", some.labels_by_point(np.array([[1], [2], [1]])), lambda y: y[0] == y[2]),
    ("sides", some.structured_labels(np.array([[0], [1], [2]])), lambda y: y[1] in (y[0], y[2])),
    ("orthogonal", some.orthogonal_matrices(3), lambda Q: (np.eye(3) == Q @ Q.T).all()),
    ("independent", some.independent_rows(2, 3), lambda W: rank_of(W) == 2),
    ("rank", some.matrices(3, 4, 2), lambda M: rank_of(M) == 2),
    ("projection", some.projections(3, 2), lambda P: (P @ P == P).all() and (P.T == P).all() and np.trace(P) == 2),
    ("spectrum", some.symmetric_matrices(2, [3, -1]), lambda A: np.trace(A) == 2 and A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0] == -3),
    ("rank at most", some.symmetric_of_rank(3, 1), lambda A: rank_of(A) <= 1 and (A == A.T).all()),
    ("probabilities", some.probability_vectors(4), lambda p: sum(p) == 1 and min(p) >= 0),
    ("symmetric tensor", some.symmetric_tensors(2, 3), lambda T: all((np.transpose(T, o) == T).all() for o in ((1, 0, 2), (0, 2, 1)))),
    ("independent network", some.independent_networks(3, 2), lambda f: rank_of(f.W) == 2),
    ("low rank", some.low_rank_networks(3, 3, 1), lambda f: rank_of(f.W) == 1),
    ("dead", some.dead_unit_networks(2, 3, 2, "relu"), lambda f: all(not f.W[j].any() or f.a[j] == 0 for j in (1, 2))),
    ("shared", some.shared_hyperplane_networks(2, 4, 1, "relu"), lambda f: rank_of(np.column_stack([f.W, f.b])) <= 1),
]


@pytest.mark.parametrize(("strategy", "holds"), [pytest.param(s, h, id=name) for name, s, h in PROMISES])
def test_promises(strategy, holds):
    every(strategy, holds)


def test_a_cancelling_pair_is_no_function():
    every(some.cancelling_networks(2, 2, "relu"), lambda f: not f([[1, 2], [-3, 1]]).any() and bool(f.a.any()))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_is_drawn(name):
    assert simplest(some.activations(), lambda psi: psi.name.partition(":")[0] == name.partition(":")[0])
    assert simplest(some.networks(1, 1, name), lambda f: f.b[0] != 0).activation.name.startswith(name)


@pytest.mark.parametrize("psi", ["relu", "identity", "abs", "leaky_relu:-0.5", "tanh", "sigmoid", "softplus", "gelu", "power:2"])
@pytest.mark.parametrize("options", [{}, {"unit": True}, {"independent": True}, {"biases": False}, {"unit": True, "biases": False}])
def test_planted_networks_fit(psi, options):
    """Exactly, or to rounding for activations without rational values."""
    from verify.objects.networks import activation

    def holds(fit) -> bool:
        X, y, f = fit
        gap = np.abs(np.asarray(f(X if f.is_exact else np.asarray(X, dtype=float)) - y, dtype=float)).max()
        return gap <= (0 if f.is_exact else 1e-9) and f.k == 3 and X.shape == (4, 3) and (not options.get("unit") or unit(X)) and (
            not options.get("independent") or rank_of(f.W) == 3) and (options.get("biases", True) or not f.b.any())

    every(network_fits(4, 3, 3, activation(psi), **options), holds, 10)


@pytest.mark.parametrize(("n", "d", "rank"), [(1, 1, 1), (4, 3, 1), (5, 3, 3), (2, 4, 2)])
def test_planted_quadratics_fit(n, d, rank):
    every(quadratic_fits(n, d, rank, unit=True),
          lambda fit: unit(fit[0]) and rank_of(fit[2]) <= rank and all(x @ fit[2] @ x == s for x, s in zip(*fit[:2], strict=True)))


@pytest.mark.parametrize(("n", "d", "p"), [(1, 1, 1), (4, 2, 2), (5, 3, 3)])
def test_planted_tensors_fit(n, d, p):
    every(tensor_fits(n, d, p), lambda fit: all(contracted(fit[2], x) == s and abs(s) == 1 for x, s in zip(*fit[:2], strict=True)))


# --- shrinking: the simplest example of a condition can be checked by hand -----------------------------------------------------------

@pytest.mark.parametrize(("strategy", "condition", "expected"), [
    (some.sphere_points(1, 2), lambda X: X[0, 0] not in (0, 1, -1), [["3/5", "4/5"]]),
    (some.lattice_points(2, 2), lambda X: rank_of(X) == 2, None),
    (some.probability_vectors(3), lambda p: min(p) > 0, ["1/3", "1/3", "1/3"]),
    (some.projections(2, 1), lambda P: P[0, 1] > 0, None),
    (some.symmetric_tensors(2, 2), lambda T: T[0, 1] != 0, [["0", "1"], ["1", "0"]]),
])
def test_simplest_examples_are_small(strategy, condition, expected):
    found = simplest(strategy, condition)
    if expected is not None:
        assert np.vectorize(str)(np.vectorize(abs)(found)).tolist() == expected
    assert all(abs(t.numerator) <= 16 and t.denominator <= 25 for t in found.ravel())


# --- bad calls ------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("call", "said"), [
    (lambda: some.lattice_points(0, 2), "n, the number of points,"),
    (lambda: some.lattice_points(1, 2, 0), "the bound on the coordinates"),
    (lambda: some.sphere_points(2, 0), "d, the dimension,"),
    (lambda: some.sphere_points(2, 2.5), "d, the dimension,"),
    (lambda: some.rational_points(2, 2, max_denominator=0), "the largest denominator"),
    (lambda: some.repeated_points(2, 2, 3), "the number of distinct points is 3; give an integer from 1 to 2"),
    (lambda: some.coherent_points(2, 2, 0), "the closeness"),
    (lambda: some.points_in_ball(1, 1, -1), "the radius of the ball is -1"),
    (lambda: some.points_in_ball(1, 1, float("nan")), "the radius of the ball is nan"),
    (lambda: some.points_in_ball(1, 1, float("inf")), "the radius of the ball is inf"),
    (lambda: some.signs(0), "n, the number of labels,"),
    (lambda: some.both_labels(1), "both labels cannot occur among n = 1 labels"),
    (lambda: some.labels_by_point(np.zeros(3)), "the points have shape (3,)"),
    (lambda: some.structured_labels([[1]]), "the points have shape None"),
    (lambda: some.matrices(2, 3, 3), "the rank is 3; give an integer from 0 to 2"),
    (lambda: some.matrices(2, 3, True), "the rank is True"),
    (lambda: some.independent_rows(3, 2), "give an integer from 1 to 2"),
    (lambda: some.projections(2, 0), "r, the number of orthonormal rows of R^2, is 0"),
    (lambda: some.symmetric_matrices(2, [1]), "the spectrum has 1 values; give 2"),
    (lambda: some.symmetric_matrices(2, [1, float("nan")]), "the spectrum is [1, nan]"),
    (lambda: some.symmetric_of_rank(2, -1), "the largest rank is -1"),
    (lambda: some.probability_vectors(0), "n, the number of probabilities,"),
    (lambda: some.symmetric_tensors(9, 4), "a tensor of order 4 over R^9 has 6561 entries"),
    (lambda: some.power_sums(2, 0), "p, the order,"),
    (lambda: some.networks(1, 0), "k, the number of neurons,"),
    (lambda: some.networks(1, 1, "swish"), "there is no activation 'swish'"),
    (lambda: some.cancelling_networks(1, 1), "at least 2 neurons, not 1"),
    (lambda: some.shared_hyperplane_networks(1, 2, 3), "the number of hyperplanes is 3"),
    (lambda: some.dead_unit_networks(1, 2, 0), "the number of dead units is 0"),
    (lambda: some.polynomial_activations(-1), "the degree of a polynomial activation is -1"),
    (lambda: some.rationals(0), "the bound on the numerators"),
    (lambda: simplest(some.signs(2), lambda y: False, max_examples=5), "none of 5 values satisfies the condition"),
])
def test_bad_calls_get_one_sentence(call, said):
    with pytest.raises(LawbookError, match=re.escape(said)) as found:
        call()
    assert "\n" not in str(found.value)
    assert found.type.__name__ in ("BadData", "ShapeError")
