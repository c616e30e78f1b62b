"""From a branch-and-bound tree to a certificate file: exact multipliers, and an exact witness."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.certificates.exact.exact_data import format_exact
from theory.certificates.exact.exact_weights import ExactWeights
from theory.certificates.lipschitz.branch_tree import Arrangement, ExactDomain, Patterns, certify_tree
from theory.certificates.lipschitz.sphere_tree import FACES
from theory.errors import BadData, NotCertified
from verify.lipschitz.piecewise.branch import branch_and_bound
from verify.lipschitz.piecewise.kinks import KinkForm, Slopes, kink_form, network_arrays, slopes_of
from verify.lipschitz.piecewise.placement import Placement, placed
from verify.lipschitz.piecewise.realizability import Region
from verify.lipschitz.piecewise.regions import region_of
from verify.lipschitz.piecewise.search import BranchBudget, Branched, Tree, Way
from verify.lipschitz.piecewise.space import few_dimensions
from verify.objects.deadline import Deadline, deadline_of, in_time
from verify.objects.domains import GLOBAL, Array, Domain, Row
from verify.objects.networks.network import finite_numbers

# Signs that are left on a typical piece, and pieces over which the time for the certificate of one is averaged
_LEFT, _TIMES = 32, 8


def certified_branching(
    W: ArrayLike,
    b: ArrayLike,
    a: ArrayLike,
    v: ArrayLike | None = None,
    *,
    slopes: str | Slopes = "relu",
    domain: Domain = GLOBAL,
    budget: BranchBudget | None = None,
    progress: Callable[[int, float, float], None] | None = None,
) -> tuple[Branched, dict[str, Any]]:
    """Branch and bound on the network x ↦ v·x + Σ a_ℓψ(w_ℓ·x+b_ℓ), and a certificate of its enclosure that needs no solver to check.

    The file grows with the tree; stopped early, the open nodes' bounds are its leaves.
    Raises: BadData (a sphere, a flat domain), ShapeError, NotCertified (a tie that cannot be written exactly, too little time).

    >>> found, document = certified_branching([[3.0, 4.0]], [7.0], [2.0])
    >>> document["lower"], document["value"]
    ('10', '100000000001/10000000000')
    """
    low, high = slopes_of(slopes) if isinstance(slopes, str) else slopes
    network_arrays(W, b, a, v)                                  # the shapes fit
    given = (W, b, a, np.zeros(np.shape(W)[1]) if v is None else v)
    rows, *others = (finite_numbers(np.asarray(part), "a weight", exact=True) for part in given)
    exact = ExactWeights(tuple(map(tuple, rows)), *map(tuple, others))
    found, document = certified_tree(exact, (Fraction(low), Fraction(high)), domain, budget or BranchBudget(), progress)
    if document is None:
        raise NotCertified(f"the time was too short for a certificate of {len(exact.b)} neurons in dimension {len(exact.v)}; give it more")
    return found, document


def certified_tree(
    exact: ExactWeights, slopes: tuple[Fraction, Fraction], domain: Domain, budget: BranchBudget,
    progress: Callable[[int, float, float], None] | None = None,
) -> tuple[Branched, dict[str, Any] | None]:  # fmt: skip
    """As `certified_branching`, for rational weights: the search looks at the doubles next to them in coordinates about the domain, the
    certificate is about them.

    Half of the time is for the search, which stops earlier when certifying its leaves would take the other half; None in the place of a
    certificate that takes longer even so.
    """
    deadline = deadline_of(budget.seconds)
    W, b, a, v = (doubles_if_equal(part) for part in (exact.W, exact.b, exact.a, exact.v))
    place = placed(W, b, domain)
    form = kink_form(place.W, place.b, a, v, slopes)
    where, planes = exact_domain(domain, form.dimension), form.neurons.tolist()
    patterns = Patterns(exact, slopes, planes, where)
    nodes = min(budget.nodes, affordable_nodes(form, patterns, place.domain, deadline))
    found = branch_and_bound(form, place.domain, BranchBudget(deadline.part(0.5), nodes, budget.seed, record=True), progress)
    point = None if found.point is None else place.rounded(found.point)

    def certified() -> dict[str, Any]:
        writer = Writer(region_of(form, place.domain), patterns, place.origin)
        tree = [{"bound": ["1"]}] if found.tree is None else preorder(found.tree, writer)
        witness = None if point is None else placed_witness(point, place)
        return certify_tree(exact, slopes, where, planes, tree, witness)

    return replace(found, point=None if point is None else place.points(point[None])[0]), in_time(certified, deadline.closing())


def affordable_nodes(form: KinkForm, patterns: Patterns, domain: Domain, deadline: Deadline) -> int:
    """How many leaves can be certified in half of the time that is left, by the time that one takes: the root, or some pieces."""
    if math.isinf(deadline.left) or form.size == 0:
        return BranchBudget().nodes
    in_pieces = few_dimensions(form.size, form.dimension, domain, form.rows is None)
    left, times = (min(form.size, _LEFT), _TIMES) if in_pieces else (form.size, 1)
    signs = [0] * left + [1] * (form.size - left)
    lengths = np.linalg.norm(np.vstack([form.v, form.G[:left]]), axis=1)
    multipliers = [Fraction(float(y)) for y in np.maximum(lengths, lengths.max() * 2.0**-60)]

    def taken() -> float:
        begun = deadline.spent
        for _ in range(times):
            patterns.bound(signs, multipliers)
        return (deadline.spent - begun) / times

    seconds = in_time(taken, deadline)
    return 0 if seconds is None else int(deadline.left / 2 / max(seconds, 1e-4))


def doubles_if_equal(entries: Sequence[Any]) -> NDArray[Any]:
    """Fractions as an array: of floats, when all of them are doubles."""
    exact = np.array(entries, dtype=object)
    doubles = exact.astype(np.float64)
    return doubles if bool((exact == doubles).all()) else exact


def exact_domain(domain: Domain, d: int) -> ExactDomain:
    """R^d, a ball, a box or a hull with its numbers as rationals.  Raises: BadData (a sphere, a flat domain), ShapeError."""
    if domain.kind == "global":
        return ExactDomain("global")
    if domain.kind == "ball":
        return ExactDomain("ball", centre=domain.exact_centre(d), radius=Fraction(domain.exact_radius))
    if domain.kind == "box":
        low, high = domain.exact_corners(d)
        return ExactDomain("box", low=low, high=high)
    if domain.kind == "hull":
        return ExactDomain("hull", vertices=tuple(domain.exact_vertices(d)))
    raise BadData("branch and bound needs a convex domain; a sphere has its own bounds")


def exact_witness(point: Array, domain: Domain) -> tuple[Fraction, ...]:
    """The point as rationals, for a hull as weights of its vertices, by which it may move within the rounding."""
    if domain.kind != "hull":
        return tuple(Fraction(c) for c in point.tolist())
    from scipy.optimize import nnls  # imported where it is used: a third of a second at the start of every command

    vertices = domain.vertices_in(len(point))
    scale = float(np.abs(vertices).max()) or 1.0
    weights, _ = nnls(np.vstack([vertices.T / scale, np.ones(len(vertices))]), np.append(point / scale, 1.0))
    return tuple(Fraction(float(c)) for c in weights)


def placed_witness(z: Array, place: Placement) -> tuple[Fraction, ...]:
    """As `exact_witness`, for the coordinates of a point."""
    return exact_witness(z, place.domain) if place.domain.kind == "hull" else place.exact_point(z)


def preorder(tree: Tree, writer: Writer) -> list[dict[str, Any]]:
    """The nodes as the certificate lists them: each before the subtrees of its parts."""
    nodes: list[dict[str, Any]] = []
    waiting: list[tuple[int, NDArray[np.int8]]] = [(0, np.zeros(len(writer.patterns.planes), dtype=np.int8))]
    while waiting:
        number, signs = waiting.pop()
        if number not in tree.branches:
            nodes.append(writer.leaf(tree.leaves[number], signs))
            continue
        way, children = tree.branches[number]
        nodes.append(writer.branch(way))
        for child, sign in reversed(list(zip(children, (1, -1) if isinstance(way, int) else (0,) * len(children), strict=True))):
            fixed = signs.copy()
            if isinstance(way, int):
                fixed[way] = sign
            waiting.append((child, fixed))
    return nodes


class Writer:
    """Leaves as the certificate spells them, each refutation in the cheapest form that the checker accepts."""

    def __init__(self, region: Region, patterns: Arrangement, origin: Row | None = None) -> None:
        self.region, self.patterns, self.origin = region, patterns, origin

    def branch(self, way: Way) -> dict[str, Any]:
        """How a node is divided; cuts are made in the coordinates about the origin."""
        if isinstance(way, int):
            return {"branch": way}
        if isinstance(way, float):
            return {"faces": format_exact(Fraction(way))}
        axis, at = way
        return {"cut": [axis, format_exact(Fraction(at) + (self.origin[axis] if self.origin else 0))]}

    def leaf(self, leaf: tuple[Any, ...], signs: NDArray[np.int8]) -> dict[str, Any]:
        if leaf[0] == FACES:
            return {"bound": FACES}
        if leaf[0] == "bound":
            y = leaf[1]
            used = [y[0], *(y[1:][signs == 0])]
            # a multiplier of a vanishing row may be 0, which no bound needs
            least = min((c for c in used if c > 0), default=1.0)
            return {"bound": [format_exact(Fraction(float(c if c > 0 else least))) for c in used]}
        if leaf[0] == "piece":
            _, used, y = leaf
            named = {"v" if j == 0 else str(j - 1): c for j, c in zip(used.tolist(), y.tolist(), strict=True)}
            return {"bound": {name: format_exact(Fraction(c)) for name, c in named.items()}}
        if leaf[0] == "empty":
            return {"empty": None}
        _, signs, indices, multipliers = leaf
        return {"refuted": self.refutation(signs, indices, multipliers)}

    def refutation(self, signs: NDArray[np.int8], indices: NDArray[np.intp], multipliers: Array) -> Any:
        plain, m = [int(s) for s in signs], len(signs)
        kept = (indices >= 0) & (multipliers > 0)
        indices, multipliers = indices[kept], multipliers[kept]
        planes = [(int(i), float(c)) for i, c in zip(indices, multipliers, strict=True) if i < m]
        if self.patterns.domain.kind == "global":
            chosen = [i for i, _ in planes]
            try:
                self.patterns.relation(plain, chosen)
            except NotCertified:
                found = self._exact(signs, indices, multipliers)
                return [i for i in found if found[i]]
            return chosen
        rounded = {i: Fraction(c * float(self.region.scale[i])) for i, c in planes}
        if not self.patterns.refutes(plain, rounded):
            rounded = self._exact(signs, indices, multipliers)
        return {str(i): format_exact(c) for i, c in rounded.items() if c}

    def _exact(self, signs: NDArray[np.int8], indices: NDArray[np.intp], multipliers: Array) -> dict[int, Fraction]:
        found = self.region.exact_multipliers(signs, indices, multipliers)
        if found is None:
            raise NotCertified("a refutation of the tree holds up to rounding only and cannot be written exactly")
        return {i: Fraction(int(c.p), int(c.q)) for i, c in found.items() if i < len(signs)}
