"""Tensors of order p over R^d: injective and Frobenius norm, Banach's theorem, Schur's bound on the Gram matrix of powers."""

from __future__ import annotations

from theory.lemmas import spectra
from theory.lemmas.build import V, consequence, d, derived, i, n, textbook, u, x, x_
from theory.lemmas.derivations import multilinear, numbers, power_gram
from theory.source import Source
from theory.terms import Abs, Outer, Range, Sphere, Sum, Sup, Symbol, VectorSymbol, dot, eigenvalue_sum, eq, forall, index, le, norm
from theory.terms.schema import VectorFamily
from theory.terms.tensors import TensorPower, TensorSymbol, injective_norm, symmetric_tensor, tensor_product

p = Symbol("p", integer=True, positive=True)
q = index("q")
T, U = TensorSymbol("T", d, p), VectorFamily("U", d)
v = VectorSymbol("v", d)

tensor_dot = derived("rule.tensor_dot", "⟨x^{⊗p}, x′^{⊗p}⟩ = ⟨x, x′⟩^p, by definition of the inner product of tensors",
                     eq(dot(TensorPower(x, p), TensorPower(x_, p)), dot(x, x_) ** p), [], numbers.by_computation)
tensor_norm = derived("rule.tensor_norm", "‖x^{⊗p}‖_F = ‖x‖^p, by definition of the inner product of tensors",
                      eq(norm(TensorPower(x, p)), norm(x) ** p), [], multilinear.power_norm)
injective = derived("rule.injective", "definition of the injective norm",
                    le(dot(T, tensor_product(U(q), (q, p))), injective_norm(T)), [forall(eq(norm(U(q)), 1), (q, Range(p)))],
                    multilinear.injective)
injective_power = derived("rule.injective_power", "definition of the injective norm, at a multiple of one unit vector p times",
                          le(Abs(dot(T, TensorPower(v, p))), injective_norm(T) * norm(v) ** p), [], multilinear.injective_power)

tensor_fro_op = textbook(
    "lemma.tensor_fro_op", "‖T‖_F ≤ d^{(p−1)/2} ‖T‖_op for a tensor of order p over R^d",
    Source("Li, Nakatsukasa, Soma, Uschmajew, On orthogonal tensors and best rank-one approximation ratio, 2018",
           "the elementary lower bound of the approximation ratio"),
    le(norm(T), d ** ((p - 1) / 2) * injective_norm(T)))
banach = textbook(
    "lemma.banach", "Banach: the injective norm of a symmetric tensor is attained on one repeated vector",
    Source("Banach, Über homogene Polynome in (L²), Studia Math. 7, 1938, 36–44"),
    eq(injective_norm(T), Sup(Abs(dot(T, TensorPower(u, p))), (u, Sphere(d)))), [symmetric_tensor(T)])
schur_gram = consequence(
    "lemma.schur_gram", "λ_max of the Gram matrix of x_i^{⊗p} is at most λ_max of the Gram matrix of x_i, for rows of norm at most 1",
    le(eigenvalue_sum(Sum(Outer(TensorPower(V(i), p)), (i, n)), 1), eigenvalue_sum(Sum(Outer(V(i)), (i, n)), 1)),
    [forall(le(norm(V(i)), 1), (i, Range(n)))], power_gram.schur_gram, spectra.form_max, spectra.form_least)
