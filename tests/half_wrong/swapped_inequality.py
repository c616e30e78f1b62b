"""A half-wrong proof: one inequality is swapped.  The chord bound is used in the wrong direction."""

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import LIP, X, f, fits, i, j, n, y
from theory.lemmas import rules
from theory.proof import proof, step
from theory.source import Source
from theory.terms import Abs, Range, Space, d, forall, le, lipschitz_on, norm

lipschitz = Hypothesis("Lipschitz", lipschitz_on(f, Space(d)), "f is Lipschitz")
PAIRS = ((i, Range(n)), (j, Range(n)))

swapped = Claim(
    id="my.swapped", title="Slopes bound the Lipschitz constant from above", source=Source("mine"), reading=Reading.OURS,
    domain=NormDomain.GLOBAL, hypotheses=(fits, lipschitz),
    conclusion=forall(le(LIP * norm(X[i] - X[j]), Abs(y[i] - y[j])), *PAIRS),
    proofs=(proof(
        step("definition", forall(le(Abs(f(X[i]) - f(X[j])), LIP * norm(X[i] - X[j])), *PAIRS), by=rules.lip,
             using="Lipschitz"),
        step("floor", forall(le(LIP * norm(X[i] - X[j]), Abs(y[i] - y[j])), *PAIRS), by="linear", using=("definition", "fits")),
    ),),
)
