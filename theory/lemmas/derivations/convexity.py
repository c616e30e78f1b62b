"""Convex and smooth functions: from their definitions to tangents, Lipschitz gradients and interpolation."""

from __future__ import annotations

from theory.checkers.script import Line, Script
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.binding import opened
from theory.kernel.heads import bind, eq, le, lt, whole
from theory.kernel.nodes import R, make, num
from theory.lemmas.derivations.basics import below_absolute, either, put
from theory.lemmas.derivations.tools import (
    absolute,
    at,
    cancelled,
    chosen,
    conjuncts,
    dot,
    everywhere,
    fresh,
    inverse,
    inverted,
    linear,
    nonnegative,
    norm,
    refuting,
    scaled,
    smaller_by_squares,
    times,
    vectors,
)
from theory.terms import Function, d, differentiable
from theory.terms.elaborate import elaborate

HALF = num("1/2")


def at_points(w: Writing) -> Line:
    """The definition at x, y and t ∈ [0, 1]."""
    return w.script.restate(_between(w.script, w.hypotheses[0], w.x, w.y, w.t, *w.hypotheses[1:]), w.goal)


def _between(script: Script, convexity: Line, x: Node, y: Node, t: Node, low: Line, high: Line) -> Line:
    """f((1 − t)x + ty) ≤ … for 0 ≤ t ≤ 1."""
    inside = script.axiom("in_interval", (low, high), q=t, s=num(0), t=num(1))
    return at(script, convexity, x, y, (t, inside))


def beyond_paraboloid(w: Writing) -> Line:
    """f(y) − f(x) − ∇f(x)·(y − x) is at most its modulus, and so is its opposite."""
    return linear(w.script, w.goal, _sides(w.script, w.hypotheses[0], w.x, w.y))


def _sides(script: Script, smoothness: Line, x: Node, y: Node) -> list[Line]:
    """t ≤ |t|, −t ≤ |t| and |t| ≤ (L/2)‖y − x‖² for t = f(y) − f(x) − ∇f(x)·(y − x)."""
    line = at(script, smoothness, x, y)
    return [*below_absolute(script, script.says(line).args[0].args[0]), line]


# --- smooth functions are differentiable ----------------------------------------------------------------------------------------------

def smooth_differentiable(w: Writing) -> Line:
    """The definition with δ = ε/(1 + |L|)."""
    return _differentiable(w.script, w.hypotheses[0], w.goal, w.L)


def _differentiable(script: Script, smoothness: Line, goal: Node, L: Node) -> Line:
    """That f is differentiable, from the line that it is L-smooth."""
    def near(x: Node, _: Line) -> Line:
        return everywhere(script, whole(R), lambda eps, _: _within(script, smoothness, opened(goal.args[1], (x,)), x, eps, L), "eps")
    return everywhere(script, goal.args[0], near, "x")


def _within(script: Script, smoothness: Line, claim: Node, x: Node, eps: Node, L: Node) -> Line:
    """0 < ε ⇒ ∃δ > 0 …; ``claim`` is the statement for all ε."""
    premise, exists = opened(claim.args[1], (eps,)).args
    positive, size = script.assume(premise), num(1) + absolute(L)
    unit, small = inverted(script, linear(script, lt(0, size), [nonnegative(script, absolute(L))]))
    delta = eps * inverse(size)
    both = opened(exists.args[1], (delta,))
    weak = [script.weaken(line) for line in (positive, small)]
    above = linear(script, le(L, absolute(L)), below_absolute(script, L))

    def close(y: Node, _: Line) -> Line:
        bound = opened(both.args[1].args[1], (y,))
        distance, assumed = norm(y - x), script.assume(bound.args[0])
        far = nonnegative(script, distance)
        line = linear(script, bound.args[1], [
            at(script, smoothness, x, y), times(script, above, script.do("square", (), distance)),
            times(script, assumed, nonnegative(script, distance * absolute(L))), (unit, eps * distance),
            times(script, *weak, far), times(script, weak[0], far)])
        return script.do("discharge", (line,), bound.args[0])

    parts = script.restate(times(script, positive, small), both.args[0]), everywhere(script, both.args[1].args[0], close, "y")
    return script.do("discharge", (script.do("witness", (script.do("both", parts),), exists, delta),), premise)


# --- convex functions are above their tangents ----------------------------------------------------------------------------------------

def above_tangent(w: Writing) -> Line:
    """The definitions at a point x + t(y − x) with t small."""
    return _above_paraboloid(w.script, w.goal, *w.hypotheses, w.x, w.y, w.variables.get("mu", num(0)))


