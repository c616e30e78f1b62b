"""Certificates of radii within which a two-layer network does not change its class, re-checked without a solver.

F = Aψ(Wx + b) + Vx + c has m ≥ 2 outputs, and the class of x is that of the largest; one output f stands for the two (0, f), with the
labels −1 and 1.  For a point x of class y and another class j let g = F_y − F_j.  If g has Lipschitz constant at most L on the ball of
radius R about x (R = ∞: on R^d), then g > 0 at all points at distance less than min(R, g(x)/L).  L is proved by
  a tree of sign patterns on that ball (ψ piecewise linear), as in `branch_tree`; or
  multipliers y > 0 for the gradients v + Σ a_ℓδ_ℓw_ℓ, δ_ℓ in the range of ψ′ over the preactivations of neuron ℓ on that ball, as in
  `slope_relaxation`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import arb, arb_mat, ctx, fmpq, fmpq_mat

from theory.certificates.exact.documents import RECHECK, checked_fields
from theory.certificates.exact.eigenvalue_sum import PRECISION
from theory.certificates.exact.exact_data import ball, format_exact, parse_exact, parse_row
from theory.certificates.exact.exact_network import fraction, rational, rational_matrix
from theory.certificates.exact.exact_weights import ExactVectorWeights, ExactWeights, Row, parse_vector_weights
from theory.certificates.exact.rounding import approximately, root_above
from theory.certificates.lipschitz.branch_tree import ExactDomain, Patterns, proved_by_tree
from theory.certificates.lipschitz.slope_ranges import KINKS, activation_value, check_activation, slope_range
from theory.certificates.lipschitz.slope_relaxation import proved_square
from theory.errors import BadData, NotCertified, ShapeError
from theory.verdict import Status, Verdict, failed

FORMAT, VERSION, CLAIM = "lawbook-radius", 1, "robust.radius"
STATEMENT = (
    "Let F(x) = A psi(Wx + b) + Vx + c, psi being `activation`; for kinks t -> alpha t for t <= 0 and t -> beta t for t >= 0, `slopes` = "
    "[alpha, beta].  At every point nearer to `x` than `radius`, in the Euclidean norm, the output of `label` exceeds every other one; if "
    "there is one output, it is positive for the label 1 and negative for the label -1."
)
UNBOUNDED = "unbounded"
_FIELDS = frozenset(("format", "version", "claim", "activation", "slopes", "statement", "network", "comparisons", "points", "recheck"))


@dataclass(frozen=True, eq=False)
class Classifier:
    """A network whose largest output is its class, and its activation as `slope_ranges` names it: "kinks" with two slopes, or a smooth one.

    >>> one, zero = Fraction(1), Fraction(0)
    >>> f = ExactVectorWeights(((one,),), (zero,), ((one,),), ((zero,),), (-one,))                     # ReLU(x) − 1
    >>> Classifier(f, "kinks", (zero, one)).margins((3 * one,), 1), Classifier(f, "kinks", (zero, one)).class_of(-1)
    ({0: (Fraction(2, 1), Fraction(2, 1))}, 0)
    """

    network: ExactVectorWeights
    activation: str
    slopes: tuple[Fraction, ...]

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return max(len(self.network.A), 2)

    def class_of(self, label: object) -> int:
        """The class of a label: its output, or for one output 0 for −1 and 1 for 1.  Raises: BadData."""
        if len(self.network.A) == 1 and type(label) is int and label in (-1, 1):
            return (label + 1) // 2
        if len(self.network.A) > 1 and type(label) is int and 0 <= label < self.classes:
            return label
        allowed = "-1 and 1" if len(self.network.A) == 1 else f"0 to {self.classes - 1}"
        raise BadData(f"the label {label!r} is no class of this network: labels are {allowed}")

    def weights(self, first: int, second: int) -> tuple[int, ...]:
        """u with u·F = F_first − F_second."""
        if len(self.network.A) == 1:
            return (first - second,)
        return tuple((j == first) - (j == second) for j in range(self.classes))

    def difference(self, first: int, second: int) -> ExactWeights:
        """F_first − F_second, without its constant."""
        if (first, second) not in self._differences:
            self._differences[first, second] = self.network.combined([Fraction(c) for c in self.weights(first, second)])
        return self._differences[first, second]

    def margins(self, x: Row, own: int) -> dict[int, tuple[Fraction, Fraction]]:
        """For each other class j rational bounds on F_own(x) − F_j(x), equal where ψ is piecewise linear.

        Raises: ShapeError (another dimension), NotCertified (a value that is not finite).
        """
        heights, network = self._heights(x), self.network
        moved = rational_matrix(network.V) * rational_matrix([x]).transpose()
        with ctx.workprec(PRECISION):
            active = [activation_value(self.activation, self.slopes, t) for t in heights]
            values: list[Any] = [fmpq(0)] if len(network.A) == 1 else []
            for row, c, v in zip(network.A, network.c, moved.tolist(), strict=True):
                values.append(sum((rational(a) * t for a, t in zip(row, active, strict=True)), v[0] + rational(c)))
            return {j: _bounds(values[own] - value) for j, value in enumerate(values) if j != own}

    def slope_rows(self, first: int, second: int, x: Row, within: Fraction | None) -> arb_mat:
        """h_0 and one h_ℓ for each neuron: on the ball about x the gradient of F_first − F_second is h_0 + Σ s_ℓh_ℓ with |s_ℓ| ≤ 1."""
        pair = self.difference(first, second)
        heights = self._heights(x) if within is not None else [fmpq(0)] * len(pair.a)
        with ctx.workprec(PRECISION):
            means, halves = [], []
            for height, length, a in zip(heights, self._lengths, pair.a, strict=True):
                low = high = None
                if within is not None:
                    middle, reach = fraction(height), within * length
                    low, high = middle - reach, middle + reach
                least, most = slope_range(self.activation, self.slopes, low, high)
                means.append(ball(a) * (least + most) / 2)
                halves.append(ball(a) * (most - least) / 2)
            W = arb_mat(self._hidden.transpose())
            base = arb_mat([[ball(c) for c in pair.v]]) + arb_mat([means]) * W
            return arb_mat([*base.tolist(), *([half * c for c in row] for half, row in zip(halves, W.tolist(), strict=True))])

    def _heights(self, x: Row) -> list[fmpq]:
        """w_ℓ·x + b_ℓ."""
        if len(x) != self.network.shape[2]:
            raise ShapeError(f"the point has {len(x)} coordinates and the network takes {self.network.shape[2]}")
        products = (rational_matrix([x]) * self._hidden).tolist()[0]
        return [t + rational(offset) for t, offset in zip(products, self.network.b, strict=True)]

    @cached_property
    def _hidden(self) -> fmpq_mat:
        return rational_matrix(self.network.W).transpose()

    @cached_property
    def _lengths(self) -> list[Fraction]:
        return [root_above(fraction(sum((c * c for c in row), fmpq(0)))) for row in self._hidden.transpose().tolist()]

    @cached_property
    def _differences(self) -> dict[tuple[int, int], ExactWeights]:
        return {}


def classifier(activation: object, slopes: Sequence[Fraction], network: ExactVectorWeights) -> Classifier:
    """Raises: BadData (another activation, kinks without two slopes, slopes of a smooth activation)."""
    name = check_activation(activation)
    if len(slopes) != (2 if name == KINKS else 0):
        raise BadData('"slopes" holds two numbers for kinks, and none for a smooth activation')
    return Classifier(network, name, tuple(slopes))


def lipschitz_square(what: Classifier, pair: tuple[int, int], x: Row, within: Fraction | None, evidence: Mapping[str, Any]) -> Fraction:
    """A rational bound on the squared Lipschitz constant of F_first − F_second on the ball of radius `within` about x, or on R^d (None).

    Evidence: {"planes": […], "tree": […]} or {"multipliers": […]}.
    Raises: NotCertified (it proves nothing), BadData.
    """
    if set(evidence) == {"multipliers"}:
        return proved_square(what.slope_rows(*pair, x, within), parse_row(evidence["multipliers"], "multipliers"))
    if set(evidence) != {"planes", "tree"} or not isinstance(evidence["planes"], list) or not isinstance(evidence["tree"], list) \
            or not all(type(j) is int for j in evidence["planes"]):
        raise BadData('a bound is proved by "multipliers", or by "planes", a list of neurons, and "tree", a list of nodes')
    if what.activation != KINKS:
        raise NotCertified("a tree of sign patterns says nothing of a smooth activation")
    domain = ExactDomain("global") if within is None else ExactDomain("ball", centre=x, radius=within)
    return proved_by_tree(Patterns(what.difference(*pair), what.slopes, evidence["planes"], domain), evidence["tree"])


def certify_radii(what: Classifier, comparisons: Sequence[Mapping[str, Any]], points: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A certificate of the radii of some points, of which `check_radii` says whether it holds.

    Args: comparisons {"outputs": [i, j], evidence on R^d}; points {"x": Row, "label", "radius": Fraction or None for all of R^d, "rivals":
    [{"against": j, "comparison": position} or {"against": j, "within": Fraction, evidence on that ball}]}.
    """
    spelled = [{
        "x": [format_exact(c) for c in point["x"]], "label": point["label"],
        "radius": UNBOUNDED if point["radius"] is None else format_exact(point["radius"]),
        "rivals": [{**rival, "within": format_exact(rival["within"])} if "within" in rival else dict(rival) for rival in point["rivals"]],
    } for point in points]
    return {
        "format": FORMAT, "version": VERSION, "claim": CLAIM, "activation": what.activation,
        "slopes": [format_exact(slope) for slope in what.slopes], "statement": STATEMENT, "network": what.network.as_json(),
        "comparisons": [dict(comparison) for comparison in comparisons], "points": spelled, "recheck": RECHECK,
    }


