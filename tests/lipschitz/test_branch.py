"""Branch and bound: against enumeration and linear programs, degenerate arrangements, early stops, determinism, certificates."""

from __future__ import annotations

import copy
import itertools
import json
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

from theory.certificates.exact.documents import write_certificate
from theory.certificates.files import check_file
from theory.certificates.lipschitz.branch_tree import check_tree_certificate
from theory.errors import BadData, LawbookError
from theory.verdict import Status
from verify.lipschitz import GLOBAL, Budget, ball, kink_form, network_enclosure, restrict_to_ball, sphere
from verify.lipschitz.piecewise.arrangement import all_cells, cells_meeting_ball
from verify.lipschitz.piecewise.branch import branch_and_bound
from verify.lipschitz.piecewise.branch_certificate import certified_branching
from verify.lipschitz.piecewise.cells import maximum_over_cells
from verify.lipschitz.piecewise.local_search import best_points
from verify.lipschitz.piecewise.nearest import CONTRADICTED, REACHED, Rows, nearest_points
from verify.lipschitz.piecewise.regions import region_of
from verify.lipschitz.piecewise.search import BranchBudget
from verify.objects.domains import box, hull
from verify.objects.networks import Network

SLOPES = [(0.0, 1.0), (-1.0, 1.0), (0.1, 1.0)]


def random_network(rng, kind, k, d):
    """gaussian; integer (many coincidences); central (all b = 0); nearly coincident offsets; nearly parallel rows."""
    if kind == "gaussian":
        return rng.standard_normal((k, d)), rng.standard_normal(k), rng.standard_normal(k)
    W, b, a = (rng.integers(-2, 3, size).astype(float) for size in ((k, d), k, k))
    if kind == "central":
        b = 0 * b
    if kind == "near offsets":
        b = b + 1e-9 * rng.standard_normal(k)
    if kind == "near rows":
        W = W + 1e-10 * rng.standard_normal((k, d))
    return W, b, a


KINDS = ("gaussian", "integer", "central", "near offsets", "near rows")
# of 30 networks: cells 1e-9 and 1e-10 thin, where floats may find neither a point nor a refutation; the enclosure holds, but stays open
IN_DOUBT = {"gaussian": 0, "integer": 0, "central": 0, "near offsets": 1, "near rows": 1}


def enumerated(form, domain):
    if form.size == 0:
        value = float(np.linalg.norm(form.v))
        return value, value
    if domain.kind == "global":
        cells = all_cells(form.W, form.b)
    else:
        cells = cells_meeting_ball(form.W, form.b, domain.centre_in(form.dimension), domain.radius)
    best = maximum_over_cells(form, domain, cells)
    return best.lower, best.upper


def compare_with_enumeration(kind, on_ball, seeds, in_doubt=0):
    """Sound always; exact on all but `in_doubt` networks, which must be reported as not closed."""
    doubtful = 0
    for seed in seeds:
        rng = np.random.default_rng([KINDS.index(kind), on_ball, seed])
        d, k = int(rng.integers(1, 4)), int(rng.integers(1, 9))
        slopes = SLOPES[rng.integers(3)]
        form = kink_form(*random_network(rng, kind, k, d), rng.standard_normal(d) * (seed % 3 == 0), slopes)
        domain = ball(float(rng.choice([0.5, 1.0, 2.0])), tuple(float(c) for c in rng.integers(-1, 2, d))) if on_ball else GLOBAL
        reference = restrict_to_ball(form, domain) if on_ball else form
        low, high = enumerated(reference, domain)
        found = branch_and_bound(form, domain)
        allowed = 1e-11 * (1 + low) + 4 * form.slack
        assert found.lower <= high + allowed
        assert found.upper >= low - allowed
        assert found.closed == (found.upper - found.lower <= allowed)
        doubtful += not found.closed
    assert doubtful <= in_doubt, doubtful


