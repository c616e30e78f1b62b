"""The Lipschitz constant of a `Network`, whatever its activation."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
from sympy import Float, Integer

from theory.certificates.exact.exact_weights import ExactWeights
from theory.errors import NotCertified
from theory.terms.sets import Ball, Sphere
from verify.lipschitz.piecewise.branch_certificate import certified_tree
from verify.lipschitz.piecewise.enclose import Progress, lipschitz_enclosure
from verify.lipschitz.piecewise.kinks import EPS
from verify.lipschitz.piecewise.lipsdp import certified_lipsdp_of
from verify.lipschitz.piecewise.restrict import flat_of
from verify.lipschitz.piecewise.search import Branched, branching
from verify.lipschitz.piecewise.space import most_branched
from verify.lipschitz.piecewise.sphere_search import certified_sphere
from verify.lipschitz.smooth.enclosure import smooth_enclosure
from verify.objects.deadline import in_time
from verify.objects.domains import GLOBAL, Budget, Domain, Enclosure, Witness
from verify.objects.networks import Network
from verify.objects.networks.network import finite_numbers
from verify.objects.rationals import fraction, rational, rationals

_DEFAULT = Budget()
# A certificate lists every node of its tree; larger trees make files that nobody wants to check.
MOST_NODES = 20_000
QUICK = 20_000      # weights up to which reading them into exact arithmetic takes no noticeable time
MOST_SQUARES = 4    # dimension and degree up to which sums of squares take a second at most
# Relative: where a quadratic is solved exactly, an eigenvalue and the gradient at a witness, both floats, agree that far.
AGREEMENT = 1e-10


def network_enclosure(
    network: Network, domain: Domain = GLOBAL, budget: Budget = _DEFAULT, progress: Progress | None = None
) -> Enclosure:
    """An enclosure of the Euclidean Lipschitz constant of a two-layer network on a named domain.

    Piecewise linear activations: `lipschitz_enclosure`; smooth ones: `smooth_enclosure`, which reports no progress; powers of doubles on a
    ball or the unit sphere about 0 also as polynomials, quadratics exactly, others by sums of squares in small dimension.
    Raises: ShapeError, BadData.
    Guarantee: the enclosure is about the weights and the domain as they are, rationals or doubles.

    >>> found = network_enclosure(Network([[3.0, 4.0]], [0.0], [1.0], "leaky_relu:0.5"))
    >>> round(found.upper, 9), found.exact
    (5.0, True)
    """
    budget = budget.until(budget.deadline)
    arrays, kink = (network.W, network.b, network.a, network.v), network.activation.kink
    if kink is not None:
        return lipschitz_enclosure(*arrays, slopes=(kink[0], kink[0] + kink[1]), domain=domain, budget=budget, progress=progress)
    if network.activation.name == "power:2" and domain.on_sphere and network.d > 1 and network.k * network.d**2 <= QUICK:
        quadratic = _quadratic_on_sphere(network, domain)
        if quadratic.exact:
            return quadratic
    found = smooth_enclosure(*arrays, activation=network.activation, domain=domain, budget=budget)
    bound = _polynomial_bound(network, domain, budget)
    if bound is None:
        return found
    upper = min(found.upper, bound)
    agree = network.activation.name == "power:2" and upper - found.lower <= AGREEMENT * upper
    return replace(found, upper=upper, exact=found.exact or agree, methods={**found.methods, "polynomial": bound})


def _quadratic_on_sphere(network: Network, domain: Domain) -> Enclosure:
    """The constant of ψ(t) = t² on a sphere about any point, d ≥ 2: that of a quadratic on the unit sphere, divided by the radius.

    Arcs and chords have the same constant where y ↦ f(c + ry) is yᵀAy plus a constant; otherwise both lie in the interval.
    """
    from verify.lipschitz.polynomials.quadratics import Quadratic  # it builds on the domains of this package
    W, b, a, v = (rationals(part) for part in (network.W, network.b, network.a, network.v))
    centre, radius = rationals(domain.exact_centre(network.d)), rational(domain.exact_radius)
    A = (W.T * a) @ W * radius**2
    slope = (2 * ((W @ centre + b) * a) @ W + v) * radius
    matrix, linear = ([[fraction(x) for x in row] for row in part] for part in (A, [slope]))
    found = Quadratic(np.array(matrix, dtype=object), np.array(linear[0], dtype=object)).lipschitz(Sphere(Integer(network.d)))
    lower, upper = found.lower / domain.radius * (1 - 2 * EPS), found.upper / domain.radius * (1 + 2 * EPS)
    points = None if found.witness is None else domain.centre_in(network.d) + domain.radius * found.witness.points
    witness = None if points is None else Witness("tangent", points)
    return Enclosure(lower, upper, domain, found.exact, witness, {"polynomial": upper}, geodesic=(lower, upper))


def _polynomial_bound(network: Network, domain: Domain, budget: Budget) -> float | None:
    """An upper bound for ψ(t) = t^p from the tensors of the polynomial; None where the polynomial library has no such domain."""
    family, _, degree = network.activation.name.partition(":")
    about_origin = domain.kind == "ball" or (domain.kind == "sphere" and domain.radius == 1)
    doubles = domain.has_doubles and not network.is_exact
    if family != "power" or not doubles or not about_origin or np.any(domain.centre_in(network.d) != 0) or network.has_affine_part:
        return None
    from verify.lipschitz.polynomials import Effort, polynomial_network  # it builds on the domains of this package
    squares = budget.searches and network.d <= MOST_SQUARES and int(degree) <= MOST_SQUARES
    polynomial = polynomial_network(network.W, network.b, network.a, [0.0] * int(degree) + [1.0], effort=Effort(squares=squares))
    d = Integer(network.d)
    return float(polynomial.lipschitz(Sphere(d) if domain.kind == "sphere" else Ball(d, Float(domain.radius))).upper)


def certified_enclosure(
    network: Network, domain: Domain = GLOBAL, budget: Budget = _DEFAULT, progress: Progress | None = None
) -> tuple[Enclosure, dict[str, Any] | None]:
    """An enclosure and a certificate for `lawbook verify`, about the weights and the domain as they are.

    None in its place when the time was too short for one: exact arithmetic on 300 neurons in dimension 784 takes ten seconds.

    Piecewise linear networks of at most `most_branched` neurons on a full-dimensional convex domain or a sphere (d ≥ 2): a tree of sign
    patterns and pieces (at most `MOST_NODES` nodes) that proves both sides of an enclosure on the domain.  Otherwise the LipSDP bound on
    R^d, which holds on every domain and may be looser.
    Raises: ShapeError, BadData; HypothesisViolated for an activation without bounded slopes.

    >>> found, document = certified_enclosure(Network([[3.0, 4.0]], [0.0], [1.0], "relu"))
    >>> document["lower"], document["value"][:3], found.exact
    ('5', '500', True)
    """
    budget = budget.until(budget.deadline)
    exact = exact_weights(network)
    kink = network.activation.kink
    most = most_branched(network.k, network.d, domain, not network.is_exact)
    if kink is not None and network.k <= most and domain.on_sphere and network.d > 1:
        found = network_enclosure(network, domain, budget.until(budget.deadline.part(0.5)), progress)
        if budget.deadline.is_over and network.W.size > QUICK:
            return found, None
        with suppress(NotCertified):
            tree = branching(budget, MOST_NODES)
            return found, certified_sphere(exact, (kink[0], kink[0] + kink[1]), found, tree, _told(progress))
    if kink is not None and network.k <= most and not domain.on_sphere and flat_of(domain, network.d) is None:
        cheap = network_enclosure(network, domain, replace(budget, seconds=0.0))
        if budget.deadline.is_over and network.W.size > QUICK:
            return cheap, None
        with suppress(NotCertified):
            tree = branching(budget, MOST_NODES)
            found, document = certified_tree(exact, (kink[0], kink[0] + kink[1]), domain, tree, _told(progress))
            return _joined(cheap, found), document
    deadline = budget.deadline
    document = in_time(lambda: certified_lipsdp_of(exact, network.activation, deadline=deadline.part(0.25)), deadline.part(0.7))
    return network_enclosure(network, domain, budget, progress), document


def _told(progress: Progress | None) -> Callable[[int, float, float], None] | None:
    if progress is None:
        return None
    return lambda nodes, lower, upper: progress(f"branch and bound, {nodes} nodes", lower, upper)


def _joined(cheap: Enclosure, found: Branched) -> Enclosure:
    """The better of both sides; exact when either is."""
    better = found.point is not None and found.lower > cheap.lower
    witness = Witness("gradient", found.point[None, :]) if better and found.point is not None else cheap.witness
    lower, upper = max(cheap.lower, found.lower), min(cheap.upper, found.upper)
    return replace(cheap, lower=lower, upper=upper, witness=witness, exact=cheap.exact or (found.closed and found.point is not None),
                   methods={**cheap.methods, "branch": found.upper})


def exact_weights(network: Network) -> ExactWeights:
    """The weights of a network as they are."""
    W, b, a, v = (finite_numbers(part, "a weight", exact=True) for part in (network.W, network.b, network.a, network.v))
    return ExactWeights(tuple(map(tuple, W)), tuple(b), tuple(a), tuple(v))
