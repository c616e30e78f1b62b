"""Certificates that every fit with k kinks has at least a certain Lipschitz constant, or that there is no fit: trees of patterns.

Let f = v·x + c + Σ s_ℓReLU(w_ℓ·x+b_ℓ) fit the data and have Lipschitz constant L on the domain D.  Without changing f on D: the w_ℓ and v
are parallel to D, a kink whose hyperplane misses the relative interior of D has been absorbed by the affine part (w_ℓ = 0), and different
kinks have different hyperplanes.  Then ‖w_ℓ‖ ≤ 2L, the jump of the gradient at a generic point of the hyperplane ("rigidity").  An *anchor*
z ∈ D lies in the closure of a cell of full dimension; its pattern δ(z) ∈ {0,1}^k satisfies σ_ℓ(w_ℓ·z+b_ℓ) ≥ 0, σ_ℓ = 2δ_ℓ−1, and
‖v+Σ_ℓ δ_ℓs_ℓw_ℓ‖ ≤ L; where z = x_i is a data point also v·x_i + c + Σ_{δ_ℓ=1} s_ℓ(w_ℓ·x_i+b_ℓ) = y_i.  A tree gives anchors (data
points, or unlabelled *witnesses*) all their patterns up to symmetry.  The anchor −1−ℓ is the *facet* of kink ℓ: a generic point of its
hyperplane inside D has two cells beside it, which differ in δ_ℓ alone, and ‖∇f‖ ≤ L in both, whatever the pattern of the others is (if
w_ℓ = 0, any cell of D serves); nothing is said of where it lies.  A leaf is closed by λ_i ∈ Q, μ_{zℓ} ≥ 0 and u_p, r_ℓ ∈ Q^d such that,
as linear forms in (v, c, w, b),

    Σ_p u_p·(v+Σ_{ℓ∈p} s_ℓw_ℓ) + Σ_ℓ r_ℓ·w_ℓ = Σ_i λ_i(v·x_i+c+Σ_{ℓ∈δ(i)} s_ℓ(w_ℓ·x_i+b_ℓ)) + Σ_{z,ℓ} μ_{zℓ}σ_{zℓ}(w_ℓ·z+b_ℓ):

the left side is at most L·N, N = Σ‖u_p‖ + 2Σ‖r_ℓ‖, the right side at least Σλ_iy_i.  So L ≥ Σλ_iy_i/N, and N = 0 < Σλ_iy_i means that
there is no fit.  Comparing coefficients, r_ℓ is determined by the rest, and so is, with the affine part, the u of the pattern 0…0 of the
first anchor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from flint import arb, ctx, fmpq

from theory.certificates.exact.exact_network import fraction, rational
from theory.certificates.exact.exact_weights import Row
from theory.certificates.fits.kink_problem import KinkProblem, Path, Pattern, patterns_at, patterns_beside, sign_vectors
from theory.errors import BadData, NotCertified

# Norms are rounded up from 128 bits: a bound loses 1e-37 of itself, and its fraction stays short.
NORM_BITS = 128


@dataclass(frozen=True)
class Leaf:
    """The multipliers of a leaf; what is not listed is 0.

    Args: lam (λ by data point), mu (μ ≥ 0 by anchor and kink; anchors 0 … n−1 are the data, n … the witnesses), u (u_p for the patterns
    p ≠ 0…0 of the path).
    """

    lam: Mapping[int, Fraction] = field(default_factory=dict)
    mu: Mapping[tuple[int, int], Fraction] = field(default_factory=dict)
    u: Mapping[Pattern, Row] = field(default_factory=dict)


Tree = Sequence[int | Leaf]                 # in preorder: the anchor of an inner node, then its subtrees; or a leaf


def active_patterns(path: Path) -> list[Pattern]:
    """The different patterns p ≠ 0…0 of the cells of a path, in the order in which they first occur: those whose u_p a leaf lists.

    >>> active_patterns([(0, (0, 0)), (3, (1, 0)), (-2, (1, 0))])
    [(1, 0), (1, 1)]
    """
    return list(dict.fromkeys(p for z, beside in path for p in patterns_beside(z, beside) if any(p)))


def leaf_bound(problem: KinkProblem, witnesses: Sequence[Row], signs: Sequence[int], path: Path, leaf: Leaf) -> tuple[Fraction, Fraction]:
    """Σλ_iy_i exactly, and a rational number ≥ N; the latter is 0 only if N = 0.

    Args: problem (of one program), witnesses (points of the domain, rows of d), signs (k of ±1), path, leaf.
    Raises: NotCertified (a multiplier that belongs to nothing on the path, μ < 0, Σλ_i ≠ 0 or another identity that fails).
    Guarantee: every network of the class that has these signs and the patterns of the path has L·N ≥ Σλ_iy_i.

    >>> from theory.certificates.fits.kink_problem import FitDomain
    >>> points = ((Fraction(0),), (Fraction(1),))
    >>> problem = KinkProblem(points, (Fraction(0), Fraction(3)), FitDomain("hull", vertices=points), 0, True)
    >>> leaf_bound(problem, (), (), [(0, ()), (1, ())], Leaf(lam={0: Fraction(-1), 1: Fraction(1)}))
    (Fraction(3, 1), Fraction(1, 1))
    """
    n, d = problem.shape
    k = problem.kinks
    on_path, listed = dict(path), active_patterns(path)
    if not (leaf.lam.keys() <= on_path.keys() and leaf.u.keys() <= set(listed) and all(len(row) == d for row in leaf.u.values())):
        raise NotCertified("a multiplier belongs to no data point, or to no pattern, of the path")
    if not all(0 <= i < n for i in leaf.lam) or not all(z in on_path and z >= 0 and 0 <= ell < k for z, ell in leaf.mu):
        raise NotCertified("a multiplier belongs to no data point, or to no anchor and kink, of the path")
    if any(c < 0 for c in leaf.mu.values()):
        raise NotCertified("a multiplier of an inequality is negative")
    numerator, total, slope = fmpq(0), fmpq(0), [fmpq(0)] * d
    offsets, rows = [fmpq(0)] * k, [[fmpq(0)] * d for _ in range(k)]
    for i, value in leaf.lam.items():
        weight, point = rational(value), problem.rational_points[i]
        numerator += weight * problem.rational_labels[i]
        total += weight
        moved = [weight * c for c in point]
        slope = [p + q for p, q in zip(slope, moved, strict=True)]
        for ell, bit in enumerate(on_path[i]):
            if bit:
                offsets[ell] += signs[ell] * weight
                rows[ell] = [p + signs[ell] * q for p, q in zip(rows[ell], moved, strict=True)]
    for (z, ell), value in leaf.mu.items():
        weight = rational(value) if on_path[z][ell] else -rational(value)
        anchor = problem.rational_points[z] if z < n else [rational(c) for c in witnesses[z - n]]
        offsets[ell] += weight
        rows[ell] = [p + weight * q for p, q in zip(rows[ell], anchor, strict=True)]
    if problem.affine and (total != 0 or (path and (path[0][0] < 0 or any(path[0][1])))):
        raise NotCertified("the multipliers of the data do not add up to 0, or the first anchor is not inactive")
    if any(c != 0 for c in offsets):
        raise NotCertified("the multipliers leave a coefficient of a bias")
    steps: list[list[fmpq]] = []
    for pattern, entries in leaf.u.items():
        row = [rational(c) for c in entries]
        steps.append(row)
        slope = [p - q for p, q in zip(slope, row, strict=True)]
        for ell, bit in enumerate(pattern):
            if bit:
                rows[ell] = [p - signs[ell] * q for p, q in zip(rows[ell], row, strict=True)]
    if problem.affine:
        steps.append(slope)
    return fraction(numerator), _norm_above(steps, rows)


def _norm_above(once: Sequence[Sequence[fmpq]], twice: Sequence[Sequence[fmpq]]) -> Fraction:
    """A rational number at least Σ‖p‖ + 2Σ‖q‖ over the rows p of the first and q of the second list, 0 only when all are 0."""
    with ctx.workprec(NORM_BITS):
        total = arb(0)
        for weight, group in ((1, once), (2, twice)):
            for row in group:
                square = sum((c * c for c in row), fmpq(0))
                if square != 0:
                    total += weight * arb(square).sqrt()
        return fraction(total.upper().fmpq())


def tree_bound(problem: KinkProblem, witnesses: Sequence[Row], signs: Sequence[int], tree: Tree) -> Fraction | None:
    """The least bound over the leaves of a tree, each at least 0; None (infinite) when every leaf shows that there is no fit.

    Raises: NotCertified (a leaf that proves nothing, an anchor that repeats or does not exist, too few or too many nodes).

    >>> from theory.certificates.fits.kink_problem import FitDomain
    >>> points = ((Fraction(0),), (Fraction(1),))
    >>> problem = KinkProblem(points, (Fraction(0), Fraction(3)), FitDomain("hull", vertices=points), 0, True)
    >>> tree_bound(problem, (), (), [0, 1, Leaf(lam={0: Fraction(-2), 1: Fraction(2)})])
    Fraction(3, 1)
    """
    waiting: list[tuple[tuple[int, Pattern], ...]] = [()]
    least: Fraction | None = None
    for position, node in enumerate(tree):
        if not waiting:
            raise NotCertified(f"the tree is complete before node {position}")
        path = waiting.pop()
        if isinstance(node, Leaf):
            numerator, norm = leaf_bound(problem, witnesses, signs, path, node)
            if norm or numerator <= 0:
                found = max(numerator, Fraction(0)) / (norm or 1)
                least = found if least is None else min(least, found)
            continue
        if not node < len(problem.points) + len(witnesses) or any(node == z for z, _ in path):
            raise NotCertified(f"node {position} branches on the anchor {node}, which does not exist or has its pattern already")
        waiting.extend((*path, (node, pattern)) for pattern in reversed(patterns_at(node, signs, path, problem.affine)))
    if waiting:
        raise NotCertified(f"the tree lacks {len(waiting)} subtrees")
    return least


def program_bound(problem: KinkProblem, witnesses: Sequence[Row], trees: Sequence[Tree]) -> Fraction | None:
    """The least bound over the k+1 trees of a program, one for each number of positive signs; None when there is no fit.

    Raises: BadData (another number of trees), NotCertified.

    >>> from theory.certificates.fits.kink_problem import FitDomain
    >>> points = ((Fraction(0),), (Fraction(1),))
    >>> problem = KinkProblem(points, (Fraction(0), Fraction(3)), FitDomain("hull", vertices=points), 1, True)
    >>> program_bound(problem, (), [[Leaf()], [Leaf()]])
    Fraction(0, 1)
    """
    choices = sign_vectors(problem.kinks)
    if len(trees) != len(choices):
        raise BadData(f"a program with {problem.kinks} kinks has {len(choices)} trees, one for each number of positive signs, "
                      f"not {len(trees)}")
    found = [tree_bound(problem, witnesses, signs, tree) for signs, tree in zip(choices, trees, strict=True)]
    finite = [bound for bound in found if bound is not None]
    return min(finite) if finite else None
