"""Documents about fits with k kinks: whole trees are sound, corrupted ones are refused, problems without sense get a sentence."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from fits.kink_cases import (
    DOMAINS,
    Case,
    NodeProgram,
    changed_numbers,
    fractions,
    grown_tree,
    random_case,
    square_problem,
    squared_constant,
)
from theory.certificates.exact.documents import write_certificate
from theory.certificates.exact.exact_data import ExactData
from theory.certificates.exact.rounding import root_above
from theory.certificates.files import check_file
from theory.certificates.fits.exact_fit import KinkNetwork, certify_fit
from theory.certificates.fits.kink_interval import certify_interval, check_interval
from theory.certificates.fits.kink_lower import certify_kinks, check_kinks
from theory.certificates.fits.kink_problem import FitDomain, KinkProblem, sign_vectors
from theory.certificates.fits.kink_tree import Leaf
from theory.errors import BadData, LawbookError, NotCertified
from theory.verdict import Status
from verify.fits.kinks.rounding import infeasible_leaf
from verify.report.certificates import certified_words


def whole_document(problem, witnesses=(), above=None, anchors=None, pair=None):
    points = [problem.domain.point(row) for row in witnesses]
    order = anchors or range(len(problem.points) + len(witnesses))
    programs = [[grown_tree(program, signs, list(order), points, above) for signs in sign_vectors(program.kinks)]
                for program in problem.programs()]
    return certify_kinks(problem, pair=pair, witnesses=witnesses, programs=programs)


def test_no_network_of_the_class_beats_the_whole_tree():
    """Signs, symmetry, the two programs of N_k: also for networks whose neurons are affine on the domain or share a hyperplane."""
    for seed in range(12):
        rng = np.random.default_rng([8, seed])
        affine = seed % 3 == 0
        case = random_case(rng, DOMAINS[seed % 4], affine, n=3, d=1 + seed % 2, k=2)
        network = case.network
        if seed % 3 == 1:
            slope, offset = network.W[0], network.b[0]
            network = KinkNetwork(network.signs, (slope, tuple(-2 * c for c in slope)), (offset, -2 * offset), network.v, network.c)
        elif seed % 3 == 2:
            network = KinkNetwork(network.signs, network.W, (network.b[0], Fraction(100)), network.v, network.c)
        problem = replace(case.problem, labels=tuple(network.value(row) for row in case.problem.points))
        square = squared_constant(Case(problem, network, [], [], []))
        document = whole_document(problem, above=root_above(square) * Fraction(11, 10), anchors=[0, 1, 2, -1])
        assert Fraction(document["value"]) ** 2 <= square, seed


def small_problems():
    half = (Fraction(1, 2),) * 2
    line = tuple(fractions(row) for row in [(0, 0), (1, 1), (3, 3)])
    corner = tuple(fractions(row) for row in [(0, 0), (1, 0), (0, 1)])
    yield "hull, a witness", square_problem((1, -1, 1, -2), 1), [(Fraction(1, 4),) * 4]
    yield "flat hull", KinkProblem(line, fractions([0, 1, 0]), FitDomain("hull", vertices=line), 1, True), []
    disc, box_ = FitDomain("ball", centre=half, radius=Fraction(2)), FitDomain("box", low=fractions([-1, -1]), high=fractions([2, 2]))
    yield "ball, strict", KinkProblem(corner, fractions([2, 1, -1]), disc, 1, False), [half]
    yield "box, strict", KinkProblem(corner[:2], fractions([2, -1]), box_, 2, False), []
    yield "no kink", KinkProblem(line, fractions([0, 1, 3]), FitDomain("hull", vertices=line), 0, True), []


SMALL = {name: (problem, witnesses) for name, problem, witnesses in small_problems()}


@pytest.mark.parametrize("name", SMALL)
def test_corrupted_documents_are_refused_or_prove_the_same(name):
    """Every number of a document, changed three ways: what is accepted is true, for a reason given below."""
    problem, witnesses = SMALL[name]
    document = whole_document(problem, witnesses, anchors=[0, 1, 4, 2, -1] if witnesses and problem.affine else None)
    assert check_kinks(document).status is Status.CERTIFIED
    survivors, refused = Counter(), 0
    for place, changed in changed_numbers(document):
        try:
            verdict = check_kinks(changed)
        except LawbookError as error:
            assert str(error)
            refused += 1
            continue
        if verdict.status is Status.FAILED:
            refused += 1
            continue
        assert changed["value"] == document["value"]
        survivors[("anchor" if len(place) == 4 else place[4]) if place[0] == "programs" else place[0]] += 1
    # A u of a leaf that is not the worst may change.  A λ or μ alone breaks Σλ_i = 0 or the coefficient of a bias, but for, without affine
    # part, a λ at a point where every kink is off.  Another anchor may do for leaves that are far from the worst.  The bound holds on every
    # domain with all anchors in it, so another ball or box is true.
    assert set(survivors) <= {"u", "anchor", "witnesses", "domain"} | (set() if problem.affine else {"lambda"}), survivors
    assert refused > sum(survivors.values())


def test_structural_corruptions_are_refused():
    problem = square_problem((1, -1, 1, -2), 1)
    document = whole_document(problem)
    trees = document["programs"][0]

    def outcome(change):
        changed = copy.deepcopy(document)
        change(changed)
        try:
            return check_kinks(changed).status
        except LawbookError:
            return None

    leaf = next(i for i, node in enumerate(trees[1]) if isinstance(node, dict))
    for change in (
        lambda c: c["programs"].clear(),
        lambda c: c["programs"][0].pop(),
        lambda c: c["programs"][0].append([]),
        lambda c: c["programs"].append(c["programs"][0]),
        lambda c: c["programs"][0][1].pop(),                                                # a removed child
        lambda c: c["programs"][0][1].insert(leaf, c["programs"][0][1][leaf]),              # a doubled child
        lambda c: c["programs"][0][1].__setitem__(0, 9),                                    # an anchor that does not exist
        lambda c: c["programs"][0][1].__setitem__(0, -1),                                   # a facet as the first anchor
        lambda c: c["programs"][0][1].__setitem__(1, 0),                                    # an anchor twice on a path
        lambda c: c["programs"][0][1].__setitem__(0, True),
        lambda c: c["programs"][0][1][leaf].pop("u"),
        lambda c: c["programs"][0][1][leaf]["lambda"].append("0"),
        lambda c: c.update(kinks=2),
        lambda c: c.update(kinks=0),
        lambda c: c.update(kinks=True),
        lambda c: c.update(affine=False),
        lambda c: c.update(affine=1),
        lambda c: c.update(pair=[0, 0]),
        lambda c: c.update(pair=[0, 7]),
        lambda c: c.update(pair=[0]),
        lambda c: c.update(value="infeasible"),
        lambda c: c.update(value="0.5"),
        lambda c: c.update(value=None),
        lambda c: c.update(domain={"kind": "global"}),
        lambda c: c.update(domain={"kind": "ball", "centre": ["0", "0"], "radius": "1"}),   # the point (1, 1) lies outside
        lambda c: c.update(statement="It holds."),
        lambda c: c.update(witnesses=[["1", "1", "1"]]),
        lambda c: c.update(more=1),
        lambda c: c["data"].update(y=["1", "1", "1", "1"]),
    ):
        assert outcome(change) is not Status.CERTIFIED
    assert outcome(lambda c: None) is Status.CERTIFIED


def test_a_witness_outside_the_domain_is_refused():
    disc = FitDomain("ball", centre=fractions([0, 0]), radius=Fraction(2))
    problem = KinkProblem(square_problem().points, fractions([1, -1, 1, -2]), disc, 1, True)
    with pytest.raises(NotCertified, match="outside"):
        certify_kinks(problem, witnesses=[fractions([2, 1])], programs=[[[Leaf()], [Leaf()]]])
    with pytest.raises(NotCertified, match="weight"):
        certify_kinks(square_problem(), witnesses=[fractions([1, -1, 1, 1])], programs=[[[Leaf()], [Leaf()]]])


def test_labels_without_a_fit_have_an_exact_certificate():
    """Six alternating points of a circle: one kink does not fit them, two do."""
    angles = 2 * np.pi * np.arange(6) / 6 + 0.1
    points = tuple(fractions(row) for row in np.column_stack([np.cos(angles), np.sin(angles)]))
    problem = KinkProblem(points, fractions([1, -1] * 3), FitDomain("hull", vertices=points), 1, True)
    document = whole_document(problem)
    assert document["value"] == "infeasible"
    assert check_kinks(document).status is Status.CERTIFIED
    assert check_kinks({**document, "value": "7"}).reason == "the evidence proves that there is no fit, and the certificate claims 7"
    interval = certify_interval(document, None)
    assert check_interval(interval).reason.endswith("[infeasible, 1 kinks with an affine part, hull]")
    two = KinkProblem(points, problem.labels, problem.domain, 2, True)
    path = [(0, (0, 0)), (1, (1, 0)), (2, (0, 0)), (3, (0, 1)), (4, (0, 0)), (5, (1, 0))]
    assert infeasible_leaf(two, (), (1, 1), path) is None or NodeProgram(two, (), (1, 1), path).solve()[0] is None


def test_the_pair_counts_for_every_class():
    problem = square_problem((1, -1, 1, -2), 1, False)
    document = certify_kinks(problem, pair=(0, 3))
    assert document["value"] == "3"
    assert check_kinks(document).status is Status.CERTIFIED
    assert check_kinks({**document, "pair": [0, 2]}).status is Status.FAILED


def test_numbers_beyond_the_doubles_have_a_verdict_and_words():
    points = tuple((x,) for x in fractions([0, 1]))
    for label in (Fraction(10**4000), Fraction(1, 10**4000)):
        document = certify_kinks(KinkProblem(points, (Fraction(0), label), FitDomain("hull", vertices=points), 0, True), pair=(0, 1))
        verdict = check_kinks(document)
        assert verdict.status is Status.CERTIFIED and "least Lip" in certified_words(verdict)
        assert check_kinks({**document, "value": "1"}).status is Status.FAILED
    near = ((Fraction(0),), (Fraction(1, 10**4000),))
    data = ExactData(near, (Fraction(0), Fraction(10**4000))).as_json()
    assert "10^8000" in check_kinks({**document, "data": data}).reason


def test_files_hold_these_certificates(tmp_path):
    points = tuple((Fraction(i),) for i in range(3))
    problem = KinkProblem(points, fractions([0, 1, 0]), FitDomain("hull", vertices=points), 1, True)
    hat = KinkNetwork((-1,), ((Fraction(2),),), (Fraction(-2),), (Fraction(1),), Fraction(0))
    lower, upper = certify_kinks(problem, pair=(0, 1)), certify_fit(problem, hat, {})
    for document in (lower, upper, certify_interval(lower, upper)):
        (found,) = check_file(write_certificate(document, tmp_path / "certificate.json"))
        assert found[1].status is Status.CERTIFIED, found
    broken = certify_interval(lower, upper)
    broken["upper"] = {**upper, "kinks": 2}
    assert check_interval(broken).reason == "the two bounds are about different problems: they differ in kinks"
    broken["upper"] = {**upper, "value": "1/2"}
    assert check_interval(broken).reason.startswith("the upper bound fails: the network proves the value 1.0")
    broken["lower"] = {**lower, "pair": [0, 2]}
    assert check_interval(broken).reason.startswith("the lower bound fails")
    with pytest.raises(BadData, match="different problems"):
        certify_interval(lower, {**upper, "affine": False})


def test_one_kink_in_one_dimension_by_hand():
    """Values 0, 1, 0 at 0, 1, 2: the hat, steepness 1.  Values 0, 1, 0, 1 at 0, 1, 2, 3 need two kinks, and get by with steepness 1."""
    points = tuple((Fraction(i),) for i in range(4))
    three = KinkProblem(points[:3], fractions([0, 1, 0]), FitDomain("hull", vertices=points[:3]), 1, True)
    assert Fraction(whole_document(three)["value"]) == pytest.approx(1, rel=1e-8)
    four = KinkProblem(points, fractions([0, 1, 0, 1]), FitDomain("hull", vertices=points), 1, True)
    assert whole_document(four)["value"] == "infeasible"
    assert Fraction(whole_document(KinkProblem(points, four.labels, four.domain, 2, True))["value"]) == pytest.approx(1, rel=1e-8)


@pytest.mark.parametrize(("change", "message"), [
    ({"points": ((Fraction(0),),), "labels": (Fraction(1),)}, "there is one point"),
    ({"labels": fractions([0, 1])}, "2 labels for 3 points"),
    ({"points": ((Fraction(0),), (Fraction(1),), (Fraction(1),)), "labels": fractions([0, 1, 2])}, "points 1 and 2 are equal"),
    ({"kinks": -1}, "the number of kinks is -1"),
    ({"kinks": 13}, "from 0 to 12"),
    ({"kinks": 0, "affine": False}, "there is no affine part"),
    ({"kinks": 1.5}, "give an integer"),
    ({"domain": FitDomain("ball", centre=(Fraction(0),), radius=Fraction(1))}, "point 2 lies outside the ball"),
    ({"domain": FitDomain("box", low=(Fraction(0),) * 2, high=(Fraction(3),) * 2)}, "2.* coordinates and the network takes 1"),
    ({"domain": FitDomain("hull", vertices=((Fraction(0),),))}, "the hull of the data"),
])  # fmt: skip
def test_problems_that_make_no_sense(change, message):
    points = tuple((Fraction(i),) for i in range(3))
    fields = {"points": points, "labels": fractions([0, 1, 0]), "kinks": 1, "affine": True, **change}
    fields.setdefault("domain", FitDomain("hull", vertices=fields["points"]))
    with pytest.raises(LawbookError, match=message):
        KinkProblem(**fields)


def test_domains_that_make_no_sense():
    for domain in ({"kind": "global"}, {"kind": "ball", "centre": ["0"], "radius": "0"}, {"kind": "box", "low": ["1"], "high": ["1"]}):
        points = ((Fraction(0),), (Fraction(1),))
        document = certify_kinks(KinkProblem(points, fractions([0, 1]), FitDomain("hull", vertices=points), 1, True), pair=(0, 1))
        with pytest.raises(BadData):
            check_kinks({**document, "domain": domain})
