"""Nodes: what `make` builds, and what it refuses."""

from __future__ import annotations

import pytest

from kernel.common import VEC, A, F, M, a, d, n, psi, refused, s, t, u
from theory.kernel.nodes import (
    FORM,
    N,
    Node,
    R,
    Refused,
    Z,
    as_node,
    bound,
    bound_sort,
    fits,
    is_linear,
    is_numeric,
    level,
    make,
    num,
    value_of,
    var,
)


def test_equal_nodes_are_one_object() -> None:
    assert make("add", t, num(1)) is t + 1
    assert (t + 1) is not (num(1) + t)
    assert var("t", R) is t and var("t", Z) is not t


def test_sorts() -> None:
    assert [num(x).sort for x in (3, -3, "1/2")] == [N, Z, R]
    assert [x.sort for x in (n + 1, n * a, a - n, n * t, u[n], M[n], -u, t * u)] == [N, Z, Z, R, R, VEC, VEC, VEC]
    assert [make("abs", x).sort for x in (n, a, t)] == [N, N, R]
    assert [make("pow", x, e).sort for x, e in ((n, n), (a, n), (t, n), (n, a), (n, t))] == [N, Z, R, R, R]
    assert (t / t).sort is R and psi(n).sort is R and F(n).sort is R
    assert is_numeric(Z) and not is_numeric(VEC) and is_linear(VEC) and not is_linear(None)


def test_what_fits_where() -> None:
    functions = [make("fn", R, value) for value in (N, Z, R)]
    assert fits(N, R) and fits(N, N) and not fits(R, Z) and not fits(None, R) and not fits(N, None)
    assert fits(functions[0], functions[2]) and not fits(functions[2], functions[1])
    assert not fits(make("fn", N, R), make("fn", R, R)) and not fits(make("fn", R, R), make("fn", N, R))
    assert not fits(make("set", N), make("set", R))


@pytest.mark.parametrize("why, head, args", [
    ("there is no head", "sine", (t,)),
    ("takes 1 arguments, not 2", "sqrt", (t, t)),
    ("binds a variable over a domain", "lam", (R,)),
    ("a fraction in lowest terms", "num", (2, 4)),
    ("a fraction in lowest terms", "num", (1, -2)),
    ("a fraction in lowest terms", "num", (1.5, 1)),
    ("a fraction in lowest terms", "num", (7, False)),
    ("a variable has a name and a sort", "var", ("", R)),
    ("a variable has a name and a sort", "var", (3, R)),
    ("is no sort", "var", ("x", t)),
    ("is no sort", "var", ("x", "R")),
    ("is no sort, or depends on a bound variable", "var", ("x", make("vec", bound(0, N)))),
    ("a variable has a number and a sort", "bound", (-1, R)),
    ("a variable has a number and a sort", "bound", (True + 0.5, R)),
    ("a variable has a number and a sort", "level", (-1, R)),
    ("takes a length", "vec", (a,)),
    ("takes a length", "vec", (R,)),
    ("takes a sort", "set", (t,)),
    ("fn takes the sorts", "fn", (R,)),
    ("fn takes the sorts", "fn", (R, t)),
    ("the arguments of add are terms", "add", (t, 1)),
])
def test_refused_nodes(why: str, head: str, args: tuple[object, ...]) -> None:
    refused(why, make, head, *args)


def test_a_bound_variable_has_the_sort_of_its_binder() -> None:
    whole = make("whole", R)
    refused("is used as", make, "all", whole, make("le", bound(0, N), num(1)))
    assert make("all", whole, make("le", bound(0, R), bound(1, N))).indices == {(0, N)}


def test_ranges_of_variables() -> None:
    assert bound_sort(R) is R and bound_sort(make("range", n)) is N
    refused("a set or a sort", bound_sort, t)
    refused("depends on no bound variable", bound_sort, make("whole", make("vec", bound(0, N))))


def test_levels_are_new() -> None:
    first = level([t + 1], R)
    assert first.args[0] == 0 and level([first + t, s], R).args[0] == 1 and level([first], R, 2).args[0] == 3
    assert first in (first + t).free


def test_values_and_numerals() -> None:
    assert value_of(num("2/4")) * 2 == 1 and as_node(3) is num(3) and as_node(t) is t
    refused("is no numeral", value_of, t)


def test_messages_stay_short() -> None:
    x = t
    for _ in range(200):
        x = x + x
    assert len(repr(x)) < 1000 and "…" in repr(x)
    assert len(repr(num(10 ** 5000))) < 100
    assert repr(make("pi")) == "pi" and repr(t) == "(var 't' R)"
    assert len(repr(make("and", *[A] * 40))) < 400


def test_sugar_of_one_node_each() -> None:
    assert (u - u) is make("add", u, make("smul", num(-1), u)) and (t / s) is make("mul", t, make("inv", s))
    assert FORM is make("form") and isinstance(t, Node) and issubclass(Refused, Exception) and d.sort is N
