"""Certificates of upper bounds: a network with rational weights that fits the data exactly, and a bound on its Lipschitz constant.

f(x) = v·x + c + Σ s_ℓReLU(w_ℓ·x+b_ℓ) has Lipschitz constant max ‖P(v+Σ δ_ℓs_ℓw_ℓ)‖ on a convex domain D over the patterns δ of the cells
that are open in D, P being the orthogonal projection on the directions of D, provided that no w_ℓ·x+b_ℓ vanishes on all of D.  The maximum
over all patterns is therefore a bound, and a pattern may be left out if λ ≥ 0, λ ≠ 0, with Σ λ_ℓσ_ℓ(w_ℓ·x+b_ℓ) ≤ 0 on D, σ_ℓ = 2δ_ℓ−1,
shows that no point of D has all these signs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from flint import fmpq, fmpq_mat

from theory.certificates.exact.documents import RECHECK, checked_fields
from theory.certificates.exact.exact_data import ExactData, format_exact, parse_exact, parse_row, parse_rows
from theory.certificates.exact.exact_network import dot, fraction, rational, relu_values
from theory.certificates.exact.exact_weights import Row
from theory.certificates.exact.rounding import approximately, root_above, round_up
from theory.certificates.fits.kink_lower import parse_problem, problem_as_json
from theory.certificates.fits.kink_problem import MOST_KINKS, FitDomain, KinkProblem, Pattern
from theory.errors import BadData, NotCertified, ShapeError
from theory.verdict import Status, Verdict, failed

FORMAT, VERSION, CLAIM = "lawbook-exact-fit", 1, "lipschitz.kinks.upper"
STATEMENT = (
    "The function x -> v.x + c + sum s_l relu(w_l.x + b_l) of `network`, with at most `kinks` terms and with v = 0 and c = 0 unless "
    "`affine`, takes the values y at the rows of X and has Euclidean Lipschitz constant at most `value` on `domain`."
)
_FIELDS = frozenset(
    ("format", "version", "claim", "statement", "data", "domain", "kinks", "affine", "network", "excluded", "value", "recheck")
)


@dataclass(frozen=True)
class KinkNetwork:
    """f(x) = v·x + c + Σ s_ℓReLU(w_ℓ·x+b_ℓ): signs (k of ±1), W (k rows of d), b (k), v (d), c, all rational.

    Raises: ShapeError, BadData (a sign that is not ±1, too many kinks).

    >>> one = Fraction(1)
    >>> KinkNetwork((-1,), ((one,),), (Fraction(0),), (one,), one).value((Fraction(3),))
    Fraction(1, 1)
    """

    signs: Pattern
    W: tuple[Row, ...]
    b: Row
    v: Row
    c: Fraction

    def __post_init__(self) -> None:
        k, d = len(self.signs), len(self.v)
        if not d or any(len(row) != d for row in self.W) or not len(self.W) == len(self.b) == k:
            raise ShapeError(f"the network has {k} signs, {len(self.W)} rows W and {len(self.b)} biases: give one each, and rows as long "
                             f"as v, which has {d} entries")
        if any(type(s) is not int or s not in (1, -1) for s in self.signs) or k > MOST_KINKS:
            raise BadData(f"the signs are {list(self.signs)}: give at most {MOST_KINKS}, each 1 or -1")

    def value(self, x: Row) -> Fraction:
        """f(x), exactly."""
        return relu_values((x,), self.W, self.b, [Fraction(s) for s in self.signs], self.v, self.c)[0]

    def gradient(self, pattern: Pattern) -> Row:
        """v + Σ δ_ℓs_ℓw_ℓ."""
        active = [(s, w) for s, w, bit in zip(self.signs, self.W, pattern, strict=True) if bit]
        return tuple(sum((s * w[j] for s, w in active), self.v[j]) for j in range(len(self.v)))

    def as_json(self) -> dict[str, Any]:
        """The network as exact strings."""
        return {"signs": list(self.signs), "W": [[format_exact(c) for c in row] for row in self.W], "b": [format_exact(c) for c in self.b],
                "v": [format_exact(c) for c in self.v], "c": format_exact(self.c)}  # fmt: skip


class Slopes:
    """‖Pg‖² for gradients g, exactly: P projects on the directions of the domain."""

    def __init__(self, domain: FitDomain, d: int) -> None:
        self.basis: fmpq_mat | None = None
        if domain.kind == "hull":
            first = domain.vertices[0]
            moved = [[rational(p - q) for p, q in zip(row, first, strict=True)] for row in domain.vertices]
            reduced, rank = fmpq_mat(moved).rref()
            if rank < d:
                self.basis = fmpq_mat([reduced.tolist()[i] for i in range(int(rank))]) if rank else fmpq_mat(1, d)
                self.inverse = (self.basis * self.basis.transpose()).inv() if rank else fmpq_mat(1, 1)

    def square(self, gradient: Row) -> Fraction:
        """‖Pg‖²."""
        if self.basis is None:
            return dot(gradient, gradient)
        along = self.basis * fmpq_mat([[rational(c)] for c in gradient])
        return fraction(fmpq((along.transpose() * self.inverse * along)[0, 0]))


def excludes(network: KinkNetwork, domain: FitDomain, pattern: Pattern, multipliers: Sequence[Fraction]) -> bool:
    """Whether λ ≥ 0, λ ≠ 0 and Σ λ_ℓσ_ℓ(w_ℓ·x+b_ℓ) ≤ 0 on the domain, so that no point has all the signs of the pattern.

    >>> ramp = KinkNetwork((1,), ((Fraction(3),),), (Fraction(-3),), (Fraction(0),), Fraction(0))
    >>> short = FitDomain("box", low=(Fraction(0),), high=(Fraction(1),))
    >>> excludes(ramp, short, (1,), (Fraction(1),)), excludes(ramp, short, (0,), (Fraction(1),))
    (True, False)
    """
    if len(multipliers) != len(network.signs) or any(c < 0 for c in multipliers) or not any(multipliers):
        return False
    signed = [c if bit else -c for c, bit in zip(multipliers, pattern, strict=True)]
    slope = tuple(sum((c * w[j] for c, w in zip(signed, network.W, strict=True)), Fraction(0)) for j in range(len(network.v)))
    return domain.never_positive(slope, dot(signed, network.b))


def upper_square(problem: KinkProblem, network: KinkNetwork, excluded: Mapping[Pattern, Sequence[Fraction]]) -> Fraction:
    """A bound on the square of the Lipschitz constant of an exact fit: max ‖P∇‖² over the patterns that are not excluded.

    Args: problem (its `affine` and `kinks` say what the network may have), network, excluded (multipliers by pattern).
    Raises: ShapeError, NotCertified (the network is not of the class or does not fit, a kink vanishes on the domain, an exclusion that
    does not hold).

    >>> points = ((Fraction(0),), (Fraction(1),))
    >>> problem = KinkProblem(points, (Fraction(0), Fraction(3)), FitDomain("hull", vertices=points), 0, True)
    >>> upper_square(problem, KinkNetwork((), (), (), (Fraction(3),), Fraction(0)), {})
    Fraction(9, 1)
    """
    k = len(network.signs)
    if len(network.v) != problem.shape[1]:
        raise ShapeError(f"the network takes {len(network.v)} inputs and the points have {problem.shape[1]} coordinates")
    if k > problem.kinks or (not problem.affine and (any(network.v) or network.c)):
        part = "an" if problem.affine else "no"
        raise NotCertified(f"the network is not of the class: at most {problem.kinks} kinks, {part} affine part")
    for i, (row, label) in enumerate(zip(problem.points, problem.labels, strict=True)):
        if network.value(row) != label:
            raise NotCertified(f"the network does not fit point {i}: its value there differs from the label by "
                               f"{approximately(network.value(row) - label)}")
    for ell, (slope, offset) in enumerate(zip(network.W, network.b, strict=True)):
        if problem.domain.vanishes(slope, offset):
            raise NotCertified(f"kink {ell} vanishes on the domain: leave it out")
    for pattern, multipliers in excluded.items():
        if len(pattern) != k or not excludes(network, problem.domain, pattern, multipliers):
            raise NotCertified(f"the multipliers do not exclude the pattern {''.join(map(str, pattern))}")
    slopes = Slopes(problem.domain, problem.shape[1])
    kept = (pattern for pattern in product((0, 1), repeat=k) if pattern not in excluded)
    squares = [slopes.square(network.gradient(pattern)) for pattern in kept]
    if not squares:
        raise NotCertified("every pattern is excluded, which no domain allows")
    return max(squares)


def certify_fit(problem: KinkProblem, network: KinkNetwork, excluded: Mapping[Pattern, Sequence[Fraction]]) -> dict[str, Any]:
    """A certificate that an explicit network of the class fits the data exactly, and of its Lipschitz constant.

    Returns: a JSON-ready document that `check_fit` accepts; its value is the proved bound, rounded up to 12 digits.
    Raises: ShapeError, NotCertified, as `upper_square`.

    >>> points = ((Fraction(0),), (Fraction(1),), (Fraction(2),))
    >>> problem = KinkProblem(points, (Fraction(0), Fraction(0), Fraction(3)), FitDomain("hull", vertices=points), 1, True)
    >>> ramp = KinkNetwork((1,), ((Fraction(3),),), (Fraction(-3),), (Fraction(0),), Fraction(0))
    >>> document = certify_fit(problem, ramp, {})
    >>> document["value"], check_fit(document).status.value
    ('3', 'CERTIFIED')
    """
    return {
        "format": FORMAT,
        "version": VERSION,
        "claim": CLAIM,
        "statement": STATEMENT,
        **problem_as_json(problem),
        "network": network.as_json(),
        "excluded": {"".join(map(str, pattern)): [format_exact(c) for c in entries] for pattern, entries in sorted(excluded.items())},
        "value": str(round_up(root_above(upper_square(problem, network, excluded)))),
        "recheck": RECHECK,
    }


def check_fit(document: object) -> Verdict:
    """Whether the network of a certificate fits its data exactly and the exclusions prove exactly its value, without any solver.

    Returns: a Verdict, CERTIFIED, or FAILED with the reason for which the claim does not follow.
    Raises: BadData (or ShapeError) when the document is malformed.

    >>> points = ((Fraction(0),), (Fraction(1),))
    >>> problem = KinkProblem(points, (Fraction(0), Fraction(3)), FitDomain("hull", vertices=points), 0, True)
    >>> document = certify_fit(problem, KinkNetwork((), (), (), (Fraction(3),), Fraction(0)), {})
    >>> check_fit({**document, "value": "2"}).reason
    'the network proves the value 3.0, and the certificate claims 2.0'
    """
    fields = checked_fields(document, FORMAT, VERSION, _FIELDS)
    for name, expected in (("claim", CLAIM), ("statement", STATEMENT)):
        if fields[name] != expected:
            raise BadData(f'the field "{name}" must be {expected!r}')
    problem, digest = parse_problem(fields)
    claimed = parse_exact(fields["value"], "value")
    network, excluded = _parse_network(fields["network"]), _parse_excluded(fields["excluded"])
    if digest != ExactData(problem.points, problem.labels).digest():
        return failed("the data do not match their SHA-256 digest")
    try:
        value = round_up(root_above(upper_square(problem, network, excluded)))
    except NotCertified as reason:
        return failed(str(reason))
    if claimed != value:
        return failed(f"the network proves the value {approximately(value)}, and the certificate claims {approximately(claimed)}")
    n, d = problem.shape
    summary = {"format": FORMAT, "claim": CLAIM, "domain": problem.domain.kind, "kinks": problem.kinks, "affine": problem.affine,
               "value": fields["value"], "n": n, "d": d}
    part = "with" if problem.affine else "without"
    shown = f"{fields['value']}, n = {n}, d = {d}, {problem.kinks} kinks {part} an affine part, {problem.domain.kind}"
    return Verdict(Status.CERTIFIED, f"{STATEMENT} [{shown}]", summary)


def _parse_network(document: object) -> KinkNetwork:
    if not isinstance(document, dict) or set(document) != {"signs", "W", "b", "v", "c"}:
        raise BadData('the field "network" must hold exactly "signs", "W", "b", "v" and "c"')
    if not isinstance(document["signs"], list):
        raise BadData('"signs" must be a list of 1 and -1')
    rows = parse_rows(document["W"], "W")
    return KinkNetwork(tuple(document["signs"]), rows, parse_row(document["b"], "b"), parse_row(document["v"], "v"),
                       parse_exact(document["c"], "c"))  # fmt: skip


def _parse_excluded(document: object) -> dict[Pattern, Row]:
    if not isinstance(document, dict) or not all(isinstance(word, str) and set(word) <= {"0", "1"} for word in document):
        raise BadData('"excluded" must give multipliers by pattern, a word of 0 and 1')
    return {tuple(int(bit) for bit in word): parse_row(entries, f"excluded[{word}]") for word, entries in document.items()}