def check_radii(document: object) -> Verdict:
    """Whether the evidence of a certificate proves the radius of each of its points, recomputed from the exact network.

    Returns: a Verdict, CERTIFIED, or FAILED with the first reason for which a radius does not follow.
    Raises: BadData (or ShapeError) when the document is malformed.

    >>> one, zero = Fraction(1), Fraction(0)
    >>> f = classifier("kinks", (zero, one), ExactVectorWeights(((one,),), (zero,), ((one,),), ((zero,),), (-one,)))   # ReLU(x) − 1
    >>> whole = {"outputs": [0, 1], "planes": [0], "tree": [{"branch": 0}, {"bound": ["1"]}, {"bound": ["1"]}]}
    >>> point = {"x": (3 * one,), "label": 1, "radius": Fraction(199, 100), "rivals": [{"against": 0, "comparison": 0}]}
    >>> document = certify_radii(f, [whole], [point])
    >>> check_radii(document).evidence["words"]
    '1 point keeps its class within radius 1.99 (m = 1, k = 1, d = 1)'
    >>> check_radii(certify_radii(f, [whole], [{**point, "radius": Fraction(21, 10)}])).reason[:68]
    'point 0: against class 0 the evidence proves a radius up to 2.0, and'
    """
    fields = checked_fields(document, FORMAT, VERSION, _FIELDS)
    for name, expected in (("claim", CLAIM), ("statement", STATEMENT)):
        if fields[name] != expected:
            raise BadData(f'the field "{name}" must be {expected!r}')
    slopes = parse_row(fields["slopes"], "slopes")
    for name in ("comparisons", "points"):
        if not isinstance(fields[name], list) or not all(isinstance(entry, dict) for entry in fields[name]):
            raise BadData(f'"{name}" must be a list of objects')
    if not fields["points"]:
        raise BadData('"points" holds no point')
    try:
        what = classifier(fields["activation"], slopes, parse_vector_weights(fields["network"]))
        squares = [_compared(what, entry, f"comparisons[{i}]") for i, entry in enumerate(fields["comparisons"])]
        radii = [_checked_point(what, squares, entry, i) for i, entry in enumerate(fields["points"])]
    except NotCertified as reason:
        return failed(str(reason))
    m, k, d = what.network.shape
    known = sorted(radius for radius in radii if radius is not None)
    shown = [approximately(known[0]), *([approximately(known[-1])] if known[-1] != known[0] else [])] if known else []
    if len(known) < len(radii):
        shown.append(UNBOUNDED)
    words = (f"{len(radii)} point{' keeps its' if len(radii) == 1 else 's keep their'} class within radius {' to '.join(shown)} "
             f"(m = {m}, k = {k}, d = {d})")
    summary = {"format": FORMAT, "claim": CLAIM, "value": str(known[0]) if known else UNBOUNDED, "points": len(radii), "words": words}
    return Verdict(Status.CERTIFIED, f"{STATEMENT} [{words}]", summary)


