"""Formulas as text: names of bound variables are new, and no name of a free variable reads as a formula."""

from __future__ import annotations

import pytest

from kernel.common import RANGE, A, B, D, F, M, d, f, i, j, n, psi, s, t, u, v, y
from theory.kernel.heads import FALSE, TRUE, bind, eq, forall, implies, le, lt, member, total, whole
from theory.kernel.nodes import N, Node, R, make, num, var
from theory.kernel.printing import text

X = var("i", R)


@pytest.mark.parametrize("node, expected", [
    (le(s + t * 2, -t), "s + t·2 ≤ −t"), (lt(s - t, num("-1/2")), "s − t < -1/2"), (eq(t / s, 0), "t·1/s = 0"), (member(u, D), "u ∈ D"),
    (s * (t + 1), "s·(t + 1)"), (s - (t + 1), "s − (t + 1)"), (make("pow", t + 1, n), "(t + 1)^n"), (make("pow", num(-2), n), "(-2)^n"),
    (make("sqrt", make("abs", t)), "√|t|"), (make("norm", u - v), "‖u − v‖"), (make("dot", u, v), "⟨u, v⟩"), (M[n][j], "M[n][j]"),
    (make("pi"), "π"), (make("inv", s + t), "1/(s + t)"), (make("max", s, t), "max(s, t)"), (psi(s), "psi(s)"), (TRUE, "true"),
    (FALSE, "false"),
    (implies(make("and", A, B), make("or", A, le(0, t))), "(A and B) ⇒ (A or (0 ≤ t))"),
    (forall(le(F(i), X), (i, RANGE)), "∀j∈range(n): F(j) ≤ i"), (total(F(i) + 1, (i, RANGE)), "Σ[i∈range(n)] (F(i) + 1)"),
    (total(F(i), (i, RANGE)) + 1, "Σ[i∈range(n)] F(i) + 1"), (bind("lam", [(s, R), (t, R)], s - t), "λt∈R, s∈R: t − s"),
    (bind("sup", [(u, D)], f(u)), "sup[x∈D] f(x)"), (bind("table", [(i, RANGE)], F(i)), "table[i∈range(n)] F(i)"),
    (forall(forall(forall(le(s, t + X), (s, whole(R))), (t, whole(R))), (X, whole(R))), "∀t∈R: ∀s∈R: ∀r∈R: r ≤ s + t"),
    (bind("prob", [(y, make("signs", n))], le(y[n], 0)), "P[x∈signs(n)] (x[n] ≤ 0)"), (whole(make("vec", d)), "vec(d)"),
    (var("s°", R) + 1, "s° + 1"), (var("1 ≤ 0", R) * 2, "‹'1 ≤ 0'›·2"), (var("x - 1", R), "‹'x - 1'›"),
    (make("bound", 0, N), "bound(0, N)"),
])
def test_text(node: Node, expected: str) -> None:
    assert text(node) == expected


def test_letters_do_not_run_out() -> None:
    body, variables = num(0), [var(f"x{place}", R) for place in range(6)]
    for x in variables:
        body = body + x
    assert text(forall(le(body, 0), *((x, whole(R)) for x in variables))).startswith("∀t∈R: ∀s∈R: ∀r∈R: ∀t3∈R: ∀t4∈R: ∀t5∈R: ")
