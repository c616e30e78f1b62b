"""D4, deep networks: how the values change with the weights [Bubeck, Sellke 2021, manuscript, Lemma 3.1].

D3 needs a J with |f_w(x) − f_w′(x)| ≤ J‖w − w′‖ for ‖x‖ ≤ R.  The manuscript bounds it by R and the product B̄ of the layers' norms.
Three of its statements are refuted at scalar networks; the repair is the telescoping sum over layers, for feed-forward networks without
biases and activations with σ(0) = 0 and slopes at most 1.  Kind: deterministic inequality.
"""

from __future__ import annotations

from theory.claim import Audit, Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import d, x
from theory.lemmas import rules
from theory.lemmas.quadratics import image_norm
from theory.proof import proof, step
from theory.source import Source
from theory.terms import Abs, MatrixSymbol, Symbol, VectorSymbol, eq, le, norm, op_norm, relu, sqrt

LEMMA = Source("Bubeck, Sellke, A universal law of robustness via isoperimetry, 2021, manuscript", "Lemma 3.1")
D4 = Source("lawbook", "D4")
R = Symbol("R", positive=True)
b, s, t, v, v_, w1, w2, w3 = (Symbol(name, real=True) for name in ("b", "s", "t", "v", "v′", "w1", "w2", "w3"))


def at_most(name: str, value: Symbol, bound: int = 2) -> Hypothesis:
    """A weight of bounded size."""
    return Hypothesis(name, le(Abs(value), bound), f"|{name}| ≤ {bound}")


inside = Hypothesis("inside", le(Abs(t), R), "|t| ≤ R")
first = relu(w1 * t + b)
biases = Claim(
    id="bs.lemma3.1.biases", title="Lemma 3.1 with a bias: 4R|v − v′|", source=LEMMA, reading=Reading.PRINTED,
    domain=NormDomain.GLOBAL, hypotheses=(inside, at_most("w₁", w1, 1), at_most("b", b, 1), at_most("v", v), at_most("v′", v_)),
    conclusion=le(Abs(v * first - v_ * first), 4 * R * Abs(v - v_)),
    audits=(Audit(
        "With a bias the change at t = 0 does not depend on R", ("bs.lemma3.1.biases_repaired",),
        "No biases, or R + |b| in place of R.", ("bs.lemma3.1.biases_repaired", "bs.d4.three_layers"),
        detail="t = 0, R = 1/10, w₁ = b = v = 1, v′ = 2: the value changes by 1, and B̄²R|v − v′| = 0.4"),),
)
BIASED = le(Abs(v * first - v_ * first), (R + 1) * Abs(v - v_))
biases_repaired = Claim(
    id="bs.lemma3.1.biases_repaired", title="Lemma 3.1 with a bias: R + |b|", source=D4, reading=Reading.SHARP, domain=NormDomain.GLOBAL,
    hypotheses=(inside, at_most("w₁", w1, 1), at_most("b", b, 1)), conclusion=BIASED,
    proofs=(proof(
        step("relu", rules.RELU_BY_ABS, by=rules.relu_abs),
        step("argument", le(Abs(w1 * t), R), by="polynomial", using=("inside", "w₁")),
        step("size", le(Abs(first), R + 1), by="polynomial", using=("relu", "argument", "b")),
        step("factor", eq(v * first - v_ * first, (v - v_) * first), by="algebra"),
        step("law", BIASED, by="polynomial", using=("size", "factor")),
    ),),
)


def residual(t):  # type: ignore[no-untyped-def]
    """Three layers with skips: h₁ = t + ReLU(w₁t), h₂ = h₁ + ReLU(w₂h₁), w₃h₂."""
    h1 = t + relu(w1 * t)
    return w3 * (h1 + relu(w2 * h1))


