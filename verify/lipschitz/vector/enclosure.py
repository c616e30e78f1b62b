"""The Lipschitz constant of a network with several outputs from the Euclidean norm to the Euclidean norm: sup over x of ‖J(x)‖."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from theory.certificates.exact.exact_data import format_exact
from theory.certificates.exact.exact_weights import ExactVectorWeights
from theory.certificates.lipschitz.branch_tree import ExactDomain
from theory.certificates.lipschitz.vector_tree import VectorPatterns, certify_vector_tree, vector_terms
from theory.errors import BadData, HypothesisViolated
from verify.lipschitz.piecewise.branch_certificate import Writer, exact_domain, placed_witness
from verify.lipschitz.piecewise.enclose import Progress
from verify.lipschitz.piecewise.placement import Placement, placed
from verify.lipschitz.piecewise.restrict import flat_of
from verify.lipschitz.piecewise.search import BranchBudget, branching
from verify.lipschitz.vector.branch import Node, VectorBranched, VectorSearch
from verify.lipschitz.vector.form import exact_vector_weights, vector_form
from verify.lipschitz.vector.relaxation import balanced, relaxed, spectral_norm_upper
from verify.lipschitz.vector.smooth import can_be_cut, smooth_vector, steepest_point, upper_over_cells
from verify.objects.deadline import FIRST, Deadline, in_time
from verify.objects.domains import GLOBAL, Array, Budget, Domain, Enclosure, Witness
from verify.objects.networks import VectorNetwork
from verify.objects.networks.network import as_float

KINKS, SLOPES = "lipschitz.vector.kinks", "lipschitz.vector.slopes"
MOST_NODES = 20_000     # of a tree in a certificate
_DEFAULT = Budget()
_SLOPE_STEPS = 300


def vector_enclosure(
    network: VectorNetwork, domain: Domain = GLOBAL, budget: Budget = _DEFAULT, progress: Progress | None = None
) -> Enclosure:
    """An enclosure of sup ‖F(x) − F(x′)‖/‖x − x′‖ over a convex domain, both norms Euclidean, for F(x) = Aψ(Wx + b) + Vx + c.

    The domain is R^d, a ball, a box or a hull, with interior points.  ψ piecewise linear: branch and bound over sign patterns for
    `budget.seconds` (0: the relaxation alone), exact when it closes.  ψ smooth: slopes in intervals, on bounded domains with d ≤ 4 cell by
    cell; a power on R^d has no bound.
    Returns: `Enclosure`; the witness is a point whose Jacobian has the norm `lower`.
    Raises: ShapeError, BadData (a sphere, a flat domain, a domain of another dimension).
    Guarantee: float computation with stated rounding allowances, about the weights and the domain as they are.

    >>> F = VectorNetwork([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0], [[3.0, 0.0], [0.0, 4.0]], "relu")
    >>> found = vector_enclosure(F, budget=Budget(seconds=5.0))
    >>> round(found.lower, 6), round(found.upper, 6), found.exact
    (4.0, 4.0, True)
    """
    budget = budget.until(budget.deadline)
    _check_domain(network, domain)
    place = placed(network.W, network.b, domain)
    if network.activation.kink is None:
        return place.back(_smooth(network, place, budget, progress), domain)
    found, _ = _branched(network, exact_vector_weights(network), place, branching(budget), progress)
    return place.back(_enclosure(network, place, found), domain)


def certified_vector_enclosure(
    network: VectorNetwork, domain: Domain = GLOBAL, budget: Budget = _DEFAULT, progress: Progress | None = None
) -> tuple[Enclosure, dict[str, Any] | None]:
    """An enclosure as `vector_enclosure` finds it, and a certificate for `lawbook verify`, about the weights as they are.

    ψ piecewise linear: the tree of sign patterns, which proves both sides on the domain; ψ smooth: a bound on R^d for every ψ with these
    slopes.  None when the time was too short for a certificate; half of it is for the search.
    Raises: as `vector_enclosure`; HypothesisViolated for an activation without bounded slopes, NotCertified.
    """
    deadline = budget.deadline
    budget = budget.until(deadline)
    _check_domain(network, domain)
    exact, place = exact_vector_weights(network), placed(network.W, network.b, domain)
    slopes = network.activation.slopes
    if slopes is None:
        raise HypothesisViolated(f"the slopes of the activation {network.activation.name} are not bounded on R; leave out the certificate")
    if network.activation.kink is None:
        pair = Fraction(slopes[0]), Fraction(slopes[1])
        document = in_time(lambda: _slope_certificate(exact, pair, deadline.part(0.3)), deadline.part(0.7))
        return place.back(_smooth(network, place, budget, progress), domain), document
    search = BranchBudget(deadline.part(0.5), branching(budget, MOST_NODES).nodes, budget.seed)
    found, planes = _branched(network, exact, place, search, progress)

    def certified() -> dict[str, Any]:
        pair = _kink_slopes(network)
        patterns = VectorPatterns(KINKS, exact, pair, planes, exact_domain(domain, network.d))
        tree = _nodes(found, patterns)
        witness = None if found.point is None else placed_witness(place.rounded(found.point), place)
        return certify_vector_tree(KINKS, exact, pair, patterns, tree, witness)

    return place.back(_enclosure(network, place, found), domain), in_time(certified, deadline.closing())


def _check_domain(network: VectorNetwork, domain: Domain) -> None:
    if domain.on_sphere:
        raise BadData("the constant of several outputs is computed on R^d, balls, boxes and hulls, not on spheres; choose one of these")
    domain.centre_in(network.d)
    if flat_of(domain, network.d) is not None:
        raise BadData(f"the {domain.kind} is flat: the constant of several outputs needs a domain with interior points")


def _kink_slopes(network: VectorNetwork) -> tuple[Fraction, Fraction]:
    kink = network.activation.kink
    if kink is None:
        raise BadData(f"the activation {network.activation.name} has no kink; its slopes are enclosed by intervals")
    return kink[0], kink[0] + kink[1]


def _branched(
    network: VectorNetwork, exact: ExactVectorWeights, place: Placement, budget: BranchBudget, progress: Progress | None
) -> tuple[VectorBranched, tuple[int, ...]]:
    form = vector_form(network, exact, _kink_slopes(network), place)

    def tell(nodes: int, lower: float, upper: float) -> None:
        if progress is not None:
            progress(f"branch and bound, {nodes} nodes", lower, upper)

    return VectorSearch(form, place.domain, budget, tell).run(), form.planes


def _enclosure(network: VectorNetwork, place: Placement, found: VectorBranched) -> Enclosure:
    witness = None if found.point is None else Witness("jacobian", place.rounded(found.point)[None])
    methods = {"spectral": _spectral(network), "relaxation": found.root.bound, "branch": found.upper}
    upper = min(methods.values())
    return Enclosure(found.lower, upper, place.domain, found.closed, witness, methods)


def _spectral(network: VectorNetwork) -> float:
    """L‖A‖‖W‖ + ‖V‖."""
    L = network.activation.lipschitz
    if L is None:
        return float("inf")
    A, W, V = (spectral_norm_upper(as_float(getattr(network, name))) for name in ("A", "W", "V"))
    return (L * A * W + V) * (1 + 1e-14)


def _smooth(network: VectorNetwork, place: Placement, budget: Budget, progress: Progress | None) -> Enclosure:
    smooth = smooth_vector(network, place)
    deadline = budget.deadline
    lower, point = 0.0, None
    with deadline.interruptible():
        lower, point = steepest_point(smooth, budget.until(deadline.part(0.3, least=FIRST)))
    methods = {"spectral": _spectral(network)}
    if progress is not None:
        progress("spectral", lower, methods["spectral"])
    with deadline.interruptible():
        methods["relaxation"] = smooth.upper(smooth.low, smooth.high, _SLOPE_STEPS, deadline.part(0.5))
        if progress is not None:
            progress("relaxation", lower, min(methods.values()))
        if budget.searches and can_be_cut(smooth):
            methods["cells"] = upper_over_cells(smooth, lower, deadline)
    witness = None if point is None else Witness("jacobian", point[None])
    return Enclosure(lower, min(methods.values()), place.domain, False, witness, methods)


def _slope_certificate(exact: ExactVectorWeights, slopes: tuple[Fraction, Fraction], deadline: Deadline) -> dict[str, Any]:
    terms = vector_terms(SLOPES, exact, slopes)
    patterns = VectorPatterns(SLOPES, exact, slopes, list(terms), ExactDomain("global"))
    H = np.array([[float(c.mid()) for c in row] for row in patterns.first.tolist()])
    P = np.array([[float(c) for c in eta] for eta in terms.values()]).reshape(len(terms), len(H))
    Q = np.array([[float(c) for c in exact.W[j]] for j in terms]).reshape(len(terms), H.shape[1])
    y = relaxed(H, P, Q, balanced(P, Q), _SLOPE_STEPS, deadline).multipliers
    return certify_vector_tree(SLOPES, exact, slopes, patterns, [{"bound": _spelled(y)}], None)


def _nodes(found: VectorBranched, patterns: VectorPatterns) -> list[dict[str, Any]]:
    """The tree in preorder, as certificates store it."""
    writer = None if found.region is None else Writer(found.region, patterns)
    nodes: list[dict[str, Any]] = []
    waiting: list[Node] = [found.root]
    while waiting:
        node = waiting.pop()
        if node.children is not None:
            nodes.append({"branch": node.children[0]})
            waiting += node.children[:0:-1]
        elif node.refuted is not None and writer is not None:
            nodes.append({"refuted": writer.refutation(node.signs, *node.refuted)})
        else:
            nodes.append({"bound": _spelled(node.y[node.signs == 0])})
    return nodes


def _spelled(y: Array) -> list[str]:
    return [format_exact(Fraction(float(c))) for c in y]
