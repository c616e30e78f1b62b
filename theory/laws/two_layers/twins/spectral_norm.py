"""False twins of Theorem 5: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Claim, Twin
from theory.laws.setting import LIP, L, W, a, d, k, n, ybar
from theory.laws.two_layers.spectral_norm import PATH, R, V, path, sharp, sliced
from theory.terms import Min, ge, le, norm, op_norm, sqrt


def _without_hypotheses(claim: Claim) -> tuple[Twin, ...]:
    return (
        claim.dropping("no bias", "a neuron with w = 0 and b = 1 fits equal labels with path norm 0"),
        claim.dropping("homogeneous", "an activation with ψ(0) ≠ 0 fits equal labels with w = 0"),
        claim.dropping("labels", "for labels ½ both R and the path norm are halved, and n is not"),
        claim.dropping("fits", "the zero network has path norm 0"),
    )


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.thm5.path', 'bln.thm5.sharp', 'bln.thm5.sliced']
    """
    proxy = norm(a) * op_norm(W)
    return {
        path.id: (
            *_without_hypotheses(path),
            path.claiming("twice n", le(2 * n, R * PATH), "the law is an equality for one neuron at its own datum"),
            path.claiming("flipped", ge(n, R * PATH), "neurons on one hyperplane can cancel, so the path norm has no upper bound"),
            path.claiming("Lipschitz constant in place of path norm", le(n, R * LIP), "|x| at ±1 has R = Lip = 1, and n = 2"),
        ),
        sharp.id: (
            *_without_hypotheses(sharp),
            sharp.claiming("twice n", le(2 * n, R * sqrt(Min(k, d)) * proxy), "the law is an equality for one neuron at its own datum"),
            sharp.claiming("without √min(k, d)", le(n, R * proxy), "orthonormal data with labels ±1 and W = I need the factor √2"),
            sharp.claiming("flipped", ge(n, R * sqrt(Min(k, d)) * proxy), "layers of unbalanced scale have a proxy of any size"),
            sharp.claiming("Lipschitz constant in place of proxy", le(n, R * sqrt(Min(k, d)) * LIP),
                           "wrong quantity: |x| at ±1 has R = Lip = 1 and d = 1, and n = 2"),
        ),
        sliced.id: (
            sliced.dropping("psi Lipschitz", "without it L has nothing to do with ψ"),
            sliced.dropping("labels", "for labels ±½ the left side stays and the right side is divided by four"),
            sliced.claiming("twice", le(2 * n * (1 - ybar**2), L * V * PATH), "a line through two antipodal points is an equality"),
            sliced.claiming("uncentred", le(n, L * V * PATH), "equal labels are fitted by a bias alone, and V = 0"),
            sliced.claiming("flipped", ge(n * (1 - ybar**2), L * V * PATH), "neurons on one hyperplane can cancel"),
        ),
    }