skips = Claim(
    id="bs.lemma3.1.skips", title="Lemma 3.1 with skips: Lip ≤ B̄", source=LEMMA, reading=Reading.PRINTED, domain=NormDomain.GLOBAL,
    hypotheses=(), conclusion=le(Abs(residual(s) - residual(t)), Abs(w1) * Abs(w2) * Abs(w3) * Abs(s - t)),
    audits=(Audit(
        "With skips the product of the norms does not bound the Lipschitz constant", ("bs.lemma3.1.skips_repaired",),
        "1 + ‖W‖ in place of ‖W‖ for each layer with a skip.", ("bs.lemma3.1.skips_repaired",),
        detail="D = 3, w₁ = w₂ = 0, w₃ = 1: f(t) = t, and the product is 0"),),
)
SKIPS = le(Abs(residual(s) - residual(t)), (1 + Abs(w1)) * (1 + Abs(w2)) * Abs(w3) * Abs(s - t))
h_s, h_t = s + relu(w1 * s), t + relu(w1 * t)
skips_repaired = Claim(
    id="bs.lemma3.1.skips_repaired", title="Lemma 3.1 with skips: (1 + |w₁|)(1 + |w₂|)|w₃|", source=D4, reading=Reading.SHARP,
    domain=NormDomain.GLOBAL, hypotheses=(), conclusion=SKIPS,
    proofs=(proof(
        step("ReLU", rules.RELU_LIPSCHITZ, by=rules.relu_lipschitz),
        step("first", le(Abs(relu(w1 * s) - relu(w1 * t)), 1 * Abs(w1 * s - w1 * t)), by=rules.activation_lip, using="ReLU"),
        step("h", le(Abs(h_s - h_t), (1 + Abs(w1)) * Abs(s - t)), by="polynomial", using="first"),
        step("second", le(Abs(relu(w2 * h_s) - relu(w2 * h_t)), 1 * Abs(w2 * h_s - w2 * h_t)), by=rules.activation_lip, using="ReLU"),
        step("product", le(Abs(w2 * h_s - w2 * h_t), Abs(w2) * Abs(h_s - h_t)), by="polynomial"),
        step("sum", le(Abs(h_s + relu(w2 * h_s) - (h_t + relu(w2 * h_t))), (1 + Abs(w2)) * Abs(h_s - h_t)), by="polynomial",
             using=("second", "product")),
        step("factor", le(Abs(residual(s) - residual(t)), Abs(w3) * Abs(h_s + relu(w2 * h_s) - (h_t + relu(w2 * h_t)))), by="polynomial"),
        step("law", SKIPS, by="chain", using=("factor", "sum", "h")),
    ),),
)

p, q = Symbol("p", positive=True), Symbol("q", positive=True)
p_, q_ = Symbol("p′", positive=True), Symbol("q′", positive=True)
convex = Claim(
    id="bs.lemma3.1.convex", title="Lemma 3.1: the product of the norms is convex", source=LEMMA, reading=Reading.PRINTED,
    domain=NormDomain.DATA, hypotheses=(), conclusion=le((p + p_) / 2 * ((q + q_) / 2), (p * q + p_ * q_) / 2),
    audits=(Audit(
        "B is not convex, nor is a set on which it is bounded", ("bs.d4.three_layers",),
        "Telescoping needs no convexity.", ("bs.d4.three_layers",), detail="B(2, 1) = B(1, 2) = 2 and B(1.5, 1.5) = 2.25"),),
)

# --- the repair ---------------------------------------------------------------------------------------------------------------------

M, M_ = MatrixSymbol("M", d, d), MatrixSymbol("M′", d, d)
x_ = VectorSymbol("x′", d)
LAYER = le(norm(M @ x - M_ @ x_), op_norm(M) * norm(x - x_) + op_norm(M - M_) * norm(x_))
layer = Claim(
    id="bs.d4.layer", title="D4, one layer: both its weights and its argument change", source=D4, reading=Reading.SHARP,
    domain=NormDomain.GLOBAL, hypotheses=(), conclusion=LAYER,
    proofs=(proof(
        step("split", eq(M @ x - M_ @ x_, M @ (x - x_) + (M - M_) @ x_), by="algebra"),
        step("triangle", le(norm(M @ (x - x_) + (M - M_) @ x_), norm(M @ (x - x_)) + norm((M - M_) @ x_)), by=rules.norm_triangle),
        step("argument", le(norm(M @ (x - x_)), op_norm(M) * norm(x - x_)), by=image_norm),
        step("weights", le(norm((M - M_) @ x_), op_norm(M - M_) * norm(x_)), by=image_norm),
        step("length", eq(norm(M @ x - M_ @ x_), norm(M @ (x - x_) + (M - M_) @ x_)), by="algebra", using="split"),
        step("law", LAYER, by="linear", using=("length", "triangle", "argument", "weights")),
    ),),
    note="Square matrices are no restriction: others are filled up with zeros.",
)

