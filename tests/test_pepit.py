"""The bounds of examples/gradient_methods.py beside the worst cases that PEPit finds by semidefinite programs, on the same numbers.

A bound that is proved is at least the worst case; one that is said to be tight equals it, up to the tolerance of the solver.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from theory.claim import Claim
from verify.evaluate import Instance, evaluate
from verify.laws.claimfile import load_claim_file

pepit = pytest.importorskip("PEPit", reason='PEPit is an optional dependency: pip install ".[interop]"')
functions = pytest.importorskip("PEPit.functions")

CLAIMS = {claim.id: claim for claim in load_claim_file(Path(__file__).parent.parent / "examples" / "gradient_methods.py").claims}
L, MU, GAMMA, M, R = 2.0, 0.5, 0.75, 3.0, 1.5
SOLVER = 1e-4       # relative, of first-order solvers; interior points reach 1e-7


def worst(kind: type, method: Callable[[Any, Any], Any], measured: Callable[[Any, Any, Any], Any], **parameters: float) -> float:
    """The worst value of ``measured(f, x, z)`` at what a method makes of a start at distance R from a minimiser z."""
    problem = pepit.PEP()
    f = problem.declare_function(kind, **parameters)
    z = f.stationary_point()
    start = problem.set_initial_point()
    problem.set_initial_condition((start - z) ** 2 <= R**2)
    problem.set_performance_metric(measured(f, method(f, start), z))
    return float(problem.solve(verbose=0))


def descent(count: int, length: float) -> Callable[[Any, Any], Any]:
    """Steps of gradient descent."""
    def run(f: Any, x: Any) -> Any:
        for _ in range(count):
            x = x - length * f.gradient(x)
        return x
    return run


def proximal(count: int) -> Callable[[Any, Any], Any]:
    """Proximal steps."""
    def run(f: Any, x: Any) -> Any:
        from PEPit.primitive_steps import proximal_step
        for _ in range(count):
            x = proximal_step(x, f, GAMMA)[0]
        return x
    return run


def excess(f: Any, x: Any, z: Any) -> Any:
    """f(x) − f(z)."""
    return f(x) - f(z)


def distance(f: Any, x: Any, z: Any) -> Any:
    """‖x − z‖²."""
    return (x - z) ** 2


def subgradients(count: int) -> float:
    """The worst least value of the subgradient method with the step R/(M√T)."""
    problem = pepit.PEP()
    f = problem.declare_function(functions.ConvexLipschitzFunction, M=M)
    z = f.stationary_point()
    x = problem.set_initial_point()
    problem.set_initial_condition((x - z) ** 2 <= R**2)
    for _ in range(count):
        slope, value = f.oracle(x)
        problem.set_performance_metric(value - f(z))
        x = x - R / (M * np.sqrt(count)) * slope
    return float(problem.solve(verbose=0))


def bound(claim: Claim, **more: Any) -> float:
    """The right side of the conclusion, at a start in distance R."""
    values = {"L": L, "mu": MU, "gamma": GAMMA, "M": M, "R": R, "d": 1, "x0": [R], "z": [0.0], **more}
    return evaluate(claim.conclusion.rhs, Instance(values))[0]


CASES = {
    "gradient.one": lambda: worst(functions.SmoothConvexFunction, descent(1, 1 / L), excess, L=L),
    "gradient.long": lambda: worst(functions.SmoothConvexFunction, descent(1, 3 / (2 * L)), excess, L=L),
    "gradient.two": lambda: worst(functions.SmoothConvexFunction, descent(2, 1 / L), excess, L=L),
    "proximal.one": lambda: worst(functions.ConvexFunction, proximal(1), excess),
    "proximal.two": lambda: worst(functions.ConvexFunction, proximal(2), excess),
    "gradient.contraction": lambda: worst(functions.SmoothStronglyConvexFunction, descent(1, 2 / (L + MU)), distance, L=L, mu=MU),
}


@pytest.mark.parametrize("id", CASES)
def test_tight(id: str) -> None:
    assert bound(CLAIMS[id]) == pytest.approx(CASES[id](), rel=SOLVER)


@pytest.mark.parametrize("count", [1, 4])
def test_subgradient_method(count: int) -> None:
    assert bound(CLAIMS["subgradient"], T=count) == pytest.approx(subgradients(count), rel=SOLVER)


def test_false_copies_are_below_the_worst_case() -> None:
    assert bound(CLAIMS["gradient.one.false"]) < 0.9 * CASES["gradient.one"]()
    assert bound(CLAIMS["gradient.contraction.false"]) < 0.9 * CASES["gradient.contraction"]()
