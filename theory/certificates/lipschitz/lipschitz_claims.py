"""What each lower-bound certificate claims, and the rigorous lower bound of Lip² that its evidence proves.

All norms are Euclidean.  Every claim is a function (data, width, evidence) ↦ a ball whose lower end bounds Lip² from
below for every function in the class of the statement that fits the data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, arb_mat, ctx

from theory.certificates.exact.eigenvalue_sum import PRECISION, eigenvalue_sum_upper, weighted_gram
from theory.certificates.exact.exact_data import ExactData, ball, ball_rows
from theory.errors import NotCertified

Pair = tuple[int, int]
# How far ‖x_i‖² may be from 1 in a sphere claim.  The claim is about the exactly normalised rows, so this is no error
# term: it only refuses data that nobody would call unit rows.  Normalising d ≤ 1000 doubles errs by less than 1e-12.
UNIT_TOLERANCE = Fraction(1, 10**12)


@dataclass(frozen=True)
class Evidence:
    """What a certificate may carry: weights π_ij of pairs, one witness pair, or a squared radius.

    >>> Evidence(pair=(0, 1)).weights
    {}
    """

    weights: Mapping[Pair, Fraction] | None = None
    pair: Pair | None = None
    radius_squared: Fraction | None = None

    def __post_init__(self) -> None:
        if self.weights is None:
            object.__setattr__(self, "weights", {})


@dataclass(frozen=True)
class LowerBoundClaim:
    """One kind of lower bound: its domain, its exact wording, the evidence it needs, the bound that this proves, the class of its fits.

    ``activation``: the only one that it is about, None for any; ``assumes``: what else it asks of the network, None for nothing.
    """

    id: str
    domain: str
    statement: str
    evidence: str | None
    lip_squared: Callable[[ExactData, int, Evidence], arb]
    needs_width: bool = True
    activation: str | None = None
    assumes: str | None = None

    @property
    def class_(self) -> str:
        """The fits that it is about, in words."""
        fit = "fit" if self.activation is None else "ReLU fit"
        return fit if self.assumes is None else f"{fit} ({self.assumes})"


def mcshane_squared(data: ExactData, width: int, evidence: Evidence) -> arb:
    """(y_i − y_j)² / ‖x_i − x_j‖² at the witness pair: the two values alone force it, for every function.

    >>> data = ExactData(((Fraction(0),), (Fraction(1, 2),)), (Fraction(1), Fraction(-1)))
    >>> mcshane_squared(data, 1, Evidence(pair=(0, 1))).contains(16)
    True
    """
    if evidence.pair is None:
        raise NotCertified("the evidence has no witness pair")
    i, j = _checked_pair(data, evidence.pair)
    distance = data.squared_distance(i, j)
    if distance == 0:
        raise NotCertified(f"points {i} and {j} coincide and have different labels: no function fits these data")
    return ball((data.labels[i] - data.labels[j]) ** 2 / distance)


def trace_squared(data: ExactData, width: int, evidence: Evidence) -> arb:
    """Σ(y_i − ȳ)² / Σ_{j≤r} λ_j(Σ(x_i − x̄)(x_i − x̄)ᵀ), r = min(width, d)  (claim 6a, base point x̄).

    |y_i − f(x̄)| ≤ Lip·‖P(x_i − x̄)‖ because f does not change along ker P; square, sum, and use Σ(y_i−c)² ≥ Σ(y_i−ȳ)²
    and Ky Fan's tr(PM) ≤ Σ_{j≤r} λ_j(M).
    """
    weights = [Fraction(1)] * data.shape[0]
    return _quotient(ball(data.label_scatter), _rank_sum(_centred(data), weights, data, width))


def fantope_squared(data: ExactData, width: int, evidence: Evidence) -> arb:
    """Σπ_ij(y_i − y_j)² / Σ_{j≤r} λ_j(Σπ_ij(x_i − x_j)(x_i − x_j)ᵀ), r = min(width, d)  (claim 6b).

    |y_i − y_j| ≤ Lip·‖P(x_i − x_j)‖ because f does not change along ker P; square, average with π, use Ky Fan.
    """
    weights = _checked_weights(data, evidence)
    points = ball_rows(data.points)
    differences = [_minus(points[i], points[j]) for i, j in weights]
    return _quotient(_label_energy(data, weights), _rank_sum(differences, list(weights.values()), data, width))


def sphere_squared(data: ExactData, width: int, evidence: Evidence) -> arb:
    """((1/n)Σ(y_i − ȳ)²) / (σ(2−σ)), σ = (1/n)Σ_{j≤r} λ_j(Σ x̂_i x̂_iᵀ) ≤ 1, x̂_i = x_i/‖x_i‖  (claim 6d).

    σ ↦ σ(2−σ) grows on [0, 1], so an upper bound of σ, capped at 1, gives a lower bound of the quotient.
    """
    n = data.shape[0]
    total = _rank_sum(_unit_rows(data), [Fraction(1)] * n, data, width)
    sigma = (total / n).upper()
    if not sigma < 1:
        sigma = arb(1)
    return _quotient(ball(data.label_scatter) / n, sigma * (2 - sigma))


def sphere_fantope_squared(data: ExactData, width: int, evidence: Evidence) -> arb:
    """Σπ_ij(y_i−y_j)² / Σ_{j≤r} λ_j(Σπ_ij[(x̂_i−x̂_j)(x̂_i−x̂_j)ᵀ + x̂_ix̂_iᵀ + x̂_jx̂_jᵀ]), r = width < d  (claim 6e).

    With u = Px̂ and the lifts (u, √(1−‖u‖²)) the squared chord is ‖u_i−u_j‖² + (√(1−‖u_i‖²) − √(1−‖u_j‖²))², and
    (√a − √b)² ≤ |a − b| ≤ ‖u_i‖² + ‖u_j‖².  The lift needs a direction in ker P, hence r < d.
    """
    if width >= data.shape[1]:
        raise NotCertified(f"the sphere form needs width < d, and width is {width} with d = {data.shape[1]}")
    weights = _checked_weights(data, evidence)
    points = _unit_rows(data)
    rows = [_minus(points[i], points[j]) for i, j in weights]
    masses = list(weights.values())
    marginal: dict[int, Fraction] = {}
    for (i, j), weight in weights.items():
        marginal[i] = marginal.get(i, Fraction(0)) + weight
        marginal[j] = marginal.get(j, Fraction(0)) + weight
    rows += [points[i] for i in marginal]
    return _quotient(_label_energy(data, weights), _rank_sum(rows, masses + list(marginal.values()), data, width))


def relu_ball_squared(data: ExactData, width: int, evidence: Evidence) -> arb:
    """(Σz_i²)² / (‖s‖ + 2k·R)², z_i = y_i − ȳ, s = Σz_ix_i, for width-k ReLU networks on a ball (claim R0).

    Merge equal hyperplanes and write f = v·x + c + Σ_{j≤m} α_j ReLU(u_j·x − t_j), m ≤ k, ‖u_j‖ = 1, with the kinks that
    meet the open ball, all inactive at one generic point of it: ‖v‖ ≤ Lip and |α_j| ≤ 2Lip.  Pairing with z gives
    Σz_i² = Σz_if(x_i) ≤ Lip·(‖s‖ + 2k·sup|Σz_i ReLU(u·x_i − t)|).  Since ReLU(t) = (t + |t|)/2 the supremum is at most (‖s‖ + B)/2
    for B of `_widths_squared`; and ||u·x_i − t| − |u·x̄ − t|| ≤ |u·(x_i − x̄)|, so B ≤ ‖z‖·√λ_1(Σ(x_i − x̄)(x_i − x̄)ᵀ), too.
    """
    if evidence.radius_squared is None:
        raise NotCertified("the evidence has no squared radius")
    for i, row in enumerate(data.points):
        if sum((c * c for c in row), Fraction(0)) > evidence.radius_squared:
            raise NotCertified(f"point {i} lies outside the ball of squared radius {evidence.radius_squared}")
    centred, scatter = _centred(data), data.label_scatter
    mean = data.label_mean
    # Σz_i x_i = Σz_i(x_i − x̄) because Σz_i = 0
    moment_squared, width_squared = _widths_squared(centred, [label - mean for label in data.labels], data)
    top = _rank_sum(centred, [Fraction(1)] * len(centred), data, 1).upper()
    moment, supremum = moment_squared.sqrt(), _least(width_squared, ball(scatter) * top).sqrt()
    return _quotient(ball(scatter) ** 2, (moment + width * (moment + supremum)) ** 2)


def any_activation_squared(data: ExactData, width: int, evidence: Evidence) -> arb:
    """(Σc_iy_i)² / (M² + k·V²), c_i = Σ_jπ_ij − Σ_jπ_ji for pairs with y_i > y_j, M = ‖Σc_ix_i‖  (claim k.law, with c for z).

    The gradients that independent rows attain give ‖v′‖² + ¼ω²Σ‖a_ℓw_ℓ‖² ≤ Lip², as in the proof of k.law, and pairing f with c, whose
    sum is 0, gives Σc_iy_i ≤ ‖v′‖M + ½ωV·√k·√(Σ‖a_ℓw_ℓ‖²) for V = sup Σc_ih(u·x_i) over unit u and 1-Lipschitz h.  Each h has
    Σc_ih(u·x_i) = Σπ_ij(h(u·x_i) − h(u·x_j)) ≤ Σπ_ij|u·(x_i − x_j)|, and Cauchy–Schwarz: V² ≤ Σπ_ij · λ_1(Σπ_ij(x_i − x_j)(x_i − x_j)ᵀ).
    """
    _need_independent_rows(data, width)
    paired = _paired(data, evidence, ball_rows(data.points))
    return _quotient(paired.gain**2, paired.moment_squared + width * paired.transport_squared)


def independent_relu_squared(data: ExactData, width: int, evidence: Evidence) -> arb:
    """(Σc_iy_i)² / (M² + k·B²), B = sup|Σc_i|u·x_i + β||, c and M as in `any_activation_squared`  (claim k.relu, with c for z)."""
    _need_independent_rows(data, width)
    paired = _paired(data, evidence, ball_rows(data.points))
    return _quotient(paired.gain**2, paired.moment_squared + width * paired.width_squared)


def sphere_relu_squared(data: ExactData, width: int, evidence: Evidence) -> arb:
    """The same for the rows x̂_i and networks without biases, whose constants on the sphere and on R^d are equal  (claim k.sphere.relu).

    They are equal for k < d, or when the outer weights have both signs, which labels of both signs force.
    """
    _need_independent_rows(data, width)
    if width == data.shape[1] and not min(data.labels) < 0 < max(data.labels):
        raise NotCertified(f"the labels have one sign and width = d = {width}: the law needs both signs or width < d")
    paired = _paired(data, evidence, _unit_rows(data))
    return _quotient(paired.gain**2, paired.moment_squared + width * paired.width_squared)


def general_position_squared(data: ExactData, width: int, evidence: Evidence) -> arb:
    """(Σc_iy_i)² / (M + k·B/√d)² for k > d ReLU kinks in general position  (claim k.blocks, with c for z and q = k/d).

    Any d kinks meet in one point and no other kink goes through it: each kink is on C(k−1, d−1) of the C(k, d) corners.
    """
    d = data.shape[1]
    if width <= d:
        raise NotCertified(f"width {width} is at most d = {d}: the law for independent rows is stronger")
    paired = _paired(data, evidence, ball_rows(data.points))
    right = paired.moment_squared.sqrt() + width * (paired.width_squared / d).sqrt()
    return _quotient(paired.gain**2, right**2)


@dataclass(frozen=True)
class _Paired:
    """Upper bounds of M², V² and B² for the coefficients c of weighted pairs, and Σc_iy_i."""

    gain: arb
    moment_squared: arb
    transport_squared: arb
    width_squared: arb


def _paired(data: ExactData, evidence: Evidence, points: list[list[arb]]) -> _Paired:
    """The bounds for points x_i, one for each label; B ≤ V because t ↦ |t + β| is 1-Lipschitz."""
    weights = _checked_weights(data, evidence)
    coefficients, gain = [Fraction(0)] * data.shape[0], Fraction(0)
    for (i, j), weight in weights.items():
        up, down = (i, j) if data.labels[i] > data.labels[j] else (j, i)
        coefficients[up] += weight
        coefficients[down] -= weight
        gain += weight * (data.labels[up] - data.labels[down])
    transport = _rank_sum([_minus(points[i], points[j]) for i, j in weights], list(weights.values()), data, 1).upper()
    moment, width = _widths_squared(points, coefficients, data)
    return _Paired(ball(gain), moment, transport, _least(transport, width))


def _widths_squared(points: list[list[arb]], coefficients: list[Fraction], data: ExactData) -> tuple[arb, arb]:
    """Upper ends of M² = ‖Σc_ix_i‖² and of B² = sup(Σc_i|u·x_i + β|)², for Σc_i = 0 and not all 0.

    Let m = Σc_i over c_i > 0, and x₋ = (1/m)Σ|c_i|x_i over c_i < 0.  By Jensen Σ|c_i||u·x_i + β| ≥ m|u·x₋ + β| over c_i < 0, so
    Σc_i|u·x_i + β| ≤ Σc_i|u·(x_i − x₋)| over c_i > 0, whose square is at most m·λ_1(Σc_i(x_i − x₋)(x_i − x₋)ᵀ).  The same for −c.
    """
    mass = sum((c for c in coefficients if c > 0), Fraction(0))
    sides = [[(row, sign * c) for row, c in zip(points, coefficients, strict=True) if sign * c > 0] for sign in (1, -1)]
    means = [[sum((ball(c / mass) * row[e] for row, c in side), arb(0)) for e in range(data.shape[1])] for side in sides]
    moment = ball(mass) ** 2 * sum((c.abs_upper() ** 2 for c in _minus(*means)), arb(0))
    one, other = ((ball(mass) * _rank_sum([_minus(row, mean) for row, _ in side], [c for _, c in side], data, 1)).upper()
                  for side, mean in zip(sides, reversed(means), strict=True))
    return moment.upper(), max(one, other)


def _least(one: arb, other: arb) -> arb:
    """The smaller of two upper ends."""
    return one.upper() if one.upper() < other.upper() else other.upper()


def _need_independent_rows(data: ExactData, width: int) -> None:
    if width > data.shape[1]:
        raise NotCertified(f"{width} hidden rows in dimension {data.shape[1]} are not independent: the law needs width ≤ d")


def _quotient(numerator: arb, denominator: arb) -> arb:
    """A ball whose lower end is at most numerator/denominator, the denominator being known from above only."""
    upper = denominator.upper()
    if not upper.is_finite():
        raise NotCertified("the denominator of the bound is not finite: scale the data")
    if not upper > 0:
        raise NotCertified("the denominator vanishes: points with different labels coincide, and no function fits")
    return numerator / upper


def _rank_sum(rows: list[list[arb]], weights: list[Fraction], data: ExactData, width: int) -> arb:
    r = min(width, data.shape[1])
    if len(rows) < data.shape[1]:
        # Σ w_pv_pv_pᵀ = BᵀB for the rows √w_p v_p of B, and the smaller BBᵀ has the same eigenvalues but for zeros
        B = arb_mat([[ball(weight).sqrt() * c for c in row] for row, weight in zip(rows, weights, strict=True)])
        return eigenvalue_sum_upper(B * B.transpose(), r)
    return eigenvalue_sum_upper(weighted_gram(rows, [ball(weight) for weight in weights]), r)


def _label_energy(data: ExactData, weights: Mapping[Pair, Fraction]) -> arb:
    return ball(sum((w * (data.labels[i] - data.labels[j]) ** 2 for (i, j), w in weights.items()), Fraction(0)))


def _checked_weights(data: ExactData, evidence: Evidence) -> Mapping[Pair, Fraction]:
    weights = evidence.weights or {}
    for pair, weight in weights.items():
        _checked_pair(data, pair)
        if weight < 0:
            raise NotCertified(f"the weight of the pair {pair} is {weight}, which is negative")
    total = sum(weights.values(), Fraction(0))
    if total != 1:
        raise NotCertified(f"the weights sum to {float(total)!r} (exactly {str(total)[:60]}), not to 1")
    return weights


def _checked_pair(data: ExactData, pair: Pair) -> Pair:
    n = data.shape[0]
    if not all(0 <= i < n for i in pair):
        raise NotCertified(f"the pair {pair} names a point outside 0 … {n - 1}")
    if data.labels[pair[0]] == data.labels[pair[1]]:
        raise NotCertified(f"the points of the pair {pair} have equal labels")
    return pair


def _minus(u: list[arb], v: list[arb]) -> list[arb]:
    return [p - q for p, q in zip(u, v, strict=True)]


def _centred(data: ExactData) -> list[list[arb]]:
    n = data.shape[0]
    mean = [ball(sum(column, Fraction(0)) / n) for column in zip(*data.points, strict=True)]
    return [_minus(row, mean) for row in ball_rows(data.points)]


def _unit_rows(data: ExactData) -> list[list[arb]]:
    """Enclosures of x_i/‖x_i‖; rows that are not unit within the tolerance are refused."""
    rows, tolerance = [], ball(UNIT_TOLERANCE)
    for i, row in enumerate(ball_rows(data.points)):
        square = sum((c * c for c in row), arb(0))
        if not abs(square - 1) <= tolerance:
            raise NotCertified(f"row {i} of X has squared norm {float(square.mid())!r}, not 1 within {UNIT_TOLERANCE}")
        norm = square.sqrt()
        rows.append([c / norm for c in row])
    return rows


_PROJECTION = (
    "Every function that fits the data and depends on x only through an orthogonal projection of rank at most "
    "min(width, d), such as any network of `width` hidden neurons, has Euclidean Lipschitz constant at least `value` "
)
_SPHERE = (
    "on the unit sphere with the chord metric, the data being the rows x_i/||x_i|| (the rows of X, which are unit "
    "within 1e-12 in squared norm, normalised exactly)."
)

CLAIMS: Mapping[str, LowerBoundClaim] = {
    claim.id: claim
    for claim in (
        LowerBoundClaim(
            "mcshane",
            "any",
            "Every function that fits the data has Euclidean Lipschitz constant at least `value` on every set that "
            "contains the data.",
            "pair",
            mcshane_squared,
            needs_width=False,
        ),
        LowerBoundClaim("bln.thm6.trace", "global", _PROJECTION + "on R^d.", None, trace_squared),
        LowerBoundClaim("bln.thm6.fantope", "global", _PROJECTION + "on R^d.", "weights", fantope_squared),
        LowerBoundClaim("bln.thm6.sphere", "sphere", _PROJECTION + _SPHERE, None, sphere_squared),
        LowerBoundClaim("bln.thm6.sphere_fantope", "sphere", _PROJECTION + _SPHERE, "weights", sphere_fantope_squared),
        LowerBoundClaim(
            "bln.r0",
            "ball",
            "Every network of `width` ReLU neurons that fits the data has Euclidean Lipschitz constant at least "
            "`value` on the ball about 0 of squared radius `radius_squared`, and on every set that contains it.",
            "radius_squared",
            relu_ball_squared,
            activation="relu",
        ),
        LowerBoundClaim(
            "k.law",
            "global",
            "Every network of `width` hidden neurons with linearly independent hidden rows, one Lipschitz activation, biases and an "
            "affine part, that fits the data, has Euclidean Lipschitz constant at least `value` on R^d.",
            "weights",
            any_activation_squared,
            assumes="independent rows",
        ),
        LowerBoundClaim(
            "k.relu",
            "global",
            "Every network of `width` ReLU neurons with linearly independent hidden rows, biases and an affine part, that fits the data, "
            "has Euclidean Lipschitz constant at least `value` on R^d.",
            "weights",
            independent_relu_squared,
            activation="relu",
            assumes="independent rows",
        ),
        LowerBoundClaim(
            "k.sphere.relu",
            "sphere",
            "Every network x ↦ Σ a_ℓ ReLU(w_ℓ·x) of `width` neurons with linearly independent hidden rows, that fits the data, has "
            "Euclidean Lipschitz constant at least `value` " + _SPHERE,
            "weights",
            sphere_relu_squared,
            activation="relu",
            assumes="independent rows, no biases",
        ),
        LowerBoundClaim(
            "k.blocks",
            "global",
            "Every network of `width` ReLU neurons with biases and an affine part, any d of whose hidden rows are linearly independent and "
            "no d + 1 of whose kinks meet in a point, that fits the data, has Euclidean Lipschitz constant at least `value` on R^d.",
            "weights",
            general_position_squared,
            activation="relu",
            assumes="kinks in general position",
        ),
    )
}


def lip_squared_lower(claim: LowerBoundClaim, data: ExactData, width: int, evidence: Evidence) -> Fraction:
    """A rational lower bound of Lip² that the evidence proves, within about 1e-13 of the best that it proves.

    Raises: NotCertified, with the one reason for which the evidence proves nothing.
    Guarantee: certified in exact and ball arithmetic; no solver and no stored intermediate number is trusted.
    """
    with ctx.workprec(PRECISION):
        lower = claim.lip_squared(data, width, evidence).lower()
        if not lower.is_finite():
            raise NotCertified("the bound is not finite: scale the data")
        exact = lower.fmpq()
        return max(Fraction(int(exact.p), int(exact.q)), Fraction(0))
