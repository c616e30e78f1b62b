"""Branch and bound on space: the values of patterns and of cells, degenerate networks, certificates, and work that is bounded."""

from __future__ import annotations

import copy
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

from theory.certificates.lipschitz.branch_tree import check_tree_certificate
from theory.errors import LawbookError
from theory.verdict import Status
from verify.lipschitz import GLOBAL, Domain, ball, box, hull, kink_form, lipschitz_enclosure, restrict
from verify.lipschitz.of_network import certified_enclosure
from verify.lipschitz.piecewise import branch, space
from verify.lipschitz.piecewise.arrangement import all_cells, cells_meeting_ball
from verify.lipschitz.piecewise.branch_certificate import certified_branching
from verify.lipschitz.piecewise.cells import maximum_over_cells
from verify.lipschitz.piecewise.kinks import KinkForm
from verify.lipschitz.piecewise.search import BranchBudget, Branched
from verify.objects.domains import Budget
from verify.objects.networks import Network

UNTIMED = BranchBudget(seconds=float("inf"), nodes=60_000)


def drawn(d: int, k: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((k, d)), rng.standard_normal(k), rng.standard_normal(k)


def on_space(form: KinkForm, domain: Domain, budget: BranchBudget = UNTIMED) -> Branched:
    return space.SpaceSearch(restrict(form, domain), domain, budget, None).run()


def on_patterns(form: KinkForm, domain: Domain) -> Branched:
    return branch.PatternSearch(restrict(form, domain), domain, UNTIMED, None).run()


def same(found: Branched, expected: Branched) -> None:
    assert found.closed and expected.closed
    assert found.lower == pytest.approx(expected.lower, rel=1e-9) and found.upper == pytest.approx(expected.upper, rel=1e-9)


DOMAINS = {
    "R": lambda d: GLOBAL, "ball": lambda d: ball(1.5, tuple([0.25] * d)), "far": lambda d: ball(0.5, tuple([8.0] * d)),
    "box": lambda d: box([-1.0] * d, np.linspace(0.5, 2.0, d)),
}


@pytest.mark.parametrize("slopes", ["relu", "abs", (0.125, 1.0)])
@pytest.mark.parametrize("name", DOMAINS)
@pytest.mark.parametrize(("d", "k"), [(1, 9), (2, 16), (3, 20)])
def test_the_value_is_that_of_patterns(d: int, k: int, name: str, slopes: Any) -> None:
    form, domain = kink_form(*drawn(d, k, d + k), slopes=slopes), DOMAINS[name](d)
    found = on_space(form, domain)
    same(found, on_patterns(form, domain))
    assert found.point is None or domain.contains(found.point[None])[0]


@pytest.mark.parametrize("seed", range(4))
def test_the_value_is_that_of_the_best_cell(seed: int) -> None:
    form = kink_form(*drawn(2, 30, seed))
    everywhere = maximum_over_cells(form, GLOBAL, all_cells(form.W, form.b))
    assert on_space(form, GLOBAL).upper == pytest.approx(everywhere.upper, rel=1e-9)
    inside = restrict(form, ball())
    near = maximum_over_cells(inside, ball(), cells_meeting_ball(inside.W, inside.b, np.zeros(2), 1.0))
    assert on_space(form, ball()).upper == pytest.approx(near.upper, rel=1e-9)


def on_a_grid(d: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parallel rows, hyperplanes on the first cuts, several through one point, a zero row and coincident ones, also turned round."""
    rng = np.random.default_rng(d)
    W = np.vstack([np.eye(d), np.eye(d), np.ones((1, d)), -np.ones((1, d)), np.zeros((1, d)), 2 * np.eye(d), rng.integers(-2, 3, (4, d))])
    b = np.concatenate([np.zeros(d), np.full(d, 0.5), [0.0, 0.0, 1.0], np.full(d, -1.0), rng.integers(-1, 2, 4)])
    return W, b, rng.integers(-3, 4, len(b)).astype(float)


@pytest.mark.parametrize("name", DOMAINS)
@pytest.mark.parametrize("d", [2, 3])
def test_degenerate_arrangements(d: int, name: str) -> None:
    form, domain = kink_form(*on_a_grid(d)), DOMAINS[name](d)
    same(on_space(form, domain), on_patterns(form, domain))


@pytest.mark.parametrize("domain", [GLOBAL, ball()], ids=["R", "ball"])
def test_all_hyperplanes_through_one_point(domain: Domain) -> None:
    W, _, a = drawn(2, 20, 3)
    form = kink_form(W, np.zeros(20), a)
    same(on_space(form, domain), on_patterns(form, domain))


def test_no_hyperplane_and_one() -> None:
    assert on_space(kink_form([[0.0, 0.0]], [1.0], [1.0], [3.0, 4.0]), ball()).upper == pytest.approx(5)
    assert on_space(kink_form([[3.0, 4.0]], [0.0], [1.0]), GLOBAL).upper == pytest.approx(5)


def test_which_networks_are_searched_on_space() -> None:
    assert space.few_dimensions(256, 5, ball(), True) and space.few_dimensions(256, 5, ball(), False)
    assert not space.few_dimensions(256, 5, GLOBAL, False) and not space.few_dimensions(256, 5, hull(np.eye(6, 5)), True)
    assert not space.few_dimensions(64, 50, ball(), True) and not space.few_dimensions(12, 3, ball(), True)


def test_many_neurons_close_with_little_work() -> None:
    found = on_space(kink_form(*drawn(3, 400, 0)), ball(), BranchBudget(seconds=float("inf"), nodes=20_000))
    assert found.closed and found.upper == pytest.approx(found.lower, rel=1e-9)
    form = restrict(kink_form(*drawn(5, 64, 0)), ball())
    few, more = (on_space(form, ball(), BranchBudget(seconds=float("inf"), nodes=nodes)) for nodes in (300, 3000))
    assert few.lower <= more.lower <= more.upper < few.upper


def test_beyond_the_patterns_that_memory_allows() -> None:
    found = lipschitz_enclosure(*drawn(2, 700, 0), domain=ball(), budget=Budget(seconds=1e6, nodes=20_000, max_subsets=0))
    assert found.exact and found.methods["branch"] == found.upper


def test_nodes_end_the_work_whatever_the_clock() -> None:
    form = kink_form(*drawn(4, 80, 1))
    none = on_space(form, ball(), BranchBudget(seconds=float("inf"), nodes=0))
    some = on_space(form, ball(), BranchBudget(seconds=float("inf"), nodes=500))
    assert none.nodes == 0 and not none.closed and 500 <= some.nodes <= 500 + 2 * 1024
    assert none.lower <= some.lower <= some.upper <= none.upper


def test_no_time_leaves_an_enclosure() -> None:
    found = on_space(kink_form(*drawn(3, 60, 1)), ball(), BranchBudget(seconds=0.0))
    assert not found.closed and 0 <= found.lower < found.upper < float("inf")


def test_without_memory_the_small_pieces_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    form = kink_form(*drawn(3, 60, 1))
    expected = on_space(form, ball())
    monkeypatch.setattr(space, "_MEMORY", 0)
    monkeypatch.setattr(space, "_BATCH", 16)
    same(on_space(form, ball()), expected)


def test_an_interruption_at_any_call_leaves_a_valid_enclosure(monkeypatch: pytest.MonkeyPatch) -> None:
    form = kink_form(*drawn(3, 30, 3))
    truth = on_space(form, ball()).lower
    for owner, name in ((space.SpaceSearch, "_examined"), (space.SpaceSearch, "_divided"), (space.SpaceSearch, "_open"),
                        (space.SpaceSearch, "_begin"), (space._Pool, "add"), (space._Pool, "removed")):
        original = getattr(owner, name)
        for stop in (1, 2, 4):
            calls = iter(range(1, 10**6))

            def cut(self, *args, original=original, calls=calls, stop=stop, **how):  # type: ignore[no-untyped-def]
                if next(calls) == stop:
                    raise KeyboardInterrupt
                return original(self, *args, **how)

            with monkeypatch.context() as patch:
                patch.setattr(owner, name, cut)
                found = on_space(form, ball())
            assert found.lower <= truth <= found.upper, (name, stop)


# ---------------------------------------------------------------------- certificates

CERTIFIED = {
    "R": (drawn(2, 24, 1), GLOBAL, "relu"), "ball": (drawn(2, 24, 2), ball(1.0), "abs"), "grid": (on_a_grid(2), ball(2.0), "relu"),
    "box": (drawn(3, 30, 3), box([-1.0, -0.5, 0.0], [1.0, 0.5, 0.75]), (0.125, 1.0)),
    "thirds": (drawn(2, 24, 4), ball(Fraction(2, 3), (Fraction(1, 3), Fraction(0))), "relu"), "crowd": (
        (drawn(2, 8, 3)[0], np.zeros(8), drawn(2, 8, 3)[2]), ball(), "relu"),
}


@cache
def certified(name: str, nodes: int = 20_000) -> tuple[Branched, dict[str, Any]]:
    network, domain, slopes = CERTIFIED[name]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(space, "_CROWD", 1)                # small networks are searched on space, too
        return certified_branching(*network, slopes=slopes, domain=domain, budget=BranchBudget(seconds=float("inf"), nodes=nodes))


@pytest.mark.parametrize("name", CERTIFIED)
def test_certificates_of_both_ends(name: str) -> None:
    found, document = certified(name)
    kinds = {next(iter(node)) for node in document["tree"]}
    assert "cut" in kinds and ("faces" in kinds) == (name == "R")
    assert check_tree_certificate(document).status is Status.CERTIFIED
    assert found.closed and float(Fraction(document["value"])) == pytest.approx(found.upper, rel=1e-6)
    assert float(Fraction(document["lower"])) == pytest.approx(found.lower, rel=1e-9)


def test_an_early_stop_has_a_certificate() -> None:
    found, document = certified("box", nodes=20)
    assert not found.closed and check_tree_certificate(document).status is Status.CERTIFIED
    assert float(Fraction(document["value"])) == pytest.approx(found.upper, rel=1e-6)


@pytest.mark.parametrize("name", ["R", "ball", "box"])
def test_a_search_without_nodes_has_a_certificate(name: str) -> None:
    assert check_tree_certificate(certified(name, nodes=0)[1]).status is Status.CERTIFIED


@pytest.mark.parametrize("name", ["R", "ball"])
@pytest.mark.parametrize("step", ["_examined", "_divided", "_open", "_record", "_inside"])
def test_an_interrupted_search_has_a_certificate(step: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    original = getattr(space.SpaceSearch, step)
    for stop in (1, 2, 3):
        calls = iter(range(1, 10**6))

        def cut(self, *args, calls=calls, stop=stop, **how):  # type: ignore[no-untyped-def]
            if next(calls) == stop:
                raise KeyboardInterrupt
            return original(self, *args, **how)

        monkeypatch.setattr(space.SpaceSearch, step, cut)
        _, document = certified.__wrapped__(name)
        assert check_tree_certificate(document).status is Status.CERTIFIED


def test_the_front_door_certifies_many_neurons() -> None:
    network = Network(*drawn(2, 520, 0), "relu")
    found, document = certified_enclosure(network, ball(0.125), Budget(seconds=1e6))
    assert document is not None and found.exact and check_tree_certificate(document).status is Status.CERTIFIED


def leaves(document: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [node for node in document["tree"] if kind in node]


def strengthened(document: dict[str, Any]) -> None:
    document["value"] = str(Fraction(document["value"]) * Fraction(999_999, 1_000_000))


def raised(document: dict[str, Any]) -> None:
    document["lower"] = str(Fraction(document["lower"]) * Fraction(1_000_001, 1_000_000))


def without_a_multiplier(document: dict[str, Any]) -> None:
    node = next(node for node in leaves(document, "bound") if len(node["bound"]) > 1)
    del node["bound"][next(key for key in node["bound"] if key != "v")]


def without_that_of_v(document: dict[str, Any]) -> None:
    del leaves(document, "bound")[0]["bound"]["v"]


def with_a_foreign_one(document: dict[str, Any]) -> None:
    leaves(document, "bound")[0]["bound"]["9999"] = "1"


def with_a_negative_one(document: dict[str, Any]) -> None:
    leaves(document, "bound")[0]["bound"]["v"] = "-1"


def with_a_list(document: dict[str, Any]) -> None:
    leaves(document, "bound")[0]["bound"] = ["1"]


def cut_beside(document: dict[str, Any]) -> None:
    leaves(document, "cut")[0]["cut"][1] = "1000000"


def cut_at_the_side(document: dict[str, Any]) -> None:
    document["tree"] = [{"cut": [0, "1"]}, {"empty": None}, *document["tree"]]


def cut_across_nothing(document: dict[str, Any]) -> None:
    leaves(document, "cut")[0]["cut"][0] = 7


def cut_at_another_place(document: dict[str, Any]) -> None:
    first = leaves(document, "cut")[0]["cut"]
    first[1] = str(Fraction(first[1]) + Fraction(1, 4))


def cut_malformed(document: dict[str, Any]) -> None:
    leaves(document, "cut")[0]["cut"] = ["0", "1/2"]


def emptied(document: dict[str, Any]) -> None:
    node = leaves(document, "bound")[0]
    node.clear()
    node["empty"] = None


def all_empty(document: dict[str, Any]) -> None:
    document["tree"] = [{"empty": None}]


def faces_of_a_ball(document: dict[str, Any]) -> None:
    document["tree"] = [{"faces": "1"}, *document["tree"]]


def shorter(document: dict[str, Any]) -> None:
    document["tree"].pop()


def longer(document: dict[str, Any]) -> None:
    document["tree"].append({"empty": None})


def swapped(document: dict[str, Any]) -> None:
    document["tree"] = [document["tree"][0], *reversed(document["tree"][1:])]


CORRUPTIONS = (
    strengthened, raised, without_a_multiplier, without_that_of_v, with_a_foreign_one, with_a_negative_one, with_a_list, cut_beside,
    cut_at_the_side, cut_across_nothing, cut_at_another_place, cut_malformed, emptied, all_empty, faces_of_a_ball, shorter, longer, swapped,
)


def refused(document: dict[str, Any]) -> bool:
    try:
        return check_tree_certificate(document).status is Status.FAILED
    except LawbookError:
        return True


@pytest.mark.parametrize("corrupted", CORRUPTIONS)
def test_a_corrupted_tree_is_refused(corrupted: Callable[[dict[str, Any]], None]) -> None:
    document = copy.deepcopy(certified("ball")[1])
    corrupted(document)
    assert refused(document)


def test_every_multiplier_of_the_largest_leaf_counts() -> None:
    """Two pieces: any multiplier of the one with the larger bound, made far smaller or larger, proves less than the certificate claims."""
    _, document = certified("ball", nodes=2)
    assert [next(iter(node)) for node in document["tree"]] == ["cut", "bound", "bound"]

    def is_refused(position: int, key: str, factor: int | Fraction) -> bool:
        changed = copy.deepcopy(document)
        entry = changed["tree"][position]["bound"]
        entry[key] = str(Fraction(entry[key]) * factor)
        return refused(changed)

    assert any(all(is_refused(position, key, factor) for key in document["tree"][position]["bound"] for factor in (Fraction(1, 9999), 9999))
               for position in (1, 2))


@pytest.mark.parametrize("S", ["0", "-1"])
def test_faces_at_no_distance_are_refused(S: str) -> None:
    document = copy.deepcopy(certified("R")[1])
    leaves(document, "faces")[0]["faces"] = S
    assert refused(document)


def test_faces_divide_the_whole_space_once() -> None:
    document = copy.deepcopy(certified("R")[1])
    document["tree"][1:1] = [document["tree"][0]]
    assert refused(document)


def test_space_is_cut_after_it_has_faces() -> None:
    document = copy.deepcopy(certified("R")[1])
    del document["tree"][0]
    assert refused(document)
