"""False twins of D2: none may be proved, and each is contradicted by numbers."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import i, n
from theory.laws.universal_law.finite_class import (
    CHAINS,
    SAMPLE,
    C,
    L,
    N,
    P,
    T,
    averaged,
    c,
    centred,
    clipped,
    eight_statement,
    exponent,
    exponent_at_least,
    f,
    honest,
    m,
    moment,
    nine,
    rate,
    rest,
    s,
    sharp,
    z,
)
from theory.terms import Sum, eq, exp, le


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())[-2:]
    ['bs.d2.sharp', 'bs.thm2.8_4']
    """
    chains = {claim.id: tuple(claim.dropping(h.name, "a link of the chain is missing") for h in claim.hypotheses)
              for claim in (honest, clipped, averaged, moment, sharp)}
    for claim in (honest, clipped, averaged):
        chains[claim.id] += (claim.claiming("less", exponent_at_least(CHAINS[claim.id].rounded - 1), "it is the least whole constant"),)
    for claim in (moment, sharp):
        chains[claim.id] += (claim.claiming("less", le(SAMPLE, (CHAINS[claim.id].rounded - 1) * c * L**2 * rate),
                                            "the constant is the least whole one"),)
    return chains | {
        centred.id: (
            centred.dropping("correlated", "T is then any number"), centred.dropping("clipped", "the mean of f may be large"),
            centred.dropping("mean noise", "b is then any number"),
            centred.claiming("free", le(n * T, Sum((f[i] - m) * z[i], (i, n))), "the constant part costs b")),
        eight_statement.id: (
            *(eight_statement.dropping(name, "a link of the chain is missing")
              for name in ("average", "threshold", "rate", "tail", "union")),
            eight_statement.claiming("1474", le(P, rest + 2 * N * exp(-SAMPLE / (1474 * c * L**2))), "1475 is the least whole constant")),
        exponent.id: (
            *(exponent.dropping(name, flaw) for name, flaw in (
                ("isoperimetry", "the variables are then of any size"), ("factor", "the noise may be of any size"),
                ("average", "one variable says nothing of the sum"), ("threshold", "s is another number"))),
            exponent.claiming("8⁴", eq(SAMPLE * C, 8**4 * c * L**2 * s**2), "the factor 2 of isoperimetry is lost"),
            exponent.claiming("2592", eq(SAMPLE * C, 2592 * c * L**2 * s**2), "1-subgaussian where 2-subgaussian is meant"),
        ),
        nine.id: (
            nine.dropping("isoperimetry", "the variables are then of any size"),
            nine.dropping("threshold", "s is another number"),
            nine.claiming("8⁴", exponent_at_least(8**4), "the printed derivation: 4096 < 5184"),
            nine.claiming("5183", exponent_at_least(5183), "5184 is exact"),
        ),
    }
