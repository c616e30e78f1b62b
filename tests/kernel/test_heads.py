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
    ("takes at least one argument", "add", ()),
    ("numbers only", "add", (t, u)),
    ("numbers only", "mul", (A,)),
    ("pow takes a term of the sort R", "pow", (u, t)),
    ("inv takes a term of the sort R", "inv", (u,)),
    ("abs takes a term of the sort R", "abs", (u,)),
    ("floor takes a term of the sort R", "floor", (A,)),
    ("fact takes a term of the sort R", "fact", (u,)),
    ("smul takes a term of the sort R", "smul", (u, u)),
    ("smul takes a term of the sort", "smul", (t, t)),
    ("the sort of a linear space", "zero", (R,)),
    ("the sort of a linear space", "zero", (t,)),
    ("dot takes a term of the sort", "dot", (u, y)),
    ("norm takes a term of the sort", "norm", (t,)),
    ("ent takes a term of the sort", "ent", (M, n)),
    ("ent takes a term of the sort Z", "ent", (u, t)),
    ("row takes a term of the sort", "row", (u, n)),
    ("row takes a term of the sort Z", "row", (M, t)),
    ("tpow takes a term of the sort", "tpow", (M, n)),
    ("a natural number", "tpow", (u, a)),
    ("outer takes a term of the sort", "outer", (M, u)),
    ("matvec takes a term of the sort", "matvec", (M, y)),
    ("kernelvec takes a term of the sort", "kernelvec", (M,)),
    ("eigsum takes a term of the sort", "eigsum", (S, t)),
    ("taylor takes a term of the sort", "taylor", (F, t, n)),
    ("taylor takes a term of the sort", "taylor", (R, t, n)),
    ("polynomial takes a term of the sort", "polynomial", (f, n)),
    ("injnorm takes a natural number", "injnorm", (TENSOR, d, num(3))),
    ("symmetrictensor takes a term of the sort", "symmetrictensor", (u, d, num(1))),
    ("whole takes a sort", "whole", (t,)),
    ("whole takes a sort", "whole", (FORM,)),
    ("range takes a term of the sort Z", "range", (t,)),
    ("interval takes a term of the sort R", "interval", (t, u)),
    ("sphere takes a natural number", "sphere", (a,)),
    ("ball takes a term of the sort R", "ball", (d, u)),
    ("signs takes a natural number", "signs", (t,)),
    ("no application of a function", "app", ()),
    ("no application of a function", "app", (t, t)),
    ("is applied to", "app", (psi, u)),
    ("is applied to", "app", (psi,)),
    ("is applied to", "app", (F, a)),
    ("lam takes the sorts", "lam", (RANGE, I)),
    ("lam takes the sorts", "lam", (N, R)),
    ("depends on the variable that is bound", "lam", (N, make("zero", make("vec", I)))),
    ("over one range", "sum", (N, I)),
    ("over one range", "sum", (whole(N), I)),
    ("a sum is of numbers", "sum", (RANGE, A)),
    ("a sum is of numbers", "sum", (RANGE, R)),
    ("depends on the variable that is bound", "sum", (RANGE, make("zero", make("vec", I)))),
    ("depends on the variable that is bound", "tprod", (RANGE, make("zero", make("vec", I)))),
    ("over one range", "tprod", (whole(N), u)),
    ("a tensor product is of vectors", "tprod", (RANGE, M)),
    ("takes a length", "tprod", (make("range", a), u)),
    ("a table is of numbers", "table", (RANGE, u)),
    ("takes a length", "table", (make("range", a), I)),
    ("sup takes a body of the sort R", "sup", (RANGE, u)),
    ("expect takes sets", "expect", (R, X)),
    ("prob takes a body of the sort form", "prob", (RANGE, I)),
    ("over all real numbers", "lineint", (make("interval", s, t), X)),
    ("over all real numbers", "lineint", (whole(R), make("le", X, X))),
    ("lip takes a term of the sort", "lip", (psi, D)),
    ("lip takes a term of the sort", "lip", (f, whole(make("vec", n)))),
    ("lipschitz takes a term of the sort", "lipschitz", (t, D)),
    ("le takes a term of the sort R", "le", (u, u)),
    ("lt takes a term of the sort R", "lt", (t, R)),
    ("an equation compares two numbers", "eq", (psi, psi)),
    ("an equation compares two numbers", "eq", (u, y)),
    ("imp takes a term of the sort form", "imp", (A, t)),
    ("a connective takes formulas", "and", (A, t)),
    ("cannot be an element", "in", (u, whole(R))),
    ("cannot be an element", "in", (u, u)),
    ("all takes 2 arguments", "all", (RANGE, RANGE, A)),
    ("bounded takes a body of the sort R", "bounded", (RANGE, A)),
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