@pytest.mark.parametrize("on_ball", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_equals_enumeration(kind, on_ball):
    compare_with_enumeration(kind, on_ball, range(30), IN_DOUBT[kind])


@pytest.mark.slow
@pytest.mark.parametrize("on_ball", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_equals_enumeration_on_many(kind, on_ball):
    compare_with_enumeration(kind, on_ball, range(30, 330), 10 * IN_DOUBT[kind])


def by_programs(form, domain):
    """The largest gradient over all 2^m patterns, each asked for by a linear program."""
    d, best = form.dimension, 0.0
    for pattern in itertools.product((-1.0, 1.0), repeat=form.size):
        s = np.array(pattern)
        if domain.kind == "box":
            low, high = domain.corners(d)
            A = np.column_stack([-s[:, None] * form.W, np.linalg.norm(form.W, axis=1)])
            A = np.vstack([A, np.column_stack([np.eye(d), np.ones(d)]), np.column_stack([-np.eye(d), np.ones(d)])])
            found = linprog(np.append(np.zeros(d), -1), A_ub=A, b_ub=np.concatenate([s * form.b, high, -low]),
                            bounds=[(None, None)] * d + [(None, 1)])
        else:
            P = domain.vertices_in(d)
            A = np.column_stack([-s[:, None] * (form.W @ P.T + form.b[:, None]), np.ones(form.size)])
            found = linprog(np.append(np.zeros(len(P)), -1), A_ub=A, b_ub=np.zeros(form.size),
                            A_eq=np.append(np.ones(len(P)), 0)[None], b_eq=[1], bounds=[(0, None)] * len(P) + [(None, 1)])
        if found.status == 0 and -found.fun > 1e-7:
            best = max(best, float(np.linalg.norm(form.gradients(s))))
    return best


def polytope(rng, d, flavour):
    if flavour == "box":
        low = rng.integers(-2, 1, d).astype(float)
        return box(low, low + rng.integers(1, 3, d))
    while True:
        points = rng.integers(-2, 3, (d + 1 + int(rng.integers(0, 4)), d)).astype(float)
        if np.linalg.matrix_rank(points[1:] - points[0]) == d:
            return hull(points)


@pytest.mark.parametrize("flavour", ["box", "hull"])
@pytest.mark.parametrize("kind", ["gaussian", "integer"])
def test_equals_linear_programs_on_polytopes(kind, flavour):
    rng = np.random.default_rng(5)
    for _ in range(15):
        d = int(rng.integers(1, 4))
        form = kink_form(*random_network(rng, kind, int(rng.integers(1, 6)), d))
        domain = polytope(rng, d, flavour)
        found = branch_and_bound(form, domain)
        expected = by_programs(form, domain)
        assert found.lower == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert found.upper == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("record", [False, True])      # with a record signs are not fixed by dominance
def test_independent_rows_are_a_boolean_quadratic(record):
    for seed in range(40):
        rng = np.random.default_rng(seed)
        k, extra = int(rng.integers(1, 9)), int(rng.integers(0, 12))
        W, b, a = rng.standard_normal((k, k + extra)), rng.standard_normal(k), np.exp(rng.standard_normal(k)) * rng.choice([-1, 1], k)
        found = branch_and_bound(kink_form(W, b, a), budget=BranchBudget(record=record))
        expected = max(float(np.linalg.norm((np.array(on) * a) @ W)) for on in itertools.product((0, 1), repeat=k))
        assert found.closed
        assert found.lower == pytest.approx(expected, rel=1e-11)
        assert found.upper == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize(("height", "expected"), [(0.999, 5.0), (1.0, 0.0), (1.001, 0.0)])
def test_a_kink_tangent_to_the_ball_does_not_count(height, expected):
    found = branch_and_bound(kink_form([[3.0, 4.0]], [-5.0 * height], [1.0]), ball())
    assert found.upper == pytest.approx(expected, abs=1e-12)


def test_a_corner_on_the_sphere_does_not_count():
    # the quadrant x > 3/5, y > 4/5 touches the unit disc in one point only
    found = branch_and_bound(kink_form(np.eye(2), [-0.6, -0.8], [1.0, 1.0]), ball())
    exact = branch_and_bound(kink_form(5 * np.eye(2), [-3.0, -4.0], [0.2, 0.2]), ball())
    assert exact.closed
    assert exact.upper == pytest.approx(1.0, abs=1e-12)
    assert found.lower == pytest.approx(1.0, abs=1e-12)      # 0.6 and 0.8 are not 3/5 and 4/5: their sum of squares decides


def test_thin_cells_count():
    # M ReLU(x) − M ReLU(x − h) has slope M between 0 and h, however small h
    found = branch_and_bound(kink_form([[1.0], [1.0]], [0.0, -1e-9], [5.0, -5.0]))
    assert found.lower == pytest.approx(5.0)
    assert 0 < found.point[0] < 1e-9


@pytest.mark.parametrize("nodes", [0, 1, 10, 100])
@pytest.mark.parametrize("record", [False, True])
def test_stopped_early_the_enclosure_holds(nodes, record):
    rng = np.random.default_rng(3)
    form = kink_form(*random_network(rng, "gaussian", 32, 5))
    truth = branch_and_bound(form)
    assert truth.closed
    found = branch_and_bound(form, budget=BranchBudget(nodes=nodes, record=record))
    assert found.lower <= truth.upper
    assert found.upper >= truth.lower


def test_interruption_returns_an_enclosure():
    rng = np.random.default_rng(4)
    form = kink_form(*random_network(rng, "gaussian", 48, 8))
    calls = []

    def interrupt(nodes, lower, upper):
        calls.append((lower, upper))
        if len(calls) == 2:
            raise KeyboardInterrupt

    found = branch_and_bound(form, progress=interrupt)
    truth = branch_and_bound(form, budget=BranchBudget(seconds=60))
    assert not found.closed
    assert truth.closed
    assert found.lower <= truth.lower <= truth.upper <= found.upper + 1e-9


def test_deterministic():
    rng = np.random.default_rng(6)
    form = kink_form(*random_network(rng, "gaussian", 24, 5))
    first, second = (branch_and_bound(form, budget=BranchBudget(seed=1)) for _ in range(2))
    assert (first.lower, first.upper, first.nodes, first.questions) == (second.lower, second.upper, second.nodes, second.questions)
    assert first.point.tolist() == second.point.tolist()


def test_bad_input():
    with pytest.raises(BadData, match="convex"):
        branch_and_bound(kink_form([[1.0, 0.0]], [0.0], [1.0]), sphere())
    with pytest.raises(BadData, match="budget"):
        BranchBudget(seconds=float("nan"))


def test_local_search_stays_in_the_domain():
    rng = np.random.default_rng(8)
    form = kink_form(*random_network(rng, "gaussian", 12, 3))
    for domain in (ball(0.5, (1.0, 0.0, 0.0)), box([-1, 0, 0], [1, 2, 3])):
        assert domain.contains(best_points(form, domain, rng)).all()


# ---------------------------------------------------------------- realizability


@pytest.mark.parametrize(("m", "d", "fixed"), [(20, 2, 4), (30, 5, 10), (40, 10, 20)])
def test_projections_agree_with_linear_programs(m, d, fixed):
    rng = np.random.default_rng(m)
    a = rng.standard_normal((m, d))
    a /= np.linalg.norm(a, axis=1)[:, None]
    signs = np.zeros((60, m), dtype=np.int8)
    for row in signs:
        row[rng.choice(m, fixed, replace=False)] = rng.choice([-1, 1], fixed)
    found = nearest_points(Rows(a, np.zeros(m), np.ones(m)), signs, rng.standard_normal((60, d)))
    for n in range(60):
        kept = signs[n] != 0
        signed = signs[n][kept, None] * a[kept]
        program = linprog(np.zeros(d), A_ub=-signed, b_ub=-np.ones(fixed), bounds=[(None, None)] * d)
        assert found.status[n] == (REACHED if program.status == 0 else CONTRADICTED)
        if program.status == 0:
            assert (signed @ found.points[n] >= 1 - 1e-6).all()


def test_a_false_refutation_is_not_believed():
    # rows e1, e2, e1+e2: no relation between the rows with signs (+, +, +), whatever multipliers are offered
    region = region_of(kink_form([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]), GLOBAL)
    signs = np.array([[1, 1, 1], [1, 1, -1]], dtype=np.int8)
    refuted = region._refutes(signs, np.array([[0, 1, 2], [0, 1, 2]]), np.ones((2, 3)))
    assert refuted.tolist() == [False, True]


# ---------------------------------------------------------------- certificates


def certificate_cases():
    rng = np.random.default_rng(11)
    for kind in ("gaussian", "integer", "central"):
        for domain in (GLOBAL, ball(1.0, (0.0, 1.0)), box([-1, -1], [1, 2]), hull([[0, 0], [2, 0], [0, 2], [1, 1]])):
            yield random_network(rng, kind, 6, 2), domain


@pytest.mark.parametrize(("network", "domain"), list(certificate_cases()))
def test_certificates_are_accepted_and_tight(network, domain, tmp_path):
    found, document = certified_branching(*network, domain=domain, budget=BranchBudget(seconds=3600.0))
    path = write_certificate(document, tmp_path / "tree.json")
    [(claim, verdict)] = check_file(path)
    assert (claim, verdict.status) == ("lipschitz.branching", Status.CERTIFIED)
    value, lower = Fraction(document["value"]), Fraction(document["lower"])
    assert float(value - lower) <= 1e-10 * (1 + found.upper)
    assert float(lower) <= found.upper
    assert float(value) >= found.lower


def example():
    rng = np.random.default_rng(12)
    _, document = certified_branching(*random_network(rng, "gaussian", 6, 2), domain=ball())
    assert check_tree_certificate(document).status is Status.CERTIFIED
    return json.loads(json.dumps(document))


def refused(document):
    try:
        return check_tree_certificate(document).status is Status.FAILED
    except LawbookError:
        return True


@pytest.mark.parametrize(("field", "value"), [
    ("value", "1"), ("value", "-100"), ("lower", "1000"), ("lower", "-1"), ("slopes", ["-3", "1"]), ("slopes", ["0"]), ("planes", [0, 0]),
    ("planes", [0]), ("tree", []), ("witness", ["0", "0", "0"]), ("witness", ["5", "5"]), ("claim", "other"), ("statement", "other"),
    ("domain", {"kind": "global"}), ("domain", {"kind": "ball", "centre": ["0", "0"], "radius": "-1"}),
    ("domain", {"kind": "ball", "centre": ["0"], "radius": "1"}), ("domain", {"kind": "sphere"}), ("version", 2), ("format", "x"),
])  # fmt: skip
def test_corrupted_fields_are_refused(field, value):
    assert refused({**example(), field: value})


def test_corrupted_trees_are_refused():
    document = example()
    tree = document["tree"]
    branch = next(i for i, node in enumerate(tree) if "branch" in node)
    bound = next(i for i, node in enumerate(tree) if "bound" in node)
    refuted = next(i for i, node in enumerate(tree) if "refuted" in node)
    j, weight = next(iter(tree[refuted]["refuted"].items()))
    changes = [
        (branch, {"branch": 99}), (branch, {"branch": -1}), (branch, {"branch": True}), (branch + 1, tree[branch]),
        (bound, {"bound": ["-1"] * len(tree[bound]["bound"])}), (bound, {"bound": tree[bound]["bound"][1:]}), (bound, {"refuted": {}}),
        (bound, {"bound": [*tree[bound]["bound"], "1"]}), (bound, {"bound": [1.0]}), (bound, {"guess": 1}), (bound, "leaf"),
        (refuted, {"refuted": {j: "-" + weight}}), (refuted, {"refuted": {"99": "1"}}), (refuted, {"refuted": {}}),
        (refuted, {"refuted": {j: "0"}}), (refuted, {"refuted": [99]}),
    ]  # fmt: skip
    for position, node in changes:
        changed = copy.deepcopy(document)
        changed["tree"][position] = node
        assert refused(changed), (position, node)
    assert refused({**document, "tree": tree[:-1]})
    assert refused({**document, "tree": [*tree, tree[bound]]})


def test_every_bound_leaf_matters():
    # multipliers a thousand times off prove less than the value
    document = example()
    for position, node in enumerate(document["tree"]):
        if len(node.get("bound", ())) > 1:
            changed = copy.deepcopy(document)
            changed["tree"][position]["bound"][0] = str(Fraction(1, 10**9))
            assert refused(changed)


def test_an_early_stop_has_a_certificate():
    rng = np.random.default_rng(13)
    network = random_network(rng, "gaussian", 24, 4)
    found, document = certified_branching(*network, budget=BranchBudget(nodes=20))
    assert check_tree_certificate(document).status is Status.CERTIFIED
    assert float(Fraction(document["value"])) == pytest.approx(found.upper, rel=1e-9)


def test_an_interruption_at_any_call_leaves_a_valid_enclosure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted inside any step of the search, the upper end is that of the last time when every node was open or closed."""
    from verify.lipschitz.piecewise import branch
    rng = np.random.default_rng(3)
    form = kink_form(rng.normal(size=(9, 3)), rng.normal(size=9), rng.normal(size=9))
    truth = branch.branch_and_bound(form, ball()).lower
    for name in ("_imply", "_children", "_finished", "_fixed", "_try_points", "_push"):
        original = getattr(branch.PatternSearch, name)
        for stop in (1, 2, 5):
            calls = iter(range(1, 10**6))

            def cut(self, *args, original=original, calls=calls, stop=stop):  # type: ignore[no-untyped-def]
                if next(calls) == stop:
                    raise KeyboardInterrupt
                return original(self, *args)

            with monkeypatch.context() as patch:
                patch.setattr(branch.PatternSearch, name, cut)
                found = branch.branch_and_bound(form, ball())
            assert found.lower <= truth <= found.upper, (name, stop)


@pytest.mark.parametrize("scale", [2.0**-300, 2.0**300])
def test_weights_whose_products_leave_the_floats_are_refused(scale: float) -> None:
    with pytest.raises(BadData, match="rescale the network"):
        kink_form(scale * np.eye(2), np.ones(2), np.ones(2) / scale)


@pytest.mark.parametrize(("field", "value", "words"), [
    ("domain", {"kind": []}, "must have a kind among"),
    ("domain", {"kind": "box", "low": ["0"], "high": ["1", "1"]}, "different numbers of coordinates"),
    ("domain", {"kind": "hull", "vertices": [["0", "0"], ["1"], ["0", "1"]]}, "different numbers of coordinates"),
])
def test_a_malformed_domain_is_one_sentence(field: str, value: object, words: str) -> None:
    _, document = certified_branching(np.eye(2), np.zeros(2), np.ones(2))
    with pytest.raises(LawbookError, match=words):
        check_tree_certificate({**document, field: value})


def test_a_claim_of_any_size_has_a_verdict() -> None:
    _, document = certified_branching(np.eye(2), np.zeros(2), np.ones(2))
    found = check_tree_certificate({**document, "lower": str(10**400)})
    assert found.status is Status.FAILED and "about 10^400" in found.reason


def test_nodes_end_the_work_whatever_the_clock() -> None:
    rng = np.random.default_rng(0)
    network = Network(rng.standard_normal((24, 12)), rng.standard_normal(24), rng.standard_normal(24), "relu")
    few, more = (network_enclosure(network, GLOBAL, Budget(seconds=1e9, nodes=nodes)) for nodes in (1, 400))
    assert few.lower <= more.lower <= more.upper <= few.upper and more.upper < few.upper
