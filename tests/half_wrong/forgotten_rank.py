"""A half-wrong proof: the rank factor between the Frobenius and the spectral norm is forgotten."""

from theory.claim import Claim, NormDomain, Reading
from theory.laws.setting import W, a, fits, homogeneous, labels, n, network, no_bias
from theory.laws.two_layers.spectral_norm import PATH, R, path_steps
from theory.lemmas import spectra
from theory.proof import proof, step
from theory.source import Source
from theory.terms import Abs, fro_norm, le, norm, op_norm

no_rank = Claim(
    id="my.no_rank", title="Theorem 5 without the rank", source=Source("mine"), reading=Reading.OURS, domain=NormDomain.PROXY,
    hypotheses=(fits, labels, network, no_bias, homogeneous),
    conclusion=le(n, R * norm(a) * op_norm(W)),
    proofs=(proof(
        *path_steps,
        step("Cauchy", le(PATH, norm(a) * fro_norm(W)), by=spectra.cauchy.at(F=lambda l: Abs(a[l]), G=lambda l: norm(W[l]))),
        step("rank", le(fro_norm(W), op_norm(W)), by=spectra.fro_op),
        step("law", le(n, R * norm(a) * op_norm(W)), by="chain", using=("path", "Cauchy", "rank")),
    ),),
)
