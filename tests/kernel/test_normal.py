"""Normal forms: what they identify, what they keep apart, and that they may stand where the terms stand."""

from __future__ import annotations

import pytest

from kernel.common import RANGE, VEC, A, D, F, M, S, a, d, f, i, j, k, m, n, psi, q, s, t, u, v, w, y
from theory.kernel import sums
from theory.kernel.heads import bind, eq, forall, le, lt, member, total, whole
from theory.kernel.nodes import N, Node, R, bound, make, num, var
from theory.kernel.normal import canonical, gap, normal, same
from theory.kernel.sums import MANY

P, W = var("P", make("mat", k, d)), var("W", make("mat", k, d))
LONGER = make("range", n + 1)
e = var("e", make("vec", k))
z = var("z", make("vec", num(1) + n))
POINTS, FAMILY = var("U", make("fn", N, VEC)), var("X", make("fn", N, M.sort))


def root(x: Node) -> Node:
    return make("sqrt", x)


def power(x: Node, exponent: Node | int | str) -> Node:
    return make("pow", x, exponent if isinstance(exponent, Node) else num(exponent))


def inv(x: Node | int) -> Node:
    return make("inv", x if isinstance(x, Node) else num(x))


def absolute(x: Node) -> Node:
    return make("abs", x)


def norm(x: Node) -> Node:
    return make("norm", x)


def dot(x: Node, z_: Node) -> Node:
    return make("dot", x, z_)


def exp(x: Node) -> Node:
    return make("exp", x)


def sum_(body: Node, *variables: Node) -> Node:
    return total(body, *((x, RANGE) for x in variables))


def tensor(x: Node, p: Node | int = 2) -> Node:
    return make("tpow", x, p if isinstance(p, Node) else num(p))


def ind(x: Node) -> Node:
    return make("ind", x)


