"""Kinks of piecewise linear functions: the definition of the Lipschitz constant on a ball of any radius."""

from __future__ import annotations

from sympy import Abs, Symbol

from theory.lemmas.build import d, f, rule, x, x_
from theory.terms import Ball, Lip, le, norm

R = Symbol("R", positive=True)

lipschitz_ball = rule("rule.lip_ball_radius", "definition of the Lipschitz constant on the ball of radius R",
                      le(Abs(f(x) - f(x_)), Lip(f, Ball(d, R)) * norm(x - x_)), [le(norm(x), R), le(norm(x_), R)])