NAMES = ("1", "2", "3")
beta1, beta2, beta3 = (Symbol(f"beta{k}", nonnegative=True) for k in NAMES)
delta1, delta2, delta3 = (Symbol(f"delta{k}", nonnegative=True) for k in NAMES)
a1, a2, e1, e2, e3 = (Symbol(name, nonnegative=True) for name in ("a1", "a2", "e1", "e2", "e3"))
Q, omega = Symbol("Q", nonnegative=True), Symbol("omega", nonnegative=True)
SLOPES = (beta2 * beta3) ** 2 + (beta1 * beta3) ** 2 + (beta1 * beta2) ** 2
THREE = le(e3, R * sqrt(Q) * sqrt(SLOPES) * omega)
three_layers = Claim(
    id="bs.d4.three_layers", title="D4, the recursion over three layers", source=D4, reading=Reading.SHARP,
    domain=NormDomain.GLOBAL,
    hypotheses=(
        Hypothesis("size 1", le(a1, beta1 * R), "layer 1 of w′ is at most β₁R"),
        Hypothesis("size 2", le(a2, beta2 * a1), "layer 2 of w′"),
        Hypothesis("layer 1", le(e1, delta1 * R), "the change of layer 1, by bs.d4.layer and σ(0) = 0, slopes at most 1"),
        Hypothesis("layer 2", le(e2, beta2 * e1 + delta2 * a1), "the change of layer 2"),
        Hypothesis("layer 3", le(e3, beta3 * e2 + delta3 * a2), "the change of the output"),
        Hypothesis("shared", le(delta1**2 + delta2**2 + delta3**2, Q * omega**2),
                   "δ_j = ‖W_j − W_j′‖; each of the parameters, ω = ‖w − w′‖ apart, is used at most Q times"),
    ),
    conclusion=THREE,
    proofs=(proof(
        step("e2", le(e2, R * (beta2 * delta1 + beta1 * delta2)), by="polynomial", using=("layer 1", "layer 2", "size 1")),
        step("a2", le(a2, beta1 * beta2 * R), by="polynomial", using=("size 1", "size 2")),
        step("e3", le(e3, R * (beta2 * beta3 * delta1 + beta1 * beta3 * delta2 + beta1 * beta2 * delta3)), by="polynomial",
             using=("e2", "a2", "layer 3")),
        step("Lagrange", eq(
            SLOPES * (delta1**2 + delta2**2 + delta3**2) - (beta2 * beta3 * delta1 + beta1 * beta3 * delta2 + beta1 * beta2 * delta3) ** 2,
            (beta2 * beta3 * delta2 - beta1 * beta3 * delta1) ** 2 + (beta2 * beta3 * delta3 - beta1 * beta2 * delta1) ** 2
            + (beta1 * beta3 * delta3 - beta1 * beta2 * delta2) ** 2), by="algebra"),
        step("Cauchy", le((beta2 * beta3 * delta1 + beta1 * beta3 * delta2 + beta1 * beta2 * delta3) ** 2,
                          SLOPES * (delta1**2 + delta2**2 + delta3**2)), by="linear", using="Lagrange"),
        step("squares", le((beta2 * beta3 * delta1 + beta1 * beta3 * delta2 + beta1 * beta2 * delta3) ** 2,
                           (sqrt(Q) * sqrt(SLOPES) * omega) ** 2), by="polynomial", using=("Cauchy", "shared")),
        step("root", le(beta2 * beta3 * delta1 + beta1 * beta3 * delta2 + beta1 * beta2 * delta3, sqrt(Q) * sqrt(SLOPES) * omega),
             by="polynomial", using="squares"),
        step("law", THREE, by="polynomial", using=("e3", "root")),
    ),),
)
