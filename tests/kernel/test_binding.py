"""Shifting, opening, closing and substitution: no variable is captured, and none changes its sort."""

from __future__ import annotations

from kernel.common import A, D, F, a, d, f, i, n, psi, refused, s, t, u, v
from theory.kernel.binding import closed, opened, shift, substitute
from theory.kernel.heads import bind, eq, forall, le, member, total, whole
from theory.kernel.nodes import N, R, Z, bound, make, num, var

RANGE = make("range", n)


def test_names_of_bound_variables_do_not_count() -> None:
    x, z = var("x", R), var("z", R)
    assert forall(le(x * x, t), (x, whole(R))) is forall(le(z * z, t), (z, whole(R)))
    assert total(F(i), (i, RANGE)) is total(F(d), (d, RANGE))


def test_opening_undoes_closing() -> None:
    body = psi(t) + s * t
    assert opened(closed(body, [s, t]), (s, t)) is body
    assert opened(closed(body, [s, t]), (t, s)) is psi(s) + t * s


def test_a_value_is_not_captured() -> None:
    """∀x ∃y x ≤ y at y is ∃z y ≤ z, where y stays free."""
    statement = forall(bind("ex", [(s, whole(R))], le(t, s)), (t, whole(R)))
    at_s = opened(statement.args[1], (s,))
    assert at_s.free == {s} and at_s.args[1] is le(s, bound(0, R))
    under = opened(le(bound(1, R), bound(0, R)), (bound(5, R), bound(2, R)))
    assert under is le(bound(5, R), bound(2, R))
    inside = opened(make("ex", whole(R), le(bound(1, R), bound(0, R))), (bound(7, R),))
    assert inside is make("ex", whole(R), le(bound(8, R), bound(0, R)))


def test_outer_variables_keep_their_binder() -> None:
    body = make("all", whole(R), le(bound(0, R), bound(2, R) + bound(1, R)))
    assert opened(body, (t,)) is make("all", whole(R), le(bound(0, R), bound(1, R) + t))
    assert shift(body, 2, 1) is make("all", whole(R), le(bound(0, R), bound(4, R) + bound(1, R)))
    assert shift(body, 0) is body and shift(le(t, s), 3) is le(t, s)


def test_several_variables_of_one_binder() -> None:
    pair = bind("lam", [(s, R), (t, R)], s - t)
    assert pair(num(1), num(2)).args[1:] == (num(1), num(2))
    assert substitute(var("g", pair.sort)(s, t), {var("g", pair.sort): pair}) is s - t
    assert substitute(var("g", pair.sort)(t, s), {var("g", pair.sort): pair}) is t - s


def test_sorts_of_values() -> None:
    refused("cannot stand for", opened, F(bound(0, N)), (t,))
    assert opened(le(bound(0, R), t), (n,)) is le(n, t)
    refused("cannot stand for a term of the sort", substitute, F(n), {n: a})
    refused("is no variable, or its value is not closed", substitute, t + 1, {num(1): num(2)})
    refused("is no variable, or its value is not closed", substitute, t + 1, {t: bound(0, R)})


def test_sizes_follow() -> None:
    two = substitute(u, {d: num(2)})
    assert two is var("u", make("vec", num(2)))
    assert substitute(f(u), {d: num(2)}).args[0].sort is make("fn", make("vec", num(2)), R)
    refused("cannot stand for", substitute, u, {d: num(2), u: v})
    assert substitute(forall(member(u, D), (u, D)), {d: num(2)}).args[1].args[0].sort is make("vec", num(2))


def test_a_sort_binds_nothing() -> None:
    refused("is no sort, or depends on a bound variable", bind, "all", [(d, whole(N))], eq(u, u))
    refused("binds each variable once", closed, t, [t, t])
    refused("is no sort, or depends on a bound variable", closed, u, [d])


def test_families_are_applied() -> None:
    family = bind("lam", [(i, N)], F(i) + i)
    assert substitute(F(n), {F: family}) is F(n) + n
    assert opened(make("app", bind("lam", [(s, R)], s), bound(0, R)), (t,)) is t
    assert substitute(A, {A: le(0, t)}) is le(0, t) and substitute(le(a, t), {t: a}).args[1].sort is Z
