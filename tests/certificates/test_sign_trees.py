"""The walk over trees of signs: every leaf is asked with the signs of its path, and a tree that is not one is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest

from theory.certificates.lipschitz.sign_trees import largest_over_leaves
from theory.errors import BadData, NotCertified

LEAF, DEAD = {"bound": "1"}, {"refuted": [0]}


def walked(tree, rows=(0, 1)):
    """The largest bound, and the leaves in order: kind, signs, evidence, place."""
    seen = []

    def bound(signs, entry, place):
        seen.append(("bound", dict(signs), entry, place))
        return Fraction(entry)

    def refute(signs, entry, place):
        seen.append(("refuted", dict(signs), entry, place))
        if entry is None:
            raise NotCertified(f"{place} refutes nothing")

    return largest_over_leaves(tree, rows, "open row", bound, refute), seen


def test_leaves_come_in_preorder_with_the_signs_of_their_path():
    value, seen = walked([{"branch": 1}, {"branch": 0}, LEAF, DEAD, {"bound": "5/2"}])
    assert value == Fraction(5, 2)
    assert seen == [
        ("bound", {1: 1, 0: 1}, "1", "tree[2]"), ("refuted", {1: 1, 0: -1}, [0], "tree[3]"), ("bound", {1: -1}, "5/2", "tree[4]"),
    ]
    assert walked([{"bound": "-1"}])[0] == 0
    assert walked([DEAD])[0] == 0


@pytest.mark.parametrize(("tree", "error", "match"), [
    ([], NotCertified, "lacks 1 subtree"),
    ([{"branch": 0}, LEAF], NotCertified, "lacks 1 subtree"),
    ([{"branch": 0}, LEAF, LEAF, LEAF], NotCertified, "complete before node 3"),
    ([{"branch": 2}, LEAF, LEAF], NotCertified, "no open row there"),
    ([{"branch": -1}, LEAF, LEAF], NotCertified, "no open row there"),
    ([{"branch": True}, LEAF, LEAF], NotCertified, "no open row there"),
    ([{"branch": 0}, {"branch": 0}, LEAF, LEAF, LEAF], NotCertified, "no open row there"),
    ([{"branch": [0]}, LEAF, LEAF], NotCertified, "no open row there"),
    ([{"branch": 0}, LEAF, {"refuted": None}], NotCertified, "refutes nothing"),
    ([{"guess": 1}], BadData, "use branch, bound or refuted"),
    ([{"bound": "1", "refuted": []}], BadData, "must be a branch"),
    (["bound"], BadData, "must be a branch"),
])
def test_what_is_no_complete_tree_is_refused(tree, error, match):
    with pytest.raises(error, match=match):
        walked(tree)
