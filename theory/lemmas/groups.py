"""ReLU neurons that are active together: their number, Gershgorin sums over pairs of them, and the gradient along a segment."""

from __future__ import annotations

from sympy import Expr

from theory.lemmas.build import F, G, V, d, derived, f, k, l, s, t, x
from theory.lemmas.derivations import indicators, numbers, segments, sums, suprema
from theory.lemmas.derivations import welch as frames
from theory.terms import Ball, Implies, Indicator, Lip, Range, Sum, Symbol, dot, eq, forall, index, le, lipschitz_with, lt, norm, relu

h = index("h")
a, b = Symbol("a", real=True), Symbol("b", real=True)
p, q = Symbol("p", integer=True), Symbol("q", integer=True)
L = Symbol("L", nonnegative=True)
NEURONS, POINT = (l, Range(k)), (x, Ball(d))


def active(preactivation: Expr) -> Indicator:
    """1 where the preactivation is positive, 0 elsewhere: the slope of ReLU."""
    return Indicator(lt(0, preactivation))


is_bit = forall(eq(F(l) ** 2, F(l)), NEURONS)

active_bit = derived("rule.active_bit", "an indicator is 0 or 1", eq(active(t) ** 2, active(t)), [], numbers.by_computation)
active_excess = derived("rule.active_excess", "where a preactivation is positive, so is the sum of those that are",
                        lt(0, Sum(active(F(l)) * F(l), (l, k))), [lt(0, Sum(active(F(l)), (l, k)))], sums.active_excess)
count_whole = derived("rule.count_whole", "a number of neurons is an integer", le(Sum(F(l), (l, k)), q),
                      [is_bit, lt(Sum(F(l), (l, k)), q + 1)], indicators.count_whole)
whole = derived("rule.whole", "no integer lies strictly between two consecutive ones", le(p, q), [lt(p, q + 1)], numbers.whole)
cases = derived("rule.cases", "either t > 0 or t ≤ 0", lt(a, b), [Implies(lt(0, t), lt(a, b)), Implies(le(t, 0), lt(a, b))], numbers.cases)
equal_cases = derived("rule.equal_cases", "of two numbers the first is smaller, or the second is at most it", eq(a, b),
                      [Implies(lt(s, t), eq(a, b)), Implies(le(t, s), eq(a, b))], numbers.equal_cases)
diagonal = derived("rule.diagonal", "the pairs with h = l are the diagonal",
                   eq(Sum(F(l) * F(h) * Indicator(eq(l, h)), (l, k), (h, k)), Sum(F(l) ** 2, (l, k))), [], sums.diagonal)
in_ball = derived("rule.in_ball", "definition of the unit ball", forall(le(norm(x), 1), POINT), [], suprema.membership("on_ball"))

piecewise_gradient = derived(
    "lemma.piecewise_gradient",
    "along a segment of the ball a ReLU network is piecewise affine, so Lip_B is at most the largest norm of Σ a_ℓ w_ℓ over active neurons",
    lipschitz_with(le(Lip(f, Ball(d)), L)),
    [forall(eq(f(x), Sum(F(l) * relu(dot(V(l), x) + G(l)), (l, k))), POINT),
     forall(le(norm(Sum(active(dot(V(l), x) + G(l)) * F(l) * V(l), (l, k))), L), POINT)],
    segments.piecewise_gradient)

welch = derived(
    "lemma.welch", "Welch: Σ(v_h·v_ℓ)² ≥ (Σ‖v_ℓ‖²)²/d, that is tr(M²) ≥ (tr M)²/d for M = Σ v_ℓ v_ℓᵀ",
    le(Sum(norm(V(l)) ** 2, (l, k)) ** 2, d * Sum(dot(V(l), V(h)) ** 2, (l, k), (h, k))), [], frames.welch)
