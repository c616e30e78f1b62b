"""D3, parametrised classes: nets, the squared error, and the final constants [Bubeck, Sellke 2021, manuscript, Theorem 3].

f_w with w in a set of diameter W in R^p, |f_w − f_w′| ≤ J‖w − w′‖.  A net of the parameters at distance η/J is one of the class at η, and
Theorem 2 holds for it with ε/2 in place of ε.  So Lip ≥ (ε/(2√(C₂c)))√(nd/(p·log(…) + log(…))).  Three steps are audited: what a
change of η does to the squared error, the size of the net, and the constant 2√C₂.  Kind: scalar and vector inequalities.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import isqrt

from theory.claim import Audit, Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import n
from theory.laws.universal_law.finite_class import CHAINS, rational
from theory.lemmas import rules
from theory.proof import proof, step
from theory.source import Source
from theory.terms import Abs, Min, Symbol, VectorSymbol, d, eq, exp, le, log, norm, sqrt

MANUSCRIPT = Source("Bubeck, Sellke, A universal law of robustness via isoperimetry, 2021, manuscript", "Theorem 3")
D3 = Source("lawbook", "D3")
eps = Symbol("eps", positive=True)

# --- the squared error of a neighbour -----------------------------------------------------------------------------------------------

f, g, y = (Symbol(name, real=True) for name in "fgy")
close = Hypothesis("close", le(Abs(f - g), eps / 6), "the values differ by at most ε/6")
label = Hypothesis("label", le(Abs(y), 1), "|y| ≤ 1")
value = Hypothesis("value", le(Abs(f), 1), "|f| ≤ 1")
unit_eps = Hypothesis("ε ≤ 1", le(eps, 1), "ε ≤ 1")
printed_square = Claim(
    id="bs.d3.printed_square", title="D3, printed: ε/6 changes a squared error by ε/2", source=MANUSCRIPT, reading=Reading.PRINTED,
    domain=NormDomain.DATA, hypotheses=(close, label, value, unit_eps), conclusion=le(Abs((y - f) ** 2 - (y - g) ** 2), eps / 2),
    audits=(Audit(
        "|f − g| ≤ ε/6 changes a squared error by 2ε/3, not by ε/2", ("bs.d3.square",),
        "Compare means, not single errors: MSE(g) ≤ MSE(f) + 2η√MSE(f) + η², and f fits.",
        ("bs.d3.square", "bs.d3.mean_square", "bs.d3.half"),
        detail="y = 1, f = −1, g = −1 + ε/6: the squares are 4 and (2 − ε/6)²"),),
)
SQUARE = le(Abs((y - f) ** 2 - (y - g) ** 2), 2 * eps / 3 + eps**2 / 36)
square = Claim(
    id="bs.d3.square", title="D3, ε/6 changes a squared error by at most 2ε/3 + ε²/36", source=D3, reading=Reading.SHARP,
    domain=NormDomain.DATA, hypotheses=(close, label, value), conclusion=SQUARE,
    proofs=(proof(
        step("difference", eq((y - f) ** 2 - (y - g) ** 2, 2 * (y - f) * (g - f) - (g - f) ** 2), by="algebra"),
        step("far", le(Abs(y - f), 2), by="linear", using=("label", "value")),
        step("product", le(Abs((y - f) * (g - f)), 2 * (eps / 6)), by="polynomial", using=("far", "close")),
        step("square", le((g - f) ** 2, (eps / 6) ** 2), by="polynomial", using="close"),
        step("positive", le(0, (g - f) ** 2), by="polynomial"),
        step("law", SQUARE, by="polynomial", using=("difference", "product", "square", "positive")),
    ),),
)

u, v, r = VectorSymbol("u", n), VectorSymbol("v", n), VectorSymbol("r", n)
eta = Symbol("eta", nonnegative=True)
A = Symbol("A", nonnegative=True)
near = Hypothesis("near", le(norm(v - u), sqrt(n) * eta), "the values at the data differ by η in the mean square")
MEAN = le(norm(r - v) ** 2, (norm(r - u) + sqrt(n) * eta) ** 2)
mean_square = Claim(
    id="bs.d3.mean_square", title="D3, repaired: √MSE(g) ≤ √MSE(f) + η", source=D3, reading=Reading.SHARP, domain=NormDomain.DATA,
    hypotheses=(near,), conclusion=MEAN,
    proofs=(proof(
        step("triangle", le(norm(r - u + (u - v)), norm(r - u) + norm(u - v)), by=rules.norm_triangle),
        step("same", eq(norm(u - v), norm(v - u)), by="algebra"),
        step("whole", eq(norm(r - u + (u - v)), norm(r - v)), by="algebra"),
        step("sum", le(norm(r - v), norm(r - u) + sqrt(n) * eta), by="linear", using=("triangle", "same", "whole", "near")),
        step("law", MEAN, by="polynomial", using="sum"),
    ),),
    note="r are the labels, u and v the values of f and g; MSE(g) ≤ MSE(f) + 2η√MSE(f) + η², multiplied by n.",
)

HALF = le((sqrt(A) + eta) ** 2, A + eps / 2)
half = Claim(
    id="bs.d3.half", title="D3, repaired: η = ε/4 costs ε/2", source=D3, reading=Reading.SHARP, domain=NormDomain.DATA,
    hypotheses=(Hypothesis("fit", le(A, 1 - eps), "MSE(f) ≤ σ² − ε ≤ 1 − ε"), Hypothesis("η", le(4 * eta, eps), "η ≤ ε/4")),
    conclusion=HALF,
    proofs=(proof(
        step("root", le(2 * sqrt(A), 2 - eps), by="polynomial", using="fit"),
        step("cross", le(2 * sqrt(A) * eta, (2 - eps) * (eps / 4)), by="polynomial", using=("root", "η", "fit")),
        step("square", le(eta**2, (eps / 4) ** 2), by="polynomial", using="η"),
        step("expand", eq((sqrt(A) + eta) ** 2, A + 2 * sqrt(A) * eta + eta**2), by="algebra"),
        step("law", HALF, by="polynomial", using=("cross", "square", "expand")),
    ),),
)

# --- the size of the net ------------------------------------------------------------------------------------------------------------

ratio = Symbol("t", positive=True)                 # WJ/ε
p, N = Symbol("p", integer=True, positive=True), Symbol("N", real=True)
one = Hypothesis("one", le(1, N), "a net is not empty")
printed_net = Claim(
    id="bs.d3.printed_net", title="D3, printed: a net of at most (60WJ/ε)^p functions", source=MANUSCRIPT, reading=Reading.PRINTED,
    domain=NormDomain.DATA, hypotheses=(one, Hypothesis("ball", le(N, (1 + 12 * ratio) ** p), "the volume bound at distance ε/(6J)")),
    conclusion=le(N, (60 * ratio) ** p),
    audits=(Audit(
        "Without WJ ≥ ε/60 the net would have less than one function", ("bs.d3.net",),
        "Ask for WJ ≥ ε/60, or count 1 + 8WJ/ε at distance ε/4.", ("bs.d3.net", "bs.d3.law"),
        detail="WJ = ε/120: (60WJ/ε)^p = 2^{−p} < 1, and log(60WJ/ε) is negative"),),
)
base = Symbol("b", positive=True)
NET = le(base, 60 * ratio)
net = Claim(
    id="bs.d3.net", title="D3, repaired: WJ ≥ ε/60", source=D3, reading=Reading.SHARP, domain=NormDomain.DATA,
    hypotheses=(
        Hypothesis("condition", le(1, 60 * ratio), "WJ ≥ ε/60"),
        Hypothesis("one point", le(Min(base - 1, 1 - 6 * ratio), 0), "one function is a net, b ≤ 1, unless WJ > ε/6"),
        Hypothesis("ball", le(base, 1 + 12 * ratio), "the volume bound"),
    ),
    conclusion=NET,
    proofs=(proof(step("law", NET, by="polynomial", using=("condition", "one point", "ball"))),),
    note="b^p is the size of the net, t = WJ/ε.",
)

# --- the law ------------------------------------------------------------------------------------------------------------------------

c, L, J, W, delta = (Symbol(name, positive=True) for name in ("c", "L", "J", "W", "delta"))
P, size = Symbol("P", real=True), Symbol("size", positive=True)
ENTROPY = p * log(1 + 8 * W * J / eps) + log(2 / delta)


def least_integer(constant: int) -> int:
    """The least whole number that is at least 2√C₂.

    >>> [least_integer(chain.rounded) for chain in CHAINS.values()]
    [144, 192, 77, 37, 19, 14]
    """
    root = isqrt(4 * constant)
    return root if root**2 == 4 * constant else root + 1


SHARP = CHAINS["bs.d2.sharp"].rounded
FACTOR = least_integer(SHARP)
rate = Symbol("rate", positive=True)
LAW = le(P, delta / 2)
law = Claim(
    id="bs.d3.law", title=f"D3, last step of Lip ≥ (ε/({FACTOR}√c))√(nd/(p log(1 + 8WJ/ε) + log(2/δ)))", source=D3, reading=Reading.OURS,
    domain=NormDomain.DATA,
    hypotheses=(
        Hypothesis("small L", le(FACTOR**2 * c * L**2 * size, eps**2 * n * d), "L is at most the bound of the theorem"),
        Hypothesis("size", eq(size, ENTROPY), "p·log(1 + 8WJ/ε) + log(2/δ)"),
        Hypothesis("rate", le(eps**2 * n * d, 4 * SHARP * c * L**2 * rate), f"the exponent of one function at ε/2: C₂ = {SHARP}"),
        Hypothesis("union", le(P, exp(p * log(1 + 8 * W * J / eps)) * exp(-rate)), "the functions of the net"),
    ),
    conclusion=LAW,
    proofs=(proof(
        step("enough", le(FACTOR**2 * c * L**2 * size, 4 * SHARP * c * L**2 * rate), by="linear", using=("small L", "rate")),
        step("levels", le(size, rate), by="polynomial", using="enough"),
        step("exponent", le(p * log(1 + 8 * W * J / eps) - rate, -log(2 / delta)), by="linear", using=("levels", "size")),
        step("exponential", le(exp(p * log(1 + 8 * W * J / eps) - rate), exp(-log(2 / delta))), by=rules.exp_le, using="exponent"),
        step("product", eq(exp(p * log(1 + 8 * W * J / eps) - rate), exp(p * log(1 + 8 * W * J / eps)) * exp(-rate)), by="algebra"),
        step("value", eq(exp(-log(2 / delta)), delta / 2), by="algebra"),
        step("law", LAW, by="linear", using=("union", "exponential", "product", "value")),
    ),),
    note="P is the probability that a function of the net with Lip ≤ L fits below σ² − ε/2; the other δ/2 is for the noise.  2√C₂ of all "
         "chains: " + ", ".join(f"{least_integer(chain.rounded)} ({chain.id})" for chain in CHAINS.values())
         + ".  All are below the printed 2⁹ = 512.",
)

# --- the same for bounded support ---------------------------------------------------------------------------------------------------

D = Symbol("D", positive=True)
THETA = CHAINS["bs.d2.sharp"].theta
bounded = replace(
    law, id="bs.d6.bounded", title="D6, last step of Lip ≥ (ε/(3.5D))√(n/(p log(1 + 8WJ/ε) + log(2/δ)))",
    source=Source("lawbook", "D6"),
    hypotheses=(
        Hypothesis("small L", le(49 * L**2 * D**2 * size, 4 * eps**2 * n), "L is at most the bound"),
        law.hypothesis("size"),
        Hypothesis("rate", le(rational(THETA**2) * eps**2 * n, 2 * L**2 * D**2 * rate),
                   "Hoeffding for z(f − m) at ε/2, where |f − m| ≤ LD/2 about the middle m of the values"),
        law.hypothesis("union"),
    ),
    proofs=(proof(step("enough", le(rational(Fraction(49, 4) * THETA**2) * L**2 * D**2 * size, 2 * L**2 * D**2 * rate), by="linear",
                       using=("small L", "rate")),
                  *law.proofs[0].steps[1:]),),
    note="D is the diameter of the support.  No isoperimetry: d is replaced by 1 and c by D²/4, up to the constant.",
)
