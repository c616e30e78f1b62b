"""The printed inequalities with an open constant, each with the limits along which it is measured."""

from __future__ import annotations

from fnmatch import fnmatchcase
from math import log, sqrt

from theory.errors import BadData
from verify.experiments.constants import quantities
from verify.experiments.constants.grid import Limit, OpenConstant, Sense, Sizes, along

EXACT = "computed exactly"
SCALES = ("small", "full")


def open_constants(scale: str = "small") -> tuple[OpenConstant, ...]:
    """All items; the grid of "full" reaches twice as far as that of "small".

    Raises: BadData (another scale).
    """
    if scale not in SCALES:
        raise BadData(f"the scale is {scale!r}; give {' or '.join(SCALES)}")
    far = scale == "full"
    return (*_constructions(far), *_conjectures(far), *_laws(far), *_lemmas(far))


def chosen(names: tuple[str, ...], scale: str) -> tuple[OpenConstant, ...]:
    """The items whose id matches a name or pattern such as bln.thm9*; all when nothing is named.

    Raises: BadData (a name that matches nothing).

    >>> [item.name for item in chosen(("bln.lemma1*",), "small")]
    ['bln.lemma13.printed', 'bln.lemma14.printed']
    """
    items = open_constants(scale)
    for name in names:
        if not any(fnmatchcase(item.id, name) for item in items):
            raise BadData(f"no open constant is measured for {name!r}; there are {', '.join(dict.fromkeys(i.id for i in items))}")
    return tuple(item for item in items if not names or any(fnmatchcase(item.id, name) for name in names))


def _doubling(first: int, count: int, far: bool) -> tuple[int, ...]:
    """first, 2·first, …: ``count`` values, one more on the full grid."""
    return tuple(first * 2**step for step in range(count + far))


# --- the laws at constant 1 -------------------------------------------------------------------------------------------------------

def _root_of_n(s: Sizes) -> float:
    return sqrt(s.n)


def _one(s: Sizes) -> float:
    return 1.0


def _width(s: Sizes) -> float:
    return sqrt(s.n / (s.k or 1))


def _groups(s: Sizes) -> float:
    return s.n * log(s.d) / (s.k or 1)


def _accuracy(s: Sizes) -> float:
    return sqrt(s.n * log(s.n) / s.d ** (s.p or 1))


def _degree(s: Sizes) -> float:
    return sqrt(s.n / s.d ** ((s.p or 1) - 1))


def _rank(s: Sizes) -> float:
    return sqrt(s.d / (s.k or 1))


def _first(s: Sizes) -> float:
    return sqrt(s.n * s.d) / (s.k or 1)


def _tail(s: Sizes) -> float:
    return sqrt(s.n * (s.tau or 1) / s.d ** (s.p or 1))


# --- the items --------------------------------------------------------------------------------------------------------------------

