"""Weyl's perturbation bound: |λ_max(M) − λ_max(N)| ≤ ‖M − N‖_op for symmetric matrices."""

from lawbook import (
    Abs, Claim, Hypothesis, MatrixSymbol, NormDomain, Property, Reading, Source, Sphere, VectorSymbol, d, dot, eigenvalue_sum, eq, forall,
    le, lemma, norm, op_norm, proof, rule, step,
)

M, N, u = MatrixSymbol("M", d, d), MatrixSymbol("N", d, d), VectorSymbol("u", d)
DIR = (u, Sphere(d))
symmetric_m, symmetric_n = Hypothesis("M", Property("symmetric", M)), Hypothesis("N", Property("symmetric", N))
gap = op_norm(M - N)


def top(matrix):
    """λ_max."""
    return eigenvalue_sum(matrix, 1)


def half(A, B):
    """λ_max(A) ≤ λ_max(B) + ‖M − N‖_op, since each value of the form is."""
    return (
        step(f"form of {B.name}", forall(le(dot(u, B @ u), top(B) * norm(u) ** 2), DIR), by=lemma.form_max, using=B.name),
        step(f"values of {A.name}", forall(le(dot(u, A @ u), top(B) + gap), DIR), by="polynomial",
             using=("split", "Cauchy", "image", "unit", f"form of {B.name}")),
        step(f"below {B.name}", le(top(A), top(B) + gap), by=lemma.form_least, using=(A.name, f"values of {A.name}")))


def weyl(id, title, law):
    """Both halves."""
    return Claim(id=id, title=title, source=Source("Horn, Johnson, Matrix Analysis, 2nd ed. 2013", "Theorem 4.3.1"), reading=Reading.OURS,
                 domain=NormDomain.DATA, hypotheses=(symmetric_m, symmetric_n), conclusion=law, proofs=(proof(
                     step("unit", forall(eq(norm(u), 1), DIR), by="linear"),
                     step("split", forall(eq(dot(u, (M - N) @ u), dot(u, M @ u) - dot(u, N @ u)), DIR), by="algebra"),
                     step("Cauchy", forall(le(Abs(dot(u, (M - N) @ u)), norm(u) * norm((M - N) @ u)), DIR), by=rule.cauchy_abs),
                     step("image", forall(le(norm((M - N) @ u), gap * norm(u)), DIR), by=lemma.image_norm),
                     *half(M, N), *half(N, M),
                     step("law", law, by="polynomial", using=("below N", "below M"))),))


claim = weyl("weyl", "Weyl's perturbation bound", le(Abs(top(M) - top(N)), gap))
signed = weyl("weyl.false.signed", "λ_max(M − N) in place of the norm", le(Abs(top(M) - top(N)), top(M - N)))
