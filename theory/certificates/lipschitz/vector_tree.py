"""Certificates of Lipschitz constants of two-layer networks with several outputs, in Euclidean norms, re-checked without a solver.

F(x) = Aψ(Wx + b) + Vx + c has the Jacobian J = H_0 + Σ_j s_j η_jw_jᵀ with H_0 = V + ½(α+β)AW and, for ψ(t) = αt for t ≤ 0 and βt for
t ≥ 0, one term for each hyperplane, s_j = ±1 its sign and η_j ∈ R^m the sum of ½(β−α)|ratio|·A_ℓ over its neurons ("kinks"); or, for
every ψ with difference quotients in [α, β], one term for each neuron, s_j ∈ [−1, 1] and η_j = ½(β−α)A_j ("slopes").  Let H be H_0 with
the terms of known sign added.  For y_j > 0 on the other terms and vectors u ∈ R^m, z ∈ R^d

    2uᵀJz ≤ 2uᵀHz + Σ_j (u·η_j)²/y_j + y_j(w_j·z)² = (u,z)ᵀ B (u,z),      B = [[Σ η_jη_jᵀ/y_j, H], [Hᵀ, Σ y_jw_jw_jᵀ]],

so that ‖J‖ ≤ λ_max(B).  On a convex domain with interior points the constant of F is the supremum of ‖J‖ over the patterns that occur at
interior points; a tree branches on signs, as in `branch_tree`, and its leaves carry the y, or refute their pattern.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb, arb_mat, ctx, fmpq

from theory.certificates.exact.documents import RECHECK, checked_fields
from theory.certificates.exact.eigenvalue_sum import PRECISION, eigenvalue_sum_lower, eigenvalue_sum_upper
from theory.certificates.exact.exact_data import ball, format_exact, parse_exact, parse_row
from theory.certificates.exact.exact_weights import ExactVectorWeights, Row, parse_vector_weights
from theory.certificates.exact.rounding import approximately, root_above, root_below, round_down, round_up
from theory.certificates.lipschitz.branch_tree import Arrangement, ExactDomain, check_planes, parse_domain, proved_by_tree
from theory.certificates.lipschitz.slope_relaxation import hyperplane_owners
from theory.errors import BadData, NotCertified
from theory.verdict import Status, Verdict, failed

FORMAT, VERSION = "lawbook-vector-tree", 1
_BOUND = "The function x -> A psi(Wx + b) + Vx + c into R^m has, from the Euclidean norm to the Euclidean norm, Lipschitz constant "
STATEMENTS = {
    "lipschitz.vector.kinks": _BOUND + "between `lower` and `value` on `domain`, psi being t -> alpha t for t <= 0 and t -> beta t for "
                              "t >= 0, `slopes` = [alpha, beta].",
    "lipschitz.vector.slopes": _BOUND + "at most `value` on R^d for every psi whose difference quotients lie between the two `slopes`.",
}  # fmt: skip
_FIELDS = frozenset(
    ("format", "version", "claim", "domain", "slopes", "value", "lower", "statement", "network", "planes", "tree", "witness", "recheck")
)


def vector_terms(claim: str, network: ExactVectorWeights, slopes: Sequence[Fraction]) -> dict[int, Row]:
    """η_j for each hyperplane by its first neuron, or for "lipschitz.vector.slopes" for each neuron; those that vanish are left out.

    >>> one, zero = Fraction(1), Fraction(0)
    >>> network = ExactVectorWeights(((one,), (-2 * one,)), (one, -2 * one), ((one, one), (zero, one)), ((zero,), (zero,)), (zero, zero))
    >>> vector_terms("lipschitz.vector.kinks", network, (zero, one))
    {0: (Fraction(3, 2), Fraction(1, 1))}
    """
    half = (slopes[1] - slopes[0]) / 2
    columns = [tuple(half * c for c in column) for column in zip(*network.A, strict=True)]
    live = [any(column) for column in columns]
    if claim == "lipschitz.vector.slopes":
        return {j: columns[j] for j, row in enumerate(network.W) if live[j] and any(row)}
    terms: dict[int, Row] = {}
    for ell, (owner, ratio) in hyperplane_owners(network.W, network.b, live).items():
        before = terms.get(owner, (Fraction(0),) * len(network.A))
        terms[owner] = tuple(p + ratio * q for p, q in zip(before, columns[ell], strict=True))
    return {j: term for j, term in terms.items() if any(term)}


class VectorPatterns(Arrangement):
    """The arrangement of a network with several outputs: H_0, the terms η_jw_jᵀ of the tree, and the size of those left out."""

    def __init__(
        self, claim: str, network: ExactVectorWeights, slopes: Sequence[Fraction], planes: Sequence[int], domain: ExactDomain
    ) -> None:
        super().__init__(network.W, network.b, planes, domain)
        terms = vector_terms(claim, network, slopes)
        check_planes(planes, terms)
        mean = (slopes[0] + slopes[1]) / 2
        with ctx.workprec(PRECISION):
            W = arb_mat([[ball(c) for c in row] for row in network.W])
            self.first = arb_mat([[ball(c) for c in row] for row in network.V])
            self.first += arb_mat([[ball(mean * c) for c in row] for row in network.A]) * W
            self.terms = [([ball(c) for c in terms[j]], [ball(c) for c in network.W[j]]) for j in planes]
            left_out = [(terms[j], network.W[j]) for j in terms if j not in set(planes)]
            self.rest: arb = sum((ball(root_above(_square(eta) * _square(w))) for eta, w in left_out), arb(0)).upper()

    def bound(self, signs: Sequence[int], multipliers: Sequence[Fraction]) -> Fraction:
        """A rational bound on ‖J‖² over the cells with these signs (0: any), from one y > 0 for each sign 0.  Raises: NotCertified."""
        free = [term for sign, term in zip(signs, self.terms, strict=True) if not sign]
        if len(multipliers) != len(free) or not all(y > 0 for y in multipliers):
            raise NotCertified(f"a leaf with {len(free)} open terms needs as many positive multipliers")
        with ctx.workprec(PRECISION):
            H = self._jacobian(signs)
            if not free:
                square = eigenvalue_sum_upper(_gram(H), 1).upper()
                top = square.sqrt().upper() if square > 0 else arb(0)
            else:
                top = eigenvalue_sum_upper(_block(H, free, [ball(y) for y in multipliers]), 1).upper()
            return max(_fraction(((top + self.rest) ** 2).upper()), Fraction(0))

    def reached(self, witness: Row) -> Fraction:
        """A rational number at most ‖J‖² at the witness.  Raises: NotCertified (not in the domain, on a kink)."""
        signs = self.signs_at(witness)
        with ctx.workprec(PRECISION):
            square = eigenvalue_sum_lower(_gram(self._jacobian(signs)), 1).lower()
            norm = (square.sqrt() - self.rest).lower() if square > 0 else arb(0)
            return _fraction((norm * norm).lower()) if norm > 0 else Fraction(0)

    def _jacobian(self, signs: Sequence[int]) -> arb_mat:
        fixed = [(sign, *term) for sign, term in zip(signs, self.terms, strict=True) if sign]
        if not fixed:
            return self.first
        columns = arb_mat([[sign * c for c in eta] for sign, eta, _ in fixed]).transpose()
        return self.first + columns * arb_mat([w for _, _, w in fixed])


def _block(H: arb_mat, free: Sequence[tuple[list[arb], list[arb]]], y: Sequence[arb]) -> arb_mat:
    eta, w = arb_mat([term[0] for term in free]), arb_mat([term[1] for term in free])
    above = arb_mat([[c / t for c in term[0]] for term, t in zip(free, y, strict=True)]).transpose() * eta
    below = arb_mat([[c * t for c in term[1]] for term, t in zip(free, y, strict=True)]).transpose() * w
    upper = [p + q for p, q in zip(above.tolist(), H.tolist(), strict=True)]
    lower = [p + q for p, q in zip(H.transpose().tolist(), below.tolist(), strict=True)]
    return arb_mat(upper + lower)


def _gram(H: arb_mat) -> arb_mat:
    return H * H.transpose() if H.nrows() <= H.ncols() else H.transpose() * H


def _square(row: Row) -> Fraction:
    return sum((c * c for c in row), Fraction(0))


def _fraction(value: arb) -> Fraction:
    if not value.is_finite():
        raise NotCertified("the bound is not finite: scale the network")
    exact: fmpq = value.fmpq()
    return Fraction(int(exact.p), int(exact.q))


def _proved(claim: str, patterns: VectorPatterns, tree: Sequence[Any], witness: Row | None) -> tuple[Fraction, Fraction]:
    """The squares of the bounds from above and from below."""
    if claim == "lipschitz.vector.slopes" and (patterns.domain.kind != "global" or len(tree) != 1 or witness is not None):
        raise NotCertified("a bound for all psi with these slopes is one leaf on R^d, without a witness")
    return proved_by_tree(patterns, tree), Fraction(0) if witness is None else patterns.reached(witness)


def certify_vector_tree(
    claim: str, network: ExactVectorWeights, slopes: tuple[Fraction, Fraction], patterns: VectorPatterns, tree: Sequence[Any],
    witness: Row | None,
) -> dict[str, Any]:  # fmt: skip
    """A certificate of lower ≤ Lip(F) ≤ value, both the best decimals of 12 significant digits that the evidence proves.

    Args: claim, the exact network, the slopes (α, β), the `VectorPatterns` made of them, the tree in preorder, a witness or None.
    Raises: BadData, ShapeError, NotCertified (the tree or the witness proves nothing).
    """
    square, reached = _proved(claim, patterns, tree, witness)
    lower = root_below(reached)
    return {
        "format": FORMAT,
        "version": VERSION,
        "claim": claim,
        "domain": patterns.domain.as_json(),
        "slopes": [format_exact(slope) for slope in slopes],
        "value": str(round_up(root_above(square))),
        "lower": str(round_down(lower) if lower else lower),
        "statement": STATEMENTS[claim],
        "network": network.as_json(),
        "planes": list(patterns.planes),
        "tree": list(tree),
        "witness": None if witness is None else [format_exact(c) for c in witness],
        "recheck": RECHECK,
    }


def check_vector_tree(document: object) -> Verdict:
    """Whether the tree and the witness of a certificate prove its two values, recomputed from the exact network without any solver.

    Returns: a Verdict, CERTIFIED, or FAILED with the reason for which the claim does not follow.
    Raises: BadData (or ShapeError) when the document is malformed.

    >>> one, zero = Fraction(1), Fraction(0)
    >>> network = ExactVectorWeights(((one,),), (zero,), ((3 * one,), (4 * one,)), ((zero,), (zero,)), (zero, zero))
    >>> kinks, slopes = "lipschitz.vector.kinks", (zero, one)
    >>> tree = [{"branch": 0}, {"bound": []}, {"bound": []}]
    >>> patterns = VectorPatterns(kinks, network, slopes, [0], ExactDomain("global"))
    >>> document = certify_vector_tree(kinks, network, slopes, patterns, tree, (one,))
    >>> document["lower"], check_vector_tree(document).status.value
    ('5', 'CERTIFIED')
    >>> check_vector_tree({**document, "value": "4"}).reason
    'the tree proves no value below 5.0, and the certificate claims 4.0'
    """
    fields = checked_fields(document, FORMAT, VERSION, _FIELDS)
    claim = fields["claim"]
    if not isinstance(claim, str) or claim not in STATEMENTS:
        raise BadData(f"the claim {claim!r} is unknown: use one of {', '.join(STATEMENTS)}")
    if fields["statement"] != STATEMENTS[claim]:
        return failed(f"the statement of {claim} must read {STATEMENTS[claim]!r}")
    slopes = parse_row(fields["slopes"], "slopes")
    if len(slopes) != 2:
        raise BadData(f'"slopes" must hold two numbers, not {len(slopes)}')
    value, lower = parse_exact(fields["value"], "value"), parse_exact(fields["lower"], "lower")
    domain, planes, tree = parse_domain(fields["domain"]), fields["planes"], fields["tree"]
    if not isinstance(planes, list) or not all(type(j) is int for j in planes) or not isinstance(tree, list):
        raise BadData('"planes" must be a list of neurons and "tree" a list of nodes')
    witness = None if fields["witness"] is None else parse_row(fields["witness"], "witness")
    try:
        network = parse_vector_weights(fields["network"])
        square, reached = _proved(claim, VectorPatterns(claim, network, slopes, planes, domain), tree, witness)
    except NotCertified as reason:
        return failed(str(reason))
    if value < 0 or value * value < square:
        proved = approximately(round_up(root_above(square)))
        return failed(f"the tree proves no value below {proved}, and the certificate claims {approximately(value)}")
    if lower < 0 or lower * lower > reached:
        best = approximately(root_below(reached))
        return failed(f"the witness reaches at most {best}, and the certificate claims {approximately(lower)}")
    m, k, d = network.shape
    summary = {"format": FORMAT, "claim": claim, "domain": domain.kind, "value": str(value), "m": m, "k": k, "d": d, "nodes": len(tree)}
    if witness is not None:
        summary["lower"] = str(lower)
    return Verdict(Status.CERTIFIED, f"{STATEMENTS[claim]} [{lower} to {value}, {domain.kind}, m = {m}, k = {k}, d = {d}]", summary)
