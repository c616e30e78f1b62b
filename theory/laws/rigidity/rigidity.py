"""E1 and E2, rigidity of kinks: a kink that is alone at some point cannot be steeper than twice the Lipschitz constant.

f(x) = c + v·x + α ReLU(u·x + β) + Σ a_ℓ ReLU(w_ℓ·x + b_ℓ) with ‖u‖ = 1.  Any kink of a canonical form may be the one that is singled out;
the others are not normalised.  The point p lies on the kink u·x + β = 0 at a distance of at least ρ from all others.  Inside the ball
distinct hyperplanes always leave such a point, and on the sphere they do when d ≥ 3.  On the circle they need not: a line meets it in two
points only, and f may vanish there although no coefficient does.  Kind: lower.  Domains: ball of radius R (E1); sphere, chord metric (E2).
"""

from __future__ import annotations

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import LIP_SPHERE, NEURONS, W, a, b, beta, d, f, k, l, u, x
from theory.lemmas import quadratics, rules
from theory.lemmas.caps import cancel
from theory.lemmas.kinks import is_clear, kinks_lipschitz_ball, kinks_lipschitz_sphere, lip_ball_radius
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    LINE,
    Abs,
    And,
    Ball,
    Implies,
    Lip,
    Sphere,
    Sum,
    Symbol,
    VectorSymbol,
    dot,
    eq,
    forall,
    le,
    lipschitz_on,
    lt,
    norm,
    relu,
    sqrt,
)
from theory.terms.linear import Direction

SHMALO = Source("Shmalo, A law of robustness for two-layer neural networks with arbitrary weights, 2026, arXiv 2607.07778", "rigidity")
alpha, c, t = (Symbol(name, real=True) for name in ("alpha", "c", "t"))
R, rho = Symbol("R", positive=True), Symbol("rho", positive=True)
p, v = VectorSymbol("p", d), VectorSymbol("v", d)
LIP_R = Lip(f, Ball(d, R))


def kinks(point):  # type: ignore[no-untyped-def]
    """c + v·x + α ReLU(u·x + β) + Σ a_ℓ ReLU(w_ℓ·x + b_ℓ)."""
    return c + dot(v, point) + alpha * relu(dot(u, point) + beta) + Sum(a[l] * relu(dot(W[l], point) + b[l]), (l, k))


unit = Hypothesis("unit", eq(norm(u), 1), "‖u‖ = 1")
on_kink = Hypothesis("on the kink", eq(dot(u, p) + beta, 0), "u·p + β = 0")
clear = Hypothesis("clear", is_clear(p, rho), "p is at a distance of at least ρ > 0 from every other kink")

# --- E1: the ball ------------------------------------------------------------------------------------------------------------------

on_ball = Hypothesis("network", forall(eq(f(x), kinks(x)), (x, Ball(d, R))),
                     "on the ball of radius R, f is affine plus the kink α ReLU(u·x + β) and k others")
inside = Hypothesis("inside", le(norm(p) + rho, R), "the ball of radius ρ about p lies in the ball of radius R")
ahead, back = p + rho * u, p - rho * u


def at(point):  # type: ignore[no-untyped-def]
    """The ℓ-th of the other kinks at a point."""
    return relu(dot(W[l], point) + b[l])


relu_step = step("relu", rules.RELU_BY_ABS, by=rules.relu_abs)
LAW = le(Abs(alpha), 2 * LIP_R)

