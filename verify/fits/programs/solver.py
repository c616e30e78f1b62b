"""The conic solver, Clarabel, driven in one place: its settings, the two ways to state a program to it, and what its statuses mean.

`solve_matrices` takes min q·x subject to b − Ax ∈ K as matrices, `solve_modelled` a program of cvxpy.  Nothing that comes from here is a
bound: numbers called optimal are hints, and whoever asked certifies what follows from them.  A status that is no optimum is one sentence.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

from theory.errors import NotCertified

FloatArray = NDArray[np.float64]
# Two digits more than the default of Clarabel, the default, and two less: what is found is certified, and is only looser then.
TOLERANCES = (1e-10, 1e-8, 1e-6)


class SolverMissing(NotCertified):
    """The conic solver is not installed."""


@dataclass(frozen=True)
class Answer:
    """Status, primal x and dual z of a cone program as the solver returned them."""

    status: str
    x: FloatArray
    z: FloatArray

    @property
    def infeasible(self) -> bool:
        """Whether the solver says, at full accuracy or nearly, that the program or its dual is infeasible."""
        return "Infeasible" in self.status

    def usable(self, seconds: float) -> Answer:
        """The answer itself if it is an optimum, or nearly, in finite numbers.  Raises: NotCertified.

        >>> Answer("MaxTime", np.zeros(1), np.zeros(1)).usable(1.0)
        Traceback (most recent call last):
        theory.errors.NotCertified: the conic solver was stopped by its time limit of 1 s; give it more seconds
        """
        if self.status == "MaxTime":
            raise NotCertified(f"the conic solver was stopped by its time limit of {seconds:g} s; give it more seconds")
        if self.status not in ("Solved", "AlmostSolved") or not (np.isfinite(self.x).all() and np.isfinite(self.z).all()):
            raise NotCertified(f"the conic solver stopped with the status {self.status}; rescale the data or the hidden layer")
        return self


def solve_matrices(
    q: FloatArray, A: Any, b: FloatArray, cones: Sequence[tuple[str, int]], seconds: float, *, presolve: bool = True
) -> Answer:
    """min q·x subject to b − Ax ∈ K, K the product of the cones ("zero", "nonnegative", "second order" or "semidefinite", size).

    Args: q (N), A (M×N, dense or sparse), b (M), cones, seconds, presolve.
    Raises: SolverMissing.

    >>> answer = solve_matrices(np.ones(1), -np.ones((1, 1)), np.array([-2.0]), [("nonnegative", 1)], 10.0)      # min x, x ≥ 2
    >>> answer.status, answer.x.round(6).tolist(), answer.z.round(6).tolist()
    ('Solved', [2.0], [1.0])
    """
    clarabel = _clarabel()
    kinds = {"zero": clarabel.ZeroConeT, "nonnegative": clarabel.NonnegativeConeT, "second order": clarabel.SecondOrderConeT,
             "semidefinite": clarabel.PSDTriangleConeT}  # fmt: skip
    settings = clarabel.DefaultSettings()
    settings.verbose, settings.time_limit, settings.presolve_enable = False, seconds, presolve
    settings.max_threads = 1                            # one order of additions, so one answer
    product, quadratic = [kinds[kind](size) for kind, size in cones if size], sparse.csc_matrix((len(q), len(q)))
    found = clarabel.DefaultSolver(quadratic, q, sparse.csc_matrix(A), b, product, settings).solve()
    return Answer(str(found.status), np.array(found.x, dtype=np.float64), np.array(found.z, dtype=np.float64))


def solve_modelled(problem: Any, what: str, seconds: float | None = None, tolerances: Sequence[float] = TOLERANCES) -> bool:
    """Run Clarabel on a program of cvxpy: True with the optimum in its variables, False when it is infeasible.

    The tolerances are tried in turn, the tightest first.
    Args: the program, `what` it is (for the message), a limit of seconds for each try, tolerances.
    Raises: NotCertified when no try ends in an optimum or in infeasibility: an inaccurate end, a time limit, an error; SolverMissing.

    >>> import cvxpy as cp
    >>> x = cp.Variable()
    >>> below, above = cp.Problem(cp.Minimize(x), [x >= 1]), cp.Problem(cp.Minimize(x), [x >= 1, x <= 0])
    >>> solve_modelled(below, "a line"), solve_modelled(above, "nothing")
    (True, False)
    """
    import cvxpy as cp  # type: ignore[import-untyped,unused-ignore]

    _clarabel()
    reason = ""
    for tolerance in tolerances:
        options = {"tol_gap_abs": tolerance, "tol_gap_rel": tolerance, "tol_feas": tolerance}
        if seconds is not None:
            options["time_limit"] = seconds
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # an inaccurate solution is refused by its status just below
            try:
                # a warm start would keep the tolerances of the first try
                problem.solve(solver=cp.CLARABEL, warm_start=False, **options)
            except cp.SolverError as error:
                reason = f"failed: {error}"
                continue
        if problem.status == cp.OPTIMAL:
            return True
        if problem.status == cp.INFEASIBLE:
            return False
        reason = f"ended with the status {problem.status}, which is not an optimum"
    raise NotCertified(f"Clarabel {reason} ({what}); scale the data, or drop points that nearly repeat others")


def _clarabel() -> Any:
    """The module, imported when it is first needed, so that nothing else waits for it."""
    try:
        import clarabel  # type: ignore[import-not-found,unused-ignore]
    except ImportError as error:
        raise SolverMissing(f"the conic solver Clarabel is not installed ({error}); run pip install clarabel") from error
    return clarabel
