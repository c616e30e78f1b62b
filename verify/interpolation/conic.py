"""One way to run a conic program: what is not an optimum is an error in one sentence, whatever the solver did."""

from __future__ import annotations

import warnings
from typing import Any

from theory.errors import NotCertified

# Two digits more than the default of Clarabel, the default, and two less: what is found is certified, and is only looser then.
TOLERANCES = (1e-10, 1e-8, 1e-6)


def solve_conic(problem: Any, what: str, seconds: float | None = None) -> bool:
    """Run Clarabel on a program of cvxpy: True with the optimum in its variables, False when it is infeasible.

    The tightest tolerance is tried first.  The numbers found are hints: whoever asked certifies them.

    Args: the program, `what` it is (for the message), a limit of seconds for each of the three tries.
    Raises: NotCertified when no try ends in an optimum or in infeasibility: an inaccurate end, a time limit, an error, no solver.

    >>> import cvxpy as cp
    >>> x = cp.Variable()
    >>> solve_conic(cp.Problem(cp.Minimize(x), [x >= 1]), "a line"), solve_conic(cp.Problem(cp.Minimize(x), [x >= 1, x <= 0]), "nothing")
    (True, False)
    """
    import cvxpy as cp  # type: ignore[import-untyped,unused-ignore]

    reason = ""
    for tolerance in TOLERANCES:
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
