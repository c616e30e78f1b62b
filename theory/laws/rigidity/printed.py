"""E1 and E2 as printed: rigidity of every kink of a canonical form, whose kinks lie along distinct hyperplanes.

Distinct hyperplanes leave a point that lies on one kink only, inside the ball always and on the sphere for d ≥ 3 (`theory.lemmas.kinks`);
there the bound is that of `rigidity`.
"""

from __future__ import annotations

from theory.claim import Audit, Claim, Hypothesis, NormDomain, Reading
from theory.laws.rigidity import rigidity
from theory.laws.rigidity.circle import any_dimension, distinct, pairwise, units
from theory.laws.rigidity.rigidity import LAW, LAW_SPHERE, SHMALO, R, on_ball, unit
from theory.laws.setting import W, b, beta, d, u
from theory.lemmas import kinks
from theory.proof import proof, step
from theory.terms import And, Ball, Sphere, dot, eq, le, lt, norm
from theory.terms.kinks import Clearance, ClearPoint

meets = Hypothesis("meets", lt(beta**2, R**2), "the kink u·x + β = 0 meets the open ball")
spatial = Hypothesis("d ≥ 3", le(3, d), "d ≥ 3")
BALL, SPHERE = (u, beta, W, b, Ball(d, R)), (u, beta, W, b, Sphere(d))
p, rho = ClearPoint(*BALL), Clearance(*BALL)
q, sigma = ClearPoint(*SPHERE), Clearance(*SPHERE)

ball = Claim(
    id="sh.e1.printed", title="E1, rigidity on a ball", source=SHMALO, reading=Reading.PRINTED, domain=NormDomain.BALL,
    hypotheses=(on_ball, unit, units, meets, distinct, pairwise),
    conclusion=LAW,
    where={"p": p, "ρ": rho},
    proofs=(proof(
        step("clear point", And(lt(0, rho), eq(dot(u, p) + beta, 0), kinks.is_clear(p, rho), le(norm(p) + rho, R)),
             by=kinks.clear_point_ball, using=("unit", "units", "distinct", "meets")),
        step("law", LAW, by=rigidity.ball.as_lemma.at(p=p, rho=rho), using=("network", "unit", "clear point")),
    ),),
    note="That the others lie along distinct hyperplanes is not needed.",
)

sphere = Claim(
    id="sh.e2.printed", title="E2, rigidity on the sphere, d ≥ 3", source=SHMALO, reading=Reading.PRINTED, domain=NormDomain.SPHERE,
    hypotheses=(*any_dimension.hypotheses, spatial),
    conclusion=LAW_SPHERE,
    where={"p": q, "ρ": sigma},
    proofs=(proof(
        step("clear point", And(lt(0, sigma), le(sigma, 1), eq(norm(q), 1), eq(dot(u, q) + beta, 0), kinks.is_clear(q, sigma)),
             by=kinks.clear_point_sphere, using=("unit", "units", "distinct", "proper", "d ≥ 3")),
        step("law", LAW_SPHERE, by=rigidity.sphere.as_lemma.at(p=q, rho=sigma), using=("network", "unit", "proper", "clear point")),
    ),),
    audits=(Audit(
        "The hypothesis d ≥ 3 bears load",
        ("sh.e2.circle", "sh.e2.any_dimension"), "Name a point that is clear of the other kinks; it then holds for d = 2 as well.",
        ("sh.e2.sharp",),
        detail="on the circle six distinct kinks cancel, with coefficients of any size"),),
)
