"""Instances for the lemmas on norms, ranks and eigenvalues of matrices."""

from __future__ import annotations

import numpy as np
from sympy import Rational

from theory.lemmas import matrices, spectra
from theory.terms import MatrixSymbol, Max, Min, fro_norm, le, nuclear_norm, op_norm, rank, sqrt
from verify.laws.lemmas.drawing import (
    SQUARE,
    Array,
    d,
    entry,
    finishing,
    frame,
    k,
    projection,
    row,
    scaled,
    stronger,
    symmetric,
    unit,
)
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant

KD = tuple({"k": k, "d": d} for k, d in ((1, 1), (2, 3), (3, 3), (4, 2)))
PLAIN = Model({})
W = MatrixSymbol("W", k, d)


def low_rank(arrays: Arrays, shape: Shape) -> Arrays:
    """W = AB of rank at most q."""
    return {"W": arrays["A"] @ arrays["B"]}


LOW_RANK = {"A": "kq", "B": "qd"}
KDQ = tuple({"k": k, "d": d, "q": q} for k, d, q in ((1, 1, 1), (3, 3, 1), (4, 3, 2), (3, 4, 3)))


def _polar(arrays: Arrays, shape: Shape) -> Arrays:
    """B blended with the polar factor of W, where ⟨W, B⟩ = ‖W‖_* ‖B‖_op."""
    left, _, right = np.linalg.svd(arrays["W"], full_matrices=False)
    return {"W": arrays["W"], "B": arrays["B"] + 3 * arrays["s"] * (left @ right)}


def _ky_fan(arrays: Arrays, shape: Shape) -> Arrays:
    """P blended with the projection on the leading eigenvectors of M, where the maximum is reached."""
    M = symmetric(arrays["M"])
    leading = np.linalg.eigh(M)[1][:, ::-1][:, : shape["r"]]
    return {"M": M, "P": projection(leading + 0.1 * arrays["s"] * arrays["A"])}


def _fantope(arrays: Arrays, shape: Shape, *, bounded: bool = True) -> Arrays:
    """Q = U diag(q) Uᵀ with 0 ≤ q ≤ 1 and Σq = r, the q by projection on that polytope; not bounded by 1 on request."""
    M, r = symmetric(arrays["M"]), shape["r"]
    q = np.abs(arrays["q"]) + 1e-9
    q = _capped(q, r) if bounded else q * r / q.sum()
    basis = np.linalg.eigh(M)[1][:, ::-1] if arrays["s"] >= 0 else frame(arrays["A"])
    Q = (basis * q) @ basis.T
    return {"M": M, "Q": Q * (r / np.trace(Q))}


def _capped(q: Array, r: int) -> Array:
    """The point max(0, min(1, q + τ)) whose entries sum to r."""
    low, high = -float(q.max()) - 1, 2.0
    for _ in range(200):
        tau = (low + high) / 2
        low, high = (tau, high) if np.clip(q + tau, 0, 1).sum() < r else (low, tau)
    return np.asarray(np.clip(q + (low + high) / 2, 0, 1) * (1 - 1e-13))


def _gram(A: Array) -> Array:
    return np.asarray(A.T @ A)


RANKS = tuple({"d": d, "r": r} for d, r in ((1, 1), (2, 1), (3, 2), (3, 3)))
WITH_ZERO_R = (*RANKS, {"d": 1, "r": 2})
SIGNED = {"M": "dd", "A": "dr", "s": ""}

SEARCHES = (
    Search(
        spectra.cauchy,
        {"F": "n", "G": "n"},
        ({"n": 1}, {"n": 2}, {"n": 5}),
        Model({"F": entry("F"), "G": entry("G")}),
        (stronger(), Variant("a square root is missing", lambda f: le(f.lhs, f.rhs * f.rhs.args[0]))),
    ),
    Search(spectra.cauchy_pair, dict.fromkeys("pqth", ""), ({},), PLAIN, (stronger(),)),
    Search(spectra.operator_norm, {"W": "kd", "u": "d"}, KD, PLAIN, (stronger(),)),
    Search(
        spectra.fro_op,
        {"W": "kd"},
        KD,
        PLAIN,
        (stronger(), Variant("min(k, d) − 1/20", lambda f: le(f.lhs, sqrt(Min(*W.shape) - Rational(1, 20)) * op_norm(W)))),
    ),
    Search(spectra.fro_rank, LOW_RANK, KDQ, PLAIN, (stronger(), Variant("rank dropped", lambda f: le(f.lhs, op_norm(W)))), finish=low_rank),
    Search(
        spectra.nuc_op,
        LOW_RANK,
        KDQ,
        PLAIN,
        (stronger(), Variant("root of the rank", lambda f: le(nuclear_norm(W), sqrt(rank(W)) * op_norm(W)))),
        finish=low_rank,
    ),
    Search(
        spectra.trace_duality,
        {"W": "kd", "B": "kd", "s": ""},
        KD,
        PLAIN,
        (stronger(), Variant("Frobenius in place of nuclear", lambda f: le(f.lhs, fro_norm(W) * op_norm(f.lhs.args[1])))),
        finish=_polar,
    ),
    Search(
        spectra.kyfan,
        SIGNED,
        RANKS,
        PLAIN,
        (
            Variant("right side 2 % smaller", lambda f: le(f.lhs, scaled(Rational(49, 50))(f).rhs), shapes=RANKS),
            Variant("twice a projection", finish=lambda a, s: {**_ky_fan(a, s), "P": 2 * _ky_fan(a, s)["P"]}),
        ),
        finish=_ky_fan,
    ),
    Search(
        matrices.kyfan_fantope,
        {**SIGNED, "A": "dd", "q": "d"},
        RANKS,
        PLAIN,
        (stronger(), Variant("Q not bounded by 1", finish=lambda a, s: _fantope(a, s, bounded=False))),
        finish=_fantope,
    ),
    Search(
        spectra.eigsum_max,
        {"M": "dd"},
        WITH_ZERO_R,
        PLAIN,
        (stronger(), Variant("M not semidefinite", finish=lambda a, s: {"M": -_gram(a["M"])})),
        finish=finishing(M=_gram),
    ),
    Search(
        spectra.eigsum_trace, {"V": "nd"}, tuple({**s, "r": r} for s in SQUARE for r in (1, 4)), Model({"V": row}), (stronger(),)
    ),
    Search(
        spectra.rayleigh,
        {"V": "nd", "u": "d"},
        SQUARE,
        Model({"V": row}),
        (stronger(), Variant("u not a unit vector", finish=finishing(u=lambda u: 2 * unit(u)))),
        finish=finishing(u=unit),
    ),
    Search(
        spectra.eigenvalue_nonnegative,
        {"V": "nd"},
        SQUARE,
        Model({"V": row}),
        (Variant("the trace in place of 0", lambda f: le(spectra.eigsum_trace.conclusion.rhs, f.rhs)),),
        tight=False,                                       # 0 is reached at 0 only, where both sides vanish
    ),
    Search(
        matrices.rank_min,
        LOW_RANK,
        KDQ,
        PLAIN,
        (stronger(), Variant("largest size less 1", lambda f: le(f.lhs, Max(*W.shape) - Rational(1, 2)))),
        finish=low_rank,
    ),
    Search(
        matrices.schur_product,
        {"S": "nn", "T": "nn", "F": "n"},
        ({"n": 1}, {"n": 2}, {"n": 4}),
        Model({"F": entry("F")}),
        (Variant("T not semidefinite", finish=finishing(S=_gram, T=symmetric)),),
        finish=finishing(S=_gram, T=_gram),
        tight=False,
    ),
)