ball = Claim(
    id="sh.e1.sharp", title="E1, rigidity on a ball", source=SHMALO, reading=Reading.SHARP, domain=NormDomain.BALL,
    hypotheses=(on_ball, unit, on_kink, clear, inside),
    conclusion=LAW,
    proofs=(proof(
        relu_step,
        step("length", eq(norm(rho * u), rho), by="algebra", using="unit"),
        step("length back", eq(norm(-rho * u), rho), by="algebra", using="unit"),
        step("p inside", le(norm(p), R), by="linear", using="inside"),
        step("ahead", le(norm(ahead), norm(p) + norm(rho * u)), by=rules.norm_triangle),
        step("back", le(norm(back), norm(p) + norm(-rho * u)), by=rules.norm_triangle),
        step("ahead inside", le(norm(ahead), R), by="linear", using=("ahead", "length", "inside")),
        step("back inside", le(norm(back), R), by="linear", using=("back", "length back", "inside")),
        step("angle up", forall(le(dot(W[l], u), norm(W[l]) * norm(u)), NEURONS), by=rules.cauchy),
        step("angle down", forall(le(dot(W[l], -u), norm(W[l]) * norm(-u)), NEURONS), by=rules.cauchy),
        step("shift", forall(le(Abs(dot(W[l], u)), norm(W[l])), NEURONS), by="polynomial", using=("angle up", "angle down", "unit")),
        step("far", forall(le(rho * Abs(dot(W[l], u)), Abs(dot(W[l], p) + b[l])), NEURONS), by="polynomial", using=("shift", "clear")),
        step("straight", forall(eq(at(ahead), 2 * at(p) - at(back)), NEURONS), by="polynomial", using=("relu", "far")),
        step("at ahead", eq(f(ahead), kinks(ahead)), by="instance", using=("network", "ahead inside")),
        step("at back", eq(f(back), kinks(back)), by="instance", using=("network", "back inside")),
        step("at p", eq(f(p), kinks(p)), by="instance", using=("network", "p inside")),
        step("own ahead", eq(relu(dot(u, ahead) + beta), rho), by="polynomial", using=("relu", "on the kink", "unit")),
        step("own back", eq(relu(dot(u, back) + beta), 0), by="polynomial", using=("relu", "on the kink", "unit")),
        step("own", eq(relu(dot(u, p) + beta), 0), by="polynomial", using=("relu", "on the kink")),
        step("jump", eq(f(ahead) + f(back) - 2 * f(p), alpha * rho), by="sums",
             using=("at ahead", "at back", "at p", "straight", "own ahead", "own back", "own")),
        step("Lipschitz", lipschitz_on(f, Ball(d, R)), by=kinks_lipschitz_ball.at(F=lambda l: a[l], V=lambda l: W[l], G=lambda l: b[l]),
             using="network"),
        step("slope ahead", le(Abs(f(ahead) - f(p)), LIP_R * norm(ahead - p)), by=lip_ball_radius,
             using=("Lipschitz", "ahead inside", "p inside")),
        step("slope back", le(Abs(f(back) - f(p)), LIP_R * norm(back - p)), by=lip_ball_radius,
             using=("Lipschitz", "back inside", "p inside")),
        step("product", le(rho * Abs(alpha), 2 * rho * LIP_R), by="polynomial",
             using=("jump", "slope ahead", "slope back", "length")),
        step("law", LAW, by="polynomial", using="product"),
    ),),
    note="Distinct hyperplanes that meet the open ball have such points: finitely many others do not cover one.",
)

# --- E2: the sphere ----------------------------------------------------------------------------------------------------------------

on_sphere = Hypothesis("network", forall(eq(f(x), kinks(x)), (x, Sphere(d))),
                       "on the sphere, f is affine plus the kink α ReLU(u·x + β) and k others")
point = Hypothesis("point", eq(norm(p), 1), "p lies on the sphere")
proper = Hypothesis("proper", lt(beta**2, 1), "|β| < 1: the kink cuts the sphere")
small = Hypothesis("small", le(rho, 1), "ρ ≤ 1")
STEPS, SMALL = (t, LINE), And(lt(0, t), le(t, 1))
h = 1 - beta**2                                          # the squared sine of the angle at which the kink cuts the sphere
q = t * rho                                              # the tangent of the angle from p to the points east and west
g = u + beta * p                                         # the part of u that is tangent to the sphere at p
N = norm(p + q * g)
east, west = Direction(p + q * g), Direction(p - q * g)
TURNS = Sum(Abs(a[l]) * Abs(dot(W[l], p)), (l, k))
CURVE = Abs(dot(v, p)) + TURNS
bend = at(east) + at(west) - 2 * at(p)
turn = dot(u, east) + beta
change = f(east) + f(west) - 2 * f(p)
LAW_SPHERE = le(Abs(alpha) * sqrt(h), 2 * LIP_SPHERE)


