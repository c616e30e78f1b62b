"""Leaves of the trees of patterns: no network beats their bounds, rounding costs little, false multipliers are refused."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import cvxpy as cp
import numpy as np
import pytest

from fits.kink_cases import DOMAINS, NodeProgram, random_case, square_problem, squared_constant, true_path
from theory.certificates.fits.kink_problem import patterns_at
from theory.certificates.fits.kink_tree import Leaf, leaf_bound
from theory.errors import NotCertified
from verify.fits.kinks.rounding import NodeDual, infeasible_leaf, rational_leaf


def random_leaf(rng, path, problem):
    """Multipliers of any size and sign, some of them 0: what a solver that failed may leave behind."""
    n, d = problem.shape
    lam = {z: float(rng.normal()) for z, _ in path if 0 <= z < n}
    mu = {(z, ell): float(rng.exponential()) * (rng.random() < 0.7) for z, _ in path if z >= 0 for ell in range(problem.kinks)}
    return NodeDual(lam, mu, {p: rng.normal(size=d) for p in product((0, 1), repeat=problem.kinks) if rng.random() < 0.8})


def check_against_networks(seeds, tight_at_least):
    """The bound of a node is at most the constant of any network with the patterns of its path; often it is equal to it."""
    equal = 0
    for seed in seeds:
        rng = np.random.default_rng([1, seed])
        case = random_case(rng, DOMAINS[seed % 4], bool(seed // 4 % 2))
        path, signs, square = true_path(rng, case), case.network.signs, squared_constant(case)
        optimum, dual, _ = NodeProgram(case.problem, case.witnesses, signs, path).solve()
        leaf, bound = rational_leaf(case.problem, case.witnesses, signs, path, dual)
        numerator, norm = leaf_bound(case.problem, case.witnesses, signs, path, leaf)
        assert numerator <= 0 or bound == numerator / norm
        assert bound is not None
        assert bound * bound <= square, (seed, path)
        assert float(bound) >= optimum * (1 - 1e-6) - 1e-9
        equal += square > 0 and bound * bound >= square * (1 - Fraction(1, 10**6))
        for _ in range(3):
            leaf, bound = rational_leaf(case.problem, case.witnesses, signs, path, random_leaf(rng, path, case.problem))
            assert bound is not None
            assert bound * bound <= square, (seed, path)
    assert equal >= tight_at_least, equal


def test_no_network_beats_the_bound_of_its_leaf():
    # the bound equals the constant in every eighth case: a bound that were too large by 1e-6 there would be seen
    check_against_networks(range(200), tight_at_least=20)


@pytest.mark.slow
def test_no_network_beats_the_bound_of_its_leaf_on_thousands():
    check_against_networks(range(200, 5000), tight_at_least=400)


def test_the_bound_is_what_the_definition_says():
    """Numerator and N of random leaves against the linear forms, written out coefficient by coefficient in `NodeProgram`."""
    for seed in range(120):
        rng = np.random.default_rng([2, seed])
        case = random_case(rng, DOMAINS[seed % 4], bool(seed // 4 % 2))
        problem, signs, path = case.problem, case.network.signs, true_path(rng, case)
        leaf, _ = rational_leaf(problem, case.witnesses, signs, path, random_leaf(rng, path, problem))
        numerator, norm = leaf_bound(problem, case.witnesses, signs, path, leaf)
        program, d = NodeProgram(problem, case.witnesses, signs, path), problem.shape[1]
        form = sum(float(c) * program.fits[z] for z, c in leaf.lam.items())
        form = form + sum(float(c) * program.sides[key] for key, c in leaf.mu.items())
        form = form - sum(np.array([float(c) for c in row]) @ program.gradients[p] for p, row in leaf.u.items()) + np.zeros(program.size)
        total = sum(np.linalg.norm([float(c) for c in row]) for row in leaf.u.values())
        if problem.affine:
            rest = form[:d] @ program.gradients[(0,) * problem.kinks]
            total, form = total + np.linalg.norm(form[:d]), form - rest
        parts = form.reshape(-1, d + 1)
        assert np.abs(parts[:, d]).max() < 1e-12 * (1 + total)
        assert np.abs(parts[0]).max() < 1e-12 * (1 + total)
        assert float(norm) == pytest.approx(total + 2 * np.linalg.norm(parts[1:, :d], axis=1).sum(), rel=1e-12, abs=1e-12)
        assert numerator == sum((c * problem.labels[z] for z, c in leaf.lam.items()), Fraction(0))


def test_rounding_is_tight_against_an_independent_program():
    for seed in range(12):
        rng = np.random.default_rng([3, seed])
        case = random_case(rng, DOMAINS[seed % 4], bool(seed // 4 % 2))
        problem, signs, path = case.problem, case.network.signs, true_path(rng, case)
        d, k = problem.shape[1], problem.kinks
        v, c, W, b, L = cp.Variable(d), cp.Variable(), cp.Variable((k, d)), cp.Variable(k), cp.Variable()
        if not problem.affine:
            v, c = np.zeros(d), 0.0

        def gradient(pattern, v=v, W=W, signs=signs):
            return v + sum(s * int(bit) * W[ell] for ell, (s, bit) in enumerate(zip(signs, pattern, strict=True)))

        places = np.array([[float(e) for e in row] for row in (*problem.points, *case.witnesses)])
        constraints = [cp.norm(W[ell]) <= 2 * L for ell in range(k)]
        for z, pattern in path:
            constraints.append(cp.norm(gradient(pattern)) <= L)
            if z < 0:
                constraints.append(cp.norm(gradient([bit or ell == -1 - z for ell, bit in enumerate(pattern)])) <= L)
                continue
            heights = W @ places[z] + b
            constraints.append(cp.multiply(2.0 * np.array(pattern) - 1, heights) >= 0)
            if z < len(problem.points):
                constraints.append(places[z] @ v + c + np.array(signs) * np.array(pattern) @ heights == float(problem.labels[z]))
        program = cp.Problem(cp.Minimize(L), constraints)
        program.solve(solver=cp.CLARABEL, tol_gap_abs=1e-10, tol_gap_rel=1e-10, tol_feas=1e-10)
        dual = NodeProgram(problem, case.witnesses, signs, path).solve()[1]
        bound = rational_leaf(problem, case.witnesses, signs, path, dual)[1]
        assert float(bound) == pytest.approx(program.value, rel=1e-7, abs=1e-8), seed


def test_useless_duals_prove_nothing_and_do_no_harm():
    case = random_case(np.random.default_rng(5), "hull", True, n=4, d=2, k=2)
    path, signs = true_path(np.random.default_rng(6), case), case.network.signs
    point = next(z for z, _ in path if 0 <= z < 4)
    for value in (0.0, np.nan, np.inf, -np.inf, 1e308, 5e-324):
        for dual in (NodeDual(lam={point: value}), NodeDual(mu={(point, 0): value}), NodeDual(u={(1, 1): np.full(2, value)}),
                     NodeDual(lam={point: 1.0, 3: -1.0}, u={(1, 0): np.ones(2), (0, 1): np.full(2, value), (1, 1): np.ones(3)}),
                     NodeDual(lam={point: 1.0, 3: -1.0}, u={p: np.full(2, value) for p in product((0, 1), repeat=2)})):
            leaf, bound = rational_leaf(case.problem, case.witnesses, signs, path, dual)
            assert bound is not None and bound * bound <= squared_constant(case)
            leaf_bound(case.problem, case.witnesses, signs, path, leaf)


def test_false_leaves_are_refused():
    problem, signs = square_problem(), (1,)
    path = [(0, (0,)), (1, (1,)), (2, (1,)), (-1, (0,))]
    one, zero = Fraction(1), Fraction(0)
    good = Leaf({0: one, 1: -one}, {(1, 0): one}, {(1,): (one, zero)})
    assert leaf_bound(problem, (), signs, path, good)[0] == 2
    for leaf in (
        Leaf({0: one, 1: -2 * one}, {(1, 0): 2 * one}),                  # Σλ ≠ 0
        Leaf({0: one, 1: -one}),                                         # the bias keeps a coefficient
        Leaf({0: one, 1: -one}, {(1, 0): 2 * one, (2, 0): -one}),        # μ < 0
        Leaf({0: one, 3: -one}),                                         # point 3 has no pattern on the path
        Leaf({0: one, -1: -one}),                                        # a facet has no label
        Leaf({0: one, 1: -one}, {(1, 0): one, (-1, 0): one}),            # a facet lies nowhere
        Leaf({0: one, 1: -one}, {(1, 1): one}),                          # there is no kink 1
        Leaf({0: one, 1: -one}, {(1, 0): one}, {(0,): (one, zero)}),     # the u of 0…0 is determined
        Leaf({0: one, 1: -one}, {(1, 0): one}, {(1,): (one,)}),          # a row of another length
    ):
        with pytest.raises(NotCertified):
            leaf_bound(problem, (), signs, path, leaf)
    with pytest.raises(NotCertified, match="first anchor"):
        leaf_bound(problem, (), signs, [(0, (1,)), *path[1:]], Leaf())


def test_the_patterns_of_a_tree_cover_every_network():
    """Whatever the patterns of the kinks at the anchors, some order of equal signs (and reflection, with the affine part) is followed."""
    for affine, signs in product((True, False), ((1, 1), (1, -1), (1, 1, 1), (1, 1, -1), (-1, -1, -1))):
        anchors, k = [0, 1, -2, 2], len(signs)
        for choice in product(product((0, 1), repeat=k), repeat=3):
            for side in product((0, 1), repeat=k):
                if affine and any(choice[0]):
                    continue                            # reflected at the first anchor
                orders = [order for order in permutations_of(k) if all(signs[order[i]] == signs[i] for i in range(k))]
                assert any(follows(anchors, signs, affine, choice, side, order) for order in orders)


def permutations_of(k):
    return [order for order in product(range(k), repeat=k) if len(set(order)) == k]


def follows(anchors, signs, affine, choice, side, order):
    """Whether the path of the network whose kinks are put in this order is one of the tree; its facet patterns depend on the kink."""
    path, places = [], iter(choice)
    for z in anchors:
        pattern = next(places) if z >= 0 else tuple(bit if ell != order[-1 - z] else 0 for ell, bit in enumerate(side))
        ordered = tuple(pattern[ell] for ell in order)
        if ordered not in patterns_at(z, signs, path, affine):
            return False
        path.append((z, ordered))
    return True


def test_an_infeasible_leaf_is_not_claimed_of_a_feasible_node():
    for seed in range(40):
        rng = np.random.default_rng([9, seed])
        case = random_case(rng, DOMAINS[seed % 4], bool(seed // 4 % 2))
        assert infeasible_leaf(case.problem, case.witnesses, case.network.signs, true_path(rng, case)) is None
