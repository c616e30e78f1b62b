"""A half-wrong proof: the lift of a projected point is used for a function on the sphere, where it leaves the sphere."""

from theory.claim import Claim, NormDomain, Reading
from theory.laws.setting import LIP, P, X, f, fits, i, j, labels, n, projection, through_sphere, unit_rows, y
from theory.lemmas.projections import lift
from theory.proof import proof, step
from theory.source import Source
from theory.terms import Abs, Range, forall, le, norm

PAIRS = ((i, Range(n)), (j, Range(n)))

outside = Claim(
    id="my.outside", title="Projected slopes for a function on the sphere", source=Source("mine"), reading=Reading.OURS,
    domain=NormDomain.GLOBAL, hypotheses=(fits, labels, unit_rows, through_sphere, projection),
    conclusion=forall(le(Abs(y[i] - y[j]), LIP * norm(P @ (X[i] - X[j]))), *PAIRS),
    proofs=(proof(
        step("lift", forall(le(Abs(f(X[i]) - f(X[j])), LIP * norm(P @ (X[i] - X[j]))), *PAIRS), by=lift,
             using=("through P", "projection")),
        step("law", forall(le(Abs(y[i] - y[j]), LIP * norm(P @ (X[i] - X[j]))), *PAIRS), by="linear", using=("lift", "fits")),
    ),),
)