def _above_paraboloid(script: Script, goal: Node, convexity: Line, derivative: Line, x: Node, y: Node, mu: Node) -> Line:
    """f(x) + ∇f(x)·(y − x) + (μ/2)‖y − x‖² ≤ f(y).

    If it fails by c > 0, then c ≤ ε‖y − x‖ + (μ/2)t‖y − x‖² for all ε > 0 and small t > 0: take c/2 for the first and the second.
    """
    (bound, value), distance = goal.args, norm(y - x)
    negated, c = refuting(script, goal), bound - value
    positive = linear(script, lt(0, c), [negated])
    unit, small = inverted(script, linear(script, lt(0, num(1) + distance), [nonnegative(script, distance)]))
    eps = HALF * c * inverse(num(1) + distance)
    precise = script.restate(script.combine(lt(0, eps), ((times(script, positive, small), HALF),)), lt(0, eps))
    exists = script.do("detach", (at(script, derivative, x, eps), precise))

    more = script.do("square", (), distance)
    bend = linear(script, le(0, absolute(mu) * distance * distance), [times(script, nonnegative(script, absolute(mu)), more)])

    def clash(t: Node, near: Line, lines: list[Line]) -> Line:
        step, high, short, flat = conjuncts(script, lines[0])
        low, reach = script.weaken(step), t * distance
        z = scaled(num(1) - t, x) + scaled(t, y)
        size = norm(z - x)
        apart = smaller_by_squares(script, size, reach, script.restate(times(script, low, nonnegative(script, distance)), le(0, reach)),
                                   script.combine(le(size * size, reach * reach)))
        inside = at(script, near, z)
        moved = script.do("detach", (inside, linear(script, script.says(inside).args[0], [apart, short, low])))
        return linear(script, lt(0, 0), [
            _between(script, convexity, x, y, t, low, high), moved, *below_absolute(script, script.says(moved).args[0].args[0]),
            times(script, apart, script.weaken(precise)), (unit, t * c * HALF), times(script, flat, low), times(script, step, step),
            times(script, step, positive, small),
            times(script, linear(script, le(mu, absolute(mu)), below_absolute(script, mu)), script.do("square", (), reach))])

    def close(_: Node, lines: list[Line]) -> Line:
        wide, near = conjuncts(script, lines[0])
        steps = _small(script, [(wide, distance, nonnegative(script, distance)), (positive, absolute(mu) * distance * distance, bend)])
        return chosen(script, steps, lambda t, inner: clash(t, near, inner), "t")

    return script.by_contradiction(goal, chosen(script, exists, close, "delta"))


def _small(script: Script, bounds: list[tuple[Line, Node, Line]]) -> Line:
    """∃t: 0 < t ≤ 1 and t(1 + N) ≤ a for each of the bounds (the line 0 < a, N, the line 0 ≤ N): t = 1/(1 + Σ (1 + N)/a)."""
    sizes = [num(1) + N for _, N, _ in bounds]
    inverses = [inverted(script, line) for line, _, _ in bounds]
    signs = [times(script, linear(script, le(0, size), [sign]), script.weaken(small))
             for size, (_, _, sign), (_, small) in zip(sizes, bounds, inverses, strict=True)]
    total = make("add", num(1), *(script.says(sign).args[1] for sign in signs))
    unit, step = inverted(script, linear(script, lt(0, total), signs))
    t, low = inverse(total), script.weaken(step)
    found = [step, linear(script, le(t, 1), [(unit, num(1)), *(times(script, low, sign) for sign in signs)])]
    for place, ((line, _, _), size, (own, _)) in enumerate(zip(bounds, sizes, inverses, strict=True)):
        a = script.says(line).args[1]
        rest = [times(script, low, sign, script.weaken(line)) for other, sign in enumerate(signs) if other != place]
        found.append(linear(script, le(t * size, a), [(unit, a), (own, t * size), times(script, low, script.weaken(line)), *rest]))
    both = script.do("both", found)
    s = fresh(script, "t", R)
    least = [le(s * size, script.says(line).args[1]) for size, (line, _, _) in zip(sizes, bounds, strict=True)]
    claim = make("and", lt(0, s), le(s, 1), *least)
    return script.do("witness", (both,), bind("ex", [(s, whole(R))], claim), t)


# --- smooth functions -----------------------------------------------------------------------------------------------------------------

