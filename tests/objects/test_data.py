"""Data sets: what is accepted, what is refused with which sentence, and what each model promises."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.errors import BadData, ShapeError
from verify.objects.data import (
    DATA_MODELS,
    LABELS,
    Dataset,
    draw,
    integer_points,
    labels_by_point,
    rational_sphere_points,
    two_class_labels,
    validate,
)
from verify.objects.data.labels import classes_words

SEED = 7
UNIT_MODELS = ("sphere", "hypercube", "antipodal", "simplex")


def rng(seed: int = SEED) -> np.random.Generator:
    return np.random.default_rng(seed)


BAD_DATA = [
    ("not 2-D", [1.0, 2.0], [1, -1], ShapeError, "reshape(-1, 1)"),
    ("no points", np.zeros((0, 3)), [], ShapeError, "no points"),
    ("no coordinates", np.zeros((3, 0)), [1, 1, 1], ShapeError, "no coordinates"),
    ("short y", [[0.0], [1.0]], [1], ShapeError, "y has shape (1,) but X has 2 rows"),
    ("column y", [[0.0], [1.0]], [[1], [-1]], ShapeError, "y has shape (2, 1)"),
    ("ragged X", [[0.0, 1.0], [1.0]], [1, 1], ShapeError, "different lengths"),
    ("nan", [[0.0, np.nan]], [1], BadData, "X[0, 1] is nan"),
    ("infinite", [[0.0], [-np.inf]], [1, 1], BadData, "X[1, 0] is -inf"),
    ("nan label", [[0.0], [1.0]], [1, np.nan], BadData, "y[1] is nan"),
    ("zero label", [[0.0], [1.0]], [1, 0], BadData, "y[1] is 0 but labels must be -1 or +1"),
    ("booleans", [[0.0], [1.0]], [True, False], BadData, "y[1] is 0"),
    ("texts", [["a"], ["b"]], [1, 1], BadData, "give real numbers"),
    ("complex", [[1j]], [1], BadData, "complex"),
    ("none", [[None]], [1], BadData, "X[0, 0] is nan"),
    ("objects", [[{}]], [1], BadData, "not a real number"),
    ("contradiction", [[0.0, 1.0], [2.0, 2.0], [-0.0, 1.0]], [1, 1, -1], BadData, "rows 0 and 2 of X are the same"),
]


@pytest.mark.parametrize(("X", "y", "error", "words"), [c[1:] for c in BAD_DATA], ids=[c[0] for c in BAD_DATA])
def test_bad_data_is_refused_with_its_place(X, y, error, words):
    with pytest.raises(error, match=re.escape(words)) as caught:
        Dataset(X, y)
    assert "\n" not in str(caught.value)


def test_smallest_data_set_and_equal_labels_on_equal_points_are_legal():
    one = Dataset([[2.0]], [-1], "one")
    assert (one.n, one.d, one.mean_label, one.name) == (1, 1, -1.0, "one")
    assert Dataset([[1.0], [1.0]], [1, 1]).n == 2


def test_data_are_private_and_read_only():
    X = np.zeros((1, 2))
    data = Dataset(X, np.ones(1))
    X[0, 0] = 9.0
    assert data.X[0, 0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        data.X[0, 0] = 1.0


def test_real_labels_only_on_request():
    assert Dataset([[0.0], [1.0]], [0.25, 3.0], real_labels=True).mean_label == 1.625
    with pytest.raises(BadData, match=re.escape("real_labels=True")):
        Dataset([[0.0], [1.0]], [0.25, 3.0])


@pytest.mark.parametrize(
    ("values", "labels", "note"),
    [
        ([-1, 1], [-1, 1], ""),
        ([1, 1], [1, 1], ""),
        ([-1, -1], [-1, -1], ""),
        (["1", "-1"], [1, -1], ""),
        (["10", "9"], [1, -1], "labels 9 -> -1, 10 -> +1"),
        ([2**53, 2**53 + 1], [-1, 1], "labels 9007199254740992 -> -1, 9007199254740993 -> +1"),
        (["+", "-", "+"], [1, -1, 1], "labels '-' -> -1, '+' -> +1"),
        (["Yes", "No"], [1, -1], "labels 'No' -> -1, 'Yes' -> +1"),
        (["true", "false"], [1, -1], "labels 'false' -> -1, 'true' -> +1"),
        (["pos", "neg"], [1, -1], "labels 'neg' -> -1, 'pos' -> +1"),
        (["Negative", "Positive"], [-1, 1], "labels 'Negative' -> -1, 'Positive' -> +1"),
        (["t", "f"], [1, -1], "labels 'f' -> -1, 't' -> +1"),
        (["off", "on"], [-1, 1], "labels 'off' -> -1, 'on' -> +1"),
        (["no"], [-1], "one class only: label 'no' -> -1"),
        ([2, 1, 2], [1, -1, 1], "labels 1 -> -1, 2 -> +1"),
        ([-1, 0], [-1, 1], "labels -1 -> -1, 0 -> +1"),
        (["cat", "dog"], [-1, 1], "labels 'cat' -> -1, 'dog' -> +1"),
        ([0, 0], [-1, -1], "one class only: label 0 -> -1"),
        (["cat"], [1], "one class only: label 'cat' -> +1"),
        ([True, False], [1, -1], "labels 0 -> -1, 1 -> +1"),
    ],
)
def test_two_classes_are_mapped_and_the_mapping_is_said(values, labels, note):
    y, classes = two_class_labels(values)
    assert y.tolist() == labels
    assert classes_words(classes) == note


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ([0, 1, 2], BadData, "3 distinct values (0, 1, 2)"),
        (list(range(9)), BadData, "9 distinct values (0, 1, 2, 3, 4, …)"),
        ([0.5, np.nan], BadData, "y[1] is nan"),
        (["good", "NA"], BadData, "the label of row 1 is 'NA', which means a missing value"),
        (["good", "-"], BadData, "the label of row 1 is '-'"),
        (["good", ""], BadData, "the label of row 1 is ''"),
        (["?", "bad"], BadData, "the label of row 0 is '?'"),
        ([[0], [1]], ShapeError, "shape (2, 1)"),
        ([1j, 2j], BadData, "type complex128"),
    ],
)
def test_labels_that_are_not_two_classes_are_refused(values, error, words):
    with pytest.raises(error, match=re.escape(words)):
        two_class_labels(values)


@pytest.mark.parametrize("labels", [None, *LABELS])
@pytest.mark.parametrize("model", DATA_MODELS)
def test_every_model_with_every_labelling_at_every_small_size(model, labels):
    # Dataset refuses contradictions, so reaching the end shows that equal points get equal labels.
    for n, d in [(1, 1), (2, 1), (9, 1), (1, 5), (20, 2), (9, 8)]:
        data = draw(model, n, d, rng(), labels)
        assert (data.n, data.d) == (n, d)


def test_same_seed_same_bytes_and_another_seed_another_sample():
    for model in DATA_MODELS:
        first, second = draw(model, 12, 3, rng()), draw(model, 12, 3, rng())
        assert first.X.tobytes() == second.X.tobytes()
        assert first.y.tobytes() == second.y.tobytes()
        assert first.X.tobytes() != draw(model, 12, 3, rng(SEED + 1)).X.tobytes()


@pytest.mark.parametrize("model", UNIT_MODELS)
def test_models_of_unit_vectors(model):
    X = DATA_MODELS[model](30, 6, rng())
    assert np.allclose(np.linalg.norm(X, axis=1), 1, rtol=0, atol=1e-14)


@pytest.mark.parametrize("model", ["sphere", "gaussian", "hypercube", "mixture", "correlated", "low_rank"])
def test_mean_squared_norm_is_one(model):
    # Standard deviation of ‖x‖² is at most √2 for these models (correlated at d=8: 0.64), so 4000 points give ±0.023;
    # 0.12 is more than five of them.
    X = DATA_MODELS[model](4000, 8, rng())
    assert abs(np.mean(np.sum(X**2, axis=1)) - 1) < 0.12


def test_sphere_and_ball_have_the_right_moments():
    X = DATA_MODELS["sphere"](20000, 3, rng())
    assert np.allclose(X.T @ X / len(X), np.eye(3) / 3, atol=0.02)
    radii = np.linalg.norm(DATA_MODELS["ball"](20000, 3, rng()), axis=1)
    assert radii.max() <= 1
    assert abs(np.mean(radii**3) - 0.5) < 0.015  # ‖x‖^d is uniform on [0, 1]


def test_near_duplicates_are_close_with_opposite_labels():
    for d in (1, 2, 7):
        data = draw("near_duplicates", 10, d, rng())
        gaps = np.linalg.norm(data.X[0::2] - data.X[1::2], axis=1)
        assert np.allclose(gaps, 2 * np.sin(5e-4) if d > 1 else 1e-3, rtol=1e-6)
        assert np.array_equal(data.y[0::2], -data.y[1::2])


def test_antipodal_pairs_have_opposite_labels():
    for d in (1, 4):
        data = draw("antipodal", 10, d, rng())
        assert np.array_equal(data.X[0::2], -data.X[1::2])
        assert np.array_equal(data.y[0::2], -data.y[1::2])


def test_few_directions_one_line_low_rank():
    X = DATA_MODELS["repeated_directions"](25, 4, rng())
    directions = X / np.linalg.norm(X, axis=1, keepdims=True)
    assert len(np.unique(directions.round(9), axis=0)) == 5
    assert len(np.unique(X.round(12), axis=0)) == 25
    assert np.linalg.matrix_rank(DATA_MODELS["collinear"](20, 5, rng())) == 1
    assert np.linalg.matrix_rank(DATA_MODELS["low_rank"](20, 8, rng())) == 2


def test_simplex_inner_products_and_repetition():
    X = DATA_MODELS["simplex"](8, 3, rng())
    assert np.allclose(X[:4] @ X[:4].T, np.where(np.eye(4) == 1, 1, -1 / 3), atol=1e-14)
    assert np.array_equal(X[:4], X[4:])
    data = draw("simplex", 8, 3, rng(), "random")
    assert np.array_equal(data.y[:4], data.y[4:])


def test_correlated_has_a_decaying_spectrum():
    X = DATA_MODELS["correlated"](20000, 4, rng())
    wanted = np.array([1, 1 / 2, 1 / 3, 1 / 4]) / (25 / 12)
    assert np.allclose(np.var(X, axis=0), wanted, rtol=0.06)


def test_label_counts():
    counts = {kind: int(np.sum(draw("sphere", 21, 5, rng(), kind).y == -1)) for kind in LABELS}
    assert counts["balanced"] in (10, 11)
    assert counts["one_flip"] == 1
    assert counts["unbalanced"] == 2
    assert counts["alternating"] == 10


def test_linear_labels_are_linear():
    from scipy.optimize import linprog

    data = draw("gaussian", 30, 3, rng(), "linear")
    separable = linprog(np.zeros(3), A_ub=-data.y[:, None] * data.X, b_ub=-np.ones(30), bounds=(None, None))
    assert separable.status == 0
    random = draw("gaussian", 30, 3, rng(), "random")
    assert linprog(np.zeros(3), A_ub=-random.y[:, None] * random.X, b_ub=-np.ones(30), bounds=(None, None)).status == 2


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.sampled_from(list(LABELS)), st.integers(1, 12), st.integers(1, 3), st.integers(0, 10**6))
def test_labels_belong_to_points(kind, n, d, seed):
    X = integer_points(n, d, rng(seed), bound=1)
    y = labels_by_point(X.astype(float), kind, rng(seed + 1))
    by_point: dict[tuple[int, ...], float] = {}
    for row, label in zip(X.tolist(), y, strict=True):
        assert by_point.setdefault(tuple(row), label) == label
    assert set(y) <= {-1.0, 1.0}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: draw("torus", 3, 2, rng()), "no data model 'torus'; choose one of sphere"),
        (lambda: draw("sphere", 3, 2, rng(), "odd"), "no labelling 'odd'"),
        (lambda: draw("sphere", 0, 2, rng()), "the number of points, is 0"),
        (lambda: draw("sphere", 3, -1, rng()), "the dimension, is -1"),
        (lambda: draw("sphere", 2.5, 2, rng()), "is 2.5; give a positive integer"),
        (lambda: draw("sphere", True, 2, rng()), "is True"),
        (lambda: draw("sphere", 3, 2, 0), "numpy.random.default_rng"),
        (lambda: integer_points(3, 2, rng(), bound=0), "bound on the coordinates is 0"),
        (lambda: rational_sphere_points(3, 2, rng(), max_denominator=0), "largest denominator is 0"),
        (lambda: rational_sphere_points(3, 2, None), "numpy.random.default_rng"),
    ],
)
def test_bad_calls(call, words):
    with pytest.raises(BadData, match=re.escape(words)):
        call()


def test_integer_points_stay_in_their_box():
    X = integer_points(200, 2, rng(), bound=2)
    assert X.dtype == np.int64
    assert (X.min(), X.max()) == (-2, 2)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 10**6))
def test_rational_points_lie_on_the_sphere_exactly(n, d, seed):
    X = rational_sphere_points(n, d, rng(seed))
    assert X.shape == (n, d)
    assert all(isinstance(entry, Fraction) for entry in X.ravel())
    assert all(sum(entry * entry for entry in row) == 1 for row in X)


def test_rational_points_go_into_a_data_set():
    X = rational_sphere_points(5, 3, rng())
    data = Dataset(X, np.ones(5))
    assert data.X.dtype == np.float64
    assert data.exact.points == tuple(map(tuple, X))


EXACT = [
    ("float64", np.array([[0.1], [2.0]]), [Fraction(0.1), Fraction(2)], True),
    ("float32", np.array([[0.1], [2.0]], dtype=np.float32), [Fraction(float(np.float32(0.1))), Fraction(2)], True),
    ("float16", np.array([[0.1], [2.0]], dtype=np.float16), [Fraction(float(np.float16(0.1))), Fraction(2)], True),
    ("small int64", np.array([[2**53], [-5]]), [Fraction(2**53), Fraction(-5)], True),
    ("large int64", np.array([[2**53 + 1], [2**53]]), [Fraction(2**53 + 1), Fraction(2**53)], False),
    ("uint64", np.array([[2**64 - 1], [0]], dtype=np.uint64), [Fraction(2**64 - 1), Fraction(0)], False),
    ("even int64", np.array([[2**60], [0]]), [Fraction(2**60), Fraction(0)], True),
    ("bool", np.array([[True], [False]]), [Fraction(1), Fraction(0)], True),
    ("fractions", [[Fraction(1, 3)], [Fraction(1, 2)]], [Fraction(1, 3), Fraction(1, 2)], False),
    ("fractions that are doubles", [[Fraction(1, 4)], [Fraction(1, 2)]], [Fraction(1, 4), Fraction(1, 2)], True),
    ("decimals", [[Decimal("0.1")], [Decimal(3)]], [Fraction(1, 10), Fraction(3)], False),
    ("texts", np.array([["1/3"], [" 0.5 "]]), [Fraction(1, 3), Fraction(1, 2)], False),
    ("bytes", np.array([[b"0.1"], [b"1e3"]]), [Fraction(1, 10), Fraction(1000)], False),
    ("integers of Python", [[10**30], [10**30 + 1]], [Fraction(10**30), Fraction(10**30 + 1)], False),
]


@pytest.mark.parametrize(("X", "points", "is_double"), [c[1:] for c in EXACT], ids=[c[0] for c in EXACT])
def test_points_are_the_exact_numbers_that_are_given(X, points, is_double):
    data = Dataset(X, [1, -1])
    assert [row[0] for row in data.exact.points] == points
    assert data.is_double is is_double
    assert data.X.ravel().tolist() == [float(c) for c in points]
    assert (data.first_rounded == "") is is_double
    if is_double:
        assert data.moved[0] is data.X
    else:
        assert data.moved[0].ravel().tolist() == [0.0, float(points[1] - points[0])]


def test_points_within_one_double_are_different_points():
    apart = 1_700_000_000_000_000_000
    assert Dataset(np.array([[apart], [apart + 1]]), [1, -1]).n == 2
    with pytest.raises(BadData, match="rows 0 and 2 of X are the same point"):
        Dataset(np.array([[apart], [apart + 1], [apart]]), [1, -1, -1])
    with pytest.raises(BadData, match=re.escape("have labels 1/10 and 1/5")):
        Dataset([["1/3"], ["1/3"]], ["0.1", "0.2"], real_labels=True)


def test_what_computes_with_doubles_refuses_other_numbers_by_name():
    with pytest.raises(BadData, match=re.escape("X[1, 0] is 1/3, which no double equals")):
        validate([[1], [Fraction(1, 3)]], [1, -1])
    with pytest.raises(BadData, match=re.escape("y[0] is 1/10, which no double equals")):
        validate([[1], [2]], ["0.1", "1"], signs=False)


@pytest.mark.parametrize(
    ("value", "words"), [("1e-400", "nearer to 0 than any double"), ("1e400", "X[0, 0] is inf"), ("nan", "not a real number")])
def test_numbers_beyond_the_doubles_are_refused(value, words):
    with pytest.raises(BadData, match=re.escape(words)):
        Dataset([[value]], [1])
