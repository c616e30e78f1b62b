"""Every network of the zoo is enclosed on its domain, and found exactly where that is promised."""

from __future__ import annotations

import numpy as np
import pytest
from zoo import ZOO, Specimen, caps, fan, spline

from verify.lipschitz import GLOBAL, Budget, ball, geodesic_sphere, kink_form, network_enclosure, sphere, witness_value
from verify.objects.networks import Network

ROUNDING = 1e-12      # of the values of the zoo themselves, and of the square roots in them
THOROUGH = Budget(seconds=2.0)


def allowed(specimen: Specimen) -> float:
    """Cancelling neurons leave a rounding error of the size of their path norm."""
    return ROUNDING * (specimen.value + specimen.network.path_norm())


@pytest.mark.parametrize("specimen", ZOO, ids=lambda s: s.name)
@pytest.mark.parametrize("budget", [Budget(), THOROUGH], ids=["cheap", "thorough"])
def test_the_constant_is_enclosed(specimen: Specimen, budget: Budget) -> None:
    found = network_enclosure(specimen.network, specimen.domain, budget)
    assert found.lower <= specimen.value + allowed(specimen)
    assert found.upper >= specimen.value - allowed(specimen)
    assert found.domain == specimen.domain
    if specimen.exact and (budget is THOROUGH or not specimen.domain.is_polytope):
        assert found.exact
        assert found.lower == pytest.approx(specimen.value, rel=1e-10, abs=1e-10 + allowed(specimen))
        assert found.upper == pytest.approx(specimen.value, rel=1e-10, abs=1e-10 + allowed(specimen))


@pytest.mark.parametrize("specimen", [s for s in ZOO if s.network.activation.kink is not None and s.value > 0], ids=lambda s: s.name)
def test_the_witness_proves_the_lower_bound(specimen: Specimen) -> None:
    network = specimen.network
    found = network_enclosure(network, specimen.domain, THOROUGH)
    assert found.witness is not None
    low = float(network.activation.kink[0])
    form = kink_form(network.W, network.b, network.a, network.v, (low, low + float(network.activation.kink[1])))
    assert witness_value(form, specimen.domain, found.witness) >= found.lower


@pytest.mark.parametrize("specimen", [s for s in ZOO if s.domain.kind in ("global", "ball", "sphere", "sphere-geodesic")
                                      and s.domain.centre is None and s.network.d > 1], ids=lambda s: s.name)
def test_a_rotation_changes_nothing(specimen: Specimen) -> None:
    # rotated weights are rounded: proportional rows become nearly proportional, common points fall apart
    if specimen.name in ("a cancelling pair", "opposite pairs", "dependent rows", "opposite orientations, sum",
                         "opposite orientations, difference", "e1, e2, e1+e2"):
        pytest.skip("its value rests on exact cancellation: the rotated network really has tiny steep cells")
    network = specimen.network
    Q, _ = np.linalg.qr(np.random.default_rng(3).standard_normal((network.d, network.d)))
    turned = Network(network.W @ Q, network.b, network.a, network.activation, network.v @ Q)
    found = network_enclosure(turned, specimen.domain, Budget(seconds=1.0))
    slack = 1e-9 * (specimen.value + network.path_norm())
    assert found.lower <= specimen.value + slack
    assert found.upper >= specimen.value - slack


@pytest.mark.parametrize(("d", "n", "height"), [(2, 3, 0.8), (3, 4, 0.9), (6, 9, 0.75), (4, 8, 0.99)])
def test_caps_of_other_heights(d: int, n: int, height: float) -> None:
    # slope 1/(1−h) times sin θ, cos θ = h: √((1+h)/(1−h))
    expected = np.sqrt((1 + height) / (1 - height))
    found = network_enclosure(caps(d, n, height), geodesic_sphere())
    assert found.exact
    assert found.lower == pytest.approx(expected, rel=1e-9)
    chords = network_enclosure(caps(d, n, height), sphere())
    assert found.lower * (1 - 1e-9) <= chords.lower <= chords.upper <= min(np.pi / 2 * found.upper, 1 / (1 - height)) * (1 + 1e-9)