EQUAL = [
    ((s + t) * (s - t), s * s - t * t), (inv(inv(t)), t), (inv(s * t), inv(s) * inv(t)), (inv(num(0)), num(0)), (inv(num(4)), num("1/4")),
    (t * t * inv(t), t), (t * inv(t) * inv(t), inv(t)), (inv(exp(t)), exp(-t)), (exp(s) * exp(t), exp(s + t)), (exp(t - t), num(1)),
    (exp(t) * exp(t) * exp(t), exp(t * 3)), (inv(s * 2 + t * 2), inv(s + t) * num("1/2")),
    (absolute(absolute(t)), absolute(t)), (absolute(-t), absolute(t)), (absolute(s - t), absolute(t - s)),
    (absolute(inv(t)), inv(absolute(t))),
    (absolute(t) * absolute(t), t * t), (absolute(power(t, n)), power(absolute(t), n)), (absolute(power(t, a)), power(absolute(t), a)),
    (absolute(t * n * exp(s)), absolute(t) * n * exp(s)), (absolute(num(-3)), num(3)), (absolute(t - t), num(0)),
    (inv(absolute(t)) * inv(absolute(t)), inv(t) * inv(t)), (power(absolute(t), n) * power(absolute(t), n), power(t, n) * power(t, n)),
    (root(num(8)), root(num(2)) * 2), (root(num("1/2")), root(num(2)) * num("1/2")), (root(num(2)) * root(num(2)), num(2)),
    (root(num(-4)), num(0)),
    (root(t * t), absolute(t)), (root(-(t * t)), num(0)), (root(t * t * num("9/4")), absolute(t) * num("3/2")), (root(t - t), num(0)),
    (root(t * 4), root(t) * 2), (root(dot(u, u)), norm(u)), (root(dot(u, u) * dot(u, u) * dot(u, u)), norm(u) * norm(u) * norm(u)),
    (root(dot(u, u) * s * s), norm(u) * absolute(s)),
    (power(t, 2), t * t), (power(t, -1), inv(t)), (power(t, "1/2"), root(t)),
    (power(t, "-3/2"), inv(root(t)) * inv(root(t)) * inv(root(t))),
    (power(t, n + m), power(t, n) * power(t, m)), (power(s * t * 2, n), power(s, n) * power(t, n) * power(num(2), n)),
    (power(num(1), n), num(1)),
    (power(power(t, n), m), power(t, n * m)), (power(t, n * 2 + 1), power(t, n) * power(t, n) * t), (power(t, n - n), num(1)),
    (power(t, a - a), num(1)), (power(num(1), q), num(1)), (power(t, q - q), num(1)),
    (make("max", t, t), t), (make("max", s, t), make("max", t, s)), (make("min", s + s, t), make("min", t, s * 2)), (make("floor", a), a),
    (make("floor", t + t), make("floor", t * 2)), (ind(A) * ind(A), ind(A)), (make("app", bind("lam", [(t, R)], t * s), q), q * s),
    (F(n + m), F(m + n)),
    (dot(u + v, w), dot(u, w) + dot(w, v)), (dot(make("smul", t, u), v), dot(u, v) * t), (norm(make("smul", t, u)), norm(u) * absolute(t)),
    (norm(u - v), norm(v - u)), (norm(u - u), num(0)), (norm(u) * norm(u), dot(u, u)), ((u + v)[a], u[a] + v[a]),
    (make("zero", VEC)[n], num(0)),
    (make("matvec", M, u + v), make("matvec", M, u) + make("matvec", M, v)),
    (make("matvec", make("outer", e, u), v), make("smul", dot(u, v), e)),
    (make("matvec", M, u)[n], dot(M[n], u)), (make("outer", e, u)[n], make("smul", e[n], u)), ((M + P)[n], M[n] + P[n]),
    (make("outer", make("smul", t, e), u), make("outer", e, make("smul", t, u))),
    (dot(make("outer", e, u), M), dot(e, make("matvec", M, u))),
    (dot(M, P), total(dot(M[i], P[i]), (i, make("range", k)))), (tensor(make("smul", t, u)), make("smul", t * t, tensor(u))),
    (dot(tensor(u, n), tensor(v, n)), power(dot(u, v), n)), (bind("tprod", [(i, RANGE)], u), tensor(u, n)),
    (sum_(F(i) * t, i), t * sum_(F(i), i)), (sum_(num(1), i), n), (sum_(F(i) * F(j), i, j), sum_(F(i), i) * sum_(F(i), i)),
    (sum_(F(i + j * 2), i, j), sum_(F(j + i * 2), i, j)), (sum_(F(i) * sum_(F(i + j) + F(j), j), i),
        sum_(F(i) * sum_(F(j) + F(i + j), j), i)),
    (sum_(y[i] * y[i], i), dot(y, y)), (dot(total(make("smul", F(i), u), (i, RANGE)), v), sum_(F(i), i) * dot(u, v)),
    (total(make("smul", F(i), u), (i, RANGE)), make("smul", sum_(F(i), i), u)), (total(M, (i, RANGE)), make("smul", n, M)),
    (make("matvec", total(M, (i, RANGE)), u), make("smul", n, make("matvec", M, u))),
    (total(make("app", POINTS, i), (i, RANGE))[k], sum_(POINTS(i)[k], i)),
    (make("outer", e, total(POINTS(i), (i, RANGE))), total(make("outer", e, POINTS(i)), (i, RANGE))),
    (total(make("smul", F(i), M[i]), (i, RANGE)), total(make("smul", F(j), M[j]), (j, RANGE))), (t / s / s * s, t / s),
    (total(FAMILY(i), (i, RANGE))[k], total(FAMILY(i)[k], (i, RANGE))),
    (make("app", bind("lam", [(t, R)], make("smul", t, u)), s), make("smul", s, u)),
    (bind("expect", [(y, make("signs", n))], y[n] * t + 3), bind("expect", [(y, make("signs", n))], y[n]) * t + 3),
    (absolute(sum_(absolute(F(i)), i)), sum_(absolute(F(i)), i)), (absolute(make("max", t, s * s)), make("max", s * s, t)),
    (absolute(dot(u, u)), dot(u, u)), (absolute(make("sup", RANGE, ind(A))), make("sup", RANGE, ind(A))), (root(s + t), root(t + s)),
    (make("matvec", total(FAMILY(i), (i, RANGE)), u), total(make("matvec", FAMILY(i), u), (i, RANGE))),
    (dot(total(POINTS(i), (i, RANGE)), v), sum_(dot(v, POINTS(i)), i)), (make("pi") * 1, make("pi")), (exp(num(0)), num(1)),
    (eq(u, v), eq(v, u)), (eq(s, t), eq(t * 2, s * 2)), (le(s, t), le(s * 3, t * 3)), (lt(s - t, 0), lt(s, t)), (le(t, t), le(0, 0)),
]


@pytest.mark.parametrize("left, right", EQUAL)
def test_equal(left: Node, right: Node) -> None:
    assert same(left, right)


