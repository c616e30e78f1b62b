"""Certificates of Lipschitz constants on spheres of piecewise-linear two-layer networks, re-checked without a solver.

The sphere has a rational centre c and radius r, d ≥ 2; f, its hyperplanes and trees are those of `branch_tree`, and a pattern that no
point of the open ball has is refuted as there.  At x = c + ry, y of length 1 and strictly inside a cell, f has the slope
‖g − (g·y)y‖ along the sphere, g = ∇f(x).  The supremum G of these slopes is the constant for arcs as distance.  A leaf bounds it by ‖g‖
with multipliers, or where all signs are fixed by the faces of its cell (`sphere_faces`).

For chords as distance the constant is at least G.  With Ω ≥ max f − min f, points at the angle θ differ by at most min(rGθ, Ω), and
θ/sin(θ/2) increases: the constant is at most Ω/(2r sin(θ*/2)), θ* = min(Ω/(rG), π), and at most πG/2.  Ω comes from two more trees, in
which a leaf bounds ±f by λ ≥ 0 on its signed hyperplanes: on a cell ±f ≤ ±f + Σ λ_js_j(w_j·x+b_j), and an affine function is greatest on
the ball where it is easy to see; a term of unknown sign adds its largest value on the ball when it is convex, and at most 0 when it is
concave.  A tree without faces bounds ‖∇f‖ on the ball, and with it the constant for chords.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq

from theory.certificates.exact.documents import RECHECK, checked_fields
from theory.certificates.exact.eigenvalue_sum import PRECISION
from theory.certificates.exact.exact_data import format_exact, parse_exact, parse_row, parse_rows
from theory.certificates.exact.exact_network import fraction, rational
from theory.certificates.exact.exact_weights import ExactWeights, Row, parse_weights
from theory.certificates.exact.rounding import approximately, root_above, root_below, round_down, round_up
from theory.certificates.lipschitz.branch_tree import ExactDomain, Patterns, proved_by_tree
from theory.certificates.lipschitz.sign_trees import largest_over_leaves
from theory.certificates.lipschitz.slope_relaxation import hyperplane_weights
from theory.certificates.lipschitz.sphere_faces import Surd, Vector, dot, largest_square
from theory.errors import BadData, NotCertified, ShapeError
from theory.verdict import Status, Verdict, failed

FORMAT, VERSION, FACES = "lawbook-sphere-tree", 1, "faces"
_FUNCTION = ("The function x -> v.x + sum a_l psi(w_l.x + b_l), psi being t -> alpha t for t <= 0 and t -> beta t for t >= 0, "
             "`slopes` = [alpha, beta], has Lipschitz constant between `lower` and `value` on the sphere `domain`, ")
STATEMENTS: Mapping[str, str] = {
    "lipschitz.sphere.arcs": _FUNCTION + "the distance of two points being the length of the shortest arc that joins them.",
    "lipschitz.sphere.chords": _FUNCTION + "the distance of two points being Euclidean.",
}
CLAIMS: Mapping[str, str] = {"sphere-geodesic": "lipschitz.sphere.arcs", "sphere": "lipschitz.sphere.chords"}
_FIELDS = frozenset(("format", "version", "claim", "domain", "slopes", "value", "lower", "statement", "network", "planes", "tree", "range",
                     "witness", "recheck"))


class SpherePatterns(Patterns):
    """The arrangement of a network with one output around a sphere, in the coordinates y = (x − c)/r.

    Raises: BadData (d = 1), ShapeError, and what `Patterns` raises.

    >>> one, zero = Fraction(1), Fraction(0)
    >>> network = ExactWeights(((one, zero),), (Fraction(-3, 4),), (Fraction(4),), (zero, zero))           # 4 ReLU(x_1 − 3/4)
    >>> patterns = SpherePatterns(network, (zero, one), [0], (zero, zero), one)
    >>> round(float(patterns.proved([1], "faces", "")), 9), float(patterns.reached(((Fraction(4), Fraction(3)),)))
    (7.0, 5.76)
    """

    def __init__(self, network: ExactWeights, slopes: Sequence[Fraction], planes: Sequence[int], centre: Row, radius: Fraction) -> None:
        if len(network.v) == 1:
            raise BadData("the sphere of the line is two points, which no arc joins: a certificate is about spheres with d >= 2")
        super().__init__(network, slopes, planes, ExactDomain("ball", centre=centre, radius=radius))
        low, high = (rational(slope) for slope in slopes)
        self.centre, self.radius = [rational(c) for c in centre], rational(radius)
        self.enough = Fraction(0)               # a square that is reached: less than that need not be proved
        weights = hyperplane_weights(network)
        self.eta = [(high - low) / 2 * rational(weights[j]) for j in planes]
        self.normals: list[Vector] = [[rational(c) for c in network.W[j]] for j in planes]
        self.at_centre = [dot(w, self.centre) + rational(network.b[j]) for w, j in zip(self.normals, planes, strict=True)]
        self.mean: Vector = [rational(c) for c in network.v]
        self.offset = dot(self.mean, self.centre)                # f at the centre without its kinks, up to a constant
        for row, b, a in zip(network.W, network.b, network.a, strict=True):
            share = (low + high) / 2 * rational(a)
            self.mean = [p + share * rational(q) for p, q in zip(self.mean, row, strict=True)]
            self.offset += share * (sum((rational(p) * q for p, q in zip(row, self.centre, strict=True)), fmpq(0)) + rational(b))

    def gradient(self, signs: Sequence[int]) -> Vector:
        """The gradient where the hyperplanes have these signs, without the terms of signs that are 0."""
        found = self.mean
        for sign, eta, w in zip(signs, self.eta, self.normals, strict=True):
            if sign:
                found = [p + sign * eta * q for p, q in zip(found, w, strict=True)]
        return found

    def proved(self, signs: Sequence[int], entry: object, place: str) -> Fraction:
        """As for every arrangement; evidence "faces" stands for the faces of the cell."""
        if entry != FACES:
            return super().proved(signs, entry, place)
        if not all(signs):
            raise NotCertified(f"{place} asks for the faces of a cell that is not one: all signs must be fixed")
        rows = [[s * c for c in w] for s, w in zip(signs, self.normals, strict=True)]
        heights = [s * h / self.radius for s, h in zip(signs, self.at_centre, strict=True)]
        square = largest_square(rows, heights, self.gradient(signs), rational(self.enough))
        with ctx.workprec(PRECISION):
            return fraction(((arb(square).sqrt() + self.rest) ** 2).upper().fmpq()) if self.rest > 0 else fraction(square)

    def highest(self, side: int, signs: Sequence[int], multipliers: Mapping[int, Fraction]) -> Fraction:
        """A rational number at least side·(f − f_0) on the ball where the hyperplanes have these signs (0: any), f_0 a constant."""
        if not all(0 <= j < len(signs) and signs[j] and c >= 0 for j, c in multipliers.items()):
            raise NotCertified("multipliers of a bound on values belong to hyperplanes with a sign, and are not negative")
        constant, slope, spread = side * self.offset, [side * c for c in self.gradient(signs)], arb(0)
        with ctx.workprec(PRECISION):
            for j, (sign, eta, w, height) in enumerate(zip(signs, self.eta, self.normals, self.at_centre, strict=True)):
                share = rational(multipliers.get(j, Fraction(0))) * sign
                constant += (side * eta * sign + share) * height
                slope = [p + share * q for p, q in zip(slope, w, strict=True)]
                if not sign and side * eta > 0:
                    spread += arb(side * eta) * (arb(abs(height)) + arb(self.radius) * arb(dot(w, w)).sqrt())
            reach = arb(constant) + arb(self.radius) * (arb(dot(slope, slope)).sqrt() + 2 * self.rest) + spread
            return fraction(reach.upper().fmpq())

    def reached(self, witness: Sequence[Row]) -> Fraction:  # type: ignore[override]
        """A rational number at most the square of the slope along the sphere at the point of the ray from c through the witness.

        Of two witnesses, at most the square of the quotient of f at the two points on the chord between them.
        Raises: NotCertified (on a kink, at the centre, another number of points, twice the same point).
        """
        if len(witness) not in (1, 2) or any(len(row) != self.dimension for row in witness):
            raise NotCertified(f"the witness must be one point or two, with {self.dimension} coordinates each")
        if len(witness) == 2:
            return self._quotient(*witness)
        signs, ray = self._pattern(witness[0])
        gradient, square = self.gradient(signs), dot(ray, ray)
        return self._less_rest(dot(gradient, gradient) - dot(gradient, ray) ** 2 / square)

    def _quotient(self, first: Row, second: Row) -> Fraction:
        with ctx.workprec(PRECISION):
            values, points = [], []
            for row in (first, second):
                ray = self._ray(row)
                unit = arb(dot(ray, ray)).sqrt()
                points.append([arb(c) / unit for c in ray])
                kinks = (arb(eta) * abs(arb(height) + arb(self.radius * dot(w, ray)) / unit)
                         for eta, w, height in zip(self.eta, self.normals, self.at_centre, strict=True))
                values.append(sum(kinks, arb(self.radius * dot(self.mean, ray)) / unit))
            chord = arb(self.radius) * sum(((p - q) ** 2 for p, q in zip(*points, strict=True)), arb(0)).sqrt()
            if not chord > 0:
                raise NotCertified("the two witnesses lie on one ray")
            low = (abs(values[0] - values[1]) / chord).lower()
            return self._less_rest(fmpq((low * low).lower().fmpq()) if low > 0 else fmpq(0))

    def _less_rest(self, square: fmpq) -> Fraction:
        """The square of a slope or quotient without the hyperplanes that are left out, when these take away what they can."""
        with ctx.workprec(PRECISION):
            if not self.rest > 0:
                return fraction(square)
            norm = (arb(square).sqrt() - self.rest).lower()
            return fraction(fmpq((norm * norm).lower().fmpq())) if norm > 0 else Fraction(0)

    def _ray(self, witness: Row) -> Vector:
        ray = [rational(p) - q for p, q in zip(witness, self.centre, strict=True)]
        if not any(ray):
            raise NotCertified("the witness is the centre of the sphere")
        return ray

    def _pattern(self, witness: Row) -> tuple[list[int], Vector]:
        """The signs at c + r·ray/‖ray‖, and the ray."""
        ray = self._ray(witness)
        square = dot(ray, ray)
        signs = [Surd(height, self.radius * dot(w, ray)).sign(1 / square) for w, height in zip(self.normals, self.at_centre, strict=True)]
        if not all(signs):
            raise NotCertified(f"the witness lies on the kink of neuron {self.planes[signs.index(0)]}")
        return signs, ray


def oscillation(patterns: SpherePatterns, trees: object) -> Fraction:
    """Ω ≥ max f − min f on the sphere, as two trees prove it: the first bounds f, the second −f.  Raises: BadData, NotCertified."""
    if not isinstance(trees, list) or len(trees) != 2 or not all(isinstance(tree, list) for tree in trees):
        raise BadData('"range" must hold two trees, or null')
    hyperplanes = range(len(patterns.planes))
    highest: list[Fraction] = []

    def bound(side: int, signs: Mapping[int, int], entry: object, place: str) -> Fraction:
        if not isinstance(entry, dict) or not all(isinstance(j, str) and j.isdecimal() for j in entry):
            raise BadData(f"{place} must give multipliers of hyperplanes")
        multipliers = {int(j): parse_exact(c, place) for j, c in entry.items()}
        highest.append(patterns.highest(side, [signs.get(j, 0) for j in hyperplanes], multipliers))
        return highest[-1]

    def refute(signs: Mapping[int, int], entry: object, place: str) -> None:
        raise NotCertified(f"{place} refutes a pattern, which a tree of values does not do")

    total = Fraction(0)
    for side, tree in zip((1, -1), trees, strict=True):
        highest.clear()
        largest_over_leaves(tree, hyperplanes, "free hyperplane", lambda *leaf, side=side: bound(side, *leaf), refute)
        total += max(highest)
    return max(total, Fraction(0))


def stretched(square: Fraction, range_: Fraction | None, radius: Fraction) -> Fraction:
    """A rational bound on the constant for chords from G² and, where it is known, Ω (see the module).

    >>> round(float(stretched(Fraction(25), Fraction(2), Fraction(1))), 4), round(float(stretched(Fraction(4), None, Fraction(1))), 4)
    (5.0335, 3.1416)
    """
    with ctx.workprec(PRECISION):
        steepest = arb(fmpq(square.numerator, square.denominator)).sqrt()
        most = steepest * arb.pi() / 2
        if square and range_ is not None:
            r = arb(rational(radius))
            angle = arb(rational(range_)) / (r * steepest)
            if angle < arb.pi() and range_ > 0:
                most = arb(rational(range_)) / (2 * r * (angle / 2).sin())
            elif range_ == 0:
                most = steepest
        return fraction(most.upper().fmpq())


def _proved(
    claim: str, patterns: SpherePatterns, tree: Sequence[Any], trees: object, witness: Sequence[Row] | None
) -> tuple[Fraction, Fraction]:  # fmt: skip
    """A bound from above, and the square of one from below."""
    reached = Fraction(0) if witness is None else patterns.reached(witness)
    patterns.enough = reached if len(witness or ()) == 1 else Fraction(0)
    square = max(proved_by_tree(patterns, tree), patterns.enough)
    if claim == CLAIMS["sphere-geodesic"]:
        if trees is not None or len(witness or ()) > 1:
            raise NotCertified("a certificate for arcs has no range, and one witness")
        return root_above(square), reached
    bound = stretched(square, None if trees is None else oscillation(patterns, trees), fraction(patterns.radius))
    on_ball = not any(node == {"bound": FACES} for node in tree)
    return min(bound, root_above(square)) if on_ball else bound, reached


def certify_sphere(
    claim: str, network: ExactWeights, slopes: tuple[Fraction, Fraction], patterns: SpherePatterns, tree: Sequence[Any],
    trees: Sequence[Any] | None, witness: Sequence[Row] | None,
) -> dict[str, Any]:  # fmt: skip
    """A certificate of lower ≤ Lip(f) ≤ value on a sphere, both the best decimals of 12 significant digits that the evidence proves.

    Args: claim, the exact network, the slopes (α, β), the `SpherePatterns` made of them, the tree in preorder, two trees of values or None,
    the witness (one point of the sphere, for chords perhaps two, or None).
    Raises: BadData, ShapeError, NotCertified (the evidence proves nothing).
    """
    upper, reached = _proved(claim, patterns, tree, trees, witness)
    lower = root_below(reached)
    return {
        "format": FORMAT,
        "version": VERSION,
        "claim": claim,
        "domain": {"kind": next(kind for kind in CLAIMS if CLAIMS[kind] == claim),
                   "centre": [format_exact(fraction(c)) for c in patterns.centre], "radius": format_exact(fraction(patterns.radius))},
        "slopes": [format_exact(slope) for slope in slopes],
        "value": str(round_up(upper)),
        "lower": str(round_down(lower) if lower else lower),
        "statement": STATEMENTS[claim],
        "network": network.as_json(),
        "planes": list(patterns.planes),
        "tree": list(tree),
        "range": None if trees is None else list(trees),
        "witness": None if witness is None else [[format_exact(c) for c in row] for row in witness],
        "recheck": RECHECK,
    }


def check_sphere(document: object) -> Verdict:
    """Whether the trees and the witness of a certificate prove its two values, recomputed from the exact network without any solver.

    Returns: a Verdict, CERTIFIED, or FAILED with the reason for which the claim does not follow.
    Raises: BadData (or ShapeError) when the document is malformed.

    >>> one, zero = Fraction(1), Fraction(0)
    >>> network, slopes = ExactWeights(((one, zero),), (Fraction(-3, 4),), (Fraction(4),), (zero, zero)), (zero, one)
    >>> patterns = SpherePatterns(network, slopes, [0], (zero, zero), one)
    >>> tree, witness = [{"branch": 0}, {"bound": "faces"}, {"bound": "faces"}], [(Fraction(3001), Fraction(2645))]
    >>> document = certify_sphere("lipschitz.sphere.arcs", network, slopes, patterns, tree, None, witness)
    >>> document["value"], float(Fraction(document["lower"])), check_sphere(document).status.value
    ('264575131107/100000000000', 2.64483255433, 'CERTIFIED')
    >>> check_sphere({**document, "value": "2"}).reason
    'the tree proves no value below 2.64575131107, and the certificate claims 2.0'
    """
    fields = checked_fields(document, FORMAT, VERSION, _FIELDS)
    claim, domain = fields["claim"], fields["domain"]
    if not isinstance(claim, str) or claim not in STATEMENTS:
        raise BadData(f"the claim {claim!r} is unknown: use one of {', '.join(STATEMENTS)}")
    if fields["statement"] != STATEMENTS[claim]:
        return failed(f"the statement of {claim} must read {STATEMENTS[claim]!r}")
    if not isinstance(domain, dict) or set(domain) != {"kind", "centre", "radius"} or CLAIMS.get(str(domain["kind"])) != claim:
        raise BadData(f"the domain of {claim} must be a sphere of its kind with a centre and a radius")
    slopes = parse_row(fields["slopes"], "slopes")
    if len(slopes) != 2:
        raise BadData(f'"slopes" must hold two numbers, not {len(slopes)}')
    value, lower = parse_exact(fields["value"], "value"), parse_exact(fields["lower"], "lower")
    centre, radius = parse_row(domain["centre"], "centre"), parse_exact(domain["radius"], "radius")
    network, digest = parse_weights(fields["network"])
    planes, tree = fields["planes"], fields["tree"]
    if not isinstance(planes, list) or not all(type(j) is int for j in planes) or not isinstance(tree, list):
        raise BadData('"planes" must be a list of neurons and "tree" a list of nodes')
    if len(centre) != len(network.v):
        raise ShapeError(f"the centre has {len(centre)} coordinates and the network takes {len(network.v)}")
    witness = None if fields["witness"] is None else parse_rows(fields["witness"], "witness")
    if digest != network.digest():
        return failed("the network does not match its SHA-256 digest")
    try:
        upper, reached = _proved(claim, SpherePatterns(network, slopes, planes, centre, radius), tree, fields["range"], witness)
    except NotCertified as reason:
        return failed(str(reason))
    if value < upper:
        proved = approximately(round_up(upper))
        return failed(f"the tree proves no value below {proved}, and the certificate claims {approximately(value)}")
    if lower < 0 or lower * lower > reached:
        best = approximately(root_below(reached))
        return failed(f"the witness reaches at most {best}, and the certificate claims {approximately(lower)}")
    k, d = network.shape
    summary = {"format": FORMAT, "claim": claim, "domain": domain["kind"], "value": str(value), "lower": str(lower), "k": k, "d": d,
               "nodes": len(tree)}
    return Verdict(Status.CERTIFIED, f"{STATEMENTS[claim]} [{lower} to {value}, {domain['kind']}, k = {k}, d = {d}]", summary)
