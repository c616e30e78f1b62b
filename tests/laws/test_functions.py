"""Functions as objects of statements: their Lipschitz constants agree with difference quotients, and bad input is refused."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer

from theory.errors import BadData, HypothesisViolated, NotCertified, ShapeError
from theory.terms import Function, VectorSymbol, d, eq
from theory.terms.sets import Ball, Range, Space, Sphere
from verify.evaluate import Instance, Outcome, evaluate_formula
from verify.laws.draws import orthonormal_rows, some_data, some_network, some_weights, staircase
from verify.laws.functions import ConeFunction, McShaneFunction, NetworkFunction, ProjectedFunction, affine_function, least_mcshane
from verify.lipschitz.polynomials.quadratics import Quadratic
from verify.objects.domains import numeric_domain
from verify.objects.networks import Network, activation

SEEDS = st.integers(0, 10**6)


def points_of(domain: object, d: int, rng: np.random.Generator, m: int = 200) -> np.ndarray:
    """Points of a domain, half of them near each other."""
    base = rng.standard_normal((m // 2, d))
    points = np.concatenate([base, base + 0.05 * rng.standard_normal(base.shape)])
    norms = np.linalg.norm(points, axis=1, keepdims=True)
    if isinstance(domain, Sphere):
        return points / norms
    return points / np.maximum(1, norms) if isinstance(domain, Ball) else points


def steepest(f, domain: object, d: int, rng: np.random.Generator) -> float:  # type: ignore[no-untyped-def]
    """The largest difference quotient over pairs of sampled points."""
    X = points_of(domain, d, rng)
    values, gaps = f(X), np.linalg.norm(X[:, None] - X[None], axis=2)
    far = gaps > 1e-3
    return float(np.max(np.abs(values[:, None] - values[None])[far] / gaps[far], initial=0.0))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SEEDS, st.sampled_from(["network", "least", "projected", "projected network", "cone"]), st.sampled_from([Space, Ball, Sphere]))
def test_upper_ends_bound_all_quotients(seed: int, kind: str, family) -> None:  # type: ignore[no-untyped-def]
    """No difference quotient exceeds the upper end, and the lower end does not exceed the upper one."""
    rng = np.random.default_rng(seed)
    d = int(rng.integers(2, 5))
    Q = orthonormal_rows(rng, int(rng.integers(1, d + 1)), d)
    data = some_data(rng, 5, d)
    network = some_network(rng, some_weights(rng, 3, d), "relu")
    f = {
        "network": lambda: NetworkFunction(network),
        "least": lambda: least_mcshane(data.X, data.y),
        "projected": lambda: ProjectedFunction(McShaneFunction(np.zeros((1, len(Q))), np.ones(1), 1.5), Q),
        "projected network": lambda: ProjectedFunction(NetworkFunction(some_network(rng, some_weights(rng, 3, len(Q)), "abs")), Q),
        "cone": lambda: ConeFunction(np.eye(d)[0], -2.0, 1.0),
    }[kind]()
    found = f.lipschitz(family(Integer(d)))
    assert found.lower <= found.upper
    assert steepest(f, family(Integer(d)), d, rng) <= found.upper * (1 + 1e-9) + 1e-9


def test_projected_constant_on_the_sphere_by_hand() -> None:
    """|x_1| on the circle: 2|sin((θ−φ)/2)cos((θ+φ)/2)| over 2|sin((θ−φ)/2)| is at most 1, attained in the limit at x_1 = 0."""
    f = ProjectedFunction(ConeFunction(np.zeros(1), 1.0, 0.0), np.array([[1.0, 0.0]]))
    found = f.lipschitz(Sphere(Integer(2)))
    assert 0.97 < found.lower <= found.upper == 1.0


def test_constant_of_the_least_function_on_the_sphere() -> None:
    f = least_mcshane(np.eye(3), np.array([1.0, -1.0, -1.0]))
    found = f.lipschitz(Sphere(Integer(3)))
    assert (found.lower, found.upper) == pytest.approx((np.sqrt(2), np.sqrt(2)))


def test_tanh_has_an_enclosure_and_powers_have_none() -> None:
    f = NetworkFunction(Network(np.array([[2.0]]), np.zeros(1), np.ones(1), activation("tanh")))
    found = f.lipschitz(Space(Integer(1)))
    assert found.lower == pytest.approx(2, abs=1e-3) and found.upper >= 2
    with pytest.raises(NotCertified, match="no enclosure is known"):
        NetworkFunction(Network(np.array([[2.0]]), np.zeros(1), np.ones(1), activation("power:2"))).lipschitz(Space(Integer(1)))


def test_bad_input() -> None:
    with pytest.raises(ShapeError, match="lives on R"):
        affine_function([1.0]).lipschitz(Space(Integer(2)))
    with pytest.raises(BadData, match="a ball or the sphere"):
        numeric_domain(Range(Integer(3)), 3)
    with pytest.raises(HypothesisViolated, match="below the McShane constant"):
        McShaneFunction(np.array([[0.0], [1.0]]), np.array([1.0, -1.0]), 1.0)
    with pytest.raises(HypothesisViolated, match="orthonormal"):
        ProjectedFunction(affine_function([1.0]), np.array([[1.0, 1.0]]))
    with pytest.raises(NotCertified, match="apex"):
        ConeFunction(np.zeros(2), 1.0, 0.0).lipschitz(Sphere(Integer(2)))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(SEEDS)
def test_level_sets_rays_and_staircases_fit(seed: int) -> None:
    """Labels are attained to rounding by each of the constructions."""
    from verify.laws.draws import level_set_data, ray_data, spread_data
    rng = np.random.default_rng(seed)
    d = int(rng.integers(1, 5))
    free = some_network(rng, some_weights(rng, 4, d), "relu", biases=False)
    network, data = level_set_data(some_network(rng, some_weights(rng, 4, d), "tanh"), 6, rng, unit=bool(seed % 2))
    given_points = spread_data(rng, 5, d)
    for f, fitted in ((network, data), (free, ray_data(free, 6, rng)), (staircase(given_points, rng), given_points)):
        assert f.residual(fitted) < 1e-11
        assert set(np.unique(fitted.y)) <= {-1.0, 1.0}
    if seed % 2:
        assert np.linalg.norm(data.X, axis=1) == pytest.approx(1, abs=1e-14)


def test_a_value_that_cancels_is_no_violation():
    """w·x = 0 in exact numbers, along the diagonal, where secants in that direction see no slope; in floats it is 5.6e-17."""
    f = Quadratic(np.zeros((2, 2)), np.array([Fraction(-1, 3), Fraction(1, 3)]))
    x = VectorSymbol("x", d)
    for place in ([-3, -3], [7, 7], [1, 1]):
        assert evaluate_formula(eq(Function("f", d)(x), 0), Instance({"f": f, "x": np.array(place)})).outcome is Outcome.HOLDS


@pytest.mark.parametrize("size", [1.0, 1e8])
def test_neurons_that_cancel_leave_their_rounding_error(size):
    """M·ReLU(t/3) − M·ReLU(t)/3 is 0, and in floats up to M·1e-16."""
    f = NetworkFunction(Network([[1 / 3], [1.0]], [0.1, 0.3], [size * 3, -size], "relu"))
    x, facts = VectorSymbol("x", d), []
    for place in np.linspace(0.1, 50, 40):
        facts.append(evaluate_formula(eq(Function("f", d)(x), 0), Instance({"f": f, "x": np.array([place])})).outcome)
    assert Outcome.VIOLATED not in facts and Outcome.HOLDS in facts
    off = NetworkFunction(Network([[1 / 3], [1.0]], [0.1, 0.3], [size * 3, -size * (1 + 1e-6)], "relu"))
    assert evaluate_formula(eq(Function("f", d)(x), 0), Instance({"f": off, "x": np.array([2.0])})).outcome is Outcome.VIOLATED
