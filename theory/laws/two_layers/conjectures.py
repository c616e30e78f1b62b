"""Conjectures 1 and 2: √(n/k) is the least Lipschitz constant of a fit with k neurons, up to constants.

Bubeck–Li–Nagaraj 2021.  Kind: lower and upper.  Domain: sphere.  Both are open; what settles a part of them is listed with each,
and the part n ≤ k of Conjecture 1 is proved here.
"""

from __future__ import annotations

from theory.claim import Audit, Chance, Claim, Constant, Hypothesis, NormDomain, Reading
from theory.laws.setting import LIP_SPHERE, X, d, f, fits, i, j, k, labels, n, network, psi, smooth_sphere, y
from theory.lemmas import rules
from theory.proof import proof, step
from theory.source import Source
from theory.terms import Abs, Range, Signs, SphereRows, Symbol, VectorSymbol, eq, forall, le, norm, sqrt

LOWER, UPPER = Source("BLN", "Conjecture 1"), Source("BLN", "Conjecture 2")
C, c = Symbol("C", positive=True), Symbol("c", positive=True)
GENERIC = ((X, SphereRows(n, d)), (y, Signs(n)))

conjecture_1 = Claim(
    id="bln.conj1", title="Conjecture 1, the law of robustness", source=LOWER, reading=Reading.PRINTED, domain=NormDomain.SPHERE,
    hypotheses=(fits, network, smooth_sphere),
    conclusion=le(c * sqrt(n / k), LIP_SPHERE),
    constants=(Constant("c"),),
    chance=Chance(None, GENERIC),
    special_cases=(
        "bln.conj1.wide", "bln.thm6.uniform_sphere", "bln.thm6.sphere", "bln.r1.random_labels", "bln.r0", "bln.thm5.random_labels",
        "bln.thm7.printed", "bln.thm9.printed", "bln.quadratic.sphere_law",
    ),
    audits=(Audit(
        "Constant labels have probability 2^{1−n} and are fitted by a constant, so the failure probability is at least that, and n = 1 "
        "is no case of it",
        ("bln.conj1.constant",),
        "both labels occur; then n ≤ k is settled with c = 1",
        ("bln.conj1.wide",),
        detail="nothing else in it is known to be wrong"),),
    note="Settled in part: n ≤ k (c = 1); n of the order of d, every fit, global norm (Theorem 6) and sphere (6d); linearly independent "
         "hidden weights, so k ≤ d: global norm, ReLU with biases (R1); n/k in place of √(n/k) with its inverse power of k, every ReLU "
         "network on the ball (R0); the proxy L‖a‖‖W‖_op (Theorem 5); homogeneous polynomial activations, where fits need k of the order "
         "of n/d or more (Theorems 7, 9).  Up to bounds of M, V, B and R for random labels, which are not proved here: independent hidden "
         "weights with every Lipschitz activation and an affine part (K1), on the sphere with ReLU and without biases (K2), and kinks that "
         "corners of total weight q cover, with √(kq) in place of √k (K3).",
)

conjecture_2 = Claim(
    id="bln.conj2", title="Conjecture 2, the law is attained", source=UPPER, reading=Reading.PRINTED, domain=NormDomain.SPHERE,
    hypotheses=(
        fits, network, smooth_sphere,
        Hypothesis("enough neurons", le(C * n / d, k), "k ≥ C n/d"),
        Hypothesis("few neurons", le(k, C * n), "k ≤ C n"),
        Hypothesis("polynomially many data", le(n, d**C), "n ≤ d^C"),
    ),
    conclusion=le(LIP_SPHERE, C * sqrt(n / k)),
    constants=(Constant("C"),),
    chance=Chance(None, GENERIC, some=(psi, f)),
    special_cases=("bln.s31.generic", "bln.s32.sharp", "bln.thm3.gershgorin", "bln.thm4.exact_fit"),
    note="Settled in part: one linear neuron for n up to a fraction of d (§3.1), k = n caps with a constant Lipschitz constant (§3.2); "
         "with a worse power, groups of points for k between n/d and n (Theorem 3), and tensors (Theorem 4).",
)

p, q = VectorSymbol("p", d), VectorSymbol("q", d)
plus = Hypothesis("plus", eq(f(p), 1), "f = 1 at some datum p")
minus = Hypothesis("minus", eq(f(q), -1), "f = −1 at some datum q")
on_sphere = (Hypothesis("p unit", eq(norm(p), 1), "‖p‖ = 1"), Hypothesis("q unit", eq(norm(q), 1), "‖q‖ = 1"))
wide_enough = Hypothesis("wide", le(n, k), "n ≤ k")

wide = Claim(
    id="bln.conj1.wide", title="Conjecture 1 for n ≤ k, with constant 1", source=LOWER, reading=Reading.SHARP, domain=NormDomain.SPHERE,
    hypotheses=(plus, minus, smooth_sphere, *on_sphere, wide_enough),
    conclusion=le(sqrt(n / k), LIP_SPHERE),
    proofs=(proof(
        step("definition", le(Abs(f(p) - f(q)), LIP_SPHERE * norm(p - q)), by=rules.lip_sphere,
             using=("f Lipschitz", "p unit", "q unit")),
        step("chord", le(norm(p - q), norm(p) + norm(-q)), by=rules.norm_triangle),
        step("diameter", le(norm(p - q), 2), by="linear", using=("chord", "p unit", "q unit")),
        step("one", le(1, LIP_SPHERE), by="polynomial", using=("definition", "plus", "minus", "diameter")),
        step("ratio", le(sqrt(n / k), 1), by="polynomial", using="wide"),
        step("law", le(sqrt(n / k), LIP_SPHERE), by="linear", using=("one", "ratio")),
    ),),
)

equal = Hypothesis("equal labels", forall(eq(y[i], y[j]), (i, Range(n)), (j, Range(n))), "all labels are equal")
constant = Claim(
    id="bln.conj1.constant", title="The law for equal labels", source=LOWER, reading=Reading.TEMPTING, domain=NormDomain.SPHERE,
    hypotheses=(fits, labels, network, equal),
    conclusion=le(1, LIP_SPHERE),
    note="False: a constant fits equal labels.  So a law of robustness is about labels of both signs.",
)
