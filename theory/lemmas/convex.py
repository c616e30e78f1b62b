"""Convex and smooth functions: tangents, the descent lemma, gradients that are Lipschitz, and interpolation."""

from __future__ import annotations

from theory.lemmas.build import d, derived, f, textbook, x
from theory.lemmas.derivations import convexity
from theory.source import Source
from theory.terms import (
    Gradient,
    Space,
    Symbol,
    VectorSymbol,
    convex,
    differentiable,
    dot,
    forall,
    le,
    lt,
    norm,
    smooth,
    strongly_convex,
)

y = VectorSymbol("y", d)
L, mu, t = (Symbol(name, real=True) for name in ("L", "mu", "t"))
g = Gradient(f)
tangent = f(x) + dot(g(x), y - x)
INSIDE = [le(0, t), le(t, 1)]

# --- definitions -----------------------------------------------------------------------------------------------------------------

convex_at = derived("rule.convex_at", "definition of a convex function", le(f((1 - t) * x + t * y), (1 - t) * f(x) + t * f(y)),
                    [convex(f), *INSIDE], convexity.at_points)
strongly_convex_at = derived(
    "rule.strongly_convex_at", "definition of a strongly convex function",
    le(f((1 - t) * x + t * y), (1 - t) * f(x) + t * f(y) - mu / 2 * t * (1 - t) * norm(x - y) ** 2), [strongly_convex(f, mu), *INSIDE],
    convexity.at_points)
descent = derived("rule.descent", "a smooth function is below its tangent paraboloids, by definition",
                  le(f(y), tangent + L / 2 * norm(y - x) ** 2), [smooth(f, L)], convexity.beyond_paraboloid)
ascent = derived("rule.ascent", "a smooth function is above its tangent paraboloids that open downwards, by definition",
                 le(tangent - L / 2 * norm(y - x) ** 2, f(y)), [smooth(f, L)], convexity.beyond_paraboloid)
smooth_differentiable = derived("rule.smooth_differentiable", "a smooth function is differentiable", differentiable(f), [smooth(f, L)],
                                convexity.smooth_differentiable)

# --- consequences ----------------------------------------------------------------------------------------------------------------

above_tangent = derived("lemma.above_tangent", "a differentiable convex function is above its tangents", le(tangent, f(y)),
                        [convex(f), differentiable(f)], convexity.above_tangent)
above_paraboloid = derived(
    "lemma.above_paraboloid", "a differentiable μ-strongly convex function is above its tangent paraboloids",
    le(tangent + mu / 2 * norm(y - x) ** 2, f(y)), [strongly_convex(f, mu), differentiable(f)], convexity.above_tangent)
smooth_gradient = derived("lemma.smooth_gradient", "the gradient of an L-smooth function is L-Lipschitz",
                          le(norm(g(x) - g(y)), L * norm(x - y)), [smooth(f, L)], convexity.smooth_gradient)
gradient_smooth = textbook(
    "lemma.gradient_smooth", "the descent lemma: a function whose gradient is L-Lipschitz is L-smooth",
    Source("Nesterov, Lectures on Convex Optimization, 2nd ed. 2018", "Lemma 1.2.3"), smooth(f, L),
    [differentiable(f), forall(le(norm(g(x) - g(y)), L * norm(x - y)), (x, Space(d)), (y, Space(d)))])
interpolation_strong = derived(
    "lemma.interpolation_strong", "what μ-strong convexity and L-smoothness say of two points, and no more (Taylor, Hendrickx, Glineur)",
    le(norm(g(y) - g(x)) ** 2 + mu * L * norm(y - x) ** 2 - 2 * mu * dot(g(y) - g(x), y - x), 2 * (L - mu) * (f(y) - tangent)),
    [strongly_convex(f, mu), smooth(f, L), lt(mu, L)], convexity.interpolation_strong)
interpolation = derived(
    "lemma.interpolation", "a convex L-smooth function is above its tangents by ‖∇f(x) − ∇f(y)‖²/(2L) (Nesterov, Theorem 2.1.5)",
    le(tangent + norm(g(y) - g(x)) ** 2 / (2 * L), f(y)), [convex(f), smooth(f, L), lt(0, L)], convexity.interpolation)
cocoercive = derived(
    "lemma.cocoercive", "the gradient of a convex L-smooth function is cocoercive (Baillon, Haddad)",
    le(norm(g(x) - g(y)) ** 2 / L, dot(g(x) - g(y), x - y)), [convex(f), smooth(f, L), lt(0, L)], convexity.cocoercive)