def small_step(formula, *limits):  # type: ignore[no-untyped-def]
    """The formula for all 0 < t ≤ 1."""
    return forall(Implies(SMALL, formula), STEPS, *limits)


def to(name: str, there, straight, *length: str):  # type: ignore[no-untyped-def]
    """Steps: the point in that direction from p is on the sphere and at most q√h away.

    ``length`` names the fact that straight has length N, where it does not by its form.
    """
    return (
        step(f"{name} unit", forall(eq(norm(there), 1), STEPS), by=rules.direction_unit),
        step(f"{name} p", forall(eq(dot(straight, p), norm(straight) * dot(there, p)), STEPS), by=rules.direction),
        step(f"{name} u", forall(eq(dot(straight, u), norm(straight) * dot(there, u)), STEPS), by=rules.direction),
        step(f"{name} v", forall(eq(dot(straight, v), norm(straight) * dot(there, v)), STEPS), by=rules.direction),
        step(f"{name} w", forall(eq(dot(straight, W[l]), norm(straight) * dot(there, W[l])), STEPS, NEURONS), by=rules.direction),
        step(f"{name} cosine", forall(eq(N * dot(there, p), 1), STEPS), by="polynomial",
             using=(f"{name} p", *length, "point", "u·p")),
        step(f"{name} chord", forall(eq(norm(there - p) ** 2, 2 - 2 * dot(there, p)), STEPS), by="algebra",
             using=(f"{name} unit", "point")),
        step(f"{name} square", forall(le(norm(there - p) ** 2, q**2 * h), STEPS), by="polynomial",
             using=(f"{name} chord", f"{name} cosine", "N most")),
        step(f"{name} near", small_step(le(norm(there - p), q * sqrt(h))), by="polynomial", using=(f"{name} square", "proper")),
        step(f"at {name}", forall(eq(f(there), kinks(there)), STEPS), by="instance", using=("network", f"{name} unit")),
        step(f"{name} definition", forall(le(Abs(f(there) - f(p)), LIP_SPHERE * norm(there - p)), STEPS), by=rules.lip_sphere,
             using=("Lipschitz", f"{name} unit", "point")),
        step(f"{name} slope", small_step(le(Abs(f(there) - f(p)), q * LIP_SPHERE * sqrt(h))), by="polynomial",
             using=(f"{name} definition", f"{name} near", "sine")),
    )


# the point to the east is on the same side of the other kinks as p; where the point to the west is makes no difference
east_side = (
    step("east close", small_step(le(norm(east - p), rho)), by="polynomial", using="east square"),
    step("east up", forall(le(dot(W[l], east - p), norm(W[l]) * norm(east - p)), STEPS, NEURONS), by=rules.cauchy),
    step("east down", forall(le(dot(W[l], p - east), norm(W[l]) * norm(p - east)), STEPS, NEURONS), by=rules.cauchy),
    step("east move", small_step(le(Abs(dot(W[l], east) - dot(W[l], p)), Abs(dot(W[l], p) + b[l])), NEURONS),
         by="polynomial", using=("east up", "east down", "east close", "clear")),
)


