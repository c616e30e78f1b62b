"""Nodes: the kernel's terms, sorts and formulas, as shared trees without names.

A node is a head and its arguments; two nodes that are equal are one object.  Nothing simplifies itself: what was built is what is
there.  Bound variables are de Bruijn indices that carry their sort, so that the sort of every node is known without a context, and
terms that differ in the names of bound variables alone are equal objects.  `make` is the only way to a node, and checks sorts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from typing import Any

WIDE = 12  # arguments that a message shows
Arg = Any  # a Node; an int in numerals, indices and levels; a str in variables


class Refused(Exception):
    """The kernel does not accept a term, an inference or a document; the message says what and why."""


def need(condition: bool, why: str, *parts: object) -> None:
    """Refuse unless the condition holds; the parts are put into the message, which is written only then.

    >>> need(False, "{!r} is no {}", "t", "numeral")
    Traceback (most recent call last):
    theory.kernel.nodes.Refused: 't' is no numeral
    """
    if not condition:
        raise Refused(why.format(*parts) if parts else why)


class Node:
    """A term, sort or formula; made by `make` only.

    ``sort`` is None for sorts themselves.  ``free`` holds the free variables, those in sorts included; ``indices`` the pairs
    (index, sort) of bound variables whose binder lies outside.  ``key`` is a digest of the structure that fixes canonical orders.
    """

    __slots__ = ("args", "free", "head", "indices", "key", "sort")

    head: str
    args: tuple[Arg, ...]
    sort: Node | None
    free: frozenset[Node]
    indices: frozenset[tuple[int, Node]]
    key: bytes

    def __repr__(self) -> str:
        return _outline(self, 6)

    # Sugar for writing terms; each builds exactly one node a sign.
    def __add__(self, other: Node | int) -> Node:
        return make("add", self, as_node(other))

    def __mul__(self, other: Node | int) -> Node:
        other = as_node(other)
        return make("smul", self, other) if is_linear(other.sort) else make("mul", self, other)

    def __neg__(self) -> Node:
        return num(-1) * self

    def __sub__(self, other: Node | int) -> Node:
        return self + -as_node(other)

    def __truediv__(self, other: Node | int) -> Node:
        return self * make("inv", as_node(other))

    def __call__(self, *values: Node | int) -> Node:
        return make("app", self, *map(as_node, values))

    def __getitem__(self, place: Node | int) -> Node:
        head = "row" if self.sort is not None and self.sort.head == "mat" else "ent"
        return make(head, self, as_node(place))


@lru_cache(maxsize=1 << 14)
def _outline(part: Arg, depth: int) -> str:
    """A node as text for messages: a shared tree may be exponentially longer than its table, so no more than its upper part."""
    if not isinstance(part, Node):
        return repr(part) if not isinstance(part, int) or part.bit_length() < 1000 else hex(part)[:40] + "…"
    if not part.args:
        return part.head
    inside = [_outline(a, depth - 1) for a in part.args[:WIDE]] if depth else ["…"]
    return f"({' '.join([part.head, *inside])}{' …' if len(part.args) > WIDE else ''})"


@dataclass(frozen=True)
class Head:
    """What a head means, how many arguments it takes (None: any number), whether its last argument is beneath a binder, its sort."""

    meaning: str
    arity: int | None
    binds: bool
    sort: Callable[[tuple[Arg, ...]], Node | None]


HEADS: dict[str, Head] = {}
_nodes: dict[tuple[Arg, ...], Node] = {}


def make(head: str, *args: Arg) -> Node:
    """The node of that head and arguments.  Raises: Refused (no such head, wrong number or sorts of arguments)."""
    known = _nodes.get((head, *args))
    if known is not None:
        return known
    shape = HEADS.get(head)
    if shape is None:
        raise Refused(f"there is no head {head!r}")
    need(shape.arity is None or len(args) == shape.arity, "{} takes {} arguments, not {}", head, shape.arity, len(args))
    need(not shape.binds or len(args) >= 2, "{} binds a variable over a domain; it has {} arguments", head, len(args))
    node = Node.__new__(Node)
    node.head, node.args, node.sort = head, args, shape.sort(args)
    _describe(node, shape.binds)
    _nodes[(head, *args)] = node
    return node


def _describe(node: Node, binds: bool) -> None:
    """Free variables, outer indices and key of a node, from those of its arguments."""
    free: set[Node] = set()
    indices: set[tuple[int, Node]] = set()
    parts = [a for a in node.args if isinstance(a, Node)]
    for part in parts:
        free |= part.free
    for part in parts[:-1] if binds else parts:
        indices |= part.indices
    if binds:
        bound = [bound_sort(domain) for domain in parts[:-1]]
        for index, sort in parts[-1].indices:
            if index < len(bound):
                own = bound[-1 - index]
                need(sort is own, "a variable bound by {} has the sort {!r} and is used as {!r}", node.head, own, sort)
            else:
                indices.add((index - len(bound), sort))
    if node.head in ("var", "level"):
        free.add(node)
    if node.head == "bound":
        indices.add((node.args[0], node.args[1]))
    node.free, node.indices = frozenset(free), frozenset(indices)
    digest = blake2b(node.head.encode(), digest_size=12)
    for a in node.args:
        data = a.key if isinstance(a, Node) else (hex(a) if isinstance(a, int) else repr(a)).encode()
        digest.update(len(data).to_bytes(4, "big") + data)
    node.key = digest.digest()


def bound_sort(domain: Node) -> Node:
    """The sort of a variable that ranges over a domain, or that a function takes.

    It depends on no bound variable: there are no vectors of R^i for a bound i.
    """
    sort = domain if domain.sort is None else domain.sort.args[0] if domain.sort.head == "set" else None
    if sort is None or sort.indices:
        raise Refused(f"a variable ranges over a set or a sort that depends on no bound variable, not over {domain!r}")
    return sort


def binds(node: Node) -> int:
    """How many variables the node binds in its last argument."""
    return len(node.args) - 1 if HEADS[node.head].binds else 0


# --- leaves -------------------------------------------------------------------------------------------------------------------------

def num(value: int | Fraction | str) -> Node:
    """The numeral of a rational number."""
    if type(value) is int:                                # most are: no fraction is made of them
        return make("num", value, 1)
    exact = Fraction(value)
    return make("num", exact.numerator, exact.denominator)


def as_node(value: Node | int) -> Node:
    """A node, or the numeral of an integer."""
    return value if isinstance(value, Node) else num(value)


def value_of(node: Node) -> Fraction:
    """The value of a numeral."""
    need(node.head == "num", "{!r} is no numeral", node)
    return Fraction(node.args[0], node.args[1])


def var(name: str, sort: Node) -> Node:
    """A free variable: its name and its sort are its identity."""
    return make("var", name, sort)


def bound(index: int, sort: Node) -> Node:
    """The variable that the binder number ``index`` outwards binds, counted from 0."""
    return make("bound", index, sort)


def level(outside: Iterable[Node], sort: Node, taken: int = 0) -> Node:
    """A variable that stands for an opened bound one, inside the kernel; no document can spell it.

    Its number is greater than that of every level in the given nodes.
    """
    used = [v.args[0] for node in outside for v in node.free if v.head == "level"]
    return make("level", max(used, default=-1) + 1 + taken, sort)


# --- sorts --------------------------------------------------------------------------------------------------------------------------

def _sort_head(name: str, meaning: str, *kinds: str) -> None:
    def check(args: tuple[Arg, ...]) -> None:
        for a, kind in zip(args, kinds, strict=True):
            fine = isinstance(a, Node) and (a.sort is None if kind == "sort" else a.sort is N)
            need(fine, "the sort {} takes a {}, not {!r}", name, kind, a)
    HEADS[name] = Head(meaning, len(kinds), False, check)


_sort_head("N", "0, 1, 2, …")
_sort_head("Z", "integers")
_sort_head("R", "real numbers")
_sort_head("form", "formulas")
N, Z, R, FORM = make("N"), make("Z"), make("R"), make("form")
NUMERIC = {N: 0, Z: 1, R: 2}
_sort_head("vec", "vectors of R^d", "length")
_sort_head("mat", "real k×d matrices", "length", "length")
_sort_head("set", "sets of elements of a sort, and laws of random ones", "sort")


def _function_sort(args: tuple[Arg, ...]) -> None:
    need(len(args) >= 2 and all(isinstance(a, Node) and a.sort is None for a in args), "fn takes the sorts of arguments and of the value")


HEADS["fn"] = Head("functions; the last argument is the sort of the value", None, False, _function_sort)


def is_numeric(sort: Node | None) -> bool:
    """Whether it is N, Z or R."""
    return sort in NUMERIC


def is_linear(sort: Node | None) -> bool:
    """Whether it is a sort of vectors or matrices: a real inner-product space."""
    return sort is not None and sort.head in ("vec", "mat")


def fits(sort: Node | None, wanted: Node | None) -> bool:
    """Whether a term of the one sort may stand where the other is wanted: N ⊂ Z ⊂ R, also as values of functions."""
    if sort is wanted:
        return True
    if sort is None or wanted is None:
        return False
    if sort in NUMERIC and wanted in NUMERIC:
        return NUMERIC[sort] <= NUMERIC[wanted]
    functions = sort.head == wanted.head == "fn" and sort.args[:-1] == wanted.args[:-1]
    return functions and fits(sort.args[-1], wanted.args[-1])


# --- leaves: their sorts ------------------------------------------------------------------------------------------------------------

def _numeral(args: tuple[Arg, ...]) -> Node:
    top, bottom = args
    lowest = type(top) is int and type(bottom) is int and bottom > 0 and Fraction(top, bottom).denominator == bottom
    need(lowest, "a numeral is made of two integers that are a fraction in lowest terms")
    return R if bottom != 1 else N if top >= 0 else Z


def _variable(known_by: str, fine: Callable[[Arg], bool]) -> Callable[[tuple[Arg, ...]], Node]:
    def sort(args: tuple[Arg, ...]) -> Node:
        name, own = args
        need(fine(name), "a variable has {} and a sort", known_by)
        if not isinstance(own, Node) or own.sort is not None or own.indices:
            raise Refused(f"{own!r} is no sort, or depends on a bound variable")
        return own
    return sort


_numbered = _variable("a number", lambda number: type(number) is int and number >= 0)
HEADS["num"] = Head("the rational number p/q", 2, False, _numeral)
HEADS["var"] = Head("a free variable", 2, False, _variable("a name", lambda name: isinstance(name, str) and name != ""))
HEADS["bound"] = Head("a bound variable", 2, False, _numbered)
HEADS["level"] = Head("a bound variable that the kernel has opened", 2, False, _numbered)
