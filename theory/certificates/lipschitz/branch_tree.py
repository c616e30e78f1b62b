"""Certificates of Lipschitz constants of piecewise-linear two-layer networks by a tree of sign patterns, re-checked without a solver.

With ψ(t) = αt for t ≤ 0 and βt for t ≥ 0 the network is f(x) = v̄·x + Σ_j η_j|w_j·x+b_j| + const over its distinct hyperplanes, and
∇f = h_0 + Σ s_jh_j, h_0 = v̄, h_j = η_jw_j, s_j = sign(w_j·x+b_j).  On a convex domain with interior points the Lipschitz constant is the
supremum of ‖∇f‖ over the sign patterns that occur at interior points.  A tree branches on the sign of one hyperplane after another; a leaf
is closed either by multipliers y > 0 on its remaining rows, ‖∇f‖² ≤ (Σy)·λ_max(Σ h_ih_iᵀ/y_i) (see `slope_relaxation`), or by λ ≥ 0,
λ ≠ 0 with sup Σ λ_js_j(w_j·x+b_j) ≤ 0 over the domain, so that no point has all these signs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, arb_mat, ctx, fmpq

from theory.certificates.exact.documents import RECHECK, checked_fields
from theory.certificates.exact.eigenvalue_sum import PRECISION
from theory.certificates.exact.exact_data import ball, format_exact, parse_exact, parse_row, parse_rows
from theory.certificates.exact.exact_network import dot, rational
from theory.certificates.exact.exact_weights import ExactWeights, Row, parse_weights
from theory.certificates.exact.rank import rank, whole_rows
from theory.certificates.exact.relations import only_relation
from theory.certificates.exact.rounding import approximately, root_above, root_below, round_down, round_up
from theory.certificates.lipschitz.pieces import Piece, faces_of, piece_of
from theory.certificates.lipschitz.sign_trees import Signs, branched, walk
from theory.certificates.lipschitz.slope_relaxation import hyperplane_weights, proved_square, slope_rows
from theory.errors import BadData, NotCertified, ShapeError
from theory.verdict import Status, Verdict, failed

FORMAT, VERSION, CLAIM = "lawbook-branch-tree", 1, "lipschitz.branching"
STATEMENT = (
    "The function x -> v.x + sum a_l psi(w_l.x + b_l), psi being t -> alpha t for t <= 0 and t -> beta t for t >= 0, "
    "`slopes` = [alpha, beta], has Euclidean Lipschitz constant between `lower` and `value` on `domain`."
)
_FIELDS = frozenset(
    ("format", "version", "claim", "domain", "slopes", "value", "lower", "statement", "network", "planes", "tree", "witness", "recheck")
)
_DOMAIN_FIELDS = {"global": set(), "ball": {"centre", "radius"}, "box": {"low", "high"}, "hull": {"vertices"}}


@dataclass(frozen=True)
class ExactDomain:
    """R^d, a ball, a box of positive width, or the convex hull of points that affinely span R^d, all numbers rational.

    Raises: BadData, ShapeError.

    >>> ExactDomain("ball", centre=(Fraction(0),), radius=Fraction(2)).never_positive((Fraction(3),), Fraction(-6))
    True
    """

    kind: str
    centre: Row = ()
    radius: Fraction = Fraction(0)
    low: Row = ()
    high: Row = ()
    vertices: tuple[Row, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in _DOMAIN_FIELDS:
            raise BadData(f"a tree of patterns is about R^d, a ball, a box or a hull, not about {self.kind!r}")
        if self.kind == "ball" and self.radius <= 0:
            raise BadData(f"the radius of the ball is {self.radius}: it must be positive")
        if len({len(row) for row in (self.vertices or (self.low, self.high))}) > 1:
            raise ShapeError(f"the points of the {self.kind} have different numbers of coordinates: give all of them the same")
        if self.kind == "box" and not all(p < q for p, q in zip(self.low, self.high, strict=True)):
            raise BadData("the box is flat: every lower bound must be below its upper bound")
        if self.kind == "hull" and not _spans(self.vertices):
            raise BadData("the hull is flat: its points must affinely span the space")

    def check_dimension(self, d: int) -> None:
        """Raises: ShapeError when the domain lives in another dimension than d."""
        lengths = {len(row) for row in (self.centre, self.low, self.high, *self.vertices) if row}
        if self.kind != "global" and lengths != {d}:
            raise ShapeError(f"the domain has points with {sorted(lengths)} coordinates and the network takes {d}")

    def never_positive(self, slope: Row, offset: Fraction) -> bool:
        """Whether slope·x + offset ≤ 0 on the whole domain."""
        if self.kind == "global":
            return not any(slope) and offset <= 0
        if self.kind == "ball":
            height = dot(slope, self.centre) + offset
            return height <= 0 and height**2 >= self.radius**2 * dot(slope, slope)
        if self.kind == "box":
            return sum((max(c * p, c * q) for c, p, q in zip(slope, self.low, self.high, strict=True)), offset) <= 0
        return all(dot(slope, p) + offset <= 0 for p in self.vertices)

    def point(self, witness: Row) -> Row:
        """The point of a witness: itself, or for a hull its mean with these weights.  Raises: NotCertified when it is not inside."""
        if self.kind == "hull":
            if len(witness) != len(self.vertices) or not all(c >= 0 for c in witness) or not any(witness):
                raise NotCertified("the witness must give each point of the hull a weight ≥ 0, not all 0")
            total = sum(witness, Fraction(0))
            return tuple(dot(witness, column) / total for column in zip(*self.vertices, strict=True))
        away = tuple(p - q for p, q in zip(witness, self.centre, strict=True)) if self.kind == "ball" else ()
        outside = self.kind == "ball" and dot(away, away) > self.radius**2
        if self.kind == "box":
            outside = not all(p <= c <= q for p, c, q in zip(self.low, witness, self.high, strict=True))
        if outside:
            raise NotCertified("the witness lies outside the domain")
        return witness

    def corners(self) -> tuple[Row, Row]:
        """Those of a box about a ball, or of the box.  Raises: NotCertified (R^d, a hull)."""
        if self.kind == "ball":
            return tuple(c - self.radius for c in self.centre), tuple(c + self.radius for c in self.centre)
        if self.kind != "box":
            raise NotCertified(f"a tree of pieces is about a ball, a box, or the faces of R^d, not about a {self.kind} that is cut")
        return self.low, self.high

    def as_json(self) -> dict[str, Any]:
        """The kind and its exact numbers."""
        document: dict[str, Any] = {"kind": self.kind}
        for name in sorted(_DOMAIN_FIELDS[self.kind]):
            entry = getattr(self, name)
            if name == "vertices":
                document[name] = [[format_exact(c) for c in row] for row in entry]
            else:
                document[name] = format_exact(entry) if name == "radius" else [format_exact(c) for c in entry]
        return document


def parse_domain(document: object) -> ExactDomain:
    """Raises: BadData (a missing or foreign field, a number that is not exact, a flat domain), ShapeError."""
    if not isinstance(document, dict) or not isinstance(document.get("kind"), str) or document["kind"] not in _DOMAIN_FIELDS:
        raise BadData(f"the domain must have a kind among {', '.join(_DOMAIN_FIELDS)}")
    if set(document) != _DOMAIN_FIELDS[document["kind"]] | {"kind"}:
        raise BadData(f"a {document['kind']} needs exactly the fields {sorted(_DOMAIN_FIELDS[document['kind']])} beside its kind")
    values: dict[str, Any] = {}
    for name in _DOMAIN_FIELDS[document["kind"]]:
        entry = document[name]
        if name == "radius":
            values[name] = parse_exact(entry, name)
        elif name == "vertices":
            values[name] = parse_rows(entry, name)
            if not entry:
                raise BadData('"vertices" holds no point')
        else:
            values[name] = parse_row(entry, name)
    return ExactDomain(document["kind"], **values)


class Arrangement(ABC):
    """Hyperplanes w_j·x + b_j = 0, each named by the first neuron on it, and a domain: which sign patterns the leaves of a tree refute."""

    def __init__(self, W: Sequence[Row], b: Row, planes: Sequence[int], domain: ExactDomain) -> None:
        domain.check_dimension(len(W[0]))
        self.W, self.b, self.dimension, self.domain, self.planes = W, b, len(W[0]), domain, tuple(planes)

    @abstractmethod
    def bound(self, signs: Sequence[int], multipliers: Sequence[Fraction]) -> Fraction:
        """A rational bound on the squared norm of the derivative over the cells with these signs (0: any).  Raises: NotCertified."""

    def proved(self, signs: Sequence[int], entry: object, place: str) -> Fraction:
        """The bound that the evidence of a leaf proves: its multipliers.  Raises: BadData, NotCertified."""
        return self.bound(signs, parse_row(entry, place))

    def refutes(self, signs: Sequence[int], multipliers: Mapping[int, Fraction]) -> bool:
        """Whether Σ λ_js_j(w_j·x+b_j) ≤ 0 on the domain, with λ ≥ 0, λ ≠ 0, and a fixed sign wherever λ_j ≠ 0."""
        fitting = all(0 <= j < len(signs) and signs[j] and c >= 0 for j, c in multipliers.items())
        if not fitting or not any(multipliers.values()):
            return False
        used = [(self.planes[j], c * signs[j]) for j, c in multipliers.items()]
        slope = tuple(sum((c * self.W[j][i] for j, c in used), Fraction(0)) for i in range(self.dimension))
        return self.domain.never_positive(slope, sum((c * self.b[j] for j, c in used), Fraction(0)))

    def relation(self, signs: Sequence[int], chosen: Sequence[int]) -> dict[int, Fraction]:
        """Multipliers that refute on R^d: the only relation of the chosen signed rows (w, b) and, where it helps, (0, 1).

        Raises: NotCertified when there is none of one sign.
        """
        if not all(0 <= j < len(signs) for j in chosen):
            raise NotCertified("a refutation names a hyperplane that does not exist")
        rows = [[fmpq(c.numerator, c.denominator) * signs[j] for c in (*self.W[self.planes[j]], self.b[self.planes[j]])]
                for j in chosen]
        tau = [fmpq(0)] * self.dimension + [fmpq(1)]
        for candidate in (rows, [*rows, tau]):
            found = only_relation(candidate)
            for way in (1, -1):
                if found is not None and all(way * c >= 0 for c in found):
                    return {j: Fraction(int(c.p), int(c.q)) * way for j, c in zip(chosen, found, strict=False)}
        raise NotCertified(f"the rows {list(chosen)} do not contradict one another")

    def signs_at(self, witness: Row) -> list[int]:
        """The signs of the hyperplanes at the witness.  Raises: NotCertified (not in the domain, on a kink)."""
        if self.domain.kind != "hull" and len(witness) != self.dimension:
            raise NotCertified(f"the witness has {len(witness)} coordinates, the network takes {self.dimension}")
        x = self.domain.point(witness)
        heights = [dot(self.W[j], x) + self.b[j] for j in self.planes]
        if not all(heights):
            kink = next(j for j, height in zip(self.planes, heights, strict=True) if not height)
            raise NotCertified(f"the witness lies on the kink of neuron {kink}")
        return [1 if height > 0 else -1 for height in heights]


class Patterns(Arrangement):
    """The arrangement of a network with one output: the rows h of its gradient, those of the tree and the length of those left out."""

    def __init__(self, network: ExactWeights, slopes: Sequence[Fraction], planes: Sequence[int], domain: ExactDomain) -> None:
        super().__init__(network.W, network.b, planes, domain)
        self.network = network
        weights = hyperplane_weights(network)
        check_planes(planes, weights)
        order = {j: i + 1 for i, j in enumerate(weights)}
        with ctx.workprec(PRECISION):
            rows = slope_rows("lipsdp.kinks", network, slopes).table()
            self.rows = [rows[0], *(rows[order[j]] for j in planes)]
            self.matrix = arb_mat(self.rows)
            left_out = [rows[i] for j, i in order.items() if j not in set(planes)]
            self.rest: arb = sum((_square(row).abs_upper().sqrt() for row in left_out), arb(0)).upper()

    def bound(self, signs: Sequence[int], multipliers: Sequence[Fraction]) -> Fraction:
        """A rational bound on ‖∇f‖² over the cells with these signs (0: any).  Raises: NotCertified."""
        with ctx.workprec(PRECISION):
            fixed = (arb_mat([[1, *signs]]) * self.matrix).table()[0]
            free = [row for sign, row in zip(signs, self.rows[1:], strict=True) if not sign]
            square = proved_square(arb_mat([fixed, *free]), multipliers)
            if not self.rest > 0:
                return square
            total = ((ball(square).sqrt() + self.rest) ** 2).upper().fmpq()
            return Fraction(int(total.p), int(total.q))

    def reached(self, witness: Row) -> Fraction:
        """A rational number at most ‖∇f‖² at the witness.  Raises: NotCertified (not in the domain, on a kink)."""
        signs = self.signs_at(witness)
        with ctx.workprec(PRECISION):
            gradient = list(self.rows[0])
            for sign, row in zip(signs, self.rows[1:], strict=True):
                gradient = [p + sign * q for p, q in zip(gradient, row, strict=True)]
            square = _square(gradient)
            norm = (square.sqrt() - self.rest).lower() if square > 0 else arb(0)
            lower = (norm * norm).lower().fmpq() if norm > 0 else fmpq(0)
            return Fraction(int(lower.p), int(lower.q))


def check_planes(planes: Sequence[int], known: Container[int]) -> None:
    """Raises: NotCertified unless the planes are different ones of those known."""
    if len(set(planes)) != len(planes) or not all(j in known for j in planes):
        raise NotCertified("the planes must be different hyperplanes with a kink, each named by its first neuron")


_Place = tuple[Signs, Piece | None]       # the signs that were branched on, and the piece, None for the whole domain


def proved_by_tree(patterns: Arrangement, tree: Sequence[Any]) -> Fraction:
    """The largest bound on the squared norm over the leaves of a tree given in preorder: a node, then the subtrees of its parts.

    Nodes: {"branch": j}, with the parts + and −; {"cut": [i, t]}, x_i ≥ t and x_i ≤ t; on R^d {"faces": S} at the root, as in `pieces`, and
    cuts below it.  Leaves: {"bound": [y…]} or {"bound": {"v": y, "j": y…}}, for all hyperplanes without a sign there;
    {"refuted": {"j": λ_j}} or, on R^d, {"refuted": [j, …]}; {"empty": null}, outside the domain or of other signs.
    Raises: NotCertified (a leaf that proves nothing, a branch on a fixed sign, a cut beside its piece, too few or too many nodes).
    """
    reader = _Reader(patterns)
    root: _Place = ({}, None)
    walk(tree, root, reader.parts)
    return reader.largest


class _Reader:
    """What the nodes of a tree say; `largest` is the largest bound so far."""

    def __init__(self, patterns: Arrangement) -> None:
        self.patterns, self.hyperplanes, self.largest = patterns, range(len(patterns.planes)), Fraction(0)
        self.rows = [[rational(c) for c in (*patterns.W[j], patterns.b[j])] for j in patterns.planes]

    def parts(self, where: _Place, kind: str, entry: object, place: str) -> Sequence[_Place]:
        """The parts of a node; of a leaf, which is checked, none."""
        signs, piece = where
        if kind == "branch":
            return [(more, piece) for more in branched(signs, self.hyperplanes, "free hyperplane", entry, place)]
        if kind in ("cut", "faces"):
            return [(signs, part) for part in self._pieces(piece, kind, entry, place)]
        if kind == "bound":
            self.largest = max(self.largest, self._bound(signs, piece, entry, place))
        elif kind == "refuted":
            vector = self._vector(signs, piece)
            if not self.patterns.refutes(vector, _multipliers(self.patterns, vector, entry, place)):
                raise NotCertified(f"{place} does not refute its pattern")
        elif kind == "empty":
            if not self._is_empty(signs, piece):
                raise NotCertified(f"{place} may meet the domain, with the signs of its path")
        else:
            raise BadData(f"{place} is a {kind!r}: use branch, cut, faces, bound, refuted or empty")
        return ()

    def _pieces(self, piece: Piece | None, kind: str, entry: object, place: str) -> Sequence[Piece]:
        if kind == "faces":
            if piece is not None or self.patterns.domain.kind != "global":
                raise NotCertified(f"{place} divides into faces what is not R^d")
            return faces_of(self.rows, self.patterns.dimension, rational(parse_exact(entry, place)))
        piece = self._whole() if piece is None else piece
        if not isinstance(entry, list) or len(entry) != 2 or type(entry[0]) is not int:
            raise BadData(f"{place} must name an axis and where it is cut")
        return piece.cut(self.rows, entry[0], rational(parse_exact(entry[1], place)))

    def _whole(self) -> Piece:
        low, high = self.patterns.domain.corners()
        return piece_of(self.rows, [rational(c) for c in low], [rational(c) for c in high])

    def _vector(self, signs: Signs, piece: Piece | None, free: Container[int] = ()) -> tuple[int, ...]:
        held = {**({} if piece is None else piece.signs), **signs}
        return tuple(0 if j in free else held.get(j, 0) for j in self.hyperplanes)

    def _bound(self, signs: Signs, piece: Piece | None, entry: object, place: str) -> Fraction:
        if not isinstance(entry, dict):
            return self.patterns.proved(self._vector(signs, piece), entry, place)
        piece = self._whole() if piece is None else piece
        if "v" not in entry or not all(isinstance(key, str) and (key == "v" or key.isdecimal()) for key in entry):
            raise BadData(f'{place} must give multipliers of "v" and of hyperplanes')
        given = {int(key): parse_exact(y, place) for key, y in entry.items() if key != "v"}
        vector = self._vector(signs, piece, given)
        if set(given) != {j for j, sign in enumerate(vector) if not sign}:
            raise NotCertified(f"{place} must give a multiplier to every hyperplane without a sign there, and name no foreign one")
        return self.patterns.bound(vector, [parse_exact(entry["v"], place), *(given[j] for j in sorted(given))])

    def _is_empty(self, signs: Signs, piece: Piece | None) -> bool:
        if piece is None:
            return False
        domain = self.patterns.domain
        outside = domain.kind == "ball" and piece.squared_distance(list(map(rational, domain.centre))) >= rational(domain.radius) ** 2
        return bool(outside) or any(piece.signs.get(j, sign) != sign for j, sign in signs.items())


def _multipliers(patterns: Arrangement, signs: Sequence[int], entry: object, place: str) -> Mapping[int, Fraction]:
    if isinstance(entry, list) and all(type(j) is int for j in entry):
        return patterns.relation(signs, entry)
    if not isinstance(entry, dict) or not all(isinstance(j, str) and j.isdecimal() for j in entry):
        raise BadData(f"{place} must name hyperplanes, or give their multipliers")
    return {int(j): parse_exact(c, place) for j, c in entry.items()}


def certify_tree(
    network: ExactWeights, slopes: tuple[Fraction, Fraction], domain: ExactDomain, planes: Sequence[int], tree: Sequence[Any],
    witness: Row | None,
) -> dict[str, Any]:  # fmt: skip
    """A certificate of lower ≤ Lip(f) ≤ value on the domain, both the best decimals of 12 significant digits that the evidence proves.

    Raises: BadData, ShapeError, NotCertified (the tree or the witness proves nothing).
    Guarantee: certified in exact and ball arithmetic; no number derived from the evidence is stored but the two values.
    """
    patterns = Patterns(network, slopes, planes, domain)
    reached = root_below(Fraction(0) if witness is None else patterns.reached(witness))
    return {
        "format": FORMAT,
        "version": VERSION,
        "claim": CLAIM,
        "domain": domain.as_json(),
        "slopes": [format_exact(slope) for slope in slopes],
        "value": str(round_up(root_above(proved_by_tree(patterns, tree)))),
        "lower": str(round_down(reached) if reached else reached),
        "statement": STATEMENT,
        "network": network.as_json(),
        "planes": list(planes),
        "tree": list(tree),
        "witness": None if witness is None else [format_exact(c) for c in witness],
        "recheck": RECHECK,
    }


def check_tree_certificate(document: object) -> Verdict:
    """Whether the tree and the witness of a certificate prove its two values, recomputed from the exact network without any solver.

    Returns: a Verdict, CERTIFIED, or FAILED with the reason for which the claim does not follow.
    Raises: BadData (or ShapeError) when the document is malformed.

    >>> network = ExactWeights(((Fraction(3), Fraction(4)),), (Fraction(7),), (Fraction(2),), (Fraction(0), Fraction(0)))
    >>> tree = [{"branch": 0}, {"bound": ["1"]}, {"bound": ["1"]}]
    >>> document = certify_tree(network, (Fraction(0), Fraction(1)), ExactDomain("global"), [0], tree, (Fraction(0), Fraction(0)))
    >>> document["lower"], check_tree_certificate(document).status.value
    ('10', 'CERTIFIED')
    >>> check_tree_certificate({**document, "tree": tree[:2]}).reason
    'the tree lacks 1 subtrees'
    """
    fields = checked_fields(document, FORMAT, VERSION, _FIELDS)
    for name, expected in (("claim", CLAIM), ("statement", STATEMENT)):
        if fields[name] != expected:
            raise BadData(f'the field "{name}" must be {expected!r}')
    slopes = parse_row(fields["slopes"], "slopes")
    if len(slopes) != 2:
        raise BadData(f'"slopes" must hold two numbers, not {len(slopes)}')
    value, lower = parse_exact(fields["value"], "value"), parse_exact(fields["lower"], "lower")
    network, digest = parse_weights(fields["network"])
    domain = parse_domain(fields["domain"])
    planes, tree = fields["planes"], fields["tree"]
    if not isinstance(planes, list) or not all(type(j) is int for j in planes) or not isinstance(tree, list):
        raise BadData('"planes" must be a list of neurons and "tree" a list of nodes')
    witness = None if fields["witness"] is None else parse_row(fields["witness"], "witness")
    if digest != network.digest():
        return failed("the network does not match its SHA-256 digest")
    try:
        patterns = Patterns(network, slopes, planes, domain)
        square = proved_by_tree(patterns, tree)
        reached = Fraction(0) if witness is None else patterns.reached(witness)
    except NotCertified as reason:
        return failed(str(reason))
    if value < 0 or value * value < square:
        proved = approximately(round_up(root_above(square)))
        return failed(f"the tree proves no value below {proved}, and the certificate claims {approximately(value)}")
    if lower < 0 or lower * lower > reached:
        best = approximately(root_below(reached))
        return failed(f"the witness reaches at most {best}, and the certificate claims {approximately(lower)}")
    k, d = network.shape
    summary = {"format": FORMAT, "claim": CLAIM, "domain": domain.kind, "value": str(value), "lower": str(lower), "k": k, "d": d,
               "nodes": len(tree)}
    return Verdict(Status.CERTIFIED, f"{STATEMENT} [{lower} to {value}, {domain.kind}, k = {k}, d = {d}]", summary)


def _square(row: Sequence[arb]) -> arb:
    return sum((c * c for c in row), arb(0))


def _spans(points: Sequence[Row]) -> bool:
    moves = [[fmpq(c.numerator, c.denominator) for c in (p - q for p, q in zip(row, points[0], strict=True))] for row in points[1:]]
    return bool(moves) and rank(whole_rows(moves)[0]) == len(points[0])