def _compared(what: Classifier, entry: Mapping[str, Any], place: str) -> tuple[frozenset[int], Fraction]:
    outputs = entry.get("outputs")
    if not isinstance(outputs, list) or len(outputs) != 2 or not all(type(j) is int and 0 <= j < what.classes for j in outputs) \
            or outputs[0] == outputs[1]:
        raise BadData(f'{place}: "outputs" must name two classes from 0 to {what.classes - 1}')
    evidence = {name: value for name, value in entry.items() if name != "outputs"}
    nowhere = (Fraction(0),) * what.network.shape[2]
    return frozenset(outputs), lipschitz_square(what, (outputs[0], outputs[1]), nowhere, None, evidence)


def _checked_point(
    what: Classifier, squares: Sequence[tuple[frozenset[int], Fraction]], entry: Mapping[str, Any], position: int
) -> Fraction | None:
    """The radius of a point, when the evidence proves it."""
    if set(entry) != {"x", "label", "radius", "rivals"} or not isinstance(entry["rivals"], list):
        raise BadData(f'points[{position}] must hold exactly "x", "label", "radius" and a list "rivals"')
    x, own = parse_row(entry["x"], "x"), what.class_of(entry["label"])
    radius = None if entry["radius"] == UNBOUNDED else parse_exact(entry["radius"], "radius")
    if radius is not None and radius <= 0:
        raise NotCertified(f"point {position}: the radius must be positive")
    met, margins = set(), what.margins(x, own)
    for rival in entry["rivals"]:
        if not isinstance(rival, dict) or type(rival.get("against")) is not int:
            raise BadData(f'points[{position}]: a rival must be an object that names the class "against" which it is')
        met.add(rival["against"])
        if not 0 <= rival["against"] < what.classes or rival["against"] == own:
            raise NotCertified(f"point {position}: class {rival['against']} is no other class")
        if margins[rival["against"]][0] <= 0:
            raise NotCertified(f"point {position}: class {rival['against']} is not below class {own} there")
        _check_rival(what, squares, (x, own, radius, margins[rival["against"]][0]), rival, position)
    if met != set(range(what.classes)) - {own}:
        raise NotCertified(f"point {position}: there is no evidence against class {min(set(range(what.classes)) - {own} - met)}")
    return radius


