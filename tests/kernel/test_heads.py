"""Heads: the sorts they take and give."""

from __future__ import annotations

import pytest

from kernel.common import FORM, RANGE, VEC, A, D, F, M, S, a, d, f, i, k, n, psi, refused, s, t, u, y
from theory.kernel.heads import bind, eq, forall, implies, le, member, total, whole
from theory.kernel.nodes import N, R, Z, bound, make, num, var

I, X = bound(0, N), bound(0, R)
TENSOR = make("tpow", u, num(2))

REFUSED = [
    ("a sum takes elements of one space", "add", (u, y)),
    ("add takes at least one argument", "add", ()),
    ("add takes numbers", "add", (t, u)),
    ("mul takes numbers", "mul", (A,)),
    ("pow takes numbers", "pow", (u, t)),
    ("inv takes numbers", "inv", (u,)),
    ("abs takes numbers", "abs", (u,)),
    ("floor takes numbers", "floor", (A,)),
    ("fact takes numbers", "fact", (u,)),
    ("smul takes numbers", "smul", (u, u)),
    ("smul takes a vector or a matrix", "smul", (t, t)),
    ("the sort of a linear space", "zero", (R,)),
    ("the sort of a linear space", "zero", (t,)),
    ("two elements of one space", "dot", (u, y)),
    ("norm takes a vector", "norm", (t,)),
    ("ent takes a vector", "ent", (M, n)),
    ("a whole number", "ent", (u, t)),
    ("row takes a matrix", "row", (u, n)),
    ("a whole number", "row", (M, t)),
    ("tpow takes a vector", "tpow", (M, n)),
    ("a natural number", "tpow", (u, a)),
    ("outer takes two vectors", "outer", (M, u)),
    ("matvec takes a term of the sort", "matvec", (M, y)),
    ("kernelvec takes a term of the sort", "kernelvec", (M,)),
    ("eigsum takes a term of the sort", "eigsum", (S, t)),
    ("taylor takes a term of the sort", "taylor", (F, t, n)),
    ("taylor takes a term of the sort", "taylor", (R, t, n)),
    ("polynomial takes a term of the sort", "polynomial", (f, n)),
    ("injnorm takes a tensor", "injnorm", (TENSOR, d, num(3))),
    ("symmetrictensor takes a tensor", "symmetrictensor", (u, d, num(1))),
    ("whole takes a sort", "whole", (t,)),
    ("whole takes a sort", "whole", (FORM,)),
    ("range takes a whole number", "range", (t,)),
    ("interval takes numbers", "interval", (t, u)),
    ("sphere takes a natural number", "sphere", (a,)),
    ("ball takes numbers", "ball", (d, u)),
    ("signs takes a natural number", "signs", (t,)),
    ("no application of a function", "app", ()),
    ("no application of a function", "app", (t, t)),
    ("is applied to", "app", (psi, u)),
    ("is applied to", "app", (psi,)),
    ("is applied to", "app", (F, a)),
    ("lam takes the sorts", "lam", (RANGE, I)),
    ("lam takes the sorts", "lam", (N, R)),
    ("depends on the variable that it binds", "lam", (N, make("zero", make("vec", I)))),
    ("sum takes sets", "sum", (N, I)),
    ("over one range", "sum", (whole(N), I)),
    ("a sum is of numbers", "sum", (RANGE, A)),
    ("a sum is of numbers", "sum", (RANGE, R)),
    ("depends on the variable that it binds", "sum", (RANGE, make("zero", make("vec", I)))),
    ("depends on the variable that it binds", "tprod", (RANGE, make("zero", make("vec", I)))),
    ("a tensor product is over one range", "tprod", (whole(N), u)),
    ("a tensor product is of vectors", "tprod", (RANGE, M)),
    ("a natural number", "tprod", (make("range", a), u)),
    ("a table is of numbers", "table", (RANGE, u)),
    ("a natural number", "table", (make("range", a), I)),
    ("sup takes numbers", "sup", (RANGE, u)),
    ("expect takes sets", "expect", (R, X)),
    ("prob takes a formula", "prob", (RANGE, I)),
    ("over all real numbers", "lineint", (make("interval", s, t), X)),
    ("lip takes a function", "lip", (psi, D)),
    ("lip takes a function", "lip", (f, whole(make("vec", n)))),
    ("lip takes a function", "lipschitz", (t, D)),
    ("a comparison takes numbers", "le", (u, u)),
    ("a comparison takes numbers", "lt", (t, R)),
    ("an equation compares two numbers", "eq", (psi, psi)),
    ("an equation compares two numbers", "eq", (u, y)),
    ("a connective takes formulas", "imp", (A, t)),
    ("cannot be an element", "in", (u, whole(R))),
    ("cannot be an element", "in", (u, u)),
    ("all takes 2 arguments", "all", (RANGE, RANGE, A)),
    ("bounded takes numbers", "bounded", (RANGE, A)),
    ("bounded takes sets", "bounded", (R, X)),
]


@pytest.mark.parametrize("why, head, args", REFUSED)
def test_refused(why: str, head: str, args: tuple[object, ...]) -> None:
    refused(why, make, head, *args)


@pytest.mark.parametrize("node, sort", [
    (make("floor", t), Z), (make("fact", t), N), (make("rank", M), N), (make("ind", A), N), (make("max", n, a), Z),
    (make("outer", u, y), make("mat", d, n)), (make("matvec", M, u), make("vec", k)), (M[n], VEC), (make("zero", VEC), VEC),
    (TENSOR, make("vec", make("pow", d, num(2)))), (make("ball", d, t), make("set", VEC)),
    (make("gaussrows", n, d), make("set", make("mat", n, d))),
    (make("sphere", d), make("set", VEC)), (make("circle", n), make("set", y.sort)), (make("interval", a, t), make("set", R)),
    (make("lam", N, I), make("fn", N, N)), (make("lam", R, R, X + bound(1, R)), make("fn", R, R, R)),
    (make("lineint", whole(R), X), R), (make("sup", RANGE, I), R), (make("lip", f, D), R), (make("lipschitz", f, D), FORM),
    (make("injnorm", TENSOR, d, num(2)), R), (make("psd", S), FORM), (make("oriented", M, var("e", make("vec", k))), FORM),
    (total(F(i), (i, RANGE)), R), (total(i, (i, RANGE)), N), (make("bounded", RANGE, RANGE, bound(1, N)), FORM),
    (make("taylor", bind("lam", [(t, R)], t * t), s, a), R), (make("taylor", make("lam", R, num(1)), s, a), R),
])
def test_sorts(node: object, sort: object) -> None:
    assert node.sort is sort  # type: ignore[attr-defined]


def test_the_space_of_a_sum_may_depend_on_outer_variables() -> None:
    """Σ_{j≤n} of the zero of R^i, beneath a binder of i: outside the sum it is the zero of R^i still."""
    inner = make("sum", RANGE, make("zero", make("vec", bound(1, N))))
    assert inner.sort is make("vec", bound(0, N))
    family = make("lam", R, make("zero", make("vec", bound(1, N))))
    assert family.sort is make("fn", R, make("vec", bound(0, N)))


def test_shorthands() -> None:
    assert forall(le(i, j_), (i, RANGE), (j_, RANGE)) is bind("all", [(i, RANGE)], bind("all", [(j_, RANGE)], le(i, j_)))
    assert implies(A, A).head == "imp" and member(u, D).head == "in" and eq(1, 2).args == (num(1), num(2))
    refused("does not have the sort of the elements", bind, "all", [(t, RANGE)], le(t, 0))


j_ = var("j", N)