APART = [
    (t * inv(t), num(1)), (root(t) * root(t), t), (root(s * t), root(s) * root(t)), (root(t * t), t), (absolute(t), t),
    (power(num(0), n), num(0)),
    (power(t, q + s), power(t, q) * power(t, s)), (power(s * t, q), power(s, q) * power(t, q)), (power(power(t, q), s), power(t, q * s)),
    (power(t, a + 1), power(t, a) * t), (total(num(1), (i, make("range", a))), a), (make("floor", t), t), (make("log", exp(t)), t),
    (total(F(i), (i, LONGER)), sum_(F(i), i)), (le(s, t), le(t, s)), (le(s, t), lt(s, t)), (le(s * -1, t * -1), le(s, t)),
    (eq(s, t), le(s, t)),
    (make("dir", make("smul", t, u)), make("dir", u)), (make("max", s, t), make("min", s, t)),
    (absolute(make("max", s, t)), make("max", s, t)), (tensor(u + v), tensor(u) + tensor(v)),
    (bind("expect", [(y, make("circle", n))], y[n] * t), bind("expect", [(y, make("circle", n))], y[n]) * t),
    (sum_(F(i) * total(F(j), (j, make("range", i))), i), sum_(F(i), i) * total(F(j), (j, make("range", n)))),
    (make("lam", N, psi(bound(0, N))), psi), (make("lam", R, make("app", bind("lam", [(t, R)], t), bound(0, R))), psi),
    (make("lip", f, D), make("lip", f, whole(VEC))), (make("psd", S), make("symmetric", S)), (sum_(u[i] * u[i], i), dot(u, u)),
    (sum_(y[i] * y[i + 1], i), dot(y, y)),
]


@pytest.mark.parametrize("left, right", APART)
def test_apart(left: Node, right: Node) -> None:
    assert not same(left, right)


KEPT = [
    absolute(a * a), F(absolute(a * a)), tensor(u, absolute(a * a)), make("zero", make("vec", num(1) + n)),
    dot(z, bind("table", [(i, make("range", num(1) + n))], F(i) + F(i))), forall(eq(z[i], 1), (z, make("signs", num(1) + n)), (i, RANGE)),
    bind("expect", [(z, make("signs", num(1) + n))], z[i] + z[i]),
    dot(bind("tprod", [(i, make("range", num(1) + n))], make("smul", F(i) + F(i), u)),
                                                                      tensor(u, num(1) + n)),
    make("injnorm", tensor(u, num(1) + n), d, num(1) + n), member(make("outer", z, u), make("gaussrows", num(1) + n, d)),
    total(z[i] * var("x", make("vec", n + 1))[i], (i, LONGER)),
]


@pytest.mark.parametrize("node", KEPT)
def test_a_normal_form_may_stand_where_the_term_stands(node: Node) -> None:
    form = canonical(node)
    assert form.sort is node.sort or node.sort in (N, R)
    assert form.free <= node.free and canonical(form) is form


def test_many_summation_variables_keep_their_order() -> None:
    variables = [var(f"i{place}", N) for place in range(MANY + 1)]
    body = F(variables[0] * variables[1] * variables[2] * variables[3] * variables[4] * variables[5])
    assert same(sum_(body, *variables), sum_(body, *variables))


@pytest.mark.parametrize("node", [power(t, 10 ** 9), power(t, -10 ** 9), power(s + t, 10 ** 9), power(power(power(t, 64), 64), 64),
                                  power(s + t + q + F(n) + F(m) + u[n] + v[n] + w[n], 60), power(t, "1/3"), power(t, n * num(65)),
                                  power(t, absolute(a * a)),
                                  power(s + t + q + F(n) + F(m) + u[n] + v[n] + w[n], -30)])
def test_long_powers_are_not_written_out(node: Node) -> None:
    assert len(normal(node)) == 1


def test_a_sum_with_a_body_that_stays_a_sum() -> None:
    """The inner sum over {1, …, i} depends on i, and stays where it is."""
    node = sum_(F(i) * total(F(j), (j, make("range", i))), i)
    assert same(node, sum_(total(F(j), (j, make("range", i))) * F(i), i))


def test_what_a_canonical_sum_never_meets_is_handled_all_the_same() -> None:
    """Sums in normal form have a body of one monomial; one that does not is left as it is, and nothing is lost."""
    x = make("level", 0, N)
    _, kept = sums._sum_of_monomial([(x, RANGE)], ((F(x) + 0, 1), (total(F(j) + x, (j, RANGE)), 1)), None)
    assert len(kept) == 1 and "sum" in repr(kept)
    assert sums._primitive(s + t) == (1, canonical(s + t))


def test_a_gap_belongs_to_who_asks_for_it() -> None:
    """What is remembered of a relation does not change with the polynomial that was handed out."""
    first = gap(le(s, t))
    first.clear()
    assert gap(le(s, t)) == normal(t - s) != {}