def _constructions(far: bool) -> tuple[OpenConstant, ...]:
    powers = (
        along("d", "n = d, p = 2", _doubling(8, 4, far), lambda d: Sizes(n=d, d=d, p=2)),
        along("d", "n = d², p = 4", (4, 6, 8, 12), lambda d: Sizes(n=d**2, d=d, p=4)),
        along("d", "n = 2, p = 2", _doubling(8, 4, far), lambda d: Sizes(n=2, d=d, p=2)),
    )
    return (
        OpenConstant(
            "bln.s31.printed", "the least-norm linear fit has Lip ≤ C√n", Sense.UPPER, quantities.linear_fit, _root_of_n, EXACT, EXACT,
            (along("d", "n = d/4", _doubling(16, 4, far), lambda d: Sizes(n=d // 4, d=d)),
             along("d", "n = d/2", _doubling(16, 4, far), lambda d: Sizes(n=d // 2, d=d)),
             along("n", "d = 64", (16, 32, 48, 60), lambda n: Sizes(n=n, d=64), end="d"))),
        OpenConstant(
            "bln.s32.printed", "Σ10y_iReLU(x_i·x − 0.9) has Lip_S ≤ C", Sense.UPPER, quantities.caps, _one,
            "McShane's bound; exact for disjoint caps", "eigenvalues of overlapping caps; exact for disjoint caps",
            (along("d", "n = 32", _doubling(16, 4, far), lambda d: Sizes(n=32, d=d)),
             along("n", "d = 48", _doubling(8, 5, far), lambda n: Sizes(n=n, d=48)))),
        OpenConstant("bln.thm4.printed", "Σy_i(x_i·x)^p fits within C√(n log n/d^p)", Sense.UPPER, quantities.power_fit_error, _accuracy,
                     EXACT, EXACT, powers, part="fit"),
        OpenConstant("bln.thm4.printed", "Σy_i(x_i·x)^p has Lip_S ≤ C√(n/d^{p−1})", Sense.UPPER, quantities.power_size, _degree,
                     "exact for p = 2; chords between data", "exact for p = 2; p‖T‖_op", powers, part="size"),
    )


def _conjectured(far: bool) -> tuple[Limit, ...]:
    return (
        along("d", "n = d/2, k = 1", _doubling(16, 3, far), lambda d: Sizes(n=d // 2, d=d, k=1)),
        along("n", "d = 48, k = n", _doubling(8, 4, far), lambda n: Sizes(n=n, d=48, k=n)),
        along("k", "n = 16, d = 48", (2, 4, 8, 16), lambda k: Sizes(n=16, d=48, k=k), end="n"),
        along("n", "d = 12, k = 3", (12, 24, 48), lambda n: Sizes(n=n, d=12, k=3)),
    )


def _conjectures(far: bool) -> tuple[OpenConstant, ...]:
    below, above, least = "McShane's bound, the sphere law and its Fantope form", "linear fits and grouped fits", quantities.fit_on_sphere
    return (
        OpenConstant("bln.conj1", "every fit has Lip_S ≥ c√(n/k)", Sense.LOWER, least, _width, below, above, _conjectured(far)),
        OpenConstant("bln.conj2", "some fit has Lip_S ≤ C√(n/k)", Sense.UPPER, least, _width, below, above, _conjectured(far)),
        OpenConstant(
            "bln.thm3.printed", "some fit has Lip_S ≤ C n log(d)/k", Sense.UPPER, least, _groups, below, above,
            (along("d", "n = d/2, k = n/2", _doubling(16, 3, far), lambda d: Sizes(n=d // 2, d=d, k=d // 4)),
             along("d", "n = 16, k = 8", _doubling(16, 4, far), lambda d: Sizes(n=16, d=d, k=8)),
             along("n", "d = 64, k = n/2", _doubling(8, 3, far), lambda n: Sizes(n=n, d=64, k=n // 2)))),
    )


def _laws(far: bool) -> tuple[OpenConstant, ...]:
    quadratics = (
        along("d", "n = 1, k = 1", _doubling(4, 4, far), lambda d: Sizes(n=1, d=d, k=1)),
        along("d", "n = d, k = 2", _doubling(4, 3, far), lambda d: Sizes(n=d, d=d, k=2)),
        along("d", "n = d²/4, k = d", _doubling(4, 3, far), lambda d: Sizes(n=d * d // 4, d=d, k=d)),
        along("k", "n = 16, d = 16", (2, 4, 8, 16), lambda k: Sizes(n=16, d=16, k=k), end="d"),
    )
    below, above = "1, n/(k‖S‖_op) and the Frobenius form", "the least-norm matrix, or one of rank k found by search"
    return (
        OpenConstant(
            "bln.thm5.printed", "every fit has ‖a‖‖W‖_op ≥ c√(n/k)", Sense.LOWER, quantities.spectral_proxy, _width, "n/(R√min(k, d))",
            "a linear fit by two neurons, or a random tight frame",
            (along("d", "n = d/2, k = 2", _doubling(16, 3, far), lambda d: Sizes(n=d // 2, d=d, k=2)),
             along("k", "n = 8, d = 3", _doubling(16, 4, far), lambda k: Sizes(n=8, d=3, k=k)),
             along("n", "d = 3, k = 4n", _doubling(8, 3, far), lambda n: Sizes(n=n, d=3, k=4 * n)))),
        OpenConstant(
            "bln.thm6.printed", "every fit f(x) = g(Px) has Lip ≥ c√(d/k)", Sense.LOWER, quantities.undercomplete, _rank,
            "the Fantope certificate", "McShane's function of a projection",
            (along("d", "n = 2d, k = 2", _doubling(4, 3, far), lambda d: Sizes(n=2 * d, d=d, k=2)),
             along("n", "d = 8, k = 2", _doubling(8, 3, far), lambda n: Sizes(n=n, d=8, k=2)),
             along("k", "n = 24, d = 12", (1, 2, 4, 8), lambda k: Sizes(n=24, d=12, k=k), end="d"))),
        OpenConstant(
            "bln.thm7.printed", "every T that fits has ‖T‖_op ≥ c√(n/d^{p−1})", Sense.LOWER, quantities.tensor, _degree,
            "1 and ‖T‖_F/d^{(p−1)/2} of the least T", "‖T‖_op of the T of least ‖T‖_F",
            (along("n", "d = 16, p = 2", _doubling(4, 5, far), lambda n: Sizes(n=n, d=16, p=2), end="d²/2"),
             along("d", "n = d²/4, p = 2", _doubling(4, 3, far), lambda d: Sizes(n=d * d // 4, d=d, p=2)),
             along("d", "n = d²/2, p = 3", (4, 6, 8, 10), lambda d: Sizes(n=d * d // 2, d=d, p=3)))),
        OpenConstant(
            "bln.thm8.printed", "every polynomial fit has Lip_B ≥ c√(n/d^{p−1})", Sense.LOWER, quantities.polynomial, _degree,
            "McShane's bound and the sharp form", "least-norm polynomials and forms",
            (along("d", "n = 1, p = 2", _doubling(4, 3, far), lambda d: Sizes(n=1, d=d, p=2)),
             along("n", "d = 16, p = 2", _doubling(8, 4, far), lambda n: Sizes(n=n, d=16, p=2), end="d²/2"),
             along("d", "n = d²/4, p = 2", _doubling(8, 3, far), lambda d: Sizes(n=d * d // 4, d=d, p=2)))),
        OpenConstant("bln.thm9.printed_first", "every fit xᵀAx of rank k has ‖A‖_op ≥ c√(nd)/k", Sense.LOWER, quantities.low_rank, _first,
                     below, above, quadratics),
        OpenConstant("bln.thm9.printed", "every fit xᵀAx of rank k has ‖A‖_op ≥ c√(n/k)", Sense.LOWER, quantities.low_rank, _width,
                     below, above, quadratics),
    )


def _lemmas(far: bool) -> tuple[OpenConstant, ...]:
    return (
        OpenConstant(
            "bln.lemma13.printed", "|Σy_i(x_i·x)^p| ≤ C√(nτ/d^p) but for a chance e^{−τ}", Sense.UPPER, quantities.fixed_direction, _tail,
            EXACT, EXACT,
            (along("tau", "n = 1, d = 4, p = 3", (1, 2, 4, 6), lambda t: Sizes(n=1, d=4, p=3, tau=t)),
             along("n", "d = 4, p = 3, τ = 3", _doubling(4, 5, far), lambda n: Sizes(n=n, d=4, p=3, tau=3)))),
        OpenConstant(
            "bln.lemma14.printed", "‖Σy_ix_i^{⊗p}‖_op ≤ C√(n/d^{p−1})", Sense.UPPER, quantities.moment_norm, _degree,
            "power iteration; exact for p = 2", "unfoldings and moments; exact for p = 2",
            (along("d", "n = 1, p = 2", _doubling(4, 4, far), lambda d: Sizes(n=1, d=d, p=2)),
             along("d", "n = d, p = 2", _doubling(8, 4, far), lambda d: Sizes(n=d, d=d, p=2)),
             along("n", "d = 6, p = 2", _doubling(6, 5, far), lambda n: Sizes(n=n, d=6, p=2)),
             along("n", "d = 2, p = 3", _doubling(8, 5, far), lambda n: Sizes(n=n, d=2, p=3)))),
    )
