"""Random exact networks with kinks, their true patterns at anchors, and the program of a node written out from its definition."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction

import clarabel
import numpy as np
from scipy import sparse

from theory.certificates.exact.exact_data import parse_exact
from theory.certificates.fits.exact_fit import KinkNetwork
from theory.certificates.fits.kink_problem import FitDomain, KinkProblem, patterns_at
from theory.certificates.fits.kink_tree import Leaf, active_patterns
from verify.fits.kinks.exclusion import steepest_patterns
from verify.fits.kinks.rounding import NodeDual, rational_leaf

DOMAINS = ("hull", "flat hull", "ball", "box")


def fractions(values):
    return tuple(Fraction(c) for c in np.asarray(values).tolist())


def dot(p, q):
    return sum((c * e for c, e in zip(p, q, strict=True)), Fraction(0))


@dataclass
class Case:
    """A problem, a network of its class that fits, witnesses (points and coordinates), and points inside the domain."""

    problem: KinkProblem
    network: KinkNetwork
    witnesses: list
    coordinates: list
    inner: list


def random_domain(rng, kind, n, d):
    """Points on a grid of halves, and a domain that contains them."""
    while True:
        points = rng.integers(-4, 5, (n, d)) / 2
        if kind == "flat hull":
            points[:, -1] = points[:, :-1].sum(axis=1) / 2 + 1 if d > 1 else points[:, -1]
        if len(np.unique(points, axis=0)) == n:
            break
    rows = tuple(fractions(row) for row in points)
    if kind == "ball":
        reach = Fraction(int(np.ceil(np.linalg.norm(points, axis=1).max())) + 1)
        return rows, FitDomain("ball", centre=fractions(np.zeros(d)), radius=reach)
    if kind == "box":
        return rows, FitDomain("box", low=fractions(points.min(axis=0) - 0.5), high=fractions(points.max(axis=0) + 1))
    return rows, FitDomain("hull", vertices=rows)


def inner_point(rng, domain, n, d):
    """Coordinates of a generic point inside, as a certificate spells it."""
    if domain.kind == "hull":
        return tuple(Fraction(int(c), 97) for c in rng.integers(1, 90, n))
    shares = [Fraction(int(c), 97) for c in rng.integers(1, 96, d)]
    if domain.kind == "box":
        return tuple(p + t * (q - p) for p, q, t in zip(domain.low, domain.high, shares, strict=True))
    return tuple(c + domain.radius * (2 * t - 1) / (d + 1) for c, t in zip(domain.centre, shares, strict=True))


def random_case(rng, kind, affine, n=None, d=None, k=None):
    """A network whose kinks cross the domain on different hyperplanes; with the affine part, now and then a kink that is 0."""
    d = d or int(rng.integers(1, 4))
    n, k = n or int(rng.integers(3, 7)), int(rng.integers(1, 4)) if k is None else k
    while True:
        points, domain = random_domain(rng, kind, n, d)
        coordinates = [inner_point(rng, domain, n, d) for _ in range(8)]
        inner = [domain.point(row) for row in coordinates]
        W, b = [fractions(rng.integers(-3, 4, d)) for _ in range(k)], fractions(rng.integers(-4, 5, k) / 2)
        heights = [[dot(w, x) + o for x in (*points, *inner)] for w, o in zip(W, b, strict=True)]
        crossing = all(max(row[n:]) > 0 > min(row[n:]) for row in heights)
        different = all(any(p * y != q * x for x, y in zip(heights[i], heights[j], strict=True))
                        for i in range(k) for j in range(i) for p, q in [(heights[i][n], heights[j][n])])
        if crossing and different:
            break
    if affine and k and rng.integers(4) == 0:
        W[0], b = (Fraction(0),) * d, (Fraction(0), *b[1:])
    v, c = (fractions(rng.integers(-2, 3, d)), Fraction(int(rng.integers(-2, 3)))) if affine else ((Fraction(0),) * d, Fraction(0))
    network = KinkNetwork(tuple(int(s) for s in rng.choice([-1, 1], k)), tuple(W), b, v, c)
    labels = tuple(network.value(x) for x in points)
    return Case(KinkProblem(points, labels, domain, k, affine), network, inner[:3], coordinates[:3], inner)


def cell_at(case, z, towards):
    """The pattern of a cell of full dimension whose closure contains z: that of the points from z on towards a generic point."""
    near = tuple(p + (q - p) / 2**60 for p, q in zip(z, towards, strict=True))
    heights = [dot(w, near) + o for w, o in zip(case.network.W, case.network.b, strict=True)]
    return tuple(int(t > 0) for t in heights)


def facet_at(case, ell):
    """The pattern beside hyperplane ℓ, on its inactive side, at a generic point of it inside the domain; None when none is met."""
    network = case.network
    if not any(network.W[ell]):
        return tuple(bit * (j != ell) for j, bit in enumerate(cell_at(case, case.inner[0], case.inner[1])))
    level = [dot(network.W[ell], x) + network.b[ell] for x in case.inner]
    for p, s in zip(case.inner, level, strict=True):
        for q, t in zip(case.inner, level, strict=True):
            if s < 0 < t:
                x = tuple(e + (f - e) * s / (s - t) for e, f in zip(p, q, strict=True))
                heights = [dot(w, x) + o for w, o in zip(network.W, network.b, strict=True)]
                if all(h != 0 for j, h in enumerate(heights) if j != ell and any(network.W[j])):
                    return tuple(int(h > 0 and j != ell) for j, h in enumerate(heights))
    return None


def true_path(rng, case, facets=True):
    """The network with its kinks reflected as the affine part allows, and its own patterns at some anchors."""
    n, network = len(case.problem.points), case.network
    anchors = [int(z) for z in rng.permutation(n + len(case.witnesses))[: int(rng.integers(2, n + 3))]]
    places = [*case.problem.points, *case.witnesses]
    path = [(z, cell_at(case, places[z], case.inner[-1])) for z in anchors]
    if facets:
        sides = [(-1 - ell, facet_at(case, ell)) for ell in rng.permutation(len(network.signs)).tolist()[: int(rng.integers(3))]]
        path += [(z, pattern) for z, pattern in sides if pattern is not None]
    if case.problem.affine:
        flipped = path[0][1]
        path = [(z, tuple(0 if z == -1 - ell else bit ^ f for ell, (bit, f) in enumerate(zip(p, flipped, strict=True)))) for z, p in path]
    return path


class NodeProgram:
    """min L over θ = (v, c, w_1, b_1, …) and L, from the definition of a path; every form is a row of coefficients of θ."""

    def __init__(self, problem, witnesses, signs, path):
        self.problem, self.path = problem, path
        n, d = problem.shape
        k = problem.kinks
        self.size = (k + 1) * (d + 1)
        places = np.array([[float(c) for c in row] for row in (*problem.points, *witnesses)])

        def height(ell, z):
            row = np.zeros((k + 1, d + 1))
            row[ell + 1] = [*places[z], 1.0]
            return row.ravel()

        def value(z, pattern):
            row = np.zeros((k + 1, d + 1))
            row[0] = [*places[z], 1.0]
            for ell in range(k):
                row[ell + 1] = signs[ell] * pattern[ell] * row[0]
            row[0] *= problem.affine
            return row.ravel()

        def gradient(pattern):
            rows = np.zeros((d, k + 1, d + 1))
            for j in range(d):
                rows[j, 0, j] = problem.affine
                for ell in range(k):
                    rows[j, ell + 1, j] = signs[ell] * pattern[ell]
            return rows.reshape(d, -1)

        self.fits = {z: value(z, p) for z, p in path if 0 <= z < n}
        self.sides = {(z, ell): (2 * p[ell] - 1) * height(ell, z) for z, p in path if z >= 0 for ell in range(k)}
        zero = [(0,) * k] if problem.affine else []
        self.gradients = {p: gradient(p) for p in dict.fromkeys([*zero, *active_patterns(path)])}
        self.slopes = [np.eye(self.size)[(ell + 1) * (d + 1) : (ell + 1) * (d + 1) + d] for ell in range(k)]

    def solve(self):
        """(optimal L or None, dual, θ) by Clarabel; infeasible nodes give the ray as the dual."""
        d = self.problem.shape[1]
        labels = np.array([float(self.problem.labels[z]) for z in self.fits])
        cones = [clarabel.ZeroConeT(len(self.fits)), clarabel.NonnegativeConeT(len(self.sides))]
        blocks = [np.hstack([row, 0.0]) for row in self.fits.values()] + [np.hstack([-row, 0.0]) for row in self.sides.values()]
        for rows, weight in [(g, 1.0) for g in self.gradients.values()] + [(w, 2.0) for w in self.slopes]:
            blocks += [np.append(np.zeros(self.size), -weight)] + [np.append(-row, 0.0) for row in rows]
            cones.append(clarabel.SecondOrderConeT(d + 1))
        right = np.concatenate([labels, np.zeros(len(blocks) - len(labels))])
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-10
        cost = np.append(np.zeros(self.size), 1.0)
        found = clarabel.DefaultSolver(sparse.csc_matrix((self.size + 1,) * 2), cost, sparse.csc_matrix(np.array(blocks)), right, cones,
                                       settings).solve()
        z = np.array(found.z)
        lam = {i: -z[j] for j, i in enumerate(self.fits)}
        start = len(self.fits)
        mu = {key: z[start + j] for j, key in enumerate(self.sides)}
        start += len(self.sides)
        # the cone (L, g): A = −(rows), so that the multiplier of g enters Σ u·g with a minus
        u = {p: -z[start + j * (d + 1) + 1 : start + (j + 1) * (d + 1)] for j, p in enumerate(self.gradients)}
        solved = "Solved" in str(found.status)
        return (found.obj_val if solved else None), NodeDual(lam, mu, u), np.array(found.x)[:-1]


def square_problem(labels=(1, -1, 1, -1), kinks=1, affine=True):
    points = tuple(fractions(row) for row in [(0, 0), (1, 0), (1, 1), (0, 1)])
    return KinkProblem(points, fractions(labels), FitDomain("hull", vertices=points), kinks, affine)


def squared_constant(case):
    """The square of the Lipschitz constant of the network of a case, without kinks that are 0 on the domain."""
    network, domain = case.network, case.problem.domain
    alive = [ell for ell, row in enumerate(zip(network.W, network.b, strict=True)) if not domain.vanishes(*row)]
    rest = KinkNetwork(*(tuple(entries[ell] for ell in alive) for entries in (network.signs, network.W, network.b)), network.v, network.c)
    return steepest_patterns(rest, domain)[0]


def grown_tree(problem, signs, anchors, witnesses=(), above=None):
    """A tree that branches on the anchors in this order and closes a node at `above`, or when all anchors have patterns."""
    nodes, waiting = [], [()]
    while waiting:
        path = waiting.pop()
        leaf, found = Leaf(), Fraction(0)
        if path:
            leaf, found = rational_leaf(problem, witnesses, signs, path, NodeProgram(problem, witnesses, signs, path).solve()[1])
        if len(path) == len(anchors) or found is None or (above is not None and found >= above):
            nodes.append(leaf)
        else:
            anchor = anchors[len(path)]
            nodes.append(anchor)
            waiting.extend((*path, (anchor, p)) for p in reversed(patterns_at(anchor, signs, path, problem.affine)))
    return nodes



# What names the format, the claim and the kind of the domain is compared as a whole, and a digest is no number.
WORDS = ("format", "claim", "statement", "recheck", "sha256", "kind")


def changed_numbers(document):
    """Copies of the document with one number changed, each with its place."""
    for place, number in _numbers(document, ()):
        if isinstance(number, bool):
            others = [not number]
        elif isinstance(number, int):
            others = [number + 1, number - 1, -number - 1]
        else:
            value = parse_exact(number, "number")
            others = [str(c) for c in (value + Fraction(1, 1000), value - Fraction(1, 1000), -value - 1) if c != value]
        for other in others:
            copied = deepcopy(document)
            owner = copied
            for step in place[:-1]:
                owner = owner[step]
            owner[place[-1]] = other
            yield place, copied


def _numbers(entry, place):
    if isinstance(entry, (dict, list)):
        for key, child in entry.items() if isinstance(entry, dict) else enumerate(entry):
            if key not in WORDS:
                yield from _numbers(child, (*place, key))
    elif entry is not None and entry != "infeasible":
        yield place, entry
