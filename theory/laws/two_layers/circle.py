"""The exact toy: random labels at random points of the circle, where the law of the least Lipschitz constant is known exactly.

Ours.  n independent uniform points and signs; L* = 1/sin(πT), T the shortest gap between cyclic neighbours of opposite label.
Kind: exact distribution; it calibrates samplers and statistics.  Domain: any that contains the data (McShane).
"""

from __future__ import annotations

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import i, n
from theory.lemmas.circle import (
    GAP,
    LAW,
    PAIRS_OF_CHANGES,
    circle_slope,
    constant_labels,
    sign_change_partition,
    t,
    tau,
    u,
    uniform_spacings,
    y,
)
from theory.proof import proof, step
from theory.source import Source
from theory.terms import And, Max, Prob, Sum, asin, binomial, eq, forall, le, lt, pi
from theory.terms.circle import CircleSlope, SignChanges

CHANGES = SignChanges(t, y)
several = Hypothesis("several points", lt(1, n), "n ≥ 2")
below_one = Hypothesis("tau below 1", lt(tau, 1), "τ < 1")


def survival(x):  # type: ignore[no-untyped-def]
    """P(T > x) = 2^{1−n} + Σ_{i ≤ n/2} 2 C(n, 2i) 2^{−n} (1 − 2ix)₊^{n−1}."""
    return 2 * 2 ** (-n) + Sum(2 * binomial(n, 2 * i) * 2 ** (-n) * Max(1 - 2 * i * x, 0) ** (n - 1), (i, PAIRS_OF_CHANGES))


def joint(x):  # type: ignore[no-untyped-def]
    """P(2i sign changes and T > x)."""
    return Prob(And(eq(CHANGES, 2 * i), lt(x, GAP)), *LAW)


gap = Claim(
    id="circle.gap", title="Shortest opposite gap on the circle", source=Source("lawbook", "F"), reading=Reading.OURS,
    domain=NormDomain.DATA, hypotheses=(several, below_one),
    conclusion=eq(Prob(lt(tau, GAP), *LAW), survival(tau)),
    proofs=(proof(
        step("partition", eq(Prob(lt(tau, GAP), *LAW), Prob(eq(CHANGES, 0), *LAW) + Sum(joint(tau), (i, PAIRS_OF_CHANGES))),
             by=sign_change_partition, using="tau below 1"),
        step("no change", eq(Prob(eq(CHANGES, 0), *LAW), 2 * 2 ** (-n)), by=constant_labels),
        step("positive", lt(0, n - 1), by="linear", using="several points"),
        step("changes", forall(eq(joint(tau), 2 * binomial(n, 2 * i) * 2 ** (-n) * Max(1 - 2 * i * tau, 0) ** (n - 1)),
                               (i, PAIRS_OF_CHANGES)), by=uniform_spacings, using="positive"),
        step("law", eq(Prob(lt(tau, GAP), *LAW), survival(tau)), by="sums", using=("partition", "no change", "changes")),
    ),),
)

above_one = Hypothesis("u above 1", lt(1, u), "u > 1")
angle = asin(1 / u) / pi
law = Claim(
    id="circle.law", title="Least Lipschitz constant on the circle", source=Source("lawbook", "F"), reading=Reading.OURS,
    domain=NormDomain.DATA, hypotheses=(several, above_one),
    conclusion=eq(Prob(lt(CircleSlope(t, y), u), *LAW), survival(angle)),
    proofs=(proof(
        step("slope", eq(Prob(lt(CircleSlope(t, y), u), *LAW), Prob(lt(angle, GAP), *LAW)), by=circle_slope, using="u above 1"),
        step("angle from 0", le(0, angle), by="ball", using="u above 1"),
        step("angle below 1", lt(angle, 1), by="ball", using="u above 1"),
        step("gap", eq(Prob(lt(angle, GAP), *LAW), survival(angle)), by=gap.as_lemma.at(tau=angle),
             using=("several points", "angle from 0", "angle below 1")),
        step("law", eq(Prob(lt(CircleSlope(t, y), u), *LAW), survival(angle)), by="sums", using=("slope", "gap")),
    ),),
)
