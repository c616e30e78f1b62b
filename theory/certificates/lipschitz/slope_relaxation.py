"""Certificates that the Lipschitz constant of a two-layer network is at most a rational number, from multipliers alone.

Let (ψ(s) − ψ(t))/(s − t) ∈ [α, β] for all s ≠ t.  Then f(x) − f(x′) = g·(x − x′) with g = v + Σ a_ℓδ_ℓw_ℓ, δ_ℓ ∈ [α, β], that is

    g = h_0 + Σ_ℓ s_ℓh_ℓ,   s_ℓ ∈ [−1, 1],   h_0 = v + ½(α+β)Σ a_ℓw_ℓ,   h_ℓ = ½(β−α)a_ℓw_ℓ.

For multipliers y_i > 0 and every unit vector u, Cauchy–Schwarz gives (g·u)² ≤ (Σ|h_i·u|)² ≤ Σy_i · Σ(h_i·u)²/y_i, hence

    Lip(f)² ≤ (Σ_i y_i) · λ_max(Σ_i h_ih_iᵀ/y_i)      on R^d, in the Euclidean norm.

With the best y this is the LipSDP bound with diagonal multipliers (Fazlyab et al. 2019).  If ψ is piecewise linear with its only
kink at 0, neurons on the same hyperplane have their kinks at the same points, and one h may stand for all of them: their sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import arb, arb_mat, ctx

from theory.certificates.exact.documents import RECHECK, checked_fields
from theory.certificates.exact.eigenvalue_sum import PRECISION, eigenvalue_sum_upper
from theory.certificates.exact.exact_data import ball, format_exact, parse_exact, parse_row
from theory.certificates.exact.exact_weights import ExactWeights, Row, parse_weights
from theory.certificates.exact.rounding import approximately, root_above, round_up
from theory.errors import BadData, NotCertified
from theory.verdict import Status, Verdict, failed

FORMAT, VERSION = "lawbook-slope-relaxation", 1
_BOUND = "The function x -> v.x + sum a_l psi(w_l.x + b_l) has Euclidean Lipschitz constant at most `value` on R^d, "
STATEMENTS: Mapping[str, str] = {
    "lipsdp.slopes": _BOUND + "for every psi whose difference quotients lie between the two `slopes`.",
    "lipsdp.kinks": _BOUND + "psi being t -> alpha t for t <= 0 and t -> beta t for t >= 0, `slopes` = [alpha, beta].",
}
_FIELDS = frozenset(("format", "version", "claim", "domain", "slopes", "value", "statement", "network", "multipliers", "recheck"))


def slope_rows(claim: str, network: ExactWeights, slopes: Sequence[Fraction]) -> arb_mat:
    """Enclosures of the rows h_0, h_1, …: those of all neurons, or for "lipsdp.kinks" one for each hyperplane.

    Hyperplanes come in the order of their first neuron; those with w = 0, or whose kinks cancel exactly, have no row.

    >>> network = ExactWeights(((Fraction(1),), (Fraction(-2),)), (Fraction(1), Fraction(-2)), (Fraction(3), Fraction(1)), (Fraction(0),))
    >>> slope_rows("lipsdp.slopes", network, (Fraction(0), Fraction(1))).str(3, radius=False)
    '[0.500]\\n[ 1.50]\\n[-1.00]'
    >>> slope_rows("lipsdp.kinks", network, (Fraction(0), Fraction(1))).str(3, radius=False)
    '[0.500]\\n[ 2.50]'
    """
    low, high = slopes
    mean, half = (low + high) / 2, (high - low) / 2
    weights = dict(enumerate(network.a)) if claim == "lipsdp.slopes" else hyperplane_weights(network)
    with ctx.workprec(PRECISION):
        W = arb_mat([[ball(c) for c in row] for row in network.W])
        first = arb_mat([[ball(c) for c in network.v]]) + arb_mat([[ball(mean * c) for c in network.a]]) * W
        table = W.table()
        return arb_mat(first.table() + [[factor * c for c in table[j]] for j, factor in _balls(weights, half)])


def _balls(weights: Mapping[int, Fraction], half: Fraction) -> list[tuple[int, arb]]:
    return [(j, ball(half * weight)) for j, weight in weights.items()]


def hyperplane_weights(network: ExactWeights) -> dict[int, Fraction]:
    """For the first neuron j on each hyperplane w_j·x + b_j = 0 the number η with Σ a_ℓ|w_ℓ·x + b_ℓ| = η|w_j·x + b_j| on its neurons."""
    weights: dict[int, Fraction] = {}
    for ell, (owner, ratio) in hyperplane_owners(network.W, network.b, [bool(c) for c in network.a]).items():
        weights[owner] = weights.get(owner, Fraction(0)) + network.a[ell] * ratio
    return {j: weight for j, weight in weights.items() if weight}


def hyperplane_owners(W: Sequence[Row], b: Row, live: Sequence[bool]) -> dict[int, tuple[int, Fraction]]:
    """For each live neuron ℓ with w_ℓ ≠ 0 the first live neuron j on its hyperplane, and |w_ℓ·x + b_ℓ|/|w_j·x + b_j|.

    >>> hyperplane_owners(((Fraction(1),), (Fraction(-2),)), (Fraction(1), Fraction(-2)), (True, True))
    {0: (0, Fraction(1, 1)), 1: (0, Fraction(2, 1))}
    """
    buckets: dict[tuple[int, Fraction, Fraction], list[int]] = {}
    owners: dict[int, tuple[int, Fraction]] = {}
    for j, (row, offset) in enumerate(zip(W, b, strict=True)):
        p = next((i for i, c in enumerate(row) if c), None)
        if p is None or not live[j]:
            continue
        # equal in all proportional rows, and seldom in others: only rows of one bucket are compared entry by entry
        bucket = buckets.setdefault((p, offset / row[p], row[-1] / row[p]), [])
        owner = next((i for i in bucket if _proportional(W[i], row, p)), None)
        if owner is None:
            owner = j
            bucket.append(j)
        owners[j] = owner, abs(row[p] / W[owner][p])
    return owners


def _proportional(first: Row, second: Row, pivot: int) -> bool:
    return all(c * second[pivot] == e * first[pivot] for c, e in zip(first, second, strict=True))


def proved_square(rows: arb_mat, multipliers: Sequence[Fraction]) -> Fraction:
    """A rational number at least (Σy_i)·λ_max(Σ h_ih_iᵀ/y_i), hence at least ‖h_0 + Σ s_ih_i‖² for all s_i ∈ [−1, 1].

    Raises: NotCertified (another number of multipliers than rows, a multiplier ≤ 0, a number that is not finite).

    >>> rows = arb_mat([[0, 0], [3, 0], [0, 4]])
    >>> bool(25 <= proved_square(rows, (Fraction(1, 10**9), Fraction(9), Fraction(16))) < Fraction(2500001, 10**5))
    True
    """
    if len(multipliers) != rows.nrows():
        raise NotCertified(f"there are {len(multipliers)} multipliers for {rows.nrows()} rows: one a row is needed")
    if not all(y > 0 for y in multipliers):
        raise NotCertified(f"multiplier {next(i for i, y in enumerate(multipliers) if y <= 0)} is not positive")
    with ctx.workprec(PRECISION):
        roots = [ball(y).sqrt() for y in multipliers]
        B = arb_mat([[c / root for c in row] for row, root in zip(rows.table(), roots, strict=True)])
        # BᵀB and BBᵀ have the same largest eigenvalue
        M = B.transpose() * B if B.ncols() <= B.nrows() else B * B.transpose()
        upper = (ball(sum(multipliers, Fraction(0))) * eigenvalue_sum_upper(M, 1)).upper()
        if not upper.is_finite():
            raise NotCertified("the bound is not finite: scale the network")
        exact = upper.fmpq()
        return max(Fraction(int(exact.p), int(exact.q)), Fraction(0))


def certify_slope_bound(
    claim: str, network: ExactWeights, slopes: tuple[Fraction, Fraction], multipliers: Sequence[Fraction]
) -> dict[str, Any]:
    """A certificate that Lip(f) ≤ value on R^d, the value being the least decimal of 12 significant digits that y proves.

    Args: claim ("lipsdp.slopes" or "lipsdp.kinks"), the exact network, the slopes (α, β), one multiplier > 0 for each of
    `slope_rows`.
    Returns: a JSON-ready document that `check_slope_certificate` accepts.
    Raises: BadData (unknown claim), NotCertified.
    Guarantee: certified; the document stores no derived number but the value.

    >>> network = ExactWeights(((Fraction(3), Fraction(4)),), (Fraction(7),), (Fraction(2),), (Fraction(0), Fraction(0)))
    >>> certify_slope_bound("lipsdp.kinks", network, (Fraction(0), Fraction(1)), (Fraction(1), Fraction(1)))["value"]
    '100000000001/10000000000'
    """
    square = proved_square(slope_rows(_known(claim), network, slopes), multipliers)
    return {
        "format": FORMAT,
        "version": VERSION,
        "claim": claim,
        "domain": "global",
        "slopes": [format_exact(slope) for slope in slopes],
        "value": str(round_up(root_above(square))),
        "statement": STATEMENTS[claim],
        "network": network.as_json(),
        "multipliers": [format_exact(y) for y in multipliers],
        "recheck": RECHECK,
    }


def check_slope_certificate(document: object) -> Verdict:
    """Whether the multipliers of a certificate prove its value, recomputed from the exact network without any solver.

    Returns: a Verdict, CERTIFIED, or FAILED with the reason for which the claim does not follow.
    Raises: BadData (or ShapeError) when the document is malformed.
    Guarantee: CERTIFIED means proved for this network in exact and ball arithmetic.

    >>> network = ExactWeights(((Fraction(3), Fraction(4)),), (Fraction(7),), (Fraction(2),), (Fraction(0), Fraction(0)))
    >>> document = certify_slope_bound("lipsdp.kinks", network, (Fraction(0), Fraction(1)), (Fraction(1), Fraction(1)))
    >>> check_slope_certificate(document).status.value
    'CERTIFIED'
    >>> check_slope_certificate({**document, "value": "9"}).reason
    'the multipliers prove no value below 10.0000000001, and the certificate claims 9.0'
    """
    fields = checked_fields(document, FORMAT, VERSION, _FIELDS)
    claim = _known(fields["claim"])
    slopes = parse_row(fields["slopes"], "slopes")
    if len(slopes) != 2:
        raise BadData(f'"slopes" must hold two numbers, not {len(slopes)}')
    value = parse_exact(fields["value"], "value")
    multipliers = parse_row(fields["multipliers"], "multipliers")
    network, digest = parse_weights(fields["network"])
    for name, expected in (("domain", "global"), ("statement", STATEMENTS[claim])):
        if fields[name] != expected:
            return failed(f"the {name} of {claim} must read {expected!r}")
    if digest != network.digest():
        return failed("the network does not match its SHA-256 digest")
    try:
        square = proved_square(slope_rows(claim, network, slopes), multipliers)
    except NotCertified as reason:
        return failed(str(reason))
    if value < 0 or value * value < square:
        proved = approximately(round_up(root_above(square)))
        return failed(f"the multipliers prove no value below {proved}, and the certificate claims {approximately(value)}")
    k, d = network.shape
    summary = {"format": FORMAT, "claim": claim, "domain": "global", "slopes": [str(s) for s in slopes], "value": str(value), "k": k,
               "d": d}
    return Verdict(Status.CERTIFIED, f"{STATEMENTS[claim]} [value {value}, k = {k}, d = {d}]", summary)


def _known(claim: object) -> str:
    if not isinstance(claim, str) or claim not in STATEMENTS:
        raise BadData(f"the claim {claim!r} is unknown: use one of {', '.join(STATEMENTS)}")
    return claim