sphere = Claim(
    id="sh.e2.sharp", title="E2, rigidity on the sphere", source=SHMALO, reading=Reading.SHARP, domain=NormDomain.SPHERE,
    hypotheses=(on_sphere, unit, point, on_kink, proper, clear, small),
    conclusion=LAW_SPHERE,
    proofs=(proof(
        relu_step,
        step("Lipschitz", lipschitz_on(f, Sphere(d)), by=kinks_lipschitz_sphere.at(F=lambda l: a[l], V=lambda l: W[l], G=lambda l: b[l]),
             using="network"),
        step("u·p", eq(dot(u, p), -beta), by="linear", using="on the kink"),
        step("sine", le(0, h), by="linear", using="proper"),
        step("N", forall(eq(N**2, 1 + q**2 * h), STEPS), by="algebra", using=("unit", "point", "u·p")),
        step("N least", forall(le(1, N), STEPS), by="polynomial", using=("N", "proper")),
        step("N most", forall(le(2 * N, 2 + q**2 * h), STEPS), by="polynomial", using="N"),
        step("west length", forall(eq(norm(p - q * g) ** 2, 1 + q**2 * h), STEPS), by="algebra", using=("unit", "point", "u·p")),
        step("west N", forall(eq(norm(p - q * g), N), STEPS), by="polynomial", using=("west length", "N")),
        *to("east", east, p + q * g), *east_side, *to("west", west, p - q * g, "west N"),
        step("at p", eq(f(p), kinks(p)), by="instance", using=("network", "point")),
        step("own", eq(relu(dot(u, p) + beta), 0), by="polynomial", using=("relu", "on the kink")),
        step("turn", forall(eq(N * turn, q * h + (N - 1) * beta), STEPS), by="polynomial",
             using=("east u", "unit", "u·p")),
        step("turn west", forall(eq(N * (dot(u, west) + beta), -q * h + (N - 1) * beta), STEPS), by="polynomial",
             using=("west u", "west N", "unit", "u·p")),
        step("β least", le(-1, beta), by="polynomial", using="proper"),
        step("β most", le(beta, 1), by="polynomial", using="proper"),
        step("lowered", forall(le(-(q**2) * h, 2 * (N - 1) * beta), STEPS), by="polynomial", using=("N least", "N most", "β least")),
        step("lifted", forall(le(2 * (N - 1) * beta, q**2 * h), STEPS), by="polynomial", using=("N least", "N most", "β most")),
        step("tilt", forall(le(q * h * (2 - q), 2 * N * turn), STEPS), by="linear", using=("turn", "lowered")),
        step("tilt west", forall(le(q * h * (2 - q), -2 * N * (dot(u, west) + beta)), STEPS), by="linear", using=("turn west", "lifted")),
        step("tilted", small_step(le(0, q * h * (2 - q))), by="polynomial", using=("sine", "small")),
        step("above", small_step(le(0, turn)), by="polynomial", using=("tilt", "tilted", "N least")),
        step("below", small_step(le(dot(u, west) + beta, 0)), by="polynomial", using=("tilt west", "tilted", "N least")),
        step("own east", small_step(eq(relu(turn), turn)), by="polynomial", using=("relu", "above")),
        step("own west", small_step(eq(relu(dot(u, west) + beta), 0)), by="polynomial", using=("relu", "below")),
        step("middle", forall(eq(N * (dot(W[l], east) + dot(W[l], west) - 2 * dot(W[l], p)), -2 * (N - 1) * dot(W[l], p)),
                              STEPS, NEURONS), by="polynomial", using=("east w", "west w", "west N")),
        step("middle v", forall(eq(N * (dot(v, east) + dot(v, west) - 2 * dot(v, p)), -2 * (N - 1) * dot(v, p)), STEPS),
             by="polynomial", using=("east v", "west v", "west N")),
        step("bend", small_step(le(Abs(bend), Abs(dot(W[l], east) + dot(W[l], west) - 2 * dot(W[l], p))), NEURONS), by="polynomial",
             using=("relu", "east move")),
        step("small bend", small_step(le(Abs(bend), q**2 * Abs(dot(W[l], p))), NEURONS), by="polynomial",
             using=("bend", "middle", "N least", "N most", "proper")),
        step("small v", forall(le(Abs(dot(v, east) + dot(v, west) - 2 * dot(v, p)), q**2 * Abs(dot(v, p))), STEPS), by="polynomial",
             using=("middle v", "N least", "N most", "proper")),
        step("weighted", small_step(le(Abs(a[l] * bend), q**2 * (Abs(a[l]) * Abs(dot(W[l], p)))), NEURONS), by="polynomial",
             using="small bend"),
        step("triangle", forall(le(Abs(Sum(a[l] * bend, (l, k))), Sum(Abs(a[l] * bend), (l, k))), STEPS), by=rules.triangle),
        step("terms", small_step(le(Sum(Abs(a[l] * bend), (l, k)), Sum(q**2 * (Abs(a[l]) * Abs(dot(W[l], p))), (l, k)))),
             by=rules.sum_le, using="weighted"),
        step("factor", forall(eq(Sum(q**2 * (Abs(a[l]) * Abs(dot(W[l], p))), (l, k)), q**2 * TURNS), STEPS), by="sums"),
        step("split", forall(eq(change, dot(v, east) + dot(v, west) - 2 * dot(v, p)
                                + alpha * (relu(turn) + relu(dot(u, west) + beta)) + Sum(a[l] * bend, (l, k))), STEPS), by="sums",
             using=("at east", "at west", "at p", "own")),
        step("jump", small_step(le(Abs(alpha) * turn, 2 * q * LIP_SPHERE * sqrt(h) + q**2 * CURVE)), by="polynomial",
             using=("split", "own east", "own west", "small v", "triangle", "terms", "factor", "east slope", "west slope", "sine")),
        step("gain", forall(le(Abs(alpha) * q * h * (2 - q), 2 * Abs(alpha) * N * turn), STEPS), by="polynomial", using="tilt"),
        step("price", small_step(le(2 * N * (Abs(alpha) * turn), 2 * N * (2 * q * LIP_SPHERE * sqrt(h) + q**2 * CURVE))),
             by="polynomial", using=("jump", "N least")),
        step("long", small_step(le(2 * N * (2 * q * LIP_SPHERE * sqrt(h) + q**2 * CURVE),
                                   (2 + q**2 * h) * (2 * q * LIP_SPHERE * sqrt(h) + q**2 * CURVE))),
             by="polynomial", using=("N most", "sine")),
        step("q positive", small_step(lt(0, q)), by="polynomial"),
        step("q times", small_step(le(q * (Abs(alpha) * h * (2 - q)), q * ((2 + q**2 * h) * (2 * LIP_SPHERE * sqrt(h) + q * CURVE)))),
             by="linear", using=("gain", "price", "long")),
        step("per step", small_step(le(Abs(alpha) * h * (2 - q), (2 + q**2 * h) * (2 * LIP_SPHERE * sqrt(h) + q * CURVE))),
             by=cancel, using=("q times", "q positive")),
        step("small q", small_step(le(q, t)), by="polynomial", using="small"),
        step("small square", small_step(le(q**2 * h, t)), by="polynomial", using=("small q", "sine", "proper")),
        step("small cube", small_step(le(q**3 * h, t)), by="polynomial", using=("small q", "small square", "sine")),
        step("own part", small_step(le(q * (Abs(alpha) * h), t * (Abs(alpha) * h))), by="polynomial", using=("small q", "sine")),
        step("slope part", small_step(le(q**2 * h * (LIP_SPHERE * sqrt(h)), t * (LIP_SPHERE * sqrt(h)))), by="polynomial",
             using=("small square", "sine")),
        step("curved part", small_step(le(q * CURVE, t * CURVE)), by="polynomial", using="small q"),
        step("last part", small_step(le(q**3 * h * CURVE, t * CURVE)), by="polynomial", using="small cube"),
        step("rest", small_step(le(0, t * (Abs(alpha) * h) + t * CURVE)), by="polynomial", using="sine"),
        step("rate", small_step(le(Abs(alpha) * h, 2 * LIP_SPHERE * sqrt(h)
                                   + t * (Abs(alpha) * h + 2 * LIP_SPHERE * sqrt(h) + 2 * CURVE))),
             by="linear", using=("per step", "own part", "slope part", "curved part", "last part", "rest")),
        step("limit", le(Abs(alpha) * h, 2 * LIP_SPHERE * sqrt(h)), by=quadratics.vanishing_step, using="rate"),
        step("law", LAW_SPHERE, by="polynomial", using=("limit", "proper")),
    ),),
)
