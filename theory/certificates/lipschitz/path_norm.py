"""Certificates of the least path norm of ReLU networks of any width that fit given data, two-sided, re-checked without a solver.

f(x) = v·x + c + Σ_{ℓ≤k} a_ℓReLU(w_ℓ·x + b_ℓ), any k; v = c = 0 unless `affine`.  The path norm is Σ|a_ℓ|‖w_ℓ‖ (bias "free") or
Σ|a_ℓ|‖(w_ℓ, b_ℓ)‖ (bias "inside"); v and c are not counted.  For λ with Σλ_i = 0 (bias free: neurons with w = 0 are constants that cost
nothing; or affine) and Σλ_ix_i = 0 (affine), every fit has Σλ_iy_i = Σ_ℓ a_ℓΣ_iλ_iReLU(w_ℓ·x_i + b_ℓ), hence

    path norm ≥ λᵀy/F(λ),      F(λ) = max |Σ_iλ_iReLU(w·x_i + b)| over neurons of norm 1.

Bias free: for fixed w the sum is piecewise linear in b and constant at both ends, so its extremes are at kinks b = −w·x_j, and F is a
maximum over j of central arrangements with rows x_i − x_j; bias inside: one central arrangement with rows (x_i, 1).  There, for g = ±λ,

    Σ g_iReLU(r_i·u) = Σ_{g_i>0, r_i·u>0} g_ir_i·u − Σ_{g_i<0} |g_i|ReLU(r_i·u) ≤ ‖Σ_{g_i>0} δ_ig_ir_i − Σ_{g_i<0} s_i|g_i|r_i‖

for ‖u‖ ≤ 1, the signs δ of the rows with g_i > 0 at u, and every s ∈ [0,1]; a tree that branches on those signs bounds F from above.  A row
left open costs ReLU(t) ≤ ½t + ½‖r_i‖; patterns that occur nowhere are refuted by a relation Σμ_iσ_ir_i = 0, μ ≥ 0.
Source of the duality: Pilanci and Ergen 2020; the trees are ours.  The path norm bounds the Lipschitz constant of f − v·x from above, so
`lower` is no lower bound on a Lipschitz constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq

from theory.certificates.exact.documents import RECHECK, checked_fields
from theory.certificates.exact.exact_data import ExactData, format_exact, parse_data, parse_exact, parse_row, parse_rows
from theory.certificates.exact.exact_network import dot, fraction, rational, relu_values
from theory.certificates.exact.exact_weights import Row
from theory.certificates.exact.relations import only_relation
from theory.certificates.exact.rounding import approximately, root_above, round_down, round_up
from theory.certificates.lipschitz.sign_trees import Signs, largest_over_leaves
from theory.errors import BadData, NotCertified
from theory.verdict import Status, Verdict, failed

FORMAT, VERSION, CLAIM = "lawbook-path-norm", 1, "path.minimum"
_NORMS = {"free": "||w_l||", "inside": "||(w_l, b_l)||"}
_FIELDS = frozenset(("format", "version", "claim", "class", "statement", "data", "lower", "value", "dual", "network", "recheck"))


@dataclass(frozen=True)
class NetworkClass:
    """Which ReLU networks, and which norm: `bias` "free" or "inside" the norm, and whether there is a free affine part.

    >>> NetworkClass("free", True).statement
    'Among all ReLU networks x -> v.x + c + sum a_l ReLU(w_l.x + b_l) of any finite width that fit the data, the infimum of the path norm \
sum |a_l| ||w_l|| (v and c not counted) lies between `lower` and `value`, which the network does not exceed.'
    """

    bias: str
    affine: bool

    def __post_init__(self) -> None:
        if self.bias not in _NORMS or type(self.affine) is not bool:
            raise BadData(f"the bias is {self.bias!r}: it is free or inside the norm, and the affine part is there (true) or not (false)")

    @property
    def statement(self) -> str:
        """What a certificate about this class says."""
        part, note = ("v.x + c + ", " (v and c not counted)") if self.affine else ("", "")
        return (f"Among all ReLU networks x -> {part}sum a_l ReLU(w_l.x + b_l) of any finite width that fit the data, the infimum of the "
                f"path norm sum |a_l| {_NORMS[self.bias]}{note} lies between `lower` and `value`, which the network does not exceed.")

    def conditions(self, points: Sequence[Row]) -> list[Row]:
        """The vectors that λ must be orthogonal to."""
        ones = (Fraction(1),) * len(points)
        if self.affine:
            return [ones, *zip(*points, strict=True)]
        return [ones] if self.bias == "free" else []

    def arrangements(self, points: Sequence[Row]) -> list[list[list[fmpq]]]:
        """The rows r_i of each central arrangement: one for each point, or one."""
        rows = [[rational(c) for c in point] for point in points]
        if self.bias == "inside":
            return [[[*row, fmpq(1)] for row in rows]]
        return [[[p - q for p, q in zip(row, anchor, strict=True)] for row in rows] for anchor in rows]


@dataclass(frozen=True)
class PathNetwork:
    """Rational weights: W (k rows of d), b, a (k), v (d), c."""

    W: tuple[Row, ...]
    b: Row
    a: Row
    v: Row
    c: Fraction

    def values(self, points: Sequence[Row]) -> list[Fraction]:
        """f at the rows of points, exactly."""
        return relu_values(points, self.W, self.b, self.a, self.v, self.c)


def arrangement_upper(rows: Sequence[Sequence[fmpq]], g: Sequence[fmpq], tree: Sequence[Any]) -> Fraction:
    """A rational number at least max Σg_iReLU(r_i·u) over ‖u‖ ≤ 1, from a tree in preorder: a node, its subtree + and its subtree −.

    Nodes: {"branch": i} with g_i > 0 and r_i ≠ 0; {"bound": [s_i for the rows with g_i < 0]}; {"refuted": [i, …]}.
    Raises: NotCertified, BadData.

    >>> rows = [[fmpq(1)], [fmpq(-1)]]                                   # ReLU(u) − ReLU(−u) on [−1, 1]
    >>> str(arrangement_upper(rows, [fmpq(1), fmpq(-1)], [{"branch": 0}, {"bound": ["0"]}, {"bound": ["1"]}]))
    '1'
    """
    above = [i for i, c in enumerate(g) if c > 0 and any(t != 0 for t in rows[i])]
    below = [i for i, c in enumerate(g) if c < 0 and any(t != 0 for t in rows[i])]
    scaled = [[c * t for t in row] for c, row in zip(g, rows, strict=True)]
    lengths = {i: root_above(fraction(sum((t * t for t in scaled[i]), fmpq(0)))) for i in above}

    def bound(signs: Signs, entry: object, place: str) -> Fraction:
        slopes = parse_row(entry, place)
        if len(slopes) != len(below) or not all(0 <= s <= 1 for s in slopes):
            raise NotCertified(f"{place} needs {len(below)} slopes between 0 and 1")
        weights = [(i, fmpq(1) if signs[i] > 0 else fmpq(0)) if i in signs else (i, fmpq(1, 2)) for i in above]
        weights += [(i, rational(s)) for i, s in zip(below, slopes, strict=True)]
        vector = [sum((w * scaled[i][c] for i, w in weights if w != 0), fmpq(0)) for c in range(len(rows[0]))]
        opened = sum((length for i, length in lengths.items() if i not in signs), Fraction(0)) / 2
        return root_above(fraction(sum((t * t for t in vector), fmpq(0)))) + opened

    def refute(signs: Signs, entry: object, place: str) -> None:
        _check_refuted(rows, signs, entry, place)

    return largest_over_leaves(tree, lengths, "open row with a positive multiplier", bound, refute)


def _check_refuted(rows: Sequence[Sequence[fmpq]], signs: Signs, chosen: object, place: str) -> None:
    """No u has all these signs: the chosen signed rows have one relation, and it has one sign."""
    if not isinstance(chosen, list) or not all(type(i) is int for i in chosen):
        raise BadData(f"{place} must list the rows that contradict one another")
    if len(set(chosen)) != len(chosen) or not all(i in signs for i in chosen):
        raise NotCertified(f"{place} names a row without a sign there, or one twice")
    relation = only_relation([[signs[i] * t for t in rows[i]] for i in chosen])
    if relation is None or not any(all(way * c >= 0 for c in relation) for way in (1, -1)):
        raise NotCertified(f"{place}: the rows {chosen} do not contradict one another")


def proved_path_lower(kind: NetworkClass, data: ExactData, lam: Row, trees: Sequence[Sequence[Sequence[Any]]]) -> Fraction:
    """A lower bound on the path norm of every fit: λᵀy/F, F from a pair of trees (for λ and for −λ) for each arrangement.

    Raises: NotCertified, BadData.
    """
    n, _ = data.shape
    if len(lam) != n:
        raise NotCertified(f"there are {len(lam)} multipliers for {n} points: one a point is needed")
    for number, condition in enumerate(kind.conditions(data.points)):
        if dot(lam, condition):
            what = "do not sum to 0" if number == 0 else f"do not cancel coordinate {number - 1} of the points"
            raise NotCertified(f"the multipliers {what}")
    gain = dot(lam, data.labels)
    if gain < 0:
        raise NotCertified("the multipliers give the labels a negative sum")
    if gain == 0:
        return Fraction(0)
    arrangements = kind.arrangements(data.points)
    if len(trees) != len(arrangements) or any(len(pair) != 2 for pair in trees):
        raise NotCertified(f"there must be {len(arrangements)} pairs of trees")
    g = [rational(c) for c in lam]
    highest = Fraction(0)
    for rows, (plus, minus) in zip(arrangements, trees, strict=True):
        highest = max(highest, arrangement_upper(rows, g, plus), arrangement_upper(rows, [-c for c in g], minus))
    if highest == 0:
        raise NotCertified("the multipliers prove that no network fits")
    return gain / highest


def proved_path_upper(kind: NetworkClass, data: ExactData, network: PathNetwork) -> Fraction:
    """A rational number at least the path norm of the network.  Raises: NotCertified when it does not fit or has another shape."""
    (_, d), k = data.shape, len(network.W)
    if len(network.b) != k or len(network.a) != k or any(len(row) != d for row in (*network.W, network.v)):
        raise NotCertified(f"the network needs k rows of {d} entries, k biases and k coefficients, and v of {d} entries")
    if not kind.affine and (any(network.v) or network.c):
        raise NotCertified("the network has an affine part, and its class has none")
    for i, (value, label) in enumerate(zip(network.values(data.points), data.labels, strict=True)):
        if value != label:
            raise NotCertified(f"the network does not fit point {i}")
    total = Fraction(0)
    for weights, bias, outer in zip(network.W, network.b, network.a, strict=True):
        square = sum((c * c for c in weights), Fraction(0)) + (bias * bias if kind.bias == "inside" else 0)
        total += abs(outer) * root_above(square)
    return total


def certify_path_norm(
    kind: NetworkClass, data: ExactData, lam: Row, trees: Sequence[Sequence[Sequence[Any]]], network: PathNetwork
) -> dict[str, Any]:
    """A certificate lower ≤ least path norm ≤ value, both decimals of 12 significant digits.  Raises: NotCertified, BadData.

    >>> data = ExactData(((Fraction(0),), (Fraction(1),)), (Fraction(0), Fraction(2)))
    >>> network = PathNetwork(((Fraction(1),),), (Fraction(0),), (Fraction(2),), (Fraction(0),), Fraction(0))
    >>> plus, minus = [{"branch": 1}, {"bound": []}, {"bound": []}], [{"bound": ["0"]}]
    >>> first = [{"branch": 0}, {"bound": []}, {"bound": []}]
    >>> trees = [[plus, minus], [[{"bound": ["1"]}], first]]
    >>> found = certify_path_norm(NetworkClass("free", False), data, (Fraction(-1), Fraction(1)), trees, network)
    >>> found["lower"], found["value"], check_path_norm(found).status.value
    ('2', '2', 'CERTIFIED')
    """
    lower = proved_path_lower(kind, data, lam, trees)
    value = round_up(proved_path_upper(kind, data, network))
    try:
        return {
            "format": FORMAT,
            "version": VERSION,
            "claim": CLAIM,
            "class": {"bias": kind.bias, "affine": kind.affine},
            "statement": kind.statement,
            "data": data.as_json(),
            "lower": str(round_down(lower) if lower else lower),
            "value": str(value),
            "dual": {"lambda": _texts(lam), "trees": [[list(tree) for tree in pair] for pair in trees]},
            "network": {"W": [_texts(row) for row in network.W], "b": _texts(network.b), "a": _texts(network.a), "v": _texts(network.v),
                        "c": format_exact(network.c)},
            "recheck": RECHECK,
        }  # fmt: skip
    except ValueError as error:  # Python spells no integer of more than 4300 digits
        raise NotCertified(f"the exact weights have too many digits to be written ({error}); give fewer points") from error


def check_path_norm(document: object) -> Verdict:
    """Whether the multipliers, the trees and the network of a certificate prove its two values, recomputed without a solver.

    Raises: BadData (or ShapeError) when the document is malformed.
    """
    fields = checked_fields(document, FORMAT, VERSION, _FIELDS)
    if fields["claim"] != CLAIM:
        raise BadData(f'the field "claim" must be "{CLAIM}"')
    entry = _exactly(fields["class"], {"bias", "affine"}, "class")
    kind = NetworkClass(entry["bias"] if isinstance(entry["bias"], str) else "", entry["affine"])
    if fields["statement"] != kind.statement:
        raise BadData(f'the field "statement" must be {kind.statement!r}')
    data, digest = parse_data(fields["data"])
    lower, value = parse_exact(fields["lower"], "lower"), parse_exact(fields["value"], "value")
    dual = _exactly(fields["dual"], {"lambda", "trees"}, "dual")
    lam, trees = parse_row(dual["lambda"], "lambda"), dual["trees"]
    if not isinstance(trees, list) or not all(isinstance(pair, list) and all(isinstance(tree, list) for tree in pair) for pair in trees):
        raise BadData('"trees" must be a list of pairs of trees')
    parts = _exactly(fields["network"], {"W", "b", "a", "v", "c"}, "network")
    b, a, v = (parse_row(parts[name], name) for name in ("b", "a", "v"))
    network = PathNetwork(parse_rows(parts["W"], "W"), b, a, v, parse_exact(parts["c"], "c"))
    if digest != data.digest():
        return failed("the data do not match their SHA-256 digest")
    try:
        proved, reached = proved_path_lower(kind, data, lam, trees), proved_path_upper(kind, data, network)
    except NotCertified as reason:
        return failed(str(reason))
    if lower > proved:
        return failed(f"the multipliers prove no more than {approximately(proved)}, and the certificate claims {approximately(lower)}")
    if value < reached:
        return failed(f"the network reaches only {approximately(reached)}, and the certificate claims {approximately(value)}")
    n, d = data.shape
    summary = {"claim": CLAIM, "bias": kind.bias, "affine": kind.affine, "lower": str(lower), "value": str(value), "n": n, "d": d,
               "k": len(network.W)}  # fmt: skip
    norm = f"bias {kind.bias}{' the norm' if kind.bias == 'inside' else ''}, {'with' if kind.affine else 'without'} a free affine part"
    summary["words"] = (f"{approximately(lower)} ≤ least path norm ≤ {approximately(value)} over ReLU fits of any width ({norm}, n = {n}, "
                        f"d = {d})")
    return Verdict(Status.CERTIFIED, f"{kind.statement} [{lower} to {value}, n = {n}, d = {d}, k = {len(network.W)}]", summary)


def _exactly(document: object, names: set[str], where: str) -> dict[str, Any]:
    if not isinstance(document, dict) or set(document) != names:
        raise BadData(f'"{where}" must hold exactly the fields {", ".join(sorted(names))}')
    return document


def _texts(row: Sequence[Fraction]) -> list[str]:
    return [format_exact(c) for c in row]