def test_a_long_spline_is_no_problem() -> None:
    rng = np.random.default_rng(0)
    slopes, knots = rng.integers(-50, 51, 20_001), np.arange(20_000) / 8
    found = network_enclosure(spline(slopes, knots, [1.0]), GLOBAL)
    assert found.exact
    assert found.upper == pytest.approx(np.abs(slopes).max(), rel=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_circles_match_a_fine_grid(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k = int(rng.integers(1, 12))
    network = Network(rng.standard_normal((k, 2)), rng.standard_normal(k), rng.standard_normal(k), "relu", rng.standard_normal(2))
    domain = geodesic_sphere(float(np.exp(rng.standard_normal())), tuple(rng.standard_normal(2)))
    found = network_enclosure(network, domain)
    assert found.exact
    angle = np.linspace(0, 2 * np.pi, 20_001)
    values = network(domain.centre_in(2) + domain.radius * np.column_stack([np.cos(angle), np.sin(angle)]))
    slopes = np.abs(np.diff(values)) / (domain.radius * np.diff(angle))
    assert slopes.max() <= found.upper * (1 + 1e-9)
    assert slopes.max() >= found.lower * (1 - 1e-2)


@pytest.mark.parametrize("seed", range(12))
def test_spheres_hold_for_quotients_and_tangential_gradients(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k, d = int(rng.integers(1, 12)), int(rng.integers(2, 6))
    network = Network(rng.standard_normal((k, d)), rng.standard_normal(k), rng.standard_normal(k), "relu")
    x, y = rng.standard_normal((2, 4000, d))
    x, y = (z / np.linalg.norm(z, axis=1, keepdims=True) for z in (x, x + np.exp(rng.uniform(-8, 2, (4000, 1))) * y))
    rise, chord = np.abs(network(x) - network(y)), np.linalg.norm(x - y, axis=1)
    chords, arcs = network_enclosure(network, sphere()), network_enclosure(network, geodesic_sphere())
    assert (rise / chord).max() <= chords.upper + 1e-9
    assert (rise / (2 * np.arcsin(np.minimum(chord / 2, 1.0)))).max() <= arcs.upper + 1e-9
    assert arcs.lower <= chords.upper and chords.lower <= np.pi / 2 * arcs.upper
    assert chords.upper <= network_enclosure(network, ball()).upper * (1 + 1e-12)


def test_chords_can_be_steeper_than_arcs() -> None:
    # f rises along the upper half of the circle as fast as the arc: the ends are 2 apart by chord and π by arc, so the quotient is π/2.
    # Between 64 corners on the arc f is linear: each kink, on the ray through a corner, bends it to meet the next corner.
    angle = np.linspace(0, np.pi, 65)
    corners = np.column_stack([np.cos(angle), np.sin(angle)])
    rays = np.column_stack([-corners[1:-1, 1], corners[1:-1, 0]])
    v, a = np.linalg.solve(corners[:2], angle[:2]), np.zeros(63)
    for j in range(63):
        before = corners[j + 2] @ v + np.maximum(corners[j + 2] @ rays[:j].T, 0) @ a[:j]
        a[j] = (angle[j + 2] - before) / (corners[j + 2] @ rays[j])
    network = Network(rays, np.zeros(63), a, "relu", v)
    np.testing.assert_allclose(network(corners), angle, atol=1e-9)
    found = network_enclosure(network, sphere())
    assert np.pi / 2 * (1 - 1e-6) <= found.lower <= found.upper


def test_wide_fans_are_exact() -> None:
    found = network_enclosure(fan(200), GLOBAL)
    assert found.exact
    assert found.upper == pytest.approx(1 / np.sin(np.pi / 400), rel=1e-10)
