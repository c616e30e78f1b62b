"""E1 and E2 as printed: rigidity of every kink of a canonical form, whose kinks lie along distinct hyperplanes.

What is proved is in `rigidity`: the same bound for a kink with a point that is clear of the others.  That distinct hyperplanes leave such a
point, inside the ball always and on the sphere for d ≥ 3, is elementary: each of the others meets the kink in a set without inner points,
and finitely many of those do not cover it.  No step here says so, so these two statements stay open in this library.
"""

from __future__ import annotations

from theory.arbitrary_weights.circle import any_dimension, distinct, pairwise, units
from theory.arbitrary_weights.rigidity import LAW, LAW_SPHERE, SHMALO, R, on_ball, unit
from theory.claim import Audit, Claim, Hypothesis, NormDomain, Reading
from theory.terms import le, lt
from theory.two_layers.setting import beta, d

meets = Hypothesis("meets", lt(beta**2, R**2), "the kink u·x + β = 0 meets the open ball")
spatial = Hypothesis("d ≥ 3", le(3, d), "d ≥ 3")
EXISTENCE = "The bound is proved at a point of the kink that is clear of the other kinks; that there is one is not derived step by step."

ball = Claim(
    id="sh.e1.printed", title="E1, rigidity on a ball", source=SHMALO, reading=Reading.PRINTED, domain=NormDomain.BALL,
    hypotheses=(on_ball, unit, units, meets, distinct, pairwise),
    conclusion=LAW,
    audits=(Audit(EXISTENCE, ("sh.e1.sharp",), "Name the point: on the kink, and at a distance ρ > 0 from the others.", ("sh.e1.sharp",)),),
)

sphere = Claim(
    id="sh.e2.printed", title="E2, rigidity on the sphere, d ≥ 3", source=SHMALO, reading=Reading.PRINTED, domain=NormDomain.SPHERE,
    hypotheses=(*any_dimension.hypotheses, spatial),
    conclusion=LAW_SPHERE,
    audits=(Audit(
        EXISTENCE + " The hypothesis d ≥ 3 bears load: on the circle six distinct kinks cancel, with coefficients of any size.",
        ("sh.e2.sharp", "sh.e2.circle", "sh.e2.any_dimension"), "Name the point; the statement then holds for d = 2 as well.",
        ("sh.e2.sharp",)),),
)
