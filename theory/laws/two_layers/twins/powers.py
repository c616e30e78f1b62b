"""False twins of Lemmas 10 and 11: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from collections.abc import Callable

from theory.claim import Claim, Twin
from theory.laws.setting import LIP_BALL, LIP_SPHERE, d, f
from theory.laws.two_layers.powers import (
    NORM,
    form,
    lemma10,
    lemma10_ball,
    lemma_11,
    lip_ball,
    order2,
    order3,
    order4,
    order5,
    order6,
    p,
    symmetric,
)
from theory.terms import And, Ball, Formula, Lip, eq, le, lipschitz_with


def _scaled(claim: Claim, factor: int) -> Twin:
    """The polarisation identity with the left side multiplied."""
    statement = claim.conclusion
    return claim.claiming(f"times {factor}", eq(factor * statement.lhs, statement.rhs),
                          "the identity is exact")


def _unsigned(claim: Claim) -> Twin:
    """The polarisation identity without the products of signs."""
    statement = claim.conclusion
    plain = sum(abs(c) * term for c, term in (part.as_coeff_Mul() for part in statement.rhs.args))
    return claim.claiming("without signs", eq(statement.lhs, plain), "the powers do not cancel")


def _one_less(claim: Claim) -> Twin:
    """The polarisation identity with one of the powers left out."""
    statement = claim.conclusion
    fewer = statement.rhs - statement.rhs.args[-1]
    return claim.claiming("one power fewer", eq(statement.lhs, fewer), "every power is needed")


def _all_parts(name: str, change: Callable[[Formula], Formula], flaw: str) -> Twin:
    """Lemma 11 as printed with each of its identities changed."""
    return lemma_11.claiming(name, And(*map(change, lemma_11.conclusion.args)), flaw)


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())[:3]
    ['bln.lemma10', 'bln.lemma10.ball', 'bln.lemma11.order2']
    """
    return {
        lemma10_ball.id: (
            lemma10_ball.dropping(form.name, "any function"),
            lemma10_ball.claiming("one factor less", lipschitz_with(le(LIP_BALL, (p - 1) * NORM)), "x_1^p has the slope p at e_1"),
            lemma10_ball.claiming("without p", lipschitz_with(le(LIP_BALL, NORM)), "x_1^p has the slope p at e_1"),
            lemma10_ball.claiming("a larger ball", lipschitz_with(le(Lip(f, Ball(d, 2)), p * NORM)),
                                  "the slope grows like the radius to the power p − 1"),
        ),
        lemma10.id: (
            lemma10.dropping(form.name, "any function"),
            lemma10.claiming("half", lipschitz_with(le(LIP_SPHERE, p * NORM / 2)), "x_1² − x_2² on the circle has Lip_S = 2"),
            lemma10.claiming("equality", lipschitz_with(eq(LIP_SPHERE, p * NORM)), "‖x‖² is constant on the sphere"),
        ),
        lip_ball.id: (
            lip_ball.dropping(form.name, "any function"),
            lip_ball.dropping(symmetric.name, "a rotation by a right angle has ⟨T, x⊗x⟩ = 0"),
            lip_ball.claiming("on the sphere", lipschitz_with(eq(LIP_SPHERE, p * NORM)), "‖x‖² is constant on the sphere"),
            lip_ball.claiming("without p", lipschitz_with(eq(LIP_BALL, NORM)), "x_1^p has the slope p at e_1"),
        ),
        lemma_11.id: (lemma_11.dropping("slices 2", "another form of order 2"), *(_all_parts(*change) for change in (
            ("twice", lambda e: eq(2 * e.lhs, e.rhs), "the factor is 2^{p−1}p!"),
            ("without p!", lambda e: eq(e.lhs / 2, e.rhs), "the factor is 2^{p−1}p!"),
            ("at most half", lambda e: le(2 * e.lhs, e.rhs), "the two sides are equal, and may be positive"),
        ))),
        **{claim.id: (_scaled(claim, 2), _unsigned(claim), _one_less(claim)) for claim in (order2, order3, order4, order5, order6)},
    }
