"""The least path norm of ReLU networks of any width that fit given data: a convex program over sign patterns, certified on both sides.

Neurons whose preactivations have one sign pattern on the data add up to one, so the patterns that the dual finds violated, and no other,
enter a second-order cone program (Pilanci and Ergen 2020, by column generation).  `theory.certificates.lipschitz.path_norm` has the dual.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

from theory.certificates.exact.exact_data import ExactData
from theory.certificates.exact.exact_network import dot, fraction, rational_matrix
from theory.certificates.lipschitz.path_norm import NetworkClass, PathNetwork, certify_path_norm
from theory.errors import NotCertified
from verify.fits.exact.solve import nearby_solution
from verify.fits.layers.pattern_fit import Neuron, exact_pattern_fit
from verify.fits.layers.sign_tree import SignTree, sign_tree
from verify.fits.programs.cones import ConeProgram, ConeSolution, GenerationOptions, solve_cones
from verify.objects.data.dataset import Dataset
from verify.objects.domains import relative_gap
from verify.objects.networks import Network

FloatArray = NDArray[np.float64]
Pattern = tuple[int, ...]
Progress = Callable[[int, float, float], None]
# Random directions whose n thresholds start the program: with one of them every label can be fitted.
_DIRECTIONS = 4
# Patterns that one round may add.
_ADDED = 40


@dataclass(frozen=True)
class InfiniteWidth:
    """lower ≤ least path norm of any fit of any width ≤ upper, both certified; `network` is an exact fit that does not exceed `upper`.

    `complete`: every sign pattern of the dual's neurons was enumerated; otherwise the trees were cut short, and `lower` is valid but loose.
    It bounds the path norm, and Lip(f − v·x) ≤ path norm: `lower` is no lower bound on a Lipschitz constant.
    """

    lower: Fraction
    upper: Fraction
    network: Network
    multipliers: tuple[Fraction, ...] = field(repr=False)
    complete: bool
    certificate: Mapping[str, Any] = field(repr=False)
    reason: str
    residuals: Mapping[str, float]
    rounds: int
    patterns: int

    @property
    def gap(self) -> float | None:
        """See `relative_gap`."""
        return relative_gap(self.lower, self.upper)


def least_path_norm_of_any_width(
    data: Dataset, *, bias: str = "free", affine: bool = True, options: GenerationOptions | None = None, progress: Progress | None = None
) -> InfiniteWidth:
    """inf Σ|a_ℓ|‖w_ℓ‖ (bias "free") or Σ|a_ℓ|‖(w_ℓ, b_ℓ)‖ (bias "inside") over all ReLU networks that fit the data, of any width.

    With `affine`, f has a free part v·x + c that is not counted.  With d = 1, bias free and `affine` the value is the total variation of
    the slope of the connect-the-dots function (Savarese et al. 2019).
    Args: data (n, d), the class, options, progress: called with (rounds, λᵀy, value of the program) in floats.
    Returns: an InfiniteWidth.  Out of time, or interrupted (KeyboardInterrupt), it holds what is certified by then.
    Raises: BadData, NotCertified (the first program failed).
    Guarantee: both values certified in exact arithmetic.  Source: Pilanci and Ergen 2020.

    >>> found = least_path_norm_of_any_width(Dataset([[0.0], [1.0], [2.0]], [-1, 1, -1]))         # slopes 2 and −2
    >>> round(float(found.lower), 6), round(float(found.upper), 6), found.complete
    (4.0, 4.0, True)
    """
    return _Columns(data, NetworkClass(bias, affine), options or GenerationOptions(), progress).run()


class _Columns:
    def __init__(self, data: Dataset, kind: NetworkClass, options: GenerationOptions, progress: Progress | None) -> None:
        self.X, self.y, self.kind, self.options, self.progress = data.X, data.y, kind, options, progress
        self.data: ExactData = data.exact
        self.n, self.d = data.X.shape
        self.lifted = np.column_stack([data.X, np.ones(self.n)])
        # programs have order one whatever the units of points and labels
        self.reach, self.unit = (float(np.abs(part).max()) or 1.0 for part in (data.X, data.y))
        self.deadline = time.perf_counter() + options.seconds
        self.rng = np.random.default_rng(options.seed)
        self.arrangements = kind.arrangements(self.data.points)
        self.rows = [np.array([[float(fraction(c)) for c in row] for row in rows]) for rows in self.arrangements]
        # free parameters: (v, c); a constant, where it is a neuron with w = 0 that costs nothing; or none
        self.extra = self.d + 1 if kind.affine else int(kind.bias == "free")
        self.columns: dict[tuple[Pattern, int], None] = {}
        self.lam: tuple[Fraction, ...] = (Fraction(0),) * self.n
        self.trees: list[list[SignTree]] = []

    def run(self) -> InfiniteWidth:
        self._start()
        solution: ConeSolution | None = None
        reason, rounds = "", 0
        try:
            while not reason:
                solution = self._solve()
                rounds += 1
                lam = self._multipliers(solution)
                g = np.array([float(c) for c in lam])
                if self.progress is not None:
                    self.progress(rounds, float(g @ self.y), float(solution.x[-1]))
                over = time.perf_counter() >= self.deadline or rounds >= self.options.rounds
                if self._add_sampled(g) and not over:
                    continue
                self.lam, self.trees = lam, self._trees(g)
                if max(tree.value for pair in self.trees for tree in pair) <= 1 + self.options.tolerance:
                    reason = "no sign pattern is violated"
                elif over:
                    reason = f"the time or the number of rounds is used up after {rounds} rounds"
                elif not self._add_found():
                    reason = "the violated sign patterns are in the program already: the solver is not accurate enough to go on"
        except KeyboardInterrupt:
            if solution is None:
                raise
            reason = "interrupted"
        except NotCertified as stop:
            if solution is None:
                raise
            reason = str(stop)
        return self._result(solution, reason, rounds)

    # ------------------------------------------------------------------ patterns

    def _start(self) -> None:
        for _ in range(_DIRECTIONS if self.d > 1 else 1):
            u = self.rng.standard_normal(self.d) if self.d > 1 else np.ones(1)
            height = self.X @ u
            for threshold in height:
                for sign in (1, -1):
                    for way in (1, -1):
                        self._add(((way * (height - threshold)) >= 0), sign)
        everywhere = np.ones(self.n, dtype=np.bool_)
        self._add(everywhere, 1)
        self._add(everywhere, -1)

    def _add(self, active: NDArray[np.bool_], sign: int) -> bool:
        key = (tuple(int(c) for c in active), sign)
        if not any(key[0]) or key in self.columns:
            return False
        self.columns[key] = None
        return True

    def _add_neuron(self, rows: FloatArray, u: FloatArray, sign: int) -> bool:
        """The patterns of a direction of an arrangement: data on its kink count on either side."""
        t = rows @ u
        on = np.abs(t) <= 1e-9 * np.linalg.norm(rows, axis=1)
        return self._add((t > 0) & ~on, sign) | self._add((t > 0) | on, sign)

    def _add_sampled(self, g: FloatArray) -> bool:
        """Add patterns of directions u that local search finds with |Σ λ_iReLU(r_i·u)| > 1."""
        found: list[tuple[float, int, FloatArray, int]] = []
        for number, rows in enumerate(self.rows):
            e = rows.shape[1]
            U = self.rng.standard_normal((20 * e, e)) if e > 1 else np.array([[1.0], [-1.0]])
            U /= np.linalg.norm(U, axis=1, keepdims=True)
            for sign in (1, -1):
                V = U
                for _ in range(6):
                    step = np.where(rows @ V.T > 0, sign * g[:, None], 0.0).T @ rows
                    step /= np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-300)
                    better = np.maximum(step @ rows.T, 0.0) @ g * sign > np.maximum(V @ rows.T, 0.0) @ g * sign
                    V = np.where(better[:, None], step, V)
                values = sign * (np.maximum(V @ rows.T, 0.0) @ g)
                found += [(float(value), number, u, sign) for value, u in zip(values, V, strict=True) if value > 1 + self.options.tolerance]
        found.sort(key=lambda entry: -entry[0])
        added = 0
        for _, number, u, sign in found:
            added += self._add_neuron(self.rows[number], u, sign)
            if added >= _ADDED:
                break
        return added > 0

    def _trees(self, g: FloatArray) -> list[list[SignTree]]:
        # bounds below the value that is reached anyway need no improvement
        target = 1 + 0.1 * self.options.tolerance
        return [[sign_tree(rows, sign * g, self.rng, target, self.options.nodes, self.deadline + 1.0) for sign in (1, -1)]
                for rows in self.arrangements]

    def _add_found(self) -> bool:
        added = False
        for rows, pair in zip(self.rows, self.trees, strict=True):
            for sign, tree in zip((1, -1), pair, strict=True):
                if tree.best is not None and tree.value > 1 + self.options.tolerance:
                    added |= self._add_neuron(rows, tree.best, sign)
        return added

    # ------------------------------------------------------------------ the program

    def _solve(self) -> ConeSolution:
        """Variables: (w, b, t) for each column, then v, c where they are free, then the value; solved for points and labels of size 1."""
        n, d, P = self.n, self.d, len(self.columns)
        lifted = np.column_stack([self.X / self.reach, np.ones(n)])
        extra = self.extra
        N = P * (d + 2) + extra + 1
        program = ConeProgram(np.append(np.zeros(N - 1), 1.0))
        blocks = [sign * np.array(pattern)[:, None] * np.column_stack([lifted, np.zeros(n)]) for pattern, sign in self.columns]
        fit = np.hstack([*blocks, lifted[:, d + 1 - extra :], np.zeros((n, 1))])
        program.equal(fit, self.y / self.unit)
        total = np.concatenate([np.tile(np.append(np.zeros(d + 1), -1.0), P), np.zeros(extra), [1.0]])
        program.at_least(total[None], np.zeros(1))
        gates = [(2 * np.array(pattern) - 1)[:, None] * np.column_stack([lifted, np.zeros(n)]) for pattern, _ in self.columns]
        program.at_least(sparse.hstack([sparse.block_diag(gates), sparse.csc_matrix((n * P, extra + 1))]), np.zeros(n * P))
        counted = d + 1 if self.kind.bias == "inside" else d
        for q in range(P):
            start = q * (d + 2)
            places = [start + d + 1, *range(start, start + counted)]
            factors = np.append(np.ones(d + 1), self.reach)[: counted + 1]
            A = sparse.csc_matrix((factors, (range(counted + 1), places)), (counted + 1, N))
            program.in_second_order_cone(A, np.zeros(counted + 1))
        found = solve_cones(program, max(self.deadline - time.perf_counter(), 0.01))
        back = np.append(np.full(d, self.unit / self.reach), self.unit)     # of (w, b), and of as much of (v, c) as is free
        value = self.unit / self.reach
        return replace(found, x=found.x * np.concatenate([np.tile(np.append(back, value), P), back[d + 1 - extra :], [value]]),
                       z=found.z / self.reach)

    def _multipliers(self, found: ConeSolution) -> tuple[Fraction, ...]:
        """λ, exactly orthogonal to what its class asks for."""
        conditions = self.kind.conditions(self.data.points) or [(Fraction(0),) * self.n]
        lam = nearby_solution(rational_matrix(conditions), [fmpq(0)] * len(conditions), -found.z[: self.n])
        return tuple(lam or ())

    def _neurons(self, found: ConeSolution) -> list[Neuron]:
        e = self.d + 2
        return [Neuron(found.x[q * e : (q + 1) * e - 1], pattern, sign) for q, (pattern, sign) in enumerate(self.columns)]

    def _result(self, found: ConeSolution | None, reason: str, rounds: int) -> InfiniteWidth:
        if found is None:
            raise NotCertified(f"no program was solved: {reason}")
        free = found.x[len(found.x) - 1 - self.extra : -1]
        network = exact_pattern_fit(self.kind, self.data, self._neurons(found), free, self.rng)
        gain = dot(self.lam, self.data.labels)
        useful = bool(self.trees) and gain > 0
        lam = self.lam if useful else (Fraction(0),) * self.n
        trees = [[tree.nodes for tree in pair] for pair in self.trees] if useful else []
        document = certify_path_norm(self.kind, self.data, lam, trees, network)
        complete = useful and all(tree.complete for pair in self.trees for tree in pair)
        return InfiniteWidth(Fraction(document["lower"]), Fraction(document["value"]), as_network(network), lam, complete, document, reason,
                             {"primal": found.primal, "dual": found.dual, "gap": found.gap}, rounds, len(self.columns))


def as_network(exact: PathNetwork) -> Network:
    """The exact network; one idle neuron stands in where there is none."""
    d = len(exact.v)
    W = np.array(exact.W or ((Fraction(0),) * d,), dtype=object)
    b, a = (np.array(part or (Fraction(0),), dtype=object) for part in (exact.b, exact.a))
    return Network(W, b, a, "relu", np.array(exact.v, dtype=object), exact.c)
