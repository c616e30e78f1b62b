"""Injective and nuclear norms of tensors: enclosures against cases known by hand, batches, exact readings, printing."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from theory.errors import NotCertified, ShapeError
from theory.terms import Sphere, Sum, Sup, VectorSymbol, d, dot, index, norm
from theory.terms.linear import MatrixSymbol
from theory.terms.printing.latex import latex
from theory.terms.printing.text import text
from theory.terms.tensors import TensorPower, TensorSymbol, injective_norm, tensor_nuclear_norm
from verify.evaluate import Instance, evaluate, evaluate_exact
from verify.evaluate.injective import injective_enclosure, injective_enclosures, nuclear_enclosure, power_sum_supremum
from verify.laws.lemmas.tensors import harmonic

RNG = np.random.default_rng(5)
i, u = index("i"), VectorSymbol("u", d)
T2, T3 = TensorSymbol("T", d, 2), TensorSymbol("T", d, 3)


@pytest.mark.parametrize("order", [2, 3, 4, 5])
def test_lemma_12_is_an_equality_for_the_harmonic_form_of_the_plane(order: int) -> None:
    """‖T‖_op = 1, ‖T‖_F² = 2^{p−1}, so ‖T‖_* ≥ ‖T‖_F²/‖T‖_op = 2^{p−1}, which Lemma 12 allows at most."""
    low, high = nuclear_enclosure(harmonic(order))
    assert low == pytest.approx(2 ** (order - 1))
    assert high == pytest.approx(2 ** (order - 1))


@pytest.mark.parametrize("shape", [(2, 3), (3, 3), (2, 4), (3, 4)])
def test_enclosures_agree_with_one_another(shape: tuple[int, int]) -> None:
    dim, order = shape
    tensors = RNG.standard_normal((20, *(dim,) * order))
    low, high = injective_enclosures(tensors)
    for tensor, a, b in zip(tensors, low, high, strict=True):
        one = injective_enclosure(tensor)
        below, above = nuclear_enclosure(tensor)
        assert max(a, one[0]) <= min(b, one[1]) * (1 + 1e-12)
        assert np.linalg.norm(tensor) <= below <= above <= dim ** ((order - 1) / 2) * np.linalg.norm(tensor) * (1 + 1e-12)


def test_powers_have_all_norms_equal() -> None:
    v = np.array([3.0, 4.0])
    cube = np.multiply.outer(np.multiply.outer(v, v), v)
    assert injective_enclosure(cube) == pytest.approx((125, 125))
    assert nuclear_enclosure(cube) == pytest.approx((125, 125))
    assert nuclear_enclosure(np.zeros((2, 2, 2))) == (0, 0)


@pytest.mark.parametrize("dim", [1, 2, 3])
@pytest.mark.parametrize("order", [2, 4, 6])
def test_sums_of_even_powers(dim: int, order: int) -> None:
    V, U = RNG.standard_normal((4, dim)), RNG.standard_normal((20_000, dim))
    U /= np.linalg.norm(U, axis=1, keepdims=True)
    low, high = power_sum_supremum(V, order)
    sampled = float(np.max(np.sum((U @ V.T) ** order, axis=1)))
    assert sampled <= high * (1 + 1e-12)
    assert low >= sampled * (0.999 if dim <= 2 else 0.5)


def test_a_sum_of_powers_is_recognised() -> None:
    """sup (3u_1 + 4u_2)⁴ + u_1⁴ lies between 625 and 626."""
    X = MatrixSymbol("X", 2, d)
    term = Sup(Sum(dot(u, X[i]) ** 4, (i, 2)), (u, Sphere(d)))
    low, high = evaluate(term, Instance({"X": [[3.0, 4.0], [1.0, 0.0]], "d": 2}))
    assert 625 < low <= high < 626
    assert high - low < 1e-9


def test_terms_are_read_and_printed() -> None:
    at = Instance({"T": [[0.0, 3.0], [1.0, 0.0]], "d": 2})
    assert evaluate(tensor_nuclear_norm(T2), at) == pytest.approx((4, 4))
    assert text(tensor_nuclear_norm(T2)) == "‖T‖_*"
    assert latex(tensor_nuclear_norm(T2)) == r"\|T\|_*"
    with pytest.raises(ShapeError, match="not a tensor"):
        tensor_nuclear_norm(u)


def exact(array: object) -> object:
    return np.vectorize(Fraction, otypes=[object])(np.asarray(array))


def test_exact_readings() -> None:
    at = Instance({"T": exact([[0, 3], [1, 0]]), "x": exact([3, 4]), "d": 2})
    x = VectorSymbol("x", d)
    assert evaluate_exact(dot(T2, TensorPower(x, 2)), at) == 48
    assert evaluate_exact(norm(TensorPower(x, 2)), at) == 25
    assert evaluate_exact(injective_norm(T2), at).contains(3)
    line = Instance({"T": exact([[[-2]]]), "d": 1})
    assert evaluate_exact(injective_norm(T3), line) == 2
    assert evaluate_exact(Sup(dot(T3, TensorPower(u, 3)), (u, Sphere(d))), line) == 2
    with pytest.raises(NotCertified, match="orders 1 and 2"):
        evaluate_exact(injective_norm(T3), Instance({"T": exact(np.zeros((2, 2, 2), dtype=int)), "d": 2}))
    with pytest.raises(ShapeError, match="shape"):
        evaluate_exact(injective_norm(T2), Instance({"T": exact([[1, 2]]), "d": 2}))