def _check_rival(
    what: Classifier, squares: Sequence[tuple[frozenset[int], Fraction]], point: tuple[Row, int, Fraction | None, Fraction],
    rival: Mapping[str, Any], position: int,
) -> None:  # fmt: skip
    x, own, radius, margin = point
    against = rival["against"]
    if "comparison" in rival:
        number = rival["comparison"]
        if set(rival) != {"against", "comparison"} or type(number) is not int or not 0 <= number < len(squares):
            raise BadData(f"points[{position}]: a rival names a comparison of the certificate, and nothing else")
        outputs, square = squares[number]
        if outputs != {own, against}:
            raise NotCertified(f"point {position}: comparison {number} is about other classes")
        if radius is None and square > 0:
            raise NotCertified(f"point {position}: against class {against} the difference is not proved constant")
    else:
        within = parse_exact(rival.get("within"), "within")
        evidence = {name: value for name, value in rival.items() if name not in ("against", "within")}
        if within <= 0 or radius is None or radius > within:
            raise NotCertified(f"point {position}: the evidence against class {against} does not reach as far as the radius")
        square = lipschitz_square(what, (own, against), x, within, evidence)
    if radius is not None and radius * radius * square > margin * margin:
        proved = approximately(margin / root_above(square))
        raise NotCertified(f"point {position}: against class {against} the evidence proves a radius up to {proved}, "
                           f"and the certificate claims {approximately(radius)}")


def _bounds(value: fmpq | arb) -> tuple[Fraction, Fraction]:
    return (fraction(value), fraction(value)) if isinstance(value, fmpq) else (_rational(value.lower()), _rational(value.upper()))


def _rational(value: arb) -> Fraction:
    if not value.is_finite():
        raise NotCertified("a value of the network is not finite: scale it")
    return fraction(value.fmpq())