def smooth_gradient(w: Writing) -> Line:
    """The definition from x and from y to the two points (x + y)/2 ± ‖y − x‖/2 · e, for the direction e of ∇f(x) − ∇f(y)."""
    script, smoothness, (x, y) = w.script, w.hypotheses[0], (w.x, w.y)
    moved = w.goal.args[0].args[0]                                          # ∇f(x) − ∇f(y)
    e, reach = make("dir", moved), HALF * norm(y - x)
    along = put(script, script.axiom("direction", w=moved), lambda hole: dot(hole, e))
    unit = script.axiom("direction_unit", (w.known(le(1, w.d)),), w=moved)
    middle = scaled(HALF, x) + scaled(HALF, y)
    points = [middle + scaled(c, e) for c in (reach, num(-1) * reach)]
    facts = [line for start in (x, y) for z in points for line in _sides(script, smoothness, start, z)]
    squares = (unit, norm(e) * norm(moved) * reach + norm(moved) * reach)
    size = (unit, w.L * reach * reach * (norm(e) + 1))
    product = linear(script, le(norm(y - x) * norm(moved), norm(y - x) * w.goal.args[1]), [*facts, (along, reach), squares, size])

    def apart(positive: Line) -> Line:
        return cancelled(script, w.goal, positive, product)

    def together(below: Line) -> Line:
        zero = script.axiom("antisymmetry", (below, nonnegative(script, norm(y - x))), s=norm(y - x), t=num(0))
        gone = script.do("norm_zero", (zero,))
        same = vectors(script, eq(y, x), [(gone, 1)])
        gradient = w.variables["∇f"]
        return linear(script, w.goal, [(zero, w.L), put(script, same, lambda hole: norm(gradient(x) - gradient(hole)))])

    return either(script, 0, norm(y - x), apart, together)


def interpolation_strong(w: Writing) -> Line:
    """Above the tangent paraboloid at x, below the one at y, at the point z = (Ly − μx + ∇f(x) − ∇f(y))/(L − μ)."""
    return _interpolated(w, w.goal, w.x, w.y, w.mu)


def interpolation(w: Writing) -> Line:
    """The same for μ = 0, divided by 2L."""
    return _divided(w, w.goal, [(w.x, w.y)])


def cocoercive(w: Writing) -> Line:
    """The sum of two of these, with x and y exchanged."""
    return _divided(w, w.goal, [(w.x, w.y), (w.y, w.x)])


def _divided(w: Writing, goal: Node, pairs: list[tuple[Node, Node]]) -> Line:
    script, gradient, facts = w.script, w.variables["∇f"], []
    unit, small = inverted(script, w.hypotheses[2])
    for x, y in pairs:
        change, rest = gradient(y) - gradient(x), w.f(y) - w.f(x) - dot(gradient(x), y - x)
        whole = _interpolated(w, le(norm(change) * norm(change), num(2) * w.L * rest), x, y, num(0))
        facts += [times(script, whole, script.weaken(small)), (unit, rest)]
    return linear(script, goal, facts)


def _interpolated(w: Writing, goal: Node, x: Node, y: Node, mu: Node) -> Line:
    """‖q‖² + μL‖h‖² − 2μ q·h ≤ 2(L − μ)(f(y) − f(x) − ∇f(x)·h) for h = y − x and q = ∇f(y) − ∇f(x)."""
    script, (convexity, smoothness, order), f, gradient = w.script, w.hypotheses, w.f, w.variables["∇f"]
    positive = linear(script, lt(0, w.L - mu), [order])
    unit, _ = inverted(script, positive)
    change = gradient(y) - gradient(x)
    base = scaled(w.L, y) - scaled(mu, x) - change
    z = scaled(inverse(w.L - mu), base)
    derivative = _differentiable(script, smoothness, elaborate(differentiable(Function("f", d))), w.L)
    below = f(x) + dot(gradient(x), z - x) + mu * HALF * norm(z - x) * norm(z - x)
    above = at(script, everywhere(script, whole(x.sort), lambda own, _: _above_paraboloid(script, le(
        f(x) + dot(gradient(x), own - x) + mu * HALF * norm(own - x) * norm(own - x), f(own)), convexity, derivative, x, own, mu)), z)
    between = linear(script, le(below, f(y) + dot(gradient(y), z - y) + w.L * HALF * norm(z - y) * norm(z - y)),
                     [above, *_sides(script, smoothness, y, z)])
    square = inverse(w.L - mu) * norm(base) * norm(base)
    cofactor = (num(2) * dot(change, base) + w.L * (square - num(2) * dot(base, y)) - mu * (square - num(2) * dot(base, x))
                + norm(base) * norm(base))
    return linear(script, goal, [times(script, between, script.weaken(positive)), (unit, cofactor)])
