"""Trees that branch on signs, as certificates store them: the one walk over their nodes."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar

from theory.errors import BadData, NotCertified

State = TypeVar("State")
Signs = Mapping[int, int]       # ±1 for the rows that were branched on


def largest_over_leaves(
    tree: Sequence[Any], rows: Container[int], what: str,
    bound: Callable[[Signs, object, str], Fraction], refute: Callable[[Signs, object, str], None],
) -> Fraction:  # fmt: skip
    """The largest bound over the leaves of a tree given in preorder: a node, its subtree +, its subtree −; at least 0.

    Nodes: {"branch": i}, a row without a sign on its path; {"bound": evidence}; {"refuted": evidence}.
    Args: tree, the rows that can be branched on and `what` they are, and what a leaf proves: bound(signs, evidence, place) is a bound where
    these signs hold, refute(signs, evidence, place) raises unless they hold nowhere.
    Raises: BadData (no such node), NotCertified (another branch, too few or too many nodes), and what `bound` and `refute` raise.

    >>> def least(signs, evidence, place):
    ...     return Fraction(sum(signs.values()))
    >>> leaf = {"bound": None}
    >>> largest_over_leaves([{"branch": 0}, {"branch": 1}, leaf, leaf, leaf], {0, 1}, "row", least, least)
    Fraction(2, 1)
    """
    largest = Fraction(0)

    def parts(signs: Signs, kind: str, entry: object, place: str) -> Sequence[Signs]:
        nonlocal largest
        if kind == "branch":
            return branched(signs, rows, what, entry, place)
        if kind == "bound":
            largest = max(largest, bound(signs, entry, place))
        elif kind == "refuted":
            refute(signs, entry, place)
        else:
            raise BadData(f"{place} is a {kind!r}: use branch, bound or refuted")
        return ()

    root: Signs = {}
    walk(tree, root, parts)
    return largest


def branched(signs: Signs, rows: Container[int], what: str, entry: object, place: str) -> tuple[Signs, Signs]:
    """The signs with + and with − for one row more.  Raises: NotCertified (a row that has a sign, or is none)."""
    if type(entry) is not int or entry not in rows or entry in signs:
        raise NotCertified(f"{place} branches on {entry!r}, which is no {what} there")
    return {**signs, entry: 1}, {**signs, entry: -1}


def walk(tree: Sequence[Any], root: State, parts: Callable[[State, str, object, str], Sequence[State]]) -> None:
    """Visit a tree given in preorder; parts(state, kind, entry, place) are the states of the children of a node {kind: entry}.

    Raises: BadData (no such node), NotCertified (too few or too many nodes), and what `parts` raises.
    """
    waiting = [root]
    for position, node in enumerate(tree):
        place = f"tree[{position}]"
        if not waiting:
            raise NotCertified(f"the tree is complete before node {position}")
        state = waiting.pop()
        if not isinstance(node, dict) or len(node) != 1:
            raise BadData(f"{place} must be a branch, a bound or a refutation")
        kind, entry = next(iter(node.items()))
        waiting += reversed(parts(state, kind, entry, place))
    if waiting:
        raise NotCertified(f"the tree lacks {len(waiting)} subtrees")
