"""McShane–Whitney: the least Lipschitz constant of any function that fits the data is the largest slope between two points.

Kind: tight.  Domain: global; the same argument gives every domain that contains the data.
"""

from __future__ import annotations

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import DATA, LIP, L, X, d, f, fits, i, j, n, smooth, x, y
from theory.lemmas import rules
from theory.proof import proof, step
from theory.source import Source
from theory.terms import Abs, And, Function, Lip, Range, Space, Sup, VectorSymbol, eq, forall, le, lipschitz_with, norm

SOURCE = Source("McShane, Extension of range of functions, 1934; Whitney 1934")
PAIRS = ((i, Range(n)), (j, Range(n)))

floor = Claim(
    id="mcshane.floor", title="McShane floor", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.GLOBAL,
    hypotheses=(fits, smooth),
    conclusion=forall(le(Abs(y[i] - y[j]), LIP * norm(X[i] - X[j])), *PAIRS),
    proofs=(proof(
        step("definition", forall(le(Abs(f(X[i]) - f(X[j])), LIP * norm(X[i] - X[j])), *PAIRS), by=rules.lip,
             using="f Lipschitz"),
        step("floor", forall(le(Abs(y[i] - y[j]), LIP * norm(X[i] - X[j])), *PAIRS), by="linear", using=("definition", "fits")),
    ),),
)

g = Function("g", d)
x_ = VectorSymbol("x′", d)


def cone(point, index):  # type: ignore[no-untyped-def]
    """−(y_i + L‖x − x_i‖); the interpolant is minus the largest of these."""
    return -y[index] - L * norm(point - X[index])


def top(point):  # type: ignore[no-untyped-def]
    """max_i of the cones at a point."""
    return Sup(cone(point, i), (i, Range(n)))


interpolant = Hypothesis("interpolant", forall(eq(g(x), -top(x)), (x, Space(d))), "g(x) = min_i (y_i + L‖x − x_i‖)")
slopes = Hypothesis("slopes", forall(le(Abs(y[i] - y[j]), L * norm(X[i] - X[j])), *PAIRS), "L is at least every slope of the data")
POINTS = ((x, Space(d)), (x_, Space(d)))

attained = Claim(
    id="mcshane.attained", title="McShane floor is attained", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.GLOBAL,
    hypotheses=(interpolant, slopes),
    conclusion=And(forall(eq(g(X[j]), y[j]), (j, Range(n))), lipschitz_with(le(Lip(g, Space(d)), L))),
    proofs=(proof(
        step("own cone", forall(le(cone(X[j], j), top(X[j])), (j, Range(n))), by=rules.max_ge),
        step("other cones", forall(le(cone(X[j], i), -y[j]), *PAIRS), by="polynomial", using="slopes"),
        step("no cone higher", forall(le(top(X[j]), -y[j]), (j, Range(n))), by=rules.max_le, using="other cones"),
        step("fit", forall(eq(g(X[j]), y[j]), (j, Range(n))), by="linear", using=("own cone", "no cone higher", "interpolant")),
        step("triangle", forall(le(norm(x - X[i]), norm(x - x_) + norm(x_ - X[i])), *POINTS, DATA), by=rules.norm_triangle),
        step("cones", forall(le(Abs(cone(x, i) - cone(x_, i)), L * norm(x - x_)), *POINTS, DATA), by="polynomial",
             using="triangle"),
        step("maxima", forall(le(Abs(top(x) - top(x_)), L * norm(x - x_)), *POINTS), by=rules.max_gap, using="cones"),
        step("values", forall(le(Abs(g(x) - g(x_)), L * norm(x - x_)), *POINTS), by="polynomial", using=("maxima", "interpolant")),
        step("Lipschitz", lipschitz_with(le(Lip(g, Space(d)), L)), by=rules.lip_least, using="values"),
        step("both", And(forall(eq(g(X[j]), y[j]), (j, Range(n))), lipschitz_with(le(Lip(g, Space(d)), L))), by="conjunction",
             using=("fit", "Lipschitz")),
    ),),
)
