"""From a branch-and-bound tree to a certificate file: exact multipliers, and an exact witness."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.certificates.exact.exact_data import format_exact
from theory.certificates.exact.exact_weights import ExactWeights, exact_weights_of
from theory.certificates.lipschitz.branch_tree import Arrangement, ExactDomain, Patterns, certify_tree
from theory.certificates.lipschitz.slope_relaxation import hyperplane_weights
from theory.errors import BadData, NotCertified
from verify.lipschitz.piecewise.branch import BranchBudget, Branched, Tree, branch_and_bound
from verify.lipschitz.piecewise.kinks import KinkForm, Slopes, kink_form, network_arrays, slopes_of
from verify.lipschitz.piecewise.realizability import Region
from verify.lipschitz.piecewise.regions import region_of
from verify.objects.domains import GLOBAL, Array, Domain


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
    Raises: BadData (a sphere, a flat domain), ShapeError, NotCertified (a tie that cannot be written exactly).

    >>> found, document = certified_branching([[3.0, 4.0]], [7.0], [2.0])
    >>> document["lower"], document["value"]
    ('10', '100000000001/10000000000')
    """
    low, high = slopes_of(slopes)
    exact = exact_weights_of(*network_arrays(W, b, a, v))
    return certified_tree(exact, (Fraction(low), Fraction(high)), domain, budget or BranchBudget(), progress)


def certified_tree(
    exact: ExactWeights, slopes: tuple[Fraction, Fraction], domain: Domain, budget: BranchBudget,
    progress: Callable[[int, float, float], None] | None = None,
) -> tuple[Branched, dict[str, Any]]:  # fmt: skip
    """As `certified_branching`, for rational a and v (W and b are doubles): the search rounds them, the certificate does not."""
    W, b, a, v = (np.array(part, dtype=np.float64) for part in (exact.W, exact.b, exact.a, exact.v))
    form = kink_form(W, b, a, v, (float(slopes[0]), float(slopes[1])))
    where = exact_domain(domain, form.dimension)
    planes = _planes(form, exact)
    found = branch_and_bound(form, domain, BranchBudget(budget.seconds, budget.nodes, budget.seed, record=True), progress)
    patterns = Patterns(exact, slopes, planes, where)
    if form.size and found.tree is None:
        raise NotCertified("the search was interrupted, and its tree is not whole; give it the time to stop by itself")
    nodes = [{"bound": ["1"]}] if found.tree is None else _preorder(found.tree, Writer(region_of(form, domain), patterns))
    witness = None if found.point is None else exact_witness(found.point, domain)
    return found, certify_tree(exact, slopes, where, planes, nodes, witness)


def _planes(form: KinkForm, exact: ExactWeights) -> list[int]:
    """For each hyperplane of the form the neuron whose row it is; both list hyperplanes in the order of their first neuron."""
    owners = iter(hyperplane_weights(exact))
    planes: list[int] = []
    for row, offset in zip(form.W, form.b, strict=True):
        wanted = (*(Fraction(float(c)) for c in row), Fraction(float(offset)))
        owner = next((j for j in owners if (*exact.W[j], exact.b[j]) == wanted), None)
        if owner is None:
            raise NotCertified("jumps on one hyperplane cancel exactly that do not when they are rounded")
        planes.append(owner)
    return planes


def exact_domain(domain: Domain, d: int) -> ExactDomain:
    """R^d, a ball, a box or a hull with its numbers as rationals.  Raises: BadData (a sphere, a flat domain), ShapeError."""
    if domain.kind == "global":
        return ExactDomain("global")
    if domain.kind == "ball":
        return ExactDomain("ball", centre=_row(domain.centre_in(d)), radius=Fraction(domain.radius))
    if domain.kind == "box":
        low, high = domain.corners(d)
        return ExactDomain("box", low=_row(low), high=_row(high))
    if domain.kind == "hull":
        return ExactDomain("hull", vertices=tuple(_row(p) for p in domain.vertices_in(d)))
    raise BadData("branch and bound needs a convex domain; a sphere has its own bounds")


def _row(values: Array) -> tuple[Fraction, ...]:
    return tuple(Fraction(float(c)) for c in values)


def exact_witness(point: Array, domain: Domain) -> tuple[Fraction, ...]:
    """The point as rationals, for a hull as weights of its vertices, by which it may move within the rounding."""
    if domain.kind != "hull":
        return _row(point)
    from scipy.optimize import nnls  # imported where it is used: a third of a second at the start of every command

    vertices = domain.vertices_in(len(point))
    scale = float(np.abs(vertices).max()) or 1.0
    weights, _ = nnls(np.vstack([vertices.T / scale, np.ones(len(vertices))]), np.append(point / scale, 1.0))
    return _row(weights)


def _preorder(tree: Tree, writer: Writer) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = []
    waiting: list[tuple[int, NDArray[np.int8]]] = [(0, np.zeros(len(writer.patterns.planes), dtype=np.int8))]
    while waiting:
        number, signs = waiting.pop()
        if number in tree.branches:
            j, plus, minus = tree.branches[number]
            nodes.append({"branch": j})
            for child, sign in ((minus, -1), (plus, 1)):
                fixed = signs.copy()
                fixed[j] = sign
                waiting.append((child, fixed))
        else:
            nodes.append(writer.leaf(tree.leaves[number], signs))
    return nodes


class Writer:
    """Leaves as the certificate spells them, each refutation in the cheapest form that the checker accepts."""

    def __init__(self, region: Region, patterns: Arrangement) -> None:
        self.region, self.patterns = region, patterns

    def leaf(self, leaf: tuple[Any, ...], signs: NDArray[np.int8]) -> dict[str, Any]:
        if leaf[0] == "bound":
            y = leaf[1]
            used = [y[0], *(y[1:][signs == 0])]
            # a multiplier of a vanishing row may be 0, which no bound needs
            least = min((c for c in used if c > 0), default=1.0)
            return {"bound": [format_exact(Fraction(float(c if c > 0 else least))) for c in used]}
        _, _, indices, multipliers = leaf
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
