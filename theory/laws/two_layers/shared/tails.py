"""The tail argument that Theorem 5 and R1 share: both signs of a Rademacher supremum concentrate about their common mean."""

from __future__ import annotations

from typing import Any

from sympy import Expr

from theory.lemmas import rules
from theory.lemmas.processes import sign_symmetry
from theory.proof import Lemma, Step, step
from theory.terms import And, Expect, Implies, Prob, Symbol, eq, exp, forall, ge, le

s = Symbol("s", nonnegative=True)               # the level: each of the two tails has probability at most e^{−s}


def two_sided(up: Expr, down: Expr, target: Expr, mean: Expr, deviation: Expr, signs: tuple[Any, Any],
              lemmas: tuple[Lemma, Lemma]) -> tuple[Step, ...]:
    """Steps to ``P(target ≤ mean + deviation) ≥ 1 − 2e^{−s}``, named "on the index set".

    Needs the steps "mean" (E up ≤ mean), "spread" (the variance of every point of the index set) and "largest" (0 ≤ λ_max).  ``down``
    is ``up`` at −y and ``target`` the supremum of the absolute value; ``lemmas`` are the concentration of one supremum, and |t| ≤ c
    from ±t ≤ c.
    """
    concentration, either_sign = lemmas
    bound = mean + deviation

    def often(event: Any, failures: int) -> Any:
        return ge(Prob(event, signs), 1 - failures * exp(-s))

    both = And(le(up, bound), le(down, bound))
    return (
        step("mirror", eq(Expect(down, signs), Expect(up, signs)), by=sign_symmetry),
        step("mean′", le(Expect(down, signs), mean), by="linear", using=("mean", "mirror")),
        step("tail", often(le(up, Expect(up, signs) + deviation), 1), by=concentration, using=("spread", "largest")),
        step("tail′", often(le(down, Expect(down, signs) + deviation), 1), by=concentration, using=("spread", "largest")),
        step("weaken", forall(Implies(le(up, Expect(up, signs) + deviation), le(up, bound)), signs), by="linear", using="mean"),
        step("weaken′", forall(Implies(le(down, Expect(down, signs) + deviation), le(down, bound)), signs), by="linear", using="mean′"),
        step("upper", often(le(up, bound), 1), by=rules.prob_implies, using=("tail", "weaken")),
        step("lower", often(le(down, bound), 1), by=rules.prob_implies, using=("tail′", "weaken′")),
        step("both tails", often(both, 2), by=rules.prob_and, using=("upper", "lower")),
        step("either sign", forall(Implies(both, le(target, bound)), signs), by=either_sign),
        step("on the index set", often(le(target, bound), 2), by=rules.prob_implies, using=("both tails", "either sign")),
    )
