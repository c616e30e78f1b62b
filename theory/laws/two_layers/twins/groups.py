"""False twins of the instance forms of Theorem 3: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Claim, Twin
from theory.laws.setting import LIP, LIP_BALL, d, x
from theory.laws.two_layers.groups import COUNT, LIMIT, M, active_count, gershgorin, lam, q, sharp, spectral, tau
from theory.terms import Space, forall, le, lipschitz_with, sqrt


def _on_ball(claim: Claim, root) -> tuple[Twin, ...]:  # type: ignore[no-untyped-def]
    return (
        claim.dropping("network", "another function may be steeper"),
        claim.dropping("signs", "outer weights of size 10 make f ten times as steep"),
        claim.dropping("threshold", "for τ > 1 the bound is negative"),
        claim.dropping("count", "with q = 0 the bound is 0"),
        claim.claiming("on R^d", lipschitz_with(le(LIP, root / (1 - tau))), "wrong domain: far from the origin all neurons are active"),
        claim.claiming("without 1/(1 − τ)", lipschitz_with(le(LIP_BALL, root)), "one neuron has the slope 1/(1 − τ)"),
    )


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.thm3.active', 'bln.thm3.gershgorin', 'bln.thm3.sharp', 'bln.thm3.spectral']
    """
    return {
        sharp.id: (
            sharp.dropping("network", "f = 0 fits nothing"),
            sharp.dropping("threshold", "no datum reaches a threshold of 2"),
            sharp.dropping("table", "a datum that counts twice gets half its label"),
            sharp.dropping("group labels", "other labels are not fitted"),
            sharp.dropping("own", "a weight with w_g·x_i = 0.9 on its group gives 0.8 y_i"),
            sharp.dropping("others", "a neuron that is active at a datum of another group spoils its value"),
        ),
        active_count.id: (
            active_count.dropping("Gram", "three equal weights are active together"),
            active_count.dropping("count", "q = 0 forbids the neuron that is active at its own datum"),
            active_count.claiming("one fewer", forall(le(COUNT, q - 1), (x, active_count.conclusion.domains[0])), "one neuron, q = 1"),
            active_count.claiming("on R^d", forall(le(COUNT, q), (x, Space(d))), "wrong domain: far from the origin all are active"),
        ),
        gershgorin.id: (
            *_on_ball(gershgorin, sqrt(LIMIT)),
            gershgorin.dropping("Gram", "a weight of norm 2 is twice as steep"),
            gershgorin.claiming("without coherence in the bound", lipschitz_with(le(LIP_BALL, sqrt(q * M) / (1 - tau))),
                                "two close weights of one sign add up to more than orthogonal ones"),
        ),
        spectral.id: (
            *_on_ball(spectral, sqrt(q * lam)),
            spectral.dropping("spectrum", "a weight of norm 2 is twice as steep"),
            spectral.claiming("one neuron's share", lipschitz_with(le(LIP_BALL, sqrt(lam) / (1 - tau))),
                              "two orthogonal neurons active together need √2"),
        ),
    }
