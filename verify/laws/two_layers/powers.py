"""Measures Lemmas 10 and 11: forms of small order with tensors of every kind, and products of linear forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.laws.two_layers.powers import ORDERS
from verify.fits.explicit import least_norm_solution
from verify.laws.draws import Array, Rng, fixed, integer, new_seed, one_of, some_points
from verify.laws.functions import affine_function
from verify.laws.measure import Measurement
from verify.lipschitz.polynomials.arrays import symmetrised
from verify.lipschitz.polynomials.functions import TensorForm
from verify.objects.instance import Instance

SHAPES = ((1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2), (2, 2), (2, 3), (2, 4), (3, 1), (3, 2), (4, 2), (3, 3))      # d and p


def form_instance(T: Array, seed: int = 0, **more: Any) -> Instance:
    """T, d, p and f(x) = ⟨T, x^{⊗p}⟩."""
    f = TensorForm(symmetrised(T))
    return Instance({"T": T, "d": T.shape[0], "p": T.ndim, "f": f, **more}, seed)


def power(v: Array, order: int) -> Array:
    """v^{⊗p}."""
    result = np.asarray(v, dtype=np.float64)
    for _ in range(order - 1):
        result = np.multiply.outer(result, v)
    return result


def some_tensor(rng: Rng) -> Array:
    """A tensor: with random entries, of rank one, a signed sum of powers of data, or the least one through random labels."""
    d, p = one_of(rng, SHAPES)
    kind = one_of(rng, ("entries", "entries", "rank one", "powers", "least"))
    if kind == "entries":
        return np.asarray(rng.standard_normal((d,) * p))
    if kind == "rank one":
        return power(rng.standard_normal(d), p)
    X = some_points(rng, integer(rng, 1, 6), d)
    y = rng.choice([-1.0, 1.0], len(X))
    if kind == "powers":
        return np.asarray(sum(s * power(x, p) for s, x in zip(y, X, strict=True)))
    rows = np.array([power(x, p).reshape(-1) for x in X])
    return np.asarray(least_norm_solution(rows, y).reshape((d,) * p))


def draw_form(rng: Rng) -> Instance:
    """A form with any tensor."""
    return form_instance(some_tensor(rng), new_seed(rng))


def draw_symmetric(rng: Rng) -> Instance:
    """A form with a symmetric tensor."""
    return form_instance(symmetrised(some_tensor(rng)), new_seed(rng))


# --- corners -------------------------------------------------------------------------------------------------------------------------


def one_power(order: int) -> Callable[[], Instance]:
    """f = x_1^p in the plane: Lip_B = p = p‖T‖_op, an equality."""
    return lambda: form_instance(power(np.array([1.0, 0.0]), order))


def saddle() -> Instance:
    """f = x_1² − x_2²: Lip_S = 2 = p‖T‖_op, by the chord from e_1 to e_2 and longer ones near it."""
    return form_instance(np.diag([1.0, -1.0]))


def round_form() -> Instance:
    """f = ‖x‖²: Lip_S = 0 and ‖T‖_op = 1."""
    return form_instance(np.eye(2))


def rotation() -> Instance:
    """T a rotation by a right angle: f = 0 and ‖T‖_op = 1."""
    return form_instance(np.array([[0.0, 1.0], [-1.0, 0.0]]))


def cube_on_line() -> Instance:
    """d = 1 and f = −2x³: Lip_B = 6 = p‖T‖_op."""
    return form_instance(np.full((1, 1, 1), -2.0))


def linear() -> Instance:
    """p = 1: f = 3x_1 + 4x_2, with the constant 5 on the ball and on the sphere."""
    return form_instance(np.array([3.0, 4.0]))


def nothing() -> Instance:
    """T = 0."""
    return form_instance(np.zeros((2, 2)))


def steep() -> Instance:
    """f = 9x_1 and T = e_1⊗e_1: f is not the form of T."""
    return form_instance(power(np.array([1.0, 0.0]), 2)).with_values(f=affine_function([9.0, 0.0]))


CORNERS = (one_power(2), one_power(3), one_power(4), saddle, round_form, cube_on_line, linear, nothing)

# --- Lemma 11 ------------------------------------------------------------------------------------------------------------------------


def factors_instance(W: NDArray[Any], x: NDArray[Any], seed: int = 0) -> Instance:
    """The rows w_1, …, w_p of the linear forms, and a point x."""
    return Instance({"W": W, "x": x, "d": W.shape[1]}, seed)


def draw_factors(order: int) -> Callable[[Rng], Instance]:
    """p linear forms with small integers: random, repeated, or coordinate forms, as the entries of a tensor give them."""

    def draw(rng: Rng) -> Instance:
        d = integer(rng, 1, 6)
        kind = one_of(rng, ("random", "repeated", "coordinates"))
        W, x = 2 * rng.integers(-2, 3, (order, d)), 2 * rng.integers(-3, 3, d) + 1
        W[:, 0] += 1                                                    # each w_q·x is odd, so that no product vanishes
        if kind == "repeated":
            W[1:] = W[0] * rng.choice([-1, 1], (order - 1, 1))
        if kind == "coordinates":
            W[:-1] = np.eye(d, dtype=int)[rng.integers(d, size=order - 1)]
        return factors_instance(W, x, new_seed(rng))

    return draw


def equal_factors(order: int) -> Callable[[], Instance]:
    """All w_q = e_1 and x = 2e_1: 2^{p−1}p!·2^p."""
    return lambda: factors_instance(np.tile([1, 0], (order, 1)), np.array([2, 0]))


def one_axis(order: int) -> Callable[[], Instance]:
    """d = 1, w_q = 2^{q−1} and x = 1: both sides are 2^{p−1}p!·2^{p(p−1)/2}, and no sum ±w_1 ± … ± w_p vanishes."""
    return lambda: factors_instance(2 ** np.arange(order)[:, None], np.array([1]))


def _polarisation(order: int) -> Measurement:
    witness = fixed(one_axis(order))
    return Measurement(f"bln.lemma11.order{order}", draw_factors(order), (equal_factors(order), one_axis(order)),
                       twin_draws={"times 2": witness, "without signs": witness, "one power fewer": witness})


def sliced_instance(tensors: dict[int, NDArray[Any]], x: NDArray[Any], seed: int = 0) -> Instance:
    """Tensors of orders 2 to 4, the linear forms of their slices by the letters of the claim, and a point x."""
    d, values = len(x), {}
    for order, T in tensors.items():
        values[f"T{order}"] = T
        for q, places in enumerate(np.indices((d,) * (order - 1)).reshape(order - 1, -1), start=1):
            values[f"{ORDERS[order]}{q}"] = np.eye(d, dtype=int)[places]                    # e_{i_q}
        values[f"{ORDERS[order]}{order}"] = T.reshape(-1, d)                                # the slice t_{i_1…i_{p−1}}
    return Instance({**values, "x": x, "d": d}, seed)


def draw_slices(rng: Rng) -> Instance:
    """Tensors of small integers."""
    d = integer(rng, 1, 3)
    return sliced_instance({p: rng.integers(-2, 3, (d,) * p) for p in ORDERS}, rng.integers(-3, 4, d), new_seed(rng))


def unit_slices() -> Instance:
    """d = 1, T = 1 and x = 1: both sides are 2^{p−1}p!."""
    return sliced_instance({p: np.ones((1,) * p, dtype=int) for p in ORDERS}, np.array([1]))


def other_form() -> Instance:
    """T = 2, but the slices of 1."""
    return unit_slices().with_values(T2=np.full((1, 1), 2))


MEASUREMENTS = (
    Measurement("bln.lemma11.printed", draw_slices, (unit_slices,), twin_draws={
        **{name: fixed(unit_slices) for name in ("twice", "without p!", "at most half")}, "without slices 2": fixed(other_form)}),
    Measurement("bln.lemma10.ball", draw_form, (*CORNERS, rotation), twin_draws={
        "without form": fixed(steep), "one factor less": fixed(one_power(3)), "without p": fixed(one_power(2)),
        "a larger ball": fixed(one_power(2))}),
    Measurement("bln.lemma10", draw_form, (*CORNERS, rotation), twin_draws={
        "without form": fixed(steep), "half": fixed(saddle), "equality": fixed(round_form)}),
    Measurement("bln.tensor.lip_ball", draw_symmetric, CORNERS, twin_draws={
        "without form": fixed(steep), "without symmetric": fixed(rotation), "on the sphere": fixed(round_form),
        "without p": fixed(one_power(2))}),
    *map(_polarisation, range(2, 7)),
)
