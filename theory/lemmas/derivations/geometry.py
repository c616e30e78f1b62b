"""Inner products, norms, directions, Lipschitz constants, and functions of a projection."""

from __future__ import annotations

from theory.checkers.script import Line, Script
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.heads import eq, le, member
from theory.kernel.nodes import make, num
from theory.lemmas.derivations.basics import as_goal, cite, put
from theory.lemmas.derivations.tools import absolute_at_most, smaller_by_squares, vectors


def cauchy(w: Writing) -> Line:
    """u·v ≤ ‖u‖‖v‖."""
    return w.script.restate(w.script.do("cauchy", (), w.x, w.variables["x'"]), w.goal)


def cauchy_abs(w: Writing) -> Line:
    """The same for −u."""
    script, other = w.script, w.variables["x'"]
    inner, bound = w.goal.args[0].args[0], w.goal.args[1]
    up, down = (as_goal(script, le(value, bound), script.do("cauchy", (), x, other)) for value, x in ((inner, w.x), (-inner, -w.x)))
    return absolute_at_most(script, w.goal.args[0].args[0], w.goal.args[1], [up, down])


def norm_triangle(w: Writing) -> Line:
    """‖u + v‖² = ‖u‖² + 2u·v + ‖v‖² ≤ (‖u‖ + ‖v‖)²."""
    script, (left, right) = w.script, w.goal.args
    squares = script.combine(le(left * left, right * right), ((script.do("cauchy", (), w.x, w.variables["x'"]), 2),))
    return smaller_by_squares(script, *w.goal.args, script.do("nonnegative", (), right), squares)


def direction(w: Writing) -> Line:
    """w = ‖w‖e, times x."""
    along = put(w.script, w.script.axiom("direction", w=w.w), lambda hole: make("dot", hole, w.x))
    return w.script.restate(along, w.goal)


def direction_vector(w: Writing) -> Line:
    """w = ‖w‖e."""
    return w.script.restate(w.script.axiom("direction", w=w.w), w.goal)


def direction_unit(w: Writing) -> Line:
    """The direction in R^d, d ≥ 1, is a unit vector."""
    return w.script.axiom("direction_unit", (w.known(le(1, w.d)),), w=w.w)


def symmetric_dot(w: Writing) -> Line:
    """u·Mw = Mu·w."""
    return as_goal(w.script, w.goal, w.script.axiom("symmetric_swap", w.hypotheses, S=w.M, u=w.u, v=w.w))


def moment_norm(w: Writing) -> Line:
    """‖Σ c_i v_i v_iᵀ‖² = ⟨Σ c_i v_i v_iᵀ, Σ c_j v_j v_jᵀ⟩, by bilinearity."""
    return w.script.equal(*w.goal.args)


# --- Lipschitz constants ------------------------------------------------------------------------------------------------------------

def lipschitz_bound(w: Writing) -> Line:
    """|f(x) − f(x′)| ≤ Lip‖x − x′‖ for points of the domain."""
    script, (lipschitz, *_) = w.script, w.hypotheses
    f, domain = script.says(lipschitz).args
    points = (w.x, w.variables["x'"])
    return script.restate(
        script.axiom("lip_bound", (lipschitz, *(_point(w, x, domain) for x in points)), f=f, D=domain, u=points[0], v=points[1]),
        w.goal)


def _point(w: Writing, x: Node, domain: Node) -> Line:
    """x ∈ D, from what the hypotheses say of ‖x‖."""
    return w.known(member(x, domain))


def lipschitz_least(w: Writing) -> Line:
    """0 ≤ L, and |f(x) − f(x′)| ≤ L‖x − x′‖ on D."""
    f, domain = w.goal.args[0].args
    slopes = w.hypotheses[-1]
    return w.script.do("both", (cite(w.script, "is_lipschitz", (slopes,), c=w.L, f=f, D=domain),
                                cite(w.script, "lip_least", (w.known(le(0, w.L)), slopes), c=w.L, f=f, D=domain)))


def is_lipschitz(w: Writing) -> Line:
    """A bound of all slopes is what being Lipschitz means."""
    f, domain = w.goal.args
    return cite(w.script, "is_lipschitz", w.hypotheses[-1:], c=w.L, f=f, D=domain)


# --- functions of a projection ------------------------------------------------------------------------------------------------------

def depends(w: Writing) -> Line:
    """The definition at x and x′."""
    script, (rule, image, *_) = w.script, w.hypotheses
    domain = script.says(rule).args[0]
    for x in (w.x, w.variables["x'"]):
        rule = script.specialise(rule, x, *([] if domain.head == "whole" else [_point(w, x, domain)]))
    return script.do("detach", (rule, image))


def kernel(w: Writing) -> Line:
    """x − Px lies in the kernel, and ‖x − Px‖² = 1 − ‖Px‖²: where that is not 0, the kernel has a unit vector e."""
    script, (projection, unit) = w.script, w.hypotheses
    swap, again = (script.do("part", (projection,), num(place)) for place in (0, 1))
    image = make("matvec", w.P, w.x)
    twice = script.specialise(again, w.x)
    rest, zero = w.x - image, make("zero", w.x.sort)
    gone = vectors(script, eq(make("matvec", w.P, rest), zero), [(flipped_vector(script, twice), 1)])
    kernel_ = script.axiom("kernel_vector_unit", (gone,), S=w.P, v=rest)
    turned = script.specialise(script.specialise(swap, w.x), image)                          # Px·Px = x·PPx
    folded = put(script, twice, lambda hole: make("dot", w.x, hole))                   # x·PPx = x·Px
    size, own = make("norm", rest), make("norm", make("kernelvec", w.P))
    square = script.combine(eq(size * size, num(1) - make("norm", image) * make("norm", image)), (
        (unit, make("norm", w.x) + 1), (turned, 2), (folded, 2)))
    return script.combine(w.goal, ((kernel_, size * (own + 1)), (square, own * own - 1)))


def flipped_vector(script: Script, line: Line) -> Line:
    """t = s from s = t, of vectors."""
    s, t = script.says(line).args
    return script.do("equal_vectors", (line,), eq(t, s), num(-1))
